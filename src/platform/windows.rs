//! Windows 10 and newer. What would need `unsafe` there is left out; `docs/windows.md` says what.

use std::{
    env,
    fs::{self, DirBuilder, File, Metadata, OpenOptions, TryLockError},
    io,
    os::windows::{fs::OpenOptionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
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

/// Whether open files can be unlinked: not here, because SQLite opens its files so that nobody can remove them
/// meanwhile.
pub const UNLINKS_OPEN_FILES: bool = false;

/// Does nothing: a new file inherits the permissions of its folder.
pub const fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Does nothing: a new folder inherits the permissions of its parent.
pub const fn private_folder(builder: &mut DirBuilder) -> &mut DirBuilder {
    builder
}

/// Opens a file. Unless `follows_links` is set, a link is refused; its name is checked immediately before it is opened.
///
/// # Errors
/// The errors of the system, and [`io::ErrorKind::InvalidInput`] for a link.
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

/// Configures a file to which lines are appended under a lock, and which can be truncated to its earlier length. A file
/// that is opened in append mode cannot be truncated here. After the file has been read to its end, writing appends to
/// it.
pub fn lock_to_append(options: &mut OpenOptions) -> &mut OpenOptions {
    const GENERIC_READ: u32 = 0x8000_0000;
    const GENERIC_WRITE: u32 = 0x4000_0000;
    options
        .read(true)
        .append(true)
        .create(true)
        .access_mode(GENERIC_READ | GENERIC_WRITE)
}

/// Returns how many names (hard links) a file has. On a disk that does not report this, a file has one.
#[must_use]
pub fn number_of_names(path: &Path, _: &Metadata) -> u64 {
    let found = Handle::from_path(path).and_then(file::information);
    found.map_or(1, |found| found.number_of_links())
}

/// Returns nothing: an open database cannot be removed or replaced here.
#[must_use]
pub const fn file_id(_: &Path) -> Option<(u64, u64)> {
    None
}

/// Whether the file that now has this name is the open one.
#[must_use]
pub fn is_same_file(file: &File, path: &Path) -> bool {
    let identity = |found: &file::Information| (found.volume_serial_number(), found.file_index());
    file::information(file).is_ok_and(|open| {
        let named = Handle::from_path(path).and_then(file::information);
        named.is_ok_and(|named| identity(&open) == identity(&named))
    })
}

/// Does nothing: on Windows a lock holds against all handles, so a lock on the ledger itself would keep SQLite from
/// reading it. A ledger is locked by name only; [`number_of_names`] detects one with several names, which is refused.
///
/// # Errors
/// None.
pub const fn lock_database(_: &File) -> Result<(), TryLockError> {
    Ok(())
}

/// Returns the path by which SQLite opens a database, with links resolved. On Windows, SQLite does not follow links,
/// and would keep its other files beside the link.
#[must_use]
pub fn sqlite_path(path: &Path) -> PathBuf {
    real_path(path).unwrap_or_else(|_| path.to_owned())
}

/// Makes the content of a file survive a power failure. This requires write access to the file.
///
/// # Errors
/// The errors of the system.
pub fn sync_file(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.sync_all()
}

/// Does nothing: the system makes names durable by itself.
///
/// # Errors
/// None.
pub const fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// How often renaming is tried, and the pause in between: virus scanners open new files for a moment.
const TRIES: u32 = 10;
const BETWEEN: Duration = Duration::from_millis(50);

/// Renames a file, replacing a file that has the new name.
///
/// # Errors
/// The errors of the system; also [`io::ErrorKind::PermissionDenied`] when a program has one of the two files open.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    for _ in 1..TRIES {
        match fs::rename(from, to) {
            Err(error) if is_in_use(&error) => thread::sleep(BETWEEN),
            renamed => return renamed,
        }
    }
    fs::rename(from, to)
}

/// Gives a finished temporary file its name, replacing a file that has it. A file that another program has open keeps
/// its name and content.
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

/// Whether another program may have the file open: `ERROR_ACCESS_DENIED`, `ERROR_SHARING_VIOLATION`,
/// `ERROR_LOCK_VIOLATION`.
fn is_in_use(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(5 | 32 | 33))
}

/// Does nothing: a file has the permissions of its folder.
///
/// # Errors
/// None.
pub const fn take_from_others(_: &File) -> io::Result<()> {
    Ok(())
}

/// Returns the time since some fixed moment, by a clock that includes sleep and that nobody sets: `Instant` is
/// `QueryPerformanceCounter`
/// (<https://learn.microsoft.com/windows/win32/sysinfo/acquiring-high-resolution-time-stamps>). It begins at the time of
/// day of the first call, so that all processes of the machine show the same, unless its clock is set between their
/// starts.
#[must_use]
pub fn steady_clock() -> Duration {
    static FIRST: LazyLock<(Duration, Instant)> = LazyLock::new(|| {
        let time_of_day = SystemTime::now().duration_since(UNIX_EPOCH);
        (time_of_day.unwrap_or_default(), Instant::now())
    });
    let (time_of_day, first) = &*FIRST;
    *time_of_day + first.elapsed()
}

/// Returns the name of this machine.
#[must_use]
pub fn host_name() -> String {
    env::var("COMPUTERNAME").unwrap_or_default()
}

/// Converts the address of a database server.
#[must_use]
pub fn address(host: &Host) -> Address<'_> {
    match host {
        Host::Tcp(name) => Address::Tcp(name),
    }
}

/// Does nothing: Windows writes a dump only if its error reporting is configured to.
pub const fn forbid_core_dumps() {}

/// Gives a command its own process group, so that a console's Ctrl-C does not reach it.
pub fn own_group(command: &mut Command) -> &mut Command {
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    command.creation_flags(CREATE_NEW_PROCESS_GROUP)
}

/// Kills a command. Processes that it has started continue.
pub fn kill_group(child: &mut Child) {
    // It may have ended by itself in the meantime.
    let _ = child.start_kill();
}

/// The events that ask the program to end: Ctrl-C, Ctrl-Break, a closed console, a user who logs off, a system that
/// shuts down. After the last three, the system kills the process within seconds.
#[derive(Debug)]
pub struct Signals {
    ctrl_c: CtrlC,
    ctrl_break: CtrlBreak,
    close: CtrlClose,
    log_off: CtrlLogoff,
    shutdown: CtrlShutdown,
}

impl Signals {
    /// Listens for the events from now on.
    ///
    /// # Errors
    /// The errors of the system.
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

    /// Waits for the next event.
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
