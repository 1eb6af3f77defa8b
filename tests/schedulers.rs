//! What a scheduler is given: exact files for each, which the systems' own checkers accept, and never
//! a token.

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
        Self { desk, folder: folder.canonicalize().unwrap() }
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
        command.current_dir(&self.folder).env("HOME", self.desk.path("home")).env_remove("XDG_CONFIG_HOME");
        let ran = Ran::of(command.output().unwrap());
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    /// What is printed, with words for the paths of this machine.
    fn printed(&self, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let ran = self.run(arguments, variables);
        assert_eq!(ran.code, 0, "{ran:?}");
        let program = self.desk.command(&[]).get_program().to_string_lossy().into_owned();
        ran.stdout
            .replace(&program, "/bin/sendcontact")
            .replace(self.desk.folder.path().to_str().unwrap(), "/desk")
    }
}

const SEND: [&str; 8] =
    ["--", "send", "list.csv", "--token-file", "token", "--map", "firstName=Имя 5%", "--id-instance=1"];

fn with<'a>(options: &[&'a str]) -> Vec<&'a str> {
    [options, &SEND].concat()
}

#[cfg(unix)]
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
X-Ledger=\"/desk/my \\\"lists\\\" & 5%%/list.ledger\"

# /desk/home/.config/systemd/user/sendcontact-list.timer
[Unit]
Description=sendcontact-list: when

[Timer]
OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 10:00:00 Europe/Moscow
OnCalendar=Mon,Tue,Wed,Thu,Fri *-*-* 15:30:00 Europe/Moscow
Persistent=true
X-Ledger=\"/desk/my \\\"lists\\\" & 5%%/list.ledger\"

[Install]
WantedBy=timers.target

"
    );
}

#[cfg(unix)]
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
}

#[cfg(unix)]
#[test]
fn windows_is_given_a_task() {
    let office = Office::new();
    let task = office.printed(&with(&["--every", "sat,mon", "--at", "10:00", "--as", "windows"]), &[]);
    assert!(task.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Task version=\"1.2\""), "{task}");
    for part in [
        "T10:00:00</StartBoundary>",
        "<DaysOfWeek>\n          <Monday />\n          <Saturday />\n        </DaysOfWeek>",
        "<StartWhenAvailable>true</StartWhenAvailable>",
        "<Command>/bin/sendcontact</Command>",
        "<Arguments>send list.csv --token-file token --map &quot;firstName=Имя 5%&quot; --id-instance=1</Arguments>",
        "<WorkingDirectory>/desk/my &quot;lists&quot; &amp; 5%</WorkingDirectory>",
    ] {
        assert!(task.contains(part), "{part} is missing in {task}");
    }
    let zone =
        office.run(&with(&["--every", "day", "--at", "10:00", "--as", "windows", "--time-zone", "UTC"]), &[]);
    assert_eq!(zone.code, 2, "{zone:?}");
}

#[test]
fn what_only_this_shell_knows_goes_along_and_a_token_never_does() {
    let office = Office::new();
    let when = ["--every", "day", "--at", "10:00", "--as", "cron", "--", "send", "list.csv"];
    let shell = [
        ("GREEN_API_ID_INSTANCE", ID),
        ("GREEN_API_TOKEN_FILE", "token"),
        ("GREEN_API_URL", "https://1.example"),
    ];
    let words = format!("send --id-instance {ID} --api-url https://1.example --token-file token list.csv >>");
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
        let line = office.printed(&when, &[("GREEN_API_TOKEN", token), ("LANG", "ru_RU.UTF-8")]);
        let words = "/bin/sendcontact send list.csv";
        assert!(line.contains(words), "{line}");
    }
    assert!(office.run(&[&when[..], &["--simulate"]].concat(), &[]).code == 0);
}

#[cfg(unix)]
#[test]
fn a_scheduled_run_finds_the_trust_of_this_shell_and_asks_for_it_each_time() {
    let office = Office::new();
    let settings = "id-instance = 1\ntoken-file = \"token\"\n";
    fs::write(office.folder.join("sendcontact.toml"), settings).unwrap();
    let config = office.desk.path("own");
    let run = |arguments: &[&str]| {
        let mut command = office.desk.command(arguments);
        command.current_dir(&office.folder).env("XDG_CONFIG_HOME", &config);
        Ran::of(command.output().unwrap())
    };
    let when = ["schedule", "--every", "day", "--at", "10:00", "--as", "cron", "--", "send", "list.csv"];
    let refused = run(&when);
    assert!(refused.code == 2 && refused.stderr.contains("sendcontact trust"), "{refused:?}");
    assert_eq!(run(&["trust"]).code, 0);
    let line = run(&when).stdout;
    let own = format!("XDG_CONFIG_HOME={}", config.display());
    assert!(line.contains(&own) && !line.contains("--settings"), "{line}");
    let unit = run(&[&when[..6], &["systemd"], &when[7..]].concat()).stdout;
    assert!(
        unit.contains(&format!("Environment=\"{own}\"")) || unit.contains(&format!("Environment={own}")),
        "{unit}"
    );
    fs::write(office.folder.join("sendcontact.toml"), format!("{settings}rate = 1\n")).unwrap();
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
        (&["--profile", "b"][..], &["send", "list.csv"][..], " --profile b send list.csv >>".to_owned()),
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
            &["send", "list.csv", "--token-file", "token", "--id-instance", "1"],
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
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{before:?} {ran:?}");
        assert!(ran.stderr.contains(words), "{before:?} {ran:?}");
    }
}

#[cfg(unix)]
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
        let shell = [("GREEN_API_URL", "http://127.0.0.1:1"), ("LANG", "ru_RU.UTF-8")];
        let printed = office.run(&[&when, options, &send].concat(), &shell);
        assert_eq!(printed.code, 0, "{options:?} {printed:?}");
        let (_, command) = printed.stdout.split_once("* * * ").unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", &command.replace("\\%", "%")]).env_remove("XDG_CONFIG_HOME");
        let ran = shell.env("HOME", office.desk.path("home")).output().unwrap();
        let log =
            fs::read_to_string(office.folder.join("sendcontact-list-simulated.log")).unwrap_or_default();
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
    let shell = [("GREEN_API_ID_INSTANCE", "9"), ("GREEN_API_TOKEN_FILE", "token")];
    office.settings(named);
    let line = office.printed(&arguments, &shell);
    assert!(line.contains("--instance a --instance b") && !line.contains("--id-instance"), "{line}");
    let addressed = format!("{named}api-url = \"https://2.example\"\n");
    office.settings(&addressed);
    let ran = office.run(&arguments, &[("GREEN_API_URL", "https://1.example")]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
    assert!(ran.stderr.contains("another address"), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn a_settings_file_that_is_a_link_keeps_its_place() {
    let office = Office::new();
    fs::create_dir(office.folder.join("dot")).unwrap();
    let settings = "id-instance = 1\ntoken-file = \"token\"\nsuppress = [\"list.csv\"]\n";
    fs::write(office.folder.join("dot/sendcontact.toml"), settings).unwrap();
    std::os::unix::fs::symlink("dot/sendcontact.toml", office.folder.join("sendcontact.toml")).unwrap();
    office.trust();
    let arguments = ["--every", "day", "--at", "10:00", "--as", "systemd", "--", "send", "list.csv"];
    let unit = office.printed(&arguments, &[]);
    assert!(unit.contains("/bin/sendcontact send list.csv\n"), "{unit}");
}

fn refused_each_night<'a>(send: &[&'a str]) -> Vec<&'a str> {
    [&["--every", "day", "--at", "10:00", "--as", "cron", "--", "send"], send].concat()
}

#[test]
fn what_cannot_be_scheduled_is_refused() {
    let office = Office::new();
    let instances =
        "[instances.a]\nid-instance = 1\ntoken-file = \"token\"\n[instances.b]\ntoken-file = \"token\"\n";
    office.settings(instances);
    let usual = ["--every", "day", "--at", "10:00", "--as", "cron"];
    for (arguments, words) in [
        (vec!["--every", "day", "--at", "10:00"], "COMMAND"),
        (vec!["--every", "someday", "--at", "10:00", "--", "send"], "someday"),
        (vec!["--every", "day", "--at", "25:00", "--", "send"], "25:00"),
        (vec!["--every", "day", "--", "send"], "--at"),
        ([&usual[..], &["--", "status"]].concat(), "only send and track"),
        ([&usual[..], &["--", "send", "list.csv", "--no-such-option"]].concat(), "--no-such-option"),
        ([&usual[..], &["--", "send", "a\nb.csv", "--simulate"]].concat(), "a\\nb.csv"),
        (
            [&usual[..], &["--time-zone", "UTC+5", "--", "send", "list.csv", "--simulate"]].concat(),
            "Europe/Moscow",
        ),
        ([&usual[..], &["--name", "a b", "--", "send", "list.csv", "--simulate"]].concat(), "Latin"),
        (refused_each_night(&["none.csv", "--simulate"]), "no \"none.csv\""),
        (refused_each_night(&["list.csv", "--token-file", "token"]), "--id-instance"),
        (refused_each_night(&["list.csv", "--token-file", "none", "--id-instance", "1"]), "none"),
        (refused_each_night(&["list.csv", "--token-file", "token", "--id-instance", "x"]), "digits"),
        (refused_each_night(&["list.csv", "--simulate", "--window", "99"]), "--window: "),
        (refused_each_night(&["list.csv", "--simulate", "--start-at", "never"]), "--start-at: "),
        (refused_each_night(&["list.csv", "--simulate", "--until", "25:00"]), "--until: "),
        (refused_each_night(&["list.csv", "--simulate", "--holidays", "none"]), "--holidays none"),
        (refused_each_night(&["list.csv", "--simulate", "--warm-up", "x"]), "--warm-up: "),
        (refused_each_night(&["list.csv", "--simulate", "--spacing", "20s..8s"]), "--spacing: "),
        (refused_each_night(&["list.csv", "--simulate", "--days", "xx"]), "--days: "),
        (refused_each_night(&["list.csv", "--simulate", "--time-zone", "Mars"]), "--time-zone: "),
        (refused_each_night(&["list.csv", "--instance", "a", "--instance", "b"]), "instance b has no id"),
    ] {
        let ran = office.run(&arguments, &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments:?} {ran:?}");
        assert!(ran.stderr.contains(words), "{arguments:?} {ran:?}");
    }
}

#[cfg(unix)]
#[test]
fn installed_files_stand_where_the_scheduler_looks_and_nothing_else_is_done() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::new();
    let arguments = with(&["--every", "day", "--at", "10:00", "--as", "systemd", "--install"]);
    let ran = office.run(&arguments, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
    assert!(ran.stderr.contains("systemctl --user enable --now sendcontact-list.timer"), "{ran:?}");
    for name in ["sendcontact-list.timer", "sendcontact-list.service"] {
        let path = office.desk.path("home/.config/systemd/user").join(name);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert!(!fs::read_to_string(path).unwrap().contains(TOKEN));
    }
    assert_eq!(office.run(&arguments, &[("XDG_CONFIG_HOME", "/proc/no")]).code, 1);
    fs::write(office.folder.join("лето.csv"), table(1)).unwrap();
    fs::write(office.folder.join("зима.csv"), table(1)).unwrap();
    for name in ["лето.csv", "зима.csv"] {
        let ran = office.run(
            &[
                "--every",
                "day",
                "--at",
                "10:00",
                "--as",
                "systemd",
                "--install",
                "--",
                "send",
                name,
                "--simulate",
            ],
            &[],
        );
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    let units = fs::read_dir(office.desk.path("home/.config/systemd/user")).unwrap().count();
    assert_eq!(units, 6, "campaigns of other letters do not take each other's place");
}

#[cfg(unix)]
#[test]
fn the_folder_in_which_cards_are_counted_goes_along() {
    let office = Office::new();
    let state = office.desk.path("my state 5%");
    let told = state.to_str().unwrap();
    let usual = |scheduler: &'static str| with(&["--every", "day", "--at", "10:00", "--as", scheduler]);
    for (name, folder, written) in [
        ("SENDCONTACT_STATE_DIR", told, "/desk/my state 5"),
        ("SENDCONTACT_STATE_DIR", "here", "/desk/my \"lists\" & 5%/here"),
        ("XDG_STATE_HOME", told, "/desk/my state 5"),
    ] {
        let unit = office.printed(&usual("systemd"), &[(name, folder)]);
        let written = written.replace('"', "\\\"").replace('%', "%%");
        assert!(unit.contains(&format!("\nEnvironment=\"SENDCONTACT_STATE_DIR={written}")), "{unit}");
        let line = office.printed(&usual("cron"), &[(name, folder)]);
        assert!(line.contains(" && env 'SENDCONTACT_STATE_DIR=/desk/my "), "{line}");
        let windows = office.run(&usual("windows"), &[(name, folder)]);
        assert_eq!((windows.code, windows.stdout.as_str()), (2, ""), "{windows:?}");
        assert!(windows.stderr.contains("setx SENDCONTACT_STATE_DIR"), "{windows:?}");
    }
}

#[cfg(unix)]
#[test]
fn another_campaign_s_timer_is_never_replaced() {
    let office = Office::new();
    let install = |folder: &str, more: &[&str]| {
        let list = format!("{folder}/list.csv");
        let usual = ["--every", "day", "--at", "10:00", "--as", "systemd", "--install"];
        let send = ["--", "send", &list, "--simulate"];
        fs::write(office.folder.join(&list), table(1)).unwrap();
        office.run(&[&usual[..], more, &send].concat(), &[])
    };
    for folder in ["a", "b"] {
        fs::create_dir(office.folder.join(folder)).unwrap();
    }
    assert_eq!(install("a", &[]).code, 0);
    assert_eq!(install("a", &["--at", "11:00"]).code, 0, "its own may be replaced");
    assert_eq!(install("./b/../a", &[]).code, 0, "by whatever name");
    let service = office.desk.path("home/.config/systemd/user/sendcontact-list.service");
    let before = fs::read_to_string(&service).unwrap();
    let other = install("b", &[]);
    assert_eq!((other.code, fs::read_to_string(&service).unwrap()), (2, before.clone()), "{other:?}");
    assert!(other.stderr.contains("--name") && other.stderr.contains("a/list"), "{other:?}");
    let (earlier, _) = before.split_once("X-Ledger=").unwrap();
    fs::write(&service, earlier.replace("WorkingDirectory=", "WorkingDirectory=/srv")).unwrap();
    let other = install("a", &[]);
    assert!(other.code == 2 && other.stderr.contains("/srv/"), "{other:?}");
    fs::write(&service, earlier).unwrap();
    assert_eq!(install("a", &[]).code, 0, "an earlier version named the folder only");
    assert_eq!(install("b", &["--name", "b"]).code, 0);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_of_the_campaign_is_never_replaced() {
    let office = Office::new();
    let units = office.desk.path("home/.config/systemd/user");
    fs::create_dir_all(&units).unwrap();
    let install = |scheduler: &str, name: &str, list: &str| {
        let usual = ["--every", "day", "--at", "10:00", "--install", "--as", scheduler, "--name", name];
        fs::write(office.folder.join(list), table(1)).unwrap();
        office.run(&[&usual[..], &["--", "send", list, "--simulate"]].concat(), &[])
    };
    assert_eq!(install("systemd", "ours", "list.csv").code, 0);
    assert_eq!(install("windows", "ours", "list.csv").code, 0);
    let read = |path: PathBuf| fs::read(path).unwrap();
    let [service, ours] = ["service", "timer"].map(|kind| read(units.join(format!("ours.{kind}"))));
    let task = read(office.folder.join("ours.xml"));
    for (scheduler, path, text) in [
        ("systemd", units.join("a.timer"), &b"[Timer]\nOnCalendar=daily\n"[..]),
        ("systemd", units.join("b.service"), b"[Service]\nExecStart=/bin/\xe9\n"),
        ("systemd", units.join("c.service"), b""),
        ("windows", office.folder.join("d.xml"), b"<mine/>"),
        ("windows", office.folder.join("e.xml"), b"\xff\xfe<\0T\0"),
    ] {
        fs::write(&path, text).unwrap();
        let ran = install(scheduler, path.file_stem().unwrap().to_str().unwrap(), "list.csv");
        assert_eq!((ran.code, read(path.clone()).as_slice()), (2, text), "{path:?} {ran:?}");
        assert!(ran.stderr.contains("--name"), "{ran:?}");
        assert!(!units.join("a.service").exists() && !units.join("b.timer").exists());
    }
    // A timer of this campaign's service that another campaign, or a person, has written.
    for (timer, code) in [
        (&ours[..], 0),
        (b"[Timer]\nOnCalendar=daily\n", 2),
        (b"[Timer]\nX-Ledger=/srv/other.ledger\n", 2),
        (b"[Unit]\nDescription=ours: when\n\n[Timer]\nOnCalendar=*-*-* 10:00:00\n", 0),
    ] {
        fs::write(units.join("ours.timer"), timer).unwrap();
        let ran = install("systemd", "ours", "list.csv");
        let left = if code == 0 { &ours[..] } else { timer };
        assert_eq!((ran.code, read(units.join("ours.timer")).as_slice()), (code, left), "{ran:?}");
    }
    for scheduler in ["systemd", "windows"] {
        let other = install(scheduler, "ours", "other.csv");
        assert!(other.code == 2 && other.stderr.contains("list-simulated.ledger"), "{other:?}");
    }
    assert_eq!((read(units.join("ours.service")), read(office.folder.join("ours.xml"))), (service, task));
    std::os::unix::fs::symlink("/nowhere/task", office.folder.join("link.xml")).unwrap();
    assert_eq!(install("windows", "link", "list.csv").code, 2, "what a link names is not known");
}

/// The run of a checker that says nothing against the file.
fn accepts(command: &mut Command) {
    let ran = command.output().unwrap_or_else(|error| panic!("{command:?} is not on this machine: {error}"));
    let ran = Ran::of(ran);
    assert!(ran.code == 0 && ran.stderr.is_empty(), "{command:?} {ran:?}");
}

#[test]
#[ignore = "needs systemd-analyze (systemd) and xmllint (libxml2-utils)"]
fn the_systems_own_checkers_accept_what_is_written() {
    let office = Office::new();
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
            "--install",
        ];
        assert_eq!(office.run(&with(&options), &[]).code, 0);
        let units = office.desk.path("home/.config/systemd/user");
        let [service, timer] =
            ["service", "timer"].map(|kind| units.join(format!("sendcontact-list.{kind}")));
        let mut verify = Command::new("systemd-analyze");
        verify.env("XDG_RUNTIME_DIR", office.desk.folder.path());
        accepts(verify.args(["--user", "verify"]).args([service, timer]));
        let options = ["--every", days, "--at", "10:00", "--as", "windows", "--install"];
        assert_eq!(office.run(&with(&options), &[]).code, 0);
        accepts(Command::new("xmllint").arg("--noout").arg(office.folder.join("sendcontact-list.xml")));
    }
}
