//! Shows what a campaign is doing, its counts, and what to do next: as text, as JSON, or as a message for a chat.
//! Without a campaign, in a folder that has several, lists all of them.

mod all;
mod json;
mod machines;
mod messages;

use jiff::{Timestamp, tz::TimeZone};

use crate::cli::{
    args::StatusArguments,
    exit::{CommandError, Exit},
    options::paths,
    output::{
        hint::{self, CampaignHints},
        instances,
        stdout::{print, print_json, print_wrapped},
        summary,
        ui::Ui,
    },
    session::{campaign_state::CampaignState, run_record},
};
use crate::{
    domain::Status,
    i18n::{Language, Shown},
    ledger::{InstanceSummary, Ledger},
    report::{self, CampaignStats},
};

use json::StatusSummary;
use messages::{ExitMeaning, NextStep, StateMessage, StatusLabel};

pub(crate) fn status(arguments: &StatusArguments, ui: &Ui) -> Result<Exit, CommandError> {
    if arguments.runs {
        return run_record::print_runs(arguments, ui);
    }
    if arguments.campaign.campaign.is_none() && arguments.campaign.ledger.is_none() {
        let ledgers = paths::ledgers_of(&arguments.campaign)?;
        if ledgers.len() > 1 {
            return all::list(&ledgers, arguments, ui);
        }
    }
    let path = paths::existing_ledger(&arguments.campaign)?;
    let ledger = Ledger::read(&path)?;
    let figures = CampaignStats::of(&ledger)?;
    if arguments.json {
        print_json(&StatusSummary::read(&ledger, &figures, ui.language)?)?;
    } else if arguments.brief {
        let next = ui.hints.of_campaign(&ledger).next_steps(&ledger);
        print(&report::brief(&figures, &next, ui.language))?;
    } else {
        print_wrapped(&text(
            &ledger,
            &figures,
            &ui.hints.of_campaign(&ledger),
            ui.language,
        )?)?;
    }
    Ok(Exit::Done)
}

/// Returns the state, the counts, the delivery, and what to do.
fn text(
    ledger: &Ledger,
    figures: &CampaignStats,
    hints: &CampaignHints<'_>,
    language: Language,
) -> Result<String, CommandError> {
    let state = CampaignState::read(ledger, &figures.runs)?;
    let campaign = figures.campaign.clone();
    let said = state_message(&state, figures.sendable(), language);
    let head = StateMessage::Head { campaign, said }.localized(language);
    let stop = (!state.is_running())
        .then(|| report::stop_line(figures, language))
        .flatten()
        .map_or_else(String::new, |stop| format!("  {stop}\n"));
    let part = part_waits(&state, language);
    let counts = summary::counts_text(&figures.counts, language);
    let instances = instances::lines(&instances::summaries(ledger)?, language);
    let mut text = format!("{head}\n{stop}{part}{counts}{instances}");
    if !figures.deliveries.is_empty() {
        let accepted = figures.counts.of(Status::Accepted);
        let label = StatusLabel::Delivery.localized(language);
        let counts = summary::delivery_counts(&figures.deliveries, accepted, language);
        let deliveries = summary::count_lines(&counts, language);
        text.extend([label, "\n".to_owned(), deliveries]);
    }
    text += &machines::lines(&ledger.lease_summaries()?, language);
    let label = StatusLabel::ToDo.localized(language);
    text.extend([label, "\n".to_owned()]);
    for step in next_steps(&state, figures, hints, language) {
        text.extend(["  ".to_owned(), step, "\n".to_owned()]);
    }
    Ok(text)
}

/// Describes the instances that wait while others send, one line each.
fn part_waits(state: &CampaignState, language: Language) -> String {
    match state {
        CampaignState::Running { waits, .. } => waits.iter().fold(String::new(), |text, wait| {
            text + "  " + &wait.text(language) + "\n"
        }),
        CampaignState::New
        | CampaignState::Waiting { .. }
        | CampaignState::Paused { .. }
        | CampaignState::Stopping
        | CampaignState::NotKnown(_)
        | CampaignState::CutOff { .. }
        | CampaignState::Ended { .. } => String::new(),
    }
}

/// Describes in a few words what the campaign is doing.
fn state_message(state: &CampaignState, sendable: u64, language: Language) -> String {
    let said = match state {
        CampaignState::New => StateMessage::New,
        CampaignState::Running { command, since, .. } => match since {
            Some(since) => StateMessage::Running {
                command: command.clone(),
                since: shown(*since, language),
            },
            None => StateMessage::Starting,
        },
        CampaignState::Waiting { waits } => {
            let waits: Vec<_> = waits.iter().map(|wait| wait.text(language)).collect();
            StateMessage::Waiting {
                waits: waits.join("; "),
            }
        }
        CampaignState::Paused { since } => match since {
            Some(since) => StateMessage::PausedSince {
                since: shown(*since, language),
            },
            None => StateMessage::Paused,
        },
        CampaignState::Stopping => StateMessage::Stopping,
        CampaignState::NotKnown(error) => StateMessage::NotKnown {
            why: error.localized(language),
        },
        CampaignState::CutOff { command, since } => StateMessage::CutOff {
            command: command.clone(),
            since: shown(*since, language),
        },
        CampaignState::Ended { command, at, exit } => StateMessage::Ended {
            command: command.clone(),
            at: shown(*at, language),
            exit: *exit,
            meaning: ExitMeaning::of(*exit, sendable),
        },
    };
    said.localized(language)
}

/// Formats the local time, to the minute.
fn shown(at: Timestamp, language: Language) -> String {
    let local = at.to_zoned(TimeZone::system());
    format!(
        "{} {}",
        local.date().shown(language),
        local.strftime("%H:%M")
    )
}

/// The command that sends.
const SEND: &str = "send";

/// Returns what to do next: one sentence for each step, each command on a line of its own.
fn next_steps(
    state: &CampaignState,
    figures: &CampaignStats,
    hints: &CampaignHints<'_>,
    language: Language,
) -> Vec<String> {
    let unknown = figures.counts.of(Status::Unknown);
    let held: u64 = figures.held.iter().map(|(_, rows)| rows).sum();
    let mut steps = Vec::new();
    match state {
        CampaignState::Paused { .. } => {
            steps.push((NextStep::Paused, vec![hints.resume(), hints.cancel()]));
        }
        CampaignState::Running { command, .. } if !command.is_empty() && command != SEND => {
            let command = command.clone();
            steps.push((NextStep::WaitFor { command }, Vec::new()));
        }
        CampaignState::Running { .. } | CampaignState::Waiting { .. } => {
            steps.push((NextStep::Sending, vec![hints.cancel()]));
        }
        CampaignState::Stopping => steps.push((NextStep::WaitForEnd, Vec::new())),
        CampaignState::NotKnown(_) => steps.push((NextStep::AskAsOwner, Vec::new())),
        CampaignState::New | CampaignState::CutOff { .. } | CampaignState::Ended { .. } => {
            let rows = figures.sendable();
            if rows > 0 {
                let command = hints.send().into_iter().collect();
                let step = if hints.has_limit() {
                    NextStep::SendWithoutLimit { rows }
                } else {
                    NextStep::Send { rows }
                };
                steps.push((step, command));
            }
            steps.extend(figures.left_out().map(|party| {
                let (rows, name) = (party.waiting, party.name.clone());
                (NextStep::NameInstance { rows, name }, Vec::new())
            }));
            if held > 0 {
                steps.push((NextStep::GiveFiles { rows: held }, Vec::new()));
            }
        }
    }
    if unknown > 0 && !state.is_running() {
        let step = NextStep::Reconcile { rows: unknown };
        steps.push((step, vec![hints.reconcile()]));
    }
    let lines = |(step, commands): (NextStep, Vec<String>)| {
        let sentence = hint::introducing(&step.localized(language), &commands);
        let commands = commands.into_iter().map(|command| hint::indented(&command));
        std::iter::once(sentence)
            .chain(commands)
            .collect::<Vec<_>>()
    };
    let mut text: Vec<String> = steps.into_iter().flat_map(lines).collect();
    // Rows can be corrected and sent again once the run has ended.
    if !state.is_running() {
        text.extend(report::correction_lines(
            &figures.reasons,
            &hints.corrections(),
            language,
        ));
    }
    text.extend(delivery_step(figures, hints).into_iter().flat_map(lines));
    if text.is_empty() {
        text.push(NextStep::Nothing.localized(language));
    }
    hint::each_command_once(text)
}

/// Says who did not get the contact, or that nobody has asked yet.
fn delivery_step(
    figures: &CampaignStats,
    hints: &CampaignHints<'_>,
) -> Option<(NextStep, Vec<String>)> {
    let contacts = figures.undelivered();
    if contacts > 0 {
        let step = NextStep::NotDelivered { contacts };
        return Some((step, vec![hints.report_not_delivered()]));
    }
    let settled = figures
        .deliveries
        .iter()
        .filter(|(delivery, _)| delivery.is_settled());
    let settled: u64 = settled.map(|(_, rows)| rows).sum();
    let is_open = settled < figures.counts.of(Status::Accepted);
    if is_open && figures.parties.iter().any(InstanceSummary::is_simulated) {
        return Some((NextStep::Simulated, Vec::new()));
    }
    is_open.then(|| (NextStep::Track, vec![hints.track()]))
}
