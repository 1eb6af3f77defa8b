//! Messages about people who asked not to be contacted.

use crate::i18n::{count, messages};

messages! {
    /// What was found, and what to do with it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum OptOutMessage {
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
