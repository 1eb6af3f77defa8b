//! A number that WhatsApp restricts: what the program says and does, over HTTP.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use stand_in::{Accounts, Cluster, Desk, Machine, Ran, Reply, Service, accepted, table};

const HOURS: Duration = Duration::from_hours(3);

/// Restricted with the first contact, for so long, if the service says that.
fn restricted(lasts: Option<Duration>) -> Service {
    let accounts = Accounts::default().restricted(1, "suspended", lasts);
    Service::with_accounts(accounts, |number, _| accepted(number))
}

fn send(desk: &Desk, service: &Service, more: &[&str]) -> Ran {
    let arguments = ["send", "list.csv", "--json", "--no-reconcile"];
    desk.run_to(service, &[&arguments, more].concat())
}

/// A list of three, of which the first contact went, and with it came the restriction.
fn desk(service: &Service) -> Desk {
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    let first = send(&desk, service, &["--limit", "1"]);
    assert_eq!((first.code, first.count("accepted")), (0, 1), "{first:?}");
    desk
}

#[test]
fn a_run_that_does_not_wait_ends_with_the_end_of_the_restriction() {
    let service = restricted(Some(HOURS));
    let desk = desk(&service);
    let ran = send(&desk, &service, &["--no-wait"]);
    let stopped = ran.json()["stopped"].clone();
    assert_eq!(
        (ran.code, ran.count("pending"), &stopped["code"]),
        (5, 2, &json!("restricted")),
        "{ran:?}"
    );
    let at: Timestamp = stopped["resumesAt"].as_str().unwrap().parse().unwrap();
    let left = Timestamp::now().duration_until(at);
    assert!(left > SignedDuration::from_mins(170) && left <= SignedDuration::from_mins(180));
    let text = stopped["text"].as_str().unwrap();
    assert!(
        text.starts_with("WhatsApp restricts the number until "),
        "{text}"
    );
    assert!(ran.stderr.contains(text), "{ran:?}");
    let russian = desk.run(&["status", "list", "--lang", "ru"]).stdout;
    assert!(
        russian.contains("WhatsApp ограничил номер до "),
        "{russian}"
    );
}

#[test]
fn without_an_end_the_run_ends_as_it_did() {
    let service = restricted(None);
    let desk = desk(&service);
    let ran = send(&desk, &service, &["--no-wait"]);
    let stopped = &ran.json()["stopped"];
    assert_eq!((ran.code, &stopped["code"]), (5, &json!("restricted")));
    assert_eq!(stopped.get("resumesAt"), None);
    assert!(ran.stderr.contains("The instance state is suspended"));
}

#[test]
fn a_run_waits_for_the_end_beyond_the_retry_limit_and_continues() {
    let service = restricted(Some(Duration::from_secs(5)));
    let desk = desk(&service);
    let ran = send(&desk, &service, &["--retry-for", "1s"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 3), "{ran:?}");
    assert!(
        ran.stderr.contains("WhatsApp restricts the number until "),
        "{ran:?}"
    );
}

#[test]
fn the_next_plan_tells_of_the_restriction_and_keeps_a_warm_up_unless_told_otherwise() {
    let service = restricted(Some(HOURS));
    let desk = desk(&service);
    assert_eq!(send(&desk, &service, &["--no-wait"]).code, 5);
    let plan = |more: &[&str]| send(&desk, &service, &[&["--dry-run"], more].concat()).stderr;
    let says = |text: &str, words: &str| assert!(text.contains(words), "{words}: {text}");
    let told = plan(&[]);
    says(&told, "WhatsApp restricts this number until ");
    says(&told, "to few new recipients");
    says(&told, "a warm-up of 20x10");
    says(&plan(&["--lang", "ru"]), "действует прогрев 20x10");
    for decided in ["--warm-up=off", "--warm-up=5x3"] {
        let told = plan(&[decided]);
        says(&told, "WhatsApp restricts this number until ");
        assert!(!told.contains("a warm-up of"), "{told}");
    }
    // A settings file that came with the list does not switch it off; one that is trusted does.
    for (text, warm_up) in [
        ("off", "20x10"),
        ("1000x1", "20x1,20x9"),
        ("5x3", "5x3,20x7"),
    ] {
        desk.write("sendcontact.toml", format!("warm-up = \"{text}\"\n"));
        says(&plan(&[]), &format!("a warm-up of {warm_up}"));
        desk.trust(".");
        assert!(!plan(&[]).contains("a warm-up of"), "{text}");
        std::fs::remove_file(desk.path("sendcontact.toml")).unwrap();
    }
    // Once more, and it is the same restriction.
    assert_eq!(send(&desk, &service, &["--no-wait"]).code, 5);
    assert_eq!(plan(&[]).matches("WhatsApp restricts").count(), 1);
}

#[test]
fn after_a_restriction_few_new_recipients_get_a_contact() {
    let service = restricted(Some(Duration::from_secs(3)));
    let desk = desk(&service);
    let waited = send(&desk, &service, &[]);
    assert_eq!(
        (waited.code, waited.count("accepted")),
        (0, 3),
        "{waited:?}"
    );
    desk.write("list.csv", table(40));
    let ran = send(&desk, &service, &["--no-wait"]);
    assert_eq!(
        (
            ran.code,
            ran.count("accepted"),
            &ran.json()["stopped"]["code"]
        ),
        (5, 20, &json!("cap")),
        "{ran:?}"
    );
    assert!(ran.stderr.contains(", over "), "{ran:?}");
    let ran = send(&desk, &service, &["--no-wait", "--warm-up=off"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 40), "{ran:?}");
}

#[test]
fn a_number_that_was_never_restricted_has_no_warm_up() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(30));
    let ran = send(&desk, &service, &["--no-wait"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 30), "{ran:?}");
    assert!(!ran.stderr.contains("restrict"), "{ran:?}");
}

/// A contact as the journal shows it.
fn journaled(row: u64, status: &str, at: Timestamp) -> Value {
    json!({"type": "outgoing", "idMessage": format!("3EB0{row:016X}"), "timestamp": at.as_second(),
        "statusMessage": status, "sendByApi": true, "typeMessage": "contactMessage",
        "chatId": format!("{}@c.us", 79_000_000_000 + row), "contact": {"displayName": "Гость", "vcard": ""}})
}

#[test]
fn what_became_sent_while_the_number_was_restricted_is_doubtful_until_it_is_delivered() {
    let accounts = Accounts::default().restricted(1, "suspended", Some(Duration::from_secs(2)));
    let journal = Arc::new(Mutex::new(json!([])));
    let shown = journal.clone();
    let service = Service::with_accounts(accounts, move |number, request| {
        match request.path.split('/').nth(2) {
            _ if request.is_send() => accepted(number),
            Some("lastOutgoingMessages") => Reply::Answer(200, shown.lock().unwrap().to_string()),
            Some("getSettings") => {
                Reply::Answer(200, r#"{"delaySendMessagesMilliseconds":500}"#.to_owned())
            }
            _ => Reply::Answer(200, "[]".to_owned()),
        }
    });
    let desk = desk(&service);
    let restricted = Timestamp::now();
    let sent = send(&desk, &service, &["--concurrency", "1"]);
    assert_eq!((sent.code, sent.count("accepted")), (0, 3), "{sent:?}");
    let long_before = restricted - SignedDuration::from_hours(1);
    let now = Timestamp::now() + SignedDuration::from_secs(60);
    let explanations = |rows: [Value; 3]| {
        *journal.lock().unwrap() = json!(rows);
        let tracked = desk.run_to(&service, &["track", "list", "--json"]);
        assert!(tracked.json().get("sent").is_some(), "{tracked:?}");
        desk.column("list-results.csv", "explanation")
    };
    let told = explanations([
        journaled(0, "sent", restricted),
        journaled(1, "sent", long_before),
        journaled(2, "sent", now),
    ]);
    let doubtful: Vec<bool> = told
        .iter()
        .map(|text| text.contains("Doubtful: "))
        .collect();
    assert_eq!(doubtful, [true, false, false], "{told:?}");
    assert_eq!(desk.column("list-results.csv", "delivery"), ["sent"; 3]);
    let told = explanations([
        journaled(0, "delivered", now),
        journaled(1, "sent", long_before),
        journaled(2, "read", now),
    ]);
    assert!(
        !told.iter().any(|text| text.contains("Doubtful")),
        "{told:?}"
    );
}

#[test]
fn a_history_in_a_database_remembers_a_restriction_too() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let accounts = Accounts::default().restricted(1, "suspended", Some(Duration::from_secs(2)));
    let service = Service::with_accounts(accounts, |number, request| {
        if request.is_send() {
            return accepted(number);
        }
        let journal = json!([journaled(0, "sent", Timestamp::now())]);
        Reply::Answer(200, journal.to_string())
    });
    let machine = Machine::new(&cluster, &service, &["a"]);
    machine.desk.write("list.csv", table(1));
    let send = |more: &[&str]| {
        let arguments = ["send", "list.csv", "--instance", "a", "--no-reconcile"];
        machine.run(&[&arguments, more].concat())
    };
    assert_eq!(send(&[]).code, 0);
    machine.desk.write("list.csv", table(3));
    let ran = send(&[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    machine.desk.write("list.csv", table(4));
    let plan = send(&[]).stderr;
    assert!(plan.contains("a warm-up of 20x10"), "{plan}");
    let tracked = machine.run(&["track", "list", "--instance", "a", "--json"]);
    assert_eq!(tracked.json()["sent"], 1, "{tracked:?}");
}
