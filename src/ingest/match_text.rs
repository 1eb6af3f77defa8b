//! What a cell of `--match` and the keys of contacts consist of: numbers, pieces and words, and the form in which they
//! are compared.

use std::borrow::Cow;

use crate::domain::{Phone, is_blank};

use super::columns;
use super::encoded::{self, Encoded};
use super::normalize;
use super::number_parts;
use super::numbers::{NumberRules, read_number};

/// Returns all numbers of a cell, without those of a fax or a pager.
pub(super) fn numbers_of(cell: &str, numbers: NumberRules) -> Vec<Phone> {
    let parts = number_parts::parts(&normalize::plain(cell));
    let telephones = || parts.iter().filter(|part| !part.is_machine());
    let sides = telephones().flat_map(|part| number_parts::sides(&part.text));
    let texts = telephones().map(|part| part.text.as_str()).chain(sides);
    texts
        .filter_map(|text| read_number(text, false, numbers).ok())
        .map(|found| found.value)
        .collect()
}

/// Splits a cell where one contact may end and the next begin; e-mail addresses end at spaces too.
pub(super) fn pieces(cell: &str) -> impl Iterator<Item = &str> {
    let has_address = cell.contains('@');
    let ends = move |char: char| {
        matches!(char, ',' | ';' | '/' | '\\' | '|' | '\n' | '\r')
            || (has_address && char.is_whitespace())
    };
    cell.split(ends).filter(|piece| !is_blank(piece))
}

/// Returns the words of a text as they are compared. Initials are no words.
pub(super) fn words(text: &str) -> Vec<String> {
    let key = columns::key(&decoded(text));
    let words = key.split(|char: char| !char.is_alphabetic());
    words
        .filter(|word| word.chars().nth(1).is_some())
        .map(str::to_owned)
        .collect()
}

/// Returns the text with its letters if they were encoded, as a name is read.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    match encoded::decoded(text) {
        Encoded::As(decoded) => Cow::Owned(decoded),
        Encoded::No | Encoded::Damaged => Cow::Borrowed(text),
    }
}

/// Returns a key for a name that ignores word order, case, ё and spaces.
pub(super) fn name_key(name: &str) -> String {
    let key = columns::key(&decoded(name));
    let mut words: Vec<&str> = key
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .collect();
    words.sort_unstable();
    words.join(" ")
}
