//! The input of an import: sources and stop lists.

/// A source of rows.
#[derive(Debug, Clone, Copy)]
pub struct NewSource<'a> {
    /// The name that results show; a source of the same name is read again.
    pub name: &'a str,
    /// The headings of the unused columns.
    pub own_columns: &'a [String],
    /// The delimiter of the file, if it has one.
    pub delimiter: Option<char>,
    /// How the file was read, as shown to people: `CSV, windows-1251`.
    pub layout: Option<&'a str>,
    /// Whether its rows correct the rows of this campaign that they name.
    pub corrects: bool,
}

/// A stop list: people who must not be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionList {
    /// The name by which it is recognized when it is given again.
    pub name: String,
    /// Whether this name always stands for the same list, so that people who are no longer on it may be written to
    /// again. A list that comes through a pipe is a different list each time.
    pub is_lasting: bool,
}

/// The input of one import.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The sources, in the order in which entries name them.
    pub sources: &'a [NewSource<'a>],
    /// The stop lists, in the order in which entries name them.
    pub lists: &'a [SuppressionList],
    /// Whether to forget whom the stop lists of earlier runs suppressed.
    pub unsuppress: bool,
    /// A name by which the input is recognized later, see [`Ledger::input`](super::Ledger::input).
    pub name: Option<&'a str>,
}

/// What an import did besides listing rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// The number of pending rows that were removed.
    pub dropped: u64,
    /// The number of rows that replaced the row that they came from.
    pub corrected: u64,
    /// The number of rows of results that could not be read with certainty in the list, and were not changed.
    pub untouched: u64,
    /// The number of rows of the list for which a row stands that was corrected in the results.
    pub stand_ins: u64,
    /// Files that replaced another one: the new name and the old one.
    pub took_place: Vec<(String, String)>,
}
