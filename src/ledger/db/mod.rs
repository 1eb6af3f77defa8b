//! The only access to a database, SQLite or PostgreSQL. Statements are written once, in the SQL that both share, with
//! parameters `?1`, `?2`, ….

mod bulk;
mod connection;
mod error;
mod postgres;
mod sqlite;
mod value;

pub(super) use bulk::Bulk;
pub(super) use connection::{Connection, Transaction};
pub(super) use error::{Error, Fault, Result};
pub(super) use postgres::{Protection, Session};
pub(super) use sqlite::FileVersion;
pub(super) use value::{AsValue, Changes, FromValue, Row, Value};

/// Builds the parameters of a statement.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$($crate::ledger::db::AsValue::as_value(&$value)),*]
    };
}
pub(super) use params;
