//! From the file's values to the defaults of options. Each is first read by the option itself, so
//! that a wrong one is told with its place in the file.

use std::any::TypeId;
use std::path::PathBuf;

use clap::{
    Arg, ArgAction, ArgMatches, Command,
    error::{ContextKind, ContextValue, ErrorKind},
    parser::ValueSource,
};

use super::{Entry, SettingsFile, SettingsFileError, Value, read::resolved};
use crate::sentences::SettingsFault;

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

/// Gives the options of the command that was typed, and those of every command, the file's values;
/// of the file only those are left that are in force.
pub(super) fn feed(
    mut options: Command,
    matches: &ArgMatches,
    file: &mut SettingsFile,
) -> Result<Command, SettingsFileError> {
    let name = matches.subcommand_name().unwrap_or_default();
    for entry in std::mem::take(&mut file.entries) {
        let holds = OF_A_CAMPAIGN.contains(&name) || EVERYWHERE.contains(&entry.key.as_str());
        let command = options.find_subcommand(name).filter(|_| holds);
        let command = command.filter(|command| option(command, &entry).is_some());
        let matches = matches.subcommand_matches(name).filter(|_| command.is_some()).unwrap_or(matches);
        let Some((id, values)) = default(command.unwrap_or(&options), matches, (file, &entry))? else {
            continue;
        };
        let with_default = |option: Arg| option.default_values(values);
        options = if command.is_some() {
            options.mut_subcommand(name, |command| command.mut_arg(id, with_default))
        } else {
            options.mut_arg(id, with_default)
        };
        file.entries.push(entry);
    }
    Ok(options)
}

fn option<'a>(command: &'a Command, entry: &Entry) -> Option<&'a Arg> {
    command.get_arguments().find(|option| option.get_long() == Some(&entry.key))
}

/// The option of this command and what is to be its default, if it has it and nothing was typed
/// against it, as `--verbose` is against `quiet`.
fn default(
    command: &Command,
    matches: &ArgMatches,
    (file, entry): (&SettingsFile, &Entry),
) -> Result<Option<(String, Vec<String>)>, SettingsFileError> {
    let Some(option) = option(command, entry) else { return Ok(None) };
    let texts = texts(option, (file, entry))?;
    read_by(command, option, &texts).map_err(|reason| SettingsFault::Value {
        place: place(file, entry),
        key: entry.key.clone(),
        reason,
    })?;
    let typed = |other: &Arg| {
        let id = other.get_id().as_str();
        let known = matches.try_contains_id(id).is_ok();
        let source = if known { matches.value_source(id) } else { None };
        matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable))
    };
    let gives_way = command.get_arg_conflicts_with(option).into_iter().any(typed);
    Ok((!gives_way).then(|| (option.get_id().as_str().to_owned(), texts)))
}

fn place(file: &SettingsFile, entry: &Entry) -> String {
    format!("{}:{}", file.path.display(), entry.line)
}

/// The values as they would be typed.
fn texts(option: &Arg, (file, entry): (&SettingsFile, &Entry)) -> Result<Vec<String>, SettingsFileError> {
    let (place, key) = (place(file, entry), entry.key.clone());
    let takes_values = option.get_action().takes_values();
    let counts = matches!(option.get_action(), ArgAction::Count);
    let is_path = option.get_value_parser().type_id() == TypeId::of::<PathBuf>();
    let may_be_path = option.get_id().as_str() == "recipients";
    let whole = |text: &String| {
        let path = resolved(&file.path, text);
        let is_one = !text.is_empty() && (is_path || (may_be_path && path.exists()));
        if is_one { path.to_string_lossy().into_owned() } else { text.clone() }
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
    option.get_num_args().is_some_and(|range| range.max_values() > 1)
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
    let Err(error) = command.clone().try_get_matches_from(line) else { return Ok(()) };
    let kind = error.kind();
    if kind == ErrorKind::ValueValidation {
        Err(std::error::Error::source(&error).map_or_else(|| first_line(&error), ToString::to_string))
    } else if kind == ErrorKind::InvalidValue {
        Err(one_of(&error).unwrap_or_else(|| first_line(&error)))
    } else if [ErrorKind::TooManyValues, ErrorKind::TooFewValues, ErrorKind::WrongNumberOfValues]
        .contains(&kind)
    {
        Err(first_line(&error))
    } else {
        Ok(())
    }
}

/// What the option would have taken, if it takes certain words only.
fn one_of(error: &clap::Error) -> Option<String> {
    let ContextValue::Strings(words) = error.get(ContextKind::ValidValue)? else { return None };
    (!words.is_empty()).then(|| words.join(" | "))
}

fn first_line(error: &clap::Error) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}
