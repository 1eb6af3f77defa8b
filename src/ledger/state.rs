//! The state of a row on disk: the seven statuses, and `sending` for an intent without an outcome yet. The numbers are
//! part of every ledger file.

use super::db::{AsValue, FromValue, Value};

use crate::domain::Status;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Returns the status that people see. A contact in progress counts as unknown.
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

impl AsValue for State {
    fn as_value(&self) -> Value<'_> {
        Value::Integer(*self as i64)
    }
}

impl FromValue for State {
    fn from_value(value: Value<'_>) -> Option<Self> {
        let number = i64::from_value(value)?;
        ALL.into_iter().find(|state| *state as i64 == number)
    }
}
