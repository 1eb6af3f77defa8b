//! The days of the week on which contacts may be sent.

use std::{fmt, str::FromStr};

use jiff::civil::Weekday;

use crate::i18n::{Language, messages};

/// A non-empty set of days of the week: `mon-fri`, `mon,wed,sat-sun`, `пн-пт`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Days(u8);

messages! {
    /// Why a text does not name days.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum DaysError {
        /// A word in it is not a day of the week.
        Unknown(word: String) =
            en "\"{word}\" is not a day of the week: write mon-fri, or mon,wed,sat-sun",
            ru "«{word}» — не день недели: напишите пн-пт или пн,ср,сб-вс",
    }
}

impl Days {
    /// All seven days.
    pub const ALL: Self = Self(0b111_1111);

    /// Whether the set contains this day.
    #[must_use]
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & bit(place(day)) != 0
    }

    /// Returns text such as `mon-fri,sun`, in Russian `пн-пт,вс`.
    #[must_use]
    pub fn localized(self, language: Language) -> String {
        let name = |day: usize| match language {
            Language::En => NAMES[day][0],
            Language::Ru => NAMES[day][2],
        };
        let days: Vec<usize> = (0..7).filter(|day| self.0 & bit(*day) != 0).collect();
        let runs = days
            .chunk_by(|day, next| day + 1 == *next)
            .map(|run| match run {
                [first, .., last] => format!("{}-{}", name(*first), name(*last)),
                [day] => name(*day).to_owned(),
                [] => String::new(),
            });
        runs.collect::<Vec<_>>().join(",")
    }
}

impl Default for Days {
    fn default() -> Self {
        Self::ALL
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.localized(Language::En))
    }
}

impl FromStr for Days {
    type Err = DaysError;

    fn from_str(text: &str) -> Result<Self, DaysError> {
        if EVERY_DAY.contains(&text.trim().to_lowercase().as_str()) {
            return Ok(Self::ALL);
        }
        text.split([',', ';']).try_fold(Self(0), |days, part| {
            let wrong = || DaysError::Unknown(part.trim().to_owned());
            let (first, last) = part.split_once(['-', '–', '—']).unwrap_or((part, part));
            let (first, last) = (
                named(first).ok_or_else(wrong)?,
                named(last).ok_or_else(wrong)?,
            );
            let length = (last + 7 - first) % 7;
            Ok((first..=first + length).fold(days, |days, day| Self(days.0 | bit(day % 7))))
        })
    }
}

/// The words for all seven days.
const EVERY_DAY: [&str; 2] = ["all", "все"];

/// The names of the days, from Monday on.
#[rustfmt::skip]
const NAMES: [[&str; 4]; 7] = [
    ["mon", "monday", "пн", "понедельник"],
    ["tue", "tuesday", "вт", "вторник"],
    ["wed", "wednesday", "ср", "среда"],
    ["thu", "thursday", "чт", "четверг"],
    ["fri", "friday", "пт", "пятница"],
    ["sat", "saturday", "сб", "суббота"],
    ["sun", "sunday", "вс", "воскресенье"],
];

fn named(text: &str) -> Option<usize> {
    let name = text.trim().to_lowercase();
    NAMES
        .iter()
        .position(|names| names.contains(&name.as_str()))
}

fn place(day: Weekday) -> usize {
    usize::from(day.to_monday_zero_offset().unsigned_abs())
}

const fn bit(place: usize) -> u8 {
    1 << place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_both_languages_and_told_as_they_can_be_typed() {
        for (text, shown) in [
            ("mon-fri", "mon-fri"),
            ("Mon, WED ,sat-sun", "mon,wed,sat-sun"),
            ("пн-пт", "mon-fri"),
            ("Пн,Ср,Сб–Вс", "mon,wed,sat-sun"),
            ("понедельник-среда", "mon-wed"),
            ("fri-mon", "mon,fri-sun"),
            ("sunday", "sun"),
            ("sat;sun", "sat-sun"),
            ("mon-mon", "mon"),
            ("mon-sun", "mon-sun"),
            ("tue,tue", "tue"),
        ] {
            let days: Days = text.parse().unwrap();
            assert_eq!(days.to_string(), shown, "{text}");
            assert_eq!(shown.parse::<Days>().unwrap(), days);
        }
        assert_eq!(Days::default().to_string(), "mon-sun");
        assert_eq!(
            "mon-wed,fri"
                .parse::<Days>()
                .unwrap()
                .localized(Language::Ru),
            "пн-ср,пт"
        );
    }

    #[test]
    fn a_word_that_is_no_day_is_named() {
        for (text, word) in [
            ("", ""),
            ("mon,", ""),
            ("mon,fry", "fry"),
            ("mon-", "mon-"),
            ("1-5", "1-5"),
        ] {
            assert_eq!(
                text.parse::<Days>(),
                Err(DaysError::Unknown(word.to_owned())),
                "{text}"
            );
        }
    }

    #[test]
    fn a_day_is_in_or_out() {
        let days: Days = "fri-mon".parse().unwrap();
        let table = [
            (Weekday::Monday, true),
            (Weekday::Tuesday, false),
            (Weekday::Thursday, false),
            (Weekday::Friday, true),
            (Weekday::Sunday, true),
        ];
        for (day, expected) in table {
            assert_eq!(days.contains(day), expected, "{day:?}");
        }
    }
}
