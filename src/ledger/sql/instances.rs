//! The statements about the instances of a ledger and their rows.

use crate::ledger::db::{Connection, Result, Row, Transaction, params};

use super::is_given;
use crate::ledger::state::State;

/// An instance as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct InstanceRecord {
    pub(in super::super) id: i64,
    pub(in super::super) identity: String,
    pub(in super::super) name: String,
    pub(in super::super) history: String,
}

/// A pending row that no instance has.
#[derive(Debug)]
pub(in super::super) struct FreeRecord {
    pub(in super::super) id: i64,
    pub(in super::super) position: i64,
    pub(in super::super) person: String,
}

/// Returns every instance, in the order in which they joined.
pub(in super::super) fn instances(connection: &Connection) -> Result<Vec<InstanceRecord>> {
    connection.query_all(
        "SELECT id, identity, name, book FROM instances ORDER BY id",
        params![],
        |row| {
            Ok(InstanceRecord {
                id: row.get(0)?,
                identity: row.get(1)?,
                name: row.get(2)?,
                history: row.get(3)?,
            })
        },
    )
}

/// Adds an instance, or updates its name. Returns its id. A name belongs to one instance: the one that had it before is
/// shown by its own id.
pub(in super::super) fn set_instance(
    connection: &Connection,
    identity: &str,
    name: &str,
) -> Result<i64> {
    connection.execute(
        "UPDATE instances SET name = '' WHERE name = ?2 AND identity <> ?1",
        params![identity, name],
    )?;
    connection.query_row(
        "INSERT INTO instances (identity, name, book) VALUES (?1, ?2, '')
         ON CONFLICT (identity) DO UPDATE SET name = CASE WHEN ?2 = '' THEN instances.name ELSE ?2 END RETURNING id",
        params![identity, name],
        |row| row.get(0),
    )
}

/// Removes an instance that has no rows.
pub(in super::super) fn remove_instance(connection: &Connection, id: i64) -> Result<()> {
    let sql = "DELETE FROM instances WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM rows WHERE instance = ?1)";
    connection.execute(sql, params![id]).map(drop)
}

/// Sets the name of the send history in which the sends of an instance are.
pub(in super::super) fn set_history(connection: &Connection, id: i64, history: &str) -> Result<()> {
    connection
        .execute(
            "UPDATE instances SET book = ?2 WHERE id = ?1",
            params![id, history],
        )
        .map(drop)
}

/// Assigns everything that was handed to the service, or may have been, while there was only one instance to that
/// instance.
pub(in super::super) fn keep_what_was_sent(connection: &Connection, id: i64) -> Result<usize> {
    connection.execute(
        "UPDATE rows SET instance = ?1
         WHERE instance IS NULL AND (state IN (?2, ?3, ?4, ?5) OR may_have_arrived)",
        params![
            id,
            State::Accepted,
            State::Failed,
            State::Unknown,
            State::Sending
        ],
    )
}

/// Frees every pending row that an instance has, except the rows of some instances (`but`, a JSON array) and rows that
/// may have arrived.
pub(in super::super) fn free_pending(transaction: &Transaction<'_>, but: &str) -> Result<usize> {
    transaction.execute(
        "UPDATE rows SET instance = NULL
         WHERE instance IS NOT NULL AND state = ?1 AND NOT may_have_arrived
           AND instance NOT IN (SELECT CAST(value AS BIGINT) FROM json_each(CAST(?2 AS TEXT)))",
        params![State::Pending, but],
    )
}

/// Returns the next pending rows of the given files that no instance has, in the order of the input.
pub(in super::super) fn free_after(
    transaction: &Transaction<'_>,
    position: i64,
    most: usize,
) -> Result<Vec<FreeRecord>> {
    let free = |row: &Row<'_>| {
        Ok(FreeRecord {
            id: row.get(0)?,
            position: row.get(1)?,
            person: row.get(2)?,
        })
    };
    transaction.query_all(
        concat!(
            "SELECT id, position, person FROM rows
                 WHERE position > ?1 AND state = ?2 AND instance IS NULL AND person IS NOT NULL AND ",
            is_given!(),
            " ORDER BY position LIMIT ?3"
        ),
        params![position, State::Pending, most],
        free,
    )
}

/// Returns the instance that a person stays with: the one that has sent them a contact, or may have, otherwise the one
/// that has other rows for them.
pub(in super::super) fn instance_of_person(
    transaction: &Transaction<'_>,
    person: &str,
) -> Result<Option<i64>> {
    // A refused contact reached nobody, unless an earlier attempt of the row did.
    transaction.query_row(
        "SELECT (SELECT instance FROM rows WHERE person = ?1 AND instance IS NOT NULL AND (state <> ?2 OR may_have_arrived)
                     ORDER BY state = ?3 AND NOT may_have_arrived LIMIT 1)",
        params![person, State::Failed, State::Pending],
        |row| row.get(0),
    )
}

/// Counts the pending rows of a person that no instance has.
pub(in super::super) fn free_of_person(transaction: &Transaction<'_>, person: &str) -> Result<u64> {
    transaction.query_row(
        "SELECT count(*) FROM rows WHERE person = ?1 AND state = ?2 AND instance IS NULL",
        params![person, State::Pending],
        |row| row.get(0),
    )
}

pub(in super::super) fn give_row(
    transaction: &Transaction<'_>,
    id: i64,
    instance: i64,
) -> Result<()> {
    transaction
        .execute(
            "UPDATE rows SET instance = ?2 WHERE id = ?1",
            params![id, instance],
        )
        .map(drop)
}

/// The number of rows with one state, of one instance or none, whose file is given or not.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct CountRecord {
    pub(in super::super) instance: Option<i64>,
    pub(in super::super) state: State,
    pub(in super::super) given: bool,
    pub(in super::super) rows: u64,
}

/// Counts the rows of each kind.
pub(in super::super) fn counts_by_instance(connection: &Connection) -> Result<Vec<CountRecord>> {
    connection.query_all(
        concat!(
            "SELECT instance, state, ",
            is_given!(),
            ", count(*) FROM rows GROUP BY 1, 2, 3"
        ),
        params![],
        |row| {
            Ok(CountRecord {
                instance: row.get(0)?,
                state: row.get(1)?,
                given: row.get(2)?,
                rows: row.get(3)?,
            })
        },
    )
}
