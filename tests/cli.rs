//! The program as a person runs it: what the service received, what is on disk, what is said.

use std::{
    collections::HashSet,
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
};

use serde_json::json;
use stand_in::{Desk, Ran, Received, Reply, Service, accepted, refused, table, whole};

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn the_bodies_of_the_seed_go_over_the_wire_and_a_second_run_sends_nothing() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write(
        "list.csv",
        "chatId;phoneNumber;phoneContact;firstName;middleName;lastName;company;Город;№\r\n\
         ;79001234567;79001234568;Артем;Петрович;Евпаторийский;Велосипед;Ялта;=1+1\r\n\
         79001234567-1581234048@g.us;;79001234568;Артем;Петрович;Евпаторийский;Велосипед;\"Ялта\nпорт\";7\r\n\
         \r\n\
         ;79001234567;79001234568;Артем;Петрович;Евпаторийский;Велосипед;Ялта;8\r\n\
         ;12345;79001234568;Анна;;;;Омск;9\r\n\
         380123456789@c.us;;380671234567;=HYPERLINK(1);;;;Киев;-5\r\n",
    );
    let ran = desk.run_to(&service, &["send", "list.csv", "--json"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    let sends = service.sends();
    let mut bodies: Vec<_> = sends.iter().map(|request| request.body.as_str()).collect();
    bodies.sort_unstable();
    assert_eq!(
        bodies,
        [
            r#"{"chatId":"380123456789@c.us","contact":{"phoneContact":380671234567,"firstName":"=HYPERLINK(1)"}}"#,
            r#"{"chatId":"79001234567-1581234048@g.us","contact":{"phoneContact":79001234568,"firstName":"Артем","middleName":"Петрович","lastName":"Евпаторийский","company":"Велосипед"}}"#,
            r#"{"phoneNumber":79001234567,"contact":{"phoneContact":79001234568,"firstName":"Артем","middleName":"Петрович","lastName":"Евпаторийский","company":"Велосипед"}}"#,
        ]
    );
    let summary = ran.json();
    for (word, rows) in [
        ("rows", 5),
        ("accepted", 3),
        ("invalid", 1),
        ("duplicate", 1),
        ("pending", 0),
        ("exit", 4),
    ] {
        assert_eq!(summary[word], json!(rows), "{word}: {summary}");
    }
    assert_eq!(summary["campaign"], json!("list"));

    let text = desk.read("list-results.csv");
    assert!(text.ends_with("\r\n"));
    let records = desk.results("list-results.csv", b';');
    assert_eq!(records[0][14..], ["attempts", "sentAt", "Город", "№"]);
    let own: Vec<_> = records[1..]
        .iter()
        .map(|record| (&record[0], &record[16], &record[17]))
        .collect();
    let own: Vec<(&str, &str, &str)> = own
        .iter()
        .map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str()))
        .collect();
    assert_eq!(
        own,
        [
            ("2", "Ялта", "'=1+1"),
            ("3", "Ялта\nпорт", "7"),
            ("5", "Ялта", "8"),
            ("6", "Омск", "9"),
            ("7", "Киев", "'-5")
        ]
    );
    assert_eq!(records[5][6], "'=HYPERLINK(1)");
    assert_eq!(records[4][12], "recipient_invalid");
    assert!(records[3][13].contains("Row 2"), "{:?}", records[3]);
    for cell in records.iter().flatten() {
        assert!(
            !cell.starts_with(['=', '+', '-', '@']),
            "{cell} runs as a formula"
        );
    }

    let again = desk.run_to(&service, &["send", "list.csv", "--json"]);
    assert_eq!((again.code, again.count("accepted")), (4, 3));
    assert_eq!(service.sends().len(), 3, "nothing is sent twice");
}

#[test]
fn a_service_that_knows_only_chat_ids_gets_them() {
    let service = Service::start(|number, request| {
        if request.json()["chatId"].is_null() {
            refused(400, "Validation failed. Details: 'chatId' is required")
        } else {
            accepted(number)
        }
    });
    let desk = Desk::new();
    desk.write("list.csv", table(40));
    let ran = desk.run_to(&service, &["send", "list.csv", "--json", "--rate", "1000"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 40), "{}", ran.stderr);
    let chats = service
        .sends()
        .into_iter()
        .filter(|request| !request.json()["chatId"].is_null())
        .count();
    assert_eq!(chats, 40);
}

#[test]
fn a_refused_contact_fails_alone_and_is_sent_again_only_when_asked() {
    let service = Service::start(|number, _| {
        if number == 1 {
            refused(400, "bad request data")
        } else {
            accepted(number)
        }
    });
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    let ran = desk.run_to(
        &service,
        &["send", "list.csv", "--json", "--concurrency", "1"],
    );
    assert_eq!(
        (ran.code, ran.count("failed"), ran.count("accepted")),
        (4, 1, 2)
    );
    assert!(desk.column("list-results.csv", "error")[1].contains("bad request data"));
    assert_eq!(
        desk.run_to(&service, &["send", "list.csv", "--json"])
            .count("failed"),
        1
    );
    let again = desk.run_to(&service, &["send", "list.csv", "--json", "--retry-failed"]);
    assert_eq!(
        (again.code, again.count("accepted"), service.sends().len()),
        (0, 3, 4)
    );
    assert_eq!(desk.column("list-results.csv", "attempts"), ["1", "2", "1"]);
}

#[test]
fn a_request_that_was_cut_off_is_unknown_and_was_sent_once() {
    let service = Service::start(|number, _| {
        if number == 0 {
            Reply::Close
        } else {
            accepted(number)
        }
    });
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    let ran = desk.run_to(&service, &["send", "list.csv", "--json"]);
    assert_eq!(
        (ran.code, ran.count("unknown"), ran.count("accepted")),
        (6, 1, 2)
    );
    assert_eq!(service.sends().len(), 3);
    let again = desk.run_to(&service, &["send", "list.csv", "--json"]);
    assert_eq!(
        (again.code, again.count("unknown"), service.sends().len()),
        (6, 1, 3)
    );
}

#[test]
fn an_instance_that_refuses_stops_the_run_and_the_rows_stay_pending() {
    let service = Service::start(|_, _| refused(400, "instance account not authorized"));
    let desk = Desk::new();
    desk.write("list.csv", table(100));
    let ran = desk.run_to(&service, &["send", "list.csv", "--json"]);
    assert_eq!((ran.code, ran.count("pending")), (7, 100));
    assert!(service.sends().len() <= 16);
    assert!(ran.stderr.contains("QR code"), "{}", ran.stderr);
}

#[test]
fn a_service_that_puts_us_off_is_waited_for() {
    let service = Service::start(|number, _| {
        if number < 2 {
            Reply::Raw(whole(429, "retry-after: 2\r\n", ""))
        } else {
            accepted(number)
        }
    });
    let desk = Desk::new();
    desk.write("list.csv", table(5));
    let ran = desk.run_to(&service, &["send", "list.csv", "--json"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 5), "{}", ran.stderr);
    let sends = service.sends();
    let pause = sends
        .windows(2)
        .map(|pair| pair[1].at - pair[0].at)
        .max()
        .unwrap();
    assert!(pause >= std::time::Duration::from_millis(1500), "{pause:?}");
}

#[test]
fn an_unreachable_service_ends_at_the_retry_limit_and_nothing_is_lost() {
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    let mut command = desk.to(
        &Service::accepting(),
        &["send", "list.csv", "--json", "--retry-for", "1s"],
    );
    command.env("GREEN_API_URL", "http://127.0.0.1:9");
    let ran = stand_in::Ran::of(command.output().unwrap());
    assert_eq!((ran.code, ran.count("pending")), (5, 3), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("could not be reached"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_limit_is_a_canary_and_the_next_run_goes_on() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(9));
    let ran = desk.run_to(&service, &["send", "list.csv", "--json", "--limit", "4"]);
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("pending")),
        (0, 4, 5)
    );
    assert!(
        ran.stderr
            .contains("First     Гость 0, 79001234568 → 79000000000"),
        "{ran:?}"
    );
    let rest = desk.run_to(&service, &["send", "list.csv", "--json"]);
    assert!(
        rest.stderr
            .contains("First     Гость 4, 79001234568 → 79000000004"),
        "{rest:?}"
    );
    assert_eq!(
        (rest.code, rest.count("accepted"), service.sends().len()),
        (0, 9, 9)
    );
}

#[test]
fn every_recipient_gets_every_contact_of_a_vcard_file() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write(
        "managers.vcf",
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Евпаторийский;Артем;Петрович;;\r\nFN:Артем Евпаторийский\r\nORG:Велосипед\r\n\
         TEL;TYPE=CELL:+7 900 123-45-68\r\nEND:VCARD\r\n\
         BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;=D0=90=D0=BD=D0=BD=D0=B0;;;\r\n\
         TEL;CELL:79001234569\r\nEND:VCARD\r\n",
    );
    let arguments = [
        "send",
        "--recipients",
        "79001234501",
        "--recipients",
        "120363043968066561@g.us",
        "--contacts",
        "managers.vcf",
        "--json",
    ];
    let ran = desk.run_to(&service, &arguments);
    assert_eq!((ran.code, ran.count("accepted")), (0, 4), "{}", ran.stderr);
    let bodies: Vec<_> = service
        .sends()
        .iter()
        .map(stand_in::Received::json)
        .collect();
    for recipient in [
        json!({"phoneNumber": 79_001_234_501_u64}),
        json!({"chatId": "120363043968066561@g.us"}),
    ] {
        let (field, value) = recipient.as_object().unwrap().iter().next().unwrap();
        for contact in [
            json!({"phoneContact": 79_001_234_568_u64, "firstName": "Артем", "middleName": "Петрович",
                   "lastName": "Евпаторийский", "company": "Велосипед"}),
            json!({"phoneContact": 79_001_234_569_u64, "firstName": "Анна"}),
        ] {
            let body = json!({ field: value, "contact": contact });
            assert!(bodies.contains(&body), "{body} is not among {bodies:?}");
        }
    }
}

#[test]
fn a_second_run_on_the_same_ledger_ends_at_once() {
    let service = Service::start(|number, _| {
        if number == 0 {
            Reply::Hang
        } else {
            accepted(number)
        }
    });
    let desk = Desk::new();
    desk.write("list.csv", table(2));
    let mut first = desk
        .to(&service, &["send", "list.csv", "--quiet"])
        .spawn()
        .unwrap();
    service.wait_for(1);
    let second = desk.run_to(&service, &["send", "list.csv", "--json"]);
    assert_eq!(second.code, 11, "{}", second.stderr);
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn the_same_ledger_never_serves_another_instance() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(2));
    desk.run_to(&service, &["send", "list.csv", "--quiet"]);
    let other = desk.run_to(
        &service,
        &["send", "list.csv", "--id-instance", "1101000002"],
    );
    assert_eq!(other.code, 2, "{}", other.stderr);
    assert_eq!(service.sends().len(), 2);
}

#[test]
fn each_recipient_gets_the_contact_of_their_own_manager_and_nobody_on_the_list() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write(
        "people.csv",
        "Телефон,Менеджер\n79001234501,орлова мария\n79001234502,Пётр\n79001234503,Мария Орлова\n",
    );
    desk.write(
        "cards.csv",
        "ФИО;Телефон\nОрлова Мария Сергеевна;79001234569\nКим Олег;79001234570\n",
    );
    desk.write("stop.txt", "+7 900 123-45-03\noops\n");
    let arguments = [
        "send",
        "--recipients",
        "people.csv",
        "--contacts",
        "cards.csv",
    ];
    let options = ["--match", "Менеджер", "--suppress", "stop.txt", "--json"];
    let ran = desk.run_to(
        &service,
        &[arguments.as_slice(), options.as_slice()].concat(),
    );
    assert_eq!(
        (
            ran.code,
            ran.count("accepted"),
            ran.count("suppressed"),
            ran.count("invalid")
        ),
        (4, 1, 1, 1),
        "{}",
        ran.stderr
    );
    let sends = service.sends();
    assert_eq!(sends.len(), 1);
    assert_eq!(
        sends[0].json(),
        json!({"phoneNumber": 79_001_234_501_u64, "contact": {"phoneContact": 79_001_234_569_u64,
               "firstName": "Мария", "middleName": "Сергеевна", "lastName": "Орлова"}})
    );
    assert!(
        ran.stderr
            .contains("stop.txt: 1 chat; 1 entry could not be read"),
        "{}",
        ran.stderr
    );
    assert!(
        desk.column("people-results.csv", "error")
            .contains(&"card_missing".to_owned())
    );
    let gone = desk.run_to(&service, &["send", "people.csv", "--suppress", "gone.txt"]);
    assert_eq!(gone.code, 3, "{gone:?}");
    assert!(gone.stderr.contains("gone.txt"), "{}", gone.stderr);
}

#[test]
fn a_mapping_of_the_settings_file_and_headings_below_a_title_are_used() {
    let desk = Desk::new();
    desk.write(
        "list.csv",
        "Отчёт за май;;\nКлиент №;Наш агент;Кличка\n79001234567;79001234568;Анна\n",
    );
    let map =
        "map = [\"recipient=Клиент №\", \"phoneContact = Наш агент\", \"firstName=Кличка\"]\n";
    desk.write("sendcontact.toml", map);
    let ran = desk.run(&["check", "list.csv"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stdout.contains("headings in row 2") && ran.stdout.contains("1 to send"),
        "{}",
        ran.stdout
    );
    desk.write("sendcontact.toml", "\nmap = [\"Клиент №\"]\n");
    let wrong = desk.run(&["check", "list.csv"]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(
        wrong.stderr.contains("sendcontact.toml:2"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn an_option_that_was_removed_names_what_to_use_instead() {
    let desk = Desk::new();
    for (arguments, words) in [
        (
            &["send", "list.csv", "--map-file", "map.txt"][..],
            "map = [",
        ),
        (&["check", "list.csv", "--map-file=map.txt"], "map = ["),
        (&["send", "list.csv", "--max-duration", "3h"], "--until"),
        (&["send", "list.csv", "--confirm", "9"], "--dry-run"),
        (&["send", "list.csv", "--log-personal-data"], "-vv"),
        (&["schedule", "--install"], "save what schedule prints"),
    ] {
        let ran = desk.run(arguments);
        assert!(
            ran.code == 2 && ran.stderr.contains(words),
            "{arguments:?} {ran:?}"
        );
    }
}

#[test]
fn an_address_book_as_input_is_told_how_it_is_used() {
    let desk = Desk::new();
    desk.write(
        "google.csv",
        "First Name,Last Name,Phone 1 - Label,Phone 1 - Value\nAnna,Kim,Mobile,+79001234567\n",
    );
    let ran = desk.run(&["check", "google.csv"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        ran.stderr.contains("--contacts") && ran.stderr.contains("--recipients"),
        "{}",
        ran.stderr
    );
    assert_eq!(
        desk.run(&[
            "check",
            "--recipients",
            "79001234568",
            "--contacts",
            "google.csv"
        ])
        .code,
        0
    );
}

#[test]
fn check_shows_every_row_as_json_and_needs_no_credentials() {
    let desk = Desk::new();
    desk.write(
        "list.csv",
        "phoneNumber,phoneContact,firstName\n79001234567,+7 (900) 123-45-68,Анна\n79001234567,79001234568,Анна\n\
         79001234567,\"7,9E+10\",Борис\n",
    );
    let ran = desk.run(&["check", "list.csv", "--json"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    let lines: Vec<serde_json::Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0]["status"], json!("valid"));
    assert_eq!(
        lines[0]["contact"]["phoneContact"],
        json!(79_001_234_568_u64)
    );
    assert_eq!(lines[0]["warnings"][0]["code"], json!("phone_normalised"));
    assert_eq!(
        (&lines[1]["status"], &lines[1]["duplicateOf"]),
        (&json!("duplicate"), &json!(2))
    );
    assert_eq!(lines[2]["problem"]["code"], json!("phone_scientific"));
    assert_eq!(lines[2]["problem"]["column"], json!("phoneContact"));
    assert_eq!(lines[2]["problem"]["value"], json!("7,9E+10"));
    let file = json!({"source": "list.csv", "format": "csv", "encoding": "UTF-8", "delimiter": ",", "rows": 3, "warnings": []});
    assert_eq!(lines[3], file);
    assert_eq!(
        std::fs::read_dir(desk.folder.path()).unwrap().count(),
        1,
        "check writes nothing"
    );
}

#[test]
fn an_input_that_cannot_be_used_leaves_nothing_behind() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice());
    for (input, code) in [("list.csv", "list.csv"), ("missing.csv", "missing.csv")] {
        let ran = desk.run_to(&service, &["send", input]);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.stderr.contains(code), "{}", ran.stderr);
    }
    assert_eq!(std::fs::read_dir(desk.folder.path()).unwrap().count(), 1);
    assert!(service.received().is_empty());
}

#[test]
fn a_report_is_made_again_from_the_ledger_alone() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    desk.run_to(&service, &["send", "list.csv", "--quiet"]);
    let before = desk.read("list-results.csv");
    std::fs::remove_file(desk.path("list-results.csv")).unwrap();
    std::fs::remove_file(desk.path("list.csv")).unwrap();
    assert_eq!(desk.run(&["report", "list"]).code, 0);
    assert_eq!(desk.read("list-results.csv"), before);
    let status = desk.run(&["status", "--json"]);
    assert_eq!(
        (
            status.json()["accepted"].clone(),
            status.json()["rows"].clone()
        ),
        (json!(3), json!(3))
    );
}

#[test]
fn an_input_is_read_again_only_when_it_or_its_reading_has_changed() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(5));
    desk.write("stop.csv", "phone\n79990000000\n");
    let send = |more: &[&str]| {
        let ran = desk.run_to(
            &service,
            &[
                &[
                    "send",
                    "list.csv",
                    "--suppress",
                    "stop.csv",
                    "--limit",
                    "1",
                    "--json",
                ],
                more,
            ]
            .concat(),
        );
        (
            ran.count("rows"),
            ran.stderr.contains("unchanged since the last run"),
        )
    };
    assert_eq!(send(&[]), (5, false));
    assert_eq!(send(&[]), (5, true));
    assert_eq!(send(&["--country", "RU"]), (5, false));
    desk.write("stop.csv", "phone\n79990000000\n79000000004\n");
    assert_eq!(send(&["--country", "RU"]), (5, false));
    assert_eq!(desk.column("list-results.csv", "status")[4], "suppressed");
    assert_eq!(send(&["--country", "RU"]), (5, true));
    desk.write("list.csv", table(6));
    assert_eq!(send(&["--country", "RU"]), (6, false));
    assert_eq!(service.sends().len(), 5);
}

#[test]
fn a_machine_without_certificates_can_simulate_and_is_told_what_https_needs() {
    let desk = Desk::new();
    desk.write("list.csv", table(2));
    desk.write("none.pem", "");
    let run = |arguments: &[&str]| {
        let mut command = desk.command(arguments);
        for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
            command.env(name, desk.path("none.pem"));
        }
        for (name, value) in [
            ("GREEN_API_URL", "https://api.green-api.com"),
            ("GREEN_API_ID_INSTANCE", "1101000001"),
            ("GREEN_API_TOKEN", stand_in::TOKEN),
        ] {
            command.env(name, value);
        }
        Ran::of(command.output().unwrap())
    };
    let ran = run(&["send", "list.csv", "--simulate", "--json"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 2), "{ran:?}");
    let ran = run(&["send", "list.csv"]);
    assert_ne!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("certificates"), "{ran:?}");
}

#[test]
fn a_simulated_run_needs_no_credentials_and_keeps_apart() {
    let desk = Desk::new();
    desk.write("list.csv", table(5));
    let ran = desk.run(&["send", "list.csv", "--simulate", "--json"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 5), "{}", ran.stderr);
    assert!(desk.path("list-simulated.ledger").exists());
    assert!(desk.path("list-simulated-results.csv").exists());
    assert!(!desk.path("list.ledger").exists());
}

#[test]
fn missing_credentials_are_named() {
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    let ran = desk.run(&["send", "list.csv"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("GREEN_API_ID_INSTANCE"),
        "{}",
        ran.stderr
    );
    let ran = desk.run(&["send", "list.csv", "--id-instance", "1101"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("GREEN_API_TOKEN"), "{}", ran.stderr);
}

#[cfg(unix)] // It sends SIGINT.
#[test]
fn the_first_interrupt_finishes_what_is_under_way_and_the_second_stops_at_once() {
    let late = std::time::Duration::from_millis(300);
    let service = Service::start(move |number, _| Reply::Late(late, Box::new(accepted(number))));
    let desk = Desk::new();
    desk.write("list.csv", table(500));
    let run = desk
        .to(&service, &["send", "list.csv", "--json"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    service.wait_for(3);
    interrupt(run.id());
    let ran = stand_in::Ran::of(run.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.count("unknown")), (130, 0));
    assert_eq!(ran.count("accepted"), service.sends().len() as u64);
    assert_eq!(ran.count("rows"), 500);

    let hanging = Service::start(|_, _| Reply::Hang);
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    let run = desk
        .to(&hanging, &["send", "list.csv", "--json"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    hanging.wait_for(1);
    let id = run.id();
    let waiter = std::thread::spawn(move || stand_in::Ran::of(run.wait_with_output().unwrap()));
    while !waiter.is_finished() {
        interrupt(id);
        std::thread::yield_now();
    }
    let ran = waiter.join().unwrap();
    assert_eq!(ran.code, 130);
    assert_eq!(
        (ran.count("unknown"), ran.count("rows")),
        (hanging.sends().len() as u64, 3)
    );
}

#[cfg(unix)] // `kill` of a POSIX system.
fn interrupt(process: u32) {
    let kill = std::process::Command::new("kill")
        .args(["-INT", &process.to_string()])
        .output();
    assert!(kill.is_ok(), "there is no kill here");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn contacts_that_were_not_sent_are_read_back_as_they_were() {
    let names = [
        "Иван; Пётр",
        "a,b",
        "O'Brien",
        "\"quoted\"",
        "=HYPERLINK(1)",
        "x:y",
        "BEGIN:VCARD",
        "Ёлка 🎄",
        "semi;colon;;",
        "a  b",
        "-5",
        "END:VCARD",
        "50%=3D",
        "Ъ\u{301}",
    ];
    let service = Service::start(|_, _| refused(400, "bad request data"));
    let desk = Desk::new();
    let mut table = csv::Writer::from_path(desk.path("list.csv")).unwrap();
    table
        .write_record([
            "phoneNumber",
            "phoneContact",
            "firstName",
            "lastName",
            "company",
        ])
        .unwrap();
    for name in names {
        table
            .write_record(["79001234567", "79001234568", name, "Ким", name])
            .unwrap();
    }
    table.flush().unwrap();
    let ran = desk.run_to(
        &service,
        &["send", "list.csv", "--json", "--max-failures", "100"],
    );
    assert_eq!(
        (ran.code, ran.count("failed")),
        (8, names.len() as u64),
        "{}",
        ran.stderr
    );
    let report = [
        "report",
        "list",
        "--only",
        "not-sent",
        "--as",
        "vcf",
        "--results",
        "cards.vcf",
    ];
    assert_eq!(desk.run(&report).code, 0);
    let check = desk.run(&[
        "check",
        "--recipients",
        "79001234567",
        "--contacts",
        "cards.vcf",
        "--json",
    ]);
    let read: Vec<serde_json::Value> = check
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for (name, card) in names.iter().zip(&read) {
        let expected = json!({"phoneContact": 79_001_234_568_u64, "firstName": name, "lastName": "Ким", "company": name});
        assert_eq!(card["contact"], expected, "{}", desk.read("cards.vcf"));
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn no_output_ever_replaces_what_is_read_or_the_ledger() {
    let service = Service::accepting();
    let desk = Desk::new();
    let list = table(3);
    desk.write("list.csv", &list);
    for arguments in [
        vec!["send", "list.csv", "--results", "list.csv"],
        vec!["send", "list.csv", "--results", "./list.csv"],
        vec!["send", "list.csv", "--ledger", "list.csv"],
        vec![
            "send",
            "list.csv",
            "--ledger",
            "x.csv",
            "--results",
            "x.csv",
        ],
        vec!["check", "list.csv", "--problems", "list.csv"],
        vec!["check", "list.csv", "--problems", "list.ledger"],
        vec!["check", "list.csv", "--problems", "./list.ledger-wal"],
    ] {
        let ran = desk.run_to(&service, &arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert_eq!(desk.read("list.csv"), list);
    }
    assert!(service.received().is_empty());
    desk.run_to(&service, &["send", "list.csv", "--quiet"]);
    let ledger = std::fs::read(desk.path("list.ledger")).unwrap();
    desk.write("other.csv", &list);
    desk.write("spring.csv", &ledger);
    for (input, problems) in [
        ("list", "list.ledger"),
        ("other", "list.ledger"),
        ("other", "list.ledger-lock"),
        ("other", "spring.csv"),
    ] {
        let ran = desk.run(&["check", &format!("{input}.csv"), "--problems", problems]);
        assert_eq!(ran.code, 2, "{input}, {problems}: {ran:?}");
    }
    assert_eq!(
        desk.run_to(&service, &["send", "other.csv", "--results", "spring.csv"])
            .code,
        2
    );
    assert_eq!(
        desk.run(&["report", "list", "--results", "spring.csv"])
            .code,
        2
    );
    assert!(std::fs::read(desk.path("spring.csv")).unwrap() == ledger);
    for results in [
        "list.ledger",
        "list.txt",
        "list.pdf",
        "list.csv",
        "./list.csv",
    ] {
        let ran = desk.run(&["report", "list", "--results", results]);
        assert_eq!(ran.code, 2, "{results}: {ran:?}");
        assert_eq!(desk.read("list.csv"), list);
    }
    assert!(std::fs::read(desk.path("list.ledger")).unwrap() == ledger);
}

#[test]
fn a_setting_that_is_wrong_leaves_no_ledger_behind() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    for arguments in [
        vec!["send"],
        vec!["send", "--recipients", "79001234567"],
        vec!["send", "list.csv", "--map", "phoneContact=no"],
    ] {
        assert_eq!(desk.run_to(&service, &arguments).code, 2, "{arguments:?}");
    }
    assert_eq!(std::fs::read_dir(desk.folder.path()).unwrap().count(), 1);
}

#[test]
fn nobody_who_reads_what_is_said_does_not_stop_the_run() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(30));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = desk
        .to(&service, &["send", "list.csv", "--json", "-vv"])
        .stderr(writer)
        .output()
        .unwrap();
    let ran = stand_in::Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::new(),
    };
    assert_eq!((ran.code, ran.count("accepted")), (0, 30));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn the_rows_of_a_file_that_is_not_given_wait_for_it() {
    let service = Service::accepting();
    let desk = Desk::new();
    let list = |names: &[(u64, &str)]| {
        let line =
            |(recipient, name): &(u64, &str)| format!("7900000000{recipient},79001234568,{name}\n");
        format!(
            "phoneNumber,phoneContact,firstName\n{}",
            names.iter().map(line).collect::<String>()
        )
    };
    desk.write("a.csv", list(&[(1, "Анна"), (2, "Борис")]));
    desk.write("b.csv", list(&[(3, "Вера"), (4, "Глеб"), (5, "Дина")]));
    let run = |arguments: &[&str]| {
        let ran = desk.run_to(
            &service,
            &[&["send", "--campaign", "all", "--json"], arguments].concat(),
        );
        ran.adds_up();
        (
            ran.code,
            service.sends().len(),
            ran.count("pending"),
            ran.stderr,
        )
    };
    let (code, sent, pending, _) = run(&["a.csv", "b.csv", "--limit", "1"]);
    assert_eq!((code, sent, pending), (0, 1, 4));

    let (code, sent, pending, told) = run(&["a.csv"]);
    assert_eq!((code, sent, pending), (5, 2, 3));
    assert!(
        told.contains(
            "pending rows of b.csv that are in none of the files given now: 3; to send them, give b.csv too"
        ),
        "{told}"
    );
    assert!(
        told.contains("1 contact in about") && !told.contains("Run the same command again"),
        "{told}"
    );
    let status = desk.run(&["status", "all", "--brief"]);
    assert!(
        status.stdout.contains("3 rows wait for them") && !status.stdout.contains("again"),
        "{status:?}"
    );
    let explained = desk.column("all-results.csv", "explanation");
    assert!(explained[2].contains("was not given"), "{explained:?}");
    assert!(
        run(&["a.csv"]).3.contains("give b.csv too"),
        "told although a.csv is not read again"
    );

    // One of them stands in another file too, and one is written otherwise there.
    desk.write("c.csv", list(&[(4, "Глеб"), (5, "Диана")]));
    let (code, sent, pending, told) = run(&["c.csv"]);
    assert_eq!((code, sent, pending), (5, 4, 2), "{told}");
    let column = |heading| desk.column("all-results.csv", heading);
    let statuses = [
        "accepted",
        "accepted",
        "pending",
        "duplicate",
        "pending",
        "accepted",
        "accepted",
    ];
    assert_eq!(column("status"), statuses);
    assert_eq!(column("source")[3..6], ["b.csv", "b.csv", "c.csv"]);
    assert!(
        column("explanation")[3].contains("c.csv"),
        "{:?}",
        column("explanation")
    );

    let (code, sent, pending, _) = run(&["b.csv"]);
    assert_eq!((code, sent, pending), (0, 6, 0));
    assert!(service.times().values().all(|times| *times == 1));
}

#[test]
fn a_refused_contact_of_a_file_that_is_not_given_is_not_retried() {
    let service = Service::start(|number, request| match number {
        0 | 1 if request.is_send() => refused(400, "bad request data"),
        _ if request.is_send() => accepted(number),
        _ => stand_in::authorized(),
    });
    let desk = Desk::new();
    desk.write("a.csv", table(1));
    desk.write(
        "b.csv",
        table(2).replace("79000000000,79001234568,Гость 0\n", ""),
    );
    let send = |arguments: &[&str]| {
        let more = [
            "--campaign",
            "all",
            "--json",
            "--retry-failed",
            "--max-failures",
            "9",
        ];
        let ran = desk.run_to(&service, &[&["send"], &more[..], arguments].concat());
        ran.adds_up();
        (ran.code, ran.count("failed"), service.sends().len())
    };
    assert_eq!(send(&["a.csv", "b.csv"]), (8, 2, 2));
    assert_eq!(send(&["a.csv"]), (4, 1, 3));
    assert_eq!(send(&["a.csv", "b.csv"]), (0, 0, 4));
}

/// Runs the program with this on its standard input.
#[cfg(unix)] // Its readers use /dev/stdin.
#[expect(clippy::unwrap_used, reason = "in a test it is the assertion")]
fn run_piped(desk: &Desk, service: &Service, arguments: &[&str], input: &str) -> Ran {
    let mut command = desk.to(service, arguments);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut run = command.spawn().unwrap();
    // A program that does not read to the end is judged by what it did.
    let _unread = run.stdin.take().unwrap().write_all(input.as_bytes());
    stand_in::Ran::of(run.wait_with_output().unwrap())
}

#[cfg(unix)] // It reads /dev/stdin.
#[test]
fn every_row_of_a_pipe_is_sent_however_long_it_is() {
    let service = Service::accepting();
    let desk = Desk::new();
    let (list, piped) = (
        table(3000),
        [
            "send",
            "/dev/stdin",
            "--campaign",
            "list",
            "--out-dir",
            ".",
            "--json",
        ],
    );
    assert!(list.len() > 100_000);
    let ran = run_piped(
        &desk,
        &service,
        &[&piped[..], &["--rate", "5000"]].concat(),
        &list,
    );
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("rows")),
        (0, 3000, 3000),
        "{}",
        ran.stderr
    );
    let sent: HashSet<String> = service.sends().iter().map(Received::chat).collect();
    let listed: HashSet<String> = (0..3000)
        .map(|row| format!("{}@c.us", 79_000_000_000_u64 + row))
        .collect();
    assert_eq!(sent, listed);
    assert_eq!(
        desk.column("list-results.csv", "status"),
        vec!["accepted"; 3000]
    );
}

#[cfg(unix)] // It reads /dev/stdin.
#[test]
fn a_pipe_is_read_anew_whatever_came_through_it_before() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    let piped = [
        "send",
        "/dev/stdin",
        "--campaign",
        "list",
        "--out-dir",
        ".",
        "--json",
    ];
    let first = run_piped(&desk, &service, &piped, &table(2));
    assert_eq!(
        (first.code, first.count("accepted")),
        (0, 2),
        "{}",
        first.stderr
    );
    let second = run_piped(&desk, &service, &piped, &table(4));
    assert_eq!(
        (second.code, second.count("accepted"), service.sends().len()),
        (0, 4, 4),
        "{}",
        second.stderr
    );

    let suppressed = [
        "send",
        "list.csv",
        "--suppress",
        "/dev/stdin",
        "--campaign",
        "stop",
        "--again",
        "--json",
    ];
    let canary = [&suppressed[..], &["--limit", "1"]].concat();
    assert_eq!(
        run_piped(&desk, &service, &canary, "79009999999\n").count("accepted"),
        1
    );
    let ran = run_piped(&desk, &service, &suppressed, "79000000001\n");
    assert_eq!(
        (ran.count("accepted"), ran.count("suppressed")),
        (2, 1),
        "{}",
        ran.stderr
    );
}

#[cfg(unix)] // It makes a FIFO.
#[test]
fn a_named_pipe_is_opened_once() {
    let service = Service::accepting();
    let desk = Desk::new();
    assert!(
        Command::new("mkfifo")
            .arg(desk.path("list.csv"))
            .status()
            .unwrap()
            .success()
    );
    let path = desk.path("list.csv");
    let writer = std::thread::spawn(move || std::fs::write(path, table(3)).unwrap());
    let ran = desk.run_to(&service, &["send", "list.csv", "--json"]);
    writer.join().unwrap();
    assert_eq!(
        (ran.code, ran.count("accepted"), service.sends().len()),
        (0, 3, 3),
        "{}",
        ran.stderr
    );
}

#[cfg(unix)] // It reads /dev/stdin.
#[test]
fn a_list_that_is_no_file_says_where_its_campaign_stands() {
    let (service, desk) = (Service::accepting(), Desk::new());
    let ran = run_piped(
        &desk,
        &service,
        &["send", "/dev/stdin", "--campaign", "list"],
        &table(1),
    );
    assert_eq!(
        (ran.code, service.received().len()),
        (2, 0),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("--out-dir"), "{}", ran.stderr);
}

#[test]
fn the_settings_that_simulate_prints_can_be_used_as_they_are() {
    let desk = Desk::new();
    desk.write(
        "script.json",
        r#"{ "id_instance": "7103000009", "token": "token-of-the-script" }"#,
    );
    the_printed_settings_send(&desk, &[], "one.ledger");
    the_printed_settings_send(&desk, &["--script", "script.json"], "other.ledger");
}

/// Sends to a simulator with the settings that it prints.
#[expect(clippy::unwrap_used, reason = "in a test it is the assertion")]
fn the_printed_settings_send(desk: &Desk, more: &[&str], ledger: &str) {
    let mut simulator = desk
        .command(&[&["simulate", "--port", "0"], more].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(simulator.stdout.take().unwrap())
        .lines()
        .take(3);
    let settings: Vec<(String, String)> = lines
        .map(|line| {
            line.unwrap()
                .strip_prefix("export ")
                .unwrap()
                .split_once('=')
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .unwrap()
        })
        .collect();
    desk.write(
        "list.csv",
        "phoneNumber;phoneContact;firstName\n79001234567;79001234568;Анна\n",
    );
    let mut send = desk.command(&["send", "list.csv", "--ledger", ledger]);
    let ran = Ran::of(send.envs(settings).output().unwrap());
    simulator.kill().unwrap();
    simulator.wait().unwrap();
    assert_eq!(ran.code, 0, "{ran:?}");
}
