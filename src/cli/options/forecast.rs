//! Forecasts how far an instance gets under the policy of a run, and what the plan says about it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::send_policy::RunPolicy;
use crate::{
    domain::Message,
    i18n::{self, Language, count, messages},
    ledger::{Ledger, LedgerError, PendingGroup, Rules, Zones},
    send_policy::{
        Allowed, BlockReason, DailyUsage, Deadline, Forecast, RecipientKind, RecipientTraits,
        SendPolicy, Verdict, Workload, Zone, day_of, moment,
    },
};

messages! {
    /// How far an instance gets.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum ForecastMessage {
        Never { rows: u64, why: String } =
            en "{rows} never be sent within these hours: {why}" [rows = count::en(*rows, "row can", "rows can")],
            ru "{rows} ни в одно окно отправки: {why}" [rows = count::ru(
                *rows,
                "строка не попадает",
                "строки не попадают",
                "строк не попадают"
            )],
        Finish { at: String, time: String } = en "about {at}, in {time}", ru "примерно {at}, через {time}",
        FinishPart { at: String, contacts: u64, all: u64 } =
            en "{contacts} of {all} contacts in this run, the last at about {at}",
            ru "в этом запуске {contacts} из {all} контактов, последний примерно {at}",
        Held { contacts: u64, at: String, why: String } =
            en "{contacts} not before {at}: {why}" [contacts = count::en(*contacts, "contact", "contacts")],
            ru "{contacts} не раньше {at}: {why}"
                [contacts = count::ru(*contacts, "контакт", "контакта", "контактов")],
        FinishNone = en "no contact is sent in this run", ru "в этом запуске не уйдёт ни один контакт",
        Ends { at: String } = en "no contact is sent from {at} on", ru "с {at} контакты не отправляются",
        EndPassed { at: String } =
            en "the end of the run, {at}, has passed; if you mean another day, add its date",
            ru "время окончания {at} уже прошло; если имелся в виду другой день, укажите и дату",
    }
}

/// Forecasts for one instance of a campaign.
#[derive(Clone, Copy)]
pub(crate) struct InstanceForecast<'a> {
    pub(crate) policy: &'a RunPolicy,
    pub(crate) ledger: &'a Ledger,
    /// The number of the instance in the ledger.
    pub(crate) instance: usize,
}

impl InstanceForecast<'_> {
    /// Returns the pending rows of the instance, grouped by the rules that apply to them.
    pub(crate) fn groups(&self, rows: u64) -> Result<Vec<PendingGroup>, LedgerError> {
        let differ = |rules: &&Arc<Rules>| {
            let schedule = &rules.schedule;
            !schedule.hours.are_always() || schedule.caps.depends_on_new_recipients()
        };
        match self.policy.rules.as_ref().filter(differ) {
            Some(rules) => self.ledger.pending_groups(self.instance, rules),
            None => Ok(vec![alike(RecipientKind::Known, rows)]),
        }
    }

    /// Forecasts how far the instance gets from now on; `None` if nothing limits it.
    pub(crate) fn forecast(
        &self,
        load: Workload,
        groups: &[PendingGroup],
    ) -> Result<Option<Forecast>, LedgerError> {
        let Some(rules) = &self.policy.rules else {
            return Ok(None);
        };
        let now = self.policy.clock.now();
        let policy = &rules.schedule;
        let usage = self.usage(policy, now)?;
        Ok(Some(forecast(policy, now, usage, load, groups)))
    }

    /// Returns how many contacts of a load the instance can send between two moments.
    pub(crate) fn contacts_until(
        &self,
        load: Workload,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<u64, LedgerError> {
        let always = || SendPolicy::always(Zone::of(TimeZone::system()));
        let mut policy = self
            .policy
            .rules
            .as_ref()
            .map_or_else(always, |rules| rules.schedule.clone());
        let deadline = Deadline {
            at: until,
            why: BlockReason::Until,
        };
        policy.deadline = policy
            .deadline
            .into_iter()
            .chain([deadline])
            .min_by_key(|deadline| deadline.at);
        let usage = self.usage(&policy, now)?;
        // Who gets which share is not decided yet: if new recipients are limited, every recipient counts as new.
        let kind = if policy.caps.depends_on_new_recipients() {
            RecipientKind::New
        } else {
            RecipientKind::Known
        };
        let groups = [alike(kind, load.contacts)];
        Ok(forecast(&policy, now, usage, load, &groups).contacts)
    }

    /// Returns the message that the instance sends first, and when; `None` if it sends none.
    pub(crate) fn first(
        &self,
        load: Workload,
        groups: &[PendingGroup],
    ) -> Result<Option<(Timestamp, Message)>, LedgerError> {
        let (at, place) = match self.forecast(load, groups)? {
            None => (self.policy.clock.now(), None),
            Some(Forecast { first: None, .. }) => return Ok(None),
            Some(Forecast {
                first: Some((place, at)),
                ..
            }) => (at, Some(place)),
        };
        let rules = self.policy.rules.as_deref();
        let group = place
            .filter(|_| groups.len() > 1)
            .and_then(|place| Some((rules?, groups.get(place)?)));
        let message = self.ledger.first_pending_in(self.instance, group)?;
        Ok(message.map(|message| (at, message)))
    }

    /// Returns a moment as shown to people; `None` if it is within a minute.
    pub(crate) fn later(&self, at: Timestamp, language: Language) -> Option<String> {
        let rules = self.policy.rules.as_ref()?;
        let is_soon = at.duration_since(self.policy.clock.now()) < SignedDuration::from_mins(1);
        (!is_soon).then(|| shown_moment(&rules.schedule.hours.zone, at, language))
    }

    /// Describes what the policy means for a load, one line each: when the last contact is sent, when sending ends, how
    /// many rows are never sent, and what is unusual about the named times.
    pub(crate) fn lines(
        &self,
        load: Workload,
        groups: &[PendingGroup],
        language: Language,
    ) -> Result<Vec<String>, LedgerError> {
        let Some(rules) = &self.policy.rules else {
            return Ok(Vec::new());
        };
        let policy = &rules.schedule;
        let now = self.policy.clock.now();
        let (groups, never) = split_sendable(policy, now, groups);
        let contacts = load
            .contacts
            .min(groups.iter().map(|group| group.rows).sum());
        let Some(forecast) = self.forecast(Workload { contacts, ..load }, &groups)? else {
            return Ok(Vec::new());
        };
        let zone = &policy.hours.zone;
        let finish =
            (load.contacts > 0).then(|| finish_message(zone, now, &forecast, contacts, language));
        let end = policy
            .deadline
            .map(|deadline| end_message(zone, deadline.at, now, language));
        let usage = self.usage(policy, now)?;
        let held = held_by_caps(policy, now, usage, &groups, contacts);
        let held = held
            .into_iter()
            .map(|(contacts, at, why)| ForecastMessage::Held {
                contacts,
                at: shown_moment(zone, at, language),
                why: policy.reason_text(why, language),
            });
        let never = never.map(|(rows, why)| ForecastMessage::Never {
            rows,
            why: block_sentence(policy, why, language),
        });
        let messages = finish.into_iter().chain(held).chain(end).chain(never);
        let notes = self
            .policy
            .wall_times
            .iter()
            .filter_map(|time| time.note(language));
        Ok(messages
            .map(|message| message.localized(language))
            .chain(notes)
            .collect())
    }

    /// Returns what the instance has sent on the day of this moment.
    fn usage(&self, policy: &SendPolicy, now: Timestamp) -> Result<DailyUsage, LedgerError> {
        let zone = &policy.hours.zone;
        match self.ledger.send_history(self.instance) {
            Some(history) => history.spent(&day_of(now, zone), zone),
            None => Ok(DailyUsage::default()),
        }
    }
}

fn finish_message(
    zone: &Zone,
    now: Timestamp,
    forecast: &Forecast,
    contacts: u64,
    language: Language,
) -> ForecastMessage {
    let takes = forecast.last.unwrap_or(now).duration_since(now);
    let takes = takes.max(SignedDuration::ZERO).unsigned_abs();
    let time = match language {
        Language::En => i18n::long(takes, language),
        // The long form is not declined, and «через» needs the accusative.
        Language::Ru => i18n::short(takes, language),
    };
    match forecast.last.map(|last| shown_moment(zone, last, language)) {
        Some(at) if forecast.contacts == contacts => ForecastMessage::Finish { at, time },
        Some(at) => ForecastMessage::FinishPart {
            at,
            contacts: forecast.contacts,
            all: contacts,
        },
        None => ForecastMessage::FinishNone,
    }
}

fn end_message(zone: &Zone, end: Timestamp, now: Timestamp, language: Language) -> ForecastMessage {
    let at = shown_moment(zone, end, language);
    if end <= now {
        ForecastMessage::EndPassed { at }
    } else {
        ForecastMessage::Ends { at }
    }
}

#[expect(clippy::expect_used, reason = "only `Verdict::Now` has no sentence")]
fn block_sentence(policy: &SendPolicy, why: BlockReason, language: Language) -> String {
    policy
        .sentence(Verdict::Over(why), language)
        .expect("what is never sent has a sentence")
}

/// Formats a moment for the plan, to the minute.
pub(crate) fn shown_moment(zone: &Zone, at: Timestamp, language: Language) -> String {
    let local = zone.local(at);
    let local = local.round(jiff::Unit::Minute).unwrap_or(local);
    moment(local, zone.name(), language)
}

/// A group of all rows.
const fn alike(kind: RecipientKind, rows: u64) -> PendingGroup {
    let zones = Zones::Own;
    PendingGroup { zones, kind, rows }
}

/// Forecasts how far a load gets.
fn forecast(
    policy: &SendPolicy,
    now: Timestamp,
    usage: DailyUsage,
    load: Workload,
    groups: &[PendingGroup],
) -> Forecast {
    let gap = policy
        .caps
        .spacing
        .map_or(load.gap, |spacing| load.gap.max(spacing.mean()));
    let groups: Vec<_> = groups
        .iter()
        .map(|group| (group.rows, traits(group)))
        .collect();
    policy.forecast_groups(now, usage, Workload { gap, ..load }, &groups)
}

fn traits(group: &PendingGroup) -> RecipientTraits<'_> {
    RecipientTraits {
        zones: group.zones.as_slice(),
        kind: group.kind,
    }
}

/// Returns how many contacts only a daily limit keeps from being sent today, until when, and which limit. Contacts
/// outside their hours are not among them: the hours hold them longer.
fn held_by_caps(
    policy: &SendPolicy,
    now: Timestamp,
    mut usage: DailyUsage,
    groups: &[PendingGroup],
    contacts: u64,
) -> Vec<(u64, Timestamp, BlockReason)> {
    let zone = &policy.hours.zone;
    let today = day_of(now, zone).date;
    let mut held = Vec::new();
    let mut left = contacts;
    for group in groups {
        let mut rows = group.rows.min(left);
        left -= rows;
        let in_hours = policy.verdict(now, &DailyUsage::default(), traits(group)) == Verdict::Now;
        let allowed = |usage: DailyUsage| policy.caps.allowed(&usage, group.kind, now, zone);
        if let Allowed::Contacts(more) = allowed(usage) {
            let sent = rows.min(more.get());
            usage.add(sent, group.kind, today);
            rows -= sent;
        }
        if let Allowed::NotBefore(at, why) = allowed(usage)
            && rows > 0
            && in_hours
        {
            held.push((rows, at, why));
        }
    }
    held
}

/// Splits off the rows that can never be sent. Returns the groups that can be sent at some hour; and the number of
/// other rows, with the reason.
fn split_sendable(
    policy: &SendPolicy,
    now: Timestamp,
    groups: &[PendingGroup],
) -> (Vec<PendingGroup>, Option<(u64, BlockReason)>) {
    let hours_only = SendPolicy {
        hours: policy.hours.clone(),
        ..SendPolicy::always(policy.hours.zone.clone())
    };
    let (mut sendable, mut never) = (Vec::new(), None);
    for group in groups {
        let recipient = RecipientTraits {
            zones: group.zones.as_slice(),
            kind: RecipientKind::Known,
        };
        match hours_only.verdict(now, &DailyUsage::default(), recipient) {
            Verdict::Now | Verdict::NotBefore(..) => sendable.push(group.clone()),
            Verdict::Over(why) => {
                never = Some((never.map_or(group.rows, |(all, _)| all + group.rows), why));
            }
        }
    }
    (sendable, never)
}
