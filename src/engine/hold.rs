//! What holds a whole run back: its hours and caps, the state of the instance, a wish from another
//! terminal, and the time between two contacts. While it is held nothing is begun, and the loop rests.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, timeout};

use super::{
    Event, HoldReason, InstanceConfig, LongWait, StopReason, Transport,
    run::{Answer, Run},
    worker::Worker,
};
use crate::{
    domain::{Halt, Outcome},
    green_api::InstanceState,
    ledger::{BlockedUntil, InFlight},
    send_policy::{self, Spacing},
};

/// The clock may jump and the machine may sleep: a run that rests looks up so often.
const LONGEST_REST: Duration = Duration::from_mins(1);

/// How often the state is looked at (source: the service's page on tracking the status).
const CHECK_INTERVAL: Duration = Duration::from_mins(1);

/// A service that tells no state within this time is sent to without it.
const CHECK_TIME_OUT: Duration = Duration::from_secs(5);

/// What holds an instance back, as it is known now.
pub(super) struct Hold {
    held: Option<BlockedUntil>,
    /// What time it was when that became known.
    held_since: Timestamp,
    health: InstanceHealth,
    spacing: Option<Spacing>,
    spaced_until: Instant,
    jitter: fastrand::Rng,
    /// What was told last.
    told: Option<HoldReason>,
}

/// What is known of the instance.
struct InstanceHealth {
    check_at: Instant,
    /// Nothing is begun before an answer.
    unknown: bool,
    /// A state in which contacts are accepted and not delivered, and since when.
    bad: Option<(InstanceState, Instant)>,
    /// What refused to tell the state; not that its method is used up, which says nothing about another.
    refusal: Option<(Halt, String)>,
}

impl InstanceHealth {
    /// Nothing is known that counts.
    const fn unknown(now: Instant) -> Self {
        Self {
            check_at: now,
            unknown: true,
            bad: None,
            refusal: None,
        }
    }

    fn goes_on(&mut self, now: Instant) {
        *self = Self {
            unknown: false,
            ..Self::unknown(now + CHECK_INTERVAL)
        };
    }

    fn is_not_told(&mut self, outcome: Outcome, now: Instant) {
        self.check_at = now + CHECK_INTERVAL;
        self.unknown = false;
        self.refusal = match outcome {
            Outcome::Halted(halt, words) if halt != Halt::QuotaExceeded => Some((halt, words)),
            Outcome::Halted(..)
            | Outcome::Accepted(_)
            | Outcome::Refused(_)
            | Outcome::Throttled { .. }
            | Outcome::Unreachable(_)
            | Outcome::Uncertain(_)
            | Outcome::ChatIdWanted => None,
        };
    }
}

impl Hold {
    /// Of an instance that begins now, which is this many milliseconds since 1970.
    pub(super) fn new(conditions: &InstanceConfig, (now, began): (Instant, i64)) -> Self {
        let spacing = conditions
            .rules
            .as_ref()
            .and_then(|rules| rules.schedule.caps.spacing);
        let mut gate = Self {
            held: None,
            held_since: Timestamp::MIN,
            health: InstanceHealth::unknown(now),
            spacing,
            spaced_until: now,
            jitter: fastrand::Rng::with_seed(conditions.seed.rotate_left(32)),
            told: None,
        };
        if let Some((spacing, last)) = spacing.zip(conditions.last_sent) {
            let since = began.saturating_sub(last);
            let since = Duration::from_millis(u64::try_from(since).unwrap_or_default());
            gate.spaced_until = now + spacing.next_gap(gate.jitter.f64()).saturating_sub(since);
        }
        gate
    }

    /// No contact starts before, because of the one before it.
    pub(super) const fn spaced_until(&self) -> Instant {
        self.spaced_until
    }

    /// One at a time is begun.
    pub(super) const fn is_spaced(&self) -> bool {
        self.spacing.is_some()
    }

    /// A contact starts now.
    pub(super) fn started(&mut self, now: Instant) {
        if let Some(spacing) = self.spacing {
            self.spaced_until = now + spacing.next_gap(self.jitter.f64());
        }
    }

    /// A row is pending again, or a contact counts under no cap any more: the ledger has not been asked about that.
    pub(super) const fn may_take_more(&mut self) {
        self.held = None;
    }

    /// The service takes contacts: what refused to tell the state before says nothing any more.
    pub(super) fn takes_cards(&mut self) {
        self.health.refusal = None;
    }
}

impl<W: Transport> Worker<W> {
    /// Nothing is begun now.
    pub(super) const fn begins_blocked(&self, run: &Run<'_>) -> bool {
        self.gate.held.is_some() || self.sends_blocked(run)
    }

    /// Nor does anything start that was begun.
    pub(super) const fn sends_blocked(&self, run: &Run<'_>) -> bool {
        run.wish.is_some() || self.gate.health.unknown
    }

    /// Looks at everything that holds the instance back, and tells of it if it has changed.
    pub(super) fn refresh_holds(&mut self, run: &mut Run<'_>, now: Instant) {
        if self.is_over(run) {
            return;
        }
        let wall_clock = run.wall_clock();
        // By a clock that was set back since, the rows may be free now.
        let ahead = |held: &BlockedUntil| held.next.is_none_or(|(at, _)| at > wall_clock);
        self.gate.held = self
            .gate
            .held
            .filter(|held| ahead(held) && wall_clock >= self.gate.held_since);
        let held = self.gate.held.filter(|_| self.is_idle());
        if let Some(held) = held {
            self.end_if_held(run, held);
        }
        if self.is_idle() {
            self.end_if_overdue(run);
            self.end_if_next_is_far(run, now);
        }
        if run.wish.is_some() || held.is_some() {
            // What was known of the instance is old when the run goes on.
            self.gate.health = InstanceHealth::unknown(now);
            self.backoff.rest(now.into_std());
        } else if now >= self.gate.health.check_at && !self.is_ending(run) {
            self.ask_state(run, now);
        }
        self.tell_pause(run);
    }

    /// When an instance that is held looks up again.
    pub(super) fn rests_until(&self, run: &Run<'_>, now: Instant) -> Instant {
        let mut rest = LONGEST_REST;
        if let Some((at, _)) = self.gate.held.and_then(|held| held.next) {
            let wait = run.wall_clock().duration_until(at);
            rest = rest.min(Duration::try_from(wait).unwrap_or_default());
        }
        if let Some(deadline) = self
            .conditions
            .rules
            .as_ref()
            .and_then(|rules| rules.schedule.deadline)
        {
            let wait = run.wall_clock().duration_until(deadline.at);
            rest = rest.min(Duration::try_from(wait).unwrap_or_default());
        }
        let until = now + rest;
        let until = if run.conditions.control.is_some() {
            until.min(run.listen_at)
        } else {
            until
        };
        match self
            .ask_state_from
            .filter(|_| self.gate.held.is_none() && run.wish.is_none())
        {
            Some(from) => until.min(self.gate.health.check_at.max(from)).max(now),
            None => until,
        }
    }

    /// Another run of the instance has just sent: the next contact goes at this time (milliseconds since
    /// 1970) or later.
    pub(super) fn space_until(&mut self, run: &Run<'_>, at: i64) {
        let wait = at.saturating_sub(run.wall_clock().as_millisecond());
        let until = Instant::now() + Duration::from_millis(u64::try_from(wait).unwrap_or_default());
        self.gate.spaced_until = self.gate.spaced_until.max(until);
    }

    /// The ledger has no row more that may go now.
    pub(super) fn hold(&mut self, run: &Run<'_>, held: BlockedUntil) {
        self.gate.held = Some(held);
        self.gate.held_since = run.wall_clock();
    }

    /// An instance without a row for which it could wait, or that is not to wait, is over.
    fn end_if_held(&mut self, run: &mut Run<'_>, held: BlockedUntil) {
        let Some(rules) = self.conditions.rules.clone() else {
            return;
        };
        let verdict = match (held.next, held.over) {
            (Some(_), _) if self.conditions.waits => return,
            (Some((at, why)), _) => send_policy::Verdict::NotBefore(at, why),
            (None, Some(why)) => send_policy::Verdict::Over(why),
            (None, None) => return,
        };
        self.stop(run, StopReason::Rules(verdict, rules));
    }

    /// An instance that waits asks the ledger nothing, and so does not hear there that its time is over.
    fn end_if_overdue(&mut self, run: &mut Run<'_>) {
        let Some(rules) = self.conditions.rules.clone() else {
            return;
        };
        let passed = rules
            .schedule
            .deadline
            .filter(|deadline| deadline.at <= run.wall_clock());
        if let Some(deadline) = passed {
            self.stop(
                run,
                StopReason::Rules(send_policy::Verdict::Over(deadline.why), rules),
            );
        }
    }

    /// An instance that is not to wait does not wait for its own pace either.
    fn end_if_next_is_far(&mut self, run: &mut Run<'_>, now: Instant) {
        let wait = self.slot().saturating_duration_since(now);
        if !self.conditions.waits && wait > InstanceConfig::SHORT_WAIT {
            self.stop(run, StopReason::NotWaited(LongWait::Next(wait)));
        }
    }

    /// Whether a contact that was begun may still go.
    pub(super) fn may_still_go(&self, run: &Run<'_>, begun: &InFlight) -> bool {
        let Some(rules) = &self.conditions.rules else {
            return true;
        };
        let (now, schedule) = (run.wall_clock(), &rules.schedule);
        schedule.hours.open_in_all(now, begun.zones.as_slice())
            && schedule.start.is_none_or(|start| start <= now)
            && schedule.deadline.is_none_or(|deadline| deadline.at > now)
    }

    /// A contact was put off because of the state: who knows it says whether to go on.
    pub(super) fn ask_state_for_card(&mut self, run: &mut Run<'_>, now: Instant) {
        if let Some((halt, words)) = self.gate.health.refusal.take() {
            return self.stop(run, StopReason::Halted(halt, words));
        }
        self.state_for_card = true;
        self.gate.health.check_at = now;
        self.ask_state(run, now);
    }

    /// Asks for the state, unless it was asked for within a second or is awaited.
    fn ask_state(&mut self, run: &mut Run<'_>, now: Instant) {
        if self.ask_state_from.is_some_and(|from| now >= from) {
            self.ask_state_from = None;
            let (lane, wire) = (self.number, self.wire.clone());
            run.under_way.spawn(async move {
                let too_long = || Outcome::Uncertain("getStateInstance takes too long".to_owned());
                let state = timeout(CHECK_TIME_OUT, wire.state_instance()).await;
                (
                    lane,
                    Answer::State(state.unwrap_or_else(|_| Err(too_long()))),
                )
            });
        }
    }

    /// What the state of the instance means for the run. A service that cannot be asked stops
    /// nothing, unless a contact was put off because of its state.
    pub(super) fn judge_state(
        &mut self,
        run: &mut Run<'_>,
        state: Result<InstanceState, Outcome>,
        now: Instant,
    ) {
        let for_card = std::mem::take(&mut self.state_for_card);
        let halt = match state {
            Ok(InstanceState::NotAuthorized) => Halt::NotAuthorized,
            Ok(InstanceState::Blocked) => Halt::Blocked,
            Ok(state @ (InstanceState::YellowCard | InstanceState::Suspended)) => {
                return self.pause_for_restriction(run, state, now);
            }
            // An instance that starts puts contacts off by itself, or keeps them for its phone.
            Ok(
                InstanceState::Authorized
                | InstanceState::Starting
                | InstanceState::SleepMode
                | InstanceState::Unnamed(_),
            ) => return self.gate.health.goes_on(now),
            Err(Outcome::Halted(halt, words))
                if halt != Halt::QuotaExceeded && (for_card || self.gate.health.bad.is_some()) =>
            {
                return self.stop(run, StopReason::Halted(halt, words));
            }
            Err(outcome) => {
                tracing::info!("the state of the instance is not known: {outcome:?}");
                // What was known before still counts, and patience with it.
                if let Some((state, _)) = self.gate.health.bad.clone() {
                    return self.pause_for_restriction(run, state, now);
                }
                return self.gate.health.is_not_told(outcome, now);
            }
        };
        self.stop(run, StopReason::Halted(halt, "getStateInstance".to_owned()));
    }

    /// In these states the service accepts contacts and delivers none (source: its page on tracking
    /// the status), so nothing is started until they are over or patience is. They last for hours: an instance
    /// that is not to wait ends at once.
    fn pause_for_restriction(&mut self, run: &mut Run<'_>, state: InstanceState, now: Instant) {
        if !self.conditions.waits {
            return self.stop(run, StopReason::NotWaited(LongWait::State(state)));
        }
        let since = self
            .gate
            .health
            .bad
            .as_ref()
            .map_or(now, |(_, since)| *since);
        let last = since + self.conditions.patience;
        if now >= last {
            return self.stop(run, StopReason::State(state));
        }
        self.backoff.rest(now.into_std());
        let check_at = (now + CHECK_INTERVAL).min(last);
        self.gate.health = InstanceHealth {
            check_at,
            unknown: true,
            bad: Some((state, since)),
            refusal: None,
        };
    }

    fn tell_pause(&mut self, run: &mut Run<'_>) {
        if run.wish.is_some() {
            return;
        }
        let ending = self.is_ending(run);
        let pause = if ending { None } else { self.pause() };
        if pause != self.gate.told {
            match &pause {
                Some(pause) => run.tell(Some(self.number), Event::Pausing(pause)),
                None if !ending => run.tell(Some(self.number), Event::GoesOn),
                None => {}
            }
            self.gate.told = pause;
        }
    }

    fn pause(&self) -> Option<HoldReason> {
        if let Some((at, why)) = self
            .gate
            .held
            .filter(|_| self.conditions.waits)
            .and_then(|held| held.next)
        {
            let rules = self.conditions.rules.clone()?;
            return Some(HoldReason::Rules(
                send_policy::Verdict::NotBefore(at, why),
                rules,
            ));
        }
        self.gate
            .health
            .bad
            .clone()
            .map(|(state, _)| HoldReason::State(state))
    }
}

impl Run<'_> {
    fn wall_clock(&self) -> Timestamp {
        self.conditions.clock.timestamp()
    }
}
