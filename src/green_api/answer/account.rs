//! The meaning of an answer to `checkWhatsapp`. A "no" counts only if the service says it in plain JSON: a person whose
//! number is wrongly taken for missing does not get their contact.

use super::{Answer, Extent, body, declined, of_failure, says, service_text, shortened, words};
use crate::{
    domain::{AccountCheck, ChatId, Lid, Outcome, Phone},
    green_api::transport::{Declined, WhatsappChecked},
};

/// Returns what an answer to `checkWhatsapp` for this number means.
pub(in crate::green_api) fn of_account(answer: &Answer, phone: Phone) -> AccountCheck {
    match answer.status {
        200 => of_check(answer, phone),
        400 if says(answer, "timeout limit exceeded") => AccountCheck::Unclear(words(answer)),
        // The quota of the plan, and the limit of checks (source: the service's page on common errors).
        466 | 469 => AccountCheck::QuotaUsed(words(answer)),
        _ => without_check(of_failure(answer)),
    }
}

/// Returns what an outcome that says nothing about the number means for the check.
pub(in crate::green_api) fn without_check(outcome: Outcome) -> AccountCheck {
    match outcome {
        Outcome::Refused(words) => AccountCheck::Refused(words),
        Outcome::Uncertain(words) => AccountCheck::Unclear(words),
        Outcome::Throttled { .. } | Outcome::Unreachable(_) | Outcome::Halted(..) => {
            AccountCheck::NotAsked(outcome)
        }
        // These outcomes are answers to contacts and never occur for a check.
        Outcome::Accepted(id) => AccountCheck::Unclear(id.to_string()),
        Outcome::ChatIdWanted => AccountCheck::Refused("chatId is required".to_owned()),
    }
}

fn of_check(answer: &Answer, phone: Phone) -> AccountCheck {
    if let Some(outcome) = declined(answer) {
        return without_check(outcome);
    }
    let checked = serde_json::from_str::<WhatsappChecked>(body(answer)).ok();
    match checked.filter(|_| answer.extent == Extent::Whole) {
        Some(checked) if checked.exists_whatsapp => AccountCheck::Exists {
            lid: lid(&checked, phone),
        },
        Some(checked) if !is_of_another(&checked, phone) && !is_declined(answer) => {
            AccountCheck::Missing
        }
        Some(_) => AccountCheck::Unclear(words(answer)),
        None => AccountCheck::Unclear(shortened(&format!(
            "HTTP 200 without a readable existsWhatsapp: {}",
            service_text(answer)
        ))),
    }
}

/// Whether the service says that it did not carry out the request.
fn is_declined(answer: &Answer) -> bool {
    let declined = serde_json::from_str::<Declined>(body(answer));
    declined.is_ok_and(|declined| !declined.status)
}

/// Returns the lid in the answer, unless the answer says that it belongs to another number: a number is never turned
/// into somebody else's. The two forms of one line count as the same number.
fn lid(checked: &WhatsappChecked, phone: Phone) -> Option<Lid> {
    let lid = chat(checked.chat_id.as_ref()).and_then(Lid::new);
    lid.filter(|_| !is_of_another(checked, phone))
}

/// Whether the answer names a number other than the one that was asked about.
fn is_of_another(checked: &WhatsappChecked, phone: Phone) -> bool {
    let named = chat(checked.phone_number.as_ref());
    let named = named.as_ref().and_then(ChatId::personal_digits);
    let named = named.and_then(|digits| Phone::from_digits(digits).ok());
    named.is_some_and(|named| named.line() != phone.line())
}

fn chat(value: Option<&serde_json::Value>) -> Option<ChatId> {
    value?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Halt, Throttle};

    fn answer(status: u16, text: &str) -> Answer {
        Answer {
            status,
            retry_after: None,
            text: text.to_owned(),
            extent: Extent::Whole,
        }
    }

    fn check(status: u16, text: &str) -> AccountCheck {
        of_account(&answer(status, text), number("79001234567"))
    }

    fn number(digits: &str) -> Phone {
        Phone::from_digits(digits).unwrap()
    }

    fn exists(lid: Option<&str>) -> AccountCheck {
        AccountCheck::Exists {
            lid: lid.and_then(|lid| Lid::new(lid.parse().unwrap())),
        }
    }

    #[test]
    fn a_no_that_may_be_about_something_else_is_none() {
        for text in [
            r#"{"existsWhatsapp":false,"chatId":"","phoneNumber":"79001234560@c.us"}"#,
            r#"{"status":false,"reason":"limit reached","existsWhatsapp":false}"#,
        ] {
            let meaning = check(200, text);
            assert!(
                matches!(meaning, AccountCheck::Unclear(_)),
                "{text}: {meaning:?}"
            );
        }
    }

    #[test]
    fn yes_and_no_are_read_in_every_form_of_the_answer() {
        for (text, meaning) in [
            (
                r#"{"existsWhatsapp":true,"chatId":"120650379300963@lid","username":"","phoneNumber":"79001234567@c.us","fromCache":true}"#,
                exists(Some("120650379300963@lid")),
            ),
            (
                r#"{"existsWhatsapp":true,"chatId":"120650379300963@lid","phoneNumber":""}"#,
                exists(Some("120650379300963@lid")),
            ),
            (
                r#"{"existsWhatsapp":true,"chatId":"120650379300963@lid","phoneNumber":"79001234560@c.us"}"#,
                exists(None),
            ),
            (
                r#"{"existsWhatsapp":true,"chatId":"79001234567@c.us"}"#,
                exists(None),
            ),
            (r#"{"existsWhatsapp":true,"chatId":7}"#, exists(None)),
            (r#"{"existsWhatsapp":true,"chatId":null}"#, exists(None)),
            ("\u{feff} {\"existsWhatsapp\":true}\n", exists(None)),
            (r#"{"existsWhatsapp":false}"#, AccountCheck::Missing),
            (
                r#"{"existsWhatsapp":false,"chatId":"","username":"","phoneNumber":"","fromCache":false}"#,
                AccountCheck::Missing,
            ),
        ] {
            assert_eq!(check(200, text), meaning, "{text}");
        }
    }

    #[test]
    fn a_lid_belongs_to_each_form_of_its_line() {
        let text = r#"{"existsWhatsapp":true,"chatId":"120650379300963@lid","phoneNumber":"551187654321@c.us"}"#;
        let answer = answer(200, text);
        let with_lid = exists(Some("120650379300963@lid"));
        assert_eq!(of_account(&answer, number("5511987654321")), with_lid);
        assert_eq!(of_account(&answer, number("5521987654321")), exists(None));
    }

    #[test]
    fn what_says_neither_yes_nor_no_is_unclear() {
        for (status, text) in [
            (200, ""),
            (200, "null"),
            (200, "<html>ok</html>"),
            (200, "{}"),
            (200, r#"{"existsWhatsapp":null}"#),
            (200, r#"{"existsWhatsapp":"false"}"#),
            (200, r#"{"existsWhatsapp":0}"#),
            (200, r#"[{"existsWhatsapp":false}]"#),
            (200, r#"{"status":false,"reason":"who knows"}"#),
            (201, r#"{"existsWhatsapp":true}"#),
            (400, "check phone number timeout limit exceeded"),
            (
                400,
                r#"{"message":"Check phone number TIMEOUT limit exceeded"}"#,
            ),
            (408, ""),
            (499, ""),
            (500, ""),
            (502, "<html>nginx</html>"),
        ] {
            let meaning = check(status, text);
            let AccountCheck::Unclear(words) = &meaning else {
                panic!("{status} {text}: {meaning:?}")
            };
            assert!(words.starts_with(&format!("HTTP {status}")), "{words}");
        }
        for extent in [Extent::TooLong, Extent::CutShort] {
            let whole = answer(200, r#"{"existsWhatsapp":false}"#);
            let part = Answer { extent, ..whole };
            let meaning = of_account(&part, number("79001234567"));
            assert!(matches!(meaning, AccountCheck::Unclear(_)), "{meaning:?}");
        }
    }

    #[test]
    fn a_quota_proves_that_nothing_was_checked() {
        let used = r#"{"invokeStatus":{"method":"checkWhatsapp","used":100,"total":100,"status":"QUOTE_EXCEEDED","description":"100 checks only"}}"#;
        for (status, text, words) in [
            (466, used, "HTTP 466: 100 checks only"),
            (466, "", "HTTP 466: the answer is empty"),
            (
                466,
                r#"{"correspondentsStatus":{"status":"QUOTE_EXCEEDED","description":"3 chats"}}"#,
                "HTTP 466: 3 chats",
            ),
            (469, r#"{"message":"later"}"#, "HTTP 469: later"),
        ] {
            assert_eq!(
                check(status, text),
                AccountCheck::QuotaUsed(words.into()),
                "{text}"
            );
        }
    }

    #[test]
    fn a_refused_number_is_no_word_about_the_account() {
        for text in [
            "bad phone number, valid 11 or 12 digits",
            "Validation failed. Details: 'value' must have at least 1 key",
            "Validation failed. Details: Wrong format. 'phoneNumber' must contain only digits",
            "Validation failed. Details: 'chatId' is required",
        ] {
            assert_eq!(
                check(400, &format!(r#"{{"message":"{text}"}}"#)),
                AccountCheck::Refused(format!("HTTP 400: {text}"))
            );
        }
    }

    #[test]
    fn what_concerns_contacts_as_well_is_their_outcome() {
        let throttled = |by| AccountCheck::NotAsked(Outcome::Throttled { by, wait: None });
        let halted =
            |halt, words: &str| AccountCheck::NotAsked(Outcome::Halted(halt, words.to_owned()));
        let either = "instance is starting or not authorized";
        for (status, text, meaning) in [
            (429, "", throttled(Throttle::TooMany)),
            (
                400,
                "instance in starting process try later",
                throttled(Throttle::Starting),
            ),
            (400, either, throttled(Throttle::StartingOrNotAuthorized)),
            (
                200,
                &format!(r#"{{"status":false,"reason":"{either}"}}"#),
                throttled(Throttle::StartingOrNotAuthorized),
            ),
            (
                200,
                r#"{"status":false,"reason":"instance account not authorized"}"#,
                halted(
                    Halt::NotAuthorized,
                    "HTTP 200: instance account not authorized",
                ),
            ),
            (401, "", halted(Halt::WrongToken, "HTTP 401: Unauthorized")),
            (403, "", halted(Halt::WrongInstance, "HTTP 403: Forbidden")),
            (
                403,
                "Your account is suspended",
                halted(Halt::Suspended, "HTTP 403: Your account is suspended"),
            ),
            (404, "", halted(Halt::WrongAddress, "HTTP 404: Not Found")),
            (
                307,
                "",
                halted(Halt::Redirected, "HTTP 307: Temporary Redirect"),
            ),
            (
                407,
                "",
                AccountCheck::NotAsked(Outcome::Unreachable(
                    "HTTP 407: Proxy Authentication Required".into(),
                )),
            ),
        ] {
            assert_eq!(check(status, text), meaning, "{status} {text}");
        }
    }
}
