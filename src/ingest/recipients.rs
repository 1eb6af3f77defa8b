//! Reads who gets the contact: a chat id or a number. The number in a personal chat id is checked like any other,
//! because the service also queues a contact to a number that does not exist.

use crate::domain::{ChatId, ChatIdError, ChatKind, ProblemCode, Recipient, Warning, WarningCode};
use crate::i18n::Sentence;
use crate::phone_metadata;

use super::normalize;
use super::numbers::{
    NumberFault, NumberLengths, NumberProblem, NumberRules, Parsed, clipped, read_number,
};

/// Why a cell names no recipient; the sentence says what is wrong and how to fix it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RecipientProblem {
    pub(super) code: ProblemCode,
    pub(super) sentence: Sentence,
}

/// Reads a cell that holds a chat id or a number; `numeric` says that it is a number cell of a workbook.
pub(super) fn read_recipient(
    cell: &str,
    numeric: bool,
    numbers: NumberRules,
) -> Result<Parsed<Recipient>, RecipientProblem> {
    if cell.bytes().any(|byte| !byte.is_ascii_digit()) || cell.len() > 12 {
        let plain = normalize::plain(cell);
        let text = normalize::unwrapped(&plain);
        if text.contains('@') {
            return read_chat_id(text, numbers);
        }
        if is_bare_group(text) {
            return Err(bare_group(text, numeric));
        }
    }
    let read = read_number(cell, numeric, numbers).map_err(of_number)?;
    Ok(Parsed {
        value: Recipient::Phone(read.value),
        warnings: read.warnings,
    })
}

fn read_chat_id(text: &str, numbers: NumberRules) -> Result<Parsed<Recipient>, RecipientProblem> {
    let wrong = || {
        invalid(Sentence::NoChatId {
            value: clipped(text),
        })
    };
    let id: ChatId = text.parse().map_err(|ChatIdError| wrong())?;
    // Every id begins with a number, and no number begins with a zero: this one names another chat, or none.
    if id.as_str().starts_with('0') {
        return Err(wrong());
    }
    let warnings = match id.kind() {
        ChatKind::Personal => personal_warnings(&id, numbers)?,
        ChatKind::Lid => vec![lid_warning(&id)],
        ChatKind::Group => Vec::new(),
    };
    Ok(Parsed {
        value: Recipient::Chat(id),
        warnings,
    })
}

/// Returns warnings about the number in a personal chat id. Thirteen digits pass in the forms that the service
/// documents, which the metadata does not know. Eleven digits that begin with 8 are mostly a number as dialled at home,
/// so these must be valid.
fn personal_warnings(id: &ChatId, numbers: NumberRules) -> Result<Vec<Warning>, RecipientProblem> {
    let Some(digits) = id.personal_digits() else {
        return Ok(Vec::new());
    };
    if is_documented_thirteen(digits) {
        return Ok(Vec::new());
    }
    let mut warnings = length_warnings(id, digits, numbers)?;
    let known = phone_metadata::international(digits).filter(|known| known.digits == digits);
    let must_be_valid = numbers.strict || (digits.len() == 11 && digits.starts_with('8'));
    match known {
        Some(known) if known.valid => Ok(warnings),
        Some(_) if !must_be_valid => {
            let sentence = Sentence::NoRange {
                value: id.to_string(),
            };
            warnings.push(Warning {
                code: WarningCode::PhoneUnlikely,
                sentence,
            });
            Ok(warnings)
        }
        Some(_) if numbers.strict => Err(invalid(Sentence::NoRangeStrict {
            value: id.to_string(),
        })),
        Some(_) | None => Err(invalid(Sentence::ChatOfNoCountry { id: id.to_string() })),
    }
}

/// Whether it is a mobile of Mexico (521…), Argentina (549…) or Brazil (55…), as the service's page on chat ids shows.
fn is_documented_thirteen(digits: &str) -> bool {
    digits.len() == 13
        && ["521", "549", "55"]
            .iter()
            .any(|prefix| digits.starts_with(prefix))
}

fn length_warnings(
    id: &ChatId,
    digits: &str,
    numbers: NumberRules,
) -> Result<Vec<Warning>, RecipientProblem> {
    let length = digits.len() as u64;
    match (digits.len(), numbers.lengths) {
        (11 | 12, _) => Ok(Vec::new()),
        (_, NumberLengths::Any) => {
            let sentence = Sentence::LengthUnusual {
                value: id.to_string(),
                digits: length,
            };
            Ok(vec![Warning {
                code: WarningCode::PhoneLengthUnusual,
                sentence,
            }])
        }
        (_, NumberLengths::Documented) => Err(invalid(Sentence::LengthUndocumented {
            value: id.to_string(),
            digits: length,
        })),
    }
}

fn lid_warning(id: &ChatId) -> Warning {
    Warning {
        code: WarningCode::RecipientLid,
        sentence: Sentence::LidUnchecked { id: id.to_string() },
    }
}

/// Whether the text is the digits of a group id without its suffix: a number of 15 to 20 digits, or two with a hyphen.
fn is_bare_group(text: &str) -> bool {
    match text.split_once('-') {
        Some((creator, second)) => {
            normalize::is_digits(creator)
                && (7..=15).contains(&creator.len())
                && second.len() == 10
                && normalize::is_digits(second)
        }
        None => normalize::is_digits(text) && (15..=20).contains(&text.len()),
    }
}

fn bare_group(text: &str, numeric: bool) -> RecipientProblem {
    if numeric && text.len() > 15 {
        return RecipientProblem {
            code: ProblemCode::RecipientScientific,
            sentence: Sentence::GroupRounded {
                value: text.to_owned(),
            },
        };
    }
    invalid(Sentence::GroupBare {
        value: text.to_owned(),
    })
}

pub(super) fn of_number(problem: NumberProblem) -> RecipientProblem {
    let code = match problem.fault {
        NumberFault::Missing => ProblemCode::RecipientMissing,
        NumberFault::Scientific => ProblemCode::RecipientScientific,
        NumberFault::Invalid | NumberFault::Ambiguous | NumberFault::Length => {
            ProblemCode::RecipientInvalid
        }
    };
    RecipientProblem {
        code,
        sentence: problem.sentence,
    }
}

const fn invalid(sentence: Sentence) -> RecipientProblem {
    RecipientProblem {
        code: ProblemCode::RecipientInvalid,
        sentence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    fn read(cell: &str, strict: bool) -> Result<(String, Vec<WarningCode>), ProblemCode> {
        read_recipient(
            cell,
            false,
            NumberRules {
                strict,
                ..NumberRules::default()
            },
        )
        .map(|found| {
            (
                found.value.to_string(),
                found.warnings.iter().map(|warning| warning.code).collect(),
            )
        })
        .map_err(|problem| problem.code)
    }

    #[test]
    fn chat_ids_and_numbers_are_recipients() {
        let ok = |id: &str, codes: &[WarningCode]| Ok((id.to_owned(), codes.to_vec()));
        for (cell, expected) in [
            ("79001234567", ok("79001234567", &[])),
            (" 79001234567@C.us\t", ok("79001234567@c.us", &[])),
            (
                "+7 900 123-45-67",
                ok("79001234567", &[WarningCode::PhoneNormalised]),
            ),
            (
                "79001234567-1581234048@g.us",
                ok("79001234567-1581234048@g.us", &[]),
            ),
            (
                "120363043968066561@g.us",
                ok("120363043968066561@g.us", &[]),
            ),
            (
                "120650379300963@lid",
                ok("120650379300963@lid", &[WarningCode::RecipientLid]),
            ),
            (
                "0120363043968066561@g.us",
                Err(ProblemCode::RecipientInvalid),
            ),
            (
                "09001234567-1581234048@g.us",
                Err(ProblemCode::RecipientInvalid),
            ),
            ("0120650379300963@lid", Err(ProblemCode::RecipientInvalid)),
            (
                "380123456789@c.us",
                ok("380123456789@c.us", &[WarningCode::PhoneUnlikely]),
            ),
            ("5210123456789@c.us", ok("5210123456789@c.us", &[])),
            ("85221234567@c.us", ok("85221234567@c.us", &[])),
            ("89001234567@c.us", Err(ProblemCode::RecipientInvalid)),
            ("790012345678@c.us", Err(ProblemCode::RecipientInvalid)),
            (
                "79001234567@s.whatsapp.net",
                Err(ProblemCode::RecipientInvalid),
            ),
            ("120363025246125486", Err(ProblemCode::RecipientInvalid)),
            ("79001234567-1581234048", Err(ProblemCode::RecipientInvalid)),
            ("1.20363E+17", Err(ProblemCode::RecipientScientific)),
            ("7,9001E+10", Err(ProblemCode::RecipientScientific)),
            ("", Err(ProblemCode::RecipientMissing)),
            ("Ольга", Err(ProblemCode::RecipientInvalid)),
        ] {
            assert_eq!(read(cell, false), expected, "{cell}");
        }
        assert_eq!(
            read("380123456789@c.us", true),
            Err(ProblemCode::RecipientInvalid)
        );
    }

    #[test]
    fn a_group_without_its_ending_is_told_what_is_missing() {
        let problem = |numeric| {
            read_recipient("120363025246125486", numeric, NumberRules::default()).unwrap_err()
        };
        assert!(
            problem(false)
                .sentence
                .localized(Language::En)
                .contains("write 120363025246125486@g.us")
        );
        assert_eq!(problem(true).code, ProblemCode::RecipientScientific);
    }
}
