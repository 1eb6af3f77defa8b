//! The PostgreSQL backend. One thread of the process drives all connections; whoever runs a statement blocks until its
//! answer comes.
//!
//! What must stay true: after an error, nothing in a transaction is committed, whatever its caller does; no statement
//! waits longer than its limit, and after a timeout the connection is not used any more; a transaction runs in the
//! session that was connected to; no error text contains a value of a row.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    error::Error as _,
    fmt, io,
    pin::pin,
    sync::OnceLock,
    thread,
    time::Duration,
};

use futures_util::future::try_join_all;
use rustls::CertificateError;
use tokio::{runtime, time::timeout};
use tokio_postgres::{
    Client, Config, NoTls, SimpleQueryMessage, Statement,
    error::{DbError, Severity, SqlState},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    error::{Error, Fault, Result, ServerError},
    value::{Changes, OwnedValue, Row, Value},
};

/// How a connection is encrypted.
#[derive(Clone)]
pub(in super::super) enum Protection {
    /// Unencrypted.
    Plain,
    /// With TLS.
    Tls(Box<rustls::ClientConfig>),
}

/// A connection to a server.
pub(super) struct Postgres {
    client: Client,
    /// Prepared statements, by the schema that `main` stands for in them and by their text.
    statements: RefCell<HashMap<String, HashMap<String, Statement>>>,
    /// The schema that `main` stands for, as SQL quotes it.
    main: RefCell<String>,
    /// Statements that run before the next statement whose answer is awaited.
    queue: RefCell<Vec<Queued>>,
    /// Whether a statement of the open transaction has failed.
    has_failed: Cell<bool>,
    /// Whether a statement got no answer: then nobody knows what the next answer belongs to.
    is_broken: Cell<bool>,
    session: Session,
    /// The longest time that a statement may take.
    limit: Cell<Duration>,
}

/// A statement whose answer is not awaited yet.
struct Queued {
    statement: Statement,
    params: Vec<OwnedValue>,
    changes: Changes,
}

/// A session at a server. It may outlive its connection until the server notices the loss.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Session {
    pub(in super::super) process: String,
    pub(in super::super) began: String,
}

/// The default of the longest time that a statement may take.
const LIMIT: Duration = Duration::from_secs(30);

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").finish_non_exhaustive()
    }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Postgres(server_error(&error))
    }
}

fn silent(limit: Duration) -> ServerError {
    ServerError {
        fault: Fault::Gone,
        words: format!("no answer within {} s", limit.as_secs()),
    }
}

fn server_error(error: &tokio_postgres::Error) -> ServerError {
    let Some(said) = error.as_db_error() else {
        return not_said(error);
    };
    let code = said.code();
    let class = code.code().get(..2).unwrap_or_default();
    let fault = if *code == SqlState::UNIQUE_VIOLATION {
        Fault::Conflict
    } else if class == "40" {
        Fault::Undone
    } else if *code == SqlState::DISK_FULL {
        Fault::Full
    } else if [
        SqlState::DUPLICATE_PSTATEMENT,
        SqlState::INVALID_SQL_STATEMENT_NAME,
    ]
    .contains(code)
    {
        Fault::Pooled
    } else if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        Fault::Closed
    } else if *code == SqlState::INSUFFICIENT_PRIVILEGE || ["28", "3D"].contains(&class) {
        Fault::Refused
    } else if class == "XX" {
        Fault::Damaged
    } else if class == "58" {
        Fault::Disk
    } else if ["08", "57", "53"].contains(&class) {
        Fault::Gone
    } else {
        Fault::Other
    };
    // The `detail` is omitted: it may contain values of a row.
    ServerError {
        fault,
        words: format!("{} ({})", said.message(), code.code()),
    }
}

/// Classifies an error that did not come from the server: one of the network or of the TLS verification.
fn not_said(error: &tokio_postgres::Error) -> ServerError {
    let words = innermost(error);
    let mut cause = error.source();
    while let Some(next) = cause {
        let inner = next
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        let tls = next
            .downcast_ref::<rustls::Error>()
            .or_else(|| inner?.downcast_ref());
        if let Some(rustls::Error::InvalidCertificate(reason)) = tls {
            return ServerError {
                fault: Fault::Untrusted,
                words: certificate_words(reason),
            };
        }
        cause = next.source();
    }
    // These are error texts of tokio-postgres, which has no codes for them.
    let fault = if words == "server does not support TLS" {
        Fault::Untrusted
    } else if ["password missing", "unsupported authentication method"].contains(&&*words) {
        Fault::Refused
    } else {
        Fault::Gone
    };
    ServerError { fault, words }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the others are rare, and said well enough by rustls"
)]
fn certificate_words(reason: &CertificateError) -> String {
    match reason {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired".to_owned()
        }
        CertificateError::UnknownIssuer => {
            "its certificate is not from an authority that is trusted here".to_owned()
        }
        CertificateError::NotValidForNameContext { expected, .. } => {
            format!("its certificate is not for {}", expected.to_str())
        }
        other => format!("its certificate is not valid: {other}"),
    }
}

/// Whether the server ended the session with this error.
fn ends_session(error: &tokio_postgres::Error) -> bool {
    let severity = error.as_db_error().and_then(DbError::parsed_severity);
    matches!(severity, Some(Severity::Fatal | Severity::Panic))
}

/// Returns the text of the root cause, which says most.
fn innermost(error: &tokio_postgres::Error) -> String {
    let mut cause = error.source();
    let mut words = error.to_string();
    while let Some(next) = cause {
        words = next.to_string();
        cause = next.source();
    }
    words
}

impl Postgres {
    /// Connects to a server.
    pub(super) fn connect(config: &Config, protection: Protection) -> Result<Self> {
        let handle = driver()?;
        let limit = config.get_connect_timeout().copied().unwrap_or(LIMIT);
        let connecting = async {
            match protection {
                Protection::Plain => {
                    let (client, connection) = config.connect(NoTls).await?;
                    handle.spawn(connection);
                    Ok(client)
                }
                Protection::Tls(tls) => {
                    let (client, connection) = config.connect(MakeRustlsConnect::new(*tls)).await?;
                    handle.spawn(connection);
                    Ok(client)
                }
            }
        };
        let client = {
            let _entered = handle.enter();
            block_on(timeout(limit, connecting))
        };
        let client: std::result::Result<Client, tokio_postgres::Error> =
            client.map_err(|_| Error::Postgres(silent(limit)))?;
        let mut server = Self {
            client: client?,
            statements: RefCell::default(),
            main: RefCell::default(),
            queue: RefCell::default(),
            has_failed: Cell::new(false),
            is_broken: Cell::new(false),
            session: Session {
                process: String::new(),
                began: String::new(),
            },
            limit: Cell::new(limit),
        };
        let own = server.last_row(
            "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()",
        )?;
        if let [process, began] = &own[..] {
            server.session = Session {
                process: process.clone(),
                began: began.clone(),
            };
        }
        server.limit.set(LIMIT);
        Ok(server)
    }

    /// Sets the schema, as SQL quotes it, that `main.` stands for in later statements.
    pub(super) fn set_main(&self, schema: &str) {
        if *self.main.borrow() != schema {
            schema.clone_into(&mut self.main.borrow_mut());
        }
    }

    /// Returns the schema that `main.` stands for.
    pub(super) fn main(&self) -> String {
        self.main.borrow().clone()
    }

    /// Returns its session at the server.
    pub(super) const fn session(&self) -> &Session {
        &self.session
    }

    /// Runs statements without parameters. Returns the last row as texts.
    fn last_row(&self, sql: &str) -> Result<Vec<String>> {
        let messages = self.wait(self.client.simple_query(sql))?;
        let mut last = Vec::new();
        for message in messages {
            if let SimpleQueryMessage::Row(row) = message {
                let cell = |column| row.get(column).unwrap_or_default().to_owned();
                last = (0..row.len()).map(cell).collect();
            }
        }
        Ok(last)
    }

    /// Sets how long each following statement may take.
    pub(super) fn set_limit(&self, limit: Duration) {
        self.limit.set(limit);
    }

    /// Returns how long a statement may take now.
    pub(super) fn limit(&self) -> Duration {
        self.limit.get()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.is_broken.get() || self.client.is_closed()
    }

    pub(super) fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<usize> {
        let run = async {
            let statement = self.prepare(sql).await?;
            self.client.execute_raw(&statement, params).await
        };
        self.wait(run)
            .map(|rows| usize::try_from(rows).unwrap_or(usize::MAX))
    }

    /// Queues a statement. It runs, and its answer is awaited, with the next statement that is not queued or with the
    /// commit.
    pub(super) fn execute_later(
        &self,
        sql: &str,
        params: &[Value<'_>],
        changes: Changes,
    ) -> Result<()> {
        let known = self.known(&self.main.borrow(), sql);
        let statement = match known {
            Some(known) => known,
            None => self.wait(self.prepare(sql))?,
        };
        self.queue.borrow_mut().push(Queued {
            statement,
            params: params.iter().copied().map(OwnedValue::from).collect(),
            changes,
        });
        Ok(())
    }

    /// Runs the queued statements. A wrong number of changed rows is a bug of ours and fails the transaction.
    fn flush(&self) -> Result<()> {
        let queue = self.queue.take();
        if queue.is_empty() {
            return Ok(());
        }
        let runs = queue.iter().map(|queued| async {
            let params = queued.params.iter().map(OwnedValue::as_value);
            self.client.execute_raw(&queued.statement, params).await
        });
        let changed = self.wait_for(try_join_all(runs))?;
        let wrong = queue.iter().zip(changed).find_map(|(queued, changed)| {
            let changed = usize::try_from(changed).unwrap_or(usize::MAX);
            queued.changes.must_be(changed).err()
        });
        if let Some(wrong) = wrong {
            self.has_failed.set(true);
            return Err(wrong);
        }
        Ok(())
    }

    pub(super) fn execute_batch(&self, sql: &str) -> Result<()> {
        self.wait(self.client.batch_execute(sql))
    }

    /// Begins a transaction with this statement, and detects a pooler that gives each transaction another session.
    pub(super) fn begin(&self, sql: &str) -> Result<()> {
        self.has_failed.set(false);
        let row = self.last_row(&format!("{sql}; SELECT pg_backend_pid()"))?;
        if row.first() == Some(&self.session.process) {
            return Ok(());
        }
        // It does not matter whose session this is: nothing was done in it.
        let _ = self.roll_back();
        Err(Error::Postgres(ServerError {
            fault: Fault::Pooled,
            words: "the transaction is in another session".to_owned(),
        }))
    }

    /// Commits the transaction. A failed one is refused here, because the server reports no error when it is told to
    /// commit it.
    pub(super) fn commit(&self) -> Result<()> {
        self.flush()?;
        if self.has_failed.get() {
            return Err(Error::Aborted);
        }
        self.execute_batch("COMMIT")
    }

    pub(super) fn roll_back(&self) -> Result<()> {
        self.queue.take();
        self.execute_batch("ROLLBACK")?;
        self.has_failed.set(false);
        Ok(())
    }

    /// Clears the failure of a statement after a rollback to its savepoint.
    pub(super) fn recover(&self) {
        self.has_failed.set(false);
    }

    /// Sends lines of text to a COPY statement.
    pub(super) fn copy_in(&self, sql: &str, text: Vec<u8>) -> Result<()> {
        use futures_util::SinkExt as _;
        let run = async {
            let mut sink = pin!(self.client.copy_in(sql).await?);
            sink.send(bytes::Bytes::from(text)).await?;
            sink.finish().await
        };
        self.wait(run).map(drop)
    }

    pub(super) fn each(
        &self,
        sql: &str,
        params: &[Value<'_>],
        mut each: impl FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        use futures_util::TryStreamExt as _;
        let begin = async {
            let statement = self.prepare(sql).await?;
            self.client.query_raw(&statement, params).await
        };
        let mut rows = pin!(self.wait(begin)?);
        while let Some(row) = self.wait(rows.try_next())? {
            if !each(&Row::of_postgres(&row))? {
                break;
            }
        }
        Ok(())
    }

    /// Runs a query for all sets of parameters at once, and calls `each` for every row with the index of its set. The
    /// text beside a set is the schema that `main.` stands for.
    pub(super) fn each_of(
        &self,
        sql: &str,
        asked: &[(&str, &[Value<'_>])],
        mut each: impl FnMut(usize, &Row<'_>) -> Result<()>,
    ) -> Result<()> {
        use futures_util::TryStreamExt as _;
        let run = async {
            let mut statements = Vec::with_capacity(asked.len());
            for (main, params) in asked {
                statements.push((self.prepare_in(main, sql).await?, *params));
            }
            let queries = statements.iter().map(|(statement, params)| async {
                let rows = self.client.query_raw(statement, *params).await?;
                rows.try_collect::<Vec<_>>().await
            });
            try_join_all(queries).await
        };
        let answers = self.wait(run)?;
        for (number, rows) in answers.iter().enumerate() {
            for row in rows {
                each(number, &Row::of_postgres(row))?;
            }
        }
        Ok(())
    }

    async fn prepare(&self, sql: &str) -> std::result::Result<Statement, tokio_postgres::Error> {
        let main = self.main();
        self.prepare_in(&main, sql).await
    }

    async fn prepare_in(
        &self,
        main: &str,
        sql: &str,
    ) -> std::result::Result<Statement, tokio_postgres::Error> {
        if let Some(known) = self.known(main, sql) {
            return Ok(known);
        }
        let text = sql
            .replace(" main.", &format!(" {main}."))
            .replace('?', "$");
        let statement = self.client.prepare(&text).await?;
        let mut statements = self.statements.borrow_mut();
        let schema_statements = statements.entry(schema_of(main, sql).to_owned());
        schema_statements
            .or_default()
            .insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Returns the statement if it was prepared before.
    fn known(&self, main: &str, sql: &str) -> Option<Statement> {
        let statements = self.statements.borrow();
        statements.get(schema_of(main, sql))?.get(sql).cloned()
    }

    /// Runs the queued statements, then waits for this work.
    fn wait<T>(
        &self,
        work: impl Future<Output = std::result::Result<T, tokio_postgres::Error>>,
    ) -> Result<T> {
        self.flush()?;
        self.wait_for(work)
    }

    fn wait_for<T>(
        &self,
        work: impl Future<Output = std::result::Result<T, tokio_postgres::Error>>,
    ) -> Result<T> {
        let limit = self.limit.get();
        if self.is_broken.get() {
            return Err(Error::Postgres(silent(limit)));
        }
        let result = {
            let _entered = driver()?.enter();
            block_on(timeout(limit, work))
        };
        let result = if let Ok(result) = result {
            result.map_err(|error| {
                if ends_session(&error) {
                    self.is_broken.set(true);
                }
                Error::from(error)
            })
        } else {
            self.is_broken.set(true);
            Err(Error::Postgres(silent(limit)))
        };
        if result.is_err() {
            self.has_failed.set(true);
        }
        result
    }
}

/// Returns the schema on which the meaning of a statement depends; empty if it does not use `main.`.
fn schema_of<'a>(main: &'a str, sql: &str) -> &'a str {
    if sql.contains(" main.") { main } else { "" }
}

/// Blocks this thread until the work is done. The work is exempt from the cooperative budget of a surrounding runtime,
/// which would otherwise postpone it until a yield that never comes.
fn block_on<T>(work: impl Future<Output = T>) -> T {
    pollster::block_on(tokio::task::unconstrained(work))
}

/// Returns the runtime whose thread drives all connections.
fn driver() -> Result<&'static runtime::Handle> {
    static DRIVER: OnceLock<io::Result<runtime::Handle>> = OnceLock::new();
    let started = DRIVER.get_or_init(|| {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
        Ok(handle)
    });
    started.as_ref().map_err(|error| {
        Error::Postgres(ServerError {
            fault: Fault::Other,
            words: error.to_string(),
        })
    })
}
