//! What holds an instance back: its hours and caps, and the spacing of contacts. Pure: the time is an argument;
//! the worker carries out what is decided here.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{Event, HoldReason, InstanceConfig, LongWait, Restriction, StopReason};
use crate::{
    ledger::{BlockedUntil, InFlight, Rules},
    send_policy::{Spacing, Verdict},
};

/// The clock may jump and the machine may sleep: an instance that is held looks at the clock at least this often.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// What holds an instance back, as it is known now.
pub(super) struct Hold {
    rules: Option<Arc<Rules>>,
    /// Whether the instance waits longer than a minute, or ends instead (`--no-wait`).
    waits: bool,
    held: Option<BlockedUntil>,
    /// What time it was when that became known.
    held_since: Timestamp,
    spacing: Option<Spacing>,
    spaced_until: Instant,
    jitter: fastrand::Rng,
    /// What was reported last.
    reported: Option<HoldReason>,
}

impl Hold {
    /// Of an instance that begins now, by both clocks.
    pub(super) fn new(config: &InstanceConfig, now: Instant, wall_clock: Timestamp) -> Self {
        let spacing = config
            .rules
            .as_ref()
            .and_then(|rules| rules.schedule.caps.spacing);
        let mut hold = Self {
            rules: config.rules.clone(),
            waits: config.waits,
            held: None,
            held_since: Timestamp::MIN,
            spacing,
            spaced_until: now,
            jitter: fastrand::Rng::with_seed(config.seed.rotate_left(32)),
            reported: None,
        };
        if let Some((spacing, last)) = spacing.zip(config.last_sent) {
            // A last contact that is ahead of the clock was just now.
            let since =
                Duration::try_from(wall_clock.duration_since(last)).unwrap_or(Duration::ZERO);
            hold.spaced_until = now + spacing.next_gap(hold.jitter.f64()).saturating_sub(since);
        }
        hold
    }

    /// The ledger has no row that may go now.
    pub(super) const fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// No contact starts before, because of the one before it.
    pub(super) const fn spaced_until(&self) -> Instant {
        self.spaced_until
    }

    /// Contacts are begun one at a time.
    pub(super) const fn is_spaced(&self) -> bool {
        self.spacing.is_some()
    }

    /// A contact starts now.
    pub(super) fn started(&mut self, now: Instant) {
        if let Some(spacing) = self.spacing {
            self.spaced_until = now + spacing.next_gap(self.jitter.f64());
        }
    }

    /// Another run of the instance has just sent: the next contact does not start before.
    pub(super) fn space_until(&mut self, until: Instant) {
        self.spaced_until = self.spaced_until.max(until);
    }

    /// Notes that the ledger has no row that may go now.
    pub(super) const fn hold(&mut self, held: BlockedUntil, wall_clock: Timestamp) {
        self.held = Some(held);
        self.held_since = wall_clock;
    }

    /// A row is pending again, or a contact counts under no cap any more: the ledger has not been asked about that.
    pub(super) const fn release(&mut self) {
        self.held = None;
    }

    /// Forgets a hold that is over. After the clock was set back, the rows may be allowed now.
    pub(super) fn refresh(&mut self, wall_clock: Timestamp) {
        let is_ahead = |held: &BlockedUntil| held.next.is_none_or(|(at, _)| at > wall_clock);
        let since = self.held_since;
        self.held = self
            .held
            .filter(|held| is_ahead(held) && wall_clock >= since);
    }

    /// Why an idle instance ends, if it does. `wait` is the time until its next contact
    /// may start.
    pub(super) fn end(&self, wall_clock: Timestamp, wait: Duration) -> Option<StopReason> {
        self.end_of_held()
            .or_else(|| self.end_of_time(wall_clock))
            .map(|(verdict, rules)| StopReason::Rules(verdict, rules))
            .or_else(|| self.end_of_waiting(wait))
    }

    /// Whether a contact that was begun may still be sent.
    pub(super) fn may_still_go(&self, wall_clock: Timestamp, begun: &InFlight) -> bool {
        let Some(rules) = &self.rules else {
            return true;
        };
        let schedule = &rules.schedule;
        schedule
            .hours
            .open_in_all(wall_clock, begun.zones.as_slice())
            && schedule.start.is_none_or(|start| start <= wall_clock)
            && schedule
                .deadline
                .is_none_or(|deadline| deadline.at > wall_clock)
    }

    /// How long an instance that is held sleeps before it looks again.
    pub(super) fn until_next_look(&self, wall_clock: Timestamp) -> Duration {
        let next = self.held.and_then(|held| held.next).map(|(at, _)| at);
        let deadline = self
            .rules
            .as_ref()
            .and_then(|rules| rules.schedule.deadline)
            .map(|deadline| deadline.at);
        next.into_iter()
            .chain(deadline)
            .map(|at| wall_clock.duration_until(at))
            // What is over is looked at again at once.
            .map(|wait| wait.max(SignedDuration::ZERO).unsigned_abs())
            .fold(LONGEST_SLEEP, Duration::min)
    }

    /// The event to report, if the reason of the hold has changed. `bad` is a restriction in which the service
    /// would deliver nothing.
    pub(super) fn changed(
        &mut self,
        bad: Option<&Restriction>,
        is_ending: bool,
    ) -> Option<Event<'_>> {
        let reason = if is_ending { None } else { self.reason(bad) };
        if reason == self.reported {
            return None;
        }
        self.reported = reason;
        match &self.reported {
            Some(reason) => Some(Event::Pausing(reason)),
            None if is_ending => None,
            None => Some(Event::Resumed),
        }
    }

    /// An instance ends if it has no row to wait for, or if it does not wait (`--no-wait`).
    fn end_of_held(&self) -> Option<(Verdict, Arc<Rules>)> {
        let held = self.held?;
        let verdict = match (held.next, held.over) {
            (Some(_), _) if self.waits => return None,
            (Some((at, why)), _) => Verdict::NotBefore(at, why),
            (None, Some(why)) => Verdict::Over(why),
            (None, None) => return None,
        };
        Some((verdict, self.rules.clone()?))
    }

    /// An instance that waits does not ask the ledger, so the ledger cannot report that its time is over.
    fn end_of_time(&self, wall_clock: Timestamp) -> Option<(Verdict, Arc<Rules>)> {
        let rules = self.rules.clone()?;
        let passed = rules
            .schedule
            .deadline
            .filter(|deadline| deadline.at <= wall_clock)?;
        Some((Verdict::Over(passed.why), rules))
    }

    /// With `--no-wait` an instance does not wait for its own rate either.
    fn end_of_waiting(&self, wait: Duration) -> Option<StopReason> {
        (!self.waits && wait > InstanceConfig::SHORT_WAIT)
            .then_some(StopReason::NotWaited(LongWait::Next(wait)))
    }

    fn reason(&self, bad: Option<&Restriction>) -> Option<HoldReason> {
        let next = self.held.filter(|_| self.waits).and_then(|held| held.next);
        if let Some((at, why)) = next {
            let rules = self.rules.clone()?;
            return Some(HoldReason::Rules(Verdict::NotBefore(at, why), rules));
        }
        bad.cloned().map(HoldReason::State)
    }
}
