//! The engine: takes pending messages from the ledger, hands each card to the service once, and
//! settles what became of it. Whoever watches is told by events.
//!
//! What must stay true: an intent is durable before its request leaves; the pace slot is taken
//! last; only what is proved not to have been taken becomes pending again.

mod backoff;
mod engine;
mod recognise;
mod reconcile;
mod track;
mod wire;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    calendar::Verdict,
    domain::{Halt, Status, Throttle},
    green_api::{InstanceState, PhoneAs, ServiceClock},
    ledger::{Control, LedgerError, Rules},
    pace::Pace,
    sentences::{self, Language, Running},
};

pub use engine::{Watcher, run};
pub use reconcile::{LookUp, Trouble, look_up};
pub use track::{TrackEvent, Tracking, Watch, track};
pub use wire::Wire;

/// One instance at work in a run: the way to it, its pace, and what it may do.
#[derive(Debug)]
pub struct Lane<W> {
    /// The way to the instance.
    pub wire: W,
    /// When its next request may start.
    pub pace: Pace,
    /// What it may do.
    pub conditions: LaneConditions,
    /// Rows that wait for it; a lane without any asks nobody.
    pub pending: u64,
}

/// What one instance may do in a run.
#[derive(Debug, Clone)]
pub struct LaneConditions {
    /// Requests under way at once, at least one.
    pub concurrency: usize,
    /// For how long trouble without a single clear answer is borne.
    pub patience: Duration,
    /// Uncertain answers in a row that stop the lane.
    pub uncertain_in_a_row: u32,
    /// How phone recipients go on the wire at first.
    pub phone_as: PhoneAs,
    /// Whether phones go as chat ids once the service asks for it.
    pub readdress: bool,
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

impl LaneConditions {
    /// The longest wait of a lane that does not wait.
    pub(crate) const SHORT_WAIT: Duration = Duration::from_mins(1);

    /// For how long trouble is borne by a lane that waits, or does not.
    fn trouble_time(&self) -> Duration {
        if self.waits { self.patience } else { self.patience.min(Self::SHORT_WAIT) }
    }
}

/// What a run may do, all its lanes together.
#[derive(Debug, Clone)]
pub struct Conditions {
    /// Cards that may be handed over.
    pub limit: Option<u64>,
    /// Refused cards that stop the run.
    pub max_failures: MaxFailures,
    /// Where another terminal says what it wants of the run.
    pub control: Option<Control>,
    /// The clock by which hours, caps and ends hold, and whose time is recorded.
    pub clock: ServiceClock,
}

/// How many cards may be refused before the run stops: a list whose rows all fail for one reason
/// is not sent to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaxFailures {
    /// So many.
    Rows(u64),
    /// So many in a hundred, counted once fifty cards have a clear answer.
    Percent(u8),
    /// Whichever of the two is reached first.
    Either(u64, u8),
}

impl MaxFailures {
    /// Clear answers before a share says anything.
    const ENOUGH: u64 = 50;

    const fn reached(self, failed: u64, clear: u64) -> bool {
        match self {
            Self::Rows(most) => failed >= most,
            Self::Percent(share) => clear >= Self::ENOUGH && failed * 100 > clear * share as u64,
            Self::Either(most, share) => {
                Self::Rows(most).reached(failed, clear) || Self::Percent(share).reached(failed, clear)
            }
        }
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let parts = |most: Self| match most {
            Self::Rows(rows) => (Some(rows), None),
            Self::Percent(share) => (None, Some(share)),
            Self::Either(rows, share) => (Some(rows), Some(share)),
        };
        let ((rows, share), (other_rows, other_share)) = (parts(self), parts(other));
        let rows = rows.into_iter().chain(other_rows).min();
        match (rows, share.into_iter().chain(other_share).min()) {
            (Some(rows), Some(share)) => Self::Either(rows, share),
            (Some(rows), None) => Self::Rows(rows),
            (None, share) => share.map_or(self, Self::Percent),
        }
    }
}

impl std::fmt::Display for MaxFailures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rows(rows) => write!(f, "{rows}"),
            Self::Percent(share) => write!(f, "{share}%"),
            Self::Either(rows, share) => write!(f, "{rows},{share}%"),
        }
    }
}

impl std::str::FromStr for MaxFailures {
    type Err = String;

    /// `20`, `10%`, or both with a comma between them.
    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((one, other)) = text.split_once(',') {
            return Ok(one.parse::<Self>()?.and(other.parse()?));
        }
        let wrong = || format!("{text} is neither a number of rows like 20 nor a share like 10%");
        match text.trim().strip_suffix('%') {
            Some(share) => {
                let share: u8 = share.trim().parse().map_err(|_| wrong())?;
                if share <= 100 { Ok(Self::Percent(share)) } else { Err(wrong()) }
            }
            None => match text.trim().parse() {
                Ok(0) | Err(_) => Err(wrong()),
                Ok(rows) => Ok(Self::Rows(rows)),
            },
        }
    }
}

/// What the engine tells whoever watches.
#[derive(Debug)]
pub enum Event<'a> {
    /// A pending row has a new status, and that is on disk.
    Settled(Status),
    /// Nothing starts before `until`, for this reason.
    Waiting {
        /// Who asks for it.
        why: Why<'a>,
        /// When the next request may start.
        until: Instant,
    },
    /// Nothing is begun for now.
    Pausing(&'a Pause),
    /// What held the run back is over.
    GoesOn,
    /// From here on phone recipients go as chat ids.
    Readdressed,
    /// What is sent from here on stands in no book; nothing has to be counted.
    WithoutBook(&'a LedgerError),
    /// Nothing new is started; what is under way is awaited.
    Stopping(&'a Stop),
}

/// Why nothing starts for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why<'a> {
    /// The service asks for a pause.
    Throttled(Throttle),
    /// The service cannot be reached; what the network said.
    Unreachable(&'a str),
}

impl Why<'_> {
    /// The reason for a person.
    #[must_use]
    pub fn say(self, language: Language) -> String {
        match self {
            Self::Throttled(throttle) => throttle.say(language),
            Self::Unreachable(words) => words.to_owned(),
        }
    }

    fn stop(self) -> Stop {
        match self {
            Self::Throttled(throttle) => Stop::Throttled(throttle),
            Self::Unreachable(words) => Stop::Unreachable(words.to_owned()),
        }
    }
}

/// Why nothing is begun although rows are pending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pause {
    /// The rules let none of them go now.
    Rules(Verdict, Arc<Rules>),
    /// The service would accept cards in this state and deliver none.
    State(InstanceState),
    /// Another terminal asked for it.
    Asked,
}

impl Pause {
    /// The reason for a person, in one sentence, without a stop at its end.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        match self {
            Self::Rules(verdict, rules) => rules.schedule.sentence(*verdict, language).unwrap_or_default(),
            Self::State(state) => Running::BadState { state: state.as_word().to_owned() }.say(language),
            Self::Asked => Running::Paused.say(language),
        }
    }
}

/// A lane, or the whole run, that ended before every row was settled, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Which lane; nothing for all of them.
    pub lane: Option<usize>,
    /// Why.
    pub stop: Stop,
}

/// Why a run, or one lane of it, ended before every row was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
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
    pub fn say(&self, language: Language) -> String {
        let time = |wait: &Duration| sentences::long(*wait, language);
        let words = match self {
            Self::State(state) => Running::NotWaitedState { state: state.as_word().to_owned() },
            Self::Pause(by, wait) => Running::NotWaitedPause { why: by.say(language), time: time(wait) },
            Self::Next(wait) => Running::NotWaitedNext { time: time(wait) },
        };
        sentences::alone(&words.say(language))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_failures_counts_only_after_fifty_clear_answers() {
        let ten_percent: MaxFailures = "10%".parse().unwrap();
        assert!(!ten_percent.reached(49, 49));
        assert!(ten_percent.reached(6, 50));
        assert!(!ten_percent.reached(5, 50));
        assert!(!"100%".parse::<MaxFailures>().unwrap().reached(80, 80));
        assert!("3".parse::<MaxFailures>().unwrap().reached(3, 3));
        for wrong in ["", "0", "-1", "101%", "many", "%"] {
            assert!(wrong.parse::<MaxFailures>().is_err(), "{wrong}");
        }
    }
}
