//! What the plan says about the checks of numbers.

use crate::{
    i18n::{Language, count, messages},
    ledger::ChecksAhead,
    send_policy::CheckPolicy,
};

messages! {
    /// How many numbers are checked before their contacts.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum ChecksMessage {
        Ahead { numbers: u64 } =
            en "up to {numbers} before the first contact, at most 10 a second"
                [numbers = count::en(*numbers, "number is checked", "numbers are checked")],
            ru "до {numbers} перед первым контактом, не больше 10 в секунду"
                [numbers = count::ru(*numbers, "проверки номера", "проверок номеров", "проверок номеров")],
        WithinBudget { numbers: u64, used: u64, budget: u64 } =
            en "up to {numbers} before the first contact, at most 10 a second; {used} of {budget} checks of this month are used"
                [numbers = count::en(*numbers, "number is checked", "numbers are checked")],
            ru "до {numbers} перед первым контактом, не больше 10 в секунду; проверок этого месяца использовано: {used} из {budget}"
                [numbers = count::ru(*numbers, "проверки номера", "проверок номеров", "проверок номеров")],
    }
}

/// Returns the line about the checks of an instance; `None` if no number is checked.
pub(crate) fn checks_line(
    policy: CheckPolicy,
    ahead: ChecksAhead,
    language: Language,
) -> Option<String> {
    let ChecksAhead { numbers, used } = ahead;
    let message = match policy.budget {
        _ if numbers == 0 => return None,
        None => ChecksMessage::Ahead { numbers },
        Some(budget) => ChecksMessage::WithinBudget {
            numbers,
            used,
            budget,
        },
    };
    Some(message.localized(language))
}
