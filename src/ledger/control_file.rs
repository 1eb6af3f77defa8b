//! What another terminal wants of the run that sends from a ledger: one word in a small file beside it.
//! The run lays the file out when it listens and takes it away when it ends; a word is written whole or
//! not at all. The next holder of the ledger removes what a killed run has left.

use std::{
    fs,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use super::{paths::beside, private_file::open_private};

/// The file, whether it is there or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlFile(PathBuf);

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunCommand {
    /// Start nothing more, and stay.
    Pause,
    /// Start nothing more, and end.
    Cancel,
}

impl RunCommand {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Cancel => "cancel",
        }
    }
}

impl ControlFile {
    /// That of a ledger.
    #[must_use]
    pub fn of(ledger: &Path) -> Self {
        Self(beside(ledger, "-control"))
    }

    /// Nothing is wanted: the run goes on. One that begins to listen lays the file out with that.
    ///
    /// # Errors
    /// [`io::Error`] when the file cannot be written.
    pub fn clear(&self) -> io::Result<()> {
        self.write(GO_ON)
    }

    /// Whether a run has laid the file out.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.0.exists()
    }

    /// What is wanted now; nothing if the run is to go on.
    #[must_use]
    pub fn wish(&self) -> Option<RunCommand> {
        let file = open_private(&self.0, fs::OpenOptions::new().read(true)).ok()?;
        let mut word = String::new();
        file.take(LONGEST).read_to_string(&mut word).ok()?;
        [RunCommand::Pause, RunCommand::Cancel]
            .into_iter()
            .find(|wish| wish.as_str() == word.trim())
    }

    /// Asks the run for something; what was asked for before does not count any more.
    ///
    /// # Errors
    /// [`io::Error`] when the file cannot be written.
    pub fn ask(&self, wish: RunCommand) -> io::Result<()> {
        self.write(wish.as_str())
    }

    /// Takes the file away: nobody listens any more. Gives what was wanted last.
    ///
    /// # Errors
    /// [`io::Error`] when the file is there and cannot be removed.
    pub fn withdraw(&self) -> io::Result<Option<RunCommand>> {
        let wish = self.wish();
        match fs::remove_file(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(wish),
        }
    }

    fn write(&self, word: &str) -> io::Result<()> {
        let folder = self
            .0
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let mut new = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        writeln!(new, "{word}")?;
        new.persist(&self.0).map_err(|error| error.error).map(drop)
    }
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
        let control = ControlFile::of(&folder.path().join("list.ledger"));
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
