//! Rows about which the service is asked again: unknown ones, and accepted ones whose delivery can still change.

use jiff::Timestamp;

use super::batch::RowId;
use crate::domain::{ContactDigest, Delivery};

/// A row for which it is not known whether the service took the contact.
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
    /// Whether `sent_at` is the service's time.
    pub is_dated: bool,
    /// What the instance's send history knows about the same contact in other campaigns.
    pub others: SentByOthers,
    /// The time since which every lookup that could have found the contact did not.
    pub absent_since: Option<Timestamp>,
}

/// Whether other campaigns of an instance sent the same contact as an unknown row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SentByOthers {
    /// They sent it to the same person before.
    pub before: bool,
    /// They sent it to anybody at about the same time.
    pub near_in_time: bool,
    /// They sent it to the same person after: a message that the service shows may be that one.
    pub after: bool,
}

impl Unknown {
    /// Returns the digest by which older versions know the contact, if it differs.
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
    /// The service's id of the message.
    pub id_message: String,
    /// When its request was begun, if the ledger has it.
    pub sent_at: Option<Timestamp>,
    /// Its last known delivery.
    pub delivery: Option<Delivery>,
}

/// News about the delivery of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryUpdate {
    /// Which row.
    pub row: RowId,
    /// Its delivery.
    pub delivery: Delivery,
    /// The time of this delivery.
    pub at: Timestamp,
    /// Whether it dates from a restriction of the number, when the service may report more than is true.
    pub is_doubtful: bool,
}
