//! The statements about checks of numbers, in the send history of an instance.

use jiff::Timestamp;

use super::time::nearest_moment;
use crate::ledger::db::{Changes, Connection, Result, params};

/// What was answered when a number was checked, as the send history writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum RecordedAnswer {
    Missing = 0,
    Exists = 1,
    Unclear = 2,
}

impl RecordedAnswer {
    /// A check without a recorded answer may have had any.
    const fn of(written: Option<i64>) -> Self {
        match written {
            Some(0) => Self::Missing,
            Some(1) => Self::Exists,
            Some(_) | None => Self::Unclear,
        }
    }
}

/// What the last check of a chat said that was made since then; nothing if there was none.
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

/// How many checks were made since then.
pub(in super::super) fn made_since(connection: &Connection, since: Timestamp) -> Result<u64> {
    connection.query_row(
        "SELECT count(*) FROM main.checks WHERE at >= ?1",
        params![since.as_millisecond()],
        |row| row.get(0),
    )
}

/// Notes that a chat is checked now, before it is: a check whose answer is lost is not made again.
pub(in super::super) fn begin(connection: &Connection, chat: &[u8], at: Timestamp) -> Result<()> {
    connection.execute_later(
        "INSERT INTO main.checks (chat, at, answer) VALUES (?1, ?2, NULL) ON CONFLICT DO NOTHING",
        params![chat, at.as_millisecond()],
        Changes::Any,
    )
}

/// Notes what the last check of a chat said.
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

/// Takes back the last check of a chat, which was not made.
pub(in super::super) fn take_back(connection: &Connection, chat: &[u8]) -> Result<()> {
    connection.execute_later(
        "DELETE FROM main.checks
         WHERE chat = ?1 AND answer IS NULL AND at = (SELECT max(at) FROM main.checks WHERE chat = ?1)",
        params![chat],
        Changes::Any,
    )
}

/// Keeps which phone is behind a lid.
pub(in super::super) fn keep_lid(connection: &Connection, lid: &[u8], phone: &[u8]) -> Result<()> {
    connection.execute_later(
        "INSERT INTO main.lids (lid, phone) VALUES (?1, ?2)
         ON CONFLICT (lid) DO UPDATE SET phone = excluded.phone",
        params![lid, phone],
        Changes::Any,
    )
}
