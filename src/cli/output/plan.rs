//! What is said before the first contact goes: which files were read and how, what is wrong in them,
//! the first contact as it will go out, and how long it will take.

use std::fmt::Write as _;

use crate::cli::args::from_file::SettingsFileInUse;
use crate::{
    domain::{CheckedRow, Counts, Message, Problem, RowCheck, RowRef, Status, WarningCode},
    i18n::{self, ConsoleMessage, Label, Language, Sentence},
    ingest::{OpenedInputs, Source, SourceCounts, Suppression},
};

/// Problems that are shown in full; the rest is in the results.
const SHOWN: usize = 10;

/// What a plan remembers of the rows that stream by.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    language: Language,
    sources: Vec<Source>,
    suppressions: Vec<Suppression>,
    problems: Vec<(RowRef, Problem)>,
    more_problems: u64,
    first: Option<Message>,
    warnings: Vec<(WarningCode, u64, RowRef, Sentence)>,
    dropped: u64,
    held: Vec<(String, u64)>,
    still_suppressed: Vec<(String, u64)>,
    guessed_otherwise: Vec<ConsoleMessage>,
    unchanged: bool,
    counted: Vec<SourceCounts>,
    settings_files: Vec<SettingsFileInUse>,
}

impl Plan {
    pub(crate) fn new(intake: &OpenedInputs, language: Language) -> Self {
        Self {
            language,
            sources: intake.sources().to_vec(),
            suppressions: intake.suppressions().to_vec(),
            ..Self::default()
        }
    }

    pub(crate) fn entry(&mut self, entry: &CheckedRow) {
        match &entry.finding {
            RowCheck::Message(message) => {
                if self.first.is_none() {
                    self.first = Some(message.clone());
                }
            }
            RowCheck::Suppressed(..) => {}
            RowCheck::Problem(problem, _) if self.problems.len() < SHOWN => {
                self.problems.push((entry.place, problem.clone()));
            }
            RowCheck::Problem(..) => self.more_problems += 1,
        }
        for warning in &entry.warnings {
            match self
                .warnings
                .iter_mut()
                .find(|(code, ..)| *code == warning.code)
            {
                Some((_, rows, ..)) => *rows += 1,
                None => {
                    self.warnings
                        .push((warning.code, 1, entry.place, warning.sentence.clone()));
                }
            }
        }
    }

    /// Rows of an earlier run that waited to be sent and are no longer in the input.
    pub(crate) const fn dropped(&mut self, rows: u64) {
        self.dropped = rows;
    }

    /// The message that goes first, where the ledger knows what has gone already.
    pub(crate) fn first(&mut self, first: Option<Message>) {
        self.first = first;
    }

    /// Files that are not given, and how many pending rows wait for each.
    pub(crate) fn held(&mut self, held: Vec<(String, u64)>) {
        self.held = held;
    }

    /// The encoding of a file is guessed, and was another one before.
    pub(crate) fn guessed_before(&mut self, source: &str, before: Option<String>, now: &str) {
        let (source, now) = (source.to_owned(), now.to_owned());
        self.guessed_otherwise
            .extend(before.map(|before| ConsoleMessage::GuessedOtherwise {
                source,
                before,
                now,
            }));
    }

    /// How many rows the lists of earlier runs keep out, by list.
    pub(crate) fn still_suppressed(&mut self, rows: Vec<(String, u64)>) {
        self.still_suppressed = rows;
    }

    /// The input is what it was at the last run and was not read again.
    pub(crate) const fn unchanged(&mut self) {
        self.unchanged = true;
    }

    /// What each source held.
    pub(crate) fn counted(&mut self, counted: Vec<SourceCounts>) {
        self.counted = counted;
    }

    /// The settings files in use.
    pub(crate) fn settings_files(&mut self, files: &[SettingsFileInUse]) {
        self.settings_files = files.to_vec();
    }

    /// The file is named only where there are several.
    fn place(&self, place: RowRef) -> String {
        let row = place.row;
        let place = match self.sources.get(place.source) {
            Some(source) if self.sources.len() > 1 => ConsoleMessage::RowOf {
                source: source.name.clone(),
                row,
            },
            Some(_) | None => ConsoleMessage::Row { row },
        };
        place.localized(self.language)
    }

    /// Where a problem is and what it is; the column is named where a cell is what is wrong.
    pub(crate) fn problem(&self, place: RowRef, problem: &Problem) -> String {
        let mut place = self.place(place);
        if !problem.column.is_empty() && !problem.value.trim().is_empty() {
            place = ConsoleMessage::Cell {
                place,
                column: problem.column.clone(),
            }
            .localized(self.language);
        }
        format!("{place}: {}", problem.sentence.localized(self.language))
    }

    /// The files, problems and warnings, as lines.
    pub(crate) fn findings(&self) -> String {
        [self.files(), self.problems(), self.warnings()].concat()
    }

    /// How each file is read and what its columns are, as lines.
    pub(crate) fn files(&self) -> String {
        let mut text = self.settings();
        for (place, source) in self.sources.iter().enumerate() {
            text += &self.line(Some(Label::File), &file(source, self.language));
            for note in notes(
                source,
                self.counted.get(place).copied().unwrap_or_default(),
                self.language,
            ) {
                text += &self.line(None, &note);
            }
            if !source.used.is_empty() {
                let used: Vec<_> = source
                    .used
                    .iter()
                    .map(|(field, column)| format!("{field} ← {column}"))
                    .collect();
                text += &self.line(Some(Label::Columns), &i18n::shown(&used.join(", ")));
            }
            if !source.own_columns.is_empty() {
                let columns = source.own_columns.join(", ");
                text += &self.line(
                    None,
                    &ConsoleMessage::NotUsed { columns }.localized(self.language),
                );
            }
        }
        for talk in &self.guessed_otherwise {
            text += &self.line(None, &talk.localized(self.language));
        }
        if self.unchanged {
            let _ = writeln!(
                text,
                "            {}",
                ConsoleMessage::Unchanged.localized(self.language)
            );
        }
        for list in &self.suppressions {
            text += &self.line(Some(Label::Suppress), &suppression(list, self.language));
        }
        text
    }

    /// Each settings file, and what of it is not believed.
    fn settings(&self) -> String {
        let mut lines = Vec::new();
        for file in &self.settings_files {
            lines.push(file.path.clone());
            lines.extend(
                file.ignored
                    .as_ref()
                    .map(|talk| talk.localized(self.language)),
            );
        }
        self.under(Label::Settings, &lines)
    }

    /// The first problems in full, as lines.
    fn problems(&self) -> String {
        let mut text = String::new();
        for (index, (place, problem)) in self.problems.iter().enumerate() {
            let label = (index == 0).then_some(Label::Problems);
            text += &self.line(label, &self.problem(*place, problem));
        }
        if self.more_problems > 0 {
            let more = ConsoleMessage::MoreProblems {
                rows: self.more_problems,
            };
            text += &self.line(None, &more.localized(self.language));
        }
        text
    }

    /// Each kind of warning once, as lines.
    pub(crate) fn warnings(&self) -> String {
        let mut text = String::new();
        for (index, (_, rows, place, warning)) in self.warnings.iter().enumerate() {
            let label = (index == 0).then_some(Label::Warnings);
            let (place, warning) = (self.place(*place), warning.localized(self.language));
            text += &self.line(
                label,
                &ConsoleMessage::Example {
                    rows: *rows,
                    place,
                    warning,
                }
                .localized(self.language),
            );
        }
        text
    }

    /// The counts, the first contact and the time it will take at this many messages a second, as lines.
    pub(crate) fn outlook(&self, counts: &Counts, rate: f64, limit: Option<u64>) -> String {
        let language = self.language;
        let mut text = self.line(
            Some(Label::Rows),
            &format!("{}: {}", counts.rows(), words(counts, language)),
        );
        if self.dropped > 0 {
            text += &self.line(
                None,
                &ConsoleMessage::Dropped { rows: self.dropped }.localized(language),
            );
        }
        for (list, rows) in &self.still_suppressed {
            text += &self.line(None, &still_suppressed(list, *rows).localized(language));
        }
        for file in not_given(&self.held) {
            text += &self.line(None, &file.localized(language));
        }
        let waits = counts.of(Status::Pending) - held_rows(&self.held);
        let pending = waits.min(limit.unwrap_or(u64::MAX));
        if let (Some(first), true) = (&self.first, pending > 0) {
            text += &self.line(Some(Label::First), &card(first).localized(language));
        }
        if pending > 0 {
            #[expect(
                clippy::cast_precision_loss,
                reason = "rows, for a figure that a person reads"
            )]
            let seconds = (pending as f64 / rate).ceil();
            let time = i18n::long(std::time::Duration::from_secs_f64(seconds), language);
            let pace = ConsoleMessage::Pace {
                rate: rate.to_string(),
                cards: pending,
                time,
            };
            text += &self.line(Some(Label::Pace), &pace.localized(language));
        }
        text
    }

    /// Several lines under one label.
    pub(crate) fn under(&self, label: Label, lines: &[String]) -> String {
        let label = |index: usize| (index == 0).then_some(label);
        lines
            .iter()
            .enumerate()
            .map(|(index, line)| self.line(label(index), line))
            .collect()
    }

    /// A line under its label, or under the label of the line before.
    fn line(&self, label: Option<Label>, text: &str) -> String {
        let label = label
            .map(|label| label.localized(self.language))
            .unwrap_or_default();
        format!("  {label:9} {text}\n")
    }
}

fn file(source: &Source, language: Language) -> String {
    let layout = &source.layout;
    let mut text = format!(
        "{}: {}, {}",
        i18n::shown(&source.name),
        layout.format.as_str().to_uppercase(),
        layout.encoding
    );
    let delimiter = layout.delimiter.map(|delimiter| match delimiter {
        '\t' => ConsoleMessage::ByTabs,
        delimiter => ConsoleMessage::ByDelimiter { delimiter },
    });
    let headings = source
        .header_row
        .filter(|row| *row > 1)
        .map(|row| ConsoleMessage::HeadingsIn { row });
    for part in [delimiter, headings].into_iter().flatten() {
        // Writing to a string cannot fail.
        let _ = write!(text, ", {}", part.localized(language));
    }
    text
}

/// What a person should see of a file beside its columns.
fn notes(source: &Source, counted: SourceCounts, language: Language) -> Vec<String> {
    let layout = &source.layout;
    let mut notes = Vec::new();
    if let Some(example) = &layout.example {
        notes.push(
            ConsoleMessage::EncodingGuessed {
                example: example.clone(),
            }
            .localized(language),
        );
    }
    if layout.double_quoted {
        notes.push(ConsoleMessage::Unwrapped.localized(language));
    }
    if let Some(sheet) = layout
        .sheet
        .clone()
        .filter(|_| !layout.other_sheets.is_empty())
    {
        let others = layout.other_sheets.join(", ");
        notes.push(ConsoleMessage::SheetRead { sheet, others }.localized(language));
    }
    if source.is_results {
        notes.push(ConsoleMessage::IsResults.localized(language));
    }
    for (heading, known) in &source.lookalikes {
        let (heading, known) = (heading.clone(), known.clone());
        notes.push(Sentence::HeadingLookalike { heading, known }.localized(language));
    }
    if counted.hidden > 0 {
        notes.push(
            Sentence::HiddenRows {
                rows: counted.hidden,
            }
            .localized(language),
        );
    }
    if let Some(tables) = counted.other_tables.sentence() {
        notes.push(tables.localized(language));
    }
    if counted.groups > 0 {
        notes.push(
            Sentence::GroupsSkipped {
                groups: counted.groups,
            }
            .localized(language),
        );
    }
    notes
}

fn suppression(list: &Suppression, language: Language) -> String {
    let Suppression {
        path,
        chats,
        unread,
        examples,
    } = list;
    let mut text = ConsoleMessage::ListRead {
        path: path.display().to_string(),
        chats: *chats,
    }
    .localized(language);
    if *chats == 0 {
        let _ = write!(text, "; {}", ConsoleMessage::ListEmpty.localized(language));
    }
    if *unread > 0 {
        let entry = |(row, cell): &(u64, String)| {
            ConsoleMessage::ListEntry {
                row: *row,
                cell: cell.clone(),
            }
            .localized(language)
        };
        let examples = examples.iter().map(entry).collect::<Vec<_>>().join(", ");
        let unread = ConsoleMessage::ListUnread {
            entries: *unread,
            examples,
        }
        .localized(language);
        let _ = write!(text, "; {unread}");
    }
    text
}

/// One contact as a person reads it.
fn card(message: &Message) -> ConsoleMessage {
    let [first, middle, last, company] = message.contact.names();
    let names: Vec<_> = [first, middle, last]
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect();
    let mut parts = vec![
        names.join(" "),
        company.to_owned(),
        message.contact.phone().to_string(),
    ];
    parts.retain(|part| !part.is_empty());
    ConsoleMessage::Gets {
        recipient: message.recipient.to_string(),
        card: parts.join(", "),
    }
}

fn still_suppressed(list: &str, rows: u64) -> ConsoleMessage {
    match list {
        "" => ConsoleMessage::StillSuppressed { rows },
        list => ConsoleMessage::StillSuppressedBy {
            rows,
            list: list.to_owned(),
        },
    }
}

/// The pending rows that wait for files, all together.
pub(crate) fn held_rows(held: &[(String, u64)]) -> u64 {
    held.iter().map(|(_, rows)| rows).sum()
}

/// Why they wait, a line each file.
pub(crate) fn not_given(held: &[(String, u64)]) -> impl Iterator<Item = ConsoleMessage> {
    held.iter()
        .map(|(source, rows)| ConsoleMessage::FileNotGiven {
            source: source.clone(),
            rows: *rows,
        })
}

/// The statuses that any row has, in the order of the equation.
pub(crate) fn words(counts: &Counts, language: Language) -> String {
    let some = Status::ALL
        .into_iter()
        .filter(|status| counts.of(*status) > 0);
    let word = |status: Status| ConsoleMessage::Counted {
        rows: counts.of(status),
        status: status.localized(language),
    };
    let words: Vec<_> = some
        .map(|status| word(status).localized(language))
        .collect();
    if words.is_empty() {
        ConsoleMessage::Nothing.localized(language)
    } else {
        words.join(", ")
    }
}
