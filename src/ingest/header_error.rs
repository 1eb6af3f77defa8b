//! Why the columns of a table are not understood.

use std::path::PathBuf;

use super::field::Field;
use crate::formats::FileProblem;
use crate::i18n::{Language, UserError};

/// Why the columns of a table cannot be found.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.localized(Language::En))]
pub enum HeaderError {
    /// A column that the table needs is not there.
    File(#[from] FileProblem),
    /// `--map` names a column that the table does not have.
    ColumnMissing {
        /// The table.
        path: PathBuf,
        /// The field of the option.
        field: Field,
        /// The column of the option.
        column: String,
        /// The headings of the table.
        found: Vec<String>,
    },
    /// `--match` names a column that the recipients do not have.
    MatchMissing {
        /// The table.
        path: PathBuf,
        /// The column of the option.
        column: String,
        /// The headings of the table.
        found: Vec<String>,
    },
}

impl HeaderError {
    /// The sentence in a language.
    #[must_use]
    pub fn localized(&self, language: Language) -> String {
        match self {
            Self::File(problem) => problem.localized(language),
            Self::ColumnMissing {
                path,
                field,
                column,
                found,
            } => UserError::MapMissing {
                field: field.to_string(),
                column: column.clone(),
                path: path.display().to_string(),
                found: found.clone(),
            }
            .localized(language),
            Self::MatchMissing {
                path,
                column,
                found,
            } => UserError::MatchMissing {
                column: column.clone(),
                path: path.display().to_string(),
                found: found.clone(),
            }
            .localized(language),
        }
    }
}
