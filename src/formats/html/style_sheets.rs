//! Finds the style sheets of a page, wherever they are: a sheet at the end may hide a row at the beginning. So the
//! whole page is searched before its tables are read; only the rules are held in memory.

use std::io::{self, Read};

use super::css::{self, Rules};
use crate::formats::encoding::Source;

/// How many bytes are read at once.
const BLOCK: usize = 64 * 1024;

/// How many bytes of one style sheet are examined; sheets for whole sites have a tenth of that.
const SHEET: usize = 4 << 20;

/// Returns the rules of all style sheets of a page.
pub(super) fn rules(source: Source) -> io::Result<Rules> {
    let mut scan = Scan {
        source,
        held: Vec::new(),
        at: 0,
        is_over: false,
    };
    let mut rules = Rules::default();
    let mut sheet = Vec::new();
    while scan.skip(b"<", None)? {
        if scan.begins(b"!--")? {
            scan.skip(b"-->", None)?;
        } else if scan.begins(b"script")? {
            scan.skip(b"</script", None)?;
        } else if scan.begins(b"style")? {
            sheet.clear();
            scan.skip(b"</style", Some(&mut sheet))?;
            let text = String::from_utf8_lossy(&sheet);
            if let Some((tag, text)) = text.split_once('>')
                && is_for_screens(tag)
            {
                rules.add(text);
            }
        }
    }
    Ok(rules)
}

/// Whether the sheet applies to a screen: `media="print"` does not.
fn is_for_screens(tag: &str) -> bool {
    let tag = tag.to_ascii_lowercase();
    let Some((_, after)) = tag.split_once("media") else {
        return true;
    };
    let value = after.trim_start().trim_start_matches('=').trim_start();
    let value = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].split(quote).next(),
        Some(_) | None => value.split_whitespace().next(),
    };
    css::is_for_screens(value.unwrap_or_default())
}

/// A scan through the page.
struct Scan {
    source: Source,
    held: Vec<u8>,
    at: usize,
    is_over: bool,
}

impl Scan {
    /// Whether the text continues with this word, in any case.
    fn begins(&mut self, word: &[u8]) -> io::Result<bool> {
        while self.held.len() - self.at < word.len() && !self.is_over {
            self.read()?;
        }
        let text = &self.held[self.at..];
        Ok(text
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word)))
    }

    /// Skips past the next `end`, in any case; returns `false` at the end of the page. The text before it is appended
    /// to `sheet`, if given, up to its limit.
    fn skip(&mut self, end: &[u8], mut sheet: Option<&mut Vec<u8>>) -> io::Result<bool> {
        loop {
            let text = &self.held[self.at..];
            let found = text.iter().position(|byte| *byte == end[0]);
            let length = found.unwrap_or(text.len());
            if let Some(sheet) = sheet.as_deref_mut() {
                let room = SHEET.saturating_sub(sheet.len());
                sheet.extend_from_slice(&text[..length.min(room)]);
            }
            self.at += length;
            if found.is_none() {
                if self.is_over {
                    return Ok(false);
                }
                self.read()?;
            } else if self.begins(end)? {
                self.at += end.len();
                return Ok(true);
            } else {
                self.at += 1; // it begins like the end, and is none
                if let Some(sheet) = sheet.as_deref_mut() {
                    sheet.push(end[0]);
                }
            }
        }
    }

    /// Reads more, and drops what was scanned.
    fn read(&mut self) -> io::Result<()> {
        self.held.drain(..self.at);
        self.at = 0;
        let held = self.held.len();
        self.held.resize(held + BLOCK, 0);
        let read = loop {
            match self.source.read(&mut self.held[held..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.held.truncate(held + read);
        self.is_over = read == 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::css::{Declared, Tag, Visibility};
    use super::*;

    /// Gives out one byte at a time, so that every word is cut everywhere.
    struct Drops(Cursor<String>);

    impl Read for Drops {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(1);
            self.0.read(&mut buffer[..length])
        }
    }

    #[test]
    fn style_sheets_are_found_wherever_they_stand() {
        for (page, hides) in [
            (
                "<table></table><STYLE type='text/css'>.x{display:none}</style >",
                true,
            ),
            ("<style><!-- .x { display:none } --></style>", true),
            ("<style>a</style><style>.x{display:none}", true),
            ("<style media=\"print\">.x{display:none}</style>", false),
            ("<style media=screen>.x{display:none}</style>", true),
            ("<!-- <style>.x{display:none}</style> -->", false),
            ("<script>'<style>.x{display:none}</style>'</script>", false),
            ("<styl>.x{display:none}</styl>", false),
            ("< style>.x{display:none}", false),
        ] {
            for source in [
                Box::new(Cursor::new(page.to_owned())) as Source,
                Box::new(Drops(Cursor::new(page.to_owned()))),
            ] {
                let rules = rules(source).unwrap();
                let tag = Tag {
                    classes: vec!["x".to_owned()],
                    ..Tag::default()
                };
                let shown = rules.declared(&tag, Declared::default(), &[]).shown(false);
                assert_eq!(shown == Visibility::No, hides, "{page}");
            }
        }
    }
}
