//! Several instances share a campaign: which instance sends which contact, and trouble of one does not stop the
//! others.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use serde_json::{Value, json};
use stand_in::{Desk, Ran, Received, Reply, Service, accepted, authorized, refused};

const IDS: [&str; 3] = ["1101000001", "1101000002", "1101000003"];
const NAMES: [&str; 3] = ["sales", "support", "vip"];

fn token(id: &str) -> String {
    format!("{}{}", "c0ffee".repeat(7), id.trim_start_matches("11010"))
}

/// The settings of three instances, each with some lines of its own.
fn settings(desk: &Desk, service: &Service, own: [&str; 3]) {
    let tables = NAMES.iter().zip(IDS).zip(own).map(|((name, id), own)| {
        desk.write(&format!("{name}.token"), token(id));
        format!("[instances.{name}]\nid-instance = {id}\ntoken-file = \"{name}.token\"\n{own}\n")
    });
    let top = format!(
        "api-url = \"{}\"\n[profiles.all]\ninstance = {NAMES:?}\n",
        service.url()
    );
    desk.settings(tables.fold(top, |text, table| text + &table));
}

/// So many recipients; each is to get two contacts.
fn table(recipients: u64) -> String {
    let row = |recipient: u64, contact: u64| {
        format!(
            "{},{},Гость {contact}\n",
            79_000_000_000 + recipient,
            79_001_234_567 + contact
        )
    };
    let rows =
        (0..2).flat_map(|contact| (0..recipients).map(move |recipient| row(recipient, contact)));
    std::iter::once("phoneNumber,phoneContact,firstName\n".to_owned())
        .chain(rows)
        .collect()
}

/// Runs with the three instances of the settings file.
fn run(desk: &Desk, arguments: &[&str]) -> Ran {
    let ran = Ran::of(desk.command(arguments).output().unwrap());
    for id in IDS {
        assert!(!format!("{ran:?}").contains(&token(id)), "{ran:?}");
    }
    ran
}

/// The instance that a request names; its token must be that instance's.
fn instance(request: &Received) -> String {
    let id = request
        .path
        .strip_prefix("/waInstance")
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    let path = request.path.split('?').next().unwrap();
    assert!(path.ends_with(&token(&id)), "another's token: {path}");
    id
}

/// Which instances wrote to each recipient.
fn writers(service: &Service) -> BTreeMap<String, BTreeSet<String>> {
    let mut writers = BTreeMap::<String, BTreeSet<String>>::new();
    for request in service.sends() {
        writers
            .entry(request.chat())
            .or_default()
            .insert(instance(&request));
    }
    writers
}

/// Each contact came once, and no recipient heard from two.
fn assert_sound(service: &Service, recipients: usize) {
    assert!(
        service.times().values().all(|times| *times == 1),
        "a contact came twice"
    );
    let writers = writers(service);
    assert_eq!(writers.len(), recipients);
    assert!(
        writers.values().all(|ids| ids.len() == 1),
        "somebody heard from two: {writers:?}"
    );
}

/// Cards that came for each of the three.
fn sent(service: &Service) -> [usize; 3] {
    let all = service.sends();
    IDS.map(|id| all.iter().filter(|request| instance(request) == id).count())
}

fn by_instance(ran: &Ran, status: &str) -> Vec<(String, u64)> {
    let object = ran.json();
    let of = |party: &Value| {
        (
            party["name"].as_str().unwrap().to_owned(),
            party[status].as_u64().unwrap(),
        )
    };
    object["instances"]
        .as_array()
        .unwrap()
        .iter()
        .map(of)
        .collect()
}

#[test]
fn all_instances_of_a_profile_share_a_campaign_and_each_recipient_hears_from_one() {
    let (desk, service) = (Desk::new(), Service::accepting());
    settings(&desk, &service, [""; 3]);
    desk.write("list.csv", table(30));
    let ran = run(&desk, &["send", "list.csv", "--profile", "all", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_sound(&service, 30);
    assert_eq!(sent(&service), [20; 3]);
    assert_eq!(
        by_instance(&ran, "accepted"),
        NAMES.map(|name| (name.to_owned(), 20))
    );
    let recipients = desk.column("list-results.csv", "recipient");
    let names = desk.column("list-results.csv", "instance");
    let writers = writers(&service);
    for (recipient, name) in recipients.iter().zip(&names) {
        let id = IDS[NAMES.iter().position(|known| known == name).unwrap()];
        assert!(
            writers[&format!("{recipient}@c.us")].contains(id),
            "{recipient} {name}"
        );
    }
    let again = run(&desk, &["send", "list.csv", "--profile", "all"]);
    assert_eq!((again.code, service.sends().len()), (0, 60), "{again:?}");
    // The results are read back without their column of instances.
    let check = run(&desk, &["check", "list-results.csv"]);
    assert!(!check.stderr.contains("instance"), "{check:?}");
}

#[test]
fn one_that_refuses_keeps_its_rows_and_the_others_go_on() {
    let healed = Arc::new(AtomicBool::new(false));
    let service = {
        let healed = Arc::clone(&healed);
        Service::start(move |number, request| match request.is_send() {
            true if request.path.contains(IDS[1]) && !healed.load(SeqCst) => refused(466, "quota"),
            true => accepted(number),
            false => authorized(),
        })
    };
    let desk = Desk::new();
    settings(&desk, &service, [""; 3]);
    desk.write("list.csv", table(30));
    let every = [
        "send",
        "list.csv",
        "--instance",
        "sales",
        "--instance",
        "support",
        "--instance",
        "vip",
        "--json",
    ];
    let ran = run(&desk, &every);
    assert_eq!(ran.code, 7, "{ran:?}");
    let pending = [
        ("sales".to_owned(), 0),
        ("support".to_owned(), 20),
        ("vip".to_owned(), 0),
    ];
    assert_eq!(by_instance(&ran, "pending"), pending);
    assert!(ran.stderr.contains("\n  support: "), "{ran:?}");
    assert_eq!(ran.json()["accepted"], 40);
    healed.store(true, SeqCst);
    let ran = run(&desk, &every);
    assert_eq!(
        (ran.code, ran.json()["accepted"].clone()),
        (0, json!(60)),
        "{ran:?}"
    );
    let taken: BTreeSet<String> = desk
        .column("list-results.csv", "idMessage")
        .into_iter()
        .collect();
    assert_eq!(taken.len(), 60);
    let writers = writers(&service);
    assert!(writers.values().all(|ids| ids.len() == 1), "{writers:?}");
}

#[test]
fn without_one_of_them_those_it_has_written_to_wait_and_all_others_are_dealt_anew() {
    let (desk, service) = (Desk::new(), Service::accepting());
    settings(&desk, &service, [""; 3]);
    desk.write("list.csv", table(30));
    let first = run(
        &desk,
        &["send", "list.csv", "--profile", "all", "--limit", "6"],
    );
    assert_eq!((first.code, service.sends().len()), (0, 6), "{first:?}");
    let wrote = sent(&service)[0] as u64;
    assert!(wrote > 0, "{first:?}");
    let second = run(
        &desk,
        &[
            "send",
            "list.csv",
            "--instance",
            "support",
            "--instance",
            "vip",
            "--json",
        ],
    );
    assert_eq!(
        (second.code, second.json()["pending"].as_u64()),
        (5, Some(wrote)),
        "{second:?}"
    );
    // In the plan, and at the end, where the same command would not help.
    let waits = "for sales, which is not part of this run";
    assert_eq!(second.stderr.matches(waits).count(), 2, "{second:?}");
    assert!(
        !second.stderr.contains("Run the same command again"),
        "{second:?}"
    );
    assert_eq!(sent(&service)[0] as u64, wrote);
    let third = run(&desk, &["send", "list.csv", "--instance", "sales"]);
    assert_eq!(third.code, 0, "{third:?}");
    assert_sound(&service, 30);
    let stranger = Ran::of(
        desk.to(
            &service,
            &["send", "list.csv", "--id-instance", "1101000009"],
        )
        .output()
        .unwrap(),
    );
    assert_eq!(stranger.code, 2, "{stranger:?}");
}

#[test]
fn status_names_the_instance_for_which_rows_wait() {
    let (desk, service) = (Desk::new(), Service::accepting());
    settings(&desk, &service, [""; 3]);
    desk.write("list.csv", table(30));
    let all = ["send", "list.csv", "--profile", "all", "--limit", "6"];
    assert_eq!(run(&desk, &all).code, 0);
    let wrote = sent(&service)[0] as u64;
    assert!(wrote > 0);
    let others = [
        "send",
        "list.csv",
        "--instance",
        "support",
        "--instance",
        "vip",
        "--json",
    ];
    let part = run(&desk, &[&others[..], &["--limit", "2"]].concat());
    assert_eq!(part.code, 0, "{part:?}");
    let rest = part.count("pending") - wrote;
    let status = |more: &[&str]| run(&desk, &[&["status", "list"], more].concat()).stdout;
    let both = status(&[]);
    let again = format!("To send {rest} pending contacts, run the send command without --limit:");
    assert!(both.contains(&again), "{both}");
    let left_out = "for sales, which was not part of the last run";
    assert!(both.contains(left_out), "{both}");
    let second = run(&desk, &others);
    assert_eq!(
        (second.code, second.json()["pending"].as_u64()),
        (5, Some(wrote)),
        "{second:?}"
    );
    // The command that was typed last cannot send what waits for the instance that it does not name.
    for (more, told) in [
        (&[][..], left_out),
        (&["--brief"], "name sales with --instance"),
        (&["--brief", "--lang", "ru"], "укажите sales в --instance"),
        (
            &["--lang", "ru"],
            "для sales, а он не участвовал в последнем запуске",
        ),
    ] {
        let shown = status(more)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(shown.contains(told), "{shown}");
        assert!(!shown.contains("sendcontact send"), "{shown}");
    }
    let third = run(&desk, &["send", "list.csv", "--instance", "sales"]);
    assert_eq!(third.code, 0, "{third:?}");
    assert!(!status(&[]).contains("last run"));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_a_person_has_sent_again_comes_from_the_instance_that_may_have_sent_it() {
    let lost = Arc::new(AtomicBool::new(false));
    let service =
        Service::start(
            move |number, request| match (request.is_send(), instance(request)) {
                (true, id) if id == IDS[0] && !lost.swap(true, SeqCst) => {
                    Reply::Answer(502, String::new())
                }
                (true, id) if id == IDS[0] => refused(401, "Unauthorized"),
                (true, _) => accepted(number),
                (false, _) => authorized(),
            },
        );
    let desk = Desk::new();
    settings(&desk, &service, [""; 3]);
    desk.write("list.csv", table(4));
    let both = [
        "send",
        "list.csv",
        "--instance",
        "sales",
        "--instance",
        "support",
    ];
    let first = run(
        &desk,
        &[&both[..], &["--no-reconcile", "--concurrency", "1"]].concat(),
    );
    assert_eq!(first.code, 7, "{first:?}");
    let chat = service
        .sends()
        .iter()
        .find(|request| instance(request) == IDS[0])
        .unwrap()
        .chat();
    let resolved = run(&desk, &["resolve", "list", "--resend", "all", "-y"]);
    assert_eq!(resolved.code, 0, "{resolved:?}");
    let second = run(
        &desk,
        &["send", "list.csv", "--instance", "support", "--json"],
    );
    assert_eq!(
        (second.code, second.json()["pending"].as_u64()),
        (5, Some(2)),
        "{second:?}"
    );
    assert_eq!(
        writers(&service)[&chat],
        BTreeSet::from([IDS[0].to_owned()]),
        "{second:?}"
    );
    assert!(
        second
            .stderr
            .contains("for sales, which is not part of this run"),
        "{second:?}"
    );
    assert_eq!(
        writers(&service).len(),
        4,
        "everybody else has heard from support"
    );
}

#[test]
fn a_crash_moves_nobody_to_another_instance() {
    let (desk, service) = (Desk::new(), Service::accepting());
    settings(&desk, &service, [""; 3]);
    desk.write("list.csv", table(100));
    let arguments = [
        "send",
        "list.csv",
        "--profile",
        "all",
        "--concurrency",
        "2",
        "--no-reconcile",
    ];
    for crash in [
        "after_commit:4",
        "before_request:9",
        "after_answer:5",
        "before_commit:3",
        "between_commits:2",
    ] {
        let mut command = desk.command(&arguments);
        command
            .env("SENDCONTACT_CRASH_AT", crash)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        assert_eq!(
            command.status().unwrap().code(),
            None,
            "{crash} was not reached"
        );
    }
    let ran = run(&desk, &[&arguments[..], &["--json"]].concat());
    let last = ran.json();
    assert_eq!((ran.code, last["rows"].as_u64()), (6, Some(200)), "{ran:?}");
    assert_eq!(
        last["accepted"].as_u64().unwrap() + last["unknown"].as_u64().unwrap(),
        200
    );
    assert!(
        last["unknown"].as_u64().unwrap() <= 5 * 6,
        "no more than were under way: {ran:?}"
    );
    assert!(
        service.times().values().all(|times| *times == 1),
        "a contact came twice"
    );
    assert!(writers(&service).values().all(|ids| ids.len() == 1));
}

#[test]
fn each_has_its_own_rate_and_cap_and_what_it_may_send_decides_its_share() {
    let (desk, service) = (Desk::new(), Service::accepting());
    settings(
        &desk,
        &service,
        [
            "daily-cap = 5",
            "window = \"00:00-00:01\"\ndays = \"mon\"\nno-wait = true\nholidays = \"never.txt\"",
            "",
        ],
    );
    let holidays: Vec<String> = (0..800).map(day_from_now).collect();
    desk.write("never.txt", holidays.join("\n"));
    desk.write("list.csv", table(30));
    let ran = run(&desk, &["send", "list.csv", "--profile", "all", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let [capped, closed, free] = sent(&service);
    assert_eq!(
        (closed, capped + free),
        (0, 60),
        "whoever is closed is dealt nothing: {ran:?}"
    );
    assert!((1..=5).contains(&capped), "{capped}");
    assert_sound(&service, 30);
}

fn day_from_now(days: i64) -> String {
    let today = jiff::Zoned::now().date();
    today
        .checked_add(jiff::Span::new().days(days - 1))
        .unwrap()
        .to_string()
}

#[test]
fn unknown_rows_are_looked_up_and_accepted_ones_tracked_where_they_went() {
    let journals = |request: &Received, sends: &[Received]| {
        let id = instance(request);
        let ours = sends.iter().filter(|sent| instance(sent) == id);
        let item = |sent: &Received| {
            let number = sent.json()["contact"]["phoneContact"].to_string();
            let vcard = format!("BEGIN:VCARD\nVERSION:3.0\nTEL;waid={number}:+{number}\nEND:VCARD");
            let chat = sent.chat();
            json!({"type": "outgoing", "idMessage": format!("3EB0{}", &chat[3..11]), "timestamp": now(),
                "statusMessage": "delivered", "sendByApi": true, "typeMessage": "contactMessage", "chatId": chat,
                "contact": {"displayName": sent.json()["contact"]["firstName"], "vcard": vcard}})
        };
        Reply::Answer(200, ours.map(item).collect::<Value>().to_string())
    };
    let seen = Arc::new(std::sync::Mutex::new(Vec::<Received>::new()));
    let service = Service::start(move |_, request| {
        if request.is_send() {
            seen.lock().unwrap().push(request.clone());
            return Reply::Answer(500, String::new());
        }
        match request.path.split('/').nth(2).unwrap() {
            "getStateInstance" => authorized(),
            "getSettings" => {
                Reply::Answer(200, r#"{"delaySendMessagesMilliseconds":500}"#.to_owned())
            }
            "showMessagesQueue" => Reply::Answer(200, "[]".to_owned()),
            "lastOutgoingMessages" => journals(request, &seen.lock().unwrap()),
            _ => refused(404, "Cannot GET"),
        }
    });
    let desk = Desk::new();
    settings(&desk, &service, [""; 3]);
    desk.write("list.csv", "phoneNumber,phoneContact,firstName\n79000000001,79001234567,Гость\n79000000002,79001234567,Гость\n79000000003,79001234567,Гость\n");
    let ran = run(
        &desk,
        &["send", "list.csv", "--profile", "all", "--no-reconcile"],
    );
    assert_eq!((ran.code, sent(&service)), (6, [1, 1, 1]), "{ran:?}");
    // Only the first is asked, and finds only what is its own.
    let one = run(
        &desk,
        &["reconcile", "list", "--instance", "sales", "--json"],
    );
    assert_eq!(
        (one.code, one.json()["accepted"].as_u64()),
        (6, Some(1)),
        "{one:?}"
    );
    let rest = run(&desk, &["reconcile", "list", "--profile", "all", "--json"]);
    assert_eq!(
        (rest.code, rest.json()["accepted"].as_u64()),
        (0, Some(3)),
        "{rest:?}"
    );
    let track = run(&desk, &["track", "list", "--profile", "all", "--json"]);
    assert_eq!(
        (track.code, track.json()["delivered"].as_u64()),
        (0, Some(3)),
        "{track:?}"
    );
    assert_eq!(sent(&service), [1, 1, 1]);
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[test]
fn every_instance_is_looked_at_by_doctor_and_asked_for_opt_outs() {
    let service = Service::start(|_, request| match request.path.split('/').nth(2).unwrap() {
        "getStateInstance" if request.path.contains(IDS[2]) => {
            Reply::Answer(200, r#"{"stateInstance":"notAuthorized"}"#.to_owned())
        }
        "getStateInstance" => authorized(),
        "lastIncomingMessages" => {
            let chat = format!("7900000{}@c.us", &instance(request)[6..]);
            let text = json!([{"type": "incoming", "idMessage": "A", "timestamp": now(), "typeMessage": "textMessage",
                "chatId": chat, "senderId": chat, "textMessage": "стоп"}]);
            Reply::Answer(200, text.to_string())
        }
        "getSettings" => Reply::Answer(
            200,
            r#"{"delaySendMessagesMilliseconds":500,"incomingWebhook":"yes"}"#.to_owned(),
        ),
        _ => Reply::Answer(200, "[]".to_owned()),
    });
    let desk = Desk::new();
    settings(&desk, &service, [""; 3]);
    let doctor = run(&desk, &["doctor", "--profile", "all"]);
    assert_eq!(doctor.code, 7, "{doctor:?}");
    assert!(
        IDS.iter()
            .all(|id| doctor.stdout.contains(&format!("{id} at"))),
        "{doctor:?}"
    );
    let opt_outs = run(
        &desk,
        &["opt-outs", "--profile", "all", "--out", "stop.csv"],
    );
    assert_eq!(opt_outs.code, 0, "{opt_outs:?}");
    let away = "[instances.away]\nid-instance = 5\ntoken-file = \"token\"\napi-url = \"http://127.0.0.1:1\"\n";
    desk.write("token", token(IDS[0]));
    desk.settings(desk.read("sendcontact.toml") + away);
    let arguments = [
        "opt-outs",
        "--instance",
        "away",
        "--instance",
        "vip",
        "--out",
        "some.csv",
    ];
    let some = run(&desk, &arguments);
    assert!(
        some.code == 5 && some.stderr.contains("away: The messages could not"),
        "{some:?}"
    );
    assert!(
        desk.read("some.csv").contains("79000000003"),
        "what the others heard is kept"
    );
    let list = desk.read("stop.csv");
    assert!(
        ["79000000001", "79000000002", "79000000003"]
            .iter()
            .all(|phone| list.contains(phone)),
        "{list}"
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_is_wrong_with_instances_is_told_before_anything_is_sent() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(2));
    desk.write("token", token(IDS[0]));
    let two = |own: &str| {
        format!(
            "api-url = \"{}\"\n[instances.a]\nid-instance = 1101000001\ntoken-file = \"token\"\n[instances.b]\n{own}\n",
            service.url()
        )
    };
    let good = two("id-instance = 1101000002\ntoken-file = \"token\"");
    for (file, arguments, said) in [
        (
            &good,
            &["--instance", "c"][..],
            "no instance \"c\" in sendcontact.toml; it has a, b",
        ),
        (
            &good,
            &["--instance", "a", "--instance", "a"],
            "names a twice",
        ),
        (
            &good,
            &["--instance", "a", "--id-instance", "5"],
            "remove --id-instance",
        ),
        (
            &two("token-file = \"token\""),
            &["--instance", "a", "--instance", "b"],
            "instance b has no id",
        ),
        (
            &two("id-instance = 1101000002"),
            &["--instance", "a", "--instance", "b"],
            "instance b has no token",
        ),
        (
            &two("id-instance = 1101000001\ntoken-file = \"token\""),
            &["--instance", "a", "--instance", "b"],
            "the same instance",
        ),
        (
            &two("country = \"RU\""),
            &["--instance", "a"],
            "sendcontact.toml:6: country is for the whole campaign",
        ),
        (
            &two("windows = \"1\""),
            &["--instance", "a"],
            "did you mean window?",
        ),
        (
            &two("id-instance = 7\ntoken-file = \"token\"\nwindow = \"25\""),
            &["--instance", "a", "--instance", "b"],
            "b: --window",
        ),
        (
            &two("id-instance = 7\ntoken-file = \"token\"\napi-url = \"x\""),
            &["--instance", "a", "--instance", "b"],
            "b: the API address",
        ),
        (&"instances = 5\n".to_owned(), &[], "[instances.NAME]"),
        (
            &"rate = 5\n".to_owned(),
            &["--instance", "a"],
            "which has no instances",
        ),
    ] {
        desk.write("sendcontact.toml", file);
        desk.run(&["trust"]);
        let ran = run(&desk, &[&["send", "list.csv"], arguments].concat());
        assert!(
            ran.code == 2 && ran.stderr.contains(said),
            "{arguments:?}: {ran:?}"
        );
    }
    let none = run(
        &desk,
        &["send", "list.csv", "--no-settings", "--instance", "a"],
    );
    assert!(
        none.code == 2 && none.stderr.contains("no settings file was found"),
        "{none:?}"
    );
    assert_eq!(service.received().len(), 0);
    assert!(!desk.path("list.ledger").exists());
}

#[test]
fn a_name_that_is_typed_comes_before_the_environment_and_that_before_the_file() {
    let (desk, service) = (Desk::new(), Service::accepting());
    settings(&desk, &service, [""; 3]);
    let text = desk.read("sendcontact.toml");
    desk.settings(format!("instance = [\"sales\", \"vip\"]\nrate = 7\n{text}"));
    desk.write("list.csv", table(4));
    let with_environment =
        |arguments: &[&str]| Ran::of(desk.to(&service, arguments).output().unwrap());
    let send = |name: &str, arguments: &[&str]| {
        let arguments = [
            &["send", "list.csv", "--again", "--campaign", name],
            arguments,
        ]
        .concat();
        (with_environment(&arguments), sent_by_any(&service))
    };
    let (ran, ids) = send("typed", &["--instance", "support"]);
    assert_eq!((ran.code, ids), (0, vec![IDS[1].to_owned(); 8]), "{ran:?}");
    let (ran, ids) = send("environment", &[]);
    assert_eq!(
        (ran.code, &ids[8..]),
        (0, &vec![IDS[0].to_owned(); 8][..]),
        "{ran:?}"
    );
    let ran = run(
        &desk,
        &["send", "list.csv", "--again", "--campaign", "file"],
    );
    let both: BTreeSet<String> = sent_by_any(&service)[16..].iter().cloned().collect();
    assert_eq!(
        (ran.code, both),
        (0, [IDS[0], IDS[2]].map(str::to_owned).into()),
        "{ran:?}"
    );
    let (ran, ids) = send("profile", &["--profile", "all"]);
    let all: BTreeSet<String> = ids[24..].iter().cloned().collect();
    assert_eq!(
        (ran.code, all),
        (0, IDS.map(str::to_owned).into()),
        "a profile that is typed: {ran:?}"
    );
    let shown = run(&desk, &["settings", "--instance", "support", "--json"]).json();
    assert_eq!(shown["settings"]["id-instance"]["value"], IDS[1]);
    assert_eq!(shown["settings"]["rate"]["value"], "7");
    assert_eq!(shown["settings"]["token"]["value"], "set");
}

fn sent_by_any(service: &Service) -> Vec<String> {
    let id = |request: Received| {
        request.path["/waInstance".len()..]
            .split('/')
            .next()
            .unwrap()
            .to_owned()
    };
    service.sends().into_iter().map(id).collect()
}

#[test]
fn a_simulated_campaign_needs_only_names() {
    let desk = Desk::new();
    desk.write("list.csv", table(6));
    let ran = run(
        &desk,
        &[
            "send",
            "list.csv",
            "--simulate",
            "--instance",
            "a",
            "--instance",
            "b",
            "--json",
        ],
    );
    assert_eq!(
        (ran.code, ran.json()["accepted"].as_u64()),
        (0, Some(12)),
        "{ran:?}"
    );
    assert_eq!(
        by_instance(&ran, "accepted"),
        [("a".to_owned(), 6), ("b".to_owned(), 6)]
    );
    let ids: BTreeSet<String> = desk
        .column("list-simulated-results.csv", "idMessage")
        .into_iter()
        .collect();
    assert_eq!(ids.len(), 12);
    let status = run(&desk, &["status", "list-simulated"]);
    assert!(
        status.stdout.contains("  a: 6 accepted\n  b: 6 accepted\n"),
        "{status:?}"
    );
    let again = run(
        &desk,
        &[
            "send",
            "list.csv",
            "--simulate",
            "--instance",
            "b",
            "--instance",
            "a",
        ],
    );
    assert_eq!(again.code, 0, "{again:?}");
}

/// Writes over the files of the send history of an instance. Not over the index that SQLite has mapped into memory: the
/// system kills a process whose mapped file becomes shorter.
fn break_history(folder: &Path, id: &str) {
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.contains(id) && !name.ends_with("-shm") {
            fs::write(&path, "garbage!".repeat(2_000)).unwrap();
        }
    }
}

/// The batch of one instance opens the send histories of all: one that has nothing to do may lose its own then.
#[test]
fn an_idle_instance_that_loses_its_send_history_ends_and_the_others_go_on() {
    let (desk, begun) = (Desk::new(), Arc::new(AtomicBool::new(false)));
    let history = desk.path("state");
    let service = {
        let begun = Arc::clone(&begun);
        Service::start(move |number, request| {
            if request.is_send() {
                if !begun.swap(true, SeqCst) {
                    break_history(&history, IDS[1]);
                }
                return Reply::Late(
                    std::time::Duration::from_millis(100),
                    Box::new(accepted(number)),
                );
            }
            if request.path.contains("getStateInstance") && instance(request) == IDS[1] {
                return Reply::Late(std::time::Duration::from_secs(3), Box::new(authorized()));
            }
            authorized()
        })
    };
    settings(&desk, &service, [""; 3]);
    desk.write("list.csv", table(30));
    let arguments = [
        "send",
        "list.csv",
        "--profile",
        "all",
        "--daily-cap",
        "500",
        "--json",
    ];
    let ran = run(&desk, &arguments);
    let text = ran.stdout.clone() + &ran.stderr;
    assert!(text.contains("send history"), "{ran:?}");
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(service.times().values().all(|times| *times == 1));
}

#[test]
fn a_limit_counts_the_checks_of_all_instances() {
    for limit in ["1", "2", "4"] {
        let desk = Desk::new();
        let service = Service::start(|number, request| {
            if request.path.contains("checkWhatsapp") {
                let exists = json!({ "existsWhatsapp": true }).to_string();
                let exists = Reply::Answer(200, exists);
                return Reply::Late(std::time::Duration::from_millis(200), Box::new(exists));
            }
            if request.is_send() {
                return accepted(number);
            }
            authorized()
        });
        settings(&desk, &service, [""; 3]);
        desk.write("list.csv", table(30));
        let arguments = ["send", "list.csv", "--profile", "all", "--limit", limit];
        let ran = run(
            &desk,
            &[&arguments[..], &["--check-recipients", "unknown"]].concat(),
        );
        let most: usize = limit.parse().unwrap();
        let checks = service.asked("checkWhatsapp").len();
        assert_eq!((service.sends().len(), checks), (most, most), "{ran:?}");
    }
}
