//! Which machines send a shared campaign: the leases of its instances, for display.

use jiff::Timestamp;

use super::{
    Ledger,
    error::{LedgerError, explain},
    sql::machines::{self, LeaseRecord},
};

/// The lease of an instance. All times are from the database's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseSummary {
    /// The name of the instance, or its id if it has none.
    pub name: String,
    /// The service and the id, such as `green-api instance 1101000001`.
    pub identity: String,
    /// The campaign that it sends.
    pub campaign: String,
    /// The machine.
    pub host: String,
    /// Its process.
    pub process: i64,
    /// When it took the lease.
    pub since: Timestamp,
    /// When the lease ends or has ended, unless it is renewed.
    pub until: Timestamp,
    /// When another machine may take it.
    pub free_from: Timestamp,
    /// Whether it has not lapsed.
    pub is_live: bool,
}

impl Ledger {
    /// Returns the leases under which its instances are driven, or were until their machine died. Empty for a file.
    ///
    /// # Errors
    /// [`LedgerError`] when the database cannot be read.
    pub fn lease_summaries(&self) -> Result<Vec<LeaseSummary>, LedgerError> {
        if self.database().is_none() {
            return Ok(Vec::new());
        }
        let records = machines::of_campaign(&self.connection, &self.campaign)
            .map_err(|error| explain(&self.path, &error))?;
        Ok(records.into_iter().map(LeaseSummary::from).collect())
    }

    /// Returns the identities of the instances that machines drive now for this campaign.
    pub(super) fn live_leases(&self) -> Result<Vec<String>, LedgerError> {
        let leases = self.lease_summaries()?.into_iter();
        let live = leases.filter(|lease| lease.is_live);
        Ok(live.map(|lease| lease.identity).collect())
    }
}

impl From<LeaseRecord> for LeaseSummary {
    fn from(record: LeaseRecord) -> Self {
        let name = if record.name.is_empty() {
            let identity = &*record.identity;
            let id = identity.rsplit_once(' ').map_or(identity, |(_, id)| id);
            id.to_owned()
        } else {
            record.name
        };
        Self {
            name,
            identity: record.identity,
            campaign: record.campaign,
            host: record.host,
            process: record.process,
            since: record.since,
            until: record.ends,
            free_from: record.free_from,
            is_live: record.is_live,
        }
    }
}
