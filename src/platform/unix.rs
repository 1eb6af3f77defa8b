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

/// Whether open files can be unlinked, so that they disappear when they are closed, however the process ends.
pub const UNLINKS_OPEN_FILES: bool = true;

/// Makes a new file accessible to the user only (mode 0600).
pub fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

/// Makes a new folder accessible to the user only (mode 0700).
pub fn private_folder(builder: &mut DirBuilder) -> &mut DirBuilder {
    builder.mode(0o700)
}

/// Opens a file. Opening a pipe does not block. A link is refused, unless `follows_links` is set.
///
/// # Errors
/// The errors of the system.
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

/// Configures a file to which lines are appended under a lock, and which can be truncated to its earlier length.
pub fn lock_to_append(options: &mut OpenOptions) -> &mut OpenOptions {
    private(options.read(true).append(true).create(true))
}

/// Returns how many names (hard links) a file has.
#[must_use]
pub fn number_of_names(_: &Path, file: &Metadata) -> u64 {
    file.nlink()
}

/// What the file with this name is, whatever its names are; `None` if there is none.
#[must_use]
pub fn file_id(path: &Path) -> Option<(u64, u64)> {
    let file = path.metadata().ok()?;
    Some((file.dev(), file.ino()))
}

/// Whether the file that now has this name is the open one.
#[must_use]
pub fn is_same_file(file: &File, path: &Path) -> bool {
    let identity = |file: &Metadata| (file.dev(), file.ino());
    file.metadata().is_ok_and(|file| {
        path.metadata()
            .is_ok_and(|named| identity(&file) == identity(&named))
    })
}

/// Locks a file that SQLite uses. The lock is a `flock`, which does not conflict with SQLite's own locks.
///
/// # Errors
/// [`TryLockError`]: another process holds the lock, or the system cannot lock the file.
pub fn lock_database(file: &File) -> Result<(), TryLockError> {
    file.try_lock()
}

/// Returns the path by which SQLite opens a database. Here SQLite follows links itself.
#[must_use]
pub fn sqlite_path(path: &Path) -> PathBuf {
    path.to_owned()
}

/// Makes the content of a file survive a power failure.
///
/// # Errors
/// The errors of the system.
pub fn sync_file(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes a new name in the folder of this file survive a power failure.
///
/// # Errors
/// The errors of the system.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Renames a file, replacing a file that has the new name.
///
/// # Errors
/// The errors of the system.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)
}

/// Gives a finished temporary file its name, replacing a file that has it.
///
/// # Errors
/// [`PathPersistError`] with the file, which stays under its temporary name.
pub fn replace(file: TempPath, path: &Path) -> Result<(), PathPersistError> {
    file.persist(path)
}

/// Makes a file private to the user if others may write it.
///
/// # Errors
/// The errors of the system.
pub fn take_from_others(file: &File) -> io::Result<()> {
    let permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o022 != 0 {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// Returns the time since some fixed moment, by a clock that includes sleep and that nobody sets. All processes of the
/// machine show the same.
#[must_use]
pub fn steady_clock() -> Duration {
    // On other systems the monotonic clock includes sleep (source: clock_gettime(2) of Linux and of macOS).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const STEADY: ClockId = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const STEADY: ClockId = ClockId::Monotonic;
    // This clock starts when the machine boots, so it is never negative.
    Duration::try_from(clock_gettime(STEADY)).unwrap_or(Duration::ZERO)
}

/// Returns the name of this machine.
#[must_use]
pub fn host_name() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

/// Converts the address of a database server.
#[must_use]
pub fn address(host: &Host) -> Address<'_> {
    match host {
        Host::Tcp(name) => Address::Tcp(name),
        Host::Unix(folder) => Address::Socket(folder),
    }
}

/// Forbids core dumps, which would contain the token.
#[cfg(target_os = "linux")]
pub fn forbid_core_dumps() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    // If the system refuses, its own setting stays in force.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Does nothing: only Linux can do this without lowering a limit for all programs.
#[cfg(not(target_os = "linux"))]
pub const fn forbid_core_dumps() {}

/// Gives a command its own process group, so that a terminal's Ctrl-C does not reach it.
pub fn own_group(command: &mut Command) -> &mut Command {
    command.process_group(0)
}

/// Kills a command that has its own process group, with all processes that it has started.
pub fn kill_group(child: &mut Child) {
    // It has not been waited for yet, so no other process has its id.
    let group = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    // It may have ended by itself in the meantime.
    if let Some(group) = group {
        let _ = kill_process_group(group, rustix::process::Signal::KILL);
    }
}

/// The signals that ask the program to end: Ctrl-C (SIGINT), SIGTERM and SIGHUP.
#[derive(Debug)]
pub struct Signals([Signal; 3]);

impl Signals {
    /// Listens for the signals from now on. A file that reaches a size limit (`ulimit -f`) then fails to be written, as on
    /// a full disk; without a handler SIGXFSZ would end the process without a word.
    ///
    /// # Errors
    /// The errors of the system.
    pub fn listen(runtime: &Runtime) -> io::Result<Self> {
        let _entered = runtime.enter();
        let size_limit = SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw());
        // The handler outlasts the stream of signals, which nobody reads.
        let _stream = signal(size_limit)?;
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        let [interrupt, terminate, hang_up] = kinds.map(signal);
        Ok(Self([interrupt?, terminate?, hang_up?]))
    }

    /// Waits for the next signal.
    pub async fn next(&mut self) -> Option<()> {
        let [interrupt, terminate, hang_up] = &mut self.0;
        tokio::select! {
            come = interrupt.recv() => come,
            come = terminate.recv() => come,
            come = hang_up.recv() => come,
        }
    }
}
