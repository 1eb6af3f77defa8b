//! What a heading says. A heading is compared whole, never by a part of it: "тел" stands in "Телефакс"
//! too. The words themselves stand in `headings`.

use std::{fmt, str::FromStr};

use crate::sentences::{Fault, Language};

use super::headings::SYNONYMS;
use super::whole::NameOrder;

/// What a column can hold for us, by the names of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The recipient's chat id.
    ChatId,
    /// The recipient's number.
    PhoneNumber,
    /// The recipient's chat id or number.
    Recipient,
    /// The card's number.
    PhoneContact,
    /// The card's given name.
    FirstName,
    /// The card's middle name.
    MiddleName,
    /// The card's family name.
    LastName,
    /// The card's company.
    Company,
    /// The time zone of the recipient; only where a person names its column.
    TimeZone,
}

/// The text names no field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Language::En))]
pub struct FieldError(String);

impl FieldError {
    /// The sentence in a language.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        Fault::NoField { text: self.0.clone() }.say(language)
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

    /// The name of the field, as the API writes it, or would.
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
            .ok_or_else(|| FieldError(text.trim().to_owned()))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a heading says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The name of the field itself; a column of this name stands for it alone.
    Named(Field),
    /// Another name of the field.
    Synonym(Field),
    /// Perhaps the recipient, perhaps only the recipient's name.
    Addressee,
    /// A phone; whose, the other columns say.
    Phone(Rank),
    /// A whole name in one cell.
    WholeName(NameOrder),
    /// What tells one card from another beside its name and number: an e-mail address, a UID.
    Key,
}

/// Which of several phones is taken first; the order of the variants is that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    WhatsApp,
    Mobile,
    Plain,
    Work,
    Home,
    Other,
}

/// What the heading says, if it is one that is understood.
pub(super) fn meaning(heading: &str) -> Option<Meaning> {
    let key = key(heading);
    let key = of_contact(&key);
    // What a column of time zones holds is anybody's guess, so it is none by its name.
    if let Some(field) = key.replace('_', "").parse().ok().filter(|field| *field != Field::TimeZone) {
        return Some(Meaning::Named(field));
    }
    if google_phone(key).is_some() {
        return Some(Meaning::Phone(Rank::Plain));
    }
    let spaced = key.replace('_', " ");
    SYNONYMS.iter().find(|(_, words)| words.contains(&spaced.as_str())).map(|(meaning, _)| *meaning)
}

/// The headings under which Google Contacts says what the phone in the column `heading` is:
/// `Phone 1 - Label` for `Phone 1 - Value`.
pub(super) fn label_headings(heading: &str) -> Option<[String; 2]> {
    let key = key(heading);
    let number = google_phone(&key)?;
    Some([format!("phone {number} - label"), format!("phone {number} - type")])
}

/// What a label of Google Contacts says; nothing for a fax or a pager, which get no card.
pub(super) fn label_rank(label: &str) -> Option<Rank> {
    let label = key(label.trim_start_matches(['*', ' ']));
    match label.as_str() {
        fax if ["fax", "факс", "pager", "пейджер"].iter().any(|machine| fax.contains(machine)) => {
            None
        }
        "mobile" | "cell" | "мобильный" => Some(Rank::Mobile),
        "work" | "рабочий" => Some(Rank::Work),
        "home" | "домашний" => Some(Rank::Home),
        "whatsapp" => Some(Rank::WhatsApp),
        "" | "main" => Some(Rank::Plain),
        _ => Some(Rank::Other),
    }
}

/// In exports of deals the columns of the contact say so: `Контакт: Телефон`, `Телефон (контакт)`.
fn of_contact(key: &str) -> &str {
    let before = ["контакт: ", "contact: "].iter().find_map(|word| key.strip_prefix(word));
    let behind = || [" (контакт)", " (contact)"].iter().find_map(|word| key.strip_suffix(word));
    before.or_else(behind).unwrap_or(key)
}

fn google_phone(key: &str) -> Option<u32> {
    key.strip_prefix("phone ")?.strip_suffix(" - value")?.parse().ok()
}

/// The heading in the form in which headings are compared.
pub(super) fn key(heading: &str) -> String {
    let words: Vec<&str> =
        heading.split(|char: char| char.is_whitespace()).filter(|word| !word.is_empty()).collect();
    words.join(" ").to_lowercase().replace('ё', "е")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_understood_whole() {
        for (heading, expected) in [
            ("phoneContact", Some(Meaning::Named(Field::PhoneContact))),
            ("phone_contact", Some(Meaning::Named(Field::PhoneContact))),
            ("CHATID", Some(Meaning::Named(Field::ChatId))),
            ("  Первое\u{a0} имя ", None),
            (" Имя\u{a0}", Some(Meaning::Synonym(Field::FirstName))),
            ("First  Name", Some(Meaning::Synonym(Field::FirstName))),
            ("first_name", Some(Meaning::Named(Field::FirstName))),
            ("given_name", Some(Meaning::Synonym(Field::FirstName))),
            ("Телефон  получателя", Some(Meaning::Synonym(Field::PhoneNumber))),
            ("Кому", Some(Meaning::Addressee)),
            ("Телефон", Some(Meaning::Phone(Rank::Plain))),
            ("Телефон (контакт)", Some(Meaning::Phone(Rank::Plain))),
            ("Контакт: Мобильный телефон", Some(Meaning::Phone(Rank::Mobile))),
            ("Phone 2 - Value", Some(Meaning::Phone(Rank::Plain))),
            ("Phone 2 - Label", None),
            ("Наименование", Some(Meaning::WholeName(NameOrder::Untold))),
            ("Ф.И.О.", Some(Meaning::WholeName(NameOrder::FamilyFirst))),
            ("Имя, Фамилия", Some(Meaning::WholeName(NameOrder::GivenFirst))),
            ("Contact: First name", Some(Meaning::Synonym(Field::FirstName))),
            ("Телефакс", None),
            ("Рабочий телекс", None),
            ("Номер пейджера", None),
            ("Номер факса", None),
            ("Home Fax", None),
            ("Business Fax", None),
            ("Pager", None),
            ("ISDN", None),
            ("Telex", None),
            ("Источник телефона", None),
            ("Рабочий факс", None),
            ("ИНН", None),
            ("", None),
        ] {
            assert_eq!(meaning(heading), expected, "{heading}");
        }
    }

    #[test]
    fn no_word_stands_in_two_lists_and_each_is_written_as_it_is_compared() {
        let mut words: Vec<&str> = SYNONYMS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        assert!(words.iter().all(|word| key(word) == *word));
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
    }

    #[test]
    fn a_field_is_named_as_the_api_names_it() {
        for field in Field::ALL {
            assert_eq!(field.as_str().parse(), Ok(field));
            assert_eq!(meaning(field.as_str()), Some(Meaning::Named(field)));
        }
        assert_eq!(("timezone".parse(), meaning("timeZone")), (Ok(Field::TimeZone), None));
        assert!("phone".parse::<Field>().unwrap_err().to_string().contains("phoneContact"));
    }

    #[test]
    fn a_fax_has_no_rank() {
        assert_eq!(label_rank("* Mobile"), Some(Rank::Mobile));
        assert_eq!(label_rank("Work Fax"), None);
        assert_eq!(label_rank("Дача"), Some(Rank::Other));
    }
}
