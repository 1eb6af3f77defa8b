//! Where settings files are: the user's own, and the one that is named, else those of the working folder
//! and beside the campaign.

use std::{
    env,
    path::{Path, PathBuf},
};

use clap::ArgMatches;

use super::NAME;

/// Why a file is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It is in the user's config folder.
    Own,
    /// `--settings` names it.
    Named,
    /// It was found where a list or a campaign is.
    Found,
}

/// The files in use, the one that counts least first; one that was named is in use even if it is not there.
pub(super) fn find(matches: &ArgMatches) -> Vec<(PathBuf, Origin)> {
    let own = own()
        .filter(|path| path.exists())
        .map(|path| (path, Origin::Own));
    let mut files: Vec<_> = own.into_iter().collect();
    let others = match matches.get_one::<PathBuf>("settings") {
        Some(named) => vec![(named.clone(), Origin::Named)],
        None => found(matches),
    };
    for (path, origin) in others {
        if files.iter().all(|(other, _)| !is_same(other, &path)) {
            files.push((path, origin));
        }
    }
    files
}

fn found(matches: &ArgMatches) -> Vec<(PathBuf, Origin)> {
    let beside = matches
        .subcommand()
        .and_then(|(_, matches)| campaign(matches));
    let beside = beside
        .as_deref()
        .and_then(Path::parent)
        .map(|folder| folder.join(NAME));
    let places = [Some(PathBuf::from(NAME)), beside].into_iter().flatten();
    places
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

/// The user's own settings file, whether it is there or not.
pub(crate) fn own() -> Option<PathBuf> {
    Some(config_home()?.join("sendcontact").join(NAME))
}

/// The folder of the user's own settings, of all programs.
pub(crate) fn config_home() -> Option<PathBuf> {
    home_of(&|name| env::var_os(name).map(PathBuf::from))
}

/// Source: the XDG Base Directory Specification; for Windows, its known folder of roaming application
/// data. `variable` gives what the environment holds.
fn home_of(variable: &dyn Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |name| variable(name).filter(|path| path.is_absolute());
    if cfg!(windows) {
        absolute("APPDATA")
    } else {
        absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")))
    }
}

/// The first input, or the ledger or name of a campaign that exists.
fn campaign(matches: &ArgMatches) -> Option<PathBuf> {
    let path = |id| {
        matches
            .try_get_many::<PathBuf>(id)
            .ok()
            .flatten()?
            .next()
            .cloned()
    };
    let recipients = || {
        let who = matches
            .try_get_many::<String>("recipients")
            .ok()
            .flatten()?;
        who.map(PathBuf::from).find(|path| path.is_file())
    };
    path("inputs")
        .or_else(recipients)
        .or_else(|| path("contacts"))
        .or_else(|| path("campaign"))
        .or_else(|| path("ledger"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_user_s_own_folder_is_the_one_that_the_system_names() {
        for (xdg, home, found) in [
            (Some("/x"), Some("/home/a"), Some("/x")),
            (None, Some("/home/a"), Some("/home/a/.config")),
            (Some(""), Some("/home/a"), Some("/home/a/.config")),
            (Some("relative"), Some("/home/a"), Some("/home/a/.config")),
            (None, None, None),
        ] {
            let variable = |name: &str| match name {
                "XDG_CONFIG_HOME" => xdg.map(PathBuf::from),
                "HOME" => home.map(PathBuf::from),
                _ => None,
            };
            assert_eq!(home_of(&variable), found.map(PathBuf::from));
        }
    }
}
