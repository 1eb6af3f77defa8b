//! Opens files that must be regular files of the user's own. A pipe would block the program, a link would make it write
//! elsewhere, and a file of another user could contain whatever that user wants.
//!
//! What must stay true: nothing here blocks, and the checks apply to the opened file, not to its name.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, Read},
    path::Path,
};

use super::{
    error::{LedgerError, NotPrivate, machine},
    paths::files,
};
use crate::platform::{self, Access};

/// The maximum length of a settings file or token file.
const LONGEST_TEXT: u64 = 1 << 20;

/// Creates a folder, and its missing parents, for the user alone.
///
/// # Errors
/// The errors of the system.
pub fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    platform::private_folder(&mut builder).create(folder)
}

/// Reads a text from a regular file. Also returns who may access that very file. A link may lead to it.
///
/// # Errors
/// [`io::Error`]: it cannot be opened, is not a regular file (then nothing is read), is longer than a megabyte, or is
/// not text.
pub fn read_plain(path: &Path) -> io::Result<(String, Access)> {
    let mut options = OpenOptions::new();
    let file = platform::open_without_waiting(path, options.read(true), true)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a regular file",
        ));
    }
    let mut text = String::new();
    file.take(LONGEST_TEXT + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST_TEXT {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is longer than 1 MB",
        ));
    }
    Ok((text, Access::of(&metadata)))
}

/// Opens a file for appending. A missing file is created so that only the user can read it.
///
/// # Errors
/// [`io::Error`]: it cannot be opened, or is a link, a pipe, a device or a folder.
pub fn append_plain(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    platform::private(&mut options);
    let not_plain = || io::Error::new(io::ErrorKind::InvalidInput, "it is not a plain file");
    let is_other = fs::symlink_metadata(path).is_ok_and(|file| !file.is_file());
    let file = platform::open_without_waiting(path, &mut options, false);
    let file = file.map_err(|error| if is_other { not_plain() } else { error })?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(not_plain())
    }
}

/// Reads the first bytes of a regular file.
///
/// # Errors
/// [`io::Error`]: it cannot be opened or read, or is a link, a pipe, a device or a folder.
pub fn read_beginning(path: &Path, bytes: u64) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    open_plain(path)?.take(bytes).read_to_end(&mut beginning)?;
    Ok(beginning)
}

/// Opens a file that the program keeps for itself.
pub(super) fn open_private(path: &Path, options: &mut OpenOptions) -> Result<File, LedgerError> {
    let file = platform::open_without_waiting(path, options, false).map_err(|error| {
        let is_other = fs::symlink_metadata(path).is_ok_and(|file| !file.is_file());
        if is_other {
            not_plain(path)
        } else {
            machine(path, &error)
        }
    })?;
    let metadata = file.metadata().map_err(|error| machine(path, &error))?;
    check(path, &metadata).map_err(LedgerError::NotPrivate)?;
    Ok(file)
}

/// Opens a file of any owner for reading.
pub(super) fn open_plain(path: &Path) -> io::Result<File> {
    let file = platform::open_without_waiting(path, OpenOptions::new().read(true), false)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a plain file",
        ))
    }
}

/// Refuses a ledger, or a file beside it, that is not a regular file of the user's own. A link may lead to the ledger
/// itself.
pub(super) fn must_be_private(ledger: &Path) -> Result<(), LedgerError> {
    must_be_plain(ledger)?;
    for path in files(ledger) {
        let found = if path == ledger {
            fs::metadata(&path)
        } else {
            fs::symlink_metadata(&path)
        };
        if let Ok(metadata) = found {
            check(&path, &metadata).map_err(LedgerError::NotPrivate)?;
        }
    }
    Ok(())
}

/// Refuses a ledger that is a pipe, a device or a folder.
pub(super) fn must_be_plain(ledger: &Path) -> Result<(), LedgerError> {
    match fs::metadata(ledger) {
        Ok(file) if !file.is_file() => Err(not_plain(ledger)),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn check(path: &Path, file: &Metadata) -> Result<(), NotPrivate> {
    let access = Access::of(file);
    let path = path.to_owned();
    if !file.is_file() {
        Err(NotPrivate::NotPlain { path })
    } else if !access.is_own {
        Err(NotPrivate::OtherOwner { path })
    } else if access.is_open {
        Err(NotPrivate::OpenToOthers { path })
    } else {
        Ok(())
    }
}

fn not_plain(path: &Path) -> LedgerError {
    let path = path.to_owned();
    LedgerError::NotPrivate(NotPrivate::NotPlain { path })
}

#[cfg(unix)] // It makes links, FIFOs and modes.
#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn only_a_plain_file_of_ours_that_nobody_else_writes_is_opened_and_nothing_waits() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("plain"), "text").unwrap();
        fs::write(path("open"), "text").unwrap();
        fs::set_permissions(path("open"), fs::Permissions::from_mode(0o666)).unwrap();
        symlink(path("plain"), path("link")).unwrap();
        assert!(
            std::process::Command::new("mkfifo")
                .arg(path("pipe"))
                .status()
                .unwrap()
                .success()
        );
        fs::create_dir(path("folder")).unwrap();
        let (open, not_plain) = (
            |path| NotPrivate::OpenToOthers { path },
            |path| NotPrivate::NotPlain { path },
        );
        for (name, why) in [
            ("plain", None),
            ("open", Some(open(path("open")))),
            ("link", Some(not_plain(path("link")))),
            ("pipe", Some(not_plain(path("pipe")))),
            ("folder", Some(not_plain(path("folder")))),
        ] {
            for options in [
                OpenOptions::new().read(true),
                OpenOptions::new().write(true),
            ] {
                let found = match open_private(&path(name), options) {
                    Ok(_) => None,
                    Err(LedgerError::NotPrivate(error)) => Some(error),
                    Err(error) => panic!("{name}: {error}"),
                };
                assert_eq!(found, why, "{name}");
            }
        }
        assert_eq!(read_plain(&path("link")).unwrap().0, "text");
        for name in ["pipe", "folder", "none"] {
            assert!(read_plain(&path(name)).is_err(), "{name}");
        }
        for name in ["link", "pipe", "folder"] {
            assert!(append_plain(&path(name)).is_err(), "{name}");
        }
        let new = append_plain(&path("new")).unwrap();
        assert_eq!(new.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(read_plain(Path::new("/dev/zero")).is_err());
    }
}
