//! The statements about checks of numbers, in the send history of an instance.

use jiff::Timestamp;

use super::time::nearest_moment;
use crate::ledger::db::{Changes, Connection, Result, params};

/// The answer to a check of a number, as stored in the send history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum RecordedAnswer {
    Missing = 0,
    Exists = 1,
    Unclear = 2,
}

impl RecordedAnswer {
    /// A check without a recorded answer counts as unclear: any answer is possible.
    const fn of(written: Option<i64>) -> Self {
        match written {
            Some(0) => Self::Missing,
            Some(1) => Self::Exists,
            Some(_) | None => Self::Unclear,
        }
    }
}

/// Returns the time and answer of the last check of a chat since this time, if there was one.
pub(in super::super) fn known(
    connection: &Connection,
    chat: &[u8],
    since: Timestamp,
) -> Result<Option<(Timestamp, RecordedAnswer)>> {
    connection.query_optional(
        "SELECT at, answer FROM main.checks WHERE chat = ?1 AND at >= ?2 ORDER BY at DESC LIMIT 1",
        params![chat, since.as_millisecond()],
        |row| Ok((nearest_moment(row.get(0)?), RecordedAnswer::of(row.get(1)?))),
    )
}

/// Counts the checks that were made since this time.
pub(in super::super) fn made_since(connection: &Connection, since: Timestamp) -> Result<u64> {
    connection.query_row(
        "SELECT count(*) FROM main.checks WHERE at >= ?1",
        params![since.as_millisecond()],
        |row| row.get(0),
    )
}

/// Records a check of a chat before it is made: a check whose answer is lost is not made again.
pub(in super::super) fn begin(connection: &Connection, chat: &[u8], at: Timestamp) -> Result<()> {
    connection.execute_later(
        "INSERT INTO main.checks (chat, at, answer) VALUES (?1, ?2, NULL) ON CONFLICT DO NOTHING",
        params![chat, at.as_millisecond()],
        Changes::Any,
    )
}

/// Records the answer of the last check of a chat.
pub(in super::super) fn answer(
    connection: &Connection,
    chat: &[u8],
    known: RecordedAnswer,
) -> Result<()> {
    connection.execute_later(
        "UPDATE main.checks SET answer = ?2
         WHERE chat = ?1 AND answer IS NULL AND at = (SELECT max(at) FROM main.checks WHERE chat = ?1)",
        params![chat, known as i64],
        Changes::Any,
    )
}

/// Removes the record of the last check of a chat, which was not made.
pub(in super::super) fn take_back(connection: &Connection, chat: &[u8]) -> Result<()> {
    connection.execute_later(
        "DELETE FROM main.checks
         WHERE chat = ?1 AND answer IS NULL AND at = (SELECT max(at) FROM main.checks WHERE chat = ?1)",
        params![chat],
        Changes::Any,
    )
}

/// Stores which phone is behind a lid.
pub(in super::super) fn keep_lid(connection: &Connection, lid: &[u8], phone: &[u8]) -> Result<()> {
    connection.execute_later(
        "INSERT INTO main.lids (lid, phone) VALUES (?1, ?2)
         ON CONFLICT (lid) DO UPDATE SET phone = excluded.phone",
        params![lid, phone],
        Changes::Any,
    )
}
