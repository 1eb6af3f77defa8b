//! Rows that are in one quoted cell each: `"a,b,""c, d"""`. A Russian Excel saves a comma file in this way if it opened
//! it with every row in column A. The inner table is complete.

use super::record::{Scanned, Scanner, Span};

/// Unquotes rows, and holds the last one.
pub(super) struct RowUnquoter {
    scanner: Scanner,
    record: String,
}

impl RowUnquoter {
    /// Creates a reader; `delimiter` separates the inner cells.
    pub(super) fn new(delimiter: Option<u8>) -> Self {
        Self {
            scanner: Scanner::new(delimiter, None),
            record: String::new(),
        }
    }

    /// Extracts the row from a record that is one quoted cell; returns `false` for any other record.
    pub(super) fn open(&mut self, record: &str, cells: &[Span]) -> bool {
        let [cell] = cells else { return false };
        if !cell.is_quoted() {
            return false;
        }
        self.record.clear();
        cell.write(record, &mut self.record);
        let whole = Scanned::Record {
            length: self.record.len(),
            next: self.record.len(),
        };
        self.scanner.scan(self.record.as_bytes(), true) == whole && self.cells().len() > 1
    }

    /// Returns the text of the last extracted row.
    pub(super) fn record(&self) -> &str {
        &self.record
    }

    /// Returns where the cells of that row are.
    pub(super) fn cells(&self) -> &[Span] {
        &self.scanner.cells
    }

    /// Whether quotation marks in that row do not match.
    pub(super) const fn bad_quotes(&self) -> bool {
        self.scanner.bad_quotes
    }

    /// Whether the row has quoted cells of its own. They are the reason why a spreadsheet quoted the whole row; a name
    /// with a comma has none.
    pub(super) fn is_certain(&self) -> bool {
        !self.bad_quotes() && self.cells().iter().any(Span::is_quoted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_comes_out_of_its_one_quoted_cell() {
        for (record, expected) in [
            (r#""a,b,""c, d""""#, Some((vec!["a", "b", "c, d"], true))),
            (r#""Иванов, Иван""#, Some((vec!["Иванов", " Иван"], false))),
            (
                r#""ООО ""Рога, копыта""""#,
                Some((vec![r#"ООО "Рога"#, r#" копыта""#], false)),
            ),
            (r#""a,""b""#, None),
            (r#""a""#, None),
            ("a,b", None),
            (r#""a,b",c"#, None),
        ] {
            let mut scanner = Scanner::new(Some(b','), None);
            scanner.scan(record.as_bytes(), true);
            let mut unquoter = RowUnquoter::new(Some(b','));
            let seen = unquoter.open(record, &scanner.cells).then(|| {
                let cells = unquoter.cells().iter().map(|span| {
                    let mut cell = String::new();
                    span.write(unquoter.record(), &mut cell);
                    cell
                });
                (cells.collect::<Vec<_>>(), unquoter.is_certain())
            });
            let expected = expected
                .map(|(cells, certain)| (cells.into_iter().map(str::to_owned).collect(), certain));
            assert_eq!(seen, expected, "{record}");
        }
    }
}
