//! The table `begun` of a send history in a file: how many contacts the runs on this machine have begun lately, and when.
//! Unlike in `sends`, nothing is removed if the service refuses a contact, and times are those of a clock that all
//! processes of the machine share.

use std::time::Duration;

use crate::ledger::db::{Connection, Result, params};

/// Contacts of a time span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Begun {
    /// When the first was begun.
    pub(in super::super) first: Option<Duration>,
    /// How many there are.
    pub(in super::super) contacts: usize,
}

/// Returns the contacts that were begun after the first of these times, up to the second.
pub(in super::super) fn between(
    connection: &Connection,
    (after, to): (Duration, Duration),
) -> Result<Begun> {
    connection.query_row(
        "SELECT min(at), coalesce(sum(contacts), 0) FROM begun WHERE at > ?1 AND at <= ?2",
        params![milliseconds(after), milliseconds(to)],
        |row| {
            let first: Option<u64> = row.get(0)?;
            Ok(Begun {
                first: first.map(Duration::from_millis),
                contacts: row.get(1)?,
            })
        },
    )
}

/// Adds contacts that are begun at this time, and removes what lies outside a time span.
pub(in super::super) fn add(
    connection: &Connection,
    (at, contacts): (Duration, usize),
    (after, to): (Duration, Duration),
) -> Result<()> {
    connection.execute(
        "DELETE FROM begun WHERE at <= ?1 OR at > ?2",
        params![milliseconds(after), milliseconds(to)],
    )?;
    connection
        .execute(
            "INSERT INTO begun (at, contacts) VALUES (?1, ?2)
             ON CONFLICT (at) DO UPDATE SET contacts = contacts + excluded.contacts",
            params![milliseconds(at), contacts],
        )
        .map(drop)
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
