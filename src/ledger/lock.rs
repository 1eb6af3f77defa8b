//! One run holds a ledger at a time. It holds two locks: one on a file of its own beside the ledger, which
//! is there before the ledger is, and one on the ledger itself, which a file that is bound into a container,
//! or has another name in some other way, takes along. The second is `flock`, so that SQLite's own locks
//! do not see it; its handle stays open longer than SQLite's, since a handle that is closed takes SQLite's
//! locks with it.

use std::{
    fs::{File, Metadata, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use super::{LedgerError, beside, machine};

/// Held until dropped, also by a process that dies.
#[derive(Debug)]
pub(super) struct Lock {
    #[expect(dead_code, reason = "the open file is the lock")]
    by_name: File,
    ledger: Option<File>,
}

impl Lock {
    /// Whether somebody has it. It is not taken, so that a run may begin at the same moment.
    pub(super) fn is_taken(ledger: &Path) -> Result<bool, LedgerError> {
        let path = beside(ledger, "-lock");
        match File::open(&path) {
            Ok(file) => Ok(matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(machine(&path, &error)),
        }
    }

    /// Takes the lock by name. The file stays when the lock is given up: one that is removed could be locked
    /// by two runs, each its own.
    pub(super) fn take(ledger: &Path) -> Result<Self, LedgerError> {
        let path = beside(ledger, "-lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let by_name = options.open(&path).map_err(|error| machine(&path, &error))?;
        lock(&by_name, ledger)?;
        Ok(Self { by_name, ledger: None })
    }

    /// Takes the lock on the ledger itself, which is there by now.
    pub(super) fn take_file(&mut self, ledger: &Path) -> Result<(), LedgerError> {
        let file = File::open(ledger).map_err(|error| machine(ledger, &error))?;
        lock(&file, ledger)?;
        self.ledger = Some(file);
        Ok(())
    }

    /// Whether the ledger that is held is still the file of this name.
    pub(super) fn is_in_place(&self, ledger: &Path) -> bool {
        let Some(held) = &self.ledger else { return true };
        let same = |one: &Metadata, other: &Metadata| identity(one) == identity(other);
        held.metadata().is_ok_and(|held| ledger.metadata().is_ok_and(|named| same(&held, &named)))
    }
}

fn lock(file: &File, ledger: &Path) -> Result<(), LedgerError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(LedgerError::Held { path: PathBuf::from(ledger) }),
        Err(TryLockError::Error(error)) => Err(machine(ledger, &error)),
    }
}

/// The device and the number of a file.
#[cfg(unix)]
fn identity(file: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (file.dev(), file.ino())
}

/// The system lets nobody remove a file that is open.
#[cfg(not(unix))]
const fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}
