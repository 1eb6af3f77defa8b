//! What a scheduler gets: exact text for each, which systemd's own checker accepts, and never a token.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{fs, path::PathBuf, process::Command};

use stand_in::{Desk, ID, Ran, TOKEN, table};

/// A desk with a list and a token, whose folder has a name that needs quotes.
struct Office {
    desk: Desk,
    folder: PathBuf,
}

impl Office {
    fn new() -> Self {
        let desk = Desk::new();
        let folder = desk.path("my \"lists\" & 5%");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("list.csv"), table(1)).unwrap();
        fs::write(folder.join("token"), TOKEN).unwrap();
        Self {
            desk,
            folder: folder.canonicalize().unwrap(),
        }
    }

    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = self.desk.command(&[&["schedule"], arguments].concat());
        command
            .current_dir(&self.folder)
            .env("HOME", self.desk.path("home"))
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("SENDCONTACT_STATE_DIR");
        let ran = Ran::of(command.envs(variables.iter().copied()).output().unwrap());
        assert!(!format!("{ran:?}").contains(TOKEN), "{ran:?}");
        ran
    }

    /// Writes the settings file, and trusts it.
    fn settings(&self, text: &str) {
        fs::write(self.folder.join("sendcontact.toml"), text).unwrap();
        self.trust();
    }

    fn trust(&self) {
        let mut command = self.desk.command(&["trust"]);
        command
            .current_dir(&self.folder)
            .env("HOME", self.desk.path("home"))
            .env_remove("XDG_CONFIG_HOME");
        let ran = Ran::of(command.output().unwrap());
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    /// What is printed, with words for the paths of this machine.
    fn printed(&self, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let ran = self.run(arguments, variables);
        assert_eq!(ran.code, 0, "{ran:?}");
        let program = self
            .desk
            .command(&[])
            .get_program()
            .to_string_lossy()
            .into_owned();
        ran.stdout
            .replace(&program, "/bin/sendcontact")
            .replace(self.desk.folder.path().to_str().unwrap(), "/desk")
    }
}

const SEND: [&str; 8] = [
    "--",
    "send",
    "list.csv",
    "--token-file",
    "token",
    "--map",
    "firstName=Имя 5%",
    "--id-instance=1",
];

fn with<'a>(options: &[&'a str]) -> Vec<&'a str> {
    [options, &SEND].concat()
}

#[cfg(unix)] // The folder has a name that Windows refuses.
#[test]
fn systemd_is_given_a_service_and_a_timer() {
    let office = Office::new();
    let arguments = with(&[
        "--every",
        "weekdays",
        "--at",
        "15:30",
        "--at",
        "10:00",
        "--time-zone",
        "Europe/Moscow",
        "--as",
        "systemd",
    ]);
    assert_eq!(
        office.printed(&arguments, &[]),
        "# /desk/home/.config/systemd/user/sendcontact-list.service
[Unit]
Description=sendcontact-list

[Service]
Type=oneshot
WorkingDirectory=/desk/my \"lists\" & 5%%
ExecStart=/bin/sendcontact send list.csv --token-file token --map \"firstName=Имя 5%%\" --id-instance=1
SuccessExitStatus=4 5 11 130
UMask=0077

# /desk/home/.config/systemd/user/sendcontact-list.timer
[Unit]
Description=sendcontact-list: when

[Timer]
OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 10:00:00 Europe/Moscow
OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 15:30:00 Europe/Moscow
Persistent=true

[Install]
WantedBy=timers.target

"
    );
}

#[cfg(unix)] // The folder has a name that Windows refuses.
#[test]
fn cron_is_given_a_line_a_time() {
    let office = Office::new();
    let arguments = with(&[
        "--every",
        "sun,wed",
        "--at",
        "09:05",
        "--time-zone",
        "Asia/Omsk",
        "--as",
        "cron",
        "--name",
        "x",
    ]);
    assert_eq!(
        office.printed(&arguments, &[]),
        "CRON_TZ=Asia/Omsk
5 9 * * 0,3 umask 077 && cd '/desk/my \"lists\" & 5\\%' && /bin/sendcontact send list.csv --token-file token --map \
'firstName=Имя 5\\%' --id-instance=1 >> '/desk/my \"lists\" & 5\\%/x.log' 2>&1
"
    );
    let plain = with(&["--every", "day", "--at", "10:00", "--as", "cron"]);
    let ran = office.run(&plain, &[]);
    assert!(
        ran.code == 0 && !ran.stderr.contains("CRON_TZ"),
        "without a zone there is no such line: {ran:?}"
    );
}

#[cfg(unix)] // It expects paths with slashes.
#[test]
fn windows_is_given_a_command_a_time() {
    let office = Office::new();
    let folder = office.desk.path("a & b");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("list.csv"), table(1)).unwrap();
    let run = |more: &[&str]| {
        let usual = [
            "schedule", "--every", "sat,mon", "--at", "10:00", "--as", "windows",
        ];
        let mut command = office.desk.command(&[&usual[..], more].concat());
        // A short name keeps the command within what schtasks takes.
        command
            .current_dir(&folder)
            .env_remove("SENDCONTACT_STATE_DIR")
            .env_remove("XDG_CONFIG_HOME");
        Ran::of(command.output().unwrap())
    };
    let send = ["--", "send", "list.csv", "--simulate", "--campaign"];
    let program = office
        .desk
        .command(&[])
        .get_program()
        .to_string_lossy()
        .into_owned();
    let at = folder
        .canonicalize()
        .unwrap()
        .display()
        .to_string()
        .replace('&', "^&");
    let expected = |name: &str, time: &str, campaign: &str| {
        format!(
            "schtasks /Create /TN \"sendcontact-{name}\" /SC WEEKLY /D MON,SAT /ST {time} /TR \"cmd /c cd /d \
             \\\"{at}\\\" && {program} send list.csv --simulate --campaign {campaign}\"\n"
        )
    };
    let one = run(&[&send[..], &["x"]].concat());
    assert_eq!((one.code, one.stdout), (0, expected("x", "10:00", "x")));
    let two = run(&[&["--at", "15:30"][..], &send, &["x"]].concat());
    let both = expected("x-1000", "10:00", "x") + &expected("x-1530", "15:30", "x");
    assert_eq!((two.code, two.stdout), (0, both));
    let long = "x".repeat(300);
    for (wrong, words) in [
        (
            [&["--time-zone", "UTC"][..], &send, &["x"]].concat(),
            "--time-zone",
        ),
        ([&send[..], &["5%"]].concat(), "sendcontact.toml"),
        ([&send[..], &[long.as_str()]].concat(), "261"),
    ] {
        let ran = run(&wrong);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
        assert!(ran.stderr.contains(words), "{ran:?}");
    }
}

#[test]
fn what_only_this_shell_knows_goes_along_and_a_token_never_does() {
    let office = Office::new();
    let when = [
        "--every", "day", "--at", "10:00", "--as", "cron", "--", "send", "list.csv",
    ];
    let shell = [
        ("GREEN_API_ID_INSTANCE", ID),
        ("GREEN_API_TOKEN_FILE", "token"),
        ("GREEN_API_URL", "https://1.example"),
    ];
    let words = format!(
        "send --id-instance {ID} --api-url https://1.example --token-file token list.csv >>"
    );
    for more in [None, Some(("GREEN_API_TOKEN", TOKEN))] {
        let shell: Vec<_> = shell.into_iter().chain(more).collect();
        let line = office.printed(&when, &shell);
        assert!(line.contains(&words), "{line}");
    }
    for variables in [&[("GREEN_API_TOKEN", TOKEN)][..], &[]] {
        let ran = office.run(&when, variables);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
        assert!(ran.stderr.contains("--token-file"), "{ran:?}");
    }
    office.settings("id-instance = 1\ntoken-file = \"token\"\nlang = \"ru\"\n");
    for token in ["", TOKEN] {
        let line = office.printed(
            &when,
            &[("GREEN_API_TOKEN", token), ("LANG", "ru_RU.UTF-8")],
        );
        let words = "/bin/sendcontact send list.csv";
        assert!(line.contains(words), "{line}");
    }
    assert!(office.run(&[&when[..], &["--simulate"]].concat(), &[]).code == 0);
}

#[cfg(unix)] // Its settings are in XDG_CONFIG_HOME.
#[test]
fn a_scheduled_run_finds_the_trust_of_this_shell_and_asks_for_it_each_time() {
    let office = Office::new();
    let settings = "id-instance = 1\ntoken-file = \"token\"\n";
    fs::write(office.folder.join("sendcontact.toml"), settings).unwrap();
    let config = office.desk.path("own");
    let run = |arguments: &[&str]| {
        let mut command = office.desk.command(arguments);
        command
            .current_dir(&office.folder)
            .env("XDG_CONFIG_HOME", &config);
        Ran::of(command.output().unwrap())
    };
    let when = [
        "schedule", "--every", "day", "--at", "10:00", "--as", "cron", "--", "send", "list.csv",
    ];
    let refused = run(&when);
    assert!(
        refused.code == 2 && refused.stderr.contains("sendcontact trust"),
        "{refused:?}"
    );
    assert_eq!(run(&["trust"]).code, 0);
    let line = run(&when).stdout;
    let own = format!("XDG_CONFIG_HOME={}", config.display());
    assert!(
        line.contains(&own) && !line.contains("--settings"),
        "{line}"
    );
    let unit = run(&[&when[..6], &["systemd"], &when[7..]].concat()).stdout;
    assert!(
        unit.contains(&format!("Environment=\"{own}\""))
            || unit.contains(&format!("Environment={own}")),
        "{unit}"
    );
    fs::write(
        office.folder.join("sendcontact.toml"),
        format!("{settings}rate = 1\n"),
    )
    .unwrap();
    assert_eq!(run(&when).code, 2, "the file has changed");
}

const TWO_PROFILES: &str = "[profiles.a]\nid-instance = 1\ntoken-file = \"token\"\n\
                            [profiles.b]\nid-instance = 2\ntoken-file = \"token\"\n";

#[test]
fn the_settings_file_and_the_profile_named_to_schedule_count_for_what_is_to_run() {
    let office = Office::new();
    office.settings(TWO_PROFILES);
    fs::write(office.folder.join("other.toml"), TWO_PROFILES).unwrap();
    let usual = ["--every", "day", "--at", "10:00", "--as", "cron"];
    for (before, behind, words) in [
        (
            &["--profile", "b"][..],
            &["send", "list.csv"][..],
            " --profile b send list.csv >>".to_owned(),
        ),
        (
            &["--profile", "b", "--settings", "other.toml"],
            &["send", "list.csv"],
            " --settings other.toml --profile b send list.csv >>".to_owned(),
        ),
        (
            &["--profile", "b"],
            &["send", "--profile", "a", "list.csv"],
            "send --profile a list.csv".to_owned(),
        ),
        (
            &["--no-settings"],
            &[
                "send",
                "list.csv",
                "--token-file",
                "token",
                "--id-instance",
                "1",
            ],
            " --no-settings send list.csv --token-file token --id-instance 1 >>".to_owned(),
        ),
    ] {
        let line = office.printed(&[&usual, before, &["--"], behind].concat(), &[]);
        assert!(line.contains(&words), "{words} is missing in {line}");
    }
    for (before, words) in [
        (&["--profile", "none"][..], "none"),
        (&["--settings", "none.toml"], "none.toml"),
        (&["--no-settings"], "--token-file"),
        (&["--no-settings", "--profile", "b"], "\"b\""),
    ] {
        let ran = office.run(&[&usual, before, &["--", "send", "list.csv"]].concat(), &[]);
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (2, ""),
            "{before:?} {ran:?}"
        );
        assert!(ran.stderr.contains(words), "{before:?} {ran:?}");
    }
}

#[cfg(unix)] // It runs a POSIX shell.
#[test]
fn a_line_runs_wherever_its_options_stand() {
    let office = Office::new();
    office.settings(TWO_PROFILES);
    for options in [
        &["--lang", "ru"][..],
        &["--profile", "send", "--settings", "send.toml"],
        &["--lang=ru", "--no-settings"],
        &["--profile=b", "--lang", "en"],
    ] {
        let sends = "[profiles.send]\nid-instance = 1\ntoken-file = \"token\"\n";
        fs::write(office.folder.join("send.toml"), sends).unwrap();
        let when = ["--every", "day", "--at", "10:00", "--as", "cron", "--"];
        let send = ["send", "list.csv", "--simulate"];
        let shell = [
            ("GREEN_API_URL", "http://127.0.0.1:1"),
            ("LANG", "ru_RU.UTF-8"),
        ];
        let printed = office.run(&[&when, options, &send].concat(), &shell);
        assert_eq!(printed.code, 0, "{options:?} {printed:?}");
        let (_, command) = printed.stdout.split_once("* * * ").unwrap();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &command.replace("\\%", "%")])
            .env_remove("XDG_CONFIG_HOME");
        let ran = shell
            .env("HOME", office.desk.path("home"))
            .output()
            .unwrap();
        let log = fs::read_to_string(office.folder.join("sendcontact-list-simulated.log"))
            .unwrap_or_default();
        assert!(ran.status.success(), "{options:?} {command} {log}");
    }
}

#[test]
fn a_line_that_would_send_from_elsewhere_than_this_shell_is_refused() {
    let office = Office::new();
    let named = "[instances.a]\nid-instance = 1\ntoken-file = \"token\"\n\
                 [instances.b]\nid-instance = 2\ntoken-file = \"token\"\n";
    let when = ["--every", "day", "--at", "10:00", "--as", "cron", "--"];
    let send = ["send", "list.csv", "--instance", "a", "--instance", "b"];
    let arguments = [&when[..], &send].concat();
    let shell = [
        ("GREEN_API_ID_INSTANCE", "9"),
        ("GREEN_API_TOKEN_FILE", "token"),
    ];
    office.settings(named);
    let line = office.printed(&arguments, &shell);
    assert!(
        line.contains("--instance a --instance b") && !line.contains("--id-instance"),
        "{line}"
    );
    let addressed = format!("{named}api-url = \"https://2.example\"\n");
    office.settings(&addressed);
    let ran = office.run(&arguments, &[("GREEN_API_URL", "https://1.example")]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
    assert!(ran.stderr.contains("another address"), "{ran:?}");
}

#[cfg(unix)] // It makes a link.
#[test]
fn a_settings_file_that_is_a_link_keeps_its_place() {
    let office = Office::new();
    fs::create_dir(office.folder.join("dot")).unwrap();
    let settings = "id-instance = 1\ntoken-file = \"token\"\nsuppress = [\"list.csv\"]\n";
    fs::write(office.folder.join("dot/sendcontact.toml"), settings).unwrap();
    std::os::unix::fs::symlink(
        "dot/sendcontact.toml",
        office.folder.join("sendcontact.toml"),
    )
    .unwrap();
    office.trust();
    let arguments = [
        "--every", "day", "--at", "10:00", "--as", "systemd", "--", "send", "list.csv",
    ];
    let unit = office.printed(&arguments, &[]);
    assert!(unit.contains("/bin/sendcontact send list.csv\n"), "{unit}");
}

fn refused_each_night<'a>(send: &[&'a str]) -> Vec<&'a str> {
    [
        &[
            "--every", "day", "--at", "10:00", "--as", "cron", "--", "send",
        ],
        send,
    ]
    .concat()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_cannot_be_scheduled_is_refused() {
    let office = Office::new();
    let instances = "[instances.a]\nid-instance = 1\ntoken-file = \"token\"\n[instances.b]\ntoken-file = \"token\"\n";
    office.settings(instances);
    let usual = ["--every", "day", "--at", "10:00", "--as", "cron"];
    for (arguments, words) in [
        (vec!["--every", "day", "--at", "10:00"], "COMMAND"),
        (
            vec!["--every", "someday", "--at", "10:00", "--", "send"],
            "someday",
        ),
        (
            vec!["--every", "day", "--at", "25:00", "--", "send"],
            "25:00",
        ),
        (vec!["--every", "day", "--", "send"], "--at"),
        (
            [&usual[..], &["--", "status"]].concat(),
            "only send and track",
        ),
        (
            [&usual[..], &["--", "sendcontact", "send", "list.csv"]].concat(),
            "leave out the word sendcontact",
        ),
        (
            [&usual[..], &["--", "send", "list.csv", "--no-such-option"]].concat(),
            "--no-such-option",
        ),
        (
            [&usual[..], &["--", "send", "a\nb.csv", "--simulate"]].concat(),
            "a\\nb.csv",
        ),
        (
            [
                &usual[..],
                &[
                    "--time-zone",
                    "UTC+5",
                    "--",
                    "send",
                    "list.csv",
                    "--simulate",
                ],
            ]
            .concat(),
            "Europe/Moscow",
        ),
        (
            [
                &usual[..],
                &["--name", "a b", "--", "send", "list.csv", "--simulate"],
            ]
            .concat(),
            "Latin",
        ),
        (
            refused_each_night(&["none.csv", "--simulate"]),
            "would not find \"none.csv\"",
        ),
        (
            refused_each_night(&["list.csv", "--token-file", "token"]),
            "has a, b: --instance NAME",
        ),
        (
            refused_each_night(&["list.csv", "--token-file", "none", "--id-instance", "1"]),
            "none",
        ),
        (
            refused_each_night(&["list.csv", "--token-file", "token", "--id-instance", "x"]),
            "digits",
        ),
        (
            refused_each_night(&["list.csv", "--simulate", "--window", "99"]),
            "--window: ",
        ),
        (
            refused_each_night(&["list.csv", "--simulate", "--start-at", "never"]),
            "--start-at: ",
        ),
        (
            refused_each_night(&["list.csv", "--simulate", "--until", "25:00"]),
            "--until: ",
        ),
        (
            refused_each_night(&["list.csv", "--simulate", "--holidays", "none"]),
            "--holidays none",
        ),
        (
            refused_each_night(&["list.csv", "--simulate", "--warm-up", "x"]),
            "--warm-up: ",
        ),
        (
            refused_each_night(&["list.csv", "--simulate", "--spacing", "20s..8s"]),
            "--spacing: ",
        ),
        (
            refused_each_night(&["list.csv", "--simulate", "--days", "xx"]),
            "--days: ",
        ),
        (
            refused_each_night(&["list.csv", "--simulate", "--time-zone", "Mars"]),
            "--time-zone: ",
        ),
        (
            refused_each_night(&["list.csv", "--instance", "a", "--instance", "b"]),
            "instance b has no id",
        ),
    ] {
        let ran = office.run(&arguments, &[]);
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (2, ""),
            "{arguments:?} {ran:?}"
        );
        assert!(ran.stderr.contains(words), "{arguments:?} {ran:?}");
    }
}

#[test]
fn a_run_that_would_begin_after_its_end_is_not_scheduled() {
    let office = Office::new();
    for (at, send, is_refused) in [
        (
            &["--at", "10:00"][..],
            &["--until", "2020-01-01 18:00"][..],
            true,
        ),
        (&["--at", "19:00"], &["--until", "18:00"], true),
        (
            &["--at", "10:00"],
            &[
                "--start-at",
                "2100-01-02 10:00",
                "--until",
                "2100-01-01 10:00",
            ],
            true,
        ),
        (
            &["--time-zone", "Asia/Tokyo", "--at", "10:00"],
            &["--time-zone", "UTC", "--until", "00:30"],
            true,
        ),
        (
            &["--time-zone", "Asia/Tokyo", "--at", "10:00"],
            &["--time-zone", "UTC", "--until", "02:00"],
            false,
        ),
        (&["--at", "10:00"], &["--until", "18:00"], false),
        (
            &["--at", "10:00", "--at", "19:00"],
            &["--until", "18:00"],
            false,
        ),
        (&["--at", "10:00"], &["--until", "2100-01-01 10:00"], false),
        (
            &["--at", "10:00"],
            &["--start-at", "2100-01-01 10:00", "--until", "3h"],
            false,
        ),
        (
            &["--at", "15:00"],
            &["--window", "22:00-02:00", "--until", "01:00"],
            false,
        ),
    ] {
        let line = ["--as", "cron", "--", "send", "list.csv", "--simulate"];
        let ran = office.run(&[&["--every", "mon"], at, &line, send].concat(), &[]);
        let code = if is_refused { 2 } else { 0 };
        assert_eq!(ran.code, code, "{at:?} {send:?} {ran:?}");
        assert_eq!(ran.stdout.is_empty(), is_refused, "{at:?} {send:?} {ran:?}");
        assert!(
            !is_refused || ran.stderr.contains("give a later --until"),
            "{ran:?}"
        );
    }
}

#[cfg(unix)] // The folder has a name that Windows refuses.
#[test]
fn the_time_zone_of_this_shell_goes_along() {
    let office = Office::new();
    let printed = |scheduler: &'static str, zone| {
        let usual = with(&["--every", "day", "--at", "10:00", "--as", scheduler]);
        office.printed(&usual, &[("TZ", zone)])
    };
    let unit = printed("systemd", "Asia/Tokyo");
    assert!(unit.contains("\nEnvironment=TZ=Asia/Tokyo\n"), "{unit}");
    let line = printed("cron", "Asia/Tokyo");
    assert!(line.contains(" && env TZ=Asia/Tokyo /"), "{line}");
    assert!(!printed("systemd", "").contains("TZ="));
}

#[cfg(unix)] // The folder has a name that Windows refuses.
#[test]
fn the_folder_of_the_send_history_goes_along() {
    let office = Office::new();
    let state = office.desk.path("my state 5%");
    let told = state.to_str().unwrap();
    let usual =
        |scheduler: &'static str| with(&["--every", "day", "--at", "10:00", "--as", scheduler]);
    for (name, folder, written) in [
        ("SENDCONTACT_STATE_DIR", told, "/desk/my state 5"),
        (
            "SENDCONTACT_STATE_DIR",
            "here",
            "/desk/my \"lists\" & 5%/here",
        ),
        ("XDG_STATE_HOME", told, "/desk/my state 5"),
    ] {
        let unit = office.printed(&usual("systemd"), &[(name, folder)]);
        let written = written.replace('"', "\\\"").replace('%', "%%");
        assert!(
            unit.contains(&format!("\nEnvironment=\"SENDCONTACT_STATE_DIR={written}")),
            "{unit}"
        );
        let line = office.printed(&usual("cron"), &[(name, folder)]);
        assert!(
            line.contains(" && env 'SENDCONTACT_STATE_DIR=/desk/my "),
            "{line}"
        );
        let windows = office.run(&usual("windows"), &[(name, folder)]);
        assert_eq!(
            (windows.code, windows.stdout.as_str()),
            (2, ""),
            "{windows:?}"
        );
        assert!(
            windows.stderr.contains("setx SENDCONTACT_STATE_DIR"),
            "{windows:?}"
        );
    }
}

/// The run of a checker that says nothing against the file.
fn accepts(command: &mut Command) {
    let ran = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?} is not on this machine: {error}"));
    let ran = Ran::of(ran);
    assert!(
        ran.code == 0 && ran.stderr.is_empty(),
        "{command:?} {ran:?}"
    );
}

#[cfg(unix)] // systemd is on Linux.
#[test]
#[ignore = "needs systemd-analyze (systemd)"]
fn systemd_s_own_checker_accepts_what_is_printed() {
    let office = Office::new();
    let units = office.desk.path("units");
    fs::create_dir(&units).unwrap();
    for days in ["day", "weekdays", "mon,wed,sun"] {
        let options = [
            "--every",
            days,
            "--at",
            "10:00",
            "--time-zone",
            "Europe/Moscow",
            "--as",
            "systemd",
        ];
        let printed = office.run(&with(&options), &[]).stdout;
        let (service, timer) = printed.split_at(printed.rfind("\n# ").unwrap() + 1);
        let files = [("service", service), ("timer", timer)].map(|(kind, text)| {
            let path = units.join(format!("sendcontact-list.{kind}"));
            fs::write(&path, text).unwrap();
            path
        });
        let mut verify = Command::new("systemd-analyze");
        verify.env("XDG_RUNTIME_DIR", office.desk.folder.path());
        accepts(verify.args(["--user", "verify"]).args(files));
    }
}
