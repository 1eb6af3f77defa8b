//! The statements by which machines that share a campaign of a PostgreSQL database divide its rows among themselves
//! while they send. The instance that has the first row of a person has all of that person's rows: a unique row in
//! `assignments` says so.

use serde_json::json;

use super::is_given;
use crate::ledger::{
    db::{AsValue, Connection, Result, params},
    state::State,
};

macro_rules! free_rows {
    () => {
        "WITH freed AS (
             UPDATE rows SET instance = NULL
             WHERE state = ?1 AND instance IS NOT NULL AND NOT may_have_arrived
               AND NOT EXISTS (SELECT 1 FROM rows AS other
                               WHERE other.person = rows.person AND other.instance = rows.instance
                                 AND (other.state IN (?2, ?3, ?4) OR other.may_have_arrived))"
    };
}

macro_rules! free_people {
    () => {
        " RETURNING person)
         DELETE FROM assignments WHERE person IN (SELECT person FROM freed)"
    };
}
/// Locks claims until the transaction ends: nobody else claims or frees rows of the campaign. Otherwise a row could be
/// claimed for an instance that gives its person back at the same moment.
fn lock(connection: &Connection) -> Result<()> {
    connection.query_row(
        "SELECT pg_advisory_xact_lock(hashtext('claims'), hashtext(current_schema()))",
        params![],
        |_| Ok(()),
    )
}

/// Claims the next pending rows that no instance has. The rows of a person to whom another instance writes are claimed
/// for that instance. Returns how many rows were claimed, for any instance.
pub(in super::super) fn claim(
    connection: &Connection,
    instance: i64,
    most: usize,
) -> Result<usize> {
    lock(connection)?;
    // Uses the index of pending rows. The planner does so only if the state is a literal and the order is that of the
    // index; otherwise it reads every row that was sent each time.
    let ids: Vec<i64> = connection.query_all(
        concat!(
            "SELECT id FROM rows WHERE state = 0 AND instance IS NULL AND person IS NOT NULL AND ",
            is_given!(),
            " ORDER BY instance, position LIMIT ?1 FOR UPDATE SKIP LOCKED"
        ),
        params![most],
        |row| row.get(0),
    )?;
    if ids.is_empty() {
        return Ok(0);
    }
    let ids = json!(ids).to_string();
    connection.execute(
        "INSERT INTO assignments (person, instance)
         SELECT DISTINCT person, CAST(?1 AS bigint) FROM rows
         WHERE id IN (SELECT CAST(value AS bigint) FROM json_each(CAST(?2 AS text)))
         ORDER BY person ON CONFLICT DO NOTHING",
        params![instance, ids],
    )?;
    connection.execute(
        "UPDATE rows SET instance = assignments.instance FROM assignments
             WHERE assignments.person = rows.person
               AND rows.id IN (SELECT CAST(value AS bigint) FROM json_each(CAST(?1 AS text)))",
        params![ids],
    )
}

/// Waits until nobody else is claiming a row, perhaps for this instance.
pub(in super::super) fn wait_for_others(connection: &Connection) -> Result<()> {
    connection.each(
        concat!(
            "SELECT id FROM rows WHERE state = ?1 AND instance IS NULL AND person IS NOT NULL AND ",
            is_given!(),
            " FOR UPDATE"
        ),
        params![State::Pending],
        |_| Ok(true),
    )
}

/// Frees the pending rows of instances whose leases have ended, except rows that may have arrived and rows of people to
/// whom the instance has written.
pub(in super::super) fn free_lapsed(connection: &Connection) -> Result<usize> {
    super::leases::revoke_lapsed(connection)?;
    free(
        connection,
        concat!(
            free_rows!(),
            " AND NOT EXISTS (SELECT 1 FROM leases JOIN instances ON instances.identity = leases.instance
                              WHERE instances.id = rows.instance AND leases.holder <> '')",
            free_people!()
        ),
        None,
    )
}

/// Frees the pending rows of one instance at the end of its run, except rows that may have arrived and rows of people
/// to whom it has written.
pub(in super::super) fn free_own(connection: &Connection, instance: i64) -> Result<usize> {
    free(
        connection,
        concat!(free_rows!(), " AND rows.instance = ?5", free_people!()),
        Some(instance),
    )
}

fn free(connection: &Connection, sql: &str, instance: Option<i64>) -> Result<usize> {
    lock(connection)?;
    let states = [
        State::Pending,
        State::Accepted,
        State::Unknown,
        State::Sending,
    ];
    let mut values: Vec<_> = states.iter().map(AsValue::as_value).collect();
    values.extend(instance.as_ref().map(AsValue::as_value));
    connection.execute(sql, &values)
}
