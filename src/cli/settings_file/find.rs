//! Where the settings file stands: named, beside the campaign, in the working folder, or among the
//! user's own settings. The first that exists is the only one that is read.

use std::{
    env,
    path::{Path, PathBuf},
};

use clap::ArgMatches;

use super::NAME;

/// The file that counts; one that was named counts even if it is not there.
pub(super) fn find(matches: &ArgMatches) -> Option<PathBuf> {
    if let Some(named) = matches.get_one::<PathBuf>("settings") {
        return Some(named.clone());
    }
    let beside = matches.subcommand().and_then(|(_, matches)| campaign(matches));
    let beside = beside.as_deref().and_then(Path::parent).map(|folder| folder.join(NAME));
    let own = config_home().map(|folder| folder.join("sendcontact").join(NAME));
    let places = [beside, Some(PathBuf::from(NAME)), own];
    places.into_iter().flatten().find(|path| path.exists())
}

/// The folder of the user's own settings, of all programs.
pub(in super::super) fn config_home() -> Option<PathBuf> {
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
    let path = |id| matches.try_get_many::<PathBuf>(id).ok().flatten()?.next().cloned();
    let recipients = || {
        let who = matches.try_get_many::<String>("recipients").ok().flatten()?;
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
