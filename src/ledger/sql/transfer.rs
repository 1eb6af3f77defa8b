//! The statements that copy a ledger or a send history from one database into another of either kind: table by table,
//! with all ids, in the order of their keys.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::{input::KEY_INDEX, recent, send_history};
use crate::ledger::{
    db::{AsValue, Connection, Error, Result, Transaction, Value, params},
    state::State,
};

/// A table to copy, its columns, and its key.
#[derive(Debug)]
pub(in super::super) struct Table {
    name: &'static str,
    columns: &'static str,
    /// The columns of the key; `{bytes}` after a text column orders it by its bytes.
    key: &'static str,
}

const fn table(name: &'static str, columns: &'static str, key: &'static str) -> Table {
    Table { name, columns, key }
}

/// The tables of a ledger.
pub(in super::super) const LEDGER: &[Table] = &[
    table("campaign", "name, value", "name {bytes}"),
    table(
        "sources",
        "id, name, own_columns, delimiter, layout, listing",
        "id",
    ),
    table("instances", "id, identity, name, book", "id"),
    table(
        "rows",
        "id, position, source, number, listing, state, recipient, phone_contact, first_name, middle_name, last_name,
         company, person, card, chat, duplicate_of, own_cells, error, explanation, attempts, sent_at,
         sent_by_service, id_message, delivery, delivered_at, absent_since, zone, instance, suppressed,
         may_have_arrived",
        "id",
    ),
    table(
        "runs",
        "number, began, ended, version, command, rate, exit, rows_before, rows_after, stopped",
        "number",
    ),
    table("suppression_lists", "id, name, listing", "id"),
    table("kept_out", "person, list", "person {bytes}, list"),
    table("corrections", "was, row", "was, row"),
];

/// The tables of a send history.
pub(in super::super) const HISTORY: &[Table] = &[
    table("campaigns", "id, ledger, name", "id"),
    table("sends", "chat, at, card, campaign", "chat, at, card"),
    table("book", "name", "name {bytes}"),
    table("checks", "chat, at, answer", "chat, at"),
    table("lids", "lid, phone", "lid"),
    table("restrictions", "began, until, state", "began"),
];

/// The tables whose ids PostgreSQL generates, and the columns of the ids.
const NUMBERED: [(&str, &str); 5] = [
    ("sources", "id"),
    ("instances", "id"),
    ("rows", "id"),
    ("runs", "number"),
    ("suppression_lists", "id"),
];

/// The digest of the contents of tables, in order, as far as both databases can represent them.
pub(in super::super) type Digest = [u8; 32];

/// The error of a copy, and the side on which it occurred.
#[derive(Debug)]
pub(in super::super) enum Failure {
    Source(Error),
    Target(Error),
}

/// Prepares an empty ledger for the contents of another one.
pub(in super::super) fn clear(target: &Transaction<'_>) -> Result<()> {
    target.execute_batch("DELETE FROM campaign; DROP INDEX rows_key")
}

/// Configures the target file. Foreign keys need not be checked: sources and instances are copied before the rows that
/// refer to them.
pub(in super::super) fn configure_file(target: &Connection) -> Result<()> {
    target.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA cache_size = -16384")
}

/// Copies tables. Returns the digest of what was read.
pub(in super::super) fn transfer(
    source: &Connection,
    target: &Connection,
    tables: &[Table],
) -> std::result::Result<Digest, Failure> {
    let mut read = Sha256::new();
    for table in tables {
        let rows = target.bulk(table.name, table.columns);
        let (mut rows, mut added) = (rows.map_err(Failure::Target)?, Ok(()));
        each(source, table, |row| {
            add_to_digest(&mut read, row);
            added = rows.add(row);
            added.is_ok()
        })
        .map_err(Failure::Source)?;
        added.and_then(|()| rows.flush()).map_err(Failure::Target)?;
    }
    Ok(read.finalize().into())
}

/// Returns the digest of tables.
pub(in super::super) fn digest(connection: &Connection, tables: &[Table]) -> Result<Digest> {
    let mut read = Sha256::new();
    for table in tables {
        each(connection, table, |row| {
            add_to_digest(&mut read, row);
            true
        })?;
    }
    Ok(read.finalize().into())
}

/// Builds the index of keys of a copied ledger. In a database, also makes generated ids continue after the highest, and
/// assigns people to the instances that have their rows; a file needs neither.
pub(in super::super) fn complete(target: &Connection) -> Result<()> {
    target.execute_batch(KEY_INDEX)?;
    if target.is_file() {
        return Ok(());
    }
    for (table, column) in NUMBERED {
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), max({column})) FROM {table}
             HAVING count(*) > 0"
        );
        target.query_optional(&sql, params![], |_| Ok(()))?;
    }
    target.execute_batch("ANALYZE rows")
}

/// For a database: assigns each person to the instance that has sent them a contact, or may have, otherwise to the one
/// that has other rows for them. A refused contact reached nobody, unless an earlier attempt did.
pub(in super::super) fn assign_people(target: &Transaction<'_>) -> Result<usize> {
    target.execute(
        "INSERT INTO assignments (person, instance)
         SELECT DISTINCT ON (person) person, instance FROM rows
         WHERE person IS NOT NULL AND instance IS NOT NULL AND (state <> ?1 OR may_have_arrived)
         ORDER BY person, state = ?2 AND NOT may_have_arrived, id",
        params![State::Failed, State::Pending],
    )
}

/// Adds the contents of one send history to another. Returns how many contacts were new there.
pub(in super::super) fn merge_histories(
    source: &Connection,
    target: &Transaction<'_>,
) -> std::result::Result<usize, Failure> {
    let mut numbers = HashMap::new();
    for (id, ledger, name) in send_history::campaigns(source).map_err(Failure::Source)? {
        let number = send_history::campaign(target, &ledger, &name).map_err(Failure::Target)?;
        numbers.insert(id, number);
    }
    target
        .execute_batch(
            "CREATE TEMPORARY TABLE incoming (
                 chat bytea NOT NULL, at bigint NOT NULL, card bytea NOT NULL, campaign bigint)",
        )
        .map_err(Failure::Target)?;
    if target.is_file() {
        recent::merge(target).map_err(Failure::Target)?;
    }
    bring_in(source, target, &numbers)?;
    let new = send_history::enter_incoming(target).map_err(Failure::Target)?;
    target
        .execute_batch("DROP TABLE incoming")
        .map_err(Failure::Target)?;
    for (name, sql) in ADD_KNOWLEDGE {
        let Some(table) = HISTORY.iter().find(|table| table.name == name) else {
            continue;
        };
        let mut added = Ok(());
        each(source, table, |row| {
            added = target.execute(sql, row).map(drop);
            added.is_ok()
        })
        .map_err(Failure::Source)?;
        added.map_err(Failure::Target)?;
    }
    Ok(new)
}

/// The statement for each table that adds a row about people or the number to a send history. The more informative
/// value is kept.
const ADD_KNOWLEDGE: [(&str, &str); 3] = [
    (
        "checks",
        "INSERT INTO checks (chat, at, answer) VALUES (?1, ?2, ?3)
         ON CONFLICT (chat, at) DO UPDATE SET answer = coalesce(checks.answer, excluded.answer)",
    ),
    (
        "lids",
        "INSERT INTO lids (lid, phone) VALUES (?1, ?2) ON CONFLICT (lid) DO NOTHING",
    ),
    (
        "restrictions",
        "INSERT INTO restrictions (began, until, state) VALUES (?1, ?2, ?3)
         ON CONFLICT (began) DO UPDATE SET until = coalesce(restrictions.until, excluded.until)",
    ),
];

/// Copies the sends, with the campaign numbers of the target.
fn bring_in(
    source: &Connection,
    target: &Transaction<'_>,
    numbers: &HashMap<i64, i64>,
) -> std::result::Result<(), Failure> {
    let rows = target.bulk("incoming", "chat, at, card, campaign");
    let (mut rows, mut added) = (rows.map_err(Failure::Target)?, Ok(()));
    source
        .each(
            "SELECT chat, at, card, campaign FROM sends",
            params![],
            |row| {
                let [chat, at, card] = [row.value(0)?, row.value(1)?, row.value(2)?];
                let campaign: Option<i64> = row.get(3)?;
                let campaign = campaign.and_then(|id| numbers.get(&id).copied());
                added = rows.add(&[chat, at, card, campaign.as_value()]);
                Ok(added.is_ok())
            },
        )
        .map_err(Failure::Source)?;
    added.and_then(|()| rows.flush()).map_err(Failure::Target)
}

/// Calls `each` for the rows of a table in the order of its key, until it returns false.
fn each(
    connection: &Connection,
    table: &Table,
    mut each: impl FnMut(&[Value<'_>]) -> bool,
) -> Result<()> {
    let Table { name, columns, key } = table;
    let bytes = if connection.is_file() {
        "COLLATE BINARY"
    } else {
        "COLLATE \"C\""
    };
    let key = key.replace("{bytes}", bytes);
    let count = columns.split(',').count();
    let sql = format!("SELECT {columns} FROM {name} ORDER BY {key}");
    connection.each(&sql, params![], |row| {
        let values = (0..count).map(|column| row.value(column));
        Ok(each(&values.collect::<Result<Vec<_>>>()?))
    })
}

/// Adds values to a digest in a form that both databases share: SQLite stores booleans as numbers, and PostgreSQL
/// cannot store NUL in a text.
fn add_to_digest(read: &mut Sha256, row: &[Value<'_>]) {
    let mut add = |kind: u8, bytes: &[u8]| {
        read.update([kind]);
        read.update((bytes.len() as u64).to_be_bytes());
        read.update(bytes);
    };
    for value in row {
        match *value {
            Value::Null => add(0, &[]),
            Value::Integer(number) => add(1, &number.to_be_bytes()),
            Value::Bool(truth) => add(1, &i64::from(truth).to_be_bytes()),
            Value::Real(number) => add(2, &number.to_be_bytes()),
            Value::Text(text) if text.contains('\0') => {
                add(3, text.replace('\0', "\u{fffd}").as_bytes());
            }
            Value::Text(text) => add(3, text.as_bytes()),
            Value::Bytes(bytes) => add(4, bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Returns the columns of each table of a file.
    fn columns(file: &Connection) -> BTreeMap<String, BTreeSet<String>> {
        let names =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        let names: Vec<String> = file.query_all(names, params![], |row| row.get(0)).unwrap();
        let columns = |name: String| {
            let sql = "SELECT name FROM pragma_table_info(?1)";
            let found = file.query_all(sql, params![&*name], |row| row.get(0));
            (name, found.unwrap().into_iter().collect())
        };
        names.into_iter().map(columns).collect()
    }

    fn copied(tables: &[Table]) -> BTreeMap<String, BTreeSet<String>> {
        let columns = |table: &Table| {
            let columns = table.columns.split(',').map(|name| name.trim().to_owned());
            (table.name.to_owned(), columns.collect())
        };
        tables.iter().map(columns).collect()
    }

    #[test]
    fn a_copy_has_every_column_of_every_table() {
        let ledger = Connection::open_in_memory().unwrap();
        super::super::schema::migrate(&ledger, 0).unwrap();
        assert_eq!(copied(LEDGER), columns(&ledger));

        let history = Connection::open_in_memory().unwrap();
        send_history::configure(&history).unwrap();
        let mut columns = columns(&history);
        // Entries of the first are moved to `sends` before; the second is about the last minute on this machine.
        columns.retain(|name, _| !["recent", "begun"].contains(&name.as_str()));
        assert_eq!(copied(HISTORY), columns);
    }
}
