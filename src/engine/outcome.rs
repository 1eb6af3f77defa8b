//! What follows from an outcome: for its row a verdict, for its lane a wait, a stop, or another way
//! of addressing.

use std::time::Duration;

use tokio::time::Instant;

use super::{Event, LaneConditions, LongWait, Stop, Why, Wire, backoff::GiveUp, run::Run, worker::Worker};
use crate::{
    domain::{Outcome, Throttle},
    green_api::PhoneAs,
    i18n::{Language, OwnWords},
    ledger::Verdict,
};

impl<W: Wire> Worker<W> {
    /// What follows from an outcome: for its row the verdict, for the lane a wait or a stop, for the
    /// run the end if too many cards are refused.
    pub(super) fn judge(&mut self, run: &mut Run<'_>, outcome: Outcome, now: Instant) -> Verdict {
        match outcome {
            Outcome::Accepted(id) => {
                self.take_clear(run, now);
                Verdict::Accepted(id)
            }
            Outcome::Refused(words) => {
                self.take_clear(run, now);
                run.refused += 1;
                if run.conditions.max_failures.reached(run.refused, run.clear) {
                    run.stop(Stop::Failures(run.refused));
                }
                Verdict::Failed(words)
            }
            Outcome::Throttled { by, wait } => {
                self.put_off(run, by, wait, now);
                Verdict::NotTaken
            }
            Outcome::Unreachable(words) => {
                self.wait(run, now, None, Why::Unreachable(&words));
                Verdict::NotTaken
            }
            Outcome::Uncertain(words) => {
                self.uncertain += 1;
                if self.uncertain >= self.conditions.uncertain_in_a_row {
                    self.stop(run, Stop::Uncertain(self.uncertain));
                }
                Verdict::Unknown(words)
            }
            Outcome::Halted(halt, words) => {
                self.stop(run, Stop::Halted(halt, words));
                Verdict::NotTaken
            }
            Outcome::ChatIdWanted if self.conditions.readdress => self.readdress(run),
            // The card would have passed under another option.
            Outcome::ChatIdWanted => {
                self.judge(run, Outcome::Refused(OwnWords::UseAuto.say(Language::En)), now)
            }
        }
    }

    fn take_clear(&mut self, run: &mut Run<'_>, now: Instant) {
        self.uncertain = 0;
        run.clear += 1;
        self.backoff.clear(now.into_std());
        self.gate.takes_cards();
        self.state_for_card = false;
    }

    fn put_off(&mut self, run: &mut Run<'_>, by: Throttle, wait: Option<Duration>, now: Instant) {
        self.wait(run, now, wait, Why::Throttled(by));
        match by {
            Throttle::TooMany => {}
            Throttle::Starting | Throttle::StartingOrNotAuthorized => self.ask_state_for_card(run, now),
        }
    }

    fn wait(&mut self, run: &mut Run<'_>, now: Instant, asked: Option<Duration>, why: Why<'_>) {
        let before = self.backoff.waiting_until(now.into_std());
        match self.backoff.wait(now.into_std(), asked) {
            Ok(until) if Some(until) == before => {}
            Ok(until) => run.tell(Some(self.number), Event::Waiting { why, until }),
            Err(GiveUp) => {
                let too_long =
                    asked.filter(|asked| *asked > LaneConditions::SHORT_WAIT && !self.conditions.waits);
                let stop = match (why, too_long) {
                    (Why::Throttled(by), Some(pause)) => Stop::NotWaited(LongWait::Pause(by, pause)),
                    (Why::Throttled(_) | Why::Unreachable(_), _) => why.stop(),
                };
                self.stop(run, stop);
            }
        }
    }

    fn readdress(&mut self, run: &mut Run<'_>) -> Verdict {
        if self.phone_as != PhoneAs::ChatId {
            self.phone_as = PhoneAs::ChatId;
            run.tell(Some(self.number), Event::Readdressed);
        }
        Verdict::NotTaken
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
