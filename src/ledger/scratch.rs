//! The folder for the copies of a dry run. They contain what the ledger contains, people's names and numbers, so
//! nothing of them may outlast the process, however it ends.
//!
//! Where the system allows it, the files are unlinked while they are open, so that they disappear even after
//! `kill -9`. Files that remain on other systems, or after a process that died while it was copying, are removed by
//! the next dry run.

use std::{
    env, fs,
    path::Path,
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use super::error::{LedgerError, machine};
use crate::platform::{self, Access};

/// The prefix of the names of such folders.
const PREFIX: &str = ".sendcontact-copy-";

/// The number of random characters after the prefix.
const RANDOM: usize = 10;

/// No copy takes this long, so an older folder is abandoned.
const ABANDONED: Duration = Duration::from_hours(1);

/// A folder that only this process uses (mode 0700) and that is removed with it.
#[derive(Debug)]
pub(super) struct Scratch(Option<TempDir>);

impl Scratch {
    /// Creates a folder, after removing those that killed processes have left.
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

    /// Returns the path of the folder, as long as it has one.
    pub(super) fn path(&self) -> &Path {
        self.0.as_ref().map_or(Path::new(""), TempDir::path)
    }

    /// Unlinks the files, all of which are open, so that they disappear when they are closed. Where the system cannot
    /// unlink open files, they are removed with this folder.
    pub(super) fn unlink(&mut self) {
        if platform::UNLINKS_OPEN_FILES {
            drop(self.0.take());
        }
    }
}

/// Removes the folders of killed processes of the same user, recognized by name and age. A folder that cannot be
/// removed stays.
fn remove_left_behind(folder: &Path, now: SystemTime) {
    let is_abandoned = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let random = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        let is_named = random.is_some_and(|random| {
            random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        // For a link, this is the metadata of the link itself.
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
        // Another process may have removed it first.
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
