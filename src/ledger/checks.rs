//! Which numbers are checked before their first contact, and what is known of them.
//!
//! What must stay true: a check is noted in the send history before it is made, so that nobody is checked twice; it is
//! made only where the contact may go at once; and its answer is there before the row is begun.

use jiff::{Timestamp, tz::TimeZone};

use super::{
    Ledger,
    already_sent::moment_before,
    batch::{CheckAnswer, CheckResult, ChecksBatch},
    error::{LedgerError, explain, explain_history},
    history_entries::digests,
    history_tx::HistoryTx,
    send_history::SendHistory,
    sql::{
        self, PendingPage, PendingRecord,
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

/// What is to happen with a row, as far as its number is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CheckDecision {
    /// It is sent.
    Go,
    /// Its number has no account.
    Missing,
    /// Its number is checked first.
    Check,
    /// Its number is checked when it is its turn.
    Later,
    /// It stays pending.
    Hold,
}

/// The checks of one instance in one batch.
pub(super) struct CheckGate<'a> {
    policy: CheckPolicy,
    /// Where they are noted; nothing where nothing can be.
    own: Option<&'a HistoryTx<'a>>,
    /// What the other instances of the run know.
    others: Vec<&'a HistoryTx<'a>>,
    now: Timestamp,
    /// How many more may begin.
    left: usize,
    /// How many more the budget of the month allows.
    budget: Option<u64>,
    is_over: bool,
    /// A check was not made because the budget is used up.
    pub(super) budget_used: bool,
}

impl<'a> CheckGate<'a> {
    pub(super) fn open(
        checks: &ChecksBatch,
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
            left: checks.begin,
            budget,
            is_over: checks.is_over,
            budget_used: false,
        })
    }

    /// What is to happen with a row to this recipient. Only a number can be checked.
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

    /// Notes that the number of a recipient is checked.
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

    /// What the last check said that still counts, of whichever instance.
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

/// The checks that a run has before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChecksAhead {
    /// Numbers that will be checked at most.
    pub numbers: u64,
    /// Checks that were made this month.
    pub used: u64,
}

impl Ledger {
    /// How many numbers an instance will check at most, as far as its send history goes.
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
        let mut page = PendingPage {
            instance: self.may_send(instance)?,
            after: 0,
            most: PAGE,
        };
        loop {
            let rows = sql::pending_after(&self.connection, page)
                .map_err(|error| explain(&self.path, &error))?;
            let Some(end) = rows.last() else { break };
            page.after = end.position;
            for row in rows {
                let is_number = row.person.ends_with("@c.us");
                if is_number && row.person != last && !history.knows_account(&row.person, since)? {
                    numbers += 1;
                }
                last = row.person;
            }
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

/// Rows that are looked at together.
const PAGE: usize = 512;

/// Notes what a check said, or takes it back.
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

/// The beginning of the calendar month (UTC).
pub(super) fn month_of(now: Timestamp) -> Timestamp {
    let month = now.to_zoned(TimeZone::UTC).first_of_month();
    let begin = month.and_then(|day| day.start_of_day());
    begin.map_or(Timestamp::MIN, |begin| begin.timestamp())
}
