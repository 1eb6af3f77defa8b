//! The day on which somebody got a contact. The moment is stored, because the day depends on the zone; earlier versions
//! stored the day, in UTC.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::{Language, Shown, day, shown};

/// A moment, or a day of an earlier version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SentDay(String);

impl SentDay {
    /// Creates the day of a moment.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self(at.to_string())
    }

    /// Returns the day in this zone, whatever the zone of this computer is.
    #[must_use]
    pub fn by_clocks_of(&self, zone: &TimeZone) -> Self {
        match self.0.parse::<Timestamp>() {
            Ok(at) => Self(at.to_zoned(zone.clone()).date().to_string()),
            Err(_) => self.clone(),
        }
    }
}

impl Shown for SentDay {
    type As = String;

    fn shown(&self, language: Language) -> String {
        let local = self.by_clocks_of(&TimeZone::system());
        match local.0.parse::<Date>() {
            Ok(date) => day(date, language),
            Err(_) => shown(&self.0).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_day_by_the_clocks_of_a_place_and_a_kept_day_stays_one() {
        let moscow = TimeZone::get("Europe/Moscow").unwrap();
        let late = SentDay::of("2026-11-29T22:30:00.123Z".parse().unwrap());
        let local = late.by_clocks_of(&moscow);
        assert_eq!(local.shown(Language::En), "2026-11-30");
        assert_eq!(local.shown(Language::Ru), "30.11.2026");
        let kept: SentDay = serde_json::from_str("\"2026-11-29\"").unwrap();
        assert_eq!(kept.by_clocks_of(&moscow).shown(Language::En), "2026-11-29");
        let again: SentDay = serde_json::from_str(&serde_json::to_string(&late).unwrap()).unwrap();
        assert_eq!(again, late);
    }
}
