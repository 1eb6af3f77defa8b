//! Turns the ledger into files for people: the results as CSV or as a workbook, the contacts that were not sent as
//! vCards, the figures as a page or a message. There is one file for each format. What must stay true: a file appears
//! complete or not at all, and only its owner may read it.

mod advice;
mod chat_summary;
mod colors;
mod commands;
mod csv;
mod explain;
mod html;
mod output;
mod rows;
mod stats;
mod style;
mod vcf;
mod words;
mod xlsx;

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;

pub use advice::{CorrectionCommands, correction_lines};
pub use chat_summary::{NextSteps, RunState, brief, stop_line};
pub use commands::{campaign_words, not_sent_workbook, quoted_path};
pub use output::{
    Output, OutputRecord, RenameReason, ResultsStyle, SavedFile, is_stdout, is_stream,
};
pub use stats::{CampaignStats, delivery_word};

use crate::{
    domain::{Delivery, Status},
    i18n::{Language, messages},
    ledger::{Ledger, LedgerError, ResultRow},
};

/// The selection of rows in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFilter {
    /// Rows of one status.
    Status(Status),
    /// Failed and invalid rows, which need correction.
    NotSent,
    /// Accepted rows of one delivery.
    Delivery(Delivery),
    /// Accepted rows that did not reach the recipient.
    NotDelivered,
}

impl RowFilter {
    fn takes(self, row: &ResultRow) -> bool {
        let delivery = || match row.status {
            Status::Accepted => Delivery::parse(&row.delivery),
            Status::Failed
            | Status::Invalid
            | Status::Duplicate
            | Status::Suppressed
            | Status::Unknown
            | Status::Pending => None,
        };
        match self {
            Self::Status(only) => row.status == only,
            Self::NotSent => matches!(row.status, Status::Failed | Status::Invalid),
            Self::Delivery(only) => delivery() == Some(only),
            Self::NotDelivered => delivery().is_some_and(Delivery::is_undelivered),
        }
    }
}

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Delimited text that opens correctly in Excel. If no delimiter is asked for, that of the first source is used, or
    /// else the fallback.
    Csv {
        /// The delimiter that the user asked for.
        delimiter: Option<char>,
        /// The delimiter of the user's locale, for sources that have none.
        fallback: char,
    },
    /// A workbook: a sheet of rows and, if it has all rows, a sheet of figures.
    Xlsx,
    /// vCard 4.0.
    Vcf,
    /// A single page of figures, which needs no other file; it counts all rows.
    Html,
}

/// What the user wants from a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportOptions {
    /// The format of the file.
    pub form: Form,
    /// Which rows, unless all.
    pub only: Option<RowFilter>,
    /// The language of explanations and figures.
    pub language: Language,
    /// The language of the headings.
    pub headings: Language,
    /// The time of writing: a page of figures shows it, and a zone is named as it is called now.
    pub now: Timestamp,
}

impl ReportOptions {
    fn takes(&self, row: &ResultRow) -> bool {
        self.only.is_none_or(|only| only.takes(row))
    }
}

messages! {
    /// Why a report could not be written. `source` is the system's error.
    #[derive(Debug, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum ReportError {
        /// The ledger cannot be read.
        Ledger(#[from] error: LedgerError) = en "{error}", ru "{error}",
        /// The folder does not accept a file.
        Place { path: PathBuf, source: io::Error } =
            en "the results cannot be written to {path}: {source}; choose another place with --results. Nothing was \
                sent",
            ru "результаты не записать в {path}: {source}. Выберите другое место: --results. Ничего не отправлено",
        /// The file cannot be written.
        Write { path: PathBuf, source: io::Error } =
            en "the results cannot be written to {path}: {source}; free space or choose another place with --results, \
                then run the command report",
            ru "результаты не записать в {path}: {source}. Освободите место или выберите другое: --results, затем \
                запустите команду report",
    }
}

/// A report that was written: where it is, and how many rows it has.
#[derive(Debug, PartialEq, Eq)]
pub struct SavedReport {
    /// The file.
    pub file: SavedFile,
    /// Its rows, not counting the headings.
    pub rows: u64,
}

/// Writes the rows of a ledger to a file; the explanations are in the language of the options.
///
/// # Errors
/// [`ReportError`]: the ledger cannot be read, or the file cannot be written.
pub fn write(
    ledger: &Ledger,
    path: &Path,
    options: &ReportOptions,
    record: &OutputRecord,
) -> Result<SavedReport, ReportError> {
    let unsaved = prepare(ledger, path, options)?;
    unsaved.save(path, record)
}

/// Writes the selected rows, if there are any: without rows nothing is written, except to stdout.
///
/// # Errors
/// The errors of [`write()`].
pub fn write_if_any(
    ledger: &Ledger,
    path: &Path,
    options: &ReportOptions,
    record: &OutputRecord,
) -> Result<Option<SavedReport>, ReportError> {
    let unsaved = prepare(ledger, path, options)?;
    if unsaved.rows == 0 && !is_stdout(path) {
        return Ok(None);
    }
    unsaved.save(path, record).map(Some)
}

/// A report whose file has no name yet.
struct UnsavedReport {
    output: Output,
    rows: u64,
}

impl UnsavedReport {
    fn save(self, path: &Path, record: &OutputRecord) -> Result<SavedReport, ReportError> {
        let file = self
            .output
            .finish(record)
            .map_err(|source| ReportError::Write {
                path: path.to_owned(),
                source,
            })?;
        Ok(SavedReport {
            file,
            rows: self.rows,
        })
    }
}

fn prepare(
    ledger: &Ledger,
    path: &Path,
    options: &ReportOptions,
) -> Result<UnsavedReport, ReportError> {
    let failed = |source| ReportError::Write {
        path: path.to_owned(),
        source,
    };
    let mut output = Output::create(path).map_err(failed)?;
    let scratch = output.folder().to_owned();
    let mut out = BufWriter::new(output.file());
    let rows = match options.form {
        Form::Csv {
            delimiter,
            fallback,
        } => csv::write(ledger, &mut out, delimiter.ok_or(fallback), options),
        Form::Xlsx => xlsx::write(ledger, &mut out, &scratch, options),
        Form::Vcf => vcf::write(ledger, &mut out, options),
        Form::Html => html::write(ledger, &mut out, options),
    }
    .map_err(|error| error.at(path))?;
    out.flush().map_err(failed)?;
    drop(out);
    Ok(UnsavedReport { output, rows })
}

/// Checks that a report can be written there, so that this is known before the first contact, not after the last.
///
/// # Errors
/// [`ReportError::Place`] when the folder does not accept a file.
pub fn probe(path: &Path) -> Result<(), ReportError> {
    Output::create(path)
        .map(drop)
        .map_err(|source| ReportError::Place {
            path: path.to_owned(),
            source,
        })
}

/// An error while rows are written, before the file's name is known.
#[derive(Debug)]
enum WriteError {
    Ledger(LedgerError),
    Write(io::Error),
}

impl WriteError {
    fn at(self, path: &Path) -> ReportError {
        match self {
            Self::Ledger(error) => ReportError::Ledger(error),
            Self::Write(source) => ReportError::Write {
                path: path.to_owned(),
                source,
            },
        }
    }
}

impl From<LedgerError> for WriteError {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

impl From<::csv::Error> for WriteError {
    fn from(error: ::csv::Error) -> Self {
        Self::Write(error.into())
    }
}

#[cfg(test)]
mod tests;
