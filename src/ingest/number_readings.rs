//! Decides what the digits of one number mean: which country's number they are, in international form or in the
//! national form of the country that the user named. Every plausible reading is tried: if two readings are numbers that
//! could be sent to, the cell is ambiguous and nobody gets anything.

use crate::domain::{Phone, Warning, WarningCode};
use crate::i18n::Sentence;
use crate::phone_metadata::{self, PossibleNumber};

use super::normalize::is_digits;
use super::number_joins::{Unjoined, hides_digits, is_part_of_number};
use super::number_parts::{self, Groups, Lead, bare};
use super::number_rules::{
    NumberFault, NumberLengths, NumberProblem, NumberRules, ambiguous, clipped, invalid,
};
use super::written_number::WrittenNumber;

/// Reads numbers, one at a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader {
    pub(super) numbers: NumberRules,
}

/// A number, and the assumptions under which it was read.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) phone: Phone,
    pub(super) warnings: Vec<Warning>,
}

/// Digits that were read as a number, and the warnings about assumptions.
type Assumed = (PossibleNumber, Vec<Warning>);

impl Reader {
    /// Reads a text that contains one number.
    pub(super) fn read(self, text: &str) -> Result<Reading, NumberProblem> {
        let Some(bare) = bare(text) else {
            return Err(invalid(Sentence::LetterBeforeDigits {
                value: clipped(text),
            }));
        };
        let number = bare.number;
        if let Some(letter) = number.chars().find(|char| char.is_alphabetic()) {
            return Err(invalid(Sentence::LetterInNumber {
                value: clipped(text),
                letter,
            }));
        }
        if let Some(sign) = number.chars().find(|char| !is_part_of_number(*char)) {
            return Err(wrong_sign(text, sign));
        }
        // A plus begins a number, so digits on both sides of it are not one number.
        if number
            .trim_start_matches(|char: char| !char.is_ascii_digit())
            .contains('+')
        {
            return Err(wrong_sign(text, '+'));
        }
        let mut digits = String::with_capacity(number.len());
        digits.extend(number.chars().filter(char::is_ascii_digit));
        let has_plus = number.trim_start_matches(['(', '[', ' ']).starts_with('+');
        let written = WrittenNumber {
            text,
            number,
            digits: &digits,
            has_plus,
            lead: bare.lead,
        };
        let groups = Groups::new(number);
        self.refuse_apart(&written, &groups)?;
        let (known, warnings) = self.read_shown(&written)?;
        self.refuse_other_reading(&written, &groups, &known)?;
        self.reading(&written, known, warnings)
    }

    /// Reads digits without anything around them.
    pub(super) fn read_bare(self, digits: &str) -> Result<Reading, NumberProblem> {
        let written = WrittenNumber {
            text: digits,
            number: digits,
            digits,
            has_plus: false,
            lead: Lead::None,
        };
        let (known, warnings) = self.read_shown(&written)?;
        self.reading(&written, known, warnings)
    }

    fn reading(
        self,
        written: &WrittenNumber<'_>,
        known: PossibleNumber,
        warnings: Vec<Warning>,
    ) -> Result<Reading, NumberProblem> {
        if !written.digits.ends_with(known.national_digits()) {
            let sentence = Sentence::NotInOneRun {
                value: clipped(written.text),
                digits: known.digits,
            };
            return Err(invalid(sentence));
        }
        let phone =
            Phone::from_digits(&known.digits).map_err(|_| written.wrong_length(&known.digits))?;
        if self.numbers.allows(phone) {
            return Ok(Reading { phone, warnings });
        }
        let (value, digits) = (clipped(written.text), known.digits.len() as u64);
        let sentence = Sentence::LengthUndocumented { value, digits };
        Err(NumberProblem {
            fault: NumberFault::Length,
            sentence,
        })
    }

    /// Refuses a number with a time or a date after it, whose slash does not separate two numbers: `+46 8 123456 24/7`.
    pub(super) fn refuse_time_or_date(self, text: &str) -> Result<(), NumberProblem> {
        let Some(bare) = bare(text) else {
            return Ok(());
        };
        let Some(end) = Groups::new(bare.number).time_or_date() else {
            return Ok(());
        };
        let (before, _) = bare.number.rsplit_once(end).unwrap_or_default();
        let digits: String = before.chars().filter(char::is_ascii_digit).collect();
        let written = WrittenNumber {
            text,
            number: bare.number,
            digits: &digits,
            has_plus: before.contains('+'),
            lead: bare.lead,
        };
        match self.read_shown(&written) {
            Ok((known, _)) if known.valid => Err(written.apart(end)),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    fn read_shown(self, written: &WrittenNumber<'_>) -> Result<Assumed, NumberProblem> {
        if written.has_plus {
            Ok((read_abroad(written, written.digits)?, Vec::new()))
        } else if written.digits.starts_with('0') {
            self.read_with_zero(written)
        } else {
            self.read_without_plus(written)
        }
    }

    /// Reads digits that begin with 0: a number as dialled in the country that the user named, or `00` before a country
    /// code.
    fn read_with_zero(self, written: &WrittenNumber<'_>) -> Result<Assumed, NumberProblem> {
        let Some(country) = self.numbers.country else {
            return Err(invalid(Sentence::LeadingZero {
                value: clipped(written.text),
            }));
        };
        let national =
            phone_metadata::national(written.digits, country).filter(|known| known.valid);
        let abroad = written
            .digits
            .strip_prefix("00")
            .and_then(international_today);
        match (national, abroad.filter(|known| known.valid)) {
            (Some(one), Some(other)) if one.digits != other.digits => Err(conflict(&one, &other)),
            (Some(_) | None, Some(abroad)) => Ok((abroad, Vec::new())),
            (Some(national), None) => Ok((national, self.assumed(written))),
            (None, None) if written.digits.starts_with("00") => {
                Err(written.impossible(&written.digits[2..]))
            }
            (None, None) => Err(written.not_of(country)),
        }
    }

    /// Reads digits without `+`: in international form, or in the national form of the country that the user named.
    fn read_without_plus(self, written: &WrittenNumber<'_>) -> Result<Assumed, NumberProblem> {
        let digits = written.digits;
        let national = || {
            let country = self.numbers.country?;
            phone_metadata::national(digits, country).filter(|known| known.valid)
        };
        if digits.len() == 11 && digits.starts_with('8') {
            let national = national();
            // If the 8 belongs to the number itself, it is not a dialling prefix.
            let is_own_digit = national
                .as_ref()
                .is_some_and(|known| known.national_digits() == digits);
            if !is_own_digit {
                return self.read_eight(written, national);
            }
        }
        if let Some(known) = self.of_own_country(digits) {
            return Ok((known, Vec::new()));
        }
        match (self.international(digits), national()) {
            (Some(known), Some(other)) if known.valid && self.is_rival(&known, &other, digits) => {
                Err(conflict(&known, &other))
            }
            (Some(known), None) if let Some(other) = self.of_no_range_at_home(&known, digits) => {
                Err(conflict(&known, &other))
            }
            (Some(known), Some(_) | None) if known.valid => Ok((known, Vec::new())),
            (Some(_) | None, Some(known)) => Ok((known, self.assumed(written))),
            (Some(known), None) if known.digits == digits && is_digits(written.text.trim()) => {
                self.unlikely(known)
            }
            (Some(_) | None, None) => Err(self.no_reading(written)),
        }
    }

    /// Reads digits without `+` in international form. Ten digits and fewer are mostly a national form, so the user
    /// must allow such lengths (`--number-lengths`).
    fn international(self, digits: &str) -> Option<PossibleNumber> {
        let long_enough = digits.len() >= 11 || self.numbers.lengths == NumberLengths::Any;
        long_enough.then(|| international_today(digits))?
    }

    /// Whether a number lacks nothing that the digits before it could be: it has a prefix, or it is a number in
    /// international form, of the country that the user named, if any, behind digits without a prefix of their own.
    pub(super) fn is_complete(self, number: &str, before: &str) -> bool {
        let digits_of =
            |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
        let (digits, before) = (digits_of(number), digits_of(before));
        let is_prefixed =
            digits.starts_with('0') || (digits.len() == 11 && digits.starts_with('8'));
        let is_of_country = || {
            let known = international_today(&digits).filter(|known| known.valid);
            known.is_some_and(|known| {
                let country = self.numbers.country;
                country.is_none_or(|country| phone_metadata::is_of(&known, country))
            })
        };
        let is_international = digits.len() >= 11 && !before.starts_with('0') && is_of_country();
        is_prefixed || is_international || number_parts::is_international(number)
    }

    /// Reads a valid international number of the country that the user named; no other reading competes with it.
    fn of_own_country(self, digits: &str) -> Option<PossibleNumber> {
        let country = self.numbers.country?;
        self.international(digits)
            .filter(|known| known.valid && phone_metadata::is_of(known, country))
    }

    /// Whether the user, who named the country, may have meant the national reading of a number that is also one of
    /// another country. That reading counts if it could be sent to, is a mobile, or is written as people of the country
    /// write numbers.
    fn is_rival(self, known: &PossibleNumber, national: &PossibleNumber, digits: &str) -> bool {
        let is_sendable =
            || Phone::from_digits(&national.digits).is_ok_and(|phone| self.numbers.allows(phone));
        let is_meant = || {
            is_sendable()
                || phone_metadata::is_mobile(&national.digits)
                || phone_metadata::is_written_so_at_home(national, digits)
        };
        known.digits != national.digits && is_meant()
    }

    /// Returns the national reading of a number if the user named the country and the number has a length of that
    /// country, though no known range of it, and is hardly one of another country: its international reading has no
    /// known range either, or is of ten digits or fewer, as people write them at home.
    fn of_no_range_at_home(self, known: &PossibleNumber, digits: &str) -> Option<PossibleNumber> {
        let national = phone_metadata::national(digits, self.numbers.country?)?;
        let is_at_home = !known.valid || digits.len() <= 10;
        (is_at_home && national.digits != known.digits).then_some(national)
    }

    /// Reads `8…` with eleven digits, which is how numbers of Russia and its neighbours are dialled at home. The API
    /// would take it as is and send the contact to nobody, so it passes only as a number of the named country.
    fn read_eight(
        self,
        written: &WrittenNumber<'_>,
        national: Option<PossibleNumber>,
    ) -> Result<Assumed, NumberProblem> {
        let value = clipped(written.text);
        let abroad = self
            .international(written.digits)
            .filter(|known| known.valid && self.numbers.are_results);
        if let Some(abroad) = abroad {
            return match national {
                Some(known) if known.digits != abroad.digits => Err(conflict(&abroad, &known)),
                Some(_) | None => Ok((abroad, Vec::new())),
            };
        }
        match (national, self.numbers.country) {
            (Some(known), _) if known.digits == written.digits => Ok((known, Vec::new())),
            (Some(known), _) => Ok((known, self.assumed(written))),
            (None, Some(country)) => Err(invalid(Sentence::EightOfCountry {
                value,
                country: country.to_string(),
            })),
            (None, None) => Err(invalid(Sentence::EightWithoutCountry { value })),
        }
    }

    /// Accepts an unlikely number as it is, with a warning, unless `--strict-phones` is given.
    fn unlikely(self, known: PossibleNumber) -> Result<Assumed, NumberProblem> {
        let value = known.digits.clone();
        if self.numbers.strict {
            return Err(invalid(Sentence::NoRangeStrict { value }));
        }
        let sentence = Sentence::NoRange { value };
        Ok((
            known,
            vec![Warning {
                code: WarningCode::PhoneUnlikely,
                sentence,
            }],
        ))
    }

    fn assumed(self, written: &WrittenNumber<'_>) -> Vec<Warning> {
        let warning = |country: phone_metadata::Country| Warning {
            code: WarningCode::CountryAssumed,
            sentence: Sentence::CountryAssumed {
                value: clipped(written.text),
                country: country.to_string(),
            },
        };
        self.numbers.country.map(warning).into_iter().collect()
    }

    /// Refuses a number with digits that do not seem to belong to it: the number of a list entry, a flat after a word,
    /// a number in brackets at the end, a second number, a second local number, or whatever a sign that joins nothing keeps apart.
    fn refuse_apart(
        self,
        written: &WrittenNumber<'_>,
        groups: &Groups<'_>,
    ) -> Result<(), NumberProblem> {
        let first = groups.first().filter(|_| !written.has_plus);
        let is_mark = |first: &&str| {
            let is_single = groups.first_is_marked() && first.len() <= 2;
            let is_bracketed = written.number.starts_with('(') && self.numbers.country.is_some();
            is_single && !is_bracketed
        };
        let is_address = |first: &&str| {
            first.len() <= 4 && written.lead == Lead::Other && self.numbers.country.is_none()
        };
        let apart = first.filter(|first| is_mark(first) || is_address(first));
        match apart
            .or_else(|| groups.last_in_brackets())
            .or_else(|| groups.second_number())
            .or_else(|| groups.twin().filter(|_| !written.has_plus))
        {
            Some(digits) => Err(written.apart(digits)),
            None => match groups.unjoined(written.text) {
                Some(Unjoined::Apart(digits)) => Err(written.apart(digits)),
                Some(Unjoined::Hidden(sign)) => Err(hidden_digits(written.text, sign)),
                Some(Unjoined::Sign(sign)) => Err(wrong_sign(written.text, sign)),
                None => Ok(()),
            },
        }
    }

    /// Refuses a number if the text, without first or last groups that may not belong to it, is another number.
    fn refuse_other_reading(
        self,
        written: &WrittenNumber<'_>,
        groups: &Groups<'_>,
        known: &PossibleNumber,
    ) -> Result<(), NumberProblem> {
        // No country code is just 8: `+8 (495)…` is Moscow with an unneeded plus, not Vietnam.
        if written.has_plus && groups.first() == Some("8") {
            let (dialled, _) = self.read_shown(&WrittenNumber {
                has_plus: false,
                ..*written
            })?;
            if dialled.digits != known.digits {
                return Err(conflict(known, &dialled));
            }
        }
        let may_be_apart = |first: &&str| {
            let is_marked = groups.first_is_marked() || written.lead == Lead::Other;
            !written.has_plus && (first.len() == 1 || (is_marked && first.len() <= 4))
        };
        let without_first = groups
            .first()
            .filter(may_be_apart)
            .map(|first| WrittenNumber {
                digits: &written.digits[first.len()..],
                has_plus: false,
                ..*written
            });
        let digits_of = |end: &str| end.bytes().filter(u8::is_ascii_digit).count();
        let without_end = groups.doubtful_ends().map(|end| WrittenNumber {
            digits: &written.digits[..written.digits.len() - digits_of(end)],
            ..*written
        });
        for other in without_first.into_iter().chain(without_end) {
            if let Ok((other, _)) = self.read_shown(&other)
                && other.valid
                && other.digits != known.digits
            {
                return Err(conflict(known, &other));
            }
        }
        Ok(())
    }

    fn no_reading(self, written: &WrittenNumber<'_>) -> NumberProblem {
        let value = || clipped(written.text);
        let digits = written.digits.len() as u64;
        match (written.digits.len(), self.numbers.country) {
            (11 | 12, _) => written.impossible(written.digits),
            (..=10, None) => invalid(Sentence::TooFewDigits {
                value: value(),
                digits,
            }),
            (..=10, Some(country)) => written.not_of(country),
            (_, _) => written.wrong_length(written.digits),
        }
    }
}

/// Reads digits after a `+`, or after `00`: they begin with a country code and must be valid.
fn read_abroad(written: &WrittenNumber<'_>, digits: &str) -> Result<PossibleNumber, NumberProblem> {
    match international_today(digits) {
        Some(known) if known.valid => Ok(known),
        Some(known) if known.digits == digits && matches!(digits.len(), 11 | 12) => {
            let (value, digits) = (clipped(written.text), digits.to_owned());
            Err(invalid(Sentence::NoRangeAbroad { value, digits }))
        }
        None if digits.starts_with('0') => Err(invalid(Sentence::PlusZero {
            value: clipped(written.text),
        })),
        Some(_) | None => Err(written.impossible(digits)),
    }
}

/// Reads a number as the metadata does, and mobiles of Mexico also as they were written until 2019: `52 1` and ten
/// digits (source: the numbering plan of the IFT, in force since 3 August 2019).
fn international_today(digits: &str) -> Option<PossibleNumber> {
    phone_metadata::international(digits).or_else(|| {
        let national = digits
            .strip_prefix("521")
            .filter(|national| national.len() == 10)?;
        phone_metadata::international(&format!("52{national}")).filter(|known| known.valid)
    })
}

fn conflict(one: &PossibleNumber, other: &PossibleNumber) -> NumberProblem {
    #[expect(clippy::expect_used, reason = "a known number has 7 to 15 digits")]
    let number = |known: &PossibleNumber| known.digits.parse().expect("digits that fit in 64 bits");
    ambiguous(number(one), number(other))
}

fn wrong_sign(text: &str, sign: char) -> NumberProblem {
    if hides_digits(sign) {
        return hidden_digits(text, sign);
    }
    invalid(Sentence::SignInNumber {
        value: clipped(text),
        sign,
    })
}

pub(super) fn hidden_digits(text: &str, sign: char) -> NumberProblem {
    invalid(Sentence::DigitsHidden {
        value: clipped(text),
        sign,
    })
}
