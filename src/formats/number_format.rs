//! Applies the number formats that show more than the value of a cell: digits and a plus that the format itself writes
//! (`"+1 "(000) 000-0000`), and zeros before the value. A phone number must be read as its author sees it. Every other
//! format keeps the value, which has all its digits (source: ECMA-376 part 1, §18.8.31).
//!
//! What must stay true: if a format may add a digit or a plus, and it is not certain what the cell shows, nothing is
//! guessed.

use std::sync::Arc;

use super::format_sections::{Piece, Section, Zeros, sections};
use super::table::Cell;

/// The most digits of a number that a spreadsheet keeps (source: the limits of Excel).
const KEPT_DIGITS: usize = 15;

/// The most digits that the format `General` shows without an exponent.
const GENERAL_DIGITS: usize = 11;

/// A number format that may show more than the value of a cell.
#[derive(Debug)]
pub(super) struct NumberFormat {
    code: Arc<str>,
    first: Interpretation,
    /// Another interpretation of an ambiguous code: `+380` may end in a written zero or in the place of a digit.
    other: Option<Interpretation>,
}

/// What a cell shows with its format.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Formatted {
    /// Nothing that could be read as another number than the value.
    Value,
    Text(String),
    Unclear,
}

/// The sections of a format.
#[derive(Debug, PartialEq)]
struct Interpretation {
    numbers: Vec<Section>,
    text: Option<Section>,
}

impl NumberFormat {
    /// Reads the code of a format; `None` if the format never shows more than the value, as most formats.
    pub(super) fn parse(code: &str) -> Option<Self> {
        let [first, other] = [Zeros::AreDigits, Zeros::EndARun]
            .map(|zeros| Interpretation::new(sections(code, zeros)));
        (first.shows_more() || other.shows_more()).then(|| Self {
            code: code.into(),
            other: (first != other).then_some(other),
            first,
        })
    }

    /// Writes a number in plain decimal into a cell as its format shows it.
    pub(super) fn write_number(format: Option<&Self>, number: String, cell: &mut Cell) {
        cell.numeric = true;
        let shown = format.map_or(Formatted::Value, |format| {
            format.shown(|reading| reading.number(&number))
        });
        match shown {
            Formatted::Value => cell.text = number,
            Formatted::Text(text) => cell.text = text,
            Formatted::Unclear => {
                cell.text = number;
                cell.unclear_format = format.map(|format| Arc::clone(&format.code));
            }
        }
    }

    /// Changes the text of a text cell to what its format shows.
    pub(super) fn apply_to_text(format: Option<&Self>, cell: &mut Cell) {
        let Some(format) = format else { return };
        match format.shown(|reading| reading.text(&cell.text)) {
            Formatted::Value => {}
            Formatted::Text(text) => cell.text = text,
            Formatted::Unclear => cell.unclear_format = Some(Arc::clone(&format.code)),
        }
    }

    fn shown(&self, read: impl Fn(&Interpretation) -> Formatted) -> Formatted {
        let shown = read(&self.first);
        let is_certain = self.other.as_ref().is_none_or(|other| read(other) == shown);
        if is_certain {
            shown
        } else {
            Formatted::Unclear
        }
    }
}

impl Interpretation {
    fn new(mut numbers: Vec<Section>) -> Self {
        let has_text = numbers.len() == 4 || numbers.last().is_some_and(Section::has_text);
        let text = if has_text { numbers.pop() } else { None };
        Self { numbers, text }
    }

    fn shows_more(&self) -> bool {
        let mut numbers = self.numbers.iter();
        self.adds() || numbers.any(|section| !section.is_unclear && section.has_zeros_before(1))
    }

    fn adds(&self) -> bool {
        let mut sections = self.numbers.iter().chain(&self.text);
        sections.any(Section::adds)
    }

    fn number(&self, number: &str) -> Formatted {
        let section = number.parse().ok().and_then(|value| self.section(value));
        let Some(section) = section else {
            return if self.adds() {
                Formatted::Unclear
            } else {
                Formatted::Value
            };
        };
        let is_whole = number.bytes().all(|byte| byte.is_ascii_digit());
        let digits = if number == "0" { "" } else { number };
        if section.adds() {
            let is_certain = is_whole && digits.len() <= KEPT_DIGITS && !section.is_unclear;
            return is_certain
                .then(|| apply(section, digits))
                .flatten()
                .map_or(Formatted::Unclear, Formatted::Text);
        }
        let is_number = is_whole && !digits.is_empty() && !section.is_unclear;
        if is_number && section.has_zeros_before(digits.len()) {
            return apply(section, digits).map_or(Formatted::Unclear, Formatted::Text);
        }
        Formatted::Value
    }

    /// Returns the section for a number; `None` if it is not certain which one it is.
    fn section(&self, value: f64) -> Option<&Section> {
        let holds = |section: &Section| section.condition.map(|condition| condition.holds(value));
        match self.numbers.as_slice() {
            [only] => (holds(only) != Some(false)).then_some(only),
            [first, second] => match (holds(first), holds(second)) {
                (None, None) => Some(if value < 0.0 { second } else { first }),
                (Some(true), _) => Some(first),
                (Some(false), None | Some(true)) => Some(second),
                (None, Some(_)) | (Some(false), Some(false)) => None,
            },
            [first, second, third] => match (holds(first), holds(second), third.condition) {
                (None, None, None) if value > 0.0 => Some(first),
                (None, None, None) => Some(if value < 0.0 { second } else { third }),
                (Some(true), _, None) => Some(first),
                (Some(false), Some(true), None) => Some(second),
                (Some(false), Some(false), None) => Some(third),
                (_, _, Some(_)) | (None, Some(_), None) | (Some(false), None, None) => None,
            },
            _ => None,
        }
    }

    /// What is added to a text without digits, such as a heading, is no part of a number. With letters among its digits
    /// it is not certain what belongs to the number.
    fn text(&self, text: &str) -> Formatted {
        let Some(section) = self.text.as_ref().filter(|section| section.adds()) else {
            return Formatted::Value;
        };
        if !text.contains(char::is_numeric) {
            return Formatted::Value;
        }
        if section.is_unclear || text.contains(char::is_alphabetic) {
            return Formatted::Unclear;
        }
        let mut shown = String::new();
        for piece in &section.pieces {
            match piece {
                Piece::Literal(letter) => shown.push(*letter),
                Piece::Text => shown.push_str(text),
                Piece::Digit(_) | Piece::General => return Formatted::Unclear,
            }
        }
        Formatted::Text(shown)
    }
}

/// Writes the digits of a whole number, none for 0, in the places of a section; digits that are too many go to the
/// first place. `None` if it is not certain what the section shows.
fn apply(section: &Section, digits: &str) -> Option<String> {
    let places = section.places();
    let (mut place, mut shown, mut has_zero) = (0, String::new(), false);
    for piece in &section.pieces {
        match piece {
            Piece::Literal(letter) => shown.push(*letter),
            Piece::Digit(empty) => {
                // The digits at and after this place, and those at and after the next one.
                let (from_here, from_next) = (places - place, places - place - 1);
                let start = digits.len().saturating_sub(from_here);
                let end = digits.len().saturating_sub(from_next);
                match digits.get(if place == 0 { 0 } else { start }..end)? {
                    "" if has_zero && *empty != Some('0') => return None,
                    "" => {
                        has_zero |= *empty == Some('0');
                        shown.extend(*empty);
                    }
                    digits => shown.push_str(digits),
                }
                place += 1;
            }
            Piece::General if digits.len() > GENERAL_DIGITS => return None,
            Piece::General => shown.push_str(if digits.is_empty() { "0" } else { digits }),
            Piece::Text => return None,
        }
    }
    Some(shown)
}

/// Whether a text, which a cell shows for this number in plain decimal, has digits that the number does not have, or a
/// plus before the number. Decimals, percent, an exponent and fewer digits show the same number in another way.
pub(super) fn shows_more(text: &str, number: &str) -> bool {
    if text == number {
        return false; // as most cells
    }
    let shown: Vec<u8> = without_zero_decimals(text)
        .bytes()
        .filter(u8::is_ascii_digit)
        .collect();
    let is_whole = number.bytes().all(|byte| byte.is_ascii_digit());
    if !is_whole || (number == "0" && shown.iter().all(|digit| *digit == b'0')) {
        return false;
    }
    let first = text.find(|char: char| char.is_ascii_digit());
    if first.is_some_and(|first| text[..first].contains('+')) {
        return true;
    }
    let has_others = shown.len() >= number.len() && shown != number.as_bytes();
    has_others && !text.contains('%') && !has_exponent(text)
}

fn has_exponent(text: &str) -> bool {
    text.split_once(['E', 'e'])
        .is_some_and(|(mantissa, power)| {
            let power = power.trim_start_matches(['+', '-']);
            mantissa.ends_with(|char: char| char.is_ascii_digit())
                && power.starts_with(|char: char| char.is_ascii_digit())
        })
}

fn without_zero_decimals(text: &str) -> &str {
    let text = text.trim_end_matches(|char: char| !char.is_ascii_digit());
    match text.rsplit_once(['.', ',']) {
        Some((whole, zeros))
            if !zeros.is_empty()
                && zeros.bytes().all(|byte| byte == b'0')
                && whole.ends_with(|char: char| char.is_ascii_digit()) =>
        {
            whole
        }
        Some(_) | None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(code: &str, number: &str) -> Cell {
        let (format, mut cell) = (NumberFormat::parse(code), Cell::default());
        NumberFormat::write_number(format.as_ref(), number.to_owned(), &mut cell);
        assert!(cell.numeric, "{code}");
        cell
    }

    fn text(code: &str, text: &str) -> Cell {
        let mut cell = Cell {
            text: text.to_owned(),
            ..Cell::default()
        };
        NumberFormat::apply_to_text(NumberFormat::parse(code).as_ref(), &mut cell);
        cell
    }

    #[test]
    fn what_a_format_adds_to_a_number_is_read() {
        for (code, value, expected) in [
            ("\"+1 \"(000) 000-0000", "9175551235", "+1 (917) 555-1235"),
            (
                "\"+55 \"(00) 00000-0000",
                "34987654321",
                "+55 (34) 98765-4321",
            ),
            ("\"+49 \"0", "15112345678", "+49 15112345678"),
            ("\"+998\"0", "901234567", "+998901234567"),
            (
                "\\+7\\ \\(###\\)\\ ###\\-##\\-##",
                "9001234567",
                "+7 (900) 123-45-67",
            ),
            ("+7(000)000-00-00", "9001234567", "+7(900)123-45-67"),
            ("8-000-000-00-00", "9001234567", "8-900-123-45-67"),
            ("+380(00)000-00-00", "501234567", "+380(50)123-45-67"),
            ("+0", "79001234567", "+79001234567"),
            ("+#,##0;-#,##0;0", "79001234567", "+79001234567"),
            ("0\"1\"", "7900123456", "79001234561"),
            ("\"79001234567\"", "5", "79001234567"),
            ("[$+7-419] 0", "9001234567", "+7 9001234567"),
            ("[Red]\"+7\"0_);[Color 10]0", "9001234567", "+79001234567 "),
            ("\"+7\"* 0", "9001234567", "+79001234567"),
            ("\"+7\"General", "9001234567", "+79001234567"),
            ("_(\"+7\"?????????????_)", "9001234567", " +7   9001234567 "),
            ("\"+1 \"(000) 000-0000", "19175551235", "+1 (1917) 555-1235"),
            ("[<=9999999]\"+7495\"0;\"+7\"0", "1234567", "+74951234567"),
            (
                "[<=9999999]\"+7495\"0;\"+7\"0",
                "9001234567",
                "+79001234567",
            ),
            (
                "[>99999999999]0;[>9999999999]\"8\"0;\"+7\"0",
                "9001234567",
                "+79001234567",
            ),
            ("\"+7\"0;\"-\"0;\"нет\";@", "9001234567", "+79001234567"),
            ("\"＋７\"0", "9001234567", "＋７9001234567"),
            // Zeros before the number are digits that the author sees.
            ("000000000000", "15112345678", "015112345678"),
            (
                "0#\" \"##\" \"##\" \"##\" \"##",
                "612345678",
                "06 12 34 56 78",
            ),
            ("(000) 000-00-00", "501234567", "(050) 123-45-67"),
        ] {
            let cell = number(code, value);
            assert_eq!(
                (cell.text.as_str(), cell.unclear_format),
                (expected, None),
                "{code}"
            );
        }
    }

    #[test]
    fn a_format_that_adds_nothing_keeps_the_number() {
        for code in [
            "General",
            "GENERAL",
            "",
            "0",
            "#",
            "@",
            "0.00",
            "#,##0",
            "#,##0.00\\ \"₽\"",
            "0%",
            "0.00E+00",
            "##0.0E+0",
            "# ?/8",
            "# ??/100",
            "0,",
            "00000000000",
            "(000) 000-0000",
            "[<=9999999]###-####;(###) ###-####",
            "[Red]0;[Blue]-0",
            "0;+0",
            "0;-0;+0",
            "[DBNum1]0",
            "\"тел. \"0",
            "0\" м²\"",
            ";;;",
            "Yes/No",
            "_-* #,##0_-;-* #,##0_-;_-* \"-\"_-;_-@_-",
            "0;0;0;\"+7\"@",
        ] {
            let cell = number(code, "79001234567");
            assert_eq!(
                (cell.text.as_str(), cell.unclear_format),
                ("79001234567", None),
                "{code}"
            );
        }
        for (code, value) in [
            ("0000", "0"),
            ("00000000000.00", "9001234567"),
            ("00000000000", "-9001234567"),
            ("\"+7\"0;-0", "-9001234567"),
            ("\"+7\"0;-0;0", "0"),
            ("0000000000000", "79001234567.5"),
        ] {
            assert_eq!(number(code, value).text, value, "{code}");
            assert_eq!(number(code, value).unclear_format, None, "{code}");
        }
    }

    #[test]
    fn a_format_that_adds_digits_and_is_not_understood_is_named_and_never_guessed() {
        for (code, value) in [
            ("\"+7 \"0.00", "9001234567"),
            ("\"+7\"0%", "9001234567"),
            ("\"+7\"0,", "9001234567"),
            ("\"+7\"0.00E+00", "9001234567"),
            ("\"+7\" # ?/8", "9001234567"),
            ("+7.000.000.00.00", "9001234567"),
            ("\"+7\"#,##0-00", "9001234567"),
            ("\"+7\"[DBNum1]0", "9001234567"),
            ("\"+7\"@", "9001234567"),
            ("0#########", "12345678"),
            ("\"+7\"0", "-9001234567"),
            ("\"+7\"0", "9001234567.5"),
            ("\"+7\"0", "9001234567890123"),
            ("+General", "380671234567"),
            ("\"+7\"General0", "9001234567"),
            ("\"+7 0", "9001234567"),
            ("+!7 0", "9001234567"),
            // Whether these zeros are written or are the places of digits depends on the program.
            ("+70000000000", "9001234567"),
            ("+380(00)000-00-00", "380501234567"),
            ("[<100]\"+7\"0;0;0", "9001234567"),
            ("0;[>5]\"+7\"0", "9001234567"),
            ("[>5]\"+7\"0;[<3]0", "4"),
            ("[<five]\"+7\"0;0", "9001234567"),
            ("0;\"+7\"0;0;@;0", "9001234567"),
            (&"0,".repeat(600), "9001234567"),
        ] {
            let cell = number(code, value);
            let unclear = cell.unclear_format.as_deref();
            assert_eq!((cell.text.as_str(), unclear), (value, Some(code)), "{code}");
        }
    }

    #[test]
    fn what_a_format_adds_to_a_text_with_digits_is_read() {
        for (code, value, expected) in [
            ("\"+1 \"@", "9175551235", "+1 9175551235"),
            ("0;0;0;\"+1 \"@", "917 555-1235", "+1 917 555-1235"),
            ("\"+1 \"@", "Телефон", "Телефон"),
            ("\"+1 \"@", "Anna", "Anna"),
            ("\"+1 \"@", " - ", " - "),
            ("\"+7\"0", "9001234567", "9001234567"),
            ("@", "9001234567", "9001234567"),
            ("\"тел. \"@", "9001234567", "9001234567"),
        ] {
            let cell = text(code, value);
            assert_eq!(
                (cell.text.as_str(), cell.unclear_format, cell.numeric),
                (expected, None, false),
                "{code}"
            );
        }
        for (code, value) in [
            ("\"+7\"@0", "9001234567"),
            ("\"+7\"@", "тел. 9001234567"),
            ("\"+7\"@", "79001234567@c.us"),
        ] {
            let cell = text(code, value);
            let unclear = cell.unclear_format.as_deref();
            assert_eq!((cell.text.as_str(), unclear), (value, Some(code)));
        }
    }

    #[test]
    fn a_shown_text_is_told_from_a_number_in_another_form() {
        for (text, number, expected) in [
            ("+1 (917) 555-1235", "9175551235", true),
            ("+79001234567", "79001234567", true),
            ("8 900 123-45-67", "9001234567", true),
            ("09001234567", "9001234567", true),
            ("7900123456 (1)", "7900123456", true),
            ("79001234568", "79001234567", true),
            ("+7,9E+10", "79001234567", true),
            ("79001234567", "79001234567", false),
            ("79 001 234 567", "79001234567", false),
            ("79,001,234,567.00", "79001234567", false),
            ("79001234567,00 ₽", "79001234567", false),
            ("7,9E+10", "79001234567", false),
            ("7.90012345670000E+10", "79001234567", false),
            ("7900123456700%", "79001234567", false),
            ("79001235", "79001234567", false),
            ("###", "79001234567", false),
            ("", "79001234567", false),
            ("0000", "0", false),
            ("+0", "0", false),
            ("79001234568", "79001234567.5", false),
            ("+5,0", "-5", false),
        ] {
            assert_eq!(shows_more(text, number), expected, "{text}");
        }
    }
}
