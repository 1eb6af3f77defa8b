//! An instance at work: its begun messages, its requests in progress, and when the next may start.

use std::{collections::VecDeque, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    ActiveInstance, Event, InstanceConfig, StopReason, Transport, WaitReason,
    backoff::{Backoff, GiveUp},
    health::{HealthAction, InstanceHealth},
    hold::Hold,
    outcome::{self, OutcomeAction},
    requests,
    run::{Answer, HEARTBEAT, Run},
};
use crate::{
    domain::{Outcome, Status, Throttle},
    failpoints::{self, Point},
    green_api::{InstanceState, PhoneAs},
    ledger::{InFlight, RowOutcome, RowResult},
    rate_limit::{Permit, RateLimiter},
};

pub(super) struct Worker<W> {
    /// Which instance.
    pub(super) number: usize,
    pub(super) wire: W,
    pub(super) pace: RateLimiter,
    pub(super) conditions: InstanceConfig,
    pub(super) backoff: Backoff,
    pub(super) hold: Hold,
    pub(super) health: InstanceHealth,
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
        instance: ActiveInstance<W>,
        (now, began): (Instant, Timestamp),
    ) -> Self {
        let ActiveInstance {
            wire,
            pace,
            conditions,
            pending,
        } = instance;
        Self {
            number,
            wire,
            pace,
            backoff: Backoff::new(conditions.trouble_time(), conditions.seed),
            hold: Hold::new(&conditions, (now, began)),
            health: InstanceHealth::new(now),
            phone_as: conditions.phone_as,
            conditions,
            begun: VecDeque::new(),
            cards_under_way: 0,
            settled: Vec::new(),
            committing: None,
            exhausted: pending == 0,
            uncertain: 0,
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

    /// Looks at everything that holds the instance back, and tells of it if it has changed.
    pub(super) fn refresh_holds(&mut self, run: &mut Run<'_>, now: Instant) {
        if self.is_over(run) {
            return;
        }
        let wall_clock = run.wall_clock();
        self.hold.refresh(wall_clock);
        let is_held = self.hold.is_held() && self.is_idle();
        if self.is_idle() {
            let wait = self.slot().saturating_duration_since(now);
            if let Some(stop) = self.hold.end(wall_clock, wait) {
                self.stop(run, stop);
            }
        }
        if run.wish.is_some() || is_held {
            // What was known of the instance is old when the run goes on.
            self.health.forget(now);
            self.backoff.rest(now.into_std());
        } else if self.health.is_due(now) && !self.is_ending(run) {
            self.ask_state(run, now);
        }
        self.tell_pause(run);
    }

    pub(super) fn start_what_is_due(&mut self, run: &mut Run<'_>, now: Instant) {
        let is_held = self.is_ending(run) || self.sends_blocked(run);
        if is_held || self.backoff.waiting_until(now.into_std()).is_some() {
            // An intent that would wait long for its request is taken back: a crash would make it unknown.
            while let Some(begun) = self.begun.pop_front() {
                self.settle(run, &begun, RowOutcome::NotSent);
            }
            return;
        }
        while self.hold.spaced_until() <= now
            && let Some(begun) = self.begun.pop_front()
        {
            if !self.hold.may_still_go(run.wall_clock(), &begun) {
                self.settle(run, &begun, RowOutcome::NotSent);
                continue;
            }
            let Ok(slot) = self.pace.take(now.into_std()) else {
                self.begun.push_front(begun);
                return;
            };
            failpoints::fail_point(Point::BeforeRequest);
            self.hold.started(now);
            self.start(run, begun, slot);
        }
    }

    pub(super) fn take_answer(&mut self, run: &mut Run<'_>, answer: Answer, now: Instant) {
        match answer {
            Answer::Card(begun, slot, outcome) => {
                self.cards_under_way -= 1;
                self.pace.answered(slot, now.into_std());
                tracing::info!("row {}: {}", begun.number, outcome::kind(&outcome));
                let (verdict, action) = outcome::judge(outcome, self.conditions.switch_to_chat_id);
                self.carry_out(run, action, now);
                self.settle(run, &begun, verdict);
            }
            Answer::State(state) => self.take_state(run, state, now),
        }
    }

    /// When the next contact may start.
    pub(super) fn slot(&self) -> Instant {
        Instant::from(self.pace.next()).max(self.hold.spaced_until())
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

    /// Nothing is begun now.
    pub(super) const fn begins_blocked(&self, run: &Run<'_>) -> bool {
        self.hold.is_held() || self.sends_blocked(run)
    }

    /// Nor does anything start that was begun.
    const fn sends_blocked(&self, run: &Run<'_>) -> bool {
        run.wish.is_some() || self.health.is_unknown()
    }

    /// When an instance that is held looks up again.
    fn rests_until(&self, run: &Run<'_>, now: Instant) -> Instant {
        let mut until = now + self.hold.rest(run.wall_clock());
        if run.conditions.control.is_some() {
            until = until.min(run.listen_at);
        }
        let is_held = self.hold.is_held() || run.wish.is_some();
        match self.health.next_check().filter(|_| !is_held) {
            Some(check) => until.min(check).max(now),
            None => until,
        }
    }

    /// Messages that concurrency and the limit still allow. In trouble one request feels its way;
    /// after uncertain answers no more are risked than may still become unknown.
    pub(super) fn free(&self, run: &Run<'_>) -> usize {
        let allowed = if self.backoff.in_trouble() {
            1
        } else if self.uncertain > 0 {
            let left = self
                .conditions
                .uncertain_in_a_row
                .saturating_sub(self.uncertain)
                .max(1);
            self.conditions.concurrency.min(left as usize)
        } else {
            self.conditions.concurrency
        };
        let left = run.conditions.limit.map_or(usize::MAX, |limit| {
            usize::try_from(limit.saturating_sub(run.handed_over)).unwrap_or(usize::MAX)
        });
        allowed
            .saturating_sub(self.begun.len() + self.cards_under_way)
            .min(left)
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

    fn start(&mut self, run: &mut Run<'_>, begun: InFlight, permit: Permit) {
        let number = self.number;
        self.cards_under_way += 1;
        tracing::debug!(
            "row {}: to {}",
            begun.number,
            hidden(&begun.message.recipient.chat().to_string())
        );
        let (wire, interrupts) = (self.wire.clone(), run.interrupts.clone());
        let request = requests::send_contact(wire, self.phone_as, begun, permit, interrupts);
        run.under_way.spawn(async move { (number, request.await) });
    }

    /// Asks for the state, unless it was asked for within a second or is awaited.
    fn ask_state(&mut self, run: &mut Run<'_>, now: Instant) {
        if self.health.may_ask(now) {
            let number = self.number;
            let request = requests::ask_state(self.wire.clone());
            run.under_way.spawn(async move { (number, request.await) });
        }
    }

    fn take_state(
        &mut self,
        run: &mut Run<'_>,
        state: Result<InstanceState, Outcome>,
        now: Instant,
    ) {
        match self.health.judge(state, &self.conditions, now) {
            HealthAction::Continue => {}
            HealthAction::Pause => self.backoff.rest(now.into_std()),
            HealthAction::Stop(stop) => self.stop(run, stop),
        }
    }

    fn tell_pause(&mut self, run: &mut Run<'_>) {
        if run.wish.is_some() {
            return;
        }
        let is_ending = self.is_ending(run);
        if let Some(event) = self.hold.news(self.health.bad_state(), is_ending) {
            run.tell(Some(self.number), event);
        }
    }

    fn carry_out(&mut self, run: &mut Run<'_>, action: OutcomeAction, now: Instant) {
        match action {
            OutcomeAction::Continue => self.note_clear_answer(run, now),
            OutcomeAction::CountRefusal => {
                self.note_clear_answer(run, now);
                run.count_refusal();
            }
            OutcomeAction::WaitForService(by, asked) => {
                self.wait(run, now, asked, WaitReason::Throttled(by));
                match by {
                    Throttle::TooMany => {}
                    Throttle::Starting | Throttle::StartingOrNotAuthorized => {
                        self.ask_state_for_contact(run, now);
                    }
                }
            }
            OutcomeAction::WaitForNetwork(words) => {
                self.wait(run, now, None, WaitReason::Unreachable(&words));
            }
            OutcomeAction::CountUncertain => {
                self.uncertain += 1;
                if self.uncertain >= self.conditions.uncertain_in_a_row {
                    self.stop(run, StopReason::Uncertain(self.uncertain));
                }
            }
            OutcomeAction::Stop(stop) => self.stop(run, stop),
            OutcomeAction::SwitchToChatId => self.switch_to_chat_id(run),
        }
    }

    fn note_clear_answer(&mut self, run: &mut Run<'_>, now: Instant) {
        self.uncertain = 0;
        run.clear += 1;
        self.backoff.clear(now.into_std());
        self.health.note_clear_answer();
    }

    fn wait(
        &mut self,
        run: &mut Run<'_>,
        now: Instant,
        asked: Option<Duration>,
        why: WaitReason<'_>,
    ) {
        let before = self.backoff.waiting_until(now.into_std());
        match self.backoff.wait(now.into_std(), asked) {
            Ok(until) if Some(until) == before => {}
            Ok(until) => run.tell(Some(self.number), Event::Waiting { why, until }),
            Err(GiveUp) => {
                let stop = outcome::out_of_patience(why, asked, &self.conditions);
                self.stop(run, stop);
            }
        }
    }

    /// A contact was put off because of the state: who knows it says whether to go on.
    fn ask_state_for_contact(&mut self, run: &mut Run<'_>, now: Instant) {
        match self.health.put_off_contact(now) {
            Some(stop) => self.stop(run, stop),
            None => self.ask_state(run, now),
        }
    }

    fn switch_to_chat_id(&mut self, run: &mut Run<'_>) {
        if self.phone_as != PhoneAs::ChatId {
            self.phone_as = PhoneAs::ChatId;
            run.tell(Some(self.number), Event::Readdressed);
        }
    }

    fn settle(&mut self, run: &mut Run<'_>, begun: &InFlight, verdict: RowOutcome) {
        if matches!(
            verdict,
            RowOutcome::NotTaken | RowOutcome::NotSent | RowOutcome::Failed(_)
        ) {
            self.hold.may_take_more();
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
