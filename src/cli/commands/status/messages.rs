//! What `status` says beside the counts.

use crate::i18n::{count, messages};

messages! {
    /// The labels at the left edge.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) enum StatusLabel {
        Delivery = en "Delivery", ru "Доставка",
        SentBy = en "Sent by", ru "Кто отправляет",
        ToDo = en "To do", ru "Что делать",
        Campaign = en "campaign", ru "кампания",
        Rows = en "rows", ru "строк",
        Accepted = en "accepted", ru "принято",
        NotSent = en "not sent", ru "с ошибкой",
        Unknown = en "unknown", ru "неизвестно",
        Pending = en "pending", ru "ожидают",
        State = en "state", ru "состояние",
    }
}

messages! {
    /// What a campaign is doing.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum StateMessage {
        Head { campaign: String, said: String } =
            en "Campaign {campaign}: {said}",
            ru "Кампания {campaign}: {said}",
        New = en "no run yet", ru "запусков ещё не было",
        Starting = en "a command works on it now", ru "сейчас с ней работает другая команда",
        Running { command: String, since: String } =
            en "running since {since} ({command})",
            ru "идёт с {since} ({command})",
        Waiting { waits: String } = en "{waits}", ru "{waits}",
        Paused = en "paused", ru "пауза",
        PausedSince { since: String } =
            en "paused; the run began {since}",
            ru "пауза; запуск начат {since}",
        Stopping =
            en "ending after the contacts in progress",
            ru "заканчивается: ждём ответа на отправленные запросы",
        NotKnown { why: String } = en "{why}", ru "{why}",
        CutOff { command: String, since: String } =
            en "not running; the last run ({command}, began {since}) was cut off",
            ru "не идёт; последний запуск ({command}, начат {since}) оборвался",
        Ended { command: String, at: String, exit: u8, meaning: ExitMeaning } =
            en "not running; {command} ended {at}: {meaning} (exit code {exit})",
            ru "не идёт; {command} завершён {at}: {meaning} (код выхода {exit})",
        Unreadable { campaign: String, reason: String } =
            en "{campaign}: {reason}",
            ru "{campaign}: {reason}",
    }
}

messages! {
    /// What an exit code means, in a few words.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) enum ExitMeaning {
        Done = en "done", ru "всё сделано",
        LimitReached = en "the limit of the run is reached", ru "лимит запуска достигнут",
        Fault = en "a fault of the program or the machine", ru "сбой программы или компьютера",
        Usage = en "wrong arguments or settings", ru "неверные параметры или настройки",
        Input = en "the input could not be used", ru "входной файл не подошёл",
        Rows = en "some rows are failed or invalid", ru "в части строк ошибки или отказы",
        Early = en "stopped early", ru "остановлено раньше времени",
        Unknown = en "some outcomes are unknown", ru "судьба части контактов неизвестна",
        Refused = en "the instance refused", ru "инстанс отказал",
        ContactsRefused = en "too many contacts were refused", ru "слишком много отказов",
        Interrupted = en "interrupted", ru "прервано",
        Other = en "ended", ru "завершено",
    }
}

impl ExitMeaning {
    /// Returns the meaning of an exit code. Contacts that can be sent are left without a fault only by `--limit`.
    pub(super) const fn of(exit: u8, sendable: u64) -> Self {
        match exit {
            0 if sendable > 0 => Self::LimitReached,
            0 => Self::Done,
            1 => Self::Fault,
            2 => Self::Usage,
            3 => Self::Input,
            4 => Self::Rows,
            5 => Self::Early,
            6 => Self::Unknown,
            7 => Self::Refused,
            8 => Self::ContactsRefused,
            130 => Self::Interrupted,
            _ => Self::Other,
        }
    }
}

messages! {
    /// What to do next.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum NextStep {
        Nothing = en "Nothing is left to do.", ru "Больше ничего делать не нужно.",
        Sending = en "The run continues by itself. To end it:", ru "Отправка продолжится сама. Чтобы её закончить:",
        WaitFor { command: String } =
            en "Wait until {command} has ended.",
            ru "Подождите, пока закончится {command}.",
        WaitForEnd = en "Wait until the run has ended.", ru "Подождите, пока запуск закончится.",
        AskAsOwner =
            en "Run status as the user who sends this campaign.",
            ru "Запустите status от имени того, кто ведёт эту рассылку.",
        Paused =
            en "To go on, or to end the run:",
            ru "Продолжить или закончить:",
        Send { rows: u64 } =
            en "Run the same send command again to send {rows}."
                [rows = count::en(*rows, "pending contact", "pending contacts")],
            ru "Чтобы отправить ещё {rows}, запустите ту же команду send снова."
                [rows = count::ru(*rows, "контакт", "контакта", "контактов")],
        SendWithoutLimit { rows: u64 } =
            en "To send {rows}, run the send command without --limit."
                [rows = count::en(*rows, "pending contact", "pending contacts")],
            ru "Чтобы отправить ещё {rows}, запустите команду send без --limit."
                [rows = count::ru(*rows, "контакт", "контакта", "контактов")],
        NameInstance { rows: u64, name: String } =
            en "{rows} for {name}, which was not part of the last run: these recipients already got a contact from it. \
                To send them, name it with --instance." [rows = count::en(*rows, "contact waits", "contacts wait")],
            ru "{rows} для {name}, а он не участвовал в последнем запуске: эти получатели уже получали контакт от \
                него. Чтобы отправить, укажите его в --instance."
                [rows = count::ru(*rows, "контакт остаётся", "контакта остаются", "контактов остаётся")],
        GiveFiles { rows: u64 } =
            en "Give the other files too: {rows} for them." [rows = count::en(*rows, "row waits", "rows wait")],
            ru "Укажите и остальные файлы: в них ещё {rows}." [rows = count::ru(*rows, "строка", "строки", "строк")],
        Reconcile { rows: u64 } =
            en "{rows} may have arrived; look them up:"
                [rows = count::en(*rows, "unknown contact", "unknown contacts")],
            ru "{rows} дойти; проверьте:" [rows = count::ru(
                *rows,
                "неизвестный контакт мог",
                "неизвестных контакта могли",
                "неизвестных контактов могли"
            )],
        NotDelivered { contacts: u64 } =
            en "{contacts} not delivered; to list them:"
                [contacts = count::en(*contacts, "accepted contact was", "accepted contacts were")],
            ru "{contacts}; кто не получил:" [contacts = count::ru(
                *contacts,
                "принятый контакт не доставлен",
                "принятых контакта не доставлено",
                "принятых контактов не доставлено"
            )],
        Simulated =
            en "This was a simulation: there is no delivery to track.",
            ru "Это была симуляция: доставку отслеживать не нужно.",
        Track =
            en "To see who got the contact:",
            ru "Узнать, кто получил контакт:",
    }
}
