//! Every statement that the ledger runs, and the schema. Migrations are only ever appended:
//! `user_version` counts those that a file has seen, so every ledger ever written still opens.

pub(super) mod book;
pub(super) mod instances;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Result, Row, Transaction, params};

use crate::domain::Delivery;

use super::{NewRun, RowId, Tracked, Unknown, state::State};

/// Marks a SQLite file as a ledger: "scon" in ASCII.
pub(super) const APPLICATION_ID: i32 = 0x7363_6f6e;

/// Each migration brings a ledger from the version of its index to the next.
pub(super) const MIGRATIONS: &[&str] = &[FIRST, RUNS_AND_DELIVERY, ZONE, INSTANCES, SUPPRESSION];

const FIRST: &str = "
    CREATE TABLE campaign (
        name  TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE sources (
        id          INTEGER PRIMARY KEY,
        name        TEXT NOT NULL UNIQUE,
        own_columns TEXT NOT NULL,              -- JSON array of headings
        delimiter   TEXT,
        listing     INTEGER NOT NULL            -- the import that listed it last
    );

    CREATE TABLE rows (
        id             INTEGER PRIMARY KEY,
        position       INTEGER NOT NULL,        -- source in the upper, ordinal in the lower 40 bits
        source         INTEGER NOT NULL REFERENCES sources (id),
        number         INTEGER NOT NULL,
        listing        INTEGER NOT NULL,        -- below its source's: no longer in the input
        state          INTEGER NOT NULL,
        recipient      TEXT NOT NULL,
        phone_contact  TEXT NOT NULL,
        first_name     TEXT NOT NULL,
        middle_name    TEXT NOT NULL,
        last_name      TEXT NOT NULL,
        company        TEXT NOT NULL,
        chat           TEXT,                    -- with card the key of a message; null for a row that is none
        card           BLOB,
        duplicate_of   INTEGER,
        own_cells      TEXT,                    -- JSON array, in the order of the source's own columns
        error          TEXT,
        explanation    TEXT,
        attempts       INTEGER NOT NULL DEFAULT 0,
        sent_at        INTEGER,                 -- milliseconds since 1970, UTC
        id_message     TEXT,
        delivery       TEXT,
        absent_since   INTEGER                  -- of an unknown row: the first look-up that could not find it
    );

    CREATE UNIQUE INDEX rows_key ON rows (chat, card) WHERE chat IS NOT NULL;
    CREATE INDEX rows_position ON rows (position);
    CREATE INDEX rows_duplicate_of ON rows (duplicate_of) WHERE duplicate_of IS NOT NULL;
";

const RUNS_AND_DELIVERY: &str = "
    ALTER TABLE rows ADD COLUMN delivered_at INTEGER;   -- milliseconds since 1970, UTC: when delivery became so
    ALTER TABLE sources ADD COLUMN layout TEXT;         -- how the file was read, for a person

    CREATE TABLE runs (
        number  INTEGER PRIMARY KEY,
        began   INTEGER NOT NULL,               -- milliseconds since 1970, UTC
        ended   INTEGER,                        -- null: the run was cut off, or is under way
        version TEXT NOT NULL,                  -- of the program
        command TEXT NOT NULL,
        rate    REAL,                           -- messages a second
        exit    INTEGER,
        rows_before TEXT NOT NULL,              -- JSON: rows by status
        rows_after  TEXT
    );
";

const ZONE: &str = "
    ALTER TABLE rows ADD COLUMN zone TEXT;              -- of the recipient, as the row names it
";

const INSTANCES: &str = "
    CREATE TABLE instances (
        id       INTEGER PRIMARY KEY,
        identity TEXT NOT NULL UNIQUE,          -- the service and its idInstance
        name     TEXT NOT NULL,                 -- what a person calls it; empty: nothing
        book     TEXT NOT NULL                  -- the book in which its sends stand; empty: none
    );
    INSERT INTO instances (identity, name, book)
        SELECT value, '', coalesce((SELECT value FROM campaign WHERE name = 'book'), '')
        FROM campaign WHERE name = 'identity';
    DELETE FROM campaign WHERE name IN ('identity', 'book');

    ALTER TABLE rows ADD COLUMN instance INTEGER REFERENCES instances (id);   -- null where there is only one
";

const SUPPRESSION: &str = "
    ALTER TABLE rows ADD COLUMN suppressed INTEGER NOT NULL DEFAULT 0;  -- whether the import that listed it last left it out
    DELETE FROM campaign WHERE name = 'input';  -- what was imported before is read again, and noted
";

/// What lets a ledger of an older version be read as if it were of today's, without writing to it:
/// for each version from 1 the views, private to the connection, that stand before its tables.
const AS_OF_TODAY: &[&str] = &[
    "
    CREATE TEMP VIEW rows AS
        SELECT id, position, source, number, listing, state, recipient, phone_contact, first_name, middle_name,
               last_name, company, chat, card, duplicate_of, own_cells, error, explanation, attempts, sent_at,
               id_message, delivery, absent_since, NULL AS delivered_at, NULL AS instance
        FROM main.rows;
    CREATE TEMP VIEW sources AS
        SELECT id, name, own_columns, delimiter, listing, NULL AS layout FROM main.sources;
    CREATE TEMP TABLE runs (number, began, ended, version, command, rate, exit, rows_before, rows_after);
    CREATE TEMP VIEW instances AS
        SELECT 1 AS id, value AS identity, '' AS name, '' AS book FROM main.campaign WHERE name = 'identity';
",
    BEFORE_INSTANCES,
    BEFORE_INSTANCES,
];

const BEFORE_INSTANCES: &str = "
    CREATE TEMP VIEW rows AS SELECT *, NULL AS instance FROM main.rows;
    CREATE TEMP VIEW instances AS
        SELECT 1 AS id, value AS identity, '' AS name, '' AS book FROM main.campaign WHERE name = 'identity';
";

/// One source as it is stored.
pub(super) struct SourceRecord {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) own_columns: String,
    pub(super) delimiter: Option<String>,
    pub(super) layout: Option<String>,
}

/// The parts of a row that come from the input.
pub(super) struct InputRecord<'a> {
    pub(super) position: i64,
    pub(super) source: i64,
    pub(super) number: u64,
    pub(super) listing: i64,
    pub(super) state: State,
    pub(super) recipient: &'a str,
    pub(super) phone_contact: &'a str,
    pub(super) names: [&'a str; 4],
    pub(super) key: Option<(&'a str, &'a [u8])>,
    pub(super) duplicate_of: Option<i64>,
    pub(super) own_cells: Option<&'a str>,
    pub(super) error: Option<&'a str>,
    pub(super) explanation: Option<&'a str>,
    pub(super) zone: Option<&'a str>,
}

/// A pending row as the engine takes it.
#[derive(Debug)]
pub(super) struct PendingRecord {
    pub(super) id: i64,
    pub(super) position: i64,
    pub(super) number: u64,
    pub(super) recipient: String,
    pub(super) phone_contact: String,
    pub(super) names: [String; 4],
    pub(super) zone: Option<String>,
}

/// A row as the results show it.
pub(super) struct LineRecord {
    pub(super) number: u64,
    pub(super) source: i64,
    pub(super) listed: bool,
    pub(super) given: bool,
    pub(super) state: State,
    pub(super) recipient: String,
    pub(super) phone_contact: String,
    pub(super) names: [String; 4],
    pub(super) duplicate_of: Option<(u64, i64)>,
    pub(super) own_cells: Option<String>,
    pub(super) error: Option<String>,
    pub(super) explanation: Option<String>,
    pub(super) attempts: u32,
    pub(super) sent_at: Option<i64>,
    pub(super) id_message: Option<String>,
    pub(super) delivery: Option<String>,
    pub(super) delivered_at: Option<i64>,
    pub(super) instance: Option<i64>,
}

/// A run as it is stored; the counts are JSON.
pub(super) struct RunRecord {
    pub(super) number: u64,
    pub(super) began: i64,
    pub(super) ended: Option<i64>,
    pub(super) version: String,
    pub(super) command: String,
    pub(super) rate: Option<f64>,
    pub(super) exit: Option<u8>,
    pub(super) before: String,
    pub(super) after: Option<String>,
}

/// Of a row: whether its file was given when the input was read last. The rows of other files wait.
macro_rules! is_given {
    () => {
        "rows.listing = (SELECT max(listing) FROM sources)"
    };
}
pub(super) use is_given;

/// The statement that every row comes with; 7 is suppressed.
macro_rules! insert_row {
    () => {
        "INSERT INTO rows (position, source, number, listing, state, recipient, phone_contact, first_name,
                           middle_name, last_name, company, chat, card, duplicate_of, own_cells, error, explanation,
                           zone, suppressed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?5 = 7)"
    };
}

pub(super) fn configure_writer(connection: &Connection) -> Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "OFF")?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(())
}

pub(super) fn application_id(connection: &Connection) -> Result<i32> {
    connection.pragma_query_value(None, "application_id", |row| row.get(0))
}

pub(super) fn version(connection: &Connection) -> Result<usize> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// What is wrong with the pages of the file, or with an index, if something is.
pub(super) fn damage(connection: &Connection) -> Result<Option<String>> {
    let word: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok((word != "ok").then_some(word))
}

pub(super) fn migrate(connection: &mut Connection, from: usize) -> Result<()> {
    let transaction = connection.transaction()?;
    for migration in &MIGRATIONS[from..] {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len())?;
    transaction.commit()
}

/// Lets statements of today read an older ledger; nothing is written to it.
pub(super) fn read_as_of_today(connection: &Connection) -> Result<()> {
    match AS_OF_TODAY.get(version(connection)?.wrapping_sub(1)) {
        Some(views) => connection.execute_batch(&format!("PRAGMA temp_store = MEMORY; {views}")),
        None => Ok(()),
    }
}

pub(super) fn fact(connection: &Connection, name: &str) -> Result<Option<String>> {
    connection
        .prepare_cached("SELECT value FROM campaign WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}

pub(super) fn set_fact(connection: &Connection, name: &str, value: &str) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO campaign VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2")?
        .execute([name, value])?;
    Ok(())
}

/// Whoever was being sent when the last run ended has an outcome that nobody knows.
pub(super) fn sending_to_unknown(connection: &Connection, error: &str) -> Result<usize> {
    connection.execute(
        "UPDATE rows SET state = ?1, error = ?2 WHERE state = ?3",
        params![State::Unknown, error, State::Sending],
    )
}

/// `failed → pending`, or suppressed if the row is left out now. Rows of a file that is not given stay.
pub(super) fn failed_to_pending(connection: &Connection) -> Result<usize> {
    connection.execute(
        concat!(
            "UPDATE rows SET state = iif(suppressed, ?3, ?1), error = NULL, explanation = NULL
             WHERE state = ?2 AND ",
            is_given!()
        ),
        params![State::Pending, State::Failed, State::Suppressed],
    )
}

pub(super) fn counts(connection: &Connection, mut each: impl FnMut(State, u64)) -> Result<()> {
    let mut statement = connection.prepare("SELECT state, count(*) FROM rows GROUP BY state")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each(row.get(0)?, row.get(1)?);
    }
    Ok(())
}

pub(super) fn last_listing(connection: &Connection) -> Result<i64> {
    connection.query_row("SELECT coalesce(max(listing), 0) FROM sources", [], |row| row.get(0))
}

pub(super) fn list_source(connection: &Connection, source: &SourceRecord, listing: i64) -> Result<i64> {
    connection
        .prepare_cached(
            "INSERT INTO sources (name, own_columns, delimiter, layout, listing) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (name) DO UPDATE SET own_columns = ?2, delimiter = ?3, layout = ?4, listing = ?5
             RETURNING id",
        )?
        .query_row(
            params![source.name, source.own_columns, source.delimiter, source.layout, listing],
            |row| row.get(0),
        )
}

pub(super) fn sources(connection: &Connection) -> Result<Vec<SourceRecord>> {
    connection
        .prepare("SELECT id, name, own_columns, delimiter, layout FROM sources ORDER BY id")?
        .query_map([], |row| {
            Ok(SourceRecord {
                id: row.get(0)?,
                name: row.get(1)?,
                own_columns: row.get(2)?,
                delimiter: row.get(3)?,
                layout: row.get(4)?,
            })
        })?
        .collect()
}

/// A row that no other can have the key of: there is no index of keys to ask.
pub(super) fn add_row(connection: &Connection, row: &InputRecord<'_>) -> Result<()> {
    insert_row(connection, insert_row!(), row).map(drop)
}

/// Lists a row. A message that an earlier import brought keeps its life and only moves to its new
/// place; `false` means that a row of this import has the same key.
pub(super) fn list_row(connection: &Connection, row: &InputRecord<'_>) -> Result<bool> {
    // 0 and 7 are pending and suppressed.
    let sql = concat!(
        insert_row!(),
        " ON CONFLICT (chat, card) WHERE chat IS NOT NULL DO UPDATE SET
             position = excluded.position, source = excluded.source, number = excluded.number,
             listing = excluded.listing, recipient = excluded.recipient, own_cells = excluded.own_cells,
             zone = excluded.zone, suppressed = excluded.suppressed,
             state = iif(state IN (0, 7), excluded.state, state)
         WHERE listing < excluded.listing"
    );
    Ok(insert_row(connection, sql, row)? == 1)
}

/// Before a message moves away from a file that is not given now, its row there becomes a duplicate.
pub(super) fn leave_duplicate(connection: &Connection, row: &InputRecord<'_>) -> Result<()> {
    let (chat, card) = row.key.unzip();
    connection
        .prepare_cached(
            "INSERT INTO rows (position, source, number, listing, state, recipient, phone_contact, first_name,
                               middle_name, last_name, company, duplicate_of, own_cells, zone)
             SELECT position, source, number, rows.listing, ?4, recipient, phone_contact, first_name,
                    middle_name, last_name, company, rows.id, own_cells, zone
             FROM rows JOIN sources ON sources.id = rows.source AND sources.listing = rows.listing
             WHERE chat = ?1 AND card = ?2 AND rows.listing < ?3",
        )?
        .execute(params![chat, card, row.listing, State::Duplicate])
        .map(drop)
}

/// Whether the ledger has a source that an import did not list.
pub(super) fn has_other_sources(connection: &Connection, listing: i64) -> Result<bool> {
    connection
        .query_row("SELECT EXISTS (SELECT 1 FROM sources WHERE listing < ?1)", [listing], |row| row.get(0))
}

fn insert_row(connection: &Connection, sql: &str, row: &InputRecord<'_>) -> Result<usize> {
    let (chat, card) = row.key.unzip();
    let [first_name, middle_name, last_name, company] = row.names;
    connection.prepare_cached(sql)?.execute(params![
        row.position,
        row.source,
        row.number,
        row.listing,
        row.state,
        row.recipient,
        row.phone_contact,
        first_name,
        middle_name,
        last_name,
        company,
        chat,
        card,
        row.duplicate_of,
        row.own_cells,
        row.error,
        row.explanation,
        row.zone,
    ])
}

/// Whether the ledger has a row.
pub(super) fn has_rows(connection: &Connection) -> Result<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM rows)", [], |row| row.get(0))
}

/// Takes the index of keys away while many rows come: built once at their end it costs a third.
pub(super) fn drop_key_index(connection: &Connection) -> Result<()> {
    connection.execute_batch("DROP INDEX rows_key")
}

/// Builds the index of keys again. Of rows with one key the first keeps it and the others become its
/// duplicates.
pub(super) fn build_key_index(connection: &Connection) -> Result<()> {
    let is_taken =
        |error: &rusqlite::Error| error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation);
    match connection.execute_batch(KEY_INDEX) {
        Err(error) if is_taken(&error) => {
            mark_duplicates(connection)?;
            connection.execute_batch(KEY_INDEX)
        }
        other => other,
    }
}

const KEY_INDEX: &str = "CREATE UNIQUE INDEX rows_key ON rows (chat, card) WHERE chat IS NOT NULL";

fn mark_duplicates(connection: &Connection) -> Result<()> {
    connection.execute_batch("CREATE INDEX rows_twice ON rows (chat, card) WHERE chat IS NOT NULL")?;
    connection.execute(
        "UPDATE rows SET state = ?1, duplicate_of = first.id, chat = NULL, card = NULL
         FROM (SELECT chat, card, min(id) AS id FROM rows WHERE chat IS NOT NULL
               GROUP BY chat, card HAVING count(*) > 1) AS first
         WHERE rows.chat = first.chat AND rows.card = first.card AND rows.id > first.id",
        [State::Duplicate],
    )?;
    connection.execute_batch("DROP INDEX rows_twice")
}

pub(super) fn id_of_key(connection: &Connection, chat: &str, card: &[u8]) -> Result<i64> {
    connection
        .prepare_cached("SELECT id FROM rows WHERE chat = ?1 AND card = ?2")?
        .query_row(params![chat, card], |row| row.get(0))
}

/// Drops the rows that this import did not list again. What the service has taken, or may have
/// taken, stays, and so does a message that a row of another source stands for. Gives how many of the
/// dropped rows were pending.
pub(super) fn drop_unlisted(connection: &Connection, listing: i64) -> Result<u64> {
    let mut statement = connection.prepare(
        "DELETE FROM rows
         WHERE listing < ?1
           AND state NOT IN (?2, ?3, ?4)
           AND source IN (SELECT id FROM sources WHERE listing = ?1)
           AND NOT EXISTS (SELECT 1 FROM rows AS other
                           WHERE other.duplicate_of = rows.id AND other.duplicate_of IS NOT NULL
                             AND other.listing = (SELECT listing FROM sources WHERE id = other.source))
         RETURNING state",
    )?;
    let mut dropped = statement.query(params![listing, State::Accepted, State::Unknown, State::Sending])?;
    let mut pending = 0;
    while let Some(row) = dropped.next()? {
        pending += u64::from(row.get::<_, State>(0)? == State::Pending);
    }
    Ok(pending)
}

/// The next pending rows of an instance, or of all, in the order of the input; those of the files that
/// are given.
pub(super) fn pending_after(
    connection: &Connection,
    instance: Option<i64>,
    position: i64,
    most: usize,
) -> Result<Vec<PendingRecord>> {
    connection
        .prepare_cached(
            concat!(
                "SELECT id, position, number, recipient, phone_contact, first_name, middle_name, last_name, company,
                        zone
                 FROM rows WHERE position > ?1 AND state = ?2 AND (?4 IS NULL OR instance = ?4) AND ",
                is_given!(),
                " ORDER BY position LIMIT ?3"
            ),
        )?
        .query_map(params![position, State::Pending, most, instance], |row| {
            Ok(PendingRecord {
                id: row.get(0)?,
                position: row.get(1)?,
                number: row.get(2)?,
                recipient: row.get(3)?,
                phone_contact: row.get(4)?,
                names: names(row, 5)?,
                zone: row.get(9)?,
            })
        })?
        .collect()
}

/// How many such rows there are.
pub(super) fn waiting(connection: &Connection, instance: Option<i64>) -> Result<u64> {
    connection
        .prepare_cached(concat!(
            "SELECT count(*) FROM rows WHERE state = ?1 AND (?2 IS NULL OR instance = ?2) AND ",
            is_given!()
        ))?
        .query_row(params![State::Pending, instance], |row| row.get(0))
}

/// How many pending rows wait for each file that is not given. A row that is gone from a file which
/// is given waits for the one that has it still.
pub(super) fn held(connection: &Connection) -> Result<Vec<(String, u64)>> {
    connection
        .prepare(concat!(
            "SELECT sources.name, count(*) FROM rows JOIN sources ON sources.id = coalesce(
                 (SELECT other.source FROM rows AS other JOIN sources AS its ON its.id = other.source
                  WHERE other.duplicate_of = rows.id AND other.listing = its.listing
                    AND (SELECT listing FROM sources WHERE id = rows.source) > rows.listing LIMIT 1),
                 rows.source)
             WHERE rows.state = ?1 AND NOT ",
            is_given!(),
            " GROUP BY sources.id ORDER BY sources.id"
        ))?
        .query_map([State::Pending], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// `pending → sending`: the intent.
pub(super) fn begin(transaction: &Transaction<'_>, id: i64, now: i64) -> Result<()> {
    one(transaction
        .prepare_cached(
            "UPDATE rows SET state = ?2, attempts = attempts + 1, sent_at = ?3, absent_since = NULL,
                             error = NULL, explanation = NULL
             WHERE id = ?1 AND state = ?4",
        )?
        .execute(params![id, State::Sending, now, State::Pending])?)
}

/// `sending → accepted`.
pub(super) fn accept(transaction: &Transaction<'_>, id: i64, id_message: &str) -> Result<()> {
    one(transaction
        .prepare_cached("UPDATE rows SET state = ?2, id_message = ?3 WHERE id = ?1 AND state = ?4")?
        .execute(params![id, State::Accepted, id_message, State::Sending])?)
}

/// `sending → failed | unknown`, with the reason.
pub(super) fn close(transaction: &Transaction<'_>, id: i64, state: State, error: &str) -> Result<()> {
    one(transaction
        .prepare_cached("UPDATE rows SET state = ?2, error = ?3 WHERE id = ?1 AND state = ?4")?
        .execute(params![id, state, error, State::Sending])?)
}

/// `sending → pending`: it is proved that the service never took it, or nothing was sent.
pub(super) fn give_back(transaction: &Transaction<'_>, id: i64, was_sent: bool) -> Result<()> {
    one(transaction
        .prepare_cached(
            "UPDATE rows SET state = ?2, attempts = attempts - ?3, sent_at = iif(?3, NULL, sent_at)
             WHERE id = ?1 AND state = ?4",
        )?
        .execute(params![id, State::Pending, !was_sent, State::Sending])?)
}

/// Chat, card and begin of a row that is being sent.
pub(super) fn sending(connection: &Connection, id: i64) -> Result<(String, Vec<u8>, i64)> {
    connection
        .prepare_cached("SELECT chat, card, sent_at FROM rows WHERE id = ?1 AND state = ?2")?
        .query_row(params![id, State::Sending], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}

/// Chat, card and begin of every row that an instance, or any, has sent or may have sent.
pub(super) fn each_sent(
    connection: &Connection,
    instance: Option<i64>,
    mut each: impl FnMut(&str, &[u8], i64) -> Result<()>,
) -> Result<()> {
    let mut statement = connection.prepare(
        "SELECT chat, card, sent_at FROM rows
         WHERE state IN (?1, ?2, ?3) AND sent_at IS NOT NULL AND chat IS NOT NULL
           AND (?4 IS NULL OR instance = ?4)",
    )?;
    let mut rows = statement.query(params![State::Accepted, State::Unknown, State::Sending, instance])?;
    while let Some(row) = rows.next()? {
        each(row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_blob()?, row.get(2)?)?;
    }
    Ok(())
}

/// The unknown rows of an instance, or of all, in the order of the input; each with its card if this was
/// its only request.
pub(super) fn unknown(
    connection: &Connection,
    instance: Option<i64>,
) -> Result<Vec<(Unknown, Option<Vec<u8>>)>> {
    connection
        .prepare(
            "SELECT rows.id, number, name, chat, phone_contact, sent_at, absent_since,
                    first_name, middle_name, last_name, company, iif(attempts = 1, card, NULL)
             FROM rows JOIN sources ON sources.id = rows.source
             WHERE state = ?1 AND (?2 IS NULL OR instance = ?2) ORDER BY position",
        )?
        .query_map(params![State::Unknown, instance], |row| {
            let unknown = Unknown {
                id: RowId(row.get(0)?),
                row: row.get(1)?,
                source: row.get(2)?,
                chat: row.get(3)?,
                phone_contact: row.get(4)?,
                sent_at: row.get(5)?,
                sent_before: false,
                absent_since: row.get(6)?,
                names: names(row, 7)?,
            };
            Ok((unknown, row.get(11)?))
        })?
        .collect()
}

/// `ids` is a JSON array.
pub(super) fn claimed(connection: &Connection, ids: &str) -> Result<Vec<(String, String)>> {
    connection
        .prepare("SELECT id_message, chat FROM rows WHERE id_message IN (SELECT value FROM json_each(?1))")?
        .query_map([ids], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// `unknown → accepted`.
pub(super) fn adopt(
    transaction: &Transaction<'_>,
    id: i64,
    id_message: Option<&str>,
    explanation: &str,
) -> Result<usize> {
    transaction
        .prepare_cached(
            "UPDATE rows SET state = ?2, id_message = ?3, error = NULL, explanation = ?4 WHERE id = ?1 AND state = ?5",
        )?
        .execute(params![id, State::Accepted, id_message, explanation, State::Unknown])
}

/// `unknown → pending`, or suppressed if the row is left out now.
pub(super) fn unknown_to_pending(transaction: &Transaction<'_>, id: i64) -> Result<usize> {
    transaction
        .prepare_cached(
            "UPDATE rows SET state = iif(suppressed, ?4, ?2), error = NULL, absent_since = NULL
             WHERE id = ?1 AND state = ?3",
        )?
        .execute(params![id, State::Pending, State::Unknown, State::Suppressed])
}

/// A look-up that could not find an unknown row; the first one after its request counts.
pub(super) fn miss(transaction: &Transaction<'_>, id: i64, now: i64) -> Result<usize> {
    transaction
        .prepare_cached(
            "UPDATE rows SET absent_since = iif(absent_since >= sent_at, absent_since, ?2)
             WHERE id = ?1 AND state = ?3",
        )?
        .execute(params![id, now, State::Unknown])
}

/// A look-up that proves nothing: an earlier one that could not find the row does not count any more.
pub(super) fn forget_miss(transaction: &Transaction<'_>, id: i64) -> Result<usize> {
    transaction
        .prepare_cached("UPDATE rows SET absent_since = NULL WHERE id = ?1 AND state = ?2")?
        .execute(params![id, State::Unknown])
}

/// Every row in the order of the results.
pub(super) fn each_line(connection: &Connection, mut each: impl FnMut(LineRecord) -> bool) -> Result<()> {
    let mut statement = connection.prepare(concat!(
        "SELECT rows.number, rows.source, rows.listing = sources.listing, rows.state, rows.recipient,
                rows.phone_contact, rows.first_name, rows.middle_name, rows.last_name, rows.company,
                original.number, original.source, rows.own_cells, rows.error, rows.explanation,
                rows.attempts, rows.sent_at, rows.id_message, rows.delivery, rows.delivered_at,
                rows.instance, ",
        is_given!(),
        " FROM rows JOIN sources ON sources.id = rows.source
                   LEFT JOIN rows AS original ON original.id = rows.duplicate_of
         ORDER BY rows.position",
    ))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if !each(line(row)?) {
            break;
        }
    }
    Ok(())
}

fn line(row: &Row<'_>) -> Result<LineRecord> {
    Ok(LineRecord {
        number: row.get(0)?,
        source: row.get(1)?,
        listed: row.get(2)?,
        state: row.get(3)?,
        recipient: row.get(4)?,
        phone_contact: row.get(5)?,
        names: names(row, 6)?,
        duplicate_of: row.get::<_, Option<u64>>(10)?.zip(row.get(11)?),
        own_cells: row.get(12)?,
        error: row.get(13)?,
        explanation: row.get(14)?,
        attempts: row.get(15)?,
        sent_at: row.get(16)?,
        id_message: row.get(17)?,
        delivery: row.get(18)?,
        delivered_at: row.get(19)?,
        instance: row.get(20)?,
        given: row.get(21)?,
    })
}

/// Why rows are failed, invalid or unknown, and how many for each reason, most first. A row that is
/// being sent is unknown without a reason.
pub(super) fn reasons(connection: &Connection) -> Result<Vec<(State, String, u64)>> {
    connection
        .prepare(
            "SELECT iif(state = ?4, ?3, state) AS status, coalesce(error, '') AS reason, count(*) AS times
             FROM rows WHERE state IN (?1, ?2, ?3, ?4) GROUP BY status, reason ORDER BY times DESC, status, reason",
        )?
        .query_map(params![State::Failed, State::Invalid, State::Unknown, State::Sending], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?
        .collect()
}

/// How many accepted rows have each word of delivery, in no order.
pub(super) fn deliveries(connection: &Connection) -> Result<Vec<(String, u64)>> {
    connection
        .prepare(
            "SELECT delivery, count(*) FROM rows WHERE state = ?1 AND delivery IS NOT NULL GROUP BY delivery",
        )?
        .query_map([State::Accepted], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Accepted rows by id; `finals` is a JSON array of the words of delivery that are left out.
pub(super) fn tracked(
    connection: &Connection,
    instance: Option<i64>,
    (after, finals): (i64, &str),
    most: usize,
) -> Result<Vec<Tracked>> {
    connection
        .prepare_cached(
            "SELECT id, chat, id_message, coalesce(sent_at, 0), delivery FROM rows
             WHERE id > ?1 AND state = ?2 AND id_message IS NOT NULL
               AND (delivery IS NULL OR delivery NOT IN (SELECT value FROM json_each(?3)))
               AND (?5 IS NULL OR instance = ?5)
             ORDER BY id LIMIT ?4",
        )?
        .query_map(params![after, State::Accepted, finals, most, instance], |row| {
            Ok(Tracked {
                id: RowId(row.get(0)?),
                chat: row.get(1)?,
                id_message: row.get(2)?,
                sent_at: row.get(3)?,
                delivery: row.get_ref(4)?.as_str_or_null()?.and_then(Delivery::parse),
            })
        })?
        .collect()
}

/// Accepted rows whose delivery is none of `settled` (a JSON array), and when the first was sent.
pub(super) fn awaited(
    connection: &Connection,
    instance: Option<i64>,
    settled: &str,
) -> Result<(u64, Option<i64>)> {
    connection
        .prepare_cached(
            "SELECT count(*), min(sent_at) FROM rows
             WHERE state = ?1 AND id_message IS NOT NULL
               AND (delivery IS NULL OR delivery NOT IN (SELECT value FROM json_each(?2)))
               AND (?3 IS NULL OR instance = ?3)",
        )?
        .query_row(params![State::Accepted, settled, instance], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(super) fn without_id(connection: &Connection) -> Result<u64> {
    connection.query_row(
        "SELECT count(*) FROM rows WHERE state = ?1 AND id_message IS NULL",
        [State::Accepted],
        |row| row.get(0),
    )
}

pub(super) fn delivery(connection: &Connection, id: i64) -> Result<Option<String>> {
    connection.prepare_cached("SELECT delivery FROM rows WHERE id = ?1")?.query_row([id], |row| row.get(0))
}

pub(super) fn deliver(connection: &Connection, id: i64, delivery: &str, at: i64) -> Result<usize> {
    connection
        .prepare_cached("UPDATE rows SET delivery = ?2, delivered_at = ?3 WHERE id = ?1 AND state = ?4")?
        .execute(params![id, delivery, at, State::Accepted])
}

/// A new run; its number follows the last.
pub(super) fn begin_run(connection: &Connection, run: &NewRun<'_>, before: &str) -> Result<i64> {
    connection.query_row(
        "INSERT INTO runs (began, version, command, rate, rows_before) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING number",
        params![run.began, run.version, run.command, run.rate, before],
        |row| row.get(0),
    )
}

pub(super) fn end_run(
    connection: &Connection,
    number: i64,
    ended: i64,
    (exit, after): (u8, &str),
) -> Result<()> {
    one(connection.execute(
        "UPDATE runs SET ended = ?2, exit = ?3, rows_after = ?4 WHERE number = ?1",
        params![number, ended, exit, after],
    )?)
}

pub(super) fn runs(connection: &Connection) -> Result<Vec<RunRecord>> {
    connection
        .prepare(
            "SELECT number, began, ended, version, command, rate, exit, rows_before, rows_after
             FROM runs ORDER BY number",
        )?
        .query_map([], |row| {
            Ok(RunRecord {
                number: row.get(0)?,
                began: row.get(1)?,
                ended: row.get(2)?,
                version: row.get(3)?,
                command: row.get(4)?,
                rate: row.get(5)?,
                exit: row.get(6)?,
                before: row.get(7)?,
                after: row.get(8)?,
            })
        })?
        .collect()
}

fn names(row: &Row<'_>, first: usize) -> Result<[String; 4]> {
    Ok([row.get(first)?, row.get(first + 1)?, row.get(first + 2)?, row.get(first + 3)?])
}

/// A row that is not in the state it must be in is a fault of ours; the transaction is rolled back.
fn one(changed: usize) -> Result<()> {
    if changed == 1 { Ok(()) } else { Err(rusqlite::Error::StatementChangedRows(changed)) }
}

/// A database that stands in a temporary file without a name, and is gone when it is closed.
pub(super) fn scratch() -> Result<Connection> {
    let connection = Connection::open("")?;
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;
         CREATE TABLE seen (key INTEGER PRIMARY KEY, row INTEGER NOT NULL);
         BEGIN",
    )?;
    Ok(connection)
}

/// Remembers the row of a key; gives the row that has it already.
pub(super) fn see(connection: &Connection, key: u64, row: u64) -> Result<Option<u64>> {
    let key = key.cast_signed();
    let new = connection
        .prepare_cached("INSERT OR IGNORE INTO seen VALUES (?1, ?2)")?
        .execute(params![key, row])?;
    if new == 1 {
        return Ok(None);
    }
    connection
        .prepare_cached("SELECT row FROM seen WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .map(Some)
}
