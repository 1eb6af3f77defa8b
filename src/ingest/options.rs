//! How inputs are read, and why one cannot be read to its end.

use super::{columns::Field, numbers::NumberRules};
use crate::formats::{FileProblem, ReadOptions};

/// How the person wants it read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IngestOptions {
    /// Encoding, delimiter and sheet of the files.
    pub reading: ReadOptions,
    /// How numbers are read.
    pub numbers: NumberRules,
    /// Which column is which field (`--map`); several for one field are tried in their order.
    pub columns: Vec<(Field, String)>,
    /// The column of the recipients that names the card of each (`--match`).
    pub chosen: Option<String>,
    /// Whether the first row is a row like any other.
    pub no_header: bool,
}

/// Why reading stopped in the middle.
#[derive(Debug, thiserror::Error)]
pub enum ReadError<E> {
    /// A file cannot be read any further.
    #[error(transparent)]
    File(FileProblem),
    /// The receiver of an entry failed.
    #[error(transparent)]
    Consumer(E),
}

impl<E> From<FileProblem> for ReadError<E> {
    fn from(problem: FileProblem) -> Self {
        Self::File(problem)
    }
}
