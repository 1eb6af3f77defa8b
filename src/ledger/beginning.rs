//! Which pending rows of an instance one batch begins.

use std::{mem, time::Duration};

use super::{
    admission::AdmissionCheck,
    batch::{InstanceBatch, InstanceCommit},
    batch_tx::{InstanceTx, Taken},
    checks::CheckGate,
    error::LedgerError,
    pending::recipient_of,
    queue::{PAGE, Queue},
    shared_rate::{Room, SharedLimit},
    sql::{PendingRecord, begun::Kind},
};
use crate::send_policy::{BlockReason, Verdict};

/// The maximum number of rows that a batch examines: a long list with few rows that may be sent must not delay the
/// recording of outcomes.
const MOST_LOOKS: usize = 8 * PAGE;

/// Begins as many rows of a queue as the batch asks for.
pub(super) fn begin(
    queue: &mut Queue,
    tx: &InstanceTx<'_>,
    part: &InstanceBatch,
) -> Result<InstanceCommit, LedgerError> {
    let counts = part
        .rules
        .as_ref()
        .is_some_and(|rules| rules.schedule.caps.needs_history());
    if (counts || part.checks.is_some()) && tx.history.is_none() {
        return Ok(InstanceCommit::default());
    }
    let not_before = queue.not_before(tx, part)?;
    let committed = InstanceCommit {
        not_before,
        ..InstanceCommit::default()
    };
    if not_before.is_some() {
        return Ok(committed);
    }
    let limits = shared_limits(tx, part);
    let [contacts, checks] = match &limits {
        Some([contacts, checks]) => [
            queue.shared_rate.room(contacts)?,
            queue.shared_checks.room(checks)?,
        ],
        None => [Room::Own; 2],
    };
    if contacts.wait().is_some() {
        return Ok(InstanceCommit {
            rate_used_for: contacts.wait(),
            ..committed
        });
    }
    let mut zones = mem::take(&mut queue.zones);
    let check = match &part.rules {
        Some(rules) => Some(AdmissionCheck::open(
            rules,
            tx.now(),
            tx.history,
            &mut zones,
        )?),
        None => None,
    };
    let beginning = Beginning {
        queue: &mut *queue,
        tx,
        most: contacts.of(part.begin),
        slow: part.checks.as_ref().map_or(0, |checks| checks.slow),
        admission: check,
        gate: tx.check_gate(part, checks)?,
        next_check: checks.wait(),
        resumed: Vec::new(),
        committed,
    };
    let committed = beginning.run()?;
    queue.zones = zones;
    if let Some([contacts, checks]) = &limits {
        let (begun, to_check) = (committed.begun.len(), committed.to_check.len());
        queue.shared_rate.note_begun(begun, contacts)?;
        queue.shared_checks.note_begun(to_check, checks)?;
    }
    Ok(committed)
}

/// Returns the rates of contacts and of checks that all runs on this machine share.
fn shared_limits<'a>(tx: &InstanceTx<'a>, part: &InstanceBatch) -> Option<[SharedLimit<'a>; 2]> {
    let (rates, history) = part.rates.filter(|_| part.begin > 0).zip(tx.history)?;
    let (now, others_wrote) = ((rates.clock)(), history.others_wrote());
    let limit = |kind, per_second| SharedLimit {
        kind,
        per_second,
        now,
        others_wrote,
        history,
    };
    Some([
        limit(Kind::Contact, rates.contacts),
        limit(Kind::Check, rates.checks),
    ])
}

/// The progress of a batch through the queue of an instance.
struct Beginning<'a> {
    queue: &'a mut Queue,
    tx: &'a InstanceTx<'a>,
    /// The maximum number of rows with a place: rows that are begun and rows that wait for a check.
    most: usize,
    /// The number of waiting rows that do not count towards `most`, because their checks are slow.
    slow: usize,
    admission: Option<AdmissionCheck<'a>>,
    gate: Option<CheckGate<'a>>,
    /// The time within which no check may be begun, because of other runs.
    next_check: Option<Duration>,
    /// Rows that were resumed after a check. The rows that were read ahead may contain them too.
    resumed: Vec<i64>,
    committed: InstanceCommit,
}

impl Beginning<'_> {
    fn run(mut self) -> Result<InstanceCommit, LedgerError> {
        self.resume_waiting()?;
        for looks in 0..MOST_LOOKS {
            if self.is_full() || self.committed.exhausted || self.committed.held.is_some() {
                break;
            }
            let most = if self.tx.is_shared() {
                (2 * looks).max(self.most).min(PAGE)
            } else {
                PAGE
            };
            let record = self.queue.next(self.tx, most);
            let goes_on = match record.map_err(|error| self.tx.explain(&error))? {
                Some(record) => self.look_at(record)?,
                None => self.end_of_list()?,
            };
            if !goes_on {
                break;
            }
        }
        self.committed.budget_used = self.gate.is_some_and(|gate| gate.budget_used);
        if let Some(mut admission) = self.admission {
            self.queue.pass.held.merge(admission.take_held());
        }
        Ok(self.committed)
    }

    fn is_full(&self) -> bool {
        let waiting = self.queue.waiting.len().saturating_sub(self.slow);
        self.committed.begun.len() + waiting >= self.most
    }

    /// Resumes the rows that wait for a check of their number: begins those with an answer, and keeps the others
    /// waiting.
    fn resume_waiting(&mut self) -> Result<(), LedgerError> {
        for waiting in mem::take(&mut self.queue.waiting) {
            if !waiting.is_answered {
                self.count_waiting(&waiting.record)?;
                self.queue.waiting.push(waiting);
            } else if self.committed.begun.len() >= self.most {
                self.queue.waiting.push(waiting);
            } else {
                let record = self.queue.as_it_is_now(self.tx, waiting.record);
                let record = record.map_err(|error| self.tx.explain(&error))?;
                let before = self.committed.begun.len();
                if let Some(record) = record {
                    self.resumed.push(record.id);
                    self.begin_row(record)?;
                }
                // A row that was not begun has been passed over and must be found again.
                self.queue.came_back |= self.committed.begun.len() == before;
            }
        }
        Ok(())
    }

    /// Counts a row that waits for its check: its contact follows.
    fn count_waiting(&mut self, record: &PendingRecord) -> Result<(), LedgerError> {
        let Some(admission) = &mut self.admission else {
            return Ok(());
        };
        let recipient = recipient_of(&record.recipient);
        if let Some(row) = admission.admit(record, recipient.as_ref(), self.tx.history)? {
            admission.count(row.kind);
        }
        Ok(())
    }

    /// Handles the next row. Returns whether another row may be examined.
    fn look_at(&mut self, record: PendingRecord) -> Result<bool, LedgerError> {
        if self.queue.waits(&record) || self.resumed.contains(&record.id) {
            return Ok(true);
        }
        if self.queue.is_checked_now(&record) {
            self.queue.wait(record);
            return Ok(true);
        }
        self.begin_row(record)
    }

    fn begin_row(&mut self, record: PendingRecord) -> Result<bool, LedgerError> {
        let Self {
            queue,
            tx,
            committed,
            ..
        } = self;
        match tx.begin(record, self.admission.as_mut(), self.gate.as_mut())? {
            Taken::Begun(begun) => {
                queue.pass.begun = true;
                queue.passed_over = queue.ahead.len();
                queue.sent_last = Some(tx.now());
                committed.begun.push(begun);
            }
            Taken::ToCheck(message, record) => {
                queue.wait(*record);
                committed.to_check.push(message);
            }
            Taken::Later(record) => {
                queue.ahead.push_front(record);
                if committed.begun.is_empty() {
                    committed.rate_used_for = self.next_check;
                }
                return Ok(false);
            }
            Taken::Missing => committed.missing += 1,
            Taken::Unchecked => {
                let held = Verdict::Over(BlockReason::Unchecked);
                queue.pass.held.add(held);
            }
            Taken::Skipped => {}
        }
        Ok(true)
    }

    /// Handles the end of the list. Returns whether another pass may begin; not while rows wait for checks, because
    /// they may become pending again.
    fn end_of_list(&mut self) -> Result<bool, LedgerError> {
        if !self.queue.waiting.is_empty() {
            return Ok(false);
        }
        let ended = self
            .queue
            .end(self.tx, self.admission.as_mut(), &mut self.committed);
        ended.map_err(|error| self.tx.explain(&error))?;
        Ok(true)
    }
}
