//! What `doctor` says of the settings, the service and the machine.

#![expect(missing_docs, reason = "the templates tell what a sentence and its fields are")]

use super::sentences;

sentences! {
    /// What a line is about.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Subject {
        Version = en "version", ru "версия",
        Settings = en "settings", ru "настройки",
        Instance = en "instance", ru "инстанс",
        Token = en "token", ru "токен",
        Network = en "network", ru "сеть",
        State = en "state", ru "состояние",
        Pace = en "pace", ru "темп",
        Queue = en "queue", ru "очередь",
        Clock = en "clock", ru "часы",
        Folder = en "folder", ru "папка",
        Ledger = en "ledger", ru "реестр",
        Books = en "own state", ru "свои данные",
    }
}

sentences! {
    /// What was found out.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Finding {
        // Settings.
        NoFile =
            en "no settings file; sendcontact init writes one",
            ru "файла настроек нет; его запишет sendcontact init",
        File { path: String } = en "{path}", ru "{path}",
        FileWithProfile { path: String, profile: String } =
            en "{path}, profile {profile}",
            ru "{path}, профиль {profile}",
        Simulated = en "the simulator: nothing leaves this machine", ru "симулятор: с этого компьютера ничего не уходит",
        InstanceAt { id: String, url: String } = en "{id} at {url}", ru "{id} по адресу {url}",
        Token { place: String } = en "set, from {place}", ru "задан, {place}",
        TokenFile { place: String, path: String } = en "set, from {place}: {path}", ru "задан, {place}: {path}",
        TokenOpen { path: String } =
            en "others may read {path}: chmod 600 {path}",
            ru "{path} могут читать другие: chmod 600 {path}",
        Wrong { reason: String } = en "{reason}", ru "{reason}",

        // Network.
        Reached { host: String } = en "{host} can be reached", ru "{host} отвечает",
        ByProxy { host: String } =
            en "{host} is asked through the proxy of the environment",
            ru "к {host} обращаемся через прокси из переменных среды",
        NoName { host: String, reason: String } =
            en "no address is known for {host} (DNS): look at the connection to the internet and at --api-url ({reason})",
            ru "адрес {host} не найден (DNS): проверьте подключение к интернету и --api-url ({reason})",
        NoConnection { host: String, reason: String } =
            en "{host} does not take connections: look at firewall, VPN and proxy settings ({reason})",
            ru "{host} не принимает соединений: проверьте межсетевой экран, VPN и прокси ({reason})",
        NoAnswer { host: String, reason: String } =
            en "{host} takes connections, but TLS or the answer fails: look at this machine's clock and certificates, and at what stands between ({reason})",
            ru "{host} принимает соединения, но TLS или ответ не удались: проверьте часы и сертификаты компьютера и то, что стоит между вами ({reason})",

        // The instance.
        Authorized = en "authorized: it sends", ru "authorized: отправляет",
        NotAuthorized =
            en "notAuthorized: no phone is linked. Scan the QR code in the console; until then cards only fill the queue",
            ru "notAuthorized: телефон не подключён. Отсканируйте QR-код в личном кабинете; до этого карточки лишь копятся в очереди",
        Blocked =
            en "blocked: WhatsApp has banned this number. Do not send; appeal from the phone",
            ru "blocked: WhatsApp заблокировал этот номер. Не отправляйте; подайте обращение с телефона",
        Restricted =
            en "yellowCard or suspended: WhatsApp restricts this number after complaints or mailing to strangers. Do not send, let it rest for some days",
            ru "yellowCard или suspended: WhatsApp ограничил номер после жалоб или рассылки незнакомым. Не отправляйте, дайте ему отдохнуть несколько дней",
        Starting =
            en "starting: it will be ready within five minutes. Look again then",
            ru "starting: будет готов в течение пяти минут. Проверьте снова после этого",
        SleepMode = en "sleepMode: the phone is off. Switch it on", ru "sleepMode: телефон выключен. Включите его",
        Unnamed { state: String } =
            en "{state}: a state that is not known here. Look at the console",
            ru "{state}: такое состояние здесь неизвестно. Посмотрите в личном кабинете",
        Pace { seconds: String, cards: u64 } =
            en "{seconds} s between two messages: at most {cards} cards an hour leave the queue",
            ru "между сообщениями {seconds} с: из очереди уходит не больше {cards} карточек в час",
        QueueEmpty = en "empty", ru "пуста",
        QueueLength { messages: u64, time: String } =
            en "{messages} messages wait; the last of them leaves in about {time}",
            ru "ждут сообщений: {messages}; последнее уйдёт примерно через {time}",
        QueueUntimed { messages: u64 } = en "{messages} messages wait", ru "ждут сообщений: {messages}",
        QueueLong { messages: u64 } =
            en "{messages} messages or more wait, and the service drops those that wait for 24 hours",
            ru "ждут сообщений: {messages} или больше, а через 24 часа сервис отбрасывает неотправленные",
        NotTold { reason: String } = en "not told: {reason}", ru "не узнать: {reason}",
        Clock { seconds: u64 } =
            en "right by the service's, to {seconds} s",
            ru "совпадают с часами сервиса с точностью до {seconds} с",
        ClockWrong { seconds: u64 } =
            en "off by {seconds} s from the service's: correct this computer's clock. Hours, daily limits and recorded times go by the service's",
            ru "расходятся с часами сервиса на {seconds} с: поправьте часы компьютера. Окна, лимиты и записанные времена считаются по часам сервиса",
        ClockNotTold = en "the service tells no time", ru "сервис не сообщает времени",

        // The machine.
        Room { path: String, room: String } =
            en "{path} can be written to, {room} are free",
            ru "{path}: запись есть, свободно {room}",
        LittleRoom { path: String, room: String } =
            en "{path} can be written to, but only {room} are free: a ledger of a million rows takes about half a gigabyte",
            ru "{path}: запись есть, но свободно лишь {room}, а реестр миллиона строк занимает около половины гигабайта",
        NotWritable { path: String, reason: String } =
            en "{path} cannot be written to: {reason}",
            ru "{path}: записи нет: {reason}",
        NoLedger = en "none yet", ru "пока нет",
        Ledger { path: String, rows: u64, pending: u64, unknown: u64 } =
            en "{path}: sound; {rows} rows, {pending} pending, {unknown} unknown",
            ru "{path}: цел; строк {rows}, ожидают {pending}, неизвестно {unknown}",
        BooksAt { path: String } = en "{path} can be written to", ru "{path}: запись есть",
        BooksNowhere =
            en "this machine names no home folder: caps cannot be counted across campaigns",
            ru "домашняя папка не задана: лимиты нельзя считать по всем кампаниям сразу",
    }
}
