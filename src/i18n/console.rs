//! Messages of the commands while they work and when they are done.

use super::{count, messages};

messages! {
    /// The words at the left edge of what is said.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Label {
        Ledger = en "Ledger", ru "Реестр",
        Campaign = en "Campaign", ru "Кампания",
        Settings = en "Settings", ru "Настройки",
        File = en "File", ru "Файл",
        Columns = en "Columns", ru "Столбцы",
        Suppress = en "Suppress", ru "Стоп-лист",
        Problems = en "Problems", ru "Проблемы",
        Warnings = en "Warnings", ru "Замечания",
        Duplicates = en "Duplicate", ru "Повторы",
        Messages = en "Messages", ru "Сообщения",
        Rows = en "Rows", ru "Строки",
        LeftOut = en "Left out", ru "Не пойдут",
        First = en "First", ru "Первый",
        Pace = en "Rate", ru "Темп",
        Shares = en "Shares", ru "Инстансы",
        Finish = en "Finish", ru "Окончание",
        ThisRun = en "This run", ru "Запуск",
    }
}

messages! {
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
        AcceptedBefore { rows: u64 } = en "{rows} accepted before", ru "принято раньше {rows}",
        Nothing = en "none", ru "нет",
        FirstProblem { line: String } = en "The first problem: {line}", ru "Первая проблема: {line}",
        Unchanged =
            en "unchanged since the last run; its rows are already in the ledger",
            ru "не изменился с прошлого запуска, строки уже в реестре",
        AllRows = en "rows", ru "всего строк",
        RowsRead { rows: u64 } =
            en "{rows}" [rows = count::en(*rows, "row", "rows")],
            ru "{rows}" [rows = count::ru(*rows, "строка", "строки", "строк")],
        NothingSelected { only: String } =
            en "No rows are {only}, so no file was written.",
            ru "Строк {only} нет, файл не записан.",
        OldSelection { path: String } =
            en "{path} is from an earlier report.",
            ru "{path} остался от прежнего отчёта.",
        RowsWritten { rows: u64, path: String } =
            en "{rows}: {path}" [rows = count::en(*rows, "row", "rows")],
            ru "{rows}: {path}" [rows = count::ru(*rows, "строка", "строки", "строк")],

        // How a file is read.
        ByTabs = en "separated by tabs", ru "разделитель — табуляция",
        ByDelimiter { delimiter: char } = en "separated by {delimiter}", ru "разделитель {delimiter}",
        HeadingsIn { row: u64 } =
            en "headings in row {row}; the rows above it were skipped",
            ru "заголовки в строке {row}, строки выше пропущены",
        NotUsed { columns: String } = en "not used: {columns}", ru "не используются: {columns}",
        EncodingGuessed { example: String } =
            en "the encoding was detected from the text (check: \"{example}\"); --encoding sets another",
            ru "кодировка определена по содержимому (проверьте: «{example}»); другую задаёт --encoding",
        GuessedOtherwise { source: String, before: String, now: String } =
            en "{source} was read as {before} before, but now another encoding was detected: {now}. Compare the names \
                and set the right encoding with --encoding",
            ru "раньше файл {source} читался как {before}, а теперь определена другая кодировка: {now}. Сверьте имена \
                и укажите верную кодировку в --encoding",
        Unwrapped =
            en "each row was inside one quoted cell; that cell was split into columns",
            ru "каждая строка была целиком в одной ячейке в кавычках; эта ячейка разделена на столбцы",
        SheetRead { sheet: String, others: String } =
            en "sheet {sheet}; not read: {others}; --sheet selects another",
            ru "лист {sheet}; не прочитаны: {others}; другой лист задаёт --sheet",
        IsResults =
            en "this is a results file: in its campaign, each row counts as the row that it came from; in another \
                campaign it is a list",
            ru "это файл результатов: в своей кампании каждая строка заменяет ту, из которой получена; в другой \
                кампании это просто список",
        ListRead { path: String, chats: u64 } =
            en "{path}: {chats}" [chats = count::en(*chats, "chat", "chats")],
            ru "{path}: {chats}" [chats = count::ru(*chats, "чат", "чата", "чатов")],
        ListEmpty =
            en "this list excludes nobody: check that it is the right file",
            ru "этот список никого не исключает: проверьте, тот ли это файл",
        ListUnread { entries: u64, examples: String } =
            en "{entries} nobody: {examples}"
                [entries = count::en(
                    *entries,
                    "entry cannot be read reliably and may exclude",
                    "entries cannot be read reliably and may exclude"
                )],
            ru "{entries}: {examples}" [entries = count::ru(
                *entries,
                "запись не читается однозначно и может никого не исключить",
                "записи не читаются однозначно и могут никого не исключить",
                "записей не читаются однозначно и могут никого не исключить"
            )],
        ListEntry { row: u64, cell: String } = en "row {row} \"{cell}\"", ru "строка {row} «{cell}»",

        // What is wrong, and what will be sent.
        ProblemKind { rows: u64, problem: String } =
            en "{rows}, for example {problem}" [rows = count::en(*rows, "row", "rows")],
            ru "{rows}, например {problem}" [rows = count::ru(*rows, "строка", "строки", "строк")],
        AllProblems =
            en "sendcontact check lists more of them, the results list all",
            ru "больше примеров покажет sendcontact check, все строки — в результатах",
        MoreRows { rows: u64 } =
            en "and {rows}" [rows = count::en(*rows, "more row", "more rows")],
            ru "и ещё {rows}" [rows = count::ru(*rows, "строка", "строки", "строк")],
        Example { rows: u64, place: String, warning: String } =
            en "{rows}, for example {place}: {warning}" [rows = count::en(*rows, "case", "cases")],
            ru "{rows}, например {place}: {warning}"
                [rows = count::ru(*rows, "случай", "случая", "случаев")],
        SentAndGone { rows: u64 } =
            en "{rows} sent earlier and no longer in the input: kept in the results"
                [rows = count::en(*rows, "row was", "rows were")],
            ru "{rows} раньше, но во входном файле их больше нет: остаются в результатах"
                [rows = count::ru(*rows, "строка отправлена", "строки отправлены", "строк отправлены")],
        SentBefore { rows: u64, campaign: String, day: String } =
            en "{rows} sent to the same people before (campaign {campaign}, last on {day}): left out; --again sends \
                them once more"
                [rows = count::en(*rows, "contact was", "contacts were")],
            ru "{rows} тем же людям раньше (кампания {campaign}, последний раз {day}): пропускаем; отправить ещё раз: \
                --again"
                [rows = count::ru(*rows, "контакт уже отправлен", "контакта уже отправлены", "контактов уже отправлены")],
        Changed { rows: u64 } =
            en "{rows} changed: these people already had the same number in this campaign under another spelling; \
                left out; --resend-changed sends a second contact"
                [rows = count::en(*rows, "row has", "rows have")],
            ru "{rows}: эти люди уже получили тот же номер в этой кампании с другим написанием; пропускаем; отправить \
                второй контакт: --resend-changed"
                [rows = count::ru(*rows, "строка изменена", "строки изменены", "строк изменены")],
        ToNobody =
            en "no account yet: set GREEN_API_ID_INSTANCE",
            ru "аккаунт не задан: укажите GREEN_API_ID_INSTANCE",
        ProblemsWritten { path: String } =
            en "Problems: {path}",
            ru "Проблемы: {path}",
        OldFileKept =
            en "(a new name: the file with the old one was changed, or not written by sendcontact, and is kept)",
            ru "(новое имя: прежний файл изменён или записан не этой программой, он сохранён)",
        OldFileInUse =
            en "(a new name: another program has the old file open)",
            ru "(новое имя: прежний файл открыт в другой программе)",
        Corrected { rows: u64 } =
            en "{rows} corrected" [rows = count::en(*rows, "row is", "rows are")],
            ru "исправлено: {rows}" [rows = count::ru(*rows, "строка", "строки", "строк")],
        TookPlace { file: String, old: String } =
            en "{file} takes the place of {old}: most of its rows are the same",
            ru "{file} заменяет {old}: большинство строк совпадает",
        Dropped { rows: u64 } =
            en "{rows} no longer in the input and not sent"
                [rows = count::en(*rows, "pending row is", "pending rows are")],
            ru "во входном файле больше нет {rows}; не отправляем"
                [rows = count::ru(*rows, "ожидавшей строки", "ожидавших строк", "ожидавших строк")],
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
        FileNotGiven { source: String, rows: u64 } =
            en "pending rows of {source} that are in none of the files given now: {rows}; to send them, give {source} \
                too",
            ru "ждут отправки строки из {source}, которых нет в указанных сейчас файлах: {rows}; чтобы отправить их, \
                укажите и {source}",
        Gets { recipient: String, card: String } = en "{card} → {recipient}", ru "{card} → {recipient}",
        GetsLater { recipient: String, card: String, at: String } =
            en "{card} → {recipient}, not before {at}",
            ru "{card} → {recipient}, не раньше {at}",
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
        LeftInvalid { rows: u64 } =
            en "{rows} invalid: correct {them} in the list" [them = count::en_form(*rows, "it", "them")],
            ru "с ошибкой {rows}: исправьте в списке",
        LeftDuplicate { rows: u64 } =
            en "{rows}: the same contact for the same person as in another row"
                [rows = count::en(*rows, "duplicate", "duplicates")],
            ru "{rows}: тот же контакт тому же человеку, что и в другой строке"
                [rows = count::ru(*rows, "повтор", "повтора", "повторов")],
        LeftByList { rows: u64, list: String } =
            en "{rows} suppressed: on the list {list}",
            ru "{rows} по стоп-листу {list}" [rows = count::ru(*rows, "строка", "строки", "строк")],
        LeftFailed { rows: u64 } =
            en "{rows} failed in an earlier run; --retry-failed tries {them} again"
                [them = count::en_form(*rows, "it", "them")],
            ru "отказано раньше {rows}; попробовать снова: --retry-failed",
        LeftUnknown { rows: u64 } =
            en "{rows} unknown: may have arrived, so never resent automatically",
            ru "неизвестно {rows}: такой контакт мог дойти, поэтому повторно автоматически не отправляется",
        DuplicateOf { place: String, original: String } =
            en "{place}: the same as {original}",
            ru "{place}: то же, что {original}",
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
        NothingSent = en "nothing was sent", ru "ничего не отправлено",
        NothingToSend = en "Nothing to send.", ru "Отправлять нечего.",
        ToSend { rows: u64 } = en "{rows} to send", ru "к отправке {rows}",
        Rate { rate: String, cards: u64 } =
            en "at most {rate} a second: {cards}" [cards = count::en(*cards, "contact", "contacts")],
            ru "не больше {rate} в секунду: {cards}" [rate = rate.replace('.', ","), cards = count::ru(*cards, "контакт", "контакта", "контактов")],
        Spaced { seconds: String, cards: u64 } =
            en "one every {seconds} s on average (--spacing): {cards}"
                [cards = count::en(*cards, "contact", "contacts")],
            ru "в среднем один в {seconds} с (--spacing): {cards}"
                [seconds = seconds.replace('.', ","), cards = count::ru(*cards, "контакт", "контакта", "контактов")],
        Pace { rate: String, cards: u64, time: String } =
            en "{rate} a second: {cards} in about {time}" [cards = count::en(*cards, "contact", "contacts")],
            ru "{rate} в секунду: {cards}, примерно {time}"
                [rate = rate.replace('.', ","), cards = count::ru(*cards, "контакт", "контакта", "контактов")],
        DryRun =
            en "Nothing was sent: this was a dry run.",
            ru "Ничего не отправлено: это была проверка (--dry-run).",
        Campaign { campaign: String, to: String } = en "Campaign {campaign}, {to}", ru "Кампания {campaign}, {to}",
        ToSimulator =
            en "through the simulator: nothing leaves this machine",
            ru "через симулятор: с этого компьютера ничего не уходит",
        ToInstance { id: String, url: String } = en "through instance {id} at {url}", ru "через инстанс {id}, {url}",

        // While contacts are sent.
        Left { time: String } = en "{time} left", ru "осталось {time}",
        Speed { rate: String } = en "{rate}/s", ru "{rate}/с" [rate = rate.replace('.', ",")],
        Done { done: u64, all: u64 } = en "{done} of {all}", ru "{done} из {all}",
        Waiting { why: String, until: String, safe: String } =
            en "{why} Trying again until {until} (--retry-for). {safe}",
            ru "{why} Пробуем снова до {until} (--retry-for). {safe}",
        NextTry { at: String } = en "waiting; next try at {at}", ru "ждём; следующая попытка в {at}",
        Waits = en "waiting", ru "ждём",
        Safe = en "Ctrl-C is safe.", ru "Можно прервать: Ctrl-C.",
        SafeNothingSent =
            en "Ctrl-C is safe: nothing has been sent in this run.",
            ru "Можно прервать (Ctrl-C): в этом запуске ещё ничего не отправлено.",
        Readdressed =
            en "The service asks for chat ids: from here on, phone numbers are sent as chatId.",
            ru "Сервис требует chat id: дальше номера получателей передаются как chatId.",
        Finishing =
            en "The service accepts no more contacts; finishing those in progress.",
            ru "Сервис больше не принимает контакты; ждём ответа на уже отправленные запросы.",
        FinishingImpatient =
            en "Gave up: the time to keep retrying (--retry-for) is over; finishing the contacts in progress.",
            ru "Время повторных попыток (--retry-for) вышло; ждём ответа на уже отправленные запросы.",
        FinishingUnclear { answers: u64 } =
            en "{answers} unclear; finishing the contacts in progress."
                [answers = count::en(*answers, "answer was", "answers in a row were")],
            ru "{answers} подряд; ждём ответа на уже отправленные запросы."
                [answers = count::ru(*answers, "неясный ответ", "неясных ответа", "неясных ответов")],
        FinishingRefused { cards: u64 } =
            en "{cards} refused; finishing the contacts in progress."
                [cards = count::en(*cards, "contact was", "contacts were")],
            ru "{cards}; ждём ответа на уже отправленные запросы."
                [cards = count::ru(*cards, "контакт не принят", "контакта не принято", "контактов не принято")],
        LimitReached = en "The limit of this run (--limit) is reached.", ru "Достигнут лимит этого запуска (--limit).",
        Interrupted =
            en "Stopping: finishing the contacts in progress. Press Ctrl-C again to stop at once.",
            ru "Останавливаемся: ждём ответа на уже отправленные запросы. Чтобы остановиться сразу, нажмите Ctrl-C \
                ещё раз.",

        // What to do next.
        Results { path: String } = en "Results: {path}", ru "Результаты: {path}",
        ResultsAsText { path: String } =
            en "{path} (for other programs)",
            ru "{path} (для других программ)",
        Halted { advice: String, words: String } = en "{advice} ({words})", ru "{advice} ({words})",
        Unreachable { words: String } =
            en "The service could not be reached ({words}). Check the connection and --api-url.",
            ru "Связаться с сервисом не удалось ({words}). Проверьте подключение и --api-url.",
        NeverReached { words: String } =
            en "The service could not be reached even once ({words}), so the run does not try for longer. Check --api-url \
                and the connection.",
            ru "Связаться с сервисом не удалось ни разу ({words}), поэтому дальше не пробуем. Проверьте --api-url и \
                подключение.",
        PutOff { words: String } =
            en "The service throttled every request: {words}.",
            ru "Сервис не принимал контакты: {words}.",
        Unclear { answers: u64 } =
            en "{answers} unclear, so nothing more was sent. First check that the service is working."
                [answers = count::en(*answers, "answer was", "answers in a row were")],
            ru "{answers} подряд, поэтому отправка остановлена. Сначала проверьте, что сервис работает."
                [answers = count::ru(*answers, "неясный ответ", "неясных ответа", "неясных ответов")],
        Refused { cards: u64 } =
            en "{cards} refused, so the rest was not sent. The reasons are in the column error of the results; \
                --max-failures sets the limit." [cards = count::en(*cards, "contact was", "contacts were")],
            ru "{cards}, поэтому остальные не отправлены. Причины — в столбце error файла результатов; допустимое \
                число отказов задаёт --max-failures."
                [cards = count::ru(*cards, "контакт не принят", "контакта не принято", "контактов не принято")],
        AllRefused =
            en "The service refused every contact of this run. Look at the column error of the results before you \
                send again.",
            ru "Сервис не принял ни одного контакта в этом запуске. Прежде чем отправлять снова, посмотрите столбец \
                error файла результатов.",
        PendingNotGiven =
            en "Pending rows are left: their file or their instance was not part of this run.",
            ru "Остались неотправленные строки: их файл или их инстанс в этом запуске не указан.",
        WasInterrupted = en "The run was interrupted.", ru "Запуск прерван.",
        WasCancelled = en "The run was cancelled.", ru "Запуск отменён.",
        RunAgain { rows: u64 } =
            en "Run the same command again to send {rows}."
                [rows = count::en(*rows, "pending contact", "pending contacts")],
            ru "Чтобы отправить ещё {rows}, запустите ту же команду снова."
                [rows = count::ru(*rows, "контакт", "контакта", "контактов")],
        UnknownLeft { rows: u64 } =
            en "{rows} unknown. An unknown contact may have arrived, so it is never resent automatically. Look it up, \
                or decide yourself:"
                [rows = count::en(*rows, "contact is", "contacts are")],
            ru "Неизвестно, что стало с {rows}. Такой контакт мог дойти, поэтому повторно он автоматически не \
                отправляется. Поищите его или решите сами:"
                [rows = count::ru(*rows, "контактом", "контактами", "контактами")],

        // Unknown rows.
        ReportAnew =
            en "To write the results again:",
            ru "Записать результаты заново:",
        Found { rows: u64 } =
            en "{rows} found in the instance's queue or journal."
                [rows = count::en(*rows, "unknown contact was", "unknown contacts were")],
            ru "{rows} в очереди или журнале инстанса." [rows = count::ru(
                *rows,
                "неизвестный контакт найден",
                "неизвестных контакта найдено",
                "неизвестных контактов найдено"
            )],
        LookingAgain { seconds: u64, until: String } =
            en "Looking again in {seconds} s, until {until}. Ctrl-C is safe.",
            ru "Смотрим снова через {seconds} с, до {until}. Можно прервать: Ctrl-C.",
        NotShownYet { rows: u64 } =
            en "{rows} still unknown: the instance's queue and journal do not show {them}, and the journal may be two \
                minutes late. Run sendcontact reconcile again in a few minutes." [
                rows = count::en(*rows, "contact is", "contacts are"),
                them = count::en_form(*rows, "it", "them")
            ],
            ru "Всё ещё неизвестно, что стало с {rows}: в очереди и журнале инстанса {them} нет, а журнал может \
                отставать на две минуты. Запустите sendcontact reconcile снова через несколько минут." [
                rows = count::ru(*rows, "контактом", "контактами", "контактами"),
                them = count::ru_form(*rows, "его", "их", "их")
            ],
        ProvesNothing { trouble: String } =
            en "Nothing could be found out about the rest: {trouble}.",
            ru "Про остальные выяснить ничего не удалось: {trouble}.",
        StateIs { state: String } = en "the instance state is {state}", ru "состояние инстанса — {state}",
        QueueHides =
            en "the instance's queue holds more messages than the service shows",
            ru "в очереди инстанса больше сообщений, чем сервис показывает",
        QueueUncounted { words: String } =
            en "getMessagesCount does not report how many messages are in the instance's queue ({words}), and the \
                queue may not show the first of them",
            ru "getMessagesCount не сообщает, сколько сообщений в очереди инстанса ({words}), а первое из них сервис \
                может не показать",
        NoServiceTime =
            en "the service did not report its time, so it is unclear how far back its journal must be searched",
            ru "сервис не сообщил своё время, поэтому неизвестно, за какой срок смотреть его журнал",
        TimesContradict =
            en "the service reported two times that contradict each other",
            ru "сервис сообщил два времени, которые противоречат друг другу",
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
                them = count::ru_form(*rows, "её", "их", "их")
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
                them = count::ru_form(*rows, "его", "их", "их")
            ],
        MaybeShown { rows: u64 } =
            en "{rows} may be among the contacts that the instance shows, but they cannot be matched. Look into the \
                chats, then decide yourself:" [
                rows = count::en(*rows, "unknown contact", "unknown contacts")
            ],
            ru "Возможно, {rows} есть среди показанных инстансом, но сопоставить их нельзя. Посмотрите в чатах и \
                решите сами:" [
                rows = count::ru(*rows, "неизвестный контакт", "неизвестных контакта", "неизвестных контактов")
            ],
        AbsentPending { rows: u64 } =
            en "{rows} pending again: it is proved that the service did not accept {them}." [
                rows = count::en(*rows, "contact is", "contacts are"),
                them = count::en_form(*rows, "it", "them")
            ],
            ru "{rows} отправки: установлено, что сервис {them} не принял." [
                rows = count::ru(*rows, "контакт снова ожидает", "контакта снова ожидают", "контактов снова ожидают"),
                them = count::ru_form(*rows, "его", "их", "их")
            ],
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

        Simulating { url: String } =
            en "See what it has received at {url}/simulator/received. Ctrl-C stops it.",
            ru "Что он получил: {url}/simulator/received. Остановить: Ctrl-C.",
    }
}
