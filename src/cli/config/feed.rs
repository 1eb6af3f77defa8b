//! From the file's values to the defaults of options. Each is first read by the option itself, so
//! that a wrong one is told with its place in the file.

use std::any::TypeId;
use std::path::PathBuf;

use clap::{
    Arg, ArgAction, ArgMatches, Command,
    error::{ContextKind, ContextValue, ErrorKind},
    parser::ValueSource,
};

use super::{
    Entry, SettingsFileError, SettingsFiles, Value,
    combine::{Said, combined},
    file::resolved,
};
use crate::{cli::args::from_file::WhenOfFile, i18n::SettingsFault};

/// Options that mean the same in every command; all others of the file are for `send` and `check`.
const EVERYWHERE: [&str; 12] = [
    "api-url",
    "id-instance",
    "headers",
    "insecure-http",
    "instance",
    "locale",
    "log-file",
    "log-json",
    "notify-command",
    "quiet",
    "timeout",
    "verbose",
];

/// Commands that take every setting of the file.
const OF_A_CAMPAIGN: [&str; 3] = ["send", "check", "settings"];

/// Gives the options of the command that was typed, and those of every command, the files' values; tells
/// which of them are in force.
pub(super) fn feed(
    mut options: Command,
    matches: &ArgMatches,
    (files, instance): (&mut SettingsFiles, Option<&str>),
) -> Result<Command, SettingsFileError> {
    let name = matches.subcommand_name().unwrap_or_default();
    let profile = files.profile.as_deref();
    let levels: Vec<_> = files
        .files
        .iter()
        .map(|file| file.level(profile, instance))
        .collect();
    // Of those that are alike the last one counts.
    files.token = levels
        .iter()
        .filter_map(|level| level.token.clone())
        .max_by_key(|token| token.rank);
    files.when = vec![WhenOfFile::default(); levels.len()];
    files.entries.clear();
    for key in keys(levels.iter().flat_map(|level| &level.entries)) {
        let holds = OF_A_CAMPAIGN.contains(&name) || EVERYWHERE.contains(&key.as_str());
        let command = options.find_subcommand(name).filter(|_| holds);
        let command = command.filter(|command| option(command, &key).is_some());
        let matches = matches
            .subcommand_matches(name)
            .filter(|_| command.is_some())
            .unwrap_or(matches);
        let entries = levels.iter().enumerate().flat_map(|(file, level)| {
            level
                .entries
                .iter()
                .filter(|entry| entry.key == key)
                .map(move |entry| (file, entry))
        });
        let Some((id, said)) = default(command.unwrap_or(&options), matches, entries)? else {
            continue;
        };
        for (file, said) in &said {
            files.when[*file].take(&key, &said.values);
        }
        let is_of_command = command.is_some();
        let (in_force, values) = combined(
            &key,
            &said.into_iter().map(|(_, said)| said).collect::<Vec<_>>(),
        );
        let with_default = |option: Arg| option.default_values(values);
        options = if is_of_command {
            options.mut_subcommand(name, |command| command.mut_arg(id, with_default))
        } else {
            options.mut_arg(id, with_default)
        };
        files.entries.push(in_force);
    }
    Ok(options)
}

/// Each key once, in the order in which they are.
fn keys<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for entry in entries {
        if !keys.contains(&entry.key) {
            keys.push(entry.key.clone());
        }
    }
    keys
}

fn option<'a>(command: &'a Command, key: &str) -> Option<&'a Arg> {
    command
        .get_arguments()
        .find(|option| option.get_long() == Some(key))
}

/// The option of this command and what each file says of it, if it has it and nothing was typed against it,
/// as `--verbose` is against `quiet`.
#[expect(
    clippy::type_complexity,
    reason = "the number of a file, and what that says"
)]
fn default<'a>(
    command: &Command,
    matches: &ArgMatches,
    entries: impl Iterator<Item = (usize, &'a Entry)>,
) -> Result<Option<(String, Vec<(usize, Said)>)>, SettingsFileError> {
    let (mut id, mut said) = (String::new(), Vec::new());
    for (file, entry) in entries {
        let Some(option) = option(command, &entry.key) else {
            return Ok(None);
        };
        let values = texts(option, entry)?;
        read_by(command, option, &values).map_err(|reason| SettingsFault::Value {
            place: entry.place(),
            key: entry.key.clone(),
            reason,
        })?;
        if gives_way((command, option), matches) {
            return Ok(None);
        }
        option.get_id().as_str().clone_into(&mut id);
        said.push((
            file,
            Said {
                entry: entry.clone(),
                values,
            },
        ));
    }
    Ok((!said.is_empty()).then_some((id, said)))
}

fn gives_way((command, option): (&Command, &Arg), matches: &ArgMatches) -> bool {
    let typed = |other: &Arg| {
        let id = other.get_id().as_str();
        let known = matches.try_contains_id(id).is_ok();
        let source = if known {
            matches.value_source(id)
        } else {
            None
        };
        matches!(
            source,
            Some(ValueSource::CommandLine | ValueSource::EnvVariable)
        )
    };
    command
        .get_arg_conflicts_with(option)
        .into_iter()
        .any(typed)
}

/// The values as they would be typed.
fn texts(option: &Arg, entry: &Entry) -> Result<Vec<String>, SettingsFileError> {
    let (place, key) = (entry.place(), entry.key.clone());
    let takes_values = option.get_action().takes_values();
    let counts = matches!(option.get_action(), ArgAction::Count);
    let is_path = option.get_value_parser().type_id() == TypeId::of::<PathBuf>();
    let may_be_path = option.get_id().as_str() == "recipients";
    let whole = |text: &String| {
        let path = resolved(&entry.path, text);
        let is_one = !text.is_empty() && (is_path || (may_be_path && path.exists()));
        if is_one {
            path.to_string_lossy().into_owned()
        } else {
            text.clone()
        }
    };
    match &entry.value {
        Value::Switch(switch) if !takes_values && counts => Ok(vec![u8::from(*switch).to_string()]),
        Value::Switch(switch) if !takes_values => Ok(vec![switch.to_string()]),
        Value::Switch(_) => Err(SettingsFault::NeedsText { place, key }.into()),
        Value::One(text) if counts && text.parse::<u8>().is_err() => {
            Err(SettingsFault::NeedsCount { place, key }.into())
        }
        Value::One(text) if takes_values || counts => Ok(vec![whole(text)]),
        Value::One(_) | Value::Several(_) if !takes_values => {
            Err(SettingsFault::NeedsSwitch { place, key }.into())
        }
        Value::One(text) => Ok(vec![whole(text)]),
        Value::Several(texts) if several(option) => Ok(texts.iter().map(whole).collect()),
        Value::Several(_) => Err(SettingsFault::NeedsOne { place, key }.into()),
    }
}

fn several(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::Append) || takes_words(option)
}

/// Whether one mention of the option takes several words.
fn takes_words(option: &Arg) -> bool {
    option
        .get_num_args()
        .is_some_and(|range| range.max_values() > 1)
}

/// Has the option read the values; gives what it says against them. Whether they go together with
/// other options is seen when the command line is read.
fn read_by(command: &Command, option: &Arg, texts: &[String]) -> Result<(), String> {
    let long = option.get_long().unwrap_or_default();
    let mut line = vec![command.get_name().to_owned()];
    if takes_words(option) {
        line.push(format!("--{long}"));
        line.extend(texts.iter().cloned());
    } else if option.get_action().takes_values() {
        line.extend(texts.iter().map(|text| format!("--{long}={text}")));
    }
    let Err(error) = command.clone().try_get_matches_from(line) else {
        return Ok(());
    };
    let kind = error.kind();
    if kind == ErrorKind::ValueValidation {
        Err(std::error::Error::source(&error)
            .map_or_else(|| first_line(&error), ToString::to_string))
    } else if kind == ErrorKind::InvalidValue {
        Err(one_of(&error).unwrap_or_else(|| first_line(&error)))
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

/// What the option would have taken, if it takes certain words only.
fn one_of(error: &clap::Error) -> Option<String> {
    let ContextValue::Strings(words) = error.get(ContextKind::ValidValue)? else {
        return None;
    };
    (!words.is_empty()).then(|| words.join(" | "))
}

fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    text.lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("error: ")
        .to_owned()
}
