//! The meanings of the headings of one table, and the columns that the user names.

use std::path::Path;

use crate::domain::results::ResultsLayout;

use super::columns::{self, Field, KnownHeading, Meaning, Rank};
use super::header_error::HeaderError;
use super::lookalike;

/// The meaning of each heading, unless `--map` overrides it.
pub(super) struct HeadingMap<'a> {
    headings: &'a [String],
    meanings: Vec<Option<Meaning>>,
    mapped: Vec<(Field, usize)>,
    /// The columns whose headings have look-alike letters, and how those headings were read.
    pub(super) lookalikes: Vec<(usize, String)>,
}

impl<'a> HeadingMap<'a> {
    pub(super) fn new(
        path: &Path,
        headings: &'a [String],
        mapped: &[&(Field, String)],
    ) -> Result<Self, HeaderError> {
        let known: Vec<_> = headings
            .iter()
            .map(|heading| columns::known(heading))
            .collect();
        let mut lookalikes: Vec<(usize, String)> = Vec::new();
        let mut meanings: Vec<_> = known
            .iter()
            .map(|known| known.as_ref().map(|known| known.meaning))
            .collect();
        let is_contact = Some(Meaning::Named(Field::PhoneContact));
        if !meanings.contains(&is_contact) {
            for (heading, meaning) in headings.iter().zip(&mut meanings) {
                plain_phone_number(heading, meaning);
            }
        }
        if let Some(results) = ResultsLayout::of(headings) {
            let meaning = |index| results.name_at(index).and_then(columns::meaning);
            meanings = (0..headings.len()).map(meaning).collect();
        } else {
            let right = |(index, known): (usize, Option<KnownHeading>)| {
                Some((index, known?.written_right?))
            };
            lookalikes.extend(known.into_iter().enumerate().filter_map(right));
        }
        let position = |(field, column): &&(Field, String)| match position(headings, column) {
            Some(index) => Ok((*field, index)),
            None => Err(HeaderError::ColumnMissing {
                path: path.to_owned(),
                field: *field,
                column: column.clone(),
                found: headings.to_vec(),
            }),
        };
        let found: Vec<_> = mapped.iter().map(position).collect::<Result<_, _>>()?;
        for (_, index) in &found {
            meanings[*index] = None;
        }
        lookalikes.retain(|(index, _)| meanings[*index].is_some());
        for ((_, column), (_, index)) in mapped.iter().zip(&found) {
            if bare(column) != bare(&headings[*index])
                && visual_form(column) == visual_form(&headings[*index])
            {
                lookalikes.push((*index, column.clone()));
            }
        }
        let mapped = found;
        Ok(Self {
            headings,
            meanings,
            mapped,
            lookalikes,
        })
    }

    /// Returns the columns of a field: those of `--map`, else those with its own name, else those with a synonym.
    pub(super) fn columns(&self, field: Field) -> Vec<usize> {
        let mapped = self
            .mapped
            .iter()
            .filter(|(mapped, _)| *mapped == field)
            .map(|(_, index)| *index);
        let mut columns: Vec<usize> = mapped.collect();
        for meaning in [Meaning::Named(field), Meaning::Synonym(field)] {
            if columns.is_empty() {
                columns = self.meaning(meaning);
            }
        }
        columns
    }

    pub(super) fn meaning(&self, meaning: Meaning) -> Vec<usize> {
        (0..self.meanings.len())
            .filter(|index| self.meanings[*index] == Some(meaning))
            .collect()
    }

    /// Whether `--map` names the column.
    pub(super) fn is_mapped(&self, index: usize) -> bool {
        self.mapped.iter().any(|(_, mapped)| *mapped == index)
    }

    /// Whether `--map` names the column, or its heading is the exact name of a field.
    pub(super) fn is_named(&self, index: usize) -> bool {
        self.is_mapped(index) || matches!(self.meanings[index], Some(Meaning::Named(_)))
    }

    /// Whether the heading says that the column is about the contact: `Имя контакта`.
    pub(super) fn is_of_contact(&self, index: usize) -> bool {
        columns::is_of_contact(&self.headings[index])
    }

    /// Returns the columns that are not understood, with their headings.
    pub(super) fn unknown(&self) -> impl Iterator<Item = (usize, &str)> {
        let headings = self.headings.iter().map(String::as_str).enumerate();
        headings.filter(|(index, heading)| {
            self.meanings[*index].is_none() && !self.is_mapped(*index) && !heading.is_empty()
        })
    }

    /// Returns the columns with such a meaning, also those whose heading is a known one with a number behind it.
    pub(super) fn with(&self, is_such: impl Fn(Meaning) -> bool) -> Vec<usize> {
        let is_such = |heading: &str| columns::meaning(heading).is_some_and(&is_such);
        let means = |index: &usize| {
            let heading = &self.headings[*index];
            is_such(heading) || is_such(&columns::without_number(heading))
        };
        (0..self.headings.len()).filter(means).collect()
    }

    /// Returns those of the columns that share their heading with another of them, apart from a number behind it:
    /// `Телефон`, `Телефон 2`.
    pub(super) fn repeated(
        &self,
        columns: &[usize],
        is_left_out: impl Fn(&Self, usize) -> bool,
    ) -> Vec<usize> {
        let heading = |index: usize| columns::without_number(&self.headings[index]);
        let mut columns: Vec<usize> = columns.to_vec();
        columns.retain(|index| !is_left_out(self, *index));
        let is_repeated = |index: &&usize| {
            let is_same = |other: &&usize| heading(**other) == heading(**index);
            columns.iter().filter(is_same).count() > 1
        };
        columns.iter().filter(is_repeated).copied().collect()
    }

    /// Returns the columns that are certainly phones, best first. A column that is only called a number holds, beside
    /// them, the number of something else.
    pub(super) fn certain_phones(&self) -> Vec<PhoneColumn> {
        let mut phones = self.plain_phones();
        let is_any_number = |column: &PhoneColumn| column.rank == Rank::AnyNumber;
        let is_certain =
            |column: &PhoneColumn| !is_any_number(column) && column.rank != Rank::PhoneOrName;
        if phones.iter().any(is_any_number) && !phones.iter().any(is_certain) {
            return Vec::new();
        }
        phones.retain(|column| !is_any_number(column));
        phones
    }

    /// Returns all columns that may be phones, best first.
    pub(super) fn plain_phones(&self) -> Vec<PhoneColumn> {
        let ranked = |(index, meaning): (usize, &Option<Meaning>)| match meaning {
            Some(Meaning::Phone(rank)) => Some(PhoneColumn {
                index,
                rank: *rank,
                label: self.label(index),
            }),
            Some(
                Meaning::Named(_)
                | Meaning::Synonym(_)
                | Meaning::Addressee
                | Meaning::FullName(_)
                | Meaning::Key,
            )
            | None => None,
        };
        let mut phones: Vec<_> = self
            .meanings
            .iter()
            .enumerate()
            .filter_map(ranked)
            .collect();
        phones.sort_by_key(|column| column.rank);
        phones
    }

    pub(super) fn ranked(&self, columns: Vec<usize>) -> Vec<PhoneColumn> {
        let column = |index| PhoneColumn {
            index,
            rank: Rank::Plain,
            label: self.label(index),
        };
        columns.into_iter().map(column).collect()
    }

    fn label(&self, index: usize) -> Option<usize> {
        let labels = columns::label_headings(&self.headings[index])?;
        self.headings
            .iter()
            .position(|heading| labels.contains(&columns::key(heading)))
    }
}

/// Makes a column such as `phone_number` or `PhoneNumber` a plain phone: many programs name the phone of a person so. Only
/// `phoneNumber` is exactly the field of the recipient.
fn plain_phone_number(heading: &str, meaning: &mut Option<Meaning>) {
    let field = Meaning::Named(Field::PhoneNumber);
    if *meaning == Some(field) && !heading.contains(Field::PhoneNumber.as_str()) {
        *meaning = Some(Meaning::Phone(Rank::Plain));
    }
}

/// Finds a column by its heading, else by its letters or number as in spreadsheets, else by the only heading that
/// differs just in the marks around it or in look-alike letters.
pub(super) fn position(headings: &[String], column: &str) -> Option<usize> {
    let wanted = columns::key(column);
    let by_heading = headings
        .iter()
        .position(|heading| columns::key(heading) == wanted);
    let by_number = || {
        wanted
            .parse::<usize>()
            .ok()?
            .checked_sub(1)
            .filter(|index| *index < headings.len())
    };
    let by_letters =
        || (0..headings.len()).find(|index| letters(*index).eq_ignore_ascii_case(&wanted));
    let by_words = || only(headings, bare, column);
    let by_form = || only(headings, visual_form, column);
    by_heading
        .or_else(by_number)
        .or_else(by_letters)
        .or_else(by_words)
        .or_else(by_form)
}

/// Returns the heading without marks around it.
fn bare(heading: &str) -> String {
    columns::bare(&columns::key(heading)).to_owned()
}

/// Returns the heading in a form that is equal for headings that look the same.
fn visual_form(heading: &str) -> String {
    bare(&lookalike::skeleton(heading))
}

/// Returns the only column whose heading has the same form as the text.
fn only(headings: &[String], form: impl Fn(&str) -> String, text: &str) -> Option<usize> {
    let wanted = form(text);
    let mut found = (0..headings.len()).filter(|index| form(&headings[*index]) == wanted);
    found
        .next()
        .filter(|_| found.next().is_none() && !wanted.is_empty())
}

/// Returns the letters of a column: A, B, … Z, AA, AB, …
pub(super) fn letters(index: usize) -> String {
    const LETTERS: &[u8; 26] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let last = char::from(LETTERS[index % 26]);
    match index / 26 {
        0 => last.to_string(),
        before => format!("{}{last}", letters(before - 1)),
    }
}

/// A column of phones, and the column of their labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PhoneColumn {
    pub(super) index: usize,
    pub(super) rank: Rank,
    pub(super) label: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_without_a_header_have_letters() {
        assert_eq!(
            [0, 25, 26, 27, 701, 702].map(letters),
            ["A", "Z", "AA", "AB", "ZZ", "AAA"]
        );
    }

    #[test]
    fn a_column_is_found_whatever_marks_and_look_alikes_it_has() {
        let headings = ["Им\u{44F}*", "Т\u{65}лефон:", "Город", "Город *"].map(str::to_owned);
        for (column, index) in [
            ("имя", Some(0)),
            ("Телефон", Some(1)),
            ("\u{200B}Т\u{65}лефон", Some(1)),
            ("Город", Some(2)),
            ("Город:", None),
            ("Адрес", None),
        ] {
            assert_eq!(position(&headings, column), index, "{column}");
        }
    }
}
