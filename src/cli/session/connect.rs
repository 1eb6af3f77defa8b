//! The instances that a command works with: how each is connected, and under which identity the ledger knows it.

use std::net::{Ipv4Addr, SocketAddr};

use secrecy::SecretString;
use sha2::{Digest, Sha256};
use tokio::runtime::Runtime;

use crate::cli::{
    args::{CampaignArguments, DurationArgument, ServiceArguments},
    exit::CommandError,
    options::{database::TimeLimits, error::SettingsError, paths, service},
    output::ui::Ui,
    session::{lease_wait, runtime, signals},
};
use crate::{
    green_api::{Client, Instance, ServiceClock},
    ledger::{Identity, Ledger, Service},
    simulator::{self, Script, Simulator},
};

/// An instance that a client can be created for.
pub(crate) struct ConnectedInstance {
    pub(crate) instance: Instance,
    pub(crate) service: Service,
    /// Its name in the settings; empty for an instance without a name.
    pub(crate) name: String,
    /// Whether no request may be made.
    pub(crate) is_dry_run: bool,
    /// Dropping it ends the simulator.
    _simulator: Option<Simulator>,
}

impl ConnectedInstance {
    /// Whether it stands in for an account that the settings do not name yet.
    pub(crate) fn is_unset(&self) -> bool {
        self.instance.id() == NO_ID
    }

    /// Returns the identity under which the ledger knows the instance.
    pub(crate) fn identity(&self) -> Identity {
        let (service, instance) = (self.service, self.instance.id().to_owned());
        Identity {
            service,
            instance,
            name: self.name.clone(),
        }
    }

    /// Returns a client for the instance; its answers set this clock. No request is made yet.
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

    /// Returns the prefix of a line about the instance.
    pub(crate) fn prefix(&self) -> String {
        if self.name.is_empty() {
            String::new()
        } else {
            format!("{}: ", self.name)
        }
    }
}

/// Connects each of these instances, or starts a simulator in its place. No instance may appear twice.
pub(crate) async fn connect_all(
    services: &[&ServiceArguments],
) -> Result<Vec<ConnectedInstance>, CommandError> {
    let mut connected: Vec<ConnectedInstance> = Vec::new();
    for arguments in services {
        let next = connect(arguments).await?;
        must_differ(&next, &connected)?;
        connected.push(next);
    }
    Ok(connected)
}

/// Refuses an instance that is already among those before it.
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

/// Connects the instance, or starts a simulator in its place.
pub(crate) async fn connect(
    arguments: &ServiceArguments,
) -> Result<ConnectedInstance, CommandError> {
    let name = arguments.name.clone().unwrap_or_default();
    if !arguments.simulate {
        // The token may come from a command that hangs.
        let own = arguments.clone();
        let (instance, service) =
            signals::spawn_detached(move || service::instance(&own)).await??;
        return Ok(ConnectedInstance {
            instance,
            service,
            name,
            is_dry_run: false,
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
        is_dry_run: false,
        _simulator: Some(simulator),
    })
}

/// Stands in for the token in a dry run, which makes no request.
const NO_TOKEN: &str = "dry-run";

/// The id of an instance that the settings do not name yet.
const NO_ID: &str = "1";

/// Returns the instance for a dry run. It makes no request, so it needs no token. If the settings name no instance, the
/// first one in the ledger stands in.
pub(crate) fn for_dry_run(
    arguments: &ServiceArguments,
    known: &[Identity],
) -> Result<ConnectedInstance, SettingsError> {
    let name = arguments.name.clone().unwrap_or_default();
    let typed = arguments.id_instance.clone().filter(|id| !id.is_empty());
    let known = known.first().filter(|_| typed.is_none());
    let id = match (arguments.simulate, typed, known) {
        (true, ..) => simulated_id(arguments),
        (false, Some(id), _) => id,
        (false, None, Some(known)) => known.instance.clone(),
        (false, None, None) => NO_ID.to_owned(),
    };
    let token = SecretString::from(NO_TOKEN);
    let instance = Instance::new(&arguments.api_url, &id, token, arguments.insecure_http)
        .map_err(|error| service::with_instance_name(arguments, error.into()))?;
    let service = match (arguments.simulate, known) {
        (true, _) => Service::Simulator,
        (false, Some(known)) => known.service,
        (false, None) => service::service_of(&instance),
    };
    Ok(ConnectedInstance {
        instance,
        service,
        name,
        is_dry_run: true,
        _simulator: None,
    })
}

/// Returns the id of a simulator. A named simulator has its own id, which is always the same.
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

/// The open ledger of an existing campaign, with the connections of its instances.
pub(crate) struct OpenCampaign {
    pub(crate) runtime: Runtime,
    pub(crate) ledger: Ledger,
    /// One for each service, in the same order.
    pub(crate) connections: Vec<InstanceConnection>,
}

/// An instance that is asked about its rows.
pub(crate) struct InstanceConnection {
    pub(crate) connected: ConnectedInstance,
    pub(crate) client: Client,
    /// The prefix of a line about it: empty if it is the only one.
    pub(crate) prefix: String,
}

/// Opens the ledger of a campaign and connects these instances; their answers set the clock.
pub(crate) fn open_campaign(
    campaign: &CampaignArguments,
    timeout: DurationArgument,
    services: &[&ServiceArguments],
    clock: &ServiceClock,
    ui: &Ui,
) -> Result<OpenCampaign, CommandError> {
    let limits = TimeLimits {
        service_request: timeout.0,
        ..TimeLimits::default()
    };
    let place = paths::existing_ledger_for(campaign, limits)?;
    let runtime = runtime::runtime()?;
    let all = runtime.block_on(connect_all(services))?;
    let identities: Vec<Identity> = all.iter().map(ConnectedInstance::identity).collect();
    let open = || Ledger::open_existing(&place, &identities);
    let ledger = lease_wait::open(open, || false, ui)?.ok_or(CommandError::BrokenOff)?;
    let is_only = all.len() == 1;
    let connection = |connected: ConnectedInstance| {
        let prefix = if is_only {
            String::new()
        } else {
            connected.prefix()
        };
        Ok(InstanceConnection {
            client: connected.client(timeout, clock)?,
            connected,
            prefix,
        })
    };
    let connections: Result<_, SettingsError> = all.into_iter().map(connection).collect();
    Ok(OpenCampaign {
        runtime,
        ledger,
        connections: connections?,
    })
}
