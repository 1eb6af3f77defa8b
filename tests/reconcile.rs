//! Lost answers: a contact that the queue or the journal of the instance shows is marked as found; any other stays
//! unknown until its absence is proved, or a person decides. Nothing here sends a contact.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use stand_in::{Desk, Ran, Received, Reply, Service, accepted, authorized, each, table};

const ROWS: usize = 6;

/// What the service shows when it is asked.
#[derive(Clone)]
struct Shows {
    state: Reply,
    settings: Reply,
    queue: Reply,
    /// The answer to `getMessagesCount`, which some services do not have.
    count: Reply,
    journal: Reply,
    /// The answer to `getStateInstanceHistory`, which some services do not have.
    history: Reply,
}

fn cannot_get() -> Reply {
    Reply::Answer(404, "Cannot GET".into())
}

fn whole(value: &Value) -> Reply {
    Reply::Answer(200, value.to_string())
}

impl Shows {
    /// An instance that is well and shows these contacts.
    fn messages(queue: &[Value], journal: &[Value]) -> Self {
        Self {
            state: authorized(),
            settings: whole(
                &json!({"wid": "11001234567@c.us", "delaySendMessagesMilliseconds": 500}),
            ),
            queue: whole(&json!(queue)),
            count: whole(&json!({"count": queue.len()})),
            journal: whole(&json!(journal)),
            history: cannot_get(),
        }
    }
}

/// A campaign whose rows 2 to 7 are for the recipients 0 to 5; the answers of some were lost.
struct Scene {
    desk: Desk,
    service: Service,
    shows: Arc<Mutex<Shows>>,
    sent: usize,
}

fn recipient(row: usize) -> String {
    (79_000_000_000 + row).to_string()
}

fn chat(row: usize) -> String {
    format!("{}@c.us", recipient(row))
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// A contact in the queue, as `showMessagesQueue` prints it.
fn queued(id: &str, row: usize) -> Value {
    json!({"messageID": id, "type": "sendContact", "body": {"chatId": chat(row),
        "contact": {"phoneContact": 79_001_234_568_u64, "firstName": format!("Гость {row}")}}})
}

/// A contact in the journal, as `lastOutgoingMessages` prints it: the number stands behind `waid` only.
fn journaled(id: &str, chat: &str, row: usize) -> Value {
    let vcard = format!(
        "BEGIN:VCARD\nVERSION:3.0\nN:;Гость {row};;;\nFN:Гость {row}\nitem1.TEL;waid=79001234568:+7 (900) 123-45-68\nEND:VCARD"
    );
    json!({"type": "outgoing", "idMessage": id, "timestamp": now(), "statusMessage": "sent", "sendByApi": true,
        "typeMessage": "contactMessage", "chatId": chat, "contact": {"displayName": format!("Гость {row}"), "vcard": vcard}})
}

impl Scene {
    /// Row by row, so that request and row are one; the answers of `lost` do not come.
    fn new(lost: &'static [usize], table: &str) -> Self {
        Self::at(Some(0), lost, table)
    }

    /// The service's clock is so many seconds ahead of the machine's, or the service tells no time.
    fn at(ahead: Option<i64>, lost: &'static [usize], table: &str) -> Self {
        let shows = Arc::new(Mutex::new(Shows::messages(&[], &[])));
        let answers = Arc::clone(&shows);
        let service = Service::start(move |number, request| {
            let now = answers.lock().unwrap();
            let asks = |method: &str| request.path.contains(&format!("/{method}/"));
            match () {
                () if request.is_send() && lost.contains(&number) => Reply::Close,
                () if request.is_send() => accepted(number),
                () if asks("getStateInstance") => now.state.clone(),
                () if asks("getSettings") => now.settings.clone(),
                () if asks("showMessagesQueue") => now.queue.clone(),
                () if asks("lastOutgoingMessages") => now.journal.clone(),
                () if asks("getMessagesCount") => now.count.clone(),
                () if asks("getStateInstanceHistory") => now.history.clone(),
                () => cannot_get(),
            }
        });
        service.set_clock(ahead);
        let desk = Desk::new();
        desk.write("list.csv", table);
        let arguments = [
            "send",
            "list.csv",
            "--json",
            "--no-reconcile",
            "--concurrency",
            "1",
            "--rate",
            "2000",
        ];
        let ran = desk.run_to(&service, &arguments);
        let rows = ran.count("rows");
        let unknown = lost
            .iter()
            .filter(|number| (**number as u64) < rows)
            .count();
        assert_eq!(
            (ran.code, ran.count("unknown")),
            (6, unknown as u64),
            "{ran:?}"
        );
        let sent = service.received().len();
        Self {
            desk,
            service,
            shows,
            sent,
        }
    }

    fn of_table(lost: &'static [usize]) -> Self {
        Self::new(lost, &table(ROWS))
    }

    fn show(&self, shows: Shows) {
        *self.shows.lock().unwrap() = shows;
    }

    /// Looks unknown rows up; gives what was said, and status and idMessage of every row.
    fn reconcile(&self, more: &[&str]) -> (Ran, Vec<(String, String)>) {
        let looked = self.reconcile_posted(more, self.service.sends().len());
        self.asked_only();
        looked
    }

    /// The same, when so many contacts have been posted.
    fn reconcile_posted(&self, more: &[&str], posted: usize) -> (Ran, Vec<(String, String)>) {
        let ran = self.desk.run_to(
            &self.service,
            &[&["reconcile", "list", "--json"], more].concat(),
        );
        ran.adds_up();
        assert_eq!(self.service.sends().len(), posted, "something was sent");
        (ran, self.rows())
    }

    fn rows(&self) -> Vec<(String, String)> {
        assert_eq!(self.desk.run(&["report", "list"]).code, 0);
        let column = |heading| self.desk.column("list-results.csv", heading);
        column("status")
            .into_iter()
            .zip(column("idMessage"))
            .collect()
    }

    /// Nothing was posted by the look-up, and each method was asked at most once a second.
    fn asked_only(&self) {
        let received = self.service.received();
        assert!(
            received[self.sent..]
                .iter()
                .all(|request| request.method == "GET"),
            "something was sent"
        );
        for method in [
            "getStateInstance",
            "getSettings",
            "showMessagesQueue",
            "getMessagesCount",
            "lastOutgoingMessages",
        ] {
            let asked = self.service.asked(method);
            let apart = asked
                .windows(2)
                .all(|pair| pair[1] - pair[0] >= Duration::from_secs(1));
            assert!(apart, "{method} was asked twice in a second");
        }
    }

    /// As if the first look that found nothing, and the request, had been so many seconds earlier.
    fn earlier(&self, seconds: i64) {
        let ledger = rusqlite::Connection::open(self.desk.path("list.ledger")).unwrap();
        let statement = "UPDATE rows SET absent_since = absent_since - ?1, sent_at = sent_at - ?1 WHERE absent_since > 0";
        ledger.execute(statement, [seconds * 1000]).unwrap();
        for file in std::fs::read_dir(self.desk.path("state")).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "book") {
                let history = rusqlite::Connection::open(path).unwrap();
                history
                    .execute("UPDATE sends SET at = at - ?1", [seconds * 1000])
                    .unwrap();
            }
        }
    }

    fn send_again(&self) -> Ran {
        let ran = self.desk.run_to(
            &self.service,
            &["send", "list.csv", "--json", "--no-reconcile"],
        );
        ran.adds_up();
        ran
    }
}

fn unknown() -> (String, String) {
    ("unknown".into(), String::new())
}

fn found(id: &str) -> (String, String) {
    ("accepted".into(), id.into())
}

#[test]
fn a_contact_in_the_queue_or_the_journal_is_found_with_its_id() {
    let scene = Scene::of_table(&[1, 3]);
    scene.show(Shows::messages(
        &[queued("QUEUED", 1)],
        &[journaled("LEFT", &chat(3), 3)],
    ));
    let (ran, rows) = scene.reconcile(&[]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 6), "{ran:?}");
    assert_eq!((&rows[1], &rows[3]), (&found("QUEUED"), &found("LEFT")));
    let told = scene.desk.column("list-results.csv", "explanation");
    assert!(
        told[1].contains("instance's queue") && told[3].contains("instance's journal"),
        "{told:?}"
    );
    assert_eq!(
        (scene.send_again().code, scene.service.sends().len()),
        (0, ROWS)
    );
}

#[test]
fn the_code_is_that_of_the_rows_also_where_none_is_unknown() {
    let list = "phoneNumber,phoneContact,firstName\n79000000000,79001234568,Гость 0\n79000000001,12,Гость 1\n";
    let scene = Scene::new(&[0], list);
    assert_eq!(scene.reconcile(&[]).0.code, 6);
    scene.show(Shows::messages(&[queued("QUEUED", 0)], &[]));
    assert_eq!(scene.reconcile(&[]).0.code, 4, "one row is invalid");
}

#[test]
fn what_the_journal_shows_late_is_found_by_a_second_look() {
    let scene = Scene::of_table(&[1]);
    let (ran, rows) = scene.reconcile(&[]);
    assert_eq!((ran.code, &rows[1]), (6, &unknown()), "{ran:?}");
    scene.show(Shows::messages(&[], &[journaled("LATE", &chat(1), 1)]));
    let (ran, rows) = scene.reconcile(&[]);
    assert_eq!((ran.code, &rows[1]), (0, &found("LATE")), "{ran:?}");
}

#[test]
fn send_itself_looks_once_at_the_end() {
    let list = table(3);
    let service = Service::start(move |number, request| match (request.is_send(), number) {
        (true, 1) => Reply::Close,
        (true, _) => accepted(number),
        (false, _) if request.path.contains("/showMessagesQueue/") => {
            whole(&json!([queued("QUEUED", 1)]))
        }
        (false, _) if request.path.contains("/getSettings/") => whole(&json!({})),
        (false, _) if request.path.contains("/lastOutgoingMessages/") => whole(&json!([])),
        (false, _) => authorized(),
    });
    let desk = Desk::new();
    desk.write("list.csv", list);
    let ran = desk.run_to(
        &service,
        &["send", "list.csv", "--json", "--concurrency", "1"],
    );
    assert_eq!((ran.code, ran.count("accepted")), (0, 3), "{ran:?}");
    assert_eq!(desk.column("list-results.csv", "idMessage")[1], "QUEUED");
}

#[test]
fn a_contact_of_another_campaign_that_is_read_just_now_is_not_a_match() {
    for (before, status, code, id) in [
        (true, "read", 6, ""),
        (true, "sent", 0, "SEEN"),
        (false, "read", 0, "SEEN"),
    ] {
        let service = Service::start(move |number, request| match (request.is_send(), number) {
            (true, 0) if before => accepted(number),
            (true, _) => Reply::Close,
            (false, _) if request.path.contains("/lastOutgoingMessages/") => {
                let mut message = journaled("SEEN", &chat(0), 0);
                message["statusMessage"] = json!(status);
                whole(&json!([message]))
            }
            (false, _) if request.path.contains("/showMessagesQueue/") => whole(&json!([])),
            (false, _) if request.path.contains("/getSettings/") => whole(&json!({})),
            (false, _) => authorized(),
        });
        let desk = Desk::new();
        desk.write("spring.csv", table(1));
        desk.write("autumn.csv", table(1));
        if before {
            assert_eq!(
                desk.run_to(&service, &["send", "spring.csv", "--daily-cap", "9"])
                    .code,
                0
            );
        }
        let ran = desk.run_to(
            &service,
            &["send", "autumn.csv", "--daily-cap", "9", "--again"],
        );
        assert_eq!(ran.code, code, "{before}, {status}: {ran:?}");
        assert_eq!(desk.column("autumn-results.csv", "idMessage"), [id]);
    }
}

#[test]
fn a_contact_that_another_campaign_sent_later_is_not_adopted() {
    for (again, code, id) in [(true, 6, ""), (false, 0, "SEEN")] {
        let service = Service::start(move |number, request| match (request.is_send(), number) {
            (true, 0) => Reply::Close,
            (true, _) => accepted(number),
            (false, _) if request.path.contains("/lastOutgoingMessages/") => {
                whole(&json!([journaled("SEEN", &chat(0), 0)]))
            }
            (false, _) if request.path.contains("/showMessagesQueue/") => whole(&json!([])),
            (false, _) if request.path.contains("/getSettings/") => whole(&json!({})),
            (false, _) => authorized(),
        });
        let desk = Desk::new();
        desk.write("autumn.csv", table(1));
        desk.write("spring.csv", table(1));
        assert_eq!(
            desk.run_to(&service, &["send", "autumn.csv", "--no-reconcile"])
                .code,
            6
        );
        if again {
            assert_eq!(
                desk.run_to(&service, &["send", "spring.csv", "--again"])
                    .code,
                0
            );
        }
        let ran = desk.run_to(&service, &["reconcile", "autumn"]);
        assert_eq!(ran.code, code, "{again}: {ran:?}");
        desk.run(&["report", "autumn"]);
        assert_eq!(desk.column("autumn-results.csv", "idMessage"), [id]);
    }
}

#[test]
fn behind_a_lid_a_contact_that_another_campaign_sent_too_is_not_a_match() {
    for (both, code, id) in [(true, 6, ""), (false, 0, "SEEN")] {
        let service = Service::start(move |number, request| match (request.is_send(), number) {
            (true, 0) if both => accepted(number),
            (true, _) => Reply::Close,
            (false, _) if request.path.contains("/lastOutgoingMessages/") => {
                whole(&json!([journaled("SEEN", LID, 0)]))
            }
            (false, _) if request.path.contains("/showMessagesQueue/") => whole(&json!([])),
            (false, _) if request.path.contains("/getSettings/") => whole(&json!({})),
            (false, _) => authorized(),
        });
        let desk = Desk::new();
        desk.write("spring.csv", table(1).replace(&recipient(0), &recipient(7)));
        desk.write("autumn.csv", table(1));
        if both {
            assert_eq!(desk.run_to(&service, &["send", "spring.csv"]).code, 0);
        }
        let ran = desk.run_to(&service, &["send", "autumn.csv"]);
        assert_eq!(ran.code, code, "{both}: {ran:?}");
        assert_eq!(desk.column("autumn-results.csv", "idMessage"), [id]);
    }
}

/// The case, what is shown, and which rows are found under which id; rows 1 and 3 are lost.
type Look = (&'static str, fn() -> Shows, [Option<&'static str>; 2]);

const LID: &str = "120650379300963@lid";

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_contact_is_matched_or_stays_unknown() {
    let cases: [Look; 14] = [
        (
            "behind a lid",
            || Shows::messages(&[], &[journaled("L", LID, 1)]),
            [Some("L"), None],
        ),
        (
            "two behind lids",
            || {
                Shows::messages(
                    &[],
                    &[
                        journaled("L", LID, 1),
                        journaled("M", "120650379300964@lid", 3),
                    ],
                )
            },
            [Some("L"), Some("M")],
        ),
        (
            "two that could be the one behind a lid",
            || Shows::messages(&[], &[journaled("L", LID, 1), journaled("M", LID, 1)]),
            [None, None],
        ),
        (
            "an id that is the token",
            || Shows::messages(&[queued(stand_in::TOKEN, 1)], &[]),
            [None, None],
        ),
        (
            "the id of another row",
            || Shows::messages(&[], &[journaled("3EB00000000000000000", &chat(0), 1)]),
            [None, None],
        ),
        (
            "an id that a row has in another chat",
            || Shows::messages(&[], &[journaled("3EB00000000000000000", &chat(1), 1)]),
            [Some("3EB00000000000000000"), None],
        ),
        (
            "another contact",
            || Shows::messages(&[queued("Q", 2)], &[journaled("J", &chat(1), 5)]),
            [None, None],
        ),
        (
            "queue and journal at once",
            || Shows::messages(&[queued("B", 1)], &[journaled("B", &chat(1), 1)]),
            [Some("B"), None],
        ),
        (
            "by number, as it was sent",
            || {
                let mut message = queued("P", 3);
                message["body"] = json!({"phoneNumber": 79_000_000_003_u64, "contact": message["body"]["contact"]});
                Shows::messages(&[message], &[])
            },
            [None, Some("P")],
        ),
        (
            "a contact from before",
            || {
                let mut message = journaled("OLD", &chat(1), 1);
                message["timestamp"] = json!(now() - 3600);
                Shows::messages(&[], &[message])
            },
            [None, None],
        ),
        (
            "a contact that a person sent",
            || {
                let mut message = journaled("BY HAND", &chat(1), 1);
                message["sendByApi"] = json!(false);
                Shows::messages(&[], &[message])
            },
            [None, None],
        ),
        (
            "no name to see",
            || {
                let mut message = journaled("BARE", &chat(3), 3);
                message["contact"] =
                    json!({"vcard": "BEGIN:VCARD\nTEL;waid=79001234568:x\nEND:VCARD"});
                Shows::messages(&[], &[message])
            },
            [None, Some("BARE")],
        ),
        (
            "between other things",
            || {
                let odd = [
                    json!(7),
                    json!(null),
                    json!({"type": "sendMessage", "messageID": "X", "body": {"chatId": chat(1)}}),
                ];
                Shows::messages(
                    &[
                        odd[0].clone(),
                        odd[1].clone(),
                        odd[2].clone(),
                        queued("Q", 1),
                    ],
                    &odd,
                )
            },
            [Some("Q"), None],
        ),
        (
            "the journal although the queue does not answer",
            || Shows {
                queue: Reply::Answer(404, "Cannot GET".into()),
                ..Shows::messages(&[], &[journaled("J", &chat(1), 1)])
            },
            [Some("J"), None],
        ),
    ];
    each(&cases, 12, |(_, shows, ids)| {
        let scene = Scene::of_table(&[1, 3]);
        scene.show(shows());
        let (ran, rows) = scene.reconcile(&[]);
        let expected = ids.map(|id| id.map_or_else(unknown, found));
        assert_eq!([rows[1].clone(), rows[3].clone()], expected, "{ran:?}");
        assert_eq!(ran.code, if ids.contains(&None) { 6 } else { 0 });
        assert_eq!(
            rows.iter()
                .filter(|row| row.0 == "accepted" && !row.1.is_empty())
                .count(),
            rows.iter().filter(|row| row.0 == "accepted").count()
        );
    });
}

#[test]
fn absence_is_proved_by_two_looks_far_apart_and_then_the_contact_is_sent_again() {
    let scene = Scene::of_table(&[1]);
    assert_eq!(
        scene.reconcile(&["--resend-absent"]).1[1],
        unknown(),
        "one look proves nothing"
    );
    scene.earlier(110);
    assert_eq!(
        scene.reconcile(&["--resend-absent"]).1[1],
        unknown(),
        "the journal may be late"
    );
    scene.earlier(20);
    let (ran, rows) = scene.reconcile(&[]);
    assert_eq!(
        (&rows[1], ran.code),
        (&unknown(), 6),
        "only a person says that it goes again"
    );
    assert!(ran.stderr.contains("--resend-absent"), "{}", ran.stderr);
    let (ran, rows) = scene.reconcile(&["--resend-absent"]);
    assert_eq!(
        (ran.code, rows[1].0.as_str(), ran.count("pending")),
        (5, "pending", 1),
        "{ran:?}"
    );
    assert_eq!(scene.reconcile(&[]).0.code, 5, "the row waits for send");
    let ran = scene.send_again();
    assert_eq!(
        (ran.code, ran.count("accepted"), scene.service.sends().len()),
        (0, 6, ROWS + 1),
        "{ran:?}"
    );
}

/// The states of an instance, and how many seconds ago each began.
fn states(states: &[(&str, i64)]) -> Reply {
    let entry =
        |(state, ago): &(&str, i64)| json!({"stateInstance": state, "timestamp": now() - ago});
    whole(&json!(states.iter().map(entry).collect::<Vec<_>>()))
}

#[test]
fn a_state_between_two_looks_that_was_not_authorized_leaves_no_proof() {
    let scene = Scene::of_table(&[1]);
    let authorized_again = [
        ("authorized", 1),
        ("notAuthorized", 60),
        ("authorized", 9000),
    ];
    scene.reconcile(&[]);
    scene.earlier(130);
    scene.show(Shows {
        history: states(&authorized_again),
        ..Shows::messages(&[], &[])
    });
    let (ran, rows) = scene.reconcile(&["--resend-absent"]);
    assert_eq!((&rows[1], ran.code), (&unknown(), 6), "{ran:?}");
    let why = "the history of the instance shows another state than authorized";
    assert!(ran.stderr.contains(why), "{ran:?}");
}

#[test]
fn a_state_that_was_authorized_all_the_time_leaves_the_proof_standing() {
    let scene = Scene::of_table(&[1]);
    let show = || {
        scene.show(Shows {
            history: states(&[("authorized", 9000), ("notAuthorized", 9100)]),
            ..Shows::messages(&[], &[])
        });
    };
    show();
    assert_eq!(scene.reconcile(&["--resend-absent"]).1[1], unknown());
    scene.earlier(130);
    show();
    let (ran, rows) = scene.reconcile(&["--resend-absent"]);
    assert_eq!((rows[1].0.as_str(), ran.code), ("pending", 5), "{ran:?}");
}

#[test]
fn a_proof_of_one_request_says_nothing_about_the_next() {
    let scene = Scene::of_table(&[1, ROWS]);
    scene.reconcile(&[]);
    scene.earlier(125);
    assert_eq!(
        scene
            .desk
            .run(&["resolve", "list", "--resend", "3", "--yes"])
            .code,
        0
    );
    assert_eq!(
        scene.send_again().count("unknown"),
        1,
        "its second answer is lost too"
    );
    let (ran, rows) = scene.reconcile_posted(&["--resend-absent"], ROWS + 1);
    assert_eq!(
        (ran.code, &rows[1]),
        (6, &unknown()),
        "the first look after this request proves nothing: {ran:?}"
    );
    scene.earlier(130);
    let (_, rows) = scene.reconcile_posted(&["--resend-absent"], ROWS + 1);
    assert_eq!(rows[1].0, "pending");
}

/// The case, and what is shown of rows 1 and 3, of which nobody can say that it is not theirs.
type Unclear = (&'static str, fn() -> Shows);

/// A journal that shows row 1, and the one of row 3 so changed.
fn changed(change: fn(&mut Value)) -> Shows {
    let mut message = journaled("C", &chat(3), 3);
    change(&mut message);
    Shows::messages(&[], &[journaled("B", &chat(1), 1), message])
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_possible_match_is_never_called_absent() {
    let cases: [Unclear; 13] = [
        ("another name", || {
            changed(|message| message["contact"] = journaled("", "", 9)["contact"].clone())
        }),
        ("before the request, by our clock", || {
            changed(|message| message["timestamp"] = json!(now() - 300))
        }),
        ("behind a lid and an hour old", || {
            changed(|message| {
                message["chatId"] = json!(LID);
                message["timestamp"] = json!(now() + 3600);
            })
        }),
        ("without a number", || {
            changed(|message| message["contact"]["vcard"] = json!("BEGIN:VCARD\nFN:x\nEND:VCARD"))
        }),
        ("without a contact", || {
            changed(|message| message["contact"] = json!(null))
        }),
        ("as one of several contacts", || {
            changed(|message| message["typeMessage"] = json!("contactsArrayMessage"))
        }),
        ("as a message of no kind", || {
            changed(|message| message["typeMessage"] = json!(null))
        }),
        ("sent by hand", || {
            changed(|message| message["sendByApi"] = json!(false))
        }),
        ("in no chat", || {
            changed(|message| message["chatId"] = json!(null))
        }),
        ("under no id", || {
            changed(|message| message["idMessage"] = json!(null))
        }),
        ("under an id that is the token", || {
            changed(|message| message["idMessage"] = json!(stand_in::TOKEN))
        }),
        ("another number in the same chat", || {
            Shows::messages(
                &[{
                    let mut message = queued("C", 3);
                    message["body"]["contact"]["phoneContact"] = json!(79_001_234_569_u64);
                    message
                }],
                &[journaled("B", &chat(1), 1)],
            )
        }),
        ("queued without a contact", || {
            Shows::messages(
                &[json!({"messageID": "C", "type": "sendContact", "body": {"chatId": chat(3)}})],
                &[journaled("B", &chat(1), 1)],
            )
        }),
    ];
    each(&cases, 13, |(case, shows)| {
        let scene = Scene::of_table(&[1, 3]);
        scene.show(shows());
        scene.reconcile(&[]);
        scene.earlier(3600);
        let (ran, rows) = scene.reconcile(&["--resend-absent"]);
        assert_eq!(
            (&rows[1], &rows[3]),
            (&found("B"), &unknown()),
            "{case}: {ran:?}"
        );
        assert!(
            ran.stderr.contains("messages that may be theirs"),
            "{case}: {}",
            ran.stderr
        );
        assert_eq!(
            (scene.send_again().code, scene.service.sends().len()),
            (6, ROWS),
            "{case}"
        );
    });
}

#[test]
fn two_contacts_that_cannot_be_distinguished_stay_unknown() {
    let names = "phoneNumber,phoneContact,firstName,company\n79000000001,79001234568,Гость 1,\n\
                 79000000001,79001234568,Гость 1,Image\n";
    let lids: [Value; 2] = ["B", "C"].map(|id| journaled(id, &format!("{id}@lid"), 1));
    let one_chat = [journaled("B", &chat(1), 1), journaled("C", &chat(1), 1)];
    let manager = "phoneNumber,phoneContact,firstName\n79000000001,79001234568,Гость 1\n\
                   79000000002,79001234568,Гость 1\n";
    let chats = "phoneNumber,phoneContact,firstName\n120650379300963@lid,79001234568,Гость 1\n\
                 120650379300964@lid,79001234568,Гость 1\n";
    let people: [Value; 2] = [(1, "B"), (2, "C")].map(|(row, id)| journaled(id, &chat(row), 1));
    for (list, shown) in [
        (names, one_chat),
        (manager, lids),
        (&chats.replace("phoneNumber", "chatId"), people),
    ] {
        let scene = Scene::new(&[0, 1], list);
        scene.show(Shows::messages(&[], &shown));
        scene.reconcile(&[]);
        scene.earlier(3600);
        let (ran, rows) = scene.reconcile(&["--resend-absent"]);
        assert_eq!(
            (ran.code, &rows[..]),
            (6, &[unknown(), unknown()][..]),
            "{list}: {ran:?}"
        );
    }
}

#[test]
fn a_slow_queue_is_given_its_time() {
    let scene = Scene::of_table(&[1]);
    let slow = Shows {
        settings: whole(&json!({"delaySendMessagesMilliseconds": 600_000})),
        ..Shows::messages(&[], &[])
    };
    scene.show(slow);
    scene.reconcile(&[]);
    scene.earlier(300);
    assert_eq!(scene.reconcile(&["--resend-absent"]).1[1], unknown());
    scene.earlier(600);
    assert_eq!(scene.reconcile(&["--resend-absent"]).1[1].0, "pending");
}

/// What proves nothing, and a word of why.
type Useless = (&'static str, fn() -> Shows, &'static str);

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_look_that_proves_nothing_undoes_the_one_before() {
    let well = || Shows::messages(&[], &[]);
    let full: Vec<Value> = (0..500)
        .map(|message| json!({"messageID": message.to_string(), "type": "sendMessage"}))
        .collect();
    let full = whole(&json!(full));
    let shows: [Useless; 14] = [
        (
            "a hidden head of the queue",
            || Shows {
                count: whole(&json!({"сount": 1})),
                ..Shows::messages(&[], &[])
            },
            "the instance's queue holds more messages than the service shows",
        ),
        (
            "no count of the queue, for the service has none",
            || Shows {
                count: cannot_get(),
                ..Shows::messages(&[], &[])
            },
            "getMessagesCount does not report",
        ),
        (
            "no count of the queue, for the service is in trouble",
            || Shows {
                count: Reply::Answer(503, String::new()),
                ..Shows::messages(&[], &[])
            },
            "getMessagesCount does not report",
        ),
        (
            "a count that is none",
            || Shows {
                count: whole(&json!({"count": "none"})),
                ..Shows::messages(&[], &[])
            },
            "getMessagesCount does not report",
        ),
        (
            "two times that contradict each other",
            || {
                let date = "date: Fri, 01 Jan 2027 00:00:00 GMT\r\n";
                Shows {
                    journal: Reply::Raw(stand_in::whole(200, date, "[]")),
                    ..Shows::messages(&[], &[])
                }
            },
            "two times that contradict each other",
        ),
        (
            "not authorized",
            || Shows {
                state: whole(&json!({"stateInstance": "notAuthorized"})),
                ..Shows::messages(&[], &[])
            },
            "notAuthorized",
        ),
        (
            "no state",
            || Shows {
                state: Reply::Answer(502, "<html>nginx</html>".into()),
                ..Shows::messages(&[], &[])
            },
            "502",
        ),
        (
            "no settings",
            || Shows {
                settings: Reply::Answer(404, String::new()),
                ..Shows::messages(&[], &[])
            },
            "404",
        ),
        (
            "no queue",
            || Shows {
                queue: cannot_get(),
                ..Shows::messages(&[], &[])
            },
            "404",
        ),
        (
            "a queue of HTML",
            || Shows {
                queue: Reply::Answer(200, "<html>".into()),
                ..Shows::messages(&[], &[])
            },
            "could not be read",
        ),
        (
            "no journal",
            || Shows {
                journal: Reply::Answer(500, String::new()),
                ..Shows::messages(&[], &[])
            },
            "500",
        ),
        (
            "a journal that is null",
            || Shows {
                journal: Reply::Answer(200, "null".into()),
                ..Shows::messages(&[], &[])
            },
            "could not be read",
        ),
        (
            "half a journal",
            || Shows {
                journal: Reply::Answer(200, "[{\"typeMess".into()),
                ..Shows::messages(&[], &[])
            },
            "could not be read",
        ),
        (
            "a journal that is cut",
            || Shows {
                journal: Reply::Close,
                ..Shows::messages(&[], &[])
            },
            "broke",
        ),
    ];
    let useless: Vec<(&str, Shows, &str)> = shows
        .iter()
        .map(|(name, shows, words)| (*name, shows(), *words))
        .chain([(
            "a full queue",
            Shows {
                queue: full,
                ..well()
            },
            "than the service shows",
        )])
        .collect();
    let numbers: Vec<usize> = (0..useless.len()).collect();
    each(&numbers, 12, |number| {
        let (name, shows, words) = &useless[*number];
        let scene = Scene::of_table(&[1]);
        scene.reconcile(&[]);
        scene.earlier(3600);
        scene.show(shows.clone());
        let (ran, rows) = scene.reconcile(&["--resend-absent"]);
        assert_eq!((ran.code, &rows[1]), (6, &unknown()), "{name}: {ran:?}");
        assert!(ran.stderr.contains(words), "{name}: {}", ran.stderr);
        scene.show(well());
        let (_, rows) = scene.reconcile(&["--resend-absent"]);
        assert_eq!(
            rows[1],
            unknown(),
            "{name}: the first look counts although the second proved nothing"
        );
    });
}

/// The decision, what its rows are then: rows 3, 5 and 6 of the sheet are unknown.
type Decision = (&'static [&'static str], [&'static str; 6]);

#[test]
fn a_person_decides_about_unknown_rows_and_no_others() {
    let (a, u, p) = ("accepted", "unknown", "pending");
    let cases: [Decision; 8] = [
        (&["--assume-sent", "3"], [a, a, a, u, u, a]),
        (&["--assume-sent", "all"], [a; 6]),
        (&["--resend", "3"], [a, p, a, u, u, a]),
        (&["--resend", "4-6"], [a, u, a, p, p, a]),
        (&["--resend", "3,5-9"], [a, p, a, p, p, a]),
        (&["--resend", "all"], [a, p, a, p, p, a]),
        (&["--resend", "2,4,7"], [a, u, a, u, u, a]),
        (&["--assume-sent", "1-2"], [a, u, a, u, u, a]),
    ];
    each(&cases, 4, |(decision, statuses)| {
        let scene = Scene::of_table(&[1, 3, 4]);
        let before = scene.rows();
        let ran = scene
            .desk
            .run(&[&["resolve", "list", "--yes"], *decision].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        let rows = scene.rows();
        assert_eq!(
            rows.iter().map(|row| row.0.as_str()).collect::<Vec<_>>(),
            statuses
        );
        for (before, after) in before
            .iter()
            .zip(&rows)
            .filter(|(before, _)| before.0 == "accepted")
        {
            assert_eq!(before, after, "a row that was not unknown is left alone");
        }
        assert_eq!(
            scene.service.received().len(),
            scene.sent,
            "nobody was asked"
        );
        let resent = statuses
            .iter()
            .filter(|status| **status == "pending")
            .count();
        let left = statuses
            .iter()
            .filter(|status| **status == "unknown")
            .count() as u64;
        let ran = scene.send_again();
        assert_eq!(
            (ran.count("unknown"), ran.count("pending")),
            (left, 0),
            "{ran:?}"
        );
        assert_eq!(scene.service.sends().len(), ROWS + resent);
    });
}

#[test]
fn rows_are_sent_again_without_a_question_only_with_yes() {
    let scene = Scene::of_table(&[1, 2]);
    let ran = scene.desk.run(&["resolve", "list", "--resend", "all"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.stderr
            .contains("--yes where nobody can be asked: 2 rows would be sent again")
            && ran.stderr.contains("arrives twice"),
        "{ran:?}"
    );
    let ran = scene
        .desk
        .run(&["resolve", "list", "--resend", "all", "--lang", "ru"]);
    assert!(ran.stderr.contains("нужен ключ --yes"), "{ran:?}");
    assert_eq!([&scene.rows()[1], &scene.rows()[2]], [&unknown(); 2]);
    let ran = scene
        .desk
        .run(&["resolve", "list", "--resend", "all", "-y"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(scene.rows()[1].0, "pending");
    let ran = scene.desk.run(&["resolve", "list", "--resend", "9"]);
    assert_eq!(ran.code, 0, "nothing would be sent: {ran:?}");
}

#[test]
fn without_a_decision_the_unknown_rows_are_listed_with_what_can_be_done() {
    let scene = Scene::of_table(&[1, 3]);
    let ran = scene.desk.run(&["resolve"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    let listed: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(listed.len(), 2, "{ran:?}");
    assert!(
        listed[0].starts_with("  row 3 of list.csv, 20")
            && listed[0].ends_with(": Гость 1 79001234568 → 79000000001@c.us"),
        "{ran:?}"
    );
    for command in [
        "\n  sendcontact reconcile list --wait 5m\n",
        "\n  sendcontact resolve list --assume-sent all\n",
        "\n  sendcontact resolve list --resend all\n",
    ] {
        assert!(ran.stderr.contains(command), "{ran:?}");
    }
    assert_eq!([&scene.rows()[1], &scene.rows()[3]], [&unknown(); 2]);
    let ran = scene.desk.run(&["resolve", "list", "--assume-sent", "all"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = scene.desk.run(&["resolve", "--lang", "ru"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
    assert!(ran.stderr.contains("Неизвестных строк нет"), "{ran:?}");
}

#[test]
fn a_decision_names_rows_or_is_refused() {
    let scene = Scene::of_table(&[1]);
    for wrong in [
        &["--resend"][..],
        &["--resend", "x"],
        &["--resend", "9-3"],
        &["--resend", "3", "--assume-sent", "3"],
    ] {
        let ran = scene.desk.run(&[&["resolve", "list"], wrong].concat());
        assert_eq!(ran.code, 2, "{wrong:?}: {ran:?}");
    }
    assert_eq!(scene.rows()[1], unknown());
}

#[test]
fn a_decision_about_a_row_that_several_files_have_names_its_file() {
    let service = Service::start(|_, _| Reply::Close);
    let desk = Desk::new();
    let list = table(3);
    desk.write(
        "b.csv",
        list.replace("79000000000", "79000000008")
            .replace("79000000001", "79000000009"),
    );
    desk.write("a.csv", list);
    let ran = desk.run_to(
        &service,
        &[
            "send",
            "a.csv",
            "b.csv",
            "--no-reconcile",
            "--concurrency",
            "1",
        ],
    );
    assert_eq!(ran.code, 6, "{ran:?}");
    let resolve = |more: &[&str]| {
        let ran = desk.run(&[&["resolve", "a", "--yes"], more].concat());
        let statuses = desk.run(&["status", "a", "--json"]);
        (ran.code, statuses.count("unknown"), ran.stderr)
    };
    let (code, unknown, told) = resolve(&["--resend", "2"]);
    assert_eq!((code, unknown), (2, 5));
    assert!(
        told.contains("row 2 is unknown in several files: \"a.csv\", \"b.csv\""),
        "{told}"
    );
    assert_eq!(resolve(&["--resend", "1-3"]).0, 2);
    let (code, unknown, told) = resolve(&["--resend", "2", "--source", "c.csv"]);
    assert_eq!((code, unknown), (2, 5));
    assert!(
        told.contains("has no such file; it has \"a.csv\", \"b.csv\""),
        "{told}"
    );
    let (code, unknown, _) = resolve(&["--resend", "2", "--source", "b.csv"]);
    assert_eq!((code, unknown), (0, 4));
    let (code, unknown, _) = resolve(&["--resend", "2"]);
    assert_eq!(
        (code, unknown),
        (0, 3),
        "only a.csv has an unknown row 2 now"
    );
    let (code, unknown, _) = resolve(&["--assume-sent", "all"]);
    assert_eq!((code, unknown), (0, 0));
}

/// Two contacts for one chat, both lost: the names tell them apart.
#[test]
fn two_contacts_of_one_chat_are_distinguished_by_their_names() {
    let list = "phoneNumber,phoneContact,firstName\n79000000001,79001234568,Гость 1\n79000000001,79001234568,Гость 2\n";
    let scene = Scene::new(&[0, 1], list);
    scene.show(Shows::messages(&[], &[journaled("SECOND", &chat(1), 2)]));
    let (_, rows) = scene.reconcile(&[]);
    assert_eq!(rows, [unknown(), found("SECOND")]);
    assert_eq!(
        scene
            .service
            .sends()
            .iter()
            .map(Received::chat)
            .collect::<Vec<_>>(),
        [chat(1), chat(1)]
    );
}

/// What a column of the only unknown row holds in the ledger.
fn kept(scene: &Scene, column: &str) -> i64 {
    let ledger = rusqlite::Connection::open(scene.desk.path("list.ledger")).unwrap();
    let select = format!(
        "SELECT coalesce({column}, 0) FROM rows WHERE state = (SELECT state FROM rows WHERE number = 3)"
    );
    ledger.query_row(&select, [], |row| row.get(0)).unwrap()
}

/// For how many minutes the journal was asked each time.
fn minutes(scene: &Scene) -> Vec<u64> {
    let received = scene.service.received().into_iter();
    received
        .filter_map(|request| Some(request.path.split_once("minutes=")?.1.parse().unwrap()))
        .collect()
}

#[test]
fn the_times_of_a_proof_are_those_of_the_service_whatever_the_machine_thinks() {
    each(&[-3 * 3600, -600, -200, 7200], 4, |ahead| {
        let scene = Scene::at(Some(*ahead), &[1], &table(ROWS));
        let is_now = |time: i64| (time - (now() + ahead) * 1000).abs() < 20_000;
        assert!(is_now(kept(&scene, "sent_at")));
        scene.reconcile(&[]);
        assert!(is_now(kept(&scene, "absent_since")));
        assert!(minutes(&scene)[0] < 20, "{:?}", minutes(&scene));
        scene.earlier(130);
        let (ran, rows) = scene.reconcile(&["--resend-absent"]);
        assert_eq!(rows[1].0, "pending", "{ran:?}");
    });
}

#[test]
fn a_look_of_another_time_than_the_one_before_proves_nothing_by_a_clock_that_was_set() {
    let scene = Scene::of_table(&[1]);
    scene.reconcile(&[]);
    // The service's clock has not moved on, whatever this machine's does.
    scene.service.set_clock(Some(-2));
    assert_eq!(scene.reconcile(&["--resend-absent"]).1[1], unknown());
}

#[test]
fn without_the_time_of_the_service_at_a_look_the_journal_of_a_day_is_searched_and_nothing_is_proved()
 {
    let scene = Scene::of_table(&[1]);
    scene.reconcile(&[]);
    scene.earlier(3600);
    scene.service.set_clock(None);
    let (ran, rows) = scene.reconcile(&["--resend-absent"]);
    assert_eq!((ran.code, &rows[1]), (6, &unknown()), "{ran:?}");
    assert!(
        ran.stderr.contains("did not report its time"),
        "{}",
        ran.stderr
    );
    assert!(minutes(&scene)[1] >= 1440, "{:?}", minutes(&scene));
    scene.service.set_clock(Some(0));
    assert_eq!(
        scene.reconcile(&["--resend-absent"]).1[1],
        unknown(),
        "the look before proved nothing"
    );
    scene.show(Shows::messages(&[], &[journaled("THERE", &chat(1), 1)]));
    assert_eq!(scene.reconcile(&[]).1[1], found("THERE"));
}

#[test]
fn a_request_of_which_the_service_told_no_time_is_never_proved_absent() {
    let scene = Scene::at(None, &[1, ROWS], &table(ROWS));
    scene.service.set_clock(Some(-3 * 3600));
    for _ in 0..2 {
        let (ran, rows) = scene.reconcile(&["--resend-absent"]);
        assert_eq!((ran.code, &rows[1]), (6, &unknown()), "{ran:?}");
        assert!(
            ran.stderr.contains("the service's time was unknown"),
            "{}",
            ran.stderr
        );
        scene.earlier(3600);
    }
    assert!(
        minutes(&scene).iter().all(|minutes| *minutes >= 1440),
        "{:?}",
        minutes(&scene)
    );
    let told = &scene.desk.column("list-results.csv", "explanation")[1];
    assert!(told.contains("no look-up can prove"), "{told}");
    assert_eq!(
        scene
            .desk
            .run(&["resolve", "list", "--resend", "3", "--yes"])
            .code,
        0
    );
    scene.service.set_clock(Some(0));
    assert_eq!(scene.send_again().count("unknown"), 1);
    assert_eq!(
        kept(&scene, "sent_by_service"),
        1,
        "its next request has a time"
    );
}

#[test]
fn contradicting_answers_during_a_run_leave_no_time_to_prove_anything_by() {
    let service = Service::start(move |number, request| match (request.is_send(), number) {
        (true, 1) => Reply::Close,
        (true, 3) => {
            let body = r#"{"idMessage":"3EB0000000000003"}"#;
            Reply::Raw(stand_in::whole(
                200,
                "date: Fri, 01 Jan 2027 00:00:00 GMT\r\n",
                body,
            ))
        }
        (true, _) => accepted(number),
        (false, _) => authorized(),
    });
    let desk = Desk::new();
    desk.write("list.csv", table(ROWS));
    let arguments = [
        "send",
        "list.csv",
        "--json",
        "--no-reconcile",
        "--concurrency",
        "1",
    ];
    assert_eq!(desk.run_to(&service, &arguments).code, 6);
    let ledger = rusqlite::Connection::open(desk.path("list.ledger")).unwrap();
    let dated: i64 = ledger
        .query_row(
            "SELECT sent_by_service FROM rows WHERE number = 3",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(dated, 0);
}

#[test]
fn a_wait_ends_as_soon_as_nothing_is_left_to_find() {
    let scene = Scene::of_table(&[1]);
    scene.reconcile(&[]);
    scene.earlier(130);
    let (ran, _) = scene.reconcile(&["--wait", "5m"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    let proofs = ran.stderr.matches("It is proved that the service").count();
    assert_eq!(proofs, 1, "{ran:?}");
    assert!(!ran.stderr.contains("Looking again"), "{ran:?}");
    assert!(!ran.stderr.contains("still unknown"), "{ran:?}");
}

#[test]
fn a_wait_says_until_when_and_at_its_end_what_is_still_unknown() {
    let scene = Scene::of_table(&[1, 3]);
    let (ran, _) = scene.reconcile(&["--wait", "6s"]);
    assert_eq!(ran.code, 6, "{ran:?}");
    for words in [
        "Looking again in ",
        "2 contacts are still unknown: the instance's queue and journal do not show them, and the journal may be two \
         minutes late.",
    ] {
        assert_eq!(ran.stderr.matches(words).count(), 1, "{ran:?}");
    }
}
