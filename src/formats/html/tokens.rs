//! The tokens of HTML as exporters write it: tags and the text between them. What is not a tag is text; comments,
//! scripts, styles and templates are skipped without being held in memory.

use std::io::{self, BufRead, BufReader, Read};

use crate::formats::encoding::Source;

/// The most bytes of one piece of text.
const TEXT_LIMIT: usize = 1 << 20;

/// The most bytes of one tag; attributes may contain pictures, but not in tables of contacts.
const TAG_LIMIT: usize = 256 << 10;

/// Elements whose content is not shown.
const SILENT: [&str; 4] = ["script", "style", "title", "template"];

/// Prefixes under which XML writes the elements of HTML.
const OUR_PREFIXES: [&str; 3] = ["h", "html", "xhtml"];

/// Elements without content and end tag. Their attributes may contain pictures.
const VOID: [&str; 16] = [
    "br", "img", "input", "hr", "col", "meta", "link", "area", "base", "embed", "source", "track",
    "wbr", "param", "keygen", "frame",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Open,
    Close,
    /// Text as written, with its entities.
    Text,
    /// Text without entities (`CDATA`).
    Verbatim,
    End,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum TokenError {
    #[error("a text or a tag is too long for a list of contacts")]
    TooLong,
    #[error("the file ends inside a tag")]
    CutOff,
    #[error(transparent)]
    Io(#[from] io::Error),
}

pub(super) struct Tokens {
    source: BufReader<Source>,
    /// The last token, without the brackets of a tag.
    raw: Vec<u8>,
    name: String,
    /// The end of the last tag's name within the token.
    name_end: usize,
}

/// The attributes of a tag, one after the other.
pub(super) struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let is_between = |letter: char| letter.is_ascii_whitespace() || letter == '/';
        let rest = self.rest.trim_start_matches(is_between);
        let end = rest
            .find(|letter: char| is_between(letter) || letter == '=')
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = match after.trim_start().strip_prefix('=') {
            Some(value) => attribute_value(value.trim_start()),
            None => ("", after),
        };
        self.rest = after;
        (!name.is_empty() || !after.is_empty()).then_some((name, value))
    }
}

impl Tokens {
    pub(super) fn new(source: Source) -> Self {
        let source = BufReader::with_capacity(64 * 1024, source);
        Self {
            source,
            raw: Vec::new(),
            name: String::new(),
            name_end: 0,
        }
    }

    /// Returns the name of the last tag, in lower case. Names of other languages keep their prefix (`o:p`).
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the last text.
    pub(super) fn text(&self) -> &str {
        decoded(&self.raw)
    }

    /// Returns the attributes of the last tag: their names as written, with their prefix (`x:num`), and their values; a
    /// missing value is empty.
    pub(super) fn attributes(&self) -> Attributes<'_> {
        let text = self.text();
        Attributes {
            rest: text[self.name_end..].trim_end_matches('/'),
        }
    }

    /// Whether the last tag has no content: by its name, or because it closes itself, as `<span/>` does.
    pub(super) fn is_void(&self) -> bool {
        self.raw.ends_with(b"/") || VOID.contains(&self.name.as_str())
    }

    pub(super) fn next(&mut self) -> Result<Token, TokenError> {
        loop {
            self.raw.clear();
            let Some(first) = self.peek()? else {
                return Ok(Token::End);
            };
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
        let (mut quotes, mut seen) = (Quotes::default(), 0);
        loop {
            self.read_to_bracket()?;
            if !quotes.read_piece(&self.raw[seen..self.raw.len() - 1]) {
                break;
            }
            seen = self.raw.len() - 1;
        }
        self.raw.pop();
        let text = decoded(&self.raw);
        let start = text.len() - text.trim_start_matches('/').len();
        let is_end = |letter: char| letter.is_ascii_whitespace() || letter == '/';
        self.name_end = text[start..]
            .find(is_end)
            .map_or(text.len(), |length| start + length);
        let name = &text[start..self.name_end];
        self.name.clear();
        self.name.push_str(match name.split_once(':') {
            Some((prefix, local))
                if OUR_PREFIXES
                    .iter()
                    .any(|ours| prefix.eq_ignore_ascii_case(ours)) =>
            {
                local
            }
            Some(_) | None => name,
        });
        self.name.make_ascii_lowercase();
        Ok(())
    }

    /// Skips a comment or a declaration; returns `true` if it is text (`CDATA`).
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

    /// Skips the content of the element that has just begun, and its end tag.
    fn skip_silent(&mut self) -> Result<(), TokenError> {
        let end = format!("</{}", self.name);
        self.raw.clear();
        loop {
            self.read_to_bracket()?;
            let tag = self.raw.iter().rposition(|byte| *byte == b'<').unwrap_or(0);
            if self.raw[tag..]
                .to_ascii_lowercase()
                .starts_with(end.as_bytes())
            {
                return Ok(());
            }
            self.raw.clear();
        }
    }

    /// Adds everything up to the next `>`, inclusive.
    fn read_to_bracket(&mut self) -> Result<(), TokenError> {
        let limit = TAG_LIMIT.max(TEXT_LIMIT).saturating_sub(self.raw.len());
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        let read = self
            .source
            .by_ref()
            .take(limit)
            .read_until(b'>', &mut self.raw)?;
        if self.raw.ends_with(b">") && read > 0 {
            return Ok(());
        }
        Err(if read == 0 || self.peek()?.is_none() {
            TokenError::CutOff
        } else {
            TokenError::TooLong
        })
    }
}

/// Returns the value after `=`, and what follows it.
fn attribute_value(text: &str) -> (&str, &str) {
    let quoted = text.strip_prefix('"').map(|rest| (rest, '"'));
    match quoted.or_else(|| text.strip_prefix('\'').map(|rest| (rest, '\''))) {
        Some((rest, quote)) => rest.split_once(quote).unwrap_or((rest, "")),
        None => text.split_at(
            text.find(|letter: char| letter.is_ascii_whitespace())
                .unwrap_or(text.len()),
        ),
    }
}

/// Returns the text of a token. Brackets are ASCII, so what is between them is still valid UTF-8 from the decoder.
#[expect(clippy::expect_used, reason = "`html::source` decodes every page")]
fn decoded(raw: &[u8]) -> &str {
    std::str::from_utf8(raw).expect("a decoder writes UTF-8")
}

/// Whether the tag, as far as it was read, ends inside the quotation marks of a value. A mark that does not follow `=`
/// is an ordinary character. It gets each piece only once; otherwise an unclosed mark would cost quadratic time.
#[derive(Debug, Default)]
struct Quotes {
    open: Option<u8>,
    /// The last byte that is not a space.
    before: u8,
}

impl Quotes {
    /// Reads the next piece of a tag. Returns whether a quotation is open after it.
    fn read_piece(&mut self, piece: &[u8]) -> bool {
        for byte in piece {
            match self.open {
                Some(open) if open == *byte => self.open = None,
                None if matches!(byte, b'"' | b'\'') && self.before == b'=' => {
                    self.open = Some(*byte);
                }
                Some(_) | None => {}
            }
            if !byte.is_ascii_whitespace() {
                self.before = *byte;
            }
        }
        self.open.is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::time::{Duration, Instant};

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
            (
                "<h:TD><![CDATA[a<b>&amp;]]></h:TD><o:p/>",
                "<td|[a<b>&amp;]|/td|<o:p",
            ),
            ("<Style a=\"a\"/>b", "<style|b"),
            ("<template><tr><td>a</template>b", "b"),
            ("a<td", "a|! the file ends inside a tag"),
            ("<!-- a", "|! the file ends inside a tag"),
        ];
        for (html, expected) in table {
            assert_eq!(tokens(html), expected, "{html}");
        }
    }

    #[test]
    fn attributes_are_found_however_they_are_written() {
        let tag = "<td colspan=2 Title = 'a b' nowrap x:Index=\"3\" x:num style=\"display:none\" =4 last=7/>";
        let mut tokens = Tokens::new(Box::new(Cursor::new(tag)));
        tokens.next().unwrap();
        let seen: Vec<_> = tokens.attributes().collect();
        let expected = [
            ("colspan", "2"),
            ("Title", "a b"),
            ("nowrap", ""),
            ("x:Index", "3"),
            ("x:num", ""),
            ("style", "display:none"),
            ("", "4"),
            ("last", "7"),
        ];
        assert_eq!(seen, expected);
        assert!(tokens.is_void());
        for (tag, expected) in [
            ("<td>", 0),
            ("<td/>", 0),
            ("<td hidden>", 1),
            ("<td a=b c = >", 2),
        ] {
            let mut tokens = Tokens::new(Box::new(Cursor::new(tag)));
            tokens.next().unwrap();
            assert_eq!(tokens.attributes().count(), expected, "{tag}");
        }
    }

    #[test]
    fn a_quotation_mark_without_end_costs_no_more_than_what_stands_behind_it() {
        let source = Cursor::new("<td title=\"".to_owned() + &"</td><td>1".repeat(100_000));
        let (mut tokens, began) = (Tokens::new(Box::new(source)), Instant::now());
        assert!(matches!(tokens.next(), Err(TokenError::CutOff)));
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{:?}",
            began.elapsed()
        );
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
