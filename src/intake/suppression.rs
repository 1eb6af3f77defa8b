//! Chats that must not be written to. A list is read generously: every number of a cell or a card
//! counts, whatever else is wrong in its row. What cannot be read is told, for nobody may be written
//! to by accident. Held are eight bytes a chat.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::domain::{ChatId, Recipient};
use crate::files::{self, Card, Cards, FileProblem, Input, Reading, Table};

use super::Settings;
use super::header::{HeaderError, Role, Said};
use super::number_parts;
use super::numbers::{NumberLengths, Numbers, clipped};
use super::recipients::read_recipient;
use super::repair;
use super::rows::Line;
use super::source::{self, Placed};

/// Entries that are told word by word.
const SHOWN: usize = 5;

/// What became of one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The path as it was given.
    pub path: PathBuf,
    /// Chats on it.
    pub chats: u64,
    /// Entries that could not be read: these people would be written to.
    pub unread: u64,
    /// The first of them, by row and text.
    pub examples: Vec<(u64, String)>,
}

/// The chats of all lists, sorted.
#[derive(Debug, Default)]
pub(super) struct Suppressed(Vec<u64>);

impl Suppressed {
    /// Reads the lists.
    pub(super) fn open(
        paths: &[PathBuf],
        settings: &Settings,
    ) -> Result<(Self, Vec<Suppression>), HeaderError> {
        let mut chats = Vec::new();
        let lists = paths.iter().map(|path| read(path, settings, &mut chats)).collect::<Result<_, _>>()?;
        chats.sort_unstable();
        chats.dedup();
        Ok((Self(chats), lists))
    }

    pub(super) fn has(&self, recipient: &Recipient) -> bool {
        !self.0.is_empty() && self.0.binary_search(&short(&recipient.chat())).is_ok()
    }
}

/// A list that is being read.
struct List<'a> {
    told: Suppression,
    numbers: Numbers,
    chats: &'a mut Vec<u64>,
}

fn read(path: &Path, settings: &Settings, chats: &mut Vec<u64>) -> Result<Suppression, HeaderError> {
    let numbers = Numbers { strict: false, lengths: NumberLengths::Any, ..settings.numbers };
    let told = Suppression { path: path.to_owned(), chats: 0, unread: 0, examples: Vec::new() };
    let mut list = List { told, numbers, chats };
    // Encoding, delimiter and sheet are those of the inputs: of a list they are found out.
    // Whoever stands in a hidden row must not be written to either.
    let reading = Reading { include_hidden: true, ..Reading::default() };
    match files::open(path, &reading)? {
        Input::Table(table) => list.table(path, table)?,
        Input::Cards(cards) => list.cards(cards)?,
    }
    Ok(list.told)
}

impl List<'_> {
    /// With headings the columns of recipients count, without any heading that is understood all cells.
    fn table(&mut self, path: &Path, mut table: Table) -> Result<(), HeaderError> {
        let placed = Placed::find(path, Role::Recipients, &mut table, false, Said::default());
        let (header, mut waiting) = match placed {
            Ok(Placed { header, waiting, .. }) => (Some(header), waiting),
            Err((_, waiting)) if !waiting.is_empty() => (None, waiting),
            Err((error, _)) => return Err(error),
        };
        let mut is_first = header.is_none();
        while let Some(row) = source::next(&mut waiting, &mut table)? {
            let line = header.as_ref().map(|header| Line { header, row: &row });
            let cells: Vec<&str> = match &line {
                Some(line) => line.recipient_cells(),
                None => row.cells.iter().map(|cell| cell.text.as_str()).collect(),
            };
            // A first row without a digit is a heading that is not understood.
            if !is_first || cells.iter().any(|cell| cell.contains(|char: char| char.is_ascii_digit())) {
                self.entry(row.number, &cells);
            }
            is_first = false;
        }
        Ok(())
    }

    fn cards(&mut self, mut cards: Cards) -> Result<(), FileProblem> {
        while let Some(card) = cards.read_card()? {
            let Card { phones, number, .. } = &card;
            let texts = phones.iter().flat_map(|phone| [phone.waid.as_deref(), Some(phone.value.as_str())]);
            let texts: Vec<&str> = texts.flatten().collect();
            self.entry(*number, &texts);
        }
        Ok(())
    }

    /// Every chat that stands in the cells of one entry; without any the entry is unread.
    fn entry(&mut self, row: u64, cells: &[&str]) {
        let before = self.chats.len();
        for cell in cells {
            self.chats.extend(named(cell, self.numbers).iter().map(short));
        }
        self.chats[before..].sort_unstable();
        let mut last = None;
        let mut distinct = 0;
        for chat in &self.chats[before..] {
            distinct += u64::from(last.replace(*chat) != Some(*chat));
        }
        self.told.chats += distinct;
        if distinct == 0 {
            self.told.unread += 1;
            let cells: Vec<&str> =
                cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
            if self.told.examples.len() < SHOWN {
                self.told.examples.push((row, clipped(&cells.join(", "))));
            }
        }
    }
}

/// The chats that a cell of a list keeps out, some of them twice. A number in national form is none.
#[must_use]
pub fn kept_out(cell: &str) -> Vec<ChatId> {
    named(cell, Numbers { lengths: NumberLengths::Any, ..Numbers::default() })
}

fn named(cell: &str, numbers: Numbers) -> Vec<ChatId> {
    let plain = repair::plain(cell);
    let parts = if cell.contains('@') { Vec::new() } else { number_parts::parts(&plain) };
    let sides = parts.iter().flat_map(|part| number_parts::sides(&part.text));
    let texts = parts.iter().map(|part| part.text.as_str()).chain(sides).chain([cell]);
    texts
        .filter_map(|text| read_recipient(text, false, numbers).ok())
        .map(|found| found.value.chat())
        .collect()
}

/// Eight bytes of a chat: a personal one is its digits, so no two of them are ever one.
fn short(chat: &ChatId) -> u64 {
    if let Some(digits) = chat.personal_digits().and_then(|digits| digits.parse().ok()) {
        return digits;
    }
    let digest = Sha256::digest(chat.as_str().as_bytes());
    digest.iter().take(8).fold(0, |short, byte| short << 8 | u64::from(*byte)) | 1 << 63
}
