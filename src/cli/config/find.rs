//! Finds the settings files: the user's own, and the one that `--settings` names, or else those of the working folder
//! and of the folder of the campaign.

use std::path::{Path, PathBuf};

use clap::ArgMatches;

use super::paths::NAME;
use crate::platform;

/// Why a file is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It is in the user's config folder.
    User,
    /// `--settings` names it.
    Named,
    /// It is in the working folder or beside the campaign.
    Found,
}

/// Returns the files in use, the lowest priority first. A file that `--settings` names is in use even if it does not
/// exist.
pub(super) fn find(matches: &ArgMatches) -> Vec<(PathBuf, Origin)> {
    let user = user_settings_path()
        .filter(|path| path.exists())
        .map(|path| (path, Origin::User));
    let mut files: Vec<_> = user.into_iter().collect();
    let others = match matches.get_one::<PathBuf>("settings") {
        Some(named) => vec![(named.clone(), Origin::Named)],
        None => beside_campaign(matches),
    };
    for (path, origin) in others {
        if files.iter().all(|(other, _)| !is_same(other, &path)) {
            files.push((path, origin));
        }
    }
    files
}

fn beside_campaign(matches: &ArgMatches) -> Vec<(PathBuf, Origin)> {
    let campaign = matches
        .subcommand()
        .and_then(|(_, matches)| campaign_path(matches));
    let beside = campaign
        .as_deref()
        .and_then(Path::parent)
        .map(|folder| folder.join(NAME));
    let paths = [Some(PathBuf::from(NAME)), beside].into_iter().flatten();
    paths
        .filter(|path| path.exists())
        .map(|path| (path, Origin::Found))
        .collect()
}

fn is_same(one: &Path, other: &Path) -> bool {
    one == other
        || one
            .canonicalize()
            .ok()
            .is_some_and(|one| other.canonicalize().ok() == Some(one))
}

/// Returns the path of the user's own settings file, even if it does not exist.
pub(crate) fn user_settings_path() -> Option<PathBuf> {
    Some(platform::config_home()?.join("sendcontact").join(NAME))
}

/// Returns the first input, or else the ledger or name of an existing campaign.
fn campaign_path(matches: &ArgMatches) -> Option<PathBuf> {
    let path = |id| {
        matches
            .try_get_many::<PathBuf>(id)
            .ok()
            .flatten()?
            .next()
            .cloned()
    };
    let recipients = || {
        let recipients = matches
            .try_get_many::<String>("recipients")
            .ok()
            .flatten()?;
        recipients.map(PathBuf::from).find(|path| path.is_file())
    };
    path("inputs")
        .or_else(recipients)
        .or_else(|| path("contacts"))
        .or_else(|| path("campaign"))
        .or_else(|| path("ledger"))
}
