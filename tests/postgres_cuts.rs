//! The network between a worker and its database fails, and the database itself: nobody gets a contact twice, no row
//! is lost, and what is not known is unknown.

use std::{
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use stand_in::{
    Cluster, Commit, Machine, Proxy, Ran, Service, Way, accepted, authorized, ended,
    interrupted_until_it_ended, table,
};

const BOTH: &[Way] = &[Way::ToServer, Way::ToWorker];

/// Sends a campaign of the database, and the rest of the arguments.
fn send<'a>(list: &'a [&'a str], rest: &[&'a str]) -> Vec<&'a str> {
    let common = ["--instance", "a", "--json", "--no-reconcile"];
    [&["send"], list, &common, rest].concat()
}

/// All rows are there, and none is pending.
fn is_whole(ran: &Ran, rows: u64) {
    ran.adds_up();
    assert_eq!(
        ran.count("accepted") + ran.count("unknown"),
        rows,
        "{ran:?}"
    );
}

#[test]
fn a_network_that_is_cut_for_longer_than_a_lease_ends_the_sending_before_the_lease_ends() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    stand_in::each(
        &[BOTH, &[Way::ToServer], &[Way::ToWorker]],
        3,
        |ways: &&[Way]| {
            let name = format!("cut{}{}", ways.len(), ways[0] as usize);
            let service = Service::slow(Duration::from_millis(10));
            let proxy = Proxy::to(cluster.port());
            let one = Machine::new(&cluster, &service, &[&name]).over(&proxy);
            let two = Machine::new(&cluster, &service, &[&name]);
            let list = format!("{name}.csv");
            one.desk.write(&list, table(400));
            let rest = ["--instance", &*name, "--json", "--no-reconcile"];
            let quick = ["--timeout", "1s", "--rate", "60"];
            let cut = one.start(&[&["send", &*list], &rest[..], &quick].concat());
            service.wait_for(60);
            proxy.stop(ways, true);
            // The lease was renewed for the last time; its end as the database tells it.
            thread::sleep(Duration::from_millis(100));
            let instance = stand_in::instance_id(&name);
            let left = cluster.query(&format!(
                "SELECT extract(epoch FROM ends - clock_timestamp()) FROM sendcontact.leases
                 WHERE instance LIKE '%{instance}'"
            ));
            let ends = Instant::now() + Duration::from_secs_f64(left.parse().unwrap());
            let other = two.run(&[&["send", "--campaign", &name], &rest[..], &quick].concat());
            is_whole(&other, 400);
            assert!(other.count("unknown") <= 32, "{other:?}");
            // Whatever came between the end of the lease and the take-over came from the first worker.
            let takeover = service.asked("getStateInstance");
            let takeover = takeover.iter().filter(|at| **at > ends).min().unwrap();
            let late = service.sends();
            let late = late
                .iter()
                .filter(|send| send.at > ends && send.at < *takeover);
            assert_eq!(late.count(), 0, "{name}");
            proxy.stop(ways, false);
            let cut = ended(cut);
            assert_eq!(cut.code, 11, "{cut:?}");
            one.nobody_is_written_to_twice();
        },
    );
}

#[test]
fn a_network_that_is_cut_for_a_moment_lets_the_run_go_on() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::slow(Duration::from_millis(5));
    let proxy = Proxy::to(cluster.port());
    let one = Machine::new(&cluster, &service, &["a"]).over(&proxy);
    one.desk.write("list.csv", table(400));
    let run = one.start(&send(&["list.csv"], &["--timeout", "8s"]));
    service.wait_for(40);
    for (sent, ways) in [(40, BOTH), (100, &[Way::ToServer]), (160, &[Way::ToWorker])] {
        service.wait_for(sent);
        proxy.stop(ways, true);
        thread::sleep(Duration::from_secs(1));
        proxy.stop(ways, false);
    }
    for sent in [220, 280, 340] {
        service.wait_for(sent);
        proxy.refuse(true);
        proxy.cut();
        thread::sleep(Duration::from_millis(300));
        proxy.refuse(false);
    }
    let ran = ended(run);
    assert_eq!((ran.code, ran.count("accepted")), (0, 400), "{ran:?}");
    one.nobody_is_written_to_twice();
}

#[test]
fn a_commit_that_is_lost_or_whose_answer_is_lost_makes_no_double_and_loses_nothing() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let ways = [
        ("lost", Commit::Lost),
        ("answer", Commit::AnswerLost),
        ("late", Commit::Late(Duration::from_millis(700))),
        ("later", Commit::Late(Duration::from_secs(3))),
    ];
    stand_in::each(&ways, 4, |(name, way)| {
        let service = Service::accepting();
        let proxy = Proxy::to(cluster.port());
        let one = Machine::new(&cluster, &service, &[name]).over(&proxy);
        let list = format!("{name}.csv");
        one.desk.write(&list, table(250));
        let run = one.start(&[
            "send",
            &list,
            "--instance",
            name,
            "--json",
            "--no-reconcile",
            "--timeout",
            "10s",
        ]);
        for (sent, losses) in [(1, 1), (60, 2), (61, 3), (150, 4)] {
            service.wait_for(sent);
            proxy.next_commit(*way);
            let until = Instant::now() + Duration::from_secs(20);
            while proxy.lost() < losses && Instant::now() < until {
                thread::sleep(Duration::from_millis(5));
            }
        }
        let ran = ended(run);
        assert!(proxy.lost() >= 3, "{name}: {}", proxy.lost());
        assert_eq!(
            (ran.code, ran.count("accepted")),
            (0, 250),
            "{name}: {ran:?}"
        );
        assert_eq!(service.times().len(), 250);
        one.nobody_is_written_to_twice();
    });
}

#[test]
fn a_database_that_stays_away_ends_the_run_and_what_was_under_way_is_unknown() {
    let Some(mut cluster) = Cluster::start_durable() else {
        return;
    };
    let service = Service::slow(Duration::from_millis(30));
    let one = Machine::new(&cluster, &service, &["a"]);
    one.desk.write("list.csv", table(200));
    let arguments = send(&["list.csv"], &["--timeout", "2s", "--retry-for", "3s"]);
    let run = one.start(&arguments);
    service.wait_for(60);
    cluster.kill();
    let began = Instant::now();
    let ran = ended(run);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(ran.stderr.contains("cannot be reached"), "{ran:?}");
    assert!(began.elapsed() < Duration::from_secs(30), "{ran:?}");
    let away = one.run(&arguments);
    assert_eq!(away.code, 5, "{away:?}");
    assert!(away.stderr.contains("cannot be reached"), "{away:?}");
    cluster.restart();
    let ran = one.run(&arguments);
    is_whole(&ran, 200);
    assert!(ran.count("unknown") <= 32, "{ran:?}");
    assert_eq!(
        ran.code,
        if ran.count("unknown") > 0 { 6 } else { 0 },
        "{ran:?}"
    );
    assert!(service.times().len() as u64 >= ran.count("accepted"));
    one.nobody_is_written_to_twice();
}

#[test]
fn a_database_that_is_killed_between_any_two_steps_comes_back_and_nothing_is_sent_twice() {
    let Some(cluster) = Cluster::start_durable() else {
        return;
    };
    let port = cluster.port();
    let cluster = Arc::new(Mutex::new(cluster));
    // While a contact is under way: its intent is committed, and its outcome is not.
    // The service outlives the test, and must not keep the server alive.
    let victim = Arc::downgrade(&cluster);
    let service = Service::start(move |number, request| {
        if !request.is_send() {
            return authorized();
        }
        if number % 60 == 59
            && let Some(victim) = victim.upgrade()
        {
            victim.lock().unwrap().restart();
        }
        accepted(number)
    });
    let proxy = Proxy::to(port);
    let one = Machine::new(&cluster.lock().unwrap(), &service, &["a"]).over(&proxy);
    one.desk.write("list.csv", table(300));
    let run = one.start(&send(&["list.csv"], &["--timeout", "30s"]));
    // While it commits.
    for (sent, way) in [
        (20, Commit::Lost),
        (100, Commit::AnswerLost),
        (140, Commit::Lost),
    ] {
        service.wait_for(sent);
        let lost = proxy.lost();
        proxy.next_commit(way);
        let until = Instant::now() + Duration::from_secs(20);
        while proxy.lost() == lost && Instant::now() < until {
            thread::sleep(Duration::from_millis(1));
        }
        cluster.lock().unwrap().restart();
    }
    let ran = ended(run);
    assert_eq!((ran.code, ran.count("accepted")), (0, 300), "{ran:?}");
    one.nobody_is_written_to_twice();
}

#[cfg(unix)] // It sends SIGINT.
#[test]
fn a_second_interrupt_waits_for_no_database() {
    let Some(mut cluster) = Cluster::start() else {
        return;
    };
    let service = Service::slow(Duration::from_millis(20));
    let one = Machine::new(&cluster, &service, &["a"]);
    one.desk.write("list.csv", table(400));
    let child = one.start(&send(&["list.csv"], &["--retry-for", "1h"]));
    service.wait_for(20);
    cluster.kill();
    let ran = interrupted_until_it_ended(child);
    assert!([5, 130].contains(&ran.code), "{ran:?}");
    assert!(service.times().values().all(|times| *times == 1));
}
