//! A connection to a database, and a transaction on it.

use std::{ops::Deref, path::Path, time::Duration};

use tokio_postgres::Config;

use super::{
    bulk::Bulk,
    error::{Error, Result},
    params,
    postgres::{Postgres, Protection, Session},
    sqlite::{FileVersion, Sqlite},
    value::{Changes, Row, Value},
};

/// An open database.
#[derive(Debug)]
pub(in super::super) struct Connection(Backend);

#[derive(Debug)]
enum Backend {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

impl Connection {
    /// Opens an existing SQLite file for reading and writing.
    pub(in super::super) fn open(path: &Path) -> Result<Self> {
        Sqlite::open(path).map(Self::of_file)
    }

    /// Opens a SQLite file that nobody writes, by its URI.
    pub(in super::super) fn open_immutable(uri: &str) -> Result<Self> {
        Sqlite::open_immutable(uri).map(Self::of_file)
    }

    /// Opens a SQLite database in memory.
    pub(in super::super) fn open_in_memory() -> Result<Self> {
        Sqlite::open_in_memory().map(Self::of_file)
    }

    /// Opens a SQLite database in an unnamed temporary file, which disappears when the database is closed.
    pub(in super::super) fn open_temporary() -> Result<Self> {
        Sqlite::open_temporary().map(Self::of_file)
    }

    /// Connects to a server.
    pub(in super::super) fn connect(config: &Config, protection: Protection) -> Result<Self> {
        Postgres::connect(config, protection)
            .map(|server| Self(Backend::Postgres(Box::new(server))))
    }

    const fn of_file(file: Sqlite) -> Self {
        Self(Backend::Sqlite(file))
    }

    /// Sets whether the last connection to close a file leaves its `-wal` as it is, instead of writing it back into the
    /// file.
    pub(in super::super) fn keep_wal(&self, keep: bool) -> Result<()> {
        match &self.0 {
            Backend::Sqlite(file) => file.keep_wal(keep),
            Backend::Postgres(_) => Ok(()),
        }
    }

    /// Whether the database is a SQLite file.
    pub(in super::super) const fn is_file(&self) -> bool {
        matches!(self.0, Backend::Sqlite(_))
    }

    /// Returns the version of a file, which changes whenever anything in the file changes; `None` for a server.
    pub(in super::super) fn version(&self) -> Result<Option<FileVersion>> {
        match &self.0 {
            Backend::Sqlite(file) => file.version().map(Some),
            Backend::Postgres(_) => Ok(None),
        }
    }

    /// Sets how long each following statement may take on a server.
    pub(in super::super) fn set_limit(&self, limit: Duration) {
        match &self.0 {
            Backend::Sqlite(_) => {}
            Backend::Postgres(server) => server.set_limit(limit),
        }
    }

    /// Begins a bulk insert into a table. `columns` is the SQL list of columns.
    pub(in super::super) fn bulk(&self, table: &str, columns: &str) -> Result<Bulk<'_>> {
        match &self.0 {
            Backend::Sqlite(file) => Bulk::into_file(file, table, columns),
            Backend::Postgres(server) => Ok(Bulk::into_server(server, table, columns)),
        }
    }

    /// Whether the connection to the server is lost for good.
    pub(in super::super) fn is_closed(&self) -> bool {
        match &self.0 {
            Backend::Sqlite(_) => false,
            Backend::Postgres(server) => server.is_closed(),
        }
    }

    /// Returns the session, if the database is on a server.
    pub(in super::super) const fn session(&self) -> Option<&Session> {
        match &self.0 {
            Backend::Sqlite(_) => None,
            Backend::Postgres(server) => Some(server.session()),
        }
    }

    /// Runs a statement. Returns how many rows it changed.
    pub(in super::super) fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<usize> {
        match &self.0 {
            Backend::Sqlite(file) => file.execute(sql, params),
            Backend::Postgres(server) => server.execute(sql, params),
        }
    }

    /// Queues a statement: a server gets it together with the next statement whose answer is awaited, or with the
    /// commit. The number of rows that it must change is checked before the transaction can be committed. In a file it
    /// runs at once.
    pub(in super::super) fn execute_later(
        &self,
        sql: &str,
        params: &[Value<'_>],
        changes: Changes,
    ) -> Result<()> {
        match &self.0 {
            Backend::Sqlite(file) => changes.must_be(file.execute(sql, params)?),
            Backend::Postgres(server) => server.execute_later(sql, params, changes),
        }
    }

    /// Sets the schema, as SQL quotes it, that `main.` in later statements stands for: a server has several schemas
    /// with the same tables. In a file `main.` is the file.
    pub(in super::super) fn set_main(&self, schema: &str) {
        match &self.0 {
            Backend::Sqlite(_) => {}
            Backend::Postgres(server) => server.set_main(schema),
        }
    }

    /// Returns the schema that `main.` stands for; empty for a file.
    pub(in super::super) fn main(&self) -> String {
        match &self.0 {
            Backend::Sqlite(_) => String::new(),
            Backend::Postgres(server) => server.main(),
        }
    }

    /// Runs several statements without parameters.
    pub(in super::super) fn execute_batch(&self, sql: &str) -> Result<()> {
        match &self.0 {
            Backend::Sqlite(file) => file.execute_batch(sql),
            Backend::Postgres(server) => server.execute_batch(sql),
        }
    }

    /// Runs several statements, all or none: after an error, the transaction can continue without them.
    pub(in super::super) fn attempt(&self, sql: &str) -> Result<()> {
        self.execute_batch("SAVEPOINT attempt")?;
        let done = self.execute_batch(sql);
        if done.is_err() {
            self.execute_batch("ROLLBACK TO attempt")?;
            if let Backend::Postgres(server) = &self.0 {
                server.recover();
            }
        }
        self.execute_batch("RELEASE attempt")?;
        done
    }

    /// Returns the one row of a query, or [`Error::NoRow`] if there is none.
    pub(in super::super) fn query_row<T>(
        &self,
        sql: &str,
        params: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.query_optional(sql, params, read)?.ok_or(Error::NoRow)
    }

    /// Returns the first row of a query, if there is one.
    pub(in super::super) fn query_optional<T>(
        &self,
        sql: &str,
        params: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let (mut read, mut found) = (Some(read), None);
        self.each(sql, params, |row| {
            found = read.take().map(|read| read(row)).transpose()?;
            Ok(false)
        })?;
        Ok(found)
    }

    /// Returns all rows of a query, in memory.
    pub(in super::super) fn query_all<T>(
        &self,
        sql: &str,
        params: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut all = Vec::new();
        self.each(sql, params, |row| {
            all.push(read(row)?);
            Ok(true)
        })?;
        Ok(all)
    }

    /// Calls `each` for every row of a query, until it returns false. `each` must not use this connection.
    pub(in super::super) fn each(
        &self,
        sql: &str,
        params: &[Value<'_>],
        each: impl FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        match &self.0 {
            Backend::Sqlite(file) => file.each(sql, params, each),
            Backend::Postgres(server) => server.each(sql, params, each),
        }
    }

    /// Runs a query once for each set of parameters; a server gets all sets at once. `each` gets every row with the
    /// index of its set. The text beside a set is the schema that `main.` stands for.
    pub(in super::super) fn each_of(
        &self,
        sql: &str,
        asked: &[(&str, &[Value<'_>])],
        mut each: impl FnMut(usize, &Row<'_>) -> Result<()>,
    ) -> Result<()> {
        match &self.0 {
            Backend::Sqlite(file) => {
                asked
                    .iter()
                    .enumerate()
                    .try_for_each(|(number, (_, params))| {
                        file.each(sql, params, |row| each(number, row).map(|()| true))
                    })
            }
            Backend::Postgres(server) => server.each_of(sql, asked, each),
        }
    }

    /// Begins a transaction.
    pub(in super::super) fn transaction(&self) -> Result<Transaction<'_>> {
        self.begin("BEGIN")
    }

    /// Begins a read-only transaction that sees everything as of its beginning.
    pub(in super::super) fn snapshot(&self) -> Result<Transaction<'_>> {
        self.begin_with("BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    }

    /// Begins a transaction during which nobody else writes to the file. On a server, leases do this.
    pub(in super::super) fn exclusive_transaction(&self) -> Result<Transaction<'_>> {
        self.begin("BEGIN IMMEDIATE")
    }

    fn begin(&self, in_file: &str) -> Result<Transaction<'_>> {
        self.begin_with(in_file, "BEGIN")
    }

    fn begin_with(&self, in_file: &str, on_server: &str) -> Result<Transaction<'_>> {
        match &self.0 {
            Backend::Sqlite(file) => file.execute(in_file, params![]).map(drop),
            Backend::Postgres(server) => server.begin(on_server),
        }?;
        Ok(Transaction {
            connection: self,
            is_open: true,
            limit: None,
        })
    }
}

/// A transaction. Nothing in it is durable before [`Transaction::commit`].
#[derive(Debug)]
pub(in super::super) struct Transaction<'a> {
    connection: &'a Connection,
    is_open: bool,
    /// The limit of statements to restore when the transaction ends.
    limit: Option<Duration>,
}

impl Transaction<'_> {
    /// Commits everything atomically.
    pub(in super::super) fn commit(mut self) -> Result<()> {
        match &self.connection.0 {
            Backend::Sqlite(file) => file.execute("COMMIT", params![]).map(drop),
            Backend::Postgres(server) => server.commit(),
        }?;
        self.is_open = false;
        Ok(())
    }

    /// Removes the time limit of its statements.
    pub(in super::super) fn lift_limit(&mut self) {
        if let (Backend::Postgres(server), None) = (&self.connection.0, self.limit) {
            self.limit = Some(server.limit());
            server.set_limit(Duration::MAX);
        }
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if let Some(limit) = self.limit {
            self.connection.set_limit(limit);
        }
        if self.is_open {
            // If this fails, the database is gone and has rolled back by itself.
            let _ = match &self.connection.0 {
                Backend::Sqlite(file) => file.execute("ROLLBACK", params![]).map(drop),
                Backend::Postgres(server) => server.roll_back(),
            };
        }
    }
}
