//! Scans a whole table before it is read, to distinguish UTF-8 from the encodings of old programs. The scan must cover
//! the whole file, because the first non-ASCII letter may be in the last row, and it must come first, because the first
//! row already needs the encoding.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::encoding_guess;

/// Bytes per block; a longer line counts as several.
const BLOCK: usize = 256 * 1024;

/// A line with this many non-ASCII letters that is valid UTF-8 is not in another encoding by chance.
const CERTAIN: usize = 4;

/// Counts the lines with bytes beyond ASCII.
#[derive(Default)]
struct EncodingScan {
    utf8: u64,
    other: u64,
    /// Whether a line with [`CERTAIN`] letters has been seen.
    certain: bool,
    /// Lines that are not UTF-8, up to the size that a guess needs.
    sample: Vec<u8>,
}

/// Returns the lines to guess the encoding from; `None` if the file is UTF-8, even if it is damaged: if some lines are
/// certainly UTF-8, the others are broken. Broken lines must be refused with their row; they must not change the
/// letters of all other rows.
///
/// `head` was already read from `file`; afterwards the file is positioned after it again. A pipe cannot be
/// read twice, so only its head is scanned.
pub(super) fn foreign_lines(head: &[u8], file: &mut File) -> io::Result<Option<Vec<u8>>> {
    let mut scan = EncodingScan::default();
    if file.metadata()?.is_file() {
        scan.read(head.chain(&mut *file))?;
        file.seek(SeekFrom::Start(head.len() as u64))?;
    } else {
        scan.read(head)?;
    }
    let foreign = !scan.certain && scan.other > scan.utf8;
    Ok(foreign.then_some(scan.sample))
}

impl EncodingScan {
    fn read(&mut self, mut source: impl Read) -> io::Result<()> {
        let (mut block, mut held) = (vec![0; BLOCK], 0);
        while !self.certain {
            let read = match source.read(&mut block[held..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                result => result?,
            };
            let filled = held + read;
            let line_end = block[..filled]
                .iter()
                .rposition(|byte| matches!(byte, b'\r' | b'\n'));
            let end = match line_end {
                _ if read == 0 => filled,
                Some(at) => at + 1,
                None if filled == block.len() => filled,
                None => 0,
            };
            self.look_at(&block[..end]);
            if read == 0 {
                break;
            }
            block.copy_within(end..filled, 0);
            held = filled - end;
        }
        Ok(())
    }

    fn look_at(&mut self, block: &[u8]) {
        if block.is_ascii() {
            return;
        }
        for line in block
            .split(|byte| matches!(byte, b'\r' | b'\n'))
            .filter(|line| !line.is_ascii())
        {
            if let Some(letters) = utf8_letters(line) {
                self.utf8 += 1;
                self.certain |= letters >= CERTAIN;
                continue;
            }
            self.other += 1;
            let room = encoding_guess::SAMPLE.saturating_sub(self.sample.len());
            if room > 0 {
                self.sample.extend_from_slice(&line[..line.len().min(room)]);
                self.sample.push(b'\n');
            }
        }
    }
}

/// Returns how many letters beyond ASCII a line has; `None` if it is not UTF-8. A line that was too long for its block
/// may end within a letter.
fn utf8_letters(line: &[u8]) -> Option<usize> {
    let text = match std::str::from_utf8(line) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && line.len() >= BLOCK / 2 => {
            line.utf8_chunks().next()?.valid()
        }
        Err(_) => return None,
    };
    Some(
        text.chars()
            .filter(|letter| !letter.is_ascii())
            .take(CERTAIN)
            .count(),
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn is_foreign(bytes: &[u8]) -> bool {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        let head = &bytes[..bytes.len().min(8)];
        file.seek(SeekFrom::Start(head.len() as u64)).unwrap();
        let sample = foreign_lines(head, &mut file).unwrap();
        assert_eq!(file.stream_position().unwrap(), head.len() as u64);
        sample.is_some()
    }

    #[test]
    fn a_file_is_foreign_only_where_nothing_speaks_for_utf8() {
        let anna = b"\xC0\xED\xED\xE0;7900\n";
        let latin = "Name;Phone\n".repeat(100_000);
        for (parts, foreign) in [
            (&[&b"Name;Phone\nAnna;7900\n"[..]][..], false),
            (&[&b"Name;Phone\n"[..], anna], true),
            (&[latin.as_bytes(), anna], true),
            (&[latin.as_bytes(), "Анна;7900\n".as_bytes()], false),
            (&["Имя;Телефон\n".as_bytes(), anna, anna, anna], false),
            (&[anna, anna, anna, "Анна;7900\n".as_bytes()], false),
            (&["Яна;7900\nЯна;7900\n".as_bytes(), anna], false),
            (
                &["Zoë;7900\n".as_bytes(), b"Zo\xEB;7900\n", b"Zo\xEB;7900\n"],
                true,
            ),
            (&[b"7900;Zo\xEB"], true),
            (&["я".repeat(BLOCK).as_bytes(), b"\n"], false),
            (&[b"x", "я".repeat(BLOCK).as_bytes(), b"\n"], false),
        ] {
            let bytes = parts.concat();
            assert_eq!(
                is_foreign(&bytes),
                foreign,
                "{:?}",
                String::from_utf8_lossy(&bytes[bytes.len() / 2..])
            );
        }
    }
}
