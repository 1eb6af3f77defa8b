//! The statements about leases, in the shared schema of a PostgreSQL database.

use std::time::Duration;

use crate::{
    ledger::{
        db::{Connection, Result, Session, Value, params},
        run_command::RunCommand,
        state::State,
    },
    platform,
};

/// Who holds a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Holder {
    pub(in super::super) instance: String,
    pub(in super::super) id: String,
    pub(in super::super) fence: i64,
}

/// The durations of a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Terms {
    lasts: Duration,
    /// The time from the end of a lease until another run may take it.
    grace: Duration,
    renewal: Duration,
}

impl Terms {
    /// Returns the terms for requests that take at most this long.
    pub(in super::super) fn new(request: Duration) -> Self {
        let slack = request.clamp(Duration::from_secs(2), Duration::from_secs(10));
        Self {
            lasts: request * 2 + slack,
            // The margin for inaccurate clocks and for the time until a request leaves.
            grace: request + slack / 5,
            renewal: (slack / 5).min(Duration::from_secs(1)),
        }
    }

    /// Returns the interval at which a lease is renewed.
    pub(in super::super) const fn renewal(self) -> Duration {
        self.renewal
    }

    /// Returns for how many milliseconds, from the moment the lease was asked for, a request may start.
    pub(in super::super) fn safe(self) -> i64 {
        milliseconds(self.lasts.saturating_sub(self.grace))
    }
}

/// A lease that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct HeldLease {
    pub(in super::super) instance: String,
    pub(in super::super) host: String,
    pub(in super::super) process: i64,
    pub(in super::super) campaign: String,
    /// Whether it has not lapsed.
    pub(in super::super) is_live: bool,
    /// The time until another run may take it.
    pub(in super::super) free_in: Duration,
}

impl HeldLease {
    /// Whether this process holds it.
    pub(in super::super) fn is_of_this_process(&self) -> bool {
        self.process == i64::from(std::process::id()) && self.host == platform::host_name()
    }
}

/// Takes the lease of an instance; `None` if another run holds it.
pub(in super::super) fn take(
    connection: &Connection,
    instance: &str,
    campaign: &str,
    terms: Terms,
) -> Result<Option<Holder>> {
    let host = platform::host_name();
    let process = i64::from(std::process::id());
    let [lasts, free] = [terms.lasts, terms.lasts + terms.grace].map(milliseconds);
    connection.query_optional(
        "INSERT INTO leases AS held (instance, fence, holder, host, process, campaign, since, ends, free_from, batch)
         VALUES (?1, 1, replace(gen_random_uuid()::text, '-', ''), ?2, ?3, ?4, clock_timestamp(),
                 clock_timestamp() + ?5 * interval '1 ms', clock_timestamp() + ?6 * interval '1 ms', '')
         ON CONFLICT (instance) DO UPDATE SET
             fence = held.fence + 1, holder = excluded.holder, host = excluded.host, process = excluded.process,
             campaign = excluded.campaign, since = excluded.since, ends = excluded.ends, free_from = excluded.free_from, batch = ''
         WHERE held.holder = '' OR held.free_from < clock_timestamp()
         RETURNING holder, fence",
        params![instance, host, process, campaign, lasts, free],
        |row| {
            Ok(Holder {
                instance: instance.to_owned(),
                id: row.get(0)?,
                fence: row.get(1)?,
            })
        },
    )
}

/// Renews a lease. Returns false if another run holds it.
pub(in super::super) fn renew(
    connection: &Connection,
    holder: &Holder,
    terms: Terms,
) -> Result<bool> {
    let [lasts, free] = [terms.lasts, terms.lasts + terms.grace].map(milliseconds);
    let renewed = connection.execute(
        "UPDATE leases SET ends = clock_timestamp() + ?4 * interval '1 ms',
                           free_from = clock_timestamp() + ?5 * interval '1 ms'
         WHERE instance = ?1 AND holder = ?2 AND fence = ?3",
        params![holder.instance, holder.id, holder.fence, lasts, free],
    )?;
    Ok(renewed == 1)
}

/// Releases a lease.
pub(in super::super) fn release(connection: &Connection, holder: &Holder) -> Result<usize> {
    connection.execute(
        "UPDATE leases SET holder = '', ends = clock_timestamp(), free_from = clock_timestamp()
         WHERE instance = ?1 AND holder = ?2 AND fence = ?3",
        params![holder.instance, holder.id, holder.fence],
    )
}

/// Records the name of the batch that is committed with this transaction. Returns a holder whose lease is lost, if
/// there is one. Nobody can take the other leases before the transaction ends.
pub(in super::super) fn note_batch<'a>(
    connection: &Connection,
    holders: &[&'a Holder],
    batch: &str,
) -> Result<Option<&'a Holder>> {
    let values: Vec<_> = holders
        .iter()
        .map(|holder| {
            [
                Value::Text(&holder.instance),
                Value::Text(&holder.id),
                Value::Integer(holder.fence),
                Value::Text(batch),
            ]
        })
        .collect();
    let asked: Vec<_> = values
        .iter()
        .map(|values| ("", values.as_slice()))
        .collect();
    let mut is_noted = vec![false; holders.len()];
    connection.each_of(
        "UPDATE leases SET batch = ?4 WHERE instance = ?1 AND holder = ?2 AND fence = ?3 RETURNING fence",
        &asked,
        |number, _| {
            is_noted[number] = true;
            Ok(())
        },
    )?;
    Ok(is_noted
        .iter()
        .position(|noted| !noted)
        .map(|lost| holders[lost]))
}

/// Whether a batch was committed; `None` if another run holds the lease by now. Waits for a transaction in progress
/// that has locked the lease.
pub(in super::super) fn has_batch(
    connection: &Connection,
    holder: &Holder,
    batch: &str,
) -> Result<Option<bool>> {
    connection.query_optional(
        "SELECT batch = ?4 FROM leases WHERE instance = ?1 AND holder = ?2 AND fence = ?3 FOR UPDATE",
        params![holder.instance, holder.id, holder.fence, batch],
        |row| row.get(0),
    )
}

/// Ends a session of this user. Returns whether it still existed.
pub(in super::super) fn end_session(connection: &Connection, session: &Session) -> Result<bool> {
    connection
        .query_optional(
            // A session whose start time is hidden from this role cannot be ended by it either; the server then reports
            // an error.
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE CAST(pid AS text) = ?1
               AND (backend_start IS NULL OR CAST(backend_start AS text) = ?2)",
            params![session.process, session.began],
            |_| Ok(()),
        )
        .map(|found| found.is_some())
}

/// Revokes leases that have lapsed: their holders may still be alive and must notice. A lease that its holder has
/// locked in a transaction is skipped, because that holder is not gone.
pub(in super::super) fn revoke_lapsed(connection: &Connection) -> Result<usize> {
    connection.execute(
        "UPDATE leases SET fence = fence + 1, holder = '' WHERE instance IN (
             SELECT instance FROM leases WHERE holder <> '' AND free_from < clock_timestamp()
             FOR UPDATE SKIP LOCKED)",
        params![],
    )
}

/// Returns the lease of an instance, if somebody holds it.
pub(in super::super) fn current(
    connection: &Connection,
    instance: &str,
) -> Result<Option<HeldLease>> {
    Ok(all(connection)?
        .into_iter()
        .find(|lease| lease.instance == instance))
}

/// Returns every lease that somebody holds.
pub(in super::super) fn all(connection: &Connection) -> Result<Vec<HeldLease>> {
    connection.query_all(
        "SELECT instance, host, process, campaign, ends > clock_timestamp(),
                CAST(extract(epoch FROM free_from - clock_timestamp()) * 1000 AS bigint)
         FROM leases WHERE holder <> '' ORDER BY instance",
        params![],
        |row| {
            let free_in: i64 = row.get(5)?;
            Ok(HeldLease {
                instance: row.get(0)?,
                host: row.get(1)?,
                process: row.get(2)?,
                campaign: row.get(3)?,
                is_live: row.get(4)?,
                free_in: Duration::from_millis(free_in.try_into().unwrap_or(0)),
            })
        },
    )
}

/// Makes rows of a campaign unknown that were being sent by an instance that nobody drives in this campaign, or whose
/// lease this run has taken again.
pub(in super::super) fn lapsed_to_unknown(
    connection: &Connection,
    campaign: &str,
    holders: &[Holder],
    error: &str,
) -> Result<usize> {
    let ours = names(holders);
    connection.execute(
        "UPDATE rows SET state = ?1, error = ?2 FROM instances
         WHERE rows.state = ?3 AND instances.id = rows.instance
           AND (instances.identity IN (SELECT value FROM json_each(CAST(?4 AS TEXT)))
                OR NOT EXISTS (SELECT 1 FROM leases
                               WHERE leases.instance = instances.identity AND holder <> '' AND campaign = ?5))",
        params![State::Unknown, error, State::Sending, ours, campaign],
    )
}

/// Calls `each` with the number of rows of a campaign, by state, that are pending or being sent under a live lease of
/// another run of this campaign.
pub(in super::super) fn in_other_hands(
    connection: &Connection,
    campaign: &str,
    holders: &[Holder],
    mut each: impl FnMut(State, u64),
) -> Result<()> {
    connection.each(
        "SELECT rows.state, count(*) FROM rows JOIN instances ON instances.id = rows.instance
         JOIN leases ON leases.instance = instances.identity AND holder <> '' AND ends > clock_timestamp()
              AND leases.campaign = ?4
         WHERE rows.state IN (?1, ?2)
           AND instances.identity NOT IN (SELECT value FROM json_each(CAST(?3 AS TEXT)))
         GROUP BY rows.state",
        params![State::Pending, State::Sending, names(holders), campaign],
        |row| {
            each(row.get(0)?, row.get(1)?);
            Ok(true)
        },
    )
}

/// Returns the instances of leases as a JSON array.
fn names(holders: &[Holder]) -> String {
    let names: Vec<&str> = holders
        .iter()
        .map(|holder| holder.instance.as_str())
        .collect();
    serde_json::json!(names).to_string()
}

/// Returns the command to the runs of a campaign.
pub(in super::super) fn run_command(
    connection: &Connection,
    campaign: &str,
) -> Result<Option<RunCommand>> {
    let sql = "SELECT wanted FROM campaigns WHERE name = ?1";
    let word: Option<Option<String>> =
        connection.query_optional(sql, params![campaign], |row| row.get(0))?;
    Ok(word.flatten().as_deref().and_then(RunCommand::parse))
}

/// Stores the command to the runs of a campaign.
pub(in super::super) fn set_run_command(
    connection: &Connection,
    campaign: &str,
    command: Option<RunCommand>,
) -> Result<()> {
    let word = command.map(RunCommand::as_str);
    connection
        .execute(
            "UPDATE campaigns SET wanted = ?2 WHERE name = ?1",
            params![campaign, word],
        )
        .map(drop)
}

fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
