//! The result of one check of a number: whether the number has a WhatsApp account. `green_api` says which answer means
//! what; `engine` says what follows.

use super::{ChatId, ChatKind, Outcome};

/// The result of one check of a number. Every text is free of the token and short enough for a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountCheck {
    /// The number has an account.
    Exists {
        /// The person's lid, if the service says which one belongs to this number.
        lid: Option<Lid>,
    },
    /// The number has no account.
    Missing,
    /// The service may have checked the number, but does not say what it found; with its words.
    Unclear(String),
    /// The service refuses to check this number, with these words, and has checked nothing. This says nothing about the
    /// account: `sendContact` may accept the number.
    Refused(String),
    /// The quota of checks is used up, and nothing was checked; with the service's words.
    QuotaUsed(String),
    /// Nothing was checked, for a reason that concerns contacts too: only `Throttled`, `Unreachable` or `Halted`.
    NotAsked(Outcome),
}

/// The chat id of a person whose number is hidden: `120650379300963@lid`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lid(ChatId);

impl Lid {
    /// Creates a lid from a chat id; `None` if it is of another kind.
    #[must_use]
    pub fn new(chat: ChatId) -> Option<Self> {
        match chat.kind() {
            ChatKind::Lid => Some(Self(chat)),
            ChatKind::Personal | ChatKind::Group => None,
        }
    }

    /// Returns the chat id.
    #[must_use]
    pub const fn chat(&self) -> &ChatId {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lid_is_a_lid() {
        for (text, is_lid) in [
            ("120650379300963@lid", true),
            ("79001234567@c.us", false),
            ("120363043968066561@g.us", false),
        ] {
            let lid = Lid::new(text.parse().unwrap());
            assert_eq!(lid.is_some(), is_lid, "{text}");
            assert!(lid.is_none_or(|lid| lid.chat().as_str() == text));
        }
    }
}
