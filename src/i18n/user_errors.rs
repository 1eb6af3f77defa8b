//! Why a command cannot begin or go on: what a person typed, set or has on this machine.

use super::{count, lists, messages};

messages! {
    /// A sentence about a wrong argument or setting, or about a file of ours that cannot be used.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum UserError {
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
    }
}
