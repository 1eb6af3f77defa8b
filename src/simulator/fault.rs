//! The faults of a script: which requests they affect, and what these requests get instead.

use std::collections::BTreeMap;

use http_body_util::Full;
use hyper::{Response, body::Bytes};
use serde::Deserialize;
use serde_json::Value;

/// One thing that goes wrong.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The requests that it affects.
    pub when: Condition,
    /// How many times it happens at most.
    #[serde(default)]
    pub times: Option<u64>,
    /// What happens.
    pub then: Action,
}

/// The requests that a fault affects: those that match every given condition.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Condition {
    /// The method; `sendContact` if none is given.
    pub method: Option<String>,
    /// The n-th request with this method, from 1.
    pub request: Option<u64>,
    /// This request with the method, and all later ones.
    pub from: Option<u64>,
    /// This request with the method, and all earlier ones.
    pub to: Option<u64>,
    /// Every n-th request with the method.
    pub every: Option<u64>,
    /// Contacts for this chat, such as `79001234567@c.us`, even if `phoneNumber` names it; with another method, the
    /// checks and lookups that name it.
    pub recipient: Option<String>,
    /// Contacts whose own number is this one.
    #[serde(rename = "phoneContact")]
    pub phone_contact: Option<u64>,
}

/// What happens. With a `status`, a `cut` or a `hang` it replaces the ordinary answer; without them it only delays the
/// ordinary answer or adds headers.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Action {
    /// The status; 200 for a `cut` in the body if none is given.
    pub status: Option<u16>,
    /// The body: a text as it is, anything else as JSON; empty if it is not given. For a `cut` in the body of an
    /// accepted contact, the default is the ordinary answer.
    pub body: Option<Value>,
    /// Additional headers.
    pub headers: BTreeMap<String, String>,
    /// Milliseconds before the answer, in addition to the latency.
    pub delay_ms: u64,
    /// Where the connection breaks.
    pub cut: Option<Cut>,
    /// Whether the connection stays open without an answer.
    pub hang: bool,
    /// Whether a valid contact counts as accepted although the ordinary answer is replaced.
    pub accept: bool,
}

/// Where the connection breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// After the request was read, before any of the answer.
    BeforeAnswer,
    /// After half of the body.
    InBody,
}

impl Action {
    /// Whether the ordinary answer is replaced.
    pub(super) const fn replaces(&self) -> bool {
        self.status.is_some() || self.cut.is_some() || self.hang
    }

    /// Whether an answer can have this status and these headers.
    pub(super) fn is_answer(&self) -> bool {
        let status = self.status.unwrap_or(200);
        let builder = self.headers.iter().fold(
            Response::builder().status(status),
            |builder, (name, value)| builder.header(name, value),
        );
        status >= 200 && builder.body(Full::<Bytes>::default()).is_ok()
    }
}
