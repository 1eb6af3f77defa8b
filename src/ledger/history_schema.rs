//! The tables of a send history in a schema of the database that holds the ledger.
//!
//! What must stay true: a statement finds the tables of its own history. Several histories share a connection, on which
//! `main.` stands for the schema that was chosen last, so nothing but [`HistorySchema::connection`] gives the connection.

use super::db::Connection;

/// The schema of a send history, and the connection of the ledger.
pub(super) struct HistorySchema<'a> {
    connection: &'a Connection,
    schema: String,
}

impl<'a> HistorySchema<'a> {
    pub(super) const fn new(connection: &'a Connection, schema: String) -> Self {
        Self { connection, schema }
    }

    /// Returns the connection, on which `main.` stands for this schema from now on.
    pub(super) fn connection(&self) -> &'a Connection {
        self.connection.set_main(&self.schema);
        self.connection
    }

    /// Returns the name of the schema, as SQL quotes it.
    pub(super) fn name(&self) -> &str {
        &self.schema
    }
}
