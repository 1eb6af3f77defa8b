//! Workbooks and pages that were once read wrongly, as `check --json` reads them now. The files are in
//! `tests/data/cases`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

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
