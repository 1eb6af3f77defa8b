//! What one check of a number says: whether the number has a WhatsApp account. Which answer means what is in
//! `green_api`; what follows is in `engine`.

use super::{ChatId, ChatKind, Outcome};

/// What one check of a number says. Every text is free of the token and short enough for a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountCheck {
    /// The number has an account.
    Exists {
        /// The hidden id of the person, if the service says which belongs to this number.
        lid: Option<Lid>,
    },
    /// The number has no account.
    Missing,
    /// The service may have checked, and does not say what it found; its words.
    Unclear(String),
    /// The service refuses to check this number, with these words, and has checked nothing. This is no word about
    /// the account: `sendContact` may take the number.
    Refused(String),
    /// The quota of checks is used up, and nothing was checked; the service's words.
    QuotaUsed(String),
    /// Nothing was checked, for a cause that concerns contacts as well: only `Throttled`, `Unreachable` or `Halted`.
    NotAsked(Outcome),
}

/// The chat id of a person whose number is hidden: `120650379300963@lid`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lid(ChatId);

impl Lid {
    /// Takes a chat id that is a lid.
    #[must_use]
    pub fn new(chat: ChatId) -> Option<Self> {
        match chat.kind() {
            ChatKind::Lid => Some(Self(chat)),
            ChatKind::Personal | ChatKind::Group => None,
        }
    }

    /// The chat of the person.
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
