//! Finds headings below the headings of a table. Two exports that were put together may have their columns in another
//! order; then every row below the second headings would be read from the wrong columns, with the number of one person
//! as that of another. Such rows are never guessed at: each of them is a problem.

use std::collections::VecDeque;

use crate::domain::is_blank;
use crate::formats::TableRow;

use super::columns::{self, Meaning};
use super::normalize;

/// Looks at each row below the headings of a table, in their order.
#[derive(Debug)]
pub(super) struct LaterHeadings {
    /// The headings of the table; `None` before the first row of a table without headings.
    first: Option<Vec<String>>,
    /// The row of those headings; 0 without headings.
    at: u64,
    /// Hidden rows that may be above the next row.
    hidden: VecDeque<TableRow>,
    /// The row with other headings.
    found: Option<u64>,
    /// A row that is either headings or data: the next row with a number decides.
    doubtful: Option<Doubtful>,
}

/// A row with only one heading, which is one of the table in another column: `Анна;нет;Телефон`.
#[derive(Debug, Clone, Copy)]
struct Doubtful {
    row: u64,
    /// The column of that heading in the table.
    before: usize,
    /// Its column in this row.
    after: usize,
}

impl LaterHeadings {
    /// Creates it for a table with these headings, or without headings; `hidden` are rows that were left out so far.
    pub(super) fn new(headings: Option<TableRow>, hidden: Vec<TableRow>) -> Self {
        let at = headings.as_ref().map_or(0, |row| row.number);
        let below = hidden.into_iter().filter(|row| row.number > at);
        Self {
            first: headings.map(|row| keys(&row)),
            at,
            hidden: below.collect(),
            found: None,
            doubtful: None,
        }
    }

    /// Looks at a hidden row that is left out. A filter hides headings further down too, as it hides any row.
    pub(super) fn pass(&mut self, hidden: &TableRow) {
        self.look_at(hidden);
    }

    /// Takes the next row, and returns the row with other headings, if it is this one or above it; for a row above the
    /// headings of the table, the row of those. If the user says that the table has no headings, the first row may hold
    /// them all the same.
    pub(super) fn above(&mut self, row: &TableRow) -> Option<u64> {
        if row.number < self.at {
            return Some(self.at);
        }
        while let Some(hidden) = self
            .hidden
            .pop_front_if(|hidden| hidden.number < row.number)
        {
            self.look_at(&hidden);
        }
        self.look_at(row);
        let doubtful = self.doubtful.as_ref().map(|doubtful| doubtful.row);
        self.found.or(doubtful)
    }

    fn look_at(&mut self, row: &TableRow) {
        if self.found.is_some() {
            return;
        }
        self.decide(row);
        let headings = self.headings(row);
        match (&self.first, headings) {
            (None, headings) => self.first = Some(headings.unwrap_or_default()),
            (Some(first), Some(headings)) if !are_same(first, &headings) => {
                match moved_alone(first, &headings).filter(|_| self.doubtful.is_none()) {
                    Some((before, after)) => {
                        let row = row.number;
                        self.doubtful = Some(Doubtful { row, before, after });
                    }
                    None => self.found = Some(row.number),
                }
            }
            (Some(_), _) => {}
        }
    }

    /// Decides with a row that holds a number what a doubtful row above it is. If the number is still in the column of
    /// the table, and the other column holds something else, the doubtful row is data.
    fn decide(&mut self, row: &TableRow) {
        let Some(Doubtful {
            row: doubtful,
            before,
            after,
        }) = self.doubtful
        else {
            return;
        };
        let text = |column: usize| row.cells.get(column).map_or("", |cell| &cell.text);
        if may_be_headings(row) {
            return;
        }
        if !holds_number(text(before)) || holds_number(text(after)) {
            self.found = Some(doubtful);
        } else if !is_blank(text(after)) {
            self.doubtful = None;
        }
    }

    /// Returns the cells of a row of headings: no number, and two different headings that are known or those of the
    /// table, or one of the table's headings in another column. A row of data may have empty cells and words such as
    /// `WhatsApp`; so if some of its cells are empty, all others must be headings.
    fn headings(&self, row: &TableRow) -> Option<Vec<String>> {
        if !may_be_headings(row) {
            return None;
        }
        let keys = keys(row);
        let first = self.first.as_deref().unwrap_or_default();
        let is_heading = |key: &&String| {
            !key.is_empty() && (first.contains(key) || columns::meaning(key).is_some())
        };
        let mut words: Vec<&String> = keys.iter().filter(is_heading).collect();
        let filled = keys.iter().filter(|key| !key.is_empty()).count();
        let is_full = filled == keys.len();
        let has_moved =
            |(column, key): (usize, &String)| first.get(column) != Some(key) && first.contains(key);
        let is_moved = is_full && filled >= first.len() && keys.iter().enumerate().any(has_moved);
        let is_whole = is_full || filled == words.len();
        words.sort_unstable();
        words.dedup();
        (is_whole && words.len() > 1 || is_moved).then_some(keys)
    }
}

/// Returns the columns, in the table and in a row, of a heading of the table that is the only heading in the row.
fn moved_alone(first: &[String], row: &[String]) -> Option<(usize, usize)> {
    let is_heading = |key: &str| {
        !key.is_empty()
            && (first.iter().any(|first| first == key) || columns::meaning(key).is_some())
    };
    let mut headings = row.iter().enumerate().filter(|(_, key)| is_heading(key));
    let (after, key) = headings.next()?;
    let before = first.iter().position(|first| first == key)?;
    headings.next().is_none().then_some((before, after))
}

/// Returns the cells as headings are compared, without empty ones at the end.
fn keys(row: &TableRow) -> Vec<String> {
    let filled = row.cells.iter().rposition(|cell| !is_blank(&cell.text));
    let cells = row.cells.iter().take(filled.map_or(0, |last| last + 1));
    cells.map(|cell| columns::key(&cell.text)).collect()
}

/// Whether a row holds no number.
pub(super) fn may_be_headings(row: &TableRow) -> bool {
    !row.cells.iter().any(|cell| holds_number(&cell.text))
}

/// Whether a cell holds what no heading holds. Nearly every row of data has such a cell, so this must be fast.
fn holds_number(text: &str) -> bool {
    let digits = normalize::digits(text);
    digits > 8 || digits > 2 && text.contains(['+', '＋', '@']) && normalize::is_number(text)
}

/// Whether each column has the same heading, or another word for the same.
fn are_same(first: &[String], later: &[String]) -> bool {
    first.len() == later.len()
        && first.iter().zip(later).all(|(first, later)| {
            let meanings = || Some((columns::meaning(first)?, columns::meaning(later)?));
            first == later || meanings().is_some_and(|(first, later)| mean_same(first, later))
        })
}

fn mean_same(one: Meaning, other: Meaning) -> bool {
    match (one, other) {
        (
            Meaning::Named(one) | Meaning::Synonym(one),
            Meaning::Named(other) | Meaning::Synonym(other),
        ) => one == other,
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Cell;

    fn row(number: u64, text: &str) -> TableRow {
        let cell = |text: &str| Cell {
            text: text.to_owned(),
            ..Cell::default()
        };
        TableRow {
            number,
            cells: text.split(';').map(cell).collect(),
            fault: None,
        }
    }

    #[test]
    fn other_headings_are_told_from_the_same_ones_and_from_data() {
        for (headings, later, is_found) in [
            ("Имя;Телефон", "Телефон;Имя", true),
            ("Имя;Телефон", "Фамилия;Имя;Телефон", true),
            ("Имя;Телефон", "Имя;Мобильный телефон", true),
            ("Имя;Телефон;Город", "ID;Имя;Статус;Телефон", true),
            ("Имя;Телефон", "Телефон;;Имя", true),
            ("Клиент №;Наш агент", "наш агент;Клиент №", true),
            (
                "phoneNumber;phoneContact",
                "phoneContact*; phoneNumber",
                true,
            ),
            ("Телефон;Имя", "Телефон менеджера;Телефон", true),
            ("Клиент №;Телефон", "Телефон;Номер клиента", true),
            ("Тип;Компания;Телефон", "Компания;ООО Ромашка;", false),
            ("Имя;Телефон", "Имя;Телефон", false),
            ("Имя;Телефон;;", " имя ;ТЕЛЕФОН:", false),
            ("Имя;Телефон", "First name;phone", false),
            ("Имя;Телефон", "firstName;Тел.", false),
            ("Имя;Телефон", "Имя;", false),
            ("Имя;Телефон", "Анна;нет", false),
            ("Имя;Телефон", "Контакт;нет", false),
            ("Имя;Телефон;Тип;Источник", "ООО;;Компания;WhatsApp", false),
            (
                "Имя;Телефон;Тип;Тип 2",
                "Анна;+7 495 1234567 доб. 1;Mobile;Компания",
                false,
            ),
            ("Имя;Телефон;Тип;Тип 2", "Анна;нет;Mobile;Mobile", false),
        ] {
            let mut below = LaterHeadings::new(Some(row(1, headings)), Vec::new());
            assert_eq!(below.above(&row(2, "Анна;79001234567")), None);
            let found = is_found.then_some(3);
            assert_eq!(below.above(&row(3, later)), found, "{headings} {later}");
            assert_eq!(below.above(&row(4, "79001234568;79001234569")), found);
        }
    }

    #[test]
    fn one_heading_among_data_is_data_if_the_numbers_stay_in_their_column() {
        let headings = "Имя;Телефон;Способ связи";
        for (later, next, is_found) in [
            ("Анна;нет;Телефон", "Ира;79001234568;WhatsApp", false),
            ("Анна;нет;Телефон", "Ира;;79001234568", true),
            ("Анна;нет;Телефон", "Ира;79001234568;79001234569", true),
            ("Агент;Номер агента;Имя", "Ира;79001234568;Анна", true),
            ("Агент;Имя;Телефон", "Ира;79001234568;WhatsApp", true),
        ] {
            let mut below = LaterHeadings::new(Some(row(1, headings)), Vec::new());
            assert_eq!(below.above(&row(2, later)), Some(2), "{later}");
            assert_eq!(below.above(&row(3, "Олег;нет;да")), Some(2));
            let found = is_found.then_some(2);
            assert_eq!(below.above(&row(4, next)), found, "{later} {next}");
            assert_eq!(below.above(&row(5, "Ян;79001234568;да")), found);
        }
        let mut below = LaterHeadings::new(Some(row(1, headings)), Vec::new());
        for (number, text, found) in [
            (2, "Анна;нет;Телефон", Some(2)),
            (3, "Ира;79001234568;", Some(2)),
            (4, "Ян;79001234568;да", None),
        ] {
            assert_eq!(below.above(&row(number, text)), found, "{text}");
        }
    }

    #[test]
    fn a_table_without_headings_may_begin_with_some() {
        let above = |rows: &[&str]| {
            let mut below = LaterHeadings::new(None, Vec::new());
            let rows = (1..).zip(rows).map(|(number, text)| row(number, text));
            rows.map(|row| below.above(&row)).last().unwrap()
        };
        assert_eq!(above(&["Имя;Телефон", "Анна;79001234567"]), None);
        assert_eq!(above(&["Анна;79001234567", "Олег;79001234568"]), None);
        assert_eq!(
            above(&["Анна;79001234567", "Имя;Телефон", "Олег;1"]),
            Some(2)
        );
        assert_eq!(above(&["Имя;Телефон", "Телефон;Имя", "1;Олег"]), Some(2));
    }
}
