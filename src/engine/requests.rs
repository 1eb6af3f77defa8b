//! The requests to an instance, which run beside the engine loop. Each yields one answer.

use std::time::Duration;

use tokio::{sync::watch, time::timeout};

use super::{Transport, run::Answer};
use crate::{
    domain::{AccountCheck, Outcome, OwnWords, Phone},
    green_api::PhoneAs,
    i18n::Language,
    ledger::InFlight,
    rate_limit::Permit,
};

/// After this time without an answer, the instance sends without knowing its state.
const STATE_TIME_OUT: Duration = Duration::from_secs(5);

/// Sends a contact. The second interrupt abandons the request.
pub(super) async fn send_contact<W: Transport>(
    transport: W,
    phone_as: PhoneAs,
    begun: InFlight,
    permit: Permit,
    mut interrupts: watch::Receiver<u32>,
) -> Answer {
    let outcome = tokio::select! {
        biased; // An answer that is there already counts.
        outcome = transport.send_contact(&begun.message, phone_as) => outcome,
        Ok(_) = interrupts.wait_for(|times| *times >= 2) => {
            Outcome::Uncertain(OwnWords::RunStopped.localized(Language::En))
        }
    };
    Answer::Contact(begun, permit, outcome)
}

/// Checks the number of a row. The second interrupt abandons the request; the check counts as unclear and is not
/// repeated.
pub(super) async fn check_account<W: Transport>(
    transport: W,
    row: InFlight,
    phone: Phone,
    permit: Permit,
    mut interrupts: watch::Receiver<u32>,
) -> Answer {
    let check = tokio::select! {
        biased;
        check = transport.check_account(phone) => check,
        Ok(_) = interrupts.wait_for(|times| *times >= 2) => {
            AccountCheck::Unclear(OwnWords::RunStopped.localized(Language::En))
        }
    };
    Answer::Check(row, permit, check)
}

/// Asks for the state of the instance.
pub(super) async fn ask_state<W: Transport>(transport: W) -> Answer {
    let too_long = || Outcome::Uncertain("getStateInstance takes too long".to_owned());
    let state = timeout(STATE_TIME_OUT, transport.state_instance()).await;
    Answer::State(state.unwrap_or_else(|_| Err(too_long())))
}

/// Asks when the restriction of the number ends. Without an answer in time, the end counts as not known.
pub(super) async fn ask_end<W: Transport>(transport: W) -> Answer {
    let end = match timeout(STATE_TIME_OUT, transport.suspended_until()).await {
        Ok(Ok(end)) => end,
        Ok(Err(outcome)) => {
            tracing::info!("the end of the restriction is not known: {outcome:?}");
            None
        }
        Err(_) => {
            tracing::info!("the end of the restriction is not known: getWaSettings takes too long");
            None
        }
    };
    Answer::End(end)
}
