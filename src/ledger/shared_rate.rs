//! The rates of an instance when several runs on this machine use it, one after the other or at once: of contacts, and
//! of checks of numbers. Each run keeps a rate by itself; here it leaves room for what others have begun lately, as the
//! send history knows it.
//!
//! What must stay true: as soon as others have begun something, all runs together begin no more requests within a
//! second than the rate allows. A request counts whatever the service answered. Times are those of a clock that all
//! processes of the machine share: each run learns the service's time by itself, up to a second off.

use std::{collections::VecDeque, time::Duration};

use super::{error::LedgerError, history_tx::HistoryTx, sql::begun::Kind};

/// A request leaves up to this long after it is begun.
const DELAY: Duration = Duration::from_millis(50);

/// Requests that are begun within this time are counted together, as begun at its start.
const STEP: Duration = Duration::from_millis(10);

/// What was begun longer ago is forgotten. So runs that send less than one contact in this time do not share their rate.
const KEPT: Duration = Duration::from_mins(1);

/// The rates of an instance, which all runs on this machine share.
#[derive(Debug, Clone, Copy)]
pub struct RatesToShare {
    /// Contacts per second.
    pub contacts: f64,
    /// Checks of numbers per second.
    pub checks: f64,
    /// The time since some fixed moment: never set, and the same for all processes of the machine.
    pub clock: fn() -> Duration,
}

/// A rate in one batch.
pub(super) struct SharedLimit<'a> {
    pub(super) kind: Kind,
    /// Requests per second.
    pub(super) per_second: f64,
    /// The time by the clock that all processes share.
    pub(super) now: Duration,
    /// Whether others may have written to the history since the last batch that asked.
    pub(super) others_wrote: bool,
    pub(super) history: &'a HistoryTx<'a>,
}

/// What a run has begun, and whether others use the instance too.
#[derive(Debug, Default)]
pub(super) struct SharedRate {
    /// The times at which this run has begun requests lately, and how many.
    begun: VecDeque<(Duration, usize)>,
    /// Whether others had begun something when that was last looked up.
    has_others: bool,
}

/// How many requests may be begun now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// As many as the run's own rate limiter permits.
    Own,
    /// At most so many.
    For(usize),
    /// None within this time.
    After(Duration),
}

impl Room {
    /// Returns how many of `asked` requests may be begun.
    pub(super) fn of(self, asked: usize) -> usize {
        match self {
            Self::Own => asked,
            Self::For(most) => asked.min(most),
            Self::After(_) => 0,
        }
    }

    /// Returns the time within which no request may be begun.
    pub(super) const fn wait(self) -> Option<Duration> {
        match self {
            Self::Own | Self::For(_) => None,
            Self::After(wait) => Some(wait),
        }
    }
}

impl SharedRate {
    /// Returns how many requests may be begun in this batch.
    pub(super) fn room(&mut self, limit: &SharedLimit<'_>) -> Result<Room, LedgerError> {
        let SharedLimit {
            per_second, now, ..
        } = *limit;
        let most = per_second.ceil();
        let window = Duration::from_secs_f64(most / per_second) + DELAY + STEP;
        let since = now.saturating_sub(window);
        while self.begun.pop_front_if(|(at, _)| *at <= since).is_some() {}
        if !limit.others_wrote && !self.has_others {
            return Ok(Room::Own);
        }
        // What is later is from before the machine was started.
        let all = limit.history.begun_between(limit.kind, (since, now))?;
        let own: usize = self.begun.iter().map(|(_, requests)| requests).sum();
        self.has_others = all.requests > own;
        let Some(first) = all.first.filter(|_| self.has_others) else {
            return Ok(Room::Own);
        };
        let left = at_least_one(most).saturating_sub(all.requests);
        Ok(if left > 0 {
            // More would wait for their permits, and leave together with what others begin later.
            Room::For(left.min(at_least_one(per_second * DELAY.as_secs_f64())))
        } else {
            Room::After((first + window).saturating_sub(now))
        })
    }

    /// Records that a batch begins requests.
    pub(super) fn note_begun(
        &mut self,
        requests: usize,
        limit: &SharedLimit<'_>,
    ) -> Result<(), LedgerError> {
        if requests == 0 {
            return Ok(());
        }
        let begun = (start_of_step(limit.now), requests);
        self.begun.push_back(begun);
        let kept = (limit.now.saturating_sub(KEPT), limit.now);
        limit.history.note_begun(limit.kind, begun, kept)
    }
}

fn start_of_step(at: Duration) -> Duration {
    Duration::from_secs(at.as_secs()) + STEP * (at.subsec_nanos() / STEP.subsec_nanos())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 1 and 100,000"
)]
const fn at_least_one(requests: f64) -> usize {
    requests.max(1.0) as usize
}
