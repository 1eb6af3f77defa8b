//! One card for one recipient, and the key by which it is known for ever.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

use sha2::{Digest, Sha256};

use super::{ChatId, Contact, Phone};

/// Who gets the card.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// A chat id, given as such.
    Chat(ChatId),
    /// A number; its chat is the personal chat of that number.
    Phone(Phone),
}

impl Recipient {
    /// The chat in which the card arrives: one value for a number and for its `@c.us` id.
    #[must_use]
    pub fn chat(&self) -> ChatId {
        match self {
            Self::Chat(id) => id.clone(),
            Self::Phone(phone) => ChatId::of_phone(*phone),
        }
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chat(id) => id.fmt(f),
            Self::Phone(phone) => phone.fmt(f),
        }
    }
}

/// One contact for one recipient. Its key is (chat, digest of the card).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Message {
    /// Who gets it.
    pub recipient: Recipient,
    /// What they get.
    pub contact: Contact,
}

/// The first 16 bytes of the SHA-256 over the card's number and names. Two cards with the same
/// digest are the same card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CardDigest(pub [u8; 16]);

impl Message {
    /// The digest of the card. Its layout is part of every ledger on disk: number as eight
    /// big-endian bytes, then each name with its length in front, so that no two cards run together.
    #[must_use]
    pub fn card_digest(&self) -> CardDigest {
        let mut hash = Sha256::new();
        hash.update(self.contact.phone().as_u64().to_be_bytes());
        for name in self.contact.names() {
            hash.update((name.len() as u64).to_be_bytes());
            hash.update(name.as_bytes());
        }
        let mut digest = [0; 16];
        digest.copy_from_slice(&hash.finalize()[..16]);
        CardDigest(digest)
    }

    /// Eight bytes that stand for the whole key (chat, digest of the card), where memory counts and
    /// nothing is kept: among ten million messages two differ and share them with a chance of one in
    /// 400,000.
    #[must_use]
    pub fn key_digest(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        match &self.recipient {
            Recipient::Phone(phone) => phone.as_u64().hash(&mut hash),
            Recipient::Chat(id) => match id.personal_digits().map(str::parse::<u64>) {
                Some(Ok(number)) => number.hash(&mut hash),
                Some(Err(_)) | None => id.hash(&mut hash),
            },
        }
        self.contact.hash(&mut hash);
        hash.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Names;

    fn card(first: &str, last: &str) -> Message {
        let phone = Phone::from_digits("79001234568").unwrap();
        let names = Names { first: first.into(), last: last.into(), ..Names::default() };
        Message { recipient: Recipient::Phone(phone), contact: Contact::new(phone, &names).unwrap() }
    }

    #[test]
    fn a_number_and_its_chat_id_are_one_chat() {
        let phone = Phone::from_digits("79001234567").unwrap();
        assert_eq!(
            Recipient::Phone(phone).chat(),
            Recipient::Chat("79001234567@c.us".parse().unwrap()).chat()
        );
    }

    #[test]
    fn the_digest_of_a_key_is_that_of_the_chat_and_the_card() {
        let to = |recipient: &str, last: &str| Message {
            recipient: Recipient::Chat(recipient.parse().unwrap()),
            ..card("Анна", last)
        };
        let phone = Recipient::Phone(Phone::from_digits("79001234567").unwrap());
        let known = Message { recipient: phone, ..card("Анна", "Ли") }.key_digest();
        assert_eq!(to("79001234567@c.us", "Ли").key_digest(), known);
        for other in [to("79001234567@c.us", "Лю"), to("79001234567@lid", "Ли"), to("79001234566@c.us", "Ли")]
        {
            assert_ne!(other.key_digest(), known, "{}", other.recipient);
        }
    }

    #[test]
    fn the_digest_tells_cards_apart_and_never_changes() {
        assert_ne!(card("Анна", "Мария").card_digest(), card("АннаМария", "").card_digest());
        let known = [124, 7, 92, 55, 106, 138, 45, 141, 36, 163, 173, 208, 219, 3, 7, 215];
        assert_eq!(card("Артем", "Евпаторийский").card_digest(), CardDigest(known));
    }
}
