//! Checks whether a server can guarantee what a ledger promises.

use super::{
    database::Database,
    db::{self, Connection, params},
    error::{LedgerError, ServerFault},
};

/// The oldest version that has all the features we need.
pub(super) const OLDEST_VERSION: i64 = 130_000;

impl Database {
    /// Fails if the server cannot guarantee what a ledger promises.
    pub(super) fn must_keep_promises(&self, connection: &Connection) -> Result<(), LedgerError> {
        let setting = |name: &str| setting(connection, name);
        let ask = || -> db::Result<Option<ServerFault>> {
            let version = setting("server_version_num")?.parse().unwrap_or(0);
            if version < OLDEST_VERSION {
                return Ok(Some(ServerFault::Old {
                    version: setting("server_version")?,
                }));
            }
            let is_replica =
                connection.query_row("SELECT pg_is_in_recovery()", params![], |row| {
                    row.get::<bool>(0)
                })?;
            if is_replica || setting("transaction_read_only")? == "on" {
                return Ok(Some(ServerFault::ReadOnly));
            }
            if self.is_pooled(connection)? {
                return Ok(Some(ServerFault::Pooled));
            }
            Ok(None)
        };
        match ask() {
            Ok(None) => Ok(()),
            Ok(Some(fault)) => Err(LedgerError::Server {
                database: self.to_string(),
                fault,
            }),
            Err(error) => Err(self.explain(&error)),
        }
    }

    /// Whether a connection pooler gives each transaction another session: then a second connection gets the session of
    /// this one, which is idle outside a transaction.
    pub(super) fn is_pooled(&self, connection: &Connection) -> db::Result<bool> {
        let session = "SELECT pg_backend_pid()";
        let own: i64 = connection.query_row(session, params![], |row| row.get(0))?;
        let other = self.connect_once_more()?;
        let theirs: i64 = other.query_row(session, params![], |row| row.get(0))?;
        Ok(own == theirs)
    }
}

fn setting(connection: &Connection, name: &str) -> db::Result<String> {
    connection.query_row("SELECT current_setting(?1)", params![name], |row| {
        row.get(0)
    })
}
