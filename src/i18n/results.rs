//! Explanations of rows in the results: what happened and what to do.

use super::{Language, messages};

messages! {
    /// The explanation of a row by what it is now. The words in brackets are the service's.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Explanation {
        Refused { words: String } =
            en "The service refused this contact ({words}): correct the row and run the same command again, or send \
                it again with --retry-failed.",
            ru "Сервис не принял этот контакт ({words}). Исправьте строку и запустите ту же команду ещё раз или \
                отправьте повторно с --retry-failed.",
        UnderWay =
            en "A request for this contact is in progress, or the program ended before its answer came.",
            ru "Запрос с этим контактом ещё выполняется, или программа завершилась раньше, чем пришёл ответ.",
        Unclear { words: String } =
            en "The contact was sent, but no clear answer came ({words}): it may have arrived. It is never resent \
                automatically: run sendcontact reconcile, or decide with sendcontact resolve.",
            ru "Контакт передан, но ясного ответа нет ({words}): он мог дойти. Повторно он автоматически не \
                отправляется: запустите sendcontact reconcile или решите сами: sendcontact resolve.",
        DuplicateSomewhere =
            en "Another row has the same contact for the same recipient.",
            ru "Тот же контакт тому же получателю есть в другой строке.",
        Duplicate { row: u64 } =
            en "Row {row} has the same contact for the same recipient; it is sent once.",
            ru "Тот же контакт тому же получателю есть в строке {row}; он отправляется один раз.",
        DuplicateElsewhere { row: u64, source: String } =
            en "Row {row} of {source} has the same contact for the same recipient; it is sent once.",
            ru "Тот же контакт тому же получателю есть в строке {row} файла {source}; он отправляется один раз.",
        Suppressed =
            en "The recipient is on the do-not-contact list; nothing was sent.",
            ru "Получатель в стоп-листе; ему ничего не отправлено.",
        PutOff =
            en "Not sent yet: the service did not accept it. Run the same command again.",
            ru "Ещё не отправлено: сервис не принял контакт. Запустите ту же команду ещё раз.",
        Pending =
            en "Not sent yet: run the same command again.",
            ru "Ещё не отправлено: запустите ту же команду ещё раз.",
        NotGiven =
            en "Not sent: its file was not given in the last run. To send it, give that file too.",
            ru "Не отправлено: файл этой строки в последнем запуске не был указан. Чтобы отправить, укажите и его.",
        Unlisted =
            en "This row is no longer in the input.",
            ru "Этой строки больше нет во входном файле.",
    }
}

messages! {
    /// What became of an accepted contact; `at` is a time in UTC.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Fate {
        Queued { at: String } =
            en "In the instance's queue ({at}).",
            ru "В очереди инстанса ({at}).",
        Sent { at: String } =
            en "Sent on {at}, but not delivered yet: the phone may be off. Check again later with sendcontact track.",
            ru "Отправлено {at}, но ещё не доставлено: телефон может быть выключен. Проверьте позже: sendcontact \
                track.",
        Delivered { at: String } =
            en "Delivered on {at}.",
            ru "Доставлено {at}.",
        Read { at: String } =
            en "Read on {at}.",
            ru "Прочитано {at}.",
        Failed { at: String } =
            en "WhatsApp could not deliver it ({at}): check the number and the state of the instance.",
            ru "WhatsApp не смог доставить контакт ({at}): проверьте номер и состояние инстанса.",
        NoAccount { at: String } =
            en "The number has no WhatsApp account ({at}): use another number or another channel.",
            ru "На этом номере нет WhatsApp ({at}): нужен другой номер или другой способ связи.",
        NotInGroup { at: String } =
            en "The sender is not in this group ({at}): add it to the group, then send the contact in a new campaign.",
            ru "Отправителя нет в этой группе ({at}): добавьте его и отправьте контакт новой кампанией.",
        YellowCard { at: String } =
            en "WhatsApp restricts the sender and holds the contact back ({at}): stop sending and let the number rest \
                for a few days.",
            ru "WhatsApp ограничил отправителя и задержал контакт ({at}): остановите отправку, дайте номеру отдохнуть \
                несколько дней.",
    }
}

messages! {
    /// What we say in the column `error`, where mostly the service speaks. That column holds the
    /// English words, like codes; the explanation beside it says them in the person's language.
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

    /// The words of the column `error` in a language; those of the service stay as they are.
    #[must_use]
    pub fn of_error(error: &str, language: Language) -> String {
        let ours = Self::ALL
            .into_iter()
            .find(|words| words.localized(Language::En) == error);
        ours.map_or_else(|| error.to_owned(), |words| words.localized(language))
    }
}

messages! {
    /// The seven words for what a row is now, as a person reads them.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum StatusWord {
        Accepted = en "accepted", ru "принято",
        Failed = en "failed", ru "отказано",
        Invalid = en "invalid", ru "с ошибкой",
        Duplicate = en "duplicate", ru "повтор",
        Suppressed = en "suppressed", ru "в стоп-листе",
        Unknown = en "unknown", ru "неизвестно",
        Pending = en "pending", ru "ожидает",
    }
}
