//! The state of the instance by the simulator's own clock: that of the script, except during the script's changes. A
//! change may begin with a contact, so the contacts so far are an argument.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{
    script::{Script, StateChange},
    state::State,
};
use crate::green_api::InstanceState;

/// How long before the simulator's start its first state began, if the script has no past states.
const PAST: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The period of a change of the state, past or future.
#[derive(Debug, Clone, Copy)]
struct Period<'a> {
    change: &'a StateChange,
    start: Duration,
    /// `None` if it does not end.
    end: Option<Duration>,
}

impl Period<'_> {
    fn holds(&self, at: Duration) -> bool {
        self.start <= at && self.end.is_none_or(|end| at < end)
    }
}

/// Returns the state at this time; `None` for an instance that is being created.
pub(super) fn state_at<'a>(script: &'a Script, state: &State, at: Duration) -> Option<&'a str> {
    period_at(script, state, at)
        .map_or(script.state.as_deref(), |period| Some(&period.change.state))
}

/// Returns the final status of contacts that leave the queue at this time, if a change of the state sets one.
pub(super) fn status_at<'a>(script: &'a Script, state: &State, at: Duration) -> Option<&'a str> {
    period_at(script, state, at)?.change.status.as_deref()
}

/// Returns when the restriction at this time ends; `None` if there is none, or it does not end.
pub(super) fn suspended_until(script: &Script, state: &State, at: Duration) -> Option<Duration> {
    let period = period_at(script, state, at)?;
    match InstanceState::from_word(&period.change.state) {
        InstanceState::Suspended | InstanceState::YellowCard => period.end,
        InstanceState::Authorized
        | InstanceState::NotAuthorized
        | InstanceState::Blocked
        | InstanceState::Starting
        | InstanceState::SleepMode
        | InstanceState::Unnamed(_) => None,
    }
}

/// Returns every state that began until now with its time, newest first.
pub(super) fn history(
    script: &Script,
    state: &State,
    started_at: Timestamp,
    now: Duration,
) -> Vec<(Timestamp, Option<String>)> {
    let mut entries: Vec<(Timestamp, Option<String>)> = script
        .past_states
        .iter()
        .map(|past| {
            let before = SignedDuration::from_mins(i64::from(past.minutes_ago));
            (back(started_at, before), past.state.clone())
        })
        .collect();
    entries.sort_by_key(|(at, _)| *at);
    if entries.is_empty() {
        entries.push((back(started_at, PAST), script.state.clone()));
    }
    for moment in moments(script, state, now) {
        let word = state_at(script, state, moment);
        if entries.last().map(|(_, last)| last.as_deref()) != Some(word) {
            entries.push((forward(started_at, moment), word.map(str::to_owned)));
        }
    }
    entries.reverse();
    entries
}

/// Returns the moments until now at which the state may have changed: the start, and the ends of periods.
fn moments(script: &Script, state: &State, now: Duration) -> Vec<Duration> {
    let edges = periods(script, state).flat_map(|period| [Some(period.start), period.end]);
    let mut moments: Vec<Duration> = edges.flatten().filter(|moment| *moment <= now).collect();
    moments.push(Duration::ZERO);
    moments.sort_unstable();
    moments
}

/// Returns the period at this time. If several changes apply at once, the last one in the script counts.
fn period_at<'a>(script: &'a Script, state: &State, at: Duration) -> Option<Period<'a>> {
    periods(script, state)
        .filter(|period| period.holds(at))
        .last()
}

fn periods<'a>(script: &'a Script, state: &State) -> impl Iterator<Item = Period<'a>> {
    script.state_changes.iter().filter_map(|change| {
        let from = match change.from_contact {
            Some(number) => state.accepted_at(number)?,
            None => Duration::ZERO,
        };
        let start = from + Duration::from_millis(change.after_ms);
        let end = change.for_ms.map(|ms| start + Duration::from_millis(ms));
        Some(Period { change, start, end })
    })
}

fn back(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

pub(super) fn forward(from: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    from.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::request;

    fn script(text: &str) -> Script {
        serde_json::from_str(text).unwrap()
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// A state in which contacts came at these seconds.
    fn with_contacts(at: &[u64]) -> State {
        let body =
            r#"{"phoneNumber":79001234567,"contact":{"phoneContact":79001234568,"firstName":"A"}}"#;
        let mut state = State::default();
        for second in at {
            let message = request::read(body.as_bytes(), false).unwrap();
            state.accept(message, seconds(*second));
        }
        state
    }

    #[test]
    fn a_restriction_begins_and_ends_when_the_script_says_so() {
        let from_second = r#"{"state_changes":[{"state":"suspended","after_ms":5000,"for_ms":10000,"status":"yellowCard"}]}"#;
        let from_contact =
            r#"{"state_changes":[{"state":"yellowCard","from_contact":2,"for_ms":10000}]}"#;
        let for_ever = r#"{"state_changes":[{"state":"suspended"}]}"#;
        let state = with_contacts(&[3, 7]);
        for (text, at, word, until) in [
            (from_second, 4, "authorized", None),
            (from_second, 5, "suspended", Some(15)),
            (from_second, 14, "suspended", Some(15)),
            (from_second, 15, "authorized", None),
            (from_contact, 6, "authorized", None),
            (from_contact, 7, "yellowCard", Some(17)),
            (from_contact, 17, "authorized", None),
            (for_ever, 0, "suspended", None),
            (
                r#"{"state_changes":[{"state":"suspended","from_contact":3}]}"#,
                60,
                "authorized",
                None,
            ),
            (
                r#"{"state":"blocked","state_changes":[{"state":"notAuthorized","for_ms":9000}]}"#,
                1,
                "notAuthorized",
                None,
            ),
        ] {
            let script = script(text);
            let at = seconds(at);
            assert_eq!(state_at(&script, &state, at), Some(word), "{text} {at:?}");
            assert_eq!(
                suspended_until(&script, &state, at),
                until.map(seconds),
                "{text} {at:?}"
            );
            let held_back = text == from_second && word == "suspended";
            assert_eq!(
                status_at(&script, &state, at),
                held_back.then_some("yellowCard")
            );
        }
    }

    #[test]
    fn the_history_has_the_past_and_every_change_until_now() {
        let start = Timestamp::from_second(1_000_000_000).unwrap();
        let state = with_contacts(&[3]);
        let past = r#"{"past_states":[{"state":"notAuthorized","minutes_ago":10},{"state":"authorized","minutes_ago":100}]}"#;
        let changes =
            r#"{"state_changes":[{"state":"suspended","from_contact":1,"for_ms":10000}]}"#;
        let month = -30 * 24 * 3600;
        for (text, now, entries) in [
            ("{}", 60, vec![(month, "authorized")]),
            (r#"{"state":null}"#, 60, vec![(month, "null")]),
            (
                past,
                60,
                vec![
                    (0, "authorized"),
                    (-600, "notAuthorized"),
                    (-6000, "authorized"),
                ],
            ),
            (changes, 2, vec![(month, "authorized")]),
            (changes, 3, vec![(3, "suspended"), (month, "authorized")]),
            (
                changes,
                60,
                vec![(13, "authorized"), (3, "suspended"), (month, "authorized")],
            ),
        ] {
            let history = history(&script(text), &state, start, seconds(now));
            let history: Vec<_> = history
                .iter()
                .map(|(at, word)| {
                    let second = at.as_second() - start.as_second();
                    (second, word.as_deref().unwrap_or("null"))
                })
                .collect();
            assert_eq!(history, entries, "{text} at {now}");
        }
    }
}
