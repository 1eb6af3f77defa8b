//! Detects letters that were lost before we got the file: an English Excel writes `?` or `_` for every letter that its
//! code page lacks, other programs write U+FFFD. The letters cannot be restored, so a file that lost many is refused;
//! single cells are checked with their rows.

use super::record::{Scanned, Scanner, Span};

const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();

/// Counts the rows of a sample that have lost letters.
#[derive(Default)]
struct LostRows {
    rows: usize,
    lost: usize,
    /// How many rows come before the first such row.
    first: u64,
    /// The first such cell. Names differ in length, while a form to be filled in repeats its blanks.
    cell: Vec<u8>,
    differ: bool,
}

/// Returns how many rows come before the first row that lost its letters, if a third of the rows of a sample did.
pub(super) fn rows_before(sample: &[u8], ended: bool, delimiter: Option<u8>) -> Option<u64> {
    let mut scanner = Scanner::new(delimiter, None);
    let (mut rest, mut before, mut loss) = (sample, 0, LostRows::default());
    while !rest.is_empty() {
        let Scanned::Record { length, next } = scanner.scan(rest, ended) else {
            break;
        };
        loss.count(before, &rest[..length], &scanner.cells);
        before += 1;
        rest = &rest[next..];
    }
    (loss.lost > 1 && loss.differ && loss.lost * 3 >= loss.rows).then_some(loss.first)
}

impl LostRows {
    fn count(&mut self, before: u64, record: &[u8], cells: &[Span]) {
        self.rows += usize::from(!record.trim_ascii().is_empty());
        let mut lost = false;
        for cell in cells.iter().map(|span| span.raw(record)) {
            let replaced = cell
                .windows(REPLACEMENT.len())
                .any(|letter| letter == REPLACEMENT);
            if !replaced && !is_lost(cell) {
                continue;
            }
            lost = true;
            if self.cell.is_empty() {
                (self.first, self.cell) = (before, cell.to_owned());
            }
            self.differ |= replaced || self.cell != cell;
        }
        self.lost += usize::from(lost);
    }
}

/// Whether a cell has lost its letters, as `????? ????????` or `___ "_______"`: no digit, and more marks in runs than
/// letters.
fn is_lost(cell: &[u8]) -> bool {
    let runs = cell.chunk_by(|one, next| one == next);
    let marks: usize = runs
        .filter(|run| run.len() > 1 && matches!(run[0], b'?' | b'_'))
        .map(<[u8]>::len)
        .sum();
    let letters = cell
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii())
        .count();
    marks > 2 && marks > letters && !cell.iter().any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_lost_its_text_where_many_rows_have() {
        for (text, expected) in [
            ("Name;Phone\n?????;7900\n???? ????????;7901\n", Some(1)),
            ("___;_______\n____ _. _.;7900\n", Some(0)),
            (
                "Name;Phone\n\n\"??? \"\"???????\"\"\";7900\n\"???;????\";7901\n",
                Some(2),
            ),
            ("Name;Phone\nAnn\u{FFFD};7900\nAnn\u{FFFD};7901\n", Some(1)),
            ("Name;Phone\n?????;7900\nAnna;7901\nOlga;7902\n", None),
            ("Name;Phone\n?????;7900\n", None),
            ("Name;Note\nAnna;???\nOlga;???\nVera;???\n", None),
            ("Имя;Дата\nАнна;____\nОльга;____\n", None),
            (
                "Имя;Телефон\nАнна;+7 (900) ___-__-__\nОльга;+7 (9__) ___-__-__\n",
                None,
            ),
            ("Имя;Вопрос\nАнна;Почему???\nОльга;Когда?????\n", None),
            ("", None),
        ] {
            assert_eq!(
                rows_before(text.as_bytes(), true, Some(b';')),
                expected,
                "{text}"
            );
        }
    }
}
