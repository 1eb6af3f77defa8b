//! Copies of send histories, between files and databases.
//!
//! What must stay true: a copy loses no contact, and never lets a contact be sent again that may have been sent.

use std::path::Path;

use super::{
    connection::{connect, connect_to_read, create_private},
    database::Database,
    db::Connection,
    error::{LedgerError, explain, explain_history, unusable_history},
    identity::Identity,
    scratch::Scratch,
    send_history::{SendHistory, file_name, name_in},
    sql::{
        self,
        transfer::{self, Failure},
    },
};

/// Where the send histories of instances are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryPlace<'a> {
    /// In files of this folder.
    Folder(&'a Path),
    /// In a database.
    Database(&'a Database),
}

impl SendHistory {
    /// Opens a copy of the current send history of an instance, or a new one if there is none. The copy disappears with
    /// the process, and nothing is written to the folder.
    ///
    /// # Errors
    /// [`LedgerError::SendHistory`] when it cannot be read or copied.
    pub fn open_copy(folder: &Path, identity: &Identity, host: &str) -> Result<Self, LedgerError> {
        let path = folder.join(file_name(identity, host));
        Self::copied(&path, |copy| {
            if !path.exists() {
                return Ok(());
            }
            let original = connect_to_read(&path)?;
            sql::copy_into(&original, &copy.to_string_lossy())
                .map_err(|error| explain(&path, &error))
        })
        .map_err(|error| unusable_history(&path, &error))
    }

    /// Opens a copy of a send history in a database, where nothing is written.
    ///
    /// # Errors
    /// [`LedgerError`] when it cannot be read or copied.
    pub fn open_copy_in(
        database: &Database,
        identity: &Identity,
        host: &str,
    ) -> Result<Self, LedgerError> {
        let name = name_in(identity, host);
        let path = database.path().join(&name);
        let history = Self::copied(&path, |_| Ok(()))?;
        if let Some(original) = database.connect_to_read_history(&name)? {
            fill(&original, &history.connection)
                .map_err(|failure| unusable(&failure, &path, &path))?;
        }
        Ok(history)
    }

    /// Adds the entries of an instance's send history in one place to its history in another. Returns how many contacts
    /// were new there. If there is nothing to copy, no history is created.
    ///
    /// # Errors
    /// [`LedgerError`] when the source cannot be read or the target cannot be written; then the target stays as it is.
    pub fn copy(
        identity: &Identity,
        host: &str,
        from: HistoryPlace<'_>,
        to: HistoryPlace<'_>,
    ) -> Result<usize, LedgerError> {
        if from == to {
            return Ok(0);
        }
        let source = match from {
            HistoryPlace::Folder(folder) => Self::open_copy(folder, identity, host)?,
            HistoryPlace::Database(database) => Self::open_copy_in(database, identity, host)?,
        };
        if source.is_empty()? {
            return Ok(0);
        }
        let mut target = match to {
            HistoryPlace::Folder(folder) => Self::open(folder, identity, host)?,
            HistoryPlace::Database(database) => Self::open_in(database, identity, host)?,
        };
        source.copy_into(&mut target)
    }

    /// Adds all its entries to another send history of the same instance. Returns how many contacts were new there. An
    /// empty target also gets the name by which ledgers recognize it.
    ///
    /// # Errors
    /// [`LedgerError::SendHistory`] when it cannot be read or the target cannot be written; then the target stays as it
    /// is.
    pub fn copy_into(&self, target: &mut Self) -> Result<usize, LedgerError> {
        let name = self.name()?;
        let is_new = target.is_empty()?;
        self.merge_recent()?;
        let merge = || {
            let snapshot = self.connection.snapshot().map_err(Failure::Source)?;
            let merged = target.connection.exclusive_transaction();
            let mut merged = merged.map_err(Failure::Target)?;
            merged.lift_limit();
            let added = transfer::merge_histories(&snapshot, &merged)?;
            if is_new {
                sql::send_history::set_name(&merged, &name).map_err(Failure::Target)?;
            }
            merged.commit().map_err(Failure::Target)?;
            Ok(added)
        };
        merge().map_err(|failure: Failure| unusable(&failure, self.path(), target.path()))
    }

    fn is_empty(&self) -> Result<bool, LedgerError> {
        self.merge_recent()?;
        sql::send_history::is_empty(&self.connection)
            .map_err(|error| explain_history(self.path(), &error))
    }

    /// Opens a send history in a temporary file, which `fill` writes before it is opened.
    fn copied(
        path: &Path,
        fill: impl FnOnce(&Path) -> Result<(), LedgerError>,
    ) -> Result<Self, LedgerError> {
        let mut scratch = Scratch::new()?;
        let copy = scratch.path().join("copy.book");
        create_private(&copy, true)?;
        fill(&copy)?;
        let mut history = Self::prepared(connect(&copy)?, path.to_owned())?;
        scratch.unlink();
        history.scratch = Some(scratch);
        Ok(history)
    }
}

/// Fills an empty send history.
fn fill(original: &Connection, copy: &Connection) -> Result<(), Failure> {
    let mut snapshot = original.snapshot().map_err(Failure::Source)?;
    snapshot.lift_limit();
    let target = copy.transaction().map_err(Failure::Target)?;
    sql::send_history::clear(&target).map_err(Failure::Target)?;
    transfer::transfer(&snapshot, &target, transfer::HISTORY)?;
    target.commit().map_err(Failure::Target)
}

fn unusable(failure: &Failure, source: &Path, target: &Path) -> LedgerError {
    match failure {
        Failure::Source(error) => explain_history(source, error),
        Failure::Target(error) => explain_history(target, error),
    }
}
