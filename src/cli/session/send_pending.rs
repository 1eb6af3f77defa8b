//! Sends what is pending: runs the engine, shows its progress, and reports when the instance itself will have sent the
//! contacts.

use std::{
    pin::pin,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use crate::cli::{
    args::SendArguments,
    exit::CommandError,
    options::{forecast::shown_moment, run, send_policy::RunPolicy},
    output::ui::Ui,
    session::{
        assignment::{Assignment, InstanceShare, SendingInstance},
        late_start,
        run_waits::{Now, WaitTracker, WaitingInstance},
    },
};
use crate::{
    engine::{self, ActiveInstance, Event, InstanceConfig, RunConfig, StopReason, Stopped},
    green_api::{Client, Inspector},
    i18n::{Language, count, messages},
    ledger::{Control, LeaseWatch, Ledger, LedgerError, LedgerWriter, RunCommand, SeenState},
    progress::{Progress, StatusPrinter},
    rate_limit::RateLimiter,
    send_policy::Zone,
};

messages! {
    /// When the queue of an instance will be empty.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum QueueMessage {
        Delivered { at: String, delay: String, queue: u64 } =
            en "The instance sends one contact every {delay} s, and {queue} in its queue: the last contact of this run \
                leaves at about {at}."
                [queue = count::en(*queue, "message waits", "messages wait")],
            ru "Инстанс отправляет один контакт в {delay} с, в очереди {queue}; последний контакт этого запуска уйдёт примерно \
                {at}."
                [delay = delay.replace('.', ","), queue = count::ru(*queue, "сообщение", "сообщения", "сообщений")],
    }
}

/// What stopped a run and its instances, or the error of the ledger that ended it.
pub(crate) type RunResult = Result<Vec<Stopped>, LedgerError>;

/// What a run sends, from which instances, and when.
pub(crate) struct SendJob<'a> {
    pub(crate) arguments: &'a SendArguments,
    pub(crate) policy: &'a RunPolicy,
    pub(crate) assignment: &'a Assignment<'a>,
    pub(crate) ui: &'a Ui,
}

/// Sends what is pending, and returns the ledger.
pub(crate) async fn send_pending(
    job: SendJob<'_>,
    ledger: Ledger,
    mut interrupts: watch::Receiver<u32>,
) -> Result<(Ledger, RunResult), CommandError> {
    let SendJob {
        arguments,
        assignment,
        ui,
        ..
    } = job;
    let (rows, first) = (assignment.rows(), assignment.instances.first());
    let Some(first) = first.filter(|_| rows > 0) else {
        return Ok((ledger, Ok(Vec::new())));
    };
    let control = Control::of(ledger.place()).with_leases(ledger.lease_watch());
    let stop = match stopped_before(&interrupts, &control) {
        None => late_start::confirm_start(job.policy.start, &control, &mut interrupts, ui).await,
        stop @ Some(_) => stop,
    };
    if let Some(stop) = stop {
        let stopped = Stopped {
            instance: None,
            stop,
        };
        return Ok((ledger, Ok(vec![stopped])));
    }
    let names = assignment.shares.iter().map(|share| share.prefix.clone());
    let zones = assignment.instances.iter();
    let zones = zones.map(|instance| instance.zone().rules().clone());
    let mut progress = Progress::new(ui.progress_mode(), rows, Instant::now(), ui.language)
        .with_prefixes(names.collect())
        .with_zones(zones.collect())
        .with_pause_commands(pause_commands(&job, &ledger));
    let config = RunConfig {
        control: Some(control),
        leases: ledger.lease_watch(),
        ..run::run_config(arguments, first.client.clock())
    };
    let deliveries = expected_deliveries(assignment, &ledger)?;
    let reports = report_deliveries(deliveries, progress.printer(), ui.language);
    let active = active_instances(assignment, &ledger)?;
    let writer = LedgerWriter::open(ledger)?;
    let mut waits = WaitTracker::new(waiting_instances(assignment));
    let clock = config.clock.clone();
    let mut observe = |instance, event: Event<'_>| {
        let steady = Instant::now();
        let wall = clock.now();
        if let Some(waits) = waits.take(instance, &event, Now { steady, wall }) {
            writer.note_waits(waits);
        }
        if let Some((instance, seen)) = instance.zip(seen_state(&event)) {
            writer.note_state(instance, seen, wall);
        }
        progress.show(instance, &event, steady);
    };
    let abandoned = abandon_on_second(config.leases.clone(), interrupts.clone());
    let run = engine::run(&writer, active, &config, interrupts, &mut observe);
    let result = while_first_runs(while_first_runs(Box::pin(run), reports), abandoned).await;
    progress.finish();
    let ledger = writer.close().ok_or(LedgerError::Gone)?;
    Ok((ledger, result))
}

/// Returns what an event says about the restrictions of a number.
fn seen_state(event: &Event<'_>) -> Option<SeenState> {
    match event {
        Event::Authorized => Some(SeenState::Authorized),
        Event::Restricted(restriction) => Some(SeenState::Restricted {
            state: restriction.state.as_word().to_owned(),
            until: restriction.until,
        }),
        Event::Settled(_)
        | Event::Waiting { .. }
        | Event::Pausing(_)
        | Event::Resumed
        | Event::SwitchedToChatId
        | Event::WithoutSendHistory(_)
        | Event::ChecksOver { .. }
        | Event::Stopping(_) => None,
    }
}

/// Returns the commands that resume or end a paused run from another terminal.
fn pause_commands(job: &SendJob<'_>, ledger: &Ledger) -> Vec<String> {
    let hints = job.ui.hints.of_place(ledger.place());
    vec![hints.resume(), hints.cancel()]
}

/// Returns what the user asked for while the rows were read.
fn stopped_before(interrupts: &watch::Receiver<u32>, control: &Control) -> Option<StopReason> {
    let interrupted = (*interrupts.borrow() > 0).then_some(StopReason::Interrupted);
    interrupted.or_else(|| {
        (control.command() == Some(RunCommand::Cancel)).then_some(StopReason::Cancelled)
    })
}

/// Returns the instances for the engine.
fn active_instances(
    assignment: &Assignment<'_>,
    ledger: &Ledger,
) -> Result<Vec<ActiveInstance<Client>>, LedgerError> {
    let active = |(index, (instance, share)): (usize, (&SendingInstance<'_>, &InstanceShare))| {
        let now = instance.client.clock().now();
        let history = ledger.send_history(index);
        Ok(ActiveInstance {
            transport: instance.client.clone(),
            rate_limiter: RateLimiter::new(instance.arguments.rate, Instant::now()),
            config: InstanceConfig {
                rules: instance.policy.rules.clone(),
                checks: instance.policy.checks,
                waits: instance.policy.waits,
                zone: instance.zone(),
                last_sent: history.map_or(Ok(None), |history| history.last(now))?,
                ..run::instance_config(instance.arguments)
            },
            pending: share.rows,
        })
    };
    assignment.each().enumerate().map(active).collect()
}

/// Returns the instances for the display of their waits.
fn waiting_instances(assignment: &Assignment<'_>) -> Vec<WaitingInstance> {
    let waiting = |(instance, share): (&SendingInstance<'_>, &InstanceShare)| WaitingInstance {
        name: share.prefix.strip_suffix(": ").map(ToOwned::to_owned),
        zone: instance.zone(),
        rows: share.rows,
    };
    assignment.each().map(waiting).collect()
}

/// Gives up the leases at the second interrupt, which must not wait for the database.
async fn abandon_on_second(leases: Option<LeaseWatch>, mut interrupts: watch::Receiver<u32>) {
    if interrupts.wait_for(|times| *times >= 2).await.is_ok()
        && let Some(leases) = leases
    {
        leases.abandon();
    }
}

/// Returns the result of the first future; the second runs beside it, and is dropped with it.
async fn while_first_runs<T>(
    first: impl Future<Output = T>,
    second: impl Future<Output = ()>,
) -> T {
    let mut first = pin!(first);
    tokio::select! {
        result = &mut first => result,
        () = second => first.await,
    }
}

/// What an instance will have put into its queue.
struct ExpectedDelivery {
    client: Client,
    contacts: u64,
    /// When its last contact is sent, if its rules determine that.
    last: Option<Timestamp>,
    /// The zone in which its moments are shown.
    zone: Zone,
    prefix: String,
}

fn expected_deliveries(
    assignment: &Assignment<'_>,
    ledger: &Ledger,
) -> Result<Vec<ExpectedDelivery>, LedgerError> {
    let expected = |(index, (instance, share)): (usize, (&SendingInstance<'_>, &InstanceShare))| {
        let load = instance.workload(share);
        let forecast = instance
            .forecast(ledger, index)
            .forecast(load, &share.groups)?;
        Ok(ExpectedDelivery {
            client: instance.client.clone(),
            contacts: load.contacts,
            last: forecast.and_then(|forecast| forecast.last),
            zone: instance.zone(),
            prefix: share.prefix.clone(),
        })
    };
    assignment.each().enumerate().map(expected).collect()
}

/// Prints, for each instance that has contacts, when its queue will be empty again.
async fn report_deliveries(
    deliveries: Vec<ExpectedDelivery>,
    printer: StatusPrinter,
    language: Language,
) {
    for expected in deliveries.iter().filter(|expected| expected.contacts > 0) {
        if let Some(message) = delivery_message(expected, language).await {
            printer.print(&(expected.prefix.clone() + &message.localized(language)));
        }
    }
}

/// Estimates when the instance's queue will be empty again: contacts are accepted far faster than they leave it. `None`
/// if the service does not report its queue.
async fn delivery_message(expected: &ExpectedDelivery, language: Language) -> Option<QueueMessage> {
    let mut inspector = Inspector::new(&expected.client);
    let delay = inspector.send_delay().await.ok()?;
    let queue = inspector.queue().await.ok()?.length;
    let messages = u32::try_from(expected.contacts + queue).unwrap_or(u32::MAX);
    let takes = delay.checked_mul(messages).unwrap_or(Duration::MAX);
    let takes = SignedDuration::try_from(takes).ok()?;
    let now = expected.client.clock().now();
    let at = now.checked_add(takes).ok()?;
    let at = expected.last.map_or(at, |last| at.max(last));
    Some(QueueMessage::Delivered {
        at: shown_moment(&expected.zone, at, language),
        delay: delay.as_secs_f64().to_string(),
        queue,
    })
}
