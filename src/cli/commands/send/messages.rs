//! What `send` says.

use crate::i18n::{count, messages};

messages! {
    /// What `send` says before its first contact.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum SendMessage {
        Campaign { campaign: String, to: String } = en "Campaign {campaign}, {to}", ru "Кампания {campaign}, {to}",
        ToInstances { instances: u64 } =
            en "through {instances}" [instances = count::en(*instances, "instance", "instances")],
            ru "через {instances}" [instances = count::ru(*instances, "инстанс", "инстанса", "инстансов")],
        ToInstance { id: String, url: String } = en "through instance {id} at {url}", ru "через инстанс {id}, {url}",
        ToSimulator =
            en "through the simulator: nothing leaves this machine",
            ru "через симулятор: с этого компьютера ничего не уходит",
        ToNobody =
            en "no account yet: set GREEN_API_ID_INSTANCE",
            ru "аккаунт не задан: укажите GREEN_API_ID_INSTANCE",
        WalMissing { path: String } =
            en "The last run was cut off, and {path} is missing. Each contact is checked against the send history \
                before it is sent; a contact found there becomes unknown.",
            ru "Прошлая отправка оборвалась, а файла {path} нет. Перед отправкой каждый контакт сверяется с историей \
                отправок; найденные там контакты становятся неизвестными (unknown).",
        HadBeenPaused =
            en "The last run was paused when it ended; this run starts without the pause.",
            ru "Прошлый запуск закончился на паузе; этот начинается без паузы.",
        Elsewhere { rows: u64 } =
            en "Other machines are still sending {rows} of this campaign." [rows = count::en(*rows, "row", "rows")],
            ru "Другие машины ещё отправляют по этой кампании {rows}." [rows = count::ru(*rows, "строку", "строки", "строк")],
        DryRun =
            en "Nothing was sent: this was a dry run.",
            ru "Ничего не отправлено: это была проверка (--dry-run).",
    }
}
