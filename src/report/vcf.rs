//! The contacts of rows as vCard 4.0, written with `vcard_parser`. That crate cannot read real files; but other
//! programs read what it writes, once line ends and tabs in values are escaped as they expect.

use std::io::{self, Write};

use vcard_parser::{
    error::VcardError,
    traits::HasValue,
    vcard::{
        Vcard,
        property::Property,
        value::{
            Value, value_listcomponent::ValueListComponentData, value_text::ValueTextData,
            value_textlist::ValueTextListData,
        },
    },
};

use super::{ReportOptions, WriteError, explain::explanation, style::CellStyle};
use crate::ledger::{Ledger, ResultRow};

/// Placeholders for a line end and a tab while the crate writes, because it escapes both in a way that only it can
/// read. They are Unicode noncharacters, which no text contains.
const LINE_END: char = '\u{fdd0}';
const TAB: char = '\u{fdd1}';

/// Writes a card for each selected row; returns how many.
pub(super) fn write(
    ledger: &Ledger,
    out: &mut dyn Write,
    options: &ReportOptions,
) -> Result<u64, WriteError> {
    let sources = ledger.sources()?;
    let style = CellStyle::of(options, ledger)?;
    let mut cards = 0;
    ledger.each_row::<WriteError>(|line| {
        if options.takes(&line) {
            let card = card(&line, &explanation(&line, &sources, &style))
                .map_err(|error| io::Error::other(error.to_string()))?;
            let card = without_markers(&card).replace('\n', "\r\n");
            out.write_all(card.replace(LINE_END, "\\n").replace(TAB, "\t").as_bytes())?;
            cards += 1;
        }
        Ok(())
    })?;
    Ok(cards)
}

/// Folds each word in a card that looks like `END:VCARD` or `BEGIN:VCARD` (RFC 6350 §3.2), because readers of joined
/// files would take it for the end of the card.
fn without_markers(card: &str) -> String {
    let mut folded = String::with_capacity(card.len());
    for line in card.split_inclusive('\n') {
        let is_marker = matches!(line.trim_end(), "BEGIN:VCARD" | "END:VCARD");
        let mut rest = line;
        while !is_marker && let Some(at) = rest.to_ascii_lowercase().find("vcard") {
            let (before, after) = rest.split_at(at + 2);
            folded.push_str(before);
            folded.push_str("\n ");
            rest = after;
        }
        folded.push_str(rest);
    }
    folded
}

fn card(line: &ResultRow, explanation: &str) -> Result<String, VcardError> {
    let [first, middle, last, company] = line.names.each_ref().map(|name| plain(name));
    let full = [first.as_str(), &middle, &last].join(" ");
    let full = full.split_whitespace().collect::<Vec<_>>().join(" ");
    let number = number(&line.phone_contact);
    let shown = [full.as_str(), &company, &number]
        .into_iter()
        .find(|name| !name.is_empty());
    let mut card = Vcard::new("-");
    set(&mut card, "FN:-", text(shown.unwrap_or("-")))?;
    let names = [last, first, middle, String::new(), String::new()]
        .map(|name| vec![name])
        .to_vec();
    let names = ValueListComponentData {
        value: names,
        ..ValueListComponentData::default()
    };
    set(&mut card, "N:;;;;", Value::ValueListComponent(names))?;
    if !company.is_empty() {
        let company = ValueTextListData {
            value: vec![company],
            ..ValueTextListData::default()
        };
        set(&mut card, "ORG:", Value::ValueTextList(company))?;
    }
    if !number.is_empty() {
        set(&mut card, "TEL;TYPE=cell:", text(&number))?;
    }
    set(
        &mut card,
        "X-SENDCONTACT-RECIPIENT:",
        text(&plain(&line.recipient)),
    )?;
    set(&mut card, "X-SENDCONTACT-ROW:", text(&line.row.to_string()))?;
    set(
        &mut card,
        "X-SENDCONTACT-REASON:",
        text(&plain(explanation)),
    )?;
    Ok(card.export())
}

/// Adds a property. Its value is set separately, not as part of the property's text, because the crate loses commas and
/// semicolons when it reads its own escapes.
fn set(card: &mut Vcard, property: &str, value: Value) -> Result<(), VcardError> {
    let mut property = Property::try_from(format!("{property}\n").as_str())?;
    property.set_value(value)?;
    card.set_property(&property).map(drop)
}

fn text(text: &str) -> Value {
    Value::ValueText(ValueTextData {
        value: text.to_owned(),
    })
}

/// Adds a `+` to a number that was checked; the text of an invalid cell stays as it is.
fn number(cell: &str) -> String {
    let digits = cell.bytes().all(|byte| byte.is_ascii_digit()) && matches!(cell.len(), 11 | 12);
    if digits {
        format!("+{cell}")
    } else {
        plain(cell)
    }
}

/// Removes the characters that no card can contain.
fn plain(text: &str) -> String {
    let text = text
        .trim()
        .replace("\r\n", "\n")
        .replace(['\n', '\r'], &LINE_END.to_string());
    text.replace('\t', &TAB.to_string())
        .replace(|sign: char| sign.is_control(), "")
}
