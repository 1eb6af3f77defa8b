//! Ledger → files that people work in: the results as CSV or as a workbook, the contacts that were not
//! sent as vCards, the figures as a page or a message. One format a file. A file appears whole or not
//! at all, and only its owner may read it.

mod chat_summary;
mod colors;
mod csv;
mod explain;
mod html;
mod rows;
mod stats;
mod vcf;
mod words;
mod xlsx;

use std::{
    fs,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    time::Duration,
};

pub use chat_summary::brief;
pub use stats::CampaignStats;

use crate::{
    domain::Status,
    i18n::{Language, messages},
    ledger::{Ledger, LedgerError},
};

/// Which rows a report has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFilter {
    /// Rows of one status.
    Status(Status),
    /// Failed and invalid rows: those that need a hand.
    NotSent,
}

impl RowFilter {
    fn takes(self, status: Status) -> bool {
        match self {
            Self::Status(only) => status == only,
            Self::NotSent => matches!(status, Status::Failed | Status::Invalid),
        }
    }
}

/// In which form a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Delimited text that opens right in Excel. Without a delimiter that of the first source is
    /// taken, or else the one given here.
    Csv {
        /// What the person asked for.
        delimiter: Option<char>,
        /// For sources that have none: that of the person's locale.
        fallback: char,
    },
    /// A workbook: a sheet of rows and, if it has all rows, a sheet of figures.
    Xlsx,
    /// vCard 4.0.
    Vcf,
    /// A page of figures, which needs nothing beside itself; it counts all rows.
    Html,
}

/// What a person wants of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The form of the file.
    pub form: Form,
    /// Which rows, if not all.
    pub only: Option<RowFilter>,
    /// The language of explanations and figures.
    pub language: Language,
    /// The language of the headings.
    pub headings: Language,
}

impl Wish {
    fn takes(&self, status: Status) -> bool {
        self.only.is_none_or(|only| only.takes(status))
    }
}

messages! {
    /// Why a report could not be written. `source` is what the system says.
    #[derive(Debug, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum ReportError {
        /// The ledger cannot be read.
        Ledger(#[from] error: LedgerError) = en "{error}", ru "{error}",
        /// The folder takes no file.
        Place { path: PathBuf, source: io::Error } =
            en "the results cannot be written to {path}: {source}; choose another place with --results. Nothing was \
                sent",
            ru "результаты не записать в {path}: {source}. Выберите другое место: --results. Ничего не отправлено",
        /// The file cannot be written.
        Write { path: PathBuf, source: io::Error } =
            en "the results cannot be written to {path}: {source}; free space or choose another place with --results, \
                then run: sendcontact report",
            ru "результаты не записать в {path}: {source}. Освободите место или выберите другое: --results, затем \
                запустите sendcontact report",
    }
}

/// Where a report is, and how many rows it has.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// The file; another name than the one asked for if that one is held open by another program.
    pub path: PathBuf,
    /// Its rows, the heading not counted.
    pub rows: u64,
}

/// Writes the rows of a ledger to a file; the explanations are in the language.
///
/// # Errors
/// [`ReportError`]: the ledger cannot be read, or the file cannot be written.
pub fn write(ledger: &Ledger, path: &Path, wish: &Wish) -> Result<Written, ReportError> {
    let failed = |source| ReportError::Write {
        path: path.to_owned(),
        source,
    };
    let mut file = temporary(path).map_err(failed)?;
    let mut out = BufWriter::new(&mut file);
    let rows = match wish.form {
        Form::Csv {
            delimiter,
            fallback,
        } => csv::write(ledger, &mut out, delimiter.ok_or(fallback), wish),
        Form::Xlsx => xlsx::write(ledger, &mut out, folder(path), wish),
        Form::Vcf => vcf::write(ledger, &mut out, wish),
        Form::Html => html::write(ledger, &mut out, wish.language),
    }
    .map_err(|error| error.at(path))?;
    out.flush().map_err(failed)?;
    drop(out);
    file.as_file().sync_all().map_err(failed)?;
    let path = persist(file, path).map_err(failed)?;
    Ok(Written { path, rows })
}

/// Whether a report could be written there: better known before the first contact than after the last.
///
/// # Errors
/// [`ReportError::Place`] when the folder takes no file.
pub fn probe(path: &Path) -> Result<(), ReportError> {
    temporary(path)
        .map(drop)
        .map_err(|source| ReportError::Place {
            path: path.to_owned(),
            source,
        })
}

/// How the names of unfinished files begin.
const UNFINISHED: &str = ".sendcontact-";

/// An unfinished file in the same folder, which only its owner may read. What a killed run left there goes.
///
/// # Errors
/// When the folder takes no file.
pub fn temporary(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    remove_left_behind(folder(path));
    tempfile::Builder::new()
        .prefix(UNFINISHED)
        .tempfile_in(folder(path))
}

/// Nobody writes a file for so long without writing to it.
const ABANDONED: Duration = Duration::from_hours(24);

/// Removes unfinished files of runs that were killed. What cannot go stays; it is in nobody's way.
fn remove_left_behind(folder: &Path) {
    let is_abandoned = |file: &fs::DirEntry| {
        let name = file.file_name();
        let rest = name.to_str().and_then(|name| name.strip_prefix(UNFINISHED));
        let is_ours = rest.is_some_and(|rest| {
            rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        let age = || {
            file.metadata()
                .ok()
                .filter(fs::Metadata::is_file)?
                .modified()
                .ok()?
                .elapsed()
                .ok()
        };
        is_ours && age().is_some_and(|age| age >= ABANDONED)
    };
    for file in fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(is_abandoned)
    {
        let _gone = fs::remove_file(file.path());
    }
}

fn folder(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Gives the finished file its name. Excel keeps a file that it has open from being replaced; then
/// a free name beside it is taken.
fn persist(file: tempfile::NamedTempFile, path: &Path) -> io::Result<PathBuf> {
    let mut kept = match file.persist(path) {
        Ok(_) => return Ok(path.to_owned()),
        Err(error) if path.exists() => error.file,
        Err(error) => return Err(error.error),
    };
    for number in 2..100 {
        let other = numbered(path, number);
        kept = match kept.persist_noclobber(&other) {
            Ok(_) => return Ok(other),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => error.file,
            Err(error) => return Err(error.error),
        };
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

fn numbered(path: &Path, number: u32) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path
        .extension()
        .map(|ending| format!(".{}", ending.to_string_lossy()))
        .unwrap_or_default();
    path.with_file_name(format!("{stem}-{number}{ending}"))
}

/// What can go wrong while rows are written, before the file's name is known.
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
