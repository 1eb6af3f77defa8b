//! Decides whether a card is of one person. If BEGIN and END are both lost, two people are in one card, and the name of
//! one would be sent with the number of the other. Such a card has two names, or a property inside the value of
//! another.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::property::Property;
use crate::i18n::CardFault;

/// Properties that a person has only once, unless a parameter says that they are one in several forms.
const ONCE: [&str; 3] = ["N", "FN", "UID"];

/// Properties whose text may have swallowed the line of another property.
const TEXTS: [&str; 5] = ["N", "FN", "ORG", "TEL", "EMAIL"];

/// To whom a card belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CardOwner {
    Person,
    /// A group of people, which cannot be called (source: RFC 6350 §6.1.4, and what Apple writes for it in vCard 3.0).
    Group,
    /// Perhaps several people; the fault says why.
    Several(CardFault),
}

/// Determines to whom a card belongs. Its properties are decoded, one per line.
pub(super) fn owner(properties: &str) -> CardOwner {
    let lines: Vec<Property> = properties
        .lines()
        .map(|line| Property::parse(line.as_bytes()))
        .collect();
    let is_text = |property: &&Property| TEXTS.iter().any(|name| property.is_named(name));
    if lines
        .iter()
        .filter(is_text)
        .filter_map(own_value)
        .any(holds_property)
    {
        return CardOwner::Several(CardFault::LinesJoined);
    }
    let differs = |name: &&str| {
        let named: Vec<&Property> = lines
            .iter()
            .filter(|property| property.is_named(name))
            .collect();
        are_of_several(&named)
    };
    if ONCE.iter().any(differs) {
        return CardOwner::Several(CardFault::SeveralPeople);
    }
    if lines.iter().any(is_group) {
        CardOwner::Group
    } else {
        CardOwner::Person
    }
}

/// Returns the value without its scheme: a number may be written `TEL:+7900…`.
fn own_value<'a>(property: &Property<'a>) -> Option<&'a [u8]> {
    let value = property.value?;
    let scheme = value
        .get(..4)
        .filter(|start| property.is_named("TEL") && start.eq_ignore_ascii_case(b"tel:"));
    Some(&value[scheme.map_or(0, <[u8]>::len)..])
}

fn is_group(property: &Property) -> bool {
    let is_kind = property.is_named("KIND") || property.is_named("X-ADDRESSBOOKSERVER-KIND");
    is_kind
        && property
            .value
            .is_some_and(|value| value.trim_ascii().eq_ignore_ascii_case(b"group"))
}

/// Whether two of the properties have different texts, and are not marked as forms of one text.
fn are_of_several(named: &[&Property]) -> bool {
    if named.len() < 2 {
        return false;
    }
    let texts = named
        .iter()
        .map(|property| words(property.value.unwrap_or_default()));
    let all: Vec<(&Property, Vec<String>)> = named
        .iter()
        .copied()
        .zip(texts)
        .filter(|(_, words)| !words.is_empty())
        .collect();
    let differ = |(one, words): &(&Property, Vec<String>),
                  (other, others): &(&Property, Vec<String>)| {
        words != others && !are_forms(one, other)
    };
    if all.len() > MOST_FORMS {
        return all.iter().any(|(_, words)| *words != all[0].1);
    }
    all.iter()
        .enumerate()
        .any(|(index, one)| all[index + 1..].iter().any(|other| differ(one, other)))
}

/// Whether two properties are forms of one text (source: RFC 6350 §5.1, 5.3–5.6).
fn are_forms(one: &Property, other: &Property) -> bool {
    let both = |name: &str| one.param(name).zip(other.param(name));
    let same = both("ALTID").is_some_and(|(one, other)| one == other);
    same || ["LANGUAGE", "PREF", "TYPE", "PID"]
        .iter()
        .any(|name| both(name).is_some_and(|(one, other)| !one.eq_ignore_ascii_case(other)))
}

/// Returns the words of a text, sorted and in one normal form.
fn words(value: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(value);
    let text = ComposingNormalizerBorrowed::new_nfc()
        .normalize(&text)
        .to_lowercase();
    let text: String = text.chars().filter(|char| !is_unseen(*char)).collect();
    let words = text
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.map(str::to_owned).collect();
    words.sort_unstable();
    let marks = text.trim_matches(|char: char| char.is_whitespace() || matches!(char, ';' | ','));
    if words.is_empty() && !marks.is_empty() {
        vec![marks.to_owned()]
    } else {
        words
    }
}

const fn is_unseen(char: char) -> bool {
    matches!(char, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// How many texts of one card are compared with each other; no person has more forms of a name.
const MOST_FORMS: usize = 100;

/// How many bytes on both sides of a colon are examined. No property on one line needs more; without the limit, a value
/// with many colons would take quadratic time.
const NEAR: usize = 512;

/// Decides whether a text begins like the value of a certain property.
type IsValue = fn(&[u8]) -> bool;

/// Whether a value has run into the line of another property, as in `AnnaTEL;TYPE=CELL:+7900…`: the property's name is
/// in capitals and does not end a word in capitals (`HOTEL:`), and a value of its kind follows.
fn holds_property(value: &[u8]) -> bool {
    let names: [(&[u8], IsValue); 4] = [
        (b"TEL", |value| {
            value
                .strip_prefix(b"+")
                .unwrap_or(value)
                .first()
                .is_some_and(u8::is_ascii_digit)
        }),
        (b"FN", |value| {
            value
                .first()
                .is_some_and(|byte| !byte.is_ascii_whitespace())
        }),
        (b"VERSION", |value| {
            value.first().is_some_and(u8::is_ascii_digit)
        }),
        (b"EMAIL", |value| {
            value.iter().take(NEAR).any(|byte| *byte == b'@')
        }),
    ];
    let mut colons = value
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b':')
        .map(|(at, _)| at);
    colons.any(|colon| {
        let near = &value[colon.saturating_sub(NEAR)..colon];
        let head = near
            .iter()
            .rposition(u8::is_ascii_whitespace)
            .map_or(near, |space| &near[space + 1..]);
        names
            .iter()
            .any(|(name, is_value)| ends_with_property(head, name) && is_value(&value[colon + 1..]))
    })
}

/// Whether a text ends with the name of a property and its parameters.
fn ends_with_property(head: &[u8], name: &[u8]) -> bool {
    for part in head.rsplit(|byte| *byte == b';') {
        if let Some(before) = part.strip_suffix(name) {
            let is_line_of_text = before.ends_with(b"\\n") || before.ends_with(b"\\N");
            return !is_line_of_text && !before.last().is_some_and(u8::is_ascii_uppercase);
        }
        let is_token = |byte: &u8| byte.is_ascii_uppercase() || matches!(byte, b'-');
        if part.is_empty() || !(part.contains(&b'=') || part.iter().all(is_token)) {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn two_people_in_one_card_are_seen() {
        for lines in [
            "FN:Анна\nTEL:1\nFN:Пётр\nTEL:2\n",
            "N:Зимина;Анна;;;\nN:Лосев;Пётр;;;\n",
            "N:Зимина;Анна\nTEL:1\nN;CHARSET=UTF-8:Лосев;Пётр;;;\n",
            "FN:Анна\nFN:Анна Зимина\n",
            "UID:1\nFN:Анна\nUID:2\n",
            "FN;PREF=1:Анна\nFN;PREF=1:Пётр\n",
            "FN;LANGUAGE=ru:Анна\nFN;LANGUAGE=ru:Пётр\n",
            "FN:Анна\nFN;PREF=1:Пётр\n",
            "FN:🌸\nFN:Пётр\n",
        ] {
            assert_eq!(
                owner(lines),
                CardOwner::Several(CardFault::SeveralPeople),
                "{lines}"
            );
        }
        for lines in [
            "FN:Анна\nTEL:1\nTEL:2\nORG:a\nORG:b\nEMAIL:a@b\nEMAIL:c@d\n",
            "N:Зимина;Анна;;;\nN:Зимина;Анна\nN:;;;;\nFN:Анна Зимина\nFN: зимина  АННА\n",
            "FN:Андрей\nFN:Андреи\u{306}\u{200B}\n",
            "N;ALTID=1;LANGUAGE=jp:a;b\nN;ALTID=1;LANGUAGE=en:c;d\n",
            "FN;LANGUAGE=jp:a\nFN;LANGUAGE=en:b\n",
            "FN;PREF=1:a\nFN;PREF=2:b\n",
        ] {
            assert_eq!(owner(lines), CardOwner::Person, "{lines}");
        }
    }

    #[test]
    fn a_line_that_has_run_into_another_is_seen() {
        for value in [
            "FN:АннаTEL:+79001234567",
            "FN:Anna TEL;TYPE=CELL:79001234567",
            "N:Зимина;Анна;;;TEL;WORK;VOICE:+7900",
            "TEL:+79001234567FN:Пётр",
            "FN:АннаVERSION:3.0",
            "ORG:РогаEMAIL;TYPE=INTERNET:a@b.c",
        ] {
            assert_eq!(
                owner(&format!("{value}\n")),
                CardOwner::Several(CardFault::LinesJoined),
                "{value}"
            );
        }
        for value in [
            "ORG:HOTEL:24",
            "FN:Anna: boss",
            "ORG:Отель; TEL: 5",
            "FN:a\\nTEL:5",
            "TEL:tel:+7900;ext=5",
            "N:a;b:c",
        ] {
            assert_eq!(owner(&format!("{value}\n")), CardOwner::Person, "{value}");
        }
    }

    #[test]
    fn a_value_of_many_colons_costs_no_more_than_its_length() {
        for value in ["EL:+790012345", "EMAIL:"] {
            let (lines, began) = (
                format!("TEL:{}\n", value.repeat(200_000 / value.len())),
                Instant::now(),
            );
            let _whose = owner(&lines);
            assert!(
                began.elapsed() < Duration::from_secs(10),
                "{value} {:?}",
                began.elapsed()
            );
        }
    }

    #[test]
    fn a_name_of_many_lines_costs_no_more_than_their_length() {
        let began = Instant::now();
        assert_eq!(owner(&"FN:Anna\n".repeat(50_000)), CardOwner::Person);
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{:?}",
            began.elapsed()
        );
        let others = "FN;LANGUAGE=en:Anna\n".repeat(200) + "FN;LANGUAGE=ru:Анна\n";
        assert_eq!(owner(&others), CardOwner::Several(CardFault::SeveralPeople));
    }

    #[test]
    fn only_a_group_is_a_group() {
        let glued = "FN:Анна\nTEL:1\nFN:Друзья\nKIND:group\n";
        assert_eq!(
            owner(glued),
            CardOwner::Several(CardFault::SeveralPeople),
            "nobody is lost with a group"
        );
        for (line, group) in [
            ("KIND:group", true),
            ("X-ADDRESSBOOKSERVER-KIND: Group ", true),
            ("item1.kind;VALUE=text:GROUP", true),
            ("KIND:org", false),
            ("KIND:individual", false),
            ("KIND:location", false),
            ("NOTE:KIND:group", false),
        ] {
            assert_eq!(
                owner(&format!("FN:a\n{line}\n")) == CardOwner::Group,
                group,
                "{line}"
            );
        }
    }
}
