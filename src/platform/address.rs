//! How a database is reached.

use std::path::Path;

/// A host, or the socket of a server on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address<'a> {
    /// Its name, or its number.
    Tcp(&'a str),
    /// The folder of the socket. Windows has none.
    Socket(&'a Path),
}
