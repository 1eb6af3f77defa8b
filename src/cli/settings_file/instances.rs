//! The instances that a command line names, and what the settings file says of each. What stands for an
//! instance counts like what is typed: its address, id and token come from nowhere else.

use clap::{ArgMatches, Command, builder::Resettable, parser::ValueSource};

use super::{Entry, SettingsFile, SettingsFileError, read::Level};
use crate::sentences::SettingsFault;

/// The names; none if the one instance of the other settings counts. What the file names gives way to
/// an id that is typed, or is in the environment while no profile is typed.
pub(super) fn named(matches: &ArgMatches) -> Result<Vec<String>, SettingsFileError> {
    let Some((_, matches)) = matches.subcommand() else { return Ok(Vec::new()) };
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
    let twice = names.iter().enumerate().find(|(place, name)| names[..*place].contains(name));
    match twice {
        Some((_, name)) => Err(SettingsFault::InstanceTwice { name: name.clone() }.into()),
        None => Ok(names),
    }
}

/// The options and the file as they count for one instance.
pub(super) fn of(
    name: &str,
    (options, matches): (Command, &ArgMatches),
    file: Option<&SettingsFile>,
) -> Result<(Command, Option<SettingsFile>), SettingsFileError> {
    let Some((command, matches)) = matches.subcommand() else { return Ok((options, file.cloned())) };
    let own = file.and_then(|file| file.instances.get(name));
    if own.is_none() && !matches.get_flag("simulate") {
        return Err(unknown(name, file));
    }
    let own = own.cloned().unwrap_or_default();
    let mut elsewhere = vec!["id_instance", "token_file"];
    elsewhere.extend(own.entries.iter().any(|entry| entry.key == "api-url").then_some("api_url"));
    let options = options.mut_subcommand(command, |command| {
        let hidden = |command: Command, id| command.mut_arg(id, |option| option.env(Resettable::Reset));
        elsewhere.into_iter().fold(command, hidden)
    });
    Ok((options, file.map(|file| with(file, own))))
}

fn with(file: &SettingsFile, own: Level) -> SettingsFile {
    let is_of_all = |entry: &&Entry| entry.key != "id-instance";
    let mut level = Level { entries: file.entries.iter().filter(is_of_all).cloned().collect(), token: None };
    level.give_way_to(own);
    SettingsFile { entries: level.entries, token: level.token, ..file.clone() }
}

fn unknown(name: &str, file: Option<&SettingsFile>) -> SettingsFileError {
    let name = name.to_owned();
    let Some(file) = file else { return SettingsFault::InstancesNowhere { name }.into() };
    let path = file.path.display().to_string();
    let known = file.instances.keys().cloned().collect::<Vec<_>>().join(", ");
    if known.is_empty() {
        return SettingsFault::NoInstanceAtAll { path, name }.into();
    }
    SettingsFault::NoSuchInstance { path, name, known }.into()
}
