//! The table of texts that most .xlsx files have. A cell refers to a text by its number, so all texts are held in
//! memory while the sheet is read. They are in one buffer: a table of a million names of 30 bytes takes 34 MB.

use super::xml::{Token, Xml, XmlError};
use crate::formats::value::push_unescaped;

/// The most bytes that may be held; a million rows of contacts need a third of that.
const LIMIT: usize = 512 << 20;

/// What each text counts in addition to its letters; otherwise an unlimited number of empty texts would cost nothing.
const EACH: usize = 16;

/// The texts of a workbook.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    /// Where each text ends.
    ends: Vec<u32>,
    /// The texts in which digits are raised, lowered or struck out, in ascending order.
    digits_apart: Vec<usize>,
}

impl Strings {
    /// Reads the part `sharedStrings.xml`; `unpacked` is its length.
    pub(super) fn read(xml: &mut Xml, unpacked: u64) -> Result<Self, XmlError> {
        // Reserved memory that is not used costs nothing; a growing buffer is copied.
        let room = usize::try_from(unpacked).unwrap_or(LIMIT).min(LIMIT);
        let mut strings = Self {
            text: String::with_capacity(room),
            ends: Vec::new(),
            digits_apart: Vec::new(),
        };
        let mut raw = String::new();
        loop {
            xml.renew();
            match xml.next()? {
                Token::Open if xml.name() == "si" => {
                    raw.clear();
                    if read_text(xml, &mut raw)? {
                        strings.digits_apart.push(strings.ends.len());
                    }
                    strings.push(&raw)?;
                }
                Token::Open | Token::Close | Token::Text => {}
                Token::End => return Ok(strings),
            }
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = usize::try_from(*self.ends.get(index)?).ok()?;
        let before = index
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        let start = usize::try_from(before.copied().unwrap_or(0)).ok()?;
        self.text.get(start..end)
    }

    /// Whether digits of a text are raised, lowered or struck out.
    pub(super) fn has_digits_apart(&self, index: usize) -> bool {
        self.digits_apart.binary_search(&index).is_ok()
    }

    fn push(&mut self, raw: &str) -> Result<(), XmlError> {
        if self.text.len() + raw.len() + self.ends.len() * EACH > LIMIT {
            return Err(XmlError::TooLong);
        }
        push_unescaped(raw, &mut self.text);
        self.ends
            .push(u32::try_from(self.text.len()).map_err(|_| XmlError::TooLong)?);
        Ok(())
    }
}

/// Reads the text of the element that has just begun: all its runs, without the pronunciation of East Asian words
/// (`rPh`). Returns whether digits of it are raised, lowered or struck out.
pub(super) fn read_text(xml: &mut Xml, into: &mut String) -> Result<bool, XmlError> {
    let outside = xml.depth() - 1;
    let (mut is_text, mut is_apart, mut digits_apart) = (false, false, false);
    while xml.depth() > outside {
        match xml.next()? {
            Token::Open => match xml.name() {
                "t" => is_text = true,
                "rPh" => xml.skip()?,
                "r" => is_apart = false,
                "strike" => {
                    let value = xml.attribute("val")?;
                    is_apart |= !matches!(value.as_deref(), Some("0" | "false"));
                }
                "vertAlign" => is_apart |= xml.attribute("val")?.as_deref() != Some("baseline"),
                _ => is_text = false,
            },
            Token::Close => is_text = false,
            Token::Text if is_text => {
                into.push_str(xml.text());
                digits_apart |= is_apart && xml.text().contains(char::is_numeric);
            }
            Token::Text => {}
            Token::End => break,
        }
    }
    Ok(digits_apart)
}
