//! How texts are compared: in NFC, without invisible characters, and with plain spaces. Two texts that look the same
//! count as the same text in headings, names, the key of a message, `--match` and stop lists.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

pub use crate::i18n::is_invisible;

/// Whether a text is empty or only white space. For any other text this looks at one character, whereas `trim` looks at
/// both ends; it runs for every cell of a list.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// Returns the form in which texts are compared: NFC, no invisible characters, every run of white space replaced by one
/// space, none at the ends. Case is kept. This form is never sent, see [`visible`].
#[must_use]
pub fn comparable(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(text);
    let seen: String = composed
        .chars()
        .filter(|char| !is_invisible(*char))
        .collect();
    // A combining mark after an invisible character may belong to the letter before it.
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(&seen);
    Cow::Owned(composed.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Returns the text as it is sent: without invisible characters, and with a space for each control character except
/// line feeds and tabs. A joiner stays between letters of scripts that need it.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    let is_odd =
        |char: char| is_invisible(char) || (char.is_control() && !matches!(char, '\n' | '\t'));
    if !may_be_odd(text) || !text.contains(is_odd) {
        return Cow::Borrowed(text.trim());
    }
    let chars: Vec<char> = text.chars().collect();
    let kept = chars
        .iter()
        .enumerate()
        .filter_map(|(at, char)| match char {
            '\u{200C}' | '\u{200D}' | '\u{FE0F}' if joins(&chars, at) => Some(*char),
            '\r' if chars.get(at + 1) == Some(&'\n') => None,
            '\n' | '\t' => Some(*char),
            control if control.is_control() => Some(' '),
            invisible if is_invisible(*invisible) => None,
            other => Some(*other),
        });
    Cow::Owned(kept.collect::<String>().trim().to_owned())
}

/// Whether a text may contain an invisible or control character, judged by the bytes with which they begin.
fn may_be_odd(text: &str) -> bool {
    let begins = |byte: u8| matches!(byte, 0xC2 | 0xCD | 0xD8 | 0xE1..=0xE3 | 0xEF | 0xF0 | 0xF3);
    text.bytes()
        .any(|byte| begins(byte) || byte < b' ' || byte == 0x7F)
}

/// Whether a joiner is part of a word or an emoji: Persian and the scripts of India need joiners; Latin, Greek and
/// Cyrillic have none.
fn joins(chars: &[char], at: usize) -> bool {
    let needs =
        |char: Option<&char>| char.is_some_and(|char| *char >= '\u{590}' && !is_invisible(*char));
    let before = at.checked_sub(1).and_then(|before| chars.get(before));
    needs(before) && (chars[at] == '\u{FE0F}' || needs(chars.get(at + 1)))
}

/// Whether a text is certainly its own comparable form, decided in one pass; it runs for every name of a list.
fn is_plain(text: &str) -> bool {
    let mut before = ' ';
    for char in text.chars() {
        let is_plain = match char {
            ' ' => before != ' ',
            '!'..='~' | 'А'..='я' | 'Ё' | 'ё' => true,
            _ => false,
        };
        if !is_plain {
            return false;
        }
        before = char;
    }
    before != ' ' || text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_look_the_same_are_the_same() {
        for text in [
            "Андрей Йорданов",
            "Андреи\u{306} И\u{306}орданов",
            "Андрей\u{200B} Йорданов",
            "Ан\u{AD}дрей\u{A0}Йорданов",
            "\u{FEFF} Андрей \u{2009} Йорданов\t",
            "Андреи\u{200B}\u{306} Йорданов",
        ] {
            assert_eq!(comparable(text), "Андрей Йорданов", "{text:?}");
        }
        for (text, same) in [
            ("", ""),
            (" ", ""),
            ("a b", "a b"),
            ("a  b", "a b"),
            (" a", "a"),
            ("a ", "a"),
        ] {
            assert_eq!(comparable(text), same, "{text:?}");
        }
        for (one, other) in [("Андрей", "андрей"), ("Семен", "Семён"), ("Анна", "Aнна")]
        {
            assert_ne!(comparable(one), comparable(other));
        }
    }

    #[test]
    fn what_is_sent_loses_what_nobody_sees_and_nothing_else() {
        for (text, sent) in [
            (" Анна\u{B}Мария ", "Анна Мария"),
            ("Анна\u{200B}\u{200D}", "Анна"),
            ("\u{200E}\u{3164}\u{2800}", ""),
            ("первая\r\nвторая\tтретья", "первая\nвторая\tтретья"),
            ("Ива\rн", "Ива н"),
            ("Андреи\u{306}", "Андреи\u{306}"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("👩\u{200D}🚀 ❤\u{FE0F}", "👩\u{200D}🚀 ❤\u{FE0F}"),
            ("क्\u{200D}ष", "क्\u{200D}ष"),
        ] {
            assert_eq!(visible(text), sent, "{text:?}");
        }
    }

    #[test]
    fn every_invisible_and_control_character_is_found_by_its_first_byte() {
        for char in (0..=0x10_FFFF).filter_map(char::from_u32) {
            let is_odd = is_invisible(char) || char.is_control();
            assert!(
                !is_odd || may_be_odd(&char.to_string()),
                "{:X}",
                u32::from(char)
            );
        }
    }
}
