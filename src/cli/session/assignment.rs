//! The sending instances of a run, and the share of the campaign that each of them gets.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use tokio::time::timeout;

use crate::cli::{
    args::SendArguments,
    exit::CommandError,
    options::{error::SettingsError, forecast::InstanceForecast, send_policy::RunPolicy, service},
    output::{
        instances,
        plan::{FirstMessage, checks_line},
    },
    session::{
        connect::{self, ConnectedInstance},
        send_history,
    },
};
use crate::{
    green_api::{Client, ServiceClock},
    i18n::{Language, count, messages},
    ledger::{
        ChecksAhead, Identity, InstanceSummary, Ledger, LedgerError, PendingGroup, ShareLimit,
    },
    rate_limit::Rate,
    send_policy::{Workload, Zone},
};

messages! {
    /// What an instance has to send.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum ShareMessage {
        Share { rows: u64, rate: String } =
            en "{rows}, at most {rate} a second" [rows = count::en(*rows, "contact", "contacts")],
            ru "{rows}, не быстрее {rate} в секунду"
                [rows = count::ru(*rows, "контакт", "контакта", "контактов"), rate = rate.replace('.', ",")],
        KeptBy { rows: u64, name: String } =
            en "{rows} for {name}, which is not part of this run: these recipients already got a contact from it. To \
                send them, name it with --instance." [rows = count::en(*rows, "contact waits", "contacts wait")],
            ru "{rows} для {name}, а он не участвует в этом запуске: эти получатели уже получали контакт от него. \
                Чтобы отправить, укажите его в --instance."
                [rows = count::ru(*rows, "контакт остаётся", "контакта остаются", "контактов остаётся")],
    }
}

/// Says how many contacts wait for each instance that is not part of the run and that no other machine drives.
pub(crate) fn lines_of_other_instances(
    summaries: &[InstanceSummary],
    language: Language,
) -> Vec<String> {
    let is_idle = |summary: &&InstanceSummary| summary.instance.is_none() && !summary.is_driven;
    let kept = summaries.iter().filter(is_idle);
    let kept = kept.filter(|summary| summary.waiting > 0);
    kept.map(|summary| {
        let (rows, name) = (summary.waiting, summary.name.clone());
        ShareMessage::KeptBy { rows, name }.localized(language)
    })
    .collect()
}

/// How far ahead shares are planned.
const HORIZON: SignedDuration = SignedDuration::from_hours(24 * 5 * 366);

/// How long the plan waits for the service's time.
const SERVICE_TIME_LIMIT: Duration = Duration::from_secs(3);

/// An instance that sends in this run.
pub(crate) struct SendingInstance<'a> {
    pub(crate) connected: ConnectedInstance,
    pub(crate) client: Client,
    pub(crate) arguments: &'a SendArguments,
    pub(crate) policy: RunPolicy,
}

impl<'a> SendingInstance<'a> {
    fn new(
        connected: ConnectedInstance,
        arguments: &'a SendArguments,
        clock: &ServiceClock,
    ) -> Result<Self, SettingsError> {
        let policy = policy(arguments, clock)?;
        let client = connected.client(arguments.timeout, clock)?;
        Ok(Self {
            connected,
            client,
            arguments,
            policy,
        })
    }

    /// Returns the forecasts for this instance, which has this number in the ledger.
    pub(crate) fn forecast<'b>(
        &'b self,
        ledger: &'b Ledger,
        instance: usize,
    ) -> InstanceForecast<'b> {
        InstanceForecast {
            policy: &self.policy,
            ledger,
            instance,
        }
    }

    /// Returns the zone in which moments of this instance are shown: that of its hours, else the one that was named,
    /// else that of this computer.
    pub(crate) fn zone(&self) -> Zone {
        let rules = self.policy.rules.as_ref();
        let zone_of_hours = rules.map(|rules| rules.schedule.hours.zone.clone());
        let named = self.arguments.policy.time_zone.as_deref();
        zone_of_hours
            .or_else(|| named.and_then(|zone| zone.parse().ok()))
            .unwrap_or_else(|| Zone::of(TimeZone::system()))
    }

    /// Returns the prefix of a line about this instance: empty in a run of one instance.
    pub(crate) fn prefix(&self, instances: usize) -> String {
        if instances == 1 {
            String::new()
        } else {
            self.connected.prefix()
        }
    }

    /// Returns the load of its rows, sent one after another as fast as rate and checks allow.
    pub(crate) fn workload(&self, share: &InstanceShare) -> Workload {
        let contacts = share.rows.min(self.arguments.limit.unwrap_or(u64::MAX));
        let load = self.unlimited_workload(contacts);
        let numbers = share.checks.map_or(0, |checks| checks.numbers);
        #[expect(clippy::cast_precision_loss, reason = "rows, for a forecast")]
        let checks_a_row = numbers as f64 / share.rows.max(1) as f64;
        let a_check = 1.0 / Rate::ACCOUNT_CHECKS.per_second();
        Workload {
            gap: load
                .gap
                .max(Duration::from_secs_f64(checks_a_row * a_check)),
            ..load
        }
    }

    /// Returns the checks of numbers that the instance still has to make, if it checks any.
    fn checks_ahead(
        &self,
        ledger: &Ledger,
        instance: usize,
    ) -> Result<Option<ChecksAhead>, LedgerError> {
        let now = self.client.clock().now();
        let limit = self.arguments.limit.unwrap_or(u64::MAX);
        let ahead = |policy| {
            let ahead = ledger.checks_ahead(instance, policy, now)?;
            Ok(ChecksAhead {
                numbers: ahead.numbers.min(limit),
                ..ahead
            })
        };
        self.policy.checks.map(ahead).transpose()
    }

    /// Returns the load of this many contacts, without `--limit`.
    fn unlimited_workload(&self, contacts: u64) -> Workload {
        Workload {
            contacts,
            gap: Duration::from_secs_f64(1.0 / self.arguments.rate.per_second()),
        }
    }
}

/// Connects every instance of a run, each with its own arguments.
pub(crate) async fn connect<'a>(
    each: &[&'a SendArguments],
    clock: &ServiceClock,
) -> Result<Vec<SendingInstance<'a>>, CommandError> {
    let services: Vec<_> = each.iter().map(|arguments| &arguments.service).collect();
    let connected = connect::connect_all(&services).await?;
    let instances = connected
        .into_iter()
        .zip(each)
        .map(|(connected, arguments)| SendingInstance::new(connected, arguments, clock));
    Ok(instances.collect::<Result<_, _>>()?)
}

/// Asks one instance after another for the service's time, until one answers; then evaluates the times of the arguments
/// again, by that clock.
pub(crate) async fn ask_service_time(
    instances: &mut [SendingInstance<'_>],
    clock: &ServiceClock,
) -> Result<(), SettingsError> {
    let ask = async {
        for instance in &*instances {
            instance.client.hear_time().await;
            if clock.has_heard() {
                return;
            }
        }
    };
    // If no answer comes in time, the first answer to another request sets the clock.
    let _ = timeout(SERVICE_TIME_LIMIT, ask).await;
    for instance in instances {
        instance.policy = policy(instance.arguments, clock)?;
    }
    Ok(())
}

/// Returns when an instance may send, by this clock.
fn policy(arguments: &SendArguments, clock: &ServiceClock) -> Result<RunPolicy, SettingsError> {
    let policy = arguments.policy.read(clock);
    policy.map_err(|error| service::with_instance_name(&arguments.service, error.into()))
}

/// Returns the messages per second of all instances together.
pub(crate) fn rate(each: &[&SendArguments]) -> f64 {
    each.iter()
        .map(|arguments| arguments.rate.per_second())
        .sum()
}

/// Returns the instances for a dry run. They need no token, and no request is made. If the settings name no account,
/// the ledger's first instance stands in.
pub(crate) fn for_dry_run<'a>(
    each: &[&'a SendArguments],
    known: &[Identity],
    clock: &ServiceClock,
) -> Result<Vec<SendingInstance<'a>>, CommandError> {
    let mut connected: Vec<ConnectedInstance> = Vec::new();
    for arguments in each {
        let next = connect::for_dry_run(&arguments.service, known)?;
        connect::must_differ(&next, &connected)?;
        connected.push(next);
    }
    let instances = connected
        .into_iter()
        .zip(each)
        .map(|(connected, arguments)| SendingInstance::new(connected, arguments, clock));
    Ok(instances.collect::<Result<_, _>>()?)
}

/// Attaches the send history of each instance, or a copy of it. Returns notes for the user.
pub(crate) fn attach_histories(
    instances: &[SendingInstance<'_>],
    ledger: &mut Ledger,
    language: Language,
) -> Result<Vec<String>, LedgerError> {
    let mut notes = Vec::new();
    for (index, instance) in instances.iter().enumerate() {
        let (connected, rules) = (&instance.connected, &instance.policy.rules);
        let counts = rules
            .as_ref()
            .is_some_and(|rules| rules.schedule.caps.needs_history());
        let is_needed = counts
            || instance.policy.checks.is_some()
            || (instance.arguments.not_again_within).is_some_and(|days| !days.0.is_zero());
        let note = send_history::attach(ledger, index, connected, is_needed, language)?;
        notes.extend(note.map(|note| connected.prefix() + &note));
    }
    if let Some(first) = instances.first() {
        let left_out = send_history::attach_left_out(ledger, &first.connected, language)?;
        notes.extend(left_out);
    }
    Ok(notes)
}

/// Assigns the rows to the instances.
pub(crate) fn assign(
    instances: &[SendingInstance<'_>],
    ledger: &mut Ledger,
) -> Result<(), LedgerError> {
    if ledger.is_shared()? {
        let limits = share_limits(instances, ledger, ledger.waiting()?)?;
        ledger.assign(&limits)?;
    }
    Ok(())
}

/// Returns what each instance can send until everything is sent. An instance that may send faster, or more a day, gets
/// more, so that all finish at about the same time. Where contacts of one recipient stay together, an instance may
/// exceed its share, but never gets more than it can send a little later.
fn share_limits(
    instances: &[SendingInstance<'_>],
    ledger: &Ledger,
    contacts: u64,
) -> Result<Vec<ShareLimit>, LedgerError> {
    let Some(first) = instances.first() else {
        return Ok(Vec::new());
    };
    let now = first.client.clock().now();
    let sent_within = |time: SignedDuration| -> Result<Vec<u64>, LedgerError> {
        let until = now.checked_add(time).unwrap_or(Timestamp::MAX);
        let sent = |(index, instance): (usize, &SendingInstance<'_>)| {
            let load = instance.unlimited_workload(contacts);
            let forecast = instance.forecast(ledger, index);
            forecast.contacts_until(load, now, until)
        };
        instances.iter().enumerate().map(sent).collect()
    };
    let (mut too_short, mut enough) = (SignedDuration::ZERO, HORIZON);
    while enough - too_short > SignedDuration::from_secs(1) {
        let middle = too_short + (enough - too_short) / 2;
        if sent_within(middle)?.iter().sum::<u64>() >= contacts {
            enough = middle;
        } else {
            too_short = middle;
        }
    }
    let shares = sent_within(enough)?;
    let most = sent_within(enough + SignedDuration::from_mins(1) + enough / 10)?;
    let is_none = shares.iter().all(|share| *share == 0);
    let limit = |(share, most): (u64, u64)| ShareLimit {
        share: if is_none { 1 } else { share },
        most,
    };
    Ok(shares.into_iter().zip(most).map(limit).collect())
}

/// The instances of a run, and the share of each.
pub(crate) struct Assignment<'a> {
    pub(crate) instances: Vec<SendingInstance<'a>>,
    /// One share for each instance, in the same order.
    pub(crate) shares: Vec<InstanceShare>,
}

/// What one instance has to send.
pub(crate) struct InstanceShare {
    /// How many rows wait for the instance.
    pub(crate) rows: u64,
    /// The prefix of a line about the instance: empty in a run of one instance.
    pub(crate) prefix: String,
    /// The rows, grouped by the rules that apply to them.
    pub(crate) groups: Vec<PendingGroup>,
    /// The checks of their numbers, if there are any.
    pub(crate) checks: Option<ChecksAhead>,
}

impl<'a> Assignment<'a> {
    /// Computes the shares. `waiting` is the number of rows that wait for all instances together.
    pub(crate) fn new(
        instances: Vec<SendingInstance<'a>>,
        ledger: &Ledger,
        waiting: u64,
    ) -> Result<Self, LedgerError> {
        let summaries = instances::summaries(ledger)?;
        let rows = |index| {
            if summaries.is_empty() {
                return waiting;
            }
            let own = summaries
                .iter()
                .find(|summary| summary.instance == Some(index));
            own.map_or(0, |summary| summary.waiting)
        };
        let share = |(index, instance): (usize, &SendingInstance<'_>)| {
            let rows = rows(index);
            Ok(InstanceShare {
                rows,
                prefix: instance.prefix(instances.len()),
                groups: instance.forecast(ledger, index).groups(rows)?,
                checks: instance.checks_ahead(ledger, index)?,
            })
        };
        let shares: Result<_, LedgerError> = instances.iter().enumerate().map(share).collect();
        let shares = shares?;
        Ok(Self { instances, shares })
    }

    /// Enters the contacts that were sent while a send history could not be used. Otherwise other campaigns would learn
    /// of them only from the next run of this one.
    pub(crate) fn enter_missed(&self, ledger: &mut Ledger) {
        for (index, instance) in self.instances.iter().enumerate() {
            if ledger.send_history(index).is_none() {
                // If it still cannot be used, the user knows from the plan or the run.
                let _ =
                    send_history::attach(ledger, index, &instance.connected, true, Language::En);
            }
        }
    }

    /// Returns the number of waiting rows of all instances together.
    pub(crate) fn rows(&self) -> u64 {
        self.shares.iter().map(|share| share.rows).sum()
    }

    /// Returns each instance with its share, in their order.
    pub(crate) fn each(
        &self,
    ) -> impl ExactSizeIterator<Item = (&SendingInstance<'a>, &InstanceShare)> {
        self.instances.iter().zip(&self.shares)
    }

    /// Describes the shares of a campaign that several instances send, one line each: how many contacts each has, and
    /// what waits for instances that take no part.
    pub(crate) fn render_shares(
        &self,
        ledger: &Ledger,
        language: Language,
    ) -> Result<Vec<String>, LedgerError> {
        let mut lines = Vec::new();
        for (instance, share) in self.each().filter(|_| self.instances.len() > 1) {
            let (rows, rate) = (share.rows, instance.arguments.rate.per_second().to_string());
            let line = ShareMessage::Share { rows, rate }.localized(language);
            lines.push(share.prefix.clone() + &line);
        }
        lines.extend(lines_of_other_instances(
            &instances::summaries(ledger)?,
            language,
        ));
        Ok(lines)
    }

    /// Describes the checks of each instance.
    pub(crate) fn render_checks(&self, language: Language) -> Vec<String> {
        let line = |(instance, share): (&SendingInstance<'_>, &InstanceShare)| {
            let line = checks_line(instance.policy.checks?, share.checks?, language)?;
            Some(share.prefix.clone() + &line)
        };
        self.each().filter_map(line).collect()
    }

    /// Returns the message that is sent first, with its time unless that is now; `None` if this run sends none.
    pub(crate) fn first(
        &self,
        ledger: &Ledger,
        language: Language,
    ) -> Result<Option<FirstMessage>, LedgerError> {
        let mut first: Option<(Timestamp, FirstMessage)> = None;
        for (index, (instance, share)) in self.each().enumerate() {
            let forecast = instance.forecast(ledger, index);
            let first_of_instance = forecast.first(instance.workload(share), &share.groups)?;
            if let Some((at, message)) = first_of_instance.filter(|_| share.rows > 0)
                && first.as_ref().is_none_or(|(earliest, _)| at < *earliest)
            {
                let shown = forecast.later(at, language);
                first = Some((at, FirstMessage { message, at: shown }));
            }
        }
        Ok(first.map(|(_, first)| first))
    }

    /// Returns the time between two contacts, if `--spacing` makes it longer than the rate does; `None` for several
    /// instances.
    pub(crate) fn spacing(&self) -> Option<Duration> {
        let [only] = &*self.instances else {
            return None;
        };
        let rules = only.policy.rules.as_ref()?;
        let spacing = rules.schedule.caps.spacing?.mean();
        (spacing > only.unlimited_workload(1).gap).then_some(spacing)
    }

    /// Describes when each instance will have sent its share under its rules, one line each.
    pub(crate) fn render_forecast(
        &self,
        ledger: &Ledger,
        language: Language,
    ) -> Result<Vec<String>, LedgerError> {
        let mut lines = Vec::new();
        for (index, (instance, share)) in self.each().enumerate() {
            let load = instance.workload(share);
            let forecast = instance.forecast(ledger, index);
            lines.extend(
                forecast
                    .lines(load, &share.groups, language)?
                    .into_iter()
                    .map(|line| share.prefix.clone() + &line),
            );
        }
        Ok(lines)
    }
}
