//! The results as a workbook: a sheet of rows that nothing can damage, for every cell but the row
//! number is text, and a sheet of figures. Memory stays flat at any number of rows: cells go to a
//! nameless file in the folder of the results, which no one else can open.

mod chart;
mod package;
mod sheets;
mod summary;
#[cfg(test)]
mod tests;

use std::{
    io::{self, BufWriter, Seek, Write},
    panic::{self, AssertUnwindSafe},
    path::Path,
    sync::Arc,
};

use rust_xlsxwriter::{Workbook, XlsxError};

use self::sheets::Sheets;
use super::{ReportOptions, WriteError, stats::CampaignStats};
use crate::ledger::Ledger;

/// Rows that a sheet takes below its headings (source: the limits of Excel).
const MOST_ROWS: u32 = 1_048_575;

/// Writes the rows that are wished for and, if that is all of them, the figures; gives how many rows.
/// What does not fit on a sheet goes on on the next one.
pub(super) fn write<W: Write + Seek>(
    ledger: &Ledger,
    out: &mut W,
    folder: &Path,
    options: &ReportOptions,
) -> Result<u64, WriteError> {
    caught(|| write_in_sheets_of(MOST_ROWS, ledger, out, (folder, options)))
}

fn write_in_sheets_of<W: Write + Seek>(
    most_rows: u32,
    ledger: &Ledger,
    out: &mut W,
    (folder, options): (&Path, &ReportOptions),
) -> Result<u64, WriteError> {
    let sources = ledger.sources()?;
    let mut book = Workbook::new();
    book.set_tempdir(folder)?;
    // Sizes are not known before; the finished package has it only where it must.
    book.use_zip_large_file(true);
    let mut sheets = Sheets::new(&mut book, ledger, &sources, options, most_rows)?;
    ledger.each_row(|line| {
        if options.takes(&line) {
            sheets.line(&line, &sources)
        } else {
            Ok(())
        }
    })?;
    let written = sheets.finish()?;
    let mut pieces = Vec::new();
    if options.only.is_none() {
        let figures = CampaignStats {
            counts: written.counts,
            ..CampaignStats::of(ledger)?
        };
        pieces = summary::write(&mut book, &figures, &written.sheets, options)?;
    }
    let mut raw = tempfile::tempfile_in(folder)?;
    book.save_to_writer(BufWriter::new(&mut raw))?;
    drop(book);
    package::finish(raw, out, &written.sheets, &pieces)?;
    Ok(written.counts.rows())
}

/// Where a cell cannot be written, for want of room on the disk, the crate panics. This makes an
/// error of it, and keeps its message from the person.
fn caught<T>(write: impl FnOnce() -> Result<T, WriteError>) -> Result<T, WriteError> {
    let here = std::thread::current().id();
    let hook = Arc::new(panic::take_hook());
    let others = Arc::clone(&hook);
    panic::set_hook(Box::new(move |info| {
        if std::thread::current().id() != here {
            others(info);
        }
    }));
    let result = panic::catch_unwind(AssertUnwindSafe(write));
    panic::set_hook(Box::new(move |info| hook(info)));
    result.unwrap_or_else(|words| {
        let words = words
            .downcast_ref::<String>()
            .map_or("the workbook cannot be written", String::as_str);
        Err(WriteError::Write(io::Error::other(words.to_owned())))
    })
}

impl From<XlsxError> for WriteError {
    fn from(error: XlsxError) -> Self {
        if let XlsxError::IoError(error) | XlsxError::TempFileError(_, error) = error {
            return Self::Write(error);
        }
        Self::Write(io::Error::other(error.to_string()))
    }
}
