//! Why a whole file cannot be used. A problem of one row or one vCard belongs to that row.

use std::io;
use std::path::{Path, PathBuf};

use crate::formats::messages::{FilePart, FilePlace, FileSentence};
use crate::i18n::{Language, Shown, shown_path};

/// The kinds of problems; exit code 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileProblemCode {
    /// There is no such file.
    FileMissing,
    /// The file exists, but cannot be read.
    FileUnreadable,
    /// A picture, an archive or another file that is not text.
    FileBinary,
    /// The file has no content.
    FileEmpty,
    /// The table has nothing below its headings.
    NoRows,
    /// The text contains a NUL character.
    FileNul,
    /// One record is longer than 1 MiB.
    LineTooLong,
    /// No column holds phone numbers.
    NoPhoneColumn,
    /// It is not certain which name belongs to which number.
    ColumnsAmbiguous,
    /// A quotation mark opens a cell and swallows the rows after it.
    UnclosedQuote,
    /// Letters were replaced by `?` or `_` before we got the file.
    TextLost,
    /// The workbook cannot be opened.
    WorkbookDamaged,
    /// The workbook is protected by a password.
    WorkbookEncrypted,
    /// The file has no sheet with that name, no visible one, or no sheets at all.
    SheetMissing,
    /// The HTML table is damaged.
    HtmlDamaged,
    /// The text is in an encoding that is not supported, or in none.
    EncodingUnknown,
    /// The format is known but not read.
    FormatUnsupported,
    /// The given delimiter cannot separate cells.
    DelimiterUnusable,
    /// A results file without a column by which its rows are known again.
    ResultsIncomplete,
}

impl FileProblemCode {
    /// Returns the code as results and JSON write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FileMissing => "file_missing",
            Self::FileUnreadable => "file_unreadable",
            Self::FileBinary => "file_binary",
            Self::FileEmpty => "file_empty",
            Self::NoRows => "no_rows",
            Self::FileNul => "file_nul",
            Self::LineTooLong => "line_too_long",
            Self::NoPhoneColumn => "no_phone_column",
            Self::ColumnsAmbiguous => "columns_ambiguous",
            Self::UnclosedQuote => "unclosed_quote",
            Self::TextLost => "text_lost",
            Self::WorkbookDamaged => "workbook_damaged",
            Self::WorkbookEncrypted => "workbook_encrypted",
            Self::SheetMissing => "sheet_missing",
            Self::HtmlDamaged => "html_damaged",
            Self::EncodingUnknown => "encoding_unknown",
            Self::FormatUnsupported => "format_unsupported",
            Self::DelimiterUnusable => "delimiter_unusable",
            Self::ResultsIncomplete => "results_incomplete",
        }
    }
}

/// Why a file cannot be used; shown as `path, row N: what is wrong and what to do`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.localized(Language::En))]
pub struct FileProblem {
    code: FileProblemCode,
    path: PathBuf,
    /// The sheet or table, if several are read.
    part: Option<FilePart>,
    row: Option<u64>,
    /// Boxed, to keep the results of reading small.
    sentence: Box<FileSentence>,
}

impl FileProblem {
    /// Creates a problem of the file at `path`, found in `row` if it has a place.
    #[must_use]
    pub fn new(
        code: FileProblemCode,
        path: &Path,
        row: Option<u64>,
        sentence: FileSentence,
    ) -> Self {
        Self {
            code,
            path: path.to_owned(),
            part: None,
            row,
            sentence: Box::new(sentence),
        }
    }

    /// Says in which sheet or table the problem is, if several are read.
    #[must_use]
    pub fn in_part(self, part: Option<FilePart>) -> Self {
        Self { part, ..self }
    }

    /// Creates the problem for an I/O error while opening or reading the file.
    pub(super) fn unreadable(path: &Path, row: Option<u64>, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound {
            return Self::new(
                FileProblemCode::FileMissing,
                path,
                row,
                FileSentence::Missing,
            );
        }
        let sentence = FileSentence::Unreadable {
            reason: error.to_string(),
        };
        Self::new(FileProblemCode::FileUnreadable, path, row, sentence)
    }

    /// Returns the kind of problem.
    #[must_use]
    pub const fn code(&self) -> FileProblemCode {
        self.code
    }

    /// Returns the path of the file, as it was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the row as a spreadsheet numbers it (for a vCard file the card, counted from 1), if the problem has one
    /// place.
    #[must_use]
    pub const fn row(&self) -> Option<u64> {
        self.row
    }

    /// Returns what is wrong and what to do, without file and row.
    #[must_use]
    pub const fn sentence(&self) -> &FileSentence {
        &self.sentence
    }

    /// Returns file, sheet or table, and row, what is wrong, and what to do.
    #[must_use]
    pub fn localized(&self, language: Language) -> String {
        let path = shown_path(&self.path);
        let place = match (self.part.clone(), self.row) {
            (None, None) => path,
            (None, Some(row)) => FilePlace::Row { path, row }.localized(language),
            (Some(part), None) => FilePlace::Part { path, part }.localized(language),
            (Some(part), Some(row)) => FilePlace::RowOfPart { path, part, row }.localized(language),
        };
        format!("{place}: {}", self.sentence.localized(language))
    }
}

impl Shown for FileProblem {
    type As = String;

    fn shown(&self, language: Language) -> String {
        self.localized(language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_where_it_is_and_what_to_do() {
        let problem = FileProblem::new(
            FileProblemCode::FileNul,
            Path::new("a/b.csv"),
            Some(7),
            FileSentence::Nul,
        );
        let said = problem.localized(Language::En);
        assert!(
            said.starts_with("a/b.csv, row 7: this row contains a NUL character"),
            "{said}"
        );
        assert_eq!(problem.to_string(), said);
        let said = problem.localized(Language::Ru);
        assert!(
            said.starts_with("a/b.csv, строка 7: в этой строке"),
            "{said}"
        );
        let problem = FileProblem::new(
            FileProblemCode::NoRows,
            Path::new("b.csv"),
            None,
            FileSentence::NoRows,
        );
        assert!(
            problem
                .to_string()
                .starts_with("b.csv: the table has no rows.")
        );
        assert_eq!(problem.code().as_str(), "no_rows");
        let part = Some(FilePart::Sheet {
            name: "Стоп".to_owned(),
        });
        let problem = problem.in_part(part);
        assert!(
            problem
                .to_string()
                .starts_with("b.csv, sheet \"Стоп\": the table has no rows.")
        );
    }
}
