//! Which format a file has. Its content decides, never its extension: Bitrix24 names HTML `.xls`,
//! and people rename `.xlsx` to `.csv`.

use super::problem::FileProblemCode;
use super::vcard;
use crate::sentences::Content;

/// The format of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Delimited text, whatever the delimiter.
    Csv,
    /// vCards, version 2.1, 3.0 or 4.0.
    Vcard,
    /// Excel workbook since 2007.
    Xlsx,
    /// Excel workbook before 2007.
    Xls,
    /// Workbook of the open format.
    Ods,
    /// A table in a web page, or in the XML of Excel 2003; both are often named `.xls`.
    Html,
}

impl Format {
    /// The format as JSON writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Vcard => "vcard",
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
            Self::Ods => "ods",
            Self::Html => "html",
        }
    }
}

/// A file that is none of ours: which problem that is, and what the file is.
pub(super) struct Foreign {
    pub(super) code: FileProblemCode,
    pub(super) content: Content,
}

/// First bytes that no text begins with.
const MAGIC: &[(&[u8], Content)] = &[
    (b"\x89PNG", Content::Png),
    (b"\xFF\xD8\xFF", Content::Jpeg),
    (b"GIF8", Content::Gif),
    (b"%PDF", Content::Pdf),
    (b"\x1F\x8B", Content::Gzip),
    (b"Rar!", Content::Rar),
    (b"7z\xBC\xAF", Content::SevenZip),
    (b"SQLite format 3\0", Content::Database),
    (b"\x7FELF", Content::Program),
];

const OLE: &[u8] = b"\xD0\xCF\x11\xE0";
const ZIP: &[u8] = b"PK\x03\x04";

/// The format of a file that begins with the bytes `head`, which read as `text` in its encoding.
pub(super) fn recognise(head: &[u8], text: &[u8]) -> Result<Format, Foreign> {
    if head.starts_with(OLE) {
        return Ok(Format::Xls);
    }
    if head.starts_with(ZIP) {
        return inside_zip(head);
    }
    let magic = MAGIC.iter().find(|(magic, _)| head.starts_with(magic));
    if let Some((_, content)) = magic {
        return Err(Foreign { code: FileProblemCode::FileBinary, content: *content });
    }
    if begins_cards(text) {
        return Ok(Format::Vcard); // whatever is broken in them, such as a picture that was not encoded
    }
    if mostly_control(text) {
        return Err(Foreign { code: FileProblemCode::FileBinary, content: Content::NoText });
    }
    Ok(text_format(text))
}

/// A workbook is a ZIP archive; the names of its first entries stand near its beginning.
fn inside_zip(head: &[u8]) -> Result<Format, Foreign> {
    let holds = |needle: &[u8]| head.windows(needle.len()).any(|window| window == needle);
    if holds(b"opendocument.spreadsheet") {
        Ok(Format::Ods)
    } else if holds(b"xl/") || (holds(b"[Content_Types].xml") && !holds(b"word/") && !holds(b"ppt/")) {
        Ok(Format::Xlsx) // what a large first part leaves open, the package itself will tell
    } else {
        Err(Foreign { code: FileProblemCode::FileBinary, content: Content::Zip })
    }
}

/// Text has hardly a control character; a file of no known kind has one in nine bytes. A few are
/// let through, so that a stray NUL is named with its row.
fn mostly_control(text: &[u8]) -> bool {
    let controls = text.iter().filter(|byte| is_control(**byte)).count();
    controls > 3 && controls * 20 > text.len()
}

const fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F | 0x7F)
}

fn text_format(text: &[u8]) -> Format {
    let start = text.trim_ascii_start();
    if start.first() == Some(&b'<') && is_html(&start.to_ascii_lowercase()) {
        return Format::Html;
    }
    Format::Csv
}

/// A card begins in the first lines: programs write `ENCODING:UTF-8` or the head of a mail above it. If the
/// BEGIN of the first one is lost, another card begins or ends below its properties. Inside quotation marks
/// it is a cell of a table.
fn begins_cards(text: &[u8]) -> bool {
    let lines = text.split(|byte| matches!(byte, b'\r' | b'\n')).filter(|line| !line.trim_ascii().is_empty());
    let (mut quoted, mut is_broken) = (false, false);
    for (number, line) in lines.enumerate() {
        is_broken |= number == 0 && vcard::begins_property(line);
        if number == 10 && !is_broken {
            return false;
        }
        if !quoted && (vcard::begins_card(line) || is_broken && vcard::ends_card(line)) {
            return true;
        }
        quoted ^= line.split(|byte| *byte == b'"').count() % 2 == 0;
    }
    false
}

fn is_html(lower: &[u8]) -> bool {
    lower.starts_with(b"<html")
        || lower.starts_with(b"<!doctype html")
        || [&b"<table"[..], b"schemas-microsoft-com:office:spreadsheet"]
            .iter()
            .any(|needle| lower.windows(needle.len()).any(|window| window == *needle))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sentences::Language;

    fn named(head: &[u8]) -> String {
        recognise(head, head)
            .map_or_else(|foreign| foreign.content.say(Language::En), |format| format.as_str().to_owned())
    }

    #[test]
    fn the_content_names_the_format() {
        let random: Vec<u8> = (0..=255).cycle().step_by(7).take(4096).collect();
        let table: &[(&[u8], &str)] = &[
            (b"a;b\n1;2\n", "csv"),
            (b"BEGIN:VCARD\n", "vcard"),
            (b"\r\n \n begin : vCard \r\nFN:x", "vcard"),
            (b"BEGIN:VCARDS\n", "csv"),
            (b"ENCODING:UTF-8\r\n\r\nhome.begin:vcard\r\n", "vcard"),
            (b"Content-Type: text/vcard; name=\"a.vcf\"\n\n--BEGIN:VCARD--\nBEGIN:VCARD\n", "vcard"),
            (b"BEGIN:VCARD\nPHOTO;BASE64:\0\x01\x02\x03\x04\x05\x06\x07\0\x01\x02\x03\nEND:VCARD\n", "vcard"),
            (b"\xEF\xBB\xBF\0BEGIN:VCARDVERSION:3.0\n", "vcard"),
            (b"END:VCARD BEGIN:VCARD\nFN:a\n", "vcard"),
            (b"BEGIN:VCARD\\nFN:a\\nEND:VCARD\n", "vcard"),
            (b"VERSION:3.0\nFN:a\nNOTE:\n1\n2\n3\n4\n5\n6\n7\n8\n9\nTEL:1\nEND:VCARD\n", "vcard"),
            (b"N;FN;TEL\na;b;1\n1;2;3\n1;2;3\n1;2;3\n1;2;3\n1;2;3\n1;2;3\n1;2;3\n1;2;3\n1;2;3\n", "csv"),
            (b"Name;BEGIN:VCARD\nAnna;1\n", "csv"),
            (b"Name;Card\nAnna;\"\nBEGIN:VCARD\nEND:VCARD\n\"\n", "csv"),
            (b"PK\x03\x04....[Content_Types].xml....xl/workbook.xml", "xlsx"),
            (b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "ods"),
            (b"PK\x03\x04....word/document.xml", "a ZIP archive"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1", "xls"),
            (b"\n<html><body>", "html"),
            (b"<meta charset=utf-8><TABLE>", "html"),
            (b"<b>a</b>;c\n", "csv"),
            (b"\x89PNG\r\n\x1A\n", "a PNG picture"),
            (b"%PDF-1.7", "a PDF document"),
            (b"\xFF\xD8\xFF\xE0", "a JPEG picture"),
            (b"\x1F\x8B\x08", "a gzip archive"),
            (&random, "no text"),
            (b"a;b\n1\0;2\n", "csv"),
        ];
        for (head, expected) in table {
            assert_eq!(named(head), *expected, "{:?}", String::from_utf8_lossy(head));
        }
    }
}
