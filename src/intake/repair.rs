//! What spreadsheets, phones and people add to a number before it comes to us, taken off again.
//! Text only: whether the digits that remain are a number is for `numbers` to say.

/// Words before the digits of an extension.
const EXTENSION: [&str; 11] =
    ["добавочный", "доб", "внутренний", "внутр", "вн", "доп", "extension", "ext", "x", "х", "#"];

/// What a spreadsheet made of a number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Nothing: this is no number cell in disguise.
    AsWritten,
    /// It added an exponent, decimals or thousands; these are all the digits.
    Restored(String),
    /// It kept only the first digits.
    Shortened,
}

/// The same text with plain spaces, plain digits and without invisible signs, trimmed. Line breaks stay.
pub(super) fn plain(text: &str) -> String {
    let plain: String = text.chars().filter_map(plain_char).collect();
    plain.trim().to_owned()
}

fn plain_char(char: char) -> Option<char> {
    let from = |zero: u32| char::from_digit(char as u32 - zero, 10);
    match char {
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' => None,
        '\n' | '\r' => Some('\n'),
        '０'..='９' => from('０' as u32),
        '٠'..='٩' => from('٠' as u32),
        '۰'..='۹' => from('۰' as u32),
        '＋' => Some('+'),
        '‐'..='―' | '−' | '－' => Some('-'),
        space if space.is_whitespace() => Some(' '),
        other => Some(other),
    }
}

/// Without the wrappers that keep a cell text: `'…`, `="…"`, `"…"`.
pub(super) fn unwrapped(text: &str) -> &str {
    let inner = text.strip_prefix('\'').unwrap_or(text);
    let inner = inner.strip_prefix('=').unwrap_or(inner);
    let quoted = inner.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    quoted.unwrap_or(inner).trim()
}

/// Looks for what a spreadsheet does to a number: `7,9E+10`, `79001234567.0`, `79,001,234,567`.
pub(super) fn shown(text: &str) -> Shown {
    if let Some(shown) = exponent(text) {
        return shown;
    }
    let whole = without_decimals(text);
    let digits: String = whole.chars().filter(|char| !matches!(char, ' ' | ',')).collect();
    let digits = digits.strip_prefix('+').unwrap_or(&digits).to_owned();
    let changed = whole.len() != text.len() || whole.contains(',');
    if changed && digits.len() >= 10 && is_digits(&digits) && in_thousands(whole) {
        return Shown::Restored(digits);
    }
    Shown::AsWritten
}

/// `7,9001234567E+10` holds all its digits if the mantissa has one more than the exponent says.
fn exponent(text: &str) -> Option<Shown> {
    let (mantissa, power) = text.split_once(['E', 'e', 'Е', 'е'])?;
    let power: usize = power.trim_start_matches('+').parse().ok().filter(|power| *power < 30)?;
    let (whole, fraction) = mantissa.split_once([',', '.']).unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if whole.is_empty() || !is_digits(&digits) {
        return None;
    }
    let length = whole.len() + power;
    match (digits.get(..length), digits.get(length..)) {
        (Some(kept), Some(rest)) if rest.bytes().all(|byte| byte == b'0') => {
            Some(Shown::Restored(kept.to_owned()))
        }
        (Some(_) | None, _) => Some(Shown::Shortened),
    }
}

/// Without the `.0`, `,00` or `,000` of a number with decimals. Three zeros behind a number that has
/// other marks are its last thousands.
fn without_decimals(text: &str) -> &str {
    let Some((whole, zeros)) = text.rsplit_once(['.', ',']) else { return text };
    let most = if whole.contains(['.', ',']) { 2 } else { 3 };
    let decimals = (1..=most).contains(&zeros.len()) && zeros.bytes().all(|byte| byte == b'0');
    if decimals { whole } else { text }
}

/// Commas of a number part thousands; any other comma parts two numbers.
fn in_thousands(whole: &str) -> bool {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let mut rest = groups.peekable();
    rest.peek().is_none() || ((1..=3).contains(&first.len()) && rest.all(|group| group.len() == 3))
}

/// Cuts out `доб. 12` or `ext 12` behind a number; the extension's digits beside what is left.
pub(super) fn without_extension(text: &str) -> (String, Option<String>) {
    let chars: Vec<char> = text.chars().collect();
    let lower: String = chars.iter().map(|char| char.to_lowercase().next().unwrap_or(*char)).collect();
    let lower: Vec<char> = lower.chars().collect();
    let first_digit = lower.iter().position(char::is_ascii_digit).unwrap_or(lower.len());
    for start in first_digit..lower.len() {
        if let Some((end, digits)) = extension_at(&lower, start) {
            let left: String = chars[..start].iter().chain(&chars[end..]).collect();
            let left = left.trim_end_matches([' ', ',', ';', '(']).to_owned();
            return (left, Some(digits));
        }
    }
    (text.to_owned(), None)
}

/// The end and the digits of an extension whose word begins at `start`. A word stands apart from the
/// letters before it, and a single sign from the digits too: `123х4` is a number with a wrong letter.
fn extension_at(lower: &[char], start: usize) -> Option<(usize, String)> {
    let before = start.checked_sub(1).map_or(' ', |before| lower[before]);
    let is_apart = |word: &&&str| match word.chars().count() {
        1 => !before.is_alphanumeric(),
        _ => !before.is_alphabetic(),
    };
    let word = EXTENSION.iter().find(|word| starts_with(&lower[start..], word)).filter(is_apart)?;
    let mut at = start + word.chars().count();
    while lower.get(at).is_some_and(|char| matches!(char, ' ' | '.' | ':' | '=' | '№' | '#')) {
        at += 1;
    }
    let digits: String = lower[at..].iter().take_while(|char| char.is_ascii_digit()).collect();
    let end = at + digits.len();
    let closes = lower.get(end).is_none_or(|char| !char.is_alphanumeric());
    (closes && (1..=6).contains(&digits.len())).then_some((end, digits))
}

fn starts_with(text: &[char], word: &str) -> bool {
    let mut text = text.iter();
    word.chars().all(|char| text.next() == Some(&char))
}

/// Without bracketed remarks such as `(Ольга)`; brackets that hold digits are part of the number.
pub(super) fn without_remarks(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(open) = rest.find(['(', '[']) {
        let Some(length) = rest[open..].find([')', ']']) else { break };
        let close = open + length + 1;
        let is_remark = !rest[open..close].contains(|char: char| char.is_ascii_digit());
        kept.push_str(&rest[..if is_remark { open } else { close }]);
        rest = &rest[close..];
    }
    kept.push_str(rest);
    kept.trim().to_owned()
}

/// The numbers of a cell that holds several, each with at least one digit.
pub(super) fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut after_digit = false;
    for char in text.replace(":::", ";").chars() {
        let parts_here = matches!(char, ',' | ';' | '\n' | '|' | '/' | '\\') || (char == '+' && after_digit);
        if parts_here {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut().filter(|_| !parts_here || char == '+') {
            part.push(char);
        }
        after_digit = char.is_ascii_digit() || (after_digit && matches!(char, ' ' | ')'));
    }
    parts.retain(|part| part.contains(|char: char| char.is_ascii_digit()));
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

/// Whether the text begins with a date with its year, such as `14.07.2026` or `2026-07-14`.
pub(super) fn is_date(text: &str) -> bool {
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let fields: Vec<&str> = day.split(['.', '-', '/']).collect();
    let within = |field: &str, least: u16, most: u16| {
        is_digits(field) && field.parse::<u16>().is_ok_and(|number| (least..=most).contains(&number))
    };
    match fields.as_slice() {
        [first, second, third] => [(first, third), (third, first)]
            .into_iter()
            .any(|(day, year)| within(year, 1900, 2099) && within(day, 1, 31) && within(second, 1, 31)),
        _ => false,
    }
}

/// Whether a text is nothing but a number of ten digits or more, however it is written.
pub(super) fn is_number(text: &str) -> bool {
    let is_sign = |char: char| char.is_whitespace() || matches!(char, '+' | '-' | '(' | ')' | '.' | '\'');
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (10..=15).contains(&digits) && text.chars().all(|char| char.is_ascii_digit() || is_sign(char))
}

pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_all_scripts_become_plain() {
        assert_eq!(plain("\u{feff}\u{202a}＋７\u{a0}900\u{202f}123‑45–67\u{202c}\t"), "+7 900 123-45-67");
        for text in ["'79001234567", "=\"79001234567\"", "\"79001234567\"", "' 79001234567"] {
            assert_eq!(unwrapped(text), "79001234567", "{text}");
        }
    }

    #[test]
    fn what_a_spreadsheet_shows_is_restored_or_refused() {
        let restored = |digits: &str| Shown::Restored(digits.to_owned());
        for (text, expected) in [
            ("7,9001234567E+10", restored("79001234567")),
            ("7.90012345670E10", restored("79001234567")),
            ("7,9001E+10", Shown::Shortened),
            ("7.9E+10", Shown::Shortened),
            ("3,80123E+11", Shown::Shortened),
            ("1.20363E+17", Shown::Shortened),
            ("79001234567.0", restored("79001234567")),
            ("79001234567,00", restored("79001234567")),
            ("+79001234567,00", restored("79001234567")),
            ("380671234567,000", restored("380671234567")),
            ("79,001,000,000", restored("79001000000")),
            ("9,001,234,567,000", restored("9001234567000")),
            ("79 001 234 567,00", restored("79001234567")),
            ("79,001,234,567", restored("79001234567")),
            ("79,001,234,567.00", restored("79001234567")),
            ("79001234567", Shown::AsWritten),
            ("79001234567,79001234568", Shown::AsWritten),
            ("8-900-12345,00", Shown::AsWritten),
            ("Елена", Shown::AsWritten),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn extensions_and_remarks_come_off() {
        for (text, left, extension) in [
            ("+7 900 123-45-67 доб. 12", "+7 900 123-45-67", Some("12")),
            ("+7 900 123-45-67, Доб.12", "+7 900 123-45-67", Some("12")),
            ("+1 212 555 1234 x12", "+1 212 555 1234", Some("12")),
            ("+7 900 123-45-67;ext=102", "+7 900 123-45-67", Some("102")),
            ("+7 900 123-45-67 #3", "+7 900 123-45-67", Some("3")),
            ("+7 900 123-45-67", "+7 900 123-45-67", None),
            ("+7 900 123-45-67доб12", "+7 900 123-45-67", Some("12")),
            ("+4915112345678x9", "+4915112345678x9", None),
            ("доб. 12", "доб. 12", None),
        ] {
            assert_eq!(without_extension(text), (left.to_owned(), extension.map(str::to_owned)), "{text}");
        }
        assert_eq!(without_remarks("+7 (900) 123 (Ольга) [WhatsApp]"), "+7 (900) 123");
    }

    #[test]
    fn several_numbers_are_parted_and_never_joined() {
        for (text, expected) in [
            ("1, 2; 3\n4 ::: 5 / 6", vec!["1", "2", "3", "4", "5", "6"]),
            ("+71+72", vec!["+71", "+72"]),
            ("+7 (900) +8", vec!["+7 (900)", "+8"]),
            ("Ольга, +71", vec!["+71"]),
            ("нет", vec![]),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
    }

    #[test]
    fn a_cell_that_is_only_a_number_is_told_from_a_title() {
        for (text, expected) in [
            ("79001234567", true),
            (" +7 (900) 123-45-67", true),
            ("9001234567", true),
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
