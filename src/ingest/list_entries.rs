//! The entries of a stop list: of every sheet of a workbook and every table of a page, each with its own headings or
//! none, or of every vCard. What is left out here is written to, so a sheet or table that is not understood is an error.

use std::collections::VecDeque;
use std::path::Path;

use crate::domain::is_blank;
use crate::formats::{
    Card, Cards, Cell, FilePart, FileProblem, FileProblemCode, FileSentence, Table, TableRow,
};

use super::header::{HeaderError, MappingOptions, Role};
use super::normalize;
use super::numbers::clipped;
use super::source::{self, LocatedHeader};

/// The cells of a row, or the numbers of a vCard, that may name people.
pub(super) struct ListEntry<'a> {
    /// Its sheet or table, if the file has several.
    pub(super) part: Option<&'a FilePart>,
    pub(super) row: u64,
    pub(super) cells: Vec<&'a str>,
    /// Whether it is certain which numbers the cells show.
    pub(super) is_clear: bool,
}

/// How many sheets and tables were read, if the file has several; empty ones do not count.
#[derive(Debug, Default)]
pub(super) struct ReadParts {
    pub(super) sheets: u64,
    pub(super) tables: u64,
}

/// Takes an entry, and returns whether it names somebody.
type EntrySink<'a> = &'a mut dyn FnMut(&ListEntry<'_>) -> bool;

/// Hands every entry to `take`. Empty sheets and tables do not matter, if not all of them are.
pub(super) fn read_tables(
    path: &Path,
    mut table: Table,
    take: EntrySink<'_>,
) -> Result<ReadParts, HeaderError> {
    let mut read = ReadParts::default();
    let (mut empty, mut is_used) = (None, false);
    loop {
        let part = table.part();
        let mut reader = PartReader {
            path,
            part: part.as_ref(),
            table: &mut table,
            take: &mut *take,
        };
        match reader.read() {
            Ok(()) => {
                is_used = true;
                match part {
                    Some(FilePart::Sheet { .. }) => read.sheets += 1,
                    Some(FilePart::Table { .. }) => read.tables += 1,
                    None => {}
                }
            }
            Err(HeaderError::File(problem)) if problem.code() == FileProblemCode::NoRows => {
                empty = Some(problem);
            }
            Err(error) => return Err(error),
        }
        if !table.next_part()? {
            break;
        }
    }
    match empty.filter(|_| !is_used) {
        Some(problem) => Err(problem.into()),
        None => Ok(read),
    }
}

/// Hands every vCard to `take`.
pub(super) fn read_cards(mut cards: Cards, take: EntrySink<'_>) -> Result<(), FileProblem> {
    while let Some(card) = cards.read_card()? {
        let Card { phones, number, .. } = &card;
        let texts = phones
            .iter()
            .flat_map(|phone| [phone.waid.as_deref(), Some(phone.value.as_str())]);
        take(&ListEntry {
            part: None,
            row: *number,
            cells: texts.flatten().collect(),
            is_clear: true,
        });
    }
    Ok(())
}

/// Reads one sheet or table.
struct PartReader<'a> {
    path: &'a Path,
    part: Option<&'a FilePart>,
    table: &'a mut Table,
    take: EntrySink<'a>,
}

impl PartReader<'_> {
    /// If the headings are understood, the columns of people count; otherwise all cells do.
    fn read(&mut self) -> Result<(), HeaderError> {
        let (role, mapping) = (Role::Recipients, MappingOptions::default());
        match LocatedHeader::find(self.path, role, self.table, false, mapping) {
            Ok(located) => self.under_headings(located),
            Err((_, waiting)) if !waiting.is_empty() => self.without_headings(waiting),
            Err((error, _)) => Err(error),
        }
    }

    fn under_headings(&mut self, located: LocatedHeader) -> Result<(), HeaderError> {
        let LocatedHeader {
            header,
            mut later,
            above,
            mut waiting,
            ..
        } = located;
        // A person above the headings is not left out silently.
        for row in above.iter().filter(|row| may_name(row)) {
            self.take(row, &row.cells);
        }
        let people = header.people();
        while let Some(row) = source::next(&mut waiting, self.table)? {
            match later.above(&row) {
                None => {
                    let columns = people.iter().filter_map(|column| row.cells.get(*column));
                    // A delimiter in a name moves the cells after it beyond the last heading.
                    let beyond = row.cells.iter().skip(header.headings.len());
                    self.take(&row, columns.chain(beyond));
                }
                // Below other headings a number may be in any column.
                Some(headings) if headings < row.number => {
                    self.take(&row, &row.cells);
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// If no cell may be a number, nobody knows what this sheet or table is, and somebody on it might be written to.
    fn without_headings(&mut self, mut waiting: VecDeque<TableRow>) -> Result<(), HeaderError> {
        let first = waiting.front().cloned().unwrap_or_default();
        let (mut entries, mut is_understood) = (0, false);
        while let Some(row) = source::next(&mut waiting, self.table)? {
            // A first row without any digit is a heading, though not an understood one.
            if row.number == first.number && !row.cells.iter().any(holds_digit) {
                continue;
            }
            entries += 1;
            is_understood |= may_name(&row);
            is_understood |= self.take(&row, &row.cells);
        }
        if is_understood || entries == 0 {
            return Ok(());
        }
        let first = texts(&first.cells).into_iter().map(clipped).collect();
        let sentence = FileSentence::ListNotUnderstood { first };
        let problem = FileProblem::new(FileProblemCode::NoPhoneColumn, self.path, None, sentence);
        Err(problem.in_part(self.part.cloned()).into())
    }

    fn take<'c>(&mut self, row: &TableRow, cells: impl IntoIterator<Item = &'c Cell>) -> bool {
        let cells: Vec<&Cell> = cells.into_iter().collect();
        (self.take)(&ListEntry {
            part: self.part,
            row: row.number,
            is_clear: cells
                .iter()
                .all(|cell| cell.unclear_format.is_none() && !cell.digits_apart),
            cells: texts(cells),
        })
    }
}

/// Returns the texts of the filled cells.
fn texts<'a>(cells: impl IntoIterator<Item = &'a Cell>) -> Vec<&'a str> {
    let texts = cells.into_iter().map(|cell| cell.text.as_str());
    texts.filter(|text| !is_blank(text)).collect()
}

fn holds_digit(cell: &Cell) -> bool {
    normalize::digits(&cell.text) > 0
}

/// Whether a cell of the row may name somebody: it holds seven digits beside each other, and is no date.
fn may_name(row: &TableRow) -> bool {
    let is_between = |char: char| !(char.is_ascii_digit() || " +-()".contains(char));
    row.cells.iter().any(|cell| {
        let plain = normalize::plain(&cell.text);
        let mut runs = plain.split(is_between);
        !normalize::is_date(&plain) && runs.any(|run| normalize::digits(run) >= 7)
    })
}
