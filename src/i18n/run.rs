//! What is said of a run that waits for its hours, is held or is steered from elsewhere.

#![expect(missing_docs, reason = "the templates tell what a sentence and its fields are")]

use super::{count, sentences};

sentences! {
    /// A line about a run, or a part of one.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum RunMessage {
        // Why nothing is begun.
        BadState { state: String } =
            en "the instance is {state}: the service would take cards and deliver none; looking again",
            ru "состояние инстанса — {state}: сервис принимал бы карточки и не доставлял их; проверим снова",
        Paused =
            en "paused; sendcontact resume lets it go on, sendcontact cancel ends it",
            ru "пауза; продолжить: sendcontact resume, закончить: sendcontact cancel",
        GoesOn = en "Going on.", ru "Продолжаем.",

        // Why a run ends.
        NumberRests { state: String } =
            en "The instance is {state}: the service takes cards in that state and delivers none. Rest the number, and run \
                again when the console (https://console.green-api.com) or sendcontact doctor show it as authorized.",
            ru "Состояние инстанса — {state}: сервис принимает карточки и не доставляет их. Дайте номеру отдохнуть и \
                запустите снова, когда в личном кабинете (https://console.green-api.com) или в sendcontact doctor будет \
                authorized.",
        NotWaitedState { state: String } =
            en "the instance is {state}: WhatsApp restricts the number, and the service takes cards in that state and \
                delivers none. With --no-wait the run ends. Run again when the state is authorized; \
                sendcontact doctor shows it",
            ru "состояние инстанса — {state}: WhatsApp ограничил номер, и сервис принимает карточки, но не доставляет их. \
                С --no-wait запуск заканчивается. Запустите снова, когда состояние станет authorized; его \
                показывает sendcontact doctor",
        NotWaitedPause { why: String, time: String } =
            en "{why}; the pause is {time}. With --no-wait the run ends. Run again after that time",
            ru "{why}, пауза: {time}. С --no-wait запуск заканчивается. Запустите снова, когда это время пройдёт",
        NotWaitedNext { time: String } =
            en "the next contact may go in {time}, as --spacing or --rate say. With --no-wait the run ends. Run again \
                after that time",
            ru "следующий контакт можно отправить через {time}, как велит --spacing или --rate. С --no-wait запуск \
                заканчивается. Запустите снова, когда это время пройдёт",
        Cancelling =
            en "Cancelled: what is under way is finished.",
            ru "Отменено: дожидаемся начатого.",
        OutOfHours = en "Finishing what is under way.", ru "Дожидаемся начатого.",

        // Before the first card.
        Never { rows: u64, why: String } =
            en "{rows} not go in any hour: {why}" [rows = count::en(*rows, "row will", "rows will")],
            ru "{rows} ни в один час: {why}" [rows = count::ru(
                *rows,
                "строка не уйдёт",
                "строки не уйдут",
                "строк не уйдут"
            )],
        Late { by: String } =
            en "The start that was planned passed {by} ago; nothing was sent, as --if-late says.",
            ru "Назначенное время прошло {by} назад; ничего не отправлено, как велит --if-late.",
        AskLate { by: String } =
            en "The start that was planned passed {by} ago. Send now? [y/N] ",
            ru "Назначенное время прошло {by} назад. Отправить сейчас? [д/Н] ",
        ClockAhead { by: String } =
            en "This computer's clock is {by} ahead of the service's. Hours, daily limits and all recorded times go by the \
                service's clock; correct the computer's.",
            ru "Часы этого компьютера спешат на {by} по сравнению с часами сервиса. Окна, дневные лимиты и все записанные \
                времена считаются по часам сервиса; поправьте часы компьютера.",
        ClockBehind { by: String } =
            en "This computer's clock is {by} behind the service's. Hours, daily limits and all recorded times go by the \
                service's clock; correct the computer's.",
            ru "Часы этого компьютера отстают на {by} от часов сервиса. Окна, дневные лимиты и все записанные времена \
                считаются по часам сервиса; поправьте часы компьютера.",
        HadBeenPaused =
            en "The last run was paused when it ended; this one begins afresh.",
            ru "Прошлый запуск закончился на паузе; этот начинает заново.",
        BrokenOff =
            en "Interrupted before the first card: nothing was sent, and the ledger holds what it held before. Run the same \
                command again.",
            ru "Прервано до первой карточки: ничего не отправлено, в реестре всё осталось как было. Запустите ту же команду \
                снова.",
        BookBroken { reason: String } =
            en "{reason}. Without caps the run goes on; what it sends is counted by the next one.",
            ru "{reason}. Пределов нет, поэтому продолжаем; отправленное посчитает следующий запуск.",
        LedgerCopied { from: String, to: String } =
            en "{from} was copied to {to}.",
            ru "{from} скопирован в {to}.",
        LedgerForgetful { path: String } =
            en "The last run was cut off and {path} is gone. Each contact is looked up in the send history before it \
                is sent; what that knows becomes unknown.",
            ru "Прошлая отправка оборвалась, а файла {path} нет. Перед отправкой каждый контакт сверяется с историей \
                отправок; что она знает, становится неизвестным.",
        BroughtIn { cards: u64 } =
            en "{cards} in the instance's book from here on."
                [cards = count::en(*cards, "earlier card counts", "earlier cards count")],
            ru "В книгу инстанса внесены прежние карточки этой кампании: {cards}.",

        // Several instances.
        Instances { instances: u64 } =
            en "{instances}" [instances = count::en(*instances, "instance", "instances")],
            ru "через {instances}" [instances = count::ru(*instances, "инстанс", "инстанса", "инстансов")],
        Share { rows: u64, rate: String } =
            en "{rows}, at most {rate} a second" [rows = count::en(*rows, "card", "cards")],
            ru "{rows}, не быстрее {rate} в секунду"
                [rows = count::ru(*rows, "карточка", "карточки", "карточек"), rate = rate.replace('.', ",")],
        KeptBy { rows: u64, name: String } =
            en "{rows} for {name}, which takes no part: its recipients had a card from it. Name it with --instance to \
                send them." [rows = count::en(*rows, "card waits", "cards wait")],
            ru "{rows} для {name}, а он не участвует: эти получатели уже получали карточку от него. Чтобы отправить, \
                назовите его в --instance."
                [rows = count::ru(*rows, "карточка остаётся", "карточки остаются", "карточек остаётся")],

        // When it will be over.
        Finish { at: String } = en "about {at}", ru "примерно {at}",
        FinishPart { at: String, cards: u64, all: u64 } =
            en "{cards} of {all} cards in this run, the last about {at}",
            ru "в этом запуске карточек {cards} из {all}, последняя примерно {at}",
        Ends { at: String } = en "no card goes from {at} on", ru "с {at} карточки не уходят",
        EndPassed { at: String } =
            en "the end of the run, {at}, has passed; write its date too if it is to be another day",
            ru "время окончания {at} уже прошло; если имелся в виду другой день, укажите и дату",
        FinishNone = en "no card goes in this run", ru "в этом запуске не уйдёт ни одна карточка",
        Delivered { at: String, delay: String, queue: u64 } =
            en "The instance sends one card every {delay} s, and {queue} in its queue: the last one leaves about {at}."
                [queue = count::en(*queue, "message waits", "messages wait")],
            ru "Инстанс отправляет по карточке раз в {delay} с, {queue}: последняя уйдёт примерно {at}."
                [delay = delay.replace('.', ","), queue = count::ru(*queue, "в очереди сообщение", "в очереди сообщения", "в очереди сообщений")],

        // From another terminal.
        NoRun { ledger: String } =
            en "no run is sending from {ledger}: there is nothing to pause, resume or cancel",
            ru "из {ledger} сейчас ничего не отправляется: останавливать и продолжать нечего",
        PauseAsked =
            en "The run starts nothing more within a second, and stays. sendcontact resume lets it go on.",
            ru "В течение секунды запуск перестанет начинать карточки и останется ждать. Продолжить: sendcontact resume.",
        ResumeAsked = en "The run goes on within a second.", ru "В течение секунды запуск продолжится.",
        NotPaused = en "The run is not paused.", ru "Запуск не на паузе.",
        ToldToEnd =
            en "The run was told to end, and does so.",
            ru "Запуску уже велено закончиться, и он закончится.",
        CancelAsked =
            en "The run starts nothing more within a second, finishes what is under way and ends.",
            ru "В течение секунды запуск перестанет начинать карточки, дождётся начатого и закончится.",
    }
}
