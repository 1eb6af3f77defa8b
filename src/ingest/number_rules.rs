//! How numbers are read, and why a cell is none.

use crate::domain::{Phone, Warning};
use crate::i18n::Sentence;
use crate::phone_metadata::Country;

/// How numbers are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NumberRules {
    /// Whose national form is understood.
    pub country: Option<Country>,
    /// Whether numbers outside every known range are problems, even those that the API would take.
    pub strict: bool,
    /// Which lengths are sent to.
    pub lengths: NumberLengths,
    /// Whether they are of a results file: those are written in international form, without a plus.
    pub are_results: bool,
}

/// Which lengths of numbers are sent to, country code included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NumberLengths {
    /// 11 or 12 digits (source: `SendContact`).
    #[default]
    Documented,
    /// Whatever is possible internationally, 7 to 15 digits, with a warning.
    Any,
}

impl NumberRules {
    /// Whether a number of this length may be sent to.
    pub(super) const fn allows(self, phone: Phone) -> bool {
        match self.lengths {
            NumberLengths::Documented => phone.has_documented_length(),
            NumberLengths::Any => true,
        }
    }
}

/// A value that was read, and what was repaired to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parsed<T> {
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
    Length,
}

pub(super) const fn ambiguous(one: u64, other: u64) -> NumberProblem {
    NumberProblem {
        fault: NumberFault::Ambiguous,
        sentence: Sentence::Ambiguous { one, other },
    }
}

/// At most forty signs of a text, on one line.
pub(super) fn clipped(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
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
