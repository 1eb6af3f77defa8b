//! The JSON that is sent and received, as the service documents it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::{ChatId, Contact, Message, Phone, Recipient};

/// How a recipient that is given as a number is sent. A chat id is always sent as `chatId`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhoneAs {
    /// As `phoneNumber`, an integer.
    PhoneNumber,
    /// As `chatId`, the personal chat of the number.
    ChatId,
}

/// The body of `sendContact` (source: `SendContact`, the example bodies).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SendContact<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    chat_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<Phone>,
    contact: &'a Contact,
}

/// By which of the two fields the request addressed the recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Addressed {
    ByPhone(Phone),
    ByChat,
}

impl Addressed {
    pub(super) const fn of(message: &Message, phone_as: PhoneAs) -> Self {
        match (&message.recipient, phone_as) {
            (Recipient::Phone(phone), PhoneAs::PhoneNumber) => Self::ByPhone(*phone),
            (Recipient::Phone(_), PhoneAs::ChatId) | (Recipient::Chat(_), _) => Self::ByChat,
        }
    }
}

impl<'a> SendContact<'a> {
    pub(super) fn new(contact: &'a Contact, addressed: Addressed, chat: &'a ChatId) -> Self {
        match addressed {
            Addressed::ByPhone(phone) => Self {
                chat_id: None,
                phone_number: Some(phone),
                contact,
            },
            Addressed::ByChat => Self {
                chat_id: Some(chat.as_str()),
                phone_number: None,
                contact,
            },
        }
    }
}

/// The body of `getMessage` (source: `GetMessage`).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetMessage<'a> {
    pub(super) chat_id: &'a str,
    pub(super) id_message: &'a str,
}

/// The body of `checkWhatsapp`; without `force`, the service may answer from its cache (source: `CheckWhatsapp`).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CheckWhatsapp<'a> {
    pub(super) chat_id: &'a str,
    pub(super) force: bool,
}

/// The answer to `checkWhatsapp`. Older versions of the service send only the first field.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WhatsappChecked {
    pub(super) exists_whatsapp: bool,
    /// `…@lid`, `…@c.us`, or empty.
    pub(super) chat_id: Option<Value>,
    /// `…@c.us`, or empty.
    pub(super) phone_number: Option<Value>,
}

/// A refusal that comes with HTTP 200.
#[derive(Debug, Deserialize)]
pub(super) struct Declined {
    pub(super) status: bool,
    pub(super) reason: String,
}

/// The answer to `sendContact` (source: `SendContact`, the fields of the answer).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Accepted {
    pub(super) id_message: String,
}

/// The answer to `getStateInstance`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    pub(super) state_instance: String,
}

/// The body of a 466: which quota is used up (source: the service's page on error 466).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Quotas {
    pub(super) invoke_status: Option<Quota>,
    pub(super) correspondents_status: Option<Quota>,
}

/// One quota. The service spells its states both `QUOTE_…` and `QUOTA_…`.
#[derive(Debug, Deserialize)]
pub(super) struct Quota {
    status: Option<String>,
}

impl Quota {
    pub(super) fn is_exceeded(&self) -> bool {
        self.status
            .as_ref()
            .is_some_and(|status| status.to_ascii_uppercase().contains("EXCEEDED"))
    }
}
