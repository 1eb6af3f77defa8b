//! What a settings file says that no option holds.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::i18n::SettingsMessage;

/// What one settings file says of hours and days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct WhenOfFile {
    pub(crate) window: Vec<String>,
    pub(crate) days: Option<String>,
    pub(crate) holidays: Vec<PathBuf>,
    pub(crate) time_zone: Option<String>,
    pub(crate) start_at: Option<String>,
    pub(crate) until: Option<String>,
}

/// A settings file as a plan names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileInUse {
    pub(crate) path: String,
    /// What it says and is not believed, if anything.
    pub(crate) not_believed: Option<SettingsMessage>,
}

/// The token, and the place in the settings file that names it, as `sendcontact.toml, line 4`.
#[derive(Debug, Clone)]
pub(crate) struct FileToken {
    pub(crate) place: String,
    pub(crate) from: From,
    pub(crate) line: usize,
    pub(crate) rank: Rank,
}

/// Where the token itself is.
#[derive(Clone)]
pub(crate) enum From {
    File(PathBuf),
    Command(Vec<String>),
    Here(SecretString),
}

/// Where in a file a setting is; the later ones come first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    #[default]
    Top,
    Profile,
    Instance,
}
