//! Whether the service is asked about a number before its first contact, and what happens if it cannot tell. Asking
//! costs requests, and an unknown number may be a wrong one, so the user decides.

use std::time::Duration;

/// How one instance checks recipients about whom nothing recent is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckPolicy {
    /// What happens with a recipient about whom the service cannot tell, or cannot be asked.
    pub if_unknown: IfUnknown,
    /// The maximum number of checks in a calendar month (UTC), over all campaigns of the instance; `None` for no limit.
    pub budget: Option<u64>,
    /// How long an answer remains valid.
    pub memory: Duration,
}

/// What happens with a recipient of whom it is not known whether they have an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum IfUnknown {
    /// The contact is sent.
    #[default]
    Send,
    /// The row stays pending.
    Hold,
}
