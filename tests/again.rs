//! Nobody gets a contact again by accident: renamed, copied and re-saved lists, deleted ledgers, second campaigns,
//! corrected names; and the plan says so before anything is sent.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use stand_in::{
    Desk, ID, Ran, Received, Reply, Service, TOKEN, accepted, authorized, refused, table,
};

const HEADINGS: &str = "phoneNumber,phoneContact,firstName,lastName\n";

fn people(names: &[&str]) -> String {
    let lines = names
        .iter()
        .enumerate()
        .map(|(row, name)| format!("7900123450{row},79160000000,{name},Петров\n"));
    std::iter::once(HEADINGS.to_owned()).chain(lines).collect()
}

fn send(desk: &Desk, service: &Service, arguments: &[&str]) -> Ran {
    let ran = desk.run_to(service, &[&["send"], arguments, &["--json"]].concat());
    ran.adds_up();
    ran
}

fn names(service: &Service) -> Vec<String> {
    let name = |request: Received| {
        let contact = request.json()["contact"].clone();
        format!(
            "{} {}",
            contact["firstName"].as_str().unwrap_or_default(),
            contact["lastName"].as_str().unwrap_or_default()
        )
    };
    service.sends().into_iter().map(name).collect()
}

/// A desk whose list went out to three people.
fn sent() -> (Desk, Service) {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", people(&["Анна", "Борис", "Вера"]));
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 3), "{ran:?}");
    (desk, service)
}

#[test]
fn a_send_history_of_a_newer_version_is_not_gone_without() {
    let (desk, service) = sent();
    let state = fs::read_dir(desk.path("state")).unwrap();
    let mut files = state.map(|file| file.unwrap().path());
    let history = files.find(|path| path.extension().is_some_and(|end| end == "book"));
    let history = rusqlite::Connection::open(history.unwrap()).unwrap();
    history.pragma_update(None, "user_version", 99).unwrap();
    fs::copy(desk.path("list.csv"), desk.path("copy.csv")).unwrap();
    let before = service.sends().len();
    let ran = desk.run_to(&service, &["send", "copy.csv"]);
    assert_eq!((ran.code, service.sends().len()), (1, before), "{ran:?}");
    assert!(
        ran.stderr.contains("newer sendcontact (version 99)"),
        "{ran:?}"
    );
}

#[test]
fn a_send_history_that_cannot_be_read_is_told_before_the_first_request_and_to_programs_too() {
    let (desk, service) = sent();
    fs::copy(desk.path("list.csv"), desk.path("copy.csv")).unwrap();
    for file in fs::read_dir(desk.path("state")).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            fs::write(
                path,
                "this is no SQLite file, but a long text about something else",
            )
            .unwrap();
        }
    }
    let arguments = ["--log-file", "run.log", "-q"];
    for (arguments, sends) in [
        (&["copy.csv", "--dry-run"][..], 3),
        (&["copy.csv"], 6),
        (&[&["copy.csv"], &arguments[..]].concat(), 6),
    ] {
        let ran = send(&desk, &service, arguments);
        assert_eq!(service.sends().len(), sends, "{ran:?}");
        let warnings = ran.json()["warnings"].clone();
        assert_eq!(warnings[0]["code"], "send_history", "{ran:?}");
        let text = warnings[0]["text"].as_str().unwrap();
        assert!(text.contains("nobody was left out"), "{text}");
        let before = ran.stderr.find("nobody is left out for it");
        let is_quiet = arguments.contains(&"-q");
        assert_eq!(before.is_some(), !is_quiet, "{ran:?}");
        let after = ran.stderr.contains("nobody was left out for it");
        assert_eq!(after, is_quiet, "{ran:?}");
        let results = ran.stderr.find("Results");
        assert!(results.is_none_or(|results| is_quiet || before < Some(results)));
    }
    assert!(
        desk.read("run.log").contains("nobody is left out for it"),
        "{}",
        desk.read("run.log")
    );
    // Where all is well nothing is said.
    let (desk, service) = sent();
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!(ran.json().get("warnings"), None);
}

#[test]
fn what_was_sent_without_a_send_history_is_entered_in_it_when_the_run_ends() {
    let desk = Desk::new();
    // Where the folder of the state must be is a file, until the first contact comes.
    let state = desk.write("state", "");
    desk.write("list.csv", people(&["Анна", "Борис", "Вера"]));
    let service = Service::start(move |number, request| {
        if !request.is_send() {
            return authorized();
        }
        // It is gone after the first.
        let _ = fs::remove_file(&state);
        accepted(number)
    });
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 3), "{ran:?}");
    assert_eq!(ran.json()["warnings"][0]["code"], "send_history", "{ran:?}");
    fs::copy(desk.path("list.csv"), desk.path("copy.csv")).unwrap();
    let ran = send(&desk, &service, &["copy.csv"]);
    assert_eq!((ran.code, ran.count("suppressed")), (0, 3), "{ran:?}");
    assert_eq!(service.sends().len(), 3);
}

#[test]
fn what_needs_the_send_history_sends_nothing_without_it() {
    let (desk, service) = sent();
    fs::copy(desk.path("list.csv"), desk.path("copy.csv")).unwrap();
    for file in fs::read_dir(desk.path("state")).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            fs::write(path, "this is no SQLite file, but a long text").unwrap();
        }
    }
    for option in [
        ["--not-again-within", "30d"],
        ["--check-recipients", "unknown"],
        ["--daily-cap", "9"],
    ] {
        let ran = desk.run_to(&service, &["send", "copy.csv", option[0], option[1]]);
        assert_eq!((ran.code, service.sends().len()), (1, 3), "{ran:?}");
        assert!(ran.stderr.contains(".book"), "{ran:?}");
    }
}

/// The first place is a day behind the other, at any time.
#[test]
fn the_day_of_an_earlier_contact_is_that_of_the_zone_in_which_the_run_shows_times() {
    let (desk, service) = sent();
    fs::copy(desk.path("list.csv"), desk.path("copy.csv")).unwrap();
    let sent_at = &desk.column("list-results.csv", "sentAt")[0];
    let sent_at: jiff::Timestamp = sent_at.parse().unwrap();
    let day = |zone: &str| {
        let zone = jiff::tz::TimeZone::get(zone).unwrap();
        sent_at.to_zoned(zone).date()
    };
    let (west, east) = ("Etc/GMT+12", "Pacific/Kiritimati");
    assert_ne!(day(west), day(east));
    for zone in [west, east] {
        let ran = send(
            &desk,
            &service,
            &["copy.csv", "--time-zone", zone, "--lang", "en"],
        );
        assert_eq!(ran.count("suppressed"), 3, "{ran:?}");
        let on = format!("last on {}", day(zone));
        assert!(ran.stderr.contains(&on), "{on}: {}", ran.stderr);
        let on = format!(" on {} in the campaign \"list\"", day(zone));
        let explained = || desk.column("copy-results.csv", "explanation");
        assert!(
            explained().iter().all(|text| text.contains(&on)),
            "{on}: {:?}",
            explained()
        );
        // The ledger knows by whose clocks the run went, wherever it is read.
        let mut report = desk.command(&["report", "copy"]);
        let ran = Ran::of(report.env("TZ", "America/New_York").output().unwrap());
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(
            explained().iter().all(|text| text.contains(&on)),
            "{on}: {:?}",
            explained()
        );
    }
    let ran = desk
        .to(&service, &["send", "copy.csv"])
        .env("TZ", west)
        .output()
        .unwrap();
    let ran = Ran::of(ran);
    let on = format!("last on {}", day(west));
    assert!(ran.stderr.contains(&on), "{on}: {}", ran.stderr);
}

#[test]
fn a_list_under_another_name_is_sent_to_nobody_again_unless_that_is_wanted() {
    let (desk, service) = sent();
    fs::copy(desk.path("list.csv"), desk.path("list (2).csv")).unwrap();
    let ran = send(&desk, &service, &["list (2).csv"]);
    assert_eq!(
        (ran.code, ran.count("suppressed"), ran.count("accepted")),
        (0, 3, 0),
        "{ran:?}"
    );
    assert_eq!(service.sends().len(), 3, "nobody hears twice");
    for words in ["3 ", "campaign list", "--again"] {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
    let results = "list (2)-results.csv";
    assert_eq!(desk.column(results, "error"), ["sent_before"; 3]);
    for explanation in desk.column(results, "explanation") {
        assert!(explanation.contains("list"), "{explanation}");
    }
    // They are on no stop list, and none was given.
    let brief = desk.run(&["status", "list (2)", "--brief", "--lang", "ru"]);
    assert!(brief.stdout.contains("пропущено 3"), "{brief:?}");
    desk.run(&["report", "list (2)", "--as", "html"]);
    let page = desk.read("list (2)-summary.html");
    assert!(page.contains("or already has the contact"), "{page}");
    let ran = send(&desk, &service, &["list (2).csv", "--again"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 3), "{ran:?}");
    assert_eq!(service.sends().len(), 6, "asked for, sent");
    let ran = send(&desk, &service, &["list (2).csv", "--again"]);
    assert_eq!((ran.code, service.sends().len()), (0, 6), "{ran:?}");
}

#[test]
fn a_plan_says_who_had_the_contact_before_anything_is_sent() {
    let (desk, service) = sent();
    desk.write(
        "autumn.csv",
        people(&["Анна", "Борис", "Вера"]) + "79001234509,79160000000,Глеб,Петров\n",
    );
    let before = state(&desk);
    let ran = send(&desk, &service, &["autumn.csv", "--dry-run"]);
    assert_eq!(
        (ran.code, ran.count("suppressed"), ran.count("pending")),
        (0, 3, 1),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("campaign list"), "{}", ran.stderr);
    assert!(!desk.path("autumn.ledger").exists() && !desk.path("autumn-results.csv").exists());
    assert_eq!(state(&desk), before, "a dry run changes no file");
    let ran = send(&desk, &service, &["autumn.csv"]);
    assert_eq!(
        (ran.code, ran.count("suppressed"), ran.count("accepted")),
        (0, 3, 1),
        "{ran:?}"
    );
    assert_eq!(names(&service)[3..], ["Глеб Петров"]);
}

#[test]
fn a_plan_says_who_gets_a_second_contact_because_a_copy_was_corrected() {
    let (desk, service) = sent();
    desk.write("list (2).csv", people(&["Анна", "Борис", "Варвара"]));
    let said = "1 contact goes to a person who got another contact before (campaign list, last on ";
    for arguments in [&["list (2).csv", "--dry-run"][..], &["list (2).csv"]] {
        let ran = send(&desk, &service, arguments);
        assert_eq!((ran.code, ran.count("suppressed")), (0, 2), "{ran:?}");
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    assert_eq!(names(&service)[3..], ["Варвара Петров"]);
    for arguments in [
        &["list (2).csv"][..],
        &["list (2).csv", "--again"],
        &["list.csv"],
    ] {
        let ran = send(&desk, &service, arguments);
        assert!(!ran.stderr.contains("another contact"), "{}", ran.stderr);
    }
}

/// The files of the desk and what they hold, without those that SQLite keeps for readers.
fn state(desk: &Desk) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for folder in [desk.path("."), desk.path("state")] {
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_file() && !name.ends_with("-shm") && !name.ends_with("-wal") {
                files.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn results_on_a_machine_that_knows_nothing_of_them_send_nothing_again() {
    let (old, service) = sent();
    old.write("list.csv", people(&["Анна", "Борис", "Вера", "Глеб"]));
    let ran = send(&old, &service, &["list.csv", "--dry-run"]);
    assert_eq!(ran.count("pending"), 1, "{ran:?}");
    let results = old.read("list-results.csv");
    for name in ["list-results.csv", "people.csv"] {
        for options in [&[][..], &["--campaign", "list"], &["--dry-run"]] {
            let new = Desk::new();
            new.write(name, &results);
            let ran = new.run_to(&service, &[&["send", name], options].concat());
            assert_eq!((ran.code, service.sends().len()), (3, 3), "{ran:?}");
            let words = format!("3 rows of {name}");
            assert!(ran.stderr.contains(&words), "{ran:?}");
            assert!(ran.stderr.contains("list.ledger"), "{ran:?}");
            let left = fs::read_dir(new.folder.path()).unwrap().flatten();
            let mut ledgers =
                left.filter(|file| file.path().extension() == Some("ledger".as_ref()));
            assert!(ledgers.next().is_none(), "the list can be given again");
        }
    }
    // Nor does it know of them if it has sent something else.
    let new = Desk::new();
    new.write("other.csv", people(&["Дина"]));
    assert_eq!(send(&new, &service, &["other.csv"]).code, 0);
    new.write("people.csv", &results);
    let ran = new.run_to(&service, &["send", "people.csv"]);
    assert_eq!((ran.code, service.sends().len()), (3, 4), "{ran:?}");
    // A simulation harms nobody, and what was only simulated may be sent.
    let new = Desk::new();
    new.write("people.csv", &results);
    let ran = new.run_to(&service, &["send", "people.csv", "--simulate"]);
    assert_eq!((ran.code, service.sends().len()), (0, 4), "{ran:?}");
    let ran = new.run_to(
        &service,
        &["send", "people-simulated-results.csv", "--limit", "1"],
    );
    assert_eq!((ran.code, service.sends().len()), (0, 5), "{ran:?}");
    // With the ledger, or if the user wants it.
    let new = Desk::new();
    new.write("list-results.csv", &results);
    fs::copy(old.path("list.ledger"), new.path("list.ledger")).unwrap();
    let ran = send(&new, &service, &["list-results.csv"]);
    assert_eq!((ran.code, service.sends().len()), (0, 5), "{ran:?}");
    let new = Desk::new();
    new.write("people.csv", &results);
    let ran = send(&new, &service, &["people.csv", "--again", "--limit", "2"]);
    assert_eq!((ran.code, service.sends().len()), (0, 7), "{ran:?}");
    let ran = send(&new, &service, &["people.csv"]);
    assert_eq!((ran.code, service.sends().len()), (0, 8), "{ran:?}");
}

#[test]
fn results_as_a_list_and_a_lost_ledger_send_nothing_again() {
    let (desk, service) = sent();
    let ran = send(&desk, &service, &["list-results.csv"]);
    assert_eq!((ran.code, service.sends().len()), (0, 3), "{ran:?}");
    // Beside a ledger of another name the results are a campaign of their own.
    let ran = send(&desk, &service, &["list-results.csv", "--campaign", "new"]);
    assert_eq!((ran.code, ran.count("suppressed")), (0, 3), "{ran:?}");
    for file in fs::read_dir(desk.folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.to_string_lossy().contains(".ledger") {
            fs::remove_file(path).unwrap();
        }
    }
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!((ran.code, ran.count("suppressed")), (0, 3), "{ran:?}");
    assert_eq!(service.sends().len(), 3);
}

#[test]
fn what_may_have_arrived_counts_and_what_was_refused_does_not() {
    let desk = Desk::new();
    let service = Service::start(|number, request| match number {
        0 if request.is_send() => Reply::Close,
        1 if request.is_send() => refused(400, "bad request data"),
        _ if request.is_send() => accepted(number),
        _ => authorized(),
    });
    desk.write("list.csv", people(&["Анна", "Борис"]));
    let once = ["--no-reconcile", "--concurrency", "1"];
    let ran = send(&desk, &service, &[&["list.csv"], &once[..]].concat());
    assert_eq!(
        (ran.code, ran.count("unknown"), ran.count("failed")),
        (6, 1, 1),
        "{ran:?}"
    );
    fs::copy(desk.path("list.csv"), desk.path("copy.csv")).unwrap();
    let ran = send(&desk, &service, &["copy.csv"]);
    assert_eq!(
        (ran.code, ran.count("suppressed"), ran.count("accepted")),
        (0, 1, 1),
        "{ran:?}"
    );
    assert_eq!(names(&service)[2..], ["Борис Петров"]);
}

#[test]
fn a_request_that_was_not_taken_does_not_hide_what_another_campaign_sent_before_it() {
    let desk = Desk::new();
    let throttles = Arc::new(AtomicBool::new(false));
    let is_throttling = Arc::clone(&throttles);
    let service = Service::start(move |number, request| match request.is_send() {
        true if is_throttling.load(Ordering::SeqCst) => refused(429, "too many requests"),
        true => accepted(number),
        false => authorized(),
    });
    desk.write("list.csv", people(&["Анна", "Борис", "Вера"]));
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!(ran.count("accepted"), 3, "{ran:?}");
    fs::copy(desk.path("list.csv"), desk.path("copy.csv")).unwrap();

    // The copy is to be sent again, and the service takes nothing.
    throttles.store(true, Ordering::SeqCst);
    let ran = send(
        &desk,
        &service,
        &["copy.csv", "--again", "--retry-for", "1s"],
    );
    assert_eq!(ran.count("pending"), 3, "{ran:?}");
    throttles.store(false, Ordering::SeqCst);

    // Each run decides anew, also about rows that were tried.
    let before = service.sends().len();
    let ran = send(&desk, &service, &["copy.csv"]);
    assert_eq!(
        (ran.code, ran.count("suppressed"), ran.count("accepted")),
        (0, 3, 0),
        "{ran:?}"
    );
    assert_eq!(service.sends().len(), before);
    let ran = send(&desk, &service, &["copy.csv", "--again"]);
    assert_eq!(ran.count("accepted"), 3, "{ran:?}");
}

/// A desk with the instances `one` and `two` of this service.
fn two_instances(service: &Service) -> Desk {
    let desk = Desk::new();
    desk.settings(format!(
        "api-url = \"{}\"\n[instances.one]\nid-instance = \"{ID}\"\ntoken-file = \"token\"\n\
         [instances.two]\nid-instance = \"1101000002\"\ntoken-file = \"token\"\n",
        service.url()
    ));
    desk.write_private("token", TOKEN);
    desk
}

#[test]
fn what_an_instance_of_the_campaign_sent_before_counts_also_for_a_run_without_it() {
    let service = Service::accepting();
    let desk = two_instances(&service);
    desk.write("list.csv", people(&["Анна", "Борис", "Вера"]));
    fs::copy(desk.path("list.csv"), desk.path("copy.csv")).unwrap();
    let send = |arguments: &[&str]| {
        let ran = desk.run(&[&["send"], arguments, &["--json"]].concat());
        ran.adds_up();
        ran
    };
    let ran = send(&["list.csv", "--instance", "one"]);
    assert_eq!(ran.count("accepted"), 3, "{ran:?}");
    let both = ["copy.csv", "--instance", "one", "--instance", "two"];
    assert_eq!(send(&both).count("suppressed"), 3);
    for more in [&["--dry-run"][..], &[]] {
        let ran = send(&[&["copy.csv", "--instance", "two"], more].concat());
        assert_eq!(
            (ran.count("suppressed"), service.sends().len()),
            (3, 3),
            "{ran:?}"
        );
    }
}

#[test]
fn an_instance_that_refused_does_not_hide_what_another_instance_sent_before() {
    let service = Service::start(|number, request| match request.is_send() {
        true if request.path.contains("1101000002") => refused(401, ""),
        true => accepted(number),
        false => authorized(),
    });
    let desk = two_instances(&service);
    desk.write("list.csv", people(&["Анна", "Борис", "Вера"]));
    fs::copy(desk.path("list.csv"), desk.path("copy.csv")).unwrap();
    let send = |arguments: &[&str]| {
        let ran = desk.run(&[&["send"], arguments, &["--json"]].concat());
        ran.adds_up();
        ran
    };
    let ran = send(&["list.csv", "--instance", "one"]);
    assert_eq!(ran.count("accepted"), 3, "{ran:?}");
    let ran = send(&["copy.csv", "--instance", "two"]);
    assert_eq!((ran.code, ran.count("pending")), (7, 3), "{ran:?}");
    let before = service.sends().len();
    let ran = send(&["copy.csv", "--instance", "one", "--instance", "two"]);
    assert_eq!(
        (ran.count("suppressed"), service.sends().len() - before),
        (3, 0),
        "{ran:?}"
    );
}

#[test]
fn a_contact_is_remembered_for_a_year_or_as_long_as_one_says() {
    const DAY: i64 = 24 * 60 * 60;
    let (desk, service) = sent();
    for (name, days, more, again) in [
        ("a", 364, &[][..], 0),
        ("b", 8, &["--remember", "7d"], 3),
        ("c", 20, &["--remember", "30d"], 0),
        ("d", 374 + 8, &[], 3),
    ] {
        service.set_clock(Some(days * DAY));
        let list = format!("{name}.csv");
        fs::copy(desk.path("list.csv"), desk.path(&list)).unwrap();
        let before = service.sends().len();
        let ran = send(&desk, &service, &[&[list.as_str()], more].concat());
        assert_eq!(service.sends().len() - before, again, "{name}: {ran:?}");
    }
}

#[test]
fn all_instances_of_a_run_remember() {
    let (desk, service) = sent();
    desk.settings(format!(
        "api-url = \"{}\"\n[instances.old]\nid-instance = \"{ID}\"\ntoken-file = \"token\"\n\
         [instances.new]\nid-instance = \"1101000002\"\ntoken-file = \"token\"\n",
        service.url()
    ));
    desk.write_private("token", TOKEN);
    desk.write(
        "copy.csv",
        people(&["Анна", "Борис", "Вера", "Глеб", "Дина"]),
    );
    let arguments = [
        "send",
        "copy.csv",
        "--json",
        "--instance",
        "new",
        "--instance",
        "old",
    ];
    let ran = desk.run(&arguments);
    ran.adds_up();
    assert_eq!(
        (ran.code, ran.count("suppressed"), ran.count("accepted")),
        (0, 3, 2),
        "{ran:?}"
    );
    assert_eq!(service.sends().len(), 5);
}

#[cfg(unix)] // Elsewhere nobody can remove a file that is open.
#[test]
fn a_run_ends_when_its_send_history_is_removed_and_what_it_sent_goes_to_nobody_again() {
    let desk = Desk::new();
    let state = desk.path("state");
    let service = Service::start(move |number, request| {
        if !request.is_send() {
            return authorized();
        }
        if number == 10 {
            fs::remove_dir_all(&state).unwrap();
        }
        accepted(number)
    });
    let rows = 60;
    desk.write("list.csv", table(rows));
    fs::copy(desk.path("list.csv"), desk.path("copy.csv")).unwrap();
    let ran = send(&desk, &service, &["list.csv", "--rate", "20"]);
    let sent = service.sends().len();
    assert_eq!(
        (ran.code, ran.count("accepted")),
        (1, sent as u64),
        "{ran:?}"
    );
    assert!(sent < rows, "{ran:?}");
    assert!(ran.stderr.contains("removed or replaced"), "{ran:?}");
    let ran = send(&desk, &service, &["copy.csv", "--rate", "1000"]);
    assert_eq!(
        (ran.code, ran.count("suppressed"), service.sends().len()),
        (0, sent as u64, rows),
        "{ran:?}"
    );
}

#[test]
fn a_send_history_that_is_gone_is_reported() {
    let (desk, service) = sent();
    fs::remove_dir_all(desk.path("state")).unwrap();
    desk.write("list.csv", people(&["Анна", "Борис", "Вера", "Глеб"]));
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 4), "{ran:?}");
    assert!(
        ran.stderr.contains("send history") && ran.stderr.contains("missing"),
        "{}",
        ran.stderr
    );
    let ran = send(&desk, &service, &["list.csv"]);
    assert!(!ran.stderr.contains("missing"), "once: {}", ran.stderr);
}

#[test]
fn a_corrected_name_is_shown_and_not_sent_unless_that_is_wanted() {
    let (desk, service) = sent();
    desk.write("list.csv", people(&["Анна", "Борис", "Веруня"]));
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!(
        (ran.code, ran.count("suppressed"), ran.count("accepted")),
        (0, 1, 3),
        "{ran:?}"
    );
    assert_eq!(service.sends().len(), 3);
    assert!(
        ran.stderr.contains("changed") && ran.stderr.contains("--resend-changed"),
        "{}",
        ran.stderr
    );
    let results = "list-results.csv";
    let row = desk
        .column(results, "firstName")
        .iter()
        .position(|name| name == "Веруня")
        .unwrap();
    assert_eq!(desk.column(results, "error")[row], "changed");
    assert!(
        desk.column(results, "explanation")[row].contains("Вера"),
        "the spelling that was sent is named"
    );
    let again = send(&desk, &service, &["list.csv"]);
    assert_eq!((again.code, service.sends().len()), (0, 3), "{again:?}");
    let ran = send(&desk, &service, &["list.csv", "--resend-changed"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 4), "{ran:?}");
    assert_eq!(names(&service)[3..], ["Веруня Петров"]);
}

#[test]
fn a_name_that_is_corrected_back_leaves_nothing_behind() {
    let (desk, service) = sent();
    desk.write("list.csv", people(&["Анна", "Борис", "Веруня"]));
    send(&desk, &service, &["list.csv"]);
    desk.write("list.csv", people(&["Анна", "Борис", "Вера"]));
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!(
        (ran.code, ran.count("rows"), ran.count("accepted")),
        (0, 3, 3),
        "{ran:?}"
    );
    assert_eq!(service.sends().len(), 3);
}

#[test]
fn another_number_or_two_names_in_one_list_are_no_corrected_names() {
    let (desk, service) = sent();
    desk.write(
        "list.csv",
        people(&["Анна", "Борис", "Вера"])
            + "79001234500,79160000001,Анна,Петров\n79001234501,79160000000,Отдел,Продаж\n",
    );
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 5), "{ran:?}");
}

#[test]
fn a_changed_word_on_every_contact_goes_to_nobody_again() {
    let (desk, service) = sent();
    let text = desk.read("list.csv").replace("Петров", "Петров-Водкин");
    desk.write("list.csv", text);
    let ran = send(&desk, &service, &["list.csv", "--dry-run"]);
    assert_eq!(
        (ran.count("suppressed"), ran.count("pending")),
        (3, 0),
        "{ran:?}"
    );
    let ran = send(&desk, &service, &["list.csv"]);
    assert_eq!(
        (ran.code, ran.count("suppressed"), service.sends().len()),
        (0, 3, 3),
        "{ran:?}"
    );
}

#[test]
fn a_dry_run_tells_what_the_run_would_do() {
    let (desk, service) = sent();
    let asked = service.received().len();
    let before = state(&desk);
    let ran = send(&desk, &service, &["list.csv", "--dry-run"]);
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("pending")),
        (0, 3, 0),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("Nothing was sent"), "{}", ran.stderr);
    desk.write("list.csv", people(&["Анна", "Борис", "Вера", "Глеб", ""]));
    let ran = send(
        &desk,
        &service,
        &["list.csv", "--dry-run", "--daily-cap", "3"],
    );
    assert_eq!(
        (ran.count("accepted"), ran.count("pending")),
        (3, 2),
        "{ran:?}"
    );
    assert!(
        ran.stderr.contains("Finish") && !ran.stderr.contains("1 second"),
        "the cap of today is used up: {}",
        ran.stderr
    );
    let ours = |files: Vec<(String, Vec<u8>)>| -> Vec<_> {
        files
            .into_iter()
            .filter(|(name, _)| name != "list.csv")
            .collect()
    };
    assert_eq!(
        ours(state(&desk)),
        ours(before),
        "a dry run changes no file"
    );
    assert_eq!(service.received().len(), asked, "and asks nobody");
}

#[test]
fn a_dry_run_needs_no_account_and_no_token() {
    let (desk, _service) = sent();
    let ran = desk.run(&["send", "list.csv", "--dry-run", "--json"]);
    ran.adds_up();
    assert_eq!((ran.code, ran.count("accepted")), (0, 3), "{ran:?}");
    desk.write("new.csv", people(&["Глеб"]) + "oops,79160000000,Дина,\n");
    let ran = desk.run(&["send", "new.csv", "--dry-run", "--json"]);
    ran.adds_up();
    assert_eq!(
        (ran.code, ran.count("pending"), ran.count("invalid")),
        (4, 1, 1),
        "{ran:?}"
    );
    assert!(!desk.path("new.ledger").exists());
}

#[test]
fn a_check_beside_a_ledger_tells_what_is_sent_already() {
    let (desk, service) = sent();
    desk.write("list.csv", people(&["Анна", "Борис", "Вера", "Глеб"]));
    let before = service.received().len();
    let ran = desk.run_to(&service, &["check", "list.csv"]);
    assert_eq!((ran.code, service.received().len()), (0, before), "{ran:?}");
    assert!(
        ran.stdout.contains("3 accepted") && ran.stdout.contains("1 pending"),
        "{}",
        ran.stdout
    );
}

#[test]
fn of_several_instances_the_one_that_sent_last_counts() {
    const DAY: i64 = 24 * 60 * 60;
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.settings(format!(
        "api-url = \"{}\"\n[instances.old]\nid-instance = \"{ID}\"\ntoken-file = \"token\"\n\
         [instances.new]\nid-instance = \"1101000002\"\ntoken-file = \"token\"\n",
        service.url()
    ));
    desk.write_private("token", TOKEN);
    for (list, instance, days) in [("a", "old", 0), ("b", "new", 400)] {
        service.set_clock(Some(days * DAY));
        let list = format!("{list}.csv");
        desk.write(&list, people(&["Анна"]));
        let ran = desk.run(&["send", &list, "--instance", instance]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    assert_eq!(
        service.sends().len(),
        2,
        "the first is more than a year ago"
    );
    for order in [["old", "new"], ["new", "old"]] {
        let list = format!("{}.csv", order.concat());
        desk.write(&list, people(&["Анна"]));
        let ran = desk.run(&[
            "send",
            &list,
            "--json",
            "--instance",
            order[0],
            "--instance",
            order[1],
        ]);
        assert_eq!(
            (ran.code, ran.count("suppressed")),
            (0, 1),
            "{order:?} {ran:?}"
        );
    }
    assert_eq!(service.sends().len(), 2);
}

/// A list of other contacts: for two people who had one of `list.csv`, and two for somebody who had none.
fn others() -> String {
    let contacts = [("00", 1), ("01", 1), ("09", 1), ("09", 2)];
    let lines =
        contacts.map(|(person, contact)| format!("790012345{person},7916000000{contact},Отдел,\n"));
    HEADINGS.to_owned() + &lines.concat()
}

const RECENT: [&str; 3] = ["other.csv", "--not-again-within", "30d"];

#[test]
fn whoever_another_campaign_wrote_to_a_short_time_ago_gets_nothing_until_the_time_is_over() {
    const DAY: i64 = 24 * 60 * 60;
    let (desk, service) = sent();
    desk.write("other.csv", others());
    let planned = send(&desk, &service, &[&RECENT[..], &["--dry-run"]].concat());
    assert_eq!(
        (planned.count("suppressed"), planned.count("pending")),
        (2, 2),
        "{planned:?}"
    );
    let ran = send(&desk, &service, &RECENT);
    assert_eq!(
        (ran.code, ran.count("suppressed"), ran.count("accepted")),
        (0, 2, 2),
        "contacts of the same campaign do not count: {ran:?}"
    );
    for ran in [&planned, &ran] {
        for words in [
            "2 contacts are to people who got a contact recently",
            "campaign list",
        ] {
            assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
        }
    }
    let codes = || desk.column("other-results.csv", "error");
    assert_eq!(codes(), ["written_recently", "written_recently", "", ""]);
    for (language, words) in [
        (
            "en",
            "in the campaign \"\"list\"\", which --not-again-within",
        ),
        ("ru", "в кампании «list», для --not-again-within"),
    ] {
        let ran = desk.run(&["report", "other", "--locale", language]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let text = desk.read("other-results.csv");
        assert_eq!(text.matches(words).count(), 2, "{text}");
    }
    let ran = send(&desk, &service, &[&RECENT[..], &["--again"]].concat());
    assert_eq!((ran.count("suppressed"), service.sends().len()), (2, 5));
    for (days, suppressed) in [(29, 2), (31, 0)] {
        service.set_clock(Some(days * DAY));
        let ran = send(&desk, &service, &RECENT);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(ran.count("suppressed"), suppressed, "{days}: {ran:?}");
    }
    assert_eq!(service.sends().len(), 7);
    assert_eq!(codes(), [""; 4]);
}

#[test]
fn a_run_without_the_time_sends_what_one_with_it_left_out() {
    let (desk, service) = sent();
    desk.write("other.csv", others());
    assert_eq!(send(&desk, &service, &RECENT).count("suppressed"), 2);
    let off = ["other.csv", "--not-again-within", "0d", "--dry-run"];
    for arguments in [&off[..], &["other.csv"]] {
        let ran = send(&desk, &service, arguments);
        assert_eq!((ran.code, ran.count("suppressed")), (0, 0), "{ran:?}");
    }
    assert_eq!(service.sends().len(), 7);
}

#[test]
fn the_same_contact_is_named_as_such_and_only_again_makes_it_one_of_those_written_recently() {
    let (desk, service) = sent();
    fs::copy(desk.path("list.csv"), desk.path("other.csv")).unwrap();
    for (more, code) in [
        (&[][..], "sent_before"),
        (&["--again"], "written_recently"),
        (&["--remember", "0s"], "written_recently"),
    ] {
        let ran = send(&desk, &service, &[&RECENT[..], more].concat());
        assert_eq!((ran.code, ran.count("suppressed")), (0, 3), "{ran:?}");
        assert_eq!(desk.column("other-results.csv", "error"), [code; 3]);
    }
    assert_eq!(service.sends().len(), 3);
}

#[test]
fn what_another_instance_wrote_or_what_was_refused_is_not_recent() {
    let desk = Desk::new();
    let service = Service::start(|number, request| match number {
        0 if request.is_send() => refused(400, "bad request data"),
        _ if request.is_send() => accepted(number),
        _ => authorized(),
    });
    desk.write("list.csv", people(&["Анна", "Борис", "Вера"]));
    let ran = send(&desk, &service, &["list.csv", "--concurrency", "1"]);
    assert_eq!(ran.count("failed"), 1, "{ran:?}");
    desk.write("other.csv", others());
    let other = [&RECENT[..], &["--id-instance", "1101000002"]].concat();
    let ran = send(&desk, &service, &[&other[..], &["--dry-run"]].concat());
    assert_eq!(ran.count("suppressed"), 0, "{ran:?}");
    let ran = send(&desk, &service, &RECENT);
    assert_eq!(
        (ran.code, ran.count("suppressed"), ran.count("accepted")),
        (0, 1, 3),
        "{ran:?}"
    );
}

#[test]
fn a_person_with_two_chat_ids_was_written_to_whichever_was_used() {
    let (desk, service) = (Desk::new(), Service::accepting());
    let list = |number: &str, contact: u8| {
        format!("{HEADINGS}{number},7916000000{contact},Анна,Петрова\n")
    };
    desk.write("list.csv", list("525512345678", 1));
    assert_eq!(
        send(&desk, &service, &["list.csv", "--number-lengths", "any"]).code,
        0
    );
    desk.write("other.csv", list("5215512345678", 2));
    let arguments = [&RECENT[..], &["--number-lengths", "any"]].concat();
    let ran = send(&desk, &service, &arguments);
    assert_eq!((ran.code, ran.count("suppressed")), (0, 1), "{ran:?}");
}

#[test]
fn of_several_instances_each_that_wrote_recently_counts() {
    let (desk, service) = sent();
    desk.settings(format!(
        "api-url = \"{}\"\nnot-again-within = \"30d\"\n\
         [instances.old]\nid-instance = \"{ID}\"\ntoken-file = \"token\"\n\
         [instances.new]\nid-instance = \"1101000002\"\ntoken-file = \"token\"\n",
        service.url()
    ));
    desk.write_private("token", TOKEN);
    desk.write("other.csv", others());
    let arguments = ["--instance", "new", "--instance", "old", "--json"];
    let ran = desk.run(&[&["send", "other.csv"], &arguments[..]].concat());
    ran.adds_up();
    assert_eq!(
        (ran.code, ran.count("suppressed"), ran.count("accepted")),
        (0, 2, 2),
        "{ran:?}"
    );
}
