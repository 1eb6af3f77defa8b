//! The checks of an instance: the numbers that wait for one, those being checked, and the answers.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use crate::{
    ledger::{CheckAnswer, CheckResult, ChecksBatch, InFlight, RowId},
    rate_limit::{Rate, RateLimiter},
    send_policy::CheckPolicy,
};

/// The longest time that a check is expected to take. A row is taken at most this long before its permit, and a check
/// that takes longer no longer holds up other rows.
pub(super) const SLOW_CHECK: Duration = Duration::from_millis(500);

/// The checks of an instance that wait, are in progress, or have an answer.
pub(super) struct CheckQueue {
    pub(super) policy: CheckPolicy,
    pub(super) rate_limiter: RateLimiter,
    /// Rows whose check is noted in the send history and waits for a permit.
    pub(super) to_start: VecDeque<InFlight>,
    /// The rows whose number is being checked, and when each check started.
    pub(super) in_progress: Vec<(RowId, Instant)>,
    /// Answers that wait for the next commit.
    pub(super) answers: Vec<CheckResult>,
    /// The service makes no more checks.
    pub(super) is_over: bool,
    pub(super) is_end_reported: bool,
    /// Set while the ledger can begin no row until an answer arrives or another check becomes slow; holds the number of
    /// checks that were slow then.
    pub(super) blocked_with_slow: Option<usize>,
    /// How long the last check took, at most [`SLOW_CHECK`]. A row is taken this long before its permit, so that its
    /// check is finished by then.
    pub(super) last_check_took: Duration,
}

impl CheckQueue {
    pub(super) fn new(policy: CheckPolicy, now: Instant) -> Self {
        Self {
            policy,
            rate_limiter: RateLimiter::new(Rate::ACCOUNT_CHECKS, now.into_std()),
            to_start: VecDeque::new(),
            in_progress: Vec::new(),
            answers: Vec::new(),
            is_over: false,
            is_end_reported: false,
            blocked_with_slow: None,
            last_check_took: Duration::ZERO,
        }
    }

    /// Whether no row can be begun before an answer arrives or another check becomes slow.
    pub(super) fn is_blocked(&self, now: Instant) -> bool {
        self.blocked_with_slow
            .is_some_and(|slow| slow == self.slow(now))
    }

    /// Counts the checks that have been in progress for longer than [`SLOW_CHECK`].
    pub(super) fn slow(&self, now: Instant) -> usize {
        let is_slow = |(_, since): &&(RowId, Instant)| *since + SLOW_CHECK <= now;
        self.in_progress.iter().filter(is_slow).count()
    }

    pub(super) const fn has_answers(&self) -> bool {
        !self.answers.is_empty()
    }

    /// Whether no check is waiting or in progress and no answer waits for a commit.
    pub(super) fn is_idle(&self) -> bool {
        self.to_start.is_empty() && self.in_progress.is_empty() && self.answers.is_empty()
    }

    /// Returns when the next check may start or the next one in progress becomes slow, whichever comes first.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        let start = (!self.to_start.is_empty()).then(|| Instant::from(self.rate_limiter.next()));
        let turns = self
            .in_progress
            .iter()
            .map(|(_, since)| *since + SLOW_CHECK);
        turns.filter(|at| *at > now).chain(start).min()
    }

    /// Takes the part of the next batch that concerns checks: the answers, and how many checks may begin during two
    /// commits.
    pub(super) fn take_batch_part(&mut self, commit_took: Duration, now: Instant) -> ChecksBatch {
        let released = Rate::ACCOUNT_CHECKS.per_second() * 2.0 * commit_took.as_secs_f64();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few"
        )]
        let ahead = released.ceil() as usize + 1;
        ChecksBatch {
            policy: self.policy,
            answers: std::mem::take(&mut self.answers),
            begin: ahead.saturating_sub(self.to_start.len()),
            slow: self.slow(now),
            is_over: self.is_over,
        }
    }

    pub(super) fn note_answer(&mut self, row: &InFlight, answer: CheckAnswer) {
        self.blocked_with_slow = None;
        self.answers.push(CheckResult {
            row: row.row,
            recipient: row.message.recipient.clone(),
            answer,
        });
    }
}
