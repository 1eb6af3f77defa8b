//! How many rows of each kind a ledger has, counted once for all who ask.
//!
//! What must stay true: a count is used again only while nothing in the file has changed, whoever changes it.

use std::cell::RefCell;

use super::{
    db::{self, Connection, FileVersion},
    sql::instances::{CountRecord, counts_by_instance},
};

/// What was counted last in a file, and as of which content of it.
#[derive(Debug, Default)]
pub(super) struct RowCounts(RefCell<Option<(FileVersion, Vec<CountRecord>)>>);

impl RowCounts {
    /// How many rows of each kind there are now. To count takes a look at every row, so a file that has not changed
    /// since is not counted again.
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

    /// Makes a change that concerns no row of a file: what was counted stays true.
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
            && after.differs_by_us(before)
        {
            *counted = after;
        }
        Ok(made)
    }
}
