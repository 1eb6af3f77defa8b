//! Reads the XML of a workbook token by token, from a part of a package or from a plain file. The size of one row and
//! the nesting depth are limited, because a small package can unpack to any size. No entities are expanded, except the
//! five of XML and numeric character references.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;
use quick_xml::events::attributes::{Attribute, Attributes};

use crate::formats::encoding::Source;

/// The most bytes of XML for one row, or for one token outside of rows. A row of 16,384 empty cells takes less than one
/// million.
const ALLOWANCE: usize = 8 << 20;

/// The limit of the nesting depth; no workbook needs more than a few dozen.
const DEEPEST: usize = 256;

/// A token of XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// An element begins; see [`Xml::name`] and [`Xml::attributes`].
    Open,
    /// An element ends; see [`Xml::name`].
    Close,
    /// Some text; see [`Xml::text`]. One text may come in several pieces.
    Text,
    End,
}

/// Why XML cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum XmlError {
    #[error("{0}")]
    Broken(String),
    #[error("something in it is too long for a row of contacts")]
    TooLong,
    #[error(transparent)]
    Io(io::Error),
}

pub(super) struct Xml {
    reader: Reader<Limited>,
    buffer: Vec<u8>,
    /// The last tag that was read, without its brackets.
    tag: String,
    name_length: usize,
    text: String,
    depth: usize,
}

impl Xml {
    /// Reads XML in UTF-8.
    pub(super) fn new(source: Source) -> Self {
        let limited = Limited {
            source: BufReader::with_capacity(32 * 1024, source),
            left: ALLOWANCE,
        };
        let mut reader = Reader::from_reader(limited);
        reader.config_mut().expand_empty_elements = true;
        let (buffer, tag, text) = (Vec::new(), String::new(), String::new());
        Self {
            reader,
            buffer,
            tag,
            name_length: 0,
            text,
            depth: 0,
        }
    }

    /// Renews the limit, for another row or another token outside of rows.
    pub(super) fn renew(&mut self) {
        self.reader.get_mut().left = ALLOWANCE;
    }

    pub(super) fn next(&mut self) -> Result<Token, XmlError> {
        loop {
            self.buffer.clear();
            let event = self
                .reader
                .read_event_into(&mut self.buffer)
                .map_err(broken)?;
            self.text.clear();
            match event {
                Event::Start(start) => {
                    self.tag.clear();
                    self.tag.push_str(&start);
                    self.name_length = start.name().as_ref().len();
                    self.depth += 1;
                    return if self.depth > DEEPEST {
                        Err(XmlError::TooLong)
                    } else {
                        Ok(Token::Open)
                    };
                }
                Event::End(end) => {
                    self.tag.clear();
                    self.tag.push_str(end.name().as_ref());
                    self.name_length = self.tag.len();
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Token::Close);
                }
                Event::Text(text) => self.text.push_str(&text.xml10_content()),
                Event::CData(text) => self.text.push_str(&text.xml10_content()),
                Event::GeneralRef(entity) => {
                    let letter = match entity.resolve_char_ref().map_err(broken)? {
                        Some(letter) => letter,
                        None => named_entity(&entity)?,
                    };
                    self.text.push(letter);
                }
                Event::Eof if self.depth > 0 => {
                    return Err(XmlError::Broken("it is cut off".to_owned()));
                }
                Event::Eof => return Ok(Token::End),
                Event::Empty(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_) => {
                    continue;
                }
            }
            return Ok(Token::Text);
        }
    }

    /// Returns the name of the last tag without its prefix.
    pub(super) fn name(&self) -> &str {
        let name = &self.tag[..self.name_length];
        name.rsplit_once(':').map_or(name, |(_, local)| local)
    }

    /// Returns how many elements are open.
    pub(super) const fn depth(&self) -> usize {
        self.depth
    }

    /// Returns the last piece of text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the attributes of the element that has just begun, by their names without prefix.
    pub(super) fn attributes(
        &self,
    ) -> impl Iterator<Item = Result<(&str, Cow<'_, str>), XmlError>> {
        let mut attributes = Attributes::new(&self.tag, self.name_length);
        attributes.with_checks(false);
        attributes.map(|attribute| {
            let Attribute { key, value } =
                attribute.map_err(|error| XmlError::Broken(error.to_string()))?;
            let value = match value {
                Cow::Borrowed(value) => {
                    unescape(value).map_err(|error| XmlError::Broken(error.to_string()))?
                }
                Cow::Owned(value) => Cow::Owned(value),
            };
            Ok((key.local_name().into_inner(), value))
        })
    }

    /// Returns one attribute of the element that has just begun.
    pub(super) fn attribute(&self, name: &str) -> Result<Option<String>, XmlError> {
        for attribute in self.attributes() {
            let (other, value) = attribute?;
            if other == name {
                return Ok(Some(value.into_owned()));
            }
        }
        Ok(None)
    }

    /// Skips to the end of the element that has just begun, which may be as long as a sheet.
    pub(super) fn skip_long(&mut self) -> Result<(), XmlError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.renew();
            self.next()?;
        }
        Ok(())
    }

    /// Skips to the end of the element that has just begun, which is part of a row.
    pub(super) fn skip(&mut self) -> Result<(), XmlError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            self.next()?;
        }
        Ok(())
    }
}

/// Returns the character of one of the five entities that XML predefines.
fn named_entity(name: &str) -> Result<char, XmlError> {
    match name {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(XmlError::Broken(format!("nobody knows &{name};"))),
    }
}

fn broken(error: quick_xml::Error) -> XmlError {
    let quick_xml::Error::Io(error) = error else {
        return XmlError::Broken(error.to_string());
    };
    let kind = error.kind();
    if kind == io::ErrorKind::FileTooLarge {
        XmlError::TooLong
    } else if [
        io::ErrorKind::InvalidData,
        io::ErrorKind::InvalidInput,
        io::ErrorKind::UnexpectedEof,
    ]
    .contains(&kind)
    {
        XmlError::Broken(error.to_string())
    } else {
        XmlError::Io(io::Error::new(kind, error.to_string()))
    }
}

/// Hands out only as many bytes as are allowed until [`Xml::renew`].
struct Limited {
    source: BufReader<Source>,
    left: usize,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl BufRead for Limited {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.source.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.left = self.left.saturating_sub(length);
        self.source.consume(length);
    }
}
