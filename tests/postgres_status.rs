//! What people see of a campaign in a PostgreSQL database: who sends it, from where and until when, what `doctor` says
//! of the server, and that no password is shown or handed on.

#![cfg(unix)] // It sets modes.
#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    process::{Child, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use secrecy::SecretString;
use sendcontact::ledger::{DEFAULT_SCHEMA, Database, DatabaseAddress, Passwords};
use serde_json::Value;
use stand_in::{Cluster, Desk, Machine, Ran, Service, instance_id, signal, table};

const PASSWORD: &str = "correct-horse-battery";

/// What a command says; a secret is never a part of it.
fn run(machine: &Machine<'_>, arguments: &[&str]) -> Ran {
    let ran = machine.run(arguments);
    assert!(!format!("{ran:?}").contains(PASSWORD), "{ran:?}");
    ran
}

fn start(machine: &Machine<'_>, arguments: &[&str]) -> Child {
    machine
        .command(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn status(machine: &Machine<'_>) -> Value {
    run(machine, &["status", "list", "--json"]).json()
}

/// Asks until it is so.
fn wait_for(machine: &Machine<'_>, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let until = Instant::now() + Duration::from_mins(1);
    loop {
        let status = status(machine);
        if is_so(&status) {
            return status;
        }
        assert!(Instant::now() < until, "{what}: {status}");
        thread::sleep(Duration::from_millis(100));
    }
}

/// What a command says with nothing but these variables of the database.
fn run_with(machine: &Machine<'_>, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let mut command = machine.desk.command(arguments);
    command.envs(variables.iter().copied());
    let ran = Ran::of(command.output().unwrap());
    assert!(!format!("{ran:?}").contains(PASSWORD), "{ran:?}");
    ran
}

/// A service that takes its time.
fn slow() -> Service {
    Service::slow(Duration::from_millis(50))
}

/// What a line of `doctor` says, by the word of its JSON: level and text.
fn check(ran: &Ran, name: &str) -> (String, String) {
    let json = ran.json();
    let checks = json["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["check"] == name);
    let found = found.unwrap_or_else(|| panic!("{name}: {ran:?}"));
    let text = |key: &str| found[key].as_str().unwrap().to_owned();
    (text("level"), text("text"))
}

/// Two machines that send a campaign slowly, with an instance each.
struct Senders<'a> {
    one: Machine<'a>,
    two: Machine<'a>,
    processes: [Child; 2],
    /// What `status` says then.
    status: Value,
}

impl<'a> Senders<'a> {
    fn start(cluster: &Cluster, service: &'a Service) -> Self {
        let one = Machine::new(cluster, service, &["a"]);
        let two = Machine::new(cluster, service, &["b"]);
        one.desk.write("list.csv", table(4_000));
        let send =
            |more: &[&'static str]| [&["send", "--timeout", "1s", "--rate", "20"], more].concat();
        let first = start(&one, &send(&["list.csv", "--instance", "a"]));
        service.wait_for(5);
        let second = start(&two, &send(&["--campaign", "list", "--instance", "b"]));
        service.wait_for(40);
        let status = wait_for(&two, "two leases", |status| {
            status["leases"]
                .as_array()
                .is_some_and(|leases| leases.len() == 2)
        });
        let processes = [first, second];
        Self {
            one,
            two,
            processes,
            status,
        }
    }
}

#[test]
fn status_says_who_sends_a_campaign_and_until_when_wherever_it_is_asked() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = slow();
    let Senders {
        one,
        two,
        mut processes,
        status,
    } = Senders::start(&cluster, &service);
    let [first, second] = [processes[0].id(), processes[1].id()];
    assert_eq!(status["state"], "running", "{status}");
    let leases = status["leases"].as_array().unwrap();
    for (lease, (name, process)) in leases.iter().zip([("a", first), ("b", second)]) {
        assert_eq!(lease["name"], name, "{status}");
        assert_eq!(lease["process"], process, "{status}");
        assert_eq!(lease["live"], true, "{status}");
        let instance = lease["instance"].as_str().unwrap();
        assert!(instance.ends_with(&instance_id(name)), "{status}");
        let time = |key: &str| {
            lease[key]
                .as_str()
                .unwrap()
                .parse::<jiff::Timestamp>()
                .unwrap()
        };
        assert!(time("since") < time("until"), "{status}");
        assert!(time("until") < time("freeFrom"), "{status}");
    }
    let told = run(&one, &["status", "list"]);
    let host = leases[0]["host"].as_str().unwrap();
    let line = format!("  a: {host}, process {first}, since ");
    assert!(told.stdout.contains("\nSent by\n"), "{told:?}");
    assert!(told.stdout.contains(&line), "{told:?}");
    let russian = run(&one, &["status", "list", "--lang", "ru"]);
    assert!(
        russian.stdout.contains("\nКто отправляет\n  a: "),
        "{russian:?}"
    );
    let all = Ran::of(
        one.command(&["status"])
            .env("SENDCONTACT_DATABASE_URL", &one.url)
            .output()
            .unwrap(),
    );
    // The only campaign is shown whole.
    assert!(all.stdout.contains(&line), "{all:?}");

    // A pause and its end are seen everywhere.
    assert_eq!(run(&two, &["pause", "list"]).code, 0);
    let status = wait_for(&one, "paused", |status| status["state"] == "paused");
    assert!(status["leases"].is_array(), "{status}");
    assert_eq!(run(&one, &["resume", "list"]).code, 0);
    wait_for(&two, "running", |status| status["state"] == "running");

    assert_eq!(run(&one, &["cancel", "list"]).code, 0);
    for process in &mut processes {
        assert_eq!(process.wait().unwrap().code(), Some(130));
    }
    assert_eq!(self::status(&one)["state"], "ended");
}

#[test]
fn a_machine_that_died_is_told_apart_from_one_that_lives_while_nobody_took_over() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = slow();
    let Senders {
        one,
        two,
        processes: [mut first, mut second],
        ..
    } = Senders::start(&cluster, &service);
    signal("-KILL", first.id());
    first.wait().unwrap();
    let status = wait_for(&two, "a lapsed lease", |status| {
        status["leases"][0]["live"] == false && status["leases"][1]["live"] == true
    });
    assert_eq!(status["state"], "running", "{status}");
    let told = run(&two, &["status", "list"]).stdout;
    assert!(told.contains("does not answer"), "{told}");
    assert!(
        told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
    let doctor = run(&two, &["doctor", "--json"]);
    let (level, text) = check(&doctor, "databaseLeases");
    assert_eq!(level, "warn", "{doctor:?}");
    assert!(
        text.contains(&instance_id("a")) && text.contains("list"),
        "{text}"
    );

    assert_eq!(run(&one, &["cancel", "list"]).code, 0);
    assert!(!second.wait().unwrap().success());
    let status = wait_for(&one, "the end", |status| status["state"] != "stopping");
    assert_ne!(status["state"], "running", "{status}");
}

#[test]
fn the_list_of_the_campaigns_of_a_database_names_the_machines_that_send() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = slow();
    let one = Machine::new(&cluster, &service, &["a"]);
    one.desk.write("list.csv", table(500));
    one.desk.write("other.csv", table(1));
    assert_eq!(run(&one, &["send", "other.csv", "--instance", "a"]).code, 0);
    let mut sender = start(
        &one,
        &["send", "list.csv", "--instance", "a", "--rate", "20"],
    );
    service.wait_for(5);
    let host = status(&one)["leases"][0]["host"]
        .as_str()
        .unwrap()
        .to_owned();
    let listed = run(&one, &["status"]).stdout;
    let line = |name: &str| {
        let is_its = |line: &&str| line.trim_start().starts_with(name);
        listed.lines().find(is_its).unwrap().to_owned()
    };
    assert!(line("list").ends_with(&format!(", on {host}")), "{listed}");
    assert!(!line("other").contains(&host), "{listed}");
    let objects = run(&one, &["status", "--json"]).stdout;
    let leases: Vec<bool> = objects
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["leases"].is_array())
        .collect();
    assert_eq!(leases, [true, false], "{objects}");
    signal("-KILL", sender.id());
    sender.wait().unwrap();
}

#[test]
fn the_last_run_is_the_one_that_ended_last_whichever_began_first() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = slow();
    let one = Machine::new(&cluster, &service, &["a"]);
    let two = Machine::new(&cluster, &service, &["b"]);
    one.desk.write("list.csv", table(600));
    let mut first = start(
        &one,
        &["send", "list.csv", "--instance", "a", "--limit", "400"],
    );
    service.wait_for(5);
    let second = run(
        &two,
        &[
            "send",
            "--campaign",
            "list",
            "--instance",
            "b",
            "--limit",
            "1",
        ],
    );
    assert_eq!(second.code, 0, "{second:?}");
    let status = self::status(&two);
    assert_eq!(status["state"], "running", "{status}");
    let told = run(&two, &["status", "list"]).stdout;
    assert!(
        told.lines().next().unwrap().contains("running since"),
        "{told}"
    );
    first.wait().unwrap();
    let status = self::status(&two);
    assert_eq!(status["lastRun"]["number"], 1, "{status}");
    assert!(status.get("leases").is_none(), "{status}");
}

#[test]
fn doctor_says_whether_a_database_can_hold_a_campaign() {
    let Some(cluster) = Cluster::start_durable() else {
        return;
    };
    let service = Service::accepting();
    let one = Machine::new(&cluster, &service, &["a"]);
    let doctor = run(&one, &["doctor", "--instance", "a", "--json"]);
    for (name, level, words) in [
        ("database", "ok", "as user owner"),
        ("databaseVersion", "ok", "PostgreSQL "),
        ("databaseSessions", "ok", "session"),
        ("databaseSchema", "ok", "send creates it"),
        ("databaseRights", "ok", "owner may begin and send"),
        ("databaseDurability", "ok", "synchronous_commit are on"),
        ("databaseClock", "ok", "within 1 s"),
        ("databaseReplication", "ok", "none"),
    ] {
        let (told, text) = check(&doctor, name);
        assert_eq!(told, level, "{name}: {text}");
        assert!(text.contains(words), "{name}: {text}");
    }
    assert_eq!(doctor.code, 0, "{doctor:?}");
    assert!(!doctor.stdout.contains("programData"), "{doctor:?}");
    let russian = run(&one, &["doctor", "--instance", "a", "--lang", "ru"]);
    assert!(russian.stdout.contains("база данных"), "{russian:?}");

    one.desk.write("list.csv", table(2));
    assert_eq!(run(&one, &["send", "list.csv", "--instance", "a"]).code, 0);
    let schema = check(&run(&one, &["doctor", "--json"]), "databaseSchema").1;
    assert!(
        schema.contains("sendcontact, version ") && schema.ends_with(", 1 campaign"),
        "{schema}"
    );

    let _ = cluster.query("ALTER ROLE owner SET synchronous_commit = off");
    let own = run(&one, &["doctor", "--instance", "a", "--json"]);
    let (level, text) = check(&own, "databaseDurability");
    assert_eq!(
        (&*level, text.contains("is off on the server")),
        ("ok", true),
        "{text}"
    );

    // A newer program has been here.
    let _ = cluster.query("UPDATE sendcontact.version SET number = 99");
    let newer = run(&one, &["doctor", "--instance", "a", "--json"]);
    assert_eq!(
        (newer.code, &*check(&newer, "databaseSchema").0),
        (1, "fail"),
        "{newer:?}"
    );
}

#[test]
fn doctor_says_what_a_user_of_the_database_may_do() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let one = Machine::new(&cluster, &service, &["a"]);
    one.desk.write("list.csv", table(2));
    assert_eq!(run(&one, &["send", "list.csv", "--instance", "a"]).code, 0);
    let _ = cluster.query(
        "CREATE ROLE reporter LOGIN; GRANT USAGE ON SCHEMA sendcontact, sendcontact_campaign_1 TO reporter;
         GRANT SELECT ON ALL TABLES IN SCHEMA sendcontact, sendcontact_campaign_1 TO reporter;
         CREATE ROLE stranger LOGIN; CREATE ROLE other LOGIN IN ROLE owner; ALTER ROLE other SET role TO owner",
    );
    let as_user = |user: &str, arguments: &[&str]| {
        let mut command = one.command(arguments);
        command.env("SENDCONTACT_DATABASE_URL", cluster.url_of(user));
        Ran::of(command.output().unwrap())
    };
    let (level, text) = check(
        &as_user("reporter", &["doctor", "--json"]),
        "databaseRights",
    );
    assert_eq!(
        (&*level, text.contains("may only read")),
        ("warn", true),
        "{text}"
    );
    let status = as_user("reporter", &["status", "list", "--json"]);
    assert_eq!(status.json()["accepted"], 2, "{status:?}");
    let refused = as_user("reporter", &["send", "list.csv", "--instance", "a"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    let stranger = as_user("stranger", &["doctor", "--instance", "a", "--json"]);
    assert_eq!(
        (stranger.code, &*check(&stranger, "databaseRights").0),
        (2, "fail"),
        "{stranger:?}"
    );
    let (level, text) = check(&as_user("other", &["doctor", "--json"]), "databaseRights");
    assert_eq!(
        (&*level, text.contains("acts as owner")),
        ("warn", true),
        "{text}"
    );
}

#[test]
fn doctor_says_why_a_database_cannot_be_used() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let one = Machine::new(&cluster, &service, &["a"]);
    let doctor = |url: &str| {
        let mut command = one.command(&["doctor", "--instance", "a", "--json"]);
        Ran::of(
            command
                .env("SENDCONTACT_DATABASE_URL", url)
                .output()
                .unwrap(),
        )
    };
    for (url, code, words) in [
        (
            "postgresql://owner@127.0.0.1:1/postgres",
            5,
            "cannot be reached",
        ),
        (&*cluster.url_of("nobody"), 2, "refused"),
        (
            &*cluster.url().replace("/postgres", "/missing"),
            2,
            "missing",
        ),
        ("mysql://owner@db/x", 2, "postgresql://"),
    ] {
        let ran = doctor(url);
        let (level, text) = check(&ran, "database");
        assert_eq!((ran.code, &*level), (code, "fail"), "{url}: {ran:?}");
        assert!(text.contains(words), "{url}: {text}");
    }
    // It was started without fsync.
    let (level, text) = check(&doctor(&cluster.url()), "databaseDurability");
    assert_eq!((&*level, text.contains("fsync")), ("warn", true), "{text}");
}

#[test]
fn a_password_is_taken_from_the_environment_or_a_file_and_never_shown() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let one = Machine::new(&cluster, &service, &["a"]);
    one.desk.write("list.csv", table(1));
    let with_password = cluster
        .url()
        .replace("owner@", &format!("owner:{PASSWORD}@"));
    let as_option = cluster.url() + "?password=" + PASSWORD;
    let shown = format!(" {}", cluster.url());
    let url = "SENDCONTACT_DATABASE_URL";
    let url_file = "SENDCONTACT_DATABASE_URL_FILE";
    let file = one.desk.write("database.url", &with_password);
    let file = file.to_str().unwrap();
    let open = run_with(&one, &[(url_file, file)], &["settings"]);
    assert_eq!(open.code, 2, "others can read it: {open:?}");
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    for (variable, value) in [(url, &*with_password), (url, &as_option), (url_file, file)] {
        let ran = run_with(&one, &[(variable, value)], &["settings"]);
        let line = ran
            .stdout
            .lines()
            .find(|line| line.starts_with("database "));
        let line = line.unwrap_or_else(|| panic!("{ran:?}"));
        assert!(line.contains(&shown), "{line}");
        assert!(line.ends_with(&format!("environment {variable}")), "{line}");
    }
    for typed in [&with_password, &as_option] {
        let ran = run_with(&one, &[], &["status", "list", "--database", typed]);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains("PGPASSWORD"), "{ran:?}");
    }
}

#[test]
fn no_scheduler_gets_the_password_of_a_database() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let one = Machine::new(&cluster, &service, &["a"]);
    one.desk.write("list.csv", table(1));
    let with_password = cluster
        .url()
        .replace("owner@", &format!("owner:{PASSWORD}@"));
    let as_option = cluster.url() + "?password=" + PASSWORD;
    let url = "SENDCONTACT_DATABASE_URL";
    let url_file = "SENDCONTACT_DATABASE_URL_FILE";
    let file = one.desk.write("database.url", &with_password);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let file = file.to_str().unwrap();
    let schedule = |variables: &[(&str, &str)]| {
        let line = ["--every", "day", "--at", "10:00", "--as", "systemd", "--"];
        let send = ["send", "list.csv", "--instance", "a"];
        run_with(&one, variables, &[&["schedule"][..], &line, &send].concat())
    };
    for refused in [
        &[(url, &*with_password)][..],
        &[(url, &*as_option)],
        &[(url, &*cluster.url()), ("PGPASSWORD", PASSWORD)],
    ] {
        let ran = schedule(refused);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains("must not store"), "{ran:?}");
    }
    let ran = schedule(&[(url, &cluster.url())]);
    assert!(ran.stdout.contains(" --database "), "{ran:?}");
    let ran = schedule(&[(url, &cluster.url()), ("PGPASSFILE", "passwords")]);
    let passwords = one.desk.path("passwords");
    let line = format!("Environment=PGPASSFILE={}\n", passwords.display());
    assert!(ran.stdout.contains(&line), "{line}: {ran:?}");
    let ran = schedule(&[(url_file, file), ("PGPASSWORD", PASSWORD)]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let line = format!("Environment={url_file}={file}\n");
    assert!(ran.stdout.contains(&line), "{line}: {ran:?}");
    assert!(!ran.stdout.contains("--database"), "{ran:?}");
}

#[test]
fn a_settings_file_names_the_database_for_every_command_and_needs_trust_for_it() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("t.token", stand_in::TOKEN);
    desk.write("list.csv", table(2));
    let text = format!(
        "database = \"{}\"\napi-url = \"{}\"\nid-instance = 1101000551\ntoken-file = \"t.token\"\n",
        cluster.url(),
        service.url()
    );
    desk.write("sendcontact.toml", &text);
    let refused = desk.run(&["send", "list.csv"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    desk.trust(".");
    assert_eq!(desk.run(&["send", "list.csv"]).code, 0);
    assert!(!desk.path("list.ledger").exists());
    for command in [
        &["status", "list"][..],
        &["report", "list"],
        &["status", "list.csv"],
    ] {
        let ran = desk.run(command);
        assert_eq!(ran.code, 0, "{command:?}: {ran:?}");
    }
    // The environment comes before it, and what is typed before both.
    let _ = cluster.query("CREATE DATABASE other");
    let other = cluster.url().replace("/postgres", "/other");
    for (typed, code) in [(None, 2), (Some(cluster.url()), 0)] {
        let option = typed.iter().flat_map(|url| ["--database", url]);
        let words: Vec<&str> = ["status", "list"].into_iter().chain(option).collect();
        let mut status = desk.command(&words);
        status.env("SENDCONTACT_DATABASE_URL", &other);
        let ran = Ran::of(status.output().unwrap());
        assert_eq!(ran.code, code, "{words:?}: {ran:?}");
    }
    // Another schema holds no send history.
    desk.write("sendcontact.toml", "database-schema = \"elsewhere\"\n");
    let mut send = desk.command(&["send", "list.csv", "--id-instance", "1101000551"]);
    send.env("SENDCONTACT_DATABASE_URL", cluster.url());
    let refused = Ran::of(send.output().unwrap());
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("database-schema"), "{refused:?}");
}

#[test]
fn a_campaign_moves_between_a_file_and_a_database_and_sends_nothing_twice() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let one = Machine::new(&cluster, &service, &["a"]);
    one.desk.write("list.csv", table(6));
    let send = ["send", "list.csv", "--instance", "a", "--limit", "3"];
    assert_eq!(one.desk.run(&send).code, 0);
    let alone = one.desk.run(&["ledger", "copy", "list.ledger", "db:list"]);
    assert_eq!(alone.code, 2, "{alone:?}");
    assert!(
        alone.stderr.contains("SENDCONTACT_DATABASE_URL"),
        "{alone:?}"
    );
    let copied = run(&one, &["ledger", "copy", "list.ledger", "db:list"]);
    assert_eq!(copied.code, 0, "{copied:?}");
    // This service is on this machine, so its send histories stay where they are.
    assert!(
        copied.stderr.contains("no send histories of GREEN-API")
            && copied.stderr.contains("one of the two only"),
        "{copied:?}"
    );
    assert_eq!(status(&one)["accepted"], 3);
    let again = run(&one, &["ledger", "copy", "list.ledger", "db:list"]);
    assert_eq!(again.code, 2, "{again:?}");
    let ran = run(
        &one,
        &["send", "--campaign", "list", "--instance", "a", "--json"],
    );
    assert_eq!((ran.code, ran.count("accepted")), (0, 6), "{ran:?}");
    let url = cluster.url();
    let back = [
        "ledger",
        "copy",
        "db:list",
        "back.ledger",
        "--database",
        &url,
    ];
    assert_eq!(one.desk.run(&back).code, 0);
    let told = one.desk.run(&["status", "back", "--json"]);
    assert_eq!(told.json()["accepted"], 6, "{told:?}");
    one.nobody_is_written_to_twice();
}

#[test]
fn a_copied_ledger_is_said_to_have_the_send_histories_that_were_copied() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let one = Machine::new(&cluster, &service, &[]);
    one.desk.write("list.csv", table(1));
    let send = ["send", "list.csv", "--retry-for", "1ms", "--no-reconcile"];
    let mut unreachable = one.desk.command(&send);
    unreachable
        .env("GREEN_API_URL", "https://nobody.invalid")
        .env("GREEN_API_ID_INSTANCE", "1101000552")
        .env("GREEN_API_TOKEN", stand_in::TOKEN);
    let ran = Ran::of(unreachable.output().unwrap());
    assert_eq!(ran.code, 5, "{ran:?}");
    for (to, words) in [
        ("db:list", "with the send histories"),
        ("list-2.ledger", "to list-2.ledger.\n"),
        ("db:list-2", "/list-2.\n"),
    ] {
        let from = if to == "db:list-2" {
            "db:list"
        } else {
            "list.ledger"
        };
        let copied = run(&one, &["ledger", "copy", from, to]);
        assert_eq!(copied.code, 0, "{copied:?}");
        assert!(copied.stderr.contains(words), "{copied:?}");
    }
}

#[test]
fn a_command_that_asks_the_database_again_and_again_gets_every_answer() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let database = Database::new(&DatabaseAddress {
        url: &SecretString::from(cluster.url()),
        password: &NoPasswords,
        schema: DEFAULT_SCHEMA,
        request_timeout: Duration::from_secs(1),
        retry_for: Duration::ZERO,
    })
    .unwrap();
    // Commands wait for the database on a thread that a runtime drives.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (sender, answers) = mpsc::channel();
    thread::spawn(move || {
        runtime.block_on(async {
            for _ in 0..300 {
                sender.send(database.campaigns().unwrap()).unwrap();
            }
        });
    });
    for asked in 0..300 {
        let answer = answers.recv_timeout(Duration::from_secs(30));
        assert_eq!(answer, Ok(Vec::new()), "{asked}");
    }
}

#[derive(Debug)]
struct NoPasswords;

impl Passwords for NoPasswords {
    fn password(&self, _: &str, _: u16, _: &str, _: &str) -> Option<SecretString> {
        None
    }
}
