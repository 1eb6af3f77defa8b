//! Rows about which the service is asked again: unknown ones, and accepted ones whose delivery can change.

use jiff::Timestamp;

use super::batch::RowId;
use crate::domain::{ContactDigest, Delivery};

/// A row of which nobody knows whether the service took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Which row.
    pub id: RowId,
    /// The row number that the spreadsheet shows.
    pub row: u64,
    /// The name of its source.
    pub source: String,
    /// The chat in which the contact arrives.
    pub chat: String,
    /// The number on the contact.
    pub phone_contact: String,
    /// First, middle and last name and company.
    pub names: [String; 4],
    /// When its request was begun.
    pub sent_at: Timestamp,
    /// Whether that is the service's time.
    pub is_dated: bool,
    /// What the instance's send history knows of the same contact in other campaigns.
    pub others: SentByOthers,
    /// Since when every look-up that could have found it did not.
    pub absent_since: Option<Timestamp>,
}

/// What other campaigns of an instance sent that is the same contact as that of an unknown row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SentByOthers {
    /// It went to the same person before.
    pub before: bool,
    /// It went to anybody at about the same time.
    pub beside: bool,
    /// It went to the same person after: a message that is shown may be that one.
    pub after: bool,
}

impl Unknown {
    /// The digest by which older versions know the contact, if it is another one.
    pub(super) fn older_contact(&self) -> Option<Vec<u8>> {
        let number = self.phone_contact.parse().unwrap_or_default();
        ContactDigest::older(number, self.names.each_ref().map(String::as_str))
            .map(|digest| digest.0.to_vec())
    }
}

/// An accepted row whose delivery can still change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackedRow {
    /// Which row.
    pub id: RowId,
    /// The chat in which the contact arrives.
    pub chat: String,
    /// The service's name for the message.
    pub id_message: String,
    /// When its request was begun, if the ledger has it.
    pub sent_at: Option<Timestamp>,
    /// What is known of its delivery.
    pub delivery: Option<Delivery>,
}

/// What was heard of a row: its delivery, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryUpdate {
    /// Which row.
    pub row: RowId,
    /// What became of it.
    pub delivery: Delivery,
    /// Since when.
    pub at: Timestamp,
    /// It became so while the number was restricted, when the service may say more than is true.
    pub is_doubtful: bool,
}
