//! Stop lists: people who must not be written to. A list is read generously: every number in a cell or a contact
//! counts, in every sheet and table of its file, even if something else is wrong in its row, and even if we would not
//! send to that number. All chat ids of a person are suppressed. Entries that cannot be read are reported, and a sheet or
//! table that is not understood is an error, so that nobody is written to by accident. Each person takes eight bytes of
//! memory.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::domain::{Person, Recipient, line};
use crate::formats::{self, FilePart, Input, ReadOptions};
use crate::phone_metadata;

use super::header::HeaderError;
use super::list_entries::{self, ListEntry};
use super::normalize;
use super::number_joins::Unjoined;
use super::number_parts::{self, Groups};
use super::numbers::{NumberLengths, NumberRules, clipped};
use super::options::IngestOptions;
use super::recipients::read_recipient;

/// Unreadable entries that are shown as examples.
const SHOWN: usize = 5;

/// The result of reading one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The path as it was given.
    pub path: PathBuf,
    /// How many people the list names.
    pub chats: u64,
    /// Entries that could not be read with certainty; the people in them may be written to.
    pub unread: u64,
    /// The first unread entries.
    pub examples: Vec<UnreadEntry>,
    /// How many sheets of a workbook with several were read; empty ones do not count.
    pub sheets: u64,
    /// How many tables of a page with several were read; empty ones do not count.
    pub tables: u64,
}

/// An entry of a list that could not be read with certainty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadEntry {
    /// Its sheet or table, if the file has several.
    pub part: Option<FilePart>,
    /// Its row.
    pub row: u64,
    /// Its cells.
    pub text: String,
}

/// The people of each list, sorted.
#[derive(Debug, Default)]
pub(super) struct Suppressed(Vec<Vec<PersonKey>>);

impl Suppressed {
    /// Reads the lists.
    pub(super) fn open(
        paths: &[PathBuf],
        options: &IngestOptions,
    ) -> Result<(Self, Vec<Suppression>), HeaderError> {
        let read = paths.iter().map(|path| read(path, options));
        let (people, lists) = read.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
        Ok((Self(people), lists))
    }

    /// Returns the positions of the lists that name this recipient.
    pub(super) fn lists_of(&self, recipient: &Recipient) -> Vec<usize> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let person = PersonKey::of(&recipient.person());
        let names = |(_, people): &(usize, &Vec<PersonKey>)| people.binary_search(&person).is_ok();
        self.0
            .iter()
            .enumerate()
            .filter(names)
            .map(|(list, _)| list)
            .collect()
    }
}

/// The people of the lists by digest, to find those who are known by another chat id.
#[derive(Debug)]
pub struct SuppressedDigests(Vec<(PathBuf, Vec<PersonKey>)>);

impl SuppressedDigests {
    /// Reads the lists that are regular files; others can be read only once.
    ///
    /// # Errors
    /// [`HeaderError`] when a list cannot be read.
    pub fn read(paths: &[PathBuf], options: &IngestOptions) -> Result<Self, HeaderError> {
        let lists = paths.iter().filter(|path| path.is_file()).map(|path| {
            let (people, _) = read(path, options)?;
            let mut digests: Vec<_> = people.into_iter().map(PersonKey::as_digest).collect();
            digests.sort_unstable();
            Ok((path.clone(), digests))
        });
        lists.collect::<Result<_, _>>().map(Self)
    }

    /// Returns the first list that names the person of a chat, by the digest of the chat.
    #[must_use]
    pub fn list_of(&self, chat: &[u8; 16]) -> Option<&Path> {
        let digest = PersonKey::of_digest(chat);
        let named =
            |(_, people): &&(PathBuf, Vec<PersonKey>)| people.binary_search(&digest).is_ok();
        self.0.iter().find(named).map(|(path, _)| path.as_path())
    }
}

/// A list that is being read.
struct List {
    told: Suppression,
    numbers: NumberRules,
    people: Vec<PersonKey>,
}

fn read(
    path: &Path,
    options: &IngestOptions,
) -> Result<(Vec<PersonKey>, Suppression), HeaderError> {
    let numbers = NumberRules {
        strict: false,
        lengths: NumberLengths::Any,
        ..options.numbers
    };
    let told = Suppression {
        path: path.to_owned(),
        chats: 0,
        unread: 0,
        examples: Vec::new(),
        sheets: 0,
        tables: 0,
    };
    let mut list = List {
        told,
        numbers,
        people: Vec::new(),
    };
    // The options for encoding, delimiter and sheet are for the inputs: for a list they are detected.
    // People in other sheets and in hidden rows must not be written to either.
    let reading = ReadOptions {
        include_hidden: true,
        every_part: true,
        ..ReadOptions::default()
    };
    match formats::open(path, &reading)? {
        Input::Table(table) => {
            let read = list_entries::read_tables(path, table, &mut |entry| list.add_entry(entry))?;
            (list.told.sheets, list.told.tables) = (read.sheets, read.tables);
        }
        Input::Cards(cards) => list_entries::read_cards(cards, &mut |entry| list.add_entry(entry))?,
    }
    let List {
        mut told,
        mut people,
        ..
    } = list;
    people.sort_unstable();
    people.dedup();
    told.chats = people.len() as u64;
    Ok((people, told))
}

impl List {
    /// Adds everybody named in the cells of one entry, and returns whether somebody is; if nobody is named with
    /// certainty, the entry counts as unread.
    fn add_entry(&mut self, entry: &ListEntry<'_>) -> bool {
        let known = self.people.len();
        let mut is_read = false;
        let cells = entry.cells.iter();
        for named in cells.flat_map(|cell| named(cell, self.numbers)) {
            self.people.push(PersonKey::of(&named.person));
            is_read |= named.is_sure && entry.is_clear;
        }
        if !is_read {
            self.add_unread(entry);
        }
        self.people.len() > known
    }

    fn add_unread(&mut self, entry: &ListEntry<'_>) {
        self.told.unread += 1;
        if self.told.examples.len() < SHOWN {
            let cells = entry.cells.iter().map(|cell| cell.trim());
            let cells: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
            self.told.examples.push(UnreadEntry {
                part: entry.part.cloned(),
                row: entry.row,
                text: clipped(&cells.join(", ")),
            });
        }
    }
}

/// Returns the people that a cell of a list suppresses, possibly with repetitions. A number in national form names
/// nobody.
#[must_use]
pub fn suppressed_chats(cell: &str) -> Vec<Person<'static>> {
    let numbers = NumberRules {
        lengths: NumberLengths::Any,
        ..NumberRules::default()
    };
    named(cell, numbers)
        .into_iter()
        .map(|named| named.person)
        .collect()
}

/// A person whom a list names.
struct Named {
    person: Person<'static>,
    /// Whether the entry cannot mean anybody else.
    is_sure: bool,
}

fn named(cell: &str, numbers: NumberRules) -> Vec<Named> {
    let plain = normalize::plain(cell);
    let parts = if cell.contains('@') {
        Vec::new()
    } else {
        number_parts::parts(&plain)
    };
    let sides = parts
        .iter()
        .flat_map(|part| number_parts::sides(&part.text));
    let shortened = parts.iter().flat_map(|part| without_ends(&part.text));
    let texts = parts
        .iter()
        .map(|part| part.text.as_str())
        .chain(sides)
        .chain(shortened)
        .chain([cell]);
    let among_words = between_words(&plain).into_iter();
    let among_words = among_words.flat_map(|(text, is_apart)| {
        let mut people = people(text, numbers);
        people.extend(two_numbers(text, numbers));
        for named in &mut people {
            named.is_sure &= is_apart;
        }
        people
    });
    let people = texts.flat_map(|text| people(text, numbers));
    people.chain(among_words).collect()
}

/// Returns the texts with at least seven digits between the words of a cell (`+7 900 111-00-30 отписался`), and whether
/// no letter is directly beside their digits. A date is none of them.
fn between_words(text: &str) -> Vec<(&str, bool)> {
    let is_word =
        |char: char| char.is_alphabetic() || matches!(char, ',' | ';' | '\n' | '|' | '#' | '№');
    let starts = text
        .match_indices(is_word)
        .map(|(at, word)| at + word.len());
    let starts = std::iter::once(0).chain(starts);
    let pieces = starts.flat_map(|start| {
        let piece = text[start..].split(is_word).next().unwrap_or_default();
        let is_beside = |before: Option<char>, inner: Option<char>| {
            before.is_some_and(char::is_alphabetic)
                && inner.is_some_and(|char| char.is_ascii_digit())
        };
        let end = start + piece.len();
        let is_apart = !is_beside(text[..start].chars().next_back(), piece.chars().next())
            && !is_beside(text[end..].chars().next(), piece.chars().next_back());
        piece.split(": ").map(move |piece| (piece, is_apart))
    });
    pieces
        .map(|(piece, is_apart)| (without_date(piece), is_apart))
        .filter(|(piece, _)| normalize::digits(piece) >= 7)
        .collect()
}

/// Returns a text without the signs around it and without a date before it.
fn without_date(text: &str) -> &str {
    let text = text.trim_matches([' ', '-', '.', ':', ')']);
    let behind = text.split_once(' ').map_or("", |(_, behind)| behind);
    if normalize::is_date(text) {
        behind
    } else {
        text
    }
}

/// Returns the people of two numbers with only a space between them. Two numbers have at most 30 digits.
fn two_numbers(text: &str, numbers: NumberRules) -> Vec<Named> {
    if !(20..=30).contains(&normalize::digits(text)) {
        return Vec::new();
    }
    let halves = text.match_indices(' ').map(|(at, _)| text.split_at(at));
    let both = halves.filter_map(|(one, other)| {
        let is_long = |half: &str| normalize::digits(half) >= 10;
        let (one, other) = (
            Some(one).filter(|half| is_long(half))?,
            Some(other).filter(|half| is_long(half))?,
        );
        let both = [one, other].map(|half| people(half, numbers));
        both.iter().all(|half| !half.is_empty()).then_some(both)
    });
    both.flatten().flatten().collect()
}

/// Returns the number without each group that stands apart at its end, or may do so: a year, a time or the like.
fn without_ends(text: &str) -> Vec<&str> {
    let groups = Groups::new(text);
    let apart = match groups.unjoined(text) {
        Some(Unjoined::Apart(digits)) => Some(digits),
        Some(Unjoined::Hidden(_) | Unjoined::Sign(_)) | None => None,
    };
    let ends = groups.doubtful_ends().chain(apart);
    ends.filter_map(|end| Some(text.rsplit_once(end)?.0))
        .collect()
}

/// Returns the people named by a text that is one chat id or one number. Ten digits or fewer without `+` may be a
/// number of another country in national form.
fn people(text: &str, numbers: NumberRules) -> Vec<Named> {
    let plain = normalize::plain(text);
    let number = only_number(normalize::unwrapped(&plain));
    let is_sure = numbers.country.is_some()
        || number
            .as_ref()
            .is_none_or(|number| !number.may_be_national());
    let people = match read_recipient(text, false, numbers) {
        Ok(found) => vec![found.value.person().into_owned()],
        Err(_) => number.map_or_else(Vec::new, |number| number.possible_people(numbers)),
    };
    people
        .into_iter()
        .map(|person| Named { person, is_sure })
        .collect()
}

/// A text that is only a number, or the chat id of one.
struct Number {
    digits: String,
    is_international: bool,
}

impl Number {
    fn may_be_national(&self) -> bool {
        !self.is_international && self.digits.len() <= 10
    }

    /// Returns everybody who may have the number: an international number of 7 to 15 digits whose length its country
    /// has, with or without `+`, and a number in the national form of the named country.
    fn possible_people(&self, numbers: NumberRules) -> Vec<Person<'static>> {
        let national = numbers
            .country
            .and_then(|country| phone_metadata::national(&self.digits, country));
        let abroad = self.digits.strip_prefix("00").unwrap_or(&self.digits);
        let international = phone_metadata::international(abroad)
            .filter(|known| known.valid || known.digits == abroad);
        let known = international
            .into_iter()
            .chain(national.filter(|known| known.valid));
        let numbers = known.filter_map(|known| known.digits.parse().ok());
        // The service knows forms of numbers that the metadata does not.
        let as_written = abroad
            .parse()
            .ok()
            .filter(|number| line(*number) != *number);
        numbers.chain(as_written).map(Person::of_number).collect()
    }
}

fn only_number(text: &str) -> Option<Number> {
    let number = match text.split_once('@') {
        Some((number, "c.us" | "s.whatsapp.net")) => number,
        Some(_) => return None,
        None => without_word(text),
    };
    let is_part = |char: char| char.is_ascii_digit() || " +-().[]/~*'·•".contains(char);
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let is_international = text.contains(['+', '@']) || digits.starts_with("00");
    let is_joined = Groups::new(number).unjoined(number).is_none();
    let is_number = number.chars().all(is_part) && is_joined && (7..=17).contains(&digits.len());
    is_number.then_some(Number {
        digits,
        is_international,
    })
}

/// Removes a word such as `тел.` that is separate from the digits.
fn without_word(text: &str) -> &str {
    let start = text
        .find(|char: char| char.is_ascii_digit() || matches!(char, '+' | '('))
        .unwrap_or(0);
    let (word, number) = text.split_at(start);
    let is_word = word
        .chars()
        .all(|char| char.is_alphabetic() || matches!(char, ' ' | '.' | ':' | '-'));
    if is_word && !word.ends_with(char::is_alphabetic) {
        number
    } else {
        text
    }
}

/// A person in eight bytes: the digits of the person's number, so that two numbers never collide, or else the beginning
/// of a digest, which [`PersonKey::DIGEST`] marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct PersonKey(u64);

impl PersonKey {
    /// The bit that marks a digest. No number has it.
    const DIGEST: u64 = 1 << 63;

    fn of(person: &Person<'_>) -> Self {
        if let Some(digits) = person
            .as_str()
            .strip_suffix("@c.us")
            .and_then(|digits| digits.parse().ok())
        {
            return Self(digits);
        }
        Self::of_digest(&Sha256::digest(person.as_str().as_bytes()))
    }

    fn of_digest(digest: &[u8]) -> Self {
        let append = |bits, byte: &u8| bits << 8 | u64::from(*byte);
        Self(digest.iter().take(8).fold(0, append) | Self::DIGEST)
    }

    /// Returns the key of the same person that is a digest.
    fn as_digest(self) -> Self {
        if self.0 & Self::DIGEST != 0 {
            return self;
        }
        Self::of_digest(&Sha256::digest(Person::of_number(self.0).as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The people of a cell, and whether one of them is named for sure.
    fn of(cell: &str, country: &str) -> (Vec<String>, bool) {
        let country = country.parse().ok();
        let numbers = NumberRules {
            country,
            lengths: NumberLengths::Any,
            ..NumberRules::default()
        };
        let named = named(cell, numbers);
        let mut people: Vec<String> = named.iter().map(|named| named.person.to_string()).collect();
        people.sort();
        people.dedup();
        (people, named.iter().any(|named| named.is_sure))
    }

    fn sure(people: &[&str]) -> (Vec<String>, bool) {
        (people.iter().map(ToString::to_string).collect(), true)
    }

    #[test]
    fn whoever_may_be_meant_by_a_number_is_kept_out() {
        for (cell, people) in [
            ("5511987654321", &["551187654321@c.us"][..]),
            ("+55 (11) 98765-4321", &["551187654321@c.us"]),
            ("55 11 8765-4321", &["551187654321@c.us"]),
            ("5215512345678", &["525512345678@c.us"]),
            ("+52 1 55 1234 5678", &["525512345678@c.us"]),
            ("5210123456789@c.us", &["520123456789@c.us"]),
            ("5491123456789", &["541123456789@c.us"]),
            ("+54 9 11 2345-6789", &["541123456789@c.us"]),
            ("5491123456789@s.whatsapp.net", &["541123456789@c.us"]),
            ("+47 912 34 567", &["4791234567@c.us"]),
            ("тел. +47 912 34 567", &["4791234567@c.us"]),
            ("8613812345678", &["8613812345678@c.us"]),
            ("+86 138 1234 5678", &["8613812345678@c.us"]),
            ("+290 22456", &["29022456@c.us"]),
            (
                "5511987654321, 79001234501",
                &["551187654321@c.us", "79001234501@c.us"],
            ),
            ("=\"5511987654321\"", &["551187654321@c.us"]),
            ("5511987654321\u{200B}", &["551187654321@c.us"]),
            ("120650379300963@lid", &["120650379300963@lid"]),
        ] {
            assert_eq!(of(cell, ""), sure(people), "{cell}");
        }
        assert_eq!(of("9001234567", "RU"), sure(&["79001234567@c.us"]));
        let both = sure(&["431234562026@c.us", "43123456@c.us"]);
        assert_eq!(of("+43 1 23456 2026", ""), both);
        for cell in ["+43 1 23456 10:00", "+43 1 23456 (9-17)"] {
            assert_eq!(of(cell, ""), sure(&["43123456@c.us"]), "{cell}");
        }
    }

    #[test]
    fn words_beside_a_number_do_not_hide_its_person() {
        for (cell, country) in [
            ("79001110030 - не писать", ""),
            ("+7 900 111-00-30 отписался", ""),
            ("79001110030 unsubscribed 2026-01-01", ""),
            ("Анна: 79001110030", ""),
            ("Anna 2: 79001110030", ""),
            ("# 79001110030", ""),
            ("12.03.2026 79001110030", ""),
            ("12.03.2026: отписался 79001110030", ""),
            ("не звонить 7(900)1110030 факс", ""),
            ("8 900 111-00-30, просила не писать", "RU"),
        ] {
            assert_eq!(of(cell, country), sure(&["79001110030@c.us"]), "{cell}");
        }
        let both = sure(&["79001110030@c.us", "79001110031@c.us"]);
        for cell in [
            "89001110030 89001110031",
            "8 900 111-00-30 8 900 111-00-31",
            "8 900 111-00-30 или 8 900 111-00-31",
            "8 900 111-00-30 мама 8 900 111-00-31",
        ] {
            assert_eq!(of(cell, "RU"), both, "{cell}");
        }
        for cell in ["u79001110030", "79001110030Анна"] {
            let unsure = (vec!["79001110030@c.us".to_owned()], false);
            assert_eq!(of(cell, ""), unsure, "{cell}");
        }
    }

    #[test]
    fn ten_digits_or_less_are_read_as_international_and_told_because_they_may_be_national() {
        for number in ["4791234567", "6591234567", "9611234567"] {
            assert_eq!(of(number, ""), (vec![format!("{number}@c.us")], false));
        }
    }

    #[test]
    fn what_names_nobody_is_unread() {
        for cell in [
            "",
            "нет",
            "9001234567",
            "89001234567",
            "+0 900 123 45 67",
            "123",
            "790012345678",
            "12345678901234567890",
            "+62 812 34**5678",
        ] {
            assert_eq!(of(cell, ""), (Vec::new(), false), "{cell}");
        }
    }
}
