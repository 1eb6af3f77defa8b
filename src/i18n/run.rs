//! Messages about a run that waits, is held back or is controlled from another terminal.

use super::{count, messages};

messages! {
    /// A line about a run, or a part of one.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum RunMessage {
        // Why nothing is begun.
        BadState { state: String } =
            en "the instance state is {state}: the service would accept contacts but deliver none; checking again",
            ru "состояние инстанса — {state}: сервис примет контакты, но не доставит; проверим снова",
        Paused =
            en "paused",
            ru "пауза",
        WhilePaused =
            en "To continue, or to end, from another terminal:",
            ru "Продолжить или закончить, из другого терминала:",
        CannotBeReached { why: String } = en "the service cannot be reached ({why})", ru "сервис недоступен ({why})",
        NoAddress = en "its address is not found", ru "адрес не найден",
        ConnectionRefused = en "the connection is refused", ru "соединение отклонено",
        ConnectionSlow = en "no connection in time", ru "соединение не установлено вовремя",
        GoesOn = en "Resumed.", ru "Продолжаем.",

        // Why a run ends.
        NumberRests { state: String } =
            en "The instance state is {state}: the service accepts contacts in that state but delivers none. Let the \
                number rest. Run again when the console (https://console.green-api.com) or the command doctor shows \
                authorized.",
            ru "Состояние инстанса — {state}: сервис принимает контакты, но не доставляет их. Дайте номеру отдохнуть \
                и запустите снова, когда личный кабинет (https://console.green-api.com) или команда doctor покажет \
                authorized.",
        NotWaitedState { state: String } =
            en "the instance state is {state}: WhatsApp restricts the number, and the service accepts contacts but \
                delivers none. With --no-wait the run ends. Run again when the state is authorized; the command \
                doctor shows it",
            ru "состояние инстанса — {state}: WhatsApp ограничил номер, и сервис принимает контакты, но не доставляет \
                их. С --no-wait запуск заканчивается. Запустите снова, когда состояние станет authorized; его \
                показывает команда doctor",
        NotWaitedPause { why: String, time: String } =
            en "{why}; the pause is {time}. With --no-wait the run ends. Run again after that time",
            ru "{why}, пауза: {time}. С --no-wait запуск заканчивается. Запустите снова, когда это время пройдёт",
        NotWaitedNext { time: String } =
            en "the next contact may be sent in {time}, because of --spacing or --rate. With --no-wait the run ends. \
                Run again after that time",
            ru "следующий контакт можно отправить через {time}, так задано в --spacing или --rate. С --no-wait запуск \
                заканчивается. Запустите снова, когда это время пройдёт",
        Cancelling =
            en "Cancelled: finishing the contacts in progress.",
            ru "Отменено: ждём ответа на уже отправленные запросы.",
        OutOfHours = en "Finishing the contacts in progress.", ru "Ждём ответа на уже отправленные запросы.",

        // Before the first contact.
        Never { rows: u64, why: String } =
            en "{rows} never be sent within these hours: {why}" [rows = count::en(*rows, "row can", "rows can")],
            ru "{rows} ни в одно окно отправки: {why}" [rows = count::ru(
                *rows,
                "строка не попадает",
                "строки не попадают",
                "строк не попадают"
            )],
        Late { by: String } =
            en "The scheduled start was {by} ago; nothing was sent, as set in --if-late.",
            ru "Назначенное время начала прошло {by} назад; ничего не отправлено, так задано в --if-late.",
        AskLate { by: String } =
            en "The scheduled start was {by} ago. Send now? [y/N] ",
            ru "Назначенное время начала прошло {by} назад. Отправить сейчас? [д/Н] ",
        ClockAhead { by: String } =
            en "This computer's clock is {by} ahead of the service's clock. Hours, daily caps and all recorded times \
                use the service's clock; correct the computer's clock.",
            ru "Часы этого компьютера спешат на {by} по сравнению с часами сервиса. Окна, дневные лимиты и все записанные \
                времена считаются по часам сервиса; поправьте часы компьютера.",
        ClockBehind { by: String } =
            en "This computer's clock is {by} behind the service's clock. Hours, daily caps and all recorded times \
                use the service's clock; correct the computer's clock.",
            ru "Часы этого компьютера отстают на {by} от часов сервиса. Окна, дневные лимиты и все записанные времена \
                считаются по часам сервиса; поправьте часы компьютера.",
        HadBeenPaused =
            en "The last run was paused when it ended; this run starts without the pause.",
            ru "Прошлый запуск закончился на паузе; этот начинается без паузы.",
        BookBroken { reason: String } =
            en "{reason}. No caps are set, so the run continues; the next run counts what this one sends.",
            ru "{reason}. Лимиты не заданы, поэтому продолжаем; отправленное учтёт следующий запуск.",
        LedgerCopied { from: String, to: String } =
            en "{from} was copied to {to}.",
            ru "{from} скопирован в {to}.",
        LedgerForgetful { path: String } =
            en "The last run was cut off, and {path} is missing. Each contact is checked against the send history \
                before it is sent; a contact found there becomes unknown.",
            ru "Прошлая отправка оборвалась, а файла {path} нет. Перед отправкой каждый контакт сверяется с историей \
                отправок; найденные там контакты становятся неизвестными (unknown).",
        HistoryMissing =
            en "The send history that this campaign used is missing. A new one begins with what this campaign sent; \
                what other campaigns sent is not known.",
            ru "Истории отправок, которую вела эта кампания, нет. Новая начата с того, что отправила эта кампания; что \
                отправили другие, неизвестно.",
        BroughtIn { cards: u64 } =
            en "{cards} towards the daily caps."
                [cards = count::en(*cards, "earlier contact of this campaign now counts", "earlier contacts of this campaign now count")],
            ru "В дневных лимитах учтены ранее отправленные контакты этой кампании: {cards}.",

        // Several instances.
        Instances { instances: u64 } =
            en "through {instances}" [instances = count::en(*instances, "instance", "instances")],
            ru "через {instances}" [instances = count::ru(*instances, "инстанс", "инстанса", "инстансов")],
        Share { rows: u64, rate: String } =
            en "{rows}, at most {rate} a second" [rows = count::en(*rows, "contact", "contacts")],
            ru "{rows}, не быстрее {rate} в секунду"
                [rows = count::ru(*rows, "контакт", "контакта", "контактов"), rate = rate.replace('.', ",")],
        KeptBy { rows: u64, name: String } =
            en "{rows} for {name}, which is not part of this run: these recipients already got a contact from it. To \
                send them, name it with --instance." [rows = count::en(*rows, "contact waits", "contacts wait")],
            ru "{rows} для {name}, а он не участвует в этом запуске: эти получатели уже получали контакт от него. \
                Чтобы отправить, укажите его в --instance."
                [rows = count::ru(*rows, "контакт остаётся", "контакта остаются", "контактов остаётся")],

        // When it will be over.
        Finish { at: String, time: String } = en "about {at}, in {time}", ru "примерно {at}, через {time}",
        FinishPart { at: String, cards: u64, all: u64 } =
            en "{cards} of {all} contacts in this run, the last at about {at}",
            ru "в этом запуске {cards} из {all} контактов, последний примерно {at}",
        Ends { at: String } = en "no contact is sent from {at} on", ru "с {at} контакты не отправляются",
        EndPassed { at: String } =
            en "the end of the run, {at}, has passed; if you mean another day, add its date",
            ru "время окончания {at} уже прошло; если имелся в виду другой день, укажите и дату",
        FinishNone = en "no contact is sent in this run", ru "в этом запуске не уйдёт ни один контакт",
        Delivered { at: String, delay: String, queue: u64 } =
            en "The instance sends one contact every {delay} s, and {queue} in its queue: the last contact of this run \
                leaves at about {at}."
                [queue = count::en(*queue, "message waits", "messages wait")],
            ru "Инстанс отправляет один контакт в {delay} с, в очереди {queue}; последний контакт этого запуска уйдёт примерно \
                {at}."
                [delay = delay.replace('.', ","), queue = count::ru(*queue, "сообщение", "сообщения", "сообщений")],

        // From another terminal.
        NoRun { ledger: String } =
            en "no run is sending from {ledger}: there is nothing to pause, resume or cancel",
            ru "из {ledger} сейчас ничего не отправляется: останавливать и продолжать нечего",
        PauseAsked =
            en "The run will pause within a second. To continue:",
            ru "Запуск встанет на паузу в течение секунды. Продолжить:",
        ResumeAsked = en "The run will continue within a second.", ru "Запуск продолжится в течение секунды.",
        NotPaused = en "The run is not paused.", ru "Запуск не на паузе.",
        ToldToEnd =
            en "The run is already ending.",
            ru "Запуск уже останавливается.",
        CancelAsked =
            en "Within a second the run will start no more contacts; it finishes those in progress and ends.",
            ru "В течение секунды запуск перестанет отправлять новые контакты, дождётся ответа на уже отправленные \
                запросы и закончится.",
    }
}
