//! What is said of the system's schedulers.

#![expect(missing_docs, reason = "the templates tell what a sentence and its fields are")]

use super::sentences;

sentences! {
    /// Why a campaign cannot be given to a scheduler.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum SchedulerFault {
        Line { reason: String } =
            en "what is to be scheduled cannot be run: {reason}",
            ru "запланировать это нельзя, команда не запустится: {reason}",
        Command =
            en "only send and track can be scheduled: write them behind --, as in schedule --every day --at 10:00 -- send list.csv",
            ru "запланировать можно только send и track: пишите их после --, например schedule --every day --at 10:00 -- send list.csv",
        TokenOfTheShell =
            en "the token stands in GREEN_API_TOKEN, which a scheduler does not know, and it must not stand in its files: keep it in a file (--token-file) or name it in sendcontact.toml",
            ru "токен стоит в GREEN_API_TOKEN, планировщик его не знает, а в его файлах токену не место: храните его в файле (--token-file) или укажите в sendcontact.toml",
        TokenInLine =
            en "a token stands in the command line that is to be scheduled, and it must not stand in a scheduler's files: keep it in a file and name that file with --token-file",
            ru "в команде, которую нужно запланировать, стоит токен, а в файлах планировщика ему не место: храните его в файле и укажите этот файл в --token-file",
        NoToken =
            en "the scheduled run would find no token: name its file with --token-file or in sendcontact.toml",
            ru "запланированный запуск не найдёт токена: укажите его файл в --token-file или в sendcontact.toml",
        Otherwise =
            en "the scheduled run would send from other instances, or to another address, than one that is started here: write into the settings file what this shell's variables say",
            ru "запланированный запуск слал бы с других инстансов или на другой адрес, чем запуск отсюда: запишите в файл настроек то, что стоит в переменных этой оболочки",
        NoInput { path: String } =
            en "the scheduled run would find no {path}: there is no such file",
            ru "запланированный запуск не найдёт {path}: такого файла нет",
        StateOfWindows { state: String } =
            en "{state} holds the books in which caps are counted, but only this shell knows: Windows' scheduler is told of it by setx SENDCONTACT_STATE_DIR; do that, and run schedule in a shell that does not set it",
            ru "книги для дневных пределов лежат в {state}, но это знает только эта оболочка: планировщик Windows узнает об этом от setx SENDCONTACT_STATE_DIR; выполните её и повторите schedule в оболочке, где переменная не задана",
        Zone { zone: String } =
            en "--time-zone {zone}: schedulers know zones only by their names, such as Europe/Moscow",
            ru "--time-zone {zone}: планировщики знают зоны только по названиям, например Europe/Moscow",
        ZoneOfWindows =
            en "--time-zone: Windows' scheduler goes by the clock of its machine; leave it out and give its time",
            ru "--time-zone: планировщик Windows живёт по часам своего компьютера; уберите её и укажите его время",
        Unprintable { text: String } =
            en "no scheduler can be given {text}: it holds characters that are no text",
            ru "планировщику нельзя передать {text}: там символы, которые не текст",
        Place { reason: String } =
            en "the program or this folder cannot be named: {reason}",
            ru "не узнать путь к программе или к этой папке: {reason}",
        WordOfWindows { text: String } =
            en "{text} contains \" or %, which the command line of Windows may change: set this in sendcontact.toml",
            ru "в {text} есть \" или %, командная строка Windows может их изменить: укажите это в sendcontact.toml",
        LineOfWindows { length: u64, longest: u64 } =
            en "the command has {length} characters, and schtasks takes {longest} at most: set options in sendcontact.toml, or use a folder with a shorter path",
            ru "в команде {length} знаков, а schtasks принимает не больше {longest}: перенесите параметры в sendcontact.toml или используйте папку с более коротким путём",
    }
}

sentences! {
    /// What a person is told after a campaign was scheduled.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum SchedulerMessage {
        Systemd =
            en "Save each part as the file that its first line names. Then run these commands; the second one lets it run while you are not logged in:",
            ru "Сохраните каждую часть в файл, указанный в её первой строке. Затем выполните эти команды; вторая нужна, чтобы запуски шли, и когда вы не вошли в систему:",
        SystemdLook = en "What the runs said:", ru "Что сказали запуски:",
        Cron =
            en "Add this with crontab -e. Not every cron knows CRON_TZ (that of Debian does not): see man 5 crontab.",
            ru "Добавьте это через crontab -e. Не всякий cron знает CRON_TZ (в Debian не знает): см. man 5 crontab.",
        Windows =
            en "Run this in the Command Prompt (cmd). To remove the task later: schtasks /Delete /TN NAME",
            ru "Выполните это в командной строке (cmd). Удалить задачу потом: schtasks /Delete /TN ИМЯ",
    }
}

sentences! {
    /// A word that names no time.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum SchedulerWord {
        TimeOfDay { text: String } =
            en "{text} is no time of day: write 10:00",
            ru "{text} — не время дня: пишите 10:00",
        Moment { text: String } =
            en "{text} is no date: write 2026-11-20 or 2026-11-20T10:00",
            ru "{text} — не дата: пишите 2026-11-20 или 2026-11-20T10:00",
    }
}
