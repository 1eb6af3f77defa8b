//! The pending rows of one instance: which row comes next, and which rows wait for a check of their number.

use std::{collections::VecDeque, mem};

use jiff::Timestamp;

use super::{
    admission::{AdmissionCheck, ZoneCache},
    batch::{CheckAnswer, CheckResult, InstanceBatch, InstanceCommit},
    batch_tx::{InstanceTx, not_delivered},
    checks::Waiting,
    db::{self, Connection},
    error::LedgerError,
    rules::BlockedUntil,
    shared_rate::SharedRate,
    sql::{self, PendingPage, PendingRecord},
};

/// The number of rows that are read ahead at a time.
pub(super) const PAGE: usize = 512;

/// In a shared database: the maximum number of rows that an instance claims at a time, and the maximum number that it
/// keeps claimed without being allowed to send them; other machines may be.
const CLAIM: usize = 128;
const MOST_CLAIMED: usize = 1024;

/// The pending rows of an instance, in the order of the input. At the end it starts again from the beginning, for rows
/// that became pending again and rows that were passed over.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// The instance whose rows these are; `None` if the ledger has only one instance.
    pub(super) instance: Option<i64>,
    pub(super) ahead: VecDeque<PendingRecord>,
    pub(super) read_to: i64,
    pub(super) came_back: bool,
    pub(super) pass: Pass,
    pub(super) zones: ZoneCache,
    /// The number of rows that were read since the last one was begun.
    pub(super) passed_over: usize,
    /// When this run sent last.
    pub(super) sent_last: Option<Timestamp>,
    /// The contacts that this run and others have begun lately, and the checks.
    pub(super) shared_rate: SharedRate,
    pub(super) shared_checks: SharedRate,
    /// Rows that wait for a check of their number, in the order in which they were read.
    pub(super) waiting: Vec<Waiting>,
    /// The value of `waiting` before the batch, for the case that the batch is not recorded.
    pub(super) waiting_before_batch: Vec<Waiting>,
}

/// The result of the current pass through the list so far.
#[derive(Debug, Default)]
pub(super) struct Pass {
    pub(super) begun: bool,
    pub(super) held: BlockedUntil,
}

impl Queue {
    /// Resets the queue after a batch of which nothing was begun: all rows that it read are still pending.
    pub(super) fn read_again(&mut self) {
        *self = Self {
            instance: self.instance,
            // Their checks are in progress, whatever becomes of the batch.
            waiting: mem::take(&mut self.waiting_before_batch),
            shared_rate: mem::take(&mut self.shared_rate),
            shared_checks: mem::take(&mut self.shared_checks),
            came_back: true,
            ..Self::default()
        };
    }

    pub(super) fn settle(
        &mut self,
        tx: &InstanceTx<'_>,
        part: &InstanceBatch,
    ) -> Result<(), LedgerError> {
        for result in &part.settle {
            tx.record(result)?;
            // A refused contact counts under no cap, so another may be sent in its place.
            self.came_back |= not_delivered(&result.verdict);
        }
        part.checks
            .iter()
            .flat_map(|checks| &checks.answers)
            .try_for_each(|result| self.settle_check(tx, result))
    }

    /// Returns when the instance may send again, if another run of the same instance sent the last contact: one mean
    /// gap later. A run keeps the gaps between its own contacts itself.
    pub(super) fn not_before(
        &self,
        tx: &InstanceTx<'_>,
        part: &InstanceBatch,
    ) -> Result<Option<Timestamp>, LedgerError> {
        let spacing = part
            .rules
            .as_ref()
            .and_then(|rules| rules.schedule.caps.spacing);
        let Some((spacing, history)) = spacing.zip(tx.history).filter(|_| part.begin > 0) else {
            return Ok(None);
        };
        // This run's own last contact may be in the future if the clock was set back.
        let own = self.sent_last.filter(|last| *last <= tx.now());
        let last_of_another = history.last(tx.now())?.filter(|last| Some(*last) > own);
        let until =
            last_of_another.map(|last| last.checked_add(spacing.mean()).unwrap_or(Timestamp::MAX));
        Ok(until.filter(|until| *until > tx.now()))
    }

    /// Handles the end of the list. Another pass begins if rows became pending again, or if some rows were begun while
    /// others were passed over.
    pub(super) fn end(
        &mut self,
        tx: &InstanceTx<'_>,
        check: Option<&mut AdmissionCheck<'_>>,
        committed: &mut InstanceCommit,
    ) -> db::Result<()> {
        let pass = mem::take(&mut self.pass);
        let mut held = pass.held;
        if let Some(check) = check {
            held.merge(check.take_held());
        }
        let again = mem::take(&mut self.came_back);
        if !again && held == BlockedUntil::default() {
            // Meanwhile another machine may have imported the list again and moved rows.
            let is_moved = tx.is_shared()
                && !sql::pending_after(
                    tx.ledger(),
                    PendingPage {
                        after: 0,
                        ..self.page(1)
                    },
                )?
                .is_empty();
            if is_moved {
                self.read_to = 0;
            } else {
                committed.exhausted = true;
            }
            return Ok(());
        }
        self.read_to = 0;
        committed.held = (!again && !pass.begun).then_some(held);
        Ok(())
    }

    /// Puts back the rows that were read ahead, so that they are read again.
    pub(super) fn put_back(&mut self) {
        if let Some(first) = self.ahead.front() {
            self.read_to = first.position - 1;
            self.passed_over = self.passed_over.saturating_sub(self.ahead.len());
            self.ahead.clear();
        }
    }

    pub(super) fn next(
        &mut self,
        tx: &InstanceTx<'_>,
        most: usize,
    ) -> db::Result<Option<PendingRecord>> {
        if self.ahead.is_empty() {
            let mut page = self.read(tx.ledger(), self.read_to, most)?;
            if page.is_empty() && tx.is_shared() && self.passed_over < MOST_CLAIMED {
                page = self.claim(tx.ledger(), most)?;
            }
            if tx.is_shared() {
                tx.look_up_ahead(page.iter())?;
            }
            self.append(page);
        }
        Ok(self.ahead.pop_front())
    }

    /// Returns the range of the next page.
    pub(super) const fn page(&self, most: usize) -> PendingPage {
        PendingPage {
            instance: self.instance,
            after: self.read_to,
            most,
        }
    }

    pub(super) fn read(
        &self,
        connection: &Connection,
        after: i64,
        most: usize,
    ) -> db::Result<Vec<PendingRecord>> {
        let page = PendingPage {
            after,
            ..self.page(most)
        };
        let mut pages = sql::lock_pending_after(connection, &[page])?;
        Ok(pages.pop().unwrap_or_default())
    }

    /// Appends rows that were read.
    pub(super) fn append(&mut self, page: Vec<PendingRecord>) {
        self.passed_over += page.len();
        self.read_to = page.last().map_or(self.read_to, |record| record.position);
        self.ahead.extend(page);
    }

    /// Claims rows in a shared database. Returns the next rows; none if no row is free any more.
    pub(super) fn claim(
        &self,
        connection: &Connection,
        most: usize,
    ) -> db::Result<Vec<PendingRecord>> {
        let Some(instance) = self.instance else {
            return Ok(Vec::new());
        };
        // Claim few rows if few are sent at a time: the others are for other machines.
        let wanted = (2 * most).min(CLAIM);
        let mut is_last = false;
        loop {
            let claimed = sql::claims::claim(connection, instance, wanted)?;
            // The claimed rows may be for people to whom other instances write.
            let mut page = self.read(connection, self.read_to, most)?;
            if page.is_empty() && self.passed_over == 0 {
                // Rows that another machine gave back, or claimed for this instance, may be further up in the list.
                page = self.read(connection, 0, most)?;
            }
            if !page.is_empty() || is_last || (claimed == 0 && self.passed_over > 0) {
                return Ok(page);
            }
            if claimed == 0 {
                sql::claims::free_lapsed(connection)?;
                sql::claims::wait_for_others(connection)?;
                is_last = true;
            }
        }
    }

    /// Applies the answer of a check, which counts for all rows of the person.
    pub(super) fn settle_check(
        &mut self,
        tx: &InstanceTx<'_>,
        result: &CheckResult,
    ) -> Result<(), LedgerError> {
        tx.record_check(result)?;
        let person = result.recipient.person();
        let is_theirs = |waiting: &Waiting| waiting.record.person == person.as_str();
        if result.answer == CheckAnswer::NotAsked {
            self.waiting.retain(|waiting| !is_theirs(waiting));
            self.came_back = true;
            return Ok(());
        }
        for waiting in self.waiting.iter_mut().filter(|waiting| is_theirs(waiting)) {
            waiting.is_answered = true;
        }
        Ok(())
    }

    /// Makes a row wait for a check.
    pub(super) fn wait(&mut self, record: PendingRecord) {
        self.waiting.push(Waiting {
            record,
            is_answered: false,
        });
    }

    /// Whether the row is already waiting.
    pub(super) fn waits(&self, record: &PendingRecord) -> bool {
        let mut waiting = self.waiting.iter();
        waiting.any(|waiting| waiting.record.id == record.id)
    }

    /// Whether the number of the row is being checked for another row.
    pub(super) fn is_checked_now(&self, record: &PendingRecord) -> bool {
        let mut waiting = self.waiting.iter().filter(|waiting| !waiting.is_answered);
        waiting.any(|waiting| waiting.record.person == record.person)
    }

    /// Reads a row again, because another machine may have changed it; `None` if it is no longer pending for this
    /// instance.
    pub(super) fn as_it_is_now(
        &self,
        tx: &InstanceTx<'_>,
        record: PendingRecord,
    ) -> db::Result<Option<PendingRecord>> {
        if !tx.is_shared() {
            return Ok(Some(record));
        }
        let found = self.read(tx.ledger(), record.position - 1, 1)?.pop();
        Ok(found.filter(|found| found.id == record.id))
    }
}
