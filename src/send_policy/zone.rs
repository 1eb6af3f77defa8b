//! The clocks of a place: an IANA zone or a fixed offset from UTC. If a local time occurs twice or not at all because
//! the clocks change, this is reported, and nothing is guessed.

use std::{fmt, str::FromStr};

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{self, AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase},
};

use super::russian;
use crate::i18n::{Language, messages};

/// How similar a name must be, from 0 to 1, to be suggested for an unknown one.
const LIKE: f64 = 0.86;

/// The maximum number of suggested names.
const OFFERED: usize = 3;

/// Moscow's offset from UTC since 2014, in minutes; `МСК+2` counts from it.
const MOSCOW: i32 = 180;

/// The clocks of a place, with the name by which people know them.
///
/// Parsed from an IANA name (`Europe/Samara`), an offset from UTC (`+5`, `UTC+05:30`, `GMT-3`), an offset from Moscow
/// (`МСК+2`, `MSK-1`) or a large Russian city (`Самара`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

messages! {
    /// Why a text does not name a zone.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum ZoneError {
        /// No zone has this name or a similar one.
        Unknown(text: String) =
            en "there is no time zone \"{text}\": write a name such as Europe/Moscow, or an offset such as UTC+5",
            ru "нет часового пояса «{text}»: напишите имя вида Europe/Moscow или разницу вида UTC+5 либо МСК+2",
        /// No zone has this name, but up to three IANA names are similar, the most similar first.
        Near { text: String, near: Vec<String> } =
            en "there is no time zone \"{text}\"; did you mean {near}?" [near = near.join(", ")],
            ru "нет часового пояса «{text}»; может быть, {near}?" [near = near.join(", ")],
        /// A number without a sign: Excel turns +5 into 5, and a person may mean Moscow time plus 5.
        NoSign(text: String) =
            en "\"{text}\" is not a time zone: write UTC+5, or МСК+2 (a spreadsheet turns +5 into 5)",
            ru "«{text}» — не часовой пояс: напишите UTC+5 или МСК+2 (таблица превращает +5 в 5)",
        /// No zone on Earth has this offset from UTC.
        TooFar(text: String) =
            en "\"{text}\" is not a valid UTC offset: use UTC-12 to UTC+14, in steps of 15 minutes",
            ru "недопустимая разница с UTC: «{text}»; допустимо от UTC-12 до UTC+14 с шагом 15 минут",
    }
}

/// When the clocks of a place show a local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occurrence {
    Once(Timestamp),
    /// Twice, because the clocks go back: the first and the second moment.
    Twice(Timestamp, Timestamp),
    /// Never, because the clocks go forward over it at this moment.
    Never(Timestamp),
}

impl Zone {
    /// Creates the zone with these rules, such as the zone of this machine.
    #[must_use]
    pub fn of(rules: TimeZone) -> Self {
        let name = rules.iana_name().map(ToOwned::to_owned);
        let fixed = rules.to_fixed_offset().map(distance);
        Self {
            name: name.or(fixed.ok()).unwrap_or_else(|| "local".to_owned()),
            rules,
        }
    }

    /// Returns the name, such as `Europe/Moscow` or `UTC+05:00`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the rules of its clocks.
    #[must_use]
    pub const fn rules(&self) -> &TimeZone {
        &self.rules
    }

    /// Returns what the clocks show at a moment.
    #[must_use]
    pub fn local(&self, now: Timestamp) -> DateTime {
        self.rules.to_datetime(now)
    }

    pub(super) fn occurrence(&self, local: DateTime) -> Option<Occurrence> {
        let at = |offset: Offset| offset.to_timestamp(local).ok();
        Some(match self.rules.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => Occurrence::Once(at(offset)?),
            AmbiguousOffset::Fold { before, after } => Occurrence::Twice(at(before)?, at(after)?),
            // With the offset after the change, a skipped time is just before the change.
            AmbiguousOffset::Gap { after, .. } => {
                Occurrence::Never(self.rules.following(at(after)?).next()?.timestamp())
            }
        })
    }

    /// Returns the first moment at which the clocks show this time or a later one.
    pub(super) fn first(&self, local: DateTime) -> Option<Timestamp> {
        self.occurrence(local).map(|occurrence| match occurrence {
            Occurrence::Once(at) | Occurrence::Twice(at, _) | Occurrence::Never(at) => at,
        })
    }

    /// Returns the changes of the clocks after one moment and up to another.
    pub(crate) fn changes(
        &self,
        after: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = Timestamp> {
        self.rules
            .following(after)
            .map(|change| change.timestamp())
            .take_while(move |at| *at <= to)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, ZoneError> {
        let text = text.trim();
        if let Some(minutes) = minutes_from_utc(text)? {
            let offset = Offset::from_seconds(minutes * 60)
                .map_err(|_| ZoneError::TooFar(text.to_owned()))?;
            return Ok(Self {
                name: distance(offset),
                rules: TimeZone::fixed(offset),
            });
        }
        let rules = rules(russian::zone(text).unwrap_or(text)).ok_or_else(|| unknown(text))?;
        Ok(Self::of(rules))
    }
}

/// Parses an offset from UTC or from Moscow; `None` if the text is not an offset.
fn minutes_from_utc(text: &str) -> Result<Option<i32>, ZoneError> {
    let upper = text.to_uppercase().replace('−', "-").replace(' ', "");
    let from = |prefixes: &[&str]| {
        prefixes
            .iter()
            .find_map(|prefix| upper.strip_prefix(prefix))
    };
    let (base, rest) = match (from(&["МСК", "MSK"]), from(&["UTC", "GMT"])) {
        (Some(rest), _) => (MOSCOW, rest),
        (None, Some(rest)) => (0, rest),
        (None, None) => (0, upper.as_str()),
    };
    let sign = match rest.chars().next() {
        Some('+') => 1,
        Some('-') => -1,
        Some(digit) if digit.is_ascii_digit() && minutes(rest).is_some() => {
            return Err(ZoneError::NoSign(text.to_owned()));
        }
        Some(_) => return Ok(None),
        None => return Ok((rest.len() < upper.len() && base == 0).then_some(0)),
    };
    let Some(minutes) = minutes(&rest[1..]) else {
        return Ok(None);
    };
    let minutes = base + sign * minutes;
    let on_earth = (-12 * 60..=14 * 60).contains(&minutes) && minutes % 15 == 0;
    if on_earth {
        Ok(Some(minutes))
    } else {
        Err(ZoneError::TooFar(text.to_owned()))
    }
}

/// Parses `5`, `05`, `5:30` or `0530`.
fn minutes(text: &str) -> Option<i32> {
    let (hours, minutes) = match (text.split_once(':'), text.len()) {
        (Some(parts), _) => parts,
        (None, 4) => text.split_at_checked(2)?,
        (None, _) => (text, "00"),
    };
    let digits = |part: &str| part.len() <= 2 && part.chars().all(|digit| digit.is_ascii_digit());
    if !digits(hours) || !digits(minutes) || minutes.len() != 2 {
        return None;
    }
    Some(hours.parse::<i32>().ok()? * 60 + minutes.parse::<i32>().ok()?)
}

fn distance(offset: Offset) -> String {
    match offset.seconds() / 60 {
        0 => "UTC".to_owned(),
        minutes => {
            let sign = if minutes < 0 { '-' } else { '+' };
            format!(
                "UTC{sign}{:02}:{:02}",
                minutes.abs() / 60,
                minutes.abs() % 60
            )
        }
    }
}

/// Returns the rules of a zone. The machine's own database may know later changes; the bundled one is always there.
fn rules(name: &str) -> Option<TimeZone> {
    let found = TimeZone::get(name)
        .or_else(|_| TimeZoneDatabase::bundled().get(name))
        .ok();
    found.filter(|rules| !rules.is_unknown())
}

fn unknown(text: &str) -> ZoneError {
    let wanted = text.to_lowercase().replace(' ', "_");
    let mut near: Vec<(f64, String)> = tz::TimeZoneDatabase::bundled()
        .available()
        .map(|name| (likeness(&wanted, name.as_str()), name.as_str().to_owned()))
        .filter(|(likeness, _)| *likeness >= LIKE)
        .collect();
    near.sort_by(|one, other| other.0.total_cmp(&one.0));
    let near: Vec<String> = near
        .into_iter()
        .take(OFFERED)
        .map(|(_, name)| name)
        .collect();
    let text = text.to_owned();
    if near.is_empty() {
        ZoneError::Unknown(text)
    } else {
        ZoneError::Near { text, near }
    }
}

/// Returns how similar two names are. The city alone is compared too, because people remember it better than the
/// continent.
fn likeness(wanted: &str, name: &str) -> f64 {
    let name = name.to_lowercase();
    let city = |name: &str| {
        name.rsplit_once('/')
            .map_or(name, |(_, city)| city)
            .to_owned()
    };
    let whole = strsim::jaro_winkler(wanted, &name);
    whole.max(strsim::jaro_winkler(&city(wanted), &city(&name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(text: &str) -> Zone {
        text.parse().unwrap()
    }

    #[test]
    fn a_zone_is_read_however_people_write_it() {
        let table = [
            ("Europe/Moscow", "Europe/Moscow"),
            (" europe/moscow ", "Europe/Moscow"),
            ("Asia/Kathmandu", "Asia/Kathmandu"),
            ("UTC", "UTC"),
            ("gmt", "UTC"),
            ("+5", "UTC+05:00"),
            ("+05:30", "UTC+05:30"),
            ("+0545", "UTC+05:45"),
            ("UTC+05:00", "UTC+05:00"),
            ("UTC +5", "UTC+05:00"),
            ("GMT+3", "UTC+03:00"),
            ("gmt-3", "UTC-03:00"),
            ("UTC−4", "UTC-04:00"),
            ("-12", "UTC-12:00"),
            ("+14", "UTC+14:00"),
            ("МСК", "Europe/Moscow"),
            ("мск+2", "UTC+05:00"),
            ("МСК +9", "UTC+12:00"),
            ("MSK-1", "UTC+02:00"),
            ("МСК+0", "UTC+03:00"),
            ("Самара", "Europe/Samara"),
            ("калининград", "Europe/Kaliningrad"),
            ("Камчатка", "Asia/Kamchatka"),
        ];
        for (text, name) in table {
            assert_eq!(zone(text).to_string(), name, "{text}");
        }
    }

    #[test]
    fn an_unknown_zone_is_refused_and_the_nearest_names_are_offered() {
        let table = [
            ("Europe/Moskow", "Europe/Moscow"),
            ("Moscow", "Europe/Moscow"),
            ("Yekaterinburg", "Asia/Yekaterinburg"),
            ("Asia/Ekaterinburg", "Asia/Yekaterinburg"),
            ("new york", "America/New_York"),
            ("Europe/Novosibirsk", "Asia/Novosibirsk"),
        ];
        for (text, name) in table {
            let ZoneError::Near { near, .. } = text.parse::<Zone>().unwrap_err() else {
                panic!("{text}")
            };
            assert_eq!(
                near.first().map(String::as_str),
                Some(name),
                "{text}: {near:?}"
            );
        }
        for text in [
            "",
            "Атлантида",
            "xyzzy",
            "Etc/Unknown",
            "+",
            "UTC+",
            "МСК+",
            "+5:3",
            "+5:",
        ] {
            let error = text.parse::<Zone>().unwrap_err();
            assert!(
                matches!(&error, ZoneError::Unknown(_) | ZoneError::Near { .. }),
                "{text}: {error}"
            );
        }
        assert!(
            "Moscow"
                .parse::<Zone>()
                .unwrap_err()
                .to_string()
                .contains("Europe/Moscow")
        );
    }

    #[test]
    fn a_number_without_a_sign_and_one_off_the_globe_are_refused() {
        for text in ["5", "05:00", "UTC5", "МСК2", "0"] {
            assert_eq!(
                text.parse::<Zone>(),
                Err(ZoneError::NoSign(text.to_owned()))
            );
        }
        for text in ["+15", "-13", "+05:20", "МСК+12", "UTC+99"] {
            assert_eq!(
                text.parse::<Zone>(),
                Err(ZoneError::TooFar(text.to_owned()))
            );
        }
    }

    #[test]
    fn the_name_of_a_machines_own_zone_is_told() {
        assert_eq!(Zone::of(TimeZone::UTC).name(), "UTC");
        assert_eq!(
            Zone::of(TimeZone::fixed(tz::offset(-3))).name(),
            "UTC-03:00"
        );
        assert_eq!(
            Zone::of(TimeZone::get("asia/omsk").unwrap()).name(),
            "Asia/Omsk"
        );
        assert_eq!(
            Zone::of(TimeZone::posix("<+03>-3").unwrap()).name(),
            "local"
        );
    }

    #[test]
    fn a_local_time_is_shown_once_twice_or_never() {
        let berlin = zone("Europe/Berlin");
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let occurrence = |text: &str| berlin.occurrence(text.parse().unwrap()).unwrap();
        assert_eq!(
            occurrence("2026-11-24T10:00"),
            Occurrence::Once(at("2026-11-24T09:00Z"))
        );
        let forward = at("2026-03-29T01:00Z");
        for text in [
            "2026-03-29T02:00",
            "2026-03-29T02:30",
            "2026-03-29T02:59:59",
        ] {
            assert_eq!(occurrence(text), Occurrence::Never(forward), "{text}");
        }
        assert_eq!(occurrence("2026-03-29T03:00"), Occurrence::Once(forward));
        let twice = Occurrence::Twice(at("2026-10-25T00:30Z"), at("2026-10-25T01:30Z"));
        assert_eq!(occurrence("2026-10-25T02:30"), twice);
        assert_eq!(
            occurrence("2026-10-25T03:00"),
            Occurrence::Once(at("2026-10-25T02:00Z"))
        );
    }
}
