//! Results for a person: Russian words and local times, headings that differ, cells that are real dates; and
//! that all of it is read back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{fs::File, io::Read};

use stand_in::{Desk, Ran, Service, accepted, refused};

/// A list of a CRM: `Имя` and `Статус` are its own, for the contact is the manager.
const LIST: &str = "Телефон получателя;Телефон контакта;Менеджер;Имя;Статус\n\
                    79001110001;380675550101;Артём;Мария;В работе\n\
                    79001110002;7,9001E+10;Юрий;Олена;Новый\n\
                    79001110003;79005550103;Ольга;Жанна;Новый\n";

const HEADINGS: [&str; 5] = [
    "Отправлено (Europe/Moscow)",
    "Имя (из списка)",
    "Статус (из списка)",
    "Имя",
    "Статус",
];

fn moscow(desk: &Desk, service: &Service, arguments: &[&str]) -> Ran {
    let mut command = desk.to(service, arguments);
    Ran::of(command.env("TZ", "Europe/Moscow").output().unwrap())
}

/// A campaign of one accepted, one invalid and one failed row, with Russian headings.
fn sent() -> (Desk, Service) {
    let service = Service::start(|number, _| match number {
        1 => refused(400, "bad request data"),
        _ => accepted(number),
    });
    let desk = Desk::new();
    desk.write("list.csv", LIST);
    let arguments = [
        "send",
        "list.csv",
        "--map",
        "firstName=Менеджер",
        "--headers",
        "ru",
    ];
    let ran = moscow(
        &desk,
        &service,
        &[&arguments[..], &["--concurrency", "1"]].concat(),
    );
    assert_eq!(ran.code, 4, "{ran:?}");
    (desk, service)
}

/// A part of the workbook.
fn part(desk: &Desk, name: &str, part: &str) -> String {
    let mut book = zip::ZipArchive::new(File::open(desk.path(name)).unwrap()).unwrap();
    let mut text = String::new();
    book.by_name(part)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[test]
fn russian_results_have_russian_words_and_local_times() {
    let (desk, _service) = sent();
    let records = desk.results("list-results.csv", b';');
    for heading in HEADINGS {
        assert_eq!(
            records[0].iter().filter(|cell| *cell == heading).count(),
            1,
            "{heading}"
        );
    }
    let statuses: Vec<&str> = records[1..].iter().map(|row| row[3].as_str()).collect();
    assert_eq!(statuses, ["принято", "с ошибкой", "отказано"]);
    let time = &records[1][15];
    let shape: String = time
        .chars()
        .map(|sign| if sign.is_ascii_digit() { '0' } else { sign })
        .collect();
    assert_eq!(shape, "00.00.0000 00:00:00");

    let english = moscow(
        &desk,
        &Service::accepting(),
        &["report", "list", "--results", "-", "--headers", "en"],
    );
    let line = english.stdout.lines().nth(1).unwrap();
    assert!(
        line.contains(";accepted;") && line.contains("Z;Мария;В работе"),
        "{line}"
    );
    assert!(
        english.stdout.contains(";sentAt;Имя;Статус"),
        "{}",
        english.stdout
    );
}

#[test]
fn a_workbook_has_what_is_looked_for_first_and_dates_that_are_dates() {
    let (desk, _service) = sent();
    let sheet = part(&desk, "list-results.xlsx", "xl/worksheets/sheet1.xml");
    for (cell, text) in [
        ("A1", "Строка"),
        ("B1", "Статус"),
        ("C1", "Получатель"),
        ("I1", "Пояснение"),
        ("B2", "принято"),
    ] {
        let found = sheet.split(&format!("<c r=\"{cell}\"")).nth(1).unwrap();
        assert!(
            found
                .split("</c>")
                .next()
                .unwrap()
                .contains(&format!("<t>{text}</t>")),
            "{cell}: {found}"
        );
    }
    let time = sheet
        .split("<c r=\"N2\"")
        .nth(1)
        .unwrap()
        .split("</c>")
        .next()
        .unwrap();
    let days: f64 = time
        .split("<v>")
        .nth(1)
        .unwrap()
        .split("</v>")
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!(!time.contains("t=\"") && days > 46_000.0, "{time}");
    assert!(
        sheet.contains("<row r=\"3\" ht="),
        "a long explanation has the height it needs"
    );
    let styles = part(&desk, "list-results.xlsx", "xl/styles.xml");
    assert!(
        styles.contains("dd.mm.yyyy hh:mm:ss") && styles.contains("wrapText=\"1\""),
        "{styles}"
    );
    let table = part(&desk, "list-results.xlsx", "xl/tables/table1.xml");
    for heading in HEADINGS {
        assert!(
            table.contains(&format!("name=\"{heading}\"")),
            "{heading}: {table}"
        );
    }
    let summary = part(&desk, "list-results.xlsx", "xl/sharedStrings.xml");
    assert!(
        summary.contains(">принято</t>"),
        "the formulas count the words of the rows"
    );
}

#[test]
fn russian_results_are_an_input_again() {
    for name in ["list-results.csv", "list-results.xlsx"] {
        let (desk, service) = sent();
        let check = desk.run(&["check", name, "--lang", "en"]);
        assert!(
            check.stdout.contains("not used: Имя, Статус\n"),
            "{check:?}"
        );
        assert!(check.stdout.contains("firstName ← Имя"), "{check:?}");
        let ran = moscow(
            &desk,
            &service,
            &["send", name, "--json", "--headers", "ru"],
        );
        assert_eq!(ran.count("accepted") + ran.count("failed"), 2, "{ran:?}");
        assert_eq!((ran.count("rows"), ran.count("invalid")), (3, 1), "{ran:?}");
        let sends = service.sends();
        let first = sends.iter().filter(|sent| sent.chat() == sends[0].chat());
        assert_eq!(sends[0].chat(), "79001110001@c.us");
        assert_eq!(first.count(), 1, "{ran:?}");
    }
}

#[test]
fn what_a_status_means_is_whole_however_long_the_name_of_the_campaign_is() {
    let desk = Desk::new();
    let name = "рассылка-для-постоянных-клиентов-салона-красоты-на-улице-баумана";
    desk.write(&format!("{name}.csv"), LIST);
    let service = Service::accepting();
    let list = format!("{name}.csv");
    let arguments = ["send", &list, "--map", "firstName=Менеджер", "-q"];
    assert_eq!(moscow(&desk, &service, &arguments).code, 4);
    let book = format!("{name}-results.xlsx");
    let summary = part(&desk, &book, "xl/worksheets/sheet2.xml");
    // The meaning of `unknown` names the campaign twice.
    assert_eq!(summary.matches("<mergeCell ").count(), 1, "{summary}");
    assert!(summary.contains("ht=\"45\""), "{summary}");
    let texts = part(&desk, &book, "xl/sharedStrings.xml");
    assert!(texts.contains(&format!("sendcontact resolve {name}.")));
    assert_eq!(
        summary.matches("customHeight=\"1\"").count(),
        2,
        "the name of the file has lines too: {summary}"
    );
}
