//! One file of the intake: opened, its columns told, and read row by row in its role.

use std::path::{Path, PathBuf};

use crate::domain::{Contact, Problem, Recipient, Written};
use crate::files::{self, Card, Cards, FileProblem, FileProblemCode, Format, Input, Layout, Table, TableRow};

use super::Settings;
use super::cards::{self, CardRow};
use super::columns::Field;
use super::header::{self, Header, HeaderError, Role};
use super::numbers::{Found, Numbers};
use super::repair;
use super::rows::Line;

/// A file that rows come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its file name, with its folder where two sources share a file name.
    pub name: String,
    /// The path as it was given.
    pub path: PathBuf,
    /// How it is read.
    pub layout: Layout,
    /// Which column became which field.
    pub used: Vec<(Field, String)>,
    /// The headings of the columns that are not used, in their order.
    pub own_columns: Vec<String>,
}

/// A row of a table or a card of a file. A row with a fault is asked for nothing but its place and
/// its cells.
pub(super) trait Row {
    /// The row as the spreadsheet shows it, or which card of the file, from 1.
    fn number(&self) -> u64;
    /// What is wrong with the row as a whole.
    fn fault(&self) -> Option<Problem>;
    fn recipient(&self, numbers: Numbers) -> Result<Found<Recipient>, Problem>;
    fn contact(&self, numbers: Numbers) -> Result<Found<Contact>, Problem>;
    fn written(&self) -> Written;
    fn own_cells(&self) -> Vec<String>;
}

/// A source that is ready to hand out its rows. Its first one is read already: a file without any
/// is refused before anything is done with the others.
pub(super) struct Opened {
    pub(super) source: Source,
    body: Body,
}

#[expect(clippy::large_enum_variant, reason = "there is one for each file")]
enum Body {
    Table { table: Box<Table>, header: Header, first: TableRow, escaped: bool },
    Cards { cards: Cards, first: Card, role: Role },
}

impl Opened {
    pub(super) fn open(path: &Path, role: Role, settings: &Settings) -> Result<Self, HeaderError> {
        match files::open(path, &settings.reading)? {
            Input::Table(table) => Self::table(path, role, table, settings),
            Input::Cards(cards) => Ok(Self::cards(path, role, cards)?),
        }
    }

    fn table(path: &Path, role: Role, mut table: Table, settings: &Settings) -> Result<Self, HeaderError> {
        let mut first = TableRow::default();
        let escaped = table.layout().format == Format::Csv;
        if !read(&mut table, &mut first, escaped)? {
            return Err(no_rows(path, "the table has no rows").into());
        }
        let headings = header::headings(&first, settings.no_header);
        let header = Header::new(path, role, headings, &settings.columns)?;
        if !settings.no_header && !read(&mut table, &mut first, escaped)? {
            return Err(no_rows(path, "the table has headings but no rows below them").into());
        }
        let source = Source {
            name: String::new(),
            path: path.to_owned(),
            layout: table.layout().clone(),
            used: header.used(),
            own_columns: header.own.iter().map(|index| header.headings[*index].clone()).collect(),
        };
        Ok(Self { source, body: Body::Table { table: Box::new(table), header, first, escaped } })
    }

    fn cards(path: &Path, role: Role, mut cards: Cards) -> Result<Self, FileProblem> {
        if role == Role::Messages {
            let text = "a vCard file holds people but does not say who gets whose card. Give it as --contacts, or \
                        as --recipients.";
            return Err(FileProblem::new(FileProblemCode::NoPhoneColumn, path, None, text));
        }
        let first = cards.read_card()?.ok_or_else(|| no_rows(path, "the file has no cards"))?;
        let source = Source {
            name: String::new(),
            path: path.to_owned(),
            layout: cards.layout().clone(),
            used: cards::used(role),
            own_columns: cards::own_properties(role),
        };
        Ok(Self { source, body: Body::Cards { cards, first, role } })
    }

    /// Hands out every row and counts them.
    pub(super) fn each<E: From<FileProblem>>(
        self,
        mut each: impl FnMut(&dyn Row) -> Result<(), E>,
    ) -> Result<u64, E> {
        let mut rows = 0;
        match self.body {
            Body::Table { mut table, header, first: mut row, escaped } => loop {
                rows += 1;
                each(&Line { header: &header, row: &row })?;
                if !read(&mut table, &mut row, escaped)? {
                    return Ok(rows);
                }
            },
            Body::Cards { mut cards, first, role } => {
                let mut next = Some(first);
                while let Some(card) = next {
                    rows += 1;
                    each(&CardRow { card: &card, role })?;
                    next = cards.read_card()?;
                }
                Ok(rows)
            }
        }
    }
}

/// Names each source by its file name, and by its folder too where that is not enough.
pub(super) fn named(mut sources: Vec<Source>) -> Vec<Source> {
    let file = |path: &Path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let names: Vec<String> = sources.iter().map(|source| file(&source.path)).collect();
    for (source, name) in sources.iter_mut().zip(&names) {
        let is_shared = names.iter().filter(|other| *other == name).count() > 1;
        let folder = source.path.parent().map(file).filter(|folder| is_shared && !folder.is_empty());
        source.name = folder.map_or_else(|| name.clone(), |folder| format!("{folder}/{name}"));
    }
    sources
}

/// The next row; in text, the sign before what a spreadsheet would take for a formula comes off.
fn read(table: &mut Table, row: &mut TableRow, escaped: bool) -> Result<bool, FileProblem> {
    let more = table.read_row(row)?;
    for cell in row.cells.iter_mut().filter(|_| escaped) {
        if repair::unescaped(&cell.text).len() < cell.text.len() {
            cell.text.remove(0);
        }
    }
    Ok(more)
}

fn no_rows(path: &Path, what: &str) -> FileProblem {
    let text = format!("{what}. Check that this is the right file and that its export has finished.");
    FileProblem::new(FileProblemCode::NoRows, path, None, text)
}
