//! The cards of rows as vCard 4.0, written with `vcard_parser`. It reads no real file, but what it
//! writes other programs read, once backslashes, tabs and line ends are out of the values.

use std::io::{self, Write};

use vcard_parser::{
    error::VcardError,
    traits::HasValue,
    vcard::{
        Vcard,
        property::Property,
        value::{Value, value_listcomponent::ValueListComponentData, value_textlist::ValueTextListData},
    },
};

use super::{Only, Trouble, explain::explanation};
use crate::ledger::{Ledger, Line};

/// Writes a card for each row that `only` takes and that has a name or a number; gives how many.
pub(super) fn write(ledger: &Ledger, out: &mut dyn Write, only: Option<Only>) -> Result<u64, Trouble> {
    let sources = ledger.sources()?;
    let mut cards = 0;
    ledger.each_line::<Trouble>(|line| {
        if only.is_none_or(|only| only.takes(line.status)) {
            let card = card(&line, &explanation(&line, &sources))
                .map_err(|error| io::Error::other(error.to_string()))?;
            out.write_all(card.replace('\n', "\r\n").as_bytes())?;
            cards += 1;
        }
        Ok(())
    })?;
    Ok(cards)
}

fn card(line: &Line, explanation: &str) -> Result<String, VcardError> {
    let [first, middle, last, company] = line.names.each_ref().map(|name| plain(name));
    let full = [first.as_str(), &middle, &last].join(" ");
    let full = full.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown =
        [full.as_str(), &company, line.phone_contact.trim()].into_iter().find(|name| !name.is_empty());
    let mut card = Vcard::new(shown.unwrap_or("-"));
    let names = [last, first, middle, String::new(), String::new()].map(|name| vec![name]).to_vec();
    let names = ValueListComponentData { value: names, ..ValueListComponentData::default() };
    set(&mut card, "N:;;;;", Some(Value::ValueListComponent(names)))?;
    if !company.is_empty() {
        let company = ValueTextListData { value: vec![company], ..ValueTextListData::default() };
        set(&mut card, "ORG:", Some(Value::ValueTextList(company)))?;
    }
    if !line.phone_contact.trim().is_empty() {
        set(&mut card, &format!("TEL;TYPE=cell:{}", number(&line.phone_contact)), None)?;
    }
    set(&mut card, &format!("X-SENDCONTACT-RECIPIENT:{}", text(&line.recipient)), None)?;
    set(&mut card, &format!("X-SENDCONTACT-ROW:{}", line.row), None)?;
    set(&mut card, &format!("X-SENDCONTACT-REASON:{}", text(explanation)), None)?;
    Ok(card.export())
}

/// Adds a property. Names are given as values and not as text: the package loses a comma or a
/// semicolon when it reads one back from its own escapes.
fn set(card: &mut Vcard, property: &str, value: Option<Value>) -> Result<(), VcardError> {
    let mut property = Property::try_from(format!("{property}\n").as_str())?;
    if let Some(value) = value {
        property.set_value(value)?;
    }
    card.set_property(&property).map(drop)
}

/// A number that was checked gets its `+`; what a bad cell says stays as it is.
fn number(cell: &str) -> String {
    let digits = cell.bytes().all(|byte| byte.is_ascii_digit()) && matches!(cell.len(), 11 | 12);
    if digits { format!("+{cell}") } else { text(cell) }
}

/// What the package cannot write is replaced.
fn plain(name: &str) -> String {
    name.replace('\\', "/").replace(|c: char| c.is_control(), " ").trim().to_owned()
}

/// A text as it stands behind the colon.
fn text(cell: &str) -> String {
    plain(cell).replace(',', "\\,").replace(';', "\\;")
}
