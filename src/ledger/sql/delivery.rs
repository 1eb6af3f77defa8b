//! The statements about rows whose contact the service has, or may have: lookups, decisions and deliveries.

use crate::ledger::db::{Connection, Result, Transaction, params};
use jiff::Timestamp;

use super::{
    names, people,
    time::{moment, optional_moment},
};
use crate::{
    domain::Delivery,
    ledger::{
        batch::RowId,
        follow_up::{DeliveryUpdate, SentByOthers, TrackedRow, Unknown},
        state::State,
    },
};

/// Returns the unknown rows of an instance, or of all, in the order of the input, each with the digest of its contact
/// and the number of its attempts.
pub(in super::super) fn unknown(
    connection: &Connection,
    instance: Option<i64>,
) -> Result<Vec<(Unknown, Vec<u8>, u64)>> {
    connection.query_all(
        "SELECT rows.id, number, name, coalesce(chat, person), phone_contact, sent_at, absent_since,
                    first_name, middle_name, last_name, company, card, attempts, sent_by_service
             FROM rows JOIN sources ON sources.id = rows.source
             WHERE state = ?1 AND (instance = ?2 OR ?2 IS NULL) ORDER BY position",
        params![State::Unknown, instance],
        |row| {
            let unknown = Unknown {
                id: RowId(row.get(0)?),
                row: row.get(1)?,
                source: row.get(2)?,
                chat: row.get(3)?,
                phone_contact: row.get(4)?,
                sent_at: moment(row, 5)?,
                is_dated: row.get(13)?,
                others: SentByOthers::default(),
                absent_since: optional_moment(row, 6)?,
                names: names(row, 7)?,
            };
            Ok((unknown, row.get(11)?, row.get(12)?))
        },
    )
}

/// Returns the idMessage and chat of the rows with these ids, a JSON array.
pub(in super::super) fn rows_with_ids(
    connection: &Connection,
    ids: &str,
) -> Result<Vec<(String, String)>> {
    connection.query_all(
        "SELECT id_message, coalesce(chat, person) FROM rows
             WHERE id_message IN (SELECT value FROM json_each(CAST(?1 AS TEXT)))",
        params![ids],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// `unknown → accepted`.
pub(in super::super) fn mark_found(
    transaction: &Transaction<'_>,
    id: i64,
    id_message: Option<&str>,
    explanation: &str,
) -> Result<usize> {
    transaction.execute(
        "UPDATE rows SET state = ?2, id_message = ?3, error = NULL, explanation = ?4 WHERE id = ?1 AND state = ?5",
        params![id, State::Accepted, id_message, explanation, State::Unknown],
    )
}

/// `unknown → pending`, or `suppressed` if the row is suppressed now, or `duplicate` if another row with its key was
/// sent or may have been. Once a row may have arrived, that stays so for ever: a proof is only about the last request.
pub(in super::super) fn unknown_to_pending(
    transaction: &Transaction<'_>,
    id: i64,
    may_have_arrived: bool,
) -> Result<usize> {
    let duplicates = people::give_way(transaction, id, may_have_arrived)?;
    if duplicates > 0 {
        return Ok(duplicates);
    }
    transaction.execute(
        "UPDATE rows SET state = CASE WHEN suppressed THEN CAST(?4 AS INTEGER) ELSE ?2 END, error = NULL,
                             explanation = NULL, absent_since = NULL, may_have_arrived = may_have_arrived OR ?5
             WHERE id = ?1 AND state = ?3",
        params![id, State::Pending, State::Unknown, State::Suppressed, may_have_arrived],
    )
}

/// Records that a lookup did not find an unknown row. Only the first miss after the request is kept.
pub(in super::super) fn record_miss(
    transaction: &Transaction<'_>,
    id: i64,
    now: Timestamp,
) -> Result<usize> {
    transaction.execute(
        "UPDATE rows SET absent_since = CASE WHEN absent_since >= sent_at THEN absent_since ELSE ?2 END
             WHERE id = ?1 AND state = ?3",
        params![id, now.as_millisecond(), State::Unknown],
    )
}

/// Forgets an earlier miss of a row, because a later lookup proved nothing.
pub(in super::super) fn forget_miss(transaction: &Transaction<'_>, id: i64) -> Result<usize> {
    transaction.execute(
        "UPDATE rows SET absent_since = NULL WHERE id = ?1 AND state = ?2",
        params![id, State::Unknown],
    )
}

/// Forgets an earlier miss of a row that was sent at an unknown time, and adds a note for people.
pub(in super::super) fn note_undated(
    transaction: &Transaction<'_>,
    id: i64,
    note: &str,
) -> Result<usize> {
    transaction.execute(
        "UPDATE rows SET absent_since = NULL, explanation = ?3 WHERE id = ?1 AND state = ?2",
        params![id, State::Unknown, note],
    )
}

/// Marks the times of all requests with an unknown outcome as not the service's.
pub(in super::super) fn mark_times_unreliable(connection: &Connection) -> Result<usize> {
    connection.execute(
        "UPDATE rows SET sent_by_service = FALSE WHERE state IN (?1, ?2)",
        params![State::Unknown, State::Sending],
    )
}

/// Returns accepted rows with an idMessage, in the order of their ids, except those with a delivery in `finals`, a
/// JSON array.
pub(in super::super) fn tracked(
    connection: &Connection,
    instance: Option<i64>,
    after: i64,
    finals: &str,
    most: usize,
) -> Result<Vec<TrackedRow>> {
    connection.query_all(
        "SELECT id, coalesce(chat, person), id_message, sent_at, delivery FROM rows
             WHERE id > ?1 AND state = ?2 AND id_message IS NOT NULL
               AND (delivery IS NULL OR delivery NOT IN (SELECT value FROM json_each(CAST(?3 AS TEXT))))
               AND (instance = ?5 OR ?5 IS NULL)
             ORDER BY id LIMIT ?4",
        params![after, State::Accepted, finals, most, instance],
        |row| {
            Ok(TrackedRow {
                id: RowId(row.get(0)?),
                chat: row.get(1)?,
                id_message: row.get(2)?,
                sent_at: optional_moment(row, 3)?,
                delivery: row
                    .get::<Option<String>>(4)?
                    .as_deref()
                    .and_then(Delivery::parse),
            })
        },
    )
}

/// Counts the accepted rows whose delivery is not in `settled`, a JSON array. Also returns when the first of them was
/// sent.
pub(in super::super) fn awaited(
    connection: &Connection,
    instance: Option<i64>,
    settled: &str,
) -> Result<(u64, Option<Timestamp>)> {
    connection.query_row(
        "SELECT count(*), min(sent_at) FROM rows
             WHERE state = ?1 AND id_message IS NOT NULL
               AND (delivery IS NULL OR delivery NOT IN (SELECT value FROM json_each(CAST(?2 AS TEXT))))
               AND (instance = ?3 OR ?3 IS NULL)",
        params![State::Accepted, settled, instance],
        |row| Ok((row.get(0)?, optional_moment(row, 1)?)),
    )
}

pub(in super::super) fn without_id(connection: &Connection) -> Result<u64> {
    connection.query_row(
        "SELECT count(*) FROM rows WHERE state = ?1 AND id_message IS NULL",
        params![State::Accepted],
        |row| row.get(0),
    )
}

pub(in super::super) fn delivery(connection: &Connection, id: i64) -> Result<Option<String>> {
    connection.query_row(
        "SELECT delivery FROM rows WHERE id = ?1",
        params![id],
        |row| row.get(0),
    )
}

/// Sets the delivery of a row. A doubtful one gets the note `doubt`; any other removes that note.
pub(in super::super) fn set_delivery(
    connection: &Connection,
    update: &DeliveryUpdate,
    doubt: &str,
) -> Result<usize> {
    connection.execute(
        "UPDATE rows SET delivery = ?2, delivered_at = ?3,
                explanation = CASE WHEN ?5 THEN ?6 WHEN explanation = ?6 THEN NULL ELSE explanation END
             WHERE id = ?1 AND state = ?4",
        params![
            update.row.0,
            update.delivery.as_str(),
            update.at.as_millisecond(),
            State::Accepted,
            update.is_doubtful,
            doubt
        ],
    )
}
