//! The list of people who opted out: a table that `--suppress` reads. It only grows; what the user wrote into it is
//! never changed.

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
};

use crate::cli::options::error::OptOutError;
use crate::{domain, ingest, platform};

/// The headings; the first is that of the recipient.
const HEADINGS: [&str; 3] = ["chatId", "reason", "time"];

/// A person who opted out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OptOut {
    pub(super) chat: String,
    pub(super) reason: String,
    pub(super) time: String,
}

/// The list as it is on disk, locked so that no other run writes to it. Lines are only appended: the file keeps every
/// line that anybody wrote into it.
#[derive(Debug)]
pub(super) struct OptOutList {
    file: File,
    length: u64,
    text: ListText,
}

/// The contents of the list, and its format.
#[derive(Debug)]
struct ListText {
    delimiter: u8,
    /// The people that `--suppress` excludes because of the list, see [`domain::Person`].
    people: HashSet<String>,
    /// What must be written before the first line that is added.
    before: String,
}

/// Checks that a list can be kept there, before any request is made.
///
/// # Errors
/// When the file cannot be read, or is not such a list, since appending would make it unreadable. Also when a link
/// leads nowhere: a new list in its place would lack the people on the missing one.
pub(super) fn probe(path: &Path, delimiter: u8) -> Result<(), OptOutError> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => match path.read_link() {
            Ok(target) => Err(OptOutError::Away {
                path: path.display().to_string(),
                target: path.with_file_name(target).display().to_string(),
            }),
            Err(_) => Ok(()),
        },
        Err(error) => Err(unreadable(path, &error)),
        Ok(bytes) => ListText::read(bytes, delimiter)
            .map(drop)
            .ok_or_else(|| foreign(path)),
    }
}

/// Opens and locks the list, or creates one with mode 0600. Waits while another run has it locked.
pub(super) fn open_locked(path: &Path) -> io::Result<File> {
    let file = platform::lock_to_append(&mut OpenOptions::new()).open(path)?;
    file.lock()?;
    Ok(file)
}

impl OptOutList {
    /// Reads the locked list. A new list gets this delimiter.
    ///
    /// # Errors
    /// The errors of [`probe`].
    pub(super) fn read(mut file: File, path: &Path, delimiter: u8) -> Result<Self, OptOutError> {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(|error| unreadable(path, &error))?;
        let length = bytes.len() as u64;
        let text = ListText::read(bytes, delimiter).ok_or_else(|| foreign(path))?;
        Ok(Self { file, length, text })
    }

    /// Appends those who are not in the list yet, in one write. Returns how many were new.
    pub(super) fn add(self, opt_outs: &[OptOut]) -> io::Result<usize> {
        let Self {
            mut file,
            length,
            text:
                ListText {
                    delimiter,
                    people: mut listed,
                    before,
                },
        } = self;
        let mut added = 0;
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .terminator(csv::Terminator::CRLF)
            .from_writer(before.into_bytes());
        for OptOut { chat, reason, time } in opt_outs {
            if listed.insert(domain::Person::behind(chat).to_string()) {
                writer.write_record([chat, reason, time].map(|text| cell(text)))?;
                added += 1;
            }
        }
        let lines = writer
            .into_inner()
            .map_err(|error| io::Error::other(error.to_string()))?;
        if added > 0 || length == 0 {
            // Half a line could name somebody else, so a failed write is undone.
            file.write_all(&lines)
                .inspect_err(|_| drop(file.set_len(length)))?;
            file.sync_all()?;
        }
        Ok(added)
    }
}

impl ListText {
    /// Parses the list; `None` if it is not such a list.
    fn read(bytes: Vec<u8>, delimiter: u8) -> Option<Self> {
        let text = String::from_utf8(bytes).ok()?;
        let table =
            text.trim_start_matches(|char: char| char == '\u{feff}' || char.is_whitespace());
        if table.is_empty() {
            let mark = if text.is_empty() { "\u{feff}" } else { "" };
            let headings = HEADINGS.join(char::from(delimiter).encode_utf8(&mut [0; 4]));
            return Some(Self {
                delimiter,
                people: HashSet::new(),
                before: format!("{mark}{headings}\r\n"),
            });
        }
        // A program that saves a table may write its headings in quotation marks.
        let first = table.trim_start_matches('"').strip_prefix(HEADINGS[0])?;
        let delimiter = *first.trim_start_matches('"').as_bytes().first()?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(table.as_bytes());
        if reader.headers().ok()?.iter().take(3).ne(HEADINGS) {
            return None;
        }
        let records = reader.records().collect::<Result<Vec<_>, _>>().ok()?;
        let people = records
            .iter()
            .filter_map(|record| record.get(0))
            .flat_map(people)
            .collect();
        let before = if text.ends_with('\n') {
            String::new()
        } else {
            "\r\n".to_owned()
        };
        Some(Self {
            delimiter,
            people,
            before,
        })
    }
}

fn unreadable(path: &Path, error: &io::Error) -> OptOutError {
    OptOutError::Unreadable {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}

fn foreign(path: &Path) -> OptOutError {
    OptOutError::Foreign {
        path: path.display().to_string(),
    }
}

/// Returns the people whom `--suppress` would read from a cell, and the cell itself as a chat id, which we may have
/// written whatever it is.
fn people(cell: &str) -> impl Iterator<Item = String> {
    let read = ingest::suppressed_chats(cell)
        .into_iter()
        .map(|person| person.to_string());
    read.chain([domain::Person::behind(cell).to_string()])
}

/// Makes the text a cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    let text: String = text
        .chars()
        .take(200)
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    domain::results::guarded(&text).into_owned()
}
