//! Every statement that the ledger runs, by purpose.

pub(super) mod begun;
pub(super) mod checks;
pub(super) mod claims;
pub(super) mod corrections;
mod damage;
mod delivery;
mod duplicates;
mod input;
pub(super) mod inspection;
pub(super) mod instances;
mod kept_out;
pub(super) mod leases;
pub(super) mod lids;
pub(super) mod machines;
mod people;
pub(super) mod postgres;
pub(super) mod recent;
pub(super) mod restrictions;
mod rows;
mod schema;
pub(super) mod send_history;
mod sending;
pub(super) mod server;
mod time;
pub(super) mod transfer;

use crate::ledger::db::{Connection, Error, Result, Row, params};

pub(super) use damage::damage;
pub(super) use delivery::{
    awaited, delivery, forget_miss, mark_found, mark_times_unreliable, note_undated, record_miss,
    rows_with_ids, set_delivery, tracked, unknown, unknown_to_pending, without_id,
};
pub(super) use duplicates::{insert_key, scratch};
pub(super) use input::{
    InputRecord, SourceRecord, add_row, add_row_to, add_row_with_id, build_key_index,
    drop_key_index, drop_unlisted, has_other_sources, has_rows, id_of_key, last_listing,
    leave_duplicate, list_row, list_source, new_rows, sources,
};
pub(super) use kept_out::{
    forget_kept_out, give_list, is_kept_out, keep_out, keep_row_out, keeps_out, release,
    still_suppressed, suppressed_by_given,
};
pub(super) use people::{has_doubles, move_double};
pub(super) use rows::{
    ResultRecord, RunRecord, begin_run, correct_begin, deliveries, each_row, end_run,
    failed_otherwise, reasons, runs,
};
pub(super) use schema::{
    APPLICATION_ID, MIGRATIONS, application_id, checkpoint, configure_writer, copy_into, migrate,
    read_as_of_today, version,
};
pub(super) use sending::{
    PendingKey, PendingPage, PendingRecord, SENT_BEFORE, SentRecord, WRITTEN_RECENTLY,
    already_sent_to_pending, close, each_pending_key, each_sent, fail, failed_to_pending, held,
    lock_pending_after, mark_accepted, mark_sending, not_sent_to_pending, not_taken_to_pending,
    pending_after, pending_to_unknown, request, sending_to_unknown, sent_and_gone, suppress,
    suppress_changed,
};

/// The condition that the file of a row was given when the input was last read. The rows of other files wait.
macro_rules! is_given {
    () => {
        "rows.listing = (SELECT max(listing) FROM sources)"
    };
}
pub(super) use is_given;

pub(super) fn fact(connection: &Connection, name: &str) -> Result<Option<String>> {
    connection.query_optional(
        "SELECT value FROM campaign WHERE name = ?1",
        params![name],
        |row| row.get(0),
    )
}

pub(super) fn set_fact(connection: &Connection, name: &str, value: &str) -> Result<()> {
    connection.execute(
        "INSERT INTO campaign VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
        params![name, value],
    )?;
    Ok(())
}

pub(super) fn remove_fact(connection: &Connection, name: &str) -> Result<()> {
    connection
        .execute("DELETE FROM campaign WHERE name = ?1", params![name])
        .map(drop)
}

fn names(row: &Row<'_>, first: usize) -> Result<[String; 4]> {
    Ok([
        row.get(first)?,
        row.get(first + 1)?,
        row.get(first + 2)?,
        row.get(first + 3)?,
    ])
}

/// Fails if a row was not in the required state: that is a bug of ours, and the transaction is rolled back.
fn expect_one_row(changed: usize) -> Result<()> {
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::Changed(changed))
    }
}
