//! The JSON bodies in which the service shows its instance, its queue and its journal, as its documentation prints
//! them.

use serde_json::{Value, json};

use super::{accounts::Account, script::IncomingMessage, state::AcceptedMessage};
use crate::domain::{ChatId, Contact};

/// The number of the simulated instance.
const OWN_NUMBER: &str = "79001112233";

/// Returns the body of an error. The real service writes the whole path into it, including the token: a client that
/// shows the body unchanged reveals the token.
pub(super) fn error(status: u16, timestamp: &str, path: &str, message: &str) -> Value {
    json!({ "statusCode": status, "timestamp": timestamp, "path": path, "message": message })
}

/// Returns an item of `showMessagesQueue`.
pub(super) fn queued(accepted: &AcceptedMessage, chat: &ChatId) -> Value {
    json!({
        "messageID": accepted.id_message,
        "type": "sendContact",
        "body": { "chatId": chat.as_str(), "contact": accepted.message.contact },
    })
}

/// Returns an item of `lastOutgoingMessages`; the time is in seconds since 1970.
pub(super) fn journaled(
    accepted: &AcceptedMessage,
    chat: &ChatId,
    timestamp: i64,
    status: &str,
) -> Value {
    json!({
        "type": "outgoing",
        "idMessage": accepted.id_message,
        "timestamp": timestamp,
        "statusMessage": status,
        "sendByApi": true,
        "typeMessage": "contactMessage",
        "chatId": chat.as_str(),
        "contact": {
            "displayName": display_name(&accepted.message.contact),
            "vcard": vcard(&accepted.message.contact),
            "forwardingScore": 0,
            "isForwarded": false,
        },
    })
}

/// Returns an item of `lastIncomingMessages`; the time is in seconds since 1970.
pub(super) fn incoming(message: &IncomingMessage, number: usize, timestamp: i64) -> Value {
    json!({
        "type": "incoming",
        "idMessage": format!("{:032X}", number + 1),
        "timestamp": timestamp,
        "typeMessage": "textMessage",
        "chatId": message.chat_id,
        "senderId": message.sender_id.as_ref().unwrap_or(&message.chat_id),
        "senderName": "",
        "textMessage": message.text,
    })
}

/// Returns the answer of `getSettings` for an instance with default settings.
pub(super) fn settings(keeps_incoming: bool, lid_mode: bool) -> Value {
    json!({
        "wid": format!("{OWN_NUMBER}@c.us"),
        "countryInstance": "ru",
        "typeAccount": "vip",
        "webhookUrl": "",
        "webhookUrlToken": "",
        "delaySendMessagesMilliseconds": 500,
        "markIncomingMessagesReaded": "no",
        "markIncomingMessagesReadedOnReply": "no",
        "outgoingWebhook": "yes",
        "outgoingMessageWebhook": "no",
        "outgoingAPIMessageWebhook": "no",
        "stateWebhook": "no",
        "incomingWebhook": if keeps_incoming { "yes" } else { "no" },
        "deviceWebhook": "no",
        "statusInstanceWebhook": "no",
        "keepOnlineStatus": "no",
        "enableLidMode": if lid_mode { "yes" } else { "no" },
    })
}

/// Returns the answer of `getWaSettings`; the time is in seconds since 1970.
pub(super) fn wa_settings(state: Option<&str>, suspended_until: Option<i64>) -> Value {
    let mut settings = json!({
        "avatar": "",
        "base64Avatar": "",
        "chatId": format!("{OWN_NUMBER}@c.us"),
        "phone": OWN_NUMBER,
        "historySyncProgress": 100,
        "stateInstance": state,
        "deviceId": "",
        "logoutProcess": false,
    });
    if let Some(until) = suspended_until {
        settings["suspendedUntil"] = until.into();
    }
    settings
}

/// Returns an item of `getStateInstanceHistory`; the time is in seconds since 1970.
pub(super) fn state_entry(timestamp: i64, state: Option<&str>) -> Value {
    json!({ "stateInstance": state, "timestamp": timestamp, "phoneNumber": format!("{OWN_NUMBER}@c.us") })
}

/// Returns the answer of `checkWhatsapp`.
pub(super) fn checked(account: &Account, from_cache: bool) -> Value {
    json!({
        "existsWhatsapp": account.exists,
        "chatId": account.lid,
        "username": "",
        "phoneNumber": account.number,
        "fromCache": from_cache,
    })
}

/// Returns the body of a 466: the plan allows no more calls of this method.
pub(super) fn quota_used(method: &str, quota: u64) -> Value {
    json!({ "invokeStatus": {
        "method": method.to_ascii_lowercase(),
        "used": quota,
        "total": quota,
        "status": "QUOTE_EXCEEDED",
        "description": "Monthly quota has been exceeded. Please go to your personal account and change the tariff to \
                        business https://console.green-api.com",
    } })
}

fn display_name(contact: &Contact) -> String {
    let [first, middle, last, company] = contact.names();
    let person = [first, middle, last]
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if person.is_empty() {
        company.to_owned()
    } else {
        person
    }
}

fn vcard(contact: &Contact) -> String {
    let [first, middle, last, company] = contact.names().map(escaped);
    let (full, phone) = (escaped(&display_name(contact)), contact.phone());
    format!(
        "BEGIN:VCARD\nVERSION:3.0\nN:{last};{first};{middle};;\nFN:{full}\nORG:{company}\nTITLE:\n\
         item1.TEL;waid={phone}:+{phone}\nitem1.X-ABLabel:Mobile\nEND:VCARD"
    )
}

/// Escapes as RFC 2426, §4 asks.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace(';', "\\;")
        .replace(',', "\\,")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Names, Phone};

    #[test]
    fn a_vcard_has_the_names_and_escapes_their_marks() {
        let phone = Phone::from_digits("79001234568").unwrap();
        let names = Names {
            first: "Артем".into(),
            last: "Ли; мл.".into(),
            ..Names::default()
        };
        let contact = Contact::new(phone, names).unwrap();
        assert_eq!(display_name(&contact), "Артем Ли; мл.");
        assert_eq!(
            vcard(&contact),
            "BEGIN:VCARD\nVERSION:3.0\nN:Ли\\; мл.;Артем;;;\nFN:Артем Ли\\; мл.\nORG:\nTITLE:\n\
             item1.TEL;waid=79001234568:+79001234568\nitem1.X-ABLabel:Mobile\nEND:VCARD"
        );
        let company = Names {
            company: "Велосипед".into(),
            ..Names::default()
        };
        assert_eq!(
            display_name(&Contact::new(phone, company).unwrap()),
            "Велосипед"
        );
    }
}
