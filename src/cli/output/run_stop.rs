//! Why a run ended early: one reason, as the JSON, the log, the notification and `status` show it. It names no people.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::{
    exit::{self, Exit},
    output::{
        plan,
        summary::{RunFacts, stop_text},
    },
};
use crate::{
    domain::Status,
    engine::{LongWait, StopReason, Stopped},
    i18n::{self, ConsoleMessage, Language},
    ledger::RunStop,
};

/// `stopped` in every JSON.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StopSummary<'a> {
    code: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    resumes_at: Option<&'a str>,
}

impl<'a> StopSummary<'a> {
    pub(crate) fn new(stop: &'a RunStop, language: Language) -> Self {
        Self {
            code: &stop.code,
            text: stop.text(language),
            resumes_at: stop.resumes_at.as_deref(),
        }
    }
}

/// The one reason that counts most, of a run that ends `now`; nothing if it came to its end.
pub(crate) fn run_stop(facts: &RunFacts<'_>, now: Timestamp) -> Option<RunStop> {
    let waiting = facts.after.of(Status::Pending) - plan::held_rows(facts.held);
    let worst = facts
        .stopped
        .iter()
        .filter(|stopped| waiting > 0 || !is_moot(&stopped.stop))
        .min_by_key(|stopped| Exit::of_stop(&stopped.stop).rank());
    let rank = worst.map(|stopped| Exit::of_stop(&stopped.stop).rank());
    if exit::all_refused(facts.before, facts.after)
        && rank.is_none_or(|rank| rank > Exit::ContactsRefused.rank())
    {
        return Some(of_message("all_refused", &ConsoleMessage::AllRefused));
    }
    match worst {
        Some(stopped) => Some(of_stop(facts, stopped, now)),
        None if facts.after.of(Status::Pending) > 0 => {
            Some(of_message("not_given", &ConsoleMessage::PendingNotGiven))
        }
        None => None,
    }
}

/// After the last row nothing more is waited for, and no limit cut anything off.
pub(crate) const fn is_moot(stop: &StopReason) -> bool {
    matches!(
        stop,
        StopReason::NotWaited(LongWait::Next(_)) | StopReason::Limit
    )
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

/// The reason without the service's own words.
fn sentence(stop: &StopReason, language: Language) -> String {
    match stop {
        StopReason::Halted(halt, _) => halt.localized(language),
        StopReason::Interrupted => ConsoleMessage::WasInterrupted.localized(language),
        StopReason::Cancelled => ConsoleMessage::WasCancelled.localized(language),
        StopReason::Unreachable(_)
        | StopReason::Throttled(_)
        | StopReason::Uncertain(_)
        | StopReason::Failures(_)
        | StopReason::SendHistory { .. }
        | StopReason::Limit
        | StopReason::Rules(..)
        | StopReason::State(_)
        | StopReason::NotWaited(_)
        | StopReason::Late(_) => stop_text(stop, language).unwrap_or_default(),
    }
}

fn of_message(code: &str, message: &ConsoleMessage) -> RunStop {
    RunStop {
        code: code.to_owned(),
        en: message.localized(Language::En),
        ru: message.localized(Language::Ru),
        resumes_at: None,
    }
}
