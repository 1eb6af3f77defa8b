//! The command of another terminal to the runs that send a campaign: one word. For a file it is in a small file beside
//! the ledger. The run creates that file when it starts to listen and removes it when it ends; a word is written
//! completely or not at all, and the next holder of the ledger removes the file that a killed run has left. In a
//! database the word is stored with the name of the campaign, for all machines that send it.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use super::{
    database::Database, lease::LeaseWatch, paths::path_beside, place::Place,
    private_file::open_private, run_command::RunCommand,
};
use crate::platform;

/// Where the command is stored, whether there is one or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// The control file.
    File(PathBuf),
    /// A campaign of a database.
    Database {
        /// The database.
        database: Database,
        /// The campaign.
        campaign: String,
        /// For a run: its leases, through which it learns the command.
        watch: Option<LeaseWatch>,
    },
}

impl Control {
    /// Returns the control of a ledger.
    #[must_use]
    pub fn of(ledger: impl Into<Place>) -> Self {
        match ledger.into() {
            Place::File(path) => Self::File(path_beside(&path, "-control")),
            Place::Database { database, campaign } => Self::Database {
                database,
                campaign,
                watch: None,
            },
        }
    }

    /// Returns the control for a run with these leases.
    #[must_use]
    pub fn with_leases(self, leases: Option<LeaseWatch>) -> Self {
        match self {
            Self::File(path) => Self::File(path),
            Self::Database {
                database, campaign, ..
            } => Self::Database {
                database,
                campaign,
                watch: leases,
            },
        }
    }

    /// Starts to listen for a run. A command to earlier runs no longer counts; in a database, unless another run is
    /// still active.
    ///
    /// # Errors
    /// [`io::Error`] when it cannot be written.
    pub fn listen(&self) -> io::Result<()> {
        match self {
            Self::File(_) => self.clear(),
            Self::Database {
                database,
                campaign,
                watch,
            } => {
                let command = database.clear_old_run_command(campaign);
                let command = command.map_err(io::Error::other)?;
                if let Some(watch) = watch {
                    watch.note_command(command);
                }
                Ok(())
            }
        }
    }

    /// Withdraws the command: the run continues.
    ///
    /// # Errors
    /// [`io::Error`] when it cannot be written.
    pub fn clear(&self) -> io::Result<()> {
        self.set(None)
    }

    /// Whether a run listens.
    #[must_use]
    pub fn has_listener(&self) -> bool {
        match self {
            Self::File(path) => path.exists(),
            Self::Database {
                database, campaign, ..
            } => database.is_in_use(campaign).unwrap_or(false),
        }
    }

    /// Returns the current command; `None` if the run is to continue.
    #[must_use]
    pub fn command(&self) -> Option<RunCommand> {
        match self {
            Self::File(path) => read(path),
            Self::Database {
                watch: Some(watch), ..
            } => watch.command(),
            Self::Database {
                database, campaign, ..
            } => database.run_command(campaign).ok().flatten(),
        }
    }

    /// Gives the run a command, which replaces the one before.
    ///
    /// # Errors
    /// [`io::Error`] when it cannot be written.
    pub fn give(&self, command: RunCommand) -> io::Result<()> {
        self.set(Some(command))
    }

    /// Stops listening. Returns the last command.
    ///
    /// # Errors
    /// [`io::Error`] when the file is there and cannot be removed.
    pub fn stop_listening(&self) -> io::Result<Option<RunCommand>> {
        let command = self.command();
        let Self::File(path) = self else {
            return Ok(command);
        };
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(command),
        }
    }

    fn set(&self, command: Option<RunCommand>) -> io::Result<()> {
        match self {
            Self::File(path) => write(path, command.map_or(GO_ON, RunCommand::as_str)),
            Self::Database {
                database, campaign, ..
            } => database
                .set_run_command(campaign, command)
                .map_err(io::Error::other),
        }
    }
}

fn read(path: &Path) -> Option<RunCommand> {
    let file = open_private(path, fs::OpenOptions::new().read(true)).ok()?;
    let mut word = String::new();
    file.take(LONGEST).read_to_string(&mut word).ok()?;
    RunCommand::parse(word.trim())
}

fn write(path: &Path, word: &str) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut new = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    writeln!(new, "{word}")?;
    platform::replace(new.into_temp_path(), path).map_err(|error| error.error)
}

/// No word is longer than this many bytes.
const LONGEST: u64 = 64;

/// The content of the file when there is no command.
const GO_ON: &str = "go on";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_wish_counts_until_the_file_is_withdrawn() {
        let folder = tempfile::tempdir().unwrap();
        let control = Control::of(folder.path().join("list.ledger"));
        assert_eq!(
            (
                control.has_listener(),
                control.command(),
                control.stop_listening().unwrap()
            ),
            (false, None, None)
        );
        control.clear().unwrap();
        assert_eq!((control.has_listener(), control.command()), (true, None));
        for command in [RunCommand::Pause, RunCommand::Cancel, RunCommand::Pause] {
            control.give(command).unwrap();
            assert_eq!(control.command(), Some(command));
        }
        assert_eq!(control.stop_listening().unwrap(), Some(RunCommand::Pause));
        assert_eq!((control.has_listener(), control.command()), (false, None));
        fs::write(folder.path().join("list.ledger-control"), "dance").unwrap();
        assert_eq!(control.command(), None);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
