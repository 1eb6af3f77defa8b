//! The time between two contacts, as irregular as if a person were sending them.

use std::{fmt, str::FromStr, time::Duration};

use jiff::SignedDuration;

use crate::i18n::{Language, messages};

/// The longest allowed time between two contacts: a day.
const LONGEST: Duration = Duration::from_hours(24);

/// The shortest and the longest time between two contacts: `8s..20s`, or `10s` for a constant one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spacing {
    shortest: Duration,
    longest: Duration,
}

messages! {
    /// Why a text is not a spacing.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum SpacingError {
        /// It is not a duration of at most a day, or two of them separated by two dots.
        Shape(text: String) =
            en "\"{text}\" is not a time between two contacts: write 8s..20s, or 10s; the longest is a day",
            ru "«{text}» — не время между контактами: напишите 8s..20s или 10s; самое долгое — сутки",
        /// The second duration is shorter than the first.
        Reversed(text: String) =
            en "in \"{text}\" the first time is longer than the second: swap them",
            ru "в «{text}» первое время больше второго: поменяйте их местами",
    }
}

impl Spacing {
    /// Returns the time until the next contact. `random` is between 0 and 1; 0 gives the shortest time, and no gap is
    /// shorter than that.
    #[must_use]
    pub fn next_gap(self, random: f64) -> Duration {
        let share = if random.is_nan() {
            1.0
        } else {
            random.clamp(0.0, 1.0)
        };
        self.shortest + self.longest.saturating_sub(self.shortest).mul_f64(share)
    }

    /// Returns a spacing that is never closer than either of the two.
    #[must_use]
    pub fn longer(self, other: Self) -> Self {
        Self {
            shortest: self.shortest.max(other.shortest),
            longest: self.longest.max(other.longest),
        }
    }

    /// Returns the mean gap, for forecasting the end of a run.
    #[must_use]
    pub fn mean(self) -> Duration {
        self.next_gap(0.5)
    }
}

impl fmt::Display for Spacing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [shortest, longest] = [self.shortest, self.longest].map(|time| {
            SignedDuration::try_from(time)
                .map_or_else(|_| format!("{time:?}"), |time| format!("{time:#}"))
        });
        if shortest == longest {
            f.write_str(&shortest)
        } else {
            write!(f, "{shortest}..{longest}")
        }
    }
}

impl FromStr for Spacing {
    type Err = SpacingError;

    /// Parses a spacing. A number without a unit means seconds; a unit after the second length applies to the first
    /// too.
    fn from_str(text: &str) -> Result<Self, SpacingError> {
        let shape = || SpacingError::Shape(text.trim().to_owned());
        let (first, last) = text
            .split_once("..")
            .or_else(|| text.split_once(['-', '–', '—']))
            .unwrap_or((text, text));
        let (shortest, longest) = (
            length(first).ok_or_else(shape)?,
            length(last).ok_or_else(shape)?,
        );
        if longest > LONGEST || longest.is_zero() {
            return Err(shape());
        }
        if longest < shortest {
            return Err(SpacingError::Reversed(text.trim().to_owned()));
        }
        Ok(Self { shortest, longest })
    }
}

fn length(text: &str) -> Option<Duration> {
    let text = text.trim();
    let bare =
        text.starts_with(|first: char| first.is_ascii_digit()) && text.parse::<f64>().is_ok();
    let unit = if bare { "s" } else { "" };
    Duration::try_from(format!("{text}{unit}").parse::<SignedDuration>().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spacing_is_read_and_told_in_a_form_that_can_be_typed() {
        for (text, shown) in [
            ("8s..20s", "8s..20s"),
            (" 8 .. 20 ", "8s..20s"),
            ("8s-20s", "8s..20s"),
            ("500ms..1.5s", "500ms..1s 500ms"),
            ("1m..2m", "1m..2m"),
            ("10s", "10s"),
            ("0..5s", "0s..5s"),
        ] {
            let spacing: Spacing = text.parse().unwrap();
            assert_eq!(spacing.to_string(), shown, "{text}");
            assert_eq!(shown.parse::<Spacing>().unwrap(), spacing, "{shown}");
        }
    }

    #[test]
    fn what_is_no_spacing_is_refused() {
        for text in [
            "",
            "..",
            "8s..",
            "..20s",
            "fast",
            "-8s..20s",
            "25h",
            "0s",
            "inf",
            "8s..20s..30s",
        ] {
            assert_eq!(
                text.parse::<Spacing>(),
                Err(SpacingError::Shape(text.to_owned())),
                "{text}"
            );
        }
        assert_eq!(
            "20s..8s".parse::<Spacing>(),
            Err(SpacingError::Reversed("20s..8s".to_owned()))
        );
    }

    #[test]
    fn a_gap_is_never_shorter_than_the_shortest_nor_longer_than_the_longest() {
        let spacing: Spacing = "8s..20s".parse().unwrap();
        for (random, seconds) in [
            (0.0, 8),
            (0.5, 14),
            (1.0, 20),
            (-3.0, 8),
            (7.0, 20),
            (f64::NAN, 20),
            (f64::INFINITY, 20),
        ] {
            assert_eq!(
                spacing.next_gap(random),
                Duration::from_secs(seconds),
                "{random}"
            );
        }
        assert_eq!(spacing.mean(), Duration::from_secs(14));
        let mut source = fastrand::Rng::with_seed(7);
        for _ in 0..10_000 {
            let gap = spacing.next_gap(source.f64());
            assert!(
                (Duration::from_secs(8)..=Duration::from_secs(20)).contains(&gap),
                "{gap:?}"
            );
        }
    }
}
