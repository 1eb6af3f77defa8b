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

/// Rows that a sheet takes below its headings (source: the limits of Excel).
const MOST_ROWS: u32 = 1_048_575;

/// A block goes to the writing thread when it has so many rows, or its rows so many bytes.
const ROWS: usize = 256;
const BYTES: usize = 1 << 18;

/// So many blocks may wait for that thread.
const BLOCKS: usize = 2;

/// Writes the rows that are wished for and, if that is all of them, the figures; gives how many rows.
/// What does not fit on a sheet goes on on the next one.
pub(super) fn write<W: Write + Seek + Send>(
    ledger: &Ledger,
    out: &mut W,
    folder: &Path,
    options: &ReportOptions,
) -> Result<u64, WriteError> {
    write_in_sheets_of(MOST_ROWS, ledger, out, (folder, options))
}

/// What a workbook needs beside its rows.
struct Plan<'a> {
    columns: Columns,
    sources: Vec<Listed>,
    /// If it has a sheet of figures.
    figures: Option<CampaignStats>,
    most_rows: u32,
    folder: &'a Path,
    options: &'a ReportOptions,
}

/// Rows are read while others are written.
fn write_in_sheets_of<W: Write + Seek + Send>(
    most_rows: u32,
    ledger: &Ledger,
    out: &mut W,
    (folder, options): (&Path, &ReportOptions),
) -> Result<u64, WriteError> {
    let sources = ledger.sources()?;
    let has_figures = options.only.is_none();
    let plan = Plan {
        columns: Columns::of(ledger, &sources, options)?,
        sources,
        figures: has_figures.then(|| CampaignStats::of(ledger)).transpose()?,
        most_rows,
        folder,
        options,
    };
    thread::scope(|scope| {
        let (blocks, waiting) = sync_channel(BLOCKS);
        let writer = thread::Builder::new()
            .name("workbook".to_owned())
            .spawn_scoped(scope, || caught(|| write_book(waiting, plan, out)))?;
        let read = hand_over(ledger, options, &blocks);
        drop(blocks);
        let gone = |_| Err(WriteError::Write(io::ErrorKind::BrokenPipe.into()));
        let rows = writer.join().unwrap_or_else(gone)?;
        read.map(|()| rows)
    })
}

/// Hands the rows to the writer. One that is gone says itself why.
fn hand_over(
    ledger: &Ledger,
    options: &ReportOptions,
    blocks: &SyncSender<Vec<ResultRow>>,
) -> Result<(), WriteError> {
    let gone = |_| WriteError::Write(io::ErrorKind::BrokenPipe.into());
    let (mut rows, mut bytes) = (Vec::with_capacity(ROWS), 0);
    ledger.each_row(|row| {
        if options.takes(&row) {
            bytes += bytes_of(&row);
            rows.push(row);
        }
        if rows.len() < ROWS && bytes < BYTES {
            return Ok(());
        }
        bytes = 0;
        let block = mem::replace(&mut rows, Vec::with_capacity(ROWS));
        blocks.send(block).map_err(gone)
    })?;
    blocks.send(rows).map_err(gone)
}

/// The memory that a row takes, as far as that can be much.
fn bytes_of(row: &ResultRow) -> usize {
    let cells = [&row.recipient, &row.phone_contact, &row.error];
    let texts = cells.into_iter().chain(&row.names).chain(&row.own_cells);
    mem::size_of_val(&*row.own_cells) + texts.map(String::len).sum::<usize>()
}

fn write_book<W: Write + Seek>(
    blocks: Receiver<Vec<ResultRow>>,
    plan: Plan<'_>,
    out: &mut W,
) -> Result<u64, WriteError> {
    let Plan {
        columns,
        sources,
        figures,
        most_rows,
        folder,
        options,
    } = plan;
    let mut book = Workbook::new();
    book.set_tempdir(folder)?;
    // Sizes are not known before; the finished package has it only where it must.
    book.use_zip_large_file(true);
    let mut sheets = Sheets::new(&mut book, columns, most_rows)?;
    for row in blocks.into_iter().flatten() {
        sheets.line(&row, &sources)?;
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
