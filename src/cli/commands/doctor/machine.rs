//! What this machine gives: room and leave to write, the ledger, and a clock that is looked at where
//! the service is asked.

use std::{io, path::Path};

use super::messages::{Finding as Found, Subject};
use super::{Exit, Line, Sign};
use crate::cli::session::send_history::folder;
use crate::{
    domain::Status,
    i18n::Language,
    ledger::{Ledger, LedgerError},
};

/// Bytes of room below which a person should know.
const LITTLE: u64 = 1024 * 1024 * 1024;

/// Bytes of room without which no run should begin.
const NONE: u64 = 16 * 1024 * 1024;

pub(super) fn lines(ledger: Option<&Path>, language: Language) -> [Line; 3] {
    let here = Path::new(".");
    let folder = ledger
        .and_then(Path::parent)
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(here);
    [room(folder), sound(ledger, language), books()]
}

fn room(folder: &Path) -> Line {
    let path = folder
        .canonicalize()
        .unwrap_or_else(|_| folder.to_owned())
        .display()
        .to_string();
    let found = tempfile::tempfile_in(folder).and_then(|_| fs4::available_space(folder));
    let (sign, found) = match found {
        Err(error) => (
            Sign::Failure(Exit::Fault),
            Found::NotWritable {
                path,
                reason: error.to_string(),
            },
        ),
        Ok(bytes) if bytes < LITTLE => {
            let sign = if bytes < NONE {
                Sign::Failure(Exit::Fault)
            } else {
                Sign::Warning
            };
            (
                sign,
                Found::LittleRoom {
                    path,
                    room: size(bytes),
                },
            )
        }
        Ok(bytes) => (
            Sign::Good,
            Found::Room {
                path,
                room: size(bytes),
            },
        ),
    };
    Line(sign, Subject::Folder, found)
}

/// `12.3 GB`, `512 MB`.
fn size(bytes: u64) -> String {
    let mega = bytes / 1_000_000;
    if mega < 1000 {
        format!("{mega} MB")
    } else {
        format!("{}.{} GB", mega / 1000, mega % 1000 / 100)
    }
}

fn sound(ledger: Option<&Path>, language: Language) -> Line {
    let counts =
        ledger.map(|path| Ledger::read(path).and_then(|ledger| Ok((path, ledger.counts()?))));
    let (sign, found) = match counts {
        None | Some(Err(LedgerError::Missing { .. })) => (Sign::Good, Found::NoLedger),
        Some(Err(error)) => (
            Sign::Failure(Exit::Fault),
            Found::Wrong {
                reason: error.localized(language),
            },
        ),
        Some(Ok((path, counts))) => {
            let [rows, pending, unknown] = [
                counts.rows(),
                counts.of(Status::Pending),
                counts.of(Status::Unknown),
            ];
            let sign = if unknown > 0 {
                Sign::Warning
            } else {
                Sign::Good
            };
            (
                sign,
                Found::Ledger {
                    path: path.display().to_string(),
                    rows,
                    pending,
                    unknown,
                },
            )
        }
    };
    Line(sign, Subject::Ledger, found)
}

/// Where the send histories of instances are, in which what was sent is counted across campaigns.
fn books() -> Line {
    let (sign, found) = match folder() {
        None => (Sign::Warning, Found::BooksNowhere),
        Some(folder) => {
            let path = folder.display().to_string();
            match writable(&folder) {
                Ok(()) => (Sign::Good, Found::BooksAt { path }),
                Err(error) => (
                    Sign::Failure(Exit::Fault),
                    Found::NotWritable {
                        path,
                        reason: error.to_string(),
                    },
                ),
            }
        }
    };
    Line(sign, Subject::Books, found)
}

/// Whether the folder can be written to, or could be made.
fn writable(folder: &Path) -> io::Result<()> {
    let there = folder
        .ancestors()
        .find(|folder| folder.exists())
        .unwrap_or(folder);
    tempfile::tempfile_in(there).map(drop)
}
