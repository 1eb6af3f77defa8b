//! Splits a cell into its numbers: where one ends and the next begins, the extension and the remarks of each, and
//! digits that are not part of the number, such as the number of a list entry or a flat. It works on text only.

use super::normalize::is_digits;

/// Words before the digits of an extension.
const EXTENSION: [&str; 11] = [
    "добавочный",
    "доб",
    "внутренний",
    "внутр",
    "вн",
    "доп",
    "extension",
    "ext",
    "x",
    "х",
    "#",
];

/// Words beside a number that say that it is a fax or a pager; the last ones count only as whole words.
const MACHINES: [&str; 8] = [
    "факс",
    "fax",
    "faks",
    "传真",
    "пейдж",
    "pager",
    "telex",
    "телекс",
];
const FAX_INITIALS: [&str; 2] = ["ф", "f"];

/// Beginnings of words that say that a number can be called; the last ones count only as whole words.
const TELEPHONES: [&str; 12] = [
    "тел",
    "моб",
    "сот",
    "whats",
    "ватсап",
    "вотсап",
    "phone",
    "tel",
    "mob",
    "cell",
    "handy",
    "voice",
];
const TELEPHONE_INITIALS: [&str; 6] = ["т", "t", "m", "м", "wa", "p"];

/// Beginnings of other words that come before a number and are not followed by digits of their own.
const LABELS: [&str; 13] = [
    "раб",
    "лич",
    "осн",
    "контакт",
    "номер",
    "вайбер",
    "viber",
    "телег",
    "work",
    "home",
    "office",
    "móvil",
    "gsm",
];

/// Words beside a number that say that it must not be used, or that it is not the number of this person.
const FORBIDDING: [&str; 29] = [
    "отписался",
    "отписалась",
    "отписан",
    "отписана",
    "отписка",
    "отказ",
    "отказался",
    "отказалась",
    "неверный",
    "неверно",
    "неправильный",
    "неправильно",
    "ошибочный",
    "недействительный",
    "неактуальный",
    "умер",
    "умерла",
    "заблокирован",
    "заблокирована",
    "стоп",
    "stop",
    "unsubscribe",
    "unsubscribed",
    "wrong",
    "invalid",
    "incorrect",
    "blocked",
    "deceased",
    "never",
];

/// Words that forbid the number if they belong to it, not to the word after them: `старый`, but not `Старый Оскол`.
const OUTDATED: [&str; 2] = ["старый", "old"];

/// Words that forbid what the word after them says: `не звонить`, `do not call`, `don't call`.
const NEGATIONS: [&str; 4] = ["не", "not", "don", "dont"];

/// Beginnings of words after a negation that say only that the call was not answered.
const UNANSWERED: [&str; 6] = ["отвеч", "бер", "дозв", "взял", "снима", "answer"];

/// One number of a cell, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// The number with the words before and after it.
    pub(super) text: String,
    /// Bracketed words, and words of the cell that belong to no other number.
    pub(super) remarks: String,
    /// The digits of an extension.
    pub(super) extension: Option<String>,
    /// The `x` or `#` of the extension if it is directly between digits, where it may also stand for hidden digits.
    pub(super) mask: Option<String>,
}

/// The kind of words before a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    None,
    /// Words that say that the number is a telephone.
    Telephone,
    /// A person, an address or `№`: digits after it may belong to it.
    Other,
}

/// A number without the words before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bare<'a> {
    pub(super) lead: Lead,
    pub(super) number: &'a str,
}

/// Returns the numbers of a cell, each with at least one digit. Words between two numbers belong to the first.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut before = String::new();
    for piece in pieces(text) {
        if let (Some(last), Some(digits)) = (parts.last_mut(), whole_extension(piece)) {
            last.extension.get_or_insert(digits);
        } else if piece.contains(|char: char| char.is_ascii_digit()) {
            let part = part(piece, &std::mem::take(&mut before));
            parts.push(part.after(parts.last()));
        } else if let Some(last) = parts.last_mut() {
            last.remarks.extend([" ", piece]);
        } else {
            before.extend([" ", piece]);
        }
    }
    parts
}

fn part(piece: &str, before: &str) -> Part {
    let (text, bracketed) = without_remarks(without_nothing(piece));
    let mask = start_of_extension(&text).and_then(|at| mask(&text, at));
    let (text, extension) = without_extension(&text);
    Part {
        text,
        remarks: format!("{before} {bracketed}").trim().to_owned(),
        extension,
        mask,
    }
}

/// Removes a word for a missing second number: `79001234567 / нет`, `79001234567 / -`.
fn without_nothing(piece: &str) -> &str {
    const NOTHING: [&str; 5] = ["-", "нет", "no", "none", "n/a"];
    let is_nothing = |word: &str| NOTHING.contains(&word.trim().to_lowercase().as_str());
    piece
        .split_once(" /")
        .filter(|(number, behind)| {
            number.ends_with(|char: char| char.is_ascii_digit()) && is_nothing(behind)
        })
        .map_or(piece, |(number, _)| number)
}

/// Cuts a text at the separators between numbers, outside of brackets. A `+` after digits begins another number.
fn pieces(text: &str) -> Vec<&str> {
    let (mut cuts, mut depth, mut after_digit, mut start) = (Vec::new(), 0_u32, false, 0);
    for (at, char) in text.char_indices() {
        match char {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        // The first three of four colons are the separator.
        let is_triple = at >= start && text[at..].starts_with(":::");
        if depth == 0 && (is_triple || matches!(char, ',' | ';' | '\n' | '|' | '\\')) {
            cuts.push(&text[start..at]);
            start = at + if is_triple { 3 } else { char.len_utf8() };
        } else if char == '+' && after_digit {
            cuts.push(&text[start..at]);
            start = at;
        }
        let is_between = matches!(char, ' ' | ')' | '·' | '•');
        after_digit = char.is_ascii_digit() || (after_digit && is_between);
    }
    cuts.push(&text[start.min(text.len())..]);
    cuts.into_iter()
        .map(|piece| piece.trim_matches([' ', ':']))
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// Returns the numbers on both sides of a slash between digits; empty if there is no such slash.
pub(super) fn sides(text: &str) -> Vec<&str> {
    let first_digit = text
        .find(|char: char| char.is_ascii_digit())
        .unwrap_or(text.len());
    let (lead, number) = text.split_at(first_digit);
    let mut sides: Vec<&str> = number.split('/').collect();
    sides[0] = &text[..lead.len() + sides[0].len()];
    sides.retain(|side| side.contains(|char: char| char.is_ascii_digit()));
    if sides.len() > 1 { sides } else { Vec::new() }
}

/// Removes bracketed remarks such as `(Ольга)`, and returns the rest and the remarks. Brackets that contain digits are
/// part of the number. Brackets between digits stay, because what follows them may be an extension, or anything else.
fn without_remarks(text: &str) -> (String, String) {
    let is_digit = |char: char| char.is_ascii_digit();
    let number = &text[..start_of_extension(text).unwrap_or(text.len())];
    let digits = number.find(is_digit).unwrap_or(0)..number.rfind(is_digit).unwrap_or(0);
    let (mut kept, mut remarks, mut from) = (String::new(), String::new(), 0);
    while let Some(open) = text[from..].find(['(', '[']).map(|at| from + at) {
        let Some(length) = text[open..].find([')', ']']) else {
            break;
        };
        let close = open + length + 1;
        let is_remark = !text[open..close].contains(is_digit) && !digits.contains(&open);
        kept.push_str(&text[from..if is_remark { open } else { close }]);
        if is_remark {
            remarks.extend([" ", &text[open + 1..close - 1]]);
        }
        from = close;
    }
    kept.push_str(&text[from..]);
    (kept.trim().to_owned(), remarks)
}

/// Cuts `доб. 12` or `x12` off the end of a number; returns the rest and the digits of the extension.
fn without_extension(text: &str) -> (String, Option<String>) {
    match start_of_extension(text).map(|at| (at, whole_extension(&text[at..]))) {
        Some((at, digits)) => (
            text[..at].trim_end_matches([' ', '(', '-', '.']).to_owned(),
            digits,
        ),
        None => (text.to_owned(), None),
    }
}

/// Returns where the extension begins; it must reach to the end of the text.
fn start_of_extension(text: &str) -> Option<usize> {
    let first_digit = text.find(|char: char| char.is_ascii_digit())?;
    let mut behind_number = text
        .char_indices()
        .map(|(at, _)| at)
        .filter(|at| *at > first_digit);
    let begins = |at: &usize| {
        let before = text[..*at].chars().next_back().unwrap_or(' ');
        !before.is_alphabetic() && whole_extension(&text[*at..]).is_some()
    };
    behind_number.find(begins)
}

/// Returns the signs at this place, if they are alike and directly between two digits.
fn mask(text: &str, at: usize) -> Option<String> {
    let (before, behind) = text.split_at(at);
    let sign = behind.chars().next()?;
    let rest = behind.trim_start_matches(sign);
    let is_mask = matches!(sign, 'x' | 'X' | 'х' | 'Х' | '#')
        && before.ends_with(|char: char| char.is_ascii_digit())
        && rest.starts_with(|char: char| char.is_ascii_digit());
    is_mask.then(|| behind[..behind.len() - rest.len()].to_owned())
}

/// Returns the digits of an extension, if the text is nothing but an extension.
fn whole_extension(text: &str) -> Option<String> {
    let lower = text.trim_end_matches([' ', ')', '.']).to_lowercase();
    let rest = EXTENSION.iter().find_map(|word| lower.strip_prefix(word))?;
    let digits = rest.trim_start_matches([' ', '.', ':', '=', '№', '#']);
    (is_digits(digits) && digits.len() <= 6).then(|| digits.to_owned())
}

impl Part {
    /// Applies the words of the last number to one without words: `факс: 1, 2` is two faxes.
    fn after(self, last: Option<&Self>) -> Self {
        let leads = |part: &&Self| part.is_machine() && part.text.starts_with(char::is_alphabetic);
        let is_wordless = !format!("{}{}", self.text, self.remarks).contains(char::is_alphabetic);
        match last.filter(leads).filter(|_| is_wordless) {
            Some(last) => Self {
                remarks: words(&last.text).collect::<Vec<_>>().join(" "),
                ..self
            },
            None => self,
        }
    }

    /// Returns the first of its words that forbids its use: `не звонить`, `(неверный)`.
    pub(super) fn forbidding(&self) -> Option<String> {
        let words: Vec<String> = words(&self.text).chain(words(&self.remarks)).collect();
        let next = |at: usize| words.get(at + 1).map(String::as_str);
        let forbids = |(at, word): (usize, &String)| {
            let word = word.as_str();
            let is_negated = || {
                next(at).is_some_and(|next| !UNANSWERED.iter().any(|begin| next.starts_with(begin)))
            };
            FORBIDDING.contains(&word)
                || OUTDATED.contains(&word) && next(at).is_none_or(is_label)
                || NEGATIONS.contains(&word) && is_negated()
        };
        let at = words.iter().enumerate().position(forbids)?;
        let is_negation = NEGATIONS.contains(&words[at].as_str());
        let next = next(at).filter(|_| is_negation);
        Some(next.map_or_else(|| words[at].clone(), |next| format!("{} {next}", words[at])))
    }

    /// Whether its words say that this is a fax or a pager, and none says that it is a telephone too.
    pub(super) fn is_machine(&self) -> bool {
        let words = || words(&self.text).chain(words(&self.remarks));
        words().any(|word| is_machine(&word)) && !words().any(|word| is_telephone(&word))
    }
}

/// Returns the number of a text without the words before it and the telephone words after it. Words must be apart from
/// digits: a letter directly beside a digit may be meant as a digit, so the result is then `None`.
pub(super) fn bare(text: &str) -> Option<Bare<'_>> {
    let start = text.find(|char: char| char.is_ascii_digit() || matches!(char, '+' | '(' | '['))?;
    let (before, number) = text.split_at(start);
    if before.ends_with(char::is_alphabetic) {
        return None;
    }
    let lead = if before
        .trim_matches([' ', '.', ':', '-', '~', '*', '\'', '"', '·', '•'])
        .is_empty()
    {
        Lead::None
    } else if !before.contains(['№', '#', '°']) && words(before).all(|word| is_label(&word)) {
        Lead::Telephone
    } else {
        Lead::Other
    };
    Some(Bare {
        lead,
        number: without_words_behind(number),
    })
}

/// Whether a text with a number in it begins with `+` or `00`, so that no area code can be missing before it.
pub(super) fn is_international(text: &str) -> bool {
    bare(text).is_some_and(|bare| {
        let number = bare.number.trim_start_matches(['(', '[', ' ']);
        number.starts_with('+') || number.starts_with("00")
    })
}

/// Whether a text before a number may be its area code, with or without a country code: `0171`, `+49 30`, `8 (495)`. A
/// local number has more groups or digits; digits after other words belong to those words.
pub(super) fn may_be_area_code(text: &str) -> bool {
    bare(text).is_some_and(|bare| bare.lead != Lead::Other) && is_written_as_area_code(text)
}

fn is_written_as_area_code(text: &str) -> bool {
    let Some(Bare { number, .. }) = bare(text) else {
        return false;
    };
    let groups = Groups::new(number);
    let is_trunk_prefix =
        |run: &&std::ops::Range<usize>| matches!(&number[(*run).clone()], "0" | "00");
    let count = groups
        .runs
        .iter()
        .filter(|run| !is_trunk_prefix(run))
        .count();
    let digits: usize = groups.runs.iter().map(ExactSizeIterator::len).sum();
    let (most_groups, most_digits) = match (is_international(text), number.starts_with('0')) {
        (true, _) => (2, 8),
        (false, true) => (1, 8),
        (false, false) => (2, 5),
    };
    (2..=most_digits).contains(&digits) && (1..=most_groups).contains(&count)
}

/// Whether the text before a slash is certainly the area code of the number after it. Two local numbers are not joined:
/// `34-567/45-678`.
pub(super) fn is_area_code_of(code: &str, rest: &str) -> bool {
    let layout = |text: &str| -> Vec<usize> {
        let groups = Groups::new(text);
        groups.runs.iter().map(ExactSizeIterator::len).collect()
    };
    let begins_with_zero = |text: &str| {
        text.find(|char: char| char.is_ascii_digit())
            .is_some_and(|at| text[at..].starts_with('0'))
    };
    let (code_layout, rest_layout) = (layout(code), layout(rest));
    let (code_digits, rest_digits): (usize, usize) =
        (code_layout.iter().sum(), rest_layout.iter().sum());
    let is_prefixed = is_international(code) || begins_with_zero(code);
    let is_of_rest = if is_prefixed {
        !begins_with_zero(rest)
    } else {
        rest_digits >= code_digits + 2
    };
    let are_alike = rest.split('/').all(|side| layout(side) == code_layout);
    is_written_as_area_code(code) && is_of_rest && (is_prefixed || !are_alike)
}

/// Removes the words after a number, as in `+7 900 123-45-67 моб.`
fn without_words_behind(number: &str) -> &str {
    let end = number
        .rfind(|char: char| char.is_ascii_digit() || char == ')')
        .map_or(0, |last| last + 1);
    let (kept, behind) = number.split_at(end);
    let is_apart = behind.starts_with([' ', ',', '-']) && behind.contains(char::is_alphabetic);
    if is_apart && words(behind).all(|word| is_label(&word)) {
        kept
    } else {
        number.trim()
    }
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text
        .split(|char: char| !char.is_alphabetic())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase)
}

fn is_machine(word: &str) -> bool {
    MACHINES.iter().any(|machine| word.contains(machine)) || FAX_INITIALS.contains(&word)
}

fn is_telephone(word: &str) -> bool {
    let begins = || {
        TELEPHONES
            .iter()
            .any(|telephone| word.starts_with(telephone))
    };
    !is_machine(word) && (begins() || TELEPHONE_INITIALS.contains(&word))
}

/// Whether a word beside a number says only what kind of number it is.
pub(super) fn is_kind(word: &str) -> bool {
    is_label(word) || is_machine(word) || EXTENSION.contains(&word)
}

fn is_label(word: &str) -> bool {
    is_telephone(word) || LABELS.iter().any(|label| word.starts_with(label))
}

/// The groups of adjacent digits of a number, and what is between them.
#[derive(Debug)]
pub(super) struct Groups<'a> {
    pub(super) number: &'a str,
    pub(super) runs: Vec<std::ops::Range<usize>>,
}

/// Hardly any number is written in more groups.
const USUAL_GROUPS: usize = 6;

impl<'a> Groups<'a> {
    pub(super) fn new(number: &'a str) -> Self {
        let mut runs: Vec<std::ops::Range<usize>> = Vec::with_capacity(USUAL_GROUPS);
        for (at, _) in number
            .char_indices()
            .filter(|(_, char)| char.is_ascii_digit())
        {
            match runs.last_mut() {
                Some(run) if run.end == at => run.end = at + 1,
                Some(_) | None => runs.push(at..at + 1),
            }
        }
        Self { number, runs }
    }

    /// Returns the first group, if others follow.
    pub(super) fn first(&self) -> Option<&'a str> {
        (self.runs.len() > 1).then(|| &self.number[self.runs[0].clone()])
    }

    /// Whether the first group is in brackets of its own, or is marked like the entries of a list: `1) …`, `1. …`,
    /// `1: …`, `[1] …`.
    pub(super) fn first_is_marked(&self) -> bool {
        let [first, second, ..] = self.runs.as_slice() else {
            return false;
        };
        let (before, behind) = (
            &self.number[..first.start],
            &self.number[first.end..second.start],
        );
        let closes = behind.starts_with([')', ']']);
        let is_list = behind.starts_with(". ") || behind.starts_with(':');
        is_list || (closes && (!before.ends_with('(') || first.len() == 1))
    }

    /// Returns a second group that is long enough to be a number of its own, as the first one is.
    pub(super) fn second_number(&self) -> Option<&'a str> {
        let mut long = self.runs.iter().filter(|run| run.len() >= 7);
        long.next()
            .and(long.next())
            .map(|run| &self.number[run.clone()])
    }

    /// Returns the last group, if it is in brackets.
    pub(super) fn last_in_brackets(&self) -> Option<&'a str> {
        let [before @ .., last] = self.runs.as_slice() else {
            return None;
        };
        let opens = before
            .last()
            .is_some_and(|run| self.number[run.end..last.start].contains(['(', '[']));
        opens.then(|| &self.number[last.clone()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        parts(text).into_iter().map(|part| part.text).collect()
    }

    #[test]
    fn several_numbers_are_separate_and_never_joined() {
        for (text, expected) in [
            ("1, 2; 3\n4 ::: 5", vec!["1", "2", "3", "4", "5"]),
            ("1 :::: 2 ::::: 3", vec!["1", "2", "3"]),
            ("+71+72", vec!["+71", "+72"]),
            ("+7 (900) +8", vec!["+7 (900)", "+8"]),
            ("Ольга, +71", vec!["+71"]),
            (
                "+71 (Ольга, дом; +72) , 3",
                vec!["+71 (Ольга, дом; +72)", "3"],
            ),
            ("нет", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(texts(text), expected, "{text}");
        }
        assert_eq!(sides("тел/факс 0171/123-45"), ["тел/факс 0171", "123-45"]);
        assert!(sides("тел/факс 123").is_empty() && sides("123/").is_empty());
    }

    #[test]
    fn an_extension_ends_its_number() {
        for (text, left, extension) in [
            ("+7 900 123-45-67 доб. 12", "+7 900 123-45-67", Some("12")),
            ("+7 900 123-45-67, Доб.12", "+7 900 123-45-67", Some("12")),
            ("+7 900 123-45-67 (доб. 12)", "+7 900 123-45-67", Some("12")),
            ("+1 212 555 1234 x12", "+1 212 555 1234", Some("12")),
            ("212-555-1234x12", "212-555-1234", Some("12")),
            ("+16502530000x136", "+16502530000", Some("136")),
            ("+7 900 123-45-67;ext=102", "+7 900 123-45-67", Some("102")),
            ("+7 900 123-45-67 #3", "+7 900 123-45-67", Some("3")),
            ("+7 900 123-45-67", "+7 900 123-45-67", None),
            ("+7 900 123-45-67доб12", "+7 900 123-45-67", Some("12")),
            ("+49 30 12345 ext 12-34", "+49 30 12345 ext 12-34", None),
            ("доб. 12", "доб. 12", None),
        ] {
            let part = parts(text).into_iter().next().unwrap();
            assert_eq!(
                (part.text.as_str(), part.extension.as_deref()),
                (left, extension),
                "{text}"
            );
        }
    }

    #[test]
    fn a_mark_counts_for_its_number_wherever_it_is_written() {
        for (text, machines) in [
            ("+7495 (факс)", vec![true]),
            ("+7495(fax), +7496", vec![true, false]),
            ("ф. +7495", vec![true]),
            ("F: +49", vec![true]),
            ("+7495, факс", vec![true]),
            ("факс: +7495, +7496, тел +7497", vec![true, true, false]),
            ("+7495 Факс; +7496 тел", vec![true, false]),
            ("тел/факс +7495", vec![false]),
            ("т/ф 7495", vec![false]),
            ("телефакс: 7495", vec![true]),
            ("Фаина +7495", vec![false]),
            ("+7495 (раб., пейджер)", vec![true]),
        ] {
            let marked: Vec<bool> = parts(text).iter().map(Part::is_machine).collect();
            assert_eq!(marked, machines, "{text}");
        }
    }

    #[test]
    fn words_before_a_number_are_told_apart() {
        for (text, lead, number) in [
            ("+7 900", Lead::None, "+7 900"),
            (" - 900", Lead::None, "900"),
            ("тел.: 900", Lead::Telephone, "900"),
            ("WhatsApp 7 900", Lead::Telephone, "7 900"),
            ("кв. 1 900", Lead::Other, "1 900"),
            ("№1 900", Lead::Other, "1 900"),
            ("тел. № 900", Lead::Other, "900"),
            ("+7 900 123-45-67 моб.", Lead::None, "+7 900 123-45-67"),
            ("900 Ольга", Lead::None, "900 Ольга"),
        ] {
            assert_eq!(bare(text), Some(Bare { lead, number }), "{text}");
        }
        assert_eq!(bare("O9001234567"), None);
    }

    #[test]
    fn digits_that_stand_apart_are_seen() {
        let first = |number: &'static str| {
            (
                Groups::new(number).first(),
                Groups::new(number).first_is_marked(),
            )
        };
        assert_eq!(first("1) 916 223"), (Some("1"), true));
        assert_eq!(first("[1] 916"), (Some("1"), true));
        assert_eq!(first("1. 916"), (Some("1"), true));
        assert_eq!(first("12: 916"), (Some("12"), true));
        assert_eq!(first("495) 123"), (Some("495"), true));
        assert_eq!(first("(495) 123"), (Some("495"), false));
        assert_eq!(first("1.916.223"), (Some("1"), false));
        assert_eq!(first("1 916"), (Some("1"), false));
        assert_eq!(first("1916"), (None, false));
        assert_eq!(
            Groups::new("+49 30 123456 (2)").last_in_brackets(),
            Some("2")
        );
        assert_eq!(Groups::new("+49 (30) 123456").last_in_brackets(), None);
    }
}
