//! Checks of numbers before their contacts (`--check-recipients unknown`): each number once, immediately before its
//! contact, whatever happens in between.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    collections::HashMap,
    env,
    fmt::Write as _,
    process::Stdio,
    time::{Duration, Instant},
};

use stand_in::{
    Accounts, Cluster, Commit, Desk, Machine, Proxy, Ran, Reply, Service, accepted, ended,
};

const FIRST: u64 = 79_000_000_000;

/// A list of this many people, each of whom gets a contact of this name.
fn list(rows: u64, name: &str) -> String {
    let mut text = "phoneNumber,phoneContact,firstName\n".to_owned();
    for row in 0..rows {
        writeln!(text, "{},79160000000,{name}", FIRST + row).unwrap();
    }
    text
}

/// A service where every tenth number has no account.
fn service(rows: u64) -> Service {
    let missing = (0..rows).filter(|row| row % 10 == 3);
    let accounts = missing.fold(Accounts::default(), |accounts, row| {
        accounts.missing(FIRST + row)
    });
    of(accounts)
}

fn of(accounts: Accounts) -> Service {
    Service::with_accounts(accounts, |number, _| accepted(number))
}

const CHECK: [&str; 2] = ["--check-recipients", "unknown"];

fn send(desk: &Desk, service: &Service, arguments: &[&str]) -> Ran {
    let ran = desk.run_to(service, &[&["send"], arguments, &["--json"]].concat());
    ran.adds_up();
    ran
}

fn nobody_twice(service: &Service) {
    let mut checked = HashMap::new();
    for check in service.checks() {
        *checked.entry(check.number).or_insert(0) += 1;
    }
    assert!(checked.values().all(|times| *times == 1), "{checked:?}");
    let times = service.times();
    assert!(times.values().all(|times| *times == 1), "{times:?}");
}

/// How many seconds a number waited between its check and its contact at most.
fn longest_wait(service: &Service) -> Duration {
    let checks: HashMap<_, _> = service
        .checks()
        .into_iter()
        .map(|check| (format!("{}@c.us", check.number), check.at))
        .collect();
    let waits = service
        .sends()
        .into_iter()
        .map(|send| send.at - checks[&send.chat()]);
    waits.max().unwrap()
}

#[test]
fn each_unknown_number_is_checked_once_immediately_before_its_contact_and_remembered_by_all_campaigns()
 {
    // A thousand take two minutes.
    let rows = env::var("ROWS").map_or(60, |rows| rows.parse().unwrap());
    let missing = rows / 10;
    let (desk, service) = (Desk::new(), service(rows));
    desk.write("list.csv", list(rows, "Анна"));
    let ran = send(&desk, &service, &[&["list.csv"], &CHECK[..]].concat());
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("failed")),
        (4, rows - missing, missing),
        "{ran:?}"
    );
    nobody_twice(&service);
    assert_eq!(service.checks().len() as u64, rows);
    assert_eq!(service.sends().len() as u64, rows - missing);
    assert!(
        longest_wait(&service) < Duration::from_secs(1),
        "{:?}",
        longest_wait(&service)
    );
    let at: Vec<_> = service.checks().into_iter().map(|check| check.at).collect();
    let second = Duration::from_secs(1);
    assert!(
        at.windows(11)
            .all(|window| window[10] - window[0] >= second)
    );

    assert_eq!(desk.column("list-results.csv", "error")[3], "no_account");
    let explained = &desk.column("list-results.csv", "explanation")[3];
    assert!(explained.contains("no WhatsApp"), "{explained}");

    desk.write("other.csv", list(rows, "Борис"));
    let ran = send(&desk, &service, &[&["other.csv"], &CHECK[..]].concat());
    assert_eq!(
        (ran.count("accepted"), ran.count("failed")),
        (rows - missing, missing),
        "{ran:?}"
    );
    assert_eq!(
        service.checks().len() as u64,
        rows,
        "the second campaign checks nobody"
    );
    let sends = service.sends();
    assert_eq!(sends.len() as u64, 2 * (rows - missing));
    println!(
        "second campaign: {} contacts in {:?}",
        rows - missing,
        sends[sends.len() - 1].at - sends[sends.len() / 2].at
    );
}

#[test]
fn a_budget_of_twelve_is_twelve_checks_and_is_told_once() {
    let (desk, service) = (Desk::new(), service(0));
    desk.write("list.csv", list(40, "Анна"));
    let budget = ["list.csv", "--check-budget", "12"];
    let plan = desk.run_to(
        &service,
        &[&["send", "--dry-run"], &budget[..], &CHECK].concat(),
    );
    assert!(
        plan.stderr.contains("12 numbers are checked before"),
        "{plan:?}"
    );
    assert_eq!(service.checks().len(), 0);
    let ran = send(
        &desk,
        &service,
        &[&budget[..], &CHECK, &["--if-unknown", "hold"]].concat(),
    );
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("pending")),
        (5, 12, 28),
        "{ran:?}"
    );
    assert_eq!(ran.json()["stopped"]["code"], "unchecked");
    assert_eq!(
        ran.stderr.matches("used up (--check-budget 12)").count(),
        1,
        "{ran:?}"
    );
    let ran = send(&desk, &service, &[&budget[..], &CHECK].concat());
    assert_eq!((ran.code, ran.count("accepted")), (0, 40), "{ran:?}");
    assert_eq!(service.checks().len(), 12);
    nobody_twice(&service);
}

#[test]
fn a_quota_of_the_service_and_answers_that_tell_nothing_lose_no_row() {
    let accounts = (0..5).fold(Accounts::default().quota(12), |accounts, row| {
        accounts.unclear(FIRST + 2 * row)
    });
    let (desk, service) = (Desk::new(), of(accounts));
    desk.write("list.csv", list(40, "Анна"));
    let ran = send(&desk, &service, &[&["list.csv"], &CHECK[..]].concat());
    assert_eq!((ran.code, ran.count("accepted")), (0, 40), "{ran:?}");
    assert_eq!(
        ran.stderr.matches("checks no more numbers").count(),
        1,
        "{ran:?}"
    );
    nobody_twice(&service);
    desk.holds_no_token();
}

#[test]
fn nobody_is_checked_or_sent_to_twice_wherever_the_program_dies() {
    let points = [
        "before_commit",
        "between_commits",
        "after_commit",
        "before_check",
        "after_check",
        "before_request",
        "after_answer",
    ];
    stand_in::each(&points, 4, |point| {
        let (desk, service) = (Desk::new(), service(30));
        desk.write("list.csv", list(30, "Анна"));
        let arguments = [
            &["send", "list.csv", "--json", "--no-reconcile"],
            &CHECK[..],
        ]
        .concat();
        for times in [1, 2, 5] {
            let mut command = desk.to(&service, &arguments);
            command.env("SENDCONTACT_CRASH_AT", format!("{point}:{times}"));
            let died = command.output().unwrap();
            assert_eq!(
                died.status.code(),
                None,
                "{point}:{times} was never reached"
            );
        }
        let ran = send(
            &desk,
            &service,
            &arguments[1..4]
                .iter()
                .copied()
                .filter(|word| *word != "--json")
                .chain(CHECK)
                .collect::<Vec<_>>(),
        );
        assert_eq!(ran.count("pending"), 0, "{point}: {ran:?}");
        nobody_twice(&service);
        assert!(ran.count("unknown") <= 3 * 16, "{point}: {ran:?}");
        assert_eq!(
            ran.count("failed") + ran.count("accepted") + ran.count("unknown"),
            30,
            "{point}: {ran:?}"
        );
    });
}

#[test]
fn machines_that_share_a_database_check_nobody_twice() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = service(40);
    let one = Machine::new(&cluster, &service, &["a"]);
    let other = Machine::new(&cluster, &service, &["b"]);
    one.desk.write("list.csv", list(40, "Анна"));
    let first = one.start(
        &[
            &["send", "list.csv", "--instance", "a", "--json"],
            &CHECK[..],
        ]
        .concat(),
    );
    service.wait_for(1);
    let second = other.start(
        &[
            &["send", "--campaign", "list", "--instance", "b", "--json"],
            &CHECK[..],
        ]
        .concat(),
    );
    for child in [first, second] {
        let ran = ended(child);
        assert!([0, 4].contains(&ran.code), "{ran:?}");
    }
    let ran = one.run(&["status", "list", "--json"]);
    assert!(
        ran.stdout.contains("\"accepted\":36") || ran.stdout.contains("\"accepted\": 36"),
        "{ran:?}"
    );
    nobody_twice(&service);
    assert_eq!(service.checks().len(), 40);
}

#[test]
fn a_memory_in_which_nothing_stays_is_refused() {
    let (desk, service) = (Desk::new(), service(2));
    desk.write("list.csv", list(2, "Анна"));
    for memory in ["0d", "0", "1s", "59m"] {
        let arguments = ["send", "list.csv", "--check-memory", memory];
        let ran = desk.run_to(&service, &[&arguments[..], &CHECK].concat());
        assert_eq!(
            (ran.code, service.checks().len()),
            (2, 0),
            "{memory}: {ran:?}"
        );
        assert!(ran.stderr.contains("again and again"), "{ran:?}");
    }
}

/// A batch that is not recorded is read again; who is being checked then is no stranger.
#[test]
fn a_database_that_is_cut_while_numbers_are_checked_sends_to_nobody_before_the_answer() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let rows = 30;
    let accounts = (0..rows).fold(Accounts::default(), |accounts, row| {
        accounts.missing(FIRST + row)
    });
    let service = Service::start(move |number, request| {
        let answer = accounts.answer(number, request);
        let answer = answer.unwrap_or_else(|| accepted(number));
        if request.path.contains("/checkWhatsapp/") {
            return Reply::Late(Duration::from_millis(400), Box::new(answer));
        }
        answer
    });
    let proxy = Proxy::to(cluster.port());
    let machine = Machine::new(&cluster, &service, &["a"]).over(&proxy);
    machine.desk.write("list.csv", list(rows, "Анна"));
    let arguments = [
        &["send", "list.csv", "--instance", "a", "--json"],
        &CHECK[..],
    ]
    .concat();
    let worker = machine.start(&arguments);
    for checked in [2, 8, 14, 20] {
        service.wait_for_requests(checked, |request| request.path.contains("/checkWhatsapp/"));
        proxy.next_commit(Commit::Lost);
    }
    let ran = ended(worker);
    assert_eq!(proxy.lost(), 4);
    assert_eq!(service.sends().len(), 0, "{ran:?}");
    // Nothing was refused, for nothing was sent.
    assert_eq!((ran.code, ran.count("failed")), (4, rows), "{ran:?}");
    assert_eq!(ran.json().get("stopped"), None, "{ran:?}");
    nobody_twice(&service);
}

/// How many numbers two runs of one instance check at most within a second.
fn most_checks_of_two() -> usize {
    let (desk, service) = (Desk::new(), service(0));
    desk.write("one.csv", list(15, "Анна"));
    desk.write("two.csv", list(15, "Борис").replace("7900000", "7901000"));
    let runs = ["one.csv", "two.csv"].map(|list| {
        let arguments = [&["send", list, "--json"], &CHECK[..]].concat();
        let mut command = desk.to(&service, &arguments);
        command.stdout(Stdio::piped()).spawn().unwrap()
    });
    for run in runs {
        let ran = Ran::of(run.wait_with_output().unwrap());
        assert_eq!((ran.code, ran.count("accepted")), (0, 15), "{ran:?}");
    }
    let checks = service.asked("checkWhatsapp");
    assert_eq!(checks.len(), 30);
    let within_a_second = |first: &Instant| {
        let is_within = |at: &&Instant| (*first..*first + Duration::from_secs(1)).contains(*at);
        checks.iter().filter(is_within).count()
    };
    checks.iter().map(within_a_second).max().unwrap()
}

#[test]
fn two_runs_of_one_instance_check_no_more_than_ten_numbers_a_second_together() {
    // A busy machine may hold requests up after they have left.
    let mut seen = Vec::new();
    let is_kept = (0..3).any(|_| {
        seen.push(most_checks_of_two());
        seen.last() <= Some(&10)
    });
    assert!(is_kept, "{seen:?}");
}
