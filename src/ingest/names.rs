//! Reads names. They are kept as written, without invisible characters. The customer sees them, so a wrongly decoded
//! name makes its row invalid, and what was decoded or left out is reported.

use std::{borrow::Cow, mem};

use crate::domain::{
    Contact, NameMissing, Names, Phone, Problem, ProblemCode, Warning, WarningCode, is_blank,
    results, visible,
};
use crate::i18n::{Language, Sentence};

use super::encoded::{Encoded, decoded};
use super::mojibake::{self, Damage};
use super::numbers::{Parsed, clipped};
use super::placeholders::{LeftOut, left_out};

/// One name of a contact, with the heading of its column.
#[derive(Debug, Clone, Default)]
pub(super) struct Name<'a> {
    pub(super) column: &'a str,
    /// The name as it is sent; empty if there is none.
    pub(super) text: Cow<'a, str>,
    /// What was left out because programs write it for a missing value.
    left_out: Option<String>,
    /// The warnings about repairs.
    warnings: Vec<Warning>,
    /// Why the name cannot be sent.
    problem: Option<Box<Problem>>,
}

/// The fewest bytes that a name cut by a workbook can have; shorter names are not examined.
const LONG: usize = 32_000;

/// Builds the contact of this number with these four names: first, middle, last, company.
pub(super) fn contact(
    phone: Parsed<Phone>,
    mut names: [Name<'_>; 4],
) -> Result<Parsed<Contact>, Problem> {
    if let Some(problem) = names.iter().find_map(|name| name.problem.as_deref()) {
        return Err(problem.clone());
    }
    let texts = names
        .each_mut()
        .map(|name| mem::take(&mut name.text).into_owned());
    let [first, middle, last, company] = texts;
    let contact = Contact::new(
        phone.value,
        Names {
            first,
            middle,
            last,
            company,
        },
    );
    let contact = contact.map_err(|NameMissing| missing(&names))?;
    let mut warnings = phone.warnings;
    warnings.extend(names.into_iter().flat_map(|name| name.warnings));
    Ok(Parsed {
        value: contact,
        warnings,
    })
}

/// Returns how a name that an older version sent as written is sent now; `None` if that is the same, or if it would not
/// be sent now.
#[must_use]
pub fn name_as_sent(written: &str) -> Option<String> {
    let name = Name::read("", written);
    (name.problem.is_none() && name.text != written).then(|| name.text.into_owned())
}

impl<'a> Name<'a> {
    /// Reads the cell of a column.
    pub(super) fn read(column: &'a str, written: &'a str) -> Self {
        let name = Self {
            column,
            ..Self::default()
        };
        if written.is_empty() {
            return name;
        }
        if is_plain(written) && !mojibake::is_suspicious(written) {
            return name.unless_placeholder(Cow::Borrowed(written.trim_matches(' ')));
        }
        match decoded(written) {
            Encoded::No => name.with(Cow::Borrowed(written), written),
            Encoded::As(text) => name.decoded(&text, written),
            Encoded::Damaged => {
                let sentence = Sentence::NameEncoded {
                    value: clipped(written),
                };
                name.unusable(ProblemCode::NameEncoded, sentence, written)
            }
        }
    }

    /// Whether the cell is empty or holds only a placeholder.
    pub(super) fn is_blank(&self) -> bool {
        is_blank(&self.text) && self.problem.is_none()
    }

    /// Returns the name as shown beside a problem of its row.
    pub(super) fn shown(self) -> String {
        self.left_out
            .filter(|_| self.text.is_empty())
            .unwrap_or_else(|| self.text.into_owned())
    }

    /// Splits the name if there is anything to split; the first part keeps its findings.
    pub(super) fn split(self, parts: impl FnOnce(&str) -> [String; 4]) -> [Self; 4] {
        let column = self.column;
        if self.is_blank() || self.problem.is_some() {
            return [
                self,
                Name::empty(column),
                Name::empty(column),
                Name::empty(column),
            ];
        }
        let mut names = parts(&self.text).map(|text| Self {
            column,
            text: text.into(),
            ..Self::default()
        });
        let first = names
            .iter()
            .position(|name| !name.text.is_empty())
            .unwrap_or(0);
        names[first].warnings = self.warnings;
        names[first].left_out = self.left_out;
        names
    }

    fn empty(column: &'a str) -> Self {
        Self {
            column,
            ..Self::default()
        }
    }

    /// Returns the decoded name, with a warning that it was encoded.
    fn decoded(self, text: &str, written: &str) -> Self {
        let mut name = self.with(Cow::Owned(text.to_owned()), written);
        if name.text.is_empty() && name.problem.is_none() {
            return name.without(&LeftOut {
                rest: String::new(),
                placeholders: written.trim().to_owned(),
            });
        }
        let sentence = Sentence::NameDecoded {
            value: clipped(written),
            decoded: clipped(&name.text),
        };
        name.warnings.insert(
            0,
            Warning {
                code: WarningCode::NameDecoded,
                sentence,
            },
        );
        name
    }

    /// Returns the name with this text, or with a problem if that cannot be sent.
    fn with(mut self, text: Cow<'a, str>, written: &str) -> Self {
        if let Some(Damage { likely }) = mojibake::damage(&text) {
            let value = clipped(written);
            let sentence = match likely {
                Some(likely) => Sentence::NameMisreadAs {
                    value,
                    likely: clipped(&likely),
                },
                None => Sentence::NameMisread { value },
            };
            return self.unusable(ProblemCode::NameMojibake, sentence, written);
        }
        let text = match text {
            Cow::Borrowed(text) => self.cleaned(text),
            Cow::Owned(text) => Cow::Owned(self.cleaned(&text).into_owned()),
        };
        if is_error(&text) {
            let sentence = Sentence::NameIsError {
                value: clipped(&text),
            };
            return self.unusable(ProblemCode::NameMojibake, sentence, written);
        }
        if is_cut(&text) {
            let sentence = Sentence::NameIsCut {
                value: clipped(&text),
            };
            return self.unusable(ProblemCode::NameMojibake, sentence, written);
        }
        self.unless_placeholder(text)
    }

    /// Returns the name with this text, without placeholders.
    fn unless_placeholder(self, text: Cow<'a, str>) -> Self {
        match left_out(&text) {
            Some(left) => self.without(&left),
            None => Self { text, ..self },
        }
    }

    /// Returns the text as it is sent, on one line; adds a warning if it had control characters.
    fn cleaned<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        let is_break = |char: char| matches!(char, '\n' | '\t' | '\u{2028}' | '\u{2029}');
        let mut visible = visible(text);
        if visible.contains(is_break) {
            visible = Cow::Owned(visible.replace(is_break, " "));
        }
        let is_odd = |char: char| char.is_control() || is_break(char);
        if text.trim().contains(is_odd) {
            let (value, name) = (clipped(text.trim()), clipped(&visible));
            let sentence = Sentence::NameCleaned { value, name };
            self.warnings.push(Warning {
                code: WarningCode::NameCleaned,
                sentence,
            });
        }
        visible
    }

    /// Returns the name without its placeholder.
    fn without(mut self, left: &LeftOut) -> Self {
        let sentence = Sentence::NamePlaceholder {
            value: clipped(&left.placeholders),
        };
        self.warnings.push(Warning {
            code: WarningCode::NamePlaceholder,
            sentence,
        });
        Self {
            text: left.rest.clone().into(),
            left_out: Some(left.placeholders.clone()),
            ..self
        }
    }

    /// Returns a name with a problem, which must not be sent.
    fn unusable(self, code: ProblemCode, sentence: Sentence, written: &str) -> Self {
        let (column, value) = (self.column.to_owned(), written.to_owned());
        let problem = Some(Box::new(Problem {
            code,
            column,
            value,
            sentence,
        }));
        Self {
            text: visible(written).into_owned().into(),
            problem,
            ..self
        }
    }
}

/// Whether a name consists only of English and Russian letters, digits and harmless marks, judged by its bytes. Such a
/// name has nothing to decode, and nothing lost, cut off or invisible; most names are such.
fn is_plain(name: &str) -> bool {
    // A Cyrillic letter is D0 or D1, followed by one of 80 to BF.
    let is_letter =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, 0xD0 | 0xD1 | 0x80..=0xBF);
    let is_mark = |byte: u8| matches!(byte, b' '..=b'"' | b'\''..=b')' | b'+'..=b'/' | b':');
    name.len() < LONG && name.bytes().all(|byte| is_letter(byte) || is_mark(byte))
}

/// Whether our workbook of results cut the name because it did not fit into a cell: the whole name was another one.
fn is_cut(name: &str) -> bool {
    let ends = |language| name.trim_end().ends_with(results::cut_mark(language));
    name.len() >= LONG && [Language::En, Language::Ru].into_iter().any(ends)
}

/// Whether it is an error that a spreadsheet shows instead of a value.
pub(super) fn is_error(name: &str) -> bool {
    const ERRORS: [&str; 18] = [
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
        "#ERROR!",
        "#SPILL!",
        "#ПЕРЕНОС!",
        "#CALC!",
    ];
    let name = name.trim();
    ERRORS.contains(&name) || (name.len() >= 3 && name.bytes().all(|byte| byte == b'#'))
}

fn missing(names: &[Name<'_>; 4]) -> Problem {
    let mut columns: Vec<String> = names
        .iter()
        .filter(|name| !name.column.is_empty())
        .map(|name| name.column.to_owned())
        .collect();
    columns.dedup();
    if let Some((column, value)) = names
        .iter()
        .find_map(|name| Some((name.column, name.left_out.clone()?)))
    {
        let sentence = Sentence::NamePlaceholders {
            value: clipped(&value),
            columns,
        };
        return Problem {
            code: ProblemCode::NameMissing,
            column: column.to_owned(),
            value,
            sentence,
        };
    }
    let sentence = if columns.is_empty() {
        Sentence::NoNameColumn
    } else {
        Sentence::NameMissing { columns }
    };
    let column = names
        .iter()
        .map(|name| name.column)
        .find(|column| !column.is_empty())
        .unwrap_or_default();
    Problem {
        code: ProblemCode::NameMissing,
        column: column.to_owned(),
        value: String::new(),
        sentence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    fn found(texts: [&str; 4]) -> Result<Parsed<Contact>, Problem> {
        let phone = Parsed {
            value: Phone::from_digits("79001234567").unwrap(),
            warnings: Vec::new(),
        };
        contact(
            phone,
            texts.map(|text| {
                if text == "-none-" {
                    Name::default()
                } else {
                    Name::read("Имя", text)
                }
            }),
        )
    }

    fn named(text: &str) -> Result<Contact, Problem> {
        found([text, "-none-", "-none-", "-none-"]).map(|found| found.value)
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
            assert_eq!(
                (problem.code, problem.value.as_str()),
                (ProblemCode::NameMojibake, text)
            );
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
        ] {
            assert_eq!(named(text).unwrap().names()[0], text);
        }
        assert_eq!(named(" Ива\u{200B}н\u{7} ").unwrap().names()[0], "Иван");
        assert_eq!(named("Анна\u{B}Мария").unwrap().names()[0], "Анна Мария");
    }

    #[test]
    fn four_blank_names_are_missing() {
        let problem = named(" \u{a0}").unwrap_err();
        assert_eq!(
            (problem.code, problem.column.as_str()),
            (ProblemCode::NameMissing, "Имя")
        );
        let phone = || Parsed {
            value: Phone::from_digits("79001234567").unwrap(),
            warnings: Vec::new(),
        };
        let names = ["ФИО", "ФИО", "ФИО", "Компания"].map(|column| Name::read(column, ""));
        let problem = contact(phone(), names).unwrap_err();
        assert_eq!(
            problem.sentence.localized(Language::En),
            "the contact has no name; fill in \"ФИО\" or \"Компания\""
        );
    }

    #[test]
    fn a_name_that_a_workbook_cut_off_is_no_name() {
        for language in [Language::En, Language::Ru] {
            let mark = results::cut_mark(language);
            let problem = named(&("ж".repeat(32_700) + mark)).unwrap_err();
            assert!(
                problem
                    .sentence
                    .localized(Language::En)
                    .contains("was cut off"),
                "{problem:?}"
            );
            assert!(
                named(&format!("Анна{mark}")).is_ok(),
                "a person may write so"
            );
        }
        assert!(named(&"ж".repeat(40_000)).is_ok());
    }

    #[test]
    fn a_name_is_sent_on_one_line() {
        for (text, sent) in [
            ("Иван\nИванов", "Иван Иванов"),
            ("Иван\r\nИванов", "Иван Иванов"),
            ("Иван\rИванов", "Иван Иванов"),
            ("Иван\tИванов", "Иван Иванов"),
            ("Иван\u{2028}Иванов", "Иван Иванов"),
            ("Иван\u{2029}Иванов", "Иван Иванов"),
            ("Иван\u{85}Иванов", "Иван Иванов"),
            ("Иван\u{B}Иванов", "Иван Иванов"),
            ("Иван&#10;Иванов", "Иван Иванов"),
            ("John\nSmith", "John Smith"),
        ] {
            let found = found([text, "-none-", "-none-", "-none-"]).unwrap();
            assert_eq!(found.value.names()[0], sent, "{text:?}");
            let cleaned = |warning: &Warning| warning.code == WarningCode::NameCleaned;
            assert!(found.warnings.iter().any(cleaned), "{text:?}");
        }
        for text in [" Иван\n", "\t\u{2028}Иван\r\n", "Иван\u{A0}Иванов"] {
            let found = found([text, "-none-", "-none-", "-none-"]).unwrap();
            assert_eq!(found.value.names()[0], text.trim());
            assert!(found.warnings.is_empty(), "{text:?}");
        }
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

    #[test]
    fn what_is_decoded_or_left_out_is_reported() {
        let codes = |found: &Parsed<Contact>| {
            found
                .warnings
                .iter()
                .map(|warning| warning.code.as_str())
                .collect::<Vec<_>>()
        };
        let contact = found(["О&#39;Нил", "None", "nan", "NULL"]).unwrap();
        assert_eq!(contact.value.names(), ["О'Нил", "", "", ""]);
        assert_eq!(
            codes(&contact),
            [
                "name_decoded",
                "name_placeholder",
                "name_placeholder",
                "name_placeholder"
            ]
        );
        let said = contact.warnings[0].sentence.localized(Language::En);
        assert_eq!(said, "\"О&#39;Нил\" was decoded to \"О'Нил\"");
        let contact = found(["&nbsp;", "", "Иван<br>Петров", ""]).unwrap();
        assert_eq!(contact.value.names(), ["", "", "Иван Петров", ""]);
        assert_eq!(codes(&contact), ["name_placeholder", "name_decoded"]);
    }

    #[test]
    fn names_that_stand_for_nothing_are_missing() {
        let problem = found(["undefined", "", "-", "&nbsp;"]).unwrap_err();
        assert_eq!(
            (problem.code, problem.value.as_str()),
            (ProblemCode::NameMissing, "undefined")
        );
        let said = problem.sentence.localized(Language::En);
        assert!(
            said.contains("\"undefined\"") && said.contains("\"Имя\""),
            "{said}"
        );
    }

    #[test]
    fn an_encoded_name_that_cannot_be_decoded_is_stopped() {
        for (text, code) in [
            ("=D0=98=D0", ProblemCode::NameEncoded),
            ("=?UTF-8?B?0JjQstCw", ProblemCode::NameEncoded),
            (
                "&#208;&#152;&#208;&#178;&#208;&#176;&#208;&#189;",
                ProblemCode::NameMojibake,
            ),
        ] {
            let problem = named(text).unwrap_err();
            assert_eq!((problem.code, problem.value.as_str()), (code, text));
        }
    }

    #[test]
    fn a_problem_shows_what_the_name_probably_was() {
        let said = named("йЧБО рЕФТПЧ")
            .unwrap_err()
            .sentence
            .localized(Language::En);
        assert!(said.contains("\"Иван Петров\""), "{said}");
    }

    /// Every text of up to three of these.
    #[test]
    fn whatever_is_written_is_read_to_its_end() {
        let parts = [
            "", "&", "&#", "&#x", ";", "=", "=D0", "=?", "?B?", "%", "%25", "D0", "\\u", "0418",
            "\\x", "<", "<b>", ">", "{{", "}}", "None", "И", "ё", "é", "Ð", "\u{98}", "\u{AD}",
            "\u{200B}", "\u{FFFD}", "李", "╨", " ", "\u{A0}", "🌸",
        ];
        for first in parts {
            for second in parts {
                for third in parts {
                    let name = [first, second, third].concat();
                    let read = Name::read("Имя", &name);
                    assert!(!read.text.contains(['\u{200B}', '\u{AD}']), "{name:?}");
                }
            }
        }
    }
}
