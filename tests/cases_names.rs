//! Names and headings of real files, read by the program itself: the files are in `tests/data/cases`, the expected
//! rows are here.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::Value;
use stand_in::Desk;

/// The rows and the files of a check of contacts for one recipient.
struct Checked {
    rows: Vec<Value>,
    files: Vec<Value>,
}

fn checked(file: &str, more: &[&str]) -> Checked {
    let desk = Desk::new();
    let data = format!("{}/tests/data/cases/{file}", env!("CARGO_MANIFEST_DIR"));
    desk.write(file, std::fs::read(data).unwrap());
    let arguments = [
        "check",
        "--json",
        "--lang",
        "en",
        "--recipients",
        "+79990000001",
        "--contacts",
        file,
    ];
    let ran = desk.run(&[&arguments[..], more].concat());
    let lines = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let (rows, files) = lines.partition(|line| line.get("row").is_some());
    Checked { rows, files }
}

/// `code`, or `name|name|name|name warning warning`.
fn told(row: &Value) -> String {
    if let Some(code) = row["problem"]["code"].as_str() {
        return code.to_owned();
    }
    let names = ["firstName", "middleName", "lastName", "company"]
        .map(|name| row["contact"][name].as_str().unwrap_or_default());
    let warnings = row["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|warning| warning["code"].as_str());
    let words: Vec<String> = std::iter::once(names.join("|"))
        .chain(
            warnings
                .filter(|code| code.starts_with("name"))
                .map(str::to_owned),
        )
        .collect();
    words.join(" ")
}

fn all_told(file: &str) -> Vec<String> {
    checked(file, &[]).rows.iter().map(told).collect()
}

#[test]
fn letters_that_were_decoded_wrongly_stop_a_row_and_the_likely_name_is_shown() {
    let rows = checked("12-mojibake-other-kinds.csv", &[]).rows;
    let likely = [
        "Иван Петров",
        "Иван Петров",
        "Иван Петров",
        "Иван Петров",
        "Иван Петров",
        "Иван Петров",
        "Müller",
        "Иван Петров",
        "Иван Петров",
    ];
    assert_eq!(rows.len(), likely.len());
    for (row, likely) in rows.iter().zip(likely) {
        assert_eq!(told(row), "name_mojibake");
        let said = row["problem"]["text"].as_str().unwrap();
        assert!(said.contains(&format!("probably \"{likely}\"")), "{said}");
    }
}

#[test]
fn names_that_are_still_encoded_are_decoded_and_reported() {
    assert_eq!(
        all_told("13-names-still-encoded.csv"),
        [
            "Иван||| name_decoded",
            "О'Нил|||ООО \"Ромашка\" name_decoded name_decoded",
            "Иван||| name_decoded",
            "Иван||| name_decoded",
            "Иван||| name_decoded",
            "Иван||| name_decoded",
            "Иван Петров||| name_decoded",
        ]
    );
}

#[test]
fn what_programs_write_for_nothing_is_left_out_and_reported() {
    assert_eq!(
        all_told("14-null-words.csv"),
        [
            "Иван||| name_placeholder name_placeholder name_placeholder",
            "name_missing",
            "name_missing",
            "Олег||| name_placeholder name_placeholder name_placeholder",
        ]
    );
}

#[test]
fn a_name_that_nobody_sees_is_none() {
    let told = all_told("19-invisible-name.csv");
    assert_eq!(told, ["name_missing"; 5]);
}

#[test]
fn a_heading_with_letters_of_another_alphabet_is_known_and_reported() {
    let Checked { rows, files } = checked("20-heading-lookalike.csv", &[]);
    assert_eq!(rows.iter().map(told).collect::<Vec<_>>(), ["Анна||Зимина|"]);
    let warning = &files[0]["warnings"][0];
    assert_eq!(warning["code"], "heading_lookalike");
    assert!(
        warning["text"]
            .as_str()
            .unwrap()
            .ends_with("it was read as \"Фамилия\""),
        "{warning}"
    );
}

#[test]
fn the_plan_tells_a_heading_with_letters_of_another_alphabet() {
    let desk = Desk::new();
    desk.write("a.csv", "Имя;Т\u{65}л\u{65}фон\nАнна;79001234567\n");
    let ran = desk.run(&[
        "check",
        "--lang",
        "en",
        "--recipients",
        "+79990000001",
        "--contacts",
        "a.csv",
    ]);
    let shown = format!("{}{}", ran.stdout, ran.stderr);
    assert!(shown.contains("it was read as \"Телефон\""), "{shown}");
    let map = ["--map", "company=Г\u{43E}род"];
    desk.write("b.csv", "Имя;Телефон;Г\u{6F}род\nАнна;79001234567;Омск\n");
    let arguments = [
        "check",
        "--json",
        "--recipients",
        "+79990000001",
        "--contacts",
        "b.csv",
    ];
    let ran = desk.run(&[&arguments[..], &map].concat());
    assert!(
        ran.stdout.contains("\"company\":\"Омск\"") && ran.stdout.contains("heading_lookalike"),
        "{ran:?}"
    );
}

#[test]
fn signs_that_nobody_sees_are_no_part_of_a_heading() {
    let Checked { rows, files } = checked("21-heading-invisible.csv", &[]);
    assert_eq!(rows.iter().map(told).collect::<Vec<_>>(), ["Анна||Зимина|"]);
    assert_eq!(rows[0]["contact"]["phoneContact"], 79_001_234_567_u64);
    assert_eq!(files[0]["warnings"], serde_json::json!([]), "{files:?}");
}

#[test]
fn control_characters_become_a_space() {
    assert_eq!(
        all_told("32-vertical-tab.csv"),
        ["Анна Мария||Зимина| name_cleaned"]
    );
}

#[test]
fn names_of_vcards_are_cleaned_as_those_of_tables_are() {
    let desk = Desk::new();
    let card = |name: &str, number: u32| {
        format!("BEGIN:VCARD\nVERSION:3.0\nN:{name}\nTEL:+7900123456{number}\nEND:VCARD\n")
    };
    let cards = [
        card("None;Анна\u{200B};;;", 1),
        card("О&#39\\;Нил;Шон;;;", 2),
        card("рЕФТПЧ;йЧБО;;;", 3),
        card("\u{200B};;;;", 4),
    ];
    desk.write("cards.vcf", cards.concat());
    let arguments = [
        "check",
        "--json",
        "--recipients",
        "+79990000001",
        "--contacts",
        "cards.vcf",
    ];
    let ran = desk.run(&arguments);
    let lines = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let rows: Vec<String> = lines
        .filter(|line| line.get("row").is_some())
        .map(|row| told(&row))
        .collect();
    assert_eq!(
        rows,
        [
            "Анна||| name_placeholder",
            "Шон||О'Нил| name_decoded",
            "name_mojibake",
            "name_missing"
        ]
    );
}

#[test]
fn a_whole_name_is_cleaned_before_it_is_split() {
    let desk = Desk::new();
    desk.write(
        "a.csv",
        "ФИО;Телефон\nПетров\u{A0}Иван\u{200B} Ильич;79001234561\nПетров Иван undefined;79001234562\n\
         \"Петров&nbsp;Иван\";79001234563\nundefined undefined;79001234564\n",
    );
    let ran = desk.run(&[
        "check",
        "--json",
        "--recipients",
        "+79990000001",
        "--contacts",
        "a.csv",
    ]);
    let lines = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let rows: Vec<String> = lines
        .filter(|line| line.get("row").is_some())
        .map(|row| told(&row))
        .collect();
    assert_eq!(
        rows,
        [
            "Иван|Ильич|Петров|",
            "Иван||Петров| name_placeholder",
            "Иван||Петров| name_decoded",
            "name_missing"
        ]
    );
}

#[test]
fn real_names_of_every_language_are_sent_as_they_are() {
    let desk = Desk::new();
    let names = include_str!("data/names.txt")
        .lines()
        .filter_map(|line| line.split_once('\t'));
    let names: Vec<&str> = names.map(|(_, name)| name).collect();
    let quoted = |name: &&str| format!("79001234567;\"{}\"\n", name.replace('"', "\"\""));
    let table: String = names.iter().map(quoted).collect();
    desk.write("names.csv", format!("phoneContact;firstName\n{table}"));
    let ran = desk.run(&[
        "check",
        "--json",
        "--recipients",
        "79990000001",
        "--contacts",
        "names.csv",
    ]);
    let lines = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let rows: Vec<Value> = lines.filter(|line| line.get("row").is_some()).collect();
    assert_eq!(rows.len(), names.len());
    for (row, name) in rows.iter().zip(names) {
        // A soft hyphen between letters is nothing that anybody sees.
        let sent = name.replace('\u{AD}', "");
        assert_eq!(row["contact"]["firstName"], sent.as_str(), "{row}");
        assert_eq!(row["warnings"], serde_json::json!([]), "{row}");
    }
}
