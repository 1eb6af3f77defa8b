//! As much of an .xlsx file's styles as distinguishes dates from numbers: both are stored as numbers.

use std::collections::HashMap;

use super::xml::{Token, Xml, XmlError};
use crate::formats::value::{is_built_in_date, is_date_format};

/// Which cell styles show dates.
#[derive(Debug, Default)]
pub(super) struct Styles {
    is_date: Vec<bool>,
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
                    formats.insert(id, is_date_format(&code.unwrap_or_default()));
                }
                Token::Open if xml.name() == "cellXfs" => is_of_cells = true,
                Token::Close if xml.name() == "cellXfs" => is_of_cells = false,
                Token::Open if is_of_cells && xml.name() == "xf" => {
                    let id = number(xml, "numFmtId")?;
                    styles
                        .is_date
                        .push(formats.get(&id).copied().unwrap_or(is_built_in_date(id)));
                }
                Token::Open | Token::Close | Token::Text => {}
                Token::End => return Ok(styles),
            }
        }
    }

    pub(super) fn is_date(&self, style: usize) -> bool {
        self.is_date.get(style).copied().unwrap_or(false)
    }
}

fn number(xml: &Xml, attribute: &str) -> Result<u32, XmlError> {
    Ok(xml
        .attribute(attribute)?
        .and_then(|value| value.parse().ok())
        .unwrap_or(0))
}
