//! As much of an .xlsx file's styles as distinguishes dates from numbers, which are both stored as numbers, and as says
//! which cells show more than they store. Each style is decided once, not at every cell.

use std::collections::HashMap;
use std::sync::Arc;

use super::xml::{Token, Xml, XmlError};
use crate::formats::number_format::NumberFormat;
use crate::formats::value::{is_built_in_date, is_date_format};

/// The most number formats and cell styles that are held in memory; Excel allows 250 and 65,490.
const FORMATS: usize = 1 << 16;
const STYLES: usize = 1 << 20;

/// The cell styles of a workbook.
#[derive(Debug, Default)]
pub(super) struct Styles {
    of_cells: Vec<Style>,
}

/// What a number format does with the values of its cells.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    /// Whether it shows dates.
    pub(super) is_date: bool,
    number_format: Option<Arc<NumberFormat>>,
}

impl Style {
    /// Returns the style of a number format.
    pub(super) fn new(code: &str) -> Self {
        Self {
            is_date: is_date_format(code),
            number_format: NumberFormat::parse(code).map(Arc::new),
        }
    }

    /// Returns the style of a built-in format. None of them shows more than the value.
    pub(super) const fn built_in(id: u32) -> Self {
        Self {
            is_date: is_built_in_date(id),
            number_format: None,
        }
    }

    /// Returns the format if it may show more than the value of a cell.
    pub(super) fn number_format(&self) -> Option<&NumberFormat> {
        self.number_format.as_deref()
    }
}

impl Styles {
    /// Reads the part `styles.xml`.
    pub(super) fn read(xml: &mut Xml) -> Result<Self, XmlError> {
        let (mut formats, mut styles, mut is_of_cells) = (HashMap::new(), Self::default(), false);
        loop {
            xml.renew();
            match xml.next()? {
                Token::Open if xml.name() == "numFmt" => {
                    let (id, code) = (number(xml, "numFmtId")?, xml.attribute("formatCode")?);
                    formats.insert(id, Style::new(&code.unwrap_or_default()));
                }
                Token::Open if xml.name() == "cellXfs" => is_of_cells = true,
                Token::Close if xml.name() == "cellXfs" => is_of_cells = false,
                Token::Open if is_of_cells && xml.name() == "xf" => {
                    let id = number(xml, "numFmtId")?;
                    let style = formats.get(&id).cloned();
                    styles
                        .of_cells
                        .push(style.unwrap_or_else(|| Style::built_in(id)));
                }
                Token::Open | Token::Close | Token::Text => {}
                Token::End => return Ok(styles),
            }
            if formats.len() > FORMATS || styles.of_cells.len() > STYLES {
                return Err(XmlError::TooLong);
            }
        }
    }

    /// Returns the style with this index.
    pub(super) fn get(&self, index: usize) -> Option<&Style> {
        self.of_cells.get(index)
    }
}

fn number(xml: &Xml, attribute: &str) -> Result<u32, XmlError> {
    Ok(xml
        .attribute(attribute)?
        .and_then(|value| value.parse().ok())
        .unwrap_or(0))
}
