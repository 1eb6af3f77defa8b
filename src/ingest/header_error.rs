//! Errors of the columns of a table.

use std::path::PathBuf;

use super::field::Field;
use crate::{
    formats::FileProblem,
    i18n::{Language, lists, messages},
};

messages! {
    /// Why the columns of a table cannot be found.
    #[derive(Debug, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum HeaderError {
        /// The table cannot be used, for example because a required column is missing.
        File(#[from] problem: FileProblem) = en "{problem}", ru "{problem}",
        /// `--map` names a column that the table does not have; `found` are its headings.
        ColumnMissing { path: PathBuf, field: Field, column: String, found: Vec<String> } =
            en "--map {field}={column}: {path} has no such column; it has {found}" [found = lists::en(found, ", ")],
            ru "--map {field}={column}: в {path} нет такого столбца, есть {found}" [found = lists::ru(found, ", ")],
        /// `--match` names a column that the recipients do not have; `found` are their headings.
        MatchMissing { path: PathBuf, column: String, found: Vec<String> } =
            en "--match {column}: {path} has no such column; it has {found}" [found = lists::en(found, ", ")],
            ru "--match {column}: в {path} нет такого столбца, есть {found}" [found = lists::ru(found, ", ")],
    }
}
