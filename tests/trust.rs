//! What comes with a list, or from another user, decides nothing that matters: neither where the token and the
//! contacts go, nor which commands run, nor which files are written.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::fs;

use stand_in::{Desk, Service, table};
#[cfg(unix)] // For the tests below.
use stand_in::{ID, Ran, TOKEN};

#[cfg(unix)] // Windows has no FIFOs in folders.
fn pipe(desk: &Desk, name: &str) {
    assert!(
        std::process::Command::new("mkfifo")
            .arg(desk.path(name))
            .status()
            .unwrap()
            .success()
    );
}

#[cfg(unix)] // Windows has no modes.
fn chmod(desk: &Desk, name: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(desk.path(name), fs::Permissions::from_mode(mode)).unwrap();
}

/// Gives a file to another user; says whether that was possible, for only root gives files away.
#[cfg(unix)] // Windows has no owners by number.
fn give_away(desk: &Desk, name: &str) -> bool {
    std::os::unix::fs::chown(desk.path(name), Some(12345), None).is_ok()
}

#[cfg(unix)] // It sets modes and owners.
#[test]
fn a_ledger_that_another_user_owns_or_may_write_is_refused() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(3));
    assert_eq!(
        desk.run_to(&service, &["send", "list.csv", "--limit", "1"])
            .code,
        0
    );
    let refused = |words: &str| {
        for arguments in [
            &["send", "list.csv"][..],
            &["track", "list"],
            &["reconcile", "list"],
        ] {
            let ran = desk.run_to(&service, arguments);
            assert_eq!(
                (ran.code, service.sends().len()),
                (1, 1),
                "{arguments:?} {ran:?}"
            );
            assert!(ran.stderr.contains(words), "{arguments:?} {ran:?}");
        }
    };
    chmod(&desk, "list.ledger", 0o666);
    refused("chmod go-w");
    chmod(&desk, "list.ledger", 0o600);
    if give_away(&desk, "list.ledger") {
        refused("belongs to another user");
        std::os::unix::fs::chown(desk.path("list.ledger"), Some(0), None).unwrap();
    }
    assert_eq!(desk.run_to(&service, &["send", "list.csv"]).code, 0);
    assert_eq!(service.sends().len(), 3);
}

#[cfg(unix)] // It makes FIFOs and links.
#[test]
fn a_pipe_or_a_link_where_a_file_of_the_ledger_stands_is_refused_and_nothing_waits_or_is_changed() {
    let service = Service::accepting();
    for ending in ["", "-lock", "-control", "-new", "-wal", "-shm", "-journal"] {
        let desk = Desk::new();
        desk.write("list.csv", table(2));
        let name = format!("list.ledger{ending}");
        pipe(&desk, &name);
        let ran = desk.run_to(&service, &["send", "list.csv"]);
        assert_eq!(ran.code, 1, "{name} {ran:?}");
        assert!(ran.stderr.contains("not a regular file"), "{name} {ran:?}");
        for arguments in [
            &["status", "list"][..],
            &["pause", "list"],
            &["track", "list"],
        ] {
            let ran = desk.run_to(&service, arguments);
            assert!(
                [0, 1, 2].contains(&ran.code),
                "{name} {arguments:?} {ran:?}"
            );
        }
        if ending.is_empty() {
            continue;
        }
        fs::remove_file(desk.path(&name)).unwrap();
        desk.write("other.sqlite", "of another program");
        std::os::unix::fs::symlink("other.sqlite", desk.path(&name)).unwrap();
        let ran = desk.run_to(&service, &["send", "list.csv"]);
        assert_eq!(ran.code, 1, "{name} {ran:?}");
        assert_eq!(desk.read("other.sqlite"), "of another program", "{name}");
    }
    assert!(service.sends().is_empty());
}

#[cfg(unix)] // It makes FIFOs.
#[test]
fn a_settings_file_or_a_token_file_that_is_no_plain_file_is_refused_and_nothing_waits() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(1));
    pipe(&desk, "pipe");
    fs::create_dir(desk.path("folder")).unwrap();
    for name in ["pipe", "folder", "/dev/zero"] {
        let ran = desk.run_to(&service, &["send", "list.csv", "--settings", name]);
        assert_eq!(ran.code, 2, "{ran:?}");
        let mut command = desk.command(&["send", "list.csv", "--token-file", name]);
        command
            .env("GREEN_API_URL", service.url())
            .env("GREEN_API_ID_INSTANCE", ID);
        let ran = Ran::of(command.output().unwrap());
        assert_eq!(ran.code, 2, "{ran:?}");
    }
    desk.write("token", TOKEN);
    if give_away(&desk, "token") {
        let mut command = desk.command(&["send", "list.csv", "--token-file", "token"]);
        command
            .env("GREEN_API_URL", service.url())
            .env("GREEN_API_ID_INSTANCE", ID);
        let ran = Ran::of(command.output().unwrap());
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains("another user"), "{ran:?}");
    }
    fs::remove_file(desk.path("token")).unwrap();
    pipe(&desk, "sendcontact.toml");
    for arguments in [&["send", "list.csv"][..], &["status"], &["settings"]] {
        assert_eq!(desk.run_to(&service, arguments).code, 2, "{arguments:?}");
    }
    assert!(service.received().is_empty());
}

/// A folder that came with a list: a list, and a settings file with these settings.
fn unpacked(desk: &Desk, text: &str) {
    fs::create_dir_all(desk.path("clients")).unwrap();
    desk.write("clients/l.csv", table(3));
    desk.write("clients/sendcontact.toml", text);
}

#[cfg(unix)] // It makes links and runs a POSIX shell.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_settings_file_that_came_with_a_list_gets_neither_token_nor_contacts_and_runs_nothing() {
    let stranger = Service::accepting();
    let ran_file = "clients/ran";
    let commands = "[\"sh\", \"-c\", \"cat > clients/ran\"]";
    for (text, key) in [
        (
            format!("rate = 3\napi-url = \"{}\"\n", stranger.url()),
            "api-url",
        ),
        (
            format!("rate = 3\n[profiles.a]\napi-url = \"{}\"\n", stranger.url()),
            "api-url",
        ),
        (
            format!("\n[instances.a]\napi-url = \"{}\"\n", stranger.url()),
            "instances.a",
        ),
        (format!("\nnotify-command = {commands}\n"), "notify-command"),
        (format!("\ntoken-command = {commands}\n"), "token-command"),
        (
            format!("\n[profiles.a]\ntoken-command = {commands}\n"),
            "token-command",
        ),
        ("\ninsecure-http = true\n".to_owned(), "insecure-http"),
        ("\nsimulate = true\n".to_owned(), "simulate"),
        ("\nid-instance = 5\n".to_owned(), "id-instance"),
        ("\ninstance = [\"a\"]\n".to_owned(), "instance"),
        ("\nrecipients = \"+79999999999\"\n".to_owned(), "recipients"),
        (
            "\n[profiles.a]\ncontacts = \"/tmp/l.csv\"\n".to_owned(),
            "contacts",
        ),
        ("\ntoken-file = \"x\"\n".to_owned(), "token-file"),
        ("\ntoken = \"x\"\n".to_owned(), "token"),
        ("\nlog-file = \"/tmp/x\"\n".to_owned(), "log-file"),
        ("\nout-dir = \"sent/../../x\"\n".to_owned(), "out-dir"),
        ("\nledger = \"~/x.ledger\"\n".to_owned(), "ledger"),
        ("\nresults = \"link/r.csv\"\n".to_owned(), "results"),
    ] {
        let desk = Desk::new();
        unpacked(&desk, &text);
        fs::create_dir(desk.path("elsewhere")).unwrap();
        std::os::unix::fs::symlink(desk.path("elsewhere"), desk.path("clients/link")).unwrap();
        desk.write("clients/old.ledger", "");
        for arguments in [
            &["send", "clients/l.csv"][..],
            &["send", "clients/l.csv", "--profile", "a"],
            &["track", "clients/old"],
            &["reconcile", "clients/old"],
            &["doctor", "clients/old"],
        ] {
            if arguments.contains(&"--profile") && !text.contains("profiles.a") {
                continue;
            }
            let mut command = desk.command(arguments);
            command
                .env("GREEN_API_ID_INSTANCE", ID)
                .env("GREEN_API_TOKEN", TOKEN);
            let ran = Ran::of(command.output().unwrap());
            assert_eq!(
                (ran.code, ran.stdout.as_str()),
                (2, ""),
                "{arguments:?} {text} {ran:?}"
            );
            let line = text.lines().position(|line| line.contains(key)).unwrap() + 1;
            let place = format!("clients/sendcontact.toml:{line}: {key} ");
            assert!(ran.stderr.contains(&place), "{arguments:?} {place} {ran:?}");
            assert!(ran.stderr.contains("sendcontact trust clients"), "{ran:?}");
        }
        let opt_outs = desk
            .command(&["opt-outs", "--out", "stop.csv"])
            .current_dir(desk.path("clients"))
            .output();
        assert_eq!(Ran::of(opt_outs.unwrap()).code, 2, "{text}");
        assert!(!desk.path(ran_file).exists(), "{text}");
        assert!(!desk.path("clients/l.ledger").exists(), "{text}");
        // What asks nobody and runs nothing goes on without it, and says so.
        let ran = desk.run(&["check", "clients/l.csv"]);
        assert_eq!(ran.code, 0, "{text} {ran:?}");
        assert!(
            ran.stdout.contains("clients/sendcontact.toml") && ran.stdout.contains(key),
            "{ran:?}"
        );
        let ran = desk.run(&["settings", "clients/l.csv", "--json"]);
        assert_eq!(
            ran.json()["files"][0]["notBelieved"][0]["key"],
            key,
            "{ran:?}"
        );
        let ran = desk.run(&["status", "clients/old.ledger"]);
        assert!(
            ran.stderr.contains("is not trusted") && ran.stderr.contains(key),
            "{ran:?}"
        );
    }
    assert!(stranger.received().is_empty());
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_folder_is_trusted_as_it_is_and_no_longer_when_its_file_changes() {
    let (desk, service) = (Desk::new(), Service::accepting());
    let text = format!(
        "id-instance = {ID}\napi-url = \"{}\"\ntoken-file = \"token\"\n",
        service.url()
    );
    unpacked(&desk, &text);
    desk.write("clients/token", TOKEN);
    let send = ["send", "clients/l.csv"];
    assert_eq!(desk.run(&send).code, 2);
    let ran = desk.run(&["trust", "clients"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stdout.contains(&service.url()) && ran.stdout.contains("token-file"),
        "{ran:?}"
    );
    #[cfg(unix)] // Windows has no modes.
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(desk.path("config/sendcontact/trusted"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let ran = desk.run(&["send", "clients/l.csv", "--limit", "1"]);
    assert_eq!((ran.code, service.sends().len()), (0, 1), "{ran:?}");
    assert!(
        ran.stderr.contains("Settings") && ran.stderr.contains("clients/sendcontact.toml"),
        "{ran:?}"
    );
    assert!(desk.run(&["trust", "--list"]).stdout.contains("unchanged"));
    desk.write("clients/sendcontact.toml", format!("{text}rate = 4\n"));
    let ran = desk.run(&send);
    assert_eq!((ran.code, service.sends().len()), (2, 1), "{ran:?}");
    assert!(
        ran.stderr.contains("has changed since you trusted it"),
        "{ran:?}"
    );
    assert!(
        desk.run(&["trust", "--list"])
            .stdout
            .contains("changed: not trusted")
    );
    // The same text elsewhere is another file.
    fs::create_dir(desk.path("other")).unwrap();
    desk.write("other/l.csv", table(1));
    desk.write("other/sendcontact.toml", &text);
    assert_eq!(desk.run(&["send", "other/l.csv"]).code, 2);
    desk.write("clients/sendcontact.toml", &text);
    assert_eq!(desk.run(&send).code, 0);
    assert_eq!(desk.run(&["trust", "clients", "--remove"]).code, 0);
    assert_eq!(desk.run(&send).code, 2);
    assert_eq!(desk.run(&["trust", "--list"]).stdout, "");
    assert_eq!(
        desk.run(&[
            "send",
            "clients/l.csv",
            "--settings",
            "clients/sendcontact.toml"
        ])
        .code,
        0
    );
}

#[cfg(unix)] // It sets modes.
#[test]
fn no_token_is_shown_to_whoever_trusts_a_file() {
    let desk = Desk::new();
    for text in [
        format!("token = \"{TOKEN}\"\n"),
        format!("token-command = [\"printf\", \"x {TOKEN}\\u001b[1m\"]\n"),
        format!("token-file = \"{TOKEN}\"\n"),
        format!("api-url = \"https://x.example/{TOKEN}\"\n[instances.a]\ntoken = \"{TOKEN}\"\n"),
    ] {
        unpacked(&desk, &text);
        chmod(&desk, "clients/sendcontact.toml", 0o600);
        for arguments in [
            &["settings", "clients/l.csv"][..],
            &["trust", "clients"],
            &["trust", "--list"],
        ] {
            let ran = desk.run(arguments);
            assert_eq!(ran.code, 0, "{ran:?}");
            assert!(
                !ran.stdout.contains(TOKEN) && !ran.stdout.contains('\u{1b}'),
                "{ran:?}"
            );
        }
    }
}

#[test]
fn a_new_settings_file_is_trusted_as_it_was_written() {
    let desk = Desk::new();
    let ran = desk.run(&["init"]);
    assert!(ran.stderr.contains("run sendcontact trust"), "{ran:?}");
    assert!(desk.run(&["trust", "--list"]).stdout.contains("unchanged"));
    desk.write("list.csv", table(1));
    assert_eq!(desk.run(&["send", "list.csv", "--simulate"]).code, 0);
    desk.write("sendcontact.toml", "id-instance = 1\n");
    let ran = desk.run(&["send", "list.csv", "--simulate"]);
    assert!(
        ran.code == 2 && ran.stderr.contains("has changed since you trusted it"),
        "{ran:?}"
    );
    desk.trust(".");
    assert_eq!(desk.run(&["send", "list.csv", "--simulate"]).code, 0);
}

#[cfg(unix)] // It sets modes and owners.
#[test]
fn a_file_that_others_own_or_may_write_cannot_be_trusted_nor_through_a_link() {
    let desk = Desk::new();
    unpacked(&desk, "id-instance = 1\n");
    desk.write("list.csv", table(1));
    let refused = |words: &str| {
        let ran = desk.run(&["trust", "clients"]);
        assert!(
            ran.code == 2 && ran.stderr.contains(words),
            "{words} {ran:?}"
        );
        let ran = desk.run(&["send", "clients/l.csv", "--simulate"]);
        assert!(ran.code == 2, "{words} {ran:?}");
    };
    chmod(&desk, "clients/sendcontact.toml", 0o666);
    refused("chmod go-w");
    chmod(&desk, "clients/sendcontact.toml", 0o600);
    if give_away(&desk, "clients/sendcontact.toml") {
        refused("chown");
        std::os::unix::fs::chown(desk.path("clients/sendcontact.toml"), Some(0), None).unwrap();
    }
    fs::create_dir(desk.path("open")).unwrap();
    chmod(&desk, "open", 0o777);
    fs::rename(
        desk.path("clients/sendcontact.toml"),
        desk.path("open/s.toml"),
    )
    .unwrap();
    std::os::unix::fs::symlink(
        desk.path("open/s.toml"),
        desk.path("clients/sendcontact.toml"),
    )
    .unwrap();
    refused("");
    assert!(desk.run(&["trust", "clients"]).stderr.contains("link"));
    assert!(desk.run(&["trust", "open"]).code == 2, "there is none");
}

/// A user whose own settings protect people, with the list of a folder of a stranger.
fn protected(own: &str, folder: &str) -> Desk {
    let desk = Desk::new();
    fs::create_dir_all(desk.path("config/sendcontact")).unwrap();
    desk.write("config/sendcontact/sendcontact.toml", own);
    desk.write("config/sendcontact/stop.csv", "phoneNumber\n79000000001\n");
    unpacked(&desk, folder);
    desk.write("clients/stop.csv", "phoneNumber\n79000000002\n");
    desk
}

#[test]
fn a_stop_list_of_the_user_holds_whatever_the_folder_says() {
    for (folder, suppressed) in [
        ("suppress = []\n", 1),
        ("rate = 100\n", 1),
        ("suppress = [\"stop.csv\"]\n", 2),
        ("daily-cap = 1000\nuntil = '9h'\n", 1),
    ] {
        let desk = protected(
            "suppress = [\"stop.csv\"]\nrate = 40\ndaily-cap = 5\n",
            folder,
        );
        let ran = desk.run(&["send", "clients/l.csv", "--simulate", "--json"]);
        assert_eq!(
            (ran.code, ran.count("suppressed")),
            (0, suppressed),
            "{folder} {ran:?}"
        );
        let own = desk
            .path("config/sendcontact/sendcontact.toml")
            .display()
            .to_string();
        assert!(
            ran.stderr.contains(&own) && ran.stderr.contains("clients/sendcontact.toml"),
            "{ran:?}"
        );
        let check = desk.run(&["check", "clients/l.csv"]);
        assert!(
            check.stdout.contains(&own) && check.stdout.contains("clients/sendcontact.toml"),
            "{check:?}"
        );
    }
}

#[test]
fn of_what_protects_people_the_tighter_counts_whichever_file_says_it() {
    for (key, own, folder, counts) in [
        ("daily-cap", "5", "1000", "5"),
        ("daily-cap", "1000", "5", "5"),
        ("new-recipients-per-day", "5", "9", "5"),
        ("rate", "0.5", "50", "0.5"),
        ("rate", "50", "0.5", "0.5"),
        ("limit", "3", "9", "3"),
        ("max-failures", "3", "'10%'", "3,10%"),
        ("max-failures", "3", "9", "3"),
        ("max-failures", "'10%'", "'50%'", "10%"),
        ("warm-up", "'20x10'", "'10x5,50x20'", "10x5,20x5,50x15"),
        ("spacing", "'8s..20s'", "'1s..30s'", "8s..30s"),
        ("strict-phones", "true", "false", "true"),
        ("remember", "'400d'", "'1s'", "400d"),
        ("not-again-within", "'10d'", "'30d'", "30d"),
        ("not-again-within", "'10d'", "'0d'", "10d"),
        ("check-recipients", "'unknown'", "'off'", "unknown"),
        ("check-recipients", "'off'", "'unknown'", "unknown"),
        ("if-unknown", "'hold'", "'send'", "hold"),
        ("check-budget", "5", "1000", "5"),
        ("check-memory", "'30d'", "'400d'", "30d"),
        ("encoding", "'utf-8'", "'windows-1251'", "windows-1251"),
    ] {
        let desk = protected(&format!("{key} = {own}\n"), &format!("{key} = {folder}\n"));
        let shown = desk.run(&["settings", "clients/l.csv", "--json"]);
        assert_eq!(shown.code, 0, "{shown:?}");
        let value = &shown.json()["settings"][key]["value"];
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        assert_eq!(value, counts, "{key} {own} {folder}");
    }
    // What is typed is the user's own word.
    let desk = protected("rate = 1\ndaily-cap = 2\n", "rate = 2\n");
    let shown = desk
        .run(&[
            "settings",
            "clients/l.csv",
            "--rate",
            "7",
            "--daily-cap",
            "9",
            "--json",
        ])
        .json();
    assert_eq!(
        (
            &shown["settings"]["rate"]["value"],
            &shown["settings"]["daily-cap"]["value"]
        ),
        (&"7".into(), &"9".into())
    );
}

#[test]
fn the_hours_of_all_files_hold_together_each_by_its_own_clocks() {
    let ends = |own: &str, folder: &str| {
        let desk = protected(own, folder);
        let ran = desk.run(&[
            "send",
            "clients/l.csv",
            "--simulate",
            "--no-wait",
            "--quiet",
        ]);
        (ran.code, ran)
    };
    let all = "window = [\"00:00-24:00\"]\ndays = \"mon-sun\"\ntime-zone = \"UTC\"\n";
    assert_eq!(ends(all, "window = [\"00:00-24:00\"]\n").0, 0);
    // Windows that have nothing in common, in either order; none of them is open at both hours.
    for (own, folder) in [
        (
            "window = [\"00:00-12:00\"]\ntime-zone = \"UTC\"\n",
            "window = [\"12:00-24:00\"]\n",
        ),
        (
            "window = [\"12:00-24:00\"]\ntime-zone = \"UTC\"\n",
            "window = [\"00:00-12:00\"]\n",
        ),
        // By the stranger's clocks it would be open.
        (
            "window = [\"00:00-12:00\"]\ntime-zone = \"UTC\"\n",
            "window = [\"00:00-12:00\"]\ntime-zone = \"UTC+12\"\n",
        ),
        ("days = \"mon-wed\"\n", "days = \"thu-sun\"\n"),
        (
            "until = \"2020-01-01 10:00\"\n",
            "until = \"2099-01-01 10:00\"\n",
        ),
        (
            "start-at = \"2099-01-01 10:00\"\n",
            "start-at = \"2020-01-01 10:00\"\n",
        ),
        ("holidays = \"days.txt\"\n", "holidays = \"none.txt\"\n"),
    ] {
        if own.starts_with("start-at") {
            let desk = protected(own, folder);
            let shown = desk.run(&["settings", "clients/l.csv"]);
            assert!(
                shown.stdout.contains("2099-01-01 10:00, 2020-01-01 10:00"),
                "{shown:?}"
            );
            continue;
        }
        let desk = protected(own, folder);
        desk.write("config/sendcontact/days.txt", "*-01-01..*-12-31\n");
        desk.write("clients/none.txt", "");
        let ran = desk.run(&[
            "send",
            "clients/l.csv",
            "--simulate",
            "--no-wait",
            "--quiet",
        ]);
        assert_eq!(ran.code, 5, "{own} {folder} {ran:?}");
    }
}

#[test]
fn a_stranger_s_file_chooses_neither_the_day_of_the_user_s_caps_nor_whose_clock_the_hours_follow() {
    for (key, own, folder, counts) in [
        (
            "time-zone",
            "daily-cap = 3\ntime-zone = \"Europe/Moscow\"\n",
            "\"Pacific/Kiritimati\"",
            "Europe/Moscow",
        ),
        ("time-zone", "daily-cap = 3\n", "\"Pacific/Kiritimati\"", ""),
        (
            "recipient-time-zone",
            "recipient-time-zone = true\n",
            "false",
            "true",
        ),
        (
            "recipient-time-zone",
            "window = \"10:00-19:00\"\n",
            "true",
            "",
        ),
        ("if-late", "if-late = \"skip\"\n", "\"run\"", "skip"),
        ("time-zone", "country = \"RU\"\n", "\"UTC\"", "UTC"),
    ] {
        let desk = protected(own, &format!("{key} = {folder}\n"));
        let value = |desk: &Desk| {
            let shown = desk.run(&["settings", "clients/l.csv", "--json"]).json();
            let setting = shown["settings"][key].clone();
            if setting["from"]
                .as_str()
                .is_some_and(|from| from.contains("sendcontact.toml"))
            {
                let value = setting["value"].clone();
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            } else {
                String::new()
            }
        };
        assert_eq!(value(&desk), counts, "{key} {own}");
        desk.trust("clients");
        assert_eq!(value(&desk), folder.replace('"', ""), "{key} {own}");
    }
}

#[test]
fn a_stranger_s_file_chooses_none_of_the_user_s_profiles() {
    let own = "[profiles.shop]\nid-instance = 1\ntoken-file = \"t\"\n";
    let desk = protected(own, "profile = \"shop\"\n");
    let ran = desk.run(&["send", "clients/l.csv", "--simulate"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(
        ran.stderr.contains("clients/sendcontact.toml:1: profile "),
        "{ran:?}"
    );
    assert_eq!(
        desk.run(&["send", "clients/l.csv", "--simulate", "--profile", "shop"])
            .code,
        0
    );
    let missing = desk.run(&["settings", "clients/l.csv", "--profile", "salon"]);
    assert!(
        missing.code == 2 && missing.stderr.contains("it has shop"),
        "{missing:?}"
    );
}

#[test]
fn a_settings_file_that_nobody_trusted_makes_nobody_forget_who_had_the_contact() {
    let (desk, service) = (Desk::new(), Service::accepting());
    let day = 24 * 60 * 60;
    desk.write("a.csv", table(2));
    assert_eq!(desk.run_to(&service, &["send", "a.csv"]).code, 0);
    service.set_clock(Some(2 * day));
    fs::create_dir(desk.path("clients")).unwrap();
    fs::copy(desk.path("a.csv"), desk.path("clients/b.csv")).unwrap();
    desk.write("clients/sendcontact.toml", "remember = '1d'\n");
    let ran = desk.run_to(&service, &["send", "clients/b.csv", "--json"]);
    assert_eq!((ran.code, service.sends().len()), (2, 2), "{ran:?}");
    assert!(ran.stderr.contains("remember"), "it is said: {ran:?}");
    desk.trust("clients");
    let ran = desk.run_to(&service, &["send", "clients/b.csv", "--json"]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 2), "{ran:?}");
}

#[cfg(unix)] // It makes FIFOs.
#[test]
fn a_pipe_or_a_device_that_a_settings_file_names_is_refused_and_nothing_waits() {
    let service = Service::accepting();
    for (key, value) in [
        ("suppress", "\"pipe\""),
        ("suppress", "[\"l.csv\", \"link\"]"),
        ("suppress", "\"/dev/zero\""),
        ("holidays", "\"pipe\""),
        ("contacts", "\"pipe\""),
        ("recipients", "\"pipe\""),
        ("results", "\"pipe\""),
    ] {
        let desk = Desk::new();
        unpacked(&desk, &format!("rate = 3\n{key} = {value}\n"));
        pipe(&desk, "clients/pipe");
        std::os::unix::fs::symlink("pipe", desk.path("clients/link")).unwrap();
        let is_of_check = !["holidays", "results"].contains(&key);
        let check = &["check", "clients/l.csv"][..];
        let commands = [&["send", "clients/l.csv"][..]].into_iter();
        for command in commands.chain(is_of_check.then_some(check)) {
            let ran = desk.run_to(&service, command);
            assert_eq!(ran.code, 2, "{key} {value} {ran:?}");
            let place = format!("clients/sendcontact.toml:2: {key}: ");
            assert!(
                ran.stderr.contains(&place) && ran.stderr.contains("not a regular file"),
                "{key} {value} {ran:?}"
            );
        }
        assert!(!desk.path("clients/l.ledger").exists());
    }
    assert!(service.received().is_empty());
}

#[test]
fn files_of_its_own_folder_may_be_named_by_a_settings_file_that_nobody_has_trusted() {
    let desk = Desk::new();
    unpacked(&desk, "recipients = \"guests.csv\"\ncontacts = \"l.csv\"\n");
    desk.write("clients/guests.csv", "Кому\n79001234501\n79001234502\n");
    let mut command = desk.command(&["check", "--json"]);
    let ran = Ran::of(command.current_dir(desk.path("clients")).output().unwrap());
    assert_eq!(ran.code, 0, "{ran:?}");
    let rows = ran.stdout.lines().filter(|line| line.contains("\"row\":"));
    assert_eq!(rows.count(), 6, "{ran:?}");
}
