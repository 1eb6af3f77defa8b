//! The ledger's own thread, and the one channel to it: a disk that takes its time stalls neither
//! answers nor the clock. Each turn of the engine is one transaction and one `fsync`.

use std::{
    sync::{Arc, mpsc},
    thread,
};

use tokio::sync::oneshot;

use super::{
    Ledger,
    admission::{BlockedUntil, Rules, Zones},
    error::{LedgerError, machine},
    queue::Queues,
};
use crate::domain::{IdMessage, Message};

/// Names a row of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub(super) i64);

#[cfg(test)]
impl RowId {
    /// A row of no ledger.
    pub(crate) const fn for_tests(id: i64) -> Self {
        Self(id)
    }
}

/// What became of a row that was being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowResult {
    /// Which row.
    pub row: RowId,
    /// What became of it.
    pub verdict: RowOutcome,
}

/// What becomes of a row that was being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowOutcome {
    /// The service queued the contact.
    Accepted(IdMessage),
    /// The service refused the contact, with these words.
    Failed(String),
    /// Nobody knows, for this reason.
    Unknown(String),
    /// It is pending again: the request was sent, and it is proved that the service took nothing.
    NotTaken,
    /// It is pending again: no request was sent.
    NotSent,
}

/// One turn: what is recorded together.
#[derive(Debug, Default)]
pub struct Batch {
    /// The parts of the instances, in their order.
    pub parts: Vec<InstanceBatch>,
    /// What time it is, in milliseconds since 1970.
    pub now: i64,
    /// Whether that is the service's time.
    pub by_service: bool,
}

/// What one instance has to record.
#[derive(Debug, Default)]
pub struct InstanceBatch {
    /// Outcomes that have come.
    pub settle: Vec<RowResult>,
    /// At most this many pending rows are begun.
    pub begin: usize,
    /// By which rows are begun; without any all may go.
    pub rules: Option<Arc<Rules>>,
}

/// A message whose intent is on disk. It counts as unknown until it is settled.
#[derive(Debug)]
pub struct InFlight {
    /// Which row.
    pub row: RowId,
    /// The row number that the spreadsheet shows.
    pub number: u64,
    /// What to send.
    pub message: Message,
    /// Where the hours have to hold.
    pub zones: Zones,
}

/// The part of an instance in a turn that is on disk.
#[derive(Debug, Default)]
pub struct InstanceCommit {
    /// Begun in this turn, in the order of the input.
    pub begun: Vec<InFlight>,
    /// No row of the instance is pending any more.
    pub exhausted: bool,
    /// Every pending row of the instance was looked at, and none may go now.
    pub held: Option<BlockedUntil>,
    /// Another run of the instance has just sent: nothing is begun before, in milliseconds since 1970.
    pub not_before: Option<i64>,
    /// Why the sends of the instance are in no send history from here on.
    pub without_book: Option<LedgerError>,
}

/// The engine's way to the ledger while a run lasts.
#[derive(Debug)]
pub struct LedgerWriter(Backend);

#[derive(Debug)]
enum Backend {
    Thread {
        turns: mpsc::Sender<(Batch, Answer)>,
        thread: thread::JoinHandle<Ledger>,
    },
    /// On a clock that stands still while a turn is recorded.
    #[cfg(test)]
    Here(Box<std::cell::RefCell<(Ledger, Queues)>>),
}

/// A turn that is not on disk, none of it.
#[derive(Debug)]
pub struct FailedBatch {
    /// Why.
    pub error: LedgerError,
    /// The outcomes of each instance, to be tried once more.
    pub settle: Vec<Vec<RowResult>>,
}

/// A turn that is on disk, part by part, or none of it.
pub type CommitResult = Result<Vec<InstanceCommit>, FailedBatch>;

type Answer = oneshot::Sender<CommitResult>;

impl LedgerWriter {
    /// Gives the ledger a thread of its own.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read, or the system gives no thread.
    pub fn open(ledger: Ledger) -> Result<Self, LedgerError> {
        ledger.without_book()?;
        let queues = Queues::of(&ledger)?;
        let (turns, waiting) = mpsc::channel::<(Batch, Answer)>();
        let path = ledger.path.clone();
        let thread = thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || keep(ledger, queues, &waiting))
            .map_err(|error| machine(&path, &error))?;
        Ok(Self(Backend::Thread { turns, thread }))
    }

    /// Records turns in the thread of the test.
    #[cfg(test)]
    pub(crate) fn here(ledger: Ledger) -> Self {
        let queues = Queues::of(&ledger).unwrap_or_default();
        Self(Backend::Here(Box::new(std::cell::RefCell::new((
            ledger, queues,
        )))))
    }

    /// Records a turn. The answer comes when it is on disk; after an error nothing of the turn is.
    #[must_use]
    pub fn commit(&self, turn: Batch) -> oneshot::Receiver<CommitResult> {
        let (answer, receiver) = oneshot::channel();
        match &self.0 {
            Backend::Thread { turns, .. } => {
                // A thread that is gone drops the sender, and the receiver says so.
                let _gone = turns.send((turn, answer));
            }
            #[cfg(test)]
            Backend::Here(kept) => {
                let (ledger, queues) = &mut *kept.borrow_mut();
                let _gone = answer.send(queues.record(ledger, turn));
            }
        }
        receiver
    }

    /// Takes the ledger back; nothing if its thread broke down.
    #[must_use]
    pub fn close(self) -> Option<Ledger> {
        match self.0 {
            Backend::Thread { turns, thread } => {
                drop(turns);
                thread.join().ok()
            }
            #[cfg(test)]
            Backend::Here(kept) => Some(kept.into_inner().0),
        }
    }
}

fn keep(mut ledger: Ledger, mut queues: Queues, turns: &mpsc::Receiver<(Batch, Answer)>) -> Ledger {
    while let Ok((turn, answer)) = turns.recv() {
        // An engine that is gone needs no answer.
        let _gone = answer.send(queues.record(&mut ledger, turn));
    }
    ledger
}
