//! Killed at any moment, out of disk, with an edited input or a damaged ledger: no contact is sent twice,
//! and no row is lost.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::json;
use stand_in::{
    Desk, Ran, Received, Reply, Service, Victim, accepted, authorized, each, refused, table, whole,
};

const ROWS: usize = 40;

const SEND: [&str; 6] = [
    "send",
    "list.csv",
    "--json",
    "--no-reconcile",
    "--rate",
    "2000",
];

fn send(more: &[&'static str]) -> Vec<&'static str> {
    SEND.iter().chain(more).copied().collect()
}

/// What must hold after a kill and a run to the end, whatever happened.
fn all_is_well(desk: &Desk, service: &Service, ran: &Ran, rows: usize, most_unknown: usize) {
    ran.adds_up();
    let [total, taken, unknown] =
        ["rows", "accepted", "unknown"].map(|word| usize::try_from(ran.count(word)).unwrap());
    assert_eq!((total, taken + unknown), (rows, rows), "{ran:?}");
    assert_eq!(ran.code, if unknown > 0 { 6 } else { 0 }, "{ran:?}");
    assert!(unknown <= most_unknown, "{unknown} unknown");
    assert!(
        service.times().values().all(|times| *times == 1),
        "a contact was sent twice"
    );
    let sent: HashSet<String> = service.sends().iter().map(Received::chat).collect();
    assert!(
        (taken..=taken + unknown).contains(&sent.len()),
        "{} sent: {ran:?}",
        sent.len()
    );
    let statuses = desk.column("list-results.csv", "status");
    assert_eq!(statuses.len(), rows);
    for (recipient, status) in desk
        .column("list-results.csv", "recipient")
        .into_iter()
        .zip(statuses)
    {
        assert!(
            status == "unknown" || sent.contains(&format!("{recipient}@c.us")),
            "{recipient} is {status}"
        );
    }
    desk.holds_no_token();
}

/// A run that dies as the environment or the service says.
fn die(desk: &Desk, service: &Service, victim: &Victim, crash: Option<&str>, concurrency: &str) {
    let mut command = desk.to(
        service,
        &[&SEND[..], &["--concurrency", concurrency]].concat(),
    );
    if let Some(crash) = crash {
        command.env("SENDCONTACT_CRASH_AT", crash);
    }
    let mut run = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    victim.is(run.id());
    assert_eq!(run.wait().unwrap().code(), None, "the run lived on");
}

/// Points at which a debug build dies, and how often each is passed before.
#[cfg(debug_assertions)]
#[test]
fn a_crash_at_any_step_loses_no_row_and_repeats_no_contact() {
    let points = [
        ("before_commit", vec![1, 2, 3, 7, 20]),
        ("after_commit", vec![1, 2, 3, 7, 20]),
        ("before_request", vec![1, 2, 7, 20, ROWS]),
        ("after_answer", vec![1, 2, 7, 20, ROWS]),
        ("while_writing_results", vec![1, 2, ROWS]),
    ];
    let crashes: Vec<(String, &str)> = points
        .iter()
        .flat_map(|(point, counts)| counts.iter().map(move |count| (*point, *count)))
        .flat_map(|(point, count)| [(point, count, "1"), (point, count, "16")])
        // Sixteen at once are committed together: there are a few commits only.
        .filter(|(point, count, many)| *count <= 3 || *many == "1" || !point.ends_with("commit"))
        .map(|(point, count, many)| (format!("{point}:{count}"), many))
        .collect();
    each(&crashes, 8, |(crash, concurrency)| {
        let late = Duration::from_millis(2);
        let service =
            Service::start(move |number, _| Reply::Late(late, Box::new(accepted(number))));
        let desk = Desk::new();
        desk.write("list.csv", table(ROWS));
        die(
            &desk,
            &service,
            &Victim::default(),
            Some(crash),
            concurrency,
        );
        assert!(
            !desk.path("list-results.csv").exists(),
            "results are whole or not there"
        );
        let ran = desk.run_to(&service, &SEND);
        all_is_well(&desk, &service, &ran, ROWS, concurrency.parse().unwrap());
    });
}

/// A second crash must not lose what the first one left, and results of an earlier run stay whole.
#[cfg(debug_assertions)]
#[test]
fn a_crash_after_a_crash_loses_no_row_and_repeats_no_contact() {
    let points = [
        "before_commit:2",
        "after_commit:2",
        "before_request:3",
        "after_answer:3",
        "while_writing_results:9",
    ];
    let pairs: Vec<_> = points
        .iter()
        .flat_map(|first| points.map(|second| (*first, second)))
        .collect();
    each(&pairs, 8, |(first, second)| {
        let service = Service::accepting();
        let desk = Desk::new();
        desk.write("list.csv", table(ROWS));
        let canary = desk.run_to(&service, &send(&["--limit", "10"]));
        assert_eq!((canary.code, canary.count("accepted")), (0, 10));
        let results = desk.read("list-results.csv");
        for crash in [first, second] {
            let mut command = desk.to(&service, &send(&["--concurrency", "4"]));
            let killed = command
                .env("SENDCONTACT_CRASH_AT", crash)
                .output()
                .unwrap()
                .status
                .code()
                .is_none();
            assert!(
                killed || crash.starts_with("be") || crash.starts_with("af"),
                "{crash} did not come"
            );
            if killed {
                assert_eq!(desk.read("list-results.csv"), results);
            }
        }
        let ran = desk.run_to(&service, &SEND);
        all_is_well(&desk, &service, &ran, ROWS, 8);
    });
}

#[derive(Debug, Clone, Copy)]
enum Killed {
    Received,
    Answered,
}

#[test]
fn a_kill_when_a_contact_is_received_or_answered_makes_few_rows_unknown() {
    let moments = [Killed::Received, Killed::Answered];
    let kills: Vec<_> = [1, 2, 7, 20, ROWS - 1]
        .into_iter()
        .flat_map(|count| moments.map(|moment| [(moment, count, "1"), (moment, count, "16")]))
        .flatten()
        .collect();
    each(&kills, 8, |(moment, count, concurrency)| {
        let victim = Victim::default();
        let (killer, moment, last) = (victim.clone(), *moment, count - 1);
        let service = Service::start(move |number, request| match (moment, number == last) {
            _ if !request.is_send() => authorized(),
            // A run that got the answers behind it might end before it is killed.
            (Killed::Answered, false) if number > last && killer.lives() => Reply::Hang,
            (_, false) => accepted(number),
            (Killed::Received, true) => Reply::Kill(killer.clone(), Box::new(Reply::Close)),
            (Killed::Answered, true) => {
                Reply::KillAfter(Box::new(accepted(number)), killer.clone())
            }
        });
        let desk = Desk::new();
        desk.write("list.csv", table(ROWS));
        die(&desk, &service, &victim, None, concurrency);
        let ran = desk.run_to(&service, &SEND);
        all_is_well(&desk, &service, &ran, ROWS, concurrency.parse().unwrap());
    });
}

#[test]
fn a_campaign_that_is_being_sent_is_held_against_everybody_else() {
    let service = Service::start(|number, request| match number {
        _ if !request.is_send() => authorized(),
        0 => Reply::Hang,
        _ => accepted(number),
    });
    let desk = Desk::new();
    desk.write("list.csv", table(5));
    let mut first = desk
        .to(&service, &send(&["--concurrency", "1"]))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    service.wait_for(1);
    for command in [
        &SEND[..],
        &["reconcile", "list"],
        &["track", "list"],
        &["resolve", "list", "--resend", "all"],
    ] {
        assert_eq!(desk.run_to(&service, command).code, 11, "{command:?}");
    }
    let watched = desk.run(&["status", "list", "--json"]);
    assert_eq!(
        (
            watched.code,
            watched.count("unknown"),
            watched.count("pending")
        ),
        (0, 1, 4)
    );
    assert_eq!(desk.run(&["report", "list"]).code, 0);
    assert_eq!(service.sends().len(), 1, "nothing was sent");
    let asked = ["lastOutgoingMessages", "getMessage"].map(|method| service.asked(method).len());
    assert_eq!(asked, [0, 0], "nothing was asked");
    first.kill().unwrap();
    first.wait().unwrap();
    let ran = desk.run_to(&service, &SEND);
    all_is_well(&desk, &service, &ran, 5, 1);
}

/// A list of which rows 0–4 were accepted, row 2 is unknown, and rows 5–9 are pending.
fn half_sent() -> (Desk, Service, Vec<String>) {
    let service = Service::start(|number, _| {
        if number == 2 {
            Reply::Close
        } else {
            accepted(number)
        }
    });
    let desk = Desk::new();
    desk.write("list.csv", table(10));
    let ran = desk.run_to(&service, &send(&["--limit", "5", "--concurrency", "1"]));
    assert_eq!(
        (
            ran.code,
            ran.count("accepted"),
            ran.count("unknown"),
            ran.count("pending")
        ),
        (6, 4, 1, 5)
    );
    let lines = table(10).lines().map(str::to_owned).collect();
    (desk, service, lines)
}

/// How a person edits the list (its heading is line 0), and what there is then: accepted, unknown,
/// contacts in all that went out.
type Edit = (&'static str, fn(&mut Vec<String>), u64, u64, usize);

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn an_edited_list_sends_what_is_new_and_nothing_twice() {
    let edits: [Edit; 9] = [
        ("nothing", |_| {}, 9, 1, 10),
        (
            "a row on top",
            |lines| lines.insert(1, "79000000099,79001234568,Новая".into()),
            10,
            1,
            11,
        ),
        ("the order reversed", |lines| lines[1..].reverse(), 9, 1, 10),
        (
            "a sent row taken out",
            |lines| drop(lines.remove(1)),
            9,
            1,
            10,
        ),
        (
            "the unknown row taken out",
            |lines| drop(lines.remove(3)),
            9,
            1,
            10,
        ),
        (
            "a pending row taken out",
            |lines| drop(lines.remove(10)),
            8,
            1,
            9,
        ),
        (
            "a sent contact changed",
            |lines| lines[1] += " мл.",
            9,
            1,
            10,
        ),
        (
            "every row doubled",
            |lines| lines.extend_from_within(1..),
            9,
            1,
            10,
        ),
        (
            "the unknown contact changed",
            |lines| lines[3] += " мл.",
            9,
            1,
            10,
        ),
    ];
    each(&edits, 4, |(_, edit, taken, unknown, sent)| {
        let (desk, service, mut lines) = half_sent();
        edit(&mut lines);
        desk.write("list.csv", lines.join("\n"));
        for _ in 0..2 {
            let ran = desk.run_to(&service, &SEND);
            ran.adds_up();
            assert_eq!(
                (ran.code, ran.count("accepted"), ran.count("unknown")),
                (6, *taken, *unknown),
                "{ran:?}"
            );
            assert_eq!(
                (service.sends().len(), service.times().len()),
                (*sent, *sent)
            );
            assert_eq!(
                desk.results("list-results.csv", b',').len() as u64,
                ran.count("rows") + 1
            );
        }
    });
}

/// A ledger with rows in it, closed.
fn closed_ledger() -> (Desk, Service) {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(300));
    let ran = desk.run_to(&service, &send(&["--limit", "100"]));
    assert_eq!((ran.code, ran.count("accepted")), (0, 100));
    (desk, service)
}

/// The run ends with exit code 1 and these words, sends nothing and leaves the file as it is.
fn refuses(desk: &Desk, service: &Service, words: &str) {
    let (ledger, before) = (
        fs::read(desk.path("list.ledger")).unwrap(),
        service.received().len(),
    );
    let ran = desk.run_to(service, &SEND);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.stderr.contains("list.ledger") && ran.stderr.contains(words),
        "{}",
        ran.stderr
    );
    assert_eq!(service.received().len(), before, "something was sent");
    assert!(
        fs::read(desk.path("list.ledger")).unwrap() == ledger,
        "the file was changed"
    );
}

#[test]
fn a_damaged_ledger_is_left_as_it_is_and_nothing_is_sent() {
    let (desk, service) = closed_ledger();
    let whole = fs::read(desk.path("list.ledger")).unwrap();
    each(&(0..whole.len() / 4096).collect::<Vec<_>>(), 1, |page| {
        let mut bytes = whole.clone();
        bytes[page * 4096..page * 4096 + 512].fill(0xA5);
        desk.write("list.ledger", &bytes);
        refuses(
            &desk,
            &service,
            if *page == 0 {
                "is not a ledger"
            } else {
                "is damaged"
            },
        );
    });
}

/// The key of a contact stands in the table and in the index; a contact that the index has lost would be
/// taken for a new one.
#[test]
fn a_key_that_is_damaged_anywhere_is_noticed() {
    let (desk, service) = closed_ledger();
    let (whole, key) = (
        fs::read(desk.path("list.ledger")).unwrap(),
        b"79000000005@c.us",
    );
    let is_there = |at: &usize| whole[*at..].starts_with(key);
    let mut noticed = 0;
    for place in (0..whole.len()).filter(is_there) {
        let mut bytes = whole.clone();
        bytes[place + 5] ^= 1;
        desk.write("list.ledger", &bytes);
        // An old copy in the free space of a page is no part of the ledger.
        if !is_whole(&desk.write("copy.ledger", &bytes)) {
            refuses(&desk, &service, "is damaged");
            noticed += 1;
        }
    }
    assert_eq!(noticed, 2, "the key stands in its row and in the index");
}

fn is_whole(ledger: &Path) -> bool {
    let connection = rusqlite::Connection::open(ledger).unwrap();
    connection
        .query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0))
        .unwrap()
        == "ok"
}

#[test]
fn a_ledger_that_was_cut_short_is_left_as_it_is_and_nothing_is_sent() {
    let cuts: [(u64, &str); 6] = [
        (0, "list.ledger"),
        (50, "list.ledger"),
        (4096, "is damaged"),
        (5000, "is damaged"),
        (8 * 4096, "is damaged"),
        (20_000, "is damaged"),
    ];
    each(&cuts, 4, |(length, words)| {
        let (desk, service) = closed_ledger();
        let file = fs::OpenOptions::new()
            .write(true)
            .open(desk.path("list.ledger"))
            .unwrap();
        assert!(file.metadata().unwrap().len() > *length);
        file.set_len(*length).unwrap();
        refuses(&desk, &service, words);
    });
}

/// After a kill the newest commits stand beside the ledger; they must not run into another one.
#[test]
fn a_ledger_that_is_gone_is_not_begun_anew_while_a_part_of_it_is_left() {
    let victim = Victim::default();
    let killer = victim.clone();
    let service = Service::start(move |number, _| match number {
        7 => Reply::Kill(killer.clone(), Box::new(Reply::Close)),
        _ => accepted(number),
    });
    let desk = Desk::new();
    desk.write("list.csv", table(ROWS));
    die(&desk, &service, &victim, None, "1");
    fs::remove_file(desk.path("list.ledger")).unwrap();
    let ran = desk.run_to(&service, &SEND);
    assert_eq!((ran.code, service.sends().len()), (1, 8), "{ran:?}");
    assert!(
        ran.stderr.contains("-wal") && !desk.path("list.ledger").exists(),
        "{}",
        ran.stderr
    );
    fs::remove_file(desk.path("list.ledger-wal")).unwrap();
    // A new ledger; but the send history knows who had the contact, or may have had it.
    let ran = desk.run_to(&service, &SEND);
    assert_eq!(
        (ran.count("accepted"), ran.count("suppressed")),
        (ROWS as u64 - 8, 8),
        "{ran:?}"
    );
    assert!(
        service.times().values().all(|times| *times == 1),
        "a contact was sent twice"
    );
}

fn sql(ledger: &Path, statements: &str) {
    rusqlite::Connection::open(ledger)
        .unwrap()
        .execute_batch(statements)
        .unwrap();
}

/// Puts a file where the ledger should be.
type Put = fn(&Path);

#[test]
fn a_file_that_is_no_ledger_of_ours_is_left_as_it_is() {
    let service = Service::accepting();
    let files: [(&str, Put, &str); 4] = [
        (
            "a text",
            |path| fs::write(path, "Имя;Телефон\r\n".repeat(500)).unwrap(),
            "is not a ledger",
        ),
        (
            "a short text",
            |path| fs::write(path, "x").unwrap(),
            "is not a ledger",
        ),
        (
            "another database",
            |path| sql(path, "CREATE TABLE t (x); INSERT INTO t VALUES (1)"),
            "is not a ledger",
        ),
        (
            "an empty database of another",
            |path| sql(path, "PRAGMA application_id = 7; VACUUM"),
            "is not a ledger",
        ),
    ];
    each(&files, 1, |(_, make, words)| {
        let desk = Desk::new();
        desk.write("list.csv", table(3));
        make(&desk.path("list.ledger"));
        refuses(&desk, &service, words);
    });
    let (desk, service) = closed_ledger();
    sql(&desk.path("list.ledger"), "PRAGMA user_version = 99");
    refuses(&desk, &service, "newer sendcontact");
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

/// Ledgers of every version stay in tests/data for ever. Each is of the list beside it, with rows
/// of every status but suppressed: 5 accepted, 1 failed, 1 invalid, 1 duplicate, 2 unknown, 6 pending.
/// Those of versions 4 and 5 have a second instance besides, which has every other row; in that of version 5 a person
/// has had a pending row sent again.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_ledger_of_an_older_version_opens_and_goes_on() {
    // The version, how many runs it has on record, and the first three words of delivery.
    let versions: [(&str, usize, [&str; 3]); 6] = [
        ("v1", 0, [""; 3]),
        ("v2", 3, ["delivered", "read", ""]),
        ("v3", 1, [""; 3]),
        ("v4", 1, [""; 3]),
        ("v5", 2, [""; 3]),
        ("v11", 1, [""; 3]),
    ];
    let words = [
        "accepted",
        "failed",
        "invalid",
        "duplicate",
        "suppressed",
        "unknown",
        "pending",
    ];
    each(&versions, 6, |(version, runs, deliveries)| {
        let service = Service::accepting();
        let desk = Desk::new();
        let ledger = fs::read(data(&format!("ledger-{version}.ledger"))).unwrap();
        fs::copy(
            data(&format!("ledger-{version}.csv")),
            desk.path("list.csv"),
        )
        .unwrap();
        desk.write("list.ledger", &ledger);
        let status = desk.run(&["status", "list", "--json"]);
        assert_eq!(
            words.map(|word| status.count(word)),
            [5, 1, 1, 1, 0, 2, 6],
            "{status:?}"
        );
        let on_record = || desk.run(&["status", "list", "--runs", "--json"]).json()["runs"].clone();
        assert_eq!(on_record().as_array().unwrap().len(), *runs);
        assert_eq!(desk.run(&["report", "list"]).code, 0);
        assert_eq!(desk.results("list-results.csv", b',').len(), 17);
        let told = |language: &str| {
            assert_eq!(desk.run(&["report", "list", "--lang", language]).code, 0);
            desk.column("list-results.csv", "explanation")
        };
        let (english, russian) = (told("en"), told("ru"));
        for (row, status) in desk.column("list-results.csv", "status").iter().enumerate() {
            let same = english[row] == russian[row];
            // What the first two wrote about a row stands as it stood; what we say today we say anew.
            let kept = status == "invalid" && ["v1", "v2"].contains(version);
            assert_eq!(
                same,
                kept || english[row].is_empty(),
                "{version} {row}: {}",
                english[row]
            );
        }
        assert!(
            fs::read(desk.path("list.ledger")).unwrap() == ledger,
            "who only reads changes nothing"
        );
        let ran = desk.run_to(&service, &SEND);
        ran.adds_up();
        assert_eq!(
            (ran.code, words.map(|word| ran.count(word))),
            (6, [11, 1, 1, 1, 0, 2, 0]),
            "{ran:?}"
        );
        assert_eq!(service.sends().len(), 6);
        let ids = desk.column("list-results.csv", "idMessage");
        assert_eq!(
            ids[0], "3EB00000000000000000",
            "what was accepted then is accepted as it was"
        );
        assert_eq!(
            desk.column("list-results.csv", "delivery")[..3],
            *deliveries
        );
        let last = &on_record()[*runs];
        assert_eq!(
            [
                &last["command"],
                &last["before"]["pending"],
                &last["after"]["pending"],
                &last["exit"]
            ],
            [&json!("send"), &json!(6), &json!(0), &json!(6)]
        );
    });
}

/// The clock of this machine cannot be set here; a ledger whose requests lie in the future is what
/// a clock that was set back leaves.
#[test]
fn a_clock_that_was_set_back_changes_nothing() {
    let (desk, service, _) = half_sent();
    sql(
        &desk.path("list.ledger"),
        "UPDATE rows SET sent_at = sent_at + 86400000",
    );
    let ran = desk.run_to(&service, &SEND);
    all_is_well(&desk, &service, &ran, 10, 1);
}

/// A small file system of its own, gone when this is dropped; nothing where that is not allowed.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(desk: &Desk, size: &str) -> Option<Self> {
        let path = desk.path("disk");
        fs::create_dir(&path).unwrap();
        let mount = |options: &[&str]| {
            let mut command = std::process::Command::new("mount");
            command
                .args(options)
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        };
        let mounted = mount(&[
            "-t",
            "tmpfs",
            "-o",
            &format!("size={size}"),
            "tmpfs",
            path.to_str().unwrap(),
        ]);
        if !mounted {
            eprintln!("skipped: a small file system cannot be mounted here");
        }
        mounted.then_some(Self(path))
    }

    fn remount(&self, option: &str) {
        let path = self.0.to_str().unwrap();
        let options = ["-o", &format!("remount,{option}"), path];
        assert!(
            std::process::Command::new("mount")
                .args(options)
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let gone = std::process::Command::new("umount")
            .arg("-l")
            .arg(&self.0)
            .status();
        assert!(gone.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}

/// Takes all that is left.
fn fill(folder: &Path) {
    let mut file = fs::File::create(folder.join("filling")).unwrap();
    while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
}

const ON_DISK: [&str; 3] = ["--out-dir", "disk", "--quiet"];

#[test]
fn a_disk_that_is_full_at_the_import_sends_nothing() {
    let service = Service::accepting();
    let desk = Desk::new();
    let Some(small) = SmallDisk::mount(&desk, "300k") else {
        return;
    };
    desk.write("list.csv", table(5000));
    let ran = desk.run_to(&service, &send(&ON_DISK));
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("the disk is full"), "{}", ran.stderr);
    assert!(service.received().is_empty());
    small.remount("size=20m");
    let ran = desk.run_to(&service, &send(&["--out-dir", "disk", "--limit", "5"]));
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("pending")),
        (0, 5, 4995),
        "{ran:?}"
    );
}

#[test]
fn a_disk_that_fills_up_while_contacts_are_sent_stops_the_run_and_the_next_goes_on() {
    each(&["1", "16"], 2, |concurrency| {
        let desk = Desk::new();
        let Some(small) = SmallDisk::mount(&desk, "16m") else {
            return;
        };
        let folder = small.0.clone();
        let service = Service::start(move |number, _| {
            if number == 50 {
                fill(&folder);
            }
            accepted(number)
        });
        desk.write("list.csv", table(1000));
        let arguments = send(&["--out-dir", "disk", "--concurrency"]);
        let ran = desk.run_to(&service, &[&arguments[..], &[concurrency]].concat());
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.stderr.contains("the disk is full"), "{}", ran.stderr);
        assert_eq!(ran.json()["exit"], 1, "{ran:?}");
        let written = desk.path("disk/list-results.csv").exists();
        assert_eq!(ran.json()["results"].is_string(), written, "{ran:?}");
        let status = desk.run(&["status", "--ledger", "disk/list.ledger"]);
        assert!(
            status.code == 0 || status.stderr.contains("disk may be full"),
            "{status:?}"
        );
        assert!(service.sends().len() < 1000, "the disk was never full");
        let before = service.sends().len();
        fs::remove_file(small.0.join("filling")).unwrap();
        let ran = desk.run_to(&service, &arguments_without_concurrency());
        ran.adds_up();
        let unknown = ran.count("unknown");
        assert_eq!(
            (ran.count("accepted") + unknown, ran.code),
            (1000, if unknown > 0 { 6 } else { 0 }),
            "{ran:?}"
        );
        assert!(
            unknown <= concurrency.parse().unwrap(),
            "{unknown} unknown after {before} contacts"
        );
        assert!(
            service.times().values().all(|times| *times == 1),
            "a contact was sent twice"
        );
        assert_eq!(desk.results("disk/list-results.csv", b',').len(), 1001);
    });
}

fn arguments_without_concurrency() -> Vec<&'static str> {
    send(&["--out-dir", "disk"])
}

#[test]
fn a_folder_that_cannot_be_written_is_told_before_anything_is_sent() {
    let service = Service::accepting();
    let desk = Desk::new();
    let Some(small) = SmallDisk::mount(&desk, "16m") else {
        return;
    };
    desk.write("list.csv", table(5));
    small.remount("ro");
    let ran = desk.run_to(&service, &send(&ON_DISK));
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.stderr.contains("disk/list-results.csv"),
        "{}",
        ran.stderr
    );
    assert!(service.received().is_empty());
}

#[test]
fn results_that_cannot_be_written_lose_nothing() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(5));
    fs::create_dir(desk.path("list-results.csv")).unwrap();
    let ran = desk.run_to(&service, &SEND);
    assert_eq!(
        (ran.code, ran.count("accepted")),
        (0, 5),
        "another name is taken: {ran:?}"
    );
    let other = ran.json()["results"].as_str().unwrap().to_owned();
    assert_eq!(desk.column(&other, "status"), ["accepted"; 5]);
    assert!(ran.stderr.contains(&other), "{}", ran.stderr);

    let missing = send(&["--results", "nowhere/results.csv"]);
    let ran = desk.run_to(&service, &missing);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("nowhere/results.csv"), "{}", ran.stderr);
    assert_eq!(service.sends().len(), 5);
    let status = desk.run(&["status", "list", "--json"]);
    assert_eq!(status.count("accepted"), 5);
}

/// A message as the model knows it: recipient and contact.
type Key = String;

/// What the service did with each contact: the naive model of the truth.
#[derive(Default)]
struct Truth {
    /// Requests that the service took, with an answer or without.
    taken: HashMap<Key, u32>,
    /// Ids that were given in an answer, whether it arrived or not.
    ids: HashMap<Key, Vec<String>>,
    /// A person wanted the contact again: it may go once more each time.
    resent: HashMap<Key, u32>,
    assumed: HashSet<Key>,
    refused: HashSet<Key>,
}

/// What a line of the model's input says: recipient and name.
type Line = (u64, u64);

fn key(line: Line) -> Key {
    format!("{} {}", 79_000_000_000 + line.0, line.1)
}

/// One random life of a campaign.
struct Life {
    random: fastrand::Rng,
    desk: Desk,
    service: Service,
    truth: Arc<Mutex<Truth>>,
    victim: Victim,
    /// The request at which the run dies, counted from its first.
    fatal: Arc<Mutex<Option<usize>>>,
    input: Vec<Line>,
    fresh: u64,
}

impl Life {
    fn new(seed: u64, faults: bool) -> Self {
        let truth: Arc<Mutex<Truth>> = Arc::default();
        let fatal: Arc<Mutex<Option<usize>>> = Arc::default();
        let victim = Victim::default();
        let dice = Mutex::new(fastrand::Rng::with_seed(!seed));
        let (knows, dies, killer) = (Arc::clone(&truth), Arc::clone(&fatal), victim.clone());
        let service = Service::start(move |number, request| {
            if !request.is_send() {
                return authorized();
            }
            let dice = if faults {
                dice.lock().unwrap().u32(..100)
            } else {
                0
            };
            let reply = answer(&mut knows.lock().unwrap(), number, request, dice);
            let mut fatal = dies.lock().unwrap();
            let left = fatal.take();
            *fatal = left.and_then(|left| left.checked_sub(2));
            match left {
                Some(0) => Reply::Kill(killer.clone(), Box::new(Reply::Close)),
                Some(1) => Reply::KillAfter(Box::new(reply), killer.clone()),
                Some(_) | None => reply,
            }
        });
        let mut random = fastrand::Rng::with_seed(seed);
        let input = (0..random.u64(5..40)).map(|row| (row, 0)).collect();
        Self {
            random,
            desk: Desk::new(),
            service,
            truth,
            victim,
            fatal,
            input,
            fresh: 100,
        }
    }

    fn edit(&mut self) {
        let at = self.random.usize(..self.input.len());
        self.fresh += 1;
        match self.random.u32(..6) {
            0 => self.input.insert(0, (self.fresh, 0)),
            1 if self.input.len() > 1 => drop(self.input.remove(at)),
            2 => self.input[at].1 += 1,
            3 => self.input.reverse(),
            4 => self.input.push(self.input[at]),
            _ => self.random.shuffle(&mut self.input),
        }
    }

    fn write(&self) {
        let lines = self.input.iter().map(|(recipient, contact)| {
            format!("{},79001234568,{contact}\n", 79_000_000_000 + recipient)
        });
        let head = std::iter::once("phoneNumber,phoneContact,firstName\n".to_owned());
        self.desk
            .write("list.csv", head.chain(lines).collect::<String>());
    }

    fn arguments(&mut self) -> Vec<&'static str> {
        let concurrency = self.random.choice([
            ["--concurrency", "1"],
            ["--concurrency", "4"],
            ["--concurrency", "16"],
        ]);
        let mut arguments = send(&[
            "--max-failures",
            "100%",
            "--retry-for",
            "10s",
            "--resend-changed",
        ]);
        arguments.extend(concurrency.unwrap());
        if self.random.u32(..4) == 0 {
            arguments.extend(["--limit", "3"]);
        }
        if self.random.u32(..6) == 0 {
            arguments.push("--retry-failed");
        }
        arguments
    }

    fn run(&mut self) {
        let arguments = self.arguments();
        let ran = self.desk.run_to(&self.service, &arguments);
        assert!([0, 4, 5, 6].contains(&ran.code), "{ran:?}");
        self.check(&ran);
    }

    /// An even number kills when a contact is received, an odd one when it was answered.
    fn die(&mut self) {
        self.fatal.lock().unwrap().replace(self.random.usize(..24));
        let arguments = self.arguments();
        let mut command = self.desk.to(&self.service, &arguments);
        let mut run = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.victim.is(run.id());
        run.wait().unwrap();
        self.fatal.lock().unwrap().take();
    }

    /// Dies at a point of a debug build; a release build lives on.
    fn crash(&mut self) {
        let points = [
            "before_commit",
            "after_commit",
            "before_request",
            "after_answer",
            "while_writing_results",
        ];
        let point = format!(
            "{}:{}",
            self.random.choice(points).unwrap(),
            self.random.u32(1..12)
        );
        let arguments = self.arguments();
        let mut command = self.desk.to(&self.service, &arguments);
        command.env("SENDCONTACT_CRASH_AT", point).output().unwrap();
    }

    fn resolve(&mut self) {
        let resend = self.random.bool();
        let decision = if resend { "--resend" } else { "--assume-sent" };
        if !self.desk.path("list.ledger").exists() {
            return;
        }
        assert_eq!(self.desk.run(&["report", "list"]).code, 0);
        let unknown: Vec<Key> = self
            .rows()
            .into_iter()
            .filter(|row| row.status == "unknown")
            .map(|row| row.key)
            .collect();
        assert_eq!(
            self.desk
                .run(&["resolve", "list", decision, "all", "--yes"])
                .code,
            0
        );
        let mut truth = self.truth.lock().unwrap();
        for key in unknown {
            if resend {
                *truth.resent.entry(key).or_default() += 1;
            } else {
                truth.assumed.insert(key);
            }
        }
    }

    fn rows(&self) -> Vec<Shown> {
        let column = |heading| self.desk.column("list-results.csv", heading);
        let (recipients, names) = (column("recipient"), column("firstName"));
        let keys = recipients
            .iter()
            .zip(names)
            .map(|(recipient, name)| format!("{recipient} {name}"));
        let rest = column("status").into_iter().zip(column("idMessage"));
        keys.zip(rest)
            .map(|(key, (status, id))| Shown { key, status, id })
            .collect()
    }

    /// Holds what a finished run says against the truth.
    fn check(&self, ran: &Ran) {
        ran.adds_up();
        let rows = self.rows();
        assert_eq!(rows.len() as u64, ran.count("rows"));
        let truth = self.truth.lock().unwrap();
        for (key, taken) in &truth.taken {
            let allowed = 1 + truth.resent.get(key).copied().unwrap_or_default();
            assert!(*taken <= allowed, "{key} was taken {taken} times");
        }
        let mut first: BTreeMap<&Key, &Shown> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.status != "duplicate") {
            assert!(
                first.insert(&row.key, row).is_none(),
                "{} stands there twice",
                row.key
            );
        }
        for line in &self.input {
            assert!(first.contains_key(&key(*line)), "{} is lost", key(*line));
        }
        for (key, taken) in &truth.taken {
            let forgotten = *taken <= truth.resent.get(key).copied().unwrap_or_default();
            assert!(
                forgotten || first.contains_key(key),
                "{key} was sent, and is not on record"
            );
        }
        for row in first.values() {
            row.check(&truth);
        }
    }
}

/// What the service does with a contact, by chance; what it takes is on record before it answers.
fn answer(truth: &mut Truth, number: usize, request: &Received, dice: u32) -> Reply {
    let body = request.json();
    let contact = body["contact"]["firstName"].as_str().unwrap();
    let key = format!("{} {contact}", request.chat().trim_end_matches("@c.us"));
    match dice {
        90..93 => {
            truth.refused.insert(key);
            refused(400, "bad request data")
        }
        93..95 => Reply::Raw(whole(429, "retry-after: 0\r\n", "")),
        other => {
            *truth.taken.entry(key.clone()).or_default() += 1;
            match other {
                95..97 => Reply::Close,
                97 => Reply::Answer(502, "<html>nginx</html>".into()),
                _ => {
                    truth
                        .ids
                        .entry(key)
                        .or_default()
                        .push(format!("3EB0{number:016X}"));
                    accepted(number)
                }
            }
        }
    }
}

/// A row as the results show it.
struct Shown {
    key: Key,
    status: String,
    id: String,
}

impl Shown {
    fn check(&self, truth: &Truth) {
        let Self { key, status, id } = self;
        let taken = truth.taken.get(key).copied().unwrap_or_default();
        match status.as_str() {
            "accepted" if id.is_empty() => assert!(truth.assumed.contains(key), "{key} has no id"),
            "accepted" => assert!(truth.ids[key].contains(id), "{key} has another's id {id}"),
            "pending" => assert!(
                taken <= truth.resent.get(key).copied().unwrap_or_default(),
                "{key} is pending, and was taken"
            ),
            "failed" => assert!(truth.refused.contains(key), "{key} was never refused"),
            "unknown" => {}
            other => panic!("{key} is {other}"),
        }
    }
}

fn live(seed: u64) {
    let mut life = Life::new(seed, true);
    life.write();
    for _ in 0..life.random.u32(4..10) {
        match life.random.u32(..10) {
            0..3 => life.run(),
            3..6 => life.die(),
            6 => life.crash(),
            7 | 8 => {
                life.edit();
                life.write();
            }
            _ => life.resolve(),
        }
    }
    for _ in 0..3 {
        life.run();
    }
}

#[test]
fn random_lives_of_a_campaign_end_as_the_naive_model_says() {
    let seeds: Vec<u64> = match std::env::var("SENDCONTACT_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (0..40).collect(),
    };
    each(&seeds, 8, |seed| live(*seed));
}

/// `cargo test --release --test durability -- --ignored --nocapture thousand_kills`; the number of
/// kills can be given in `SENDCONTACT_KILLS`.
#[test]
#[ignore = "takes many minutes"]
fn thousand_kills() {
    let kills: usize =
        std::env::var("SENDCONTACT_KILLS").map_or(1000, |kills| kills.parse().unwrap());
    let mut life = Life::new(7, false);
    life.input = (0..10_000).map(|row| (row, 0)).collect();
    life.write();
    for _ in 0..kills {
        life.fatal.lock().unwrap().replace(life.random.usize(..18));
        let mut command = life.desk.to(&life.service, &send(&["--concurrency", "4"]));
        let mut run = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        life.victim.is(run.id());
        assert_eq!(run.wait().unwrap().code(), None, "the run lived on");
        life.fatal.lock().unwrap().take();
    }
    let ran = life
        .desk
        .run_to(&life.service, &send(&["--concurrency", "16"]));
    life.check(&ran);
    let twice = life
        .service
        .times()
        .values()
        .filter(|times| **times > 1)
        .count();
    let (received, unknown) = (life.service.sends().len(), ran.count("unknown"));
    println!(
        "{kills} kills on 10000 rows: {received} contacts received, {twice} twice; {} accepted, {unknown} unknown, {} pending",
        ran.count("accepted"),
        ran.count("pending")
    );
    assert_eq!(
        (twice, ran.count("pending"), ran.count("accepted") + unknown),
        (0, 0, 10_000)
    );
}
