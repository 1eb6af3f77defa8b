//! Every statement that the send history of an instance runs, and its schema, with migrations like those of the ledger.
//! A database holds the histories of many instances, each in its own schema: a statement of a batch puts `main.` before
//! its tables, see [`Connection::set_main`].

use crate::ledger::db::{Bulk, Changes, Connection, Result, Row, Transaction, Value, params};
use jiff::Timestamp;

use super::time::nearest_moment;

/// The application id that marks a SQLite file as a send history: "scbk" in ASCII.
pub(in super::super) const APPLICATION_ID: i32 = 0x7363_626b;

/// The migrations: each brings a send history from the version of its index to the next.
pub(in super::super) const MIGRATIONS: &[&str] = &["
    CREATE TABLE sends (
        chat BLOB NOT NULL,                     -- digest
        at   INTEGER NOT NULL,                  -- of the intent: milliseconds since 1970, UTC
        card BLOB NOT NULL,                     -- digest
        PRIMARY KEY (chat, at, card)
    ) WITHOUT ROWID;
    CREATE INDEX sends_at ON sends (at);

    CREATE TABLE book (name TEXT NOT NULL);     -- by which ledgers know it again
    INSERT INTO book VALUES (lower(hex(randomblob(16))));
", "
    CREATE TABLE campaigns (
        id     INTEGER PRIMARY KEY,
        ledger TEXT NOT NULL UNIQUE,            -- the id of its ledger
        name   TEXT NOT NULL
    );
    ALTER TABLE sends ADD COLUMN campaign INTEGER REFERENCES campaigns (id);    -- null: an older version entered it

    CREATE TABLE planned (                      -- entries of sends whose requests were not allowed to start yet
        campaign INTEGER NOT NULL,
        chat     BLOB NOT NULL,
        at       INTEGER NOT NULL,
        card     BLOB NOT NULL
    );
", "
    CREATE TABLE checks (                       -- whether people have an account: each time it was asked
        chat   BLOB NOT NULL,                   -- digest
        at     INTEGER NOT NULL,                -- when: milliseconds since 1970, UTC
        answer INTEGER,                         -- 1 yes, 0 no, 2 it cannot be told; null: no answer was recorded
        PRIMARY KEY (chat, at)
    ) WITHOUT ROWID;
    CREATE INDEX checks_at ON checks (at);

    CREATE TABLE lids (                         -- which phone is behind a lid, as the service told
        lid   BLOB PRIMARY KEY,                 -- digest
        phone BLOB NOT NULL                     -- digest
    ) WITHOUT ROWID;
    CREATE INDEX lids_phone ON lids (phone);

    CREATE TABLE restrictions (                 -- when the service restricted the number
        began INTEGER PRIMARY KEY,              -- when it was noticed first: milliseconds since 1970, UTC
        until INTEGER,                          -- when it ends or ended, as far as is known
        state TEXT NOT NULL                     -- the service's word
    );
", "
    CREATE TABLE recent (                       -- contacts that are not in sends yet, a batch a row
        id         INTEGER PRIMARY KEY,
        campaign   INTEGER,
        is_planned INTEGER NOT NULL,            -- 1: their requests were not allowed to start yet
        contacts   BLOB NOT NULL                -- of each: chat, 16 bytes; at, 8 bytes, big-endian; card, 16 bytes
    );
", "
    DROP TABLE planned;                         -- what was planned may have been sent
    ALTER TABLE recent DROP COLUMN is_planned;
", "
    CREATE TABLE begun (                        -- what runs on this machine have begun lately, for the rate
        kind     INTEGER NOT NULL,              -- 0 contacts, 1 checks of numbers
        at       INTEGER NOT NULL,              -- milliseconds since the machine was started
        requests INTEGER NOT NULL,
        PRIMARY KEY (kind, at)
    ) WITHOUT ROWID;
"];

/// 2025-01-01: sendcontact did not exist before. An entry with an earlier time comes from a wrong clock and does not
/// make the number older.
const EARLIEST: Timestamp = Timestamp::constant(1_735_689_600, 0);

/// One entry of the send history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Send<'a> {
    pub(in super::super) chat: &'a [u8],
    pub(in super::super) at: Timestamp,
    pub(in super::super) contact: &'a [u8],
}

/// What the instance has sent from one moment until just before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct SentTotal {
    pub(in super::super) contacts: u64,
    /// The chats among them that had got nothing before.
    pub(in super::super) new: u64,
    /// When the first contact of all was sent, ignoring times from a clock that was certainly wrong.
    pub(in super::super) first: Option<Timestamp>,
}

/// Configures a connection, without an `fsync` at each commit: what is committed survives the process, and a power
/// failure loses at most the last entries. Then migrates the file.
pub(in super::super) fn configure(connection: &Connection) -> Result<()> {
    connection.execute_batch(
        "PRAGMA busy_timeout = 20000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
         PRAGMA wal_autocheckpoint = 4000;",
    )?;
    // Another run may be creating the same send history now.
    let transaction = begin(connection)?;
    let version = super::version(&transaction)?;
    if version < MIGRATIONS.len() {
        for migration in &MIGRATIONS[version..] {
            transaction.execute_batch(migration)?;
        }
        super::schema::mark(&transaction, APPLICATION_ID, MIGRATIONS.len())?;
    }
    transaction.commit()
}

/// Whether the file has any tables.
pub(in super::super) fn has_tables(connection: &Connection) -> Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema)",
        params![],
        |row| row.get(0),
    )
}

/// Locks the send history against other runs, so that what is counted now still holds when it is written.
pub(in super::super) fn begin(connection: &Connection) -> Result<Transaction<'_>> {
    connection.exclusive_transaction()
}

/// Whether the history has neither sends nor campaigns.
pub(in super::super) fn is_empty(connection: &Connection) -> Result<bool> {
    connection.query_row(
        "SELECT NOT EXISTS (SELECT 1 FROM sends) AND NOT EXISTS (SELECT 1 FROM campaigns)",
        params![],
        |row| row.get(0),
    )
}

/// Removes the name with which a new history begins.
pub(in super::super) fn clear(transaction: &Transaction<'_>) -> Result<()> {
    transaction.execute_batch("DELETE FROM book")
}

pub(in super::super) fn set_name(transaction: &Transaction<'_>, name: &str) -> Result<()> {
    transaction
        .execute("UPDATE book SET name = ?1", params![name])
        .map(drop)
}

pub(in super::super) fn name(connection: &Connection) -> Result<String> {
    connection.query_row("SELECT name FROM book", params![], |row| row.get(0))
}

/// Returns the number of the campaign with this ledger, after setting its name.
pub(in super::super) fn campaign(connection: &Connection, ledger: &str, name: &str) -> Result<i64> {
    connection.query_row(
        "INSERT INTO campaigns (ledger, name) VALUES (?1, ?2) ON CONFLICT (ledger) DO UPDATE SET name = ?2
         RETURNING id",
        params![ledger, name],
        |row| row.get(0),
    )
}

/// Returns every campaign: its number, its ledger and its name.
pub(in super::super) fn campaigns(connection: &Connection) -> Result<Vec<(i64, String, String)>> {
    connection.query_all(
        "SELECT id, ledger, name FROM campaigns ORDER BY id",
        params![],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )
}

/// Enters the sends of another send history. Returns how many were new. Existing entries stay as they are.
pub(in super::super) fn enter_incoming(transaction: &Transaction<'_>) -> Result<usize> {
    transaction.execute(
        "INSERT INTO sends (chat, at, card, campaign) SELECT chat, at, card, campaign FROM incoming WHERE true
         ON CONFLICT DO NOTHING",
        params![],
    )
}

/// Creates a temporary table on a server for the contacts that a ledger has sent, see [`enter_sent`]. A contact has one
/// number and several rows: the entry in its current form (`is_own`), and the entries that older versions may have
/// made.
pub(in super::super) fn begin_sent<'a>(transaction: &'a Transaction<'_>) -> Result<Bulk<'a>> {
    transaction.execute_batch(
        "CREATE TEMPORARY TABLE sent (
             number bigint NOT NULL, chat bytea NOT NULL, at bigint NOT NULL, card bytea NOT NULL,
             is_own boolean NOT NULL
         ) ON COMMIT DROP",
    )?;
    transaction.bulk("sent", "number, chat, at, card, is_own")
}

/// Enters each contact of the temporary table that has no entry in any form. Returns how many.
pub(in super::super) fn enter_sent(
    transaction: &Transaction<'_>,
    campaign: Option<i64>,
) -> Result<usize> {
    transaction.execute_batch("ANALYZE sent")?;
    transaction.execute(
        "INSERT INTO sends (chat, at, card, campaign)
         SELECT chat, at, card, ?1 FROM sent
         WHERE is_own AND NOT EXISTS (
             SELECT 1 FROM sent AS known JOIN sends USING (chat, at, card) WHERE known.number = sent.number)
         ON CONFLICT DO NOTHING",
        params![campaign],
    )
}

/// Enters a send. An entry that already exists stays as it is. Returns how many entries are new.
pub(in super::super) fn enter(
    connection: &Connection,
    send: &Send<'_>,
    campaign: Option<i64>,
) -> Result<usize> {
    connection.execute(
        "INSERT INTO sends (chat, at, card, campaign) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        params![send.chat, send.at.as_millisecond(), send.contact, campaign],
    )
}

/// Queues the entry of a contact that is sent as soon as the transaction is committed.
pub(in super::super) fn enter_later(
    connection: &Connection,
    send: &Send<'_>,
    campaign: Option<i64>,
) -> Result<()> {
    connection.execute_later(
        "INSERT INTO main.sends (chat, at, card, campaign) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        params![send.chat, send.at.as_millisecond(), send.contact, campaign],
        Changes::Any,
    )
}

/// A send to a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Sent {
    pub(in super::super) at: Timestamp,
    pub(in super::super) contact: Vec<u8>,
    /// The number of the campaign, unless an older version entered it.
    pub(in super::super) campaign: Option<i64>,
}

/// A chat, and the moment after which its sends are looked up.
pub(in super::super) type Since<'a> = (&'a [u8], Option<Timestamp>);

/// The query for the sends to a chat.
const SENT_TO: &str =
    "SELECT at, card, campaign FROM main.sends WHERE chat = ?1 AND at > ?2 ORDER BY at DESC";

fn milliseconds(since: Option<Timestamp>) -> i64 {
    since.map_or(i64::MIN, Timestamp::as_millisecond)
}

fn sent(row: &Row<'_>) -> Result<Sent> {
    Ok(Sent {
        at: nearest_moment(row.get(0)?),
        contact: row.get(1)?,
        campaign: row.get(2)?,
    })
}

/// Returns the sends to a chat after `since`, the latest first.
pub(in super::super) fn sent_to(
    connection: &Connection,
    (chat, since): Since<'_>,
) -> Result<Vec<Sent>> {
    connection.query_all(SENT_TO, params![chat, milliseconds(since)], sent)
}

/// Returns the sends to several chats from several histories on a server, in one round trip. Each chat comes with the
/// schema of its history.
pub(in super::super) fn sent_to_each(
    connection: &Connection,
    asked: &[(&str, Since<'_>)],
) -> Result<Vec<Vec<Sent>>> {
    let values: Vec<_> = asked
        .iter()
        .map(|(_, (chat, since))| [Value::Bytes(chat), Value::Integer(milliseconds(*since))])
        .collect();
    let schemas = asked.iter().map(|(schema, _)| *schema);
    let asked: Vec<_> = schemas.zip(values.iter().map(<[_; 2]>::as_slice)).collect();
    let mut found = vec![Vec::new(); asked.len()];
    connection.each_of(SENT_TO, &asked, |number, row| {
        found[number].push(sent(row)?);
        Ok(())
    })?;
    Ok(found)
}

/// Returns the name of a campaign, by its number.
pub(in super::super) fn campaign_name(
    connection: &Connection,
    number: i64,
) -> Result<Option<String>> {
    connection.query_optional(
        "SELECT name FROM main.campaigns WHERE id = ?1",
        params![number],
        |row| row.get(0),
    )
}

/// Whether there are sends that are not of this campaign.
pub(in super::super) fn has_others(connection: &Connection, campaign: Option<i64>) -> Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM sends WHERE campaign IS DISTINCT FROM ?1)",
        params![campaign],
        |row| row.get(0),
    )
}

/// Whether exactly this send is entered.
pub(in super::super) fn has(connection: &Connection, send: &Send<'_>) -> Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM sends WHERE chat = ?1 AND at = ?2 AND card = ?3)",
        params![send.chat, send.at.as_millisecond(), send.contact],
        |row| row.get(0),
    )
}

/// Moves the entries of one chat to another, except those that the other already has for the same contact and moment:
/// two sends remain two.
pub(in super::super) fn unite(connection: &Connection, from: &[u8], to: &[u8]) -> Result<()> {
    connection.execute_later(
        "UPDATE main.sends SET chat = ?2 WHERE chat = ?1 AND NOT EXISTS (
             SELECT 1 FROM main.sends AS other
             WHERE other.chat = ?2 AND other.at = sends.at AND other.card = sends.card)",
        params![from, to],
        Changes::Any,
    )
}

pub(in super::super) fn remove(connection: &Connection, send: &Send<'_>) -> Result<()> {
    connection.execute_later(
        "DELETE FROM main.sends WHERE chat = ?1 AND at = ?2 AND card = ?3",
        params![send.chat, send.at.as_millisecond(), send.contact],
        Changes::Any,
    )
}

/// What the instance has sent from one moment until just before another.
pub(in super::super) fn sent_total(
    connection: &Connection,
    from: Timestamp,
    to: Timestamp,
) -> Result<SentTotal> {
    connection.query_row(
        "SELECT (SELECT count(*) FROM main.sends WHERE at >= ?1 AND at < ?2),
                    (SELECT count(DISTINCT chat) FROM main.sends WHERE at >= ?1 AND at < ?2 AND NOT EXISTS (
                        SELECT 1 FROM main.sends AS before WHERE before.chat = sends.chat AND before.at < ?1)),
                    (SELECT min(at) FROM main.sends WHERE at >= ?3)",
        params![from.as_millisecond(), to.as_millisecond(), EARLIEST.as_millisecond()],
        |row| {
            let first: Option<i64> = row.get(2)?;
            Ok(SentTotal {
                contacts: row.get(0)?,
                new: row.get(1)?,
                // A time beyond the range of the calendar does not make the number older.
                first: first.and_then(|at| Timestamp::from_millisecond(at).ok()),
            })
        },
    )
}

pub(in super::super) fn knows(connection: &Connection, chat: &[u8]) -> Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM main.sends WHERE chat = ?1)",
        params![chat],
        |row| row.get(0),
    )
}

/// Whether a contact was sent to a chat before this moment.
pub(in super::super) fn has_sent(connection: &Connection, before: &Send<'_>) -> Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM sends WHERE chat = ?1 AND at < ?2 AND card = ?3)",
        params![before.chat, before.at.as_millisecond(), before.contact],
        |row| row.get(0),
    )
}

/// Calls `each` for every send since a moment.
pub(in super::super) fn each_since(
    connection: &Connection,
    from: Timestamp,
    mut each: impl FnMut(&Send<'_>),
) -> Result<()> {
    let sql = "SELECT chat, at, card FROM sends WHERE at >= ?1";
    connection.each(sql, params![from.as_millisecond()], |row| {
        each(&Send {
            chat: row.bytes(0)?,
            at: nearest_moment(row.get(1)?),
            contact: row.bytes(2)?,
        });
        Ok(true)
    })
}

/// Returns the time of the last send up to now.
pub(in super::super) fn last(connection: &Connection, now: Timestamp) -> Result<Option<Timestamp>> {
    connection.query_row(
        "SELECT max(at) FROM main.sends WHERE at <= ?1",
        params![now.as_millisecond()],
        |row| Ok(row.get::<Option<i64>>(0)?.map(nearest_moment)),
    )
}
