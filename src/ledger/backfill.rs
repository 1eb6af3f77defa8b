//! Adds to a send history the contacts that the ledger has sent and the history does not know.

use super::{
    Ledger,
    db::params,
    error::{LedgerError, explain, explain_history},
    history_entries::Entries,
    send_history::SendHistory,
    sql::{self, SentRecord},
};

/// The most contacts that are held in memory and entered in one transaction.
const BATCH: usize = 4096;

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
        let (mut missing, mut added) = (Vec::new(), 0);
        // Usually nothing is missing: then no other run that shares the send history has to wait.
        self.each_sent_by(instance, |request| {
            if !history.has(request)? {
                missing.push(request.clone());
            }
            if missing.len() == BATCH {
                added += enter(history, &mut missing)?;
            }
            Ok(())
        })?;
        Ok(added + enter(history, &mut missing)?)
    }

    /// Copies all contacts to the server, which finds the new ones: a question for each would cost a round trip each.
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
                    transaction.add(&mut rows, row)
                })
                .map_err(unusable)
        })?;
        let added = transaction
            .flush(&mut rows)
            .and_then(|()| sql::send_history::enter_sent(&transaction, history.campaign()))
            .map_err(unusable)?;
        transaction.commit().map_err(unusable)?;
        Ok(added)
    }

    /// Calls `each` for every contact that an instance has sent. After an error of `each` it is not called again.
    fn each_sent_by(
        &self,
        instance: usize,
        mut each: impl FnMut(&SentRecord) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let mut trouble = Ok(());
        sql::each_sent(&self.connection, self.filter(instance)?, |request| {
            if trouble.is_ok() {
                trouble = each(request);
            }
            Ok(())
        })
        .map_err(|error| explain(&self.path, &error))?;
        trouble
    }
}

/// Enters contacts and empties the list. Returns how many were new.
fn enter(history: &mut SendHistory, missing: &mut Vec<SentRecord>) -> Result<usize, LedgerError> {
    if missing.is_empty() {
        return Ok(0);
    }
    let page = history.begin()?;
    let added = missing
        .drain(..)
        .map(|request| page.backfill(&request))
        .sum::<Result<usize, _>>()?;
    page.commit()?;
    Ok(added)
}
