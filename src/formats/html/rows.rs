//! The rows of a page: those of the chosen table, then those of every later table with the same headings, because
//! programs split long lists. Other tables with data are counted and reported at the end. Row numbers continue through
//! all tables that are read.

use std::path::{Path, PathBuf};

use super::cells::{COLUMNS, CellAttributes, Columns, Stored};
use super::css::Visibility;
use super::page::{Element, Event, Page};
use super::survey::{Headings, SurveyEvent, TableSurvey, TableSurveyor};
use super::text::CellText;
use super::tokens::TokenError;
use crate::formats::messages::{Damage, FileSentence};
use crate::formats::problem::{FileProblem, FileProblemCode};
use crate::formats::table::{Cell, OtherTables, RowKind, Rows, TableRow};

/// The most bytes of text in a row; the same as in a workbook.
const ROW_TEXT: usize = 1 << 20;

/// The rows of one page.
pub(super) struct HtmlRows {
    pub(super) page: Page,
    path: PathBuf,
    encoding: &'static str,
    /// The number of the last row that has begun.
    number: u64,
    /// Whether a table whose rows are handed out is open.
    is_inside: bool,
    /// Elements up to this level do not hide rows, so that a table that the user named is read even if it is hidden.
    shown_to: usize,
    /// How many open elements are around the rows of the table.
    level: usize,
    /// The headings of the first table.
    headings: Headings,
    /// Whether later tables are read and counted too.
    goes_on: bool,
    /// Whether cells that are not shown are read too, and a table in a cell is not, because it is read by itself.
    is_every_cell_read: bool,
    /// The cells of the open row that are not rendered; they come after the columns of the table.
    not_rendered: Vec<Cell>,
    survey: TableSurveyor,
    others: OtherTables,
    columns: Columns,
    /// The open cell, if any.
    open: Option<OpenCell>,
    cell_text: CellText,
    /// The bytes of text in this row so far.
    length: usize,
}

/// An open cell.
struct OpenCell {
    /// Its column; `None` if it is not rendered.
    column: Option<usize>,
    stored: Stored,
    /// The open elements from this level on hide its text.
    level: usize,
    /// Whether digits of its text are raised, lowered or struck out.
    digits_apart: bool,
}

impl Rows for HtmlRows {
    fn next_row(&mut self, row: &mut TableRow) -> Result<RowKind, FileProblem> {
        let seen = self
            .read_row(row)
            .map_err(|error| self.token_problem(error))?;
        let is_decoded = !row
            .cells
            .iter()
            .any(|cell| cell.text.contains(char::REPLACEMENT_CHARACTER));
        if seen == RowKind::End || is_decoded {
            Ok(seen)
        } else {
            Err(self.undecoded())
        }
    }

    fn other_tables(&self) -> OtherTables {
        self.others
    }
}

impl HtmlRows {
    /// Creates the reader for a page that is at its beginning.
    pub(super) fn new(
        page: Page,
        path: &Path,
        encoding: &'static str,
        include_hidden: bool,
    ) -> Self {
        Self {
            page,
            path: path.to_owned(),
            encoding,
            number: 0,
            is_inside: false,
            shown_to: 0,
            level: 0,
            headings: Headings::Unknown,
            goes_on: true,
            is_every_cell_read: false,
            not_rendered: Vec::new(),
            survey: TableSurveyor::new(include_hidden),
            others: OtherTables::default(),
            columns: Columns::default(),
            open: None,
            cell_text: CellText::default(),
            length: 0,
        }
    }

    /// Skips to the chosen table, given by its index; `before` are the indexes of the tables before it that hold data
    /// and are not read.
    pub(super) fn go_to(
        &mut self,
        table: usize,
        before: impl Iterator<Item = usize>,
    ) -> Result<(), TokenError> {
        before.for_each(|index| self.others.add(index));
        self.skip_to(table)
    }

    /// Skips to the table that the user named. Only this table is read, as if it were visible.
    pub(super) fn go_to_named(&mut self, table: usize) -> Result<(), TokenError> {
        self.goes_on = false;
        self.skip_to(table)?;
        self.shown_to = self.level;
        Ok(())
    }

    /// Skips to a table and reads all cells of this table, whether they are shown or not. Its rows are numbered from 1.
    pub(super) fn go_to_every_cell(&mut self, table: usize) -> Result<(), TokenError> {
        (self.number, self.columns) = (0, Columns::default());
        self.is_every_cell_read = true;
        self.go_to_named(table)
    }

    fn skip_to(&mut self, table: usize) -> Result<(), TokenError> {
        while self.page.tables() <= table {
            if self.page.next()? == Event::End {
                return Err(TokenError::CutOff);
            }
        }
        (self.is_inside, self.level) = (true, self.page.level());
        Ok(())
    }

    fn read_row(&mut self, row: &mut TableRow) -> Result<RowKind, TokenError> {
        while self.is_inside || self.next_table()? {
            match self.page.next()? {
                Event::Open(Element::Row) => return self.read_this_row(row),
                Event::Close(Element::Table) => self.is_inside = false,
                Event::Open(Element::Section) | Event::Close(Element::Section) => {
                    self.columns.end_section();
                }
                Event::Open(_) | Event::Close(_) | Event::Text | Event::Verbatim => {}
                Event::End => return Err(TokenError::CutOff),
            }
        }
        Ok(RowKind::End)
    }

    fn read_this_row(&mut self, row: &mut TableRow) -> Result<RowKind, TokenError> {
        self.number += 1;
        row.begin(self.number);
        self.columns.begin_row();
        self.length = 0;
        let is_hidden = self.page.is_hidden(self.shown_to);
        let is_hidden_in_table = self.page.is_hidden(self.level);
        self.read_cells(row)?;
        for (column, cell) in (self.columns.width()..).zip(self.not_rendered.drain(..)) {
            *row.cell(column) = cell;
        }
        row.finish();
        if self.headings == Headings::Unknown && !is_hidden_in_table {
            self.headings = Headings::of(row.cells.iter().map(|cell| cell.text.as_str()));
        }
        Ok(if is_hidden {
            RowKind::HiddenRow
        } else {
            RowKind::Row
        })
    }

    fn read_cells(&mut self, row: &mut TableRow) -> Result<(), TokenError> {
        let mut tables = 0;
        loop {
            match self.page.next()? {
                Event::End => return Err(TokenError::CutOff),
                Event::Open(Element::Table) => {
                    tables += 1;
                    self.cell_text.separate('\n');
                }
                Event::Close(Element::Table) => {
                    tables -= 1;
                    self.cell_text.separate('\n');
                }
                Event::Open(Element::Cell) if tables == 0 => self.begin_cell()?,
                Event::Close(Element::Cell) if tables == 0 => self.end_cell(row),
                Event::Close(Element::Row) if tables == 0 => return Ok(()),
                Event::Open(_) | Event::Close(_) | Event::Text | Event::Verbatim
                    if tables > 0 && self.is_every_cell_read => {}
                Event::Open(element) | Event::Close(element) => self.handle_inside_cell(element),
                Event::Text | Event::Verbatim if !self.is_text_shown() => {}
                Event::Text => self.push_text(CellText::push),
                Event::Verbatim => self.push_text(CellText::push_verbatim),
            }
            if self.length + self.cell_text.text().len() > ROW_TEXT {
                return Err(TokenError::TooLong);
            }
        }
    }

    /// Adds the text of the page to the open cell.
    fn push_text(&mut self, push: fn(&mut CellText, &str)) {
        let length = self.cell_text.text().len();
        push(&mut self.cell_text, self.page.tokens.text());
        let has_digits = || self.cell_text.text()[length..].contains(char::is_numeric);
        if self.page.is_apart(self.level)
            && has_digits()
            && let Some(cell) = &mut self.open
        {
            cell.digits_apart = true;
        }
    }

    /// Handles an element inside a cell: a nested table becomes text, and its rows become lines.
    fn handle_inside_cell(&mut self, element: Element) {
        match element {
            Element::Break if self.is_text_shown() => self.cell_text.push_break(),
            Element::Break | Element::Other => {}
            Element::Cell => self.cell_text.separate(' '),
            Element::Table | Element::Section | Element::Row | Element::Block => {
                self.cell_text.separate('\n');
            }
        }
    }

    /// Whether the current text is in a cell and is shown, provided that its row is.
    fn is_text_shown(&self) -> bool {
        self.open
            .as_ref()
            .is_some_and(|cell| !self.page.is_hidden(cell.level))
    }

    /// Begins the cell of the last tag. A cell that is not rendered takes no column, so that the others move, as in a
    /// browser.
    fn begin_cell(&mut self) -> Result<(), TokenError> {
        self.cell_text.begin();
        let (shown, reads_all) = (self.page.shown(), self.is_every_cell_read);
        if shown == Visibility::No && !reads_all {
            return Ok(());
        }
        let attributes = CellAttributes::read(&self.page.tokens);
        let column = if shown == Visibility::No {
            if self.not_rendered.len() >= COLUMNS {
                return Err(TokenError::TooLong);
            }
            None
        } else {
            Some(self.columns.place(&attributes, self.number)?)
        };
        let stored = if shown == Visibility::Yes || reads_all {
            attributes.stored
        } else {
            Stored::Nothing
        };
        // If all cells are read, the cell itself does not hide its text.
        let level = self.page.level() - usize::from(!reads_all);
        self.open = Some(OpenCell {
            column,
            stored,
            level,
            digits_apart: false,
        });
        Ok(())
    }

    fn end_cell(&mut self, row: &mut TableRow) {
        let Some(OpenCell {
            column,
            stored,
            digits_apart,
            ..
        }) = self.open.take()
        else {
            return;
        };
        let text = self.cell_text.text();
        self.length += text.len();
        let number = stored.number(text);
        if let Some(column) = column {
            let cell = row.cell(column);
            (cell.numeric, cell.digits_apart) = (number.is_some(), digits_apart);
            cell.text.clear();
            cell.text.push_str(number.as_deref().unwrap_or(text));
        } else {
            self.not_rendered.push(Cell {
                numeric: number.is_some(),
                text: number.unwrap_or_else(|| text.to_owned()),
                unclear_format: None,
                digits_apart,
            });
        }
        self.cell_text.begin();
    }

    /// Skips to the rows of the next table with the same headings as the first; returns `false` at the end of the page.
    /// Damage after the last table does not matter.
    fn next_table(&mut self) -> Result<bool, TokenError> {
        while self.goes_on {
            let event = match self.page.next() {
                Err(TokenError::CutOff | TokenError::TooLong) if !self.page.is_in_table() => {
                    Event::End
                }
                event => event?,
            };
            if event == Event::End {
                return if self.page.is_in_table() {
                    Err(TokenError::CutOff)
                } else {
                    Ok(false)
                };
            }
            match self.survey.take(event, &self.page) {
                Some(SurveyEvent::Headings) if self.is_continued() => {
                    self.enter();
                    return Ok(true);
                }
                Some(SurveyEvent::Table(table)) if self.survey.open().is_empty() => {
                    self.count(&table);
                }
                Some(SurveyEvent::Headings | SurveyEvent::Table(_)) | None => {}
            }
        }
        Ok(false)
    }

    /// Whether the innermost open table has the headings of the first table.
    fn is_continued(&self) -> bool {
        let table = self.survey.open().last();
        table.is_some_and(|table| self.headings.are_those_of(&table.headings))
    }

    /// Starts to read the innermost open table, from the row after its headings.
    fn enter(&mut self) {
        let Some(table) = self.survey.hand_over() else {
            return;
        };
        self.number += table.all_rows;
        (self.is_inside, self.level) = (true, table.level());
        self.columns = Columns::default();
    }

    fn count(&mut self, table: &TableSurvey) {
        table
            .with_data()
            .into_iter()
            .for_each(|index| self.others.add(index));
    }

    pub(super) fn token_problem(&self, error: TokenError) -> FileProblem {
        match error {
            TokenError::Io(error) => FileProblem::unreadable(&self.path, self.row(), &error),
            TokenError::TooLong => {
                let sentence = FileSentence::PageTooLong;
                FileProblem::new(
                    FileProblemCode::LineTooLong,
                    &self.path,
                    self.row(),
                    sentence,
                )
            }
            TokenError::CutOff => self.damaged(Damage::TableCutOff),
        }
    }

    pub(super) fn damaged(&self, damage: Damage) -> FileProblem {
        let sentence = FileSentence::PageDamaged { damage };
        FileProblem::new(
            FileProblemCode::HtmlDamaged,
            &self.path,
            self.row(),
            sentence,
        )
    }

    /// Returns the number of the last row that has begun, if there is one.
    fn row(&self) -> Option<u64> {
        Some(self.number).filter(|row| *row > 0)
    }

    fn undecoded(&self) -> FileProblem {
        let sentence = FileSentence::PageNotInEncoding {
            encoding: self.encoding,
        };
        FileProblem::new(
            FileProblemCode::EncodingUnknown,
            &self.path,
            Some(self.number),
            sentence,
        )
    }
}
