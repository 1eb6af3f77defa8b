//! What is said at the end: the seven counts, where the results are, what to do next.

use std::borrow::Cow;

use serde::Serialize;

use crate::cli::{output::plan, session::assignment::InstanceShare};
use crate::{
    domain::{Counts, Status},
    engine::{LongWait, StopReason, Stopped},
    i18n::{self, ConsoleMessage, Language, RunMessage},
    ledger::{InstanceSummary, LedgerError},
};

/// The object that ends the stdout of `send --json`.
#[derive(Serialize)]
pub(crate) struct SendSummary<'a> {
    pub(crate) campaign: &'a str,
    #[serde(flatten)]
    pub(crate) counts: Counts,
    pub(crate) ledger: Cow<'a, str>,
    /// Nothing if they could not be written.
    pub(crate) results: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) workbook: Option<Cow<'a, str>>,
    pub(crate) exit: u8,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) instances: Vec<InstanceCounts<'a>>,
}

/// An instance of several, and its rows.
#[derive(Serialize)]
pub(crate) struct InstanceCounts<'a> {
    name: &'a str,
    instance: &'a str,
    #[serde(flatten)]
    counts: Counts,
}

impl<'a> InstanceCounts<'a> {
    pub(crate) fn of_all(parties: &'a [InstanceSummary]) -> Vec<Self> {
        let one = |party: &'a InstanceSummary| Self {
            name: &party.name,
            instance: &party.identity,
            counts: party.counts,
        };
        parties.iter().map(one).collect()
    }
}

/// The counts as a person reads them: one line each, those without rows left out. The word of the
/// results is first in every language.
pub(crate) fn counts_text(counts: &Counts, language: Language) -> String {
    let some = Status::ALL
        .into_iter()
        .filter(|status| counts.of(*status) > 0);
    let words = some.map(|status| {
        (
            status.as_str(),
            status.localized(language),
            counts.of(status),
        )
    });
    let all = (
        "rows",
        ConsoleMessage::AllRows.localized(language),
        counts.rows(),
    );
    words
        .chain(std::iter::once(all))
        .fold(String::new(), |text, (word, told, rows)| {
            let told = if told == word {
                String::new()
            } else {
                format!(" {told:12}")
            };
            text + &format!("  {word:10}{told} {rows:>9}\n")
        })
}

/// Each instance with its rows, a line each.
pub(crate) fn parties_text(parties: &[InstanceSummary], language: Language) -> String {
    let line = |party: &InstanceSummary| {
        format!(
            "  {}: {}\n",
            party.name,
            plan::words(&party.counts, language)
        )
    };
    parties.iter().map(line).collect()
}

/// What to do next, one sentence a line.
pub(crate) fn advice(
    (stopped, shares): (&[Stopped], &[InstanceShare]),
    (counts, held): (&Counts, &[(String, u64)]),
    language: Language,
) -> Vec<String> {
    let mut told = Vec::new();
    let mut lines = Vec::new();
    let is_done = counts.of(Status::Pending) == 0;
    // Behind the last row nothing more is waited for.
    let waited_for =
        |stop: &StopReason| !(is_done && matches!(stop, StopReason::NotWaited(LongWait::Next(_))));
    for Stopped { instance, stop } in stopped.iter().filter(|stopped| waited_for(&stopped.stop)) {
        let why = of_running(stop, language)
            .or_else(|| Some(of_stop(stop, language)?.localized(language)));
        let share = instance.and_then(|instance| shares.get(instance));
        told.extend(
            why.map(|why| share.map_or("", |share| share.prefix.as_str()).to_owned() + &why),
        );
    }
    let refused = stopped
        .iter()
        .any(|stopped| matches!(stopped.stop, StopReason::Halted(..)));
    let [pending, unknown, failed, invalid] = [
        Status::Pending,
        Status::Unknown,
        Status::Failed,
        Status::Invalid,
    ]
    .map(|status| counts.of(status));
    let waiting = pending - plan::held_rows(held);
    if waiting > 0 && !refused {
        lines.push(ConsoleMessage::RunAgain { rows: waiting });
    }
    lines.extend(plan::not_given(held));
    if unknown > 0 {
        lines.push(ConsoleMessage::UnknownLeft { rows: unknown });
    }
    if failed + invalid > 0 {
        lines.push(ConsoleMessage::CorrectRows);
    }
    told.into_iter()
        .chain(lines.iter().map(|line| line.localized(language)))
        .collect()
}

fn of_stop(stop: &StopReason, language: Language) -> Option<ConsoleMessage> {
    match stop {
        StopReason::Halted(halt, words) => Some(ConsoleMessage::Halted {
            advice: halt.localized(language),
            words: words.clone(),
        }),
        StopReason::Unreachable(words) => Some(ConsoleMessage::Unreachable {
            words: words.clone(),
        }),
        StopReason::Throttled(throttle) => Some(ConsoleMessage::PutOff {
            words: throttle.localized(language),
        }),
        StopReason::Uncertain(answers) => Some(ConsoleMessage::Unclear {
            answers: u64::from(*answers),
        }),
        StopReason::Failures(cards) => Some(ConsoleMessage::Refused { cards: *cards }),
        StopReason::Limit
        | StopReason::Interrupted
        | StopReason::Rules(..)
        | StopReason::State(_)
        | StopReason::NotWaited(_)
        | StopReason::Late(_)
        | StopReason::SendHistory { .. }
        | StopReason::Cancelled => None,
    }
}

/// What held the run back in the end.
fn of_running(stop: &StopReason, language: Language) -> Option<String> {
    match stop {
        StopReason::Rules(verdict, rules) => rules
            .schedule
            .sentence(*verdict, language)
            .map(|sentence| i18n::alone(&sentence)),
        StopReason::State(state) => Some(
            RunMessage::NumberRests {
                state: state.as_word().to_owned(),
            }
            .localized(language),
        ),
        StopReason::NotWaited(wait) => Some(wait.localized(language)),
        StopReason::SendHistory { path, reason } => {
            let (path, reason) = (path.clone(), reason.clone());
            let error = LedgerError::SendHistory { path, reason };
            Some(i18n::alone(&error.localized(language)))
        }
        StopReason::Late(by) => Some(
            RunMessage::Late {
                by: i18n::long(*by, language),
            }
            .localized(language),
        ),
        StopReason::Halted(..)
        | StopReason::Unreachable(_)
        | StopReason::Throttled(_)
        | StopReason::Uncertain(_)
        | StopReason::Failures(_)
        | StopReason::Limit
        | StopReason::Interrupted
        | StopReason::Cancelled => None,
    }
}
