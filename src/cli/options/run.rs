//! The limits of a run and of each of its instances.

use jiff::tz::TimeZone;

use crate::{
    cli::args::{AddressAs, SendArguments},
    engine::{InstanceConfig, RunConfig},
    green_api::{PhoneAs, ServiceClock},
    send_policy::Zone,
};

/// Returns the limits of a run, for all its instances together.
pub(crate) fn run_config(arguments: &SendArguments, clock: &ServiceClock) -> RunConfig {
    RunConfig {
        leases: None,
        limit: arguments.limit,
        max_failures: arguments.max_failures,
        control: None,
        clock: clock.clone(),
    }
}

/// Returns the limits of one instance.
pub(crate) fn instance_config(arguments: &SendArguments) -> InstanceConfig {
    let (phone_as, switch_to_chat_id) = match arguments.address_as {
        AddressAs::Auto => (PhoneAs::PhoneNumber, true),
        AddressAs::AsGiven => (PhoneAs::PhoneNumber, false),
        AddressAs::ChatId => (PhoneAs::ChatId, false),
    };
    InstanceConfig {
        concurrency: usize::from(arguments.concurrency),
        retry_for: arguments.retry_for.0,
        uncertain_in_a_row: 5,
        phone_as,
        switch_to_chat_id,
        rules: None,
        checks: None,
        waits: true,
        zone: Zone::of(TimeZone::system()),
        last_sent: None,
        seed: fastrand::u64(..),
    }
}
