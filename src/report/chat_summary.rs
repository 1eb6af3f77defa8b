//! The figures as a message for a chat: few short lines, no tables.

use super::stats::{self, CampaignStats};
use super::{
    advice::{self, CorrectionCommands},
    words::{Word, accepted_of, give_files, look_up_unknown, more_reasons, send_pending},
};
use crate::{
    domain::Status,
    i18n::{Language, zoned_time},
    ledger::{Reason, Run},
};

/// The most reasons that are told; how many more there are is said.
const REASONS: usize = 3;

/// The most characters of a line.
const LINE: usize = 120;

/// The most characters of the line that says why a run stopped: what to do is at its end.
const STOP_LINE: usize = 300;

/// The command whose end people ask about.
const SEND: &str = "send";

/// The figures in few lines.
#[must_use]
pub fn brief(figures: &CampaignStats, language: Language) -> String {
    let mut lines = vec![head(figures, language)];
    let stop = stop_line(&figures.runs, language);
    let reasons = REASONS - usize::from(stop.is_some());
    lines.push(accepted_of(
        figures.counts.of(Status::Accepted),
        figures.counts.rows(),
        language,
    ));
    let others = figures
        .some()
        .into_iter()
        .filter(|(status, _)| *status != Status::Accepted);
    lines.push(listed(
        others.map(|(status, rows)| (stats::told(status, language), rows)),
    ));
    let delivered = figures.delivered();
    if !delivered.is_empty() {
        let delivered = delivered.into_iter();
        let delivered =
            delivered.map(|(delivery, rows)| (stats::delivery_word(delivery, language), rows));
        lines.push(format!(
            "{}: {}",
            Word::Delivery.text(language),
            listed(delivered)
        ));
    }
    let told = reasons.min(figures.reasons.len());
    let reasons = figures.reasons[..told].iter();
    lines.extend(
        reasons.map(|reason| format!("• {} × {}", reason.rows, stats::reason(reason, language))),
    );
    lines.extend(left_out(&figures.reasons[told..], language));
    let mut lines: Vec<String> = lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| fitting(line, LINE))
        .collect();
    lines.splice(1..1, stop.map(|stop| fitting(&stop, STOP_LINE)));
    // Commands in it are not cut.
    lines.extend(advice(figures, language));
    lines
        .iter()
        .fold(String::new(), |text, line| text + line + "\n")
}

/// Why the last run of `send` ended early, if it did.
#[must_use]
pub fn stop_line(runs: &[Run], language: Language) -> Option<String> {
    let last = runs.iter().rev().find(|run| run.command == SEND)?;
    let stop = last.stop.as_ref()?;
    let word = Word::WhyStopped.text(language);
    Some(format!("{word}: {}", stop.text(language)))
}

/// The campaign, and when it was last worked on.
fn head(figures: &CampaignStats, language: Language) -> String {
    let Some(run) = figures.runs.last() else {
        return figures.campaign.clone();
    };
    let time = |at| zoned_time(at, &figures.zone, language);
    match run.ended {
        Some(ended) => format!("{}, {}", figures.campaign, time(ended)),
        None => format!(
            "{}, {} ({})",
            figures.campaign,
            time(run.began),
            Word::CutOff.text(language)
        ),
    }
}

fn listed<'a>(words: impl Iterator<Item = (&'a str, u64)>) -> String {
    words
        .map(|(word, rows)| format!("{word} {rows}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// How many reasons are not told, and of how many rows.
fn left_out(rest: &[Reason], language: Language) -> Option<String> {
    let rows = rest.iter().map(|reason| reason.rows).sum();
    let more = more_reasons(rest.len() as u64, rows, language);
    (!rest.is_empty()).then(|| format!("• {more}"))
}

fn advice(figures: &CampaignStats, language: Language) -> Vec<String> {
    let [pending, unknown] =
        [Status::Pending, Status::Unknown].map(|status| figures.counts.of(status));
    let held: u64 = figures.held.iter().map(|(_, rows)| rows).sum();
    let mut lines = Vec::new();
    if pending > held {
        lines.push(send_pending(pending - held, language));
    }
    if held > 0 {
        lines.push(give_files(held, language));
    }
    if unknown > 0 {
        lines.push(look_up_unknown(unknown, language));
    }
    let commands = CorrectionCommands::of(&figures.ledger);
    lines.extend(advice::brief_corrections(
        &figures.reasons,
        &commands,
        language,
    ));
    if lines.is_empty() {
        lines.push(Word::Nothing.text(language).to_owned());
    }
    lines
}

/// One line, however many the text had, and not longer than a phone shows well.
fn fitting(line: &str, most: usize) -> String {
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    line.chars().take(most - 1).chain(['…']).collect()
}
