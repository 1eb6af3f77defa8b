//! The messages about lookups.

use crate::i18n::messages;

messages! {
    /// Why a lookup proves nothing.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum TroubleMessage {
        State { state: String } = en "the instance state is {state}", ru "состояние инстанса — {state}",
        StateBefore =
            en "the history of the instance shows another state than authorized since the request",
            ru "по истории инстанса, после запроса его состояние было не только authorized",
        Hidden =
            en "the instance's queue holds more messages than the service shows",
            ru "в очереди инстанса больше сообщений, чем сервис показывает",
        Uncounted { words: String } =
            en "getMessagesCount does not report how many messages are in the instance's queue ({words}), and the \
                queue may not show the first of them",
            ru "getMessagesCount не сообщает, сколько сообщений в очереди инстанса ({words}), а первое из них сервис \
                может не показать",
        NoTime =
            en "the service did not report its time, so it is unclear how far back its journal must be searched",
            ru "сервис не сообщил своё время, поэтому неизвестно, за какой срок смотреть его журнал",
        Times =
            en "the service reported two times that contradict each other",
            ru "сервис сообщил два времени, которые противоречат друг другу",
    }
}
