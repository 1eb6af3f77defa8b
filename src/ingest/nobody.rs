//! Which texts name no contact for `--match`: what programs and people write for a missing value. If such a text were a
//! key, the contact of one row with `-` would go to everybody whose row has `-`.

use super::names;
use super::normalize;
use super::placeholders;

/// Whether a text names nobody: it is a placeholder, an error of a spreadsheet, zero, or has only signs. The text must
/// be in the form in which texts are compared.
pub(super) fn names_nobody(text: &str) -> bool {
    let text = normalize::unwrapped(text);
    text.chars().all(is_sign)
        || is_zero(text)
        || is_error(text)
        || placeholders::left_out(text).is_some_and(|left| left.rest.is_empty())
}

/// Whether an e-mail address or a UID identifies nobody. Its spelling does not matter, since `Null` is a name of people
/// and no address.
pub(super) fn identifies_nobody(text: &str) -> bool {
    const TRUTHS: [&str; 4] = ["true", "false", "истина", "ложь"];
    let small = text.to_lowercase();
    // In brackets, more words mean a missing value.
    names_nobody(text) || names_nobody(&format!("({small})")) || TRUTHS.contains(&small.as_str())
}

fn is_sign(char: char) -> bool {
    char.is_whitespace()
        || char.is_ascii_punctuation()
        || matches!(char, '‐'..='―' | '−' | '…' | '№')
}

/// Whether it is what programs write instead of a missing number or UID: `0`, `0.0`, a UID of zeros.
fn is_zero(text: &str) -> bool {
    let scheme = text
        .get(..9)
        .filter(|scheme| scheme.eq_ignore_ascii_case("urn:uuid:"));
    let digits = scheme.map_or(text, |scheme| &text[scheme.len()..]);
    let is_part = |char| matches!(char, '0' | '.' | ',' | '-' | '{' | '}');
    digits.contains('0') && digits.chars().all(is_part)
}

/// Whether it is an error that a spreadsheet writes instead of a value: `#N/A` in any case, `Err:502`.
fn is_error(text: &str) -> bool {
    let number = ["Err:", "Ошибка:"]
        .iter()
        .find_map(|word| text.strip_prefix(word));
    number.is_some_and(normalize::is_digits) || names::is_error(&text.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_nothing_is_told_from_names_and_ids() {
        for text in [
            "",
            "-",
            "—",
            "***",
            "нет",
            "Н/Д",
            "None",
            "0",
            "0,00",
            "#n/a",
            "####",
            "Err:502",
            "'-",
            "=\"-\"",
            "{{email}}",
        ] {
            assert!(names_nobody(text) && identifies_nobody(text), "{text}");
        }
        for text in ["Null", "NAN", "blank", "Na", "FALSE", "Истина"] {
            assert!(!names_nobody(text) && identifies_nobody(text), "{text}");
        }
        for text in [
            "10",
            "0-1",
            "#12",
            "ООО «0»",
            "Нет-нет",
            "💐",
            "a@x.ru",
            "N1",
            "Err:a",
            "00A0",
        ] {
            assert!(!names_nobody(text) && !identifies_nobody(text), "{text}");
        }
    }
}
