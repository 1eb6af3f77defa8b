//! What each answer of the service means for a contact. An answer counts as a "no" only if it cannot have been a "yes";
//! anything that proves neither is uncertain. Everything here is pure; texts arrive redacted.

mod account;

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use super::{
    InstanceState,
    transport::{Accepted, Addressed, Declined, Quota, Quotas, State},
};
use crate::{
    domain::{Halt, IdMessage, Outcome, Throttle},
    i18n::redact::REPLACEMENT,
};

pub(super) use account::{of_account, without_check};

/// The maximum number of characters of the service's words that an outcome keeps.
const LONGEST_WORDS: usize = 300;

/// One answer as it was read.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// `Retry-After`, if there was one and it could be parsed.
    pub(super) retry_after: Option<Duration>,
    /// The body, or the part of it that was read; the token is already removed.
    pub(super) text: String,
    pub(super) extent: Extent,
}

/// How much of the body was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    /// The body is longer than the client reads.
    TooLong,
    /// The connection was lost, or the timeout passed.
    CutShort,
}

/// What a text in the body of a 400 means.
#[derive(Clone, Copy)]
enum Meaning {
    Refused,
    Throttled(Throttle),
    Halted(Halt),
}

/// The texts of a 400; the first match counts (source: `SendContact`, the table of errors; the service's page on common
/// errors). The validator's texts come first, because they may quote a contact; `starting or not authorized` contains
/// both texts that follow it.
const BAD_REQUESTS: [(&str, Meaning); 12] = [
    ("validation failed", Meaning::Refused),
    ("bad request data", Meaning::Refused),
    (
        "starting or not authorized",
        Meaning::Throttled(Throttle::StartingOrNotAuthorized),
    ),
    ("starting", Meaning::Throttled(Throttle::Starting)),
    ("not authorized", Meaning::Halted(Halt::NotAuthorized)),
    ("notauthorized", Meaning::Halted(Halt::NotAuthorized)),
    ("is expired", Meaning::Halted(Halt::Expired)),
    ("is deleted", Meaning::Halted(Halt::Deleted)),
    ("is suspended", Meaning::Halted(Halt::Suspended)),
    // Not seen so far. They are words of `getStateInstance`, and each further contact would make it worse.
    ("yellowcard", Meaning::Halted(Halt::Suspended)),
    ("instance is blocked", Meaning::Halted(Halt::Blocked)),
    ("account is blocked", Meaning::Halted(Halt::Blocked)),
];

/// Returns what an answer to `sendContact` means.
pub(super) fn of_contact(answer: &Answer, addressed: Addressed) -> Outcome {
    match answer.status {
        200 => of_success(answer),
        400 if asks_for_chat_id(answer, addressed) => Outcome::ChatIdWanted,
        // 303 See Other: the request was carried out, and its result is elsewhere (RFC 9110, 15.4.4).
        303 => Outcome::Uncertain(words(answer)),
        // Whatever the status says, this names a message.
        _ if names_id(answer) => Outcome::Uncertain(words(answer)),
        _ => of_failure(answer),
    }
}

/// Returns what an answer to `getStateInstance` means. The service sends the body `null` while it is still creating the
/// instance.
pub(super) fn of_state(answer: &Answer) -> Result<InstanceState, Outcome> {
    if answer.status != 200 {
        return Err(of_failure(answer));
    }
    match serde_json::from_str::<Option<State>>(body(answer)) {
        Ok(Some(state)) => Ok(state_of(&state.state_instance)),
        Ok(None) => Ok(InstanceState::Starting),
        Err(_) => Err(Outcome::Uncertain(words(answer))),
    }
}

/// Returns the state with this name, shortened to one line that can be shown; the name arrives redacted.
pub(super) fn state_of(word: &str) -> InstanceState {
    InstanceState::from_word(&shortened(&one_line(word)))
}

/// Returns what an answer to a lookup means that is not a complete 200. Only a complete 200 proves anything.
pub(super) fn of_failed_look_up(answer: &Answer) -> Outcome {
    match answer.status {
        200 => Outcome::Uncertain("the answer to a look-up broke off or is too long".to_owned()),
        _ => of_failure(answer),
    }
}

fn of_success(answer: &Answer) -> Outcome {
    let unreadable = match answer.extent {
        Extent::Whole => "without a readable idMessage",
        Extent::TooLong => "with a body that is too long",
        Extent::CutShort => "with a body that broke off",
    };
    let accepted = serde_json::from_str::<Accepted>(body(answer)).ok();
    if accepted.is_none()
        && !may_have_id(answer)
        && let Some(outcome) = declined(answer)
    {
        return outcome;
    }
    accepted
        .filter(|_| answer.extent == Extent::Whole)
        .and_then(|accepted| IdMessage::new(&accepted.id_message))
        .map_or_else(
            || {
                Outcome::Uncertain(shortened(&format!(
                    "HTTP 200 {unreadable}: {}",
                    service_text(answer)
                )))
            },
            Outcome::Accepted,
        )
}

/// Whether the body names an idMessage, of whatever type, or cannot be read as a whole: then the service may have queued
/// the contact.
fn may_have_id(answer: &Answer) -> bool {
    let body = serde_json::from_str::<Value>(body(answer));
    body.is_err() || names_id(answer)
}

/// Whether the body names an idMessage, of whatever type.
fn names_id(answer: &Answer) -> bool {
    let body = serde_json::from_str::<Value>(body(answer));
    body.is_ok_and(|body| body.get("idMessage").is_some())
}

/// Returns the outcome of a refusal with HTTP 200, such as `{"status":false,"reason":"instance is starting or not
/// authorized"}`; `None` if the reason is not known to prove that nothing was done.
fn declined(answer: &Answer) -> Option<Outcome> {
    let declined: Declined = serde_json::from_str(body(answer)).ok()?;
    let is_whole = answer.extent == Extent::Whole && !declined.status;
    let outcome = is_whole.then(|| bad_request(&declined.reason, answer))?;
    match outcome {
        Outcome::Throttled { .. } | Outcome::Halted(..) => Some(outcome),
        Outcome::Accepted(_)
        | Outcome::Refused(_)
        | Outcome::Unreachable(_)
        | Outcome::Uncertain(_)
        | Outcome::ChatIdWanted => None,
    }
}

/// Returns what an answer other than 200 means. A proxy that asks for a login (407) comes before the service, which saw
/// nothing; 402 is HTTP's "payment required"; 408 and 425 do not say how far the request got. Any other 4xx is a plain
/// refusal.
fn of_failure(answer: &Answer) -> Outcome {
    let words = words(answer);
    match answer.status {
        300..=399 => Outcome::Halted(Halt::Redirected, words),
        400 => bad_request(&answer.text, answer),
        401 => Outcome::Halted(Halt::WrongToken, words),
        402 => Outcome::Halted(Halt::Expired, words),
        403 if says(answer, "suspended") => Outcome::Halted(Halt::Suspended, words),
        403 => Outcome::Halted(Halt::WrongInstance, words),
        404 | 405 | 410 => Outcome::Halted(Halt::WrongAddress, words),
        407 => Outcome::Unreachable(words),
        408 | 425 | 499 => Outcome::Uncertain(words),
        429 => Outcome::Throttled {
            by: Throttle::TooMany,
            wait: answer.retry_after,
        },
        466 => of_quota(answer, words),
        500 if says(answer, "request entity too large") => Outcome::Refused(words),
        406..=498 => Outcome::Refused(words),
        _ => Outcome::Uncertain(words),
    }
}

/// Returns what this text, which refuses the request, means.
fn bad_request(text: &str, answer: &Answer) -> Outcome {
    let (said, words) = (searchable(text), words(answer));
    let meaning = BAD_REQUESTS.iter().find(|(text, _)| said.contains(text));
    match meaning.map_or(Meaning::Refused, |(_, meaning)| *meaning) {
        Meaning::Refused => Outcome::Refused(words),
        Meaning::Throttled(by) => Outcome::Throttled {
            by,
            wait: answer.retry_after,
        },
        Meaning::Halted(halt) => Outcome::Halted(halt, words),
    }
}

/// Returns what a 466 means. A used-up quota of chats concerns only this recipient; a quota of calls, or one that
/// cannot be parsed, concerns every contact (source: the service's page on error 466).
fn of_quota(answer: &Answer, words: String) -> Outcome {
    let quotas = serde_json::from_str::<Quotas>(body(answer)).ok();
    let exceeded = |quota: &Option<Quota>| quota.as_ref().is_some_and(Quota::is_exceeded);
    match quotas {
        Some(quotas) if exceeded(&quotas.invoke_status) => {
            Outcome::Halted(Halt::QuotaExceeded, words)
        }
        Some(quotas) if exceeded(&quotas.correspondents_status) => Outcome::Refused(words),
        Some(_) | None => Outcome::Halted(Halt::QuotaExceeded, words),
    }
}

/// Whether the service asks for a `chatId`: its current version knows no other recipients, and answers a `phoneNumber`
/// in this way.
fn asks_for_chat_id(answer: &Answer, addressed: Addressed) -> bool {
    match addressed {
        Addressed::ByPhone(_) => says(answer, "chatid is required"),
        Addressed::ByChat => false,
    }
}

fn says(answer: &Answer, text: &str) -> bool {
    searchable(&answer.text).contains(text)
}

/// Returns the text in lower case, in one line and without quotation marks, whether they were escaped as in JSON or as
/// in HTML.
fn searchable(text: &str) -> String {
    let mut plain = text.to_lowercase();
    for mark in [
        "&#39;", "&#x27;", "&apos;", "&quot;", "\\u0027", "\\u0022", "\\", "'", "\"", "`",
    ] {
        plain = plain.replace(mark, "");
    }
    one_line(&plain)
}

/// Returns the status and the service's words in one line, such as `HTTP 400: bad request data`.
fn words(answer: &Answer) -> String {
    shortened(&format!("HTTP {}: {}", answer.status, service_text(answer)))
}

/// Returns what the service says: the message of a JSON body, otherwise the text of the body, otherwise HTTP's own name
/// for the status.
fn service_text(answer: &Answer) -> String {
    let text = match serde_json::from_str::<Value>(body(answer)) {
        Ok(value) => message(&value).unwrap_or_else(|| body(answer).to_owned()),
        Err(_) => without_tags(body(answer)),
    };
    let text = one_line(&text);
    if !text.is_empty() {
        return text;
    }
    let name = StatusCode::from_u16(answer.status)
        .ok()
        .and_then(|status| status.canonical_reason());
    name.unwrap_or("the answer is empty").to_owned()
}

fn message(body: &Value) -> Option<String> {
    let quota = ["invokeStatus", "correspondentsStatus"]
        .into_iter()
        .find_map(|quota| body.get(quota)?.get("description").and_then(Value::as_str));
    let plain = ["message", "description", "error", "reason"]
        .into_iter()
        .find_map(|name| {
            body.get(name)
                .and_then(Value::as_str)
                .filter(|text| !text.trim().is_empty())
        });
    quota.or(plain).or(body.as_str()).map(str::to_owned)
}

/// Returns the text of an HTML page, without its tags (the placeholder for the token is not a tag). Any other text is
/// returned unchanged.
fn without_tags(text: &str) -> String {
    if !text.starts_with('<') {
        return text.to_owned();
    }
    let mut in_tag = false;
    let mut visible = |character| {
        in_tag = (in_tag && character != '>') || character == '<';
        if in_tag || character == '>' {
            ' '
        } else {
            character
        }
    };
    let parts = text
        .split(REPLACEMENT)
        .map(|part| part.chars().map(&mut visible).collect::<String>());
    parts.collect::<Vec<_>>().join(REPLACEMENT)
}

fn body(answer: &Answer) -> &str {
    answer.text.trim_start_matches('\u{feff}').trim()
}

fn one_line(text: &str) -> String {
    let plain = text.replace(char::is_control, " ");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST_WORDS {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(LONGEST_WORDS - 1).collect();
    format!("{beginning}…")
}

#[cfg(test)]
mod tests;
