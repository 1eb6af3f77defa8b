//! When contacts are sent and how many a day, as a user sees it: hours, caps, the state of the instance, and a run
//! that is controlled from another terminal.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStderr, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use stand_in::{
    Desk, Ran, Received, Reply, Service, accepted, authorized, each, signal, table, whole,
};

const SEND: [&str; 6] = [
    "send",
    "list.csv",
    "--json",
    "--no-reconcile",
    "--rate",
    "2000",
];

fn send<'a>(more: &[&'a str]) -> Vec<&'a str> {
    SEND.iter().chain(more).copied().collect()
}

/// A zone in which it is about noon, so that no test runs over midnight.
fn noon() -> String {
    let hour = Timestamp::now().to_zoned(TimeZone::UTC).hour();
    format!("UTC{:+}", 12 - hour)
}

/// Hours that are open now, or not, in a zone in which it is noon.
const OPEN: &str = "10:00-15:00";
const SHUT: &str = "16:00-18:00";

fn desk(rows: usize) -> Desk {
    let desk = Desk::new();
    desk.write("list.csv", table(rows));
    desk
}

#[test]
fn outside_the_hours_a_run_that_does_not_wait_ends_and_sends_nothing() {
    let zone = noon();
    let tomorrow = (Timestamp::now() + 24.hours()).to_string();
    for (arguments, code, words) in [
        (vec!["--window", OPEN], 0, "Finish"),
        (vec!["--window", SHUT, "--window", OPEN], 0, "Finish"),
        (
            vec!["--window", SHUT],
            5,
            "Outside sending hours (16:00-18:00)",
        ),
        (
            vec!["--start-at", &tomorrow],
            5,
            "The start time has not come yet",
        ),
        (vec!["--holidays", "free.txt"], 5, "is a holiday"),
        (vec!["--until", &tomorrow], 0, "Finish"),
        (vec!["--until", "0s"], 5, "The run lasts"),
    ] {
        let service = Service::accepting();
        let desk = desk(3);
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let days = [today.yesterday().unwrap(), today, today.tomorrow().unwrap()];
        desk.write("free.txt", days.map(|day| day.to_string()).join("\n"));
        let all = send(&[&["--no-wait", "--time-zone", &zone], &arguments[..]].concat());
        let ran = desk.run_to(&service, &all);
        ran.adds_up();
        let sent = if code == 0 { 3 } else { 0 };
        assert_eq!(
            (ran.code, service.sends().len()),
            (code, sent),
            "{arguments:?} {ran:?}"
        );
        assert_eq!(ran.count("pending"), 3 - sent as u64);
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
    }
}

#[test]
fn what_is_written_wrongly_is_told_before_anything_is_done() {
    for (arguments, words) in [
        (
            ["--start-at", "tomorrow"],
            "--start-at: \"tomorrow\" is not a date and time",
        ),
        (["--until", "24:30"], "3h for three hours"),
        (["--if-late", "wait"], "run, skip or ask"),
        (
            ["--window", "10 to 7"],
            "--window: \"10 to 7\" is not a valid time range",
        ),
        (["--days", "workdays"], "not a day of the week"),
        (["--holidays", "none.txt"], "none.txt"),
        (["--holidays", "free.txt"], "line 2"),
        (["--time-zone", "Europe/Moskow"], "Europe/Moscow"),
        (["--warm-up", "list.csv"], "not a step of a warm-up"),
        (["--spacing", "20s..8s"], "--spacing: "),
        (["--daily-cap", "0"], "--daily-cap"),
        (["--map", "timeZone=Нет"], "no such column"),
    ] {
        let service = Service::accepting();
        let desk = desk(3);
        desk.write("free.txt", "2026-12-31\nНовый год\n");
        let ran = desk.run_to(&service, &send(&arguments));
        assert_eq!(
            (ran.code, service.received().len()),
            (2, 0),
            "{arguments:?} {ran:?}"
        );
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
        assert!(!desk.path("list.ledger").exists());
    }
}

#[test]
fn hours_of_a_zone_that_is_misspelt_send_nothing() {
    for (limits, code, contacts) in [
        (&["--window", "10:00-19:00"][..], 2, 0),
        (&["--daily-cap", "5"], 2, 0),
        (&["--start-at", "2020-01-01 10:00"], 2, 0),
        (&["--daily-cap", "5", "--time-zone", "UTC"], 0, 3),
        (&[], 0, 3),
    ] {
        let (service, desk) = (Service::accepting(), desk(3));
        let mut command = desk.to(&service, &send(limits));
        let ran = Ran::of(command.env("TZ", "Europe/Moskow").output().unwrap());
        assert_eq!(
            (ran.code, service.sends().len()),
            (code, contacts),
            "{limits:?} {ran:?}"
        );
        assert_eq!(
            ran.stderr.contains("TZ is \"Europe/Moskow\""),
            code == 2,
            "{ran:?}"
        );
    }
    let (service, desk) = (Service::accepting(), desk(3));
    let mut command = desk.to(&service, &send(&["--daily-cap", "5"]));
    let ran = Ran::of(command.env("TZ", ":Europe/Moscow").output().unwrap());
    assert_eq!((ran.code, service.sends().len()), (0, 3), "{ran:?}");
}

#[test]
fn a_late_start_is_left_if_the_person_says_so() {
    for (word, code) in [("run", 0), ("skip", 5), ("ask", 5)] {
        let service = Service::accepting();
        let ran = desk(3).run_to(
            &service,
            &send(&["--start-at", "2020-01-01 10:00", "--if-late", word]),
        );
        ran.adds_up();
        assert_eq!(
            (ran.code, service.sends().len()),
            (code, if code == 0 { 3 } else { 0 }),
            "{ran:?}"
        );
        assert_eq!(
            ran.stderr.contains("--if-late"),
            code == 5,
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn an_end_is_shown_with_its_date_and_one_that_passed_today_lets_nothing_go() {
    let zone = noon();
    let today = Timestamp::now().to_zoned(TimeZone::UTC);
    let date = (today.timestamp() + (12 - i32::from(today.hour())).hours())
        .to_zoned(TimeZone::UTC)
        .date();
    for (until, more, code, words) in [
        (
            "09:00",
            &[][..],
            5,
            format!("the end of the run, {date} 09:00 ("),
        ),
        (
            "18:00",
            &[],
            0,
            format!("no contact is sent from {date} 18:00 ("),
        ),
        (
            "09:00",
            &["--window", SHUT],
            5,
            format!("from {} 09:00 (", date.tomorrow().unwrap()),
        ),
    ] {
        let service = Service::accepting();
        let arguments = ["--no-wait", "--time-zone", &zone, "--until", until];
        let ran = desk(3).run_to(&service, &send(&[&arguments, more].concat()));
        ran.adds_up();
        assert_eq!(
            (ran.code, service.sends().len()),
            (code, if code == 0 { 3 } else { 0 }),
            "{ran:?}"
        );
        assert!(ran.stderr.contains(&words), "{words}: {}", ran.stderr);
    }
}

#[test]
fn a_row_goes_by_the_zone_of_its_column_or_of_its_number() {
    let zone = noon();
    let hour: i32 = zone[3..].parse().unwrap();
    // Where it is noon, and where it is night.
    let elsewhere = format!("UTC{:+}", if hour > 0 { hour - 11 } else { hour + 11 });
    let rows = format!(
        "Кому;Телефон;Имя;Пояс\n79001234501;79001234568;Анна;{zone}\n79001234502;79001234568;Анна;{elsewhere}\n\
         79001234503;79001234568;Анна;\n"
    );
    let hours = [
        "--no-wait",
        "--window",
        OPEN,
        "--map",
        "timeZone=Пояс",
        "--time-zone",
    ];
    // Where it is night the window opens at ten, and that is late in the evening here.
    let evening = if hour > 0 { "21:00" } else { "23:00" };
    for (more, sent, words, finish) in [
        (vec![zone.as_str()], 2, "where the recipient lives", evening),
        (vec![elsewhere.as_str()], 1, "resumes at", "10:00"),
        // A number of Russia has no such hour.
        (
            vec![zone.as_str(), "--recipient-time-zone"],
            1,
            "1 row can never be sent within these hours",
            evening,
        ),
    ] {
        let service = Service::accepting();
        let desk = Desk::new();
        desk.write("list.csv", &rows);
        let ran = desk.run_to(&service, &send(&[&hours[..], &more[..]].concat()));
        ran.adds_up();
        assert_eq!(
            (ran.code, service.sends().len()),
            (5, sent),
            "{more:?} {ran:?}"
        );
        assert!(ran.stderr.contains(words), "{more:?}: {}", ran.stderr);
        let told = ran
            .stderr
            .lines()
            .find(|line| line.trim_start().starts_with("Finish"))
            .unwrap();
        assert!(
            told.contains(" about ") && told.contains(&format!(" {finish} (")),
            "{told}"
        );
        let kept: Vec<String> = desk.results("list-results.csv", b';')[1..]
            .iter()
            .map(|record| record.last().unwrap().trim_start_matches('\'').to_owned())
            .collect();
        assert_eq!(
            kept,
            [zone.as_str(), &elsewhere, ""],
            "the person's column stays in the results"
        );
    }
}

#[test]
fn an_area_code_tells_who_may_be_sent_to_now() {
    let now = Timestamp::now();
    let in_new_york = |from_now| {
        let at = now + SignedDuration::from_mins(from_now);
        at.in_tz("America/New_York").unwrap().strftime("%H:%M")
    };
    let window = format!("{}-{}", in_new_york(-25), in_new_york(25));
    let (east, elsewhere) = (
        ["12125550123", "14165550123", "13055550123"],
        ["13125550123", "13105550123", "18085550123", "18005550123"],
    );
    let row = |number: &&str| format!("{number};79001234568;Anna");
    let rows: Vec<String> = east.iter().chain(&elsewhere).map(row).collect();
    let desk = Desk::new();
    desk.write("list.csv", format!("to;phone;name\n{}\n", rows.join("\n")));
    let service = Service::accepting();
    let arguments = [
        "--no-wait",
        "--recipient-time-zone",
        "--time-zone",
        "UTC",
        "--map",
        "recipient=to",
        "--window",
        &window,
    ];
    let ran = desk.run_to(&service, &send(&arguments));
    ran.adds_up();
    let mut chats: Vec<String> = service.sends().iter().map(Received::chat).collect();
    chats.sort_unstable();
    let mut expected = east.map(|number| format!("{number}@c.us"));
    expected.sort_unstable();
    assert_eq!((ran.code, chats), (5, expected.to_vec()), "{ran:?}");
    assert!(
        ran.stderr
            .contains("1 row can never be sent within these hours"),
        "a toll-free number shows no place: {}",
        ran.stderr
    );
}

#[test]
fn a_cap_holds_for_all_campaigns_of_an_instance_on_this_machine() {
    let zone = noon();
    let service = Service::accepting();
    let desk = desk(3);
    desk.write("more.csv", table(12).replace("79000000", "79000001"));
    let capped = |input: &str, cap: &str| {
        let arguments = [
            "send",
            input,
            "--json",
            "--no-wait",
            "--time-zone",
            &zone,
            "--daily-cap",
            cap,
        ];
        let ran = desk.run_to(&service, &arguments);
        ran.adds_up();
        (ran.code, ran.count("accepted"))
    };
    assert_eq!(capped("list.csv", "5"), (0, 3));
    assert_eq!(capped("more.csv", "5"), (5, 2));
    assert_eq!(capped("more.csv", "5"), (5, 2));
    assert_eq!(capped("more.csv", "8"), (5, 5));
    assert_eq!(service.sends().len(), 8);
}

#[cfg(debug_assertions)]
#[test]
fn a_kill_in_the_middle_of_a_capped_day_does_not_raise_the_cap() {
    let zone = noon();
    let points = [
        "before_commit",
        "between_commits",
        "after_commit",
        "before_request",
        "after_answer",
    ];
    let crashes: Vec<(String, &str)> = points
        .iter()
        .flat_map(|point| [1, 2, 5].map(|count| (format!("{point}:{count}"), "--daily-cap")))
        .chain(
            points
                .iter()
                .map(|point| (format!("{point}:3"), "--new-recipients-per-day")),
        )
        .collect();
    each(&crashes, 8, |(crash, cap)| {
        let service = Service::accepting();
        let desk = desk(30);
        let limits = [
            *cap,
            "10",
            "--no-wait",
            "--time-zone",
            &zone,
            "--concurrency",
            "3",
        ];
        let mut run = desk.to(&service, &send(&limits));
        run.env("SENDCONTACT_CRASH_AT", crash)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        assert_eq!(run.status().unwrap().code(), None, "the run lived on");
        let ran = desk.run_to(&service, &send(&limits));
        ran.adds_up();
        assert!([5, 6].contains(&ran.code), "{ran:?}");
        let sent = service.sends().len();
        assert!(
            (10 - 3..=10).contains(&sent),
            "{sent} contacts were sent in a day of 10"
        );
        assert!(
            service.times().values().all(|times| *times == 1),
            "a contact was sent twice"
        );
        // Another campaign of the same day has nothing left either.
        desk.write("more.csv", table(3).replace("79000000", "79000001"));
        let more = [
            &["send", "more.csv", "--json", "--no-reconcile"],
            &limits[..],
        ]
        .concat();
        assert_eq!(desk.run_to(&service, &more).code, 5);
        assert_eq!(service.sends().len(), sent);
    });
}

#[test]
fn what_an_earlier_run_sent_is_counted_and_a_broken_send_history_sends_nothing() {
    let service = Service::accepting();
    let desk = desk(3);
    assert_eq!(desk.run_to(&service, &SEND).code, 0);
    // What the first run sent is counted by the second.
    desk.write("list.csv", table(6));
    let ran = desk.run_to(
        &service,
        &send(&["--daily-cap", "5", "--no-wait", "--time-zone", &noon()]),
    );
    assert_eq!((ran.code, ran.count("accepted")), (5, 5), "{ran:?}");
    let books: Vec<_> = std::fs::read_dir(desk.path("state"))
        .unwrap()
        .map(|file| file.unwrap())
        .collect();
    assert!(books.iter().any(|book| {
        book.path()
            .extension()
            .is_some_and(|ending| ending == "book")
    }));
    desk.write("file", "");
    let mut command = desk.to(&service, &send(&["--daily-cap", "9"]));
    let ran = Ran::of(
        command
            .env("SENDCONTACT_STATE_DIR", desk.path("file"))
            .output()
            .unwrap(),
    );
    assert_eq!((ran.code, service.sends().len()), (1, 5), "{ran:?}");
    assert!(
        ran.stderr.contains("SENDCONTACT_STATE_DIR"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_simulator_counts_within_a_campaign_and_leaves_no_send_history() {
    let desk = desk(9);
    let arguments = [
        "send",
        "list.csv",
        "--simulate",
        "--json",
        "--no-wait",
        "--daily-cap",
        "4",
        "--time-zone",
        &noon(),
    ];
    for _ in 0..2 {
        let ran = desk.run(&arguments);
        assert_eq!((ran.code, ran.count("accepted")), (5, 4), "{ran:?}");
    }
    let left = std::fs::read_dir(desk.path("state")).unwrap();
    assert!(left.map(|file| file.unwrap().file_name()).eq(["outputs"]));
}

fn state(word: &str) -> Reply {
    Reply::Answer(200, format!(r#"{{"stateInstance":"{word}"}}"#))
}

#[test]
fn the_state_before_the_first_contact_decides_and_without_one_contacts_are_sent() {
    for (reply, code, words) in [
        (state("authorized"), 0, ""),
        (
            state("yellowCard"),
            5,
            "accepts contacts in that state but delivers none",
        ),
        (
            state("suspended"),
            5,
            "accepts contacts in that state but delivers none",
        ),
        (state("notAuthorized"), 7, "QR code"),
        (state("blocked"), 7, "blocked by WhatsApp"),
        (state("starting"), 0, ""),
        (Reply::Answer(404, "Cannot GET".to_owned()), 0, ""),
        (Reply::Answer(400, String::new()), 0, ""),
        (Reply::Answer(200, "<html>".to_owned()), 0, ""),
        (Reply::Answer(429, String::new()), 0, ""),
        (Reply::Close, 0, ""),
        (Reply::Hang, 0, ""),
    ] {
        let told = reply.clone();
        let service = Service::start(move |number, request| match () {
            () if request.is_send() => accepted(number),
            () if request.path.contains("/getStateInstance/") => told.clone(),
            () => Reply::Answer(404, String::new()),
        });
        let ran = desk(3).run_to(&service, &send(&["--retry-for", "0s"]));
        ran.adds_up();
        assert_eq!(
            (ran.code, service.sends().len()),
            (code, if code == 0 { 3 } else { 0 }),
            "{reply:?} {ran:?}"
        );
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        assert_eq!(service.asked("getStateInstance").len(), 1);
    }
}

#[test]
fn a_run_that_does_not_wait_ends_at_once_where_the_number_is_restricted() {
    for word in ["yellowCard", "suspended"] {
        let service = in_state(word);
        let began = Instant::now();
        let ran = desk(3).run_to(&service, &send(&["--no-wait"]));
        ran.adds_up();
        assert_eq!(
            (ran.code, service.sends().len(), ran.count("pending")),
            (5, 0, 3),
            "{ran:?}"
        );
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{:?}",
            began.elapsed()
        );
        assert_eq!(service.asked("getStateInstance").len(), 1);
        for words in [
            &format!("The instance state is {word}"),
            "--no-wait",
            "Run again when the state is authorized",
        ] {
            assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
        }
        let russian = desk(3).run_to(&service, &send(&["--no-wait", "--lang", "ru"]));
        assert!(
            russian.stderr.contains("когда состояние станет authorized"),
            "{}",
            russian.stderr
        );

        let waiting_desk = desk(3);
        let mut waiting = Run::start(&waiting_desk, &service, &SEND);
        waiting.hears("checking again");
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(waiting.0.try_wait().unwrap(), None, "it waits");
        assert_eq!(waiting_desk.run(&["cancel", "list"]).code, 0);
        assert_eq!((waiting.ends().code, service.sends().len()), (130, 0));
    }
}

/// A service whose instance is in a state; it would take contacts all the same.
fn in_state(word: &str) -> Service {
    let told = state(word);
    Service::start(move |number, request| match () {
        () if request.is_send() => accepted(number),
        () if request.path.contains("/getStateInstance/") => told.clone(),
        () => Reply::Answer(404, String::new()),
    })
}

#[test]
fn a_run_that_does_not_wait_ends_where_the_service_asks_for_a_long_pause() {
    for (pause, arguments, sent, words) in [
        (
            "3600",
            &["--no-wait"][..],
            1,
            "(http 429); the pause is 60 minutes",
        ),
        (
            "Wed, 21 Oct 2099 07:28:00 GMT",
            &["--no-wait"],
            1,
            "; the pause is",
        ),
        (
            "",
            &["--no-wait", "--spacing", "5m..6m", "--time-zone", "UTC"],
            1,
            "the next contact may be sent in",
        ),
    ] {
        let headers = format!("retry-after: {pause}\r\n");
        let is_long = !pause.is_empty();
        let service = Service::start(move |number, request| match () {
            () if request.is_send() && is_long => Reply::Raw(whole(429, &headers, "")),
            () if request.is_send() => accepted(number),
            () => authorized(),
        });
        let began = Instant::now();
        let ran = desk(3).run_to(
            &service,
            &send(&[arguments, &["--concurrency", "1"]].concat()),
        );
        ran.adds_up();
        assert_eq!((ran.code, service.sends().len()), (5, sent), "{ran:?}");
        assert!(ran.stderr.to_lowercase().contains(words), "{}", ran.stderr);
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "{:?}",
            began.elapsed()
        );
    }
}

#[test]
fn the_time_when_the_instance_has_sent_everything_is_shown() {
    let service = Service::start(|number, request| {
        let of = |method: &str| request.path.contains(&format!("/{method}/"));
        match () {
            () if request.is_send() => {
                Reply::Late(Duration::from_millis(900), Box::new(accepted(number)))
            }
            () if of("getSettings") => {
                Reply::Answer(200, r#"{"delaySendMessagesMilliseconds":15000}"#.to_owned())
            }
            () if of("showMessagesQueue") => {
                Reply::Answer(200, r#"[{"type":"sendMessage"}]"#.to_owned())
            }
            () => authorized(),
        }
    });
    let ran = desk(4).run_to(&service, &send(&["--concurrency", "1"]));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stderr.contains("sends one contact every 15"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("1 message waits in its queue"),
        "{}",
        ran.stderr
    );
}

/// A run whose talk is read line by line.
struct Run(Child, BufReader<ChildStderr>);

impl Run {
    fn start(desk: &Desk, service: &Service, arguments: &[&str]) -> Self {
        let mut command = desk.to(service, arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let talk = BufReader::new(child.stderr.take().unwrap());
        Self(child, talk)
    }

    /// Reads until something is said.
    fn hears(&mut self, words: &str) {
        let mut line = String::new();
        while !line.contains(words) {
            line.clear();
            assert!(
                self.1.read_line(&mut line).unwrap() > 0,
                "\"{words}\" was not said"
            );
        }
    }

    fn ends(mut self) -> Ran {
        std::io::copy(&mut self.1, &mut std::io::sink()).unwrap();
        Ran::of(self.0.wait_with_output().unwrap())
    }
}

const SLOWLY: [&str; 6] = [
    "send",
    "list.csv",
    "--json",
    "--no-reconcile",
    "--rate",
    "20",
];

#[test]
fn another_terminal_pauses_a_run_lets_it_go_on_and_ends_it() {
    let service = Service::accepting();
    let desk = desk(1000);
    let mut run = Run::start(&desk, &service, &SLOWLY);
    service.wait_for(3);
    let steer = |command: &str| desk.run(&[command, "list"]);
    assert!(steer("resume").stderr.contains("not paused"));
    assert_eq!(steer("pause").code, 0);
    run.hears("sendcontact resume list");
    assert_eq!(steer("resume").code, 0);
    run.hears("Resumed");
    service.wait_for(service.sends().len() + 3);
    assert_eq!(steer("cancel").code, 0);
    run.hears("Cancelled");
    let ran = run.ends();
    ran.adds_up();
    assert_eq!((ran.code, ran.count("unknown")), (130, 0), "{ran:?}");
    assert_eq!(ran.count("accepted"), service.sends().len() as u64);
    assert!(ran.count("pending") > 0);
    assert!(!desk.path("list.ledger-control").exists());
    for command in ["pause", "resume", "cancel"] {
        let nobody = steer(command);
        assert_eq!(nobody.code, 2, "{nobody:?}");
        assert!(
            nobody.stderr.contains("no run is sending from list.ledger"),
            "{}",
            nobody.stderr
        );
    }
}

#[test]
fn a_run_that_was_killed_while_it_was_paused_is_begun_afresh_and_that_is_told() {
    let service = Service::accepting();
    let desk = desk(200);
    let mut run = Run::start(&desk, &service, &SLOWLY);
    service.wait_for(2);
    assert_eq!(desk.run(&["pause", "list"]).code, 0);
    run.hears("Paused");
    run.0.kill().unwrap();
    run.0.wait().unwrap();
    let sent = service.sends().len();
    let again = desk.run_to(&service, &send(&["--limit", "5"]));
    assert!(
        again.stderr.contains("was paused when it ended"),
        "{}",
        again.stderr
    );
    assert_eq!(service.sends().len(), sent + 5, "{again:?}");
    assert!(
        service
            .sends()
            .iter()
            .map(Received::chat)
            .all(|chat| chat.ends_with("@c.us"))
    );
    assert!(!desk.path("list.ledger-control").exists());
}

/// A run that holds its ledger and still reads a list, which is a long one.
fn reading(desk: &Desk, service: &Service) -> Run {
    desk.write("list.csv", table(100_000));
    let mut run = Run::start(desk, service, &SLOWLY);
    while desk.run(&["resume", "list"]).code != 0 {
        assert_eq!(run.0.try_wait().unwrap(), None, "the run is over");
    }
    run
}

#[test]
fn what_another_terminal_asks_for_while_the_list_is_read_is_kept() {
    let service = Service::accepting();
    let desk = Desk::new();
    let run = reading(&desk, &service);
    assert_eq!(desk.run(&["cancel", "list"]).code, 0);
    let ran = run.ends();
    ran.adds_up();
    assert_eq!(
        (ran.code, ran.count("pending"), service.sends().len()),
        (130, 100_000, 0),
        "{ran:?}"
    );
    assert!(!desk.path("list.ledger-control").exists());

    let desk = Desk::new();
    let mut run = reading(&desk, &service);
    assert_eq!(desk.run(&["pause", "list"]).code, 0);
    run.hears("Paused");
    assert_eq!(
        (desk.run(&["resume", "list"]).code, service.sends().len()),
        (0, 0)
    );
    service.wait_for(1);
    assert_eq!(desk.run(&["cancel", "list"]).code, 0);
    assert_eq!(run.ends().code, 130);
}

#[test]
fn a_run_that_was_told_to_end_is_neither_paused_nor_kept_alive() {
    let service = Service::accepting();
    let desk = Desk::new();
    let run = reading(&desk, &service);
    assert_eq!(desk.run(&["cancel", "list"]).code, 0);
    for command in ["pause", "resume"] {
        let steered = desk.run(&[command, "list"]);
        assert_eq!(steered.code, 0, "{steered:?}");
        assert!(
            steered.stderr.contains("is already ending"),
            "{command}: {}",
            steered.stderr
        );
    }
    let ran = run.ends();
    ran.adds_up();
    assert_eq!((ran.code, service.sends().len()), (130, 0), "{ran:?}");
}

#[cfg(unix)] // It sends signals.
#[test]
fn an_interrupt_while_the_list_is_read_ends_the_run_and_leaves_the_ledger_as_it_was() {
    for (name, rows) in [("-TERM", 0), ("-INT", 3)] {
        let service = Service::accepting();
        let desk = desk(rows);
        if rows > 0 {
            assert_eq!(desk.run_to(&service, &SEND).code, 0);
        }
        let mut run = reading(&desk, &service);
        signal(name, run.0.id());
        run.hears("Interrupted before the first contact");
        let ran = run.ends();
        ran.adds_up();
        assert_eq!((ran.code, ran.count("rows")), (130, rows as u64), "{ran:?}");
        assert_eq!(
            (ran.count("accepted"), service.sends().len()),
            (rows as u64, rows)
        );
        assert_eq!(desk.results("list-results.csv", b',').len(), rows + 1);
    }
}

#[test]
fn the_look_up_at_the_end_is_broken_off_by_a_cancel_and_by_a_signal() {
    let ends = ["cancel", "-INT", "-TERM"];
    for end in &ends[..if cfg!(unix) { 3 } else { 1 }] {
        let (tell, told) = mpsc::channel();
        let service = Service::start(move |number, request| match () {
            () if request.is_send() && number == 2 => Reply::Answer(502, String::new()),
            () if request.is_send() => accepted(number),
            // Before the first contact the service's time is asked for, and the state.
            () if number < 3 => authorized(),
            () => {
                let _gone = tell.send(());
                Reply::Hang
            }
        });
        let desk = desk(3);
        // Nothing but what breaks it off ends the look-up while the test lasts.
        let run = Run::start(
            &desk,
            &service,
            &[
                "send",
                "list.csv",
                "--json",
                "--rate",
                "2000",
                "--timeout",
                "1m",
            ],
        );
        told.recv().unwrap();
        match *end {
            "cancel" => assert_eq!(desk.run(&["cancel", "list"]).code, 0),
            name => signal(name, run.0.id()),
        }
        let ran = run.ends();
        ran.adds_up();
        assert_eq!(
            (ran.code, ran.count("accepted"), ran.count("unknown")),
            (130, 2, 1),
            "{ran:?}"
        );
        assert!(!desk.path("list.ledger-control").exists());
    }
}

#[cfg(unix)] // It makes a FIFO.
fn pipe(desk: &Desk, name: &str) {
    assert!(
        std::process::Command::new("mkfifo")
            .arg(desk.path(name))
            .status()
            .unwrap()
            .success()
    );
}

#[cfg(unix)] // It makes a FIFO and sends signals.
#[test]
fn a_pipe_into_which_nobody_writes_does_not_outlive_a_signal() {
    for (arguments, name) in [
        (&["send", "list.csv"][..], "-TERM"),
        (
            &[
                "send",
                "rows.csv",
                "--campaign",
                "list",
                "--suppress",
                "list.csv",
            ],
            "-INT",
        ),
    ] {
        let service = Service::accepting();
        let desk = Desk::new();
        desk.write("rows.csv", table(3));
        pipe(&desk, "list.csv");
        let mut run = Run::start(&desk, &service, arguments);
        while desk.run(&["resume", "list"]).code != 0 {
            assert_eq!(run.0.try_wait().unwrap(), None, "the run is over");
        }
        signal(name, run.0.id());
        run.hears("Interrupted before the first contact");
        assert_eq!((run.ends().code, service.sends().len()), (130, 0));
        assert!(!desk.path("list.ledger-control").exists());
    }
}

#[cfg(unix)] // It makes a FIFO.
#[test]
fn a_list_out_of_a_pipe_is_sent_whole() {
    let service = Service::accepting();
    let desk = Desk::new();
    pipe(&desk, "list.csv");
    let run = Run::start(&desk, &service, &SEND);
    desk.write("list.csv", table(2000));
    let ran = run.ends();
    assert_eq!(
        (ran.code, ran.count("accepted"), service.sends().len()),
        (0, 2000, 2000),
        "{ran:?}"
    );
}

#[cfg(unix)] // It sends signals and runs a POSIX shell.
#[test]
fn a_token_that_does_not_come_does_not_outlive_a_signal() {
    for name in ["-TERM", "-INT"] {
        let desk = desk(3);
        pipe(&desk, "asked");
        let words = "token-command = [\"sh\", \"-c\", \"echo > asked; exec sleep 60\"]\n";
        desk.settings(format!("id-instance = \"{}\"\n{words}", stand_in::ID));
        let mut command = desk.command(&SEND);
        let mut run = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        assert_eq!(desk.read("asked"), "\n");
        signal(name, run.id());
        let mut talk = BufReader::new(run.stderr.take().unwrap());
        let mut line = String::new();
        talk.read_line(&mut line).unwrap();
        assert!(
            line.contains("Interrupted before the first contact"),
            "{line}"
        );
        assert_eq!(run.wait().unwrap().code(), Some(130));
        assert!(!desk.path("list.ledger").exists());
    }
}
