//! The checks of an instance: which numbers wait for one, and what was answered.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use crate::{
    ledger::{CheckAnswer, CheckResult, ChecksBatch, InFlight, RowId},
    rate_limit::{Rate, RateLimiter},
    send_policy::CheckPolicy,
};

/// The longest time that a check is expected to take: a row is taken at most this far ahead of its permit, and one whose
/// check takes longer keeps no other row from going.
pub(super) const SLOW_CHECK: Duration = Duration::from_millis(500);

/// The checks of an instance.
pub(super) struct CheckQueue {
    pub(super) policy: CheckPolicy,
    pub(super) rate_limiter: RateLimiter,
    /// They are noted, and wait for a permit.
    pub(super) to_start: VecDeque<InFlight>,
    /// Of which rows, and since when.
    pub(super) in_progress: Vec<(RowId, Instant)>,
    /// Answers that wait for the next commit.
    pub(super) answers: Vec<CheckResult>,
    /// The service checks no more.
    pub(super) is_over: bool,
    pub(super) is_end_reported: bool,
    /// The ledger can begin nothing before an answer comes, or one more check is slow than are now.
    pub(super) waits: Option<usize>,
    pub(super) took: Duration,
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
            waits: None,
            took: Duration::ZERO,
        }
    }

    /// How long before its permit a row is taken, so that its check is over by then.
    pub(super) const fn took(&self) -> Duration {
        self.took
    }

    /// Whether nothing can be begun before an answer comes.
    pub(super) fn wait_for_answer(&self, now: Instant) -> bool {
        self.waits.is_some_and(|slow| slow == self.slow(now))
    }

    /// How many checks take long.
    pub(super) fn slow(&self, now: Instant) -> usize {
        let is_slow = |(_, since): &&(RowId, Instant)| *since + SLOW_CHECK <= now;
        self.in_progress.iter().filter(is_slow).count()
    }

    pub(super) const fn has_answers(&self) -> bool {
        !self.answers.is_empty()
    }

    /// No check is under way, and no answer waits for the disk.
    pub(super) fn is_idle(&self) -> bool {
        self.to_start.is_empty() && self.in_progress.is_empty() && self.answers.is_empty()
    }

    /// When the next check may start, if one waits, or is slow.
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        let start = (!self.to_start.is_empty()).then(|| Instant::from(self.rate_limiter.next()));
        let turns = self
            .in_progress
            .iter()
            .map(|(_, since)| *since + SLOW_CHECK);
        turns.filter(|at| *at > now).chain(start).min()
    }

    /// What is recorded of them, and how many may begin while two commits run.
    pub(super) fn part(&mut self, commit_took: Duration, now: Instant) -> ChecksBatch {
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

    pub(super) fn answered(&mut self, row: &InFlight, answer: CheckAnswer) {
        self.waits = None;
        self.answers.push(CheckResult {
            row: row.row,
            recipient: row.message.recipient.clone(),
            answer,
        });
    }
}
