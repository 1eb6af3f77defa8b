//! The results as delimited text that opens correctly in Excel: UTF-8 with BOM, CRLF, the delimiter of the input, and
//! no `sep=` line, which would make Excel ignore the BOM.

use std::io::Write;

use ::csv::{Terminator, Writer, WriterBuilder};

use super::{
    ReportOptions, WriteError,
    rows::{self, MoreColumns},
    style::CellStyle,
};
use crate::{
    domain::results::{self, guarded},
    failpoints::{self, Point},
    ledger::Ledger,
};

/// Writes a line for each selected row; returns how many. The delimiter is the one asked for, else that of the first
/// source that has one, else the fallback.
pub(super) fn write(
    ledger: &Ledger,
    out: &mut dyn Write,
    delimiter: Result<char, char>,
    options: &ReportOptions,
) -> Result<u64, WriteError> {
    let sources = ledger.sources()?;
    let input_delimiter = || sources.iter().find_map(|source| source.delimiter);
    let delimiter = delimiter.unwrap_or_else(|fallback| input_delimiter().unwrap_or(fallback));
    out.write_all("\u{feff}".as_bytes())?;
    let mut table = WriterBuilder::new()
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .terminator(Terminator::CRLF)
        .from_writer(out);
    let instance = ledger
        .is_shared()?
        .then(|| results::instance_heading(options.headings));
    let more = MoreColumns::of(&sources, instance, options.headings);
    let style = CellStyle::of(options, ledger)?;
    let ours = style.headings();
    record(
        &mut table,
        ours.iter()
            .map(|heading| &**heading)
            .chain(more.headings.iter().map(String::as_str)),
    )?;
    let mut rows = 0;
    ledger.each_row::<WriteError>(|line| {
        if options.takes(&line) {
            rows += 1;
            let ours = rows::cells(&line, &sources, ledger.campaign(), &style);
            record(
                &mut table,
                ours.iter().map(|cell| &**cell).chain(more.cells(&line)),
            )?;
            failpoints::fail_point(Point::WhileWritingResults);
        }
        Ok(())
    })?;
    table.flush()?;
    Ok(rows)
}

/// Writes a record. Every cell passes the guard against formulas; our own cells never need it.
fn record<'a, W: Write>(
    table: &mut Writer<W>,
    cells: impl Iterator<Item = &'a str>,
) -> Result<(), ::csv::Error> {
    for cell in cells {
        table.write_field(&*guarded(cell))?;
    }
    table.write_record(None::<&[u8]>)
}
