//! The instances that share a campaign.

use crate::ledger::{InstanceSummary, Ledger, LedgerError};

/// The instances of a ledger that several share; else none.
pub(crate) fn sharing(ledger: &Ledger) -> Result<Vec<InstanceSummary>, LedgerError> {
    if ledger.is_shared()? {
        ledger.instance_summaries()
    } else {
        Ok(Vec::new())
    }
}
