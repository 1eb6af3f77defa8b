//! One setting as a file writes it.

use std::path::PathBuf;

use crate::cli::args::from_file::Rank;

/// One setting of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The long name of an option.
    pub(super) key: String,
    pub(super) value: Value,
    /// The line of the key, from 1.
    pub(super) line: usize,
    /// The settings file that contains the key.
    pub(super) path: PathBuf,
    pub(super) rank: Rank,
}

impl Entry {
    /// Returns file and line, as `sendcontact.toml:4`.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.path.display(), self.line)
    }
}

/// A value as the file writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Switch(bool),
    One(String),
    Several(Vec<String>),
}

impl Value {
    pub(super) fn texts(&self) -> &[String] {
        match self {
            Self::Switch(_) => &[],
            Self::One(text) => std::slice::from_ref(text),
            Self::Several(texts) => texts,
        }
    }

    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Switch(switch) => switch.to_string(),
            Self::One(text) => text.clone(),
            Self::Several(texts) => texts.join(" "),
        }
    }
}
