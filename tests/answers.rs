//! What follows from each answer of the service, from the request to the exit code: one table. Each answer
//! comes once, at the first, a middle and the last request, at concurrency 1 and 16.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use stand_in::{
    Desk, Ran, Received, Reply, Service, TOKEN, accepted, authorized, each, refused, table, whole,
};

const ROWS: usize = 30;

/// Threads that run the program at once; most of them wait.
const AT_ONCE: usize = 12;

/// What becomes of the row that the answer hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Accepted,
    Failed,
    Unknown,
    /// It goes again after a pause of at least so many milliseconds, and is accepted.
    Again(u64),
    /// It is pending, and the run stops.
    Halted,
}

/// An answer, what follows, and words that the person finds: in the row's `error` where the contact
/// failed or is unknown, else on stderr.
#[derive(Clone)]
struct Case {
    reply: Reply,
    then: Then,
    words: &'static str,
}

fn case(reply: Reply, then: Then, words: &'static str) -> Case {
    Case { reply, then, words }
}

/// An answer as the service's own parts write it, and as text and HTML of those that stand before it.
fn in_every_form(status: u16, text: &str, then: Then, words: &'static str) -> Vec<Case> {
    let raw = |headers, body: &str| case(Reply::Raw(whole(status, headers, body)), then, words);
    vec![
        case(refused(status, text), then, words),
        case(refused(status, &text.to_uppercase()), then, words),
        raw("content-type: text/plain\r\n", text),
        raw(
            "content-type: application/json\r\n",
            &format!("<html><body><h1>{text}</h1></body></html>"),
        ),
        raw(
            "content-type: text/html\r\n",
            &format!(r#"{{"message":"{text}","path":"/{TOKEN}"}}"#),
        ),
    ]
}

fn raw(status: u16, headers: &str, body: &str, then: Then, words: &'static str) -> Case {
    case(Reply::Raw(whole(status, headers, body)), then, words)
}

/// HTTP's date, so many seconds from now.
fn date(seconds: i64) -> String {
    let then = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn successes() -> Vec<Case> {
    let json = "content-type: application/json\r\n";
    let id = r#"{"idMessage":"3EB0C767D097B7C7C030"}"#;
    let unclear = |body: &str| {
        raw(
            200,
            json,
            body,
            Then::Unknown,
            "without a readable idMessage",
        )
    };
    let bytes = |bytes: &str| Reply::Raw(bytes.as_bytes().to_vec());
    vec![
        raw(
            200,
            json,
            "{\n    \"idMessage\": \"3EB0C767D097B7C7C030\"\n}",
            Then::Accepted,
            "",
        ),
        raw(200, "content-type: text/plain\r\n", id, Then::Accepted, ""),
        raw(
            200,
            "content-type: text/html\r\n",
            &format!("\u{feff}{id}"),
            Then::Accepted,
            "",
        ),
        case(
            bytes(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"idM\r\n10\r\nessage\":\"3EB0C\"}\r\n0\r\n\r\n",
            ),
            Then::Accepted,
            "",
        ),
        unclear("{}"),
        unclear(r#"{"idMessage":null}"#),
        unclear(r#"{"idMessage":7}"#),
        unclear(r#"{"idMessage":""}"#),
        unclear(r#"{"idMessage":" \t"}"#),
        unclear(r#"{"idMessage":"3EB0\u001b[31m"}"#),
        unclear(&format!(r#"{{"idMessage":"{}"}}"#, "3EB0".repeat(100))),
        case(
            Reply::Raw(
                b"HTTP/1.1 200 OK\r\ncontent-length: 22\r\n\r\n{\"idMessage\":\"3EB0\xff\xfe\"}"
                    .to_vec(),
            ),
            Then::Unknown,
            "without a readable idMessage",
        ),
        unclear(""),
        unclear("null"),
        unclear("<html>ok</html>"),
        unclear(r#"{"code":401,"description":"Unauthorized"}"#),
        case(
            bytes("HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{\"idMessage\":\"3EB0C\"}"),
            Then::Unknown,
            "broke off",
        ),
        case(
            Reply::Flood(
                b"HTTP/1.1 200 OK\r\ncontent-length: 67108864\r\n\r\n{\"idMessage\":\"3EB0C\"}"
                    .to_vec(),
            ),
            Then::Unknown,
            "too long",
        ),
        raw(201, json, id, Then::Unknown, "HTTP 201"),
        case(
            bytes("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"),
            Then::Unknown,
            "HTTP 204",
        ),
    ]
}

fn broken_off() -> Vec<Case> {
    let bytes = |bytes: &str| Reply::Raw(bytes.as_bytes().to_vec());
    let broke = "the connection broke without an answer";
    vec![
        case(Reply::Close, Then::Unknown, broke),
        case(bytes("HTTP/1.1 20"), Then::Unknown, broke),
        case(bytes("HTTP/1.1 200 OK\r\ncontent-le"), Then::Unknown, broke),
        case(bytes("220 mail ready\r\n\r\n"), Then::Unknown, broke),
        case(Reply::Hang, Then::Unknown, "no answer within"),
        raw(408, "", "", Then::Unknown, "HTTP 408"),
        raw(499, "", "", Then::Unknown, "HTTP 499"),
        raw(500, "", "", Then::Unknown, "HTTP 500"),
        raw(
            502,
            "content-type: text/html\r\n",
            "<html>nginx</html>",
            Then::Unknown,
            "HTTP 502: nginx",
        ),
        raw(
            503,
            "retry-after: 1\r\n",
            "instance in starting process try later",
            Then::Unknown,
            "HTTP 503",
        ),
        raw(504, "", "", Then::Unknown, "HTTP 504"),
    ]
}

fn refusals() -> Vec<Case> {
    let chats = |word: &str| {
        format!(
            r#"{{"invokeStatus":{{"method":"sendcontact","used":67,"total":0,"status":"{word}_ALLOWED"}},"correspondentsStatus":{{"used":"3","status":"CORRESPONDENTS_{word}_EXCEEDED","description":"3 chats only"}}}}"#
        )
    };
    let calls =
        |word: &str| format!(r#"{{"invokeStatus":{{"used":1,"status":"{word}_EXCEEDED"}}}}"#);
    let mut cases = in_every_form(400, "bad request data", Then::Failed, "400");
    cases.extend(in_every_form(
        400,
        "Validation failed. Details: 'firstName' is starting",
        Then::Failed,
        "400",
    ));
    cases.extend(in_every_form(
        500,
        "request entity too large",
        Then::Failed,
        "500",
    ));
    cases.push(raw(413, "", "", Then::Failed, "HTTP 413"));
    cases.push(raw(400, "", "", Then::Failed, "HTTP 400"));
    cases.push(case(
        Reply::Flood(
            b"HTTP/1.1 400 Bad\r\ncontent-length: 67108864\r\n\r\nbad request data".to_vec(),
        ),
        Then::Failed,
        "bad request data",
    ));
    for word in ["QUOTE", "QUOTA"] {
        cases.push(raw(466, "", &chats(word), Then::Failed, "3 chats only"));
        cases.push(raw(466, "", &calls(word), Then::Halted, "quota"));
    }
    cases
}

fn halts() -> Vec<Case> {
    let mut cases = in_every_form(
        400,
        "instance account not authorized",
        Then::Halted,
        "QR code",
    );
    cases.extend(in_every_form(
        400,
        "Instance account is expired. Renew your instance from personal area",
        Then::Halted,
        "not paid",
    ));
    cases.extend(in_every_form(
        400,
        "Instance is deleted",
        Then::Halted,
        "is deleted",
    ));
    cases.push(raw(401, "", "", Then::Halted, "GREEN_API_TOKEN"));
    cases.push(raw(
        403,
        "",
        "Forbidden",
        Then::Halted,
        "idInstance and apiUrl",
    ));
    cases.push(case(
        refused(403, "Your account is suspended"),
        Then::Halted,
        "suspended",
    ));
    cases.push(case(
        refused(404, "Cannot POST /x"),
        Then::Halted,
        "--api-url",
    ));
    for status in [301, 302, 307, 308] {
        cases.push(raw(
            status,
            "location: /elsewhere\r\n",
            "",
            Then::Halted,
            "redirect",
        ));
    }
    cases
}

fn pauses() -> Vec<Case> {
    let mut cases = in_every_form(
        400,
        "instance in starting process try later",
        Then::Again(300),
        "the instance is starting",
    );
    cases.push(raw(429, "", "", Then::Again(300), "HTTP 429"));
    // Requests that were on their way when the answer came arrive late on a busy machine: the pause
    // that is seen is shorter than the one that was kept.
    cases.push(raw(
        429,
        "retry-after: 2\r\n",
        "<html>slow down</html>",
        Then::Again(1500),
        "HTTP 429",
    ));
    cases.push(raw(
        429,
        "Retry-After: soon\r\n",
        "",
        Then::Again(300),
        "HTTP 429",
    ));
    cases
}

/// One answer at one request of one run.
struct Run {
    case: Case,
    hit: usize,
    concurrency: usize,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            case: Case { reply, then, .. },
            hit,
            concurrency,
        } = self;
        let shown = if let Reply::Raw(bytes) | Reply::Flood(bytes) = reply {
            String::from_utf8_lossy(bytes).into_owned()
        } else {
            format!("{reply:?}")
        };
        write!(
            f,
            "{shown:?} at request {hit}, concurrency {concurrency}: {then:?}"
        )
    }
}

fn runs(cases: &[Case]) -> Vec<Run> {
    let at = |case: &Case, hit, concurrency| Run {
        case: case.clone(),
        hit,
        concurrency,
    };
    let places = [0, ROWS / 2, ROWS - 1]
        .into_iter()
        .flat_map(|hit| [(hit, 1), (hit, 16)]);
    let places: Vec<_> = places.collect();
    cases
        .iter()
        .flat_map(|case| places.iter().map(|(hit, many)| at(case, *hit, *many)))
        .collect()
}

/// A service that gives one answer to the request of this number, and accepts all others.
fn once(reply: Reply, hit: usize) -> Service {
    Service::start(
        move |number, request| match (request.is_send(), number == hit) {
            (false, _) => authorized(),
            (true, true) => reply.clone(),
            (true, false) => accepted(number),
        },
    )
}

fn check(run: &Run) {
    let Run {
        case,
        hit,
        concurrency,
    } = run;
    let service = once(case.reply.clone(), *hit);
    let desk = Desk::new();
    desk.write("list.csv", table(ROWS));
    let many = concurrency.to_string();
    let arguments = [
        "send",
        "list.csv",
        "--json",
        "--no-reconcile",
        "--rate",
        "2000",
        "--timeout",
        "2s",
    ];
    let ran = desk.run_to(
        &service,
        &[&arguments[..], &["--concurrency", &many]].concat(),
    );
    let sends = service.sends();
    ran.adds_up();
    assert_eq!(ran.count("rows"), ROWS as u64, "{ran:?}");
    let counts = ["accepted", "failed", "unknown", "pending"]
        .map(|word| usize::try_from(ran.count(word)).unwrap());
    let (code, expected) = match case.then {
        Then::Accepted | Then::Again(_) => (0, [ROWS, 0, 0, 0]),
        Then::Failed => (4, [ROWS - 1, 1, 0, 0]),
        Then::Unknown => (6, [ROWS - 1, 0, 1, 0]),
        Then::Halted => (7, [sends.len() - 1, 0, 0, ROWS + 1 - sends.len()]),
    };
    assert_eq!((ran.code, counts), (code, expected), "{ran:?}");
    assert!(
        sends.len() <= hit + concurrency || case.then != Then::Halted,
        "{} were sent",
        sends.len()
    );
    check_bodies(run, &service, &sends);
    check_row(run, &desk, &sends[*hit], &ran);
}

/// Each body goes out once, but twice where the service is proved not to have taken it.
fn check_bodies(run: &Run, service: &Service, sends: &[Received]) {
    let hit = sends[run.hit].key();
    for (key, times) in service.times() {
        let expected = if key == hit && matches!(run.case.then, Then::Again(_)) {
            2
        } else {
            1
        };
        assert_eq!(times, expected, "{key}");
    }
    if run.case.then != Then::Halted {
        assert_eq!(service.times().len(), ROWS);
    }
    if let Then::Again(pause) = run.case.then {
        let longest = sends[run.hit..]
            .windows(2)
            .map(|pair| pair[1].at - pair[0].at)
            .max()
            .unwrap();
        assert!(
            longest >= Duration::from_millis(pause),
            "a pause of {longest:?} only"
        );
    }
}

/// What the results say of the row that was hit, and what the person is told.
fn check_row(run: &Run, desk: &Desk, hit: &Received, ran: &Ran) {
    let recipients = desk.column("list-results.csv", "recipient");
    assert_eq!(recipients.len(), ROWS);
    let row = recipients
        .iter()
        .position(|recipient| hit.chat().starts_with(recipient.as_str()))
        .unwrap();
    let cell = |heading| desk.column("list-results.csv", heading)[row].clone();
    let (status, attempts) = match run.case.then {
        Then::Accepted => ("accepted", "1"),
        Then::Failed => ("failed", "1"),
        Then::Unknown => ("unknown", "1"),
        Then::Again(_) => ("accepted", "2"),
        Then::Halted => ("pending", "1"),
    };
    assert_eq!(
        (cell("status"), cell("attempts")),
        (status.into(), attempts.into())
    );
    let told = match run.case.then {
        Then::Failed | Then::Unknown => cell("error"),
        Then::Accepted | Then::Again(_) | Then::Halted => ran.stderr.clone(),
    };
    assert!(
        told.to_lowercase().contains(&run.case.words.to_lowercase()),
        "{told:?} lacks {:?}",
        run.case.words
    );
    let explained = cell("explanation").contains("may have arrived");
    assert_eq!(
        explained,
        run.case.then == Then::Unknown,
        "{}",
        cell("explanation")
    );
}

#[test]
fn an_answer_of_success_is_believed_only_with_an_id_message() {
    each(&runs(&successes()), AT_ONCE, check);
}

#[test]
fn an_answer_that_does_not_come_makes_its_row_unknown_and_no_other() {
    each(&runs(&broken_off()), AT_ONCE, check);
}

#[test]
fn a_refusal_fails_its_row_and_no_other() {
    each(&runs(&refusals()), AT_ONCE, check);
}

#[test]
fn an_instance_that_takes_nothing_stops_the_run_and_every_row_stays() {
    each(&runs(&halts()), AT_ONCE, check);
}

#[test]
fn a_request_to_wait_is_kept_by_all_and_the_row_goes_again() {
    let runs = runs(&pauses());
    each(&runs, 2 * AT_ONCE, check);
}

#[test]
fn a_date_to_wait_for_is_kept() {
    for concurrency in [1, 16] {
        let service = Service::start(|number, _| match number {
            3 => Reply::Raw(whole(429, &format!("Retry-After: {}\r\n", date(3)), "")),
            _ => accepted(number),
        });
        let desk = Desk::new();
        desk.write("list.csv", table(ROWS));
        let many = concurrency.to_string();
        let ran = desk.run_to(
            &service,
            &[
                "send",
                "list.csv",
                "--json",
                "--rate",
                "2000",
                "--concurrency",
                &many,
            ],
        );
        assert_eq!(
            (ran.code, ran.count("accepted")),
            (0, ROWS as u64),
            "{ran:?}"
        );
        let sends = service.sends();
        let pause = sends
            .windows(2)
            .map(|pair| pair[1].at - pair[0].at)
            .max()
            .unwrap();
        assert!(
            pause >= Duration::from_millis(1500),
            "{pause:?}: a date has whole seconds"
        );
        assert_eq!((sends.len(), service.times().len()), (ROWS + 1, ROWS));
    }
}

/// How an instance that is starting or not authorized answers `getStateInstance`, and how the run
/// ends: exit code, words.
const STATES: [(&str, u16, &str, i32, &str); 8] = [
    (
        "authorized",
        200,
        r#"{"stateInstance":"authorized"}"#,
        0,
        "starting or not authorized",
    ),
    (
        "starting",
        200,
        r#"{"stateInstance":"starting"}"#,
        0,
        "starting or not authorized",
    ),
    (
        "being created",
        200,
        "null",
        0,
        "starting or not authorized",
    ),
    (
        "a word of tomorrow",
        200,
        r#"{"stateInstance":"resting"}"#,
        0,
        "starting or not authorized",
    ),
    (
        "no answer that can be read",
        502,
        "<html>nginx</html>",
        0,
        "starting or not authorized",
    ),
    (
        "not authorized",
        200,
        r#"{"stateInstance":"NotAuthorized"}"#,
        7,
        "QR code",
    ),
    (
        "blocked",
        200,
        r#"{"stateInstance":"blocked"}"#,
        7,
        "blocked by WhatsApp",
    ),
    ("no such method", 404, "Cannot GET", 7, "--api-url"),
];

#[test]
fn whether_the_instance_is_starting_or_not_authorized_is_asked_at_most_once_a_second() {
    each(&STATES, AT_ONCE, |(_, status, state, code, words)| {
        for concurrency in ["1", "16"] {
            let (asked, status, state) = (AtomicUsize::new(0), *status, (*state).to_owned());
            let service = Service::start(move |number, request| {
                if request.path.contains("/getStateInstance/") {
                    asked.fetch_add(1, Ordering::Relaxed);
                    return Reply::Answer(status, state.clone());
                }
                if !request.is_send() {
                    return Reply::Answer(404, "Cannot GET".to_owned());
                }
                if asked.load(Ordering::Relaxed) < 2 {
                    return refused(400, "instance is starting or not authorized");
                }
                accepted(number)
            });
            let desk = Desk::new();
            desk.write("list.csv", table(ROWS));
            let arguments = [
                "send",
                "list.csv",
                "--json",
                "--rate",
                "2000",
                "--concurrency",
                concurrency,
            ];
            let ran = desk.run_to(&service, &arguments);
            ran.adds_up();
            let taken = if *code == 0 { ROWS } else { 0 };
            let pending = (ROWS - taken) as u64;
            assert_eq!(
                (ran.code, ran.count("accepted"), ran.count("pending")),
                (*code, taken as u64, pending),
                "{ran:?}"
            );
            assert!(ran.stderr.contains(words), "{}", ran.stderr);
            let asked = service.asked("getStateInstance");
            assert_eq!(asked.len(), if *code == 0 { 2 } else { 1 });
            assert!(
                asked
                    .windows(2)
                    .all(|pair| pair[1] - pair[0] >= Duration::from_secs(1)),
                "{asked:?}"
            );
        }
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn the_retry_limit_ends_a_run_and_every_row_stays_pending() {
    let always = |status: u16, headers: &str, body: &str| Reply::Raw(whole(status, headers, body));
    let cases = [
        ("too many", always(429, "", ""), "throttled every request"),
        (
            "for an hour",
            always(429, "retry-after: 3600\r\n", ""),
            "throttled every request",
        ),
        (
            "starting",
            always(400, "", "instance in starting process try later"),
            "throttled every request",
        ),
        (
            "either",
            always(400, "", "instance is starting or not authorized"),
            "throttled every request",
        ),
        ("a proxy", always(407, "", ""), "could not be reached"),
    ];
    each(&cases, AT_ONCE, |(_, reply, words)| {
        for concurrency in ["1", "16"] {
            let reply = reply.clone();
            let service = Service::start(move |_, request| {
                if request.is_send() {
                    reply.clone()
                } else {
                    authorized()
                }
            });
            let desk = Desk::new();
            desk.write("list.csv", table(ROWS));
            let arguments = [
                "send",
                "list.csv",
                "--json",
                "--retry-for",
                "2s",
                "--concurrency",
                concurrency,
            ];
            let ran = desk.run_to(&service, &arguments);
            ran.adds_up();
            assert_eq!(
                (ran.code, ran.count("pending")),
                (5, ROWS as u64),
                "{ran:?}"
            );
            assert!(ran.stderr.contains(words), "{}", ran.stderr);
            assert!(
                service.sends().len() <= 16 + 5,
                "{} requests",
                service.sends().len()
            );
            let asked = service.asked("getStateInstance");
            assert!(
                asked
                    .windows(2)
                    .all(|pair| pair[1] - pair[0] >= Duration::from_secs(1)),
                "{asked:?}"
            );
        }
    });
}

#[test]
fn a_service_that_cannot_be_reached_takes_nothing() {
    let service = Service::accepting();
    let tls = service.url().replace("http://", "https://");
    let cases = [
        ("http://127.0.0.1:9", "could not be reached"),
        ("http://sendcontact.invalid", "could not be reached"),
        (&tls, "could not be reached"),
    ];
    each(&cases, AT_ONCE, |(url, words)| {
        let desk = Desk::new();
        desk.write("list.csv", table(ROWS));
        let mut command = desk.to(
            &service,
            &[
                "send",
                "list.csv",
                "--json",
                "--retry-for",
                "1s",
                "--insecure-http",
            ],
        );
        let ran = Ran::of(command.env("GREEN_API_URL", url).output().unwrap());
        ran.adds_up();
        assert_eq!(
            (ran.code, ran.count("pending")),
            (5, ROWS as u64),
            "{ran:?}"
        );
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        desk.holds_no_token();
    });
    assert!(service.received().is_empty());
}

#[test]
fn a_service_that_comes_up_is_found_within_the_retry_limit() {
    let first = Service::accepting();
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let desk = Desk::new();
    desk.write("list.csv", table(ROWS));
    let mut command = desk.to(&first, &["send", "list.csv", "--json", "--rate", "2000"]);
    command.env("GREEN_API_URL", format!("http://127.0.0.1:{free}"));
    let mut run = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(run.stderr.take().unwrap()).lines();
    assert!(
        lines.any(|line| line.unwrap().contains("Trying again until")),
        "nobody was waited for"
    );
    let service = Service::start_at(free, |number, _| accepted(number));
    let mut stdout = String::new();
    run.stdout
        .take()
        .unwrap()
        .read_to_string(&mut stdout)
        .unwrap();
    let stderr = lines.map(Result::unwrap).collect();
    let ran = Ran {
        code: run.wait().unwrap().code().unwrap(),
        stdout,
        stderr,
    };
    ran.adds_up();
    assert_eq!(
        (ran.code, ran.count("accepted"), service.sends().len()),
        (0, ROWS as u64, ROWS),
        "{ran:?}"
    );
}

#[test]
fn five_unclear_answers_in_a_row_stop_the_run_and_few_rows_are_unknown() {
    let always = [
        Reply::Close,
        Reply::Answer(502, String::new()),
        Reply::Answer(200, "{}".into()),
        Reply::Hang,
    ];
    each(&always, AT_ONCE, |reply| {
        for (concurrency, healthy) in [(1, 0), (16, 0), (1, 40), (16, 40)] {
            let reply = reply.clone();
            let service = Service::start(move |number, request| {
                match (request.is_send(), number < healthy) {
                    (false, _) => authorized(),
                    (true, true) => accepted(number),
                    (true, false) => reply.clone(),
                }
            });
            let desk = Desk::new();
            desk.write("list.csv", table(200));
            let many = concurrency.to_string();
            let arguments = [
                "send",
                "list.csv",
                "--json",
                "--no-reconcile",
                "--rate",
                "2000",
                "--timeout",
                "1s",
            ];
            let ran = desk.run_to(
                &service,
                &[&arguments[..], &["--concurrency", &many]].concat(),
            );
            ran.adds_up();
            assert_eq!(
                (ran.code, ran.count("accepted")),
                (6, healthy as u64),
                "{ran:?}"
            );
            assert!(
                (5..=5 + concurrency).contains(&ran.count("unknown")),
                "{} unknown",
                ran.count("unknown")
            );
            assert_eq!(
                service.sends().len() as u64,
                ran.count("unknown") + healthy as u64
            );
            assert!(service.times().values().all(|times| *times == 1));
            assert!(
                ran.stderr.contains("in a row were unclear"),
                "{}",
                ran.stderr
            );
        }
    });
}

#[test]
fn four_unclear_answers_in_a_row_do_not_stop_the_run() {
    let service = Service::start(|number, _| {
        if number % 5 == 4 {
            accepted(number)
        } else {
            Reply::Close
        }
    });
    let desk = Desk::new();
    desk.write("list.csv", table(20));
    let ran = desk.run_to(
        &service,
        &[
            "send",
            "list.csv",
            "--json",
            "--no-reconcile",
            "--concurrency",
            "1",
        ],
    );
    assert_eq!(
        (ran.code, ran.count("accepted"), ran.count("unknown")),
        (6, 4, 16),
        "{ran:?}"
    );
}

/// Which requests of 200 are refused, the option, the fewest and the most that may fail before the
/// run stops, and the exit code.
type Refusing = (fn(usize) -> bool, &'static str, u64, u64, i32);

#[test]
fn a_list_that_fails_for_one_reason_is_not_sent_to_its_end() {
    let cases: [Refusing; 5] = [
        (|_| true, "3", 3, 3, 8),
        (|number| number % 10 == 9, "3", 3, 3, 8),
        (|_| true, "10%", 50, 50, 8),
        (|number| number % 20 == 9, "10%", 10, 10, 4),
        (|number| number >= 100, "10%", 12, 12, 8),
    ];
    each(
        &cases,
        AT_ONCE,
        |(is_refused, most, fewest, worst, code)| {
            for concurrency in [1, 16] {
                let is_refused = *is_refused;
                let service = Service::start(move |number, _| {
                    if is_refused(number) {
                        refused(400, "bad request data")
                    } else {
                        accepted(number)
                    }
                });
                let desk = Desk::new();
                desk.write("list.csv", table(200));
                let many = concurrency.to_string();
                let arguments = [
                    "send",
                    "list.csv",
                    "--json",
                    "--rate",
                    "2000",
                    "--max-failures",
                    most,
                ];
                let ran = desk.run_to(
                    &service,
                    &[&arguments[..], &["--concurrency", &many]].concat(),
                );
                ran.adds_up();
                assert_eq!(ran.code, *code, "{ran:?}");
                let failed = ran.count("failed");
                assert!(
                    (*fewest..=worst + concurrency - 1).contains(&failed),
                    "{failed} failed"
                );
                assert_eq!(service.sends().len() as u64, failed + ran.count("accepted"));
                assert_eq!(
                    ran.stderr.contains("so the rest was not sent"),
                    *code == 8,
                    "{}",
                    ran.stderr
                );
            }
        },
    );
}

/// A service that knows recipients by chat id only, and how many contacts it takes and refuses.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_service_that_knows_chat_ids_only_gets_what_the_person_allows() {
    let cases = [
        (
            ["--address-as", "auto"],
            0,
            ROWS,
            0,
            "phone numbers are sent as chatId",
        ),
        (["--address-as", "chat-id"], 0, ROWS, 0, ""),
        (
            ["--address-as", "as-given"],
            8,
            0,
            ROWS,
            "run the same command with --address-as auto --retry-failed",
        ),
    ];
    each(&cases, AT_ONCE, |(option, code, taken, failed, words)| {
        for concurrency in [1_usize, 16] {
            let service = Service::start(|number, request| {
                let by_phone = request.json()["chatId"].is_null();
                if by_phone {
                    refused(400, "Validation failed. Details: 'CHATID' is required")
                } else {
                    accepted(number)
                }
            });
            let desk = Desk::new();
            desk.write("list.csv", table(ROWS));
            let many = concurrency.to_string();
            let arguments = [
                "send",
                "list.csv",
                "--json",
                "--rate",
                "2000",
                "--concurrency",
                &many,
            ];
            let ran = desk.run_to(&service, &[&arguments[..], option].concat());
            ran.adds_up();
            let counts = (ran.code, ran.count("accepted"), ran.count("failed"));
            assert_eq!(counts, (*code, *taken as u64, *failed as u64), "{ran:?}");
            assert!(ran.stderr.contains(words), "{}", ran.stderr);
            let sends = service.sends();
            let by_chat = sends
                .iter()
                .filter(|request| !request.json()["chatId"].is_null())
                .count();
            assert_eq!(by_chat, *taken);
            let by_phone = sends.len() - by_chat;
            match option[1] {
                "auto" => assert!(
                    (1..=concurrency).contains(&by_phone),
                    "{by_phone} by number"
                ),
                "chat-id" => assert_eq!(by_phone, 0),
                _ => assert_eq!(by_phone, ROWS),
            }
            assert!(service.times().values().all(|times| *times <= 2));
        }
    });
}

#[test]
fn a_list_that_the_service_knows_by_chat_id_only_stops_early_too() {
    let service =
        Service::start(|_, _| refused(400, "Validation failed. Details: 'chatId' is required"));
    let desk = Desk::new();
    desk.write("list.csv", table(200));
    let arguments = [
        "send",
        "list.csv",
        "--json",
        "--rate",
        "2000",
        "--address-as",
        "as-given",
        "--max-failures",
        "3",
    ];
    let ran = desk.run_to(&service, &arguments);
    assert_eq!(ran.code, 8, "{ran:?}");
    assert!(ran.count("failed") < 3 + 16, "{ran:?}");
}

/// A chat id that the service asks for cannot be asked for twice: a group is refused like any contact.
#[test]
fn a_group_is_never_readdressed() {
    let service =
        Service::start(|_, _| refused(400, "Validation failed. Details: 'chatId' is required"));
    let desk = Desk::new();
    desk.write(
        "list.csv",
        "chatId,phoneContact,firstName\n79001234567-1581234048@g.us,79001234568,Анна\n",
    );
    let ran = desk.run_to(&service, &["send", "list.csv", "--json"]);
    assert_eq!(
        (ran.code, ran.count("failed"), service.sends().len()),
        (8, 1, 1),
        "{ran:?}"
    );
}

/// Trouble of several kinds in one run; each ends with what it means.
#[test]
fn a_bad_day_ends_with_every_contact_once() {
    let service = Service::start(|number, request| {
        if !request.is_send() {
            return authorized();
        }
        match number {
            3 | 40 => Reply::Raw(whole(429, "retry-after: 1\r\n", "")),
            7 => refused(400, "instance in starting process try later"),
            11 | 50 => Reply::Close,
            20 => refused(400, "bad request data"),
            30 => Reply::Late(Duration::from_millis(300), Box::new(accepted(number))),
            60 => Reply::Raw(whole(500, "", "<html>oops</html>")),
            _ => accepted(number),
        }
    });
    let desk = Desk::new();
    desk.write("list.csv", table(100));
    let ran = desk.run_to(
        &service,
        &[
            "send",
            "list.csv",
            "--json",
            "--rate",
            "2000",
            "--no-reconcile",
        ],
    );
    ran.adds_up();
    let counts = ["accepted", "failed", "unknown", "pending"].map(|word| ran.count(word));
    assert_eq!((ran.code, counts), (6, [96, 1, 3, 0]), "{ran:?}");
    assert_eq!((service.times().len(), service.sends().len()), (100, 103));
}
