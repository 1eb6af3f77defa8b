//! How a send history names persons and contacts: by digests.
//!
//! Older versions named a person by any of their chat ids and a contact by its letters as written, so every query also
//! looks for those entries.

use std::borrow::Cow;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::sql::{PendingKey, SentRecord, lids::Chat, send_history::Send};
use crate::domain::{ContactDigest, Person};

/// The entries by which a request may be in the send history, the one of today first. In the order of the history.
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

    /// Those of the other chats of the person as well.
    pub(super) fn with_others(mut self, others: &[[u8; 16]]) -> Self {
        self.people.extend_from_slice(others);
        self
    }

    /// Every chat of the person.
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

/// How a message may be in the send history: who gets it, and what, each as it is entered today first. In the order of
/// the history.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct MessageKeys {
    people: Vec<[u8; 16]>,
    contact: Vec<u8>,
    older_contact: Option<[u8; 16]>,
    /// The chats that are the person's too: behind a lid, or the phone of one.
    others: Vec<[u8; 16]>,
}

impl MessageKeys {
    /// Those of a row.
    pub(super) fn of_row(row: &PendingKey<'_>) -> Self {
        let number = row.phone_contact.parse().unwrap_or_default();
        Self {
            people: digests(&Person::behind(row.person)),
            contact: row.contact.to_vec(),
            older_contact: ContactDigest::older(number, row.names).map(|digest| digest.0),
            others: Vec::new(),
        }
    }

    /// Every chat of the person.
    pub(super) fn people(&self) -> impl Iterator<Item = &Chat> {
        self.people.iter()
    }

    /// The same, with what else is known to be the chat of the person.
    pub(super) fn with_others(self, others: Vec<[u8; 16]>) -> Self {
        Self { others, ..self }
    }

    /// The digests of every chat id of the person.
    pub(super) fn digests(&self) -> &[[u8; 16]] {
        &self.people
    }

    /// The contact, as it is entered today.
    pub(super) fn contact(&self) -> &[u8] {
        &self.contact
    }

    /// Every chat that is the person's too.
    pub(super) fn others(&self) -> impl Iterator<Item = &Chat> {
        self.others.iter()
    }

    /// Whether it is this contact.
    pub(super) fn has_contact(&self, digest: &[u8]) -> bool {
        let older = self.older_contact.as_ref().map(<[u8; 16]>::as_slice);
        self.contact == digest || older == Some(digest)
    }
}

/// The send history counts people and need not name them: the digests of all their chat ids, first of the one by
/// which they are entered.
pub(super) fn digests(person: &Person<'_>) -> Vec<[u8; 16]> {
    let digest = |chat: Cow<'_, str>| {
        let mut digest = [0; 16];
        digest.copy_from_slice(&Sha256::digest(chat.as_bytes())[..16]);
        digest
    };
    person.chat_ids().map(digest).collect()
}
