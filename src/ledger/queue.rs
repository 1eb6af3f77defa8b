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
    sql::{self, PendingPage, PendingRecord},
};

/// Rows that are read ahead at a time.
const PAGE: usize = 512;

/// Rows that a batch looks at: a long list of which few may go must not hold up the outcomes.
const MOST_LOOKS: usize = 8 * PAGE;

/// In a database that machines share, the most rows that an instance claims at a time, and the most that it has without
/// being allowed to send them: others may.
const CLAIM: usize = 128;
const MOST_CLAIMED: usize = 1024;

/// How often a batch is tried again that the server undoes because it is in the way of another.
const MOST_UNDONE: u32 = 20;

/// The queues of the instances, in their order.
#[derive(Debug, Default)]
pub(super) struct Queues {
    instances: Vec<Queue>,
    /// What other campaigns have sent is sent once more.
    sent_since: Option<Timestamp>,
    /// What a batch has begun of which nobody knows whether it was recorded.
    uncertain: Option<Vec<InstanceCommit>>,
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
    /// Rows that were read since the last one was begun.
    passed_over: usize,
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
            uncertain: None,
            checked: None,
        })
    }

    /// Records a batch, all of it or nothing.
    pub(super) fn record(&mut self, ledger: &mut Ledger, batch: Batch) -> CommitResult {
        let recorded = match ledger.database() {
            Some(_) => self.commit_in_database(ledger, &batch),
            None => self
                .commit(ledger, &batch)
                .or_else(|error| self.without_history(ledger, &batch, error)),
        };
        recorded.map_err(|error| {
            let settle = batch.parts.into_iter().map(|part| part.settle).collect();
            FailedBatch { error, settle }
        })
    }

    /// Records a batch in a database. Where its answer is lost, the batch is looked for by its name before anything
    /// else happens: it is there, or it is recorded once more.
    fn commit_in_database(
        &mut self,
        ledger: &mut Ledger,
        batch: &Batch,
    ) -> Result<Vec<InstanceCommit>, LedgerError> {
        ledger.begin_batch();
        let mut undone = 0;
        loop {
            let error = match self.commit(ledger, batch) {
                Ok(committed) => return Ok(committed),
                Err(error) => error,
            };
            let uncertain = self.uncertain.take();
            if ledger.is_cut_off(&error) {
                let was_committed = ledger.reconnect(error)?;
                if let Some(committed) = uncertain.filter(|_| was_committed) {
                    ledger.confirm(&committed);
                    return Ok(committed);
                }
            } else if undone == MOST_UNDONE || !ledger.is_undone(&error) {
                return Err(error);
            } else {
                undone += 1;
            }
            self.read_again();
        }
    }

    /// What a batch that was not recorded has read is still pending.
    fn read_again(&mut self) {
        for queue in &mut self.instances {
            *queue = Queue {
                instance: queue.instance,
                ..Queue::default()
            };
        }
    }

    fn commit(
        &mut self,
        ledger: &mut Ledger,
        batch: &Batch,
    ) -> Result<Vec<InstanceCommit>, LedgerError> {
        self.check_place(ledger, batch.now)?;
        let tx = BatchTx::open(ledger, batch, self.sent_since)?;
        let mut instances = self.instances.iter_mut().zip(&batch.parts).enumerate();
        instances
            .try_for_each(|(instance, (queue, part))| queue.settle(&tx.instance(instance), part))?;
        self.read_ahead(&tx, &batch.parts)?;
        let instances = self.instances.iter_mut().zip(&batch.parts).enumerate();
        let committed: Vec<InstanceCommit> = instances
            .map(|(instance, (queue, part))| queue.begin(&tx.instance(instance), part))
            .collect::<Result<_, _>>()?;
        match tx.commit() {
            Ok(()) => {
                ledger.confirm(&committed);
                Ok(committed)
            }
            Err(error) if ledger.database().is_some() => {
                self.uncertain = Some(committed);
                Err(error)
            }
            Err(error) => {
                ledger.never_began(&committed, batch.now);
                Err(error)
            }
        }
    }

    /// Reads what all instances begin next at once, in a database that machines share. What was read ahead before is
    /// read again: others may have changed it between two batches.
    fn read_ahead(&mut self, tx: &BatchTx<'_>, parts: &[InstanceBatch]) -> Result<(), LedgerError> {
        let tx = tx.instance(0);
        if !tx.is_shared() {
            return Ok(());
        }
        let begin = self.instances.iter_mut().zip(parts);
        let mut begin: Vec<_> = begin.filter(|(_, part)| part.begin > 0).collect();
        let pages: Vec<PendingPage> = begin
            .iter_mut()
            .map(|(queue, part)| {
                queue.put_back();
                queue.page(part.begin.min(PAGE))
            })
            .collect();
        let read = || {
            let pages = sql::lock_pending_after(tx.ledger(), &pages)?;
            tx.look_up_ahead(pages.iter().flatten())?;
            Ok(pages)
        };
        let pages = read().map_err(|error: db::Error| tx.explain(&error))?;
        for ((queue, _), page) in begin.into_iter().zip(pages) {
            queue.take(page);
        }
        Ok(())
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
        self.read_again();
        let mut committed = self.commit(ledger, batch)?;
        committed[instance].without_history = Some(error);
        Ok(committed)
    }
}

impl Queue {
    fn settle(&mut self, tx: &InstanceTx<'_>, part: &InstanceBatch) -> Result<(), LedgerError> {
        for result in &part.settle {
            tx.record(result)?;
            // A contact that was refused is counted by no cap: another may go in its place.
            self.came_back |= not_delivered(&result.verdict);
        }
        Ok(())
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
        for looks in 0..MOST_LOOKS {
            if committed.begun.len() >= part.begin
                || committed.exhausted
                || committed.held.is_some()
            {
                break;
            }
            let most = if tx.is_shared() {
                (2 * looks).max(part.begin).min(PAGE)
            } else {
                PAGE
            };
            let record = self.next(tx, most).map_err(|error| tx.explain(&error))?;
            let Some(record) = record else {
                self.end(tx, check.as_mut(), &mut committed)
                    .map_err(|error| tx.explain(&error))?;
                continue;
            };
            if let Some(begun) = tx.begin(record, check.as_mut())? {
                self.pass.begun = true;
                self.passed_over = self.ahead.len();
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
    fn end(
        &mut self,
        tx: &InstanceTx<'_>,
        check: Option<&mut AdmissionCheck<'_>>,
        committed: &mut InstanceCommit,
    ) -> db::Result<()> {
        let pass = std::mem::take(&mut self.pass);
        let mut held = pass.held;
        if let Some(check) = check {
            held.merge(check.take_held());
        }
        let again = std::mem::take(&mut self.came_back);
        if !again && held == BlockedUntil::default() {
            // Another machine may have read the list anew meanwhile, and moved rows.
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

    /// What was read ahead is to be read again.
    fn put_back(&mut self) {
        if let Some(first) = self.ahead.front() {
            self.read_to = first.position - 1;
            self.passed_over = self.passed_over.saturating_sub(self.ahead.len());
            self.ahead.clear();
        }
    }

    fn next(&mut self, tx: &InstanceTx<'_>, most: usize) -> db::Result<Option<PendingRecord>> {
        if self.ahead.is_empty() {
            let mut page = self.read(tx.ledger(), self.read_to, most)?;
            if page.is_empty() && tx.is_shared() && self.passed_over < MOST_CLAIMED {
                page = self.claim(tx.ledger(), most)?;
            }
            if tx.is_shared() {
                tx.look_up_ahead(page.iter())?;
            }
            self.take(page);
        }
        Ok(self.ahead.pop_front())
    }

    /// The next page.
    const fn page(&self, most: usize) -> PendingPage {
        PendingPage {
            instance: self.instance,
            after: self.read_to,
            most,
        }
    }

    fn read(
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

    /// Takes in what was read.
    fn take(&mut self, page: Vec<PendingRecord>) {
        self.passed_over += page.len();
        self.read_to = page.last().map_or(self.read_to, |record| record.position);
        self.ahead.extend(page);
    }

    /// Claims rows in a database that machines share, and gives the next ones; none where no row is free any more.
    fn claim(&self, connection: &Connection, most: usize) -> db::Result<Vec<PendingRecord>> {
        let Some(instance) = self.instance else {
            return Ok(Vec::new());
        };
        // Few where few go at a time: the others are for other machines.
        let wanted = (2 * most).min(CLAIM);
        let mut is_last = false;
        loop {
            let claimed = sql::claims::claim(connection, instance, wanted)?;
            // What was claimed may be for people to whom other instances write.
            let mut page = self.read(connection, self.read_to, most)?;
            if page.is_empty() && self.passed_over == 0 {
                // What another machine gave back, or has claimed for this instance, may be further up.
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
}
