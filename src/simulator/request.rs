//! What the service accepts as a body of `sendContact` and of `checkWhatsapp`, and what it answers to anything else.
//! The texts about `chatId` are the service's own; of those about `contact` only `bad request data` is known.

use serde_json::{Map, Value};

use crate::domain::{ChatId, ChatKind, Contact, Message, Names, Phone, Recipient};

/// Reads the body as the service does.
///
/// # Errors
/// The `message` of the 400.
pub(super) fn read(body: &[u8], refuse_phone_number: bool) -> Result<Message, String> {
    let fields = &object(body)?;
    let recipient = recipient(fields, refuse_phone_number)?;
    let fields_of_contact = fields
        .get("contact")
        .and_then(Value::as_object)
        .ok_or("bad request data")?;
    Ok(Message {
        recipient,
        contact: contact(fields_of_contact)?,
    })
}

/// A body of `checkWhatsapp`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Check {
    pub(super) chat: ChatId,
    /// Whether earlier results must be ignored.
    pub(super) force: bool,
}

/// Reads the body of a check as the service does: `chatId`, or `phoneNumber`, and `force`.
///
/// # Errors
/// The `message` of the 400.
pub(super) fn read_check(body: &[u8]) -> Result<Check, String> {
    let fields = object(body)?;
    let force = match fields.get("force") {
        None => false,
        Some(Value::Bool(force)) => *force,
        Some(_) => return Err(invalid("'force' must be a boolean")),
    };
    let chat = match (fields.get("chatId"), fields.get("phoneNumber")) {
        (Some(Value::String(id)), _) if id.is_empty() => {
            return Err(invalid("'chatId' is not allowed to be empty"));
        }
        (Some(Value::String(id)), _) => checkable(id)?,
        (Some(_), _) => return Err(invalid("'chatId' must be a string")),
        (None, Some(number)) => checkable_number(number)?,
        (None, None) => return Err(invalid("'value' must have at least 1 key")),
    };
    Ok(Check { chat, force })
}

/// Returns the chat of a person; a number must have at least 11 digits.
fn checkable(text: &str) -> Result<ChatId, String> {
    let chat = chat_id(text)?;
    match chat.kind() {
        ChatKind::Lid => Ok(chat),
        ChatKind::Personal if text.len() >= "10000000000@c.us".len() => Ok(chat),
        ChatKind::Personal | ChatKind::Group => Err(no_chat_id()),
    }
}

fn checkable_number(number: &Value) -> Result<ChatId, String> {
    let digits = match number {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid(
            "Wrong format. 'phoneNumber' must contain only digits",
        ));
    }
    let phone = Phone::from_digits(&digits).ok();
    phone
        .filter(|phone| phone.as_u64() >= 10_000_000_000)
        .map(ChatId::of_phone)
        .ok_or_else(|| "bad phone number, valid 11 or 12 digits".to_owned())
}

/// Returns the chat that a body names, whatever else is in it.
pub(super) fn named_chat(body: &[u8]) -> Option<ChatId> {
    let fields = object(body).ok()?;
    let number = fields.get("phoneNumber").and_then(Value::as_u64);
    let named = fields.get("chatId").and_then(Value::as_str);
    named
        .and_then(|id| chat_id(id).ok())
        .or_else(|| Phone::try_from(number?).ok().map(ChatId::of_phone))
}

fn object(body: &[u8]) -> Result<Map<String, Value>, String> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| format!("Unexpected token _ in JSON at position {}", error.column()))?;
    match value {
        Value::Object(fields) => Ok(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err("bad request data".to_owned())
        }
    }
}

fn recipient(fields: &Map<String, Value>, refuse_phone_number: bool) -> Result<Recipient, String> {
    let number = fields.get("phoneNumber").filter(|_| !refuse_phone_number);
    match (fields.get("chatId"), number) {
        (None, Some(number)) => phone("phoneNumber", Some(number)).map(Recipient::Phone),
        (Some(Value::String(id)), Some(number)) if id.is_empty() => {
            phone("phoneNumber", Some(number)).map(Recipient::Phone)
        }
        (Some(Value::String(id)), _) if id.is_empty() => {
            Err(invalid("'chatId' is not allowed to be empty"))
        }
        (Some(Value::String(id)), _) => chat_id(id).map(Recipient::Chat),
        (Some(_), _) => Err(invalid("'chatId' must be a string")),
        (None, None) => Err(invalid("'chatId' is required")),
    }
}

/// Parses a chat id. Like the service, and unlike our reading of a cell, it accepts neither spaces nor capitals.
fn chat_id(text: &str) -> Result<ChatId, String> {
    text.parse()
        .ok()
        .filter(|id: &ChatId| id.as_str() == text)
        .ok_or_else(no_chat_id)
}

fn no_chat_id() -> String {
    invalid(
        "'chatId' must be one of the next formats: 'phone_number@c.us' or 'group_id@g.us' or 'chat_id@lid'",
    )
}

fn contact(contact: &Map<String, Value>) -> Result<Contact, String> {
    let phone = phone("phoneContact", contact.get("phoneContact"))?;
    let names = Names {
        first: name(contact, "firstName")?,
        middle: name(contact, "middleName")?,
        last: name(contact, "lastName")?,
        company: name(contact, "company")?,
    };
    Contact::new(phone, names).map_err(|_| {
        invalid("'contact' must contain at least one of 'firstName', 'middleName', 'lastName', 'company'")
    })
}

fn phone(field: &str, number: Option<&Value>) -> Result<Phone, String> {
    let digits = number.and_then(Value::as_u64);
    digits
        .and_then(|digits| Phone::try_from(digits).ok())
        .ok_or_else(|| invalid(&format!("'{field}' must be an integer of 11 or 12 digits")))
}

fn name(contact: &Map<String, Value>, field: &str) -> Result<String, String> {
    match contact.get(field) {
        None => Ok(String::new()),
        Some(Value::String(name)) => Ok(name.clone()),
        Some(_) => Err(invalid(&format!("'{field}' must be a string"))),
    }
}

fn invalid(details: &str) -> String {
    format!("Validation failed. Details: {details}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTACT: &str = r#""contact":{"phoneContact":79001234568,"company":"Велосипед"}"#;

    #[test]
    fn a_number_a_chat_id_and_a_number_with_an_empty_chat_id_are_recipients() {
        for (address, recipient) in [
            (r#""phoneNumber":79001234567"#, "79001234567"),
            (r#""chatId":"","phoneNumber":380123456789"#, "380123456789"),
            (
                r#""chatId":"79001234567-1581234048@g.us""#,
                "79001234567-1581234048@g.us",
            ),
            (
                r#""chatId":"79001234567@c.us","phoneNumber":79001234560"#,
                "79001234567@c.us",
            ),
        ] {
            let message = read(format!("{{{address},{CONTACT}}}").as_bytes(), false).unwrap();
            assert_eq!(message.recipient.to_string(), recipient);
        }
    }

    #[test]
    fn anything_else_is_refused_in_the_service_s_words() {
        for (body, said) in [
            ("", "Unexpected token"),
            ("[]", "bad request data"),
            (r#"{"chatId":"79001234567@c.us"}"#, "bad request data"),
            (r#"{"contact":{}}"#, "'chatId' is required"),
            (
                r#"{"chatId":"","contact":{}}"#,
                "'chatId' is not allowed to be empty",
            ),
            (r#"{"chatId":7,"contact":{}}"#, "'chatId' must be a string"),
            (
                r#"{"chatId":"79001234567","contact":{}}"#,
                "'chatId' must be one of the next formats",
            ),
            (
                r#"{"chatId":"79001234567@C.us","contact":{}}"#,
                "'chatId' must be one of the next formats",
            ),
            (
                r#"{"phoneNumber":"79001234567","contact":{}}"#,
                "'phoneNumber' must be an integer",
            ),
            (
                r#"{"phoneNumber":7900,"contact":{}}"#,
                "'phoneNumber' must be an integer",
            ),
            (
                r#"{"phoneNumber":79001234567,"contact":{"firstName":"A"}}"#,
                "'phoneContact' must be",
            ),
            (
                r#"{"phoneNumber":79001234567,"contact":{"phoneContact":79001234568.0,"firstName":"A"}}"#,
                "'phoneContact' must be",
            ),
            (
                r#"{"phoneNumber":79001234567,"contact":{"phoneContact":79001234568,"firstName":7}}"#,
                "'firstName' must be a string",
            ),
            (
                r#"{"phoneNumber":79001234567,"contact":{"phoneContact":79001234568,"firstName":" "}}"#,
                "'contact' must contain",
            ),
        ] {
            let error = read(body.as_bytes(), false).unwrap_err();
            assert!(error.contains(said), "{body}: {error}");
        }
        let body = format!(r#"{{"phoneNumber":79001234567,{CONTACT}}}"#);
        assert!(
            read(body.as_bytes(), true)
                .unwrap_err()
                .ends_with("'chatId' is required")
        );
    }

    #[test]
    fn a_check_names_a_person_by_chat_id_or_by_number() {
        for (body, chat, force) in [
            (
                r#"{"chatId":"79001234567@c.us","force":false}"#,
                "79001234567@c.us",
                false,
            ),
            (
                r#"{"chatId":"79001234567@c.us","force":true}"#,
                "79001234567@c.us",
                true,
            ),
            (
                r#"{"chatId":"120650379300963@lid"}"#,
                "120650379300963@lid",
                false,
            ),
            (r#"{"phoneNumber":79001234567}"#, "79001234567@c.us", false),
            (
                r#"{"phoneNumber":"5511987654321"}"#,
                "5511987654321@c.us",
                false,
            ),
        ] {
            let chat = chat.parse().unwrap();
            assert_eq!(
                read_check(body.as_bytes()),
                Ok(Check { chat, force }),
                "{body}"
            );
        }
        let format = "'chatId' must be one of the next formats";
        let digits = "Wrong format. 'phoneNumber' must contain only digits";
        for (body, said) in [
            ("", "Unexpected token"),
            ("[]", "bad request data"),
            ("{}", "'value' must have at least 1 key"),
            (r#"{"chatId":""}"#, "'chatId' is not allowed to be empty"),
            (r#"{"chatId":7}"#, "'chatId' must be a string"),
            (r#"{"chatId":"79001234567"}"#, format),
            (r#"{"chatId":"7900123456@c.us"}"#, format),
            (r#"{"chatId":"120363043968066561@g.us"}"#, format),
            (
                r#"{"phoneNumber":7900123456}"#,
                "bad phone number, valid 11 or 12 digits",
            ),
            (r#"{"phoneNumber":"+79001234567"}"#, digits),
            (r#"{"phoneNumber":79001234567.5}"#, digits),
            (r#"{"phoneNumber":null}"#, digits),
            (
                r#"{"phoneNumber":79001234567,"force":"no"}"#,
                "'force' must be a boolean",
            ),
        ] {
            let error = read_check(body.as_bytes()).unwrap_err();
            assert!(error.contains(said), "{body}: {error}");
        }
    }
}
