//! What a row of a table and a vCard have in common.

use super::numbers::{NumberRules, Parsed};
use crate::domain::{Contact, Origin, Problem, RawCells, Recipient};

/// A row of a table or a vCard. Of a row with a fault only the number and the cells are used.
pub(super) trait Row {
    /// The row as the spreadsheet shows it, or which card of the file, from 1.
    fn number(&self) -> u64;
    /// What is wrong with the row as a whole.
    fn fault(&self) -> Option<Problem>;
    fn recipient(&self, numbers: NumberRules) -> Result<Parsed<Recipient>, Problem>;
    fn contact(&self, numbers: NumberRules) -> Result<Parsed<Contact>, Problem>;
    /// The time zone that the row names for its recipient, as it is written.
    fn time_zone(&self) -> Result<Option<String>, Problem>;
    fn written(&self) -> RawCells;
    fn own_cells(&self) -> Vec<String>;
    /// Of a row of a results file: the row that it came from, if it says so.
    fn origin(&self) -> Option<Box<Origin>> {
        None
    }
    /// What the contact can be found by, for `--match`.
    fn keys(&self) -> ContactKeys;
    /// The cell that names the recipient's contact, if `--match` is given.
    fn match_cell(&self) -> Option<MatchCell<'_>>;
}

/// What a contact can be found by.
#[derive(Debug, Default)]
pub(super) struct ContactKeys {
    /// First, middle and last name and company, as the contact shows them.
    pub(super) names: [String; 4],
    /// The whole name, its addresses and its UID, as they were written.
    pub(super) others: Vec<String>,
}

/// The cell of `--match` in a recipient's row.
pub(super) struct MatchCell<'a> {
    /// The heading of the column.
    pub(super) column: &'a str,
    /// The cell.
    pub(super) cell: &'a str,
}
