//! The number of rows of each kind, counted once and kept until the file changes.
//!
//! What must stay true: a kept count is used only while no connection, ours or another, has changed a row.

use std::cell::RefCell;

use super::{
    db::{self, Connection, FileVersion},
    sql::instances::{CountRecord, counts_by_instance},
};

/// The last count of a file, with the version of the file that it belongs to.
#[derive(Debug, Default)]
pub(super) struct RowCounts(RefCell<Option<(FileVersion, Vec<CountRecord>)>>);

impl RowCounts {
    /// Returns how many rows of each kind there are now. Counting reads every row, so an unchanged file is not counted
    /// again. Rows on a server are counted each time.
    pub(super) fn now(&self, connection: &Connection) -> db::Result<Vec<CountRecord>> {
        let version = connection.version()?;
        let mut last = self.0.borrow_mut();
        if let Some((counted, records)) = last.as_ref()
            && Some(*counted) == version
        {
            return Ok(records.clone());
        }
        let records = counts_by_instance(connection)?;
        *last = version.map(|version| (version, records.clone()));
        Ok(records)
    }

    /// Runs a change that touches no row of a file, and keeps the count.
    pub(super) fn keep_while<T>(
        &self,
        connection: &Connection,
        change: impl FnOnce(&Connection) -> db::Result<T>,
    ) -> db::Result<T> {
        let before = connection.version()?;
        let made = change(connection)?;
        let after = connection.version()?;
        let mut last = self.0.borrow_mut();
        if let (Some((counted, _)), Some(before), Some(after)) = (last.as_mut(), before, after)
            && *counted == before
            && after.is_unchanged_by_others_since(before)
        {
            *counted = after;
        }
        Ok(made)
    }
}
