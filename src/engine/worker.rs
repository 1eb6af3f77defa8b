//! The worker of one instance: its begun messages, its requests in progress, and when the next one may start.

use std::{collections::VecDeque, time::Duration};

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    ActiveInstance, Event, InstanceConfig, StopReason, Transport, WaitReason,
    backoff::{Backoff, GiveUp},
    check_queue::CheckQueue,
    health::{Clocks, HealthAction, InstanceHealth},
    hold::Hold,
    outcome::{self, OutcomeAction},
    requests,
    run::{Answer, HEARTBEAT, Run},
};
use crate::{
    domain::{Outcome, Status, Throttle},
    failpoints::{self, Point},
    green_api::{InstanceState, PhoneAs},
    ledger::{InFlight, RowResult},
    rate_limit::{Permit, RateLimiter},
};

pub(super) struct Worker<W> {
    /// The index of the instance.
    pub(super) number: usize,
    pub(super) transport: W,
    pub(super) rate_limiter: RateLimiter,
    pub(super) config: InstanceConfig,
    pub(super) backoff: Backoff,
    pub(super) hold: Hold,
    pub(super) health: InstanceHealth,
    pub(super) phone_as: PhoneAs,
    /// The checks of numbers, if numbers are checked.
    pub(super) checks: Option<CheckQueue>,
    /// Rows of this instance that wait for a check, or for their turn after it.
    pub(super) checking: u64,
    /// Messages whose intent is durable and which wait for a permit.
    pub(super) begun: VecDeque<InFlight>,
    pub(super) contacts_in_progress: usize,
    /// Outcomes that wait for the next commit.
    pub(super) settled: Vec<RowResult>,
    /// The instance's part of the commit in progress.
    pub(super) committing: Option<Committing>,
    /// Before this time, other runs of the instance use up its rate.
    pub(super) rate_used_until: Option<Instant>,
    /// Whether the ledger has no pending row of the instance left.
    pub(super) exhausted: bool,
    /// Consecutive uncertain answers.
    pub(super) uncertain: u32,
    pub(super) stop: Option<StopReason>,
}

/// What an instance has handed to the ledger in the commit in progress.
pub(super) struct Committing {
    pub(super) begin: usize,
    pub(super) statuses: Vec<Status>,
}

impl<W: Transport> Worker<W> {
    pub(super) fn new(
        number: usize,
        instance: ActiveInstance<W>,
        now: Instant,
        wall_clock: Timestamp,
    ) -> Self {
        let ActiveInstance {
            transport,
            rate_limiter,
            config,
            pending,
        } = instance;
        Self {
            number,
            transport,
            rate_limiter,
            backoff: Backoff::new(config.trouble_time(), config.seed),
            hold: Hold::new(&config, now, wall_clock),
            health: InstanceHealth::new(now),
            phone_as: config.phone_as,
            checks: config.checks.map(|policy| CheckQueue::new(policy, now)),
            checking: 0,
            config,
            begun: VecDeque::new(),
            contacts_in_progress: 0,
            settled: Vec::new(),
            committing: None,
            rate_used_until: None,
            exhausted: pending == 0,
            uncertain: 0,
            stop: None,
        }
    }

    /// Returns why this instance stopped, unless the whole run did.
    pub(super) fn stopped(self) -> Option<StopReason> {
        self.stop
    }

    /// Returns when the instance has something to do if no event occurs earlier.
    pub(super) fn due(&self, run: &Run<'_>, now: Instant) -> Instant {
        if self.begins_blocked(run) && self.is_idle() && !self.is_ending(run) {
            return self.next_look(run, now);
        }
        self.starts_at(run, now)
            .map_or(now + HEARTBEAT, |due| due.clamp(now, now + HEARTBEAT))
    }

    /// Tells the rate limiter that the loop waited until `due` and woke up at `now`.
    pub(super) fn note_stall(&mut self, due: Instant, now: Instant) {
        self.rate_limiter.note_stall(due.into_std(), now.into_std());
    }

    /// Updates everything that holds the instance back, and reports a change.
    pub(super) fn refresh_holds(&mut self, run: &mut Run<'_>, now: Instant) {
        if self.is_over(run) {
            return;
        }
        let wall_clock = run.wall_clock();
        self.hold.refresh(wall_clock);
        let is_held = self.hold.is_held() && self.is_idle();
        if self.is_idle() {
            let wait = self.next_start().saturating_duration_since(now);
            if let Some(stop) = self.hold.end(wall_clock, wait) {
                self.stop(run, stop);
            }
        }
        if run.command.is_some() || is_held {
            // When the run continues, what is known about the instance now will be out of date.
            self.health.forget(now);
            self.backoff.restart_limit(now.into_std());
        } else if self.health.is_due(now) && !self.is_ending(run) {
            self.ask_state(run, now);
        }
        self.report_hold(run);
    }

    pub(super) fn start_what_is_due(&mut self, run: &mut Run<'_>, now: Instant) {
        let is_held = self.is_ending(run)
            || self.sends_blocked(run)
            || self.backoff.waiting_until(now.into_std()).is_some();
        self.start_checks(run, now, is_held);
        if is_held {
            // Take back intents that would wait long for their request: a crash would make their rows unknown.
            while let Some(begun) = self.begun.pop_front() {
                self.settle_not_sent(run, &begun);
            }
            return;
        }
        while self.hold.spaced_until() <= now
            && let Some(begun) = self.begun.pop_front()
        {
            if !self.hold.may_still_go(run.wall_clock(), &begun) {
                self.settle_not_sent(run, &begun);
                continue;
            }
            // Checked immediately before the request: after the lease has ended, another machine may drive the
            // instance.
            if !run.may_start(self.number) {
                self.settle_not_sent(run, &begun);
                continue;
            }
            let Ok(slot) = self.rate_limiter.take(now.into_std()) else {
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
            Answer::Contact(begun, slot, outcome) => {
                self.contacts_in_progress -= 1;
                if matches!(outcome, Outcome::Uncertain(_) | Outcome::Unreachable(_)) {
                    self.rate_limiter.given_up(slot, now.into_std());
                } else {
                    self.rate_limiter.answered(slot, now.into_std());
                }
                let kind = outcome::kind(&outcome);
                let (verdict, action) =
                    outcome::handle_outcome(outcome, self.config.switch_to_chat_id);
                outcome::log_answer(&begun, kind, &verdict);
                if !matches!(action, OutcomeAction::WaitForNetwork(_)) {
                    self.backoff.note_heard();
                }
                self.carry_out(run, action, now);
                self.settle(run, &begun, verdict);
            }
            Answer::Check(row, permit, check) => self.take_check_answer(run, &row, permit, check),
            Answer::State(state) => self.take_state(run, state, now),
            Answer::End(end) => self.take_end(run, end, now),
        }
    }

    /// Returns when the next contact may start.
    pub(super) fn next_start(&self) -> Instant {
        Instant::from(self.rate_limiter.next()).max(self.hold.spaced_until())
    }

    /// Stops the instance; the others continue.
    pub(super) fn stop(&mut self, run: &mut Run<'_>, stop: StopReason) {
        if self.stop.is_none() && run.stop.is_none() {
            run.report(Some(self.number), Event::Stopping(&stop));
            self.stop = Some(stop);
        }
    }

    /// Whether nothing of this instance is begun any more.
    pub(super) const fn is_ending(&self, run: &Run<'_>) -> bool {
        self.stop.is_some() || run.is_ending()
    }

    /// Whether no contact is begun or in progress, no check is open, and no outcome waits for a commit.
    pub(super) fn is_idle(&self) -> bool {
        self.begun.is_empty()
            && self.contacts_in_progress == 0
            && self.committing.is_none()
            && self.settled.is_empty()
            && self.checks.as_ref().is_none_or(CheckQueue::is_idle)
    }

    pub(super) fn is_over(&self, run: &Run<'_>) -> bool {
        self.is_idle() && (self.is_ending(run) || self.exhausted || run.is_limit_reached())
    }

    /// Whether no row may be begun now.
    pub(super) fn begins_blocked(&self, run: &Run<'_>) -> bool {
        self.hold.is_held() || self.sends_blocked(run)
    }

    /// Whether even a message that was begun may not be sent now.
    fn sends_blocked(&self, run: &Run<'_>) -> bool {
        run.command.is_some() || self.health.is_unknown() || !run.may_start(self.number)
    }

    /// Returns when a held instance looks again.
    fn next_look(&self, run: &Run<'_>, now: Instant) -> Instant {
        let mut until = now + self.hold.until_next_look(run.wall_clock());
        if run.config.control.is_some() {
            until = until.min(run.listen_at);
        }
        if !run.may_start(self.number) {
            until = until.min(now + HEARTBEAT);
        }
        let is_held = self.hold.is_held() || run.command.is_some();
        match self.health.next_check().filter(|_| !is_held) {
            Some(check) => until.min(check).max(now),
            None => until,
        }
    }

    /// Returns how many more messages concurrency and the limit allow. In trouble, one request at a time probes the
    /// service. After uncertain answers, no more requests are in progress than may still become unknown before the
    /// instance stops.
    pub(super) fn free_slots(&self, run: &Run<'_>, now: Instant) -> usize {
        let allowed = if self.backoff.in_trouble() {
            1
        } else if self.uncertain > 0 {
            let left = self
                .config
                .uncertain_in_a_row
                .saturating_sub(self.uncertain)
                .max(1);
            self.config.concurrency.min(left as usize)
        } else {
            self.config.concurrency
        };
        let left = run.config.limit.map_or(usize::MAX, |limit| {
            // Rows of other instances that wait for a check count too: they may be begun as soon as their numbers are
            // checked.
            let taken = run.begun_rows + (run.checking - self.checking);
            usize::try_from(limit.saturating_sub(taken)).unwrap_or(usize::MAX)
        });
        let slow = self.checks.as_ref().map_or(0, |checks| checks.slow(now));
        allowed
            .saturating_sub(self.begun.len() + self.contacts_in_progress + slow)
            .min(left.saturating_sub(slow))
    }

    /// Returns when there is something to start or to begin.
    fn starts_at(&self, run: &Run<'_>, now: Instant) -> Option<Instant> {
        if self.is_ending(run) {
            return None;
        }
        if let Some(until) = self.backoff.waiting_until(now.into_std()) {
            return Some(until.into());
        }
        let slot = self.next_start();
        let check = self.checks.as_ref().and_then(|checks| checks.due(now));
        if !self.begun.is_empty() {
            return Some(check.map_or(slot, |check| check.min(slot)));
        }
        let may_begin = !run.is_committing
            && !self.exhausted
            && !self.begins_blocked(run)
            && !self.waits_for_check(now)
            && self.free_slots(run, now) > 0;
        let begin = may_begin.then(|| slot.checked_sub(self.lead(run)).unwrap_or(slot));
        let begin = begin.max(begin.and(self.rate_used_until));
        check.into_iter().chain(begin).min()
    }

    /// Returns how long before its permit a row is taken.
    pub(super) fn lead(&self, run: &Run<'_>) -> Duration {
        let check = self.checks.as_ref().map(|checks| checks.last_check_took);
        run.commit_took + check.unwrap_or_default()
    }

    /// Whether no row can be begun before the answer to a check arrives.
    pub(super) fn waits_for_check(&self, now: Instant) -> bool {
        let checks = self.checks.as_ref();
        checks.is_some_and(|checks| checks.is_blocked(now))
    }

    fn start(&mut self, run: &mut Run<'_>, begun: InFlight, permit: Permit) {
        let number = self.number;
        self.contacts_in_progress += 1;
        tracing::debug!(
            "row {}: to {}",
            begun.number,
            hidden(&begun.message.recipient.chat().to_string())
        );
        let (transport, interrupts) = (self.transport.clone(), run.interrupts.clone());
        let request = requests::send_contact(transport, self.phone_as, begun, permit, interrupts);
        run.requests.spawn(async move { (number, request.await) });
    }

    /// Asks for the state, unless it was asked for within the last second or an answer is awaited.
    fn ask_state(&mut self, run: &mut Run<'_>, now: Instant) {
        if self.health.claim_ask(now) {
            let number = self.number;
            let request = requests::ask_state(self.transport.clone());
            run.requests.spawn(async move { (number, request.await) });
        }
    }

    fn take_state(
        &mut self,
        run: &mut Run<'_>,
        state: Result<InstanceState, Outcome>,
        now: Instant,
    ) {
        if !matches!(state, Err(Outcome::Unreachable(_))) {
            self.backoff.note_heard();
        }
        let clocks = Clocks {
            now,
            wall: run.wall_clock(),
        };
        if self.health.note_authorized(&state) {
            run.report(Some(self.number), Event::Authorized);
        }
        let action = self.health.handle_state(state, &self.config, clocks);
        self.follow(run, action, now);
    }

    fn take_end(&mut self, run: &mut Run<'_>, end: Option<Timestamp>, now: Instant) {
        let clocks = Clocks {
            now,
            wall: run.wall_clock(),
        };
        let action = self.health.handle_end(end, &self.config, clocks);
        if let Some(restriction) = self.health.restriction() {
            run.report(Some(self.number), Event::Restricted(restriction));
        }
        self.follow(run, action, now);
    }

    /// Carries out what the health of the instance decided.
    fn follow(&mut self, run: &mut Run<'_>, action: HealthAction, now: Instant) {
        match action {
            HealthAction::Continue => {}
            HealthAction::Pause => self.backoff.restart_limit(now.into_std()),
            HealthAction::AskEnd => {
                self.backoff.restart_limit(now.into_std());
                let number = self.number;
                let request = requests::ask_end(self.transport.clone());
                run.requests.spawn(async move { (number, request.await) });
            }
            HealthAction::Stop(stop) => self.stop(run, stop),
        }
    }

    fn report_hold(&mut self, run: &mut Run<'_>) {
        if run.command.is_some() {
            return;
        }
        let is_ending = self.is_ending(run);
        if let Some(event) = self.hold.take_change(self.health.restriction(), is_ending) {
            run.report(Some(self.number), event);
        }
    }

    pub(super) fn carry_out(&mut self, run: &mut Run<'_>, action: OutcomeAction, now: Instant) {
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
                if self.uncertain >= self.config.uncertain_in_a_row {
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
        self.backoff.note_clear_answer(now.into_std());
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
            Ok(until) => {
                let last = self.backoff.last_try().unwrap_or(until);
                // No request was written, and none is in progress.
                let nothing_sent =
                    run.clear == 0 && self.uncertain == 0 && self.contacts_in_progress == 0;
                let waiting = Event::Waiting {
                    why,
                    until,
                    last,
                    nothing_sent,
                };
                run.report(Some(self.number), waiting);
            }
            Err(GiveUp) => {
                let is_heard = self.backoff.is_heard();
                let stop = outcome::stop_after_retries(why, asked, &self.config, is_heard);
                self.stop(run, stop);
            }
        }
    }

    /// Handles a contact that was throttled because of the state: checking the state decides whether to continue.
    fn ask_state_for_contact(&mut self, run: &mut Run<'_>, now: Instant) {
        match self.health.on_throttled(now) {
            Some(stop) => self.stop(run, stop),
            None => self.ask_state(run, now),
        }
    }

    fn switch_to_chat_id(&mut self, run: &mut Run<'_>) {
        if self.phone_as != PhoneAs::ChatId {
            self.phone_as = PhoneAs::ChatId;
            run.report(Some(self.number), Event::SwitchedToChatId);
        }
    }
}

/// Masks a recipient for logs: only the first and last two characters of a number or group are kept.
fn hidden(chat: &str) -> String {
    let (name, server) = chat.split_once('@').unwrap_or((chat, ""));
    let last = name.len().saturating_sub(2);
    format!(
        "{}…{}@{server}",
        name.get(..2).unwrap_or_default(),
        name.get(last..).unwrap_or_default()
    )
}
