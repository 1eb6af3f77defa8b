//! Streams the rows of one sheet in the XML of Excel 2003. Rows and cells that do not state their number are numbered
//! by their order. A number that would leave the column of a value in doubt is refused, as Excel refuses it: a phone
//! must not move into another column.

use std::sync::Arc;

use encoding_rs::Encoding;

use super::spreadsheet_ml_styles::{FormatIndex, Styles};
use super::xml::{Token, Xml, XmlError};
use super::{COLUMNS, Position, ROW_TEXT, ROWS};
use crate::formats::messages::FileSentence;
use crate::formats::number_format::NumberFormat;
use crate::formats::problem::{FileProblem, FileProblemCode};
use crate::formats::table::{Cell, RowKind, Rows, TableRow};
use crate::formats::value;

/// The depths of the elements, each inside the one before it.
pub(super) const SHEET: usize = 2;
const TABLE: usize = SHEET + 1;
const ROW: usize = TABLE + 1;
const CELL: usize = ROW + 1;
const DATA: usize = CELL + 1;

/// The rows of one sheet.
pub(super) struct SheetRows {
    xml: Xml,
    position: Position,
    encoding: &'static Encoding,
    /// The number of the last row that was read; further rows may repeat it.
    number: u64,
    /// The number of columns to the left of the table.
    margin: usize,
    styles: Arc<Styles>,
    /// The number format of cells whose row and column have no style.
    table_format: FormatIndex,
    /// The number formats of the columns that have a style.
    column_formats: Vec<Option<FormatIndex>>,
    /// The number of the column that the next element `Column` is for, from 0.
    next_column: usize,
    /// For each column, the first row below the merged cell that covers it.
    covered: Vec<u64>,
    /// The value of a cell as stored.
    stored: String,
    /// Whether digits of the stored value are raised, lowered or struck out.
    digits_apart: bool,
}

/// The attributes of a row.
#[derive(Debug, Clone, Copy)]
struct RowAttributes {
    hidden: bool,
    /// How many empty rows of the same format follow it.
    span: u64,
    /// The number format of its cells, if it has a style.
    format: Option<FormatIndex>,
}

/// The attributes of a cell.
#[derive(Debug, Clone, Copy)]
struct CellAttributes {
    column: usize,
    /// Whether the cell states its column, which is then not in doubt.
    is_placed: bool,
    /// How many more columns it covers.
    across: usize,
    /// How many rows below it covers.
    down: u64,
    /// Its number format, if it has a style.
    format: Option<FormatIndex>,
}

/// The type of a cell's value; the attribute `ss:Type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Boolean,
    Date,
    /// A text, or an error by its name in Excel, such as `#N/A`.
    AsStored,
}

impl Rows for SheetRows {
    fn next_row(&mut self, row: &mut TableRow) -> Result<RowKind, FileProblem> {
        let seen = self
            .read_row(row)
            .map_err(|error| self.position.xml_problem(error))?;
        let is_decoded = !row
            .cells
            .iter()
            .any(|cell| cell.text.contains(char::REPLACEMENT_CHARACTER));
        if seen == RowKind::End || is_decoded {
            Ok(seen)
        } else {
            Err(self.undecoded())
        }
    }
}

impl SheetRows {
    /// Returns the rows of the sheet that has just begun in `xml`.
    pub(super) fn new(
        xml: Xml,
        position: Position,
        encoding: &'static Encoding,
        styles: Arc<Styles>,
    ) -> Self {
        Self {
            xml,
            position,
            encoding,
            number: 0,
            margin: 0,
            table_format: styles.find_default(),
            styles,
            column_formats: Vec::new(),
            next_column: 0,
            covered: Vec::new(),
            stored: String::new(),
            digits_apart: false,
        }
    }

    fn read_row(&mut self, row: &mut TableRow) -> Result<RowKind, XmlError> {
        self.position.row = None;
        if !self.next_row_element()? {
            return Ok(RowKind::End);
        }
        let attributes = self.read_row_attributes()?;
        self.position.row = Some(self.number);
        row.begin(self.number);
        self.read_cells(attributes.format, row)?;
        row.finish();
        self.number = self.number.saturating_add(attributes.span);
        Ok(if attributes.hidden {
            RowKind::HiddenRow
        } else {
            RowKind::Row
        })
    }

    /// Advances to the next row; returns `false` at the end of the sheet.
    fn next_row_element(&mut self) -> Result<bool, XmlError> {
        while self.xml.depth() >= SHEET {
            self.xml.renew();
            if self.xml.next()? != Token::Open {
                continue;
            }
            match (self.xml.depth(), self.xml.name()) {
                (TABLE, "Table") => self.read_table_head()?,
                (ROW, "Row") => return Ok(true),
                (ROW, "Column") => self.read_column()?,
                _ => self.xml.skip_long()?,
            }
        }
        Ok(false)
    }

    /// Reads where the table begins: that need not be the first cell.
    fn read_table_head(&mut self) -> Result<(), XmlError> {
        let first = |name| -> Result<u64, XmlError> {
            let number = self
                .xml
                .attribute(name)?
                .and_then(|number| number.trim().parse().ok());
            Ok(number.unwrap_or(1).clamp(1, ROWS) - 1)
        };
        let (above, margin) = (first("TopCell")?, first("LeftCell")?);
        self.number = above;
        self.margin = usize::try_from(margin).unwrap_or(COLUMNS).min(COLUMNS);
        if let Some(id) = self.xml.attribute("StyleID")? {
            self.table_format = self.styles.find(&id);
        }
        self.next_column = self.margin;
        Ok(())
    }

    /// Reads the style of one or more columns, which their cells have if neither they nor their rows have another.
    fn read_column(&mut self) -> Result<(), XmlError> {
        let number = |name| -> Result<Option<usize>, XmlError> {
            let number = self.xml.attribute(name)?;
            Ok(number.and_then(|number| number.trim().parse().ok()))
        };
        let column = number("Index")?.map_or(self.next_column, |column: usize| {
            self.margin.saturating_add(column.saturating_sub(1))
        });
        let first = column.min(COLUMNS);
        let span = number("Span")?.unwrap_or(0).min(COLUMNS);
        self.next_column = (first + span + 1).min(COLUMNS);
        if let Some(id) = self.xml.attribute("StyleID")? {
            let formats = &mut self.column_formats;
            formats.resize(formats.len().max(self.next_column), None);
            formats[first..self.next_column].fill(Some(self.styles.find(&id)));
        }
        Ok(())
    }

    fn read_row_attributes(&mut self) -> Result<RowAttributes, XmlError> {
        let (mut number, mut attributes) = (
            self.number + 1,
            RowAttributes {
                hidden: false,
                span: 0,
                format: None,
            },
        );
        for attribute in self.xml.attributes() {
            let (name, value) = attribute?;
            match name {
                "Index" => {
                    number = value
                        .trim()
                        .parse()
                        .map_err(|_| broken("a row has no number"))?;
                }
                "Hidden" => attributes.hidden |= matches!(value.trim(), "1" | "true"),
                "Height" => {
                    attributes.hidden |= value
                        .trim()
                        .parse::<f64>()
                        .is_ok_and(|height| height <= 0.0);
                }
                "Span" => {
                    attributes.span = value
                        .trim()
                        .parse()
                        .map_err(|_| broken("a row has no number"))?;
                }
                "StyleID" => attributes.format = Some(self.styles.find(&value)),
                _ => {}
            }
        }
        if number <= self.number || number > ROWS {
            return Err(broken("its rows are not in order"));
        }
        self.number = number;
        Ok(attributes)
    }

    fn read_cells(
        &mut self,
        row_format: Option<FormatIndex>,
        row: &mut TableRow,
    ) -> Result<(), XmlError> {
        let (mut free, mut next, mut length) = (self.margin, self.margin, 0);
        while self.xml.depth() >= ROW {
            if self.xml.next()? != Token::Open {
                continue;
            }
            if self.xml.name() != "Cell" {
                self.xml.skip()?;
                continue;
            }
            let mut attributes = self.read_cell_attributes(next)?;
            attributes.format = attributes.format.or(row_format);
            if attributes.column < free {
                return Err(broken("its cells are not in order"));
            }
            self.read_cell(attributes, row)?;
            (free, next) = (
                attributes.column + 1,
                attributes.column + attributes.across + 1,
            );
            length += row
                .cells
                .get(attributes.column)
                .map_or(0, |cell| cell.text.len());
            if length > ROW_TEXT {
                return Err(XmlError::TooLong);
            }
        }
        Ok(())
    }

    fn read_cell_attributes(&self, next: usize) -> Result<CellAttributes, XmlError> {
        let mut attributes = CellAttributes {
            column: next,
            is_placed: false,
            across: 0,
            down: 0,
            format: None,
        };
        for attribute in self.xml.attributes() {
            let (name, value) = attribute?;
            let number = || {
                value
                    .trim()
                    .parse::<usize>()
                    .map_err(|_| broken("a cell has no column"))
            };
            match name {
                "Index" => {
                    let column = number()?
                        .checked_sub(1)
                        .ok_or_else(|| broken("a cell has no column"))?;
                    (attributes.column, attributes.is_placed) =
                        (self.margin.saturating_add(column), true);
                }
                "MergeAcross" => attributes.across = number()?.min(COLUMNS),
                "StyleID" => attributes.format = Some(self.styles.find(&value)),
                "MergeDown" => attributes.down = u64::try_from(number()?).unwrap_or(ROWS).min(ROWS),
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
    fn read_cell(
        &mut self,
        attributes: CellAttributes,
        row: &mut TableRow,
    ) -> Result<(), XmlError> {
        let mut kind = None;
        while self.xml.depth() >= CELL {
            if self.xml.next()? != Token::Open {
                continue;
            }
            if self.xml.name() != "Data" {
                self.xml.skip()?; // a note, or the name of a range
            } else if kind.is_none() {
                kind = Some(self.read_data()?);
            } else {
                return Err(broken("a cell has two values"));
            }
        }
        let Some(kind) = kind.filter(|_| !self.stored.is_empty()) else {
            self.cover(attributes);
            return Ok(());
        };
        if !attributes.is_placed
            && self
                .covered
                .get(attributes.column)
                .is_some_and(|below| *below > self.number)
        {
            return Err(broken("a cell overlaps a merged cell and has no column"));
        }
        self.cover(attributes);
        let of_column = || {
            self.column_formats
                .get(attributes.column)
                .copied()
                .flatten()
        };
        let format = attributes
            .format
            .or_else(of_column)
            .unwrap_or(self.table_format);
        self.write(kind, self.styles.get(format), row.cell(attributes.column));
        Ok(())
    }

    /// Reads a value with all its pieces, and whether some of them are raised, lowered or struck out.
    fn read_data(&mut self) -> Result<Kind, XmlError> {
        let kind = match self.xml.attribute("Type")?.as_deref() {
            Some("Number") => Kind::Number,
            Some("Boolean") => Kind::Boolean,
            Some("DateTime") => Kind::Date,
            Some(_) | None => Kind::AsStored,
        };
        self.stored.clear();
        self.digits_apart = false;
        let mut apart = None;
        while self.xml.depth() >= DATA {
            match self.xml.next()? {
                Token::Open if apart.is_none() => {
                    let is_apart = matches!(self.xml.name(), "Sup" | "Sub" | "S" | "Del");
                    apart = is_apart.then(|| self.xml.depth());
                }
                Token::Close if apart.is_some_and(|depth| self.xml.depth() < depth) => apart = None,
                Token::Text => {
                    self.stored.push_str(self.xml.text());
                    self.digits_apart |=
                        apart.is_some() && self.xml.text().contains(char::is_numeric);
                }
                Token::Open | Token::Close | Token::End => {}
            }
        }
        Ok(kind)
    }

    fn cover(&mut self, attributes: CellAttributes) {
        if attributes.down > 0 {
            let end = (attributes.column + attributes.across + 1).min(COLUMNS);
            self.covered.resize(self.covered.len().max(end), 0);
            self.covered[attributes.column..end].fill(self.number + attributes.down + 1);
        }
    }

    fn write(&self, kind: Kind, format: Option<&NumberFormat>, cell: &mut Cell) {
        let stored = self.stored.trim();
        match kind {
            Kind::AsStored => {
                cell.text.push_str(&self.stored);
                NumberFormat::apply_to_text(format, cell);
                cell.digits_apart = self.digits_apart;
            }
            Kind::Boolean => {
                cell.text.push_str(if matches!(stored, "0" | "false") {
                    "FALSE"
                } else {
                    "TRUE"
                });
            }
            Kind::Date => match value::iso_date(stored) {
                Some(date) => cell.text = date,
                None => cell.text.push_str(stored),
            },
            Kind::Number => match value::plain(stored) {
                Some(number) => NumberFormat::write_number(format, number, cell),
                None => cell.text.push_str(stored),
            },
        }
    }

    fn undecoded(&self) -> FileProblem {
        let sentence = FileSentence::NotInEncoding {
            encoding: self.encoding.name(),
        };
        FileProblem::new(
            FileProblemCode::EncodingUnknown,
            &self.position.path,
            self.position.row,
            sentence,
        )
    }
}

fn broken(what: &str) -> XmlError {
    XmlError::Broken(what.to_owned())
}
