//! The instances of a run that sends: what each was told, how much of the campaign is its share, and
//! what a person is told of that.

use crate::cli::output::sharing;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;

use crate::cli::{
    args::SendArguments,
    exit::CommandError,
    options::{
        error::SettingsError,
        forecast::{InstanceForecast, ZoneGroup},
        send_policy::RunPolicy,
        service,
    },
    session::{
        connect::{self, ConnectedInstance},
        send_history,
    },
};
use crate::{
    green_api::{Client, ServiceClock},
    i18n::{self, Language, RunMessage},
    ledger::{Ledger, LedgerError, ShareLimit},
    send_policy::Workload,
};

/// Nobody plans further ahead.
const HORIZON: SignedDuration = SignedDuration::from_hours(24 * 5 * 366);

/// For so long the plan waits for the service's time.
const LONGEST_HEARING: Duration = Duration::from_secs(3);

/// An instance of the run.
pub(crate) struct Sender<'a> {
    pub(crate) reached: ConnectedInstance,
    pub(crate) client: Client,
    pub(crate) arguments: &'a SendArguments,
    pub(crate) when: RunPolicy,
}

/// What a run has to send, instance by instance.
pub(crate) struct InstanceShare {
    /// Rows that wait for the instance.
    pub(crate) rows: u64,
    /// How they are told before a line about them: nothing where there is one instance.
    pub(crate) prefix: String,
    /// The rows by the zones in which the hours have to hold for them.
    pub(crate) groups: Vec<ZoneGroup>,
}

impl<'a> Sender<'a> {
    pub(crate) fn new(
        reached: ConnectedInstance,
        arguments: &'a SendArguments,
        clock: &ServiceClock,
    ) -> Result<Self, SettingsError> {
        let when = when(arguments, clock)?;
        let client = reached.client(arguments.timeout, clock)?;
        Ok(Self {
            reached,
            client,
            arguments,
            when,
        })
    }

    /// Forecasts for this instance, by its number in the ledger.
    pub(crate) fn forecast<'b>(
        &'b self,
        ledger: &'b Ledger,
        instance: usize,
    ) -> InstanceForecast<'b> {
        InstanceForecast {
            policy: &self.when,
            ledger,
            instance,
        }
    }

    /// What comes before a line about it, in a run of this many instances.
    pub(crate) fn prefix(&self, instances: usize) -> String {
        if instances == 1 {
            String::new()
        } else {
            self.reached.prefix()
        }
    }

    /// This many contacts, one after another as fast as the rate allows.
    pub(crate) fn load(&self, cards: u64) -> Workload {
        let cards = cards.min(self.arguments.limit.unwrap_or(u64::MAX));
        Workload {
            contacts: cards,
            gap: Duration::from_secs_f64(1.0 / self.arguments.rate.per_second()),
        }
    }
}

/// Every instance of a run, by what was typed for each.
pub(crate) async fn reach<'a>(
    each: &[&'a SendArguments],
    clock: &ServiceClock,
) -> Result<Vec<Sender<'a>>, CommandError> {
    let services: Vec<_> = each.iter().map(|arguments| &arguments.service).collect();
    let reached = connect::reach_all(&services).await?;
    let senders = reached
        .into_iter()
        .zip(each)
        .map(|(reached, arguments)| Sender::new(reached, arguments, clock));
    Ok(senders.collect::<Result<_, _>>()?)
}

/// Has one of the instances tell the service's time, if any does so soon; by it is meant what was typed.
pub(crate) async fn hear_time(
    senders: &mut [Sender<'_>],
    clock: &ServiceClock,
) -> Result<(), SettingsError> {
    let ask = async {
        for sender in &*senders {
            sender.client.hear_time().await;
            if clock.has_heard() {
                return;
            }
        }
    };
    // Else the first answer to a contact, or about the state, tells it.
    let _in_time = timeout(LONGEST_HEARING, ask).await;
    for sender in senders {
        sender.when = when(sender.arguments, clock)?;
    }
    Ok(())
}

/// What was typed for an instance means now.
fn when(arguments: &SendArguments, clock: &ServiceClock) -> Result<RunPolicy, SettingsError> {
    let when = arguments.policy.read(clock);
    when.map_err(|error| service::with_instance_name(&arguments.service, error.into()))
}

/// What a person should know of the clock of this machine.
pub(crate) fn clock_note(clock: &ServiceClock, language: Language) -> Option<String> {
    let ahead = clock.machine_is_ahead()?;
    let by = i18n::long(ahead.unsigned_abs(), language);
    let note = if ahead.is_positive() {
        RunMessage::ClockAhead { by }
    } else {
        RunMessage::ClockBehind { by }
    };
    Some(note.localized(language))
}

/// Messages a second, all together.
pub(crate) fn rate(each: &[&SendArguments]) -> f64 {
    each.iter()
        .map(|arguments| arguments.rate.per_second())
        .sum()
}

/// Keeps the sends of each instance in its send history, and deals the rows out; gives what a person should
/// know.
pub(crate) fn prepare(
    senders: &[Sender<'_>],
    ledger: &mut Ledger,
    language: Language,
) -> Result<Vec<String>, LedgerError> {
    let mut notes = Vec::new();
    for (instance, Sender { reached, when, .. }) in senders.iter().enumerate() {
        let caps = when.rules.as_ref().map(|rules| &rules.schedule.caps);
        let whose = (&reached.identity(), reached.instance.api_url());
        let note = send_history::keep((ledger, instance), whose, caps, language)?;
        notes.extend(note.map(|note| reached.prefix() + &note));
    }
    if ledger.is_shared()? {
        let portions = portions(senders, ledger, ledger.waiting()?)?;
        ledger.assign(&portions)?;
    }
    Ok(notes)
}

/// The rows that wait for each instance; `waiting` are those of all.
pub(crate) fn shares(
    senders: &[Sender<'_>],
    ledger: &Ledger,
    waiting: u64,
) -> Result<Vec<InstanceShare>, LedgerError> {
    let parties = sharing::sharing(ledger)?;
    let of_instance = |instance| {
        parties
            .iter()
            .find(|party| party.instance == Some(instance))
            .map_or(0, |party| party.waiting)
    };
    let rows = |instance| {
        if parties.is_empty() {
            waiting
        } else {
            of_instance(instance)
        }
    };
    let share = |(instance, sender): (usize, &Sender<'_>)| -> Result<InstanceShare, LedgerError> {
        let (rows, prefix) = (rows(instance), sender.prefix(senders.len()));
        Ok(InstanceShare {
            rows,
            prefix,
            groups: sender.forecast(ledger, instance).groups(rows)?,
        })
    };
    senders.iter().enumerate().map(share).collect()
}

/// The shares of a campaign that several instances send, a line each: how many contacts each has, and what
/// waits for those that take no part.
pub(crate) fn told(
    senders: &[Sender<'_>],
    (ledger, shares): (&Ledger, &[InstanceShare]),
    language: Language,
) -> Result<Vec<String>, LedgerError> {
    let mut lines = Vec::new();
    for (sender, share) in senders.iter().zip(shares).filter(|_| senders.len() > 1) {
        let rate = sender.arguments.rate.per_second().to_string();
        lines.push(
            share.prefix.clone()
                + &RunMessage::Share {
                    rows: share.rows,
                    rate,
                }
                .localized(language),
        );
    }
    if ledger.is_shared()? {
        let away = ledger
            .instance_summaries()?
            .into_iter()
            .filter(|party| party.instance.is_none());
        let away = away.map(|party| (party.waiting, party.name));
        let told = |(rows, name)| RunMessage::KeptBy { rows, name }.localized(language);
        lines.extend(away.filter(|(rows, _)| *rows > 0).map(told));
    }
    Ok(lines)
}

/// What the rules of each instance make of its share, a line each.
pub(crate) fn outlook(
    senders: &[Sender<'_>],
    (ledger, shares): (&Ledger, &[InstanceShare]),
    language: Language,
) -> Result<Vec<String>, LedgerError> {
    let mut lines = Vec::new();
    for (instance, (sender, share)) in senders.iter().zip(shares).enumerate() {
        let told = sender.forecast(ledger, instance).lines(
            sender.load(share.rows),
            &share.groups,
            language,
        )?;
        lines.extend(told.into_iter().map(|line| share.prefix.clone() + &line));
    }
    Ok(lines)
}

/// What each instance can send until all is sent: an instance that may send faster, or more a day, has more of it,
/// so that none is the last for long. Where contacts of one recipient stay together, none is given more than
/// it can send a little later.
fn portions(
    senders: &[Sender<'_>],
    ledger: &Ledger,
    cards: u64,
) -> Result<Vec<ShareLimit>, LedgerError> {
    let Some(now) = senders.first().map(|sender| sender.client.clock().now()) else {
        return Ok(Vec::new());
    };
    let until = |time: SignedDuration| -> Result<Vec<u64>, LedgerError> {
        let until = now.checked_add(time).unwrap_or(Timestamp::MAX);
        let sends = |(instance, sender): (usize, &Sender<'_>)| {
            let load = Workload {
                contacts: cards,
                ..sender.load(cards)
            };
            sender
                .forecast(ledger, instance)
                .contacts_until(load, now, until)
        };
        senders.iter().enumerate().map(sends).collect()
    };
    let (mut short, mut long) = (SignedDuration::ZERO, HORIZON);
    while long - short > SignedDuration::from_secs(1) {
        let middle = short + (long - short) / 2;
        if until(middle)?.iter().sum::<u64>() >= cards {
            long = middle;
        } else {
            short = middle;
        }
    }
    let (shares, most) = (
        until(long)?,
        until(long + SignedDuration::from_mins(1) + long / 10)?,
    );
    let is_none = shares.iter().all(|share| *share == 0);
    let portion = |(share, most): (u64, u64)| ShareLimit {
        share: if is_none { 1 } else { share },
        most,
    };
    Ok(shares.into_iter().zip(most).map(portion).collect())
}
