//! What is known of an instance's own state, and what follows from it. Pure: the time is an argument, the
//! worker asks the service and carries out what is decided here.

use std::time::Duration;

use tokio::time::Instant;

use super::{InstanceConfig, LongWait, StopReason};
use crate::{
    domain::{Halt, Outcome},
    green_api::InstanceState,
};

/// How often the state is looked at (source: the service's page on tracking the status).
const CHECK_INTERVAL: Duration = Duration::from_mins(1);

/// `getStateInstance` may be asked once a second; counted from its answer, so that no delay on the
/// way brings two closer together.
const STATE_INTERVAL: Duration = Duration::from_secs(1);

/// What is known of an instance's own state.
pub(super) struct InstanceHealth {
    /// When the state is looked at next.
    check_at: Instant,
    /// When the service may be asked; nothing while its answer is awaited.
    ask_from: Option<Instant>,
    /// A contact was put off because of the state.
    contact_put_off: bool,
    /// Nothing is begun before an answer.
    is_unknown: bool,
    /// A state in which contacts are accepted and not delivered, and since when.
    bad: Option<(InstanceState, Instant)>,
    /// What refused to tell the state; not that its method is used up, which says nothing about another.
    refusal: Option<(Halt, String)>,
}

/// What the worker does about an instance's state.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HealthAction {
    /// It sends, or goes on without knowing the state.
    Continue,
    /// It starts nothing, and its patience with the service does not run.
    Pause,
    /// It stops.
    Stop(StopReason),
}

impl InstanceHealth {
    /// Nothing is known, and the service may be asked at once.
    pub(super) const fn new(now: Instant) -> Self {
        Self {
            check_at: now,
            ask_from: Some(now),
            contact_put_off: false,
            is_unknown: true,
            bad: None,
            refusal: None,
        }
    }

    /// Nothing is begun before the service has told the state.
    pub(super) const fn is_unknown(&self) -> bool {
        self.is_unknown
    }

    /// The state in which the service would accept contacts and deliver none.
    pub(super) fn bad_state(&self) -> Option<&InstanceState> {
        self.bad.as_ref().map(|(state, _)| state)
    }

    /// What was known is too old to count.
    pub(super) fn forget(&mut self, now: Instant) {
        self.check_at = now;
        self.is_unknown = true;
        self.bad = None;
        self.refusal = None;
    }

    /// The service takes contacts: what refused to tell the state before says nothing any more.
    pub(super) fn note_clear_answer(&mut self) {
        self.refusal = None;
        self.contact_put_off = false;
    }

    /// Whether it is time to look at the state.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        now >= self.check_at
    }

    /// When the state is looked at next; nothing while an answer is awaited.
    pub(super) fn next_check(&self) -> Option<Instant> {
        self.ask_from.map(|from| self.check_at.max(from))
    }

    /// Whether the service may be asked now, unless it was asked within a second or its answer is awaited.
    /// Whoever hears yes asks.
    pub(super) fn may_ask(&mut self, now: Instant) -> bool {
        self.ask_from.take_if(|from| now >= *from).is_some()
    }

    /// A contact was put off because of the state. What refused to tell the state before stops the instance;
    /// otherwise the state decides.
    pub(super) fn put_off_contact(&mut self, now: Instant) -> Option<StopReason> {
        if let Some((halt, words)) = self.refusal.take() {
            return Some(StopReason::Halted(halt, words));
        }
        self.contact_put_off = true;
        self.check_at = now;
        None
    }

    /// Takes in the service's answer. A service that cannot be asked stops nothing, unless a contact was put
    /// off because of the state.
    pub(super) fn judge(
        &mut self,
        state: Result<InstanceState, Outcome>,
        config: &InstanceConfig,
        now: Instant,
    ) -> HealthAction {
        self.ask_from = Some(now + STATE_INTERVAL);
        let for_contact = std::mem::take(&mut self.contact_put_off);
        let halted = |halt| StopReason::Halted(halt, "getStateInstance".to_owned());
        match state {
            Ok(InstanceState::NotAuthorized) => HealthAction::Stop(halted(Halt::NotAuthorized)),
            Ok(InstanceState::Blocked) => HealthAction::Stop(halted(Halt::Blocked)),
            Ok(state @ (InstanceState::YellowCard | InstanceState::Suspended)) => {
                self.pause(state, config, now)
            }
            // An instance that starts puts contacts off by itself, or keeps them for its phone.
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
                if halt != Halt::QuotaExceeded && (for_contact || self.bad.is_some()) =>
            {
                HealthAction::Stop(StopReason::Halted(halt, words))
            }
            Err(outcome) => {
                tracing::info!("the state of the instance is not known: {outcome:?}");
                // What was known before still counts, and patience with it.
                if let Some((state, _)) = self.bad.clone() {
                    return self.pause(state, config, now);
                }
                self.note_refusal(outcome, now);
                HealthAction::Continue
            }
        }
    }

    /// In these states the service accepts contacts and delivers none (source: its page on tracking
    /// the status), so nothing is started until they are over or patience is. They last for hours: an instance
    /// that is not to wait ends at once.
    fn pause(
        &mut self,
        state: InstanceState,
        config: &InstanceConfig,
        now: Instant,
    ) -> HealthAction {
        if !config.waits {
            return HealthAction::Stop(StopReason::NotWaited(LongWait::State(state)));
        }
        let since = self.bad.as_ref().map_or(now, |(_, since)| *since);
        let last = since + config.patience;
        if now >= last {
            return HealthAction::Stop(StopReason::State(state));
        }
        self.forget((now + CHECK_INTERVAL).min(last));
        self.bad = Some((state, since));
        HealthAction::Pause
    }

    fn note_refusal(&mut self, outcome: Outcome, now: Instant) {
        self.check_at = now + CHECK_INTERVAL;
        self.is_unknown = false;
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
