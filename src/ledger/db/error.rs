//! What can go wrong with a statement.

use thiserror::Error;

/// The result of a statement.
pub(in super::super) type Result<T> = std::result::Result<T, Error>;

/// Why a statement failed.
#[derive(Debug, Error)]
pub(in super::super) enum Error {
    /// The database says so.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A statement gives no row where there must be one.
    #[error("a row is missing")]
    NoRow,
    /// A statement changed another number of rows than the one that it was for: a fault of ours.
    #[error("a statement changed {0} rows instead of one")]
    Changed(usize),
    /// A column holds what it must not: the database is damaged.
    #[error("column {column} of a row holds {found}")]
    Value {
        /// Which, from 0.
        column: usize,
        /// What it holds.
        found: String,
    },
}

/// What a caller must tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Fault {
    /// The file is no database.
    NotADatabase,
    /// What is in it is damaged.
    Damaged,
    /// The disk does not do its work.
    Disk,
    /// There is no room.
    Full,
    /// The file, or what must be beside it, cannot be opened or written.
    Closed,
    /// A key is taken.
    Conflict,
    /// Something else.
    Other,
}

impl Error {
    /// Which kind of fault it is.
    pub(in super::super) fn fault(&self) -> Fault {
        use rusqlite::ErrorCode;
        match self {
            Self::Value { .. } => Fault::Damaged,
            Self::NoRow | Self::Changed(_) => Fault::Other,
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase) => Fault::NotADatabase,
                Some(ErrorCode::DatabaseCorrupt) => Fault::Damaged,
                Some(ErrorCode::SystemIoFailure) => Fault::Disk,
                Some(ErrorCode::DiskFull) => Fault::Full,
                Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => Fault::Closed,
                Some(ErrorCode::ConstraintViolation) => Fault::Conflict,
                Some(_) | None => Fault::Other,
            },
        }
    }
}
