//! Rows of cells, in the same form for every table format. The headings are a row like any other: this module does not
//! interpret them.

use std::sync::Arc;

use super::layout::Layout;
use super::messages::FilePart;
use super::problem::FileProblem;
use crate::i18n::Sentence;

/// A table that is read row by row. Its memory does not grow with its rows, with two exceptions: the table of texts
/// that most .xlsx files have is held in memory (60 MB for a million rows of six columns), and so is the whole sheet of
/// an .xls file, which has at most 65,536 rows.
pub struct Table {
    layout: Layout,
    rows: Box<dyn Rows + Send>,
    include_hidden: bool,
    hidden_rows: u64,
}

/// One row. Pass the same one to every [`Table::read_row`], so that its buffers are reused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableRow {
    /// The row number as a spreadsheet shows it, from 1: blank rows count, and a cell with line breaks does not make
    /// two rows.
    pub number: u64,
    /// The cells; rows of one table may have different numbers of cells.
    pub cells: Vec<Cell>,
    /// What is wrong with the row, if it could still be read.
    pub fault: Option<RowFault>,
}

/// One cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// The text, not trimmed. Of a number cell the stored number with all its digits, or what the cell shows if its
    /// number format adds digits or a plus.
    pub text: String,
    /// Whether this is a number cell of a workbook; never from text.
    pub numeric: bool,
    /// The code of the number format if it adds digits or a plus, but it is not certain which number the cell shows.
    pub unclear_format: Option<Arc<str>>,
    /// Whether digits of the text are raised, lowered or struck out, as footnotes and deleted digits are: they may not
    /// belong to the digits beside them.
    pub digits_apart: bool,
}

/// What is wrong with a row that could still be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFault {
    /// Quotation marks inside a quoted cell are not doubled: `"ООО "Лютик""`.
    BadQuotes,
}

/// The tables of a page that hold data and are not read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OtherTables {
    /// How many tables.
    pub count: u64,
    /// The number of the first table among all tables of the page, from 1, as `--sheet` takes it.
    pub first: u64,
}

impl OtherTables {
    /// Returns the sentence about these tables, if there are any.
    #[must_use]
    pub fn sentence(self) -> Option<Sentence> {
        let Self { count, first } = self;
        (count > 0).then_some(Sentence::OtherTables {
            tables: count,
            first,
        })
    }

    /// Counts the table with this index among all tables of the page, from 0.
    pub(super) fn add(&mut self, place: usize) {
        let number = u64::try_from(place).unwrap_or(u64::MAX).saturating_add(1);
        self.first = if self.count == 0 {
            number
        } else {
            self.first.min(number)
        };
        self.count += 1;
    }
}

/// What each table format implements: it returns one row after the other, including blank and hidden ones.
pub(super) trait Rows {
    /// Reads the next row into `row`.
    fn next_row(&mut self, row: &mut TableRow) -> Result<RowKind, FileProblem>;

    /// Returns the tables beside this one that hold data and were not read; complete at the end.
    fn other_tables(&self) -> OtherTables {
        OtherTables::default()
    }

    /// Returns the sheet or table that is being read, if all of several are read.
    fn part(&self) -> Option<FilePart> {
        None
    }

    /// Goes to the beginning of the next sheet or table, if all of them are read; `false` after the last one.
    fn next_part(&mut self) -> Result<bool, FileProblem> {
        Ok(false)
    }
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKind {
    Row,
    /// A row that the user does not see: hidden by hand or by a filter.
    HiddenRow,
    End,
}

impl Table {
    pub(super) fn new(
        layout: Layout,
        rows: impl Rows + Send + 'static,
        include_hidden: bool,
    ) -> Self {
        Self {
            layout,
            rows: Box::new(rows),
            include_hidden,
            hidden_rows: 0,
        }
    }

    /// Returns how the file is read.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Returns how many hidden rows were left out so far; at the end, all of them. Rows hidden by a filter count, blank
    /// rows do not.
    #[must_use]
    pub const fn hidden_rows(&self) -> u64 {
        self.hidden_rows
    }

    /// Returns the tables of a page that hold data and were not read; complete at the end.
    #[must_use]
    pub fn other_tables(&self) -> OtherTables {
        self.rows.other_tables()
    }

    /// Returns the sheet or table that is being read, if [`super::ReadOptions::every_part`] reads all of several.
    #[must_use]
    pub fn part(&self) -> Option<FilePart> {
        self.rows.part()
    }

    /// Goes to the beginning of the next sheet or table, if [`super::ReadOptions::every_part`] reads all of them;
    /// `false` after the last one.
    ///
    /// # Errors
    /// [`FileProblem`] when it cannot be read; it names the sheet or table.
    pub fn next_part(&mut self) -> Result<bool, FileProblem> {
        let is_there = self.rows.next_part();
        is_there.map_err(|problem| problem.in_part(self.rows.part()))
    }

    /// Reads the next row that is neither blank nor hidden into `row`; `false` at the end.
    ///
    /// # Errors
    /// [`FileProblem`] when the file cannot be read any further; it names the row.
    pub fn read_row(&mut self, row: &mut TableRow) -> Result<bool, FileProblem> {
        self.read_row_past(row, &mut |_| {})
    }

    /// Reads a row as [`Self::read_row`] does, and shows each hidden row that is left out before it.
    ///
    /// # Errors
    /// As [`Self::read_row`].
    pub fn read_row_past(
        &mut self,
        row: &mut TableRow,
        left_out: &mut dyn FnMut(&TableRow),
    ) -> Result<bool, FileProblem> {
        loop {
            let seen = self.rows.next_row(row);
            match seen.map_err(|problem| problem.in_part(self.rows.part()))? {
                RowKind::End => return Ok(false),
                RowKind::Row | RowKind::HiddenRow if row.is_blank() => {}
                RowKind::HiddenRow if !self.include_hidden => {
                    self.hidden_rows += 1;
                    left_out(row);
                }
                RowKind::Row | RowKind::HiddenRow => return Ok(true),
            }
        }
    }
}

impl<R: Rows + ?Sized> Rows for Box<R> {
    fn next_row(&mut self, row: &mut TableRow) -> Result<RowKind, FileProblem> {
        (**self).next_row(row)
    }

    fn other_tables(&self) -> OtherTables {
        (**self).other_tables()
    }

    fn part(&self) -> Option<FilePart> {
        (**self).part()
    }

    fn next_part(&mut self) -> Result<bool, FileProblem> {
        (**self).next_part()
    }
}

impl TableRow {
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.text.trim().is_empty())
    }

    /// Begins a row: empties the cells, but keeps their buffers.
    pub(super) fn begin(&mut self, number: u64) {
        self.number = number;
        self.fault = None;
        for cell in &mut self.cells {
            cell.text.clear();
            (cell.numeric, cell.digits_apart) = (false, false);
            cell.unclear_format = None;
        }
    }

    /// Returns the cell in a column, from 0, and adds it if needed.
    pub(super) fn cell(&mut self, column: usize) -> &mut Cell {
        if column >= self.cells.len() {
            self.cells.resize_with(column + 1, Cell::default);
        }
        &mut self.cells[column]
    }

    /// Ends a row: removes empty cells at its end.
    pub(super) fn finish(&mut self) {
        let width = self
            .cells
            .iter()
            .rposition(|cell| !cell.text.is_empty())
            .map_or(0, |last| last + 1);
        self.cells.truncate(width);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::*;

    /// Rows `1: a`, `2:` (blank), `3: b` (hidden), `4:` (blank, hidden), `5: c`.
    struct Five(u64);

    impl Rows for Five {
        fn next_row(&mut self, row: &mut TableRow) -> Result<RowKind, FileProblem> {
            self.0 += 1;
            row.begin(self.0);
            let (text, seen) = match self.0 {
                1 => ("a", RowKind::Row),
                2 => (" ", RowKind::Row),
                3 => ("b", RowKind::HiddenRow),
                4 => ("", RowKind::HiddenRow),
                5 => ("c", RowKind::Row),
                _ => return Ok(RowKind::End),
            };
            row.cell(1).text.push_str(text);
            row.finish();
            Ok(seen)
        }
    }

    fn read(include_hidden: bool) -> (Vec<u64>, u64) {
        let layout = Layout::new(Format::Xlsx, "UTF-8");
        let mut table = Table::new(layout, Five(0), include_hidden);
        let (mut row, mut numbers) = (TableRow::default(), Vec::new());
        while table.read_row(&mut row).unwrap() {
            assert_eq!(row.cells.len(), 2, "{row:?}");
            numbers.push(row.number);
        }
        (numbers, table.hidden_rows())
    }

    #[test]
    fn hidden_rows_are_left_out_and_counted_unless_they_are_asked_for() {
        assert_eq!(read(false), (vec![1, 5], 1));
        assert_eq!(read(true), (vec![1, 3, 5], 0));
    }
}
