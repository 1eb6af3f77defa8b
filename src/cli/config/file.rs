//! The settings of one file, and which of them count. Settings that decide where the token and the contacts go, what is
//! run, or which files are written count only if the user trusts the file.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{
    entry::Entry,
    error::SettingsFileError,
    find::Origin,
    keys::{FILE_KEYS, requires_trust},
    paths::is_outside,
    trusted::{self, Recorded},
};
use crate::{
    cli::args::from_file::{FileToken, TokenSource},
    domain::is_invisible,
    ledger,
    platform::Access,
};

/// Shown instead of a token.
const HIDDEN_TOKEN: &str = "<token>";

/// Whether the user trusts a file enough for its sensitive settings to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    Trusted,
    /// The user has neither written nor trusted it.
    Unknown,
    /// It has changed since it was trusted.
    Changed,
    /// It belongs to another user.
    Foreign,
    /// Other users can write it.
    Open,
}

/// The settings of the top level, or of one profile or instance.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layer {
    pub(super) entries: Vec<Entry>,
    pub(super) token: Option<FileToken>,
    /// The line of the heading of this part.
    pub(super) line: usize,
}

/// A setting that counts only from a file that the user trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SensitiveSetting {
    pub(crate) key: String,
    /// The value as the file writes it, without tokens.
    pub(crate) value: String,
    pub(crate) line: usize,
}

/// The settings of one file.
#[derive(Debug, Clone)]
pub(crate) struct FileSettings {
    pub(crate) path: PathBuf,
    pub(crate) trust: Trust,
    pub(crate) sensitive: Vec<SensitiveSetting>,
    /// The profile that the file chooses, and the line of that setting.
    pub(super) chosen: Option<(String, usize)>,
    pub(super) top: Layer,
    pub(super) profiles: BTreeMap<String, Layer>,
    pub(super) instances: BTreeMap<String, Layer>,
}

impl Trust {
    /// Determines the trust in a file with this text and these permissions.
    pub(super) fn determine(path: &Path, origin: Origin, text: &str, access: Access) -> Self {
        match origin {
            Origin::User | Origin::Named => Self::Trusted,
            Origin::Found if !access.is_own => Self::Foreign,
            Origin::Found if access.is_open => Self::Open,
            Origin::Found => match trusted::look_up(path, text) {
                Recorded::Trusted => Self::Trusted,
                Recorded::Changed => Self::Changed,
                Recorded::Unknown => Self::Unknown,
            },
        }
    }
}

impl Layer {
    /// Overlays this layer with another: the other's settings replace those with the same key.
    pub(super) fn overlay(&mut self, other: Self) {
        self.entries
            .retain(|entry| other.entries.iter().all(|above| above.key != entry.key));
        self.entries.extend(other.entries);
        self.token = other.token.or_else(|| self.token.take());
    }

    fn sensitive(&self, file: &Path) -> Vec<SensitiveSetting> {
        let entries = self.entries.iter().filter(|entry| entry.needs_trust(file));
        let entries = entries.map(|entry| (entry.key.clone(), entry.shown(), entry.line));
        let token = self
            .token
            .iter()
            .map(|token| (token.key().to_owned(), token.to_text(), token.line));
        entries
            .chain(token)
            .map(|(key, value, line)| SensitiveSetting {
                key,
                value: redacted(&value),
                line,
            })
            .collect()
    }

    fn remove_sensitive(&mut self, file: &Path) {
        self.entries.retain(|entry| !entry.needs_trust(file));
        self.token = None;
    }
}

impl Entry {
    /// Returns the value as shown. The password of a database URL is left out; a settings file must not hold one.
    fn shown(&self) -> String {
        let text = self.value.to_text();
        if self.key == "database" {
            ledger::without_password(&text)
        } else {
            text
        }
    }

    fn needs_trust(&self, file: &Path) -> bool {
        requires_trust(&self.key)
            || (FILE_KEYS.contains(&self.key.as_str())
                && self
                    .value
                    .texts()
                    .iter()
                    .any(|text| is_outside(file, text, &self.key)))
    }
}

impl FileToken {
    fn key(&self) -> &'static str {
        match self.source {
            TokenSource::File(_) => "token-file",
            TokenSource::Command(_) => "token-command",
            TokenSource::Inline(_) => "token",
        }
    }

    fn to_text(&self) -> String {
        match &self.source {
            TokenSource::File(path) => path.display().to_string(),
            TokenSource::Command(words) => words.join(" "),
            TokenSource::Inline(_) => HIDDEN_TOKEN.to_owned(),
        }
    }
}

impl FileSettings {
    /// Lists the sensitive settings, and removes them if the file is not trusted.
    pub(super) fn separate_sensitive(&mut self) {
        let Self {
            path,
            top,
            profiles,
            instances,
            ..
        } = self;
        let mut sensitive = top.sensitive(path);
        sensitive.extend(profiles.values().flat_map(|layer| layer.sensitive(path)));
        for (name, layer) in instances.iter() {
            sensitive.push(SensitiveSetting {
                key: format!("instances.{}", escaped(name)),
                value: layer.summary(),
                line: layer.line,
            });
        }
        if self.trust != Trust::Trusted {
            top.remove_sensitive(path);
            for layer in profiles.values_mut() {
                layer.remove_sensitive(path);
            }
            instances.clear();
        }
        sensitive.sort_by_key(|setting| setting.line);
        self.sensitive = sensitive;
    }

    /// Ignores the profile that the file chooses. Only a trusted file may choose a profile of another file, because a
    /// profile may belong to another account.
    pub(super) fn ignore_profile_choice(&mut self) {
        if let Some((name, line)) = self.chosen.take() {
            self.sensitive.insert(
                0,
                SensitiveSetting {
                    key: "profile".to_owned(),
                    value: escaped(&name),
                    line,
                },
            );
        }
    }

    /// Returns the settings that are ignored because the file is not trusted.
    pub(crate) fn ignored(&self) -> &[SensitiveSetting] {
        if self.trust == Trust::Trusted {
            &[]
        } else {
            &self.sensitive
        }
    }

    /// Returns the command that trusts this file.
    pub(crate) fn trust_command(&self) -> String {
        let folder = self
            .path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let Some(folder) = folder.map(|folder| folder.display().to_string()) else {
            return "sendcontact trust".to_owned();
        };
        let is_plain = |sign: char| sign.is_alphanumeric() || "/._-~:\\".contains(sign);
        let folder = if folder.chars().all(is_plain) {
            folder
        } else {
            format!("'{}'", escaped(&folder))
        };
        format!("sendcontact trust {folder}")
    }

    /// Fails if a setting is ignored.
    pub(super) fn refuse_ignored_settings(&self) -> Result<(), SettingsFileError> {
        let Some(first) = self.ignored().first() else {
            return Ok(());
        };
        let (path, command) = (self.path.display().to_string(), self.trust_command());
        let (place, key) = (format!("{path}:{}", first.line), first.key.clone());
        Err(match self.trust {
            Trust::Trusted | Trust::Unknown => SettingsFileError::NotTrusted {
                place,
                key,
                command,
            },
            Trust::Changed => SettingsFileError::TrustChanged {
                place,
                key,
                command,
            },
            Trust::Foreign => SettingsFileError::ForeignFile { place, path, key },
            Trust::Open => SettingsFileError::OpenFile { place, path, key },
        })
    }

    /// Returns the settings of the file with this profile and this instance applied.
    pub(super) fn layer(&self, profile: Option<&str>, instance: Option<&str>) -> Layer {
        let mut layer = self.top.clone();
        if let Some(above) = profile.and_then(|name| self.profiles.get(name)) {
            layer.overlay(above.clone());
        }
        if let Some(name) = instance {
            layer.entries.retain(|entry| entry.key != "id-instance");
            if let Some(above) = self.instances.get(name) {
                layer.overlay(above.clone());
            }
        }
        layer.entries.sort_by_key(|entry| entry.line);
        layer
    }
}

impl Layer {
    fn summary(&self) -> String {
        let entries = self
            .entries
            .iter()
            .map(|entry| format!("{} = {}", entry.key, entry.value.to_text()));
        let token = self
            .token
            .iter()
            .map(|token| format!("{} = {}", token.key(), token.to_text()));
        redacted(&entries.chain(token).collect::<Vec<_>>().join(", "))
    }
}

/// Returns a value as shown: everything that looks like a token is hidden.
fn redacted(value: &str) -> String {
    let is_token =
        |word: &str| word.len() >= 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = value
        .split_inclusive(|sign: char| !sign.is_ascii_alphanumeric())
        .map(|part| {
            let word = part.trim_end_matches(|sign: char| !sign.is_ascii_alphanumeric());
            if is_token(word) {
                part.replacen(word, HIDDEN_TOKEN, 1)
            } else {
                part.to_owned()
            }
        });
    escaped(&words.collect::<String>())
}

/// Makes control and invisible characters visible in a text of a file that is not trusted.
fn escaped(text: &str) -> String {
    let visible = |sign: char| -> String {
        if sign.is_control() || is_invisible(sign) {
            sign.escape_unicode().collect()
        } else {
            sign.to_string()
        }
    };
    text.chars().map(visible).collect()
}
