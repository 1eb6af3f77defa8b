//! Finds the contact that a recipient's row names (`--match`): by its name, number, UID or e-mail address.
//! There is no fuzzy matching.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::domain::{Contact, Problem, ProblemCode, comparable, is_blank};
use crate::i18n::Sentence;

use super::columns;
use super::encoded::{self, Encoded};
use super::loaded_contact::LoadedContact;
use super::nobody::{identifies_nobody, names_nobody};
use super::numbers::{NumberRules, clipped, read_number};
use super::row::{ContactKeys, MatchCell};

/// All names and ids of the contacts, with the positions of the contacts in their list.
pub(super) struct ContactIndex {
    exact: HashMap<String, Vec<usize>>,
    /// By first and last name without the middle name.
    short: HashMap<String, Vec<usize>>,
    numbers: NumberRules,
}

impl ContactIndex {
    pub(super) fn new(contacts: &[LoadedContact], numbers: NumberRules) -> Self {
        let mut index = Self {
            exact: HashMap::new(),
            short: HashMap::new(),
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
    ) -> Result<&'a LoadedContact, Problem> {
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
        let found = self
            .positions(cell)
            .iter()
            .map(|position| &contacts[*position]);
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
            [contact] => Ok(contact),
            several => Err(problem(
                ProblemCode::CardAmbiguous,
                wanted,
                ambiguous(cell, several),
            )),
        }
    }

    fn positions(&self, cell: &str) -> &[usize] {
        let key = name_key(cell);
        let number = || {
            read_number(cell, false, self.numbers)
                .ok()
                .map(|found| found.value.line().to_string())
        };
        let exact = self.exact.get(&key).or_else(|| self.exact.get(&number()?));
        exact
            .or_else(|| self.short.get(&key))
            .map_or(&[], Vec::as_slice)
    }
}

/// Returns what names the contact in full: its name, its number, its e-mail addresses and its UID.
fn exact_keys(contact: &LoadedContact) -> Vec<String> {
    let ContactKeys {
        names: [first, middle, last, company],
        full_names,
        ids,
    } = &contact.keys;
    let person = format!("{first} {middle} {last}");
    let shown = if is_blank(&person) { company } else { &person };
    let names = full_names.iter().chain([shown]);
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

/// Returns the text with its letters if they were encoded, as a name is read.
fn decoded(text: &str) -> Cow<'_, str> {
    match encoded::decoded(text) {
        Encoded::As(decoded) => Cow::Owned(decoded),
        Encoded::No | Encoded::Damaged => Cow::Borrowed(text),
    }
}

/// Returns a key for a name that ignores word order, case, ё and spaces.
fn name_key(name: &str) -> String {
    let key = columns::key(&decoded(name));
    let mut words: Vec<&str> = key
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .collect();
    words.sort_unstable();
    words.join(" ")
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
