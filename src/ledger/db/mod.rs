//! The one way to a database: what a statement needs of it, whichever it is. A statement is written once, in the SQL
//! that SQLite and `PostgreSQL` share, with its parameters as `?1`, `?2`, ….

mod error;
mod sqlite;
mod value;

use std::ops::Deref;

pub(super) use error::{Error, Fault, Result};
pub(super) use value::{AsValue, FromValue, Row, Value};

use sqlite::Sqlite;

/// The parameters of a statement.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$($crate::ledger::db::AsValue::as_value(&$value)),*]
    };
}
pub(super) use params;

/// An open database.
#[derive(Debug)]
pub(super) struct Connection(Sqlite);

impl Connection {
    /// Runs a statement; gives how many rows it changed.
    pub(super) fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<usize> {
        self.0.execute(sql, params)
    }

    /// Runs several statements without parameters.
    pub(super) fn execute_batch(&self, sql: &str) -> Result<()> {
        self.0.execute_batch(sql)
    }

    /// The one row that a statement gives; [`Error::NoRow`] where it gives none.
    pub(super) fn query_row<T>(
        &self,
        sql: &str,
        params: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<T> {
        self.query_optional(sql, params, read)?.ok_or(Error::NoRow)
    }

    /// The first row that a statement gives, if it gives one.
    pub(super) fn query_optional<T>(
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
    pub(super) fn query_all<T>(
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

    /// Hands out the rows that a statement gives, one at a time, until `each` returns false.
    pub(super) fn each(
        &self,
        sql: &str,
        params: &[Value<'_>],
        each: impl FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        self.0.each(sql, params, each)
    }

    /// Begins a transaction.
    pub(super) fn transaction(&self) -> Result<Transaction<'_>> {
        self.begin("BEGIN")
    }

    /// Begins a transaction that nobody else can write during.
    pub(super) fn exclusive_transaction(&self) -> Result<Transaction<'_>> {
        self.begin("BEGIN IMMEDIATE")
    }

    fn begin(&self, sql: &str) -> Result<Transaction<'_>> {
        self.execute(sql, params![])?;
        Ok(Transaction {
            connection: self,
            is_open: true,
        })
    }
}

/// A transaction: nothing of it lasts before [`Transaction::commit`].
#[derive(Debug)]
pub(super) struct Transaction<'a> {
    connection: &'a Connection,
    is_open: bool,
}

impl Transaction<'_> {
    /// Makes all of it last, at once.
    pub(super) fn commit(mut self) -> Result<()> {
        self.execute("COMMIT", params![])?;
        self.is_open = false;
        Ok(())
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
        if self.is_open {
            // A database that is gone has rolled it back.
            let _ = self.execute("ROLLBACK", params![]);
        }
    }
}
