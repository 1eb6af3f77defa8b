//! The person behind a chat id. WhatsApp has two forms of some mobile numbers of Mexico, Argentina and Brazil, which
//! differ in one digit and reach the same person. Keys, stop lists, lookups and the send history compare persons, never
//! chat ids.
//!
//! What must stay true: for every other number, the chat id itself names the person, so that the keys of existing
//! ledgers and the entries of existing send histories stay valid.

use std::{borrow::Cow, fmt};

use super::{
    ChatId, Recipient,
    phone::{line, other_form},
};

/// The person behind a chat id: one value for all chat ids of a person. A group, or a person whose number is hidden
/// behind `@lid`, is named by that chat id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Person<'a>(Cow<'a, str>);

impl<'a> Person<'a> {
    /// Returns the person behind a chat id, or behind a text that a service shows as one.
    #[must_use]
    pub fn behind(chat: &'a str) -> Self {
        match personal_number(chat) {
            Some(number) if line(number) != number => Person::of_number(number),
            Some(_) | None => Self(Cow::Borrowed(chat)),
        }
    }

    /// Returns the chat id that names the person in keys and in the send history.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns every chat id of this person, beginning with the one that names the person.
    pub fn chat_ids(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let other = personal_number(&self.0).and_then(other_form).map(chat_of);
        std::iter::once(Cow::Borrowed(self.as_str())).chain(other.map(Cow::Owned))
    }

    /// Returns the same person as an owned value.
    #[must_use]
    pub fn into_owned(self) -> Person<'static> {
        Person(Cow::Owned(self.0.into_owned()))
    }
}

impl Person<'static> {
    /// Returns the person with this number (country code first).
    #[must_use]
    pub fn of_number(number: u64) -> Self {
        Self(Cow::Owned(chat_of(line(number))))
    }
}

impl fmt::Display for Person<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ChatId {
    /// Returns the person whose chat this is.
    #[must_use]
    pub fn person(&self) -> Person<'_> {
        Person::behind(self.as_str())
    }
}

impl Recipient {
    /// Returns the person who gets the contact.
    #[must_use]
    pub fn person(&self) -> Person<'_> {
        match self {
            Self::Chat(id) => id.person(),
            Self::Phone(phone) => Person::of_number(phone.as_u64()),
        }
    }
}

fn personal_number(chat: &str) -> Option<u64> {
    let digits = chat.strip_suffix("@c.us")?;
    // A text with a leading zero or a sign is not how the number is displayed.
    let is_number =
        (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits
        .parse()
        .ok()
        .filter(|_| is_number && !digits.starts_with('0'))
}

fn chat_of(number: u64) -> String {
    format!("{number}@c.us")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Phone, phone::TEN_DIGITS};

    fn person(chat: &str) -> Person<'_> {
        Person::behind(chat)
    }

    #[test]
    fn the_two_forms_of_a_number_are_one_person() {
        for (one, other) in [
            ("525512345678@c.us", "5215512345678@c.us"),
            ("541123456789@c.us", "5491123456789@c.us"),
            ("551187654321@c.us", "5511987654321@c.us"),
            ("559966543210@c.us", "5599966543210@c.us"),
            ("551199999999@c.us", "5511999999999@c.us"),
        ] {
            assert_eq!(person(one), person(other), "{one} {other}");
            assert!(person(other).chat_ids().eq([one, other]));
            assert!(person(one).chat_ids().eq([one, other]));
        }
    }

    #[test]
    fn any_other_number_group_or_lid_is_itself() {
        for chat in [
            "79001234567@c.us",
            "551123456789@c.us",
            "5511923456789@c.us",
            "5511887654321@c.us",
            "5510987654321@c.us",
            "551087654321@c.us",
            "5205512345678@c.us",
            "52551234567@c.us",
            "5481123456789@c.us",
            "521551234567@lid",
            "5215512345678@lid",
            "5215512345678@s.whatsapp.net",
            "5215512345678-1581234048@g.us",
            "120363043968066561@g.us",
            "05215512345678@c.us",
            "+5215512345678@c.us",
            "99999999999999999999@c.us",
            "@c.us",
            "",
        ] {
            assert_eq!(person(chat).as_str(), chat);
            let known = person(chat);
            let forms: Vec<_> = known.chat_ids().collect();
            assert_eq!(forms[0], chat);
            assert!(
                forms[1..].iter().all(|form| person(form).as_str() == chat),
                "{forms:?}"
            );
        }
        assert_eq!(person("79001234567@c.us").chat_ids().count(), 1);
        assert_eq!(
            person("551123456789@c.us").chat_ids().count(),
            1,
            "a landline of Brazil"
        );
    }

    #[test]
    fn a_phone_and_its_chat_id_are_one_person() {
        for digits in ["79001234567", "525512345678", "551187654321"] {
            let phone = Recipient::Phone(Phone::from_digits(digits).unwrap());
            let id: ChatId = format!("{digits}@c.us").parse().unwrap();
            assert_eq!(phone.person(), id.person());
            assert_eq!(phone.person(), Recipient::Chat(id.clone()).person());
        }
    }

    #[test]
    fn all_forms_of_any_number_name_one_line_and_no_two_lines_share_a_form() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut several = 0;
        for _ in 0..200_000 {
            let country = [52, 54, 55, 7, 1, 521, 549, 559][random.usize(..8)];
            let most = 10_u64.pow(random.u32(7..13));
            let national = random.u64(1_000_000..most);
            let Ok(number) = format!("{country}{national}").parse::<u64>() else {
                continue;
            };
            let known = line(number);
            assert_eq!(line(known), known, "{number}");
            let other = other_form(known);
            assert!(
                other.is_none_or(|other| line(other) == known && other != known),
                "{number}"
            );
            assert!(number == known || other == Some(number), "{number}");
            several += u32::from(other.is_some());
        }
        assert!(several > 5_000, "{several}");
    }

    #[test]
    fn every_chat_id_of_a_person_is_one() {
        let mut random = fastrand::Rng::with_seed(8);
        for _ in 0..20_000 {
            let prefix = ["52", "521", "54", "549", "55", "7"][random.usize(..6)];
            let chat = format!("{prefix}{:010}@c.us", random.u64(..TEN_DIGITS));
            let Ok(id) = chat.parse::<ChatId>() else {
                continue;
            };
            for form in id.person().chat_ids() {
                assert_eq!(form.parse::<ChatId>().unwrap().person(), id.person());
            }
        }
    }
}
