//! What a scheduled run needs to reach the database of its campaign, if only this shell's environment says it. A URL
//! without a password becomes an option, files are passed by their variables, and a password is never written down.

use std::{
    env,
    path::{Path, PathBuf},
};

use super::one_line;
use crate::cli::{
    args::Command,
    config::ParsedCommandLine,
    options::{
        database::{self, NamedUrl, UrlOrigin},
        error::{SchedulerError, SettingsError},
    },
};

/// The variables of libpq that hold a password, or name the file that does.
const PASSWORD: &str = "PGPASSWORD";
const PASSWORD_FILE: &str = "PGPASSFILE";

/// Returns the option that names the database, if only an environment variable does.
pub(super) fn words_of_the_shell(typed: &ParsedCommandLine) -> Result<Vec<String>, SettingsError> {
    match url(typed)? {
        Some(url) if url.origin == UrlOrigin::Environment => Ok(vec![
            "--database".to_owned(),
            one_line(url.without_password())?,
        ]),
        Some(_) | None => Ok(Vec::new()),
    }
}

/// Returns the variables that name files, with the paths of the files.
pub(super) fn files_of_the_shell(
    typed: &ParsedCommandLine,
    folder: &Path,
) -> Result<Vec<(&'static str, String)>, SettingsError> {
    let Some(url) = url(typed)? else {
        return Ok(Vec::new());
    };
    let mut files = Vec::new();
    let mut add = |variable, path: PathBuf| {
        files.push((variable, one_line(folder.join(path))?));
        Ok::<_, SettingsError>(())
    };
    let password_of_the_shell =
        |variable| Err(SchedulerError::PasswordOfTheShell { variable }.into());
    match &url.origin {
        UrlOrigin::Environment if url.holds_password() => {
            return password_of_the_shell(database::URL);
        }
        UrlOrigin::EnvironmentFile(path) => add(database::URL_FILE, path.clone())?,
        UrlOrigin::Option | UrlOrigin::Environment => {}
    }
    let filled = |name| env::var_os(name).filter(|value| !value.is_empty());
    if url.holds_password() {
        return Ok(files);
    }
    if filled(PASSWORD).is_some() {
        return password_of_the_shell(PASSWORD);
    }
    if let Some(path) = filled(PASSWORD_FILE) {
        add(PASSWORD_FILE, PathBuf::from(path))?;
    }
    Ok(files)
}

/// Returns the database of the command to run, unless its ledger is a file.
fn url(typed: &ParsedCommandLine) -> Result<Option<NamedUrl>, SettingsError> {
    let command = &typed.arguments.command;
    let (arguments, ledger) = if let Command::Send(send) = command {
        (&send.files.database, &send.files.ledger)
    } else if let Command::Track(track) = command {
        (&track.campaign.database, &track.campaign.ledger)
    } else {
        return Ok(None);
    };
    if ledger.is_some() {
        return Ok(None);
    }
    database::url(arguments)
}
