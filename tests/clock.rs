//! The machine's clock and the service's differ: hours, caps and all that is recorded go by the service's, and the
//! program says so. Here the service's clock is moved; the machine's stays as it is.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{fs, path::PathBuf};

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use rusqlite::Connection;
use stand_in::{Desk, Ran, Service, table};

const ROWS: usize = 12;

fn scene(ahead: Option<i64>) -> (Desk, Service) {
    let service = Service::accepting();
    service.set_clock(ahead);
    let desk = Desk::new();
    desk.write("list.csv", table(ROWS));
    (desk, service)
}

fn send(desk: &Desk, service: &Service, more: &[&str]) -> Ran {
    desk.run_to(
        service,
        &[&["send", "list.csv", "--json", "--time-zone", "UTC"], more].concat(),
    )
}

/// The history of what the instance sent.
fn history(desk: &Desk) -> PathBuf {
    let files = fs::read_dir(desk.path("state"))
        .unwrap()
        .map(|file| file.unwrap().path());
    files
        .into_iter()
        .find(|path| path.extension().is_some_and(|ending| ending == "book"))
        .unwrap()
}

/// Every time in milliseconds that a statement gives.
fn times(path: PathBuf, select: &str) -> Vec<i64> {
    let connection = Connection::open(path).unwrap();
    let mut statement = connection.prepare(select).unwrap();
    statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

#[test]
fn the_plan_says_by_how_much_the_machines_clock_is_off() {
    for (ahead, told) in [
        (Some(10_800), Some("behind the service's")),
        (Some(-600), Some("ahead of the service's")),
        (Some(-45), None),
        (Some(45), None),
        (None, None),
    ] {
        let (desk, service) = scene(ahead);
        let ran = send(&desk, &service, &[]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(
            ran.stderr.contains("This computer's clock"),
            told.is_some(),
            "{ahead:?}: {}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains(told.unwrap_or_default()),
            "{ahead:?}: {}",
            ran.stderr
        );
    }
}

#[test]
fn all_that_is_recorded_has_the_services_time() {
    for (ahead, by_service) in [(Some(-7_200), 1), (Some(7_200), 1), (None, 0)] {
        let (desk, service) = scene(ahead);
        let began = Timestamp::now().as_millisecond();
        assert_eq!(send(&desk, &service, &["--daily-cap", "99"]).code, 0);
        let ended = Timestamp::now().as_millisecond();
        let shift = ahead.unwrap_or_default() * 1000;
        let is_right = |time: &i64| (began + shift - 1_500..=ended + shift + 1_500).contains(time);
        for (path, select, count) in [
            (desk.path("list.ledger"), "SELECT sent_at FROM rows", ROWS),
            (
                desk.path("list.ledger"),
                "SELECT began FROM runs UNION ALL SELECT ended FROM runs",
                2,
            ),
            (history(&desk), "SELECT at FROM sends", ROWS),
        ] {
            let times = times(path, select);
            assert_eq!(times.len(), count);
            assert!(
                times.iter().all(is_right),
                "{ahead:?}: {select}: {began} {times:?} {ended}"
            );
        }
        let flags = times(
            desk.path("list.ledger"),
            "SELECT DISTINCT sent_by_service FROM rows",
        );
        assert_eq!(flags, [by_service], "{ahead:?}");
    }
}

/// The hour of the day and a half before and behind a time, as a window.
fn around(time: Timestamp) -> String {
    let clock = |time: Timestamp| time.to_zoned(TimeZone::UTC).strftime("%H:%M").to_string();
    format!(
        "{}-{}",
        clock(time - 30.minutes()),
        clock(time + 30.minutes())
    )
}

#[test]
fn hours_and_ends_are_those_of_the_services_clock() {
    let (machine, theirs) = (Timestamp::now(), Timestamp::now() + 6.hours());
    let clock = |time: Timestamp| time.to_string();
    for (option, value, code) in [
        ("--window", around(theirs), 0),
        ("--window", around(machine), 5),
        ("--until", clock(theirs + 30.minutes()), 0),
        ("--until", clock(machine + 30.minutes()), 5),
        ("--start-at", clock(machine + 30.minutes()), 0),
        ("--until", "30m".to_owned(), 0),
    ] {
        let (desk, service) = scene(Some(6 * 3600));
        let ran = send(&desk, &service, &["--no-wait", option, &value]);
        assert_eq!(ran.code, code, "{option} {value}: {ran:?}");
        assert_eq!(
            service.sends().len(),
            if code == 0 { ROWS } else { 0 },
            "{option} {value}"
        );
    }
}

#[test]
fn an_older_copy_of_the_history_lets_no_more_go_than_the_cap() {
    let (desk, service) = scene(Some(0));
    let cap = ["--daily-cap", "5", "--no-wait"];
    send(&desk, &service, &[&["--limit", "3"][..], &cap].concat());
    let copy = fs::read(history(&desk)).unwrap();
    send(&desk, &service, &[&["--limit", "2"][..], &cap].concat());
    assert_eq!(service.sends().len(), 5);
    let path = history(&desk);
    fs::write(&path, copy).unwrap();
    for ending in ["-wal", "-shm"] {
        let _gone = fs::remove_file(format!("{}{ending}", path.display()));
    }
    assert_eq!(times(path, "SELECT count(*) FROM sends"), [3]);
    let ran = send(&desk, &service, &cap);
    assert_eq!((ran.code, service.sends().len()), (5, 5), "{ran:?}");
    assert_eq!(times(history(&desk), "SELECT count(*) FROM sends"), [5]);
}

#[test]
fn a_contact_that_was_sent_by_a_clock_that_stood_in_2020_ends_no_warm_up() {
    let (desk, service) = scene(Some(0));
    let warm_up = ["--warm-up", "4x10", "--no-wait"];
    send(&desk, &service, &[&["--limit", "1"][..], &warm_up].concat());
    let long_ago: i64 = "2020-01-01T00:00:00Z"
        .parse::<Timestamp>()
        .unwrap()
        .as_millisecond();
    let set = |path: PathBuf, table: &str, column: &str| {
        let update = format!("UPDATE {table} SET {column} = ?1 WHERE {column} IS NOT NULL");
        assert_eq!(
            Connection::open(path)
                .unwrap()
                .execute(&update, [long_ago])
                .unwrap(),
            1
        );
    };
    set(history(&desk), "sends", "at");
    set(desk.path("list.ledger"), "rows", "sent_at");
    let ran = send(&desk, &service, &warm_up);
    assert_eq!((ran.code, service.sends().len()), (5, 5), "{ran:?}");
}
