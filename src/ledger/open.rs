//! Opens a ledger for a run, for a decision or for reading, and creates new ones.

use std::{fs, path::Path};

use jiff::Timestamp;

use super::{
    connection::{connect, connect_to_read, create_private, has_wal},
    control::Control,
    db::{self, Connection},
    error::{LedgerError, explain, machine},
    handle::{Ledger, OPEN_RUN},
    identity::Identity,
    lease::Leases,
    lock::Lock,
    paths::{must_have_one_place, path_beside},
    place::Place,
    private_file,
    row_counts::RowCounts,
    sql, waits,
};
use crate::{domain::OwnWords, i18n::Language, platform};

impl Ledger {
    /// Opens a ledger for a run of these instances, in this order, or creates one (a file gets mode 0600). Every row
    /// that was being sent becomes unknown.
    ///
    /// # Errors
    /// [`LedgerError`]: held by another run, foreign, damaged, belonging to other instances, or not writable.
    pub fn open(place: impl Into<Place>, identities: &[Identity]) -> Result<Self, LedgerError> {
        let mut ledger = Self::open_to_write(&place.into(), identities, true)?;
        ledger.identify(identities, true)?;
        ledger.claim_lapsed()?;
        Ok(ledger)
    }

    /// Opens an existing ledger to ask these instances about their rows or, without instances, for a person's decision.
    /// An instance that the ledger does not know has no rows.
    ///
    /// # Errors
    /// The errors of [`Ledger::open`], and [`LedgerError::Missing`].
    pub fn open_existing(
        place: impl Into<Place>,
        identities: &[Identity],
    ) -> Result<Self, LedgerError> {
        let place = place.into();
        must_exist(&place)?;
        let mut ledger = Self::open_to_write(&place, identities, false)?;
        if !identities.is_empty() {
            ledger.identify(identities, false)?;
        }
        ledger.claim_lapsed()?;
        Ok(ledger)
    }

    /// Opens an existing ledger for reading only; another run may be working on it. A ledger of an older version is not
    /// migrated.
    ///
    /// # Errors
    /// [`LedgerError`]: missing, foreign, damaged, or newer.
    pub fn read(place: impl Into<Place>) -> Result<Self, LedgerError> {
        let place = place.into();
        must_exist(&place)?;
        match &place {
            Place::File(path) => Self::read_file(path),
            Place::Database { database, campaign } => {
                let connection = database.connect()?;
                database.enter_campaign(&connection, campaign, false)?;
                Ok(Self::in_database(connection, None, &place))
            }
        }
    }

    fn read_file(path: &Path) -> Result<Self, LedgerError> {
        let ledger = Self::read_as_it_is(path)?;
        sql::read_as_of_today(&ledger.connection).map_err(|error| explain(path, &error))?;
        Ok(ledger)
    }

    /// Opens a file of any version to copy it.
    pub(super) fn read_as_it_is(path: &Path) -> Result<Self, LedgerError> {
        must_exist(&Place::from(path))?;
        private_file::must_be_plain(path)?;
        let has_wal = has_wal(path);
        let connection = connect_to_read(path)?;
        // When a reader closes the file, SQLite must not write the `-wal` of a run that was cut off back into the
        // ledger.
        connection
            .keep_wal(has_wal)
            .map_err(|error| explain(path, &error))?;
        let ledger = Self::new(connection, Place::from(path));
        ledger.check_kind()?;
        Ok(ledger)
    }

    /// Whether a run is sending from a ledger and listens to its [`Control`].
    ///
    /// # Errors
    /// [`LedgerError::Missing`], or [`LedgerError::LockNotKnown`].
    pub fn is_steered(place: impl Into<Place>) -> Result<bool, LedgerError> {
        let place = place.into();
        must_exist(&place)?;
        Ok(Self::is_in_use(&place)? && Control::of(&place).has_listener())
    }

    /// Whether a command that writes is working on a ledger.
    ///
    /// # Errors
    /// [`LedgerError::LockNotKnown`].
    pub fn is_in_use(place: impl Into<Place>) -> Result<bool, LedgerError> {
        match place.into() {
            Place::File(path) => Lock::is_taken(&path),
            Place::Database { database, campaign } => database.is_in_use(&campaign),
        }
    }

    /// Removes a ledger that this opening created, while nobody else can hold it.
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
            for file in [
                path.clone(),
                path_beside(&path, "-wal"),
                path_beside(&path, "-shm"),
            ] {
                // A file that is missing or cannot be removed does no harm: it holds no row.
                let _ = fs::remove_file(file);
            }
            lock.into_iter().for_each(Lock::remove);
        }
    }

    fn open_to_write(
        place: &Place,
        identities: &[Identity],
        sends: bool,
    ) -> Result<Self, LedgerError> {
        match place {
            Place::File(path) => Self::open_writable(path),
            Place::Database { database, campaign } => {
                let connection = database.connect_to_write()?;
                database.enter_campaign(&connection, campaign, true)?;
                // Otherwise a machine that joins during the first import would find nothing to send.
                let no_import = database.hold_imports_off(&connection)?;
                if sends {
                    database.note_server_or_fail(&connection, campaign)?;
                } else {
                    database.note_server(&connection, campaign)?;
                }
                let names: Vec<String> = identities.iter().map(Identity::to_string).collect();
                let leases = if names.is_empty() {
                    database.must_be_idle(&connection, campaign)?;
                    None
                } else {
                    Some(Leases::take(database, &connection, &names, campaign)?)
                };
                drop(no_import);
                Ok(Self::in_database(connection, leases, place))
            }
        }
    }

    fn in_database(connection: Connection, leases: Option<Leases>, place: &Place) -> Self {
        Self {
            leases,
            ..Self::new(connection, place.clone())
        }
    }

    /// Creates the handle of a ledger that is only read.
    fn new(connection: Connection, place: Place) -> Self {
        Self {
            connection,
            path: place.shown(),
            campaign: place.campaign(),
            instances: Vec::new(),
            left_out: Vec::new(),
            left_behind: None,
            is_new: false,
            is_wal_missing: false,
            sent_since: Some(Timestamp::MIN),
            not_again_within: None,
            resets: false,
            lock: None,
            place,
            leases: None,
            batch: 0,
            scratch: None,
            row_counts: RowCounts::default(),
        }
    }

    /// For a database: makes rows unknown that were being sent under a lease that has lapsed, or that this run has
    /// taken again.
    fn claim_lapsed(&self) -> Result<(), LedgerError> {
        let Some(database) = self.database() else {
            return Ok(());
        };
        let holders = self.leases.as_ref().map_or(&[][..], Leases::holders);
        let error = OwnWords::ProgramEnded.localized(Language::En);
        let (connection, campaign) = (&self.connection, &self.campaign);
        sql::leases::revoke_lapsed(connection)
            .and_then(|_| sql::leases::lapsed_to_unknown(connection, campaign, holders, &error))
            .map(drop)
            .map_err(|error| database.explain(&error))
    }

    pub(super) fn open_writable(path: &Path) -> Result<Self, LedgerError> {
        must_have_one_place(path)?;
        private_file::must_be_private(path)?;
        let mut lock = Lock::take(path)?;
        let left_behind = Control::of(path)
            .stop_listening()
            .map_err(|error| machine(path, &error))?;
        let is_new = !path.exists();
        if is_new {
            create(path)?;
        }
        lock.take_file(path)?;
        // Checked before SQLite creates a new one.
        let has_wal = has_wal(path);
        let mut ledger = Self {
            left_behind,
            is_new,
            lock: Some(lock),
            ..Self::new(connect(path)?, Place::from(path))
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
            // Nothing that the last run wrote is missing.
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

    /// Checks the whole file for damage: a damaged page that is not read could hide that a contact was sent.
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

fn must_exist(place: &Place) -> Result<(), LedgerError> {
    match place {
        Place::File(path) if !path.exists() => Err(LedgerError::Missing { path: path.clone() }),
        Place::File(_) => Ok(()),
        Place::Database { database, campaign } => database.must_have(campaign),
    }
}

/// Creates a ledger. It gets its name only when it is complete: a file of that name without our mark belongs to
/// somebody else or was truncated, and must not start the campaign again.
fn create(path: &Path) -> Result<(), LedgerError> {
    if path_beside(path, "-wal").exists() {
        return Err(LedgerError::Lost {
            path: path.to_owned(),
        });
    }
    let new = path_beside(path, "-new");
    create_whole(&new)?;
    platform::rename(&new, path)
        .and_then(|()| platform::sync_folder(path))
        .map_err(|error| machine(path, &error))
}

/// Creates an empty ledger at a temporary name.
pub(super) fn create_whole(path: &Path) -> Result<(), LedgerError> {
    // A file here was left by a run that died at this point; it holds no row.
    let _gone = fs::remove_file(path);
    create_private(path, true)?;
    let connection = connect(path)?;
    sql::migrate(&connection, 0).map_err(|error| explain(path, &error))
}
