//! Errors of the options, with the sentence for each.

use std::path::PathBuf;

use super::send_policy::PolicyError;
use crate::{
    cli::config::SettingsFileError,
    formats::FileSentence,
    green_api::{ClientError, InstanceError},
    i18n::{Language, count, lists, messages},
    ingest::{MapError, RecipientArgError},
    ledger::{DatabaseAddressError, LedgerError},
    phone_metadata::CountryError,
};

messages! {
    /// What the user has to correct.
    #[derive(Debug, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub(crate) enum SettingsError {
        Recipient(#[from] error: RecipientArgError) = en "{error}", ru "{error}",
        Country(#[from] error: CountryError) = en "{error}", ru "{error}",
        Map(#[from] error: MapError) = en "--map: {error}", ru "--map: {error}",
        Client(#[from] error: ClientError) = en "{error}", ru "{error}",
        CampaignName(campaign: String) =
            en "--campaign {campaign}: give a name, not a path; --out-dir sets the folder",
            ru "--campaign {campaign}: нужно имя, а не путь; папку задаёт --out-dir",
        CampaignFileName(campaign: String) =
            en "--campaign {campaign}: Windows cannot keep files of this name; leave out < > : | ? *, quotation marks and \
                names of devices, such as CON, PRN, AUX, NUL, COM1 or LPT1",
            ru "--campaign {campaign}: в Windows нельзя хранить файлы с таким именем: уберите < > : | ? *, кавычки и имена \
                устройств, такие как CON, PRN, AUX, NUL, COM1 или LPT1",
        TokenInName { option: &'static str } =
            en "the name in {option} holds a token, or what looks like one, and others can read it in what is written: give \
                another name",
            ru "в имени, указанном в {option}, есть токен или похожий на него текст, а это имя попадёт в файлы, где его \
                увидят другие: укажите другое имя",
        NoFolder(path: PathBuf) =
            en "{path} is not a file, so the ledger and the results cannot be placed beside it: set their folder with \
                --out-dir and the campaign with --campaign",
            ru "{path} — не файл, поэтому реестр и результаты нельзя положить рядом с ним: папку задайте через \
                --out-dir, а имя кампании — через --campaign",
        NoInstance =
            en "no instance: set GREEN_API_ID_INSTANCE or --id-instance (idInstance in the console), or try it with \
                --simulate",
            ru "не указан инстанс: задайте GREEN_API_ID_INSTANCE или --id-instance (idInstance в личном кабинете) или \
                попробуйте с --simulate",
        NoneChosen { path: String, instances: String } =
            en "no instance is chosen; {path} has {instances}: --instance NAME",
            ru "инстанс не выбран; в {path} есть {instances}: --instance ИМЯ",
        NoneChosenOfProfiles { path: String, instances: String, profiles: String } =
            en "no instance is chosen; {path} has {instances} (profiles: {profiles}): --instance NAME or --profile NAME",
            ru "инстанс не выбран; в {path} есть {instances} (профили: {profiles}): --instance ИМЯ или --profile ИМЯ",
        InstanceNoId(name: String) =
            en "instance {name} has no id: add id-instance under [instances.{name}] in the settings file",
            ru "у инстанса {name} нет id: укажите id-instance в [instances.{name}] в файле настроек",
        InstanceNoToken(name: String) =
            en "instance {name} has no token: add token-file or token-command under [instances.{name}] in the \
                settings file",
            ru "у инстанса {name} нет токена: укажите token-file или token-command в [instances.{name}] в файле настроек",
        SameInstance { one: String, other: String, id: String } =
            en "{one} and {other} are the same instance, {id}: give it once",
            ru "{one} и {other} — один и тот же инстанс, {id}: укажите его один раз",
        /// The settings of an instance are wrong.
        OfInstance { name: String, error: Box<Self> } = en "{name}: {error}", ru "{name}: {error}",
        NoToken =
            en "no token: set GREEN_API_TOKEN, or GREEN_API_TOKEN_FILE or --token-file with a file that holds it \
                (apiTokenInstance in the console)",
            ru "не указан токен: задайте GREEN_API_TOKEN или файл с токеном в GREEN_API_TOKEN_FILE или --token-file \
                (apiTokenInstance в личном кабинете)",
        TokenFile { path: PathBuf, source: std::io::Error } =
            en "the token file {path} cannot be read: {source}",
            ru "файл с токеном {path} не читается: {source}",
        Database(#[from] error: DatabaseAddressError) = en "{error}", ru "{error}",
        Ledger(#[from] error: LedgerError) = en "{error}", ru "{error}",
        DatabasePassword =
            en "the URL of --database holds a password, which other users of this machine can see: put the URL into \
                SENDCONTACT_DATABASE_URL, or the password into PGPASSWORD or ~/.pgpass",
            ru "в адресе --database пароль, его видят другие пользователи компьютера: задайте адрес в \
                SENDCONTACT_DATABASE_URL или пароль в PGPASSWORD или ~/.pgpass",
        DatabaseFile { path: PathBuf, source: std::io::Error } =
            en "the file {path} with the URL of the database cannot be read: {source}",
            ru "файл {path} с адресом базы данных не читается: {source}",
        NoDatabase { named: String } =
            en "{named} names a campaign of a database, but no database is given: set --database or \
                SENDCONTACT_DATABASE_URL",
            ru "{named} — кампания базы данных, но сама база не указана: задайте --database или \
                SENDCONTACT_DATABASE_URL",
        NoCampaignInDatabase { database: String } =
            en "the database {database} has no campaign yet",
            ru "в базе данных {database} ещё нет кампаний",
        ManyCampaigns { database: String, names: String } =
            en "name a campaign: the database {database} has {names}",
            ru "укажите кампанию: в базе данных {database} есть {names}",
        Instance(#[from] error: InstanceError) = en "{error}", ru "{error}",
        File(#[from] error: SettingsFileError) = en "{error}", ru "{error}",
        Scheduler(#[from] error: SchedulerError) = en "{error}", ru "{error}",
        OptOut(#[from] error: OptOutError) = en "{error}", ru "{error}",
        Encoding(sentence: FileSentence) = en "--encoding: {sentence}", ru "--encoding: {sentence}",
        Delimiter(text: String) =
            en "--delimiter must be one character (; , | or tab), not {text}",
            ru "--delimiter — это один знак (; , | или tab), а не {text}",
        SameFile(path: PathBuf) =
            en "{path} is an input or the ledger: writing to it would destroy it; choose another name with --results, \
                --ledger, --problems or --log-file",
            ru "{path} — входной файл или реестр: запись его уничтожит. Выберите другое имя: --results, --ledger, \
                --problems или --log-file",
        NotLog(path: PathBuf) =
            en "{path} is not empty and not a log of sendcontact: nothing was added to it; choose another name with \
                --log-file",
            ru "{path} — не пустой файл и не журнал sendcontact: в него ничего не записано. Выберите другое имя: \
                --log-file",
        Results { path: PathBuf, endings: &'static str } =
            en "--results must end with {endings} here, not {path}",
            ru "имя в --results здесь должно кончаться на {endings}, а не {path}",
        StdoutTwice { option: &'static str } =
            en "{option} - and --json both write to stdout: remove one of them, or give {option} a file",
            ru "{option} - и --json пишут в один и тот же вывод (stdout): уберите одно из двух или укажите в {option} файл",
        ProblemsForm(path: PathBuf) =
            en "--problems writes CSV, which Excel opens too: give the file the ending .csv, not {path}",
            ru "--problems пишет CSV, Excel его тоже откроет: дайте файлу имя на .csv, а не {path}",
        NotItsEnding { path: PathBuf, ending: &'static str } =
            en "--as {ending} and --results {path} contradict each other: remove one of them, or give the name the \
                ending .{ending}",
            ru "--as {ending} и --results {path} противоречат друг другу: уберите одно из двух или дайте имени окончание \
                .{ending}",
        OnlyFigures =
            en "--only selects rows, but a summary page has none; remove it, or choose another format with --as",
            ru "--only выбирает строки, а на странице со сводкой их нет: уберите его или выберите другой формат через \
                --as",
        NoLedgerHere =
            en "this folder has no ledger: give the campaign with its folder",
            ru "в этой папке нет реестра: укажите кампанию вместе с её папкой",
        ManyLedgers(ledgers: Vec<PathBuf>) =
            en "there are {count} ledgers here: {names}; give the name of the campaign"
                [count = ledgers.len(), names = campaign_names(ledgers)],
            ru "здесь {count}: {names}; укажите кампанию"
                [count = count::ru(ledgers.len() as u64, "реестр", "реестра", "реестров"), names = campaign_names(ledgers)],
        NoSource(source: String, found: Vec<String>) =
            en "--source {source}: the campaign has no such file; it has {found}" [found = lists::en(found, ", ")],
            ru "--source {source}: такого файла в кампании нет, есть {found}" [found = lists::ru(found, ", ")],
        WhichSource(row: u64, found: Vec<String>) =
            en "row {row} is unknown in several files: {found}; choose one with --source"
                [found = lists::en(found, ", ")],
            ru "строка {row} неизвестна в нескольких файлах: {found}; укажите нужный: --source"
                [found = lists::ru(found, ", ")],
        ResendUnasked { rows: u64 } =
            en "--resend needs --yes where nobody can be asked: {rows} would be sent again, and a contact that has \
                arrived arrives twice; nothing was changed" [rows = count::en(*rows, "row", "rows")],
            ru "для --resend нужен ключ --yes, когда спросить некого: повторно отправится {rows}, и уже дошедший \
                контакт придёт второй раз; ничего не изменено"
                [rows = count::ru(*rows, "строка", "строки", "строк")],
        Script { path: PathBuf, reason: String } =
            en "the script {path} cannot be used: {reason}",
            ru "сценарий {path} не подходит: {reason}",
        Policy(#[from] error: PolicyError) = en "{error}", ru "{error}",
    }
}

/// Lists the names of the campaigns of these ledgers.
fn campaign_names(ledgers: &[String]) -> String {
    let more = if ledgers.len() > 10 { ", …" } else { "" };
    let names: Vec<&str> = ledgers
        .iter()
        .take(10)
        .map(|ledger| ledger.strip_suffix(".ledger").unwrap_or(ledger))
        .collect();
    names.join(", ") + more
}

messages! {
    /// Why the list of opt-outs cannot be kept.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub(crate) enum OptOutError {
        Unreadable { path: String, reason: String } =
            en "{path} cannot be read: {reason}",
            ru "{path} не читается: {reason}",
        Away { path: String, target: String } =
            en "{path} is a link to {target}, which does not exist: restore the list, or remove the link to start a \
                new one",
            ru "{path} — ссылка на {target}, а такого файла нет: верните список или удалите ссылку, чтобы начать новый",
        Foreign { path: String } =
            en "{path} is not a list written by opt-outs (headings chatId, reason, time, in UTF-8) and stays \
                unchanged: choose another name with --out; --suppress accepts several lists",
            ru "{path} — не список команды opt-outs (заголовки chatId, reason, time, кодировка UTF-8), файл не \
                изменён: укажите в --out другое имя; в --suppress можно указать несколько списков",
        NoWords =
            en "there are no stop words: the file in --words is empty",
            ru "стоп-слов нет: файл в --words пуст",
    }
}

messages! {
    /// Why a campaign cannot be scheduled.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub(crate) enum SchedulerError {
        Line { reason: String } =
            en "the scheduled command cannot be run: {reason}",
            ru "запланированная команда не запустится: {reason}",
        Command =
            en "only send and track can be scheduled: write them after --, as in sendcontact schedule --every day --at 10:00 -- \
                send list.csv",
            ru "запланировать можно только send и track: пишите их после --, например sendcontact schedule --every day --at 10:00 -- send list.csv",
        ProgramNamed =
            en "leave out the word sendcontact after --, as in sendcontact schedule --every day --at 10:00 -- send list.csv",
            ru "после -- не пишите слово sendcontact, например: sendcontact schedule --every day --at 10:00 -- send list.csv",
        TokenOfTheShell =
            en "the token is set in GREEN_API_TOKEN, which a scheduler cannot see and must not store: keep it in a \
                file (--token-file) or set it in sendcontact.toml",
            ru "токен указан в GREEN_API_TOKEN: планировщик не видит эту переменную, а хранить токен в его файлах \
                нельзя. Храните токен в файле (--token-file) или укажите в sendcontact.toml",
        PasswordOfTheShell { variable: &'static str } =
            en "the password of the database is in {variable}, which a scheduler cannot see and must not store: put it \
                into ~/.pgpass (chmod 600), or the whole URL into a file of your own and name that file in \
                SENDCONTACT_DATABASE_URL_FILE",
            ru "пароль базы данных указан в {variable}: планировщик не видит эту переменную, а хранить пароль в его \
                файлах нельзя. Запишите пароль в ~/.pgpass (chmod 600) или весь адрес в свой файл и укажите этот файл в \
                SENDCONTACT_DATABASE_URL_FILE",
        TokenInLine =
            en "the command to schedule contains a token, which a scheduler must not store: keep the token in a file \
                and name that file with --token-file",
            ru "в команде для планировщика указан токен, а хранить токен в его файлах нельзя: храните его в файле и \
                укажите этот файл в --token-file",
        NoToken =
            en "the scheduled run would find no token: set its file with --token-file or in sendcontact.toml",
            ru "запланированный запуск не найдёт токена: укажите его файл в --token-file или в sendcontact.toml",
        Otherwise =
            en "the scheduled run would use other instances, or another address, than a run started here: copy the \
                values of this shell's variables into the settings file",
            ru "запланированный запуск отправлял бы с других инстансов или на другой адрес, чем запуск отсюда: \
                перенесите значения переменных этой оболочки в файл настроек",
        NoInput { path: String } =
            en "the scheduled run would not find {path}: there is no such file",
            ru "запланированный запуск не найдёт {path}: такого файла нет",
        OverBeforeItBegins { begins: String, ends: String } =
            en "the scheduled run would send nothing: it begins at {begins}, but --until ends it at {ends}; give a later \
                --until, or remove it",
            ru "запланированный запуск ничего не отправит: он начнётся {begins}, а --until закончит его {ends}; укажите \
                --until позже или уберите этот ключ",
        StateOfWindows { state: String } =
            en "{state} holds the send history for caps, but only this shell knows that folder: run setx \
                SENDCONTACT_STATE_DIR for the Windows scheduler, then run schedule in a shell that does not set the \
                variable",
            ru "история отправок для дневных лимитов лежит в {state}, но эту папку знает только эта оболочка: для \
                планировщика Windows выполните setx SENDCONTACT_STATE_DIR и повторите schedule в оболочке, где \
                переменная не задана",
        VariableOfWindows { variable: &'static str } =
            en "{variable} names a file that the scheduled run needs, but only this shell knows it: run setx {variable} \
                for the Windows scheduler, then run schedule in a shell that does not set the variable",
            ru "{variable} указывает файл, нужный запланированному запуску, но его знает только эта оболочка: для \
                планировщика Windows выполните setx {variable} и повторите schedule в оболочке, где переменная не задана",
        Zone { zone: String } =
            en "--time-zone {zone}: schedulers know zones only by their names, such as Europe/Moscow",
            ru "--time-zone {zone}: планировщики знают зоны только по названиям, например Europe/Moscow",
        ZoneOfWindows =
            en "--time-zone: the Windows scheduler uses the clock of its machine; remove this option and give the \
                time of that clock",
            ru "--time-zone: планировщик Windows использует часы компьютера; уберите этот ключ и укажите время по \
                этим часам",
        Unprintable { text: String } =
            en "{text} cannot be passed to a scheduler: it contains invalid characters",
            ru "{text} нельзя передать планировщику: недопустимые символы",
        Place { reason: String } =
            en "the path of the program or of this folder is unknown: {reason}",
            ru "не удалось определить путь к программе или к этой папке: {reason}",
        WordOfWindows { text: String } =
            en "{text} contains \" or %, which the command line of Windows may change: set this in sendcontact.toml",
            ru "в {text} есть кавычка или %, командная строка Windows может их изменить: укажите это в sendcontact.toml",
        LineOfWindows { length: u64, longest: u64 } =
            en "the command has {length} characters, and schtasks takes {longest} at most: set options in sendcontact.toml, or use a folder with a shorter path",
            ru "в команде {length} знаков, а schtasks принимает не больше {longest}: перенесите параметры в sendcontact.toml или используйте папку с более коротким путём",
    }
}
