//! Decides what a heading means. Headings are compared as a whole, never by a part, because "Телефакс" contains "тел"
//! too. The words are in `headings`.

use std::{collections::HashMap, sync::LazyLock};

use crate::domain::comparable;

pub use super::field::{Field, FieldError};
pub(super) use super::field::{Meaning, Rank};
use super::headings::SYNONYMS;
use super::lookalike;

/// A heading with a known meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownHeading {
    pub(super) meaning: Meaning,
    /// The heading with its look-alike letters replaced by the intended ones, if it has any.
    pub(super) written_right: Option<String>,
}

/// Returns the meaning of a heading, if it has a known one.
pub(super) fn known(heading: &str) -> Option<KnownHeading> {
    if let Some(meaning) = as_written(heading) {
        return Some(KnownHeading {
            meaning,
            written_right: None,
        });
    }
    let mut readings = lookalike::readings(&comparable(heading))
        .into_iter()
        .filter_map(|reading| {
            Some(KnownHeading {
                meaning: as_written(&reading)?,
                written_right: Some(reading),
            })
        });
    let first = readings.next()?;
    readings
        .all(|other| other.meaning == first.meaning)
        .then_some(first)
}

/// Returns only the meaning of a heading, see [`known`].
pub(super) fn meaning(heading: &str) -> Option<Meaning> {
    known(heading).map(|known| known.meaning)
}

/// Returns the meaning of the heading with exactly its letters.
fn as_written(heading: &str) -> Option<Meaning> {
    let key = key(heading);
    exact(without_contact_mark(&key)).or_else(|| {
        let bare = bare(&key);
        exact(without_contact_mark(bare)).or_else(|| loosely(bare))
    })
}

fn exact(key: &str) -> Option<Meaning> {
    // A column with this name may hold anything, so only `--map` makes it the time zone.
    if let Some(field) = key
        .replace('_', "")
        .parse()
        .ok()
        .filter(|field| *field != Field::TimeZone)
    {
        return Some(Meaning::Named(field));
    }
    if google_phone(key).is_some() {
        return Some(Meaning::Phone(Rank::Plain));
    }
    let spaced = key.replace('_', " ");
    SYNONYMS
        .iter()
        .find(|(_, words)| words.contains(&spaced.as_str()))
        .map(|(meaning, _)| *meaning)
}

/// Removes the marks around a heading, and a note that it must be filled in: `* Телефон (обязательно):`.
pub(super) fn bare(key: &str) -> &str {
    const MARKS: [char; 18] = [
        '*', ':', ';', ',', '!', '?', '"', '\'', '«', '»', '“', '”', '„', '`', '#', '•', '-', '_',
    ];
    const NOTES: [&str; 10] = [
        "обязательно",
        "обязательное поле",
        "обязательное",
        "обяз.",
        "необязательно",
        "не обязательно",
        "опционально",
        "required",
        "optional",
        "mandatory",
    ];
    let is_mark = |char: char| char.is_whitespace() || MARKS.contains(&char);
    let bare = key.trim_matches(is_mark);
    let note = bare
        .strip_suffix([')', ']'])
        .and_then(|inside| inside.rsplit_once(['(', '[']));
    let without_note = note.filter(|(_, note)| NOTES.contains(&note.trim_matches(is_mark)));
    without_note.map_or(bare, |(before, _)| before.trim_matches(is_mark))
}

/// Compares only the words: `мобильный-телефон`, `First.Name`, `Телефон (рабочий)`.
fn loosely(bare: &str) -> Option<Meaning> {
    static MEANINGS: LazyLock<HashMap<String, Option<Meaning>>> = LazyLock::new(|| {
        let mut meanings = HashMap::new();
        let all = SYNONYMS
            .iter()
            .flat_map(|(meaning, words)| words.iter().map(move |word| (meaning, word)));
        for (meaning, word) in all {
            let known = meanings.entry(words_of(word)).or_insert(Some(*meaning));
            *known = known.filter(|known| known == meaning);
        }
        meanings
    });
    MEANINGS.get(&words_of(bare)).copied().flatten()
}

/// Returns the words with one space between them. A slash or a plus stays: `Тел./факс` is not only a telephone.
fn words_of(key: &str) -> String {
    let is_between = |char: char| char.is_whitespace() || "_-–—.,:;*!?\"'«»“”„()[]".contains(char);
    key.split(is_between)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns the headings of the columns in which Google Contacts describes the phone in the column `heading`:
/// `Phone 1 - Label` for `Phone 1 - Value`.
pub(super) fn label_headings(heading: &str) -> Option<[String; 2]> {
    let key = key(heading);
    let number = google_phone(&key)?;
    Some([
        format!("phone {number} - label"),
        format!("phone {number} - type"),
    ])
}

/// Ranks a label of Google Contacts; `None` for a fax, a pager or an assistant, who is another person: none of them gets
/// a contact.
pub(super) fn label_rank(label: &str) -> Option<Rank> {
    let label = key(label.trim_start_matches(['*', ' ']));
    match label.as_str() {
        fax if holds_machine(fax) => None,
        "assistant" | "помощник" | "ассистент" => None,
        "mobile" | "cell" | "мобильный" => Some(Rank::Mobile),
        "work" | "рабочий" => Some(Rank::Work),
        "home" | "домашний" => Some(Rank::Home),
        "whatsapp" => Some(Rank::WhatsApp),
        "" | "main" => Some(Rank::Plain),
        _ => Some(Rank::Other),
    }
}

/// Whether a heading says that its column may hold faxes or pagers: `Рабочий факс`, `Тел./факс`.
pub(super) fn is_of_machine(heading: &str) -> bool {
    holds_machine(&key(heading))
}

fn holds_machine(key: &str) -> bool {
    let machines = ["fax", "факс", "pager", "пейджер"];
    machines.iter().any(|machine| key.contains(machine))
}

/// Whether a column with this meaning says who a person is, so that its numbers count in a stop list.
pub(super) const fn names_person(meaning: Meaning) -> bool {
    match meaning {
        Meaning::Phone(_) | Meaning::Addressee => true,
        Meaning::Named(field) | Meaning::Synonym(field) => match field {
            Field::ChatId | Field::PhoneNumber | Field::Recipient => true,
            Field::PhoneContact
            | Field::FirstName
            | Field::MiddleName
            | Field::LastName
            | Field::Company
            | Field::TimeZone => false,
        },
        Meaning::FullName(_) | Meaning::Key => false,
    }
}

/// Removes the mark of a contact: exports of deals mark its columns, as in `Контакт: Телефон` or `Телефон (контакт)`.
fn without_contact_mark(key: &str) -> &str {
    let before = ["контакт: ", "contact: "]
        .iter()
        .find_map(|word| key.strip_prefix(word));
    let behind = || {
        [" (контакт)", " (contact)"]
            .iter()
            .find_map(|word| key.strip_suffix(word))
    };
    before.or_else(behind).unwrap_or(key)
}

/// Whether a heading says that its column is about the contact: `Имя контакта`, `Contact: First name`.
pub(super) fn is_of_contact(heading: &str) -> bool {
    const CONTACT: [&str; 4] = ["контакта", "контакт", "контактное", "contact"];
    words_of(&key(heading))
        .split(' ')
        .any(|word| CONTACT.contains(&word))
}

/// Whether a heading names somebody who works for the sender, whose contact people mostly get: `Менеджер`, `Имя агента`.
pub(super) fn is_of_employee(heading: &str) -> bool {
    const EMPLOYEES: [&str; 16] = [
        "менеджер",
        "manager",
        "агент",
        "agent",
        "сотрудник",
        "employee",
        "консультант",
        "consultant",
        "специалист",
        "ответственн",
        "куратор",
        "риелтор",
        "риэлтор",
        "продавец",
        "мастер",
        "врач",
    ];
    let begins = |word: &str| EMPLOYEES.iter().any(|begin| word.starts_with(begin));
    words_of(&key(heading)).split(' ').any(begins)
}

/// Returns the heading, as headings are compared, without a number behind it: `имя` for `Имя 2` and for `Имя.1`, as
/// programs number equal headings.
pub(super) fn without_number(heading: &str) -> String {
    let key = key(heading);
    let bare = bare(&key);
    let is_number = |char: char| char.is_ascii_digit() || " .,_-()[]#№".contains(char);
    let without = bare.trim_end_matches(is_number);
    let is_numbered = bare[without.len()..].contains(|char: char| char.is_ascii_digit());
    if is_numbered { without } else { bare }.to_owned()
}

fn google_phone(key: &str) -> Option<u32> {
    key.strip_prefix("phone ")?
        .strip_suffix(" - value")?
        .parse()
        .ok()
}

/// Returns the heading in the form in which headings are compared.
pub(super) fn key(heading: &str) -> String {
    comparable(heading).to_lowercase().replace('ё', "е")
}

#[cfg(test)]
mod tests {
    use super::super::full_name::NameOrder;
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
            (
                "Телефон  получателя",
                Some(Meaning::Synonym(Field::PhoneNumber)),
            ),
            ("Кому", Some(Meaning::Addressee)),
            ("Телефон", Some(Meaning::Phone(Rank::Plain))),
            ("Телефон (контакт)", Some(Meaning::Phone(Rank::Plain))),
            (
                "Контакт: Мобильный телефон",
                Some(Meaning::Phone(Rank::Mobile)),
            ),
            ("Phone 2 - Value", Some(Meaning::Phone(Rank::Plain))),
            ("Phone 2 - Label", None),
            ("Наименование", Some(Meaning::FullName(NameOrder::Untold))),
            ("Ф.И.О.", Some(Meaning::FullName(NameOrder::FamilyFirst))),
            (
                "Имя, Фамилия",
                Some(Meaning::FullName(NameOrder::GivenFirst)),
            ),
            (
                "Contact: First name",
                Some(Meaning::Synonym(Field::FirstName)),
            ),
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
    fn marks_and_notes_around_a_heading_do_not_matter() {
        for (heading, expected) in [
            (
                "\u{FEFF}\u{FEFF}Фамилия",
                Some(Meaning::Synonym(Field::LastName)),
            ),
            ("Телефон\u{200B}", Some(Meaning::Phone(Rank::Plain))),
            ("Фами\u{AD}лия", Some(Meaning::Synonym(Field::LastName))),
            ("Имя*", Some(Meaning::Synonym(Field::FirstName))),
            ("* Телефон", Some(Meaning::Phone(Rank::Plain))),
            ("Телефон:", Some(Meaning::Phone(Rank::Plain))),
            ("\"Телефон\"", Some(Meaning::Phone(Rank::Plain))),
            ("«Имя»", Some(Meaning::Synonym(Field::FirstName))),
            (
                "Имя (обязательно)",
                Some(Meaning::Synonym(Field::FirstName)),
            ),
            ("Телефон (required) *", Some(Meaning::Phone(Rank::Plain))),
            ("phoneContact*", Some(Meaning::Named(Field::PhoneContact))),
            ("Phone number [optional]", Some(Meaning::Phone(Rank::Plain))),
            ("мобильный-телефон", Some(Meaning::Phone(Rank::Mobile))),
            ("Мобильный_телефон", Some(Meaning::Phone(Rank::Mobile))),
            ("First.Name", Some(Meaning::Synonym(Field::FirstName))),
            ("last-name", Some(Meaning::Synonym(Field::LastName))),
            ("Телефон (рабочий)", Some(Meaning::Phone(Rank::Work))),
            ("Телефон-2", Some(Meaning::Phone(Rank::Other))),
            ("ФИО:", Some(Meaning::FullName(NameOrder::FamilyFirst))),
            ("Ф И О", Some(Meaning::FullName(NameOrder::FamilyFirst))),
            ("E-mail*", Some(Meaning::Key)),
            ("Телефон (факс)", None),
            ("Тел./факс", None),
            ("Факс/телефон", None),
            ("Телефон + факс", None),
            ("Имя/Телефон", None),
            ("*", None),
        ] {
            assert_eq!(meaning(heading), expected, "{heading}");
        }
    }

    #[test]
    fn letters_that_look_the_same_are_read_as_those_that_make_a_heading() {
        for (heading, expected) in [
            ("Т\u{65}л\u{65}фон", "Телефон"),
            ("Ф\u{61}милия", "Фамилия"),
            ("\u{422}\u{415}Л\u{415}Ф\u{4F}\u{48}", "ТЕЛЕФОН"),
            ("\u{48}\u{4F}\u{4D}\u{45}\u{50} телефона", "НОМЕР телефона"),
            ("\u{420}hone", "Phone"),
            ("First n\u{430}me", "First name"),
            ("Τ\u{435}лефон", "Телефон"),
            ("Ｐｈｏｎｅ", "Phone"),
            ("Т\u{65}лефон whatsapp", "Телефон whatsapp"),
            ("Им\u{44F}, Ф\u{61}милия*", "Имя, Фамилия*"),
        ] {
            let known = known(heading).unwrap_or_else(|| panic!("{heading}"));
            assert_eq!(known.written_right.as_deref(), Some(expected), "{heading}");
            assert_eq!(Some(known.meaning), meaning(expected), "{heading}");
        }
        // A column of maintenance work is no column of recipients.
        for heading in ["ТО", "СОТ", "Aдрес", "Город", "TO дата"] {
            assert_eq!(
                known(heading).and_then(|known| known.written_right),
                None,
                "{heading}"
            );
        }
        assert_eq!(meaning("ТО"), None);
        assert_eq!(known("Телефон").unwrap().written_right, None);
    }

    #[test]
    fn no_word_stands_in_two_lists_and_each_is_written_as_it_is_compared() {
        let mut words: Vec<&str> = SYNONYMS
            .iter()
            .flat_map(|(_, words)| words.iter().copied())
            .collect();
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
        assert_eq!(
            ("timezone".parse(), meaning("timeZone")),
            (Ok(Field::TimeZone), None)
        );
        assert!(
            "phone"
                .parse::<Field>()
                .unwrap_err()
                .to_string()
                .contains("phoneContact")
        );
    }

    #[test]
    fn a_fax_has_no_rank() {
        assert_eq!(label_rank("* Mobile"), Some(Rank::Mobile));
        assert_eq!(label_rank("Work Fax"), None);
        assert_eq!(label_rank("Assistant"), None);
        assert_eq!(label_rank("Дача"), Some(Rank::Other));
    }
}
