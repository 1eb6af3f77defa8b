//! The rate of an instance when several runs on this machine send with it, one after the other or at once. Each run
//! keeps the rate by itself; here it leaves room for what others have begun within the last second, as the send history
//! knows it.
//!
//! What must stay true: as soon as others have begun something, all runs together begin no more contacts within a
//! second than the rate allows.

use std::{collections::VecDeque, time::Duration};

use jiff::Timestamp;

use super::{error::LedgerError, history_tx::HistoryTx};

/// A contact leaves up to this long after it is begun.
const DELAY: Duration = Duration::from_millis(50);

/// What a run has begun, and whether others send too.
#[derive(Debug, Default)]
pub(super) struct SharedRate {
    /// When this run began its first contact.
    own_first: Option<Timestamp>,
    /// The batches of the last second that began contacts, and how many.
    begun: VecDeque<(Timestamp, usize)>,
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
    /// None before this time.
    NotBefore(Timestamp),
}

impl SharedRate {
    /// Returns how many contacts may be begun at a rate, in contacts per second.
    pub(super) fn room(
        &mut self,
        rate: f64,
        now: Timestamp,
        history: &HistoryTx<'_>,
    ) -> Result<Room, LedgerError> {
        let window = Duration::from_secs_f64(1.0 / rate.min(1.0)) + DELAY;
        let since = now.checked_sub(window).unwrap_or(Timestamp::MIN);
        while self.begun.pop_front_if(|(at, _)| *at <= since).is_some() {}
        if !self.has_others && !history.may_have_others() {
            return Ok(Room::Own);
        }
        // The clock of another run may be a little ahead. What is later was begun before the clock was set back.
        let until = now.checked_add(window).unwrap_or(Timestamp::MAX);
        let others = history.begun_by_others((since, until), self.own_first.unwrap_or(now))?;
        self.has_others = others.contacts > 0;
        let Some(first_of_others) = others.first else {
            return Ok(Room::Own);
        };
        let own: usize = self.begun.iter().map(|(_, contacts)| contacts).sum();
        let left = at_least_one(rate).saturating_sub(own + others.contacts);
        if left > 0 {
            // More would wait for their permits, and leave together with what others begin later.
            return Ok(Room::For(
                left.min(at_least_one(rate * DELAY.as_secs_f64())),
            ));
        }
        let own_first = self.begun.front().map(|(at, _)| *at);
        let first = own_first.map_or(first_of_others, |own| own.min(first_of_others));
        let free = first.min(now).checked_add(window);
        Ok(Room::NotBefore(free.unwrap_or(Timestamp::MAX)))
    }

    /// Records that a batch began contacts.
    pub(super) fn note_begun(&mut self, contacts: usize, now: Timestamp) {
        if contacts > 0 {
            self.own_first.get_or_insert(now);
            self.begun.push_back((now, contacts));
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 1 and 100,000"
)]
const fn at_least_one(contacts: f64) -> usize {
    contacts.max(1.0) as usize
}
