//! The messages about the engine's events.

use super::Restriction;
use crate::{
    i18n::{Language, messages},
    send_policy::{CheckPolicy, IfUnknown},
};

messages! {
    /// The text of an event of the engine, wherever it is shown.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum EngineMessage {
        WithoutSendHistory { reason: String } =
            en "{reason}. What other campaigns sent is not known then: nobody is left out for it, and who had the same contact \
                from another campaign gets it again. No caps are set, so the run continues. What it sends is entered in \
                the history when it ends, or else by the next run of this campaign.",
            ru "{reason}. Что отправили другие кампании, теперь неизвестно: никто из-за этого не пропускается, и те, кто \
                получил тот же контакт от другой кампании, получат его ещё раз. Лимиты не заданы, поэтому продолжаем. \
                Отправленное попадёт в историю в конце этого запуска, а если не удастся — при следующем запуске этой кампании.",
        HistoryUnusable =
            en "The send history could not be used: what other campaigns sent was not known, and nobody was left out for \
                it.",
            ru "Историю отправок использовать не удалось: что отправили другие кампании, было неизвестно, и никто из-за \
                этого не пропущен.",
        BudgetUsed { budget: u64, then: Box<Self> } =
            en "The checks of this month are used up (--check-budget {budget}). {then}",
            ru "Проверки этого месяца исчерпаны (--check-budget {budget}). {then}",
        QuotaUsed { words: String, then: Box<Self> } =
            en "The service checks no more numbers: {words}. {then}",
            ru "Сервис больше не проверяет номера: {words}. {then}",
        UncheckedGo =
            en "From here on contacts go to numbers that were not checked.",
            ru "Дальше контакты уходят и на непроверенные номера.",
        UncheckedStay =
            en "Numbers that were not checked are held (--if-unknown hold).",
            ru "Непроверенные номера задержаны (--if-unknown hold).",
        LimitReached = en "The limit of this run (--limit) is reached.", ru "Достигнут лимит этого запуска (--limit).",
    }
}

impl EngineMessage {
    /// Builds the message that no more numbers are checked: with the words of the service, or because the budget is
    /// used up.
    #[must_use]
    pub fn checks_over(policy: CheckPolicy, words: Option<&str>) -> Self {
        let then = Box::new(match policy.if_unknown {
            IfUnknown::Send => Self::UncheckedGo,
            IfUnknown::Hold => Self::UncheckedStay,
        });
        match words {
            Some(words) => Self::QuotaUsed {
                words: words.to_owned(),
                then,
            },
            None => Self::BudgetUsed {
                budget: policy.budget.unwrap_or_default(),
                then,
            },
        }
    }
}

messages! {
    /// Why nothing is begun.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum HoldMessage {
        State { state: String } =
            en "the instance state is {state}: the service would accept contacts but deliver none; checking again",
            ru "состояние инстанса — {state}: сервис примет контакты, но не доставит; проверим снова",
        StateUntil { state: String, at: String } =
            en "WhatsApp restricts the number until {at} (instance state {state}): the service would accept contacts but \
                deliver none; checking again then",
            ru "WhatsApp ограничил номер до {at} (состояние инстанса — {state}): сервис примет контакты, но не доставит; \
                тогда проверим снова",
        Paused =
            en "paused",
            ru "пауза",
    }
}

impl HoldMessage {
    /// Describes a restriction that the run waits out.
    pub(super) fn restricted(restriction: &Restriction, language: Language) -> String {
        let state = restriction.state.as_word().to_owned();
        let message = match restriction.shown_until(language) {
            Some(at) => Self::StateUntil { state, at },
            None => Self::State { state },
        };
        message.localized(language)
    }
}

messages! {
    /// Why there is no connection.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum ConnectionMessage {
        CannotBeReached { why: String } = en "the service cannot be reached ({why})", ru "сервис недоступен ({why})",
        NoAddress = en "its address is not found", ru "адрес не найден",
        Refused = en "the connection is refused", ru "соединение отклонено",
        Slow = en "no connection in time", ru "соединение не установлено вовремя",
    }
}

messages! {
    /// Why a run ends instead of waiting.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(super) enum LongWaitMessage {
        State { state: String } =
            en "the instance state is {state}: WhatsApp restricts the number, and the service accepts contacts but \
                delivers none. With --no-wait the run ends. Run again when the state is authorized; the command \
                doctor shows it",
            ru "состояние инстанса — {state}: WhatsApp ограничил номер, и сервис принимает контакты, но не доставляет \
                их. С --no-wait запуск заканчивается. Запустите снова, когда состояние станет authorized; его \
                показывает команда doctor",
        StateUntil { state: String, at: String } =
            en "WhatsApp restricts the number until {at} (instance state {state}), and the service accepts contacts but \
                delivers none. With --no-wait the run ends. Run again after that time",
            ru "WhatsApp ограничил номер до {at} (состояние инстанса — {state}), и сервис принимает контакты, но не \
                доставляет их. С --no-wait запуск заканчивается. Запустите снова, когда это время пройдёт",
        Pause { why: String, time: String } =
            en "{why}; the pause is {time}. With --no-wait the run ends. Run again after that time",
            ru "{why}, пауза: {time}. С --no-wait запуск заканчивается. Запустите снова, когда это время пройдёт",
        Next { time: String } =
            en "the next contact may be sent in {time}, because of --spacing or --rate. With --no-wait the run ends. \
                Run again after that time",
            ru "следующий контакт можно отправить через {time}, так задано в --spacing или --rate. С --no-wait запуск \
                заканчивается. Запустите снова, когда это время пройдёт",
    }
}

impl LongWaitMessage {
    /// Describes a restriction that the run does not wait out.
    pub(super) fn restricted(restriction: &Restriction, language: Language) -> Self {
        let state = restriction.state.as_word().to_owned();
        match restriction.shown_until(language) {
            Some(at) => Self::StateUntil { state, at },
            None => Self::State { state },
        }
    }
}
