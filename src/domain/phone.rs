//! A phone number in international form, an integer in the API. `ingest` decides whether such a number exists, and
//! whether its length is one that the API documents.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A number of 7 to 15 digits, country code first, without `+` (source: ITU-T E.164, and for the field
/// `SendContact`, the parameters `phoneNumber` and `phoneContact`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Phone(u64);

/// The number does not have 7 to 15 digits, or begins with a zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a phone number has 7 to 15 digits, country code first")]
pub struct PhoneError;

impl Phone {
    /// Parses a text that consists only of digits.
    ///
    /// # Errors
    /// [`PhoneError`] if it is anything but 7 to 15 ASCII digits, or the first digit is a zero.
    pub fn from_digits(digits: &str) -> Result<Self, PhoneError> {
        // `parse` also accepts a leading sign.
        if digits.starts_with(['0', '+']) {
            return Err(PhoneError);
        }
        digits
            .parse()
            .map_err(|_| PhoneError)
            .and_then(|number: u64| Self::try_from(number))
    }

    /// Returns the number as the integer that is sent.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }

    /// Whether it has 11 or 12 digits, the lengths that the API documents (source: `SendContact`).
    #[must_use]
    pub const fn has_documented_length(self) -> bool {
        matches!(self.0, 10_000_000_000..=999_999_999_999)
    }
}

impl TryFrom<u64> for Phone {
    type Error = PhoneError;

    fn try_from(number: u64) -> Result<Self, PhoneError> {
        if (1_000_000..=999_999_999_999_999).contains(&number) {
            Ok(Self(number))
        } else {
            Err(PhoneError)
        }
    }
}

impl From<Phone> for u64 {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Phone {
    /// Returns the number that stands for this line, see [`line()`].
    #[must_use]
    pub const fn line(self) -> u64 {
        line(self.as_u64())
    }
}

/// Separates the country code from ten digits, the length of a national number in Mexico and Argentina.
pub(super) const TEN_DIGITS: u64 = 10_000_000_000;

/// Returns one number for all written forms of a line: the shorter one, without the 1 of Mexico (521…), the 9 of
/// Argentina (549…) and the ninth digit of a Brazilian mobile number. Any other number is its own line.
#[must_use]
pub const fn line(number: u64) -> u64 {
    let national = number % TEN_DIGITS;
    match number / TEN_DIGITS {
        521 => 52 * TEN_DIGITS + national,
        549 => 54 * TEN_DIGITS + national,
        550..=559 if number / 100_000_000 % 10 == 9 => {
            let short =
                55 * TEN_DIGITS + number / 1_000_000_000 % 100 * 100_000_000 + number % 100_000_000;
            if is_short_mobile_of_brazil(short) {
                short
            } else {
                number
            }
        }
        _ => number,
    }
}

/// Returns the longer form of a line, if it has two forms.
pub(super) const fn other_form(line: u64) -> Option<u64> {
    let national = line % TEN_DIGITS;
    match line / TEN_DIGITS {
        52 => Some(521 * TEN_DIGITS + national),
        54 => Some(549 * TEN_DIGITS + national),
        55 if is_short_mobile_of_brazil(line) => {
            let area = line / 100_000_000 % 100;
            Some(55 * 100_000_000_000 + area * 1_000_000_000 + 900_000_000 + line % 100_000_000)
        }
        _ => None,
    }
}

/// Whether a number is a Brazilian mobile number without the ninth digit: 55, a two-digit area code from 11, and eight
/// digits that begin with 6 to 9. Landlines begin with 2 to 5 and have no ninth digit (source: Anatel's numbering
/// plan).
const fn is_short_mobile_of_brazil(number: u64) -> bool {
    let (area, first) = (number / 100_000_000 % 100, number / 10_000_000 % 10);
    number / TEN_DIGITS == 55 && area >= 11 && first >= 6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_to_fifteen_digits_are_a_phone_and_nothing_else_is() {
        for (good, documented) in [
            ("79001234567", true),
            ("380123456789", true),
            ("7900123456", false),
            ("5511987654321", false),
            ("2471234", false),
            ("123456789012345", false),
        ] {
            let phone = Phone::from_digits(good).unwrap();
            assert_eq!(
                (phone.to_string().as_str(), phone.has_documented_length()),
                (good, documented)
            );
        }
        for bad in [
            "",
            "790012",
            "1234567890123456",
            "+79001234567",
            "7900123456a",
            "07900123456",
            "٧٩٠٠١٢٣٤٥٦٧",
        ] {
            assert_eq!(Phone::from_digits(bad), Err(PhoneError), "{bad}");
        }
    }

    #[test]
    fn a_phone_is_an_integer_in_json_and_is_checked_when_read() {
        assert_eq!(
            serde_json::to_string(&Phone(79_001_234_567)).unwrap(),
            "79001234567"
        );
        assert!(serde_json::from_str::<Phone>("7900").is_err());
    }
}
