//! Which numbers are checked before their first contact, and what is known about them.
//!
//! What must stay true: a check is recorded in the send history before it is made, so that nobody is checked twice; it
//! is made only if the contact may be sent at once; and its answer is recorded before the row is begun.

use jiff::{Timestamp, tz::TimeZone};

use super::{
    Ledger,
    already_sent::moment_before,
    batch::{CheckAnswer, CheckResult, ChecksBatch},
    error::{LedgerError, explain_history},
    history_entries::digests,
    history_tx::HistoryTx,
    send_history::SendHistory,
    sql::{
        PendingRecord,
        checks::{self, RecordedAnswer},
    },
};
use crate::{
    domain::{Person, Recipient},
    send_policy::{CheckPolicy, IfUnknown},
};

/// A row that waits for an answer about its number, or for its turn after it.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) record: PendingRecord,
    pub(super) is_answered: bool,
}

/// What to do with a row, as far as its number is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CheckDecision {
    /// Send it.
    Go,
    /// Its number has no account.
    Missing,
    /// Check its number first.
    Check,
    /// Check its number later: no further check may begin now.
    Later,
    /// Leave it pending.
    Hold,
}

/// Decides about the checks of one instance in one batch.
pub(super) struct CheckGate<'a> {
    policy: CheckPolicy,
    /// The send history in which checks are recorded; `None` if there is none.
    own: Option<&'a HistoryTx<'a>>,
    /// The send histories of the other instances of the run.
    others: Vec<&'a HistoryTx<'a>>,
    now: Timestamp,
    /// How many more checks may begin.
    left: usize,
    /// How many more checks the budget of the month allows.
    budget: Option<u64>,
    is_over: bool,
    /// A check was not made because the budget is used up.
    pub(super) budget_used: bool,
}

impl<'a> CheckGate<'a> {
    pub(super) fn open(
        checks: &ChecksBatch,
        left: usize,
        own: Option<&'a HistoryTx<'a>>,
        others: Vec<&'a HistoryTx<'a>>,
        now: Timestamp,
    ) -> Result<Self, LedgerError> {
        let made = |history: &HistoryTx<'_>| {
            checks::made_since(history.tables.connection(), month_of(now))
                .map_err(|error| history.unusable(&error))
        };
        let budget = match (checks.policy.budget, own) {
            (Some(budget), Some(own)) => Some(budget.saturating_sub(made(own)?)),
            (budget, _) => budget,
        };
        Ok(Self {
            policy: checks.policy,
            own,
            others,
            now,
            left,
            budget,
            is_over: checks.is_over,
            budget_used: false,
        })
    }

    /// Decides what to do with a row for this recipient. Only a number can be checked.
    pub(super) fn decide(&mut self, recipient: &Recipient) -> Result<CheckDecision, LedgerError> {
        if recipient.chat().personal_digits().is_none() {
            return Ok(CheckDecision::Go);
        }
        match self.known(&recipient.person())? {
            Some(RecordedAnswer::Exists) => return Ok(CheckDecision::Go),
            Some(RecordedAnswer::Missing) => return Ok(CheckDecision::Missing),
            Some(RecordedAnswer::Unclear) => return Ok(self.if_unknown()),
            None => {}
        }
        if self.own.is_none() || self.is_over {
            return Ok(self.if_unknown());
        }
        if self.budget == Some(0) {
            self.budget_used = true;
            return Ok(self.if_unknown());
        }
        Ok(if self.left == 0 {
            CheckDecision::Later
        } else {
            CheckDecision::Check
        })
    }

    /// Records that the number of a recipient is about to be checked.
    pub(super) fn begin(&mut self, recipient: &Recipient) -> Result<(), LedgerError> {
        self.left = self.left.saturating_sub(1);
        self.budget = self.budget.map(|budget| budget.saturating_sub(1));
        let Some(own) = self.own else { return Ok(()) };
        let people = digests(&recipient.person());
        checks::begin(own.tables.connection(), &people[0], self.now)
            .map_err(|error| own.unusable(&error))
    }

    const fn if_unknown(&self) -> CheckDecision {
        match self.policy.if_unknown {
            IfUnknown::Send => CheckDecision::Go,
            IfUnknown::Hold => CheckDecision::Hold,
        }
    }

    /// Returns the answer of the last check by any instance that is recent enough to count.
    fn known(&self, person: &Person<'_>) -> Result<Option<RecordedAnswer>, LedgerError> {
        let since = moment_before(self.now, self.policy.memory);
        let mut last = None;
        for history in self.own.iter().chain(&self.others) {
            for chat in digests(person) {
                let known = checks::known(history.tables.connection(), &chat, since)
                    .map_err(|error| history.unusable(&error))?;
                last = [last, known]
                    .into_iter()
                    .flatten()
                    .max_by_key(|(at, _)| *at);
            }
        }
        Ok(last.map(|(_, known)| known))
    }
}

/// The checks that a run may make.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChecksAhead {
    /// How many numbers will be checked at most.
    pub numbers: u64,
    /// The number of checks that were made this month.
    pub used: u64,
}

impl Ledger {
    /// Returns how many numbers an instance will check at most, as far as its send history tells.
    ///
    /// # Errors
    /// [`LedgerError`] when the ledger or the send history cannot be read.
    pub fn checks_ahead(
        &self,
        instance: usize,
        policy: CheckPolicy,
        now: Timestamp,
    ) -> Result<ChecksAhead, LedgerError> {
        let Some(history) = self.send_history(instance) else {
            return Ok(ChecksAhead::default());
        };
        let used = history.checks_since(month_of(now))?;
        let since = moment_before(now, policy.memory);
        let (mut numbers, mut last) = (0, String::new());
        for row in self.pending_rows(instance)? {
            let row = row?;
            let is_number = row.person.ends_with("@c.us");
            if is_number && row.person != last && !history.knows_account(&row.person, since)? {
                numbers += 1;
            }
            last = row.person;
        }
        let left = policy.budget.map(|budget| budget.saturating_sub(used));
        Ok(ChecksAhead {
            numbers: left.map_or(numbers, |left| numbers.min(left)),
            used,
        })
    }
}

impl SendHistory {
    fn checks_since(&self, since: Timestamp) -> Result<u64, LedgerError> {
        checks::made_since(&self.connection, since)
            .map_err(|error| explain_history(self.path(), &error))
    }

    fn knows_account(&self, person: &str, since: Timestamp) -> Result<bool, LedgerError> {
        for chat in digests(&Person::behind(person)) {
            let known = checks::known(&self.connection, &chat, since);
            if known
                .map_err(|error| explain_history(self.path(), &error))?
                .is_some()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Records the answer of a check, or removes the record of a check that was not made.
pub(super) fn record(result: &CheckResult, history: &HistoryTx<'_>) -> Result<(), LedgerError> {
    let people = digests(&result.recipient.person());
    let chat = &people[0];
    let note = |known| checks::answer(history.tables.connection(), chat, known);
    let noted = match &result.answer {
        CheckAnswer::Exists(lid) => {
            let lid = lid.as_ref().map(|lid| Person::behind(lid.chat().as_str()));
            lid.map_or(Ok(()), |lid| {
                history.pairs.note_new();
                checks::keep_lid(history.tables.connection(), &digests(&lid)[0], chat)
            })
            .and_then(|()| note(RecordedAnswer::Exists))
        }
        CheckAnswer::Missing => note(RecordedAnswer::Missing),
        CheckAnswer::Unclear => note(RecordedAnswer::Unclear),
        CheckAnswer::NotAsked => checks::take_back(history.tables.connection(), chat),
    };
    noted.map_err(|error| history.unusable(&error))
}

/// Returns the beginning of the calendar month (UTC).
pub(super) fn month_of(now: Timestamp) -> Timestamp {
    let month = now.to_zoned(TimeZone::UTC).first_of_month();
    let begin = month.and_then(|day| day.start_of_day());
    begin.map_or(Timestamp::MIN, |begin| begin.timestamp())
}
