//! The queues of pending rows, one for each instance: which rows a batch begins, and how a batch is committed.

use jiff::{SignedDuration, Timestamp};

use super::{
    Ledger,
    batch::{Batch, CommitResult, FailedBatch, FailedPart, InstanceBatch, InstanceCommit},
    batch_tx::BatchTx,
    beginning, db,
    error::LedgerError,
    queue::{PAGE, Queue},
    send_history::SendHistory,
    sql::{self, PendingPage},
};

/// How often a batch is retried that the server rolls back because of a conflict.
const MOST_UNDONE: u32 = 20;

/// The queues of the instances, in their order.
#[derive(Debug, Default)]
pub(super) struct Queues {
    instances: Vec<Queue>,
    /// Contacts that other campaigns sent since this time are not sent again; `None`: they are.
    sent_since: Option<Timestamp>,
    /// What the last batch began, while it is not known whether the batch was committed.
    uncertain: Option<Vec<InstanceCommit>>,
    /// When the ledger was last checked to be still in its place.
    checked: Option<Timestamp>,
}

impl Queues {
    /// Creates the queues of the ledger's instances, from the beginning of the list.
    pub(super) fn new(ledger: &Ledger) -> Result<Self, LedgerError> {
        let queue = |instance| {
            Ok(Queue {
                instance: ledger.row_filter(instance)?,
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

    /// Records a batch atomically.
    pub(super) fn record(&mut self, ledger: &mut Ledger, batch: Batch) -> CommitResult {
        let recorded = match ledger.database() {
            Some(_) => self.commit_in_database(ledger, &batch),
            None => self
                .commit(ledger, &batch)
                .or_else(|error| self.commit_without_history(ledger, &batch, error)),
        };
        recorded.map_err(|error| {
            let parts = batch.parts.into_iter().map(FailedPart::from).collect();
            FailedBatch { error, parts }
        })
    }

    /// Records a batch in a database. If the answer to the commit is lost, the batch is looked up by its name before
    /// anything else happens: either it was committed, or it is recorded again.
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

    /// Resets the queues after a batch that was not recorded: all rows that it read are still pending.
    fn read_again(&mut self) {
        self.instances.iter_mut().for_each(Queue::read_again);
    }

    fn commit(
        &mut self,
        ledger: &mut Ledger,
        batch: &Batch,
    ) -> Result<Vec<InstanceCommit>, LedgerError> {
        for queue in &mut self.instances {
            queue.waiting_before_batch.clone_from(&queue.waiting);
        }
        self.check_place(ledger, batch.now)?;
        let tx = BatchTx::open(ledger, batch, self.sent_since)?;
        let mut instances = self.instances.iter_mut().zip(&batch.parts).enumerate();
        instances
            .try_for_each(|(instance, (queue, part))| queue.settle(&tx.instance(instance), part))?;
        self.read_ahead(&tx, &batch.parts)?;
        let instances = self.instances.iter_mut().zip(&batch.parts).enumerate();
        let committed: Vec<InstanceCommit> = instances
            .map(|(instance, (queue, part))| {
                let committed = beginning::begin(queue, &tx.instance(instance), part)?;
                Ok(InstanceCommit {
                    checking: queue.waiting.len() as u64,
                    ..committed
                })
            })
            .collect::<Result<_, LedgerError>>()?;
        match tx.commit() {
            Ok(failed) => self.return_rows_without_entries(ledger, committed, failed),
            Err(error) if ledger.database().is_some() => {
                self.uncertain = Some(committed);
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Makes the rows pending again that a batch began and whose entries could not be made in their send history. That
    /// history is given up.
    fn return_rows_without_entries(
        &mut self,
        ledger: &mut Ledger,
        mut committed: Vec<InstanceCommit>,
        failed: Vec<(usize, LedgerError)>,
    ) -> Result<Vec<InstanceCommit>, LedgerError> {
        for (instance, error) in failed {
            ledger.return_to_pending(&committed[instance].begun)?;
            let queue = &mut self.instances[instance];
            queue.read_again();
            committed[instance] = InstanceCommit {
                checking: queue.waiting.len() as u64,
                missing: committed[instance].missing,
                without_history: Some(ledger.give_up_history(instance, error)?),
                ..InstanceCommit::default()
            };
        }
        Ok(committed)
    }

    /// In a shared database: reads the rows that all instances begin next, in one query. Rows that were read ahead
    /// before are read again, because others may have changed them between two batches.
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
            queue.append(page);
        }
        Ok(())
    }

    /// Checks, at most once a second, that the ledger and its send histories are still in their places: nothing that is
    /// recorded in a file that was removed or replaced outlasts the run.
    fn check_place(&mut self, ledger: &mut Ledger, now: Timestamp) -> Result<(), LedgerError> {
        let is_recent = |checked| now.duration_since(checked).abs() < SignedDuration::from_secs(1);
        if !self.checked.is_some_and(is_recent) {
            self.checked = Some(now);
            ledger.check_place()?;
            ledger.check_places_of_histories()?;
        }
        Ok(())
    }

    /// Records a batch again without the send history that failed. An instance that must count in its history begins
    /// nothing.
    fn commit_without_history(
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
        // With `--not-again-within`, the history cannot be given up: only it knows to whom other campaigns wrote.
        let Some(instance) = instance.filter(|_| ledger.not_again_within.is_none()) else {
            return Err(error);
        };
        let without = ledger.give_up_history(instance, error)?;
        self.read_again();
        let mut committed = self.commit(ledger, batch)?;
        committed[instance].without_history.get_or_insert(without);
        Ok(committed)
    }
}
