//! What the simulator plays: which instance it is, how fast it answers, and which requests get faults.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::fault::Fault;
use crate::domain::{ChatId, ChatKind};

/// The `idInstance` of the simulator, unless the script has another.
pub const ID_INSTANCE: &str = "1101000001";

/// The token of that instance: 50 hexadecimal digits like a real one, and known to everybody.
pub const TOKEN: &str = "5111a70b5111a70b5111a70b5111a70b5111a70b5111a70b51";

/// The calls per second that the service allows for each method (source: the service's page on the rate limiter).
const RATES: [(&str, f64); 10] = [
    ("sendContact", 50.0),
    ("checkWhatsapp", 10.0),
    ("getMessage", 10.0),
    ("getStateInstance", 1.0),
    ("getStateInstanceHistory", 1.0),
    ("getSettings", 1.0),
    ("getWaSettings", 1.0),
    ("showMessagesQueue", 1.0),
    ("lastOutgoingMessages", 1.0),
    ("lastIncomingMessages", 1.0),
];

/// A script in JSON; every field may be left out. For example, a service that accepts the third contact but breaks the
/// connection, and is restarting between the tenth and the twentieth:
///
/// ```
/// # let text = r#"
/// {
///   "latency_ms": 80,
///   "faults": [
///     { "when": { "request": 3 }, "then": { "cut": "before_answer", "accept": true } },
///     { "when": { "from": 10, "to": 20 },
///       "then": { "status": 400, "body": { "message": "instance in starting process try later" } } }
///   ]
/// }
/// # "#;
/// # serde_json::from_str::<sendcontact::simulator::Script>(text).unwrap();
/// ```
///
/// Or one whose contacts are delivered after 20 seconds and read after 40 more, except for one chat without an
/// account and every tenth contact, which fails:
///
/// ```
/// # let text = r#"
/// {
///   "delivered_ms": 20000,
///   "read_ms": 40000,
///   "statuses": { "79001234567@c.us": "noAccount" },
///   "shares": { "failed": 0.1 }
/// }
/// # "#;
/// # serde_json::from_str::<sendcontact::simulator::Script>(text).unwrap();
/// ```
///
/// Or one that restricts the number for a minute from the third contact on, has a quota of 100 checks, and cannot say
/// whether one number has an account:
///
/// ```
/// # let text = r#"
/// {
///   "state_changes": [{ "state": "suspended", "from_contact": 3, "for_ms": 60000, "status": "sent" }],
///   "quotas": { "checkWhatsapp": 100 },
///   "faults": [
///     { "when": { "method": "checkWhatsapp", "recipient": "79001234560@c.us" },
///       "then": { "status": 400, "body": { "message": "check phone number timeout limit exceeded" } } }
///   ]
/// }
/// # "#;
/// # serde_json::from_str::<sendcontact::simulator::Script>(text).unwrap();
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// `idInstance`; any other is answered with 403.
    pub id_instance: String,
    /// `apiTokenInstance`; any other is answered with 401.
    pub token: String,
    /// Milliseconds from the request to the answer. The contact is accepted at the beginning of this time.
    pub latency_ms: u64,
    /// Calls per second by method, if they differ from the service's: 50 of `sendContact`, 10 of `checkWhatsapp` and
    /// `getMessage`, 1 of the other methods, which only read; 0 means no limit. Further calls are answered with 429.
    pub rates: BTreeMap<String, f64>,
    /// How many calls of a method the plan allows; further calls are answered with 466. Only calls answered with 200
    /// count.
    pub quotas: BTreeMap<String, u64>,
    /// What `getStateInstance` reports; null is an instance that is being created. `sendContact` and `checkWhatsapp`
    /// refuse in the states `notAuthorized`, `starting` and null.
    pub state: Option<String>,
    /// Periods with another state; if several apply at once, the last one counts.
    pub state_changes: Vec<StateChange>,
    /// The states before the simulator's start, for `getStateInstanceHistory`; if empty, `state` for 30 days.
    pub past_states: Vec<PastState>,
    /// Whether `phoneNumber` is no longer accepted, as in the newer service.
    pub refuse_phone_number: bool,
    /// Milliseconds that a contact stays in the queue.
    pub queue_ms: u64,
    /// Milliseconds from leaving the queue to the journal, and to `getMessage`.
    pub journal_lag_ms: u64,
    /// Milliseconds from leaving the queue until a contact is `delivered` or gets another final status; until then it
    /// is `sent`.
    pub delivered_ms: u64,
    /// Milliseconds from then until it is `read`; null means never.
    pub read_ms: Option<u64>,
    /// The final status of contacts by chat id, as a `statusMessage` such as `noAccount`, `failed` or `yellowCard`;
    /// contacts for any other chat become `delivered` and `read`. For a number whose contacts become `noAccount`,
    /// `checkWhatsapp` says that it has no account.
    pub statuses: BTreeMap<String, String>,
    /// The final status of a share of the other contacts, by the same words; each share is from 0 to 1, their sum at
    /// most 1. The order of the contacts decides which ones get it, so `checkWhatsapp` does not know them.
    pub shares: BTreeMap<String, f64>,
    /// The lids of numbers, such as `"79001234567@c.us": "120650379300963@lid"`. Every other number with an account
    /// has a lid made of its digits.
    pub lids: BTreeMap<String, String>,
    /// Whether queue and journal show a person by the lid, as with the setting `enableLidMode`. A number without an
    /// account is shown by a lid only if `lids` has one.
    pub lid_mode: bool,
    /// What people wrote to the instance. If there is anything, the instance reports that it keeps incoming messages.
    pub incoming: Vec<IncomingMessage>,
    /// The faults; the first one that matches a request applies.
    pub faults: Vec<Fault>,
}

/// A text that a person wrote to the instance.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IncomingMessage {
    /// The chat in which it was written: the person's own, or a group.
    pub chat_id: String,
    /// Who wrote it in a group; if absent, the chat itself.
    #[serde(default)]
    pub sender_id: Option<String>,
    /// The text.
    pub text: String,
    /// How many minutes before the simulator's start it was written.
    #[serde(default)]
    pub minutes_ago: u32,
}

/// A period in which the instance has another state.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateChange {
    /// The state, such as `suspended`.
    pub state: String,
    /// The n-th accepted contact, from 1, that begins the period; without it, the simulator's start begins it.
    #[serde(default)]
    pub from_contact: Option<usize>,
    /// Milliseconds by which the period begins later.
    #[serde(default)]
    pub after_ms: u64,
    /// How long the period lasts, in milliseconds; null means forever. With an end, `suspended` and `yellowCard` have a
    /// `suspendedUntil`.
    #[serde(default)]
    pub for_ms: Option<u64>,
    /// The final status of contacts that leave the queue in this period, except for the chats in `statuses`.
    #[serde(default)]
    pub status: Option<String>,
}

/// A state that the instance had before the simulator's start.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastState {
    /// The state; null is an instance that is being created.
    pub state: Option<String>,
    /// How many minutes before the simulator's start the state began.
    pub minutes_ago: u32,
}

/// A script that cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// No answer can have this status or these headers.
    #[error("fault {number}: this status or these headers are not valid in an answer")]
    Answer {
        /// Position of the fault, from 1.
        number: usize,
    },
    /// `every` is 0.
    #[error("fault {number}: \"every\" must be 1 or more")]
    Every {
        /// Position of the fault, from 1.
        number: usize,
    },
    /// Shares that are not parts of one whole.
    #[error("\"shares\" must be from 0 to 1, and their sum at most 1")]
    Shares,
    /// `from_contact` is 0.
    #[error("state change {number}: \"from_contact\" must be 1 or more")]
    Contact {
        /// Position of the change, from 1.
        number: usize,
    },
    /// A pair that is not a number and a lid.
    #[error(
        "\"lids\": {number:?} must be like 79001234567@c.us, and {lid:?} like 120650379300963@lid"
    )]
    Lid {
        /// The value that should be the chat of a number.
        number: String,
        /// The value that should be a lid.
        lid: String,
    },
    /// A rate below zero.
    #[error("the rate of {method} must be 0 (no limit) or more")]
    Rate {
        /// The method.
        method: String,
    },
}

impl Default for Script {
    fn default() -> Self {
        Self {
            id_instance: ID_INSTANCE.to_owned(),
            token: TOKEN.to_owned(),
            latency_ms: 0,
            rates: BTreeMap::new(),
            quotas: BTreeMap::new(),
            state: Some("authorized".to_owned()),
            state_changes: Vec::new(),
            past_states: Vec::new(),
            refuse_phone_number: false,
            queue_ms: 0,
            journal_lag_ms: 0,
            delivered_ms: 0,
            read_ms: None,
            statuses: BTreeMap::new(),
            shares: BTreeMap::new(),
            lids: BTreeMap::new(),
            lid_mode: false,
            incoming: Vec::new(),
            faults: Vec::new(),
        }
    }
}

impl Script {
    /// Checks that the script can be played: afterwards each of its answers is valid.
    pub(super) fn check(&self) -> Result<(), ScriptError> {
        for (number, fault) in (1..).zip(&self.faults) {
            if fault.when.every == Some(0) {
                return Err(ScriptError::Every { number });
            }
            if !fault.then.is_answer() {
                return Err(ScriptError::Answer { number });
            }
        }
        let mut changes = (1..).zip(&self.state_changes);
        if let Some((number, _)) = changes.find(|(_, change)| change.from_contact == Some(0)) {
            return Err(ScriptError::Contact { number });
        }
        self.check_lids()?;
        let whole = self.shares.values().sum::<f64>();
        if !self
            .shares
            .values()
            .all(|share| (0.0..=1.0).contains(share))
            || whole > 1.0 + f64::EPSILON
        {
            return Err(ScriptError::Shares);
        }
        match self
            .rates
            .iter()
            .find(|(_, rate)| !(0.0..f64::INFINITY).contains(*rate))
        {
            Some((method, _)) => Err(ScriptError::Rate {
                method: method.clone(),
            }),
            None => Ok(()),
        }
    }

    fn check_lids(&self) -> Result<(), ScriptError> {
        let is = |text: &str, kind: ChatKind| {
            text.parse()
                .is_ok_and(|chat: ChatId| chat.as_str() == text && chat.kind() == kind)
        };
        let wrong = self
            .lids
            .iter()
            .find(|(number, lid)| !is(number, ChatKind::Personal) || !is(lid, ChatKind::Lid));
        wrong.map_or(Ok(()), |(number, lid)| {
            Err(ScriptError::Lid {
                number: number.clone(),
                lid: lid.clone(),
            })
        })
    }

    /// Returns how many calls of the method the plan allows; `None` if there is no quota.
    pub(super) fn quota(&self, method: &str) -> Option<u64> {
        let mut quotas = self.quotas.iter();
        quotas
            .find(|(name, _)| name.eq_ignore_ascii_case(method))
            .map(|(_, quota)| *quota)
    }

    /// Returns the calls per second that the method allows; `None` if there is no limit.
    pub(super) fn rate(&self, method: &str) -> Option<f64> {
        let own = self.rates.iter().map(|(name, rate)| (name.as_str(), *rate));
        own.chain(RATES)
            .find(|(name, _)| name.eq_ignore_ascii_case(method))
            .map(|(_, rate)| rate)
            .filter(|rate| *rate > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Script {
        serde_json::from_str(&format!(r#"{{"faults":[{text}]}}"#)).unwrap()
    }

    #[test]
    fn a_script_that_cannot_be_played_is_refused_before_it_begins() {
        for (text, error) in [
            (
                r#"{"when":{},"then":{"status":99}}"#,
                ScriptError::Answer { number: 1 },
            ),
            (
                r#"{"when":{},"then":{"status":100}}"#,
                ScriptError::Answer { number: 1 },
            ),
            (
                r#"{"when":{},"then":{"headers":{"a b":"c"}}}"#,
                ScriptError::Answer { number: 1 },
            ),
            (
                r#"{"when":{},"then":{"headers":{"a":"\n"}}}"#,
                ScriptError::Answer { number: 1 },
            ),
            (
                r#"{"when":{"every":0},"then":{}}"#,
                ScriptError::Every { number: 1 },
            ),
        ] {
            assert_eq!(faults(text).check(), Err(error), "{text}");
        }
        let slow = Script {
            rates: [("sendContact".into(), -1.0)].into(),
            ..Script::default()
        };
        assert_eq!(
            slow.check(),
            Err(ScriptError::Rate {
                method: "sendContact".into()
            })
        );
        for shares in [[0.6, 0.5], [-0.1, 0.5], [0.0, f64::NAN]] {
            let shares = ["failed", "noAccount"]
                .map(str::to_owned)
                .into_iter()
                .zip(shares)
                .collect();
            assert_eq!(
                Script {
                    shares,
                    ..Script::default()
                }
                .check(),
                Err(ScriptError::Shares)
            );
        }
        for text in [
            r#"{"lids":{"79001234567":"120650379300963@lid"}}"#,
            r#"{"lids":{"79001234567@c.us":"79001234567@c.us"}}"#,
        ] {
            let script: Script = serde_json::from_str(text).unwrap();
            assert!(matches!(script.check(), Err(ScriptError::Lid { .. })));
        }
        let zeroth = r#"{"state_changes":[{"state":"suspended","from_contact":0}]}"#;
        let zeroth: Script = serde_json::from_str(zeroth).unwrap();
        assert_eq!(zeroth.check(), Err(ScriptError::Contact { number: 1 }));
        assert_eq!(
            faults(r#"{"when":{"request":1},"times":2,"then":{"status":466}}"#).check(),
            Ok(())
        );
        assert!(serde_json::from_str::<Script>(r#"{"latency":5}"#).is_err());
    }

    #[test]
    fn the_service_s_rates_hold_where_the_script_has_none() {
        let script = Script {
            rates: [("SendContact".into(), 0.0), ("x".into(), 0.5)].into(),
            ..Script::default()
        };
        assert_eq!(Script::default().rate("sendcontact"), Some(50.0));
        assert_eq!(script.rate("sendContact"), None);
        assert_eq!(script.rate("getStateInstance"), Some(1.0));
        assert_eq!(script.rate("getMessage"), Some(10.0));
        assert_eq!(script.rate("checkwhatsapp"), Some(10.0));
        assert_eq!(script.rate("getWaSettings"), Some(1.0));
        assert_eq!(script.rate("x"), Some(0.5));
        assert_eq!(script.rate("getMessagesCount"), None);
    }
}
