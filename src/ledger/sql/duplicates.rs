//! The statements that find duplicates without a ledger.

use crate::ledger::db::{Connection, Result, params};

/// Opens a database in an unnamed temporary file, which disappears when it is closed.
pub(in super::super) fn scratch() -> Result<Connection> {
    let connection = Connection::open_temporary()?;
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;
         CREATE TABLE seen (key INTEGER PRIMARY KEY, row INTEGER NOT NULL);
         BEGIN",
    )?;
    Ok(connection)
}

/// Stores the row of a key. Returns the row that already has it, if any.
pub(in super::super) fn insert_key(
    connection: &Connection,
    key: u64,
    row: u64,
) -> Result<Option<u64>> {
    let key = key.cast_signed();
    let new = connection.execute(
        "INSERT INTO seen VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params![key, row],
    )?;
    if new == 1 {
        return Ok(None);
    }
    connection
        .query_row("SELECT row FROM seen WHERE key = ?1", params![key], |row| {
            row.get(0)
        })
        .map(Some)
}
