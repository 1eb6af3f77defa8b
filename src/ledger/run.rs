//! A run of a command that writes, and why rows were not accepted.

use std::fmt;

use jiff::Timestamp;

use crate::domain::{Counts, Status};

/// One run of a command that writes.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// From 1, in the order in which they began.
    pub number: u64,
    /// When it began.
    pub began: Timestamp,
    /// When it ended; nothing if it was cut off, or is in progress.
    pub ended: Option<Timestamp>,
    /// The version of the program.
    pub version: String,
    /// The command: `send`, `reconcile`…
    pub command: String,
    /// Messages a second that it was allowed, if it sent.
    pub rate: Option<f64>,
    /// Its exit code; nothing as with `ended`.
    pub exit: Option<u8>,
    /// The rows when it began, after the input was read.
    pub before: Counts,
    /// The rows when it ended; nothing as with `ended`.
    pub after: Option<Counts>,
}

/// What is known of a run that begins.
#[derive(Debug, Clone, Copy)]
pub struct NewRun<'a> {
    /// When it began.
    pub began: Timestamp,
    /// The version of the program.
    pub version: &'a str,
    /// The command.
    pub command: &'a str,
    /// Messages a second, if it sends.
    pub rate: Option<f64>,
}

/// Names a run that has begun.
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
    /// How many rows.
    pub rows: u64,
}
