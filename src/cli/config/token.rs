//! A token that the settings file names: in a file, after a command, or in itself. It goes into no
//! list of arguments and no text, and neither does what the command says.

use crate::cli::args::from_file::{FileToken, From};
use std::{
    fmt,
    io::{self, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use secrecy::SecretString;

use super::SettingsFileError;
use crate::{
    i18n::SettingsFault,
    ledger::{Access, read_plain},
};

/// The token out of a plain file that no other user owns.
///
/// # Errors
/// [`io::Error`] when there is none that can be read.
pub(crate) fn read_token(path: &Path) -> io::Result<SecretString> {
    let (text, Access { is_own, .. }) = read_plain(path)?;
    if !is_own {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it belongs to another user",
        ));
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
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.from {
            From::File(path) => Some(path),
            From::Command(_) | From::Here(_) => None,
        }
    }

    /// The token: a file is read whole, of a command's output the first line counts.
    ///
    /// # Errors
    /// What kept it from being read; a command's own words never.
    pub(crate) fn read(&self) -> Result<SecretString, SettingsFileError> {
        match &self.from {
            From::Here(token) => Ok(token.clone()),
            From::File(path) => read_token(path).map_err(|error| self.unreadable(path, &error)),
            From::Command(words) => self.run(words),
        }
    }

    fn unreadable(&self, path: &Path, error: &std::io::Error) -> SettingsFileError {
        let reason = format!("{}: {error}", path.display());
        SettingsFault::Value {
            place: self.place.clone(),
            key: "token-file".to_owned(),
            reason,
        }
        .into()
    }

    fn run(&self, words: &[String]) -> Result<SecretString, SettingsFileError> {
        let place = self.place.clone();
        let Some((program, words)) = words.split_first() else {
            return Err(SettingsFault::CommandSilent { place }.into());
        };
        let ran = Command::new(program)
            .args(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let (status, output) = match ran.and_then(|child| output_of(child, PATIENCE)) {
            Ok(Ended::ByItself(status, output)) => (status, output),
            Ok(Ended::Late) => {
                return Err(SettingsFault::CommandLate {
                    place,
                    seconds: PATIENCE.as_secs(),
                }
                .into());
            }
            Ok(Ended::TooLong) => return Err(SettingsFault::CommandTooLong { place }.into()),
            Err(error) => {
                let (program, reason) = (program.clone(), error.to_string());
                return Err(SettingsFault::NoSuchCommand {
                    place,
                    program,
                    reason,
                }
                .into());
            }
        };
        if !status.success() {
            let status = status
                .code()
                .map_or_else(|| status.to_string(), |code| code.to_string());
            return Err(SettingsFault::CommandFailed { place, status }.into());
        }
        let text = String::from_utf8_lossy(&output);
        match text
            .lines()
            .next()
            .map(str::trim)
            .filter(|line| !line.is_empty())
        {
            Some(line) => Ok(SecretString::from(line.to_owned())),
            None => Err(SettingsFault::CommandSilent { place }.into()),
        }
    }
}

/// For how long a command may work.
const PATIENCE: Duration = Duration::from_secs(30);

/// More is no token.
const LONGEST: u64 = 64 * 1024;

/// How a command came to its end.
#[derive(Debug)]
enum Ended {
    ByItself(ExitStatus, Vec<u8>),
    Late,
    TooLong,
}

/// Waits for a command and what it prints, and ends it where either is more than a token needs.
fn output_of(mut child: Child, patience: Duration) -> io::Result<Ended> {
    let began = Instant::now();
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        // It outlives a command that leaves others running that hold its output.
        thread::Builder::new()
            .name("token-command".to_owned())
            .spawn(move || {
                let mut output = Vec::new();
                let read = stdout.take(LONGEST + 1).read_to_end(&mut output);
                let _nobody_waits = sender.send(read.map(|_| output));
            })?;
    }
    let ended = match receiver.recv_timeout(patience) {
        Err(_) => Ended::Late,
        Ok(output) => match output? {
            output if output.len() as u64 > LONGEST => Ended::TooLong,
            output => match status_of(&mut child, patience.saturating_sub(began.elapsed()))? {
                Some(status) => return Ok(Ended::ByItself(status, output)),
                None => Ended::Late,
            },
        },
    };
    // One that has just ended by itself needs no end.
    let _ended = child.kill();
    child.wait().map(|_| ended)
}

/// How it ended, if it does within this time.
fn status_of(child: &mut Child, patience: Duration) -> io::Result<Option<ExitStatus>> {
    const STEP: Duration = Duration::from_millis(10);
    let began = Instant::now();
    loop {
        let status = child.try_wait()?;
        if status.is_some() || began.elapsed() >= patience {
            return Ok(status);
        }
        thread::sleep(STEP);
    }
}

#[cfg(all(test, unix))]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use super::*;

    fn ran(script: &str) -> Ended {
        let mut command = Command::new("sh");
        let child = command
            .args(["-c", script])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        output_of(child, Duration::from_millis(300)).unwrap()
    }

    #[test]
    fn a_command_without_end_is_ended_and_what_it_prints_is_bounded() {
        for script in [
            "sleep 60",
            "sleep 60 & echo token",
            "exec >&-; exec sleep 60",
        ] {
            assert!(matches!(ran(script), Ended::Late), "{script}");
        }
        assert!(matches!(ran("exec yes"), Ended::TooLong));
        let mut command = Command::new("echo");
        let child = command.arg("token").stdout(Stdio::piped()).spawn().unwrap();
        let ended = output_of(child, PATIENCE).unwrap();
        assert!(
            matches!(ended, Ended::ByItself(status, text) if status.success() && text == b"token\n")
        );
    }
}
