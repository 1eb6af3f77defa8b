//! What the engine and the ledger exchange: outcomes to record and messages to begin, in batches.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use super::{
    error::LedgerError,
    rules::{BlockedUntil, Rules, Zones},
    shared_rate::RatesToShare,
};
use crate::{
    domain::{IdMessage, Lid, Message, Recipient, Status},
    send_policy::CheckPolicy,
};

/// Identifies a row of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub(super) i64);

#[cfg(test)]
impl RowId {
    /// Creates an id that belongs to no ledger.
    pub(crate) const fn for_tests(id: i64) -> Self {
        Self(id)
    }
}

/// The verdict on a row that was being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowResult {
    /// Which row.
    pub row: RowId,
    /// The verdict.
    pub verdict: RowOutcome,
}

/// The verdict: what becomes of a row that was being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowOutcome {
    /// The service queued the contact.
    Accepted(IdMessage),
    /// The service refused the contact, with these words.
    Failed(String),
    /// It is not known whether the service took the contact, for this reason.
    Unknown(String),
    /// The row is pending again: the request was sent, and the service provably took nothing.
    NotTaken,
    /// The row is pending again: no request was sent. Holds when its last request was begun before, if any was.
    NotSent(Option<Timestamp>),
}

impl RowOutcome {
    /// Returns the new status of the row.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::Accepted(_) => Status::Accepted,
            Self::Failed(_) => Status::Failed,
            Self::Unknown(_) => Status::Unknown,
            Self::NotTaken | Self::NotSent(_) => Status::Pending,
        }
    }

    /// Returns the service's id of the message, if the service accepted it.
    #[must_use]
    pub fn id_message(&self) -> Option<&str> {
        match self {
            Self::Accepted(id) => Some(id.as_str()),
            Self::Failed(_) | Self::Unknown(_) | Self::NotTaken | Self::NotSent(_) => None,
        }
    }
}

/// What is recorded in one transaction.
#[derive(Debug, Default)]
pub struct Batch {
    /// One part for each instance, in their order.
    pub parts: Vec<InstanceBatch>,
    /// The current time.
    pub now: Timestamp,
    /// Whether `now` is the service's time.
    pub by_service: bool,
}

/// The part of one instance in a batch.
#[derive(Debug, Default)]
pub struct InstanceBatch {
    /// Verdicts to record.
    pub settle: Vec<RowResult>,
    /// The maximum number of pending rows to begin.
    pub begin: usize,
    /// How many contacts and checks all runs of the instance may send together; `None` if that is not limited.
    pub rates: Option<RatesToShare>,
    /// The rules by which rows are begun; `None` if all rows may be sent.
    pub rules: Option<Arc<Rules>>,
    /// The checks of numbers; `None` if numbers are not checked.
    pub checks: Option<ChecksBatch>,
}

impl InstanceBatch {
    /// Whether the part has answers of checks to record.
    #[must_use]
    pub fn has_answers(&self) -> bool {
        let checks = self.checks.as_ref();
        checks.is_some_and(|checks| !checks.answers.is_empty())
    }
}

/// The checks of one instance in a batch: answers to record, and checks to begin.
#[derive(Debug)]
pub struct ChecksBatch {
    /// How numbers are checked.
    pub policy: CheckPolicy,
    /// Answers to record.
    pub answers: Vec<CheckResult>,
    /// The maximum number of checks to begin.
    pub begin: usize,
    /// The number of checks in progress that are slow: their rows do not take the place of other rows.
    pub slow: usize,
    /// The service makes no more checks, for example because its quota is used up.
    pub is_over: bool,
}

/// The result of the check of a row's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// Which row.
    pub row: RowId,
    /// The recipient whose number was checked.
    pub recipient: Recipient,
    /// The answer.
    pub answer: CheckAnswer,
}

/// What is known about a number after its check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckAnswer {
    /// The number has an account, which may have this hidden id.
    Exists(Option<Lid>),
    /// The number has no account.
    Missing,
    /// The service gave no clear answer.
    Unclear,
    /// The number was not checked.
    NotAsked,
}

/// A row that a batch took. Its intent is on disk, so it counts as unknown until it is settled. A row in
/// [`InstanceCommit::to_check`] is still pending; only its check has been recorded.
#[derive(Debug)]
pub struct InFlight {
    /// Which row.
    pub row: RowId,
    /// The row number that the spreadsheet shows.
    pub number: u64,
    /// What to send.
    pub message: Message,
    /// The zones in which the sending hours must hold.
    pub zones: Zones,
    /// The number of this attempt to send the row, from 1.
    pub attempt: u32,
    /// When the attempt before was begun, if there was one.
    pub last_request: Option<Timestamp>,
    /// The file that the row is from, if the campaign has several.
    pub source: Option<Box<str>>,
}

/// What a committed batch did for one instance.
#[derive(Debug, Default)]
pub struct InstanceCommit {
    /// Rows that the batch began, in the order of the input.
    pub begun: Vec<InFlight>,
    /// Rows whose numbers are to be checked before they are begun.
    pub to_check: Vec<InFlight>,
    /// The number of rows that wait for an answer about their number, or for their turn after it.
    pub checking: u64,
    /// The number of rows that failed because their number has no account.
    pub missing: u64,
    /// The month's budget of checks is used up.
    pub budget_used: bool,
    /// The instance has no pending row left.
    pub exhausted: bool,
    /// Set if every pending row of the instance was examined and none may be sent now.
    pub held: Option<BlockedUntil>,
    /// Nothing may be begun before this time, because another run of the instance has just sent.
    pub not_before: Option<Timestamp>,
    /// Nothing may be begun within this time, because other runs of the instance have used up its rate.
    pub rate_used_for: Option<Duration>,
    /// Set if the sends of the instance are not entered in a send history from now on.
    pub without_history: Option<FailedHistory>,
}

/// A send history that failed during a batch.
#[derive(Debug)]
pub struct FailedHistory {
    /// Why.
    pub error: LedgerError,
    /// Whether the run must end: with `--not-again-within`, only this history knows to whom other campaigns wrote.
    pub ends_run: bool,
}

/// A batch that failed: nothing of it is on disk.
#[derive(Debug)]
pub struct FailedBatch {
    /// Why.
    pub error: LedgerError,
    /// The verdicts and check answers of each instance, to be tried once more.
    pub parts: Vec<FailedPart>,
}

/// The part of one instance in a failed batch.
#[derive(Debug, Default)]
pub struct FailedPart {
    /// Verdicts that were not recorded.
    pub settle: Vec<RowResult>,
    /// Check answers that were not recorded.
    pub answers: Vec<CheckResult>,
}

impl From<InstanceBatch> for FailedPart {
    fn from(part: InstanceBatch) -> Self {
        Self {
            settle: part.settle,
            answers: part.checks.map(|checks| checks.answers).unwrap_or_default(),
        }
    }
}

/// What a batch did for each instance, or the failed batch.
pub type CommitResult = Result<Vec<InstanceCommit>, FailedBatch>;
