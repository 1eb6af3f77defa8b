//! The one door to the metadata of phone numbers; nobody else names the library, so that another
//! can take its place. It hands over digits only: reading what people type is for `numbers`.

use std::{fmt, str::FromStr};

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberType, Region};

use crate::sentences::{Fault, Language};

/// A country by its two letters (ISO 3166-1), such as `RU`, for numbers in national form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Country(Region);

/// The text is no country that has phone numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say(Language::En))]
pub struct CountryError(String);

impl CountryError {
    /// The sentence in a language.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        Fault::NoCountry { text: self.0.clone() }.say(language)
    }
}

impl FromStr for Country {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, CountryError> {
        let region = Region::from_code(text.trim()).ok().filter(|region| *region != Region::World);
        region
            .filter(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(*region).is_some())
            .map(Self)
            .ok_or_else(|| CountryError(text.trim().to_owned()))
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A number whose length is possible in its country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// All digits, country code first.
    pub(super) digits: String,
    /// Whether it lies in a range that is given out.
    pub(super) valid: bool,
}

/// Reads digits that begin with a country code. Most numbers of a list are valid as they stand, which
/// takes a quarter of the time that parsing takes.
pub(super) fn international(digits: &str) -> Option<Known> {
    if as_they_stand(digits).is_some_and(|number| number.is_valid()) {
        return Some(Known { digits: digits.to_owned(), valid: true });
    }
    known(&PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None).ok()?)
}

/// A country code and the digits behind it. A zero there is part of the number in some countries and
/// none in others: that is for parsing to say. No country code is the beginning of another.
fn as_they_stand(digits: &str) -> Option<PhoneNumber> {
    let mut parted = (1..=3).filter_map(|length| digits.split_at_checked(length));
    let known = |code: &str| {
        Some(code.parse().ok()).filter(|code| {
            code.is_some_and(|code| PHONE_NUMBER_UTIL.get_region_for_country_code(code).is_some())
        })?
    };
    let (country_code, national) = parted.find_map(|(code, rest)| Some((known(code)?, rest)))?;
    let national = Some(national).filter(|national| !national.starts_with('0'))?;
    Some(PhoneNumber { country_code, national_number: national.parse().ok()?, ..PhoneNumber::default() })
}

/// Reads digits as they are dialled within a country, its trunk and international prefixes too.
pub(super) fn national(digits: &str, country: Country) -> Option<Known> {
    known(&PHONE_NUMBER_UTIL.parse(digits, Some(country.0)).ok()?)
}

/// Whether digits that begin with a country code may be those of a mobile.
pub(super) fn is_mobile(digits: &str) -> bool {
    PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None).is_ok_and(|number| {
        matches!(number.get_type(), PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile)
    })
}

fn known(number: &PhoneNumber) -> Option<Known> {
    match number.is_possible_with_reason() {
        Ok(NumberLengthType::IsPossible) => {}
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(_) => return None,
    }
    let digits = number.to_string().trim_start_matches('+').to_owned();
    Some(Known { digits, valid: number.is_valid() })
}

#[cfg(test)]
mod tests {
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
            assert_eq!(national(digits, russia).unwrap().digits, "79001234567", "{digits}");
        }
    }

    #[test]
    fn a_number_that_is_valid_as_it_stands_is_parsed_to_itself() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut stood = 0;
        for _ in 0..200_000 {
            let digits = random.u64(10_000_000_000..1_000_000_000_000).to_string();
            if as_they_stand(&digits).is_some_and(|number| number.is_valid()) {
                let parsed = known(&PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None).unwrap());
                assert_eq!(parsed, Some(Known { digits, valid: true }));
                stood += 1;
            }
        }
        assert!(stood > 1_000, "{stood}");
    }
}
