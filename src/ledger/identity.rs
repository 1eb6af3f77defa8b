//! The identity of the instances whose contacts a ledger records.

use std::fmt;

/// An instance whose contacts a ledger records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Which service.
    pub service: Service,
    /// The instance's id.
    pub instance: String,
    /// The name that people gave it; empty if it has none.
    pub name: String,
}

impl Identity {
    /// Parses the text that [`Identity`] displays as.
    pub(super) fn parse(text: &str, name: &str) -> Option<Self> {
        let services = [Service::Simulator, Service::Loopback, Service::GreenApi];
        services.into_iter().find_map(|service| {
            let rest = text.strip_prefix(service.as_str())?;
            Some(Self {
                service,
                instance: rest.strip_prefix(" instance ")?.to_owned(),
                name: name.to_owned(),
            })
        })
    }
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
    /// GREEN-API itself. Its host may change while the instance stays the same.
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
