//! What a run prints at its end: the counts by status, why it stopped, what to do next.

mod messages;

use std::borrow::Cow;

use console::measure_text_width;
use serde::Serialize;

use crate::cli::{
    exit,
    output::{
        hint::{self, CampaignHints},
        instances::InstanceCounts,
        label::Label,
        plan,
        stop_summary::StopSummary,
    },
    session::assignment::InstanceShare,
};
use crate::{
    domain::{Counts, Delivery, Status},
    engine::{self, EngineMessage, LongWait, StopReason, Stopped},
    i18n::{self, Language},
    ledger::LedgerError,
    report,
    terminal::{Lines, Text, Tone},
};

use messages::SummaryMessage;

pub(crate) use messages::{NoData, StopMessage};

/// The object that ends the stdout of `send --json`.
#[derive(Serialize)]
pub(crate) struct SendSummary<'a> {
    pub(crate) campaign: &'a str,
    #[serde(flatten)]
    pub(crate) counts: Counts,
    pub(crate) ledger: Cow<'a, str>,
    /// `None` if the results could not be written.
    pub(crate) results: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) workbook: Option<Cow<'a, str>>,
    pub(crate) exit: u8,
    /// Why the run ended early, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stopped: Option<StopSummary<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) instances: Vec<InstanceCounts<'a>>,
    /// What the user should not overlook.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<RunWarning>,
}

/// A warning about something for which the run did not stop.
#[derive(Serialize)]
pub(crate) struct RunWarning {
    pub(crate) code: &'static str,
    pub(crate) text: String,
}

/// Prints the counts for a reader: one line each in the language, without statuses that have no rows.
pub(crate) fn counts_lines(lines: &mut Lines, counts: &Counts, language: Language) {
    let mut line = |tone, word: &str, rows: u64| {
        let text = count_lines(&[(word.to_owned(), rows)], language);
        lines.indented(2, Text::default().with(tone, text.trim()));
    };
    for status in Status::ALL {
        let rows = counts.of(status);
        if rows > 0 {
            line(plan::tone(status), &status.localized(language), rows);
        }
    }
    let all = SummaryMessage::AllRows.localized(language);
    line(Tone::Plain, &all, counts.rows());
}

/// Returns the same lines without colours.
pub(crate) fn counts_text(counts: &Counts, language: Language) -> String {
    let mut lines = Lines::default();
    counts_lines(&mut lines, counts, language);
    lines.as_str().to_owned()
}

/// Prints the result of a run, apart from what was there before it. A run that had nothing to send adds nothing to its
/// plan.
pub(crate) fn run_lines(lines: &mut Lines, facts: &RunFacts<'_>, language: Language) {
    let RunFacts { before, after, .. } = facts;
    let mut done = Counts::default();
    for status in Status::ALL
        .into_iter()
        .filter(|status| *status != Status::Pending)
    {
        done.add(status, after.of(status).saturating_sub(before.of(status)));
    }
    let earlier = [Status::Accepted, Status::Failed, Status::Unknown];
    let is_first = earlier.iter().all(|status| before.of(*status) == 0);
    let had_nothing = before.of(Status::Pending) == plan::held_rows(facts.held);
    if is_first && !(had_nothing && done.rows() == 0) {
        counts_lines(lines, after, language);
    } else if !had_nothing || done.rows() > 0 {
        let words = if done.rows() == 0 {
            SummaryMessage::NothingSent.localized(language).into()
        } else {
            plan::words_text(&done, language)
        };
        let label = Label::ThisRun.localized(language);
        lines.labelled(Some((Tone::Heading, &label)), words);
        let label = Label::Campaign.localized(language);
        let words =
            Text::from(format!("{}: ", after.rows())).and(plan::words_text(after, language));
        lines.labelled(Some((Tone::Heading, &label)), words);
    }
}

/// Counts what became of accepted contacts: a word and its rows; the last one is for contacts without any data.
pub(crate) fn delivery_counts(
    deliveries: &[(Delivery, u64)],
    accepted: u64,
    language: Language,
) -> Vec<(String, u64)> {
    let known: u64 = deliveries.iter().map(|(_, rows)| rows).sum();
    let rest = accepted.saturating_sub(known);
    let count = |(delivery, rows): &(Delivery, u64)| {
        let word = match language {
            Language::En => delivery.as_str(),
            Language::Ru => report::delivery_word(Some(*delivery), language),
        };
        (word.to_owned(), *rows)
    };
    let rest = (rest > 0).then(|| (NoData::NoData.localized(language), rest));
    deliveries.iter().map(count).chain(rest).collect()
}

/// Formats the counts as lines, with the numbers aligned.
pub(crate) fn count_lines(counts: &[(String, u64)], language: Language) -> String {
    let widths = counts.iter().map(|(word, _)| measure_text_width(word));
    let width = widths.max().unwrap_or_default().max(word_width(language));
    let line = |(word, rows): &(String, u64)| format!("  {word:width$} {rows:>9}\n");
    counts.iter().map(line).collect()
}

/// Returns the width of the column of words before counts.
const fn word_width(language: Language) -> usize {
    match language {
        Language::En => 10,
        Language::Ru => 12,
    }
}

/// How a run ended, and its counts.
pub(crate) struct RunFacts<'a> {
    pub(crate) stopped: &'a [Stopped],
    pub(crate) shares: &'a [InstanceShare],
    /// The counts before the run. What other machines have done meanwhile counts as done before.
    pub(crate) before: Counts,
    pub(crate) after: &'a Counts,
    /// The counts after the run, without the rows that other machines are sending.
    pub(crate) left: Counts,
    /// Contacts that the service refused in the run.
    pub(crate) refused: u64,
    /// Pending rows that wait for instances which are not part of the run.
    pub(crate) for_other_instances: u64,
    /// Files that are not given in this run, and how many pending rows wait for each.
    pub(crate) held: &'a [(String, u64)],
}

impl RunFacts<'_> {
    /// Whether all contacts were refused, see [`exit::all_refused`].
    pub(crate) const fn all_refused(&self) -> bool {
        exit::all_refused(self.refused, &self.before, self.after)
    }
}

/// Says why the run ended and what to do next: one sentence a line, each command on a line of its own.
pub(crate) fn advice(
    facts: &RunFacts<'_>,
    hints: &CampaignHints<'_>,
    language: Language,
) -> Vec<String> {
    let RunFacts {
        stopped,
        left: counts,
        held,
        ..
    } = facts;
    let waiting = counts
        .of(Status::Pending)
        .saturating_sub(plan::held_rows(held) + facts.for_other_instances);
    let mut reasons = Vec::new();
    let said = stopped
        .iter()
        .filter(|stopped| waiting > 0 || !is_moot(&stopped.stop));
    for Stopped { instance, stop } in said {
        let share = instance.and_then(|instance| facts.shares.get(instance));
        let prefix = share.map_or("", |share| share.prefix.as_str());
        reasons.extend(stop_text(stop, language).map(|reason| prefix.to_owned() + &reason));
    }
    let has_failures = |stopped: &Stopped| matches!(stopped.stop, StopReason::Failures(_));
    if facts.all_refused() && !stopped.iter().any(has_failures) {
        reasons.push(StopMessage::AllRefused.localized(language));
    }
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    let refused = stopped
        .iter()
        .any(|stopped| matches!(stopped.stop, StopReason::Halted(..)));
    let unknown = counts.of(Status::Unknown);
    if waiting > 0 && !refused {
        let rows = waiting;
        let is_late = |stopped: &Stopped| matches!(stopped.stop, StopReason::Late(_));
        let message = if stopped.iter().any(is_late) {
            SummaryMessage::RunLate { rows }
        } else if hints.has_limit() {
            SummaryMessage::RunWithoutLimit { rows }
        } else {
            SummaryMessage::RunAgain { rows }
        };
        lines.push((
            message.localized(language),
            hints.send().into_iter().collect(),
        ));
    }
    let not_given = plan::not_given(held);
    lines.extend(not_given.map(|message| (message.localized(language), Vec::new())));
    if unknown > 0 {
        let commands = vec![hints.reconcile(), hints.resolve()];
        let message = SummaryMessage::UnknownLeft { rows: unknown };
        lines.push((message.localized(language), commands));
    }
    for (message, commands) in lines {
        reasons.push(hint::introducing(&message, &commands));
        reasons.extend(commands.iter().map(|command| hint::indented(command)));
    }
    reasons
}

/// Whether a stop no longer matters once no row is left: there is nothing to wait for, and no limit cut anything off.
pub(crate) const fn is_moot(stop: &StopReason) -> bool {
    matches!(
        stop,
        StopReason::NotWaited(LongWait::Next(_)) | StopReason::Limit
    )
}

/// Says why a run or an instance stopped; `None` if the user has just stopped it.
pub(crate) fn stop_text(stop: &StopReason, language: Language) -> Option<String> {
    let message = match stop {
        StopReason::Halted(halt, words) => StopMessage::Halted {
            advice: halt.localized(language),
            words: words.clone(),
        },
        StopReason::Unreachable(words) => StopMessage::Unreachable {
            words: engine::no_connection(words, language),
        },
        StopReason::NeverReached(words) => StopMessage::NeverReached {
            words: engine::no_connection(words, language),
        },
        StopReason::Throttled(throttle) => StopMessage::Throttled {
            words: throttle.localized(language),
        },
        StopReason::Uncertain(answers) => StopMessage::Unclear {
            answers: u64::from(*answers),
        },
        StopReason::Failures(_) => StopMessage::Refused,
        StopReason::Rules(verdict, rules) => {
            let sentence = rules.schedule.sentence(*verdict, language);
            return sentence.map(|sentence| i18n::alone(&sentence));
        }
        StopReason::State(state) => {
            let state = state.as_word().to_owned();
            StopMessage::RestrictedState { state }
        }
        StopReason::NotWaited(wait) => return Some(wait.localized(language)),
        StopReason::SendHistory { path, reason } => {
            let (path, reason) = (path.clone(), reason.clone());
            let error = LedgerError::SendHistory { path, reason };
            return Some(i18n::alone(&error.localized(language)));
        }
        StopReason::Late(by) => {
            let by = i18n::long(*by, language);
            StopMessage::Late { by }
        }
        StopReason::Limit => return Some(EngineMessage::LimitReached.localized(language)),
        StopReason::Interrupted | StopReason::Cancelled => return None,
    };
    Some(message.localized(language))
}
