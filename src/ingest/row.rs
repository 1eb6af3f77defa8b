//! What a table row and a vCard have in common.

use super::numbers::{NumberRules, Parsed};
use crate::domain::{Contact, Origin, Problem, RawCells, Recipient};

/// A row of a table, or a vCard. If it has a fault, only its number and its cells are used.
pub(super) trait Row {
    /// Returns the row number that the spreadsheet shows, or the position of the card in the file, from 1.
    fn number(&self) -> u64;
    /// Returns what is wrong with the row as a whole.
    fn fault(&self) -> Option<Problem>;
    fn recipient(&self, numbers: NumberRules) -> Result<Parsed<Recipient>, Problem>;
    fn contact(&self, numbers: NumberRules) -> Result<Parsed<Contact>, Problem>;
    /// Returns the time zone that the row names for its recipient, as written.
    fn time_zone(&self) -> Result<Option<String>, Problem>;
    fn written(&self) -> RawCells;
    fn own_cells(&self) -> Vec<String>;
    /// Returns the row that a row of a results file came from, if it says so.
    fn origin(&self) -> Option<Box<Origin>> {
        None
    }
    /// Returns how `--match` can find the contact.
    fn keys(&self) -> ContactKeys;
    /// Returns the cell that names the recipient's contact, if `--match` is given.
    fn match_cell(&self) -> Option<MatchCell<'_>>;
}

/// The names and ids by which a contact can be found.
#[derive(Debug, Default)]
pub(super) struct ContactKeys {
    /// First, middle and last name and company, as the contact shows them.
    pub(super) names: [String; 4],
    /// The full names, as written.
    pub(super) full_names: Vec<String>,
    /// The e-mail addresses and the UID, as written.
    pub(super) ids: Vec<String>,
}

/// The cell of `--match` in a recipient's row.
pub(super) struct MatchCell<'a> {
    /// The heading of the column.
    pub(super) column: &'a str,
    /// The cell.
    pub(super) cell: &'a str,
    /// The number format of the cell, if it is not certain what the cell shows.
    pub(super) unclear_format: Option<&'a str>,
}
