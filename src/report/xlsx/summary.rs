//! The sheet of figures: how many rows have which status, with a chart, and below it delivery, reasons, files and runs.
//! Counts are formulas over the rows, so they stay right when a person corrects rows; their values are stored too, for
//! programs that do not calculate.

use jiff::tz::TimeZone;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError};

use super::{
    chart,
    sheets::{Sheet, fitting, printed},
};
use crate::{
    domain::Status,
    i18n::{Language, date_time},
    ledger::Run,
    report::{
        ReportOptions, colors,
        stats::{self, CampaignStats, Piece},
        style::CellStyle,
        words::{Label, duration},
    },
};

/// How many reasons are listed at most.
const REASONS: usize = 50;

/// The number of columns, and their widths in characters.
const COLUMNS: u16 = 11;
const WIDTHS: [f64; COLUMNS as usize] = [
    26.0, 16.0, 28.0, 28.0, 14.0, 16.0, 22.0, 13.0, 13.0, 13.0, 13.0,
];

/// The characters of a meaning on one line of its columns.
const MEANING_LINE: usize = 120;

/// The characters of a file's name on one line of its column.
const FILE_LINE: usize = 24;

/// The height of a line of text, in points.
const LINE_HEIGHT: f64 = 15.0;

/// Writes the sheet; returns the pieces of the chart.
pub(super) fn write(
    book: &mut Workbook,
    figures: &CampaignStats,
    sheets: &[Sheet],
    options: &ReportOptions,
) -> Result<Vec<u64>, XlsxError> {
    let language = options.language;
    let name = Label::Summary.text(language);
    let sheet = book.add_worksheet();
    sheet.set_name(name)?;
    for (column, width) in (0..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    printed(sheet);
    sheet.set_screen_gridlines(false);
    let mut page = Page {
        sheet,
        row: 0,
        language,
        style: CellStyle::new(options, figures.zone.clone(), figures.commands()),
        zone: figures.zone.clone(),
    };
    page.write_head(figures)?;
    let pieces = figures.pieces();
    let counts = page.write_counts(figures, sheets)?;
    let first = page.write_deliveries(figures, &pieces)?.unwrap_or(counts);
    page.insert_chart((name, first), &pieces)?;
    page.write_reasons(figures)?;
    page.write_files(figures)?;
    page.write_runs(figures)?;
    Ok(pieces.into_iter().map(|(_, rows)| rows).collect())
}

/// The sheet, and the row to be written next.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
    language: Language,
    /// The words in the rows, which formulas count.
    style: CellStyle,
    /// The zone in which times are shown.
    zone: TimeZone,
}

impl Page<'_> {
    fn write_head(&mut self, figures: &CampaignStats) -> Result<(), XlsxError> {
        let title = Format::new().set_bold().set_font_size(16);
        self.sheet
            .write_string_with_format(0, 0, &figures.campaign, &title)?;
        self.row = 1;
        let program = format!("sendcontact {}", env!("CARGO_PKG_VERSION"));
        let facts = [
            (Label::Instance, figures.senders().join("; ")),
            (Label::Ledger, figures.ledger.to_string()),
            (Label::Program, program),
        ];
        for (word, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
            let label = Format::new().set_font_color(0x0059_5959);
            self.sheet
                .write_string_with_format(self.row, 0, word.text(self.language), &label)?;
            self.sheet.write_string(self.row, 1, fact)?;
            self.row += 1;
        }
        Ok(())
    }

    /// Writes the seven counts, those with rows first, because the chart shows only these; returns the first row.
    fn write_counts(
        &mut self,
        figures: &CampaignStats,
        sheets: &[Sheet],
    ) -> Result<u32, XlsxError> {
        self.write_headings(
            None,
            &[Label::Status, Label::Rows, Label::Share, Label::Meaning],
        )?;
        let none = Status::ALL
            .into_iter()
            .filter(|status| figures.counts.of(*status) == 0);
        let (first, total) = (self.row, self.row + 7);
        for (status, rows) in figures
            .some()
            .into_iter()
            .chain(none.map(|status| (status, 0)))
        {
            let colours = colors::of(status);
            let word = Format::new()
                .set_background_color(colours.behind)
                .set_font_color(colours.word);
            self.sheet
                .write_string_with_format(self.row, 0, self.style.status(status), &word)?;
            let count = Formula::new(count(sheets, self.row)).set_result(rows.to_string());
            self.sheet
                .write_formula_with_format(self.row, 1, count, &number())?;
            self.write_share(rows, figures.counts.rows(), total)?;
            let meaning = self
                .style
                .commands
                .fill(stats::meaning(status, self.language));
            self.write_meaning(&meaning)?;
            self.row += 1;
        }
        let rows = figures.counts.rows();
        let sum =
            Formula::new(format!("SUM(B{}:B{total})", first + 1)).set_result(rows.to_string());
        let line = Format::new().set_bold().set_border_top(FormatBorder::Thin);
        self.sheet
            .write_string_with_format(total, 0, Label::Total.text(self.language), &line)?;
        self.sheet.write_formula_with_format(
            total,
            1,
            sum,
            &line.clone().set_num_format("#,##0"),
        )?;
        self.sheet.write_blank(total, 2, &line)?;
        self.row = total + 1;
        Ok(first)
    }

    fn write_share(&mut self, rows: u64, all: u64, total: u32) -> Result<(), XlsxError> {
        if all > 0 {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a share is shown to one decimal"
            )]
            let share = rows as f64 / all as f64;
            let formula = Formula::new(format!("B{}/B${}", self.row + 1, total + 1));
            let formula = formula.set_result(share.to_string());
            self.sheet
                .write_formula_with_format(self.row, 2, formula, &percent())?;
        }
        Ok(())
    }

    /// Draws the shares of the counts from row `first` on.
    fn insert_chart(
        &mut self,
        (name, first): (&str, u32),
        pieces: &[(Piece, u64)],
    ) -> Result<(), XlsxError> {
        if let Some(chart) = chart::doughnut((name, first), pieces, self.language) {
            self.sheet
                .insert_chart_with_offset(self.row, 0, &chart, 0, 10)?;
            self.row += chart::ROWS;
        }
        Ok(())
    }

    /// Writes what became of the rows, if the service was asked; returns the first row.
    fn write_deliveries(
        &mut self,
        figures: &CampaignStats,
        pieces: &[(Piece, u64)],
    ) -> Result<Option<u32>, XlsxError> {
        if figures.delivered().is_empty() {
            return Ok(None);
        }
        let headings = [Label::Delivery, Label::Rows, Label::Share, Label::Meaning];
        self.write_headings(None, &headings)?;
        let (first, all) = (self.row, figures.counts.rows());
        for (piece, rows) in pieces {
            let colours = colors::of_piece(*piece);
            let word = Format::new()
                .set_background_color(colours.behind)
                .set_font_color(colours.word);
            let row = self.row;
            self.sheet
                .write_string_with_format(row, 0, piece.word(self.language), &word)?;
            #[expect(clippy::cast_precision_loss, reason = "no ledger has 2^53 rows")]
            let (rows, all) = (*rows as f64, all as f64);
            self.sheet
                .write_number_with_format(row, 1, rows, &number())?;
            self.sheet
                .write_number_with_format(row, 2, rows / all, &percent())?;
            let meaning = self.style.commands.fill(piece.meaning(self.language));
            self.write_meaning(&meaning)?;
            self.row += 1;
        }
        Ok(Some(first))
    }

    /// Writes what a word means into the current row. A long text, for example with a long campaign name, gets several
    /// lines across the columns to the right.
    fn write_meaning(&mut self, meaning: &str) -> Result<(), XlsxError> {
        let lines = meaning.chars().count().div_ceil(MEANING_LINE);
        if lines < 2 {
            self.sheet
                .write_string_with_format(self.row, 3, meaning, &text())?;
            return Ok(());
        }
        let wrapped = text()
            .set_text_wrap()
            .set_align(FormatAlign::Left)
            .set_align(FormatAlign::Top);
        self.sheet
            .merge_range(self.row, 3, self.row, COLUMNS - 1, meaning, &wrapped)?;
        self.set_lines(self.row, lines)
    }

    /// Makes a row as high as this many lines.
    fn set_lines(&mut self, row: u32, lines: usize) -> Result<(), XlsxError> {
        let lines = u16::try_from(lines).unwrap_or(u16::MAX);
        self.sheet
            .set_row_height(row, LINE_HEIGHT * f64::from(lines))?;
        Ok(())
    }

    fn write_reasons(&mut self, figures: &CampaignStats) -> Result<(), XlsxError> {
        if figures.reasons.is_empty() {
            return Ok(());
        }
        self.write_headings(
            Some(Label::Reasons),
            &[Label::Status, Label::Rows, Label::Reason],
        )?;
        for reason in figures.reasons.iter().take(REASONS) {
            let words = stats::reason(reason, self.language);
            self.write_line(&[
                Cell::Text(self.style.status(reason.status)),
                Cell::Number(reason.rows),
                Cell::Text(words),
            ])?;
        }
        Ok(())
    }

    fn write_files(&mut self, figures: &CampaignStats) -> Result<(), XlsxError> {
        self.write_headings(None, &[Label::File, Label::ReadAs])?;
        for source in &figures.sources {
            let layout = source.layout.clone().unwrap_or_default();
            let row = self.row;
            self.write_line(&[Cell::Text(source.name.clone()), Cell::Text(layout)])?;
            // The cell beside it would hide the end of a long name.
            let lines = source.name.chars().count().div_ceil(FILE_LINE);
            if lines > 1 {
                let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
                self.sheet.set_cell_format(row, 0, &wrapped)?;
                self.set_lines(row, lines)?;
            }
        }
        Ok(())
    }

    fn write_runs(&mut self, figures: &CampaignStats) -> Result<(), XlsxError> {
        if figures.runs.is_empty() {
            return Ok(());
        }
        let words = [
            Label::Command,
            Label::Took,
            Label::BeganAt,
            Label::EndedAt,
            Label::Cards,
            Label::Limit,
            Label::Rate,
            Label::Exit,
            Label::Version,
        ];
        self.write_headings(Some(Label::Runs), &words)?;
        for run in &figures.runs {
            self.write_run(run)?;
        }
        Ok(())
    }

    fn write_run(&mut self, run: &Run) -> Result<(), XlsxError> {
        let time = |at| date_time(at, &self.zone, self.language);
        let cut_off = || Label::CutOff.text(self.language).to_owned();
        let number = |count: Option<u64>| count.map_or(Cell::Nothing, Cell::Number);
        let took = stats::took(run)
            .map(|took| duration(took.as_secs(), self.language))
            .unwrap_or_default();
        self.write_line(&[
            Cell::Text(format!("{}. {}", run.number, run.command)),
            Cell::Text(took),
            Cell::Text(time(run.began)),
            Cell::Text(run.ended.map_or_else(cut_off, time)),
            number(stats::contacts(run)),
            run.rate.map_or(Cell::Nothing, Cell::Fraction),
            stats::rate(run).map_or(Cell::Nothing, Cell::Fraction),
            number(run.exit.map(u64::from)),
            Cell::Text(run.version.clone()),
        ])
    }

    /// Writes a blank row, a title over several columns if there is one, and headings.
    fn write_headings(&mut self, title: Option<Label>, words: &[Label]) -> Result<(), XlsxError> {
        self.row += 1;
        if let Some(title) = title {
            let format = Format::new().set_bold().set_font_size(12);
            self.sheet
                .write_string_with_format(self.row, 0, title.text(self.language), &format)?;
            self.row += 1;
        }
        let format = Format::new()
            .set_bold()
            .set_font_color(0x00FF_FFFF)
            .set_background_color(0x0033_4B63);
        for column in 0..COLUMNS {
            self.sheet.write_blank(self.row, column, &format)?;
        }
        for (column, word) in (0..).zip(words) {
            let numbers = [
                Label::Rows,
                Label::Share,
                Label::Cards,
                Label::Limit,
                Label::Rate,
                Label::Exit,
            ]
            .contains(word);
            let format = match (numbers, column) {
                (true, _) => format.clone().set_align(FormatAlign::Right),
                (false, 0) => format.clone(),
                (false, _) => format.clone().set_indent(1),
            };
            let word_text = word.text(self.language);
            let text = if [Label::BeganAt, Label::EndedAt].contains(word) {
                format!("{word_text} ({})", self.style.zone_name())
            } else {
                word_text.to_owned()
            };
            self.sheet
                .write_string_with_format(self.row, column, text, &format)?;
        }
        self.row += 1;
        Ok(())
    }

    fn write_line(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(words) => {
                    let format = if column == 0 { Format::new() } else { text() };
                    let words = fitting(words, self.language);
                    self.sheet
                        .write_string_with_format(self.row, column, words, &format)?;
                }
                #[expect(clippy::cast_precision_loss, reason = "no ledger has 2^53 rows")]
                Cell::Number(count) => {
                    self.sheet.write_number_with_format(
                        self.row,
                        column,
                        *count as f64,
                        &number(),
                    )?;
                }
                Cell::Fraction(number) => {
                    self.sheet.write_number(self.row, column, *number)?;
                }
                Cell::Nothing => {}
            }
        }
        self.row += 1;
        Ok(())
    }
}

enum Cell {
    Text(String),
    Number(u64),
    Fraction(f64),
    Nothing,
}

/// Returns a format for text that keeps its distance from the number before it.
fn text() -> Format {
    Format::new().set_indent(1)
}

fn percent() -> Format {
    Format::new().set_num_format("0.0%")
}

fn number() -> Format {
    Format::new().set_num_format("#,##0")
}

/// Returns the formula that counts, over every sheet of rows, the status named at the beginning of this row.
fn count(sheets: &[Sheet], row: u32) -> String {
    let of = |sheet: &Sheet| {
        format!(
            "COUNTIF('{}'!$B$2:$B${},$A{})",
            sheet.name,
            sheet.rows.max(1) + 1,
            row + 1
        )
    };
    sheets.iter().map(of).collect::<Vec<_>>().join("+")
}
