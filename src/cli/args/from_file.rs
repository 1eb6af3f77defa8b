//! Values of settings files that no option can hold.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::i18n::messages;

messages! {
    /// Settings that are ignored.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) enum IgnoredSettings {
        NotTrusted { path: String, keys: String, command: String } =
            en "{path} is not trusted, so these settings are ignored: {keys}. Check the file. To trust it, run {command}",
            ru "{path} — не доверенный файл, поэтому эти настройки не действуют: {keys}. Проверьте файл. Чтобы доверять ему, выполните {command}",
    }
}

/// The hours and days of one settings file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FileHours {
    pub(crate) window: Vec<String>,
    pub(crate) days: Option<String>,
    pub(crate) holidays: Vec<PathBuf>,
    pub(crate) time_zone: Option<String>,
    pub(crate) start_at: Option<String>,
    pub(crate) until: Option<String>,
    /// Whether the user trusts the file.
    pub(crate) is_own: bool,
}

/// A settings file in use, as the plan shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SettingsFileInUse {
    pub(crate) path: String,
    /// The settings that are ignored because the file is not trusted, if there are any.
    pub(crate) ignored: Option<IgnoredSettings>,
}

/// The token of a settings file.
#[derive(Debug, Clone)]
pub(crate) struct FileToken {
    /// File and line, as `sendcontact.toml:4`.
    pub(crate) place: String,
    pub(crate) source: TokenSource,
    pub(crate) line: usize,
    pub(crate) rank: Rank,
}

/// Where the token can be read.
#[derive(Clone)]
pub(crate) enum TokenSource {
    File(PathBuf),
    Command(Vec<String>),
    Inline(SecretString),
}

/// The part of a settings file that a setting is in; later variants have a higher priority.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    #[default]
    Top,
    Profile,
    Instance,
}

/// The instances and profiles that the settings files offer to `--instance` and `--profile`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct InstanceChoices {
    /// The files, as messages show them.
    pub(crate) path: String,
    pub(crate) instances: Vec<String>,
    pub(crate) profiles: Vec<String>,
}
