//! How a ledger is opened for a run, for a decision or for reading, and how a new one is made.

use std::{fs, path::Path};

use jiff::Timestamp;

use super::{
    connection::{connect, connect_to_read, create_private, has_wal, sync_folder},
    control_file::ControlFile,
    db,
    error::{LedgerError, explain, machine},
    handle::{Ledger, OPEN_RUN},
    identity::Identity,
    lock::Lock,
    paths::{beside, campaign_of, has_one_place},
    private_file, sql, waits,
};
use crate::{domain::OwnWords, i18n::Language};

impl Ledger {
    /// Opens a ledger for a run of these instances, in this order, or creates one (mode 0600). Every row
    /// that was being sent becomes unknown.
    ///
    /// # Errors
    /// [`LedgerError`]: held by another run, foreign, damaged, of other instances, not writable.
    pub fn open(path: &Path, identities: &[Identity]) -> Result<Self, LedgerError> {
        let mut ledger = Self::open_writable(path)?;
        ledger.identify(identities, true)?;
        Ok(ledger)
    }

    /// Opens a ledger that exists, to ask these instances about their rows, or without any for a person's
    /// decision. An instance that the ledger does not know has no rows.
    ///
    /// # Errors
    /// As [`Ledger::open`], and [`LedgerError::Missing`].
    pub fn open_existing(path: &Path, identities: &[Identity]) -> Result<Self, LedgerError> {
        if !path.exists() {
            return Err(LedgerError::Missing {
                path: path.to_owned(),
            });
        }
        let mut ledger = Self::open_writable(path)?;
        if !identities.is_empty() {
            ledger.identify(identities, false)?;
        }
        Ok(ledger)
    }

    /// Opens a ledger that exists, for reading only; another run may be working on it. One of an
    /// older version stays as it is.
    ///
    /// # Errors
    /// [`LedgerError`]: missing, foreign, damaged, newer.
    pub fn read(path: &Path) -> Result<Self, LedgerError> {
        if !path.exists() {
            return Err(LedgerError::Missing {
                path: path.to_owned(),
            });
        }
        private_file::must_be_plain(path)?;
        let has_wal = has_wal(path);
        let connection = connect_to_read(path)?;
        // A reader that ends must not move the `-wal` of a run that was cut off into the ledger.
        connection
            .keep_wal(has_wal)
            .map_err(|error| explain(path, &error))?;
        let ledger = Self {
            connection,
            path: path.to_owned(),
            campaign: campaign_of(path),
            instances: Vec::new(),
            left_behind: None,
            is_new: false,
            is_wal_missing: false,
            sent_since: Some(Timestamp::MIN),
            lock: None,
            scratch: None,
        };
        ledger.check_kind()?;
        sql::read_as_of_today(&ledger.connection).map_err(|error| explain(path, &error))?;
        Ok(ledger)
    }

    /// Whether a run sends from a ledger and listens to its [`ControlFile`].
    ///
    /// # Errors
    /// [`LedgerError::Missing`], or [`LedgerError::LockNotKnown`].
    pub fn is_steered(path: &Path) -> Result<bool, LedgerError> {
        if !path.exists() {
            return Err(LedgerError::Missing {
                path: path.to_owned(),
            });
        }
        Ok(Lock::is_taken(path)? && ControlFile::of(path).exists())
    }

    /// Whether a command that writes works on a ledger.
    ///
    /// # Errors
    /// [`LedgerError::LockNotKnown`].
    pub fn is_in_use(path: &Path) -> Result<bool, LedgerError> {
        Lock::is_taken(path)
    }

    /// Removes a ledger that this opening made, while nobody else can hold it.
    pub fn discard_if_new(self) {
        let Self {
            connection,
            path,
            is_new,
            lock,
            ..
        } = self;
        drop(connection);
        if is_new {
            for file in [path.clone(), beside(&path, "-wal"), beside(&path, "-shm")] {
                // What is not there, or cannot go, does no harm: it holds no row.
                let _ = fs::remove_file(file);
            }
            lock.into_iter().for_each(Lock::remove);
        }
    }

    fn open_writable(path: &Path) -> Result<Self, LedgerError> {
        has_one_place(path)?;
        private_file::must_be_private(path)?;
        let mut lock = Lock::take(path)?;
        let left_behind = ControlFile::of(path)
            .withdraw()
            .map_err(|error| machine(path, &error))?;
        let is_new = !path.exists();
        if is_new {
            create(path)?;
        }
        lock.take_file(path)?;
        // Before SQLite makes a new one.
        let has_wal = has_wal(path);
        let mut ledger = Self {
            connection: connect(path)?,
            path: path.to_owned(),
            campaign: campaign_of(path),
            instances: Vec::new(),
            left_behind,
            is_new,
            is_wal_missing: false,
            sent_since: Some(Timestamp::MIN),
            lock: Some(lock),
            scratch: None,
        };
        ledger.check_kind()?;
        ledger.check_whole()?;
        let open_run =
            sql::fact(&ledger.connection, OPEN_RUN).map_err(|error| explain(path, &error))?;
        ledger.is_wal_missing = open_run.is_some() && !has_wal;
        ledger
            .prepare_writer()
            .map_err(|error| explain(&ledger.path, &error))?;
        if has_wal {
            // What the last run wrote is all here.
            sql::remove_fact(&ledger.connection, OPEN_RUN)
                .map_err(|error| explain(path, &error))?;
        }
        Ok(ledger)
    }

    fn prepare_writer(&mut self) -> db::Result<()> {
        sql::configure_writer(&self.connection)?;
        let version = sql::version(&self.connection)?;
        if version < sql::MIGRATIONS.len() {
            sql::migrate(&self.connection, version)?;
        }
        waits::remove(&self.connection)?;
        sql::sending_to_unknown(
            &self.connection,
            &OwnWords::ProgramEnded.localized(Language::En),
        )?;
        Ok(())
    }

    fn check_kind(&self) -> Result<(), LedgerError> {
        let kind =
            sql::application_id(&self.connection).map_err(|error| explain(&self.path, &error))?;
        if kind != sql::APPLICATION_ID {
            return Err(LedgerError::Foreign {
                path: self.path.clone(),
            });
        }
        let version =
            sql::version(&self.connection).map_err(|error| explain(&self.path, &error))?;
        if version > sql::MIGRATIONS.len() {
            return Err(LedgerError::Newer {
                path: self.path.clone(),
                version,
            });
        }
        Ok(())
    }

    /// A page that nobody happens to read would else hide that a contact was sent.
    fn check_whole(&self) -> Result<(), LedgerError> {
        let damage = sql::damage(&self.connection).map_err(|error| explain(&self.path, &error))?;
        damage.map_or(Ok(()), |reason| {
            Err(LedgerError::Damaged {
                path: self.path.clone(),
                reason,
            })
        })
    }
}

/// A new ledger gets its name when it is whole: a file of that name that lacks our mark is somebody
/// else's, or was cut short, and must not begin the campaign again.
fn create(path: &Path) -> Result<(), LedgerError> {
    if beside(path, "-wal").exists() {
        return Err(LedgerError::Lost {
            path: path.to_owned(),
        });
    }
    let new = beside(path, "-new");
    // Left by a run that died here; it holds no row.
    let _gone = fs::remove_file(&new);
    create_private(&new, true)?;
    let connection = connect(&new)?;
    sql::migrate(&connection, 0).map_err(|error| explain(path, &error))?;
    drop(connection);
    fs::rename(&new, path)
        .and_then(|()| sync_folder(path))
        .map_err(|error| machine(path, &error))
}
