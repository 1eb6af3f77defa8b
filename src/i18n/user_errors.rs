//! Why a command cannot begin or go on: what a person typed, set or has on this machine.

use super::{count, lists, messages};

messages! {
    /// A sentence about a wrong argument or setting, or about a file of ours that cannot be used.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum UserError {
        // Which inputs are given.
        NothingGiven =
            en "nothing to send: give a table, or --recipients with --contacts",
            ru "отправлять нечего: укажите таблицу или --recipients вместе с --contacts",
        NoContacts =
            en "--recipients needs contacts to send: add --contacts FILE",
            ru "для --recipients нужны контакты: добавьте --contacts ФАЙЛ",
        NoRecipients =
            en "--contacts needs recipients: add --recipients with a file, a number or a chat id",
            ru "для --contacts нужны получатели: добавьте --recipients с файлом, номером или chat id",
        NoMatch { column: String } =
            en "--match {column} names a column of --recipients, so --recipients must be tables (not a vCard file, a \
                number or a chat id), and --contacts must hold the contacts",
            ru "--match {column} — это столбец в --recipients, поэтому там должны быть таблицы, а не файл vCard, \
                номер или chat id, а контакты должны быть в --contacts",
        NotARecipient { text: String, reason: String } =
            en "--recipients \"{text}\" is not a file, a chat id or a number: there is no such file, and it is not a \
                valid recipient: {reason}",
            ru "--recipients «{text}» — не файл, не chat id и не номер: такого файла нет, а как получатель это не \
                подходит: {reason}",
        MapMissing { field: String, column: String, path: String, found: Vec<String> } =
            en "--map {field}={column}: {path} has no such column; it has {found}" [found = lists::en(found, ", ")],
            ru "--map {field}={column}: в {path} нет такого столбца, есть {found}" [found = lists::ru(found, ", ")],
        MatchMissing { column: String, path: String, found: Vec<String> } =
            en "--match {column}: {path} has no such column; it has {found}" [found = lists::en(found, ", ")],
            ru "--match {column}: в {path} нет такого столбца, есть {found}" [found = lists::ru(found, ", ")],
        MapForm { text: String } =
            en "\"{text}\" is not a mapping: write FIELD=COLUMN, such as phoneContact=C",
            ru "«{text}» — не ПОЛЕ=СТОЛБЕЦ: пишите, например, phoneContact=C",
        NoField { text: String } =
            en "there is no field \"{text}\": use chatId, phoneNumber, recipient, phoneContact, firstName, middleName, \
                lastName, company or timeZone",
            ru "поля «{text}» нет, есть chatId, phoneNumber, recipient, phoneContact, firstName, middleName, lastName, \
                company и timeZone",
        NoCountry { text: String } =
            en "there is no country \"{text}\": give its two letters, such as RU, KZ or UA",
            ru "страны «{text}» нет: укажите две её буквы, например RU, KZ или UA",

        // Settings.
        NoInstance =
            en "no instance: set GREEN_API_ID_INSTANCE or --id-instance (idInstance in the console), or try it with \
                --simulate",
            ru "не указан инстанс: задайте GREEN_API_ID_INSTANCE или --id-instance (idInstance в личном кабинете) или \
                попробуйте с --simulate",
        InstanceNoId { name: String } =
            en "instance {name} has no id: add id-instance under [instances.{name}] in the settings file",
            ru "у инстанса {name} нет id: укажите id-instance в [instances.{name}] в файле настроек",
        InstanceNoToken { name: String } =
            en "instance {name} has no token: add token-file or token-command under [instances.{name}] in the \
                settings file",
            ru "у инстанса {name} нет токена: укажите token-file или token-command в [instances.{name}] в файле настроек",
        SameInstance { one: String, other: String, id: String } =
            en "{one} and {other} are the same instance, {id}: give it once",
            ru "{one} и {other} — один и тот же инстанс, {id}: укажите его один раз",
        NoToken =
            en "no token: set GREEN_API_TOKEN, or GREEN_API_TOKEN_FILE or --token-file with a file that holds it \
                (apiTokenInstance in the console)",
            ru "не указан токен: задайте GREEN_API_TOKEN или файл с токеном в GREEN_API_TOKEN_FILE или --token-file \
                (apiTokenInstance в личном кабинете)",
        TokenFile { path: String, reason: String } =
            en "the token file {path} cannot be read: {reason}",
            ru "файл с токеном {path} не читается: {reason}",
        Address =
            en "the API address must look like https://api.green-api.com: copy apiUrl from the instance's page in the \
                console, without method or token",
            ru "адрес API должен быть таким, как https://api.green-api.com: скопируйте apiUrl со страницы инстанса в \
                личном кабинете, без метода и токена",
        ProxyReadsToken { variable: &'static str } =
            en "{variable} sets a proxy, and with http:// the proxy would read the token: use https:// or unset \
                {variable} for this run",
            ru "{variable} задаёт прокси, и при http:// он прочёл бы токен: укажите https:// или уберите {variable} \
                для этого запуска",
        Insecure =
            en "the API address begins with http://, which would send the token unencrypted: use https:// (or \
                --insecure-http, if you know that the connection is safe)",
            ru "адрес API начинается с http://, и токен ушёл бы незашифрованным: укажите https:// (или \
                --insecure-http, если знаете, что соединение безопасно)",
        InstanceId =
            en "idInstance must be 1 to 20 digits without a leading zero: copy it from the instance's page in the \
                console",
            ru "idInstance — это от 1 до 20 цифр без нуля впереди: скопируйте его со страницы инстанса в личном кабинете",
        Token =
            en "the token is empty or contains characters other than letters, digits, '-', '_' and '.': copy \
                apiTokenInstance from the instance's page in the console",
            ru "токен пуст, или в нём есть что-то кроме букв, цифр, '-', '_' и '.': скопируйте apiTokenInstance со \
                страницы инстанса в личном кабинете",
        Https { reason: String } =
            en "HTTPS cannot be set up on this machine (check its certificates and proxy settings): {reason}",
            ru "HTTPS на этом компьютере не работает (проверьте сертификаты и настройки прокси): {reason}",
        AddressUnusable { reason: String } =
            en "the API address cannot be used: {reason}",
            ru "адрес API не подходит: {reason}",
        Delimiter { text: String } =
            en "--delimiter must be one character (; , | or tab), not {text}",
            ru "--delimiter — это один знак (; , | или tab), а не {text}",
        SameFile { path: String } =
            en "{path} is an input or the ledger: writing to it would destroy it; choose another name with --results, \
                --ledger, --problems or --log-file",
            ru "{path} — входной файл или реестр: запись его уничтожит. Выберите другое имя: --results, --ledger, \
                --problems или --log-file",
        ResultsEnding { path: String, endings: &'static str } =
            en "--results must end with {endings} here, not {path}",
            ru "имя в --results здесь должно кончаться на {endings}, а не {path}",
        NotItsEnding { path: String, ending: &'static str } =
            en "--as {ending} and --results {path} contradict each other: remove one of them, or give the name the \
                ending .{ending}",
            ru "--as {ending} и --results {path} противоречат друг другу: уберите одно из двух или дайте имени окончание \
                .{ending}",
        OnlyFigures =
            en "--only selects rows, but a summary page has none; remove it, or choose another format with --as",
            ru "--only выбирает строки, а на странице со сводкой их нет: уберите его или выберите другой формат через \
                --as",
        Scratch { reason: String } =
            en "duplicates cannot be checked: the temporary file cannot be written ({reason}); free space in the \
                folder for temporary files, or set another folder with TMPDIR",
            ru "повторы проверить нельзя: временный файл не записывается ({reason}). Освободите место в папке \
                временных файлов или укажите другую в TMPDIR",
        CampaignPath { campaign: String } =
            en "--campaign {campaign}: give a name, not a path; --out-dir sets the folder",
            ru "--campaign {campaign}: нужно имя, а не путь; папку задаёт --out-dir",
        NoFolder { path: String } =
            en "{path} is not a file, so the ledger and the results cannot be placed beside it: set their folder with \
                --out-dir and the campaign with --campaign",
            ru "{path} — не файл, поэтому реестр и результаты нельзя положить рядом с ним: папку задайте через \
                --out-dir, а имя кампании — через --campaign",
        NoLedgerHere =
            en "this folder has no ledger: give the name of a campaign",
            ru "в этой папке нет реестра: укажите кампанию",
        ManyLedgers { ledgers: u64 } =
            en "this folder has {ledgers} ledgers: give the name of the campaign",
            ru "в этой папке {ledgers}: укажите кампанию"
                [ledgers = count::ru(*ledgers, "реестр", "реестра", "реестров")],
        NoSource { source: String, found: Vec<String> } =
            en "--source {source}: the campaign has no such file; it has {found}" [found = lists::en(found, ", ")],
            ru "--source {source}: такого файла в кампании нет, есть {found}" [found = lists::ru(found, ", ")],
        WhichSource { row: u64, found: Vec<String> } =
            en "row {row} is unknown in several files: {found}; choose one with --source"
                [found = lists::en(found, ", ")],
            ru "строка {row} неизвестна в нескольких файлах: {found}; укажите нужный: --source"
                [found = lists::ru(found, ", ")],
        Script { path: String, reason: String } =
            en "the script {path} cannot be used: {reason}",
            ru "сценарий {path} не подходит: {reason}",

        // Ledgers and results.
        LedgerHeld { path: String } =
            en "another sendcontact run is using {path}: wait until it ends, or stop it",
            ru "{path} уже использует другой запуск sendcontact: дождитесь его окончания или остановите его",
        LedgerMissing { path: String } =
            en "there is no ledger {path}: give the name of the campaign, or the ledger with --ledger",
            ru "реестра {path} нет: укажите кампанию или реестр: --ledger",
        LedgerForeign { path: String } =
            en "{path} is not a ledger of sendcontact: move it away, or choose another ledger with --ledger",
            ru "{path} — не реестр sendcontact: уберите этот файл или выберите другой реестр: --ledger",
        LedgerDamaged { path: String, reason: String } =
            en "the ledger {path} is damaged ({reason}): restore it from a copy; nothing was sent",
            ru "реестр {path} повреждён ({reason}): восстановите его из копии; ничего не отправлено",
        NotPlain { path: String } =
            en "{path} is not a regular file but a link, a pipe, a device or a folder: remove it, or choose another \
                folder or name; nothing was sent",
            ru "{path} — не обычный файл, а ссылка, канал, устройство или папка: уберите его или выберите другую папку или имя; \
                ничего не отправлено",
        OtherOwner { path: String } =
            en "{path} belongs to another user: make it yours (chown), or choose another folder; nothing was sent",
            ru "{path} принадлежит другому пользователю: сделайте файл своим (chown) или выберите другую папку; ничего не отправлено",
        OpenToOthers { path: String } =
            en "other users can change {path}: run chmod go-w, then check that the file is unchanged; nothing was \
                sent",
            ru "{path} могут менять другие пользователи: выполните chmod go-w и проверьте, не изменён ли файл; ничего не отправлено",
        LedgerNames { path: String } =
            en "the ledger {path} is a hard link: the file has other names too, and runs under different names would \
                send the same contacts twice. Replace it with a copy, and use only the copy; nothing was sent",
            ru "реестр {path} — жёсткая ссылка: у файла есть и другие имена, и запуски по разным именам отправили бы \
                одни и те же контакты дважды. Замените его копией и работайте только с ней; ничего не отправлено",
        LedgerLost { path: String } =
            en "the ledger {path} is missing; only its last changes are left beside it, in the file with -wal at the \
                end of its name. Restore the ledger from a copy; to start from scratch, remove that file too; nothing \
                was sent",
            ru "реестра {path} нет, рядом остались только последние записи, с -wal в конце имени: восстановите его из \
                копии, а чтобы начать заново, удалите и этот файл; ничего не отправлено",
        LedgerForgetful { path: String, missing: String } =
            en "the last run of {path} was cut off, and {missing} is missing: the last contacts of that run are \
                recorded only there, and this machine has no send history of this instance. Put {missing} back beside \
                the ledger; nothing was sent",
            ru "прошлая отправка по реестру {path} оборвалась, а файла {missing} нет: последние отправки записаны \
                только в нём, и истории отправок этого инстанса здесь тоже нет. Верните {missing} на место рядом с \
                реестром; ничего не отправлено",
        LedgerMoved { path: String } =
            en "the ledger {path} was removed or replaced during the run, so nothing more can be recorded; put it \
                back, and check it with sendcontact status before you send again",
            ru "реестр {path} удалили или заменили во время отправки, записывать больше некуда; верните его на место и, \
                прежде чем отправлять дальше, проверьте: sendcontact status",
        CopyExists { path: String } =
            en "{path} already exists; choose another file for the copy",
            ru "{path} уже существует; укажите для копии другой файл",
        LedgerNewer { path: String, version: u64 } =
            en "the ledger {path} was written by a newer sendcontact (version {version}): update this one",
            ru "реестр {path} записан более новой программой sendcontact (версия {version}): обновите программу",
        LedgerOther { path: String, theirs: String, ours: String } =
            en "the ledger {path} belongs to {theirs}, and this run is for {ours}: choose another campaign with \
                --campaign or --ledger",
            ru "реестр {path} принадлежит {theirs}, а этот запуск — для {ours}: выберите другую кампанию: --campaign \
                или --ledger",
        LedgerUnusable { path: String, reason: String } =
            en "the ledger {path} cannot be used: {reason}",
            ru "реестр {path} использовать нельзя: {reason}",
        Disk { path: String, reason: String } =
            en "the ledger {path} cannot be used: {reason}. The disk may be full, and even reading needs some space: \
                free some space and run again",
            ru "реестр {path} использовать нельзя: {reason}. Возможно, диск заполнен, а немного места нужно и для чтения: \
                освободите место и запустите снова",
        DiskFull { path: String } =
            en "the ledger {path} cannot be used: the disk is full. Free some space and run again",
            ru "реестр {path} использовать нельзя: диск заполнен. Освободите место и запустите снова",
        SendHistory { path: String, reason: String } =
            en "the send history {path} cannot be used: {reason}. The daily caps and the warm-up are counted in it; \
                SENDCONTACT_STATE_DIR sets another folder for it",
            ru "не удаётся использовать историю отправок инстанса {path}: {reason}. По ней считаются дневные лимиты и \
                прогрев; другую папку для неё задаёт SENDCONTACT_STATE_DIR",
        LedgerGone =
            en "the ledger's thread failed: this is a bug in sendcontact; run the same command again",
            ru "поток реестра прервался: это ошибка sendcontact; запустите ту же команду снова",
        ResultsPlace { path: String, reason: String } =
            en "the results cannot be written to {path}: {reason}; choose another place with --results. Nothing was \
                sent",
            ru "результаты не записать в {path}: {reason}. Выберите другое место: --results. Ничего не отправлено",
        ResultsWrite { path: String, reason: String } =
            en "the results cannot be written to {path}: {reason}; free space or choose another place with --results, \
                then run: sendcontact report",
            ru "результаты не записать в {path}: {reason}. Освободите место или выберите другое: --results, затем \
                запустите sendcontact report",
    }
}
