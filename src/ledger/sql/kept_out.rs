//! The people on the stop lists of all runs. A list that is not given suppresses those whom it named when it was last
//! given; for a list that is given, each person of the input is checked anew.

use crate::ledger::db::{Connection, Result, params};

use super::is_given;
use crate::{domain::Person, ledger::state::State};

/// Records that a list is given for an import. Returns its id.
pub(in super::super) fn give_list(
    connection: &Connection,
    name: &str,
    listing: i64,
) -> Result<i64> {
    connection.query_row(
        "INSERT INTO suppression_lists (name, listing) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET listing = ?2 RETURNING id",
        params![name, listing],
        |row| row.get(0),
    )
}

/// Whether a list suppresses anybody.
pub(in super::super) fn keeps_out(connection: &Connection) -> Result<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM kept_out)", params![], |row| {
        row.get(0)
    })
}

pub(in super::super) fn forget_kept_out(connection: &Connection) -> Result<()> {
    connection
        .execute("DELETE FROM kept_out", params![])
        .map(drop)
}

pub(in super::super) fn keep_out(connection: &Connection, person: &str, list: i64) -> Result<()> {
    connection
        .execute(
            "INSERT INTO kept_out (person, list) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![person, list],
        )
        .map(drop)
}

/// `pending → suppressed` for a row whose person is on a list under another chat id.
pub(in super::super) fn keep_row_out(connection: &Connection, id: i64, list: i64) -> Result<bool> {
    connection.execute(
        "INSERT INTO kept_out (person, list) SELECT person, ?2 FROM rows WHERE id = ?1 ON CONFLICT DO NOTHING",
        params![id, list],
    )?;
    connection
        .execute(
            "UPDATE rows SET state = ?2 WHERE id = ?1 AND state = ?3",
            params![id, State::Suppressed, State::Pending],
        )
        .map(|rows| rows == 1)
}

/// Removes a person from a list.
pub(in super::super) fn release(connection: &Connection, person: &str, list: i64) -> Result<()> {
    connection
        .execute(
            "DELETE FROM kept_out WHERE person = ?1 AND list = ?2",
            params![person, list],
        )
        .map(drop)
}

pub(in super::super) fn is_kept_out(connection: &Connection, person: &str) -> Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM kept_out WHERE person = ?1)",
        params![person],
        |row| row.get(0),
    )
}

/// Counts the rows of the given files that are suppressed only by lists that are not given, by list.
pub(in super::super) fn still_suppressed(connection: &Connection) -> Result<Vec<(String, u64)>> {
    connection.query_all(
        concat!(
            "SELECT list, count(*) FROM (
                 SELECT min(suppression_lists.name) AS list FROM rows
                 JOIN kept_out ON kept_out.person = rows.person
                 JOIN suppression_lists ON suppression_lists.id = kept_out.list
                 WHERE rows.state = ?1 AND ",
            is_given!(),
            "    GROUP BY rows.id
                 HAVING max(suppression_lists.listing) < (SELECT max(listing) FROM sources)) AS suppressed
             GROUP BY list ORDER BY list"
        ),
        params![State::Suppressed],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Counts the rows of the given files that are suppressed by given lists, by list.
pub(in super::super) fn suppressed_by_given(connection: &Connection) -> Result<Vec<(String, u64)>> {
    connection.query_all(
        concat!(
            "SELECT list, count(*) FROM (
                 SELECT min(suppression_lists.name) AS list FROM rows
                 JOIN kept_out ON kept_out.person = rows.person
                 JOIN suppression_lists ON suppression_lists.id = kept_out.list
                 WHERE rows.state = ?1 AND suppression_lists.listing = (SELECT max(listing) FROM sources) AND ",
            is_given!(),
            "    GROUP BY rows.id) AS suppressed
             GROUP BY list ORDER BY list"
        ),
        params![State::Suppressed],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Returns the people whom an older version suppressed; before version 7, their chat ids. State 7 is suppressed.
pub(super) fn left_out_before(connection: &Connection) -> Result<Vec<String>> {
    connection.query_all(
        "SELECT DISTINCT person FROM rows WHERE (suppressed OR state = 7) AND person IS NOT NULL",
        params![],
        |row| row.get(0),
    )
}

/// Keeps these people suppressed, although it is not known by which list an older version did so.
pub(super) fn keep_out_all(connection: &Connection, chats: &[String]) -> Result<()> {
    if chats.is_empty() {
        return Ok(());
    }
    let list = give_list(connection, "", 0)?;
    for chat in chats {
        keep_out(connection, Person::behind(chat).as_str(), list)?;
    }
    Ok(())
}
