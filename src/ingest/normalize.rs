//! Removes what spreadsheets, phones and people add to a number. It works on text only: `numbers` decides whether the
//! remaining digits are a number.

use std::borrow::Cow;

use crate::domain::is_invisible;

/// What a spreadsheet did to a number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum DisplayedNumber {
    /// Nothing: the cell is text, or a number that is shown in full.
    AsWritten,
    /// The number has a fraction that is not zero, which no phone number has.
    Fraction,
    /// The spreadsheet added an exponent, decimals or thousands separators; these are all the digits, with their plus.
    Restored(String),
    /// The spreadsheet kept only the first digits.
    Shortened,
}

/// Returns the text with plain spaces and digits, without invisible characters, trimmed, also of the bullets of a list
/// before it. Line breaks stay.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    // Most cells are plain as they are.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text.trim());
    }
    let plain: String = text.chars().filter_map(plain_char).collect();
    let is_bullet = |char: char| char.is_whitespace() || matches!(char, '·' | '•');
    Cow::Owned(plain.trim_start_matches(is_bullet).trim_end().to_owned())
}

fn plain_char(char: char) -> Option<char> {
    match char {
        ' '..='~' => Some(char),
        '\n' | '\r' => Some('\n'),
        invisible if is_invisible(invisible) => None,
        '＋' | '﹢' => Some('+'),
        '‐'..='―' | '−' | '－' | '﹣' => Some('-'),
        '（' | '﹙' => Some('('),
        '）' | '﹚' => Some(')'),
        '．' | '﹒' => Some('.'),
        '／' => Some('/'),
        '，' | '、' => Some(','),
        '；' => Some(';'),
        '·' | '⋅' | '‧' | '・' => Some('·'),
        '•' | '∙' => Some('•'),
        space if space.is_whitespace() => Some(' '),
        other => Some(digit(other).unwrap_or(other)),
    }
}

/// The zeros of the scripts in which phone numbers are written (source: Unicode, general category Nd).
const ZEROS: [char; 22] = [
    '\u{660}', '\u{6F0}', '\u{7C0}', '\u{966}', '\u{9E6}', '\u{A66}', '\u{AE6}', '\u{B66}',
    '\u{BE6}', '\u{C66}', '\u{CE6}', '\u{D66}', '\u{DE6}', '\u{E50}', '\u{ED0}', '\u{F20}',
    '\u{1040}', '\u{1090}', '\u{17E0}', '\u{1810}', '\u{1946}', '\u{FF10}',
];

fn digit(char: char) -> Option<char> {
    let mut values = ZEROS
        .iter()
        .filter_map(|zero| u32::from(char).checked_sub(u32::from(*zero)));
    values.find_map(|value| char::from_digit(value, 10))
}

/// Finds a character between the digits that changes their display order, so that a person sees another number than the
/// one that is written.
pub(super) fn reordering(text: &str) -> Option<char> {
    let is_reordering = |char: &char| matches!(char, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    if text.is_ascii() {
        return None;
    }
    let is_digit = |char: char| char.is_ascii_digit() || digit(char).is_some();
    let (first, last) = (text.find(is_digit)?, text.rfind(is_digit)?);
    text[first..last].chars().find(is_reordering)
}

/// Removes the wrappers that keep a cell text: `'…`, `="…"`, `"…"`.
pub(super) fn unwrapped(text: &str) -> &str {
    let inner = text.strip_prefix('\'').unwrap_or(text);
    let inner = inner.strip_prefix('=').unwrap_or(inner);
    let quoted = inner
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    quoted.unwrap_or(inner).trim()
}

/// Detects what a spreadsheet does to a number: `7,9E+10`, `79001234567.0`, `79,001,234,567`.
pub(super) fn shown(text: &str) -> DisplayedNumber {
    if let Some(shown) = exponent(text) {
        return shown;
    }
    let whole = without_decimals(text);
    if whole.len() == text.len() && is_fraction(text) {
        return DisplayedNumber::Fraction;
    }
    if whole.len() == text.len() && !whole.contains([',', '\'']) {
        return DisplayedNumber::AsWritten;
    }
    let digits: String = whole
        .chars()
        .filter(|char| !matches!(char, ' ' | ',' | '\''))
        .collect();
    let without_plus = digits.strip_prefix('+').unwrap_or(&digits);
    if without_plus.len() >= 10 && is_digits(without_plus) && in_thousands(whole) {
        return DisplayedNumber::Restored(digits);
    }
    DisplayedNumber::AsWritten
}

/// Reads a number with an exponent. `7,9001234567E+10` has all its digits if the mantissa has one more than the
/// exponent says.
fn exponent(text: &str) -> Option<DisplayedNumber> {
    let (mantissa, power) = text.split_once(['E', 'e', 'Е', 'е'])?;
    let power: usize = power
        .trim_start_matches('+')
        .parse()
        .ok()
        .filter(|power| *power < 30)?;
    let (whole, fraction) = mantissa.split_once([',', '.']).unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if whole.is_empty() || !is_digits(&digits) {
        return None;
    }
    let length = whole.len() + power;
    match (digits.get(..length), digits.get(length..)) {
        (Some(kept), Some(rest)) if rest.bytes().all(|byte| byte == b'0') => {
            Some(DisplayedNumber::Restored(kept.to_owned()))
        }
        (Some(_) | None, _) => Some(DisplayedNumber::Shortened),
    }
}

/// Removes the `.0`, `,00` or `,000` of a number with decimals. Three zeros in a number that has other separators are
/// its last thousands.
fn without_decimals(text: &str) -> &str {
    let Some((whole, zeros)) = text.rsplit_once(['.', ',']) else {
        return text;
    };
    let most = if whole.contains(['.', ',']) { 2 } else { 3 };
    let decimals = (1..=most).contains(&zeros.len()) && zeros.bytes().all(|byte| byte == b'0');
    if decimals { whole } else { text }
}

/// Whether the text is a whole number of seven digits or more with a fraction. Three digits or more after a comma may
/// be a second number.
fn is_fraction(text: &str) -> bool {
    let Some(at) = text.find(['.', ',']) else {
        return false;
    };
    let (whole, fraction) = (text[..at].trim_start_matches('+'), &text[at + 1..]);
    let most = if text[at..].starts_with(',') { 2 } else { 15 };
    whole.len() >= 7 && is_digits(whole) && is_digits(fraction) && fraction.len() <= most
}

/// Removes the `.0` or `,00` after a number in any other grouping: `+49(30)1234567.0`. `None` if there is none, or if
/// the number has such marks itself. Only the caller knows whether the zeros are digits of the number.
pub(super) fn without_zeros(text: &str) -> Option<&str> {
    let whole = Some(text).filter(|text| text.ends_with('0'));
    let whole = without_decimals(whole?);
    let is_sign = |char: char| char.is_ascii_digit() || " +-()[]".contains(char);
    let is_whole = whole.len() < text.len()
        && text.len() - whole.len() <= 3
        && whole.ends_with(|char: char| char.is_ascii_digit())
        && whole.chars().all(is_sign);
    is_whole.then_some(whole)
}

/// Whether the spaces, commas or apostrophes separate thousands; any other comma separates two numbers.
fn in_thousands(whole: &str) -> bool {
    let mut groups = whole.trim_start_matches('+').split([' ', ',', '\'']);
    let first = groups.next().unwrap_or_default();
    let mut rest = groups.peekable();
    rest.peek().is_none() || ((1..=3).contains(&first.len()) && rest.all(|group| group.len() == 3))
}

/// Whether the text begins with a date that has a year, such as `14.07.2026` or `2026-07-14`.
pub(super) fn is_date(text: &str) -> bool {
    let day = text.split_once([' ', 'T']).map_or(text, |(day, _)| day);
    let mut fields = day.split(['.', '-', '/']);
    let within = |field: &str, least: u16, most: u16| {
        is_digits(field)
            && field
                .parse::<u16>()
                .is_ok_and(|number| (least..=most).contains(&number))
    };
    match [(); 4].map(|()| fields.next()) {
        [Some(first), Some(second), Some(third), None] => [(first, third), (third, first)]
            .into_iter()
            .any(|(day, year)| {
                within(year, 1900, 2099) && within(day, 1, 31) && within(second, 1, 31)
            }),
        _ => false,
    }
}

/// Whether a text is only a number of ten digits or more, several of them or a chat id, in any notation and any digits.
pub(super) fn is_number(text: &str) -> bool {
    let plain = plain(text);
    let text = unwrapped(&plain);
    is_one_number(text) || text.split([',', ';', '/', '\n']).all(is_one_number)
}

fn is_one_number(text: &str) -> bool {
    if let Some((chat, server)) = text.split_once('@') {
        let is_known = ["c.us", "s.whatsapp.net", "g.us", "lid"].contains(&server.trim());
        return is_known && chat.trim().contains(|char: char| char.is_ascii_digit());
    }
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text);
    let is_sign =
        |char: char| char.is_whitespace() || matches!(char, '+' | '-' | '(' | ')' | '.' | '\'');
    let digits = digits(text);
    let least = if text.starts_with('+') { 7 } else { 10 };
    let is_shown = match exponent(text) {
        Some(DisplayedNumber::Restored(number)) => number.len() >= 10,
        Some(DisplayedNumber::Shortened) => text.contains('+'),
        Some(DisplayedNumber::AsWritten | DisplayedNumber::Fraction) | None => false,
    };
    is_shown
        || (least..=15).contains(&digits)
            && text
                .chars()
                .all(|char| char.is_ascii_digit() || is_sign(char))
}

/// Counts the digits of a text, in any script.
pub(super) fn digits(text: &str) -> usize {
    text.chars().filter(|char| char.is_numeric()).count()
}

/// Whether a text is a number with decimals, as a number cell is read.
pub(super) fn is_decimal(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(whole, decimals)| is_digits(whole) && is_digits(decimals))
}

pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_all_scripts_become_plain() {
        assert_eq!(
            plain("\u{feff}\u{202a}＋７\u{a0}900\u{202f}123‑45–67\u{202c}\t"),
            "+7 900 123-45-67"
        );
        assert_eq!(
            plain("+7 ﹙９००﹚ ١23﹣45·67\u{2800}\u{ad}"),
            "+7 (900) 123-45·67"
        );
        assert_eq!(
            plain("79001234567²"),
            "79001234567²",
            "a superscript is no digit of a number"
        );
        for text in [
            "'79001234567",
            "=\"79001234567\"",
            "\"79001234567\"",
            "' 79001234567",
        ] {
            assert_eq!(unwrapped(text), "79001234567", "{text}");
        }
    }

    #[test]
    fn what_a_spreadsheet_shows_is_restored_or_refused() {
        let restored = |digits: &str| DisplayedNumber::Restored(digits.to_owned());
        for (text, expected) in [
            ("7,9001234567E+10", restored("79001234567")),
            ("7.90012345670E10", restored("79001234567")),
            ("7,9001E+10", DisplayedNumber::Shortened),
            ("7.9E+10", DisplayedNumber::Shortened),
            ("3,80123E+11", DisplayedNumber::Shortened),
            ("1.20363E+17", DisplayedNumber::Shortened),
            ("79001234567.0", restored("79001234567")),
            ("79001234567,00", restored("79001234567")),
            ("+79001234567,00", restored("+79001234567")),
            ("+9,175,551,235", restored("+9175551235")),
            ("380671234567,000", restored("380671234567")),
            ("79,001,000,000", restored("79001000000")),
            ("9,001,234,567,000", restored("9001234567000")),
            ("79 001 234 567,00", restored("79001234567")),
            ("79,001,234,567", restored("79001234567")),
            ("79,001,234,567.00", restored("79001234567")),
            ("41'791'234'567", restored("41791234567")),
            ("41'791'234'56", DisplayedNumber::AsWritten),
            ("+43 1 2345678 10.00", DisplayedNumber::AsWritten),
            ("79001234567", DisplayedNumber::AsWritten),
            ("79001234567,79001234568", DisplayedNumber::AsWritten),
            ("8-900-12345,00", DisplayedNumber::AsWritten),
            ("79001234567.5", DisplayedNumber::Fraction),
            ("79001234567,5", DisplayedNumber::Fraction),
            ("60112345678.25", DisplayedNumber::Fraction),
            ("9001234567.123456", DisplayedNumber::Fraction),
            ("0171.1234567", DisplayedNumber::AsWritten),
            ("8.900.123.45.67", DisplayedNumber::AsWritten),
            ("Елена", DisplayedNumber::AsWritten),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn zeros_of_a_spreadsheet_are_found_after_every_grouping() {
        for (text, whole) in [
            ("+49(30)1234567.0", Some("+49(30)1234567")),
            ("+62 812-345-678,00", Some("+62 812-345-678")),
            ("+49 30 1234567 .0", None),
            ("+49.30.1234567.0", None),
            ("+62 812-345-678.000", None),
            ("+62 812-345-678.5", None),
            ("тел. 8 900 123-45-67.0", None),
        ] {
            assert_eq!(without_zeros(text), whole, "{text}");
        }
    }

    #[test]
    fn what_changes_the_order_of_digits_is_found_between_them_only() {
        for (text, sign) in [
            ("\u{202a}+79001234567\u{202c}", None),
            ("+7900\u{202e}1234567", Some('\u{202e}')),
            ("+7 900\u{200f} 1234567", Some('\u{200f}')),
            ("+7\u{ad}900\u{200b}1234567", None),
            ("+79001234567", None),
        ] {
            assert_eq!(reordering(text), sign, "{text:?}");
        }
    }

    #[test]
    fn a_cell_that_is_only_a_number_is_told_from_a_title() {
        for (text, expected) in [
            ("79001234567", true),
            (" +7 (900) 123-45-67", true),
            ("9001234567", true),
            ("٧٩٠٠١٢٣٤٥٦٧", true),
            ("＋７９００１２３４５６７", true),
            ("+7 900 123–45–67", true),
            ("\u{202A}+79001234567\u{202C}", true),
            ("=\"79001234567\"", true),
            ("79001234567, 79001234568", true),
            ("79001234567@c.us", true),
            ("120650379300963@lid", true),
            ("79001234567-1581234048@g.us", true),
            ("tel:+79001234567", true),
            ("+290 22456", true),
            ("7,9001E+10", true),
            ("anna@example.com", false),
            ("1e5", false),
            ("ООО Ромашка, +7 900 123-45-67", false),
            ("Тел. +7 900 123-45-67", false),
            ("14.07.2026", false),
            ("2026", false),
            ("Имя", false),
            ("", false),
        ] {
            assert_eq!(is_number(text), expected, "{text}");
        }
    }

    #[test]
    fn dates_are_known() {
        for (text, expected) in [
            ("14.07.2026", true),
            ("2026-07-14 10:30", true),
            ("7/14/2026", true),
            ("89.00.1234", false),
            ("8-900-1234", false),
            ("79001234567", false),
        ] {
            assert_eq!(is_date(text), expected, "{text}");
        }
    }
}
