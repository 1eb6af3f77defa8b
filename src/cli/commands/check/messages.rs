//! What `check` says.

use crate::i18n::{count, messages};

messages! {
    /// What `check` prints beside the plan.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum CheckMessage {
        RowsRead { rows: u64 } =
            en "{rows}" [rows = count::en(*rows, "row", "rows")],
            ru "{rows}" [rows = count::ru(*rows, "строка", "строки", "строк")],
        ToSend { rows: u64 } = en "{rows} to send", ru "к отправке {rows}",
        FirstProblem { line: String } = en "The first problem: {line}", ru "Первая проблема: {line}",
        DuplicateOf { place: String, original: String } =
            en "{place}: the same as {original}",
            ru "{place}: то же, что {original}",
        ProblemsWritten { path: String } =
            en "Problems: {path}",
            ru "Проблемы: {path}",
    }
}
