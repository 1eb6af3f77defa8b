//! Our own texts in the column `error` of the results, among those of the service.

use std::time::Duration;

use crate::i18n::{Language, messages};

messages! {
    /// Our own texts in the column `error`, which mostly holds the service's words. The column has them in English,
    /// like codes; the explanation beside it has them in the user's language.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum OwnWords {
        ProgramEnded =
            en "the program ended before the answer came",
            ru "программа завершилась раньше, чем пришёл ответ",
        LedgerForgot =
            en "the send history knows this contact as sent, and the ledger has lost it",
            ru "по истории отправок этот контакт отправлен, а в реестре этой записи нет",
        RunStopped =
            en "the run was stopped before the answer came",
            ru "отправку остановили раньше, чем пришёл ответ",
        UseAuto =
            en "the service knows recipients by chatId only: use --address-as auto",
            ru "сервис знает получателей только по chatId: укажите --address-as auto",
        ConnectionBroke =
            en "the connection broke without an answer",
            ru "связь прервалась раньше, чем пришёл ответ",
    }
}

impl OwnWords {
    const ALL: [Self; 5] = [
        Self::ProgramEnded,
        Self::LedgerForgot,
        Self::RunStopped,
        Self::UseAuto,
        Self::ConnectionBroke,
    ];

    /// Returns the text of the column `error` in a language; the service's words are unchanged. Causes after our text,
    /// which are those of libraries, are left out: they say nothing to the user.
    #[must_use]
    pub fn of_error(error: &str, language: Language) -> String {
        if let Some(time) = error.strip_prefix(NO_ANSWER) {
            let time = time.to_owned();
            return TimedOut::NoAnswer { time }.localized(language);
        }
        let is_it = |words: &Self| {
            let rest = error.strip_prefix(words.localized(Language::En).as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(": "))
        };
        let ours = Self::ALL.into_iter().find(is_it);
        ours.map_or_else(|| error.to_owned(), |words| words.localized(language))
    }

    /// Returns the text of the column `error` for a request that got no answer within this time.
    #[must_use]
    pub fn no_answer_within(time: Duration) -> String {
        format!("{NO_ANSWER}{time:?}")
    }
}

/// Precedes the time in the column `error`.
const NO_ANSWER: &str = "no answer within ";

messages! {
    /// What the column `error` says with a time.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum TimedOut {
        NoAnswer { time: String } =
            en "no answer within {time}",
            ru "ответа не было {time}" [time = time.replace("ms", " мс").replace('s', " с")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::tests::runs_in_no_spreadsheet;

    #[test]
    fn our_words_run_in_no_spreadsheet() {
        runs_in_no_spreadsheet(OwnWords::TEMPLATES);
    }

    #[test]
    fn our_own_words_among_those_of_the_service_are_told_in_the_language() {
        let ended = "the program ended before the answer came";
        assert_eq!(OwnWords::of_error(ended, Language::En), ended);
        assert!(OwnWords::of_error(ended, Language::Ru).starts_with("программа завершилась"));
        assert_eq!(
            OwnWords::of_error("HTTP 400: bad", Language::Ru),
            "HTTP 400: bad"
        );
        let broke =
            "the connection broke without an answer: connection closed before message completed";
        assert_eq!(
            OwnWords::of_error(broke, Language::Ru),
            "связь прервалась раньше, чем пришёл ответ"
        );
        let late = OwnWords::no_answer_within(Duration::from_secs(30));
        assert_eq!(OwnWords::of_error(&late, Language::En), late);
        assert_eq!(
            OwnWords::of_error(&late, Language::Ru),
            "ответа не было 30 с"
        );
    }
}
