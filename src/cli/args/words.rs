//! The words and durations that options accept.

use clap::ValueEnum;

use crate::i18n::{Language, messages};

messages! {
    /// Why an option does not accept a value.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub(crate) enum ValueError {
        TooShort { text: String } =
            en "{text} is too short for an answer: use 1s or more, such as 30s",
            ru "{text} — слишком мало для ответа: укажите 1s или больше, например 30s",
        Forgetful { text: String } =
            en "with {text} the same numbers would be checked again and again: use 1h or more, such as 30d",
            ru "при {text} одни и те же номера проверялись бы снова и снова: укажите 1h или больше, например 30d",
        NoDuration { text: String } =
            en "{text} is not a duration: write 30s, 10m or 1h 30m",
            ru "{text} — не продолжительность: пишите 30s (секунд), 10m (минут) или 1h 30m",
        TooLong { text: String } =
            en "{text} is longer than 100 years: use a shorter time, such as 10m or 48h",
            ru "{text} — больше 100 лет: укажите меньше, например 10m или 48h",
        NoDays { text: String } =
            en "{text} is no number of days: write 30d or 365d",
            ru "{text} — не число дней: пишите 30d или 365d",
        NoRows { text: String } =
            en "{text} is not a list of rows: write 5, 7-9 or all",
            ru "{text} — не номера строк: пишите 5, 7-9 или all",
        NoTimeOfDay { text: String } =
            en "{text} is not a time of day: write 10:00",
            ru "{text} — не время дня: пишите 10:00",
        NoDate { text: String } =
            en "{text} is not a date: write 2026-11-20 or 2026-11-20T10:00",
            ru "{text} — не дата: пишите 2026-11-20 или 2026-11-20T10:00",
        NoUnitName =
            en "use only Latin letters, digits, - and _",
            ru "можно только латинские буквы, цифры, - и _",
    }
}

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
    /// Rows that the service accepted
    Accepted,
    /// Rows that the service refused
    Failed,
    /// Rows with a problem
    Invalid,
    /// Rows that repeat another row
    Duplicate,
    /// Rows that were left out on purpose
    Suppressed,
    /// Rows whose outcome is not known
    Unknown,
    /// Rows that are not sent yet
    Pending,
    /// Failed and invalid rows, which have to be corrected; pending and unknown rows are not among them
    NotSent,
    /// Accepted, but not delivered: noAccount, notInGroup, yellowCard, delivery-failed
    NotDelivered,
    /// Delivery: in the queue of the instance
    Queued,
    /// Delivery: sent, not on the phone yet
    Sent,
    /// Delivery: on the phone, not read yet
    Delivered,
    /// Delivery: read
    Read,
    /// Delivery: it could not be delivered
    DeliveryFailed,
    /// Delivery: the number has no account
    #[value(name = "noAccount", alias = "no-account")]
    NoAccount,
    /// Delivery: the sender is not in the group
    #[value(name = "notInGroup", alias = "not-in-group")]
    NotInGroup,
    /// Delivery: the sender is restricted, and the contact is held back
    #[value(name = "yellowCard", alias = "yellow-card")]
    YellowCard,
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

/// Which recipients the service is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckRecipientsArgument {
    /// Ask about nobody
    Off,
    /// Ask about phone numbers of which nothing recent is known
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum IfUnknownArgument {
    /// Send the contact
    Send,
    /// Keep the row pending
    Hold,
}

/// The longest accepted duration.
const LONGEST: std::time::Duration = std::time::Duration::from_hours(100 * 365 * 24);

/// A duration of at most 100 years: `30s`, `10m`, `1h 30m`; a bare number is in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DurationArgument(pub(crate) std::time::Duration);

impl DurationArgument {
    /// Parses the time limit of a request. Less than a second would leave every contact unknown.
    pub(crate) fn for_request(text: &str) -> Result<Self, ValueError> {
        match text.parse()? {
            Self(time) if time < std::time::Duration::from_secs(1) => Err(ValueError::TooShort {
                text: text.to_owned(),
            }),
            time => Ok(time),
        }
    }
}

impl std::str::FromStr for DurationArgument {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let seconds = text
            .trim()
            .parse::<f64>()
            .ok()
            .map(|seconds| format!("{seconds}s"));
        let wrong = || ValueError::NoDuration {
            text: text.to_owned(),
        };
        let time: jiff::SignedDuration = seconds
            .as_deref()
            .unwrap_or(text)
            .parse()
            .map_err(|_| wrong())?;
        let time = std::time::Duration::try_from(time).map_err(|_| wrong())?;
        if time > LONGEST {
            return Err(ValueError::TooLong {
                text: text.to_owned(),
            });
        }
        Ok(Self(time))
    }
}

/// A number of days, as `30d`, or a shorter time, as `12h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DaysArgument(pub(crate) std::time::Duration);

impl DaysArgument {
    /// Parses how long the answer to a check counts. Numbers must not be checked too often: frequent checks are a cause
    /// of bans.
    pub(crate) fn for_memory(text: &str) -> Result<Self, ValueError> {
        match text.parse()? {
            Self(time) if time < std::time::Duration::from_hours(1) => Err(ValueError::Forgetful {
                text: text.to_owned(),
            }),
            time => Ok(time),
        }
    }
}

impl std::str::FromStr for DaysArgument {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let days = text
            .trim()
            .strip_suffix('d')
            .and_then(|days| days.parse::<u32>().ok());
        let time = if let Some(days) = days {
            std::time::Duration::from_hours(u64::from(days) * 24)
        } else {
            let wrong = |_| ValueError::NoDays {
                text: text.to_owned(),
            };
            text.parse::<DurationArgument>().map_err(wrong)?.0
        };
        Ok(Self(time.min(LONGEST)))
    }
}
