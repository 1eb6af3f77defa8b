//! `doctor` finds what can be wrong before a run, and sends nothing.

use std::net::TcpListener;

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use stand_in::{Desk, ID, Ran, Reply, Service, TOKEN, authorized, each, table};

/// The line about this subject, as its sign and its text.
fn line(ran: &Ran, subject: &str) -> (String, String) {
    let start = |line: &&str| line.split_whitespace().nth(1) == Some(subject);
    let line = ran
        .stdout
        .lines()
        .rfind(start)
        .unwrap_or_else(|| panic!("{subject}: {ran:?}"));
    let (sign, rest) = line.split_at(4);
    (
        sign.trim().to_owned(),
        rest.trim().trim_start_matches(subject).trim().to_owned(),
    )
}

/// A service that answers what doctor asks, but for one method.
fn service(method: &'static str, answer: Reply) -> Service {
    Service::start(move |_, request| {
        if request.path.contains(method) {
            return answer.clone();
        }
        match () {
            () if request.path.contains("/getStateInstance/") => authorized(),
            () if request.path.contains("/getSettings/") => {
                Reply::Answer(200, r#"{"delaySendMessagesMilliseconds":3000}"#.to_owned())
            }
            () if request.path.contains("/showMessagesQueue/") => {
                Reply::Answer(200, "[{},{}]".to_owned())
            }
            () => Reply::Answer(404, String::new()),
        }
    })
}

/// Authorized for an hour, after a time without a phone.
fn past() -> Reply {
    let ago = |seconds| Timestamp::now().as_second() - seconds;
    let entry = |(word, seconds): (&str, i64)| {
        format!(
            r#"{{"stateInstance":"{word}","timestamp":{}}}"#,
            ago(seconds)
        )
    };
    let states = [
        ("authorized", 3600),
        ("notAuthorized", 7200),
        ("authorized", 30 * 86_400),
    ];
    Reply::Answer(200, format!("[{}]", states.map(entry).join(",")))
}

fn state(word: &str) -> Reply {
    Reply::Answer(200, format!(r#"{{"stateInstance":"{word}"}}"#))
}

#[test]
fn the_instance_s_answers_are_told_in_words_and_as_an_exit_code() {
    let slow = r#"{"delaySendMessagesMilliseconds":60000}"#;
    let many = format!("[{}]", vec!["{}"; 500].join(","));
    #[rustfmt::skip]
    let cases: Vec<(&'static str, Reply, i32, &str, &str, &str)> = vec![
        ("/none/", authorized(), 0, "state", "ok", "authorized: ready to send"),
        ("/none/", authorized(), 0, "rate", "ok", "3 s between two messages: at most 1200 contacts an hour"),
        ("/none/", authorized(), 0, "queue", "ok", "2 messages wait; the last one leaves in about 6 seconds"),
        ("/none/", authorized(), 0, "clock", "warn", "the service did not report its time"),
        ("/none/", authorized(), 0, "history", "ok", "the service does not show past states"),
        ("/getStateInstanceHistory/", past(), 0, "history", "ok", "known for 30 days at least; the last states: authorized 20"),
        ("/getStateInstanceHistory/", past(), 0, "history", "ok", ", notAuthorized 20"),
        ("/getStateInstance/", state("notAuthorized"), 7, "state", "FAIL", "Scan the QR code"),
        ("/getStateInstance/", state("blocked"), 7, "state", "FAIL", "banned"),
        ("/getStateInstance/", state("yellowCard"), 7, "state", "FAIL", "Do not send"),
        ("/getStateInstance/", state("suspended"), 7, "state", "FAIL", "Do not send"),
        ("/getStateInstance/", state("starting"), 5, "state", "FAIL", "five minutes"),
        ("/getStateInstance/", state("sleepMode"), 0, "state", "warn", "Turn it on"),
        ("/getStateInstance/", state("dreaming"), 0, "state", "warn", "dreaming"),
        ("/getStateInstance/", Reply::Answer(401, String::new()), 7, "state", "FAIL", "401"),
        ("/getStateInstance/", Reply::Answer(403, String::new()), 7, "state", "FAIL", "403"),
        ("/getStateInstance/", Reply::Close, 5, "network", "FAIL", "accepts connections"),
        ("/getSettings/", Reply::Answer(200, slow.to_owned()), 0, "rate", "ok", "at most 60 contacts an hour"),
        ("/getSettings/", Reply::Answer(200, slow.replace("60000", "\"60000\"")), 0, "rate", "ok", "at most 60 contacts"),
        ("/getSettings/", Reply::Answer(200, slow.replace("60000", "-5")), 0, "rate", "warn", "could not be read"),
        ("/getSettings/", Reply::Answer(200, slow.replace("60000", "-5")), 0, "queue", "ok", "2 messages wait"),
        ("/getSettings/", Reply::Answer(500, String::new()), 0, "rate", "warn", "could not be checked"),
        ("/showMessagesQueue/", Reply::Answer(200, "[]".to_owned()), 0, "queue", "ok", "empty"),
        ("/showMessagesQueue/", Reply::Answer(200, many), 0, "queue", "warn", "500 or more messages"),
    ];
    each(&cases, 8, |(method, answer, code, subject, sign, words)| {
        let (desk, service) = (Desk::new(), service(method, answer.clone()));
        service.set_clock(None);
        let ran = desk.run_to(&service, &["doctor"]);
        let (told, text) = line(&ran, subject);
        assert_eq!((ran.code, told.as_str()), (*code, *sign), "{ran:?}");
        assert!(text.contains(words), "{text}");
        assert!(!text.contains(" 0 seconds"), "{text}");
        assert!(service.sends().is_empty());
    });
}

#[test]
fn a_clock_that_differs_from_the_service_s_is_told() {
    for (seconds, sign, words) in [
        (0, "ok", "matches"),
        (20, "ok", "matches"),
        (-3600, "warn", "differs from the service's clock by 3"),
        (90, "warn", "differs from the service's clock by "),
    ] {
        let service = Service::start(move |_, request| {
            let body = if request.path.contains("/getStateInstance/") {
                r#"{"stateInstance":"authorized"}"#
            } else {
                "[]"
            };
            let time = (Timestamp::now() + seconds.seconds()).to_zoned(TimeZone::UTC);
            let date = time
                .strftime("date: %a, %d %b %Y %H:%M:%S GMT\r\n")
                .to_string();
            Reply::Raw(stand_in::whole(200, &date, body))
        });
        let ran = Desk::new().run_to(&service, &["doctor"]);
        let (told, text) = line(&ran, "clock");
        assert_eq!((ran.code, told.as_str()), (0, sign), "{ran:?}");
        assert!(text.starts_with(words), "{seconds}: {text}");
    }
}

#[test]
fn dns_connection_and_tls_are_told_apart() {
    let service = Service::accepting();
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for (url, words) in [
        (
            "https://no-such-host.invalid".to_owned(),
            "the address of no-such-host.invalid was not found (DNS)",
        ),
        (
            format!("https://127.0.0.1:{closed}"),
            "does not accept connections",
        ),
        (
            format!("https://127.0.0.1:{}", service.port),
            "accepts connections, but TLS",
        ),
    ] {
        let desk = Desk::new();
        let mut command = desk.command(&["doctor", "--api-url", &url, "--id-instance", ID]);
        let ran = Ran::of(command.env("GREEN_API_TOKEN", TOKEN).output().unwrap());
        let (sign, text) = line(&ran, "network");
        assert_eq!((ran.code, sign.as_str()), (5, "FAIL"), "{ran:?}");
        assert!(
            text.contains(words) && !ran.stdout.contains(TOKEN),
            "{text}"
        );
    }
}

#[test]
fn settings_token_and_ledger_are_looked_at_too() {
    let (desk, service) = (Desk::new(), service("/none/", authorized()));
    let missing = desk.run(&["doctor"]);
    assert_eq!(
        (missing.code, line(&missing, "instance").0.as_str()),
        (2, "FAIL"),
        "{missing:?}"
    );
    let token = desk.write("token", TOKEN);
    #[cfg(unix)] // Windows has no modes.
    std::fs::set_permissions(&token, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    let settings = format!(
        "api-url = \"{}\"\nid-instance = {ID}\nprofile = \"a\"\n[profiles.a]\ntoken-file = \"{}\"\n",
        service.url(),
        token.display()
    );
    desk.settings(settings);
    desk.write("list.csv", table(3));
    assert_eq!(desk.run(&["send", "list.csv", "--simulate"]).code, 0);
    let ran = desk.run(&["doctor", "list-simulated"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(line(&ran, "settings").1, "sendcontact.toml, profile a");
    assert!(
        line(&ran, "ledger")
            .1
            .contains("intact; 3 rows, 0 pending, 0 unknown"),
        "{ran:?}"
    );
    #[cfg(unix)] // Windows has no modes.
    assert!(
        ran.stdout.contains("warn  token") && ran.stdout.contains("chmod 600"),
        "{ran:?}"
    );
    assert!(!ran.stdout.contains(TOKEN));
    desk.write("torn.ledger", b"SQLite format 3\0 and then nothing");
    let torn = desk.run(&["doctor", "torn.ledger"]);
    assert_eq!(
        (torn.code, line(&torn, "ledger").0.as_str()),
        (1, "FAIL"),
        "{torn:?}"
    );
    let lost = desk.run(&["doctor", "no/such/folder/list.csv"]);
    assert_eq!(
        (lost.code, line(&lost, "folder").0.as_str()),
        (1, "FAIL"),
        "{lost:?}"
    );
}

#[test]
fn settings_that_a_run_would_refuse_are_told() {
    let service = service("/none/", authorized());
    for (text, words) in [
        ("window = [\"99\"]\n", "--window: \"99\""),
        ("time-zone = \"Mars\"\n", "--time-zone: "),
        ("rate = 0\n", "sendcontact.toml:1: rate"),
        (
            "profile = \"a\"\n[profiles.a]\nholidays = \"none\"\n",
            "none",
        ),
        (
            "instance = [\"a\"]\n[instances.a]\nid-instance = 1\ntoken-file = \"token\"\nspacing = \"20s..8s\"\n",
            "--spacing: ",
        ),
    ] {
        let desk = Desk::new();
        desk.write("token", TOKEN);
        desk.write("sendcontact.toml", text);
        desk.run(&["trust"]);
        let mut command = desk.command(&["doctor"]);
        command.env("GREEN_API_URL", service.url());
        if !text.contains("instance") {
            command
                .env("GREEN_API_ID_INSTANCE", ID)
                .env("GREEN_API_TOKEN", TOKEN);
        }
        let ran = Ran::of(command.output().unwrap());
        let (sign, told) = line(&ran, "settings");
        assert_eq!((ran.code, sign.as_str()), (2, "FAIL"), "{text} {ran:?}");
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn an_instance_that_stands_under_two_names_is_told_as_a_run_would_refuse_it() {
    let (desk, service) = (Desk::new(), service("/none/", authorized()));
    desk.write("token", TOKEN);
    desk.write("list.csv", table(3));
    let ids = |ids: [&str; 2]| {
        let one = |(name, id)| {
            format!("[instances.{name}]\nid-instance = \"{id}\"\ntoken-file = \"token\"\n")
        };
        let tables: String = ["a", "b"].into_iter().zip(ids).map(one).collect();
        desk.settings(format!("api-url = \"{}\"\n{tables}", service.url()));
    };
    let both = ["--instance", "a", "--instance", "b"];
    ids(["1101000001", "1101000002"]);
    assert_eq!(desk.run(&[&["doctor"], &both[..]].concat()).code, 0);
    ids(["1101000001", "1101000001"]);
    let ran = desk.run(&[&["doctor"], &both[..]].concat());
    let words = "a and b are the same instance, 1101000001: give it once";
    assert_eq!(
        (ran.code, line(&ran, "instance")),
        (2, ("FAIL".to_owned(), words.to_owned())),
        "{ran:?}"
    );
    let refused = desk.run(&[&["send", "list.csv"], &both[..]].concat());
    assert!(
        refused.code == 2 && refused.stderr.contains(words),
        "{refused:?}"
    );
}

#[test]
fn with_a_simulator_all_is_well_and_nothing_is_needed() {
    let ran = Desk::new().run(&["doctor", "--simulate"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    assert!(
        ran.stdout.lines().all(|line| !line.starts_with("FAIL")),
        "{ran:?}"
    );
    let (sign, text) = line(&ran, "clock");
    assert_eq!(
        (
            sign.as_str(),
            text.starts_with("matches the service's clock")
        ),
        ("ok", true),
        "{ran:?}"
    );
    let russian = Desk::new().run(&["doctor", "--simulate", "--lang", "ru"]);
    assert!(
        russian
            .stdout
            .contains("состояние    authorized: готов отправлять"),
        "{russian:?}"
    );
}

#[test]
fn what_is_not_there_is_named() {
    let desk = Desk::new();
    let simulate = |more: &[&str]| desk.run(&[&["doctor", "--simulate"], more].concat());
    let (sign, text) = line(&simulate(&[]), "ledger");
    assert_eq!(
        (sign.as_str(), text.as_str()),
        (
            "ok",
            "this folder has none yet; send creates one beside its list"
        )
    );
    let ran = simulate(&["nosuch"]);
    let (sign, text) = line(&ran, "ledger");
    assert_eq!((ran.code, sign.as_str()), (2, "FAIL"), "{ran:?}");
    assert!(
        text.starts_with("there is no ledger nosuch.ledger"),
        "{text}"
    );
    desk.write("list.csv", table(1));
    let ran = simulate(&["list.csv"]);
    let (sign, text) = line(&ran, "ledger");
    assert_eq!((ran.code, sign.as_str()), (0, "ok"), "{ran:?}");
    assert_eq!(text, "list.ledger is not there yet; send creates it");
    for list in ["a.csv", "b c.csv"] {
        desk.write(list, table(1));
        assert_eq!(desk.run(&["send", list, "--simulate", "-q"]).code, 0);
    }
    let (sign, text) = line(&simulate(&[]), "ledger");
    assert_eq!(sign, "ok");
    assert_eq!(
        text,
        "2 ledgers in this folder were not checked: a-simulated, 'b c-simulated'. To check the first: sendcontact doctor a-simulated --simulate"
    );
    let (_, text) = line(&simulate(&["a-simulated"]), "ledger");
    assert_eq!(
        text,
        "a-simulated.ledger: intact; 1 row, 0 pending, 0 unknown"
    );
}

#[test]
fn instances_of_the_settings_that_nobody_chose_are_named() {
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    desk.write("token", TOKEN);
    let instances = "[instances.sales]\nid-instance = 1\ntoken-file = \"token\"\n\
                     [instances.support]\nid-instance = 2\ntoken-file = \"token\"\n";
    desk.settings(instances);
    let alone = "no instance is chosen; sendcontact.toml has sales, support: --instance NAME";
    assert_eq!(line(&desk.run(&["doctor"]), "instance").1, alone);
    let send = desk.run(&["send", "list.csv"]);
    assert!(send.code == 2 && send.stderr.contains(alone), "{send:?}");
    desk.settings(format!(
        "{instances}[profiles.both]\ninstance = [\"sales\", \"support\"]\n"
    ));
    let words = "no instance is chosen; sendcontact.toml has sales, support (profiles: both): \
                 --instance NAME or --profile NAME";
    assert_eq!(line(&desk.run(&["doctor"]), "instance").1, words);
}

#[test]
fn how_bad_it_is_is_said_in_the_language_of_the_rest() {
    let desk = Desk::new();
    let arguments = ["doctor", "nosuch", "--simulate", "--lang", "ru"];
    let ran = desk.run(&arguments);
    let said = |word: &str, subject: &str| {
        let line = ran.stdout.lines().find(|line| line.contains(subject));
        let line = line.unwrap_or_else(|| panic!("{subject}: {ran:?}"));
        assert!(line.starts_with(word), "{word}: {line}");
    };
    said("норма     версия", "версия");
    said("ОШИБКА    реестр", "реестр");
    for english in ["ok ", "warn", "FAIL"] {
        assert!(
            !ran.stdout.lines().any(|line| line.starts_with(english)),
            "{ran:?}"
        );
    }
    let json = desk.run(&[&arguments[..], &["--json"]].concat()).json();
    assert_eq!(json["checks"][0]["level"], "ok");
}

#[test]
fn a_program_reads_the_checks_as_json() {
    let desk = Desk::new();
    let ran = desk.run(&["doctor", "nosuch", "--simulate", "--json"]);
    let json = ran.json();
    assert_eq!(
        (ran.code, &json["exit"]),
        (2, &serde_json::json!(2)),
        "{ran:?}"
    );
    assert_eq!(ran.stdout.lines().count(), 1);
    let checks = json["checks"].as_array().unwrap();
    let of = |word: &str| {
        let check = checks.iter().find(|check| check["check"] == word);
        check.unwrap_or_else(|| panic!("{word}: {json}"))["level"].clone()
    };
    let levels = ["ledger", "state", "settings", "programData"].map(of);
    assert_eq!(
        levels,
        ["fail", "ok", "ok", "ok"].map(|word| serde_json::json!(word))
    );
}
