//! How a ledger, or a send history, is opened as a SQLite file.

use std::{
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

use super::{
    db::{Connection, Fault},
    error::{LedgerError, explain, machine},
    paths::beside,
    private_file::open_private,
    sql,
};

/// Opens a file that is there, to read and write it.
pub(super) fn connect(path: &Path) -> Result<Connection, LedgerError> {
    Connection::open(path).map_err(|error| explain(path, &error))
}

/// Even a reader needs files beside the ledger. Where the folder takes none, nobody writes to the ledger: it is
/// read as it is, unless what was written last is beside it.
pub(super) fn connect_to_read(path: &Path) -> Result<Connection, LedgerError> {
    let connection = connect(path)?;
    let last_words = beside(path, "-wal");
    match sql::version(&connection) {
        Err(error) if error.fault() == Fault::Closed && !last_words.exists() => {
            Connection::open_immutable(&immutable(path)).map_err(|error| explain(path, &error))
        }
        Err(_) | Ok(_) => Ok(connection),
    }
}

/// The name of a file that does not change (<https://sqlite.org/uri.html>).
fn immutable(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut uri = String::from("file:");
    for byte in whole.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                uri.push(char::from(*byte));
            }
            b'\\' if cfg!(windows) => uri.push('/'),
            // Writing to a string cannot fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri + "?immutable=1"
}

/// An empty file is a new SQLite database; made here so that nobody else can ever read it. One that must
/// be new is never a file that is there already.
pub(super) fn create_private(path: &Path, is_new: bool) -> Result<(), LedgerError> {
    let mut options = fs::OpenOptions::new();
    options
        .write(true)
        .create(true)
        .create_new(is_new)
        .truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    open_private(path, &mut options).map(drop)
}

/// An empty file, to have its name; nobody else can read it.
pub(super) fn create_new(path: &Path) -> Result<(), LedgerError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(LedgerError::Exists {
            path: path.to_owned(),
        }),
        Err(error) => Err(machine(path, &error)),
        Ok(_) => Ok(()),
    }
}

/// Makes a file and its name outlast a power cut.
pub(super) fn synced(path: &Path) -> Result<(), LedgerError> {
    let sync = || {
        File::open(path)?.sync_all()?;
        sync_folder(path)
    };
    sync().map_err(|error| machine(path, &error))
}

/// Whether something that was written last is beside the ledger.
pub(super) fn has_wal(path: &Path) -> bool {
    fs::metadata(beside(path, "-wal")).is_ok_and(|wal| wal.len() > 0)
}

/// Makes a new name in a folder outlast a power cut.
#[cfg(unix)]
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
}

/// The system keeps names by itself.
#[cfg(not(unix))]
pub(super) const fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
