//! The time in which cards are handed over: the engine at work, what is seen of it, and when the
//! instance itself will have sent them.

use std::{
    io::IsTerminal,
    pin::pin,
    time::{Duration, Instant},
};

use jiff::{Timestamp, tz::TimeZone};
use tokio::sync::watch;

use super::{
    args::SendArguments,
    exit::CommandError,
    settings,
    when::{When, shown},
};
use crate::{
    calendar::{Load, Zone},
    campaign::{self, Conditions, Stop},
    domain::{Counts, Status},
    green_api::{Client, Inspector},
    ledger::{Book, Control, Door, Ledger, LedgerError},
    pace::Pace,
    progress::{Progress, Show, Teller},
    sentences::{Language, Running},
};

/// What stopped a run, or the fault of the ledger that ended it.
pub(super) type Run = Result<Option<Stop>, LedgerError>;

/// Hands over what is pending.
pub(super) async fn hand_over(
    (arguments, when): (&SendArguments, &When),
    client: &Client,
    (ledger, before): (Ledger, Counts),
    interrupts: watch::Receiver<u32>,
    language: Language,
) -> Result<(Ledger, Run), CommandError> {
    if before.of(Status::Pending) == 0 {
        return Ok((ledger, Ok(None)));
    }
    let load = load(arguments, &before);
    if let Some(stop) = when.refused(load.cards, language) {
        return Ok((ledger, Ok(Some(stop))));
    }
    let mut progress = Progress::new(show(arguments.talk.quiet), before, Instant::now(), language);
    let pace = Pace::new(arguments.rate, Instant::now());
    let control = Control::of(ledger.path());
    let conditions = Conditions {
        rules: when.rules.clone(),
        waits: when.waits,
        last_sent: ledger.book().map_or(Ok(None), Book::last)?,
        control: Some(control.clone()),
        ..settings::conditions(arguments)
    };
    let last = when.reckon(&ledger, load)?.and_then(|finish| finish.last);
    let delivered = tell_delivery(client, (load.cards, last), progress.teller(), language);
    let door = Door::open(ledger)?;
    let mut tell = |event: campaign::Event<'_>| progress.tell(&event, Instant::now());
    let run = campaign::run(&door, client, pace, &conditions, (interrupts, &mut tell));
    let result = with(run, delivered).await;
    progress.finish();
    // A wish that stays behind would only be told of by the next run.
    let _gone = control.clear();
    let ledger = door.close().ok_or(LedgerError::Gone)?;
    Ok((ledger, result))
}

/// The cards that are to go, one after another as fast as the rate allows.
pub(super) fn load(arguments: &SendArguments, before: &Counts) -> Load {
    let cards = before.of(Status::Pending).min(arguments.limit.unwrap_or(u64::MAX));
    Load { cards, gap: Duration::from_secs_f64(1.0 / arguments.rate.per_second()) }
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
pub(super) fn show(quiet: bool) -> Show {
    match (quiet, std::io::stderr().is_terminal()) {
        (true, _) => Show::Nothing,
        (false, true) => Show::Bar,
        (false, false) => Show::Lines,
    }
}

/// Says when the instance's queue will be empty again: cards are taken far faster than they leave
/// it. A service that does not tell is passed over in silence.
async fn tell_delivery(
    client: &Client,
    (cards, last): (u64, Option<Timestamp>),
    teller: Teller,
    language: Language,
) {
    let mut inspector = Inspector::new(client);
    let Ok(delay) = inspector.send_delay().await else { return };
    let Ok((queue, _)) = inspector.queue().await else { return };
    let queue = queue as u64;
    let messages = u32::try_from(cards + queue).unwrap_or(u32::MAX);
    let takes = delay.checked_mul(messages).unwrap_or(Duration::MAX);
    let Some(at) =
        jiff::SignedDuration::try_from(takes).ok().and_then(|takes| Timestamp::now().checked_add(takes).ok())
    else {
        return;
    };
    let at = shown(&Zone::of(TimeZone::system()), last.map_or(at, |last| at.max(last)), language);
    let delay = delay.as_secs_f64().to_string();
    teller.say(&Running::Delivered { at, delay, queue }.say(language));
}
