//! The texts of the moving line, and of the lines above it.

use crate::i18n::{count, messages};

messages! {
    /// How far a run is, and what it waits for.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum ProgressMessage {
        Done { done: u64, all: u64 } = en "{done} of {all}", ru "{done} из {all}",
        Left { time: String } = en "{time} left", ru "осталось {time}",
        Speed { rate: String } = en "{rate}/s", ru "{rate}/с" [rate = rate.replace('.', ",")],
        Waiting { why: String, until: String, safe: String } =
            en "{why} Trying again until {until} (--retry-for). {safe}",
            ru "{why} Пробуем снова до {until} (--retry-for). {safe}",
        NextTry { at: String } = en "waiting; next try at {at}", ru "ждём; следующая попытка в {at}",
        Waits = en "waiting", ru "ждём",
        Safe = en "Ctrl-C is safe.", ru "Можно прервать: Ctrl-C.",
        SafeNothingSent =
            en "Ctrl-C is safe: nothing has been sent in this run.",
            ru "Можно прервать (Ctrl-C): в этом запуске ещё ничего не отправлено.",
        SwitchedToChatId =
            en "The service asks for chat ids: from here on, phone numbers are sent as chatId.",
            ru "Сервис требует chat id: дальше номера получателей передаются как chatId.",
        WhilePaused =
            en "To continue, or to end, from another terminal:",
            ru "Продолжить или закончить, из другого терминала:",
        Resumed = en "Resumed.", ru "Продолжаем.",
    }
}

messages! {
    /// Why a run starts no more requests.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum StoppingMessage {
        Halted =
            en "The service accepts no more contacts.",
            ru "Сервис больше не принимает контакты.",
        RetriesOver =
            en "Gave up: the time to keep retrying (--retry-for) is over.",
            ru "Время повторных попыток (--retry-for) вышло.",
        Unclear { answers: u64 } =
            en "{answers} unclear; no more contacts are sent."
                [answers = count::en(*answers, "answer was", "answers in a row were")],
            ru "{answers} подряд; больше ничего не отправляем."
                [answers = count::ru(*answers, "неясный ответ", "неясных ответа", "неясных ответов")],
        Refused { contacts: u64 } =
            en "{contacts} refused; no more contacts are sent."
                [contacts = count::en(*contacts, "contact was", "contacts were")],
            ru "{contacts}; больше ничего не отправляем."
                [contacts = count::ru(*contacts, "контакт не принят", "контакта не принято", "контактов не принято")],
        Interrupted =
            en "Stopping: no more contacts are sent. Press Ctrl-C again to stop without waiting for the last answers.",
            ru "Останавливаемся: больше ничего не отправляем. Чтобы не ждать последних ответов, нажмите Ctrl-C ещё раз.",
        Cancelled =
            en "Cancelled: no more contacts are sent.",
            ru "Отменено: больше ничего не отправляем.",
        Finishing =
            en "No more contacts are sent in this run.",
            ru "В этом запуске больше ничего не отправляем.",
    }
}

messages! {
    /// How far the tracking of deliveries has got.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) enum TrackingMessage {
        Settled { settled: u64, of: u64 } =
            en "delivery is final for {settled} of {of} contacts",
            ru "окончательный статус у {settled} из {of}" [of = count::ru(*of, "контакта", "контактов", "контактов")],
        NextLook { seconds: u64 } =
            en "next check in {seconds} s",
            ru "следующая проверка через {seconds} с",
    }
}
