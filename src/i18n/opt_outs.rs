//! What is said of people who asked to be left alone.

#![expect(missing_docs, reason = "the templates tell what a sentence and its fields are")]

use super::{count, sentences};

sentences! {
    /// Why the list of those who asked to be left alone cannot be kept.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum OptOutFault {
        Unreadable { path: String, reason: String } =
            en "{path} cannot be read: {reason}",
            ru "{path} не читается: {reason}",
        Away { path: String, target: String } =
            en "{path} is a link to {target}, which is not there: bring the list back, or remove the link to begin a new one",
            ru "{path} — ссылка на {target}, а такого файла нет: верните список или удалите ссылку, чтобы начать новый",
        Foreign { path: String } =
            en "{path} is no list that opt-outs wrote (its headings are chatId, reason, time, in UTF-8), and is left as it is: \
                choose another name with --out; --suppress may name several lists",
            ru "{path} — не список, который записала команда opt-outs (заголовки chatId, reason, time, кодировка UTF-8), и останется \
                как есть: укажите в --out другое имя; в --suppress можно назвать несколько списков",
        NoWords =
            en "there are no stop words: --words names an empty file",
            ru "стоп-слов нет: файл в --words пуст",
    }
}

sentences! {
    /// What was found, and what to do with it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum OptOutMessage {
        NotAsked { reason: String } =
            en "The messages could not be asked for: {reason}.",
            ru "Спросить о сообщениях не удалось: {reason}.",
        Found { texts: u64, people: u64, added: u64, path: String } =
            en "{texts} read; {people} asked to be left alone, {added} of them new in {path}."
                [texts = count::en(*texts, "message", "messages"), people = count::en(*people, "person", "people")],
            ru "Прочитано: {texts}; просят не писать: {people}, из них новых в {path}: {added}."
                [texts = count::ru(*texts, "сообщение", "сообщения", "сообщений"), people = count::ru(*people, "человек", "человека", "человек")],
        NotKept =
            en "The instance does not keep what people write to it: switch on notifications of incoming messages (incomingWebhook) in the console.",
            ru "Инстанс не хранит то, что ему пишут: включите уведомления о входящих сообщениях (incomingWebhook) в личном кабинете.",
        Suppress { path: String } =
            en "Send with --suppress {path} from now on. Whoever says it in a whole sentence is not found: read what people answer.",
            ru "Теперь отправляйте с --suppress {path}. Кто просит об этом целой фразой, не находится: читайте, что вам отвечают.",
    }
}
