//! Trusts the settings file of a folder, as it is now: shows first what it decides. And tells what is not
//! believed of a file that nobody trusted.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::CommandFactory;

use crate::cli::{
    args::{Arguments, Command, setup::TrustArguments},
    config::{self, ParsedCommandLine, SettingsFileError, trusted},
    exit::{CommandError, Exit},
    options::error::SettingsError,
    output::stdout::print,
};
use crate::{
    i18n::{Language, SettingsMessage},
    ledger::Access,
};

pub(crate) fn trust(arguments: &TrustArguments, language: Language) -> Result<Exit, CommandError> {
    let folder = arguments
        .folder
        .clone()
        .unwrap_or_else(|| PathBuf::from("."));
    if arguments.list {
        list(language)
    } else if arguments.remove {
        remove(&config::settings_path(&folder), language)
    } else {
        add(&config::settings_path(&folder), language)
    }
}

/// Says on stderr what a command that goes on does not believe. A plan says it in its own place, and so does
/// `settings`.
pub(crate) fn tell_not_believed(typed: &ParsedCommandLine, language: Language) {
    let command = &typed.arguments.command;
    let says_it_itself = if let Command::Check(check) = command {
        !check.json && !check.verbosity.quiet
    } else {
        matches!(command, Command::Settings(_))
    };
    if says_it_itself {
        return;
    }
    for talk in typed
        .files
        .in_use()
        .into_iter()
        .filter_map(|file| file.ignored)
    {
        eprintln_lossy!("{}", talk.localized(language));
    }
}

/// Shows what the file decides, and records it as it was shown.
fn add(path: &Path, language: Language) -> Result<Exit, CommandError> {
    let path = simple(path);
    let read = config::read_to_trust(&path, &Arguments::command());
    let (file, text) = read.map_err(SettingsError::from)?;
    closed_on_the_way(&path)?;
    let told = path.display().to_string();
    trusted::add(&path, &text).map_err(|error| unusable(&error))?;
    if file.sensitive.is_empty() {
        print(&format!(
            "{}\n",
            SettingsMessage::TrustsNothing { path: told }.localized(language)
        ))?;
        return Ok(Exit::Done);
    }
    let lines = file.sensitive.iter().map(|decision| {
        format!(
            "  {}:{}: {} = {}\n",
            path.display(),
            decision.line,
            decision.key,
            decision.value
        )
    });
    print(&format!(
        "{}\n{}",
        SettingsMessage::Trusts { path: told }.localized(language),
        lines.collect::<String>()
    ))?;
    Ok(Exit::Done)
}

/// `./sendcontact.toml` is told as `sendcontact.toml`.
fn simple(path: &Path) -> PathBuf {
    path.components()
        .filter(|part| !matches!(part, std::path::Component::CurDir))
        .collect()
}

/// A file that others own or may write, or that a link finds in a folder of theirs, cannot be trusted.
fn closed_on_the_way(path: &Path) -> Result<(), SettingsError> {
    let whole = path
        .canonicalize()
        .map_err(|error| not_trustable(path, &error.to_string()))?;
    let file = fs::metadata(&whole).map_err(|error| not_trustable(path, &error.to_string()))?;
    let access = Access::of(&file);
    if !access.is_own {
        return Err(not_trustable(path, "it belongs to another user"));
    }
    if access.is_open {
        return Err(not_trustable(
            path,
            "other users can write to it (chmod go-w)",
        ));
    }
    let is_link = path.symlink_metadata().is_ok_and(|file| file.is_symlink());
    let folder = whole.parent().and_then(|folder| fs::metadata(folder).ok());
    match folder.map(|folder| Access::of(&folder)) {
        Some(Access {
            is_own, is_open, ..
        }) if is_link && (!is_own || is_open) => Err(not_trustable(
            path,
            "it is a link to a folder of another user",
        )),
        Some(_) | None => Ok(()),
    }
}

fn not_trustable(path: &Path, reason: &str) -> SettingsError {
    let (path, reason) = (path.display().to_string(), reason.to_owned());
    SettingsFileError::NotTrustable { path, reason }.into()
}

fn unusable(error: &std::io::Error) -> SettingsError {
    SettingsFileError::TrustNotRead {
        reason: error.to_string(),
    }
    .into()
}

fn remove(path: &Path, language: Language) -> Result<Exit, CommandError> {
    let path = simple(path);
    let was_there = trusted::remove(&path).map_err(|error| unusable(&error))?;
    let path = path.display().to_string();
    let talk = if was_there {
        SettingsMessage::TrustsNoMore { path }
    } else {
        SettingsMessage::WasNotTrusted { path }
    };
    print(&format!("{}\n", talk.localized(language)))?;
    Ok(Exit::Done)
}

fn list(language: Language) -> Result<Exit, CommandError> {
    let records = trusted::records().map_err(|error| unusable(&error))?;
    if records.is_empty() {
        eprintln_lossy!("{}", SettingsMessage::NoneTrusted.localized(language));
    }
    for record in records {
        let state = trusted::state(&record).localized(language);
        print(&format!("{}  {state}\n", record.path.display()))?;
    }
    Ok(Exit::Done)
}
