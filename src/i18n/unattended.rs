//! Messages about the command that is run at the end of a run.

use super::messages;

messages! {
    /// Why nobody was told how a run ended, and what a log says where it must not say all.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Unattended {
        FileUnusable { path: String, code: &'static str } =
            en "{path} cannot be used: {code}",
            ru "{path} не подходит: {code}",
        NotInLog =
            en "an argument or the columns of a file cannot be used; see the message on the terminal",
            ru "аргумент или столбцы файла не подходят; подробности — в сообщении на терминале",
        NoNotice { program: String, reason: String } =
            en "--notify-command: {program} cannot be run: {reason}",
            ru "--notify-command: {program} не запускается: {reason}",
        NoticeFailed { program: String, status: String } =
            en "--notify-command: {program} exited with {status}",
            ru "--notify-command: {program} закончилась с кодом {status}",
        NoticeLate { program: String, seconds: u64 } =
            en "--notify-command: {program} did not end within {seconds} s and was stopped",
            ru "--notify-command: {program} не закончилась за {seconds} с и остановлена",
    }
}
