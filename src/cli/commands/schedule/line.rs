//! The command line that a scheduler runs: what was typed after `--`, the settings file given to `schedule` itself, and
//! what only this shell's environment says. It must mean the same then as it does now.

use std::ffi::OsString;

use clap::{CommandFactory, parser::ValueSource};

use super::{database, one_line};
use crate::{
    cli::{
        args::{Arguments, setup::ScheduleArguments},
        config::{self, CommandLineError, ParsedCommandLine},
        options::error::{SchedulerError, SettingsError},
    },
    i18n::Language,
};

/// Returns the words to run as they were typed, and the settings file and profile that were typed before `--`.
pub(super) fn typed(
    arguments: &ScheduleArguments,
    outer: &ParsedCommandLine,
) -> Result<Vec<String>, SettingsError> {
    let file = &outer.arguments.file;
    let mut words = Vec::new();
    if let Some(path) = &file.settings {
        words.extend(["--settings".to_owned(), one_line(path)?]);
    }
    if file.no_settings {
        words.push("--no-settings".to_owned());
    }
    let is_typed = outer.matches.value_source("profile") == Some(ValueSource::CommandLine);
    if let Some(profile) = file.profile.as_ref().filter(|_| is_typed) {
        words.extend(["--profile".to_owned(), one_line(profile)?]);
    }
    for word in &arguments.words {
        words.push(one_line(word)?);
    }
    Ok(words)
}

const PROGRAM: &str = "sendcontact";

/// Parses the line as the scheduled run will.
pub(super) fn read(words: &[String]) -> Result<ParsedCommandLine, SettingsError> {
    if words.first().is_some_and(|word| word == PROGRAM) {
        return Err(SchedulerError::ProgramNamed.into());
    }
    let line: Vec<OsString> = [PROGRAM]
        .into_iter()
        .chain(words.iter().map(String::as_str))
        .map(OsString::from)
        .collect();
    config::parse(&line).map_err(|error| match error {
        CommandLineError::Usage(error) => SettingsError::from(SchedulerError::Line {
            reason: error
                .to_string()
                .lines()
                .next()
                .unwrap_or_default()
                .trim_start_matches("error: ")
                .to_owned(),
        }),
        CommandLineError::File(error, _) => SettingsError::from(error),
    })
}

/// Returns the line with everything that a scheduler needs.
pub(super) fn finished(
    mut words: Vec<String>,
    typed: &ParsedCommandLine,
    language: Language,
) -> Result<Vec<String>, SettingsError> {
    // Added right after the command's name, because an option at the end may take any number of values.
    let at = words.len().min(name_position(&words) + 1);
    words.splice(at..at, shell_options(typed, language)?);
    if instances(&read(&words)?) != instances(typed) {
        return Err(SchedulerError::Otherwise.into());
    }
    Ok(words)
}

/// Returns options for what this shell's environment says. Named instances have id and token in the settings file.
fn shell_options(
    typed: &ParsedCommandLine,
    language: Language,
) -> Result<Vec<String>, SettingsError> {
    let mut known = Vec::new();
    let Some((_, matches)) = typed.matches.subcommand() else {
        return Ok(known);
    };
    let is_named =
        |id: &str| !typed.instances.is_empty() && ["id_instance", "token_file"].contains(&id);
    for (id, option) in [
        ("id_instance", "--id-instance"),
        ("api_url", "--api-url"),
        ("token_file", "--token-file"),
        ("profile", "--profile"),
    ] {
        let value = matches
            .get_raw(id)
            .and_then(|mut values| values.next())
            .filter(|_| !is_named(id));
        if let (Some(ValueSource::EnvVariable), Some(value)) = (matches.value_source(id), value) {
            known.extend([option.to_owned(), one_line(value)?]);
        }
    }
    known.extend(database::words_of_the_shell(typed)?);
    if language == Language::Ru && typed.arguments.lang.is_none() {
        known.extend(["--lang", "ru"].map(str::to_owned));
    }
    Ok(known)
}

/// Returns the position of the command's name. Only global options come before it.
fn name_position(words: &[String]) -> usize {
    let program = Arguments::command();
    let takes_a_word = |word: &String| {
        let is_it = |option: &clap::Arg| {
            option
                .get_long()
                .is_some_and(|long| *word == format!("--{long}"))
        };
        program
            .get_arguments()
            .any(|option| option.get_action().takes_values() && is_it(option))
    };
    let mut at = 0;
    while let Some(option) = words.get(at).filter(|word| word.starts_with('-')) {
        at += if takes_a_word(option) { 2 } else { 1 };
    }
    at
}

/// Returns the instances of a run, with the address of each.
fn instances(typed: &ParsedCommandLine) -> Vec<(Option<&str>, &str)> {
    let services = typed.service_arguments().into_iter();
    services
        .map(|service| (service.id_instance.as_deref(), service.api_url.as_str()))
        .collect()
}
