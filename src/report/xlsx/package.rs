//! The last step of writing a workbook: corrects, part by part, what `rust_xlsxwriter` can write in only one way. All
//! other parts are copied unchanged.
//!
//! A table gets its true size: the crate records every cell of a table, which takes 839 MB for a million rows of 18
//! columns (measured). A chart gets the values of its pieces, which the crate leaves out if they come from formulas, so
//! that programs that do not calculate can draw it too.

use std::{
    fmt::Write as _,
    fs::File,
    io::{BufReader, Read, Seek, Write},
};

use zip::{ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::sheets::Sheet;
use crate::report::WriteError;

/// Writes the finished package.
pub(super) fn finish<W: Write + Seek>(
    raw: File,
    out: &mut W,
    sheets: &[Sheet],
    pieces: &[u64],
) -> Result<(), WriteError> {
    let mut parts = ZipArchive::new(BufReader::new(raw))?;
    let mut package = ZipWriter::new(out);
    for place in 0..parts.len() {
        let name = parts.by_index_raw(place)?.name()?.into_owned();
        let table = name
            .strip_prefix("xl/tables/table")
            .and_then(|rest| rest.strip_suffix(".xml"));
        let table: Option<usize> = table.and_then(|number| number.parse().ok());
        let sheet = table.and_then(|number| sheets.get(number.checked_sub(1)?));
        if sheet.is_none() && !name.starts_with("xl/charts/chart") {
            package.raw_copy_file(parts.by_index_raw(place)?)?;
            continue;
        }
        let mut text = String::new();
        parts.by_index(place)?.read_to_string(&mut text)?;
        let text = sheet.map_or_else(|| with_pieces(&text, pieces), |sheet| of_size(&text, sheet));
        package.start_file(name, SimpleFileOptions::default())?;
        package.write_all(text.as_bytes())?;
    }
    package.finish()?;
    Ok(())
}

/// Resizes a table of one row to all rows: `ref="A1:Q2"`, both of the table and of its filter.
fn of_size(table: &str, sheet: &Sheet) -> String {
    let mut sized = String::new();
    let mut rest = table;
    while let Some((before, after)) = rest.split_once(" ref=\"") {
        let (range, after) = after.split_once('"').unwrap_or((after, ""));
        let range = range.strip_suffix('2').unwrap_or(range);
        // Writing to a string cannot fail.
        let _ = write!(sized, "{before} ref=\"{range}{}\"", sheet.rows.max(1) + 1);
        rest = after;
    }
    with_escapes(&(sized + rest))
}

/// Escapes the headings of a table as in their cells: text that looks like an escape must be escaped itself (source:
/// ECMA-376 part 1, §22.9.2.19). The crate does so only in cells.
fn with_escapes(table: &str) -> String {
    let is_escape = |text: &str| {
        let digits = text
            .strip_prefix("_x")
            .and_then(|rest| rest.get(..5)?.strip_suffix('_'));
        digits.is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
    };
    let mut escaped = String::with_capacity(table.len());
    for (place, letter) in table.char_indices() {
        if letter == '_' && is_escape(&table[place..]) {
            escaped.push_str("_x005F");
        }
        escaped.push(letter);
    }
    escaped
}

/// What a label shows. `LibreOffice` shows everything that is not excluded.
const ONLY_PERCENT: &str = "<c:showLegendKey val=\"0\"/><c:showVal val=\"0\"/><c:showCatName val=\"0\"/>\
    <c:showSerName val=\"0\"/><c:showPercent val=\"1\"/><c:showBubbleSize val=\"0\"/>";

/// Adds a point for each piece to the chart.
fn with_pieces(chart: &str, pieces: &[u64]) -> String {
    let chart = &chart.replace("<c:showPercent val=\"1\"/>", ONLY_PERCENT);
    let Some((before, values)) = chart.split_once("<c:val>") else {
        return chart.to_owned();
    };
    let Some((formula, after)) = values.split_once("</c:f>") else {
        return chart.to_owned();
    };
    let Some((_, after)) = after.split_once("</c:val>") else {
        return chart.to_owned();
    };
    let mut cache = format!(
        "<c:formatCode>General</c:formatCode><c:ptCount val=\"{}\"/>",
        pieces.len()
    );
    for (place, rows) in pieces.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(cache, "<c:pt idx=\"{place}\"><c:v>{rows}</c:v></c:pt>");
    }
    format!(
        "{before}<c:val>{formula}</c:f><c:numCache>{cache}</c:numCache></c:numRef></c:val>{after}"
    )
}

impl From<ZipError> for WriteError {
    fn from(error: ZipError) -> Self {
        Self::Write(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_gets_its_size_and_keeps_its_columns() {
        let table = r#"<table id="1" ref="A1:Q2"><autoFilter ref="A1:Q2"/><c name=" ref=&quot;A1"/></table>"#;
        let sheet = |rows| Sheet {
            name: String::new(),
            rows,
        };
        assert_eq!(
            of_size(table, &sheet(41)),
            r#"<table id="1" ref="A1:Q42"><autoFilter ref="A1:Q42"/><c name=" ref=&quot;A1"/></table>"#
        );
        assert_eq!(of_size(table, &sheet(0)), table);
        let named = |name: &str| of_size(&format!(r#"<c name="{name}"/>"#), &sheet(1));
        for (name, escaped) in [
            ("_x000D_", "_x005F_x000D_"),
            ("a_x000d_x000D_b", "a_x005F_x000d_x005F_x000D_b"),
            ("_x000G_ _x00D_ _xЯЯ_ _x000", "_x000G_ _x00D_ _xЯЯ_ _x000"),
        ] {
            assert_eq!(named(name), format!(r#"<c name="{escaped}"/>"#));
        }
    }
}
