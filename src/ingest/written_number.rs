//! One number of a cell as written, and the problems that quote it.

use crate::i18n::Sentence;
use crate::phone_metadata::Country;

use super::number_parts::Lead;
use super::number_rules::{NumberProblem, clipped, invalid};

/// One number as the cell shows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct WrittenNumber<'a> {
    /// The number with the words around it.
    pub(super) text: &'a str,
    pub(super) number: &'a str,
    pub(super) digits: &'a str,
    pub(super) has_plus: bool,
    pub(super) lead: Lead,
}

impl WrittenNumber<'_> {
    pub(super) fn apart(&self, digits: &str) -> NumberProblem {
        invalid(Sentence::DigitsApart {
            value: clipped(self.text),
            digits: digits.to_owned(),
        })
    }

    pub(super) fn not_of(&self, country: Country) -> NumberProblem {
        invalid(Sentence::NotOfCountry {
            value: clipped(self.text),
            country: country.to_string(),
        })
    }

    pub(super) fn impossible(&self, digits: &str) -> NumberProblem {
        if matches!(digits.len(), 11 | 12) {
            invalid(Sentence::NoCountry {
                value: clipped(self.text),
            })
        } else {
            self.wrong_length(digits)
        }
    }

    pub(super) fn wrong_length(&self, digits: &str) -> NumberProblem {
        invalid(Sentence::WrongLength {
            value: clipped(self.text),
            digits: digits.len() as u64,
        })
    }
}
