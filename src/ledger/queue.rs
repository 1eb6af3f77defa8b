//! The queues of pending rows, one an instance: which rows a batch begins, and how it is committed.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::{
    Ledger,
    admission::{AdmissionCheck, ZoneCache},
    batch::{Batch, CommitResult, FailedBatch, InstanceBatch, InstanceCommit},
    batch_tx::{BatchTx, InstanceTx, not_delivered},
    db::{self, Connection},
    error::LedgerError,
    rules::BlockedUntil,
    send_history::SendHistory,
    sql::{self, PendingRecord},
};

/// Rows that are read ahead at a time.
const PAGE: usize = 512;

/// Rows that a batch looks at: a long list of which few may go must not hold up the outcomes.
const MOST_LOOKS: usize = 8 * PAGE;

/// The queues of the instances, in their order.
#[derive(Debug, Default)]
pub(super) struct Queues {
    instances: Vec<Queue>,
    /// What other campaigns have sent is sent once more.
    sent_since: Option<Timestamp>,
    /// When it was last checked that the ledger is still in its place.
    checked: Option<Timestamp>,
}

/// The pending rows of an instance in the order of the input, again and again from its beginning: those that came back,
/// and those that were passed over.
#[derive(Debug, Default)]
struct Queue {
    /// Whose rows; nothing where a ledger has only one instance.
    instance: Option<i64>,
    ahead: VecDeque<PendingRecord>,
    read_to: i64,
    came_back: bool,
    pass: Pass,
    zones: ZoneCache,
    /// When this run sent last.
    sent_last: Option<Timestamp>,
}

/// What has come of the current pass through the list.
#[derive(Debug, Default)]
struct Pass {
    begun: bool,
    held: BlockedUntil,
}

impl Queues {
    /// The queues of the ledger's instances, from the beginning of the list.
    pub(super) fn new(ledger: &Ledger) -> Result<Self, LedgerError> {
        let queue = |instance| {
            Ok(Queue {
                instance: ledger.filter(instance)?,
                ..Queue::default()
            })
        };
        let instances = (0..ledger.instances.len())
            .map(queue)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            instances,
            sent_since: ledger.sent_since,
            checked: None,
        })
    }

    /// Records a batch, all of it or nothing.
    pub(super) fn record(&mut self, ledger: &mut Ledger, batch: Batch) -> CommitResult {
        let recorded = self.commit(ledger, &batch);
        recorded
            .or_else(|error| self.without_history(ledger, &batch, error))
            .map_err(|error| {
                let settle = batch.parts.into_iter().map(|part| part.settle).collect();
                FailedBatch { error, settle }
            })
    }

    fn commit(
        &mut self,
        ledger: &mut Ledger,
        batch: &Batch,
    ) -> Result<Vec<InstanceCommit>, LedgerError> {
        self.check_place(ledger, batch.now)?;
        let tx = BatchTx::open(ledger, batch, self.sent_since)?;
        let instances = self.instances.iter_mut().zip(&batch.parts).enumerate();
        let committed: Vec<InstanceCommit> = instances
            .map(|(instance, (queue, part))| queue.record(&tx.instance(instance), part))
            .collect::<Result<_, _>>()?;
        match tx.commit() {
            Ok(()) => {
                ledger.confirm(&committed);
                Ok(committed)
            }
            Err(error) => {
                ledger.never_began(&committed, batch.now);
                Err(error)
            }
        }
    }

    /// At most once a second: a ledger that was removed or replaced records nothing that outlasts the run.
    fn check_place(&mut self, ledger: &Ledger, now: Timestamp) -> Result<(), LedgerError> {
        let is_recent = |checked| now.duration_since(checked).abs() < SignedDuration::from_secs(1);
        if !self.checked.is_some_and(is_recent) {
            self.checked = Some(now);
            ledger.check_place()?;
        }
        Ok(())
    }

    /// Records a batch once more without the send history that broke it. An instance that has to count in it begins
    /// nothing.
    fn without_history(
        &mut self,
        ledger: &mut Ledger,
        batch: &Batch,
        error: LedgerError,
    ) -> Result<Vec<InstanceCommit>, LedgerError> {
        let is_broken = |history: &SendHistory| matches!(&error, LedgerError::SendHistory { path, .. } if path == history.path());
        let instance = ledger
            .instances
            .iter()
            .position(|instance| instance.history.as_ref().is_some_and(is_broken));
        let Some(instance) = instance else {
            return Err(error);
        };
        ledger.instances[instance].history = None;
        ledger.without_history()?;
        // What the broken batch has read is still pending.
        self.instances.iter_mut().for_each(|queue| {
            *queue = Queue {
                instance: queue.instance,
                ..Queue::default()
            }
        });
        let mut committed = self.commit(ledger, batch)?;
        committed[instance].without_history = Some(error);
        Ok(committed)
    }
}

impl Queue {
    fn record(
        &mut self,
        tx: &InstanceTx<'_>,
        part: &InstanceBatch,
    ) -> Result<InstanceCommit, LedgerError> {
        for result in &part.settle {
            tx.record(result)?;
            // A contact that was refused is counted by no cap: another may go in its place.
            self.came_back |= not_delivered(&result.verdict);
        }
        self.begin(tx, part)
    }

    fn begin(
        &mut self,
        tx: &InstanceTx<'_>,
        part: &InstanceBatch,
    ) -> Result<InstanceCommit, LedgerError> {
        let counts = part
            .rules
            .as_ref()
            .is_some_and(|rules| rules.schedule.caps.need_a_history());
        if counts && tx.history.is_none() {
            return Ok(InstanceCommit::default());
        }
        let not_before = self.not_before(tx, part)?;
        let mut committed = InstanceCommit {
            not_before,
            ..InstanceCommit::default()
        };
        if not_before.is_some() {
            return Ok(committed);
        }
        let mut zones = std::mem::take(&mut self.zones);
        let mut check = match &part.rules {
            Some(rules) => Some(AdmissionCheck::open(
                rules,
                tx.now(),
                tx.history,
                &mut zones,
            )?),
            None => None,
        };
        for _ in 0..MOST_LOOKS {
            if committed.begun.len() >= part.begin
                || committed.exhausted
                || committed.held.is_some()
            {
                break;
            }
            let Some(record) = self.next(tx.ledger()).map_err(|error| tx.explain(&error))? else {
                self.end(check.as_mut(), &mut committed);
                continue;
            };
            if let Some(begun) = tx.begin(record, check.as_mut())? {
                self.pass.begun = true;
                self.sent_last = Some(tx.now());
                committed.begun.push(begun);
            }
        }
        if let Some(mut check) = check {
            self.pass.held.merge(check.take_held());
        }
        self.zones = zones;
        Ok(committed)
    }

    /// When the instance may send again, if another run of its instance has sent the last contact: a mean gap
    /// after that. Between its own contacts a run keeps the gaps itself.
    fn not_before(
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
        // This run's own last contact may be ahead of a clock that was put back.
        let own = self.sent_last.filter(|last| *last <= tx.now());
        let of_another = history.last(tx.now())?.filter(|last| Some(*last) > own);
        let until =
            of_another.map(|last| last.checked_add(spacing.mean()).unwrap_or(Timestamp::MAX));
        Ok(until.filter(|until| *until > tx.now()))
    }

    /// The end of the list. If rows came back, or others were begun while some were passed over,
    /// another pass begins.
    fn end(&mut self, check: Option<&mut AdmissionCheck<'_>>, committed: &mut InstanceCommit) {
        let pass = std::mem::take(&mut self.pass);
        let mut held = pass.held;
        if let Some(check) = check {
            held.merge(check.take_held());
        }
        let again = std::mem::take(&mut self.came_back);
        if !again && held == BlockedUntil::default() {
            committed.exhausted = true;
            return;
        }
        self.read_to = 0;
        committed.held = (!again && !pass.begun).then_some(held);
    }

    fn next(&mut self, connection: &Connection) -> db::Result<Option<PendingRecord>> {
        if self.ahead.is_empty() {
            let page = sql::pending_after(connection, self.instance, self.read_to, PAGE)?;
            self.read_to = page.last().map_or(self.read_to, |record| record.position);
            self.ahead.extend(page);
        }
        Ok(self.ahead.pop_front())
    }
}
