//! What the headings of one table mean, and which column a person means who names one.

use std::path::Path;

use crate::domain::results;
use crate::sentences::Language;

use super::columns::{self, Field, Meaning, Rank};
use super::header::{HeaderError, PhoneColumn};

/// What the headings mean, and what `--map` says instead.
pub(super) struct Guide<'a> {
    headings: &'a [String],
    meanings: Vec<Option<Meaning>>,
    mapped: Vec<(Field, usize)>,
}

impl<'a> Guide<'a> {
    pub(super) fn new(
        path: &Path,
        headings: &'a [String],
        mapped: &[&(Field, String)],
    ) -> Result<Self, HeaderError> {
        let mut meanings: Vec<_> = headings.iter().map(|heading| columns::meaning(heading)).collect();
        if results::is_results(headings) {
            meanings = results::headings(Language::En).map(columns::meaning).to_vec();
            meanings.resize(headings.len(), None);
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
        let mapped: Vec<_> = mapped.iter().map(position).collect::<Result<_, _>>()?;
        for (_, index) in &mapped {
            meanings[*index] = None;
        }
        Ok(Self { headings, meanings, mapped })
    }

    /// The columns of a field: those of `--map`, else those of its own name, else its synonyms.
    pub(super) fn columns(&self, field: Field) -> Vec<usize> {
        let mapped = self.mapped.iter().filter(|(mapped, _)| *mapped == field).map(|(_, index)| *index);
        let mut columns: Vec<usize> = mapped.collect();
        for meaning in [Meaning::Named(field), Meaning::Synonym(field)] {
            if columns.is_empty() {
                columns = self.meaning(meaning);
            }
        }
        columns
    }

    pub(super) fn meaning(&self, meaning: Meaning) -> Vec<usize> {
        (0..self.meanings.len()).filter(|index| self.meanings[*index] == Some(meaning)).collect()
    }

    pub(super) fn plain_phones(&self) -> Vec<PhoneColumn> {
        let ranked = |(index, meaning): (usize, &Option<Meaning>)| match meaning {
            Some(Meaning::Phone(rank)) => Some(PhoneColumn { index, rank: *rank, label: self.label(index) }),
            Some(
                Meaning::Named(_)
                | Meaning::Synonym(_)
                | Meaning::Addressee
                | Meaning::WholeName(_)
                | Meaning::Key,
            )
            | None => None,
        };
        let mut phones: Vec<_> = self.meanings.iter().enumerate().filter_map(ranked).collect();
        phones.sort_by_key(|column| column.rank);
        phones
    }

    pub(super) fn ranked(&self, columns: Vec<usize>) -> Vec<PhoneColumn> {
        let column = |index| PhoneColumn { index, rank: Rank::Plain, label: self.label(index) };
        columns.into_iter().map(column).collect()
    }

    fn label(&self, index: usize) -> Option<usize> {
        let labels = columns::label_headings(&self.headings[index])?;
        self.headings.iter().position(|heading| labels.contains(&columns::key(heading)))
    }
}

/// A column by its heading, else by its letters or its number, as spreadsheets count them.
pub(super) fn position(headings: &[String], column: &str) -> Option<usize> {
    let wanted = columns::key(column);
    let by_heading = headings.iter().position(|heading| columns::key(heading) == wanted);
    let by_number = || wanted.parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < headings.len());
    let by_letters = || (0..headings.len()).find(|index| letters(*index).eq_ignore_ascii_case(&wanted));
    by_heading.or_else(by_number).or_else(by_letters)
}

/// The letters of a column: A, B, … Z, AA, AB, …
pub(super) fn letters(index: usize) -> String {
    let last = char::from(b'A' + u8::try_from(index % 26).unwrap_or_default());
    match index / 26 {
        0 => last.to_string(),
        before => format!("{}{last}", letters(before - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_without_a_header_have_letters() {
        assert_eq!([0, 25, 26, 27, 701, 702].map(letters), ["A", "Z", "AA", "AB", "ZZ", "AAA"]);
    }
}
