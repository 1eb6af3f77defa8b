//! The settings file: where it is found, which value wins, and that no token is shown.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{fs, path::Path};

use serde_json::Value;
use stand_in::{Desk, ID, Ran, Service, TOKEN, table};

/// One setting as `settings --json` shows it: its value and whence it came.
fn setting(ran: &Ran, key: &str) -> (Value, String) {
    assert_eq!(ran.code, 0, "{ran:?}");
    let setting = &ran.json()["settings"][key];
    (
        setting["value"].clone(),
        setting["from"].as_str().unwrap().to_owned(),
    )
}

#[cfg(unix)] // Windows has no modes.
fn chmod(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_campaign_needs_nothing_but_the_settings_file_beside_its_input() {
    let (desk, service) = (Desk::new(), Service::accepting());
    fs::create_dir(desk.path("spring")).unwrap();
    fs::create_dir(desk.path("spring/secret")).unwrap();
    desk.write("spring/list.csv", table(3));
    desk.write("spring/secret/token", format!("{TOKEN}\n"));
    let text = format!(
        "api-url = \"{}\"\nid-instance = {ID}\ntoken-file = \"secret/token\"\nlimit = 2\n",
        service.url()
    );
    desk.write("spring/sendcontact.toml", text);
    desk.trust("spring");
    desk.write("sendcontact.toml", "rate = 30\n");
    let ran = desk.run(&["send", "spring/list.csv"]);
    assert_eq!((ran.code, service.sends().len()), (0, 2), "{ran:?}");
    assert!(!format!("{ran:?}").contains(TOKEN), "{ran:?}");
    let ran = desk.run(&["send", "spring/list.csv", "--limit", "7"]);
    assert_eq!((ran.code, service.sends().len()), (0, 3), "{ran:?}");
    let track = desk.run(&["track", "spring/list", "--quiet"]);
    assert!(!service.asked("getStateInstance").is_empty(), "{track:?}");
}

#[test]
fn recipients_of_a_settings_file_are_files_beside_it_numbers_or_files_of_this_folder() {
    let desk = Desk::new();
    fs::create_dir(desk.path("r")).unwrap();
    let guests = |who: &str| format!("Кому\n{who}\n");
    desk.write("r/guests.csv", guests("79001234501"));
    desk.write("r/x.csv", "Телефон;Имя\n79001234568;Анна\n");
    desk.write(
        "guests.csv",
        guests("79001234501\n79001234502\n79001234503"),
    );
    desk.write("here.csv", guests("79001234501\n79001234502"));
    for (who, rows) in [("guests.csv", 1), ("here.csv", 2), ("79001234567", 1)] {
        let settings = format!("recipients = [\"{who}\"]\ncontacts = [\"x.csv\"]\n");
        desk.write("r/sendcontact.toml", settings);
        let ran = desk.run(&["check", "--settings", "r/sendcontact.toml", "--json"]);
        let found = ran
            .stdout
            .lines()
            .filter(|line| line.contains("\"row\":"))
            .count();
        assert_eq!((ran.code, found), (0, rows), "{who} {ran:?}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn the_user_s_own_file_counts_everywhere_and_the_files_of_the_folders_come_before_it() {
    let desk = Desk::new();
    for (folder, country) in [
        ("a", "RU"),
        ("own/sendcontact", "KZ"),
        ("home/.config/sendcontact", "UA"),
    ] {
        fs::create_dir_all(desk.path(folder)).unwrap();
        desk.write(
            &format!("{folder}/sendcontact.toml"),
            format!("country = \"{country}\"\nsheet = \"{folder}\"\n"),
        );
    }
    desk.write("named.toml", "country = \"BY\"\n");
    desk.write("sendcontact.toml", "encoding = \"windows-1251\"\n");
    let run = |arguments: &[&str], own: bool| {
        let mut command = desk.command(arguments);
        command
            .env("HOME", desk.path("home"))
            .env_remove("XDG_CONFIG_HOME");
        if own {
            command.env("XDG_CONFIG_HOME", desk.path("own"));
        }
        Ran::of(command.output().unwrap())
    };
    let here = "windows-1251";
    for (arguments, own, country, sheet, encoding) in [
        (
            &["settings", "--json", "a/list.csv"][..],
            true,
            "RU",
            "a",
            here,
        ),
        (
            &[
                "settings",
                "--json",
                "--recipients",
                "79001234567",
                "--contacts",
                "a/x.vcf",
            ],
            true,
            "RU",
            "a",
            here,
        ),
        (
            &["settings", "--json", "list.csv"],
            true,
            "KZ",
            "own/sendcontact",
            here,
        ),
        (
            &["settings", "--json"],
            false,
            "UA",
            "home/.config/sendcontact",
            here,
        ),
        (
            &[
                "settings",
                "--json",
                "a/list.csv",
                "--settings",
                "named.toml",
            ],
            true,
            "BY",
            "own/sendcontact",
            "",
        ),
        (
            &["--settings", "named.toml", "settings", "--json"],
            true,
            "BY",
            "own/sendcontact",
            "",
        ),
    ] {
        let ran = run(arguments, own);
        assert_eq!(setting(&ran, "country").0, country, "{arguments:?}");
        assert_eq!(setting(&ran, "sheet").0, sheet, "{arguments:?}");
        assert_eq!(
            setting(&ran, "encoding").0.as_str().unwrap_or_default(),
            encoding,
            "{arguments:?}"
        );
    }
    let ran = run(&["settings", "a/list.csv"], true);
    let files: Vec<_> = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with("settings "))
        .collect();
    assert_eq!(files.len(), 3, "{ran:?}");
    let ran = run(&["settings", "--json", "--no-settings", "a/list.csv"], true);
    assert_eq!(
        (setting(&ran, "country").0, &ran.json()["file"]),
        (Value::Null, &Value::Null)
    );
}

#[test]
fn what_is_typed_comes_before_the_environment_then_the_profile_then_the_top_level() {
    let desk = Desk::new();
    desk.write(
        "sendcontact.toml",
        "profile = \"shop\"\nrate = 20\nid-instance = 1\ncountry = \"RU\"\nstrict-phones = true\nmap = [\"phoneContact=A\", \"firstName=B\"]\n\
         \n[profiles.shop]\nid-instance = 2\nrate = 0.5\n\n[profiles.salon]\nrate = 3\n",
    );
    desk.trust(".");
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = desk.command(&[&["settings", "--json"], arguments].concat());
        Ran::of(command.envs(variables.iter().copied()).output().unwrap())
    };
    let ran = run(&[], &[]);
    for (key, value, from) in [
        ("rate", "0.5".into(), "sendcontact.toml:10"),
        ("id-instance", "2".into(), "sendcontact.toml:9"),
        ("country", "RU".into(), "sendcontact.toml:4"),
        ("strict-phones", true.into(), "sendcontact.toml:5"),
        (
            "map",
            serde_json::json!(["phoneContact=A", "firstName=B"]),
            "sendcontact.toml:6",
        ),
        ("concurrency", "16".into(), "default"),
        ("token", Value::Null, "default"),
    ] {
        assert_eq!(setting(&ran, key), (value, from.to_owned()), "{key}");
    }
    let instance = ("GREEN_API_ID_INSTANCE", "3");
    let ran = run(&["--rate", "9", "--map", "lastName=C"], &[instance]);
    assert_eq!(
        setting(&ran, "id-instance"),
        ("3".into(), "environment GREEN_API_ID_INSTANCE".to_owned())
    );
    assert_eq!(
        setting(&ran, "rate"),
        ("9".into(), "command line".to_owned())
    );
    assert_eq!(
        setting(&ran, "map"),
        ("lastName=C".into(), "command line".to_owned())
    );
    assert_eq!(
        setting(&run(&["--id-instance", "4"], &[instance]), "id-instance").0,
        "4"
    );
    let salon = ("SENDCONTACT_PROFILE", "salon");
    assert_eq!(setting(&run(&[], &[salon]), "rate").0, "3");
    let ran = run(&["--profile", "shop"], &[salon]);
    assert_eq!(
        (setting(&ran, "rate").0, &ran.json()["profile"]),
        ("0.5".into(), &"shop".into())
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_wrong_setting_is_told_with_its_file_line_and_key() {
    let desk = Desk::new();
    for (text, words) in [
        (
            "rate = 20\nconcurency = 3\n",
            &["sendcontact.toml:2:", "\"concurency\"", "mean concurrency?"][..],
        ),
        (
            "id_instance = 3\n",
            &["sendcontact.toml:1:", "mean id-instance?"],
        ),
        (
            "\n[profiles.a]\nqwzx = 1\n",
            &["sendcontact.toml:3:", "\"qwzx\"", "sendcontact init"],
        ),
        (
            "[profiles.a.b]\nrate = 1\n",
            &["sendcontact.toml:1:", "\"b\""],
        ),
        ("rate = 1\nrate = 2\n", &["sendcontact.toml:2:", "TOML"]),
        ("rate = \n", &["sendcontact.toml:1:", "TOML"]),
        ("rate = 0\n", &["sendcontact.toml:1: rate:"]),
        (
            "\nrate = true\n",
            &["sendcontact.toml:2: rate:", "write a text"],
        ),
        (
            "rate = [1, 2]\n",
            &["sendcontact.toml:1: rate:", "without brackets"],
        ),
        (
            "map = [[1]]\n",
            &["sendcontact.toml:1: map:", "in brackets"],
        ),
        (
            "concurrency = 5000\n",
            &["sendcontact.toml:1: concurrency:", "1..=1024"],
        ),
        (
            "address-as = \"x\"\n",
            &[
                "sendcontact.toml:1: address-as:",
                "auto | as-given | chat-id",
            ],
        ),
        (
            "strict-phones = \"yes\"\n",
            &["sendcontact.toml:1: strict-phones:", "true or false"],
        ),
        (
            "verbose = 300\n",
            &["sendcontact.toml:1: verbose:", "a number"],
        ),
        (
            "notify-command = []\n",
            &["sendcontact.toml:1: notify-command: a value is required"],
        ),
        (
            "log-file = \"\"\n",
            &["sendcontact.toml:1: log-file: a value is required"],
        ),
        (
            "\nout-dir = \"\"\n",
            &["sendcontact.toml:2: out-dir: a value is required"],
        ),
        (
            "rate = 1\nwindow = [\"10 to 7\"]\n",
            &["sendcontact.toml:2: --window: "],
        ),
        ("days = \"xx\"\n", &["sendcontact.toml:1: --days: "]),
        (
            "holidays = \"sendcontact.toml\"\n",
            &["sendcontact.toml:1: --holidays sendcontact.toml: line 1"],
        ),
        (
            "time-zone = \"Mars\"\n",
            &["sendcontact.toml:1: --time-zone: "],
        ),
        ("warm-up = \"x\"\n", &["sendcontact.toml:1: --warm-up: "]),
        (
            "spacing = \"20s..8s\"\n",
            &["sendcontact.toml:1: --spacing: "],
        ),
        (
            "country = \"XX\"\n",
            &["sendcontact.toml:1: ", "no country"],
        ),
        (
            "encoding = \"cp-what\"\n",
            &["sendcontact.toml:1: --encoding: ", "windows-1251"],
        ),
        (
            "delimiter = \"ab\"\n",
            &["sendcontact.toml:1: --delimiter "],
        ),
        ("map = [\"x\"]\n", &["sendcontact.toml:1: --map: "]),
        (
            "campaign = \"a/b\"\n",
            &["sendcontact.toml:1: --campaign a/b"],
        ),
        (
            "profile = \"a\"\n[profiles.a]\nresults = \"r.txt\"\n",
            &["sendcontact.toml:3: --results "],
        ),
        (
            "profile = \"b\"\n[profiles.a]\n",
            &["\"b\"", "sendcontact.toml; it has a"],
        ),
        ("profile = \"b\"\n", &["add [profiles.b]"]),
        (
            "profiles = 3\n",
            &["sendcontact.toml:1: profiles:", "[profiles.NAME]"],
        ),
        (
            "token-command = \"pass show x\"\n",
            &["sendcontact.toml:1: token-command:", "no shell"],
        ),
        (
            "token-command = [\"a\"]\ntoken-file = \"b\"\n",
            &["two ways"],
        ),
    ] {
        desk.write("sendcontact.toml", text);
        desk.run(&["trust"]);
        let ran = desk.run(&["settings"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{text}: {ran:?}");
        for word in words {
            assert!(
                ran.stderr.contains(word),
                "{text}: {word} is missing in {}",
                ran.stderr
            );
        }
    }
    desk.write("sendcontact.toml", "window = \"10 to 7\"\n");
    desk.write("list.csv", table(1));
    for (arguments, place) in [
        (&[][..], "sendcontact.toml:1: --window"),
        (&["--window", "9"], "sendcontact: --window"),
    ] {
        let ran = desk.run(&[&["send", "list.csv", "--simulate"], arguments].concat());
        assert!(ran.code == 2 && ran.stderr.contains(place), "{ran:?}");
    }
    desk.write("sendcontact.toml", "rate = true\n");
    let russian = desk.run(&["send", "x.csv", "--lang", "ru"]);
    assert_eq!(
        russian.stderr,
        "sendcontact: sendcontact.toml:1: rate: укажите текст, число или дату\n"
    );
    fs::remove_file(desk.path("sendcontact.toml")).unwrap();
    for arguments in [
        ["settings", "--profile", "a"],
        ["settings", "--settings", "missing.toml"],
    ] {
        assert_eq!(desk.run(&arguments).code, 2, "{arguments:?}");
    }
}

#[test]
fn retry_for_is_also_understood_by_its_earlier_name() {
    let desk = Desk::new();
    let text = "patience = \"2m\"\n[instances.a]\nid-instance = 1\npatience = \"3m\"\n";
    desk.settings(text);
    for (arguments, value, from) in [
        (&["settings", "--json"][..], "2m", "sendcontact.toml:1"),
        (
            &["settings", "--json", "--instance", "a"],
            "3m",
            "sendcontact.toml:4",
        ),
        (
            &["settings", "--json", "--patience", "1m"],
            "1m",
            "command line",
        ),
    ] {
        let (found, whence) = setting(&desk.run(arguments), "retry-for");
        assert_eq!(found, value, "{arguments:?}");
        assert!(whence.contains(from), "{arguments:?} {whence}");
    }
    assert!(!desk.run(&["send", "--help"]).stdout.contains("patience"));
}

#[test]
fn a_setting_gives_way_to_what_is_typed_against_it() {
    let desk = Desk::new();
    desk.write("sendcontact.toml", "quiet = true\n");
    let ran = desk.run(&["settings", "--json", "-v"]);
    assert_eq!(setting(&ran, "quiet"), (false.into(), "default".to_owned()));
    assert_eq!(setting(&desk.run(&["settings", "--json"]), "quiet").0, true);
}

#[cfg(unix)] // It sets modes and runs POSIX programs.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_token_is_taken_from_where_the_file_says_and_never_shown() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(1));
    let instance = format!("api-url = \"{}\"\nid-instance = {ID}\n", service.url());
    let run = |text: &str, mode: u32| {
        let path = desk.write("sendcontact.toml", format!("{instance}{text}"));
        chmod(&path, mode);
        desk.run(&["trust"]);
        let _anew = fs::remove_file(desk.path("list.ledger"));
        let _forgotten = fs::remove_dir_all(desk.path("state"));
        let before = service.sends().len();
        let ran = desk.run(&["send", "list.csv"]);
        assert!(!format!("{ran:?}").contains(TOKEN), "{ran:?}");
        (ran, service.sends().len() - before)
    };
    let command = format!("token-command = [\"printf\", '{TOKEN}\\nsecond line\\n']\n");
    let here = format!("token = \"{TOKEN}\"\n");
    for (text, mode) in [(&command, 0o644), (&here, 0o600), (&here, 0o400)] {
        let (ran, sent) = run(text, mode);
        assert_eq!((ran.code, sent), (0, 1), "{text} {mode:o}: {ran:?}");
        let ran = desk.run(&["settings"]);
        let line = ran
            .stdout
            .lines()
            .find(|line| line.starts_with("token "))
            .unwrap();
        assert!(
            line.contains(" set ") && line.ends_with("sendcontact.toml:3"),
            "{line}"
        );
        assert!(
            !ran.stdout.contains(TOKEN)
                && !desk.run(&["settings", "--json"]).stdout.contains(TOKEN)
        );
    }
    for (text, mode, words) in [
        (here.as_str(), 0o644, "chmod 600 sendcontact.toml"),
        (&here, 0o620, "chmod 600 sendcontact.toml"),
        (&command, 0o646, "chmod go-w sendcontact.toml"),
        (
            "token-command = [\"sh\", \"-c\", \"echo secret; echo secret >&2; exit 3\"]\n",
            0o600,
            "with 3",
        ),
        ("token-command = [\"true\"]\n", 0o600, "is empty"),
        (
            "token-command = [\"no-such-program-here\"]\n",
            0o600,
            "cannot be run",
        ),
        (
            "token-file = \"missing\"\n",
            0o600,
            "sendcontact.toml:3: token-file: missing:",
        ),
    ] {
        let (ran, sent) = run(text, mode);
        assert_eq!((ran.code, sent), (2, 0), "{text} {mode:o}: {ran:?}");
        assert!(
            ran.stderr.contains(words) && !ran.stderr.contains("secret"),
            "{text} {mode:o}: {ran:?}"
        );
    }
    // A profile that is not chosen lies open all the same.
    run(&format!("[profiles.a]\ntoken = \"{TOKEN}\"\n"), 0o644);
    for arguments in [
        &["send", "list.csv", "--settings", "sendcontact.toml"][..],
        &["trust"],
    ] {
        let ran = desk.run(arguments);
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(
            ran.stderr.contains("sendcontact.toml:4:") && !ran.stderr.contains(TOKEN),
            "{ran:?}"
        );
    }
}

#[cfg(unix)] // It sets modes and owners.
#[test]
fn a_file_that_others_control_says_neither_what_is_run_nor_where_the_token_goes() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(1));
    let address = format!("api-url = \"{}\"\n", service.url());
    for text in [
        address.clone(),
        "insecure-http = true\n".to_owned(),
        "notify-command = [\"touch\", \"ran\"]\n".to_owned(),
        "token-command = [\"touch\", \"ran\"]\n".to_owned(),
        format!("[profiles.a]\n{address}"),
        format!("[instances.a]\n{address}"),
    ] {
        let path = desk.write("sendcontact.toml", &text);
        for (mode, owner, words) in [
            (0o666, None, "chmod go-w"),
            (0o646, None, "chmod go-w"),
            (0o600, Some(12345), "chown"),
        ] {
            chmod(&path, mode);
            // Only root gives files away.
            if std::os::unix::fs::chown(&path, owner, None).is_err() {
                continue;
            }
            let mut command = desk.command(&["send", "list.csv", "--id-instance", ID]);
            let ran = Ran::of(command.env("GREEN_API_TOKEN", TOKEN).output().unwrap());
            assert_eq!(
                (ran.code, service.received().len()),
                (2, 0),
                "{text} {mode:o}: {ran:?}"
            );
            assert!(
                ran.stderr.contains(words) && ran.stderr.contains("sendcontact.toml:"),
                "{ran:?}"
            );
            assert!(!desk.path("ran").exists(), "{text}");
        }
        fs::remove_file(&path).unwrap();
    }
    let path = desk.write("sendcontact.toml", "rate = 7\n");
    chmod(&path, 0o666);
    assert_eq!(
        desk.run(&["settings"]).code,
        0,
        "all else may stand in any file"
    );
}

#[cfg(unix)] // It runs a POSIX program.
#[test]
fn the_environment_s_token_comes_before_the_file_s_and_a_profile_s_before_the_top_level_s() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("good", TOKEN);
    desk.write("list.csv", table(1));
    let wrong = "token-command = [\"false\"]\n";
    desk.write(
        "sendcontact.toml",
        format!("{wrong}[profiles.a]\ntoken-file = \"good\"\n[profiles.b]\nrate = 1\n"),
    );
    desk.trust(".");
    for (arguments, variable, code) in [
        (
            &["send", "list.csv"][..],
            Some(("GREEN_API_TOKEN", TOKEN)),
            0,
        ),
        (
            &["send", "list.csv"],
            Some(("GREEN_API_TOKEN_FILE", "good")),
            0,
        ),
        (&["send", "list.csv", "--token-file", "good"], None, 0),
        (&["send", "list.csv", "--profile", "a"], None, 0),
        (&["send", "list.csv", "--profile", "b"], None, 2),
    ] {
        let mut command = desk.command(arguments);
        command
            .env("GREEN_API_URL", service.url())
            .env("GREEN_API_ID_INSTANCE", ID);
        let ran = Ran::of(command.envs(variable).output().unwrap());
        assert_eq!(ran.code, code, "{arguments:?} {variable:?} {ran:?}");
    }
}

#[test]
fn an_empty_variable_is_one_that_is_not_set() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(1));
    desk.write("token", TOKEN);
    let address = format!("api-url = \"{}\"\nid-instance = {ID}\n", service.url());
    for (text, token) in [
        (address.clone(), TOKEN),
        (format!("{address}token-file = \"token\"\n"), ""),
    ] {
        desk.settings(text);
        let mut command = desk.command(&["send", "list.csv", "--retry-failed"]);
        command
            .env("GREEN_API_TOKEN", token)
            .env("GREEN_API_TOKEN_FILE", "")
            .env("SENDCONTACT_PROFILE", "");
        let ran = Ran::of(
            command
                .env("GREEN_API_URL", "")
                .env("GREEN_API_ID_INSTANCE", "")
                .output()
                .unwrap(),
        );
        assert_eq!((ran.code, service.sends().len()), (0, 1), "{ran:?}");
    }
}

#[test]
fn settings_are_shown_one_a_line_and_aligned() {
    let desk = Desk::new();
    desk.write("sendcontact.toml", "rate = 20\n");
    let ran = desk.run(&["settings", "list.csv", "--country", "RU"]);
    let shown = |start: &str| {
        ran.stdout
            .lines()
            .find(|line| line.starts_with(start))
            .unwrap_or_default()
    };
    assert_eq!(
        shown("settings"),
        "settings                sendcontact.toml",
        "{ran:?}"
    );
    assert_eq!(shown("profile"), "profile                 -");
    assert_eq!(
        shown("country"),
        "country                 RU                         command line"
    );
    assert_eq!(
        shown("rate"),
        "rate                    20                         sendcontact.toml:1"
    );
    assert_eq!(
        shown("limit"),
        "limit                   -                          default"
    );
    desk.write("sendcontact.toml", "lang = \"ru\"\n");
    assert!(desk.run(&["settings"]).stdout.contains("по умолчанию"));
}

#[test]
fn a_new_settings_file_holds_every_option_and_can_be_used_as_it_stands_and_uncommented() {
    let desk = Desk::new();
    let ran = desk.run(&["init"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
    assert!(
        ran.stderr.starts_with("sendcontact.toml was created"),
        "{ran:?}"
    );
    #[cfg(unix)] // Windows has no modes.
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(desk.path("sendcontact.toml"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let shown = desk.run(&["settings", "--json"]).json();
    let settings = shown["settings"].as_object().unwrap().clone();
    assert!(
        settings
            .iter()
            .all(|(key, setting)| key == "json" || setting["from"] == "default"),
        "{shown}"
    );
    let text = desk.read("sendcontact.toml");
    for key in settings.keys().filter(|key| *key != "token") {
        assert!(
            text.contains(&format!("\n#{key} = ")),
            "{key} is missing in\n{text}"
        );
    }
    let uncommented: String = text
        .lines()
        .map(|line| {
            line.strip_prefix('#')
                .filter(|rest| !rest.starts_with(' '))
                .unwrap_or(line)
        })
        .fold(String::new(), |text, line| text + line + "\n");
    desk.settings(uncommented);
    let ran = desk.run(&["settings", "--json"]);
    assert_eq!(ran.json()["profile"], "second");
    for key in settings
        .keys()
        .filter(|key| !["json", "lang"].contains(&key.as_str()))
    {
        assert!(
            setting(&ran, key).1.starts_with("sendcontact.toml:"),
            "{key} is not set: {ran:?}"
        );
    }
}

#[test]
fn a_settings_file_that_is_there_is_replaced_only_when_asked() {
    let desk = Desk::new();
    desk.write("sendcontact.toml", "rate = 3\n");
    let ran = desk.run(&["init"]);
    assert_eq!(
        (ran.code, desk.read("sendcontact.toml").as_str()),
        (2, "rate = 3\n"),
        "{ran:?}"
    );
    assert_eq!(desk.run(&["init", "--force", "--lang", "ru"]).code, 0);
    assert!(
        desk.read("sendcontact.toml")
            .starts_with("# Настройки sendcontact.")
    );
    desk.write("sendcontact.toml", "rate = 3\n");
    fs::create_dir(desk.path("own")).unwrap();
    for (arguments, code) in [
        (&["init", "--settings", "own/other.toml"][..], 0),
        (&["init", "--settings", "own/other.toml"], 2),
        (&["--settings", "own/other.toml", "init", "--force"], 0),
        (&["init", "--settings", "none/other.toml"], 1),
    ] {
        let ran = desk.run(arguments);
        assert_eq!(
            (ran.code, desk.read("sendcontact.toml").as_str()),
            (code, "rate = 3\n"),
            "{ran:?}"
        );
        assert!(
            code == 1 || ran.stderr.contains("own/other.toml"),
            "{ran:?}"
        );
    }
    assert!(desk.read("own/other.toml").contains("#rate = 50"));
    desk.write("sendcontact.toml", "a mess");
    assert_eq!(
        desk.run(&["init", "--force"]).code,
        0,
        "a file that cannot be read is replaced too"
    );
}

#[test]
fn shells_and_man_learn_every_command_and_option() {
    let desk = Desk::new();
    desk.write("sendcontact.toml", "a mess");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = desk.run(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
        for word in ["reconcile", "max-failures", "no-reconcile"] {
            assert!(ran.stdout.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(desk.run(&["completions", "cmd"]).code, 2);
    let page = desk.run(&["man"]);
    assert!(
        page.stdout.contains(".TH sendcontact 1") && page.stdout.contains("sendcontact\\-track(1)"),
        "{page:?}"
    );
    assert_eq!(desk.run(&["man", "pages/man1"]).code, 0);
    let pages = fs::read_dir(desk.path("pages/man1")).unwrap().count();
    assert!(pages > 10, "{pages} pages");
    assert!(
        desk.read("pages/man1/sendcontact-send.1")
            .contains("\\-\\-address\\-as")
    );
}

/// A program that writes what it is told into a file.
#[cfg(unix)] // It is a script of a POSIX shell.
fn notice(desk: &Desk, end: &str) {
    let script = format!(
        "#!/bin/sh\n{{ echo \"$SENDCONTACT_EXIT $SENDCONTACT_CAMPAIGN $GREEN_API_TOKEN $*\"; cat; }} > notice.txt\necho heard\n{end}\n"
    );
    let path = desk.write("notice.sh", script);
    chmod(&path, 0o755);
}

#[cfg(unix)] // It runs a script of a POSIX shell.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn the_end_of_a_run_is_told_to_a_command_that_cannot_change_it() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(3));
    notice(&desk, "exit 0");
    let command = ["--notify-command", "./notice.sh", "-s", "the end"];
    let send = |more: &[&str]| {
        desk.run_to(
            &service,
            &[&["send", "list.csv", "--json"], more, &command].concat(),
        )
    };
    let ran = send(&["--limit", "2"]);
    assert_eq!(
        (ran.code, ran.json()["exit"].clone()),
        (0, 0.into()),
        "{ran:?}"
    );
    assert!(
        ran.stderr.contains("heard"),
        "what the command prints is talk: {ran:?}"
    );
    let told = desk.read("notice.txt");
    let mut lines = told.lines();
    assert_eq!(lines.next(), Some("0 list  -s the end"), "{told}");
    assert_eq!(
        told.lines().skip(1).collect::<Vec<_>>(),
        desk.run(&["status", "list", "--brief"])
            .stdout
            .lines()
            .collect::<Vec<_>>()
    );
    notice(&desk, "exit 3");
    let ran = send(&[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stderr
            .contains("--notify-command: ./notice.sh exited with 3"),
        "{ran:?}"
    );
    let ran = desk.run_to(
        &service,
        &[
            "send",
            "missing.csv",
            "--notify-command",
            "./notice.sh",
            ";",
        ],
    );
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(
        desk.read("notice.txt").starts_with("3   \nmissing.csv"),
        "{}",
        desk.read("notice.txt")
    );
    let ran = desk.run_to(
        &service,
        &[
            "send",
            "--notify-command",
            "no-such-program",
            ";",
            "list.csv",
        ],
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stderr.contains("no-such-program cannot be run"),
        "{ran:?}"
    );
    std::fs::remove_file(desk.path("notice.txt")).unwrap();
    send(&["--dry-run"]);
    assert!(!desk.path("notice.txt").exists(), "a dry run is no run");
}

#[cfg(unix)] // It runs a POSIX shell and sends a signal.
#[test]
fn whoever_waits_for_the_command_that_is_told_of_the_end_can_break_it_off() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(1));
    for signal in ["INT", "TERM"] {
        let words = format!("kill -{signal} $PPID; sleep 40; :");
        let ran = desk.run_to(
            &service,
            &["send", "list.csv", "--notify-command", "sh", "-c", &words],
        );
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stderr.contains("sh exited with signal: 9"), "{ran:?}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_log_names_rows_and_no_people_and_is_kept_from_run_to_run() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(2));
    let ran = desk.run_to(
        &service,
        &[
            "send",
            "list.csv",
            "--log-file",
            "run.log",
            "--quiet",
            "--limit",
            "1",
        ],
    );
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let ran = desk.run_to(
        &service,
        &["send", "list.csv", "--log-file", "run.log", "--log-json"],
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    let log = desk.read("run.log");
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 6, "{log}");
    for (line, words) in lines.iter().zip([
        "INFO sendcontact 0.1.0 begins: send",
        "INFO row 2: accepted",
        "INFO send ends with exit code 0, rows 2: accepted 1, pending 1. The limit of this run (--limit) is reached.",
    ]) {
        assert!(line.ends_with(words), "{log}");
    }
    let json = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    assert_eq!(json(lines[4])["message"], "row 3: accepted");
    assert_eq!(
        (
            &json(lines[5])["level"],
            json(lines[5])["timestamp"].is_string()
        ),
        (&"INFO".into(), true)
    );
    assert!(
        !log.contains("7900000000") && !log.contains("Гость"),
        "{log}"
    );
    #[cfg(unix)] // Windows has no modes.
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(desk.path("run.log"))
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o600
        );
    }
    desk.write(
        "c.vcf",
        "BEGIN:VCARD\nVERSION:3.0\nFN:Гость\nTEL:+79001234568\nEND:VCARD\n",
    );
    let number = [
        "send",
        "--recipients",
        "+7 916 123 45 6",
        "--contacts",
        "c.vcf",
        "--log-file",
        "wrong.log",
    ];
    desk.write("bare.csv", "79161234567,Мария Орлова\n79161234568,Пётр\n");
    let bare = [
        "send",
        "bare.csv",
        "--map",
        "phoneContact=Z",
        "--log-file",
        "wrong.log",
    ];
    for wrong in [&number[..], &bare] {
        assert!([2, 3].contains(&desk.run_to(&service, wrong).code));
    }
    let wrong = desk.read("wrong.log");
    assert_eq!(wrong.matches("ERROR").count(), 2, "{wrong}");
    assert!(
        !wrong.contains("916 123") && !wrong.contains("79161") && !wrong.contains("Орлова"),
        "{wrong}"
    );
    let track = desk.run_to(
        &service,
        &["track", "list", "--log-file", "run.log", "--quiet"],
    );
    assert!(
        desk.read("run.log")
            .contains(&format!("track ends with exit code {}", track.code))
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_log_that_would_destroy_something_or_cannot_be_written_is_refused() {
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    for name in [
        "list.csv",
        "list-simulated.ledger",
        "./list-simulated-results.csv",
    ] {
        let ran = desk.run(&["send", "list.csv", "--simulate", "--log-file", name]);
        assert_eq!(ran.code, 2, "{ran:?}");
    }
    assert_eq!(desk.read("list.csv"), table(1));
    assert_eq!(
        desk.run(&["send", "list.csv", "--simulate", "--quiet"])
            .code,
        0
    );
    let ends = ["", "-lock", "-wal", "-shm", "-control"]
        .map(|ending| format!("list-simulated.ledger{ending}"));
    let names = ends.iter().map(String::as_str);
    let before = |name: &str| fs::read(desk.path(name)).ok();
    for name in names {
        for command in [
            &["send", "list.csv", "--simulate"][..],
            &["track", "list-simulated"],
            &["reconcile", "list-simulated"],
        ] {
            let was = before(name);
            let ran = desk.run(&[command, &["--log-file", name]].concat());
            assert_eq!(ran.code, 2, "{command:?} {name}: {ran:?}");
            assert!(ran.stderr.contains("choose another name"), "{ran:?}");
            assert!(before(name) == was, "{command:?} {name}");
        }
    }
    desk.write("token", TOKEN);
    desk.write("mine.toml", "rate = 40\n");
    let send = [
        "send",
        "list.csv",
        "--simulate",
        "--token-file",
        "token",
        "--settings",
        "mine.toml",
        "--log-file",
    ];
    for (name, code) in [
        ("token", 2),
        ("mine.toml", 2),
        (".", 1),
        ("no/such/folder/log", 1),
        ("run.log", 0),
    ] {
        assert_eq!(
            desk.run(&[&send[..], &[name]].concat()).code,
            code,
            "{name}"
        );
    }
    assert_eq!(desk.read("token"), TOKEN);
    #[cfg(unix)] // Windows lets few users make links.
    {
        std::os::unix::fs::symlink("run.log", desk.path("link.log")).unwrap();
        let linked = desk.run(&[&send[..], &["link.log"]].concat());
        assert!(
            linked.code == 1 && linked.stderr.contains("not a plain file"),
            "{linked:?}"
        );
    }
}

#[test]
fn a_log_is_not_added_to_a_file_that_is_no_log() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(1));
    let person = "79001234567;Мария Орлова\n";
    let workbook = b"PK\x03\x04\x14\x00\x00\x00\n".to_vec();
    let foreign = "2026-11-30T20:41:47Z GET /index.html 200\n";
    for other in [person.as_bytes(), &workbook, b"\n", foreign.as_bytes()] {
        desk.write("other", other);
        for (lang, words) in [
            ("en", "other is not empty and not a log of sendcontact"),
            ("ru", "other — не пустой файл и не журнал sendcontact"),
        ] {
            let send = ["send", "list.csv", "--lang", lang, "--log-file", "other"];
            let ran = desk.run_to(&service, &send);
            assert!(ran.code == 2 && ran.stderr.contains(words), "{ran:?}");
        }
        assert_eq!(fs::read(desk.path("other")).unwrap(), other);
    }
    desk.write("sendcontact.toml", "rate = 40\nlog-file = \"other\"\n");
    let ran = desk.run_to(&service, &["send", "list.csv"]);
    assert!(
        ran.code == 2 && ran.stderr.contains("sendcontact.toml:2"),
        "{ran:?}"
    );
    assert!(service.received().is_empty() && !desk.path("list.ledger").exists());
    // An empty file, and what is left of a log of either form after its beginning was cut off.
    for json in [&[][..], &["--log-json"]] {
        desk.write("other", "");
        let again = [&["send", "list.csv"][..], json].concat();
        assert_eq!(desk.run_to(&service, &again).code, 0);
        let log = desk.read("other");
        let (first, rest) = log.split_once('\n').unwrap();
        desk.write("other", format!("{}\n{rest}", &first[first.len() - 7..]));
        for command in ["send", "track", "reconcile"] {
            let name = if command == "send" {
                "list.csv"
            } else {
                "list"
            };
            let ran = desk.run_to(&service, &[command, name, "--log-file", "other"]);
            assert!(!ran.stderr.contains("not a log"), "{ran:?}");
            assert!(
                desk.read("other")
                    .contains(&format!("{command} ends with exit code {}", ran.code))
            );
        }
    }
    desk.write("other", person);
    for command in ["track", "reconcile"] {
        let ran = desk.run_to(&service, &[command, "list", "--log-file", "other"]);
        assert!(ran.code == 2 && ran.stderr.contains("not a log"), "{ran:?}");
    }
    assert_eq!(desk.read("other"), person);
}

#[test]
fn a_length_of_time_that_no_clock_can_count_is_refused() {
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    assert_eq!(
        desk.run(&["send", "list.csv", "--simulate", "--quiet"])
            .code,
        0
    );
    let service = Service::accepting();
    for option in [
        &["send", "list.csv", "--retry-for"][..],
        &["send", "list.csv", "--timeout"],
        &["send", "list.csv", "--until"],
        &["track", "list-simulated", "--watch", "--for"],
        &["reconcile", "list-simulated", "--wait"],
    ] {
        for time in [
            "9223372036854775807s",
            "9223372036854775807",
            "101 years",
            "36501d",
        ] {
            let ran = desk.run_to(&service, &[option, &[time]].concat());
            assert_eq!(ran.code, 2, "{option:?} {time}: {ran:?}");
        }
    }
    for arguments in [
        &["send", "list.csv"][..],
        &["track", "list-simulated"],
        &["reconcile", "list-simulated"],
    ] {
        let ran = desk.run_to(&service, &[arguments, &["--timeout", "0s"]].concat());
        assert_eq!(ran.code, 2, "no request can be answered at once: {ran:?}");
    }
    assert!(service.received().is_empty());
    let ran = desk.run_to(
        &service,
        &["send", "list.csv", "--retry-for", "9000000000000s"],
    );
    assert!(ran.stderr.contains("longer than 100 years"), "{ran:?}");
    let longest = [
        "--until",
        "870000h",
        "--retry-for",
        "870000h",
        "--timeout",
        "870000h",
    ];
    let ran = desk.run(
        &[
            &["send", "list.csv", "--campaign", "new", "--simulate"],
            &longest[..],
        ]
        .concat(),
    );
    assert_eq!(ran.code, 0, "{ran:?}");
}
