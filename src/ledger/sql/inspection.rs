//! The statements that ask a PostgreSQL server about its configuration and our rights. They change nothing.

use jiff::Timestamp;

use super::time::moment;
use crate::ledger::db::{Connection, Result, params};

/// Returns a setting of the server as it is in this session.
pub(in super::super) fn setting(connection: &Connection, name: &str) -> Result<String> {
    connection.query_row("SELECT current_setting(?1)", params![name], |row| {
        row.get(0)
    })
}

/// Returns the value that a setting has in a new session.
pub(in super::super) fn initial_setting(connection: &Connection, name: &str) -> Result<String> {
    connection.query_row(
        "SELECT reset_val FROM pg_settings WHERE name = ?1",
        params![name],
        |row| row.get(0),
    )
}

/// Whether the server is a replica.
pub(in super::super) fn is_replica(connection: &Connection) -> Result<bool> {
    connection.query_row("SELECT pg_is_in_recovery()", params![], |row| row.get(0))
}

/// Returns how many replicas are connected. Only administrators may see their names.
pub(in super::super) fn replicas(connection: &Connection) -> Result<u64> {
    connection.query_row(
        "SELECT count(*) FROM pg_stat_replication",
        params![],
        |row| row.get(0),
    )
}

/// Returns the server's time.
pub(in super::super) fn time(connection: &Connection) -> Result<Timestamp> {
    connection.query_row(
        "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
        params![],
        |row| moment(row, 0),
    )
}

/// Returns the current user.
pub(in super::super) fn user(connection: &Connection) -> Result<String> {
    connection.query_row("SELECT CAST(current_user AS text)", params![], |row| {
        row.get(0)
    })
}

/// Returns the role that the session logged in as.
pub(in super::super) fn login(connection: &Connection) -> Result<String> {
    connection.query_row("SELECT CAST(session_user AS text)", params![], |row| {
        row.get(0)
    })
}

/// Whether the user may create schemas: each campaign has its own.
pub(in super::super) fn may_create(connection: &Connection) -> Result<bool> {
    connection.query_row(
        "SELECT has_database_privilege(current_database(), 'CREATE')",
        params![],
        |row| row.get(0),
    )
}

/// Whether the user may read the tables of a schema.
pub(in super::super) fn may_read(connection: &Connection, schema: &str) -> Result<bool> {
    has_right(connection, schema, "SELECT")
}

/// Whether the user may change the tables of a schema.
pub(in super::super) fn may_write(connection: &Connection, schema: &str) -> Result<bool> {
    has_right(connection, schema, "INSERT, UPDATE, DELETE")
}

/// Whether the user has these rights on every table of a schema; `true` for a schema that does not exist.
fn has_right(connection: &Connection, schema: &str, wanted: &str) -> Result<bool> {
    let rights = wanted.split(", ");
    let mut all = true;
    for right in rights {
        all &= connection.query_row(
            "SELECT coalesce(bool_and(has_schema_privilege(pg_namespace.oid, 'USAGE')
                                      AND (pg_class.oid IS NULL OR has_table_privilege(pg_class.oid, ?2))), true)
             FROM pg_namespace LEFT JOIN pg_class ON relnamespace = pg_namespace.oid AND relkind = 'r'
             WHERE nspname = ?1",
            params![schema, right],
            |row| row.get::<bool>(0),
        )?;
    }
    Ok(all)
}

/// Returns the schemas of the campaigns of the shared schema that the session is in.
pub(in super::super) fn campaign_schemas(
    connection: &Connection,
    shared: &str,
) -> Result<Vec<String>> {
    connection.query_all(
        "SELECT ?1 || '_campaign_' || id FROM campaigns ORDER BY id",
        params![shared],
        |row| row.get(0),
    )
}
