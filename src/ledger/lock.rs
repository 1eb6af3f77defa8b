//! One run holds a ledger at a time. It holds two locks: one on a file of its own beside the ledger, which
//! is there before the ledger is, and one on the ledger itself, which a file that is bound into a container,
//! or has another name in some other way, takes along. The second is `flock`, so that SQLite's own locks
//! do not see it; its handle stays open longer than SQLite's, since a handle that is closed takes SQLite's
//! locks with it.

use std::{
    fs::{self, File, Metadata, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use super::{
    error::{LedgerError, machine},
    paths::beside,
    private_file::{open_plain, open_private},
};

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
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        loop {
            let by_name = open_private(&path, &mut options)?;
            lock(&by_name, ledger)?;
            if is_file(&by_name, &path) {
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
        lock(&file, ledger)?;
        self.ledger = Some(file);
        Ok(())
    }

    /// Whether the ledger that is held is still the file of this name.
    pub(super) fn is_in_place(&self, ledger: &Path) -> bool {
        self.ledger
            .as_ref()
            .is_none_or(|held| is_file(held, ledger))
    }
}

/// Whether an open file is the one that has this name now.
fn is_file(file: &File, path: &Path) -> bool {
    let same = |one: &Metadata, other: &Metadata| identity(one) == identity(other);
    file.metadata()
        .is_ok_and(|file| path.metadata().is_ok_and(|named| same(&file, &named)))
}

fn lock(file: &File, ledger: &Path) -> Result<(), LedgerError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(LedgerError::Held {
            path: PathBuf::from(ledger),
        }),
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
