//! The lock of a ledger: one run holds a ledger at a time, by two locks. One is on a separate file beside the ledger,
//! which exists before the ledger does. The other is on the ledger itself (not on Windows), and so also protects a
//! ledger that is bind-mounted into a container or is reached under another name. SQLite's own locks do not conflict
//! with the second lock. Its handle stays open longer than SQLite's, because closing a handle releases SQLite's locks
//! too.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use super::{
    error::{LedgerError, machine},
    paths::path_beside,
    private_file::{open_plain, open_private},
};
use crate::platform;

/// A held lock. It is released when it is dropped or the process dies.
#[derive(Debug)]
pub(super) struct Lock {
    #[expect(dead_code, reason = "the open file is the lock")]
    by_name: File,
    path: PathBuf,
    ledger: Option<File>,
}

impl Lock {
    /// Whether somebody holds the lock. The lock itself is not taken, so a run may begin at the same moment.
    pub(super) fn is_taken(ledger: &Path) -> Result<bool, LedgerError> {
        let path = path_beside(ledger, "-lock");
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

    /// Takes the lock by name. If the file was removed between opening and locking it, the lock is worthless, because
    /// others would lock a new file; then it tries again.
    pub(super) fn take(ledger: &Path) -> Result<Self, LedgerError> {
        let path = path_beside(ledger, "-lock");
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

    /// Releases the lock and removes its file, for a ledger that does not exist.
    pub(super) fn remove(self) {
        // Removed while the lock is held. A file that cannot be removed does no harm.
        let _ = fs::remove_file(&self.path);
    }

    /// Takes the lock on the ledger itself, which exists by now.
    pub(super) fn take_file(&mut self, ledger: &Path) -> Result<(), LedgerError> {
        let file = File::open(ledger).map_err(|error| machine(ledger, &error))?;
        held(platform::lock_database(&file), ledger)?;
        self.ledger = Some(file);
        Ok(())
    }

    /// Whether the locked ledger is still the file with this name.
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
