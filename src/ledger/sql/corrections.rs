//! The statements by which rows of a results file replace the rows that they came from, and by which a list that was
//! saved in another format replaces the old one.

use crate::ledger::db::{Connection, Result, params};

use super::input::InputRecord;
use crate::ledger::state::State;

/// A listed row at the place that a row of a results file names.
pub(in super::super) struct PlacedRecord {
    pub(in super::super) id: i64,
    pub(in super::super) state: State,
    pub(in super::super) recipient: String,
    pub(in super::super) phone_contact: String,
    pub(in super::super) names: [String; 4],
    pub(in super::super) own_cells: Option<String>,
    pub(in super::super) key: Option<(String, Vec<u8>)>,
    pub(in super::super) duplicate_of: Option<i64>,
    pub(in super::super) may_have_arrived: bool,
    pub(in super::super) error: Option<String>,
    pub(in super::super) explanation: Option<String>,
}

/// Marks a source and all its listed rows as listed by this import, unchanged. Returns its id; `None` if it is not
/// known.
pub(in super::super) fn give_source(
    connection: &Connection,
    name: &str,
    listing: i64,
) -> Result<Option<i64>> {
    let known: Option<(i64, i64)> = connection.query_optional(
        "SELECT id, listing FROM sources WHERE name = ?1",
        params![name],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let Some((id, before)) = known else {
        return Ok(None);
    };
    if before < listing {
        connection.execute(
            "UPDATE rows SET listing = ?3 WHERE source = ?1 AND listing = ?2",
            params![id, before, listing],
        )?;
        connection.execute(
            "UPDATE sources SET listing = ?2 WHERE id = ?1",
            params![id, listing],
        )?;
    }
    Ok(Some(id))
}

/// Creates the index of rows by place, and the temporary table of rows that were corrected in this import.
pub(in super::super) fn begin_corrections(connection: &Connection) -> Result<()> {
    connection.execute_batch(
        "CREATE INDEX IF NOT EXISTS rows_place ON rows (source, number);
         CREATE TEMP TABLE IF NOT EXISTS corrected (id INTEGER PRIMARY KEY);
         DELETE FROM corrected;",
    )
}

pub(in super::super) fn end_corrections(connection: &Connection) -> Result<()> {
    connection.execute_batch("DROP INDEX IF EXISTS rows_place")
}

/// Returns the listed rows at a place that this import has not corrected yet, in their order.
pub(in super::super) fn placed(
    connection: &Connection,
    (source, number): (i64, u64),
    listing: i64,
) -> Result<Vec<PlacedRecord>> {
    connection.query_all(
        "SELECT id, state, recipient, phone_contact, first_name, middle_name, last_name, company, own_cells,
                    person, card, duplicate_of, may_have_arrived, error, explanation
             FROM rows
             WHERE source = ?1 AND number = ?2 AND listing = ?3 AND rows.id NOT IN (SELECT corrected.id FROM corrected)
             ORDER BY position, id",
        params![source, number, listing],
        |row| {
            let person: Option<String> = row.get(9)?;
            Ok(PlacedRecord {
                id: row.get(0)?,
                state: row.get(1)?,
                recipient: row.get(2)?,
                phone_contact: row.get(3)?,
                names: super::names(row, 4)?,
                own_cells: row.get(8)?,
                key: person.zip(row.get(10)?),
                duplicate_of: row.get(11)?,
                may_have_arrived: row.get(12)?,
                error: row.get(13)?,
                explanation: row.get(14)?,
            })
        },
    )
}

/// Marks a row as handled by this import.
pub(in super::super) fn mark_corrected(connection: &Connection, id: i64) -> Result<()> {
    connection
        .execute(
            "INSERT INTO corrected VALUES (?1) ON CONFLICT DO NOTHING",
            params![id],
        )
        .map(drop)
}

/// Returns the row, with its position, from which the person of this one got a contact with the same number, or may
/// have got one. A row at this place comes first.
pub(in super::super) fn sent(
    connection: &Connection,
    new: &InputRecord<'_>,
    source: i64,
    number: u64,
) -> Result<Option<(i64, i64)>> {
    let Some((person, _)) = new.key else {
        return Ok(None);
    };
    connection.query_optional(
        "SELECT id, position FROM rows
             WHERE person = ?1 AND phone_contact = ?2 AND source = ?3 AND listing = ?4
               AND (state IN (?5, ?6, ?7) OR may_have_arrived)
               AND rows.id NOT IN (SELECT corrected.id FROM corrected)
             ORDER BY number = ?8 DESC, position LIMIT 1",
        params![
            person,
            new.phone_contact,
            source,
            new.listing,
            State::Accepted,
            State::Unknown,
            State::Sending,
            number
        ],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Whether a row has this key and is not listed by this import.
pub(in super::super) fn is_unlisted(
    connection: &Connection,
    person: &str,
    contact: &[u8],
    listing: i64,
) -> Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM rows WHERE person = ?1 AND card = ?2 AND listing < ?3)",
        params![person, contact, listing],
        |row| row.get(0),
    )
}

/// Returns the row that the cells with this digest were corrected to, unless this import has already listed it.
pub(in super::super) fn corrected(
    connection: &Connection,
    was: &[u8],
    listing: i64,
) -> Result<Option<i64>> {
    connection.query_optional(
        "SELECT rows.id FROM corrections JOIN rows ON rows.id = corrections.row
             WHERE was = ?1 AND rows.listing < ?2 ORDER BY rows.id LIMIT 1",
        params![was, listing],
        |row| row.get(0),
    )
}

pub(in super::super) fn has_corrections(connection: &Connection) -> Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM corrections)",
        params![],
        |row| row.get(0),
    )
}

pub(in super::super) fn remember_correction(
    connection: &Connection,
    was: &[u8],
    row: i64,
) -> Result<()> {
    connection
        .execute(
            "INSERT INTO corrections VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![was, row],
        )
        .map(drop)
}

/// Moves a corrected row to the place where the list has the row in its old form, and lists it there.
pub(in super::super) fn move_to_row(
    connection: &Connection,
    id: i64,
    row: &InputRecord<'_>,
) -> Result<()> {
    connection.execute(
        "UPDATE rows SET position = ?2, source = ?3, number = ?4, listing = ?5, own_cells = ?6, zone = ?7
             WHERE id = ?1",
        params![id, row.position, row.source, row.number, row.listing, row.own_cells, row.zone],
    )
        .map(drop)
}

/// Sets whether a row is pending or suppressed.
pub(in super::super) fn set_state(connection: &Connection, id: i64, state: State) -> Result<()> {
    connection
        .execute(
            "UPDATE rows SET state = ?2, suppressed = (?2 = 7), error = NULL, explanation = NULL,
                             instance = CASE WHEN state = 7 AND NOT may_have_arrived THEN NULL ELSE instance END
             WHERE id = ?1",
            params![id, state],
        )
        .map(drop)
}

/// Passes the key of a row on to the first of its duplicates, which gets this state.
pub(in super::super) fn hand_key_on(connection: &Connection, id: i64, state: State) -> Result<()> {
    let heir: Option<i64> = connection.query_row(
        "SELECT min(id) FROM rows WHERE duplicate_of = ?1 AND state = ?2",
        params![id, State::Duplicate],
        |row| row.get(0),
    )?;
    let Some(heir) = heir else { return Ok(()) };
    connection.execute(
        "UPDATE rows SET duplicate_of = ?2 WHERE duplicate_of = ?1 AND id <> ?2",
        params![id, heir],
    )?;
    let key: (Option<String>, Option<Vec<u8>>, Option<String>) = connection.query_row(
        "SELECT person, card, chat FROM rows WHERE id = ?1",
        params![id],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    connection.execute(
        "UPDATE rows SET person = NULL, card = NULL, chat = NULL WHERE id = ?1",
        params![id],
    )?;
    connection
        .execute(
            "UPDATE rows SET person = ?2, card = ?3, chat = ?4, duplicate_of = NULL, state = ?5,
                             suppressed = (?5 = 7)
             WHERE id = ?1",
            params![heir, key.0, key.1, key.2, state],
        )
        .map(drop)
}

/// Overwrites a row for which nothing was sent; its place and own cells stay.
pub(in super::super) fn overwrite(
    connection: &Connection,
    id: i64,
    row: &InputRecord<'_>,
) -> Result<()> {
    let (person, card) = row.key.unzip();
    let [first_name, middle_name, last_name, company] = row.names;
    connection.execute(
        "UPDATE rows SET state = ?2, recipient = ?3, phone_contact = ?4, first_name = ?5, middle_name = ?6,
                             last_name = ?7, company = ?8, person = ?9, card = ?10, chat = ?11,
                             duplicate_of = ?12, error = ?13, explanation = ?14, suppressed = (?2 = 7),
                             attempts = 0, sent_at = NULL, sent_by_service = FALSE, id_message = NULL,
                             absent_since = NULL, instance = NULL
             WHERE id = ?1",
        params![
            id,
            row.state,
            row.recipient,
            row.phone_contact,
            first_name,
            middle_name,
            last_name,
            company,
            person,
            card,
            row.chat,
            row.duplicate_of,
            row.error,
            row.explanation,
        ],
    )
        .map(drop)
}

/// Marks a row as no longer in the input.
pub(in super::super) fn unlist(connection: &Connection, id: i64) -> Result<()> {
    connection
        .execute("UPDATE rows SET listing = 0 WHERE id = ?1", params![id])
        .map(drop)
}

/// Returns the id and name of the sources that this import did not list.
pub(in super::super) fn absent_sources(
    connection: &Connection,
    listing: i64,
) -> Result<Vec<(i64, String)>> {
    connection.query_all(
        "SELECT id, name FROM sources WHERE listing < ?1",
        params![listing],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Returns how many messages a source lists, and how many of them the source `to` has now.
pub(in super::super) fn moved(connection: &Connection, source: i64, to: i64) -> Result<(u64, u64)> {
    connection.query_row(
        "SELECT count(*), count(*) FILTER (WHERE rows.state = ?3 AND first.source = ?2)
         FROM rows JOIN sources ON sources.id = rows.source AND sources.listing = rows.listing
         LEFT JOIN rows AS first ON first.id = rows.duplicate_of
         WHERE rows.source = ?1 AND rows.state <> ?4",
        params![source, to, State::Duplicate, State::Invalid],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Marks a source as given without any rows.
pub(in super::super) fn empty_source(connection: &Connection, id: i64, listing: i64) -> Result<()> {
    connection.execute("UPDATE rows SET listing = 0 WHERE source = ?1", params![id])?;
    connection
        .execute(
            "UPDATE sources SET listing = ?2 WHERE id = ?1",
            params![id, listing],
        )
        .map(drop)
}

/// Removes a source that has no rows.
pub(in super::super) fn drop_empty_source(connection: &Connection, name: &str) -> Result<()> {
    connection.execute(
        "DELETE FROM sources WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM rows WHERE source = sources.id)",
        params![name],
    )
        .map(drop)
}

/// Removes the corrections whose rows are gone, before another row can get their ids.
pub(in super::super) fn forget_dropped(connection: &Connection) -> Result<()> {
    connection
        .execute(
            "DELETE FROM corrections WHERE corrections.row NOT IN (SELECT id FROM rows)",
            params![],
        )
        .map(drop)
}
