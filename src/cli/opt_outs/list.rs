//! The list of those who asked to be left alone: a table that `--suppress` reads. It only grows; what
//! a person wrote into it stays as it is.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::sentences::OptOutFault;

/// The headings, of which the first is that of a recipient.
const HEADINGS: [&str; 3] = ["chatId", "reason", "time"];

/// A person who is to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) chat: String,
    pub(super) reason: String,
    pub(super) time: String,
}

/// The list as it is on disk.
#[derive(Debug)]
pub(super) struct List {
    path: PathBuf,
    text: String,
    delimiter: u8,
    chats: Vec<String>,
}

impl List {
    /// Reads the list, or begins one with this delimiter.
    ///
    /// # Errors
    /// When the file cannot be read, or is no list of this kind: it would not be understood any more.
    pub(super) fn open(path: &Path, delimiter: u8) -> Result<Self, OptOutFault> {
        let told = || path.display().to_string();
        match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self {
                path: path.to_owned(),
                text: format!(
                    "\u{feff}{}\r\n",
                    HEADINGS.join(char::from(delimiter).encode_utf8(&mut [0; 4]))
                ),
                delimiter,
                chats: Vec::new(),
            }),
            Err(error) => Err(OptOutFault::Unreadable { path: told(), reason: error.to_string() }),
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|_| OptOutFault::Foreign { path: told() })?;
                Self::of(path, text).ok_or_else(|| OptOutFault::Foreign { path: told() })
            }
        }
    }

    fn of(path: &Path, text: String) -> Option<Self> {
        let head = text.trim_start_matches('\u{feff}').lines().next()?;
        let delimiter = *head.as_bytes().get(HEADINGS[0].len())?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        if reader.headers().ok()?.iter().take(3).ne(HEADINGS) {
            return None;
        }
        let records = reader.records().collect::<Result<Vec<_>, _>>().ok()?;
        let chats = records.iter().filter_map(|record| record.get(0)).map(chat).collect();
        Some(Self { path: path.to_owned(), text, delimiter, chats })
    }

    /// Adds those who are not there yet and writes the whole list at once; gives how many were new.
    pub(super) fn add(mut self, people: &[Person]) -> io::Result<usize> {
        let before = self.chats.len();
        let mut writer = csv::WriterBuilder::new()
            .delimiter(self.delimiter)
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        for person in people {
            let chat = chat(&person.chat);
            if !self.chats.contains(&chat) {
                writer.write_record([&person.chat, &cell(&person.reason), &person.time])?;
                self.chats.push(chat);
            }
        }
        let lines = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        let added = self.chats.len() - before;
        if added > 0 || !self.path.exists() {
            if !self.text.ends_with('\n') {
                self.text += "\r\n";
            }
            self.write(&lines)?;
        }
        Ok(added)
    }

    /// To a temporary name in the same folder (mode 0600) and then in its place.
    fn write(&self, lines: &[u8]) -> io::Result<()> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        file.write_all(self.text.as_bytes())?;
        file.write_all(lines)?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map(drop).map_err(|error| error.error)
    }
}

/// The chat that a cell names; a person may have written a number only.
fn chat(cell: &str) -> String {
    let cell = cell.trim().to_ascii_lowercase();
    let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
    if cell.contains('@') { cell } else { digits + "@c.us" }
}

/// No spreadsheet takes it for a formula.
fn cell(text: &str) -> String {
    let text: String =
        text.chars().take(200).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.starts_with(['=', '+', '-', '@', '\'']) { format!("'{text}") } else { text }
}
