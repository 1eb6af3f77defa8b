//! The turns of the ledger: what is settled and begun together, and how much of it.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    super::{Event, Wire},
    Commit, Engine, QUICK_COMMIT,
};
use crate::{
    domain::Status,
    ledger::{Broken, Committed, LedgerError, Turn, Verdict},
};

/// Nor is it expected to take longer: that is how far ahead of the pace a message is begun.
const SLOW_COMMIT: Duration = Duration::from_millis(50);

impl<W: Wire> Engine<'_, W> {
    pub(super) fn commit_what_gathered(&mut self, now: Instant) {
        let begin = self.room(now);
        if self.committing.is_some() || (self.settled.is_empty() && begin == 0) {
            return;
        }
        let settle = std::mem::take(&mut self.settled);
        let statuses = settle.iter().filter_map(|settlement| status(&settlement.verdict)).collect();
        self.handed_over += begin as u64;
        let turn =
            Turn { settle, begin, now: (self.conditions.wall_clock)(), rules: self.conditions.rules.clone() };
        self.committing = Some(Commit { answer: self.door.commit(turn), since: now, begin, statuses });
    }

    /// How many messages to begin now: no more than the pace releases while the commit runs, for
    /// each one that is begun and not sent is an unknown after a crash.
    fn room(&self, now: Instant) -> usize {
        let held = self.stop.is_some() || self.broken.is_some() || self.exhausted || self.gate.is_shut();
        let lead = self.commit_took;
        if held || self.backoff.waiting_until(now.into_std()).is_some() || self.slot() > now + lead {
            return 0;
        }
        let released = self.pace.rate().per_second() * lead.as_secs_f64();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most 5000, never negative"
        )]
        let ahead = if self.gate.is_spaced() { 1 } else { released.ceil() as usize + 1 };
        self.free().min(ahead.saturating_sub(self.begun.len()))
    }

    /// Messages that concurrency and the limit still allow. In trouble one request feels its way;
    /// after uncertain answers no more are risked than may still become unknown.
    pub(super) fn free(&self) -> usize {
        let allowed = if self.backoff.in_trouble() {
            1
        } else if self.uncertain > 0 {
            let left = self.conditions.uncertain_in_a_row.saturating_sub(self.uncertain).max(1);
            self.conditions.concurrency.min(left as usize)
        } else {
            self.conditions.concurrency
        };
        let left = self.conditions.limit.map_or(usize::MAX, |limit| {
            usize::try_from(limit.saturating_sub(self.handed_over)).unwrap_or(usize::MAX)
        });
        allowed.saturating_sub(self.begun.len() + self.cards_under_way).min(left)
    }

    pub(super) fn take_commit(&mut self, result: Option<Result<Committed, Broken>>) {
        let Some(commit) = self.committing.take() else { return };
        match result {
            Some(Ok(committed)) => {
                self.commit_took = commit.since.elapsed().clamp(QUICK_COMMIT, SLOW_COMMIT);
                for status in commit.statuses {
                    (self.tell)(Event::Settled(status));
                }
                self.exhausted = committed.exhausted;
                self.handed_over -= (commit.begin - committed.begun.len()) as u64;
                self.begun.extend(committed.begun);
                if let Some(held) = committed.held {
                    self.hold(held);
                }
            }
            // The outcomes are tried once more together with those that are still to come.
            Some(Err(broken)) if self.broken.is_none() => {
                self.settled.extend(broken.settle);
                self.broken = Some(broken.error);
            }
            Some(Err(_)) => {}
            None => self.broken = Some(LedgerError::Gone),
        }
    }
}

/// The status that a person sees move; a row that comes back stays pending.
const fn status(verdict: &Verdict) -> Option<Status> {
    match verdict {
        Verdict::Accepted(_) => Some(Status::Accepted),
        Verdict::Failed(_) => Some(Status::Failed),
        Verdict::Unknown(_) => Some(Status::Unknown),
        Verdict::NotTaken | Verdict::NotSent => None,
    }
}
