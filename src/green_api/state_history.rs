//! The past states of an instance, and what they prove. An entry that cannot be parsed invalidates the whole answer,
//! because it may be the one that matters.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    InstanceState,
    lookup::{each_item, personal_phone, unreadable, whole},
};
use crate::domain::{Outcome, Phone};

/// A state of an instance, and when it began (source: `getStateInstanceHistory`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateEntry {
    /// When the state began, to the second.
    pub at: Timestamp,
    /// The state.
    pub state: InstanceState,
    /// The number of the instance, if the service names it.
    pub phone: Option<Phone>,
}

/// Parses the history, newest first. An unknown state keeps the service's word.
///
/// # Errors
/// [`Outcome::Uncertain`] when the body is no list, or an entry has no state or no time.
pub(super) fn state_history(body: &str) -> Result<Vec<StateEntry>, Outcome> {
    let mut entries = Vec::new();
    each_item(body, |item| entries.push(entry(item)))?;
    let entries: Option<Vec<StateEntry>> = entries.into_iter().collect();
    let mut entries = entries.ok_or_else(unreadable)?;
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    Ok(entries)
}

fn entry(item: &Value) -> Option<StateEntry> {
    let state = match item.get("stateInstance")? {
        Value::String(word) => InstanceState::from_word(word),
        // `getStateInstance` reports an instance that is being created in the same way.
        Value::Null => InstanceState::Starting,
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let seconds = i64::try_from(whole(item.get("timestamp")?)?).ok()?;
    Some(StateEntry {
        at: Timestamp::from_second(seconds).ok()?,
        state,
        phone: item.get("phoneNumber").and_then(personal_phone),
    })
}

/// Whether the history, in any order, proves that the instance was authorized all the time from `start` to `end`. It
/// proves nothing if its first entry is later than `start`, because the service shows only the last entries. Its times
/// are whole seconds of the service's clock, so callers should leave a margin on both sides.
#[must_use]
pub fn is_authorized_throughout(history: &[StateEntry], start: Timestamp, end: Timestamp) -> bool {
    let before = history.iter().map(|entry| entry.at);
    let Some(since) = before.filter(|at| *at <= start).max() else {
        return false;
    };
    // If several entries have the same second, it is not known which came last.
    let meanwhile = history
        .iter()
        .filter(|entry| (since..=end).contains(&entry.at));
    start <= end
        && meanwhile
            .map(|entry| &entry.state)
            .all(|state| *state == InstanceState::Authorized)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_history_is_read_newest_first_whatever_its_order() {
        let body = r#"[
            {"stateInstance":"notAuthorized","timestamp":1778132743,"phoneNumber":""},
            {"stateInstance":"suspended","timestamp":"1778132900","phoneNumber":79001112233},
            {"stateInstance":"authorized","timestamp":1778132812.0,"phoneNumber":"79001112233@c.us"},
            {"stateInstance":null,"timestamp":1778132546},
            {"stateInstance":"dreaming","timestamp":1778132745,"phoneNumber":"120650379300963@lid"}]"#;
        let read = state_history(body).unwrap();
        let read: Vec<_> = read
            .iter()
            .map(|entry| {
                let phone = entry.phone.map(Phone::as_u64);
                (entry.at.as_second(), entry.state.as_word(), phone)
            })
            .collect();
        let ours = Some(79_001_112_233);
        assert_eq!(
            read,
            [
                (1_778_132_900, "suspended", ours),
                (1_778_132_812, "authorized", ours),
                (1_778_132_745, "dreaming", None),
                (1_778_132_743, "notAuthorized", None),
                (1_778_132_546, "starting", None),
            ]
        );
        assert_eq!(state_history("[]"), Ok(vec![]));
    }

    #[test]
    fn a_history_with_an_entry_that_cannot_be_read_is_none() {
        for body in [
            "",
            "null",
            "{}",
            "[7]",
            r#"[{"stateInstance":"authorized"}]"#,
            r#"[{"timestamp":1778132812}]"#,
            r#"[{"stateInstance":7,"timestamp":1778132812}]"#,
            r#"[{"stateInstance":"authorized","timestamp":99999999999999}]"#,
            r#"[{"stateInstance":"authorized","timestamp":1778132812},{"stateInstance":"x","timestamp":"soon"}]"#,
        ] {
            assert_eq!(state_history(body), Err(unreadable()), "{body}");
        }
    }

    #[test]
    fn only_a_history_that_reaches_back_and_has_no_other_state_proves_anything() {
        for (history, start, end, proved) in [
            (&[(50, "authorized")][..], 100, 200, true),
            (&[(100, "authorized")], 100, 200, true),
            (&[(101, "authorized")], 100, 200, false),
            (&[], 100, 200, false),
            (&[(50, "notAuthorized")], 100, 200, false),
            (&[(50, "dreaming")], 100, 200, false),
            (&[(150, "authorized"), (50, "authorized")], 100, 200, true),
            (&[(99, "authorized"), (50, "blocked")], 100, 200, true),
            (&[(100, "authorized"), (50, "blocked")], 100, 200, true),
            (&[(150, "authorized"), (50, "starting")], 100, 200, false),
            (
                &[
                    (160, "authorized"),
                    (150, "notAuthorized"),
                    (50, "authorized"),
                ],
                100,
                200,
                false,
            ),
            (&[(200, "suspended"), (50, "authorized")], 100, 200, false),
            (&[(201, "suspended"), (50, "authorized")], 100, 200, true),
            (&[(100, "yellowCard"), (50, "authorized")], 100, 200, false),
            (
                &[(50, "authorized"), (50, "notAuthorized")],
                100,
                200,
                false,
            ),
            (&[(50, "authorized")], 100, 100, true),
            (&[(50, "authorized")], 200, 100, false),
        ] {
            let mut entries: Vec<_> = history
                .iter()
                .map(|(second, word)| StateEntry {
                    at: at(*second),
                    state: InstanceState::from_word(word),
                    phone: None,
                })
                .collect();
            for _ in 0..2 {
                assert_eq!(
                    is_authorized_throughout(&entries, at(start), at(end)),
                    proved,
                    "{history:?} from {start} to {end}"
                );
                entries.reverse();
            }
        }
    }
}
