//! The delivery of accepted rows. A known delivery never moves backwards: the rule is in [`Delivery::may_become`] and
//! is enforced here, whatever the service says.

use jiff::Timestamp;
use serde_json::json;

use crate::{domain::Delivery, i18n::Sentence};

use super::{
    Ledger,
    batch::RowId,
    db,
    error::{LedgerError, explain},
    follow_up::{DeliveryUpdate, TrackedRow},
    sql,
};

/// A set of accepted rows that have an idMessage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingDeliveries {
    /// The number of rows.
    pub rows: u64,
    /// When the first of the rows was sent.
    pub first: Option<Timestamp>,
}

impl Ledger {
    /// Returns the next accepted rows of an instance whose delivery is not final, at most `most`, after this row or
    /// from the first.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn tracked(
        &self,
        instance: usize,
        after: Option<RowId>,
        most: usize,
    ) -> Result<Vec<TrackedRow>, LedgerError> {
        let finals = words(Delivery::is_final);
        let after = after.map_or(i64::MIN, |row| row.0);
        sql::tracked(
            &self.connection,
            self.row_filter(instance)?,
            after,
            &finals,
            most,
        )
        .map_err(|error| explain(&self.path, &error))
    }

    /// Returns the accepted rows whose delivery is not settled.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn awaited(&self) -> Result<PendingDeliveries, LedgerError> {
        self.accepted_without(None, Delivery::is_settled)
    }

    /// Returns the accepted rows of an instance whose delivery is not settled.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn awaited_of(&self, instance: usize) -> Result<PendingDeliveries, LedgerError> {
        self.accepted_without(self.row_filter(instance)?, Delivery::is_settled)
    }

    /// Returns the accepted rows of an instance whose delivery is not final; these include the rows that are not
    /// settled.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn not_final(&self, instance: usize) -> Result<PendingDeliveries, LedgerError> {
        self.accepted_without(self.row_filter(instance)?, Delivery::is_final)
    }

    /// Returns how many accepted rows have no idMessage, so that the service cannot be asked about them.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn without_id(&self) -> Result<u64, LedgerError> {
        sql::without_id(&self.connection).map_err(|error| explain(&self.path, &error))
    }

    /// Records news about deliveries, all or nothing. News that would move a row backwards is ignored. Returns how
    /// many rows have become settled.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn deliver(&mut self, heard: &[DeliveryUpdate]) -> Result<usize, LedgerError> {
        if heard.is_empty() {
            return Ok(0);
        }
        self.deliver_all(heard)
            .map_err(|error| explain(&self.path, &error))
    }

    /// Returns the accepted rows whose delivery is not `known`.
    fn accepted_without(
        &self,
        instance: Option<i64>,
        known: fn(Delivery) -> bool,
    ) -> Result<PendingDeliveries, LedgerError> {
        let (rows, first) = sql::awaited(&self.connection, instance, &words(known))
            .map_err(|error| explain(&self.path, &error))?;
        Ok(PendingDeliveries { rows, first })
    }

    fn deliver_all(&mut self, heard: &[DeliveryUpdate]) -> db::Result<usize> {
        let transaction = self.connection.transaction()?;
        let mut settled = 0;
        let doubt = Sentence::SentWhileRestricted.to_keep();
        for update in heard {
            let DeliveryUpdate { row, delivery, .. } = update;
            let known = sql::delivery(&transaction, row.0)?;
            let known = known.as_deref().and_then(Delivery::parse);
            if known.is_none_or(|known| known.may_become(*delivery)) {
                let rows = sql::set_delivery(&transaction, update, &doubt)?;
                let was_settled = known.is_some_and(Delivery::is_settled);
                settled += if was_settled || !delivery.is_settled() {
                    0
                } else {
                    rows
                };
            }
        }
        transaction.commit()?;
        Ok(settled)
    }
}

/// Returns the deliveries for which `of` is true, as a JSON array.
fn words(of: fn(Delivery) -> bool) -> String {
    let words = Delivery::ALL
        .iter()
        .filter(|delivery| of(**delivery))
        .map(|delivery| delivery.as_str());
    json!(words.collect::<Vec<_>>()).to_string()
}
