//! What follows from an outcome: for its row a verdict, for its instance a wait, a stop, or another way
//! of addressing.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    Event, InstanceConfig, LongWait, StopReason, Transport, WaitReason, backoff::GiveUp, run::Run,
    worker::Worker,
};
use crate::{
    domain::{Outcome, Throttle},
    green_api::PhoneAs,
    i18n::{Language, OwnWords},
    ledger::RowOutcome,
};

impl<W: Transport> Worker<W> {
    /// What follows from an outcome: for its row the verdict, for the instance a wait or a stop, for the
    /// run the end if too many contacts are refused.
    pub(super) fn handle_outcome(
        &mut self,
        run: &mut Run<'_>,
        outcome: Outcome,
        now: Instant,
    ) -> RowOutcome {
        match outcome {
            Outcome::Accepted(id) => {
                self.note_clear_answer(run, now);
                RowOutcome::Accepted(id)
            }
            Outcome::Refused(words) => {
                self.note_clear_answer(run, now);
                run.refused += 1;
                if run.conditions.max_failures.reached(run.refused, run.clear) {
                    run.stop(StopReason::Failures(run.refused));
                }
                RowOutcome::Failed(words)
            }
            Outcome::Throttled { by, wait } => {
                self.on_throttled(run, by, wait, now);
                RowOutcome::NotTaken
            }
            Outcome::Unreachable(words) => {
                self.wait(run, now, None, WaitReason::Unreachable(&words));
                RowOutcome::NotTaken
            }
            Outcome::Uncertain(words) => {
                self.uncertain += 1;
                if self.uncertain >= self.conditions.uncertain_in_a_row {
                    self.stop(run, StopReason::Uncertain(self.uncertain));
                }
                RowOutcome::Unknown(words)
            }
            Outcome::Halted(halt, words) => {
                self.stop(run, StopReason::Halted(halt, words));
                RowOutcome::NotTaken
            }
            Outcome::ChatIdWanted if self.conditions.switch_to_chat_id => {
                self.switch_to_chat_id(run)
            }
            // The contact would have passed under another option.
            Outcome::ChatIdWanted => self.handle_outcome(
                run,
                Outcome::Refused(OwnWords::UseAuto.localized(Language::En)),
                now,
            ),
        }
    }

    fn note_clear_answer(&mut self, run: &mut Run<'_>, now: Instant) {
        self.uncertain = 0;
        run.clear += 1;
        self.backoff.clear(now.into_std());
        self.gate.takes_cards();
        self.state_for_card = false;
    }

    fn on_throttled(
        &mut self,
        run: &mut Run<'_>,
        by: Throttle,
        wait: Option<Duration>,
        now: Instant,
    ) {
        self.wait(run, now, wait, WaitReason::Throttled(by));
        match by {
            Throttle::TooMany => {}
            Throttle::Starting | Throttle::StartingOrNotAuthorized => {
                self.ask_state_for_card(run, now);
            }
        }
    }

    fn wait(
        &mut self,
        run: &mut Run<'_>,
        now: Instant,
        asked: Option<Duration>,
        why: WaitReason<'_>,
    ) {
        let before = self.backoff.waiting_until(now.into_std());
        match self.backoff.wait(now.into_std(), asked) {
            Ok(until) if Some(until) == before => {}
            Ok(until) => run.tell(Some(self.number), Event::Waiting { why, until }),
            Err(GiveUp) => {
                let too_long = asked
                    .filter(|asked| *asked > InstanceConfig::SHORT_WAIT && !self.conditions.waits);
                let stop = match (why, too_long) {
                    (WaitReason::Throttled(by), Some(pause)) => {
                        StopReason::NotWaited(LongWait::Pause(by, pause))
                    }
                    (WaitReason::Throttled(_) | WaitReason::Unreachable(_), _) => why.stop(),
                };
                self.stop(run, stop);
            }
        }
    }

    fn switch_to_chat_id(&mut self, run: &mut Run<'_>) -> RowOutcome {
        if self.phone_as != PhoneAs::ChatId {
            self.phone_as = PhoneAs::ChatId;
            run.tell(Some(self.number), Event::Readdressed);
        }
        RowOutcome::NotTaken
    }
}

/// What became of a request, without the service's words: they may name people.
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
