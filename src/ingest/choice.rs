//! Chooses one of several values of a row or a contact: the first valid one; a warning names the others.

use std::fmt::Display;

use crate::domain::Problem;

use super::numbers::{Parsed, clipped, several_phones};

/// One of several cells or numbers to choose from, best first.
pub(super) struct Candidate<'a, T> {
    pub(super) written: &'a str,
    /// The heading of its column, if there are several columns.
    pub(super) column: &'a str,
    pub(super) reading: Result<Parsed<T>, Problem>,
}

/// Returns the first valid value, with a warning that names the others; if none is valid, the problem of the first.
/// `None` if there is no candidate. Equal values count once.
pub(super) fn choose<'a, T: PartialEq + Display + 'a>(
    mut offered: impl Iterator<Item = Candidate<'a, T>>,
) -> Option<Result<Parsed<T>, Problem>> {
    let mut best = offered.next()?;
    let mut offered: Vec<_> = offered.collect();
    if best.reading.is_err()
        && let Some(good) = offered
            .iter()
            .position(|candidate| candidate.reading.is_ok())
    {
        let good = offered.remove(good);
        offered.insert(0, std::mem::replace(&mut best, good));
    }
    Some(best.reading.map(|mut found| {
        let differs = |other: &&Candidate<T>| {
            !other
                .reading
                .as_ref()
                .is_ok_and(|read| read.value == found.value)
        };
        let named = |other: &Candidate<T>| shown(&clipped(other.written), other.column);
        let left: Vec<String> = offered.iter().filter(differs).map(named).collect();
        if !left.is_empty() {
            found.warnings.push(several_phones(
                shown(&found.value.to_string(), best.column),
                &left,
            ));
        }
        found
    }))
}

fn shown(value: &str, column: &str) -> String {
    if column.is_empty() {
        value.to_owned()
    } else {
        format!("{value} ({column})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ProblemCode, WarningCode};
    use crate::i18n::Sentence;

    fn candidate(written: &str) -> Candidate<'_, u64> {
        let problem = |_| Problem {
            code: ProblemCode::PhoneInvalid,
            column: String::new(),
            value: written.to_owned(),
            sentence: Sentence::NumberMissing,
        };
        let reading = written
            .parse()
            .map(|value| Parsed {
                value,
                warnings: Vec::new(),
            })
            .map_err(problem);
        Candidate {
            written,
            column: "",
            reading,
        }
    }

    fn chosen(offered: &[&str]) -> Option<Result<Parsed<u64>, Problem>> {
        choose(offered.iter().map(|written| candidate(written)))
    }

    #[test]
    fn the_first_good_one_is_taken_and_the_others_are_named() {
        assert!(chosen(&[]).is_none());
        assert!(chosen(&["7", "7"]).unwrap().unwrap().warnings.is_empty());
        let found = chosen(&["x", "7", "8"]).unwrap().unwrap();
        assert_eq!(
            (found.value, found.warnings[0].code),
            (7, WarningCode::MultiplePhones)
        );
        let named = |found: &Parsed<u64>| found.warnings[0].sentence.clone();
        let several = |taken: &str, left: &str| Sentence::SeveralPhones {
            taken: taken.to_owned(),
            left: left.to_owned(),
        };
        assert_eq!(named(&found), several("7", "x, 8"));
        let columns = [("7", "Mobile"), ("8", "Work")].map(|(written, column)| Candidate {
            column,
            ..candidate(written)
        });
        let found = choose(columns.into_iter()).unwrap().unwrap();
        assert_eq!(named(&found), several("7 (Mobile)", "8 (Work)"));
        assert_eq!(chosen(&["x", "y"]).unwrap().unwrap_err().value, "x");
    }
}
