//! The client against real HTTP: one table of messages, canned answers, expected requests and
//! expected outcomes. The canned service is bare TCP, so that the client and the simulator cannot
//! be wrong together; the simulator is asked with bare HTTP for the same reason.
#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{net::SocketAddr, process::Command, time::Duration};

use secrecy::SecretString;
use sendcontact::{
    domain::{
        AccountCheck, Contact, Halt, IdMessage, Lid, Message, Names, Outcome, Phone, Recipient,
        Throttle,
    },
    green_api::{
        Client, Inspector, Instance, InstanceState, PhoneAs, ServiceClock, StateEntry, TimeOuts,
        WaSettings,
    },
    simulator::{ID_INSTANCE, Script, Simulator, TOKEN},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
};

const SECRET: &str = "bde035edae3fc00bc116bd112297908d8145e5ba8decc5d884";

/// The two request bodies as the page of `SendContact` prints them.
const SEED_TO_A_PERSON: &str = r#"
{
    "phoneNumber": 79001234567,
    "contact": {
        "phoneContact": 79001234568,
        "firstName": "Артем",
        "middleName": "Петрович",
        "lastName": "Евпаторийский",
        "company": "Велосипед"
    }
}
"#;
const SEED_TO_A_GROUP: &str = r#"
{
    "chatId": "79001234567-1581234048@g.us",
    "contact": {
        "phoneContact": 79001234568,
        "firstName": "Артем",
        "middleName": "Петрович",
        "lastName": "Евпаторийский",
        "company": "Велосипед"
    }
}
"#;
const SEED_ANSWER: &str = r#"{
    "idMessage": "3EB0C767D097B7C7C030"
}"#;

/// The same bytes without the spaces between JSON's parts.
fn compact(printed: &str) -> String {
    printed
        .lines()
        .map(str::trim)
        .collect::<String>()
        .replace("\": ", "\":")
}

fn to(recipient: Recipient) -> Message {
    let names = Names {
        first: "Артем".into(),
        middle: "Петрович".into(),
        last: "Евпаторийский".into(),
        company: "Велосипед".into(),
    };
    let contact = Contact::new(Phone::from_digits("79001234568").unwrap(), names).unwrap();
    Message { recipient, contact }
}

fn to_a_person() -> Message {
    to(Recipient::Phone(Phone::from_digits("79001234567").unwrap()))
}

fn to_a_group() -> Message {
    to(Recipient::Chat(
        "79001234567-1581234048@g.us".parse().unwrap(),
    ))
}

const PATIENT: TimeOuts = TimeOuts {
    connect: Duration::from_secs(30),
    whole: Duration::from_mins(1),
};
const NO_ANSWER: TimeOuts = TimeOuts {
    whole: Duration::from_millis(500),
    ..PATIENT
};
const NO_CONNECTION: TimeOuts = TimeOuts {
    connect: Duration::from_millis(150),
    ..PATIENT
};

fn clock() -> ServiceClock {
    ServiceClock::new(jiff::Timestamp::now, || Duration::ZERO)
}

fn client(url: &str, time_outs: TimeOuts) -> Client {
    let instance = Instance::new(url, "7103000001", SecretString::from(SECRET), false).unwrap();
    Client::new(&instance, time_outs, clock()).unwrap()
}

/// A request as its bytes came.
#[derive(Debug)]
struct Asked {
    head: String,
    body: String,
}

impl Asked {
    fn first_line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let lines = self
            .head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "));
        lines
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// Reads one request; nothing when the client is gone.
async fn read_request(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let mut asked = Asked {
                head,
                body: String::new(),
            };
            let length = asked
                .header("content-length")
                .map_or(0, |length| length.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                asked.body = String::from_utf8(bytes[end + 4..].to_vec()).unwrap();
                return Some(asked);
            }
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return None;
        }
    }
}

/// How the canned service goes on after it has read a request.
#[derive(Clone)]
enum Then {
    /// Answers and closes.
    Answer(Vec<u8>),
    /// Answers and leaves the connection open, silent.
    AnswerAndHang(Vec<u8>),
    /// Answers and goes on with endless bytes, as long as the client takes them.
    Flood(Vec<u8>),
    Close,
    Reset,
}

/// A service that does the same with every request, one request a connection.
async fn canned(then: Then) -> (String, mpsc::UnboundedReceiver<Asked>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (asked, requests) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let Some(request) = read_request(&mut stream).await else {
                continue;
            };
            asked.send(request).unwrap();
            match &then {
                Then::Answer(bytes) => stream.write_all(bytes).await.unwrap(),
                Then::AnswerAndHang(bytes) => {
                    stream.write_all(bytes).await.unwrap();
                    open.push(stream);
                }
                Then::Flood(bytes) => flood(stream, bytes).await,
                Then::Close => {}
                Then::Reset => stream.set_zero_linger().unwrap(),
            }
        }
    });
    (url, requests)
}

const FLOOD: usize = 64 * 1024 * 1024;

/// The client must go away long before the flood is over.
async fn flood(mut stream: TcpStream, beginning: &[u8]) {
    stream.write_all(beginning).await.unwrap();
    let spaces = vec![b' '; 64 * 1024];
    let mut written = 0;
    while stream.write_all(&spaces).await.is_ok() {
        written += spaces.len();
        assert!(written < FLOOD, "the client read 64 MB of one answer");
    }
}

fn all(requests: &mut mpsc::UnboundedReceiver<Asked>) -> Vec<Asked> {
    std::iter::from_fn(|| requests.try_recv().ok()).collect()
}

/// An answer with its length.
fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn accepted(id: &str) -> Outcome {
    Outcome::Accepted(IdMessage::new(id).unwrap())
}

fn refused(words: &str) -> Outcome {
    Outcome::Refused(words.to_owned())
}

fn throttled(by: Throttle, seconds: Option<u64>) -> Outcome {
    Outcome::Throttled {
        by,
        wait: seconds.map(Duration::from_secs),
    }
}

fn halted(halt: Halt, words: &str) -> Outcome {
    Outcome::Halted(halt, words.to_owned())
}

/// The error body of the service, which gives the token away.
fn error_body(message: &str) -> String {
    format!(
        r#"{{"statusCode":400,"timestamp":"2023-09-13T22:29:37.459Z","path":"/waInstance7103000001/sendContact/{SECRET}","message":"{message}"}}"#
    )
}

struct Row {
    message: Message,
    phone_as: PhoneAs,
    answer: Vec<u8>,
    body: String,
    outcome: Outcome,
}

/// A contact to the person of the seed, and what one answer means for it.
fn means(answer: Vec<u8>, outcome: Outcome) -> Row {
    let body = compact(SEED_TO_A_PERSON);
    Row {
        message: to_a_person(),
        phone_as: PhoneAs::PhoneNumber,
        answer,
        body,
        outcome,
    }
}

fn requests() -> Vec<Row> {
    let good = || answer("200 OK", "Content-Type: application/json\r\n", SEED_ANSWER);
    let id = || accepted("3EB0C767D097B7C7C030");
    let as_chat = compact(SEED_TO_A_PERSON).replace(
        r#""phoneNumber":79001234567"#,
        r#""chatId":"79001234567@c.us""#,
    );
    let (phone, chat) = (PhoneAs::PhoneNumber, PhoneAs::ChatId);
    let row = |message, phone_as, body| Row {
        message,
        phone_as,
        answer: good(),
        body,
        outcome: id(),
    };
    vec![
        row(to_a_person(), phone, compact(SEED_TO_A_PERSON)),
        row(to_a_person(), chat, as_chat),
        row(to_a_group(), phone, compact(SEED_TO_A_GROUP)),
        row(to_a_group(), chat, compact(SEED_TO_A_GROUP)),
    ]
}

#[expect(clippy::too_many_lines, reason = "one table of answers")]
fn answers() -> Vec<Row> {
    let as_chat = compact(SEED_TO_A_GROUP);
    let wanted = error_body("Validation failed. Details: 'chatId' is required");
    let html = format!(
        "<html><p>No /waInstance7103000001/sendContact/{}</p></html>",
        SECRET.to_uppercase()
    );
    vec![
        means(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"idM\r\n10\r\nessage\":\"3EB0C\"}\r\n0\r\n\r\n".to_vec(),
            accepted("3EB0C"),
        ),
        means(
            [b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), answer("200 OK", "", SEED_ANSWER)].concat(),
            accepted("3EB0C767D097B7C7C030"),
        ),
        means(
            answer("200 OK", "", r#"{"idMessage":null}"#),
            Outcome::Uncertain(r#"HTTP 200 without a readable idMessage: {"idMessage":null}"#.into()),
        ),
        means(
            b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"idMessage\":\"3EB0C\"}".to_vec(),
            Outcome::Uncertain(r#"HTTP 200 with a body that broke off: {"idMessage":"3EB0C"}"#.into()),
        ),
        means(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"idM\r\n".to_vec(),
            Outcome::Uncertain(r#"HTTP 200 with a body that broke off: {"idM"#.into()),
        ),
        means(
            answer("400 Bad Request", "", &error_body("bad request data")),
            refused("HTTP 400: bad request data"),
        ),
        means(answer("400 Bad Request", "", &wanted), Outcome::ChatIdWanted),
        Row {
            message: to_a_group(),
            phone_as: PhoneAs::PhoneNumber,
            answer: answer("400 Bad Request", "", &wanted),
            body: as_chat,
            outcome: refused("HTTP 400: Validation failed. Details: 'chatId' is required"),
        },
        means(
            answer("400 Bad Request", "", &error_body("instance in starting process try later")),
            throttled(Throttle::Starting, None),
        ),
        means(
            answer("400 Bad Request", "", "Instance is starting or not authorized"),
            throttled(Throttle::StartingOrNotAuthorized, None),
        ),
        means(
            answer("400 Bad Request", "", &error_body("instance account not authorized")),
            halted(Halt::NotAuthorized, "HTTP 400: instance account not authorized"),
        ),
        means(
            answer("400 Bad Request", "", &format!("no way: {SECRET} %62de035{}", &SECRET[6..])),
            refused("HTTP 400: no way: <token> <token>"),
        ),
        means(
            answer("422 Unprocessable Entity", "", &html),
            refused("HTTP 422: No /waInstance7103000001/sendContact/<token>"),
        ),
        means(
            answer("404 Not Found", "", &error_body(&format!("Cannot POST /waInstance7103000001/sendContact/{SECRET}"))),
            halted(Halt::WrongAddress, "HTTP 404: Cannot POST /waInstance7103000001/sendContact/<token>"),
        ),
        means(
            answer("400 Bad Request", "", &format!(r#"{{"path":"/waInstance7103000001/sendContact/{SECRET}"}}"#)),
            refused(r#"HTTP 400: {"path":"/waInstance7103000001/sendContact/<token>"}"#),
        ),
        means(answer("401 Unauthorized", "", ""), halted(Halt::WrongToken, "HTTP 401: Unauthorized")),
        means(answer("403 Forbidden", "", ""), halted(Halt::WrongInstance, "HTTP 403: Forbidden")),
        means(
            answer("302 Found", "Location: /elsewhere\r\n", ""),
            halted(Halt::Redirected, "HTTP 302: Found"),
        ),
        means(
            answer("307 Temporary Redirect", "Location: /elsewhere\r\n", ""),
            halted(Halt::Redirected, "HTTP 307: Temporary Redirect"),
        ),
        means(answer("429 Too Many Requests", "", ""), throttled(Throttle::TooMany, None)),
        means(
            answer("429 Too Many Requests", "Retry-After: 7\r\n", ""),
            throttled(Throttle::TooMany, Some(7)),
        ),
        means(
            answer("429 Too Many Requests", "Retry-After: Wed, 06 Nov 2999 08:49:37 GMT\r\n", ""),
            throttled(Throttle::TooMany, Some(3600)),
        ),
        means(
            answer("429 Too Many Requests", "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n", ""),
            throttled(Throttle::TooMany, Some(0)),
        ),
        means(
            answer("466 Quota", "", r#"{"invokeStatus":{"method":"sendcontact","used":67,"total":0,"status":"QUOTE_ALLOWED"},"correspondentsStatus":{"method":"correspondents","used":3,"total":3,"status":"CORRESPONDENTS_QUOTE_EXCEEDED","description":"3 chats only"}}"#),
            refused("HTTP 466: 3 chats only"),
        ),
        means(answer("500 Internal Server Error", "", "request entity too large"), refused("HTTP 500: request entity too large")),
        means(
            answer("502 Bad Gateway", "", "<html>nginx</html>"),
            Outcome::Uncertain("HTTP 502: nginx".into()),
        ),
        means(
            b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n".to_vec(),
            Outcome::Uncertain("HTTP 503: Service Unavailable".into()),
        ),
    ]
}

#[tokio::test]
async fn every_message_is_one_request_and_every_answer_one_outcome() {
    for row in requests().into_iter().chain(answers()) {
        let shown = String::from_utf8_lossy(&row.answer).into_owned();
        let (url, mut requests) = canned(Then::Answer(row.answer)).await;
        let outcome = client(&url, PATIENT)
            .send_contact(&row.message, row.phone_as)
            .await;
        assert_eq!(outcome, row.outcome, "{shown}");
        let requests = all(&mut requests);
        let [request] = requests.as_slice() else {
            panic!("{} requests for {shown}", requests.len())
        };
        let line = format!("POST /waInstance7103000001/sendContact/{SECRET} HTTP/1.1");
        assert_eq!(
            (request.first_line(), &request.body),
            (line.as_str(), &row.body)
        );
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(
            request.header("host"),
            Some(url.trim_start_matches("http://"))
        );
        assert!(
            request
                .header("user-agent")
                .unwrap()
                .starts_with("sendcontact/")
        );
        assert_eq!(
            (request.header("accept-encoding"), request.header("referer")),
            (None, None)
        );
    }
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_was_read_is_one_post_and_uncertain() {
    for then in [Then::Close, Then::Reset] {
        let (url, mut requests) = canned(then).await;
        let outcome = client(&url, PATIENT)
            .send_contact(&to_a_person(), PhoneAs::PhoneNumber)
            .await;
        let Outcome::Uncertain(words) = &outcome else {
            panic!("{outcome:?}")
        };
        assert!(
            words.starts_with("the connection broke without an answer: "),
            "{words}"
        );
        assert!(
            !words.contains("waInstance") && !words.contains(SECRET),
            "{words}"
        );
        assert_eq!(all(&mut requests).len(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_uncertain_unless_its_status_says_no() {
    let hang = |head: &str| Then::AnswerAndHang(head.as_bytes().to_vec());
    for (then, expected) in [
        (
            hang(""),
            Outcome::Uncertain("no answer within 500ms".into()),
        ),
        (
            hang("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"idMessage\":\"A\"}"),
            Outcome::Uncertain(r#"HTTP 200 with a body that broke off: {"idMessage":"A"}"#.into()),
        ),
        (
            hang("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 90\r\n\r\n"),
            throttled(Throttle::TooMany, None),
        ),
    ] {
        let (url, mut requests) = canned(then).await;
        let outcome = client(&url, NO_ANSWER)
            .send_contact(&to_a_person(), PhoneAs::PhoneNumber)
            .await;
        assert_eq!(outcome, expected);
        assert_eq!(all(&mut requests).len(), 1);
    }
}

#[tokio::test]
async fn of_an_endless_answer_only_the_beginning_is_read() {
    for (status, begins, expected) in [
        (
            "200 OK",
            r#"{"idMessage":"A"}"#,
            Outcome::Uncertain(
                r#"HTTP 200 with a body that is too long: {"idMessage":"A"}"#.into(),
            ),
        ),
        (
            "400 Bad Request",
            "bad request data",
            refused("HTTP 400: bad request data"),
        ),
    ] {
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{begins}",
            2 * FLOOD
        );
        let (url, _requests) = canned(Then::Flood(head.into_bytes())).await;
        let outcome = client(&url, PATIENT)
            .send_contact(&to_a_person(), PhoneAs::PhoneNumber)
            .await;
        assert_eq!(outcome, expected);
    }
}

#[tokio::test]
async fn nobody_who_listens_is_unreachable() {
    let address = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let client = client(&format!("http://{address}"), PATIENT);
    let outcome = client
        .send_contact(&to_a_person(), PhoneAs::PhoneNumber)
        .await;
    let Outcome::Unreachable(words) = &outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        words.starts_with("no connection: ") && words.contains("refused"),
        "{words}"
    );
    assert_eq!(client.state_instance().await, Err(outcome));
}

#[tokio::test]
async fn a_service_without_tls_is_unreachable_and_so_is_one_that_is_silent_about_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut plain, _) = listener.accept().await.unwrap();
        plain
            .write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            .await
            .unwrap();
        let mut hello = Vec::new();
        while plain.read_buf(&mut hello).await.is_ok_and(|read| read > 0) {}
        let (_silent, _) = listener.accept().await.unwrap();
        std::future::pending::<()>().await;
    });
    let outcome = client(&url, PATIENT)
        .send_contact(&to_a_person(), PhoneAs::PhoneNumber)
        .await;
    assert!(
        matches!(&outcome, Outcome::Unreachable(words) if words.starts_with("no connection: ")),
        "{outcome:?}"
    );
    let outcome = client(&url, NO_CONNECTION)
        .send_contact(&to_a_person(), PhoneAs::PhoneNumber)
        .await;
    assert_eq!(
        outcome,
        Outcome::Unreachable("no connection within 150ms".into())
    );
}

#[tokio::test]
async fn contacts_share_a_connection_and_a_closed_one_costs_no_contact() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = client(
        &format!("http://{}", listener.local_addr().unwrap()),
        PATIENT,
    );
    let (gone, client_has_left) = oneshot::channel();
    let service = tokio::spawn(async move {
        let (mut first, _) = listener.accept().await.unwrap();
        for id in ["A", "B"] {
            read_request(&mut first).await.unwrap();
            first
                .write_all(&answer("200 OK", "", &format!(r#"{{"idMessage":"{id}"}}"#)))
                .await
                .unwrap();
        }
        first.shutdown().await.unwrap();
        // The client answers the close of the idle connection by closing it too.
        assert!(read_request(&mut first).await.is_none());
        gone.send(()).unwrap();
        let (mut second, _) = listener.accept().await.unwrap();
        read_request(&mut second).await.unwrap();
        second
            .write_all(&answer("200 OK", "", r#"{"idMessage":"C"}"#))
            .await
            .unwrap();
    });
    for id in ["A", "B"] {
        assert_eq!(
            client
                .send_contact(&to_a_person(), PhoneAs::PhoneNumber)
                .await,
            accepted(id)
        );
    }
    client_has_left.await.unwrap();
    assert_eq!(
        client
            .send_contact(&to_a_person(), PhoneAs::PhoneNumber)
            .await,
        accepted("C")
    );
    service.await.unwrap();
}

#[tokio::test]
async fn the_state_is_one_get_and_its_troubles_are_outcomes() {
    for (bytes, expected) in [
        (
            answer("200 OK", "", r#"{"stateInstance":"authorized"}"#),
            Ok(InstanceState::Authorized),
        ),
        (answer("200 OK", "", "null"), Ok(InstanceState::Starting)),
        (
            answer("200 OK", "", &format!(r#"{{"stateInstance":"{SECRET}"}}"#)),
            Ok(InstanceState::Unnamed("<token>".into())),
        ),
        (
            answer("429 Too Many Requests", "Retry-After: 1\r\n", ""),
            Err(throttled(Throttle::TooMany, Some(1))),
        ),
        (
            answer("401 Unauthorized", "", ""),
            Err(halted(Halt::WrongToken, "HTTP 401: Unauthorized")),
        ),
        (
            answer("502 Bad Gateway", "", ""),
            Err(Outcome::Uncertain("HTTP 502: Bad Gateway".into())),
        ),
    ] {
        let (url, mut requests) = canned(Then::Answer(bytes)).await;
        assert_eq!(
            client(&format!("{url}/green/"), PATIENT)
                .state_instance()
                .await,
            expected
        );
        let requests = all(&mut requests);
        let line = format!("GET /green/waInstance7103000001/getStateInstance/{SECRET} HTTP/1.1");
        assert_eq!(
            (requests.len(), requests[0].first_line()),
            (1, line.as_str())
        );
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn a_check_of_a_number_is_one_post_and_every_answer_one_meaning() {
    let lid = Lid::new("120650379300963@lid".parse().unwrap());
    let not_asked = |outcome| AccountCheck::NotAsked(outcome);
    for (bytes, expected) in [
        (
            answer(
                "200 OK",
                "",
                r#"{"existsWhatsapp":true,"chatId":"120650379300963@lid","username":"","phoneNumber":"79001234567@c.us","fromCache":true}"#,
            ),
            AccountCheck::Exists { lid },
        ),
        (
            answer("200 OK", "", r#"{"existsWhatsapp":true}"#),
            AccountCheck::Exists { lid: None },
        ),
        (
            answer("200 OK", "", r#"{"existsWhatsapp":false,"chatId":""}"#),
            AccountCheck::Missing,
        ),
        (
            answer("200 OK", "", &format!(r#"{{"path":"/{SECRET}"}}"#)),
            AccountCheck::Unclear(
                r#"HTTP 200 without a readable existsWhatsapp: {"path":"/<token>"}"#.into(),
            ),
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"existsWhatsapp\":false}".to_vec(),
            AccountCheck::Unclear(
                r#"HTTP 200 without a readable existsWhatsapp: {"existsWhatsapp":false}"#.into(),
            ),
        ),
        (
            answer(
                "400 Bad Request",
                "",
                &error_body("check phone number timeout limit exceeded"),
            ),
            AccountCheck::Unclear("HTTP 400: check phone number timeout limit exceeded".into()),
        ),
        (
            answer(
                "400 Bad Request",
                "",
                &error_body(&format!("bad phone number, {SECRET}")),
            ),
            AccountCheck::Refused("HTTP 400: bad phone number, <token>".into()),
        ),
        (
            answer(
                "466 Quota",
                "",
                r#"{"invokeStatus":{"status":"QUOTE_EXCEEDED","description":"100 checks only"}}"#,
            ),
            AccountCheck::QuotaUsed("HTTP 466: 100 checks only".into()),
        ),
        (
            answer("429 Too Many Requests", "Retry-After: 7\r\n", ""),
            not_asked(throttled(Throttle::TooMany, Some(7))),
        ),
        (
            answer("401 Unauthorized", "", ""),
            not_asked(halted(Halt::WrongToken, "HTTP 401: Unauthorized")),
        ),
    ] {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let (url, mut requests) = canned(Then::Answer(bytes)).await;
        let phone = Phone::from_digits("79001234567").unwrap();
        let check = client(&url, PATIENT).check_account(phone).await;
        assert_eq!(check, expected, "{shown}");
        let requests = all(&mut requests);
        let line = format!("POST /waInstance7103000001/checkWhatsapp/{SECRET} HTTP/1.1");
        let body = r#"{"chatId":"79001234567@c.us","force":false}"#;
        assert_eq!(
            (
                requests.len(),
                requests[0].first_line(),
                requests[0].body.as_str()
            ),
            (1, line.as_str(), body)
        );
    }
}

#[tokio::test]
async fn a_check_without_an_answer_is_unclear_and_one_that_was_not_written_was_not_asked() {
    let phone = Phone::from_digits("79001234567").unwrap();
    let hang = Then::AnswerAndHang(Vec::new());
    for (then, words) in [
        (Then::Close, "the connection broke without an answer"),
        (Then::Reset, "the connection broke without an answer"),
        (hang, "no answer within 500ms"),
    ] {
        let (url, mut requests) = canned(then).await;
        let check = client(&url, NO_ANSWER).check_account(phone).await;
        let AccountCheck::Unclear(told) = &check else {
            panic!("{check:?}")
        };
        assert!(told.starts_with(words) && !told.contains(SECRET), "{told}");
        assert_eq!(all(&mut requests).len(), 1);
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let check = client(&url, PATIENT).check_account(phone).await;
    assert!(
        matches!(&check, AccountCheck::NotAsked(Outcome::Unreachable(words)) if !words.contains(SECRET)),
        "{check:?}"
    );
}

#[tokio::test]
async fn the_account_and_its_past_are_one_get_each_without_the_token() {
    let body = format!(
        r#"{{"avatar":"x","phone":"79001112233","stateInstance":"{SECRET}","suspendedUntil":1790000000}}"#
    );
    let (url, mut requests) = canned(Then::Answer(answer("200 OK", "", &body))).await;
    let settings = Inspector::new(&client(&url, PATIENT)).wa_settings().await;
    let expected = WaSettings {
        state: Some(InstanceState::Unnamed("<token>".into())),
        phone: Phone::from_digits("79001112233").ok(),
        suspended_until: jiff::Timestamp::from_second(1_790_000_000).ok(),
    };
    assert_eq!(settings, Ok(expected));
    let asked = all(&mut requests);
    let line = format!("GET /waInstance7103000001/getWaSettings/{SECRET} HTTP/1.1");
    assert_eq!((asked.len(), asked[0].first_line()), (1, line.as_str()));

    let body = format!(
        r#"[{{"stateInstance":"{SECRET}","timestamp":1778132900}},{{"stateInstance":"authorized","timestamp":1778132812,"phoneNumber":"79001112233@c.us"}}]"#
    );
    let (url, mut requests) = canned(Then::Answer(answer("200 OK", "", &body))).await;
    let history = Inspector::new(&client(&url, PATIENT)).state_history().await;
    let entry = |second, state, phone| StateEntry {
        at: jiff::Timestamp::from_second(second).unwrap(),
        state,
        phone,
    };
    let ours = Phone::from_digits("79001112233").ok();
    assert_eq!(
        history,
        Ok(vec![
            entry(
                1_778_132_900,
                InstanceState::Unnamed("<token>".into()),
                None
            ),
            entry(1_778_132_812, InstanceState::Authorized, ours),
        ])
    );
    let asked = all(&mut requests);
    let line = format!("GET /waInstance7103000001/getStateInstanceHistory/{SECRET} HTTP/1.1");
    assert_eq!((asked.len(), asked[0].first_line()), (1, line.as_str()));

    let (url, _requests) = canned(Then::Answer(answer("401 Unauthorized", "", ""))).await;
    let mut inspector = Inspector::new(&client(&url, PATIENT));
    let wrong = halted(Halt::WrongToken, "HTTP 401: Unauthorized");
    assert_eq!(inspector.wa_settings().await, Err(wrong.clone()));
    assert_eq!(inspector.state_history().await, Err(wrong));
}

#[test]
fn no_proxy_of_the_environment_stands_between_us_and_this_machine() {
    let nobody = "http://127.0.0.1:9";
    let again = Command::new(std::env::current_exe().unwrap())
        .envs([
            ("HTTP_PROXY", nobody),
            ("http_proxy", nobody),
            ("ALL_PROXY", nobody),
        ])
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .args([
            "--exact",
            "the_state_is_one_get_and_its_troubles_are_outcomes",
        ])
        .output()
        .unwrap();
    assert!(
        again.status.success(),
        "{}",
        String::from_utf8_lossy(&again.stdout)
    );
}

// ---- the simulator, asked with bare HTTP ----

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

async fn simulator(script: Value) -> Simulator {
    let script: Script = serde_json::from_value(script).unwrap();
    Simulator::start(loopback(), script).await.unwrap()
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// Status and body of the answer; nothing if the connection broke.
async fn post(url: &str, path: &str, body: &str) -> Option<(u16, String)> {
    let request = http()
        .post(format!("{url}{path}"))
        .header("Content-Type", "application/json");
    let answer = request.body(body.to_owned()).send().await.ok()?;
    Some((answer.status().as_u16(), answer.text().await.ok()?))
}

async fn get(simulator: &Simulator, method: &str) -> Value {
    let url = format!(
        "{}/waInstance{ID_INSTANCE}/{method}/{TOKEN}",
        simulator.url()
    );
    let text = http().get(url).send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

fn send_contact() -> String {
    format!("/waInstance{ID_INSTANCE}/sendContact/{TOKEN}")
}

#[tokio::test]
async fn the_simulator_takes_the_seed_s_bodies_and_answers_in_the_seed_s_shape() {
    let simulator = simulator(json!({})).await;
    for (body, id) in [
        (SEED_TO_A_PERSON, "3EB00000000000000001"),
        (SEED_TO_A_GROUP, "3EB00000000000000002"),
    ] {
        let (status, text) = post(&simulator.url(), &send_contact(), body).await.unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap();
        let mut shape: Value = serde_json::from_str(SEED_ANSWER).unwrap();
        assert_eq!(shape["idMessage"].as_str().unwrap().len(), id.len());
        shape["idMessage"] = id.into();
        assert_eq!((status, answer), (200, shape));
    }
    let journal = get(&simulator, "lastOutgoingMessages").await;
    assert_eq!(journal[0]["chatId"], "79001234567-1581234048@g.us");
    assert_eq!(journal[1]["chatId"], "79001234567@c.us");
    assert_eq!(journal[1]["idMessage"], "3EB00000000000000001");
    assert_eq!(journal[1]["typeMessage"], "contactMessage");
    assert_eq!(
        (&journal[1]["sendByApi"], &journal[1]["statusMessage"]),
        (&json!(true), &json!("delivered"))
    );
    assert_eq!(
        journal[1]["contact"]["displayName"],
        "Артем Петрович Евпаторийский"
    );
    assert!(
        journal[1]["contact"]["vcard"]
            .as_str()
            .unwrap()
            .contains("waid=79001234568:")
    );
    let address = simulator.address();
    simulator.stop().await;
    assert!(TcpListener::bind(address).await.is_ok());
}

#[tokio::test]
async fn the_simulator_refuses_as_the_service_does_and_gives_the_token_away_as_it_does() {
    let simulator = simulator(json!({ "refuse_phone_number": true })).await;
    let url = simulator.url();
    let wrong_token = format!("/waInstance{ID_INSTANCE}/sendContact/abc");
    let wrong_method = format!("/waInstance{ID_INSTANCE}/sendCard/{TOKEN}");
    let wrong_instance = format!("/waInstance1/sendContact/{TOKEN}");
    for (path, body, status, said) in [
        (&wrong_token, SEED_TO_A_GROUP, 401, String::new()),
        (&wrong_instance, SEED_TO_A_GROUP, 403, "Forbidden".into()),
        (
            &wrong_method,
            SEED_TO_A_GROUP,
            404,
            format!("Cannot POST {wrong_method}"),
        ),
        (
            &send_contact(),
            SEED_TO_A_PERSON,
            400,
            "Validation failed. Details: 'chatId' is required".into(),
        ),
        (
            &send_contact(),
            &" ".repeat(101 * 1024),
            500,
            "request entity too large".into(),
        ),
    ] {
        let (answered, text) = post(&url, path, body).await.unwrap();
        assert_eq!(answered, status, "{path}");
        let answer: Value = serde_json::from_str(&text).unwrap_or_default();
        if said.is_empty() {
            assert_eq!(text, "");
        } else {
            assert_eq!(
                (&answer["statusCode"], &answer["message"]),
                (&json!(status), &json!(said))
            );
            assert_eq!(
                (&answer["path"], answer["timestamp"].is_string()),
                (&json!(path), true)
            );
        }
    }
    let received = simulator.received();
    assert_eq!(
        received
            .iter()
            .map(|request| request.status)
            .collect::<Vec<_>>(),
        [401, 403, 404, 400, 500].map(Some)
    );
    assert!(received.iter().all(|request| request.id_message.is_none()));
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn the_simulator_plays_its_faults_and_says_what_it_took() {
    let simulator = simulator(json!({ "faults": [
        { "when": { "request": 1 }, "then": { "cut": "before_answer", "accept": true } },
        { "when": { "request": 2 }, "then": { "cut": "in_body", "accept": true } },
        { "when": { "request": 3 }, "then": { "status": 502, "body": "<html>Bad Gateway</html>" } },
        { "when": { "request": 4 }, "then": { "status": 429, "headers": { "Retry-After": "2" } } },
        { "when": { "request": 5 }, "then": { "status": 466, "body": { "a": 1 } } },
        { "when": { "recipient": "79001234567-1581234048@g.us" }, "times": 1, "then": { "status": 200, "body": "ok" } },
    ]}))
    .await;
    let url = simulator.url();
    let mut answers = Vec::new();
    for body in [SEED_TO_A_PERSON; 6]
        .into_iter()
        .chain([SEED_TO_A_GROUP; 2])
    {
        answers.push(
            post(&url, &send_contact(), body)
                .await
                .map(|(status, text)| format!("{status} {text}")),
        );
    }
    let expected = [
        None,
        None,
        Some("502 <html>Bad Gateway</html>"),
        Some("429 "),
        Some(r#"466 {"a":1}"#),
        Some(r#"200 {"idMessage":"3EB00000000000000003"}"#),
        Some("200 ok"),
        Some(r#"200 {"idMessage":"3EB00000000000000004"}"#),
    ];
    assert_eq!(
        answers.iter().map(Option::as_deref).collect::<Vec<_>>(),
        expected
    );
    let listed = http()
        .get(format!("{url}/simulator/received"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let listed: Vec<Value> = serde_json::from_str(&listed).unwrap();
    let told = |request: &Value| (request["status"].clone(), request["idMessage"].clone());
    assert_eq!(
        listed.iter().map(told).collect::<Vec<_>>(),
        [
            (json!(null), json!("3EB00000000000000001")),
            (json!(200), json!("3EB00000000000000002")),
            (json!(502), json!(null)),
            (json!(429), json!(null)),
            (json!(466), json!(null)),
            (json!(200), json!("3EB00000000000000003")),
            (json!(200), json!(null)),
            (json!(200), json!("3EB00000000000000004")),
        ]
    );
    assert_eq!(listed[0]["method"], "sendContact");
    assert_eq!(
        listed[0]["body"],
        serde_json::from_str::<Value>(SEED_TO_A_PERSON).unwrap()
    );
    assert_eq!(json!(simulator.received()), json!(listed));
}

#[tokio::test]
async fn the_simulator_allows_as_many_requests_as_the_rate_and_shows_its_queue_without_the_head() {
    let simulator = simulator(
        json!({ "rates": { "sendContact": 0.001, "getMessagesCount": 0 }, "queue_ms": 3_600_000 }),
    )
    .await;
    let url = simulator.url();
    assert_eq!(
        post(&url, &send_contact(), SEED_TO_A_PERSON)
            .await
            .unwrap()
            .0,
        200
    );
    assert_eq!(
        post(&url, &send_contact(), SEED_TO_A_PERSON).await,
        Some((429, String::new()))
    );
    assert_eq!(
        get(&simulator, "getMessagesCount").await,
        json!({ "count": 1 })
    );
    assert_eq!(get(&simulator, "showMessagesQueue").await, json!([]));
    assert_eq!(get(&simulator, "lastOutgoingMessages").await, json!([]));
    assert_eq!(
        get(&simulator, "getSettings").await["delaySendMessagesMilliseconds"],
        500
    );
    assert_eq!(
        get(&simulator, "getStateInstance").await,
        json!({ "stateInstance": "authorized" })
    );
}

#[tokio::test]
async fn the_simulator_s_queue_shows_what_came_after_its_head() {
    let simulator = simulator(json!({ "queue_ms": 3_600_000, "state": "yellowCard" })).await;
    for body in [SEED_TO_A_PERSON, SEED_TO_A_GROUP] {
        assert_eq!(
            post(&simulator.url(), &send_contact(), body)
                .await
                .unwrap()
                .0,
            200
        );
    }
    let body: Value = serde_json::from_str(SEED_TO_A_GROUP).unwrap();
    let shown =
        json!([{ "messageID": "3EB00000000000000002", "type": "sendContact", "body": body }]);
    assert_eq!(get(&simulator, "showMessagesQueue").await, shown);
}

fn client_of(simulator: &Simulator, time_outs: TimeOuts) -> Client {
    let instance = Instance::new(
        &simulator.url(),
        ID_INSTANCE,
        SecretString::from(TOKEN),
        false,
    )
    .unwrap();
    Client::new(&instance, time_outs, clock()).unwrap()
}

#[tokio::test]
async fn an_instance_accepts_contacts_in_its_good_states_only() {
    let taken = || accepted("3EB00000000000000001");
    let not_authorized = halted(
        Halt::NotAuthorized,
        "HTTP 400: instance account not authorized",
    );
    for (state, told, outcome) in [
        (json!("authorized"), InstanceState::Authorized, taken()),
        (json!("blocked"), InstanceState::Blocked, taken()),
        (
            json!("notAuthorized"),
            InstanceState::NotAuthorized,
            not_authorized,
        ),
        (json!("yellowCard"), InstanceState::YellowCard, taken()),
        (json!("suspended"), InstanceState::Suspended, taken()),
        (
            json!("starting"),
            InstanceState::Starting,
            throttled(Throttle::Starting, None),
        ),
        (
            json!(null),
            InstanceState::Starting,
            throttled(Throttle::Starting, None),
        ),
    ] {
        let simulator = simulator(json!({ "state": state })).await;
        let client = client_of(&simulator, PATIENT);
        assert_eq!(client.state_instance().await, Ok(told));
        assert_eq!(
            client.send_contact(&to_a_group(), PhoneAs::ChatId).await,
            outcome
        );
    }
}

#[tokio::test]
async fn a_contact_accepted_without_an_answer_is_uncertain_here_and_accepted_there() {
    for fault in [
        json!({ "hang": true, "accept": true }),
        json!({ "cut": "before_answer", "accept": true }),
    ] {
        let simulator = simulator(json!({ "faults": [{ "when": {}, "then": fault }] })).await;
        let client = client_of(&simulator, NO_ANSWER);
        let outcome = client
            .send_contact(&to_a_person(), PhoneAs::PhoneNumber)
            .await;
        assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
        let received = simulator.received();
        assert_eq!((received.len(), received[0].status), (1, None));
        assert_eq!(
            received[0].id_message.as_deref(),
            Some("3EB00000000000000001")
        );
    }
}
