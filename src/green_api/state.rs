//! The state of an instance, as `getStateInstance` reports it.

/// The state of an instance (source: `getStateInstance`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstanceState {
    /// It can send.
    Authorized,
    /// No phone is linked.
    NotAuthorized,
    /// The number is banned.
    Blocked,
    /// It is starting, restarting or being created; this takes up to five minutes.
    Starting,
    /// Partly or fully restricted for spam; the older name of `Suspended`.
    YellowCard,
    /// Partly or fully restricted for spam.
    Suspended,
    /// The phone is off; no longer used by the service.
    SleepMode,
    /// A state that is not listed here, in the service's own word.
    Unnamed(String),
}

impl InstanceState {
    /// Parses the service's word, ignoring case.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "authorized" => Self::Authorized,
            "notauthorized" => Self::NotAuthorized,
            "blocked" => Self::Blocked,
            "starting" => Self::Starting,
            "yellowcard" => Self::YellowCard,
            "suspended" => Self::Suspended,
            "sleepmode" => Self::SleepMode,
            _ => Self::Unnamed(word.to_owned()),
        }
    }

    /// Returns the service's word.
    #[must_use]
    pub fn as_word(&self) -> &str {
        match self {
            Self::Authorized => "authorized",
            Self::NotAuthorized => "notAuthorized",
            Self::Blocked => "blocked",
            Self::Starting => "starting",
            Self::YellowCard => "yellowCard",
            Self::Suspended => "suspended",
            Self::SleepMode => "sleepMode",
            Self::Unnamed(word) => word,
        }
    }
}
