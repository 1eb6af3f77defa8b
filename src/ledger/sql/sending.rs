//! The statements of sending: which rows are pending, and what becomes of rows that are begun.

use crate::ledger::db::{Changes, Connection, Result, Row, Transaction, Value, params};
use jiff::Timestamp;

use super::{
    expect_one_row, is_given, names, people,
    time::{moment, optional_moment},
};
use crate::{domain::ContactDigest, i18n::Sentence, ledger::state::State};

/// A pending row as the engine takes it.
#[derive(Debug, Clone)]
pub(in super::super) struct PendingRecord {
    pub(in super::super) id: i64,
    pub(in super::super) position: i64,
    pub(in super::super) number: u64,
    pub(in super::super) recipient: String,
    pub(in super::super) phone_contact: String,
    pub(in super::super) names: [String; 4],
    pub(in super::super) zone: Option<String>,
    /// The person of the key; the recipient of the row must map to it.
    pub(in super::super) person: String,
    pub(in super::super) contact: Vec<u8>,
    /// When its last request was begun.
    pub(in super::super) sent_at: Option<Timestamp>,
    /// How many requests were begun for it.
    pub(in super::super) attempts: u32,
    /// Its file, if the ledger has several.
    pub(in super::super) source: Option<Box<str>>,
}

/// Makes rows unknown that were being sent when the last run ended.
pub(in super::super) fn sending_to_unknown(connection: &Connection, error: &str) -> Result<usize> {
    connection.execute(
        "UPDATE rows SET state = ?1, error = ?2 WHERE state = ?3",
        params![State::Unknown, error, State::Sending],
    )
}

/// `failed → pending`, or `suppressed` if the row is suppressed now. The row loses its instance, unless an earlier
/// request may have arrived. Rows of a file that is not given stay as they are. A row whose key another row has becomes
/// its duplicate.
pub(in super::super) fn failed_to_pending(connection: &Connection) -> Result<usize> {
    people::failed_doubles_to_duplicates(connection)?;
    connection.execute(
        concat!(
            "UPDATE rows SET state = CASE WHEN suppressed THEN CAST(?3 AS INTEGER) ELSE ?1 END, error = NULL, explanation = NULL,
                             instance = CASE WHEN may_have_arrived THEN instance END
             WHERE state = ?2 AND ",
            is_given!()
        ),
        params![State::Pending, State::Failed, State::Suppressed],
    )
}

/// The query for the next pending rows.
macro_rules! pending_after {
    ($lock:literal) => {
        concat!(
            "SELECT id, position, number, recipient, phone_contact, first_name, middle_name, last_name, company,
                    zone, person, card, sent_at, attempts,
                    CASE WHEN (SELECT count(*) FROM sources) > 1 THEN (SELECT name FROM sources WHERE id = source) END
             FROM rows WHERE position > ?1 AND state = ?2 AND (instance = ?4 OR ?4 IS NULL) AND ",
            is_given!(),
            " ORDER BY position LIMIT ?3",
            $lock
        )
    };
}

/// A page of pending rows: of one instance or of all, after a position, at most `most` rows.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct PendingPage {
    pub(in super::super) instance: Option<i64>,
    pub(in super::super) after: i64,
    pub(in super::super) most: usize,
}

impl PendingPage {
    fn params(&self) -> [Value<'static>; 4] {
        let most = i64::try_from(self.most).unwrap_or(i64::MAX);
        [
            Value::Integer(self.after),
            Value::Integer(State::Pending as i64),
            Value::Integer(most),
            self.instance.map_or(Value::Null, Value::Integer),
        ]
    }
}

/// Returns the next pending rows of the given files, in the order of the input.
pub(in super::super) fn pending_after(
    connection: &Connection,
    page: PendingPage,
) -> Result<Vec<PendingRecord>> {
    connection.query_all(pending_after!(""), &page.params(), pending)
}

/// Returns several pages in one round trip. On a server, the rows are locked until the transaction ends.
pub(in super::super) fn lock_pending_after(
    transaction: &Connection,
    pages: &[PendingPage],
) -> Result<Vec<Vec<PendingRecord>>> {
    let sql = if transaction.is_file() {
        pending_after!("")
    } else {
        pending_after!(" FOR UPDATE OF rows")
    };
    let params: Vec<_> = pages.iter().map(PendingPage::params).collect();
    let asked: Vec<_> = params
        .iter()
        .map(|params| ("", params.as_slice()))
        .collect();
    let mut found: Vec<_> = pages.iter().map(|_| Vec::new()).collect();
    transaction.each_of(sql, &asked, |page, row| {
        found[page].push(pending(row)?);
        Ok(())
    })?;
    Ok(found)
}

fn pending(row: &Row<'_>) -> Result<PendingRecord> {
    Ok(PendingRecord {
        id: row.get(0)?,
        position: row.get(1)?,
        number: row.get(2)?,
        recipient: row.get(3)?,
        phone_contact: row.get(4)?,
        names: names(row, 5)?,
        zone: row.get(9)?,
        person: row.get(10)?,
        contact: row.get(11)?,
        sent_at: optional_moment(row, 12)?,
        attempts: row.get(13)?,
        source: row.get::<Option<String>>(14)?.map(String::into_boxed_str),
    })
}

/// The key of a pending row by which it is looked up in a send history.
#[derive(Debug)]
pub(in super::super) struct PendingKey<'a> {
    pub(in super::super) id: i64,
    pub(in super::super) person: &'a str,
    pub(in super::super) contact: &'a [u8],
    pub(in super::super) phone_contact: &'a str,
    pub(in super::super) names: [&'a str; 4],
    pub(in super::super) sent_at: Option<Timestamp>,
}

impl PendingRecord {
    pub(in super::super) fn key(&self) -> PendingKey<'_> {
        PendingKey {
            id: self.id,
            person: &self.person,
            contact: &self.contact,
            phone_contact: &self.phone_contact,
            names: self.names.each_ref().map(String::as_str),
            sent_at: self.sent_at,
        }
    }
}

/// Calls `each` for the pending rows of the given files with an id after this one, at most `most` of them.
pub(in super::super) fn each_pending_key(
    connection: &Connection,
    after: i64,
    most: usize,
    mut each: impl FnMut(&PendingKey<'_>),
) -> Result<()> {
    connection.each(
        concat!(
            "SELECT id, person, card, phone_contact, first_name, middle_name, last_name, company, sent_at
             FROM rows WHERE id > ?1 AND state = ?2 AND ",
            is_given!(),
            " ORDER BY id LIMIT ?3"
        ),
        params![after, State::Pending, most],
        |row| {
            each(&PendingKey {
                id: row.get(0)?,
                person: row.text(1)?,
                contact: row.bytes(2)?,
                phone_contact: row.text(3)?,
                names: [row.text(4)?, row.text(5)?, row.text(6)?, row.text(7)?],
                sent_at: optional_moment(row, 8)?,
            });
            Ok(true)
        },
    )
}

/// Counts the pending rows that wait for each file that is not given. A row that has disappeared from a given file
/// waits for the file that still has it.
pub(in super::super) fn held(connection: &Connection) -> Result<Vec<(String, u64)>> {
    connection.query_all(
        concat!(
            "SELECT sources.name, count(*) FROM rows JOIN sources ON sources.id = coalesce(
                 (SELECT other.source FROM rows AS other JOIN sources AS its ON its.id = other.source
                  WHERE other.duplicate_of = rows.id AND other.listing = its.listing
                    AND (SELECT listing FROM sources WHERE id = rows.source) > rows.listing LIMIT 1),
                 rows.source)
             WHERE rows.state = ?1 AND NOT ",
            is_given!(),
            " GROUP BY sources.id ORDER BY sources.id"
        ),
        params![State::Pending],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// `pending → sending`: the intent.
pub(in super::super) fn mark_sending(
    transaction: &Transaction<'_>,
    id: i64,
    at: Timestamp,
    by_service: bool,
) -> Result<()> {
    transaction.execute_later(
        "UPDATE rows SET state = ?2, attempts = attempts + 1, sent_at = ?3, sent_by_service = ?5,
                         absent_since = NULL, error = NULL, explanation = NULL
         WHERE id = ?1 AND state = ?4",
        params![
            id,
            State::Sending,
            at.as_millisecond(),
            State::Pending,
            by_service
        ],
        Changes::One,
    )
}

/// `pending → unknown`: the send history knows a request of this moment that the ledger has forgotten.
pub(in super::super) fn pending_to_unknown(
    transaction: &Transaction<'_>,
    id: i64,
    at: Timestamp,
    error: &str,
) -> Result<()> {
    let changed = transaction.execute(
        "UPDATE rows SET state = ?2, attempts = attempts + 1, sent_at = ?3, error = ?4, absent_since = NULL
             WHERE id = ?1 AND state = ?5",
        params![id, State::Unknown, at.as_millisecond(), error, State::Pending],
    )?;
    if changed == 0 && !transaction.is_file() {
        // Another machine has begun or changed the row.
        return Ok(());
    }
    expect_one_row(changed)
}

/// `pending → suppressed` with this code, because of an earlier send to the person. Returns false if another machine
/// has begun the row.
pub(in super::super) fn suppress(
    connection: &Connection,
    id: i64,
    code: &str,
    explanation: &str,
) -> Result<bool> {
    let suppressed = connection.execute(
        "UPDATE rows SET state = ?2, error = ?3, explanation = ?4 WHERE id = ?1 AND state = ?5",
        params![id, State::Suppressed, code, explanation, State::Pending],
    )?;
    if suppressed == 0 && !connection.is_file() {
        return Ok(false);
    }
    expect_one_row(suppressed).map(|()| true)
}

/// The code of a row that another campaign has sent.
pub(in super::super) const SENT_BEFORE: &str = "sent_before";

/// The code of a row whose person recently got a contact of another campaign.
pub(in super::super) const WRITTEN_RECENTLY: &str = "written_recently";

/// The code of a row whose person already got the contact under another spelling.
pub(in super::super) const CHANGED: &str = "changed";

/// `suppressed → pending` for all rows that were suppressed because of earlier sends.
pub(in super::super) fn already_sent_to_pending(connection: &Connection) -> Result<usize> {
    connection.execute(
        "UPDATE rows SET state = ?1, error = NULL, explanation = NULL
         WHERE state = ?2 AND error IN (?3, ?4, ?5) AND NOT suppressed",
        params![
            State::Pending,
            State::Suppressed,
            SENT_BEFORE,
            CHANGED,
            WRITTEN_RECENTLY
        ],
    )
}

/// Counts the rows that were sent, or may have been, and are no longer in the given files.
pub(in super::super) fn sent_and_gone(connection: &Connection) -> Result<u64> {
    connection.query_row(
        "SELECT count(*) FROM rows JOIN sources ON sources.id = source AND rows.listing < sources.listing
         WHERE state IN (?1, ?2, ?3)",
        params![State::Accepted, State::Unknown, State::Sending],
        |row| row.get(0),
    )
}

/// `pending → suppressed` for rows whose person got a contact with the same number, or may have got one, from a row
/// that is no longer in the input. Returns how many. The sentence is [`Sentence::ChangedSince`].
pub(in super::super) fn suppress_changed(connection: &Connection) -> Result<u64> {
    let (mut last, mut changed) = (0, 0);
    loop {
        let page = changed_after(connection, last)?;
        let Some((end, _)) = page.last() else {
            return Ok(changed);
        };
        let end = *end;
        for (id, was) in page {
            if id != last {
                changed += u64::from(suppress(connection, id, CHANGED, &was.to_keep())?);
            }
            last = id;
        }
        last = end;
    }
}

/// The number of rows that are examined together.
const PAGE: usize = 512;

/// Returns the next rows whose contact has changed, by id, each with what its person got; a row occurs several times if
/// the person got several contacts.
fn changed_after(connection: &Connection, id: i64) -> Result<Vec<(i64, Sentence)>> {
    connection.query_all(
        concat!(
            "SELECT rows.id, sent.first_name, sent.middle_name, sent.last_name, sent.company
             FROM rows JOIN rows AS sent ON rows.person = sent.person AND rows.id <> sent.id
                                        AND rows.phone_contact = sent.phone_contact
             JOIN sources ON sources.id = sent.source AND sent.listing < sources.listing
             WHERE rows.id > ?1 AND rows.state = ?2 AND (sent.state IN (?3, ?4, ?5) OR sent.may_have_arrived) AND ",
            is_given!(),
            " ORDER BY rows.id LIMIT ?6"
        ),
        params![
            id,
            State::Pending,
            State::Accepted,
            State::Unknown,
            State::Sending,
            PAGE
        ],
        |row| {
            let names = names(row, 1)?;
            let parts: Vec<&str> = names.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            Ok((row.get(0)?, Sentence::ChangedSince { was: parts.join(" ") }))
        },
    )
}

/// `sending → accepted`.
pub(in super::super) fn mark_accepted(
    transaction: &Transaction<'_>,
    id: i64,
    id_message: &str,
) -> Result<()> {
    transaction.execute_later(
        "UPDATE rows SET state = ?2, id_message = ?3 WHERE id = ?1 AND state = ?4",
        params![id, State::Accepted, id_message, State::Sending],
        Changes::One,
    )
}

/// `sending → failed | unknown`, with the reason.
pub(in super::super) fn close(
    transaction: &Transaction<'_>,
    id: i64,
    state: State,
    error: &str,
) -> Result<()> {
    transaction.execute_later(
        "UPDATE rows SET state = ?2, error = ?3 WHERE id = ?1 AND state = ?4",
        params![id, state, error, State::Sending],
        Changes::One,
    )
}

/// `pending → failed` without a request, with this code.
pub(in super::super) fn fail(transaction: &Transaction<'_>, id: i64, code: &str) -> Result<()> {
    transaction.execute_later(
        "UPDATE rows SET state = ?2, error = ?3, explanation = NULL WHERE id = ?1 AND state = ?4",
        params![id, State::Failed, code, State::Pending],
        Changes::One,
    )
}

/// `sending → pending`: the service provably did not take the contact.
pub(in super::super) fn not_taken_to_pending(transaction: &Transaction<'_>, id: i64) -> Result<()> {
    transaction.execute_later(
        "UPDATE rows SET state = ?2 WHERE id = ?1 AND state = ?3",
        params![id, State::Pending, State::Sending],
        Changes::One,
    )
}

/// `sending → pending`: nothing was sent, so the last request is the one before.
pub(in super::super) fn not_sent_to_pending(
    transaction: &Transaction<'_>,
    id: i64,
    last_request: Option<Timestamp>,
) -> Result<()> {
    transaction.execute_later(
        "UPDATE rows SET state = ?2, attempts = attempts - 1, sent_at = ?3 WHERE id = ?1 AND state = ?4",
        params![
            id,
            State::Pending,
            last_request.map(Timestamp::as_millisecond),
            State::Sending
        ],
        Changes::One,
    )
}

/// A request as the ledger knows it.
#[derive(Debug, Clone)]
pub(in super::super) struct SentRecord {
    /// The chat id to which it went.
    pub(in super::super) chat: String,
    pub(in super::super) contact: Vec<u8>,
    /// The digest by which older versions know the contact, if it differs.
    pub(in super::super) older_contact: Option<Vec<u8>>,
    pub(in super::super) at: Timestamp,
}

impl SentRecord {
    /// Creates the record of a request that is begun at this moment.
    #[cfg(test)]
    pub(in super::super) fn new(message: &crate::domain::Message, at: Timestamp) -> Self {
        let contact = &message.contact;
        let older = ContactDigest::older(contact.phone().as_u64(), contact.names());
        Self {
            chat: message.recipient.chat().to_string(),
            contact: message.contact_digest().0.to_vec(),
            older_contact: older.map(|digest| digest.0.to_vec()),
            at,
        }
    }
}

/// The columns that a query for a request selects.
macro_rules! sent_columns {
    () => {
        "coalesce(chat, person), card, sent_at, phone_contact, first_name, middle_name, last_name, company"
    };
}

fn sent(row: &Row<'_>) -> Result<SentRecord> {
    let text = |index| -> Result<&str> { row.text(index) };
    let number = row.digits(3)?;
    let older = ContactDigest::older(number, [text(4)?, text(5)?, text(6)?, text(7)?]);
    Ok(SentRecord {
        chat: row.get(0)?,
        contact: row.get(1)?,
        older_contact: older.map(|digest| digest.0.to_vec()),
        at: moment(row, 2)?,
    })
}

/// Returns the last request of a row, if the row is in this state.
pub(in super::super) fn request(
    connection: &Connection,
    id: i64,
    state: State,
) -> Result<Option<SentRecord>> {
    connection.query_optional(
        concat!(
            "SELECT ",
            sent_columns!(),
            " FROM rows WHERE id = ?1 AND state = ?2"
        ),
        params![id, state],
        sent,
    )
}

/// Calls `each` with the last request of every row that an instance, or any instance, has sent or may have sent.
pub(in super::super) fn each_sent(
    connection: &Connection,
    instance: Option<i64>,
    mut each: impl FnMut(&SentRecord) -> Result<()>,
) -> Result<()> {
    let sql = concat!(
        "SELECT ",
        sent_columns!(),
        " FROM rows
         WHERE state IN (?1, ?2, ?3) AND sent_at IS NOT NULL AND card IS NOT NULL
           AND (instance = ?4 OR ?4 IS NULL)"
    );
    let states = params![State::Accepted, State::Unknown, State::Sending, instance];
    connection.each(sql, states, |row| each(&sent(row)?).map(|()| true))
}
