//! Asks the service what became of the accepted contacts, once or until all are settled. Nothing is
//! sent.

use std::time::Instant as StdInstant;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};
use tokio::{sync::watch, time::Instant};

use crate::cli::{
    args::{ServiceArguments, TrackArguments},
    exit::{CommandError, Exit},
    options::clock,
    output::stdout::{print, print_json},
    session::{
        connect::{self, InstanceConnection},
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
};

pub(crate) fn track(
    arguments: &TrackArguments,
    services: &[&ServiceArguments],
    language: Language,
) -> Result<Exit, CommandError> {
    let clock = clock::service_clock();
    let (runtime, mut ledger, ways) =
        connect::with_ledger((&arguments.campaign, arguments.timeout), services, &clock)?;
    run_record::recorded(&mut ledger, ("track", &clock), |ledger| {
        let interrupts = signals::count()?;
        let tracking = runtime.block_on(ask((arguments, language), &ways, ledger, interrupts))?;
        let tally = Tally::of(ledger)?;
        let exit = exit(tracking.as_deref(), &tally);
        if !arguments.quiet {
            tell(
                (tracking.as_deref().unwrap_or_default(), &ways),
                &tally,
                language,
            );
        }
        if arguments.json {
            print_json(&tally.json(exit))
        } else {
            print(&tally.text(language))
        }?;
        Ok(exit)
    })
}

/// Gives what was found of each instance; nothing when a person interrupted it.
async fn ask(
    (arguments, language): (&TrackArguments, Language),
    ways: &[InstanceConnection],
    ledger: &mut Ledger,
    mut interrupts: watch::Receiver<u32>,
) -> Result<Option<Vec<Tracking>>, LedgerError> {
    let tally = Tally::of(ledger)?;
    let show = send_pending::show(arguments.quiet);
    let mut progress = TrackProgress::new(
        show,
        words(language),
        tally.awaited,
        tally.accepted,
        StdInstant::now(),
    );
    let until = arguments
        .watch
        .then(|| Instant::now() + arguments.watch_for.0);
    let watch = Watch { until };
    let mut inspectors: Vec<_> = ways.iter().map(|way| Inspector::new(&way.client)).collect();
    let mut tell = |event| progress.show(event, StdInstant::now());
    let tracking = tokio::select! {
        tracking = follow_up::track(&mut inspectors, ledger, watch, &mut tell) => tracking.map(Some),
        Ok(()) = interrupts.changed() => Ok(None),
    };
    progress.finish();
    tracking
}

fn exit(tracking: Option<&[Tracking]>, tally: &Tally) -> Exit {
    match tracking {
        None => Exit::Interrupted,
        Some(tracking) if tracking.iter().any(|found| found.refused.is_some()) => Exit::Refused,
        Some(_) if tally.awaited > 0 => Exit::Early,
        Some(_) => Exit::Done,
    }
}

const fn words(language: Language) -> i18n::Tracking {
    i18n::Tracking(language)
}

/// What is known of the accepted contacts.
struct Tally {
    accepted: u64,
    without_id: u64,
    awaited: u64,
    deliveries: Vec<(Delivery, u64)>,
}

impl Tally {
    fn of(ledger: &Ledger) -> Result<Self, LedgerError> {
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

    /// Every word, those without rows too.
    fn json(&self, exit: Exit) -> Value {
        let words = Delivery::ALL
            .iter()
            .map(|word| (word.as_str().to_owned(), json!(self.rows(*word))));
        let mut object: Map<String, Value> = words.collect();
        object.insert("accepted".to_owned(), json!(self.accepted));
        object.insert("notKnown".to_owned(), json!(self.not_known()));
        object.insert("notSettled".to_owned(), json!(self.awaited));
        object.insert("exit".to_owned(), json!(exit.code()));
        Value::Object(object)
    }

    /// A line for each word that has rows.
    fn text(&self, language: Language) -> String {
        let known = self
            .deliveries
            .iter()
            .map(|(word, rows)| (word.as_str(), *rows));
        let not_known =
            (self.not_known() > 0).then(|| (words(language).not_known(), self.not_known()));
        let accepted = (Status::Accepted.as_str(), self.accepted);
        let lines = known.chain(not_known).chain([accepted]);
        lines.fold(String::new(), |text, (word, rows)| {
            text + &format!("  {word:10} {rows:>9}\n")
        })
    }
}

/// What a person should know, one sentence a line.
fn tell((tracking, ways): (&[Tracking], &[InstanceConnection]), tally: &Tally, language: Language) {
    let sentences = words(language);
    let held_back = tally.rows(Delivery::YellowCard);
    for (found, way) in tracking.iter().zip(ways) {
        for line in of_instance(found, language) {
            eprintln_lossy!("  {}{line}", way.prefix);
        }
    }
    let mut lines = Vec::new();
    lines.extend((held_back > 0).then(|| sentences.held_back(held_back)));
    lines.extend((tally.without_id > 0).then(|| sentences.without_id(tally.without_id)));
    lines.push(match tally.awaited {
        0 => sentences.settled(tally.accepted - tally.without_id),
        awaited => sentences.unsettled(awaited, tally.accepted),
    });
    lines.push(sentences.report().to_owned());
    for line in lines {
        eprintln_lossy!("  {line}");
    }
}

/// What one instance has brought.
fn of_instance(found: &Tracking, language: Language) -> Vec<String> {
    let sentences = words(language);
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
    let late = (*late > 0).then(|| sentences.late(*late, &clock(*late_until, language)));
    let unheard = (*unheard > 0).then(|| sentences.unheard(*unheard));
    [refused, trouble, restricted, late, unheard]
        .into_iter()
        .flatten()
        .collect()
}

/// The time of day where the person is.
fn clock(at: Option<Timestamp>, language: Language) -> String {
    let local = at.map(|at| {
        at.to_zoned(TimeZone::system())
            .strftime("%H:%M:%S")
            .to_string()
    });
    local.unwrap_or_else(|| words(language).not_known().to_owned())
}
