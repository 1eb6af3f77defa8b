//! The cells of a row: the column and the value of each. A cell may span columns and rows, which shifts the others; and
//! a spreadsheet that writes a page stores the number of a cell beside the text, which may have lost its digits
//! (`3,80671E+11`).

use super::survey::is_scientific;
use super::tokens::{TokenError, Tokens};
use crate::formats::number_format;
use crate::formats::value::{self, SHOWN_DAYS};

/// The most columns of a row; the same as in a workbook.
pub(super) const COLUMNS: usize = 16_384;

/// The most columns and rows that a cell may span (source: HTML Living Standard, 4.9.11).
const COLUMN_SPAN: usize = 1000;
const ROW_SPAN: u64 = 65_534;

/// The span of a cell with `rowspan=0`: all rows to the end of its section.
const TO_END_OF_SECTION: u64 = u64::MAX;

/// The state of the columns of one table.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// For each column, the first row below the cell that covers it.
    covered: Vec<u64>,
    /// The column of the next cell.
    next: usize,
}

/// The attributes of a cell's tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CellAttributes {
    columns: usize,
    rows: u64,
    pub(super) stored: Stored,
}

/// What a cell states about its value beside its text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Stored {
    #[default]
    Nothing,
    /// It is a number, and the text shows it (`x:num` without a value).
    Shown,
    /// It is this number (`x:num=\"…\"` of Excel, `sdval` of `LibreOffice`, `data-v` of `SheetJS`).
    Number(String),
}

impl Columns {
    pub(super) const fn begin_row(&mut self) {
        self.next = 0;
    }

    /// Ends the cells that reach into later rows: none reaches beyond its `thead`, `tbody` or `tfoot`.
    pub(super) fn end_section(&mut self) {
        self.covered.fill(0);
    }

    /// Returns how many columns the rows so far have.
    pub(super) const fn width(&self) -> usize {
        self.covered.len()
    }

    /// Returns the column of a cell: the next one that no cell from above covers.
    pub(super) fn place(
        &mut self,
        attributes: &CellAttributes,
        row: u64,
    ) -> Result<usize, TokenError> {
        while self
            .covered
            .get(self.next)
            .is_some_and(|below| *below > row)
        {
            self.next += 1;
        }
        let (start, end) = (self.next, self.next.saturating_add(attributes.columns));
        if end > COLUMNS {
            return Err(TokenError::TooLong);
        }
        self.covered.resize(self.covered.len().max(end), 0);
        self.covered[start..end].fill(row.saturating_add(attributes.rows));
        self.next = end;
        Ok(start)
    }
}

impl CellAttributes {
    /// Reads the attributes of the last tag.
    pub(super) fn read(tokens: &Tokens) -> Self {
        let mut attributes = Self {
            columns: 1,
            rows: 1,
            stored: Stored::Nothing,
        };
        let (mut is_text, mut kind, mut raw) = (false, "", "");
        for (name, value) in tokens.attributes() {
            let is = |other: &str| name.eq_ignore_ascii_case(other);
            if is("colspan") {
                let columns = value.trim().parse().ok();
                attributes.columns = columns
                    .filter(|columns| (1..=COLUMN_SPAN).contains(columns))
                    .unwrap_or(1);
            } else if is("rowspan") {
                attributes.rows = rows_of_span(value);
            } else if is("x:str") {
                is_text = true;
            } else if is("x:num") && value.trim().is_empty() {
                attributes.stored = Stored::Shown;
            } else if is("x:num") || is("sdval") {
                attributes.stored = Stored::Number(value.trim().to_owned());
            } else if is("data-t") {
                kind = value;
            } else if is("data-v") {
                raw = value;
            }
        }
        if is_text {
            attributes.stored = Stored::Nothing;
        } else if kind == "n" && !raw.is_empty() {
            attributes.stored = Stored::Number(raw.trim().to_owned());
        }
        attributes
    }
}

/// Returns how many rows a `rowspan` means. What follows its digits does not matter, and without digits it is 1 (source:
/// HTML Living Standard, 2.3.4.2).
fn rows_of_span(value: &str) -> u64 {
    let value = value.trim_start();
    let value = value.strip_prefix('+').unwrap_or(value);
    let end = value.find(|char: char| !char.is_ascii_digit());
    let digits = &value[..end.unwrap_or(value.len())];
    match digits.parse() {
        Ok(0) => TO_END_OF_SECTION,
        Ok(rows) => ROW_SPAN.min(rows),
        Err(_) if digits.is_empty() => 1,
        Err(_) => ROW_SPAN,
    }
}

impl Stored {
    /// Returns the number, in plain digits, of a cell that shows this text; `None` if the text is its value.
    pub(super) fn number(&self, text: &str) -> Option<String> {
        match self {
            Self::Nothing => None,
            Self::Shown => {
                value::plain(text.trim()).filter(|number| !number_format::shows_more(text, number))
            }
            Self::Number(stored) => value::plain(stored).filter(|number| !says_more(text, number)),
        }
    }
}

/// Whether a text contains more than the number of its cell: digits or a plus that its format adds, or the date that the
/// number stands for.
fn says_more(text: &str, number: &str) -> bool {
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let (shown, stored) = (digits(text), digits(number));
    if is_scientific(text) || text.trim().trim_matches('#').is_empty() {
        return false;
    }
    let is_date = number
        .parse()
        .is_ok_and(|days: f64| SHOWN_DAYS.contains(&days));
    (is_date && shown != stored) || number_format::shows_more(text, number)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn attributes(tag: &str) -> CellAttributes {
        let mut tokens = Tokens::new(Box::new(Cursor::new(tag.to_owned())));
        tokens.next().unwrap();
        CellAttributes::read(&tokens)
    }

    #[test]
    fn the_number_of_a_cell_is_read_where_its_text_has_lost_digits() {
        for (tag, text, expected) in [
            (
                "<td x:num=\"380671234567\">",
                "3,80671E+11",
                Some("380671234567"),
            ),
            (
                "<td X:NUM='3.80671234567E11'>",
                "3,80671E+11",
                Some("380671234567"),
            ),
            ("<td x:num>", "380671234567", Some("380671234567")),
            ("<td x:num=''>", "380671234567", Some("380671234567")),
            ("<td x:num>", "3,80671E+11", None),
            (
                "<td class=xl24 align=right x:num=79001234567>",
                "79 001 234 567",
                Some("79001234567"),
            ),
            ("<td x:num=79001234567>", "######", Some("79001234567")),
            (
                "<td x:num=79001234567>",
                "79001234567,00",
                Some("79001234567"),
            ),
            (
                "<td x:num=79001234567.5>",
                "79001234568",
                Some("79001234567.5"),
            ),
            (
                "<td sdval=\"79001110001\" sdnum=\"1033;\">",
                "79001110001",
                Some("79001110001"),
            ),
            (
                "<td data-t=n data-v=380671234567>",
                "3.80671E+11",
                Some("380671234567"),
            ),
            ("<td data-t=s data-v=380671234567>", "380671234567", None),
            // What the format writes before the number belongs to it.
            ("<td x:num=9001234567>", "+7 (900) 123-45-67", None),
            ("<td x:num=7900123456>", "7900123456 (1)", None),
            ("<td x:num=9001234567>", "+9001234567", None),
            ("<td x:num>", "+9001234567", None),
            ("<td x:num>", "09001234567", None),
            ("<td sdval=9001234567>", "09001234567", None),
            ("<td x:num=46217>", "14.07.2026", None),
            (
                "<td sdval=46217.5 sdnum='1033;1049;DD.MM.YYYY'>",
                "14.07.2026",
                None,
            ),
            ("<td x:num=abc>", "79001234567", None),
            ("<td x:str x:num=1>", "79001234567", None),
            ("<td x:str='79001234567'>", "79001234567", None),
            ("<td num=1 index=7>", "79001234567", None),
        ] {
            assert_eq!(
                attributes(tag).stored.number(text).as_deref(),
                expected,
                "{tag}"
            );
        }
    }

    #[test]
    fn cells_from_above_keep_the_others_in_their_columns() {
        let mut columns = Columns::default();
        let mut row = |number, tags: &[&str]| {
            columns.begin_row();
            tags.iter()
                .map(|tag| columns.place(&attributes(tag), number).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            row(
                1,
                &["<td rowspan=3>", "<td>", "<td rowspan=2 colspan=2>", "<td>"]
            ),
            [0, 1, 2, 4]
        );
        assert_eq!(row(2, &["<td>", "<td>"]), [1, 4]);
        assert_eq!(
            row(3, &["<td>", "<td colspan=0>", "<td colspan=9999>"]),
            [1, 2, 3]
        );
    }

    #[test]
    fn a_span_of_no_rows_reaches_to_the_end_of_its_section() {
        for (span, rows) in [
            ("0", TO_END_OF_SECTION),
            (" 00 ", TO_END_OF_SECTION),
            ("0px", TO_END_OF_SECTION),
            ("+2", 2),
            ("3.7", 3),
            ("70000", ROW_SPAN),
            ("99999999999999999999", ROW_SPAN),
            ("", 1),
            ("-1", 1),
            ("all", 1),
        ] {
            assert_eq!(rows_of_span(span), rows, "{span:?}");
        }
        let mut columns = Columns::default();
        let mut place = |row, tag: &str| {
            columns.begin_row();
            columns.place(&attributes(tag), row).unwrap()
        };
        assert_eq!(place(1, "<td rowspan=0>"), 0);
        assert_eq!((place(2, "<td>"), place(900_000, "<td>")), (1, 1));
        columns.end_section();
        columns.begin_row();
        assert_eq!(columns.place(&attributes("<td>"), 900_001).unwrap(), 0);
    }
}
