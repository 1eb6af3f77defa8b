//! One run holds a ledger at a time. The lock stands on a file of its own: SQLite's locks on the
//! ledger are lost when a process closes any other handle of the same file.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

use super::{LedgerError, beside, machine, private_file::open_private};

/// Held until dropped, also by a process that dies.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "the open file is the lock")] File);

impl Lock {
    /// Whether somebody has it. It is not taken, so that a run may begin at the same moment.
    pub(super) fn is_taken(ledger: &Path) -> Result<bool, LedgerError> {
        let path = beside(ledger, "-lock");
        if !path.exists() {
            return Ok(false);
        }
        let file = open_private(&path, OpenOptions::new().read(true))?;
        Ok(matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    pub(super) fn take(ledger: &Path) -> Result<Self, LedgerError> {
        let path = beside(ledger, "-lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = open_private(&path, &mut options)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(LedgerError::Held { path: ledger.to_owned() }),
            Err(TryLockError::Error(error)) => Err(machine(&path, &error)),
        }
    }
}
