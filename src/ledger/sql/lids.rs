//! The statements about lids, in the send history of an instance: which phone is behind which lid.

use crate::ledger::db::{Connection, Error, Result, Row, Value, params};

/// The digest of a chat.
pub(in super::super) type Chat = [u8; 16];

/// The query whether any pair is known.
const HAS_LIDS: &str = "SELECT EXISTS (SELECT 1 FROM main.lids)";

/// The query for the phone behind a lid, and for the lids of a phone.
const PAIRED: &str = "SELECT phone FROM main.lids WHERE lid = ?1 UNION ALL SELECT lid FROM main.lids WHERE phone = ?1";

pub(in super::super) fn has_lids(connection: &Connection) -> Result<bool> {
    connection.query_row(HAS_LIDS, params![], |row| row.get(0))
}

/// Whether any pair is known, for several histories on a server, by schema, in one round trip.
pub(in super::super) fn have_lids(connection: &Connection, schemas: &[&str]) -> Result<Vec<bool>> {
    let asked: Vec<_> = schemas
        .iter()
        .map(|schema| (*schema, [].as_slice()))
        .collect();
    let mut found = vec![false; asked.len()];
    connection.each_of(HAS_LIDS, &asked, |number, row| {
        found[number] = row.get(0)?;
        Ok(())
    })?;
    Ok(found)
}

/// Returns the chats that form a pair with a chat.
pub(in super::super) fn paired(connection: &Connection, chat: &[u8]) -> Result<Vec<Chat>> {
    connection.query_all(PAIRED, params![chat], |row| digest(row, 0))
}

/// Returns the paired chats of several chats in several histories on a server, in one round trip. Each chat comes with
/// the schema of its history.
pub(in super::super) fn paired_each(
    connection: &Connection,
    asked: &[(&str, Chat)],
) -> Result<Vec<Vec<Chat>>> {
    let values: Vec<_> = asked.iter().map(|(_, chat)| [Value::Bytes(chat)]).collect();
    let schemas = asked.iter().map(|(schema, _)| *schema);
    let asked: Vec<_> = schemas.zip(values.iter().map(<[_; 1]>::as_slice)).collect();
    let mut found = vec![Vec::new(); asked.len()];
    connection.each_of(PAIRED, &asked, |number, row| {
        found[number].push(digest(row, 0)?);
        Ok(())
    })?;
    Ok(found)
}

/// Returns every pair of a lid and a phone.
pub(in super::super) fn pairs(connection: &Connection) -> Result<Vec<(Chat, Chat)>> {
    connection.query_all("SELECT lid, phone FROM main.lids", params![], |row| {
        Ok((digest(row, 0)?, digest(row, 1)?))
    })
}

fn digest(row: &Row<'_>, column: usize) -> Result<Chat> {
    let bytes = row.bytes(column)?;
    bytes.try_into().map_err(|_| Error::Value {
        column,
        found: format!("a digest of {} bytes", bytes.len()),
    })
}
