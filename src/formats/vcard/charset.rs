//! Decodes the text of a card. UTF-8 is taken as it is. Other bytes, and the octets of quoted-printable and base64, are
//! read in the charset that their line names, else in one that another line of the card names, else in the one that the
//! user named, else in one that is named elsewhere in the file, else in a guess from all such text of the file, which
//! is shown to the user.

use std::borrow::Cow;

use encoding_rs::{Encoding, REPLACEMENT, UTF_8};

use super::property::{self, Property};
use crate::formats::encoding;
use crate::i18n::CardFault;

/// The byte that begins a change of alphabet in ISO-2022-JP, whose bytes are all ASCII.
const ESCAPE: u8 = 0x1B;

/// The charsets for text that names none.
#[derive(Default)]
pub(in crate::formats) struct Charsets {
    /// The charset that another line of the card names.
    card: Option<&'static Encoding>,
    /// The charset that the user named.
    given: Option<&'static Encoding>,
    /// The charset that is named elsewhere in the file.
    file: Option<&'static Encoding>,
    guessed: Option<&'static Encoding>,
    example: Option<String>,
}

impl Charsets {
    pub(super) fn new(given: Option<&'static Encoding>) -> Self {
        Self {
            given,
            ..Self::default()
        }
    }

    /// Creates the charsets of a file that was surveyed; `example` is text that was decoded by the guess.
    pub(super) fn of_file(
        file: Option<&'static Encoding>,
        guessed: Option<&'static Encoding>,
        example: Option<String>,
    ) -> Self {
        Self {
            file,
            guessed,
            example,
            ..Self::default()
        }
    }

    /// Returns the charset that is only guessed, with an example of such text.
    pub(super) fn guess(&self) -> Option<(&'static Encoding, &str)> {
        self.guessed.zip(self.example.as_deref())
    }

    /// Returns the properties of a card, one per line, as UTF-8 without quoted-printable; `named` is a charset that any
    /// of its lines names. The error says why they cannot be read.
    pub(super) fn text(
        &mut self,
        card: &[u8],
        named: Option<&'static Encoding>,
    ) -> Result<String, CardFault> {
        self.card = named;
        self.file = named.or(self.file);
        if card.contains(&0) {
            return Err(CardFault::Nul);
        }
        let lines = card
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        let utf8 = !card.contains(&ESCAPE) && std::str::from_utf8(card).is_ok();
        let mut text = String::with_capacity(card.len());
        let (mut is_named, mut lost_name) = (false, false);
        for line in lines {
            let property = Property::parse(line);
            let is_name = property.is_named("N") || property.is_named("FN");
            let written = match property.value {
                Some(value) if property.is_base64() => {
                    self.write_base64(&property, value, &mut text)?
                }
                Some(_) | None => self.write_line(line, utf8, &mut text).map(|()| true)?,
            };
            is_named |= is_name && written;
            lost_name |= is_name && !written;
            text.push('\n');
        }
        if lost_name && !is_named {
            Err(CardFault::Unreadable)
        } else {
            Ok(text)
        }
    }

    /// Writes one line as UTF-8. `utf8` says that the whole card is UTF-8, whatever its lines name.
    fn write_line(&self, line: &[u8], utf8: bool, into: &mut String) -> Result<(), CardFault> {
        let property = Property::parse(line);
        if property.charset().is_some_and(is_seven_bit) {
            return Err(CardFault::SevenBit);
        }
        let declared = property.charset().and_then(legacy);
        match property.value {
            Some(value) if property.is_quoted_printable() => self
                .write_quoted(&property, value, into)
                .ok_or(CardFault::Unreadable),
            Some(_) | None => {
                let declared = declared.filter(|_| !utf8);
                into.push_str(&self.decode(line, declared).ok_or(CardFault::Unreadable)?);
                Ok(())
            }
        }
    }

    /// Decodes a quoted-printable line and writes it as a plain one. Semicolons between the parts of the value stay
    /// separators; encoded semicolons become text.
    fn write_quoted(&self, property: &Property, value: &[u8], into: &mut String) -> Option<()> {
        let declared = property.charset().and_then(legacy);
        self.write_head(property, into)?;
        for (index, part) in parts(value).into_iter().enumerate() {
            into.push(if index == 0 { ':' } else { ';' });
            let text = self.decode(&octets(part), declared)?;
            write_escaped(&text.replace("\\;", ";").replace("\\,", ","), into);
        }
        Some(())
    }

    /// Writes group, name and parameters, without those that say how the value is encoded.
    fn write_head(&self, property: &Property, into: &mut String) -> Option<()> {
        into.push_str(&self.decode(property.full_name(), None)?);
        let is_encoding = |param: &[u8]| {
            property::charset(param).is_some()
                || property::is_quoted_printable(param)
                || property::is_base64(param)
        };
        for param in property.params().filter(|param| !is_encoding(param)) {
            into.push(';');
            into.push_str(&self.decode(param, None)?);
        }
        Some(())
    }

    /// Decodes a base64 line and writes it as a plain one. Returns `false` if it cannot be read and is left out, since
    /// the card may have another name. A number is never left out, because a less preferred one would take its place.
    fn write_base64(
        &self,
        property: &Property,
        value: &[u8],
        into: &mut String,
    ) -> Result<bool, CardFault> {
        let declared = property.charset().and_then(legacy);
        let start = into.len();
        let written = self.write_head(property, into).and_then(|()| {
            into.push(':');
            let texts = value
                .split(|byte| *byte == b';')
                .map(|part| self.plain(part, declared));
            let texts: Vec<String> = texts.collect::<Option<_>>()?;
            write_parts(property, &texts, into);
            Some(())
        });
        match written {
            Some(()) => Ok(true),
            None if property.is_named("TEL") => Err(CardFault::Unreadable),
            None => {
                into.truncate(start);
                Ok(false)
            }
        }
    }

    /// Decodes a base64 text. Its charset must be named or UTF-8: words that are not base64 at all could be guessed to
    /// be anything.
    fn plain(&self, text: &[u8], declared: Option<&'static Encoding>) -> Option<String> {
        let bytes = base64(text)?;
        let named = [declared, Some(UTF_8), self.card, self.given, self.file];
        let decoded = |encoding: &'static Encoding| {
            encoding
                .decode_without_bom_handling_and_without_replacement(&bytes)
                .map(Cow::into_owned)
        };
        let text = named.into_iter().flatten().find_map(decoded)?;
        let is_odd = |char: char| char.is_control() && !char.is_whitespace();
        (!text.contains(is_odd)).then_some(text)
    }

    fn decode(&self, bytes: &[u8], declared: Option<&'static Encoding>) -> Option<String> {
        let named = [declared, Some(UTF_8), self.card, self.given, self.file];
        let decoded = |encoding: &'static Encoding| {
            encoding
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(Cow::into_owned)
        };
        let guessed = || {
            self.guessed
                .and_then(decoded)
                .filter(|text| !encoding::is_misread(text))
        };
        named
            .into_iter()
            .flatten()
            .find_map(decoded)
            .or_else(guessed)
    }
}

/// Whether it is a charset that writes letters in ASCII, so that nothing shows when they are not decoded.
fn is_seven_bit(label: &[u8]) -> bool {
    let label = label.to_ascii_lowercase();
    let utf7 = [
        &b"utf-7"[..],
        b"utf7",
        b"unicode-1-1-utf-7",
        b"x-unicode-2-0-utf-7",
        b"csunicode11utf7",
    ];
    utf7.contains(&label.as_slice()) || Encoding::for_label(&label) == Some(REPLACEMENT)
}

/// Returns a named charset other than UTF-8. `US-ASCII` does not count: programs name it for UTF-8 text.
pub(super) fn legacy(label: &[u8]) -> Option<&'static Encoding> {
    let label = label.to_ascii_lowercase();
    let label: &[u8] = match label.as_slice() {
        b"us-ascii" | b"ascii" => return None,
        b"cp932" => b"shift_jis",
        b"cp936" => b"gbk",
        b"cp949" => b"euc-kr",
        b"cp950" => b"big5",
        other => other,
    };
    Encoding::for_label(label).filter(|encoding| ![UTF_8, REPLACEMENT].contains(encoding))
}

/// Splits a value at its semicolons, except at `\;`.
fn parts(value: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, byte) in value.iter().enumerate() {
        if *byte == b';' && !value[..at].ends_with(b"\\") {
            parts.push(&value[start..at]);
            start = at + 1;
        }
    }
    parts.push(&value[start..]);
    parts
}

/// Decodes quoted-printable (RFC 2045 §6.7). A `=` that encodes nothing stays; at the end it is a soft break with
/// nothing after it.
pub(super) fn octets(text: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match (first, hex(behind)) {
            (b'=', Some(octet)) => {
                octets.push(octet);
                rest = &behind[2..];
            }
            (b'=', None) if behind.trim_ascii().is_empty() => {}
            (byte, _) => octets.push(*byte),
        }
    }
    octets
}

/// Decodes base64 (RFC 4648 §4), with spaces anywhere and with or without `=` at its end; `None` if it is not base64.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let letters: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let letters = letters
        .strip_suffix(b"==")
        .or(letters.strip_suffix(b"="))
        .unwrap_or(&letters);
    let mut octets = Vec::with_capacity(letters.len());
    for group in letters.chunks(4) {
        let sextets: Vec<u32> = group
            .iter()
            .map(|letter| sextet(*letter))
            .collect::<Option<_>>()?;
        let bits =
            sextets.iter().fold(0, |bits, sextet| bits << 6 | sextet) << (6 * (4 - group.len()));
        let [_, whole @ ..] = bits.to_be_bytes();
        match group.len() {
            1 => return None,
            length => octets.extend_from_slice(&whole[..length - 1]),
        }
    }
    Some(octets)
}

fn sextet(letter: u8) -> Option<u32> {
    match letter {
        b'A'..=b'Z' => Some(u32::from(letter - b'A')),
        b'a'..=b'z' => Some(u32::from(letter - b'a') + 26),
        b'0'..=b'9' => Some(u32::from(letter - b'0') + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// Writes the decoded parts of a value. If a name or a company was encoded as a whole, the semicolons in it separate
/// its parts.
fn write_parts(property: &Property, texts: &[String], into: &mut String) {
    let is_structured = property.is_named("N") || property.is_named("ORG");
    match texts {
        [whole, rest @ ..] if is_structured && rest.iter().all(String::is_empty) => {
            let lines: Vec<&str> = whole.lines().collect();
            into.push_str(&lines.join("\\n"));
        }
        parts => {
            for (index, part) in parts.iter().enumerate() {
                into.push_str(if index > 0 { ";" } else { "" });
                write_escaped(&part.replace("\\;", ";").replace("\\,", ","), into);
            }
        }
    }
}

fn hex(text: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}

/// Writes text so that the parser reads it back unchanged (RFC 6350 §3.4).
fn write_escaped(text: &str, into: &mut String) {
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => into.extend(['\\', letter]),
            '\n' => into.push_str("\\n"),
            '\r' => {}
            _ => into.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(name: &str, encoding: &'static Encoding, text: &str) -> Vec<u8> {
        let (bytes, _, lost) = encoding.encode(text);
        assert!(!lost, "{text}");
        let octets = bytes
            .iter()
            .map(|byte| format!("={byte:02X}"))
            .collect::<Vec<_>>()
            .concat();
        format!("FN;CHARSET={name};ENCODING=QUOTED-PRINTABLE:{octets}").into_bytes()
    }

    fn text(lines: &[u8]) -> Result<String, CardFault> {
        Charsets::new(None).text(lines, None)
    }

    #[test]
    fn quoted_printable_is_read_in_every_charset_of_phones() {
        for (name, text_of_name) in [
            ("UTF-8", "Анна Öß 名"),
            ("windows-1251", "Анна"),
            ("CP1251", "Анна"),
            ("koi8-r", "Анна"),
            ("cp866", "Анна"),
            ("IBM866", "Анна"),
            ("iso-8859-5", "Анна"),
            ("ISO-8859-1", "Jürgen"),
            ("Shift_JIS", "表示 名前"),
            ("CP932", "名前"),
            ("GBK", "模块"),
            ("GB2312", "张伟"),
            ("Big5", "陳大文"),
            ("EUC-KR", "김철수"),
            ("EUC-JP", "名前"),
            ("ISO-2022-JP", "名前"),
        ] {
            let encoding = legacy(name.as_bytes()).unwrap_or(UTF_8);
            let card = quoted(name, encoding, text_of_name);
            assert_eq!(text(&card), Ok(format!("FN:{text_of_name}\n")), "{name}");
            let bytes = [
                format!("FN;CHARSET={name}:").as_bytes(),
                &encoding.encode(text_of_name).0,
            ]
            .concat();
            assert_eq!(
                text(&bytes),
                Ok(format!("FN;CHARSET={name}:{text_of_name}\n")),
                "{name}, as bytes"
            );
        }
    }

    #[test]
    fn parts_of_a_quoted_value_stay_parts_and_encoded_semicolons_do_not() {
        for (line, expected) in [
            ("N;QUOTED-PRINTABLE:=41;=42;;", "N:A;B;;"),
            ("N;QUOTED-PRINTABLE:a=3Bb\\;c;d,e", "N:a\\;b\\;c;d\\,e"),
            (
                "item1.TEL;CELL;ENCODING=quoted-printable;PREF:=2B7900",
                "item1.TEL;CELL;PREF:+7900",
            ),
            ("NOTE;QUOTED-PRINTABLE:a=0D=0Ab=5Cc=", "NOTE:a\\nb\\\\c"),
            ("FN;QUOTED-PRINTABLE:50= of=zz=d0=90", "FN:50= of=zzА"),
            ("FN;QUOTED-PRINTABLE;CHARSET=US-ASCII:=D0=90", "FN:А"),
            ("FN;QUOTED-PRINTABLE;CHARSET=X-UNKNOWN:=D0=90", "FN:А"),
        ] {
            assert_eq!(text(line.as_bytes()), Ok(format!("{expected}\n")), "{line}");
        }
    }

    #[test]
    fn bytes_without_a_name_take_the_charset_of_their_card_of_the_person_or_of_their_file() {
        let anna = b"FN:\xC0\xED\xED\xE0\n";
        assert_eq!(text(anna), Err(CardFault::Unreadable));
        assert_eq!(
            text(b"FN;QUOTED-PRINTABLE:=C0=ED\n"),
            Err(CardFault::Unreadable)
        );
        assert_eq!(text(b"FN:a\0\n"), Err(CardFault::Nul));
        let cyrillic = Some(encoding_rs::WINDOWS_1251);
        assert_eq!(
            Charsets::new(cyrillic).text(anna, None),
            Ok("FN:Анна\n".to_owned())
        );
        let mut file = Charsets::new(None);
        file.text(b"FN:a\n", cyrillic).unwrap();
        assert_eq!(file.text(anna, None), Ok("FN:Анна\n".to_owned()));
        assert_eq!(
            file.text("FN:Анна\n".as_bytes(), None),
            Ok("FN:Анна\n".to_owned())
        );
        let koi8 = Charsets::new(Some(encoding_rs::KOI8_R)).text(anna, cyrillic);
        assert_eq!(koi8, Ok("FN:Анна\n".to_owned()));
        let guessed =
            |encoding| Charsets::of_file(None, Some(encoding), None).text(b"FN:\x98\xED\n", None);
        assert_eq!(
            guessed(encoding_rs::WINDOWS_1251),
            Err(CardFault::Unreadable)
        );
        assert_eq!(guessed(encoding_rs::IBM866), Ok("FN:Шэ\n".to_owned()));
    }

    #[test]
    fn base64_is_read_and_the_parts_of_a_name_in_it_stay_parts() {
        for (line, expected) in [
            (
                "N;ENCODING=B;CHARSET=UTF-8:0JfQuNC80LjQvdCwO9CQ0L3QvdCwOzs7",
                "N:Зимина;Анна;;;",
            ),
            (
                "N;BASE64:0JfQuNC80LjQvdCwO9CQ0L3QvdCwOzs7;;;;",
                "N:Зимина;Анна;;;",
            ),
            (
                "N;ENCODING=base64:0JfQuNC80LjQvdCw;0JDQvdC90LA=;;;",
                "N:Зимина;Анна;;;",
            ),
            (
                "item1.FN;ENCODING=b;LANGUAGE=ru:0JDQvdC90LA7INCR",
                "item1.FN;LANGUAGE=ru:Анна\\; Б",
            ),
            (
                "N;ENCODING=B;CHARSET=windows-1251:x+jsO8Dt7eA=",
                "N:Зим;Анна",
            ),
            (
                "ORG;ENCODING=B:0KDQvtCz0LA70KHQutC70LDQtA==",
                "ORG:Рога;Склад",
            ),
            (
                "TEL;ENCODING=B;TYPE=CELL:Kzc5 MDAx\tMjM0NTY3",
                "TEL;TYPE=CELL:+79001234567",
            ),
        ] {
            assert_eq!(text(line.as_bytes()), Ok(format!("{expected}\n")), "{line}");
        }
        assert_eq!(
            text(b"N;ENCODING=B:Anna\nFN:b\n"),
            Ok("\nFN:b\n".to_owned())
        );
        assert_eq!(
            text("N;ENCODING=B:Анна\nFN:b\n".as_bytes()),
            Ok("\nFN:b\n".to_owned())
        );
        for line in [
            "N;ENCODING=B:Anna\nORG:b",
            "TEL;ENCODING=B:+7900\nFN:b",
            "FN;ENCODING=B:AAAA",
        ] {
            assert_eq!(text(line.as_bytes()), Err(CardFault::Unreadable), "{line}");
        }
    }

    #[test]
    fn letters_hidden_in_ascii_are_not_taken_for_text() {
        for name in [
            "UTF-7",
            "utf7",
            "unicode-1-1-utf-7",
            "HZ-GB-2312",
            "ISO-2022-KR",
        ] {
            assert_eq!(
                text(format!("FN;CHARSET={name}:+BBAEPQQ9BDA-\n").as_bytes()),
                Err(CardFault::SevenBit),
                "{name}"
            );
        }
    }

    #[test]
    fn a_card_that_is_utf8_is_utf8_whatever_it_names() {
        let line = "FN;CHARSET=windows-1251:Анна\n";
        assert_eq!(text(line.as_bytes()), Ok(line.to_owned()));
    }
}
