//! Where the files of a ledger stand: itself, and those that SQLite and we keep beside it.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// What the names of the files beside a ledger end with.
const ENDINGS: [&str; 6] = ["-wal", "-shm", "-journal", "-lock", "-control", "-new"];

/// With which every SQLite file begins (<https://sqlite.org/fileformat.html>, section 1.3.1).
const SQLITE: &[u8] = b"SQLite format 3\0";

/// A ledger and every file that may stand beside it.
#[must_use]
pub fn files(ledger: &Path) -> Vec<PathBuf> {
    let beside = ENDINGS.iter().map(|ending| beside(ledger, ending));
    std::iter::once(ledger.to_owned()).chain(beside).collect()
}

/// Whether a file is a ledger, of whatever campaign, or stands beside one.
#[must_use]
pub fn belongs(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ledger = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
    is_sqlite(path) || ledger.is_some_and(|ledger| is_sqlite(&path.with_file_name(ledger)))
}

/// A ledger that has several names, of which others are links, has its files beside the one.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.canonicalize().unwrap_or_else(|_| path.to_owned()).into_os_string();
    name.push(ending);
    PathBuf::from(name)
}

/// Of a pipe nothing is read.
fn is_sqlite(path: &Path) -> bool {
    if !path.is_file() {
        return false;
    }
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(SQLITE.len() as u64).read_to_end(&mut beginning));
    read.is_ok() && beginning == SQLITE
}
