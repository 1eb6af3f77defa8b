//! Asks the service whether accepted contacts were delivered, once or until all are settled. Nothing is
//! sent.

use std::{collections::BTreeMap, time::Instant as StdInstant};

use jiff::{Timestamp, tz::TimeZone};
use tokio::{sync::watch, time::Instant};

use crate::cli::{
    args::{ServiceArguments, TrackArguments},
    exit::{CommandError, Exit},
    options::clock,
    output::{
        hint::{self, CampaignHints, Hints},
        stdout::{print, print_json},
        summary,
    },
    session::{
        connect::{self, InstanceConnection, OpenCampaign},
        run_record, send_pending, signals,
    },
};
use crate::{
    domain::{Delivery, Status},
    follow_up::{self, Tracking, Watch},
    green_api::Inspector,
    i18n::{self, Language},
    ledger::{Ledger, LedgerError},
    progress::TrackProgress,
    report::delivery_word,
};

pub(crate) fn track(
    arguments: &TrackArguments,
    services: &[&ServiceArguments],
    hints: &Hints,
    language: Language,
) -> Result<Exit, CommandError> {
    let clock = clock::service_clock();
    let OpenCampaign {
        runtime,
        mut ledger,
        connections,
    } = connect::open_campaign(&arguments.campaign, arguments.timeout, services, &clock)?;
    run_record::record_run(&mut ledger, "track", &clock, |ledger| {
        let interrupts = signals::listen()?;
        let ask = ask(arguments, &connections, ledger, interrupts, language);
        let tracking = runtime.block_on(ask)?;
        let tally = DeliveryTally::read(ledger)?;
        let exit = exit(tracking.as_deref(), &tally);
        if !arguments.quiet {
            let tracking = tracking.as_deref().unwrap_or_default();
            let words = (&hints.of_campaign(ledger), language);
            report(tracking, &connections, &tally, words);
        }
        if arguments.json {
            print_json(&tally.summary(exit))
        } else {
            print(&tally.text(language))
        }?;
        Ok(exit)
    })
}

/// Returns what was found for each instance; nothing if the user interrupted it.
async fn ask(
    arguments: &TrackArguments,
    connections: &[InstanceConnection],
    ledger: &mut Ledger,
    mut interrupts: watch::Receiver<u32>,
    language: Language,
) -> Result<Option<Vec<Tracking>>, LedgerError> {
    let tally = DeliveryTally::read(ledger)?;
    let mut progress = TrackProgress::new(
        send_pending::progress_mode(arguments.quiet),
        sentences(language),
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

const fn sentences(language: Language) -> i18n::Tracking {
    i18n::Tracking(language)
}

/// What is known of the accepted contacts.
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

    /// What `--json` prints: every word, also those without rows.
    fn summary(&self, exit: Exit) -> BTreeMap<&'static str, u64> {
        let deliveries = Delivery::ALL
            .iter()
            .map(|word| (word.as_str(), self.rows(*word)));
        let others = [
            ("accepted", self.accepted),
            ("notKnown", self.not_known()),
            ("notSettled", self.awaited),
            ("exit", u64::from(exit.code())),
        ];
        deliveries.chain(others).collect()
    }

    /// A line for each word that has rows.
    fn text(&self, language: Language) -> String {
        let known = self.deliveries.iter().map(|(delivery, rows)| {
            let word = match language {
                Language::En => delivery.as_str(),
                Language::Ru => delivery_word(Some(*delivery), language),
            };
            (word.to_owned(), *rows)
        });
        let not_known = (self.not_known() > 0).then(|| {
            let word = sentences(language).not_known().to_owned();
            (word, self.not_known())
        });
        let accepted = (Status::Accepted.localized(language), self.accepted);
        let lines = known.chain(not_known).chain([accepted]);
        lines.fold(String::new(), |text, (word, rows)| {
            text + &summary::count_line(&word, rows, language)
        })
    }
}

/// Prints what the user should know, one sentence a line.
fn report(
    tracking: &[Tracking],
    connections: &[InstanceConnection],
    tally: &DeliveryTally,
    (hints, language): (&CampaignHints<'_>, Language),
) {
    let sentences = sentences(language);
    let held_back = tally.rows(Delivery::YellowCard);
    for (found, connection) in tracking.iter().zip(connections) {
        for line in instance_lines(found, language) {
            eprintln_lossy!("  {}{line}", connection.prefix);
        }
    }
    let mut lines = Vec::new();
    lines.extend((held_back > 0).then(|| sentences.held_back(held_back)));
    lines.extend((tally.without_id > 0).then(|| sentences.without_id(tally.without_id)));
    match tally.awaited {
        0 => lines.push(sentences.settled(tally.accepted - tally.without_id)),
        awaited => lines.extend([
            sentences.unsettled(awaited, tally.accepted),
            hint::indented(&hints.track()),
        ]),
    }
    lines.extend([
        sentences.report().to_owned(),
        hint::indented(&hints.report()),
    ]);
    for line in lines {
        eprintln_lossy!("  {line}");
    }
}

/// What was found for one instance.
fn instance_lines(found: &Tracking, language: Language) -> Vec<String> {
    let sentences = sentences(language);
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
    let trouble = trouble
        .as_ref()
        .map(|trouble| sentences.trouble(&trouble.localized(language)));
    let restricted = restricted.then(|| sentences.restricted().to_owned());
    let late = (*late > 0).then(|| sentences.late(*late, &time_of_day(*late_until, language)));
    let unheard = (*unheard > 0).then(|| sentences.unheard(*unheard));
    [refused, trouble, restricted, late, unheard]
        .into_iter()
        .flatten()
        .collect()
}

/// The local time of day.
fn time_of_day(at: Option<Timestamp>, language: Language) -> String {
    let local = at.map(|at| {
        at.to_zoned(TimeZone::system())
            .strftime("%H:%M:%S")
            .to_string()
    });
    local.unwrap_or_else(|| sentences(language).not_known().to_owned())
}
