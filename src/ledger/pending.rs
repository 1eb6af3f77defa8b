//! Turns a pending row back into its message.

use super::{
    batch::{InFlight, RowId},
    db,
    rules::Zones,
    sql::PendingRecord,
};
use crate::domain::{Contact, Message, Names, Phone, Recipient};

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
