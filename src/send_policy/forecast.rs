//! When a run will be over, reckoned from its rules before it begins.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{
    caps::{Allowed, DailyUsage},
    day::day_of,
    policy::{Asked, SendPolicy, Verdict},
};

/// Nobody plans further ahead, and a run of this many days is told as one that does not end.
const DAYS: i64 = 5 * 366;

/// What is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workload {
    /// This many contacts.
    pub cards: u64,
    /// Each so long after the one before it.
    pub gap: Duration,
}

/// How far a run comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// Contacts that go: fewer than were asked for, if the rules end the run before (or after five years).
    pub cards: u64,
    /// When the last of them goes; `None` if none does.
    pub last: Option<Timestamp>,
}

impl SendPolicy {
    /// Follows a load to its last contact, if all recipients are like the one asked of.
    #[must_use]
    pub fn finish(
        &self,
        now: Timestamp,
        spent: DailyUsage,
        load: Workload,
        asked: Asked<'_>,
    ) -> Forecast {
        self.finish_of((now, spent), load, &[(load.cards, asked)])
    }

    /// Follows a load to its last contact, if this many of its recipients each are like the one asked of. Of
    /// those who may have a contact at the same time the first ones have it first.
    #[must_use]
    pub fn finish_of(
        &self,
        (now, spent): (Timestamp, DailyUsage),
        load: Workload,
        groups: &[(u64, Asked<'_>)],
    ) -> Forecast {
        let gap = SignedDuration::try_from(load.gap).unwrap_or(SignedDuration::MAX);
        let horizon = now
            .checked_add(SignedDuration::from_hours(24 * DAYS))
            .unwrap_or(Timestamp::MAX);
        let mut finish = Forecast {
            cards: 0,
            last: None,
        };
        let mut groups = groups.to_vec();
        let (mut at, mut spent) = (now, spent);
        while finish.cards < load.cards && at < horizon {
            let day = day_of(at, &self.hours.zone);
            let Some((place, mut next)) = self.next_of(at, &spent, &groups) else {
                break;
            };
            if next == at {
                let (left, asked) = &mut groups[place];
                let count = self
                    .at_once(at, gap, &spent, *asked)
                    .min(load.cards - finish.cards)
                    .min(*left);
                let last = later(at, gap, count - 1);
                finish = Forecast {
                    cards: finish.cards + count,
                    last: Some(last),
                };
                spent.add(count, asked.whose, day.date);
                *left -= count;
                next = later(last, gap, 1);
            }
            if next >= day.ends {
                spent = spent.tomorrow();
            }
            at = next;
        }
        finish
    }

    /// The group that may have a contact first, and when.
    fn next_of(
        &self,
        at: Timestamp,
        spent: &DailyUsage,
        groups: &[(u64, Asked<'_>)],
    ) -> Option<(usize, Timestamp)> {
        let mut first: Option<(usize, Timestamp)> = None;
        for (place, (_, asked)) in groups.iter().enumerate().filter(|(_, (left, _))| *left > 0) {
            match self.may_send(at, spent, *asked) {
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

    /// Contacts that go from a moment on before the hours close, the day ends, a cap is reached or the
    /// run is over; at least one, for that moment is open.
    fn at_once(
        &self,
        at: Timestamp,
        gap: SignedDuration,
        spent: &DailyUsage,
        asked: Asked<'_>,
    ) -> u64 {
        let zone = &self.hours.zone;
        let ends = day_of(at, zone)
            .ends
            .min(self.deadline.map_or(Timestamp::MAX, |deadline| deadline.at));
        let ends = self
            .hours
            .closes_in_one(at, ends, asked.zones)
            .unwrap_or(ends);
        let gaps = (at.duration_until(ends).as_nanos() - 1).checked_div(gap.as_nanos());
        let by_time = gaps.map_or(u64::MAX, |gaps| u64::try_from(gaps + 1).unwrap_or(1));
        match self.caps.allowed(spent, asked.whose, at, zone) {
            Allowed::Unlimited => by_time,
            Allowed::Cards(left) => by_time.min(left.get()),
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
