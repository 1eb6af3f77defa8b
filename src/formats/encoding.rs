//! From the bytes of a file to UTF-8. Everything behind this door reads UTF-8 only, and checks it
//! while it reads: a byte that is none is a problem with a row, never a replacement character.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::problem::{FileProblem, FileProblemCode};
use super::{encoding_guess, encoding_scan};
use crate::i18n::FileSentence;

/// A source of text, as the formats read it.
pub(super) type Source = Box<dyn Read + Send>;

/// The encoding of a file, and the length of its byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextEncoding {
    pub(super) encoding: &'static Encoding,
    mark: usize,
}

/// The encoding of a table, and the text that it was guessed from, if nothing told it.
pub(super) struct TableEncoding {
    pub(super) found: TextEncoding,
    pub(super) guessed_from: Option<String>,
}

/// Whether a person may name an encoding so.
#[must_use]
pub fn is_encoding(label: &str) -> bool {
    Encoding::for_label_no_replacement(label.as_bytes()).is_some()
}

/// The encoding that a person named, if it is one of those that the web knows
/// (source: the labels of the Encoding Standard).
pub(super) fn named(
    label: Option<&str>,
    path: &Path,
) -> Result<Option<&'static Encoding>, FileProblem> {
    let Some(label) = label else { return Ok(None) };
    let sentence = || FileSentence::EncodingUnheard {
        label: label.to_owned(),
    };
    Encoding::for_label_no_replacement(label.as_bytes())
        .map(Some)
        .ok_or_else(|| FileProblem::new(FileProblemCode::EncodingUnknown, path, None, sentence()))
}

/// The encoding of a file that begins with `head`, as far as its bytes show it: its mark, else the pattern of
/// UTF-16, else UTF-16 if a person named it, else UTF-8. A mark of UTF-16 is believed only of UTF-16.
pub(super) fn found(head: &[u8], named: Option<&'static Encoding>) -> TextEncoding {
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

/// The encoding in which a file is for sure, if that is not the one that a person named by this label.
pub(super) fn contradiction(
    head: &[u8],
    found: TextEncoding,
    (label, named): (Option<&str>, Option<&'static Encoding>),
) -> Option<&'static Encoding> {
    let named = named?;
    match (found.utf16(), is_utf16(named)) {
        (Some(found), true) => {
            let label = label.unwrap_or_default().trim().to_ascii_lowercase();
            let has_order =
                ["utf-16le", "utf-16be", "unicodefeff", "unicodefffe"].contains(&label.as_str());
            let is_sure = Encoding::for_bom(head).is_some() || utf16_without_mark(head).is_some();
            if found != named {
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

/// UTF-8, if a beginning is text in it, which UTF-16 is not: there the sign that ends a line has a zero byte.
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

/// The encoding of a table that begins with `head` and goes on in `file`: UTF-16, whose pattern is sure; what
/// a person named; UTF-8 if a mark says so or its bytes are that; else a guess.
pub(super) fn of_table(
    found: TextEncoding,
    named: Option<&'static Encoding>,
    head: &[u8],
    file: &mut File,
) -> io::Result<TableEncoding> {
    let sure = |encoding, mark| TableEncoding {
        found: TextEncoding { encoding, mark },
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

/// Whether a text that was decoded holds U+FFFD, which stands for bytes that the encoding does not
/// have, or a control character of U+0080–U+009F, which no text has and a wrong encoding makes.
pub(super) fn is_misread(text: &str) -> bool {
    let bytes = text.as_bytes();
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    // Without an early end this runs as fast as the memory is read.
    let control = |(first, second): (&u8, &u8)| u8::from(*first == 0xC2) & u8::from(*second < 0xA0);
    pairs.map(control).fold(0, |seen, control| seen | control) > 0
        || text.contains(char::REPLACEMENT_CHARACTER)
}

impl TextEncoding {
    /// Whether the text passes a decoder, which writes U+FFFD where it cannot follow (see [`is_misread`]).
    pub(super) fn is_transcoded(self) -> bool {
        self.encoding != UTF_8
    }

    /// UTF-16, of whichever order, if it is that.
    pub(super) fn utf16(self) -> Option<&'static Encoding> {
        Some(self.encoding).filter(|encoding| is_utf16(encoding))
    }

    /// The beginning of the file as UTF-8 without the mark.
    pub(super) fn decode(self, head: &[u8]) -> Cow<'_, [u8]> {
        let head = head.get(self.mark..).unwrap_or_default();
        if !self.is_transcoded() {
            return Cow::Borrowed(head);
        }
        let (text, _) = self.encoding.decode_without_bom_handling(head);
        Cow::Owned(text.into_owned().into_bytes())
    }

    /// The whole file as UTF-8 without the mark: `head`, which was read already, and the `rest`.
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

/// UTF-16 of Latin or Cyrillic text has 0x00 or 0x04 in nearly every other byte, and hardly
/// anywhere else; nothing else has.
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
            let found = found(&bytes, None);
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
            let found = found(&bytes, encoding);
            let seen = contradiction(&bytes, found, (Some(label), encoding));
            assert_eq!(seen.map(Encoding::name), against, "{label} {bytes:?}");
        }
        let mark = found(
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
        assert_eq!(
            named(Some("CP1251"), Path::new("a.csv")),
            Ok(Some(encoding_rs::WINDOWS_1251))
        );
    }
}
