//! Messages about time zones.

use super::Language;

/// No zone has this name.
#[must_use]
pub fn unknown(language: Language, text: &str, near: &[String]) -> String {
    let near = near.join(", ");
    match (language, near.as_str()) {
        (Language::En, "") => {
            format!(
                "there is no time zone \"{text}\": write a name such as Europe/Moscow, or an offset such as UTC+5"
            )
        }
        (Language::En, near) => format!("there is no time zone \"{text}\"; did you mean {near}?"),
        (Language::Ru, "") => {
            format!(
                "нет часового пояса «{text}»: напишите имя вида Europe/Moscow или разницу вида UTC+5 либо МСК+2"
            )
        }
        (Language::Ru, near) => format!("нет часового пояса «{text}»; может быть, {near}?"),
    }
}

/// A number without a sign may count from UTC or from Moscow.
#[must_use]
pub fn without_sign(language: Language, text: &str) -> String {
    match language {
        Language::En => {
            format!(
                "\"{text}\" is not a time zone: write UTC+5, or МСК+2 (a spreadsheet turns +5 into 5)"
            )
        }
        Language::Ru => {
            format!(
                "«{text}» — не часовой пояс: напишите UTC+5 или МСК+2 (таблица превращает +5 в 5)"
            )
        }
    }
}

/// The offset is out of range.
#[must_use]
pub fn too_far(language: Language, text: &str) -> String {
    match language {
        Language::En => {
            format!(
                "\"{text}\" is not a valid UTC offset: use UTC-12 to UTC+14, in steps of 15 minutes"
            )
        }
        Language::Ru => {
            format!(
                "недопустимая разница с UTC: «{text}»; допустимо от UTC-12 до UTC+14 с шагом 15 минут"
            )
        }
    }
}
