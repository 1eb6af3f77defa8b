//! What `reconcile` says.

use crate::i18n::{count, messages};

messages! {
    /// What a lookup found, and what to do about it. Commands follow on lines of their own.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum ReconcileMessage {
        OtherServer { since: String } =
            en "The database is on another server than before, and may lack what was sent after {since}. Each instance is \
                asked for it.",
            ru "База данных на другом сервере, и отправленного после {since} в ней может не быть. Об этом спрашиваем каждый \
                инстанс.",
        Waiting { seconds: u64 } =
            en "What was sent last shows in the journals in {seconds} s; waiting. Ctrl-C is safe.",
            ru "Последние отправки появятся в журналах через {seconds} с; ждём. Ctrl-C безопасен.",
        MarkedUnknown { rows: u64 } =
            en "{rows} may have been sent without a record, and {are} unknown now." [
                rows = count::en(*rows, "pending contact", "pending contacts"),
                are = count::en_form(*rows, "is", "are")
            ],
            ru "Возможно, отправлены без записи: {rows}; теперь их статус — unknown." [
                rows = count::ru(*rows, "ожидающий контакт", "ожидающих контакта", "ожидающих контактов")
            ],
        NotAsked { instances: String } =
            en "Nobody asked {instances}, which also works on this campaign. Run reconcile where all of its instances are \
                in the settings. If you know that nothing was sent through it after that, run reconcile with \
                --accept-server.",
            ru "Не спросили {instances}: этот инстанс тоже работает с кампанией. Запустите reconcile там, где в настройках \
                есть все её инстансы. Если точно известно, что через него с тех пор ничего не отправляли, запустите \
                reconcile с --accept-server.",
        NotAccepted { trouble: String } =
            en "What it has sent is not known: {trouble}. Nothing is sent from this server yet; run reconcile again.",
            ru "Что он отправил, неизвестно: {trouble}. С этого сервера пока ничего не отправляется; запустите reconcile \
                ещё раз.",
        Accepted =
            en "Campaigns are sent from this server again.",
            ru "С этого сервера снова можно отправлять.",
        Found { rows: u64 } =
            en "{rows} found in the instance's queue or journal."
                [rows = count::en(*rows, "unknown contact was", "unknown contacts were")],
            ru "{rows} в очереди или журнале инстанса." [rows = count::ru(
                *rows,
                "неизвестный контакт найден",
                "неизвестных контакта найдено",
                "неизвестных контактов найдено"
            )],
        ProvesNothing { trouble: String } =
            en "Nothing could be found out about the rest: {trouble}.",
            ru "Про остальные выяснить ничего не удалось: {trouble}.",
        MaybeShown { rows: u64 } =
            en "{rows} may have been sent: the instance shows messages that may be theirs, but that is not certain. Look \
                into the chats, then decide yourself:" [
                rows = count::en(*rows, "unknown contact", "unknown contacts")
            ],
            ru "Возможно, отправлено: {rows}. У инстанса есть похожие сообщения, но точно сказать нельзя. \
                Посмотрите в чатах и решите сами:" [
                rows = count::ru(*rows, "неизвестный контакт", "неизвестных контакта", "неизвестных контактов")
            ],
        Undated { rows: u64 } =
            en "{rows} sent while the service's time was unknown. The journal of the last 24 hours does not show \
                {them}, but that proves nothing. Look in WhatsApp and decide yourself:" [
                rows = count::en(*rows, "unknown row was", "unknown rows were"),
                them = count::en_form(*rows, "it", "them")
            ],
            ru "{rows}, когда время сервиса было неизвестно. В журнале за последние 24 часа {them} нет, но это ничего \
                не доказывает. Проверьте в WhatsApp и решите сами:" [
                rows = count::ru(
                    *rows,
                    "неизвестная строка передана",
                    "неизвестные строки переданы",
                    "неизвестных строк передано"
                ),
                them = count::pronoun(*rows, "её", "их")
            ],
        Absent { rows: u64 } =
            en "It is proved that the service did not accept {rows}. To make {them} pending again, so that the next send \
                sends {them}:" [
                rows = count::en(*rows, "unknown contact", "unknown contacts"),
                them = count::en_form(*rows, "it", "them")
            ],
            ru "Установлено, что сервис не принял {rows}. Вернуть {them} в ожидающие, чтобы {them} отправила \
                следующая команда send:" [
                rows = count::ru(*rows, "неизвестный контакт", "неизвестных контакта", "неизвестных контактов"),
                them = count::pronoun(*rows, "его", "их")
            ],
        AbsentPending { rows: u64 } =
            en "{rows} pending again: it is proved that the service did not accept {them}." [
                rows = count::en(*rows, "contact is", "contacts are"),
                them = count::en_form(*rows, "it", "them")
            ],
            ru "{rows} отправки: установлено, что сервис {them} не принял." [
                rows = count::ru(*rows, "контакт снова ожидает", "контакта снова ожидают", "контактов снова ожидают"),
                them = count::pronoun(*rows, "его", "их")
            ],
        LookingAgain { seconds: u64, until: String } =
            en "Looking again in {seconds} s, until {until}. Ctrl-C is safe.",
            ru "Смотрим снова через {seconds} с, до {until}. Можно прервать: Ctrl-C.",
        NotShownYet { rows: u64 } =
            en "{rows} still unknown: the instance's queue and journal do not show {them}, and the journal may be two \
                minutes late. To look again in a few minutes:" [
                rows = count::en(*rows, "contact is", "contacts are"),
                them = count::en_form(*rows, "it", "them")
            ],
            ru "Всё ещё неизвестно, что стало с {rows}: в очереди и журнале инстанса {them} нет, а журнал может \
                отставать на две минуты. Поищите снова через несколько минут:" [
                rows = count::ru(*rows, "контактом", "контактами", "контактами"),
                them = count::pronoun(*rows, "его", "их")
            ],
        NothingToLookUp =
            en "No row is unknown: there is nothing to look up.",
            ru "Неизвестных строк нет: искать нечего.",
        ReportAnew =
            en "To write the results again:",
            ru "Записать результаты заново:",
    }
}
