//! Reads workbooks of every format cell by cell, for three things that no crate offers together: memory that does not
//! grow with the rows, hidden rows, and every digit of a number. The crate `calamine` borrows the workbook while it
//! reads rows, does not report hidden rows, and panics on damaged `.xls` files.

mod biff;
mod every_sheet;
mod ods;
mod package;
mod spreadsheet_ml;
mod spreadsheet_ml_rows;
mod spreadsheet_ml_styles;
mod strings;
mod styles;
mod xls;
mod xlsx;
mod xlsx_rows;
mod xml;

use std::fs::File;
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;

use super::problem::{FileProblem, FileProblemCode};
use super::table::{RowKind, Rows, TableRow};
use super::{Format, Layout, ReadOptions, Table};
use crate::formats::messages::{Damage, FileSentence, Sheets};
use package::PartError;
use xml::XmlError;

/// The most columns of a sheet (source: the limits of Excel and `LibreOffice`).
const COLUMNS: usize = 16_384;

/// The most rows of a sheet (source: the limits of Excel and `LibreOffice`).
const ROWS: u64 = 1_048_576;

/// The most bytes of text in one row.
const ROW_TEXT: usize = 1 << 20;

/// A sheet as a workbook lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sheet {
    name: String,
    hidden: bool,
}

/// A workbook of any format.
trait SheetSource {
    /// Returns its sheets in the order of their tabs, without charts.
    fn sheets(&self) -> &[Sheet];

    /// Returns the rows of a sheet from its first one; `sheet` is the index in [`SheetSource::sheets`].
    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + Send>, FileProblem>;
}

/// Opens a sheet of an .xlsx file: the one that the user named, else the first one that is visible and not
/// empty.
pub(super) fn xlsx(file: File, path: &Path, reading: &ReadOptions) -> Result<Table, FileProblem> {
    open_sheet(
        Layout::new(Format::Xlsx, "UTF-8"),
        Box::new(xlsx::Workbook::open(file, path)?),
        path,
        reading,
    )
}

/// Opens a sheet of an .ods file, chosen as in [`xlsx()`].
pub(super) fn ods(file: File, path: &Path, reading: &ReadOptions) -> Result<Table, FileProblem> {
    open_sheet(
        Layout::new(Format::Ods, "UTF-8"),
        Box::new(ods::Workbook::open(file, path)?),
        path,
        reading,
    )
}

/// Opens a sheet of an .xls file, chosen as in [`xlsx()`]. Its texts are UTF-16, before Excel 97 in a Windows encoding.
pub(super) fn xls(file: File, path: &Path, reading: &ReadOptions) -> Result<Table, FileProblem> {
    open_sheet(
        Layout::new(Format::Xls, "UTF-16LE"),
        Box::new(xls::Workbook::open(file, path)?),
        path,
        reading,
    )
}

/// Opens a sheet of a file in the XML of Excel 2003, chosen as in [`xlsx()`]; `named` is the encoding that the user
/// named or that the bytes show.
pub(super) fn xml2003(
    file: File,
    path: &Path,
    named: Option<&'static Encoding>,
    reading: &ReadOptions,
) -> Result<Table, FileProblem> {
    let book = spreadsheet_ml::Workbook::open(file, path, named)?;
    let layout = Layout::new(Format::Xml2003, book.encoding().name());
    open_sheet(layout, Box::new(book), path, reading)
}

fn open_sheet(
    mut layout: Layout,
    mut book: Box<dyn SheetSource + Send>,
    path: &Path,
    reading: &ReadOptions,
) -> Result<Table, FileProblem> {
    if reading.every_part {
        return Ok(Table::new(
            layout,
            every_sheet::EverySheet::open(book)?,
            true,
        ));
    }
    let chosen = match &reading.sheet {
        Some(asked) => asked_for(book.sheets(), asked, path)?,
        None => first_with_rows(&mut *book, path)?,
    };
    let rows = book.rows(chosen)?;
    for (index, sheet) in book.sheets().iter().enumerate() {
        if index == chosen {
            layout.sheet = Some(sheet.name.clone());
        } else {
            layout.other_sheets.push(sheet.name.clone());
        }
    }
    Ok(Table::new(layout, rows, reading.include_hidden))
}

/// Finds the sheet that the user named by its name, in any case, or by its number from 1.
fn asked_for(sheets: &[Sheet], asked: &str, path: &Path) -> Result<usize, FileProblem> {
    let folded = asked.trim().to_lowercase();
    let by_name = sheets
        .iter()
        .position(|sheet| sheet.name.trim().to_lowercase() == folded);
    let by_number = || {
        folded
            .parse()
            .ok()
            .and_then(|number: usize| number.checked_sub(1))
    };
    by_name
        .or_else(by_number)
        .filter(|index| *index < sheets.len())
        .ok_or_else(|| {
            let sentence = FileSentence::SheetMissing {
                asked: asked.trim().to_owned(),
                sheets: listed(sheets),
            };
            FileProblem::new(FileProblemCode::SheetMissing, path, None, sentence)
        })
}

fn first_with_rows(book: &mut dyn SheetSource, path: &Path) -> Result<usize, FileProblem> {
    let sheets = book.sheets().to_vec();
    let visible: Vec<usize> = (0..sheets.len())
        .filter(|index| !sheets[*index].hidden)
        .collect();
    for index in &visible {
        if has_rows(&mut *book.rows(*index)?)? {
            return Ok(*index);
        }
    }
    visible.first().copied().ok_or_else(|| {
        let sentence = FileSentence::SheetsHidden {
            sheets: listed(&sheets),
        };
        FileProblem::new(FileProblemCode::SheetMissing, path, None, sentence)
    })
}

fn has_rows(rows: &mut dyn Rows) -> Result<bool, FileProblem> {
    let mut row = TableRow::default();
    while rows.next_row(&mut row)? != RowKind::End {
        if !row.is_blank() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn listed(sheets: &[Sheet]) -> Sheets {
    Sheets(
        sheets
            .iter()
            .map(|sheet| (sheet.name.clone(), sheet.hidden))
            .collect(),
    )
}

/// The position of a reader in a workbook, for its error messages.
#[derive(Debug, Clone)]
struct Position {
    path: PathBuf,
    row: Option<u64>,
}

impl Position {
    fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            row: None,
        }
    }

    fn damaged(&self, damage: Damage) -> FileProblem {
        let sentence = FileSentence::WorkbookDamaged { damage };
        FileProblem::new(
            FileProblemCode::WorkbookDamaged,
            &self.path,
            self.row,
            sentence,
        )
    }

    fn encrypted(&self) -> FileProblem {
        let sentence = FileSentence::WorkbookEncrypted;
        FileProblem::new(
            FileProblemCode::WorkbookEncrypted,
            &self.path,
            None,
            sentence,
        )
    }

    fn too_long(&self) -> FileProblem {
        let sentence = FileSentence::WorkbookTooLong;
        FileProblem::new(FileProblemCode::LineTooLong, &self.path, self.row, sentence)
    }

    fn part_problem(&self, error: PartError) -> FileProblem {
        match error {
            PartError::Damaged(damage) => self.damaged(damage),
            PartError::Encrypted => self.encrypted(),
            PartError::Io(error) => FileProblem::unreadable(&self.path, self.row, &error),
        }
    }

    fn xml_problem(&self, error: XmlError) -> FileProblem {
        match error {
            XmlError::Broken(reason) => self.damaged(Damage::Contents { reason }),
            XmlError::TooLong => self.too_long(),
            XmlError::Io(error) => FileProblem::unreadable(&self.path, self.row, &error),
        }
    }
}

#[cfg(test)]
mod tests;
