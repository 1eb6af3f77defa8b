//! The instances that a command line names, and their settings. The settings of an instance count as if they were
//! typed: its address, id and token come from nowhere else.

use clap::{ArgMatches, Command, builder::Resettable, parser::ValueSource};

use super::{error::SettingsFileError, files::SettingsFiles};

/// Returns the names of the instances to use; empty if the id and token of the other settings count. A typed id or
/// token file overrides the names in the settings file. So does an id in the environment, unless a profile is typed.
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
    let names_account = is_typed("id_instance") || is_typed("token_file");
    let in_environment = matches.value_source("id_instance") == Some(ValueSource::EnvVariable);
    if !is_typed("instance") && (names_account || (in_environment && !is_typed("profile"))) {
        return Ok(Vec::new());
    }
    if names_account {
        return Err(SettingsFileError::InstanceAndId);
    }
    let duplicate = names
        .iter()
        .enumerate()
        .find(|(at, name)| names[..*at].contains(name));
    match duplicate {
        Some((_, name)) => Err(SettingsFileError::InstanceTwice { name: name.clone() }),
        None => Ok(names),
    }
}

/// Returns the options for one instance. No environment variable may set what belongs to another account.
pub(super) fn options_for(
    name: &str,
    options: &Command,
    matches: &ArgMatches,
    files: &SettingsFiles,
) -> Result<Command, SettingsFileError> {
    let Some((command, matches)) = matches.subcommand() else {
        return Ok(options.clone());
    };
    let mut layers = files
        .files
        .iter()
        .filter_map(|file| file.instances.get(name))
        .peekable();
    if layers.peek().is_none() && !matches.get_flag("simulate") {
        return Err(unknown(name, files));
    }
    let mut hidden = vec!["id_instance", "token_file"];
    let has_address = layers.any(|layer| layer.entries.iter().any(|entry| entry.key == "api-url"));
    hidden.extend(has_address.then_some("api_url"));
    Ok(options.clone().mut_subcommand(command, |command| {
        let without_variable =
            |command: Command, id| command.mut_arg(id, |option| option.env(Resettable::Reset));
        hidden.into_iter().fold(command, without_variable)
    }))
}

fn unknown(name: &str, files: &SettingsFiles) -> SettingsFileError {
    let name = name.to_owned();
    if files.files.is_empty() {
        return SettingsFileError::InstancesNowhere { name };
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
        return SettingsFileError::NoInstanceAtAll { path, name };
    }
    SettingsFileError::NoSuchInstance {
        path,
        name,
        known: known.join(", "),
    }
}
