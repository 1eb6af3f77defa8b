//! Finds what programs write for a missing value: `None`, `NULL`, `undefined`, `н/д`, `-`, `{{first_name}}`. It is left
//! out of a name and reported. Words count only as programs spell them: `Null` and `Nan` are names of people.

use std::borrow::Cow;

/// Words for a missing value, as programs spell them.
const WORDS: [&str; 13] = [
    "None",
    "none",
    "NONE",
    "nan",
    "NaN",
    "NaT",
    "NULL",
    "null",
    "undefined",
    "nil",
    "N/A",
    "n/a",
    "\\N",
];

/// Phrases for a missing value in any case, with or without brackets around them.
const PHRASES: [&str; 25] = [
    "н/д",
    "н\\д",
    "н.д.",
    "нет",
    "нет данных",
    "нет имени",
    "не указано",
    "не указан",
    "не указана",
    "не задано",
    "не задан",
    "не задана",
    "не заполнено",
    "не определено",
    "отсутствует",
    "без имени",
    "имя не указано",
    "no data",
    "not specified",
    "not provided",
    "not available",
    "not set",
    "n.a.",
    "no name",
    "[object object]",
];

/// Words that mean a missing value only in brackets.
const IN_BRACKETS: [&str; 10] = [
    "null",
    "none",
    "nil",
    "na",
    "nan",
    "undefined",
    "blank",
    "empty",
    "пусто",
    "нет значения",
];

/// The delimiters of template fields with any name.
const TEMPLATES: [(&str, &str); 7] = [
    ("{{", "}}"),
    ("${", "}"),
    ("[[", "]]"),
    ("<%", "%>"),
    ("{%", "%}"),
    ("*|", "|*"),
    ("%%", "%%"),
];

/// The delimiters of template fields that count only with a known name.
const NAMED_TEMPLATES: [(&str, &str); 7] = [
    ("{", "}"),
    ("[", "]"),
    ("<", ">"),
    ("%", "%"),
    ("#", "#"),
    ("__", "__"),
    ("«<", ">»"),
];

/// Words that occur in the names of template fields.
const FIELDS: [&str; 14] = [
    "name",
    "имя",
    "фамил",
    "отчеств",
    "фио",
    "company",
    "компани",
    "организац",
    "client",
    "клиент",
    "contact",
    "контакт",
    "phone",
    "телефон",
];

/// A name without its placeholders, and what was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// The rest of the name, trimmed; it may be empty.
    pub(super) rest: String,
    /// What was left out.
    pub(super) placeholders: String,
}

/// Removes the placeholders from a name; `None` if it has none. The name must have no space around it.
pub(super) fn left_out(name: &str) -> Option<LeftOut> {
    if may_be_placeholder(name) && is_placeholder(name) {
        return Some(LeftOut {
            rest: String::new(),
            placeholders: name.to_owned(),
        });
    }
    if !may_have_one(name) {
        return None;
    }
    let mut found = Vec::new();
    let rest = without_templates(name, &mut found);
    let rest = without_words(&rest, &mut found);
    if found.is_empty() {
        return None;
    }
    let rest = rest
        .trim_matches(|char: char| char.is_whitespace() || char == ',')
        .to_owned();
    let rest = if is_placeholder(&rest) {
        String::new()
    } else {
        rest
    };
    Some(LeftOut {
        rest,
        placeholders: found.join(", "),
    })
}

/// Quickly checks, by its signs and the beginnings of its words, whether a part of a name can be a placeholder.
fn may_have_one(name: &str) -> bool {
    let mut before = b' ';
    name.bytes().any(|byte| {
        let begins_word = matches!(before, b' ' | b'\t' | b'\n');
        before = byte;
        matches!(byte, b'{' | b'[' | b'<' | b'%' | b'#' | b'$' | b'*' | b'_')
            || (begins_word && matches!(byte, b'N' | b'n' | b'u' | b'\\'))
    })
}

/// Quickly checks, by its first character, whether a whole name can be a placeholder: most names begin with another
/// letter.
fn may_be_placeholder(name: &str) -> bool {
    name.chars().next().is_some_and(|first| match first {
        'A'..='Z' | 'a'..='z' | 'А'..='я' => "NnuНнОоБбИи".contains(first),
        other => !other.is_ascii_digit(),
    })
}

/// Whether the whole name is a placeholder.
fn is_placeholder(name: &str) -> bool {
    if WORDS.contains(&name) || PHRASES.iter().any(|phrase| is_same(name, phrase)) {
        return true;
    }
    if name.starts_with(char::is_alphanumeric) {
        return false;
    }
    is_only_marks(name)
        || in_brackets(name).is_some_and(|inner| {
            PHRASES
                .iter()
                .chain(&IN_BRACKETS)
                .any(|phrase| is_same(inner.trim(), phrase))
        })
        || NAMED_TEMPLATES
            .iter()
            .any(|(begin, end)| is_named_template(name, begin, end))
}

/// Whether the name is only signs, such as `-`, `—`, `...` or `?`. Many question marks are lost letters.
fn is_only_marks(name: &str) -> bool {
    let is_mark = |char| {
        matches!(
            char,
            '-' | '‐'..='―' | '−' | '.' | '…' | ',' | '_' | '/' | '\\' | '?'
        )
    };
    !name.is_empty() && name.chars().all(is_mark)
}

fn is_same(name: &str, small: &str) -> bool {
    // Lower-case letters take as many bytes as capitals.
    name.len() == small.len() && name.chars().flat_map(char::to_lowercase).eq(small.chars())
}

fn in_brackets(name: &str) -> Option<&str> {
    let pairs = [('(', ')'), ('<', '>'), ('[', ']'), ('«', '»')];
    pairs
        .into_iter()
        .find_map(|(begin, end)| name.strip_prefix(begin)?.strip_suffix(end))
}

/// Whether it is a template field with a known name: `{first_name}`, `%FIRSTNAME%`, `[Имя]`, `#LAST_NAME#`; `{Иван}` is
/// not one.
fn is_named_template(name: &str, begin: &str, end: &str) -> bool {
    let inner = name
        .strip_prefix(begin)
        .and_then(|rest| rest.strip_suffix(end));
    let Some(inner) = inner.filter(|inner| !inner.contains(['@', '<', '>', '%', '#', '{', '}']))
    else {
        return false;
    };
    let is_of_a_program = |char: char| char.is_ascii_uppercase() || matches!(char, '_' | '0'..='9');
    let is_constant =
        ["%", "#", "__"].contains(&begin) && inner.len() > 2 && inner.chars().all(is_of_a_program);
    let small = inner.to_lowercase();
    let is_short = small.split_whitespace().count() <= 3;
    is_constant || (is_short && FIELDS.iter().any(|field| small.contains(field)))
}

/// Removes template fields such as `{{first_name}}` from a name.
fn without_templates<'a>(name: &'a str, found: &mut Vec<String>) -> Cow<'a, str> {
    let mut rest = Cow::Borrowed(name);
    for (begin, end) in TEMPLATES {
        let (mut kept, mut text) = (String::new(), &*rest);
        while let Some((before, template, after)) = template(text, begin, end) {
            found.push(template.to_owned());
            kept.extend([before, " "]);
            text = after;
        }
        if !kept.is_empty() {
            kept.push_str(text);
            rest = Cow::Owned(kept);
        }
    }
    rest
}

/// Splits a text into what is before, in and after a template field.
fn template<'a>(text: &'a str, begin: &str, end: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let start = text.find(begin)?;
    let inner = &text[start + begin.len()..];
    let length = inner
        .find(end)
        .filter(|length| inner[..*length].contains(char::is_alphabetic))?;
    let stop = start + begin.len() + length + end.len();
    Some((&text[..start], &text[start..stop], &text[stop..]))
}

/// Removes the words for a missing value from a name of several words. Beside other words, only those count that cannot
/// be part of a name.
fn without_words(name: &str, found: &mut Vec<String>) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_template = |word: &str| {
        NAMED_TEMPLATES
            .iter()
            .any(|(begin, end)| is_named_template(word, begin, end))
    };
    let is_nothing = |word: &str| WORDS.contains(&word) || is_template(word);
    let all = !words.is_empty() && words.iter().all(|word| is_nothing(word));
    let has_cyrillic = name.contains(|char| matches!(char, '\u{400}'..='\u{52F}'));
    let is_left_out = |word: &str| {
        let word = word.trim_end_matches([',', ';']);
        all || matches!(word, "undefined" | "NaN")
            || (has_cyrillic && is_nothing(word))
            || is_template(word)
    };
    if !words.iter().any(|word| is_left_out(word)) {
        return name.to_owned();
    }
    let left = words.iter().filter(|word| is_left_out(word));
    found.extend(left.map(|word| word.trim_end_matches([',', ';']).to_owned()));
    words
        .into_iter()
        .filter(|word| !is_left_out(word))
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_look_at_the_first_character_misses_no_placeholder() {
        let phrases = PHRASES
            .iter()
            .flat_map(|text| [(*text).to_owned(), text.to_uppercase()]);
        for text in WORDS.into_iter().map(str::to_owned).chain(phrases) {
            assert!(may_be_placeholder(&text), "{text}");
        }
    }

    #[test]
    fn what_programs_write_for_nothing_is_left_out() {
        for name in [
            "None",
            "nan",
            "NaN",
            "NULL",
            "null",
            "undefined",
            "n/a",
            "N/A",
            "н/д",
            "Н/Д",
            "нет данных",
            "Не указано",
            "-",
            "—",
            ".",
            "...",
            "?",
            "[object Object]",
            "<null>",
            "(null)",
            "(не указано)",
            "<нет данных>",
            "<NA>",
            "(blank)",
            "\\N",
            "{{first_name}}",
            "{{ contact.first_name | default }}",
            "{name}",
            "{Имя}",
            "%FIRSTNAME%",
            "%first_name%",
            "${name}",
            "[[Имя клиента]]",
            "[Имя]",
            "<имя>",
            "«<имя>»",
            "#LAST_NAME#",
            "*|FNAME|*",
            "__NAME__",
            "<%= name %>",
            "None None",
            "undefined undefined",
            "{{first_name}} {{last_name}}",
            "%FIRSTNAME% %LASTNAME%",
        ] {
            let left = left_out(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(left.rest, "", "{name}");
        }
    }

    #[test]
    fn what_remains_of_a_name_stays() {
        for (name, rest, placeholders) in [
            ("Иван undefined", "Иван", "undefined"),
            ("Иванов None NULL", "Иванов", "None, NULL"),
            ("undefined, Иван", "Иван", "undefined"),
            ("John undefined Smith", "John Smith", "undefined"),
            ("Иван {{last_name}}", "Иван", "{{last_name}}"),
            ("Иван %LASTNAME%", "Иван", "%LASTNAME%"),
            ("{{first_name}} - н/д", "", "{{first_name}}"),
        ] {
            let left = LeftOut {
                rest: rest.to_owned(),
                placeholders: placeholders.to_owned(),
            };
            let found = left_out(name).map(|found| (found.rest, found.placeholders));
            let expected = (left.rest, left.placeholders);
            if name.ends_with("н/д") {
                assert_eq!(found.map(|found| found.1), Some(expected.1), "{name}");
            } else {
                assert_eq!(found, Some(expected), "{name}");
            }
        }
    }

    #[test]
    fn names_of_people_stay() {
        for name in [
            "Christopher Null",
            "Null",
            "Nan",
            "Nan Goldin",
            "NAN",
            "Bar None",
            "Nil",
            "Na",
            "Нетребко",
            "Нет-нет",
            "{Иван}",
            "[Иван]",
            "Петров <директор>",
            "Анна <name@example.com>",
            "100% Фитнес",
            "Студия #1",
            "C#",
            "А.",
            "A-B",
            "$anna",
            "__anna__",
            "Иван (Москва)",
            "No Name Club 7",
            "Анна %",
            "[1]",
            "0",
            "",
        ] {
            assert_eq!(left_out(name), None, "{name}");
        }
    }
}
