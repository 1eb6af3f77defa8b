//! Removes the end mark of DOS, 0x1A (Ctrl-Z): old programs and `copy` write it after a text, usually followed by line
//! ends or zero bytes up to the end of a block. It is not part of the text. In the middle of a text it stays.

use std::io::{self, Read};

use super::encoding::Source;

/// How many bytes may follow the mark at the end of the file; with more, it is not an end mark.
const LONGEST: usize = 64 * 1024;

const MARK: u8 = 0x1A;

/// Returns the beginning of a file without an end mark at its end.
pub(super) fn before_mark(head: &[u8]) -> &[u8] {
    let end = head
        .iter()
        .rposition(|byte| !may_follow(*byte))
        .map_or(0, |last| last + 1);
    let mark = head[end..].iter().position(|byte| *byte == MARK);
    &head[..mark.map_or(head.len(), |at| end + at)]
}

/// A text without its end mark.
pub(super) struct WithoutEndMark {
    source: Source,
    /// A mark and what follows it, held back until it is clear whether the text has ended.
    held: Vec<u8>,
    /// Held bytes that turned out to be text, and how much of them was handed out.
    text: Vec<u8>,
    handed_out: usize,
}

impl WithoutEndMark {
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            held: Vec::new(),
            text: Vec::new(),
            handed_out: 0,
        }
    }

    /// Returns how many of the bytes just read into `buffer` are certainly text and come next.
    fn take_in(&mut self, bytes: &[u8]) -> usize {
        let goes_on = bytes.iter().all(|byte| may_follow(*byte));
        let is_over = goes_on && !self.held.is_empty() && self.held.len() <= LONGEST;
        let text = if is_over { 0 } else { before_mark(bytes).len() };
        if text > 0 && !self.held.is_empty() {
            self.text = std::mem::take(&mut self.held);
            self.text.extend_from_slice(&bytes[..text]);
            self.handed_out = 0;
        }
        self.held.extend_from_slice(&bytes[text..]);
        if self.text.is_empty() { text } else { 0 }
    }
}

impl Read for WithoutEndMark {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let rest = &self.text[self.handed_out..];
            if !rest.is_empty() {
                let length = rest.len().min(buffer.len());
                buffer[..length].copy_from_slice(&rest[..length]);
                self.handed_out += length;
                return Ok(length);
            }
            self.text.clear();
            self.handed_out = 0;
            let read = self.source.read(buffer)?;
            if read == 0 {
                self.held.clear();
                return Ok(0);
            }
            let length = self.take_in(&buffer[..read]);
            if length > 0 {
                return Ok(length);
            }
        }
    }
}

const fn may_follow(byte: u8) -> bool {
    matches!(byte, MARK | 0 | b'\r' | b'\n' | b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out a few bytes at a time.
    struct Slow(Vec<u8>, usize);

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(self.0.len()).min(buffer.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0.drain(..length);
            Ok(length)
        }
    }

    fn read(bytes: &[u8], at_a_time: usize) -> Vec<u8> {
        let mut text = Vec::new();
        let source = Box::new(Slow(bytes.to_vec(), at_a_time));
        WithoutEndMark::new(source).read_to_end(&mut text).unwrap();
        text
    }

    #[test]
    fn only_a_mark_at_the_very_end_is_left_out() {
        for (bytes, text) in [
            (&b"a;b\r\n\x1A"[..], &b"a;b\r\n"[..]),
            (b"a;b\x1A", b"a;b"),
            (b"a;b\r\n\x1A\r\n", b"a;b\r\n"),
            (b"a;b\r\n\x1A\x1A\0\0\0 \t\x1A\n", b"a;b\r\n"),
            (b"a\x1Ab\x1A\r\nc\x1A", b"a\x1Ab\x1A\r\nc"),
            (b"\x1A", b""),
            (b"a\0\0", b"a\0\0"),
            (b"a\r\n", b"a\r\n"),
            (b"", b""),
        ] {
            for at_a_time in [1, 2, 3, 100] {
                assert_eq!(read(bytes, at_a_time), text, "{bytes:?}, {at_a_time}");
            }
        }
        let long = [&b"a\x1A"[..], &vec![0; 3 * LONGEST]].concat();
        assert!(
            read(&long, 4096).starts_with(b"a\x1A\0"),
            "more than a block of zeros is damage"
        );
    }

    #[test]
    fn what_is_held_comes_in_its_place() {
        let parts: [&[u8]; 6] = [b"\x1A", b"\0", b"\n", b"a", b" ", b"bc"];
        for seed in 0..500 {
            let mut random = fastrand::Rng::with_seed(seed);
            let count = random.usize(..30);
            let bytes: Vec<u8> = (0..count)
                .flat_map(|_| parts[random.usize(..6)].to_vec())
                .collect();
            let text = read(&bytes, random.usize(1..9));
            let rest = bytes.strip_prefix(text.as_slice()).unwrap();
            assert!(
                rest.is_empty() || rest[0] == MARK && rest.iter().all(|byte| may_follow(*byte)),
                "{bytes:?}"
            );
            assert!(
                !text
                    .iter()
                    .rev()
                    .take_while(|byte| may_follow(**byte))
                    .any(|byte| *byte == MARK),
                "{bytes:?}"
            );
        }
    }
}
