//! How a run ends in a broken environment: the reader of stdout is gone, the folder is not writable, files of killed
//! runs are left.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    fs::{self, File},
    path::Path,
    time::{Duration, SystemTime},
};

use stand_in::{Desk, Ran, Reply, Service, TOKEN, accepted, authorized, refused, table};

/// A program whose stdout nobody reads.
#[cfg(unix)] // Its test runs a POSIX shell.
fn unread(desk: &Desk, service: &Service, arguments: &[&str]) -> Ran {
    let mut child = desk.to(service, arguments);
    let mut child = child
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    Ran::of(child.wait_with_output().unwrap())
}

#[cfg(unix)] // It runs a POSIX shell.
#[test]
fn a_limit_on_the_size_of_files_ends_a_run_as_a_full_disk_does() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(2000));
    let typed = desk.to(&service, &["send", "list.csv"]);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "ulimit -f 100 && exec \"$0\" \"$@\""]);
    limited.arg(typed.get_program()).args(typed.get_args());
    limited.env_clear().current_dir(desk.path(""));
    let envs = typed.get_envs();
    limited.envs(envs.filter_map(|(name, value)| Some((name, value?))));
    let ran = Ran::of(limited.output().unwrap());
    assert_eq!((ran.code, service.sends().len()), (1, 0), "{ran:?}");
    assert!(ran.stderr.contains("The disk may be full"), "{ran:?}");
    let ran = desk.run_to(&service, &["send", "list.csv", "--limit", "5"]);
    assert_eq!((ran.code, service.sends().len()), (0, 5), "{ran:?}");
}

#[cfg(unix)] // It runs a POSIX shell.
#[test]
fn a_run_whose_output_nobody_reads_ends_as_it_would() {
    let service = Service::start(|number, request| match number {
        1 if request.is_send() => refused(400, "bad request data"),
        _ if request.is_send() => accepted(number),
        _ => authorized(),
    });
    let desk = Desk::new();
    desk.write("list.csv", table(20));
    let notify = [
        "--notify-command",
        "sh",
        "-c",
        "echo $SENDCONTACT_EXIT >told",
    ];
    let send = [
        "send",
        "list.csv",
        "--json",
        "--log-file",
        "run.log",
        "--max-failures",
        "9",
    ];
    let ran = unread(&desk, &service, &[&send[..], &notify].concat());
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(
        desk.read("run.log").contains("send ends with exit code 4"),
        "{}",
        desk.read("run.log")
    );
    assert_eq!(desk.read("told").trim(), "4");
    desk.write(
        "bad.csv",
        format!(
            "phoneNumber,phoneContact,firstName\n{}",
            "1,2,3\n".repeat(5_000)
        ),
    );
    for arguments in [&["check", "bad.csv", "--json"][..], &["check", "bad.csv"]] {
        assert_eq!(unread(&desk, &service, arguments).code, 4, "{arguments:?}");
    }
    assert_eq!(
        unread(&desk, &service, &["status", "list", "--json"]).code,
        0
    );
}

#[cfg(unix)] // It sets modes and another user.
#[test]
fn status_and_report_read_a_ledger_in_a_folder_that_takes_nothing() {
    use std::os::unix::{fs::PermissionsExt, process::CommandExt};
    let service = Service::accepting();
    let desk = Desk::new();
    let folder = desk.path("клиент ?#%1");
    fs::create_dir(&folder).unwrap();
    desk.write("клиент ?#%1/list.csv", table(3));
    assert_eq!(
        desk.run_to(&service, &["send", "клиент ?#%1/list.csv"])
            .code,
        0
    );
    let mode = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for ending in ["-wal", "-shm"] {
        let _gone = fs::remove_file(folder.join(format!("list.ledger{ending}")));
    }
    mode(&folder.join("list.ledger"), 0o444);
    mode(&folder, 0o555);
    mode(desk.path("").as_path(), 0o777);
    for arguments in [
        &["status", "--ledger", "клиент ?#%1/list.ledger", "--json"][..],
        &[
            "report",
            "--ledger",
            "клиент ?#%1/list.ledger",
            "--results",
            "r.csv",
        ],
    ] {
        let mut command = desk.command(arguments);
        // Root writes everywhere.
        if is_root() {
            command.uid(65534).gid(65534);
        }
        let ran = command.output();
        let Ok(ran) = ran else { continue };
        let ran = Ran::of(ran);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    mode(&folder, 0o755);
}

#[cfg(unix)] // Windows has no user ids.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[test]
fn a_token_file_that_is_typed_counts_before_the_variable_that_holds_a_token() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    desk.write("token", "another-token-0123456789\n");
    let mut command = desk.to(&service, &["send", "list.csv", "--token-file", "token"]);
    command
        .env("GREEN_API_TOKEN_FILE", "token")
        .env("GREEN_API_TOKEN", TOKEN);
    assert_eq!(Ran::of(command.output().unwrap()).code, 0);
    assert!(
        service.sends()[0]
            .path
            .ends_with("/another-token-0123456789"),
        "{:?}",
        service.sends()
    );
}

#[test]
fn a_request_that_was_answered_with_see_other_may_have_been_carried_out() {
    let service = Service::start(|_, request| {
        if request.is_send() {
            Reply::Answer(303, String::new())
        } else {
            authorized()
        }
    });
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    let send = ["send", "list.csv", "--no-reconcile", "--json"];
    let ran = desk.run_to(&service, &send);
    assert_eq!((ran.code, ran.count("unknown")), (6, 1), "{ran:?}");
    assert_eq!(
        (desk.run_to(&service, &send).code, service.sends().len()),
        (6, 1)
    );
}

#[test]
fn a_time_out_below_a_second_is_refused() {
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    for command in [
        &["send", "list.csv"][..],
        &["doctor"],
        &["opt-outs", "--out", "stop.csv"],
        &["track"],
        &["reconcile"],
    ] {
        for time in ["1ns", "0s", "999ms", "0.5"] {
            let ran = desk.run(&[command, &["--timeout", time]].concat());
            assert_eq!(ran.code, 2, "{ran:?}");
            assert!(ran.stderr.contains("too short"), "{ran:?}");
        }
    }
}

#[test]
fn an_endless_word_of_state_is_cut_off() {
    let word = "x".repeat(60_000);
    let service =
        Service::start(move |_, _| Reply::Answer(200, format!(r#"{{"stateInstance":"{word}"}}"#)));
    let desk = Desk::new();
    let ran = desk.run_to(&service, &["doctor"]);
    assert!(
        ran.stdout.len() + ran.stderr.len() < 4_000,
        "{}",
        ran.stdout.len()
    );
}

#[test]
fn a_table_of_problems_leaves_other_names_of_the_file_alone() {
    let desk = Desk::new();
    let list = "phoneNumber,phoneContact,firstName\n79001234501,1,x\n";
    desk.write("list.csv", list);
    fs::hard_link(desk.path("list.csv"), desk.path("problems.csv")).unwrap();
    assert_eq!(
        desk.run(&["check", "list.csv", "--problems", "problems.csv"])
            .code,
        4
    );
    assert_eq!(desk.read("list.csv"), list);
    assert_eq!(desk.read("problems.csv"), list, "it is not ours");
    assert!(
        desk.read("problems-2.csv").contains("phone_invalid"),
        "{}",
        desk.read("problems-2.csv")
    );
    let left = fs::read_dir(desk.path("")).unwrap().filter(|file| {
        file.as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with(".sendcontact-")
    });
    assert_eq!(left.count(), 0);
}

#[test]
fn what_a_killed_run_left_unfinished_goes_after_a_day() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    let day = Duration::from_hours(25);
    for (name, age) in [
        (".sendcontact-aB3dE6", day),
        (".sendcontact-aB3dE7", Duration::ZERO),
        (".sendcontact-mine.txt", day),
    ] {
        let path = desk.write(name, "x");
        File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_modified(SystemTime::now() - age)
            .unwrap();
    }
    assert_eq!(desk.run_to(&service, &["send", "list.csv"]).code, 0);
    let is_there = |name: &str| desk.path(name).exists();
    assert!(
        !is_there(".sendcontact-aB3dE6")
            && is_there(".sendcontact-aB3dE7")
            && is_there(".sendcontact-mine.txt")
    );
}

#[cfg(unix)] // Windows keeps the names of open files.
#[test]
fn a_dry_run_that_is_killed_leaves_no_copy_behind_and_the_next_one_removes_what_others_left() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(20));
    assert_eq!(desk.run_to(&service, &["send", "list.csv"]).code, 0);
    fs::create_dir(desk.path("tmp")).unwrap();
    let left = [
        ".sendcontact-copy-aB3dE6gH9k",
        ".sendcontact-copy-0000000000",
    ];
    for (name, hours) in [(left[0], 2), (left[1], 0)] {
        let folder = desk.path("tmp").join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("copy.ledger"), "Гость 1").unwrap();
        let changed = SystemTime::now() - Duration::from_hours(hours);
        File::open(&folder).unwrap().set_modified(changed).unwrap();
    }
    let pipe = desk.path("pipe.csv");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let dry_run = ["send", "pipe.csv", "--campaign", "list", "--dry-run", "-q"];
    let mut command = desk.to(&service, &dry_run);
    let mut run = command.env("TMPDIR", desk.path("tmp")).spawn().unwrap();
    // It reads its list when it has its copies.
    let list = File::options().write(true).open(&pipe).unwrap();
    let there = |folder: &Path| {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let tmp = desk.path("tmp");
    assert_eq!(there(&tmp), [left[1]], "while it runs");
    run.kill().unwrap();
    run.wait().unwrap();
    drop(list);
    assert_eq!(there(&tmp), [left[1]], "after it was killed");

    // The copies are whole all the same.
    let mut command = desk.to(&service, &["send", "list.csv", "--dry-run", "--json"]);
    let ran = Ran::of(command.env("TMPDIR", &tmp).output().unwrap());
    assert_eq!((ran.code, ran.count("accepted")), (0, 20), "{ran:?}");
    assert_eq!(there(&tmp), [left[1]]);
}

#[cfg(unix)] // It sets modes.
#[test]
fn a_log_that_others_may_write_to_becomes_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    for (before, after) in [(0o666, 0o600), (0o620, 0o600), (0o644, 0o644)] {
        let log = desk.write("run.log", "");
        fs::set_permissions(&log, fs::Permissions::from_mode(before)).unwrap();
        assert_eq!(
            desk.run_to(&service, &["send", "list.csv", "--log-file", "run.log"])
                .code,
            0
        );
        assert_eq!(
            fs::metadata(&log).unwrap().permissions().mode() & 0o777,
            after
        );
    }
}

#[test]
fn no_proxy_reads_a_token() {
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        let send = [
            "send",
            "list.csv",
            "--api-url",
            "http://green-api.invalid",
            "--insecure-http",
            "--retry-for",
            "1ms",
        ];
        let mut command = desk.command(&send);
        command
            .env("GREEN_API_ID_INSTANCE", "1")
            .env("GREEN_API_TOKEN", TOKEN);
        command.env(variable, "http://127.0.0.1:1");
        let ran = Ran::of(command.output().unwrap());
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains(variable), "{ran:?}");
    }
}

#[test]
fn control_characters_that_leave_a_name_are_told() {
    let desk = Desk::new();
    desk.write(
        "list.csv",
        "phoneNumber,phoneContact,firstName\n79001234501,79001234569,Ан\u{7}на\n",
    );
    let ran = desk.run(&["check", "list.csv", "--json"]);
    assert!(
        ran.stdout.contains("name_cleaned") && ran.stdout.contains(r#""firstName":"Ан на""#),
        "{ran:?}"
    );
    let ran = desk.run(&["check", "list.csv"]);
    assert!(
        ran.stdout.contains("contains control characters"),
        "{ran:?}"
    );
}

#[test]
fn an_encoding_that_is_guessed_otherwise_than_before_is_told() {
    let service = Service::accepting();
    let desk = Desk::new();
    let heading = b"phoneNumber,phoneContact,firstName\n".to_vec();
    let row = |name: &[u8], number: u64| {
        [format!("{number},79001234569,").as_bytes(), name, b"\n"].concat()
    };
    // "Анна Петрова" and "Мария Сергеевна Орлова" in windows-1251, then in KOI8-R.
    let [windows, koi8] = [encoding_rs::WINDOWS_1251, encoding_rs::KOI8_R].map(|encoding| {
        let names = ["Анна Петрова", "Мария Сергеевна Орлова", "Екатерина"];
        let rows = names.iter().enumerate().flat_map(|(number, name)| {
            row(
                &encoding.encode(name).0,
                79_001_234_501 + u64::try_from(number).unwrap(),
            )
        });
        heading.iter().copied().chain(rows).collect::<Vec<u8>>()
    });
    desk.write("list.csv", windows);
    let first = desk.run_to(&service, &["send", "list.csv", "--dry-run"]);
    assert!(first.stderr.contains("windows-1251"), "{first:?}");
    desk.run_to(&service, &["send", "list.csv"]);
    desk.write("list.csv", koi8);
    let ran = desk.run_to(&service, &["send", "list.csv"]);
    assert!(
        ran.stderr.contains("was read as CSV, windows-1251 before"),
        "{ran:?}"
    );
}
