//! Nothing that comes from outside is shown raw: no list, file name, setting or answer controls the terminal or
//! forges a line, and a token in the wrong place is never shown.

use std::fs;

use stand_in::{Desk, Ran, Reply, Service, TOKEN, accepted, authorized, table};

/// Somebody's token, in no variable of the run.
const ANOTHER: &str = "d75b3a66374942c5b3c019c698abc2067e151558acbd412345";

/// Steers a terminal, turns the direction and forges a line of the plan.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{200b}\u{7f}\u{e0041}x\n  Rows      9: 9 to send\r\u{2028}";

fn is_raw(char: char) -> bool {
    (char.is_control() && char != '\n' && char != '\t')
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{e0000}'..='\u{e0fff}')
}

/// Nothing raw on either stream, and no line that only a list could have written.
fn is_clean(ran: &Ran) {
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains(is_raw), "{ran:?}");
        assert!(
            text.lines().all(|line| !line.starts_with("  Rows      9")),
            "{text}"
        );
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn no_list_steers_the_terminal_or_forges_a_line_of_the_plan() {
    let service = Service::accepting();
    let desk = Desk::new();
    let name = "list\u{1b}[2J\u{202e}\n  Rows      9: 9 to send.csv";
    let hostile = quoted("\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{200b}\u{7f}\u{e0041}x");
    let broken = quoted("x\n  Rows      9: 9 to send");
    let rows = format!(
        "phoneNumber,phoneContact,firstName,{hostile},timeZone\n\
         79001234501,79001234569,Анна,{broken},\n{hostile},79001234569,{hostile},{hostile},\n\
         79001234502,{hostile},Анна,{hostile},{hostile}\n79001234503,79001234569,{broken},x,\n"
    );
    desk.write(name, &rows);
    desk.write("stop.csv", format!("phone\n{hostile}\n"));
    for arguments in [
        &["check", name, "--suppress", "stop.csv"][..],
        &["check", name, "--json"],
        &["send", name, "--dry-run"],
        &[
            "send",
            name,
            "--json",
            "-vv",
            "--campaign",
            "list",
            "--max-failures",
            "9",
        ],
        &["status", "list"],
        &["status", "list", "--json"],
        &["status", "list", "--brief"],
        &["status", "list", "--runs"],
        &["report", "list"],
        &["check", "no\u{1b}[2J\nsuch.csv"],
        &["check", name, "--map", HOSTILE],
        &["check", name, "--encoding", HOSTILE],
        &["check", name, "--match", HOSTILE],
        &["send", name, "--rate", HOSTILE],
        &["send", name, HOSTILE],
        &[HOSTILE],
        &["resolve", "list", "--resend", HOSTILE],
        &["settings", "--campaign", HOSTILE],
        &["settings", "--campaign", HOSTILE, "--json"],
        &["doctor", HOSTILE],
        &["pause", HOSTILE],
        &["send", name, "--holidays", HOSTILE],
        &["send", name, "--profile", HOSTILE],
    ] {
        let ran = desk.run_to(&service, arguments);
        is_clean(&ran);
        if arguments.contains(&"--json") && arguments[0] == "check" {
            for line in ran.stdout.lines() {
                let object: serde_json::Value = serde_json::from_str(line).unwrap();
                assert!(
                    object["source"]
                        .as_str()
                        .unwrap()
                        .contains("\u{1b}[2J\u{202e}\n"),
                    "{line}"
                );
            }
        }
    }
    let escaped = desk.run(&["check", name]);
    assert_eq!(escaped.code, 4, "{escaped:?}");
    assert!(
        escaped.stdout.contains(r"list\u{1b}[2J\u{202e}\u{a}  Rows"),
        "{escaped:?}"
    );
}

#[test]
fn no_settings_file_steers_the_terminal() {
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    let escaped = r#""\u001b[2J\u202e\n  Rows      9""#;
    for settings in [
        format!("{escaped} = 1\n"),
        format!("rate = {escaped}\n"),
        format!("campaign = {escaped}\n"),
        format!("profile = {escaped}\n"),
        format!("map = [{escaped}]\n"),
        format!("[profiles.{escaped}]\nrate = 1\n"),
        format!("[instances.{escaped}]\nrate = 1\n"),
        format!("encoding = {escaped}\nprofile = 3\n"),
        "a = \u{1b}[2J\n".to_owned(),
    ] {
        desk.write("sendcontact.toml", &settings);
        for arguments in [
            &["settings"][..],
            &["check", "list.csv"],
            &["check", "list.csv", "--profile", "x"],
        ] {
            is_clean(&desk.run(arguments));
        }
    }
}

#[test]
fn no_answer_steers_the_terminal_or_forges_a_line_of_the_log() {
    let forged = "2026-11-24T07:30:20.123456Z  INFO send ends with exit code 0";
    let words = format!("\u{1b}[2J\u{202e}\n{forged}");
    let service = Service::start(move |number, request| match number {
        1 if request.is_send() => Reply::Answer(
            400,
            serde_json::json!({ "message": words.as_str() }).to_string(),
        ),
        _ if request.is_send() => accepted(number),
        _ => authorized(),
    });
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    let campaign = format!("a\u{1b}[2J\n{forged}");
    let log = ["--log-file", "run.log", "--max-failures", "9"];
    #[cfg(unix)] // The command is for a POSIX shell.
    let notify = [
        "--notify-command",
        "sh",
        "-c",
        "{ cat; env | grep -a SENDCONTACT_CAMPAIGN; } >told",
    ];
    #[cfg(not(unix))]
    let notify: [&str; 0] = [];
    let arguments = [
        "send",
        "list.csv",
        "--ledger",
        "l.ledger",
        "--results",
        "r.csv",
        "-vv",
    ];
    for more in [&["--campaign", &campaign][..], &["--map", &campaign]] {
        let ran = desk.run_to(&service, &[&arguments[..], more, &log, &notify].concat());
        is_clean(&ran);
        let log = desk.read("run.log");
        assert!(
            !log.contains(is_raw) && log.lines().all(|line| !line.starts_with(forged)),
            "{log}"
        );
        assert!(log.lines().all(|line| line.starts_with("20")), "{log}");
        let told = if cfg!(unix) {
            desk.read("told")
        } else {
            String::new()
        };
        assert!(
            !told.contains(is_raw) && told.lines().all(|line| !line.starts_with(forged)),
            "{told}"
        );
    }
}

/// A command line with a token in the wrong place, and the variables and settings that go with it.
struct Misplaced {
    arguments: Vec<String>,
    variables: Vec<(&'static str, String)>,
    settings: String,
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn misplaced(token: &str) -> Vec<Misplaced> {
    let typed = |arguments: &[&str]| Misplaced {
        arguments: arguments
            .iter()
            .map(|word| word.replace("TOKEN", token))
            .collect(),
        variables: Vec::new(),
        settings: String::new(),
    };
    let send = ["send", "list.csv"];
    let mut all: Vec<Misplaced> = [
        &["--token-file", "TOKEN"][..],
        &["--token-file", "./TOKEN"],
        &["--id-instance", "TOKEN"],
        &["--api-url", "http://127.0.0.1:1/TOKEN"],
        &["--api-url", "https://TOKEN@127.0.0.1:1"],
        &["--api-url", "TOKEN"],
        &["--api-url", "ftp://x/waInstance1/sendContact/TOKEN"],
        &["--profile", "TOKEN"],
        &["--instance", "TOKEN"],
        &["--campaign", "TOKEN"],
        &["--rate", "TOKEN"],
        &["--token", "TOKEN"],
        &["--TOKEN"],
        &["TOKEN"],
        &["--suppress", "TOKEN"],
        &["--country", "TOKEN"],
        &["--encoding", "TOKEN"],
        &["--map", "TOKEN"],
        &["--results", "TOKEN"],
        &["--log-file", "no/TOKEN"],
        &["--recipients", "TOKEN", "--contacts", "list.csv"],
    ]
    .iter()
    .map(|more| typed(&[&send[..], more].concat()))
    .collect();
    all.extend(
        [
            &["TOKEN"][..],
            &["settings", "--campaign", "TOKEN"],
            &["status", "TOKEN"],
            &["doctor", "TOKEN"],
        ]
        .map(typed),
    );
    for command in [
        &send[..],
        &["doctor"],
        &["settings"],
        &["settings", "--json"],
    ] {
        for name in [
            "GREEN_API_TOKEN_FILE",
            "GREEN_API_ID_INSTANCE",
            "GREEN_API_URL",
        ] {
            all.push(Misplaced {
                variables: vec![(name, token.to_owned())],
                ..typed(command)
            });
        }
        for settings in [
            "token-file = 'TOKEN'\n",
            "id-instance = 'TOKEN'\n",
            "token-command = ['TOKEN']\n",
            "token-command = ['./TOKEN', 'TOKEN']\n",
            "notify-command = ['TOKEN']\n",
            "TOKEN = 1\n",
            "'TOKEN'\n",
            "token = TOKEN\n",
            "profile = 'TOKEN'\n",
            "[instances.TOKEN]\nid-instance = '1'\n",
            "[profiles.TOKEN]\nTOKEN = 1\n",
            "rate = 'TOKEN'\n",
        ] {
            all.push(Misplaced {
                settings: settings.replace("TOKEN", token),
                ..typed(command)
            });
        }
    }
    all
}

#[test]
fn a_token_in_the_wrong_place_is_shown_by_nobody() {
    stand_in::each(&[TOKEN, ANOTHER], 2, |token: &&str| {
        for (
            number,
            Misplaced {
                arguments,
                variables,
                settings,
            },
        ) in misplaced(token).into_iter().enumerate()
        {
            let desk = Desk::new();
            desk.write(
                "list.csv",
                format!("{}79001234599,{token},Анна\n", table(1)),
            );
            fs::create_dir(desk.path("out")).unwrap();
            desk.write("sendcontact.toml", &settings);
            let mut command =
                desk.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
            command
                .env("GREEN_API_TOKEN", TOKEN)
                .env("GREEN_API_ID_INSTANCE", "1101000001");
            command
                .env("GREEN_API_URL", "http://127.0.0.1:1")
                .envs(variables);
            if arguments[0] == "send" {
                command.args(["--retry-for", "1ms"]);
            }
            let is_send = arguments[0] == "send" && !settings.contains("notify");
            if is_send && !arguments.contains(&"--log-file".to_owned()) {
                command.args(["--log-file", "out/log"]);
                command.args(["--notify-command", "sh", "-c", "{ cat; env; } >out/told"]);
            }
            let ran = Ran::of(command.output().unwrap());
            let read = |name: &str| fs::read_to_string(desk.path(name)).unwrap_or_default();
            let outside = format!("{}{}{}", ran.stdout, ran.stderr, read("out/log"));
            assert!(
                !outside.contains(&token[..20]),
                "{number} {arguments:?} {settings} {outside}"
            );
            let told = read("out/told");
            assert!(
                !told.contains(&token[..20]),
                "{number} {arguments:?} {told}"
            );
        }
    });
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_token_names_nothing_that_is_written() {
    let named = |token: &str| {
        let file = format!("{token}.csv");
        let send = |option: &str, value: &str| -> Vec<String> {
            ["send", "list.csv", "--simulate", option, value]
                .map(str::to_owned)
                .into()
        };
        let typed = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        [
            send("--campaign", token),
            send("--campaign", &format!("may-{token}")),
            send("--results", &file),
            send("--ledger", &format!("{token}.ledger")),
            send("--out-dir", token),
            send("--log-file", token),
            typed(&["check", "list.csv", "--problems", &file]),
            typed(&["report", "done-simulated", "--results", &file]),
            typed(&["opt-outs", "--out", &file]),
            typed(&["ledger", "copy", "done-simulated.ledger", &file]),
            typed(&[
                "schedule",
                "--every",
                "day",
                "--at",
                "10:00",
                "--name",
                token,
                "--",
                "send",
                "list.csv",
                "--simulate",
            ]),
        ]
    };
    for (token, arguments) in [TOKEN, ANOTHER]
        .into_iter()
        .flat_map(|token| named(token).map(|arguments| (token, arguments)))
    {
        let desk = Desk::new();
        desk.write("list.csv", table(1));
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let done = desk.run(&["send", "list.csv", "--simulate", "--campaign", "done"]);
        assert_eq!(done.code, 0, "{done:?}");
        let files = || {
            fs::read_dir(desk.folder.path())
                .into_iter()
                .flatten()
                .count()
        };
        let before = files();
        let mut command = desk.command(&words);
        let ran = Ran::of(command.env("GREEN_API_TOKEN", TOKEN).output().unwrap());
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (2, ""),
            "{words:?} {ran:?}"
        );
        assert!(
            ran.stderr.contains("give another name"),
            "{words:?} {ran:?}"
        );
        assert!(!ran.stderr.contains(&token[..20]), "{words:?} {ran:?}");
        assert_eq!(files(), before, "{words:?}");
    }
    // A list whose name has as many digits is an input, and its campaign goes on under this name.
    let desk = Desk::new();
    desk.write(&format!("{ANOTHER}.csv"), table(1));
    let ran = desk.run(&["send", &format!("{ANOTHER}.csv"), "--simulate"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_token_is_never_written_for_a_scheduler() {
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    for words in [
        &["--token-file", ANOTHER][..],
        &["--token-file", ANOTHER, "--id-instance", "1"],
        &["--id-instance", "1", "--campaign", ANOTHER],
    ] {
        for scheduler in ["systemd", "cron", "windows"] {
            let schedule = [
                "schedule", "--every", "day", "--at", "10:00", "--as", scheduler, "--",
            ];
            let mut command = desk.command(&[&schedule[..], &["send", "list.csv"], words].concat());
            command.env("GREEN_API_TOKEN_FILE", ANOTHER);
            let ran = Ran::of(command.output().unwrap());
            assert_eq!(ran.code, 2, "{ran:?}");
            assert!(
                !ran.stdout.contains(ANOTHER) && !ran.stderr.contains(ANOTHER),
                "{ran:?}"
            );
        }
    }
}
