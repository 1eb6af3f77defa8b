//! Linux, macOS and the other Unix systems.

use std::{
    fs::{DirBuilder, File, Metadata, OpenOptions, TryLockError},
    io,
    os::unix::{
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use rustix::{
    fs::OFlags,
    process::{Pid, kill_process_group},
    time::{ClockId, clock_gettime},
};
use tempfile::{PathPersistError, TempPath};
use tokio::{
    process::Child,
    runtime::Runtime,
    signal::unix::{Signal, SignalKind, signal},
};
use tokio_postgres::config::Host;

use super::address::Address;

/// The names of open files can be removed: then the files are gone when they are closed, however the process ends.
pub const UNLINKS_OPEN_FILES: bool = true;

/// Only the user may read a file that is made so (mode 0600).
pub fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

/// Only the user may enter a folder that is made so (mode 0700).
pub fn private_folder(builder: &mut DirBuilder) -> &mut DirBuilder {
    builder.mode(0o700)
}

/// Opens a file; the opening of a pipe waits for nobody. Unless links are followed, one is refused.
///
/// # Errors
/// As the system gives them.
pub fn open_without_waiting(
    path: &Path,
    options: &mut OpenOptions,
    follows_links: bool,
) -> io::Result<File> {
    let flags = if follows_links {
        OFlags::NONBLOCK
    } else {
        OFlags::NONBLOCK | OFlags::NOFOLLOW
    };
    options.custom_flags(flags.bits().cast_signed()).open(path)
}

/// A file to which lines are added under a lock, and which can be cut back to its length before.
pub fn lock_to_append(options: &mut OpenOptions) -> &mut OpenOptions {
    private(options.read(true).append(true).create(true))
}

/// How many names (hard links) a file has.
#[must_use]
pub fn number_of_names(_: &Path, file: &Metadata) -> u64 {
    file.nlink()
}

/// Whether an open file is the one that has this name now.
#[must_use]
pub fn is_same_file(file: &File, path: &Path) -> bool {
    let identity = |file: &Metadata| (file.dev(), file.ino());
    file.metadata().is_ok_and(|file| {
        path.metadata()
            .is_ok_and(|named| identity(&file) == identity(&named))
    })
}

/// Locks a file that SQLite works with. The lock is `flock`, so that SQLite's own locks do not see it.
///
/// # Errors
/// [`TryLockError`]: another process has it, or the system cannot lock it.
pub fn lock_database(file: &File) -> Result<(), TryLockError> {
    file.try_lock()
}

/// The path by which SQLite opens a database. It follows links by itself.
#[must_use]
pub fn sqlite_path(path: &Path) -> PathBuf {
    path.to_owned()
}

/// Makes what a file holds outlast a power cut.
///
/// # Errors
/// As the system gives them.
pub fn sync_file(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes a new name in the folder of this file outlast a power cut.
///
/// # Errors
/// As the system gives them.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Gives a file another name, in the place of what has it.
///
/// # Errors
/// As the system gives them.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)
}

/// Gives a finished file its name, in the place of what has it.
///
/// # Errors
/// [`PathPersistError`] with the file, which stays under its temporary name.
pub fn replace(file: TempPath, path: &Path) -> Result<(), PathPersistError> {
    file.persist(path)
}

/// Takes a file that others may write to away from them.
///
/// # Errors
/// As the system gives them.
pub fn take_from_others(file: &File) -> io::Result<()> {
    let permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o022 != 0 {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// The time since some moment, by a clock that counts through sleep, and that nobody sets.
#[must_use]
pub fn steady_clock() -> Duration {
    // On other systems the monotonic clock counts sleep too (source: clock_gettime(2) of Linux and of macOS).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const STEADY: ClockId = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const STEADY: ClockId = ClockId::Monotonic;
    // Such a clock begins with the machine, so it is never below zero.
    Duration::try_from(clock_gettime(STEADY)).unwrap_or(Duration::ZERO)
}

/// The name of this machine.
#[must_use]
pub fn host_name() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

/// How a database is reached.
#[must_use]
pub fn address(host: &Host) -> Address<'_> {
    match host {
        Host::Tcp(name) => Address::Tcp(name),
        Host::Unix(folder) => Address::Socket(folder),
    }
}

/// A core dump would hold the token.
#[cfg(target_os = "linux")]
pub fn forbid_core_dumps() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    // A system that refuses this keeps its own rule.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Only Linux has a way without a limit for all programs.
#[cfg(not(target_os = "linux"))]
pub const fn forbid_core_dumps() {}

/// Gives a command a process group of its own: a terminal's Ctrl-C does not reach it.
pub fn own_group(command: &mut Command) -> &mut Command {
    command.process_group(0)
}

/// Kills a command that has a group of its own, with all that it has started.
pub fn kill_group(child: &mut Child) {
    // It was not waited for yet, so no other process has its id.
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    // It may have ended by itself meanwhile.
    if let Some(group) = group {
        let _ = kill_process_group(group, rustix::process::Signal::KILL);
    }
}

/// What asks the program to end: Ctrl-C, SIGTERM and SIGHUP.
#[derive(Debug)]
pub struct Signals([Signal; 3]);

impl Signals {
    /// Hears them from now on.
    ///
    /// # Errors
    /// As the system gives them.
    pub fn listen(runtime: &Runtime) -> io::Result<Self> {
        let _entered = runtime.enter();
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        let [interrupt, terminate, hang_up] = kinds.map(signal);
        Ok(Self([interrupt?, terminate?, hang_up?]))
    }

    /// Until the next one.
    pub async fn next(&mut self) -> Option<()> {
        let [interrupt, terminate, hang_up] = &mut self.0;
        tokio::select! {
            come = interrupt.recv() => come,
            come = terminate.recv() => come,
            come = hang_up.recv() => come,
        }
    }
}
