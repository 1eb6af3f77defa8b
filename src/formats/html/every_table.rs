//! The rows of all tables of a page, one table after the other, shown or not. Tables inside other tables are read after
//! those around them, so the page is read once for each depth. A table around others is mostly a frame: only its rows
//! with a number count.

use super::page::{Element, Event, Page};
use super::page_file::PageFile;
use super::rows::HtmlRows;
use super::tokens::TokenError;
use crate::formats::messages::{Damage, FilePart};
use crate::formats::problem::FileProblem;
use crate::formats::table::{RowKind, Rows, TableRow};

pub(super) struct EveryTable {
    rows: HtmlRows,
    page_file: PageFile,
    /// The tables in the order in which they are read.
    tables: Vec<FoundTable>,
    /// The position in `tables` of the table that is read.
    at: usize,
}

impl EveryTable {
    /// Goes to the first table. A page that is cut off inside a table is refused; damage after the last table does not
    /// matter.
    pub(super) fn open(mut rows: HtmlRows, page_file: PageFile) -> Result<Self, FileProblem> {
        let mut survey = Survey::default();
        if let Err(error) = survey.read(&mut rows.page) {
            let problem = rows.token_problem(error);
            return Err(problem.in_part(part(survey.tables.len(), survey.open.last().copied())));
        }
        if survey.tables.is_empty() {
            return Err(rows.damaged(Damage::NoTable));
        }
        let mut tables = survey.tables;
        tables.sort_by_key(|table| (table.depth, table.index));
        let mut every = Self {
            rows,
            page_file,
            tables,
            at: 0,
        };
        every.go_to_table()?;
        Ok(every)
    }

    /// Goes to the beginning of the table; reads the page again if the table has passed.
    fn go_to_table(&mut self) -> Result<(), FileProblem> {
        let table = self.tables[self.at].index;
        let mut go_to = || {
            if self.rows.page.tables() > table {
                self.rows.page = self.page_file.page()?;
            }
            self.rows.go_to_every_cell(table)
        };
        go_to().map_err(|error: TokenError| self.rows.token_problem(error))
    }
}

impl Rows for EveryTable {
    fn next_row(&mut self, row: &mut TableRow) -> Result<RowKind, FileProblem> {
        loop {
            let seen = self.rows.next_row(row)?;
            if seen == RowKind::End || !self.tables[self.at].is_frame || holds_number(row) {
                return Ok(seen);
            }
        }
    }

    fn part(&self) -> Option<FilePart> {
        part(self.tables.len(), Some(self.tables[self.at].index))
    }

    fn next_part(&mut self) -> Result<bool, FileProblem> {
        if self.at + 1 >= self.tables.len() {
            return Ok(false);
        }
        self.at += 1;
        self.go_to_table()?;
        Ok(true)
    }
}

/// Whether a cell has as many digits as the shortest telephone numbers.
fn holds_number(row: &TableRow) -> bool {
    let digits = |text: &str| text.chars().filter(|char| char.is_numeric()).count();
    row.cells.iter().any(|cell| digits(&cell.text) >= 7)
}

/// Returns the number of a table, as `--sheet` takes it, if the page has several.
fn part(tables: usize, table: Option<usize>) -> Option<FilePart> {
    let index = table.filter(|_| tables > 1)?;
    let number = u64::try_from(index).unwrap_or(u64::MAX).saturating_add(1);
    Some(FilePart::Table { number })
}

struct FoundTable {
    /// Its index among all tables of the page, from 0.
    index: usize,
    /// How many tables are around it.
    depth: usize,
    /// Whether a table is inside it.
    is_frame: bool,
}

/// The tables of a page, in the order in which they begin.
#[derive(Default)]
struct Survey {
    tables: Vec<FoundTable>,
    /// The indexes of the open tables, the outermost first.
    open: Vec<usize>,
}

impl Survey {
    fn read(&mut self, page: &mut Page) -> Result<(), TokenError> {
        loop {
            match page.next() {
                Ok(Event::Open(Element::Table)) => {
                    if let Some(around) = self.open.last() {
                        self.tables[*around].is_frame = true;
                    }
                    let (index, depth) = (self.tables.len(), self.open.len());
                    self.open.push(index);
                    self.tables.push(FoundTable {
                        index,
                        depth,
                        is_frame: false,
                    });
                }
                Ok(Event::Close(Element::Table)) => drop(self.open.pop()),
                Ok(Event::End) | Err(TokenError::CutOff | TokenError::TooLong)
                    if self.open.is_empty() =>
                {
                    return Ok(());
                }
                Ok(Event::End) => return Err(TokenError::CutOff),
                Ok(Event::Open(_) | Event::Close(_) | Event::Text | Event::Verbatim) => {}
                Err(error) => return Err(error),
            }
        }
    }
}
