//! Opens one input file, finds its columns, and reads it row by row in its role.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use crate::domain::results;
use crate::formats::FileSentence;
use crate::formats::{
    self, Card, Cards, Cell, FileProblem, FileProblemCode, Format, Input, Layout, OtherTables,
    Table, TableRow,
};

use super::cards::{self, VcardRow};
use super::columns::Field;
use super::header::{self, Header, HeaderError, MappingOptions, Role};
use super::in_order::{HeapSize, in_order};
use super::later_headings::{LaterHeadings, may_be_headings};
use super::normalize;
use super::numbers::NumberRules;
use super::options::IngestOptions;
use super::row::Row;
use super::rows::MappedRow;

/// A file that contains rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its file name; with its folder if two sources have the same file name.
    pub name: String,
    /// The path as it was given.
    pub path: PathBuf,
    /// How it is read.
    pub layout: Layout,
    /// The row that holds the headings, if one does.
    pub header_row: Option<u64>,
    /// Which column became which field.
    pub used: Vec<(Field, String)>,
    /// The headings of the columns that become no part of a message, in their order.
    pub own_columns: Vec<String>,
    /// Those of them that nothing is read from.
    pub unused_columns: Vec<String>,
    /// The heading of the column that says which contact each recipient gets; it is also among `own_columns`.
    pub match_column: Option<String>,
    /// The headings of the columns of contacts that `--match` compares besides their names and numbers; they are also
    /// among `own_columns`.
    pub key_columns: Vec<String>,
    /// Headings with look-alike letters of another alphabet, and how they were read.
    pub lookalikes: Vec<(String, String)>,
    /// Whether it is a results file of ours.
    pub is_results: bool,
    /// The campaign whose results it holds, as its first row names it.
    pub campaign: Option<String>,
}

/// The counts of a source.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SourceCounts {
    /// Rows or cards that were read.
    pub rows: u64,
    /// Hidden rows that were left out.
    pub hidden: u64,
    /// Tables of a page that hold data and were not read.
    pub other_tables: OtherTables,
    /// Groups of contacts that were left out.
    pub groups: u64,
}

/// An opened source. Its first row is already read: a file without rows is refused before any row of
/// another file is used.
pub(super) struct InputReader {
    pub(super) source: Source,
    body: Body,
}

enum Body {
    Table {
        table: Box<Table>,
        header: Header,
        later: LaterHeadings,
        waiting: VecDeque<TableRow>,
    },
    Cards {
        cards: Cards,
        first: Card,
        role: Role,
    },
}

impl InputReader {
    pub(super) fn open(
        path: &Path,
        role: Role,
        options: &IngestOptions,
    ) -> Result<Self, HeaderError> {
        match formats::open(path, &options.reading)? {
            Input::Table(table) => Self::table(path, role, table, options),
            Input::Cards(cards) => Ok(Self::cards(path, role, cards)?),
        }
    }

    /// Returns the rules for the numbers of this input.
    pub(super) const fn numbers(&self, numbers: NumberRules) -> NumberRules {
        NumberRules {
            are_results: self.source.is_results,
            ..numbers
        }
    }

    fn table(
        path: &Path,
        role: Role,
        mut table: Table,
        options: &IngestOptions,
    ) -> Result<Self, HeaderError> {
        let layout = table.layout().clone();
        let mapping = MappingOptions {
            columns: &options.columns,
            match_column: options.match_column.as_deref(),
            layout: Some(&layout),
        };
        let located = LocatedHeader::find(path, role, &mut table, options.no_header, mapping);
        let LocatedHeader {
            header,
            row,
            later,
            above,
            mut waiting,
        } = located.map_err(|(error, _)| error)?;
        if waiting.is_empty() {
            return Err(no_rows(path, FileSentence::OnlyHeadings).into());
        }
        let keys = options.match_column.as_ref().map(|_| &*header.keys);
        let keys = keys.unwrap_or_default();
        let headings = |columns: &[usize]| {
            let columns = columns.iter();
            columns
                .map(|index| header.headings[*index].clone())
                .collect()
        };
        let source = Source {
            name: String::new(),
            path: path.to_owned(),
            layout,
            header_row: row,
            used: header.used(),
            own_columns: headings(&header.own_columns),
            unused_columns: headings(&header.unread(keys)),
            match_column: header
                .match_column
                .map(|index| header.headings[index].clone()),
            key_columns: headings(keys),
            lookalikes: header.lookalikes.clone(),
            is_results: header.results.is_some(),
            campaign: waiting.front().and_then(|row| campaign_of(&header, row)),
        };
        keep_people(&header, above, &mut waiting);
        Ok(Self {
            source,
            body: Body::Table {
                table: Box::new(table),
                header,
                later,
                waiting,
            },
        })
    }

    fn cards(path: &Path, role: Role, mut cards: Cards) -> Result<Self, FileProblem> {
        if role == Role::Messages {
            let sentence = FileSentence::VcardAlone;
            return Err(FileProblem::new(
                FileProblemCode::NoPhoneColumn,
                path,
                None,
                sentence,
            ));
        }
        let first = cards.read_card()?;
        let first = first.ok_or_else(|| match cards.groups() {
            0 => no_rows(path, FileSentence::NoCards),
            groups => no_rows(path, FileSentence::OnlyGroups { groups }),
        })?;
        let source = Source {
            name: String::new(),
            path: path.to_owned(),
            layout: cards.layout().clone(),
            header_row: None,
            used: cards::used(role),
            own_columns: cards::own_properties(role),
            unused_columns: cards::own_properties(role),
            match_column: None,
            key_columns: Vec::new(),
            lookalikes: Vec::new(),
            is_results: false,
            campaign: None,
        };
        Ok(Self {
            source,
            body: Body::Cards { cards, first, role },
        })
    }

    /// Whether the source has columns.
    pub(super) const fn is_table(&self) -> bool {
        matches!(self.body, Body::Table { .. })
    }

    /// Checks every row, counts the rows, and hands the results to `take` in the order of the rows.
    pub(super) fn each<T: Send, E: From<FileProblem>>(
        self,
        check: impl Fn(&dyn Row) -> T + Sync,
        mut take: impl FnMut(T) -> Result<(), E>,
    ) -> Result<SourceCounts, E> {
        let mut rows = 0;
        let take = |checked| {
            rows += 1;
            take(checked)
        };
        match self.body {
            Body::Table {
                mut table,
                header,
                mut later,
                mut waiting,
            } => {
                let next = |row: &mut ReadRow| row.read(&mut waiting, &mut table, &mut later);
                let header = &header;
                let check = |read_row: &ReadRow| {
                    check(&MappedRow {
                        header,
                        row: &read_row.row,
                        other_headings: read_row.other_headings,
                    })
                };
                in_order(next, check, take)?;
                Ok(SourceCounts {
                    rows,
                    hidden: table.hidden_rows(),
                    other_tables: table.other_tables(),
                    groups: 0,
                })
            }
            Body::Cards {
                mut cards,
                first,
                role,
            } => {
                let mut first = Some(first);
                let next = |card: &mut Card| {
                    let next = first
                        .take()
                        .map_or_else(|| cards.read_card(), |first| Ok(Some(first)))?;
                    let is_there = next.is_some();
                    *card = next.unwrap_or_default();
                    Ok(is_there)
                };
                in_order(next, |card| check(&VcardRow { card, role }), take)?;
                Ok(SourceCounts {
                    rows,
                    groups: cards.groups(),
                    ..SourceCounts::default()
                })
            }
        }
    }
}

/// Puts the rows above the headings that may be people before the waiting ones, so that none is skipped as a title.
fn keep_people(header: &Header, above: VecDeque<TableRow>, waiting: &mut VecDeque<TableRow>) {
    let people = above.into_iter().rev();
    for row in people.filter(|row| header.has_number_under_phone(row, LEAST_DIGITS)) {
        waiting.push_front(row);
    }
}

/// Returns the campaign that the first row of a results file names.
fn campaign_of(header: &Header, row: &TableRow) -> Option<String> {
    let row = MappedRow {
        header,
        row,
        other_headings: None,
    };
    row.origin().map(|origin| origin.campaign)
}

/// A row on its way to being checked.
#[derive(Default)]
struct ReadRow {
    row: TableRow,
    /// The row with other headings, if it is this row or above it; or that of the headings, if they are below this row.
    other_headings: Option<u64>,
}

impl ReadRow {
    /// Takes the next waiting row, or else reads the next row of the table; `false` at the end.
    fn read(
        &mut self,
        waiting: &mut VecDeque<TableRow>,
        table: &mut Table,
        later: &mut LaterHeadings,
    ) -> Result<bool, FileProblem> {
        let is_there = match waiting.pop_front() {
            Some(first) => {
                self.row = first;
                true
            }
            None => read(table, &mut self.row, &mut |hidden| later.pass(hidden))?,
        };
        self.other_headings = later.above(&self.row);
        Ok(is_there)
    }
}

impl HeapSize for ReadRow {
    fn heap_bytes(&self) -> usize {
        self.row.heap_bytes()
    }
}

/// Names each source by its file name, and also by its folder if that is ambiguous.
pub(super) fn named(mut sources: Vec<Source>) -> Vec<Source> {
    let file = |path: &Path| {
        path.file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned()
    };
    let names: Vec<String> = sources.iter().map(|source| file(&source.path)).collect();
    for (source, name) in sources.iter_mut().zip(&names) {
        let is_shared = names.iter().filter(|other| *other == name).count() > 1;
        let folder = source
            .path
            .parent()
            .map(file)
            .filter(|folder| is_shared && !folder.is_empty());
        source.name = folder.map_or_else(|| name.clone(), |folder| format!("{folder}/{name}"));
    }
    sources
}

/// How many first rows may hold the headings: titles, dates and addresses may be above them.
const HEAD: usize = 30;

/// The fewest digits of a number above the headings that may be somebody's. A number of a report is mostly shorter.
const LEAST_DIGITS: usize = 8;

/// The headings of a table, and the rows after them that were already read.
pub(super) struct LocatedHeader {
    pub(super) header: Header,
    /// The row number of the headings.
    pub(super) row: Option<u64>,
    /// Finds other headings below them.
    pub(super) later: LaterHeadings,
    /// The rows above the headings.
    pub(super) above: VecDeque<TableRow>,
    pub(super) waiting: VecDeque<TableRow>,
}

impl LocatedHeader {
    /// Takes the row with the most understood headings that makes the table usable, among the first thirty rows. The
    /// search ends at the first row with a number: that row is data, and must not be skipped as a title. An error comes
    /// with all rows that were read.
    pub(super) fn find(
        path: &Path,
        role: Role,
        table: &mut Table,
        no_header: bool,
        mapping: MappingOptions<'_>,
    ) -> Result<Self, (HeaderError, VecDeque<TableRow>)> {
        let mut hidden = Vec::new();
        let mut search = HeaderSearch::new(path, role, no_header, mapping);
        while search.rows.len() < HEAD {
            let row = next_past(table, &mut hidden)
                .map_err(|problem| (problem.into(), VecDeque::new()))?;
            if row.is_none_or(|row| search.ends_with(row)) {
                break;
            }
        }
        let HeaderSearch {
            mut rows,
            best,
            worst,
            ..
        } = search;
        match (best, worst) {
            (Some(Usable { header, index, .. }), _) => {
                let mut waiting = rows.split_off(index);
                let headings = if no_header { None } else { waiting.pop_front() };
                top_up(&mut waiting, table, &mut hidden)
                    .map_err(|problem| (problem.into(), VecDeque::new()))?;
                Ok(Self {
                    header,
                    row: headings.as_ref().map(|row| row.number),
                    later: LaterHeadings::new(headings, hidden),
                    above: rows,
                    waiting,
                })
            }
            (None, Some((_, error))) => Err((error, rows)),
            (None, None) => Err((no_rows(path, FileSentence::NoRows).into(), rows)),
        }
    }
}

/// The search for the headings of a table among its first rows.
struct HeaderSearch<'a> {
    path: &'a Path,
    role: Role,
    no_header: bool,
    mapping: MappingOptions<'a>,
    /// The rows that were looked at.
    rows: VecDeque<TableRow>,
    best: Option<Usable>,
    worst: Option<(usize, HeaderError)>,
}

/// Headings that make the table usable.
struct Usable {
    header: Header,
    /// How many of the headings are understood.
    understood: usize,
    /// Their place among the rows that were looked at.
    index: usize,
}

impl<'a> HeaderSearch<'a> {
    const fn new(path: &'a Path, role: Role, no_header: bool, mapping: MappingOptions<'a>) -> Self {
        Self {
            path,
            role,
            no_header,
            mapping,
            rows: VecDeque::new(),
            best: None,
            worst: None,
        }
    }

    /// Looks at the next row, and returns whether the search ends with it.
    fn ends_with(&mut self, row: TableRow) -> bool {
        let mut ends = self.no_header || self.is_data(&row);
        let headings = header::headings(&row, self.no_header);
        let understood = header::understood(&headings);
        let index = self.rows.len();
        match Header::new(self.path, self.role, headings, self.mapping) {
            Ok(header) => match &self.best {
                Some(best) if understood <= best.understood => {}
                // The rows between two rows of headings belong to the first ones.
                Some(best) if best.understood > 1 && best.index + 1 < index => ends = true,
                Some(_) | None => {
                    self.best = Some(Usable {
                        header,
                        understood,
                        index,
                    });
                }
            },
            Err(error) => {
                let is_worse = |(most, _): &(usize, HeaderError)| *most < understood;
                if self.worst.as_ref().is_none_or(is_worse) {
                    self.worst = Some((understood, error));
                }
            }
        }
        self.rows.push_back(row);
        ends
    }

    /// Whether a row is data. Once there are headings, a number with words beside it is data too, and so is a short
    /// number under the heading of a phone.
    fn is_data(&self, row: &TableRow) -> bool {
        let Some(best) = &self.best else {
            return row
                .cells
                .iter()
                .any(|cell| normalize::is_number(&cell.text));
        };
        let is_long = |cell: &Cell| normalize::digits(&cell.text) >= 10;
        row.cells.iter().any(is_long) || best.header.has_number_under_phone(row, 7)
    }
}

/// Reads one row ahead, so that a table without rows is noticed before it is used.
fn top_up(
    waiting: &mut VecDeque<TableRow>,
    table: &mut Table,
    hidden: &mut Vec<TableRow>,
) -> Result<(), FileProblem> {
    if waiting.is_empty() {
        waiting.extend(next_past(table, hidden)?);
    }
    Ok(())
}

/// Reads the next row of the table, and keeps the hidden rows before it that may hold headings.
fn next_past(
    table: &mut Table,
    hidden: &mut Vec<TableRow>,
) -> Result<Option<TableRow>, FileProblem> {
    let mut row = TableRow::default();
    let mut keep = |row: &TableRow| hidden.extend(may_be_headings(row).then(|| row.clone()));
    Ok(read(table, &mut row, &mut keep)?.then_some(row))
}

/// Takes the next waiting row, or else reads the next row of the table.
pub(super) fn next(
    waiting: &mut VecDeque<TableRow>,
    table: &mut Table,
) -> Result<Option<TableRow>, FileProblem> {
    if let Some(row) = waiting.pop_front() {
        return Ok(Some(row));
    }
    let mut row = TableRow::default();
    Ok(read(table, &mut row, &mut |_| {})?.then_some(row))
}

/// Reads the next row, and shows each hidden row that is left out before it. In text tables, removes the apostrophe that
/// we put before text that a spreadsheet would take for a formula.
fn read(
    table: &mut Table,
    row: &mut TableRow,
    left_out: &mut dyn FnMut(&TableRow),
) -> Result<bool, FileProblem> {
    let more = table.read_row_past(row, left_out)?;
    if table.layout().format == Format::Csv {
        for cell in &mut row.cells {
            if results::unguarded(&cell.text).len() < cell.text.len() {
                cell.text.remove(0);
            }
        }
    }
    Ok(more)
}

fn no_rows(path: &Path, sentence: FileSentence) -> FileProblem {
    FileProblem::new(FileProblemCode::NoRows, path, None, sentence)
}
