//! Messages that people wrote to the instance, as its journal shows them. Parsed defensively, like all lookups:
//! anything that is not understood is skipped.

use jiff::Timestamp;
use serde_json::Value;

use super::lookup::{each_item, seconds};
use crate::domain::Outcome;

/// A text that a person wrote (source: `lastIncomingMessages`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The person's own chat, `…@c.us` or `…@lid`, even if it was written in a group.
    pub person: String,
    /// What was written.
    pub text: String,
    /// The time, unless the service gives none, or one beyond the range of the calendar.
    pub at: Option<Timestamp>,
}

/// Returns the texts in the journal.
///
/// # Errors
/// [`Outcome::Uncertain`] when the body is no list.
pub(super) fn texts(body: &str) -> Result<Vec<Incoming>, Outcome> {
    let mut texts = Vec::new();
    each_item(body, |item| texts.extend(text(item)))?;
    Ok(texts)
}

fn text(item: &Value) -> Option<Incoming> {
    let by = |field: &str| item.get(field).and_then(Value::as_str);
    if by("type").is_some_and(|kind| kind != "incoming") {
        return None;
    }
    // Anything else is not a person's chat, and might be a formula in a program that opens the list.
    let is_person = |chat: &&str| {
        let id = chat
            .strip_suffix("@c.us")
            .or_else(|| chat.strip_suffix("@lid"));
        id.is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let person = [by("senderId"), by("chatId")]
        .into_iter()
        .flatten()
        .find(is_person)?;
    let extended = item
        .get("extendedTextMessage")
        .and_then(|message| message.get("text"))
        .and_then(Value::as_str);
    let written = by("textMessage")
        .filter(|text| !text.is_empty())
        .or(extended)?;
    Some(Incoming {
        person: person.to_owned(),
        text: written.to_owned(),
        at: seconds(item).and_then(|seconds| Timestamp::from_second(seconds).ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_with_the_person_who_wrote_them() {
        let body = r#"[
            {"type":"incoming","idMessage":"1","timestamp":1706522263,"typeMessage":"textMessage","chatId":"79001234567@c.us","textMessage":"Стоп","senderId":"79001234567@c.us"},
            {"type":"incoming","typeMessage":"extendedTextMessage","chatId":"120363153000000000@g.us","senderId":"70000000012@c.us","extendedTextMessage":{"text":"stop"}},
            {"type":"incoming","typeMessage":"textMessage","chatId":"123@lid","textMessage":"отписка"},
            {"type":"incoming","typeMessage":"textMessage","chatId":"120363153000000000@g.us","textMessage":"nobody"},
            {"type":"incoming","typeMessage":"textMessage","chatId":"=1+1@c.us","textMessage":"stop"},
            {"type":"outgoing","typeMessage":"textMessage","chatId":"79001234567@c.us","textMessage":"стоп"},
            {"type":"incoming","typeMessage":"imageMessage","chatId":"79001234567@c.us","downloadUrl":"x"},
            7]"#;
        let person = |person: &str, text: &str, at| Incoming {
            person: person.into(),
            text: text.into(),
            at,
        };
        assert_eq!(
            texts(body).unwrap(),
            [
                person(
                    "79001234567@c.us",
                    "Стоп",
                    Timestamp::from_second(1_706_522_263).ok()
                ),
                person("70000000012@c.us", "stop", None),
                person("123@lid", "отписка", None),
            ]
        );
        assert!(texts("{}").is_err() && texts("null").is_err());
    }
}
