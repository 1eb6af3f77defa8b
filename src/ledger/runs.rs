//! The history of a campaign: which commands worked on it, when, and what they changed; and totals of rows by reason
//! and by delivery.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::domain::{Counts, Delivery, Status};

use super::{
    Ledger,
    db::Connection,
    error::{LedgerError, explain},
    handle::OPEN_RUN,
    lease::Leases,
    run::{NewRun, Reason, Run, RunEnd, RunId, RunStop},
    sql::{self, RunRecord},
    state::State,
    waits,
};

/// The name of the fact that holds the command of the last run that sent.
pub(super) const SEND_COMMAND: &str = "send command";

impl Ledger {
    /// Records that a run has begun, with the current counts of rows.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn begin_run(&mut self, run: &NewRun<'_>, before: &Counts) -> Result<RunId, LedgerError> {
        let before = written(before);
        self.change_no_row(|connection| sql::begin_run(connection, run, &before))
            .map(RunId)
    }

    /// Records durably, before its first request, that a run is going to send.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written, or when the last run was cut off, its `-wal` is missing, and no
    /// send history can tell what it sent.
    pub fn open_run(&mut self, run: RunId) -> Result<(), LedgerError> {
        if self.is_wal_missing
            && self
                .instances
                .iter()
                .any(|instance| instance.history.is_none())
        {
            return Err(self.wal_missing());
        }
        if !self.connection.is_file() {
            return Ok(());
        }
        let note = || {
            sql::set_fact(&self.connection, OPEN_RUN, &run.to_string())?;
            sql::checkpoint(&self.connection)?;
            // Removes and sets the fact so that a `-wal` exists as long as the run does: SQLite does not write an
            // unchanged value.
            let transaction = self.connection.transaction()?;
            sql::remove_fact(&transaction, OPEN_RUN)?;
            sql::set_fact(&transaction, OPEN_RUN, &run.to_string())?;
            transaction.commit()
        };
        note().map_err(|error| explain(&self.path, &error))
    }

    /// Stores the command line of a run that sends.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn note_send_command(&mut self, command: &str) -> Result<(), LedgerError> {
        sql::set_fact(&self.connection, SEND_COMMAND, command)
            .map_err(|error| explain(&self.path, &error))
    }

    /// Removes the stored command line.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn forget_send_command(&mut self) -> Result<(), LedgerError> {
        sql::remove_fact(&self.connection, SEND_COMMAND)
            .map_err(|error| explain(&self.path, &error))
    }

    /// Returns the stored command line.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn send_command(&self) -> Result<Option<String>, LedgerError> {
        sql::fact(&self.connection, SEND_COMMAND).map_err(|error| explain(&self.path, &error))
    }

    /// Records the end of a run.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn end_run(&mut self, run: RunId, end: &RunEnd<'_>) -> Result<(), LedgerError> {
        let stop = end.stop.map(|stop| serde_json::json!(stop).to_string());
        let record = |connection: &Connection| {
            let transaction = connection.transaction()?;
            sql::end_run(
                &transaction,
                run.0,
                end,
                [end.before, end.after]
                    .map(written)
                    .each_ref()
                    .map(String::as_str),
                stop.as_deref(),
            )?;
            if sql::fact(&transaction, OPEN_RUN)?.is_some_and(|open| open == run.to_string()) {
                sql::remove_fact(&transaction, OPEN_RUN)?;
            }
            waits::remove(&transaction)?;
            let holders = self.leases.as_ref().map_or(&[][..], Leases::holders);
            for (holder, instance) in holders.iter().zip(&self.instances) {
                let batch = self.batch.to_string();
                if sql::leases::note_batch(&transaction, &[holder], &batch)?.is_none() {
                    sql::claims::free_own(&transaction, instance.id)?;
                }
            }
            transaction.commit()
        };
        self.change_no_row(record)
    }

    /// Corrects when a run began: it began before the service had reported its time.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn correct_begin(&mut self, run: RunId, began: Timestamp) -> Result<(), LedgerError> {
        sql::correct_begin(&self.connection, run.0, began)
            .map_err(|error| explain(&self.path, &error))
    }

    /// Returns every run, in the order in which they began. If machines share a campaign, the order is that in which
    /// runs ended, or began if they have not ended.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn runs(&self) -> Result<Vec<Run>, LedgerError> {
        let records = sql::runs(&self.connection).map_err(|error| explain(&self.path, &error))?;
        let runs = records.into_iter().map(|record| self.run(record));
        let mut runs: Vec<Run> = runs.collect::<Result<_, _>>()?;
        if self.database().is_some() {
            runs.sort_by_key(|run| run.ended.unwrap_or(run.began));
        }
        Ok(runs)
    }

    /// Returns why rows are failed, invalid or unknown, the most frequent reason first.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn reasons(&self) -> Result<Vec<Reason>, LedgerError> {
        let open_or_wrong = [
            State::Failed,
            State::Invalid,
            State::Unknown,
            State::Sending,
        ];
        if self.has_none(&open_or_wrong)? {
            return Ok(Vec::new());
        }
        let reasons =
            sql::reasons(&self.connection).map_err(|error| explain(&self.path, &error))?;
        let reason = |(state, error, rows): (State, _, _)| Reason {
            status: state.status(),
            error,
            rows,
        };
        Ok(reasons.into_iter().map(reason).collect())
    }

    /// Returns how many accepted rows have each delivery, in the order of [`Delivery`]. Rows without a known delivery
    /// and deliveries without rows are omitted.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn deliveries(&self) -> Result<Vec<(Delivery, u64)>, LedgerError> {
        if self.has_none(&[State::Accepted])? {
            return Ok(Vec::new());
        }
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
            stop: record.stop.map(|stop| self.read_stop(&stop)).transpose()?,
        })
    }

    fn read_stop(&self, json: &str) -> Result<RunStop, LedgerError> {
        serde_json::from_str(json).map_err(|error| self.damaged(error.to_string()))
    }

    fn read_counts(&self, json: &str) -> Result<Counts, LedgerError> {
        let words: Map<String, Value> =
            serde_json::from_str(json).map_err(|error| self.damaged(error.to_string()))?;
        let mut counts = Counts::default();
        for status in Status::ALL {
            // Statuses without rows are omitted.
            let Some(rows) = words.get(status.as_str()) else {
                continue;
            };
            let rows = rows.as_u64();
            counts.add(
                status,
                rows.ok_or_else(|| self.damaged(format!("run: {json}")))?,
            );
        }
        Ok(counts)
    }
}

/// Returns the counts by status as JSON; statuses without rows are omitted.
fn written(counts: &Counts) -> String {
    let some = Status::ALL
        .into_iter()
        .filter(|status| counts.of(*status) > 0);
    let words: Map<String, Value> = some
        .map(|status| (status.as_str().to_owned(), Value::from(counts.of(status))))
        .collect();
    Value::Object(words).to_string()
}
