//! Why a run ended: its exit code, and the same reason in the JSON, the log, the notification and the status.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};
use stand_in::{Desk, Ran, Service, accepted, authorized, refused, table};

const NOTIFY: [&str; 4] = [
    "--notify-command",
    "sh",
    "-c",
    "echo \"$SENDCONTACT_EXIT $SENDCONTACT_REASON\" >told; cat >>told",
];

/// A service that refuses the contacts of the recipients whose last digit is among these.
fn refusing(digits: &'static [u8]) -> Service {
    Service::start(move |number, request| {
        let last = request.is_send().then(|| digit(&request.chat()));
        match last {
            None => authorized(),
            Some(last) if digits.contains(&last) => refused(400, "bad request data"),
            Some(_) => accepted(number),
        }
    })
}

fn digit(chat: &str) -> u8 {
    let number = chat.split('@').next().unwrap();
    number.as_bytes().last().unwrap() - b'0'
}

fn send<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["send", "list.csv", "--json", "--no-reconcile"], more].concat()
}

#[test]
fn a_service_that_refuses_every_contact_needs_a_person() {
    let service = refusing(&[0, 1, 2]);
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    let more = [
        &["--max-failures", "9", "--log-file", "run.log"][..],
        &NOTIFY,
    ]
    .concat();
    let ran = desk.run_to(&service, &send(&more));
    let stopped = ran.json()["stopped"].clone();
    assert_eq!(
        (ran.code, ran.count("failed"), &stopped["code"]),
        (8, 3, &json!("all_refused")),
        "{ran:?}"
    );
    let text = stopped["text"].as_str().unwrap();
    assert!(ran.stderr.contains(text), "{ran:?}");
    let told = desk.read("told");
    assert!(
        told.starts_with("8 all_refused\n") && told.contains(text),
        "{told}"
    );
    assert!(
        desk.read("run.log")
            .contains("send ends with exit code 8, rows 3: failed 3. The service refused every"),
        "{}",
        desk.read("run.log")
    );
    // The next run sends nothing, so nothing was refused in it.
    let again = desk.run_to(&service, &send(&[]));
    assert_eq!((again.code, again.json().get("stopped")), (4, None));
    let status = desk.run(&["status", "list"]);
    assert!(!status.stdout.contains(text), "{status:?}");
}

#[test]
fn as_many_refusals_as_max_failures_allows_need_a_person_and_one_needs_none() {
    let service = refusing(&[2, 3, 4, 5, 6, 7, 8]);
    let desk = Desk::new();
    desk.write("list.csv", table(9));
    let ran = desk.run_to(
        &service,
        &send(&["--max-failures", "2", "--concurrency", "1"]),
    );
    assert_eq!(
        (ran.code, &ran.json()["stopped"]["code"]),
        (8, &json!("max_failures")),
        "{ran:?}"
    );
    let service = refusing(&[1]);
    desk.write("list.csv", table(3));
    let ran = desk.run_to(&service, &send(&["--campaign", "other"]));
    assert_eq!((ran.code, ran.json().get("stopped")), (4, None), "{ran:?}");
}

#[test]
fn a_limit_that_is_reached_is_no_failure() {
    let service = refusing(&[3]);
    let desk = Desk::new();
    desk.write("list.csv", table(9));
    let ran = desk.run_to(&service, &send(&["--limit", "2"]));
    assert_eq!(
        (
            ran.code,
            ran.count("pending"),
            &ran.json()["stopped"]["code"]
        ),
        (0, 7, &json!("limit")),
        "{ran:?}"
    );
    assert!(
        ran.stderr
            .contains("The limit of this run (--limit) is reached.")
    );
    // With a refused row among them.
    let ran = desk.run_to(&service, &send(&["--limit", "2"]));
    assert_eq!((ran.code, ran.count("failed")), (4, 1), "{ran:?}");
    // One that does not cut off anything is not named.
    let ran = desk.run_to(&service, &send(&["--limit", "5"]));
    assert_eq!(
        (ran.code, ran.count("pending"), ran.json().get("stopped")),
        (4, 0, None),
        "{ran:?}"
    );
}

#[test]
fn a_cap_is_the_reason_everywhere() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(5));
    let more = [
        "--daily-cap",
        "2",
        "--no-wait",
        "--log-file",
        "run.log",
        "--log-json",
    ];
    let ran = desk.run_to(&service, &send(&[&more[..], &NOTIFY].concat()));
    let stopped = ran.json()["stopped"].clone();
    assert_eq!((ran.code, &stopped["code"]), (5, &json!("cap")), "{ran:?}");
    let at = stopped["resumesAt"].as_str().unwrap();
    assert!(at.parse::<jiff::Timestamp>().unwrap() > jiff::Timestamp::now());
    let text = stopped["text"].as_str().unwrap();
    assert!(text.contains("daily cap"), "{text}");

    let told = desk.read("told");
    assert!(told.starts_with("5 cap\n") && told.contains(text), "{told}");
    let log = desk.read("run.log");
    let end: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!(
        [&end["exit"], &end["reason"], &end["resumesAt"]],
        [&json!(5), &json!("cap"), &json!(at)]
    );
    let status = |more: &[&str]| desk.run(&[&["status", "list"][..], more].concat());
    for text_of in [status(&[]), status(&["--brief"])] {
        assert!(text_of.stdout.contains(text), "{text_of:?}");
    }
    let russian = status(&["--brief", "--lang", "ru"]).stdout;
    assert!(
        russian.contains("Почему остановился последний запуск:"),
        "{russian}"
    );
    assert_eq!(status(&["--json"]).json()["lastRun"]["stopped"], stopped);
    let runs = status(&["--runs", "--json"]).json();
    assert_eq!(runs["runs"][0]["stopped"], stopped);
}

#[test]
fn why_send_stopped_is_not_told_of_a_later_command_nor_when_nothing_waits() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    let capped = ["--daily-cap", "2", "--no-wait"];
    let ran = desk.run_to(&service, &send(&capped));
    let text = ran.json()["stopped"]["text"].as_str().unwrap().to_owned();
    assert_eq!(ran.code, 5, "{ran:?}");
    let status = |more: &[&str]| desk.run(&[&["status", "list"][..], more].concat()).stdout;
    let track = || desk.run_to(&service, &["track", "list"]).code;
    assert_eq!(track(), 5);
    for (more, label) in [
        (&[][..], "Why send stopped, "),
        (&["--brief"], "Why send stopped, "),
        (&["--lang", "ru"], "Почему остановилась отправка, "),
        (
            &["--lang", "ru", "--brief"],
            "Почему остановилась отправка, ",
        ),
    ] {
        let told = status(more);
        assert!(told.contains(label), "{told}");
        assert!(!told.contains("the last run stopped"), "{told}");
        assert!(!told.contains("последний запуск"), "{told}");
    }
    assert!(status(&[]).contains(&text), "{}", status(&[]));
    // A stop that matters although nothing waits is told until a later command.
    let refused = Service::start(|number, request| match number {
        _ if !request.is_send() => authorized(),
        2 => refused(400, "bad request data"),
        _ => accepted(number),
    });
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    let more = ["--max-failures", "1", "--concurrency", "1"];
    let ran = desk.run_to(&refused, &send(&more));
    assert_eq!((ran.code, ran.count("pending")), (8, 0), "{ran:?}");
    let status = || desk.run(&["status", "list"]).stdout;
    assert!(status().contains("Why the last run stopped:"));
    assert_eq!(desk.run_to(&refused, &["track", "list"]).code, 5);
    let told = status();
    assert!(!told.contains("Why "), "{told}");
}

#[test]
fn a_sentence_that_ends_with_a_colon_has_its_command_below_it() {
    let service = Service::start(|number, request| match number {
        _ if !request.is_send() => authorized(),
        0 => refused(400, "contact is broken"),
        _ => accepted(number),
    });
    let desk = Desk::new();
    desk.write("list.csv", table(3) + "12,79001234568,Короткий\n");
    let ran = desk.run_to(
        &service,
        &["send", "list.csv", "--no-reconcile", "--concurrency", "1"],
    );
    assert_eq!(ran.code, 4, "{ran:?}");
    let status = |more: &[&str]| desk.run(&[&["status", "list"][..], more].concat()).stdout;
    let english = "Correct 1 invalid row. Write such rows into a workbook:";
    for (text, sentence, report) in [
        (
            ran.stderr,
            english,
            "sendcontact report list --only not-sent --as xlsx",
        ),
        (
            status(&[]),
            english,
            "sendcontact report list --only not-sent --as xlsx",
        ),
        (
            status(&["--lang", "ru"]),
            "Исправьте 1 строку с ошибкой. Выгрузите такие строки в отдельный файл:",
            "sendcontact report list --only not-sent --as xlsx --lang ru",
        ),
    ] {
        let mut lines = text.lines().map(str::trim);
        assert!(lines.any(|line| line == sentence), "{text}");
        assert_eq!(lines.next(), Some(report), "{text}");
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for pair in lines.windows(2) {
            let opens = pair[0].ends_with(':') && pair[0].contains(' ');
            assert!(!opens || pair[1].starts_with("sendcontact "), "{text}");
        }
    }
}

#[test]
fn each_command_of_the_advice_stands_once() {
    let service = Service::start(|number, request| match number {
        _ if !request.is_send() => authorized(),
        0 => refused(400, "contact is broken"),
        _ => accepted(number),
    });
    let desk = Desk::new();
    desk.write("list.csv", table(4) + "12,79001234568,Короткий\n");
    let words = [
        "send",
        "list.csv",
        "--no-reconcile",
        "--concurrency",
        "1",
        "--limit",
        "3",
        "--retry-failed",
    ];
    let ran = desk.run_to(&service, &words);
    let status = |more: &[&str]| desk.run(&[&["status", "list"][..], more].concat()).stdout;
    for text in [
        ran.stderr,
        status(&[]),
        status(&["--lang", "ru"]),
        status(&["--brief"]),
    ] {
        let commands = |words: &str| text.matches(&format!("sendcontact {words}")).count();
        assert_eq!(
            (commands("send list.csv"), commands("report list ")),
            (1, 1),
            "{text}"
        );
        assert!(!text.contains("the same send command"), "{text}");
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for pair in lines.windows(2) {
            let opens = pair[0].ends_with(':') && pair[0].contains(' ');
            assert!(!opens || pair[1].starts_with("sendcontact "), "{text}");
        }
    }
}

#[test]
fn the_log_in_json_has_fields_and_the_plain_one_has_sentences() {
    let service = refusing(&[1]);
    let desk = Desk::new();
    desk.write("list.csv", table(2));
    let more = ["--concurrency", "1", "--log-file", "run.log"];
    assert_eq!(
        desk.run_to(&service, &send(&[&more[..], &["--log-json"]].concat()))
            .code,
        4
    );
    let log = desk.read("run.log");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let fields = ["row", "status", "attempt"].map(|name| &lines[1][name]);
    assert_eq!(fields, [&json!(2), &json!("accepted"), &json!(1)], "{log}");
    assert!(lines[1]["idMessage"].is_string() && lines[1].get("source").is_none());
    assert_eq!(
        (
            &lines[2]["row"],
            &lines[2]["status"],
            lines[2].get("idMessage")
        ),
        (&json!(3), &json!("failed"), None)
    );
    assert_eq!(
        (&lines[3]["exit"], lines[3].get("reason")),
        (&json!(4), None)
    );
}

#[test]
fn of_several_files_the_log_in_json_names_the_source() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    let more = ["--concurrency", "1", "--log-file", "run.log"];
    assert_eq!(desk.run_to(&service, &send(&more)).code, 0);
    let plain = desk.read("run.log");
    let row = plain.lines().nth(1).unwrap();
    assert!(row.ends_with(" INFO row 2: accepted"), "{plain}");
    desk.write(
        "last.csv",
        "phoneNumber,phoneContact,firstName\n79005550101,79005550102,Лев\n",
    );
    let last = ["send", "last.csv", "--campaign", "list", "--log-json"];
    assert_eq!(desk.run_to(&service, &[&last[..], &more].concat()).code, 0);
    let log = desk.read("run.log");
    let row = log.lines().rev().nth(1).unwrap();
    let row: Value = serde_json::from_str(row).unwrap();
    assert_eq!(
        [&row["source"], &row["row"]],
        [&json!("last.csv"), &json!(2)],
        "{log}"
    );
}

#[test]
fn an_end_before_the_first_row_has_a_reason_too() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", "");
    let ran = desk.run_to(
        &service,
        &send(&[&["--log-file", "run.log"][..], &NOTIFY].concat()),
    );
    assert_eq!(ran.code, 3);
    let told = desk.read("told");
    assert!(told.starts_with("3 file_empty\n"), "{told}");
}

#[test]
fn a_service_that_is_never_reached_is_told_in_one_line_and_not_tried_for_long() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    let arguments = ["--retry-for", "4s", "--time-zone", "Europe/Moscow"];
    let mut command = desk.to(&service, &send(&arguments));
    command.env("GREEN_API_URL", "http://127.0.0.1:9");
    let ran = Ran::of(command.output().unwrap());
    assert_eq!(
        (ran.code, &ran.json()["stopped"]["code"]),
        (5, &json!("unreachable")),
        "{ran:?}"
    );
    let waits = "The service cannot be reached (the connection is refused). Trying again until ";
    assert_eq!(ran.stderr.matches(waits).count(), 1, "{ran:?}");
    // As every time that is shown, with its day and its zone.
    let (_, until) = ran.stderr.split_once(waits).unwrap();
    let until = until.split_whitespace().take(3).collect::<Vec<_>>();
    assert!(
        until[0].len() == 10 && until[2] == "(Europe/Moscow)",
        "{ran:?}"
    );
    assert!(ran.stderr.contains("Ctrl-C is safe"), "{ran:?}");
    assert!(
        ran.stderr
            .contains("could not be reached even once (the connection is refused)"),
        "{ran:?}"
    );
    assert!(!ran.stderr.contains("os error"), "{ran:?}");
}
