//! The figures as a message for a chat: a few short lines, no tables.

use super::stats::{self, CampaignStats};
use super::{
    advice,
    words::{
        Label, accepted_of, give_files, look_up_unknown, more_reasons, name_instance,
        not_delivered, paused, send_pending, sending, waiting,
    },
};
use crate::{
    domain::Status,
    i18n::{Language, zoned_time},
    ledger::{Reason, Run, RunWait},
};

/// How many reasons are listed at most; the number of others is stated.
const REASONS: usize = 3;

/// The most characters on a line that quotes others: a campaign, a reason.
const LINE: usize = 120;

/// The most characters on the line that says why a run stopped, which ends with what to do.
const STOP_LINE: usize = 300;

/// The command whose end people want to know about.
const SEND: &str = "send";

/// Whether a run sends now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunState {
    /// No run sends.
    Ended,
    /// A run sends.
    Sending,
    /// It is not known, because the user may not look.
    NotKnown,
    /// A run waits, and continues by itself.
    Waiting {
        /// What its instances wait for.
        waits: Vec<RunWait>,
    },
    /// A run waits until another terminal resumes it.
    Paused {
        /// The command that resumes it.
        resume: String,
    },
}

/// What can be done next, as commands that work where the message is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextSteps {
    /// Whether a run sends now.
    pub run: RunState,
    /// Sends what is pending; `None` if that command is not known.
    pub send: Option<String>,
    /// Looks up unknown rows.
    pub reconcile: String,
    /// Writes the rows that have to be corrected.
    pub report_not_sent: String,
    /// Writes the rows whose contacts were accepted and not delivered.
    pub report_not_delivered: String,
}

/// Returns the figures in a few short lines.
#[must_use]
pub fn brief(figures: &CampaignStats, next: &NextSteps, language: Language) -> String {
    let stop = stop_line(figures, language);
    let reasons = REASONS - usize::from(stop.is_some());
    let mut lines = vec![fitting(&head(figures, next, language), LINE)];
    lines.extend(stop.map(|stop| fitting(&stop, STOP_LINE)));
    lines.extend(count_lines(figures, language));
    let shown = reasons.min(figures.reasons.len());
    for reason in &figures.reasons[..shown] {
        let line = format!("• {} × {}", reason.rows, stats::reason(reason, language));
        lines.push(fitting(&line, LINE));
    }
    lines.extend(left_out(&figures.reasons[shown..], language));
    // These lines are not cut: half a command would be another command.
    lines.extend(advice(figures, next, language));
    lines
        .iter()
        .fold(String::new(), |text, line| text + line + "\n")
}

/// Returns the counts by status and by delivery. They are not cut: the last numbers count as much as the first, and
/// our own words are never long.
fn count_lines(figures: &CampaignStats, language: Language) -> Vec<String> {
    let mut lines = vec![accepted_of(
        figures.counts.of(Status::Accepted),
        figures.counts.rows(),
        language,
    )];
    let others = figures
        .some()
        .into_iter()
        .filter(|(status, _)| *status != Status::Accepted);
    let others = others.map(|(status, rows)| (stats::status_word(status, language), rows));
    lines.extend(Some(listed(others)).filter(|line| !line.is_empty()));
    let delivered = figures.delivered();
    if !delivered.is_empty() {
        let delivered = delivered.into_iter();
        let delivered =
            delivered.map(|(delivery, rows)| (stats::delivery_word(delivery, language), rows));
        let label = Label::Delivery.text(language);
        lines.push(format!("{label}: {}", listed(delivered)));
    }
    lines
}

/// Returns why the last run of `send` ended early, if it did. Once another command has worked on the campaign, that is
/// only told while rows wait to be sent, and with its time, so that it does not pass for the end of that command.
#[must_use]
pub fn stop_line(figures: &CampaignStats, language: Language) -> Option<String> {
    let is_send = |run: &Run| run.command == SEND;
    let last = figures.runs.iter().rev().find(|run| is_send(run))?;
    let why = last.stop.as_ref()?.text(language);
    if figures.runs.last().is_some_and(is_send) {
        return Some(format!("{}: {why}", Label::WhyStopped.text(language)));
    }
    let at = last.ended.unwrap_or(last.began);
    let at = zoned_time(at, &figures.zone, language);
    let label = Label::WhySendStopped.text(language);
    (figures.counts.of(Status::Pending) > 0).then(|| format!("{label}, {at}: {why}"))
}

/// Returns the campaign, and when a command last worked on it.
fn head(figures: &CampaignStats, next: &NextSteps, language: Language) -> String {
    let Some(run) = figures.runs.last() else {
        return figures.campaign.clone();
    };
    let time = |at| zoned_time(at, &figures.zone, language);
    match run.ended {
        Some(ended) => format!("{}, {}", figures.campaign, time(ended)),
        None if next.run != RunState::Ended => {
            format!("{}, {}", figures.campaign, time(run.began))
        }
        None => format!(
            "{}, {} ({})",
            figures.campaign,
            time(run.began),
            Label::CutOff.text(language)
        ),
    }
}

fn listed<'a>(words: impl Iterator<Item = (&'a str, u64)>) -> String {
    words
        .map(|(word, rows)| format!("{word} {rows}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Says how many reasons are not listed, and how many rows they have.
fn left_out(rest: &[Reason], language: Language) -> Option<String> {
    let rows = rest.iter().map(|reason| reason.rows).sum();
    let more = more_reasons(rest.len() as u64, rows, language);
    (!rest.is_empty()).then(|| format!("• {more}"))
}

fn advice(figures: &CampaignStats, next: &NextSteps, language: Language) -> Vec<String> {
    let [pending, unknown] =
        [Status::Pending, Status::Unknown].map(|status| figures.counts.of(status));
    let held: u64 = figures.held.iter().map(|(_, rows)| rows).sum();
    let mut lines = Vec::new();
    match &next.run {
        RunState::NotKnown => lines.push(Label::RunNotKnown.text(language).to_owned()),
        RunState::Sending => lines.push(sending(pending - held, language)),
        RunState::Waiting { waits } => lines.push(waiting(waits, language)),
        RunState::Paused { resume } => lines.push(paused(resume, language)),
        RunState::Ended => {
            let rows = figures.sendable();
            if rows > 0 {
                lines.push(send_pending(rows, next.send.as_deref(), language));
            }
            let others = figures.left_out();
            lines.extend(others.map(|party| name_instance(&party.name, party.waiting, language)));
        }
    }
    if held > 0 {
        lines.push(give_files(held, language));
    }
    // While a run sends, rows in progress count as unknown.
    if unknown > 0 && next.run == RunState::Ended {
        lines.push(look_up_unknown(unknown, &next.reconcile, language));
    }
    lines.extend(advice::brief_corrections(
        &figures.reasons,
        &next.report_not_sent,
        language,
    ));
    let undelivered = figures.undelivered();
    if undelivered > 0 {
        let command = &next.report_not_delivered;
        lines.push(not_delivered(undelivered, command, language));
    }
    if lines.is_empty() {
        lines.push(Label::Nothing.text(language).to_owned());
    }
    lines
}

/// Joins a text into one line, cut to a length that a phone shows well.
fn fitting(line: &str, most: usize) -> String {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    line.chars().take(most - 1).chain(['…']).collect()
}
