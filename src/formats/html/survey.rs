//! Observes the tables of a page while it is read: which one to read, which ones continue it with the same headings,
//! and which others hold data. Only one row of each open table is held in memory.

use super::css::Visibility;
use super::page::{Element, Event, Page};
use super::text::CellText;
use crate::i18n::is_invisible;

/// How many bytes of a cell are examined; neither headings nor numbers are longer.
const CELL: usize = 1024;

/// How many cells of a row are examined.
const ROW: usize = 1024;

/// Observes the open tables.
#[derive(Debug, Default)]
pub(super) struct TableSurveyor {
    open: Vec<TableSurvey>,
    /// Whether hidden rows count like any other.
    include_hidden: bool,
}

/// What was observed of a table that is open or has ended.
#[derive(Debug, Default)]
pub(super) struct TableSurvey {
    /// Its index among the tables of the page, from 0.
    pub(super) index: usize,
    /// Its `id`.
    pub(super) id: String,
    /// Whether it is not shown.
    pub(super) is_hidden: bool,
    /// How many rows of any kind have begun.
    pub(super) all_rows: u64,
    /// How many rows have a cell, and how many have several; hidden rows only if they count.
    pub(super) rows: usize,
    pub(super) wide_rows: usize,
    /// Whether some rows do not count because they are hidden.
    pub(super) has_hidden_rows: bool,
    pub(super) headings: Headings,
    numbers: HoldsNumber,
    /// Whether the rows of a table inside it are handed out.
    is_around_read: bool,
    /// The indexes of the tables inside it that hold data.
    inner: Vec<usize>,
    /// How many open elements are around its rows, and around its cells.
    level: usize,
    row_level: usize,
    row: RowSurvey,
}

/// The current row of a table that is observed.
#[derive(Debug, Default)]
struct RowSurvey {
    texts: Vec<String>,
    cells: usize,
    is_counted: bool,
    /// Whether the row itself is hidden, not only its table.
    is_hidden: bool,
    /// Whether the open cell is examined.
    is_in_cell: bool,
    cell_text: CellText,
}

/// The headings of a table: the texts of its first row with several cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Headings {
    /// No such row has come yet.
    #[default]
    Unknown,
    /// That row contains a telephone number, so it is not headings.
    Missing,
    /// The texts of the row.
    Texts(Vec<String>),
}

/// Whether a table contains what may be a telephone number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum HoldsNumber {
    #[default]
    Missing,
    /// A table inside it does.
    Inside,
    /// One of its own cells does.
    Own,
}

/// An observation of the surveyor.
pub(super) enum SurveyEvent {
    /// The first row of several cells in the innermost open table has ended: its headings are known.
    Headings,
    /// A table has ended.
    Table(TableSurvey),
}

impl Headings {
    /// Returns what a row shows about the headings of its table.
    pub(super) fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut texts: Vec<String> = cells.map(|text| text.trim().to_owned()).collect();
        while texts.last().is_some_and(String::is_empty) {
            texts.pop();
        }
        if texts.iter().filter(|text| !text.is_empty()).count() < 2 {
            Self::Unknown
        } else if texts.iter().any(|text| is_number(text)) {
            Self::Missing
        } else {
            Self::Texts(texts)
        }
    }

    /// Whether two tables have the same headings, regardless of case.
    pub(super) fn are_those_of(&self, other: &Self) -> bool {
        let (Self::Texts(one), Self::Texts(other)) = (self, other) else {
            return false;
        };
        let lower = |text: &String| text.to_lowercase();
        one.len() == other.len() && one.iter().map(lower).eq(other.iter().map(lower))
    }

    /// Returns the headings on one line, as shown to users.
    pub(super) fn shown(&self) -> Option<String> {
        let Self::Texts(texts) = self else {
            return None;
        };
        Some(
            texts
                .iter()
                .filter(|text| !text.is_empty())
                .take(4)
                .cloned()
                .collect::<Vec<_>>()
                .join(", "),
        )
    }
}

impl TableSurveyor {
    pub(super) fn new(include_hidden: bool) -> Self {
        Self {
            open: Vec::new(),
            include_hidden,
        }
    }

    /// Returns the open tables, the outermost first.
    pub(super) fn open(&self) -> &[TableSurvey] {
        &self.open
    }

    /// Ends the innermost open table.
    pub(super) fn close(&mut self) -> Option<TableSurvey> {
        let table = self.open.pop()?;
        if let Some(around) = self.open.last_mut() {
            around.inner.extend(table.with_data());
        }
        Some(table)
    }

    /// Stops observing the innermost open table: from here on the caller reads it.
    pub(super) fn hand_over(&mut self) -> Option<TableSurvey> {
        let table = self.open.pop();
        for around in &mut self.open {
            around.is_around_read = true;
        }
        table
    }

    /// Observes the next event of the page.
    pub(super) fn take(&mut self, event: Event, page: &Page) -> Option<SurveyEvent> {
        if event == Event::Open(Element::Table) {
            self.open_table(page);
            return None;
        }
        let include_hidden = self.include_hidden;
        let table = self.open.last_mut()?;
        match event {
            Event::Open(Element::Row) => table.open_row(page, include_hidden),
            Event::Open(Element::Cell) => table.open_cell(page.shown()),
            Event::Open(Element::Break | Element::Block) | Event::Close(Element::Block) => {
                table.row.cell_text.separate(' ');
            }
            Event::Text => table.gather(page),
            Event::Close(Element::Cell) => self.close_cell(),
            Event::Close(Element::Row) => return table.close_row(),
            Event::Close(Element::Table) => return self.close().map(SurveyEvent::Table),
            Event::Open(_) | Event::Close(_) | Event::Verbatim | Event::End => {}
        }
        None
    }

    fn open_table(&mut self, page: &Page) {
        let id = page
            .tokens
            .attributes()
            .find(|(name, _)| name.eq_ignore_ascii_case("id"));
        self.open.push(TableSurvey {
            index: page.tables() - 1,
            id: id.map_or_else(String::new, |(_, id)| id.trim().to_owned()),
            is_hidden: page.is_hidden(0),
            level: page.level(),
            ..TableSurvey::default()
        });
    }

    fn close_cell(&mut self) {
        let Some(table) = self.open.last_mut().filter(|table| table.row.is_in_cell) else {
            return;
        };
        table.row.is_in_cell = false;
        let text = table.row.cell_text.text();
        let is_number = table.row.is_counted && is_number(text);
        if table.headings == Headings::Unknown && table.row.texts.len() < ROW {
            table.row.texts.push(text.to_owned());
        }
        if is_number {
            table.numbers = HoldsNumber::Own;
            for around in &mut self.open {
                around.numbers = around.numbers.max(HoldsNumber::Inside);
            }
        }
    }
}

impl TableSurvey {
    /// Returns how many open elements are around its rows.
    pub(super) const fn level(&self) -> usize {
        self.level
    }

    /// Whether it contains rows of data: a title or a frame does not.
    pub(super) const fn has_data(&self) -> bool {
        self.wide_rows > 1 || matches!(self.numbers, HoldsNumber::Own)
    }

    /// Whether one of its cells, or a table inside it, contains what may be a telephone number.
    pub(super) const fn has_number(&self) -> bool {
        !matches!(self.numbers, HoldsNumber::Missing)
    }

    /// Returns the indexes of the tables that hold data and are not read: the table itself, or those inside it.
    pub(super) fn with_data(&self) -> Vec<usize> {
        if self.has_data() && !self.is_around_read {
            vec![self.index]
        } else {
            self.inner.clone()
        }
    }

    fn open_row(&mut self, page: &Page, include_hidden: bool) {
        self.all_rows += 1;
        self.row_level = page.level();
        self.row.cells = 0;
        self.row.texts.clear();
        self.row.is_in_cell = false;
        self.row.is_hidden = page.is_hidden(self.level);
        self.row.is_counted = include_hidden || !(self.is_hidden || self.row.is_hidden);
        self.has_hidden_rows |= !self.row.is_counted;
    }

    fn open_cell(&mut self, shown: Visibility) {
        self.row.cell_text.begin();
        self.row.is_in_cell = shown != Visibility::No;
        if !self.row.is_in_cell || !self.row.is_counted {
            return;
        }
        self.row.cells += 1;
        match self.row.cells {
            1 => self.rows += 1,
            2 => self.wide_rows += 1,
            _ => {}
        }
    }

    fn gather(&mut self, page: &Page) {
        let is_known = self.headings != Headings::Unknown && self.numbers == HoldsNumber::Own;
        let text = page.tokens.text();
        let is_short = self.row.cell_text.text().len() + text.len() <= CELL;
        if self.row.is_in_cell && !is_known && is_short && !page.is_hidden(self.row_level) {
            self.row.cell_text.push(text);
        }
    }

    fn close_row(&mut self) -> Option<SurveyEvent> {
        if self.headings != Headings::Unknown || self.row.is_hidden {
            return None;
        }
        self.headings = Headings::of(self.row.texts.iter().map(String::as_str));
        (self.headings != Headings::Unknown).then_some(SurveyEvent::Headings)
    }
}

/// Whether a text may be a telephone number, or one that a spreadsheet has shortened. A date is not.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(|char| char.is_numeric()).count();
    let is_sign = |letter: char| {
        letter.is_numeric()
            || letter.is_whitespace()
            || " +-()/;,'\"=＋‐‑‒–—−".contains(letter)
            || is_invisible(letter)
    };
    digits >= 9 && text.chars().all(is_sign) || is_scientific(text)
}

/// Whether a text is a number that a spreadsheet has shortened, such as `3,80671E+11`.
pub(super) fn is_scientific(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    let Some((mantissa, exponent)) = lower.split_once('e') else {
        return false;
    };
    let is_number = |text: &str, signs: &[char]| {
        text.contains(|letter: char| letter.is_ascii_digit())
            && text
                .chars()
                .all(|letter| letter.is_ascii_digit() || signs.contains(&letter))
    };
    is_number(mantissa, &[',', '.', '-', '+']) && is_number(exponent, &['+', '-'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_from_dates_and_words() {
        for (text, expected) in [
            ("+7 (900) 123-45-67", true),
            ("79001234567; 79001234568", true),
            ("3,80671E+11", true),
            ("380671234567", true),
            ("٧٩٠٠١٢٣٤٥٦٧", true),
            ("＋７ ９００ １２３–４５–６７", true),
            ("14.07.2026 12:30", false),
            ("2026-07-14", false),
            ("Телефон 89001234567", false),
            ("e5", false),
            ("", false),
        ] {
            assert_eq!(is_number(text), expected, "{text}");
        }
    }

    #[test]
    fn headings_are_several_texts_without_a_number() {
        let of = |cells: &[&str]| Headings::of(cells.iter().copied());
        assert_eq!(
            of(&["Имя", " ТЕЛЕФОН ", "", ""]).shown().as_deref(),
            Some("Имя, ТЕЛЕФОН")
        );
        assert_eq!(of(&["", "Отчёт", ""]), Headings::Unknown);
        assert_eq!(of(&["Анна", "79001234567"]), Headings::Missing);
        assert!(of(&["Имя", "T", ""]).are_those_of(&of(&["имя", " t"])));
        assert!(!Headings::Missing.are_those_of(&Headings::Missing));
    }
}
