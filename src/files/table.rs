//! Rows of cells, the same from every format of tables. The headings are a row like any other:
//! what they mean is not known here.

use super::Layout;
use super::delimited::Delimited;
use super::problem::FileProblem;

/// A table that is read row by row; memory does not grow with the file.
pub struct Table {
    layout: Layout,
    rows: Delimited,
}

/// One row. Hand the same one to every [`Table::read_row`]: its buffers are used again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableRow {
    /// The row as a spreadsheet shows it, from 1: blank rows are counted, and a cell with line
    /// breaks does not make two rows.
    pub number: u64,
    /// The cells; rows of one table may differ in their number.
    pub cells: Vec<Cell>,
    /// What is wrong with the row, if it could be read all the same.
    pub fault: Option<RowFault>,
}

/// One cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// The text, not trimmed.
    pub text: String,
    /// Whether this is a number cell of a workbook; never from text.
    pub numeric: bool,
}

/// What is wrong with a row that could be read all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFault {
    /// Quotation marks inside a quoted cell that are not doubled: `"ООО "Лютик""`.
    BadQuotes,
}

impl Table {
    pub(super) const fn delimited(layout: Layout, rows: Delimited) -> Self {
        Self { layout, rows }
    }

    /// How the file is read.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Puts the next row that is not blank into `row`; `false` at the end.
    ///
    /// # Errors
    /// [`FileProblem`] when the file cannot be read any further; it names the row.
    pub fn read_row(&mut self, row: &mut TableRow) -> Result<bool, FileProblem> {
        self.rows.read_row(row)
    }
}

impl TableRow {
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.text.trim().is_empty())
    }
}
