//! The lines of JSON that `check --json` prints: one for each row, then one for each file. The fields are in
//! alphabetical order, because the keys of these lines have always been.

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    domain::{
        CheckedRow, Message, Phone, Problem, ProblemCode, Recipient, RowCheck, Status, Warning,
        WarningCode,
    },
    formats::FileProblem,
    i18n::{Language, Sentence},
    ingest::{Source, SourceCounts},
};

/// What was found about a row.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RowLine<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    chat_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate_of: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a Phone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemOfRow<'a>>,
    row: u64,
    source: &'a str,
    status: &'static str,
    warnings: Vec<WarningText>,
}

#[derive(Serialize)]
struct ProblemOfRow<'a> {
    code: ProblemCode,
    column: &'a str,
    text: String,
    value: &'a str,
}

#[derive(Serialize)]
struct WarningText {
    code: WarningCode,
    text: String,
}

impl<'a> RowLine<'a> {
    /// Describes a row. If it is a duplicate, `original` is the earlier row that it repeats.
    pub(crate) fn new(
        source: &'a str,
        checked: &'a CheckedRow,
        status: Status,
        original: Option<u64>,
        language: Language,
    ) -> Self {
        let (message, problem) = match &checked.finding {
            RowCheck::Message(message) | RowCheck::Suppressed(message, _) => (Some(message), None),
            RowCheck::Problem(problem, _) => (None, Some(problem)),
        };
        let (chat_id, phone_number) = match message.map(|message| &message.recipient) {
            Some(Recipient::Chat(id)) => (Some(id.as_str()), None),
            Some(Recipient::Phone(phone)) => (None, Some(phone)),
            None => (None, None),
        };
        let contact = |Message { contact, .. }: &Message| json!(contact);
        let problem_of_row = |problem: &'a Problem| ProblemOfRow {
            code: problem.code,
            column: &problem.column,
            text: problem.sentence.localized(language),
            value: &problem.value,
        };
        Self {
            chat_id,
            contact: message.map(contact),
            duplicate_of: original,
            phone_number,
            problem: problem.map(problem_of_row),
            row: checked.place.row,
            source,
            status: if status == Status::Pending {
                "valid"
            } else {
                status.as_str()
            },
            warnings: warning_texts(&checked.warnings, language),
        }
    }
}

fn warning_texts(warnings: &[Warning], language: Language) -> Vec<WarningText> {
    let text = |Warning { code, sentence }: &Warning| WarningText {
        code: *code,
        text: sentence.localized(language),
    };
    warnings.iter().map(text).collect()
}

/// How a file was read, or why it could not be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FileLine {
    delimiter: Option<char>,
    encoding: Option<&'static str>,
    format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other_sheets: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemOfFile>,
    rows: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    source: String,
    warnings: Vec<WarningText>,
}

#[derive(Serialize)]
struct ProblemOfFile {
    code: &'static str,
    row: Option<u64>,
    text: String,
}

impl FileLine {
    pub(crate) fn read(source: &Source, counted: SourceCounts, language: Language) -> Self {
        let layout = &source.layout;
        let sheet = layout.sheet.clone();
        Self {
            delimiter: layout.delimiter,
            encoding: Some(layout.encoding),
            format: Some(layout.format.as_str()),
            other_sheets: sheet.as_ref().map(|_| layout.other_sheets.clone()),
            problem: None,
            rows: counted.rows,
            sheet,
            source: source.name.clone(),
            warnings: warning_texts(&file_warnings(source, counted), language),
        }
    }

    pub(crate) fn unreadable(problem: &FileProblem, language: Language) -> Self {
        let name = problem.path().file_name().unwrap_or_default();
        Self {
            delimiter: None,
            encoding: None,
            format: None,
            other_sheets: None,
            problem: Some(ProblemOfFile {
                code: problem.code().as_str(),
                row: problem.row(),
                text: problem.localized(language),
            }),
            rows: 0,
            sheet: None,
            source: name.to_string_lossy().into_owned(),
            warnings: Vec::new(),
        }
    }
}

/// Returns the warnings about a file as a whole.
fn file_warnings(source: &Source, counted: SourceCounts) -> Vec<Warning> {
    let warning = |code, sentence| Warning { code, sentence };
    let mut warnings = Vec::new();
    if counted.hidden > 0 {
        let rows = counted.hidden;
        let sentence = Sentence::HiddenRows { rows };
        warnings.push(warning(WarningCode::HiddenRows, sentence));
    }
    if let Some(sentence) = counted.other_tables.sentence() {
        warnings.push(warning(WarningCode::OtherTables, sentence));
    }
    if counted.groups > 0 {
        let groups = counted.groups;
        let sentence = Sentence::GroupsSkipped { groups };
        warnings.push(warning(WarningCode::GroupsSkipped, sentence));
    }
    for (heading, known) in &source.lookalikes {
        let (heading, known) = (heading.clone(), known.clone());
        let sentence = Sentence::HeadingLookalike { heading, known };
        warnings.push(warning(WarningCode::HeadingLookalike, sentence));
    }
    for column in &source.unused_columns {
        let column = column.clone();
        let sentence = Sentence::ColumnUnused { column };
        warnings.push(warning(WarningCode::UnknownColumn, sentence));
    }
    warnings
}
