//! How an instance checks numbers and handles the answers.
//!
//! What must stay true: a number is checked immediately before its contact is sent, and only while contacts may be
//! sent.

use tokio::time::Instant;

use super::{
    Event, Transport,
    check_queue::SLOW_CHECK,
    outcome::{self, OutcomeAction},
    requests,
    run::Run,
    worker::Worker,
};
use crate::{
    domain::{AccountCheck, Halt, Outcome, Phone},
    failpoints::{self, Point},
    ledger::{CheckAnswer, InFlight},
    rate_limit::Permit,
};

impl<W: Transport> Worker<W> {
    /// Starts the checks that are due. Makes no check while nothing may be sent.
    pub(super) fn start_checks(&mut self, run: &mut Run<'_>, now: Instant, is_held: bool) {
        let number = self.number;
        let Some(checks) = &mut self.checks else {
            return;
        };
        while let Some(row) = checks.to_start.pop_front() {
            let phone = phone_of(&row);
            let may_go =
                !is_held && self.hold.may_still_go(run.wall_clock(), &row) && run.may_start(number);
            let Some(phone) = phone.filter(|_| may_go) else {
                checks.note_answer(&row, CheckAnswer::NotAsked);
                continue;
            };
            let Ok(permit) = checks.rate_limiter.take(now.into_std()) else {
                checks.to_start.push_front(row);
                return;
            };
            failpoints::fail_point(Point::BeforeCheck);
            checks.blocked_with_slow = None;
            checks.in_progress.push((row.row, now));
            tracing::debug!("row {}: is its number there?", row.number);
            let (transport, interrupts) = (self.transport.clone(), run.interrupts.clone());
            let request = requests::check_account(transport, row, phone, permit, interrupts);
            run.requests.spawn(async move { (number, request.await) });
        }
    }

    pub(super) fn take_check_answer(
        &mut self,
        run: &mut Run<'_>,
        row: &InFlight,
        permit: Permit,
        check: AccountCheck,
    ) {
        failpoints::fail_point(Point::AfterCheck);
        let now = Instant::now();
        let Some(checks) = &mut self.checks else {
            return;
        };
        if matches!(
            check,
            AccountCheck::Unclear(_) | AccountCheck::NotAsked(Outcome::Unreachable(_))
        ) {
            checks.rate_limiter.given_up(permit, now.into_std());
        } else {
            checks.rate_limiter.answered(permit, now.into_std());
        }
        let place = checks.in_progress.iter().position(|(id, _)| *id == row.row);
        if let Some(place) = place {
            let (_, since) = checks.in_progress.swap_remove(place);
            checks.last_check_took = now.duration_since(since).min(SLOW_CHECK);
        }
        log_check(row, &check);
        if is_clear(&check) {
            self.backoff.note_heard();
            self.backoff.note_clear_answer(now.into_std());
        }
        match check {
            AccountCheck::Exists { lid } => checks.note_answer(row, CheckAnswer::Exists(lid)),
            AccountCheck::Missing => checks.note_answer(row, CheckAnswer::Missing),
            AccountCheck::Unclear(_) | AccountCheck::Refused(_) => {
                checks.note_answer(row, CheckAnswer::Unclear);
            }
            // A proxy may forward `sendContact` but not the check.
            AccountCheck::QuotaUsed(words)
            | AccountCheck::NotAsked(Outcome::Halted(Halt::WrongAddress, words)) => {
                checks.is_over = true;
                checks.note_answer(row, CheckAnswer::NotAsked);
                self.report_end_of_checks(run, Some(&words));
            }
            AccountCheck::NotAsked(outcome) => {
                checks.note_answer(row, CheckAnswer::NotAsked);
                self.react(run, outcome, now);
            }
        }
    }

    /// Applies what the ledger has committed about checks.
    pub(super) fn take_check_commit(&mut self, run: &mut Run<'_>, committed: ChecksCommit) {
        let Some(checks) = &mut self.checks else {
            return;
        };
        checks.to_start.extend(committed.to_check);
        let is_under_way = !checks.to_start.is_empty() || !checks.in_progress.is_empty();
        let is_blocked = committed.has_found_nothing && is_under_way && !checks.has_answers();
        checks.blocked_with_slow = is_blocked.then(|| checks.slow(Instant::now()));
        if committed.budget_used {
            self.report_end_of_checks(run, None);
        }
    }

    /// Reports, once, that no more numbers are checked: with the words of the service, or because the budget is used
    /// up.
    fn report_end_of_checks(&mut self, run: &mut Run<'_>, words: Option<&str>) {
        let Some(checks) = &mut self.checks else {
            return;
        };
        if !std::mem::replace(&mut checks.is_end_reported, true) {
            let policy = checks.policy;
            run.report(Some(self.number), Event::ChecksOver { policy, words });
        }
    }

    /// Handles an outcome that concerns contacts as well as checks.
    fn react(&mut self, run: &mut Run<'_>, outcome: Outcome, now: Instant) {
        let (_, action) = outcome::handle_outcome(outcome, self.config.switch_to_chat_id);
        if !matches!(action, OutcomeAction::WaitForNetwork(_)) {
            self.backoff.note_heard();
        }
        self.carry_out(run, action, now);
    }
}

/// What a committed batch did with rows whose numbers are checked.
pub(super) struct ChecksCommit {
    pub(super) to_check: Vec<InFlight>,
    /// The batch was asked to begin rows but found none to begin or to check.
    pub(super) has_found_nothing: bool,
    pub(super) budget_used: bool,
}

/// The phone number to check for a row.
fn phone_of(row: &InFlight) -> Option<Phone> {
    let chat = row.message.recipient.chat();
    Phone::from_digits(chat.personal_digits()?).ok()
}

/// Whether the answer shows that the service can be reached and handles requests.
const fn is_clear(check: &AccountCheck) -> bool {
    match check {
        AccountCheck::Exists { .. } | AccountCheck::Missing | AccountCheck::Refused(_) => true,
        AccountCheck::Unclear(_) | AccountCheck::QuotaUsed(_) | AccountCheck::NotAsked(_) => false,
    }
}

fn log_check(row: &InFlight, check: &AccountCheck) {
    let found = match check {
        AccountCheck::Exists { .. } => "its number has an account",
        AccountCheck::Missing => "its number has no account",
        AccountCheck::Unclear(_) => "the service does not tell whether its number has an account",
        AccountCheck::Refused(_) => "the service does not check its number",
        AccountCheck::QuotaUsed(_) | AccountCheck::NotAsked(_) => "its number was not checked",
    };
    tracing::info!(
        row = row.number,
        source = row.source.as_deref(),
        "row {}: {found}",
        row.number
    );
}
