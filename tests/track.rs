//! Deliveries: asked of the service no faster than it allows, kept on disk, never moved backwards. Nothing here sends
//! a contact after the campaign.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    collections::HashMap,
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use sendcontact::simulator::{self, Script, Simulator};
use serde_json::{Value, json};
use stand_in::{
    Desk, Ran, Received, Reply, Service, Victim, accepted, authorized, each, signal, table,
};

/// What the service says when it is asked; the n-th question of a method gets the n-th of its
/// answers, and the last for ever.
#[derive(Default)]
struct Says {
    state: Vec<Reply>,
    journal: Vec<Reply>,
    queue: Vec<Reply>,
    /// By idMessage; any other is not found.
    messages: HashMap<String, Vec<Reply>>,
    asked: HashMap<String, usize>,
}

impl Says {
    fn answer(&mut self, method: &str, key: &str, body: &Value) -> Reply {
        let not_found = format!(
            "Message not found by id {}",
            body["idMessage"].as_str().unwrap_or_default()
        );
        let (answers, otherwise) = match method {
            "getStateInstance" => (Some(&self.state), authorized()),
            "lastOutgoingMessages" => (Some(&self.journal), whole(&json!([]))),
            "showMessagesQueue" => (Some(&self.queue), whole(&json!([]))),
            "getMessage" => (self.messages.get(key), error(400, &not_found)),
            _ => (None, error(404, "Cannot GET")),
        };
        let count = self.asked.entry(key.to_owned()).or_default();
        *count += 1;
        let answers = answers.filter(|answers| !answers.is_empty());
        answers.map_or(otherwise, |answers| {
            answers[(*count - 1).min(answers.len() - 1)].clone()
        })
    }
}

fn whole(value: &Value) -> Reply {
    Reply::Answer(200, value.to_string())
}

fn error(status: u16, words: &str) -> Reply {
    Reply::Answer(
        status,
        json!({"statusCode": status, "message": words}).to_string(),
    )
}

const THEN: i64 = 1_790_000_000;

/// A contact as the journal and `getMessage` print it.
fn journaled(id: &str, chat: &str, status: &str) -> Value {
    json!({"type": "outgoing", "idMessage": id, "timestamp": THEN, "statusMessage": status, "sendByApi": true,
        "typeMessage": "contactMessage", "chatId": chat, "contact": {"displayName": "Гость", "vcard": ""}})
}

/// The name that the service gave to the contact of a row, counted from 0.
fn id(row: usize) -> String {
    format!("3EB0{row:016X}")
}

fn chat(row: usize) -> String {
    format!("{}@c.us", 79_000_000_000_u64 + row as u64)
}

/// Says of each row what became of it, in its own chat.
fn journal(rows: &[(usize, &str)]) -> Reply {
    let items: Vec<Value> = rows
        .iter()
        .map(|(row, status)| journaled(&id(*row), &chat(*row), status))
        .collect();
    whole(&json!(items))
}

fn message(row: usize, status: &str) -> (String, Vec<Reply>) {
    (
        id(row),
        vec![whole(&journaled(&id(row), &chat(row), status))],
    )
}

/// A campaign that was accepted row by row.
struct Scene {
    desk: Desk,
    service: Service,
    says: Arc<Mutex<Says>>,
    sent: usize,
}

impl Scene {
    fn of(table: &str) -> Self {
        let says: Arc<Mutex<Says>> = Arc::default();
        let answers = Arc::clone(&says);
        let service = Service::start(move |number, request| {
            if request.is_send() {
                return accepted(number);
            }
            let method = request.path.split('/').nth(2).unwrap();
            let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
            let key = body["idMessage"].as_str().unwrap_or(method).to_owned();
            answers.lock().unwrap().answer(method, &key, &body)
        });
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
        assert_eq!(
            (ran.code, ran.count("accepted")),
            (0, ran.count("rows")),
            "{ran:?}"
        );
        let sent = service.sends().len();
        Self {
            desk,
            service,
            says,
            sent,
        }
    }

    fn new(rows: usize) -> Self {
        Self::of(&table(rows))
    }

    fn says(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    fn track(&self, more: &[&str]) -> Ran {
        let ran = self.desk.run_to(
            &self.service,
            &[&["track", "list", "--json"], more].concat(),
        );
        self.asked_only();
        ran
    }

    /// The `delivery` of each row as the results show it.
    fn deliveries(&self) -> Vec<String> {
        assert_eq!(self.desk.run(&["report", "list"]).code, 0);
        self.desk.column("list-results.csv", "delivery")
    }

    /// Nothing was sent, and no sliding second at the receiver holds more than a method allows.
    fn asked_only(&self) {
        assert_eq!(self.service.sends().len(), self.sent, "a contact was sent");
        for method in [
            "getStateInstance",
            "lastOutgoingMessages",
            "showMessagesQueue",
        ] {
            assert!(
                most_in_a_second(&self.service.asked(method)) <= 1,
                "{method}"
            );
        }
        assert!(most_in_a_second(&self.service.asked("getMessage")) <= 10);
    }

    fn sql(&self, statement: &str) -> i64 {
        let ledger = rusqlite::Connection::open(self.desk.path("list.ledger")).unwrap();
        ledger.query_row(statement, [], |row| row.get(0)).unwrap()
    }
}

fn most_in_a_second(times: &[Instant]) -> usize {
    let within = |(place, first): (usize, &Instant)| {
        times[place..]
            .iter()
            .take_while(|time| **time - *first < Duration::from_secs(1))
            .count()
    };
    times
        .iter()
        .enumerate()
        .map(within)
        .max()
        .unwrap_or_default()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_journal_queue_and_messages_tell_lands_on_disk() {
    let scene = Scene::new(8);
    scene.says(Says {
        journal: vec![journal(&[
            (0, "delivered"),
            (1, "read"),
            (2, "noAccount"),
            (6, "teleported"),
        ])],
        queue: vec![whole(&json!([{"messageID": id(3), "type": "sendContact",
            "body": {"chatId": chat(3), "contact": {"phoneContact": 79_001_234_568_u64}}}]))],
        messages: [message(4, "failed"), message(5, "sent")].into(),
        ..Says::default()
    });
    let ran = scene.track(&[]);
    assert_eq!(ran.code, 5, "{ran:?}");
    assert_eq!(
        scene.deliveries(),
        [
            "delivered",
            "read",
            "noAccount",
            "queued",
            "failed",
            "sent",
            "",
            ""
        ]
    );
    let counts = [
        ("accepted", 8),
        ("queued", 1),
        ("sent", 1),
        ("notKnown", 2),
        ("notSettled", 4),
    ];
    for (word, rows) in counts {
        assert_eq!(ran.count(word), rows, "{word}");
    }
    assert!(
        ran.stderr.contains("Not final yet: 4 of 8"),
        "{}",
        ran.stderr
    );
    let asked: Vec<Value> = scene
        .service
        .received()
        .iter()
        .filter(|request| request.path.contains("/getMessage/"))
        .map(Received::json)
        .collect();
    let expected: Vec<Value> = [4, 5, 6, 7]
        .iter()
        .map(|row| json!({"chatId": chat(*row), "idMessage": id(*row)}))
        .collect();
    assert_eq!(
        asked, expected,
        "only what neither showed is asked about one by one"
    );
    assert_eq!(
        scene.sql("SELECT delivered_at FROM rows WHERE number = 3"),
        THEN * 1000
    );
    let runs = scene
        .desk
        .run(&["status", "list", "--runs", "--json"])
        .json()["runs"]
        .clone();
    assert_eq!(
        [&runs[0]["command"], &runs[1]["command"], &runs[1]["exit"]],
        [&json!("send"), &json!("track"), &json!(5)]
    );
}

#[test]
fn a_group_a_lid_and_a_person_behind_a_lid_are_told_apart() {
    const GROUP: &str = "120363043968066561@g.us";
    const LID: &str = "120650379300963@lid";
    let rows = [GROUP, LID, "79000000002@c.us", "79000000003@c.us"]
        .map(|chat| format!("{chat},79001234568,Гость\n"));
    let scene = Scene::of(&format!("chatId,phoneContact,firstName\n{}", rows.concat()));
    let items = json!([
        journaled(&id(0), GROUP, "notInGroup"),
        journaled(&id(1), LID, "read"),
        journaled(&id(2), "120650379300964@lid", "delivered"),
        journaled(&id(3), GROUP, "read"),
    ]);
    scene.says(Says {
        journal: vec![whole(&items)],
        messages: [message(3, "noAccount")].into(),
        ..Says::default()
    });
    let ran = scene.track(&[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let expected = ["notInGroup", "read", "delivered", "noAccount"];
    assert_eq!(
        scene.deliveries(),
        expected,
        "the same id in another group is another message"
    );
}

#[test]
fn an_answer_about_another_chat_says_nothing_about_a_contact() {
    const GROUP: &str = "120363043968066561@g.us";
    let silent = |row: usize| {
        let mut item = journaled(&id(row), "", "read");
        item.as_object_mut().unwrap().remove("chatId");
        item
    };
    let named = |row: usize, chat: &str| journaled(&id(row), chat, "read");
    let (other, lid) = (chat(9), "120650379300963@lid");
    let cases = [
        ("79000000000@c.us", named(0, "79000000000@c.us"), "read"),
        ("79000000001@c.us", named(1, &other), ""),
        ("79000000002@c.us", named(2, GROUP), ""),
        ("79000000003@c.us", silent(3), "read"),
        ("79000000004@c.us", named(4, lid), "read"),
        ("5511987654321@c.us", named(5, "551187654321@c.us"), "read"),
        ("525512345678@c.us", named(6, "5215512345678@c.us"), "read"),
        ("5491123456789@c.us", named(7, "541123456789@c.us"), "read"),
        (GROUP, named(8, "120363043968066562@g.us"), ""),
        (lid, named(9, "120650379300964@lid"), ""),
    ];
    let rows = cases
        .each_ref()
        .map(|(chat, ..)| format!("{chat},79001234568,Гость\n"));
    let scene = Scene::of(&format!("chatId,phoneContact,firstName\n{}", rows.concat()));
    let told = cases.iter().enumerate();
    let told = told.map(|(row, (_, item, _))| (id(row), vec![whole(item)]));
    scene.says(Says {
        messages: told.collect(),
        ..Says::default()
    });
    let ran = scene.track(&[]);
    assert_eq!(scene.deliveries(), cases.map(|(.., delivery)| delivery));
    // An answer about another chat counts as none: the contact may still appear.
    assert_eq!((ran.code, ran.count("notKnown")), (5, 4), "{ran:?}");
}

#[test]
fn no_second_at_the_receiver_holds_more_than_ten_messages_or_one_journal() {
    let scene = Scene::new(25);
    scene.says(Says {
        messages: (0..25).map(|row| message(row, "delivered")).collect(),
        ..Says::default()
    });
    let ran = scene.track(&[]);
    assert_eq!((ran.code, ran.count("delivered")), (0, 25), "{ran:?}");
    assert_eq!(scene.service.asked("getMessage").len(), 25);
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_is_known_never_moves_backwards_and_what_is_final_is_not_asked_about() {
    let scene = Scene::new(6);
    let rows = [
        "delivered",
        "read",
        "failed",
        "noAccount",
        "sent",
        "yellowCard",
    ];
    let first: Vec<(usize, &str)> = rows.into_iter().enumerate().collect();
    scene.says(Says {
        journal: vec![journal(&first)],
        ..Says::default()
    });
    assert_eq!(scene.track(&[]).code, 5);
    assert_eq!(scene.deliveries(), rows);
    let at = "SELECT sum(delivered_at) FROM rows";
    let times = scene.sql(at);
    let backwards = [
        (0, "sent"),
        (1, "delivered"),
        (2, "read"),
        (3, "delivered"),
        (4, "pending"),
        (5, "sent"),
    ];
    scene.says(Says {
        journal: vec![journal(&backwards)],
        ..Says::default()
    });
    assert_eq!(scene.track(&[]).code, 5);
    assert_eq!(
        (scene.deliveries(), scene.sql(at)),
        (rows.map(str::to_owned).to_vec(), times)
    );
    scene.says(Says {
        journal: vec![journal(&[(4, "delivered"), (5, "delivered")])],
        ..Says::default()
    });
    assert_eq!(scene.track(&[]).code, 0);
    scene.says(Says {
        journal: vec![journal(&[(0, "read")])],
        ..Says::default()
    });
    assert_eq!(
        scene.track(&[]).code,
        0,
        "all are settled; one more look at the journal may bring news"
    );
    assert_eq!(
        scene.deliveries(),
        [
            "read",
            "read",
            "failed",
            "noAccount",
            "delivered",
            "delivered"
        ]
    );
    assert!(scene.service.asked("getMessage").is_empty());
}

#[test]
fn an_old_journal_is_called_old_and_a_contact_that_it_should_show_is_not() {
    let scene = Scene::new(2);
    let ran = scene.track(&[]);
    assert_eq!((ran.code, ran.count("notKnown")), (5, 2), "{ran:?}");
    let until =
        jiff::Timestamp::from_millisecond(scene.sql("SELECT max(sent_at) FROM rows") + 120_000)
            .unwrap();
    let until = until
        .to_zoned(jiff::tz::TimeZone::system())
        .strftime("%H:%M:%S")
        .to_string();
    let says = format!(
        "without data yet: 2. The service's journal may be two minutes late; it must show them after {until}"
    );
    assert!(ran.stderr.contains(&says), "{}", ran.stderr);
    let ledger = rusqlite::Connection::open(scene.desk.path("list.ledger")).unwrap();
    ledger
        .execute("UPDATE rows SET sent_at = sent_at - 121000", [])
        .unwrap();
    let ran = scene.track(&[]);
    assert!(
        ran.stderr.contains("the service has no record of: 2")
            && !ran.stderr.contains("two minutes late"),
        "{}",
        ran.stderr
    );
    let journals = scene
        .service
        .received()
        .into_iter()
        .filter(|request| request.path.contains("/lastOutgoing"));
    let windows: Vec<String> = journals
        .map(|request| request.path.rsplit('=').next().unwrap().to_owned())
        .collect();
    assert_eq!(
        windows,
        ["3", "5"],
        "the journal is asked for as far back as the first contact, and two minutes"
    );
}

#[test]
fn to_watch_is_to_look_until_all_are_settled_or_the_time_is_over() {
    let scene = Scene::new(3);
    let sent = journal(&[(0, "sent"), (1, "sent"), (2, "delivered")]);
    let done = journal(&[(0, "read"), (1, "yellowCard"), (2, "delivered")]);
    scene.says(Says {
        journal: vec![sent.clone(), done],
        ..Says::default()
    });
    let ran = scene.track(&["--watch"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(scene.deliveries(), ["read", "yellowCard", "delivered"]);
    assert!(
        ran.stderr
            .contains("delivery is final for 1 of 3 contacts; next check in 2 s"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("(yellowCard): 1"), "{}", ran.stderr);

    let scene = Scene::new(3);
    scene.says(Says {
        journal: vec![sent],
        ..Says::default()
    });
    let ran = scene.track(&["--watch", "--for", "5s"]);
    assert_eq!((ran.code, ran.count("notSettled")), (5, 2), "{ran:?}");
    assert_eq!(scene.service.asked("lastOutgoingMessages").len(), 2);

    let scene = Scene::new(40);
    let ran = scene.track(&["--watch", "--for", "2s"]);
    assert_eq!((ran.code, ran.count("notKnown")), (5, 40), "{ran:?}");
    assert!(
        scene.service.asked("getMessage").len() < 40,
        "the time is over in the middle of a look"
    );
}

#[test]
fn answers_that_say_nothing_hide_no_other_contact() {
    let broken = || vec![error(500, "Internal Server Error")];
    let scene = Scene::new(30);
    let mut messages: HashMap<_, _> = (0..30).map(|row| message(row, "delivered")).collect();
    messages.extend([5, 15, 25].map(|row| (id(row), broken())));
    scene.says(Says {
        messages,
        ..Says::default()
    });
    let ran = scene.track(&[]);
    assert_eq!(
        (ran.code, ran.count("delivered"), ran.count("notKnown")),
        (5, 27, 3),
        "{ran:?}"
    );
    assert!(
        ran.stderr.contains("Not all contacts could be checked"),
        "{}",
        ran.stderr
    );

    let scene = Scene::new(12);
    let mut messages: HashMap<_, _> = (0..12).map(|row| message(row, "delivered")).collect();
    messages.extend([0, 1, 2].map(|row| (id(row), broken())));
    scene.says(Says {
        messages,
        ..Says::default()
    });
    let ran = scene.track(&["--watch", "--for", "6s"]);
    assert_eq!(
        ran.count("delivered"),
        9,
        "the second look begins behind the three that end the first: {ran:?}"
    );
}

#[test]
fn a_service_that_puts_off_is_not_waited_for_when_the_time_is_over() {
    let later = || Reply::Raw(stand_in::whole(429, "retry-after: 20\r\n", ""));
    let cases: [(&str, Says); 3] = [
        (
            "lastOutgoingMessages",
            Says {
                journal: vec![later()],
                ..Says::default()
            },
        ),
        (
            "showMessagesQueue",
            Says {
                queue: vec![later()],
                ..Says::default()
            },
        ),
        (
            "getMessage",
            Says {
                messages: (0..3).map(|row| (id(row), vec![later()])).collect(),
                ..Says::default()
            },
        ),
    ];
    for (method, says) in cases {
        let scene = Scene::new(3);
        scene.says(says);
        let ran = scene.track(&["--watch", "--for", "4s"]);
        assert_eq!((ran.code, ran.count("notKnown")), (5, 3), "{ran:?}");
        assert_eq!(
            scene.service.asked(method).len(),
            1,
            "{method} was waited for"
        );
    }
}

/// The case, what the service says, the exit code, and what is said.
type Trouble = (&'static str, fn() -> Says, i32, &'static str);

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn an_instance_that_refuses_or_cannot_be_asked_is_told_with_advice() {
    let cases: [Trouble; 11] = [
        (
            "401",
            || Says {
                state: vec![Reply::Answer(401, String::new())],
                ..Says::default()
            },
            7,
            "copy apiTokenInstance",
        ),
        (
            "403 at the journal",
            || Says {
                journal: vec![error(403, "Forbidden")],
                ..Says::default()
            },
            7,
            "compare idInstance and apiUrl",
        ),
        (
            "401 at a message",
            || Says {
                messages: [(id(0), vec![Reply::Answer(401, String::new())])].into(),
                ..Says::default()
            },
            7,
            "copy apiTokenInstance",
        ),
        (
            "404 at the state",
            || Says {
                state: vec![error(404, "Cannot GET")],
                ..Says::default()
            },
            7,
            "apiUrl",
        ),
        (
            "a quota of look-ups that is used up",
            || {
                Says {
                journal: vec![Reply::Answer(
                    466,
                    json!({"invokeStatus": {"method": "lastoutgoingmessages", "used": 100, "total": 100,
                        "status": "QUOTE_EXCEEDED", "description": "Monthly quota has been exceeded."}})
                    .to_string(),
                )],
                messages: [message(0, "delivered"), message(1, "read")].into(),
                ..Says::default()
            }
            },
            0,
            "Not all contacts could be checked: HTTP 466: Monthly quota has been exceeded",
        ),
        (
            "not authorized",
            || Says {
                state: vec![whole(&json!({"stateInstance": "notAuthorized"}))],
                ..Says::default()
            },
            7,
            "scan its QR code",
        ),
        (
            "blocked",
            || Says {
                state: vec![whole(&json!({"stateInstance": "blocked"}))],
                ..Says::default()
            },
            7,
            "blocked by WhatsApp",
        ),
        (
            "broken",
            || Says {
                state: vec![Reply::Close],
                ..Says::default()
            },
            5,
            "Not all contacts could be checked",
        ),
        (
            "a journal that is none, and messages that say nothing",
            || Says {
                journal: vec![Reply::Answer(200, "<html>".into())],
                messages: [(id(0), vec![Reply::Answer(502, String::new())])].into(),
                ..Says::default()
            },
            5,
            "HTTP 502",
        ),
        (
            "restricted",
            || Says {
                state: vec![whole(&json!({"stateInstance": "yellowCard"}))],
                journal: vec![journal(&[(0, "delivered"), (1, "read")])],
                ..Says::default()
            },
            0,
            "The instance is restricted (yellowCard)",
        ),
        (
            "put off",
            || Says {
                journal: vec![
                    Reply::Answer(429, String::new()),
                    journal(&[(0, "delivered"), (1, "read")]),
                ],
                ..Says::default()
            },
            0,
            "The delivery status of all accepted contacts is final (2)",
        ),
    ];
    each(&cases, 11, |(_, says, code, words)| {
        let scene = Scene::new(2);
        scene.says(says());
        let ran = scene.track(&[]);
        assert_eq!(ran.code, *code, "{ran:?}");
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        let exit = &scene
            .desk
            .run(&["status", "list", "--runs", "--json"])
            .json()["runs"][1]["exit"];
        assert_eq!(*exit, json!(code));
    });
}

#[test]
fn a_service_that_is_not_there_ends_with_the_code_of_a_passing_cause() {
    let scene = Scene::new(1);
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut command = scene.desk.to(&scene.service, &["track", "list"]);
    let ran = Ran::of(
        command
            .env("GREEN_API_URL", format!("http://{free}"))
            .output()
            .unwrap(),
    );
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(ran.stderr.contains("no connection"), "{}", ran.stderr);
}

#[test]
fn what_was_heard_before_a_kill_is_kept_and_the_next_run_asks_for_the_rest() {
    let scene = Scene::new(15);
    let victim = Victim::default();
    let mut messages: HashMap<_, _> = (0..15).map(|row| message(row, "delivered")).collect();
    messages.insert(
        id(12),
        vec![
            Reply::Kill(victim.clone(), Box::new(Reply::Close)),
            messages[&id(12)][0].clone(),
        ],
    );
    scene.says(Says {
        messages,
        ..Says::default()
    });
    let mut command = scene.desk.to(&scene.service, &["track", "list"]);
    let mut run = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    victim.is(run.id());
    assert_eq!(run.wait().unwrap().code(), None, "the run lived on");
    let heard = scene
        .deliveries()
        .iter()
        .filter(|word| *word == "delivered")
        .count();
    assert_eq!(heard, 10, "they were committed before more was asked");
    let ran = scene.track(&[]);
    assert_eq!((ran.code, ran.count("delivered")), (0, 15), "{ran:?}");
    assert_eq!(scene.service.asked("getMessage").len(), 13 + 5);
    let runs = scene
        .desk
        .run(&["status", "list", "--runs", "--json"])
        .json()["runs"]
        .clone();
    assert_eq!(
        [&runs[1]["exit"], &runs[2]["exit"]],
        [&Value::Null, &json!(0)]
    );
}

#[test]
fn an_interrupt_ends_the_watching_with_what_is_known() {
    let scene = Scene::new(2);
    let mut command = scene.desk.to(&scene.service, &["track", "list", "--watch"]);
    scene.says(Says {
        journal: vec![journal(&[(0, "delivered"), (1, "sent")])],
        // The second look is never answered.
        queue: vec![whole(&json!([])), Reply::Hang],
        ..Says::default()
    });
    let run = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while scene.service.asked("showMessagesQueue").len() < 2 {
        std::thread::yield_now();
    }
    for command in ["pause", "resume", "cancel"] {
        let nobody = scene.desk.run(&[command, "list"]);
        assert_eq!(
            nobody.code, 2,
            "only a run that sends can be steered: {nobody:?}"
        );
        assert!(nobody.stderr.contains("no run is sending"), "{nobody:?}");
    }
    assert!(!scene.desk.path("list.ledger-control").exists());
    signal("-INT", run.id());
    let ran = Ran::of(run.wait_with_output().unwrap());
    assert_eq!(ran.code, 130, "{ran:?}");
    assert_eq!(scene.deliveries(), ["delivered", "sent"]);
    let runs = scene
        .desk
        .run(&["status", "list", "--runs", "--json"])
        .json()["runs"]
        .clone();
    assert_eq!(runs[1]["exit"], json!(130));
}

#[tokio::test]
async fn the_simulator_s_contacts_are_followed_to_their_end() {
    let script = r#"{"delivered_ms":1500,"read_ms":1500,
        "statuses":{"79000000001@c.us":"noAccount","79000000002@c.us":"yellowCard","79000000003@c.us":"sent"}}"#;
    let script: Script = serde_json::from_str(script).unwrap();
    let simulator = Simulator::start("127.0.0.1:0".parse().unwrap(), script)
        .await
        .unwrap();
    let url = simulator.url();
    let campaign = move || {
        let desk = Desk::new();
        desk.write("list.csv", table(5));
        let run = |arguments: &[&str]| {
            let mut command = desk.command(arguments);
            command
                .env("GREEN_API_URL", &url)
                .env("GREEN_API_ID_INSTANCE", simulator::ID_INSTANCE);
            Ran::of(
                command
                    .env("GREEN_API_TOKEN", simulator::TOKEN)
                    .output()
                    .unwrap(),
            )
        };
        assert_eq!(run(&["send", "list.csv", "--json"]).code, 0);
        run(&["track", "list", "--json", "--watch", "--for", "5s"])
    };
    let ran = tokio::task::spawn_blocking(campaign).await.unwrap();
    let counts = ["noAccount", "yellowCard", "sent", "notSettled"].map(|word| ran.count(word));
    assert_eq!((ran.code, counts), (5, [1, 1, 1, 1]), "{ran:?}");
    assert_eq!(ran.count("delivered") + ran.count("read"), 2, "{ran:?}");
    let received = simulator.received();
    assert!(
        received.iter().all(|request| request.status == Some(200)),
        "{received:?}"
    );
    assert_eq!(
        received
            .iter()
            .filter(|request| request.method == "sendContact")
            .count(),
        5
    );
}

#[test]
fn only_the_ledger_of_this_instance_is_tracked_and_an_empty_one_asks_nothing() {
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    let service = Service::accepting();
    assert_eq!(
        desk.run(&["send", "list.csv", "--simulate", "--quiet"])
            .code,
        0
    );
    assert_eq!(desk.run_to(&service, &["track", "list-simulated"]).code, 2);
    assert_eq!(
        desk.run_to(&service, &["track", "list"]).code,
        2,
        "there is none"
    );
    desk.write(
        "empty.csv",
        "phoneNumber,phoneContact,firstName\n79000000000,12,Гость\n",
    );
    assert_eq!(
        desk.run_to(&service, &["send", "empty.csv", "--quiet"])
            .code,
        4
    );
    let ran = desk.run_to(&service, &["track", "empty", "--json"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 0), "{ran:?}");
    assert!(service.received().is_empty());
    assert_eq!(
        desk.run(&["track", "empty", "--for", "5m"]).code,
        2,
        "--for needs --watch"
    );
}

#[test]
fn track_writes_the_results_again_and_says_who_did_not_get_the_contact() {
    let scene = Scene::new(6);
    scene.says(Says {
        journal: vec![journal(&[
            (0, "delivered"),
            (1, "noAccount"),
            (2, "noAccount"),
            (3, "notInGroup"),
            (4, "read"),
            (5, "delivered"),
        ])],
        ..Says::default()
    });
    let ran = scene.track(&[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.json()["results"], json!("list-results.csv"));
    assert_eq!(
        scene.desk.column("list-results.csv", "delivery"),
        [
            "delivered",
            "noAccount",
            "noAccount",
            "notInGroup",
            "read",
            "delivered"
        ]
    );
    for line in [
        "2 accepted contacts were not delivered: the number has no WhatsApp (noAccount).",
        "1 accepted contact was not delivered: the sender is not in the group (notInGroup).",
        "To list them:\n    sendcontact report list --only not-delivered\n",
        "Results: list-results.xlsx",
    ] {
        assert!(ran.stderr.contains(line), "{line}: {}", ran.stderr);
    }
    assert!(
        !ran.stderr.contains("To write the results again"),
        "{}",
        ran.stderr
    );
    let russian = scene.track(&["--lang", "ru"]);
    for line in [
        "2 принятых контакта не доставлено: на номере нет WhatsApp (noAccount).",
        "Кто не получил:\n    sendcontact report list --only not-delivered --lang ru\n",
    ] {
        assert!(russian.stderr.contains(line), "{line}: {}", russian.stderr);
    }
    let list = scene
        .desk
        .run(&["report", "list", "--only", "not-delivered"]);
    assert_eq!(
        (list.code, list.stderr.trim()),
        (0, "3 rows: list-not-delivered.csv")
    );
    assert_eq!(
        scene.desk.column("list-not-delivered.csv", "row"),
        ["3", "4", "5"]
    );
}

#[test]
fn the_message_for_a_chat_says_whole_who_did_not_get_the_contact() {
    let scene = Scene::new(9);
    let all = [
        "pending",
        "sent",
        "delivered",
        "read",
        "failed",
        "noAccount",
        "notInGroup",
        "yellowCard",
    ];
    let rows: Vec<(usize, &str)> = all.into_iter().enumerate().collect();
    scene.says(Says {
        journal: vec![journal(&rows)],
        ..Says::default()
    });
    let ran = scene.track(&[]);
    assert_eq!(ran.code, 5, "{ran:?}");
    let brief = |more: &[&str]| {
        let words = ["status", "list", "--brief"];
        scene.desk.run(&[&words[..], more].concat()).stdout
    };
    for (more, lines) in [
        (
            &[][..],
            [
                "Delivery: queued 1, sent 1, delivered 1, read 1, not delivered 1, no WhatsApp account 1, not in the \
                 group 1, held back by WhatsApp 1, no data yet 1",
                "To do: 4 accepted contacts were not delivered; the list: sendcontact report list --only \
                 not-delivered",
            ],
        ),
        (
            &["--lang", "ru"],
            [
                "Доставка: в очереди 1, отправлено 1, доставлено 1, прочитано 1, не доставлено 1, нет в WhatsApp 1, \
                 не в группе 1, задержано WhatsApp 1, пока нет данных 1",
                "Что делать: 4 принятых контакта не доставлено; список: sendcontact report list --only \
                 not-delivered --lang ru",
            ],
        ),
    ] {
        let text = brief(more);
        for line in lines {
            assert!(text.lines().any(|told| told == line), "{line}: {text}");
        }
        assert_eq!(text.lines().count(), 4, "{text}");
    }
}

/// Two contacts that were sent, with results in Russian; one is read, and one has no WhatsApp.
fn sent_in_russian() -> (Desk, Service) {
    let desk = Desk::new();
    let service = Service::start(|number, request| {
        if request.is_send() {
            return accepted(number);
        }
        match request.path.split('/').nth(2).unwrap() {
            "lastOutgoingMessages" => journal(&[(0, "read"), (1, "noAccount")]),
            "showMessagesQueue" => whole(&json!([])),
            _ => authorized(),
        }
    });
    desk.write("list.csv", table(2));
    let send = [
        "send",
        "list.csv",
        "--headers",
        "ru",
        "--locale",
        "ru",
        "--xlsx",
        "--no-reconcile",
        "-q",
        // So that the ids come in the order of the rows.
        "--concurrency",
        "1",
    ];
    let ran = desk.run_to(&service, &send);
    assert_eq!(ran.code, 0, "{ran:?}");
    (desk, service)
}

#[test]
fn track_keeps_the_form_of_the_results() {
    let (desk, service) = sent_in_russian();
    let workbook = std::fs::read(desk.path("list-results.xlsx")).unwrap();
    let ran = desk.run_to(&service, &["track", "list", "--json"]);
    assert_eq!(
        ran.json()["workbook"],
        json!("list-results.xlsx"),
        "{ran:?}"
    );
    let records = desk.results("list-results.csv", b';');
    assert_eq!(records[0][3], "Статус");
    assert!(
        records[2]
            .iter()
            .any(|cell| cell.starts_with("На этом номере нет WhatsApp")),
        "{records:?}"
    );
    assert_ne!(
        std::fs::read(desk.path("list-results.xlsx")).unwrap(),
        workbook
    );
}

#[test]
fn track_keeps_what_a_person_wrote_into_the_results() {
    let (desk, service) = sent_in_russian();
    let noted = desk
        .read("list-results.csv")
        .replace("79000000000", "79000000000 перезвонить");
    desk.write("list-results.csv", &noted);
    let ran = desk.run_to(&service, &["track", "list", "--json"]);
    assert_eq!(
        ran.json()["results"],
        json!("list-results-2.csv"),
        "{ran:?}"
    );
    assert_eq!(desk.read("list-results.csv"), noted);
    assert_eq!(desk.results("list-results-2.csv", b';')[0][3], "Статус");

    for name in [
        "list-results.csv",
        "list-results-2.csv",
        "list-results.xlsx",
    ] {
        std::fs::remove_file(desk.path(name)).unwrap();
    }
    let ran = desk.run_to(&service, &["track", "list", "--json"]);
    assert_eq!(ran.json()["results"], Value::Null, "{ran:?}");
    assert!(
        ran.stderr
            .contains("To write the results again:\n    sendcontact report list\n"),
        "{}",
        ran.stderr
    );
    assert!(!desk.path("list-results.csv").exists());
}
