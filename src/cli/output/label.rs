//! The labels of a plan and of a summary.

use crate::i18n::messages;

messages! {
    /// The words at the left edge of what is printed.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Label {
        Ledger = en "Ledger", ru "Реестр",
        Campaign = en "Campaign", ru "Кампания",
        Settings = en "Settings", ru "Настройки",
        File = en "File", ru "Файл",
        Columns = en "Columns", ru "Столбцы",
        Suppress = en "Suppress", ru "Стоп-лист",
        Problems = en "Problems", ru "Проблемы",
        Warnings = en "Warnings", ru "Замечания",
        Duplicates = en "Duplicate", ru "Повторы",
        Messages = en "Messages", ru "Сообщения",
        Rows = en "Rows", ru "Строки",
        LeftOut = en "Left out", ru "Не пойдут",
        First = en "First", ru "Первый",
        Pace = en "Rate", ru "Темп",
        Checks = en "Checks", ru "Проверки",
        Shares = en "Shares", ru "Инстансы",
        Finish = en "Finish", ru "Окончание",
        ThisRun = en "This run", ru "Запуск",
    }
}
