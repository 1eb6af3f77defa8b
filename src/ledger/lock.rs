//! One run holds a ledger at a time. It holds two locks: one on a file of its own beside the ledger, which
//! is there before the ledger is, and one on the ledger itself, which a file that is bound into a container,
//! or has another name in some other way, takes along (not on Windows). SQLite's own locks do not see the second;
//! its handle stays open longer than SQLite's, since a handle that is closed takes SQLite's
//! locks with it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use super::{
    error::{LedgerError, machine},
    paths::beside,
    private_file::{open_plain, open_private},
};
use crate::platform;

/// Held until dropped, also by a process that dies.
#[derive(Debug)]
pub(super) struct Lock {
    #[expect(dead_code, reason = "the open file is the lock")]
    by_name: File,
    path: PathBuf,
    ledger: Option<File>,
}

impl Lock {
    /// Whether somebody has it. It is not taken, so that a run may begin at the same moment.
    pub(super) fn is_taken(ledger: &Path) -> Result<bool, LedgerError> {
        let path = beside(ledger, "-lock");
        let asked = open_plain(&path).and_then(|file| match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(error),
        });
        match asked {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            asked => asked.map_err(|error| LedgerError::LockNotKnown {
                lock: path,
                reason: error.to_string(),
            }),
        }
    }

    /// Takes the lock by name. A file that was removed between its opening and its locking is no lock: others
    /// would lock the next one.
    pub(super) fn take(ledger: &Path) -> Result<Self, LedgerError> {
        let path = beside(ledger, "-lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        platform::private(&mut options);
        loop {
            let by_name = open_private(&path, &mut options)?;
            held(by_name.try_lock(), ledger)?;
            if platform::is_same_file(&by_name, &path) {
                return Ok(Self {
                    by_name,
                    path,
                    ledger: None,
                });
            }
        }
    }

    /// Gives the lock up and removes its file, for a ledger that is not there.
    pub(super) fn remove(self) {
        // While it is held; what cannot go does no harm.
        let _ = fs::remove_file(&self.path);
    }

    /// Takes the lock on the ledger itself, which is there by now.
    pub(super) fn take_file(&mut self, ledger: &Path) -> Result<(), LedgerError> {
        let file = File::open(ledger).map_err(|error| machine(ledger, &error))?;
        held(platform::lock_database(&file), ledger)?;
        self.ledger = Some(file);
        Ok(())
    }

    /// Whether the ledger that is held is still the file of this name.
    pub(super) fn is_in_place(&self, ledger: &Path) -> bool {
        self.ledger
            .as_ref()
            .is_none_or(|held| platform::is_same_file(held, ledger))
    }
}

fn held(locked: Result<(), TryLockError>, ledger: &Path) -> Result<(), LedgerError> {
    match locked {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(LedgerError::Held {
            path: PathBuf::from(ledger),
        }),
        Err(TryLockError::Error(error)) => Err(machine(ledger, &error)),
    }
}
