//! The list of settings files that the user trusts: a file in the user's config folder with one line for each, its
//! digest and its canonical path. A file that has changed is no longer trusted.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{i18n::messages, ledger::read_plain, platform};

messages! {
    /// Whether a trusted file is still as it was recorded.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum TrustState {
        Unchanged = en "unchanged", ru "не изменён",
        Changed = en "changed: not trusted", ru "изменён: не доверенный",
        Missing = en "missing", ru "файла нет",
    }
}

/// One trusted file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    digest: String,
    /// The path without symbolic links; always valid Unicode without control characters.
    pub(crate) path: PathBuf,
}

/// Whether a file is trusted as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recorded {
    Trusted,
    Changed,
    Unknown,
}

/// Whether a file with this text is trusted.
pub(crate) fn look_up(path: &Path, text: &str) -> Recorded {
    let Ok(path) = platform::real_path(path) else {
        return Recorded::Unknown;
    };
    // A list that cannot be read makes no file trusted.
    let Ok(records) = records() else {
        return Recorded::Unknown;
    };
    match records.into_iter().find(|record| record.path == path) {
        Some(record) if record.digest == digest(text) => Recorded::Trusted,
        Some(_) => Recorded::Changed,
        None => Recorded::Unknown,
    }
}

/// Returns every record, the oldest first. Refuses a list that other users can write.
pub(crate) fn records() -> io::Result<Vec<Record>> {
    let Some(path) = list_path() else {
        return Ok(Vec::new());
    };
    let (text, access) = match read_plain(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read?,
    };
    if !access.is_own || access.is_open {
        let reason = format!("{}: other users can write to it", path.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
    }
    Ok(text.lines().filter_map(parse_record).collect())
}

/// Whether a file is unchanged since it was recorded.
pub(crate) fn state(record: &Record) -> TrustState {
    match read_plain(&record.path) {
        Ok((text, _)) if digest(&text) == record.digest => TrustState::Unchanged,
        Ok(_) => TrustState::Changed,
        Err(_) => TrustState::Missing,
    }
}

/// Records a file with this text as trusted.
pub(crate) fn add(path: &Path, text: &str) -> io::Result<()> {
    let path = platform::real_path(path)?;
    if path
        .to_str()
        .is_none_or(|path| path.contains(char::is_control))
    {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "its path contains invalid characters",
        ));
    }
    let mut all = records()?;
    all.retain(|record| record.path != path);
    all.push(Record {
        digest: digest(text),
        path,
    });
    write(&all)
}

/// Removes a file from the list, and returns whether it was there.
pub(crate) fn remove(path: &Path) -> io::Result<bool> {
    let path = platform::real_path(path).or_else(|_| std::path::absolute(path))?;
    let mut all = records()?;
    let before = all.len();
    all.retain(|record| record.path != path);
    let is_there = all.len() < before;
    if is_there {
        write(&all)?;
    }
    Ok(is_there)
}

fn list_path() -> Option<PathBuf> {
    Some(platform::config_home()?.join("sendcontact").join("trusted"))
}

fn parse_record(line: &str) -> Option<Record> {
    let (digest, path) = line.split_once(' ')?;
    Some(Record {
        digest: digest.to_owned(),
        path: PathBuf::from(path),
    })
}

fn digest(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}

/// Replaces the list atomically; only the user can read it.
fn write(records: &[Record]) -> io::Result<()> {
    let no_config_folder = || {
        io::Error::new(
            io::ErrorKind::NotFound,
            "this machine sets no config folder: set HOME",
        )
    };
    let path = list_path().ok_or_else(no_config_folder)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    for Record { digest, path } in records {
        writeln!(new, "{digest} {}", path.display())?;
    }
    new.as_file().sync_all()?;
    new.persist(&path).map(drop).map_err(|error| error.error)
}
