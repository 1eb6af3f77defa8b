//! The tokens of HTML as exporters write it, or of the XML of Excel 2003: tags and the text between
//! them. What is no tag is text; comments, scripts and styles are passed over without being held.

use std::io::{self, BufRead, BufReader, Read};

use crate::files::encoding::Source;

/// Bytes that one piece of text may have.
const TEXT_LIMIT: usize = 1 << 20;

/// Bytes that one tag may have; pictures may stand in attributes, but not in tables of contacts.
const TAG_LIMIT: usize = 256 << 10;

/// Elements whose content is no text.
const SILENT: [&str; 3] = ["script", "style", "title"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    /// Text as it is written, with its entities.
    Text,
    /// Text without entities (`CDATA`).
    Verbatim,
    End,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum TokenError {
    #[error("a text or a tag is longer than any list of contacts needs")]
    TooLong,
    #[error("the file ends inside a tag")]
    CutOff,
    #[error(transparent)]
    Io(#[from] io::Error),
}

pub(super) struct Tokens {
    source: BufReader<Source>,
    /// The token that was read last, without the brackets of a tag.
    raw: Vec<u8>,
    name: String,
}

impl Tokens {
    pub(super) fn new(source: Source) -> Self {
        Self { source: BufReader::with_capacity(64 * 1024, source), raw: Vec::new(), name: String::new() }
    }

    /// The name of the last tag, in small letters and without prefix.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The last text.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.raw).unwrap_or_default()
    }

    /// An attribute of the last tag, by its name in small letters and without prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let mut rest = self.text().trim_end_matches('/');
        rest = &rest[rest.find(|letter: char| letter.is_ascii_whitespace())?..];
        loop {
            rest = rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '/');
            let end = rest.find(|letter: char| letter.is_ascii_whitespace() || letter == '=')?;
            let key = rest[..end].rsplit(':').next().unwrap_or_default();
            let after = rest[end..].trim_start();
            let Some(after) = after.strip_prefix('=') else {
                rest = after;
                continue;
            };
            let (value, after) = attribute_value(after.trim_start());
            if key.eq_ignore_ascii_case(name) {
                return Some(value);
            }
            rest = after;
        }
    }

    pub(super) fn next(&mut self) -> Result<Token, TokenError> {
        loop {
            self.raw.clear();
            let Some(first) = self.peek()? else { return Ok(Token::End) };
            if first != b'<' {
                return self.read_text();
            }
            self.source.consume(1);
            match self.peek()? {
                Some(b'!' | b'?') => {
                    if self.skip_declaration()? {
                        return Ok(Token::Verbatim);
                    }
                }
                Some(b'/') => {
                    self.read_tag()?;
                    return Ok(Token::Close);
                }
                Some(letter) if letter.is_ascii_alphabetic() => {
                    self.read_tag()?;
                    if SILENT.contains(&self.name.as_str()) && !self.raw.ends_with(b"/") {
                        self.skip_silent()?;
                        continue;
                    }
                    return Ok(Token::Open);
                }
                Some(_) | None => {
                    self.raw.push(b'<');
                    return self.read_text();
                }
            }
        }
    }

    /// Whether the tag that was read last is its own end, `<Cell/>`.
    pub(super) fn is_closed(&self) -> bool {
        self.raw.ends_with(b"/")
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.source.fill_buf()?.first().copied())
    }

    fn read_text(&mut self) -> Result<Token, TokenError> {
        loop {
            let held = self.source.fill_buf()?;
            let end = held.iter().position(|byte| *byte == b'<');
            let piece = &held[..end.unwrap_or(held.len())];
            self.raw.extend_from_slice(piece);
            let (length, is_end) = (piece.len(), end.is_some() || held.is_empty());
            self.source.consume(length);
            if self.raw.len() > TEXT_LIMIT {
                return Err(TokenError::TooLong);
            }
            if is_end {
                return Ok(Token::Text);
            }
        }
    }

    fn read_tag(&mut self) -> Result<(), TokenError> {
        loop {
            self.read_to_bracket()?;
            if !in_quotes(&self.raw[..self.raw.len() - 1]) {
                break;
            }
        }
        self.raw.pop();
        let text = self.text().trim_start_matches('/');
        let end =
            text.find(|letter: char| letter.is_ascii_whitespace() || letter == '/').unwrap_or(text.len());
        self.name = text[..end].rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
        Ok(())
    }

    /// Passes over a comment or a declaration; `true` if it is a text (`CDATA`).
    fn skip_declaration(&mut self) -> Result<bool, TokenError> {
        loop {
            self.read_to_bracket()?;
            if self.raw.starts_with(b"!--") {
                if self.raw.ends_with(b"-->") {
                    return Ok(false);
                }
                let tail = self.raw.len().saturating_sub(3).max(3);
                self.raw.drain(3..tail);
            } else if self.raw.starts_with(b"![CDATA[") {
                if self.raw.ends_with(b"]]>") {
                    self.raw.truncate(self.raw.len() - 3);
                    self.raw.drain(..8);
                    return Ok(true);
                }
            } else {
                return Ok(false);
            }
        }
    }

    /// Passes over the content of the element that has just begun, and over its end.
    fn skip_silent(&mut self) -> Result<(), TokenError> {
        let end = format!("</{}", self.name);
        self.raw.clear();
        loop {
            self.read_to_bracket()?;
            let tag = self.raw.iter().rposition(|byte| *byte == b'<').unwrap_or(0);
            if self.raw[tag..].to_ascii_lowercase().starts_with(end.as_bytes()) {
                return Ok(());
            }
            self.raw.clear();
        }
    }

    /// Adds what stands up to the next `>`, with it.
    fn read_to_bracket(&mut self) -> Result<(), TokenError> {
        let limit = TAG_LIMIT.max(TEXT_LIMIT).saturating_sub(self.raw.len());
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        let read = self.source.by_ref().take(limit).read_until(b'>', &mut self.raw)?;
        if self.raw.ends_with(b">") && read > 0 {
            return Ok(());
        }
        Err(if read == 0 || self.peek()?.is_none() { TokenError::CutOff } else { TokenError::TooLong })
    }
}

/// The value behind `=`, and what follows it.
fn attribute_value(text: &str) -> (&str, &str) {
    let quoted = text.strip_prefix('"').map(|rest| (rest, '"'));
    match quoted.or_else(|| text.strip_prefix('\'').map(|rest| (rest, '\''))) {
        Some((rest, quote)) => rest.split_once(quote).unwrap_or((rest, "")),
        None => text.split_at(text.find(|letter: char| letter.is_ascii_whitespace()).unwrap_or(text.len())),
    }
}

/// Whether a tag that is read so far ends inside the quotation marks of a value. A mark that does
/// not follow `=` is only a letter.
fn in_quotes(tag: &[u8]) -> bool {
    let (mut quote, mut before) = (None, b' ');
    for byte in tag {
        match quote {
            Some(open) if open == *byte => quote = None,
            None if matches!(byte, b'"' | b'\'') && before == b'=' => quote = Some(*byte),
            Some(_) | None => {}
        }
        if !byte.is_ascii_whitespace() {
            before = *byte;
        }
    }
    quote.is_some()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn tokens(html: &str) -> String {
        let mut tokens = Tokens::new(Box::new(Cursor::new(html.to_owned())));
        let mut seen = Vec::new();
        loop {
            match tokens.next() {
                Ok(Token::Open) => seen.push(format!("<{}", tokens.name())),
                Ok(Token::Close) => seen.push(format!("/{}", tokens.name())),
                Ok(Token::Text) => seen.push(tokens.text().to_owned()),
                Ok(Token::Verbatim) => seen.push(format!("[{}]", tokens.text())),
                Ok(Token::End) => return seen.join("|"),
                Err(error) => return format!("{}|! {error}", seen.join("|")),
            }
        }
    }

    #[test]
    fn html_falls_into_tags_and_text() {
        let table = [
            ("<TD>a</td >b", "<td|a|/td|b"),
            ("<td title=\"a>b\" x='>'>c", "<td|c"),
            ("<td title=5\" >c</td>", "<td|c|/td"),
            ("<!-- <td> -- > --->a<!DOCTYPE html><?xml x?>b", "a|b"),
            ("<!-->x-->", "x-->"),
            ("<style>td > a { } </td></STYLE >b", "b"),
            ("<script>if (a<b) '<td>'</script>c", "c"),
            ("1 < 2 <3<br/>", "1 |< 2 |<3|<br"),
            ("<ss:Data ss:Type=\"String\"><![CDATA[a<b>&amp;]]></ss:Data>", "<data|[a<b>&amp;]|/data"),
            ("<Style ss:ID=\"a\"/>b", "<style|b"),
            ("a<td", "a|! the file ends inside a tag"),
            ("<!-- a", "|! the file ends inside a tag"),
        ];
        for (html, expected) in table {
            assert_eq!(tokens(html), expected, "{html}");
        }
    }

    #[test]
    fn attributes_are_found_however_they_are_written() {
        let tag = "<td colspan=2 Title = 'a b' nowrap ss:Index=\"3\" x:num style=\"display:none\" last=7/>";
        let mut tokens = Tokens::new(Box::new(Cursor::new(tag)));
        tokens.next().unwrap();
        let table = [
            ("colspan", Some("2")),
            ("title", Some("a b")),
            ("index", Some("3")),
            ("style", Some("display:none")),
            ("last", Some("7")),
            ("span", None),
        ];
        for (name, expected) in table {
            assert_eq!(tokens.attribute(name), expected, "{name}");
        }
        assert!(tokens.is_closed());
    }

    #[test]
    fn a_text_or_a_tag_without_end_is_refused_before_it_is_held() {
        for start in ["a", "<td title=\"", "<td "] {
            let source = Cursor::new(start.to_owned()).chain(io::repeat(b'x'));
            let mut tokens = Tokens::new(Box::new(source));
            assert!(matches!(tokens.next(), Err(TokenError::TooLong)), "{start}");
        }
    }
}
