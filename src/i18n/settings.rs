//! What is said of the settings file, and of where each setting came from.

#![expect(missing_docs, reason = "the templates tell what a sentence and its fields are")]

use super::sentences;

sentences! {
    /// Why a settings file, or a profile of it, cannot be used.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum SettingsFault {
        Unreadable { path: String, reason: String } =
            en "the settings file {path} cannot be read: {reason}",
            ru "файл настроек {path} не читается: {reason}",
        Syntax { place: String, reason: String } =
            en "{place}: this is not TOML: {reason}",
            ru "{place}: это не TOML: {reason}",
        Exists { path: String } =
            en "{path} is there already; --force writes it anew, and what it says is lost",
            ru "{path} уже есть; --force запишет его заново, и то, что в нём стоит, пропадёт",
        UnknownKey { place: String, key: String } =
            en "{place}: there is no setting \"{key}\"; sendcontact init writes a file with all of them",
            ru "{place}: настройки «{key}» нет; sendcontact init запишет файл со всеми настройками",
        UnknownKeyNear { place: String, key: String, nearest: String } =
            en "{place}: there is no setting \"{key}\"; did you mean {nearest}?",
            ru "{place}: настройки «{key}» нет; может быть, {nearest}?",
        Value { place: String, key: String, reason: String } =
            en "{place}: {key}: {reason}",
            ru "{place}: {key}: {reason}",
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
            en "{place}: {key}: it takes one value, without brackets",
            ru "{place}: {key}: здесь нужно одно значение, без скобок",
        NeedsTable { place: String, key: String, kind: String } =
            en "{place}: {key}: write a table: [{kind}.NAME]",
            ru "{place}: {key}: нужна таблица: [{kind}.ИМЯ]",
        OfTheCampaign { place: String, key: String } =
            en "{place}: {key} is for the whole campaign: set it above or in a profile, not for one instance",
            ru "{place}: {key} относится ко всей кампании: задайте её выше или в профиле, а не для одного инстанса",
        InstancesNowhere { name: String } =
            en "there is no instance \"{name}\", because no settings file was found: write [instances.{name}] with id-instance and token-file into sendcontact.toml, or try it with --simulate",
            ru "инстанса «{name}» нет: файл настроек не найден; запишите [instances.{name}] с id-instance и token-file в sendcontact.toml или попробуйте с --simulate",
        NoSuchInstance { path: String, name: String, known: String } =
            en "there is no instance \"{name}\" in {path}; it has {known}",
            ru "в {path} нет инстанса «{name}», есть {known}",
        NoInstanceAtAll { path: String, name: String } =
            en "there is no instance \"{name}\" in {path}, which has none: write [instances.{name}] with id-instance and token-file",
            ru "в {path} нет инстанса «{name}», и других нет: запишите [instances.{name}] с id-instance и token-file",
        InstanceTwice { name: String } =
            en "--instance names {name} twice",
            ru "--instance называет {name} дважды",
        InstanceAndId =
            en "--instance takes id and token from the settings file: leave --id-instance and --token-file out, or --instance",
            ru "--instance берёт id и токен из файла настроек: уберите --id-instance и --token-file или --instance",
        NeedsWords { place: String, key: String } =
            en "{place}: {key}: write the program and its words in brackets, for example ['pass', 'show', 'green-api']; no shell reads them",
            ru "{place}: {key}: перечислите программу и её слова в скобках, например ['pass', 'show', 'green-api']; оболочка их не разбирает",
        NoProfiles { profile: String } =
            en "there is no profile \"{profile}\", because no settings file was found",
            ru "профиля «{profile}» нет: файл настроек не найден",
        NoProfile { path: String, profile: String, known: String } =
            en "there is no profile \"{profile}\" in {path}; it has {known}",
            ru "в {path} нет профиля «{profile}», есть {known}",
        NoProfileAtAll { path: String, profile: String } =
            en "there is no profile \"{profile}\" in {path}, which has none: begin one with [profiles.{profile}]",
            ru "в {path} нет профиля «{profile}», и других нет: начните с [profiles.{profile}]",
        TwoTokens { place: String } =
            en "{place}: a token stands here in two ways; keep one of token-file, token-command and token",
            ru "{place}: токен указан двумя способами; оставьте что-то одно: token-file, token-command или token",
        OpenToken { place: String, path: String } =
            en "{place}: a token stands here, and others may read the file: chmod 600 {path}, or keep the token elsewhere with token-file or token-command",
            ru "{place}: здесь стоит токен, а файл могут читать другие: chmod 600 {path}, или храните токен отдельно, с token-file или token-command",
        OpenFile { place: String, path: String, key: String } =
            en "{place}: {key} says what is run or where the token goes, and others may write to the file: chmod go-w {path}",
            ru "{place}: {key} решает, что запускается или куда уходит токен, а файл могут менять другие: chmod go-w {path}",
        ForeignFile { place: String, path: String, key: String } =
            en "{place}: {key} says what is run or where the token goes, and the file belongs to somebody else: make it yours (chown), or leave it out with --no-settings: {path}",
            ru "{place}: {key} решает, что запускается или куда уходит токен, а файл чужой: сделайте его своим (chown) или запустите с --no-settings: {path}",
        NotTrusted { place: String, key: String, command: String } =
            en "{place}: {key} decides where contacts and the token go, what is run or which files are written, and you have not \
                trusted this file. Look at it. To trust it, run {command}; to leave it out, add --no-settings",
            ru "{place}: {key} решает, куда уходят контакты и токен, что запускается или какие файлы пишутся, а этому файлу вы \
                не доверяли. Посмотрите его. Чтобы доверять ему, выполните {command}; чтобы обойтись без него, добавьте --no-settings",
        TrustChanged { place: String, key: String, command: String } =
            en "{place}: {key} does not count, because the file has changed since you trusted it. If you changed it yourself, \
                run {command} once; else look at it first",
            ru "{place}: {key} не действует, потому что файл изменился с тех пор, как вы ему доверились. Если его изменили вы, \
                выполните один раз {command}; если нет, сначала посмотрите его",
        NotTrustable { path: String, reason: String } =
            en "{path} cannot be trusted: {reason}",
            ru "файлу {path} нельзя доверять: {reason}",
        TrustNotRead { reason: String } =
            en "the record of trusted files cannot be used: {reason}",
            ru "запись о доверенных файлах не читается или не пишется: {reason}",
        NoSuchCommand { place: String, program: String, reason: String } =
            en "{place}: token-command: {program} cannot be run: {reason}",
            ru "{place}: token-command: {program} не запускается: {reason}",
        CommandFailed { place: String, status: String } =
            en "{place}: token-command gave no token: it ended with {status}",
            ru "{place}: token-command не дала токена и закончилась с кодом {status}",
        CommandLate { place: String, seconds: u64 } =
            en "{place}: token-command gave no token: it did not end within {seconds} s and was ended",
            ru "{place}: token-command не дала токена: не закончилась за {seconds} с и прервана",
        CommandTooLong { place: String } =
            en "{place}: token-command gave no token: it printed more than 64 KB and was ended",
            ru "{place}: token-command не дала токена: вывела больше 64 КБ и прервана",
        CommandSilent { place: String } =
            en "{place}: token-command gave no token: the first line of its output is empty",
            ru "{place}: token-command не дала токена: первая строка её вывода пуста",
    }
}

sentences! {
    /// Whence a setting came, and whether it is there.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum ValueOrigin {
        Typed = en "command line", ru "командная строка",
        Environment { name: String } = en "environment {name}", ru "переменная {name}",
        File { place: String } = en "{place}", ru "{place}",
        NotBelieved { place: String, command: String } =
            en "{place}, not believed: {command}",
            ru "{place}, не действует: {command}",
        Default = en "default", ru "по умолчанию",
        Set = en "set", ru "задан",
        NotSet = en "-", ru "-",
    }
}

sentences! {
    /// What is said around the settings file, and in a new one.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum SettingsMessage {
        Written { path: String } =
            en "{path} is written, readable only by you. Take away the number sign before what you want to set.",
            ru "Записан {path}, читать его можете только вы. Уберите решётку перед тем, что хотите задать.",
        WrittenTrusted { path: String, command: String } =
            en "{path} is trusted as it is now. Each time you have changed it, run {command}",
            ru "Файл {path} доверенный, пока он такой, как сейчас. Каждый раз, когда измените его, выполните {command}",
        NotBelieved { path: String, keys: String, command: String } =
            en "{path} is not trusted, so these do not count: {keys}; look at the file; to trust it, run {command}",
            ru "{path} не доверенный файл, поэтому не действуют: {keys}; посмотрите файл; чтобы доверять ему, выполните {command}",
        Trusts { path: String } =
            en "{path} is trusted from now on, as it is. It decides:",
            ru "Теперь файл {path} доверенный, пока он такой, как сейчас. Он решает:",
        TrustsNothing { path: String } =
            en "{path} is trusted from now on, as it is. It names no service, token, command or file elsewhere.",
            ru "Теперь файл {path} доверенный, пока он такой, как сейчас. Сервиса, токена, команд и чужих файлов он не называет.",
        TrustsNoMore { path: String } =
            en "{path} is not trusted any more.",
            ru "Файл {path} больше не доверенный.",
        WasNotTrusted { path: String } =
            en "{path} was not trusted.",
            ru "Файл {path} и не был доверенным.",
        NoneTrusted =
            en "No file is trusted.",
            ru "Доверенных файлов нет.",
        AsTrusted = en "as it was trusted", ru "не изменён",
        HasChanged = en "has changed since: not trusted", ru "изменён: не доверенный",
        IsGone = en "is not there", ru "нет на месте",
        Head =
            en "Settings of sendcontact. Take away the number sign before what you want to set. The profile that counts:",
            ru "Настройки sendcontact. Уберите решётку перед тем, что хотите задать. Какой профиль действует:",
        HeadToken =
            en "Or token-command with a program that prints it, or token itself if only you may read this file.",
            ru "Или token-command с программой, которая его выводит, или сам token, если файл читаете только вы.",
        HeadProfiles =
            en "A profile has settings of its own, which come before those above; --profile picks another.",
            ru "У профиля свои настройки, они важнее тех, что выше; другой профиль выбирает --profile.",
        HeadInstances =
            en "Instances that share a campaign have an id and a token each, and may have their own rate, hours and caps; --instance names them.",
            ru "У инстансов, которые делят одну кампанию, у каждого свой id и токен, а если нужно, и свой темп, часы и пределы; их называет --instance.",
    }
}
