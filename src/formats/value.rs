//! Converts the values of cells to text: numbers with all their digits, whatever the cell shows; dates in ISO 8601.

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Span, Unit};

/// The days that Excel can show: up to 9999-12-31 (source: the limits of Excel). A phone number in a date format is
/// beyond them, and stays a number.
pub(super) const SHOWN_DAYS: std::ops::Range<f64> = 0.0..2_958_466.0;

/// The day from which a workbook counts; the setting `date1904`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Epoch {
    #[default]
    Of1900,
    Of1904,
}

/// Converts a stored number (`79001234567`, `7.9001234567E10` or `79001234567.0`) to plain decimal; `None` if it is not
/// a number.
pub(super) fn plain(stored: &str) -> Option<String> {
    let digits = stored.strip_prefix('-').unwrap_or(stored);
    if digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.is_empty()
        && !digits.starts_with('0')
    {
        return Some(stored.to_owned());
    }
    stored
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
        .map(decimal)
}

/// Converts a number to plain decimal: the shortest digits that denote this number, never an exponent.
pub(super) fn decimal(value: f64) -> String {
    if value == 0.0 {
        "0".to_owned()
    } else {
        value.to_string()
    }
}

/// Converts a number of days to day and time: `2026-07-14`, `2026-07-14T09:30:00`, or `09:30:00` within the first day.
/// `None` if no spreadsheet can show it.
pub(super) fn date(days: f64, epoch: Epoch) -> Option<String> {
    if !SHOWN_DAYS.contains(&days) {
        return None;
    }
    let seconds = SignedDuration::from_secs_f64((days * 86_400.0).round()).as_secs();
    let day = Span::new().try_days(seconds.div_euclid(86_400)).ok()?;
    let day = first_day(days, epoch).checked_add(day).ok()?;
    let time = Time::midnight()
        .checked_add(SignedDuration::from_secs(seconds.rem_euclid(86_400)))
        .ok()?;
    Some(if days < 1.0 {
        time.to_string()
    } else if time == Time::midnight() {
        day.to_string()
    } else {
        day.to_datetime(time).to_string()
    })
}

/// Shortens a moment in full ISO 8601, such as `2026-07-14T09:30:00.000`, to the form of [`date`]: a moment on day 0 is
/// only a time, and midnight is left out. `None` if it is not such a moment.
pub(super) fn iso_date(text: &str) -> Option<String> {
    let moment = text.parse::<DateTime>().ok()?.round(Unit::Second).ok()?;
    let is_time =
        [Date::constant(1899, 12, 30), Date::constant(1899, 12, 31)].contains(&moment.date());
    Some(if is_time {
        moment.time().to_string()
    } else if moment.time() == Time::midnight() {
        moment.date().to_string()
    } else {
        moment.to_string()
    })
}

/// Returns day 0. Excel treats 1900 as a leap year, so for days before 29 February 1900 day 0 is one day later.
fn first_day(days: f64, epoch: Epoch) -> Date {
    match epoch {
        Epoch::Of1904 => Date::constant(1904, 1, 1),
        Epoch::Of1900 if days < 60.0 => Date::constant(1899, 12, 31),
        Epoch::Of1900 => Date::constant(1899, 12, 30),
    }
}

/// Whether the code of a number format shows a day or a time: it has one of the letters `d m y h s` outside quotation
/// marks, brackets and escapes. The letter in `[h]` counts too.
pub(super) fn is_date_format(code: &str) -> bool {
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => drop(letters.by_ref().find(|next| *next == '"')),
            '\\' | '_' | '*' => drop(letters.next()),
            '[' => {
                let inside: String = letters.by_ref().take_while(|next| *next != ']').collect();
                if !inside.is_empty() && inside.chars().all(|next| "hmsHMS".contains(next)) {
                    return true;
                }
            }
            ';' => return false,
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => return true,
            _ => {}
        }
    }
    false
}

/// Whether a built-in number format of Excel shows a day or a time (source: ECMA-376 part 1, §18.8.30).
pub(super) const fn is_built_in_date(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

/// Decodes the letters that XML does not allow: Excel writes them as `_x000D_`, and a literal `_x000D_` as
/// `_x005F_x000D_` (source: ECMA-376 part 1, §22.9.2.19).
pub(super) fn push_unescaped(text: &str, into: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        into.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(letter) = escaped(rest) {
            into.push(letter);
            rest = &rest["_x000D_".len()..];
        } else {
            into.push_str("_x");
            rest = &rest["_x".len()..];
        }
    }
    into.push_str(rest);
}

fn escaped(text: &str) -> Option<char> {
    let code = text
        .get(2..6)
        .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let letter = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
    (text.get(6..7)? == "_").then_some(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_all_their_digits_and_no_exponent() {
        let table = [
            ("380123456789", Some("380123456789")),
            ("79001234567.0", Some("79001234567")),
            ("7.9001234567E10", Some("79001234567")),
            ("7.9E+10", Some("79000000000")),
            ("79001234567.000000", Some("79001234567")),
            ("0.10000000000000001", Some("0.1")),
            ("79001234567.5", Some("79001234567.5")),
            ("7900123456.7", Some("7900123456.7")),
            ("0.79001234567", Some("0.79001234567")),
            ("-1128", Some("-1128")),
            ("1E-7", Some("0.0000001")),
            ("-0", Some("0")),
            ("007", Some("7")),
            ("12345678901234567890", Some("12345678901234567890")),
            ("NaN", None),
            ("inf", None),
            ("1e999", None),
            ("", None),
            ("7 900", None),
        ];
        for (stored, expected) in table {
            assert_eq!(plain(stored).as_deref(), expected, "{stored}");
        }
    }

    #[test]
    fn dates_are_written_as_iso_8601_writes_them() {
        let table = [
            (46217.0, Epoch::Of1900, Some("2026-07-14")),
            (
                46_217.395_833_333_336,
                Epoch::Of1900,
                Some("2026-07-14T09:30:00"),
            ),
            (46_216.999_999_999, Epoch::Of1900, Some("2026-07-14")),
            (0.395_833_333_333_333_3, Epoch::Of1900, Some("09:30:00")),
            (1.0, Epoch::Of1900, Some("1900-01-01")),
            (61.0, Epoch::Of1900, Some("1900-03-01")),
            (44755.0, Epoch::Of1904, Some("2026-07-14")),
            (2_958_465.0, Epoch::Of1900, Some("9999-12-31")),
            (79_001_234_567.0, Epoch::Of1900, None),
            (-1.0, Epoch::Of1900, None),
        ];
        for (days, epoch, expected) in table {
            assert_eq!(date(days, epoch).as_deref(), expected, "{days}");
        }
    }

    #[test]
    fn moments_are_written_as_short_as_dates() {
        let table = [
            ("2026-07-14T00:00:00.000", Some("2026-07-14")),
            ("2026-07-14T09:30:00.000", Some("2026-07-14T09:30:00")),
            ("1899-12-31T09:30:00.000", Some("09:30:00")),
            ("2026-07-14", Some("2026-07-14")),
            ("14.07.2026", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(iso_date(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn only_formats_with_a_day_or_a_time_are_dates() {
        for code in [
            "DD.MM.YYYY",
            "d/m/yy h:mm",
            "[$-419]d mmm yyyy;@",
            "[h]:mm:ss",
            "mm:ss.0",
            "yyyy\\-mm\\-dd",
        ] {
            assert!(is_date_format(code), "{code}");
        }
        let numbers = [
            "General",
            "0",
            "0.00E+00",
            "# ##0",
            "\"тел. d\" 0",
            "\\d0",
            "[Red]0;[Blue]-0",
            "_d0",
            "@",
        ];
        for code in numbers {
            assert!(!is_date_format(code), "{code}");
        }
    }

    #[test]
    fn escapes_of_excel_are_read() {
        let table = [
            ("a_x000D_\nb", "a\r\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x0009__x0041_", "\tA"),
            ("_xZZZZ_ _x00 _x", "_xZZZZ_ _x00 _x"),
            ("_xD800_", "_xD800_"),
            ("_xЯЯ_", "_xЯЯ_"),
        ];
        for (text, expected) in table {
            let mut read = String::new();
            push_unescaped(text, &mut read);
            assert_eq!(read, expected, "{text}");
        }
    }
}
