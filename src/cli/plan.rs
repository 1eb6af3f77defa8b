//! What is said before the first card goes: which files were read and how, what is wrong in them,
//! the first card as it will go out, and how long it will take.

use std::fmt::Write as _;

use crate::{
    domain::{Counts, Entry, Finding, Message, Status, WarningCode},
    intake::{Counted, Intake, Source, Suppression},
    pace::Rate,
};

/// Problems that are shown in full; the rest stands in the results.
const SHOWN: usize = 10;

/// What a plan remembers of the rows that stream by.
#[derive(Debug, Default)]
pub(super) struct Plan {
    sources: Vec<Source>,
    suppressions: Vec<Suppression>,
    problems: Vec<(usize, u64, String)>,
    more_problems: u64,
    first: Option<Message>,
    warnings: Vec<(WarningCode, u64, String)>,
    dropped: u64,
    unchanged: bool,
    counted: Vec<Counted>,
}

impl Plan {
    pub(super) fn new(intake: &Intake) -> Self {
        Self {
            sources: intake.sources().to_vec(),
            suppressions: intake.suppressions().to_vec(),
            ..Self::default()
        }
    }

    pub(super) fn entry(&mut self, entry: &Entry) {
        match &entry.finding {
            Finding::Message(message) => {
                if self.first.is_none() {
                    self.first = Some(message.clone());
                }
            }
            Finding::Suppressed(_) => {}
            Finding::Problem(problem, _) if self.problems.len() < SHOWN => {
                self.problems.push((entry.place.source, entry.place.row, problem.text.clone()));
            }
            Finding::Problem(..) => self.more_problems += 1,
        }
        for warning in &entry.warnings {
            match self.warnings.iter_mut().find(|(code, ..)| *code == warning.code) {
                Some((_, rows, _)) => *rows += 1,
                None => self.warnings.push((warning.code, 1, self.example(entry, &warning.text))),
            }
        }
    }

    /// Rows of an earlier run that waited to be sent and are no longer in the input.
    pub(super) const fn dropped(&mut self, rows: u64) {
        self.dropped = rows;
    }

    /// The input is what it was at the last run and was not read again.
    pub(super) const fn unchanged(&mut self) {
        self.unchanged = true;
    }

    /// What each source held.
    pub(super) fn counted(&mut self, counted: Vec<Counted>) {
        self.counted = counted;
    }

    fn example(&self, entry: &Entry, text: &str) -> String {
        format!("{}: {text}", self.place(entry.place.source, entry.place.row))
    }

    /// The file is named only where there are several.
    pub(super) fn place(&self, source: usize, row: u64) -> String {
        match self.sources.get(source) {
            Some(source) if self.sources.len() > 1 => format!("{} row {row}", source.name),
            _ => format!("row {row}"),
        }
    }

    /// The files, problems and warnings, as lines.
    pub(super) fn findings(&self) -> String {
        [self.files(), self.problems(), self.warnings()].concat()
    }

    /// How each file is read and what its columns are, as lines.
    pub(super) fn files(&self) -> String {
        let mut text = String::new();
        for (place, source) in self.sources.iter().enumerate() {
            let _ = writeln!(text, "  File      {}", file(source));
            for note in notes(source, self.counted.get(place).copied().unwrap_or_default()) {
                let _ = writeln!(text, "            {note}");
            }
            if !source.used.is_empty() {
                let used: Vec<_> =
                    source.used.iter().map(|(field, column)| format!("{field} ← {column}")).collect();
                let _ = writeln!(text, "  Columns   {}", used.join(", "));
            }
            if !source.own_columns.is_empty() {
                let _ = writeln!(text, "            not used: {}", source.own_columns.join(", "));
            }
        }
        if self.unchanged {
            let _ = writeln!(text, "            as at the last run; its rows stand in the ledger");
        }
        for list in &self.suppressions {
            let _ = writeln!(text, "  Suppress  {}", suppression(list));
        }
        text
    }

    /// The first problems in full, as lines.
    fn problems(&self) -> String {
        let mut text = String::new();
        for (place, (source, row, problem)) in self.problems.iter().enumerate() {
            let label = if place == 0 { "Problems" } else { "" };
            let _ = writeln!(text, "  {label:9} {}: {problem}", self.place(*source, *row));
        }
        if self.more_problems > 0 {
            let _ = writeln!(text, "            and {} more; all stand in the results", self.more_problems);
        }
        text
    }

    /// Each kind of warning once, as lines.
    pub(super) fn warnings(&self) -> String {
        let mut text = String::new();
        for (place, (_, rows, example)) in self.warnings.iter().enumerate() {
            let label = if place == 0 { "Warnings" } else { "" };
            let _ = writeln!(text, "  {label:9} {rows} × for example {example}");
        }
        text
    }

    /// The counts, the first card and the time it will take, as lines.
    pub(super) fn outlook(&self, counts: &Counts, rate: Rate, limit: Option<u64>) -> String {
        let mut text = format!("  Rows      {}: {}\n", counts.rows(), words(counts));
        if self.dropped > 0 {
            let _ = writeln!(
                text,
                "            {} that waited are no longer in the input and are not sent",
                self.dropped
            );
        }
        let pending = counts.of(Status::Pending).min(limit.unwrap_or(u64::MAX));
        if let (Some(first), true) = (&self.first, pending > 0) {
            let _ = writeln!(text, "  First     {}", card(first));
        }
        #[expect(clippy::cast_precision_loss, reason = "rows, for a figure that a person reads")]
        let seconds = (pending as f64 / rate.per_second()).ceil();
        let time = indicatif::HumanDuration(std::time::Duration::from_secs_f64(seconds));
        if pending > 0 {
            let _ =
                writeln!(text, "  Pace      {} a second: {pending} cards in about {time}", rate.per_second());
        }
        text
    }
}

fn file(source: &Source) -> String {
    let layout = &source.layout;
    let delimiter = match layout.delimiter {
        Some('\t') => ", cells parted by tabs".to_owned(),
        Some(delimiter) => format!(", cells parted by {delimiter}"),
        None => String::new(),
    };
    let headings = match source.header_row {
        Some(row) if row > 1 => format!(", headings in row {row}, what stands above is left out"),
        Some(_) | None => String::new(),
    };
    let format = layout.format.as_str().to_uppercase();
    format!("{}: {format}, {}{delimiter}{headings}", source.name, layout.encoding)
}

/// What a person should see of a file beside its columns.
fn notes(source: &Source, counted: Counted) -> Vec<String> {
    let layout = &source.layout;
    let mut notes = Vec::new();
    if let Some(example) = &layout.example {
        notes.push(format!("the encoding was guessed, for example {example}; --encoding names another"));
    }
    if layout.unwrapped {
        notes.push("each row stood in one quoted cell and was read from the inside".to_owned());
    }
    if let Some(sheet) = layout.sheet.as_ref().filter(|_| !layout.other_sheets.is_empty()) {
        let others = layout.other_sheets.join(", ");
        notes.push(format!("sheet {sheet}; not read: {others}; --sheet names another"));
    }
    if source.is_results {
        notes.push(
            "this is a results file: its rows are sent here whatever became of them in their own campaign"
                .to_owned(),
        );
    }
    if counted.hidden > 0 {
        notes.push(format!("{} hidden rows were left out; --include-hidden reads them", counted.hidden));
    }
    notes
}

fn suppression(list: &Suppression) -> String {
    let Suppression { path, chats, unread, examples } = list;
    let mut text = format!("{}: {chats} chats", path.display());
    if *unread > 0 {
        let rows: Vec<_> = examples.iter().map(|(row, cell)| format!("row {row} \"{cell}\"")).collect();
        let _ = write!(text, "; {unread} entries cannot be read and keep nobody out: {}", rows.join(", "));
    }
    text
}

/// One card as a person reads it.
fn card(message: &Message) -> String {
    let [first, middle, last, company] = message.contact.names();
    let names: Vec<_> = [first, middle, last].into_iter().filter(|name| !name.is_empty()).collect();
    let mut parts = vec![names.join(" "), company.to_owned(), message.contact.phone().to_string()];
    parts.retain(|part| !part.is_empty());
    format!("{} gets: {}", message.recipient, parts.join(", "))
}

/// The statuses that any row has, in the order of the equation.
pub(super) fn words(counts: &Counts) -> String {
    let some = Status::ALL.into_iter().filter(|status| counts.of(*status) > 0);
    let words: Vec<_> = some.map(|status| format!("{} {status}", counts.of(status))).collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}
