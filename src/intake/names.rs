//! Names, kept as they were written. The customer sees them, so a name that was decoded wrongly
//! somewhere on its way stops its row.

use std::borrow::Cow;

use crate::domain::{Contact, NameMissing, Names, Phone, Problem, ProblemCode, Warning, WarningCode};
use crate::sentences::{Language, Sentence, figures::Word};

use super::numbers::clipped;

/// One name and the heading of its column.
#[derive(Debug, Clone, Default)]
pub(super) struct Name<'a> {
    pub(super) column: &'a str,
    pub(super) text: Cow<'a, str>,
}

/// UTF-8 read as windows-1251 turns each Cyrillic letter into `Р` or `С` and one of these.
const AFTER_1251: &str = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u{98}™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јЅѕї";

/// UTF-8 read as windows-1252 turns letters into `Ð`, `Ñ`, `Ã` or `Â` and one of these or U+0080–U+00BF.
const AFTER_1252: &str = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ";

/// Bytes that a cut name has at least; what is shorter is not looked at.
const LONG: usize = 32_000;

/// The card of this number under these four names: first, middle, last, company.
pub(super) fn card(phone: Phone, names: &[Name<'_>; 4]) -> Result<Contact, Problem> {
    for name in names {
        if is_mojibake(&name.text) {
            return Err(unusable(name, Sentence::NameMisread { value: clipped(&name.text) }));
        }
        if is_error(&name.text) {
            return Err(unusable(name, Sentence::NameIsError { value: clipped(&name.text) }));
        }
        if is_cut(&name.text) {
            return Err(unusable(name, Sentence::NameIsCut { value: clipped(&name.text) }));
        }
    }
    let [first, middle, last, company] = names.each_ref().map(|name| clean(&name.text).into_owned());
    Contact::new(phone, &Names { first, middle, last, company }).map_err(|NameMissing| missing(names))
}

/// Says so if control signs were left out of a name.
pub(super) fn cleaned(names: &[Name<'_>; 4]) -> Option<Warning> {
    let name = names.iter().find(|name| clean(&name.text) != name.text.trim())?;
    let sentence =
        Sentence::NameCleaned { value: name.text.trim().to_owned(), name: clean(&name.text).into_owned() };
    Some(Warning { code: WarningCode::NameCleaned, sentence })
}

/// Without control signs, which no card can show; line breaks and tabs stay.
fn clean(name: &str) -> Cow<'_, str> {
    let is_unseen = |char: char| char.is_control() && !matches!(char, '\n' | '\t');
    let name = name.trim();
    if name.contains(is_unseen) { name.replace(is_unseen, "").into() } else { name.into() }
}

fn is_mojibake(name: &str) -> bool {
    name.contains(may_be_mojibake)
        && (name.contains(['\u{FFFD}', '╨', '╤']) || is_lost(name) || is_misread(name))
}

/// Whatever damage is looked for has one of these in it, and most names have none.
const fn may_be_mojibake(char: char) -> bool {
    matches!(char, '\u{FFFD}' | '╨' | '╤' | '?' | '_' | 'Р' | 'С' | 'Ð' | 'Ñ' | 'Ã' | 'Â')
}

/// Letters that a code page does not have were replaced by `?` or `_`.
fn is_lost(name: &str) -> bool {
    let letters = || name.chars().filter(|char| !char.is_whitespace() && *char != '.');
    name.contains("???") || (letters().count() >= 3 && letters().all(|char| matches!(char, '?' | '_')))
}

/// Two pairs are needed in Cyrillic, for one may be a word such as `Рёв`.
fn is_misread(name: &str) -> bool {
    let pairs = || name.chars().zip(name.chars().skip(1));
    let cyrillic =
        pairs().filter(|(first, second)| matches!(first, 'Р' | 'С') && AFTER_1251.contains(*second)).count();
    let latin = pairs().any(|(first, second)| {
        matches!(first, 'Ð' | 'Ñ' | 'Ã' | 'Â')
            && (AFTER_1252.contains(second) || ('\u{80}'..='\u{BF}').contains(&second))
    });
    latin || (cyrillic >= 2 && cyrillic * 4 >= name.chars().count())
}

/// A name that must not stand on a card.
fn unusable(name: &Name<'_>, sentence: Sentence) -> Problem {
    Problem {
        code: ProblemCode::NameMojibake,
        column: name.column.to_owned(),
        value: name.text.clone().into_owned(),
        sentence,
    }
}

/// A workbook of results held more than its cell takes: with the rest it was another card.
fn is_cut(name: &str) -> bool {
    let ends = |language| name.trim_end().ends_with(Word::Cut.text(language));
    name.len() >= LONG && [Language::En, Language::Ru].into_iter().any(ends)
}

/// What a spreadsheet shows instead of a value.
fn is_error(name: &str) -> bool {
    const ERRORS: [&str; 14] = [
        "#N/A",
        "#Н/Д",
        "#REF!",
        "#ССЫЛКА!",
        "#VALUE!",
        "#ЗНАЧ!",
        "#NAME?",
        "#ИМЯ?",
        "#DIV/0!",
        "#ДЕЛ/0!",
        "#NUM!",
        "#ЧИСЛО!",
        "#NULL!",
        "#ПУСТО!",
    ];
    let name = name.trim();
    ERRORS.contains(&name) || (name.len() >= 3 && name.bytes().all(|byte| byte == b'#'))
}

fn missing(names: &[Name<'_>; 4]) -> Problem {
    let mut columns: Vec<String> =
        names.iter().filter(|name| !name.column.is_empty()).map(|name| name.column.to_owned()).collect();
    columns.dedup();
    let sentence =
        if columns.is_empty() { Sentence::NoNameColumn } else { Sentence::NameMissing { columns } };
    let column = names.iter().map(|name| name.column).find(|column| !column.is_empty()).unwrap_or_default();
    Problem { code: ProblemCode::NameMissing, column: column.to_owned(), value: String::new(), sentence }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sentences::Language;

    fn named(text: &str) -> Result<Contact, Problem> {
        let phone = Phone::from_digits("79001234567").unwrap();
        card(
            phone,
            &[Name { column: "Имя", text: text.into() }, Name::default(), Name::default(), Name::default()],
        )
    }

    #[test]
    fn damaged_names_are_stopped() {
        for text in [
            "РђСЂС‚РµРј",
            "Р•РІРїР°С‚РѕСЂРёР№СЃРєРёР№",
            "Ð˜Ð²Ð°Ð½",
            "MÃ¼ller",
            "?????",
            "?????? ?.",
            "_____",
            "Ив\u{FFFD}н",
            "╨Ш╨▓╨░╨╜",
        ] {
            let problem = named(text).unwrap_err();
            assert_eq!((problem.code, problem.value.as_str()), (ProblemCode::NameMojibake, text));
        }
    }

    #[test]
    fn whole_names_pass_as_they_are() {
        for text in [
            "Артём",
            "Рёв",
            "СССР №5",
            "ООО «Ромашка»",
            "ГБУЗ ГКБ №15",
            "Müller",
            "Ñandú",
            "JOÃO",
            "Кто?",
            "Анна-Мария",
            "名前",
            "O'Neil",
            "\"С\u{a0}нами\"",
            "一\nб\tв",
        ] {
            assert_eq!(named(text).unwrap().names()[0], text);
        }
        assert_eq!(named(" И\u{0}ва\rн\u{7} ").unwrap().names()[0], "Иван");
    }

    #[test]
    fn four_blank_names_are_missing() {
        let problem = named(" \u{a0}").unwrap_err();
        assert_eq!((problem.code, problem.column.as_str()), (ProblemCode::NameMissing, "Имя"));
        let phone = Phone::from_digits("79001234567").unwrap();
        let blank = |column| Name { column, ..Name::default() };
        let problem = card(phone, &["ФИО", "ФИО", "ФИО", "Компания"].map(blank)).unwrap_err();
        assert_eq!(
            problem.sentence.say(Language::En),
            "the card has no name; fill in \"ФИО\" or \"Компания\""
        );
    }

    #[test]
    fn a_name_that_a_workbook_cut_off_is_no_name() {
        for language in [Language::En, Language::Ru] {
            let mark = Word::Cut.text(language);
            let problem = named(&("ж".repeat(32_700) + mark)).unwrap_err();
            assert!(problem.sentence.say(Language::En).contains("was cut off"), "{problem:?}");
            assert!(named(&format!("Анна{mark}")).is_ok(), "a person may write so");
        }
        assert!(named(&"ж".repeat(40_000)).is_ok());
    }

    #[test]
    fn an_error_of_a_spreadsheet_is_no_name() {
        for error in ["#N/A", " #Н/Д ", "#ИМЯ?", "#ССЫЛКА!", "####"] {
            assert!(is_error(error), "{error}");
        }
        for name in ["#", "##", "#Анна", "Студия #1", "N/A"] {
            assert!(!is_error(name), "{name}");
        }
    }
}
