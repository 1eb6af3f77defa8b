//! The findings of `doctor` about settings, service and machine.

use super::database_messages::DatabaseFinding;
use crate::i18n::{Language, count, messages};

messages! {
    /// How serious a finding is, as shown at the left edge.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) enum LevelWord {
        Good = en "ok", ru "норма",
        Warning = en "warn", ru "внимание",
        Failure = en "FAIL", ru "ОШИБКА",
    }
}

impl LevelWord {
    /// Returns the width of the longest of these words.
    pub(super) const fn width(language: Language) -> usize {
        match language {
            Language::En => "warn".len(),
            // A Cyrillic letter takes two bytes.
            Language::Ru => "внимание".len() / 2,
        }
    }
}

messages! {
    /// What a line is about.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) enum Subject {
        Version = en "version", ru "версия",
        Settings = en "settings", ru "настройки",
        Instance = en "instance", ru "инстанс",
        Token = en "token", ru "токен",
        Network = en "network", ru "сеть",
        State = en "state", ru "состояние",
        Past = en "history", ru "история",
        Pace = en "rate", ru "темп",
        Queue = en "queue", ru "очередь",
        Clock = en "clock", ru "часы",
        Folder = en "folder", ru "папка",
        Ledger = en "ledger", ru "реестр",
        Books = en "program data", ru "данные",
        Database = en "database", ru "база данных",
        Server = en "server", ru "сервер",
        Sessions = en "sessions", ru "сессии",
        Rights = en "rights", ru "права",
        Durability = en "durability", ru "надёжность",
        ServerClock = en "server clock", ru "часы сервера",
        Replication = en "replication", ru "репликация",
        Schema = en "schema", ru "схема",
        Leases = en "leases", ru "закреплено",
    }
}

impl Subject {
    /// Returns the word in the JSON.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Settings => "settings",
            Self::Instance => "instance",
            Self::Token => "token",
            Self::Network => "network",
            Self::State => "state",
            Self::Past => "stateHistory",
            Self::Pace => "rate",
            Self::Queue => "queue",
            Self::Clock => "clock",
            Self::Folder => "folder",
            Self::Ledger => "ledger",
            Self::Books => "programData",
            Self::Database => "database",
            Self::Server => "databaseVersion",
            Self::Sessions => "databaseSessions",
            Self::Rights => "databaseRights",
            Self::Durability => "databaseDurability",
            Self::ServerClock => "databaseClock",
            Self::Replication => "databaseReplication",
            Self::Schema => "databaseSchema",
            Self::Leases => "databaseLeases",
        }
    }
}

messages! {
    /// What a check found.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum Finding {
        // Settings.
        NoFile =
            en "no settings file; sendcontact init creates one",
            ru "файла настроек нет; его создаст sendcontact init",
        File { path: String } = en "{path}", ru "{path}",
        FileWithProfile { path: String, profile: String } =
            en "{path}, profile {profile}",
            ru "{path}, профиль {profile}",
        Simulated = en "the simulator: nothing leaves this machine", ru "симулятор: с этого компьютера ничего не уходит",
        InstanceAt { id: String, url: String } = en "{id} at {url}", ru "{id}, адрес {url}",
        Token { place: String } = en "set, from {place}", ru "задан, {place}",
        TokenFile { place: String, path: String } = en "set, from {place}: {path}", ru "задан, {place}: {path}",
        TokenOpen { path: String } =
            en "other users can read {path}: chmod 600 {path}",
            ru "{path} могут читать другие: chmod 600 {path}",
        Wrong { reason: String } = en "{reason}", ru "{reason}",
        Database(finding: DatabaseFinding) = en "{finding}", ru "{finding}",

        // Network.
        Reached { host: String } = en "{host} can be reached", ru "{host} отвечает",
        ByProxy { host: String } =
            en "requests to {host} go through the proxy that the environment sets",
            ru "запросы к {host} идут через прокси из переменных среды",
        NoName { host: String, reason: String } =
            en "the address of {host} was not found (DNS): check the internet connection and --api-url ({reason})",
            ru "адрес {host} не найден (DNS): проверьте подключение к интернету и --api-url ({reason})",
        NoConnection { host: String, reason: String } =
            en "{host} does not accept connections: check the firewall, VPN and proxy settings ({reason})",
            ru "{host} не принимает соединений: проверьте межсетевой экран, VPN и прокси ({reason})",
        NoAnswer { host: String, reason: String } =
            en "{host} accepts connections, but TLS or the answer fails: check this machine's clock and certificates, \
                and any proxy or firewall in between ({reason})",
            ru "{host} принимает соединения, но TLS или ответ не удались: проверьте часы и сертификаты компьютера, а \
                также прокси и межсетевой экран ({reason})",

        // The instance.
        Authorized = en "authorized: ready to send", ru "authorized: готов отправлять",
        NotAuthorized =
            en "notAuthorized: no phone is linked. Scan the QR code in the console; until then contacts only fill the \
                queue",
            ru "notAuthorized: телефон не подключён. Отсканируйте QR-код в личном кабинете; до этого контакты лишь \
                копятся в очереди",
        Blocked =
            en "blocked: WhatsApp has banned this number. Do not send; file an appeal from the phone",
            ru "blocked: WhatsApp заблокировал этот номер. Не отправляйте; подайте обращение с телефона",
        Restricted =
            en "yellowCard or suspended: WhatsApp restricts this number after complaints or mailing to strangers. Do \
                not send; let the number rest for a few days",
            ru "yellowCard или suspended: WhatsApp ограничил номер после жалоб или рассылки незнакомым. Не \
                отправляйте; дайте номеру отдохнуть несколько дней",
        Starting =
            en "starting: it will be ready within five minutes. Check again then",
            ru "starting: будет готов в течение пяти минут. Потом проверьте снова",
        SleepMode = en "sleepMode: the phone is off. Turn it on", ru "sleepMode: телефон выключен. Включите его",
        Unnamed { state: String } =
            en "{state}: an unknown state. Check it in the console",
            ru "{state}: неизвестное состояние. Посмотрите в личном кабинете",
        Past { age: String, states: String } =
            en "known for {age} at least; the last states: {states}",
            ru "известна не меньше чем за {age}; последние состояния: {states}",
        PastNotTold = en "the service does not show past states", ru "сервис не показывает прошлых состояний",
        Pace { seconds: String, cards: u64 } =
            en "{seconds} s between two messages: at most {cards} contacts an hour leave the queue",
            ru "между сообщениями {seconds} с: из очереди уходит не больше {cards} контактов в час"
                [seconds = seconds.replace('.', ",")],
        QueueEmpty = en "empty", ru "пуста",
        QueueLength { messages: u64, time: String } =
            en "{messages}; the last one leaves in about {time}"
                [messages = count::en(*messages, "message waits", "messages wait")],
            ru "{messages}; последнее уйдёт примерно через {time}"
                [messages = count::ru(*messages, "сообщение ждёт", "сообщения ждут", "сообщений ждут")],
        QueueUntimed { messages: u64 } =
            en "{messages}" [messages = count::en(*messages, "message waits", "messages wait")],
            ru "{messages}"
                [messages = count::ru(*messages, "сообщение ждёт", "сообщения ждут", "сообщений ждут")],
        QueueLong { messages: u64 } =
            en "{messages} or more messages wait, and the service drops messages after 24 hours in the queue",
            ru "ждут {messages} или больше сообщений, а через 24 часа в очереди сервис их отбрасывает",
        NotTold { reason: String } = en "could not be checked: {reason}", ru "не удалось узнать: {reason}",
        Clock { seconds: u64 } =
            en "matches the service's clock to within {seconds} s",
            ru "совпадают с часами сервиса с точностью до {seconds} с",
        ClockWrong { seconds: u64 } =
            en "differs from the service's clock by {seconds} s: correct this computer's clock. Hours, daily caps and \
                recorded times use the service's clock",
            ru "расходятся с часами сервиса на {seconds} с: поправьте часы компьютера. Окна отправки, дневные лимиты \
                и записанные времена считаются по часам сервиса",
        ClockNotTold = en "the service did not report its time", ru "сервис не сообщил время",

        // The machine.
        Room { path: String, room: String } =
            en "{path} is writable, {room} free",
            ru "{path}: доступна для записи, свободно {room}" [room = in_russian(room)],
        LittleRoom { path: String, room: String } =
            en "{path} is writable, but only {room} is free: a ledger of a million rows takes about half a gigabyte",
            ru "{path}: доступна для записи, но свободно лишь {room}, а реестр миллиона строк занимает около половины \
                гигабайта" [room = in_russian(room)],
        NotWritable { path: String, reason: String } =
            en "{path} is not writable: {reason}",
            ru "{path}: нет доступа на запись: {reason}",
        NoLedger =
            en "this folder has none yet; send creates one beside its list",
            ru "в этой папке пока нет; send создаст его рядом со списком",
        LedgerToCome { path: String } =
            en "{path} is not there yet; send creates it",
            ru "{path} ещё нет; его создаст send",
        NoSuchLedger { path: String, others: u64 } =
            en "there is no ledger {path}: check the name of the campaign{others}"
                [others = match *others {
                    0 => "",
                    _ => "; sendcontact status lists those of this folder",
                }],
            ru "реестра {path} нет: проверьте название кампании{others}"
                [others = match *others {
                    0 => "",
                    _ => "; кампании этой папки покажет sendcontact status",
                }],
        SeveralLedgers { ledgers: u64, names: String, command: String } =
            en "{ledgers} in this folder were not checked: {names}. To check the first: {command}"
                [ledgers = count::en(*ledgers, "ledger", "ledgers")],
            ru "в этой папке {ledgers}, они не проверены: {names}. Проверить первый: {command}"
                [ledgers = count::ru(*ledgers, "реестр", "реестра", "реестров")],
        Ledger { path: String, rows: u64, pending: u64, unknown: u64 } =
            en "{path}: intact; {rows}, {pending} pending, {unknown} unknown"
                [rows = count::en(*rows, "row", "rows")],
            ru "{path}: цел; строк {rows}, ожидают {pending}, неизвестных {unknown}",
        BooksAt { path: String } = en "{path} is writable", ru "{path}: доступна для записи",
        BooksNowhere =
            en "this machine sets no home folder: caps cannot be counted across campaigns",
            ru "домашняя папка не задана: лимиты нельзя считать по всем кампаниям сразу",
    }
}

impl Finding {
    /// Returns the command at the end of the finding's sentence, if there is one.
    pub(super) fn command(&self) -> Option<&str> {
        if let Self::SeveralLedgers { command, .. } = self {
            Some(command)
        } else {
            None
        }
    }
}

/// Turns `78.3 GB` into `78,3 ГБ`.
fn in_russian(size: &str) -> String {
    size.replace('.', ",")
        .replace("GB", "ГБ")
        .replace("MB", "МБ")
}
