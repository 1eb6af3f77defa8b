//! The settings files in use, and the profile that they choose.

use std::collections::BTreeSet;

use clap::ArgMatches;

use super::{
    combine::{EffectiveSetting, FileValues},
    entry::Entry,
    error::SettingsFileError,
    file::{FileSettings, Layer, Trust},
    find, keys,
    keys::{OF_TIME, WITHOUT_ORDER},
    read,
};
use crate::cli::args::from_file::{
    FileHours, FileToken, IgnoredSettings, InstanceChoices, SettingsFileInUse,
};

/// Commands that read only the language from the settings files.
const COMMANDS_WITHOUT_SETTINGS: [&str; 7] = [
    "init",
    "simulate",
    "completions",
    "ledger",
    "man",
    "schedule",
    "trust",
];

/// Whether a command reads the settings files for more than the language.
pub(super) fn reads_settings(command: &str) -> bool {
    !COMMANDS_WITHOUT_SETTINGS.contains(&command)
}

/// The settings files in use, and which of their settings are in force.
#[derive(Debug, Clone, Default)]
pub(crate) struct SettingsFiles {
    /// The last one has the highest priority.
    pub(crate) files: Vec<FileSettings>,
    pub(crate) profile: Option<String>,
    /// The settings in force for the command that was typed.
    pub(crate) entries: Vec<EffectiveSetting>,
    pub(crate) token: Option<FileToken>,
    /// The hours and the days of each file.
    pub(super) hours: Vec<FileHours>,
    /// Whether the zone of a file that the user does not trust holds for the hours of that file alone.
    pub(super) is_zone_withheld: bool,
}

impl SettingsFiles {
    /// Finds and reads the files of a command line.
    pub(super) fn load(
        options: &clap::Command,
        matches: &ArgMatches,
    ) -> Result<Self, SettingsFileError> {
        if matches
            .subcommand_name()
            .is_some_and(|name| !reads_settings(name))
        {
            return Ok(Self::default());
        }
        let found = if matches.get_flag("no_settings") {
            Vec::new()
        } else {
            find::find(matches)
        };
        let known = keys::known_keys(options);
        let files: Vec<FileSettings> = found
            .iter()
            .map(|(path, origin)| read::read(path, *origin, &known))
            .collect::<Result<_, _>>()?;
        let profile = matches
            .get_one::<String>("profile")
            .filter(|profile| !profile.is_empty());
        Self::new(files, profile.cloned())
    }

    /// Combines files that were read before with the profile that was typed, or else the one that they choose.
    pub(super) fn new(
        mut files: Vec<FileSettings>,
        profile: Option<String>,
    ) -> Result<Self, SettingsFileError> {
        let profile = profile.or_else(|| chosen_profile(&mut files));
        let files = Self {
            files,
            profile,
            ..Self::default()
        };
        files.require_profile()?;
        Ok(files)
    }

    /// Returns the paths of the files, as messages show them.
    pub(crate) fn paths(&self) -> String {
        let paths = self
            .files
            .iter()
            .map(|file| file.path.display().to_string());
        paths.collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn in_use(&self) -> Vec<SettingsFileInUse> {
        let in_use = |file: &FileSettings| {
            let keys = file.ignored().iter();
            let keys: Vec<_> = keys
                .map(|setting| format!("{} ({})", setting.key, setting.line))
                .collect();
            let (path, command) = (file.path.display().to_string(), file.trust_command());
            let ignored = (!keys.is_empty()).then(|| IgnoredSettings::NotTrusted {
                path: path.clone(),
                keys: keys.join(", "),
                command,
            });
            SettingsFileInUse { path, ignored }
        };
        self.files.iter().map(in_use).collect()
    }

    /// Whether a setting is only in files that the user does not trust.
    pub(super) fn is_only_untrusted(&self, key: &str, instance: Option<&str>) -> bool {
        let profile = self.profile.as_deref();
        let has_it = |file: &&FileSettings| {
            let layer = file.layer(profile, instance);
            layer.entries.iter().any(|entry| entry.key == key)
        };
        let mut files = self.files.iter().filter(has_it).peekable();
        files.peek().is_some() && files.all(|file| file.trust != Trust::Trusted)
    }

    /// Returns what the files set for a key, without what a file that the user does not trust may not decide: beside the
    /// user's own hours and caps (`is_limited`: some were typed), a setting that they depend on and that has no stricter
    /// value.
    pub(super) fn without_strangers(
        &mut self,
        key: &str,
        mut stated: Vec<FileValues>,
        layers: &[Layer],
        is_limited: bool,
    ) -> Vec<FileValues> {
        if !WITHOUT_ORDER.contains(&key) {
            return stated;
        }
        let is_own = |file: usize| self.files[file].trust == Trust::Trusted;
        let is_of_time = |entry: &Entry| OF_TIME.contains(&&*entry.key) || entry.key == key;
        let mut own = layers.iter().enumerate().filter(|(file, _)| is_own(*file));
        let has_own = own.any(|(_, layer)| layer.entries.iter().any(is_of_time));
        if is_limited || has_own {
            let before = stated.len();
            stated.retain(|values| is_own(values.file));
            self.is_zone_withheld |= key == "time-zone" && stated.len() < before;
        }
        stated
    }

    /// Returns the instances and profiles that the files define.
    pub(crate) fn choices(&self) -> InstanceChoices {
        let names = |of: fn(&FileSettings) -> Vec<&String>| {
            let names: BTreeSet<&String> = self.files.iter().flat_map(of).collect();
            names.into_iter().cloned().collect()
        };
        InstanceChoices {
            path: self.paths(),
            instances: names(|file| file.instances.keys().collect()),
            profiles: names(|file| file.profiles.keys().collect()),
        }
    }

    /// Returns the hours and days of each file, if more than one file sets any. Empty if a single file sets them all.
    pub(super) fn separate_hours(&self) -> Vec<FileHours> {
        let limiting = self.hours.iter().filter(|hours| hours.limits()).count();
        let other_zones = self
            .hours
            .iter()
            .filter(|hours| hours.has_zone() && !hours.limits())
            .count();
        if limiting > 1 || (limiting == 1 && (other_zones > 0 || self.is_zone_withheld)) {
            self.hours.clone()
        } else {
            Vec::new()
        }
    }

    fn require_profile(&self) -> Result<(), SettingsFileError> {
        let Some(profile) = self.profile.clone() else {
            return Ok(());
        };
        if self
            .files
            .iter()
            .any(|file| file.profiles.contains_key(&profile))
        {
            return Ok(());
        }
        if self.files.is_empty() {
            return Err(SettingsFileError::NoProfiles { profile });
        }
        let path = self.paths();
        let known: BTreeSet<&str> = self
            .files
            .iter()
            .flat_map(|file| file.profiles.keys().map(String::as_str))
            .collect();
        if known.is_empty() {
            return Err(SettingsFileError::NoProfileAtAll { path, profile });
        }
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        Err(SettingsFileError::NoProfile {
            path,
            profile,
            known,
        })
    }
}

/// Returns the profile that the files choose; the last file decides.
fn chosen_profile(files: &mut [FileSettings]) -> Option<String> {
    for at in (0..files.len()).rev() {
        let Some((name, _)) = files[at].chosen.clone() else {
            continue;
        };
        let is_elsewhere = files
            .iter()
            .enumerate()
            .any(|(other, file)| other != at && file.profiles.contains_key(&name));
        if files[at].trust != Trust::Trusted && is_elsewhere {
            files[at].ignore_profile_choice();
        } else {
            return Some(name);
        }
    }
    None
}
