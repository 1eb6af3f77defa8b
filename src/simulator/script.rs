//! What the simulator plays: which instance it is, how fast it answers, and which answers go wrong.

use std::collections::BTreeMap;

use http_body_util::Full;
use hyper::{Response, body::Bytes};
use serde::Deserialize;
use serde_json::Value;

/// The `idInstance` of the simulator, unless the script has another.
pub const ID_INSTANCE: &str = "1101000001";

/// The token of that instance: 50 hexadecimal digits like a real one, and known to everybody.
pub const TOKEN: &str = "5111a70b5111a70b5111a70b5111a70b5111a70b5111a70b51";

/// Calls a second that the service allows for each method (source: the service's page on the rate
/// limiter).
const RATES: [(&str, f64); 7] = [
    ("sendContact", 50.0),
    ("getMessage", 10.0),
    ("getStateInstance", 1.0),
    ("getSettings", 1.0),
    ("showMessagesQueue", 1.0),
    ("lastOutgoingMessages", 1.0),
    ("lastIncomingMessages", 1.0),
];

/// A script in JSON; every field may be left out. For example, a service that accepts the third contact
/// but breaks the connection, and is restarting between the tenth and the twentieth:
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
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// `idInstance`; any other is answered with 403.
    pub id_instance: String,
    /// `apiTokenInstance`; any other is answered with 401.
    pub token: String,
    /// Milliseconds from the request to the answer. The contact is accepted at their beginning.
    pub latency_ms: u64,
    /// Calls a second by method, where they differ from the service's: 50 of `sendContact`, 10 of
    /// `getMessage`, 1 of the others that only read; 0 is no limit. More are answered with 429.
    pub rates: BTreeMap<String, f64>,
    /// What `getStateInstance` reports; null is an instance that is being created. `sendContact`
    /// refuses contacts as `notAuthorized`, `starting` and null.
    pub state: Option<String>,
    /// Whether `phoneNumber` is no longer known, as in the newer service.
    pub refuse_phone_number: bool,
    /// Milliseconds that a contact stays in the queue.
    pub queue_ms: u64,
    /// Milliseconds from the queue to the journal, and to `getMessage`.
    pub journal_lag_ms: u64,
    /// Milliseconds from the queue until a contact is `delivered` or gets another final status; until then
    /// it is `sent`.
    pub delivered_ms: u64,
    /// Milliseconds from then until it is `read`; null is never.
    pub read_ms: Option<u64>,
    /// The final status of contacts by chat id, as a `statusMessage` such as `noAccount`, `failed` or
    /// `yellowCard`; `delivered` and `read` for every other chat.
    pub statuses: BTreeMap<String, String>,
    /// The final status of a share of the other contacts, by the same words: shares from 0 to 1, in all at
    /// most 1. Their order decides which contacts these are.
    pub shares: BTreeMap<String, f64>,
    /// What people wrote to the instance; with anything here it says that it keeps what they write.
    pub incoming: Vec<IncomingMessage>,
    /// What goes wrong; the first that fits a request counts.
    pub faults: Vec<Fault>,
}

/// A text that a person wrote to the instance.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IncomingMessage {
    /// The chat in which it was written: the person's own, or a group.
    pub chat_id: String,
    /// Who wrote it in a group; the chat if nobody is given.
    #[serde(default)]
    pub sender_id: Option<String>,
    /// What was written.
    pub text: String,
    /// How many minutes before the simulator was started.
    #[serde(default)]
    pub minutes_ago: u32,
}

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// To which requests it happens.
    pub when: Condition,
    /// How many times at most.
    #[serde(default)]
    pub times: Option<u64>,
    /// What happens.
    pub then: Action,
}

/// To which requests a fault happens: those that fit everything given.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Condition {
    /// The method; `sendContact` if none is given.
    pub method: Option<String>,
    /// The n-th request of the method, from 1.
    pub request: Option<u64>,
    /// This request of the method and those after it.
    pub from: Option<u64>,
    /// This request of the method and those before it.
    pub to: Option<u64>,
    /// Every n-th request of the method.
    pub every: Option<u64>,
    /// Contacts for this chat, such as `79001234567@c.us`, also when `phoneNumber` names it.
    pub recipient: Option<String>,
    /// Contacts with this number.
    #[serde(rename = "phoneContact")]
    pub phone_contact: Option<u64>,
}

/// What happens: with a `status`, a `cut` or a `hang` something else than the ordinary answer,
/// without them the ordinary answer, only slower or with more headers.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Action {
    /// The status; 200 for a `cut` in the body that has none.
    pub status: Option<u16>,
    /// The body: a text as it is, anything else as JSON; empty if it is not given. For a `cut` in
    /// the body of an accepted contact it is the ordinary answer, if it is not given.
    pub body: Option<Value>,
    /// More headers.
    pub headers: BTreeMap<String, String>,
    /// Milliseconds before the answer, besides the latency.
    pub delay_ms: u64,
    /// Where the connection breaks.
    pub cut: Option<Cut>,
    /// Whether the connection stays open without an answer.
    pub hang: bool,
    /// Whether a valid contact counts as accepted although the answer is not the ordinary one.
    pub accept: bool,
}

/// Where the connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// After the request was read, before anything of the answer.
    BeforeAnswer,
    /// After half of the body.
    InBody,
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
    /// Every zeroth request is none.
    #[error("fault {number}: \"every\" must be 1 or more")]
    Every {
        /// Position of the fault, from 1.
        number: usize,
    },
    /// Shares that are no parts of one whole.
    #[error("\"shares\" must be from 0 to 1, and their sum at most 1")]
    Shares,
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
            state: Some("authorized".to_owned()),
            refuse_phone_number: false,
            queue_ms: 0,
            journal_lag_ms: 0,
            delivered_ms: 0,
            read_ms: None,
            statuses: BTreeMap::new(),
            shares: BTreeMap::new(),
            incoming: Vec::new(),
            faults: Vec::new(),
        }
    }
}

impl Script {
    /// Whether it can be played; afterwards no answer of it fails to be one.
    pub(super) fn check(&self) -> Result<(), ScriptError> {
        for (number, fault) in (1..).zip(&self.faults) {
            if fault.when.every == Some(0) {
                return Err(ScriptError::Every { number });
            }
            if !fault.then.is_answer() {
                return Err(ScriptError::Answer { number });
            }
        }
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

    /// Calls a second that the method allows; nothing if there is no limit.
    pub(super) fn rate(&self, method: &str) -> Option<f64> {
        let own = self.rates.iter().map(|(name, rate)| (name.as_str(), *rate));
        own.chain(RATES)
            .find(|(name, _)| name.eq_ignore_ascii_case(method))
            .map(|(_, rate)| rate)
            .filter(|rate| *rate > 0.0)
    }
}

impl Action {
    /// Whether the ordinary answer is left out.
    pub(super) const fn replaces(&self) -> bool {
        self.status.is_some() || self.cut.is_some() || self.hang
    }

    fn is_answer(&self) -> bool {
        let status = self.status.unwrap_or(200);
        let builder = self.headers.iter().fold(
            Response::builder().status(status),
            |builder, (name, value)| builder.header(name, value),
        );
        status >= 200 && builder.body(Full::<Bytes>::default()).is_ok()
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
        assert_eq!(script.rate("x"), Some(0.5));
        assert_eq!(script.rate("getMessagesCount"), None);
    }
}
