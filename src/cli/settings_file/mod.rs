//! The settings file: values that a person would else type each time. They become the defaults of the
//! options before the command line is read, so what is typed and the environment come before them,
//! and each is checked as if it had been typed.

mod feed;
mod find;
mod instances;
mod read;
mod token;

use std::{collections::BTreeMap, env, ffi::OsString, path::PathBuf};

use clap::{
    ArgMatches, CommandFactory, FromArgMatches, builder::Resettable, error::ContextValue, parser::ValueSource,
};

use super::args::{Arguments, Command, LanguageArgument, SendArguments, ServiceArguments};
use crate::sentences::{self, Language, SettingsFault};

pub(super) use find::config_home;
pub(super) use read::{mode, options};
pub(super) use token::FileToken;

/// The name of a settings file, wherever it stands.
pub(super) const NAME: &str = "sendcontact.toml";

/// Commands that work whatever the settings file says.
const WITHOUT: [&str; 5] = ["init", "simulate", "completions", "man", "schedule"];

/// What a settings file says: the values of its top level and of the profile, which come first; of
/// these, what is in force for the command that was typed.
#[derive(Debug, Clone)]
pub(super) struct SettingsFile {
    pub(super) path: PathBuf,
    pub(super) entries: Vec<Entry>,
    pub(super) token: Option<FileToken>,
    pub(super) profile: Option<String>,
    /// What stands for each instance, by its name.
    instances: BTreeMap<String, read::Level>,
}

/// One setting of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The long name of an option.
    pub(super) key: String,
    pub(super) value: Value,
    /// The line of the key, from 1.
    pub(super) line: usize,
}

/// A value as the file writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Switch(bool),
    One(String),
    Several(Vec<String>),
}

/// A settings file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.say(Language::En))]
pub(super) struct SettingsFileError(pub(super) SettingsFault);

impl SettingsFileError {
    /// The sentence in a language.
    pub(super) fn say(&self, language: Language) -> String {
        self.0.say(language)
    }
}

impl From<SettingsFault> for SettingsFileError {
    fn from(fault: SettingsFault) -> Self {
        Self(fault)
    }
}

/// A command line that was read together with its settings file.
#[derive(Debug)]
pub(super) struct Typed {
    pub(super) arguments: Arguments,
    /// What was found of each option, and by whom it was said.
    pub(super) matches: ArgMatches,
    pub(super) file: Option<SettingsFile>,
    /// Of several instances that are named: the same command line for each, read with what stands for
    /// it.
    pub(super) named: Vec<Arguments>,
}

impl Typed {
    /// What was typed for each instance that takes part: the one of the settings, or those that are
    /// named.
    pub(super) fn each(&self) -> Vec<&Arguments> {
        if self.named.is_empty() { vec![&self.arguments] } else { self.named.iter().collect() }
    }

    /// What was typed of the service, for each instance that takes part.
    pub(super) fn services(&self) -> Vec<&ServiceArguments> {
        self.each().into_iter().filter_map(|arguments| arguments.command.service()).collect()
    }

    /// The same for a run that sends.
    pub(super) fn senders(&self) -> Vec<&SendArguments> {
        let commands = self.each().into_iter().map(|arguments| &arguments.command);
        commands
            .filter_map(|command| if let Command::Send(send) = command { Some(send) } else { None })
            .collect()
    }
}

/// A command line that cannot be read.
#[derive(Debug)]
pub(super) enum LineError {
    /// It is wrong by itself, or asks for help.
    Line(clap::Error),
    /// Its settings file cannot be used; the language was typed to say so in.
    File(SettingsFileError, Option<LanguageArgument>),
}

/// Reads the program's own command line. One that is wrong by itself, or asks for help, ends the
/// program here.
pub(super) fn typed() -> Result<Typed, (SettingsFileError, Option<LanguageArgument>)> {
    match of(&env::args_os().collect::<Vec<_>>()) {
        Ok(typed) => Ok(typed),
        Err(LineError::Line(error)) => refuse(error),
        Err(LineError::File(error, language)) => Err((error, language)),
    }
}

/// Says what is wrong with the command line and ends the program, or shows the help that was asked for.
fn refuse(mut error: clap::Error) -> ! {
    if !error.use_stderr() {
        error.exit();
    }
    let texts: Vec<_> = error.context().map(|(kind, value)| (kind, shown(value))).collect();
    for (kind, text) in texts {
        text.map(|text| error.insert(kind, text));
    }
    say_on!("{}", error.render());
    std::process::exit(error.exit_code())
}

/// A word that was typed; whatever else is said comes from the program.
fn shown(value: &ContextValue) -> Option<ContextValue> {
    let ContextValue::String(text) = value else { return None };
    Some(ContextValue::String(sentences::shown(text).into_owned()))
}

/// Reads a command line twice: to see which settings file counts, and then with its values; and once
/// more for each instance that is named.
pub(super) fn of(line: &[OsString]) -> Result<Typed, LineError> {
    let options = options_of(Arguments::command());
    let first = options.clone().try_get_matches_from(line).map_err(LineError::Line)?;
    let broken = |error| LineError::File(error, first.get_one::<LanguageArgument>("lang").copied());
    let file = load(&options, &first).map_err(broken)?;
    let mut typed = fed((options.clone(), file.clone()), &first, line)?;
    let mut named = Vec::new();
    for name in instances::named(&typed.matches).map_err(broken)? {
        let own = instances::of(&name, (options.clone(), &typed.matches), file.as_ref());
        let mut own = fed(own.map_err(broken)?, &first, line)?;
        if let Some(service) = own.arguments.command.service_mut() {
            service.name = Some(name);
        }
        named.push(own);
    }
    if named.len() == 1 {
        // What stands for the only one counts for the whole command.
        typed = named.remove(0);
    }
    typed.named = named.into_iter().map(|own| own.arguments).collect();
    Ok(typed)
}

/// The options, of which none is set by a variable that is empty: that counts as one that is not set.
fn options_of(program: clap::Command) -> clap::Command {
    let without_empty = |command: clap::Command| {
        command.mut_args(|option| {
            let value = option.get_env().and_then(env::var_os);
            let is_empty = value.is_some_and(|value| value.is_empty());
            if is_empty { option.env(Resettable::Reset) } else { option }
        })
    };
    without_empty(program).mut_subcommands(without_empty)
}

/// Reads a command line with the values of a file.
fn fed(
    (mut options, mut file): (clap::Command, Option<SettingsFile>),
    first: &ArgMatches,
    line: &[OsString],
) -> Result<Typed, LineError> {
    if let Some(file) = &mut file {
        options = feed::feed(options, first, file)
            .map_err(|error| LineError::File(error, first.get_one::<LanguageArgument>("lang").copied()))?;
    }
    let matches = options.try_get_matches_from(line).map_err(LineError::Line)?;
    let mut arguments = Arguments::from_arg_matches(&matches).map_err(LineError::Line)?;
    if let Some(service) = arguments.command.service_mut() {
        let of_command = matches.subcommand().map(|(_, matches)| matches);
        let source = of_command.and_then(|matches| matches.value_source("token_file"));
        service.is_token_file_typed = source == Some(ValueSource::CommandLine);
        service.in_file = file.as_ref().and_then(|file| file.token.clone());
    }
    Ok(Typed { arguments, matches, file, named: Vec::new() })
}

fn load(options: &clap::Command, matches: &ArgMatches) -> Result<Option<SettingsFile>, SettingsFileError> {
    let profile = matches.get_one::<String>("profile").filter(|profile| !profile.is_empty());
    let uses_none = matches.subcommand_name().is_some_and(|name| WITHOUT.contains(&name));
    if uses_none {
        return Ok(None);
    }
    let path = if matches.get_flag("no_settings") { None } else { find::find(matches) };
    match (path, profile) {
        (Some(path), profile) => {
            read::read(&path, profile.map(String::as_str), &read::known_keys(options)).map(Some)
        }
        (None, Some(profile)) => Err(SettingsFault::NoProfiles { profile: profile.clone() }.into()),
        (None, None) => Ok(None),
    }
}
