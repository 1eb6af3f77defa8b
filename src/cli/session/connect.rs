//! The instances that a command works with: how each is reached, and in whose name the ledger knows it.

use crate::cli::session::runtime;
use std::net::{Ipv4Addr, SocketAddr};

use secrecy::SecretString;
use sha2::{Digest, Sha256};
use tokio::runtime::Runtime;

use crate::cli::{
    args::{CampaignArguments, DurationArgument, ServiceArguments},
    exit::CommandError,
    options::{error::SettingsError, paths, service},
    session::signals,
};
use crate::{
    green_api::{Client, Instance, ServiceClock},
    ledger::{Identity, Ledger, Service},
    simulator::{self, Script, Simulator},
};

/// An instance that can be reached.
pub(crate) struct ConnectedInstance {
    pub(crate) instance: Instance,
    pub(crate) service: Service,
    /// By which a person named it; empty for the one of the settings.
    pub(crate) name: String,
    /// Lives as long as it is held.
    _simulator: Option<Simulator>,
}

impl ConnectedInstance {
    /// In whose name the ledger knows it.
    pub(crate) fn identity(&self) -> Identity {
        let (service, instance) = (self.service, self.instance.id().to_owned());
        Identity {
            service,
            instance,
            name: self.name.clone(),
        }
    }

    /// A client of it, whose answers set this clock; nothing is connected yet.
    pub(crate) fn client(
        &self,
        timeout: DurationArgument,
        clock: &ServiceClock,
    ) -> Result<Client, SettingsError> {
        Ok(Client::new(
            &self.instance,
            service::time_outs(timeout),
            clock.clone(),
        )?)
    }

    /// What comes before a line that is about it.
    pub(crate) fn prefix(&self) -> String {
        if self.name.is_empty() {
            String::new()
        } else {
            format!("{}: ", self.name)
        }
    }
}

/// Each of these instances, or a simulator in its place; no two may be the same.
pub(crate) async fn reach_all(
    services: &[&ServiceArguments],
) -> Result<Vec<ConnectedInstance>, CommandError> {
    let mut reached: Vec<ConnectedInstance> = Vec::new();
    for arguments in services {
        let next = reach(arguments).await?;
        must_differ(&next, &reached)?;
        reached.push(next);
    }
    Ok(reached)
}

/// Refuses an instance that is one of those before it.
pub(crate) fn must_differ(
    next: &ConnectedInstance,
    before: &[ConnectedInstance],
) -> Result<(), SettingsError> {
    let id = next.instance.id();
    before
        .iter()
        .find(|other| other.instance.id() == id)
        .map_or(Ok(()), |other| {
            let (one, other) = (other.name.clone(), next.name.clone());
            Err(SettingsError::SameInstance {
                one,
                other,
                id: id.to_owned(),
            })
        })
}

/// The instance, or a simulator in its place.
pub(crate) async fn reach(arguments: &ServiceArguments) -> Result<ConnectedInstance, CommandError> {
    let name = arguments.name.clone().unwrap_or_default();
    if !arguments.simulate {
        // Its token may come from a command that hangs.
        let own = arguments.clone();
        let (instance, service) = signals::beside(move || service::instance(&own)).await??;
        return Ok(ConnectedInstance {
            instance,
            service,
            name,
            _simulator: None,
        });
    }
    let id = simulated_id(arguments);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let script = Script {
        id_instance: id.clone(),
        ..Script::default()
    };
    let simulator =
        Simulator::start(address, script)
            .await
            .map_err(|source| CommandError::Machine {
                what: "the simulator cannot listen on 127.0.0.1",
                source,
            })?;
    let token = SecretString::from(simulator::TOKEN);
    let instance =
        Instance::new(&simulator.url(), &id, token, false).map_err(SettingsError::from)?;
    Ok(ConnectedInstance {
        instance,
        service: Service::Simulator,
        name,
        _simulator: Some(simulator),
    })
}

/// The id that a simulator plays: one that has a name has an id of its own, and always the same.
fn simulated_id(arguments: &ServiceArguments) -> String {
    let own = arguments.id_instance.clone().filter(|id| !id.is_empty());
    match (&arguments.name, own) {
        (None, _) => simulator::ID_INSTANCE.to_owned(),
        (Some(_), Some(id)) => id,
        (Some(name), None) => {
            let digest = Sha256::digest(name);
            let number = digest
                .iter()
                .take(4)
                .fold(0, |number: u32, byte| number << 8 | u32::from(*byte));
            format!("11{:08}", number % 100_000_000)
        }
    }
}

/// An instance that is asked about its rows, and what comes before a line about it: nothing where it is
/// the only one.
pub(crate) struct InstanceConnection {
    pub(crate) reached: ConnectedInstance,
    pub(crate) client: Client,
    pub(crate) prefix: String,
}

/// A ledger that exists, opened for these instances; the way to each, in the same order, whose answers set the
/// clock; and what asks them.
pub(crate) fn with_ledger(
    (campaign, timeout): (&CampaignArguments, DurationArgument),
    services: &[&ServiceArguments],
    clock: &ServiceClock,
) -> Result<(Runtime, Ledger, Vec<InstanceConnection>), CommandError> {
    let path = paths::existing_ledger(campaign)?;
    let runtime = runtime::runtime()?;
    let all = runtime.block_on(reach_all(services))?;
    let identities: Vec<Identity> = all.iter().map(ConnectedInstance::identity).collect();
    let ledger = Ledger::open_existing(&path, &identities)?;
    let is_only = all.len() == 1;
    let way = |reached: ConnectedInstance| {
        let prefix = if is_only {
            String::new()
        } else {
            reached.prefix()
        };
        Ok(InstanceConnection {
            client: reached.client(timeout, clock)?,
            reached,
            prefix,
        })
    };
    Ok((
        runtime,
        ledger,
        all.into_iter()
            .map(way)
            .collect::<Result<_, SettingsError>>()?,
    ))
}
