//! What can go wrong with a statement.

use std::fmt;

use thiserror::Error;

/// The result of a statement.
pub(in super::super) type Result<T> = std::result::Result<T, Error>;

/// Why a statement failed.
#[derive(Debug, Error)]
pub(in super::super) enum Error {
    /// SQLite reports an error.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A server reports an error, or cannot be reached.
    #[error(transparent)]
    Postgres(ServerError),
    /// A transaction cannot be committed because one of its statements has failed.
    #[error("a statement of the transaction has failed")]
    Aborted,
    /// A query returned no row where there must be one.
    #[error("a row is missing")]
    NoRow,
    /// A statement did not change exactly the one row that it should: a bug of ours.
    #[error("a statement changed {0} rows instead of one")]
    Changed(usize),
    /// A column holds an invalid value: the database is damaged.
    #[error("column {column} of a row holds {found}")]
    Value {
        /// The index of the column, from 0.
        column: usize,
        /// What it holds.
        found: String,
    },
}

/// The kinds of errors that callers distinguish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Fault {
    /// The file is not a database.
    NotADatabase,
    /// The content is damaged.
    Damaged,
    /// The disk fails to read or write.
    Disk,
    /// The disk is full.
    Full,
    /// The file, or a file that must be beside it, cannot be opened or written.
    Closed,
    /// The server does not let this user in, or denies the operation.
    Refused,
    /// The server does not prove its identity.
    Untrusted,
    /// The server cannot be reached, or does not answer.
    Gone,
    /// Another connection keeps the file locked.
    Busy,
    /// A unique key is already taken.
    Conflict,
    /// The server rolled the transaction back because it conflicted with another one: it may be tried again.
    Undone,
    /// A connection pooler gave the transaction another session.
    Pooled,
    /// Something else.
    Other,
}

impl Error {
    /// Returns the kind of the error.
    pub(in super::super) fn fault(&self) -> Fault {
        use rusqlite::ErrorCode;
        match self {
            Self::Value { .. } => Fault::Damaged,
            Self::NoRow | Self::Changed(_) | Self::Aborted => Fault::Other,
            Self::Postgres(error) => error.fault,
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::NotADatabase) => Fault::NotADatabase,
                Some(ErrorCode::DatabaseCorrupt) => Fault::Damaged,
                Some(ErrorCode::SystemIoFailure) => Fault::Disk,
                Some(ErrorCode::DiskFull) => Fault::Full,
                Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => Fault::Closed,
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Fault::Busy,
                Some(ErrorCode::ConstraintViolation) => Fault::Conflict,
                Some(_) | None => Fault::Other,
            },
        }
    }
}

/// What a server reports, or why it cannot be reached.
#[derive(Debug)]
pub(in super::super) struct ServerError {
    pub(super) fault: Fault,
    pub(super) words: String,
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for ServerError {}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::ledger::error::{LedgerError, explain_history};

    #[test]
    fn a_server_that_is_away_is_no_fault_of_the_send_history_on_it() {
        let explained = |fault| {
            let words = "connection closed".to_owned();
            explain_history(
                Path::new("x"),
                &Error::Postgres(ServerError { fault, words }),
            )
        };
        let away = explained(Fault::Gone);
        assert!(matches!(away, LedgerError::Unreachable { .. }), "{away}");
        let undone = explained(Fault::Undone);
        assert!(matches!(undone, LedgerError::Undone { .. }), "{undone}");
        let broken = explained(Fault::Other);
        assert!(
            matches!(broken, LedgerError::SendHistory { .. }),
            "{broken}"
        );
    }
}
