//! The ledger's own thread, and the one channel to it: a disk that takes its time stalls neither
//! answers nor the clock. Each batch of the engine is one transaction and one `fsync`.

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

/// The engine's way to the ledger while a run lasts.
#[derive(Debug)]
pub struct LedgerWriter(Backend);

#[derive(Debug)]
enum Backend {
    Thread {
        requests: mpsc::Sender<Request>,
        thread: thread::JoinHandle<Ledger>,
    },
    /// On a clock that stands still while a batch is recorded.
    #[cfg(test)]
    Inline(Box<std::cell::RefCell<(Ledger, Queues)>>),
}

type Answer = oneshot::Sender<CommitResult>;

/// What the thread is asked for.
#[derive(Debug)]
enum Request {
    Commit(Batch, Answer),
    NoteWaits(RunWaits),
    NoteState(usize, SeenState, Timestamp),
}

impl LedgerWriter {
    /// Gives the ledger a thread of its own.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read, or the system gives no thread.
    pub fn open(ledger: Ledger) -> Result<Self, LedgerError> {
        ledger.without_history()?;
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

    /// Records batches in the thread of the test.
    #[cfg(test)]
    pub(crate) fn inline(ledger: Ledger) -> Self {
        let queues = Queues::new(&ledger).expect("the ledger can be read");
        Self(Backend::Inline(Box::new(std::cell::RefCell::new((
            ledger, queues,
        )))))
    }

    /// Records a batch. The answer comes when it is on disk; after an error nothing of the batch is.
    #[must_use]
    pub fn commit(&self, batch: Batch) -> oneshot::Receiver<CommitResult> {
        let (answer, receiver) = oneshot::channel();
        match &self.0 {
            Backend::Thread { requests, .. } => {
                // A thread that is gone drops the sender, and the receiver says so.
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

    /// Notes what the run waits for. Nothing waits for that, and a ledger that cannot be written says so with the
    /// next batch.
    pub fn note_waits(&self, waits: RunWaits) {
        match &self.0 {
            Backend::Thread { requests, .. } => {
                // The next batch finds out that the thread is gone.
                let _gone = requests.send(Request::NoteWaits(waits));
            }
            #[cfg(test)]
            Backend::Inline(kept) => note_waits(&kept.borrow().0, &waits),
        }
    }

    /// Notes a state of an instance in its send history. Nothing waits for that.
    pub fn note_state(&self, instance: usize, seen: SeenState, at: Timestamp) {
        match &self.0 {
            Backend::Thread { requests, .. } => {
                // The next batch finds out that the thread is gone.
                let _gone = requests.send(Request::NoteState(instance, seen, at));
            }
            #[cfg(test)]
            Backend::Inline(kept) => note_state(&kept.borrow().0, instance, &seen, at),
        }
    }

    /// Takes the ledger back; nothing if its thread broke down.
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
                // An engine that is gone needs no answer.
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
