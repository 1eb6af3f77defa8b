//! Forecasts from its rules, before a run begins, when it will end.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{
    caps::{Allowed, DailyUsage},
    day::day_of,
    policy::{RecipientTraits, SendPolicy, Verdict},
};

/// How many days a forecast looks ahead; a longer run is reported as one that does not end.
const DAYS: i64 = 5 * 366;

/// What a run has to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workload {
    /// The number of contacts.
    pub contacts: u64,
    /// The time between two contacts.
    pub gap: Duration,
}

/// How far a run gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// The number of contacts that are sent: fewer than the workload if the rules (or five years) end the run before.
    pub contacts: u64,
    /// The group of the first contact, and when that contact is sent; `None` if none is.
    pub first: Option<(usize, Timestamp)>,
    /// When the last contact is sent; `None` if none is.
    pub last: Option<Timestamp>,
}

impl SendPolicy {
    /// Forecasts a workload whose recipients are all alike.
    #[must_use]
    pub fn forecast(
        &self,
        now: Timestamp,
        usage: DailyUsage,
        load: Workload,
        recipient: RecipientTraits<'_>,
    ) -> Forecast {
        self.forecast_groups(now, usage, load, &[(load.contacts, recipient)])
    }

    /// Forecasts a workload whose recipients form groups of these sizes. If several groups may get a contact at the
    /// same time, the first group goes first.
    #[must_use]
    pub fn forecast_groups(
        &self,
        now: Timestamp,
        usage: DailyUsage,
        load: Workload,
        groups: &[(u64, RecipientTraits<'_>)],
    ) -> Forecast {
        let gap = SignedDuration::try_from(load.gap).unwrap_or(SignedDuration::MAX);
        let horizon = now
            .checked_add(SignedDuration::from_hours(24 * DAYS))
            .unwrap_or(Timestamp::MAX);
        let mut forecast = Forecast {
            contacts: 0,
            first: None,
            last: None,
        };
        let mut groups = groups.to_vec();
        let (mut at, mut usage) = (now, usage);
        while forecast.contacts < load.contacts && at < horizon {
            let day = day_of(at, &self.hours.zone);
            let Some((place, mut next)) = self.next_of(at, &usage, &groups) else {
                break;
            };
            if next == at {
                let (left, recipient) = &mut groups[place];
                let count = self
                    .at_once(at, gap, &usage, *recipient)
                    .min(load.contacts - forecast.contacts)
                    .min(*left);
                let last = later(at, gap, count - 1);
                forecast = Forecast {
                    contacts: forecast.contacts + count,
                    first: forecast.first.or(Some((place, at))),
                    last: Some(last),
                };
                usage.add(count, recipient.kind, day.date);
                *left -= count;
                next = later(last, gap, 1);
            }
            if next >= day.ends {
                usage = usage.tomorrow();
            }
            at = next;
        }
        forecast
    }

    /// Returns the group that may get a contact first, and when.
    fn next_of(
        &self,
        at: Timestamp,
        usage: &DailyUsage,
        groups: &[(u64, RecipientTraits<'_>)],
    ) -> Option<(usize, Timestamp)> {
        let mut first: Option<(usize, Timestamp)> = None;
        for (place, (_, recipient)) in groups.iter().enumerate().filter(|(_, (left, _))| *left > 0)
        {
            match self.verdict(at, usage, *recipient) {
                Verdict::Now => return Some((place, at)),
                Verdict::NotBefore(then, _)
                    if first.is_none_or(|(_, earliest)| then < earliest) =>
                {
                    first = Some((place, then));
                }
                Verdict::NotBefore(..) | Verdict::Over(_) => {}
            }
        }
        first
    }

    /// Returns how many contacts are sent from a moment on before the hours close, the day ends, a cap is reached or
    /// the run is over; at least one, because the moment itself is open.
    fn at_once(
        &self,
        at: Timestamp,
        gap: SignedDuration,
        usage: &DailyUsage,
        recipient: RecipientTraits<'_>,
    ) -> u64 {
        let zone = &self.hours.zone;
        let ends = day_of(at, zone)
            .ends
            .min(self.deadline.map_or(Timestamp::MAX, |deadline| deadline.at));
        let ends = self
            .hours
            .closes_in_one(at, ends, recipient.zones)
            .unwrap_or(ends);
        let gaps = (at.duration_until(ends).as_nanos() - 1).checked_div(gap.as_nanos());
        let by_time = gaps.map_or(u64::MAX, |gaps| u64::try_from(gaps + 1).unwrap_or(1));
        match self.caps.allowed(usage, recipient.kind, at, zone) {
            Allowed::Unlimited => by_time,
            Allowed::Contacts(left) => by_time.min(left.get()),
            Allowed::NotBefore(..) => 1,
        }
    }
}

fn later(at: Timestamp, gap: SignedDuration, times: u64) -> Timestamp {
    let time = i32::try_from(times)
        .ok()
        .and_then(|times| gap.checked_mul(times));
    time.and_then(|time| at.checked_add(time).ok())
        .unwrap_or(Timestamp::MAX)
}
