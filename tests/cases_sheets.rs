//! Workbooks and pages that were once read wrongly, as `check --json` reads them now. The files are in
//! `tests/data/cases`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write;
use std::path::Path;

use sendcontact::formats::{self, Input, ReadOptions, TableRow};
use serde_json::Value;
use stand_in::Desk;

/// What `check --json` says of one file of contacts.
struct Checked {
    code: i32,
    rows: Vec<Value>,
    file: Value,
}

impl Checked {
    /// The rows as `number name` or the code of their problem.
    fn people(&self) -> Vec<String> {
        let one = |row: &Value| match row["problem"]["code"].as_str() {
            Some(code) => code.to_owned(),
            None => format!(
                "{} {}",
                row["contact"]["phoneContact"],
                row["contact"]["firstName"].as_str().unwrap()
            ),
        };
        self.rows.iter().map(one).collect()
    }

    fn has_warning(&self, code: &str) -> bool {
        self.warnings()
            .iter()
            .any(|warning| warning["code"] == code)
    }

    fn warnings(&self) -> &[Value] {
        self.file["warnings"].as_array().map_or(&[], Vec::as_slice)
    }

    /// What is wrong with the file as a whole.
    fn problem(&self) -> (&str, &str) {
        let problem = &self.file["problem"];
        (
            problem["code"].as_str().unwrap(),
            problem["text"].as_str().unwrap(),
        )
    }
}

fn check(path: &Path, options: &[&str]) -> Checked {
    let path = path.to_str().unwrap();
    let start = [
        "check",
        "--recipients",
        "+79990000001",
        "--contacts",
        path,
        "--json",
        "--lang",
        "en",
    ];
    let ran = Desk::new().run(&[&start, options].concat());
    let mut lines: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let file = lines.pop().unwrap();
    Checked {
        code: ran.code,
        rows: lines,
        file,
    }
}

fn case(name: &str, options: &[&str]) -> Checked {
    check(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data/cases")
            .join(name),
        options,
    )
}

/// A page or a workbook that a test writes itself.
fn written(text: &str, options: &[&str]) -> Checked {
    let desk = Desk::new();
    check(&desk.write("list.xls", text), options)
}

#[test]
fn the_first_sheet_that_is_shown_of_an_excel_2003_workbook_is_read() {
    let checked = case("04-xml2003-hidden-sheet.xls", &[]);
    assert_eq!(
        (checked.code, checked.people()),
        (0, vec!["79001234567 Анна".to_owned()])
    );
    assert_eq!(
        (&checked.file["format"], &checked.file["sheet"]),
        (&"xml2003".into(), &"Клиенты".into())
    );
    assert_eq!(
        checked.file["otherSheets"],
        serde_json::json!(["Черновик", "Архив"])
    );
}

#[test]
fn a_sheet_that_is_named_is_read_or_missed() {
    for (sheet, phone) in [
        ("Клиенты", "79001234567"),
        ("архив", "79001234568"),
        ("1", "79001230000"),
    ] {
        let checked = case("05-xml2003-sheet-option.xls", &["--sheet", sheet]);
        assert_eq!(checked.code, 0, "{sheet}");
        assert!(checked.people()[0].starts_with(phone), "{sheet}");
    }
    for name in [
        "05-xml2003-sheet-option.xls",
        "09-number-cell-with-fraction.xlsx",
        "17-html-second-table.xls",
    ] {
        let checked = case(name, &["--sheet", "Итоги"]);
        assert_eq!(
            (checked.code, checked.problem().0),
            (3, "sheet_missing"),
            "{name}"
        );
    }
}

#[test]
fn a_sheet_is_refused_by_files_that_have_none() {
    let card = "BEGIN:VCARD\nVERSION:3.0\nFN:Анна\nTEL:+79001234567\nEND:VCARD\n";
    for (text, format) in [("Имя;Телефон\nАнна;79001234567\n", "CSV"), (card, "vCard")]
    {
        assert_eq!(written(text, &[]).code, 0);
        let checked = written(text, &["--sheet", "Клиенты"]);
        let (code, said) = checked.problem();
        assert_eq!((checked.code, code), (3, "sheet_missing"));
        assert!(
            said.contains(format) && said.contains("--sheet Клиенты"),
            "{said}"
        );
    }
}

#[test]
fn a_list_of_those_who_are_left_out_needs_no_sheet() {
    let desk = Desk::new();
    let list = desk.write("stop.csv", "Телефон\n79991112233\n");
    let checked = case(
        "05-xml2003-sheet-option.xls",
        &["--sheet", "Клиенты", "--suppress", list.to_str().unwrap()],
    );
    assert_eq!(checked.code, 0);
}

#[test]
fn a_number_cell_comes_in_as_it_is_stored() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/cases/09-number-cell-with-fraction.xlsx");
    let Input::Table(mut table) = formats::open(&path, &ReadOptions::default()).unwrap() else {
        panic!("no table")
    };
    let (mut row, mut phones) = (TableRow::default(), Vec::new());
    while table.read_row(&mut row).unwrap() {
        phones.push((row.cells[1].text.clone(), row.cells[1].numeric));
    }
    let expected = [
        ("7900123456.7", true),
        ("60112345678.5", true),
        ("0.79001234567", true),
    ];
    assert_eq!(
        phones[1..],
        expected.map(|(text, numeric)| (text.to_owned(), numeric))
    );
}

#[test]
fn what_a_page_does_not_show_is_left_out_and_counted() {
    let checked = case("16-html-hidden-rows.xls", &[]);
    assert_eq!(
        (checked.code, checked.people()),
        (0, vec!["79001234567 Анна".to_owned()])
    );
    assert!(checked.has_warning("hidden_rows"), "{}", checked.file);
    assert_eq!(
        case("16-html-hidden-rows.xls", &["--include-hidden"])
            .rows
            .len(),
        5
    );
}

#[test]
fn a_second_table_of_the_same_headings_is_read_too() {
    let checked = case("17-html-second-table.xls", &[]);
    assert_eq!(
        (checked.code, checked.people()),
        (
            0,
            vec!["79001234567 Анна".to_owned(), "79001234568 Пётр".to_owned()]
        )
    );
    assert!(!checked.has_warning("other_tables"), "{}", checked.file);
    let checked = case("17-html-second-table.xls", &["--sheet", "2"]);
    assert_eq!(checked.people(), ["79001234568 Пётр"]);
}

#[test]
fn a_table_that_is_not_read_is_told_with_its_number() {
    let page = "<html><body><table><tr><td>Имя<td>Телефон<tr><td>Анна<td>79001234567</table>\
                <table><tr><td>Сотрудник<td>Моб. тел<tr><td>Пётр<td>79001234568</table></body></html>";
    let checked = written(page, &[]);
    assert_eq!(checked.people(), ["79001234567 Анна"]);
    let told = checked
        .warnings()
        .iter()
        .find(|warning| warning["code"] == "other_tables")
        .unwrap();
    let text = told["text"].as_str().unwrap();
    assert!(
        text.contains("1 other table") && text.contains("--sheet 2"),
        "{text}"
    );
    let desk = Desk::new();
    let path = desk.write("list.xls", page);
    let plan = desk.run(&[
        "check",
        "--recipients",
        "+79990000001",
        "--contacts",
        path.to_str().unwrap(),
    ]);
    assert!((plan.stdout + &plan.stderr).contains("--sheet 2"));
    assert_eq!(
        written(page, &["--sheet", "2", "--map", "firstName=A"]).people(),
        ["79001234568 Пётр"]
    );
}

#[test]
fn numbers_that_a_page_shows_shortened_are_read_in_full() {
    let checked = case("34-html-x-num.xls", &[]);
    assert_eq!(
        (checked.code, checked.people()),
        (
            0,
            vec![
                "380671234567 Олена".to_owned(),
                "380671234568 Ірина".to_owned()
            ]
        )
    );
}

#[test]
fn a_web_archive_is_refused_by_name() {
    let checked = case("27-not-our-formats.xls", &[]);
    let (code, said) = checked.problem();
    assert_eq!((checked.code, code), (3, "format_unsupported"));
    assert!(
        said.contains("a web archive") && said.contains(".xlsx"),
        "{said}"
    );
}

#[test]
fn an_excel_2003_workbook_that_is_cut_off_is_refused() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cases/04-xml2003-hidden-sheet.xls");
    let whole = std::fs::read_to_string(path).unwrap();
    let checked = written(
        whole.split("<Worksheet ss:Name=\"Архив\">").next().unwrap(),
        &[],
    );
    assert_eq!((checked.code, checked.problem().0), (3, "workbook_damaged"));
}

/// A workbook of recipients and contacts: each cell is a text, or a number in a number format.
fn formatted(rows: &[[(&str, &str); 3]]) -> String {
    let (mut styles, mut sheet) = (String::new(), String::new());
    for (number, row) in rows.iter().enumerate() {
        sheet += "<Row>";
        for (column, (value, code)) in row.iter().enumerate() {
            let code = code.replace('"', "&quot;");
            let kind = if code.is_empty() { "String" } else { "Number" };
            write!(
                styles,
                "<Style ss:ID='s{number}-{column}'><NumberFormat ss:Format=\"{code}\"/></Style>"
            )
            .unwrap();
            write!(
                sheet,
                "<Cell ss:StyleID='s{number}-{column}'><Data ss:Type='{kind}'>{value}</Data></Cell>"
            )
            .unwrap();
        }
        sheet += "</Row>";
    }
    format!(
        "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook><Styles>{styles}</Styles>\
         <Worksheet ss:Name='a'><Table>{sheet}</Table></Worksheet></Workbook>"
    )
}

const PEOPLE_HEADINGS: [(&str, &str); 3] =
    [("phoneNumber", ""), ("phoneContact", ""), ("firstName", "")];

/// The rows of `check list.xls` as `recipient contact status`, or code and text of the problem.
fn checked_pairs(desk: &Desk, options: &[&str]) -> Vec<String> {
    let start = ["check", "list.xls", "--json", "--lang", "en"];
    pairs(&desk.run(&[&start, options].concat()).stdout)
}

/// The rows of what `check --json` prints, as in [`checked_pairs`].
fn pairs(printed: &str) -> Vec<String> {
    let rows = printed
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|row| row.get("row").is_some());
    let one = |row: Value| match row["problem"]["code"].as_str() {
        Some(code) => format!("{code}: {}", row["problem"]["text"].as_str().unwrap()),
        None => format!(
            "{} {} {}",
            row["phoneNumber"],
            row["contact"]["phoneContact"],
            row["status"].as_str().unwrap()
        ),
    };
    rows.map(one).collect()
}

#[test]
fn a_number_is_read_with_the_digits_that_its_format_shows() {
    let us = "\"+1 \"(000) 000-0000";
    let desk = Desk::new();
    desk.write(
        "list.xls",
        formatted(&[
            PEOPLE_HEADINGS,
            [("9175551235", us), ("79160000001", "0"), ("Bob", "")],
            [("79990000001", "0"), ("9175551235", us), ("Bob", "")],
            [
                ("79990000002", "0"),
                ("9160000001", "(000) 000-00-00"),
                ("Eva", ""),
            ],
            [("79990000003", "0"), ("9160000001", "+0"), ("Eva", "")],
            [
                ("79990000004", "0"),
                ("15112345678", "000000000000"),
                ("Jan", ""),
            ],
            [
                ("79990000005", "0"),
                ("9175551235", "\"+1 \"0.0"),
                ("Bob", ""),
            ],
            [
                ("9175551235", "\"+1 \"0.0"),
                ("79160000001", "0"),
                ("Bob", ""),
            ],
        ]),
    );
    let pairs = checked_pairs(&desk, &["--country", "RU"]);
    assert_eq!(
        pairs[..3],
        [
            "19175551235 79160000001 valid",
            "79990000001 19175551235 valid",
            "79990000002 79160000001 valid"
        ]
    );
    assert!(
        pairs[3].starts_with("phone_invalid: \"+9160000001\""),
        "{pairs:?}"
    );
    assert!(
        pairs[4].starts_with("phone_invalid: \"015112345678\""),
        "{pairs:?}"
    );
    for (row, code) in [(5, "phone_ambiguous"), (6, "recipient_invalid")] {
        let text = &pairs[row];
        assert!(text.starts_with(&format!("{code}: ")), "{text}");
        assert!(
            text.contains("9175551235") && text.contains("+1 "),
            "{text}"
        );
    }
}

#[test]
fn whoever_a_list_shows_with_the_digits_of_a_format_is_left_out() {
    let desk = Desk::new();
    let valid = [("19175551235", "0"), ("79160000001", "0"), ("Bob", "")];
    desk.write("list.xls", formatted(&[PEOPLE_HEADINGS, valid]));
    for (code, expected) in [
        (
            "\"+1 \"(000) 000-0000",
            "19175551235 79160000001 suppressed",
        ),
        ("0", "19175551235 79160000001 valid"),
    ] {
        let stop = [("9175551235", code), ("", "0"), ("", "")];
        desk.write("stop.xls", formatted(&[PEOPLE_HEADINGS, stop]));
        let pairs = checked_pairs(&desk, &["--suppress", "stop.xls", "--country", "RU"]);
        assert_eq!(pairs, [expected], "{code}");
    }
    let stop = [("19175551235", "\"+\"0.0"), ("", "0"), ("", "")];
    desk.write("stop.xls", formatted(&[PEOPLE_HEADINGS, stop]));
    let ran = desk.run(&[
        "check",
        "list.xls",
        "--suppress",
        "stop.xls",
        "--lang",
        "en",
    ]);
    let told = ran.stdout + &ran.stderr;
    assert!(
        told.contains("1 suppressed") && told.contains("could not be read for certain"),
        "{told}"
    );
}

#[test]
fn a_contact_is_not_chosen_by_a_number_that_is_not_certain() {
    let desk = Desk::new();
    desk.write(
        "cards.csv",
        "phoneContact;firstName\n19175551235;Bob\n79175551235;Eva\n",
    );
    for (code, expected) in [
        ("\"+1 \"(000) 000-0000", "79990000001 19175551235 valid"),
        ("0", "79990000001 79175551235 valid"),
        ("\"+1 \"0.0", "card_missing: the cell holds"),
    ] {
        desk.write(
            "list.xls",
            formatted(&[
                [("phoneNumber", ""), ("Manager", ""), ("Note", "")],
                [("79990000001", "0"), ("9175551235", code), ("a", "")],
            ]),
        );
        let ran = desk.run(&[
            "check",
            "--recipients",
            "list.xls",
            "--contacts",
            "cards.csv",
            "--match",
            "Manager",
            "--country",
            "RU",
            "--json",
            "--lang",
            "en",
        ]);
        let pairs = pairs(&ran.stdout);
        assert!(pairs[0].starts_with(expected), "{pairs:?}");
    }
}
