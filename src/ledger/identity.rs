//! Whose contacts a ledger records.

use std::fmt;

/// An instance whose contacts a ledger records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Which service.
    pub service: Service,
    /// The instance's id.
    pub instance: String,
    /// What a person calls it; empty for one without a name.
    pub name: String,
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} instance {}", self.service.as_str(), self.instance)
    }
}

/// Which service takes the contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The simulator inside the process.
    Simulator,
    /// A service on this machine, reached over loopback.
    Loopback,
    /// GREEN-API itself. Its host may change for an instance that stays the same.
    GreenApi,
}

impl Service {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Simulator => "simulator",
            Self::Loopback => "loopback",
            Self::GreenApi => "green-api",
        }
    }
}
