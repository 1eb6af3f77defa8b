//! Recognises the format of a file. Its content decides, never its extension: Bitrix24 names HTML `.xls`, and people
//! rename `.xlsx` to `.csv`.

use super::foreign::{self, Foreign};
use super::problem::FileProblemCode;
use super::vcard::markers::{begins_card, begins_property, ends_card};
use crate::formats::messages::{Content, FileSentence};

/// The format of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Delimited text with any delimiter.
    Csv,
    /// vCards, version 2.1, 3.0 or 4.0.
    Vcard,
    /// Excel workbook since Excel 2007.
    Xlsx,
    /// Excel workbook before Excel 2007.
    Xls,
    /// `OpenDocument` workbook.
    Ods,
    /// Workbook in the XML of Excel 2003 (`SpreadsheetML`), often named `.xls`.
    Xml2003,
    /// A table in a web page, often named `.xls`.
    Html,
}

impl Format {
    /// Whether it is a workbook, whose encoding is no matter of the user.
    #[must_use]
    pub const fn is_workbook(self) -> bool {
        match self {
            Self::Xlsx | Self::Xls | Self::Ods => true,
            Self::Csv | Self::Vcard | Self::Xml2003 | Self::Html => false,
        }
    }

    /// Returns the format as JSON writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Vcard => "vcard",
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
            Self::Ods => "ods",
            Self::Xml2003 => "xml2003",
            Self::Html => "html",
        }
    }
}

const OLE: &[u8] = b"\xD0\xCF\x11\xE0";
const ZIP: &[u8] = b"PK\x03\x04";

/// Recognises the format of a file that begins with the bytes `head`, which are `text` after decoding.
pub(super) fn recognise(head: &[u8], text: &[u8]) -> Result<Format, Foreign> {
    if head.starts_with(OLE) {
        return Ok(Format::Xls);
    }
    if head.starts_with(ZIP) {
        return inside_zip(head);
    }
    if let Some(foreign) = foreign::by_bytes(head) {
        return Err(foreign);
    }
    if begins_cards(text) {
        return Ok(Format::Vcard); // whatever is broken in them, such as a picture that was not encoded
    }
    if mostly_control(text) {
        return Err(Foreign::binary(Content::NoText));
    }
    text_format(text)
}

/// Recognises a workbook in a ZIP archive: the names of its first entries are near the beginning of the archive.
fn inside_zip(head: &[u8]) -> Result<Format, Foreign> {
    let holds = |needle: &[u8]| head.windows(needle.len()).any(|window| window == needle);
    if holds(b"opendocument.spreadsheet") {
        Ok(Format::Ods)
    } else if holds(b"xl/")
        || (holds(b"[Content_Types].xml") && !holds(b"word/") && !holds(b"ppt/"))
    {
        Ok(Format::Xlsx) // what a large first part leaves open, the package itself will tell
    } else {
        Err(foreign::in_zip(holds))
    }
}

/// Whether the data is binary. Text has hardly any control characters; binary data has one in nine bytes. A few are
/// allowed, so that a stray NUL is reported with its row.
fn mostly_control(text: &[u8]) -> bool {
    let controls = text.iter().filter(|byte| is_control(**byte)).count();
    controls > 3 && controls * 20 > text.len()
}

const fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F | 0x7F)
}

fn text_format(text: &[u8]) -> Result<Format, Foreign> {
    let start = text.trim_ascii_start();
    if start.first() == Some(&b'<')
        && let Some(format) = markup_format(start)?
    {
        return Ok(format);
    }
    foreign::by_text(start).map_or(Ok(Format::Csv), Err)
}

/// Elements that a page may begin with, and a cell of a text table hardly ever does.
const HTML_ROOTS: [&str; 7] = ["html", "head", "meta", "style", "link", "body", "script"];

/// Returns the format of a text that begins with a tag, unless it is a text table that happens to begin like that.
fn markup_format(text: &[u8]) -> Result<Option<Format>, Foreign> {
    let root = root_name(text);
    if root == b"workbook" {
        return Ok(Some(Format::Xml2003));
    }
    let lower = text.to_ascii_lowercase();
    let has = |needle: &[u8]| lower.windows(needle.len()).any(|window| window == needle);
    if HTML_ROOTS.iter().any(|name| root == name.as_bytes()) {
        return Ok(Some(Format::Html));
    }
    // A program's own warning may precede the workbook; then the file is a damaged workbook, not some other format.
    if has(b"urn:schemas-microsoft-com:office:spreadsheet")
        && (has(b"<workbook") || has(b":workbook"))
    {
        return Ok(Some(Format::Xml2003));
    }
    if root == b"document" && has(b"opendocument.spreadsheet") {
        let sentence = FileSentence::ForeignSheet {
            content: Content::FlatOpenDocument,
        };
        return Err(Foreign {
            code: FileProblemCode::FormatUnsupported,
            sentence,
        });
    }
    if has(b"<table") || lower.starts_with(b"<!doctype html") {
        return Ok(Some(Format::Html));
    }
    if lower.starts_with(b"<?xml") {
        Err(Foreign::data(Content::Xml))
    } else {
        Ok(None)
    }
}

/// Returns the name of the first element, in lower case and without prefix, skipping everything before it. Empty if
/// there is no element.
fn root_name(text: &[u8]) -> Vec<u8> {
    let mut rest = text;
    loop {
        rest = rest.trim_ascii_start();
        let end: &[u8] = match rest {
            [b'<', b'?', ..] => b"?>",
            [b'<', b'!', b'-', b'-', ..] => b"-->",
            [b'<', b'!', ..] => b">",
            [b'<', ..] => break,
            _ => return Vec::new(),
        };
        let Some(at) = rest.windows(end.len()).position(|window| window == end) else {
            return Vec::new();
        };
        rest = &rest[at + end.len()..];
    }
    let is_name =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.');
    let name: Vec<u8> = rest[1..]
        .iter()
        .take_while(|byte| is_name(byte))
        .map(u8::to_ascii_lowercase)
        .collect();
    match name.iter().rposition(|byte| *byte == b':') {
        Some(colon) => name[colon + 1..].to_vec(),
        None => name,
    }
}

/// Whether vCards begin in the first lines: programs write `ENCODING:UTF-8` or the head of a mail above them. If the
/// BEGIN of the first card is lost, its properties are followed by the end, or the beginning, of a card. Inside
/// quotation marks a card is a cell of a table.
fn begins_cards(text: &[u8]) -> bool {
    let lines = text
        .split(|byte| matches!(byte, b'\r' | b'\n'))
        .filter(|line| !line.trim_ascii().is_empty());
    let (mut quoted, mut is_broken) = (false, false);
    for (number, line) in lines.enumerate() {
        is_broken |= number == 0 && begins_property(line);
        if number == 10 && !is_broken {
            return false;
        }
        if !quoted && (begins_card(line) || is_broken && ends_card(line)) {
            return true;
        }
        quoted ^= line.split(|byte| *byte == b'"').count() % 2 == 0;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    fn named(head: &[u8]) -> String {
        recognise(head, head).map_or_else(
            |foreign| foreign.sentence.localized(Language::En),
            |format| format.as_str().to_owned(),
        )
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
            (b"PK\x03\x04....word/document.xml", "a text document"),
            (b"\xD0\xCF\x11\xE0\xA1\xB1", "xls"),
            (b"\n<html><body>", "html"),
            (b"<meta charset=utf-8><TABLE>", "html"),
            (b"<b>a</b>;c\n", "csv"),
            (b"<style>td{}</style>...", "html"),
            (b"<?xml version=\"1.0\"?>\n<?mso-application?><!-- a --><Workbook xmlns=\"\">", "xml2003"),
            (b"<ss:Workbook xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'>", "xml2003"),
            (b"<br />Notice<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'>", "xml2003"),
            (b"<html xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'><x:Workbook>", "html"),
            (b"<?xml version=\"1.0\"?><!DOCTYPE html><html><table>", "html"),
            (b"<?xml version=\"1.0\"?><yml_catalog>", "an XML file"),
            (b"<office:document office:mimetype='application/vnd.oasis.opendocument.spreadsheet'>", "a flat"),
            (b"\x89PNG\r\n\x1A\n", "a PNG picture"),
            (b"%PDF-1.7", "a PDF document"),
            (b"\xFF\xD8\xFF\xE0", "a JPEG picture"),
            (b"\x1F\x8B\x08", "a gzip archive"),
            (&random, "not a text"),
            (b"a;b\n1\0;2\n", "csv"),
        ];
        for (head, expected) in table {
            let named = named(head);
            let shown = String::from_utf8_lossy(head);
            assert!(
                named == *expected || named.starts_with(&format!("this is {expected}")),
                "{shown:?}: {named}"
            );
        }
    }
}
