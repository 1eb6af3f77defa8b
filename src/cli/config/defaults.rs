//! Makes the values of the settings files the defaults of the options. The option itself checks each value first, so
//! that an invalid one is reported with its file and line.

use std::any::TypeId;
use std::path::{Path, PathBuf};

use clap::{
    Arg, ArgAction, ArgMatches, Command,
    error::{ContextKind, ContextValue, ErrorKind},
    parser::ValueSource,
};

use super::{
    combine::{FileValues, combine},
    entry::{Entry, Value},
    error::SettingsFileError,
    file::{FileSettings, Layer, Trust},
    files::SettingsFiles,
    keys::{CAMPAIGN_COMMANDS, KEYS_OF_EVERY_COMMAND, OF_TIME},
    paths::resolved,
};
use crate::{cli::args::from_file::FileHours, platform};

/// Sets the defaults of the options of the command that was typed and of the global options. Records in `files` which
/// settings are in force.
pub(super) fn with_defaults(
    mut options: Command,
    matches: &ArgMatches,
    files: &mut SettingsFiles,
    instance: Option<&str>,
) -> Result<Command, SettingsFileError> {
    let name = matches.subcommand_name();
    let profile = files.profile.as_deref();
    let layers: Vec<_> = files
        .files
        .iter()
        .map(|file| file.layer(profile, instance))
        .collect();
    // Among several tokens of the same rank the last one counts.
    files.token = layers
        .iter()
        .filter_map(|layer| layer.token.clone())
        .max_by_key(|token| token.rank);
    let hours_of = |file: &FileSettings| FileHours {
        is_own: file.trust == Trust::Trusted,
        ..FileHours::default()
    };
    files.hours = files.files.iter().map(hours_of).collect();
    files.entries.clear();
    files.is_zone_withheld = false;
    for key in keys(&layers) {
        let command = name.filter(|name| {
            let applies =
                CAMPAIGN_COMMANDS.contains(name) || KEYS_OF_EVERY_COMMAND.contains(&key.as_str());
            let command = options.find_subcommand(name);
            applies && command.is_some_and(|command| option(command, &key).is_some())
        });
        let target = Target::new(&options, matches, command);
        let stated = target.file_values(&key, &layers)?;
        if stated.is_empty() {
            continue;
        }
        for values in &stated {
            files.hours[values.file].take(&key, &values.values);
        }
        let is_typed = |key: &&str| target.is_typed(key);
        let is_limited = OF_TIME.iter().any(is_typed);
        let stated = files.without_strangers(&key, stated, &layers, is_limited);
        if stated.is_empty() {
            continue;
        }
        let (in_force, values) = combine(&key, &stated);
        options = set_default(options, command, &key, values);
        files.entries.push(in_force);
    }
    Ok(options)
}

/// Returns each key once, in the order of the files.
fn keys(layers: &[Layer]) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for entry in layers.iter().flat_map(|layer| &layer.entries) {
        if !keys.contains(&entry.key) {
            keys.push(entry.key.clone());
        }
    }
    keys
}

/// Makes these values the default of one option. `command` is the command that has the option, or `None` for a global
/// option.
fn set_default(options: Command, command: Option<&str>, key: &str, values: Vec<String>) -> Command {
    let set = |options: Command| {
        let Some(id) = option(&options, key).map(|option| option.get_id().clone()) else {
            return options;
        };
        options.mut_arg(id, |option| option.default_values(values))
    };
    match command {
        Some(name) => options.mut_subcommand(name, set),
        None => set(options),
    }
}

fn option<'a>(command: &'a Command, key: &str) -> Option<&'a Arg> {
    command
        .get_arguments()
        .find(|option| option.get_long() == Some(key))
}

/// The command that has an option, and what was typed for that command.
struct Target<'a> {
    command: &'a Command,
    matches: &'a ArgMatches,
}

impl<'a> Target<'a> {
    /// Finds the named subcommand, or takes the program itself for a global option.
    fn new(program: &'a Command, matches: &'a ArgMatches, subcommand: Option<&str>) -> Self {
        let command = subcommand.and_then(|name| program.find_subcommand(name));
        let subcommand_matches = subcommand.and_then(|name| matches.subcommand_matches(name));
        Self {
            command: command.unwrap_or(program),
            matches: subcommand_matches.unwrap_or(matches),
        }
    }

    /// Whether an option was typed, by its long name.
    fn is_typed(&self, key: &str) -> bool {
        let id = option(self.command, key).map(|option| option.get_id().as_str());
        let source = id.and_then(|id| self.matches.value_source(id));
        source == Some(ValueSource::CommandLine)
    }

    /// Returns what each file sets for a key. Empty if the command has no such option, or if what was typed overrides
    /// it, as `--verbose` overrides `quiet`.
    fn file_values(
        &self,
        key: &str,
        layers: &[Layer],
    ) -> Result<Vec<FileValues>, SettingsFileError> {
        let mut stated = Vec::new();
        let Some(option) = option(self.command, key) else {
            return Ok(stated);
        };
        for (file, layer) in layers.iter().enumerate() {
            for entry in layer.entries.iter().filter(|entry| entry.key == key) {
                let values = as_typed(option, entry)?;
                refuse_special_files(option, entry, &values)?;
                validate(self.command, option, key, &values).map_err(|reason| {
                    SettingsFileError::Value {
                        place: entry.place(),
                        key: entry.key.clone(),
                        reason,
                    }
                })?;
                if self.is_overridden(option) {
                    return Ok(Vec::new());
                }
                stated.push(FileValues {
                    file,
                    entry: entry.clone(),
                    values,
                });
            }
        }
        Ok(stated)
    }

    fn is_overridden(&self, option: &Arg) -> bool {
        let is_typed = |other: &Arg| {
            let id = other.get_id().as_str();
            let is_known = self.matches.try_contains_id(id).is_ok();
            let source = if is_known {
                self.matches.value_source(id)
            } else {
                None
            };
            matches!(
                source,
                Some(ValueSource::CommandLine | ValueSource::EnvVariable)
            )
        };
        self.command
            .get_arg_conflicts_with(option)
            .into_iter()
            .any(is_typed)
    }
}

/// Returns the values as they would be typed.
fn as_typed(option: &Arg, entry: &Entry) -> Result<Vec<String>, SettingsFileError> {
    let (place, key) = (entry.place(), entry.key.clone());
    let takes_values = option.get_action().takes_values();
    let counts = matches!(option.get_action(), ArgAction::Count);
    let with_path = |text: &String| {
        let path = resolved(&entry.path, text);
        let is_path =
            !text.is_empty() && (is_path(option) || (may_be_path(option) && path.exists()));
        if is_path {
            path.to_string_lossy().into_owned()
        } else {
            text.clone()
        }
    };
    match &entry.value {
        Value::Switch(switch) if !takes_values && counts => Ok(vec![u8::from(*switch).to_string()]),
        Value::Switch(switch) if !takes_values => Ok(vec![switch.to_string()]),
        Value::Switch(_) => Err(SettingsFileError::NeedsText { place, key }),
        Value::One(text) if counts && text.parse::<u8>().is_err() => {
            Err(SettingsFileError::NeedsCount { place, key })
        }
        Value::One(text) if takes_values || counts => Ok(vec![with_path(text)]),
        Value::One(_) | Value::Several(_) if !takes_values => {
            Err(SettingsFileError::NeedsSwitch { place, key })
        }
        Value::One(text) => Ok(vec![with_path(text)]),
        Value::Several(texts) if takes_several(option) => Ok(texts.iter().map(with_path).collect()),
        Value::Several(_) => Err(SettingsFileError::NeedsOne { place, key }),
    }
}

/// Refuses a value that is a pipe, a device or a socket. Nobody typed it, and opening it could wait for ever.
fn refuse_special_files(
    option: &Arg,
    entry: &Entry,
    values: &[String],
) -> Result<(), SettingsFileError> {
    let special = values
        .iter()
        .find(|value| may_be_path(option) && platform::is_device(Path::new(value)));
    let Some(path) = special.cloned() else {
        return Ok(());
    };
    let (place, key) = (entry.place(), entry.key.clone());
    Err(SettingsFileError::SpecialFile { place, key, path })
}

fn is_path(option: &Arg) -> bool {
    option.get_value_parser().type_id() == TypeId::of::<PathBuf>()
}

/// Whether a value of the option is a path or, if there is such a file, counts as one.
fn may_be_path(option: &Arg) -> bool {
    is_path(option) || option.get_id().as_str() == "recipients"
}

fn takes_several(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::Append) || takes_words(option)
}

/// Whether the option takes several values at once.
fn takes_words(option: &Arg) -> bool {
    option
        .get_num_args()
        .is_some_and(|range| range.max_values() > 1)
}

/// Lets the option check the values, and returns its message if they are invalid. Conflicts with other options are
/// found when the command line is parsed.
fn validate(command: &Command, option: &Arg, key: &str, texts: &[String]) -> Result<(), String> {
    let mut line = vec![command.get_name().to_owned()];
    if takes_words(option) {
        line.push(format!("--{key}"));
        line.extend(texts.iter().cloned());
    } else if option.get_action().takes_values() {
        line.extend(texts.iter().map(|text| format!("--{key}={text}")));
    }
    let Err(error) = command.clone().try_get_matches_from(line) else {
        return Ok(());
    };
    let kind = error.kind();
    if kind == ErrorKind::ValueValidation {
        Err(std::error::Error::source(&error)
            .map_or_else(|| first_line(&error), ToString::to_string))
    } else if kind == ErrorKind::InvalidValue {
        Err(allowed_words(&error).unwrap_or_else(|| first_line(&error)))
    } else if [
        ErrorKind::TooManyValues,
        ErrorKind::TooFewValues,
        ErrorKind::WrongNumberOfValues,
    ]
    .contains(&kind)
    {
        Err(first_line(&error))
    } else {
        Ok(())
    }
}

/// Returns the words that the option accepts, if it accepts only certain words.
fn allowed_words(error: &clap::Error) -> Option<String> {
    let ContextValue::Strings(words) = error.get(ContextKind::ValidValue)? else {
        return None;
    };
    (!words.is_empty()).then(|| words.join(" | "))
}

fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}
