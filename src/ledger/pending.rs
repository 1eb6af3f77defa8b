//! The pending rows of an instance, and their messages.

use std::iter;

use super::{
    Ledger,
    batch::{InFlight, RowId},
    db,
    error::{LedgerError, explain},
    rules::Zones,
    sql::{self, PendingPage, PendingRecord},
};
use crate::domain::{Contact, Message, Names, Phone, Recipient};

/// The number of rows that are read together.
const PAGE: usize = 512;

impl Ledger {
    /// Returns the pending rows of an instance, in the order of the input.
    pub(super) fn pending_rows(
        &self,
        instance: usize,
    ) -> Result<impl Iterator<Item = Result<PendingRecord, LedgerError>>, LedgerError> {
        let mut page = PendingPage {
            instance: self.sending_filter(instance)?,
            after: 0,
            most: PAGE,
        };
        let mut rows = Vec::new().into_iter();
        Ok(iter::from_fn(move || {
            if rows.len() == 0 {
                match sql::pending_after(&self.connection, page) {
                    Ok(read) => rows = read.into_iter(),
                    Err(error) => return Some(Err(explain(&self.path, &error))),
                }
            }
            let row = rows.next()?;
            page.after = row.position;
            Some(Ok(row))
        }))
    }
}

/// Turns a record back into its message.
pub(super) fn first_message(record: PendingRecord) -> db::Result<Message> {
    let to = recipient_of(&record.recipient);
    message_of(record, to, Zones::Own).map(|begun| begun.message)
}

/// Turns a record back into its message. What was checked on import must be valid again and have the key of the row;
/// anything else is damage.
pub(super) fn message_of(
    record: PendingRecord,
    recipient: Option<Recipient>,
    zones: Zones,
) -> db::Result<InFlight> {
    let PendingRecord {
        id,
        number,
        person,
        contact,
        phone_contact,
        names,
        sent_at,
        attempts,
        source,
        ..
    } = record;
    let [first, middle, last, company] = names;
    let names = Names {
        first,
        middle,
        last,
        company,
    };
    let message = recipient
        .zip(Phone::from_digits(&phone_contact).ok())
        .and_then(|(recipient, phone)| {
            Some(Message {
                recipient,
                contact: Contact::new(phone, names).ok()?,
            })
        });
    message
        .filter(|message| {
            contact == message.contact_digest().0 && message.recipient.person().as_str() == person
        })
        .map(|message| InFlight {
            row: RowId(id),
            number,
            message,
            zones,
            attempt: attempts + 1,
            last_request: sent_at,
            source,
        })
        .ok_or_else(|| db::Error::Value {
            column: 2,
            found: format!("another contact than its key says, in row {id} of the table"),
        })
}

pub(super) fn recipient_of(text: &str) -> Option<Recipient> {
    if text.contains('@') {
        text.parse().ok().map(Recipient::Chat)
    } else {
        Phone::from_digits(text).ok().map(Recipient::Phone)
    }
}
