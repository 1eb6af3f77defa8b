//! Where the copies of a dry run are. They hold what the ledger holds, people's names and numbers, so nothing of them
//! may outlast the process, however it ends.
//!
//! Where the system allows it the names go while the files are open: then they are gone even after a `kill -9`. What
//! is left elsewhere, or by a process that died while it copied, goes at the next dry run.

use std::{
    env, fs,
    path::Path,
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use super::error::{LedgerError, machine};
use crate::platform::{self, Access};

/// How the names of such folders begin.
const PREFIX: &str = ".sendcontact-copy-";

/// How many characters come after it.
const RANDOM: usize = 10;

/// Nobody copies for so long.
const ABANDONED: Duration = Duration::from_hours(1);

/// A folder that only this process uses (mode 0700) and that goes with it.
#[derive(Debug)]
pub(super) struct Scratch(Option<TempDir>);

impl Scratch {
    /// A new one; what killed processes have left goes first.
    pub(super) fn new() -> Result<Self, LedgerError> {
        let folder = env::temp_dir();
        remove_left_behind(&folder, SystemTime::now());
        let made = tempfile::Builder::new()
            .prefix(PREFIX)
            .rand_bytes(RANDOM)
            .tempdir_in(&folder);
        made.map(|made| Self(Some(made)))
            .map_err(|error| machine(&folder, &error))
    }

    /// The folder, as long as it has a name.
    pub(super) fn path(&self) -> &Path {
        self.0.as_ref().map_or(Path::new(""), TempDir::path)
    }

    /// Takes the names of the files away, all of which are open: they are gone when they are closed. Where the system
    /// keeps the names of open files, they go with this folder.
    pub(super) fn unlink(&mut self) {
        if platform::UNLINKS_OPEN_FILES {
            drop(self.0.take());
        }
    }
}

/// Removes the folders of processes that were killed: those of the same user, by their names and their age. What cannot
/// go stays.
fn remove_left_behind(folder: &Path, now: SystemTime) {
    let is_abandoned = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let random = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        let is_named = random.is_some_and(|random| {
            random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        // Of a link it is the link's own.
        let found = entry.metadata().ok().filter(fs::Metadata::is_dir);
        let is_old = |found: &fs::Metadata| {
            let changed = found.modified().ok();
            let age = changed.and_then(|changed| now.duration_since(changed).ok());
            age.is_some_and(|age| age >= ABANDONED)
        };
        is_named && found.is_some_and(|found| Access::of(&found).is_own && is_old(&found))
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(is_abandoned) {
        // Another process may have been faster.
        let _ = fs::remove_dir_all(entry.path());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_folders_of_ours_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let ours = format!("{PREFIX}aB3dE6gH9k");
        let others = [
            format!("{PREFIX}aB3dE6gH9"),
            format!("{PREFIX}aB3dE6g-9k"),
            "aB3dE6gH9k".to_owned(),
        ];
        for name in others.iter().chain([&ours]) {
            fs::create_dir(path(name)).unwrap();
            fs::write(path(name).join("copy.ledger"), "names").unwrap();
        }
        let file = format!("{PREFIX}0000000000");
        fs::write(path(&file), "a file").unwrap();
        let now = SystemTime::now();
        remove_left_behind(folder.path(), now + ABANDONED / 2);
        assert!(path(&ours).exists(), "it is in use");
        #[cfg(unix)] // Windows lets few users make links.
        std::os::unix::fs::symlink(path(&others[0]), path(&format!("{PREFIX}1111111111"))).unwrap();
        remove_left_behind(folder.path(), now + ABANDONED * 2);
        assert!(!path(&ours).exists());
        for name in others.iter().chain([&file]) {
            assert!(path(name).exists(), "{name}");
        }
        assert!(path(&others[0]).join("copy.ledger").exists());
    }
}
