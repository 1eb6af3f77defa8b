//! Checks what must hold for every answer of the service: for the fuzz targets (`fuzz/`) and `tests/fuzz.rs`. No part
//! of the program calls it.

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;

use super::{
    answer::{self, Answer, Extent},
    incoming, lookup, parse_retry_after,
    retry_after::date,
    state_history,
    transport::Addressed,
    wa_settings,
};
use crate::{
    domain::{AccountCheck, Outcome, Phone},
    i18n::{Language, redact::Redaction},
};

/// Interprets an answer as the client does; `header` stands for both `Retry-After` and `Date`.
///
/// # Panics
/// If the token is shown, the words are longer than a cell or a line, or a contact counts as accepted that the service
/// did not accept in plain JSON.
#[doc(hidden)]
pub fn check_answer(status: u16, header: &str, body: &[u8], token: &str) {
    let redaction = Redaction::new(SecretString::from(token.to_owned()));
    let text = redaction.redact(&String::from_utf8_lossy(body));
    assert!(
        token.is_empty() || !text.contains(token),
        "the token stands in {text}"
    );
    let retry_after = parse_retry_after(header, Timestamp::UNIX_EPOCH);
    let _date = date(header);
    for (extent, addressed) in [
        (Extent::Whole, Some(Addressed::ByChat)),
        (
            Extent::CutShort,
            Phone::from_digits("79001234567")
                .ok()
                .map(Addressed::ByPhone),
        ),
    ] {
        let answer = Answer {
            status,
            retry_after,
            text: text.clone(),
            extent,
        };
        if let Some(addressed) = addressed {
            check_outcome(&answer::of_contact(&answer, addressed), &answer);
        }
        if let Err(outcome) = answer::of_state(&answer) {
            check_outcome(&outcome, &answer);
        }
        check_outcome(&answer::of_failed_look_up(&answer), &answer);
        check_account(&answer);
    }
    check_look_ups(&String::from_utf8_lossy(body));
}

/// Checks that a number counts as missing only if a complete 200 says so in plain JSON.
fn check_account(answer: &Answer) {
    let Ok(phone) = Phone::from_digits("79001234567") else {
        return;
    };
    match answer::of_account(answer, phone) {
        AccountCheck::Missing => {
            let text = answer.text.trim_start_matches('\u{feff}').trim();
            let json: Option<Value> = serde_json::from_str(text).ok();
            let exists = json.and_then(|json| json["existsWhatsapp"].as_bool());
            assert_eq!(
                (answer.status, answer.extent, exists),
                (200, Extent::Whole, Some(false))
            );
        }
        AccountCheck::NotAsked(outcome) => check_outcome(&outcome, answer),
        AccountCheck::Unclear(words)
        | AccountCheck::Refused(words)
        | AccountCheck::QuotaUsed(words) => check_outcome(&Outcome::Uncertain(words), answer),
        AccountCheck::Exists { .. } => assert_eq!(answer.status, 200),
    }
}

fn check_outcome(outcome: &Outcome, answer: &Answer) {
    for language in [Language::En, Language::Ru] {
        let words = outcome.words(language);
        assert!(
            words.lines().count() <= 1 && words.chars().count() < 700,
            "{words:?}"
        );
    }
    if let Outcome::Accepted(id) = outcome {
        let text = answer.text.trim_start_matches('\u{feff}').trim();
        let json: Option<Value> = serde_json::from_str(text).ok();
        let id_message = json
            .as_ref()
            .and_then(|json| json["idMessage"].as_str())
            .map(str::trim);
        assert_eq!(
            (answer.status, answer.extent, id_message),
            (200, Extent::Whole, Some(id.as_str()))
        );
    }
}

/// Checks that every result of a lookup is well-formed, and that no id in it is blank.
fn check_look_ups(body: &str) {
    let queue = lookup::queue(body).map(|queue| queue.messages);
    for message in [queue, lookup::journal(body)]
        .into_iter()
        .flatten()
        .flatten()
    {
        assert!(message.id.is_none_or(|id| !id.as_str().trim().is_empty()));
    }
    let _count = lookup::messages_count(body);
    let _report = lookup::message(body, "3EB0C767D097B7C7C030");
    let _delay = lookup::send_delay(body);
    let _keeps = lookup::keeps_incoming(body);
    let _texts = incoming::texts(body);
    let _settings = wa_settings::wa_settings(body);
    let _history = state_history::state_history(body);
}
