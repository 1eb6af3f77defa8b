//! Turns bytes into rows and vCards. This room knows formats, not meanings: `ingest` decides which column holds phone
//! numbers and what a valid number is. There is one file for each format.
//!
//! What must stay true: memory does not grow with the input, and no letter changes silently. What cannot be read is a
//! `FileProblem` with a row, or the fault of one vCard; a guessed encoding is shown with an example
//! (`Layout::example`).

mod charset;
mod delimited;
mod encoding;
mod encoding_guess;
mod encoding_scan;
mod end_mark;
mod foreign;
mod format;
mod format_sections;
mod html;
mod layout;
mod messages;
mod number_format;
mod problem;
mod table;
#[cfg(test)]
mod text_table_tests;
mod value;
mod vcard;
mod workbook;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use encoding_rs::Encoding;

pub use encoding::is_encoding;
pub use format::Format;
pub use layout::Layout;
pub use messages::{Content, Damage, FilePart, FileSentence, Hint, Sheets};
pub use problem::{FileProblem, FileProblemCode};
pub use table::{Cell, OtherTables, RowFault, Table, TableRow};
pub use vcard::{Card, CardPhone, Cards, PhoneKind};

use delimited::Delimited;
use encoding::{NamedEncoding, TextEncoding};
use end_mark::WithoutEndMark;

/// The bytes from which format, encoding and delimiter are detected.
const HEAD: u64 = 64 * 1024;

/// How the user wants a file to be read. `None` means that it is detected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// The name of an encoding, such as `windows-1251`. It overrules a byte order mark; a file that cannot have this
    /// encoding is refused. In vCards it applies to text that is not UTF-8, in a card that names no charset.
    pub encoding: Option<String>,
    /// The character between the cells of delimited text.
    pub delimiter: Option<char>,
    /// The sheet of a workbook, by its name or its number from 1, or the table of a page, by its number. Formats
    /// without sheets and tables refuse it.
    pub sheet: Option<String>,
    /// Whether hidden rows, including those hidden by a filter, are read like any other.
    pub include_hidden: bool,
    /// Whether all sheets of a workbook and all tables of a page are read, one after the other, instead of one of them.
    /// Then nothing is left out because it is hidden, and `sheet` does not apply.
    pub every_part: bool,
}

/// An input that has been opened.
pub enum Input {
    /// Rows of cells.
    Table(Table),
    /// vCards.
    Cards(Cards),
}

/// Fails if there is no such file.
///
/// # Errors
/// [`FileProblem`] when the path leads nowhere.
pub fn must_exist(path: &Path) -> Result<(), FileProblem> {
    let found = fs::metadata(path).map(drop);
    found.map_err(|error| FileProblem::unreadable(path, None, &error))
}

/// Opens an input. Its content decides the format, never its extension.
///
/// # Errors
/// [`FileProblem`] when the file cannot be read, or has no known format or encoding.
pub fn open(path: &Path, reading: &ReadOptions) -> Result<Input, FileProblem> {
    let unreadable = |error| FileProblem::unreadable(path, None, &error);
    let mut file = File::open(path).map_err(unreadable)?;
    let mut head = Vec::new();
    file.by_ref()
        .take(HEAD)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    let asked = encoding::named(reading.encoding.as_deref(), path)?;
    let named = asked.map(|asked| asked.encoding);
    let found = encoding::detect(&head, named);
    let format = recognised(&head, found, path)?;
    refuse_sheet(format, reading, path)?;
    if let Some(shown) = contradiction(format, &head, found, asked) {
        let (named, shown) = (named.map_or("", Encoding::name), shown.name());
        let sentence = FileSentence::NotAsNamed { named, shown };
        return Err(FileProblem::new(
            FileProblemCode::EncodingUnknown,
            path,
            None,
            sentence,
        ));
    }
    let mut layout = Layout::new(format, found.encoding.name());
    match format {
        Format::Csv => {
            let delimiter = delimiter_asked(reading, path)?;
            let table_encoding =
                encoding::table_encoding(found, named, &head, &mut file).map_err(unreadable)?;
            let source = Box::new(WithoutEndMark::new(
                table_encoding.text_encoding.source(head, file),
            ));
            let rows = Delimited::open(source, path, delimiter, table_encoding.text_encoding)?;
            let encoding = table_encoding.text_encoding.encoding;
            layout.encoding = table_encoding
                .guessed_from
                .as_ref()
                .map_or(encoding.name(), |lines| {
                    encoding_guess::shown(encoding, lines)
                });
            layout.delimiter = rows.delimiter().map(char::from);
            layout.example = table_encoding
                .guessed_from
                .and_then(|lines| rows.example(&lines));
            layout.double_quoted = rows.is_double_quoted();
            Ok(Input::Table(Table::new(layout, rows, false)))
        }
        Format::Vcard => {
            let charsets = vcard::charsets(found, &head, &mut file, named).map_err(unreadable)?;
            let source = Box::new(WithoutEndMark::new(found.source(head, file)));
            Ok(Input::Cards(Cards::open(layout, source, path, charsets)))
        }
        Format::Xlsx => workbook::xlsx(file, path, reading).map(Input::Table),
        Format::Xls => workbook::xls(file, path, reading).map(Input::Table),
        Format::Ods => workbook::ods(file, path, reading).map(Input::Table),
        Format::Xml2003 => {
            workbook::xml2003(file, path, found.utf16().or(named), reading).map(Input::Table)
        }
        Format::Html => html::open(file, path, found.utf16().or(named), reading).map(Input::Table),
    }
}

fn recognised(head: &[u8], found: TextEncoding, path: &Path) -> Result<Format, FileProblem> {
    let text = found.decode(head);
    let text = end_mark::before_mark(&text);
    if text.is_empty() {
        return Err(FileProblem::new(
            FileProblemCode::FileEmpty,
            path,
            None,
            FileSentence::Empty,
        ));
    }
    format::recognise(head, text)
        .map_err(|foreign| FileProblem::new(foreign.code, path, None, foreign.sentence))
}

/// Refuses `--sheet` for a format without sheets, instead of ignoring it.
fn refuse_sheet(format: Format, reading: &ReadOptions, path: &Path) -> Result<(), FileProblem> {
    let name = match format {
        Format::Csv => "CSV",
        Format::Vcard => "vCard",
        Format::Xlsx | Format::Xls | Format::Ods | Format::Xml2003 | Format::Html => return Ok(()),
    };
    let Some(asked) = &reading.sheet else {
        return Ok(());
    };
    let sentence = FileSentence::NoSheets {
        asked: asked.trim().to_owned(),
        format: name,
    };
    Err(FileProblem::new(
        FileProblemCode::SheetMissing,
        path,
        None,
        sentence,
    ))
}

/// Returns the encoding that a text file certainly has, if the user named a different one.
fn contradiction(
    format: Format,
    head: &[u8],
    found: TextEncoding,
    named: Option<NamedEncoding<'_>>,
) -> Option<&'static Encoding> {
    match format {
        Format::Csv | Format::Vcard | Format::Html => encoding::contradiction(head, found, named),
        Format::Xlsx | Format::Xls | Format::Ods | Format::Xml2003 => None,
    }
}

fn delimiter_asked(reading: &ReadOptions, path: &Path) -> Result<Option<u8>, FileProblem> {
    let Some(asked) = reading.delimiter else {
        return Ok(None);
    };
    match u8::try_from(asked) {
        Ok(byte) if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n' | 0) => Ok(Some(byte)),
        Ok(_) | Err(_) => {
            let sentence = FileSentence::DelimiterUnusable { asked };
            Err(FileProblem::new(
                FileProblemCode::DelimiterUnusable,
                path,
                None,
                sentence,
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn opened(bytes: &[u8], reading: &ReadOptions) -> Result<Input, FileProblem> {
        let mut file = tempfile::NamedTempFile::with_suffix(".xls").unwrap();
        file.write_all(bytes).unwrap();
        open(file.path(), reading)
    }

    fn layout(bytes: &[u8]) -> Layout {
        match opened(bytes, &ReadOptions::default()).unwrap() {
            Input::Table(table) => table.layout().clone(),
            Input::Cards(cards) => cards.layout().clone(),
        }
    }

    fn code(bytes: &[u8], reading: &ReadOptions) -> &'static str {
        opened(bytes, reading)
            .err()
            .map_or("none", |problem| problem.code().as_str())
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn the_layout_says_how_a_file_is_read() {
        let table: &[(&[u8], Format, &str, Option<char>)] = &[
            ("Имя;Т\nА;1\n".as_bytes(), Format::Csv, "UTF-8", Some(';')),
            (
                "\u{FEFF}Имя,Т\nА,1\n".as_bytes(),
                Format::Csv,
                "UTF-8",
                Some(','),
            ),
            (
                &utf16("\u{FEFF}Имя\tТ\r\nА\t1\r\n"),
                Format::Csv,
                "UTF-16LE",
                Some('\t'),
            ),
            (b"sep=|\na|b\n", Format::Csv, "UTF-8", Some('|')),
            (b"79001234567\n", Format::Csv, "UTF-8", None),
            (
                "\u{FEFF}\r\nbegin:vcard\r\n".as_bytes(),
                Format::Vcard,
                "UTF-8",
                None,
            ),
            (
                &utf16("\u{FEFF}BEGIN:VCARD\r\n"),
                Format::Vcard,
                "UTF-16LE",
                None,
            ),
        ];
        for (bytes, format, encoding, delimiter) in table {
            let expected = Layout {
                delimiter: *delimiter,
                ..Layout::new(*format, encoding)
            };
            assert_eq!(
                layout(bytes),
                expected,
                "{:?}",
                String::from_utf8_lossy(bytes)
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_name() {
        let in_cyrillic = ReadOptions {
            encoding: Some("windows-1251".to_owned()),
            ..ReadOptions::default()
        };
        let unheard_of = ReadOptions {
            encoding: Some("cp-what".to_owned()),
            ..ReadOptions::default()
        };
        let utf8 = ReadOptions {
            encoding: Some("UTF-8".to_owned()),
            ..ReadOptions::default()
        };
        let starred = ReadOptions {
            delimiter: Some('№'),
            ..ReadOptions::default()
        };
        let found_out = ReadOptions::default();
        let table: &[(&[u8], &ReadOptions, &str)] = &[
            (b"", &found_out, "file_empty"),
            (b"\xEF\xBB\xBF", &found_out, "file_empty"),
            (b"\x1A\0\r\n", &found_out, "file_empty"),
            (b"a;b\n\x1A\0\0\0\0\0\0\0\0\0", &found_out, "none"),
            (b"\x89PNG\r\n\x1A\n....", &found_out, "file_binary"),
            (
                b"PK\x03\x04..xl/workbook.xml",
                &found_out,
                "workbook_damaged",
            ),
            (
                b"PK\x03\x04..opendocument.spreadsheet",
                &found_out,
                "workbook_damaged",
            ),
            (b"\xD0\xCF\x11\xE0", &found_out, "workbook_damaged"),
            (b"<html><table>", &found_out, "html_damaged"),
            (b"a;b\n", &in_cyrillic, "none"),
            (b"a;b\n", &unheard_of, "encoding_unknown"),
            (b"a;b\n", &starred, "delimiter_unusable"),
            (b"a;b\n", &utf8, "none"),
            (b"BEGIN:VCARD\n", &in_cyrillic, "none"),
        ];
        for (bytes, reading, expected) in table {
            assert_eq!(
                code(bytes, reading),
                *expected,
                "{:?}",
                String::from_utf8_lossy(bytes)
            );
        }
        let folder = tempfile::tempdir().unwrap();
        let problem = |path: &Path| {
            open(path, &ReadOptions::default())
                .err()
                .map(|problem| problem.code())
        };
        assert_eq!(
            problem(&folder.path().join("none.csv")),
            Some(FileProblemCode::FileMissing)
        );
        assert_eq!(
            problem(folder.path()),
            Some(FileProblemCode::FileUnreadable)
        );
    }

    #[test]
    fn a_sheet_is_refused_by_formats_that_have_none() {
        let reading = ReadOptions {
            sheet: Some(" Клиенты ".to_owned()),
            ..ReadOptions::default()
        };
        for (bytes, format) in [
            (&b"a;b\n1;2\n"[..], "CSV"),
            (b"BEGIN:VCARD\nFN:x\nEND:VCARD\n", "vCard"),
        ] {
            let problem = opened(bytes, &reading).err().unwrap();
            assert_eq!(problem.code(), FileProblemCode::SheetMissing);
            let said = problem.to_string();
            assert!(
                said.contains(format) && said.contains("--sheet Клиенты"),
                "{said}"
            );
        }
    }

    #[test]
    fn a_broken_card_costs_only_itself() {
        let file = [
            "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:=C8=E2=\r\n",
            "=E0=ED;=C0=ED=ED=E0\r\nTEL;CELL:+79001234567\r\nEND:VCARD\r\n",
            "BEGIN:VCARD\r\nFN:a\0\r\nEND:VCARD\r\n",
            "BEGIN:VCARD\r\nNOTE:\u{1F600}\r\nFN:Folded in Я\r\nitem1.TEL;waid=79001230000\r\n",
            "BEGIN:VCARD\r\nFN:last\r\nTEL:79001",
        ];
        // The letter Я is two bytes; a fold between them is mended.
        let bytes = file.concat().into_bytes();
        let at = bytes
            .windows(2)
            .position(|pair| pair == "Я".as_bytes())
            .unwrap();
        let bytes = [&bytes[..=at], b"\r\n ", &bytes[at + 1..]].concat();
        let Ok(Input::Cards(mut cards)) = opened(&bytes, &ReadOptions::default()) else {
            panic!("no cards")
        };
        let mut seen = Vec::new();
        while let Some(card) = cards.read_card().unwrap() {
            let numbers: Vec<_> = card
                .phones
                .iter()
                .map(|phone| phone.value.clone() + phone.waid.as_deref().unwrap_or(""))
                .collect();
            seen.push((
                card.number,
                card.line,
                format!("{}{}", card.given, card.formatted),
                numbers.concat(),
                card.fault.is_some(),
            ));
        }
        let expected = [
            (1, 1, "Анна", "+79001234567", false),
            (2, 7, "", "", true),
            (3, 10, "Folded in Я", "79001230000", false),
            (4, 15, "", "", true),
        ];
        let expected = expected.map(|(number, line, name, phones, fault)| {
            (number, line, name.to_owned(), phones.to_owned(), fault)
        });
        assert_eq!(seen, expected);
    }
}
