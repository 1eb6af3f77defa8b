//! The statements about the server on which a campaign was written last.

use jiff::Timestamp;
use serde_json::json;

use super::time::nearest_moment;
use crate::ledger::{
    db::{Connection, Fault, Result, params},
    state::State,
};

/// Returns the identity of the server: the identifier of its data, and the timeline, which changes with each failover.
/// `None` if the user may not ask, or the service does not say.
pub(in super::super) fn identity(connection: &Connection) -> Result<Option<String>> {
    let asked = connection.query_row(
        "SELECT system_identifier || ' ' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
         FROM pg_control_system()",
        params![],
        |row| row.get(0),
    );
    match asked {
        Ok(identity) => Ok(Some(identity)),
        Err(error) if matches!(error.fault(), Fault::Refused | Fault::Other) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Records the server of a campaign, if none is recorded yet. Returns whether the campaign is on the recorded server.
pub(in super::super) fn note(
    connection: &Connection,
    campaign: &str,
    identity: &str,
) -> Result<bool> {
    connection.query_row(
        "UPDATE campaigns SET server = coalesce(server, ?2),
                noticed = CASE WHEN server <> ?2 THEN coalesce(noticed, clock_timestamp()) END
         WHERE name = ?1 RETURNING server = ?2",
        params![campaign, identity],
        |row| row.get(0),
    )
}

/// Whether a campaign is on the server where it was written last, as far as that can be told.
pub(in super::super) fn has_everything(
    connection: &Connection,
    campaign: &str,
    identity: Option<&str>,
) -> Result<bool> {
    connection.query_row(
        "SELECT noticed IS NULL AND (server IS NULL OR CAST(?2 AS text) IS NULL OR server = ?2)
         FROM campaigns WHERE name = ?1",
        params![campaign, identity],
        |row| row.get(0),
    )
}

/// Records that the server has everything that was committed up to now, if it is the recorded server.
pub(in super::super) fn note_seen(
    connection: &Connection,
    campaign: &str,
    identity: &str,
) -> Result<()> {
    connection
        .execute(
            "UPDATE campaigns SET seen = clock_timestamp() WHERE name = ?1 AND server = ?2",
            params![campaign, identity],
        )
        .map(drop)
}

/// Returns the time up to which the earlier server's commits are known to be here, and for how many milliseconds the
/// change has been noticed; `None` if there was no change.
pub(in super::super) fn change(
    connection: &Connection,
    campaign: &str,
) -> Result<Option<(Timestamp, i64)>> {
    connection.query_optional(
        "SELECT CAST(extract(epoch FROM seen) * 1000 AS bigint),
                CAST(extract(epoch FROM clock_timestamp() - noticed) * 1000 AS bigint)
         FROM campaigns WHERE name = ?1 AND noticed IS NOT NULL",
        params![campaign],
        |row| Ok((nearest_moment(row.get(0)?), row.get(1)?)),
    )
}

/// Records that the campaign is on this server from now on.
pub(in super::super) fn accept(
    connection: &Connection,
    campaign: &str,
    identity: &str,
) -> Result<()> {
    connection
        .execute(
            "UPDATE campaigns SET server = ?2, noticed = NULL, seen = clock_timestamp() WHERE name = ?1",
            params![campaign, identity],
        )
        .map(drop)
}

/// A contact that a service reports as sent, and that a ledger may have forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct ReportedRecord<'a> {
    /// The text by which the person is known; `None` if it cannot be read.
    pub(in super::super) person: Option<String>,
    /// The numbers on the contact; empty if they cannot be read.
    pub(in super::super) phones: &'a [String],
    pub(in super::super) at: Option<Timestamp>,
}

/// `pending → unknown` for the rows of this instance that may be this contact. Returns how many.
pub(in super::super) fn mark_possibly_sent(
    connection: &Connection,
    instance: i64,
    reported: &ReportedRecord<'_>,
    otherwise_at: Timestamp,
    error: &str,
) -> Result<usize> {
    let at = reported.at.unwrap_or(otherwise_at).as_millisecond();
    let phones = json!(reported.phones).to_string();
    connection.execute(
        "UPDATE rows SET state = ?1, instance = ?2, sent_at = ?3, sent_by_service = ?4, error = ?5,
                         attempts = attempts + 1, absent_since = NULL
         WHERE state = ?6 AND person IS NOT NULL AND (person = ?7 OR ?7 IS NULL)
           AND (?8 OR phone_contact IN (SELECT value FROM json_each(CAST(?9 AS text))))",
        params![
            State::Unknown,
            instance,
            at,
            reported.at.is_some(),
            error,
            State::Pending,
            reported.person,
            reported.phones.is_empty(),
            phones
        ],
    )
}
