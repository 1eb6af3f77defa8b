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
    /// Opens a SQLite file that is there, to read and write it.
    pub(in super::super) fn open(path: &Path) -> Result<Self> {
        Sqlite::open(path).map(Self::of_file)
    }

    /// Opens one that nobody writes, by its URI.
    pub(in super::super) fn open_immutable(uri: &str) -> Result<Self> {
        Sqlite::open_immutable(uri).map(Self::of_file)
    }

    /// A SQLite database in memory.
    pub(in super::super) fn open_in_memory() -> Result<Self> {
        Sqlite::open_in_memory().map(Self::of_file)
    }

    /// One in a temporary file without a name, which is gone when it is closed.
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

    /// Whether the last one to close a file leaves its `-wal` as it is, which else goes into the file itself.
    pub(in super::super) fn keep_wal(&self, keep: bool) -> Result<()> {
        match &self.0 {
            Backend::Sqlite(file) => file.keep_wal(keep),
            Backend::Postgres(_) => Ok(()),
        }
    }

    /// Whether it is a file of SQLite.
    pub(in super::super) const fn is_file(&self) -> bool {
        matches!(self.0, Backend::Sqlite(_))
    }

    /// The version of a file, which differs once anything in it was changed; nothing for a server.
    pub(in super::super) fn version(&self) -> Result<Option<FileVersion>> {
        match &self.0 {
            Backend::Sqlite(file) => file.version().map(Some),
            Backend::Postgres(_) => Ok(None),
        }
    }

    /// How long a statement may take from here on, where a server runs it.
    pub(in super::super) fn set_limit(&self, limit: Duration) {
        match &self.0 {
            Backend::Sqlite(_) => {}
            Backend::Postgres(server) => server.set_limit(limit),
        }
    }

    /// Takes many new rows of a table, with these columns as SQL lists them.
    pub(in super::super) fn bulk(&self, table: &str, columns: &str) -> Result<Bulk<'_>> {
        match &self.0 {
            Backend::Sqlite(file) => Bulk::into_file(file, table, columns),
            Backend::Postgres(server) => Ok(Bulk::into_server(server, table, columns)),
        }
    }

    /// Whether the server is gone for good.
    pub(in super::super) fn is_closed(&self) -> bool {
        match &self.0 {
            Backend::Sqlite(_) => false,
            Backend::Postgres(server) => server.is_closed(),
        }
    }

    /// Its session, where a server has it.
    pub(in super::super) const fn session(&self) -> Option<&Session> {
        match &self.0 {
            Backend::Sqlite(_) => None,
            Backend::Postgres(server) => Some(server.session()),
        }
    }

    /// Runs a statement; gives how many rows it changed.
    pub(in super::super) fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<usize> {
        match &self.0 {
            Backend::Sqlite(file) => file.execute(sql, params),
            Backend::Postgres(server) => server.execute(sql, params),
        }
    }

    /// Queues a statement: a server gets it together with the next one that is waited for, or with the commit. What it
    /// must change is checked before the transaction can be committed. In a file it runs at once.
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

    /// Where a server has several schemas with the same tables: `main.` in a statement stands for this one from here
    /// on, as SQL quotes it. In a file it stands for the file.
    pub(in super::super) fn set_main(&self, schema: &str) {
        match &self.0 {
            Backend::Sqlite(_) => {}
            Backend::Postgres(server) => server.set_main(schema),
        }
    }

    /// The schema that `main.` stands for; empty for a file.
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

    /// Runs several statements, all of them or none: after an error a transaction goes on without them.
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

    /// The one row that a statement gives; [`Error::NoRow`] where it gives none.
    pub(in super::super) fn query_row<T>(
        &self,
        sql: &str,
        params: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.query_optional(sql, params, read)?.ok_or(Error::NoRow)
    }

    /// The first row that a statement gives, if it gives one.
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

    /// Every row that a statement gives, in memory.
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

    /// Hands out the rows that a statement gives, one at a time, until `each` returns false. `each` must not use
    /// this connection.
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

    /// As [`Connection::each`] for each set of parameters, all of which a server is given at once; each row comes with
    /// the index of its set. `main.` stands for the schema beside the set.
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

    /// Begins a transaction that only reads, and sees everything as it is at its beginning.
    pub(in super::super) fn snapshot(&self) -> Result<Transaction<'_>> {
        self.begin_with("BEGIN", "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    }

    /// Begins a transaction; nobody else writes to the file before it ends. What a server holds is guarded by leases.
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

/// A transaction: nothing of it lasts before [`Transaction::commit`].
#[derive(Debug)]
pub(in super::super) struct Transaction<'a> {
    connection: &'a Connection,
    is_open: bool,
    /// How long a statement may take when it has ended.
    limit: Option<Duration>,
}

impl Transaction<'_> {
    /// Makes all of it last, at once.
    pub(in super::super) fn commit(mut self) -> Result<()> {
        match &self.connection.0 {
            Backend::Sqlite(file) => file.execute("COMMIT", params![]).map(drop),
            Backend::Postgres(server) => server.commit(),
        }?;
        self.is_open = false;
        Ok(())
    }

    /// Lets its statements take as long as they need.
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
            // A database that is gone has rolled it back.
            let _ = match &self.connection.0 {
                Backend::Sqlite(file) => file.execute("ROLLBACK", params![]).map(drop),
                Backend::Postgres(server) => server.roll_back(),
            };
        }
    }
}
