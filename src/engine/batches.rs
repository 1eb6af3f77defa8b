//! The turns of the ledger: what is settled and begun together, and how much of it.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    Event, StopReason, Transport,
    run::Run,
    run_loop::{Commit, Engine, QUICK_COMMIT},
    worker::{Committing, Worker},
};
use crate::{
    domain::Status,
    green_api::Reading,
    ledger::{Batch, CommitResult, InstanceBatch, InstanceCommit, LedgerError, RowOutcome},
};

/// Nor is it expected to take longer: that is how far ahead of the pace a message is begun.
const SLOW_COMMIT: Duration = Duration::from_millis(50);

impl<W: Transport> Engine<'_, W> {
    pub(super) fn commit_what_gathered(&mut self, now: Instant) {
        if self.committing.is_some() {
            return;
        }
        let Self { workers, run, .. } = self;
        let parts: Vec<InstanceBatch> = workers
            .iter_mut()
            .map(|worker| worker.part(run, now))
            .collect();
        if parts
            .iter()
            .any(|part| part.begin > 0 || !part.settle.is_empty())
        {
            let Reading { at, is_of_service } = self.run.conditions.clock.read();
            let turn = Batch {
                parts,
                now: at,
                by_service: is_of_service,
            };
            self.run.is_committing = true;
            self.committing = Some(Commit {
                answer: self.door.commit(turn),
                since: now,
            });
        }
    }

    pub(super) fn take_commit(&mut self, result: Option<CommitResult>) {
        let Some(commit) = self.committing.take() else {
            return;
        };
        self.run.is_committing = false;
        match result {
            Some(Ok(parts)) => {
                self.run.commit_took = commit.since.elapsed().clamp(QUICK_COMMIT, SLOW_COMMIT);
                for (worker, part) in self.workers.iter_mut().zip(parts) {
                    worker.take_commit(&mut self.run, part);
                }
            }
            Some(Err(broken)) => {
                let again = self.run.broken.is_none();
                for (worker, settle) in self.workers.iter_mut().zip(broken.settle) {
                    worker.committing = None;
                    // Tried once more together with those that are still to come.
                    worker.settled.extend(settle.into_iter().filter(|_| again));
                }
                self.run.broken.get_or_insert(broken.error);
            }
            None => {
                self.workers
                    .iter_mut()
                    .for_each(|worker| worker.committing = None);
                self.run.broken = Some(LedgerError::Gone);
            }
        }
    }
}

impl<W: Transport> Worker<W> {
    /// What the instance has to record: the outcomes that have come, and how many messages to begin.
    fn part(&mut self, run: &mut Run<'_>, now: Instant) -> InstanceBatch {
        let begin = self.room(run, now);
        if self.settled.is_empty() && begin == 0 {
            return InstanceBatch::default();
        }
        let settle = std::mem::take(&mut self.settled);
        let statuses = settle
            .iter()
            .filter_map(|settlement| status(&settlement.verdict))
            .collect();
        run.handed_over += begin as u64;
        self.committing = Some(Committing { begin, statuses });
        InstanceBatch {
            settle,
            begin,
            rules: self.conditions.rules.clone(),
        }
    }

    /// How many messages to begin now: no more than the pace releases while the commit runs, for
    /// each one that is begun and not sent is an unknown after a crash.
    fn room(&self, run: &Run<'_>, now: Instant) -> usize {
        let held = self.is_ending(run) || self.exhausted || self.begins_blocked(run);
        let lead = run.commit_took;
        if held || self.backoff.waiting_until(now.into_std()).is_some() || self.slot() > now + lead
        {
            return 0;
        }
        let released = self.pace.rate().per_second() * lead.as_secs_f64();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most 5000, never negative"
        )]
        let ahead = if self.hold.is_spaced() {
            1
        } else {
            released.ceil() as usize + 1
        };
        self.free(run).min(ahead.saturating_sub(self.begun.len()))
    }

    /// Messages that concurrency and the limit still allow. In trouble one request feels its way;
    /// after uncertain answers no more are risked than may still become unknown.
    pub(super) fn free(&self, run: &Run<'_>) -> usize {
        let allowed = if self.backoff.in_trouble() {
            1
        } else if self.uncertain > 0 {
            let left = self
                .conditions
                .uncertain_in_a_row
                .saturating_sub(self.uncertain)
                .max(1);
            self.conditions.concurrency.min(left as usize)
        } else {
            self.conditions.concurrency
        };
        let left = run.conditions.limit.map_or(usize::MAX, |limit| {
            usize::try_from(limit.saturating_sub(run.handed_over)).unwrap_or(usize::MAX)
        });
        allowed
            .saturating_sub(self.begun.len() + self.cards_under_way)
            .min(left)
    }

    /// An instance that has to count cannot go on.
    fn go_without_book(&mut self, run: &mut Run<'_>, error: &LedgerError) {
        let counts = self
            .conditions
            .rules
            .as_ref()
            .is_some_and(|rules| rules.schedule.caps.need_a_book());
        if let (true, LedgerError::Book { path, reason }) = (counts, error) {
            self.stop(
                run,
                StopReason::Book {
                    path: path.clone(),
                    reason: reason.clone(),
                },
            );
        } else {
            run.tell(Some(self.number), Event::WithoutBook(error));
        }
    }

    fn take_commit(&mut self, run: &mut Run<'_>, committed: InstanceCommit) {
        let Some(Committing { begin, statuses }) = self.committing.take() else {
            return;
        };
        for status in statuses {
            run.tell(Some(self.number), Event::Settled(status));
        }
        self.exhausted = committed.exhausted;
        run.handed_over -= (begin - committed.begun.len()) as u64;
        self.begun.extend(committed.begun);
        if let Some(held) = committed.held {
            self.hold.hold(held, run.wall_clock());
        }
        if let Some(at) = committed.not_before {
            let wait = at.saturating_sub(run.wall_clock().as_millisecond());
            let wait = Duration::from_millis(u64::try_from(wait).unwrap_or_default());
            self.hold.space_for(wait);
        }
        if let Some(error) = committed.without_book {
            self.go_without_book(run, &error);
        }
    }
}

/// The status that a person sees move; a row that comes back stays pending.
const fn status(verdict: &RowOutcome) -> Option<Status> {
    match verdict {
        RowOutcome::Accepted(_) => Some(Status::Accepted),
        RowOutcome::Failed(_) => Some(Status::Failed),
        RowOutcome::Unknown(_) => Some(Status::Unknown),
        RowOutcome::NotTaken | RowOutcome::NotSent => None,
    }
}
