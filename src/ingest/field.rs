//! The possible meanings of a column.

use std::{fmt, str::FromStr};

use super::full_name::NameOrder;
use crate::i18n::{Language, Shown, messages};

/// What a column can hold, by the names of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The recipient's chat id.
    ChatId,
    /// The recipient's number.
    PhoneNumber,
    /// The recipient's chat id or number.
    Recipient,
    /// The contact's number.
    PhoneContact,
    /// The contact's given name.
    FirstName,
    /// The contact's middle name.
    MiddleName,
    /// The contact's family name.
    LastName,
    /// The contact's company.
    Company,
    /// The time zone of the recipient; only if the user names its column.
    TimeZone,
}

messages! {
    /// Why a text is not a field.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum FieldError {
        /// No field has this name.
        Unknown(text: String) =
            en "there is no field \"{text}\": use chatId, phoneNumber, recipient, phoneContact, firstName, middleName, \
                lastName, company or timeZone",
            ru "поля «{text}» нет, есть chatId, phoneNumber, recipient, phoneContact, firstName, middleName, lastName, \
                company и timeZone",
    }
}

impl Shown for Field {
    type As = Self;

    fn shown(&self, _: Language) -> Self {
        *self
    }
}

impl Field {
    /// Every field of the API.
    pub const ALL: [Self; 8] = [
        Self::ChatId,
        Self::PhoneNumber,
        Self::Recipient,
        Self::PhoneContact,
        Self::FirstName,
        Self::MiddleName,
        Self::LastName,
        Self::Company,
    ];

    /// Returns the name of the field as the API writes it, or would write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChatId => "chatId",
            Self::PhoneNumber => "phoneNumber",
            Self::Recipient => "recipient",
            Self::PhoneContact => "phoneContact",
            Self::FirstName => "firstName",
            Self::MiddleName => "middleName",
            Self::LastName => "lastName",
            Self::Company => "company",
            Self::TimeZone => "timeZone",
        }
    }
}

impl FromStr for Field {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let named = |field: &Self| field.as_str().eq_ignore_ascii_case(text.trim());
        Self::ALL
            .into_iter()
            .chain([Self::TimeZone])
            .find(named)
            .ok_or_else(|| FieldError::Unknown(text.trim().to_owned()))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The meaning of a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The exact name of the field; such a column takes precedence over synonyms.
    Named(Field),
    /// Another name of the field.
    Synonym(Field),
    /// Perhaps the recipient, perhaps only the recipient's name.
    Addressee,
    /// A phone; the other columns decide whose.
    Phone(Rank),
    /// A full name in one cell.
    FullName(NameOrder),
    /// Another identifier of a contact, such as an e-mail address or a UID.
    Key,
}

/// Which of several phones is taken first: the first in the order of the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    WhatsApp,
    Mobile,
    Plain,
    Work,
    Home,
    Other,
    /// A heading that any number may have, such as that of an order: a phone only if no other column is one.
    AnyNumber,
    /// A heading that may also stand over the names of people.
    PhoneOrName,
}
