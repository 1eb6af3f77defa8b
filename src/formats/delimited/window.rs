//! A buffer of fixed size that slides over the source, so that neither a long file nor a long line takes more memory.

use std::io::{self, Read};

use crate::formats::encoding::Source;

/// The longest record, including its line end.
pub(super) const RECORD_LIMIT: usize = 1024 * 1024;

pub(super) struct Window {
    source: Source,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
}

impl Window {
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            buffer: vec![0; RECORD_LIMIT],
            start: 0,
            end: 0,
            ended: false,
        }
    }

    /// Returns the bytes in the buffer that are not yet consumed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Whether nothing follows the bytes in the buffer.
    pub(super) const fn ended(&self) -> bool {
        self.ended
    }

    /// Drops the first `length` bytes.
    pub(super) fn consume(&mut self, length: usize) {
        self.start = (self.start + length).min(self.end);
    }

    /// Reads more of the source; `false` if the buffer is full.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            return Ok(false);
        }
        let read = loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.end += read;
        self.ended = read == 0;
        Ok(true)
    }

    /// Reads at least as much as is already in the buffer, so that a long record is scanned a few times, not once for
    /// each small read; returns `false` if the buffer is full.
    pub(super) fn grow(&mut self) -> io::Result<bool> {
        let held = self.bytes().len();
        self.fill_to(2 * held.max(16 * 1024))?;
        Ok(self.ended || self.bytes().len() > held)
    }

    /// Reads the source until the buffer holds `length` bytes, or the source ends.
    pub(super) fn fill_to(&mut self, length: usize) -> io::Result<()> {
        while self.bytes().len() < length && !self.ended && self.fill()? {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_never_holds_more_than_one_record_may_have() {
        let mut window = Window::new(Box::new(io::repeat(b'x').take(3 * RECORD_LIMIT as u64)));
        window.fill_to(usize::MAX).unwrap();
        assert_eq!(
            (window.bytes().len(), window.ended()),
            (RECORD_LIMIT, false)
        );
        assert!(!window.fill().unwrap());
        window.consume(1);
        assert!(window.grow().unwrap());
        assert_eq!(window.bytes().len(), RECORD_LIMIT);
        assert!(!window.grow().unwrap());
        window.consume(RECORD_LIMIT - 1);
        assert!(window.grow().unwrap());
        assert!(window.bytes().len() > 1);
    }
}
