//! The folders of a user, as the environment names them. Sources: the XDG Base Directory Specification, the known
//! folders of Windows, and libpq's password file (<https://www.postgresql.org/docs/current/libpq-pgpass.html>).

use std::{env, path::PathBuf};

use super::system::{SYSTEM, System};

/// The variable that overrides the usual folder for state.
pub const STATE_VARIABLE: Option<&str> = match SYSTEM {
    System::Unix => Some("XDG_STATE_HOME"),
    System::Windows => None,
};

/// The variable that overrides the usual folder for settings.
pub const CONFIG_VARIABLE: Option<&str> = match SYSTEM {
    System::Unix => Some("XDG_CONFIG_HOME"),
    System::Windows => None,
};

/// Returns the folder for the state of all programs; on Windows, local application data.
#[must_use]
pub fn state_home() -> Option<PathBuf> {
    let named = |name: &str| variable(name).filter(|path| path.is_absolute());
    match SYSTEM {
        System::Windows => named("LOCALAPPDATA"),
        System::Unix => {
            named("XDG_STATE_HOME").or_else(|| Some(named("HOME")?.join(".local").join("state")))
        }
    }
}

/// Returns the folder for the settings of all programs; on Windows, roaming application data.
#[must_use]
pub fn config_home() -> Option<PathBuf> {
    config_home_from(&variable)
}

fn config_home_from(variable: &dyn Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let named = |name: &str| variable(name).filter(|path| path.is_absolute());
    match SYSTEM {
        System::Windows => named("APPDATA"),
        System::Unix => named("XDG_CONFIG_HOME").or_else(|| Some(named("HOME")?.join(".config"))),
    }
}

/// Returns the user's home folder, for which `~/` stands.
#[must_use]
pub fn home() -> Option<PathBuf> {
    env::var_os(match SYSTEM {
        System::Unix => "HOME",
        System::Windows => "USERPROFILE",
    })
    .map(PathBuf::from)
}

/// Returns the file in which libpq looks for passwords if no variable names another.
#[must_use]
pub fn password_file() -> Option<PathBuf> {
    match SYSTEM {
        System::Unix => Some(home()?.join(".pgpass")),
        System::Windows => {
            let folder = PathBuf::from(env::var_os("APPDATA")?);
            Some(folder.join("postgresql").join("pgpass.conf"))
        }
    }
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_s_own_folder_is_the_one_that_the_system_names() {
        type Variables = &'static [(&'static str, &'static str)];
        let cases: &[(Variables, Option<&str>)] = match SYSTEM {
            System::Unix => &[
                (
                    &[("XDG_CONFIG_HOME", "/x"), ("HOME", "/home/a")],
                    Some("/x"),
                ),
                (&[("HOME", "/home/a")], Some("/home/a/.config")),
                (
                    &[("XDG_CONFIG_HOME", ""), ("HOME", "/home/a")],
                    Some("/home/a/.config"),
                ),
                (
                    &[("XDG_CONFIG_HOME", "relative"), ("HOME", "/home/a")],
                    Some("/home/a/.config"),
                ),
                (&[], None),
            ],
            System::Windows => &[
                (
                    &[
                        ("APPDATA", r"C:\Users\a\AppData\Roaming"),
                        ("HOME", r"C:\a"),
                    ],
                    Some(r"C:\Users\a\AppData\Roaming"),
                ),
                (&[("APPDATA", "relative")], None),
                (&[], None),
            ],
        };
        for (variables, found) in cases {
            let variable = |name: &str| {
                let of_name = variables.iter().find(|(other, _)| *other == name);
                of_name.map(|(_, value)| PathBuf::from(value))
            };
            assert_eq!(config_home_from(&variable), found.map(PathBuf::from));
        }
    }
}
