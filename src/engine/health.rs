//! What is known about the state of an instance, and what to do about it. Pure: the time is an argument; the worker
//! queries the service and carries out the actions.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{InstanceConfig, LongWait, Restriction, StopReason};
use crate::{
    domain::{Halt, Outcome},
    green_api::InstanceState,
};

/// How often the state is checked (source: the service's page on tracking the status).
const CHECK_INTERVAL: Duration = Duration::from_mins(1);

/// `getStateInstance` may be called once a second. The interval starts at the answer, so that network delay cannot
/// bring two calls closer together.
const STATE_INTERVAL: Duration = Duration::from_secs(1);

/// The service gives the end of a restriction in whole seconds (source: `getWaSettings`).
const WHOLE_SECOND: Duration = Duration::from_secs(1);

/// What is known about the state of an instance.
pub(super) struct InstanceHealth {
    /// When the state is checked next.
    check_at: Instant,
    /// When the service may be asked next; `None` while an answer is awaited.
    ask_from: Option<Instant>,
    /// Whether a contact was throttled because of the state.
    contact_throttled: bool,
    /// No contact is begun until the service has reported the state.
    is_unknown: bool,
    /// The current restriction: contacts are accepted but not delivered.
    restriction_wait: Option<RestrictionWait>,
    /// Whether the last reported state was `authorized`.
    is_authorized: bool,
    /// The halt with which `getStateInstance` was answered, if it also holds for `sendContact`.
    refusal: Option<(Halt, String)>,
}

/// A restriction that the instance waits out.
#[derive(Debug, Clone)]
struct RestrictionWait {
    restriction: Restriction,
    /// The start of the retry limit: when the restriction was noticed, or its end, if that is known and later.
    since: Instant,
    /// The service has been asked when the restriction ends, and has not answered yet.
    awaits_end: bool,
}

/// A reading of both clocks at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clocks {
    pub(super) now: Instant,
    pub(super) wall: Timestamp,
}

impl Clocks {
    /// Returns how long to wait until `end`, given in whole seconds, has certainly passed; `None` if it has.
    fn until_after(self, end: Timestamp) -> Option<Duration> {
        let passed = end.checked_add(WHOLE_SECOND).ok()?;
        let left = Duration::try_from(self.wall.duration_until(passed)).ok()?;
        (!left.is_zero()).then_some(left)
    }
}

/// What the worker does about the state of its instance.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HealthAction {
    /// Continue, even if the state is not known.
    Continue,
    /// Start nothing; the retry limit does not run.
    Pause,
    /// Start nothing, and ask the service when the restriction ends.
    AskEnd,
    /// Stop the instance.
    Stop(StopReason),
}

impl InstanceHealth {
    /// Creates the health of an instance whose state is not known; the service may be asked at once.
    pub(super) const fn new(now: Instant) -> Self {
        Self {
            check_at: now,
            ask_from: Some(now),
            contact_throttled: false,
            is_unknown: true,
            restriction_wait: None,
            is_authorized: false,
            refusal: None,
        }
    }

    /// Whether the state has not been reported yet; until then nothing is begun.
    pub(super) const fn is_unknown(&self) -> bool {
        self.is_unknown
    }

    /// Returns the current restriction, in which the service would accept contacts and deliver none. `None` until the
    /// service has answered when it ends.
    pub(super) fn restriction(&self) -> Option<&Restriction> {
        let wait = self
            .restriction_wait
            .as_ref()
            .filter(|wait| !wait.awaits_end)?;
        Some(&wait.restriction)
    }

    /// Records whether the instance is authorized. Returns whether this answer reports it for the first time, or again
    /// after another state.
    pub(super) fn note_authorized(&mut self, state: &Result<InstanceState, Outcome>) -> bool {
        let was_authorized = self.is_authorized;
        if let Ok(state) = state {
            self.is_authorized = *state == InstanceState::Authorized;
        }
        self.is_authorized && !was_authorized
    }

    /// Forgets the known state, which is too old to count, and makes the next check due at `now`.
    pub(super) fn forget(&mut self, now: Instant) {
        self.check_at = now;
        self.is_unknown = true;
        self.restriction_wait = None;
        self.refusal = None;
    }

    /// Records that the service takes contacts: an earlier halt of `getStateInstance` no longer counts.
    pub(super) fn note_clear_answer(&mut self) {
        self.refusal = None;
        self.contact_throttled = false;
    }

    /// Whether it is time to check the state.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        now >= self.check_at
    }

    /// Returns when the state is checked next; `None` while an answer is awaited.
    pub(super) fn next_check(&self) -> Option<Instant> {
        self.ask_from.map(|from| self.check_at.max(from))
    }

    /// Claims the right to ask the service now. Returns false within a second of the last answer, and while an answer
    /// is awaited. If this returns true, the caller must ask.
    pub(super) fn claim_ask(&mut self, now: Instant) -> bool {
        self.ask_from.take_if(|from| now >= *from).is_some()
    }

    /// Handles a contact that was throttled because of the state. If `getStateInstance` was answered with a halt
    /// before, the instance stops; otherwise the state is checked now, and that answer decides.
    pub(super) fn on_throttled(&mut self, now: Instant) -> Option<StopReason> {
        if let Some((halt, words)) = self.refusal.take() {
            return Some(StopReason::Halted(halt, words));
        }
        self.contact_throttled = true;
        self.check_at = now;
        None
    }

    /// Handles the answer to `getStateInstance`. If the service cannot be asked, the instance stops only if a contact
    /// was throttled because of the state.
    pub(super) fn handle_state(
        &mut self,
        state: Result<InstanceState, Outcome>,
        config: &InstanceConfig,
        clocks: Clocks,
    ) -> HealthAction {
        let now = clocks.now;
        self.ask_from = Some(now + STATE_INTERVAL);
        let for_contact = std::mem::take(&mut self.contact_throttled);
        let halted = |halt| StopReason::Halted(halt, "getStateInstance".to_owned());
        match state {
            Ok(InstanceState::NotAuthorized) => HealthAction::Stop(halted(Halt::NotAuthorized)),
            Ok(InstanceState::Blocked) => HealthAction::Stop(halted(Halt::Blocked)),
            Ok(state @ (InstanceState::YellowCard | InstanceState::Suspended)) => {
                self.notice(state, config, clocks)
            }
            // An instance in these states throttles contacts itself, or keeps them for its phone.
            Ok(
                InstanceState::Authorized
                | InstanceState::Starting
                | InstanceState::SleepMode
                | InstanceState::Unnamed(_),
            ) => {
                self.forget(now + CHECK_INTERVAL);
                self.is_unknown = false;
                HealthAction::Continue
            }
            Err(Outcome::Halted(halt, words))
                if halts_sending(halt) && (for_contact || self.restriction_wait.is_some()) =>
            {
                HealthAction::Stop(StopReason::Halted(halt, words))
            }
            Err(outcome) => {
                tracing::info!("the state of the instance is not known: {outcome:?}");
                // The last known state still counts, and the retry limit continues to run.
                if let Some(wait) = self.restriction_wait.clone() {
                    return self.pause(wait, config, clocks);
                }
                self.note_refusal(outcome, now);
                HealthAction::Continue
            }
        }
    }

    /// Handles the answer about the end of a restriction, `None` if it is not known. An end in the past counts as not
    /// known.
    pub(super) fn handle_end(
        &mut self,
        end: Option<Timestamp>,
        config: &InstanceConfig,
        clocks: Clocks,
    ) -> HealthAction {
        let Some(mut wait) = self.restriction_wait.take_if(|wait| wait.awaits_end) else {
            return HealthAction::Continue;
        };
        wait.awaits_end = false;
        wait.restriction.until = end.filter(|end| *end > clocks.wall);
        self.pause(wait, config, clocks)
    }

    /// Handles a reported restriction. For a new one, the service is asked once when it ends.
    fn notice(
        &mut self,
        state: InstanceState,
        config: &InstanceConfig,
        clocks: Clocks,
    ) -> HealthAction {
        if let Some(mut wait) = self.restriction_wait.take() {
            wait.restriction.state = state;
            // An end in the past counts as not known.
            let end = wait.restriction.until;
            wait.restriction.until = end.filter(|end| clocks.until_after(*end).is_some());
            return self.pause(wait, config, clocks);
        }
        self.forget(clocks.now + CHECK_INTERVAL);
        self.restriction_wait = Some(RestrictionWait {
            restriction: Restriction {
                state,
                until: None,
                zone: config.zone.clone(),
            },
            since: clocks.now,
            awaits_end: true,
        });
        HealthAction::AskEnd
    }

    /// Decides how to wait out a restriction: the service accepts contacts and delivers none (source: its page on
    /// tracking the status), so nothing is started until the restriction is over or the retry limit is reached. The
    /// retry limit does not run before a known end. Restrictions last for hours, so an instance with `--no-wait` ends
    /// at once.
    fn pause(
        &mut self,
        mut wait: RestrictionWait,
        config: &InstanceConfig,
        clocks: Clocks,
    ) -> HealthAction {
        let now = clocks.now;
        if wait.awaits_end {
            self.restriction_wait = Some(wait);
            self.check_at = now + CHECK_INTERVAL;
            return HealthAction::Pause;
        }
        if !config.waits {
            self.restriction_wait = Some(wait.clone());
            return HealthAction::Stop(StopReason::NotWaited(LongWait::State(wait.restriction)));
        }
        let end = wait
            .restriction
            .until
            .and_then(|until| clocks.until_after(until));
        let end = end.and_then(|left| now.checked_add(left));
        wait.since = end.unwrap_or(wait.since);
        let last = wait.since + config.retry_for;
        if now >= last {
            return HealthAction::Stop(StopReason::State(wait.restriction.state));
        }
        let next = (now + CHECK_INTERVAL).min(last);
        self.forget(end.map_or(next, |end| next.min(end)));
        self.restriction_wait = Some(wait);
        HealthAction::Pause
    }

    fn note_refusal(&mut self, outcome: Outcome, now: Instant) {
        self.check_at = now + CHECK_INTERVAL;
        self.is_unknown = false;
        self.refusal = match outcome {
            Outcome::Halted(halt, words) if halts_sending(halt) => Some((halt, words)),
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

/// Whether a halt of `getStateInstance` also holds for `sendContact`. A used-up quota does not: each method has its
/// own.
const fn halts_sending(halt: Halt) -> bool {
    match halt {
        Halt::QuotaExceeded => false,
        Halt::NotAuthorized
        | Halt::Expired
        | Halt::Deleted
        | Halt::Suspended
        | Halt::Blocked
        | Halt::WrongToken
        | Halt::WrongInstance
        | Halt::WrongAddress
        | Halt::Redirected => true,
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::{green_api::PhoneAs, send_policy::Zone};

    const RETRY_FOR: Duration = Duration::from_mins(10);

    fn config(waits: bool) -> InstanceConfig {
        InstanceConfig {
            concurrency: 1,
            retry_for: RETRY_FOR,
            uncertain_in_a_row: 5,
            phone_as: PhoneAs::PhoneNumber,
            switch_to_chat_id: false,
            rules: None,
            checks: None,
            waits,
            zone: Zone::of(TimeZone::UTC),
            last_sent: None,
            seed: 1,
        }
    }

    const WALL: Timestamp = Timestamp::UNIX_EPOCH;

    fn clocks(now: Instant) -> Clocks {
        Clocks { now, wall: WALL }
    }

    fn stop(halt: Halt) -> HealthAction {
        HealthAction::Stop(StopReason::Halted(halt, "getStateInstance".to_owned()))
    }

    #[test]
    fn a_state_lets_an_instance_send_pauses_it_or_stops_it() {
        use InstanceState::{
            Authorized, Blocked, NotAuthorized, SleepMode, Starting, Suspended, YellowCard,
        };
        for (state, action) in [
            (Authorized, HealthAction::Continue),
            (Starting, HealthAction::Continue),
            (SleepMode, HealthAction::Continue),
            (YellowCard, HealthAction::AskEnd),
            (Suspended, HealthAction::AskEnd),
            (NotAuthorized, stop(Halt::NotAuthorized)),
            (Blocked, stop(Halt::Blocked)),
        ] {
            let now = Instant::now();
            let mut health = InstanceHealth::new(now);
            let taken = health.handle_state(Ok(state.clone()), &config(true), clocks(now));
            assert_eq!(taken, action, "{state:?}");
            let is_unknown = action != HealthAction::Continue;
            assert_eq!(health.is_unknown(), is_unknown, "{state:?}");
        }
    }

    #[test]
    fn a_bad_state_is_waited_for_until_the_retry_limit_or_not_at_all() {
        let now = Instant::now();
        let mut health = InstanceHealth::new(now);
        let restricted = || Ok(InstanceState::YellowCard);
        let look = |health: &mut InstanceHealth, at| {
            health.handle_state(restricted(), &config(true), clocks(at))
        };
        assert_eq!(look(&mut health, now), HealthAction::AskEnd);
        assert_eq!(health.restriction(), None);
        let unknown = health.handle_end(None, &config(true), clocks(now));
        assert_eq!(unknown, HealthAction::Pause);
        assert_eq!(look(&mut health, now + RETRY_FOR / 2), HealthAction::Pause);
        let over = HealthAction::Stop(StopReason::State(InstanceState::YellowCard));
        assert_eq!(look(&mut health, now + RETRY_FOR), over);
        let mut hasty = InstanceHealth::new(now);
        let action = hasty.handle_state(restricted(), &config(false), clocks(now));
        assert_eq!(action, HealthAction::AskEnd);
        let restriction = Restriction {
            state: InstanceState::YellowCard,
            until: None,
            zone: Zone::of(TimeZone::UTC),
        };
        let not_waited = StopReason::NotWaited(LongWait::State(restriction));
        let action = hasty.handle_end(Some(WALL), &config(false), clocks(now));
        assert_eq!(
            action,
            HealthAction::Stop(not_waited),
            "an end that has passed is none"
        );
    }

    #[test]
    fn the_retry_limit_counts_from_an_end_that_is_known() {
        let now = Instant::now();
        let hours = |hours| Duration::from_hours(hours);
        let mut health = InstanceHealth::new(now);
        let mut look = |after: Duration| {
            let clocks = Clocks {
                now: now + after,
                wall: WALL + after,
            };
            let state = Ok(InstanceState::Suspended);
            let action = match health.handle_state(state, &config(true), clocks) {
                HealthAction::AskEnd => {
                    health.handle_end(Some(WALL + hours(3)), &config(true), clocks)
                }
                action @ (HealthAction::Continue | HealthAction::Pause | HealthAction::Stop(_)) => {
                    action
                }
            };
            (action, health.next_check().map(|at| at - now))
        };
        let minute = CHECK_INTERVAL;
        for (after, next) in [
            (hours(0), minute),
            (hours(2), hours(2) + minute),
            (Duration::from_secs(10_799), hours(3) + WHOLE_SECOND),
            (hours(3) + WHOLE_SECOND, hours(3) + WHOLE_SECOND + minute),
        ] {
            assert_eq!(look(after), (HealthAction::Pause, Some(next)), "{after:?}");
        }
        let over = HealthAction::Stop(StopReason::State(InstanceState::Suspended));
        assert_eq!(look(hours(3) + WHOLE_SECOND + RETRY_FOR).0, over);
    }

    #[test]
    fn the_state_is_asked_for_once_a_second_and_not_while_an_answer_is_awaited() {
        let now = Instant::now();
        let mut health = InstanceHealth::new(now);
        assert!(health.claim_ask(now));
        assert!(!health.claim_ask(now + RETRY_FOR), "an answer is awaited");
        health.handle_state(Ok(InstanceState::Authorized), &config(true), clocks(now));
        assert!(!health.claim_ask(now + STATE_INTERVAL / 2));
        assert!(health.claim_ask(now + STATE_INTERVAL));
    }

    #[test]
    fn a_halt_of_the_state_stops_only_after_a_contact_was_throttled() {
        let now = Instant::now();
        let refusal = || Err(Outcome::Halted(Halt::NotAuthorized, "401".to_owned()));
        let stop = || StopReason::Halted(Halt::NotAuthorized, "401".to_owned());
        let mut health = InstanceHealth::new(now);
        let action = health.handle_state(refusal(), &config(true), clocks(now));
        assert_eq!(action, HealthAction::Continue);
        assert_eq!(health.on_throttled(now), Some(stop()));

        let mut health = InstanceHealth::new(now);
        assert_eq!(health.on_throttled(now), None);
        let action = health.handle_state(refusal(), &config(true), clocks(now));
        assert_eq!(action, HealthAction::Stop(stop()));
    }
}
