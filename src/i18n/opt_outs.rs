//! Messages about people who asked not to be contacted.

use super::{count, messages};

messages! {
    /// Why the list of those who asked to be left alone cannot be kept.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum OptOutFault {
        Unreadable { path: String, reason: String } =
            en "{path} cannot be read: {reason}",
            ru "{path} не читается: {reason}",
        Away { path: String, target: String } =
            en "{path} is a link to {target}, which does not exist: restore the list, or remove the link to start a \
                new one",
            ru "{path} — ссылка на {target}, а такого файла нет: верните список или удалите ссылку, чтобы начать новый",
        Foreign { path: String } =
            en "{path} is not a list written by opt-outs (headings chatId, reason, time, in UTF-8) and stays \
                unchanged: choose another name with --out; --suppress accepts several lists",
            ru "{path} — не список команды opt-outs (заголовки chatId, reason, time, кодировка UTF-8), файл не \
                изменён: укажите в --out другое имя; в --suppress можно указать несколько списков",
        NoWords =
            en "there are no stop words: the file in --words is empty",
            ru "стоп-слов нет: файл в --words пуст",
    }
}

messages! {
    /// What was found, and what to do with it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum OptOutMessage {
        NotAsked { reason: String } =
            en "The messages could not be requested: {reason}.",
            ru "Не удалось запросить сообщения: {reason}.",
        Found { texts: u64, people: u64, added: u64, path: String } =
            en "{texts} read; {people} asked not to be contacted, {added} of them new in {path}."
                [texts = count::en(*texts, "message", "messages"), people = count::en(*people, "person", "people")],
            ru "Прочитано: {texts}; просят не писать: {people}, из них новых в {path}: {added}."
                [texts = count::ru(*texts, "сообщение", "сообщения", "сообщений"), people = count::ru(*people, "человек", "человека", "человек")],
        NotKept =
            en "The instance does not store incoming messages: turn on notifications of incoming messages \
                (incomingWebhook) in the console.",
            ru "Инстанс не хранит входящие сообщения: включите уведомления о входящих сообщениях (incomingWebhook) в \
                личном кабинете.",
        Suppress { path: String } =
            en "From now on send with --suppress {path}. Opt-outs in full sentences are not detected, so read the \
                replies.",
            ru "Теперь отправляйте с --suppress {path}. Просьбы не писать, высказанные целой фразой, не распознаются: \
                читайте ответы.",
    }
}
