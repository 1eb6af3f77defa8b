//! Reads a table in a web page. Bitrix24, amoCRM and 1C write such pages and name them `.xls`. Rows are handed out
//! while the page is read, and only what a browser shows counts: the rest is hidden, as in a workbook. A truncated page
//! is refused, because its last rows would be missing silently.

mod cells;
mod choice;
mod css;
mod every_table;
mod page;
mod page_file;
mod rows;
mod style_sheets;
mod survey;
mod text;
mod tokens;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use encoding_rs::Encoding;

use super::problem::{FileProblem, FileProblemCode};
use super::{Format, Layout, ReadOptions, Table, charset};
use crate::formats::messages::{Damage, FileSentence, Sheets};
use every_table::EveryTable;
use page_file::{PageFile, source};
use rows::HtmlRows;
use tokens::TokenError;

/// Opens the table that the user named, else the best visible one (see [`choice`]); `named` is the encoding that the
/// user named or that the bytes show.
pub(super) fn open(
    file: File,
    path: &Path,
    named: Option<&'static Encoding>,
    reading: &ReadOptions,
) -> Result<Table, FileProblem> {
    let unreadable = |error| FileProblem::unreadable(path, None, &error);
    let mut file = file;
    let encoding = charset::page_encoding(&mut file, named).map_err(unreadable)?;
    let rules = source(&file, encoding)
        .and_then(style_sheets::rules)
        .map_err(unreadable)?;
    let page_file = PageFile {
        file,
        encoding,
        rules: Arc::new(rules),
    };
    let look = page_file.page().map_err(unreadable)?;
    let mut rows = HtmlRows::new(look, path, encoding.name(), reading.include_hidden);
    let mut layout = Layout::new(Format::Html, encoding.name());
    if reading.every_part {
        return Ok(Table::new(layout, EveryTable::open(rows, page_file)?, true));
    }
    layout.sheet.clone_from(&reading.sheet);
    match &reading.sheet {
        Some(asked) => go_to_named_table(&mut rows, &page_file, asked, path)?,
        None => go_to_best_table(&mut rows, &page_file, reading.include_hidden)?,
    }
    Ok(Table::new(layout, rows, reading.include_hidden))
}

/// Goes to the rows of the table that the user named by its number or its `id`.
fn go_to_named_table(
    rows: &mut HtmlRows,
    page_file: &PageFile,
    asked: &str,
    path: &Path,
) -> Result<(), FileProblem> {
    let table = choice::named(&mut rows.page, asked).map_err(|error| rows.token_problem(error))?;
    let table = table.map_err(|tables| {
        let sentence = FileSentence::TableMissing {
            asked: asked.trim().to_owned(),
            tables: Sheets(tables),
        };
        FileProblem::new(FileProblemCode::SheetMissing, path, None, sentence)
    })?;
    rows.page = page_file
        .page()
        .map_err(|error| rows.token_problem(TokenError::Io(error)))?;
    rows.go_to_named(table)
        .map_err(|error| rows.token_problem(error))
}

/// Goes to the rows of the best table (see [`choice`]).
fn go_to_best_table(
    rows: &mut HtmlRows,
    page_file: &PageFile,
    include_hidden: bool,
) -> Result<(), FileProblem> {
    let choice =
        choice::table(&mut rows.page, include_hidden).map_err(|error| rows.token_problem(error))?;
    let missing = if choice.has_hidden_rows {
        Damage::TablesHidden
    } else {
        Damage::NoTable
    };
    let table = choice.table().ok_or_else(|| rows.damaged(missing))?;
    rows.page = page_file
        .page()
        .map_err(|error| rows.token_problem(TokenError::Io(error)))?;
    rows.go_to(table, choice.before())
        .map_err(|error| rows.token_problem(error))
}

#[cfg(test)]
mod tests;
