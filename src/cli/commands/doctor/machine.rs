//! Checks this machine: free space, permission to write, the ledger, and the folder of send histories. The clock is
//! checked with the service.

use std::{io, path::Path};

use super::messages::{Finding, Subject};
use super::{Exit, Level, Line};
use crate::cli::{
    args::CampaignArguments, options::paths, output::hint::Hints, session::send_history::folder,
};
use crate::{
    domain::Status,
    i18n::Language,
    ledger::{Ledger, LedgerError, Place},
    platform, report,
};

/// Less free space than this, in bytes, causes a warning.
const LOW_SPACE: u64 = 1024 * 1024 * 1024;

/// With less free space than this, in bytes, no run should start.
const NO_SPACE: u64 = 16 * 1024 * 1024;

/// Reports on this machine. With a database the ledger and the send histories are in the database, except for a ledger
/// that is named.
pub(super) fn lines(
    campaign: &CampaignArguments,
    in_database: bool,
    hints: &Hints,
    language: Language,
) -> Vec<Line> {
    let here = Path::new(".");
    let is_named = campaign.campaign.is_some() || campaign.ledger.is_some();
    let ledger = (is_named || !in_database)
        .then(|| paths::existing_ledger(campaign).ok())
        .flatten();
    let folder = ledger
        .as_ref()
        .and_then(Place::file)
        .and_then(Path::parent)
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(here);
    let mut lines = vec![folder_line(folder)];
    if ledger.is_some() || !in_database {
        lines.push(ledger_line(ledger.as_ref(), campaign, hints, language));
    }
    if !in_database {
        lines.push(send_histories_line());
    }
    lines
}

fn folder_line(folder: &Path) -> Line {
    let path = platform::real_path(folder)
        .unwrap_or_else(|_| folder.to_owned())
        .display()
        .to_string();
    let space = tempfile::tempfile_in(folder).and_then(|_| fs4::available_space(folder));
    let (level, finding) = match space {
        Err(error) => (
            Level::Failure(Exit::Fault),
            Finding::NotWritable {
                path,
                reason: error.to_string(),
            },
        ),
        Ok(bytes) if bytes < LOW_SPACE => {
            let level = if bytes < NO_SPACE {
                Level::Failure(Exit::Fault)
            } else {
                Level::Warning
            };
            (
                level,
                Finding::LittleRoom {
                    path,
                    room: size(bytes),
                },
            )
        }
        Ok(bytes) => (
            Level::Good,
            Finding::Room {
                path,
                room: size(bytes),
            },
        ),
    };
    Line(level, Subject::Folder, finding)
}

/// Formats a size, such as `12.3 GB` or `512 MB`.
fn size(bytes: u64) -> String {
    let mega = bytes / 1_000_000;
    if mega < 1000 {
        format!("{mega} MB")
    } else {
        format!("{}.{} GB", mega / 1000, mega % 1000 / 100)
    }
}

fn ledger_line(
    ledger: Option<&Place>,
    campaign: &CampaignArguments,
    hints: &Hints,
    language: Language,
) -> Line {
    let counts =
        ledger.map(|path| Ledger::read(path).and_then(|ledger| Ok((path, ledger.counts()?))));
    let (level, finding) = match counts {
        None => (Level::Good, no_ledger_picked(hints)),
        Some(Err(LedgerError::Missing { path })) => missing(&path, campaign),
        Some(Err(error)) => (
            Level::Failure(Exit::Fault),
            Finding::Wrong {
                reason: error.localized(language),
            },
        ),
        Some(Ok((path, counts))) => {
            let [rows, pending, unknown] = [
                counts.rows(),
                counts.of(Status::Pending),
                counts.of(Status::Unknown),
            ];
            let level = if unknown > 0 {
                Level::Warning
            } else {
                Level::Good
            };
            (
                level,
                Finding::Ledger {
                    path: path.to_string(),
                    rows,
                    pending,
                    unknown,
                },
            )
        }
    };
    Line(level, Subject::Ledger, finding)
}

/// Reports that no ledger is named, and that this folder has none or several.
fn no_ledger_picked(hints: &Hints) -> Finding {
    let names = paths::ledgers_in(Path::new("."));
    let shown: Vec<String> = names
        .iter()
        .take(MOST_NAMES)
        .map(|ledger| report::campaign_words(&ledger.into()).join(" "))
        .collect();
    let rest = if names.len() > MOST_NAMES {
        ", …"
    } else {
        ""
    };
    let command = names.first().and_then(|first| hints.with_campaign(first));
    match command {
        None => Finding::NoLedger,
        Some(command) => Finding::SeveralLedgers {
            ledgers: names.len() as u64,
            command,
            names: shown.join(", ") + rest,
        },
    }
}

/// How many names of ledgers are shown.
const MOST_NAMES: usize = 5;

/// Reports a named ledger that does not exist: a list may not have one yet, or the name is wrong.
fn missing(path: &Path, campaign: &CampaignArguments) -> (Level, Finding) {
    let is_list = campaign.campaign.as_deref().is_some_and(Path::is_file);
    let path = path.display().to_string();
    if is_list {
        (Level::Good, Finding::LedgerToCome { path })
    } else {
        let others = paths::ledgers_in(Path::new(".")).len() as u64;
        (
            Level::Failure(Exit::Usage),
            Finding::NoSuchLedger { path, others },
        )
    }
}

/// Reports where the send histories of instances are, which count what was sent across campaigns.
fn send_histories_line() -> Line {
    let (level, finding) = match folder() {
        None => (Level::Warning, Finding::BooksNowhere),
        Some(folder) => {
            let path = folder.display().to_string();
            match writable(&folder) {
                Ok(()) => (Level::Good, Finding::BooksAt { path }),
                Err(error) => (
                    Level::Failure(Exit::Fault),
                    Finding::NotWritable {
                        path,
                        reason: error.to_string(),
                    },
                ),
            }
        }
    };
    Line(level, Subject::Books, finding)
}

/// Checks that the folder can be written to, or could be created.
fn writable(folder: &Path) -> io::Result<()> {
    let there = folder
        .ancestors()
        .find(|folder| folder.exists())
        .unwrap_or(folder);
    tempfile::tempfile_in(there).map(drop)
}
