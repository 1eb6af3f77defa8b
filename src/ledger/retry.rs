//! Rows that a person wants sent once more.

use super::{
    Ledger,
    error::{LedgerError, explain},
    sql,
};

impl Ledger {
    /// Puts every failed row of the files that are given back to pending, or to suppressed if it is
    /// left out now; gives how many.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn retry_failed(&mut self) -> Result<usize, LedgerError> {
        sql::failed_to_pending(&self.connection).map_err(|error| explain(&self.path, &error))
    }
}
