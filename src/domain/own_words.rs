//! Our own texts in the column `error` of the results, among those of the service.

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
    }
}

impl OwnWords {
    const ALL: [Self; 4] = [
        Self::ProgramEnded,
        Self::LedgerForgot,
        Self::RunStopped,
        Self::UseAuto,
    ];

    /// Returns the text of the column `error` in a language; the service's words are unchanged.
    #[must_use]
    pub fn of_error(error: &str, language: Language) -> String {
        let ours = Self::ALL
            .into_iter()
            .find(|words| words.localized(Language::En) == error);
        ours.map_or_else(|| error.to_owned(), |words| words.localized(language))
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
    }
}
