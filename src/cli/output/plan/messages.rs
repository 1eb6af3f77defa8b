//! What a plan says.

use crate::i18n::{count, messages};

messages! {
    /// Where something is in the input.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) enum PlaceMessage {
        Row { row: u64 } = en "row {row}", ru "строка {row}",
        RowOf { source: String, row: u64 } = en "{source} row {row}", ru "{source}, строка {row}",
        Cell { place: String, column: String } =
            en "{place}, column \"{column}\"",
            ru "{place}, столбец «{column}»",
    }
}

messages! {
    /// What was found in the input.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) enum FindingMessage {
        NotUsed { columns: String } = en "not used: {columns}", ru "не используются: {columns}",
        GuessedOtherwise { source: String, before: String, now: String } =
            en "{source} was read as {before} before, but now another encoding was detected: {now}. Compare the names \
                and set the right encoding with --encoding",
            ru "раньше файл {source} читался как {before}, а теперь определена другая кодировка: {now}. Сверьте имена \
                и укажите верную кодировку в --encoding",
        Unchanged =
            en "unchanged since the last run; its rows are already in the ledger",
            ru "не изменился с прошлого запуска, строки уже в реестре",
        ProblemKind { rows: u64, problem: String } =
            en "{rows}, for example {problem}" [rows = count::en(*rows, "row", "rows")],
            ru "{rows}, например {problem}" [rows = count::ru(*rows, "строка", "строки", "строк")],
        AllProblems =
            en "The results list every problem. To see more of them now:",
            ru "Все проблемы — в результатах. Показать больше сейчас:",
        Example { rows: u64, place: String, warning: String } =
            en "{rows}, for example {place}: {warning}" [rows = count::en(*rows, "case", "cases")],
            ru "{rows}, например {place}: {warning}"
                [rows = count::ru(*rows, "случай", "случая", "случаев")],
    }
}

messages! {
    /// What happens to the rows.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) enum RowsMessage {
        Pairs { recipients: u64, contacts: u64, messages: u64 } =
            en "{recipients} × {contacts} = {messages}" [
                recipients = count::en(*recipients, "recipient", "recipients"),
                contacts = count::en(*contacts, "contact", "contacts"),
                messages = count::en(*messages, "message", "messages")
            ],
            ru "{recipients} × {contacts} = {messages}" [
                recipients = count::ru(*recipients, "получатель", "получателя", "получателей"),
                contacts = count::ru(*contacts, "контакт", "контакта", "контактов"),
                messages = count::ru(*messages, "сообщение", "сообщения", "сообщений")
            ],
        Corrected { rows: u64 } =
            en "{rows} corrected" [rows = count::en(*rows, "row is", "rows are")],
            ru "исправлено: {rows}" [rows = count::ru(*rows, "строка", "строки", "строк")],
        Untouched { rows: u64 } =
            en "{rows} not corrected yet: the explanation in the file says why"
                [rows = count::en(*rows, "row of the results is", "rows of the results are")],
            ru "ещё не исправлено: {rows} из файла результатов; почему — в столбце explanation («Пояснение»)"
                [rows = count::ru(*rows, "строка", "строки", "строк")],
        StandIns { rows: u64 } =
            en "{rows} corrected in the results, and the corrected form counts, also if it is among the problems above"
                [rows = count::en(*rows, "row of the list was", "rows of the list were")],
            ru "исправлено в файле результатов: {rows} списка; берём исправленное, даже если строка есть среди проблем выше"
                [rows = count::ru(*rows, "строка", "строки", "строк")],
        TookPlace { file: String, old: String } =
            en "{file} takes the place of {old}: most of its rows are the same",
            ru "{file} заменяет {old}: большинство строк совпадает",
        Dropped { rows: u64 } =
            en "{rows} no longer in the input and not sent"
                [rows = count::en(*rows, "pending row is", "pending rows are")],
            ru "во входном файле больше нет {rows}; не отправляем"
                [rows = count::ru(*rows, "ожидавшей строки", "ожидавших строк", "ожидавших строк")],
        SentAndGone { rows: u64 } =
            en "{rows} no longer in the input: kept in the results"
                [rows = count::en(*rows, "row was sent earlier and is", "rows were sent earlier and are")],
            ru "отправлено раньше, но во входном файле больше нет: {rows}; в результатах остаётся"
                [rows = count::ru(*rows, "строка", "строки", "строк")],
        LeftInvalid { rows: u64 } =
            en "{rows} invalid: correct {them} and send {them}" [them = count::en_form(*rows, "it", "them")],
            ru "с ошибкой {rows}: исправьте и отправьте снова",
        LeftDuplicate { rows: u64 } =
            en "{rows}: the same contact for the same person as in another row"
                [rows = count::en(*rows, "duplicate", "duplicates")],
            ru "{rows}: тот же контакт тому же человеку, что и в другой строке"
                [rows = count::ru(*rows, "повтор", "повтора", "повторов")],
        LeftByList { rows: u64, list: String } =
            en "{rows} suppressed: on the list {list}",
            ru "{rows} по стоп-листу {list}" [rows = count::ru(*rows, "строка", "строки", "строк")],
        StillSuppressedBy { rows: u64, list: String } =
            en "{rows} suppressed because of {list}, which is not given in this run: give this list again without \
                these people, or lift the exclusions of earlier runs with --unsuppress"
                [rows = count::en(*rows, "row stays", "rows stay")],
            ru "{rows} в стоп-листе (suppressed) из-за {list}, хотя сейчас этот список не указан: укажите его снова \
                без этих людей или снимите прежние исключения ключом --unsuppress"
                [rows = count::ru(*rows, "строка остаётся", "строки остаются", "строк остаются")],
        StillSuppressed { rows: u64 } =
            en "{rows} suppressed by a list of an earlier run; --unsuppress lifts the exclusions of earlier runs"
                [rows = count::en(*rows, "row stays", "rows stay")],
            ru "{rows} в стоп-листе (suppressed) с прежних запусков; снять прежние исключения: --unsuppress"
                [rows = count::ru(*rows, "строка остаётся", "строки остаются", "строк остаются")],
        LeftFailed { rows: u64 } =
            en "{rows} failed in an earlier run; --retry-failed tries {them} again"
                [them = count::en_form(*rows, "it", "them")],
            ru "отказано раньше {rows}; попробовать снова: --retry-failed",
        LeftUnknown { rows: u64 } =
            en "{rows} unknown: may have arrived, so never resent automatically",
            ru "неизвестно {rows}: такой контакт мог дойти, поэтому повторно автоматически не отправляется",
        SentElsewhere { rows: u64 } =
            en "{rows} unknown so far: another machine is sending {them} right now"
                [them = count::en_form(*rows, "it", "them")],
            ru "пока неизвестно {rows}: сейчас отправляет другая машина",
        FileNotGiven { source: String, rows: u64 } =
            en "pending rows of {source} that are in none of the files given now: {rows}; to send them, give {source} \
                too",
            ru "ждут отправки строки из {source}, которых нет в указанных сейчас файлах: {rows}; чтобы отправить их, \
                укажите и {source}",
        SentBefore { rows: u64, campaign: String, day: String } =
            en "{rows} sent to the same {people} before (campaign {campaign}, last on {day}): left out; --again sends \
                {them} once more" [
                rows = count::en(*rows, "contact was", "contacts were"),
                people = count::en_form(*rows, "person", "people"),
                them = count::en_form(*rows, "it", "them")
            ],
            ru "{rows} {people} раньше (кампания {campaign}, последний раз {day}): пропускаем; отправить ещё раз: \
                --again" [
                rows = count::ru(*rows, "контакт уже отправлен", "контакта уже отправлены", "контактов уже отправлены"),
                people = count::pronoun(*rows, "тому же человеку", "тем же людям")
            ],
        WrittenRecently { rows: u64, campaign: String, day: String } =
            en "{rows} who got a contact recently (campaign {campaign}, last on {day}): left out for now, by \
                --not-again-within"
                [rows = count::en(*rows, "contact is to a person", "contacts are to people")],
            ru "{rows} {people} недавно писали (кампания {campaign}, последний раз {day}): пока пропускаем \
                (--not-again-within)" [
                rows = count::ru(*rows, "контакт", "контакта", "контактов"),
                people = count::pronoun(*rows, "человеку, которому", "людям, которым")
            ],
        GotAnother { rows: u64, campaign: String, day: String } =
            en "{rows} who got another contact before (campaign {campaign}, last on {day}): sent all the \
                same; --not-again-within 30d leaves out whoever got one in the last 30 days"
                [rows = count::en(*rows, "contact goes to a person", "contacts go to people")],
            ru "{rows} {people} другой контакт (кампания {campaign}, последний раз {day}); не \
                писать тем, кому писали за последние 30 дней: --not-again-within 30d" [
                rows = count::ru(*rows, "контакт пойдёт", "контакта пойдут", "контактов пойдут"),
                people = count::pronoun(*rows, "человеку, который раньше получил", "людям, которые раньше получили")
            ],
        Changed { rows: u64 } =
            en "{rows} already had the same number in this campaign under another spelling; left out; \
                --resend-changed sends a second contact"
                [rows = count::en(*rows, "row has changed: this person", "rows have changed: these people")],
            ru "{rows}: {people} тот же номер в этой кампании с другим написанием; пропускаем; отправить второй контакт: \
                --resend-changed" [
                rows = count::ru(*rows, "строка изменена", "строки изменены", "строк изменены"),
                people = count::pronoun(*rows, "этот человек уже получил", "эти люди уже получили")
            ],
        AllAccepted { rows: u64 } =
            en "Nothing to send: {all} accepted before."
                [all = if *rows == 1 { "the only row was".to_owned() } else { format!("all {rows} were") }],
            ru "Отправлять нечего: всё принято раньше ({rows})."
                [rows = count::ru(*rows, "строка", "строки", "строк")],
        NothingLeft { rows: u64 } =
            en "Nothing to send: {rows} accepted before, and no other row can be sent."
                [rows = count::en(*rows, "row was", "rows were")],
            ru "Отправлять нечего: {rows} раньше, остальные отправить нельзя."
                [rows = count::ru(*rows, "строка принята", "строки приняты", "строк принято")],
        NothingToSend = en "Nothing to send.", ru "Отправлять нечего.",
        Gets { recipient: String, card: String } = en "{card} → {recipient}", ru "{card} → {recipient}",
        GetsLater { recipient: String, card: String, at: String } =
            en "{card} → {recipient}, not before {at}",
            ru "{card} → {recipient}, не раньше {at}",
    }
}

messages! {
    /// How fast a run sends.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum PaceMessage {
        Rate { rate: String, contacts: u64 } =
            en "at most {rate} a second: {contacts}" [contacts = count::en(*contacts, "contact", "contacts")],
            ru "не больше {rate} в секунду: {contacts}" [rate = rate.replace('.', ","), contacts = count::ru(*contacts, "контакт", "контакта", "контактов")],
        Spaced { seconds: String, contacts: u64 } =
            en "one every {seconds} s on average (--spacing): {contacts}"
                [contacts = count::en(*contacts, "contact", "contacts")],
            ru "в среднем один в {seconds} с (--spacing): {contacts}"
                [seconds = seconds.replace('.', ","), contacts = count::ru(*contacts, "контакт", "контакта", "контактов")],
        Pace { rate: String, contacts: u64, time: String } =
            en "{rate} a second: {contacts} in about {time}" [contacts = count::en(*contacts, "contact", "contacts")],
            ru "{rate} в секунду: {contacts}, примерно {time}"
                [rate = rate.replace('.', ","), contacts = count::ru(*contacts, "контакт", "контакта", "контактов")],
    }
}

messages! {
    /// Rows by their status.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum CountMessage {
        AcceptedBefore { rows: u64 } = en "{rows} accepted before", ru "принято раньше {rows}",
        Nothing = en "none", ru "нет",
    }
}
