//! What is given to an import: sources and suppression lists.

/// A source of rows.
#[derive(Debug, Clone, Copy)]
pub struct NewSource<'a> {
    /// The name that results show; a source of the same name is read again.
    pub name: &'a str,
    /// The headings of the columns that are not used.
    pub own_columns: &'a [String],
    /// The delimiter of the file, if it has one.
    pub delimiter: Option<char>,
    /// How the file was read, for a person: `CSV, windows-1251`.
    pub layout: Option<&'a str>,
    /// Its rows correct those of this campaign that they name.
    pub corrects: bool,
}

/// A list of people who must not be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionList {
    /// The name by which it is known when it is given again.
    pub name: String,
    /// Whether what has this name is the same list, so that whoever it does not name any more may be
    /// written to again. What comes through a pipe is another list each time.
    pub is_lasting: bool,
}

/// What is given to one import.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The sources, in the order in which entries name them.
    pub sources: &'a [NewSource<'a>],
    /// The suppression lists, in the order in which entries name them.
    pub lists: &'a [SuppressionList],
    /// Forget whom the lists of earlier runs keep out.
    pub unsuppress: bool,
    /// A name by which the input is known again, see [`Ledger::input`].
    pub name: Option<&'a str>,
}

/// What an import did beside listing rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Rows that were waiting to be sent and are gone.
    pub dropped: u64,
    /// Rows that took the place of the row that they came from.
    pub corrected: u64,
    /// Files that took the place of another one, and that one.
    pub took_place: Vec<(String, String)>,
}
