//! Looks up unknown rows in the instance's queue and journal, once or until the journal is certain to have them.
//! Nothing is sent.

mod messages;
mod server;

use std::{collections::HashSet, time::Duration};

use jiff::{SignedDuration, Zoned};
use tokio::time::{Instant, sleep};

use crate::cli::{
    args::ReconcileArguments,
    commands::resolve::resend,
    config::ParsedCommandLine,
    exit::{CommandError, Exit},
    options::clock,
    output::{hint::CampaignHints, stdout::print_json, summary, ui::Ui},
    session::{
        connect::{self, InstanceConnection, OpenCampaign},
        run_record, send_history,
    },
};
use crate::{
    domain::{Counts, Status},
    follow_up::{self, LookUp},
    green_api::Inspector,
    i18n::Language,
    ledger::{Ledger, Resolution},
    progress::WaitLine,
};

use messages::ReconcileMessage;

/// The pause between two lookups. Each calls methods that allow one request a second.
const PAUSE: Duration = Duration::from_secs(10);

pub(crate) fn reconcile(
    arguments: &ReconcileArguments,
    typed: &ParsedCommandLine,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let (clock, services) = (clock::service_clock(), typed.service_arguments());
    let OpenCampaign {
        runtime,
        mut ledger,
        connections,
    } = connect::open_campaign(
        &arguments.campaign,
        arguments.timeout,
        &services,
        &clock,
        ui,
    )?;
    send_history::attach_all(&mut ledger, &connections, ui)?;
    run_record::record_run(&mut ledger, "reconcile", &clock, |ledger| {
        let is_accepted = runtime.block_on(server::check(arguments, &connections, ledger, ui))?;
        let before = ledger.counts()?;
        if before.of(Status::Unknown) == 0 {
            ui.print_indented(&ReconcileMessage::NothingToLookUp);
        }
        let refused = runtime.block_on(look_up(arguments, &connections, ledger, ui))?;
        let after = ledger.counts()?;
        let exit = finish(arguments, refused, &after, ui)?;
        if before != after {
            ui.print_indented(&ReconcileMessage::ReportAnew);
            eprintln_lossy!("    {}", ui.hints.of_campaign(ledger).report());
        }
        Ok(if is_accepted || refused {
            exit
        } else {
            Exit::Unknown
        })
    })
}

fn finish(
    arguments: &ReconcileArguments,
    refused: bool,
    counts: &Counts,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    if arguments.json {
        print_json(counts)?;
    } else {
        eprint_lossy!("{}", summary::counts_text(counts, ui.language));
    }
    Ok(if refused {
        Exit::Refused
    } else {
        Exit::of_run(&[], false, counts)
    })
}

/// Looks up the unknown rows, repeatedly for as long as `--wait` says and something may still be found. Returns whether
/// an instance refused.
async fn look_up(
    arguments: &ReconcileArguments,
    connections: &[InstanceConnection],
    ledger: &mut Ledger,
    ui: &Ui,
) -> Result<bool, CommandError> {
    let mut inspectors: Vec<_> = connections
        .iter()
        .map(|connection| Inspector::new(&connection.client))
        .collect();
    let until = arguments.wait.map(|wait| Instant::now() + wait.0);
    let end = arguments.wait.map(|wait| local_time(wait.0));
    let mut refused = vec![false; connections.len()];
    let mut said = HashSet::new();
    let hints = ui.hints.of_campaign(ledger);
    let mut line = WaitLine::new(ui.progress_mode());
    loop {
        let (mut left, mut not_shown) = (0, 0);
        for (instance, (inspector, connection)) in
            inspectors.iter_mut().zip(connections).enumerate()
        {
            if refused[instance] {
                continue;
            }
            let look_up = follow_up::look_up(inspector, ledger, instance).await?;
            line.clear();
            for text in messages(&look_up, &connection.prefix, &hints, ui.language) {
                // A message that was printed is not printed again.
                if said.insert(text.clone()) {
                    eprintln_lossy!("{text}");
                }
            }
            refused[instance] = look_up.refused;
            // A row that is proved absent need not be looked up again.
            left += look_up.unknown - look_up.absent.len();
            not_shown += look_up.not_shown();
            if arguments.resend_absent && !look_up.absent.is_empty() {
                resend_absent(ledger, &look_up, &connection.prefix, ui)?;
            }
        }
        let goes_on = left > 0 && refused.contains(&false);
        match until.zip(end.as_ref()) {
            Some((until, end)) if goes_on && Instant::now() < until => {
                let pause = PAUSE.min(until - Instant::now());
                let waits = ReconcileMessage::LookingAgain {
                    seconds: pause.as_secs().max(1),
                    until: end.clone(),
                };
                line.show(&waits.localized(ui.language), std::time::Instant::now());
                sleep(pause).await;
            }
            Some(_) | None => {
                if not_shown > 0 {
                    let rows = not_shown as u64;
                    let message = ReconcileMessage::NotShownYet { rows };
                    ui.print_indented(&message);
                    eprintln_lossy!("    {}", hints.reconcile());
                }
                return Ok(refused.contains(&true));
            }
        }
    }
}

/// Returns the local time of this machine after this duration.
fn local_time(wait: Duration) -> String {
    let now = Zoned::now();
    let at = SignedDuration::try_from(wait)
        .ok()
        .and_then(|wait| now.checked_add(wait).ok())
        .unwrap_or(now);
    at.strftime("%H:%M").to_string()
}

fn resend_absent(
    ledger: &mut Ledger,
    look_up: &LookUp,
    prefix: &str,
    ui: &Ui,
) -> Result<(), CommandError> {
    let absent = look_up.absent.iter();
    let again: Vec<_> = absent.map(|row| (*row, Resolution::Absent)).collect();
    let resent = resend(ledger, &again)?;
    let rows = resent.pending;
    let message = ReconcileMessage::AbsentPending { rows };
    eprintln_lossy!("  {prefix}{}", message.localized(ui.language));
    resent.print_not_sent(&format!("  {prefix}"), ui);
    Ok(())
}

/// Prints what a lookup found on stderr, each line with the prefix of its instance.
pub(crate) fn report(look_up: &LookUp, prefix: &str, ledger: &Ledger, ui: &Ui) {
    let hints = ui.hints.of_campaign(ledger);
    for text in messages(look_up, prefix, &hints, ui.language) {
        eprintln_lossy!("{text}");
    }
}

/// Lists each finding, followed by the commands that it calls for.
fn messages(
    look_up: &LookUp,
    prefix: &str,
    hints: &CampaignHints<'_>,
    language: Language,
) -> Vec<String> {
    let LookUp {
        found,
        unknown,
        trouble,
        unclear,
        undated,
        absent,
        ..
    } = look_up;
    let mut messages = Vec::new();
    if *found > 0 {
        let rows = *found as u64;
        messages.push((ReconcileMessage::Found { rows }, Vec::new()));
    }
    if let Some(trouble) = trouble.as_ref().filter(|_| *unknown > 0) {
        let trouble = trouble.localized(language);
        messages.push((ReconcileMessage::ProvesNothing { trouble }, Vec::new()));
    }
    if *unclear > 0 {
        let rows = *unclear as u64;
        messages.push((ReconcileMessage::MaybeShown { rows }, vec![hints.resolve()]));
    }
    if *undated > 0 {
        let rows = *undated as u64;
        messages.push((ReconcileMessage::Undated { rows }, vec![hints.resolve()]));
    }
    if !absent.is_empty() {
        let rows = absent.len() as u64;
        let commands = [Some(hints.resend_absent()), hints.send()];
        messages.push((
            ReconcileMessage::Absent { rows },
            commands.into_iter().flatten().collect(),
        ));
    }
    let text = |(message, commands): (ReconcileMessage, Vec<String>)| {
        let message = message.localized(language);
        let commands = commands.iter().map(|command| format!("\n    {command}"));
        format!("  {prefix}{message}{}", commands.collect::<String>())
    };
    messages.into_iter().map(text).collect()
}
