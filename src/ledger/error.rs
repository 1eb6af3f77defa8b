//! Why a ledger cannot be used, and how the system's and SQLite's errors become that.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use rusqlite::ErrorCode;

use crate::i18n::{Language, UserError};

/// Why a ledger cannot be used, or could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.localized(Language::En))]
pub enum LedgerError {
    /// Another run holds it.
    Held {
        /// The ledger.
        path: PathBuf,
    },
    /// There is none.
    Missing {
        /// The ledger.
        path: PathBuf,
    },
    /// The file is something else.
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file is damaged.
    Damaged {
        /// The ledger.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// It, or a file that is beside it, is not a plain file of the user's own.
    NotPrivate {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        why: NotPrivate,
    },
    /// It has several names, each of which would have a lock of its own.
    SeveralNames {
        /// The ledger, by one of them.
        path: PathBuf,
    },
    /// The file is gone, and what was written last is left beside it.
    Lost {
        /// The ledger.
        path: PathBuf,
    },
    /// The last run was cut off, and the file is gone in which it wrote last.
    WalMissing {
        /// The ledger.
        path: PathBuf,
        /// What is missing.
        missing: PathBuf,
    },
    /// The file was removed or replaced while a run was on.
    Moved {
        /// The ledger.
        path: PathBuf,
    },
    /// The target of the copy already exists.
    Exists {
        /// Where.
        path: PathBuf,
    },
    /// A newer version of the program wrote it.
    Newer {
        /// The ledger.
        path: PathBuf,
        /// Its schema version.
        version: usize,
    },
    /// It records the contacts of somebody else.
    OtherInstance {
        /// The ledger.
        path: PathBuf,
        /// Whose contacts it records.
        theirs: String,
        /// Whose contacts this run would send.
        ours: String,
    },
    /// The machine does not let us write or read it.
    Machine {
        /// The ledger.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The temporary file that finds duplicates without a ledger.
    Scratch {
        /// What SQLite says.
        reason: String,
    },
    /// The disk does not do its work; it may be full, for even a reader needs some room.
    Disk {
        /// The ledger.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// There is no room to write it.
    DiskFull {
        /// The ledger.
        path: PathBuf,
    },
    /// The send history of the instance's contacts cannot be used.
    SendHistory {
        /// The send history.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The thread that writes it broke down.
    Gone,
}

impl LedgerError {
    /// The sentence in a language.
    #[must_use]
    pub fn localized(&self, language: Language) -> String {
        let shown = |path: &Path| path.display().to_string();
        let fault = match self {
            Self::Held { path } => UserError::LedgerHeld { path: shown(path) },
            Self::Missing { path } => UserError::LedgerMissing { path: shown(path) },
            Self::Foreign { path } => UserError::LedgerForeign { path: shown(path) },
            Self::Damaged { path, reason } => UserError::LedgerDamaged {
                path: shown(path),
                reason: reason.clone(),
            },
            Self::Scratch { reason } => UserError::Scratch {
                reason: reason.clone(),
            },
            Self::NotPrivate { path, why } => {
                let path = shown(path);
                match why {
                    NotPrivate::NotPlain => UserError::NotPlain { path },
                    NotPrivate::OtherOwner => UserError::OtherOwner { path },
                    NotPrivate::OpenToOthers => UserError::OpenToOthers { path },
                }
            }
            Self::SeveralNames { path } => UserError::LedgerNames { path: shown(path) },
            Self::Lost { path } => UserError::LedgerLost { path: shown(path) },
            Self::WalMissing { path, missing } => UserError::LedgerForgetful {
                path: shown(path),
                missing: shown(missing),
            },
            Self::Moved { path } => UserError::LedgerMoved { path: shown(path) },
            Self::Exists { path } => UserError::CopyExists { path: shown(path) },
            Self::Newer { path, version } => UserError::LedgerNewer {
                path: shown(path),
                version: *version as u64,
            },
            Self::OtherInstance { path, theirs, ours } => UserError::LedgerOther {
                path: shown(path),
                theirs: theirs.clone(),
                ours: ours.clone(),
            },
            Self::Machine { path, reason } => UserError::LedgerUnusable {
                path: shown(path),
                reason: reason.clone(),
            },
            Self::Disk { path, reason } => UserError::Disk {
                path: shown(path),
                reason: reason.clone(),
            },
            Self::DiskFull { path } => UserError::DiskFull { path: shown(path) },
            Self::SendHistory { path, reason } => UserError::SendHistory {
                path: shown(path),
                reason: reason.clone(),
            },
            Self::Gone => UserError::LedgerGone,
        };
        fault.localized(language)
    }
}

/// Why a file is not a plain file of the user's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotPrivate {
    /// It is a link, a pipe, a device or a folder.
    NotPlain,
    /// It belongs to another user.
    OtherOwner,
    /// Others may write it.
    OpenToOthers,
}

/// The machine does not let us.
pub(super) fn machine(path: &Path, error: &io::Error) -> LedgerError {
    LedgerError::Machine {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

/// The send history cannot be used.
pub(super) fn unusable_history(path: &Path, reason: &dyn fmt::Display) -> LedgerError {
    LedgerError::SendHistory {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

/// What SQLite says, for a person.
pub(super) fn explain(path: &Path, error: &rusqlite::Error) -> LedgerError {
    let path = path.to_owned();
    if let rusqlite::Error::FromSqlConversionFailure(..) = error {
        return LedgerError::Damaged {
            path,
            reason: error.to_string(),
        };
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => LedgerError::Foreign { path },
        Some(ErrorCode::DatabaseCorrupt) => LedgerError::Damaged {
            path,
            reason: error.to_string(),
        },
        Some(ErrorCode::SystemIoFailure) => LedgerError::Disk {
            path,
            reason: error.to_string(),
        },
        Some(ErrorCode::DiskFull) => LedgerError::DiskFull { path },
        Some(_) | None => LedgerError::Machine {
            path,
            reason: error.to_string(),
        },
    }
}
