//! A phone number in international form, an integer on the wire. Whether such a number exists, and
//! whether its length is one that the API documents, is for `ingest` to say.

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
    /// Takes a text of digits only.
    ///
    /// # Errors
    /// [`PhoneError`] when anything but 7 to 15 ASCII digits is given, or the first is a zero.
    pub fn from_digits(digits: &str) -> Result<Self, PhoneError> {
        // Parsing takes digits, and a sign before them.
        if digits.starts_with(['0', '+']) {
            return Err(PhoneError);
        }
        digits
            .parse()
            .map_err(|_| PhoneError)
            .and_then(|number: u64| Self::try_from(number))
    }

    /// The number as the integer that goes on the wire.
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
    /// The number by which this line is known, see [`line`].
    #[must_use]
    pub const fn line(self) -> u64 {
        line(self.as_u64())
    }
}

/// Ten digits after the country code, the length of a national number of Mexico and Argentina.
pub(super) const TEN_DIGITS: u64 = 10_000_000_000;

/// One number for all forms in which the number of a line may be written: the shorter one, without the 1
/// of Mexico (521…), the 9 of Argentina (549…) and the ninth digit of a Brazilian mobile. Any other number
/// is its own line.
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

/// The longer form of a line, if it has two.
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

/// 55, an area of two digits from 11, and eight digits that begin with 6 to 9: landlines begin with 2 to 5
/// and have no ninth digit (source: Anatel's numbering plan).
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
