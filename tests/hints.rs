//! Every command that the program prints works as it stands: it is pasted into a shell, in the folder in which it was
//! read, and does what was said of it.

#![cfg(unix)] // What is printed is pasted into a POSIX shell.
#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
};

use serde_json::json;
use stand_in::{Desk, ID, Ran, Received, Reply, Service, TOKEN, accepted, authorized, table};

/// A list whose name needs quotes in a shell, in a folder of its own.
const LIST: &str = "my lists/клиенты май.csv";

const CAMPAIGN: &str = "'my lists/клиенты май'";

/// The commands that a text shows, one a line.
fn commands(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| Some(line[line.find("sendcontact ")?..].to_owned()))
        .collect()
}

/// The command with this word after its name.
fn command_of(ran: &Ran, name: &str) -> String {
    let text = format!("{}\n{}", ran.stdout, ran.stderr);
    let found = commands(&text)
        .into_iter()
        .find(|command| command.split(' ').nth(1) == Some(name));
    found.unwrap_or_else(|| panic!("no {name}: {ran:?}"))
}

/// Pastes a command into a shell that stands in a folder of the desk.
fn paste_in(desk: &Desk, service: &Service, folder: &Path, command: &str) -> Ran {
    let ran = typed_in(desk, service, folder, command);
    assert!(
        ran.code != 2 && !ran.stderr.contains("Usage:") && !ran.stderr.contains("error:"),
        "{command}: {ran:?}"
    );
    assert!(!format!("{ran:?}").contains(TOKEN), "{command}");
    ran
}

fn typed_in(desk: &Desk, service: &Service, folder: &Path, command: &str) -> Ran {
    let typed = desk.to(service, &[]);
    let program = Path::new(typed.get_program()).parent().unwrap();
    let mut shell = Command::new("/bin/sh");
    let variables = typed
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    shell
        .args(["-c", command])
        .current_dir(folder)
        .env_clear()
        .envs(variables);
    shell.env("PATH", format!("{}:/usr/bin:/bin", program.display()));
    Ran::of(shell.stdin(Stdio::null()).output().unwrap())
}

fn paste(desk: &Desk, service: &Service, command: &str) -> Ran {
    paste_in(desk, service, desk.folder.path(), command)
}

fn count(desk: &Desk, status: &str) -> u64 {
    desk.run(&["status", "my lists/клиенты май", "--json"])
        .count(status)
}

fn desk_with_list(rows: usize, invalid: bool) -> Desk {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("my lists")).unwrap();
    let wrong = if invalid { "79000000099,,\n" } else { "" };
    desk.write(LIST, table(rows) + wrong);
    desk
}

/// What a service answers to everything but a contact: it is well, and shows nothing in its queue and journal.
fn shows_nothing(request: &Received) -> Reply {
    let asks = |method: &str| request.path.contains(&format!("/{method}/"));
    match () {
        () if asks("getStateInstance") => authorized(),
        () if asks("getSettings") => Reply::Answer(
            200,
            json!({"wid": "11001234567@c.us", "delaySendMessagesMilliseconds": 500}).to_string(),
        ),
        () if asks("getMessagesCount") => Reply::Answer(200, json!({"count": 0}).to_string()),
        () => Reply::Answer(200, "[]".into()),
    }
}

/// The answer to the first contact is lost.
fn losing_the_first() -> Service {
    Service::start(|number, request| match request.is_send() {
        true if number == 0 => Reply::Close,
        true => accepted(number),
        false => shows_nothing(request),
    })
}

/// A run after which rows are pending, unknown and invalid.
fn unfinished(service: &Service, more: &[&str]) -> (Desk, Ran) {
    let desk = desk_with_list(4, true);
    let words = [
        &[
            "send",
            LIST,
            "--limit",
            "2",
            "--concurrency",
            "1",
            "--no-reconcile",
        ],
        more,
    ]
    .concat();
    let ran = desk.run_to(service, &words);
    assert_eq!(ran.code, 6, "{ran:?}");
    (desk, ran)
}

#[test]
fn what_send_advises_at_its_end_can_be_pasted() {
    let service = losing_the_first();
    let (desk, ran) = unfinished(&service, &[]);
    assert_eq!(
        commands(&ran.stderr),
        [
            format!("sendcontact send '{LIST}' --concurrency 1 --no-reconcile"),
            format!("sendcontact reconcile {CAMPAIGN} --wait 5m"),
            format!("sendcontact resolve {CAMPAIGN}"),
            format!("sendcontact report {CAMPAIGN} --only not-sent --as xlsx"),
            "sendcontact send 'my lists/клиенты май-not-sent.xlsx' --concurrency 1 --no-reconcile"
                .to_owned(),
        ]
    );
    for (language, words) in [("en", "without --limit"), ("ru", "без --limit")] {
        let status = desk.run(&["status", "my lists/клиенты май", "--lang", language]);
        assert!(status.stdout.contains(words), "{status:?}");
    }
    assert_eq!((count(&desk, "pending"), count(&desk, "unknown")), (2, 1));
    let again = paste(&desk, &service, &commands(&ran.stderr)[0]);
    assert_eq!((again.code, count(&desk, "pending")), (6, 0), "{again:?}");
    let written = paste(&desk, &service, &command_of(&ran, "report"));
    assert_eq!(written.code, 0, "{written:?}");
    assert!(desk.path("my lists/клиенты май-not-sent.xlsx").exists());
    let corrected = paste(&desk, &service, &commands(&ran.stderr)[4]);
    assert_eq!(
        (corrected.code, count(&desk, "invalid")),
        (6, 1),
        "the row goes into its campaign, still with its mistake: {corrected:?}"
    );
    let listed = paste(&desk, &service, &command_of(&ran, "resolve"));
    assert_eq!(
        (listed.code, listed.stdout.lines().count()),
        (6, 1),
        "{listed:?}"
    );
    // The advice waits five minutes where the service shows nothing.
    let wait = command_of(&ran, "reconcile").replace("5m", "1s");
    let looked = paste(&desk, &service, &wait);
    assert_eq!((looked.code, count(&desk, "unknown")), (6, 1), "{looked:?}");
    assert!(!service.asked("lastOutgoingMessages").is_empty());
}

#[test]
fn what_was_typed_for_every_command_is_in_the_advice() {
    let service = losing_the_first();
    let desk = desk_with_list(4, true);
    desk.write("my settings.toml", "[profiles.x]\nconcurrency = 1\n");
    let ran = desk.run_to(
        &service,
        &[
            "send",
            LIST,
            "--no-reconcile",
            "--settings",
            "my settings.toml",
            "--profile=x",
            "--lang",
            "ru",
            "--id-instance",
            ID,
        ],
    );
    assert_eq!(ran.code, 6, "{ran:?}");
    let shared = "--settings 'my settings.toml' --profile x --lang ru";
    assert_eq!(
        command_of(&ran, "reconcile"),
        format!("sendcontact reconcile {CAMPAIGN} --wait 5m --id-instance {ID} {shared}")
    );
    assert_eq!(
        command_of(&ran, "resolve"),
        format!("sendcontact resolve {CAMPAIGN} {shared}")
    );
    for command in commands(&ran.stderr) {
        let ran = paste(&desk, &service, &command.replace("5m", "1s"));
        assert!([0, 6].contains(&ran.code), "{command}: {ran:?}");
        assert!(ran.stderr.contains(['в', 'о']), "{command}: {ran:?}");
    }
}

#[test]
fn a_simulated_campaign_is_followed_up_in_the_simulator() {
    let service = Service::accepting();
    let desk = desk_with_list(3, true);
    let ran = desk.run(&["send", LIST, "--simulate"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert_eq!(
        commands(&ran.stderr),
        [
            "sendcontact report 'my lists/клиенты май-simulated' --only not-sent --as xlsx",
            "sendcontact send 'my lists/клиенты май-simulated-not-sent.xlsx' --simulate"
        ]
    );
    let written = paste(&desk, &service, &commands(&ran.stderr)[0]);
    assert_eq!(written.code, 0, "{written:?}");
    assert!(
        desk.path("my lists/клиенты май-simulated-not-sent.xlsx")
            .exists()
    );
}

#[test]
fn both_decisions_that_resolve_shows_can_be_pasted() {
    for (name, status) in [("--assume-sent", "accepted"), ("--resend", "pending")] {
        let service = losing_the_first();
        let (desk, ran) = unfinished(&service, &[]);
        let listed = paste(&desk, &service, &command_of(&ran, "resolve"));
        let shown = commands(&listed.stderr);
        assert_eq!(
            shown,
            [
                format!("sendcontact reconcile {CAMPAIGN} --wait 5m"),
                format!("sendcontact resolve {CAMPAIGN} --assume-sent all"),
                format!("sendcontact resolve {CAMPAIGN} --resend all"),
            ]
        );
        let before = count(&desk, status);
        let decision = shown.iter().find(|command| command.contains(name)).unwrap();
        // Here nobody can be asked.
        let decided = paste(&desk, &service, &format!("{decision} --yes"));
        assert_eq!(
            (decided.code, count(&desk, status)),
            (0, before + 1),
            "{decided:?}"
        );
        let next = commands(&decided.stderr);
        assert_eq!(next.len(), 1, "{decided:?}");
        let ran = paste(&desk, &service, &next[0]);
        if status == "pending" {
            assert_eq!((ran.code, count(&desk, "pending")), (4, 0), "{ran:?}");
        } else {
            assert_eq!(ran.code, 0, "{ran:?}");
        }
    }
}

#[test]
fn what_resolve_and_status_advise_asks_the_service_of_the_last_send() {
    let service = losing_the_first();
    let url = service.url();
    let (desk, _) = unfinished(&service, &["--api-url", &url, "--id-instance", ID]);
    let asked = format!("--wait 5m --api-url {url} --id-instance {ID}");
    for command in ["resolve", "status"] {
        // Here the environment names no service.
        let ran = desk.run(&[command, "my lists/клиенты май"]);
        assert_eq!(
            command_of(&ran, "reconcile"),
            format!("sendcontact reconcile {CAMPAIGN} {asked}"),
            "{ran:?}"
        );
    }
}

#[test]
fn reconcile_says_how_to_send_what_is_proved_to_be_absent() {
    let service = losing_the_first();
    let (desk, ran) = unfinished(&service, &[]);
    let wait = command_of(&ran, "reconcile").replace("5m", "1s");
    // The journal may be two minutes late.
    service.set_clock(Some(300));
    assert_eq!(paste(&desk, &service, &wait).code, 6);
    service.set_clock(Some(600));
    let proved = paste(&desk, &service, &wait);
    assert!(
        proved
            .stderr
            .contains("the service did not accept 1 unknown contact"),
        "{proved:?}"
    );
    let resend = command_of(&proved, "reconcile");
    assert_eq!(
        resend,
        format!("sendcontact reconcile {CAMPAIGN} --resend-absent")
    );
    let send = command_of(&proved, "send");
    let again = paste(&desk, &service, &resend);
    assert_eq!(
        (again.code, count(&desk, "unknown"), count(&desk, "pending")),
        (5, 0, 3),
        "{again:?}"
    );
    let went_on = paste(&desk, &service, &send);
    assert_eq!(
        (went_on.code, count(&desk, "pending")),
        (4, 0),
        "{went_on:?}"
    );
    let written = paste(&desk, &service, &command_of(&again, "report"));
    assert_eq!(written.code, 0, "{written:?}");
}

#[test]
fn track_says_how_to_go_on() {
    let service = Service::start(|number, request| {
        if request.is_send() {
            accepted(number)
        } else {
            shows_nothing(request)
        }
    });
    let desk = desk_with_list(2, false);
    assert_eq!(desk.run_to(&service, &["send", LIST]).code, 0);
    let ran = desk.run_to(&service, &["track", "my lists/клиенты май"]);
    assert_eq!(
        commands(&ran.stderr),
        [format!("sendcontact track {CAMPAIGN} --watch")]
    );
    let watched = format!("{} --for 1s", command_of(&ran, "track"));
    assert_eq!(paste(&desk, &service, &watched).code, 5);
}

#[test]
fn a_short_status_shows_the_commands_of_the_folder_in_which_it_is_read() {
    let service = losing_the_first();
    let (desk, ran) = unfinished(&service, &[]);
    let here = desk.run(&["status", "my lists/клиенты май", "--brief"]);
    assert_eq!(command_of(&here, "send"), command_of(&ran, "send"));
    let folder = desk.path("my lists");
    let there = paste_in(&desk, &service, &folder, "sendcontact status --brief");
    let shown: Vec<&str> = there
        .stdout
        .lines()
        .filter(|line| line.starts_with("To do"))
        .collect();
    assert_eq!(shown.len(), 3, "{there:?}");
    let send = &shown[0][shown[0].find("cd ").unwrap()..];
    let went_on = paste_in(&desk, &service, &folder, send);
    assert_eq!(
        (went_on.code, count(&desk, "pending")),
        (6, 0),
        "{went_on:?}"
    );
    let written = paste_in(&desk, &service, &folder, &command_of(&there, "report"));
    assert_eq!(written.code, 0, "{written:?}");
    let looked = command_of(&there, "reconcile").replace("5m", "1s");
    assert_eq!(paste_in(&desk, &service, &folder, &looked).code, 6);
}

#[test]
fn a_message_about_a_run_can_be_pasted_in_any_folder() {
    let service = losing_the_first();
    let notify = ["--notify-command", "/bin/sh", "-c", "cat > message"];
    let (desk, ran) = unfinished(&service, &notify);
    assert!(
        !commands(&ran.stderr)
            .iter()
            .any(|command| command.contains("sendcontact send")),
        "what the command at the end is given stays private: {ran:?}"
    );
    let message = desk.read("message");
    let shown = commands(&message);
    assert_eq!(shown.len(), 2, "{message}");
    for command in shown {
        let ran = paste_in(
            &desk,
            &service,
            Path::new("/"),
            &command.replace("5m", "1s"),
        );
        assert!([0, 6].contains(&ran.code), "{command}: {ran:?}");
    }
    assert!(desk.path("my lists/клиенты май-not-sent.xlsx").exists());
}

#[test]
fn a_paused_run_says_how_to_resume_and_to_end_it() {
    let goes = Arc::new(AtomicBool::new(false));
    let may_go = Arc::clone(&goes);
    let service = Service::start(move |number, request| {
        if !request.is_send() {
            return authorized();
        }
        let is_allowed = number == 0 || may_go.load(Ordering::SeqCst);
        assert!(is_allowed, "nothing is sent during the pause");
        accepted(number)
    });
    let desk = desk_with_list(3, false);
    let run = desk
        .to(
            &service,
            &["send", LIST, "--concurrency", "1", "--spacing", "2s..3s"],
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    service.wait_for(1);
    let brief = || {
        desk.run(&["status", "my lists/клиенты май", "--brief"])
            .stdout
    };
    assert!(
        brief().contains("A run is sending now; 2 contacts wait to be sent."),
        "{}",
        brief()
    );
    let paused = desk.run(&["pause", "my lists/клиенты май"]);
    let resume = format!("sendcontact resume {CAMPAIGN}");
    assert_eq!(command_of(&paused, "resume"), resume);
    assert!(
        brief().contains(&format!("The run is paused: {resume}\n")),
        "{}",
        brief()
    );
    assert!(!brief().contains("sendcontact send"), "{}", brief());
    // Longer than the run may take to see it, and than the spacing.
    std::thread::sleep(std::time::Duration::from_millis(3500));
    goes.store(true, Ordering::SeqCst);
    let resumed = paste(&desk, &service, &resume);
    assert_eq!(resumed.code, 0, "{resumed:?}");
    service.wait_for(2);
    let cancel = format!("sendcontact cancel {CAMPAIGN}");
    assert_eq!(paste(&desk, &service, &cancel).code, 0);
    let ran = Ran::of(run.wait_with_output().unwrap());
    assert!(
        ran.stderr
            .contains(&format!("\n    {resume}\n    {cancel}\n")),
        "{ran:?}"
    );
    assert_eq!(ran.code, 130, "{ran:?}");
}

#[test]
fn a_campaign_that_is_not_there_leads_to_those_that_are() {
    let service = Service::accepting();
    let desk = desk_with_list(1, false);
    let ran = desk.run(&["send", LIST, "--simulate"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let simulated = "sendcontact status 'my lists/клиенты май-simulated' --json";
    let folder = desk.path("my lists");
    let real = desk.folder.path().canonicalize().unwrap();
    for (stands, typed, suggested) in [
        (".", "status 'my lists/клиенты май' --json", simulated),
        (".", "status 'клиенты май-simulated' --json", simulated),
        (".", "status --json", simulated),
        (
            "my lists",
            "status 'клиенты май' --json",
            "sendcontact status 'клиенты май-simulated' --json",
        ),
        (
            "my lists",
            "status --ledger other.ledger --json",
            "sendcontact status --ledger 'клиенты май-simulated.ledger' --json",
        ),
    ] {
        let place = desk.path(stands);
        let ran = typed_in(&desk, &service, &place, &format!("sendcontact {typed}"));
        let is_json = typed.contains("--json");
        assert!(
            ran.code != 0 && ran.stdout.is_empty() != is_json,
            "{typed}: {ran:?}"
        );
        assert!(
            ran.stderr
                .contains(&format!("Looked in the folder {}", real.display())),
            "{ran:?}"
        );
        let shown = commands(&ran.stderr);
        assert_eq!(shown, [suggested], "{typed}: {ran:?}");
        let found = paste_in(&desk, &service, &place, suggested);
        assert_eq!((found.code, found.count("accepted")), (0, 1), "{found:?}");
    }
    for name in ["a", "b"] {
        std::fs::copy(
            folder.join("клиенты май-simulated.ledger"),
            desk.path(&format!("{name}.ledger")),
        )
        .unwrap();
    }
    let ran = desk.run(&["report"]);
    assert!(
        ran.code == 2 && ran.stderr.contains("there are 2 ledgers here: a, b;"),
        "{ran:?}"
    );
    assert_eq!(
        commands(&ran.stderr),
        ["sendcontact report a", "sendcontact report b"]
    );
    assert_eq!(paste(&desk, &service, "sendcontact report a").code, 0);
    let ran = desk.run(&["report", "--lang", "ru", "--only", "not-sent"]);
    assert!(ran.stderr.contains("здесь 2 реестра: a, b;"), "{ran:?}");
    assert_eq!(paste(&desk, &service, &commands(&ran.stderr)[1]).code, 0);
}

#[test]
fn the_settings_of_the_simulator_can_be_pasted() {
    let desk = desk_with_list(2, false);
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let mut simulator = desk
        .command(&["simulate", "--port", &free.to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut settings = String::new();
    let mut lines = std::io::BufReader::new(simulator.stdout.take().unwrap());
    for _ in 0..3 {
        std::io::BufRead::read_line(&mut lines, &mut settings).unwrap();
    }
    let typed = desk.command(&[]);
    let send = format!(
        "{settings}{} send '{LIST}' --json",
        typed.get_program().display()
    );
    let mut shell = Command::new("/bin/sh");
    let variables = typed
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    shell
        .args(["-c", &send])
        .current_dir(desk.folder.path())
        .env_clear()
        .envs(variables);
    let ran = Ran::of(shell.output().unwrap());
    simulator.kill().unwrap();
    simulator.wait().unwrap();
    assert_eq!((ran.code, ran.count("accepted")), (0, 2), "{ran:?}");
}

#[test]
fn the_default_of_days_can_be_typed() {
    for word in ["all", "все", "ALL"] {
        let desk = desk_with_list(1, false);
        let ran = desk.run(&["send", LIST, "--simulate", "--days", word]);
        assert_eq!(ran.code, 0, "{word}: {ran:?}");
    }
}

#[test]
fn the_plan_says_which_check_shows_more_problems() {
    let service = Service::accepting();
    let desk = desk_with_list(2, false);
    desk.write("managers.csv", "Телефон;Имя;Код\n79005550101;Анна;1\n");
    desk.write(
        "my lists/clients-май.csv",
        "Телефон;Код\n79001110001;1\n1;1\n2;1\n",
    );
    for (words, shown) in [
        (
            vec!["send", "my lists/bad.csv", "--simulate", "--dry-run"],
            "sendcontact check 'my lists/bad.csv'",
        ),
        (
            vec![
                "send",
                "--lang=ru",
                "--recipients=my lists/clients-май.csv",
                "--contacts",
                "managers.csv",
                "--match",
                "Код",
                "--map",
                "recipient=Телефон",
                "--simulate",
                "--rate",
                "5",
            ],
            "sendcontact check --recipients 'my lists/clients-май.csv' --contacts managers.csv \
             --map recipient=Телефон --match Код --lang ru",
        ),
    ] {
        desk.write(
            "my lists/bad.csv",
            table(1) + "1,79001234568,А\n2,79001234568,Б\n",
        );
        let ran = desk.run(&words);
        assert_eq!(ran.code, 4, "{ran:?}");
        let command = command_of(&ran, "check");
        assert_eq!(command, shown, "{ran:?}");
        let checked = paste(&desk, &service, &command);
        assert_eq!(checked.code, 4, "{checked:?}");
    }
}

#[test]
fn what_was_refused_is_sent_again_by_the_command_under_the_advice() {
    let refusals = [
        (400, r#"{"message":"bad request data"}"#),
        (400, r#"{"message":"'chatId' is required"}"#),
        (
            466,
            r#"{"correspondentsStatus":{"status":"CORRESPONDENTS_QUOTE_EXCEEDED","description":"3 chats only"}}"#,
        ),
        (400, r#"{"message":"Validation failed"}"#),
    ];
    let service = Service::start(move |number, request| {
        if !request.is_send() {
            return shows_nothing(request);
        }
        match refusals.get(number) {
            Some((status, body)) => Reply::Answer(*status, (*body).to_owned()),
            None => accepted(number),
        }
    });
    let desk = desk_with_list(4, false);
    let typed = format!(
        "sendcontact send '{LIST}' --concurrency 1 --limit=4 --max-failures 9 --address-as as-given"
    );
    let ran = paste(&desk, &service, &typed);
    assert_eq!((ran.code, count(&desk, "failed")), (8, 4), "{ran:?}");
    let retries: Vec<String> = commands(&ran.stderr)
        .into_iter()
        .filter(|command| command.contains("--retry-failed"))
        .collect();
    let rest = format!("sendcontact send '{LIST}' --concurrency 1");
    assert_eq!(
        retries.len(),
        3,
        "two of the causes have the same command: {retries:#?} {ran:?}"
    );
    for command in [
        format!("{rest} --max-failures 9 --address-as as-given --retry-failed"),
        format!("{rest} --max-failures 9 --address-as chat-id --retry-failed --limit 1"),
        format!("{rest} --max-failures 9 --address-as auto --retry-failed"),
    ] {
        assert!(retries.contains(&command), "{command}: {retries:#?}");
    }
    let one = retries
        .iter()
        .find(|command| command.ends_with("--limit 1"));
    let sent = paste(&desk, &service, one.unwrap());
    assert_eq!(count(&desk, "accepted"), 1, "{sent:?}");
    let sent = paste(&desk, &service, &retries[0]);
    assert_eq!((sent.code, count(&desk, "accepted")), (0, 4), "{sent:?}");
}

#[test]
fn what_was_left_because_its_start_had_passed_is_sent_by_the_advice() {
    for settings in ["", "start-at = \"2020-01-01 10:00\"\n"] {
        let service = Service::accepting();
        let desk = desk_with_list(3, false);
        desk.write("my lists/sendcontact.toml", settings);
        let typed =
            format!("sendcontact send '{LIST}' --start-at '2020-01-01 10:00' --if-late skip");
        let ran = paste(&desk, &service, &typed);
        assert_eq!((ran.code, service.sends().len()), (5, 0), "{ran:?}");
        let told = desk.run(&["status", "my lists/клиенты май"]);
        let command = command_of(&ran, "send");
        assert_eq!(command_of(&told, "send"), command, "{told:?}");
        assert!(!command.contains("2020"), "{command}");
        let sent = paste(&desk, &service, &command);
        assert_eq!((sent.code, count(&desk, "accepted")), (0, 3), "{sent:?}");
    }
}

#[test]
fn the_texts_in_the_files_of_a_campaign_name_it() {
    let service = losing_the_first();
    let (desk, _) = unfinished(&service, &[]);
    let folder = desk.path("my lists");
    let page = desk.run(&["report", "my lists/клиенты май", "--as", "html"]);
    assert_eq!(page.code, 0, "{page:?}");
    for file in ["клиенты май-results.csv", "клиенты май-summary.html"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let text = text.replace("&#39;", "'");
        for command in [
            "sendcontact reconcile 'клиенты май'",
            "sendcontact resolve 'клиенты май'",
        ] {
            assert!(text.contains(command), "{file}: {text}");
            let ran = paste_in(&desk, &service, &folder, command);
            assert_eq!(ran.code, 6, "{ran:?}");
        }
    }
    let simulated = desk.run(&["send", LIST, "--simulate", "-q"]);
    assert_eq!(simulated.code, 4, "{simulated:?}");
    let tracked = desk.run(&["track", "my lists/клиенты май-simulated", "--simulate"]);
    assert_eq!(tracked.code, 5, "{tracked:?}");
}

#[test]
fn a_campaign_of_the_simulator_is_asked_there() {
    let service = Service::accepting();
    let desk = desk_with_list(2, false);
    assert_eq!(desk.run(&["send", LIST, "--simulate", "-q"]).code, 0);
    let ran = typed_in(
        &desk,
        &service,
        desk.folder.path(),
        "sendcontact track 'my lists/клиенты май-simulated'",
    );
    assert_eq!(ran.code, 2, "{ran:?}");
    let shown = commands(&ran.stderr);
    assert_eq!(
        shown,
        ["sendcontact track 'my lists/клиенты май-simulated' --simulate"]
    );
    assert_eq!(paste(&desk, &service, &shown[0]).code, 5);
    let folder = desk.path("my lists");
    let ran = typed_in(&desk, &service, &folder, "sendcontact reconcile клиенты");
    assert_eq!(
        commands(&ran.stderr),
        ["sendcontact reconcile 'клиенты май-simulated' --simulate"]
    );
    assert_eq!(
        paste_in(&desk, &service, &folder, &commands(&ran.stderr)[0]).code,
        0
    );
}

#[test]
fn reconcile_says_how_to_look_again() {
    let service = losing_the_first();
    let (desk, _) = unfinished(&service, &[]);
    let ran = paste(
        &desk,
        &service,
        &format!("sendcontact reconcile {CAMPAIGN}"),
    );
    assert_eq!(ran.code, 6, "{ran:?}");
    assert!(
        ran.stderr.contains("To look again in a few minutes:\n"),
        "{ran:?}"
    );
    assert_eq!(
        command_of(&ran, "reconcile"),
        format!("sendcontact reconcile {CAMPAIGN} --wait 5m")
    );
    let nothing = desk_with_list(1, false);
    let service = Service::accepting();
    assert_eq!(nothing.run_to(&service, &["send", LIST, "-q"]).code, 0);
    let ran = paste(
        &nothing,
        &service,
        &format!("sendcontact reconcile {CAMPAIGN}"),
    );
    assert!(
        ran.stderr
            .contains("No row is unknown: there is nothing to look up."),
        "{ran:?}"
    );
}

#[test]
fn the_commands_of_doctor_and_of_an_unknown_setting_can_be_pasted() {
    let service = Service::accepting();
    let desk = Desk::new();
    for list in ["a b.csv", "c.csv"] {
        desk.write(list, table(1));
        assert_eq!(
            desk.run(&["send", list, "--simulate", "-q", "--again"])
                .code,
            0
        );
    }
    let ran = desk.run(&["doctor", "--simulate"]);
    let command = command_of(&ran, "doctor");
    assert_eq!(command, "sendcontact doctor 'a b-simulated' --simulate");
    let checked = paste(&desk, &service, &command);
    assert_eq!(checked.code, 0, "{checked:?}");
    let ran = desk.run(&["doctor", "nosuch", "--simulate"]);
    let lists = ran
        .stdout
        .split("; ")
        .find(|part| part.starts_with("sendcontact status"));
    assert!(lists.is_some(), "{ran:?}");
    assert_eq!(paste(&desk, &service, "sendcontact status").code, 0);

    desk.write("sendcontact.toml", "qwzx = 1\n");
    let ran = desk.run(&["send", "c.csv", "--simulate"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let made = paste(&desk, &service, &command_of(&ran, "init"));
    assert_eq!(made.code, 0, "{made:?}");
    assert!(desk.path("all-settings.toml").exists());
}
