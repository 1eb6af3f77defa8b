//! What `resolve` says.

use crate::i18n::{count, messages};

messages! {
    /// What is unknown, what the user is asked, and what was decided. Commands follow on lines of their own.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum ResolveMessage {
        NothingUnknown =
            en "No row is unknown: there is nothing to decide.",
            ru "Неизвестных строк нет: решать нечего.",
        Listed { rows: u64 } =
            en "{rows} unknown. An unknown contact may have arrived, so it is never resent automatically."
                [rows = count::en(*rows, "contact is", "contacts are")],
            ru "Неизвестно, что стало с {rows}. Такой контакт мог дойти, поэтому повторно он автоматически не \
                отправляется." [rows = count::ru(*rows, "контактом", "контактами", "контактами")],
        Row { row: u64, source: String, at: String, recipient: String, card: String } =
            en "row {row} of {source}, {at}: {card} → {recipient}",
            ru "строка {row}, {source}, {at}: {card} → {recipient}",
        LookUp { rows: u64 } =
            en "To look for {them} in the instance's queue and journal:"
                [them = count::en_form(*rows, "it", "them")],
            ru "Поискать {them} в очереди и журнале инстанса:"
                [them = count::pronoun(*rows, "его", "их")],
        IfArrived { rows: u64 } =
            en "If you see in WhatsApp that {they} arrived, mark {them} as sent:" [
                they = count::en_form(*rows, "it has", "they have"),
                them = count::en_form(*rows, "it", "them")
            ],
            ru "Если в WhatsApp видно, что {they}, отметьте {them} отправленным{end}:" [
                they = count::pronoun(*rows, "он дошёл", "они дошли"),
                them = count::pronoun(*rows, "его", "их"),
                end = count::pronoun(*rows, "", "и")
            ],
        IfNotArrived { rows: u64 } =
            en "To have {them} sent again (a contact that has arrived arrives twice):"
                [them = count::en_form(*rows, "it", "them")],
            ru "Отправить {them} ещё раз (уже дошедший контакт придёт второй раз):"
                [them = count::pronoun(*rows, "его", "их")],
        SomeRows =
            en "To decide about some of them only, write their rows instead of all, such as 5 or 7-9.",
            ru "Чтобы решить только про некоторые, напишите вместо all их строки, например 5 или 7-9.",
        NoneUnknown =
            en "None of these rows is unknown; nothing was changed.",
            ru "Среди этих строк нет неизвестных; ничего не изменено.",
        NothingChanged = en "Nothing was changed.", ru "Ничего не изменено.",
        NowAccepted { rows: u64 } =
            en "{rows} accepted now. To write the results again:"
                [rows = count::en(*rows, "row is", "rows are")],
            ru "Теперь {rows} (accepted). Записать результаты заново:"
                [rows = count::ru(*rows, "строка принята", "строки приняты", "строк приняты")],
        NowPending { rows: u64 } =
            en "{rows} pending now; the next send sends {them}."
                [rows = count::en(*rows, "row is", "rows are"), them = count::en_form(*rows, "it", "them")],
            ru "Теперь {rows} (pending); отправит следующая команда send."
                [rows = count::ru(*rows, "строка ожидает", "строки ожидают", "строк ожидают")],
        NowSuppressed { rows: u64 } =
            en "{rows} on the do-not-contact list (--suppress) and {are} not sent: suppressed now." [
                rows = count::en(*rows, "row is", "rows are"),
                are = count::en_form(*rows, "is", "are")
            ],
            ru "{rows} в стоп-листе (--suppress), не отправляем: теперь suppressed."
                [rows = count::ru(*rows, "строка находится", "строки находятся", "строк находятся")],
        NowDuplicate { rows: u64 } =
            en "{rows} duplicate now and not sent: another row sent the same contact to the same person, or may have."
                [rows = count::en(*rows, "row is", "rows are")],
            ru "Теперь {rows} (duplicate), не отправляем: тот же контакт тому же человеку отправлен или мог быть \
                отправлен по другой строке."
                [rows = count::ru(*rows, "строка — повтор", "строки — повторы", "строк — повторы")],
        AskResend { rows: u64 } =
            en "{rows} will be sent again: a contact that has already arrived will arrive twice. Continue? [y/N] "
                [rows = count::en(*rows, "unknown row", "unknown rows")],
            ru "{rows} повторно: уже дошедший контакт придёт второй раз. Продолжить? [д/Н] " [rows = count::ru(
                *rows,
                "неизвестная строка будет отправлена",
                "неизвестные строки будут отправлены",
                "неизвестных строк будет отправлено"
            )],
        AskAssume { rows: u64 } =
            en "{rows} will be marked as sent: a contact that has not arrived will never be sent. Continue? [y/N] "
                [rows = count::en(*rows, "unknown row", "unknown rows")],
            ru "{rows}: если контакт не дошёл, он уже не отправится. Продолжить? [д/Н] " [rows = count::ru(
                *rows,
                "неизвестная строка будет считаться отправленной",
                "неизвестные строки будут считаться отправленными",
                "неизвестных строк будут считаться отправленными"
            )],
    }
}
