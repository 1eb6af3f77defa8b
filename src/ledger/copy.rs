//! Copies a ledger as of one moment, even while a run writes it. Files that are copied by hand may be of different
//! moments, and the `-wal` is easily left behind.

use std::{fs, path::Path};

use super::{
    Ledger,
    connection::{connect, create_new, has_wal, synced},
    error::{LedgerError, explain},
    handle::OPEN_RUN,
    identity::Identity,
    lock::Lock,
    place::Place,
    scratch::Scratch,
    sql,
    transfer::{self, Source},
};

impl Ledger {
    /// Copies the ledger at `from` to `to`, which must not exist (a file gets mode 0600). A file may be copied to a
    /// file during a run; the copy then records that something may be missing, see [`Ledger::is_wal_missing`]. If a
    /// database is involved, no run may be active. The send histories of the instances are not copied, see
    /// [`SendHistory::copy`](super::SendHistory::copy).
    ///
    /// # Errors
    /// [`LedgerError`] if the ledger is missing, foreign, damaged or in use, if `to` exists, or if `to` cannot be
    /// written. After an error, nothing new is at `to`.
    pub fn copy(from: impl Into<Place>, to: impl Into<Place>) -> Result<(), LedgerError> {
        match (from.into(), to.into()) {
            (Place::File(from), Place::File(to)) => Self::copy_file(&from, &to),
            (Place::File(from), Place::Database { database, campaign }) => {
                let scratch = Scratch::new()?;
                let ledger = transfer::file_for_database(&from, &scratch)?;
                let source = Source {
                    connection: &ledger.connection,
                    path: &from,
                };
                transfer::into_database(source, &database, &campaign)
            }
            (Place::Database { database, campaign }, to) => {
                database.must_have(&campaign)?;
                let connection = transfer::idle_campaign(&database, &campaign)?;
                let source = Source {
                    connection: &connection,
                    path: &database.path().join(campaign),
                };
                match to {
                    Place::File(to) => transfer::into_file(source, &to),
                    Place::Database { database, campaign } => {
                        transfer::into_database(source, &database, &campaign)
                    }
                }
            }
        }
    }

    fn copy_file(from: &Path, to: &Path) -> Result<(), LedgerError> {
        let is_whole = has_wal(from) && Lock::is_taken(from).is_ok_and(|taken| !taken);
        let ledger = Self::read_as_it_is(from)?;
        create_new(to)?;
        let copied = ledger.copy_into(to, is_whole).and_then(|()| synced(to));
        if copied.is_err() {
            // We created the file, and it holds nothing that anybody needs.
            let _ = fs::remove_file(to);
        }
        copied
    }

    /// Returns the instances that a ledger knows; none if there is no ledger.
    ///
    /// # Errors
    /// [`LedgerError`] when there is one that cannot be read.
    pub fn known_identities(place: &Place) -> Result<Vec<Identity>, LedgerError> {
        if !is_there(place)? {
            return Ok(Vec::new());
        }
        let records = Self::read(place)?.records()?;
        Ok(records
            .iter()
            .filter_map(|record| Identity::parse(&record.identity, &record.name))
            .collect())
    }

    /// Opens a copy of a ledger for a dry run, or a new ledger if there is none. It is a file that disappears with the
    /// process; nothing is written to `place`, and other machines may continue to work on a shared campaign.
    ///
    /// # Errors
    /// The errors of [`Ledger::open`], or that the copy cannot be made.
    pub fn open_copy(place: &Place, identities: &[Identity]) -> Result<Self, LedgerError> {
        let mut scratch = Scratch::new()?;
        let copy = scratch.path().join("copy.ledger");
        if is_there(place)? {
            match place {
                Place::File(path) => Self::copy_file(path, &copy)?,
                Place::Database { database, campaign } => {
                    transfer::into_scratch(database, campaign, &copy)?;
                }
            }
        }
        // Errors name the original: the name of the copy would mean nothing to anybody.
        let mut ledger =
            Self::open_writable(&copy).map_err(|error| error.with_path(place.shown()))?;
        ledger.path = place.shown();
        ledger.place = place.clone();
        ledger.campaign = place.campaign();
        ledger.lock = None;
        scratch.unlink();
        ledger.scratch = Some(scratch);
        ledger.identify(identities, true)?;
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

fn is_there(place: &Place) -> Result<bool, LedgerError> {
    match place {
        Place::File(path) => Ok(path.exists()),
        Place::Database { database, campaign } => Ok(database.campaigns()?.contains(campaign)),
    }
}
