//! Inspects a database for `doctor`: whether it can guarantee what we promise, and what its user may do. Changes
//! nothing.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{
    database::Database,
    db::{self, Connection},
    error::LedgerError,
    machines::LeaseSummary,
    server_check::OLDEST_VERSION,
    sql::{inspection as server, machines, postgres},
};

/// The longest time that an answer may take; a person waits for it.
const LIMIT: Duration = Duration::from_secs(10);

/// The result of an inspection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The version, as the server states it.
    pub version: String,
    /// Whether the version is supported.
    pub is_supported: bool,
    /// Whether the server is read-only: a replica, or configured so.
    pub is_read_only: bool,
    /// Whether a connection pooler gives each transaction another session.
    pub is_pooled: bool,
    /// The current user, whose rights count.
    pub user: String,
    /// The role that the session logged in as: only the same role may end the session.
    pub login: String,
    /// What the user may do.
    pub rights: DatabaseRights,
    /// Whether commits survive a power failure.
    pub durability: Durability,
    /// The `synchronous_commit` that sessions start with; ours set their own.
    pub synchronous_commit: String,
    /// How far this machine's clock is ahead of the server's.
    pub clock_ahead: SignedDuration,
    /// Which replicas receive commits.
    pub replication: Replication,
    /// The version of the schema; `None` if there is no schema.
    pub schema_version: Option<usize>,
    /// The newest version that this program knows.
    pub newest_schema: usize,
    /// The number of campaigns.
    pub campaigns: usize,
    /// Lapsed leases, of machines that died.
    pub lapsed: Vec<LeaseSummary>,
}

/// What a user of the database may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseRights {
    /// Create campaigns, and send existing ones.
    All,
    /// Send existing campaigns.
    Write,
    /// Show campaigns.
    Read,
    /// Nothing.
    None,
}

/// Whether commits survive a power failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Commits survive.
    Full,
    /// A page may be half written after a power failure.
    NoFullPageWrites,
    /// Commits may be lost, and the database may be damaged.
    NoFsync,
}

/// Which replicas have what was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replication {
    /// None, as far as the server knows.
    None,
    /// This many replicas, which may lack the last commits.
    Asynchronous(u64),
    /// A commit waits for these replicas: the value of `synchronous_standby_names`.
    Synchronous(String),
}

impl Database {
    /// Returns the name of the shared schema.
    #[must_use]
    pub fn schema_name(&self) -> &str {
        self.schema()
    }

    /// Inspects the server.
    ///
    /// # Errors
    /// [`LedgerError`] when it cannot be reached, or refuses this user.
    pub fn inspect(&self) -> Result<Inspection, LedgerError> {
        let connection = self.connect()?;
        connection.set_limit(LIMIT);
        self.look_at(&connection)
            .map_err(|error| self.explain(&error))
    }

    fn look_at(&self, connection: &Connection) -> db::Result<Inspection> {
        let setting = |name| server::setting(connection, name);
        let is_on = |name| Ok::<_, db::Error>(setting(name)? == "on");
        let may_read = server::may_read(connection, self.schema())?;
        let schema_version = if may_read {
            postgres::version(connection, self.schema())?
        } else {
            None
        };
        let mut campaigns = Vec::new();
        let mut lapsed = Vec::new();
        // Nothing more can be read from a newer schema.
        if schema_version.is_some_and(|version| version <= postgres::SHARED.len()) {
            Self::enter(connection, &[self.schema()])?;
            campaigns = server::campaign_schemas(connection, self.schema())?;
            lapsed = machines::lapsed(connection)?;
        }
        let (asked, server_time) = (Timestamp::now(), server::time(connection)?);
        Ok(Inspection {
            version: setting("server_version")?,
            is_supported: setting("server_version_num")?
                .parse()
                .is_ok_and(|version: i64| version >= OLDEST_VERSION),
            is_read_only: server::is_replica(connection)? || is_on("transaction_read_only")?,
            is_pooled: self.is_pooled(connection)?,
            user: server::user(connection)?,
            login: server::login(connection)?,
            rights: self.rights(connection, may_read, schema_version.is_some(), &campaigns)?,
            durability: match (is_on("fsync")?, is_on("full_page_writes")?) {
                (true, true) => Durability::Full,
                (true, false) => Durability::NoFullPageWrites,
                (false, _) => Durability::NoFsync,
            },
            synchronous_commit: server::initial_setting(connection, "synchronous_commit")?,
            clock_ahead: asked.duration_since(server_time),
            replication: replication(connection)?,
            schema_version,
            newest_schema: postgres::SHARED.len(),
            campaigns: campaigns.len(),
            lapsed: lapsed.into_iter().map(LeaseSummary::from).collect(),
        })
    }

    fn rights(
        &self,
        connection: &Connection,
        may_read: bool,
        is_there: bool,
        campaigns: &[String],
    ) -> db::Result<DatabaseRights> {
        let may_create = server::may_create(connection)?;
        if !may_read || !is_there && !may_create {
            return Ok(DatabaseRights::None);
        }
        let shared = self.schema().to_owned();
        let (mut read, mut write) = (true, true);
        for schema in std::iter::once(&shared).chain(campaigns) {
            read &= server::may_read(connection, schema)?;
            write &= server::may_write(connection, schema)?;
        }
        Ok(match (read, write, may_create) {
            (_, true, true) => DatabaseRights::All,
            (_, true, false) => DatabaseRights::Write,
            (true, false, _) => DatabaseRights::Read,
            (false, false, _) => DatabaseRights::None,
        })
    }
}

fn replication(connection: &Connection) -> db::Result<Replication> {
    let names = server::setting(connection, "synchronous_standby_names")?;
    if !names.is_empty() {
        return Ok(Replication::Synchronous(names));
    }
    Ok(match server::replicas(connection)? {
        0 => Replication::None,
        replicas => Replication::Asynchronous(replicas),
    })
}
