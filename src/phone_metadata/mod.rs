//! What is known about phone numbers: which digits are a number of which country, and the time zones there. The only
//! room that uses the phone-number library, so that it can be replaced. It takes and returns only digits: `ingest`
//! reads what people type.

mod area_zones;
mod valid_numbers;
mod zones;

use std::{fmt, str::FromStr};

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region,
};

use crate::i18n::{Language, messages};

pub use zones::zones_of;

/// A country by its two letters (ISO 3166-1), such as `RU`. It gives meaning to numbers in national form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Country(Region);

messages! {
    /// Why a text is not a country.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum CountryError {
        /// No country that has phone numbers has these letters.
        Unknown(text: String) =
            en "there is no country \"{text}\": give its two letters, such as RU, KZ or UA",
            ru "страны «{text}» нет: укажите две её буквы, например RU, KZ или UA",
    }
}

impl FromStr for Country {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, CountryError> {
        let region = Region::from_code(text.trim())
            .ok()
            .filter(|region| *region != Region::World);
        region
            .filter(|region| {
                PHONE_NUMBER_UTIL
                    .get_country_code_for_region(*region)
                    .is_some()
            })
            .map(Self)
            .ok_or_else(|| CountryError::Unknown(text.trim().to_owned()))
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A number whose length is possible in its country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PossibleNumber {
    /// All digits, country code first.
    pub(crate) digits: String,
    /// How many of the digits are the country code.
    pub(crate) code_length: usize,
    /// Whether it is in an allocated range.
    pub(crate) valid: bool,
}

impl PossibleNumber {
    /// Returns the digits after the country code.
    pub(crate) fn national_digits(&self) -> &str {
        &self.digits[self.code_length..]
    }
}

/// Reads digits that begin with a country code. No country code begins with 0: the library would drop the zeros;
/// Google's own library refuses them.
pub(crate) fn international(digits: &str) -> Option<PossibleNumber> {
    if digits.starts_with('0') {
        return None;
    }
    // Most numbers of a list are valid as they are written.
    if let Some(code_length) = valid_numbers::code_length(digits) {
        return Some(PossibleNumber {
            digits: digits.to_owned(),
            code_length,
            valid: true,
        });
    }
    known(&PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None).ok()?)
}

/// Reads digits as they are dialled within a country, with its trunk and international prefixes.
pub(crate) fn national(digits: &str, country: Country) -> Option<PossibleNumber> {
    known(&PHONE_NUMBER_UTIL.parse(digits, Some(country.0)).ok()?)
}

/// Whether a number has the country code of a country.
pub(crate) fn is_of(known: &PossibleNumber, country: Country) -> bool {
    let code = PHONE_NUMBER_UTIL.get_country_code_for_region(country.0);
    code.is_some_and(|code| known.digits[..known.code_length] == code.to_string())
}

/// Whether people of the number's own country would write exactly these digits.
pub(crate) fn is_written_so_at_home(known: &PossibleNumber, digits: &str) -> bool {
    PHONE_NUMBER_UTIL
        .parse(format!("+{}", known.digits), None)
        .is_ok_and(|number| {
            let written = number.format_as(PhoneNumberFormat::National);
            written
                .chars()
                .filter(char::is_ascii_digit)
                .eq(digits.chars())
        })
}

/// Whether digits that begin with a country code may be those of a mobile.
pub(crate) fn is_mobile(digits: &str) -> bool {
    PHONE_NUMBER_UTIL
        .parse(format!("+{digits}"), None)
        .is_ok_and(|number| {
            matches!(
                number.get_type(),
                PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile
            )
        })
}

fn known(number: &PhoneNumber) -> Option<PossibleNumber> {
    let digits =
        is_possible(number).then(|| number.to_string().trim_start_matches('+').to_owned())?;
    Some(PossibleNumber {
        digits,
        code_length: code_length(number.country_code),
        valid: number.is_valid(),
    })
}

fn is_possible(number: &PhoneNumber) -> bool {
    match number.is_possible_with_reason() {
        Ok(NumberLengthType::IsPossible) => true,
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(_) => false,
    }
}

fn code_length(country_code: i32) -> usize {
    match country_code {
        ..10 => 1,
        10..100 => 2,
        100.. => 3,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_country_is_two_letters_that_have_numbers() {
        assert_eq!("ru".parse::<Country>().unwrap().to_string(), "RU");
        for text in ["", "R", "Russia", "XX", "001", "Россия"] {
            let error = text.parse::<Country>().unwrap_err();
            assert!(error.to_string().contains("RU, KZ or UA"), "{text}");
        }
    }

    #[test]
    fn metadata_tells_valid_possible_and_impossible_apart() {
        let table = [
            ("79001234567", Some(true)),
            ("74951234567", Some(true)),
            ("380123456789", Some(false)),
            ("790012345678", None),
            ("89001234567", None),
        ];
        for (digits, expected) in table {
            let known = international(digits);
            assert_eq!(known.map(|known| known.valid), expected, "{digits}");
        }
        assert!(is_mobile("79001234567") && is_mobile("12125551234") && !is_mobile("74951234567"));
        let russia = "RU".parse().unwrap();
        for digits in ["89001234567", "9001234567", "79001234567", "81079001234567"] {
            assert_eq!(
                national(digits, russia).unwrap().digits,
                "79001234567",
                "{digits}"
            );
        }
    }

    /// Google's answers to 28,410 texts, which `tests/data/google_answers.py` recorded: of every region its
    /// example numbers as they are written at home and abroad, damaged, and with prefixes of others.
    #[test]
    fn what_is_believed_is_what_googles_own_library_answers() {
        let packed: &[u8] = include_bytes!("../../tests/data/google-answers.tsv.gz");
        let mut lines = String::new();
        flate2::read::GzDecoder::new(packed)
            .read_to_string(&mut lines)
            .unwrap();
        let mut table = std::collections::BTreeMap::<(&str, &str), u32>::new();
        for line in lines.lines() {
            let [region, text, digits, word] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let (way, answer) = match region.parse() {
                Ok(country) => ("national", national(text, country)),
                Err(_) => ("international", international(text.trim_start_matches('+'))),
            };
            let answer = answer.map(|known| (known.digits, known.valid));
            let expected = matches!(word, "v" | "p").then(|| (digits.to_owned(), word == "v"));
            assert_eq!(answer, expected, "{line}");
            *table.entry((way, word)).or_default() += 1;
        }
        let of = |way| ["v", "p", "l", "i", "-"].map(|word| table[&(way, word)]);
        assert_eq!(
            of("international"),
            [2_962, 1_510, 91, 2_280, 2_143],
            "the table of docs/inputs.md"
        );
        assert_eq!(of("national"), [6_803, 4_796, 182, 7_578, 65]);
    }
}
