//! The token that a settings file gives: in another file, as the output of a command, or in plain text. Neither the
//! token nor any other output of the command gets into an argument list or a message.

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

use super::error::SettingsFileError;
use crate::{
    cli::args::from_file::{FileToken, TokenSource},
    ledger::read_plain,
    platform::Access,
};

/// Reads the token from a regular file that belongs to no other user.
///
/// # Errors
/// [`io::Error`] if the file cannot be read.
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

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File(_) => "token-file",
            Self::Command(_) => "token-command",
            Self::Inline(_) => "token",
        })
    }
}

impl FileToken {
    /// Returns the path of the file with the token, if it is in a file.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.source {
            TokenSource::File(path) => Some(path),
            TokenSource::Command(_) | TokenSource::Inline(_) => None,
        }
    }

    /// Reads the token: the whole file, or the first line of the command's output.
    ///
    /// # Errors
    /// Says why it cannot be read, but never quotes the output of the command.
    pub(crate) fn read(&self) -> Result<SecretString, SettingsFileError> {
        match &self.source {
            TokenSource::Inline(token) => Ok(token.clone()),
            TokenSource::File(path) => {
                read_token(path).map_err(|error| self.unreadable(path, &error))
            }
            TokenSource::Command(words) => self.run(words),
        }
    }

    fn unreadable(&self, path: &Path, error: &std::io::Error) -> SettingsFileError {
        let reason = format!("{}: {error}", path.display());
        SettingsFileError::Value {
            place: self.place.clone(),
            key: "token-file".to_owned(),
            reason,
        }
    }

    fn run(&self, words: &[String]) -> Result<SecretString, SettingsFileError> {
        let place = self.place.clone();
        let Some((program, words)) = words.split_first() else {
            return Err(SettingsFileError::CommandSilent { place });
        };
        let spawned = Command::new(program)
            .args(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let (status, output) = match spawned.and_then(|child| output_of(child, TIME_LIMIT)) {
            Ok(CommandEnd::Exited(status, output)) => (status, output),
            Ok(CommandEnd::TimedOut) => {
                return Err(SettingsFileError::CommandLate {
                    place,
                    seconds: TIME_LIMIT.as_secs(),
                });
            }
            Ok(CommandEnd::OutputTooLong) => {
                return Err(SettingsFileError::CommandTooLong { place });
            }
            Err(error) => {
                let (program, reason) = (program.clone(), error.to_string());
                return Err(SettingsFileError::NoSuchCommand {
                    place,
                    program,
                    reason,
                });
            }
        };
        if !status.success() {
            let status = status
                .code()
                .map_or_else(|| status.to_string(), |code| code.to_string());
            return Err(SettingsFileError::CommandFailed { place, status });
        }
        let text = String::from_utf8_lossy(&output);
        match text
            .lines()
            .next()
            .map(str::trim)
            .filter(|line| !line.is_empty())
        {
            Some(line) => Ok(SecretString::from(line.to_owned())),
            None => Err(SettingsFileError::CommandSilent { place }),
        }
    }
}

/// How long a command may run.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Longer output cannot be a token.
const MAX_OUTPUT: u64 = 64 * 1024;

/// How a command ended.
#[derive(Debug)]
enum CommandEnd {
    Exited(ExitStatus, Vec<u8>),
    TimedOut,
    OutputTooLong,
}

/// Waits for a command and its output. Kills the command if it takes too long or prints more than a token needs.
fn output_of(mut child: Child, time_limit: Duration) -> io::Result<CommandEnd> {
    let began = Instant::now();
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        // A thread, because a child of the command may keep the output open after the command has ended.
        thread::Builder::new()
            .name("token-command".to_owned())
            .spawn(move || {
                let mut output = Vec::new();
                let read = stdout.take(MAX_OUTPUT + 1).read_to_end(&mut output);
                // After the time limit nobody receives the output.
                let _ = sender.send(read.map(|_| output));
            })?;
    }
    let ended = match receiver.recv_timeout(time_limit) {
        Err(_) => CommandEnd::TimedOut,
        Ok(output) => match output? {
            output if output.len() as u64 > MAX_OUTPUT => CommandEnd::OutputTooLong,
            output => match status_of(&mut child, time_limit.saturating_sub(began.elapsed()))? {
                Some(status) => return Ok(CommandEnd::Exited(status, output)),
                None => CommandEnd::TimedOut,
            },
        },
    };
    // This fails if the command has just ended by itself.
    let _ = child.kill();
    child.wait().map(|_| ended)
}

/// Returns the exit status, if the command ends within this time.
fn status_of(child: &mut Child, time_limit: Duration) -> io::Result<Option<ExitStatus>> {
    const STEP: Duration = Duration::from_millis(10);
    let began = Instant::now();
    loop {
        let status = child.try_wait()?;
        if status.is_some() || began.elapsed() >= time_limit {
            return Ok(status);
        }
        thread::sleep(STEP);
    }
}

#[cfg(unix)] // It runs scripts of a POSIX shell.
#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str) -> CommandEnd {
        let mut command = Command::new("sh");
        let child = command
            .args(["-c", script])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        output_of(child, Duration::from_millis(300)).unwrap()
    }

    #[test]
    fn a_command_that_runs_or_prints_too_long_is_killed() {
        for script in [
            "sleep 60",
            "sleep 60 & echo token",
            "exec >&-; exec sleep 60",
        ] {
            assert!(matches!(run(script), CommandEnd::TimedOut), "{script}");
        }
        assert!(matches!(run("exec yes"), CommandEnd::OutputTooLong));
        let mut command = Command::new("echo");
        let child = command.arg("token").stdout(Stdio::piped()).spawn().unwrap();
        let ended = output_of(child, TIME_LIMIT).unwrap();
        assert!(
            matches!(ended, CommandEnd::Exited(status, text) if status.success() && text == b"token\n")
        );
    }
}
