//! The rows of all sheets of a workbook, one sheet after the other. Hidden sheets are read like any other. Only one sheet
//! is open at a time, because the sheets of some formats share one position in the file.

use super::SheetSource;
use crate::formats::messages::FilePart;
use crate::formats::problem::FileProblem;
use crate::formats::table::{RowKind, Rows, TableRow};

pub(super) struct EverySheet {
    book: Box<dyn SheetSource + Send>,
    /// The index of the sheet that is open.
    sheet: usize,
    rows: Box<dyn Rows + Send>,
}

impl EverySheet {
    /// Opens the first sheet.
    pub(super) fn open(mut book: Box<dyn SheetSource + Send>) -> Result<Self, FileProblem> {
        let rows = book.rows(0);
        let rows = rows.map_err(|problem| problem.in_part(part(&*book, 0)))?;
        Ok(Self {
            book,
            sheet: 0,
            rows,
        })
    }
}

impl Rows for EverySheet {
    fn next_row(&mut self, row: &mut TableRow) -> Result<RowKind, FileProblem> {
        self.rows.next_row(row)
    }

    fn part(&self) -> Option<FilePart> {
        part(&*self.book, self.sheet)
    }

    fn next_part(&mut self) -> Result<bool, FileProblem> {
        if self.sheet + 1 >= self.book.sheets().len() {
            return Ok(false);
        }
        self.sheet += 1;
        self.rows = self.book.rows(self.sheet)?;
        Ok(true)
    }
}

/// Returns the name of a sheet, if the workbook has several.
fn part(book: &dyn SheetSource, sheet: usize) -> Option<FilePart> {
    let sheets = book.sheets();
    let sheet = sheets.get(sheet).filter(|_| sheets.len() > 1)?;
    Some(FilePart::Sheet {
        name: sheet.name.clone(),
    })
}
