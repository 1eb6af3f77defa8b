//! The durable record of a campaign and the one source of every report: a SQLite file.
//!
//! What must stay true: an intent is on disk before its request is on the wire; one run holds a
//! ledger at a time; a ledger belongs to its instances for ever; on opening for a run, whatever was
//! being sent becomes unknown.

mod admission;
mod batch;
mod control_file;
mod copy;
mod duplicates;
mod error;
mod follow_up;
mod identity;
mod import;
mod instances;
mod lock;
mod paths;
mod private_file;
mod queue;
mod rows;
mod rules;
mod run;
mod runs;
mod send_history;
mod sql;
mod state;
mod tracking;
mod unknown;
mod writer;

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};

use crate::{
    domain::Counts,
    i18n::{Language, OwnWords},
};

pub use batch::{
    Batch, CommitResult, FailedBatch, InFlight, InstanceBatch, InstanceCommit, RowId, RowOutcome,
    RowResult,
};
pub use control_file::{ControlFile, RunCommand};
pub use duplicates::DuplicateIndex;
pub use error::{LedgerError, NotPrivate};
use error::{explain, machine};
pub use follow_up::{SentByOthers, TrackedRow, Unknown};
pub use identity::{Identity, Service};
pub use import::{Import, Input, NewSource, SuppressionList};
use instances::Lane;
pub use instances::{InstanceSummary, ShareLimit};
use lock::Lock;
pub use paths::{belongs, files};
use paths::{beside, has_one_place};
use private_file::open_private;
pub use private_file::{Access, append_plain, read_plain};
pub use rows::{Listed, ResultRow};
pub use rules::{BlockedUntil, Rules, Zones};
pub use run::{NewRun, Reason, Run, RunId};
pub use send_history::SendHistory;
pub use tracking::{DeliveryUpdate, PendingDeliveries};
pub use unknown::{KnownIds, Resolution};
pub use writer::LedgerWriter;

/// An open ledger. The connection closes before the lock is given up.
#[derive(Debug)]
pub struct Ledger {
    connection: Connection,
    path: PathBuf,
    lanes: Vec<Lane>,
    /// What was wanted of a run that was killed.
    left_behind: Option<RunCommand>,
    /// This opening made it.
    is_new: bool,
    /// The last run was cut off and its `-wal` is gone: the send history must know what it sent.
    is_forgetful: bool,
    /// What other campaigns have sent is sent once more.
    again: bool,
    lock: Option<Lock>,
}

/// The fact that names the ledger in send histories.
const LEDGER: &str = "ledger";

/// The fact that a run sends from it, or was cut off: the number of the run. It is in the ledger itself
/// before the first request and is taken away with the end of the run, so that a ledger without its `-wal`
/// shows that something is missing.
const OPEN_RUN: &str = "open run";

impl Ledger {
    /// Opens a ledger for a run of these instances, in this order, or creates one (mode 0600). Every row
    /// that was being sent becomes unknown.
    ///
    /// # Errors
    /// [`LedgerError`]: held by another run, foreign, damaged, of other instances, not writable.
    pub fn open(path: &Path, identities: &[Identity]) -> Result<Self, LedgerError> {
        let mut ledger = Self::open_writable(path)?;
        ledger.identify(identities, true)?;
        Ok(ledger)
    }

    /// Opens a ledger that exists, to ask these instances about their rows, or without any for a person's
    /// decision. An instance that the ledger does not know has no rows.
    ///
    /// # Errors
    /// As [`Ledger::open`], and [`LedgerError::Missing`].
    pub fn open_existing(path: &Path, identities: &[Identity]) -> Result<Self, LedgerError> {
        if !path.exists() {
            return Err(LedgerError::Missing {
                path: path.to_owned(),
            });
        }
        let mut ledger = Self::open_writable(path)?;
        if !identities.is_empty() {
            ledger.identify(identities, false)?;
        }
        Ok(ledger)
    }

    /// Opens a ledger that exists, for reading only; another run may be working on it. One of an
    /// older version stays as it is.
    ///
    /// # Errors
    /// [`LedgerError`]: missing, foreign, damaged, newer.
    pub fn read(path: &Path) -> Result<Self, LedgerError> {
        if !path.exists() {
            return Err(LedgerError::Missing {
                path: path.to_owned(),
            });
        }
        private_file::must_be_plain(path)?;
        let has_wal = has_wal(path);
        let connection = connect_to_read(path)?;
        // A reader that ends must not move the `-wal` of a run that was cut off into the ledger.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_wal)
            .map_err(|error| explain(path, &error))?;
        let ledger = Self {
            connection,
            path: path.to_owned(),
            lanes: Vec::new(),
            left_behind: None,
            is_new: false,
            is_forgetful: false,
            again: false,
            lock: None,
        };
        ledger.check_kind()?;
        sql::read_as_of_today(&ledger.connection).map_err(|error| explain(path, &error))?;
        Ok(ledger)
    }

    /// Whether a run sends from a ledger and listens to its [`ControlFile`].
    ///
    /// # Errors
    /// [`LedgerError::Missing`], or the machine does not let us ask.
    pub fn is_steered(path: &Path) -> Result<bool, LedgerError> {
        if !path.exists() {
            return Err(LedgerError::Missing {
                path: path.to_owned(),
            });
        }
        Ok(ControlFile::of(path).exists() && Lock::is_taken(path)?)
    }

    /// Whether the last run was killed while it was paused.
    #[must_use]
    pub fn was_paused(&self) -> bool {
        self.left_behind == Some(RunCommand::Pause)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many rows have each status.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn counts(&self) -> Result<Counts, LedgerError> {
        let mut counts = Counts::default();
        sql::counts(&self.connection, |state, rows| {
            counts.add(state.status(), rows);
        })
        .map_err(|error| explain(&self.path, &error))?;
        Ok(counts)
    }

    /// How many pending rows there are of the files that are given: those that may go.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn waiting(&self) -> Result<u64, LedgerError> {
        sql::waiting(&self.connection).map_err(|error| explain(&self.path, &error))
    }

    /// Every file that is not given and how many of its rows are pending, if any: they wait for it.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn held_rows(&self) -> Result<Vec<(String, u64)>, LedgerError> {
        let held = || match sql::last_listing(&self.connection)? {
            // Every file that was ever given is given still.
            0 | 1 => Ok(Vec::new()),
            _ => sql::held(&self.connection),
        };
        held().map_err(|error| explain(&self.path, &error))
    }

    /// How many rows of the files that are given are suppressed only because earlier runs were given a list
    /// that this one is not, by the name of the list; an empty name: nobody knows which list.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn still_suppressed(&self) -> Result<Vec<(String, u64)>, LedgerError> {
        if !self.keeps_out()? {
            return Ok(Vec::new());
        }
        sql::still_suppressed(&self.connection).map_err(|error| explain(&self.path, &error))
    }

    /// How a source was read when it was given last, if it ever was.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn layout_of(&self, source: &str) -> Result<Option<String>, LedgerError> {
        let sources =
            sql::sources(&self.connection).map_err(|error| explain(&self.path, &error))?;
        Ok(sources
            .into_iter()
            .find(|known| known.name == source)
            .and_then(|known| known.layout))
    }

    /// Whether the list of any run keeps somebody out.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn keeps_out(&self) -> Result<bool, LedgerError> {
        sql::keeps_out(&self.connection).map_err(|error| explain(&self.path, &error))
    }

    /// Puts every failed row of the files that are given back to pending, or to suppressed if it is
    /// left out now; gives how many.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn retry_failed(&mut self) -> Result<usize, LedgerError> {
        sql::failed_to_pending(&self.connection).map_err(|error| explain(&self.path, &error))
    }

    /// Has rows that other campaigns of the same instances have sent to the same people sent once more.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written.
    pub fn send_again(&mut self) -> Result<(), LedgerError> {
        self.again = true;
        sql::sent_before_to_pending(&self.connection)
            .map(drop)
            .map_err(|error| explain(&self.path, &error))
    }

    /// Notes durably that a run is going to send, before its first request.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be written, or when the last run was cut off, its `-wal` is gone
    /// and no send history can tell what it sent.
    pub fn open_run(&mut self, run: RunId) -> Result<(), LedgerError> {
        if self.is_forgetful && self.lanes.iter().any(|lane| lane.book.is_none()) {
            return Err(self.forgetful());
        }
        let note = || {
            sql::set_fact(&self.connection, OPEN_RUN, &run.to_string())?;
            sql::checkpoint(&self.connection)?;
            // So that a `-wal` is there as long as the run is.
            sql::set_fact(&self.connection, OPEN_RUN, &run.to_string())
        };
        note().map_err(|error| explain(&self.path, &error))
    }

    /// Whether the last run was cut off and the file is gone in which it wrote last. What it sent is looked up
    /// in the send history before each contact.
    #[must_use]
    pub const fn is_forgetful(&self) -> bool {
        self.is_forgetful
    }

    fn forgetful(&self) -> LedgerError {
        LedgerError::Forgetful {
            path: self.path.clone(),
            missing: beside(&self.path, "-wal"),
        }
    }

    /// Removes a ledger that this opening made, while nobody else can hold it.
    pub fn discard_if_new(self) {
        let Self {
            connection,
            path,
            is_new,
            lock,
            ..
        } = self;
        drop(connection);
        if is_new {
            for file in [path.clone(), beside(&path, "-wal"), beside(&path, "-shm")] {
                // What is not there, or cannot go, does no harm: it holds no row.
                let _ = fs::remove_file(file);
            }
            lock.into_iter().for_each(Lock::remove);
        }
    }

    fn open_writable(path: &Path) -> Result<Self, LedgerError> {
        has_one_place(path)?;
        private_file::must_be_private(path)?;
        let mut lock = Lock::take(path)?;
        let left_behind = ControlFile::of(path)
            .withdraw()
            .map_err(|error| machine(path, &error))?;
        let is_new = !path.exists();
        if is_new {
            create(path)?;
        }
        lock.take_file(path)?;
        // Before SQLite makes a new one.
        let has_wal = has_wal(path);
        let mut ledger = Self {
            connection: connect(path)?,
            path: path.to_owned(),
            lanes: Vec::new(),
            left_behind,
            is_new,
            is_forgetful: false,
            again: false,
            lock: Some(lock),
        };
        ledger.check_kind()?;
        ledger.check_whole()?;
        let open_run =
            sql::fact(&ledger.connection, OPEN_RUN).map_err(|error| explain(path, &error))?;
        ledger.is_forgetful = open_run.is_some() && !has_wal;
        ledger
            .prepare_writer()
            .map_err(|error| explain(&ledger.path, &error))?;
        if has_wal {
            // What the last run wrote is all here.
            sql::remove_fact(&ledger.connection, OPEN_RUN)
                .map_err(|error| explain(path, &error))?;
        }
        Ok(ledger)
    }

    /// Whether the ledger is still the file that was opened.
    fn check_place(&self) -> Result<(), LedgerError> {
        let in_place = self
            .lock
            .as_ref()
            .is_none_or(|lock| lock.is_in_place(&self.path));
        if in_place {
            Ok(())
        } else {
            Err(LedgerError::Moved {
                path: self.path.clone(),
            })
        }
    }

    fn prepare_writer(&mut self) -> rusqlite::Result<()> {
        sql::configure_writer(&self.connection)?;
        let version = sql::version(&self.connection)?;
        if version < sql::MIGRATIONS.len() {
            sql::migrate(&mut self.connection, version)?;
        }
        sql::sending_to_unknown(
            &self.connection,
            &OwnWords::ProgramEnded.localized(Language::En),
        )?;
        Ok(())
    }

    fn check_kind(&self) -> Result<(), LedgerError> {
        let kind =
            sql::application_id(&self.connection).map_err(|error| explain(&self.path, &error))?;
        if kind != sql::APPLICATION_ID {
            return Err(LedgerError::Foreign {
                path: self.path.clone(),
            });
        }
        let version =
            sql::version(&self.connection).map_err(|error| explain(&self.path, &error))?;
        if version > sql::MIGRATIONS.len() {
            return Err(LedgerError::Newer {
                path: self.path.clone(),
                version,
            });
        }
        Ok(())
    }

    /// A page that nobody happens to read would else hide that a contact was sent.
    fn check_whole(&self) -> Result<(), LedgerError> {
        let damage = sql::damage(&self.connection).map_err(|error| explain(&self.path, &error))?;
        damage.map_or(Ok(()), |reason| {
            Err(LedgerError::Damaged {
                path: self.path.clone(),
                reason,
            })
        })
    }
}

/// Whether something that was written last is beside the ledger.
fn has_wal(path: &Path) -> bool {
    fs::metadata(beside(path, "-wal")).is_ok_and(|wal| wal.len() > 0)
}

/// A new ledger gets its name when it is whole: a file of that name that lacks our mark is somebody
/// else's, or was cut short, and must not begin the campaign again.
fn create(path: &Path) -> Result<(), LedgerError> {
    if beside(path, "-wal").exists() {
        return Err(LedgerError::Lost {
            path: path.to_owned(),
        });
    }
    let new = beside(path, "-new");
    // Left by a run that died here; it holds no row.
    let _gone = fs::remove_file(&new);
    create_private(&new, true)?;
    let mut connection = connect(&new)?;
    sql::migrate(&mut connection, 0).map_err(|error| explain(path, &error))?;
    drop(connection);
    fs::rename(&new, path)
        .and_then(|()| sync_folder(path))
        .map_err(|error| machine(path, &error))
}

/// Makes a new name in a folder outlast a power cut.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
}

/// The system keeps names by itself.
#[cfg(not(unix))]
const fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn connect(path: &Path) -> Result<Connection, LedgerError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(|error| explain(path, &error))
}

/// Even a reader needs files beside the ledger. Where the folder takes none, nobody writes to the ledger: it is
/// read as it is, unless what was written last is beside it.
fn connect_to_read(path: &Path) -> Result<Connection, LedgerError> {
    let connection = connect(path)?;
    let is_closed = |error: &rusqlite::Error| {
        matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)
        )
    };
    let last_words = beside(path, "-wal");
    match sql::version(&connection) {
        Err(error) if is_closed(&error) && !last_words.exists() => {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
                | OpenFlags::SQLITE_OPEN_URI
                | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            Connection::open_with_flags(immutable(path), flags)
                .map_err(|error| explain(path, &error))
        }
        Err(_) | Ok(_) => Ok(connection),
    }
}

/// The name of a file that does not change (<https://sqlite.org/uri.html>).
fn immutable(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut uri = String::from("file:");
    for byte in whole.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                uri.push(char::from(*byte));
            }
            b'\\' if cfg!(windows) => uri.push('/'),
            // Writing to a string cannot fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri + "?immutable=1"
}

/// An empty file is a new SQLite database; made here so that nobody else can ever read it. One that must
/// be new is never a file that is there already.
fn create_private(path: &Path, is_new: bool) -> Result<(), LedgerError> {
    let mut options = fs::OpenOptions::new();
    options
        .write(true)
        .create(true)
        .create_new(is_new)
        .truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    open_private(path, &mut options).map(drop)
}

#[cfg(test)]
mod tests;
