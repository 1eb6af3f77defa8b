//! What the commands say while they work and when they are done.

#![expect(missing_docs, reason = "the templates tell what a sentence and its fields are")]

use super::{count, sentences};

sentences! {
    /// The words at the left edge of what is said.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Label {
        Ledger = en "Ledger", ru "Реестр",
        Settings = en "Settings", ru "Настройки",
        File = en "File", ru "Файл",
        Columns = en "Columns", ru "Столбцы",
        Suppress = en "Suppress", ru "Стоп-лист",
        Problems = en "Problems", ru "Проблемы",
        Warnings = en "Warnings", ru "Замечания",
        Rows = en "Rows", ru "Строки",
        First = en "First", ru "Первая",
        Pace = en "Pace", ru "Темп",
        Shares = en "Shares", ru "Доли",
        Finish = en "Finish", ru "Конец",
    }
}

sentences! {
    /// A line of talk, or a part of one.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum ConsoleMessage {
        // Places and counts.
        Row { row: u64 } = en "row {row}", ru "строка {row}",
        RowOf { source: String, row: u64 } = en "{source} row {row}", ru "{source}, строка {row}",
        InFile { path: String, row: u64 } = en "{path}, row {row}", ru "{path}, строка {row}",
        Cell { place: String, column: String } =
            en "{place}, column \"{column}\"",
            ru "{place}, столбец «{column}»",
        Counted { rows: u64, status: String } = en "{rows} {status}", ru "{status} {rows}",
        Nothing = en "none", ru "нет",
        FirstProblem { line: String } = en "The first problem: {line}", ru "Первая проблема: {line}",
        Unchanged =
            en "as at the last run; its rows stand in the ledger",
            ru "не изменился с прошлого запуска, строки уже в реестре",
        AllRows = en "rows", ru "всего строк",
        RowsRead { rows: u64 } =
            en "{rows}" [rows = count::en(*rows, "row", "rows")],
            ru "{rows}" [rows = count::ru(*rows, "строка", "строки", "строк")],
        RowsWritten { rows: u64, path: String } =
            en "{rows}: {path}" [rows = count::en(*rows, "row", "rows")],
            ru "{rows}: {path}" [rows = count::ru(*rows, "строка", "строки", "строк")],

        // How a file is read.
        ByTabs = en "cells parted by tabs", ru "ячейки разделены табуляцией",
        ByDelimiter { delimiter: char } = en "cells parted by {delimiter}", ru "ячейки разделены знаком {delimiter}",
        HeadingsIn { row: u64 } =
            en "headings in row {row}, what stands above is left out",
            ru "заголовки в строке {row}, всё выше пропущено",
        NotUsed { columns: String } = en "not used: {columns}", ru "не используются: {columns}",
        EncodingGuessed { example: String } =
            en "the encoding was guessed, for example {example}; --encoding names another",
            ru "кодировка угадана, пример: {example}; другую задаёт --encoding",
        GuessedOtherwise { source: String, before: String, now: String } =
            en "{source} was read as {before} before, and now its encoding is guessed to be another: {now}. Compare the \
                names, and name the right encoding with --encoding",
            ru "{source} раньше читался как {before}, а теперь угадана другая кодировка: {now}. Сверьте имена и укажите \
                верную кодировку в --encoding",
        Unwrapped =
            en "each row stood in one quoted cell and was read from the inside",
            ru "каждая строка стояла в одной ячейке в кавычках и прочитана изнутри",
        SheetRead { sheet: String, others: String } =
            en "sheet {sheet}; not read: {others}; --sheet names another",
            ru "лист {sheet}; не прочитаны: {others}; другой лист задаёт --sheet",
        IsResults =
            en "this is a results file: its rows are sent here whatever became of them in their own campaign",
            ru "это файл результатов: его строки будут отправлены здесь, что бы с ними ни стало в их кампании",
        ListRead { path: String, chats: u64 } =
            en "{path}: {chats}" [chats = count::en(*chats, "chat", "chats")],
            ru "{path}: {chats}" [chats = count::ru(*chats, "чат", "чата", "чатов")],
        ListEmpty =
            en "this list keeps nobody out: look whether it is the right file",
            ru "этот список никого не исключает: проверьте, тот ли это файл",
        ListUnread { entries: u64, examples: String } =
            en "{entries} nobody out: {examples}"
                [entries = count::en(
                    *entries,
                    "entry cannot be read for sure and may keep",
                    "entries cannot be read for sure and may keep"
                )],
            ru "{entries}: {examples}" [entries = count::ru(
                *entries,
                "запись не читается однозначно и может никого не исключить",
                "записи не читаются однозначно и могут никого не исключить",
                "записей не читаются однозначно и могут никого не исключить"
            )],
        ListEntry { row: u64, cell: String } = en "row {row} \"{cell}\"", ru "строка {row} «{cell}»",

        // What is wrong, and what will be sent.
        MoreProblems { rows: u64 } =
            en "and {rows} more; all stand in the results",
            ru "и ещё {rows}; все они есть в результатах",
        MoreRows { rows: u64 } =
            en "and {rows}" [rows = count::en(*rows, "more row", "more rows")],
            ru "и ещё {rows}" [rows = count::ru(*rows, "строка", "строки", "строк")],
        Example { rows: u64, place: String, warning: String } =
            en "{rows} × for example {place}: {warning}",
            ru "{rows} × например, {place}: {warning}",
        Dropped { rows: u64 } =
            en "{rows} no longer in the input and not sent"
                [rows = count::en(*rows, "row that waited is", "rows that waited are")],
            ru "во входном файле больше нет {rows}; не отправляем"
                [rows = count::ru(*rows, "ожидавшей строки", "ожидавших строк", "ожидавших строк")],
        StillSuppressedBy { rows: u64, list: String } =
            en "{rows} suppressed because of {list}, which this run was not given: give this list again without \
                these people, or forget what earlier runs left out with --unsuppress"
                [rows = count::en(*rows, "row stays", "rows stay")],
            ru "{rows} в стоп-листе (suppressed) из-за {list}, хотя сейчас этот список не указан: укажите его снова \
                без этих людей или снимите прежние исключения ключом --unsuppress"
                [rows = count::ru(*rows, "строка остаётся", "строки остаются", "строк остаются")],
        StillSuppressed { rows: u64 } =
            en "{rows} suppressed by the list of an earlier run; --unsuppress forgets what earlier runs left out"
                [rows = count::en(*rows, "row stays", "rows stay")],
            ru "{rows} в стоп-листе (suppressed) с прежних запусков; снять прежние исключения: --unsuppress"
                [rows = count::ru(*rows, "строка остаётся", "строки остаются", "строк остаются")],
        FileNotGiven { source: String, rows: u64 } =
            en "pending rows of {source} that stand in no file given now: {rows}; give {source} too to send them",
            ru "ожидают строки из {source}, которых нет в указанных сейчас файлах: {rows}; чтобы отправить, укажите и {source}",
        Gets { recipient: String, card: String } = en "{recipient} gets: {card}", ru "{recipient} получит: {card}",
        ToSend { rows: u64 } = en "{rows} to send", ru "к отправке {rows}",
        Pace { rate: String, cards: u64, time: String } =
            en "{rate} a second: {cards} in about {time}" [cards = count::en(*cards, "card", "cards")],
            ru "{rate} в секунду: {cards}, примерно {time}"
                [rate = rate.replace('.', ","), cards = count::ru(*cards, "карточка", "карточки", "карточек")],
        DryRun =
            en "Nothing was sent: this was a dry run.",
            ru "Ничего не отправлено: это была проверка (--dry-run).",
        Campaign { campaign: String, to: String } = en "Campaign {campaign}, to {to}", ru "Кампания {campaign}, {to}",
        ToSimulator =
            en "the simulator: nothing leaves this machine",
            ru "через симулятор: с этого компьютера ничего не уходит",
        ToInstance { id: String, url: String } = en "instance {id} at {url}", ru "через инстанс {id}, {url}",

        // While cards are sent.
        Left { time: String } = en "{time} left", ru "осталось {time}",
        Speed { rate: String } = en "{rate}/s", ru "{rate}/с" [rate = rate.replace('.', ",")],
        Done { done: u64, all: u64 } = en "{done} of {all}", ru "{done} из {all}",
        Waiting { seconds: u64, why: String } = en "Waiting {seconds} s: {why}.", ru "Ждём {seconds} с: {why}.",
        Readdressed =
            en "The service asks for chat ids: phone recipients go as chatId from here on.",
            ru "Сервис просит chat id: дальше номера получателей передаются как chatId.",
        Finishing =
            en "The service takes nothing more; finishing what is under way.",
            ru "Сервис больше ничего не принимает; дожидаемся начатого.",
        FinishingImpatient =
            en "The time to keep retrying (--retry-for) is over; finishing what is under way.",
            ru "Время повторных попыток (--retry-for) вышло; дожидаемся начатого.",
        FinishingUnclear { answers: u64 } =
            en "{answers} unclear; finishing what is under way."
                [answers = count::en(*answers, "answer was", "answers in a row were")],
            ru "{answers} подряд; дожидаемся начатого."
                [answers = count::ru(*answers, "неясный ответ", "неясных ответа", "неясных ответов")],
        FinishingRefused { cards: u64 } =
            en "{cards} refused; finishing what is under way." [cards = count::en(*cards, "card was", "cards were")],
            ru "{cards}; дожидаемся начатого."
                [cards = count::ru(*cards, "карточка не принята", "карточки не приняты", "карточек не принято")],
        LimitReached = en "The limit of this run is reached.", ru "Достигнут предел этого запуска (--limit).",
        Interrupted =
            en "Stopping: what is under way is finished. Press Ctrl-C once more to stop at once.",
            ru "Останавливаемся: дожидаемся начатого. Чтобы остановиться сразу, нажмите Ctrl-C ещё раз.",

        // What to do next.
        Results { path: String } = en "Results: {path}", ru "Результаты: {path}",
        Halted { advice: String, words: String } = en "{advice} ({words})", ru "{advice} ({words})",
        Unreachable { words: String } =
            en "The service could not be reached ({words}). Look at the connection and --api-url.",
            ru "Связаться с сервисом не удалось ({words}). Проверьте подключение и --api-url.",
        PutOff { words: String } =
            en "The service put every card off: {words}.",
            ru "Сервис откладывал каждую карточку: {words}.",
        Unclear { answers: u64 } =
            en "{answers} unclear, so nothing more was sent. See that the service is well first."
                [answers = count::en(*answers, "answer was", "answers in a row were")],
            ru "{answers} подряд, поэтому отправка остановлена. Сначала убедитесь, что сервис в порядке."
                [answers = count::ru(*answers, "неясный ответ", "неясных ответа", "неясных ответов")],
        Refused { cards: u64 } =
            en "{cards} refused, so the rest was not sent: see error in the results; --max-failures sets how many are \
                borne." [cards = count::en(*cards, "card was", "cards were")],
            ru "{cards}, поэтому остальные не отправлены. Причины — в столбце error результатов; сколько отказов \
                терпеть, задаёт --max-failures."
                [cards = count::ru(*cards, "карточка не принята", "карточки не приняты", "карточек не принято")],
        RunAgain { rows: u64 } =
            en "Run the same command again to send the {rows} pending.",
            ru "Чтобы отправить ещё {rows}, запустите ту же команду снова."
                [rows = count::ru(*rows, "карточку", "карточки", "карточек")],
        UnknownLeft { rows: u64 } =
            en "{rows} unknown: such a card may have arrived, and is never sent again by itself. Run sendcontact \
                reconcile --wait 5m, or decide with sendcontact resolve.",
            ru "Неизвестно, что стало с {rows}: такая карточка могла дойти и сама повторно не отправляется. Запустите \
                sendcontact reconcile --wait 5m или решите сами: sendcontact resolve."
                [rows = count::ru(*rows, "карточкой", "карточками", "карточками")],
        CorrectRows =
            en "Correct the failed and invalid rows in the input and run the same command again; the results say why \
                each.",
            ru "Исправьте во входном файле строки с ошибками и отказами и запустите ту же команду снова; причина каждой \
                есть в результатах.",

        // Unknown rows.
        ReportAnew =
            en "sendcontact report writes the results anew.",
            ru "Заново записать результаты: sendcontact report.",
        Found { rows: u64 } =
            en "{rows} found in the instance's queue or journal."
                [rows = count::en(*rows, "unknown row was", "unknown rows were")],
            ru "{rows} в очереди или журнале инстанса." [rows = count::ru(
                *rows,
                "неизвестная карточка нашлась",
                "неизвестные карточки нашлись",
                "неизвестных карточек нашлось"
            )],
        ProvesNothing { trouble: String } =
            en "The look-up proves nothing about the rest: {trouble}.",
            ru "Об остальных поиск ничего не доказывает: {trouble}.",
        StateIs { state: String } = en "the instance is {state}", ru "состояние инстанса — {state}",
        QueueHides =
            en "more messages wait in the instance's queue than it shows",
            ru "в очереди инстанса больше сообщений, чем она показывает",
        QueueUncounted { words: String } =
            en "getMessagesCount does not say how many messages wait in the instance's queue ({words}), and the queue may \
                not show the first of them",
            ru "getMessagesCount не сообщает, сколько сообщений в очереди инстанса ({words}), а первое из них очередь может \
                не показать",
        NoServiceTime =
            en "the service does not tell its time, so nobody knows how far back its journal must be searched",
            ru "сервис не сообщает своё время, поэтому неизвестно, за какой срок смотреть его журнал",
        TimesContradict =
            en "the service told two times that contradict each other",
            ru "сервис сообщил два времени, которые противоречат друг другу",
        Undated { rows: u64 } =
            en "{rows} handed over when the service's time was not known. The journal of the last 24 hours does not show \
                {them}, but that proves nothing. Look in WhatsApp and decide with sendcontact resolve." [
                rows = count::en(*rows, "unknown row was", "unknown rows were"),
                them = count::en_form(*rows, "it", "them")
            ],
            ru "{rows}, когда время сервиса было неизвестно. В журнале за последние 24 часа {them} нет, но это ничего не \
                доказывает. Проверьте в WhatsApp и решите сами: sendcontact resolve." [
                rows = count::ru(
                    *rows,
                    "неизвестная строка передана",
                    "неизвестные строки переданы",
                    "неизвестных строк передано"
                ),
                them = count::ru_form(*rows, "её", "их", "их")
            ],
        Absent { rows: u64 } =
            en "{rows} proved not to have been taken; reconcile --resend-absent sends {them} again." [
                rows = count::en(*rows, "unknown row is", "unknown rows are"),
                them = count::en_form(*rows, "it", "them")
            ],
            ru "Доказано, что сервис не взял {rows}; reconcile --resend-absent отправит {them} снова." [
                rows = count::ru(*rows, "неизвестную карточку", "неизвестные карточки", "неизвестных карточек"),
                them = count::ru_form(*rows, "её", "их", "их")
            ],
        MaybeShown { rows: u64 } =
            en "{rows} may be among the cards that the instance shows, but nothing tells which is which; look into the chats, then decide with resolve." [
                rows = count::en(*rows, "unknown row", "unknown rows")
            ],
            ru "{rows} может быть среди показанного инстансом, но не видно, где чья; посмотрите в чатах и решите командой resolve." [
                rows = count::ru(*rows, "неизвестная карточка", "неизвестные карточки", "неизвестных карточек")
            ],
        AbsentPending { rows: u64 } =
            en "{rows} pending again: it is proved that the service never took {them}." [
                rows = count::en(*rows, "row is", "rows are"),
                them = count::en_form(*rows, "it", "them")
            ],
            ru "{rows} отправки: доказано, что сервис {them} не взял." [
                rows = count::ru(*rows, "строка снова ожидает", "строки снова ожидают", "строк снова ожидают"),
                them = count::ru_form(*rows, "её", "их", "их")
            ],
        NoneUnknown =
            en "None of these rows is unknown; nothing was changed.",
            ru "Среди этих строк нет неизвестных; ничего не изменено.",
        NothingChanged = en "Nothing was changed.", ru "Ничего не изменено.",
        NowAccepted { rows: u64 } =
            en "{rows} accepted now. sendcontact report writes the results anew; send goes on."
                [rows = count::en(*rows, "row is", "rows are")],
            ru "Теперь {rows} (accepted). Заново записать результаты: sendcontact report; продолжить отправку: send."
                [rows = count::ru(*rows, "строка принята", "строки приняты", "строк приняты")],
        NowPending { rows: u64 } =
            en "{rows} pending now. sendcontact report writes the results anew; send goes on."
                [rows = count::en(*rows, "row is", "rows are")],
            ru "Теперь {rows} (pending). Заново записать результаты: sendcontact report; продолжить отправку: send."
                [rows = count::ru(*rows, "строка ожидает", "строки ожидают", "строк ожидают")],
        NowSuppressed { rows: u64 } =
            en "{rows} on the --suppress list and {are} not sent: suppressed now." [
                rows = count::en(*rows, "row stands", "rows stand"),
                are = count::en_form(*rows, "is", "are")
            ],
            ru "{rows} в стоп-листе (--suppress), не отправляем: теперь suppressed."
                [rows = count::ru(*rows, "строка стоит", "строки стоят", "строк стоят")],
        NowDuplicate { rows: u64 } =
            en "{rows} duplicate now and not sent: another row gave the same person the same contact, or may have."
                [rows = count::en(*rows, "row is", "rows are")],
            ru "Теперь {rows} (duplicate), не отправляем: тот же контакт тому же человеку отправлен или мог быть \
                отправлен по другой строке."
                [rows = count::ru(*rows, "строка — повтор", "строки — повторы", "строк — повторы")],
        AskResend { rows: u64 } =
            en "{rows} will be sent again: a card that had arrived arrives twice. Go on? [y/N] "
                [rows = count::en(*rows, "unknown row", "unknown rows")],
            ru "{rows} повторно: дошедшая карточка придёт дважды. Продолжить? [д/Н] " [rows = count::ru(
                *rows,
                "неизвестная строка будет отправлена",
                "неизвестные строки будут отправлены",
                "неизвестных строк будет отправлено"
            )],
        AskAssume { rows: u64 } =
            en "{rows} will count as sent: a card that had not arrived is never sent. Go on? [y/N] "
                [rows = count::en(*rows, "unknown row", "unknown rows")],
            ru "{rows}: не дошедшая карточка уже не отправится. Продолжить? [д/Н] " [rows = count::ru(
                *rows,
                "неизвестная строка будет считаться отправленной",
                "неизвестные строки будут считаться отправленными",
                "неизвестных строк будут считаться отправленными"
            )],

        Simulating { url: String } =
            en "What it has received: {url}/simulator/received. Ctrl-C ends it.",
            ru "Что он получил: {url}/simulator/received. Завершить: Ctrl-C.",
    }
}
