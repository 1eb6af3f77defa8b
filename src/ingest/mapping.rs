//! Which column is which field, as a person says it: `FIELD=COLUMN`, on the command line or one a line
//! in a file that is kept for the next export of the same program.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::i18n::{Language, UserError};

use super::columns::{Field, FieldError};

/// Why a mapping cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.localized(Language::En))]
pub enum MapError {
    /// The text is not of the form.
    Form(String),
    /// The field is none.
    Field(#[from] FieldError),
    /// A line of the file is wrong.
    Line {
        /// The file.
        path: PathBuf,
        /// Its line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: Box<MapError>,
    },
    /// The file cannot be read.
    File {
        /// The file.
        path: PathBuf,
        /// What the machine says.
        source: io::Error,
    },
}

impl MapError {
    /// The sentence in a language.
    #[must_use]
    pub fn localized(&self, language: Language) -> String {
        match self {
            Self::Form(text) => UserError::MapForm { text: text.clone() }.localized(language),
            Self::Field(error) => error.localized(language),
            Self::Line { path, line, reason } => UserError::MapLine {
                path: path.display().to_string(),
                line: *line as u64,
                reason: reason.localized(language),
            }
            .localized(language),
            Self::File { path, source } => {
                let (path, reason) = (path.display().to_string(), source.to_string());
                UserError::MapFile { path, reason }.localized(language)
            }
        }
    }
}

/// Reads one `FIELD=COLUMN`; the column is a heading, a letter or a number, and may hold `=` itself.
///
/// # Errors
/// [`MapError`] when there is no `=`, no column or no such field.
pub fn mapped(text: &str) -> Result<(Field, String), MapError> {
    let form = || MapError::Form(text.trim().to_owned());
    let (field, column) = text.split_once('=').ok_or_else(form)?;
    let column = column.trim();
    let inner = column.strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    let column = inner.unwrap_or(column).to_owned();
    if column.is_empty() { Err(form()) } else { Ok((field.parse()?, column)) }
}

/// Reads a file of mappings: UTF-8, one a line, blank lines and lines that begin with `#` left out.
///
/// # Errors
/// [`MapError`] when the file cannot be read or a line is wrong; it names the line.
pub fn mapped_in_file(path: &Path) -> Result<Vec<(Field, String)>, MapError> {
    let text = fs::read_to_string(path).map_err(|source| MapError::File { path: path.to_owned(), source })?;
    let lines = text.trim_start_matches('\u{FEFF}').lines().map(str::trim).enumerate();
    let said = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let read = |(index, line)| {
        mapped(line).map_err(|reason| MapError::Line {
            path: path.to_owned(),
            line: index + 1,
            reason: Box::new(reason),
        })
    };
    said.map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_is_a_field_and_a_column() {
        for (text, field, column) in [
            ("phoneContact=C", Field::PhoneContact, "C"),
            (" firstname = Имя = полное ", Field::FirstName, "Имя = полное"),
            ("recipient=\"Мой телефон\"", Field::Recipient, "Мой телефон"),
        ] {
            assert_eq!(mapped(text).unwrap(), (field, column.to_owned()));
        }
        for text in ["phoneContact", "phoneContact=", "phone=C", "=C", ""] {
            assert!(mapped(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_file_of_mappings_names_its_wrong_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map.txt");
        std::fs::write(&path, "\u{FEFF}# export of May\r\nrecipient = Кому\r\n\r\nphoneContact=3\r\n")
            .unwrap();
        let columns = mapped_in_file(&path).unwrap();
        assert_eq!(columns, [(Field::Recipient, "Кому".to_owned()), (Field::PhoneContact, "3".to_owned())]);
        std::fs::write(&path, "recipient=A\nphone=B\n").unwrap();
        let error = mapped_in_file(&path).unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("phoneContact"), "{error}");
        assert!(mapped_in_file(&folder.path().join("none")).is_err());
    }
}
