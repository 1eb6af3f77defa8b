//! Messages about the system's schedulers.

use super::messages;

messages! {
    /// Why a campaign cannot be given to a scheduler.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum SchedulerFault {
        Line { reason: String } =
            en "the scheduled command cannot be run: {reason}",
            ru "запланированная команда не запустится: {reason}",
        Command =
            en "only send and track can be scheduled: write them after --, as in schedule --every day --at 10:00 -- \
                send list.csv",
            ru "запланировать можно только send и track: пишите их после --, например schedule --every day --at 10:00 -- send list.csv",
        TokenOfTheShell =
            en "the token is set in GREEN_API_TOKEN, which a scheduler cannot see and must not store: keep it in a \
                file (--token-file) or set it in sendcontact.toml",
            ru "токен указан в GREEN_API_TOKEN: планировщик не видит эту переменную, а хранить токен в его файлах \
                нельзя. Храните токен в файле (--token-file) или укажите в sendcontact.toml",
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
        StateOfWindows { state: String } =
            en "{state} holds the send history for caps, but only this shell knows that folder: run setx \
                SENDCONTACT_STATE_DIR for the Windows scheduler, then run schedule in a shell that does not set the \
                variable",
            ru "история отправок для дневных лимитов лежит в {state}, но эту папку знает только эта оболочка: для \
                планировщика Windows выполните setx SENDCONTACT_STATE_DIR и повторите schedule в оболочке, где \
                переменная не задана",
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

messages! {
    /// What a person is told after a campaign was scheduled.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum SchedulerMessage {
        Systemd =
            en "Save each part as the file that its first line names. Then run these commands; the second one lets it run while you are not logged in:",
            ru "Сохраните каждую часть в файл, указанный в её первой строке. Затем выполните эти команды; вторая нужна, чтобы запуски шли, и когда вы не вошли в систему:",
        SystemdLook = en "Logs of the runs:", ru "Журнал запусков:",
        Cron =
            en "Add this with crontab -e. Not every cron supports CRON_TZ (Debian's does not): see man 5 crontab.",
            ru "Добавьте это через crontab -e. CRON_TZ понимает не всякий cron (в Debian — нет): см. man 5 crontab.",
        Windows =
            en "Run this in the Command Prompt (cmd). To remove the task later: schtasks /Delete /TN NAME",
            ru "Выполните это в командной строке (cmd). Удалить задачу потом: schtasks /Delete /TN ИМЯ",
    }
}
