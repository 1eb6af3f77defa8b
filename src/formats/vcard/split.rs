//! Splits a stream of lines into cards. Folded lines and soft breaks are joined (as bytes, because some files fold
//! inside a UTF-8 letter); unused properties and nested cards are skipped. A card without END ends where the next one
//! begins; text outside of any card is reported, not lost. What must stay true: a card that may be of two people is
//! damaged, because no name may be sent with the number of another person.

use std::collections::VecDeque;
use std::io;

use encoding_rs::Encoding;

use super::blank::skip_blank;
use super::charset;
use super::lines::{CARD_LIMIT, Lines};
use super::markers::{self, Continued, LinePart, is_used_property};
use super::property::{self, Property};
use crate::formats::encoding::Source;
use crate::i18n::CardFault;

/// One card before its text is decoded.
#[derive(Debug, Default)]
pub(super) struct RawCard {
    /// The line number of its BEGIN.
    pub(super) line: u64,
    /// The used properties, one per line.
    pub(super) text: Vec<u8>,
    /// The first charset other than UTF-8 that any of its lines names.
    pub(super) charset: Option<&'static Encoding>,
    /// Why the card cannot be read.
    pub(super) fault: Option<CardFault>,
    property: Option<Open>,
    /// Whether the last line was `AGENT:`, so that the next one begins the card of another person.
    awaits_agent: bool,
    /// Whether the card has stated its version, which every card does once.
    has_version: bool,
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
    /// The remaining parts of the last line.
    parts: VecDeque<LinePart>,
    /// The line number of a BEGIN that was already read.
    begun: Option<u64>,
    /// Whether no BEGIN was read yet.
    before_cards: bool,
}

impl Splitter {
    pub(super) fn new(source: Source) -> Self {
        Self {
            lines: Lines::new(source),
            parts: VecDeque::new(),
            begun: None,
            before_cards: true,
        }
    }

    /// Returns the next card; `None` at the end.
    pub(super) fn next_card(&mut self) -> io::Result<Option<RawCard>> {
        if self.begun.is_none()
            && let Some(line) = self.seek_begin()?
        {
            return Ok(Some(RawCard {
                line,
                fault: Some(CardFault::Outside),
                ..RawCard::default()
            }));
        }
        match self.begun.take() {
            Some(line) => self.read_card(line).map(Some),
            None => Ok(None),
        }
    }

    /// Returns the next part of this line, or of the next one; `None` at the end.
    fn next_part(&mut self, open: Option<&Open>) -> io::Result<Option<LinePart>> {
        if let Some(part) = self.parts.pop_front() {
            return Ok(Some(part));
        }
        if !self.lines.next()? {
            return Ok(None);
        }
        let line = self.lines.line();
        self.parts = markers::parts(line, continued(line, open)).into();
        let whole = || LinePart::Text {
            place: 0..line.len(),
            doubtful: false,
        };
        Ok(Some(self.parts.pop_front().unwrap_or_else(whole)))
    }

    /// Reads up to and including the next BEGIN. Returns the first line of text before it, if there is any, up to an
    /// END. Text above the first card is no loss (`ENCODING:UTF-8`, the head of a mail), unless it belongs to a person.
    fn seek_begin(&mut self) -> io::Result<Option<u64>> {
        let mut outside = None;
        while let Some(part) = self.next_part(None)? {
            match part {
                LinePart::Begin => {
                    self.begun = Some(self.lines.number());
                    break;
                }
                LinePart::End if outside.is_some() => break,
                LinePart::End | LinePart::Agent => {}
                LinePart::Text { place, .. } => {
                    let text = &self.lines.line()[place];
                    let is_passed_by = skip_blank(text).is_empty()
                        || self.before_cards && !is_used_property(&Property::parse(text));
                    outside = outside.or((!is_passed_by).then(|| self.lines.number()));
                }
            }
        }
        self.before_cards = false;
        Ok(outside)
    }

    fn read_card(&mut self, line: u64) -> io::Result<RawCard> {
        let mut card = RawCard {
            line,
            ..RawCard::default()
        };
        while let Some(part) = self.next_part(card.property.as_ref())? {
            match part {
                LinePart::Begin if card.awaits_agent => {
                    card.awaits_agent = false;
                    self.pass_agent()?;
                }
                LinePart::Agent => self.pass_agent()?,
                LinePart::Begin => self.begun = Some(self.lines.number()),
                LinePart::End => return Ok(card),
                LinePart::Text { place, doubtful } => {
                    card.push(&self.lines.line()[place], doubtful);
                }
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

    /// Skips a card inside another, because its number is not that of the person. If it has no END of its own, it takes
    /// the END of the outer card; a BEGIN that no AGENT announces begins the next card.
    fn pass_agent(&mut self) -> io::Result<()> {
        let (mut depth, mut announced) = (1, false);
        while depth > 0
            && let Some(part) = self.next_part(None)?
        {
            let after_agent = std::mem::take(&mut announced);
            match part {
                LinePart::Begin if !after_agent => {
                    self.begun = Some(self.lines.number());
                    return Ok(());
                }
                LinePart::Begin | LinePart::Agent => depth += 1,
                LinePart::End => depth -= 1,
                LinePart::Text { place, .. } => {
                    let text = &self.lines.line()[place];
                    let is_blank = skip_blank(text).is_empty();
                    announced = property::announces_agent(&Property::parse(text))
                        || (after_agent && is_blank);
                }
            }
        }
        Ok(())
    }
}

/// Returns what a line continues, judged by its beginning and the property before it.
fn continued(line: &[u8], open: Option<&Open>) -> Continued {
    match open {
        Some(open) if open.soft_break || matches!(line.first(), Some(b' ' | b'\t')) => {
            if open.kept {
                Continued::Used
            } else {
                Continued::Unused
            }
        }
        Some(_) | None => Continued::Nothing,
    }
}

impl RawCard {
    /// Adds a line, or a part of one; `doubtful` says that it may contain more than one property.
    fn push(&mut self, line: &[u8], doubtful: bool) {
        if skip_blank(line).is_empty() {
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
        if doubtful {
            self.fault = Some(CardFault::LinesJoined);
        }
        if self.text.len() > CARD_LIMIT {
            self.fault = Some(CardFault::TooLarge);
        }
        if self.fault == Some(CardFault::TooLarge) {
            self.text = Vec::new();
        }
    }

    fn begin(&mut self, line: &[u8]) -> Open {
        let property = Property::parse(line);
        let kept = is_used_property(&property);
        self.count_version(&property);
        self.charset = self
            .charset
            .or_else(|| property.charset().and_then(charset::legacy));
        if kept {
            self.text.extend_from_slice(line);
            self.text.push(b'\n');
        }
        self.awaits_agent = property::announces_agent(&property);
        Open {
            kept,
            quoted_printable: property.is_quoted_printable(),
            soft_break: false,
        }
    }

    /// Marks the card as damaged by a second VERSION: after the texts of a person, or in the value of another property,
    /// it belongs to the next card, whose BEGIN is lost.
    fn count_version(&mut self, property: &Property) {
        let value = property.value.unwrap_or_default();
        if property.is_named("VERSION") {
            if self.has_version && !self.text.is_empty() {
                self.fault = Some(CardFault::SeveralPeople);
            }
            self.has_version = true;
            if value.contains(&b':') {
                self.fault = Some(CardFault::LinesJoined);
            }
        } else if markers::holds_version(value) {
            self.fault = Some(CardFault::LinesJoined);
        }
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

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    /// Every card as its line, its text and whether it has a fault.
    fn split(text: &str) -> Vec<(u64, String, bool)> {
        let mut splitter = Splitter::new(Box::new(Cursor::new(text.to_owned())));
        let mut cards = Vec::new();
        while let Some(card) = splitter.next_card().unwrap() {
            let text = String::from_utf8(card.text).unwrap();
            let is_shown = card.fault.is_none_or(|fault| fault == CardFault::Cut);
            cards.push((
                card.line,
                if is_shown { text } else { String::new() },
                card.fault.is_some(),
            ));
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
            (
                "BEGIN:VCARD\nFN:a\nBEGIN:VCARD\nFN:b\n",
                &[(1, "FN:a\n", false), (3, "FN:b\n", false)],
            ),
            (
                "BEGIN:VCARD\nFN:a\nTEL:7900",
                &[(1, "FN:a\nTEL:7900\n", true)],
            ),
            (
                "home.begin:vcard\nFN:a\nhome.end:vcard\n",
                &[(1, "FN:a\n", false)],
            ),
            (
                "BEGIN:VCARD\nEND:VCARD\n\u{FEFF}BEGIN:VCARD\nEND:VCARD",
                &[(1, "", false), (3, "", false)],
            ),
            (
                "BEGIN:VCARD\nEND:VCARD\nEND:VCARD\nFN:x\nTEL:1\nBEGIN:VCARD\nFN:a\nEND:VCARD",
                &[(1, "", false), (4, "", true), (6, "FN:a\n", false)],
            ),
            ("BEGIN:VCARD\rFN:a\rEND:VCARD\r", &[(1, "FN:a\n", false)]),
            (
                "ENCODING:UTF-8\n\n--BEGIN:VCARD--\nBEGIN:VCARD\nFN:a\nEND:VCARD\n",
                &[(4, "FN:a\n", false)],
            ),
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
            let expected: Vec<_> = expected
                .iter()
                .map(|(line, text, fault)| (*line, (*text).to_owned(), *fault))
                .collect();
            assert_eq!(split(text), expected, "{text:?}");
        }
    }

    #[test]
    fn markers_count_wherever_they_are_in_a_line() {
        let two: &[(u64, &str, bool)] = &[(1, "FN:a\n", false), (2, "FN:b\n", false)];
        let lines =
            |markers: &str| format!("BEGIN:VCARD\r\nFN:a\r\n{markers}\r\nFN:b\r\nEND:VCARD\r\n");
        for markers in [
            "END:VCARDBEGIN:VCARD",
            "END:VCARD BEGIN:VCARD",
            "end : vcard  begin:vcard",
            "END:VCARD\0\u{FEFF}\tBEGIN:VCARD",
            "END:VCARDhome.BEGIN:VCARD",
            "item1.end:vcard\u{A0}home.begin : vCard",
            "END:VCARDBEGIN;CHARSET=UTF-8:VCARD",
            "END:VCARDBEGIN:VCARDVERSION:3.0",
            "END:VCARD BEGIN:VCARD VERSION:2.1",
            "END:VCARD---BEGIN:VCARD",
            "X-A:bEND:VCARDBEGIN:VCARD",
            "NOTE:bEND:VCARD BEGIN:VCARD",
            "NOTE:BEGIN:VCARD",
            "AAAA==END:VCARDBEGIN:VCARD",
            " END:VCARDBEGIN:VCARD",
            " BEGIN:VCARD",
        ] {
            let split = split(&lines(markers));
            let parts: Vec<_> = split
                .iter()
                .map(|(_, text, fault)| (text.as_str(), *fault))
                .collect();
            let expected: Vec<_> = two.iter().map(|(_, text, fault)| (*text, *fault)).collect();
            assert_eq!(parts, expected, "{markers:?}");
        }
        for (value, kept) in [
            ("TEL:+7900END:VCARDBEGIN:VCARD", "TEL:+7900\n"),
            (
                "TEL;TYPE=CELL:+7900 END:VCARD BEGIN:VCARD",
                "TEL;TYPE=CELL:+7900 \n",
            ),
            ("TEL:+7900BEGIN:VCARD", "TEL:+7900\n"),
            ("TEL:+79\r\n 00END:VCARDBEGIN:VCARD", "TEL:+7900\n"),
            ("ORG:ПетровEND:VCARDBEGIN:VCARD", "ORG:Петров\n"),
            ("ORG:;;;END:VCARD\r\nBEGIN:VCARD", "ORG:;;;\n"),
            (
                "UID;QUOTED-PRINTABLE:=41=\r\nEND:VCARDBEGIN:VCARD",
                "UID;QUOTED-PRINTABLE:=41=\n",
            ),
        ] {
            let split = split(&lines(value));
            let parts: Vec<_> = split
                .iter()
                .map(|(_, text, fault)| (text.as_str(), *fault))
                .collect();
            assert_eq!(
                parts,
                [(format!("FN:a\n{kept}").as_str(), false), ("FN:b\n", false)],
                "{value:?}"
            );
        }
    }

    #[test]
    fn what_may_be_two_cards_is_damaged_and_never_joined() {
        let damaged = |line: u64| (line, String::new(), true);
        let good = |line: u64, text: &str| (line, text.to_owned(), false);
        for (text, expected) in [
            // Several properties on one line.
            (
                "BEGIN:VCARD VERSION:3.0 FN:a TEL:1 END:VCARD\n",
                vec![damaged(1)],
            ),
            ("BEGIN:VCARDFN:a\nTEL:1\nEND:VCARD", vec![damaged(1)]),
            (
                "BEGIN:VCARD\\nFN:a\\nEND:VCARD\\nBEGIN:VCARD\\nFN:b\\nEND:VCARD\n",
                vec![damaged(1), damaged(1)],
            ),
            (
                "BEGIN:VCARD\nVERSION:3.0FN:a\nTEL:1\nEND:VCARD\n",
                vec![damaged(1)],
            ),
            // A group or the end of the value.
            ("BEGIN:VCARD\nFN:Anna B.END:VCARD\n", vec![damaged(1)]),
            // A marker that is mentioned in a name.
            (
                "BEGIN:VCARD\nORG:END:VCARD studio\nEND:VCARD\n",
                vec![damaged(1)],
            ),
            // BEGIN is lost, and END too.
            (
                "BEGIN:VCARD\nFN:a\nEND:VCARDFN:b\nTEL:2\nEND:VCARD\n",
                vec![good(1, "FN:a\n"), damaged(3)],
            ),
            (
                "BEGIN:VCARD\nVERSION:3.0\nFN:a\nVERSION:3.0\nTEL:2\nEND:VCARD\n",
                vec![damaged(1)],
            ),
            (
                "BEGIN:VCARD\nVERSION:3.0\nFN:a\nX-A:bVERSION:3.0\nTEL:2\nEND:VCARD\n",
                vec![damaged(1)],
            ),
            (
                "BEGIN:VCARD\nFN:a\nEND:VCARD\nFN:b\nEND:VCARD\nTEL:3\nEND:VCARD\nBEGIN:VCARD\nFN:d\nEND:VCARD\n",
                vec![good(1, "FN:a\n"), damaged(4), damaged(6), good(8, "FN:d\n")],
            ),
        ] {
            assert_eq!(split(text), expected, "{text:?}");
        }
        let twice = "BEGIN:VCARD\nVERSION:3.0\nVERSION:3.0\nFN:a\nEND:VCARD\n";
        assert_eq!(
            split(twice),
            [good(1, "FN:a\n")],
            "the same line twice is no other person"
        );
    }

    #[test]
    fn a_note_may_mention_the_markers() {
        for note in [
            "NOTE:a card ends with END:VCARD and begins with BEGIN:VCARD.",
            "NOTE:between BEGIN:VCARD and END:VCARD",
            "NOTE:END:VCARD ends a card",
            "NOTE:it ends with END:VCARD",
            "NOTE:it ends with \"END:VCARD\"",
            "NOTE:see END:VCARD BEGIN:VCARD in the file",
            "NOTE:long text\n END:VCARD is in the middle\n  of it",
            "NOTE;QUOTED-PRINTABLE:a=0D=0AEND:VCARD=0D=0A=\nEND:VCARD again",
            "NOTE:BEGIN:VCARD\\nVERSION:3.0\\nFN:b\\nTEL:2\\nEND:VCARD",
            "NOTE:BEGIN:VCARD\\nVERSION:3.0\\nFN:b\\nTEL:2\\nEND:VCARD\\n",
            "X-A:weekend : vCard",
            "X-A:the END:VCARDS and PROFILE:VCARD",
        ] {
            let card = format!("BEGIN:VCARD\nVERSION:3.0\nFN:a\n{note}\nTEL:1\nEND:VCARD\n");
            assert_eq!(
                split(&card),
                [(1, "FN:a\nTEL:1\n".to_owned(), false)],
                "{note:?}"
            );
        }
    }

    #[test]
    fn lines_are_joined_and_pictures_and_nested_cards_passed_by() {
        for (lines, expected) in [
            ("FN:a \n  b\n\tc\nTEL:1", "FN:a  bc\nTEL:1\n"),
            (
                "FN;QUOTED-PRINTABLE:=D0=\n=90= \n =D0\nTEL:1",
                "FN;QUOTED-PRINTABLE:=D0=90 =D0\nTEL:1\n",
            ),
            (
                "FN;QUOTED-PRINTABLE:=D0=\n\nTEL:1",
                "FN;QUOTED-PRINTABLE:=D0=\nTEL:1\n",
            ),
            ("PHOTO;ENCODING=b:AAAA\n BBBB\n CC==\nTEL:1", "TEL:1\n"),
            ("PHOTO;BASE64:\nAAAA\nBB==\n\nTEL:1", "TEL:1\n"),
            (
                "PHOTO;BASE64:AAAA\nBB==\nTEL;waid=79001230000\nTEL:1",
                "TEL;waid=79001230000\nTEL:1\n",
            ),
            (
                "item1.LOGO;ENCODING=QUOTED-PRINTABLE:=41=\nFN:no\nTEL:1",
                "TEL:1\n",
            ),
            ("AGENT:\n\nBEGIN:VCARD\nTEL:2\nEND:VCARD\nTEL:1", "TEL:1\n"),
            (
                "AGENT:BEGIN:VCARD\nTEL:2\nAGENT:\nBEGIN:VCARD\nEND:VCARD\nEND:VCARD\nTEL:1",
                "TEL:1\n",
            ),
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
                (
                    String::from_utf8(card.text).unwrap().as_str(),
                    card.fault.is_some()
                ),
                (kept, kept.is_empty())
            );
            let card = splitter.next_card().unwrap().unwrap();
            assert_eq!((card.text.as_slice(), card.fault), (&b"TEL:2\n"[..], None));
        }
    }
}
