//! Whether numbers are checked before their first contact.

use std::time::Duration;

/// Before the first contact to a number of which nothing fresh is known, the service is asked whether somebody has an
/// account with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckPolicy {
    /// What happens where the service cannot tell, or cannot be asked.
    pub if_unknown: IfUnknown,
    /// The most checks a calendar month (UTC) over all campaigns of the instance.
    pub budget: Option<u64>,
    /// How long an answer counts.
    pub memory: Duration,
}

/// What happens with a recipient of whom nobody knows whether there is an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfUnknown {
    /// The contact is sent all the same.
    Send,
    /// The row stays pending.
    Hold,
}
