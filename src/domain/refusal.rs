//! Why the service refused a contact, as far as a person has to do different things about it.

use super::own_words::OwnWords;
use crate::i18n::Language;

/// The code of a row whose number has no account, as the check before its contact found.
pub const NO_ACCOUNT: &str = "no_account";

/// What kind of refusal the words of a failed row are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCause {
    /// The plan allows no more chats; the row is right.
    ChatQuota,
    /// `bad request data`: the service does not say what is wrong, and the row passed every check.
    BadRequestData,
    /// The service knows recipients by `chatId` only.
    ChatIdWanted,
    /// The number has no account: nothing was sent.
    NoAccount,
    /// Anything else: its words say it.
    Other,
}

impl RefusalCause {
    /// By what the column `error` says. Of 466 only the quota of chats refuses a contact: the other one stops the run.
    #[must_use]
    pub fn of(error: &str) -> Self {
        let words = error.to_lowercase();
        if words.starts_with("http 466") {
            Self::ChatQuota
        } else if words.starts_with("http 400") && words.contains("bad request data") {
            Self::BadRequestData
        } else if error == OwnWords::UseAuto.localized(Language::En) {
            Self::ChatIdWanted
        } else if error == NO_ACCOUNT {
            Self::NoAccount
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_failed_row_have_one_cause() {
        let use_auto = OwnWords::UseAuto.localized(Language::En);
        for (error, cause) in [
            (
                "HTTP 466: Monthly quota has been exceeded",
                RefusalCause::ChatQuota,
            ),
            ("HTTP 400: bad request data", RefusalCause::BadRequestData),
            (
                "HTTP 400: Bad Request Data: chatId",
                RefusalCause::BadRequestData,
            ),
            ("HTTP 400: Validation failed", RefusalCause::Other),
            ("HTTP 413: Payload Too Large", RefusalCause::Other),
            (use_auto.as_str(), RefusalCause::ChatIdWanted),
            ("no_account", RefusalCause::NoAccount),
            ("", RefusalCause::Other),
        ] {
            assert_eq!(RefusalCause::of(error), cause, "{error}");
        }
    }
}
