//! One person under several chat ids, and one contact in several spellings: checked, sent, left out, looked up
//! and continued from an older ledger, nobody gets a contact twice.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use stand_in::{Desk, ID, Ran, Received, Reply, Service, accepted, authorized};

const SEND: [&str; 6] = [
    "send",
    "list.csv",
    "--json",
    "--no-reconcile",
    "--concurrency",
    "1",
];

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn copy(desk: &Desk, from: &str, to: &str) {
    fs::copy(data(from), desk.path(to)).unwrap();
}

/// The rows that `check --json` tells, as their field.
fn checked(desk: &Desk, arguments: &[&str], field: &str) -> Vec<Value> {
    let ran = desk.run(&[&["check"], arguments, &["--json"]].concat());
    let lines = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .filter(|line| line.get("row").is_some())
        .map(|line| line[field].clone())
        .collect()
}

fn send(desk: &Desk, service: &Service, more: &[&str]) -> Ran {
    let ran = desk.run_to(service, &[&SEND[..], more].concat());
    ran.adds_up();
    ran
}

fn chats(service: &Service) -> Vec<String> {
    service.sends().iter().map(Received::chat).collect()
}

fn list(rows: &[(&str, &str, &str)]) -> String {
    let rows = rows
        .iter()
        .map(|(chat, phone, name)| format!("{chat},{phone},{name}\n"));
    std::iter::once("chatId,phoneContact,firstName\n".to_owned())
        .chain(rows)
        .collect()
}

#[test]
fn contacts_that_look_the_same_are_one_contact() {
    let desk = Desk::new();
    copy(&desk, "cases/10-rerun-nfd.csv", "list.csv");
    assert_eq!(
        checked(&desk, &["list.csv"], "status"),
        ["valid", "duplicate", "duplicate", "duplicate"]
    );
    assert_eq!(
        checked(&desk, &["list.csv"], "duplicateOf"),
        [json!(null), json!(2), json!(2), json!(2)]
    );
    let service = Service::accepting();
    let ran = send(&desk, &service, &[]);
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("duplicate")),
        (0, 1, 3),
        "{ran:?}"
    );
}

#[test]
fn a_stop_list_keeps_out_all_chat_ids_of_a_person() {
    let desk = Desk::new();
    copy(&desk, "cases/24-recipients.csv", "list.csv");
    copy(&desk, "cases/24-stoplist-13-digits.csv", "stop.csv");
    let arguments = ["list.csv", "--suppress", "stop.csv"];
    assert_eq!(checked(&desk, &arguments, "status"), ["suppressed"; 3]);
    let service = Service::accepting();
    let ran = send(&desk, &service, &["--suppress", "stop.csv"]);
    assert_eq!(
        (ran.code, ran.count("suppressed"), service.sends().len()),
        (0, 3, 0),
        "{ran:?}"
    );
    assert!(
        ran.stderr.contains("stop.csv: 2 chats\n"),
        "every entry is read: {ran:?}"
    );
}

#[test]
fn every_way_in_which_a_list_may_name_a_person_keeps_them_out() {
    for (recipient, entry) in [
        ("5491123456789@c.us", "541123456789"),
        ("541123456789@c.us", "+54 9 11 2345-6789"),
        ("5511987654321@c.us", "551187654321@c.us"),
        ("551187654321@c.us", "+55 (11) 98765-4321"),
        ("5215512345678@c.us", "+52 55 1234 5678"),
        ("525512345678@c.us", "5215512345678@c.us"),
    ] {
        for heading in ["", "chatId\n", "phoneNumber\n", "Телефон\n"] {
            let desk = Desk::new();
            desk.write("list.csv", list(&[(recipient, "79001234568", "Ana")]));
            desk.write("stop.csv", format!("{heading}{entry}\n"));
            let status = checked(&desk, &["list.csv", "--suppress", "stop.csv"], "status");
            assert_eq!(status, ["suppressed"], "{heading:?} {entry}");
        }
    }
    // A landline of Brazil has no other form, and a mobile of that area is somebody else's.
    let desk = Desk::new();
    desk.write(
        "list.csv",
        list(&[("551123456789@c.us", "79001234568", "Ana")]),
    );
    desk.write("stop.csv", "5511923456789\n");
    assert_eq!(
        checked(&desk, &["list.csv", "--suppress", "stop.csv"], "status"),
        ["valid"]
    );
}

#[test]
fn a_list_with_both_forms_of_a_number_sends_one_contact_to_each_person() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write(
        "list.csv",
        list(&[
            ("5215512345678@c.us", "79001234568", "Luis"),
            ("525512345678@c.us", "79001234568", "Luis"),
            ("541123456789@c.us", "79001234568", "Juan"),
            ("5491123456789@c.us", "79001234568", "Juan"),
            ("5511987654321@c.us", "79001234568", "Pedro"),
            ("551187654321@c.us", "79001234568", "Pedro"),
            ("525512345678@c.us", "79001234568", "Eva"),
        ]),
    );
    let ran = send(&desk, &service, &[]);
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("duplicate")),
        (0, 4, 3),
        "{ran:?}"
    );
    let sent = [
        "5215512345678@c.us",
        "541123456789@c.us",
        "5511987654321@c.us",
        "525512345678@c.us",
    ];
    assert_eq!(chats(&service), sent, "to the chat id that the row names");
    // The list is written in another way now.
    let rows = desk.read("list.csv");
    let other = rows
        .replace("5215512345678", "525512345678")
        .replace("5511987654321", "551187654321");
    for text in [
        other,
        rows.lines().rev().collect::<Vec<_>>().join("\n"),
        rows.clone(),
    ] {
        let rows: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with("chatId"))
            .collect();
        desk.write(
            "list.csv",
            format!("chatId,phoneContact,firstName\n{}\n", rows.join("\n")),
        );
        let again = send(&desk, &service, &[]);
        assert_eq!(
            (again.code, again.count("pending"), service.sends().len()),
            (0, 0, 4),
            "{again:?}"
        );
    }
}

#[test]
fn a_list_that_is_saved_in_another_normal_form_sends_nothing_again() {
    let (desk, service) = (Desk::new(), Service::accepting());
    let composed = list(&[
        ("79001234501@c.us", "79001234568", "Андрей Йорданов"),
        ("79001234502@c.us", "79001234568", "José Muñoz"),
        ("79001234503@c.us", "79001234568", "Nguyễn Văn"),
    ]);
    desk.write("list.csv", &composed);
    assert_eq!(send(&desk, &service, &[]).count("accepted"), 3);
    let decomposed = composed
        .replace('й', "и\u{306}")
        .replace('Й', "И\u{306}")
        .replace('é', "e\u{301}")
        .replace('ñ', "n\u{303}")
        .replace('ễ', "e\u{302}\u{303}")
        .replace('ă', "a\u{306}");
    assert_ne!(decomposed, composed);
    for text in [
        decomposed,
        composed.replace(' ', "\u{A0}"),
        composed.replace(",7900", ",\u{FEFF}7900"),
        composed,
    ] {
        desk.write("list.csv", text);
        let again = send(&desk, &service, &[]);
        assert_eq!(
            (again.code, again.count("accepted"), service.sends().len()),
            (0, 3, 3),
            "{again:?}"
        );
    }
}

/// `ledger-v6.ledger` was written by the last version with keys by chat id, and is of the list beside it:
/// people under two chat ids and names in several spellings. Its rows are 8 accepted (two of them for one
/// person), 3 unknown, 1 failed, 1 duplicate, 1 invalid and 9 pending.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn an_older_ledger_goes_on_and_nobody_gets_a_contact_twice_by_its_new_keys() {
    let (desk, service) = (Desk::new(), Service::accepting());
    copy(&desk, "ledger-v6.csv", "list.csv");
    copy(&desk, "ledger-v6.ledger", "list.ledger");
    let words = [
        "accepted",
        "failed",
        "invalid",
        "duplicate",
        "suppressed",
        "unknown",
        "pending",
    ];
    let status = desk.run(&["status", "list", "--json"]);
    assert_eq!(
        words.map(|word| status.count(word)),
        [8, 1, 1, 1, 0, 3, 9],
        "{status:?}"
    );
    assert_eq!(desk.run(&["report", "list"]).code, 0);
    let sent = |desk: &Desk| -> Vec<[String; 4]> {
        let column = |heading| desk.column("list-results.csv", heading);
        let [row, recipient, id, status] = ["row", "recipient", "idMessage", "status"].map(column);
        let rows = (0..row.len())
            .map(|at| [&row, &recipient, &id, &status].map(|column| column[at].clone()));
        rows.filter(|[.., status]| ["accepted", "unknown", "failed"].contains(&status.as_str()))
            .collect()
    };
    let before = sent(&desk);
    assert_eq!(before.len(), 12);
    assert!(
        fs::read(desk.path("list.ledger")).unwrap() == fs::read(data("ledger-v6.ledger")).unwrap()
    );

    let ran = send(&desk, &service, &[]);
    assert_eq!(
        (ran.code, words.map(|word| ran.count(word))),
        (6, [12, 1, 1, 6, 0, 3, 0]),
        "{ran:?}"
    );
    let expected = [
        "525500000004@c.us",
        "79001234504@c.us",
        "5215500000005@c.us",
        "79001234505@c.us",
    ];
    assert_eq!(
        chats(&service),
        expected,
        "only who had nothing, and the refused one by their other number"
    );
    let after = sent(&desk);
    assert!(
        before.iter().all(|row| after.contains(row)),
        "what was sent stays as it was: {after:?}"
    );

    for more in [&["--retry-failed"][..], &[]] {
        let again = send(&desk, &service, more);
        assert_eq!(
            (again.count("pending"), service.sends().len()),
            (0, 4),
            "{again:?}"
        );
    }
    // Rows 7 and 8 are one person: what is sent again is sent once, and row 5 was sent as row 6.
    let resent = desk.run(&["resolve", "list", "--resend", "all", "--yes"]);
    assert!(resent.stderr.contains("1 row is pending now"), "{resent:?}");
    assert!(
        resent
            .stderr
            .contains("2 rows are duplicate now and not sent"),
        "{resent:?}"
    );
    let last = send(&desk, &service, &[]);
    assert_eq!(
        (last.count("unknown"), service.sends().len()),
        (0, 5),
        "{last:?}"
    );
}

#[test]
fn an_older_ledger_takes_the_stop_list_by_person() {
    let (desk, service) = (Desk::new(), Service::accepting());
    copy(&desk, "ledger-v6.csv", "list.csv");
    copy(&desk, "ledger-v6.ledger", "list.ledger");
    desk.write("stop.csv", "525500000005\n5215500000004\n79001234505\n");
    let ran = send(&desk, &service, &["--suppress", "stop.csv"]);
    assert_eq!(
        (ran.count("suppressed"), chats(&service)),
        (3, vec!["79001234504@c.us".to_owned()]),
        "{ran:?}"
    );
}

/// `history-v1.book` is what the same run of the older version entered.
#[test]
fn an_older_send_history_knows_its_people_by_every_chat_id() {
    let (desk, service) = (Desk::new(), Service::accepting());
    fs::create_dir(desk.path("state")).unwrap();
    let book = format!("state/loopback-127.0.0.1-{}-{ID}.book", service.port);
    copy(&desk, "history-v1.book", &book);
    // So that none of them is of today.
    let earlier = "UPDATE sends SET at = at - 10 * 86400000";
    rusqlite::Connection::open(desk.path(&book))
        .unwrap()
        .execute_batch(earlier)
        .unwrap();
    desk.write(
        "list.csv",
        list(&[
            ("525500000001@c.us", "79001234568", "Neu"),
            ("551187654321@c.us", "79001234568", "Neu"),
            ("541123456789@c.us", "79001234568", "Neu"),
            ("5215500000099@c.us", "79001234568", "Neu"),
            ("525500000099@c.us", "79001234568", "Noch eins"),
            ("79001234599@c.us", "79001234568", "Neu"),
        ]),
    );
    let ran = send(
        &desk,
        &service,
        &["--new-recipients-per-day", "1", "--no-wait"],
    );
    let known = [
        "525500000001@c.us",
        "551187654321@c.us",
        "541123456789@c.us",
    ];
    let all = [&known[..], &["5215500000099@c.us", "525500000099@c.us"]].concat();
    assert_eq!(
        chats(&service),
        all,
        "two chat ids of one person are one new recipient: {ran:?}"
    );
    assert_eq!((ran.code, ran.count("pending")), (5, 1), "{ran:?}");
}

/// A contact in the journal, as `lastOutgoingMessages` prints it.
fn journaled(id: &str, chat: &str, name: &str) -> Value {
    let vcard = format!(
        "BEGIN:VCARD\nVERSION:3.0\nN:;{name};;;\nFN:{name}\nitem1.TEL;waid=79001234568:+7 (900) 123-45-68\nEND:VCARD"
    );
    json!({"type": "outgoing", "idMessage": id, "timestamp": jiff::Timestamp::now().as_second(),
        "statusMessage": "delivered", "sendByApi": true, "typeMessage": "contactMessage", "chatId": chat,
        "contact": {"displayName": name, "vcard": vcard}})
}

#[test]
fn an_unknown_row_is_found_and_an_accepted_one_tracked_in_another_chat_of_the_person() {
    let journal = json!([
        journaled("3EB0A", "525512345678@c.us", "Андрей"),
        journaled("3EB00000000000000001", "5491123456789@c.us", "Juan"),
    ]);
    let service = Service::start(move |number, request| match request {
        request if request.is_send() && number == 0 => Reply::Close,
        request if request.is_send() => accepted(number),
        request if request.path.contains("/lastOutgoingMessages/") => {
            Reply::Answer(200, journal.to_string())
        }
        request if request.path.contains("/getSettings/") => Reply::Answer(200, "{}".to_owned()),
        request if request.path.contains("/showMessagesQueue/") => {
            Reply::Answer(200, "[]".to_owned())
        }
        request if request.path.contains("/getStateInstance/") => authorized(),
        _ => Reply::Answer(404, "Cannot GET".to_owned()),
    });
    let desk = Desk::new();
    let rows = [
        ("5215512345678@c.us", "79001234568", "Андреи\u{306}"),
        ("541123456789@c.us", "79001234568", "Juan"),
    ];
    desk.write("list.csv", list(&rows));
    let ran = send(&desk, &service, &[]);
    assert_eq!(
        (ran.count("unknown"), ran.count("accepted")),
        (1, 1),
        "{ran:?}"
    );
    let looked = desk.run_to(&service, &["reconcile", "list", "--json"]);
    assert_eq!(
        (looked.count("unknown"), looked.count("accepted")),
        (0, 2),
        "{looked:?}"
    );
    assert_eq!(desk.run_to(&service, &["track", "list"]).code, 0);
    assert_eq!(desk.run(&["report", "list"]).code, 0);
    assert_eq!(
        desk.column("list-results.csv", "idMessage"),
        ["3EB0A", "3EB00000000000000001"]
    );
    assert_eq!(
        desk.column("list-results.csv", "delivery"),
        ["delivered"; 2]
    );
    assert_eq!(
        desk.column("list-results.csv", "recipient"),
        ["5215512345678@c.us", "541123456789@c.us"]
    );
    assert_eq!(service.sends().len(), 2);
}

#[test]
fn a_chat_id_and_a_number_in_one_row_may_be_two_forms_of_one_number() {
    let desk = Desk::new();
    let rows = "5215512345678@c.us,525512345678,79001234568,Luis\n5511987654321@c.us,551187654321,79001234568,Ana\n\
                5215512345678@c.us,525512345679,79001234568,Eva\n";
    desk.write(
        "list.csv",
        format!("chatId,phoneNumber,phoneContact,firstName\n{rows}"),
    );
    assert_eq!(
        checked(&desk, &["list.csv"], "status"),
        ["valid", "valid", "invalid"]
    );
    let taken = checked(&desk, &["list.csv"], "chatId");
    assert_eq!(
        taken[..2],
        [json!("5215512345678@c.us"), json!("5511987654321@c.us")]
    );
}

#[test]
fn whoever_is_on_the_list_by_another_chat_id_is_not_added_to_it_again() {
    let wrote = |chat: &str| {
        json!({"type": "incoming", "idMessage": chat, "timestamp": jiff::Timestamp::now().as_second(),
            "typeMessage": "textMessage", "chatId": chat, "senderId": chat, "textMessage": "stop"})
    };
    let chats = [
        "551187654321@c.us",
        "5215512345678@c.us",
        "525512345678@c.us",
        "541123456789@c.us",
    ];
    let incoming = Value::from(chats.map(wrote).to_vec());
    let service = Service::start(move |_, request| {
        let is_asked = request.path.contains("/lastIncomingMessages/");
        Reply::Answer(
            200,
            if is_asked {
                incoming.to_string()
            } else {
                "{}".to_owned()
            },
        )
    });
    let desk = Desk::new();
    desk.write(
        "stop.csv",
        "chatId,reason,time\n5511987654321,,\n+54 9 11 2345-6789,,\n",
    );
    let ran = desk.run_to(&service, &["opt-outs", "--out", "stop.csv"]);
    assert!(
        ran.stderr
            .contains("3 people asked not to be contacted, 1 of them new"),
        "{ran:?}"
    );
    let again = desk.run_to(&service, &["opt-outs", "--out", "stop.csv"]);
    assert!(again.stderr.contains("0 of them new"), "{again:?}");
    assert_eq!(desk.read("stop.csv").lines().count(), 4);
}
