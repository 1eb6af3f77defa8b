//! A phone and the lid behind which the service hides it are one person, as soon as a check of the number has named
//! the pair.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{fs, time::SystemTime};

use serde_json::{Value, json};
use stand_in::{Accounts, Cluster, Desk, Machine, Ran, Reply, Service, accepted, authorized};

const PHONE: &str = "79000000002";
const LID: &str = "120650379300963@lid";
const OTHER: &str = "120650379300964@lid";

/// One service for every campaign of a test: the phone has the lid.
fn service() -> Service {
    let accounts = Accounts::default().lid(79_000_000_002, LID);
    Service::with_accounts(accounts, answer)
}

fn answer(number: usize, request: &stand_in::Received) -> Reply {
    let path = |method: &str| request.path.contains(method);
    if request.is_send() {
        accepted(number)
    } else if path("/lastOutgoingMessages/") || path("/showMessagesQueue/") {
        Reply::Answer(200, json!([]).to_string())
    } else {
        authorized()
    }
}

/// A list of one contact to these recipients.
fn list(recipients: &[&str]) -> String {
    let row = |recipient: &&str| format!("{recipient},79001234568,Гость\n");
    let rows: String = recipients.iter().map(row).collect();
    format!("recipient,phoneContact,firstName\n{rows}")
}

fn send(desk: &Desk, service: &Service, list: &str, more: &[&str]) -> Ran {
    let list = format!("{list}.csv");
    let arguments = ["send", &list, "--json", "--concurrency", "1"];
    let ran = desk.run_to(service, &[&arguments, more].concat());
    ran.adds_up();
    ran
}

fn column(desk: &Desk, list: &str, heading: &str) -> Vec<String> {
    desk.column(&format!("{list}-results.csv"), heading)
}

fn statuses(desk: &Desk, list: &str) -> Vec<String> {
    column(desk, list, "status")
}

const CHECKED: [&str; 2] = ["--check-recipients", "unknown"];

#[test]
fn who_had_the_contact_under_one_id_does_not_get_it_under_the_other_from_another_campaign() {
    for (first, second) in [(PHONE, LID), (LID, PHONE)] {
        let (desk, service) = (Desk::new(), service());
        desk.write("spring.csv", list(&[first]));
        desk.write("autumn.csv", list(&[second]));
        assert_eq!(send(&desk, &service, "spring", &CHECKED).code, 0);
        let ran = send(&desk, &service, "autumn", &CHECKED);
        if first == LID {
            // The pair is known only by the check of this run: it is noticed when the row is begun.
            assert_eq!(service.checks().len(), 1);
        } else {
            assert!(ran.stderr.contains("spring"), "the plan says so: {ran:?}");
        }
        assert_eq!(
            (ran.code, statuses(&desk, "autumn")),
            (0, vec!["suppressed".to_owned()]),
            "{second}: {ran:?}"
        );
        let told = column(&desk, "autumn", "explanation");
        assert!(told[0].contains("spring"), "{told:?}");
        assert_eq!(service.sends().len(), 1);
        // The decision is made anew with each run.
        let again = send(&desk, &service, "autumn", &["--again"]);
        assert_eq!((again.code, service.sends().len()), (0, 2), "{again:?}");
    }
}

#[test]
fn a_lid_and_a_phone_that_no_check_named_together_are_two_people() {
    let (desk, service) = (Desk::new(), service());
    desk.write("spring.csv", list(&[PHONE]));
    desk.write("autumn.csv", list(&[LID, "120650379300964@lid"]));
    assert_eq!(send(&desk, &service, "spring", &[]).code, 0);
    assert_eq!(send(&desk, &service, "autumn", &[]).count("accepted"), 2);
    assert_eq!(service.sends().len(), 3);
}

#[test]
fn two_rows_of_one_list_for_one_person_are_one_contact() {
    for (recipients, more) in [
        ([PHONE, LID], &[][..]),
        ([LID, PHONE], &[]),
        ([LID, PHONE], &["--again"]),
    ] {
        let (desk, service) = (Desk::new(), service());
        desk.write("list.csv", list(&recipients));
        let ran = send(&desk, &service, "list", &[&CHECKED, more].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        assert_eq!(
            statuses(&desk, "list"),
            ["accepted", "suppressed"],
            "{recipients:?} {ran:?}"
        );
        let told = column(&desk, "list", "explanation");
        assert!(told[1].contains("list"), "{told:?}");
        // The ledger has forgotten nothing: no row becomes unknown, and nothing is sent later.
        let again = send(&desk, &service, "list", more);
        assert_eq!(again.code, 0, "{again:?}");
        assert_eq!(statuses(&desk, "list"), ["accepted", "suppressed"]);
        assert_eq!(service.sends().len(), 1);
    }
}

#[test]
fn a_row_goes_when_the_one_under_the_other_id_was_refused() {
    let accounts = Accounts::default().lid(79_000_000_002, LID);
    let service = Service::with_accounts(accounts, |number, request| {
        if request.is_send() && number == 0 {
            stand_in::refused(400, "bad request data")
        } else {
            answer(number, request)
        }
    });
    let desk = Desk::new();
    desk.write("list.csv", list(&[PHONE, LID]));
    let ran = send(&desk, &service, "list", &CHECKED);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert_eq!(statuses(&desk, "list"), ["failed", "accepted"]);
}

#[test]
fn the_pair_is_kept_without_the_number() {
    let (desk, service) = (Desk::new(), service());
    desk.write("list.csv", list(&[PHONE]));
    assert_eq!(send(&desk, &service, "list", &CHECKED).code, 0);
    let paths = fs::read_dir(desk.path("state"))
        .unwrap()
        .map(|file| file.unwrap().path());
    let files: Vec<_> = paths.filter(|path| path.is_file()).collect();
    assert!(!files.is_empty());
    for file in files {
        let bytes = fs::read(file).unwrap();
        for text in [PHONE, "120650379300963"] {
            let is_shown = bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes());
            assert!(!is_shown, "{text}");
        }
    }
}

/// As the journal shows a contact.
fn journaled(id: &str, chat: &str, status: &str) -> Value {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let vcard = "BEGIN:VCARD\nVERSION:3.0\nN:;Гость;;;\nFN:Гость\nTEL;waid=79001234568:+79001234568\nEND:VCARD";
    json!({"type": "outgoing", "idMessage": id, "timestamp": now.as_secs(), "statusMessage": status, "sendByApi": true,
        "typeMessage": "contactMessage", "chatId": chat, "contact": {"displayName": "Гость", "vcard": vcard}})
}

#[test]
fn a_lost_contact_that_is_shown_behind_a_lid_is_found_for_the_phone_of_the_lid() {
    for (lids, codes) in [
        (&[LID][..], ["SEEN", ""]),
        (&[LID, OTHER], ["SEEN", "OTHER"]),
        (&["120650379300965@lid"], ["", ""]),
    ] {
        let accounts = Accounts::default()
            .lid(79_000_000_002, LID)
            .lid(79_000_000_003, OTHER);
        let shown: Vec<_> = lids
            .iter()
            .zip(["SEEN", "OTHER"])
            .map(|(lid, id)| journaled(id, lid, "sent"))
            .collect();
        let service = Service::with_accounts(accounts, move |number, request| {
            if request.is_send() {
                Reply::Close
            } else if request.path.contains("/lastOutgoingMessages/") {
                Reply::Answer(200, json!(shown).to_string())
            } else {
                answer(number, request)
            }
        });
        let desk = Desk::new();
        desk.write("list.csv", list(&[PHONE, "79000000003"]));
        let ran = send(&desk, &service, "list", &CHECKED);
        assert_eq!(
            column(&desk, "list", "idMessage"),
            codes,
            "{lids:?} {ran:?}"
        );
        assert_eq!(service.sends().len(), 2);
    }
}

#[test]
fn a_delivery_is_that_of_the_lid_of_the_phone() {
    let accounts = Accounts::default().lid(79_000_000_002, LID);
    let service = Service::with_accounts(accounts, |number, request| {
        if request.is_send() {
            // An id names a message only within its chat.
            Reply::Answer(200, json!({"idMessage": "SAME"}).to_string())
        } else if request.path.contains("/lastOutgoingMessages/") {
            let items = [
                journaled("SAME", OTHER, "read"),
                journaled("SAME", LID, "delivered"),
            ];
            Reply::Answer(200, json!(items).to_string())
        } else {
            answer(number, request)
        }
    });
    let desk = Desk::new();
    desk.write("list.csv", list(&[PHONE]));
    assert_eq!(send(&desk, &service, "list", &CHECKED).code, 0);
    let ran = desk.run_to(&service, &["track", "list", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(desk.run(&["report", "list"]).code, 0);
    assert_eq!(column(&desk, "list", "delivery"), ["delivered"], "{ran:?}");
}

#[test]
fn an_answer_about_the_lid_of_another_phone_is_not_taken() {
    let accounts = Accounts::default()
        .lid(79_000_000_002, LID)
        .lid(79_000_000_003, OTHER);
    let service = Service::with_accounts(accounts, |number, request| {
        if request.path.contains("/getMessage/") {
            let id = request.json()["idMessage"].as_str().unwrap().to_owned();
            Reply::Answer(200, journaled(&id, OTHER, "read").to_string())
        } else {
            answer(number, request)
        }
    });
    let desk = Desk::new();
    desk.write("list.csv", list(&[PHONE, "79000000003"]));
    assert_eq!(send(&desk, &service, "list", &CHECKED).code, 0);
    let ran = desk.run_to(&service, &["track", "list", "--json"]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert_eq!(desk.run(&["report", "list"]).code, 0);
    assert_eq!(column(&desk, "list", "delivery"), ["", "read"], "{ran:?}");
}

#[test]
fn a_stop_list_keeps_out_who_is_known_to_be_the_same_person() {
    for (listed, recipient) in [(LID, PHONE), (PHONE, LID)] {
        let (desk, service) = (Desk::new(), service());
        desk.write("spring.csv", list(&[PHONE]));
        assert_eq!(send(&desk, &service, "spring", &CHECKED).code, 0);
        let other = list(&[recipient, "79000000003"]).replace("79001234568", "79001234569");
        desk.write("autumn.csv", &other);
        desk.write("stop.csv", format!("chatId\n{listed}\n"));
        let stop = ["--suppress", "stop.csv"];
        let dry = desk.run_to(
            &service,
            &["send", "autumn.csv", "--dry-run", "--suppress", "stop.csv"],
        );
        assert!(dry.stderr.contains("stop.csv"), "{dry:?}");
        // The same with an unchanged input, with a changed one and without the list.
        for (more, input) in [
            (&stop[..], other.clone()),
            (&stop, other.clone()),
            (&stop, format!("{other}79000000004,79001234569,Гость\n")),
            (&[], other.clone()),
        ] {
            desk.write("autumn.csv", input);
            let ran = send(&desk, &service, "autumn", more);
            assert_eq!(ran.code, 0, "{ran:?}");
            assert_eq!(
                statuses(&desk, "autumn")[..2],
                ["suppressed", "accepted"],
                "{listed} {more:?} {ran:?}"
            );
        }
        assert!(service.sends()[1..].iter().all(|sent| {
            let chat = sent.chat();
            !chat.starts_with(PHONE) && chat != LID
        }));
        desk.write("stop.csv", "chatId\n");
        assert_eq!(send(&desk, &service, "autumn", &stop).code, 0);
        assert_eq!(statuses(&desk, "autumn")[0], "accepted");
    }
}

#[test]
fn who_opted_out_from_behind_a_lid_is_kept_out_by_phone() {
    let accounts = Accounts::default().lid(79_000_000_002, LID);
    let service = Service::with_accounts(accounts, |number, request| {
        if request.path.contains("/lastIncomingMessages/") {
            let text = json!([{"type": "incoming", "idMessage": "I", "timestamp": 1_700_000_000,
                "typeMessage": "textMessage", "chatId": LID, "senderId": LID, "textMessage": "стоп"}]);
            Reply::Answer(200, text.to_string())
        } else {
            answer(number, request)
        }
    });
    let desk = Desk::new();
    desk.write("spring.csv", list(&[PHONE]));
    assert_eq!(send(&desk, &service, "spring", &CHECKED).code, 0);
    let ran = desk.run_to(&service, &["opt-outs", "--out", "stop.csv"]);
    assert!(desk.read("stop.csv").contains(LID), "{ran:?}");
    desk.write(
        "autumn.csv",
        list(&[PHONE]).replace("79001234568", "79001234569"),
    );
    let ran = send(&desk, &service, "autumn", &["--suppress", "stop.csv"]);
    assert_eq!(statuses(&desk, "autumn"), ["suppressed"], "{ran:?}");
    assert_eq!(service.sends().len(), 1);
}

#[test]
fn machines_that_share_a_database_share_the_pairs() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = service();
    let machine = || Machine::new(&cluster, &service, &["one", "two"]);
    let send = |machine: &Machine<'_>, list: &str, more: &[&str]| {
        let list = format!("{list}.csv");
        let instances = ["--instance", "one", "--instance", "two"];
        let send = ["send", &list, "--json", "--concurrency", "1"];
        let arguments = [&send[..], &instances].concat();
        let ran = machine.run(&[&arguments[..], more].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        ran.adds_up();
        (ran.count("accepted"), ran.count("suppressed"))
    };
    let first = machine();
    first.desk.write("spring.csv", list(&[PHONE]));
    assert_eq!(send(&first, "spring", &CHECKED), (1, 0));
    let second = machine();
    second.desk.write("autumn.csv", list(&[LID, OTHER]));
    assert_eq!(send(&second, "autumn", &[]), (1, 1));
    // No campaign has sent this contact before, and the pair is found when a row is begun.
    let both = list(&[PHONE, LID]).replace("79001234568", "79001234569");
    second.desk.write("winter.csv", both);
    assert_eq!(send(&second, "winter", &["--again"]), (1, 1));
    assert_eq!(service.sends().len(), 3);
}
