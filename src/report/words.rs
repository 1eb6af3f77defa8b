//! The words around the figures of a campaign: on the sheet of figures, on the page, in the message for a chat.

use crate::{
    i18n::{Language, count},
    ledger::RunWait,
};

/// Declares an enum whose variants have a text in each language.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $english:literal, $russian:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// Every word.
            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the word in a language.
            pub(super) const fn text(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$variant, Language::En) => $english,
                      (Self::$variant, Language::Ru) => $russian,)+
                }
            }
        }
    };
}

words! {
    /// Headings and labels.
    Label {
        /// The sheet of rows.
        Results = "Results", "Результаты";
        /// The sheet of figures.
        Summary = "Summary", "Сводка";
        /// The instance that sends.
        Instance = "Sent from", "Отправитель";
        /// The file with all the data.
        Ledger = "Ledger", "Реестр";
        /// The version of the program.
        Program = "Program", "Программа";
        /// A status.
        Status = "Status", "Статус";
        /// How many rows.
        Rows = "Rows", "Строк";
        /// A share of the rows.
        Share = "Share", "Доля";
        /// What a word means.
        Meaning = "What it means", "Что это значит";
        /// All rows.
        Total = "Total", "Всего";
        /// What the service took.
        Accepted = "What the service accepted", "Что принял сервис";
        /// What became of accepted contacts.
        Delivery = "Delivery", "Доставка";
        /// Why rows were not accepted.
        Reasons = "Why contacts were not accepted", "Почему контакты не приняты";
        /// Why.
        Reason = "Reason", "Причина";
        /// Before the reason.
        WhyStopped = "Why the last run stopped", "Почему остановился последний запуск";
        /// Before the reason, once another command has run; a time follows.
        WhySendStopped = "Why send stopped", "Почему остановилась отправка";
        /// The runs.
        Runs = "Runs", "Запуски";
        /// The command of a run.
        Command = "Command", "Команда";
        /// When a run began; the zone is named after it.
        BeganAt = "Began", "Начало";
        /// When it ended.
        EndedAt = "Ended", "Окончание";
        /// How long it took.
        Took = "Duration", "Длительность";
        /// Contacts that it sent.
        Cards = "Contacts", "Контактов";
        /// Contacts that it sent, a second.
        Rate = "Contacts a second", "Контактов в секунду";
        /// Contacts that it was allowed to send, a second.
        Limit = "Limit a second", "Предел, шт./с";
        /// The exit code.
        Exit = "Exit code", "Код выхода";
        /// The version of a run.
        Version = "Version", "Версия";
        /// A run without an end.
        CutOff = "not ended", "не завершён";
        /// The lock tells nothing.
        RunNotKnown = "It is not known whether a run is on: this user cannot open its lock.", "Неизвестно, идёт ли отправка: файл блокировки вам недоступен.";
        /// The files that were read.
        Files = "Files", "Файлы";
        /// A file.
        File = "File", "Файл";
        /// How a file was read.
        ReadAs = "Read as", "Прочитан как";
        /// A request in progress, or a program that ended before the answer.
        UnderWay = "no answer yet", "ответа ещё нет";
        /// Nothing is left to do for the campaign.
        Nothing = "Nothing is left to do.", "Больше ничего делать не нужно.";
    }
}

words! {
    /// What a status means, and what to do.
    StatusMeaning {
        /// accepted
        Accepted = "The service queued the contact. Queued does not mean delivered.",
            "Сервис поставил контакт в очередь. Это ещё не доставка.";
        /// failed
        Failed = "The service refused the contact: correct the row in the results (.xlsx) and send that file, or use --retry-failed.",
            "Сервис не принял контакт: исправьте строку в результатах (.xlsx) и отправьте их или повторите с --retry-failed.";
        /// invalid
        Invalid = "The row has a problem and was not sent: correct it in the results (.xlsx) and send that file.",
            "В строке ошибка, она не отправлена: исправьте её в результатах (.xlsx) и отправьте этот файл.";
        /// duplicate
        Duplicate = "Another row has the same contact for the same recipient; it is sent once.",
            "Тот же контакт тому же получателю есть в другой строке; он отправляется один раз.";
        /// suppressed
        Suppressed = "Left out on purpose: the recipient is on a do-not-contact list, or already has the contact; the row says which.",
            "Пропущено намеренно: получатель в стоп-листе или уже получил контакт. Почему — в пояснении к строке.";
        /// unknown
        Unknown = "The contact may have arrived. It is never resent automatically: run {reconcile}, or decide with {resolve}.",
            "Контакт мог дойти. Повторно он автоматически не отправляется: запустите {reconcile} или решите сами: {resolve}.";
        /// pending
        Pending = "Not sent yet: run the same command again.",
            "Ещё не отправлено: повторите ту же команду.";
    }
}

words! {
    /// What a delivery means, and what to do.
    DeliveryMeaning {
        /// queued
        Queued = "It waits in the queue of the instance.",
            "Контакт ждёт в очереди инстанса.";
        /// sent
        Sent = "It left, but has not arrived yet: the phone may be off.",
            "Контакт ушёл, но ещё не дошёл: телефон может быть выключен.";
        /// delivered
        Delivered = "It is on the recipient's phone.",
            "Контакт на телефоне получателя.";
        /// read
        Read = "The recipient has seen it.",
            "Получатель его увидел.";
        /// failed
        Failed = "WhatsApp could not deliver it: check the number and the state of the instance.",
            "WhatsApp не смог его доставить: проверьте номер и состояние инстанса.";
        /// noAccount
        NoAccount = "The number has no WhatsApp: use another number or another channel.",
            "На этом номере нет WhatsApp: нужен другой номер или другой способ связи.";
        /// notInGroup
        NotInGroup = "The sender is not in the group: add it there.",
            "Отправителя нет в группе: добавьте его туда.";
        /// yellowCard
        YellowCard = "WhatsApp restricts the sender and holds the contact back: stop sending for a few days.",
            "WhatsApp ограничил отправителя и задержал контакт: остановите отправку на несколько дней.";
        /// Nothing is known.
        NotAsked = "The service has not said yet: run {track}.",
            "Сервис ещё не сообщил: запустите {track}.";
        /// Not accepted.
        NotAccepted = "Not sent, or refused; see the statuses.",
            "Не отправлено или отказано: смотрите статусы.";
    }
}

words! {
    /// A status or a delivery in a message, where the words of the results are too bare.
    SummaryWord {
        /// failed
        Failed = "failed", "отказ";
        /// invalid
        Invalid = "invalid", "с ошибкой";
        /// duplicate
        Duplicate = "duplicate", "повтор";
        /// suppressed
        Suppressed = "suppressed", "пропущено";
        /// unknown
        Unknown = "unknown", "неизвестно";
        /// pending
        Pending = "pending", "ждут отправки";
        /// queued
        Queued = "queued", "в очереди";
        /// sent
        Sent = "sent", "отправлено";
        /// delivered
        Delivered = "delivered", "доставлено";
        /// read
        Read = "read", "прочитано";
        /// failed
        NotDelivered = "not delivered", "не доставлено";
        /// noAccount
        NoAccount = "no WhatsApp account", "нет в WhatsApp";
        /// notInGroup
        NotInGroup = "not in the group", "не в группе";
        /// yellowCard
        YellowCard = "held back by WhatsApp", "задержано WhatsApp";
        /// Accepted contacts of which nothing is known.
        NotAsked = "no data yet", "пока нет данных";
        /// accepted
        Accepted = "accepted", "принято";
        /// Every status but accepted.
        NotAccepted = "not accepted", "не принято";
    }
}

words! {
    /// A problem of rows, in a few words.
    Problem {
        /// `phone_missing`
        PhoneMissing = "the contact has no number", "у контакта нет номера";
        /// `phone_invalid`
        PhoneInvalid = "the contact's number is wrong", "номер контакта неверен";
        /// `phone_scientific`
        PhoneScientific = "a spreadsheet shortened the contact's number", "таблица потеряла цифры номера контакта";
        /// `phone_ambiguous`
        PhoneAmbiguous = "the contact's number can be read in several ways", "номер контакта читается неоднозначно";
        /// `phone_length`
        PhoneLength = "the length of the number is not what GREEN-API documents", "длина номера не та, что описана у GREEN-API";
        /// `name_missing`
        NameMissing = "the contact has no name", "у контакта нет имени";
        /// `name_mojibake`
        NameMojibake = "the letters of a name are damaged", "буквы имени испорчены";
        /// `name_encoded`
        NameEncoded = "a name is still encoded", "имя осталось закодированным";
        /// `recipient_missing`
        RecipientMissing = "no recipient", "нет получателя";
        /// `recipient_invalid`
        RecipientInvalid = "the recipient is wrong", "получатель указан неверно";
        /// `recipient_scientific`
        RecipientScientific = "a spreadsheet shortened the recipient's number", "таблица потеряла цифры номера получателя";
        /// `row_shape`
        RowShape = "cells do not fit the columns", "ячейки не подходят к столбцам";
        /// `time_zone_invalid`
        TimeZoneInvalid = "unknown time zone", "неизвестный часовой пояс";
        /// `bad_quotes`
        BadQuotes = "quotation marks do not match", "кавычки расставлены неверно";
        /// `card_missing`
        CardMissing = "no such contact", "нет такого контакта";
        /// `card_ambiguous`
        CardAmbiguous = "several such contacts", "таких контактов несколько";
        /// `card_damaged`
        CardDamaged = "the vCard cannot be read", "карточка vCard не читается";
    }
}

/// Returns the name of a sheet of rows, numbered from 1.
pub(super) fn results_sheet(number: usize, language: Language) -> String {
    let name = Label::Results.text(language);
    if number < 2 {
        name.to_owned()
    } else {
        format!("{name} {number}")
    }
}

/// Returns the heading for a column without one, numbered from 1.
pub(super) fn column(number: usize, language: Language) -> String {
    match language {
        Language::En => format!("Column {number}"),
        Language::Ru => format!("Столбец {number}"),
    }
}

/// Says how many rows were accepted.
pub(super) fn accepted_of(accepted: u64, rows: u64, language: Language) -> String {
    match language {
        Language::En => format!("{accepted} of {rows} accepted"),
        Language::Ru => format!("Принято {accepted} из {rows}"),
    }
}

/// Formats a duration in whole seconds: `12 s`, `3 min 10 s`, `2 h 05 min`.
pub(super) fn duration(seconds: u64, language: Language) -> String {
    let (hour, minute, second) = match language {
        Language::En => ("h", "min", "s"),
        Language::Ru => ("ч", "мин", "с"),
    };
    match seconds {
        0..60 => format!("{seconds} {second}"),
        60..3600 => format!("{} {minute} {:02} {second}", seconds / 60, seconds % 60),
        3600.. => format!(
            "{} {hour} {:02} {minute}",
            seconds / 3600,
            seconds / 60 % 60
        ),
    }
}

/// Formats a number with the decimal separator of the language: `6.7`, `6,7`.
pub(super) fn decimal(number: &str, language: Language) -> String {
    match language {
        Language::En => number.to_owned(),
        Language::Ru => number.replace('.', ","),
    }
}

/// Says what to do about pending rows.
pub(super) fn send_pending(rows: u64, command: Option<&str>, language: Language) -> String {
    match language {
        Language::En => {
            let rows = count::en(rows, "contact", "contacts");
            match command {
                Some(command) => format!("To do: send {rows}: {command}"),
                None => format!("To do: run the same command again to send {rows}."),
            }
        }
        Language::Ru => {
            let waits = ["контакт ждёт", "контакта ждут", "контактов ждут"];
            let rows = count::ru(rows, waits[0], waits[1], waits[2]);
            match command {
                Some(command) => format!("Что делать: {rows} отправки: {command}"),
                None => format!("Что делать: повторите ту же команду, {rows} отправки."),
            }
        }
    }
}

/// Says what to do about pending rows of an instance that was not part of the last run.
pub(super) fn name_instance(name: &str, rows: u64, language: Language) -> String {
    match language {
        Language::En => {
            let rows = count::en(rows, "contact waits", "contacts wait");
            format!("To do: name {name} with --instance; {rows} for it.")
        }
        Language::Ru => {
            let waits = ["контакт ждёт", "контакта ждут", "контактов ждут"];
            let rows = count::ru(rows, waits[0], waits[1], waits[2]);
            format!("Что делать: укажите {name} в --instance, {rows} отправки через него.")
        }
    }
}

/// Says that a run sends, and how many rows wait.
pub(super) fn sending(rows: u64, language: Language) -> String {
    match language {
        Language::En => {
            let rows = count::en(rows, "contact waits", "contacts wait");
            format!("A run is sending now; {rows} to be sent.")
        }
        Language::Ru => {
            let waits = ["контакт", "контакта", "контактов"];
            let rows = count::ru(rows, waits[0], waits[1], waits[2]);
            format!("Сейчас идёт отправка, осталось {rows}.")
        }
    }
}

/// Says that a run sends nothing now, and continues by itself.
pub(super) fn waiting(waits: &[RunWait], language: Language) -> String {
    let waits: Vec<String> = waits.iter().map(|wait| wait.text(language)).collect();
    let waits = waits.join("; ");
    match language {
        Language::En => format!("A run is on: {waits}."),
        Language::Ru => format!("Запущена отправка: {waits}."),
    }
}

/// Says that a run waits until it is resumed.
pub(super) fn paused(resume: &str, language: Language) -> String {
    match language {
        Language::En => format!("The run is paused: {resume}"),
        Language::Ru => format!("Отправка на паузе, продолжить: {resume}"),
    }
}

/// Says what to do about rows whose files are not given.
pub(super) fn give_files(rows: u64, language: Language) -> String {
    match language {
        Language::En => {
            let rows = count::en(rows, "row waits", "rows wait");
            format!("To do: give the other files too; {rows} for them.")
        }
        Language::Ru => {
            let rows = count::ru(rows, "строка", "строки", "строк");
            format!("Что делать: укажите и остальные файлы, в них ещё {rows}.")
        }
    }
}

/// Says what to do about unknown rows.
pub(super) fn look_up_unknown(rows: u64, command: &str, language: Language) -> String {
    match language {
        Language::En => {
            let rows = count::en(rows, "contact", "contacts");
            format!("To do: look up {rows} that may have arrived: {command}")
        }
        Language::Ru => {
            let rows = count::ru(rows, "контакт мог", "контакта могли", "контактов могли");
            format!("Что делать: {rows} дойти, поищите: {command}")
        }
    }
}

/// Says who did not get the contact.
pub(super) fn not_delivered(contacts: u64, command: &str, language: Language) -> String {
    match language {
        Language::En => {
            let contacts = count::en(contacts, "accepted contact was", "accepted contacts were");
            format!("To do: {contacts} not delivered; the list: {command}")
        }
        Language::Ru => {
            let contacts = count::ru(
                contacts,
                "принятый контакт не доставлен",
                "принятых контакта не доставлено",
                "принятых контактов не доставлено",
            );
            format!("Что делать: {contacts}; список: {command}")
        }
    }
}

/// Says how many reasons are not listed.
pub(super) fn more_reasons(reasons: u64, rows: u64, language: Language) -> String {
    match language {
        Language::En => {
            let reasons = count::en(reasons, "more reason", "more reasons");
            format!("and {reasons} ({})", count::en(rows, "row", "rows"))
        }
        Language::Ru => {
            let reasons = count::ru(reasons, "причина", "причины", "причин");
            let rows = count::ru(rows, "строка", "строки", "строк");
            format!("и ещё {reasons} ({rows})")
        }
    }
}

/// Describes the chart for readers who cannot see it.
pub(super) fn chart(pieces: &str, is_delivery: bool, language: Language) -> String {
    match (language, is_delivery) {
        (Language::En, false) => format!("Rows by status: {pieces}"),
        (Language::Ru, false) => format!("Строки по статусам: {pieces}"),
        (Language::En, true) => format!("Rows by delivery: {pieces}"),
        (Language::Ru, true) => format!("Строки по доставке: {pieces}"),
    }
}

/// Says when the report was made.
pub(super) fn as_of(time: &str, language: Language) -> String {
    match language {
        Language::En => format!("As of {time}"),
        Language::Ru => format!("По состоянию на {time}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_told_in_its_two_largest_units() {
        for (seconds, english, russian) in [
            (0, "0 s", "0 с"),
            (59, "59 s", "59 с"),
            (190, "3 min 10 s", "3 мин 10 с"),
            (7_500, "2 h 05 min", "2 ч 05 мин"),
        ] {
            assert_eq!(duration(seconds, Language::En), english);
            assert_eq!(duration(seconds, Language::Ru), russian);
        }
    }

    #[test]
    fn every_word_stands_in_its_own_script() {
        let is_cyrillic = |text: &str| text.chars().any(|letter| ('а'..='я').contains(&letter));
        let texts = Label::ALL
            .iter()
            .map(|word| [Language::En, Language::Ru].map(|language| word.text(language)))
            .chain(
                StatusMeaning::ALL
                    .iter()
                    .map(|word| [Language::En, Language::Ru].map(|language| word.text(language))),
            )
            .chain(
                DeliveryMeaning::ALL
                    .iter()
                    .map(|word| [Language::En, Language::Ru].map(|language| word.text(language))),
            )
            .chain(
                SummaryWord::ALL
                    .iter()
                    .map(|word| [Language::En, Language::Ru].map(|language| word.text(language))),
            )
            .chain(
                Problem::ALL
                    .iter()
                    .map(|word| [Language::En, Language::Ru].map(|language| word.text(language))),
            );
        for [english, russian] in texts {
            assert!(
                !is_cyrillic(english) && is_cyrillic(russian),
                "{english}: {russian}"
            );
        }
    }
}
