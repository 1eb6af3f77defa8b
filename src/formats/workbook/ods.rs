//! Reads `OpenDocument` workbooks (version 1.3, as `LibreOffice` writes them). All sheets are in one part, one after
//! the other, so it is read once to list them and once more for the rows; both times as a stream.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

use super::package::{Package, PartLocation};
use super::xml::{Token, Xml, XmlError};
use super::{COLUMNS, Position, ROW_TEXT, ROWS, Sheet, SheetSource};
use crate::formats::messages::Damage;
use crate::formats::number_format;
use crate::formats::problem::FileProblem;
use crate::formats::table::{Cell, RowKind, Rows, TableRow};
use crate::formats::value;

pub(super) struct Workbook {
    package: Package,
    content: PartLocation,
    position: Position,
    sheets: Vec<Sheet>,
}

impl Workbook {
    pub(super) fn open(file: File, path: &Path) -> Result<Self, FileProblem> {
        let position = Position::new(path);
        let part_problem = |error| position.part_problem(error);
        let mut package = Package::open(file).map_err(part_problem)?;
        if let Some(manifest) = package
            .find("META-INF/manifest.xml")
            .map_err(part_problem)?
        {
            let mut xml = Xml::new(package.read(manifest).map_err(part_problem)?);
            if is_encrypted(&mut xml).map_err(|error| position.xml_problem(error))? {
                return Err(position.encrypted());
            }
        }
        let content = package.find("content.xml").map_err(part_problem)?;
        let content = content.ok_or_else(|| position.damaged(Damage::NoTable))?;
        let mut xml = Xml::new(package.read(content).map_err(part_problem)?);
        let sheets = sheets(&mut xml).map_err(|error| position.xml_problem(error))?;
        if sheets.is_empty() {
            return Err(position.damaged(Damage::NoSheet));
        }
        Ok(Self {
            package,
            content,
            position,
            sheets,
        })
    }
}

impl SheetSource for Workbook {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + Send>, FileProblem> {
        let part = self
            .package
            .read(self.content)
            .map_err(|error| self.position.part_problem(error))?;
        let position = self.position.clone();
        let mut rows = SheetRows {
            xml: Xml::new(part),
            position,
            number: 0,
            repeated: None,
            shown: String::new(),
            apart: HashSet::new(),
        };
        rows.go_to(sheet)
            .map_err(|error| self.position.xml_problem(error))?;
        Ok(Box::new(rows))
    }
}

fn is_encrypted(manifest: &mut Xml) -> Result<bool, XmlError> {
    loop {
        manifest.renew();
        match manifest.next()? {
            Token::Open if manifest.name() == "encryption-data" => return Ok(true),
            Token::Open | Token::Close | Token::Text => {}
            Token::End => return Ok(false),
        }
    }
}

/// Lists the sheets; a sheet is hidden by its style.
fn sheets(xml: &mut Xml) -> Result<Vec<Sheet>, XmlError> {
    let (mut sheets, mut style, mut hidden) = (Vec::new(), String::new(), HashSet::new());
    loop {
        xml.renew();
        match xml.next()? {
            Token::Open => match xml.name() {
                "style" => style = xml.attribute("name")?.unwrap_or_default(),
                "table-properties" if xml.attribute("display")?.as_deref() == Some("false") => {
                    hidden.insert(style.clone());
                }
                "table" => {
                    let style = xml.attribute("style-name")?.unwrap_or_default();
                    let name = xml.attribute("name")?.unwrap_or_default();
                    sheets.push(Sheet {
                        name,
                        hidden: hidden.contains(&style),
                    });
                    xml.skip_long()?;
                }
                _ => {}
            },
            Token::Close | Token::Text => {}
            Token::End => return Ok(sheets),
        }
    }
}

/// The rows of one sheet.
struct SheetRows {
    xml: Xml,
    position: Position,
    /// The number of the last row that was handed out.
    number: u64,
    repeated: Option<Repeated>,
    /// The text that a number cell shows.
    shown: String,
    /// The names of the styles that raise, lower or strike out text.
    apart: HashSet<String>,
}

/// A row that is stored once and occurs several times in the sheet. A copy is kept here, because a caller may change
/// the row that it was given, or pass another one.
struct Repeated {
    row: TableRow,
    seen: RowKind,
    /// How many times it still has to be handed out.
    left: u64,
}

impl Rows for SheetRows {
    fn next_row(&mut self, row: &mut TableRow) -> Result<RowKind, FileProblem> {
        self.read_row(row)
            .map_err(|error| self.position.xml_problem(error))
    }
}

impl SheetRows {
    fn go_to(&mut self, sheet: usize) -> Result<(), XmlError> {
        let (mut before, mut style) = (sheet, String::new());
        loop {
            self.xml.renew();
            match self.xml.next()? {
                Token::Open if self.xml.name() == "style" => {
                    style = self.xml.attribute("name")?.unwrap_or_default();
                }
                Token::Open if self.xml.name() == "text-properties" => {
                    if self.sets_apart()? {
                        self.apart.insert(style.clone());
                    }
                }
                Token::Open if self.xml.name() == "table" && before == 0 => return Ok(()),
                Token::Open if self.xml.name() == "table" => {
                    before -= 1;
                    self.xml.skip_long()?;
                }
                Token::Open | Token::Close | Token::Text => {}
                Token::End => return Err(XmlError::Broken("a sheet is missing".to_owned())),
            }
        }
    }

    /// Whether the properties of a style raise, lower or strike out text.
    fn sets_apart(&self) -> Result<bool, XmlError> {
        let mut is_apart = false;
        for attribute in self.xml.attributes() {
            let (name, value) = attribute?;
            is_apart |= match name {
                "text-position" => !value.trim_start().starts_with("0%"),
                "text-line-through-style" | "text-line-through-type" => value != "none",
                _ => false,
            };
        }
        Ok(is_apart)
    }

    fn read_row(&mut self, row: &mut TableRow) -> Result<RowKind, XmlError> {
        if let Some(mut repeated) = self.repeated.take() {
            self.number += 1;
            row.clone_from(&repeated.row);
            row.number = self.number;
            let seen = repeated.seen;
            repeated.left -= 1;
            self.repeated = (repeated.left > 0).then_some(repeated);
            return Ok(seen);
        }
        self.position.row = None;
        loop {
            self.xml.renew();
            match self.xml.next()? {
                Token::Open if self.xml.name() == "table-row" => return self.read_this_row(row),
                Token::Open if self.xml.name() == "shapes" => self.xml.skip()?,
                Token::Close if self.xml.name() == "table" => return self.read_to_end(),
                Token::Open | Token::Close | Token::Text => {}
                Token::End => return Ok(RowKind::End),
            }
        }
    }

    fn read_this_row(&mut self, row: &mut TableRow) -> Result<RowKind, XmlError> {
        let (mut count, mut seen) = (1, RowKind::Row);
        for attribute in self.xml.attributes() {
            let (name, value) = attribute?;
            match name {
                "number-rows-repeated" => count = value.parse().unwrap_or(1).clamp(1, ROWS),
                "visibility" if value != "visible" => seen = RowKind::HiddenRow,
                _ => {}
            }
        }
        self.number += 1;
        self.position.row = Some(self.number);
        row.begin(self.number);
        self.read_cells(row)?;
        row.finish();
        if row.cells.is_empty() {
            self.number += count - 1;
        } else if self.number + count - 1 > ROWS {
            return Err(XmlError::TooLong);
        } else {
            self.repeated = (count > 1).then(|| Repeated {
                row: row.clone(),
                seen,
                left: count - 1,
            });
        }
        Ok(seen)
    }

    /// Reads what follows the sheet too, because the checksum is verified only at the end of the part.
    fn read_to_end(&mut self) -> Result<RowKind, XmlError> {
        loop {
            self.xml.renew();
            if self.xml.next()? == Token::End {
                return Ok(RowKind::End);
            }
        }
    }

    fn read_cells(&mut self, row: &mut TableRow) -> Result<(), XmlError> {
        let outside = self.xml.depth() - 1;
        let (mut column, mut length) = (0, 0);
        while self.xml.depth() > outside {
            if self.xml.next()? != Token::Open {
                continue;
            }
            let is_covered = self.xml.name() == "covered-table-cell";
            if is_covered || self.xml.name() == "table-cell" {
                let (cell, count) = self.read_cell()?;
                if !is_covered {
                    length += cell.text.len() * count;
                    put(row, column, &cell, count)?;
                }
                column += count;
            }
            if length > ROW_TEXT {
                return Err(XmlError::TooLong);
            }
        }
        Ok(())
    }

    /// Reads the cell that has just begun, and how often it is repeated.
    fn read_cell(&mut self) -> Result<(Cell, usize), XmlError> {
        let (mut count, mut value, mut given) = (1, Cell::default(), String::new());
        for attribute in self.xml.attributes() {
            let (name, text) = attribute?;
            match name {
                "number-columns-repeated" => count = text.parse().unwrap_or(1).clamp(1, COLUMNS),
                "value" => {
                    let number = value::plain(&text);
                    value.numeric = number.is_some();
                    value.text = number.unwrap_or_else(|| text.into_owned());
                }
                "date-value" | "time-value" => value.text = text.into_owned(),
                "boolean-value" => value.text = text.to_ascii_uppercase(),
                "string-value" => given = text.into_owned(),
                _ => {}
            }
        }
        if value.numeric {
            self.read_shown_number(&mut value)?;
            return Ok((value, count));
        }
        if !value.text.is_empty() {
            self.xml.skip()?;
            return Ok((value, count));
        }
        value.digits_apart = self.read_paragraphs(&mut value.text)?;
        if value.text.is_empty() {
            value.text = given;
        }
        Ok((value, count))
    }

    /// Replaces a number by the text that its cell shows, if its number format adds digits or a plus.
    fn read_shown_number(&mut self, value: &mut Cell) -> Result<(), XmlError> {
        self.shown.clear();
        let mut shown = std::mem::take(&mut self.shown);
        let digits_apart = self.read_paragraphs(&mut shown)?;
        if number_format::shows_more(&shown, &value.text) {
            value.text.clone_from(&shown);
            value.digits_apart = digits_apart;
        }
        self.shown = shown;
        Ok(())
    }

    /// Reads the text that the cell shows: paragraphs become lines; notes are left out. Returns whether digits of it are
    /// raised, lowered or struck out.
    fn read_paragraphs(&mut self, into: &mut String) -> Result<bool, XmlError> {
        let outside = self.xml.depth() - 1;
        let (mut paragraphs, mut is_inside) = (0, false);
        let (mut apart, mut digits_apart) = (None, false);
        while self.xml.depth() > outside {
            match self.xml.next()? {
                Token::Open => match self.xml.name() {
                    "annotation" | "shapes" | "frame" | "g" => self.xml.skip()?,
                    "p" => {
                        into.push_str(if paragraphs > 0 { "\n" } else { "" });
                        (paragraphs, is_inside) = (paragraphs + 1, true);
                    }
                    "s" => {
                        let count = self
                            .xml
                            .attribute("c")?
                            .and_then(|count| count.parse().ok())
                            .unwrap_or(1);
                        into.extend(std::iter::repeat_n(' ', count.min(ROW_TEXT)));
                    }
                    "tab" => into.push('\t'),
                    "line-break" => into.push('\n'),
                    "span" if apart.is_none() && !self.apart.is_empty() => {
                        let style = self.xml.attribute("style-name")?;
                        let is_apart = style.is_some_and(|style| self.apart.contains(&style));
                        apart = is_apart.then(|| self.xml.depth());
                    }
                    _ => {}
                },
                Token::Close if self.xml.name() == "p" => is_inside = false,
                Token::Close if apart.is_some_and(|depth| self.xml.depth() < depth) => apart = None,
                Token::Text if is_inside => {
                    into.push_str(self.xml.text());
                    digits_apart |= apart.is_some() && self.xml.text().contains(char::is_numeric);
                }
                Token::Close | Token::Text => {}
                Token::End => break,
            }
        }
        Ok(digits_apart)
    }
}

fn put(row: &mut TableRow, column: usize, cell: &Cell, count: usize) -> Result<(), XmlError> {
    if cell.text.is_empty() {
        return Ok(());
    }
    if column + count > COLUMNS {
        return Err(XmlError::TooLong);
    }
    for next in column..column + count {
        row.cell(next).clone_from(cell);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::super::{Input, ReadOptions, open};
    use super::*;

    /// Every row of a sheet with this content as `number:cell|cell`; `fresh` brings a new row each time, as
    /// a caller may.
    fn read(content: &str, fresh: bool) -> (Vec<String>, u64) {
        let mut writer = zip::ZipWriter::new(tempfile::NamedTempFile::new().unwrap());
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        writer.start_file("mimetype", options).unwrap();
        writer
            .write_all(b"application/vnd.oasis.opendocument.spreadsheet")
            .unwrap();
        writer.start_file("content.xml", options).unwrap();
        write!(
            writer,
            "<office:document-content><office:body><office:spreadsheet><table:table table:name='a'>{content}\
             </table:table></office:spreadsheet></office:body></office:document-content>"
        )
        .unwrap();
        let file = writer.finish().unwrap();
        let Ok(Input::Table(mut table)) = open(file.path(), &ReadOptions::default()) else {
            panic!("no table")
        };
        let (mut row, mut rows) = (TableRow::default(), Vec::new());
        while table.read_row(&mut row).unwrap() {
            let cells: Vec<_> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
            rows.push(format!("{}:{}", row.number, cells.join("|")));
            if fresh {
                row = TableRow::default();
            } else {
                row.cells.iter_mut().for_each(|cell| cell.text.push('!'));
            }
        }
        (rows, table.hidden_rows())
    }

    #[test]
    fn a_repeated_row_stands_there_as_often_as_it_says_whatever_the_caller_does_with_its_rows() {
        let cell =
            |text: &str| format!("<table:table-cell><text:p>{text}</text:p></table:table-cell>");
        let row = |attributes: &str, cells: &str| {
            format!("<table:table-row {attributes}>{cells}</table:table-row>")
        };
        let people = [
            row("table:number-rows-repeated='2'", &cell("title")),
            row(
                "table:number-rows-repeated='2'",
                "<table:table-cell table:number-columns-repeated='9'/>",
            ),
            row(
                "",
                &("<table:table-cell table:number-columns-repeated='2'/>".to_owned() + &cell("a")),
            ),
            row(
                "table:number-rows-repeated='3'",
                "<table:table-cell table:number-columns-repeated='2' office:value='7'/>",
            ),
            row(
                "table:visibility='filter' table:number-rows-repeated='4'",
                &cell("hidden"),
            ),
            row("", &cell("last")),
            row(
                "table:number-rows-repeated='1048560'",
                "<table:table-cell/>",
            ),
        ];
        let expected = [
            "1:title", "2:title", "5:||a", "6:7|7", "7:7|7", "8:7|7", "13:last",
        ];
        for fresh in [false, true] {
            assert_eq!(
                read(&people.concat(), fresh),
                (expected.map(str::to_owned).to_vec(), 4),
                "{fresh}"
            );
        }
    }
}
