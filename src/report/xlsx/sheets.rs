//! The sheets of rows: each has headings, a table with filters, and a colour for each status.

use std::borrow::Cow;

use jiff::Zoned;
use rust_xlsxwriter::{
    ConditionalFormatCell, ConditionalFormatCellRule, ExcelDateTime, Format, FormatAlign,
    IgnoreError, Table, TableColumn, TableStyle, Workbook, Worksheet, XlsxError,
};

use crate::{
    domain::{
        Counts, Status,
        results::{self, COLUMNS, SENT_AT, WORKBOOK_ORDER},
    },
    i18n::Language,
    ledger::{Ledger, LedgerError, Listed, ResultRow},
    report::{
        ReportOptions, WriteError, colors,
        rows::{self, MoreColumns},
        style::CellStyle,
        words,
    },
};

/// The most UTF-16 units in a cell (source: the limits of Excel).
const LONGEST: usize = 32_767;

/// The most UTF-16 units in the heading of a table (source: the limits of Excel).
const LONGEST_HEADING: usize = 255;

/// The formats `@` and `0` (source: ECMA-376 part 1, §18.8.30).
const TEXT: u8 = 49;
const INTEGER: u8 = 1;

/// Columns of a sheet: row, status and recipient stay on the screen; those up to the explanation are printed.
const STATUS: u16 = 1;
const FROZEN: u16 = 3;
const EXPLANATION: u16 = 8;
const ATTEMPTS: u16 = 12;
const TIME: u16 = 13;

/// The widths of our columns, and of a column of the input, in characters.
const WIDTHS: [f64; COLUMNS] = [
    9.0, 14.0, 20.0, 16.0, 16.0, 18.0, 20.0, 18.0, 60.0, 20.0, 24.0, 22.0, 12.0, 30.0, 18.0, 18.0,
];
const OWN_WIDTH: f64 = 16.0;

/// The characters of an explanation on one line, and the height of a line in points. Excel computes row heights when it
/// opens a file, `LibreOffice` does not.
const LINE: usize = 56;
const LINE_HEIGHT: f64 = 15.0;

/// How many rows get a height: the crate keeps a record of each.
const MOST_HEIGHTS: u32 = 10_000;

/// A sheet that has been written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) name: String,
    /// How many rows are below the headings; a table has at least one, which may be empty.
    pub(super) rows: u32,
}

/// What has been written.
#[derive(Debug, Clone, Default)]
pub(super) struct Written {
    pub(super) sheets: Vec<Sheet>,
    pub(super) counts: Counts,
}

/// The contents of the columns.
pub(super) struct Columns {
    campaign: String,
    headings: Vec<String>,
    more: MoreColumns,
    style: CellStyle,
}

impl Columns {
    /// Determines the columns. Whether several instances share the campaign is known from its ledger.
    pub(super) fn of(
        ledger: &Ledger,
        sources: &[Listed],
        options: &ReportOptions,
    ) -> Result<Self, LedgerError> {
        let instance = ledger
            .is_shared()?
            .then(|| results::instance_heading(options.headings));
        let more = MoreColumns::of(sources, instance, options.headings);
        let style = CellStyle::of(options, ledger)?;
        let mut ours = results::headings(options.headings).map(Cow::Borrowed);
        ours[SENT_AT] = style.sent_at_heading().into();
        let ours = WORKBOOK_ORDER.map(|column| ours[column].clone());
        let more_headings = more.headings.iter().map(String::as_str);
        let headings = distinct(
            ours.iter().map(|heading| &**heading).chain(more_headings),
            options.headings,
        );
        Ok(Self {
            campaign: ledger.campaign().to_owned(),
            headings,
            more,
            style,
        })
    }
}

/// The sheets, written row by row.
pub(super) struct Sheets<'a> {
    book: &'a mut Workbook,
    columns: Columns,
    most_rows: u32,
    /// How many rows were given a height.
    heights: u32,
    /// How many lines the last explanation has.
    lines: usize,
    written: Written,
}

impl<'a> Sheets<'a> {
    /// Begins the first sheet.
    pub(super) fn new(
        book: &'a mut Workbook,
        columns: Columns,
        most_rows: u32,
    ) -> Result<Self, WriteError> {
        let mut sheets = Self {
            book,
            columns,
            most_rows,
            heights: 0,
            lines: 0,
            written: Written::default(),
        };
        sheets.begin()?;
        Ok(sheets)
    }

    /// Writes one line below the last one; a full sheet is followed by a new one.
    pub(super) fn write_line(
        &mut self,
        line: &ResultRow,
        sources: &[Listed],
    ) -> Result<(), WriteError> {
        if self
            .written
            .sheets
            .last()
            .is_none_or(|sheet| sheet.rows == self.most_rows)
        {
            self.begin()?;
        }
        let Some(sheet) = self.written.sheets.last_mut() else {
            return Ok(());
        };
        sheet.rows += 1;
        let row = sheet.rows;
        let Columns {
            campaign,
            more,
            style,
            ..
        } = &self.columns;
        self.written.counts.add(line.status, 1);
        let place = self.written.sheets.len() - 1;
        let cells = rows::cells(line, sources, campaign, style);
        let sheet = self.book.worksheet_from_index(place)?;
        // The crate writes the last row of a sheet twice if it has a height, so a row gets its height when the next one
        // comes.
        if row > 1 && self.lines > 1 && self.heights < MOST_HEIGHTS {
            self.heights += 1;
            #[expect(clippy::cast_precision_loss, reason = "a few lines")]
            sheet.set_row_height(row - 1, LINE_HEIGHT * self.lines as f64)?;
        }
        // A row number is exact as a float far beyond the size of a sheet.
        #[expect(clippy::cast_precision_loss, reason = "a row number is below 2^53")]
        sheet.write_number(row, 0, line.row as f64)?;
        let explanation = &cells[WORKBOOK_ORDER[usize::from(EXPLANATION)]];
        self.lines = explanation.chars().count().div_ceil(LINE);
        let ours = WORKBOOK_ORDER[1..].iter().map(|column| &*cells[*column]);
        let texts = ours.chain(more.cells(line));
        for (column, text) in (1..).zip(texts).filter(|(_, text)| !text.is_empty()) {
            if column == TIME
                && let Some(sent) = style.sent_at(line)
            {
                sheet.write_datetime(row, column, &excel_time(&sent)?)?;
            } else {
                sheet.write_string(row, column, fitting(text, style.language))?;
            }
        }
        Ok(())
    }

    /// Completes the sheets, whose length is now known.
    pub(super) fn finish(self) -> Result<Written, XlsxError> {
        for (place, sheet) in self.written.sheets.iter().enumerate() {
            let last = sheet.rows.max(1);
            self.book
                .worksheet_from_index(place)?
                .set_print_area(0, 0, last, EXPLANATION)?;
        }
        Ok(self.written)
    }

    fn begin(&mut self) -> Result<(), XlsxError> {
        let Columns {
            headings, style, ..
        } = &self.columns;
        let number = self.written.sheets.len() + 1;
        let name = words::results_sheet(number, style.language);
        let sheet = self.book.add_worksheet_with_constant_memory()?;
        sheet.set_name(&name)?;
        set_columns(sheet, headings.len(), style.headings)?;
        self.written.sheets.push(Sheet { name, rows: 0 });
        set_headings(sheet, headings)?;
        statuses(sheet, self.most_rows, style)?;
        let last = u16::try_from(headings.len() - 1).unwrap_or(u16::MAX);
        sheet.ignore_error_range(1, 1, self.most_rows, last, IgnoreError::NumberStoredAsText)?;
        sheet.set_freeze_panes(1, FROZEN)?.set_repeat_rows(0, 0)?;
        printed(sheet);
        Ok(())
    }
}

/// Sets how a sheet is printed: A4 landscape, one page wide.
pub(super) fn printed(sheet: &mut Worksheet) {
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0)
        .set_footer("&L&F&R&P / &N");
    sheet.set_margins(0.3, 0.3, 0.4, 0.6, 0.3, 0.3);
}

/// Sets the widths, and the formats of empty cells too.
fn set_columns(sheet: &mut Worksheet, columns: usize, headings: Language) -> Result<(), XlsxError> {
    let cell = Format::new()
        .set_align(FormatAlign::Left)
        .set_align(FormatAlign::Top);
    let text = cell.clone().set_num_format_index(TEXT);
    sheet.set_column_format(0, &cell.clone().set_num_format_index(INTEGER))?;
    let widths = WIDTHS
        .into_iter()
        .chain(std::iter::repeat(OWN_WIDTH))
        .take(columns);
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, width)?;
        if column > 0 {
            sheet.set_column_format(column, &text)?;
        }
    }
    sheet.set_column_format(EXPLANATION, &text.clone().set_text_wrap())?;
    sheet.set_column_format(ATTEMPTS, &text.set_align(FormatAlign::Center))?;
    let time = match headings {
        Language::En => "yyyy-mm-dd hh:mm:ss",
        Language::Ru => "dd.mm.yyyy hh:mm:ss",
    };
    sheet.set_column_format(TIME, &cell.set_num_format(time))?;
    Ok(())
}

/// Converts a time to that of a spreadsheet, which has no zones.
fn excel_time(time: &Zoned) -> Result<ExcelDateTime, XlsxError> {
    // The parts of a date are never negative.
    let [month, day, minute, second] =
        [time.month(), time.day(), time.minute(), time.second()].map(i8::unsigned_abs);
    let date = ExcelDateTime::from_ymd(time.year().unsigned_abs(), month, day)?;
    date.and_hms(u16::from(time.hour().unsigned_abs()), minute, second)
}

/// Adds the table, which writes its headings. It is as small as possible here, because the crate records every cell of
/// a table; it gets its true size when the package is finished. Programs other than Excel ignore table styles, so the
/// headings have a format of their own.
fn set_headings(sheet: &mut Worksheet, headings: &[String]) -> Result<(), XlsxError> {
    let format = Format::new()
        .set_num_format_index(TEXT)
        .set_bold()
        .set_font_color(0x00FF_FFFF)
        .set_background_color(0x0033_4B63)
        .set_align(FormatAlign::VerticalCenter);
    let columns: Vec<TableColumn> = headings
        .iter()
        .map(|heading| {
            TableColumn::new()
                .set_header(heading)
                .set_header_format(&format)
        })
        .collect();
    let table = Table::new()
        .set_columns(&columns)
        .set_style(TableStyle::Light1);
    let last = u16::try_from(headings.len() - 1).unwrap_or(u16::MAX);
    sheet.add_table(0, 0, 1, last, &table)?;
    Ok(())
}

/// Sets the colour of each status.
fn statuses(sheet: &mut Worksheet, most_rows: u32, style: &CellStyle) -> Result<(), XlsxError> {
    for status in Status::ALL {
        let colours = colors::of(status);
        let format = Format::new()
            .set_background_color(colours.behind)
            .set_font_color(colours.word);
        let rule = ConditionalFormatCellRule::EqualTo(style.status(status));
        let format = ConditionalFormatCell::new()
            .set_rule(rule)
            .set_format(format);
        sheet.add_conditional_format(1, STATUS, most_rows, STATUS, &format)?;
    }
    Ok(())
}

/// Makes headings valid for a table: none empty, none twice, none with several lines.
fn distinct<'a>(headings: impl Iterator<Item = &'a str>, language: Language) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    let mut distinct = Vec::new();
    for (number, heading) in (1..).zip(headings) {
        let words = heading
            .split(char::is_whitespace)
            .filter(|word| !word.is_empty());
        let plain = words
            .collect::<Vec<_>>()
            .join(" ")
            .replace(char::is_control, "");
        let plain = if plain.is_empty() {
            words::column(number, language)
        } else {
            plain
        };
        let plain = shortened(&plain, LONGEST_HEADING - 8);
        let free = |name: &String| !taken.contains(&name.to_lowercase());
        let name = (2..).map(|copy| format!("{plain} {copy}"));
        let Some(name) = std::iter::once(plain.to_owned()).chain(name).find(free) else {
            continue;
        };
        taken.push(name.to_lowercase());
        distinct.push(name);
    }
    distinct
}

/// Shortens a text to what fits into a cell; a text that was cut says so at its end.
pub(super) fn fitting(text: &str, language: Language) -> Cow<'_, str> {
    if text.len() <= LONGEST || text.encode_utf16().count() <= LONGEST {
        return Cow::Borrowed(text);
    }
    let mark = results::cut_mark(language);
    Cow::Owned(format!(
        "{}{mark}",
        shortened(text, LONGEST - mark.encode_utf16().count())
    ))
}

/// Returns at most this many UTF-16 units of a text.
fn shortened(text: &str, most: usize) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, character)| {
        units += character.len_utf16();
        units > most
    });
    end.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_a_table_are_filled_and_differ() {
        let headings = [
            "row",
            "Город",
            "",
            "город",
            "a\nb",
            "ROW",
            "Город 2",
            "Город",
        ];
        assert_eq!(
            distinct(headings.into_iter(), Language::En),
            [
                "row",
                "Город",
                "Column 3",
                "город 2",
                "a b",
                "ROW 2",
                "Город 2 2",
                "Город 3"
            ]
        );
    }

    #[test]
    fn a_text_is_cut_where_a_cell_ends_and_says_so() {
        for (text, units) in [("ж", 1), ("🚲", 2)] {
            let fits = text.repeat(LONGEST / units);
            assert_eq!(fitting(&fits, Language::En), fits);
            let long = text.repeat(LONGEST);
            let cut = fitting(&format!("{long}{text}"), Language::Ru).into_owned();
            assert!(cut.ends_with(results::cut_mark(Language::Ru)), "{text}");
            assert!(
                (LONGEST - 1..=LONGEST).contains(&cut.encode_utf16().count()),
                "{text}"
            );
        }
    }
}
