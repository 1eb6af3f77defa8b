//! Files that were once read wrongly, as `check --json` reads them: vCards that have run together,
//! names that are not split, groups and fax numbers; and small oddities of tables.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::path::Path;

use serde_json::Value;
use stand_in::Desk;

/// What `check --json` says: the exit code, a line for each row and the object of the file.
struct Checked {
    code: i32,
    rows: Vec<String>,
    file: Value,
    texts: Vec<String>,
}

/// Checks a file of contacts for one recipient.
fn check(bytes: &[u8], name: &str, more: &[&str]) -> Checked {
    let desk = Desk::new();
    desk.write(name, bytes);
    let mut arguments = vec![
        "check",
        "--json",
        "--recipients",
        "+79990000001",
        "--contacts",
        name,
    ];
    arguments.extend(more);
    checked(&desk, &arguments)
}

fn checked(desk: &Desk, arguments: &[&str]) -> Checked {
    let ran = desk.run(arguments);
    let lines: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (rows, files): (Vec<Value>, Vec<Value>) = lines
        .into_iter()
        .partition(|line| line.get("row").is_some());
    let text = |row: &Value| row["problem"]["text"].as_str().map(str::to_owned);
    Checked {
        code: ran.code,
        texts: rows.iter().filter_map(text).collect(),
        rows: rows.iter().map(shown).collect(),
        file: files.into_iter().next_back().unwrap_or_default(),
    }
}

/// `valid 79001234567 first|middle|last|company`, or the status and the problem.
fn shown(row: &Value) -> String {
    let status = row["status"].as_str().unwrap();
    if let Some(code) = row["problem"]["code"].as_str() {
        return format!("{status} {code}");
    }
    let contact = &row["contact"];
    let names = ["firstName", "middleName", "lastName", "company"];
    let names: Vec<&str> = names
        .iter()
        .map(|name| contact[*name].as_str().unwrap_or(""))
        .collect();
    format!("{status} {} {}", contact["phoneContact"], names.join("|"))
}

fn case(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/cases")
        .join(name);
    std::fs::read(path).unwrap()
}

fn check_case(name: &str, more: &[&str]) -> Checked {
    check(&case(name), name, more)
}

fn codes(file: &Value) -> Vec<&str> {
    let warnings = file["warnings"].as_array().into_iter().flatten();
    warnings
        .map(|warning| warning["code"].as_str().unwrap())
        .collect()
}

#[test]
fn vcards_that_have_run_together_are_all_read() {
    let seen = check_case("02-vcf-glued-lost-people.vcf", &[]);
    let people = [
        "valid 79001234567 Анна||Зимина|",
        "valid 79001234568 Пётр||Лосев|",
        "valid 79001234569 Олег||Ким|",
    ];
    assert_eq!(
        (seen.rows, seen.code),
        (people.map(str::to_owned).to_vec(), 0)
    );
    let text = String::from_utf8(case("02-vcf-glued-lost-people.vcf")).unwrap();
    for between in [
        "END:VCARD BEGIN:VCARD",
        "end : vcard\tbegin:vcard",
        "END:VCARD\0\u{FEFF}home.BEGIN:VCARD",
    ] {
        let seen = check(
            text.replace("END:VCARDBEGIN:VCARD", between).as_bytes(),
            "a.vcf",
            &[],
        );
        assert_eq!(seen.rows, people, "{between:?}");
    }
    for (line_end, between) in [
        ("\r\nEND:VCARD", "END:VCARD"),
        ("\r\nEND:VCARDBEGIN:VCARD", "BEGIN:VCARD"),
    ] {
        let seen = check(text.replace(line_end, between).as_bytes(), "a.vcf", &[]);
        assert_eq!(seen.rows, people, "{line_end:?} as {between:?}");
    }
}

#[test]
fn no_name_goes_out_with_the_number_of_another() {
    let seen = check_case("03-vcf-glued-wrong-number.vcf", &[]);
    assert_eq!(
        seen.rows,
        ["invalid phone_missing", "valid 79001234568 Пётр||Лосев|"]
    );
    assert_eq!(seen.code, 4);
    let text = String::from_utf8(case("03-vcf-glued-wrong-number.vcf")).unwrap();
    let seen = check(
        text.replace("END:VCARDBEGIN:VCARD\r\n", "").as_bytes(),
        "a.vcf",
        &[],
    );
    assert_eq!(
        (seen.rows, seen.code),
        (vec!["invalid card_damaged".to_owned()], 4)
    );
    assert!(seen.texts[0].contains("two contacts"), "{:?}", seen.texts);
    let without_version = text
        .replace("END:VCARDBEGIN:VCARD\r\n", "")
        .replace("VERSION:3.0\r\n", "");
    assert_eq!(
        check(without_version.as_bytes(), "a.vcf", &[]).rows,
        ["invalid card_damaged"]
    );
    let one_line = text.replace("\r\n", " ");
    assert_eq!(
        check(one_line.as_bytes(), "a.vcf", &[]).rows,
        ["invalid card_damaged", "invalid card_damaged"]
    );
}

#[test]
fn nobody_of_a_damaged_vcard_on_a_stop_list_is_written_to() {
    let desk = Desk::new();
    desk.write(
        "list.csv",
        "Кому;Телефон;Имя\n79001234501;79001234568;А\n79001234502;79001234568;А\n",
    );
    for card in [
        "FN:a\nTEL:+79001234501\nFN:b\n",
        "VERSION:3.0\nFN:a\nTEL:+79001234501\nVERSION:3.0\nFN:b\n",
    ] {
        desk.write(
            "stop.vcf",
            format!("BEGIN:VCARD\n{card}TEL:+79001234502\nEND:VCARD\n"),
        );
        let seen = checked(
            &desk,
            &["check", "--json", "list.csv", "--suppress", "stop.vcf"],
        );
        assert!(
            seen.rows.iter().all(|row| row.starts_with("suppressed")),
            "{:?}",
            seen.rows
        );
    }
}

#[test]
fn a_name_that_is_not_parted_is_parted_or_the_shown_name_is_taken() {
    let seen = check_case("15-vcf-n-not-parted.vcf", &[]);
    assert_eq!(
        seen.rows,
        [
            "valid 79001234567 Пётр|Ильич|Лосев|",
            "valid 79001234568 Анна||Зимина|"
        ]
    );
    for (lines, names) in [
        (
            "N;QUOTED-PRINTABLE:=D0=97=D0=B8=D0=BC=3B=D0=90=D0=BD=D0=BD=D0=B0=3B=3B=3B\r\n",
            "Анна||Зим|",
        ),
        (
            "N;ENCODING=B;CHARSET=windows-1251:x+jsO8Dt7eA7Ozs=\r\n",
            "Анна||Зим|",
        ),
        ("N;BASE64:?\r\nFN:Анна Зимина\r\n", "Анна Зимина|||"),
        (
            "FN;ENCODING=B:0JDQvdC90LA=\r\nORG;ENCODING=B:0KDQvtCz0LA70KHQutC70LDQtA==\r\n",
            "Анна|||Рога",
        ),
        ("N:Зимина\\;Анна\\;\\;\\;\r\nFN:Анечка\r\n", "Анечка|||"),
        // A comma of the text that was not escaped, and one that separates two names.
        ("N:Ромашка, ООО;;;;\r\n", "||Ромашка, ООО|"),
        (
            "N:Ромашка, ООО;;;;\r\nFN:Ромашка, ООО\r\n",
            "||Ромашка, ООО|",
        ),
        ("N:Зимина;Анна,Мария;;;\r\n", "Анна Мария||Зимина|"),
    ] {
        let card =
            format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{lines}TEL:+79001234567\r\nEND:VCARD\r\n");
        assert_eq!(
            check(card.as_bytes(), "a.vcf", &[]).rows,
            [format!("valid 79001234567 {names}")],
            "{lines}"
        );
    }
}

#[test]
fn a_picture_that_was_not_encoded_costs_no_other_vcard() {
    let seen = check_case("29-vcf-binary-photo.vcf", &[]);
    assert_eq!(
        seen.rows,
        [
            "valid 79001234567 Анна||Зимина|",
            "valid 79001234568 Пётр||Лосев|"
        ]
    );
    let mut random = fastrand::Rng::with_seed(29);
    for _ in 0..20 {
        let picture: Vec<u8> = (0..random.usize(1..70_000))
            .map(|_| random.u8(..))
            .collect();
        let picture = [
            b"PHOTO;ENCODING=BASE64:",
            &picture[..],
            b"\r\nEND:VCARD\r\n",
        ]
        .concat();
        let text = case("29-vcf-binary-photo.vcf");
        let at = text.windows(5).position(|word| word == b"PHOTO").unwrap();
        let next = text
            .windows(11)
            .rposition(|word| word == b"BEGIN:VCARD")
            .unwrap();
        let seen = check(
            &[&text[..at], &picture, &text[next..]].concat(),
            "a.vcf",
            &[],
        );
        assert_eq!(seen.rows.last().unwrap(), "valid 79001234568 Пётр||Лосев|");
    }
}

#[test]
fn a_fax_with_a_voice_is_a_telephone_and_a_fax_alone_is_told() {
    let seen = check_case("30-vcf-fax-voice.vcf", &[]);
    assert_eq!(
        seen.rows,
        ["valid 74951234567 Анна|||", "invalid phone_missing"]
    );
    assert!(
        seen.texts[0].contains("only a fax number, +74951234568"),
        "{:?}",
        seen.texts
    );
    let seen = check_case("30-vcf-fax-voice.vcf", &["--lang", "ru"]);
    assert!(
        seen.texts[0].contains("есть только факс"),
        "{:?}",
        seen.texts
    );
}

#[test]
fn groups_are_counted_and_are_no_rows() {
    let seen = check_case("31-vcf-groups.vcf", &[]);
    assert_eq!(
        (&seen.rows[..], seen.code),
        (&["valid 79001234567 Анна||Зимина|".to_owned()][..], 0)
    );
    assert_eq!(
        (codes(&seen.file), &seen.file["rows"]),
        (vec!["groups_skipped"], &Value::from(1))
    );
    let text = String::from_utf8(case("31-vcf-groups.vcf")).unwrap();
    let desk = Desk::new();
    desk.write("a.vcf", &text);
    let ran = desk.run(&[
        "check",
        "--recipients",
        "+79990000001",
        "--contacts",
        "a.vcf",
    ]);
    assert!(
        ran.stdout.contains("1 group of contacts was skipped"),
        "{}",
        ran.stdout
    );
    let only = text.rfind("BEGIN:VCARD").unwrap();
    let seen = check(&text.as_bytes()[only..], "a.vcf", &[]);
    assert_eq!(
        (seen.code, &seen.file["problem"]["code"]),
        (3, &Value::from("no_rows"))
    );
    let said = seen.file["problem"]["text"].as_str().unwrap();
    assert!(said.contains("only 1 group and no contacts"), "{said}");
    // The number of a contact is that of its card in the file, groups counted.
    let behind = text[only..].to_owned() + &text[..only];
    desk.write("a.vcf", behind.replace("+79001234567", "123"));
    let ran = desk.run(&[
        "check",
        "--recipients",
        "+79990000001",
        "--contacts",
        "a.vcf",
        "--json",
    ]);
    assert!(ran.stdout.contains(r#""row":2"#), "{}", ran.stdout);
}

#[test]
fn the_end_mark_of_dos_is_no_row() {
    for end in [
        "",
        "\r\n",
        "\r\n\u{1A}",
        "\0\0\0\0\0\0\0\0",
        "\u{1A}\u{1A}\u{1A}\u{1A}\n",
    ] {
        let bytes = [case("22-ctrl-z.csv"), end.as_bytes().to_vec()].concat();
        let seen = check(&bytes, "a.csv", &[]);
        assert_eq!(
            (&seen.rows[..], seen.code),
            (&["valid 79001234567 Анна|||".to_owned()][..], 0),
            "{end:?}"
        );
        let cards = [
            case("03-vcf-glued-wrong-number.vcf"),
            b"\x1A".to_vec(),
            end.as_bytes().to_vec(),
        ]
        .concat();
        assert_eq!(check(&cards, "a.vcf", &[]).rows.len(), 2, "{end:?}");
    }
}

#[test]
fn a_repeated_row_of_an_open_workbook_counts_as_often_as_it_says() {
    let desk = Desk::new();
    desk.write("a.ods", case("23-ods-repeated-rows.ods"));
    let seen = checked(&desk, &["check", "--json", "a.ods"]);
    let status = |row: &String| row.split(' ').next().map(str::to_owned);
    let statuses: Vec<_> = seen.rows.iter().filter_map(status).collect();
    assert_eq!(statuses, ["valid", "duplicate", "duplicate"]);
    assert_eq!(seen.file["rows"], 3);
}

#[test]
fn the_encoding_that_a_person_names_is_followed_or_refused() {
    let seen = check_case("33-bom-over-1251.csv", &["--encoding", "windows-1251"]);
    assert_eq!(
        (&seen.rows[..], seen.code),
        (&["valid 79001234567 Анна|||".to_owned()][..], 0)
    );
    assert_eq!(seen.file["encoding"], "windows-1251");
    let cyrillic = |text: &str| {
        let letter = |char: char| match u32::from(char) {
            code @ ..0x80 => u8::try_from(code).unwrap(),
            code => u8::try_from(code - 0x410 + 0xC0).unwrap(),
        };
        [b"\xEF\xBB\xBF".to_vec(), text.chars().map(letter).collect()].concat()
    };
    let card = cyrillic("BEGIN:VCARD\nVERSION:3.0\nFN:Анна\nTEL:+79001234567\nEND:VCARD\n");
    let page =
        cyrillic("<html><table><tr><td>Имя<td>Телефон<tr><td>Анна<td>79001234567</table></html>");
    for (bytes, name) in [(card, "a.vcf"), (page, "a.html")] {
        let seen = check(&bytes, name, &["--encoding", "windows-1251"]);
        assert_eq!(seen.rows, ["valid 79001234567 Анна|||"], "{name}");
    }
    let wide: Vec<u8> = "\u{FEFF}Имя;Телефон\nАнна;79001234567\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let narrow = "\u{FEFF}Имя;Телефон\nАнна;79001234567\n".as_bytes();
    for (bytes, label) in [
        (&wide[..], "utf-8"),
        (&wide, "windows-1251"),
        (&wide, "utf-16be"),
        (narrow, "utf-16"),
    ] {
        let seen = check(bytes, "a.csv", &["--encoding", label]);
        assert_eq!(
            (seen.code, &seen.file["problem"]["code"]),
            (3, &Value::from("encoding_unknown")),
            "{label}"
        );
        assert!(
            seen.file["problem"]["text"]
                .as_str()
                .unwrap()
                .contains("--encoding"),
            "{label}"
        );
    }
    assert_eq!(
        check(&wide, "a.csv", &["--encoding", "utf-16"]).rows,
        ["valid 79001234567 Анна|||"]
    );
}
