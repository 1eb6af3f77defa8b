//! The files that are made from a ledger: what they say, that nothing in them runs, and that each is
//! an input again that reads the same.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeMap, convert::Infallible, fs::File, io::Read, path::Path};

use jiff::Timestamp;
use sendcontact::{
    domain::{CheckedRow, Contact, Message, Names, Phone, Recipient, RowCheck, RowRef},
    formats,
    i18n::Language,
    ingest::{IngestOptions, Inputs, OpenedInputs},
    ledger::{Identity, Ledger, NewSource, Service as Whose},
    report::{self, Form, OutputRecord, ReportOptions},
};
use serde_json::json;
use stand_in::{Desk, Reply, Service, accepted, refused};

/// Texts that spreadsheets, delimited text, XML, HTML or vCards would trip over.
const HOSTILE: [&str; 38] = [
    "=1+1",
    "'=x",
    "''+7",
    " =1",
    "\u{a0}=1",
    "＝1",
    "-5",
    "+7 (900) 123-45-67",
    "@SUM(A1)",
    "\t=1",
    "\n=1",
    "'",
    "''",
    "'quoted'",
    "\"",
    "\"\"",
    "a\"b;c,d\te",
    "two\nlines",
    "two\r\nlines",
    "BEGIN:VCARD",
    "x\nBEGIN:VCARD\nVERSION:4.0",
    "END:VCARD\nN:a;b",
    "back\\slash",
    "a\\nb",
    "\\\\, \\; \\,",
    "comma, semi; colon:",
    "ends with \\",
    "🚲 Артём 👩‍🚀",
    "<b>&amp;</b>",
    "</script><script>alert(1)</script>",
    "_x000D_ _x005F_",
    "]]>",
    "0123456",
    "3E10",
    "TRUE",
    "ООО «Ромашка»",
    "Ё\u{301}й",
    "50%=3D",
];

fn long() -> String {
    "Длинное имя 🚲".chars().cycle().take(300).collect()
}

fn hostile() -> Vec<String> {
    HOSTILE
        .iter()
        .map(|text| (*text).to_owned())
        .chain([long()])
        .collect()
}

/// A ledger with a row for each text: as every name of its card, and in two columns of its own.
fn ledger(folder: &Path, texts: &[String]) -> Ledger {
    let identity = Identity {
        service: Whose::Simulator,
        instance: "1101".into(),
        name: String::new(),
    };
    let mut ledger = Ledger::open(folder.join("a.ledger"), &[identity]).unwrap();
    let mut import = ledger.import().unwrap();
    let own_columns = ["Город".to_owned(), "=1+1".to_owned()];
    import
        .add_source(NewSource {
            name: "=a.csv",
            own_columns: &own_columns,
            delimiter: Some(';'),
            layout: None,
            corrects: false,
        })
        .unwrap();
    for (number, text) in (1..).zip(texts) {
        let phone = Phone::try_from(380_500_000_000 + number).unwrap();
        // The ingest takes these out of names.
        let name = || text.replace('\r', "").replace("<b>&amp;</b>", "&");
        let names = Names {
            first: name(),
            middle: name(),
            last: name(),
            company: name(),
        };
        let contact = Contact::new(phone, names).unwrap();
        let entry = CheckedRow {
            place: RowRef {
                source: 0,
                row: number + 1,
            },
            finding: RowCheck::Message(Message {
                recipient: Recipient::Phone(phone),
                contact,
            }),
            warnings: Vec::new(),
            pair: None,
            own_cells: vec![text.clone(), text.clone()],
            time_zone: None,
            origin: None,
        };
        import.add_row(entry).unwrap();
    }
    import.finish(None).unwrap();
    ledger
}

/// What a row reads as: recipient, number, names, own cells.
fn told(recipient: &str, phone: &str, names: [&str; 4], own: &[String]) -> Vec<String> {
    let first = [recipient, phone]
        .into_iter()
        .chain(names)
        .map(str::to_owned);
    first.chain(own.iter().cloned()).collect()
}

fn read(path: &Path) -> Vec<Vec<String>> {
    let inputs = Inputs {
        inputs: vec![path.to_owned()],
        ..Inputs::default()
    };
    let opened = OpenedInputs::open(&inputs, &IngestOptions::default())
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(opened.sources()[0].is_results, "{}", path.display());
    let mut rows = Vec::new();
    let read = opened.read(&mut |entry| {
        let RowCheck::Message(message) = &entry.finding else {
            panic!("{entry:?}")
        };
        let (recipient, phone) = (
            message.recipient.to_string(),
            message.contact.phone().to_string(),
        );
        rows.push(told(
            &recipient,
            &phone,
            message.contact.names(),
            &entry.own_cells,
        ));
        Ok::<_, Infallible>(())
    });
    read.unwrap();
    rows
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn results_of_any_form_are_an_input_that_reads_the_same() {
    let desk = tempfile::tempdir().unwrap();
    // Names with tags come into no ledger: they are decoded first.
    let texts: Vec<String> = hostile()
        .into_iter()
        .filter(|text| !text.contains("</"))
        .collect();
    let ledger = ledger(desk.path(), &texts);
    let mut expected = Vec::new();
    ledger
        .each_row(|line| {
            // A name is read on one line; a cell of the input's own keeps its lines.
            let names = line.names.map(|name| name.replace(['\n', '\t'], " "));
            expected.push(told(
                &line.recipient,
                &line.phone_contact,
                names.each_ref().map(String::as_str),
                &line.own_cells,
            ));
            Ok::<_, sendcontact::ledger::LedgerError>(())
        })
        .unwrap();
    assert_eq!(expected.len(), texts.len());
    for headings in [Language::En, Language::Ru] {
        for (form, name) in [
            (
                Form::Csv {
                    delimiter: Some(';'),
                    fallback: ',',
                },
                "a-results.csv",
            ),
            (
                Form::Csv {
                    delimiter: Some(','),
                    fallback: ';',
                },
                "b-results.csv",
            ),
            (
                Form::Csv {
                    delimiter: Some('\t'),
                    fallback: ';',
                },
                "c-results.csv",
            ),
            (Form::Xlsx, "a-results.xlsx"),
        ] {
            let path = desk.path().join(name);
            let options = ReportOptions {
                form,
                only: None,
                language: Language::Ru,
                headings,
                now: Timestamp::UNIX_EPOCH,
            };
            assert_eq!(
                report::write(&ledger, &path, &options, &OutputRecord::default())
                    .unwrap()
                    .rows,
                texts.len() as u64
            );
            for (read, expected) in read(&path).iter().zip(&expected) {
                assert_eq!(read, expected, "{form:?} {headings:?}");
            }
        }
    }
}

/// Every part of a workbook by its name.
fn parts(path: &Path) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut parts = BTreeMap::new();
    for place in 0..archive.len() {
        let mut part = archive.by_index(place).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        parts.insert(part.name().unwrap().into_owned(), text);
    }
    parts
}

#[test]
fn a_workbook_holds_text_that_nothing_damages_under_headings_that_stay() {
    let desk = tempfile::tempdir().unwrap();
    let texts = hostile();
    let ledger = ledger(desk.path(), &texts);
    let path = desk.path().join("a.xlsx");
    let options = ReportOptions {
        form: Form::Xlsx,
        only: None,
        language: Language::Ru,
        headings: Language::Ru,
        now: Timestamp::UNIX_EPOCH,
    };
    report::write(&ledger, &path, &options, &OutputRecord::default()).unwrap();
    let parts = parts(&path);
    let sheet = &parts["xl/worksheets/sheet1.xml"];
    let cells = sheet
        .split("<sheetData>")
        .nth(1)
        .unwrap()
        .split("</sheetData>")
        .next()
        .unwrap();
    assert!(!cells.contains("<f>"), "a cell is a formula");
    let (mut numbers, mut strings) = (0, 0);
    for cell in cells.split("<c r=\"").skip(1) {
        let text = cell.contains("t=\"inlineStr\"");
        assert!(text || cell.starts_with('A'), "{cell}");
        if text { strings += 1 } else { numbers += 1 }
    }
    assert_eq!(numbers, texts.len(), "row numbers are numbers");
    assert!(strings > texts.len() * 10);
    let text_format = parts["xl/styles.xml"].contains("numFmtId=\"49\"");
    assert!(
        text_format && sheet.contains("<col min=\"6\""),
        "columns are text where they are empty too"
    );
    let last = texts.len() + 1;
    assert!(sheet.contains("xSplit=\"3\" ySplit=\"1\"") && sheet.contains("state=\"frozen\""));
    assert!(sheet.contains("<ignoredError sqref=\"B2:R1048576\" numberStoredAsText=\"1\"/>"));
    assert_eq!(sheet.matches("<cfRule ").count(), 7);
    assert!(sheet.contains("fitToHeight=\"0\"") && sheet.contains("orientation=\"landscape\""));
    let book = &parts["xl/workbook.xml"];
    assert!(book.contains("_xlnm.Print_Titles"));
    assert!(
        book.contains(&format!("!$A$1:$I${last}</definedName>")),
        "printed up to the explanation: {book}"
    );
    let table = &parts["xl/tables/table1.xml"];
    assert!(
        table.contains(&format!("<autoFilter ref=\"A1:R{last}\"/>")),
        "{table}"
    );
    assert!(table.contains("name=\"Телефон контакта\""), "{table}");
}

#[test]
fn the_vcards_of_rows_read_back_as_they_were() {
    let desk = tempfile::tempdir().unwrap();
    let texts = hostile();
    let ledger = ledger(desk.path(), &texts);
    let path = desk.path().join("a.vcf");
    let options = ReportOptions {
        form: Form::Vcf,
        only: None,
        language: Language::En,
        headings: Language::En,
        now: Timestamp::UNIX_EPOCH,
    };
    report::write(&ledger, &path, &options, &OutputRecord::default()).unwrap();
    let formats::Input::Cards(mut cards) =
        formats::open(&path, &formats::ReadOptions::default()).unwrap()
    else {
        panic!("these are no cards");
    };
    for (number, text) in (1..).zip(&texts) {
        let card = cards.read_card().unwrap().unwrap();
        let expected = text.trim().replace('\r', "").replace("<b>&amp;</b>", "&");
        assert_eq!(card.fault, None, "{text}");
        for name in [
            &card.given,
            &card.additional,
            &card.family,
            &card.organization,
        ] {
            assert_eq!(
                *name,
                expected,
                "{text:?} in {}",
                std::fs::read_to_string(&path).unwrap()
            );
        }
        assert_eq!(
            card.phones[0].value,
            format!("+{}", 380_500_000_000_u64 + number)
        );
    }
    assert_eq!(cards.read_card().unwrap(), None);
}

/// Rows of every status but duplicate and suppressed; the third row is unknown, the fifth refused.
fn mixed(desk: &Desk) -> Service {
    let service = Service::start(|number, _| match number {
        1 => Reply::Close,
        2 => refused(400, "bad <b>request</b> data"),
        _ => accepted(number),
    });
    desk.write(
        "list.csv",
        "phoneNumber;phoneContact;firstName;Город\n\
         79001110001;380675550101;Артём;Ялта\n\
         79001110002;7,9001E+10;=HYPERLINK(1);Омск\n\
         79001110003;79005550103;Юрий;Алматы\n\
         79001110003;79005550103;Юрий;Алматы\n\
         79001110005;375295550102;Зинаида;=1+1\n\
         79001110006;79005550106;Ольга;Тверь\n",
    );
    let arguments = [
        "send",
        "list.csv",
        "--concurrency",
        "1",
        "--limit",
        "3",
        "--no-reconcile",
    ];
    let ran = desk.run_to(&service, &[&arguments[..], &["--json"]].concat());
    assert_eq!(ran.code, 6, "{ran:?}");
    for (word, rows) in [
        ("accepted", 1),
        ("invalid", 1),
        ("unknown", 1),
        ("duplicate", 1),
        ("failed", 1),
        ("pending", 1),
    ] {
        assert_eq!(ran.count(word), rows, "{word}");
    }
    assert_eq!(ran.json()["workbook"], json!("list-results.xlsx"));
    service
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_part_of_the_rows_is_an_input_again_with_its_own_columns_and_the_reason() {
    let desk = Desk::new();
    let service = mixed(&desk);
    for (only, rows) in [
        ("failed", vec!["79001110005 valid Зинаида"]),
        ("invalid", vec!["79001110002 invalid =HYPERLINK(1)"]),
        ("unknown", vec!["79001110003 valid Юрий"]),
        ("pending", vec!["79001110006 valid Ольга"]),
        (
            "not-sent",
            vec![
                "79001110002 invalid =HYPERLINK(1)",
                "79001110005 valid Зинаида",
            ],
        ),
    ] {
        for form in ["csv", "xlsx"] {
            let name = format!("list-{only}.{form}");
            let ran = desk.run(&[
                "report",
                "list",
                "--only",
                only,
                "--as",
                form,
                "--headers",
                "ru",
            ]);
            assert_eq!(ran.code, 0, "{ran:?}");
            let check = desk.run(&["check", &name, "--json"]);
            let mut lines: Vec<serde_json::Value> = check
                .stdout
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            let file = lines.pop().unwrap();
            assert_eq!(file["rows"], json!(rows.len()), "{name}");
            let told = |line: &serde_json::Value| {
                let recipient = line["phoneNumber"]
                    .as_u64()
                    .map(|number| number.to_string());
                let name = line["contact"]["firstName"].as_str().unwrap_or_default();
                let recipient = recipient.or(line["recipient"].as_str().map(str::to_owned));
                format!(
                    "{} {} {name}",
                    recipient.unwrap_or_default(),
                    line["status"].as_str().unwrap()
                )
            };
            let read: Vec<String> = lines.iter().map(told).collect();
            assert_eq!(read.len(), rows.len(), "{name}: {}", check.stdout);
            for (read, expected) in read.iter().zip(&rows) {
                if expected.contains(" valid ") {
                    assert_eq!(read, expected, "{name}");
                } else {
                    assert!(read.contains(" invalid "), "{name}: {read}");
                }
            }
        }
        let records = desk.results(&format!("list-{only}.csv"), b';');
        assert_eq!(records[0][13], "Пояснение");
        assert_eq!(records[0][16], "Город");
        for record in &records[1..] {
            assert!(
                !record[13].is_empty() && !record[16].is_empty(),
                "{record:?}"
            );
        }
    }
    let corrected = desk
        .read("list-invalid.csv")
        .replace("7,9001E+10", "79005550102");
    desk.write("list-invalid.csv", corrected);
    let ran = desk.run_to(
        &service,
        &[
            "send",
            "list-invalid.csv",
            "--campaign",
            "corrected",
            "--json",
        ],
    );
    assert_eq!((ran.code, ran.count("accepted")), (0, 1), "{ran:?}");
    let sent = service.sends().last().unwrap().json();
    assert_eq!(
        sent["contact"]["firstName"],
        json!("=HYPERLINK(1)"),
        "the guard came off"
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn every_status_and_every_delivery_selects_its_rows_and_no_row_leaves_no_file() {
    let desk = Desk::new();
    mixed(&desk);
    let ledger = rusqlite::Connection::open(desk.path("list.ledger")).unwrap();
    ledger
        .execute(
            "UPDATE rows SET delivery = 'noAccount' WHERE id_message IS NOT NULL",
            [],
        )
        .unwrap();
    let counts = desk.run(&["status", "list", "--json"]).json();
    let accepted = counts["accepted"].as_u64().unwrap();
    assert!(accepted > 0, "{counts}");
    let statuses = [
        "accepted",
        "failed",
        "invalid",
        "duplicate",
        "suppressed",
        "unknown",
        "pending",
    ];
    let of_status = statuses.map(|word| (word, counts[word].as_u64().unwrap()));
    let of_delivery = [
        ("not-delivered", accepted),
        ("noAccount", accepted),
        ("queued", 0),
        ("sent", 0),
        ("delivered", 0),
        ("read", 0),
        ("delivery-failed", 0),
        ("notInGroup", 0),
        ("yellowCard", 0),
    ];
    for (only, rows) in of_status.into_iter().chain(of_delivery) {
        for form in ["csv", "xlsx", "vcf"] {
            let name = format!("list-{only}.{form}");
            let ran = desk.run(&["report", "list", "--only", only, "--as", form]);
            assert_eq!(ran.code, 0, "{ran:?}");
            if rows > 0 {
                assert!(ran.stderr.ends_with(&format!(": {name}\n")), "{ran:?}");
                assert!(desk.path(&name).is_file(), "{name}");
            } else {
                let nothing = format!("No row is \"{only}\", so no file was written.\n");
                assert_eq!(ran.stderr, nothing);
                assert!(!desk.path(&name).exists(), "{name}");
            }
        }
        if rows > 0 {
            let records = desk.results(&format!("list-{only}.csv"), b';');
            assert_eq!(records.len() as u64, 1 + rows, "{only}");
        }
    }
    let any_case = desk.run(&["report", "list", "--only", "noaccount"]);
    assert_eq!(any_case.code, 0, "{any_case:?}");
    desk.write("list-read.csv", "old");
    let ran = desk.run(&["report", "list", "--only", "read"]);
    assert!(
        ran.stderr
            .contains("list-read.csv is from an earlier report."),
        "{ran:?}"
    );
    let stdout = desk.run(&[
        "report",
        "list",
        "--only",
        "read",
        "--as",
        "csv",
        "--results",
        "-",
    ]);
    assert_eq!(stdout.stdout.lines().count(), 1, "{stdout:?}");
}

#[test]
fn a_report_is_named_as_what_it_is_and_its_delimiter_keeps_cells_apart() {
    let desk = Desk::new();
    mixed(&desk);
    for (form, results) in [
        ("xlsx", "q.csv"),
        ("csv", "q.xlsx"),
        ("html", "q.vcf"),
        ("vcf", "q.CSV"),
    ] {
        let ran = desk.run(&["report", "list", "--as", form, "--results", results]);
        assert_eq!(
            (ran.code, desk.path(results).exists()),
            (2, false),
            "{ran:?}"
        );
        assert!(
            ran.stderr.contains(&format!("the ending .{form}")),
            "{ran:?}"
        );
    }
    for (form, results) in [("xlsx", "q.XLSX"), ("csv", "q.txt")] {
        assert_eq!(
            desk.run(&["report", "list", "--as", form, "--results", results])
                .code,
            0
        );
    }
    for delimiter in [
        "'", "\"", "=", "+", "-", "@", "\n", "\r", "\u{1}", "x", "ж", "",
    ] {
        for command in [&["report", "list"][..], &["check", "list.csv"]] {
            let ran = desk.run(&[command, &[&format!("--delimiter={delimiter}")]].concat());
            assert_eq!(ran.code, 2, "{delimiter:?}: {ran:?}");
        }
    }
    for delimiter in [";", ",", "|", "tab", "\t", "~", "^"] {
        assert_eq!(
            desk.run(&["report", "list", "--delimiter", delimiter]).code,
            0,
            "{delimiter:?}"
        );
    }
}

#[test]
fn a_locale_decides_delimiter_and_words_and_a_delimiter_comes_before_it() {
    let desk = Desk::new();
    mixed(&desk);
    for (arguments, beginning) in [
        (&[][..], "\u{feff}row;source"),
        (&["--locale", "en"], "\u{feff}row,source"),
        (&["--locale", "ru"], "\u{feff}row;source"),
        (&["--headers", "ru"], "\u{feff}Строка;Файл"),
        (
            &["--headers", "ru", "--locale", "en"],
            "\u{feff}Строка,Файл",
        ),
        (
            &["--locale", "en", "--delimiter", "|"],
            "\u{feff}row|source",
        ),
    ] {
        let ran = desk.run(&[&["report", "list"], arguments].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(
            desk.read("list-results.csv").starts_with(beginning),
            "{arguments:?}"
        );
    }
    for (locale, word) in [("en", "Summary"), ("ru", "Сводка")] {
        assert_eq!(
            desk.run(&["report", "list", "--as", "xlsx", "--locale", locale])
                .code,
            0
        );
        assert!(parts(&desk.path("list-results.xlsx"))["xl/workbook.xml"].contains(word));
    }
}

#[test]
fn the_figures_say_the_same_in_every_form() {
    let desk = Desk::new();
    mixed(&desk);
    let status = desk.run(&["status", "list", "--json"]).json();
    assert_eq!(
        (&status["rows"], &status["campaign"]),
        (&json!(6), &json!("list"))
    );
    assert_eq!(status["deliveries"], json!({}));
    let reasons: Vec<_> = status["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reason| &reason["status"])
        .collect();
    assert_eq!(reasons.len(), 3, "{status}");
    assert!(status.get("lastRun").is_some() && status["ledger"] == json!("list.ledger"));

    for (locale, line) in [
        ("C.UTF-8", "1 of 6 accepted"),
        ("ru_RU.UTF-8", "Принято 1 из 6"),
    ] {
        let mut command = desk.command(&["status", "list", "--brief"]);
        let ran = stand_in::Ran::of(command.env("LANG", locale).output().unwrap());
        let lines: Vec<&str> = ran.stdout.lines().collect();
        assert!(lines.len() <= 12 && lines[0].starts_with("list"), "{ran:?}");
        assert!(lines.contains(&line), "{ran:?}");
        assert!(
            lines
                .iter()
                .all(|line| line.chars().count() <= 120 && !line.contains('\t')),
            "{ran:?}"
        );
        assert!(ran.stdout.contains("sendcontact reconcile"), "{ran:?}");
    }

    let summary = &parts(&desk.path("list-results.xlsx"))["xl/charts/chart1.xml"];
    assert_eq!(summary.matches("<c:v>1</c:v>").count(), 6);

    assert_eq!(desk.run(&["report", "list", "--as", "html"]).code, 0);
    let page = desk.read("list-summary.html");
    assert!(
        page.contains("1 of 6 accepted")
            && page.contains("aria-label=\"Rows by status: accepted 1,")
    );
    assert_eq!(page.matches("<circle class=\"piece-").count(), 6);
}

#[test]
fn a_page_holds_nobodys_tags_and_fetches_nothing() {
    let desk = Desk::new();
    mixed(&desk);
    for locale in ["en", "ru"] {
        let ran = desk.run(&[
            "report",
            "list",
            "--results",
            "page.html",
            "--locale",
            locale,
        ]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let page = desk.read("page.html");
        assert!(
            page.contains("bad &lt;b&gt;request&lt;/b&gt; data"),
            "{page}"
        );
        for word in [
            "<b>", "<script", "<link", "<img", "<iframe", "http://", "https://", "url(", "@import",
            " on",
        ] {
            let found = page
                .replace(" one ", "")
                .replace(" once", "")
                .replace(" on ", "")
                .contains(word);
            assert!(!found, "{word} in {page}");
        }
        assert!(page.contains("default-src 'none'"));
    }
    let wrong = desk.run(&["report", "list", "--as", "html", "--only", "failed"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
}

#[cfg(unix)] // It reads modes.
#[test]
fn every_report_is_readable_by_its_owner_alone_and_leaves_nothing_beside_it() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    mixed(&desk);
    for form in ["csv", "xlsx", "vcf", "html"] {
        assert_eq!(desk.run(&["report", "list", "--as", form]).code, 0);
    }
    for file in std::fs::read_dir(desk.folder.path()).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        if name == "state" {
            continue;
        }
        assert!(name.starts_with("list"), "{name} is left");
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert!(name == "list.csv" || mode == 0o600, "{name}: {mode:o}");
    }
}

#[test]
fn a_name_that_ends_in_no_form_we_write_is_refused_before_the_first_contact() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", stand_in::table(2));
    for (name, code) in [
        ("a.txt", 2),
        ("a.vcf", 2),
        ("a.html", 2),
        ("a", 2),
        ("a.xlsx", 0),
    ] {
        let ran = desk.run_to(&service, &["send", "list.csv", "--results", name]);
        assert_eq!(ran.code, code, "{name}: {ran:?}");
        assert_eq!(desk.path(name).exists(), code == 0, "{name}");
    }
    assert_eq!(service.sends().len(), 2);
    assert!(!desk.path("list-results.csv").exists());
}

/// A limit on the size of files stands in for a disk that is full.
#[cfg(unix)] // It sets a limit in a POSIX shell.
#[test]
fn a_workbook_that_finds_no_room_is_an_error_and_leaves_nothing() {
    let desk = Desk::new();
    desk.write("list.csv", stand_in::table(20_000));
    let arguments = [
        "send",
        "list.csv",
        "--simulate",
        "--no-xlsx",
        "--limit",
        "1",
        "--quiet",
    ];
    let ran = desk.run(&arguments);
    assert_eq!(ran.code, 0, "{ran:?}");
    let program = desk.command(&[]).get_program().to_owned();
    let mut shell = std::process::Command::new("sh");
    shell.current_dir(desk.folder.path()).env_clear().args([
        "-c",
        "trap '' XFSZ; ulimit -f 400; exec \"$@\"",
        "sh",
    ]);
    shell
        .arg(program)
        .args(["report", "list-simulated", "--as", "xlsx"]);
    let ran = stand_in::Ran::of(shell.output().unwrap());
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.stderr.contains("the results cannot be written to") && !ran.stderr.contains("panicked"),
        "{ran:?}"
    );
    let names: Vec<_> = std::fs::read_dir(desk.folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert!(
        names
            .iter()
            .all(|name| name.to_string_lossy().starts_with("list") || name == "state"),
        "{names:?}"
    );
    assert!(!desk.path("list-simulated-results.xlsx").exists());
}
