//! Lets a ledger in a database survive the loss of its connections.
//!
//! What must stay true: if the answer to a commit is lost, it is not known whether the commit happened. The lost
//! sessions are ended, so that it cannot happen later; then the batch is looked up by its name, and nothing is sent
//! before it is found or recorded again.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{
    Ledger, database::Database, db::Session, error::LedgerError, lease::Leases,
    send_history::SendHistory, sql::leases,
};

/// The first and the longest time between two attempts to connect.
const WAITS: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(5)];

impl Ledger {
    /// Gives the next batch its name.
    pub(super) const fn begin_batch(&mut self) {
        self.batch += 1;
    }

    /// Whether an error may be due to a lost connection.
    pub(super) fn is_cut_off(&self, error: &LedgerError) -> bool {
        let is_closed = self.connection.is_closed()
            || self.instances.iter().any(|instance| {
                instance
                    .history
                    .as_ref()
                    .is_some_and(SendHistory::is_cut_off)
            });
        is_closed || matches!(error, LedgerError::Unreachable { .. })
    }

    /// Reconnects if the connection was lost since the last batch.
    ///
    /// # Errors
    /// The errors of `Ledger::reconnect`.
    pub fn revive(&mut self) -> Result<(), LedgerError> {
        if !self.connection.is_closed() {
            return Ok(());
        }
        let error = LedgerError::Unreachable {
            database: self.path.display().to_string(),
            reason: "the connection was lost".to_owned(),
        };
        self.reconnect(error).map(drop)
    }

    /// Whether the server rolled back a transaction that may be retried.
    pub(super) fn is_undone(&self, error: &LedgerError) -> bool {
        self.database().is_some() && matches!(error, LedgerError::Undone { .. })
    }

    fn is_abandoned(&self) -> bool {
        self.lease_watch()
            .is_some_and(|leases| leases.is_abandoned())
    }

    /// Reconnects, for as long as the user is willing to wait. Returns whether the last batch was committed.
    ///
    /// # Errors
    /// The given error, if the database stays unreachable; [`LedgerError::LeaseLost`] if another machine has taken over
    /// an instance.
    pub(super) fn reconnect(&mut self, error: LedgerError) -> Result<bool, LedgerError> {
        let Some(database) = self.database().cloned() else {
            return Err(error);
        };
        let (mut error, mut wait) = (error, WAITS[0]);
        let until = Instant::now() + database.retry_for();
        while Instant::now() < until && !self.is_abandoned() {
            match self.try_to_reconnect(&database) {
                Err(LedgerError::Unreachable { database, reason }) => {
                    error = LedgerError::Unreachable { database, reason };
                }
                other => return other,
            }
            let again = Instant::now() + wait;
            while Instant::now() < again.min(until) && !self.is_abandoned() {
                thread::sleep(WAITS[0]);
            }
            wait = (wait * 2).min(WAITS[1]);
        }
        Err(error)
    }

    fn try_to_reconnect(&mut self, database: &Database) -> Result<bool, LedgerError> {
        let connection = database.connect_to_write()?;
        // Every lost session is ended before its connection is dropped.
        for session in self.sessions() {
            database.end_session(&connection, session)?;
        }
        database.enter_campaign(&connection, &self.campaign, true)?;
        self.connection = connection;
        for instance in &mut self.instances {
            if let Some(history) = &mut instance.history {
                history.reconnect(database)?;
            }
        }
        self.guard()?;
        database.note_server_or_fail(&self.connection, &self.campaign)?;
        let mut was_committed = false;
        let holders = self.leases.as_ref().map_or(&[][..], Leases::holders);
        for holder in holders {
            match leases::has_batch(&self.connection, holder, &self.batch.to_string()) {
                Ok(Some(committed)) => was_committed |= committed,
                Ok(None) => {
                    return Err(LedgerError::LeaseLost {
                        instance: holder.instance.clone(),
                    });
                }
                Err(error) => return Err(database.explain(&error)),
            }
        }
        Ok(was_committed)
    }

    /// Returns the sessions of the ledger and its send histories.
    fn sessions(&self) -> impl Iterator<Item = &Session> {
        let histories = self.instances.iter();
        let histories = histories.filter_map(|instance| instance.history.as_ref()?.session());
        self.connection.session().into_iter().chain(histories)
    }

    /// Prepares its sessions for sending, see [`Database::guard`].
    pub(super) fn guard(&self) -> Result<(), LedgerError> {
        let Some(database) = self.database() else {
            return Ok(());
        };
        database.guard(&self.connection)?;
        self.instances
            .iter()
            .filter_map(|instance| instance.history.as_ref())
            .try_for_each(|history| history.guard(database))
    }
}
