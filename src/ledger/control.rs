//! What another terminal wants of the run that works on a ledger: one word in a small file beside it.
//! It is written whole or not at all, and it outlives whoever wrote it and whoever reads it.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use super::beside;

/// The file, whether it is there or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Control(PathBuf);

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Start nothing more, and stay.
    Pause,
    /// Start nothing more, and end.
    Cancel,
}

impl Wish {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Cancel => "cancel",
        }
    }
}

impl Control {
    /// That of a ledger.
    #[must_use]
    pub fn of(ledger: &Path) -> Self {
        Self(beside(ledger, "-control"))
    }

    /// What is wanted now; nothing if the run is to go on.
    #[must_use]
    pub fn wish(&self) -> Option<Wish> {
        let word = fs::read_to_string(&self.0).ok()?;
        [Wish::Pause, Wish::Cancel].into_iter().find(|wish| wish.as_str() == word.trim())
    }

    /// Asks the run for something; what was asked for before does not count any more.
    ///
    /// # Errors
    /// [`io::Error`] when the file cannot be written.
    pub fn ask(&self, wish: Wish) -> io::Result<()> {
        let folder = self.0.parent().filter(|folder| !folder.as_os_str().is_empty());
        let mut new = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        writeln!(new, "{}", wish.as_str())?;
        new.persist(&self.0).map_err(|error| error.error).map(drop)
    }

    /// Lets the run go on. Gives whether anything had been asked for.
    ///
    /// # Errors
    /// [`io::Error`] when the file is there and cannot be removed.
    pub fn clear(&self) -> io::Result<bool> {
        match fs::remove_file(&self.0) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_wish_counts_until_it_is_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let control = Control::of(&folder.path().join("list.ledger"));
        assert_eq!((control.wish(), control.clear().unwrap()), (None, false));
        for wish in [Wish::Pause, Wish::Cancel, Wish::Pause] {
            control.ask(wish).unwrap();
            assert_eq!(control.wish(), Some(wish));
        }
        assert!(control.clear().unwrap());
        assert_eq!(control.wish(), None);
        fs::write(folder.path().join("list.ledger-control"), "dance").unwrap();
        assert_eq!(control.wish(), None);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
