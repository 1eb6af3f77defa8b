//! The rule which digits of a cell make one number, and which stand apart from it. Two groups of digits are joined by
//! spaces, by one hyphen, dot, middle dot or slash, and by the brackets of an area code. Any other character joins
//! nothing, and neither do two marks in a row: they may stand for hidden digits. Groups at the end that look like a
//! time, a date, a year or a footnote are doubtful: they are part of the number only if the rest is not a number
//! without them. It works on text only.

use std::ops::Range;

use super::number_parts::Groups;

/// Characters that people write in place of digits that they hide.
const MASKS: [char; 15] = [
    '*', '•', '…', '_', '#', '?', '×', '●', '■', '▮', '░', '○', '◦', '∗', '＊',
];

/// Brackets after more digits than this are not around an area code: `8 10 380 (67)` has the most before it.
const BEFORE_AREA_CODE: usize = 6;

/// The most digits after a wide gap that may be a remark. After a foreign sign it is one digit fewer.
const SHORT: usize = 3;

/// The most groups of a time or a date: `9.00-18.00`.
const LONGEST_TIME: usize = 4;

/// What keeps the groups of a text from being one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unjoined<'a> {
    /// The sign may stand for hidden digits: `12**5678`.
    Hidden(char),
    /// The sign is not one that numbers are written with.
    Sign(char),
    /// These digits stand apart: `*2`, `10:00`, `(9-17)`.
    Apart(&'a str),
}

/// Whether a character may stand between or beside the digits of a number; [`Groups::unjoined`] says where.
pub(super) const fn is_part_of_number(char: char) -> bool {
    may_join(char) || matches!(char, '0'..='9' | '+' | '~' | '*' | '•' | '\'' | ':')
}

/// Whether a character may join two groups of digits.
pub(super) const fn may_join(char: char) -> bool {
    matches!(char, ' ' | '-' | '.' | '·' | '/' | '(' | ')' | '[' | ']')
}

/// Whether people write the character in place of digits that they hide.
pub(super) fn hides_digits(sign: char) -> bool {
    MASKS.contains(&sign)
}

impl<'a> Groups<'a> {
    /// Returns the first thing in the number that joins nothing; `text` is the number with the words around it.
    pub(super) fn unjoined(&self, text: &str) -> Option<Unjoined<'a>> {
        let before = &self.number[..self.runs.first()?.start];
        if let Some(sign) = before.chars().find(|sign| hides_digits(*sign)) {
            return Some(Unjoined::Hidden(sign));
        }
        let mut digits = 0;
        for (index, run) in self.runs.iter().enumerate().take(self.runs.len() - 1) {
            digits += run.len();
            let gap = self.gap(index);
            if matches!(gap, " " | "-" | ".") {
                continue;
            }
            if let Some(sign) = foreign_sign(gap) {
                return Some(self.after_sign(index, sign));
            }
            if digits > BEFORE_AREA_CODE && gap.contains(['(', '[']) {
                return Some(Unjoined::Apart(self.starting_at(index + 1)));
            }
        }
        self.hidden_end(text)
    }

    /// Returns the second of two local numbers that are written alike: `44-12-34 44-12-35`, `441234 441235`. Numbers of
    /// ten digits in two halves are written in India.
    pub(super) fn twin(&self) -> Option<&'a str> {
        let half = self.runs.len() / 2;
        let middle = half.checked_sub(1)?;
        let (first, second) = self.runs.split_at(half);
        let is_alike = lengths(first).eq(lengths(second));
        let mut others = (0..self.runs.len() - 1).filter(|gap| *gap != middle);
        let stands_out = others.all(|gap| self.gap(gap) != self.gap(middle));
        let digits: usize = lengths(first).sum();
        let is_local = if half == 1 {
            digits == 6
        } else {
            (5..=7).contains(&digits)
        };
        (is_alike && stands_out && is_local).then(|| self.starting_at(half))
    }

    /// Returns the groups at the end that may be something else than digits of the number, for every kind of thing
    /// that they look like.
    pub(super) fn doubtful_ends(&self) -> impl Iterator<Item = &'a str> {
        [self.lone_digit(), self.indented(), self.time_or_date()]
            .into_iter()
            .flatten()
    }

    /// Returns the time, date, year or hours of work at the end, such as `9-17`, `24/7`, `12.11.2026`.
    pub(super) fn time_or_date(&self) -> Option<&'a str> {
        let last = self.runs.len().checked_sub(1)?;
        let is_short = |index: usize| matches!(self.runs[index].len(), 1 | 2 | 4);
        let is_close = |index: usize| matches!(self.gap(index).trim(), "-" | "." | "/");
        let mut first = last;
        while first > 0 && is_short(first) && is_close(first - 1) {
            first -= 1;
        }
        if first == 0 || !is_short(first) || last - first >= LONGEST_TIME {
            return None;
        }
        let groups: Vec<&str> = (first..=last).map(|index| self.run(index)).collect();
        is_time_or_date(&groups, self.gap(last - 1).trim()).then(|| self.starting_at(first))
    }

    /// Returns a single digit at the end that no hyphen ties to the number. `12345-0` is the switchboard of a German
    /// company.
    fn lone_digit(&self) -> Option<&'a str> {
        let before = self.runs.len().checked_sub(2)?;
        (self.run(before + 1).len() == 1 && self.gap(before) != "-")
            .then(|| self.starting_at(before + 1))
    }

    /// Returns a short group at the end after more than one space, if the other groups are not written so.
    fn indented(&self) -> Option<&'a str> {
        let before = self.runs.len().checked_sub(2)?;
        let is_wide = |index: usize| {
            let gap = self.gap(index);
            gap.len() > 1 && gap.bytes().all(|byte| byte == b' ')
        };
        let is_indented = is_wide(before) && !(0..before).any(is_wide);
        (is_indented && self.run(before + 1).len() <= SHORT).then(|| self.starting_at(before + 1))
    }

    /// Classifies a sign that joins nothing. A time stands apart, and so do digits that are few enough for a remark.
    fn after_sign(&self, index: usize, sign: char) -> Unjoined<'a> {
        let is_time = sign == ':' && self.run(index).len() <= 2 && index > 0;
        if is_time && self.gap(index - 1).contains([' ', '(', '[']) {
            return Unjoined::Apart(self.starting_at(index));
        }
        let after: usize = self.runs[index + 1..]
            .iter()
            .map(ExactSizeIterator::len)
            .sum();
        if after < SHORT {
            Unjoined::Apart(self.starting_at(index + 1))
        } else if hides_digits(sign) || may_join(sign) {
            Unjoined::Hidden(sign)
        } else {
            Unjoined::Sign(sign)
        }
    }

    /// Finds what may stand for hidden digits at the end: `12345**`, `12345..`. The same before the number is markup,
    /// as in `**79001234567**`.
    fn hidden_end(&self, text: &str) -> Option<Unjoined<'a>> {
        let end = &self.number[self.runs.last()?.end..];
        if end.is_empty() {
            return None;
        }
        if end.contains('/') {
            return Some(Unjoined::Sign('/'));
        }
        let signs = || {
            end.chars()
                .filter(|sign| *sign == '.' || hides_digits(*sign))
        };
        let mut pairs = signs().zip(signs().skip(1));
        let (sign, _) = pairs.find(|(sign, next)| sign == next)?;
        (!text.trim_start().starts_with(sign)).then_some(Unjoined::Hidden(sign))
    }

    fn run(&self, index: usize) -> &'a str {
        &self.number[self.runs[index].clone()]
    }

    /// Returns what is between a group and the next one.
    fn gap(&self, index: usize) -> &'a str {
        &self.number[self.runs[index].end..self.runs[index + 1].start]
    }

    /// Returns the number from a group to its last digit.
    fn starting_at(&self, index: usize) -> &'a str {
        let end = self.runs.last().map_or(0, |last| last.end);
        &self.number[self.runs[index].start..end]
    }
}

fn lengths(runs: &[Range<usize>]) -> impl Iterator<Item = usize> {
    runs.iter().map(ExactSizeIterator::len)
}

/// Returns the sign because of which the text between two groups does not join them.
fn foreign_sign(gap: &str) -> Option<char> {
    let (mut marks, mut opening, mut closing) = (0, 0, 0);
    for sign in gap.chars() {
        let count = match sign {
            ' ' => continue,
            '-' | '.' | '·' | '/' => &mut marks,
            '(' | '[' => &mut opening,
            ')' | ']' => &mut closing,
            _ => return Some(sign),
        };
        *count += 1;
        if *count > 1 {
            return Some(sign);
        }
    }
    None
}

/// Whether groups of digits, the last one after this mark, look like a time, a date, a year, or two of them.
fn is_time_or_date(groups: &[&str], mark: &str) -> bool {
    let at_most = |group: &str, most: u32| {
        group.len() <= 2 && group.parse::<u32>().is_ok_and(|number| number <= most)
    };
    let is_year = |group: &str| {
        group.len() == 4
            && group
                .parse::<u32>()
                .is_ok_and(|year| (1900..=2099).contains(&year))
    };
    let is_minute = |group: &str| group.len() == 2 && at_most(group, 59);
    let is_day = |group: &str| at_most(group, 31);
    let is_hour = |group: &str| at_most(group, 24);
    match (groups, mark) {
        ([year], _) => is_year(year),
        ([one, other], _) if is_year(one) || is_year(other) => {
            (is_day(one) || is_year(one)) && (is_day(other) || is_year(other))
        }
        ([hour, minute], ".") => {
            is_hour(hour) && is_minute(minute) || is_day(hour) && is_day(minute)
        }
        ([day, month], "/") => is_day(day) && is_day(month),
        // A company whose number ends in `12-0` is not open until 0 o'clock.
        ([from, to], _) => is_hour(from) && is_hour(to) && !to.trim_matches('0').is_empty(),
        ([one, two, three], _) => {
            let is_date = (is_day(one) || is_year(one)) && is_day(two);
            let ends_date = is_day(three) || is_year(three) || three.len() == 2;
            let is_time = is_hour(one) && is_minute(two) && is_hour(three);
            (is_date && ends_date) || is_time
        }
        ([from, minute, to, last], _) => {
            is_hour(from) && is_minute(minute) && is_hour(to) && is_minute(last)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_numbers_are_written_with_joins_digits() {
        for number in [
            "+7 900 123-45-67",
            "+7 (900) 123 - 45 - 67",
            "8(900)-123.45.67",
            "+49 (0)30 123456",
            "+49 30 / 1234-56",
            "+7·900·123·45·67",
            "8 10 380 (67) 1234567",
            "[495] 123  45 67",
            "+33 1 23 45 67 89*",
        ] {
            assert_eq!(Groups::new(number).unjoined(number), None, "{number}");
        }
    }

    #[test]
    fn what_joins_nothing_is_told() {
        for (number, expected) in [
            ("+62 812 34**5678", Unjoined::Hidden('*')),
            ("+62 812 34•5678", Unjoined::Hidden('•')),
            ("+62 812 34--5678", Unjoined::Hidden('-')),
            ("+62 812 34··5678", Unjoined::Hidden('·')),
            ("+62 812 34 //5678", Unjoined::Hidden('/')),
            ("+62 812 34))5678", Unjoined::Hidden(')')),
            ("+** 812 345678", Unjoined::Hidden('*')),
            ("+62 812 3456**", Unjoined::Hidden('*')),
            ("+62 812 3456..", Unjoined::Hidden('.')),
            ("+62 812~345678", Unjoined::Sign('~')),
            ("+62 812:345678", Unjoined::Sign(':')),
            ("+62 812 345678/", Unjoined::Sign('/')),
            ("+43 1 23456 *2", Unjoined::Apart("2")),
            ("+43 1 23456'2'", Unjoined::Apart("2")),
            ("+43 1 23456::2", Unjoined::Apart("2")),
            ("+43 1 23456 10:00", Unjoined::Apart("10:00")),
            ("+43 1 23456 10:00-18:00", Unjoined::Apart("10:00-18:00")),
            ("+43 1 23456 (9-17)", Unjoined::Apart("9-17")),
            ("+43 1 23456 (2) 78", Unjoined::Apart("2) 78")),
        ] {
            assert_eq!(
                Groups::new(number).unjoined(number),
                Some(expected),
                "{number}"
            );
        }
    }

    #[test]
    fn groups_at_the_end_that_look_like_something_else_are_doubtful() {
        let ends = |number| Groups::new(number).doubtful_ends().collect::<Vec<_>>();
        for (number, expected) in [
            ("+43 1 23456 2", vec!["2"]),
            ("+43 1 23456 - 2", vec!["2"]),
            ("+43 1 23456.2", vec!["2"]),
            ("+43 1 23456  12", vec!["12"]),
            ("+43 1  23456  12", vec![]),
            ("+43 1 23456 9-17", vec!["9-17"]),
            ("+43 1 23456 9 - 17", vec!["9 - 17"]),
            ("+43 1 23456 9.30-18", vec!["9.30-18"]),
            ("+43 1 23456 9.00-18.00", vec!["9.00-18.00"]),
            ("+43 1 23456 10.00", vec!["10.00"]),
            ("+43 1 23456 24/7", vec!["7", "24/7"]),
            ("+43 1 23456 2026", vec!["2026"]),
            ("+43 1 23456 11/2026", vec!["11/2026"]),
            ("+43 1 23456 12.11.26", vec!["12.11.26"]),
            ("+43 1 23456 2026-11-12", vec!["2026-11-12"]),
            ("+49 30 12345-0", vec![]),
            ("+49 30 12 34 12-0", vec![]),
            ("+49 30 1234-56", vec![]),
            ("+49 30 1234 - 56", vec![]),
            ("+49 30 123 45-67", vec![]),
            ("+33 1 23 45 67 89", vec![]),
            ("+39 06 1234 5678", vec![]),
            ("+7 900 123 - 45 - 67", vec![]),
            ("12 34 56 78", vec![]),
            ("2026", vec![]),
        ] {
            assert_eq!(ends(number), expected, "{number}");
        }
    }
}
