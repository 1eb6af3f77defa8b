//! What the service shows of contacts that it has taken: its queue, its journal and single messages. Parsed
//! defensively, because the formats have changed over the years. An item that is not understood is reported as a
//! possible contact: a lookup must not conclude that such a contact is absent.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use serde::{
    Deserializer,
    de::{SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::domain::{Delivery, IdMessage, Outcome, Phone};

/// The number of messages that the queue shows: the first 500; a longer one hides the rest (source:
/// `showMessagesQueue`).
const MOST_QUEUED: usize = 500;

/// A message that the service shows and that is, or may be, a contact (sources: `showMessagesQueue`,
/// `lastOutgoingMessages`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObservedMessage {
    /// Whether it is certainly a single contact that was sent through the API.
    pub is_contact: bool,
    /// The service's id of the message, if it can be read.
    pub id: Option<IdMessage>,
    /// The chat as the service writes it (`…@c.us`, `…@g.us` or `…@lid`), if it can be read.
    pub chat: Option<String>,
    /// Every phone number on it that can be read, as digits.
    pub phones: Vec<String>,
    /// Every name that is shown.
    pub names: Vec<String>,
    /// The time of the last event of the message.
    pub at: Option<Timestamp>,
    /// Its delivery, if the service gives it in a word that we know.
    pub delivery: Option<Delivery>,
    /// Where it was seen.
    pub place: ObservedIn,
}

/// The queue, as far as the service shows it (sources: `showMessagesQueue`, `getMessagesCount`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue {
    /// The number of waiting messages: those that are shown, or all that the service counts.
    pub length: u64,
    /// Whether all waiting messages are shown; without a count, the one at the head may still be missing.
    pub is_whole: bool,
    /// Why the number of waiting messages is not known, if the service does not count them.
    pub uncounted: Option<Outcome>,
    /// The shown messages that are, or may be, contacts.
    pub messages: Vec<ObservedMessage>,
}

/// The answer to a question about one message (source: `getMessage`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageReport {
    /// The chat as the service writes it, if it can be read. It may be another one than the question named.
    pub chat: Option<String>,
    /// The delivery.
    pub report: DeliveryReport,
}

/// The delivery of one message, as the service reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The delivery.
    pub delivery: Delivery,
    /// When the delivery last changed.
    pub at: Option<Timestamp>,
}

/// Where a contact was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObservedIn {
    /// In the queue: it is waiting to be sent.
    Queue,
    /// In the journal: it has left the queue.
    Journal,
}

/// Returns the messages that the queue shows.
///
/// # Errors
/// [`Outcome::Uncertain`] when the body is no list.
pub(super) fn queue(body: &str) -> Result<Queue, Outcome> {
    let mut messages = Vec::new();
    let shown = each_item(body, |item| messages.extend(queued(item)))?;
    Ok(Queue {
        length: shown as u64,
        is_whole: shown < MOST_QUEUED,
        uncounted: None,
        messages,
    })
}

/// Returns how many messages are waiting. The service's page on `getMessagesCount` writes the field name with a
/// Cyrillic letter, so its end is compared; a bare number is accepted too.
///
/// # Errors
/// [`Outcome::Uncertain`] when the body has no number.
pub(super) fn messages_count(body: &str) -> Result<u64, Outcome> {
    let count: Value = serde_json::from_str(body).map_err(|_| unreadable())?;
    let mut fields = count.as_object().into_iter().flatten();
    let named = fields
        .find(|(name, _)| name.ends_with("ount"))
        .map(|(_, count)| count);
    named.unwrap_or(&count).as_u64().ok_or_else(unreadable)
}

/// Returns the messages of the journal that are, or may be, contacts.
///
/// # Errors
/// [`Outcome::Uncertain`] when the body is no list.
pub(super) fn journal(body: &str) -> Result<Vec<ObservedMessage>, Outcome> {
    let mut messages = Vec::new();
    each_item(body, |item| messages.extend(journaled(item)))?;
    Ok(messages)
}

/// Returns the delivery of the message with this id; `None` if the item is another message, or has no word that we
/// know.
///
/// # Errors
/// [`Outcome::Uncertain`] when the body is no object.
pub(super) fn message(body: &str, id: &str) -> Result<Option<MessageReport>, Outcome> {
    let item: Value = serde_json::from_str(body).map_err(|_| unreadable())?;
    if !item.is_object() {
        return Err(unreadable());
    }
    let named = ID_FIELDS.iter().find_map(|field| item.get(field)?.as_str());
    // An id that cannot be read is another one all the same.
    let ours = named.is_none_or(|named| named.trim() == id);
    Ok(delivery(&item)
        .filter(|_| ours)
        .map(|delivery| MessageReport {
            chat: chat(&item).filter(|chat| !chat.is_empty()),
            report: DeliveryReport {
                delivery,
                at: at(&item),
            },
        }))
}

/// Returns `delaySendMessagesMilliseconds` from the settings; if it is absent, the minimum that the service allows.
///
/// # Errors
/// [`Outcome::Uncertain`] when the body is no object, or the delay no whole number.
pub(super) fn send_delay(body: &str) -> Result<Duration, Outcome> {
    let settings = object(body)?;
    let Some(delay) = settings.get("delaySendMessagesMilliseconds") else {
        return Ok(Duration::from_millis(500));
    };
    whole(delay)
        .map(Duration::from_millis)
        .ok_or_else(unreadable)
}

/// Whether the instance keeps incoming messages: `incomingWebhook` in the settings. If the field is absent, it does.
///
/// # Errors
/// [`Outcome::Uncertain`] when the body is no object.
pub(super) fn keeps_incoming(body: &str) -> Result<bool, Outcome> {
    let settings = object(body)?;
    Ok(settings.get("incomingWebhook").and_then(Value::as_str) != Some("no"))
}

/// Parses the body as an object.
///
/// # Errors
/// [`Outcome::Uncertain`] when it is not an object.
pub(super) fn object(body: &str) -> Result<Map<String, Value>, Outcome> {
    serde_json::from_str(body).map_err(|_| unreadable())
}

/// Calls `each` for every item of a list, one at a time: a day's journal need not fit into memory as JSON. Returns how
/// many items there were.
pub(super) fn each_item(body: &str, each: impl FnMut(&Value)) -> Result<usize, Outcome> {
    let mut reader = serde_json::Deserializer::from_str(body);
    let items = reader
        .deserialize_seq(Items(each))
        .map_err(|_| unreadable())?;
    reader.end().map(|()| items).map_err(|_| unreadable())
}

/// A visitor that handles the items of a list as they are parsed.
struct Items<F>(F);

impl<'de, F: FnMut(&Value)> Visitor<'de> for Items<F> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<usize, A::Error> {
        let mut count = 0;
        while let Some(item) = items.next_element()? {
            (self.0)(&item);
            count += 1;
        }
        Ok(count)
    }
}

/// Parses a whole number: `3000`, `3000.0`, or either as a string.
pub(super) fn whole(value: &Value) -> Option<u64> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    // A whole `f64` is printed without a decimal point.
    text.parse()
        .ok()
        .or_else(|| text.parse::<f64>().ok()?.to_string().parse().ok())
}

pub(super) fn unreadable() -> Outcome {
    Outcome::Uncertain("the answer to a look-up could not be read".to_owned())
}

fn queued(item: &Value) -> Option<ObservedMessage> {
    let kind = item
        .get("type")
        .or_else(|| item.get("typeMessage"))
        .and_then(Value::as_str);
    if !may_be_contact(kind) {
        return None;
    }
    let body = item.get("body").unwrap_or(item);
    let contact = body.get("contact");
    let name = |field: &&str| Some(contact?.get(field)?.as_str()?.to_owned());
    let phone = contact.and_then(|contact| digits(contact.get("phoneContact")?));
    Some(ObservedMessage {
        is_contact: kind.is_some(),
        id: id(item, &["messageID", "idMessage", "messageId"]),
        chat: chat(body),
        phones: phone.into_iter().collect(),
        names: ["firstName", "middleName", "lastName", "company"]
            .iter()
            .filter_map(name)
            .collect(),
        at: None,
        delivery: Some(Delivery::Queued),
        place: ObservedIn::Queue,
    })
}

fn journaled(item: &Value) -> Option<ObservedMessage> {
    let kind = item.get("typeMessage").and_then(Value::as_str);
    if !may_be_contact(kind) {
        return None;
    }
    let by_api = item
        .get("sendByApi")
        .and_then(Value::as_bool)
        .unwrap_or(true);
    let contact = item
        .get("contact")
        .or_else(|| item.get("contactMessageData"));
    let text = |field: &str| contact?.get(field)?.as_str();
    let vcard = text("vcard").unwrap_or_default();
    let display = text("displayName").map(str::to_owned);
    Some(ObservedMessage {
        is_contact: by_api && kind == Some("contactMessage"),
        id: id(item, &ID_FIELDS),
        chat: chat(item),
        phones: vcard_phones(vcard),
        names: display.into_iter().chain(vcard_names(vcard)).collect(),
        at: at(item),
        delivery: delivery(item),
        place: ObservedIn::Journal,
    })
}

/// Whether a message of this kind may be a contact; a message without a kind may be anything.
fn may_be_contact(kind: Option<&str>) -> bool {
    kind.is_none_or(|kind| kind.to_ascii_lowercase().contains("contact"))
}

const ID_FIELDS: [&str; 3] = ["idMessage", "messageID", "messageId"];

/// Returns the time of the last event of the message. A time beyond the range of the calendar becomes its first or last
/// moment: it must not count as a message without a time, which may be from any time.
fn at(item: &Value) -> Option<Timestamp> {
    let seconds = seconds(item)?;
    let nearest = if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Some(Timestamp::from_second(seconds).unwrap_or(nearest))
}

/// Returns the time of a message as the service gives it: seconds since 1970.
pub(super) fn seconds(item: &Value) -> Option<i64> {
    item.get("timestamp").and_then(Value::as_i64)
}

/// Returns the delivery. The service's `pending` means that the message is still in its queue, and `suspended` is its
/// newer word for a yellow card; an unknown word says nothing.
fn delivery(item: &Value) -> Option<Delivery> {
    let word = item.get("statusMessage")?.as_str()?.trim();
    if word.eq_ignore_ascii_case("pending") {
        return Some(Delivery::Queued);
    }
    if word.eq_ignore_ascii_case("suspended") {
        return Some(Delivery::YellowCard);
    }
    Delivery::ALL
        .iter()
        .copied()
        .find(|known| known.as_str().eq_ignore_ascii_case(word))
}

fn id(item: &Value, fields: &[&str]) -> Option<IdMessage> {
    fields
        .iter()
        .find_map(|field| item.get(field)?.as_str())
        .and_then(IdMessage::new)
}

/// Returns the chat id; a queued contact may still have its recipient as a number.
fn chat(item: &Value) -> Option<String> {
    let named = item
        .get("chatId")
        .and_then(Value::as_str)
        .map(str::to_owned);
    named.or_else(|| digits(item.get("phoneNumber")?).map(|phone| format!("{phone}@c.us")))
}

fn digits(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(only_digits(text)),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Parses a phone number that is an integer, digits, or a personal chat.
pub(super) fn personal_phone(value: &Value) -> Option<Phone> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().trim_end_matches("@c.us").to_owned(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    Phone::from_digits(&text).ok()
}

fn only_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Returns the digits of each `TEL`, and of each `waid` parameter, which comes before the colon.
fn vcard_phones(vcard: &str) -> Vec<String> {
    let mut phones = Vec::new();
    for line in vcard
        .lines()
        .filter(|line| property(line).is_some_and(|(name, _)| name == "TEL"))
    {
        let (head, value) = line.split_once(':').unwrap_or((line, ""));
        let waid = head
            .to_ascii_lowercase()
            .find("waid=")
            .map(|at| only_digits(&head[at..]));
        phones.extend(
            waid.into_iter()
                .chain([only_digits(value)])
                .filter(|phone| !phone.is_empty()),
        );
    }
    phones
}

/// Returns the parts of `N`, `FN` and `ORG`.
fn vcard_names(vcard: &str) -> Vec<String> {
    let values = vcard
        .lines()
        .filter_map(property)
        .filter(|(name, _)| ["N", "FN", "ORG"].contains(&name.as_str()));
    values
        .flat_map(|(_, value)| {
            value
                .split(';')
                .map(|part| part.replace('\\', ""))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Returns the name of a line's property, without group and parameters, and its value.
fn property(line: &str) -> Option<(String, &str)> {
    let end = line.find([':', ';'])?;
    let name = line[..end].rsplit('.').next()?.to_ascii_uppercase();
    Some((name, line.split_once(':').map_or("", |(_, value)| value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_in_the_queue_is_read_as_the_service_prints_it() {
        let body = r#"[{"messageID":"3EB0A","type":"sendContact","body":{"chatId":"11001234567@c.us",
            "contact":{"phoneContact":79001234568,"firstName":"Artem"}}},
            {"messageID":"3EB0B","type":"sendMessage","body":{"chatId":"11001234567@c.us","message":"x"}}]"#;
        let queue = queue(body).unwrap();
        assert_eq!((queue.length, queue.is_whole), (2, true));
        assert_eq!(
            queue.messages,
            [ObservedMessage {
                is_contact: true,
                id: IdMessage::new("3EB0A"),
                chat: Some("11001234567@c.us".into()),
                phones: vec!["79001234568".into()],
                names: vec!["Artem".into()],
                at: None,
                delivery: Some(Delivery::Queued),
                place: ObservedIn::Queue,
            }]
        );
    }

    #[test]
    fn the_length_of_the_queue_is_read_however_its_field_is_written() {
        for body in [
            r#"{"count":7}"#,
            r#"{"сount": 7}"#,
            r#"{"messagesCount":7}"#,
            "7",
        ] {
            assert_eq!(messages_count(body), Ok(7), "{body}");
        }
        for body in [
            r#"{"delaySendMessagesMilliseconds":7}"#,
            r#"{"count":"7"}"#,
            r#"{"count":-7}"#,
            "[7]",
            "{}",
            "",
        ] {
            assert_eq!(messages_count(body), Err(unreadable()), "{body}");
        }
    }

    #[test]
    fn a_contact_in_the_journal_is_read_as_the_service_prints_it() {
        let body = r#"[{"type":"outgoing","idMessage":"3EB0","timestamp":1587133830,"statusMessage":"delivered","sendByApi":true,"typeMessage":"contactMessage","chatId":"79001234567@c.us","contact":{"displayName":"Виктор Петров","vcard":"BEGIN:VCARD\nVERSION:3.0\nN:Андреевич;Виктор;;;\nFN:Виктор Андреевич\nORG:Image\nTITLE:\nitem1.TEL;waid=79099291652:+7 123 456-78-91\nitem1.X-ABLabel:Мобильный\nEND:VCARD","forwardingScore":0,"isForwarded":false}},
            {"typeMessage":"contactMessage","sendByApi":false,"idMessage":"X","chatId":"79001234567@c.us","contact":{}},
            {"typeMessage":"contactsArrayMessage","idMessage":"Y"},{"typeMessage":"textMessage","idMessage":"Z"},
            {"odd":1},7]"#;
        let messages = journal(body).unwrap();
        let ids: Vec<_> = messages
            .iter()
            .map(|message| {
                (
                    message.is_contact,
                    message.id.as_ref().map(IdMessage::as_str),
                )
            })
            .collect();
        let maybe = |id| (false, id);
        assert_eq!(
            ids,
            [
                (true, Some("3EB0")),
                maybe(Some("X")),
                maybe(Some("Y")),
                maybe(None),
                maybe(None)
            ]
        );
        assert_eq!(messages[0].phones, ["79099291652", "71234567891"]);
        assert!(
            messages[0].names.contains(&"Image".to_owned())
                && messages[0].names.contains(&"Виктор".to_owned())
        );
        assert_eq!(messages[0].at, Timestamp::from_second(1_587_133_830).ok());
        assert_eq!(messages[0].delivery, Some(Delivery::Delivered));
    }

    #[test]
    fn what_became_of_a_message_is_read_defensively() {
        let answer = |chat: Option<&str>, delivery, at| {
            Ok(Some(MessageReport {
                chat: chat.map(str::to_owned),
                report: DeliveryReport { delivery, at },
            }))
        };
        let report = |delivery, at| answer(None, delivery, at);
        for (body, read) in [
            (
                r#"{"type":"outgoing","idMessage":"3EB0","timestamp":1587133830,"statusMessage":"read","typeMessage":"contactMessage","chatId":"79001234567@c.us","contact":{}}"#,
                answer(
                    Some("79001234567@c.us"),
                    Delivery::Read,
                    Timestamp::from_second(1_587_133_830).ok(),
                ),
            ),
            (
                r#"{"statusMessage":"read","chatId":""}"#,
                report(Delivery::Read, None),
            ),
            (
                r#"{"statusMessage":"read","chatId":7}"#,
                report(Delivery::Read, None),
            ),
            (
                r#"{"statusMessage":"noAccount"}"#,
                report(Delivery::NoAccount, None),
            ),
            (
                r#"{"statusMessage":" NOACCOUNT ","timestamp":"x"}"#,
                report(Delivery::NoAccount, None),
            ),
            (
                r#"{"statusMessage":"pending","timestamp":9223372036854775807}"#,
                report(Delivery::Queued, Some(Timestamp::MAX)),
            ),
            (
                r#"{"statusMessage":"yellowCard"}"#,
                report(Delivery::YellowCard, None),
            ),
            (
                r#"{"statusMessage":"Suspended"}"#,
                report(Delivery::YellowCard, None),
            ),
            (r#"{"statusMessage":"teleported"}"#, Ok(None)),
            (r#"{"statusMessage":7}"#, Ok(None)),
            (
                r#"{"idMessage":"ANOTHER","statusMessage":"read"}"#,
                Ok(None),
            ),
            (
                "{\"idMessage\":\"3EB0\u{fffd}\",\"statusMessage\":\"read\"}",
                Ok(None),
            ),
            ("{}", Ok(None)),
            ("null", Err(unreadable())),
            ("[]", Err(unreadable())),
            ("<html>", Err(unreadable())),
        ] {
            assert_eq!(message(body, "3EB0"), read, "{body}");
        }
    }

    #[test]
    fn what_is_no_list_proves_nothing() {
        for body in ["", "null", "{}", "<html>", "[1", "[] []", "[1,]"] {
            assert!(matches!(queue(body), Err(Outcome::Uncertain(_))), "{body}");
            assert!(
                matches!(journal(body), Err(Outcome::Uncertain(_))),
                "{body}"
            );
        }
    }

    #[test]
    fn the_delay_is_read_however_its_number_is_written_and_never_guessed() {
        let settings = |delay: &str| format!(r#"{{"delaySendMessagesMilliseconds":{delay}}}"#);
        for delay in ["3000", "3000.0", "3e3", r#""3000""#, r#"" 3000.0 ""#] {
            assert_eq!(
                send_delay(&settings(delay)),
                Ok(Duration::from_secs(3)),
                "{delay}"
            );
        }
        for delay in [
            "-5", "-5.0", "0.5", "1e30", "true", "null", "[3000]", "{}", r#""""#, r#""3 s""#,
            r#""inf""#,
        ] {
            assert_eq!(send_delay(&settings(delay)), Err(unreadable()), "{delay}");
        }
        assert_eq!(send_delay("{}"), Ok(Duration::from_millis(500)));
        assert_eq!(send_delay("[]"), Err(unreadable()));
    }
}
