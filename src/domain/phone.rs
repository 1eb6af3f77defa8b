//! A phone number as the API takes it: 11 or 12 digits in international form, an integer on the
//! wire. Whether such a number exists is not known here; `intake` asks the metadata.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A number of 11 or 12 digits, country code first, without `+` (source: `SendContact`, the
/// parameters `phoneNumber` and `phoneContact`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Phone(u64);

/// The number does not have 11 or 12 digits, or begins with a zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a phone number has 11 or 12 digits, country code first")]
pub struct PhoneError;

impl Phone {
    /// Takes a text of digits only.
    ///
    /// # Errors
    /// [`PhoneError`] when anything but 11 or 12 ASCII digits is given.
    pub fn from_digits(digits: &str) -> Result<Self, PhoneError> {
        if !matches!(digits.len(), 11 | 12) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PhoneError);
        }
        digits.parse().map_err(|_| PhoneError).and_then(|number: u64| Self::try_from(number))
    }

    /// The number as the integer that goes on the wire.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for Phone {
    type Error = PhoneError;

    fn try_from(number: u64) -> Result<Self, PhoneError> {
        if (10_000_000_000..=999_999_999_999).contains(&number) { Ok(Self(number)) } else { Err(PhoneError) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eleven_and_twelve_digits_are_a_phone_and_nothing_else_is() {
        for good in ["79001234567", "380123456789"] {
            assert_eq!(Phone::from_digits(good).unwrap().to_string(), good);
        }
        for bad in
            ["", "7900123456", "3801234567890", "+79001234567", "7900123456a", "07900123456", "٧٩٠٠١٢٣٤٥٦٧"]
        {
            assert_eq!(Phone::from_digits(bad), Err(PhoneError), "{bad}");
        }
    }

    #[test]
    fn a_phone_is_an_integer_in_json_and_is_checked_when_read() {
        assert_eq!(serde_json::to_string(&Phone(79_001_234_567)).unwrap(), "79001234567");
        assert!(serde_json::from_str::<Phone>("7900").is_err());
    }
}
