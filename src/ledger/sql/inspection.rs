//! The statements that ask a PostgreSQL server what it is and what it lets us do. They change nothing.

use jiff::Timestamp;

use super::time::moment;
use crate::ledger::db::{Connection, Result, params};

/// A setting of the server as this session has it.
pub(in super::super) fn setting(connection: &Connection, name: &str) -> Result<String> {
    connection.query_row("SELECT current_setting(?1)", params![name], |row| {
        row.get(0)
    })
}

/// The value that a setting has for a new session.
pub(in super::super) fn initial_setting(connection: &Connection, name: &str) -> Result<String> {
    connection.query_row(
        "SELECT reset_val FROM pg_settings WHERE name = ?1",
        params![name],
        |row| row.get(0),
    )
}

/// Whether it is a replica.
pub(in super::super) fn is_replica(connection: &Connection) -> Result<bool> {
    connection.query_row("SELECT pg_is_in_recovery()", params![], |row| row.get(0))
}

/// How many replicas are connected. Their names are for administrators only.
pub(in super::super) fn replicas(connection: &Connection) -> Result<u64> {
    connection.query_row(
        "SELECT count(*) FROM pg_stat_replication",
        params![],
        |row| row.get(0),
    )
}

/// The server's time.
pub(in super::super) fn time(connection: &Connection) -> Result<Timestamp> {
    connection.query_row(
        "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
        params![],
        |row| moment(row, 0),
    )
}

/// The user.
pub(in super::super) fn user(connection: &Connection) -> Result<String> {
    connection.query_row("SELECT CAST(current_user AS text)", params![], |row| {
        row.get(0)
    })
}

/// As whom the session logged in.
pub(in super::super) fn login(connection: &Connection) -> Result<String> {
    connection.query_row("SELECT CAST(session_user AS text)", params![], |row| {
        row.get(0)
    })
}

/// Whether the user may make schemas: each campaign has its own.
pub(in super::super) fn may_create(connection: &Connection) -> Result<bool> {
    connection.query_row(
        "SELECT has_database_privilege(current_database(), 'CREATE')",
        params![],
        |row| row.get(0),
    )
}

/// Whether the user may read what is in a schema.
pub(in super::super) fn may_read(connection: &Connection, schema: &str) -> Result<bool> {
    has_right(connection, schema, "SELECT")
}

/// Whether the user may change it too.
pub(in super::super) fn may_write(connection: &Connection, schema: &str) -> Result<bool> {
    has_right(connection, schema, "INSERT, UPDATE, DELETE")
}

/// Whether every table of a schema may be used so; `true` of a schema that is not there.
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

/// The campaigns of the shared schema in which the session is, by their schemas.
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
