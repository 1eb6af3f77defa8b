//! Reads the lines of a source and counts them; they may end with LF, CRLF or a lone CR. A line is held in memory only
//! up to the limit of a card: a picture of many MB on one line is skipped.

use std::io::{self, BufRead, BufReader};

use crate::formats::encoding::Source;

/// The most bytes of one card, counting only what is used of it.
pub(super) const CARD_LIMIT: usize = 4 * 1024 * 1024;

pub(super) struct Lines {
    source: BufReader<Source>,
    number: u64,
    line: Vec<u8>,
    /// Whether the last line ended with CR, so that an LF directly after it belongs to it.
    after_cr: bool,
    /// Whether the last line had an end.
    complete: bool,
}

impl Lines {
    pub(super) fn new(source: Source) -> Self {
        let source = BufReader::with_capacity(64 * 1024, source);
        Self {
            source,
            number: 0,
            line: Vec::new(),
            after_cr: false,
            complete: true,
        }
    }

    /// Reads the next line; returns `false` at the end.
    pub(super) fn next(&mut self) -> io::Result<bool> {
        self.line.clear();
        let mut begun = false;
        loop {
            let chunk = match self.source.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                chunk => chunk?,
            };
            if chunk.is_empty() {
                self.number += u64::from(begun);
                self.complete &= !begun;
                return Ok(begun);
            }
            if std::mem::take(&mut self.after_cr) && chunk[0] == b'\n' {
                self.source.consume(1);
                continue;
            }
            begun = true;
            let end = chunk.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let part = &chunk[..end.unwrap_or(chunk.len())];
            let room = (CARD_LIMIT + 1).saturating_sub(self.line.len());
            self.line.extend_from_slice(&part[..part.len().min(room)]);
            let used = part.len() + usize::from(end.is_some());
            self.after_cr = end.is_some_and(|end| chunk[end] == b'\r');
            self.source.consume(used);
            if end.is_some() {
                self.number += 1;
                return Ok(true);
            }
        }
    }

    /// Returns the last line, without its end.
    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Returns the number of the last line, from 1.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// Whether the source did not end in the middle of a line.
    pub(super) const fn complete(&self) -> bool {
        self.complete
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    #[test]
    fn every_kind_of_line_end_counts_once() {
        let mut lines = Lines::new(Box::new(Cursor::new("a\nb\r\nc\rd\n\n\r\re")));
        let mut seen = Vec::new();
        while lines.next().unwrap() {
            seen.push((
                lines.number(),
                String::from_utf8(lines.line().to_vec()).unwrap(),
            ));
        }
        let expected = ["a", "b", "c", "d", "", "", "", "e"];
        let expected: Vec<_> = (1..).zip(expected.map(str::to_owned)).collect();
        assert_eq!(seen, expected);
        assert!(!lines.complete());
    }

    #[test]
    fn a_crlf_on_the_edge_of_the_buffer_is_one_end() {
        let text = [vec![b'x'; 64 * 1024 - 1], b"\r\nb\r\n".to_vec()].concat();
        let mut lines = Lines::new(Box::new(Cursor::new(text)));
        assert!(lines.next().unwrap() && lines.next().unwrap());
        assert_eq!((lines.line(), lines.number()), (&b"b"[..], 2));
        assert!(!lines.next().unwrap());
        assert!(lines.complete());
    }

    #[test]
    fn a_long_line_is_held_only_up_to_the_limit() {
        let text = io::repeat(b'x')
            .take(3 * CARD_LIMIT as u64)
            .chain(&b"\nb"[..]);
        let mut lines = Lines::new(Box::new(text));
        assert!(lines.next().unwrap());
        assert_eq!(lines.line().len(), CARD_LIMIT + 1);
        assert!(lines.next().unwrap());
        assert_eq!((lines.line(), lines.number()), (&b"b"[..], 2));
    }
}
