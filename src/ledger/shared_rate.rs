//! The rate of an instance when several runs on this machine send with it, one after the other or at once. Each run
//! keeps the rate by itself; here it leaves room for what others have begun lately, as the send history knows it.
//!
//! What must stay true: as soon as others have begun something, all runs together begin no more contacts within a
//! second than the rate allows. A contact counts whatever the service answered. Times are those of a clock that all
//! processes of the machine share: each run learns the service's time by itself, up to a second off.

use std::{collections::VecDeque, time::Duration};

use super::{error::LedgerError, history_tx::HistoryTx};

/// A contact leaves up to this long after it is begun.
const DELAY: Duration = Duration::from_millis(50);

/// Contacts that are begun within this time are counted together, as begun at its start.
const STEP: Duration = Duration::from_millis(10);

/// What was begun longer ago is forgotten. So runs that send less than one contact in this time do not share their rate.
const KEPT: Duration = Duration::from_mins(1);

/// The rate of an instance, which all runs on this machine share.
#[derive(Debug, Clone, Copy)]
pub struct RateToShare {
    /// Contacts per second.
    pub per_second: f64,
    /// The time since some fixed moment: never set, and the same for all processes of the machine.
    pub clock: fn() -> Duration,
}

/// What a run has begun, and whether others send too.
#[derive(Debug, Default)]
pub(super) struct SharedRate {
    /// The times at which this run has begun contacts lately, and how many.
    begun: VecDeque<(Duration, usize)>,
    /// Whether others had begun something when that was last looked up.
    has_others: bool,
}

/// How many contacts may be begun now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// As many as the run's own rate limiter permits.
    Own,
    /// At most so many.
    For(usize),
    /// None within this time.
    After(Duration),
}

impl SharedRate {
    /// Returns how many contacts may be begun at this time.
    pub(super) fn room(
        &mut self,
        per_second: f64,
        now: Duration,
        history: &HistoryTx<'_>,
    ) -> Result<Room, LedgerError> {
        let limit = per_second.ceil();
        let window = Duration::from_secs_f64(limit / per_second) + DELAY + STEP;
        let since = now.saturating_sub(window);
        while self.begun.pop_front_if(|(at, _)| *at <= since).is_some() {}
        if !history.others_wrote() && !self.has_others {
            return Ok(Room::Own);
        }
        // What is later is from before the machine was started.
        let all = history.begun_between((since, now))?;
        let own: usize = self.begun.iter().map(|(_, contacts)| contacts).sum();
        self.has_others = all.contacts > own;
        let Some(first) = all.first.filter(|_| self.has_others) else {
            return Ok(Room::Own);
        };
        let left = at_least_one(limit).saturating_sub(all.contacts);
        Ok(if left > 0 {
            // More would wait for their permits, and leave together with what others begin later.
            Room::For(left.min(at_least_one(per_second * DELAY.as_secs_f64())))
        } else {
            Room::After((first + window).saturating_sub(now))
        })
    }

    /// Records that a batch began contacts at this time.
    pub(super) fn note_begun(
        &mut self,
        contacts: usize,
        now: Duration,
        history: &HistoryTx<'_>,
    ) -> Result<(), LedgerError> {
        if contacts == 0 {
            return Ok(());
        }
        let at = start_of_step(now);
        self.begun.push_back((at, contacts));
        history.note_begun((at, contacts), (now.saturating_sub(KEPT), now))
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
const fn at_least_one(contacts: f64) -> usize {
    contacts.max(1.0) as usize
}
