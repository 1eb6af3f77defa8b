use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
    path::Path,
};

use jiff::Timestamp;

use super::*;
use crate::{
    domain::{
        CheckedRow, Contact, Message, Names, Phone, Problem, ProblemCode, RawCells, Recipient,
        RowCheck, RowRef, Status,
    },
    i18n::{Language, Sentence},
    ledger::{Identity, NewSource, Service},
    report::Form,
};

const OPTIONS: ReportOptions = ReportOptions {
    form: Form::Xlsx,
    only: None,
    language: Language::En,
    headings: Language::En,
    now: Timestamp::UNIX_EPOCH,
};

/// A ledger of this many rows: the last one has a problem, the others are pending.
fn ledger(folder: &Path, rows: u64) -> Ledger {
    ledger_with(folder, rows, "Ялта")
}

/// The same, with this in the column of the input that is not used.
fn ledger_with(folder: &Path, rows: u64, own_cell: &str) -> Ledger {
    let identity = Identity {
        service: Service::Simulator,
        instance: "1101".into(),
        name: String::new(),
    };
    let mut ledger = Ledger::open(folder.join("a.ledger"), &[identity]).unwrap();
    let mut import = ledger.import().unwrap();
    let own_columns = ["Город".to_owned()];
    import
        .add_source(NewSource {
            name: "a.csv",
            own_columns: &own_columns,
            delimiter: None,
            layout: Some("CSV, UTF-8"),
            corrects: false,
        })
        .unwrap();
    for row in 1..=rows {
        let phone = Phone::try_from(79_000_000_000 + row).unwrap();
        let names = Names {
            first: format!("Гость {row}"),
            ..Names::default()
        };
        let message = Message {
            recipient: Recipient::Phone(phone),
            contact: Contact::new(phone, names).unwrap(),
        };
        let problem = Problem {
            code: ProblemCode::PhoneMissing,
            column: String::new(),
            value: String::new(),
            sentence: Sentence::kept("no number".to_owned()),
        };
        let finding = if row < rows {
            RowCheck::Message(message)
        } else {
            RowCheck::Problem(problem, RawCells::default())
        };
        let entry = CheckedRow {
            place: RowRef {
                source: 0,
                row: row + 1,
            },
            finding,
            warnings: Vec::new(),
            pair: None,
            own_cells: vec![own_cell.into()],
            time_zone: None,
            origin: None,
        };
        import.add_row(entry).unwrap();
    }
    import.finish(None).unwrap();
    ledger
}

/// Every part of the workbook by its name.
fn parts(
    most_rows: u32,
    ledger: &Ledger,
    folder: &Path,
    options: &ReportOptions,
) -> (u64, BTreeMap<String, String>) {
    let mut book = Cursor::new(Vec::new());
    let rows = write_in_sheets_of(most_rows, ledger, &mut book, (folder, options)).unwrap();
    let mut archive = zip::ZipArchive::new(book).unwrap();
    let mut parts = BTreeMap::new();
    for place in 0..archive.len() {
        let mut part = archive.by_index(place).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        parts.insert(part.name().unwrap().into_owned(), text);
    }
    (rows, parts)
}

/// What is between two marks, each time they come.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    text.split(before)
        .skip(1)
        .map(|rest| rest.split_once(after).unwrap().0)
        .collect()
}

#[test]
fn rows_that_do_not_fit_on_a_sheet_go_on_on_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), 25);
    let (rows, parts) = parts(10, &ledger, folder.path(), &OPTIONS);
    assert_eq!(rows, 25);
    let names = between(&parts["xl/workbook.xml"], "<sheet name=\"", "\"");
    assert_eq!(names, ["Results", "Results 2", "Results 3", "Summary"]);
    for (sheet, rows) in [(1, 10), (2, 10), (3, 5)] {
        let xml = &parts[&format!("xl/worksheets/sheet{sheet}.xml")];
        assert_eq!(xml.matches("<row ").count(), rows + 1, "sheet {sheet}");
        assert!(
            xml.contains(">recipient</t>") && xml.contains("<tablePart "),
            "sheet {sheet}"
        );
        assert!(
            xml.contains("state=\"frozen\"") && xml.contains("<cfRule "),
            "sheet {sheet}"
        );
        let table = &parts[&format!("xl/tables/table{sheet}.xml")];
        let range = format!("A1:Q{}", rows + 1);
        assert_eq!(
            between(table, " ref=\"", "\""),
            [&range, &range],
            "sheet {sheet}"
        );
    }
    let summary = &parts["xl/worksheets/sheet4.xml"];
    assert!(
        summary.contains(
            "<f>COUNTIF('Results'!$B$2:$B$11,$A7)+COUNTIF('Results 2'!$B$2:$B$11,$A7)\
             +COUNTIF('Results 3'!$B$2:$B$6,$A7)</f>"
        ),
        "{summary}"
    );
}

#[test]
fn counts_are_formulas_whose_values_stand_beside_them_and_in_the_chart() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), 25);
    let (_, parts) = parts(MOST_ROWS, &ledger, folder.path(), &OPTIONS);
    let summary = &parts["xl/worksheets/sheet2.xml"];
    let counts: Vec<&str> = between(summary, "<f>COUNTIF", "</c>")
        .iter()
        .flat_map(|cell| between(cell, "<v>", "</v>"))
        .collect();
    assert_eq!(
        counts,
        ["1", "24", "0", "0", "0", "0", "0"],
        "statuses with rows come first"
    );
    assert!(summary.contains("<f>SUM(B7:B13)</f><v>25</v>"), "{summary}");
    let chart = &parts["xl/charts/chart1.xml"];
    assert!(
        chart.contains("<c:f>Summary!$A$7:$A$8</c:f>")
            && chart.contains("<c:f>Summary!$B$7:$B$8</c:f>")
    );
    assert_eq!(
        between(chart, "<c:v>", "</c:v>"),
        ["invalid", "pending", "1", "24"]
    );
    assert_eq!(
        between(chart, "srgbClr val=\"", "\"")[..2],
        ["E8A33D", "6F8FAF"]
    );
}

#[test]
fn a_part_of_the_rows_has_no_figures_and_may_be_empty() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), 3);
    for (only, rows, last) in [
        (Status::Invalid, 1, 2),
        (Status::Failed, 0, 2),
        (Status::Pending, 2, 3),
    ] {
        let options = ReportOptions {
            only: Some(crate::report::RowFilter::Status(only)),
            ..OPTIONS
        };
        let (written, parts) = parts(MOST_ROWS, &ledger, folder.path(), &options);
        assert_eq!(written, rows, "{only}");
        assert_eq!(
            between(&parts["xl/workbook.xml"], "<sheet name=\"", "\""),
            ["Results"]
        );
        assert!(
            parts["xl/tables/table1.xml"].contains(&format!("ref=\"A1:Q{last}\"")),
            "{only}"
        );
    }
}

#[test]
fn few_long_rows_wait_for_the_writer() {
    const LONG: usize = BLOCK_BYTES / 2;
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger_with(folder.path(), 9, &"x".repeat(LONG));
    let (blocks, waiting) = sync_channel(9);
    send_rows(&ledger, &OPTIONS, &blocks).unwrap();
    drop(blocks);
    let rows: Vec<usize> = waiting.into_iter().map(|block| block.len()).collect();
    assert_eq!(rows, [2, 2, 2, 2, 1]);
}

#[test]
fn nothing_is_left_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), 3);
    let mut book = Cursor::new(Vec::new());
    write(&ledger, &mut book, folder.path(), &OPTIONS).unwrap();
    drop(ledger);
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert!(
        names
            .iter()
            .all(|name| name.to_string_lossy().starts_with("a.ledger")),
        "{names:?}"
    );
}
