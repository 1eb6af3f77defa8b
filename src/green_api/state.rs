//! The state of an instance, as `getStateInstance` reports it.

/// What the instance can do now (source: `getStateInstance`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstanceState {
    /// It sends.
    Authorized,
    /// No phone is linked.
    NotAuthorized,
    /// The number is banned.
    Blocked,
    /// It starts, restarts or is being created; this takes up to five minutes.
    Starting,
    /// Restricted in part or in full for spam; the older name of `Suspended`.
    YellowCard,
    /// Restricted in part or in full for spam.
    Suspended,
    /// The phone is off; no longer used by the service.
    SleepMode,
    /// A state without a name here, in the service's own word.
    Unnamed(String),
}

impl InstanceState {
    /// Reads the service's word, without regard to case.
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

    /// The service's word.
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
