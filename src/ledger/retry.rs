//! Rows that a person wants to send again.

use super::{
    Ledger,
    error::{LedgerError, explain},
    sql,
};

impl Ledger {
    /// Makes every failed row of the given files pending again, or suppressed if it is suppressed now. Returns how
    /// many.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn retry_failed(&mut self) -> Result<usize, LedgerError> {
        sql::failed_to_pending(&self.connection).map_err(|error| explain(&self.path, &error))
    }
}
