//! What is printed before the first contact is sent: which files were read and how, their problems, the
//! first contact as it will be sent, and how long sending takes.

use std::time::Duration;

use crate::cli::{args::from_file::SettingsFileInUse, output::source_lines};
use crate::{
    domain::{
        CheckedRow, Counts, Message, Problem, RowCheck, RowRef, Status, Warning, WarningCode,
    },
    i18n::{self, ConsoleMessage, Label, Language, Sentence},
    ingest::{OpenedInputs, Source, SourceCounts, Suppression},
    ledger::{HadBefore, ImportSummary},
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
    warnings: Vec<WarningGroup>,
    /// The message that goes first: that of the input, or as the ledger knows it.
    pub(crate) first: Option<Message>,
    /// What the import did beside listing rows.
    pub(crate) imported: ImportSummary,
    /// Rows that were sent and are no longer in the input.
    pub(crate) sent_and_gone: u64,
    /// What is left out because people had it before.
    pub(crate) had_before: HadBefore,
    /// Files that are not given, and how many pending rows wait for each.
    pub(crate) held: Vec<(String, u64)>,
    /// How many rows the lists of earlier runs exclude, by list.
    pub(crate) still_suppressed: Vec<(String, u64)>,
    /// A line for each file whose encoding was guessed otherwise before.
    pub(crate) guessed_otherwise: Vec<ConsoleMessage>,
    /// The input is what it was at the last run and was not read again.
    pub(crate) is_unchanged: bool,
    /// What each source held.
    pub(crate) counted: Vec<SourceCounts>,
    /// The settings files in use.
    pub(crate) settings_files: Vec<SettingsFileInUse>,
    /// What else the user should know, a line each.
    pub(crate) notes: Vec<String>,
}

/// The rows with a warning of one code, and the first of them.
#[derive(Debug)]
struct WarningGroup {
    code: WarningCode,
    rows: u64,
    first: RowRef,
    sentence: Sentence,
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

    /// Takes the next row of the input into account.
    pub(crate) fn add(&mut self, checked: &CheckedRow) {
        match &checked.finding {
            RowCheck::Message(message) => {
                if self.first.is_none() {
                    self.first = Some(message.clone());
                }
            }
            RowCheck::Suppressed(..) => {}
            RowCheck::Problem(problem, _) if self.problems.len() < SHOWN => {
                self.problems.push((checked.place, problem.clone()));
            }
            RowCheck::Problem(..) => self.more_problems += 1,
        }
        for Warning { code, sentence } in &checked.warnings {
            match self.warnings.iter_mut().find(|group| group.code == *code) {
                Some(group) => group.rows += 1,
                None => self.warnings.push(WarningGroup {
                    code: *code,
                    rows: 1,
                    first: checked.place,
                    sentence: sentence.clone(),
                }),
            }
        }
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
            let counted = self.counted.get(place).copied().unwrap_or_default();
            text += &self.line(
                Some(Label::File),
                &source_lines::layout(source, self.language),
            );
            for note in source_lines::notes(source, counted, self.language) {
                text += &self.line(None, &note);
            }
            if !source.used.is_empty() {
                text += &self.line(Some(Label::Columns), &source_lines::columns(source));
            }
            if !source.own_columns.is_empty() {
                let columns = source.own_columns.join(", ");
                text += &self.message(None, &ConsoleMessage::NotUsed { columns });
            }
        }
        for note in &self.guessed_otherwise {
            text += &self.message(None, note);
        }
        if self.is_unchanged {
            text += &self.message(None, &ConsoleMessage::Unchanged);
        }
        for list in &self.suppressions {
            let line = source_lines::suppression(list, self.language);
            text += &self.line(Some(Label::Suppress), &line);
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
                    .map(|message| message.localized(self.language)),
            );
        }
        self.under(Label::Settings, &lines)
    }

    /// The first problems in full, as lines.
    fn problems(&self) -> String {
        let problem = |(place, problem): &(RowRef, Problem)| self.problem(*place, problem);
        let lines: Vec<_> = self.problems.iter().map(problem).collect();
        let mut text = self.under(Label::Problems, &lines);
        let rows = self.more_problems;
        if rows > 0 {
            text += &self.message(None, &ConsoleMessage::MoreProblems { rows });
        }
        text
    }

    /// Each kind of warning once, as lines.
    pub(crate) fn warnings(&self) -> String {
        let example = |group: &WarningGroup| {
            ConsoleMessage::Example {
                rows: group.rows,
                place: self.place(group.first),
                warning: group.sentence.localized(self.language),
            }
            .localized(self.language)
        };
        let lines: Vec<_> = self.warnings.iter().map(example).collect();
        self.under(Label::Warnings, &lines)
    }

    /// The counts, the first contact and the time that sending takes at this many messages a second, as lines; no
    /// time where the forecast tells it.
    pub(crate) fn totals(
        &self,
        counts: &Counts,
        rate: f64,
        limit: Option<u64>,
        has_forecast: bool,
    ) -> String {
        let rows = format!("{}: {}", counts.rows(), words(counts, self.language));
        let mut text = self.line(Some(Label::Rows), &rows);
        for message in self.changes() {
            text += &self.message(None, &message);
        }
        for (list, rows) in &self.still_suppressed {
            text += &self.message(None, &still_suppressed(list, *rows));
        }
        for file in not_given(&self.held) {
            text += &self.message(None, &file);
        }
        let waiting = counts.of(Status::Pending) - held_rows(&self.held);
        let to_send = waiting.min(limit.unwrap_or(u64::MAX));
        if to_send > 0 {
            if let Some(first) = &self.first {
                text += &self.message(Some(Label::First), &contact(first));
            }
            let pace = if has_forecast {
                ConsoleMessage::Rate {
                    rate: rate.to_string(),
                    cards: to_send,
                }
            } else {
                pace(to_send, rate, self.language)
            };
            text += &self.message(Some(Label::Pace), &pace);
        }
        text
    }

    /// What an existing campaign makes of the input, as lines.
    pub(crate) fn campaign_totals(&self, counts: &Counts) -> String {
        let rows = format!("{}: {}", counts.rows(), words(counts, self.language));
        let mut text = self.line(Some(Label::Ledger), &rows);
        for message in self.changes() {
            text += &self.message(None, &message);
        }
        text
    }

    /// What is different from the last run, and from a run that nobody knew of before.
    fn changes(&self) -> Vec<ConsoleMessage> {
        let ImportSummary {
            dropped,
            corrected,
            took_place,
        } = &self.imported;
        let some =
            |rows: u64, message: fn(u64) -> ConsoleMessage| (rows > 0).then(|| message(rows));
        let mut messages = Vec::new();
        messages.extend(some(*corrected, |rows| ConsoleMessage::Corrected { rows }));
        messages.extend(
            took_place
                .iter()
                .map(|(file, old)| ConsoleMessage::TookPlace {
                    file: file.clone(),
                    old: old.clone(),
                }),
        );
        messages.extend(some(*dropped, |rows| ConsoleMessage::Dropped { rows }));
        messages.extend(some(self.sent_and_gone, |rows| {
            ConsoleMessage::SentAndGone { rows }
        }));
        messages.extend(self.had_before.sent_before.iter().map(|sent| {
            ConsoleMessage::SentBefore {
                rows: sent.rows,
                campaign: sent.campaign.clone(),
                day: sent.day.clone(),
            }
        }));
        messages.extend(some(self.had_before.changed, |rows| {
            ConsoleMessage::Changed { rows }
        }));
        messages
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

    fn message(&self, label: Option<Label>, message: &ConsoleMessage) -> String {
        self.line(label, &message.localized(self.language))
    }

    /// A line under its label, or under the label of the line before.
    fn line(&self, label: Option<Label>, text: &str) -> String {
        let label = label
            .map(|label| label.localized(self.language))
            .unwrap_or_default();
        format!("  {label:9} {text}\n")
    }
}

/// How long this many contacts take.
fn pace(contacts: u64, rate: f64, language: Language) -> ConsoleMessage {
    #[expect(
        clippy::cast_precision_loss,
        reason = "rows, for a figure that a person reads"
    )]
    let seconds = (contacts as f64 / rate).ceil();
    ConsoleMessage::Pace {
        rate: rate.to_string(),
        cards: contacts,
        time: i18n::long(Duration::from_secs_f64(seconds), language),
    }
}

/// One contact as a person reads it.
fn contact(message: &Message) -> ConsoleMessage {
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
