//! The SQLite backend.

use std::path::Path;

use rusqlite::{CachedStatement, OpenFlags, config::DbConfig, params_from_iter};

use super::{
    error::Result,
    value::{Row, Value},
};

/// A SQLite database.
#[derive(Debug)]
pub(super) struct Sqlite(rusqlite::Connection);

/// Identifies the content of a file, for one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct FileVersion {
    by_others: i64,
    by_us: u64,
}

impl FileVersion {
    /// Whether no other connection has changed anything since an earlier version.
    pub(in super::super) const fn is_unchanged_by_others_since(self, before: Self) -> bool {
        self.by_others == before.by_others
    }
}

/// At least as many statements as a run uses.
const CACHED_STATEMENTS: usize = 64;

impl Sqlite {
    /// Opens an existing file for reading and writing.
    pub(super) fn open(path: &Path) -> Result<Self> {
        Self::with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    /// Opens a file that nobody writes, by its URI.
    pub(super) fn open_immutable(uri: &str) -> Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        Self::with_flags(Path::new(uri), flags)
    }

    /// Opens a database in memory.
    pub(super) fn open_in_memory() -> Result<Self> {
        Self::new(rusqlite::Connection::open_in_memory()?)
    }

    /// Opens a database in an unnamed temporary file, which disappears when it is closed.
    pub(super) fn open_temporary() -> Result<Self> {
        Self::new(rusqlite::Connection::open("")?)
    }

    /// Sets whether the last connection to close the file leaves its `-wal` as it is, instead of writing it back into
    /// the file.
    pub(super) fn keep_wal(&self, keep: bool) -> Result<()> {
        let option = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        self.0.set_db_config(option, keep)?;
        Ok(())
    }

    fn new(connection: rusqlite::Connection) -> Result<Self> {
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        // Otherwise SQLite replans a statement for every value that a comparison is given, which takes longer than a
        // lookup.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        Ok(Self(connection))
    }

    fn with_flags(path: &Path, flags: OpenFlags) -> Result<Self> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::new(rusqlite::Connection::open_with_flags(path, flags)?)
    }

    /// Returns the version of the file, which changes whenever any connection has changed the file.
    pub(super) fn version(&self) -> Result<FileVersion> {
        let by_others = self
            .0
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?;
        Ok(FileVersion {
            by_others,
            by_us: self.0.total_changes(),
        })
    }

    /// Prepares a statement that is run many times.
    pub(super) fn prepare(&self, sql: &str) -> Result<CachedStatement<'_>> {
        Ok(self.0.prepare_cached(sql)?)
    }

    pub(super) fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<usize> {
        let mut statement = self.0.prepare_cached(sql)?;
        Ok(statement.execute(params_from_iter(params))?)
    }

    pub(super) fn execute_batch(&self, sql: &str) -> Result<()> {
        Ok(self.0.execute_batch(sql)?)
    }

    pub(super) fn each(
        &self,
        sql: &str,
        params: &[Value<'_>],
        mut each: impl FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(params))?;
        while let Some(row) = rows.next()? {
            if !each(&Row::of_sqlite(row))? {
                break;
            }
        }
        Ok(())
    }
}
