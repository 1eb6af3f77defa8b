//! The checks of an instance: which numbers wait for one, and what was answered.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use crate::{
    ledger::{CheckAnswer, CheckResult, ChecksBatch, InFlight},
    rate_limit::{Rate, RateLimiter},
    send_policy::CheckPolicy,
};

/// The longest time that a check is expected to take: a row is taken at most this far ahead of its permit.
pub(super) const SLOW_CHECK: Duration = Duration::from_millis(500);

/// The checks of an instance.
pub(super) struct Checks {
    pub(super) policy: CheckPolicy,
    pub(super) rate_limiter: RateLimiter,
    /// They are noted, and wait for a permit.
    pub(super) to_start: VecDeque<InFlight>,
    pub(super) in_progress: Vec<Instant>,
    /// Answers that wait for the next commit.
    pub(super) answers: Vec<CheckResult>,
    /// The service checks no more.
    pub(super) is_over: bool,
    pub(super) is_end_reported: bool,
    /// The ledger can begin nothing before an answer comes.
    pub(super) waits: bool,
    pub(super) took: Duration,
}

impl Checks {
    pub(super) fn new(policy: CheckPolicy, now: Instant) -> Self {
        Self {
            policy,
            rate_limiter: RateLimiter::new(Rate::ACCOUNT_CHECKS, now.into_std()),
            to_start: VecDeque::new(),
            in_progress: Vec::new(),
            answers: Vec::new(),
            is_over: false,
            is_end_reported: false,
            waits: false,
            took: Duration::ZERO,
        }
    }

    /// How long before its permit a row is taken, so that its check is over by then.
    pub(super) const fn took(&self) -> Duration {
        self.took
    }

    /// Whether nothing can be begun before an answer comes.
    pub(super) const fn wait_for_answer(&self) -> bool {
        self.waits
    }

    pub(super) const fn has_answers(&self) -> bool {
        !self.answers.is_empty()
    }

    /// No check is under way, and no answer waits for the disk.
    pub(super) fn is_idle(&self) -> bool {
        self.to_start.is_empty() && self.in_progress.is_empty() && self.answers.is_empty()
    }

    /// When the next check may start, if one waits.
    pub(super) fn starts_at(&self) -> Option<Instant> {
        let next = Instant::from(self.rate_limiter.next());
        (!self.to_start.is_empty()).then_some(next)
    }

    /// What is recorded of them, and how many may begin while two commits run.
    pub(super) fn part(&mut self, commit_took: Duration) -> ChecksBatch {
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
            is_over: self.is_over,
        }
    }

    pub(super) fn answered(&mut self, row: &InFlight, answer: CheckAnswer) {
        self.waits = false;
        self.answers.push(CheckResult {
            row: row.row,
            recipient: row.message.recipient.clone(),
            answer,
        });
    }
}
