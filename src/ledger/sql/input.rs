//! The statements that import the rows of the input.

use crate::ledger::db::{AsValue, Bulk, Connection, Fault, Result, Value, params};

use crate::ledger::state::State;

/// One source as it is stored.
pub(in super::super) struct SourceRecord {
    pub(in super::super) id: i64,
    pub(in super::super) name: String,
    pub(in super::super) own_columns: String,
    pub(in super::super) delimiter: Option<String>,
    pub(in super::super) layout: Option<String>,
}

/// The parts of a row that come from the input.
#[derive(Debug, Clone)]
pub(in super::super) struct InputRecord<'a> {
    pub(in super::super) position: i64,
    pub(in super::super) source: i64,
    pub(in super::super) number: u64,
    pub(in super::super) listing: i64,
    pub(in super::super) state: State,
    pub(in super::super) recipient: &'a str,
    pub(in super::super) phone_contact: &'a str,
    pub(in super::super) names: [&'a str; 4],
    /// The person and the contact.
    pub(in super::super) key: Option<(&'a str, &'a [u8])>,
    /// The chat id, if the person is known by another one.
    pub(in super::super) chat: Option<&'a str>,
    pub(in super::super) duplicate_of: Option<i64>,
    pub(in super::super) own_cells: Option<&'a str>,
    pub(in super::super) error: Option<&'a str>,
    pub(in super::super) explanation: Option<&'a str>,
    pub(in super::super) zone: Option<&'a str>,
}

/// The columns that are set when a row is inserted.
macro_rules! columns {
    () => {
        "position, source, number, listing, state, recipient, phone_contact, first_name, middle_name, last_name,
         company, person, card, duplicate_of, own_cells, error, explanation, zone, chat, suppressed"
    };
}

/// The statement that inserts a row; state 7 is suppressed.
macro_rules! insert_row {
    () => {
        concat!("INSERT INTO rows (", columns!(), ")
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
                 ?5 = 7)")
    };
}

/// Takes the listed value of a column unless the service has the contact of the row, or may have it: states 0, 3 and 7
/// are pending, failed and suppressed. (`IN` with three values would build a table for each row.)
macro_rules! as_listed {
    ($column:literal) => {
        concat!(
            $column,
            " = CASE WHEN rows.state = 0 OR rows.state = 3 OR rows.state = 7 THEN excluded.",
            $column,
            " ELSE rows.",
            $column,
            " END, "
        )
    };
}

pub(in super::super) fn last_listing(connection: &Connection) -> Result<i64> {
    connection.query_row(
        "SELECT coalesce(max(listing), 0) FROM sources",
        params![],
        |row| row.get(0),
    )
}

pub(in super::super) fn list_source(
    connection: &Connection,
    source: &SourceRecord,
    listing: i64,
) -> Result<i64> {
    connection.query_row(
        "INSERT INTO sources (name, own_columns, delimiter, layout, listing) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (name) DO UPDATE SET own_columns = ?2, delimiter = ?3, layout = ?4, listing = ?5
             RETURNING id",
        params![source.name, source.own_columns, source.delimiter, source.layout, listing],
        |row| row.get(0),
    )
}

pub(in super::super) fn sources(connection: &Connection) -> Result<Vec<SourceRecord>> {
    connection.query_all(
        "SELECT id, name, own_columns, delimiter, layout FROM sources ORDER BY id",
        params![],
        |row| {
            Ok(SourceRecord {
                id: row.get(0)?,
                name: row.get(1)?,
                own_columns: row.get(2)?,
                delimiter: row.get(3)?,
                layout: row.get(4)?,
            })
        },
    )
}

/// Inserts a row whose key no other row can have, so there is no conflict to handle.
pub(in super::super) fn add_row(connection: &Connection, row: &InputRecord<'_>) -> Result<()> {
    connection.execute(insert_row!(), &inserted(row)).map(drop)
}

/// Begins a bulk insert of rows whose keys no other row can have. Nobody may query these rows meanwhile.
pub(in super::super) fn new_rows(connection: &Connection) -> Result<Bulk<'_>> {
    connection.bulk("rows", columns!())
}

/// Adds a row to a bulk insert.
pub(in super::super) fn add_row_to(rows: &mut Bulk<'_>, row: &InputRecord<'_>) -> Result<()> {
    let mut values = [Value::Bool(row.state == State::Suppressed); 20];
    values[..19].copy_from_slice(&inserted(row));
    rows.add(&values)
}

/// Inserts such a row. Returns its id.
pub(in super::super) fn add_row_with_id(
    connection: &Connection,
    row: &InputRecord<'_>,
) -> Result<i64> {
    let sql = concat!(insert_row!(), " RETURNING id");
    connection.query_row(sql, &inserted(row), |row| row.get(0))
}

/// Lists a row. A message of an earlier import keeps its state and only moves to its new place; a contact that was
/// handed to the service stays as it was written then. Returns `false` if a row of this import has the same key.
pub(in super::super) fn list_row(connection: &Connection, row: &InputRecord<'_>) -> Result<bool> {
    // 0 and 7 are pending and suppressed.
    let sql = concat!(
        insert_row!(),
        " ON CONFLICT (person, card) WHERE person IS NOT NULL DO UPDATE SET
             position = excluded.position, source = excluded.source, number = excluded.number,
             listing = excluded.listing, own_cells = excluded.own_cells, zone = excluded.zone,
             suppressed = excluded.suppressed, ",
        as_listed!("recipient"),
        as_listed!("chat"),
        as_listed!("phone_contact"),
        as_listed!("first_name"),
        as_listed!("middle_name"),
        as_listed!("last_name"),
        as_listed!("company"),
        "    state = CASE WHEN rows.state IN (0, 7) THEN excluded.state ELSE rows.state END,
             instance = CASE WHEN rows.state = 7 AND NOT rows.may_have_arrived THEN NULL ELSE rows.instance END
         WHERE rows.listing < excluded.listing"
    );
    Ok(connection.execute(sql, &inserted(row))? == 1)
}

/// Leaves a duplicate behind before a message moves away from a file that is not given now.
pub(in super::super) fn leave_duplicate(
    connection: &Connection,
    row: &InputRecord<'_>,
) -> Result<()> {
    let (person, contact) = row.key.unzip();
    connection.execute(
        "INSERT INTO rows (position, source, number, listing, state, recipient, phone_contact, first_name,
                               middle_name, last_name, company, duplicate_of, own_cells, zone)
             SELECT position, source, number, rows.listing, CAST(?4 AS INTEGER), recipient, phone_contact, first_name,
                    middle_name, last_name, company, rows.id, own_cells, zone
             FROM rows JOIN sources ON sources.id = rows.source AND sources.listing = rows.listing
             WHERE person = ?1 AND card = ?2 AND rows.listing < ?3",
        params![person, contact, row.listing, State::Duplicate],
    )
        .map(drop)
}

/// Whether the ledger has a source that an import did not list.
pub(in super::super) fn has_other_sources(connection: &Connection, listing: i64) -> Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM sources WHERE listing < ?1)",
        params![listing],
        |row| row.get(0),
    )
}

/// The parameters of [`insert_row!`].
fn inserted<'a>(row: &'a InputRecord<'_>) -> [Value<'a>; 19] {
    let person = row.key.map_or(Value::Null, |key| Value::Text(key.0));
    let contact = row.key.map_or(Value::Null, |key| Value::Bytes(key.1));
    let [first_name, middle_name, last_name, company] = row.names.map(Value::Text);
    let [position, source, listing] = [row.position, row.source, row.listing].map(Value::Integer);
    [
        position,
        source,
        row.number.as_value(),
        listing,
        row.state.as_value(),
        Value::Text(row.recipient),
        Value::Text(row.phone_contact),
        first_name,
        middle_name,
        last_name,
        company,
        person,
        contact,
        row.duplicate_of.as_value(),
        row.own_cells.as_value(),
        row.error.as_value(),
        row.explanation.as_value(),
        row.zone.as_value(),
        row.chat.as_value(),
    ]
}

/// Whether the ledger has a row.
pub(in super::super) fn has_rows(connection: &Connection) -> Result<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM rows)", params![], |row| {
        row.get(0)
    })
}

/// Drops the index of keys while many rows are inserted: building it once at the end costs a third.
pub(in super::super) fn drop_key_index(connection: &Connection) -> Result<()> {
    connection.execute_batch("DROP INDEX IF EXISTS rows_key")
}

/// Rebuilds the index of keys. Of several rows with one key, the first keeps it and the others become its duplicates.
pub(in super::super) fn build_key_index(connection: &Connection) -> Result<()> {
    match connection.attempt(KEY_INDEX) {
        Err(error) if error.fault() == Fault::Conflict => {
            mark_duplicates(connection)?;
            connection.execute_batch(KEY_INDEX)
        }
        other => other,
    }?;
    if connection.is_file() {
        return Ok(());
    }
    // Otherwise the server assumes few rows until it analyzes the table by itself.
    connection.execute_batch("ANALYZE rows")
}

pub(super) const KEY_INDEX: &str =
    "CREATE UNIQUE INDEX rows_key ON rows (person, card) WHERE person IS NOT NULL";

fn mark_duplicates(connection: &Connection) -> Result<()> {
    connection
        .execute_batch("CREATE INDEX rows_twice ON rows (person, card) WHERE person IS NOT NULL")?;
    connection.execute(
        "UPDATE rows SET state = ?1, duplicate_of = first.id, person = NULL, chat = NULL, card = NULL
         FROM (SELECT person, card, min(id) AS id FROM rows WHERE person IS NOT NULL
               GROUP BY person, card HAVING count(*) > 1) AS first
         WHERE rows.person = first.person AND rows.card = first.card AND rows.id > first.id",
        params![State::Duplicate],
    )?;
    connection.execute_batch("DROP INDEX rows_twice")
}

pub(in super::super) fn id_of_key(
    connection: &Connection,
    person: &str,
    contact: &[u8],
) -> Result<Option<i64>> {
    connection.query_optional(
        "SELECT id FROM rows WHERE person = ?1 AND card = ?2",
        params![person, contact],
        |row| row.get(0),
    )
}

/// Deletes the rows that this import did not list. Rows that the service has taken, or may have taken, stay, and so
/// does a message that a row of another source stands for. Returns how many of the deleted rows were pending.
pub(in super::super) fn drop_unlisted(connection: &Connection, listing: i64) -> Result<u64> {
    let mut pending = 0;
    connection.each(
        "DELETE FROM rows
         WHERE listing < ?1
           AND state NOT IN (?2, ?3, ?4)
           AND source IN (SELECT id FROM sources WHERE listing = ?1)
           AND NOT EXISTS (SELECT 1 FROM rows AS other
                           WHERE other.duplicate_of = rows.id AND other.duplicate_of IS NOT NULL
                             AND other.listing = (SELECT listing FROM sources WHERE id = other.source))
         RETURNING state",
        params![listing, State::Accepted, State::Unknown, State::Sending],
        |row| {
            pending += u64::from(row.get::<State>(0)? == State::Pending);
            Ok(true)
        },
    )?;
    Ok(pending)
}
