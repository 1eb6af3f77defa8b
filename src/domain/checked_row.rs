//! The result of reading one row: the form in which rows go into the ledger and out of `check`.

use super::{Message, Problem, ProblemCode, Status, Warning};

/// The place of a row: its file, and the row number that the spreadsheet shows (for vCards: the number of the vCard in
/// the file, from 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowRef {
    /// The index of the file in the list of sources, from 0.
    pub source: usize,
    /// Row number, from 1; blank rows count.
    pub row: u64,
}

/// One row of the input after all checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedRow {
    /// Where it is.
    pub place: RowRef,
    /// The result of the checks.
    pub finding: RowCheck,
    /// What was repaired or noticed.
    pub warnings: Vec<Warning>,
    /// The places of recipient and contact, if they are given separately.
    pub pair: Option<Pair>,
    /// The cells of the unused columns, in the order of the source's unused columns.
    pub own_cells: Vec<String>,
    /// The recipient's time zone, if the row names one.
    pub time_zone: Option<String>,
    /// For a row of a results file: the row that it came from.
    pub origin: Option<Box<Origin>>,
}

/// The places of the two sides of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The recipient; `None` if the command line names it.
    pub recipient: Option<RowRef>,
    /// The contact.
    pub contact: RowRef,
    /// How many of the row's warnings concern the recipient; they come first.
    pub recipient_warnings: usize,
}

/// The row of a campaign from which a row of a results file came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The campaign.
    pub campaign: String,
    /// The name of the file.
    pub source: String,
    /// The row in the file, from 1.
    pub row: u64,
    /// The status of the row when the results were written.
    pub status: Option<Status>,
    /// For an invalid row: the problem that the results name, if they do, and the cells as they are now.
    pub refused: Option<(Option<ProblemCode>, RawCells)>,
}

/// The result of checking a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowCheck {
    /// It can be sent.
    Message(Message),
    /// It could be sent, but its recipient must not be written to: the positions of the stop lists that contain the
    /// recipient.
    Suppressed(Message, Vec<usize>),
    /// It cannot be sent.
    Problem(Problem, RawCells),
}

/// The cells of a row with a problem, as the file has them; a missing cell is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawCells {
    /// Recipient: number or chat id.
    pub recipient: String,
    /// The contact's number.
    pub phone_contact: String,
    /// First, middle and last name and company.
    pub names: [String; 4],
}
