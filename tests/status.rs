//! What `status` says of a campaign on which a command works now.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use stand_in::{Desk, Ran, Reply, Service, accepted, authorized, table, whole};

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("list.csv", table(5));
    desk
}

fn begin(desk: &Desk, service: &Service, arguments: &[&str]) -> Child {
    let send = ["send", "list.csv", "--no-reconcile"];
    let mut command = desk.to(service, &[&send, arguments].concat());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

#[test]
fn where_the_lock_cannot_be_opened_it_is_not_known_whether_a_run_is_on() {
    let service = Service::accepting();
    let desk = desk();
    let ran = desk.run_to(&service, &["send", "list.csv", "--limit", "2"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    // Rights hold nobody back who is root; a folder in its place does.
    let lock = desk.path("list.ledger-lock");
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    let is_asked = |options: &[&str]| desk.run(&[&["status", "list"], options].concat());
    let json = is_asked(&["--json"]);
    assert_eq!((json.code, &json.json()["state"]), (0, &json!("notKnown")));
    for (options, words) in [
        (
            &[][..],
            "list.ledger-lock cannot be opened (it is not a plain file)",
        ),
        (&["--brief"], "It is not known whether a run is on"),
        (
            &["--lang", "ru"],
            "неизвестно, работает ли с кампанией запуск",
        ),
        (&["--lang", "ru", "--brief"], "Неизвестно, идёт ли отправка"),
    ] {
        let ran = is_asked(options);
        assert!(ran.code == 0 && ran.stdout.contains(words), "{ran:?}");
        assert!(!ran.stdout.contains("sendcontact send"), "{ran:?}");
    }
    let paused = desk.run(&["pause", "list"]);
    assert!(
        paused.code != 0 && !paused.stderr.contains("no run is sending"),
        "{paused:?}"
    );
}

/// Asks until it is so.
fn until(desk: &Desk, is_so: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let ran = desk.run(&["status", "list", "--json"]);
        if ran.code == 0 && is_so(&ran.json()) {
            return ran.json();
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "{ran:?}");
    }
}

fn is_waiting(status: &Value) -> bool {
    status["state"] == "waiting"
}

fn kill(mut run: Child) {
    run.kill().unwrap();
    run.wait().unwrap();
}

const START: [&str; 4] = [
    "--start-at",
    "2036-01-01 10:00",
    "--time-zone",
    "Europe/Moscow",
];

/// What the service answers to the request of this number, which sends or does not.
type Answers = fn(usize, bool) -> Reply;

fn accepting(number: usize, is_send: bool) -> Reply {
    if is_send {
        accepted(number)
    } else {
        authorized()
    }
}

fn restricted(number: usize, is_send: bool) -> Reply {
    if is_send {
        accepted(number)
    } else {
        Reply::Answer(200, r#"{"stateInstance":"yellowCard"}"#.to_owned())
    }
}

fn throttling(_: usize, is_send: bool) -> Reply {
    if is_send {
        Reply::Raw(whole(429, "retry-after: 300\r\n", "{}"))
    } else {
        authorized()
    }
}

/// Options, a service, the code of the wait, and what is said of it in both languages.
const WAITS: [(&[&str], Answers, &str, [&str; 2]); 4] = [
    (
        &START,
        accepting,
        "start_at",
        [
            "waiting until 2036-01-01 10:00 (Europe/Moscow): the start time has not come yet",
            "ждёт до 01.01.2036 10:00 (Europe/Moscow): время начала ещё не пришло",
        ],
    ),
    (
        &["--daily-cap", "2"],
        accepting,
        "cap",
        [
            ": the daily cap is reached (contacts a day: 2)",
            ": дневной лимит исчерпан (контактов в день: 2)",
        ],
    ),
    (
        &[],
        restricted,
        "restricted",
        [
            "waiting: the instance state is yellowCard",
            "ждёт: состояние инстанса — yellowCard",
        ],
    ),
    (
        &[],
        throttling,
        "throttled",
        ["; retries until ", "; попытки до "],
    ),
];

#[test]
fn a_live_run_says_what_it_waits_for() {
    for (arguments, answers, code, [english, russian]) in WAITS {
        let service = Service::start(move |number, request| answers(number, request.is_send()));
        let desk = desk();
        let run = begin(&desk, &service, arguments);
        let status = until(&desk, is_waiting);
        let waits = status["waits"].as_array().unwrap();
        assert_eq!(waits.len(), 1, "{status}");
        assert_eq!(waits[0]["code"], code, "{status}");
        let resumes_at = waits[0].get("resumesAt");
        assert_eq!(resumes_at.is_some(), code != "restricted", "{status}");
        if code == "start_at" {
            assert_eq!(resumes_at, Some(&json!("2036-01-01T07:00:00Z")));
        }
        for (options, words) in [
            (&[][..], english),
            (&["--brief"], english),
            (&["--lang", "ru"], russian),
            (&["--lang", "ru", "--brief"], russian),
        ] {
            let told = desk.run(&[&["status", "list"], options].concat()).stdout;
            assert!(told.contains(words), "{words}: {told}");
        }
        desk.write("other.csv", table(1));
        assert_eq!(desk.run(&["send", "other.csv", "--simulate"]).code, 0);
        let all = desk.run(&["status"]).stdout;
        assert!(all.contains(english), "{all}");
        kill(run);
    }
}

#[test]
fn a_wait_that_is_over_is_not_told_and_a_pause_comes_before_it() {
    let service = Service::start(|number, request| match number {
        2 if request.is_send() => Reply::Raw(whole(429, "retry-after: 6\r\n", "{}")),
        _ if request.is_send() => accepted(number),
        _ => authorized(),
    });
    let desk = desk();
    let run = begin(&desk, &service, &["--daily-cap", "4", "--concurrency", "1"]);
    until(&desk, |status| status["waits"][0]["code"] == "throttled");
    until(&desk, |status| status["waits"][0]["code"] == "cap");
    assert_eq!(desk.run(&["pause", "list"]).code, 0);
    let paused = until(&desk, |status| status["state"] == "paused");
    assert_eq!(paused.get("waits"), None, "{paused}");
    assert_eq!(desk.run(&["resume", "list"]).code, 0);
    until(&desk, is_waiting);
    assert_eq!(desk.run(&["cancel", "list"]).code, 0);
    let ran = Ran::of(run.wait_with_output().unwrap());
    assert_eq!(ran.code, 130);
    let ended = until(&desk, |status| status["state"] == "ended");
    assert_eq!(ended.get("waits"), None, "{ended}");
}

#[test]
fn a_run_that_was_killed_waits_for_nothing() {
    let service = Service::accepting();
    let desk = desk();
    let run = begin(&desk, &service, &START);
    until(&desk, is_waiting);
    kill(run);
    let status = until(&desk, |status| status["state"] == "cutOff");
    assert_eq!(status.get("waits"), None, "{status}");
    for options in [&["--brief"][..], &[]] {
        let told = desk.run(&[&["status", "list"], options].concat()).stdout;
        assert!(!told.contains("waiting"), "{told}");
    }
    // The next run that holds the ledger does not pass for one that waits.
    let service = Service::start(|_, request| {
        if request.is_send() {
            Reply::Hang
        } else {
            authorized()
        }
    });
    let run = begin(&desk, &service, &[]);
    service.wait_for(1);
    let status = until(&desk, |status| status["state"] != "cutOff");
    assert_eq!(status["state"], "running", "{status}");
    kill(run);
}
