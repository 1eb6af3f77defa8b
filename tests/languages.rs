//! Messages in Russian and in English: every code from the program itself, and how the language is chosen.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeMap, process::Command};

use sendcontact::domain::{ProblemCode, WarningCode};
use serde_json::Value;
use stand_in::{Desk, Ran, Service, accepted, refused, table};

/// A table with something wrong in every row.
const BAD: &str = "\
chatId;Телефон получателя;Телефон контакта;Имя;Город
;79001234567;;Анна;
;79001234567;12345;Анна;
;79001234567;7,9001E+10;Анна;
;79001234567;79001234568;;
;79001234567;79001234568;????;
;;79001234568;Анна;
;abc;79001234568;Анна;
;7,9001E+10;79001234568;Анна;
;79001234567;79001234568;Анна;Омск;center
;79001234567;79001234568;\"ООО \"Лютик\"\";
;+7 900 123-45-67;79001234568;Анна;
;79001234567, 79007654321;79001234568;Анна;
;79001234567 доб. 12;79001234568;Анна;
;8 900 123-45-67;79001234568;Анна;
;79001234567,00;79001234568;Анна;
;380123456789;79001234568;Анна;
120650379300963@lid;;79001234568;Анна;
;79001234567;79001234568;=D0=98=D0;
;79001234567;79001234568;\"О&#39;Нил\";
;79001234567;79001234568;Анна None;
";

const CARDS: &str = "\
BEGIN:VCARD\nVERSION:3.0\nN:Kim;Anna;;;\nTEL:+79001234561\nEND:VCARD
BEGIN:VCARD\nVERSION:3.0\nN:Kim;Anna;;;\nTEL:+79001234562\nEND:VCARD
BEGIN:VCARD\nVERSION:3.0\nN:Орлова;Мария;;;\nTEL:+79001234563\nEND:VCARD
BEGIN:VCARD\nVERSION:3.0\nN:Ив\u{0}ан;;;;\nEND:VCARD
BEGIN:VCARD\nVERSION:3.0\nFN:Friends\nKIND:group\nEND:VCARD
";

fn is_cyrillic(text: &str) -> bool {
    text.chars()
        .any(|letter| matches!(letter, '\u{400}'..='\u{52F}'))
}

/// A sentence without what it quotes.
fn unquoted(text: &str) -> String {
    let mut outside = true;
    text.chars()
        .filter(|letter| {
            outside ^= matches!(letter, '"' | '«' | '»');
            outside
        })
        .collect()
}

/// Codes and sentences of whatever JSON the check has printed.
fn gather(value: &Value, into: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::Object(object) => {
            if let (Some(Value::String(code)), Some(Value::String(text))) =
                (object.get("code"), object.get("text"))
            {
                into.entry(code.clone()).or_default().push(text.clone());
            }
            object.values().for_each(|value| gather(value, into));
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every sentence that these checks tell in one language, by its code.
fn told(desk: &Desk, checks: &[Vec<&str>], language: &str) -> BTreeMap<String, Vec<String>> {
    let mut sentences = BTreeMap::new();
    for check in checks {
        let all = [&["check", "--json", "--lang", language], check.as_slice()].concat();
        let ran = desk.run(&all);
        assert!([0, 3, 4].contains(&ran.code), "{ran:?}");
        for line in ran.stdout.lines() {
            gather(&serde_json::from_str(line).unwrap(), &mut sentences);
        }
    }
    sentences
}

fn speaks_both(desk: &Desk, checks: &[Vec<&str>], codes: &[&str]) {
    let (english, russian) = (told(desk, checks, "en"), told(desk, checks, "ru"));
    for code in codes {
        let (english, russian) = (&english.get(*code), &russian.get(*code));
        let (Some(english), Some(russian)) = (english, russian) else {
            panic!("{code} is not told")
        };
        assert_eq!(english.len(), russian.len(), "{code}");
        for text in *english {
            assert!(
                !is_cyrillic(&unquoted(text)) && !text.contains(['{', '}']),
                "{code}: {text}"
            );
        }
        for text in *russian {
            assert!(
                is_cyrillic(&unquoted(text)) && !text.contains(['{', '}']),
                "{code}: {text}"
            );
        }
    }
}

fn data(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn every_code_of_a_row_is_told_in_both_languages() {
    let desk = Desk::new();
    desk.write("bad.csv", BAD);
    let names = "Кому,Телeфон,Имя,Отчество\n79001234567,79001234568,Анна &amp; Ко,None\n79001234567,79001234568,Анна\u{b}Мария,\n";
    desk.write("names.csv", names);
    desk.write(
        "norway.csv",
        "Кому;Телефон;Имя\n79001234567;+4741234567;Анна\n",
    );
    desk.write(
        "china.csv",
        "Кому;Телефон;Имя\n13012345678;79001234568;Анна\n",
    );
    desk.write("cards.vcf", CARDS);
    desk.write(
        "people.csv",
        "Телефон;Менеджер\n79001234567;Anna Kim\n79001234568;Пётр\n",
    );
    desk.write("hidden.xlsx", data("filtered.xlsx"));
    desk.write(
        "plain.csv",
        "Кому;Телефон;Имя\n+79001234567;13012345678;Анна\n",
    );
    desk.write(
        "lookalike.csv",
        "Кому;Т\u{65}л\u{65}фон;Имя\n79001234567;79001234568;Анна\n",
    );
    desk.write(
        "zones.csv",
        "Кому;Телефон;Имя;Пояс\n79001234567;79001234568;Анна;5\n",
    );
    desk.write(
        "tables.xls",
        "<html><table><tr><td>Имя<td>Телефон<tr><td>А<td>79001234567</table>\
         <table><tr><td>Кто<td>Т<tr><td>Б<td>79001234568</table></html>",
    );
    let checks = [
        vec!["--recipients", "79001234567", "--contacts", "tables.xls"],
        vec!["zones.csv", "--map", "timeZone=Пояс"],
        vec!["lookalike.csv"],
        vec!["bad.csv", "--country", "RU"],
        vec!["names.csv"],
        vec!["norway.csv"],
        vec!["norway.csv", "--number-lengths", "any"],
        vec!["china.csv", "--country", "CN"],
        vec!["plain.csv", "--country", "CN"],
        vec![
            "--recipients",
            "people.csv",
            "--contacts",
            "cards.vcf",
            "--match",
            "Менеджер",
        ],
        vec!["--recipients", "79001234567", "--contacts", "hidden.xlsx"],
    ];
    let problems = ProblemCode::ALL.iter().map(|code| code.as_str());
    let codes: Vec<&str> = problems
        .chain(WarningCode::ALL.iter().map(|code| code.as_str()))
        .collect();
    speaks_both(&desk, &checks, &codes);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn every_code_of_a_file_is_told_in_both_languages() {
    let desk = Desk::new();
    let head = "Кому;Телефон;Имя\n";
    let files: [(&str, Vec<u8>); 14] = [
        ("picture.csv", b"\x89PNG\r\n\x1A\n....".to_vec()),
        ("empty.csv", Vec::new()),
        ("head.csv", head.into()),
        ("nul.csv", format!("{head}1;2;А\0\n").into()),
        (
            "long.csv",
            format!("{head}1;2;{}\n", "а".repeat(700_000)).into(),
        ),
        ("names.csv", "Имя;Город\nАнна;Омск\n".into()),
        (
            "quote.csv",
            format!("{head}\"{}", "79001234567;79001234568;Анна\n".repeat(40)).into(),
        ),
        ("lost.csv", "???;???????\r\n????;79001234567\r\n".into()),
        ("broken.xlsx", b"PK\x03\x04..xl/workbook.xml".to_vec()),
        ("locked.xlsx", data("locked.xlsx")),
        ("book.xlsx", data("people.xlsx")),
        (
            "page.xls",
            b"<html><body>Please log in</body></html>".to_vec(),
        ),
        (
            "archive.xls",
            b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n--b".to_vec(),
        ),
        (
            "letters.csv",
            [
                head.as_bytes(),
                b"79001234567;79001234568;\xC0\xED\xED\xE0\n",
            ]
            .concat(),
        ),
    ];
    for (name, bytes) in &files {
        desk.write(name, bytes);
    }
    std::fs::create_dir(desk.path("folder")).unwrap();
    let mut checks: Vec<Vec<&str>> = files.iter().map(|(name, _)| vec![*name]).collect();
    checks.extend([
        vec!["nowhere.csv"],
        vec!["folder"],
        vec!["book.xlsx", "--sheet", "Лист 77"],
    ]);
    let codes = [
        "file_missing",
        "file_unreadable",
        "file_binary",
        "file_empty",
        "no_rows",
        "file_nul",
        "line_too_long",
        "no_phone_column",
        "unclosed_quote",
        "text_lost",
        "workbook_damaged",
        "workbook_encrypted",
        "sheet_missing",
        "html_damaged",
        "encoding_unknown",
        "format_unsupported",
    ];
    speaks_both(&desk, &checks, &codes);
}

#[test]
fn the_option_decides_the_language_and_then_the_environment() {
    let desk = Desk::new();
    desk.write("bad.csv", BAD);
    let said = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command: Command = desk.command(arguments);
        let ran = Ran::of(command.envs(environment.iter().copied()).output().unwrap());
        assert_eq!(ran.code, 4, "{ran:?}");
        ran.stdout
    };
    let (russian, english) = ("Проблемы\n", "Problems\n");
    for (arguments, environment, expected) in [
        (&["check", "bad.csv"][..], &[][..], english),
        (&["check", "bad.csv", "--lang", "ru"], &[], russian),
        (&["--lang", "ru", "check", "bad.csv"], &[], russian),
        (&["check", "bad.csv"], &[("LC_ALL", "ru_RU.UTF-8")], russian),
        (&["check", "bad.csv"], &[("LC_MESSAGES", "ru_RU")], russian),
        (
            &["check", "bad.csv"],
            &[("LC_ALL", "en_US.UTF-8"), ("LANG", "ru_RU.UTF-8")],
            english,
        ),
        (
            &["check", "bad.csv"],
            &[("LC_ALL", ""), ("LANG", "ru_RU.UTF-8")],
            russian,
        ),
        (
            &["check", "bad.csv", "--lang", "en"],
            &[("LC_ALL", "ru_RU.UTF-8")],
            english,
        ),
    ] {
        let text = said(arguments, environment);
        assert!(
            text.contains(expected),
            "{arguments:?} {environment:?}: {text}"
        );
    }
    let text = said(&["check", "bad.csv", "--lang", "ru"], &[]);
    assert!(
        text.contains("строка 4, столбец «Телефон контакта»: 7,9001E+10 — таблица показала номер"),
        "{text}"
    );
    let text = said(&["check", "bad.csv"], &[]);
    assert!(
        text.contains("row 4, column \"Телефон контакта\": the spreadsheet shows 7,9001E+10"),
        "{text}"
    );
}

#[test]
fn the_results_explain_each_row_in_the_language_and_keep_the_words_of_the_contract() {
    let desk = Desk::new();
    let service = Service::start(|number, _| match number {
        0 => refused(400, "bad request data"),
        _ => accepted(number),
    });
    desk.write(
        "list.csv",
        table(2) + ",79001234568,Без получателя\n79000000001,79001234568,Гость 1\n",
    );
    let ran = desk.run_to(
        &service,
        &[
            "send",
            "list.csv",
            "--lang",
            "ru",
            "--concurrency",
            "1",
            "--results",
            "list-results.csv",
        ],
    );
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(ran.stderr.contains("\n  принято "), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("    sendcontact report list --only not-sent --as xlsx --lang ru\n"),
        "{}",
        ran.stderr
    );
    let column = |heading: &str| desk.column("list-results.csv", heading);
    assert_eq!(
        column("status"),
        ["failed", "accepted", "invalid", "duplicate"]
    );
    assert_eq!(column("error")[2], "recipient_missing");
    let russian = column("explanation");
    assert!(
        russian[0].starts_with("Сервис не принял этот контакт (HTTP 400: bad request data)"),
        "{russian:?}"
    );
    assert_eq!(russian[1], "");
    assert_eq!(russian[2], "Получатель не указан. Заполните «phoneNumber».");
    assert!(
        russian[3].starts_with("Тот же контакт тому же получателю есть в строке 3;"),
        "{russian:?}"
    );
    let ran = desk.run(&["report", "list", "--lang", "en"]);
    let both = "4 rows: list-results.csv\n4 rows: list-results.xlsx\n";
    assert_eq!(ran.stderr, both);
    let english = column("explanation");
    assert_eq!(english[2], "No recipient; fill in \"phoneNumber\".");
    assert!(english.iter().all(|text| !is_cyrillic(text)), "{english:?}");
}

#[test]
fn a_table_whose_columns_are_not_found_is_told_which_option_may_help() {
    let desk = Desk::new();
    desk.write(
        "data.csv",
        "79001234567;79001234568;Анна\n79001234567;79001234568;Пётр\n",
    );
    desk.write(
        "one.csv",
        "Кому:Телефон:Имя\n79001234567:79001234568:Анна\n",
    );
    desk.write("names.csv", "Имя;Город\nАнна;Омск\n");
    desk.write("book.xlsx", data("people.xlsx"));
    let options = ["--no-header", "--sheet", "--delimiter"];
    for (arguments, expected) in [
        (&["data.csv"][..], &["--no-header"][..]),
        (&["one.csv"], &["--delimiter"]),
        (&["book.xlsx", "--sheet", "1"], &["--sheet"]),
        (&["names.csv"], &[]),
    ] {
        for language in ["en", "ru"] {
            let ran = desk.run(&[&["check", "--lang", language], arguments].concat());
            assert_eq!(ran.code, 3, "{ran:?}");
            let named: Vec<&str> = options
                .into_iter()
                .filter(|option| ran.stderr.contains(option))
                .collect();
            assert_eq!(named, expected, "{}", ran.stderr);
        }
    }
}

#[test]
fn what_was_not_looked_for_in_the_settings_is_told_in_the_language_too() {
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    for (arguments, code, words) in [
        (&["check"][..], 2, "отправлять нечего"),
        (&["send", "list.csv"], 2, "не указан инстанс"),
        (
            &["check", "list.csv", "--country", "ZZ"],
            2,
            "страны «ZZ» нет",
        ),
        (
            &["check", "list.csv", "--map", "phone"],
            2,
            "не ПОЛЕ=СТОЛБЕЦ",
        ),
        (
            &["check", "list.csv", "--map", "firstName=Z"],
            2,
            "в list.csv нет такого столбца",
        ),
        (
            &["check", "--recipients", "12", "--contacts", "list.csv"],
            2,
            "в номере «12» 2 цифры",
        ),
        (&["status", "nothing"], 2, "реестра nothing.ledger нет"),
        (&["check", "nowhere.csv"], 3, "такого файла нет"),
    ] {
        let ran = desk.run(&[&["--lang", "ru"], arguments].concat());
        assert_eq!(ran.code, code, "{ran:?}");
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
    }
}
