//! The ledger's own thread, and the one channel to it: a disk that takes its time stalls neither
//! answers nor the clock. Each turn of the engine is one transaction and one `fsync`.

use std::{sync::mpsc, thread};

use tokio::sync::oneshot;

use super::{
    Ledger,
    batch::{Batch, CommitResult},
    error::{LedgerError, machine},
    queue::Queues,
};

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

type Answer = oneshot::Sender<CommitResult>;

impl LedgerWriter {
    /// Gives the ledger a thread of its own.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read, or the system gives no thread.
    pub fn open(ledger: Ledger) -> Result<Self, LedgerError> {
        ledger.without_history()?;
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
