//! The requests to an instance, which run beside the loop. Each brings one answer.

use std::time::Duration;

use tokio::{sync::watch, time::timeout};

use super::{Transport, run::Answer};
use crate::{
    domain::Outcome,
    green_api::PhoneAs,
    i18n::{Language, OwnWords},
    ledger::InFlight,
    rate_limit::Permit,
};

/// A service that tells no state within this time is sent to without it.
const STATE_TIME_OUT: Duration = Duration::from_secs(5);

/// Sends a contact. The second interrupt gives it up.
pub(super) async fn send_contact<W: Transport>(
    wire: W,
    phone_as: PhoneAs,
    begun: InFlight,
    permit: Permit,
    mut interrupts: watch::Receiver<u32>,
) -> Answer {
    let outcome = tokio::select! {
        outcome = wire.send_contact(&begun.message, phone_as) => outcome,
        Ok(_) = interrupts.wait_for(|times| *times >= 2) => {
            Outcome::Uncertain(OwnWords::RunStopped.localized(Language::En))
        }
    };
    Answer::Card(begun, permit, outcome)
}

/// Asks for the state of the instance.
pub(super) async fn ask_state<W: Transport>(wire: W) -> Answer {
    let too_long = || Outcome::Uncertain("getStateInstance takes too long".to_owned());
    let state = timeout(STATE_TIME_OUT, wire.state_instance()).await;
    Answer::State(state.unwrap_or_else(|_| Err(too_long())))
}
