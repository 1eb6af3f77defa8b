//! The settings files that the user trusts: a line each with the digest of the file and its one path, in a
//! file of the user's config folder. A file that has changed is trusted no more.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::find::config_home;
use crate::{i18n::SettingsMessage, ledger::read_plain};

/// One trusted file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    digest: String,
    /// Without links; of the system's own text, or it is not recorded.
    pub(crate) path: PathBuf,
}

/// What the record says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recorded {
    Trusted,
    Changed,
    Unknown,
}

/// What is recorded of a file that says this.
pub(crate) fn look_up(path: &Path, text: &str) -> Recorded {
    let Ok(path) = path.canonicalize() else {
        return Recorded::Unknown;
    };
    let found = records()
        .unwrap_or_default()
        .into_iter()
        .find(|record| record.path == path);
    match found {
        Some(record) if record.digest == digest(text) => Recorded::Trusted,
        Some(_) => Recorded::Changed,
        None => Recorded::Unknown,
    }
}

/// Every record, in the order in which they were made. A record that others may write counts for nothing.
pub(crate) fn records() -> io::Result<Vec<Record>> {
    let Some(path) = place() else {
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
    Ok(text.lines().filter_map(record).collect())
}

/// Whether a file is still as it was when it was recorded.
pub(crate) fn state(record: &Record) -> SettingsMessage {
    match read_plain(&record.path) {
        Ok((text, _)) if digest(&text) == record.digest => SettingsMessage::AsTrusted,
        Ok(_) => SettingsMessage::HasChanged,
        Err(_) => SettingsMessage::IsGone,
    }
}

/// Records a file that says this.
pub(crate) fn add(path: &Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize()?;
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

/// Takes a file out of the record; says whether it was there.
pub(crate) fn remove(path: &Path) -> io::Result<bool> {
    let path = path.canonicalize().or_else(|_| std::path::absolute(path))?;
    let mut all = records()?;
    let before = all.len();
    all.retain(|record| record.path != path);
    let is_there = all.len() < before;
    if is_there {
        write(&all)?;
    }
    Ok(is_there)
}

fn place() -> Option<PathBuf> {
    Some(config_home()?.join("sendcontact").join("trusted"))
}

fn record(line: &str) -> Option<Record> {
    let (digest, path) = line.split_once(' ')?;
    Some(Record {
        digest: digest.to_owned(),
        path: PathBuf::from(path),
    })
}

fn digest(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}

/// The whole record at once, for the user alone.
fn write(records: &[Record]) -> io::Result<()> {
    let nowhere = || {
        io::Error::new(
            io::ErrorKind::NotFound,
            "this machine sets no config folder: set HOME",
        )
    };
    let path = place().ok_or_else(nowhere)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    for Record { digest, path } in records {
        writeln!(new, "{digest} {}", path.display())?;
    }
    new.as_file().sync_all()?;
    new.persist(&path).map(drop).map_err(|error| error.error)
}
