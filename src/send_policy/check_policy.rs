//! Whether the service is asked about a number before its first contact, and what happens when it cannot tell. Asking
//! costs requests, and a number that is not known may be a wrong one, so the user decides.

use std::time::Duration;

/// How one instance checks the recipients of whom nothing recent is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckPolicy {
    /// What happens with a recipient about whom the service cannot tell, or who cannot be asked about.
    pub if_unknown: IfUnknown,
    /// Checks a calendar month (UTC), over all campaigns of the instance; `None`: as many as there are recipients.
    pub budget: Option<u64>,
    /// How long an answer counts.
    pub memory: Duration,
}

/// What happens with a recipient of whom nobody knows whether they have an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum IfUnknown {
    /// The contact is sent.
    #[default]
    Send,
    /// The row stays pending.
    Hold,
}
