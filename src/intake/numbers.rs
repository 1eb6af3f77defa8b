//! When a cell is a phone number. Eleven or twelve digits as the API takes them pass at the person's
//! word, if their length is possible; whatever has to be interpreted must come out valid. Digits are
//! never added, dropped or joined to make a number, and a changed number always has a warning.

use crate::domain::{Phone, Warning, WarningCode};
use crate::sentences::Sentence;

use super::library::{self, Country, Known};
use super::repair::{self, Shown};

/// How numbers are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Whose national form is understood.
    pub country: Option<Country>,
    /// Whether numbers outside every known range are problems, even those that the API would take.
    pub strict: bool,
}

/// A value that was read, and what was repaired to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found<T> {
    pub(super) value: T,
    pub(super) warnings: Vec<Warning>,
}

/// Why a cell is no number; the sentence says what is wrong and how to repair it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NumberProblem {
    pub(super) fault: NumberFault,
    pub(super) sentence: Sentence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberFault {
    Missing,
    Invalid,
    Scientific,
    Ambiguous,
}

/// One number of a cell.
struct Single {
    phone: Phone,
    warnings: Vec<Warning>,
}

/// Reads a cell; `numeric` tells a number cell of a workbook from text.
pub(super) fn read_number(
    cell: &str,
    numeric: bool,
    numbers: Numbers,
) -> Result<Found<Phone>, NumberProblem> {
    if is_as_the_api_takes_it(cell) {
        return read_digits(cell, numeric, numbers);
    }
    let plain = repair::plain(cell);
    let text = repair::unwrapped(&plain);
    if text.is_empty() || (numeric && text == "0") {
        return Err(NumberProblem { fault: NumberFault::Missing, sentence: Sentence::NumberMissing });
    }
    refuse_other_values(text)?;
    let mut warnings = Vec::new();
    let text = match repair::shown(text) {
        Shown::Shortened => return Err(shortened(text)),
        Shown::Restored(digits) => {
            warnings.push(from_float(cell, &digits));
            digits
        }
        Shown::AsWritten => text.to_owned(),
    };
    let (text, extension) = repair::without_extension(&text);
    warnings.extend(extension.map(|digits| extension_dropped(cell, digits)));
    let parts = repair::parts(&repair::without_remarks(&text));
    let single = match parts.as_slice() {
        [] => return Err(invalid(Sentence::NoDigits { value: clipped(cell) })),
        [part] => read_single(part, cell, numbers)?,
        several => read_several(several, numbers)?,
    };
    warnings.extend(rounded(single.phone, numeric));
    warnings.extend(single.warnings);
    Ok(Found { value: single.phone, warnings })
}

/// Nothing has to be repaired in the cells that most lists consist of.
fn is_as_the_api_takes_it(cell: &str) -> bool {
    matches!(cell.len(), 11 | 12) && repair::is_digits(cell)
}

fn read_digits(cell: &str, numeric: bool, numbers: Numbers) -> Result<Found<Phone>, NumberProblem> {
    let (known, mut warnings) = read_bare(cell, cell, numbers)?;
    let phone = phone(cell, &known)?;
    if cell != known.digits {
        warnings.push(normalised(cell, phone));
    }
    let warnings = rounded(phone, numeric).into_iter().chain(warnings).collect();
    Ok(Found { value: phone, warnings })
}

/// Values that hold digits but were never a number that somebody typed.
fn refuse_other_values(text: &str) -> Result<(), NumberProblem> {
    let value = || clipped(text);
    let sentence = if text.contains('@') {
        Sentence::ChatIdForNumber { value: value() }
    } else if text.starts_with('#') {
        Sentence::SpreadsheetError { value: value() }
    } else if text.starts_with('-') && text[1..].trim_start().starts_with(|char: char| char.is_ascii_digit())
    {
        Sentence::TakenForSum { value: value() }
    } else if repair::is_date(text) {
        Sentence::DateForNumber { value: value() }
    } else {
        return Ok(());
    };
    Err(invalid(sentence))
}

/// The first mobile of several numbers, else the first that is good; the others are named.
fn read_several(parts: &[String], numbers: Numbers) -> Result<Single, NumberProblem> {
    let mut readings: Vec<_> = parts.iter().map(|part| (part, read_single(part, part, numbers))).collect();
    let is_good = |reading: &Result<Single, NumberProblem>| reading.is_ok();
    let is_mobile = |reading: &Result<Single, NumberProblem>| {
        reading.as_ref().is_ok_and(|one| library::is_mobile(&one.phone.to_string()))
    };
    let taken = readings
        .iter()
        .position(|(_, reading)| is_mobile(reading))
        .or_else(|| readings.iter().position(|(_, reading)| is_good(reading)))
        .unwrap_or(0);
    let (_, taken) = readings.remove(taken);
    let mut single = taken?;
    let left: Vec<String> = readings
        .iter()
        .filter(|(_, reading)| !reading.as_ref().is_ok_and(|one| one.phone == single.phone))
        .map(|(part, _)| clipped(part))
        .collect();
    if !left.is_empty() {
        let taken = single.phone.to_string();
        single.warnings.push(several_phones(taken, &left));
    }
    Ok(single)
}

/// Reads one number; `written` is what a warning shows of it.
fn read_single(part: &str, written: &str, numbers: Numbers) -> Result<Single, NumberProblem> {
    let part = without_leading_word(part)?;
    if let Some(letter) = part.chars().find(|char| char.is_alphabetic()) {
        return Err(invalid(Sentence::LetterInNumber { value: clipped(part), letter }));
    }
    if let Some(sign) = part.chars().find(|char| !is_part_of_number(*char)) {
        return Err(invalid(Sentence::SignInNumber { value: clipped(part), sign }));
    }
    let digits: String = part.chars().filter(char::is_ascii_digit).collect();
    let is_abroad = part.trim_start_matches(['(', ' ']).starts_with('+');
    let (known, mut warnings) = if is_abroad {
        (read_abroad(part, &digits)?, Vec::new())
    } else if let Some(rest) = digits.strip_prefix("00") {
        (read_abroad(part, rest)?, Vec::new())
    } else {
        read_bare(part, &digits, numbers)?
    };
    let phone = phone(part, &known)?;
    if written.trim() != known.digits {
        warnings.push(normalised(written, phone));
    }
    Ok(Single { phone, warnings })
}

fn phone(part: &str, known: &Known) -> Result<Phone, NumberProblem> {
    Phone::from_digits(&known.digits).map_err(|_| outside(part, &known.digits))
}

fn normalised(written: &str, phone: Phone) -> Warning {
    let sentence = Sentence::Normalised { value: clipped(written), phone: phone.as_u64() };
    Warning { code: WarningCode::PhoneNormalised, sentence }
}

/// `тел. +7…`: a word is left out if it stands apart from the digits, so that no letter is lost that
/// somebody typed for a digit.
fn without_leading_word(part: &str) -> Result<&str, NumberProblem> {
    let start = part.find(|char: char| char.is_ascii_digit() || matches!(char, '+' | '(')).unwrap_or(0);
    let (word, number) = part.split_at(start);
    if word.ends_with(char::is_alphabetic) {
        return Err(invalid(Sentence::LetterBeforeDigits { value: clipped(part) }));
    }
    let lower = word.to_lowercase();
    if ["факс", "fax", "пейджер", "pager"].iter().any(|machine| lower.contains(machine)) {
        return Err(invalid(Sentence::NotATelephone { value: clipped(part) }));
    }
    Ok(number)
}

const fn is_part_of_number(char: char) -> bool {
    matches!(char, '0'..='9' | ' ' | '+' | '-' | '(' | ')' | '[' | ']' | '.' | '~' | '*' | '\'')
}

/// Digits after a `+` or `00`: they begin with a country code and must be valid.
fn read_abroad(part: &str, digits: &str) -> Result<Known, NumberProblem> {
    match library::international(digits) {
        Some(known) if known.valid => Ok(known),
        Some(known) if known.digits == digits && Phone::from_digits(digits).is_ok() => {
            let digits = digits.to_owned();
            Err(invalid(Sentence::NoRangeAbroad { value: clipped(part), digits }))
        }
        Some(_) | None => Err(impossible(part, digits)),
    }
}

/// Digits without `+`: in international form, or in that of the country that was named.
fn read_bare(part: &str, digits: &str, numbers: Numbers) -> Result<(Known, Vec<Warning>), NumberProblem> {
    let national =
        numbers.country.and_then(|country| library::national(digits, country)).filter(|known| known.valid);
    if digits.len() == 11 && digits.starts_with('8') {
        return read_eight(part, digits, national, numbers.country);
    }
    let international = matches!(digits.len(), 11 | 12).then(|| library::international(digits)).flatten();
    match (international, national) {
        (Some(known), Some(other)) if known.valid && known.digits != other.digits => {
            Err(ambiguous(&known, &other))
        }
        (Some(known), Some(_) | None) if known.valid => Ok((known, Vec::new())),
        (Some(_) | None, Some(known)) => {
            let warnings = assumed(part, numbers.country);
            Ok((known, warnings))
        }
        (Some(known), None) if known.digits == digits && part == digits => unlikely(known, numbers),
        (Some(_) | None, None) => Err(no_reading(part, digits, numbers.country)),
    }
}

/// `8…` with eleven digits is how numbers of Russia and its neighbours are dialled at home; the API
/// would take it and send the card to nobody. So it passes only as a number of the country named.
fn read_eight(
    part: &str,
    digits: &str,
    national: Option<Known>,
    country: Option<Country>,
) -> Result<(Known, Vec<Warning>), NumberProblem> {
    match (national, country) {
        (Some(known), _) if known.digits == digits => Ok((known, Vec::new())),
        (Some(known), _) => Ok((known, assumed(part, country))),
        (None, Some(country)) => {
            Err(invalid(Sentence::EightOfCountry { value: clipped(part), country: country.to_string() }))
        }
        (None, None) => Err(invalid(Sentence::EightWithoutCountry { value: clipped(part) })),
    }
}

/// Taken at the person's word, unless numbers are to be strict.
fn unlikely(known: Known, numbers: Numbers) -> Result<(Known, Vec<Warning>), NumberProblem> {
    let value = known.digits.clone();
    if numbers.strict {
        return Err(invalid(Sentence::NoRangeStrict { value }));
    }
    Ok((known, vec![Warning { code: WarningCode::PhoneUnlikely, sentence: Sentence::NoRange { value } }]))
}

fn assumed(part: &str, country: Option<Country>) -> Vec<Warning> {
    let warning = |country: Country| Warning {
        code: WarningCode::CountryAssumed,
        sentence: Sentence::CountryAssumed { value: clipped(part), country: country.to_string() },
    };
    country.map(warning).into_iter().collect()
}

fn from_float(cell: &str, digits: &str) -> Warning {
    let sentence = Sentence::FromFloat { value: clipped(cell), digits: digits.to_owned() };
    Warning { code: WarningCode::NumberFromFloat, sentence }
}

const fn rounded(phone: Phone, numeric: bool) -> Option<Warning> {
    if !numeric || !phone.as_u64().is_multiple_of(100_000) {
        return None;
    }
    let sentence = Sentence::Rounded { phone: phone.as_u64() };
    Some(Warning { code: WarningCode::NumberFromFloat, sentence })
}

fn extension_dropped(cell: &str, digits: String) -> Warning {
    let sentence = Sentence::ExtensionDropped { value: clipped(cell), digits };
    Warning { code: WarningCode::ExtensionDropped, sentence }
}

/// Says which of several numbers was taken and which were left.
pub(super) fn several_phones(taken: String, left: &[String]) -> Warning {
    let sentence = Sentence::SeveralPhones { taken, left: left.join(", ") };
    Warning { code: WarningCode::MultiplePhones, sentence }
}

fn shortened(text: &str) -> NumberProblem {
    NumberProblem { fault: NumberFault::Scientific, sentence: Sentence::Shortened { value: clipped(text) } }
}

fn ambiguous(known: &Known, other: &Known) -> NumberProblem {
    // Both have at most fifteen digits.
    let number = |known: &Known| known.digits.parse().unwrap_or_default();
    let sentence = Sentence::Ambiguous { one: number(known), other: number(other) };
    NumberProblem { fault: NumberFault::Ambiguous, sentence }
}

fn no_reading(part: &str, digits: &str, country: Option<Country>) -> NumberProblem {
    let value = || clipped(part);
    match (digits.len(), country) {
        (11 | 12, _) => impossible(part, digits),
        (..=10, None) => invalid(Sentence::TooFewDigits { value: value(), digits: digits.len() as u64 }),
        (..=10, Some(country)) => {
            invalid(Sentence::NotOfCountry { value: value(), country: country.to_string() })
        }
        (_, _) => outside(part, digits),
    }
}

fn impossible(part: &str, digits: &str) -> NumberProblem {
    if matches!(digits.len(), 11 | 12) {
        invalid(Sentence::NoCountry { value: clipped(part) })
    } else {
        outside(part, digits)
    }
}

fn outside(part: &str, digits: &str) -> NumberProblem {
    invalid(Sentence::WrongLength { value: clipped(part), digits: digits.len() as u64 })
}

const fn invalid(sentence: Sentence) -> NumberProblem {
    NumberProblem { fault: NumberFault::Invalid, sentence }
}

/// At most forty signs of a text, on one line.
pub(super) fn clipped(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sentences::Language;
    use NumberFault::{Ambiguous, Invalid, Missing, Scientific};
    use WarningCode::{
        CountryAssumed, ExtensionDropped, MultiplePhones, NumberFromFloat, PhoneNormalised, PhoneUnlikely,
    };

    type Reading = Result<(u64, Vec<WarningCode>), NumberFault>;

    fn read(cell: &str, numeric: bool, country: &str, strict: bool) -> Reading {
        let numbers = Numbers { country: country.parse().ok(), strict };
        read_number(cell, numeric, numbers)
            .map(|found| (found.value.as_u64(), found.warnings.iter().map(|warning| warning.code).collect()))
            .map_err(|problem| problem.fault)
    }

    fn check(country: &str, table: &[(&str, Reading)]) {
        for (cell, expected) in table {
            assert_eq!(read(cell, false, country, false), *expected, "{cell:?} with country {country:?}");
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "stands beside Err in the tables")]
    fn ok(number: u64, codes: &[WarningCode]) -> Reading {
        Ok((number, codes.to_vec()))
    }

    const ANNA: u64 = 79_001_234_567;

    #[test]
    fn what_the_api_takes_passes_silently() {
        let cells = ["79001234567", " 79001234567 ", "\t79001234567\r", "79001000000"];
        for cell in cells {
            assert!(matches!(read(cell, false, "", true), Ok((_, codes)) if codes.is_empty()), "{cell:?}");
        }
        check("", &[("380671234567", ok(380_671_234_567, &[])), ("375291234567", ok(375_291_234_567, &[]))]);
    }

    #[test]
    fn ways_of_writing_are_normalised_and_shown() {
        for cell in [
            "+7 (900) 123-45-67",
            "+7-900-123-45-67",
            "+7\u{a0}900\u{a0}123\u{a0}45\u{a0}67",
            "+7\u{202f}900\u{202f}1234567",
            "+7 900 123–45–67",
            "+7 900 123‑45‑67",
            "＋７９００１２３４５６７",
            "tel:+79001234567",
            "'+79001234567",
            "'79001234567",
            "=\"79001234567\"",
            "тел. +7 900 1234567",
            "моб.: +7-900-1234567",
            "\u{202a}+79001234567\u{202c}",
            "79 001 234 567",
            "7 900 123-45-67",
            "+7 900 123-45-67 (Ольга)",
            "+7 900 123-45-67 (WhatsApp)",
            "00 7 900 123 45 67",
            "+7 (900) 123-45-67;",
        ] {
            assert_eq!(read(cell, false, "", false), ok(ANNA, &[PhoneNormalised]), "{cell:?}");
        }
        let found = read_number("+7 900 123-45-67", false, Numbers::default()).unwrap();
        assert_eq!(
            found.warnings[0].sentence.say(Language::En),
            "\"+7 900 123-45-67\" was read as 79001234567"
        );
        check("", &[("+44 (0)20 7946 0958", ok(442_079_460_958, &[PhoneNormalised]))]);
    }

    #[test]
    fn national_forms_need_their_country() {
        let national = || ok(ANNA, &[CountryAssumed, PhoneNormalised]);
        let table =
            ["8 900 123-45-67", "89001234567", "9001234567", "8 10 7 900 123 45 67", "моб.: 8-900-1234567"];
        for cell in table {
            check("RU", &[(cell, national())]);
            check("KZ", &[(cell, national())]);
            check("", &[(cell, Err(Invalid))]);
        }
        check(
            "RU",
            &[
                ("810 380 67 1234567", ok(380_671_234_567, &[CountryAssumed, PhoneNormalised])),
                ("380671234567", ok(380_671_234_567, &[])),
                ("375291234567", ok(375_291_234_567, &[])),
                ("998901234567", ok(998_901_234_567, &[])),
                ("12125551234", ok(12_125_551_234, &[])),
                ("4951234567", ok(74_951_234_567, &[CountryAssumed, PhoneNormalised])),
            ],
        );
        check("BY", &[("8 029 123-45-67", ok(375_291_234_567, &[CountryAssumed, PhoneNormalised]))]);
        check("UA", &[("0671234567", ok(380_671_234_567, &[CountryAssumed, PhoneNormalised]))]);
        check("DE", &[("01711234567", ok(491_711_234_567, &[CountryAssumed, PhoneNormalised]))]);
        check("CN", &[("13012345678", Err(Ambiguous))]);
    }

    #[test]
    fn eleven_digits_that_begin_with_eight_never_pass_as_they_are_in_russia_or_without_a_country() {
        for cell in ["89001234567", "84951234567", "85221234567", "84912345678", "88001234567"] {
            assert_eq!(read(cell, false, "", false), Err(Invalid), "{cell}");
            for country in ["RU", "KZ"] {
                let phone = read(cell, false, country, false).map(|(number, _)| number / 10_000_000_000);
                assert!(matches!(phone, Ok(7) | Err(Invalid)), "{cell} {country}");
            }
        }
        let problem = read_number("89001234567", false, Numbers::default()).unwrap_err();
        let said = problem.sentence.say(Language::En);
        assert!(said.contains("--country RU"), "{said}");
        check("", &[("+85221234567", ok(85_221_234_567, &[PhoneNormalised]))]);
        check("HK", &[("85221234567", ok(85_221_234_567, &[])), ("89001234567", Err(Invalid))]);
        check("VN", &[("84912345678", ok(84_912_345_678, &[]))]);
    }

    #[test]
    fn a_possible_number_outside_every_range_goes_at_the_persons_word() {
        check(
            "",
            &[
                ("380123456789", ok(380_123_456_789, &[PhoneUnlikely])),
                (" 380123456789", ok(380_123_456_789, &[PhoneUnlikely])),
                ("+380123456789", Err(Invalid)),
                ("380 12 3456789", Err(Invalid)),
                ("790012345678", Err(Invalid)),
            ],
        );
        check("RU", &[("380123456789", ok(380_123_456_789, &[PhoneUnlikely]))]);
        assert_eq!(read("380123456789", false, "", true), Err(Invalid));
    }

    #[test]
    fn what_a_spreadsheet_did_is_undone_if_no_digit_is_lost() {
        check(
            "",
            &[
                ("7,9001234567E+10", ok(ANNA, &[NumberFromFloat, PhoneNormalised])),
                ("79001234567.0", ok(ANNA, &[NumberFromFloat, PhoneNormalised])),
                ("79001234567,00", ok(ANNA, &[NumberFromFloat, PhoneNormalised])),
                ("7,9001E+10", Err(Scientific)),
                ("7.9E+10", Err(Scientific)),
                ("3,80123E+11", Err(Scientific)),
                ("-1128", Err(Invalid)),
                ("#ЗНАЧ!", Err(Invalid)),
                ("#Н/Д", Err(Invalid)),
                ("#####", Err(Invalid)),
                ("TRUE", Err(Invalid)),
                ("14.07.2026", Err(Invalid)),
                ("14.07.2026 10:30", Err(Invalid)),
                ("", Err(Missing)),
                (" \u{a0}\u{200b}", Err(Missing)),
            ],
        );
        assert_eq!(read("79001000000", true, "", false), ok(79_001_000_000, &[NumberFromFloat]));
        assert_eq!(read("79001234567", true, "", false), ok(ANNA, &[]));
        assert_eq!(read("0", true, "", false), Err(Missing));
    }

    #[test]
    fn of_several_numbers_a_mobile_is_taken_and_the_others_are_told() {
        let taken = || ok(ANNA, &[PhoneNormalised, MultiplePhones]);
        check(
            "",
            &[
                ("+74951234567, +79001234567", taken()),
                ("+7 900 123-45-67; +7 495 123-45-67", taken()),
                ("+79001234567\n+79007654321", taken()),
                ("+79001234567 ::: +79007654321", taken()),
                ("+79001234567 / 123", taken()),
                ("+79001234567+79007654321", taken()),
                ("79001234567, 79007654321", ok(ANNA, &[MultiplePhones])),
                ("+79001234567, 7 900 123-45-67", ok(ANNA, &[PhoneNormalised])),
                ("123 / 456", Err(Invalid)),
                ("79001234567 79007654321", Err(Invalid)),
            ],
        );
        let found = read_number("+74951234567, +79001234567", false, Numbers::default()).unwrap();
        let text = "of several numbers 79001234567 was taken, and left out: +74951234567";
        assert_eq!(found.warnings[1].sentence.say(Language::En), text);
    }

    /// One row for every kind of cell that tables of phones were seen to hold.
    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn every_known_kind_of_phone_cell_is_accepted_normalised_warned_of_or_refused() {
        const TEXT: bool = false;
        const NUMERIC: bool = true;
        let normalised = || ok(ANNA, &[PhoneNormalised]);
        let assumed = || ok(ANNA, &[CountryAssumed, PhoneNormalised]);
        let float = || ok(ANNA, &[NumberFromFloat, PhoneNormalised]);
        let several = || ok(ANNA, &[PhoneNormalised, MultiplePhones]);
        let table: &[(&str, &str, bool, &str, Reading)] = &[
            ("as the API takes it", "79001234567", TEXT, "", ok(ANNA, &[])),
            ("spaces around it", " 79001234567 ", TEXT, "", ok(ANNA, &[])),
            ("tab and CR at its ends", "\t79001234567\r", TEXT, "", ok(ANNA, &[])),
            ("a number cell", "79001234567", NUMERIC, "", ok(ANNA, &[])),
            ("brackets and hyphens", "+7 (900) 123-45-67", TEXT, "", normalised()),
            ("hyphens", "+7-900-123-45-67", TEXT, "", normalised()),
            ("U+00A0", "+7\u{a0}900\u{a0}123\u{a0}45\u{a0}67", TEXT, "", normalised()),
            ("U+202F", "+7\u{202f}900\u{202f}123\u{202f}45\u{202f}67", TEXT, "", normalised()),
            ("en dash", "+7 900 123–45–67", TEXT, "", normalised()),
            ("U+2011", "+7 900 123\u{2011}45\u{2011}67", TEXT, "", normalised()),
            ("full-width digits", "７９００１２３４５６７", TEXT, "", normalised()),
            ("tel:", "tel:+79001234567", TEXT, "", normalised()),
            ("U+202A and U+202C of phones", "\u{202a}+79001234567\u{202c}", TEXT, "", normalised()),
            ("U+200B and U+FEFF", "\u{feff}+7900\u{200b}1234567", TEXT, "", normalised()),
            ("apostrophe of amoCRM", "'+79001234567", TEXT, "", normalised()),
            ("formula around it", "=\"79001234567\"", TEXT, "", normalised()),
            ("a word before it", "тел. +7 900 123-45-67", TEXT, "", normalised()),
            ("a word before a national form", "моб.: 8-900-123-45-67", TEXT, "RU", assumed()),
            ("decimals of pandas", "79001234567.0", TEXT, "", float()),
            ("format 0.00", "79001234567,00", TEXT, "", float()),
            ("format #,##0", "79\u{a0}001\u{a0}234\u{a0}567", TEXT, "", normalised()),
            ("national form", "8 900 123-45-67", TEXT, "RU", assumed()),
            ("national form, digits only", "89001234567", TEXT, "RU", assumed()),
            ("national form in Kazakhstan", "89001234567", TEXT, "KZ", assumed()),
            ("national form, no country", "89001234567", TEXT, "", Err(Invalid)),
            ("ten digits", "9001234567", TEXT, "RU", assumed()),
            ("ten digits, no country", "9001234567", TEXT, "", Err(Invalid)),
            (
                "810",
                "810 380 67 123 45 67",
                TEXT,
                "RU",
                ok(380_671_234_567, &[CountryAssumed, PhoneNormalised]),
            ),
            ("00", "00 7 900 123 45 67", TEXT, "RU", normalised()),
            ("Ukraine without +", "380671234567", TEXT, "RU", ok(380_671_234_567, &[])),
            ("Belarus without +", "375291234567", TEXT, "RU", ok(375_291_234_567, &[])),
            ("Uzbekistan without +", "998901234567", TEXT, "RU", ok(998_901_234_567, &[])),
            ("exponent with all digits", "7,9001234567E+10", TEXT, "", float()),
            ("exponent, Russian", "7,9001E+10", TEXT, "", Err(Scientific)),
            ("exponent, English", "7.9E+10", TEXT, "", Err(Scientific)),
            ("exponent of twelve digits", "3,80123E+11", TEXT, "", Err(Scientific)),
            ("five zeros in text", "79001000000", TEXT, "", ok(79_001_000_000, &[])),
            (
                "five zeros in a number cell",
                "79001000000",
                NUMERIC,
                "",
                ok(79_001_000_000, &[NumberFromFloat]),
            ),
            ("what Excel computed", "-1128", NUMERIC, "", Err(Invalid)),
            ("error of Excel", "#ЗНАЧ!", TEXT, "", Err(Invalid)),
            ("nothing found", "#Н/Д", TEXT, "", Err(Invalid)),
            ("column too narrow", "#####", TEXT, "", Err(Invalid)),
            ("truth value", "TRUE", TEXT, "", Err(Invalid)),
            ("date", "14.07.2026", TEXT, "RU", Err(Invalid)),
            ("formula of LibreOffice in .xls", "0", NUMERIC, "", Err(Missing)),
            ("comma", "+79001234567, +79007654321", TEXT, "", several()),
            ("semicolon", "+79001234567; +79007654321", TEXT, "", several()),
            ("line break", "+79001234567\n+79007654321", TEXT, "", several()),
            ("Google", "+79001234567 ::: +79007654321", TEXT, "", several()),
            ("slash", "+79001234567 / +79007654321", TEXT, "", several()),
            ("pluses", "+79001234567+79007654321", TEXT, "", several()),
            ("a mobile behind a fixed line", "+74951234567; +79001234567", TEXT, "", several()),
            ("the same twice", "+79001234567, +7 900 123-45-67", TEXT, "", normalised()),
            ("two without a separator", "7900123456779007654321", TEXT, "", Err(Invalid)),
            (
                "extension",
                "+7 900 123-45-67 доб. 12",
                TEXT,
                "",
                ok(ANNA, &[ExtensionDropped, PhoneNormalised]),
            ),
            ("a name behind it", "+79001234567 (Ольга)", TEXT, "", normalised()),
            ("a remark behind it", "+79001234567 (WhatsApp)", TEXT, "", normalised()),
            ("letters O", "79OO1234568", TEXT, "RU", Err(Invalid)),
            ("letter З", "7900123456З", TEXT, "RU", Err(Invalid)),
            ("vanity", "8-800-ZVONOK", TEXT, "RU", Err(Invalid)),
            ("emergency", "112", TEXT, "RU", Err(Invalid)),
            ("thirteen digits: China", "+86 130 1234 5678", TEXT, "", Err(Invalid)),
            ("thirteen digits: Germany", "+49 1512 3456789", TEXT, "", Err(Invalid)),
            ("thirteen digits: Brazil", "+55 11 91234 5678", TEXT, "", Err(Invalid)),
            ("ten digits: Norway", "+47 412 34 567", TEXT, "", Err(Invalid)),
            ("ten digits: Denmark", "+45 32 12 34 56", TEXT, "", Err(Invalid)),
            ("ten digits: Singapore", "+65 8123 4567", TEXT, "", Err(Invalid)),
            ("group without its ending", "120363025246125486", TEXT, "", Err(Invalid)),
            ("group as a number", "1.20363E+17", TEXT, "", Err(Scientific)),
            ("taxpayer number", "7707083893", TEXT, "", Err(Invalid)),
        ];
        for (what, cell, numeric, country, expected) in table {
            assert_eq!(read(cell, *numeric, country, false), *expected, "{what}: {cell:?}");
            let numbers = Numbers { country: country.parse().ok(), strict: false };
            if let Err(problem) = read_number(cell, *numeric, numbers) {
                for language in [Language::En, Language::Ru] {
                    let said = problem.sentence.say(language);
                    let shows = problem.fault == Missing || said.contains(*cell);
                    assert!(shows && said.len() > cell.len() + 15, "{what}: {said}");
                }
            }
        }
        for (cell, digits) in [("+86 130 1234 5678", "13 digits"), ("+47 412 34 567", "10 digits")] {
            let text = read_number(cell, false, Numbers::default()).unwrap_err().sentence.say(Language::En);
            assert!(text.contains(digits) && text.contains("only 11 or 12"), "{text}");
        }
    }

    #[test]
    fn an_extension_is_left_out_and_told() {
        check("", &[("+7 900 123-45-67 доб. 12", ok(ANNA, &[ExtensionDropped, PhoneNormalised]))]);
    }

    #[test]
    fn no_letter_is_dropped_and_no_digit_is_invented() {
        check(
            "RU",
            &[
                ("79OO1234568", Err(Invalid)),
                ("7900123456З", Err(Invalid)),
                ("О9001234567", Err(Invalid)),
                ("8-800-ZVONOK", Err(Invalid)),
                ("Ольга", Err(Invalid)),
                ("112", Err(Invalid)),
                ("+7 900 123-45-6", Err(Invalid)),
                ("+7 900 123-45-678", Err(Invalid)),
                ("+89001234567", Err(Invalid)),
                ("факс: +74951234567", Err(Invalid)),
                ("79001234567@c.us", Err(Invalid)),
                ("120363025246125486", Err(Invalid)),
                ("+47 91 23 45 67", Err(Invalid)),
                ("+86 130 1234 5678", Err(Invalid)),
                ("8613012345678", Err(Invalid)),
            ],
        );
    }

    #[test]
    fn every_problem_says_what_to_do() {
        for (cell, country, hint) in [
            ("9001234567", "", "--country"),
            ("7,9001E+10", "", "set the column to Text"),
            ("+380123456789", "", "write it as 380123456789"),
            ("+8613012345678", "", "only 11 or 12"),
            ("790012345678", "", "a digit too many or too few"),
            ("123", "RU", "is no number of RU"),
            ("79OO1234568", "", "the letter O"),
            ("79001234567@c.us", "", "before the @"),
            ("13012345678", "CN", "with its +"),
        ] {
            let numbers = Numbers { country: country.parse().ok(), strict: false };
            let text = read_number(cell, false, numbers).unwrap_err().sentence.say(Language::En);
            assert!(text.contains(hint), "{cell}: {text}");
        }
    }
}
