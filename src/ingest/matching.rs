//! Finds the contact that a recipient's row names (`--match`): by its name, number, UID or e-mail address.
//! There is no fuzzy matching. All that a cell names must be one contact: if a part of it names another, it is
//! ambiguous.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use crate::domain::{
    Contact, Phone, Problem, ProblemCode, Warning, WarningCode, comparable, is_blank,
};
use crate::i18n::Sentence;

use super::loaded_contact::LoadedContact;
use super::match_text::{decoded, name_key, numbers_of, pieces, words};
use super::nobody::{identifies_nobody, names_nobody};
use super::number_parts;
use super::numbers::{NumberRules, Parsed, clipped, read_number};
use super::row::{ContactKeys, MatchCell};

/// All names and ids of the contacts, with the positions of the contacts in their list.
pub(super) struct ContactIndex {
    exact: HashMap<String, Vec<usize>>,
    /// By first and last name without the middle name.
    short: HashMap<String, Vec<usize>>,
    /// By each word of their names; it is made when it is first needed, which is seldom.
    words: OnceLock<HashMap<String, Vec<usize>>>,
    numbers: NumberRules,
}

/// The contact that a cell names.
pub(super) struct FoundContact<'a> {
    pub(super) contact: &'a LoadedContact,
    /// What of the cell was not used to find it.
    pub(super) warnings: Vec<Warning>,
}

/// The positions of all contacts that a cell names, and the warnings about it.
#[derive(Default)]
struct Named {
    positions: Vec<usize>,
    warnings: Vec<Warning>,
}

impl ContactIndex {
    pub(super) fn new(contacts: &[LoadedContact], numbers: NumberRules) -> Self {
        let mut index = Self {
            exact: HashMap::new(),
            short: HashMap::new(),
            words: OnceLock::new(),
            numbers,
        };
        for (position, contact) in contacts.iter().enumerate() {
            for key in exact_keys(contact) {
                index.exact.entry(key).or_default().push(position);
            }
            if let Some(key) = short_key(contact) {
                index.short.entry(key).or_default().push(position);
            }
        }
        index
    }

    /// Returns the one contact that the cell names; a full name takes precedence over one without its middle name.
    pub(super) fn find<'a>(
        &self,
        wanted: &MatchCell<'_>,
        contacts: &'a [LoadedContact],
    ) -> Result<FoundContact<'a>, Problem> {
        let cell = wanted.cell.trim();
        if names_nobody(&comparable(&decoded(cell))) {
            let sentence = Sentence::CardUnnamed {
                column: wanted.column.to_owned(),
            };
            return Err(problem(ProblemCode::CardMissing, wanted, sentence));
        }
        if let Some(format) = wanted.unclear_format {
            let sentence = Sentence::FormatUnclear {
                value: clipped(cell),
                format: clipped(format),
            };
            return Err(problem(ProblemCode::CardMissing, wanted, sentence));
        }
        let Named {
            positions,
            warnings,
        } = self.named(cell, contacts);
        let found = positions.into_iter().map(|position| &contacts[position]);
        let mut found: Vec<&LoadedContact> = found.collect();
        let digest = |contact: &LoadedContact| contact.contact().map(Contact::digest);
        found.dedup_by(|other, first| first.contact().is_some() && digest(first) == digest(other));
        match found.as_slice() {
            [] => {
                let sentence = Sentence::CardMissing {
                    value: clipped(cell),
                };
                Err(problem(ProblemCode::CardMissing, wanted, sentence))
            }
            [contact] if contact.contact().is_none() => {
                let sentence = Sentence::CardHasProblem {
                    value: clipped(cell),
                    row: contact.row(),
                };
                Err(problem(ProblemCode::CardMissing, wanted, sentence))
            }
            [contact] => Ok(FoundContact { contact, warnings }),
            several => Err(problem(
                ProblemCode::CardAmbiguous,
                wanted,
                ambiguous(cell, several),
            )),
        }
    }

    fn named(&self, cell: &str, contacts: &[LoadedContact]) -> Named {
        let key = name_key(cell);
        let alone = |positions: &Vec<usize>| Named {
            positions: positions.clone(),
            warnings: Vec::new(),
        };
        if let Some(found) = self.exact.get(&key) {
            return alone(found);
        }
        if let Ok(number) = read_number(cell, false, self.numbers)
            && let Some(found) = self.of_number(number.value)
        {
            return self.with_rest(cell, &number, found, contacts);
        }
        self.short
            .get(&key)
            .map_or_else(|| self.of_pieces(cell), alone)
    }

    fn of_number(&self, number: Phone) -> Option<&Vec<usize>> {
        self.exact.get(&number.line().to_string())
    }

    /// Adds the contacts that the other numbers of a cell, and the words beside its numbers, name to those of its first
    /// number. Words that name nobody are reported.
    fn with_rest(
        &self,
        cell: &str,
        number: &Parsed<Phone>,
        found: &[usize],
        contacts: &[LoadedContact],
    ) -> Named {
        let mut positions = found.to_vec();
        for other in numbers_of(cell, self.numbers) {
            positions.extend(self.of_number(other).into_iter().flatten());
        }
        let is_several = |warning: &&Warning| warning.code == WarningCode::MultiplePhones;
        let mut warnings: Vec<Warning> =
            number.warnings.iter().filter(is_several).cloned().collect();
        let own: HashSet<String> = found
            .iter()
            .flat_map(|position| all_words(&contacts[*position]))
            .collect();
        let beside = words(cell)
            .into_iter()
            .filter(|word| !own.contains(word) && !number_parts::is_kind(word));
        let mut are_known = true;
        for word in beside {
            match self.words(contacts).get(&word) {
                Some(others) => positions.extend(others),
                None => are_known = false,
            }
        }
        if !are_known {
            warnings.push(read_as(cell, number.value));
        }
        positions.sort_unstable();
        positions.dedup();
        Named {
            positions,
            warnings,
        }
    }

    /// Returns the contacts that the pieces of a cell name, if each names one: `Иванов Иван / Петров Пётр`.
    fn of_pieces(&self, cell: &str) -> Named {
        let mut positions = Vec::new();
        for piece in pieces(cell) {
            let key = name_key(piece);
            let number = || read_number(piece, false, self.numbers).ok();
            let exact = self
                .exact
                .get(&key)
                .or_else(|| self.of_number(number()?.value));
            match exact.or_else(|| self.short.get(&key)) {
                Some(found) => positions.extend(found),
                None => return Named::default(),
            }
        }
        positions.sort_unstable();
        positions.dedup();
        Named {
            positions,
            warnings: Vec::new(),
        }
    }

    fn words(&self, contacts: &[LoadedContact]) -> &HashMap<String, Vec<usize>> {
        self.words.get_or_init(|| {
            let mut index: HashMap<String, Vec<usize>> = HashMap::new();
            for (position, contact) in contacts.iter().enumerate() {
                for word in words(&shown_name(contact)) {
                    index.entry(word).or_default().push(position);
                }
            }
            index
        })
    }
}

/// Returns every word of the names and the company of a contact.
fn all_words(contact: &LoadedContact) -> Vec<String> {
    let ContactKeys {
        names,
        full_names,
        ids: _,
    } = &contact.keys;
    names
        .iter()
        .chain(full_names)
        .flat_map(|name| words(name))
        .collect()
}

/// Returns the name of the person, or else the company.
fn shown_name(contact: &LoadedContact) -> String {
    let [first, middle, last, company] = &contact.keys.names;
    let person = format!("{first} {middle} {last}");
    if is_blank(&person) {
        company.clone()
    } else {
        person
    }
}

/// Builds the warning that only the number of a cell counted.
fn read_as(cell: &str, number: Phone) -> Warning {
    let sentence = Sentence::Normalised {
        value: clipped(cell),
        phone: number.as_u64(),
    };
    Warning {
        code: WarningCode::PhoneNormalised,
        sentence,
    }
}

/// Returns what names the contact in full: its name, its number, its e-mail addresses and its UID.
fn exact_keys(contact: &LoadedContact) -> Vec<String> {
    let ContactKeys {
        names: _,
        full_names,
        ids,
    } = &contact.keys;
    let shown = shown_name(contact);
    let names = full_names.iter().chain([&shown]);
    let names = names.filter(|name| !names_nobody(&comparable(&decoded(name))));
    let ids = ids
        .iter()
        .filter(|id| !identifies_nobody(&comparable(&decoded(id))));
    let mut keys: Vec<String> = names.chain(ids).map(|key| name_key(key)).collect();
    let number = contact.contact().map(|contact| contact.phone().line());
    keys.extend(number.map(|number| number.to_string()));
    keys.retain(|key| !key.is_empty());
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Returns what names the contact without its middle name, if it has one.
fn short_key(contact: &LoadedContact) -> Option<String> {
    let [first, middle, last, _] = &contact.keys.names;
    let short = format!("{first} {last}");
    let is_name = !is_blank(middle) && !names_nobody(&comparable(&short));
    is_name.then(|| name_key(&short))
}

fn ambiguous(cell: &str, contacts: &[&LoadedContact]) -> Sentence {
    let shown: Vec<String> = contacts
        .iter()
        .filter_map(|contact| contact.contact())
        .take(5)
        .map(shown)
        .collect();
    Sentence::CardAmbiguous {
        value: clipped(cell),
        cards: contacts.len() as u64,
        shown: shown.join("; "),
    }
}

fn shown(contact: &Contact) -> String {
    let names = contact
        .names()
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>();
    format!("{} {}", clipped(&names.join(" ")), contact.phone())
}

fn problem(code: ProblemCode, wanted: &MatchCell<'_>, sentence: Sentence) -> Problem {
    Problem {
        code,
        column: wanted.column.to_owned(),
        value: wanted.cell.to_owned(),
        sentence,
    }
}
