//! One card after the other out of a stream of lines: folded lines and soft breaks are joined (as
//! bytes, because some files fold inside a UTF-8 letter), what is not used and nested cards are passed by.
//! A card without END ends where the next one begins; text outside of any card is told, not lost.

use std::io;

use encoding_rs::Encoding;

use super::charset;
use super::lines::Lines;
use super::property::Property;
use crate::files::encoding::Source;
use crate::sentences::CardFault;

/// The size that one card may have, counting what is used of it.
pub(super) const CARD_LIMIT: usize = 4 * 1024 * 1024;

/// All else is passed by, be it a picture of many MB or an address in broken letters.
const USED: [&str; 7] = ["N", "FN", "ORG", "TEL", "EMAIL", "UID", "X-ABLABEL"];

/// One card before its text is known.
#[derive(Debug, Default)]
pub(super) struct RawCard {
    /// The line of its BEGIN.
    pub(super) line: u64,
    /// The properties that are used, one in a line.
    pub(super) text: Vec<u8>,
    /// The first charset other than UTF-8 that any of its lines names.
    pub(super) charset: Option<&'static Encoding>,
    /// Why it cannot be read.
    pub(super) fault: Option<CardFault>,
    property: Option<Open>,
    /// The last line was `AGENT:`, and the next one begins the card of another person.
    awaits_agent: bool,
}

/// The property that a line may continue.
#[derive(Debug)]
struct Open {
    kept: bool,
    quoted_printable: bool,
    soft_break: bool,
}

pub(super) struct Splitter {
    lines: Lines,
    /// The line of a BEGIN that has been read already.
    begun: Option<u64>,
    /// No BEGIN has been read yet.
    before_cards: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marker {
    Begin,
    End,
    /// `AGENT:BEGIN:VCARD`
    Agent,
}

/// Whether a line begins a card.
pub(in crate::files) fn is_begin(line: &[u8]) -> bool {
    marker(line) == Some(Marker::Begin)
}

impl Splitter {
    pub(super) fn new(source: Source) -> Self {
        Self { lines: Lines::new(source), begun: None, before_cards: true }
    }

    /// The next card; nothing at the end.
    pub(super) fn next_card(&mut self) -> io::Result<Option<RawCard>> {
        if self.begun.is_none()
            && let Some(line) = self.seek_begin()?
        {
            return Ok(Some(RawCard { line, fault: Some(CardFault::Outside), ..RawCard::default() }));
        }
        match self.begun.take() {
            Some(line) => self.read_card(line).map(Some),
            None => Ok(None),
        }
    }

    /// Reads up to and with the next BEGIN; the first line of text before it, if there is any. What
    /// stands above the first card is no loss (`ENCODING:UTF-8`, the head of a mail), unless a person does.
    fn seek_begin(&mut self) -> io::Result<Option<u64>> {
        let mut outside = None;
        while self.lines.next()? {
            match marker(self.lines.line()) {
                Some(Marker::Begin) => {
                    self.begun = Some(self.lines.number());
                    break;
                }
                Some(Marker::End | Marker::Agent) => {}
                None if self.lines.line().trim_ascii().is_empty() => {}
                None if self.before_cards && !is_used(&Property::parse(self.lines.line())) => {}
                None => outside = outside.or(Some(self.lines.number())),
            }
        }
        self.before_cards = false;
        Ok(outside)
    }

    fn read_card(&mut self, line: u64) -> io::Result<RawCard> {
        let mut card = RawCard { line, ..RawCard::default() };
        while self.lines.next()? {
            match marker(self.lines.line()) {
                Some(Marker::Begin) if card.awaits_agent => {
                    card.awaits_agent = false;
                    self.pass_agent()?;
                }
                Some(Marker::Agent) => self.pass_agent()?,
                Some(Marker::Begin) => self.begun = Some(self.lines.number()),
                Some(Marker::End) => return Ok(card),
                None => card.push(self.lines.line()),
            }
            if self.begun.is_some() {
                return Ok(card);
            }
        }
        if !self.lines.complete() {
            card.fault = Some(CardFault::Cut);
        }
        Ok(card)
    }

    /// Passes by a card inside another: its number is not that of the person. Without an END of its
    /// own it takes that of the card around it; a BEGIN that no AGENT announces is the next card.
    fn pass_agent(&mut self) -> io::Result<()> {
        let (mut depth, mut announced) = (1, false);
        while depth > 0 && self.lines.next()? {
            let line = self.lines.line();
            let after_agent = announced;
            announced =
                announces_agent(&Property::parse(line)) || (announced && line.trim_ascii().is_empty());
            match marker(line) {
                Some(Marker::Begin) if !after_agent => {
                    self.begun = Some(self.lines.number());
                    return Ok(());
                }
                Some(Marker::Begin | Marker::Agent) => depth += 1,
                Some(Marker::End) => depth -= 1,
                None => {}
            }
        }
        Ok(())
    }
}

impl RawCard {
    fn push(&mut self, line: &[u8]) {
        if line.trim_ascii().is_empty() {
            self.property = None;
            return;
        }
        let mut property = match self.property.take() {
            Some(open) if open.soft_break => {
                self.join(&open, line);
                open
            }
            Some(open) if matches!(line[0], b' ' | b'\t') => {
                self.join(&open, &line[1..]);
                open
            }
            Some(_) | None => self.begin(line),
        };
        property.soft_break = property.quoted_printable && line.trim_ascii_end().ends_with(b"=");
        self.property = Some(property);
        if self.text.len() > CARD_LIMIT {
            self.fault = Some(CardFault::TooLarge);
        }
        if self.fault.is_some() {
            self.text = Vec::new();
        }
    }

    fn begin(&mut self, line: &[u8]) -> Open {
        let property = Property::parse(line);
        let kept = is_used(&property);
        self.charset = self.charset.or_else(|| property.charset().and_then(charset::legacy));
        if kept {
            self.text.extend_from_slice(line);
            self.text.push(b'\n');
        }
        self.awaits_agent = announces_agent(&property);
        Open { kept, quoted_printable: property.is_quoted_printable(), soft_break: false }
    }

    fn join(&mut self, open: &Open, line: &[u8]) {
        if !open.kept {
            return;
        }
        self.text.pop();
        if open.soft_break {
            self.text.truncate(self.text.trim_ascii_end().len());
            self.text.pop();
        }
        self.text.extend_from_slice(line);
        self.text.push(b'\n');
    }
}

fn is_used(property: &Property) -> bool {
    USED.iter().any(|name| property.is_named(name))
}

/// `AGENT:` with nothing behind it: the card of another person begins on the next line.
fn announces_agent(property: &Property) -> bool {
    property.is_named("AGENT") && property.value.is_some_and(|value| value.trim_ascii().is_empty())
}

/// BEGIN and END in any case, with any space, after a group (`home.begin:vcard`) and after the byte
/// order mark of a file that was appended to another.
fn marker(line: &[u8]) -> Option<Marker> {
    let line = line.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(line);
    // Nearly every line ends here: none of the markers is this long.
    if line.len() > 200 {
        return None;
    }
    let property = Property::parse(line);
    let value = property.value?.trim_ascii();
    if property.is_named("AGENT") {
        return is_begin(value).then_some(Marker::Agent);
    }
    let card = value.eq_ignore_ascii_case(b"VCARD");
    if card && property.is_named("BEGIN") {
        Some(Marker::Begin)
    } else if card && property.is_named("END") {
        Some(Marker::End)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    /// Every card as its line, its text and whether it has a fault.
    fn split(text: &str) -> Vec<(u64, String, bool)> {
        let mut splitter = Splitter::new(Box::new(Cursor::new(text.to_owned())));
        let mut cards = Vec::new();
        while let Some(card) = splitter.next_card().unwrap() {
            cards.push((card.line, String::from_utf8(card.text).unwrap(), card.fault.is_some()));
        }
        cards
    }

    #[test]
    fn cards_are_parted_whatever_is_missing_around_them() {
        type Expected<'a> = &'a [(u64, &'a str, bool)];
        let table: &[(&str, Expected)] = &[
            (
                "BEGIN:VCARD\nFN:a\nEND:VCARD\n\n begin : vcard \nFN:b\nend:vcard",
                &[(1, "FN:a\n", false), (5, "FN:b\n", false)],
            ),
            ("BEGIN:VCARD\nFN:a\nBEGIN:VCARD\nFN:b\n", &[(1, "FN:a\n", false), (3, "FN:b\n", false)]),
            ("BEGIN:VCARD\nFN:a\nTEL:7900", &[(1, "FN:a\nTEL:7900\n", true)]),
            ("home.begin:vcard\nFN:a\nhome.end:vcard\n", &[(1, "FN:a\n", false)]),
            ("BEGIN:VCARD\nEND:VCARD\n\u{FEFF}BEGIN:VCARD\nEND:VCARD", &[(1, "", false), (3, "", false)]),
            (
                "BEGIN:VCARD\nEND:VCARD\nEND:VCARD\nFN:x\nTEL:1\nBEGIN:VCARD\nFN:a\nEND:VCARD",
                &[(1, "", false), (4, "", true), (6, "FN:a\n", false)],
            ),
            ("BEGIN:VCARD\rFN:a\rEND:VCARD\r", &[(1, "FN:a\n", false)]),
            ("ENCODING:UTF-8\n\n--BEGIN:VCARD--\nBEGIN:VCARD\nFN:a\nEND:VCARD\n", &[(4, "FN:a\n", false)]),
            (
                "FN:x\nTEL:1\nEND:VCARD\nBEGIN:VCARD\nFN:a\nEND:VCARD\n",
                &[(1, "", true), (4, "FN:a\n", false)],
            ),
            // The card of an agent that has no END, alone and in a file that has none at all.
            (
                "BEGIN:VCARD\nFN:a\nAGENT:\nBEGIN:VCARD\nTEL:2\nEND:VCARD\nBEGIN:VCARD\nFN:b\nEND:VCARD\n",
                &[(1, "FN:a\n", false), (7, "FN:b\n", false)],
            ),
            (
                "BEGIN:VCARD\nFN:a\nAGENT:BEGIN:VCARD\nTEL:2\nBEGIN:VCARD\nFN:b\nEND:VCARD\n",
                &[(1, "FN:a\n", false), (5, "FN:b\n", false)],
            ),
        ];
        for (text, expected) in table {
            let expected: Vec<_> =
                expected.iter().map(|(line, text, fault)| (*line, (*text).to_owned(), *fault)).collect();
            assert_eq!(split(text), expected, "{text:?}");
        }
    }

    #[test]
    fn lines_are_joined_and_pictures_and_nested_cards_passed_by() {
        for (lines, expected) in [
            ("FN:a \n  b\n\tc\nTEL:1", "FN:a  bc\nTEL:1\n"),
            ("FN;QUOTED-PRINTABLE:=D0=\n=90= \n =D0\nTEL:1", "FN;QUOTED-PRINTABLE:=D0=90 =D0\nTEL:1\n"),
            ("FN;QUOTED-PRINTABLE:=D0=\n\nTEL:1", "FN;QUOTED-PRINTABLE:=D0=\nTEL:1\n"),
            ("PHOTO;ENCODING=b:AAAA\n BBBB\n CC==\nTEL:1", "TEL:1\n"),
            ("PHOTO;BASE64:\nAAAA\nBB==\n\nTEL:1", "TEL:1\n"),
            ("PHOTO;BASE64:AAAA\nBB==\nTEL;waid=79001230000\nTEL:1", "TEL;waid=79001230000\nTEL:1\n"),
            ("item1.LOGO;ENCODING=QUOTED-PRINTABLE:=41=\nFN:no\nTEL:1", "TEL:1\n"),
            ("AGENT:\n\nBEGIN:VCARD\nTEL:2\nEND:VCARD\nTEL:1", "TEL:1\n"),
            ("AGENT:BEGIN:VCARD\nTEL:2\nAGENT:\nBEGIN:VCARD\nEND:VCARD\nEND:VCARD\nTEL:1", "TEL:1\n"),
            ("AGENT:BEGIN:VCARD\\nTEL:2\\nEND:VCARD\\n\nTEL:1", "TEL:1\n"),
            ("BEGIN:VEVENT\nEND:VEVENT\nTEL:1", "TEL:1\n"),
        ] {
            let card = format!("BEGIN:VCARD\n{lines}\nEND:VCARD\n");
            assert_eq!(split(&card), [(1, expected.to_owned(), false)], "{lines:?}");
        }
    }

    #[test]
    fn a_picture_of_many_megabytes_costs_nothing_and_such_a_name_costs_its_card() {
        for (name, kept) in [("PHOTO;ENCODING=b", "TEL:1\n"), ("FN", "")] {
            let picture = io::repeat(b'A').take(20 * 1024 * 1024);
            let start = Cursor::new(format!("BEGIN:VCARD\nTEL:1\n{name}:"));
            let rest = Cursor::new("\n AAAA\nEND:VCARD\nBEGIN:VCARD\nTEL:2\nEND:VCARD\n");
            let mut splitter = Splitter::new(Box::new(start.chain(picture).chain(rest)));
            let card = splitter.next_card().unwrap().unwrap();
            assert_eq!(
                (String::from_utf8(card.text).unwrap().as_str(), card.fault.is_some()),
                (kept, kept.is_empty())
            );
            let card = splitter.next_card().unwrap().unwrap();
            assert_eq!((card.text.as_slice(), card.fault), (&b"TEL:2\n"[..], None));
        }
    }
}
