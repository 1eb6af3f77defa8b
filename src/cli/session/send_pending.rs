//! The time in which contacts are handed over: the engine at work, what is seen of it, and when the
//! instance itself will have sent them.

use std::{
    io::IsTerminal,
    pin::pin,
    time::{Duration, Instant},
};

use jiff::{Timestamp, tz::TimeZone};
use tokio::sync::watch;

use crate::cli::{
    args::SendArguments,
    exit::CommandError,
    options::{forecast::shown_moment, run, send_policy::RunPolicy},
    session::{
        assignment::{InstanceShare, Sender},
        late_start,
    },
};
use crate::{
    domain::Counts,
    engine::{self, ActiveInstance, InstanceConfig, RunConfig, StopReason, Stopped},
    green_api::{Client, Inspector},
    i18n::{Language, RunMessage},
    ledger::{ControlFile, Ledger, LedgerError, LedgerWriter, RunCommand},
    progress::{Progress, ProgressMode, StatusPrinter},
    rate_limit::RateLimiter,
    send_policy::Zone,
};

/// What stopped a run and its instances, or the fault of the ledger that ended it.
pub(crate) type Run = Result<Vec<Stopped>, LedgerError>;

/// Hands over what is pending.
pub(crate) async fn hand_over(
    (arguments, when): (&SendArguments, &RunPolicy),
    (senders, shares): (&[Sender<'_>], &[InstanceShare]),
    (ledger, before): (Ledger, Counts),
    mut interrupts: watch::Receiver<u32>,
    language: Language,
) -> Result<(Ledger, Run), CommandError> {
    let waiting: u64 = shares.iter().map(|share| share.rows).sum();
    if waiting == 0 {
        return Ok((ledger, Ok(Vec::new())));
    }
    let Some(clock) = senders.first().map(|sender| sender.client.clock().clone()) else {
        return Ok((ledger, Ok(Vec::new())));
    };
    let control = ControlFile::of(ledger.path());
    let stop = match ended_before(&interrupts, &control) {
        None => late_start::refusal(when.start, &control, &mut interrupts, language).await,
        stop @ Some(_) => stop,
    };
    if let Some(stop) = stop {
        return Ok((
            ledger,
            Ok(vec![Stopped {
                instance: None,
                stop,
            }]),
        ));
    }
    let show = show(arguments.verbosity.quiet);
    let names = shares.iter().map(|share| share.prefix.clone()).collect();
    let mut progress =
        Progress::new(show, before, waiting, Instant::now(), language).with_prefixes(names);
    let conditions = RunConfig {
        control: Some(control),
        ..run::run_config(arguments, &clock)
    };
    let mut instances = Vec::new();
    let mut loads = Vec::new();
    for (instance, (sender, share)) in senders.iter().zip(shares).enumerate() {
        let load = sender.load(share.rows);
        let last = sender
            .forecast(&ledger, instance)
            .forecast(load, &share.groups)?
            .and_then(|forecast| forecast.last);
        loads.push((
            sender.client.clone(),
            load.contacts,
            last,
            share.prefix.clone(),
        ));
        instances.push(self::instance(sender, (&ledger, instance), share)?);
    }
    let delivered = tell_deliveries(loads, progress.printer(), language);
    let door = LedgerWriter::open(ledger)?;
    let mut tell =
        |instance, event: engine::Event<'_>| progress.show(instance, &event, Instant::now());
    let run = engine::run(&door, instances, &conditions, interrupts, &mut tell);
    let result = with(run, delivered).await;
    progress.finish();
    let ledger = door.close().ok_or(LedgerError::Gone)?;
    Ok((ledger, result))
}

/// What was asked for while the rows were read.
fn ended_before(interrupts: &watch::Receiver<u32>, control: &ControlFile) -> Option<StopReason> {
    let interrupted = (*interrupts.borrow() > 0).then_some(StopReason::Interrupted);
    interrupted
        .or_else(|| (control.wish() == Some(RunCommand::Cancel)).then_some(StopReason::Cancelled))
}

fn instance(
    sender: &Sender<'_>,
    (ledger, instance): (&Ledger, usize),
    share: &InstanceShare,
) -> Result<ActiveInstance<Client>, LedgerError> {
    let config = InstanceConfig {
        rules: sender.when.rules.clone(),
        waits: sender.when.waits,
        last_sent: ledger.send_history(instance).map_or(Ok(None), |history| {
            history.last(sender.client.clock().now())
        })?,
        ..run::instance_config(sender.arguments)
    };
    let rate_limiter = RateLimiter::new(sender.arguments.rate, Instant::now());
    Ok(ActiveInstance {
        transport: sender.client.clone(),
        rate_limiter,
        config,
        pending: share.rows,
    })
}

/// The first of two; the second goes on beside it as long as it lasts.
async fn with<T>(first: impl Future<Output = T>, second: impl Future<Output = ()>) -> T {
    let mut first = pin!(first);
    tokio::select! {
        result = &mut first => result,
        () = second => first.await,
    }
}

/// A moving line on a terminal only.
pub(crate) fn show(quiet: bool) -> ProgressMode {
    match (quiet, std::io::stderr().is_terminal()) {
        (true, _) => ProgressMode::Nothing,
        (false, true) => ProgressMode::Bar,
        (false, false) => ProgressMode::Lines,
    }
}

/// Says of each instance that has contacts when its queue will be empty again.
async fn tell_deliveries(
    loads: Vec<(Client, u64, Option<Timestamp>, String)>,
    teller: StatusPrinter,
    language: Language,
) {
    for (client, cards, last, prefix) in loads {
        if cards > 0
            && let Some(delivered) = delivered(&client, (cards, last), language).await
        {
            teller.print(&(prefix + &delivered.localized(language)));
        }
    }
}

/// When the instance's queue will be empty again: contacts are taken far faster than they leave it. A
/// service that does not tell is passed over in silence.
async fn delivered(
    client: &Client,
    (cards, last): (u64, Option<Timestamp>),
    language: Language,
) -> Option<RunMessage> {
    let mut inspector = Inspector::new(client);
    let delay = inspector.send_delay().await.ok()?;
    let queue = inspector.queue().await.ok()?.length;
    let messages = u32::try_from(cards + queue).unwrap_or(u32::MAX);
    let takes = delay.checked_mul(messages).unwrap_or(Duration::MAX);
    let at = client
        .clock()
        .now()
        .checked_add(jiff::SignedDuration::try_from(takes).ok()?)
        .ok()?;
    let at = shown_moment(
        &Zone::of(TimeZone::system()),
        last.map_or(at, |last| at.max(last)),
        language,
    );
    Some(RunMessage::Delivered {
        at,
        delay: delay.as_secs_f64().to_string(),
        queue,
    })
}
