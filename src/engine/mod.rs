//! The engine: takes pending messages from the ledger, hands each contact to the service once, and records its outcome.
//! Observers receive events.
//!
//! What must stay true: an intent is durable before its request leaves; the rate permit is taken last; a contact
//! becomes pending again only if the service provably did not accept it.

mod backoff;
mod batches;
mod check_queue;
mod checks;
mod health;
mod hold;
mod max_failures;
mod messages;
mod outcome;
mod requests;
mod restriction;
mod run;
mod run_loop;
mod stop_code;
mod transport;
mod worker;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;

use crate::{
    domain::{Halt, OwnWords, Status, Throttle},
    green_api::{InstanceState, PhoneAs, ServiceClock},
    i18n::{self, Language},
    ledger::{Control, LeaseWatch, LedgerError, Rules},
    rate_limit::RateLimiter,
    send_policy::{CheckPolicy, Verdict, Zone},
};

use messages::{ConnectionMessage, HoldMessage, LongWaitMessage};

pub use max_failures::{MaxFailures, MaxFailuresError};
pub use messages::EngineMessage;
pub use restriction::Restriction;
pub use run::EventSink;
pub use run_loop::run;
pub use transport::Transport;

/// One instance of a run: its connection, its rate limit and its configuration.
#[derive(Debug)]
pub struct ActiveInstance<W> {
    /// The connection to the instance.
    pub transport: W,
    /// Decides when the next request may start.
    pub rate_limiter: RateLimiter,
    /// Its configuration.
    pub config: InstanceConfig,
    /// The number of pending rows for this instance. Without rows, it sends no requests.
    pub pending: u64,
}

/// The configuration of one instance in a run.
#[derive(Debug, Clone)]
pub struct InstanceConfig {
    /// Maximum number of simultaneous requests, at least one.
    pub concurrency: usize,
    /// How long to keep retrying without a single clear answer.
    pub retry_for: Duration,
    /// The number of consecutive uncertain answers that stops the instance.
    pub uncertain_in_a_row: u32,
    /// How phone recipients are addressed initially.
    pub phone_as: PhoneAs,
    /// Whether phones are addressed by chat id once the service asks for it.
    pub switch_to_chat_id: bool,
    /// Hours, caps and deadline; `None` if every row may be sent at once. Caps need a send history.
    pub rules: Option<Arc<Rules>>,
    /// How numbers are checked before their first contact; `None` if they are not checked.
    pub checks: Option<CheckPolicy>,
    /// Whether the instance waits for longer than a minute, or ends instead (`--no-wait`).
    pub waits: bool,
    /// The time zone in which the end of a restriction is shown.
    pub zone: Zone,
    /// When the instance sent its last contact; the spacing of the next one counts from here.
    pub last_sent: Option<Timestamp>,
    /// Seeds the jitter of waits.
    pub seed: u64,
}

impl InstanceConfig {
    /// The longest wait with `--no-wait`.
    pub(crate) const SHORT_WAIT: Duration = Duration::from_mins(1);

    /// Returns how long to keep retrying; at most [`Self::SHORT_WAIT`] with `--no-wait`.
    fn trouble_time(&self) -> Duration {
        if self.waits {
            self.retry_for
        } else {
            self.retry_for.min(Self::SHORT_WAIT)
        }
    }
}

/// The configuration of a run, for all its instances together.
#[derive(Debug, Clone)]
pub struct RunConfig {
    /// The maximum number of contacts to send.
    pub limit: Option<u64>,
    /// The number of refused contacts that stops the run.
    pub max_failures: MaxFailures,
    /// Where another terminal asks to pause, resume or cancel.
    pub control: Option<Control>,
    /// Tells whether the instances may still send, if several machines share them.
    pub leases: Option<LeaseWatch>,
    /// The clock for hours, caps, deadlines and recorded times.
    pub clock: ServiceClock,
}

/// What the engine reports to its observer.
#[derive(Debug)]
pub enum Event<'a> {
    /// A pending row has a new status, which is on disk.
    Settled(Status),
    /// Nothing starts before `until`.
    Waiting {
        /// Why.
        why: WaitReason<'a>,
        /// When the next request may start.
        until: Instant,
        /// When the last attempt will be made.
        last: Instant,
        /// No request has left in this run.
        nothing_sent: bool,
    },
    /// WhatsApp restricts the number; the service was asked when the restriction ends.
    Restricted(&'a Restriction),
    /// The instance is authorized, for the first time in the run or again.
    Authorized,
    /// Nothing is begun for now.
    Pausing(&'a HoldReason),
    /// The run is no longer held back.
    Resumed,
    /// From now on phone recipients are addressed by chat id.
    SwitchedToChatId,
    /// Contacts sent from now on are not entered in the send history, because nothing in the run needs it.
    WithoutSendHistory(&'a LedgerError),
    /// No number is checked from now on.
    ChecksOver {
        /// Decides what happens to numbers that were not checked.
        policy: CheckPolicy,
        /// What the service said, if its quota is used up; `None` if the budget is used up.
        words: Option<&'a str>,
    },
    /// No new requests start; those in progress are awaited.
    Stopping(&'a StopReason),
}

/// Why nothing starts for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason<'a> {
    /// The service asks for a pause.
    Throttled(Throttle),
    /// The service cannot be reached, with the words of the network error.
    Unreachable(&'a str),
}

impl WaitReason<'_> {
    /// Returns the reason as text for people.
    #[must_use]
    pub fn localized(self, language: Language) -> String {
        match self {
            Self::Throttled(throttle) => throttle.localized(language),
            Self::Unreachable(words) => ConnectionMessage::CannotBeReached {
                why: no_connection(words, language),
            }
            .localized(language),
        }
    }

    fn stop(self) -> StopReason {
        match self {
            Self::Throttled(throttle) => StopReason::Throttled(throttle),
            Self::Unreachable(words) => StopReason::Unreachable(words.to_owned()),
        }
    }
}

/// Says in a few words why there is no connection. `words` are the chained error texts of several libraries.
#[must_use]
pub fn no_connection(words: &str, language: Language) -> String {
    let lower = words.to_lowercase();
    let message = if lower.contains("dns error") {
        ConnectionMessage::NoAddress
    } else if lower.contains("connection refused") {
        ConnectionMessage::Refused
    } else if lower.contains("no connection within") || lower.contains("timed out") {
        ConnectionMessage::Slow
    } else {
        return OwnWords::of_error(words, language);
    };
    message.localized(language)
}

/// Why nothing is begun although rows are pending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldReason {
    /// The send policy allows none of them now.
    Rules(Verdict, Arc<Rules>),
    /// WhatsApp restricts the number: the service would accept contacts and deliver none.
    State(Restriction),
    /// Another terminal asked for a pause.
    Asked,
}

impl HoldReason {
    /// Returns the reason as one sentence for people, without a full stop.
    #[must_use]
    pub fn localized(&self, language: Language) -> String {
        match self {
            Self::Rules(verdict, rules) => rules_sentence(*verdict, rules, language),
            Self::State(restriction) => HoldMessage::restricted(restriction, language),
            Self::Asked => HoldMessage::Paused.localized(language),
        }
    }
}

#[expect(clippy::expect_used, reason = "only `Verdict::Now` has no sentence")]
fn rules_sentence(verdict: Verdict, rules: &Rules, language: Language) -> String {
    rules
        .schedule
        .sentence(verdict, language)
        .expect("what holds a run has a sentence")
}

/// An instance, or the whole run, that ended before every row was settled, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// The index of the instance; `None` for the whole run.
    pub instance: Option<usize>,
    /// Why.
    pub stop: StopReason,
}

/// Why a run, or one instance of it, ended before every row was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// The service accepts nothing more until a person acts; with its words.
    Halted(Halt, String),
    /// The service could not be reached within `--retry-for`; with the words of the network error.
    Unreachable(String),
    /// The service was not reached even once.
    NeverReached(String),
    /// The service throttled all requests for as long as `--retry-for` allows.
    Throttled(Throttle),
    /// Too many consecutive uncertain answers: this many.
    Uncertain(u32),
    /// Too many refused contacts: this many.
    Failures(u64),
    /// The send history is broken, and caps or checks need it.
    SendHistory {
        /// The send history.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The limit of this run is reached.
    Limit,
    /// The send policy allows nothing more now, or in this run.
    Rules(Verdict, Arc<Rules>),
    /// For the whole of `--retry-for`, the service would have accepted contacts and delivered none.
    State(InstanceState),
    /// With `--no-wait`: a wait of more than a minute would be needed.
    NotWaited(LongWait),
    /// The planned start was missed by this much.
    Late(Duration),
    /// A person said no, or another terminal asked to cancel.
    Cancelled,
    /// A person or the system interrupted the process.
    Interrupted,
}

/// The reason for a wait of more than a minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LongWait {
    /// WhatsApp restricts the number: the service would accept contacts and deliver none.
    State(Restriction),
    /// The service asks for a pause of this length.
    Pause(Throttle, Duration),
    /// The next contact may be sent only after this time, because of `--spacing` or `--rate`.
    Next(Duration),
}

impl LongWait {
    /// Returns the reason for the wait, and when to run again, as text for people.
    #[must_use]
    pub fn localized(&self, language: Language) -> String {
        let time = |wait: &Duration| i18n::long(*wait, language);
        let words = match self {
            Self::State(restriction) => LongWaitMessage::restricted(restriction, language),
            Self::Pause(by, wait) => LongWaitMessage::Pause {
                why: by.localized(language),
                time: time(wait),
            },
            Self::Next(wait) => LongWaitMessage::Next { time: time(wait) },
        };
        i18n::alone(&words.localized(language))
    }
}

#[cfg(test)]
mod tests;
