//! What became of one request. Which answer means which outcome stands in `green_api`; what
//! follows from an outcome stands in `campaign`.

use std::{fmt, time::Duration};

/// The service's name for an accepted message, unique within its chat.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdMessage(String);

impl IdMessage {
    /// Takes any text that is not blank: the service documents no form.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let id = text.trim();
        (!id.is_empty()).then(|| Self(id.to_owned()))
    }

    /// The id as the service wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What became of one request. Every text is free of the token and short enough for a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The service queued the card.
    Accepted(IdMessage),
    /// The service refused this card, with these words; another card may pass.
    Refused(String),
    /// The service took nothing and wants everybody to wait.
    Throttled {
        /// Who asks for the pause.
        by: Throttle,
        /// For how long, if the answer said so.
        wait: Option<Duration>,
    },
    /// Nothing of the request was written: the service could not be reached.
    Unreachable(String),
    /// The request may or may not have been taken.
    Uncertain(String),
    /// The service took nothing and will take nothing until a person has done something.
    Halted(Halt, String),
    /// The service took nothing, for it knows recipients by `chatId` only.
    ChatIdWanted,
}

impl Outcome {
    /// What it was, for a person.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Accepted(id) => format!("accepted as {id}"),
            Self::Refused(words) | Self::Unreachable(words) | Self::Uncertain(words) => words.clone(),
            Self::Throttled { by, .. } => by.words().to_owned(),
            Self::Halted(halt, words) => format!("{words}. {}", halt.advice()),
            Self::ChatIdWanted => "the service knows recipients by chatId only".to_owned(),
        }
    }
}

/// Who asks for a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Throttle {
    /// More requests a second than the service allows.
    TooMany,
    /// The instance is starting.
    Starting,
    /// The instance is starting, or it is not authorized: `getStateInstance` tells which.
    StartingOrNotAuthorized,
}

impl Throttle {
    /// What the service says with it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::TooMany => "the service asks for fewer requests (HTTP 429)",
            Self::Starting => "the instance is starting",
            Self::StartingOrNotAuthorized => "the instance is starting or not authorized",
        }
    }
}

/// Why the service takes nothing more from this instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Halt {
    /// No phone is linked.
    NotAuthorized,
    /// The instance is not paid.
    Expired,
    /// The instance is deleted.
    Deleted,
    /// The account is suspended.
    Suspended,
    /// The number is banned.
    Blocked,
    /// The token is wrong.
    WrongToken,
    /// The instance is wrong, or it lives on another host.
    WrongInstance,
    /// There is no such method at this address.
    WrongAddress,
    /// The address answers with a redirect, which is never followed: the token is in the path.
    Redirected,
    /// The plan allows no more calls of the method.
    QuotaExceeded,
}

impl Halt {
    /// What happened and what a person has to do, in one sentence.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NotAuthorized => {
                "The instance is not authorized: scan its QR code in the console (https://console.green-api.com), then run the same command again."
            }
            Self::Expired => {
                "The instance is not paid: renew it in the console (https://console.green-api.com), then run the same command again."
            }
            Self::Deleted => {
                "The instance is deleted: take the idInstance and token of a living one from the console (https://console.green-api.com)."
            }
            Self::Suspended => {
                "The account is suspended for now: rest the number, look at its state in the console, and run the same command again later."
            }
            Self::Blocked => {
                "The number is blocked by WhatsApp: stop sending from it and see the console (https://console.green-api.com)."
            }
            Self::WrongToken => {
                "The service does not know this token: copy apiTokenInstance anew from the console into GREEN_API_TOKEN or the token file."
            }
            Self::WrongInstance => {
                "The service does not know this instance at this address: compare idInstance and apiUrl with the instance's page in the console."
            }
            Self::WrongAddress => {
                "There is no sendContact at this address: compare --api-url with apiUrl on the instance's page in the console."
            }
            Self::Redirected => {
                "The address answers with a redirect, which is not followed because the token is in it: give the apiUrl from the console as --api-url."
            }
            Self::QuotaExceeded => {
                "The plan's monthly quota of sendContact is used up: change the tariff in the console, or wait for the next month, then run the same command again."
            }
        }
    }
}
