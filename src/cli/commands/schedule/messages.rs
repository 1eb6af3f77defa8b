//! Messages about the system's schedulers.

use crate::i18n::messages;

messages! {
    /// What the user is told about the schedule.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum SchedulerMessage {
        Systemd =
            en "Save each part as the file that its first line names. Then run these commands; the second one lets it run while you are not logged in:",
            ru "Сохраните каждую часть в файл, указанный в её первой строке. Затем выполните эти команды; вторая нужна, чтобы запуски шли, и когда вы не вошли в систему:",
        SystemdLook = en "Logs of the runs:", ru "Журнал запусков:",
        Cron = en "Add this with crontab -e.", ru "Добавьте это через crontab -e.",
        CronOfZone =
            en "Add this with crontab -e. Not every cron supports CRON_TZ (Debian's does not): see man 5 crontab.",
            ru "Добавьте это через crontab -e. CRON_TZ понимает не всякий cron (в Debian — нет): см. man 5 crontab.",
        Windows =
            en "Run this in the Command Prompt (cmd). To remove the task later: schtasks /Delete /TN NAME",
            ru "Выполните это в командной строке (cmd). Удалить задачу потом: schtasks /Delete /TN ИМЯ",
    }
}
