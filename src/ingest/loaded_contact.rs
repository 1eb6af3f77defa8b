//! A contact in memory, until its recipients are read.

use super::numbers::Parsed;
use super::row::ContactKeys;
use crate::domain::{Contact, Problem, RawCells, RowRef};

/// A contact that waits for its recipients. No other rows are held in memory.
pub(super) struct LoadedContact {
    pub(super) place: RowRef,
    pub(super) finding: Result<Parsed<Contact>, (Problem, RawCells)>,
    pub(super) own_cells: Vec<String>,
    /// How `--match` finds it.
    pub(super) keys: ContactKeys,
}

impl LoadedContact {
    /// Returns the contact, if nothing is wrong with it.
    pub(super) fn contact(&self) -> Option<&Contact> {
        self.finding.as_ref().ok().map(|found| &found.value)
    }

    /// Returns where the contact is and how it was read, if nothing is wrong with it.
    pub(super) fn valid(&self) -> Option<(RowRef, &Parsed<Contact>)> {
        self.finding.as_ref().ok().map(|found| (self.place, found))
    }

    /// Returns the row of the contact in its file.
    pub(super) const fn row(&self) -> u64 {
        self.place.row
    }
}
