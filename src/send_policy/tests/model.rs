//! Compares hours with a naive model, minute by minute through a year in which the clocks change. The model marks the
//! open minutes of a wall calendar, and looks up what the clocks show.

use jiff::{
    SignedDuration, Span, Timestamp,
    civil::{Date, DateTime, Time},
};

use crate::send_policy::{Days, Holidays, Hours, Window, Zone};

/// Zones with summer time of an hour, of half an hour, in the southern hemisphere, changing at midnight, and without
/// it.
const ZONES: [&str; 7] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Europe/Moscow",
    "Africa/Cairo",
    "Atlantic/Azores",
];

/// Windows that overlap the hours in which the clocks change, and windows that do not.
const WINDOWS: [&str; 6] = [
    "10:00-19:00",
    "02:00-03:00",
    "00:30-02:15,22:00-24:00",
    "22:00-02:30",
    "01:45-01:30",
    "23:00-00:10,09:00-12:00,12:00-13:00",
];

/// The first day of the model.
const FIRST: Date = Date::constant(2025, 12, 20);

const WEEKS: [&str; 3] = ["mon-fri", "sat-mon", "mon-sun"];

/// Tests each pair of zone and windows minute by minute around each change of the clocks.
#[test]
fn hours_are_open_just_when_a_naive_calendar_says_so() {
    let mut random = fastrand::Rng::with_seed(2026);
    for zone in ZONES {
        for windows in WINDOWS {
            let hours = hours(zone, windows, WEEKS[random.usize(..WEEKS.len())]);
            let painted = Painted::all(&hours);
            let changes = hours
                .zone
                .changes(at("2026-01-05T00:00Z"), at("2026-12-20T00:00Z"));
            for around in changes.chain([at("2026-12-25T12:00Z")]) {
                let from = around.checked_sub(SignedDuration::from_hours(36)).unwrap();
                painted.compare(&hours, from, (1, 72 * 60));
            }
        }
    }
}

/// All edges are at multiples of five minutes, so no minute between them can differ.
#[test]
fn hours_are_open_just_when_a_naive_calendar_says_so_all_the_year() {
    for (zone, windows) in ZONES.into_iter().zip(WINDOWS.into_iter().cycle()) {
        let hours = hours(zone, windows, "mon-fri");
        Painted::all(&hours).compare(&hours, at("2026-01-01T00:00Z"), (5, 365 * 24 * 12));
    }
}

fn hours(zone: &str, windows: &str, days: &str) -> Hours {
    Hours {
        windows: windows
            .split(',')
            .map(|text| text.parse().unwrap())
            .collect(),
        days: days.parse().unwrap(),
        holidays: "*-12-25..*-12-26\n2026-03-30\n2026-10-26".parse().unwrap(),
        zone: zone.parse().unwrap(),
        also: Vec::new(),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Every minute from the year before to the year after, open or not.
struct Painted(Vec<bool>);

impl Painted {
    fn all(hours: &Hours) -> Self {
        let mut minutes = vec![false; 387 * 1_440];
        for date in FIRST.series(Span::new().days(1)).take(385) {
            if hours.days.contains(date.weekday()) && !hours.holidays.contains(date) {
                for window in &hours.windows {
                    paint(*window, place(date.into()), &mut minutes);
                }
            }
        }
        Self(minutes)
    }

    fn open(&self, zone: &Zone, now: Timestamp) -> bool {
        self.0[place(zone.local(now))]
    }

    /// Advances by this many minutes at a time. What the hours say about the next edge must come true.
    fn compare(&self, hours: &Hours, from: Timestamp, (stride, steps): (i64, usize)) {
        let mut now = from;
        let mut edge = None;
        let mut open = self.open(&hours.zone, now);
        for _ in 0..steps {
            let is = self.open(&hours.zone, now);
            let text_of = || format!("{} {:?} {} {now}", hours.zone, hours.windows, hours.days);
            assert_eq!(hours.open_at(now), is, "{}", text_of());
            if is != open {
                assert_eq!(edge.unwrap_or(now), now, "{}", text_of());
                let before = now.checked_sub(SignedDuration::from_nanos(1)).unwrap();
                assert_eq!(hours.open_at(before), open, "just before {}", text_of());
                edge = None;
            }
            open = is;
            edge = edge.or_else(|| {
                if is {
                    hours.closes_at(now)
                } else {
                    hours.next_opening(now)
                }
            });
            assert!(
                edge.is_some_and(|edge| edge > now),
                "{edge:?} is not ahead: {}",
                text_of()
            );
            now = now.checked_add(SignedDuration::from_mins(stride)).unwrap();
        }
    }
}

/// Returns the index of a minute of the wall calendar.
fn place(local: DateTime) -> usize {
    let minutes = local
        .duration_since(FIRST.to_datetime(Time::midnight()))
        .as_mins();
    usize::try_from(minutes).unwrap()
}

/// Marks every minute of a window, computed differently than by the hours: from its text.
fn paint(window: Window, midnight: usize, minutes: &mut [bool]) {
    let text = window.to_string();
    let (start, end) = text.split_once('-').unwrap();
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':').unwrap();
        hour.parse::<usize>().unwrap() * 60 + minute.parse::<usize>().unwrap()
    };
    let (start, end) = (minute(start), minute(end));
    let end = if end < start { end + 1_440 } else { end };
    minutes[midnight + start..midnight + end].fill(true);
}

/// The next opening in several zones is the first minute at which all of them are open.
#[test]
fn hours_in_several_zones_open_with_the_first_minute_that_is_open_in_each() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..40 {
        let zones: Vec<Zone> = (0..random.usize(2..4))
            .map(|_| ZONES[random.usize(..ZONES.len())].parse().unwrap())
            .collect();
        let hours = hours(
            "UTC",
            WINDOWS[random.usize(..WINDOWS.len())],
            WEEKS[random.usize(..WEEKS.len())],
        );
        let now = Timestamp::from_second(1_767_225_600 + random.i64(0..525_600) * 60).unwrap();
        let singly: Vec<Hours> = zones
            .iter()
            .map(|zone| Hours {
                zone: zone.clone(),
                ..hours.clone()
            })
            .collect();
        let minutes = (0..14 * 1_440)
            .map(|minute| now.checked_add(SignedDuration::from_mins(minute)).unwrap());
        let first = minutes
            .into_iter()
            .find(|at| singly.iter().all(|hours| hours.open_at(*at)));
        let found = hours.next_opening_in_all(now, &zones);
        match first {
            Some(first) => assert_eq!(found, Some(first), "{now} {hours:?} {zones:?}"),
            None => {
                assert!(found.is_none_or(|found| now.duration_until(found).as_hours() >= 14 * 24));
            }
        }
    }
}

#[test]
fn holidays_and_days_of_a_whole_year_leave_just_the_other_days() {
    let holidays: Holidays = "*-01-01..*-01-08\n2026-05-01..2026-05-03".parse().unwrap();
    let hours = Hours {
        windows: vec!["10:00-19:00".parse().unwrap()],
        days: "пн-пт".parse::<Days>().unwrap(),
        holidays: holidays.clone(),
        zone: "Europe/Moscow".parse().unwrap(),
        also: Vec::new(),
    };
    let first: Date = "2026-01-01".parse().unwrap();
    let mut now: Timestamp = "2025-12-31T21:00Z".parse().unwrap();
    for date in first.series(Span::new().days(1)).take(365) {
        let works =
            (1..=5).contains(&date.weekday().to_monday_one_offset()) && !holidays.contains(date);
        let noon = now.checked_add(SignedDuration::from_hours(12)).unwrap();
        assert_eq!(hours.open_at(noon), works, "{date}");
        now = now.checked_add(SignedDuration::from_hours(24)).unwrap();
    }
}
