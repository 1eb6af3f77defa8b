//! Messages at the end of a run.

use crate::i18n::{count, messages};

messages! {
    /// The result of a run, and what to do next.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) enum SummaryMessage {
        AllRows = en "rows", ru "всего строк",
        NothingSent = en "nothing was sent", ru "ничего не отправлено",
        RunAgain { rows: u64 } =
            en "Run the same command again to send {rows}."
                [rows = count::en(*rows, "pending contact", "pending contacts")],
            ru "Чтобы отправить ещё {rows}, запустите ту же команду снова."
                [rows = count::ru(*rows, "контакт", "контакта", "контактов")],
        RunWithoutLimit { rows: u64 } =
            en "To send {rows}, run the command without --limit."
                [rows = count::en(*rows, "pending contact", "pending contacts")],
            ru "Чтобы отправить ещё {rows}, запустите команду без --limit."
                [rows = count::ru(*rows, "контакт", "контакта", "контактов")],
        RunLate { rows: u64 } =
            en "To send later, give another --start-at; to send {rows} now, run the command with --if-late run."
                [rows = count::en(*rows, "pending contact", "pending contacts")],
            ru "Чтобы отправить позже, укажите другое --start-at; чтобы отправить {rows} сейчас, запустите команду с --if-late run."
                [rows = count::ru(*rows, "контакт", "контакта", "контактов")],
        UnknownLeft { rows: u64 } =
            en "{rows} unknown. An unknown contact may have arrived, so it is never resent automatically. Look it up, \
                or decide yourself:"
                [rows = count::en(*rows, "contact is", "contacts are")],
            ru "Неизвестно, что стало с {rows}. Такой контакт мог дойти, поэтому повторно он автоматически не \
                отправляется. Поищите его или решите сами:"
                [rows = count::ru(*rows, "контактом", "контактами", "контактами")],
    }
}

messages! {
    /// Why a run ended.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) enum StopMessage {
        Halted { advice: String, words: String } = en "{advice} ({words})", ru "{advice} ({words})",
        Unreachable { words: String } =
            en "The service could not be reached ({words}). Check the connection and --api-url.",
            ru "Связаться с сервисом не удалось ({words}). Проверьте подключение и --api-url.",
        NeverReached { words: String } =
            en "The service could not be reached even once ({words}), so the run does not try for longer. Check --api-url \
                and the connection.",
            ru "Связаться с сервисом не удалось ни разу ({words}), поэтому дальше не пробуем. Проверьте --api-url и \
                подключение.",
        Throttled { words: String } =
            en "The service throttled every request until the time of --retry-for was over: {words}.",
            ru "Сервис не принимал контакты всё время, заданное --retry-for: {words}.",
        Unclear { answers: u64 } =
            en "{answers} unclear, so nothing more was sent. First check that the service is working."
                [answers = count::en(*answers, "answer was", "answers in a row were")],
            ru "{answers} подряд, поэтому отправка остановлена. Сначала проверьте, что сервис работает."
                [answers = count::ru(*answers, "неясный ответ", "неясных ответа", "неясных ответов")],
        Refused =
            en "The service refused as many contacts as --max-failures allows, so the rest was not sent. Look at the \
                column error of the results first.",
            ru "Сервис отказал столько раз, сколько допускает --max-failures, поэтому остальные контакты не отправлены. \
                Сначала посмотрите столбец error («Ошибка») файла результатов.",
        AllRefused =
            en "The service refused every contact of this run. Look at the column error of the results before you \
                send again.",
            ru "Сервис не принял ни одного контакта в этом запуске. Прежде чем отправлять снова, посмотрите столбец \
                error («Ошибка») файла результатов.",
        PendingNotGiven =
            en "Pending rows are left: their file or their instance was not part of this run.",
            ru "Остались неотправленные строки: их файл или их инстанс в этом запуске не указан.",
        WasInterrupted = en "The run was interrupted.", ru "Запуск прерван.",
        WasCancelled = en "The run was cancelled.", ru "Запуск отменён.",
        RestrictedState { state: String } =
            en "The instance state is {state}: the service accepts contacts in that state but delivers none. Let the \
                number rest. Run again when the console (https://console.green-api.com) or the command doctor shows \
                authorized.",
            ru "Состояние инстанса — {state}: сервис принимает контакты, но не доставляет их. Дайте номеру отдохнуть \
                и запустите снова, когда личный кабинет (https://console.green-api.com) или команда doctor покажет \
                authorized.",
        Late { by: String } =
            en "The scheduled start was {by} ago; nothing was sent, as set in --if-late.",
            ru "Назначенное время начала прошло {by} назад; ничего не отправлено, так задано в --if-late.",
    }
}

messages! {
    /// Stands in for a value that nobody knows.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum NoData {
        NoData = en "no data", ru "нет данных",
    }
}
