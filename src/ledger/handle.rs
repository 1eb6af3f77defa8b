//! An open ledger: the connection, the lock and the instances for which it was opened.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;

use super::{
    database::Database,
    db::Connection,
    error::LedgerError,
    lease::{LeaseWatch, Leases},
    lock::Lock,
    paths::path_beside,
    place::Place,
    row_counts::RowCounts,
    run_command::RunCommand,
    scratch::Scratch,
    send_history::SendHistory,
};

/// An open ledger. The connection is closed before the lock is released.
#[derive(Debug)]
pub struct Ledger {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) campaign: String,
    pub(super) instances: Vec<LedgerInstance>,
    /// The send histories of instances of the ledger that take no part in the run.
    pub(super) left_out: Vec<SendHistory>,
    /// The last command to a run that was killed.
    pub(super) left_behind: Option<RunCommand>,
    /// Whether this opening created it.
    pub(super) is_new: bool,
    /// Whether the last run was cut off and its `-wal` is missing: then the send history must know what that run sent.
    pub(super) is_wal_missing: bool,
    /// Contacts that other campaigns sent since this time are not sent again; `None`: they are.
    pub(super) sent_since: Option<Timestamp>,
    /// People who got a contact of another campaign within this time get none; `None`: they do.
    pub(super) not_again_within: Option<Duration>,
    /// Whether to decide anew which rows are suppressed because of earlier sends.
    pub(super) resets: bool,
    pub(super) lock: Option<Lock>,
    /// Where the ledger is.
    pub(super) place: Place,
    /// For a database: the leases of its instances.
    pub(super) leases: Option<Leases>,
    /// For a database: the name of the batch that was recorded last.
    pub(super) batch: u64,
    /// For a copy: the folder that is removed with it.
    pub(super) scratch: Option<Scratch>,
    pub(super) row_counts: RowCounts,
}

/// An id that no instance has, because ids begin at 1.
pub(super) const NOBODY: i64 = 0;

/// An instance for which a ledger was opened.
#[derive(Debug)]
pub(super) struct LedgerInstance {
    /// [`NOBODY`] for an instance that the ledger does not know: it has no rows.
    pub(super) id: i64,
    pub(super) history: Option<SendHistory>,
    /// Whether it joined the ledger with this opening.
    pub(super) is_new: bool,
}

/// The name of the fact that holds the number of a run that is sending, or was cut off. It is in the ledger file itself
/// before the first request and is removed at the end of the run, so that a ledger without its `-wal` shows that
/// something is missing.
pub(super) const OPEN_RUN: &str = "open run";

impl Ledger {
    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns where the ledger is.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// Returns the database that holds it, if one does; `None` for a copy.
    #[must_use]
    pub const fn database(&self) -> Option<&Database> {
        match (&self.place, &self.scratch) {
            (Place::File(_), _) | (_, Some(_)) => None,
            (Place::Database { database, .. }, None) => Some(database),
        }
    }

    /// Returns what tells whether its instances may still send, if several machines share them.
    #[must_use]
    pub fn lease_watch(&self) -> Option<LeaseWatch> {
        self.leases.as_ref().map(Leases::watch)
    }

    /// Whether this is a copy for a dry run.
    #[must_use]
    pub const fn is_copy(&self) -> bool {
        self.scratch.is_some()
    }

    /// Returns the name of the campaign: for a file, its name without `.ledger`.
    #[must_use]
    pub fn campaign(&self) -> &str {
        &self.campaign
    }

    /// Whether the last run was killed while it was paused.
    #[must_use]
    pub fn was_paused(&self) -> bool {
        self.left_behind == Some(RunCommand::Pause)
    }

    /// Whether the last run was cut off and the file with its last changes is missing. What that run sent is looked up
    /// in the send history before each contact.
    #[must_use]
    pub const fn is_wal_missing(&self) -> bool {
        self.is_wal_missing
    }

    pub(super) fn damaged(&self, reason: String) -> LedgerError {
        LedgerError::Damaged {
            path: self.path.clone(),
            reason,
        }
    }

    pub(super) fn wal_missing(&self) -> LedgerError {
        LedgerError::WalMissing {
            path: self.path.clone(),
            missing: path_beside(&self.path, "-wal"),
        }
    }

    /// Fails if the file at the ledger's path is no longer the one that was opened.
    pub(super) fn check_place(&self) -> Result<(), LedgerError> {
        let in_place = self
            .lock
            .as_ref()
            .is_none_or(|lock| lock.is_in_place(&self.path));
        if in_place {
            Ok(())
        } else {
            Err(LedgerError::Moved {
                path: self.path.clone(),
            })
        }
    }
}
