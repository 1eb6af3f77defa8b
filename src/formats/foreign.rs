//! Recognises files that we do not read. A user who is told "a web archive, save it as .xlsx" knows what to do, and a
//! format that looks like text must not be read as a nonsense table.

use super::problem::FileProblemCode;
use crate::formats::messages::{Content, FileSentence};

/// A file that we do not read: its problem, and what to tell the user.
#[derive(Debug)]
pub(super) struct Foreign {
    pub(super) code: FileProblemCode,
    pub(super) sentence: FileSentence,
}

impl Foreign {
    /// Describes a picture, an archive or another file that contains no table.
    pub(super) const fn binary(content: Content) -> Self {
        Self {
            code: FileProblemCode::FileBinary,
            sentence: FileSentence::Foreign { content },
        }
    }

    /// Describes a table in a format that spreadsheets read but we do not.
    const fn sheet(content: Content) -> Self {
        Self {
            code: FileProblemCode::FormatUnsupported,
            sentence: FileSentence::ForeignSheet { content },
        }
    }

    /// Describes a text document.
    const fn document(content: Content) -> Self {
        Self {
            code: FileProblemCode::FormatUnsupported,
            sentence: FileSentence::ForeignDocument { content },
        }
    }

    /// Describes a data exchange format.
    pub(super) const fn data(content: Content) -> Self {
        Self {
            code: FileProblemCode::FormatUnsupported,
            sentence: FileSentence::ForeignData { content },
        }
    }
}

/// The first bytes of files that contain no table.
const BINARY: &[(&[u8], Content)] = &[
    (b"\x89PNG", Content::Png),
    (b"\xFF\xD8\xFF", Content::Jpeg),
    (b"GIF8", Content::Gif),
    (b"%PDF", Content::Pdf),
    (b"\x1F\x8B", Content::Gzip),
    (b"Rar!", Content::Rar),
    (b"7z\xBC\xAF", Content::SevenZip),
    (b"SQLite format 3\0", Content::Database),
    (b"\0\x01\0\0Standard ", Content::Database),
    (b"\x7FELF", Content::Program),
];

/// The first bytes of old spreadsheets (sources: \[MS-XLS\] 2.4.21 and the documentation of `OpenOffice` for records
/// outside a compound file; the file formats of Lotus 1-2-3, Quattro Pro and Works).
const SHEETS: &[(&[u8], Content)] = &[
    (b"\x09\0\x04\0", Content::OldExcel),
    (b"\x09\x02\x06\0", Content::OldExcel),
    (b"\x09\x04\x06\0", Content::OldExcel),
    (b"\x09\x08\x08\0", Content::OldExcel),
    (b"\x09\x08\x10\0", Content::OldExcel),
    (b"\0\0\x02\0\x04\x04", Content::Lotus),
    (b"\0\0\x02\0\x06\x04", Content::Lotus),
    (b"\0\0\x1A\0", Content::Lotus),
    (b"\0\0\x02\0\x20\x51", Content::Quattro),
    (b"\xFF\0\x02\0\x04\x04", Content::Works),
];

/// Returns the foreign format that the first bytes show, if any.
pub(super) fn by_bytes(head: &[u8]) -> Option<Foreign> {
    let begins = |list: &[(&[u8], Content)]| {
        list.iter()
            .find(|(magic, _)| head.starts_with(magic))
            .map(|(_, content)| *content)
    };
    begins(BINARY)
        .map(Foreign::binary)
        .or_else(|| begins(SHEETS).map(Foreign::sheet))
        .or_else(|| is_dbase(head).then(|| Foreign::sheet(Content::Dbase)))
}

/// Names of entries by which a ZIP archive is recognised as a document of another program.
const PACKAGES: &[(&[u8], Content)] = &[
    (b"word/", Content::Word),
    (b"opendocument.text", Content::Word),
    (b"ppt/", Content::Slides),
    (b"opendocument.presentation", Content::Slides),
];

/// Returns the kind of a ZIP archive that is not a workbook; `holds` says whether its beginning contains a text.
pub(super) fn in_zip(holds: impl Fn(&[u8]) -> bool) -> Foreign {
    if holds(b"vnd.sun.xml.calc") {
        return Foreign::sheet(Content::OldOpenOffice);
    }
    if holds(b"Index/Document.iwa") || holds(b"Index/Tables/") || holds(b"Index.zip") {
        let sentence = FileSentence::NumbersDocument;
        return Foreign {
            code: FileProblemCode::FormatUnsupported,
            sentence,
        };
    }
    let found = PACKAGES.iter().find(|(name, _)| holds(name));
    found.map_or(Foreign::binary(Content::Zip), |(_, content)| {
        Foreign::document(*content)
    })
}

/// Returns the foreign format that the first lines of a text show, if any.
pub(super) fn by_text(text: &[u8]) -> Option<Foreign> {
    if text.starts_with(b"{\\rtf") {
        Some(Foreign::document(Content::Rtf))
    } else if is_json(text) {
        Some(json(text))
    } else if is_mime(text) {
        Some(Foreign::sheet(Content::WebArchive))
    } else if is_sylk(text) {
        Some(Foreign::sheet(Content::Sylk))
    } else if is_dif(text) {
        Some(Foreign::sheet(Content::Dif))
    } else {
        None
    }
}

/// Whether this is the header of a dBase table: kind, date of the last change, and a length that ends with its mark
/// (source: the file format of dBase III and later).
fn is_dbase(head: &[u8]) -> bool {
    let [kind, _, month, day, _, _, _, _, low, high, ..] = head else {
        return false;
    };
    let is_kind = matches!(
        kind,
        0x02 | 0x03 | 0x30..=0x32 | 0x43 | 0x63 | 0x83 | 0x8B | 0xCB | 0xF5 | 0xFB
    );
    let length = usize::from(u16::from_le_bytes([*low, *high]));
    let is_marked = |at: usize| head.get(at) == Some(&0x0D);
    // Visual FoxPro has 263 bytes after the mark.
    let is_ended = is_marked(length.saturating_sub(1)) || is_marked(length.saturating_sub(264));
    is_kind && (1..=12).contains(month) && (1..=31).contains(day) && length > 32 && is_ended
}

/// Whether the text begins with a JSON object or list; a cell of a table hardly begins like that.
fn is_json(text: &[u8]) -> bool {
    let after = |bracket: &[u8]| text.strip_prefix(bracket).map(<[u8]>::trim_ascii_start);
    let object = after(b"{").is_some_and(|rest| rest.starts_with(b"\"") && rest.contains(&b':'));
    object || after(b"[").is_some_and(|rest| matches!(rest, [b'{' | b'[' | b'"', ..]))
}

fn json(text: &[u8]) -> Foreign {
    let is_shortcut = text.windows(8).any(|window| window == b"\"doc_id\"");
    if is_shortcut {
        return Foreign {
            code: FileProblemCode::FormatUnsupported,
            sentence: FileSentence::GoogleShortcut,
        };
    }
    Foreign::data(Content::Json)
}

/// Whether the text begins with the header of a mail; a web page saved as one file (MHTML) has one too.
fn is_mime(text: &[u8]) -> bool {
    let (mut fields, mut is_mime) = (0, false);
    for line in text
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_end)
        .take(100)
    {
        let is_continued = line.starts_with(b" ") || line.starts_with(b"\t");
        if is_continued && fields > 0 {
            continue;
        }
        let Some(name) = line
            .split(|byte| *byte == b':')
            .next()
            .filter(|name| name.len() < line.len())
        else {
            break;
        };
        if name.is_empty()
            || !name
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        {
            break;
        }
        fields += 1;
        is_mime |= name.eq_ignore_ascii_case(b"mime-version")
            || name.eq_ignore_ascii_case(b"content-type");
    }
    is_mime
}

/// Whether the text begins with records of SYLK; a heading `ID` alone, or even `ID;P`, is not enough.
fn is_sylk(text: &[u8]) -> bool {
    let mut lines = text
        .split(|byte| matches!(byte, b'\r' | b'\n'))
        .filter(|line| !line.is_empty());
    let is_begun = lines.next().is_some_and(|line| line.starts_with(b"ID;P"));
    let is_record =
        |line: &[u8]| matches!(line, [b'A'..=b'Z', b';', b'A'..=b'Z', ..]) || line == b"E";
    let mut lines = lines.take(3).peekable();
    is_begun && lines.peek().is_some() && lines.all(is_record)
}

/// Whether the text begins with the first record of DIF.
fn is_dif(text: &[u8]) -> bool {
    let mut lines = text
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_end);
    lines.next() == Some(b"TABLE") && lines.next() == Some(b"0,1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    fn said(foreign: Option<Foreign>) -> String {
        foreign.map_or_else(
            || "ours".to_owned(),
            |foreign| foreign.sentence.localized(Language::En),
        )
    }

    #[test]
    fn tables_of_other_formats_are_told_by_name() {
        let dbase = [
            &[3, 126, 7, 14, 1, 0, 0, 0, 65, 0, 12, 0][..],
            &[b' '; 52],
            &[0x0D],
            b" Anna",
        ]
        .concat();
        let table: &[(&[u8], &str)] = &[
            (
                b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n boundary=b\r\n\r\n--b",
                "a web archive",
            ),
            (
                b"From: <Saved by Blink>\nSnapshot-Content-Location: a\nMIME-Version: 1.0\n",
                "a web archive",
            ),
            (
                b"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K\"Phone\"\r\n",
                "SYLK",
            ),
            (b"ID;P\nF;Y1\nE\n", "SYLK"),
            (b"TABLE\r\n0,1\r\n\"EXCEL\"\r\n", "DIF"),
            (b"{\\rtf1\\ansi Anna}", "RTF"),
            (b"{\"name\": \"Anna\"}", "JSON"),
            (b"[\n {\"name\": \"Anna\"}]", "JSON"),
            (
                b"{\"url\": \"https://docs.google.com\", \"doc_id\": \"x\"}",
                "a link to a Google sheet",
            ),
            (b"Name;Phone\nAnna;79001234567\n", "ours"),
            (b"ID;Phone\n1;79001234567\n", "ours"),
            (b"ID;P\n1;79001234567\n", "ours"),
            (b"Content;Type: x\n", "ours"),
            (b"{name};phone\n", "ours"),
            (b"[1];phone\n", "ours"),
            (b"TABLE\nAnna\n", "ours"),
        ];
        for (text, expected) in table {
            let said = said(by_text(text));
            assert!(
                said.contains(expected),
                "{:?}: {said}",
                String::from_utf8_lossy(text)
            );
        }
        let table: &[(&[u8], &str)] = &[
            (&dbase, "dBase"),
            (b"\x09\x08\x08\0\0\0\x10\0", "an Excel file"),
            (b"\0\0\x02\0\x06\x04\x06\0", "Lotus"),
            (b"\xFF\0\x02\0\x04\x04\x05T", "Works"),
            (b"\0\x01\0\0Standard ACE DB", "a database"),
            (b"\x03\x7E\x07\x0E", "ours"),
            (b"\tName\tPhone\n", "ours"),
        ];
        for (bytes, expected) in table {
            let said = said(by_bytes(bytes));
            assert!(said.contains(expected), "{bytes:?}: {said}");
        }
    }

    #[test]
    fn archives_are_told_by_what_they_hold() {
        for (entry, expected) in [
            ("Index/Document.iwa", "Numbers"),
            ("mimetypeapplication/vnd.sun.xml.calc", "OpenOffice 1"),
            ("word/document.xml", "a text document"),
            ("photo.jpg", "a ZIP archive"),
        ] {
            let holds = |needle: &[u8]| {
                entry
                    .as_bytes()
                    .windows(needle.len())
                    .any(|window| window == needle)
            };
            let said = in_zip(holds).sentence.localized(Language::En);
            assert!(said.contains(expected), "{entry}: {said}");
        }
    }
}
