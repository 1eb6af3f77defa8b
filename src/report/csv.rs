//! The results as delimited text that opens right in Excel: UTF-8 with BOM, CRLF, the delimiter of
//! the input and no `sep=` line, which would make Excel ignore the BOM.

use std::io::Write;

use ::csv::{Terminator, WriterBuilder};
use jiff::{Timestamp, tz::TimeZone};

use super::{Only, Trouble, cells::guarded, explain::explanation};
use crate::{
    crash_points::{self, Point},
    domain::Status,
    ledger::{Ledger, Line, Listed},
};

/// The headings of the results, before the input's own.
const COLUMNS: [&str; 15] = [
    "row",
    "source",
    "status",
    "recipient",
    "phoneContact",
    "firstName",
    "middleName",
    "lastName",
    "company",
    "idMessage",
    "delivery",
    "error",
    "explanation",
    "attempts",
    "sentAt",
];

/// Writes a line for each row that `only` takes; gives how many. The delimiter is the one asked
/// for, or else that of the first source that has one, or else the fallback.
pub(super) fn write(
    ledger: &Ledger,
    out: &mut dyn Write,
    delimiter: Result<char, char>,
    only: Option<Only>,
) -> Result<u64, Trouble> {
    let sources = ledger.sources()?;
    let of_input = || sources.iter().find_map(|source| source.delimiter);
    let delimiter = delimiter.unwrap_or_else(|fallback| of_input().unwrap_or(fallback));
    out.write_all("\u{feff}".as_bytes())?;
    let mut table = WriterBuilder::new()
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .terminator(Terminator::CRLF)
        .from_writer(out);
    let own = OwnColumns::of(&sources);
    for heading in COLUMNS {
        table.write_field(heading)?;
    }
    end_record(&mut table, own.headings.iter().map(String::as_str))?;
    let mut rows = 0;
    ledger.each_line::<Trouble>(|line| {
        if only.is_none_or(|only| only.takes(line.status)) {
            rows += 1;
            write_line(&mut table, &line, &sources)?;
            own.write(&mut table, &line)?;
            crash_points::pass(Point::WhileWritingResults);
        }
        Ok(())
    })?;
    table.flush()?;
    Ok(rows)
}

/// Our own fifteen cells.
fn write_line<W: Write>(
    table: &mut ::csv::Writer<W>,
    line: &Line,
    sources: &[Listed],
) -> Result<(), ::csv::Error> {
    let source = sources.get(line.source).map_or("", |source| source.name.as_str());
    let [first_name, middle_name, last_name, company] = &line.names;
    table.write_field(line.row.to_string())?;
    table.write_field(&*guarded(source))?;
    table.write_field(line.status.as_str())?;
    table.write_field(&*guarded(&line.recipient))?;
    for text in [&line.phone_contact, first_name, middle_name, last_name, company, &line.id_message] {
        table.write_field(&*guarded(text))?;
    }
    table.write_field(&line.delivery)?;
    table.write_field(&*guarded(&line.error))?;
    table.write_field(&*guarded(&explanation(line, sources)))?;
    table.write_field(line.attempts.to_string())?;
    table.write_field(sent_at(line))
}

/// UTC, to the second, as ISO 8601; empty for a row that was never sent.
fn sent_at(line: &Line) -> String {
    let sent = match line.status {
        Status::Accepted | Status::Failed | Status::Unknown => line.sent_at,
        Status::Invalid | Status::Duplicate | Status::Suppressed | Status::Pending => None,
    };
    sent.and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
        .map(|time| time.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default()
}

/// The columns of the inputs that were not used, each heading once; a heading that a file repeats
/// is kept as often as the file has it.
struct OwnColumns {
    headings: Vec<String>,
    /// For each source, where each of its cells goes.
    places: Vec<Vec<usize>>,
}

impl OwnColumns {
    fn of(sources: &[Listed]) -> Self {
        let mut headings: Vec<String> = Vec::new();
        let mut places = Vec::new();
        for source in sources {
            let mut taken: Vec<usize> = Vec::new();
            for heading in &source.own_columns {
                let free =
                    (0..headings.len()).find(|place| headings[*place] == *heading && !taken.contains(place));
                let place = free.unwrap_or(headings.len());
                if free.is_none() {
                    headings.push(heading.clone());
                }
                taken.push(place);
            }
            places.push(taken);
        }
        Self { headings, places }
    }

    /// The line's own cells, each under its heading.
    fn write<W: Write>(&self, table: &mut ::csv::Writer<W>, line: &Line) -> Result<(), ::csv::Error> {
        let mut cells = vec![""; self.headings.len()];
        let places = self.places.get(line.source).into_iter().flatten();
        for (place, cell) in places.zip(&line.own_cells) {
            cells[*place] = cell;
        }
        end_record(table, cells.into_iter())
    }
}

/// The cells of the input's own columns, and the end of the record.
fn end_record<'a, W: Write>(
    table: &mut ::csv::Writer<W>,
    cells: impl Iterator<Item = &'a str>,
) -> Result<(), ::csv::Error> {
    for cell in cells {
        table.write_field(&*guarded(cell))?;
    }
    table.write_record(None::<&[u8]>)
}
