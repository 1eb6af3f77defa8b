//! What a row of a table and a vCard have in common.

use super::numbers::{NumberRules, Parsed};
use crate::domain::{Contact, Problem, RawCells, Recipient};

/// A row of a table or a card of a file. A row with a fault is asked for nothing but its place and
/// its cells.
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
    /// What a card is known by, for `--match`.
    fn keys(&self) -> ContactKeys;
    /// Which card a recipient gets, if `--match` says.
    fn match_cell(&self) -> Option<MatchCell<'_>>;
}

/// What a contact is known by.
#[derive(Debug, Default)]
pub(super) struct ContactKeys {
    /// First, middle and last name and company, as the contact shows them.
    pub(super) names: [String; 4],
    /// The whole name, its addresses and its UID, as they were written.
    pub(super) others: Vec<String>,
}

/// What a recipient's row says of its contact.
pub(super) struct MatchCell<'a> {
    /// The heading of the column.
    pub(super) column: &'a str,
    /// The cell.
    pub(super) cell: &'a str,
}
