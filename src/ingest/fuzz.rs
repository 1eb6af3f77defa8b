//! What must hold for every cell that is read as a phone number. Called only by the tests of this room, the fuzz
//! targets (`fuzz/`) and `tests/fuzz.rs`.

use super::normalize;
use super::number_joins::may_join;
use super::numbers::{NumberRules, read_number};
use crate::{i18n::Language, phone_metadata};

/// Reads a cell and checks the result; returns whether it is a number.
///
/// # Panics
/// If the number is not one run of the digits that the cell shows, has a length that must not be sent to, or is read as
/// another number after it was written out.
#[doc(hidden)]
#[must_use]
pub fn check_number(cell: &str, numeric: bool, numbers: NumberRules) -> bool {
    let found = match read_number(cell, numeric, numbers) {
        Ok(found) => found,
        Err(problem) => {
            let said =
                [Language::En, Language::Ru].map(|language| problem.sentence.localized(language));
            assert!(
                said.iter().all(|said| !said.is_empty()),
                "{cell:?}: {:?}",
                problem.sentence
            );
            return false;
        }
    };
    let sent = found.value.to_string();
    for warning in &found.warnings {
        let said =
            [Language::En, Language::Ru].map(|language| warning.sentence.localized(language));
        assert!(
            said.iter().all(|said| !said.is_empty()),
            "{cell:?}: {:?}",
            warning.sentence
        );
    }
    assert!(numbers.allows(found.value), "{cell:?} became {sent}");
    let known = phone_metadata::international(&sent);
    assert!(
        known.is_some_and(|known| shows(cell, known.national_digits())),
        "{cell:?} with {numbers:?} became {sent}"
    );
    // Reads the number as it is written to the results.
    let numbers = NumberRules {
        are_results: true,
        ..numbers
    };
    if let Ok(again) = read_number(&sent, false, numbers) {
        assert_eq!(again.value, found.value, "{cell:?} with {numbers:?}");
    }
    true
}

/// Whether a cell shows these digits in one run, or as a number of a spreadsheet.
fn shows(cell: &str, digits: &str) -> bool {
    let plain = normalize::plain(cell);
    match normalize::shown(normalize::unwrapped(&plain)) {
        normalize::DisplayedNumber::Restored(restored) => restored.ends_with(digits),
        normalize::DisplayedNumber::AsWritten
        | normalize::DisplayedNumber::Fraction
        | normalize::DisplayedNumber::Shortened => shows_in_one_run(&plain, digits),
    }
}

/// Whether these digits follow each other in the cell with only the punctuation of numbers between them, and no further
/// digit of the same number after them.
fn shows_in_one_run(cell: &str, digits: &str) -> bool {
    (0..cell.len())
        .filter(|at| cell.is_char_boundary(*at))
        .any(|at| {
            let mut left = digits.chars().peekable();
            for char in cell[at..].chars() {
                match left.peek() {
                    Some(digit) if *digit == char => drop(left.next()),
                    Some(_) if may_join(char) => {}
                    Some(_) => return false,
                    None => return !char.is_ascii_digit(),
                }
            }
            left.peek().is_none()
        })
}
