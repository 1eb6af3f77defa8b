//! The identifier of a chat, in one of the forms that the service accepts.

use std::{fmt, str::FromStr};

use super::Phone;

/// The kind of a chat, which the suffix of its id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChatKind {
    /// `79001234567@c.us`: the number of a person.
    Personal,
    /// `79001234567-1581234048@g.us` or `120363043968066561@g.us`: a group.
    Group,
    /// `120650379300963@lid`: a person whose number is hidden.
    Lid,
}

/// A chat id: digits and one of the three suffixes, in lower case (source: `SendContact`, the parameter `chatId`; the
/// newer forms: the service's page on chat ids).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChatId(String);

/// The text has none of the forms of a chat id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a chat id looks like 79001234567@c.us, 79001234567-1581234048@g.us, 120363043968066561@g.us or 120650379300963@lid"
)]
pub struct ChatIdError;

impl ChatId {
    /// Returns the personal chat of a number.
    #[must_use]
    pub fn of_phone(phone: Phone) -> Self {
        Self(format!("{phone}@c.us"))
    }

    /// Returns the id as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the kind of the chat.
    #[must_use]
    pub fn kind(&self) -> ChatKind {
        if self.0.ends_with("@c.us") {
            ChatKind::Personal
        } else if self.0.ends_with("@g.us") {
            ChatKind::Group
        } else {
            ChatKind::Lid
        }
    }

    /// Returns the digits before `@c.us`; `None` for a group or a lid.
    #[must_use]
    pub fn personal_digits(&self) -> Option<&str> {
        self.0.strip_suffix("@c.us")
    }
}

impl FromStr for ChatId {
    type Err = ChatIdError;

    fn from_str(text: &str) -> Result<Self, ChatIdError> {
        let id = text.trim().to_ascii_lowercase();
        let (name, server) = id.split_once('@').ok_or(ChatIdError)?;
        let fits = match server {
            "c.us" => is_personal(name),
            "g.us" => is_group(name),
            "lid" => is_digits(name, 10, 20),
            _ => false,
        };
        if fits { Ok(Self(id)) } else { Err(ChatIdError) }
    }
}

/// Whether it is an international number of 7 to 15 digits (source: ITU-T E.164). `ingest` decides which lengths are
/// sent to.
fn is_personal(name: &str) -> bool {
    !name.starts_with('0') && is_digits(name, 7, 15)
}

/// Whether it is the name of a group: old groups have their creator's number and the second of their creation, new ones
/// a single number.
fn is_group(name: &str) -> bool {
    match name.split_once('-') {
        Some((creator, second)) => is_digits(creator, 7, 15) && is_digits(second, 10, 10),
        None => is_digits(name, 15, 20),
    }
}

fn is_digits(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for ChatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_forms_are_chat_ids() {
        for (text, kind) in [
            ("79001234567@c.us", ChatKind::Personal),
            ("380123456789@c.us", ChatKind::Personal),
            ("5210123456789@c.us", ChatKind::Personal),
            (" 79001234567@C.us ", ChatKind::Personal),
            ("79001234567-1581234048@g.us", ChatKind::Group),
            ("120363043968066561@g.us", ChatKind::Group),
            ("120650379300963@lid", ChatKind::Lid),
        ] {
            assert_eq!(text.parse::<ChatId>().unwrap().kind(), kind, "{text}");
        }
    }

    #[test]
    fn anything_else_is_not() {
        for text in [
            "",
            "79001234567",
            "@c.us",
            "790012@c.us",
            "7900123456789012@c.us",
            "+79001234567@c.us",
            "79001234567@g.us",
            "79001234567-158@g.us",
            "abc@lid",
            "79001234567@c.us@c.us",
            "79001234567@s.whatsapp.net",
            "09001234567@c.us",
            "79001234567 @c.us",
        ] {
            assert_eq!(text.parse::<ChatId>(), Err(ChatIdError), "{text}");
        }
    }

    #[test]
    fn no_text_makes_the_reading_panic_and_what_is_read_reads_back() {
        let mut random = fastrand::Rng::with_seed(7);
        let alphabet: Vec<char> = "0123456789@-.cgusliCdЯ\u{0}\u{301} ".chars().collect();
        let rounds = std::env::var("FUZZ_ROUNDS")
            .ok()
            .and_then(|rounds| rounds.parse().ok());
        for _ in 0..rounds.unwrap_or(20_000) {
            let text: String = (0..random.usize(..30))
                .map(|_| alphabet[random.usize(..alphabet.len())])
                .collect();
            if let Ok(id) = text.parse::<ChatId>() {
                assert_eq!(id.as_str().parse(), Ok(id.clone()));
            }
        }
    }
}
