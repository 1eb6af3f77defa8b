//! The rules for reading numbers, and the problem of a cell that is not a number.

use crate::domain::{Phone, Warning};
use crate::i18n::Sentence;
use crate::phone_metadata::Country;

/// How numbers are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NumberRules {
    /// The country whose national form is also read.
    pub country: Option<Country>,
    /// Whether numbers outside every known range are problems, even those that the API would take.
    pub strict: bool,
    /// Which lengths of numbers are accepted.
    pub lengths: NumberLengths,
    /// Whether the numbers come from a results file, where they are in international form without a plus.
    pub are_results: bool,
}

/// Which lengths of numbers are accepted, country code included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NumberLengths {
    /// 11 or 12 digits (source: `SendContact`).
    #[default]
    Documented,
    /// Every length that is possible internationally, 7 to 15 digits, with a warning.
    Any,
}

impl NumberRules {
    /// Whether a number of this length is accepted.
    pub(super) const fn allows(self, phone: Phone) -> bool {
        match self.lengths {
            NumberLengths::Documented => phone.has_documented_length(),
            NumberLengths::Any => true,
        }
    }
}

/// A value that was read, and the warnings about repairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parsed<T> {
    pub(super) value: T,
    pub(super) warnings: Vec<Warning>,
}

/// Why a cell is not a number; the sentence says what is wrong and how to fix it.
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
    Length,
}

pub(super) const fn ambiguous(one: u64, other: u64) -> NumberProblem {
    NumberProblem {
        fault: NumberFault::Ambiguous,
        sentence: Sentence::Ambiguous { one, other },
    }
}

/// Returns at most forty characters of a text, on one line.
pub(super) fn clipped(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    match line.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

pub(super) const fn invalid(sentence: Sentence) -> NumberProblem {
    NumberProblem {
        fault: NumberFault::Invalid,
        sentence,
    }
}
