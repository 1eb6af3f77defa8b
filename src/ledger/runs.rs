//! The history of a campaign: which commands worked on it, when, and what they changed; and what
//! the rows come to by reason and by delivery.

use std::fmt;

use serde_json::{Map, Value};

use crate::domain::{Counts, Delivery, Status};

use super::{
    Ledger, OPEN_RUN,
    error::{LedgerError, explain},
    sql::{self, RunRecord},
};

/// One run of a command that writes.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// From 1, in the order in which they began.
    pub number: u64,
    /// When it began, in milliseconds since 1970.
    pub began: i64,
    /// When it ended; nothing if it was cut off, or is in progress.
    pub ended: Option<i64>,
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
    /// When it began, in milliseconds since 1970.
    pub began: i64,
    /// The version of the program.
    pub version: &'a str,
    /// The command.
    pub command: &'a str,
    /// Messages a second, if it sends.
    pub rate: Option<f64>,
}

/// Names a run that has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunId(i64);

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

impl Ledger {
    /// Records that a run has begun, and the rows as they are.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn begin_run(&mut self, run: &NewRun<'_>, before: &Counts) -> Result<RunId, LedgerError> {
        let number = sql::begin_run(&self.connection, run, &written(before));
        number
            .map(RunId)
            .map_err(|error| explain(&self.path, &error))
    }

    /// Records that it has ended at this time (milliseconds since 1970), and the rows as they are.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn end_run(
        &mut self,
        run: RunId,
        ended: i64,
        exit: u8,
        after: &Counts,
    ) -> Result<(), LedgerError> {
        let end = || {
            let transaction = self.connection.unchecked_transaction()?;
            sql::end_run(&transaction, run.0, ended, (exit, &written(after)))?;
            if sql::fact(&transaction, OPEN_RUN)?.is_some_and(|open| open == run.to_string()) {
                sql::remove_fact(&transaction, OPEN_RUN)?;
            }
            transaction.commit()
        };
        end().map_err(|error| explain(&self.path, &error))
    }

    /// Sets when a run began (milliseconds since 1970): it has begun before the service reported its time.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn correct_begin(&mut self, run: RunId, began: i64) -> Result<(), LedgerError> {
        sql::correct_begin(&self.connection, run.0, began)
            .map_err(|error| explain(&self.path, &error))
    }

    /// Every run, in the order in which they began.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn runs(&self) -> Result<Vec<Run>, LedgerError> {
        let records = sql::runs(&self.connection).map_err(|error| explain(&self.path, &error))?;
        records.into_iter().map(|record| self.run(record)).collect()
    }

    /// Why rows are failed, invalid or unknown, the most frequent reason first.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn reasons(&self) -> Result<Vec<Reason>, LedgerError> {
        let reasons =
            sql::reasons(&self.connection).map_err(|error| explain(&self.path, &error))?;
        let reason = |(state, error, rows): (super::state::State, _, _)| Reason {
            status: state.status(),
            error,
            rows,
        };
        Ok(reasons.into_iter().map(reason).collect())
    }

    /// How many accepted rows have each word of delivery, in the order of the words; those of which
    /// nothing is known yet, and words without rows, are left out.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn deliveries(&self) -> Result<Vec<(Delivery, u64)>, LedgerError> {
        let words =
            sql::deliveries(&self.connection).map_err(|error| explain(&self.path, &error))?;
        let mut deliveries: Vec<(Delivery, u64)> = words
            .iter()
            .filter_map(|(word, rows)| Some((Delivery::parse(word)?, *rows)))
            .collect();
        deliveries.sort_unstable();
        Ok(deliveries)
    }

    fn run(&self, record: RunRecord) -> Result<Run, LedgerError> {
        Ok(Run {
            number: record.number,
            began: record.began,
            ended: record.ended,
            version: record.version,
            command: record.command,
            rate: record.rate,
            exit: record.exit,
            before: self.read_counts(&record.before)?,
            after: record
                .after
                .map(|counts| self.read_counts(&counts))
                .transpose()?,
        })
    }

    fn read_counts(&self, json: &str) -> Result<Counts, LedgerError> {
        let words: Map<String, Value> =
            serde_json::from_str(json).map_err(|error| LedgerError::Damaged {
                path: self.path.clone(),
                reason: error.to_string(),
            })?;
        let mut counts = Counts::default();
        for status in Status::ALL {
            counts.add(
                status,
                words
                    .get(status.as_str())
                    .and_then(Value::as_u64)
                    .unwrap_or_default(),
            );
        }
        Ok(counts)
    }
}

/// The rows by status, as JSON; statuses without rows are left out.
fn written(counts: &Counts) -> String {
    let some = Status::ALL
        .into_iter()
        .filter(|status| counts.of(*status) > 0);
    let words: Map<String, Value> = some
        .map(|status| (status.as_str().to_owned(), Value::from(counts.of(status))))
        .collect();
    Value::Object(words).to_string()
}
