//! What is said at the end: the seven counts, where the results are, what to do next.

use std::borrow::Cow;

use serde::Serialize;

use super::{plan, senders::Share};
use crate::{
    campaign::{LongWait, Stop, Stopped},
    domain::{Counts, Status},
    ledger::{Ledger, LedgerError, Party},
    sentences::{self, Fault, Language, Running, Talk},
};

/// The object that ends the stdout of `send --json`.
#[derive(Serialize)]
pub(super) struct SendSummary<'a> {
    pub(super) campaign: &'a str,
    #[serde(flatten)]
    pub(super) counts: Counts,
    pub(super) ledger: Cow<'a, str>,
    /// Nothing if they could not be written.
    pub(super) results: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) workbook: Option<Cow<'a, str>>,
    pub(super) exit: u8,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) instances: Vec<InstanceSummary<'a>>,
}

/// An instance of several, and its rows.
#[derive(Serialize)]
pub(super) struct InstanceSummary<'a> {
    name: &'a str,
    instance: &'a str,
    #[serde(flatten)]
    counts: Counts,
}

impl<'a> InstanceSummary<'a> {
    pub(super) fn of_all(parties: &'a [Party]) -> Vec<Self> {
        let one =
            |party: &'a Party| Self { name: &party.name, instance: &party.identity, counts: party.counts };
        parties.iter().map(one).collect()
    }
}

/// The counts as a person reads them: one line each, those without rows left out. The word of the
/// results stands first in every language.
pub(super) fn counts_text(counts: &Counts, language: Language) -> String {
    let some = Status::ALL.into_iter().filter(|status| counts.of(*status) > 0);
    let words = some.map(|status| (status.as_str(), status.say(language), counts.of(status)));
    let all = ("rows", Talk::AllRows.say(language), counts.rows());
    words.chain(std::iter::once(all)).fold(String::new(), |text, (word, told, rows)| {
        let told = if told == word { String::new() } else { format!(" {told:12}") };
        text + &format!("  {word:10}{told} {rows:>9}\n")
    })
}

/// The instances of a ledger that several share; else none.
pub(super) fn sharing(ledger: &Ledger) -> Result<Vec<Party>, LedgerError> {
    if ledger.is_shared()? { ledger.parties() } else { Ok(Vec::new()) }
}

/// Each instance with its rows, a line each.
pub(super) fn parties_text(parties: &[Party], language: Language) -> String {
    let line = |party: &Party| format!("  {}: {}\n", party.name, plan::words(&party.counts, language));
    parties.iter().map(line).collect()
}

/// What to do next, one sentence a line.
pub(super) fn advice(
    (stopped, shares): (&[Stopped], &[Share]),
    (counts, held): (&Counts, &[(String, u64)]),
    language: Language,
) -> Vec<String> {
    let mut told = Vec::new();
    let mut lines = Vec::new();
    let is_done = counts.of(Status::Pending) == 0;
    // Behind the last row nothing more is waited for.
    let waited_for = |stop: &Stop| !(is_done && matches!(stop, Stop::NotWaited(LongWait::Next(_))));
    for Stopped { lane, stop } in stopped.iter().filter(|stopped| waited_for(&stopped.stop)) {
        let why = of_running(stop, language).or_else(|| Some(of_stop(stop, language)?.say(language)));
        let share = lane.and_then(|lane| shares.get(lane));
        told.extend(why.map(|why| share.map_or("", |share| share.prefix.as_str()).to_owned() + &why));
    }
    let refused = stopped.iter().any(|stopped| matches!(stopped.stop, Stop::Halted(..)));
    let [pending, unknown, failed, invalid] =
        [Status::Pending, Status::Unknown, Status::Failed, Status::Invalid].map(|status| counts.of(status));
    let waiting = pending - plan::held_rows(held);
    if waiting > 0 && !refused {
        lines.push(Talk::RunAgain { rows: waiting });
    }
    lines.extend(plan::not_given(held));
    if unknown > 0 {
        lines.push(Talk::UnknownLeft { rows: unknown });
    }
    if failed + invalid > 0 {
        lines.push(Talk::CorrectRows);
    }
    told.into_iter().chain(lines.iter().map(|line| line.say(language))).collect()
}

fn of_stop(stop: &Stop, language: Language) -> Option<Talk> {
    match stop {
        Stop::Halted(halt, words) => Some(Talk::Halted { advice: halt.say(language), words: words.clone() }),
        Stop::Unreachable(words) => Some(Talk::Unreachable { words: words.clone() }),
        Stop::Throttled(throttle) => Some(Talk::PutOff { words: throttle.say(language) }),
        Stop::Uncertain(answers) => Some(Talk::Unclear { answers: u64::from(*answers) }),
        Stop::Failures(cards) => Some(Talk::Refused { cards: *cards }),
        Stop::Limit
        | Stop::Interrupted
        | Stop::Rules(..)
        | Stop::State(_)
        | Stop::NotWaited(_)
        | Stop::Late(_)
        | Stop::Book { .. }
        | Stop::Cancelled => None,
    }
}

/// What held the run back in the end.
fn of_running(stop: &Stop, language: Language) -> Option<String> {
    match stop {
        Stop::Rules(verdict, rules) => {
            rules.schedule.sentence(*verdict, language).map(|sentence| sentences::alone(&sentence))
        }
        Stop::State(state) => Some(Running::NumberRests { state: state.as_word().to_owned() }.say(language)),
        Stop::NotWaited(wait) => Some(wait.say(language)),
        Stop::Book { path, reason } => {
            let (path, reason) = (path.display().to_string(), reason.clone());
            Some(sentences::alone(&Fault::Book { path, reason }.say(language)))
        }
        Stop::Late(by) => Some(Running::Late { by: sentences::long(*by, language) }.say(language)),
        Stop::Halted(..)
        | Stop::Unreachable(_)
        | Stop::Throttled(_)
        | Stop::Uncertain(_)
        | Stop::Failures(_)
        | Stop::Limit
        | Stop::Interrupted
        | Stop::Cancelled => None,
    }
}
