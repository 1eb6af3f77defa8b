//! What a manager does to a list between two runs: nobody gets a second contact without having been asked for it,
//! nothing is lost, and the campaign can end with 0.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::fs;

use rust_xlsxwriter::Workbook;
use stand_in::{Desk, Ran, Service, accepted, authorized, refused};

const HEADINGS: &str = "phoneNumber,phoneContact,firstName,company,Менеджер";

/// Six good rows and one that is not.
const LIST: &[&str] = &[
    "79001234501,79160000000,Анна,Велосипед,Ия",
    "79001234502,79160000000,Борис,Велосипед,Ия",
    "79001234503,79160000000,Вера,Велосипед,Юра",
    "7900123450,79160000000,Глеб,Велосипед,Юра",
    "79001234505,79160000000,Дина,Велосипед,Ия",
    "79001234506,79160000000,Егор,Велосипед,Ия",
    "79001234507,79160000000,Жанна,Велосипед,Юра",
];

fn list(rows: &[impl AsRef<str>]) -> String {
    let rows = rows.iter().map(|row| row.as_ref().to_owned() + "\n");
    std::iter::once(HEADINGS.to_owned() + "\n")
        .chain(rows)
        .collect()
}

fn corrected(row: &str) -> String {
    row.replace("7900123450,", "79001234504,")
}

fn send(desk: &Desk, service: &Service, arguments: &[&str]) -> Ran {
    let ran = desk.run_to(service, &[&["send"], arguments, &["--json"]].concat());
    ran.adds_up();
    ran
}

/// A desk whose list went out; one row waits for a correction.
fn sent() -> (Desk, Service) {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", list(LIST));
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("invalid")),
        (4, 6, 1),
        "{ran:?}"
    );
    (desk, service)
}

fn ends_with_everybody_once(desk: &Desk, service: &Service, ran: &Ran) {
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("invalid")),
        (0, 7, 0),
        "{ran:?}"
    );
    let times = service.times();
    assert!(
        times.len() == 7 && times.values().all(|times| *times == 1),
        "{times:?}"
    );
    let people = service
        .sends()
        .iter()
        .map(stand_in::Received::chat)
        .collect::<std::collections::HashSet<_>>();
    assert_eq!(people.len(), 7, "nobody hears twice");
    assert_eq!(desk.run(&["status", "list"]).code, 0);
}

#[test]
fn rows_that_are_corrected_in_the_list_close_the_campaign() {
    let (desk, service) = sent();
    desk.write(
        "list.csv",
        list(&LIST.iter().map(|row| corrected(row)).collect::<Vec<_>>()),
    );
    let ran = send(&desk, &service, &["list.csv"]);
    ends_with_everybody_once(&desk, &service, &ran);
    assert_eq!(ran.count("rows"), 7);
}

#[test]
fn a_sorted_list_sends_nothing_again() {
    let (desk, service) = sent();
    let mut rows: Vec<String> = LIST.iter().map(|row| corrected(row)).collect();
    rows.reverse();
    desk.write("list.csv", list(&rows));
    let ran = send(&desk, &service, &["list.csv"]);
    ends_with_everybody_once(&desk, &service, &ran);
    assert_eq!(ran.count("rows"), 7);
}

#[test]
fn rows_that_are_deleted_and_added_lose_nothing_that_was_sent() {
    let (desk, service) = sent();
    let rows = [&LIST[2..3], &["79001234509,79160000000,Зоя,Велосипед,Ия"]].concat();
    desk.write("list.csv", list(&rows));
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 7), "{ran:?}");
    assert_eq!(service.sends().len(), 7);
    assert!(
        ran.stderr.contains("5 ") && ran.stderr.contains("no longer in the input"),
        "the plan says what is not in the list any more: {}",
        ran.stderr
    );
}

#[test]
fn a_list_that_is_saved_with_another_delimiter_sends_nothing_again() {
    let (desk, service) = sent();
    let text = list(&LIST.iter().map(|row| corrected(row)).collect::<Vec<_>>());
    desk.write(
        "list.csv",
        format!("\u{feff}{}", text.replace(',', ";").replace('\n', "\r\n")),
    );
    let ran = send(&desk, &service, &["list.csv"]);
    ends_with_everybody_once(&desk, &service, &ran);
}

fn workbook(desk: &Desk, name: &str, rows: &[String]) {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, line) in std::iter::once(HEADINGS)
        .chain(rows.iter().map(String::as_str))
        .enumerate()
    {
        for (column, cell) in line.split(',').enumerate() {
            sheet
                .write_string(
                    u32::try_from(row).unwrap(),
                    u16::try_from(column).unwrap(),
                    cell,
                )
                .unwrap();
        }
    }
    workbook.save(desk.path(name)).unwrap();
}

#[test]
fn a_list_that_is_saved_as_a_workbook_takes_the_place_of_the_old_one() {
    let (desk, service) = sent();
    let rows: Vec<String> = LIST.iter().map(|row| corrected(row)).collect();
    workbook(&desk, "list.xlsx", &rows);
    let ran = send(&desk, &service, &["list.xlsx"]);
    ends_with_everybody_once(&desk, &service, &ran);
    assert_eq!(
        (ran.count("rows"), ran.count("duplicate")),
        (7, 0),
        "{ran:?}"
    );
    assert!(
        ran.stderr.contains("list.xlsx") && ran.stderr.contains("takes the place of list.csv"),
        "{}",
        ran.stderr
    );
}

#[test]
fn another_list_with_the_same_stem_takes_nobodys_place() {
    let (desk, service) = sent();
    workbook(
        &desk,
        "list.xlsx",
        &[
            "79001234508,79160000000,Зоя,Велосипед,Ия".to_owned(),
            LIST[0].to_owned(),
        ],
    );
    let ran = send(&desk, &service, &["list.xlsx"]);
    assert!(!ran.stderr.contains("takes the place"), "{}", ran.stderr);
    assert_eq!(
        (ran.count("accepted"), ran.count("invalid")),
        (7, 1),
        "{ran:?}"
    );
    assert_eq!(service.sends().len(), 7);
}

#[test]
fn a_changed_name_is_not_sent_a_second_time() {
    let (desk, service) = sent();
    let rows: Vec<String> = LIST
        .iter()
        .map(|row| corrected(row).replace("Борис", "Борис Б."))
        .collect();
    desk.write("list.csv", list(&rows));
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("suppressed")),
        (0, 7, 1),
        "{ran:?}"
    );
    assert_eq!(service.sends().len(), 7);
}

#[test]
fn a_renamed_list_is_sent_to_nobody_again_in_a_campaign_of_its_own_or_in_the_old_one() {
    for more in [&[][..], &["--campaign", "list"]] {
        let (desk, service) = sent();
        let rows: Vec<String> = LIST.iter().map(|row| corrected(row)).collect();
        fs::remove_file(desk.path("list.csv")).unwrap();
        desk.write("people.csv", list(&rows));
        let ran = send(&desk, &service, &[&["people.csv"], more].concat());
        assert_eq!(service.sends().len(), 7, "{ran:?}");
        if more.is_empty() {
            assert_eq!(
                (ran.code, ran.count("accepted"), ran.count("suppressed")),
                (0, 1, 6),
                "{ran:?}"
            );
        }
    }
}

/// The file as a person saves it who corrects the cells with `edit`.
fn edited(desk: &Desk, name: &str, edit: impl Fn(&str) -> String) {
    desk.write(name, edit(&desk.read(name)));
}

#[test]
fn results_with_corrections_take_the_place_of_the_rows_they_came_from() {
    let (desk, service) = sent();
    edited(&desk, "list-results.csv", |text| {
        text.replace(",7900123450,", ",79001234504,")
    });
    fs::copy(desk.path("list-results.csv"), desk.path("corrected.csv")).unwrap();
    let ran = send(&desk, &service, &["corrected.csv"]);
    ends_with_everybody_once(&desk, &service, &ran);
    assert_eq!(
        (ran.json()["campaign"].as_str(), ran.count("rows")),
        (Some("list"), 7),
        "{ran:?}"
    );
}

#[test]
fn corrected_results_and_their_list_may_be_given_together() {
    for (first, second) in [("corrected.csv", "list.csv"), ("list.csv", "corrected.csv")] {
        let (desk, service) = sent();
        edited(&desk, "list-results.csv", |text| {
            text.replace(",7900123450,", ",79001234504,")
        });
        fs::copy(desk.path("list-results.csv"), desk.path("corrected.csv")).unwrap();
        for _ in 0..2 {
            let ran = send(&desk, &service, &[first, second]);
            ends_with_everybody_once(&desk, &service, &ran);
            assert_eq!(
                (ran.json()["campaign"].as_str(), ran.count("rows")),
                (Some("list"), 7),
                "{ran:?}"
            );
        }
    }
}

#[test]
fn rows_not_sent_that_are_corrected_close_the_campaign() {
    let (desk, service) = sent();
    let ran = desk.run(&["report", "list", "--only", "not-sent"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(desk.column("list-not-sent.csv", "campaign"), ["list"]);
    edited(&desk, "list-not-sent.csv", |text| {
        text.replace(",7900123450,", ",79001234504,")
    });
    let ran = send(&desk, &service, &["list-not-sent.csv"]);
    ends_with_everybody_once(&desk, &service, &ran);
    assert_eq!(ran.count("rows"), 7, "{ran:?}");
    // The next night the same command changes nothing.
    let ran = send(&desk, &service, &["list-not-sent.csv"]);
    ends_with_everybody_once(&desk, &service, &ran);
    // The list itself still has the mistake.
    let ran = send(&desk, &service, &["list.csv"]);
    ends_with_everybody_once(&desk, &service, &ran);
    let said = "1 row of the list was corrected in the results";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
}

#[test]
fn rows_not_sent_go_into_their_campaign_also_from_another_folder_when_it_is_named() {
    let (desk, service) = sent();
    desk.run(&["report", "list", "--only", "not-sent"]);
    fs::create_dir(desk.path("sub")).unwrap();
    fs::rename(desk.path("list-not-sent.csv"), desk.path("sub/fixed.csv")).unwrap();
    edited(&desk, "sub/fixed.csv", |text| {
        text.replace(",7900123450,", ",79001234504,")
    });
    let ran = send(
        &desk,
        &service,
        &["sub/fixed.csv", "--ledger", "list.ledger"],
    );
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("rows")),
        (0, 7, 7),
        "{ran:?}"
    );
}

#[test]
fn a_row_that_was_refused_goes_once_more_when_it_is_corrected() {
    let desk = Desk::new();
    let service = Service::start(|number, request| match number {
        2 if request.is_send() => refused(400, "bad request data"),
        _ if request.is_send() => accepted(number),
        _ => authorized(),
    });
    let rows: Vec<String> = LIST.iter().map(|row| corrected(row)).collect();
    desk.write("list.csv", list(&rows));
    let ran = send(&desk, &service, &["list.csv", "--concurrency", "1"]);
    assert_eq!((ran.code, ran.count("failed")), (4, 1), "{ran:?}");
    desk.run(&["report", "list", "--only", "not-sent"]);
    edited(&desk, "list-not-sent.csv", |text| {
        text.replace("79001234503", "79001234513")
    });
    let ran = send(&desk, &service, &["list-not-sent.csv"]);
    assert_eq!(
        (
            ran.code,
            ran.count("accepted"),
            ran.count("failed"),
            ran.count("rows")
        ),
        (0, 7, 0, 7),
        "{ran:?}"
    );
    assert_eq!(service.sends().len(), 8);
}

#[test]
fn corrections_keep_the_columns_and_the_places_of_their_rows() {
    let (desk, service) = sent();
    desk.run(&["report", "list", "--only", "not-sent"]);
    edited(&desk, "list-not-sent.csv", |text| {
        text.replace(",7900123450,", ",79001234504,")
    });
    send(&desk, &service, &["list-not-sent.csv"]);
    let results = "list-results.csv";
    assert_eq!(
        desk.column(results, "row"),
        ["2", "3", "4", "5", "6", "7", "8"]
    );
    assert_eq!(desk.column(results, "source"), ["list.csv"; 7]);
    assert_eq!(desk.column(results, "status"), ["accepted"; 7]);
    assert_eq!(
        desk.column(results, "Менеджер"),
        ["Ия", "Ия", "Юра", "Юра", "Ия", "Ия", "Юра"]
    );
}

#[test]
fn a_list_that_was_corrected_elsewhere_stays_closed() {
    let (desk, service) = sent();
    desk.run(&["report", "list", "--only", "not-sent"]);
    edited(&desk, "list-not-sent.csv", |text| {
        text.replace(",7900123450,", ",79001234504,")
    });
    send(&desk, &service, &["list-not-sent.csv"]);
    // The list itself still holds the wrong number: its row was corrected, and the scheduler runs on.
    let ran = send(&desk, &service, &["list.csv"]);
    ends_with_everybody_once(&desk, &service, &ran);
    assert_eq!(ran.count("rows"), 7, "{ran:?}");
    // The person corrects the list too.
    desk.write(
        "list.csv",
        list(&LIST.iter().map(|row| corrected(row)).collect::<Vec<_>>()),
    );
    let ran = send(&desk, &service, &["list.csv"]);
    ends_with_everybody_once(&desk, &service, &ran);
    assert_eq!(ran.count("rows"), 7, "{ran:?}");
}

#[test]
fn a_report_of_rows_not_sent_leaves_corrections_alone() {
    let (desk, _service) = sent();
    desk.run(&["report", "list", "--only", "not-sent"]);
    edited(&desk, "list-not-sent.csv", |text| {
        text.replace(",7900123450,", ",79001234504,")
    });
    let corrections = desk.read("list-not-sent.csv");
    let ran = desk.run(&["report", "list", "--only", "not-sent"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(desk.read("list-not-sent.csv"), corrections);
    assert!(
        ran.stdout.contains("list-not-sent-2.csv") || ran.stderr.contains("list-not-sent-2.csv"),
        "{ran:?}"
    );
}

#[test]
fn a_correction_of_a_list_that_was_sorted_since_writes_over_nobody_else() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", list(LIST));
    let ran = send(&desk, &service, &["list.csv", "--limit", "1"]);
    assert_eq!(
        (ran.count("accepted"), ran.count("invalid")),
        (1, 1),
        "{ran:?}"
    );
    desk.run(&["report", "list", "--only", "invalid"]);
    let mut rows = LIST.to_vec();
    rows.reverse();
    desk.write("list.csv", list(&rows));
    send(&desk, &service, &["list.csv", "--limit", "1"]);
    // Row 5 is Glеb's still; put his correction under the number of somebody who waits.
    edited(&desk, "list-invalid.csv", |text| {
        text.replace("\r\n5,", "\r\n6,")
            .replace(",7900123450,", ",79001234504,")
    });
    let ran = send(&desk, &service, &["list-invalid.csv"]);
    assert_eq!(ran.count("accepted"), 7, "nobody is lost: {ran:?}");
    let people: std::collections::HashSet<_> = service
        .sends()
        .iter()
        .map(stand_in::Received::chat)
        .collect();
    assert_eq!((people.len(), service.sends().len()), (7, 7));
}

#[test]
fn a_duplicate_of_a_corrected_row_gets_its_own_contact() {
    let (desk, service) = (
        Desk::new(),
        Service::start(|number, request| match number {
            0 if request.is_send() => refused(400, "bad request data"),
            _ if request.is_send() => accepted(number),
            _ => authorized(),
        }),
    );
    desk.write("list.csv", list(&[LIST[0], LIST[0], LIST[1]]));
    let ran = send(&desk, &service, &["list.csv", "--concurrency", "1"]);
    assert_eq!(
        (ran.count("failed"), ran.count("duplicate")),
        (1, 1),
        "{ran:?}"
    );
    desk.run(&["report", "list", "--only", "failed"]);
    edited(&desk, "list-failed.csv", |text| {
        text.replace("79001234501", "79001234599")
    });
    let ran = send(&desk, &service, &["list-failed.csv"]);
    // The first row is somebody else now; the second one waits no longer for it.
    assert_eq!(
        (
            ran.code,
            ran.count("accepted"),
            ran.count("duplicate"),
            ran.count("rows")
        ),
        (0, 3, 0, 3),
        "{ran:?}"
    );
}

#[test]
fn a_name_that_is_edited_in_the_results_goes_to_nobody_twice() {
    let (desk, service) = sent();
    edited(&desk, "list-results.csv", |text| {
        text.replace(",Анна,", ",Анна-Мария,")
            .replace(",7900123450,", ",79001234504,")
    });
    let ran = send(&desk, &service, &["list-results.csv"]);
    assert_eq!(
        (
            ran.code,
            ran.count("accepted"),
            ran.count("suppressed"),
            service.sends().len()
        ),
        (0, 7, 1, 7),
        "{ran:?}"
    );
}

#[test]
fn a_row_can_be_corrected_more_than_once() {
    let (desk, service) = sent();
    desk.run(&["report", "list", "--only", "not-sent"]);
    edited(&desk, "list-not-sent.csv", |text| {
        text.replace(",7900123450,", ",790012345,")
    });
    let ran = send(&desk, &service, &["list-not-sent.csv"]);
    assert_eq!(
        (ran.code, ran.count("invalid"), ran.count("rows")),
        (4, 1, 7),
        "{ran:?}"
    );
    edited(&desk, "list-not-sent.csv", |text| {
        text.replace(",790012345,", ",79001234504,")
    });
    let ran = send(&desk, &service, &["list-not-sent.csv"]);
    ends_with_everybody_once(&desk, &service, &ran);
    let ran = send(&desk, &service, &["list.csv"]);
    ends_with_everybody_once(&desk, &service, &ran);
    assert_eq!(ran.count("rows"), 7, "{ran:?}");
}

#[test]
fn an_old_results_file_with_other_names_sends_nothing_to_people_who_have_the_number() {
    let other_name = |text: &str| text.replace("Глеб", "Хлеб").replace("Дина", "Нина");
    // The file was corrected before, and its status is that of the time before.
    let (desk, service) = sent();
    edited(&desk, "list-results.csv", corrected);
    fs::copy(desk.path("list-results.csv"), desk.path("old.csv")).unwrap();
    ends_with_everybody_once(&desk, &service, &send(&desk, &service, &["old.csv"]));
    edited(&desk, "old.csv", other_name);
    let ran = send(&desk, &service, &["old.csv"]);
    assert_eq!(service.sends().len(), 7, "{ran:?}");
    assert_eq!((ran.code, ran.count("suppressed")), (0, 2), "{ran:?}");

    // What was pending in it was sent since.
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write(
        "list.csv",
        list(LIST).replace("7900123450,", "79001234504,"),
    );
    let ran = send(&desk, &service, &["list.csv", "--limit", "2"]);
    assert_eq!((ran.code, ran.count("pending")), (0, 5), "{ran:?}");
    fs::copy(desk.path("list-results.csv"), desk.path("old.csv")).unwrap();
    ends_with_everybody_once(&desk, &service, &send(&desk, &service, &["list.csv"]));
    edited(&desk, "old.csv", other_name);
    let ran = send(&desk, &service, &["old.csv"]);
    assert_eq!(service.sends().len(), 7, "{ran:?}");
    assert_eq!((ran.code, ran.count("suppressed")), (0, 2), "{ran:?}");
    let ran = send(&desk, &service, &["old.csv", "--resend-changed"]);
    assert_eq!((ran.code, service.sends().len()), (0, 9), "{ran:?}");
}

#[test]
fn corrections_of_recipients_who_get_several_contacts_replace_row_by_row() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write(
        "guests.csv",
        "phoneNumber,Гость\n79001234501,Анна\n7900123450,Глеб\n",
    );
    desk.write(
        "team.csv",
        "phoneContact,firstName\n79160000001,Ия\n79160000002,Юра\n",
    );
    let both = ["--recipients", "guests.csv", "--contacts", "team.csv"];
    let ran = send(&desk, &service, &both);
    assert_eq!(
        (ran.count("accepted"), ran.count("invalid")),
        (2, 1),
        "{ran:?}"
    );
    desk.write(
        "guests.csv",
        "phoneNumber,Гость\n79001234501,Анна\n79001234504,Глеб\n",
    );
    let ran = send(&desk, &service, &both);
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("rows")),
        (0, 4, 4),
        "{ran:?}"
    );
    assert_eq!(service.sends().len(), 4);
}

#[test]
fn rows_that_a_person_adds_below_the_corrections_are_sent_too() {
    let (desk, service) = sent();
    desk.run(&["report", "list", "--only", "not-sent"]);
    edited(&desk, "list-not-sent.csv", |text| {
        text.replace(",7900123450,", ",79001234504,")
            + ",,,,79001234509,79160000000,Зоя,,,Велосипед,,,,,,,\r\n"
    });
    let ran = send(&desk, &service, &["list-not-sent.csv"]);
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("rows")),
        (0, 8, 8),
        "{ran:?}"
    );
    let ran = send(&desk, &service, &["list-not-sent.csv"]);
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("rows")),
        (0, 8, 8),
        "{ran:?}"
    );
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("rows")),
        (0, 8, 8),
        "{ran:?}"
    );
    assert_eq!(service.sends().len(), 8);
}

/// A list without a column of its own, whose contact is the same for everybody but for some names.
fn plain(rows: &[(&str, &str, &str)]) -> String {
    let rows = rows
        .iter()
        .map(|(recipient, first, last)| format!("{recipient},79160000000,{first},{last}\n"));
    std::iter::once("phoneNumber,phoneContact,firstName,lastName\n".to_owned())
        .chain(rows)
        .collect()
}

#[test]
fn both_names_that_are_edited_in_the_results_go_to_nobody_twice() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write(
        "list.csv",
        plain(&[
            ("79001234501", "Анна", "Петрова"),
            ("79001234502", "Борис", "Ильин"),
        ]),
    );
    assert_eq!(send(&desk, &service, &["list.csv"]).code, 0);
    edited(&desk, "list-results.csv", |text| {
        text.replace(",Анна,,Петрова,", ",Анюта,,Петренко,")
    });
    let ran = send(&desk, &service, &["list-results.csv"]);
    assert_eq!(
        (
            ran.code,
            ran.count("accepted"),
            ran.count("suppressed"),
            service.sends().len()
        ),
        (0, 2, 1, 2),
        "{ran:?}"
    );
    let ran = send(&desk, &service, &["list-results.csv", "--resend-changed"]);
    assert_eq!((ran.code, service.sends().len()), (0, 3), "{ran:?}");
}

#[test]
fn a_name_that_is_edited_after_the_list_was_sorted_goes_to_nobody_twice() {
    let (desk, service) = (Desk::new(), Service::accepting());
    let rows = [
        ("79001234501", "Анна", "Петрова"),
        ("79001234502", "Борис", "Ильин"),
        ("79001234503", "Вера", "Орлова"),
    ];
    desk.write("list.csv", plain(&rows));
    send(&desk, &service, &["list.csv"]);
    fs::copy(desk.path("list-results.csv"), desk.path("mine.csv")).unwrap();
    let mut sorted = rows;
    sorted.reverse();
    desk.write("list.csv", plain(&sorted));
    send(&desk, &service, &["list.csv"]);
    edited(&desk, "mine.csv", |text| text.replace(",Анна,", ",Анюта,"));
    let ran = send(&desk, &service, &["mine.csv"]);
    assert_eq!(
        (
            ran.count("rows"),
            ran.count("accepted"),
            ran.count("suppressed"),
            ran.count("duplicate")
        ),
        (4, 3, 1, 0),
        "{ran:?}"
    );
    assert_eq!(service.sends().len(), 3, "nobody hears twice");
}

#[test]
fn a_correction_under_the_number_of_somebody_who_waits_loses_nobody() {
    let (desk, service) = (Desk::new(), Service::accepting());
    // Everybody gets the same contact: nothing but the recipient tells the rows apart.
    let rows = [
        ("79001234502", "Отдел", "продаж"),
        ("79001234503", "Отдел", "продаж"),
        ("79001234504", "Отдел", "продаж"),
        ("7900123450", "Отдел", "продаж"),
    ];
    desk.write("list.csv", plain(&rows));
    let ran = send(&desk, &service, &["list.csv", "--limit", "1"]);
    assert_eq!(
        (ran.count("pending"), ran.count("invalid")),
        (2, 1),
        "{ran:?}"
    );
    desk.run(&["report", "list", "--only", "invalid"]);
    let mut sorted = rows;
    sorted.swap(2, 3);
    desk.write("list.csv", plain(&sorted));
    let ran = send(&desk, &service, &["list.csv", "--limit", "1"]);
    assert_eq!(ran.count("pending"), 1, "row 5 waits now: {ran:?}");
    edited(&desk, "list-invalid.csv", |text| {
        text.replace(",7900123450,", ",79001234501,")
    });
    let ran = send(&desk, &service, &["list-invalid.csv"]);
    let chats: std::collections::HashSet<_> = service
        .sends()
        .iter()
        .map(stand_in::Received::chat)
        .collect();
    assert_eq!((chats.len(), service.sends().len()), (4, 4), "{ran:?}");
}

#[test]
fn a_pending_row_whose_recipient_is_edited_in_the_results_sends_nothing_to_the_old_one() {
    let rows = [
        ("79001234501", "Отдел", "продаж"),
        ("79001234502", "Отдел", "продаж"),
        ("79001234503", "Отдел", "продаж"),
    ];
    for as_pending in [false, true] {
        let (desk, service) = (Desk::new(), Service::accepting());
        desk.write("list.csv", plain(&rows));
        let ran = send(&desk, &service, &["list.csv", "--limit", "1"]);
        assert_eq!(ran.count("pending"), 2, "{ran:?}");
        let name = if as_pending {
            desk.run(&["report", "list", "--only", "pending"]);
            "list-pending.csv"
        } else {
            "list-results.csv"
        };
        edited(&desk, name, |text| {
            text.replace("79001234502", "79001234599")
        });
        for language in ["en", "ru"] {
            let ran = desk.run_to(&service, &["send", name, "--lang", language]);
            assert_eq!((ran.code, service.sends().len()), (3, 1), "{ran:?}");
            let row = if as_pending { 2 } else { 3 };
            let place = match language {
                "en" => format!("row {row} of {name}"),
                _ => format!("строка {row} файла {name}"),
            };
            assert!(ran.stderr.contains(&place), "{ran:?}");
        }
        // What it advises completes the campaign.
        desk.write(
            "list.csv",
            plain(&rows).replace("79001234502", "79001234599"),
        );
        let ran = send(&desk, &service, &["list.csv"]);
        let chats: Vec<_> = service
            .sends()
            .iter()
            .map(stand_in::Received::chat)
            .collect();
        assert_eq!(
            (ran.code, chats),
            (
                0,
                [1, 99, 3]
                    .map(|end| format!("790012345{end:02}@c.us"))
                    .to_vec()
            ),
        );
    }
}

#[test]
fn results_that_are_given_after_the_list_was_sorted_change_nothing() {
    let (desk, service) = sent();
    fs::copy(desk.path("list-results.csv"), desk.path("mine.csv")).unwrap();
    let mut rows = LIST.to_vec();
    rows.reverse();
    desk.write("list.csv", list(&rows));
    send(&desk, &service, &["list.csv"]);
    let ran = send(&desk, &service, &["mine.csv"]);
    assert_eq!(
        (
            ran.count("rows"),
            ran.count("accepted"),
            ran.count("invalid"),
            ran.count("duplicate")
        ),
        (7, 6, 1, 0),
        "{ran:?}"
    );
    assert_eq!(service.sends().len(), 6);
}

#[test]
fn a_corrected_duplicate_takes_nothing_from_the_row_that_it_repeated() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", list(&[LIST[1], LIST[0], LIST[0]]));
    let ran = send(&desk, &service, &["list.csv", "--limit", "1"]);
    assert_eq!(
        (ran.count("pending"), ran.count("duplicate")),
        (1, 1),
        "{ran:?}"
    );
    fs::copy(desk.path("list-results.csv"), desk.path("mine.csv")).unwrap();
    edited(&desk, "mine.csv", |text| {
        let at = text.rfind("79001234501").unwrap();
        format!("{}79001234599{}", &text[..at], &text[at + 11..])
    });
    send(&desk, &service, &["mine.csv", "--limit", "1"]);
    desk.write("list.csv", list(&[LIST[1], LIST[0]]));
    let ran = send(&desk, &service, &["list.csv"]);
    let chats: std::collections::HashSet<_> = service
        .sends()
        .iter()
        .map(stand_in::Received::chat)
        .collect();
    assert!(
        chats.contains("79001234501@c.us") && chats.contains("79001234502@c.us"),
        "{ran:?}"
    );
    assert_eq!(
        (ran.count("pending"), chats.len()),
        (0, service.sends().len()),
        "{ran:?}"
    );
}

/// A table with only these of its columns, in this order.
fn with_columns(text: &str, columns: &[usize]) -> String {
    let text = text.trim_start_matches('\u{feff}');
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut written = csv::Writer::from_writer(Vec::new());
    for row in rows.records() {
        let row = row.unwrap();
        let cells = columns.iter().map(|column| &row[*column]);
        written.write_record(cells).unwrap();
    }
    String::from_utf8(written.into_inner().unwrap()).unwrap()
}

#[test]
fn results_whose_columns_were_moved_or_removed_are_still_results() {
    let without = |gone: &[usize]| -> Vec<usize> {
        let is_kept = |column: &usize| !gone.contains(column);
        (0..16).filter(is_kept).collect()
    };
    let moved: Vec<usize> = (3..16).chain(0..3).collect();
    for columns in [
        moved,
        without(&[9]),
        without(&[14, 15]),
        without(&[7, 8, 9]),
        without(&[10]),
    ] {
        let (desk, service) = sent();
        let results = corrected(&desk.read("list-results.csv"));
        desk.write("edited.csv", with_columns(&results, &columns));
        let ran = send(&desk, &service, &["edited.csv"]);
        let people = service
            .sends()
            .iter()
            .map(stand_in::Received::chat)
            .collect::<std::collections::HashSet<_>>();
        assert_eq!(
            (service.sends().len(), people.len()),
            (7, 7),
            "{columns:?} {ran:?}"
        );
    }
    // Without these nobody could tell what was sent.
    for gone in [0, 1, 3, 4, 5] {
        let (desk, service) = sent();
        let results = desk.read("list-results.csv");
        desk.write("edited.csv", with_columns(&results, &without(&[gone])));
        let ran = desk.run_to(&service, &["send", "edited.csv"]);
        assert_eq!((ran.code, service.sends().len()), (3, 6), "{gone} {ran:?}");
    }
    // Only people and contacts are a list, which the send history knows.
    let (desk, service) = sent();
    let results = desk.read("list-results.csv");
    desk.write(
        "list-of-people.csv",
        with_columns(&results, &[4, 5, 6, 7, 8, 9]),
    );
    let ran = send(&desk, &service, &["list-of-people.csv"]);
    assert_eq!(
        (ran.count("suppressed"), service.sends().len()),
        (6, 6),
        "{ran:?}"
    );
}

#[test]
fn results_with_a_second_column_of_recipients_send_nothing() {
    let (desk, service) = sent();
    edited(&desk, "list-results.csv", |text| {
        let text = text.trim_start_matches('\u{feff}');
        let with_number = |(row, line): (usize, &str)| {
            let first = if row == 0 { "Recipient" } else { "79009999999" };
            format!("{first},{line}\n")
        };
        text.lines().enumerate().map(with_number).collect()
    });
    let ran = desk.run_to(&service, &["send", "list-results.csv"]);
    assert_eq!((ran.code, service.sends().len()), (3, 6), "{ran:?}");
    assert!(ran.stderr.contains("recipient"), "{ran:?}");
}

/// A list of one good row, one with a cell too many, and one with an odd quotation mark; and its rows that were not sent.
fn sent_with_unclear_rows() -> (Desk, Service) {
    let (desk, service) = (Desk::new(), Service::accepting());
    let rows = [
        "79001234501,79160000000,Анна,Велосипед,Ия",
        "79001234502,79160000000,Борис,Велосипед,Ия,лишнее",
        "79001234503,79160000000,Вера,\"ООО \"Лютик\"\",Юра",
    ];
    desk.write("list.csv", list(&rows));
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!((ran.code, ran.count("invalid")), (4, 2), "{ran:?}");
    (desk, service)
}

#[test]
fn rows_that_could_not_be_read_stay_refused_until_somebody_corrects_them() {
    for (format, name) in [("csv", "list-not-sent.csv"), ("xlsx", "list-not-sent.xlsx")] {
        let (desk, service) = sent_with_unclear_rows();
        desk.run(&["report", "list", "--only", "not-sent", "--as", format]);
        for said in [
            "2 rows of the results are not corrected yet",
            "unchanged since",
        ] {
            let ran = send(&desk, &service, &[name]);
            assert_eq!((ran.code, ran.count("invalid")), (4, 2), "{ran:?}");
            assert!(!ran.stderr.contains("rows are corrected"), "{}", ran.stderr);
            assert!(ran.stderr.contains(said), "{}", ran.stderr);
        }
        assert_eq!(service.sends().len(), 1, "{format}");
        desk.run(&["report", "list", "--only", "not-sent"]);
        assert_eq!(
            desk.column("list-not-sent.csv", "error"),
            ["row_shape", "bad_quotes"]
        );
        edited(&desk, "list-not-sent.csv", |text| {
            text.replace("Борис", "Боря")
        });
        let ran = send(&desk, &service, &["list-not-sent.csv"]);
        assert_eq!((ran.code, ran.count("invalid")), (4, 1), "{ran:?}");
        assert_eq!(service.sends().len(), 2, "{format}");
    }
}

#[test]
fn rows_that_could_not_be_read_are_not_sent_from_a_campaign_that_does_not_know_them() {
    let (desk, service) = sent_with_unclear_rows();
    desk.run(&["report", "list", "--only", "not-sent"]);
    let arguments = ["list-not-sent.csv", "--ledger", "other.ledger"];
    let ran = send(&desk, &service, &arguments);
    assert_eq!((ran.code, ran.count("invalid")), (4, 2), "{ran:?}");
    assert_eq!(service.sends().len(), 1);
    edited(&desk, "list-not-sent.csv", |text| {
        text.replace("row_shape", "")
    });
    let ran = send(&desk, &service, &arguments);
    assert_eq!((ran.code, ran.count("invalid")), (4, 1), "{ran:?}");
    assert_eq!(service.sends().len(), 2);
}
