//! An open ledger: the file, its lock and the instances for which it was opened.

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
    paths::beside,
    place::Place,
    row_counts::RowCounts,
    run_command::RunCommand,
    scratch::Scratch,
    send_history::SendHistory,
};

/// An open ledger. The connection closes before the lock is given up.
#[derive(Debug)]
pub struct Ledger {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) campaign: String,
    pub(super) instances: Vec<LedgerInstance>,
    /// What was wanted of a run that was killed.
    pub(super) left_behind: Option<RunCommand>,
    /// This opening made it.
    pub(super) is_new: bool,
    /// The last run was cut off and its `-wal` is gone: the send history must know what it sent.
    pub(super) is_wal_missing: bool,
    /// What other campaigns sent from then on is not sent again; nothing: it is.
    pub(super) sent_since: Option<Timestamp>,
    /// Who got a contact of another campaign within this time gets none; nothing: that does not matter.
    pub(super) not_again_within: Option<Duration>,
    /// What people had before is decided anew.
    pub(super) resets: bool,
    pub(super) lock: Option<Lock>,
    /// Where it is.
    pub(super) place: Place,
    /// In a database: the leases of its instances.
    pub(super) leases: Option<Leases>,
    /// The name of the batch that was recorded last in a database.
    pub(super) batch: u64,
    /// Of a copy: the folder that goes with it.
    pub(super) scratch: Option<Scratch>,
    pub(super) row_counts: RowCounts,
}

/// An id that no instance has, for they begin at 1.
pub(super) const NOBODY: i64 = 0;

/// One instance of those for which a ledger was opened.
#[derive(Debug)]
pub(super) struct LedgerInstance {
    /// [`NOBODY`] for one that the ledger does not know: it has no row.
    pub(super) id: i64,
    pub(super) history: Option<SendHistory>,
    /// It has joined the ledger with this opening.
    pub(super) is_new: bool,
}

/// The fact that a run sends from it, or was cut off: the number of the run. It is in the ledger itself
/// before the first request and is taken away with the end of the run, so that a ledger without its `-wal`
/// shows that something is missing.
pub(super) const OPEN_RUN: &str = "open run";

impl Ledger {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where it is.
    #[must_use]
    pub const fn place(&self) -> &Place {
        &self.place
    }

    /// The database that holds it, if one does; none holds a copy.
    #[must_use]
    pub const fn database(&self) -> Option<&Database> {
        match (&self.place, &self.scratch) {
            (Place::File(_), _) | (_, Some(_)) => None,
            (Place::Database { database, .. }, None) => Some(database),
        }
    }

    /// Whether its instances may still send, where several machines share them.
    #[must_use]
    pub fn lease_watch(&self) -> Option<LeaseWatch> {
        self.leases.as_ref().map(Leases::watch)
    }

    /// Whether this is a copy for a dry run.
    #[must_use]
    pub const fn is_copy(&self) -> bool {
        self.scratch.is_some()
    }

    /// The name of the campaign: the file's, without `.ledger`.
    #[must_use]
    pub fn campaign(&self) -> &str {
        &self.campaign
    }

    /// Whether the last run was killed while it was paused.
    #[must_use]
    pub fn was_paused(&self) -> bool {
        self.left_behind == Some(RunCommand::Pause)
    }

    /// Whether the last run was cut off and the file is gone in which it wrote last. What it sent is looked up
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
            missing: beside(&self.path, "-wal"),
        }
    }

    /// Whether the ledger is still the file that was opened.
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
