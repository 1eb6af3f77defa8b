//! Asks the service whether accepted contacts were delivered, once or until every delivery is final. Nothing is sent.

mod messages;

use std::{borrow::Cow, collections::BTreeMap, time::Instant as StdInstant};

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use tokio::{sync::watch, time::Instant};

use crate::cli::{
    args::TrackArguments,
    config::ParsedCommandLine,
    exit::{CommandError, Exit},
    options::clock,
    output::{
        hint::CampaignHints,
        stdout::{print, print_json},
        summary::{self, NoData},
        ui::Ui,
    },
    session::{
        connect::{self, InstanceConnection, OpenCampaign},
        result_files::ResultFiles,
        run_record, send_history, signals,
    },
};
use crate::{
    domain::{Delivery, Status},
    follow_up::{self, Tracking, Watch},
    green_api::Inspector,
    i18n::Language,
    ledger::{Ledger, LedgerError},
    progress::TrackProgress,
    report::SavedReport,
};

use messages::{NotDelivered, TrackMessage};

pub(crate) fn track(
    arguments: &TrackArguments,
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
    run_record::record_run(&mut ledger, "track", &clock, |ledger| {
        let interrupts = signals::listen()?;
        let ask = ask(arguments, &connections, ledger, interrupts, ui);
        let tracking = runtime.block_on(ask)?;
        let tally = DeliveryTally::read(ledger)?;
        let exit = exit(tracking.as_deref(), &tally);
        let files = ResultFiles::rewrite(ledger, ui.language)?;
        if !ui.is_quiet {
            let tracking = tracking.as_deref().unwrap_or_default();
            let hints = ui.hints.of_campaign(ledger);
            show_instances(tracking, &connections, ui);
            show_tally(&tally, &hints, ui);
            show_follow_up(&tally, files.as_ref(), &hints, ui);
        }
        if arguments.json {
            print_json(&TrackSummary::new(&tally, files.as_ref(), exit))
        } else {
            print(&tally.text(ui.language))
        }?;
        Ok(exit)
    })
}

/// Asks all instances. Returns what was found for each, or `None` if the user interrupted it.
async fn ask(
    arguments: &TrackArguments,
    connections: &[InstanceConnection],
    ledger: &mut Ledger,
    mut interrupts: watch::Receiver<u32>,
    ui: &Ui,
) -> Result<Option<Vec<Tracking>>, LedgerError> {
    let tally = DeliveryTally::read(ledger)?;
    let mut progress = TrackProgress::new(
        ui.progress_mode(),
        ui.language,
        tally.awaited,
        tally.accepted,
        StdInstant::now(),
    );
    let until = arguments
        .watch
        .then(|| Instant::now() + arguments.watch_for.0);
    let watch = Watch { until };
    let mut inspectors: Vec<_> = connections
        .iter()
        .map(|connection| Inspector::new(&connection.client))
        .collect();
    let mut observe = |event| progress.show(event, StdInstant::now());
    let tracking = tokio::select! {
        tracking = follow_up::track(&mut inspectors, ledger, watch, &mut observe) => tracking.map(Some),
        Ok(()) = interrupts.changed() => Ok(None),
    };
    progress.finish();
    tracking
}

fn exit(tracking: Option<&[Tracking]>, tally: &DeliveryTally) -> Exit {
    match tracking {
        None => Exit::Interrupted,
        Some(tracking) if tracking.iter().any(|found| found.refused.is_some()) => Exit::Refused,
        Some(_) if tally.awaited > 0 => Exit::Early,
        Some(_) => Exit::Done,
    }
}

/// What is known about the delivery of the accepted contacts.
struct DeliveryTally {
    accepted: u64,
    without_id: u64,
    awaited: u64,
    deliveries: Vec<(Delivery, u64)>,
}

impl DeliveryTally {
    fn read(ledger: &Ledger) -> Result<Self, LedgerError> {
        Ok(Self {
            accepted: ledger.counts()?.of(Status::Accepted),
            without_id: ledger.without_id()?,
            awaited: ledger.awaited()?.rows,
            deliveries: ledger.deliveries()?,
        })
    }

    fn rows(&self, delivery: Delivery) -> u64 {
        self.deliveries
            .iter()
            .find(|(word, _)| *word == delivery)
            .map_or(0, |(_, rows)| *rows)
    }

    fn not_known(&self) -> u64 {
        self.accepted
            .saturating_sub(self.deliveries.iter().map(|(_, rows)| rows).sum())
    }

    /// Returns a line for each delivery that has rows.
    fn text(&self, language: Language) -> String {
        let mut counts = summary::delivery_counts(&self.deliveries, self.accepted, language);
        counts.push((Status::Accepted.localized(language), self.accepted));
        summary::count_lines(&counts, language)
    }
}

/// What `track --json` prints: every delivery, even without rows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TrackSummary<'a> {
    accepted: u64,
    #[serde(flatten)]
    deliveries: BTreeMap<&'static str, u64>,
    not_known: u64,
    not_settled: u64,
    /// Null if there are no results to write again.
    results: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workbook: Option<Cow<'a, str>>,
    exit: u8,
}

impl<'a> TrackSummary<'a> {
    fn new(tally: &DeliveryTally, files: Option<&'a ResultFiles>, exit: Exit) -> Self {
        let deliveries = Delivery::ALL
            .iter()
            .map(|word| (word.as_str(), tally.rows(*word)));
        let path = |written: &'a SavedReport| written.file.path.to_string_lossy();
        Self {
            accepted: tally.accepted,
            deliveries: deliveries.collect(),
            not_known: tally.not_known(),
            not_settled: tally.awaited,
            results: files.map(|files| path(&files.results)),
            workbook: files.and_then(|files| files.workbook.as_ref()).map(path),
            exit: exit.code(),
        }
    }
}

/// Shows who did not get their contact, and where the results are.
fn show_follow_up(
    tally: &DeliveryTally,
    files: Option<&ResultFiles>,
    hints: &CampaignHints<'_>,
    ui: &Ui,
) {
    let cause = |(delivery, contacts): &(Delivery, u64)| {
        let contacts = *contacts;
        match delivery {
            Delivery::NoAccount => Some(NotDelivered::NoAccount { contacts }),
            Delivery::NotInGroup => Some(NotDelivered::NotInGroup { contacts }),
            Delivery::Failed => Some(NotDelivered::Failed { contacts }),
            // What to do about contacts that are held back was said above.
            Delivery::YellowCard
            | Delivery::Queued
            | Delivery::Sent
            | Delivery::Delivered
            | Delivery::Read => None,
        }
    };
    for line in tally.deliveries.iter().filter_map(cause) {
        ui.print_indented(&line);
    }
    let is_undelivered = |(delivery, _): &(Delivery, u64)| delivery.is_undelivered();
    if tally.deliveries.iter().any(is_undelivered) {
        ui.print_indented(&NotDelivered::List);
        eprintln_lossy!("    {}", hints.report_not_delivered());
    }
    if let Some(files) = files {
        files.show(ui);
    } else {
        ui.print_indented(&TrackMessage::Report);
        eprintln_lossy!("    {}", hints.report());
    }
}

/// Prints what was found for each instance.
fn show_instances(tracking: &[Tracking], connections: &[InstanceConnection], ui: &Ui) {
    for (found, connection) in tracking.iter().zip(connections) {
        for line in instance_lines(found, ui.language) {
            eprintln_lossy!("  {}{line}", connection.prefix);
        }
    }
}

/// Prints what is known about the accepted contacts, one sentence a line.
fn show_tally(tally: &DeliveryTally, hints: &CampaignHints<'_>, ui: &Ui) {
    let held_back = tally.rows(Delivery::YellowCard);
    if held_back > 0 {
        let contacts = held_back;
        ui.print_indented(&TrackMessage::HeldBack { contacts });
    }
    if tally.without_id > 0 {
        let contacts = tally.without_id;
        ui.print_indented(&TrackMessage::WithoutId { contacts });
    }
    match tally.awaited {
        0 => ui.print_indented(&TrackMessage::Settled {
            accepted: tally.accepted - tally.without_id,
        }),
        awaited => {
            ui.print_indented(&TrackMessage::Unsettled {
                contacts: awaited,
                accepted: tally.accepted,
            });
            eprintln_lossy!("    {}", hints.track());
        }
    }
}

/// Describes what was found for one instance.
fn instance_lines(found: &Tracking, language: Language) -> Vec<String> {
    let Tracking {
        late,
        late_until,
        unheard,
        restricted,
        refused,
        trouble,
        asked: _,
    } = found;
    let refused = refused
        .as_ref()
        .map(|(halt, words)| format!("{} ({words})", halt.localized(language)));
    let trouble = trouble.as_ref().map(|trouble| TrackMessage::Trouble {
        words: trouble.localized(language),
    });
    let restricted = restricted.then_some(TrackMessage::Restricted);
    let late = (*late > 0).then(|| TrackMessage::Late {
        contacts: *late,
        time: time_of_day(*late_until, language),
    });
    let unheard = (*unheard > 0).then_some(TrackMessage::Unheard { contacts: *unheard });
    let messages = [trouble, restricted, late, unheard].into_iter().flatten();
    let messages = messages.map(|message| message.localized(language));
    refused.into_iter().chain(messages).collect()
}

/// Formats the local time of day.
fn time_of_day(at: Option<Timestamp>, language: Language) -> String {
    let local = at.map(|at| {
        at.to_zoned(TimeZone::system())
            .strftime("%H:%M:%S")
            .to_string()
    });
    local.unwrap_or_else(|| NoData::NoData.localized(language))
}
