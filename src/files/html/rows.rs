//! The rows of one table of a page. Cells and rows that are not closed end where the next one
//! begins; cells that reach over several columns or rows keep the others in their columns.

use std::path::{Path, PathBuf};

use super::text::Gathered;
use super::tokens::{Token, TokenError, Tokens};
use super::{Element, element};
use crate::files::problem::{FileProblem, FileProblemCode};
use crate::files::table::{Rows, Seen, TableRow};
use crate::files::value;
use crate::sentences::{Damage, FileSentence};

/// Columns that a row may have, and the text of a row in bytes; the same as in a workbook.
const COLUMNS: usize = 16_384;
const ROW_TEXT: usize = 1 << 20;

/// What a cell may span at most (source: HTML Living Standard, 4.9.11).
const COLUMN_SPAN: usize = 1000;
const ROW_SPAN: u64 = 65_534;

/// The rows of one table.
pub(super) struct HtmlRows {
    pub(super) tokens: Tokens,
    path: PathBuf,
    encoding: &'static str,
    /// The row that was begun last.
    number: u64,
    /// A row that has begun while the one before it was not closed; whether it is hidden.
    begun: Option<bool>,
    ended: bool,
    /// For each column, the first row below the cell that stands in it.
    covered: Vec<u64>,
    /// The column of the next cell.
    column: usize,
    /// The cell that is open, and whether it is a number.
    open: Option<(usize, bool)>,
    gathered: Gathered,
    /// Tables that are open inside the cell.
    nested: usize,
    /// Bytes of text in this row.
    length: usize,
}

impl Rows for HtmlRows {
    fn next_row(&mut self, row: &mut TableRow) -> Result<Seen, FileProblem> {
        let seen = self.read_row(row).map_err(|error| self.of_token(error))?;
        let is_decoded = !row.cells.iter().any(|cell| cell.text.contains(char::REPLACEMENT_CHARACTER));
        if seen == Seen::End || is_decoded { Ok(seen) } else { Err(self.undecoded()) }
    }
}

impl HtmlRows {
    pub(super) fn new(tokens: Tokens, path: &Path, encoding: &'static str) -> Self {
        Self {
            tokens,
            path: path.to_owned(),
            encoding,
            number: 0,
            begun: None,
            ended: false,
            covered: Vec::new(),
            column: 0,
            open: None,
            gathered: Gathered::default(),
            nested: 0,
            length: 0,
        }
    }

    /// Goes on to a table, by its place among all of the page.
    pub(super) fn go_to(&mut self, table: usize) -> Result<(), TokenError> {
        let mut before = table;
        loop {
            match self.tokens.next()? {
                Token::Open if self.element() == Element::Table && before == 0 => return Ok(()),
                Token::Open if self.element() == Element::Table => before -= 1,
                Token::Open | Token::Close | Token::Text | Token::Verbatim => {}
                Token::End => return Err(TokenError::CutOff),
            }
        }
    }

    fn read_row(&mut self, row: &mut TableRow) -> Result<Seen, TokenError> {
        let Some(is_hidden) = self.next_head()? else { return Ok(Seen::End) };
        row.begin(self.number);
        self.length = 0;
        loop {
            let token = self.tokens.next()?;
            if !self.go_on(token, row)? {
                break;
            }
        }
        row.finish();
        Ok(if is_hidden { Seen::HiddenRow } else { Seen::Row })
    }

    /// Goes on to the next row; whether it is hidden, or nothing at the end.
    fn next_head(&mut self) -> Result<Option<bool>, TokenError> {
        if self.begun.is_some() || self.ended {
            return Ok(self.begun.take());
        }
        loop {
            match self.tokens.next()? {
                Token::Open => match self.element() {
                    Element::Row if self.tokens.is_closed() => drop(self.begin_row()),
                    Element::Row => return Ok(Some(self.begin_row())),
                    Element::Cell => {
                        (self.number, self.column) = (self.number + 1, 0);
                        self.begin_cell()?;
                        return Ok(Some(false));
                    }
                    Element::Table => self.skip(Element::Table)?,
                    Element::Section
                    | Element::Data
                    | Element::Comment
                    | Element::Break
                    | Element::Block
                    | Element::Other => {}
                },
                Token::Close if self.element() == Element::Table => {
                    self.ended = true;
                    return Ok(None);
                }
                Token::Close | Token::Text | Token::Verbatim => {}
                Token::End => return Err(TokenError::CutOff),
            }
        }
    }

    /// Takes in a token of a row; `false` if the row ends with it.
    fn go_on(&mut self, token: Token, row: &mut TableRow) -> Result<bool, TokenError> {
        match token {
            Token::End => return Err(TokenError::CutOff),
            Token::Text | Token::Verbatim if self.open.is_none() => {}
            Token::Text => self.gathered.push(self.tokens.text()),
            Token::Verbatim => self.gathered.push_verbatim(self.tokens.text()),
            Token::Open | Token::Close if self.nested > 0 => self.go_on_nested(token),
            Token::Open => return self.open_element(row),
            Token::Close => return Ok(self.close_element(row)),
        }
        if self.length + self.gathered.text().len() > ROW_TEXT { Err(TokenError::TooLong) } else { Ok(true) }
    }

    /// A table inside a cell is text: its rows are lines.
    fn go_on_nested(&mut self, token: Token) {
        match (self.element(), token) {
            (Element::Table, Token::Open) => self.nested += 1,
            (Element::Table, _) => {
                self.nested -= 1;
                self.gathered.part('\n');
            }
            (Element::Break, _) => self.gathered.push_break(),
            (Element::Row | Element::Block | Element::Section, _) => self.gathered.part('\n'),
            (Element::Cell, _) => self.gathered.part(' '),
            (Element::Data | Element::Comment | Element::Other, _) => {}
        }
    }

    fn open_element(&mut self, row: &mut TableRow) -> Result<bool, TokenError> {
        match self.element() {
            Element::Row => {
                self.end_cell(row);
                self.begun = Some(self.begin_row());
                return Ok(false);
            }
            Element::Section => {
                self.end_cell(row);
                return Ok(false);
            }
            Element::Cell => {
                self.end_cell(row);
                self.begin_cell()?;
            }
            Element::Table if self.open.is_some() => {
                self.nested = 1;
                self.gathered.part('\n');
            }
            Element::Table => self.skip(Element::Table)?,
            Element::Data => {
                let is_number = self.tokens.attribute("type").is_some_and(|kind| kind == "Number");
                self.open = self.open.map(|(column, _)| (column, is_number));
            }
            Element::Comment => self.skip(Element::Comment)?,
            Element::Break => self.gathered.push_break(),
            Element::Block => self.gathered.part('\n'),
            Element::Other => {}
        }
        Ok(true)
    }

    fn close_element(&mut self, row: &mut TableRow) -> bool {
        match self.element() {
            Element::Table | Element::Section | Element::Row => {
                self.end_cell(row);
                self.ended = self.element() == Element::Table;
                false
            }
            Element::Cell => {
                self.end_cell(row);
                true
            }
            Element::Block => {
                self.gathered.part('\n');
                true
            }
            Element::Data | Element::Comment | Element::Break | Element::Other => true,
        }
    }

    /// Begins the row whose tag was just read; whether it is hidden.
    fn begin_row(&mut self) -> bool {
        let index = self.tokens.attribute("index").and_then(|index| index.parse().ok());
        self.number = index.filter(|index| *index > self.number).unwrap_or(self.number + 1);
        self.column = 0;
        let style = self.tokens.attribute("style").unwrap_or_default().to_ascii_lowercase();
        let style: String = style.split_ascii_whitespace().collect();
        style.contains("display:none") || self.tokens.attribute("hidden").is_some_and(|hidden| hidden == "1")
    }

    /// Begins the cell whose tag was just read, in the next column that no cell from above covers.
    fn begin_cell(&mut self) -> Result<(), TokenError> {
        let number =
            |name| self.tokens.attribute(name).and_then(|number| number.trim().parse::<usize>().ok());
        let columns = number("colspan").or_else(|| number("mergeacross").map(|more| more + 1));
        let columns = columns.filter(|columns| (1..=COLUMN_SPAN).contains(columns)).unwrap_or(1);
        let rows = number("rowspan").or_else(|| number("mergedown").map(|more| more + 1));
        let rows = rows.and_then(|rows| u64::try_from(rows).ok()).unwrap_or(1).clamp(1, ROW_SPAN);
        let is_closed = self.tokens.is_closed() && self.tokens.name() == "cell";
        match number("index").and_then(|index| index.checked_sub(1)) {
            Some(column) => self.column = column,
            None => {
                while self.covered.get(self.column).is_some_and(|below| *below > self.number) {
                    self.column += 1;
                }
            }
        }
        let (start, end) = (self.column, self.column.saturating_add(columns));
        if end > COLUMNS {
            return Err(TokenError::TooLong);
        }
        self.covered.resize(self.covered.len().max(end), 0);
        self.covered[start..end].fill(self.number + rows);
        self.column = end;
        self.gathered.begin();
        self.open = (!is_closed).then_some((start, false));
        Ok(())
    }

    fn end_cell(&mut self, row: &mut TableRow) {
        let Some((column, is_number)) = self.open.take() else { return };
        let text = self.gathered.text();
        self.length += text.len();
        let number = if is_number { value::plain(text.trim()) } else { None };
        let cell = row.cell(column);
        cell.numeric = number.is_some();
        cell.text.clear();
        cell.text.push_str(number.as_deref().unwrap_or(text));
        self.gathered.begin();
    }

    /// Passes over the element that has just begun.
    fn skip(&mut self, element: Element) -> Result<(), TokenError> {
        let mut depth = 1;
        while depth > 0 {
            match self.tokens.next()? {
                Token::Open if self.element() == element => depth += 1,
                Token::Close if self.element() == element => depth -= 1,
                Token::Open | Token::Close | Token::Text | Token::Verbatim => {}
                Token::End => return Err(TokenError::CutOff),
            }
        }
        Ok(())
    }

    fn element(&self) -> Element {
        element(self.tokens.name())
    }

    pub(super) fn of_token(&self, error: TokenError) -> FileProblem {
        match error {
            TokenError::Io(error) => FileProblem::unreadable(&self.path, Some(self.number), &error),
            TokenError::TooLong => {
                let sentence = FileSentence::PageTooLong;
                FileProblem::new(FileProblemCode::LineTooLong, &self.path, Some(self.number), sentence)
            }
            TokenError::CutOff => self.damaged(Damage::TableCutOff),
        }
    }

    pub(super) fn damaged(&self, damage: Damage) -> FileProblem {
        let row = Some(self.number).filter(|row| *row > 0);
        let sentence = FileSentence::PageDamaged { damage };
        FileProblem::new(FileProblemCode::HtmlDamaged, &self.path, row, sentence)
    }

    fn undecoded(&self) -> FileProblem {
        let sentence = FileSentence::PageNotInEncoding { encoding: self.encoding };
        FileProblem::new(FileProblemCode::EncodingUnknown, &self.path, Some(self.number), sentence)
    }
}
