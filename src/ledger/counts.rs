//! Counts of rows: by status, and of those that are pending or suppressed.

use super::{
    Ledger,
    db::{self, Connection},
    error::{LedgerError, explain},
    sql::{self, instances::CountRecord},
    state::State,
};
use crate::domain::{Counts, NO_ACCOUNT};

impl Ledger {
    /// Returns how many rows of each kind there are.
    pub(super) fn count_records(&self) -> Result<Vec<CountRecord>, LedgerError> {
        let records = self.row_counts.now(&self.connection);
        records.map_err(|error| explain(&self.path, &error))
    }

    /// Runs a change that touches no row, so that the cached counts stay valid.
    pub(super) fn change_no_row<T>(
        &self,
        change: impl FnOnce(&Connection) -> db::Result<T>,
    ) -> Result<T, LedgerError> {
        let made = self.row_counts.keep_while(&self.connection, change);
        made.map_err(|error| explain(&self.path, &error))
    }

    /// Whether no row has any of these states. Always false for a server, where asking would cost a round trip.
    pub(super) fn has_none(&self, states: &[State]) -> Result<bool, LedgerError> {
        let is_one = |record: &CountRecord| states.contains(&record.state);
        Ok(self.connection.is_file() && !self.count_records()?.iter().any(is_one))
    }

    /// Returns how many rows have each status.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn counts(&self) -> Result<Counts, LedgerError> {
        let mut counts = Counts::default();
        for record in self.count_records()? {
            counts.add(record.state.status(), record.rows);
        }
        Ok(counts)
    }

    /// Returns the same, and how many of the unknown rows other runs are sending at the same moment. When a run has
    /// opened a ledger, somebody is still sending what counts as being sent.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger cannot be read.
    pub fn counts_and_sending(&self) -> Result<(Counts, u64), LedgerError> {
        let (mut counts, mut sending) = (Counts::default(), 0);
        for record in self.count_records()? {
            counts.add(record.state.status(), record.rows);
            if record.state == State::Sending && !self.is_own(&record) {
                sending += record.rows;
            }
        }
        Ok((counts, sending))
    }

    /// Returns how many contacts the service refused that the instances of this run sent: rows that failed for another
    /// reason than `no_account`.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn refused(&self) -> Result<u64, LedgerError> {
        if self.has_none(&[State::Failed])? {
            return Ok(0);
        }
        let instances = self
            .instances
            .iter()
            .map(|instance| instance.id.to_string());
        let instances: Option<Vec<String>> = self.database().map(|_| instances.collect());
        sql::failed_otherwise(&self.connection, NO_ACCOUNT, instances.as_deref())
            .map_err(|error| explain(&self.path, &error))
    }

    /// Returns how many rows of the instances of this run have each status: no other run changes them meanwhile. In a
    /// file these are all rows, because it has only one run at a time.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger cannot be read.
    pub fn own_counts(&self) -> Result<Counts, LedgerError> {
        let mut counts = Counts::default();
        for record in self.count_records()? {
            if self.is_own(&record) {
                counts.add(record.state.status(), record.rows);
            }
        }
        Ok(counts)
    }

    fn is_own(&self, record: &CountRecord) -> bool {
        let mut own = self.instances.iter();
        self.connection.is_file() || own.any(|instance| record.instance == Some(instance.id))
    }

    /// Returns how many rows are in the hands of other runs, by status. Those runs will deal with them.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger cannot be read.
    pub fn in_other_hands(&self) -> Result<Counts, LedgerError> {
        let mut counts = Counts::default();
        let Some(leases) = &self.leases else {
            return Ok(counts);
        };
        let holders = leases.holders();
        sql::leases::in_other_hands(&self.connection, &self.campaign, holders, |state, rows| {
            counts.add(state.status(), rows);
        })
        .map_err(|error| explain(&self.path, &error))?;
        Ok(counts)
    }

    /// Returns how many pending rows belong to the given files: only these may be sent.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn waiting(&self) -> Result<u64, LedgerError> {
        let records = self.count_records()?;
        let waiting = records
            .iter()
            .filter(|record| record.given && record.state == State::Pending);
        Ok(waiting.map(|record| record.rows).sum())
    }

    /// Returns every file that is not given and has pending rows, with their number: they wait until it is given again.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn held_rows(&self) -> Result<Vec<(String, u64)>, LedgerError> {
        if self.is_read_once()? {
            return Ok(Vec::new());
        }
        sql::held(&self.connection).map_err(|error| explain(&self.path, &error))
    }

    /// Whether the input was read at most once: every file that was ever given is still given, with all of its rows.
    /// Each import that changes the place of a row gives its file a later listing; so does one that only corrects rows.
    pub(super) fn is_read_once(&self) -> Result<bool, LedgerError> {
        let last = sql::last_listing(&self.connection);
        Ok(last.map_err(|error| explain(&self.path, &error))? <= 1)
    }

    /// Returns how many rows of the given files are suppressed by the stop lists of this run, by the name of the list.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn suppressed_by_given(&self) -> Result<Vec<(String, u64)>, LedgerError> {
        if !self.keeps_out()? {
            return Ok(Vec::new());
        }
        sql::suppressed_by_given(&self.connection).map_err(|error| explain(&self.path, &error))
    }

    /// Returns how many rows of the given files are suppressed only because earlier runs were given a stop list that
    /// this one is not, by the name of the list. An empty name means that the list is not known.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn still_suppressed(&self) -> Result<Vec<(String, u64)>, LedgerError> {
        if !self.keeps_out()? {
            return Ok(Vec::new());
        }
        sql::still_suppressed(&self.connection).map_err(|error| explain(&self.path, &error))
    }

    /// Returns the layout of a source when it was given last, if it ever was.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn layout_of(&self, source: &str) -> Result<Option<String>, LedgerError> {
        let sources =
            sql::sources(&self.connection).map_err(|error| explain(&self.path, &error))?;
        Ok(sources
            .into_iter()
            .find(|known| known.name == source)
            .and_then(|known| known.layout))
    }

    /// Whether a stop list of any run suppresses a row.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn keeps_out(&self) -> Result<bool, LedgerError> {
        sql::keeps_out(&self.connection).map_err(|error| explain(&self.path, &error))
    }
}
