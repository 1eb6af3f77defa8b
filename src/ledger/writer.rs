//! The ledger's own thread, and the only channel to it, so that a slow disk delays neither answers nor the clock. Each
//! batch of the engine is one transaction and one `fsync`.

use std::{sync::mpsc, thread};

use jiff::Timestamp;
use tokio::sync::oneshot;

use super::{
    Ledger,
    batch::{Batch, CommitResult},
    error::{LedgerError, machine},
    queues::Queues,
    restrictions::SeenState,
    waits::RunWaits,
};

/// The engine's access to the ledger during a run.
#[derive(Debug)]
pub struct LedgerWriter(Backend);

#[derive(Debug)]
enum Backend {
    Thread {
        requests: mpsc::Sender<Request>,
        thread: thread::JoinHandle<Ledger>,
    },
    /// For tests: records in the caller's thread, with a clock that stands still meanwhile.
    #[cfg(test)]
    Inline(Box<std::cell::RefCell<(Ledger, Queues)>>),
}

type Answer = oneshot::Sender<CommitResult>;

/// A request to the thread.
#[derive(Debug)]
enum Request {
    Commit(Batch, Answer),
    NoteWaits(RunWaits),
    NoteState(usize, SeenState, Timestamp),
}

impl LedgerWriter {
    /// Moves the ledger to a thread of its own.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read, or the system cannot start a thread.
    pub fn open(ledger: Ledger) -> Result<Self, LedgerError> {
        ledger.note_missing_histories()?;
        ledger.guard()?;
        let queues = Queues::new(&ledger)?;
        let (requests, waiting) = mpsc::channel();
        let path = ledger.path.clone();
        let thread = thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || run_writer(ledger, queues, &waiting))
            .map_err(|error| machine(&path, &error))?;
        Ok(Self(Backend::Thread { requests, thread }))
    }

    /// Creates a writer that records batches in the thread of the test.
    #[cfg(test)]
    pub(crate) fn inline(ledger: Ledger) -> Self {
        let queues = Queues::new(&ledger).expect("the ledger can be read");
        Self(Backend::Inline(Box::new(std::cell::RefCell::new((
            ledger, queues,
        )))))
    }

    /// Records a batch. The answer arrives when the batch is on disk; after an error, nothing of the batch is.
    #[must_use]
    pub fn commit(&self, batch: Batch) -> oneshot::Receiver<CommitResult> {
        let (answer, receiver) = oneshot::channel();
        match &self.0 {
            Backend::Thread { requests, .. } => {
                // If the thread is gone, the sender is dropped and the receiver reports it.
                let _gone = requests.send(Request::Commit(batch, answer));
            }
            #[cfg(test)]
            Backend::Inline(kept) => {
                let (ledger, queues) = &mut *kept.borrow_mut();
                let _gone = answer.send(queues.record(ledger, batch));
            }
        }
        receiver
    }

    /// Stores what the run is waiting for, without waiting for the result. If the ledger cannot be written, the next
    /// batch reports it.
    pub fn note_waits(&self, waits: RunWaits) {
        match &self.0 {
            Backend::Thread { requests, .. } => {
                // If the thread is gone, the next batch reports it.
                let _gone = requests.send(Request::NoteWaits(waits));
            }
            #[cfg(test)]
            Backend::Inline(kept) => note_waits(&kept.borrow().0, &waits),
        }
    }

    /// Records a state of an instance in its send history, without waiting for the result.
    pub fn note_state(&self, instance: usize, seen: SeenState, at: Timestamp) {
        match &self.0 {
            Backend::Thread { requests, .. } => {
                // If the thread is gone, the next batch reports it.
                let _gone = requests.send(Request::NoteState(instance, seen, at));
            }
            #[cfg(test)]
            Backend::Inline(kept) => note_state(&kept.borrow().0, instance, &seen, at),
        }
    }

    /// Returns the ledger; `None` if its thread panicked.
    #[must_use]
    pub fn close(self) -> Option<Ledger> {
        match self.0 {
            Backend::Thread { requests, thread } => {
                drop(requests);
                thread.join().ok()
            }
            #[cfg(test)]
            Backend::Inline(kept) => Some(kept.into_inner().0),
        }
    }
}

fn run_writer(
    mut ledger: Ledger,
    mut queues: Queues,
    requests: &mpsc::Receiver<Request>,
) -> Ledger {
    while let Ok(request) = requests.recv() {
        match request {
            Request::Commit(batch, answer) => {
                // If the engine is gone, it needs no answer.
                let _gone = answer.send(queues.record(&mut ledger, batch));
            }
            Request::NoteWaits(waits) => note_waits(&ledger, &waits),
            Request::NoteState(instance, seen, at) => note_state(&ledger, instance, &seen, at),
        }
    }
    ledger.merge_recent();
    ledger
}

fn note_waits(ledger: &Ledger, waits: &RunWaits) {
    if let Err(error) = ledger.note_waits(waits) {
        tracing::warn!("what the run waits for is not noted: {error}");
    }
}

fn note_state(ledger: &Ledger, instance: usize, seen: &SeenState, at: Timestamp) {
    if let Some(history) = ledger.send_history(instance)
        && let Err(error) = history.note_state(seen, at)
    {
        tracing::warn!("the state of the number is not noted in its send history: {error}");
    }
}
