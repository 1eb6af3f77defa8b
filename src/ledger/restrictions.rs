//! When WhatsApp restricted the number of an instance, as its send history remembers it.

use jiff::Timestamp;

/// A state of an instance that was reported, as far as its restrictions are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeenState {
    /// The number is not restricted.
    Authorized,
    /// It is.
    Restricted {
        /// The service's word.
        state: String,
        /// When that ends, if it is known.
        until: Option<Timestamp>,
    },
}

/// A restriction that was noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRestriction {
    /// When it was noticed first.
    pub began: Timestamp,
    /// When it ends or ended, as far as is known.
    pub until: Option<Timestamp>,
    /// The service's word for the state.
    pub state: String,
}
