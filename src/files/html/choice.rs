//! Which table of a page is the one that is meant: the first with several rows of several cells, for
//! exporters put titles and layouts into tables, too. A list of phones alone has one column.

use super::tokens::{Token, TokenError, Tokens};
use super::{Element, element};

/// How much like a table of contacts a table is; more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    OneColumn,
    OneWideRow,
    Table,
}

/// A table that is open.
#[derive(Debug, Clone, Copy, Default)]
struct Open {
    /// Which of the tables of the page, from 0.
    index: usize,
    /// Cells of its last row.
    cells: usize,
    rows: usize,
    wide_rows: usize,
}

/// The place of the table among all of the page, from 0; a table inside another counts as well. It
/// looks no further than it must.
pub(super) fn table(tokens: &mut Tokens) -> Result<Option<usize>, TokenError> {
    let (mut open, mut best, mut count) = (Vec::<Open>::new(), None, 0);
    loop {
        match tokens.next()? {
            Token::Open => match (element(tokens.name()), open.last_mut()) {
                (Element::Table, _) => {
                    open.push(Open { index: count, ..Open::default() });
                    count += 1;
                }
                (Element::Row, Some(table)) => table.cells = 0,
                (Element::Cell, Some(table)) => table.add_cell(),
                _ => {}
            },
            Token::Close if element(tokens.name()) == Element::Table => {
                better(&mut best, open.pop());
            }
            Token::Close | Token::Text | Token::Verbatim => {}
            Token::End => break,
        }
        if open.len() > DEEPEST {
            return Err(TokenError::TooLong);
        }
        if let [outermost] = open[..]
            && outermost.rank() == Some(Rank::Table)
        {
            better(&mut best, Some(outermost));
            break;
        }
        if open.is_empty() && matches!(best, Some((Rank::Table, _))) {
            break;
        }
    }
    for table in open {
        better(&mut best, Some(table));
    }
    Ok(best.map(|(_, index)| index))
}

/// Tables in tables in tables; layouts of the nineties had a dozen.
const DEEPEST: usize = 100;

impl Open {
    const fn add_cell(&mut self) {
        self.cells += 1;
        match self.cells {
            1 => self.rows += 1,
            2 => self.wide_rows += 1,
            _ => {}
        }
    }

    const fn rank(&self) -> Option<Rank> {
        match (self.rows, self.wide_rows) {
            (0, _) => None,
            (_, 0) => Some(Rank::OneColumn),
            (_, 1) => Some(Rank::OneWideRow),
            (_, _) => Some(Rank::Table),
        }
    }
}

/// Keeps the better of two tables; of equal ones, the first on the page.
fn better(best: &mut Option<(Rank, usize)>, table: Option<Open>) {
    let Some((table, rank)) = table.and_then(|table| Some((table, table.rank()?))) else { return };
    if best.is_none_or(|(other, index)| rank > other || (rank == other && table.index < index)) {
        *best = Some((rank, table.index));
    }
}
