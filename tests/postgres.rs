//! Several machines share a campaign in a PostgreSQL database: nobody gets a contact twice and no row is lost, whatever
//! dies.

use std::{
    collections::BTreeSet,
    process::Stdio,
    sync::{Mutex, mpsc},
    time::Duration,
};

use stand_in::{Cluster, Desk, Machine, Ran, Received, Service, ended, instance_id, signal, table};

#[test]
fn a_campaign_in_a_database_is_sent_reported_and_continued_like_one_in_a_file() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let one = Machine::new(&cluster, &service, &["a"]);
    one.desk.write("list.csv", table(5));
    let ran = one.run(&[
        "send",
        "list.csv",
        "--instance",
        "a",
        "--json",
        "--limit",
        "2",
    ]);
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("pending")),
        (0, 2, 3),
        "{ran:?}"
    );
    assert!(!one.desk.path("list.ledger").exists());
    let ran = one.run(&["send", "list.csv", "--instance", "a", "--json"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 5), "{ran:?}");
    ran.adds_up();
    one.nobody_is_written_to_twice();
    assert_eq!(
        one.desk.column("list-results.csv", "status"),
        ["accepted"; 5]
    );

    // Anywhere else, without the list.
    let plan = one.run(&["send", "--campaign", "list", "--instance", "a", "--dry-run"]);
    assert_eq!(plan.code, 0, "{plan:?}");
    assert!(plan.stderr.contains("5 accepted before"), "{plan:?}");
    let two = Machine::new(&cluster, &service, &["a"]);
    let status = two.run(&["status", "list", "--json"]);
    assert_eq!(status.json()["accepted"], 5, "{status:?}");
    assert_eq!(two.run(&["report", "list"]).code, 0);
    assert_eq!(
        two.desk.column("list-results.csv", "status"),
        ["accepted"; 5]
    );
    let listed = two.run(&["status"]);
    assert!(listed.stdout.contains("list"), "{listed:?}");
    let missing = two.run(&["status", "lost"]);
    assert_eq!(missing.code, 2, "{missing:?}");
}

#[test]
fn corrections_in_results_go_into_their_campaign_of_the_database() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let one = Machine::new(&cluster, &service, &["a"]);
    let list = table(3).replace("79000000001,", "7900000000,");
    one.desk.write("list.csv", list);
    let ran = one.run(&["send", "list.csv", "--instance", "a"]);
    assert_eq!((ran.code, service.sends().len()), (4, 2), "{ran:?}");
    // Another machine corrects the whole results, under any name.
    let two = Machine::new(&cluster, &service, &["a"]);
    assert_eq!(two.run(&["report", "list"]).code, 0);
    let corrected = two
        .desk
        .read("list-results.csv")
        .replace("7900000000,", "79000000001,");
    two.desk.write("mine.csv", corrected);
    let ran = two.run(&["send", "mine.csv", "--instance", "a", "--json"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 3), "{ran:?}");
    one.nobody_is_written_to_twice();
    assert_eq!(service.sends().len(), 3);
    let names = cluster.query("SELECT name FROM sendcontact.campaigns");
    assert_eq!(names, "list");
}

#[test]
fn what_a_send_history_in_a_database_has_lost_is_entered_again() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let machine = Machine::new(&cluster, &service, &["a"]);
    let mexican = "525512345678,79001234567,Ana\n";
    machine.desk.write("list.csv", table(5) + mexican);
    let send = || {
        let ran = machine.run(&["send", "list.csv", "--instance", "a", "--json"]);
        assert_eq!((ran.code, ran.count("accepted")), (0, 6), "{ran:?}");
    };
    send();
    let schema = cluster.query("SELECT schemaname FROM pg_tables WHERE tablename = 'book'");
    let sends = || {
        let sql = "SELECT chat, at, card, campaign FROM {}.sends ORDER BY 1, 2, 3";
        cluster.query(&sql.replace("{}", &format!("\"{schema}\"")))
    };
    let all = sends();
    assert_eq!(all.lines().count(), 6);
    let digest = |chat: &str| format!("substr(sha256('{chat}@c.us'), 1, 16)");
    let [today, before] = ["525512345678", "5215512345678"].map(digest);
    let change = |sql: &str| {
        let sql = sql.replace("sends", &format!("\"{schema}\".sends"));
        cluster.query(&sql)
    };
    // As an older version entered it: it is known.
    change(&format!(
        "UPDATE sends SET chat = {before} WHERE chat = {today}"
    ));
    let as_before = sends();
    assert_ne!(as_before, all);
    change(&format!(
        "DELETE FROM sends WHERE chat <> {before} AND chat < '\\x80'"
    ));
    send();
    assert_eq!(sends(), as_before);
    change("DELETE FROM sends");
    send();
    assert_eq!(sends(), all);
    machine.nobody_is_written_to_twice();
}

#[test]
fn each_instance_of_a_process_enters_its_contacts_in_its_own_send_history() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let machine = Machine::new(&cluster, &service, &["a", "b"]);
    machine.desk.write("list.csv", table(30));
    let both = ["--instance", "a", "--instance", "b", "--json"];
    let ran = machine.run(&[&["send", "list.csv"], &both[..]].concat());
    assert_eq!((ran.code, ran.count("accepted")), (0, 30), "{ran:?}");
    let sends = service.sends();
    for name in ["a", "b"] {
        let id = instance_id(name);
        let by_it = sends.iter().filter(|send| send.instance() == id).count();
        let history = cluster.query(&format!(
            "SELECT id FROM sendcontact.histories WHERE name LIKE '%-{id}'"
        ));
        let entries = format!("SELECT count(*) FROM sendcontact_history_{history}.sends");
        assert!(by_it > 0);
        assert_eq!(cluster.query(&entries), by_it.to_string(), "{name}");
    }
    // A copy of the list is another campaign. The history of `a` knows whom `a` wrote to.
    machine.desk.write("copy.csv", table(30));
    let ran = machine.run(&["send", "copy.csv", "--instance", "a", "--json"]);
    let a = instance_id("a");
    let by_a = sends.iter().filter(|send| send.instance() == a).count();
    assert_eq!(ran.count("suppressed"), by_a as u64, "{ran:?}");
    let mut by_instance: Vec<_> = service.sends();
    by_instance.sort_by_key(|send| (send.key(), send.instance()));
    by_instance.dedup_by_key(|send| (send.key(), send.instance()));
    assert_eq!(
        by_instance.len(),
        service.sends().len(),
        "twice by one instance"
    );
}

#[test]
fn a_machine_that_joins_a_paused_campaign_sends_nothing_before_it_is_resumed() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let one = Machine::new(&cluster, &service, &["a"]);
    let two = Machine::new(&cluster, &service, &["b"]);
    one.desk.write("list.csv", table(200));
    let send = ["send", "list.csv", "--instance", "a", "--rate", "5"];
    let first = one.start(&send);
    service.wait_for(1);
    assert_eq!(one.run(&["pause", "list"]).code, 0);
    let second = two.start(&["send", "--campaign", "list", "--instance", "b"]);
    let leases = "SELECT count(*) FROM sendcontact.leases WHERE holder <> ''";
    while cluster.query(leases) != "2" {
        std::thread::yield_now();
    }
    // Its keeper has seen the command once more when it has renewed the lease.
    let renewed = "SELECT count(*) FROM sendcontact.leases WHERE ends - since > interval '1 s' + (
                       SELECT min(ends - since) FROM sendcontact.leases)";
    while cluster.query(renewed) == "0" {
        std::thread::yield_now();
    }
    assert_eq!(one.run(&["cancel", "list"]).code, 0);
    let (first, second) = (ended(first), ended(second));
    let b = instance_id("b");
    let by_b = service
        .sends()
        .iter()
        .filter(|send| send.instance() == b)
        .count();
    assert_eq!(by_b, 0, "{first:?} {second:?}");
}

#[test]
fn a_run_counts_only_what_its_own_instances_have_done() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let b = instance_id("b");
    let service = Service::start(move |number, request| {
        if request.is_send() && request.instance() == b {
            stand_in::refused(400, "Validation failed. phoneContact")
        } else {
            stand_in::accepted(number)
        }
    });
    let one = Machine::new(&cluster, &service, &["a"]);
    let two = Machine::new(&cluster, &service, &["b"]);
    one.desk.write("list.csv", table(100));
    let run = |machine: &Machine<'_>, list: &[&str], name: &str, rest: &[&str]| {
        machine.start(&[&["send"], list, &["--instance", name], rest].concat())
    };
    let limit = ["--limit", "1"];
    assert_eq!(ended(run(&one, &["list.csv"], "a", &limit)).code, 0);
    let first = run(&one, &["list.csv"], "a", &["--rate", "20"]);
    service.wait_for(5);
    let limit = ["--limit", "4", "--rate", "5"];
    let second = ended(run(&two, &["--campaign", "list"], "b", &limit));
    assert_eq!(second.code, 8, "{second:?}");
    assert!(second.stderr.contains("This run  4 failed\n"), "{second:?}");
    assert!(!second.stderr.contains("reconcile"), "{second:?}");
    assert_eq!(one.run(&["cancel", "list"]).code, 0);
    let first = ended(first);
    assert_eq!(first.code, 130, "{first:?}");
    let runs = one.run(&["status", "list", "--runs", "--json"]).json();
    let accepted: u64 = (runs["runs"].as_array().unwrap().iter())
        .map(|run| ["after", "before"].map(|time| run[time]["accepted"].as_u64().unwrap()))
        .map(|[after, before]| after - before)
        .sum();
    let b = instance_id("b");
    let by_a = service
        .sends()
        .iter()
        .filter(|send| send.instance() != b)
        .count();
    assert_eq!(accepted, by_a as u64, "{runs}");
}

#[test]
fn status_names_the_instance_for_which_rows_of_a_database_wait() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let one = Machine::new(&cluster, &service, &["a"]);
    let two = Machine::new(&cluster, &service, &["b"]);
    let row = |row: u64| format!("7900000000{},79001234568,Гость {row}\n", row % 2);
    let rows: String = (0..4).map(row).collect();
    let list = format!("phoneNumber,phoneContact,firstName\n{rows}");
    one.desk.write("list.csv", list);
    let first = one.run(&["send", "list.csv", "--instance", "a", "--limit", "1"]);
    assert_eq!(first.code, 0, "{first:?}");
    // One person has heard from a, the other one is free.
    let second = two.run(&["send", "--campaign", "list", "--instance", "b", "--json"]);
    assert_eq!((second.code, second.count("pending")), (5, 1), "{second:?}");
    let status = |machine: &Machine<'_>| machine.run(&["status", "list"]).stdout;
    for shown in [status(&one), status(&two)] {
        assert!(shown.contains("1 contact waits for a, which"), "{shown}");
        assert!(!shown.contains("sendcontact send"), "{shown}");
    }
    let third = one.run(&["send", "list.csv", "--instance", "a"]);
    assert_eq!(third.code, 0, "{third:?}");
    one.nobody_is_written_to_twice();
}

#[test]
fn a_row_that_another_machine_is_sending_is_unknown_and_needs_no_look_up() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let a = instance_id("a");
    let service = Service::start(move |number, request| {
        if !request.is_send() {
            return stand_in::authorized();
        }
        if request.instance() == a {
            let _released = held.lock().unwrap().recv();
        }
        stand_in::accepted(number)
    });
    let one = Machine::new(&cluster, &service, &["a"]);
    let two = Machine::new(&cluster, &service, &["b"]);
    one.desk.write("list.csv", table(3));
    let first = ["send", "list.csv", "--instance", "a", "--timeout", "1m"];
    let first = one.start(&[&first[..], &["--concurrency", "1"]].concat());
    service.wait_for(1);
    let second = two.run(&["send", "--campaign", "list", "--instance", "b", "--json"]);
    assert_eq!(second.count("unknown"), 1, "{second:?}");
    second.adds_up();
    let plan = "1 unknown so far: another machine is sending it right now";
    assert!(second.stderr.contains(plan), "{second:?}");
    let advice = ["may have arrived", "reconcile", "name it with --instance"];
    assert!(
        !advice.iter().any(|advice| second.stderr.contains(advice)),
        "{second:?}"
    );
    let explained = |told: &str| {
        let statuses = two.desk.column("list-results.csv", "status");
        let explanations = two.desk.column("list-results.csv", "explanation");
        let mut rows = statuses.iter().zip(explanations);
        let (_, unknown) = rows.find(|(status, _)| *status == "unknown").unwrap();
        assert!(unknown.starts_with(told), "{unknown}");
        assert!(!unknown.contains("reconcile"), "{unknown}");
    };
    explained("A machine is sending this contact right now");
    assert_eq!(two.run(&["report", "list", "--lang", "ru"]).code, 0);
    explained("Этот контакт сейчас отправляет одна из машин");
    drop(release);
    let first = ended(first);
    assert_eq!(first.code, 0, "{first:?}");
    let left = two.run(&["status", "list", "--json"]);
    assert_eq!(
        (left.count("accepted"), left.count("unknown")),
        (3, 0),
        "{left:?}"
    );
    one.nobody_is_written_to_twice();
}

#[test]
fn machines_join_a_campaign_and_each_person_hears_from_one_instance() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::slow(Duration::from_millis(5));
    let one = Machine::new(&cluster, &service, &["a", "b"]);
    let two = Machine::new(&cluster, &service, &["c"]);
    let recipients = 300;
    let rows = (0..2).flat_map(|contact| {
        (0..recipients).map(move |recipient| {
            format!(
                "{},{},Гость\n",
                79_000_000_000_u64 + recipient,
                79_001_234_567_u64 + contact
            )
        })
    });
    let list: String = std::iter::once("phoneNumber,phoneContact,firstName\n".to_owned())
        .chain(rows)
        .collect();
    one.desk.write("list.csv", list);
    let first = one.start(&[
        "send",
        "list.csv",
        "--instance",
        "a",
        "--instance",
        "b",
        "--json",
    ]);
    service.wait_for(40);
    let second = ended(two.start(&["send", "--campaign", "list", "--instance", "c", "--json"]));
    let first = ended(first);
    assert_eq!((first.code, second.code), (0, 0), "{first:?} {second:?}");
    one.nobody_is_written_to_twice();
    assert_eq!(service.times().len(), 600);
    let by: BTreeSet<String> = service.sends().iter().map(Received::instance).collect();
    assert_eq!(by.len(), 3, "every instance has sent");
    let status = two.run(&["status", "list", "--json"]);
    assert_eq!(status.json()["accepted"], 600, "{status:?}");
}

#[test]
fn an_instance_is_driven_by_one_machine_at_a_time() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::slow(Duration::from_secs(2));
    let one = Machine::new(&cluster, &service, &["a"]);
    let two = Machine::new(&cluster, &service, &["a"]);
    one.desk.write("list.csv", table(8));
    two.desk.write("other.csv", table(8));
    let first = one.start(&[
        "send",
        "list.csv",
        "--instance",
        "a",
        "--json",
        "--concurrency",
        "1",
    ]);
    service.wait_for(1);
    for campaign in [&["--campaign", "list"][..], &["other.csv"]] {
        let refused = two.run(&[&["send"], campaign, &["--instance", "a"]].concat());
        assert_eq!(refused.code, 11, "{refused:?}");
        assert!(refused.stderr.contains("process"), "{refused:?}");
    }
    assert_eq!(ended(first).code, 0);
    let later = two.run(&["send", "other.csv", "--instance", "a", "--json"]);
    assert_eq!(
        later.count("suppressed"),
        8,
        "the send history is shared: {later:?}"
    );
    one.nobody_is_written_to_twice();
}

/// Kills a worker, and lets another take its instance over.
#[cfg(debug_assertions)]
#[test]
fn a_worker_that_is_killed_at_any_point_is_taken_over_and_only_what_was_under_way_is_unknown() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let points = [
        "before_commit:3",
        "between_commits:3",
        "after_commit:3",
        "before_request:7",
        "after_answer:7",
    ];
    stand_in::each(&points, 5, |point| {
        let service = Service::accepting();
        let one = Machine::new(&cluster, &service, &["a"]);
        let campaign = point.replace(':', "-");
        let name = format!("{campaign}.csv");
        let place = points.iter().position(|other| other == point).unwrap();
        let id = 1_101_005_000 + place;
        one.desk.settings(format!(
            "api-url = \"{}\"\n[instances.a]\nid-instance = {id}\ntoken-file = \"a.token\"\n",
            service.url()
        ));
        one.desk.write(&name, table(40));
        let arguments = [
            "send",
            &name,
            "--instance",
            "a",
            "--json",
            "--timeout",
            "1s",
            "--no-reconcile",
            "--rate",
            "2000",
        ];
        let mut command = one.command(&arguments);
        command.env("SENDCONTACT_CRASH_AT", point);
        let died = Ran::of(command.output().unwrap());
        assert_ne!(died.code, 0, "{point}: {died:?}");
        let ran = one.run(&arguments);
        ran.adds_up();
        assert_eq!(
            ran.count("accepted") + ran.count("unknown"),
            40,
            "{point}: {ran:?}"
        );
        assert!(ran.count("unknown") <= 16, "{point}: {ran:?}");
        one.nobody_is_written_to_twice();
    });
}

#[test]
fn a_server_that_is_killed_and_comes_back_lets_the_run_go_on() {
    let Some(mut cluster) = Cluster::start_durable() else {
        return;
    };
    let service = Service::accepting();
    let desk_url = cluster.url();
    let (code, accepted, unknown) = {
        let desk = Desk::new();
        desk.settings(format!(
            "api-url = \"{}\"\n[instances.a]\nid-instance = 1101000097\ntoken-file = \"a.token\"\n",
            service.url()
        ));
        desk.write("a.token", stand_in::TOKEN);
        desk.write("list.csv", table(300));
        let arguments = [
            "send",
            "list.csv",
            "--instance",
            "a",
            "--json",
            "--timeout",
            "5s",
            "--no-reconcile",
        ];
        let child = desk
            .command(&arguments)
            .env("SENDCONTACT_DATABASE_URL", &desk_url)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        for sent in [40, 120, 200] {
            service.wait_for(sent);
            cluster.restart();
        }
        let ran = ended(child);
        ran.adds_up();
        (ran.code, ran.count("accepted"), ran.count("unknown"))
    };
    assert_eq!(
        (code, accepted + unknown),
        (if unknown > 0 { 6 } else { 0 }, 300)
    );
    assert!(
        service.times().values().all(|times| *times == 1),
        "{:?}",
        service.times()
    );
    assert_eq!(service.times().len(), 300);
}

#[cfg(unix)] // It stops a process with SIGSTOP.
#[test]
fn a_worker_that_sleeps_longer_than_its_lease_sends_nothing_more() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::slow(Duration::from_millis(20));
    let one = Machine::new(&cluster, &service, &["a"]);
    let two = Machine::new(&cluster, &service, &["a"]);
    one.desk.write("list.csv", table(400));
    let arguments = [
        "send",
        "list.csv",
        "--instance",
        "a",
        "--json",
        "--timeout",
        "1s",
        "--no-reconcile",
    ];
    let sleeper = one.start(&arguments);
    service.wait_for(60);
    signal("-STOP", sleeper.id());
    let other = two.run(&[
        "send",
        "--campaign",
        "list",
        "--instance",
        "a",
        "--json",
        "--timeout",
        "1s",
        "--no-reconcile",
    ]);
    signal("-CONT", sleeper.id());
    let slept = ended(sleeper);
    assert_eq!(slept.code, 11, "{slept:?} {other:?}");
    assert_eq!(
        other.count("accepted") + other.count("unknown"),
        400,
        "{other:?}"
    );
    one.nobody_is_written_to_twice();
}

#[test]
fn a_wrong_database_is_told_in_plain_words() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let one = Machine::new(&cluster, &service, &["a"]);
    one.desk.write("list.csv", table(2));
    for (url, code, words) in [
        (
            "postgresql://owner@127.0.0.1:1/postgres",
            5,
            "cannot be reached",
        ),
        ("mysql://owner@db/x", 2, "postgresql://"),
        (&*cluster.url_of("nobody"), 2, "refused"),
        (
            &*cluster.url().replace("/postgres", "/missing"),
            2,
            "missing",
        ),
        (&*(cluster.url() + "?sslmode=maybe"), 2, "sslmode"),
    ] {
        let mut command = one.command(&["send", "list.csv", "--instance", "a"]);
        let ran = Ran::of(
            command
                .env("SENDCONTACT_DATABASE_URL", url)
                .output()
                .unwrap(),
        );
        assert_eq!(ran.code, code, "{url}: {ran:?}");
        assert!(ran.stderr.contains(words), "{url}: {ran:?}");
    }
    let typed = one.run(&[
        "status",
        "x",
        "--database",
        "postgresql://owner:secret@db.example/x",
    ]);
    assert_eq!(typed.code, 2, "{typed:?}");
    assert!(!typed.stderr.contains("secret"), "{typed:?}");
    assert!(service.sends().is_empty());
}

#[test]
fn every_machine_hears_a_pause_and_a_cancel() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::slow(Duration::from_millis(10));
    let machines = [["a"], ["b"]].map(|instances| Machine::new(&cluster, &service, &instances));
    machines[0].desk.write("list.csv", table(3_000));
    let first = machines[0].start(&["send", "list.csv", "--instance", "a", "--json"]);
    service.wait_for(20);
    let second = machines[1].start(&["send", "--campaign", "list", "--instance", "b", "--json"]);
    service.wait_for(120);
    let asked = machines[1].run(&["cancel", "list"]);
    assert_eq!(asked.code, 0, "{asked:?}");
    for run in [first, second] {
        let ran = ended(run);
        assert_eq!(ran.code, 130, "{ran:?}");
    }
    machines[0].nobody_is_written_to_twice();
}
