//! Finds the ends of records and their cells, in text as RFC 4180 and spreadsheets write it: cells in quotation marks
//! may contain delimiters, line breaks and doubled marks; LF, CRLF and a lone CR end a record. A test checks that it
//! reads like the crate `csv`. It also reports what that crate silently ignores: blank records, marks that do not
//! match, and a mark that swallows rows.

use std::ops::Range;

/// The result of a scan.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scanned {
    /// A record of `length` bytes; the next one begins at `next`.
    Record { length: usize, next: usize },
    /// The record continues after these bytes; `quoted` says that they end inside quotation marks.
    Incomplete { quoted: bool },
    /// A quotation mark was opened and not closed in its row.
    Unclosed,
}

/// The fewest digits of a phone number.
const PHONE_DIGITS: usize = 9;

/// Finds records; the cells of the last one are in [`Scanner::cells`].
pub(super) struct Scanner {
    delimiter: Option<u8>,
    /// Bytes that end a cell outside quotation marks.
    stops: [bool; 256],
    /// The number of columns, if known; otherwise no swallowed rows are detected.
    columns: Option<usize>,
    pub(super) cells: Vec<Span>,
    /// Whether marks in the last record do not match.
    pub(super) bad_quotes: bool,
}

/// Where a cell lies in its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    text: Range<usize>,
    /// The text after the closing mark; empty in a valid cell.
    tail: Range<usize>,
    doubled: bool,
}

impl Scanner {
    /// Creates a scanner for a table with this many columns, if known.
    pub(super) fn new(delimiter: Option<u8>, columns: Option<usize>) -> Self {
        let mut stops = [false; 256];
        for stop in [Some(b'\r'), Some(b'\n'), delimiter].into_iter().flatten() {
            stops[usize::from(stop)] = true;
        }
        Self {
            delimiter,
            stops,
            columns,
            cells: Vec::new(),
            bad_quotes: false,
        }
    }

    pub(super) const fn delimiter(&self) -> Option<u8> {
        self.delimiter
    }

    /// Finds the record at the beginning of `bytes`; `ended` says that nothing follows them.
    pub(super) fn scan(&mut self, bytes: &[u8], ended: bool) -> Scanned {
        self.cells.clear();
        self.bad_quotes = false;
        let (mut start, mut doubtful) = (0, false);
        loop {
            let quoted = bytes.get(start) == Some(&b'"');
            let cell = if quoted {
                self.quoted(bytes, start)
            } else {
                Some(self.plain(bytes, start))
            };
            let Some(cell) = cell else {
                return if ended {
                    Scanned::Unclosed
                } else {
                    Scanned::Incomplete { quoted }
                };
            };
            let end = cell.tail.end;
            let next = match (bytes.get(end), bytes.get(end + 1)) {
                (None, _) | (Some(b'\r'), None) if !ended => {
                    return Scanned::Incomplete { quoted: false };
                }
                (None, _) => Some(end),
                (Some(b'\r'), Some(b'\n')) => Some(end + 2),
                (Some(b'\r' | b'\n'), _) => Some(end + 1),
                (Some(_), _) => None,
            };
            let bad_tail = !bytes[cell.tail.clone()].trim_ascii().is_empty();
            if quoted {
                match self.swallowed(&bytes[cell.text.clone()], bad_tail) {
                    Swallowed::Rows => return Scanned::Unclosed,
                    Swallowed::Perhaps => doubtful = true,
                    Swallowed::Nothing => {}
                }
            }
            self.bad_quotes |= bad_tail;
            self.cells.push(cell);
            match next {
                Some(_)
                    if doubtful && Some(self.cells.len()) != self.columns
                        || self.holds_two_people(&bytes[..end]) =>
                {
                    return Scanned::Unclosed;
                }
                Some(next) => return Scanned::Record { length: end, next },
                None => start = end + 1,
            }
        }
    }

    fn plain(&self, bytes: &[u8], start: usize) -> Span {
        let end = self.stop(bytes, start);
        Span {
            text: start..end,
            tail: end..end,
            doubled: false,
        }
    }

    /// Returns a cell whose opening mark is at `start`; `None` if its end is not in the bytes.
    fn quoted(&self, bytes: &[u8], start: usize) -> Option<Span> {
        let (mut from, mut doubled) = (start + 1, false);
        loop {
            let mark = from + bytes.get(from..)?.iter().position(|byte| *byte == b'"')?;
            if bytes.get(mark + 1) == Some(&b'"') {
                (from, doubled) = (mark + 2, true);
                continue;
            }
            return Some(Span {
                text: start + 1..mark,
                tail: mark + 1..self.stop(bytes, mark + 1),
                doubled,
            });
        }
    }

    fn stop(&self, bytes: &[u8], from: usize) -> usize {
        let rest = &bytes[from..];
        from + rest
            .iter()
            .position(|byte| self.stops[usize::from(*byte)])
            .unwrap_or(rest.len())
    }

    /// Whether a cell of the record has swallowed the end of one row and the beginning of the next, though not as many
    /// cells as a row has: without the marks, two lines of the record have a number in the same column. A cell of
    /// several numbers has no delimiter beside a number and something else on one line.
    fn holds_two_people(&self, record: &[u8]) -> bool {
        let lines = |text: &[u8]| -> Vec<Vec<bool>> {
            let lines = text.split(|byte| matches!(byte, b'\r' | b'\n'));
            lines.map(|line| self.numbers_of(line)).collect()
        };
        let is_stray = |cell: &Span| {
            let text = cell.raw(record);
            cell.is_quoted()
                && text.iter().any(|byte| matches!(byte, b'\r' | b'\n'))
                && text
                    .split(|byte| matches!(byte, b'\r' | b'\n'))
                    .any(|line| self.is_part_of_row(line))
        };
        if self.columns.is_none() || !self.cells.iter().any(is_stray) {
            return false;
        }
        let lines = lines(record);
        (0..self.columns.unwrap_or_default()).any(|column| {
            let holds = |line: &&Vec<bool>| line.get(column) == Some(&true);
            lines.iter().filter(holds).count() > 1
        })
    }

    /// Returns for each cell of a line, without marks, whether it is only a number.
    fn numbers_of(&self, line: &[u8]) -> Vec<bool> {
        let cells = line.split(|byte| Some(*byte) == self.delimiter);
        cells.map(is_only_number).collect()
    }

    /// Whether a line has a cell that is only a number, and another cell that is filled.
    fn is_part_of_row(&self, line: &[u8]) -> bool {
        let cells = || line.split(|byte| Some(*byte) == self.delimiter);
        let is_other = |cell: &[u8]| !cell.trim_ascii().is_empty() && !is_only_number(cell);
        cells().any(is_only_number) && cells().any(is_other)
    }

    /// Detects a stray mark, which silently turns all rows up to the next mark into one cell. Such a cell has a line
    /// break and as many delimiters as a row and, if the rows are people, their numbers; or it has text after its
    /// closing mark. In a table of one column, only several numbers in a cell reveal it.
    fn swallowed(&self, cell: &[u8], bad_tail: bool) -> Swallowed {
        let Some(columns) = self.columns else {
            return Swallowed::Nothing;
        };
        if !cell.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
            return Swallowed::Nothing;
        }
        let delimiters = cell
            .iter()
            .filter(|byte| Some(**byte) == self.delimiter)
            .count();
        let numbers = cell
            .split(|byte| self.stops[usize::from(*byte)])
            .filter(|part| holds_number(part))
            .count();
        let (doubtful, rows) = match columns {
            0 | 1 => (false, numbers > 2),
            _ => (
                delimiters >= columns - 1,
                delimiters >= columns - 1 && numbers > 0,
            ),
        };
        if rows || bad_tail {
            Swallowed::Rows
        } else if doubtful {
            Swallowed::Perhaps
        } else {
            Swallowed::Nothing
        }
    }
}

/// What a quoted cell has swallowed.
enum Swallowed {
    Nothing,
    /// Rows, unless the row of the cell has the same width as all others.
    Perhaps,
    Rows,
}

/// Whether a part of a cell contains a phone number.
fn holds_number(part: &[u8]) -> bool {
    let in_number = |byte: &u8| byte.is_ascii_digit() || b"+-() \xC2\xA0".contains(byte);
    part.split(|byte| !in_number(byte)).any(|span| {
        let groups: Vec<usize> = span
            .split(|byte| !byte.is_ascii_digit())
            .map(<[u8]>::len)
            .filter(|digits| *digits > 0)
            .collect();
        let is_date = groups.starts_with(&[4, 2, 2]) || groups.starts_with(&[2, 2, 4]);
        groups.iter().sum::<usize>() >= PHONE_DIGITS && !is_date
    })
}

/// Whether a cell, perhaps with stray marks, is only a phone number.
fn is_only_number(cell: &[u8]) -> bool {
    let in_number = |byte: &u8| byte.is_ascii_digit() || b"+-() \"\xC2\xA0".contains(byte);
    cell.iter().all(in_number) && holds_number(cell)
}

impl Span {
    /// Returns the text of the cell as it is, with doubled marks.
    pub(super) fn raw<'a>(&self, record: &'a [u8]) -> &'a [u8] {
        &record[self.text.clone()]
    }

    /// Whether the cell is in quotation marks.
    pub(super) const fn is_quoted(&self) -> bool {
        self.text.end < self.tail.start
    }

    /// Appends the text of the cell to `into`.
    pub(super) fn write(&self, record: &str, into: &mut String) {
        let text = &record[self.text.clone()];
        if self.doubled {
            into.push_str(&text.replace("\"\"", "\""));
        } else {
            into.push_str(text);
        }
        into.push_str(&record[self.tail.clone()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records of a text, blank ones too; nothing if a mark is not closed.
    fn records(text: &str) -> Option<Vec<Vec<String>>> {
        let mut scanner = Scanner::new(Some(b';'), None);
        let (mut rest, mut records) = (text, Vec::new());
        while !rest.is_empty() {
            let Scanned::Record { length, next } = scanner.scan(rest.as_bytes(), true) else {
                return None;
            };
            let write = |span: &Span| {
                let mut cell = String::new();
                span.write(&rest[..length], &mut cell);
                cell
            };
            let cells = scanner.cells.iter().map(write).collect();
            records.push(if length == 0 { Vec::new() } else { cells });
            rest = &rest[next..];
        }
        Some(records)
    }

    #[test]
    fn records_end_where_a_spreadsheet_ends_them() {
        let table: &[(&str, &[&[&str]])] = &[
            ("a;b\nc;d", &[&["a", "b"], &["c", "d"]]),
            ("a;b\r\n\r\nc;\r\n", &[&["a", "b"], &[], &["c", ""]]),
            ("a\rb\r", &[&["a"], &["b"]]),
            ("\"a;b\";\"c\r\nd\"\n", &[&["a;b", "c\r\nd"]]),
            ("\"a \"\"b\"\"\";c", &[&["a \"b\"", "c"]]),
            ("ООО \"Лютик\";c", &[&["ООО \"Лютик\"", "c"]]),
            ("\"ООО \"Лютик\"\";c", &[&["ООО Лютик\"\"", "c"]]),
            ("\"\";\"\"\n", &[&["", ""]]),
        ];
        for (text, expected) in table {
            let expected: Vec<Vec<String>> = expected
                .iter()
                .map(|cells| cells.iter().map(|cell| (*cell).to_owned()).collect())
                .collect();
            assert_eq!(records(text), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn random_text_reads_as_the_crate_csv_reads_it() {
        let alphabet = ["\"", "\"", ";", "\n", "\r\n", "\r", "a", "я", " "];
        let (mut state, mut compared) = (20_260_101_u64, 0);
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..14 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                text.push_str(alphabet[usize::try_from(state >> 33).unwrap() % alphabet.len()]);
            }
            let Some(mut ours) = records(&text) else {
                continue;
            };
            ours.retain(|record| !record.is_empty()); // the crate passes over blank records
            let mut builder = csv::ReaderBuilder::new();
            builder.delimiter(b';').has_headers(false).flexible(true);
            let theirs = builder
                .from_reader(text.as_bytes())
                .into_deserialize::<Vec<String>>();
            assert_eq!(
                ours,
                theirs.map(Result::unwrap).collect::<Vec<_>>(),
                "{text:?}"
            );
            compared += 1;
        }
        assert!(compared > 10_000, "{compared}");
    }

    #[test]
    fn a_record_cut_by_the_buffer_is_asked_for_again() {
        let text = "\"я;\r\n\"\"x\";2\r\nnext".as_bytes();
        let end = "\"я;\r\n\"\"x\";2".len();
        let mut scanner = Scanner::new(Some(b';'), None);
        for cut in 0..end + 2 {
            let seen = scanner.scan(&text[..cut], false);
            assert!(
                matches!(seen, Scanned::Incomplete { .. }),
                "{cut}: {seen:?}"
            );
        }
        assert_eq!(
            scanner.scan(text, false),
            Scanned::Record {
                length: end,
                next: end + 2
            }
        );
    }

    #[test]
    fn marks_that_do_not_match_are_seen() {
        for (text, bad) in [
            ("\"ООО \"Лютик\"\";1", true),
            ("\"\"Лютик\" ООО\";1", true),
            ("\"ООО \"\"Лютик\"\"\";1", false),
            ("ООО \"Лютик\";1", false),
            ("\"Лютик\" ;1", false),
        ] {
            let mut scanner = Scanner::new(Some(b';'), None);
            scanner.scan(text.as_bytes(), true);
            assert_eq!(scanner.bad_quotes, bad, "{text}");
        }
    }

    #[test]
    fn a_mark_that_swallows_a_row_is_unclosed_and_a_cell_of_two_lines_is_not() {
        for (columns, text, unclosed) in [
            (3, "\"a;1;2\nb;1;2\n\"c\";1;2\n", true),
            (3, "a;\"1;2\nb", true),
            (3, "\"a;\n1\";2;3\n", false),
            (3, "\"a;b;c\";2;3\n", false),
            // Two stray marks in the same column leave the width of a row.
            (2, "\"Анна;79001234567\nВера\";79001234568\n", true),
            (2, "Анна;\"79001234567\nВера;79001234568\"\n", true),
            (2, "\"Иванов; Пётр\nМосква\";79001234567\n", false),
            (2, "\"Иванов; Пётр\nМосква\"\n", true),
            (2, "\"Иванов; Пётр\nМосква\";1;2\n", true),
            (2, "Анна;\"79001234567\n79001234568\"\n", false),
            (3, "Анна;7;\"да\nВера;\"Рога\";8\n", true),
            (2, "\"ООО\nЛютик\" ;1\n", false),
            (
                2,
                "79001234567;\"2026-03-12 14:20; звонили\n12.03.2026 15:00; ещё раз\"\n",
                false,
            ),
            (2, "\"Анна;тел. 8 (900) 123-45-67, доб. 5\nВера\";8\n", true),
            // A row without its empty cells at the end has fewer delimiters.
            (3, "79001110001;Анна;\"Москва\n79001110002;Олег\"\n", true),
            (
                3,
                "Анна;79001110001;\"Москва\r\nОлег;79001110002\"\r\n",
                true,
            ),
            (4, "\"Анна;79001110001\nОлег\";79001110002;Омск\n", true),
            (
                3,
                "Анна;79001110001;\"кв. 5; код 12\nзвонить 79001110002\"\n",
                false,
            ),
            (3, "\"79001110001;\n79001110002\";Анна;Омск\n", false),
            (3, "\"79001110001\n79001110002\";Анна;Омск\n", false),
            (4, "Анна;79001110001;\"ООО; Лютик\nМосква\";1\n", false),
            (1, "\"79001234567\n79001234568\"\n", false),
            (1, "\"79001234567\n79001234568\n79001234569\"\n", true),
        ] {
            let mut scanner = Scanner::new((columns > 1).then_some(b';'), Some(columns));
            let seen = scanner.scan(text.as_bytes(), true) == Scanned::Unclosed;
            assert_eq!(seen, unclosed, "{text:?} in {columns} columns");
        }
    }
}
