//! A day according to the clocks of a place. It has 23 or 25 hours when the clocks change.

use jiff::{Timestamp, civil::Date};

use super::zone::Zone;

/// One day of the calendar in one zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Its date.
    pub date: Date,
    /// Its first moment.
    pub begins: Timestamp,
    /// The first moment of the next day.
    pub ends: Timestamp,
}

/// Returns the day that contains a moment.
#[must_use]
pub fn day_of(now: Timestamp, zone: &Zone) -> Day {
    let date = zone.local(now).date();
    let begins = |date: Date| zone.first(date.into());
    let ends = date.tomorrow().ok().and_then(begins);
    Day {
        date,
        begins: begins(date).unwrap_or(Timestamp::MIN),
        ends: ends.unwrap_or(Timestamp::MAX),
    }
}

/// Returns the first moment of the next day.
#[must_use]
pub fn next_day(now: Timestamp, zone: &Zone) -> Timestamp {
    day_of(now, zone).ends
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Zone, moment, date, first moment, first moment of the next day, hours.
    const DAYS: &str = "
        Europe/Moscow    2026-11-24T20:59:59Z 2026-11-24 2026-11-23T21:00Z 2026-11-24T21:00Z 24
        Europe/Moscow    2026-11-24T21:00:00Z 2026-11-25 2026-11-24T21:00Z 2026-11-25T21:00Z 24
        Europe/Berlin    2026-03-29T12:00:00Z 2026-03-29 2026-03-28T23:00Z 2026-03-29T22:00Z 23
        Europe/Berlin    2026-10-25T12:00:00Z 2026-10-25 2026-10-24T22:00Z 2026-10-25T23:00Z 25
        America/New_York 2026-11-01T12:00:00Z 2026-11-01 2026-11-01T04:00Z 2026-11-02T05:00Z 25
        Africa/Cairo     2026-04-24T12:00:00Z 2026-04-24 2026-04-23T22:00Z 2026-04-24T21:00Z 23
        Africa/Cairo     2026-10-29T20:30:00Z 2026-10-29 2026-10-28T21:00Z 2026-10-29T22:00Z 25
        Africa/Cairo     2026-10-29T21:30:00Z 2026-10-29 2026-10-28T21:00Z 2026-10-29T22:00Z 25
        America/Havana   2026-11-01T04:30:00Z 2026-11-01 2026-11-01T04:00Z 2026-11-02T05:00Z 25
        America/Havana   2026-11-01T05:30:00Z 2026-11-01 2026-11-01T04:00Z 2026-11-02T05:00Z 25
        Asia/Kathmandu   2026-11-24T12:00:00Z 2026-11-24 2026-11-23T18:15Z 2026-11-24T18:15Z 24";

    /// In Cairo the clocks go forward at midnight, so that the day begins at 01:00, and back at midnight, so that the
    /// last hour occurs twice; in Havana the first hour does.
    #[test]
    fn a_day_begins_and_ends_where_the_clocks_of_the_place_say() {
        for line in DAYS.trim().lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let moment = |place: usize| words[place].parse::<Timestamp>().unwrap();
            let zone: Zone = words[0].parse().unwrap();
            let day = day_of(moment(1), &zone);
            let expected = Day {
                date: words[2].parse().unwrap(),
                begins: moment(3),
                ends: moment(4),
            };
            assert_eq!(day, expected, "{line}");
            assert_eq!(
                day.begins.duration_until(day.ends).as_hours().to_string(),
                words[5],
                "{line}"
            );
            assert_eq!(next_day(moment(1), &zone), day.ends);
        }
    }
}
