//! What holds an instance back: its hours and caps, and the spacing of contacts. Pure: the time is an argument; the
//! worker carries out the decisions.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::{Event, HoldReason, InstanceConfig, LongWait, Restriction, StopReason};
use crate::{
    ledger::{BlockedUntil, InFlight, Rules},
    send_policy::{Spacing, Verdict},
};

/// A held instance looks at the clock at least this often, because the clock may jump and the machine may sleep.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// What currently holds an instance back.
pub(super) struct Hold {
    rules: Option<Arc<Rules>>,
    /// Whether the instance waits for longer than a minute, or ends instead (`--no-wait`).
    waits: bool,
    held: Option<BlockedUntil>,
    /// The wall-clock time when `held` was set.
    held_since: Timestamp,
    spacing: Option<Spacing>,
    spaced_until: Instant,
    jitter: fastrand::Rng,
    /// The reason that was reported last.
    reported: Option<HoldReason>,
}

impl Hold {
    /// Creates the hold of an instance that begins now; the time is given on both clocks.
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
            // A last contact in the future (the clock was set back) counts as sent just now.
            let since =
                Duration::try_from(wall_clock.duration_since(last)).unwrap_or(Duration::ZERO);
            hold.spaced_until = now + spacing.next_gap(hold.jitter.f64()).saturating_sub(since);
        }
        hold
    }

    /// Whether the ledger has no row that may be sent now.
    pub(super) const fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// The earliest time for the next contact, because of the spacing after the previous one.
    pub(super) const fn spaced_until(&self) -> Instant {
        self.spaced_until
    }

    /// Whether contacts are spaced; they are then begun one at a time.
    pub(super) const fn is_spaced(&self) -> bool {
        self.spacing.is_some()
    }

    /// Records that a contact starts now.
    pub(super) fn started(&mut self, now: Instant) {
        if let Some(spacing) = self.spacing {
            self.spaced_until = now + spacing.next_gap(self.jitter.f64());
        }
    }

    /// Delays the next contact until `until`, because another run of the instance has just sent one.
    pub(super) fn space_until(&mut self, until: Instant) {
        self.spaced_until = self.spaced_until.max(until);
    }

    /// Records that the ledger has no row that may be sent now.
    pub(super) const fn hold(&mut self, held: BlockedUntil, wall_clock: Timestamp) {
        self.held = Some(held);
        self.held_since = wall_clock;
    }

    /// Ends the hold: a row is pending again, or a contact no longer counts under a cap, so the ledger must be asked
    /// again.
    pub(super) const fn release(&mut self) {
        self.held = None;
    }

    /// Drops a hold that is over. Also drops it after the clock was set back, because rows may be allowed now.
    pub(super) fn refresh(&mut self, wall_clock: Timestamp) {
        let is_ahead = |held: &BlockedUntil| held.next.is_none_or(|(at, _)| at > wall_clock);
        let since = self.held_since;
        self.held = self
            .held
            .filter(|held| is_ahead(held) && wall_clock >= since);
    }

    /// Returns why an idle instance ends, if it does. `wait` is the time until its next contact may start.
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

    /// Returns how long a held instance sleeps before it looks again.
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
            // A moment that has passed means to look again at once.
            .map(|wait| wait.max(SignedDuration::ZERO).unsigned_abs())
            .fold(LONGEST_SLEEP, Duration::min)
    }

    /// Returns the event to report, if the reason for the hold has changed. `restriction` is one in which the service
    /// would deliver nothing.
    pub(super) fn take_change(
        &mut self,
        restriction: Option<&Restriction>,
        is_ending: bool,
    ) -> Option<Event<'_>> {
        let reason = if is_ending {
            None
        } else {
            self.reason(restriction)
        };
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

    /// Returns why a held instance ends: it has no row to wait for, or it does not wait (`--no-wait`).
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

    /// Checks the deadline here: an instance that waits does not ask the ledger, so the ledger cannot report that the
    /// time is over.
    fn end_of_time(&self, wall_clock: Timestamp) -> Option<(Verdict, Arc<Rules>)> {
        let rules = self.rules.clone()?;
        let passed = rules
            .schedule
            .deadline
            .filter(|deadline| deadline.at <= wall_clock)?;
        Some((Verdict::Over(passed.why), rules))
    }

    /// Returns the stop for a wait that is too long for `--no-wait`, which applies to the instance's own rate too.
    fn end_of_waiting(&self, wait: Duration) -> Option<StopReason> {
        (!self.waits && wait > InstanceConfig::SHORT_WAIT)
            .then_some(StopReason::NotWaited(LongWait::Next(wait)))
    }

    fn reason(&self, restriction: Option<&Restriction>) -> Option<HoldReason> {
        let next = self.held.filter(|_| self.waits).and_then(|held| held.next);
        if let Some((at, why)) = next {
            let rules = self.rules.clone()?;
            return Some(HoldReason::Rules(Verdict::NotBefore(at, why), rules));
        }
        restriction.cloned().map(HoldReason::State)
    }
}
