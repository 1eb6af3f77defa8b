//! How a file was read.

use super::format::Format;

/// How a file is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Its format.
    pub format: Format,
    /// The name of its encoding as the Encoding Standard writes it: `UTF-8`, `UTF-16LE`.
    pub encoding: &'static str,
    /// The delimiter between its cells; `None` if there is only one column, or no columns at all.
    pub delimiter: Option<char>,
    /// The sheet of a workbook that is read.
    pub sheet: Option<String>,
    /// The sheets of a workbook that are not read, in the order of their tabs.
    pub other_sheets: Vec<String>,
    /// If the encoding was guessed: a text of the file that shows the user whether the guess is right.
    pub example: Option<String>,
    /// Whether each row is in one quoted cell, as a spreadsheet of another country saves it, and is read from the
    /// inside.
    pub double_quoted: bool,
}

impl Layout {
    pub(super) const fn new(format: Format, encoding: &'static str) -> Self {
        Self {
            format,
            encoding,
            delimiter: None,
            sheet: None,
            other_sheets: Vec::new(),
            example: None,
            double_quoted: false,
        }
    }
}
