//! One loop owns the ledger writer and the rate limiter of every instance; only HTTP requests run beside it. Each
//! iteration collects the outcomes that have arrived, begins as many messages as the rate and concurrency of each
//! instance allow, commits once, and starts the requests whose intent is durable.

use std::{panic, time::Duration};

use tokio::{
    sync::{oneshot, watch},
    task::{JoinError, JoinSet},
    time::{Instant, sleep_until},
};

use super::{
    ActiveInstance, RunConfig, StopReason, Stopped, Transport,
    run::{Answer, EventSink, HEARTBEAT, Run},
    worker::Worker,
};
use crate::{
    failpoints::{self, Point},
    green_api::Reading,
    ledger::{Batch, CommitResult, InstanceBatch, LedgerError, LedgerWriter},
};

/// A commit is expected to take as long as the last one, and at least this long.
const QUICK_COMMIT: Duration = Duration::from_millis(1);

/// The longest time that a commit is expected to take: a message is begun at most this long before its permit.
const SLOW_COMMIT: Duration = Duration::from_millis(50);

/// Sends the pending rows of the ledger until all are settled or something stops every instance. Returns what stopped
/// the instances. `instances` are those of the ledger, in the same order. `interrupts` counts the requests to stop:
/// after the first, nothing more is started; after the second, requests in progress are abandoned and their rows become
/// unknown.
///
/// # Errors
/// [`LedgerError`] when the ledger cannot be written; nothing is sent after that.
pub async fn run<W: Transport>(
    writer: &LedgerWriter,
    instances: Vec<ActiveInstance<W>>,
    config: &RunConfig,
    interrupts: watch::Receiver<u32>,
    events: EventSink<'_>,
) -> Result<Vec<Stopped>, LedgerError> {
    let now = Instant::now();
    let run = Run {
        config,
        interrupts,
        events,
        requests: JoinSet::new(),
        is_committing: false,
        commit_took: QUICK_COMMIT,
        begun_rows: 0,
        checking: 0,
        clear: 0,
        refused: 0,
        command: None,
        listen_at: now,
        stop: None,
        broken: None,
    };
    let wall_clock = config.clock.now();
    let workers = instances
        .into_iter()
        .enumerate()
        .map(|(number, instance)| Worker::new(number, instance, now, wall_clock));
    Engine {
        writer,
        workers: workers.collect(),
        run,
        committing: None,
    }
    .run()
    .await
}

struct Engine<'a, W> {
    writer: &'a LedgerWriter,
    workers: Vec<Worker<W>>,
    run: Run<'a>,
    committing: Option<Commit>,
}

struct Commit {
    answer: oneshot::Receiver<CommitResult>,
    since: Instant,
}

/// What the loop waits for.
enum Next {
    Committed(Option<CommitResult>),
    Answered(usize, Answer),
    Interrupted,
    Due,
}

impl<W: Transport> Engine<'_, W> {
    async fn run(mut self) -> Result<Vec<Stopped>, LedgerError> {
        loop {
            let now = Instant::now();
            self.run.listen(now);
            for worker in &mut self.workers {
                worker.refresh_holds(&mut self.run, now);
                worker.start_what_is_due(&mut self.run, now);
            }
            self.commit_what_gathered(now);
            if self.is_over() {
                return self.ended();
            }
            let due = self.due(now);
            let next = self.next(due).await;
            let woke = Instant::now();
            self.workers
                .iter_mut()
                .for_each(|worker| worker.note_stall(due, woke));
            match next {
                Next::Committed(result) => self.take_commit(result),
                Next::Answered(instance, answer) => self.take_answers(instance, answer),
                Next::Interrupted => self.run.stop(StopReason::Interrupted),
                Next::Due => {}
            }
        }
    }

    async fn next(&mut self, due: Instant) -> Next {
        let Self {
            committing, run, ..
        } = self;
        tokio::select! {
            biased;
            result = async { (&mut committing.as_mut()?.answer).await.ok() }, if committing.is_some() => Next::Committed(result),
            Some(joined) = run.requests.join_next() => {
                let (instance, answer) = answered(joined);
                Next::Answered(instance, answer)
            }
            Ok(()) = run.interrupts.changed(), if run.stop.is_none() => Next::Interrupted,
            () = sleep_until(due) => Next::Due,
        }
    }

    fn commit_what_gathered(&mut self, now: Instant) {
        if self.committing.is_some() {
            return;
        }
        let Self { workers, run, .. } = self;
        let parts: Vec<InstanceBatch> = workers
            .iter_mut()
            .map(|worker| worker.take_batch_part(run, now))
            .collect();
        if parts
            .iter()
            .any(|part| part.begin > 0 || !part.settle.is_empty() || part.has_answers())
        {
            let Reading { at, is_of_service } = self.run.config.clock.read();
            let batch = Batch {
                parts,
                now: at,
                by_service: is_of_service,
            };
            self.run.is_committing = true;
            self.committing = Some(Commit {
                answer: self.writer.commit(batch),
                since: now,
            });
        }
    }

    fn take_commit(&mut self, result: Option<CommitResult>) {
        let Some(commit) = self.committing.take() else {
            return;
        };
        self.run.is_committing = false;
        match result {
            Some(Ok(parts)) => {
                self.run.commit_took = commit.since.elapsed().clamp(QUICK_COMMIT, SLOW_COMMIT);
                for (worker, part) in self.workers.iter_mut().zip(parts) {
                    worker.take_commit(&mut self.run, part);
                }
            }
            Some(Err(broken)) => {
                let again = self.run.broken.is_none();
                for (worker, part) in self.workers.iter_mut().zip(broken.parts) {
                    // If tried again, the outcomes are recorded together with those that are still to come.
                    worker.take_back(part, again);
                }
                self.run.broken.get_or_insert(broken.error);
            }
            None => {
                self.workers
                    .iter_mut()
                    .for_each(|worker| worker.committing = None);
                self.run.broken = Some(LedgerError::Gone);
            }
        }
    }

    /// Returns when the loop runs next if no event wakes it earlier.
    fn due(&self, now: Instant) -> Instant {
        let at_work = self
            .workers
            .iter()
            .filter(|worker| !worker.is_over(&self.run));
        at_work
            .map(|worker| worker.due(&self.run, now))
            .min()
            .unwrap_or(now + HEARTBEAT)
    }

    fn take_answers(&mut self, instance: usize, answer: Answer) {
        let mut next = Some((instance, answer));
        while let Some((instance, answer)) = next {
            if matches!(answer, Answer::Contact(..)) {
                failpoints::fail_point(Point::AfterAnswer);
            }
            self.workers[instance].take_answer(&mut self.run, answer, Instant::now());
            next = self.run.requests.try_join_next().map(answered);
        }
    }

    fn is_over(&self) -> bool {
        self.committing.is_none() && self.workers.iter().all(|worker| worker.is_over(&self.run))
    }

    fn ended(self) -> Result<Vec<Stopped>, LedgerError> {
        let limit = self.run.is_limit_reached().then_some(StopReason::Limit);
        let instances = self.workers.into_iter().map(Worker::stopped).zip(0..);
        let instances = instances.filter_map(|(stop, instance)| {
            Some(Stopped {
                instance: Some(instance),
                stop: stop?,
            })
        });
        let run = self.run.stop.or(limit).map(|stop| Stopped {
            instance: None,
            stop,
        });
        self.run
            .broken
            .map_or_else(|| Ok(instances.chain(run).collect()), Err)
    }
}

/// Returns what a request yielded. A request that panicked ends the run: its row would wait for an answer for ever.
fn answered(joined: Result<(usize, Answer), JoinError>) -> (usize, Answer) {
    joined.unwrap_or_else(|error| panic::resume_unwind(error.into_panic()))
}
