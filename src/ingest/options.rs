//! How inputs are read, and why reading stopped.

use super::{columns::Field, numbers::NumberRules};
use crate::formats::{FileProblem, ReadOptions};

/// How the user wants the inputs to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IngestOptions {
    /// Encoding, delimiter and sheet of the files.
    pub reading: ReadOptions,
    /// How numbers are read.
    pub numbers: NumberRules,
    /// Which column holds which field (`--map`); several columns of one field are tried in this order.
    pub columns: Vec<(Field, String)>,
    /// The column of the recipients that names the contact of each (`--match`).
    pub match_column: Option<String>,
    /// Whether the first row is data, not headings.
    pub no_header: bool,
}

/// Why reading stopped in the middle.
#[derive(Debug, thiserror::Error)]
pub enum ReadError<E> {
    /// A file cannot be read any further.
    #[error(transparent)]
    File(FileProblem),
    /// The receiver of the rows failed.
    #[error(transparent)]
    Consumer(E),
}

impl<E> From<FileProblem> for ReadError<E> {
    fn from(problem: FileProblem) -> Self {
        Self::File(problem)
    }
}
