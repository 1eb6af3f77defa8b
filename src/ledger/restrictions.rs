//! When WhatsApp restricted the number of an instance, as recorded in its send history.

use jiff::Timestamp;

/// A reported state of an instance, as far as restrictions are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeenState {
    /// The number is not restricted.
    Authorized,
    /// The number is restricted.
    Restricted {
        /// The service's word for the state.
        state: String,
        /// When the restriction ends, if that is known.
        until: Option<Timestamp>,
    },
}

/// A restriction that was noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRestriction {
    /// When it was first noticed.
    pub began: Timestamp,
    /// When it ends or ended, if that is known.
    pub until: Option<Timestamp>,
    /// The service's word for the state.
    pub state: String,
}
