//! The hours of a day within which contacts may be sent. A window over midnight belongs to the day on which it begins.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, civil::Time};

use crate::i18n::{Language, messages};

/// The minutes in a day.
const DAY: u16 = 24 * 60;

/// A range from one wall-clock time until just before another: `10:00-19:00`, `9-18`, `22:00-02:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Minutes after the midnight at which its day begins; below 1,440.
    start: u16,
    /// Minutes after the same midnight; above 1,440, it is in the next day. A window lasts at most a day.
    end: u16,
}

messages! {
    /// Why a text is not a window.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum WindowError {
        /// It is not two times with a dash between them.
        Shape(text: String) =
            en "\"{text}\" is not a valid time range: use 10:00-19:00, or 22:00-02:00 over midnight",
            ru "«{text}» — не промежуток времени: напишите 10:00-19:00, а через полночь 22:00-02:00",
        /// It begins and ends at the same time.
        Empty(text: String) =
            en "the start and the end of {text} are the same: write 00:00-24:00 for the whole day",
            ru "начало и конец {text} совпадают: для целых суток напишите 00:00-24:00",
    }
}

impl Window {
    /// Whether the window of a day is open at this time on that day.
    pub(super) fn holds(self, time: Time) -> bool {
        (self.start..self.end).contains(&minute(time))
    }

    /// Whether the window of the previous day is still open at this time.
    pub(super) fn holds_over(self, time: Time) -> bool {
        minute(time) + DAY < self.end
    }

    /// Returns the times of day at which it opens and closes.
    pub(super) fn edges(self) -> [Time; 2] {
        let after = |minutes: u16| SignedDuration::from_mins(i64::from(minutes));
        [self.start, self.end].map(|minutes| Time::midnight().wrapping_add(after(minutes)))
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.end > DAY {
            self.end - DAY
        } else {
            self.end
        };
        write!(
            f,
            "{:02}:{:02}-{:02}:{:02}",
            self.start / 60,
            self.start % 60,
            end / 60,
            end % 60
        )
    }
}

impl FromStr for Window {
    type Err = WindowError;

    fn from_str(text: &str) -> Result<Self, WindowError> {
        let shape = || WindowError::Shape(text.trim().to_owned());
        let (start, end) = text.split_once(['-', '–', '—']).ok_or_else(shape)?;
        let (start, end) = (
            minutes(start).ok_or_else(shape)?,
            minutes(end).ok_or_else(shape)?,
        );
        if start == end {
            return Err(WindowError::Empty(text.trim().to_owned()));
        }
        if start == DAY {
            return Err(shape());
        }
        Ok(Self {
            start,
            end: if end < start { end + DAY } else { end },
        })
    }
}

/// Parses `9`, `09:00` or `9.00`, up to `24:00`.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text
        .trim()
        .split_once([':', '.'])
        .unwrap_or((text.trim(), "00"));
    let number = |part: &str, lengths: &[usize]| {
        let digits =
            lengths.contains(&part.len()) && part.chars().all(|digit| digit.is_ascii_digit());
        part.parse::<u16>().ok().filter(|_| digits)
    };
    let (hours, minutes) = (number(hours, &[1, 2])?, number(minutes, &[2])?);
    (minutes < 60 && hours * 60 + minutes <= DAY).then_some(hours * 60 + minutes)
}

fn minute(time: Time) -> u16 {
    u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(text: &str) -> Window {
        text.parse().unwrap()
    }

    #[test]
    fn a_window_is_read_however_people_write_it() {
        for (text, shown) in [
            ("10:00-19:00", "10:00-19:00"),
            ("9-18", "09:00-18:00"),
            (" 9.30 – 18:05 ", "09:30-18:05"),
            ("00:00-24:00", "00:00-24:00"),
            ("0-24", "00:00-24:00"),
            ("22:00-02:00", "22:00-02:00"),
            ("22-24", "22:00-24:00"),
            ("22:00-0:00", "22:00-24:00"),
            ("23:59-23:58", "23:59-23:58"),
        ] {
            assert_eq!(window(text).to_string(), shown, "{text}");
            assert_eq!(window(shown), window(text), "what is shown can be typed");
        }
    }

    #[test]
    fn what_is_no_window_is_refused() {
        for text in [
            "",
            "10:00",
            "10:00-",
            "-19:00",
            "25-26",
            "10:60-11:00",
            "24:00-02:00",
            "24:01-25:00",
            "10:0-11:00",
            "morning",
            "10:00-19:00-20:00",
            "+9-18",
            "9..18",
            "10:00:00-11:00",
        ] {
            assert_eq!(
                text.parse::<Window>(),
                Err(WindowError::Shape(text.to_owned())),
                "{text}"
            );
        }
        for text in ["10:00-10:00", "0-0", "24-24"] {
            assert_eq!(
                text.parse::<Window>(),
                Err(WindowError::Empty(text.to_owned())),
                "{text}"
            );
        }
    }

    #[test]
    fn a_window_holds_from_its_first_moment_up_to_its_last() {
        let time = |text: &str| text.parse::<Time>().unwrap();
        for (text, at, today, from_yesterday) in [
            ("10:00-19:00", "09:59:59.999", false, false),
            ("10:00-19:00", "10:00:00", true, false),
            ("10:00-19:00", "18:59:59.999", true, false),
            ("10:00-19:00", "19:00:00", false, false),
            ("00:00-24:00", "00:00:00", true, false),
            ("00:00-24:00", "23:59:59", true, false),
            ("22:00-02:00", "21:59:59", false, false),
            ("22:00-02:00", "22:00:00", true, false),
            ("22:00-02:00", "00:00:00", false, true),
            ("22:00-02:00", "01:59:59", false, true),
            ("22:00-02:00", "02:00:00", false, false),
            ("22:00-24:00", "00:00:00", false, false),
        ] {
            let window = window(text);
            assert_eq!(window.holds(time(at)), today, "{text} {at}");
            assert_eq!(window.holds_over(time(at)), from_yesterday, "{text} {at}");
        }
    }
}
