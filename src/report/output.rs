//! Writes the files that people work with. What must stay true: a file appears complete or not at all, and only its
//! owner may read it. A link stays a link; a device, a FIFO and stdout are written to. What a person wrote or changed
//! is never replaced: the new file gets a free name beside it.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempPath};

use crate::{
    domain::results,
    i18n::{Language, messages},
    ledger::create_folder,
    platform,
};

pub use crate::platform::is_stdout;

/// The name of stdout.
const STDOUT: &str = "-";

/// A file that is being written.
#[derive(Debug)]
pub struct Output {
    file: NamedTempFile,
    target: Target,
}

#[derive(Debug)]
enum Target {
    Stdout,
    /// Something that is not a file: a device, a FIFO.
    Device(PathBuf),
    /// The name that the file gets once it is complete.
    File(PathBuf),
}

/// Where something was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFile {
    /// The file.
    pub path: PathBuf,
    /// Why it has another name than the one asked for.
    pub renamed: Option<RenameReason>,
}

messages! {
    /// Why another name was used.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum RenameReason {
        /// The file with that name was not written by us, or was changed since.
        Kept =
            en "(a new name: the old file was changed, or sendcontact did not write it, so it is kept)",
            ru "(новое имя: прежний файл изменён или записан не этой программой, он сохранён)",
        /// Another program holds it open.
        InUse =
            en "(a new name: another program has the old file open)",
            ru "(новое имя: прежний файл открыт в другой программе)",
    }
}

impl Output {
    /// Creates a file for this path, in its folder.
    ///
    /// # Errors
    /// When the folder does not accept a file.
    pub fn create(path: &Path) -> io::Result<Self> {
        let target = Target::of(path);
        let file = match &target {
            Target::Stdout | Target::Device(_) => NamedTempFile::new()?,
            Target::File(path) => unfinished(path)?,
        };
        Ok(Self { file, target })
    }

    /// Returns the file under its temporary name.
    pub const fn file(&mut self) -> &mut NamedTempFile {
        &mut self.file
    }

    /// Returns the folder of the unfinished file.
    #[must_use]
    pub fn folder(&self) -> &Path {
        folder(self.file.path())
    }

    /// Completes the file: it gets its name, or is copied to its device or stdout.
    ///
    /// # Errors
    /// When it cannot be written, or no name is free.
    pub fn finish(mut self, record: &OutputRecord) -> io::Result<SavedFile> {
        self.file.as_file().sync_all()?;
        let path = match self.target {
            Target::Stdout => {
                copy(self.file.as_file_mut(), &mut io::stdout().lock())?;
                PathBuf::from(STDOUT)
            }
            Target::Device(path) => {
                copy(
                    self.file.as_file_mut(),
                    &mut File::options().write(true).open(&path)?,
                )?;
                path
            }
            // The file must be closed, because a system may set the time of the last change only then.
            Target::File(path) => return persist(self.file.into_temp_path(), &path, record),
        };
        Ok(SavedFile {
            path,
            renamed: None,
        })
    }
}

impl Target {
    fn of(path: &Path) -> Self {
        if is_stdout(path) {
            return Self::Stdout;
        }
        if platform::is_device(path) {
            Self::Device(path.to_owned())
        } else {
            Self::File(followed(path))
        }
    }
}

/// Whether output to this path creates no file: stdout, a device, a FIFO.
#[must_use]
pub fn is_stream(path: &Path) -> bool {
    is_stdout(path) || platform::is_device(path)
}

/// Follows a link, even to a file that does not exist yet.
fn followed(path: &Path) -> PathBuf {
    /// The same limit as in Linux.
    const MOST: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST {
        let Ok(to) = fs::read_link(&path) else { break };
        path = folder(&path).join(to);
    }
    path
}

/// Copies the contents of the file; a reader that has closed the pipe is not an error.
fn copy(file: &mut File, to: &mut impl io::Write) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    match io::copy(file, to).and_then(|_| to.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// The prefix of the names of unfinished files.
const UNFINISHED: &str = ".sendcontact-";

/// Creates an unfinished file in the same folder, which only its owner may read. Removes what a killed run left there.
fn unfinished(path: &Path) -> io::Result<NamedTempFile> {
    remove_left_behind(folder(path));
    tempfile::Builder::new()
        .prefix(UNFINISHED)
        .tempfile_in(folder(path))
}

/// An unfinished file that was not written to for this long belongs to no running program.
const ABANDONED: Duration = Duration::from_hours(24);

/// Removes unfinished files of runs that were killed. One that cannot be removed stays, and does no harm.
fn remove_left_behind(folder: &Path) {
    let is_abandoned = |file: &fs::DirEntry| {
        let name = file.file_name();
        let rest = name.to_str().and_then(|name| name.strip_prefix(UNFINISHED));
        let is_ours = rest.is_some_and(|rest| {
            rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        let age = || {
            file.metadata()
                .ok()
                .filter(fs::Metadata::is_file)?
                .modified()
                .ok()?
                .elapsed()
                .ok()
        };
        is_ours && age().is_some_and(|age| age >= ABANDONED)
    };
    for file in fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(is_abandoned)
    {
        // A file that stays does no harm.
        let _ = fs::remove_file(file.path());
    }
}

/// Returns the folder of a file.
fn folder(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// How many other names are tried.
const MOST_NAMES: u32 = 1_000;

/// Gives the finished file its name. Excel prevents a file that it has open from being replaced.
fn persist(file: TempPath, path: &Path, record: &OutputRecord) -> io::Result<SavedFile> {
    let (mut kept, renamed) = if path.exists() && !record.is_unchanged(path) {
        (file, RenameReason::Kept)
    } else {
        record.note_rename(&file, path);
        match platform::replace(file, path) {
            Ok(()) => {
                return Ok(SavedFile {
                    path: path.to_owned(),
                    renamed: None,
                });
            }
            Err(error) if path.exists() => (error.path, RenameReason::InUse),
            Err(error) => return Err(error.error),
        }
    };
    for number in 2..MOST_NAMES {
        let path = numbered(path, number);
        let is_ours = path.exists() && record.is_unchanged(&path);
        if is_ours || !path.exists() {
            record.note_rename(&kept, &path);
        }
        let named = if is_ours {
            platform::replace(kept, &path)
        } else {
            kept.persist_noclobber(&path)
        };
        kept = match named {
            Ok(()) => {
                return Ok(SavedFile {
                    path,
                    renamed: Some(renamed),
                });
            }
            Err(error) if path.exists() => error.path,
            Err(error) => return Err(error.error),
        };
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

fn numbered(path: &Path, number: u32) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let ending = path
        .extension()
        .map(|ending| format!(".{}", ending.to_string_lossy()))
        .unwrap_or_default();
    path.with_file_name(format!("{stem}-{number}{ending}"))
}

/// A record of what we wrote, so that we recognise it: a small file for each path, in the folder for state.
#[derive(Debug, Clone, Default)]
pub struct OutputRecord(Option<PathBuf>);

impl OutputRecord {
    /// Keeps the record in this folder. Without a folder nothing is recorded, and a results file of ours counts as
    /// unchanged.
    #[must_use]
    pub fn new(state: Option<PathBuf>) -> Self {
        Self(state.map(|state| state.join("outputs")))
    }

    /// Whether a file is still as we wrote it.
    #[must_use]
    pub fn is_unchanged(&self, path: &Path) -> bool {
        match self.record_path(path) {
            Some(record) => fingerprint(path).is_some_and(|fingerprint| {
                // A file without a record was not written by us.
                fs::read_to_string(record)
                    .is_ok_and(|noted| noted.lines().any(|noted| noted == fingerprint))
            }),
            None => ResultsStyle::of(path).is_some(),
        }
    }

    /// Records that a file is about to get a name, and keeps the fingerprint of the file that had the name before:
    /// whichever of the two a crash leaves there is ours. If recording fails, the next report uses another name.
    fn note_rename(&self, file: &Path, path: &Path) {
        let before = if self.is_unchanged(path) {
            fingerprint(path)
        } else {
            None
        };
        if let Some((record, now)) = self.record_path(path).zip(fingerprint(file)) {
            let fingerprints: Vec<String> = before.into_iter().chain([now]).collect();
            let _ = create_folder(folder(&record))
                .and_then(|()| write_private(&record, &fingerprints.join("\n")));
        }
    }

    fn record_path(&self, path: &Path) -> Option<PathBuf> {
        let whole = folder(path).canonicalize().ok()?.join(path.file_name()?);
        let digest = Sha256::digest(whole.as_os_str().as_encoded_bytes());
        let name = digest[..16]
            .iter()
            .fold(String::new(), |name, byte| name + &format!("{byte:02x}"));
        Some(self.0.as_ref()?.join(name))
    }
}

/// Returns the size of a file and the time of its last change, by which we recognise what we wrote.
fn fingerprint(path: &Path) -> Option<String> {
    let file = fs::metadata(path).ok()?;
    let changed = file
        .modified()
        .ok()?
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()?;
    Some(format!("{} {}", file.len(), changed.as_nanos()))
}

/// The first bytes of a file that contain its first two headings.
const HEAD: u64 = 32;

/// How delimited results were written, so that they can be written in the same way again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultsStyle {
    /// The language of the headings.
    pub headings: Language,
    /// The delimiter.
    pub delimiter: char,
}

impl ResultsStyle {
    /// Returns the style of a file; `None` if it does not begin with the headings of our results.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let mut head = Vec::new();
        let file = path.is_file().then(|| File::open(path).ok()).flatten()?;
        file.take(HEAD).read_to_end(&mut head).ok()?;
        let head = String::from_utf8_lossy(&head);
        let head = head.trim_start_matches('\u{feff}');
        [Language::En, Language::Ru]
            .into_iter()
            .find_map(|headings| {
                let [first, second, ..] = results::headings(headings);
                let mut rest = head.strip_prefix(first)?.chars();
                let delimiter = rest.next()?;
                let style = Self {
                    headings,
                    delimiter,
                };
                rest.as_str().starts_with(second).then_some(style)
            })
    }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use io::Write as _;
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    platform::private(&mut options)
        .open(path)?
        .write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn put(path: &Path, text: &str, record: &OutputRecord) -> SavedFile {
        let mut output = Output::create(path).unwrap();
        output.file().write_all(text.as_bytes()).unwrap();
        output.finish(record).unwrap()
    }

    #[test]
    fn only_what_we_wrote_and_nobody_changed_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let record = OutputRecord::new(Some(folder.path().join("state")));
        let path = folder.path().join("list.csv");
        for text in ["one", "two"] {
            let saved = put(&path, text, &record);
            assert_eq!((saved.path, saved.renamed), (path.clone(), None));
        }
        fs::write(&path, "a person's").unwrap();
        let other = folder.path().join("list-2.csv");
        for text in ["three", "four"] {
            let saved = put(&path, text, &record);
            assert_eq!(
                (saved.path, saved.renamed),
                (other.clone(), Some(RenameReason::Kept))
            );
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "a person's");
        assert_eq!(fs::read_to_string(&other).unwrap(), "four");
    }

    #[cfg(unix)] // Windows lets few users make links.
    #[test]
    fn a_link_stays_one_and_leads_to_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let record = OutputRecord::new(Some(folder.path().join("state")));
        let (real, link) = (
            folder.path().join("real.csv"),
            folder.path().join("link.csv"),
        );
        std::os::unix::fs::symlink("real.csv", &link).unwrap();
        for text in ["one", "two"] {
            put(&link, text, &record);
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(fs::read_to_string(&real).unwrap(), text);
        }
    }

    #[cfg(unix)] // It makes a FIFO.
    #[test]
    fn a_fifo_is_written_to() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.unwrap().success());
        let reader = std::thread::spawn({
            let fifo = fifo.clone();
            move || fs::read_to_string(fifo).unwrap()
        });
        put(&fifo, "one", &OutputRecord::default());
        assert_eq!(reader.join().unwrap(), "one");
        assert!(!fifo.is_file());
    }
}
