//! An instance at work: its begun messages, its requests in progress, and when the next may start.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use super::{
    ActiveInstance, Event, InstanceConfig, StopReason, Transport,
    backoff::Backoff,
    hold::Hold,
    outcome,
    run::{Answer, HEARTBEAT, Run},
};
use crate::{
    domain::{Outcome, Status},
    failpoints::{self, Point},
    green_api::PhoneAs,
    i18n::{Language, OwnWords},
    ledger::{InFlight, RowOutcome, RowResult},
    rate_limit::{Permit, RateLimiter},
};

/// `getStateInstance` may be asked once a second; counted from its answer, so that no delay on the
/// way brings two closer together.
const STATE_INTERVAL: Duration = Duration::from_secs(1);

pub(super) struct Worker<W> {
    /// Which instance.
    pub(super) number: usize,
    pub(super) wire: W,
    pub(super) pace: RateLimiter,
    pub(super) conditions: InstanceConfig,
    pub(super) backoff: Backoff,
    pub(super) gate: Hold,
    pub(super) phone_as: PhoneAs,
    /// Their intent is durable, and they wait for the pace.
    pub(super) begun: VecDeque<InFlight>,
    pub(super) cards_under_way: usize,
    /// Outcomes that wait for the next commit.
    pub(super) settled: Vec<RowResult>,
    /// Its part of the commit that is in progress.
    pub(super) committing: Option<Committing>,
    /// The ledger has no pending row of the instance.
    pub(super) exhausted: bool,
    /// Uncertain answers in a row.
    pub(super) uncertain: u32,
    /// When the state may be asked; nothing while its answer is awaited.
    pub(super) ask_state_from: Option<Instant>,
    /// A contact was put off because of it.
    pub(super) state_for_card: bool,
    pub(super) stop: Option<StopReason>,
}

/// What an instance has handed to the ledger.
pub(super) struct Committing {
    pub(super) begin: usize,
    pub(super) statuses: Vec<Status>,
}

impl<W: Transport> Worker<W> {
    pub(super) fn new(
        number: usize,
        lane: ActiveInstance<W>,
        (now, began): (Instant, i64),
    ) -> Self {
        let ActiveInstance {
            wire,
            pace,
            conditions,
            pending,
        } = lane;
        Self {
            number,
            wire,
            pace,
            backoff: Backoff::new(conditions.trouble_time(), conditions.seed),
            gate: Hold::new(&conditions, (now, began)),
            phone_as: conditions.phone_as,
            conditions,
            begun: VecDeque::new(),
            cards_under_way: 0,
            settled: Vec::new(),
            committing: None,
            exhausted: pending == 0,
            uncertain: 0,
            ask_state_from: Some(now),
            state_for_card: false,
            stop: None,
        }
    }

    /// What stopped it, if something of its own did.
    pub(super) fn stopped(self) -> Option<StopReason> {
        self.stop
    }

    /// When the instance has something to do although nothing has happened.
    pub(super) fn due(&self, run: &Run<'_>, now: Instant) -> Instant {
        if self.begins_blocked(run) && self.is_idle() && !self.is_ending(run) {
            return self.rests_until(run, now);
        }
        self.starts_at(run, now)
            .map_or(now + HEARTBEAT, |due| due.clamp(now, now + HEARTBEAT))
    }

    /// Whoever waited until `due` woke up now.
    pub(super) fn note_stall(&mut self, due: Instant, now: Instant) {
        self.pace.note_stall(due.into_std(), now.into_std());
    }

    pub(super) fn start_what_is_due(&mut self, run: &mut Run<'_>, now: Instant) {
        let hold = self.is_ending(run) || self.sends_blocked(run);
        if hold || self.backoff.waiting_until(now.into_std()).is_some() {
            // An intent that would wait long for its request is taken back: a crash would make it unknown.
            while let Some(begun) = self.begun.pop_front() {
                self.settle(run, &begun, RowOutcome::NotSent);
            }
            return;
        }
        while self.gate.spaced_until() <= now
            && let Some(begun) = self.begun.pop_front()
        {
            if !self.may_still_go(run, &begun) {
                self.settle(run, &begun, RowOutcome::NotSent);
                continue;
            }
            let Ok(slot) = self.pace.take(now.into_std()) else {
                self.begun.push_front(begun);
                return;
            };
            failpoints::fail_point(Point::BeforeRequest);
            self.gate.started(now);
            self.start(run, begun, slot);
        }
    }

    pub(super) fn take_answer(&mut self, run: &mut Run<'_>, answer: Answer, now: Instant) {
        match answer {
            Answer::Card(begun, slot, outcome) => {
                self.cards_under_way -= 1;
                self.pace.answered(slot, now.into_std());
                tracing::info!("row {}: {}", begun.number, outcome::kind(&outcome));
                let verdict = self.handle_outcome(run, outcome, now);
                self.settle(run, &begun, verdict);
            }
            Answer::State(state) => {
                self.ask_state_from = Some(now + STATE_INTERVAL);
                self.judge_state(run, state, now);
            }
        }
    }

    /// When the next contact may start.
    pub(super) fn slot(&self) -> Instant {
        Instant::from(self.pace.next()).max(self.gate.spaced_until())
    }

    /// Stops the instance; the others go on.
    pub(super) fn stop(&mut self, run: &mut Run<'_>, stop: StopReason) {
        if self.stop.is_none() && run.stop.is_none() {
            run.tell(Some(self.number), Event::Stopping(&stop));
            self.stop = Some(stop);
        }
    }

    /// Nothing of the instance is begun any more.
    pub(super) const fn is_ending(&self, run: &Run<'_>) -> bool {
        self.stop.is_some() || run.is_ending()
    }

    /// No contact is begun or in progress, and nothing waits for the disk.
    pub(super) fn is_idle(&self) -> bool {
        self.begun.is_empty()
            && self.cards_under_way == 0
            && self.committing.is_none()
            && self.settled.is_empty()
    }

    pub(super) fn is_over(&self, run: &Run<'_>) -> bool {
        let limit_reached = run
            .conditions
            .limit
            .is_some_and(|limit| run.handed_over >= limit);
        self.is_idle() && (self.is_ending(run) || self.exhausted || limit_reached)
    }

    /// When there is something to start or to begin.
    fn starts_at(&self, run: &Run<'_>, now: Instant) -> Option<Instant> {
        if self.is_ending(run) {
            return None;
        }
        if let Some(until) = self.backoff.waiting_until(now.into_std()) {
            return Some(until.into());
        }
        let slot = self.slot();
        if !self.begun.is_empty() {
            return Some(slot);
        }
        let may_begin = !run.is_committing
            && !self.exhausted
            && !self.begins_blocked(run)
            && self.free(run) > 0;
        may_begin.then(|| slot.checked_sub(run.commit_took).unwrap_or(slot))
    }

    fn start(&mut self, run: &mut Run<'_>, begun: InFlight, slot: Permit) {
        let wire = self.wire.clone();
        let (lane, phone_as) = (self.number, self.phone_as);
        let mut interrupts = run.interrupts.clone();
        self.cards_under_way += 1;
        tracing::debug!(
            "row {}: to {}",
            begun.number,
            hidden(&begun.message.recipient.chat().to_string())
        );
        run.under_way.spawn(async move {
            let outcome = tokio::select! {
                outcome = wire.send_contact(&begun.message, phone_as) => outcome,
                Ok(_) = interrupts.wait_for(|times| *times >= 2) => {
                    Outcome::Uncertain(OwnWords::RunStopped.localized(Language::En))
                }
            };
            (lane, Answer::Card(begun, slot, outcome))
        });
    }

    fn settle(&mut self, run: &mut Run<'_>, begun: &InFlight, verdict: RowOutcome) {
        if matches!(
            verdict,
            RowOutcome::NotTaken | RowOutcome::NotSent | RowOutcome::Failed(_)
        ) {
            self.gate.may_take_more();
        }
        if matches!(verdict, RowOutcome::NotTaken | RowOutcome::NotSent) {
            self.exhausted = false;
            run.handed_over = run.handed_over.saturating_sub(1);
        }
        self.settled.push(RowResult {
            row: begun.row,
            verdict,
        });
    }
}

/// The recipient as logs may show it: of a number or group only the beginning and the end.
fn hidden(chat: &str) -> String {
    let (name, server) = chat.split_once('@').unwrap_or((chat, ""));
    let last = name.len().saturating_sub(2);
    format!(
        "{}…{}@{server}",
        name.get(..2).unwrap_or_default(),
        name.get(last..).unwrap_or_default()
    )
}
