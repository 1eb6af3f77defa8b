//! The schema of a ledger, and the setup of a connection to one. Migrations are only ever appended: `user_version`
//! counts those that a file has had, so every ledger ever written can still be opened.

use crate::ledger::db::{Connection, Result, params};

use super::{kept_out, people};

/// The application id that marks a SQLite file as a ledger: "scon" in ASCII.
pub(in super::super) const APPLICATION_ID: i32 = 0x7363_6f6e;

/// The migrations: each brings a ledger from the version of its index to the next.
pub(in super::super) const MIGRATIONS: &[&str] = &[
    FIRST,
    RUNS_AND_DELIVERY,
    ZONE,
    INSTANCES,
    SUPPRESSION,
    ARRIVAL,
    PEOPLE,
    IDENTITY,
    SERVICE_TIME,
    KEPT_OUT,
    CORRECTIONS,
    STOPPED,
];

/// The first version with keys by person.
const KEYS_BY_PERSON: usize = 7;

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

const ARRIVAL: &str = "
    ALTER TABLE rows ADD COLUMN may_have_arrived INTEGER NOT NULL DEFAULT 0;    -- a person had it sent again, unproved
    -- What is pending (0) or suppressed (7) after a request may be so by a proof, or by a person's word: nothing tells.
    UPDATE rows SET may_have_arrived = 1 WHERE state IN (0, 7) AND attempts > 0 AND sent_at IS NOT NULL;
";

const PEOPLE: &str = "
    ALTER TABLE rows RENAME COLUMN chat TO person;      -- who gets it: with card the key; null for a row without a key
    ALTER TABLE rows ADD COLUMN chat TEXT;              -- the chat id of the row; null where the person is known by it
    DELETE FROM campaign WHERE name = 'input';          -- the stop list may name a person by another chat id
";

const IDENTITY: &str = "
    -- By which send histories know the ledger, wherever it lies and whatever its name.
    INSERT OR IGNORE INTO campaign VALUES ('ledger', lower(hex(randomblob(16))));
";

const SERVICE_TIME: &str = "
    ALTER TABLE rows ADD COLUMN sent_by_service INTEGER NOT NULL DEFAULT 0; -- whether sent_at is the service's time
";

/// The first version that records which list suppresses a person.
const LISTS_OF_PEOPLE: usize = 10;

const KEPT_OUT: &str = "
    CREATE TABLE IF NOT EXISTS suppression_lists (
        id      INTEGER PRIMARY KEY,
        name    TEXT NOT NULL UNIQUE,           -- the whole path; empty: some list of an older version's runs
        listing INTEGER NOT NULL                -- the import for which it was given last
    );
    CREATE TABLE IF NOT EXISTS kept_out (       -- whom a list named, of those who were to get a contact
        person  TEXT NOT NULL,
        list    INTEGER NOT NULL REFERENCES suppression_lists (id),
        PRIMARY KEY (person, list)
    ) WITHOUT ROWID;
";

const CORRECTIONS: &str = "
    CREATE TABLE IF NOT EXISTS corrections (    -- what a row held before a results file corrected it
        was     BLOB NOT NULL,                  -- digest of the cells
        row     INTEGER NOT NULL REFERENCES rows (id),
        PRIMARY KEY (was, row)
    ) WITHOUT ROWID;
";

const STOPPED: &str = "
    ALTER TABLE runs ADD COLUMN stopped TEXT;   -- JSON: why a run ended early; null: it did not, or nobody knows
";

/// Returns the views that let a ledger of an older version be read like a current one without writing to it. They are
/// private to the connection and shadow its tables.
const fn as_of_today(version: usize) -> &'static [&'static str] {
    match version {
        1 => &[AS_OF_FIRST],
        2 | 3 => &[BEFORE_INSTANCES, BEFORE_STOPPED],
        4..=11 => &[BEFORE_STOPPED],
        _ => &[],
    }
}

const AS_OF_FIRST: &str = "
    CREATE TEMP VIEW rows AS
        SELECT id, position, source, number, listing, state, recipient, phone_contact, first_name, middle_name,
               last_name, company, chat, card, duplicate_of, own_cells, error, explanation, attempts, sent_at,
               id_message, delivery, absent_since, NULL AS delivered_at, NULL AS instance
        FROM main.rows;
    CREATE TEMP VIEW sources AS
        SELECT id, name, own_columns, delimiter, listing, NULL AS layout FROM main.sources;
    CREATE TEMP TABLE runs (number, began, ended, version, command, rate, exit, rows_before, rows_after, stopped);
    CREATE TEMP VIEW instances AS
        SELECT 1 AS id, value AS identity, '' AS name, '' AS book FROM main.campaign WHERE name = 'identity';
";

const BEFORE_INSTANCES: &str = "
    CREATE TEMP VIEW rows AS SELECT *, NULL AS instance FROM main.rows;
    CREATE TEMP VIEW instances AS
        SELECT 1 AS id, value AS identity, '' AS name, '' AS book FROM main.campaign WHERE name = 'identity';
";

const BEFORE_STOPPED: &str = "
    CREATE TEMP VIEW runs AS SELECT *, NULL AS stopped FROM main.runs;
";

/// Configures a connection for writing. A page cache of 16 MB would make neither the import nor the sending of a
/// million rows faster (measured), and sorting during an import takes as much memory again. The `-wal` file is
/// checkpointed every 16 MB: by then, most of its pages have been written several times.
pub(in super::super) fn configure_writer(connection: &Connection) -> Result<()> {
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -8192;
         PRAGMA wal_autocheckpoint = 4000;",
    )
}

pub(in super::super) fn application_id(connection: &Connection) -> Result<i32> {
    connection.query_row("PRAGMA application_id", params![], |row| row.get(0))
}

pub(in super::super) fn version(connection: &Connection) -> Result<usize> {
    connection.query_row("PRAGMA user_version", params![], |row| row.get(0))
}

/// Copies the whole database, in its current state, into an empty file.
pub(in super::super) fn copy_into(connection: &Connection, path: &str) -> Result<()> {
    connection
        .execute("VACUUM main INTO ?1", params![path])
        .map(drop)
}

/// Moves everything from the `-wal` file into the ledger itself, durably, and truncates the `-wal` file.
pub(in super::super) fn checkpoint(connection: &Connection) -> Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", params![], |_| Ok(()))
}

pub(in super::super) fn migrate(connection: &Connection, from: usize) -> Result<()> {
    let transaction = connection.transaction()?;
    for migration in &MIGRATIONS[from..] {
        transaction.execute_batch(migration)?;
    }
    // Read before the keys change, because a suppressed row may become the duplicate of one that was sent.
    let left_out = if from < LISTS_OF_PEOPLE {
        kept_out::left_out_before(&transaction)?
    } else {
        Vec::new()
    };
    if from < KEYS_BY_PERSON {
        people::bring_to_keys_by_person(&transaction)?;
    }
    kept_out::keep_out_all(&transaction, &left_out)?;
    mark(&transaction, APPLICATION_ID, MIGRATIONS.len())?;
    transaction.commit()
}

/// Marks a file as ours, and sets its version.
pub(super) fn mark(connection: &Connection, application_id: i32, version: usize) -> Result<()> {
    connection.execute_batch(&format!(
        "PRAGMA application_id = {application_id}; PRAGMA user_version = {version};"
    ))
}

/// Lets current statements read an older ledger, without writing to it.
pub(in super::super) fn read_as_of_today(connection: &Connection) -> Result<()> {
    let views = as_of_today(version(connection)?);
    if views.is_empty() {
        return Ok(());
    }
    connection.execute_batch(&format!("PRAGMA temp_store = MEMORY; {}", views.concat()))
}
