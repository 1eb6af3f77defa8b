//! One loop owns the ledger's door and the pace of every lane; only HTTP requests run beside it. Each
//! turn takes in the outcomes that have come, begins as many messages as pace and concurrency of each
//! lane allow, commits once, and starts the requests whose intent is durable.

mod gate;
mod judge;
mod turns;
mod worker;

use std::time::Duration;

use tokio::{
    sync::{oneshot, watch},
    task::JoinSet,
    time::{Instant, sleep_until},
};

use super::{Conditions, Event, Lane, Pause, Stop, Stopped, Wire};
use crate::{
    crash_points::{self, Point},
    domain::Outcome,
    green_api::InstanceState,
    ledger::{Begun, Door, LedgerError, Recorded, Wish},
    pace::Slot,
};

use worker::Worker;

/// A commit is expected to take as long as the last one, and at least so long.
const QUICK_COMMIT: Duration = Duration::from_millis(1);

/// The loop turns at least so often: only then is it seen that the process was stopped.
const HEARTBEAT: Duration = Duration::from_millis(50);

/// So often another terminal is listened to.
const CONTROL_INTERVAL: Duration = Duration::from_secs(1);

/// Sends what is pending in the ledger until all is settled or something stops every lane; gives what
/// stopped them. The lanes are those of the ledger, in the same order. `interrupts` counts the requests
/// to stop: at the first nothing more is started, at the second what is under way is given up and
/// becomes unknown.
///
/// # Errors
/// [`LedgerError`] when the ledger cannot be written; nothing is sent after that.
pub async fn run<W: Wire>(
    door: &Door,
    lanes: Vec<Lane<W>>,
    conditions: &Conditions,
    (interrupts, tell): (watch::Receiver<u32>, Watcher<'_>),
) -> Result<Vec<Stopped>, LedgerError> {
    let now = Instant::now();
    let run = Run {
        conditions,
        interrupts,
        tell,
        under_way: JoinSet::new(),
        is_committing: false,
        commit_took: QUICK_COMMIT,
        handed_over: 0,
        clear: 0,
        refused: 0,
        wish: None,
        listen_at: now,
        stop: None,
        broken: None,
    };
    let began = conditions.clock.now();
    let workers = lanes.into_iter().enumerate().map(|(number, lane)| Worker::new(number, lane, (now, began)));
    Engine { door, workers: workers.collect(), run, committing: None }.run().await
}

/// Whoever is told the events, and of which lane they are; those of none are of the whole run.
pub type Watcher<'a> = &'a mut dyn FnMut(Option<usize>, Event<'_>);

struct Engine<'a, W> {
    door: &'a Door,
    workers: Vec<Worker<W>>,
    run: Run<'a>,
    committing: Option<Commit>,
}

/// What the lanes have in common.
struct Run<'a> {
    conditions: &'a Conditions,
    interrupts: watch::Receiver<u32>,
    tell: Watcher<'a>,
    under_way: JoinSet<(usize, Answer)>,
    is_committing: bool,
    commit_took: Duration,
    /// Begun in this run and not given back.
    handed_over: u64,
    /// Clear answers of this run, and the refusals among them.
    clear: u64,
    refused: u64,
    /// What another terminal wants, and when it is listened to again.
    wish: Option<Wish>,
    listen_at: Instant,
    /// What stops every lane.
    stop: Option<Stop>,
    broken: Option<LedgerError>,
}

struct Commit {
    answer: oneshot::Receiver<Recorded>,
    since: Instant,
}

enum Answer {
    Card(Begun, Slot, Outcome),
    State(Result<InstanceState, Outcome>),
}

/// What the loop waits for.
enum Next {
    Committed(Option<Recorded>),
    Answered(usize, Answer),
    Interrupted,
    Due,
}

impl<W: Wire> Engine<'_, W> {
    async fn run(mut self) -> Result<Vec<Stopped>, LedgerError> {
        loop {
            let now = Instant::now();
            self.run.listen(now);
            for worker in &mut self.workers {
                worker.look_around(&mut self.run, now);
                worker.start_what_is_due(&mut self.run, now);
            }
            self.commit_what_gathered(now);
            if self.is_over() {
                return self.ended();
            }
            let due = self.due(now);
            let next = self.next(due).await;
            let woke = Instant::now();
            self.workers.iter_mut().for_each(|worker| worker.woke(due, woke));
            match next {
                Next::Committed(result) => self.take_commit(result),
                Next::Answered(lane, answer) => self.take_answers(lane, answer),
                Next::Interrupted => self.run.stop(Stop::Interrupted),
                Next::Due => {}
            }
        }
    }

    async fn next(&mut self, due: Instant) -> Next {
        let Self { committing, run, .. } = self;
        tokio::select! {
            biased;
            result = async { (&mut committing.as_mut()?.answer).await.ok() }, if committing.is_some() => Next::Committed(result),
            Some(Ok((lane, answer))) = run.under_way.join_next() => Next::Answered(lane, answer),
            Ok(()) = run.interrupts.changed(), if run.stop.is_none() => Next::Interrupted,
            () = sleep_until(due) => Next::Due,
        }
    }

    /// When the loop turns although nothing has happened.
    fn due(&self, now: Instant) -> Instant {
        let at_work = self.workers.iter().filter(|worker| !worker.is_over(&self.run));
        at_work.map(|worker| worker.due(&self.run, now)).min().unwrap_or(now + HEARTBEAT)
    }

    fn take_answers(&mut self, lane: usize, answer: Answer) {
        let mut next = Some((lane, answer));
        while let Some((lane, answer)) = next {
            if matches!(answer, Answer::Card(..)) {
                crash_points::pass(Point::AfterAnswer);
            }
            self.workers[lane].take_answer(&mut self.run, answer, Instant::now());
            next = self.run.under_way.try_join_next().and_then(Result::ok);
        }
    }

    fn is_over(&self) -> bool {
        self.committing.is_none() && self.workers.iter().all(|worker| worker.is_over(&self.run))
    }

    fn ended(self) -> Result<Vec<Stopped>, LedgerError> {
        let lanes = self.workers.into_iter().map(Worker::stopped).zip(0..);
        let lanes = lanes.filter_map(|(stop, lane)| Some(Stopped { lane: Some(lane), stop: stop? }));
        let run = self.run.stop.map(|stop| Stopped { lane: None, stop });
        self.run.broken.map_or_else(|| Ok(lanes.chain(run).collect()), Err)
    }
}

impl Run<'_> {
    fn tell(&mut self, lane: Option<usize>, event: Event<'_>) {
        (self.tell)(lane, event);
    }

    /// Stops every lane.
    fn stop(&mut self, stop: Stop) {
        if self.stop.is_none() {
            self.tell(None, Event::Stopping(&stop));
            self.stop = Some(stop);
        }
    }

    /// Nothing is begun any more.
    const fn is_ending(&self) -> bool {
        self.stop.is_some() || self.broken.is_some()
    }

    /// Hears what another terminal wants.
    fn listen(&mut self, now: Instant) {
        let Some(control) = self.conditions.control.as_ref().filter(|_| now >= self.listen_at) else {
            return;
        };
        self.listen_at = now + CONTROL_INTERVAL;
        let was_paused = self.wish == Some(Wish::Pause);
        self.wish = control.wish();
        match self.wish {
            Some(Wish::Cancel) => self.stop(Stop::Cancelled),
            Some(Wish::Pause) if !was_paused && self.stop.is_none() => {
                self.tell(None, Event::Pausing(&Pause::Asked));
            }
            None if was_paused && self.stop.is_none() => self.tell(None, Event::GoesOn),
            Some(Wish::Pause) | None => {}
        }
    }
}

#[cfg(test)]
mod tests;
