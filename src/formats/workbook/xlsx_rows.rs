//! Streams the rows of one sheet of an .xlsx file (source: ECMA-376 part 1, §18.3.1).

use std::sync::Arc;

use super::strings::{Strings, read_text};
use super::styles::{Style, Styles};
use super::xml::{Token, Xml, XmlError};
use super::{COLUMNS, Position, ROW_TEXT, ROWS};
use crate::formats::number_format::NumberFormat;
use crate::formats::problem::FileProblem;
use crate::formats::table::{Cell, RowKind, Rows, TableRow};
use crate::formats::value;

/// Data that the cells of all sheets refer to.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) strings: Strings,
    pub(super) styles: Styles,
    pub(super) epoch: value::Epoch,
}

/// The rows of one sheet.
pub(super) struct SheetRows {
    xml: Xml,
    position: Position,
    shared: Arc<Shared>,
    /// The number of the last row that was read.
    number: u64,
    /// The value of a cell as stored.
    stored: String,
    /// Whether digits of a stored text are raised, lowered or struck out.
    digits_apart: bool,
}

/// The type of a cell's value; the attribute `t` (ECMA-376 part 1, §18.18.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    SharedText,
    Text,
    Boolean,
    /// An error by its name in Excel, such as `#N/A`, or a date in ISO 8601.
    AsStored,
}

/// The attributes of a cell.
#[derive(Debug, Clone, Copy)]
struct CellAttributes {
    column: usize,
    kind: Kind,
    style: usize,
}

impl Rows for SheetRows {
    fn next_row(&mut self, row: &mut TableRow) -> Result<RowKind, FileProblem> {
        self.read_row(row)
            .map_err(|error| self.position.xml_problem(error))
    }
}

impl SheetRows {
    /// Returns the rows of the part that `xml` reads.
    pub(super) fn new(xml: Xml, position: Position, shared: Arc<Shared>) -> Self {
        Self {
            xml,
            position,
            shared,
            number: 0,
            stored: String::new(),
            digits_apart: false,
        }
    }

    fn read_row(&mut self, row: &mut TableRow) -> Result<RowKind, XmlError> {
        self.position.row = None;
        if next_element(&mut self.xml, "row")?.is_none() {
            return Ok(RowKind::End);
        }
        let hidden = self.read_head()?;
        self.position.row = Some(self.number);
        row.begin(self.number);
        self.read_cells(row)?;
        row.finish();
        Ok(if hidden {
            RowKind::HiddenRow
        } else {
            RowKind::Row
        })
    }

    /// Reads the number of the row. Returns whether it is hidden: a filter hides rows in the same way, and a row of
    /// height 0 is invisible too.
    fn read_head(&mut self) -> Result<bool, XmlError> {
        let (mut number, mut hidden) = (self.number + 1, false);
        for attribute in self.xml.attributes() {
            let (name, value) = attribute?;
            match name {
                "r" => number = value.parse().map_err(|_| broken("a row has no number"))?,
                "hidden" => hidden |= value == "1" || value == "true",
                "ht" => hidden |= value.parse::<f64>().is_ok_and(|height| height <= 0.0),
                _ => {}
            }
        }
        if number <= self.number || number > ROWS {
            return Err(broken("its rows are not in order"));
        }
        self.number = number;
        Ok(hidden)
    }

    fn read_cells(&mut self, row: &mut TableRow) -> Result<(), XmlError> {
        let outside = self.xml.depth() - 1;
        let (mut column, mut length) = (0, 0);
        while self.xml.depth() > outside {
            if self.xml.next()? == Token::Open && self.xml.name() == "c" {
                let attributes = self.read_cell_attributes(column)?;
                self.read_stored(attributes.kind)?;
                if !self.stored.is_empty() {
                    let cell = row.cell(attributes.column);
                    self.write(attributes, cell)?;
                    length += cell.text.len();
                }
                column = attributes.column + 1;
            }
            if length > ROW_TEXT {
                return Err(XmlError::TooLong);
            }
        }
        Ok(())
    }

    fn read_cell_attributes(&self, next: usize) -> Result<CellAttributes, XmlError> {
        let mut attributes = CellAttributes {
            column: next,
            kind: Kind::Number,
            style: 0,
        };
        for attribute in self.xml.attributes() {
            let (name, value) = attribute?;
            match name {
                "r" => {
                    attributes.column =
                        column(&value).ok_or_else(|| broken("a cell has no column"))?;
                }
                "s" => attributes.style = value.parse().unwrap_or(0),
                "t" => {
                    attributes.kind = match &*value {
                        "s" => Kind::SharedText,
                        "str" | "inlineStr" => Kind::Text,
                        "b" => Kind::Boolean,
                        "e" | "d" => Kind::AsStored,
                        _ => Kind::Number,
                    }
                }
                _ => {}
            }
        }
        if attributes.column >= COLUMNS {
            Err(broken("a cell has no column"))
        } else {
            Ok(attributes)
        }
    }

    /// Reads the value of the cell that has just begun; for a formula, its last result.
    fn read_stored(&mut self, kind: Kind) -> Result<(), XmlError> {
        self.stored.clear();
        self.digits_apart = false;
        let outside = self.xml.depth() - 1;
        let mut is_value = false;
        while self.xml.depth() > outside {
            match self.xml.next()? {
                Token::Open if self.xml.name() == "is" => {
                    self.digits_apart |= read_text(&mut self.xml, &mut self.stored)?;
                }
                Token::Open => is_value = self.xml.name() == "v",
                Token::Close => is_value = false,
                Token::Text if is_value => self.stored.push_str(self.xml.text()),
                Token::Text => {}
                Token::End => break,
            }
        }
        if kind != Kind::Text {
            let length = self.stored.trim_end().len();
            self.stored.truncate(length);
        }
        Ok(())
    }

    fn write(&self, attributes: CellAttributes, cell: &mut Cell) -> Result<(), XmlError> {
        cell.text.clear();
        let style = self.shared.styles.get(attributes.style);
        let format = style.and_then(Style::number_format);
        match attributes.kind {
            Kind::Text => {
                value::push_unescaped(&self.stored, &mut cell.text);
                cell.digits_apart = self.digits_apart;
                NumberFormat::apply_to_text(format, cell);
            }
            Kind::AsStored => cell.text.push_str(&self.stored),
            Kind::Boolean => cell
                .text
                .push_str(if self.stored == "0" { "FALSE" } else { "TRUE" }),
            Kind::SharedText => {
                let missing = || broken("a cell refers to a text that is missing");
                let index = self.stored.trim().parse().map_err(|_| missing())?;
                let text = self.shared.strings.get(index);
                cell.text.push_str(text.ok_or_else(missing)?);
                cell.digits_apart = self.shared.strings.has_digits_apart(index);
                NumberFormat::apply_to_text(format, cell);
            }
            Kind::Number => self.write_number(style, cell),
        }
        Ok(())
    }

    fn write_number(&self, style: Option<&Style>, cell: &mut Cell) {
        let stored = self.stored.trim();
        let days = if style.is_some_and(|style| style.is_date) {
            stored.parse().ok()
        } else {
            None
        };
        if let Some(date) = days.and_then(|days| value::date(days, self.shared.epoch)) {
            cell.text = date;
        } else if let Some(number) = value::plain(stored) {
            NumberFormat::write_number(style.and_then(Style::number_format), number, cell);
        } else {
            cell.text.push_str(stored);
        }
    }
}

/// Returns the column of a cell reference such as `C5`, from 0.
fn column(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.take(4).fold(0, |number, letter| {
        number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    number.checked_sub(1)
}

fn broken(what: &str) -> XmlError {
    XmlError::Broken(what.to_owned())
}

/// Advances to the next element with this name; `None` at the end.
pub(super) fn next_element(xml: &mut Xml, name: &str) -> Result<Option<()>, XmlError> {
    loop {
        xml.renew();
        match xml.next()? {
            Token::Open if xml.name() == name => return Ok(Some(())),
            Token::Open | Token::Close | Token::Text => {}
            Token::End => return Ok(None),
        }
    }
}
