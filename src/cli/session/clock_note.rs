//! A warning if the clock of this machine is wrong.

use crate::{
    green_api::ServiceClock,
    i18n::{self, Language, messages},
};

messages! {
    /// By how much the clock of this machine is wrong.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum ClockNote {
        Ahead { by: String } =
            en "This computer's clock is {by} ahead of the service's clock. Hours, daily caps and all recorded times \
                use the service's clock; correct the computer's clock.",
            ru "Часы этого компьютера спешат на {by} по сравнению с часами сервиса. Окна, дневные лимиты и все записанные \
                времена считаются по часам сервиса; поправьте часы компьютера.",
        Behind { by: String } =
            en "This computer's clock is {by} behind the service's clock. Hours, daily caps and all recorded times \
                use the service's clock; correct the computer's clock.",
            ru "Часы этого компьютера отстают на {by} от часов сервиса. Окна, дневные лимиты и все записанные времена \
                считаются по часам сервиса; поправьте часы компьютера.",
    }
}

/// Returns the warning; `None` if the clock is right, or the service has not reported its time.
pub(crate) fn clock_note(clock: &ServiceClock, language: Language) -> Option<String> {
    let ahead = clock.machine_is_ahead()?;
    let by = i18n::long(ahead.unsigned_abs(), language);
    let note = if ahead.is_positive() {
        ClockNote::Ahead { by }
    } else {
        ClockNote::Behind { by }
    };
    Some(note.localized(language))
}
