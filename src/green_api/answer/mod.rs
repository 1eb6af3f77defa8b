//! What each answer of the service means for a contact. Nothing is taken for a "no" that might have
//! been a "yes": what is neither proved stays uncertain. All here is pure; texts come redacted.

mod account;

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use super::{
    InstanceState,
    transport::{Accepted, Addressed, Quota, Quotas, State},
};
use crate::{
    domain::{Halt, IdMessage, Outcome, Throttle},
    i18n::redact::REPLACEMENT,
};

pub(super) use account::{of_account, without_check};

/// The most characters of the service's words that an outcome keeps.
const LONGEST_WORDS: usize = 300;

/// One answer as it was read.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// `Retry-After`, if there was one that could be read.
    pub(super) retry_after: Option<Duration>,
    /// The body, or as much of it as was read; already free of the token.
    pub(super) text: String,
    pub(super) extent: Extent,
}

/// How much of the body was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    /// It is longer than the client reads.
    TooLong,
    /// The connection broke off, or time was up.
    CutShort,
}

/// What a text in the body of a 400 means.
#[derive(Clone, Copy)]
enum Meaning {
    Refused,
    Throttled(Throttle),
    Halted(Halt),
}

/// The texts of a 400, the first that fits counts (source: `SendContact`, the table of errors; the
/// service's page on common errors). What the validator says comes first, for it may quote a contact;
/// `starting or not authorized` contains both of those that follow it.
const BAD_REQUESTS: [(&str, Meaning); 9] = [
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
];

/// What an answer to `sendContact` means.
pub(super) fn of_contact(answer: &Answer, addressed: Addressed) -> Outcome {
    match answer.status {
        200 => of_success(answer),
        400 if asks_for_chat_id(answer, addressed) => Outcome::ChatIdWanted,
        // See Other: the request was carried out, and its result is elsewhere (RFC 9110, 15.4.4).
        303 => Outcome::Uncertain(words(answer)),
        _ => of_failure(answer),
    }
}

/// What an answer to `getStateInstance` means. A body of `null` is sent while the service still
/// creates the instance.
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

/// The state of this name, which a text can show; the name comes redacted.
pub(super) fn state_of(word: &str) -> InstanceState {
    InstanceState::from_word(&shortened(&one_line(word)))
}

/// What an answer to a look-up means that is not a whole 200, which alone proves anything.
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
    accepted
        .filter(|_| answer.extent == Extent::Whole)
        .and_then(|accepted| IdMessage::new(&accepted.id_message))
        .map_or_else(
            || {
                Outcome::Uncertain(shortened(&format!(
                    "HTTP 200 {unreadable}: {}",
                    said(answer)
                )))
            },
            Outcome::Accepted,
        )
}

/// Every answer but 200. A proxy that asks for a login (407) comes before the service, which saw
/// nothing; 402 is what "not paid" is called in HTTP; 408 and 425 do not say how far the request
/// came. Any other 4xx is a plain no.
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

/// What this text of the answer means, which refuses the request.
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

/// A quota of chats concerns this recipient only; a quota of calls, and one that cannot be read,
/// concerns every contact (source: the service's page on error 466).
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

/// The service of today knows recipients by `chatId` only, and says so to a `phoneNumber`.
fn asks_for_chat_id(answer: &Answer, addressed: Addressed) -> bool {
    match addressed {
        Addressed::ByPhone(_) => says(answer, "chatid is required"),
        Addressed::ByChat => false,
    }
}

fn says(answer: &Answer, text: &str) -> bool {
    searchable(&answer.text).contains(text)
}

/// The text in lower case, in one line and without quotation marks, whether JSON or HTML wrote them.
fn searchable(text: &str) -> String {
    let mut plain = text.to_lowercase();
    for mark in [
        "&#39;", "&#x27;", "&apos;", "&quot;", "\\u0027", "\\u0022", "\\", "'", "\"", "`",
    ] {
        plain = plain.replace(mark, "");
    }
    one_line(&plain)
}

/// The status and the service's words in one line, such as `HTTP 400: bad request data`.
fn words(answer: &Answer) -> String {
    shortened(&format!("HTTP {}: {}", answer.status, said(answer)))
}

/// What the service says: the message of a JSON body, else the text of any other, else HTTP's own
/// name for the status.
fn said(answer: &Answer) -> String {
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

/// The text of an HTML page, in which the place of the token is no tag; any other text as it is.
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
