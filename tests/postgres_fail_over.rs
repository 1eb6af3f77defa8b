//! The database of a campaign is on another server than before: nothing is sent before each instance was asked what it
//! has sent since the last moment that the database knows.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    process::Command,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};
use stand_in::{Cluster, Machine, Reply, Service, accepted, authorized, table};

/// What the service has taken, as its journal shows it.
type Journal = Arc<Mutex<Vec<Value>>>;

/// A service that tells what it has taken.
fn honest(journal: &Journal) -> Service {
    let journal = Arc::clone(journal);
    Service::start(move |number, request| {
        let asks = |method: &str| request.path.contains(&format!("/{method}/"));
        let whole = |value: Value| Reply::Answer(200, value.to_string());
        if request.is_send() {
            let body = request.json();
            let (phone, name) = (
                &body["contact"]["phoneContact"],
                &body["contact"]["firstName"],
            );
            let name = name.as_str().unwrap();
            let vcard = format!(
                "BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL;waid={phone}:+{phone}\nEND:VCARD"
            );
            journal.lock().unwrap().push(json!({"type": "outgoing", "idMessage": format!("3EB0{number:016X}"),
                "timestamp": jiff::Timestamp::now().as_second(), "statusMessage": "sent", "sendByApi": true,
                "typeMessage": "contactMessage", "chatId": request.chat(),
                "contact": {"displayName": name, "vcard": vcard}}));
            return accepted(number);
        }
        match () {
            () if asks("getStateInstance") => authorized(),
            () if asks("getSettings") => {
                whole(json!({"wid": "11001234567@c.us", "delaySendMessagesMilliseconds": 500}))
            }
            () if asks("showMessagesQueue") => whole(json!([])),
            () if asks("getMessagesCount") => whole(json!({"count": 0})),
            () if asks("lastOutgoingMessages") => whole(json!(*journal.lock().unwrap())),
            () => Reply::Answer(404, "Cannot GET".into()),
        }
    })
}

/// The journals show all that was sent before the change by now.
fn let_time_pass(cluster: &Cluster) {
    let _ = cluster.query("UPDATE sendcontact.campaigns SET noticed = noticed - interval '1 h'");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
fn a_replica_that_lacks_the_last_commits_sends_nothing_before_the_instances_were_asked() {
    let Some(mut cluster) = Cluster::start_durable() else {
        return;
    };
    let journal = Journal::default();
    let service = honest(&journal);
    let machine = Machine::new(&cluster, &service, &["a"]);
    machine.desk.write("list.csv", table(120));
    let send = ["send", "--campaign", "list", "--instance", "a", "--json"];
    let first = machine.run(&[
        "send",
        "list.csv",
        "--instance",
        "a",
        "--json",
        "--limit",
        "30",
    ]);
    assert_eq!((first.code, first.count("accepted")), (0, 30), "{first:?}");

    // A copy of the server, which then takes over without what was committed after it.
    let copy = cluster.folder().join("copy");
    let output = cluster
        .program("pg_basebackup")
        .args([
            "-h",
            &cluster.folder().to_string_lossy(),
            "-p",
            &cluster.port().to_string(),
        ])
        .args([
            "-U",
            "owner",
            "-X",
            "stream",
            "-c",
            "fast",
            "--no-sync",
            "-D",
        ])
        .arg(&copy)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let lost = machine.run(&[&send[..], &["--limit", "40"]].concat());
    assert_eq!((lost.code, lost.count("accepted")), (0, 70), "{lost:?}");
    cluster.kill();
    promote(&cluster, &copy);
    cluster.restart();
    // It takes questions a moment before it takes over.
    while cluster.query("SELECT pg_is_in_recovery()") != "f" {
        std::thread::yield_now();
    }
    assert_eq!(
        cluster.query("SELECT count(*) FROM sendcontact_campaign_1.rows WHERE state = 2"),
        "30",
        "the copy does not know the last ones"
    );

    for _ in 0..2 {
        let refused = machine.run(&send);
        assert_eq!(refused.code, 6, "{refused:?}");
        assert!(refused.stderr.contains("reconcile"), "{refused:?}");
    }
    assert_eq!(service.sends().len(), 70);
    // An instance that is not there has perhaps sent too.
    let _ = cluster.query(
        "INSERT INTO sendcontact_campaign_1.instances (identity, name, book) VALUES ('loopback instance 7', 'z', '')",
    );
    let_time_pass(&cluster);
    let looked = machine.run(&["reconcile", "list", "--instance", "a", "--json"]);
    assert_eq!(looked.code, 6, "{looked:?}");
    assert!(looked.stderr.contains("Nobody asked z"), "{looked:?}");
    assert_eq!(machine.run(&send).code, 6);
    let _ = cluster.query("DELETE FROM sendcontact_campaign_1.instances WHERE name = 'z'");
    let looked = machine.run(&["reconcile", "list", "--instance", "a", "--json"]);
    assert!(
        looked.stderr.contains("from this server again"),
        "{looked:?}"
    );
    assert_eq!(looked.count("accepted"), 70, "{looked:?}");
    let rest = machine.run(&send);
    assert_eq!((rest.code, rest.count("accepted")), (0, 120), "{rest:?}");
    machine.nobody_is_written_to_twice();
    assert_eq!(service.times().len(), 120);
}

/// Makes the copy the cluster's data, on a timeline of its own.
fn promote(cluster: &Cluster, copy: &std::path::Path) {
    std::fs::rename(cluster.data(), cluster.folder().join("lost")).unwrap();
    std::fs::rename(copy, cluster.data()).unwrap();
    // Recovery that ends at once begins a timeline.
    std::fs::write(cluster.data().join("recovery.signal"), "").unwrap();
    let settings = "restore_command = 'false'\nrecovery_target = 'immediate'\nrecovery_target_action = 'promote'\n";
    let path = cluster.data().join("postgresql.auto.conf");
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, before + settings).unwrap();
    let _ = Command::new("chown")
        .args(["-R", "--reference"])
        .arg(cluster.data())
        .arg(cluster.data())
        .status();
}

#[test]
fn a_run_that_is_on_when_another_server_takes_over_stops() {
    let Some(mut cluster) = Cluster::start_durable() else {
        return;
    };
    let journal = Journal::default();
    let service = honest(&journal);
    let machine = Machine::new(&cluster, &service, &["a"]);
    machine.desk.write("list.csv", table(300));
    let run = machine.start(&[
        "send",
        "list.csv",
        "--instance",
        "a",
        "--json",
        "--no-reconcile",
    ]);
    service.wait_for(50);
    let _ = cluster.query("UPDATE sendcontact.campaigns SET server = 'another one'");
    cluster.restart();
    let stopped = stand_in::ended(run);
    assert_eq!(stopped.code, 6, "{stopped:?}");
    assert!(stopped.stderr.contains("reconcile"), "{stopped:?}");
    let sent = service.sends().len();
    assert!(sent < 300);
    let_time_pass(&cluster);
    let looked = machine.run(&["reconcile", "list", "--instance", "a", "--json"]);
    assert!(
        looked.stderr.contains("from this server again"),
        "{looked:?}"
    );
    assert_eq!(looked.count("accepted"), sent as u64, "{looked:?}");
    let rest = machine.run(&["send", "--campaign", "list", "--instance", "a", "--json"]);
    assert_eq!((rest.code, rest.count("accepted")), (0, 300), "{rest:?}");
    machine.nobody_is_written_to_twice();
}
