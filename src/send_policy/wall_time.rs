//! Parses the moment at which a run is to begin or to end, as people write it. A time that the clocks skip is refused;
//! if a time occurs twice, the first one counts and a note says so.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, Time},
    fmt::temporal::{DateTimeParser, Pieces, TimeZoneAnnotation, TimeZoneAnnotationKind},
    tz::Offset,
};

use super::{
    day::day_of,
    hours::Hours,
    messages::{PolicyMessage, moment},
    zone::{Occurrence, Zone, ZoneError},
};
use crate::i18n::{self, Language, messages};

/// A time of day that began less than this long ago still counts as now: a timer for 10:00 fires a little late.
const STILL: SignedDuration = SignedDuration::from_secs(59);

/// The number of days in which a time of day is searched.
const AHEAD: usize = 3;

/// A moment that was parsed from text.
///
/// Written as a local time (`2026-11-24 10:00`, `24.11.2026 10:00`), as a time of day (`10:00`: a start is its next
/// occurrence, for an end see [`WallTime::end`]), with an offset (`2026-11-24T10:00:00+03:00`, RFC 3339) or with a zone
/// (`2026-11-24T10:00[Europe/Moscow]`, RFC 9557).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WallTime {
    /// The moment.
    pub at: Timestamp,
    /// When the clocks show the same time again, if they do.
    pub again: Option<Timestamp>,
    /// The zone in which it was written.
    pub zone: Zone,
}

messages! {
    /// Why a text is not a moment.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum WallTimeError {
        /// It is not a date and time.
        Shape(text: String) =
            en "\"{text}\" is not a date and time: write 2026-11-24 10:00, 10:00 for the next 10:00, or \
                2026-11-24T10:00[Europe/Moscow]",
            ru "«{text}» — не дата и время: напишите 24.11.2026 10:00, просто 10:00 (ближайшие) или \
                2026-11-24T10:00[Europe/Moscow]",
        /// It is not an end of a run.
        EndShape(text: String) =
            en "\"{text}\" is not a time: write 18:00, 2026-11-24 18:00, or 3h for three hours after the run starts",
            ru "«{text}» — не время: напишите 18:00, 24.11.2026 18:00 или 3h (три часа от начала отправки)",
        /// The clocks skip it: the time, the zone, and what the clocks show after the change.
        Skipped { text: String, zone: String, behind: DateTime } =
            en "{text} does not exist in {zone}: the clocks go forward and skip it; write {behind} or a later time"
                [behind = behind.strftime("%H:%M")],
            ru "времени {text} нет в поясе {zone}: часы переводят вперёд, и оно пропускается; напишите {behind} или \
                позже" [behind = behind.strftime("%H:%M")],
        /// The zone does not have this offset at that time.
        Offset(text: String) =
            en "\"{text}\": the zone has another offset at that time: remove the zone or the offset",
            ru "«{text}»: у пояса в это время другая разница с UTC: уберите пояс или разницу",
        /// The zone in brackets is unknown.
        Zone(error: ZoneError) = en "{error}", ru "{error}",
    }
}

impl i18n::Shown for DateTime {
    type As = Self;

    fn shown(&self, _: Language) -> Self {
        *self
    }
}

impl WallTime {
    /// Parses the start of a run. A time of day counts during the minute that it names.
    ///
    /// # Errors
    ///
    /// The text is not a moment, or the moment does not exist.
    pub fn beginning(text: &str, now: Timestamp, zone: &Zone) -> Result<Self, WallTimeError> {
        read(text, now.checked_sub(STILL).unwrap_or(now), zone)
    }

    /// Parses the end of a run that is to start at `start`, if that is given. A time of day means today, even if it has
    /// passed; if the run begins after it, because of its start or its hours, it means the next occurrence after that.
    ///
    /// # Errors
    ///
    /// The text is not a moment, or the moment does not exist.
    pub fn end(
        text: &str,
        now: Timestamp,
        start: Option<Timestamp>,
        hours: &Hours,
    ) -> Result<Self, WallTimeError> {
        let begins = begins(now, start, hours);
        let after = begins
            .checked_add(SignedDuration::from_nanos(1))
            .unwrap_or(begins);
        read(text, after, &hours.zone).map_err(|error| match error {
            WallTimeError::Shape(text) => WallTimeError::EndShape(text),
            other @ (WallTimeError::EndShape(_)
            | WallTimeError::Skipped { .. }
            | WallTimeError::Offset(_)
            | WallTimeError::Zone(_)) => other,
        })
    }

    /// Returns what people should know about a time that occurs twice.
    #[must_use]
    pub fn note(&self, language: Language) -> Option<String> {
        self.again.map(|_| {
            let at = moment(self.zone.local(self.at), self.zone.name(), language);
            PolicyMessage::Twice { at }.localized(language)
        })
    }
}

/// Returns when a run begins, or should have begun if it is late: with the first hours of its day, never before today.
fn begins(now: Timestamp, start: Option<Timestamp>, hours: &Hours) -> Timestamp {
    let today = day_of(now, &hours.zone).begins;
    let start = start.filter(|start| *start > today);
    let opened = || hours.first_of_day(start.map_or(now, |start| start.max(now)));
    let opened = if hours.are_always() { None } else { opened() };
    [Some(today), start, opened]
        .into_iter()
        .flatten()
        .max()
        .unwrap_or(today)
}

fn read(text: &str, earliest: Timestamp, zone: &Zone) -> Result<WallTime, WallTimeError> {
    let text = text.trim();
    if let Some(time) = time_of_day(text) {
        return next(time, earliest, zone).ok_or_else(|| WallTimeError::Shape(text.to_owned()));
    }
    if let Some(local) = day_first(text) {
        return local_moment(text, local, zone);
    }
    let shape = || WallTimeError::Shape(text.to_owned());
    let pieces = Pieces::parse(text).map_err(|_| shape())?;
    let local = pieces.date().to_datetime(pieces.time().ok_or_else(shape)?);
    let named = match pieces.time_zone_annotation().map(TimeZoneAnnotation::kind) {
        None => None,
        Some(TimeZoneAnnotationKind::Named(name)) => {
            Some(name.as_str().parse().map_err(WallTimeError::Zone)?)
        }
        Some(_) => return Err(shape()),
    };
    match (pieces.to_numeric_offset(), named) {
        (Some(offset), named) => with_offset(text, local, offset, named),
        (None, named) => local_moment(text, local, named.as_ref().unwrap_or(zone)),
    }
}

fn local_moment(text: &str, local: DateTime, zone: &Zone) -> Result<WallTime, WallTimeError> {
    let moment = |at, again| {
        Ok(WallTime {
            at,
            again,
            zone: zone.clone(),
        })
    };
    match zone
        .occurrence(local)
        .ok_or_else(|| WallTimeError::Shape(text.to_owned()))?
    {
        Occurrence::Once(at) => moment(at, None),
        Occurrence::Twice(at, again) => moment(at, Some(again)),
        Occurrence::Never(at) => Err(WallTimeError::Skipped {
            text: text.to_owned(),
            zone: zone.to_string(),
            behind: zone.local(at),
        }),
    }
}

/// Resolves a time with an offset, which says which of two equal times is meant.
fn with_offset(
    text: &str,
    local: DateTime,
    offset: Offset,
    zone: Option<Zone>,
) -> Result<WallTime, WallTimeError> {
    let at = offset
        .to_timestamp(local)
        .map_err(|_| WallTimeError::Shape(text.to_owned()))?;
    let zone = zone.unwrap_or_else(|| Zone::of(jiff::tz::TimeZone::fixed(offset)));
    if zone.local(at) == local {
        Ok(WallTime {
            at,
            again: None,
            zone,
        })
    } else {
        Err(WallTimeError::Offset(text.to_owned()))
    }
}

/// Returns the next moment at which the clocks show a time of day. A day that skips it is passed over.
fn next(time: Time, earliest: Timestamp, zone: &Zone) -> Option<WallTime> {
    let moment = |at, again| WallTime {
        at,
        again,
        zone: zone.clone(),
    };
    let today = zone.local(earliest).date();
    std::iter::successors(Some(today), |date| date.tomorrow().ok())
        .take(AHEAD)
        .find_map(|date| match zone.occurrence(date.to_datetime(time))? {
            Occurrence::Twice(at, again) if at >= earliest => Some(moment(at, Some(again))),
            Occurrence::Once(at) | Occurrence::Twice(_, at) if at >= earliest => {
                Some(moment(at, None))
            }
            Occurrence::Once(_) | Occurrence::Twice(..) | Occurrence::Never(_) => None,
        })
}

/// Parses `10:00` or `9:30`.
fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| part.len() <= 2 && part.chars().all(|digit| digit.is_ascii_digit());
    if !digits(hour) || !digits(minute) || minute.len() != 2 {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// Parses `24.11.2026 10:00`.
fn day_first(text: &str) -> Option<DateTime> {
    static PARSER: DateTimeParser = DateTimeParser::new();
    let (date, time) = text.split_once(' ')?;
    let mut parts = date.splitn(3, '.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    let time = time_of_day(time.trim()).or_else(|| PARSER.parse_time(time.trim()).ok())?;
    (year.len() == 4).then(|| date.to_datetime(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-24T07:30:20Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn beginning(text: &str, now: &str, zone: &str) -> Result<WallTime, WallTimeError> {
        WallTime::beginning(text, at(now), &zone.parse().unwrap())
    }

    #[test]
    fn a_moment_is_read_however_people_write_it() {
        for (text, expected) in [
            ("2026-11-25 10:00", "2026-11-25T07:00Z"),
            ("2026-11-25T10:00", "2026-11-25T07:00Z"),
            ("2026-11-25 10:00:30", "2026-11-25T07:00:30Z"),
            ("25.11.2026 10:00", "2026-11-25T07:00Z"),
            ("5.12.2026 9:05", "2026-12-05T06:05Z"),
            ("2026-11-25T10:00:00+05:00", "2026-11-25T05:00Z"),
            ("2026-11-25T10:00Z", "2026-11-25T10:00Z"),
            ("2026-11-25T10:00[Asia/Omsk]", "2026-11-25T04:00Z"),
            ("2026-11-25T10:00:00+06:00[Asia/Omsk]", "2026-11-25T04:00Z"),
            ("2020-01-01 10:00", "2020-01-01T07:00Z"),
        ] {
            let moment = beginning(text, NOW, "Europe/Moscow").unwrap();
            assert_eq!((moment.at, moment.again), (at(expected), None), "{text}");
            assert_eq!(moment.note(Language::En), None);
        }
    }

    #[test]
    fn a_time_of_day_begins_the_next_time_that_it_comes_and_its_own_minute_still_counts() {
        for (text, expected) in [
            ("10:31", "2026-11-24T07:31Z"),
            ("10:30", "2026-11-24T07:30Z"),
            ("10:29", "2026-11-25T07:29Z"),
            ("9:00", "2026-11-25T06:00Z"),
            ("00:00", "2026-11-24T21:00Z"),
        ] {
            assert_eq!(
                beginning(text, NOW, "Europe/Moscow").unwrap().at,
                at(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn a_time_of_day_ends_today_unless_the_run_begins_behind_it() {
        let day = "10:00-19:00";
        let night = "22:00-02:00";
        let parts = "14:00-19:00,10:00-13:00";
        let both = "09:00-12:00,22:00-02:00";
        for (now, start, window, until, expected) in [
            ("2026-11-24T12:00Z", None, "", "18:00", "2026-11-24T18:00Z"),
            ("2026-11-24T19:00Z", None, "", "18:00", "2026-11-24T18:00Z"),
            ("2026-11-24T18:00Z", None, "", "18:00", "2026-11-24T18:00Z"),
            ("2026-11-24T12:00Z", None, "", "00:00", "2026-11-25T00:00Z"),
            ("2026-11-24T18:30Z", None, day, "18:00", "2026-11-24T18:00Z"),
            ("2026-11-24T19:30Z", None, day, "18:00", "2026-11-25T18:00Z"),
            ("2026-11-24T08:00Z", None, day, "18:00", "2026-11-24T18:00Z"),
            (
                "2026-11-24T18:00Z",
                None,
                night,
                "01:00",
                "2026-11-25T01:00Z",
            ),
            (
                "2026-11-24T23:30Z",
                None,
                night,
                "01:00",
                "2026-11-25T01:00Z",
            ),
            (
                "2026-11-25T01:30Z",
                None,
                night,
                "01:00",
                "2026-11-25T01:00Z",
            ),
            (
                "2026-11-24T12:30Z",
                None,
                parts,
                "13:30",
                "2026-11-24T13:30Z",
            ),
            (
                "2026-11-24T13:15Z",
                None,
                parts,
                "13:30",
                "2026-11-24T13:30Z",
            ),
            (
                "2026-11-24T14:30Z",
                None,
                parts,
                "13:30",
                "2026-11-24T13:30Z",
            ),
            (
                "2026-11-24T08:00Z",
                None,
                parts,
                "13:30",
                "2026-11-24T13:30Z",
            ),
            (
                "2026-11-24T19:30Z",
                None,
                parts,
                "13:30",
                "2026-11-25T13:30Z",
            ),
            (
                "2026-11-24T14:30Z",
                None,
                parts,
                "09:00",
                "2026-11-25T09:00Z",
            ),
            (
                "2026-11-24T10:00Z",
                None,
                both,
                "01:00",
                "2026-11-25T01:00Z",
            ),
            (
                "2026-11-24T23:30Z",
                None,
                both,
                "01:00",
                "2026-11-25T01:00Z",
            ),
            (
                "2026-11-25T01:30Z",
                None,
                both,
                "01:00",
                "2026-11-25T01:00Z",
            ),
            (
                "2026-11-24T23:30Z",
                None,
                both,
                "12:00",
                "2026-11-24T12:00Z",
            ),
            (
                "2026-11-24T14:30Z",
                Some("2026-11-24T10:00Z"),
                parts,
                "13:30",
                "2026-11-24T13:30Z",
            ),
            (
                "2026-11-24T12:00Z",
                Some("2026-11-24T20:00Z"),
                "",
                "18:00",
                "2026-11-25T18:00Z",
            ),
            (
                "2026-11-24T20:00:05Z",
                Some("2026-11-24T20:00Z"),
                "",
                "02:00",
                "2026-11-25T02:00Z",
            ),
            (
                "2026-11-24T12:00Z",
                Some("2026-11-26T20:00Z"),
                day,
                "18:00",
                "2026-11-27T18:00Z",
            ),
            (
                "2026-11-24T19:00Z",
                Some("2026-11-24T10:00Z"),
                "",
                "18:00",
                "2026-11-24T18:00Z",
            ),
            (
                "2026-11-24T12:00Z",
                Some("2026-11-20T10:00Z"),
                "",
                "18:00",
                "2026-11-24T18:00Z",
            ),
            (
                "2026-11-24T12:00Z",
                None,
                "00:00-24:00",
                "11:00",
                "2026-11-24T11:00Z",
            ),
        ] {
            let windows = window
                .split_terminator(',')
                .map(|window| window.parse().unwrap())
                .collect();
            let hours = Hours {
                windows,
                ..Hours::always("UTC".parse().unwrap())
            };
            let end = WallTime::end(until, at(now), start.map(at), &hours).unwrap();
            assert_eq!(end.at, at(expected), "{now} {start:?} {window} {until}");
        }
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_refused_and_what_comes_behind_it_is_told() {
        for text in [
            "2026-03-29 02:30",
            "29.03.2026 02:00",
            "2026-03-29T02:59:59[Europe/Berlin]",
        ] {
            let error = beginning(text, NOW, "Europe/Berlin").unwrap_err();
            let WallTimeError::Skipped { zone, behind, .. } = &error else {
                panic!("{error}")
            };
            assert_eq!(
                (zone.as_str(), behind.to_string().as_str()),
                ("Europe/Berlin", "2026-03-29T03:00:00")
            );
            assert!(error.to_string().contains("03:00"), "{error}");
        }
        // A time of day is then the one on the next day.
        let next = beginning("02:30", "2026-03-28T23:30Z", "Europe/Berlin").unwrap();
        assert_eq!(next.at, at("2026-03-30T00:30Z"));
    }

    #[test]
    fn of_a_time_that_comes_twice_the_first_is_taken_and_that_is_told() {
        let moment = beginning("2026-10-25 02:30", NOW, "Europe/Berlin").unwrap();
        assert_eq!(
            (moment.at, moment.again),
            (at("2026-10-25T00:30Z"), Some(at("2026-10-25T01:30Z")))
        );
        assert!(moment.note(Language::En).unwrap().contains("twice"));
        let second = beginning("2026-10-25T02:30+01:00[Europe/Berlin]", NOW, "UTC").unwrap();
        assert_eq!((second.at, second.again), (at("2026-10-25T01:30Z"), None));
        let between = beginning("02:30", "2026-10-25T01:00Z", "Europe/Berlin").unwrap();
        assert_eq!((between.at, between.again), (at("2026-10-25T01:30Z"), None));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "tomorrow",
            "2026-11-25",
            "24:00",
            "10",
            "10:0",
            "2026-11-31 10:00",
            "31.11.2026 10:00",
            "2026-11-25 25:00",
            "25.11.26 10:00",
            "2026-11-25T10:00[+03:00]",
            "1.2.3.2026 10:00",
        ] {
            let error = beginning(text, NOW, "Europe/Moscow").unwrap_err();
            assert_eq!(error, WallTimeError::Shape(text.to_owned()), "{text}");
        }
        let wrong = beginning("2026-11-25T10:00+03:00[Asia/Omsk]", NOW, "UTC").unwrap_err();
        assert!(matches!(wrong, WallTimeError::Offset(_)), "{wrong}");
        let nowhere = beginning("2026-11-25T10:00[Europe/Moskow]", NOW, "UTC").unwrap_err();
        assert!(nowhere.to_string().contains("Europe/Moscow"), "{nowhere}");
    }
}
