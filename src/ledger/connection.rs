//! How a ledger or a send history is opened as a SQLite file.

use std::{
    fs::{self, OpenOptions},
    io,
    path::Path,
};

use super::{
    db::{Connection, Fault},
    error::{LedgerError, explain, machine},
    paths::path_beside,
    private_file::open_private,
    sql,
};
use crate::platform;

/// Opens an existing file for reading and writing.
pub(super) fn connect(path: &Path) -> Result<Connection, LedgerError> {
    Connection::open(&platform::sqlite_path(path)).map_err(|error| explain(path, &error))
}

/// Opens a file for reading. Even a reader needs files beside the ledger. If the folder cannot be written, nobody
/// writes to the ledger, so it is opened as immutable, unless the last changes are still in a `-wal` beside it.
pub(super) fn connect_to_read(path: &Path) -> Result<Connection, LedgerError> {
    let connection = connect(path)?;
    let last_words = path_beside(path, "-wal");
    match sql::version(&connection) {
        Err(error) if error.fault() == Fault::Closed && !last_words.exists() => {
            Connection::open_immutable(&platform::sqlite_uri(path))
                .map_err(|error| explain(path, &error))
        }
        Err(_) | Ok(_) => Ok(connection),
    }
}

/// Creates an empty file, which is a new SQLite database, so that nobody else can ever read it. With `is_new`, an
/// existing file is an error.
pub(super) fn create_private(path: &Path, is_new: bool) -> Result<(), LedgerError> {
    let mut options = OpenOptions::new();
    options
        .write(true)
        .create(true)
        .create_new(is_new)
        .truncate(false);
    platform::private(&mut options);
    open_private(path, &mut options).map(drop)
}

/// Creates an empty file to reserve its name; nobody else can read it.
pub(super) fn create_new(path: &Path) -> Result<(), LedgerError> {
    use io::ErrorKind::{AlreadyExists, IsADirectory, NotADirectory, NotFound};
    let at = || path.to_owned();
    if path.is_dir() {
        return Err(LedgerError::Exists { path: at() });
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    match platform::private(&mut options).open(path) {
        Err(error) if error.kind() == AlreadyExists => Err(LedgerError::Exists { path: at() }),
        // A name that ends with a slash is a folder that does not exist.
        Err(error) if matches!(error.kind(), IsADirectory | NotADirectory | NotFound) => {
            Err(LedgerError::NoFolder { path: at() })
        }
        Err(error) => Err(machine(path, &error)),
        Ok(_) => Ok(()),
    }
}

/// Makes a file and its name survive a power failure.
pub(super) fn synced(path: &Path) -> Result<(), LedgerError> {
    platform::sync_file(path)
        .and_then(|()| platform::sync_folder(path))
        .map_err(|error| machine(path, &error))
}

/// Whether changes are left in a `-wal` beside the ledger.
pub(super) fn has_wal(path: &Path) -> bool {
    fs::metadata(path_beside(path, "-wal")).is_ok_and(|wal| wal.len() > 0)
}
