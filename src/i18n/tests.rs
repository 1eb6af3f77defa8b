use super::*;

fn is_cyrillic(letter: char) -> bool {
    matches!(letter, '\u{400}'..='\u{52F}')
}

/// A sentence's name, and for each language its template and what is put into it.
pub(crate) type Template = (&'static str, [&'static str; 2], [&'static str; 2]);

/// Checks what must hold for the templates of every message; the macro calls it for each enum.
pub(crate) fn check(templates: &[Template]) {
    speaks_both(templates);
    quotes_and_names_options(templates);
}

/// Returns a template without its `{…}`.
fn words(template: &str) -> String {
    let mut words = String::new();
    let mut rest = template;
    while let Some((before, field)) = rest.split_once('{') {
        words.push_str(before);
        words.push('…');
        rest = field
            .split_once('}')
            .unwrap_or_else(|| panic!("{template}"))
            .1;
    }
    words + rest
}

/// Checks that a template has no letters of the other language, except in words that both share, and no leftovers.
fn speaks_both(templates: &[Template]) {
    for (name, [en, en_fields], [ru, ru_fields]) in templates {
        let (en, ru) = (without_option(&words(en)), without_option(&words(ru)));
        // The abbreviation of Moscow time, as spreadsheets of both languages write it.
        let en = en.replace("МСК", "MSK");
        assert!(
            !(en.clone() + en_fields).contains(is_cyrillic),
            "{name}: {en} {en_fields}"
        );
        let is_only_fields = !en.contains(char::is_alphabetic) && en_fields.is_empty();
        assert!(
            is_only_fields || (ru.clone() + ru_fields).contains(is_cyrillic),
            "{name}: {ru} {ru_fields}"
        );
        for text in [en, ru] {
            assert!(
                !text.contains("  ") && !text.contains(['{', '}', '\n']),
                "{name}: {text}"
            );
        }
    }
}

/// Removes a leading option: a message that only names an option before the reason needs no words of a language.
fn without_option(text: &str) -> String {
    let option = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    let rest = text.strip_prefix("--");
    rest.map_or(text, |rest| rest.trim_start_matches(option))
        .to_owned()
}

/// Checks that Russian uses guillemets, and names the options that English names.
fn quotes_and_names_options(templates: &[Template]) {
    for (name, [en, _], [ru, _]) in templates {
        let options = |text: &str| {
            let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            let mut options: Vec<String> = words
                .filter(|word| word.starts_with("--"))
                .map(str::to_owned)
                .collect();
            options.sort_unstable();
            options.dedup();
            options
        };
        let (en, ru) = (options(en), options(ru));
        assert!(
            en.iter().all(|option| ru.contains(option)),
            "{name}: {en:?} {ru:?}"
        );
    }
    for (name, _, [ru, _]) in templates {
        let marks = ru.matches('"').count();
        assert!(marks == 0 || ru.contains("\"\""), "{name}: {ru}");
    }
}

/// Checks that texts for a column of the results begin with nothing that a spreadsheet would run as a formula.
pub(crate) fn runs_in_no_spreadsheet(templates: &[Template]) {
    for (name, [en, _], [ru, _]) in templates {
        for text in [en, ru].map(|text| words(text)) {
            assert!(
                !text.starts_with(['=', '+', '-', '@', '\'', ' ', '\t']),
                "{name}: {text}"
            );
        }
    }
}

#[test]
fn what_is_in_a_column_of_ours_runs_in_no_spreadsheet() {
    for templates in [Sentence::TEMPLATES, CardFault::TEMPLATES] {
        runs_in_no_spreadsheet(templates);
    }
}

#[test]
fn the_language_is_that_of_the_locale() {
    for (locale, language) in [
        ("ru_RU.UTF-8", Language::Ru),
        ("ru", Language::Ru),
        ("RU-ru", Language::Ru),
        ("ru.KOI8-R", Language::Ru),
        ("ru_UA@euro", Language::Ru),
        ("C.UTF-8", Language::En),
        ("en_US.UTF-8", Language::En),
        ("run", Language::En),
        ("uk_UA.UTF-8", Language::En),
        ("", Language::En),
    ] {
        assert_eq!(Language::of_locale(locale), language, "{locale}");
    }
}

#[test]
fn a_sentence_that_was_kept_is_told_again_and_an_old_text_as_it_stands() {
    let kept = r#"{"Shortened":{"value":"7,9001E+10"}}"#;
    let sentence = Sentence::kept(kept.to_owned());
    assert_eq!(
        sentence,
        Sentence::Shortened {
            value: "7,9001E+10".to_owned()
        }
    );
    assert_eq!(sentence.to_keep(), kept);
    assert_eq!(
        Sentence::kept(Sentence::NumberMissing.to_keep()),
        Sentence::NumberMissing
    );
    for old in [
        "\"12\" has 2 digits; correct it",
        "there is no number",
        "{}",
        "",
        "\"x\"",
    ] {
        for language in [Language::En, Language::Ru] {
            assert_eq!(Sentence::kept(old.to_owned()).localized(language), old);
        }
    }
}

#[test]
fn lists_and_counts_take_the_form_of_the_language() {
    let sentence = Sentence::NameMissing {
        columns: vec!["Имя".to_owned(), "ФИО".to_owned()],
    };
    assert_eq!(
        sentence.localized(Language::En),
        "the contact has no name; fill in \"Имя\" or \"ФИО\""
    );
    assert_eq!(
        sentence.localized(Language::Ru),
        "у контакта нет имени. Заполните «Имя» или «ФИО»."
    );
    let sentence = Sentence::HiddenRows { rows: 1 };
    assert_eq!(
        sentence.localized(Language::En),
        "1 hidden row was skipped; --include-hidden reads hidden rows too"
    );
    let sentence = Sentence::HiddenRows { rows: 21 };
    assert!(
        sentence
            .localized(Language::Ru)
            .contains("21 скрытая строка"),
        "{sentence:?}"
    );
}

#[test]
fn a_sentence_alone_begins_with_a_capital_and_ends_with_a_stop() {
    for (text, expected) in [
        ("номера нет. Впишите его.", "Номера нет. Впишите его."),
        ("there is no number", "There is no number."),
        ("\"12\" is a date", "\"12\" is a date."),
        ("", ""),
    ] {
        assert_eq!(alone(text), expected);
    }
}
