//! A token that the settings file names: in a file, behind a command, or in itself. It goes into no
//! list of arguments and no text, and neither does what the command says.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use secrecy::SecretString;

use super::{SettingsFileError, file::Rank};
use crate::{
    ledger::{Access, read_plain},
    sentences::SettingsFault,
};

/// The token, and the place in the settings file that names it, as `sendcontact.toml, line 4`.
#[derive(Debug, Clone)]
pub(in super::super) struct FileToken {
    pub(in super::super) place: String,
    pub(in super::super) from: From,
    pub(super) line: usize,
    pub(super) rank: Rank,
}

/// Where the token itself is.
#[derive(Clone)]
pub(in super::super) enum From {
    File(PathBuf),
    Command(Vec<String>),
    Here(SecretString),
}

/// The token out of a plain file that no other user owns.
///
/// # Errors
/// [`io::Error`] when there is none that can be read.
pub(in super::super) fn read_token(path: &Path) -> io::Result<SecretString> {
    let (text, Access { is_own, .. }) = read_plain(path)?;
    if !is_own {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it belongs to another user"));
    }
    Ok(SecretString::from(text.trim().to_owned()))
}

impl fmt::Debug for From {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File(_) => "token-file",
            Self::Command(_) => "token-command",
            Self::Here(_) => "token",
        })
    }
}

impl FileToken {
    /// The file with the token, if that is how it is kept.
    pub(in super::super) fn file(&self) -> Option<&Path> {
        match &self.from {
            From::File(path) => Some(path),
            From::Command(_) | From::Here(_) => None,
        }
    }

    /// The token: a file is read whole, of a command's output the first line counts.
    ///
    /// # Errors
    /// What kept it from being read; a command's own words never.
    pub(in super::super) fn read(&self) -> Result<SecretString, SettingsFileError> {
        match &self.from {
            From::Here(token) => Ok(token.clone()),
            From::File(path) => read_token(path).map_err(|error| self.unreadable(path, &error)),
            From::Command(words) => self.run(words),
        }
    }

    fn unreadable(&self, path: &Path, error: &std::io::Error) -> SettingsFileError {
        let reason = format!("{}: {error}", path.display());
        SettingsFault::Value { place: self.place.clone(), key: "token-file".to_owned(), reason }.into()
    }

    fn run(&self, words: &[String]) -> Result<SecretString, SettingsFileError> {
        let place = self.place.clone();
        let Some((program, words)) = words.split_first() else {
            return Err(SettingsFault::CommandSilent { place }.into());
        };
        let ran = match Command::new(program).args(words).stderr(Stdio::null()).output() {
            Ok(ran) => ran,
            Err(error) => {
                let (program, reason) = (program.clone(), error.to_string());
                return Err(SettingsFault::NoSuchCommand { place, program, reason }.into());
            }
        };
        if !ran.status.success() {
            let status = ran.status.code().map_or_else(|| ran.status.to_string(), |code| code.to_string());
            return Err(SettingsFault::CommandFailed { place, status }.into());
        }
        let text = String::from_utf8_lossy(&ran.stdout);
        match text.lines().next().map(str::trim).filter(|line| !line.is_empty()) {
            Some(line) => Ok(SecretString::from(line.to_owned())),
            None => Err(SettingsFault::CommandSilent { place }.into()),
        }
    }
}
