//! The names that a command gives to what it writes: they are read by others, in folders, ledgers, results and the
//! files of schedulers. None of them may hold a token.

use std::path::Path;

use super::error::SettingsError;
use crate::{cli::config::ParsedCommandLine, i18n};

/// The arguments that hold such a name, as messages show them.
const NAMES: [&str; 9] = [
    "--campaign",
    "--ledger",
    "--results",
    "--out-dir",
    "--problems",
    "--log-file",
    "--name",
    "--out",
    "TO",
];

/// Refuses a name that holds a token, or what looks like one. Only the last part of a path counts, and no folder that
/// exists: folders may be named by digests.
pub(crate) fn refuse_tokens(typed: &ParsedCommandLine) -> Result<(), SettingsError> {
    let mut matches = &typed.matches;
    while let Some((_, command)) = matches.subcommand() {
        matches = command;
    }
    let id = |option: &str| {
        let id = option.trim_start_matches('-').to_lowercase();
        id.replace('-', "_")
    };
    // Other commands take a campaign that is there already.
    let is_of_new_campaign = matches.try_contains_id(&id("--out-dir")).is_ok();
    let holds_token = |option: &str| {
        let names_campaign = ["--campaign", "--ledger"].contains(&option);
        let values = matches.try_get_raw(&id(option)).ok().flatten();
        let mut names = values
            .filter(|_| is_of_new_campaign || !names_campaign)
            .into_iter()
            .flatten()
            .map(Path::new)
            .filter(|path| !path.is_dir())
            .filter_map(Path::file_name);
        names.any(|name| i18n::holds_token(&name.to_string_lossy()))
    };
    match NAMES.into_iter().find(|option| holds_token(option)) {
        Some(option) => Err(SettingsError::TokenInName { option }),
        None => Ok(()),
    }
}
