//! Moments as they are stored: milliseconds since 1970, UTC. A damaged file may hold any number.

use jiff::Timestamp;

use crate::ledger::db::{Error, Result, Row};

/// Reads a moment of a ledger. A number beyond the range of the calendar is damage.
pub(super) fn moment(row: &Row<'_>, column: usize) -> Result<Timestamp> {
    checked(row.get(column)?, column)
}

/// Reads a moment from a column that may be NULL.
pub(super) fn optional_moment(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>> {
    row.get::<Option<i64>>(column)?
        .map(|milliseconds| checked(milliseconds, column))
        .transpose()
}

/// Reads a moment of a send history. A number beyond the range of the calendar becomes its first or last moment: an
/// entry with a damaged time is still a contact that may have been sent, and a run must not give up the history because
/// of it.
pub(super) fn nearest_moment(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(if milliseconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

fn checked(milliseconds: i64, column: usize) -> Result<Timestamp> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| Error::Value {
        column,
        found: error.to_string(),
    })
}
