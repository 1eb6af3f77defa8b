//! Why a run ended early: one reason, as the JSON, the log, the notification and `status` show it. It names no people.

use jiff::Timestamp;

use crate::cli::{
    exit::Exit,
    output::{
        plan,
        summary::{RunFacts, StopMessage, is_moot, stop_text},
    },
};
use crate::{
    domain::Status,
    engine::{StopReason, Stopped},
    i18n::{self, Language},
    ledger::RunStop,
};

/// Returns the most important reason why a run that ends `now` ended early; `None` if it finished.
pub(crate) fn run_stop(facts: &RunFacts<'_>, now: Timestamp) -> Option<RunStop> {
    let waiting = facts.after.of(Status::Pending) - plan::held_rows(facts.held);
    let worst = facts
        .stopped
        .iter()
        .filter(|stopped| waiting > 0 || !is_moot(&stopped.stop))
        .min_by_key(|stopped| Exit::of_stop(&stopped.stop).rank());
    let rank = worst.map(|stopped| Exit::of_stop(&stopped.stop).rank());
    if facts.all_refused() && rank.is_none_or(|rank| rank > Exit::ContactsRefused.rank()) {
        return Some(of_message("all_refused", &StopMessage::AllRefused));
    }
    match worst {
        Some(stopped) => Some(of_stop(facts, stopped, now)),
        None if facts.after.of(Status::Pending) > 0 => {
            Some(of_message("not_given", &StopMessage::PendingNotGiven))
        }
        None => None,
    }
}

fn of_stop(facts: &RunFacts<'_>, stopped: &Stopped, now: Timestamp) -> RunStop {
    let text = |language| {
        let share = stopped.instance.and_then(|number| facts.shares.get(number));
        let prefix = share.map_or("", |share| share.prefix.as_str());
        i18n::shown(&(prefix.to_owned() + &sentence(&stopped.stop, language))).into_owned()
    };
    RunStop {
        code: stopped.stop.code().to_owned(),
        en: text(Language::En),
        ru: text(Language::Ru),
        resumes_at: stopped.stop.resumes_at(now).map(|at| at.to_string()),
    }
}

/// Returns the sentence for a reason, without the service's own words.
#[expect(
    clippy::expect_used,
    reason = "only what the user has just done has none"
)]
fn sentence(stop: &StopReason, language: Language) -> String {
    match stop {
        StopReason::Halted(halt, _) => halt.localized(language),
        StopReason::Interrupted => StopMessage::WasInterrupted.localized(language),
        StopReason::Cancelled => StopMessage::WasCancelled.localized(language),
        StopReason::Unreachable(_)
        | StopReason::NeverReached(_)
        | StopReason::Throttled(_)
        | StopReason::Uncertain(_)
        | StopReason::Failures(_)
        | StopReason::SendHistory { .. }
        | StopReason::Limit
        | StopReason::Rules(..)
        | StopReason::State(_)
        | StopReason::NotWaited(_)
        | StopReason::Late(_) => stop_text(stop, language).expect("such a stop has a sentence"),
    }
}

fn of_message(code: &str, message: &StopMessage) -> RunStop {
    RunStop {
        code: code.to_owned(),
        en: message.localized(Language::En),
        ru: message.localized(Language::Ru),
        resumes_at: None,
    }
}
