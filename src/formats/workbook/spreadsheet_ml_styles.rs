//! As much of the styles in the XML of Excel 2003 as says which cells show more than they store. A cell without a style
//! has that of its row, its column or its table; a style without a number format has that of its parent.

use std::collections::HashMap;

use super::xml::{Token, Xml, XmlError};
use crate::formats::number_format::NumberFormat;

/// The depths of the elements, each inside the one before it.
const STYLE: usize = 3;
const STYLE_PART: usize = STYLE + 1;

/// The most styles that are held in memory; Excel allows 4,000.
const STYLES: usize = 1 << 16;

/// The id of the style of cells without any other.
const DEFAULT: &str = "Default";

/// The most styles on the way from a style to the first of its parents.
const PARENTS: usize = 64;

/// The number formats of the styles that have one which may show more than the value of a cell.
#[derive(Debug, Default)]
pub(super) struct Styles {
    formats: Vec<NumberFormat>,
    by_id: HashMap<String, usize>,
}

/// The number format of a style.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FormatIndex(Option<usize>);

/// A style as the file writes it.
struct StoredStyle {
    parent: String,
    /// The code of its number format, if it has one of its own.
    code: Option<String>,
}

impl Styles {
    /// Reads the element `Styles`, which has just begun, to its end.
    pub(super) fn read(xml: &mut Xml) -> Result<Self, XmlError> {
        let (mut stored, mut id) = (HashMap::new(), String::new());
        while xml.depth() >= STYLE - 1 {
            xml.renew();
            if xml.next()? != Token::Open {
                continue;
            }
            match (xml.depth(), xml.name()) {
                (STYLE, "Style") => {
                    id = xml.attribute("ID")?.unwrap_or_default();
                    let parent = xml.attribute("Parent")?;
                    let style = StoredStyle {
                        parent: parent.unwrap_or_else(|| DEFAULT.to_owned()),
                        code: None,
                    };
                    stored.insert(id.clone(), style);
                }
                (STYLE_PART, "NumberFormat") => {
                    let code = xml.attribute("Format")?.unwrap_or_default();
                    if let Some(style) = stored.get_mut(&id) {
                        style.code = Some(code);
                    }
                }
                _ => {}
            }
            if stored.len() > STYLES {
                return Err(XmlError::TooLong);
            }
        }
        Ok(Self::new(&stored))
    }

    fn new(stored: &HashMap<String, StoredStyle>) -> Self {
        let mut styles = Self::default();
        for id in stored.keys() {
            if let Some(format) = code(stored, id).and_then(NumberFormat::parse) {
                styles.by_id.insert(id.clone(), styles.formats.len());
                styles.formats.push(format);
            }
        }
        styles
    }

    /// Finds the number format of the style with this id.
    pub(super) fn find(&self, id: &str) -> FormatIndex {
        FormatIndex(self.by_id.get(id).copied())
    }

    /// Finds the number format of cells without a style.
    pub(super) fn find_default(&self) -> FormatIndex {
        self.find(DEFAULT)
    }

    /// Returns the format if it may show more than the value of a cell.
    pub(super) fn get(&self, format: FormatIndex) -> Option<&NumberFormat> {
        self.formats.get(format.0?)
    }
}

/// Returns the code of a style's number format, its own or that of the nearest parent that has one.
fn code<'a>(stored: &'a HashMap<String, StoredStyle>, id: &str) -> Option<&'a str> {
    let mut style = stored.get(id)?;
    for _ in 0..PARENTS {
        if let Some(code) = &style.code {
            return Some(code);
        }
        style = stored.get(&style.parent)?;
    }
    None
}
