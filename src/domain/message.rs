//! One contact for one recipient, and the key that identifies the message for ever: the person who gets it and the
//! digest of the contact. Two spellings that look the same, or two forms of one number, have the same key.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

use sha2::{Digest, Sha256};

use super::{ChatId, Contact, Phone, comparable, line};

/// Who gets the contact.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// A recipient given as a chat id.
    Chat(ChatId),
    /// A recipient given as a number; its chat is the personal chat of that number.
    Phone(Phone),
}

impl Recipient {
    /// Returns the chat in which the contact arrives: the same for a number and for its `@c.us` id.
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

/// One contact for one recipient. Its key is (person, digest of the contact).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Message {
    /// Who gets it.
    pub recipient: Recipient,
    /// What they get.
    pub contact: Contact,
}

/// The first 16 bytes of the SHA-256 of the contact's number and names. Two contacts with the same digest are the same
/// contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContactDigest(pub [u8; 16]);

impl ContactDigest {
    /// Computes the digest of a number and of first, middle and last name and company, in the form in which they are
    /// compared: the line of the number, and [`comparable`] names.
    #[must_use]
    pub fn of(number: u64, names: [&str; 4]) -> Self {
        let names = names.map(comparable);
        Self::as_written(line(number), names.each_ref().map(AsRef::as_ref))
    }

    /// Computes the digest by which ledgers before version 7, and the send histories of that time, know a contact;
    /// `None` if it is the same.
    #[must_use]
    pub fn older(number: u64, names: [&str; 4]) -> Option<Self> {
        let is_same = line(number) == number && names.iter().all(|name| comparable(name) == *name);
        (!is_same).then(|| Self::as_written(number, names))
    }

    /// Computes a digest. Its layout is part of every ledger on disk: the number as eight big-endian bytes, then each
    /// name preceded by its length, so that no two contacts have the same input.
    fn as_written(number: u64, names: [&str; 4]) -> Self {
        let mut hash = Sha256::new();
        hash.update(number.to_be_bytes());
        for name in names {
            hash.update((name.len() as u64).to_be_bytes());
            hash.update(name.as_bytes());
        }
        let mut digest = [0; 16];
        digest.copy_from_slice(&hash.finalize()[..16]);
        Self(digest)
    }
}

impl Contact {
    /// Returns the digest that identifies the contact.
    #[must_use]
    pub fn digest(&self) -> ContactDigest {
        ContactDigest::of(self.phone().as_u64(), self.names())
    }
}

impl Message {
    /// Returns the digest of the contact.
    #[must_use]
    pub fn contact_digest(&self) -> ContactDigest {
        self.contact.digest()
    }

    /// Returns eight bytes that stand for the whole key (person, digest of the contact), for uses where memory matters
    /// and nothing is stored: among ten million messages, the chance that two different ones share them is one in
    /// 400,000.
    #[must_use]
    pub fn key_digest(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        match &self.recipient {
            Recipient::Phone(phone) => phone.line().hash(&mut hash),
            Recipient::Chat(id) => match id.personal_digits().map(str::parse::<u64>) {
                Some(Ok(number)) => line(number).hash(&mut hash),
                Some(Err(_)) | None => id.hash(&mut hash),
            },
        }
        self.contact.phone().line().hash(&mut hash);
        self.contact.names().map(comparable).hash(&mut hash);
        hash.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Names;

    fn contact(first: &str, last: &str) -> Message {
        let phone = Phone::from_digits("79001234568").unwrap();
        let names = Names {
            first: first.into(),
            last: last.into(),
            ..Names::default()
        };
        Message {
            recipient: Recipient::Phone(phone),
            contact: Contact::new(phone, names).unwrap(),
        }
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
            ..contact("Анна", last)
        };
        let phone = Recipient::Phone(Phone::from_digits("79001234567").unwrap());
        let known = Message {
            recipient: phone,
            ..contact("Анна", "Ли")
        }
        .key_digest();
        assert_eq!(to("79001234567@c.us", "Ли").key_digest(), known);
        for other in [
            to("79001234567@c.us", "Лю"),
            to("79001234567@lid", "Ли"),
            to("79001234566@c.us", "Ли"),
        ] {
            assert_ne!(other.key_digest(), known, "{}", other.recipient);
        }
    }

    #[test]
    fn cards_that_look_the_same_are_the_same_and_so_are_the_forms_of_a_number() {
        let to = |recipient: &str, number: &str, first: &str| {
            let phone = Phone::from_digits(number).unwrap();
            let names = Names {
                first: first.into(),
                ..Names::default()
            };
            let contact = Contact::new(phone, names).unwrap();
            Message {
                recipient: Recipient::Chat(recipient.parse().unwrap()),
                contact,
            }
        };
        let known = to("525512345678@c.us", "551187654321", "Андрей");
        for (recipient, first) in [
            ("5215512345678@c.us", "Андрей"),
            ("525512345678@c.us", "Андреи\u{306}"),
            ("5215512345678@c.us", "\u{FEFF}Ан\u{AD}дрей\u{200B}"),
        ] {
            let same = to(recipient, "551187654321", first);
            assert_eq!(same.contact_digest(), known.contact_digest(), "{first:?}");
            assert_eq!(
                same.key_digest(),
                known.key_digest(),
                "{recipient} {first:?}"
            );
        }
        let other = to("525512345678@c.us", "551187654321", "андрей");
        assert_ne!(
            (other.contact_digest(), other.key_digest()),
            (known.contact_digest(), known.key_digest())
        );
        let names = ["Ana", "", "", ""];
        assert_eq!(
            ContactDigest::of(5_215_512_345_678, names),
            ContactDigest::of(525_512_345_678, names)
        );
    }

    #[test]
    fn the_digest_of_plain_names_and_an_ordinary_number_is_that_of_the_texts_as_written() {
        for names in [
            ["Anna", "Maria", "O'Neill-Smith", "ACME, Inc. (2)"],
            ["Семён", "", "Ёлкин", ""],
        ] {
            for number in [
                79_001_234_568,
                525_512_345_678,
                541_123_456_789,
                551_187_654_321,
            ] {
                assert_eq!(
                    ContactDigest::of(number, names),
                    ContactDigest::as_written(number, names)
                );
                assert_eq!(ContactDigest::older(number, names), None);
            }
        }
        let written = ["Андреи\u{306}", "", "", ""];
        let older = ContactDigest::older(79_001_234_568, written).unwrap();
        assert_ne!(ContactDigest::of(79_001_234_568, written), older);
    }

    #[test]
    fn the_digest_tells_contacts_apart_and_never_changes() {
        assert_ne!(
            contact("Анна", "Мария").contact_digest(),
            contact("АннаМария", "").contact_digest()
        );
        let known = [
            124, 7, 92, 55, 106, 138, 45, 141, 36, 163, 173, 208, 219, 3, 7, 215,
        ];
        assert_eq!(
            contact("Артем", "Евпаторийский").contact_digest(),
            ContactDigest(known)
        );
    }
}
