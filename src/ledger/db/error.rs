//! What can go wrong with a statement.

use std::fmt;

use thiserror::Error;

/// The result of a statement.
pub(in super::super) type Result<T> = std::result::Result<T, Error>;

/// Why a statement failed.
#[derive(Debug, Error)]
pub(in super::super) enum Error {
    /// The database says so.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A server says so, or cannot be reached.
    #[error(transparent)]
    Postgres(ServerError),
    /// A transaction cannot be committed, for a statement of it has failed.
    #[error("a statement of the transaction has failed")]
    Aborted,
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
    /// The server does not let this user in, or do that.
    Refused,
    /// The server does not prove who it is.
    Untrusted,
    /// The server cannot be reached, or does not answer.
    Gone,
    /// A key is taken.
    Conflict,
    /// The server undid the transaction, which is in the way of another: it may be tried again.
    Undone,
    /// A pooler gave the transaction another session.
    Pooled,
    /// Something else.
    Other,
}

impl Error {
    /// Which kind of fault it is.
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
                Some(ErrorCode::ConstraintViolation) => Fault::Conflict,
                Some(_) | None => Fault::Other,
            },
        }
    }
}

/// What a server says, or why it cannot be reached.
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
