//! What an instance contributes to each batch, and how it handles the result.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    EngineMessage, Event, StopReason, Transport,
    check_queue::CheckQueue,
    checks::ChecksCommit,
    run::Run,
    worker::{Committing, Worker},
};
use crate::{
    domain::Status,
    i18n::Language,
    ledger::{
        FailedHistory, FailedPart, InFlight, InstanceBatch, InstanceCommit, LedgerError,
        RatesToShare, RowOutcome, RowResult,
    },
    rate_limit::Rate,
};

impl<W: Transport> Worker<W> {
    /// Takes the instance's part of the next batch: the outcomes that have arrived, and the number of messages to
    /// begin.
    pub(super) fn take_batch_part(&mut self, run: &mut Run<'_>, now: Instant) -> InstanceBatch {
        let begin = self.begin_budget(run, now);
        let has_answers = self.checks.as_ref().is_some_and(CheckQueue::has_answers);
        if self.settled.is_empty() && begin == 0 && !has_answers {
            return InstanceBatch::default();
        }
        let commit_took = run.commit_took;
        let checks = self
            .checks
            .as_mut()
            .map(|checks| checks.take_batch_part(commit_took, now));
        let settle = std::mem::take(&mut self.settled);
        let statuses = settle
            .iter()
            .filter_map(|settlement| status(&settlement.verdict))
            .collect();
        run.begun_rows += begin as u64;
        self.committing = Some(Committing { begin, statuses });
        InstanceBatch {
            settle,
            begin,
            rates: Some(RatesToShare {
                contacts: self.rate_limiter.rate().per_second(),
                checks: Rate::ACCOUNT_CHECKS.per_second(),
                clock: run.config.clock.steady(),
            }),
            rules: self.config.rules.clone(),
            checks,
        }
    }

    /// Applies what the ledger has committed.
    pub(super) fn take_commit(&mut self, run: &mut Run<'_>, committed: InstanceCommit) {
        run.checking = run.checking - self.checking + committed.checking;
        self.checking = committed.checking;
        // A broken send history concerns every instance that shares the batch, even one with an empty part.
        if let Some(failed) = committed.without_history {
            self.go_without_history(run, failed);
        }
        let Some(Committing { begin, statuses }) = self.committing.take() else {
            return;
        };
        for status in statuses {
            run.report(Some(self.number), Event::Settled(status));
        }
        for _ in 0..committed.missing {
            run.report(Some(self.number), Event::Settled(Status::Failed));
        }
        self.exhausted = committed.exhausted;
        let checks = ChecksCommit {
            has_found_nothing: begin > 0
                && committed.rate_used_for.is_none()
                && committed.begun.is_empty()
                && committed.to_check.is_empty(),
            to_check: committed.to_check,
            budget_used: committed.budget_used,
        };
        self.take_check_commit(run, checks);
        run.begun_rows -= (begin - committed.begun.len()) as u64;
        self.begun.extend(committed.begun);
        if let Some(held) = committed.held {
            self.hold.hold(held, run.wall_clock());
        }
        let from_now = |at: Timestamp| {
            let wait = Duration::try_from(at.duration_since(run.wall_clock()));
            Instant::now() + wait.unwrap_or(Duration::ZERO)
        };
        if let Some(at) = committed.not_before {
            self.hold.space_until(from_now(at));
        }
        self.rate_used_until = committed.rate_used_for.map(|wait| Instant::now() + wait);
    }

    /// Puts back what a failed batch did not record so that the next batch records it; drops it if there is no other
    /// attempt.
    pub(super) fn take_back(&mut self, part: FailedPart, again: bool) {
        self.committing = None;
        if again {
            self.settled.extend(part.settle);
            if let Some(checks) = &mut self.checks {
                checks.answers.extend(part.answers);
            }
        }
    }

    /// Queues the verdict on a row for the next batch.
    pub(super) fn settle(&mut self, run: &mut Run<'_>, begun: &InFlight, verdict: RowOutcome) {
        if matches!(
            verdict,
            RowOutcome::NotTaken | RowOutcome::NotSent(_) | RowOutcome::Failed(_)
        ) {
            self.hold.release();
        }
        if matches!(verdict, RowOutcome::NotTaken | RowOutcome::NotSent(_)) {
            self.exhausted = false;
            run.begun_rows = run.begun_rows.saturating_sub(1);
        }
        self.settled.push(RowResult {
            row: begun.row,
            verdict,
        });
    }

    /// Returns a row that was begun and may not be sent now.
    pub(super) fn settle_not_sent(&mut self, run: &mut Run<'_>, begun: &InFlight) {
        self.settle(run, begun, RowOutcome::NotSent(begun.last_request));
    }

    /// Returns how many messages to begin now: no more than the rate limiter permits during this commit and the next
    /// one, because a message that was begun but not sent becomes unknown after a crash.
    fn begin_budget(&self, run: &Run<'_>, now: Instant) -> usize {
        let held = self.is_ending(run)
            || self.exhausted
            || self.begins_blocked(run)
            || self.waits_for_check(now)
            || self.rate_used_until.is_some_and(|until| until > now);
        let lead = self.lead(run);
        if held
            || self.backoff.waiting_until(now.into_std()).is_some()
            || self.next_start() > now + lead
        {
            return 0;
        }
        let released = self.rate_limiter.rate().per_second() * 2.0 * lead.as_secs_f64();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most 5000, never negative"
        )]
        let ahead = if self.hold.is_spaced() || released < 1.0 {
            1
        } else {
            released.ceil() as usize + 1
        };
        self.free_slots(run, now)
            .min(ahead.saturating_sub(self.begun.len()))
    }

    /// Handles a broken send history: an instance with caps or checks needs it and stops; any other continues without
    /// it.
    fn go_without_history(&mut self, run: &mut Run<'_>, failed: FailedHistory) {
        let FailedHistory { error, ends_run } = failed;
        if ends_run {
            run.broken.get_or_insert(error);
            return;
        }
        let counts = self
            .config
            .rules
            .as_ref()
            .is_some_and(|rules| rules.schedule.caps.needs_history());
        let is_needed = counts || self.checks.is_some();
        if let (true, LedgerError::SendHistory { path, reason }) = (is_needed, &error) {
            self.stop(
                run,
                StopReason::SendHistory {
                    path: path.clone(),
                    reason: reason.clone(),
                },
            );
        } else {
            let reason = error.localized(Language::En);
            tracing::warn!(
                "{}",
                EngineMessage::WithoutSendHistory { reason }.localized(Language::En)
            );
            run.report(Some(self.number), Event::WithoutSendHistory(&error));
        }
    }
}

/// Returns the new status to report; nothing for a row that becomes pending again.
fn status(verdict: &RowOutcome) -> Option<Status> {
    Some(verdict.status()).filter(|status| *status != Status::Pending)
}
