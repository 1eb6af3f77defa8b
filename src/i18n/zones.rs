//! What a person is told of time zones.

use super::Language;

/// No zone has this name.
#[must_use]
pub fn unknown(language: Language, text: &str, near: &[String]) -> String {
    let near = near.join(", ");
    match (language, near.as_str()) {
        (Language::En, "") => {
            format!(
                "there is no time zone \"{text}\": write a name such as Europe/Moscow, or a distance such as UTC+5"
            )
        }
        (Language::En, near) => format!("there is no time zone \"{text}\"; like it are {near}"),
        (Language::Ru, "") => {
            format!(
                "нет часового пояса «{text}»: напишите имя вида Europe/Moscow или разницу вида UTC+5 либо МСК+2"
            )
        }
        (Language::Ru, near) => format!("нет часового пояса «{text}»; похожие: {near}"),
    }
}

/// A number without a sign may count from UTC or from Moscow.
#[must_use]
pub fn without_sign(language: Language, text: &str) -> String {
    match language {
        Language::En => {
            format!("\"{text}\" is no time zone: write UTC+5, or МСК+2 (a spreadsheet makes 5 out of +5)")
        }
        Language::Ru => {
            format!("«{text}» – не часовой пояс: напишите UTC+5 или МСК+2 (таблица делает из +5 просто 5)")
        }
    }
}

/// No clock is so far from UTC.
#[must_use]
pub fn too_far(language: Language, text: &str) -> String {
    match language {
        Language::En => format!(
            "no clock on Earth shows \"{text}\": a time zone lies between UTC-12 and UTC+14, in quarters of an hour"
        ),
        Language::Ru => {
            format!(
                "таких часов нет: «{text}»; часовой пояс лежит между UTC-12 и UTC+14 с шагом в четверть часа"
            )
        }
    }
}
