//! Why the service refused a contact, as far as people have to react differently.

use super::own_words::OwnWords;
use crate::i18n::Language;

/// The code of a row whose number has no account, according to the check before its contact.
pub const NO_ACCOUNT: &str = "no_account";

/// The cause of a refusal, derived from the words of a failed row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCause {
    /// The plan allows no more chats; the row itself is correct.
    ChatQuota,
    /// `bad request data`: the service does not say what is wrong, and the row passed every check.
    BadRequestData,
    /// The service knows recipients only by `chatId`.
    ChatIdWanted,
    /// The number has no account: nothing was sent.
    NoAccount,
    /// Anything else; its words say what.
    Other,
}

impl RefusalCause {
    /// Derives the cause from the column `error`. A 466 refuses a contact only for the quota of chats: the other quota
    /// stops the run.
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
