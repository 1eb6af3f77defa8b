//! What the service takes as a body of `sendContact`, and what it says to anything else. The texts
//! about `chatId` are the service's own; of those about `contact` only `bad request data` is known.

use serde_json::{Map, Value};

use crate::domain::{ChatId, Contact, Message, Names, Phone, Recipient};

/// Reads the body as the service does.
///
/// # Errors
/// The `message` of the 400.
pub(super) fn read(body: &[u8], refuse_phone_number: bool) -> Result<Message, String> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| format!("Unexpected token _ in JSON at position {}", error.column()))?;
    let fields = value.as_object().ok_or("bad request data")?;
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

/// The service forgives neither spaces nor capitals, as our own reading of a cell does.
fn chat_id(text: &str) -> Result<ChatId, String> {
    text.parse().ok().filter(|id: &ChatId| id.as_str() == text).ok_or_else(|| {
        invalid("'chatId' must be one of the next formats: 'phone_number@c.us' or 'group_id@g.us' or 'chat_id@lid'")
    })
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
}
