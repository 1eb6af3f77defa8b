//! Lengths of time as a person says them: one unit, rounded.

use std::time::Duration;

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

/// `3 minutes`, `3 минуты`.
#[must_use]
pub fn long(time: Duration, language: Language) -> String {
    let (count, unit) = rounded(time);
    match language {
        Language::En => en(count, unit.en[0], unit.en[1]),
        Language::Ru => ru(count, unit.ru[0], unit.ru[1], unit.ru[2]),
    }
}

/// `3m`, `3 мин`.
#[must_use]
pub fn short(time: Duration, language: Language) -> String {
    let (count, unit) = rounded(time);
    match language {
        Language::En => format!("{count}{}", unit.short[0]),
        Language::Ru => format!("{count}{}", unit.short[1]),
    }
}

/// In the largest unit of which there is at least one and a half.
fn rounded(time: Duration) -> (u64, &'static Unit) {
    let seconds = time.as_secs() + u64::from(time.subsec_millis() >= 500);
    let [.., smallest] = &UNITS;
    let unit = UNITS
        .iter()
        .find(|unit| seconds * 2 >= unit.seconds * 3)
        .unwrap_or(smallest);
    ((seconds + unit.seconds / 2) / unit.seconds, unit)
}

#[cfg(test)]
mod tests {
    use super::*;

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
