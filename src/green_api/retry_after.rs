//! Parses `Retry-After` in both of its forms: seconds, or a date in one of HTTP's three formats.

use std::time::Duration;

use jiff::{Timestamp, civil::DateTime, fmt::rfc2822, tz::TimeZone};

/// A service that asks for a longer wait is mistaken, or its clock is wrong.
const LONGEST: Duration = Duration::from_hours(1);

/// Returns how long to wait from `now`: zero for a date that has passed, at most one hour, and `None` for a value in
/// neither form (source: RFC 9110, §10.2.3 and §5.6.7).
#[must_use]
pub fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let wait = if value.is_empty() {
        return None;
    } else if value.bytes().all(|byte| byte.is_ascii_digit()) {
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        Duration::try_from(now.duration_until(date(value)?)).unwrap_or(Duration::ZERO)
    };
    Some(wait.min(LONGEST))
}

/// Parses the time in a header such as `Date`, in any of HTTP's formats.
pub(super) fn date(value: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new()
        .parse_timestamp(value)
        .ok()
        .or_else(|| {
            ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
                .into_iter()
                .find_map(|form| DateTime::strptime(form, value).ok())
                .and_then(|civil| TimeZone::UTC.to_timestamp(civil).ok())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_and_nothing_else_is() {
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().unwrap();
        for (value, seconds) in [
            ("0", Some(0)),
            (" 7 ", Some(7)),
            ("3600", Some(3600)),
            ("86400", Some(3600)),
            ("99999999999999999999999", Some(3600)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(30)),
            ("Sun Nov  6 08:49:37 1994", Some(30)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("Wed, 06 Nov 2999 08:49:37 GMT", Some(3600)),
            ("", None),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("Sun, 32 Nov 1994 08:49:37 GMT", None),
        ] {
            assert_eq!(
                parse_retry_after(value, now),
                seconds.map(Duration::from_secs),
                "{value:?}"
            );
        }
    }

    #[test]
    fn no_value_makes_the_reading_panic_or_wait_for_more_than_an_hour() {
        let mut random = fastrand::Rng::with_seed(7);
        let alphabet: Vec<char> = "0123456789 ,:-SunNovGMT+\u{0}Я".chars().collect();
        let seeds = [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "120",
        ];
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().unwrap();
        let rounds = std::env::var("FUZZ_ROUNDS")
            .ok()
            .and_then(|rounds| rounds.parse().ok());
        for round in 0..rounds.unwrap_or(20_000) {
            let mut value: Vec<char> = seeds[round % seeds.len()].chars().collect();
            for _ in 0..random.usize(..6) {
                let place = random.usize(..=value.len());
                value.insert(place, alphabet[random.usize(..alphabet.len())]);
            }
            value.truncate(random.usize(..=value.len()));
            let value: String = value.into_iter().collect();
            assert!(
                parse_retry_after(&value, now).is_none_or(|wait| wait <= LONGEST),
                "{value:?}"
            );
        }
    }
}
