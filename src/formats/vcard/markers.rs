//! Finds `BEGIN:VCARD` and `END:VCARD` anywhere in a line. Files that were joined without a line break have
//! `END:VCARDBEGIN:VCARD`, or a marker after the value of the last property; and a note may mention a marker. What must
//! stay true: a marker that is overlooked would give one person the number of another, so whatever is doubtful ends a
//! contact or damages it, and never joins two.

use std::ops::Range;

use super::blank::{skip_blank, without_blank_end};
use super::property::{self, Property};

/// The properties that are used. All others are skipped, such as pictures of many MB.
const USED: [&str; 9] = [
    "N",
    "FN",
    "ORG",
    "TEL",
    "EMAIL",
    "UID",
    "X-ABLABEL",
    "KIND",
    "X-ADDRESSBOOKSERVER-KIND",
];

/// A part of a line; the parts are in the order of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LinePart {
    Begin,
    End,
    /// `AGENT:BEGIN:VCARD`
    Agent,
    /// A property, or a piece of one.
    Text {
        place: Range<usize>,
        /// Whether it has no line of its own, or contains what may be meant as a marker.
        doubtful: bool,
    },
}

/// What is continued by a line that begins with a space or follows a soft break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Continued {
    /// Nothing: it begins a property of its own.
    Nothing,
    /// A property whose value is used.
    Used,
    /// A property that is skipped, such as a note.
    Unused,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MarkerKind {
    Begin,
    End,
}

/// A possible marker, judged only by its letters.
#[derive(Debug)]
struct Marker {
    kind: MarkerKind,
    /// The marker with its group.
    place: Range<usize>,
    /// Whether the word before it may be its group, or the end of the previous value: `Anna B.END:VCARD`.
    unclear: bool,
}

/// What follows a marker, up to the next one or to the end of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Following {
    End,
    Marker,
    Property,
    Prose,
}

/// Splits a line into its parts; empty if the whole line is one text, as nearly every line is.
pub(super) fn parts(line: &[u8], continued: Continued) -> Vec<LinePart> {
    let found = find(line);
    let Some(first) = found.first() else {
        return Vec::new();
    };
    let before = &line[..first.place.start];
    let is_used = match continued {
        Continued::Nothing => is_used_property(&Property::parse(before)),
        Continued::Used => true,
        Continued::Unused => false,
    };
    let at_start = skip_blank(before).is_empty()
        && (continued == Continued::Nothing || following(line, &found, 0) != Following::Prose);
    let mut real = vec![true; found.len()];
    if !at_start {
        for index in (0..found.len()).rev() {
            real[index] = is_real(line, &found, &real, index, is_used);
        }
    }
    assemble(line, &found, &real, is_used)
}

/// Whether a line begins a card, even after the end of another.
pub(in crate::formats) fn begins_card(line: &[u8]) -> bool {
    let found = find(line);
    let begins = |index: usize| {
        let rest = &line[found[index].place.end..];
        following(line, &found, index) != Following::Prose || is_escaped_break(rest)
    };
    found
        .first()
        .is_some_and(|first| skip_blank(&line[..first.place.start]).is_empty())
        && found
            .iter()
            .position(|marker| marker.kind == MarkerKind::Begin)
            .is_some_and(begins)
}

/// Whether a line only ends a card.
pub(in crate::formats) fn ends_card(line: &[u8]) -> bool {
    parts(line, Continued::Nothing) == [LinePart::End]
}

/// Whether a marker in the middle of a line is real, not just mentioned in a text.
fn is_real(line: &[u8], found: &[Marker], real: &[bool], index: usize, is_used: bool) -> bool {
    let Marker { kind, place, .. } = &found[index];
    match (following(line, found, index), kind) {
        (Following::Marker, _) => real[index + 1],
        (Following::Property, _) | (Following::End, MarkerKind::Begin) => true,
        (Following::End, MarkerKind::End) => is_used || is_glued(&line[..place.start]),
        (Following::Prose, _) => false,
    }
}

/// Whether the text before a marker at the end of a line runs directly into it. Before a word that is only mentioned
/// there is a space, a quotation mark or an escaped line break.
fn is_glued(before: &[u8]) -> bool {
    let marks = [&b"\""[..], b"'", b"(", "«".as_bytes()];
    let is_quoted = marks.iter().any(|mark| before.ends_with(mark));
    before.len() == without_blank_end(before).len() && !is_quoted && !is_broken(before)
}

/// Whether a text ends with an escaped line break.
fn is_broken(text: &[u8]) -> bool {
    let end = text[text.len().saturating_sub(3)..].to_ascii_lowercase();
    end.ends_with(b"\\n") || end == b"=0a" || end == b"=0d"
}

fn following(line: &[u8], found: &[Marker], index: usize) -> Following {
    let end = found
        .get(index + 1)
        .map_or(line.len(), |next| next.place.start);
    let rest = skip_blank(&line[found[index].place.end..end]);
    match rest {
        [] if index + 1 < found.len() => Following::Marker,
        [] => Following::End,
        rest if begins_property(rest) => Following::Property,
        _ => Following::Prose,
    }
}

/// Returns the real markers, and the texts between them.
fn assemble(line: &[u8], found: &[Marker], real: &[bool], is_used: bool) -> Vec<LinePart> {
    let mut parts = Vec::new();
    let (mut start, mut doubtful) = (0, false);
    for (marker, is_real) in found.iter().zip(real) {
        if !is_real {
            doubtful |= is_used;
            continue;
        }
        let text = &line[start..marker.place.start];
        let is_agent =
            marker.kind == MarkerKind::Begin && property::announces_agent(&Property::parse(text));
        if !is_agent && says_something(text, start) {
            let doubtful =
                doubtful || marker.unclear && is_used || parts.last() == Some(&LinePart::Begin);
            parts.push(LinePart::Text {
                place: start..marker.place.start,
                doubtful,
            });
        }
        parts.push(match marker.kind {
            MarkerKind::Begin if is_agent => LinePart::Agent,
            MarkerKind::Begin => LinePart::Begin,
            MarkerKind::End => LinePart::End,
        });
        (start, doubtful) = (marker.place.end, false);
    }
    if says_something(&line[start..], start) {
        let follows_begin = parts.last() == Some(&LinePart::Begin) && !is_version(&line[start..]);
        parts.push(LinePart::Text {
            place: start..line.len(),
            doubtful: doubtful || follows_begin,
        });
    }
    parts
}

/// Whether there is any text. After a marker, punctuation and escaped line breaks alone are not text.
fn says_something(text: &[u8], start: usize) -> bool {
    let mut text = skip_blank(text);
    while is_escaped_break(text) {
        text = skip_blank(&text[2..]);
    }
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    !text.is_empty() && (start == 0 || text.iter().any(is_letter))
}

/// Whether a text is just the version. What follows a BEGIN on its line may be several lines that ran together; a
/// version alone is certainly one.
fn is_version(text: &[u8]) -> bool {
    let property = Property::parse(skip_blank(without_blank_end(text)));
    property.is_named("VERSION")
        && property
            .value
            .is_some_and(|value| matches!(value, b"2.1" | b"3.0" | b"4.0"))
}

/// Whether the value of a property contains the version of a card. In a card that was escaped as a whole, an escaped
/// line break precedes it.
pub(super) fn holds_version(value: &[u8]) -> bool {
    let mut from = 0;
    while let Some(colon) = value[from..]
        .iter()
        .position(|byte| *byte == b':')
        .map(|at| from + at)
    {
        from = colon + 1;
        let before = value[..colon].strip_suffix(b"VERSION");
        let is_version = [b"2.1", b"3.0", b"4.0"]
            .iter()
            .any(|version| value[from..].starts_with(*version));
        if is_version && before.is_some_and(|before| !is_broken(before)) {
            return true;
        }
    }
    false
}

/// Finds every possible marker in the line, by its letters.
fn find(line: &[u8]) -> Vec<Marker> {
    let mut found: Vec<Marker> = Vec::new();
    let mut from = 0;
    while let Some(colon) = line[from..]
        .iter()
        .position(|byte| *byte == b':')
        .map(|at| from + at)
    {
        from = colon + 1;
        let Some(end) = end_of_card_word(line, from) else {
            continue;
        };
        let start = found.last().map_or(0, |last| last.place.end);
        if let Some(marker) = marker(line, start, colon, end) {
            from = end;
            found.push(marker);
        }
    }
    found
}

/// Returns where `VCARD` after a colon ends, if it is there and is a whole word.
fn end_of_card_word(line: &[u8], from: usize) -> Option<usize> {
    let rest = skip_blank(&line[from..]);
    let word = rest.get(..5)?;
    let next = &rest[5..];
    let ends = next
        .first()
        .is_none_or(|byte| !byte.is_ascii_alphanumeric())
        || begins_property(next)
        || !skip_group(next).is_empty() && begins_marker(skip_group(next));
    (word.eq_ignore_ascii_case(b"VCARD") && ends).then(|| line.len() - next.len())
}

/// Returns the marker with this colon, found after `start`; its word `VCARD` ends at `end`.
fn marker(line: &[u8], start: usize, colon: usize, end: usize) -> Option<Marker> {
    let before = &line[start..colon];
    let head = without_parameters(before).unwrap_or(before);
    let (kind, length) = word(head)?;
    let head = without_blank_end(head);
    let is_spaced = head.len() < before.len() || line[colon + 1..end].len() > 5;
    let (before, own) = head.split_at(head.len() - length);
    if is_spaced
        && before
            .last()
            .is_some_and(|byte| continues_word(*byte, own[0]))
    {
        return None; // weekend : vCard
    }
    let group = before.strip_suffix(b".").map_or(0, |group| {
        let is_letter = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'-' | b'_');
        let letters = group.iter().rev().take_while(is_letter).count();
        letters + usize::from(letters > 0)
    });
    let before = &before[..before.len() - group];
    let unclear = group > 0 && !skip_blank(before).is_empty();
    Some(Marker {
        kind,
        place: start + before.len()..end,
        unclear,
    })
}

/// Removes the parameters: `BEGIN` for `BEGIN;CHARSET=UTF-8`. A longer head is the text of a property.
fn without_parameters(head: &[u8]) -> Option<&[u8]> {
    let at = head.iter().take(200).position(|byte| *byte == b';')?;
    let name = skip_group(skip_blank(&head[..at]));
    let is_marker = name.eq_ignore_ascii_case(b"BEGIN") || name.eq_ignore_ascii_case(b"END");
    is_marker.then(|| &head[..at])
}

/// Returns which of the two words ends a text, and its length.
fn word(text: &[u8]) -> Option<(MarkerKind, usize)> {
    let text = without_blank_end(text);
    let ends = |word: &[u8]| {
        text.len()
            .checked_sub(word.len())
            .is_some_and(|at| text[at..].eq_ignore_ascii_case(word))
    };
    if ends(b"BEGIN") {
        Some((MarkerKind::Begin, 5))
    } else if ends(b"END") {
        Some((MarkerKind::End, 3))
    } else {
        None
    }
}

/// Whether two letters have the same case, as the letters of one word do.
const fn continues_word(one: u8, next: u8) -> bool {
    one.is_ascii_alphabetic() && one.is_ascii_lowercase() == next.is_ascii_lowercase()
}

fn begins_marker(text: &[u8]) -> bool {
    [&b"BEGIN"[..], b"END"].iter().any(|word| {
        text.get(..word.len())
            .is_some_and(|own| own.eq_ignore_ascii_case(word))
    })
}

fn skip_group(text: &[u8]) -> &[u8] {
    let is_letter = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(**byte, b'-' | b'_');
    let length = text.iter().take_while(is_letter).count();
    if length > 0 && text.get(length) == Some(&b'.') {
        &text[length + 1..]
    } else {
        text
    }
}

/// The names of properties that are distinctive enough to be looked for.
const NAMES: [&str; 36] = [
    "VERSION",
    "N",
    "FN",
    "ORG",
    "TEL",
    "EMAIL",
    "UID",
    "TITLE",
    "ROLE",
    "NOTE",
    "ADR",
    "LABEL",
    "URL",
    "PHOTO",
    "LOGO",
    "SOUND",
    "KEY",
    "BDAY",
    "ANNIVERSARY",
    "REV",
    "PRODID",
    "NAME",
    "PROFILE",
    "SOURCE",
    "NICKNAME",
    "CATEGORIES",
    "CLASS",
    "MAILER",
    "TZ",
    "GEO",
    "AGENT",
    "KIND",
    "MEMBER",
    "GENDER",
    "IMPP",
    "RELATED",
];

/// Whether a text begins like a property of a card.
pub(in crate::formats) fn begins_property(text: &[u8]) -> bool {
    let text = skip_group(text);
    let is_letter = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'-';
    let length = text.iter().take_while(is_letter).count();
    let name = &text[..length];
    let is_known = NAMES
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        || name
            .get(..2)
            .is_some_and(|start| start.eq_ignore_ascii_case(b"X-"));
    is_known && matches!(text.get(length), Some(b':' | b';'))
}

/// Whether a text begins with an escaped line break, as in text that was escaped as a whole.
fn is_escaped_break(text: &[u8]) -> bool {
    matches!(text, [b'\\', b'n' | b'N' | b'r', ..])
}

pub(super) fn is_used_property(property: &Property) -> bool {
    USED.iter().any(|name| property.is_named(name))
}
