//! The state of a row on disk: the seven words, and `sending` for an intent whose outcome has not
//! come. The numbers are part of every ledger.

use rusqlite::{
    ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};

use crate::domain::Status;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub(super) enum State {
    Pending = 0,
    Sending = 1,
    Accepted = 2,
    Failed = 3,
    Unknown = 4,
    Invalid = 5,
    Duplicate = 6,
    Suppressed = 7,
}

const ALL: [State; 8] = [
    State::Pending,
    State::Sending,
    State::Accepted,
    State::Failed,
    State::Unknown,
    State::Invalid,
    State::Duplicate,
    State::Suppressed,
];

impl State {
    /// What a person is told. Of a contact that is in progress nobody knows what became of it.
    pub(super) const fn status(self) -> Status {
        match self {
            Self::Pending => Status::Pending,
            Self::Sending | Self::Unknown => Status::Unknown,
            Self::Accepted => Status::Accepted,
            Self::Failed => Status::Failed,
            Self::Invalid => Status::Invalid,
            Self::Duplicate => Status::Duplicate,
            Self::Suppressed => Status::Suppressed,
        }
    }
}

impl ToSql for State {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(*self as i64))
    }
}

impl FromSql for State {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = i64::column_result(value)?;
        ALL.into_iter()
            .find(|state| *state as i64 == number)
            .ok_or(FromSqlError::OutOfRange(number))
    }
}
