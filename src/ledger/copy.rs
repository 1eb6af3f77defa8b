//! A copy of a ledger that is whole at one moment, also while a run writes it. Files that are copied by hand
//! may be of different moments, and the `-wal` is easily left behind.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

use super::{
    Ledger,
    connection::{connect, has_wal, sync_folder},
    error::{LedgerError, explain, machine},
    handle::OPEN_RUN,
    identity::Identity,
    lock::Lock,
    paths::campaign_of,
    scratch::Scratch,
    sql,
};

impl Ledger {
    /// Copies the ledger at `from` to `to`, which must not exist (mode 0600). A copy that is made while a run is
    /// on knows that something may be missing, see [`Ledger::is_wal_missing`].
    ///
    /// # Errors
    /// [`LedgerError`]: missing, foreign, damaged, something at `to`, or it cannot be written.
    pub fn copy(from: &Path, to: &Path) -> Result<(), LedgerError> {
        let is_whole = has_wal(from) && Lock::is_taken(from).is_ok_and(|taken| !taken);
        let ledger = Self::read(from)?;
        create_new(to)?;
        let copied = ledger.copy_into(to, is_whole).and_then(|()| synced(to));
        if copied.is_err() {
            // The file is ours, and holds nothing that anybody needs.
            let _ = fs::remove_file(to);
        }
        copied
    }

    /// The instances that a ledger knows; none if there is no ledger.
    ///
    /// # Errors
    /// [`LedgerError`] when there is one that cannot be read.
    pub fn known_identities(path: &Path) -> Result<Vec<Identity>, LedgerError> {
        if !path.exists() {
            return Ok(Vec::new());
        }
        let records = Self::read(path)?.records()?;
        Ok(records
            .iter()
            .filter_map(|record| Identity::parse(&record.identity, &record.name))
            .collect())
    }

    /// A copy of the ledger at this path for a dry run, or a new one: it is gone with the process
    /// that made it, and nothing is written at the path.
    ///
    /// # Errors
    /// As [`Ledger::open`], and when the copy cannot be made.
    pub fn open_copy(path: &Path, identities: &[Identity]) -> Result<Self, LedgerError> {
        let mut scratch = Scratch::new()?;
        let copy = scratch.path().join("copy.ledger");
        if path.exists() {
            Self::copy(path, &copy)?;
        }
        // The name of the copy would tell nobody anything.
        let at_path = |error| {
            if let LedgerError::OtherInstance { theirs, ours, .. } = error {
                let path = path.to_owned();
                return LedgerError::OtherInstance { path, theirs, ours };
            }
            error
        };
        let mut ledger = Self::open(&copy, identities).map_err(at_path)?;
        path.clone_into(&mut ledger.path);
        ledger.campaign = campaign_of(path);
        ledger.lock = None;
        scratch.unlink();
        ledger.scratch = Some(scratch);
        Ok(ledger)
    }

    fn copy_into(&self, to: &Path, is_whole: bool) -> Result<(), LedgerError> {
        sql::copy_into(&self.connection, &to.to_string_lossy())
            .map_err(|error| explain(to, &error))?;
        let copy = connect(to)?;
        let forget = || {
            if is_whole {
                sql::remove_fact(&copy, OPEN_RUN)
            } else {
                Ok(())
            }
        };
        forget().map_err(|error| explain(to, &error))
    }
}

/// An empty file, which is where SQLite copies to; nobody else can read it.
fn create_new(path: &Path) -> Result<(), LedgerError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(LedgerError::Exists {
            path: path.to_owned(),
        }),
        Err(error) => Err(machine(path, &error)),
        Ok(_) => Ok(()),
    }
}

fn synced(path: &Path) -> Result<(), LedgerError> {
    let sync = || {
        File::open(path)?.sync_all()?;
        sync_folder(path)
    };
    sync().map_err(|error| machine(path, &error))
}
