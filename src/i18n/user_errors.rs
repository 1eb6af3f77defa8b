//! Why a command cannot begin or go on: what a person typed, set or has on this machine.

#![expect(missing_docs, reason = "the templates tell what a sentence and its fields are")]

use super::{count, lists, sentences};

sentences! {
    /// A sentence about a wrong argument or setting, or about a file of ours that cannot be used.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum UserError {
        // Which inputs are given.
        NothingGiven =
            en "there is nothing to send: give a table, or --recipients with --contacts",
            ru "отправлять нечего: укажите таблицу или --recipients вместе с --contacts",
        NoContacts =
            en "--recipients needs the cards that they get: add --contacts FILE",
            ru "для --recipients нужны карточки: добавьте --contacts ФАЙЛ",
        NoRecipients =
            en "--contacts needs those who get the cards: add --recipients with a file, a number or a chat id",
            ru "для --contacts нужны получатели: добавьте --recipients с файлом, номером или chat id",
        NoMatch { column: String } =
            en "--match {column} names a column of --recipients, so these must be tables: not a vCard file, a number or \
                a chat id, and --contacts must hold the cards",
            ru "--match {column} называет столбец в --recipients, поэтому там должны быть таблицы, а не файл vCard, \
                номер или chat id, а карточки должны быть в --contacts",
        NotARecipient { text: String, reason: String } =
            en "--recipients \"{text}\" is no file, chat id or number: there is no such file, and as a recipient \
                {reason}",
            ru "--recipients «{text}» — не файл, не chat id и не номер: такого файла нет, а как получатель — {reason}",
        MapMissing { field: String, column: String, path: String, found: Vec<String> } =
            en "--map {field}={column}: {path} has no such column; it has {found}" [found = lists::en(found, ", ")],
            ru "--map {field}={column}: в {path} нет такого столбца, есть {found}" [found = lists::ru(found, ", ")],
        MatchMissing { column: String, path: String, found: Vec<String> } =
            en "--match {column}: {path} has no such column; it has {found}" [found = lists::en(found, ", ")],
            ru "--match {column}: в {path} нет такого столбца, есть {found}" [found = lists::ru(found, ", ")],
        MapForm { text: String } =
            en "\"{text}\" is no mapping: write it as FIELD=COLUMN, such as phoneContact=C",
            ru "«{text}» не называет столбец: пишите ПОЛЕ=СТОЛБЕЦ, например phoneContact=C",
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
            en "instance {name} has no id: write id-instance under [instances.{name}] in the settings file",
            ru "у инстанса {name} нет id: укажите id-instance в [instances.{name}] в файле настроек",
        InstanceNoToken { name: String } =
            en "instance {name} has no token: write token-file or token-command under [instances.{name}] in the settings \
                file",
            ru "у инстанса {name} нет токена: укажите token-file или token-command в [instances.{name}] в файле настроек",
        SameInstance { one: String, other: String, id: String } =
            en "{one} and {other} are the same instance, {id}: name it once",
            ru "{one} и {other} — один и тот же инстанс, {id}: назовите его один раз",
        NoToken =
            en "no token: set GREEN_API_TOKEN, or GREEN_API_TOKEN_FILE or --token-file with a file that holds it \
                (apiTokenInstance in the console)",
            ru "не указан токен: задайте GREEN_API_TOKEN или файл с токеном в GREEN_API_TOKEN_FILE или --token-file \
                (apiTokenInstance в личном кабинете)",
        TokenFile { path: String, reason: String } =
            en "the token file {path} cannot be read: {reason}",
            ru "файл с токеном {path} не читается: {reason}",
        Address =
            en "the API address is not one like https://api.green-api.com: copy apiUrl from the instance's page in the \
                console, without method or token",
            ru "адрес API должен быть таким, как https://api.green-api.com: скопируйте apiUrl со страницы инстанса в \
                личном кабинете, без метода и токена",
        ProxyReadsToken { variable: &'static str } =
            en "{variable} names a proxy, and with http:// it would read the token: use https:// or unset {variable} \
                for this run",
            ru "{variable} называет прокси, и при http:// он прочёл бы токен: укажите https:// или уберите {variable} \
                для этого запуска",
        Insecure =
            en "the API address begins with http://, which would send the token unencrypted: use https:// (or \
                --insecure-http, if you know that the way is safe)",
            ru "адрес API начинается с http://, и токен ушёл бы незашифрованным: укажите https:// (или --insecure-http, \
                если знаете, что путь безопасен)",
        InstanceId =
            en "idInstance is not 1 to 20 digits without a zero in front: copy it from the instance's page in the console",
            ru "idInstance — это от 1 до 20 цифр без нуля впереди: скопируйте его со страницы инстанса в личном кабинете",
        Token =
            en "the token is empty or has other characters than letters, digits, '-', '_' and '.': copy \
                apiTokenInstance from the instance's page in the console",
            ru "токен пуст, или в нём есть что-то кроме букв, цифр, '-', '_' и '.': скопируйте apiTokenInstance со \
                страницы инстанса в личном кабинете",
        Https { reason: String } =
            en "HTTPS cannot be set up on this machine (look at its certificates and proxy settings): {reason}",
            ru "HTTPS на этом компьютере не работает (проверьте сертификаты и настройки прокси): {reason}",
        AddressUnusable { reason: String } =
            en "the API address cannot be used: {reason}",
            ru "адрес API не подходит: {reason}",
        Delimiter { text: String } =
            en "--delimiter is one character (; , | or tab), not {text}",
            ru "--delimiter — это один знак (; , | или tab), а не {text}",
        SameFile { path: String } =
            en "{path} is read here, or is the ledger: writing to it would destroy it; choose another name with \
                --results, --ledger, --problems or --log-file",
            ru "{path} здесь читается, или это реестр: запись его уничтожит. Выберите другое имя: --results, --ledger, \
                --problems или --log-file",
        ResultsEnding { path: String, endings: &'static str } =
            en "--results must end with {endings} here, not {path}",
            ru "имя в --results здесь должно кончаться на {endings}, а не {path}",
        NotItsEnding { path: String, ending: &'static str } =
            en "--as {ending} and --results {path} contradict each other: leave one of them out, or let the name end with \
                .{ending}",
            ru "--as {ending} и --results {path} противоречат друг другу: уберите одно из двух или дайте имени окончание \
                .{ending}",
        OnlyFigures =
            en "--only picks rows, and a page of figures has none; leave it out, or choose another form with --as",
            ru "--only выбирает строки, а на странице с итогами их нет: уберите его или выберите другой вид через --as",
        Scratch { reason: String } =
            en "duplicates cannot be found: the temporary file for it cannot be written ({reason}); make room in the folder \
                for temporary files, or name another one with TMPDIR",
            ru "повторы не найти: временный файл для этого не записывается ({reason}). Освободите место в папке временных \
                файлов или укажите другую в TMPDIR",
        CampaignPath { campaign: String } =
            en "--campaign {campaign}: a name, not a path; use --out-dir for the folder",
            ru "--campaign {campaign}: нужно имя, а не путь; папку задаёт --out-dir",
        NoFolder { path: String } =
            en "{path} is no file beside which the ledger and the results could stand: name their folder with --out-dir \
                and the campaign with --campaign",
            ru "{path} — не файл, рядом с которым могли бы лежать реестр и результаты: папку задайте через --out-dir, \
                а имя кампании — через --campaign",
        NoLedgerHere =
            en "name a campaign: there is no ledger in this folder",
            ru "назовите кампанию: в этой папке нет реестра",
        ManyLedgers { ledgers: u64 } =
            en "name a campaign: there are {ledgers} ledgers in this folder",
            ru "назовите кампанию: в этой папке {ledgers}"
                [ledgers = count::ru(*ledgers, "реестр", "реестра", "реестров")],
        NoSource { source: String, found: Vec<String> } =
            en "--source {source}: the campaign has no such file; it has {found}" [found = lists::en(found, ", ")],
            ru "--source {source}: такого файла в кампании нет, есть {found}" [found = lists::ru(found, ", ")],
        WhichSource { row: u64, found: Vec<String> } =
            en "row {row} is unknown in several files: {found}; name the one that is meant with --source"
                [found = lists::en(found, ", ")],
            ru "строка {row} неизвестна в нескольких файлах: {found}; укажите нужный: --source"
                [found = lists::ru(found, ", ")],
        Script { path: String, reason: String } =
            en "the script {path} cannot be used: {reason}",
            ru "сценарий {path} не подходит: {reason}",

        // Ledgers and results.
        LedgerHeld { path: String } =
            en "another run of sendcontact is working on {path}: wait until it ends, or stop it",
            ru "с {path} уже работает другой запуск sendcontact: дождитесь его конца или остановите его",
        LedgerMissing { path: String } =
            en "there is no ledger {path}: name the campaign, or the ledger with --ledger",
            ru "реестра {path} нет: назовите кампанию или реестр: --ledger",
        LedgerForeign { path: String } =
            en "{path} is not a ledger of sendcontact: move it away, or choose another ledger with --ledger",
            ru "{path} — не реестр sendcontact: уберите этот файл или выберите другой реестр: --ledger",
        LedgerDamaged { path: String, reason: String } =
            en "the ledger {path} is damaged ({reason}): restore it from a copy; nothing was sent",
            ru "реестр {path} повреждён ({reason}): восстановите его из копии; ничего не отправлено",
        NotPlain { path: String } =
            en "{path} is not a plain file but a link, a pipe, a device or a folder: remove it, or choose another folder or name; \
                nothing was sent",
            ru "{path} — не обычный файл, а ссылка, канал, устройство или папка: уберите его или выберите другую папку или имя; \
                ничего не отправлено",
        OtherOwner { path: String } =
            en "{path} belongs to another user: make it yours (chown), or choose another folder; nothing was sent",
            ru "{path} принадлежит другому пользователю: сделайте файл своим (chown) или выберите другую папку; ничего не отправлено",
        OpenToOthers { path: String } =
            en "other users may change {path}: chmod go-w, then look whether it is still as it was; nothing was sent",
            ru "{path} могут менять другие пользователи: выполните chmod go-w и проверьте, не изменён ли файл; ничего не отправлено",
        LedgerNames { path: String } =
            en "the ledger {path} is a hard link: its file has other names besides, and a run by each of them would send the \
                same cards twice. Put a copy in its place, and use only that one; nothing was sent",
            ru "реестр {path} — жёсткая ссылка: у файла есть и другие имена, и запуски по разным именам отправили бы одни \
                карточки дважды. Положите на его место копию и работайте только с ней; ничего не отправлено",
        LedgerLost { path: String } =
            en "the ledger {path} is gone, only what was written last is left beside it, with -wal at the end of its \
                name: restore it from a copy, or to begin anew remove that too; nothing was sent",
            ru "реестра {path} нет, рядом остались только последние записи, с -wal в конце имени: восстановите его из \
                копии, а чтобы начать заново, удалите и этот файл; ничего не отправлено",
        LedgerForgetful { path: String, missing: String } =
            en "the last run of {path} was cut off, and {missing} is gone: what that run sent last is recorded only \
                there, and there is no send history of this instance that knows it. Put {missing} back beside the \
                ledger; nothing was sent",
            ru "прошлая отправка по реестру {path} оборвалась, а файла {missing} нет: последние отправки записаны \
                только в нём, и истории отправок этого инстанса здесь тоже нет. Верните {missing} на место рядом с \
                реестром; ничего не отправлено",
        LedgerMoved { path: String } =
            en "the ledger {path} was removed or replaced while the run was on, so nothing more can be recorded; put \
                it back, and look at it with sendcontact status before you send again",
            ru "реестр {path} удалили или заменили во время отправки, записывать больше некуда; верните его на место и, \
                прежде чем отправлять дальше, проверьте: sendcontact status",
        CopyExists { path: String } =
            en "{path} exists already; name another file for the copy",
            ru "{path} уже существует; назовите для копии другой файл",
        LedgerNewer { path: String, version: u64 } =
            en "the ledger {path} was written by a newer sendcontact (its version is {version}): update this one",
            ru "реестр {path} записан более новым sendcontact (его версия — {version}): обновите программу",
        LedgerOther { path: String, theirs: String, ours: String } =
            en "the ledger {path} belongs to {theirs}, and this run is for {ours}: choose another campaign with \
                --campaign or --ledger",
            ru "реестр {path} принадлежит {theirs}, а этот запуск — для {ours}: выберите другую кампанию: --campaign \
                или --ledger",
        LedgerUnusable { path: String, reason: String } =
            en "the ledger {path} cannot be used: {reason}",
            ru "реестр {path} использовать нельзя: {reason}",
        Disk { path: String, reason: String } =
            en "the ledger {path} cannot be used: {reason}. The disk may be full, and even reading needs some room: free some \
                space and run again",
            ru "реестр {path} использовать нельзя: {reason}. Возможно, диск заполнен, а немного места нужно и для чтения: \
                освободите место и запустите снова",
        DiskFull { path: String } =
            en "the ledger {path} cannot be used: the disk is full: free some space and run again",
            ru "реестр {path} использовать нельзя: диск заполнен. Освободите место и запустите снова",
        Book { path: String, reason: String } =
            en "the book of the instance's cards, {path}, cannot be used: {reason}. Daily caps and the warm-up are counted \
                in it; SENDCONTACT_STATE_DIR names another folder for it",
            ru "книга отправок инстанса {path} не годится: {reason}. По ней считаются дневные пределы и прогрев; другую папку \
                для неё задаёт SENDCONTACT_STATE_DIR",
        LedgerGone =
            en "the ledger's thread broke down: this is a fault of sendcontact; run the same command again",
            ru "поток реестра прервался: это ошибка sendcontact; запустите ту же команду снова",
        ResultsPlace { path: String, reason: String } =
            en "the results cannot be written to {path}: {reason}; choose another place with --results. Nothing was \
                sent",
            ru "результаты не записать в {path}: {reason}. Выберите другое место: --results. Ничего не отправлено",
        ResultsWrite { path: String, reason: String } =
            en "the results cannot be written to {path}: {reason}; make room or choose another place with --results, \
                then run: sendcontact report",
            ru "результаты не записать в {path}: {reason}. Освободите место или выберите другое: --results, затем \
                запустите sendcontact report",
    }
}
