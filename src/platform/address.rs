//! The address of a database server.

use std::path::Path;

/// A host, or the socket of a server on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address<'a> {
    /// A host name or IP address.
    Tcp(&'a str),
    /// The folder of the socket. Windows has none.
    Socket(&'a Path),
}
