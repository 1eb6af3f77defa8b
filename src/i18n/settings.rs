//! Messages about the settings file, and about the origin of each setting.

use super::messages;

messages! {
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

messages! {
    /// What is said around the settings file, and in a new one.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum SettingsMessage {
        Written { path: String } =
            en "{path} was created; only you can read it. Uncomment the settings that you need.",
            ru "Создан {path}, читать его можете только вы. Раскомментируйте (уберите #) нужные строки.",
        WrittenTrusted { path: String, command: String } =
            en "{path} is trusted in its present form. After each change, run {command}",
            ru "Файл {path} доверенный в его нынешнем виде. После каждого изменения выполните {command}",
        NotBelieved { path: String, keys: String, command: String } =
            en "{path} is not trusted, so these settings are ignored: {keys}. Check the file. To trust it, run {command}",
            ru "{path} — не доверенный файл, поэтому эти настройки не действуют: {keys}. Проверьте файл. Чтобы доверять ему, выполните {command}",
        Trusts { path: String } =
            en "{path} is now trusted in its present form. It sets:",
            ru "Теперь файл {path} доверенный в его нынешнем виде. Он задаёт:",
        TrustsNothing { path: String } =
            en "{path} is now trusted in its present form. It sets no service, token, command or file elsewhere.",
            ru "Теперь файл {path} доверенный в его нынешнем виде. Сервиса, токена, команд и чужих файлов он не \
                задаёт.",
        TrustsNoMore { path: String } =
            en "{path} is no longer trusted.",
            ru "Файл {path} больше не доверенный.",
        WasNotTrusted { path: String } =
            en "{path} was not trusted.",
            ru "Файл {path} и не был доверенным.",
        NoneTrusted =
            en "No files are trusted.",
            ru "Доверенных файлов нет.",
        AsTrusted = en "unchanged", ru "не изменён",
        HasChanged = en "changed: not trusted", ru "изменён: не доверенный",
        IsGone = en "missing", ru "файла нет",
        Head =
            en "Settings of sendcontact. Uncomment the settings that you need. The active profile:",
            ru "Настройки sendcontact. Раскомментируйте (уберите #) нужные строки. Действующий профиль:",
        HeadToken =
            en "Or token-command with a program that prints the token, or token itself if only you can read this \
                file.",
            ru "Или token-command с программой, которая его выводит, или сам token, если файл читаете только вы.",
        HeadProfiles =
            en "The settings of a profile override those above; --profile selects another profile.",
            ru "Настройки профиля важнее тех, что выше; другой профиль выбирает --profile.",
        HeadInstances =
            en "Each instance of a campaign needs its own id and token, and may have its own rate, hours and caps; \
                --instance selects instances.",
            ru "У каждого инстанса кампании свой id и токен, а если нужно, и свои темп, часы и лимиты; инстансы \
                выбирает --instance.",
    }
}
