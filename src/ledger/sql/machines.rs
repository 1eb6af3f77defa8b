//! The statements that show which machines send a campaign of a PostgreSQL database.

use jiff::Timestamp;

use super::time::moment;
use crate::ledger::db::{Connection, Result, Row, params};

/// A lease that somebody holds, by the database's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct LeaseRecord {
    pub(in super::super) identity: String,
    /// Empty if the campaign does not know the instance yet, or it has no name.
    pub(in super::super) name: String,
    pub(in super::super) campaign: String,
    pub(in super::super) host: String,
    pub(in super::super) process: i64,
    pub(in super::super) since: Timestamp,
    pub(in super::super) ends: Timestamp,
    pub(in super::super) free_from: Timestamp,
    pub(in super::super) is_live: bool,
}

/// Returns the leases of a campaign, in the order of its instances. The session must be in the schema of the campaign.
pub(in super::super) fn of_campaign(
    connection: &Connection,
    campaign: &str,
) -> Result<Vec<LeaseRecord>> {
    connection.query_all(
        "SELECT instance, coalesce(instances.name, ''), campaign, host, process,
                CAST(extract(epoch FROM since) * 1000 AS bigint), CAST(extract(epoch FROM ends) * 1000 AS bigint),
                CAST(extract(epoch FROM free_from) * 1000 AS bigint), ends > clock_timestamp()
         FROM leases LEFT JOIN instances ON instances.identity = leases.instance
         WHERE holder <> '' AND campaign = ?1 ORDER BY instances.id, instance",
        params![campaign],
        record,
    )
}

/// Returns the lapsed leases of all campaigns. The session must be in the shared schema.
pub(in super::super) fn lapsed(connection: &Connection) -> Result<Vec<LeaseRecord>> {
    connection.query_all(
        "SELECT instance, '', campaign, host, process,
                CAST(extract(epoch FROM since) * 1000 AS bigint), CAST(extract(epoch FROM ends) * 1000 AS bigint),
                CAST(extract(epoch FROM free_from) * 1000 AS bigint), false
         FROM leases WHERE holder <> '' AND ends <= clock_timestamp() ORDER BY instance",
        params![],
        record,
    )
}

fn record(row: &Row<'_>) -> Result<LeaseRecord> {
    Ok(LeaseRecord {
        identity: row.get(0)?,
        name: row.get(1)?,
        campaign: row.get(2)?,
        host: row.get(3)?,
        process: row.get(4)?,
        since: moment(row, 5)?,
        ends: moment(row, 6)?,
        free_from: moment(row, 7)?,
        is_live: row.get(8)?,
    })
}
