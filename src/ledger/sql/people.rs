//! Keys by person. A ledger before version 7 had keys by chat id and by the letters of the contact. It may hold several
//! rows for one person and one contact, some of which were handed to the service.
//!
//! What must stay true: of all rows with one key, at most one is pending, and none is while another may have arrived. A
//! row that was handed to the service keeps its status, chat id and idMessage. Such a row without the key is a
//! *double*: it has a contact but no person, and its `duplicate_of` is the row that has the key.

use crate::ledger::db::{Connection, Result, Row, Transaction, params};

use super::{fact, input::InputRecord, set_fact};
use crate::{
    domain::{ContactDigest, Person},
    ingest::name_as_sent,
    ledger::state::State,
};

/// The name of the fact that a ledger has doubles.
const DOUBLES: &str = "doubles";

/// The number of rows that are examined together.
const PAGE: i64 = 512;

/// A row whose key changes.
struct Rekeyed {
    id: i64,
    person: String,
    chat: Option<String>,
    contact: Vec<u8>,
}

/// One of several rows that compete for the same key.
struct Rival {
    id: i64,
    position: i64,
    state: State,
    may_have_arrived: bool,
}

impl Rival {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            position: row.get(1)?,
            state: row.get(2)?,
            may_have_arrived: row.get(3)?,
        })
    }

    /// The row with the lowest rank gets the key: first a contact that was sent, then one that may have been, then one
    /// that a stop list suppresses. A refused row never prevents another one from being sent.
    const fn rank(&self) -> (u8, i64) {
        let rank = match self.state {
            State::Accepted => 0,
            State::Sending | State::Unknown => 1,
            State::Suppressed => 2,
            State::Pending => 3,
            State::Failed => 4,
            State::Invalid | State::Duplicate => 5,
        };
        (rank, self.position)
    }

    /// Whether a request was made for it, which the results must show.
    const fn was_sent(&self) -> bool {
        match self.state {
            State::Accepted | State::Sending | State::Unknown | State::Failed => true,
            State::Pending | State::Suppressed | State::Invalid | State::Duplicate => false,
        }
    }
}

/// Gives every row of an older ledger its key by person.
pub(super) fn bring_to_keys_by_person(transaction: &Transaction<'_>) -> Result<()> {
    let mut after = i64::MIN;
    while let Some((last, rekeyed)) = page(transaction, after)? {
        for row in &rekeyed {
            give_key(transaction, row)?;
        }
        after = last;
    }
    Ok(())
}

/// Returns the id of the last row of the next page, and the rows of the page whose key changes.
fn page(connection: &Connection, after: i64) -> Result<Option<(i64, Vec<Rekeyed>)>> {
    let (mut last, mut rekeyed) = (None, Vec::new());
    connection.each(
        "SELECT id, person, card, phone_contact, first_name, middle_name, last_name, company FROM rows
         WHERE id > ?1 AND person IS NOT NULL ORDER BY id LIMIT ?2",
        params![after, PAGE],
        |row| {
            last = Some(row.get(0)?);
            rekeyed.extend(self::rekeyed(row)?);
            Ok(true)
        },
    )?;
    Ok(last.map(|last| (last, rekeyed)))
}

fn rekeyed(row: &Row<'_>) -> Result<Option<Rekeyed>> {
    let text = |index| -> Result<&str> { row.text(index) };
    let chat = text(1)?;
    let person = Person::behind(chat);
    let number = row.digits(3)?;
    // The list has the names as they were written; its rows must get the key of what is actually sent for them.
    let written = [text(4)?, text(5)?, text(6)?, text(7)?];
    let sent = written.map(name_as_sent);
    let names = [0, 1, 2, 3].map(|part: usize| sent[part].as_deref().unwrap_or(written[part]));
    let is_same_contact = names == written && ContactDigest::older(number, names).is_none();
    if is_same_contact && person.as_str() == chat {
        return Ok(None);
    }
    Ok(Some(Rekeyed {
        id: row.get(0)?,
        person: person.as_str().to_owned(),
        chat: (person.as_str() != chat).then(|| chat.to_owned()),
        contact: if is_same_contact {
            row.get(2)?
        } else {
            ContactDigest::of(number, names).0.to_vec()
        },
    }))
}

/// Gives a row its new key, unless another row has the key and a lower rank.
fn give_key(transaction: &Transaction<'_>, row: &Rekeyed) -> Result<()> {
    let Some(holder) = holder(transaction, &row.person, &row.contact)? else {
        return set_key(transaction, row);
    };
    let rival = rival(transaction, row.id)?;
    if holder.rank() < rival.rank() {
        return leave_key(transaction, &rival, &holder, &row.contact);
    }
    leave_key(transaction, &holder, &rival, &row.contact)?;
    set_key(transaction, row)
}

fn holder(connection: &Connection, person: &str, contact: &[u8]) -> Result<Option<Rival>> {
    connection.query_optional(
        "SELECT id, position, state, may_have_arrived FROM rows WHERE person = ?1 AND card = ?2",
        params![person, contact],
        Rival::read,
    )
}

fn rival(connection: &Connection, id: i64) -> Result<Rival> {
    connection.query_row(
        "SELECT id, position, state, may_have_arrived FROM rows WHERE id = ?1",
        params![id],
        Rival::read,
    )
}

fn set_key(transaction: &Transaction<'_>, row: &Rekeyed) -> Result<()> {
    transaction
        .execute(
            "UPDATE rows SET person = ?2, chat = ?3, card = ?4 WHERE id = ?1",
            params![row.id, row.person, row.chat, row.contact],
        )
        .map(drop)
}

/// Takes the key from a row because another row gets it: a row that was handed to the service becomes a double, any
/// other a duplicate.
fn leave_key(
    transaction: &Transaction<'_>,
    row: &Rival,
    holder: &Rival,
    contact: &[u8],
) -> Result<()> {
    if row.may_have_arrived {
        inherit_arrival(transaction, holder.id, row.id)?;
    }
    if row.was_sent() {
        become_double(transaction, row.id, holder.id, contact)?;
    } else {
        become_duplicate(transaction, row.id, holder.id)?;
    }
    point_to(transaction, holder.id, row.id)
}

fn become_double(
    transaction: &Transaction<'_>,
    id: i64,
    holder: i64,
    contact: &[u8],
) -> Result<()> {
    transaction.execute(
        "UPDATE rows SET person = NULL, chat = coalesce(chat, person), card = ?3, duplicate_of = ?2
             WHERE id = ?1",
        params![id, holder, contact],
    )?;
    set_fact(transaction, DOUBLES, "1")
}

fn become_duplicate(transaction: &Transaction<'_>, id: i64, holder: i64) -> Result<usize> {
    transaction.execute(
        "UPDATE rows SET state = ?3, duplicate_of = ?2, person = NULL, chat = NULL, card = NULL,
                             instance = NULL, error = NULL, explanation = NULL, absent_since = NULL
             WHERE id = ?1",
        params![id, holder, State::Duplicate],
    )
}

/// Passes on that a contact may have arrived: the row that may be sent instead inherits it, and the instance.
fn inherit_arrival(transaction: &Transaction<'_>, id: i64, from: i64) -> Result<()> {
    transaction.execute(
        "UPDATE rows SET may_have_arrived = TRUE,
                             instance = coalesce((SELECT instance FROM rows WHERE id = ?2), instance)
             WHERE id = ?1 AND state IN (?3, ?4, ?5) AND NOT may_have_arrived",
        params![id, from, State::Pending, State::Suppressed, State::Failed],
    )
        .map(drop)
}

/// Makes the duplicates and doubles of one row those of another.
fn point_to(transaction: &Transaction<'_>, holder: i64, from: i64) -> Result<()> {
    transaction
        .execute(
            "UPDATE rows SET duplicate_of = ?1 WHERE duplicate_of = ?2 AND id <> ?1",
            params![holder, from],
        )
        .map(drop)
}

/// Whether there are doubles: rows that were handed to the service and whose key another row has.
pub(in super::super) fn has_doubles(connection: &Connection) -> Result<bool> {
    Ok(fact(connection, DOUBLES)?.is_some())
}

/// Lists a row if a double of the same file stands for it: the double moves to its new place. The row with the key
/// comes first, unless the double has exactly the chat id and names of the row.
pub(in super::super) fn move_double(
    connection: &Connection,
    row: &InputRecord<'_>,
    chat: &str,
) -> Result<bool> {
    let (person, contact) = row.key.unzip();
    let [first_name, middle_name, last_name, company] = row.names;
    let found = connection.query_optional(
        "SELECT id, person IS NULL FROM rows
             WHERE listing < ?3 AND source = ?4 AND id IN (
                 SELECT id FROM rows WHERE person = ?1 AND card = ?2 UNION ALL
                 SELECT double.id FROM rows AS holder JOIN rows AS double ON double.duplicate_of = holder.id
                 WHERE holder.person = ?1 AND holder.card = ?2 AND double.state <> ?5)
             ORDER BY coalesce(chat, person) = ?6 DESC,
                      (first_name, middle_name, last_name, company) = (?7, ?8, ?9, ?10) DESC,
                      person IS NULL, position LIMIT 1",
        params![
                person,
                contact,
                row.listing,
                row.source,
                State::Duplicate,
                chat,
                first_name,
                middle_name,
                last_name,
                company
            ],
        |row| Ok((row.get::<i64>(0)?, row.get::<bool>(1)?)),
    )?;
    let Some((id, true)) = found else {
        return Ok(false);
    };
    connection.execute(
        "UPDATE rows SET position = ?2, number = ?3, listing = ?4, own_cells = ?5, zone = ?6 WHERE id = ?1",
        params![id, row.position, row.number, row.listing, row.own_cells, row.zone],
    )
        .map(|moved| moved == 1)
}

/// Prevents an unknown row that is to be sent again from being the second one for its person. A double becomes a
/// duplicate of the row with the key. A row with the key becomes a duplicate of a double that was sent or may have
/// been, and that double gets the key. Returns how many rows changed.
pub(super) fn give_way(
    transaction: &Transaction<'_>,
    id: i64,
    may_have_arrived: bool,
) -> Result<usize> {
    let Some((is_double, holder)) = unknown(transaction, id)? else {
        return Ok(0);
    };
    let other = if is_double {
        Some(holder)
    } else {
        double_that_went(transaction, id)?
    };
    let Some(other) = other else { return Ok(0) };
    let changed = become_duplicate(transaction, id, other)?;
    if !is_double {
        take_key(transaction, other)?;
        point_to(transaction, other, id)?;
    }
    transaction.execute(
        "UPDATE rows SET may_have_arrived = may_have_arrived OR ?2 WHERE id = ?1",
        params![other, may_have_arrived],
    )?;
    Ok(changed)
}

/// For an unknown row: returns whether it is a double, and which row has the key.
fn unknown(connection: &Connection, id: i64) -> Result<Option<(bool, i64)>> {
    connection.query_optional(
        "SELECT person IS NULL, CASE WHEN person IS NULL THEN duplicate_of ELSE id END FROM rows WHERE id = ?1 AND state = ?2",
        params![id, State::Unknown],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Returns a double of a row that was sent or may have been, preferably an accepted one.
fn double_that_went(connection: &Connection, holder: i64) -> Result<Option<i64>> {
    connection.query_optional(
        "SELECT id FROM rows WHERE duplicate_of = ?1 AND state IN (?2, ?3, ?4)
             ORDER BY state <> ?2, position LIMIT 1",
        params![holder, State::Accepted, State::Unknown, State::Sending],
        |row| row.get(0),
    )
}

/// Gives a double its key, which no row has now.
fn take_key(transaction: &Transaction<'_>, id: i64) -> Result<()> {
    let chat: String =
        transaction.query_row("SELECT chat FROM rows WHERE id = ?1", params![id], |row| {
            row.get(0)
        })?;
    let person = Person::behind(&chat);
    let chat = (person.as_str() != chat).then_some(chat.as_str());
    transaction
        .execute(
            "UPDATE rows SET person = ?2, chat = ?3, duplicate_of = NULL WHERE id = ?1",
            params![id, person.as_str(), chat],
        )
        .map(drop)
}

/// Turns refused doubles of the given files into duplicates: they are not sent again.
pub(super) fn failed_doubles_to_duplicates(connection: &Connection) -> Result<usize> {
    connection.execute(
        concat!(
            "UPDATE rows SET state = ?2, error = NULL, explanation = NULL, instance = NULL, chat = NULL, card = NULL
             WHERE state = ?1 AND person IS NULL AND ",
            super::is_given!()
        ),
        params![State::Failed, State::Duplicate],
    )
}
