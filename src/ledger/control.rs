//! What another terminal wants of the runs that send a campaign: one word. For a file it is in a small file beside the
//! ledger, which the run lays out when it listens and takes away when it ends; a word is written whole or not at all,
//! and the next holder of the ledger removes what a killed run has left. In a database it is beside the name of the
//! campaign, for all machines that send it.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use super::{
    database::Database, lease::LeaseWatch, paths::beside, place::Place, private_file::open_private,
    run_command::RunCommand,
};
use crate::platform;

/// Where the word is, whether there is one or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// The file.
    File(PathBuf),
    /// A campaign of a database.
    Database {
        /// The database.
        database: Database,
        /// The campaign.
        campaign: String,
        /// Of a run: its leases, which hear the word.
        watch: Option<LeaseWatch>,
    },
}

impl Control {
    /// That of a ledger.
    #[must_use]
    pub fn of(ledger: impl Into<Place>) -> Self {
        match ledger.into() {
            Place::File(path) => Self::File(beside(&path, "-control")),
            Place::Database { database, campaign } => Self::Database {
                database,
                campaign,
                watch: None,
            },
        }
    }

    /// The same for a run with these leases.
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

    /// A run begins to listen. What was wanted of those before it does not count any more; in a database, if none of
    /// them is left.
    ///
    /// # Errors
    /// [`io::Error`] when it cannot be written.
    pub fn listen(&self) -> io::Result<()> {
        match self {
            Self::File(_) => self.clear(),
            Self::Database {
                database, campaign, ..
            } => database.forget_wanted(campaign).map_err(io::Error::other),
        }
    }

    /// Nothing is wanted: the run goes on.
    ///
    /// # Errors
    /// [`io::Error`] when it cannot be written.
    pub fn clear(&self) -> io::Result<()> {
        self.set(None)
    }

    /// Whether a run listens.
    #[must_use]
    pub fn exists(&self) -> bool {
        match self {
            Self::File(path) => path.exists(),
            Self::Database {
                database, campaign, ..
            } => database.is_in_use(campaign).unwrap_or(false),
        }
    }

    /// What is wanted now; nothing if the run is to go on.
    #[must_use]
    pub fn wish(&self) -> Option<RunCommand> {
        match self {
            Self::File(path) => read(path),
            Self::Database {
                watch: Some(watch), ..
            } => watch.wanted(),
            Self::Database {
                database, campaign, ..
            } => database.wanted(campaign).ok().flatten(),
        }
    }

    /// Asks the run for something; what was asked for before does not count any more.
    ///
    /// # Errors
    /// [`io::Error`] when it cannot be written.
    pub fn ask(&self, wish: RunCommand) -> io::Result<()> {
        self.set(Some(wish))
    }

    /// Nobody listens any more. Gives what was wanted last.
    ///
    /// # Errors
    /// [`io::Error`] when the file is there and cannot be removed.
    pub fn withdraw(&self) -> io::Result<Option<RunCommand>> {
        let wish = self.wish();
        let Self::File(path) = self else {
            return Ok(wish);
        };
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(wish),
        }
    }

    fn set(&self, wish: Option<RunCommand>) -> io::Result<()> {
        match self {
            Self::File(path) => write(path, wish.map_or(GO_ON, RunCommand::as_str)),
            Self::Database {
                database, campaign, ..
            } => database.want(campaign, wish).map_err(io::Error::other),
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

/// No word is longer.
const LONGEST: u64 = 64;

/// What the file says when nothing is wanted.
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
                control.exists(),
                control.wish(),
                control.withdraw().unwrap()
            ),
            (false, None, None)
        );
        control.clear().unwrap();
        assert_eq!((control.exists(), control.wish()), (true, None));
        for wish in [RunCommand::Pause, RunCommand::Cancel, RunCommand::Pause] {
            control.ask(wish).unwrap();
            assert_eq!(control.wish(), Some(wish));
        }
        assert_eq!(control.withdraw().unwrap(), Some(RunCommand::Pause));
        assert_eq!((control.exists(), control.wish()), (false, None));
        fs::write(folder.path().join("list.ledger-control"), "dance").unwrap();
        assert_eq!(control.wish(), None);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
