//! Windows 10 and newer. What cannot be had there without `unsafe` is left out, and `docs/windows.md` says so.

use std::{
    env,
    fs::{self, DirBuilder, File, Metadata, OpenOptions, TryLockError},
    io,
    os::windows::{fs::OpenOptionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use tempfile::{PathPersistError, TempPath};
use tokio::{
    process::Child,
    runtime::Runtime,
    signal::windows::{
        CtrlBreak, CtrlC, CtrlClose, CtrlLogoff, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close,
        ctrl_logoff, ctrl_shutdown,
    },
};
use tokio_postgres::config::Host;
use winapi_util::{Handle, file};

use super::{address::Address, names::real_path};

/// SQLite opens its files so that nobody can remove their names meanwhile.
pub const UNLINKS_OPEN_FILES: bool = false;

/// A new file has the rights of its folder.
pub const fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// A new folder has the rights of the one above it.
pub const fn private_folder(builder: &mut DirBuilder) -> &mut DirBuilder {
    builder
}

/// Opens a file. Unless links are followed, one is refused: by its name, immediately before.
///
/// # Errors
/// As the system gives them, and [`io::ErrorKind::InvalidInput`] for a link.
pub fn open_without_waiting(
    path: &Path,
    options: &mut OpenOptions,
    follows_links: bool,
) -> io::Result<File> {
    if !follows_links && fs::symlink_metadata(path).is_ok_and(|file| file.is_symlink()) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a plain file",
        ));
    }
    options.open(path)
}

/// A file to which lines are added under a lock, and which can be cut back to its length before. A file that is opened
/// to append cannot be cut; after it was read to its end, what is written comes there.
pub fn lock_to_append(options: &mut OpenOptions) -> &mut OpenOptions {
    const GENERIC_READ: u32 = 0x8000_0000;
    const GENERIC_WRITE: u32 = 0x4000_0000;
    options
        .read(true)
        .append(true)
        .create(true)
        .access_mode(GENERIC_READ | GENERIC_WRITE)
}

/// How many names (hard links) a file has. One on a disk that does not tell has one.
#[must_use]
pub fn number_of_names(path: &Path, _: &Metadata) -> u64 {
    let found = Handle::from_path(path).and_then(file::information);
    found.map_or(1, |found| found.number_of_links())
}

/// Whether an open file is the one that has this name now.
#[must_use]
pub fn is_same_file(file: &File, path: &Path) -> bool {
    let identity = |found: &file::Information| (found.volume_serial_number(), found.file_index());
    file::information(file).is_ok_and(|open| {
        let named = Handle::from_path(path).and_then(file::information);
        named.is_ok_and(|named| identity(&open) == identity(&named))
    })
}

/// A lock on the ledger itself would keep SQLite from reading it: locks of Windows hold for all handles. So a ledger is
/// locked by name only; [`number_of_names`] refuses one that has several.
///
/// # Errors
/// None.
pub const fn lock_database(_: &File) -> Result<(), TryLockError> {
    Ok(())
}

/// The path by which SQLite opens a database. It does not follow links there, and would keep its other files beside the
/// link.
#[must_use]
pub fn sqlite_path(path: &Path) -> PathBuf {
    real_path(path).unwrap_or_else(|_| path.to_owned())
}

/// Makes what a file holds outlast a power cut. Only who may write a file may ask for that.
///
/// # Errors
/// As the system gives them.
pub fn sync_file(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.sync_all()
}

/// The system keeps names by itself.
///
/// # Errors
/// None.
pub const fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// How often a name is tried, and how long in between: virus scanners open new files for a moment.
const TRIES: u32 = 10;
const BETWEEN: Duration = Duration::from_millis(50);

/// Gives a file another name, in the place of what has it.
///
/// # Errors
/// As the system gives them; [`io::ErrorKind::PermissionDenied`] also when a program has one of the two open.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    for _ in 1..TRIES {
        match fs::rename(from, to) {
            Err(error) if is_in_use(&error) => thread::sleep(BETWEEN),
            renamed => return renamed,
        }
    }
    fs::rename(from, to)
}

/// Gives a finished file its name, in the place of what has it. A file that another program has open keeps its name and
/// content.
///
/// # Errors
/// [`PathPersistError`] with the file, which stays under its temporary name.
pub fn replace(mut file: TempPath, path: &Path) -> Result<(), PathPersistError> {
    for _ in 1..TRIES {
        file = match file.persist(path) {
            Err(refused) if is_in_use(&refused.error) => refused.path,
            replaced => return replaced,
        };
        thread::sleep(BETWEEN);
    }
    file.persist(path)
}

/// `ERROR_ACCESS_DENIED`, `ERROR_SHARING_VIOLATION`, `ERROR_LOCK_VIOLATION`.
fn is_in_use(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(5 | 32 | 33))
}

/// A file has the rights of its folder.
///
/// # Errors
/// None.
pub const fn take_from_others(_: &File) -> io::Result<()> {
    Ok(())
}

/// The time since the first call, by a clock that counts through sleep, and that nobody sets: `Instant` is
/// `QueryPerformanceCounter` (<https://learn.microsoft.com/windows/win32/sysinfo/acquiring-high-resolution-time-stamps>).
#[must_use]
pub fn steady_clock() -> Duration {
    static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
    FIRST.elapsed()
}

/// The name of this machine.
#[must_use]
pub fn host_name() -> String {
    env::var("COMPUTERNAME").unwrap_or_default()
}

/// How a database is reached.
#[must_use]
pub fn address(host: &Host) -> Address<'_> {
    match host {
        Host::Tcp(name) => Address::Tcp(name),
    }
}

/// Windows writes a dump only where its error reporting is set up for that.
pub const fn forbid_core_dumps() {}

/// Gives a command a process group of its own: a console's Ctrl-C does not reach it.
pub fn own_group(command: &mut Command) -> &mut Command {
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    command.creation_flags(CREATE_NEW_PROCESS_GROUP)
}

/// Kills a command. What it has started goes on.
pub fn kill_group(child: &mut Child) {
    // It may have ended by itself meanwhile.
    let _ = child.start_kill();
}

/// What asks the program to end: Ctrl-C, Ctrl-Break, a console that is closed, a user who logs off, a system that shuts
/// down. After the last three the system kills the process within seconds.
#[derive(Debug)]
pub struct Signals {
    ctrl_c: CtrlC,
    ctrl_break: CtrlBreak,
    close: CtrlClose,
    log_off: CtrlLogoff,
    shutdown: CtrlShutdown,
}

impl Signals {
    /// Hears them from now on.
    ///
    /// # Errors
    /// As the system gives them.
    pub fn listen(runtime: &Runtime) -> io::Result<Self> {
        let _entered = runtime.enter();
        Ok(Self {
            ctrl_c: ctrl_c()?,
            ctrl_break: ctrl_break()?,
            close: ctrl_close()?,
            log_off: ctrl_logoff()?,
            shutdown: ctrl_shutdown()?,
        })
    }

    /// Until the next one.
    pub async fn next(&mut self) -> Option<()> {
        tokio::select! {
            come = self.ctrl_c.recv() => come,
            come = self.ctrl_break.recv() => come,
            come = self.close.recv() => come,
            come = self.log_off.recv() => come,
            come = self.shutdown.recv() => come,
        }
    }
}
