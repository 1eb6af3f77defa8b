//! Trusts the settings file of a folder as it is now, and shows its sensitive settings. Also warns of settings that are
//! ignored because nobody trusts their file.

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
    output::{stdout::print, ui::Ui},
};
use crate::{
    i18n::messages,
    platform::{self, Access},
};

messages! {
    /// What is trusted now.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum TrustMessage {
        Trusts { path: String } =
            en "{path} is now trusted in its present form. It sets:",
            ru "Теперь файл {path} доверенный в его нынешнем виде. Он задаёт:",
        TrustsNothing { path: String } =
            en "{path} is now trusted in its present form. It sets no service, token, command or file elsewhere.",
            ru "Теперь файл {path} доверенный в его нынешнем виде. Сервиса, токена, команд и чужих файлов он не \
                задаёт.",
        TrustsNoMore { path: String } =
            en "{path} is no longer trusted.",
            ru "Файл {path} больше не доверенный.",
        WasNotTrusted { path: String } =
            en "{path} was not trusted.",
            ru "Файл {path} и не был доверенным.",
        NoneTrusted =
            en "No files are trusted.",
            ru "Доверенных файлов нет.",
    }
}

pub(crate) fn trust(arguments: &TrustArguments, ui: &Ui) -> Result<Exit, CommandError> {
    let folder = arguments
        .folder
        .clone()
        .unwrap_or_else(|| PathBuf::from("."));
    if arguments.list {
        list(ui)
    } else if arguments.remove {
        remove(&config::settings_path(&folder), ui)
    } else {
        add(&config::settings_path(&folder), ui)
    }
}

/// Warns on stderr of settings that are ignored because nobody trusts their file. A plan and `settings` show them
/// themselves.
pub(crate) fn warn_of_ignored(typed: &ParsedCommandLine, ui: &Ui) {
    let command = &typed.arguments.command;
    let shows_it_itself = if let Command::Check(check) = command {
        !check.json && !ui.is_quiet
    } else {
        matches!(command, Command::Settings(_))
    };
    if shows_it_itself {
        return;
    }
    for message in typed
        .files
        .in_use()
        .into_iter()
        .filter_map(|file| file.ignored)
    {
        ui.print(&message);
    }
}

/// Shows the sensitive settings of the file, and records the file as it was shown.
fn add(path: &Path, ui: &Ui) -> Result<Exit, CommandError> {
    let path = without_dots(path);
    let read = config::read_to_trust(&path, &Arguments::command());
    let (file, text) = read.map_err(SettingsError::from)?;
    require_own(&path)?;
    let shown = path.display().to_string();
    trusted::add(&path, &text).map_err(|error| unusable(&error))?;
    if file.sensitive.is_empty() {
        print(&format!(
            "{}\n",
            TrustMessage::TrustsNothing { path: shown }.localized(ui.language)
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
        TrustMessage::Trusts { path: shown }.localized(ui.language),
        lines.collect::<String>()
    ))?;
    Ok(Exit::Done)
}

/// Turns `./sendcontact.toml` into `sendcontact.toml`.
fn without_dots(path: &Path) -> PathBuf {
    path.components()
        .filter(|part| !matches!(part, std::path::Component::CurDir))
        .collect()
}

/// Refuses a file that others own or may write, and a link to a file in a folder that others own or may write.
fn require_own(path: &Path) -> Result<(), SettingsError> {
    let real =
        platform::real_path(path).map_err(|error| not_trustable(path, &error.to_string()))?;
    let file = fs::metadata(&real).map_err(|error| not_trustable(path, &error.to_string()))?;
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
    let folder = real.parent().and_then(|folder| fs::metadata(folder).ok());
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

fn remove(path: &Path, ui: &Ui) -> Result<Exit, CommandError> {
    let path = without_dots(path);
    let was_trusted = trusted::remove(&path).map_err(|error| unusable(&error))?;
    let path = path.display().to_string();
    let message = if was_trusted {
        TrustMessage::TrustsNoMore { path }
    } else {
        TrustMessage::WasNotTrusted { path }
    };
    print(&format!("{}\n", message.localized(ui.language)))?;
    Ok(Exit::Done)
}

fn list(ui: &Ui) -> Result<Exit, CommandError> {
    let records = trusted::records().map_err(|error| unusable(&error))?;
    if records.is_empty() {
        ui.print(&TrustMessage::NoneTrusted);
    }
    for record in records {
        let state = trusted::state(&record).localized(ui.language);
        print(&format!("{}  {state}\n", record.path.display()))?;
    }
    Ok(Exit::Done)
}
