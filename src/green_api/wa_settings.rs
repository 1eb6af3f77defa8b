//! What `getWaSettings` shows of the account behind an instance. Parsed defensively, like all lookups: the avatar, and
//! everything else that is not needed here, is skipped.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    InstanceState,
    lookup::{object, personal_phone, whole},
};
use crate::domain::{Outcome, Phone};

/// The account behind an instance (source: `getWaSettings`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaSettings {
    /// The state of the instance, if the answer names one.
    pub state: Option<InstanceState>,
    /// The number of the account, if one is linked.
    pub phone: Option<Phone>,
    /// When the restriction of the number ends. `None` if the service gives no time, or one beyond the range of the
    /// calendar: this alone does not mean that the number is free of restrictions.
    pub suspended_until: Option<Timestamp>,
}

/// Parses the settings of the account. An unknown state keeps the service's word.
///
/// # Errors
/// [`Outcome::Uncertain`] when the body is no object.
pub(super) fn wa_settings(body: &str) -> Result<WaSettings, Outcome> {
    let settings = object(body)?;
    let text = |field: &str| settings.get(field).and_then(Value::as_str);
    let phone = settings.get("phone").and_then(personal_phone);
    Ok(WaSettings {
        state: text("stateInstance").map(InstanceState::from_word),
        phone: phone.or_else(|| settings.get("chatId").and_then(personal_phone)),
        suspended_until: settings.get("suspendedUntil").and_then(until),
    })
}

/// Parses seconds since 1970; zero means no time.
fn until(value: &Value) -> Option<Timestamp> {
    let seconds = whole(value).filter(|seconds| *seconds > 0)?;
    Timestamp::from_second(i64::try_from(seconds).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_restriction_is_read_in_every_form() {
        for (field, seconds) in [
            (r#""suspendedUntil":1790000000"#, Some(1_790_000_000)),
            (r#""suspendedUntil":1790000000.0"#, Some(1_790_000_000)),
            (r#""suspendedUntil":"1790000000""#, Some(1_790_000_000)),
            (r#""suspendedUntil":0"#, None),
            (r#""suspendedUntil":"0""#, None),
            (r#""suspendedUntil":null"#, None),
            (r#""suspendedUntil":"""#, None),
            (r#""suspendedUntil":-1"#, None),
            (r#""suspendedUntil":true"#, None),
            (r#""suspendedUntil":99999999999999999999"#, None),
            (r#""deviceId":"x""#, None),
        ] {
            let settings = wa_settings(&format!("{{{field}}}")).unwrap();
            assert_eq!(
                settings.suspended_until.map(Timestamp::as_second),
                seconds,
                "{field}"
            );
        }
    }

    #[test]
    fn state_and_number_are_read_where_they_are() {
        for (body, state, phone) in [
            (
                r#"{"avatar":"https://x","phone":"79001112233","chatId":"","historySyncProgress":100,"stateInstance":"suspended"}"#,
                Some(InstanceState::Suspended),
                Some(79_001_112_233),
            ),
            (
                r#"{"phone":79001112233,"stateInstance":"yellowCard"}"#,
                Some(InstanceState::YellowCard),
                Some(79_001_112_233),
            ),
            (
                r#"{"phone":"","chatId":"79001112233@c.us","stateInstance":"tired"}"#,
                Some(InstanceState::Unnamed("tired".into())),
                Some(79_001_112_233),
            ),
            (r#"{"chatId":"120650379300963@lid"}"#, None, None),
            (r#"{"phone":"none","stateInstance":null}"#, None, None),
        ] {
            let settings = wa_settings(body).unwrap();
            assert_eq!(
                (settings.state, settings.phone.map(Phone::as_u64)),
                (state, phone),
                "{body}"
            );
        }
        for body in ["", "null", "[]", "7"] {
            assert!(wa_settings(body).is_err(), "{body}");
        }
    }
}
