//! What follows from an outcome: for its row a verdict, for the run a wait, a stop, or another way
//! of addressing.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    super::{Event, Stop, Why, Wire, backoff::GiveUp},
    Engine,
};
use crate::{
    domain::{Outcome, Throttle},
    green_api::PhoneAs,
    ledger::Verdict,
    sentences::{Language, OwnWords},
};

impl<W: Wire> Engine<'_, W> {
    /// What follows from an outcome: for its row the verdict, for the run a wait or a stop.
    pub(super) fn judge(&mut self, outcome: Outcome, now: Instant) -> Verdict {
        match outcome {
            Outcome::Accepted(id) => {
                self.take_clear(now);
                Verdict::Accepted(id)
            }
            Outcome::Refused(words) => {
                self.take_clear(now);
                self.refused += 1;
                if self.conditions.max_failures.reached(self.refused, self.clear) {
                    self.stop(Stop::Failures(self.refused));
                }
                Verdict::Failed(words)
            }
            Outcome::Throttled { by, wait } => {
                self.put_off(by, wait, now);
                Verdict::NotTaken
            }
            Outcome::Unreachable(words) => {
                self.wait(now, None, Why::Unreachable(&words));
                Verdict::NotTaken
            }
            Outcome::Uncertain(words) => {
                self.uncertain += 1;
                if self.uncertain >= self.conditions.uncertain_in_a_row {
                    self.stop(Stop::Uncertain(self.uncertain));
                }
                Verdict::Unknown(words)
            }
            Outcome::Halted(halt, words) => {
                self.stop(Stop::Halted(halt, words));
                Verdict::NotTaken
            }
            Outcome::ChatIdWanted if self.conditions.readdress => self.readdress(),
            // The card would have passed under another option.
            Outcome::ChatIdWanted => self.judge(Outcome::Refused(OwnWords::UseAuto.say(Language::En)), now),
        }
    }

    fn take_clear(&mut self, now: Instant) {
        self.uncertain = 0;
        self.clear += 1;
        self.backoff.clear(now.into_std());
    }

    fn put_off(&mut self, by: Throttle, wait: Option<Duration>, now: Instant) {
        self.wait(now, wait, Why::Throttled(by));
        match by {
            Throttle::TooMany => {}
            Throttle::Starting | Throttle::StartingOrNotAuthorized => self.ask_state_for_card(now),
        }
    }

    fn wait(&mut self, now: Instant, asked: Option<Duration>, why: Why<'_>) {
        let before = self.backoff.waiting_until(now.into_std());
        match self.backoff.wait(now.into_std(), asked) {
            Ok(until) if Some(until) == before => {}
            Ok(until) => (self.tell)(Event::Waiting { why, until }),
            Err(GiveUp) => self.stop(why.stop()),
        }
    }

    fn readdress(&mut self) -> Verdict {
        if self.phone_as != PhoneAs::ChatId {
            self.phone_as = PhoneAs::ChatId;
            (self.tell)(Event::Readdressed);
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
