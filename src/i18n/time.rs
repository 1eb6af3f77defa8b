//! Durations as people say them: one unit, rounded. Times as the clocks of a place show them.

use std::time::Duration;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    Language,
    count::{en, ru},
};

/// A unit of time in seconds, and its names.
struct Unit {
    seconds: u64,
    en: [&'static str; 2],
    ru: [&'static str; 3],
    short: [&'static str; 2],
}

const UNITS: [Unit; 4] = [
    Unit {
        seconds: 86_400,
        en: ["day", "days"],
        ru: ["день", "дня", "дней"],
        short: ["d", " дн."],
    },
    Unit {
        seconds: 3_600,
        en: ["hour", "hours"],
        ru: ["час", "часа", "часов"],
        short: ["h", " ч"],
    },
    Unit {
        seconds: 60,
        en: ["minute", "minutes"],
        ru: ["минута", "минуты", "минут"],
        short: ["m", " мин"],
    },
    Unit {
        seconds: 1,
        en: ["second", "seconds"],
        ru: ["секунда", "секунды", "секунд"],
        short: ["s", " с"],
    },
];

/// Returns text such as `3 minutes`, in Russian `3 минуты`.
#[must_use]
pub fn long(time: Duration, language: Language) -> String {
    let (count, unit) = rounded(time);
    match language {
        Language::En => en(count, unit.en[0], unit.en[1]),
        Language::Ru => ru(count, unit.ru[0], unit.ru[1], unit.ru[2]),
    }
}

/// Returns text such as `3m`, in Russian `3 мин`.
#[must_use]
pub fn short(time: Duration, language: Language) -> String {
    let (count, unit) = rounded(time);
    match language {
        Language::En => format!("{count}{}", unit.short[0]),
        Language::Ru => format!("{count}{}", unit.short[1]),
    }
}

/// Rounds to the largest unit of which there is at least one and a half.
fn rounded(time: Duration) -> (u64, &'static Unit) {
    let seconds = time.as_secs() + u64::from(time.subsec_millis() >= 500);
    let [.., smallest] = &UNITS;
    let unit = UNITS
        .iter()
        .find(|unit| seconds * 2 >= unit.seconds * 3)
        .unwrap_or(smallest);
    ((seconds + unit.seconds / 2) / unit.seconds, unit)
}

/// Returns text such as `2026-11-24`, in Russian `24.11.2026`.
#[must_use]
pub fn day(date: Date, language: Language) -> String {
    match language {
        Language::En => date.to_string(),
        Language::Ru => date.strftime("%d.%m.%Y").to_string(),
    }
}

/// Returns text such as `2026-11-24 10:00`, in Russian `24.11.2026 10:00`.
#[must_use]
pub fn date_time(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    let format = match language {
        Language::En => "%Y-%m-%d %H:%M",
        Language::Ru => "%d.%m.%Y %H:%M",
    };
    at.to_zoned(zone.clone()).strftime(format).to_string()
}

/// Returns the time with its zone: `2026-11-24 10:00 (Europe/Moscow)`.
#[must_use]
pub fn zoned_time(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    let name = zone_name(zone, at);
    format!("{} ({name})", date_time(at, zone, language))
}

/// Returns a name such as `Europe/Moscow`, or the offset from UTC if the zone has no name.
#[must_use]
pub fn zone_name(zone: &TimeZone, at: Timestamp) -> String {
    match zone.iana_name() {
        Some("Etc/UTC") => "UTC".to_owned(),
        Some(name) => name.to_owned(),
        None => at.to_zoned(zone.clone()).strftime("UTC%:z").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_by_the_clocks_of_a_place_which_is_named() {
        let at: Timestamp = "2026-11-29T23:05:59Z".parse().unwrap();
        let moscow = TimeZone::get("Europe/Moscow").unwrap();
        let fixed = TimeZone::fixed(jiff::tz::offset(5));
        for (zone, english, russian) in [
            (
                &moscow,
                "2026-11-30 02:05 (Europe/Moscow)",
                "30.11.2026 02:05 (Europe/Moscow)",
            ),
            (
                &TimeZone::UTC,
                "2026-11-29 23:05 (UTC)",
                "29.11.2026 23:05 (UTC)",
            ),
            (
                &fixed,
                "2026-11-30 04:05 (UTC+05:00)",
                "30.11.2026 04:05 (UTC+05:00)",
            ),
        ] {
            assert_eq!(zoned_time(at, zone, Language::En), english);
            assert_eq!(zoned_time(at, zone, Language::Ru), russian);
        }
    }

    #[test]
    fn time_is_told_in_one_unit() {
        for (seconds, english, russian, short_english, short_russian) in [
            (0, "0 seconds", "0 секунд", "0s", "0 с"),
            (1, "1 second", "1 секунда", "1s", "1 с"),
            (89, "89 seconds", "89 секунд", "89s", "89 с"),
            (90, "2 minutes", "2 минуты", "2m", "2 мин"),
            (1_260, "21 minutes", "21 минута", "21m", "21 мин"),
            (5_400, "2 hours", "2 часа", "2h", "2 ч"),
            (432_000, "5 days", "5 дней", "5d", "5 дн."),
        ] {
            let time = Duration::from_secs(seconds);
            assert_eq!(
                (long(time, Language::En), long(time, Language::Ru)),
                (english.into(), russian.into())
            );
            let shorts = (short(time, Language::En), short(time, Language::Ru));
            assert_eq!(shorts, (short_english.into(), short_russian.into()));
        }
    }
}
