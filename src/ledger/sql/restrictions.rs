//! The statements about restrictions of the number, in the send history of an instance.

use jiff::Timestamp;

use super::time::nearest_moment;
use crate::ledger::{
    db::{Connection, Result, Row, params},
    restrictions::PastRestriction,
};

/// Records that the number is restricted at this moment. A restriction that was noticed before and is not over
/// continues and keeps its beginning; otherwise a new one begins.
pub(in super::super) fn note_restricted(
    connection: &Connection,
    at: Timestamp,
    state: &str,
    until: Option<Timestamp>,
) -> Result<()> {
    let until = until.map(Timestamp::as_millisecond);
    let goes_on = connection.execute(
        "UPDATE main.restrictions SET until = coalesce(?2, until), state = ?3
         WHERE began = (SELECT max(began) FROM main.restrictions) AND (until IS NULL OR until > ?1)",
        params![at.as_millisecond(), until, state],
    )?;
    if goes_on == 0 {
        connection.execute(
            "INSERT INTO main.restrictions (began, until, state) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            params![at.as_millisecond(), until, state],
        )?;
    }
    Ok(())
}

/// Records that the number is not restricted at this moment: earlier restrictions are over now at the latest.
pub(in super::super) fn note_authorized(connection: &Connection, at: Timestamp) -> Result<()> {
    connection
        .execute(
            "UPDATE main.restrictions SET until = ?1 WHERE began <= ?1 AND (until IS NULL OR until > ?1)",
            params![at.as_millisecond()],
        )
        .map(drop)
}

/// Returns every restriction, the latest first.
pub(in super::super) fn all(connection: &Connection) -> Result<Vec<PastRestriction>> {
    connection.query_all(
        "SELECT began, until, state FROM main.restrictions ORDER BY began DESC",
        params![],
        past,
    )
}

fn past(row: &Row<'_>) -> Result<PastRestriction> {
    Ok(PastRestriction {
        began: nearest_moment(row.get(0)?),
        until: row.get::<Option<i64>>(1)?.map(nearest_moment),
        state: row.get(2)?,
    })
}
