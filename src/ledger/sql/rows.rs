//! The statements of every report: rows as they are shown, counts, reasons and runs.

use crate::ledger::db::{Connection, Result, Row, params};
use jiff::Timestamp;

use super::{
    expect_one_row, is_given, names,
    time::{moment, optional_moment},
};
use crate::ledger::{
    run::{NewRun, RunEnd},
    state::State,
};

/// A row as the results show it.
pub(in super::super) struct ResultRecord {
    pub(in super::super) number: u64,
    pub(in super::super) source: i64,
    pub(in super::super) listed: bool,
    pub(in super::super) given: bool,
    pub(in super::super) state: State,
    pub(in super::super) recipient: String,
    pub(in super::super) phone_contact: String,
    pub(in super::super) names: [String; 4],
    pub(in super::super) duplicate_of: Option<(u64, i64)>,
    pub(in super::super) own_cells: Option<String>,
    pub(in super::super) error: Option<String>,
    pub(in super::super) explanation: Option<String>,
    pub(in super::super) attempts: u32,
    pub(in super::super) sent_at: Option<Timestamp>,
    pub(in super::super) id_message: Option<String>,
    pub(in super::super) delivery: Option<String>,
    pub(in super::super) delivered_at: Option<Timestamp>,
    pub(in super::super) instance: Option<i64>,
}

/// A run as it is stored; the counts are JSON.
pub(in super::super) struct RunRecord {
    pub(in super::super) number: u64,
    pub(in super::super) began: Timestamp,
    pub(in super::super) ended: Option<Timestamp>,
    pub(in super::super) version: String,
    pub(in super::super) command: String,
    pub(in super::super) rate: Option<f64>,
    pub(in super::super) exit: Option<u8>,
    pub(in super::super) before: String,
    pub(in super::super) after: Option<String>,
    pub(in super::super) stop: Option<String>,
}

/// Counts the rows that failed with a code other than this.
pub(in super::super) fn failed_otherwise(
    connection: &Connection,
    code: &str,
    instances: Option<&[String]>,
) -> Result<u64> {
    let instances = instances.map(|instances| serde_json::json!(instances).to_string());
    connection.query_row(
        "SELECT count(*) FROM rows
         WHERE state = ?1 AND error <> ?2
           AND (CAST(?3 AS TEXT) IS NULL
                OR CAST(instance AS TEXT) IN (SELECT value FROM json_each(CAST(?3 AS TEXT))))",
        params![State::Failed, code, instances],
        |row| row.get(0),
    )
}

/// Calls `each` for every row, in the order of the results.
pub(in super::super) fn each_row(
    connection: &Connection,
    mut each: impl FnMut(ResultRecord) -> bool,
) -> Result<()> {
    let sql = concat!(
        "SELECT rows.number, rows.source, rows.listing = sources.listing, rows.state, rows.recipient,
                rows.phone_contact, rows.first_name, rows.middle_name, rows.last_name, rows.company,
                original.number, original.source, rows.own_cells, rows.error, rows.explanation,
                rows.attempts, rows.sent_at, rows.id_message, rows.delivery, rows.delivered_at,
                rows.instance, ",
        is_given!(),
        " FROM rows JOIN sources ON sources.id = rows.source
                   LEFT JOIN rows AS original ON original.id = rows.duplicate_of
         ORDER BY rows.position",
    );
    connection.each(sql, params![], |row| Ok(each(result_row(row)?)))
}

fn result_row(row: &Row<'_>) -> Result<ResultRecord> {
    Ok(ResultRecord {
        number: row.get(0)?,
        source: row.get(1)?,
        listed: row.get(2)?,
        state: row.get(3)?,
        recipient: row.get(4)?,
        phone_contact: row.get(5)?,
        names: names(row, 6)?,
        duplicate_of: row.get::<Option<u64>>(10)?.zip(row.get(11)?),
        own_cells: row.get(12)?,
        error: row.get(13)?,
        explanation: row.get(14)?,
        attempts: row.get(15)?,
        sent_at: optional_moment(row, 16)?,
        id_message: row.get(17)?,
        delivery: row.get(18)?,
        // The service may have reported a time beyond the range of the calendar.
        delivered_at: row
            .get::<Option<i64>>(19)?
            .and_then(|at| Timestamp::from_millisecond(at).ok()),
        instance: row.get(20)?,
        given: row.get(21)?,
    })
}

/// Returns why rows are failed, invalid or unknown, with the number of rows for each reason, largest first. A row that
/// is being sent counts as unknown without a reason.
pub(in super::super) fn reasons(connection: &Connection) -> Result<Vec<(State, String, u64)>> {
    connection.query_all(
        "SELECT CASE WHEN state = ?4 THEN ?3 ELSE state END AS status, coalesce(error, '') AS reason, count(*) AS times
             FROM rows WHERE state IN (?1, ?2, ?3, ?4) GROUP BY status, reason ORDER BY times DESC, status, reason",
        params![State::Failed, State::Invalid, State::Unknown, State::Sending],
        |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        },
    )
}

/// Returns how many accepted rows have each delivery, in no particular order.
pub(in super::super) fn deliveries(connection: &Connection) -> Result<Vec<(String, u64)>> {
    connection.query_all(
        "SELECT delivery, count(*) FROM rows WHERE state = ?1 AND delivery IS NOT NULL GROUP BY delivery",
        params![State::Accepted],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Adds a run, with the next number.
pub(in super::super) fn begin_run(
    connection: &Connection,
    run: &NewRun<'_>,
    before: &str,
) -> Result<i64> {
    connection.query_row(
        "INSERT INTO runs (began, version, command, rate, rows_before) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING number",
        params![run.began.as_millisecond(), run.version, run.command, run.rate, before],
        |row| row.get(0),
    )
}

pub(in super::super) fn correct_begin(
    connection: &Connection,
    number: i64,
    began: Timestamp,
) -> Result<()> {
    expect_one_row(connection.execute(
        "UPDATE runs SET began = ?2 WHERE number = ?1",
        params![number, began.as_millisecond()],
    )?)
}

pub(in super::super) fn end_run(
    connection: &Connection,
    number: i64,
    end: &RunEnd<'_>,
    [before, after]: [&str; 2],
    stop: Option<&str>,
) -> Result<()> {
    expect_one_row(connection.execute(
        "UPDATE runs SET ended = ?2, exit = ?3, rows_before = ?4, rows_after = ?5, stopped = ?6 WHERE number = ?1",
        params![number, end.at.as_millisecond(), end.exit, before, after, stop],
    )?)
}

pub(in super::super) fn runs(connection: &Connection) -> Result<Vec<RunRecord>> {
    connection.query_all(
        "SELECT number, began, ended, version, command, rate, exit, rows_before, rows_after, stopped
             FROM runs ORDER BY number",
        params![],
        |row| {
            Ok(RunRecord {
                number: row.get(0)?,
                began: moment(row, 1)?,
                ended: optional_moment(row, 2)?,
                version: row.get(3)?,
                command: row.get(4)?,
                rate: row.get(5)?,
                exit: row.get(6)?,
                before: row.get(7)?,
                after: row.get(8)?,
                stop: row.get(9)?,
            })
        },
    )
}
