//! Moments as the files hold them: milliseconds since 1970, UTC. A damaged file may hold any number.

use jiff::Timestamp;

use crate::ledger::db::{Error, Result, Row};

/// A moment of the ledger. A number that is beyond the calendar is damage.
pub(super) fn moment(row: &Row<'_>, column: usize) -> Result<Timestamp> {
    checked(row.get(column)?, column)
}

/// The same of a column that may be empty.
pub(super) fn optional_moment(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>> {
    row.get::<Option<i64>>(column)?
        .map(|milliseconds| checked(milliseconds, column))
        .transpose()
}

/// A moment of a send history. What is beyond the calendar is its first or its last moment: an entry at a damaged time
/// is still a contact that may have gone, and a run must not give the history up because of it.
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
