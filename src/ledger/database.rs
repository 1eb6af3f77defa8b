//! A PostgreSQL database that holds campaigns and the send histories of their instances: how to connect to it, and what
//! it must guarantee.
//!
//! What must stay true: no text about the database contains a password; each connection is a whole session, never
//! pooled transactions; the server is the one on which the ledger was written last.

use std::{
    fmt,
    net::IpAddr,
    path::PathBuf,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::{Config, config::Host};

use super::{
    database_url::has_raw_mark,
    db::{self, Connection, Fault, Protection, Session, Transaction, params},
    error::{DatabaseAddressError, LedgerError, ServerFault},
    run_command::RunCommand,
    sql::{
        leases,
        postgres::{self, Migrated},
    },
    tls::{self, Verification},
};
use crate::platform::{self, Address};

/// The maximum length of the name of a schema. PostgreSQL cuts names off at 63 bytes, and those of a campaign and of a
/// send history have `_campaign_` or `_history_` and a number behind it.
const LONGEST_SCHEMA: usize = 44;

/// The schema that all campaigns of a database share, unless it is named otherwise.
pub const DEFAULT_SCHEMA: &str = "sendcontact";

/// The bounds of the time that a transaction of a batch may be idle.
const SHORTEST_IDLE: Duration = Duration::from_secs(5);
const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// The longest time that a statement of a batch may take.
const BATCH_LIMIT: Duration = Duration::from_secs(30);

/// The port if the URL names none.
const DEFAULT_PORT: u16 = 5432;

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A database of campaigns.
#[derive(Clone)]
pub struct Database(Arc<Settings>);

struct Settings {
    config: Config,
    protection: Protection,
    schema: String,
    /// Host and name, as shown to people.
    shown: String,
    /// The maximum duration of a request to the service: a lease must outlast it.
    request_timeout: Duration,
    /// How long to try to reconnect.
    retry_for: Duration,
}

/// How to connect to a database.
#[derive(Debug)]
pub struct DatabaseAddress<'a> {
    /// `postgresql://user@host:port/name?sslmode=…`, as libpq reads it.
    pub url: &'a SecretString,
    /// Where to look up the password if it is not in the URL.
    pub password: &'a dyn Passwords,
    /// The shared schema.
    pub schema: &'a str,
    /// How long a request to the service may take.
    pub request_timeout: Duration,
    /// How long to try to reconnect during a run.
    pub retry_for: Duration,
}

/// A source of passwords for databases.
pub trait Passwords: fmt::Debug {
    /// Returns the password for this host, port, database and user.
    fn password(&self, host: &str, port: u16, database: &str, user: &str) -> Option<SecretString>;
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Database").field(&self.0.shown).finish()
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.shown)
    }
}

impl PartialEq for Database {
    fn eq(&self, other: &Self) -> bool {
        self.0.shown == other.0.shown && self.0.schema == other.0.schema
    }
}

impl Eq for Database {}

impl Database {
    /// Parses the address of a database, without connecting.
    ///
    /// # Errors
    /// [`DatabaseAddressError`].
    pub fn new(address: &DatabaseAddress<'_>) -> Result<Self, DatabaseAddressError> {
        if address.schema.len() > LONGEST_SCHEMA {
            return Err(DatabaseAddressError::SchemaTooLong {
                most: LONGEST_SCHEMA,
            });
        }
        // The driver would take what is behind the first @ for the host, and show it.
        if has_raw_mark(address.url.expose_secret()) {
            return Err(DatabaseAddressError::RawMark);
        }
        let (url, options) = split_options(address.url.expose_secret())?;
        // The library's error is dropped: it may contain a part of the URL.
        let mut config: Config = url.parse().map_err(|_| DatabaseAddressError::Malformed {
            part: "user, host, port, name or an option".to_owned(),
        })?;
        let host = host_of(&config);
        let port = config.get_ports().first().copied().unwrap_or(DEFAULT_PORT);
        let user = config.get_user().unwrap_or_default().to_owned();
        let name = config.get_dbname().unwrap_or(&user).to_owned();
        if config.get_password().is_none()
            && let Some(password) = address.password.password(&host, port, &name, &user)
        {
            config.password(password.expose_secret());
        }
        let verification = match options.ssl_mode.as_deref() {
            None if is_local(&config) => Verification::Plain,
            None | Some("verify-full") => Verification::Full,
            Some("disable") => Verification::Plain,
            Some("verify-ca") => Verification::Chain,
            // With root certificates, `require` verifies the chain
            // (https://www.postgresql.org/docs/current/libpq-ssl.html).
            Some("require") if options.root_certificates.is_some() => Verification::Chain,
            Some("require") => Verification::None,
            Some(other) => {
                return Err(DatabaseAddressError::SslMode {
                    mode: other.to_owned(),
                });
            }
        };
        let protection = tls::protection(verification, options.root_certificates.as_deref())?;
        config
            .application_name("sendcontact")
            .connect_timeout(CONNECT_TIMEOUT)
            .keepalives_idle(Duration::from_secs(10))
            .tcp_user_timeout(Duration::from_secs(20))
            .ssl_mode(match protection {
                Protection::Plain => tokio_postgres::config::SslMode::Disable,
                Protection::Tls(_) => tokio_postgres::config::SslMode::Require,
            });
        let port = if port == DEFAULT_PORT {
            String::new()
        } else {
            format!(":{port}")
        };
        Ok(Self(Arc::new(Settings {
            shown: format!("postgresql://{host}{port}/{name}"),
            config,
            protection,
            schema: address.schema.to_owned(),
            request_timeout: address.request_timeout,
            retry_for: address.retry_for,
        })))
    }

    /// How long a request to the service may take.
    pub(super) fn request_timeout(&self) -> Duration {
        self.0.request_timeout
    }

    /// How long to try to reconnect.
    pub(super) fn retry_for(&self) -> Duration {
        self.0.retry_for
    }

    pub(super) fn schema(&self) -> &str {
        &self.0.schema
    }

    /// Returns the names of its campaigns.
    ///
    /// # Errors
    /// [`LedgerError`] when it cannot be reached or read.
    pub fn campaigns(&self) -> Result<Vec<String>, LedgerError> {
        let connection = self.connect()?;
        self.must_be_readable(&connection, self.schema(), postgres::SHARED)?;
        let names = || {
            if postgres::version(&connection, self.schema())?.is_none() {
                return Ok(Vec::new());
            }
            Self::enter(&connection, &[self.schema()])?;
            connection.query_all(
                "SELECT name FROM campaigns ORDER BY name",
                params![],
                |row| row.get(0),
            )
        };
        names().map_err(|error| self.explain(&error))
    }

    /// Fails if there is no such campaign.
    pub(super) fn must_have(&self, campaign: &str) -> Result<(), LedgerError> {
        if self.campaigns()?.iter().any(|known| known == campaign) {
            Ok(())
        } else {
            Err(LedgerError::NoCampaign {
                database: self.to_string(),
                campaign: campaign.to_owned(),
            })
        }
    }

    /// Makes a session find the tables of a campaign. A missing campaign is created if `may_write` is set.
    pub(super) fn enter_campaign(
        &self,
        connection: &Connection,
        campaign: &str,
        may_write: bool,
    ) -> Result<(), LedgerError> {
        let explained = |error: db::Error| self.explain(&error);
        Self::enter(connection, &[self.schema()]).map_err(explained)?;
        if may_write {
            let add = "INSERT INTO campaigns (name) VALUES (?1) ON CONFLICT DO NOTHING";
            connection
                .execute(add, params![campaign])
                .map_err(explained)?;
        }
        let id: i64 = connection
            .query_row(
                "SELECT id FROM campaigns WHERE name = ?1",
                params![campaign],
                |row| row.get(0),
            )
            .map_err(explained)?;
        let schema = format!("{}_campaign_{id}", self.schema());
        if may_write {
            self.migrate(connection, &schema, postgres::CAMPAIGN)?;
        } else {
            self.must_be_readable(connection, &schema, postgres::CAMPAIGN)?;
        }
        Self::enter(connection, &[&schema, self.schema()]).map_err(explained)
    }

    /// Creates a campaign inside a transaction in the shared schema, which then finds the campaign's tables. Returns
    /// false if the campaign already exists.
    pub(super) fn begin_campaign(
        &self,
        transaction: &Transaction<'_>,
        campaign: &str,
    ) -> Result<bool, LedgerError> {
        let begin = || {
            let id: Option<i64> = transaction.query_optional(
                "INSERT INTO campaigns (name) VALUES (?1) ON CONFLICT DO NOTHING RETURNING id",
                params![campaign],
                |row| row.get(0),
            )?;
            let Some(id) = id else {
                return Ok(None);
            };
            let schema = format!("{}_campaign_{id}", self.schema());
            let migrated = postgres::migrate_in(transaction, &schema, postgres::CAMPAIGN)?;
            Self::enter(transaction, &[&schema, self.schema()])?;
            Ok(Some(migrated))
        };
        match begin().map_err(|error| self.explain(&error))? {
            None => Ok(false),
            Some(Migrated::Done) => Ok(true),
            Some(Migrated::Newer(version)) => Err(LedgerError::Newer {
                path: self.path(),
                version,
            }),
        }
    }

    /// Opens a session that finds the tables of a send history, which is created if it is missing.
    pub(super) fn connect_to_history(&self, name: &str) -> Result<Connection, LedgerError> {
        let connection = self.connect_to_write()?;
        let id: i64 = connection
            .query_row(
                "INSERT INTO histories (name) VALUES (?1) ON CONFLICT (name) DO UPDATE SET name = ?1 RETURNING id",
                params![name],
                |row| row.get(0),
            )
            .map_err(|error| self.explain(&error))?;
        let schema = format!("{}_history_{id}", self.schema());
        self.migrate(&connection, &schema, postgres::HISTORY)?;
        Self::enter(&connection, &[&schema, self.schema()])
            .map_err(|error| self.explain(&error))?;
        Ok(connection)
    }

    /// Opens a session that reads the tables of a send history; `None` if the history does not exist.
    pub(super) fn connect_to_read_history(
        &self,
        name: &str,
    ) -> Result<Option<Connection>, LedgerError> {
        let connection = self.connect()?;
        let find = || {
            if postgres::version(&connection, self.schema())?.is_none() {
                return Ok(None);
            }
            Self::enter(&connection, &[self.schema()])?;
            let sql = "SELECT id FROM histories WHERE name = ?1";
            connection.query_optional(sql, params![name], |row| row.get::<i64>(0))
        };
        let Some(id) = find().map_err(|error| self.explain(&error))? else {
            return Ok(None);
        };
        let schema = format!("{}_history_{id}", self.schema());
        self.must_be_readable(&connection, &schema, postgres::HISTORY)?;
        Self::enter(&connection, &[&schema, self.schema()])
            .map_err(|error| self.explain(&error))?;
        Ok(Some(connection))
    }

    /// Refuses a schema of a newer version, which may have another meaning.
    fn must_be_readable(
        &self,
        connection: &Connection,
        schema: &str,
        migrations: &[&str],
    ) -> Result<(), LedgerError> {
        match postgres::version(connection, schema).map_err(|error| self.explain(&error))? {
            Some(version) if version > migrations.len() => Err(LedgerError::Newer {
                path: self.path(),
                version,
            }),
            Some(_) | None => Ok(()),
        }
    }

    /// Waits for an import in progress of the campaign that a session has entered. No import begins until the returned
    /// guard is dropped.
    pub(super) fn hold_imports_off<'a>(
        &self,
        connection: &'a Connection,
    ) -> Result<NoImport<'a>, LedgerError> {
        postgres::hold_imports_off(connection).map_err(|error| self.explain(&error))?;
        Ok(NoImport(connection))
    }

    /// Fails if a run is working on the campaign.
    pub(super) fn must_be_idle(
        &self,
        connection: &Connection,
        campaign: &str,
    ) -> Result<(), LedgerError> {
        let leases = leases::all(connection).map_err(|error| self.explain(&error))?;
        let other = leases
            .into_iter()
            .find(|lease| lease.campaign == campaign && lease.is_live);
        other.map_or(Ok(()), |lease| {
            Err(LedgerError::Leased {
                instance: lease.instance,
                host: lease.host,
                process: lease.process,
                seconds: lease.free_in.as_secs(),
            })
        })
    }

    /// Whether a run is working on a campaign.
    pub(super) fn is_in_use(&self, campaign: &str) -> Result<bool, LedgerError> {
        let connection = self.connect_to_shared()?;
        let leases = leases::all(&connection).map_err(|error| self.explain(&error))?;
        Ok(leases
            .iter()
            .any(|lease| lease.is_live && lease.campaign == campaign))
    }

    /// Returns the command of another terminal to the runs of a campaign.
    pub(super) fn run_command(&self, campaign: &str) -> Result<Option<RunCommand>, LedgerError> {
        let connection = self.connect_to_shared()?;
        leases::run_command(&connection, campaign).map_err(|error| self.explain(&error))
    }

    /// Stores a command to the runs of a campaign.
    pub(super) fn set_run_command(
        &self,
        campaign: &str,
        command: Option<RunCommand>,
    ) -> Result<(), LedgerError> {
        let connection = self.connect_to_shared()?;
        leases::set_run_command(&connection, campaign, command)
            .map_err(|error| self.explain(&error))
    }

    /// Removes the command, unless a run of another process is working on the campaign. Returns the command that counts.
    pub(super) fn clear_old_run_command(
        &self,
        campaign: &str,
    ) -> Result<Option<RunCommand>, LedgerError> {
        let connection = self.connect_to_shared()?;
        let clear = || {
            let others = leases::all(&connection)?.into_iter().any(|lease| {
                lease.is_live && lease.campaign == campaign && !lease.is_of_this_process()
            });
            if others {
                leases::run_command(&connection, campaign)
            } else {
                leases::set_run_command(&connection, campaign, None).map(|()| None)
            }
        };
        clear().map_err(|error| self.explain(&error))
    }

    /// Opens a session in the shared schema without migrating it.
    fn connect_to_shared(&self) -> Result<Connection, LedgerError> {
        let connection = self.connect()?;
        Self::enter(&connection, &[self.schema()]).map_err(|error| self.explain(&error))?;
        Ok(connection)
    }

    /// Opens a new session without any checks.
    pub(super) fn connect(&self) -> Result<Connection, LedgerError> {
        Connection::connect(&self.0.config, self.0.protection.clone())
            .map_err(|error| self.explain(&error))
    }

    /// Opens a session that may write in the shared schema, and migrates that schema to the current version.
    pub(super) fn connect_to_write(&self) -> Result<Connection, LedgerError> {
        let connection = self.connect()?;
        let prepare = || {
            self.must_keep_promises(&connection)?;
            // Another machine may be migrating now, and what it has done must be seen afterwards.
            connection
                .execute_batch("SET default_transaction_isolation TO 'read committed'")
                .map_err(|error| self.explain(&error))?;
            self.migrate(&connection, self.schema(), postgres::SHARED)?;
            Self::enter(&connection, &[self.schema()]).map_err(|error| self.explain(&error))
        };
        prepare()?;
        Ok(connection)
    }

    /// Sets the schemas in which a session finds its tables; the first is its `main`. Also sets TCP timeouts, so that
    /// the server ends a session whose machine is gone and releases its locks.
    pub(super) fn enter(connection: &Connection, schemas: &[&str]) -> db::Result<()> {
        let quoted: Vec<String> = schemas.iter().map(|name| postgres::quoted(name)).collect();
        if let Some(first) = quoted.first() {
            connection.set_main(first);
        }
        connection.execute_batch(&format!(
            "SET search_path TO {}; SET synchronous_commit TO on; SET idle_in_transaction_session_timeout TO 0;
             SET default_transaction_isolation TO 'read committed'; SET bytea_output TO hex;
             SET statement_timeout TO 0; SET lock_timeout TO 0; SET client_min_messages TO warning;
             SET tcp_keepalives_idle TO 10; SET tcp_keepalives_interval TO 5; SET tcp_keepalives_count TO 3;
             SET tcp_user_timeout TO 25000",
            quoted.join(", ")
        ))
    }

    /// Limits how long the statements of a sending session may take and how long its transactions may be idle: they
    /// lock the leases, and their machine may be suspended or cut off.
    pub(super) fn guard(&self, connection: &Connection) -> Result<(), LedgerError> {
        let limit = (self.request_timeout() * 2).clamp(SHORTEST_IDLE, LONGEST_IDLE);
        let set = format!(
            "SET idle_in_transaction_session_timeout TO {}",
            limit.as_millis()
        );
        connection.set_limit(BATCH_LIMIT);
        connection
            .execute_batch(&set)
            .map_err(|error| self.explain(&error))
    }

    /// Ends a lost session whose last statement may still be running, so that it can have no effect later.
    pub(super) fn end_session(
        &self,
        connection: &Connection,
        session: &Session,
    ) -> Result<(), LedgerError> {
        let until = Instant::now() + CONNECT_TIMEOUT;
        while leases::end_session(connection, session).map_err(|error| self.explain(&error))? {
            if Instant::now() > until {
                return Err(LedgerError::Unreachable {
                    database: self.to_string(),
                    reason: "an earlier session does not end".to_owned(),
                });
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Migrates a schema to the current version.
    pub(super) fn migrate(
        &self,
        connection: &Connection,
        schema: &str,
        migrations: &[&str],
    ) -> Result<(), LedgerError> {
        match postgres::migrate(connection, schema, migrations) {
            Ok(Migrated::Done) => Ok(()),
            Ok(Migrated::Newer(version)) => Err(LedgerError::Newer {
                path: self.path(),
                version,
            }),
            Err(error) => Err(self.explain(&error)),
        }
    }

    /// Returns the text that names the database where a file would be named by its path.
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(&self.0.shown)
    }

    /// Opens a second session.
    pub(super) fn connect_once_more(&self) -> db::Result<Connection> {
        Connection::connect(&self.0.config, self.0.protection.clone())
    }

    /// Turns an error of a server into a [`LedgerError`].
    pub(super) fn explain(&self, error: &db::Error) -> LedgerError {
        let (database, reason) = (self.to_string(), error.to_string());
        match error.fault() {
            Fault::Gone => LedgerError::Unreachable { database, reason },
            Fault::Refused => LedgerError::Refused { database, reason },
            Fault::Undone => LedgerError::Undone { database },
            Fault::Untrusted => LedgerError::Untrusted { database, reason },
            Fault::Pooled => LedgerError::Server {
                database,
                fault: ServerFault::Pooled,
            },
            Fault::Full => LedgerError::DiskFull { path: self.path() },
            Fault::Closed => LedgerError::Server {
                database,
                fault: ServerFault::ReadOnly,
            },
            Fault::Damaged | Fault::NotADatabase => LedgerError::Damaged {
                path: self.path(),
                reason,
            },
            Fault::Disk | Fault::Busy | Fault::Conflict | Fault::Other => LedgerError::Machine {
                path: self.path(),
                reason,
            },
        }
    }
}

/// A guard: no import begins while it exists.
pub(super) struct NoImport<'a>(&'a Connection);

impl Drop for NoImport<'_> {
    fn drop(&mut self) {
        // If this fails, the session is gone, and its lock with it.
        let _ = postgres::let_imports_begin(self.0);
    }
}

struct Options {
    ssl_mode: Option<String>,
    root_certificates: Option<PathBuf>,
}

/// Splits libpq's TLS options off a URL.
fn split_options(text: &str) -> Result<(String, Options), DatabaseAddressError> {
    let is_ours = text.starts_with("postgresql://") || text.starts_with("postgres://");
    if !is_ours {
        return Err(DatabaseAddressError::NoUrl);
    }
    let (base, query) = text.split_once('?').unwrap_or((text, ""));
    let mut options = Options {
        ssl_mode: None,
        root_certificates: None,
    };
    let mut rest = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
        match decoded {
            Some((key, value)) if key == "sslmode" => options.ssl_mode = Some(value.into_owned()),
            Some((key, value)) if key == "sslrootcert" => {
                options.root_certificates = Some(PathBuf::from(value.into_owned()));
            }
            Some(_) | None => rest.push(pair),
        }
    }
    let query = if rest.is_empty() {
        String::new()
    } else {
        format!("?{}", rest.join("&"))
    };
    Ok((format!("{base}{query}"), options))
}

/// Whether every host is this machine.
fn is_local(config: &Config) -> bool {
    let addresses = config.get_hostaddrs().iter();
    let is_local_host = |host: &Host| match platform::address(host) {
        Address::Tcp(name) => ["localhost", "127.0.0.1", "::1"].contains(&name),
        Address::Socket(_) => true,
    };
    config.get_hosts().iter().all(is_local_host) && addresses.clone().all(IpAddr::is_loopback)
}

/// Returns the host, or the folder of the socket.
fn host_of(config: &Config) -> String {
    match config.get_hosts().first().map(platform::address) {
        Some(Address::Tcp(name)) => name.to_owned(),
        Some(Address::Socket(folder)) => folder.display().to_string(),
        None => "localhost".to_owned(),
    }
}
