//! The hours within which contacts may be sent, by the clocks of one place or of several at once. Only what a clock
//! shows counts: a time that occurs twice is open both times, a time that is skipped never.

use std::slice;

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
};

use crate::i18n::Language;

use super::{
    block_reason::BlockReason, days::Days, holidays::Holidays, window::Window, zone::Occurrence,
    zone::Zone,
};

/// How far ahead one step searches, and how far the whole search goes: 400 days.
const STRETCH: SignedDuration = SignedDuration::from_hours(48);
const FARTHEST: SignedDuration = SignedDuration::from_hours(24 * 400);

/// When contacts may be sent.
///
/// If a method takes zones and gets none, the hours' own zone counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// The windows; it is open within any of them. Without windows, the whole day is open.
    pub windows: Vec<Window>,
    /// The days of the week on which windows begin.
    pub days: Days,
    /// The days on which no window begins.
    pub holidays: Holidays,
    /// The zone whose clocks count.
    pub zone: Zone,
    /// Other hours that must hold at the same time, each by its own clocks.
    pub also: Vec<Self>,
}

impl Hours {
    /// Returns hours that are always open.
    #[must_use]
    pub fn always(zone: Zone) -> Self {
        Self {
            windows: Vec::new(),
            days: Days::ALL,
            holidays: Holidays::default(),
            zone,
            also: Vec::new(),
        }
    }

    /// Whether it is open at every hour of every day, in every zone.
    #[must_use]
    pub fn are_always(&self) -> bool {
        self.windows.is_empty()
            && self.days == Days::ALL
            && self.holidays == Holidays::default()
            && self.also.iter().all(Self::are_always)
    }

    /// Whether a contact may be sent now.
    #[must_use]
    pub fn open_at(&self, now: Timestamp) -> bool {
        self.open_in_all(now, &[])
    }

    /// Returns the first moment from now on at which a contact may be sent: now itself, if it is open. `None` if there
    /// is none within 400 days.
    #[must_use]
    pub fn next_opening(&self, now: Timestamp) -> Option<Timestamp> {
        self.next_opening_in_all(now, &[])
    }

    /// Returns the first moment from now on at which no contact may be sent: now itself, if it is closed. `None` if
    /// there is none within 400 days.
    #[must_use]
    pub fn closes_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.closes_in_one(now, later(now, FARTHEST), &[])
    }

    /// Returns when the first window begins on the day whose hours are open at a moment, or otherwise are the next to
    /// open. A window over midnight belongs to the day on which it begins. `None` if no contact may be sent within 400
    /// days.
    #[must_use]
    pub fn first_of_day(&self, at: Timestamp) -> Option<Timestamp> {
        let all: Vec<&Self> = std::iter::once(self).chain(&self.also).collect();
        let opening = self.zone.local(self.next_opening(at)?);
        let yesterday = opening
            .date()
            .yesterday()
            .ok()
            .filter(|date| all.iter().all(|hours| hours.begin_on(*date)));
        let windows = || all.iter().flat_map(|hours| &hours.windows);
        let over = windows().any(|window| window.holds_over(opening.time()));
        let date = yesterday.filter(|_| over).unwrap_or(opening.date());
        let begins = windows().map(|window| window.edges()[0]).min();
        self.zone
            .first(date.to_datetime(begins.unwrap_or(Time::midnight())))
    }

    /// Whether the hours hold in all these zones now.
    #[must_use]
    pub fn open_in_all(&self, now: Timestamp, zones: &[Zone]) -> bool {
        self.among(zones)
            .iter()
            .all(|zone| self.covers(zone.local(now)))
            && self.also.iter().all(|hours| hours.open_in_all(now, zones))
    }

    /// Returns the first moment from now on at which the hours hold in all these zones. `None` if they never do so
    /// together: 10:00-19:00 has no such moment from Kaliningrad to Kamchatka. That answer takes milliseconds, because
    /// it searches 400 days ahead: ask once for a list of zones, not for each row.
    #[must_use]
    pub fn next_opening_in_all(&self, now: Timestamp, zones: &[Zone]) -> Option<Timestamp> {
        self.first(now, later(now, FARTHEST), zones, true)
    }

    /// Returns the first moment from now on, up to another, at which the hours do not hold in one of these zones.
    #[must_use]
    pub fn closes_in_one(
        &self,
        now: Timestamp,
        to: Timestamp,
        zones: &[Zone],
    ) -> Option<Timestamp> {
        self.first(now, to, zones, false)
    }

    /// Returns why it is closed now.
    pub(super) fn closed_by(&self, now: Timestamp, zones: &[Zone]) -> Option<BlockReason> {
        let mut shown = self.among(zones).iter().map(|zone| zone.local(now));
        let Some(closed) = shown.find(|local| !self.covers(*local)) else {
            return self
                .also
                .iter()
                .find_map(|hours| hours.closed_by(now, zones));
        };
        let date = closed.date();
        Some(if !zones.is_empty() {
            BlockReason::Theirs
        } else if self.holidays.contains(date) {
            BlockReason::Holiday(date)
        } else if self.days.contains(date.weekday()) {
            BlockReason::Window
        } else {
            BlockReason::Day
        })
    }

    fn among<'a>(&'a self, zones: &'a [Zone]) -> &'a [Zone] {
        if zones.is_empty() {
            slice::from_ref(&self.zone)
        } else {
            zones
        }
    }

    /// Returns the edges of these hours and of those that must hold at the same time.
    fn all_edges(&self, zones: &[Zone], from: Timestamp, until: Timestamp) -> Vec<Timestamp> {
        let own = self
            .among(zones)
            .iter()
            .flat_map(|zone| self.edges(zone, from, until));
        let others = self
            .also
            .iter()
            .flat_map(|hours| hours.all_edges(zones, from, until));
        own.chain(others).collect()
    }

    /// Returns the windows in words, joined with those of the hours that must hold at the same time.
    pub(super) fn windows_in_words(&self) -> String {
        let windows = |hours: &Self| {
            let windows = hours.windows.iter().map(ToString::to_string);
            windows.collect::<Vec<_>>().join(", ")
        };
        let all = self
            .with_others()
            .filter(|hours| !hours.windows.is_empty())
            .map(windows);
        all.collect::<Vec<_>>().join(" + ")
    }

    /// Returns the days in words, joined with those of the hours that must hold at the same time.
    pub(super) fn days_in_words(&self, language: Language) -> String {
        let all = self
            .with_others()
            .filter(|hours| hours.days != Days::ALL)
            .map(|hours| hours.days.localized(language));
        all.collect::<Vec<_>>().join(" + ")
    }

    fn with_others(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.also)
    }

    /// Returns the first moment, from now on, that is open or closed. Nothing changes between two edges, so only the
    /// edges are tested.
    fn first(
        &self,
        now: Timestamp,
        to: Timestamp,
        zones: &[Zone],
        open: bool,
    ) -> Option<Timestamp> {
        let fits = |at: &Timestamp| self.open_in_all(*at, zones) == open;
        if fits(&now) {
            return Some(now);
        }
        let mut from = now;
        while from < to {
            let until = later(from, STRETCH).min(to);
            let mut edges = self.all_edges(zones, from, until);
            edges.sort_unstable();
            if let Some(found) = edges.into_iter().find(fits) {
                return Some(found);
            }
            from = until;
        }
        None
    }

    /// Returns every moment after one and up to another at which the hours may open or close.
    fn edges(&self, zone: &Zone, after: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        let times = || self.windows.iter().flat_map(|window| window.edges());
        let mut edges: Vec<_> = zone.changes(after, to).collect();
        let (mut date, last) = (zone.local(after).date(), zone.local(to).date());
        while date <= last {
            for time in times().chain([Time::midnight()]) {
                match zone.occurrence(date.to_datetime(time)) {
                    Some(Occurrence::Once(at)) => edges.push(at),
                    Some(Occurrence::Twice(one, other)) => edges.extend([one, other]),
                    // The change of the clocks is already an edge.
                    Some(Occurrence::Never(_)) | None => {}
                }
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        edges.retain(|edge| after < *edge && *edge <= to);
        edges
    }

    /// Whether this local time is within the hours.
    fn covers(&self, local: DateTime) -> bool {
        let today = self.begin_on(local.date());
        let yesterday = || {
            local
                .date()
                .yesterday()
                .is_ok_and(|date| self.begin_on(date))
        };
        let open = |window: &Window| {
            (window.holds(local.time()) && today)
                || (window.holds_over(local.time()) && yesterday())
        };
        if self.windows.is_empty() {
            today
        } else {
            self.windows.iter().any(open)
        }
    }

    /// Whether windows begin on a day.
    fn begin_on(&self, date: Date) -> bool {
        self.days.contains(date.weekday()) && !self.holidays.contains(date)
    }
}

fn later(now: Timestamp, time: SignedDuration) -> Timestamp {
    now.checked_add(time).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(windows: &str, days: &str, zone: &str) -> Hours {
        Hours {
            windows: windows
                .split(',')
                .filter(|text| !text.is_empty())
                .map(|text| text.parse().unwrap())
                .collect(),
            days: days.parse().unwrap(),
            holidays: "2026-11-04\n*-12-31..*-01-08".parse().unwrap(),
            zone: zone.parse().unwrap(),
            also: Vec::new(),
        }
    }

    #[test]
    fn hours_that_hold_at_the_same_time_are_open_only_where_both_are_each_by_its_own_clocks() {
        let both = |one: &str, other: &str| {
            let (one, other) = (one.split_once(' ').unwrap(), other.split_once(' ').unwrap());
            let other = hours(other.0, "mon-sun", other.1);
            Hours {
                also: vec![other],
                ..hours(one.0, "mon-sun", one.1)
            }
        };
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-24T00:00Z");
        for (one, other, opens, closes) in [
            (
                "10:00-19:00 UTC",
                "12:00-21:00 UTC",
                "2026-11-24T12:00Z",
                "2026-11-24T19:00Z",
            ),
            (
                "12:00-21:00 UTC",
                "10:00-19:00 UTC",
                "2026-11-24T12:00Z",
                "2026-11-24T19:00Z",
            ),
            (
                "10:00-19:00 UTC",
                "10:00-19:00 Europe/Moscow",
                "2026-11-24T10:00Z",
                "2026-11-24T16:00Z",
            ),
        ] {
            let hours = both(one, other);
            assert_eq!(hours.next_opening(now), Some(at(opens)), "{one} {other}");
            assert_eq!(
                hours.closes_at(at(opens)),
                Some(at(closes)),
                "{one} {other}"
            );
            assert!(!hours.are_always() && !hours.open_at(now) && hours.open_at(at(opens)));
            assert!(
                hours.closed_by(now, &[]).is_some() && hours.closed_by(at(opens), &[]).is_none()
            );
        }
        let never = both("10:00-12:00 UTC", "12:00-13:00 UTC");
        assert_eq!(never.next_opening(now), None);
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// The opening and closing times from a moment on, in their order.
    fn course(hours: &Hours, from: &str, edges: usize) -> Vec<String> {
        let mut now = at(from);
        let mut shown = Vec::new();
        for _ in 0..edges {
            let open = hours.open_at(now);
            let next = if open {
                hours.closes_at(now)
            } else {
                hours.next_opening(now)
            };
            now = next.unwrap();
            shown.push(format!(
                "{} {}",
                if open { "closes" } else { "opens" },
                hours.zone.local(now)
            ));
        }
        shown
    }

    #[test]
    fn it_opens_with_the_first_moment_of_a_window_and_closes_with_its_end() {
        let hours = hours("10:00-19:00", "mon-fri", "Europe/Moscow");
        for (now, open) in [
            ("2026-11-24T06:59:59.999999999Z", false),
            ("2026-11-24T07:00:00Z", true),
            ("2026-11-24T15:59:59.999999999Z", true),
            ("2026-11-24T16:00:00Z", false),
            ("2026-11-28T07:00:00Z", false),
            ("2026-11-04T07:00:00Z", false),
        ] {
            assert_eq!(hours.open_at(at(now)), open, "{now}");
        }
        assert_eq!(
            hours.next_opening(at("2026-11-24T07:00:00Z")),
            Some(at("2026-11-24T07:00:00Z"))
        );
        assert_eq!(
            hours.closes_at(at("2026-11-24T16:00:00Z")),
            Some(at("2026-11-24T16:00:00Z"))
        );
        assert_eq!(
            hours.next_opening(at("2026-11-24T16:00:00Z")),
            Some(at("2026-11-25T07:00:00Z"))
        );
        assert_eq!(
            hours.next_opening(at("2026-11-27T16:00:00Z")),
            Some(at("2026-11-30T07:00:00Z"))
        );
        assert_eq!(
            hours.next_opening(at("2026-12-30T16:00:00Z")),
            Some(at("2027-01-11T07:00:00Z"))
        );
    }

    #[test]
    fn a_window_over_midnight_belongs_to_the_day_on_which_it_begins() {
        let hours = hours("22:00-02:00", "fri", "Europe/Moscow");
        assert_eq!(
            course(&hours, "2026-11-24T09:00Z", 4),
            [
                "opens 2026-11-27T22:00:00",
                "closes 2026-11-28T02:00:00",
                "opens 2026-12-04T22:00:00",
                "closes 2026-12-05T02:00:00",
            ]
        );
        // The 8th of January is the last holiday: a window that begins on it is closed to its end.
        let daily = Hours {
            days: Days::ALL,
            ..hours
        };
        assert!(!daily.open_at(at("2027-01-08T22:30Z")) && daily.open_at(at("2027-01-09T22:30Z")));
        // A window that began on the day before a holiday continues into it.
        assert!(daily.open_at(at("2026-12-30T22:30Z")));
    }

    #[test]
    fn windows_that_touch_or_overlap_are_one_and_a_gap_between_two_is_kept() {
        let hours = hours(
            "09:00-12:00,12:00-13:00,14:00-18:00,17:00-19:30",
            "mon-sun",
            "Asia/Kathmandu",
        );
        assert_eq!(
            course(&hours, "2026-11-24T00:00Z", 5),
            [
                "opens 2026-11-24T09:00:00",
                "closes 2026-11-24T13:00:00",
                "opens 2026-11-24T14:00:00",
                "closes 2026-11-24T19:30:00",
                "opens 2026-11-25T09:00:00",
            ]
        );
    }

    #[test]
    fn a_window_that_the_clocks_skip_is_not_there_that_day() {
        let hours = hours("02:00-03:00", "mon-sun", "Europe/Berlin");
        assert_eq!(
            course(&hours, "2026-03-28T12:00Z", 2),
            ["opens 2026-03-30T02:00:00", "closes 2026-03-30T03:00:00"]
        );
    }

    #[test]
    fn a_window_that_begins_within_the_skipped_hour_opens_when_the_clocks_are_behind_it() {
        let hours = hours("02:30-04:00", "sun", "Europe/Berlin");
        assert_eq!(
            hours.next_opening(at("2026-03-28T12:00Z")),
            Some(at("2026-03-29T01:00Z"))
        );
        assert_eq!(
            hours.closes_at(at("2026-03-29T01:00Z")),
            Some(at("2026-03-29T02:00Z"))
        );
    }

    #[test]
    fn an_hour_that_comes_twice_is_open_both_times() {
        let whole = hours("02:00-03:00", "sun", "Europe/Berlin");
        let from = at("2026-10-24T12:00Z");
        assert_eq!(whole.next_opening(from), Some(at("2026-10-25T00:00Z")));
        assert_eq!(
            whole.closes_at(at("2026-10-25T00:00Z")),
            Some(at("2026-10-25T02:00Z"))
        );
        let part = hours("01:30-02:15", "sun", "Europe/Berlin");
        assert_eq!(
            course(&part, "2026-10-24T12:00Z", 4),
            [
                "opens 2026-10-25T01:30:00",
                "closes 2026-10-25T02:15:00",
                "opens 2026-10-25T02:00:00",
                "closes 2026-10-25T02:15:00",
            ]
        );
    }

    #[test]
    fn hours_without_a_window_are_whole_days() {
        let hours = hours("", "sat-sun", "America/New_York");
        assert_eq!(
            course(&hours, "2026-10-28T12:00Z", 3),
            [
                "opens 2026-10-31T00:00:00",
                "closes 2026-11-02T00:00:00",
                "opens 2026-11-07T00:00:00"
            ]
        );
        let always = Hours::always("UTC".parse().unwrap());
        let now = at("2026-11-24T10:00Z");
        assert!(always.open_at(now) && always.closes_at(now).is_none());
    }

    #[test]
    fn hours_that_never_come_have_no_opening() {
        let never = Hours {
            holidays: "*-01-01..*-12-31".parse().unwrap(),
            ..hours("", "mon-sun", "UTC")
        };
        assert_eq!(never.next_opening(at("2026-11-24T10:00Z")), None);
    }

    #[test]
    fn the_hours_hold_in_all_zones_at_once_or_wait_until_they_do() {
        let zones = |names: &[&str]| {
            names
                .iter()
                .map(|name| name.parse().unwrap())
                .collect::<Vec<Zone>>()
        };
        let russia = zones(&[
            "Europe/Kaliningrad",
            "Europe/Moscow",
            "Asia/Omsk",
            "Asia/Kamchatka",
        ]);
        let now = at("2026-11-24T00:00Z");
        assert_eq!(
            hours("10:00-19:00", "mon-sun", "UTC").next_opening_in_all(now, &russia),
            None
        );
        // Ten hours lie between the first and the last: one hour of eleven is left.
        let long = hours("10:00-21:00", "mon-sun", "UTC");
        let (opens, closes) = (at("2026-11-24T08:00Z"), at("2026-11-24T09:00Z"));
        assert_eq!(long.next_opening_in_all(now, &russia), Some(opens));
        assert!(long.open_in_all(opens, &russia));
        assert_eq!(
            long.closes_in_one(opens, later(opens, STRETCH), &russia),
            Some(closes)
        );
        // Each zone has its own date: on Friday evening in New York it is Saturday in Tokyo.
        let far = zones(&["America/New_York", "Asia/Tokyo"]);
        let week = hours("00:00-24:00", "mon-fri", "UTC");
        let friday = at("2026-11-27T10:00Z");
        let closes = at("2026-11-27T15:00Z");
        assert_eq!(week.closes_in_one(friday, closes, &far), Some(closes));
        let before = closes.checked_sub(SignedDuration::from_nanos(1)).unwrap();
        assert_eq!(week.closes_in_one(friday, before, &far), None);
        assert_eq!(
            week.next_opening_in_all(closes, &far),
            Some(at("2026-11-30T05:00Z"))
        );
    }

    #[test]
    fn what_keeps_it_closed_is_told() {
        let hours = hours("10:00-19:00", "mon-fri", "Europe/Moscow");
        let holiday = BlockReason::Holiday("2026-11-04".parse().unwrap());
        for (now, why) in [
            ("2026-11-24T10:00Z", None),
            ("2026-11-24T17:00Z", Some(BlockReason::Window)),
            ("2026-11-28T10:00Z", Some(BlockReason::Day)),
            ("2026-11-04T10:00Z", Some(holiday)),
        ] {
            assert_eq!(hours.closed_by(at(now), &[]), why, "{now}");
            let theirs = hours.closed_by(at(now), &["Europe/Moscow".parse().unwrap()]);
            assert_eq!(theirs, why.map(|_| BlockReason::Theirs), "{now}");
        }
    }
}
