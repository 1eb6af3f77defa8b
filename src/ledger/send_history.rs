//! The send history of an instance: what it has sent from this machine in all campaigns, so that caps hold across runs,
//! restarts and campaigns.
//!
//! What must stay true: an entry is in the send history before its request is sent. What a ledger has begun and the
//! history does not have, because of a crash between the two, is added when they are attached to each other again.

use std::{
    cell::RefCell,
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use crate::{
    domain::Person,
    platform,
    send_policy::{DailyUsage, Day, Zone},
};

use super::{
    connection::{connect, create_private, has_wal},
    database::Database,
    db::{Connection, Session, Transaction},
    error::{LedgerError, explain_history, unusable_history},
    history_entries::{Entries, MessageKeys, digests},
    history_schema::HistorySchema,
    history_tx::{
        EarlierSend, HistoryTx, SentElsewhere, Tables, earlier_send, sent_elsewhere, spent,
    },
    identity::{Identity, Service},
    lids::KnownPairs,
    paths::path_beside,
    private_file::create_folder,
    recent::RecentSends,
    restrictions::{PastRestriction, SeenState},
    scratch::Scratch,
    sql::{self, SentRecord, lids::Chat, send_history::Send},
};

/// Bytes of the smallest database: one page of the smallest size that SQLite allows.
const SMALLEST: u64 = 512;

/// An open send history. Several runs may share it.
#[derive(Debug)]
pub struct SendHistory {
    pub(super) connection: Connection,
    path: PathBuf,
    /// Which file it is; `None` if it is not a file that others know by this path. An open file would not do: to close it
    /// releases the locks of SQLite on the same file.
    file: Option<(u64, u64)>,
    /// The number of the campaign in the send history.
    campaign: Option<i64>,
    /// The entries that are not in the table `sends` yet.
    recent: RecentSends,
    /// For a copy: the folder that is removed with it.
    pub(super) scratch: Option<Scratch>,
}

impl SendHistory {
    /// Opens the send history of an instance in this folder, or creates it (mode 0600, the folder 0700). `host` (host
    /// and port) distinguishes services on this machine.
    ///
    /// # Errors
    /// [`LedgerError::SendHistory`] when it cannot be used; [`LedgerError::NotPrivate`] when it is not a regular file of
    /// the user's own.
    pub fn open(folder: &Path, identity: &Identity, host: &str) -> Result<Self, LedgerError> {
        let path = folder.join(file_name(identity, host));
        let machine = |error: io::Error| unusable_history(&path, &error);
        create_folder(folder).map_err(machine)?;
        // SQLite would take it for a new database, and nobody would learn that its entries are lost.
        if fs::metadata(&path).is_ok_and(|file| file.is_file() && file.len() < SMALLEST) {
            return Err(unusable_history(&path, &"it is empty or was cut off"));
        }
        // A left-behind `-wal` of a removed file would become a part of any new file that is not empty.
        if !path.exists() && !has_wal(&path) {
            Self::create(folder, &path)?;
        }
        create_private(&path, false).map_err(|error| {
            if matches!(error, LedgerError::NotPrivate(_)) {
                error
            } else {
                unusable_history(&path, &error)
            }
        })?;
        let connection = connect(&path).map_err(|error| unusable_history(&path, &error))?;
        let file = platform::file_id(&path);
        Self::prepared(connection, path).map(|history| Self { file, ..history })
    }

    /// Whether its file still has its name. What is entered in a file that was removed or replaced outlasts no run.
    pub(super) fn is_in_place(&self) -> bool {
        self.file.is_none() || self.file == platform::file_id(&self.path)
    }

    /// Whether there is a send history of an instance in this folder.
    #[must_use]
    pub fn exists(folder: &Path, identity: &Identity, host: &str) -> bool {
        folder.join(file_name(identity, host)).exists()
    }

    /// Creates a send history under another name first, so that of several runs that begin at once, each finds a
    /// complete one. If the folder does not allow that, the caller creates an empty file, which becomes a send history
    /// when it is opened.
    fn create(folder: &Path, path: &Path) -> Result<(), LedgerError> {
        let machine = |error: io::Error| unusable_history(path, &error);
        let new = tempfile::Builder::new().suffix(".new").tempfile_in(folder);
        let new = new.map_err(machine)?.into_temp_path();
        if let Err(error) = Self::fill(&new, path) {
            // What did not fit into the file itself.
            for suffix in ["-wal", "-shm"] {
                let _ = fs::remove_file(path_beside(&new, suffix));
            }
            return Err(error);
        }
        let _there_is_one = new.persist_noclobber(path);
        Ok(())
    }

    /// Turns an empty file into a send history, and moves everything from its `-wal` into the file. On a full disk SQLite
    /// would leave a part in the `-wal` without an error.
    fn fill(new: &Path, path: &Path) -> Result<(), LedgerError> {
        let connection = connect(new).map_err(|error| unusable_history(path, &error))?;
        let history = Self::prepared(connection, path.to_owned())?;
        sql::checkpoint(&history.connection).map_err(|error| explain_history(path, &error))
    }

    /// Opens the send history of an instance in a database, or creates it.
    ///
    /// # Errors
    /// [`LedgerError`] when the database cannot be used.
    pub fn open_in(
        database: &Database,
        identity: &Identity,
        host: &str,
    ) -> Result<Self, LedgerError> {
        let name = name_in(identity, host);
        Ok(Self {
            connection: database.connect_to_history(&name)?,
            path: database.path().join(name),
            file: None,
            campaign: None,
            recent: RecentSends::default(),
            scratch: None,
        })
    }

    /// Whether its connection is lost.
    pub(super) fn is_cut_off(&self) -> bool {
        self.connection.is_closed()
    }

    /// Returns its session, if the history is on a server.
    pub(super) const fn session(&self) -> Option<&Session> {
        self.connection.session()
    }

    /// See [`Database::guard`].
    pub(super) fn guard(&self, database: &Database) -> Result<(), LedgerError> {
        database.guard(&self.connection)
    }

    /// Reconnects to the database.
    pub(super) fn reconnect(&mut self, database: &Database) -> Result<(), LedgerError> {
        let name = self.path.file_name().unwrap_or_default();
        self.connection = database.connect_to_history(&name.to_string_lossy())?;
        Ok(())
    }

    /// Creates a send history in memory, which ends with the run.
    ///
    /// # Errors
    /// [`LedgerError::SendHistory`] when there is no memory for it.
    pub fn in_memory() -> Result<Self, LedgerError> {
        let path = PathBuf::from(":memory:");
        let connection =
            Connection::open_in_memory().map_err(|error| explain_history(&path, &error))?;
        Self::prepared(connection, path)
    }

    pub(super) fn prepared(connection: Connection, path: PathBuf) -> Result<Self, LedgerError> {
        // Checked before the application id is read, because another run may be creating the same send history now.
        let is_filled = sql::send_history::has_tables(&connection)
            .map_err(|error| explain_history(&path, &error))?;
        let kind =
            sql::application_id(&connection).map_err(|error| explain_history(&path, &error))?;
        let version = sql::version(&connection).map_err(|error| explain_history(&path, &error))?;
        let is_history = kind == sql::send_history::APPLICATION_ID || (kind == 0 && !is_filled);
        if !is_history {
            return Err(unusable_history(
                &path,
                &"it was written by another program",
            ));
        }
        // It is not damaged, so the run must not go on without it.
        if version > sql::send_history::MIGRATIONS.len() {
            return Err(LedgerError::Newer { path, version });
        }
        sql::send_history::configure(&connection)
            .map_err(|error| explain_history(&path, &error))?;
        Ok(Self {
            connection,
            path,
            file: None,
            campaign: None,
            recent: RecentSends::default(),
            scratch: None,
        })
    }

    /// Returns the names of the campaigns that used it.
    ///
    /// # Errors
    /// [`LedgerError`] when it cannot be read.
    pub fn campaigns(&self) -> Result<Vec<String>, LedgerError> {
        sql::send_history::campaigns(&self.connection)
            .map(|campaigns| campaigns.into_iter().map(|(_, _, name)| name).collect())
            .map_err(|error| explain_history(&self.path, &error))
    }

    /// Whether the instance sent the contact of a request to its person before, in any campaign. `others` are the
    /// person's other chats.
    pub(super) fn has_sent_before(
        &self,
        request: &SentRecord,
        others: &[[u8; 16]],
    ) -> Result<bool, LedgerError> {
        self.merge_recent()?;
        for entry in Entries::new(request).with_others(others).each() {
            let found = sql::send_history::has_sent(&self.connection, &entry);
            if found.map_err(|error| explain_history(&self.path, &error))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the requests that are not recorded.
    pub(super) fn missing(&self, requests: Vec<Entries>) -> Result<Vec<Entries>, LedgerError> {
        let _reading = self.begin_reading()?;
        let mut missing = Vec::new();
        for entries in requests {
            if !self.has(&entries)? {
                missing.push(entries);
            }
        }
        Ok(missing)
    }

    fn has(&self, entries: &Entries) -> Result<bool, LedgerError> {
        for entry in entries.each() {
            let found = sql::send_history::has(&self.connection, &entry);
            if found.map_err(|error| explain_history(&self.path, &error))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Does the same as [`HistoryTx::earlier_send`], outside a batch and after [`Self::begin_reading`].
    pub(super) fn earlier_send(
        &self,
        keys: &MessageKeys,
        last_request: Option<Timestamp>,
    ) -> Result<Option<EarlierSend>, LedgerError> {
        let sent_to = |chat: &Chat| sql::send_history::sent_to(&self.connection, (chat, None));
        earlier_send(
            &self.connection,
            (self.campaign, last_request),
            keys,
            sent_to,
        )
        .map_err(|error| explain_history(&self.path, &error))
    }

    /// Does the same as [`HistoryTx::sent_elsewhere`], outside a batch and after [`Self::begin_reading`].
    pub(super) fn sent_elsewhere(
        &self,
        keys: &MessageKeys,
        since: Timestamp,
    ) -> Result<Option<SentElsewhere>, LedgerError> {
        let sent_to =
            |chat: &Chat| sql::send_history::sent_to(&self.connection, (chat, Some(since)));
        let chats = keys.people().chain(keys.others());
        sent_elsewhere(&self.connection, self.campaign, chats, sent_to)
            .map_err(|error| explain_history(&self.path, &error))
    }

    /// Begins a transaction for reading: until it is dropped, everything is read as of the first read.
    pub(super) fn begin_reading(&self) -> Result<Transaction<'_>, LedgerError> {
        self.merge_recent()?;
        self.connection
            .transaction()
            .map_err(|error| explain_history(&self.path, &error))
    }

    /// Whether another campaign has sent anything, or a person is known by two ids.
    pub(super) fn may_know_others(&self) -> Result<bool, LedgerError> {
        self.merge_recent()?;
        sql::send_history::has_others(&self.connection, self.campaign)
            .and_then(|has| Ok(has || sql::lids::has_lids(&self.connection)?))
            .map_err(|error| explain_history(&self.path, &error))
    }

    /// Whether the instance has written to a person before.
    pub(super) fn knows(&self, person: &str) -> Result<bool, LedgerError> {
        self.merge_recent()?;
        for chat in digests(&Person::behind(person)) {
            let known = sql::send_history::knows(&self.connection, &chat);
            if known.map_err(|error| explain_history(self.path(), &error))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the path of the file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the number of the campaign in the send history.
    pub(super) const fn campaign(&self) -> Option<i64> {
        self.campaign
    }

    /// Returns what the instance has sent on this day in this zone.
    ///
    /// # Errors
    /// [`LedgerError::SendHistory`] when it cannot be read.
    pub fn spent(&self, day: &Day, zone: &Zone) -> Result<DailyUsage, LedgerError> {
        self.merge_recent()?;
        spent(&self.connection, day, zone).map_err(|error| explain_history(&self.path, &error))
    }

    /// Returns when the last contact up to now was sent. Later entries, made while the clock was ahead, are ignored.
    ///
    /// # Errors
    /// [`LedgerError::SendHistory`] when it cannot be read.
    pub fn last(&self, now: Timestamp) -> Result<Option<Timestamp>, LedgerError> {
        self.merge_recent()?;
        sql::send_history::last(&self.connection, now)
            .map_err(|error| explain_history(&self.path, &error))
    }

    /// Records the state of the number's restrictions at this moment.
    ///
    /// # Errors
    /// [`LedgerError::SendHistory`] when it cannot be written.
    pub fn note_state(&self, seen: &SeenState, at: Timestamp) -> Result<(), LedgerError> {
        let noted = match seen {
            SeenState::Authorized => sql::restrictions::note_authorized(&self.connection, at),
            SeenState::Restricted { state, until } => {
                sql::restrictions::note_restricted(&self.connection, at, state, *until)
            }
        };
        noted.map_err(|error| explain_history(&self.path, &error))
    }

    /// Returns every restriction of the number that was noticed, the latest first.
    ///
    /// # Errors
    /// [`LedgerError::SendHistory`] when it cannot be read.
    pub fn restrictions(&self) -> Result<Vec<PastRestriction>, LedgerError> {
        sql::restrictions::all(&self.connection)
            .map_err(|error| explain_history(&self.path, &error))
    }

    /// Returns the name by which a ledger recognizes the send history.
    pub(super) fn name(&self) -> Result<String, LedgerError> {
        sql::send_history::name(&self.connection)
            .map_err(|error| explain_history(&self.path, &error))
    }

    /// Makes this the campaign whose sends are recorded from now on.
    pub(super) fn join(&mut self, id: &str, name: &str) -> Result<(), LedgerError> {
        let number = sql::send_history::campaign(&self.connection, id, name)
            .map_err(|error| explain_history(&self.path, &error))?;
        self.campaign = Some(number);
        Ok(())
    }

    /// Learns which of its sends are those of this campaign, if any are.
    pub(super) fn recognize(&mut self, id: &str) -> Result<(), LedgerError> {
        let campaigns = sql::send_history::campaigns(&self.connection)
            .map_err(|error| explain_history(&self.path, &error))?;
        let own = campaigns.iter().find(|(_, ledger, _)| ledger == id);
        self.campaign = own.map(|(number, ..)| *number);
        Ok(())
    }

    /// Calls `each` for every contact that was sent since `from`.
    pub(super) fn each_since(
        &self,
        from: Timestamp,
        each: impl FnMut(&Send<'_>),
    ) -> Result<(), LedgerError> {
        self.merge_recent()?;
        sql::send_history::each_since(&self.connection, from, each)
            .map_err(|error| explain_history(&self.path, &error))
    }

    /// Moves all entries to `sends`, where statements that count and look up find them. On a server all are there.
    pub(super) fn merge_recent(&self) -> Result<(), LedgerError> {
        if !self.connection.is_file() {
            return Ok(());
        }
        self.recent
            .merge(&self.connection)
            .map_err(|error| explain_history(&self.path, &error))
    }

    /// Begins a transaction: no other run writes to the send history until it is committed or dropped.
    pub(super) fn begin(&mut self) -> Result<HistoryTx<'_>, LedgerError> {
        let Self {
            connection,
            path,
            campaign,
            recent,
            ..
        } = self;
        let unusable = |error| explain_history(path, &error);
        let transaction = sql::send_history::begin(connection).map_err(unusable)?;
        let recent = recent.begin(&transaction).map_err(unusable)?;
        Ok(HistoryTx {
            tables: Tables::Own {
                transaction,
                recent,
            },
            path,
            campaign: *campaign,
            pairs: KnownPairs::default(),
        })
    }

    /// Uses its tables in a transaction on the database that holds the ledger.
    pub(super) fn in_ledger_transaction<'a>(&'a self, connection: &'a Connection) -> HistoryTx<'a> {
        HistoryTx {
            tables: Tables::BesideLedger {
                schema: HistorySchema::new(connection, self.connection.main()),
                known: RefCell::default(),
            },
            path: &self.path,
            campaign: self.campaign,
            pairs: KnownPairs::default(),
        }
    }
}

/// Returns the name of a send history in a database.
pub(super) fn name_in(identity: &Identity, host: &str) -> String {
    let name = file_name(identity, host);
    name.trim_end_matches(".book").to_owned()
}

pub(super) fn file_name(identity: &Identity, host: &str) -> String {
    let Identity {
        service, instance, ..
    } = identity;
    let plain = |text: &str| {
        text.replace(
            |char: char| !char.is_ascii_alphanumeric() && char != '.',
            "-",
        )
    };
    match service {
        Service::Simulator | Service::GreenApi => {
            format!("{}-{}.book", service.as_str(), plain(instance))
        }
        Service::Loopback => format!(
            "{}-{}-{}.book",
            service.as_str(),
            plain(host),
            plain(instance)
        ),
    }
}
