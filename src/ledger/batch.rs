//! What the engine and the ledger hand each other: outcomes to record and messages to begin, in batches.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    error::LedgerError,
    rules::{BlockedUntil, Rules, Zones},
};
use crate::{
    domain::{IdMessage, Lid, Message, Recipient, Status},
    send_policy::CheckPolicy,
};

/// Names a row of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub(super) i64);

#[cfg(test)]
impl RowId {
    /// A row of no ledger.
    pub(crate) const fn for_tests(id: i64) -> Self {
        Self(id)
    }
}

/// What became of a row that was being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowResult {
    /// Which row.
    pub row: RowId,
    /// What became of it.
    pub verdict: RowOutcome,
}

/// What becomes of a row that was being sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowOutcome {
    /// The service queued the contact.
    Accepted(IdMessage),
    /// The service refused the contact, with these words.
    Failed(String),
    /// Nobody knows, for this reason.
    Unknown(String),
    /// It is pending again: the request was sent, and it is proved that the service took nothing.
    NotTaken,
    /// It is pending again: no request was sent.
    NotSent,
}

impl RowOutcome {
    /// The status of the row now.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self {
            Self::Accepted(_) => Status::Accepted,
            Self::Failed(_) => Status::Failed,
            Self::Unknown(_) => Status::Unknown,
            Self::NotTaken | Self::NotSent => Status::Pending,
        }
    }

    /// The id of the message, if the service accepted it.
    #[must_use]
    pub fn id_message(&self) -> Option<&str> {
        match self {
            Self::Accepted(id) => Some(id.as_str()),
            Self::Failed(_) | Self::Unknown(_) | Self::NotTaken | Self::NotSent => None,
        }
    }
}

/// What is recorded together.
#[derive(Debug, Default)]
pub struct Batch {
    /// One an instance, in their order.
    pub parts: Vec<InstanceBatch>,
    /// What time it is.
    pub now: Timestamp,
    /// Whether that is the service's time.
    pub by_service: bool,
}

/// What one instance has to record.
#[derive(Debug, Default)]
pub struct InstanceBatch {
    /// Outcomes that have come.
    pub settle: Vec<RowResult>,
    /// At most this many pending rows are begun.
    pub begin: usize,
    /// By which rows are begun; without any all may go.
    pub rules: Option<Arc<Rules>>,
    /// How numbers are checked before; nothing where they are not.
    pub checks: Option<ChecksBatch>,
}

impl InstanceBatch {
    /// Whether answers of checks are recorded.
    #[must_use]
    pub fn has_answers(&self) -> bool {
        let checks = self.checks.as_ref();
        checks.is_some_and(|checks| !checks.answers.is_empty())
    }
}

/// What is recorded and begun of checks.
#[derive(Debug)]
pub struct ChecksBatch {
    /// How numbers are checked.
    pub policy: CheckPolicy,
    /// Answers that have come.
    pub answers: Vec<CheckResult>,
    /// At most this many checks are begun.
    pub begin: usize,
    /// So many of those under way take long: they keep no other row from its place.
    pub slow: usize,
    /// The service checks no more: its quota is used up.
    pub is_over: bool,
}

/// What came of the check of a row's number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// Which row.
    pub row: RowId,
    /// Whose number it is.
    pub recipient: Recipient,
    /// What is known now.
    pub answer: CheckAnswer,
}

/// What is known of a number after its check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckAnswer {
    /// It has an account, which may have this hidden id.
    Exists(Option<Lid>),
    /// It has none.
    Missing,
    /// The service does not tell.
    Unclear,
    /// It was not checked.
    NotAsked,
}

/// A row that a batch took. Its intent is on disk, so it counts as unknown until it is settled; in
/// [`InstanceCommit::to_check`] only its check is noted, and it is pending.
#[derive(Debug)]
pub struct InFlight {
    /// Which row.
    pub row: RowId,
    /// The row number that the spreadsheet shows.
    pub number: u64,
    /// What to send.
    pub message: Message,
    /// Where the hours have to hold.
    pub zones: Zones,
    /// Which request of the row it is, from 1.
    pub attempt: u32,
    /// The file of the row, if the campaign has several.
    pub source: Option<Box<str>>,
}

/// What a batch that is on disk did for one instance.
#[derive(Debug, Default)]
pub struct InstanceCommit {
    /// Begun by this batch, in the order of the input.
    pub begun: Vec<InFlight>,
    /// Their numbers are to be checked before they are begun.
    pub to_check: Vec<InFlight>,
    /// Rows that wait for an answer about their number, or for their turn after it.
    pub checking: u64,
    /// Rows that failed, for their number has no account.
    pub missing: u64,
    /// The checks that were allowed this month are used up.
    pub budget_used: bool,
    /// No row of the instance is pending any more.
    pub exhausted: bool,
    /// Every pending row of the instance was looked at, and none may go now.
    pub held: Option<BlockedUntil>,
    /// Another run of the instance has just sent: nothing is begun before.
    pub not_before: Option<Timestamp>,
    /// Why the sends of the instance are in no send history from here on.
    pub without_history: Option<LedgerError>,
}

/// A batch of which nothing is on disk.
#[derive(Debug)]
pub struct FailedBatch {
    /// Why.
    pub error: LedgerError,
    /// The outcomes of each instance and the answers of its checks, to be tried once more.
    pub parts: Vec<FailedPart>,
}

/// What one instance wanted to record.
#[derive(Debug, Default)]
pub struct FailedPart {
    /// Outcomes that have come.
    pub settle: Vec<RowResult>,
    /// Answers about numbers.
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

/// What a batch did for each instance, or that nothing of it is on disk.
pub type CommitResult = Result<Vec<InstanceCommit>, FailedBatch>;
