//! What is printed before the first contact is sent: which files were read and how, their problems, the first contact
//! as it will be sent, and how long sending takes.

mod checks;
mod messages;
mod totals;
mod warnings;

use crate::cli::{
    args::from_file::SettingsFileInUse,
    output::{label::Label, source_lines},
};
use crate::{
    domain::{CheckedRow, Problem, RowCheck, RowRef},
    i18n::{Language, Shown},
    ingest::{OpenedInputs, Pairing, Source, SourceCounts, Suppression},
    ledger::{AlreadySent, ImportSummary},
    send_policy::Zone,
    terminal::{Lines, Text, Tone},
};

use warnings::Warnings;

pub(crate) use checks::checks_line;
pub(crate) use messages::{FindingMessage, PlaceMessage};
pub(crate) use totals::{FirstMessage, Outlook, held_rows, not_given, tone, words, words_text};

/// What a plan keeps of the rows, which are read one after another.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    language: Language,
    sources: Vec<Source>,
    suppressions: Vec<Suppression>,
    pairing: Option<Pairing>,
    problems: Vec<ProblemKind>,
    /// Rows with a problem, by source.
    problem_rows: Vec<u64>,
    warnings: Warnings,
    /// The message that is sent first.
    pub(crate) first: Option<FirstMessage>,
    /// What the import changed besides adding rows.
    pub(crate) imported: ImportSummary,
    /// Rows that were sent and are no longer in the input.
    pub(crate) sent_and_gone: u64,
    /// Unknown rows that other machines are sending now.
    pub(crate) sent_elsewhere: u64,
    /// What is suppressed because people already got it.
    pub(crate) already_sent: AlreadySent,
    /// The zone in which days are shown, if it is not that of this computer.
    pub(crate) zone: Option<Zone>,
    /// Files that are not given in this run, and how many pending rows wait for each.
    pub(crate) held: Vec<(String, u64)>,
    /// How many rows the lists of this run exclude, by list.
    pub(crate) suppressed: Vec<(String, u64)>,
    /// How many rows the lists of earlier runs exclude, by list.
    pub(crate) still_suppressed: Vec<(String, u64)>,
    /// A line for each file whose encoding was guessed differently before.
    pub(crate) guessed_otherwise: Vec<FindingMessage>,
    /// Whether the input is the same as at the last run and was not read again.
    pub(crate) is_unchanged: bool,
    /// The counts of each source.
    pub(crate) counted: Vec<SourceCounts>,
    /// The command that shows more of the problems.
    pub(crate) check_command: String,
    /// The settings files in use.
    pub(crate) settings_files: Vec<SettingsFileInUse>,
    /// What else the user should know, a line each.
    pub(crate) notes: Vec<String>,
}

/// The rows with a problem of one code, and the first of them.
#[derive(Debug)]
struct ProblemKind {
    rows: u64,
    place: RowRef,
    first: Problem,
}

impl Plan {
    /// Creates the plan of a run that reads no input, because the rows are in the ledger.
    pub(crate) fn without_input(language: Language) -> Self {
        Self {
            language,
            is_unchanged: true,
            ..Self::default()
        }
    }

    pub(crate) fn new(intake: &OpenedInputs, language: Language) -> Self {
        Self {
            language,
            sources: intake.sources().to_vec(),
            suppressions: intake.suppressions().to_vec(),
            pairing: intake.pairing(),
            problem_rows: vec![0; intake.sources().len()],
            ..Self::default()
        }
    }

    /// Counts the next row of the input.
    pub(crate) fn add(&mut self, checked: &CheckedRow) {
        match &checked.finding {
            RowCheck::Message(_) | RowCheck::Suppressed(..) => {}
            RowCheck::Problem(problem, _) => {
                if let Some(rows) = self.problem_rows.get_mut(checked.place.source) {
                    *rows += 1;
                }
                self.add_problem(checked.place, problem);
            }
        }
        self.warnings.add(checked);
    }

    fn add_problem(&mut self, place: RowRef, problem: &Problem) {
        let known = |kind: &&mut ProblemKind| kind.first.code == problem.code;
        match self.problems.iter_mut().find(known) {
            Some(kind) => kind.rows += 1,
            None => self.problems.push(ProblemKind {
                rows: 1,
                place,
                first: problem.clone(),
            }),
        }
    }

    /// Counts a row that these lists exclude.
    pub(crate) fn add_suppressed(&mut self, lists: &[usize]) {
        let list = lists.first().and_then(|list| self.suppressions.get(*list));
        let name = list.map_or_else(String::new, |list| list.path.display().to_string());
        match self.suppressed.iter_mut().find(|(list, _)| *list == name) {
            Some((_, rows)) => *rows += 1,
            None => self.suppressed.push((name, 1)),
        }
    }

    /// Returns the place of a row. The file is named only if there are several.
    pub(crate) fn place(&self, place: RowRef) -> String {
        let row = place.row;
        let place = match self.sources.get(place.source) {
            Some(source) if self.sources.len() > 1 => PlaceMessage::RowOf {
                source: source.name.clone(),
                row,
            },
            Some(_) | None => PlaceMessage::Row { row },
        };
        place.localized(self.language)
    }

    /// Describes where a problem is and what it is. The column is named only if a cell is what is wrong.
    pub(crate) fn problem(&self, place: RowRef, problem: &Problem) -> String {
        let mut place = self.place(place);
        if !problem.column.is_empty() && !problem.value.trim().is_empty() {
            place = PlaceMessage::Cell {
                place,
                column: problem.column.clone(),
            }
            .localized(self.language);
        }
        format!("{place}: {}", problem.sentence.localized(self.language))
    }

    /// Prints the files, problems and warnings.
    pub(crate) fn findings(&self, lines: &mut Lines) {
        self.files(lines);
        self.problems(lines);
        self.warnings(lines);
    }

    /// Prints how each file is read and what its columns are.
    pub(crate) fn files(&self, lines: &mut Lines) {
        self.settings(lines);
        for (place, source) in self.sources.iter().enumerate() {
            let counted = self.counted.get(place).copied().unwrap_or_default();
            let layout = source_lines::layout(source, self.language);
            self.line(lines, Some(Label::File), layout);
            for note in source_lines::notes(source, counted, self.language) {
                self.line(lines, None, note);
            }
            let columns = source_lines::columns(source, lines.terminal());
            self.under(lines, Label::Columns, columns);
            let unused = source.unused_columns.join(", ");
            if !unused.is_empty() {
                self.message(lines, None, &FindingMessage::NotUsed { columns: unused });
            }
        }
        for note in &self.guessed_otherwise {
            self.message(lines, None, note);
        }
        if self.is_unchanged {
            self.message(lines, None, &FindingMessage::Unchanged);
        }
        for list in &self.suppressions {
            let line = source_lines::suppression(list, self.language);
            self.line(lines, Some(Label::Suppress), line);
        }
    }

    /// Prints each settings file, with its settings that are ignored.
    fn settings(&self, lines: &mut Lines) {
        let mut texts = Vec::new();
        for file in &self.settings_files {
            texts.push(file.path.clone());
            texts.extend(
                file.ignored
                    .as_ref()
                    .map(|message| message.localized(self.language)),
            );
        }
        self.under(lines, Label::Settings, texts);
    }

    /// Prints each kind of problem with its first row; the most frequent first.
    fn problems(&self, lines: &mut Lines) {
        let text = |kind: &&ProblemKind| {
            let problem = self.problem(kind.place, &kind.first);
            if kind.rows == 1 {
                problem
            } else {
                let rows = kind.rows;
                FindingMessage::ProblemKind { rows, problem }.localized(self.language)
            }
        };
        let mut kinds: Vec<_> = self.problems.iter().collect();
        kinds.sort_by_key(|kind| std::cmp::Reverse(kind.rows));
        self.under(lines, Label::Problems, kinds.iter().map(text));
        if self.problems.iter().any(|kind| kind.rows > 1) {
            self.message(lines, None, &FindingMessage::AllProblems);
            self.line(lines, None, self.check_command.as_str());
        }
    }

    /// Prints each kind of warning once for each file.
    pub(crate) fn warnings(&self, lines: &mut Lines) {
        let place = |place| self.place(place);
        let texts = self.warnings.texts(&place, self.language);
        self.under(lines, Label::Warnings, texts);
    }

    /// Prints several lines under one label.
    fn under<T: Into<Text>>(
        &self,
        lines: &mut Lines,
        label: Label,
        texts: impl IntoIterator<Item = T>,
    ) {
        for (index, text) in texts.into_iter().enumerate() {
            self.line(lines, (index == 0).then_some(label), text);
        }
    }

    fn message(&self, lines: &mut Lines, label: Option<Label>, message: &impl Shown<As = String>) {
        self.line(lines, label, message.shown(self.language));
    }

    /// Prints a line under its label, or under the label of the line before.
    fn line(&self, lines: &mut Lines, label: Option<Label>, text: impl Into<Text>) {
        let label = label.map(|label| (label_tone(label), label.localized(self.language)));
        lines.labelled(
            label.as_ref().map(|(tone, label)| (*tone, label.as_str())),
            text,
        );
    }
}

/// Returns the tone of a label.
const fn label_tone(label: Label) -> Tone {
    match label {
        Label::Problems => Tone::Bad,
        Label::Warnings => Tone::Caution,
        Label::Ledger
        | Label::Campaign
        | Label::Settings
        | Label::File
        | Label::Columns
        | Label::Suppress
        | Label::Messages
        | Label::Rows
        | Label::LeftOut
        | Label::First
        | Label::Pace
        | Label::Checks
        | Label::Shares
        | Label::Finish
        | Label::ThisRun
        | Label::Duplicates => Tone::Heading,
    }
}
