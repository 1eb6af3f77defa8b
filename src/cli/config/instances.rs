//! The instances that a command line names, and what the settings file says of each. What stands for an
//! instance counts like what is typed: its address, id and token come from nowhere else.

use clap::{ArgMatches, Command, builder::Resettable, parser::ValueSource};

use super::{SettingsFileError, SettingsFiles};
use crate::i18n::SettingsFault;

/// The names; none if the one instance of the other settings counts. What the file names gives way to
/// an id that is typed, or is in the environment while no profile is typed.
pub(super) fn named(matches: &ArgMatches) -> Result<Vec<String>, SettingsFileError> {
    let Some((_, matches)) = matches.subcommand() else {
        return Ok(Vec::new());
    };
    let names = matches.try_get_many::<String>("instance").ok().flatten();
    let names: Vec<String> = names.into_iter().flatten().cloned().collect();
    if names.is_empty() {
        return Ok(names);
    }
    let is_typed = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let of_one = is_typed("id_instance") || is_typed("token_file");
    let in_environment = matches.value_source("id_instance") == Some(ValueSource::EnvVariable);
    if !is_typed("instance") && (of_one || (in_environment && !is_typed("profile"))) {
        return Ok(Vec::new());
    }
    if of_one {
        return Err(SettingsFault::InstanceAndId.into());
    }
    let twice = names
        .iter()
        .enumerate()
        .find(|(place, name)| names[..*place].contains(name));
    match twice {
        Some((_, name)) => Err(SettingsFault::InstanceTwice { name: name.clone() }.into()),
        None => Ok(names),
    }
}

/// The options as they count for one instance.
pub(super) fn of(
    name: &str,
    (options, matches): (Command, &ArgMatches),
    files: &SettingsFiles,
) -> Result<Command, SettingsFileError> {
    let Some((command, matches)) = matches.subcommand() else {
        return Ok(options);
    };
    let mut own = files
        .files
        .iter()
        .filter_map(|file| file.instances.get(name))
        .peekable();
    if own.peek().is_none() && !matches.get_flag("simulate") {
        return Err(unknown(name, files));
    }
    let mut elsewhere = vec!["id_instance", "token_file"];
    let has_address = own.any(|level| level.entries.iter().any(|entry| entry.key == "api-url"));
    elsewhere.extend(has_address.then_some("api_url"));
    Ok(options.mut_subcommand(command, |command| {
        let hidden =
            |command: Command, id| command.mut_arg(id, |option| option.env(Resettable::Reset));
        elsewhere.into_iter().fold(command, hidden)
    }))
}

fn unknown(name: &str, files: &SettingsFiles) -> SettingsFileError {
    let name = name.to_owned();
    if files.files.is_empty() {
        return SettingsFault::InstancesNowhere { name }.into();
    }
    let path = files.paths();
    let mut known: Vec<_> = files
        .files
        .iter()
        .flat_map(|file| file.instances.keys().cloned())
        .collect();
    known.sort();
    known.dedup();
    if known.is_empty() {
        return SettingsFault::NoInstanceAtAll { path, name }.into();
    }
    SettingsFault::NoSuchInstance {
        path,
        name,
        known: known.join(", "),
    }
    .into()
}
