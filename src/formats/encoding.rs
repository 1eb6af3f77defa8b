//! Converts the bytes of a file to UTF-8. All readers get UTF-8 and check it while they read: an invalid byte is a
//! problem of a row, never a replacement character.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::problem::{FileProblem, FileProblemCode};
use super::{encoding_guess, encoding_scan};
use crate::formats::messages::FileSentence;

/// A source of text, as the formats read it.
pub(super) type Source = Box<dyn Read + Send>;

/// The encoding of a file, and the length of its byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextEncoding {
    pub(super) encoding: &'static Encoding,
    mark: usize,
}

/// An encoding that the user named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NamedEncoding<'a> {
    /// The name as the user wrote it.
    label: &'a str,
    pub(super) encoding: &'static Encoding,
}

/// The encoding of a table; if it was guessed, with the lines that it was guessed from.
pub(super) struct TableEncoding {
    pub(super) text_encoding: TextEncoding,
    pub(super) guessed_from: Option<String>,
}

/// Whether the label names an encoding.
#[must_use]
pub fn is_encoding(label: &str) -> bool {
    Encoding::for_label_no_replacement(label.as_bytes()).is_some()
}

/// Returns the encoding that the user named (source: the labels of the Encoding Standard).
pub(super) fn named<'a>(
    label: Option<&'a str>,
    path: &Path,
) -> Result<Option<NamedEncoding<'a>>, FileProblem> {
    let Some(label) = label else { return Ok(None) };
    let sentence = || FileSentence::EncodingUnheard {
        label: label.to_owned(),
    };
    Encoding::for_label_no_replacement(label.as_bytes())
        .map(|encoding| Some(NamedEncoding { label, encoding }))
        .ok_or_else(|| FileProblem::new(FileProblemCode::EncodingUnknown, path, None, sentence()))
}

/// Detects the encoding of a file that begins with `head`, as far as its bytes show it: by its byte order mark, else by
/// the pattern of UTF-16, else UTF-16 if the user named it, else UTF-8. A UTF-16 mark counts only before UTF-16.
pub(super) fn detect(head: &[u8], named: Option<&'static Encoding>) -> TextEncoding {
    let utf16 = named.filter(|encoding| is_utf16(encoding));
    match Encoding::for_bom(head) {
        Some((encoding, mark)) if is_utf16(encoding) && named.is_some() && utf16.is_none() => {
            let is_wide = head[mark..].contains(&0);
            TextEncoding {
                encoding: if is_wide { encoding } else { UTF_8 },
                mark,
            }
        }
        Some((encoding, mark)) => TextEncoding { encoding, mark },
        None => TextEncoding {
            encoding: utf16_without_mark(head).or(utf16).unwrap_or(UTF_8),
            mark: 0,
        },
    }
}

/// Returns the encoding that the file certainly has, if the user named a different one.
pub(super) fn contradiction(
    head: &[u8],
    found: TextEncoding,
    named: Option<NamedEncoding<'_>>,
) -> Option<&'static Encoding> {
    let named = named?;
    match (found.utf16(), is_utf16(named.encoding)) {
        (Some(found), true) => {
            let label = named.label.trim().to_ascii_lowercase();
            let has_order =
                ["utf-16le", "utf-16be", "unicodefeff", "unicodefffe"].contains(&label.as_str());
            let is_sure = Encoding::for_bom(head).is_some() || utf16_without_mark(head).is_some();
            if found != named.encoding {
                Some(found).filter(|_| has_order)
            } else if is_sure {
                None
            } else {
                utf8(head)
            }
        }
        (Some(found), false) => Some(found),
        (None, true) => Some(found.encoding),
        (None, false) => None,
    }
}

/// Returns UTF-8 if `head` is valid UTF-8 without zero bytes. UTF-16 has one in each line end.
fn utf8(head: &[u8]) -> Option<&'static Encoding> {
    let is_text = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    (is_text && !head.contains(&0)).then_some(UTF_8)
}

fn is_utf16(encoding: &'static Encoding) -> bool {
    [UTF_16LE, UTF_16BE].contains(&encoding)
}

/// Determines the encoding of a table that begins with `head` and continues in `file`: UTF-16 if its pattern shows,
/// which is certain; else what the user named; else UTF-8 if the mark or the bytes say so; else a guess.
pub(super) fn table_encoding(
    found: TextEncoding,
    named: Option<&'static Encoding>,
    head: &[u8],
    file: &mut File,
) -> io::Result<TableEncoding> {
    let sure = |encoding, mark| TableEncoding {
        text_encoding: TextEncoding { encoding, mark },
        guessed_from: None,
    };
    if found.is_transcoded() {
        return Ok(sure(found.encoding, found.mark));
    }
    if let Some(named) = named {
        return Ok(sure(named, found.mark));
    }
    if found.mark > 0 {
        return Ok(sure(UTF_8, found.mark));
    }
    let Some(lines) = encoding_scan::foreign_lines(head, file)? else {
        return Ok(sure(UTF_8, 0));
    };
    let encoding = encoding_guess::guess(&lines);
    let (text, _) = encoding.decode_without_bom_handling(&lines);
    Ok(TableEncoding {
        guessed_from: Some(text.into_owned()),
        ..sure(encoding, 0)
    })
}

/// Whether decoded text contains U+FFFD, which a decoder writes for bytes that the encoding does not have, or a control
/// character U+0080–U+009F, which real text never contains and a wrong encoding produces.
pub(super) fn is_misread(text: &str) -> bool {
    let bytes = text.as_bytes();
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    // A fold without an early exit, because the compiler vectorizes it.
    let control = |(first, second): (&u8, &u8)| u8::from(*first == 0xC2) & u8::from(*second < 0xA0);
    pairs.map(control).fold(0, |seen, control| seen | control) > 0
        || text.contains(char::REPLACEMENT_CHARACTER)
}

impl TextEncoding {
    /// Whether the text goes through a decoder, which writes U+FFFD for invalid bytes (see [`is_misread`]).
    pub(super) fn is_transcoded(self) -> bool {
        self.encoding != UTF_8
    }

    /// Returns the encoding, if it is UTF-16 of either byte order.
    pub(super) fn utf16(self) -> Option<&'static Encoding> {
        Some(self.encoding).filter(|encoding| is_utf16(encoding))
    }

    /// Decodes the beginning of the file to UTF-8 without the mark.
    pub(super) fn decode(self, head: &[u8]) -> Cow<'_, [u8]> {
        let head = &head[self.mark..];
        if !self.is_transcoded() {
            return Cow::Borrowed(head);
        }
        let (text, _) = self.encoding.decode_without_bom_handling(head);
        Cow::Owned(text.into_owned().into_bytes())
    }

    /// Decodes the whole file to UTF-8 without the mark: `head`, which was already read, and the `rest`.
    pub(super) fn source(self, mut head: Vec<u8>, rest: impl Read + Send + 'static) -> Source {
        head.drain(..self.mark);
        let bytes = Cursor::new(head).chain(rest);
        if !self.is_transcoded() {
            return Box::new(bytes);
        }
        Box::new(
            DecodeReaderBytesBuilder::new()
                .encoding(Some(self.encoding))
                .build(bytes),
        )
    }
}

/// Detects UTF-16 without a mark. Only UTF-16 of Latin or Cyrillic text has 0x00 or 0x04 in nearly every other byte,
/// and hardly anywhere else.
fn utf16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.chunks_exact(2);
    let (count, mut even, mut odd) = (pairs.len(), 0, 0);
    for pair in pairs {
        even += usize::from(matches!(pair[0], 0 | 4));
        odd += usize::from(matches!(pair[1], 0 | 4));
    }
    let (most, few) = (count * 9 / 10, count / 10);
    if count < 4 {
        None
    } else if odd >= most && even <= few {
        Some(UTF_16LE)
    } else if even >= most && odd <= few {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, unit: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn marks_and_patterns_name_the_encoding() {
        let text = "Имя;Телефон\nАнна;79001234567\n";
        let table = [
            (text.as_bytes().to_vec(), "UTF-8"),
            (format!("\u{FEFF}{text}").into_bytes(), "UTF-8"),
            (
                utf16(&format!("\u{FEFF}{text}"), u16::to_le_bytes),
                "UTF-16LE",
            ),
            (
                utf16(&format!("\u{FEFF}{text}"), u16::to_be_bytes),
                "UTF-16BE",
            ),
            (utf16(text, u16::to_le_bytes), "UTF-16LE"),
            (utf16(text, u16::to_be_bytes), "UTF-16BE"),
        ];
        for (bytes, name) in table {
            let found = detect(&bytes, None);
            assert_eq!(found.encoding.name(), name);
            assert_eq!(found.decode(&bytes), text.as_bytes(), "{name}");
            let mut whole = String::new();
            let rest = Cursor::new(bytes[8..].to_vec());
            found
                .source(bytes[..8].to_vec(), rest)
                .read_to_string(&mut whole)
                .unwrap();
            assert_eq!(whole, text, "{name}");
        }
    }

    #[test]
    fn what_a_decoder_could_not_follow_is_seen() {
        for (text, misread) in [
            ("Анна «Я» №5\u{A0}é", false),
            ("", false),
            ("a\u{FFFD}", true),
            ("\u{98}a", true),
        ] {
            assert_eq!(is_misread(text), misread, "{text:?}");
        }
    }

    #[test]
    fn what_a_person_names_is_followed_unless_the_bytes_cannot_be_that() {
        let text = "Имя;Телефон\nАнна;79001234567\n";
        let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
        let (little, big) = (utf16(text, u16::to_le_bytes), utf16(text, u16::to_be_bytes));
        let (cyrillic, _, _) = encoding_rs::WINDOWS_1251.encode(text);
        for (bytes, label, against) in [
            (marked(b"\xEF\xBB\xBF", &cyrillic), "windows-1251", None),
            (marked(b"\xFF\xFE", &cyrillic), "windows-1251", None),
            (marked(b"\xEF\xBB\xBF", text.as_bytes()), "utf-8", None),
            (
                marked(b"\xEF\xBB\xBF", text.as_bytes()),
                "utf-16",
                Some("UTF-8"),
            ),
            (text.as_bytes().to_vec(), "utf-16le", Some("UTF-8")),
            (marked(b"\xFF\xFE", &little), "utf-8", Some("UTF-16LE")),
            (
                marked(b"\xFF\xFE", &little),
                "windows-1251",
                Some("UTF-16LE"),
            ),
            (marked(b"\xFF\xFE", &little), "utf-16", None),
            (marked(b"\xFE\xFF", &big), "utf-16", None),
            (marked(b"\xFE\xFF", &big), "utf-16le", Some("UTF-16BE")),
            (little.clone(), "utf-16le", None),
            (little.clone(), "windows-1251", Some("UTF-16LE")),
            (big, "utf-16", None),
            (utf16("名前、電話", u16::to_le_bytes), "utf-16le", None),
        ] {
            let encoding = Encoding::for_label(label.as_bytes());
            let found = detect(&bytes, encoding);
            let named = encoding.map(|encoding| NamedEncoding { label, encoding });
            let seen = contradiction(&bytes, found, named);
            assert_eq!(seen.map(Encoding::name), against, "{label} {bytes:?}");
        }
        let mark = detect(
            &marked(b"\xEF\xBB\xBF", &cyrillic),
            Some(encoding_rs::WINDOWS_1251),
        );
        assert_eq!(
            mark,
            TextEncoding {
                encoding: UTF_8,
                mark: 3
            }
        );
    }

    #[test]
    fn a_name_that_is_no_encoding_is_told() {
        let problem = named(Some("cp-what"), Path::new("a.csv")).unwrap_err();
        assert_eq!(problem.code(), FileProblemCode::EncodingUnknown);
        assert!(problem.to_string().contains("windows-1251"), "{problem}");
        assert!(named(Some("iso-2022-kr"), Path::new("a.csv")).is_err());
        let known = named(Some("CP1251"), Path::new("a.csv")).unwrap();
        assert_eq!(known.unwrap().encoding, encoding_rs::WINDOWS_1251);
    }
}
