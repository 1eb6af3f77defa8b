//! The paths of the files of a ledger: the ledger itself, and the files that SQLite and we keep beside it.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::error::LedgerError;
use crate::platform;

/// The suffixes of the files beside a ledger.
const ENDINGS: [&str; 6] = ["-wal", "-shm", "-journal", "-lock", "-control", "-new"];

/// The first bytes of every SQLite file (<https://sqlite.org/fileformat.html>, section 1.3.1).
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Returns a ledger and every file that may be beside it.
#[must_use]
pub fn files(ledger: &Path) -> Vec<PathBuf> {
    let beside = ENDINGS.iter().map(|ending| path_beside(ledger, ending));
    std::iter::once(ledger.to_owned()).chain(beside).collect()
}

/// Whether a file is a ledger of any campaign, or is beside one.
#[must_use]
pub fn belongs(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = platform::folded(&name);
    let ledger = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
    is_sqlite(path) || ledger.is_some_and(|ledger| is_sqlite(&path.with_file_name(ledger)))
}

/// Returns the path of a file beside a ledger. If the ledger has several names because of links, its files are beside
/// the real one.
pub(super) fn path_beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = platform::real_path(path)
        .unwrap_or_else(|_| path.to_owned())
        .into_os_string();
    name.push(ending);
    PathBuf::from(name)
}

/// Refuses a dangling link: a new ledger in its place would begin the campaign again once the target is back. Refuses
/// hard links: two names would be two locks.
pub(super) fn must_have_one_place(path: &Path) -> Result<(), LedgerError> {
    match (path.metadata(), path.read_link()) {
        (Ok(file), _) if platform::number_of_names(path, &file) > 1 => {
            Err(LedgerError::SeveralNames {
                path: path.to_owned(),
            })
        }
        (Err(error), Ok(target)) if error.kind() == io::ErrorKind::NotFound => {
            Err(LedgerError::Missing {
                path: path.with_file_name(target),
            })
        }
        (Ok(_) | Err(_), _) => Ok(()),
    }
}

/// Whether a file begins like a SQLite file. Nothing is read from a pipe.
fn is_sqlite(path: &Path) -> bool {
    if !path.is_file() {
        return false;
    }
    let mut beginning = Vec::new();
    let read = File::open(path)
        .and_then(|file| file.take(SQLITE.len() as u64).read_to_end(&mut beginning));
    read.is_ok() && beginning == SQLITE
}

/// Returns the name of the campaign whose ledger has this path.
pub(super) fn campaign_of(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}
