//! How a send history identifies people and contacts: by digests.
//!
//! Older versions identified a person by any of their chat ids, and a contact by its letters as written, so every query
//! also looks for those entries.

use std::borrow::Cow;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::sql::{PendingKey, SentRecord, lids::Chat, send_history::Send};
use crate::domain::{ContactDigest, Person};

/// The entries under which a request may be in the send history, in its order. The current form comes first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entries {
    people: Vec<[u8; 16]>,
    contacts: Vec<Vec<u8>>,
    at: Timestamp,
}

impl Entries {
    pub(super) fn new(request: &SentRecord) -> Self {
        let contacts = std::iter::once(&request.contact)
            .chain(&request.older_contact)
            .cloned()
            .collect();
        Self {
            people: digests(&Person::behind(&request.chat)),
            contacts,
            at: request.at,
        }
    }

    /// Adds the entries of the person's other chats.
    pub(super) fn with_others(mut self, others: &[[u8; 16]]) -> Self {
        self.people.extend_from_slice(others);
        self
    }

    /// Returns the digest of every chat of the person.
    pub(super) fn people(&self) -> &[[u8; 16]] {
        &self.people
    }

    pub(super) fn each(&self) -> impl Iterator<Item = Send<'_>> {
        let entry = move |contact| {
            self.people.iter().map(move |chat| Send {
                chat,
                at: self.at,
                contact,
            })
        };
        self.contacts
            .iter()
            .flat_map(move |contact| entry(contact.as_slice()))
    }
}

/// The keys under which a message may be in the send history: who gets it, and what, each in its current form first.
/// Ordered like the history.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct MessageKeys {
    people: Vec<[u8; 16]>,
    contact: Vec<u8>,
    older_contact: Option<[u8; 16]>,
    /// Other chats of the person: the phone behind a lid, or the lid of a phone.
    others: Vec<[u8; 16]>,
}

impl MessageKeys {
    /// Returns the keys of a row.
    pub(super) fn of_row(row: &PendingKey<'_>) -> Self {
        let number = row.phone_contact.parse().unwrap_or_default();
        Self {
            people: digests(&Person::behind(row.person)),
            contact: row.contact.to_vec(),
            older_contact: ContactDigest::older(number, row.names).map(|digest| digest.0),
            others: Vec::new(),
        }
    }

    /// Returns the digest of every chat of the person.
    pub(super) fn people(&self) -> impl Iterator<Item = &Chat> {
        self.people.iter()
    }

    /// Adds the other chats that are known to belong to the person.
    pub(super) fn with_others(self, others: Vec<[u8; 16]>) -> Self {
        Self { others, ..self }
    }

    /// Returns the digests of all chat ids of the person.
    pub(super) fn digests(&self) -> &[[u8; 16]] {
        &self.people
    }

    /// Returns the digest of the contact in its current form.
    pub(super) fn contact(&self) -> &[u8] {
        &self.contact
    }

    /// Returns the digests of the person's other chats.
    pub(super) fn others(&self) -> impl Iterator<Item = &Chat> {
        self.others.iter()
    }

    /// Whether the digest is that of the contact, in its current or older form.
    pub(super) fn has_contact(&self, digest: &[u8]) -> bool {
        let older = self.older_contact.as_ref().map(<[u8; 16]>::as_slice);
        self.contact == digest || older == Some(digest)
    }
}

/// Returns the digests of all chat ids of a person, beginning with the one by which the person is entered. The send
/// history counts people and need not name them.
pub(super) fn digests(person: &Person<'_>) -> Vec<[u8; 16]> {
    let digest = |chat: Cow<'_, str>| {
        let mut digest = [0; 16];
        digest.copy_from_slice(&Sha256::digest(chat.as_bytes())[..16]);
        digest
    };
    person.chat_ids().map(digest).collect()
}
