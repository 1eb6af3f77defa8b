//! Adds to a send history the contacts that the ledger has sent and the history does not contain.

use std::mem;

use super::{
    Ledger,
    db::params,
    error::{LedgerError, explain, explain_history},
    history_entries::Entries,
    send_history::SendHistory,
    sql::{self, SentRecord},
    state::State,
};

/// The number of contacts that are looked up and entered together, in the order of the send history, so that each of
/// its pages is read and written for several contacts. This many contacts take some ten megabytes.
const TOGETHER: usize = 65_536;

impl Ledger {
    /// Adds what an instance has sent. Returns how many contacts were new to the send history.
    pub(super) fn backfill(
        &self,
        instance: usize,
        history: &mut SendHistory,
    ) -> Result<usize, LedgerError> {
        if history.connection.is_file() {
            self.backfill_file(instance, history)
        } else {
            self.backfill_database(instance, history)
        }
    }

    fn backfill_file(
        &self,
        instance: usize,
        history: &mut SendHistory,
    ) -> Result<usize, LedgerError> {
        let (mut sent, mut added) = (Vec::new(), 0);
        self.each_sent_by(instance, |request| {
            sent.push(Entries::new(request));
            if sent.len() == TOGETHER {
                added += enter_missing(history, mem::take(&mut sent))?;
            }
            Ok(())
        })?;
        Ok(added + enter_missing(history, sent)?)
    }

    /// Copies all contacts to the server, which finds the new ones: a query for each would cost a round trip each.
    fn backfill_database(
        &self,
        instance: usize,
        history: &SendHistory,
    ) -> Result<usize, LedgerError> {
        let unusable = |error| explain_history(history.path(), &error);
        let mut transaction = sql::send_history::begin(&history.connection).map_err(unusable)?;
        transaction.lift_limit();
        let mut rows = sql::send_history::begin_sent(&transaction).map_err(unusable)?;
        let mut number = 0_u64;
        self.each_sent_by(instance, |request| {
            number += 1;
            Entries::new(request)
                .each()
                .enumerate()
                .try_for_each(|(place, send)| {
                    let is_own = place == 0;
                    let at = send.at.as_millisecond();
                    let row = params![number, send.chat, at, send.contact, is_own];
                    rows.add(row)
                })
                .map_err(unusable)
        })?;
        let added = rows
            .flush()
            .and_then(|()| sql::send_history::enter_sent(&transaction, history.campaign()))
            .map_err(unusable)?;
        drop(rows);
        transaction.commit().map_err(unusable)?;
        Ok(added)
    }

    /// Calls `each` for every contact that an instance has sent, until `each` fails.
    fn each_sent_by(
        &self,
        instance: usize,
        mut each: impl FnMut(&SentRecord) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        if self.has_none(&[State::Accepted, State::Unknown, State::Sending])? {
            return Ok(());
        }
        let mut trouble = Ok(());
        sql::each_sent(&self.connection, self.row_filter(instance)?, |request| {
            if trouble.is_ok() {
                trouble = each(request);
            }
            Ok(())
        })
        .map_err(|error| explain(&self.path, &error))?;
        trouble
    }
}

/// Enters the contacts that the history lacks. Returns how many.
fn enter_missing(history: &mut SendHistory, mut sent: Vec<Entries>) -> Result<usize, LedgerError> {
    sent.sort_unstable();
    // Usually nothing is missing. Then no write lock is taken, and other runs that share the send history need not
    // wait.
    let missing = history.missing(sent)?;
    if missing.is_empty() {
        return Ok(0);
    }
    let page = history.begin()?;
    let added = missing
        .iter()
        .map(|entries| page.backfill(entries))
        .sum::<Result<usize, _>>()?;
    page.commit()?;
    Ok(added)
}
