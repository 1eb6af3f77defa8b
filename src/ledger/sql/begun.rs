//! The table `begun` of a send history in a file: how many requests the runs on this machine have begun lately, and when.
//! Unlike in `sends`, nothing is removed if the service refuses a contact, and times are those of a clock that all
//! processes of the machine share.

use std::time::Duration;

use crate::ledger::db::{Connection, Result, params};

/// Requests of which the service limits the rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Kind {
    Contact = 0,
    Check = 1,
}

/// Requests of a time span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Begun {
    /// When the first was begun.
    pub(in super::super) first: Option<Duration>,
    /// How many there are.
    pub(in super::super) requests: usize,
}

/// Returns the requests that were begun after the first of these times, up to the second.
pub(in super::super) fn between(
    connection: &Connection,
    kind: Kind,
    (after, to): (Duration, Duration),
) -> Result<Begun> {
    connection.query_row(
        "SELECT min(at), coalesce(sum(requests), 0) FROM begun WHERE kind = ?1 AND at > ?2 AND at <= ?3",
        params![kind as i64, milliseconds(after), milliseconds(to)],
        |row| {
            let first: Option<u64> = row.get(0)?;
            Ok(Begun {
                first: first.map(Duration::from_millis),
                requests: row.get(1)?,
            })
        },
    )
}

/// Adds requests that are begun at this time.
pub(in super::super) fn add(
    connection: &Connection,
    kind: Kind,
    at: Duration,
    requests: usize,
) -> Result<()> {
    connection
        .execute(
            "INSERT INTO begun (kind, at, requests) VALUES (?1, ?2, ?3)
             ON CONFLICT (kind, at) DO UPDATE SET requests = requests + excluded.requests",
            params![kind as i64, milliseconds(at), requests],
        )
        .map(drop)
}

/// Removes the requests that were begun up to the first of these times, or after the second.
pub(in super::super) fn forget(
    connection: &Connection,
    kind: Kind,
    (until, after): (Duration, Duration),
) -> Result<()> {
    connection
        .execute(
            "DELETE FROM begun WHERE kind = ?1 AND (at <= ?2 OR at > ?3)",
            params![kind as i64, milliseconds(until), milliseconds(after)],
        )
        .map(drop)
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
