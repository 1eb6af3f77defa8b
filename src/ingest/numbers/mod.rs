//! Decides when a cell is a phone number. Eleven or twelve plain digits pass as they are, if their length is possible;
//! whatever needs interpretation must be a valid number. Digits are never added or dropped to make a number, only
//! digits that are written as one number are joined (`number_joins`), and a changed number always has a warning.

use std::borrow::Cow;

use crate::domain::{Phone, Warning, WarningCode};
use crate::i18n::Sentence;
use crate::phone_metadata::{self};

use super::normalize::{self, DisplayedNumber};
use super::number_parts::{self, Part};
use super::number_readings::{Reader, Reading, hidden_digits};
pub(super) use super::number_rules::{
    NumberFault, NumberProblem, Parsed, ambiguous, clipped, invalid,
};
pub use super::number_rules::{NumberLengths, NumberRules};

/// The most characters that a cell with numbers and remarks may have, because reading takes quadratic time.
const LONGEST: usize = 1000;

/// Reads a cell; `numeric` says that it is a number cell of a workbook.
pub(super) fn read_number(
    cell: &str,
    numeric: bool,
    numbers: NumberRules,
) -> Result<Parsed<Phone>, NumberProblem> {
    let reader = Reader { numbers };
    if is_as_the_api_takes_it(cell) {
        return Ok(found(cell, numeric, reader.read_bare(cell)?));
    }
    let plain = normalize::plain(cell);
    let text = normalize::unwrapped(&plain);
    if text.is_empty() || (numeric && text == "0") {
        return Err(NumberProblem {
            fault: NumberFault::Missing,
            sentence: Sentence::NumberMissing,
        });
    }
    if text.chars().nth(LONGEST).is_some() {
        return Err(invalid(Sentence::TooLongForNumber {
            value: clipped(text),
        }));
    }
    refuse_other_values(cell, text)?;
    let mut warnings = Vec::new();
    let text = match normalize::shown(text) {
        DisplayedNumber::Shortened => return Err(shortened(text)),
        DisplayedNumber::Fraction => {
            return Err(invalid(Sentence::Fraction {
                value: clipped(cell),
            }));
        }
        DisplayedNumber::Restored(digits) => {
            warnings.push(from_float(cell, digits.trim_start_matches('+')));
            Cow::Owned(digits)
        }
        DisplayedNumber::AsWritten => Cow::Borrowed(text),
    };
    if numeric && normalize::is_decimal(&text) {
        return Err(invalid(Sentence::Fraction {
            value: clipped(cell),
        }));
    }
    let read = if let Some(read) = read_with_zeros(&text, cell, reader)? {
        read
    } else if is_one_number(&text) {
        read_one(&text, cell, reader)?
    } else {
        read_parts(&number_parts::parts(&text), cell, reader)?
    };
    warnings.extend(read.warnings);
    Ok(Parsed {
        value: read.value,
        warnings: rounded(read.value, numeric)
            .into_iter()
            .chain(warnings)
            .collect(),
    })
}

/// Reads a number in any grouping without the `.0` or `,00` of a spreadsheet after it. `None` if it has none, or if it
/// is not a number without them, so that they may be digits.
fn read_with_zeros(
    text: &str,
    cell: &str,
    reader: Reader,
) -> Result<Option<Parsed<Phone>>, NumberProblem> {
    let Some(whole) = normalize::without_zeros(text) else {
        return Ok(None);
    };
    reader.refuse_time_or_date(&text.replace(',', "."))?;
    match read_one(whole, cell, reader) {
        Ok(mut read) => {
            let restored = from_float(cell, &read.value.to_string());
            read.warnings.insert(0, restored);
            Ok(Some(read))
        }
        Err(problem) if problem.fault == NumberFault::Invalid => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// Whether a cell needs no repair. This is the fast path: most lists consist of such cells.
fn is_as_the_api_takes_it(cell: &str) -> bool {
    matches!(cell.len(), 11 | 12) && normalize::is_digits(cell)
}

/// Whether a text is just one formatted number, as most are: then it need not be searched for anything beside it.
fn is_one_number(text: &str) -> bool {
    let is_sign =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'(' | b')' | b'-' | b'.');
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.bytes().all(is_sign) && digits.bytes().any(|byte| byte.is_ascii_digit())
}

/// Refuses values that contain digits but were never a typed number.
fn refuse_other_values(cell: &str, text: &str) -> Result<(), NumberProblem> {
    let value = || clipped(text);
    let is_sum = |text: &str| {
        text.trim_start()
            .starts_with(|char: char| char.is_ascii_digit())
    };
    let sentence = if text.contains('@') {
        Sentence::ChatIdForNumber { value: value() }
    } else if text.starts_with('#') {
        Sentence::SpreadsheetError { value: value() }
    } else if text.strip_prefix('-').is_some_and(is_sum) {
        Sentence::TakenForSum { value: value() }
    } else if normalize::is_date(text) {
        Sentence::DateForNumber { value: value() }
    } else if let Some(sign) = normalize::reordering(cell) {
        Sentence::DigitsReordered {
            value: value(),
            sign,
        }
    } else {
        return Ok(());
    };
    Err(invalid(sentence))
}

fn read_parts(parts: &[Part], cell: &str, reader: Reader) -> Result<Parsed<Phone>, NumberProblem> {
    match parts {
        [] => Err(invalid(Sentence::NoDigits {
            value: clipped(cell),
        })),
        [part] => read_part(part, cell, reader),
        several => {
            let read = |part: &Part| (clipped(&part.text), read_part(part, &part.text, reader));
            read_several(several.iter().map(read).collect(), cell, reader)
        }
    }
}

/// Reads a text that is one number or, with a slash in it, perhaps two; `written` is how a warning shows it.
fn read_part(part: &Part, written: &str, reader: Reader) -> Result<Parsed<Phone>, NumberProblem> {
    if part.is_machine() {
        return Err(invalid(Sentence::NotATelephone {
            value: clipped(written),
        }));
    }
    if let Some(words) = part.forbidding() {
        let value = clipped(written);
        return Err(invalid(Sentence::NumberForbidden { value, words }));
    }
    let sides = number_parts::sides(&part.text);
    let mut read = match sides.as_slice() {
        [] => read_one(&part.text, written, reader)?,
        [first, ..] => read_sides(first, &sides, &part.text, reader)?,
    };
    if let Some(digits) = part.extension.clone() {
        if let Some(sign) = hidden_by(part, &digits, reader) {
            return Err(hidden_digits(written, sign));
        }
        read.warnings.insert(0, extension_dropped(written, digits));
        if read
            .warnings
            .iter()
            .any(|warning| warning.code == WarningCode::PhoneUnlikely)
        {
            let digits = read.value.to_string();
            return Err(invalid(Sentence::NoRangeAbroad {
                value: clipped(written),
                digits,
            }));
        }
    }
    Ok(read)
}

/// Returns the sign before an extension if the number would also be one with digits in place of the sign:
/// `+49 30 123x4567`.
fn hidden_by(part: &Part, extension: &str, reader: Reader) -> Option<char> {
    let mask = part.mask.as_deref()?;
    let is_number = |digit: u8| {
        let hidden = digit.to_string().repeat(mask.chars().count());
        let shown = format!("{}{hidden}{extension}", part.text);
        reader.read(&shown).is_ok()
    };
    mask.chars().next().filter(|_| (0..=9).any(is_number))
}

/// Reads the numbers on both sides of a slash. After an area code, whose side alone is not a number, the slash is part
/// of one number; otherwise it separates two.
fn read_sides(
    first: &str,
    sides: &[&str],
    text: &str,
    reader: Reader,
) -> Result<Parsed<Phone>, NumberProblem> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    reader.refuse_time_or_date(text)?;
    let alone = read_one(first, first, reader);
    let may_be_joined = digits(first) > 1 && sides[1..].iter().all(|side| is_rest_of_number(side));
    if may_be_joined {
        let rest = sides[1..].join("/");
        match (read_one(text, text, reader), alone) {
            (Ok(joined), Ok(alone)) => {
                return Err(ambiguous(alone.value.as_u64(), joined.value.as_u64()));
            }
            (Ok(joined), Err(problem)) => {
                let is_joined = problem.fault != NumberFault::Length
                    && number_parts::is_area_code_of(first, &rest);
                return if is_joined {
                    Ok(joined)
                } else {
                    Err(digits_apart(text, rest))
                };
            }
            // Two slashes in a row may stand for hidden digits.
            (Err(problem), _) if read_one(&sides.join("/"), text, reader).is_ok() => {
                return Err(problem);
            }
            (Err(_), _) => {}
        }
    }
    let read = |side: &&str| (clipped(side), read_one(side, side, reader));
    read_several(sides.iter().map(read).collect(), text, reader)
}

/// Whether the text has only digits and the marks between them, without a `+`.
fn is_rest_of_number(side: &str) -> bool {
    side.chars()
        .all(|char| char.is_ascii_digit() || matches!(char, ' ' | '.' | '-'))
}

/// Takes the first mobile of several numbers, else the first valid one; a warning names the others. Refuses a number
/// behind what may be its area code, because without that code it may be the number of somebody else.
fn read_several(
    mut readings: Vec<(String, Result<Parsed<Phone>, NumberProblem>)>,
    written: &str,
    reader: Reader,
) -> Result<Parsed<Phone>, NumberProblem> {
    type Reading = Result<Parsed<Phone>, NumberProblem>;
    let is_mobile = |reading: &Reading| {
        reading
            .as_ref()
            .is_ok_and(|one| phone_metadata::is_mobile(&one.value.to_string()))
    };
    let taken = readings
        .iter()
        .position(|(_, reading)| is_mobile(reading))
        .or_else(|| readings.iter().position(|(_, reading)| reading.is_ok()))
        .unwrap_or(0);
    if let Some((before, Err(_))) = taken.checked_sub(1).map(|before| &readings[before])
        && number_parts::may_be_area_code(before)
        && !reader.is_complete(&readings[taken].0, before)
    {
        return Err(digits_apart(written, before.clone()));
    }
    let mut taken = readings.remove(taken).1?;
    let differs = |reading: &Reading| !reading.as_ref().is_ok_and(|one| one.value == taken.value);
    let left: Vec<String> = readings
        .into_iter()
        .filter(|(_, reading)| differs(reading))
        .map(|(text, _)| text)
        .collect();
    if !left.is_empty() {
        taken
            .warnings
            .push(several_phones(taken.value.to_string(), &left));
    }
    Ok(taken)
}

/// Reads one number; `written` is how a warning shows it.
fn read_one(text: &str, written: &str, reader: Reader) -> Result<Parsed<Phone>, NumberProblem> {
    Ok(found(written, false, reader.read(text)?))
}

fn found(written: &str, numeric: bool, reading: Reading) -> Parsed<Phone> {
    let Reading {
        phone,
        mut warnings,
    } = reading;
    if !phone.has_documented_length() {
        let digits = phone.to_string().len() as u64;
        let sentence = Sentence::LengthUnusual {
            value: phone.to_string(),
            digits,
        };
        warnings.push(Warning {
            code: WarningCode::PhoneLengthUnusual,
            sentence,
        });
    }
    if !is_written_so(written, phone) {
        let sentence = Sentence::Normalised {
            value: clipped(written),
            phone: phone.as_u64(),
        };
        warnings.push(Warning {
            code: WarningCode::PhoneNormalised,
            sentence,
        });
    }
    if let Some(rounded) = rounded(phone, numeric) {
        warnings.insert(0, rounded);
    }
    Parsed {
        value: phone,
        warnings,
    }
}

fn is_written_so(text: &str, phone: Phone) -> bool {
    let text = text.trim();
    !text.starts_with(['+', '0']) && text.parse() == Ok(phone.as_u64())
}

fn from_float(cell: &str, digits: &str) -> Warning {
    let sentence = Sentence::FromFloat {
        value: clipped(cell),
        digits: digits.to_owned(),
    };
    Warning {
        code: WarningCode::NumberFromFloat,
        sentence,
    }
}

const fn rounded(phone: Phone, numeric: bool) -> Option<Warning> {
    if !numeric || !phone.as_u64().is_multiple_of(100_000) {
        return None;
    }
    let sentence = Sentence::Rounded {
        phone: phone.as_u64(),
    };
    Some(Warning {
        code: WarningCode::NumberFromFloat,
        sentence,
    })
}

fn digits_apart(written: &str, digits: String) -> NumberProblem {
    invalid(Sentence::DigitsApart {
        value: clipped(written),
        digits,
    })
}

fn extension_dropped(cell: &str, digits: String) -> Warning {
    let sentence = Sentence::ExtensionDropped {
        value: clipped(cell),
        digits,
    };
    Warning {
        code: WarningCode::ExtensionDropped,
        sentence,
    }
}

/// Builds the warning which of several numbers was taken and which were left.
pub(super) fn several_phones(taken: String, left: &[String]) -> Warning {
    let sentence = Sentence::SeveralPhones {
        taken,
        left: left.join(", "),
    };
    Warning {
        code: WarningCode::MultiplePhones,
        sentence,
    }
}

fn shortened(text: &str) -> NumberProblem {
    NumberProblem {
        fault: NumberFault::Scientific,
        sentence: Sentence::Shortened {
            value: clipped(text),
        },
    }
}

#[cfg(test)]
mod tests;
