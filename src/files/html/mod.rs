//! A table in a web page. Bitrix24, amoCRM and 1C write such pages and name them `.xls`; Excel's own
//! XML of 2003 is read on the way, for it differs in names only. Rows are handed out while the page
//! is read. A page that is cut off is refused: its last rows would be missing without a word.

mod choice;
mod rows;
mod text;
mod tokens;

use std::fs::File;
use std::io;
use std::path::Path;

use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::problem::FileProblem;
use super::{Format, Layout, Reading, Table, charset};
use crate::sentences::Damage;
use rows::HtmlRows;
use tokens::Tokens;

/// Opens the first table that has several rows and columns; `named` is the encoding that a person
/// named, or that the file shows.
pub(super) fn open(
    file: File,
    path: &Path,
    named: Option<&'static Encoding>,
    reading: &Reading,
) -> Result<Table, FileProblem> {
    let unreadable = |error| FileProblem::unreadable(path, None, &error);
    let mut file = file;
    let encoding = charset::of_page(&mut file, named).map_err(unreadable)?;
    let mut rows = HtmlRows::new(tokens(&file, encoding).map_err(unreadable)?, path, encoding.name());
    let chosen = choice::table(&mut rows.tokens).map_err(|error| rows.of_token(error))?;
    let chosen = chosen.ok_or_else(|| rows.damaged(Damage::NoTable))?;
    rows.tokens = tokens(&file, encoding).map_err(unreadable)?;
    rows.go_to(chosen).map_err(|error| rows.of_token(error))?;
    Ok(Table::new(Layout::of(Format::Html, encoding.name()), rows, reading.include_hidden))
}

fn tokens(mut file: &File, encoding: &'static Encoding) -> io::Result<Tokens> {
    io::Seek::rewind(&mut file)?;
    let source = DecodeReaderBytesBuilder::new().encoding(Some(encoding)).build(file.try_clone()?);
    Ok(Tokens::new(Box::new(source)))
}

/// What an element means for a table; in the XML of Excel, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Table,
    Section,
    Row,
    Cell,
    /// `Data` of Excel's XML, which tells numbers from texts.
    Data,
    /// A note on a cell in Excel's XML.
    Comment,
    Break,
    /// What stands on lines of its own.
    Block,
    Other,
}

fn element(name: &str) -> Element {
    match name {
        "table" => Element::Table,
        "thead" | "tbody" | "tfoot" => Element::Section,
        "tr" | "row" => Element::Row,
        "td" | "th" | "cell" => Element::Cell,
        "data" => Element::Data,
        "comment" => Element::Comment,
        "br" => Element::Break,
        "p" | "div" | "li" | "ul" | "ol" | "dt" | "dd" | "h1" | "h2" | "h3" | "h4" => Element::Block,
        _ => Element::Other,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::{Cell, Input, open};
    use super::*;
    use crate::files::table::TableRow;

    fn read(path: &Path, reading: &Reading) -> Result<(Vec<String>, u64), FileProblem> {
        let Input::Table(mut table) = open(path, reading)? else { panic!("no table") };
        assert_eq!(table.layout().format, Format::Html);
        let (mut row, mut rows) = (TableRow::default(), Vec::new());
        while table.read_row(&mut row)? {
            let cell = |cell: &Cell| cell.text.clone() + if cell.numeric { "#" } else { "" };
            rows.push(format!("{}:{}", row.number, row.cells.iter().map(cell).collect::<Vec<_>>().join("|")));
        }
        Ok((rows, table.hidden_rows()))
    }

    fn file(html: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::with_suffix(".xls").unwrap();
        file.write_all(html).unwrap();
        file
    }

    fn data(name: &str) -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
    }

    #[test]
    fn pages_of_crms_are_read_in_their_own_encodings() {
        let expected = [
            "1:ID|Контакт|Мобильный телефон",
            "2:1|Анна\u{A0}Петрова «Лютик» & Ко|79001234567",
            "3:2|Иван\nСидоров|79001234568\n79001234569",
            "6:Вера||79001234571",
            "7:6|Пётр Орлов|79001234572",
            "8:|Глеб\nвнутри ещё|79001234573",
        ];
        for name in ["bitrix.xls", "amo-1251.xls"] {
            let (rows, hidden) = read(&data(name), &Reading::default()).unwrap();
            assert_eq!((&rows[..], hidden), (&expected.map(str::to_owned)[..], 1), "{name}");
            let all = Reading { include_hidden: true, ..Reading::default() };
            assert_eq!(read(&data(name), &all).unwrap().0[3], "4:3|Скрытый|79001234570", "{name}");
        }
    }

    #[test]
    fn what_libreoffice_writes_is_read() {
        let (rows, _) = read(&data("libreoffice.html"), &Reading::default()).unwrap();
        assert_eq!(rows, ["1:Имя|Город|Телефон", "2:Анна|Москва|79001110001", "3:Пётр|Москва|79001110003"]);
    }

    #[test]
    fn the_table_that_is_meant_is_found_and_its_rows_keep_their_columns() {
        let table = [
            ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "1:a|b;2:c|d"),
            ("<table><td>a</td><td>b</td></tr><tr><td>c</td></table>", "1:a|b;2:c"),
            ("<table><tr><td>Title</table><table><tr><td>a<td>b<tr><td>c<td>d</table>", "1:a|b;2:c|d"),
            ("<table><tr><td><table><tr><td>a<td>b<tr><td>c<td>d</table></table>", "1:a|b;2:c|d"),
            (
                "<table><tr><td>a<td><table><tr><td>x<td>y<tr><td>z<td>w</table><tr><td>c<td>d</table>",
                "1:a|x y\nz w;2:c|d",
            ),
            ("<table><tr><td>79001234567<tr><td>79001234568</table>", "1:79001234567;2:79001234568"),
            ("<table><tr><td>a<td>b</table>", "1:a|b"),
            (
                "<table><tr><td rowspan=3>a<td>b<td rowspan=2>c<tr><td>d<td>e<tr><td>f</table>",
                "1:a|b|c;2:|d||e;3:|f",
            ),
            ("<table><tr><td colspan=0>a<td colspan=9999>b<td colspan=2>c<td>d</table>", "1:a|b|c||d"),
            (
                "<table><thead><tr><th>a<th>b<tbody><tr><td>c<td>d</tbody><tfoot><tr><td>e</table>",
                "1:a|b;2:c|d;3:e",
            ),
            ("<table><tr><td>a<td><p>b</p><p>c</p><tr><td><b>d</b>e<td></table>", "1:a|b\nc;2:de"),
            ("<table></table><table><tr><td>a<td>b</table>", "1:a|b"),
        ];
        for (html, expected) in table {
            let html = format!("<html><body>{html}</body></html>");
            let (rows, _) = read(file(html.as_bytes()).path(), &Reading::default()).unwrap();
            assert_eq!(rows.join(";"), expected, "{html}");
        }
    }

    #[test]
    fn a_page_that_cannot_be_followed_is_told() {
        let long = format!("<table><tr><td>a<td>b<tr><td>{}</table>", "<b>x</b>".repeat(2 << 20));
        let table: &[(&[u8], &str, Option<u64>)] = &[
            (b"<html><body>Please log in</body></html>", "html_damaged", None),
            (b"<html><table><tr></tr></table>", "html_damaged", None),
            (b"<html><table><tr><td>a<td>b</tr><tr><td>c<td>d</tr><tr><td>e</td>", "html_damaged", Some(3)),
            (b"<html><table><tr><td>a<td>b<tr><td>c<td>d<tr><td", "html_damaged", Some(3)),
            (
                b"<meta charset=utf-8><table><tr><td>a<td>b<tr><td>\xC0<td>d</table>",
                "encoding_unknown",
                Some(2),
            ),
            (long.as_bytes(), "line_too_long", Some(2)),
        ];
        for (html, code, row) in table {
            let problem = read(file(html).path(), &Reading::default()).unwrap_err();
            let shown = String::from_utf8_lossy(&html[..html.len().min(80)]);
            assert_eq!((problem.code().as_str(), problem.row()), (*code, *row), "{shown}");
        }
    }

    #[test]
    fn a_page_in_utf16_is_read() {
        for mark in ["", "\u{FEFF}"] {
            let page =
                format!("{mark}<html><meta charset=utf-16><table><tr><td>Анна<td>b<tr><td>c<td>d</table>");
            let bytes: Vec<u8> = page.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert_eq!(read(file(&bytes).path(), &Reading::default()).unwrap().0, ["1:Анна|b", "2:c|d"]);
        }
    }

    #[test]
    fn a_person_can_name_the_encoding() {
        let page = b"<meta charset=utf-8><table><tr><td>\xC0<td>b<tr><td>c<td>d</table>";
        let reading = Reading { encoding: Some("windows-1251".to_owned()), ..Reading::default() };
        assert_eq!(read(file(page).path(), &reading).unwrap().0, ["1:А|b", "2:c|d"]);
    }
}
