//! What comes with a list, or from another user, decides nothing that matters: not where the token and the
//! contacts go, not what is run, not into which files is written.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::fs;

use stand_in::{Desk, Service, table};
#[cfg(unix)]
use stand_in::{ID, Ran, TOKEN};

#[cfg(unix)]
fn pipe(desk: &Desk, name: &str) {
    assert!(std::process::Command::new("mkfifo").arg(desk.path(name)).status().unwrap().success());
}

#[cfg(unix)]
fn chmod(desk: &Desk, name: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(desk.path(name), fs::Permissions::from_mode(mode)).unwrap();
}

/// Gives a file to another user; says whether that was possible, for only root gives files away.
#[cfg(unix)]
fn give_away(desk: &Desk, name: &str) -> bool {
    std::os::unix::fs::chown(desk.path(name), Some(12345), None).is_ok()
}

#[cfg(unix)]
#[test]
fn a_ledger_that_another_user_owns_or_may_write_is_refused() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(3));
    assert_eq!(desk.run_to(&service, &["send", "list.csv", "--limit", "1"]).code, 5);
    let refused = |words: &str| {
        for arguments in [&["send", "list.csv"][..], &["track", "list"], &["reconcile", "list"]] {
            let ran = desk.run_to(&service, arguments);
            assert_eq!((ran.code, service.sends().len()), (1, 1), "{arguments:?} {ran:?}");
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

#[cfg(unix)]
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
        assert!(ran.stderr.contains("not a plain file"), "{name} {ran:?}");
        for arguments in [&["status", "list"][..], &["pause", "list"], &["track", "list"]] {
            let ran = desk.run_to(&service, arguments);
            assert!([0, 1, 2].contains(&ran.code), "{name} {arguments:?} {ran:?}");
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

#[cfg(unix)]
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
        command.env("GREEN_API_URL", service.url()).env("GREEN_API_ID_INSTANCE", ID);
        let ran = Ran::of(command.output().unwrap());
        assert_eq!(ran.code, 2, "{ran:?}");
    }
    desk.write("token", TOKEN);
    if give_away(&desk, "token") {
        let mut command = desk.command(&["send", "list.csv", "--token-file", "token"]);
        command.env("GREEN_API_URL", service.url()).env("GREEN_API_ID_INSTANCE", ID);
        let ran = Ran::of(command.output().unwrap());
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains("another user"), "{ran:?}");
    }
    for name in ["sendcontact.toml"] {
        pipe(&desk, name);
        for arguments in [&["send", "list.csv"][..], &["status"], &["settings"]] {
            assert_eq!(desk.run_to(&service, arguments).code, 2, "{arguments:?}");
        }
    }
    assert!(service.received().is_empty());
}
