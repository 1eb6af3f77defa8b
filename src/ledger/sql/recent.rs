//! The table `recent` of a send history in a file: contacts that are not in `sends` yet. The keys of `sends` come in no
//! order, so an entry there changes a page of its own. In `recent` a batch is one row, and the contacts of many batches
//! are moved to `sends` together, in the order of its keys.

use crate::ledger::db::{Connection, Error, Result, Transaction, params};
use jiff::Timestamp;

use super::{
    lids::Chat,
    send_history::{Send, enter},
    time::nearest_moment,
};

/// A contact in `recent`. In the order of `sends`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct RecentSend {
    /// Digest of the person.
    pub(in super::super) chat: Chat,
    /// When the intent was recorded: milliseconds since 1970, UTC.
    pub(in super::super) at: i64,
    /// Digest of the contact.
    pub(in super::super) contact: [u8; 16],
}

/// Bytes that a contact takes in a row: chat, time (big-endian), contact.
const SIZE: usize = 40;

impl RecentSend {
    /// When the intent was recorded.
    pub(in super::super) fn moment(&self) -> Timestamp {
        nearest_moment(self.at)
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.chat);
        bytes.extend_from_slice(&self.at.to_be_bytes());
        bytes.extend_from_slice(&self.contact);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (chat, bytes) = bytes.split_first_chunk()?;
        let (at, bytes) = bytes.split_first_chunk()?;
        Some(Self {
            chat: *chat,
            at: i64::from_be_bytes(*at),
            contact: bytes.try_into().ok()?,
        })
    }
}

/// Whether the table has no contact.
pub(in super::super) fn is_empty(connection: &Connection) -> Result<bool> {
    connection.query_row(
        "SELECT NOT EXISTS (SELECT 1 FROM recent)",
        params![],
        |row| row.get(0),
    )
}

/// Adds the contacts of a batch.
pub(in super::super) fn add(
    transaction: &Transaction<'_>,
    sends: &[RecentSend],
    campaign: Option<i64>,
) -> Result<()> {
    let mut contacts = Vec::with_capacity(sends.len() * SIZE);
    for send in sends {
        send.write(&mut contacts);
    }
    transaction
        .execute(
            "INSERT INTO recent (campaign, contacts) VALUES (?1, ?2)",
            params![campaign, contacts],
        )
        .map(drop)
}

/// Moves all contacts to `sends`.
pub(in super::super) fn merge(transaction: &Transaction<'_>) -> Result<()> {
    let mut sends = Vec::new();
    transaction.each("SELECT campaign, contacts FROM recent", params![], |row| {
        let campaign: Option<i64> = row.get(0)?;
        for bytes in row.bytes(1)?.chunks(SIZE) {
            let send = RecentSend::read(bytes).ok_or_else(|| Error::Value {
                column: 1,
                found: format!("a contact of {} bytes", bytes.len()),
            })?;
            sends.push((send, campaign));
        }
        Ok(true)
    })?;
    if sends.is_empty() {
        return Ok(());
    }
    sends.sort_unstable();
    for (recent, campaign) in &sends {
        let send = Send {
            chat: &recent.chat,
            at: recent.moment(),
            contact: &recent.contact,
        };
        enter(transaction, &send, *campaign)?;
    }
    transaction
        .execute("DELETE FROM recent", params![])
        .map(drop)
}
