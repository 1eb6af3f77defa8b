//! A row of the input in the form in which the ledger stores it, as far as that does not need the ledger. Rows are
//! prepared on the reading side while the ledger's thread writes earlier rows.

use crate::domain::{CheckedRow, Message, Origin, Problem, RawCells, RowCheck, RowRef};

/// A row on its way into a ledger.
#[derive(Debug)]
pub(super) struct PreparedRow {
    pub(super) place: RowRef,
    pub(super) content: PreparedContent,
    /// Its own cells, as JSON, unless all are empty.
    pub(super) own_cells: Option<String>,
    pub(super) time_zone: Option<String>,
    pub(super) origin: Option<Box<Origin>>,
}

/// The content of a row.
#[derive(Debug)]
pub(super) enum PreparedContent {
    Message(PreparedMessage),
    Problem(Problem, RawCells),
}

/// A message, together with its stored form.
#[derive(Debug)]
pub(super) struct PreparedMessage {
    message: Message,
    /// The positions of the stop lists that contain its recipient.
    pub(super) lists: Vec<usize>,
    pub(super) recipient: String,
    pub(super) phone_contact: String,
    /// The key: the person and the digest of the contact.
    pub(super) person: String,
    pub(super) contact: [u8; 16],
    /// The chat id, if the person is known by another one.
    pub(super) chat: Option<String>,
}

impl From<CheckedRow> for PreparedRow {
    fn from(entry: CheckedRow) -> Self {
        let is_filled = entry.own_cells.iter().any(|cell| !cell.is_empty());
        Self {
            place: entry.place,
            content: match entry.finding {
                RowCheck::Message(message) => {
                    PreparedContent::Message(PreparedMessage::new(message, Vec::new()))
                }
                RowCheck::Suppressed(message, lists) => {
                    PreparedContent::Message(PreparedMessage::new(message, lists))
                }
                RowCheck::Problem(problem, written) => PreparedContent::Problem(problem, written),
            },
            own_cells: is_filled.then(|| serde_json::json!(entry.own_cells).to_string()),
            time_zone: entry.time_zone,
            origin: entry.origin,
        }
    }
}

impl PreparedMessage {
    fn new(message: Message, lists: Vec<usize>) -> Self {
        let chat = message.recipient.chat();
        let person = chat.person();
        Self {
            recipient: message.recipient.to_string(),
            phone_contact: message.contact.phone().to_string(),
            chat: (person.as_str() != chat.as_str()).then(|| chat.to_string()),
            person: person.as_str().to_owned(),
            contact: message.contact_digest().0,
            lists,
            message,
        }
    }

    pub(super) fn names(&self) -> [&str; 4] {
        self.message.contact.names()
    }
}
