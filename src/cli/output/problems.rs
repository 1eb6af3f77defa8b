//! The problems of a check, grouped by kind, and as a table of their own.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
};

use crate::cli::exit::CommandError;
use crate::{
    domain::{Problem, ProblemCode, results},
    i18n::{Language, alone, count, messages},
    report::{Output, OutputRecord, SavedFile},
    terminal::{Lines, Text, Tone},
};

messages! {
    /// The end of a list of rows that is cut short.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) enum ProblemsMessage {
        MoreRows { rows: u64 } =
            en "and {rows}" [rows = count::en(*rows, "more row", "more rows")],
            ru "и ещё {rows}" [rows = count::ru(*rows, "строка", "строки", "строк")],
    }
}

/// How many rows of a kind are shown in full.
const SHOWN: usize = 3;

/// Problems by kind, in the order in which the kinds appeared.
#[derive(Debug, Default)]
pub(crate) struct ProblemGroups(Vec<ProblemGroup>);

#[derive(Debug)]
struct ProblemGroup {
    code: ProblemCode,
    rows: u64,
    first: Vec<String>,
}

impl ProblemGroups {
    /// Adds a problem; the line says where it is and what is wrong.
    pub(crate) fn add(&mut self, problem: &Problem, line: impl FnOnce() -> String) {
        let known = self.0.iter().position(|group| group.code == problem.code);
        let known = known.unwrap_or_else(|| {
            self.0.push(ProblemGroup {
                code: problem.code,
                rows: 0,
                first: Vec::new(),
            });
            self.0.len() - 1
        });
        let group = &mut self.0[known];
        group.rows += 1;
        if group.first.len() < SHOWN {
            group.first.push(line());
        }
    }

    /// Returns the first problem of all.
    pub(crate) fn first(&self) -> Option<&str> {
        self.0.first()?.first.first().map(String::as_str)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Shows the kinds with their counts and first rows; the most frequent first.
    pub(crate) fn show(&self, lines: &mut Lines, language: Language) {
        let mut groups: Vec<&ProblemGroup> = self.0.iter().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.rows));
        for group in groups {
            let kind = format!("{} × {}", group.rows, group.code.as_str());
            lines.indented(2, Text::default().with(Tone::Heading, kind));
            for line in &group.first {
                lines.indented(6, line.as_str());
            }
            let more = group.rows - group.first.len() as u64;
            if more > 0 {
                lines.indented(
                    6,
                    ProblemsMessage::MoreRows { rows: more }.localized(language),
                );
            }
        }
    }
}

/// A table of every problem, written as they are found. It gets its name only when it is complete; until then an
/// existing file with that name is unchanged.
#[derive(Debug)]
pub(crate) struct ProblemTable {
    table: csv::Writer<BufWriter<File>>,
    output: Output,
}

impl ProblemTable {
    /// Creates the table: UTF-8 with BOM and CRLF, as Excel expects it, readable only by its owner.
    pub(crate) fn create(
        path: &Path,
        delimiter: char,
        language: Language,
    ) -> Result<Self, CommandError> {
        let mut output = Output::create(path).map_err(failed)?;
        let mut file = BufWriter::new(output.file().as_file().try_clone().map_err(failed)?);
        file.write_all("\u{feff}".as_bytes()).map_err(failed)?;
        let mut table = csv::WriterBuilder::new()
            .delimiter(u8::try_from(delimiter).unwrap_or(b','))
            .terminator(csv::Terminator::CRLF)
            .from_writer(file);
        let headings = match language {
            Language::En => ["source", "row", "code", "column", "value", "explanation"],
            Language::Ru => ["Файл", "Строка", "Код", "Столбец", "Значение", "Пояснение"],
        };
        table
            .write_record(headings)
            .map_err(|error| failed(error.into()))?;
        Ok(Self { table, output })
    }

    pub(crate) fn add(
        &mut self,
        source: &str,
        row: u64,
        problem: &Problem,
        language: Language,
    ) -> Result<(), CommandError> {
        let row = row.to_string();
        let explanation = alone(&problem.sentence.localized(language));
        let cells = [
            source,
            &row,
            problem.code.as_str(),
            &problem.column,
            &problem.value,
            &explanation,
        ];
        let guarded = cells.map(results::guarded);
        self.table
            .write_record(guarded.iter().map(|cell| cell.as_bytes()))
            .map_err(|error| failed(error.into()))
    }

    /// Completes the table; returns where it is.
    pub(crate) fn finish(mut self, record: &OutputRecord) -> Result<SavedFile, CommandError> {
        self.table.flush().map_err(failed)?;
        drop(self.table);
        self.output.finish(record).map_err(failed)
    }
}

fn failed(source: std::io::Error) -> CommandError {
    CommandError::Machine {
        what: "the table of --problems cannot be written",
        source,
    }
}
