//! Maps an outcome to a verdict for its row and an action for its instance. Pure: the worker carries the action out.

use std::time::Duration;

use super::{InstanceConfig, LongWait, StopReason, WaitReason};
use crate::{
    domain::{Outcome, OwnWords, Throttle},
    i18n::Language,
    ledger::{InFlight, RowOutcome},
};

/// What the worker does after an outcome.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum OutcomeAction {
    /// Continue: the service took the contact.
    Continue,
    /// Count a refused contact.
    CountRefusal,
    /// Wait as long as the service asks, or for a time of our own choice.
    WaitForService(Throttle, Option<Duration>),
    /// Wait for the network; with the words of its error.
    WaitForNetwork(String),
    /// Count an uncertain answer.
    CountUncertain,
    /// Stop the instance.
    Stop(StopReason),
    /// Address phones by chat id from now on.
    SwitchToChatId,
}

/// Returns the verdict for the row and the action for its instance.
pub(super) fn handle_outcome(
    outcome: Outcome,
    switch_to_chat_id: bool,
) -> (RowOutcome, OutcomeAction) {
    match outcome {
        Outcome::Accepted(id) => (RowOutcome::Accepted(id), OutcomeAction::Continue),
        Outcome::Refused(words) => (RowOutcome::Failed(words), OutcomeAction::CountRefusal),
        Outcome::Throttled { by, wait } => (
            RowOutcome::NotTaken,
            OutcomeAction::WaitForService(by, wait),
        ),
        Outcome::Unreachable(words) => (RowOutcome::NotTaken, OutcomeAction::WaitForNetwork(words)),
        Outcome::Uncertain(words) => (RowOutcome::Unknown(words), OutcomeAction::CountUncertain),
        Outcome::Halted(halt, words) => (
            RowOutcome::NotTaken,
            OutcomeAction::Stop(StopReason::Halted(halt, words)),
        ),
        Outcome::ChatIdWanted if switch_to_chat_id => {
            (RowOutcome::NotTaken, OutcomeAction::SwitchToChatId)
        }
        // The contact would have been accepted with another option.
        Outcome::ChatIdWanted => (
            RowOutcome::Failed(OwnWords::UseAuto.localized(Language::En)),
            OutcomeAction::CountRefusal,
        ),
    }
}

/// Returns why an instance stops after its retries. `asked` is the pause that the service asked for.
pub(super) fn stop_after_retries(
    why: WaitReason<'_>,
    asked: Option<Duration>,
    config: &InstanceConfig,
    is_heard: bool,
) -> StopReason {
    let too_long = asked.filter(|asked| *asked > InstanceConfig::SHORT_WAIT && !config.waits);
    match (why, too_long) {
        (WaitReason::Throttled(by), Some(pause)) => {
            StopReason::NotWaited(LongWait::Pause(by, pause))
        }
        (WaitReason::Unreachable(words), _) if !is_heard => {
            StopReason::NeverReached(words.to_owned())
        }
        (WaitReason::Throttled(_) | WaitReason::Unreachable(_), _) => why.stop(),
    }
}

/// Names the kind of an outcome, without the service's words, which may name people.
pub(super) const fn kind(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted(_) => "accepted",
        Outcome::Refused(_) => "refused",
        Outcome::Throttled { .. } => "throttled",
        Outcome::Unreachable(_) => "unreachable",
        Outcome::Uncertain(_) => "uncertain",
        Outcome::Halted(..) => "halted",
        Outcome::ChatIdWanted => "chatId wanted",
    }
}

/// Logs the outcome of a request. The field names are those of the JSON log.
pub(super) fn log_answer(begun: &InFlight, kind: &str, verdict: &RowOutcome) {
    tracing::info!(
        row = begun.number,
        source = begun.source.as_deref(),
        status = verdict.status().as_str(),
        idMessage = verdict.id_message(),
        attempt = begun.attempt,
        "row {}: {kind}",
        begun.number,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Halt, IdMessage};

    #[test]
    fn each_outcome_has_one_verdict_and_one_action() {
        let words = || "words".to_owned();
        let id = || IdMessage::new("BAE5").unwrap();
        let pause = Some(Duration::from_secs(9));
        let use_auto = OwnWords::UseAuto.localized(Language::En);
        for (outcome, switch, verdict, action) in [
            (
                Outcome::Accepted(id()),
                false,
                RowOutcome::Accepted(id()),
                OutcomeAction::Continue,
            ),
            (
                Outcome::Refused(words()),
                false,
                RowOutcome::Failed(words()),
                OutcomeAction::CountRefusal,
            ),
            (
                Outcome::Throttled {
                    by: Throttle::TooMany,
                    wait: pause,
                },
                false,
                RowOutcome::NotTaken,
                OutcomeAction::WaitForService(Throttle::TooMany, pause),
            ),
            (
                Outcome::Unreachable(words()),
                false,
                RowOutcome::NotTaken,
                OutcomeAction::WaitForNetwork(words()),
            ),
            (
                Outcome::Uncertain(words()),
                false,
                RowOutcome::Unknown(words()),
                OutcomeAction::CountUncertain,
            ),
            (
                Outcome::Halted(Halt::Blocked, words()),
                false,
                RowOutcome::NotTaken,
                OutcomeAction::Stop(StopReason::Halted(Halt::Blocked, words())),
            ),
            (
                Outcome::ChatIdWanted,
                true,
                RowOutcome::NotTaken,
                OutcomeAction::SwitchToChatId,
            ),
            (
                Outcome::ChatIdWanted,
                false,
                RowOutcome::Failed(use_auto),
                OutcomeAction::CountRefusal,
            ),
        ] {
            let name = kind(&outcome);
            assert_eq!(handle_outcome(outcome, switch), (verdict, action), "{name}");
        }
    }
}
