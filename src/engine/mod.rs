//! The engine: takes pending messages from the ledger, hands each card to the service once, and
//! settles what became of it. Whoever watches is told by events.
//!
//! What must stay true: an intent is durable before its request leaves; the pace slot is taken
//! last; only what is proved not to have been taken becomes pending again.

mod backoff;
mod batches;
mod hold;
mod max_failures;
mod outcome;
mod run;
mod run_loop;
mod transport;
mod worker;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    domain::{Halt, Status, Throttle},
    green_api::{InstanceState, PhoneAs, ServiceClock},
    i18n::{self, Language, RunMessage},
    ledger::{ControlFile, LedgerError, Rules},
    rate_limit::RateLimiter,
    send_policy::Verdict,
};

pub use max_failures::MaxFailures;
pub use run::EventSink;
pub use run_loop::run;
pub use transport::Transport;

/// One instance at work in a run: the way to it, its pace, and what it may do.
#[derive(Debug)]
pub struct ActiveInstance<W> {
    /// The way to the instance.
    pub wire: W,
    /// When its next request may start.
    pub pace: RateLimiter,
    /// What it may do.
    pub conditions: InstanceConfig,
    /// Rows that wait for it; a lane without any asks nobody.
    pub pending: u64,
}

/// What one instance may do in a run.
#[derive(Debug, Clone)]
pub struct InstanceConfig {
    /// Requests under way at once, at least one.
    pub concurrency: usize,
    /// For how long trouble without a single clear answer is borne.
    pub patience: Duration,
    /// Uncertain answers in a row that stop the lane.
    pub uncertain_in_a_row: u32,
    /// How phone recipients go on the wire at first.
    pub phone_as: PhoneAs,
    /// Whether phones go as chat ids once the service asks for it.
    pub switch_to_chat_id: bool,
    /// Hours, caps and ends; without any every row may go at once. Caps need a book.
    pub rules: Option<Arc<Rules>>,
    /// Whether a lane bears waits of more than a minute, or ends instead (`--no-wait`).
    pub waits: bool,
    /// When the instance sent its last card, in milliseconds since 1970: the next one keeps its
    /// distance.
    pub last_sent: Option<i64>,
    /// Seeds the jitter of waits.
    pub seed: u64,
}

impl InstanceConfig {
    /// The longest wait of a lane that does not wait.
    pub(crate) const SHORT_WAIT: Duration = Duration::from_mins(1);

    /// For how long trouble is borne by a lane that waits, or does not.
    fn trouble_time(&self) -> Duration {
        if self.waits { self.patience } else { self.patience.min(Self::SHORT_WAIT) }
    }
}

/// What a run may do, all its lanes together.
#[derive(Debug, Clone)]
pub struct RunConfig {
    /// Cards that may be handed over.
    pub limit: Option<u64>,
    /// Refused cards that stop the run.
    pub max_failures: MaxFailures,
    /// Whether logs name recipients in full.
    pub log_personal_data: bool,
    /// Where another terminal says what it wants of the run.
    pub control: Option<ControlFile>,
    /// The clock by which hours, caps and ends hold, and whose time is recorded.
    pub clock: ServiceClock,
}

/// What the engine tells whoever watches.
#[derive(Debug)]
pub enum Event<'a> {
    /// A pending row has a new status, and that is on disk.
    Settled(Status),
    /// Nothing starts before `until`, for this reason.
    Waiting {
        /// Who asks for it.
        why: WaitReason<'a>,
        /// When the next request may start.
        until: Instant,
    },
    /// Nothing is begun for now.
    Pausing(&'a HoldReason),
    /// What held the run back is over.
    GoesOn,
    /// From here on phone recipients go as chat ids.
    Readdressed,
    /// What is sent from here on stands in no book; nothing has to be counted.
    WithoutBook(&'a LedgerError),
    /// Nothing new is started; what is under way is awaited.
    Stopping(&'a StopReason),
}

/// Why nothing starts for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason<'a> {
    /// The service asks for a pause.
    Throttled(Throttle),
    /// The service cannot be reached; what the network said.
    Unreachable(&'a str),
}

impl WaitReason<'_> {
    /// The reason for a person.
    #[must_use]
    pub fn localized(self, language: Language) -> String {
        match self {
            Self::Throttled(throttle) => throttle.localized(language),
            Self::Unreachable(words) => words.to_owned(),
        }
    }

    fn stop(self) -> StopReason {
        match self {
            Self::Throttled(throttle) => StopReason::Throttled(throttle),
            Self::Unreachable(words) => StopReason::Unreachable(words.to_owned()),
        }
    }
}

/// Why nothing is begun although rows are pending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldReason {
    /// The rules let none of them go now.
    Rules(Verdict, Arc<Rules>),
    /// The service would accept cards in this state and deliver none.
    State(InstanceState),
    /// Another terminal asked for it.
    Asked,
}

impl HoldReason {
    /// The reason for a person, in one sentence, without a stop at its end.
    #[must_use]
    pub fn localized(&self, language: Language) -> String {
        match self {
            Self::Rules(verdict, rules) => rules.schedule.sentence(*verdict, language).unwrap_or_default(),
            Self::State(state) => {
                RunMessage::BadState { state: state.as_word().to_owned() }.localized(language)
            }
            Self::Asked => RunMessage::Paused.localized(language),
        }
    }
}

/// A lane, or the whole run, that ended before every row was settled, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Which lane; nothing for all of them.
    pub lane: Option<usize>,
    /// Why.
    pub stop: StopReason,
}

/// Why a run, or one lane of it, ended before every row was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// The service takes nothing more until a person has done something.
    Halted(Halt, String),
    /// The service could not be reached for as long as patience lasts.
    Unreachable(String),
    /// The service put us off for as long as patience lasts.
    Throttled(Throttle),
    /// So many answers in a row were uncertain.
    Uncertain(u32),
    /// So many cards were refused.
    Failures(u64),
    /// The book of the instance broke, in which it has to count.
    Book {
        /// The book.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The limit of this run is reached.
    Limit,
    /// The rules let nothing more go now, or in this run.
    Rules(Verdict, Arc<Rules>),
    /// For as long as patience lasts the service would have accepted cards and delivered none.
    State(InstanceState),
    /// A wait of more than a minute, which the lane was told not to bear.
    NotWaited(LongWait),
    /// The start that was planned passed so long ago.
    Late(Duration),
    /// A person said no, or another terminal asked for it.
    Cancelled,
    /// A person or the system asked for it.
    Interrupted,
}

/// What a lane would have waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LongWait {
    /// The service would accept contacts in this state and deliver none.
    State(InstanceState),
    /// The service asks for a pause of this length.
    Pause(Throttle, Duration),
    /// The next contact may go so much later: `--spacing` or `--rate` say so.
    Next(Duration),
}

impl LongWait {
    /// What would have been waited for, and when to run again.
    #[must_use]
    pub fn localized(&self, language: Language) -> String {
        let time = |wait: &Duration| i18n::long(*wait, language);
        let words = match self {
            Self::State(state) => RunMessage::NotWaitedState { state: state.as_word().to_owned() },
            Self::Pause(by, wait) => {
                RunMessage::NotWaitedPause { why: by.localized(language), time: time(wait) }
            }
            Self::Next(wait) => RunMessage::NotWaitedNext { time: time(wait) },
        };
        i18n::alone(&words.localized(language))
    }
}

#[cfg(test)]
mod tests;
