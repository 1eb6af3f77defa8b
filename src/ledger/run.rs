//! A run of a command that writes, and why rows were not accepted.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Counts, Status},
    i18n::Language,
};

/// One run of a command that writes.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The number of the run, from 1, in the order in which runs began.
    pub number: u64,
    /// When it began.
    pub began: Timestamp,
    /// When it ended; `None` if it was cut off or is in progress.
    pub ended: Option<Timestamp>,
    /// The version of the program.
    pub version: String,
    /// The command: `send`, `reconcile`…
    pub command: String,
    /// The allowed rate in messages per second, if it sent.
    pub rate: Option<f64>,
    /// Its exit code; `None` as with `ended`.
    pub exit: Option<u8>,
    /// The rows by status when it began, after the input was read.
    pub before: Counts,
    /// The rows by status when it ended; `None` as with `ended`.
    pub after: Option<Counts>,
    /// Why it ended early, if it did and the ledger knows why.
    pub stop: Option<RunStop>,
}

/// Why a run ended early. It is stored in every language, so that it can be shown in any of them later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunStop {
    /// A word for programs, such as `window` or `halted_blocked`.
    pub code: String,
    /// One sentence in English, which names no people.
    pub en: String,
    /// The same sentence in Russian.
    pub ru: String,
    /// When a run can continue, as RFC 3339, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes_at: Option<String>,
}

impl RunStop {
    /// Returns the sentence in this language.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Ru => &self.ru,
        }
    }
}

/// The end of a run.
#[derive(Debug, Clone, Copy)]
pub struct RunEnd<'a> {
    /// When.
    pub at: Timestamp,
    /// Its exit code.
    pub exit: u8,
    /// The rows by status before the run, and what others have done meanwhile.
    pub before: &'a Counts,
    /// The rows by status.
    pub after: &'a Counts,
    /// Why it ended early, if it did.
    pub stop: Option<&'a RunStop>,
}

/// What is known about a run that begins.
#[derive(Debug, Clone, Copy)]
pub struct NewRun<'a> {
    /// When it began.
    pub began: Timestamp,
    /// The version of the program.
    pub version: &'a str,
    /// The command.
    pub command: &'a str,
    /// Messages per second, if it sends.
    pub rate: Option<f64>,
}

/// Identifies a run that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunId(pub(super) i64);

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why some rows were not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Failed, invalid or unknown.
    pub status: Status,
    /// A problem code, or the words of the service or the network; empty for contacts in progress.
    pub error: String,
    /// The number of rows.
    pub rows: u64,
}
