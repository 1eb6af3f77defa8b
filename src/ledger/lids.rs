//! Which chats belong to one person: a phone, and the lids behind which the service hides it, as checks of numbers
//! revealed.
//!
//! What must stay true: only pairs that the service named count, and a pair in one send history of the run counts for
//! all of them.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use super::{
    db::{self, Connection},
    history_entries::digests,
    sql::lids::{self, Chat},
};
use crate::domain::Person;

/// Every pair in the send histories of a run, in both directions.
#[derive(Debug, Default)]
pub(super) struct LidTable {
    paired: HashMap<Chat, Vec<Chat>>,
}

impl LidTable {
    /// Returns the other chats of the person who has these chats.
    pub(super) fn others_of(&self, own: &[Chat]) -> Vec<Chat> {
        let paired = |chat: &Chat| Ok::<_, std::convert::Infallible>(self.of(chat).to_vec());
        match others_of(own, paired) {
            Ok(others) => others,
            Err(never) => match never {},
        }
    }

    fn of(&self, chat: &Chat) -> &[Chat] {
        self.paired.get(chat).map_or(&[], Vec::as_slice)
    }

    pub(super) fn add(&mut self, (lid, phone): (Chat, Chat)) {
        for (one, other) in [(lid, phone), (phone, lid)] {
            let paired = self.paired.entry(one).or_default();
            if !paired.contains(&other) {
                paired.push(other);
            }
        }
    }
}

/// Which phone is behind which lid, as far as the send histories of a run know.
#[derive(Debug, Default)]
pub struct LidPairs(pub(super) LidTable);

/// The phone of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairedPhone(Chat);

impl LidPairs {
    /// Returns the phone of the person of a chat, if a pair with the chat is known.
    #[must_use]
    pub fn phone_of(&self, chat: &str) -> Option<PairedPhone> {
        if self.0.paired.is_empty() {
            return None;
        }
        let own = *digests(&Person::behind(chat)).first()?;
        match (chat.ends_with("@lid"), self.0.of(&own)) {
            (false, [_, ..]) => Some(PairedPhone(own)),
            (true, [phone]) => Some(PairedPhone(*phone)),
            // If two histories name different phones, the number was changed.
            (_, [] | [_, _, ..]) => None,
        }
    }

    /// Creates a table of these pairs, each a lid and its phone.
    #[cfg(test)]
    pub(crate) fn for_tests(pairs: &[(&str, &str)]) -> Self {
        let digest = |chat: &str| digests(&Person::behind(chat))[0];
        let mut table = LidTable::default();
        for (lid, phone) in pairs {
            table.add((digest(lid), digest(phone)));
        }
        Self(table)
    }

    /// Whether no pair is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.paired.is_empty()
    }

    /// Whether two chats, a phone and a lid or two lids, belong to one person; `None` if that is not known.
    #[must_use]
    pub fn same_person(one: Option<PairedPhone>, other: Option<PairedPhone>) -> Option<bool> {
        Some(one? == other?)
    }
}

/// The pairs of a send history that a batch has looked up.
#[derive(Debug, Default)]
pub(super) struct KnownPairs {
    has_pairs: Cell<Option<bool>>,
    /// The chats that were looked up ahead, each with its pairs.
    of: RefCell<HashMap<Chat, Vec<Chat>>>,
}

impl KnownPairs {
    /// Records that a pair was added, which invalidates what was looked up.
    pub(super) fn note_new(&self) {
        self.has_pairs.set(Some(true));
        self.of.borrow_mut().clear();
    }

    /// Whether the history has any pairs; `None` if that is not known yet.
    pub(super) fn has_pairs(&self) -> Option<bool> {
        self.has_pairs.get()
    }

    pub(super) fn set_has_pairs(&self, has_pairs: bool) {
        self.has_pairs.set(Some(has_pairs));
    }

    /// Stores what was looked up ahead for a chat.
    pub(super) fn keep(&self, chat: Chat, paired: Vec<Chat>) {
        self.of.borrow_mut().insert(chat, paired);
    }

    /// Returns the chats that form a pair with a chat.
    pub(super) fn paired(&self, connection: &Connection, chat: &Chat) -> db::Result<Vec<Chat>> {
        if self.has_pairs.get().is_none() {
            self.has_pairs.set(Some(lids::has_lids(connection)?));
        }
        if self.has_pairs.get() == Some(false) {
            return Ok(Vec::new());
        }
        if let Some(known) = self.of.borrow().get(chat) {
            return Ok(known.clone());
        }
        lids::paired(connection, chat)
    }
}

/// How many pairs to follow: from a lid to its phone, and from there to another lid of that phone.
pub(super) const MAX_PAIR_HOPS: usize = 2;

pub(super) fn others_of<E>(
    own: &[Chat],
    mut paired: impl FnMut(&Chat) -> Result<Vec<Chat>, E>,
) -> Result<Vec<Chat>, E> {
    let mut found = own.to_vec();
    let mut next = 0..found.len();
    for _ in 0..MAX_PAIR_HOPS {
        for place in next.clone() {
            for other in paired(&found[place])? {
                if !found.contains(&other) {
                    found.push(other);
                }
            }
        }
        next = next.end..found.len();
    }
    Ok(found.split_off(own.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lid_its_phone_and_another_lid_of_the_phone_are_one_person() {
        let [phone, lid, other, stranger] = [1, 2, 3, 4].map(|byte| [byte; 16]);
        let mut table = LidTable::default();
        table.add((lid, phone));
        table.add((other, phone));
        assert_eq!(table.others_of(&[phone]), [lid, other]);
        assert_eq!(table.others_of(&[lid]), [phone, other]);
        assert_eq!(table.others_of(&[stranger]), [] as [Chat; 0]);
    }
}
