//! Copies of ledgers between files and databases.
//!
//! What must stay true: a copy is complete, or it does not exist: it is compared with what was read before anybody can
//! use it. The ledger is copied as of one moment at which no run works on it; rows that were being sent at that moment
//! become unknown. In a database, rows that were handed to the service, or may have been, name their instance, and
//! their people are assigned to it, so that nobody gets a second contact from another instance.

use std::{collections::BTreeMap, fs, path::Path};

use super::{
    Ledger,
    connection::{connect, create_new, synced},
    database::Database,
    db::{Connection, Transaction},
    error::{LedgerError, explain, machine},
    handle::OPEN_RUN,
    lock::Lock,
    open::create_whole,
    paths::path_beside,
    place::Place,
    runs::SEND_COMMAND,
    scratch::Scratch,
    sql::{
        self, instances,
        transfer::{self, Digest, Failure},
    },
    state::State,
};
use crate::{domain::OwnWords, i18n::Language, platform};

/// The ledger that is copied: its connection and its path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) connection: &'a Connection,
    pub(super) path: &'a Path,
}

/// Copies a file, migrates the copy to the current version, and makes everything in it that was sent name its instance.
pub(super) fn file_for_database(from: &Path, scratch: &Scratch) -> Result<Ledger, LedgerError> {
    must_be_free(from)?;
    let copy = scratch.path().join("copy.ledger");
    Ledger::copy(from, &copy)?;
    // A run that has begun meanwhile may have sent something that is not in the copy.
    must_be_free(from)?;
    let ledger =
        Ledger::open_existing(&copy, &[]).map_err(|error| error.with_path(from.to_owned()))?;
    if ledger.is_wal_missing() {
        return Err(LedgerError::WalMissing {
            path: from.to_owned(),
            missing: path_beside(from, "-wal"),
        });
    }
    let records = ledger.records()?;
    let name_instances = || {
        let transaction = ledger.connection.transaction()?;
        if let [only] = records.as_slice() {
            instances::keep_what_was_sent(&transaction, only.id)?;
        }
        instances::free_pending(&transaction, "[]")?;
        transaction.commit()
    };
    name_instances().map_err(|error| explain(from, &error))?;
    Ok(ledger)
}

fn must_be_free(ledger: &Path) -> Result<(), LedgerError> {
    if Lock::is_taken(ledger)? {
        return Err(LedgerError::Held {
            path: ledger.to_owned(),
        });
    }
    Ok(())
}

/// Opens a session that reads a campaign. No run may be working on it, and none begins before the session ends. A
/// replica, or a server that was restored, is refused: it may lack the last sends, and nobody would look for them in
/// the copy.
pub(super) fn idle_campaign(
    database: &Database,
    campaign: &str,
) -> Result<Connection, LedgerError> {
    let connection = database.connect()?;
    database.must_keep_promises(&connection)?;
    database.enter_campaign(&connection, campaign, false)?;
    sql::postgres::lock_imports(&connection).map_err(|error| database.explain(&error))?;
    database.must_be_idle(&connection, campaign)?;
    database.must_have_everything(&connection, campaign)?;
    Ok(connection)
}

/// Copies a ledger into a new campaign of a database.
pub(super) fn into_database(
    source: Source<'_>,
    database: &Database,
    campaign: &str,
) -> Result<(), LedgerError> {
    let to = Place::Database {
        database: database.clone(),
        campaign: campaign.to_owned(),
    };
    let explained = |error| database.explain(&error);
    let connection = database.connect_to_write()?;
    let mut target = connection.transaction().map_err(explained)?;
    target.lift_limit();
    if !database.begin_campaign(&target, campaign)? {
        return Err(LedgerError::Exists { path: to.shown() });
    }
    fill(source, &target, &to.shown())?;
    transfer::assign_people(&target).map_err(explained)?;
    target.commit().map_err(explained)
}

/// Copies a ledger into a new file.
pub(super) fn into_file(source: Source<'_>, to: &Path) -> Result<(), LedgerError> {
    create_new(to)?;
    let new = path_beside(to, "-new");
    let copied = fill_file(&new, |target| fill(source, target, to))
        .and_then(|()| platform::rename(&new, to).map_err(|error| machine(to, &error)))
        .and_then(|()| synced(to));
    if copied.is_err() {
        // We created the files, and they hold nothing that anybody needs.
        let _ = fs::remove_file(&new);
        let _ = fs::remove_file(to);
    }
    copied
}

/// Copies the current state of a campaign into a new private file, for a dry run. Others may be working on the
/// campaign.
pub(super) fn into_scratch(
    database: &Database,
    campaign: &str,
    to: &Path,
) -> Result<(), LedgerError> {
    let connection = database.connect()?;
    database.enter_campaign(&connection, campaign, false)?;
    let path = &database.path();
    let source = Source {
        connection: &connection,
        path,
    };
    fill_file(to, |target| read_into(source, target, to).map(drop))
}

fn fill_file(
    path: &Path,
    fill: impl FnOnce(&Transaction<'_>) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    create_whole(path)?;
    let connection = connect(path)?;
    let explained = |error| explain(path, &error);
    transfer::configure_file(&connection).map_err(explained)?;
    let target = connection.transaction().map_err(explained)?;
    fill(&target)?;
    target.commit().map_err(explained)
}

/// Fills an empty ledger, and compares it with what was read.
fn fill(source: Source<'_>, target: &Transaction<'_>, to: &Path) -> Result<(), LedgerError> {
    let read = read_into(source, target, to)?;
    let explained = |error| explain(to, &error);
    if read != Contents::of(target).map_err(explained)? {
        return Err(LedgerError::Machine {
            path: to.to_owned(),
            reason: "the copy is not the same as the original".to_owned(),
        });
    }
    let settle = || {
        let error = OwnWords::ProgramEnded.localized(Language::En);
        sql::sending_to_unknown(target, &error)?;
        instances::free_pending(target, "[]")?;
        sql::remove_fact(target, OPEN_RUN)?;
        // The stored command sends from the original.
        sql::remove_fact(target, SEND_COMMAND)
    };
    settle().map_err(explained)
}

/// The contents of a ledger: a digest of everything, and the number of rows by state.
#[derive(Debug, PartialEq, Eq)]
struct Contents {
    digest: Digest,
    counts: BTreeMap<State, u64>,
}

impl Contents {
    fn of(ledger: &Connection) -> super::db::Result<Self> {
        Ok(Self {
            digest: transfer::digest(ledger, transfer::LEDGER)?,
            counts: counts(ledger)?,
        })
    }
}

fn counts(ledger: &Connection) -> super::db::Result<BTreeMap<State, u64>> {
    let mut counts = BTreeMap::new();
    for record in sql::instances::counts_by_instance(ledger)? {
        *counts.entry(record.state).or_default() += record.rows;
    }
    Ok(counts)
}

/// Copies a ledger, as of one moment, into an empty one.
fn read_into(
    source: Source<'_>,
    target: &Transaction<'_>,
    to: &Path,
) -> Result<Contents, LedgerError> {
    let source_error = |error| explain(source.path, &error);
    let target_error = |error| explain(to, &error);
    let mut snapshot = source.connection.snapshot().map_err(source_error)?;
    snapshot.lift_limit();
    transfer::clear(target).map_err(target_error)?;
    let digest =
        transfer::transfer(&snapshot, target, transfer::LEDGER).map_err(
            |failure| match failure {
                Failure::Source(error) => source_error(error),
                Failure::Target(error) => target_error(error),
            },
        )?;
    let counts = counts(&snapshot).map_err(source_error)?;
    transfer::complete(target).map_err(target_error)?;
    Ok(Contents { digest, counts })
}
