//! The results as a workbook: sheets of rows, in which every cell except the row number and the time is text, so that
//! no spreadsheet changes it; and a sheet of figures. Memory does not grow with the number of rows: cells go to an
//! unnamed file in the folder of the results, which nobody else can open.

mod chart;
mod package;
mod sheets;
mod summary;
#[cfg(test)]
mod tests;

use std::{
    io::{self, BufWriter, Seek, Write},
    mem,
    panic::{self, AssertUnwindSafe},
    path::Path,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use rust_xlsxwriter::{Workbook, XlsxError};

use self::sheets::{Columns, Sheets};
use super::{ReportOptions, WriteError, stats::CampaignStats};
use crate::ledger::{Ledger, Listed, ResultRow};

/// The most rows of a sheet below its headings (source: the limits of Excel).
const MOST_ROWS: u32 = 1_048_575;

/// The compression level. A million rows take 20 % less time than at the usual level 6, and 2 % more space; below level
/// 4 the file grows fast (measured).
const COMPRESSION: u8 = 4;

/// The limits at which a block for the writing thread is full, in rows and in bytes of memory.
const BLOCK_ROWS: usize = 256;
const BLOCK_BYTES: usize = 1 << 18;

/// The capacity of the channel to the writing thread, in blocks.
const CHANNEL_BLOCKS: usize = 2;

/// Writes the selected rows and, if all are selected, the figures. Returns the number of rows. A full sheet is followed
/// by a new one.
pub(super) fn write<W: Write + Seek + Send>(
    ledger: &Ledger,
    out: &mut W,
    folder: &Path,
    options: &ReportOptions,
) -> Result<u64, WriteError> {
    write_in_sheets_of(MOST_ROWS, ledger, out, (folder, options))
}

/// Everything about a workbook except its rows.
struct WorkbookSetup<'a> {
    columns: Columns,
    sources: Vec<Listed>,
    /// For the sheet of figures, which is left out if only some rows are selected.
    figures: Option<CampaignStats>,
    most_rows: u32,
    folder: &'a Path,
    options: &'a ReportOptions,
}

/// Reads the rows on this thread and writes them on another.
fn write_in_sheets_of<W: Write + Seek + Send>(
    most_rows: u32,
    ledger: &Ledger,
    out: &mut W,
    (folder, options): (&Path, &ReportOptions),
) -> Result<u64, WriteError> {
    let sources = ledger.sources()?;
    let has_figures = options.only.is_none();
    let setup = WorkbookSetup {
        columns: Columns::of(ledger, &sources, options)?,
        sources,
        figures: has_figures.then(|| CampaignStats::of(ledger)).transpose()?,
        most_rows,
        folder,
        options,
    };
    thread::scope(|scope| {
        let (blocks, waiting) = sync_channel(CHANNEL_BLOCKS);
        let writer = thread::Builder::new()
            .name("workbook".to_owned())
            .spawn_scoped(scope, || caught(|| write_workbook(waiting, setup, out)))?;
        let read = send_rows(ledger, options, &blocks);
        drop(blocks);
        let gone = |_| Err(WriteError::Write(io::ErrorKind::BrokenPipe.into()));
        let rows = writer.join().unwrap_or_else(gone)?;
        read.map(|()| rows)
    })
}

/// Sends the selected rows to the writing thread. If that thread has failed, its own error is the one to report.
fn send_rows(
    ledger: &Ledger,
    options: &ReportOptions,
    blocks: &SyncSender<Vec<ResultRow>>,
) -> Result<(), WriteError> {
    let gone = |_| WriteError::Write(io::ErrorKind::BrokenPipe.into());
    let (mut rows, mut bytes) = (Vec::with_capacity(BLOCK_ROWS), 0);
    ledger.each_row(|row| {
        if options.takes(&row) {
            bytes += heap_bytes(&row);
            rows.push(row);
        }
        if rows.len() < BLOCK_ROWS && bytes < BLOCK_BYTES {
            return Ok(());
        }
        bytes = 0;
        let block = mem::replace(&mut rows, Vec::with_capacity(BLOCK_ROWS));
        blocks.send(block).map_err(gone)
    })?;
    blocks.send(rows).map_err(gone)
}

/// Returns the bytes of memory that a row holds, apart from small parts.
fn heap_bytes(row: &ResultRow) -> usize {
    let cells = [&row.recipient, &row.phone_contact, &row.error];
    let texts = cells.into_iter().chain(&row.names).chain(&row.own_cells);
    mem::size_of_val(&*row.own_cells) + texts.map(String::len).sum::<usize>()
}

fn write_workbook<W: Write + Seek>(
    blocks: Receiver<Vec<ResultRow>>,
    setup: WorkbookSetup<'_>,
    out: &mut W,
) -> Result<u64, WriteError> {
    let WorkbookSetup {
        columns,
        sources,
        figures,
        most_rows,
        folder,
        options,
    } = setup;
    let mut book = Workbook::new();
    book.set_tempdir(folder)?;
    // Sizes are not known in advance; the finished package uses the large format only where needed.
    book.use_zip_large_file(true);
    book.set_zip_compression_level(COMPRESSION);
    let mut sheets = Sheets::new(&mut book, columns, most_rows)?;
    for row in blocks.into_iter().flatten() {
        sheets.write_line(&row, &sources)?;
    }
    let written = sheets.finish()?;
    let mut pieces = Vec::new();
    if let Some(figures) = figures {
        let figures = CampaignStats {
            counts: written.counts,
            ..figures
        };
        pieces = summary::write(&mut book, &figures, &written.sheets, options)?;
    }
    let mut raw = tempfile::tempfile_in(folder)?;
    book.save_to_writer(BufWriter::new(&mut raw))?;
    drop(book);
    package::finish(raw, out, &written.sheets, &pieces)?;
    Ok(written.counts.rows())
}

/// Turns a panic into an error, and hides its message from the user: the crate panics if it cannot write a cell, for
/// example because the disk is full.
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
