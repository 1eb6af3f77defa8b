//! Checks that a ledger is not damaged. A damaged page could hide that a contact was sent; a key that is missing in an
//! index would let it be sent again.
//!
//! SQLite's `integrity_check` looks up every row in every index, which reads a page for each key if the keys are not
//! sorted. Here the table and each index are read once, from beginning to end. They agree if they have the same number of
//! entries and the same sum of 64-bit digests, which does not depend on the order.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::ledger::db::{Connection, Result, Row, Value, params};

/// The indexes of the table `rows` that this module can compare.
const INDEXES: &str = "rows_duplicate_of,rows_key,rows_position";

/// Returns what is wrong with a page or an index, if anything is.
pub(in super::super) fn damage(connection: &Connection) -> Result<Option<String>> {
    let indexes: String = connection.query_row(
        "SELECT coalesce(group_concat(name, ','), '') FROM (
             SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'rows' ORDER BY name)",
        params![],
        |row| row.get(0),
    )?;
    let has_people: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM pragma_table_info('rows') WHERE name = 'person')",
        params![],
        |row| row.get(0),
    )?;
    if indexes != INDEXES || !has_people {
        return first_complaint(connection, "PRAGMA integrity_check(1)");
    }
    if let Some(damage) = first_complaint(connection, "PRAGMA quick_check(1)")? {
        return Ok(Some(damage));
    }
    let others = connection.query_all(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('rows', 'sqlite_sequence') ORDER BY name",
        params![],
        |row| row.get::<String>(0),
    )?;
    for table in others {
        let check = format!("PRAGMA integrity_check('{}')", table.replace('\'', "''"));
        if let Some(damage) = first_complaint(connection, &check)? {
            return Ok(Some(damage));
        }
    }
    wrong_index(connection)
        .map(|wrong| wrong.map(|index| format!("the index {index} is not that of the rows")))
}

/// Returns the first complaint of a check, if there is one.
fn first_complaint(connection: &Connection, check: &str) -> Result<Option<String>> {
    let word: String = connection.query_row(check, params![], |row| row.get(0))?;
    Ok((word != "ok").then_some(word))
}

/// A summary of the entries of a table or an index that does not depend on their order.
#[derive(Debug, Default, PartialEq, Eq)]
struct Entries {
    count: u64,
    sum: u64,
}

impl Entries {
    fn add(&mut self, entry: impl Hash) {
        let mut digest = DefaultHasher::new();
        entry.hash(&mut digest);
        self.count += 1;
        self.sum = self.sum.wrapping_add(digest.finish());
    }
}

/// Returns the name of an index that does not agree with its table, if there is one.
fn wrong_index(connection: &Connection) -> Result<Option<&'static str>> {
    let mut expected: [Entries; 3] = Default::default();
    let [positions, keys, originals] = &mut expected;
    connection.each(
        "SELECT id, position, person, card, duplicate_of FROM rows NOT INDEXED",
        params![],
        |row| {
            let id: i64 = row.get(0)?;
            positions.add((row.get::<i64>(1)?, id));
            if row.value(2)? != Value::Null {
                keys.add((key(row, 2)?, id));
            }
            if let Some(original) = row.get::<Option<i64>>(4)? {
                originals.add((original, id));
            }
            Ok(true)
        },
    )?;
    let [positions, keys, originals] = expected;
    let integer_entries = |sql| integers(connection, sql);
    if integer_entries(
        "SELECT position, id FROM rows INDEXED BY rows_position ORDER BY position, id",
    )? != Some(positions)
    {
        return Ok(Some("rows_position"));
    }
    if key_index(connection)? != Some(keys) {
        return Ok(Some("rows_key"));
    }
    let sql = "SELECT duplicate_of, id FROM rows INDEXED BY rows_duplicate_of
               WHERE duplicate_of IS NOT NULL ORDER BY duplicate_of, id";
    Ok((integer_entries(sql)? != Some(originals)).then_some("rows_duplicate_of"))
}

/// Returns the key in this column and the next one.
fn key<'a>(row: &'a Row<'_>, column: usize) -> Result<(&'a str, &'a [u8])> {
    Ok((row.text(column)?, row.bytes(column + 1)?))
}

/// Summarizes an index of integers; `None` if it is not sorted.
fn integers(connection: &Connection, sql: &str) -> Result<Option<Entries>> {
    let (mut entries, mut last) = (Entries::default(), None);
    let mut is_ordered = true;
    connection.each(sql, params![], |row| {
        let entry = (row.get::<i64>(0)?, row.get::<i64>(1)?);
        is_ordered &= last.replace(entry) < Some(entry);
        entries.add(entry);
        Ok(is_ordered)
    })?;
    Ok(is_ordered.then_some(entries))
}

/// Summarizes the index of keys; `None` if it is not sorted or a key occurs twice.
fn key_index(connection: &Connection) -> Result<Option<Entries>> {
    let (mut entries, mut last) = (Entries::default(), (String::new(), Vec::new()));
    let mut is_ordered = true;
    connection.each(
        "SELECT person, card, id FROM rows INDEXED BY rows_key WHERE person IS NOT NULL ORDER BY person, card",
        params![],
        |row| {
            let (person, card) = key(row, 0)?;
            is_ordered &= (last.0.as_str(), last.1.as_slice()) < (person, card);
            last.0.clear();
            last.0.push_str(person);
            last.1.clear();
            last.1.extend_from_slice(card);
            entries.add(((person, card), row.get::<i64>(2)?));
            Ok(is_ordered)
        },
    )?;
    Ok(is_ordered.then_some(entries))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::ledger::{connection::create_private, sql::schema};

    /// Creates a ledger with some rows.
    fn ledger(path: &Path) -> Connection {
        create_private(path, true).unwrap();
        let connection = Connection::open(path).unwrap();
        schema::configure_writer(&connection).unwrap();
        schema::migrate(&connection, 0).unwrap();
        let rows = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 3000)
             INSERT INTO rows (id, position, source, number, listing, state, recipient, phone_contact, first_name,
                               middle_name, last_name, company, person, card, duplicate_of)
             SELECT n, n * 7, 1, n, 1, 0, '', '', '', '', '', '',
                    CASE WHEN n % 10 > 0 THEN n * 618033989 % 3001 END, CASE WHEN n % 10 > 0 THEN randomblob(16) END,
                    CASE WHEN n % 10 = 0 THEN n - 1 END
             FROM numbers";
        connection.execute_batch(rows).unwrap();
        connection
    }

    /// Changes the table without changing an index.
    fn change(path: &Path, index: &str, sql: &str) {
        let connection = rusqlite::Connection::open(path).unwrap();
        let hide = format!(
            "PRAGMA foreign_keys = OFF; PRAGMA writable_schema = ON;
             CREATE TEMP TABLE hidden AS SELECT * FROM sqlite_schema WHERE name = '{index}';
             DELETE FROM sqlite_schema WHERE name = '{index}';
             PRAGMA writable_schema = RESET"
        );
        connection.execute_batch(&hide).unwrap();
        connection.execute_batch(sql).unwrap();
        let show = "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema SELECT * FROM hidden";
        connection.execute_batch(show).unwrap();
    }

    #[test]
    fn a_row_that_an_index_lacks_or_shows_otherwise_is_damage() {
        let changes = [
            ("rows_position", "UPDATE rows SET position = position + 1 WHERE id = 1500"),
            ("rows_position", "DELETE FROM rows WHERE id = 3000"),
            ("rows_key", "UPDATE rows SET card = randomblob(16) WHERE id = 1501"),
            ("rows_key", "UPDATE rows SET person = '1' WHERE id = 1"),
            ("rows_key", "UPDATE rows SET person = NULL, card = NULL WHERE id = 2999"),
            ("rows_key", "UPDATE rows SET card = (SELECT card FROM rows WHERE id = 2), person = (SELECT person FROM rows WHERE id = 2)
              WHERE id = 3"),
            ("rows_duplicate_of", "UPDATE rows SET duplicate_of = 7 WHERE id = 1510"),
            ("rows_duplicate_of", "UPDATE rows SET duplicate_of = NULL WHERE id = 10"),
        ];
        for (index, sql) in changes {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a.ledger");
            let connection = ledger(&path);
            assert_eq!(damage(&connection).unwrap(), None, "{sql}");
            drop(connection);
            change(&path, index, sql);
            let connection = Connection::open(&path).unwrap();
            let found = damage(&connection).unwrap();
            assert!(found.is_some_and(|found| found.contains(index)), "{sql}");
        }
    }

    #[test]
    fn what_is_compared_is_read_from_the_index_alone() {
        let folder = tempfile::tempdir().unwrap();
        let connection = ledger(&folder.path().join("a.ledger"));
        let plan = connection.query_all(
            "EXPLAIN QUERY PLAN
             SELECT person, card, id FROM rows INDEXED BY rows_key WHERE person IS NOT NULL ORDER BY person, card",
            params![],
            |row| row.get::<String>(3),
        );
        let plan = plan.unwrap().join("\n");
        assert!(
            plan.contains("COVERING INDEX rows_key") && !plan.contains("TEMP"),
            "{plan}"
        );
    }
}
