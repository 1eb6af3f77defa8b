//! Days on which no contact may be sent, from a text file: one date or range of dates per line.

use std::str::FromStr;

use jiff::civil::Date;

use crate::i18n::{Language, messages};

/// The days without contacts: single dates, ranges, and dates of every year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays {
    /// First and last day.
    ranges: Vec<(Date, Date)>,
    /// First and last day of a yearly range; if they are reversed, the range spans New Year.
    yearly: Vec<(MonthDay, MonthDay)>,
}

/// Month and day.
type MonthDay = (i8, i8);

messages! {
    /// A line of the file that is not a holiday; lines are counted from 1.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum HolidayError {
        /// It is neither a date nor a range of dates.
        Shape { line: usize, text: String } =
            en "line {line}: \"{text}\" is not a holiday: write 2026-12-31, 31.12.2026, 2026-12-31..2027-01-08, or \
                *-12-25 for every year; # begins a comment",
            ru "строка {line}: «{text}» — не праздник: напишите 2026-12-31, 31.12.2026, 2026-12-31..2027-01-08 или \
                *-12-25 для каждого года; примечание начинается с #",
        /// The range ends before it begins.
        Reversed { line: usize, text: String } =
            en "line {line}: \"{text}\" ends before it begins: write the earlier date first",
            ru "строка {line}: «{text}» кончается раньше, чем начинается: сначала ранняя дата",
    }
}

impl Holidays {
    /// Whether no contact may be sent on this day.
    #[must_use]
    pub fn contains(&self, date: Date) -> bool {
        let day = (date.month(), date.day());
        let within = |(first, last): &(MonthDay, MonthDay)| {
            if first <= last {
                (*first..=*last).contains(&day)
            } else {
                day >= *first || day <= *last
            }
        };
        self.ranges
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&date))
            || self.yearly.iter().any(within)
    }
}

impl Holidays {
    /// Adds the days of another file.
    pub fn add_all(&mut self, other: Self) {
        self.ranges.extend(other.ranges);
        self.yearly.extend(other.yearly);
    }
}

impl FromStr for Holidays {
    type Err = HolidayError;

    /// Parses the text of a file. A line contains `2026-12-31`, `31.12.2026`, a range `2026-12-31..2027-01-08`, or `*`
    /// for every year: `*-12-25`, `25.12.*`, `*-12-31..*-01-08`. From `#` on it is a comment.
    fn from_str(text: &str) -> Result<Self, HolidayError> {
        let mut holidays = Self::default();
        for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let entry = line.split_once('#').map_or(line, |(entry, _)| entry).trim();
            if !entry.is_empty() {
                holidays.add(number + 1, entry)?;
            }
        }
        Ok(holidays)
    }
}

/// A day as written in the file.
enum Day {
    Of(Date),
    Yearly(MonthDay),
}

impl Holidays {
    fn add(&mut self, line: usize, entry: &str) -> Result<(), HolidayError> {
        let text = || entry.to_owned();
        let (first, last) = entry.split_once("..").unwrap_or((entry, entry));
        match (day(first.trim()), day(last.trim())) {
            (Some(Day::Of(first)), Some(Day::Of(last))) if first <= last => {
                self.ranges.push((first, last));
            }
            (Some(Day::Of(_)), Some(Day::Of(_))) => {
                return Err(HolidayError::Reversed { line, text: text() });
            }
            (Some(Day::Yearly(first)), Some(Day::Yearly(last))) => self.yearly.push((first, last)),
            (Some(Day::Of(_)), Some(Day::Yearly(_)))
            | (Some(Day::Yearly(_)), Some(Day::Of(_)))
            | (None, _)
            | (_, None) => {
                return Err(HolidayError::Shape { line, text: text() });
            }
        }
        Ok(())
    }
}

/// Parses `2026-12-31`, `31.12.2026`, `*-12-31` or `31.12.*`.
fn day(text: &str) -> Option<Day> {
    let parts: Vec<&str> = text.split(['-', '.']).collect();
    let [year, month, day] = match (parts.as_slice(), text.contains('-'), text.contains('.')) {
        ([year, month, day], true, false) | ([day, month, year], false, true) => {
            [*year, *month, *day]
        }
        _ => return None,
    };
    let number = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        let digits =
            lengths.contains(&part.len()) && part.chars().all(|digit| digit.is_ascii_digit());
        part.parse::<i16>().ok().filter(|_| digits)
    };
    let part = |text: &str| number(text, 1..=2).and_then(|part| i8::try_from(part).ok());
    let (month, day) = (part(month)?, part(day)?);
    match year {
        // 2024 is a leap year, so that the 29th of February can be a holiday too.
        "*" => Date::new(2024, month, day)
            .ok()
            .map(|_| Day::Yearly((month, day))),
        year => Date::new(number(year, 4..=4)?, month, day)
            .ok()
            .map(Day::Of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\u{feff}# Holidays of the north\r\n\r\n2026-11-04\r\n31.12.2026   # a Thursday\r\n\
        2027-02-20..23.02.2027\r\n*-05-09\r\n*-12-31 .. *-01-08\r\n8.3.*\r\n*-02-29";

    #[test]
    fn the_days_of_a_file_are_holidays_and_no_other() {
        let holidays: Holidays = FILE.parse().unwrap();
        let table = [
            ("2026-11-03", false),
            ("2026-11-04", true),
            ("2027-11-04", false),
            ("2026-12-30", false),
            ("2026-12-31", true),
            ("2027-02-19", false),
            ("2027-02-20", true),
            ("2027-02-23", true),
            ("2027-02-24", false),
            ("2030-05-09", true),
            ("2030-05-10", false),
            ("2031-01-01", true),
            ("2031-01-08", true),
            ("2031-01-09", false),
            ("2029-12-31", true),
            ("2029-03-08", true),
            ("2028-02-29", true),
            ("2027-02-28", false),
        ];
        for (date, expected) in table {
            assert_eq!(holidays.contains(date.parse().unwrap()), expected, "{date}");
        }
        assert_eq!(
            "# nothing\n\n".parse::<Holidays>().unwrap(),
            Holidays::default()
        );
    }

    #[test]
    fn a_bad_line_is_named_by_its_number() {
        for text in [
            "2026-13-01",
            "2026-02-29",
            "31.02.2026",
            "2026-12",
            "12-25",
            "25.12",
            "26-12-31",
            "2026-12-31 New Year",
            "2026-12-31..",
            "*-12-25..2026-12-31",
            "2026-12-31-2027-01-08",
            "*-02-30",
            "31.12-2026",
            "--12-25",
            "*",
            "2026-12-30..2026-12-31..2027-01-01",
            "2026-+1-01",
        ] {
            let file = format!("2026-11-04\n# a remark\n{text}\n");
            let expected = HolidayError::Shape {
                line: 3,
                text: text.to_owned(),
            };
            assert_eq!(file.parse::<Holidays>(), Err(expected.clone()), "{text}");
            assert!(expected.to_string().contains("line 3"), "{expected}");
        }
        let reversed = "2027-01-08..2026-12-31";
        let expected = HolidayError::Reversed {
            line: 1,
            text: reversed.to_owned(),
        };
        assert_eq!(reversed.parse::<Holidays>(), Err(expected));
    }
}
