//! The words and durations that options accept.

use clap::ValueEnum;

use crate::i18n::shown;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LanguageArgument {
    /// Russian
    Ru,
    /// English
    En,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AddressAs {
    /// As a phone number; as a chat id once the service asks for it
    Auto,
    /// Always as a phone number
    AsGiven,
    /// Always as a chat id
    ChatId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LengthsArgument {
    /// 11 or 12 digits, as GREEN-API documents
    Documented,
    /// Every possible international number, 7 to 15 digits
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowFilterArgument {
    /// Rows that the service refused
    Failed,
    /// Rows with a problem
    Invalid,
    /// Rows whose outcome is not known
    Unknown,
    /// Rows that are not sent yet
    Pending,
    /// Failed and invalid rows
    NotSent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormArgument {
    /// Delimited text
    Csv,
    /// A workbook
    Xlsx,
    /// vCard 4.0
    Vcf,
    /// A page of figures with a chart
    Html,
}

/// The longest accepted duration.
const LONGEST: std::time::Duration = std::time::Duration::from_hours(100 * 365 * 24);

/// A duration of at most 100 years: `30s`, `10m`, `1h 30m`; a bare number is in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DurationArgument(pub(crate) std::time::Duration);

impl DurationArgument {
    /// The duration of a request: with less than a second, every contact would be unknown.
    pub(crate) fn for_request(text: &str) -> Result<Self, String> {
        match text.parse()? {
            Self(time) if time < std::time::Duration::from_secs(1) => Err(format!(
                "{} is too short for an answer: use 1s or more, such as 30s",
                shown(text)
            )),
            time => Ok(time),
        }
    }
}

impl std::str::FromStr for DurationArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let seconds = text
            .trim()
            .parse::<f64>()
            .ok()
            .map(|seconds| format!("{seconds}s"));
        let wrong = || {
            format!(
                "{} is not a duration: write 30s, 10m or 1h 30m",
                shown(text)
            )
        };
        let time: jiff::SignedDuration = seconds
            .as_deref()
            .unwrap_or(text)
            .parse()
            .map_err(|_| wrong())?;
        let time = std::time::Duration::try_from(time).map_err(|_| wrong())?;
        if time > LONGEST {
            return Err(format!(
                "{} is longer than 100 years: use a shorter time, such as 10m or 48h",
                shown(text)
            ));
        }
        Ok(Self(time))
    }
}

/// A number of days, as `30d`, or a shorter time, as `12h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DaysArgument(pub(crate) std::time::Duration);

impl std::str::FromStr for DaysArgument {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let days = text
            .trim()
            .strip_suffix('d')
            .and_then(|days| days.parse::<u32>().ok());
        let time = if let Some(days) = days {
            std::time::Duration::from_hours(u64::from(days) * 24)
        } else {
            let wrong = |_| format!("{} is no number of days: write 30d or 365d", shown(text));
            text.parse::<DurationArgument>().map_err(wrong)?.0
        };
        Ok(Self(time.min(LONGEST)))
    }
}
