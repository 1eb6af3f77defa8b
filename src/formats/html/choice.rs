//! Chooses the table of a page: the one that the user names, else the first visible one with telephone numbers and
//! several rows of several cells. Exporters also use tables for titles and layouts, and a plain list of phones has one
//! column.

use super::page::{Event, Page};
use super::survey::{SurveyEvent, TableSurvey, TableSurveyor};
use super::tokens::TokenError;

/// How well a table fits; greater is better. A hidden table is chosen only if there is no other and hidden rows count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    is_shown: bool,
    shape: Shape,
}

/// How much a table looks like a table of contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shape {
    OneColumn,
    OneWideRow,
    Table,
    /// A table with a telephone number.
    HoldsNumber,
}

/// The chosen table and the others.
#[derive(Debug, Default)]
pub(super) struct Choice {
    best: Option<(Rank, usize)>,
    /// The indexes of the tables that hold data and ended before the search did.
    with_data: Vec<usize>,
    /// Whether some rows do not count because they are hidden.
    pub(super) has_hidden_rows: bool,
}

impl Choice {
    /// Returns the index of the chosen table among all tables of the page, from 0; nested tables count.
    pub(super) fn table(&self) -> Option<usize> {
        self.best.map(|(_, index)| index)
    }

    /// Returns the indexes of the tables before the chosen one that hold data.
    pub(super) fn before(&self) -> impl Iterator<Item = usize> {
        let table = self.table().unwrap_or(0);
        self.with_data
            .iter()
            .copied()
            .filter(move |index| *index < table)
    }

    /// Keeps the better of two tables; if they are equal, the first on the page.
    fn look_at(&mut self, table: &TableSurvey) {
        self.has_hidden_rows |= table.has_hidden_rows;
        let Some(rank) = rank(table) else { return };
        let is_better = |(other, index)| rank > other || (rank == other && table.index < index);
        if self.best.is_none_or(is_better) {
            self.best = Some((rank, table.index));
        }
    }
}

/// Chooses the table, and reads no further than needed. Damage after the first table is reported by the row reader.
pub(super) fn table(page: &mut Page, include_hidden: bool) -> Result<Choice, TokenError> {
    let mut survey = TableSurveyor::new(include_hidden);
    let mut choice = Choice::default();
    loop {
        let event = match page.next() {
            Err(error @ TokenError::Io(_)) => return Err(error),
            Err(error)
                if choice.best.is_none()
                    && survey.open().iter().all(|table| rank(table).is_none()) =>
            {
                return Err(error);
            }
            Err(TokenError::TooLong | TokenError::CutOff) | Ok(Event::End) => break,
            Ok(event) => event,
        };
        if let Some(SurveyEvent::Table(table)) = survey.take(event, page) {
            choice.look_at(&table);
            if survey.open().is_empty() {
                choice.with_data.extend(table.with_data());
            }
        }
        if let [outermost] = survey.open()
            && rank(outermost) == Some(Rank::BEST)
        {
            choice.look_at(outermost);
            return Ok(choice);
        }
        if survey.open().is_empty() && matches!(choice.best, Some((Rank::BEST, _))) {
            return Ok(choice);
        }
    }
    while let Some(table) = survey.close() {
        choice.look_at(&table);
    }
    Ok(choice)
}

/// Finds the table with this number, from 1, or this `id`; else returns the tables that hold data.
pub(super) fn named(
    page: &mut Page,
    asked: &str,
) -> Result<Result<usize, Vec<(String, bool)>>, TokenError> {
    let asked = asked.trim();
    let number = asked
        .parse()
        .ok()
        .and_then(|number: usize| number.checked_sub(1));
    let mut survey = TableSurveyor::new(true);
    let mut tables = Vec::new();
    loop {
        let event = match page.next() {
            Err(error @ TokenError::Io(_)) => return Err(error),
            Err(TokenError::TooLong | TokenError::CutOff) | Ok(Event::End) => break,
            Ok(event) => event,
        };
        let found = survey.take(event, page);
        if let Some(table) = survey.open().last()
            && (Some(table.index) == number || is_named(table, asked))
        {
            return Ok(Ok(table.index));
        }
        if let Some(SurveyEvent::Table(table)) = found
            && table.has_data()
        {
            tables.push((table.index, name(&table), table.is_hidden));
        }
    }
    tables.sort_unstable();
    Ok(Err(tables
        .into_iter()
        .map(|(_, name, is_hidden)| (name, is_hidden))
        .collect()))
}

fn is_named(table: &TableSurvey, asked: &str) -> bool {
    !table.id.is_empty() && table.id.to_lowercase() == asked.to_lowercase()
}

/// Returns the number of a table for `--sheet`, and how to recognise the table.
fn name(table: &TableSurvey) -> String {
    let number = table.index + 1;
    match table.headings.shown() {
        Some(headings) => format!("{number}: {headings}"),
        None => number.to_string(),
    }
}

impl Rank {
    const BEST: Self = Self {
        is_shown: true,
        shape: Shape::HoldsNumber,
    };
}

fn rank(table: &TableSurvey) -> Option<Rank> {
    let shape = match (table.rows, table.wide_rows, table.has_number()) {
        (0, ..) => return None,
        (_, 0, _) => Shape::OneColumn,
        (_, 1, _) => Shape::OneWideRow,
        (_, _, false) => Shape::Table,
        (_, _, true) => Shape::HoldsNumber,
    };
    Some(Rank {
        is_shown: !table.is_hidden,
        shape,
    })
}
