//! One answer of the simulator: what to send, when, and how much of it.

use std::time::Duration;

use serde_json::{Value, json};

use super::fault::{Action, Cut};

/// What to send, when, and how much of it.
#[derive(Debug)]
pub(super) struct PlannedReply {
    pub(super) reply: Reply,
    pub(super) delay: Duration,
    pub(super) ending: Ending,
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Whole,
    NoAnswer,
    HalfBody,
    Never,
}

/// An answer.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) id_message: Option<String>,
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![(
            "Content-Type".to_owned(),
            "application/json; charset=utf-8".to_owned(),
        )];
        Self {
            status,
            headers,
            body: body.to_string().into_bytes(),
            id_message: None,
        }
    }

    pub(super) fn accepted(id_message: &str) -> Self {
        Self {
            id_message: Some(id_message.to_owned()),
            ..Self::json(200, &json!({ "idMessage": id_message }))
        }
    }
}

/// Returns the answer of a fault that replaces the ordinary one.
pub(super) fn faulty(then: &Action, id_message: Option<String>) -> Reply {
    let status = then.status.unwrap_or(200);
    let reply = match (&then.body, then.cut, &id_message) {
        (Some(Value::String(text)), _, _) => Reply {
            status,
            body: text.clone().into_bytes(),
            ..Reply::default()
        },
        (Some(json), _, _) => Reply::json(status, json),
        (None, Some(Cut::InBody), Some(id)) => Reply::json(status, &json!({ "idMessage": id })),
        (None, _, _) => Reply {
            status,
            ..Reply::default()
        },
    };
    Reply {
        id_message,
        ..reply
    }
}

/// Returns how the answer of a fault ends.
pub(super) const fn ending(then: &Action) -> Ending {
    match (then.hang, then.cut) {
        (true, _) => Ending::Never,
        (false, None) => Ending::Whole,
        (false, Some(Cut::BeforeAnswer)) => Ending::NoAnswer,
        (false, Some(Cut::InBody)) => Ending::HalfBody,
    }
}
