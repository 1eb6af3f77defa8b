//! The outcome of one request. `green_api` says which answer means which outcome; `engine` says what follows from it.

use std::{fmt, time::Duration};

use super::{is_invisible, own_words::OwnWords};
use crate::i18n::{Language, messages};

/// The service's id of an accepted message, unique within its chat.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdMessage(String);

impl IdMessage {
    /// The maximum number of characters; the service's ids have about twenty.
    const LONGEST: usize = 300;

    /// Accepts any text of one line that is not blank, fits into a cell and can be read as it is: the service does not
    /// document a format. The replacement character stands for bytes that were not UTF-8, so the id itself is lost.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let id = text.trim();
        let is_lost = |char: char| {
            char.is_control()
                || is_invisible(char)
                || matches!(char, '\u{2028}' | '\u{2029}' | char::REPLACEMENT_CHARACTER)
        };
        let is_readable =
            !id.is_empty() && !id.contains(is_lost) && id.chars().count() <= Self::LONGEST;
        is_readable.then(|| Self(id.to_owned()))
    }

    /// Returns the id as the service wrote it.
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

/// The outcome of one request. Every text is free of the token and short enough for a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The service queued the contact.
    Accepted(IdMessage),
    /// The service refused this contact, with these words; another contact may pass.
    Refused(String),
    /// The service took nothing and asks everybody to wait.
    Throttled {
        /// Why.
        by: Throttle,
        /// For how long, if the answer said so.
        wait: Option<Duration>,
    },
    /// Nothing of the request was written: the service could not be reached.
    Unreachable(String),
    /// The request may or may not have been taken.
    Uncertain(String),
    /// The service took nothing, and will take nothing until a person has done something.
    Halted(Halt, String),
    /// The service took nothing, because it knows recipients only by `chatId`.
    ChatIdWanted,
}

impl Outcome {
    /// Describes the outcome for people.
    #[must_use]
    pub fn words(&self, language: Language) -> String {
        match self {
            Self::Accepted(id) => id.to_string(),
            Self::Refused(words) | Self::Unreachable(words) | Self::Uncertain(words) => {
                OwnWords::of_error(words, language)
            }
            Self::Throttled { by, .. } => by.localized(language),
            Self::Halted(halt, words) => format!("{words}. {}", halt.localized(language)),
            Self::ChatIdWanted => OwnWords::UseAuto.localized(language),
        }
    }
}

messages! {
    /// Why the service asks for a pause.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Throttle {
        /// There were more requests per second than the service allows.
        TooMany =
            en "the service asks for fewer requests (HTTP 429)",
            ru "сервис просит отправлять запросы реже (HTTP 429)",
        /// The instance is starting.
        Starting =
            en "the instance is starting",
            ru "инстанс запускается",
        /// The instance is starting or not authorized: `getStateInstance` tells which.
        StartingOrNotAuthorized =
            en "the instance is starting or not authorized",
            ru "инстанс запускается или не авторизован",
    }
}

messages! {
    /// Why the service takes nothing more from this instance, and what a person has to do.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Halt {
        /// No phone is linked.
        NotAuthorized =
            en "The instance is not authorized: scan its QR code in the console (https://console.green-api.com), then \
                run the same command again.",
            ru "Инстанс не авторизован: отсканируйте его QR-код в личном кабинете (https://console.green-api.com) и \
                запустите ту же команду снова.",
        /// The instance is not paid.
        Expired =
            en "The instance is not paid: renew it in the console (https://console.green-api.com), then run the same \
                command again.",
            ru "Инстанс не оплачен: продлите его в личном кабинете (https://console.green-api.com) и запустите ту же \
                команду снова.",
        /// The instance is deleted.
        Deleted =
            en "The instance is deleted: take the idInstance and token of another instance from the console \
                (https://console.green-api.com).",
            ru "Инстанс удалён: возьмите idInstance и токен действующего инстанса в личном кабинете \
                (https://console.green-api.com).",
        /// The account is suspended.
        Suspended =
            en "The account is suspended for now: let the number rest, check its state in the console, and run the same \
                command again later.",
            ru "Аккаунт временно ограничен: дайте номеру отдохнуть, посмотрите его состояние в личном кабинете и \
                запустите ту же команду позже.",
        /// The number is banned.
        Blocked =
            en "The number is blocked by WhatsApp: stop sending from it and check the console \
                (https://console.green-api.com).",
            ru "Номер заблокирован в WhatsApp: прекратите рассылку с него и зайдите в личный кабинет \
                (https://console.green-api.com).",
        /// The token is wrong.
        WrongToken =
            en "The service does not know this token: copy apiTokenInstance again from the console into GREEN_API_TOKEN \
                or the token file.",
            ru "Сервис не знает такого токена: заново скопируйте apiTokenInstance из личного кабинета в GREEN_API_TOKEN \
                или в файл с токеном.",
        /// The instance is wrong, or it is on another host.
        WrongInstance =
            en "The service does not know this instance at this address: compare idInstance and apiUrl with the \
                instance's page in the console.",
            ru "Сервис не знает такого инстанса по этому адресу: сверьте idInstance и apiUrl со страницей инстанса в \
                личном кабинете.",
        /// There is no such method at this address.
        WrongAddress =
            en "This address does not take these requests: compare --api-url with apiUrl on the instance's page in the \
                console.",
            ru "По этому адресу такие запросы не принимают: сверьте --api-url с apiUrl на странице инстанса в личном кабинете.",
        /// The address answers with a redirect, which is never followed, because the token is in the path.
        Redirected =
            en "The address answers with a redirect, which is not followed because the address contains the token: give the apiUrl \
                from the console as --api-url.",
            ru "Адрес отвечает перенаправлением, но переходить по нему нельзя: в адресе есть токен. Укажите apiUrl из личного \
                кабинета в --api-url.",
        /// The plan allows no more calls of the method.
        QuotaExceeded =
            en "The plan's monthly quota of these requests is used up: change the tariff in the console, or wait for the \
                next month, then run the same command again.",
            ru "Месячная квота таких запросов по тарифу исчерпана: смените тариф в личном кабинете или дождитесь \
                следующего месяца и запустите ту же команду снова.",
    }
}

impl Halt {
    /// Whether the instance refuses all requests. A method that does not exist, or whose quota is used up, says nothing
    /// about other methods.
    #[must_use]
    pub const fn is_of_instance(self) -> bool {
        match self {
            Self::WrongAddress | Self::Redirected | Self::QuotaExceeded => false,
            Self::NotAuthorized
            | Self::Expired
            | Self::Deleted
            | Self::Suspended
            | Self::Blocked
            | Self::WrongToken
            | Self::WrongInstance => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_service_come_before_the_advice() {
        let halted = Outcome::Halted(Halt::NotAuthorized, "HTTP 401".to_owned());
        assert!(
            halted
                .words(Language::En)
                .starts_with("HTTP 401. The instance is not authorized")
        );
        assert!(
            halted
                .words(Language::Ru)
                .starts_with("HTTP 401. Инстанс не авторизован")
        );
    }
}
