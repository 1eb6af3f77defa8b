//! One loop owns the ledger's door and the pace; only HTTP requests run beside it. Each turn takes
//! in the outcomes that have come, begins as many messages as pace and concurrency allow, commits
//! once, and starts the requests whose intent is durable.

mod gate;
mod judge;
mod turns;

use std::{collections::VecDeque, time::Duration};

use tokio::{
    sync::{oneshot, watch},
    task::JoinSet,
    time::{Instant, sleep_until},
};

use super::{Conditions, Event, Stop, Wire, backoff::Backoff};
use crate::{
    crash_points::{self, Point},
    domain::{Outcome, Status},
    green_api::{InstanceState, PhoneAs},
    ledger::{Begun, Broken, Committed, Door, LedgerError, Settlement, Verdict},
    pace::{Pace, Slot},
    sentences::{Language, OwnWords},
};

use gate::Gate;

/// A commit is expected to take as long as the last one, and at least so long.
const QUICK_COMMIT: Duration = Duration::from_millis(1);

/// The loop turns at least so often: only then is it seen that the process was stopped.
const HEARTBEAT: Duration = Duration::from_millis(50);

/// `getStateInstance` may be asked once a second; counted from its answer, so that no delay on the
/// way brings two closer together.
const STATE_INTERVAL: Duration = Duration::from_secs(1);

/// Sends what is pending in the ledger until all is settled or something stops the run; gives what
/// stopped it. `interrupts` counts the requests to stop: at the first nothing more is started, at
/// the second what is under way is given up and becomes unknown.
///
/// # Errors
/// [`LedgerError`] when the ledger cannot be written; nothing is sent after that.
pub async fn run<W: Wire>(
    door: &Door,
    wire: &W,
    pace: Pace,
    conditions: &Conditions,
    (interrupts, tell): (watch::Receiver<u32>, Watcher<'_>),
) -> Result<Option<Stop>, LedgerError> {
    Engine {
        door,
        wire,
        pace,
        conditions,
        interrupts,
        tell,
        backoff: Backoff::new(conditions.patience, conditions.seed),
        gate: Gate::new(conditions, Instant::now()),
        phone_as: conditions.phone_as,
        begun: VecDeque::new(),
        under_way: JoinSet::new(),
        cards_under_way: 0,
        settled: Vec::new(),
        committing: None,
        commit_took: QUICK_COMMIT,
        exhausted: false,
        handed_over: 0,
        uncertain: 0,
        clear: 0,
        refused: 0,
        ask_state_from: Some(Instant::now()),
        state_for_card: false,
        stop: None,
        broken: None,
    }
    .run()
    .await
}

/// Whoever is told the events.
pub type Watcher<'a> = &'a mut dyn FnMut(Event<'_>);

struct Engine<'a, W> {
    door: &'a Door,
    wire: &'a W,
    pace: Pace,
    conditions: &'a Conditions,
    interrupts: watch::Receiver<u32>,
    tell: Watcher<'a>,
    backoff: Backoff,
    gate: Gate,
    phone_as: PhoneAs,
    /// Their intent is durable, and they wait for the pace.
    begun: VecDeque<Begun>,
    under_way: JoinSet<Answer>,
    cards_under_way: usize,
    /// Outcomes that wait for the next commit.
    settled: Vec<Settlement>,
    committing: Option<Commit>,
    commit_took: Duration,
    /// The ledger has no pending row.
    exhausted: bool,
    /// Begun in this run and not given back.
    handed_over: u64,
    /// Uncertain answers in a row.
    uncertain: u32,
    /// Clear answers of this run, and the refusals among them.
    clear: u64,
    refused: u64,
    /// When the state may be asked; nothing while its answer is awaited.
    ask_state_from: Option<Instant>,
    /// A card was put off because of it.
    state_for_card: bool,
    stop: Option<Stop>,
    broken: Option<LedgerError>,
}

struct Commit {
    answer: oneshot::Receiver<Result<Committed, Broken>>,
    since: Instant,
    begin: usize,
    statuses: Vec<Status>,
}

enum Answer {
    Card(Begun, Slot, Outcome),
    State(Result<InstanceState, Outcome>),
}

/// What the loop waits for.
enum Next {
    Committed(Option<Result<Committed, Broken>>),
    Answered(Answer),
    Interrupted,
    Due,
}

impl<W: Wire> Engine<'_, W> {
    async fn run(mut self) -> Result<Option<Stop>, LedgerError> {
        loop {
            let now = Instant::now();
            self.look_around(now);
            self.start_what_is_due(now);
            self.commit_what_gathered(now);
            if self.is_over() {
                return self.broken.map_or(Ok(self.stop), Err);
            }
            let due = self.due(now);
            let next = self.next(due).await;
            self.pace.woke(due.into_std(), Instant::now().into_std());
            match next {
                Next::Committed(result) => self.take_commit(result),
                Next::Answered(answer) => self.take_answers(answer),
                Next::Interrupted => self.stop(Stop::Interrupted),
                Next::Due => {}
            }
        }
    }

    async fn next(&mut self, due: Instant) -> Next {
        let Self { committing, under_way, interrupts, stop, .. } = self;
        tokio::select! {
            biased;
            result = async { (&mut committing.as_mut()?.answer).await.ok() }, if committing.is_some() => Next::Committed(result),
            Some(Ok(answer)) = under_way.join_next() => Next::Answered(answer),
            Ok(()) = interrupts.changed(), if stop.is_none() => Next::Interrupted,
            () = sleep_until(due) => Next::Due,
        }
    }

    /// When the loop turns although nothing has happened.
    fn due(&self, now: Instant) -> Instant {
        if self.gate.is_shut() && self.is_idle() && self.stop.is_none() {
            return self.rests_until(now);
        }
        self.starts_at(now).map_or(now + HEARTBEAT, |due| due.clamp(now, now + HEARTBEAT))
    }

    /// When there is something to start or to begin.
    fn starts_at(&self, now: Instant) -> Option<Instant> {
        if self.stop.is_some() || self.broken.is_some() {
            return None;
        }
        if let Some(until) = self.backoff.waiting_until(now.into_std()) {
            return Some(until.into());
        }
        let slot = self.slot();
        if !self.begun.is_empty() {
            return Some(slot);
        }
        let may_begin =
            self.committing.is_none() && !self.exhausted && !self.gate.is_shut() && self.free() > 0;
        may_begin.then(|| slot.checked_sub(self.commit_took).unwrap_or(slot))
    }

    fn start_what_is_due(&mut self, now: Instant) {
        let hold = self.stop.is_some() || self.broken.is_some() || self.gate.stands_still();
        if hold || self.backoff.waiting_until(now.into_std()).is_some() {
            // An intent that would wait long for its request is taken back: a crash would make it unknown.
            while let Some(begun) = self.begun.pop_front() {
                self.settle(&begun, Verdict::NotSent);
            }
            return;
        }
        while self.gate.spaced_until() <= now
            && let Some(begun) = self.begun.pop_front()
        {
            if !self.may_still_go(&begun) {
                self.settle(&begun, Verdict::NotSent);
                continue;
            }
            let Ok(slot) = self.pace.take(now.into_std()) else {
                self.begun.push_front(begun);
                return;
            };
            crash_points::pass(Point::BeforeRequest);
            self.gate.started(now);
            self.start(begun, slot);
        }
    }

    /// When the next card may start.
    fn slot(&self) -> Instant {
        Instant::from(self.pace.next()).max(self.gate.spaced_until())
    }

    fn start(&mut self, begun: Begun, slot: Slot) {
        let wire = self.wire.clone();
        let phone_as = self.phone_as;
        let mut interrupts = self.interrupts.clone();
        self.cards_under_way += 1;
        tracing::debug!("row {}: to {}", begun.number, self.shown(&begun));
        self.under_way.spawn(async move {
            let outcome = tokio::select! {
                outcome = wire.send_contact(&begun.message, phone_as) => outcome,
                Ok(_) = interrupts.wait_for(|times| *times >= 2) => {
                    Outcome::Uncertain(OwnWords::RunStopped.say(Language::En))
                }
            };
            Answer::Card(begun, slot, outcome)
        });
    }

    /// The recipient as logs may show it.
    fn shown(&self, begun: &Begun) -> String {
        let chat = begun.message.recipient.chat().to_string();
        if self.conditions.log_personal_data { chat } else { hidden(&chat) }
    }

    fn take_answers(&mut self, first: Answer) {
        let mut answer = Some(first);
        while let Some(next) = answer {
            match next {
                Answer::Card(begun, slot, outcome) => {
                    crash_points::pass(Point::AfterAnswer);
                    let now = Instant::now();
                    self.cards_under_way -= 1;
                    self.pace.answered(slot, now.into_std());
                    tracing::info!("row {}: {}", begun.number, judge::kind(&outcome));
                    let verdict = self.judge(outcome, now);
                    self.settle(&begun, verdict);
                }
                Answer::State(state) => {
                    let now = Instant::now();
                    self.ask_state_from = Some(now + STATE_INTERVAL);
                    self.judge_state(state, now);
                }
            }
            answer = self.under_way.try_join_next().and_then(Result::ok);
        }
    }

    fn settle(&mut self, begun: &Begun, verdict: Verdict) {
        if matches!(verdict, Verdict::NotTaken | Verdict::NotSent) {
            self.exhausted = false;
            self.gate.came_back();
            self.handed_over = self.handed_over.saturating_sub(1);
        }
        self.settled.push(Settlement { row: begun.row, verdict });
    }

    fn stop(&mut self, stop: Stop) {
        if self.stop.is_none() {
            (self.tell)(Event::Stopping(&stop));
            self.stop = Some(stop);
        }
    }

    /// No card is begun or under way, and nothing waits for the disk.
    fn is_idle(&self) -> bool {
        self.begun.is_empty()
            && self.cards_under_way == 0
            && self.committing.is_none()
            && self.settled.is_empty()
    }

    fn is_over(&self) -> bool {
        let limit_reached = self.conditions.limit.is_some_and(|limit| self.handed_over >= limit);
        self.is_idle() && (self.stop.is_some() || self.broken.is_some() || self.exhausted || limit_reached)
    }
}

/// Of a number or group only the beginning and the end.
fn hidden(chat: &str) -> String {
    let (name, server) = chat.split_once('@').unwrap_or((chat, ""));
    let last = name.len().saturating_sub(2);
    format!("{}…{}@{server}", name.get(..2).unwrap_or_default(), name.get(last..).unwrap_or_default())
}

#[cfg(test)]
mod tests;
