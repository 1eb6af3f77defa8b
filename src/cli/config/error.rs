//! Errors of settings files that cannot be used.

use crate::i18n::{Language, messages};

messages! {
    /// Why a settings file, or a profile of it, cannot be used.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub(crate) enum SettingsFileError {
        Unreadable { path: String, reason: String } =
            en "the settings file {path} cannot be read: {reason}",
            ru "файл настроек {path} не читается: {reason}",
        Syntax { place: String, reason: String } =
            en "{place}: this is not TOML: {reason}",
            ru "{place}: это не TOML: {reason}",
        Exists { path: String } =
            en "{path} already exists; --force overwrites it, and its contents are lost",
            ru "{path} уже есть; --force перезапишет его, и прежнее содержимое пропадёт",
        UnknownKey { place: String, key: String } =
            en "{place}: there is no setting \"{key}\"; to see all settings, write them into a new file: sendcontact init --settings all-settings.toml",
            ru "{place}: настройки «{key}» нет; все настройки запишет в новый файл sendcontact init --settings all-settings.toml",
        UnknownKeyNear { place: String, key: String, nearest: String } =
            en "{place}: there is no setting \"{key}\"; did you mean {nearest}?",
            ru "{place}: настройки «{key}» нет; может быть, {nearest}?",
        Value { place: String, key: String, reason: String } =
            en "{place}: {key}: {reason}",
            ru "{place}: {key}: {reason}",
        SpecialFile { place: String, key: String, path: String } =
            en "{place}: {key}: {path} is not a regular file, and reading or writing it could wait for ever; name a file, \
                or give the option on the command line",
            ru "{place}: {key}: {path} — не обычный файл, чтение или запись могли бы ждать вечно; укажите файл или задайте \
                ключ в командной строке",
        NeedsText { place: String, key: String } =
            en "{place}: {key}: write a text, a number or a date",
            ru "{place}: {key}: укажите текст, число или дату",
        NeedsTexts { place: String, key: String } =
            en "{place}: {key}: write texts or numbers in brackets, for example ['10:00-13:00', '14:00-19:00']",
            ru "{place}: {key}: перечислите тексты или числа в скобках, например ['10:00-13:00', '14:00-19:00']",
        NeedsSwitch { place: String, key: String } =
            en "{place}: {key}: write true or false",
            ru "{place}: {key}: укажите true или false",
        NeedsCount { place: String, key: String } =
            en "{place}: {key}: write true, false or a number from 0 to 255",
            ru "{place}: {key}: укажите true, false или число от 0 до 255",
        NeedsOne { place: String, key: String } =
            en "{place}: {key}: give one value, without brackets",
            ru "{place}: {key}: здесь нужно одно значение, без скобок",
        NeedsTable { place: String, key: String, kind: String } =
            en "{place}: {key}: write a table: [{kind}.NAME]",
            ru "{place}: {key}: нужна таблица: [{kind}.ИМЯ]",
        OfTheCampaign { place: String, key: String } =
            en "{place}: {key} is for the whole campaign: set it at the top level or in a profile, not for one \
                instance",
            ru "{place}: {key} относится ко всей кампании: задайте её на верхнем уровне или в профиле, а не для \
                одного инстанса",
        InstancesNowhere { name: String } =
            en "there is no instance \"{name}\", because no settings file was found: add [instances.{name}] with \
                id-instance and token-file to sendcontact.toml, or try it with --simulate",
            ru "инстанса «{name}» нет: файл настроек не найден; добавьте [instances.{name}] с id-instance и \
                token-file в sendcontact.toml или попробуйте с --simulate",
        NoSuchInstance { path: String, name: String, known: String } =
            en "there is no instance \"{name}\" in {path}; it has {known}",
            ru "в {path} нет инстанса «{name}», есть {known}",
        NoInstanceAtAll { path: String, name: String } =
            en "there is no instance \"{name}\" in {path}, which has no instances: add [instances.{name}] with \
                id-instance and token-file",
            ru "в {path} нет инстанса «{name}», и других нет: добавьте [instances.{name}] с id-instance и token-file",
        InstanceTwice { name: String } =
            en "--instance names {name} twice",
            ru "в --instance {name} указан дважды",
        InstanceAndId =
            en "--instance takes id and token from the settings file: remove --id-instance and --token-file, or \
                remove --instance",
            ru "--instance берёт id и токен из файла настроек: уберите --id-instance и --token-file или уберите \
                --instance",
        NeedsWords { place: String, key: String } =
            en "{place}: {key}: write the program and its arguments in brackets, for example ['pass', 'show', \
                'green-api']; no shell interprets them",
            ru "{place}: {key}: перечислите программу и её аргументы в скобках, например ['pass', 'show', \
                'green-api']; оболочка их не разбирает",
        NoProfiles { profile: String } =
            en "there is no profile \"{profile}\", because no settings file was found",
            ru "профиля «{profile}» нет: файл настроек не найден",
        NoProfile { path: String, profile: String, known: String } =
            en "there is no profile \"{profile}\" in {path}; it has {known}",
            ru "в {path} нет профиля «{profile}», есть {known}",
        NoProfileAtAll { path: String, profile: String } =
            en "there is no profile \"{profile}\" in {path}, which has no profiles: add [profiles.{profile}]",
            ru "в {path} нет профиля «{profile}», и других нет: добавьте [profiles.{profile}]",
        TwoTokens { place: String } =
            en "{place}: the token is set in two ways; keep one of token-file, token-command and token",
            ru "{place}: токен указан двумя способами; оставьте что-то одно: token-file, token-command или token",
        OpenToken { place: String, path: String } =
            en "{place}: this file holds a token, and other users can read it: chmod 600 {path}, or keep the token \
                elsewhere with token-file or token-command",
            ru "{place}: в этом файле токен, а его могут читать другие: chmod 600 {path}, или храните токен отдельно, \
                с token-file или token-command",
        OpenFile { place: String, path: String, key: String } =
            en "{place}: {key} counts only in a file that no other user can change: chmod go-w {path}",
            ru "{place}: {key} действует только в файле, который не могут менять другие: chmod go-w {path}",
        ForeignFile { place: String, path: String, key: String } =
            en "{place}: {key} counts only in your own file, and this one belongs to another user: make it yours \
                (chown), or ignore it with --no-settings: {path}",
            ru "{place}: {key} действует только в вашем файле, а этот принадлежит другому пользователю: сделайте его \
                своим (chown) или запустите с --no-settings: {path}",
        NotTrusted { place: String, key: String, command: String } =
            en "{place}: {key} decides where contacts and the token go, who gets a contact, what is run or \
                which files are written, and you have not trusted this file. Check the file. To trust it, run {command}; to ignore it, add \
                --no-settings",
            ru "{place}: {key} решает, куда уходят контакты и токен, кому уйдёт контакт, что запускается или \
                какие файлы пишутся, а этот файл не доверенный. Проверьте файл. Чтобы доверять ему, выполните {command}; чтобы обойтись без него, \
                добавьте --no-settings",
        TrustChanged { place: String, key: String, command: String } =
            en "{place}: {key} is ignored, because the file has changed since you trusted it. If you changed it \
                yourself, run {command} once; if not, check the file first",
            ru "{place}: {key} не действует, потому что файл изменился с тех пор, как стал доверенным. Если его \
                изменили вы, выполните один раз {command}; если нет, сначала проверьте файл",
        NotTrustable { path: String, reason: String } =
            en "{path} cannot be trusted: {reason}",
            ru "файлу {path} нельзя доверять: {reason}",
        TrustNotRead { reason: String } =
            en "the list of trusted files cannot be used: {reason}",
            ru "список доверенных файлов не читается или не записывается: {reason}",
        NoSuchCommand { place: String, program: String, reason: String } =
            en "{place}: token-command: {program} cannot be run: {reason}",
            ru "{place}: token-command: {program} не запускается: {reason}",
        CommandFailed { place: String, status: String } =
            en "{place}: token-command gave no token: it exited with {status}",
            ru "{place}: token-command не дала токена и закончилась с кодом {status}",
        CommandLate { place: String, seconds: u64 } =
            en "{place}: token-command gave no token: it did not end within {seconds} s and was stopped",
            ru "{place}: token-command не дала токена: не закончилась за {seconds} с и остановлена",
        CommandTooLong { place: String } =
            en "{place}: token-command gave no token: it printed more than 64 KB and was stopped",
            ru "{place}: token-command не дала токена: вывела больше 64 КБ и остановлена",
        CommandSilent { place: String } =
            en "{place}: token-command gave no token: the first line of its output is empty",
            ru "{place}: token-command не дала токена: первая строка её вывода пуста",
    }
}
