//! Reads delimited text: CSV, TSV and similar. It counts rows itself, because the crate `csv` counts blank lines and
//! CRLF differently from spreadsheets, and users look for the row that the spreadsheet shows. Every record is checked
//! to be UTF-8, so that the first bad byte is reported with its row.

mod delimiter;
mod lost_text;
mod record;
mod row_unquoter;
mod window;

use std::io;
use std::path::{Path, PathBuf};

use delimiter::DelimiterGuess;
use record::{Scanned, Scanner, Span};
use row_unquoter::RowUnquoter;
use window::{RECORD_LIMIT, Window};

use super::encoding::{self, Source, TextEncoding};
use super::problem::{FileProblem, FileProblemCode};
use super::table::{Cell, RowFault, RowKind, Rows, TableRow};
use crate::formats::messages::FileSentence;

/// The bytes of text from which the delimiter is guessed.
const SAMPLE: usize = 64 * 1024;

/// The longest text, in letters, that is shown as an example of the encoding.
const EXAMPLE: usize = 60;

/// Reads delimited text row by row.
pub(super) struct Delimited {
    path: PathBuf,
    window: Window,
    scanner: Scanner,
    /// Unquotes the rows of a table in which each row is one quoted cell.
    unquoter: Option<RowUnquoter>,
    /// The number of the last row that was read; blank rows count.
    number: u64,
    encoding: TextEncoding,
}

impl Delimited {
    /// Starts reading text that was decoded from `encoding`; `asked` is the delimiter that the user named.
    pub(super) fn open(
        source: Source,
        path: &Path,
        asked: Option<u8>,
        encoding: TextEncoding,
    ) -> Result<Self, FileProblem> {
        let mut window = Window::new(source);
        window
            .fill_to(SAMPLE)
            .map_err(|error| FileProblem::unreadable(path, None, &error))?;
        let declared = delimiter::declared(window.bytes());
        let number = u64::from(declared.is_some());
        window.consume(declared.map_or(0, |(_, length)| length));
        let sample = window.bytes().get(..SAMPLE).unwrap_or(window.bytes());
        let ended = window.ended() && sample.len() == window.bytes().len();
        let DelimiterGuess {
            delimiter,
            columns,
            double_quoted,
        } = match asked.or(declared.map(|(delimiter, _)| delimiter)) {
            Some(known) => delimiter::known(sample, ended, known),
            None => delimiter::guess_delimiter(sample, ended),
        };
        if let Some(before) = lost_text::rows_before(sample, ended, delimiter) {
            let row = Some(number + before + 1);
            return Err(FileProblem::new(
                FileProblemCode::TextLost,
                path,
                row,
                FileSentence::TextLost,
            ));
        }
        let scanner = Scanner::new(delimiter, Some(columns));
        let unquoter = double_quoted.then(|| RowUnquoter::new(delimiter));
        Ok(Self {
            path: path.to_owned(),
            window,
            scanner,
            unquoter,
            number,
            encoding,
        })
    }

    pub(super) const fn delimiter(&self) -> Option<u8> {
        self.scanner.delimiter()
    }

    /// Whether each row is in one quoted cell and is read from its inside.
    pub(super) const fn is_double_quoted(&self) -> bool {
        self.unquoter.is_some()
    }

    /// Returns an example from the lines that the encoding was guessed from: the cell with most letters beyond ASCII,
    /// preferably without digits, like a name. The first line, which mostly has the headings, is used only if there is
    /// no other.
    pub(super) fn example(&self, lines: &str) -> Option<String> {
        let mut scanner = Scanner::new(self.delimiter(), None);
        let (mut best, mut most) = (String::new(), (false, 0));
        let headings = usize::from(lines.lines().nth(1).is_some());
        for line in lines.lines().skip(headings).take(20) {
            scanner.scan(line.as_bytes(), true);
            for span in &scanner.cells {
                let mut cell = String::new();
                span.write(line, &mut cell);
                let cell: String = cell.trim().chars().take(EXAMPLE).collect();
                let letters = cell.chars().filter(|letter| !letter.is_ascii()).count();
                let rank = (
                    letters > 0 && !cell.contains(|letter: char| letter.is_ascii_digit()),
                    letters,
                );
                if rank > most {
                    (best, most) = (cell, rank);
                }
            }
        }
        (most.1 > 0).then_some(best)
    }

    /// Reads the next row, see [`super::Table::read_row`].
    pub(super) fn read_row(&mut self, row: &mut TableRow) -> Result<bool, FileProblem> {
        while let Some((length, next)) = self.next_record()? {
            self.write_row(length, row)?;
            self.window.consume(next);
            if !row.is_blank() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the length of the next record, and where the one after it begins.
    fn next_record(&mut self) -> Result<Option<(usize, usize)>, FileProblem> {
        self.number += 1;
        loop {
            if self.window.bytes().is_empty() && self.window.ended() {
                return Ok(None);
            }
            match self.scanner.scan(self.window.bytes(), self.window.ended()) {
                Scanned::Record { length, next } => return Ok(Some((length, next))),
                Scanned::Unclosed => return Err(self.unclosed()),
                Scanned::Incomplete { quoted } => match self.window.grow() {
                    Ok(true) => {}
                    Ok(false) if quoted => return Err(self.unclosed()),
                    Ok(false) => return Err(self.too_long()),
                    Err(error) => return Err(self.unreadable(&error)),
                },
            }
        }
    }

    /// Writes the cells of the next record, which is `length` bytes long, into `row`.
    fn write_row(&mut self, length: usize, row: &mut TableRow) -> Result<(), FileProblem> {
        let record = match checked(&self.window.bytes()[..length], self.encoding) {
            Ok(record) => record,
            Err((code, text)) => return Err(self.problem(code, text)),
        };
        row.number = self.number;
        row.fault = self.scanner.bad_quotes.then_some(RowFault::BadQuotes);
        if let Some(unquoter) = &mut self.unquoter
            && unquoter.open(record, &self.scanner.cells)
        {
            row.fault = unquoter.bad_quotes().then_some(RowFault::BadQuotes);
            write_cells(unquoter.record(), unquoter.cells(), &mut row.cells);
        } else {
            write_cells(record, &self.scanner.cells, &mut row.cells);
        }
        Ok(())
    }

    fn unclosed(&self) -> FileProblem {
        self.problem(FileProblemCode::UnclosedQuote, FileSentence::UnclosedQuote)
    }

    fn too_long(&self) -> FileProblem {
        let sentence = FileSentence::RowTooLong {
            mebibytes: (RECORD_LIMIT >> 20) as u64,
        };
        self.problem(FileProblemCode::LineTooLong, sentence)
    }

    fn unreadable(&self, error: &io::Error) -> FileProblem {
        FileProblem::unreadable(&self.path, Some(self.number), error)
    }

    fn problem(&self, code: FileProblemCode, sentence: FileSentence) -> FileProblem {
        FileProblem::new(code, &self.path, Some(self.number), sentence)
    }
}

/// Returns the text of a record, or what is wrong with it.
fn checked(record: &[u8], encoding: TextEncoding) -> Result<&str, (FileProblemCode, FileSentence)> {
    if record.contains(&0) {
        return Err((FileProblemCode::FileNul, FileSentence::Nul));
    }
    let sentence = match std::str::from_utf8(record) {
        Ok(text) if encoding.is_transcoded() && encoding::is_misread(text) => {
            FileSentence::NotInEncoding {
                encoding: encoding.encoding.name(),
            }
        }
        Ok(text) => return Ok(text),
        Err(_) => FileSentence::NotUtf8,
    };
    Err((FileProblemCode::EncodingUnknown, sentence))
}

fn write_cells(record: &str, spans: &[Span], cells: &mut Vec<Cell>) {
    cells.resize_with(spans.len(), Cell::default);
    for (cell, span) in cells.iter_mut().zip(spans) {
        cell.text.clear();
        (cell.numeric, cell.digits_apart) = (false, false);
        cell.unclear_format = None;
        span.write(record, &mut cell.text);
    }
}

impl Rows for Delimited {
    fn next_row(&mut self, row: &mut TableRow) -> Result<RowKind, FileProblem> {
        Ok(if self.read_row(row)? {
            RowKind::Row
        } else {
            RowKind::End
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    fn reader(bytes: &[u8]) -> Delimited {
        let source = Box::new(Cursor::new(bytes.to_vec()));
        Delimited::open(
            source,
            Path::new("a.csv"),
            None,
            encoding::detect(b"", None),
        )
        .unwrap()
    }

    /// Every row as `number:cell|cell`, and the problem that ended them.
    fn read(mut reader: Delimited) -> (Vec<String>, Option<(FileProblemCode, Option<u64>)>) {
        let (mut row, mut rows) = (TableRow::default(), Vec::new());
        loop {
            match reader.read_row(&mut row) {
                Ok(true) => {
                    let cells: Vec<_> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
                    rows.push(format!("{}:{}", row.number, cells.join("|")));
                }
                Ok(false) => return (rows, None),
                Err(problem) => return (rows, Some((problem.code(), problem.row()))),
            }
        }
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_numbers_them() {
        let table: &[(&str, &[&str])] = &[
            ("a;b\n\n1;2\n3;4", &["1:a|b", "3:1|2", "4:3|4"]),
            (
                "a;b\r\n\r\n1;2\r\n;;\r\n  \r\n3;4\r\n",
                &["1:a|b", "3:1|2", "6:3|4"],
            ),
            ("a;b\r1;2\r\r3;4\r", &["1:a|b", "2:1|2", "4:3|4"]),
            (
                "a;b\n\"x\r\ny\";2\n3;4\n",
                &["1:a|b", "2:x\r\ny|2", "3:3|4"],
            ),
            ("sep=;\r\na;b,c\r\n1;2,3\r\n", &["2:a|b,c", "3:1|2,3"]),
            ("\"sep=|\"\na|b;c\n", &["2:a|b;c"]),
            (
                "a;b\n1;2;3\n4\n5;6\n",
                &["1:a|b", "2:1|2|3", "3:4", "4:5|6"],
            ),
            (
                "a,b,c\r\n\"1,2,\"\"3, 4\"\"\"\r\n\"5,6;,7\"\r\n",
                &["1:a|b|c", "2:1|2|3, 4", "3:5|6;|7"],
            ),
            (
                "a;b;;\n1;2;;\n;;;\n3;4;;\n",
                &["1:a|b||", "2:1|2||", "4:3|4||"],
            ),
            ("sep=;", &[]),
            ("\n\n", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(
                read(reader(text.as_bytes())),
                (expected.iter().map(|row| (*row).to_owned()).collect(), None)
            );
        }
    }

    #[test]
    fn what_ends_a_file_is_named_with_its_row() {
        use FileProblemCode::{EncodingUnknown, FileNul, UnclosedQuote};
        let table: &[(&[u8], FileProblemCode, u64)] = &[
            (b"a;b\n\n1;2\n3;\0\n", FileNul, 4),
            (b"a;b\n1;2\n\xC0\xED\xED\xE0;4\n", EncodingUnknown, 3),
            (b"a;b\n1;2\n;\xFF\n", EncodingUnknown, 3),
            (b"a;b\n1;2\n\"3;4\n5;6\n7;8\n", UnclosedQuote, 3),
            (b"a;b\n1;2\n\"3;4\n5;6\n\"7\";8\n9;0\n", UnclosedQuote, 3),
            (b"\"a;b\n1;2\n", UnclosedQuote, 1),
            (b"a;b\n1;\"2\n", UnclosedQuote, 2),
        ];
        for (bytes, code, row) in table {
            let shown = String::from_utf8_lossy(bytes);
            assert_eq!(read(reader(bytes)).1, Some((*code, Some(*row))), "{shown}");
        }
    }

    #[test]
    fn quotation_marks_that_do_not_match_are_a_fault_of_their_row_only() {
        let mut reader = reader("Имя;Т\n\"ООО \"Лютик\"\";1\n\"ООО \"\"Лютик\"\"\";2\n".as_bytes());
        let (mut row, mut faults) = (TableRow::default(), Vec::new());
        while reader.read_row(&mut row).unwrap() {
            faults.push((row.cells[0].text.clone(), row.fault));
        }
        assert_eq!(
            faults,
            [
                ("Имя".to_owned(), None),
                ("ООО Лютик\"\"".to_owned(), Some(RowFault::BadQuotes)),
                ("ООО \"Лютик\"".to_owned(), None),
            ]
        );
    }

    #[test]
    fn a_line_without_end_is_refused_before_it_is_held() {
        for (start, code) in [
            ("", FileProblemCode::LineTooLong),
            ("\"\n", FileProblemCode::UnclosedQuote),
        ] {
            let table = Cursor::new(format!("a;b\n1;2\n{start}"));
            let source = Box::new(table.chain(std::io::repeat(b'x')));
            let reader = Delimited::open(
                source,
                Path::new("a.csv"),
                None,
                encoding::detect(b"", None),
            )
            .unwrap();
            let rows = vec!["1:a|b".to_owned(), "2:1|2".to_owned()];
            assert_eq!(read(reader), (rows, Some((code, Some(3)))));
        }
    }

    #[test]
    fn a_bad_byte_and_a_bad_mark_are_found_far_into_a_file() {
        let row = "Анна;79001234567;\"Велосипед; и всё\"\n".repeat(100_000);
        for (bad, code) in [
            (&b"\xC0;1;2\n"[..], FileProblemCode::EncodingUnknown),
            (b"\"a;1;2\n", FileProblemCode::UnclosedQuote),
        ] {
            let bytes = [row.as_bytes(), bad, row.as_bytes()].concat();
            let (rows, problem) = read(reader(&bytes));
            assert_eq!(
                (rows.len(), problem),
                (100_000, Some((code, Some(100_001))))
            );
            assert_eq!(rows[99_999], "100000:Анна|79001234567|Велосипед; и всё");
        }
    }

    #[test]
    fn what_utf16_cannot_say_is_not_taken_for_text() {
        let source = Box::new(Cursor::new("a;b\n\u{FFFD};2\n"));
        let reader = Delimited::open(
            source,
            Path::new("a.csv"),
            None,
            encoding::detect(b"\xFF\xFE", None),
        )
        .unwrap();
        assert_eq!(
            read(reader).1,
            Some((FileProblemCode::EncodingUnknown, Some(2)))
        );
    }

    #[test]
    fn a_delimiter_that_was_asked_for_is_taken() {
        let source = Box::new(Cursor::new("a;b,c\n1;2,3\n"));
        let reader = Delimited::open(
            source,
            Path::new("a.csv"),
            Some(b','),
            encoding::detect(b"", None),
        )
        .unwrap();
        assert_eq!(read(reader).0, ["1:a;b|c", "2:1;2|3"]);
    }
}
