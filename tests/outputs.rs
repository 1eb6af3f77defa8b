//! Where results, reports and tables of problems go: which files there are by default, stdout, links,
//! devices, and files that are not ours.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::json;
use stand_in::{Desk, Ran, Service, table};

/// A list with one row that is sent and one that has a problem.
const LIST: &str = "phoneNumber;phoneContact;firstName\n\
                    79001110001;79005550101;Артём\n\
                    79001110002;7,9001E+10;Юрий\n";

fn names(desk: &Desk) -> Vec<String> {
    let files = std::fs::read_dir(desk.folder.path()).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("results"))
        .collect();
    names.sort();
    names
}

fn is_workbook(desk: &Desk, name: &str) -> bool {
    std::fs::read(desk.path(name)).unwrap().starts_with(b"PK")
}

#[test]
fn send_writes_a_workbook_and_the_same_as_csv_unless_it_is_told_otherwise() {
    let service = Service::accepting();
    for (arguments, written, workbook) in [
        (
            &[][..],
            &["list-results.csv", "list-results.xlsx"][..],
            Some("list-results.xlsx"),
        ),
        (
            &["--xlsx"],
            &["list-results.csv", "list-results.xlsx"],
            Some("list-results.xlsx"),
        ),
        (&["--no-xlsx"], &["list-results.csv"], None),
        (
            &["--results", "my-results.xlsx"],
            &["my-results.xlsx"],
            None,
        ),
        (
            &["--results", "my-results.csv"],
            &["my-results.csv", "my-results.xlsx"],
            Some("my-results.xlsx"),
        ),
    ] {
        let desk = Desk::new();
        desk.write("list.csv", table(1));
        let ran = desk.run_to(
            &service,
            &[&["send", "list.csv", "--json"], arguments].concat(),
        );
        assert_eq!(
            (ran.code, names(&desk)),
            (0, written.iter().map(|name| (*name).to_owned()).collect()),
            "{ran:?}"
        );
        assert_eq!(ran.json()["results"], json!(written[0]), "{arguments:?}");
        assert_eq!(
            ran.json().get("workbook"),
            workbook.map(|name| json!(name)).as_ref(),
            "{arguments:?}"
        );
        for name in written {
            assert_eq!(is_workbook(&desk, name), !name.contains(".csv"), "{name}");
        }
    }
}

#[test]
fn the_workbook_is_named_first_and_the_csv_says_whom_it_is_for() {
    for (language, line) in [
        (
            "en",
            "  Results: list-simulated-results.xlsx\n           list-simulated-results.csv (for other programs)\n",
        ),
        (
            "ru",
            "  Результаты: list-simulated-results.xlsx\n              list-simulated-results.csv (для других программ)\n",
        ),
    ] {
        let desk = Desk::new();
        desk.write("list.csv", table(1));
        let ran = desk.run(&["send", "list.csv", "--simulate", "--lang", language]);
        assert!(ran.stderr.contains(line), "{ran:?}");
    }
}

#[test]
fn no_workbook_takes_the_name_of_the_list() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("own.csv", table(1));
    desk.run_to(&service, &["send", "own.csv", "--quiet"]);
    std::fs::rename(desk.path("own-results.xlsx"), desk.path("list.xlsx")).unwrap();
    let before = std::fs::read(desk.path("list.xlsx")).unwrap();
    let ran = desk.run_to(
        &service,
        &["send", "list.xlsx", "--results", "list.csv", "--again"],
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(desk.path("list.csv").exists());
    assert_eq!(std::fs::read(desk.path("list.xlsx")).unwrap(), before);
}

#[test]
fn results_and_reports_go_to_stdout() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", LIST);
    let ran = desk.run_to(&service, &["send", "list.csv", "--results", "-"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(
        ran.stdout.starts_with("\u{feff}row;source;") && ran.stdout.lines().count() == 3,
        "{ran:?}"
    );
    assert!(
        names(&desk).is_empty() && !desk.path("-").exists() && !ran.stderr.contains("Results"),
        "{ran:?}"
    );

    let same = desk.run(&["report", "list", "--results", "-"]);
    assert_eq!(
        (same.code, same.stdout.as_str(), same.stderr.as_str()),
        (0, ran.stdout.as_str(), "")
    );
    let page = desk.run(&["report", "list", "--results", "-", "--as", "html"]);
    assert!(
        page.code == 0 && page.stdout.starts_with("<!doctype html>"),
        "{page:?}"
    );
    let mut book = desk.command(&["report", "list", "--results", "-", "--as", "xlsx"]);
    assert!(book.output().unwrap().stdout.starts_with(b"PK"));
    assert!(!desk.path("-").exists());

    for arguments in [
        &["send", "list.csv", "--results", "-", "--json"][..],
        &["check", "list.csv", "--problems", "-", "--json"],
    ] {
        let ran = desk.run_to(&service, arguments);
        assert!(
            ran.code == 2 && ran.stderr.contains("--json both write to stdout"),
            "{ran:?}"
        );
    }
    let check = desk.run(&["check", "list.csv", "--problems", "-"]);
    assert!(
        check.stdout.starts_with("\u{feff}source;row;code"),
        "{check:?}"
    );
    assert!(
        check.stdout.lines().count() == 2 && check.stderr.contains("phone_scientific"),
        "{check:?}"
    );
}

#[cfg(unix)] // It makes a link and a FIFO.
#[test]
fn a_link_stays_a_link_and_a_fifo_a_fifo() {
    let service = Service::accepting();
    let desk = Desk::new();
    desk.write("list.csv", LIST);
    std::os::unix::fs::symlink("real.csv", desk.path("link.csv")).unwrap();
    for command in [&["send", "list.csv"][..], &["report", "list"]] {
        let ran = desk.run_to(&service, &[command, &["--results", "link.csv"]].concat());
        assert!(ran.code == 0 || ran.code == 4, "{ran:?}");
        assert!(
            std::fs::symlink_metadata(desk.path("link.csv"))
                .unwrap()
                .is_symlink()
        );
        assert!(desk.read("real.csv").starts_with("\u{feff}row;source;"));
    }

    let made = std::process::Command::new("mkfifo")
        .arg(desk.path("pipe.csv"))
        .status();
    assert!(made.unwrap().success());
    for command in [&["send", "list.csv"][..], &["report", "list"]] {
        let fifo = desk.path("pipe.csv");
        let reader = std::thread::spawn(move || std::fs::read_to_string(fifo).unwrap());
        let ran = desk.run_to(&service, &[command, &["--results", "pipe.csv"]].concat());
        assert!(ran.code == 0 || ran.code == 4, "{ran:?}");
        assert!(reader.join().unwrap().starts_with("\u{feff}row;source;"));
        assert!(!desk.path("pipe.csv").is_file() && !desk.path("pipe.xlsx").exists());
    }
}

#[cfg(unix)] // Windows has no /dev/stdout.
#[test]
fn dev_stdout_is_written_to_and_stays_what_it_is() {
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    desk.run(&["send", "list.csv", "--simulate", "--quiet"]);
    for arguments in [
        &["report", "list-simulated", "--results", "/dev/stdout"][..],
        &[
            "report",
            "list-simulated",
            "--as",
            "csv",
            "--results",
            "/dev/stdout",
        ],
        &["send", "list.csv", "--simulate", "--results", "/dev/stdout"],
    ] {
        let ran = desk.run(arguments);
        assert_eq!((ran.code, ran.stdout.lines().count()), (0, 4), "{ran:?}");
    }
    let link = std::fs::symlink_metadata("/dev/stdout").unwrap();
    assert!(link.is_symlink(), "it is what it was");
}

#[test]
fn a_table_of_problems_replaces_nobodys_file() {
    let desk = Desk::new();
    desk.write("list.csv", LIST);
    desk.write("managers.vcf", "BEGIN:VCARD");
    let ran: Ran = desk.run(&["check", "list.csv", "--problems", "managers.vcf"]);
    assert_eq!(desk.read("managers.vcf"), "BEGIN:VCARD");
    assert!(
        desk.read("managers-2.vcf")
            .starts_with("\u{feff}source;row;code")
    );
    assert!(
        ran.stderr.contains("Problems: managers-2.vcf") && ran.stderr.contains("is kept"),
        "{ran:?}"
    );

    for name in ["p.xlsx", "p.XLS", "p.ods"] {
        let ran = desk.run(&["check", "list.csv", "--problems", name]);
        assert!(
            ran.code == 2 && ran.stderr.contains("give the file the ending .csv"),
            "{ran:?}"
        );
        assert!(!desk.path(name).exists());
    }
}

#[test]
fn a_copy_of_a_ledger_that_has_no_place_is_a_wrong_argument() {
    let desk = Desk::new();
    desk.write("list.csv", table(1));
    let send = ["send", "list.csv", "--simulate", "--quiet"];
    assert_eq!(desk.run(&send).code, 0);
    std::fs::create_dir(desk.path("other")).unwrap();
    let copy = |to: &str, more: &[&str]| {
        let words = ["ledger", "copy", "list-simulated.ledger", to];
        desk.run(&[&words[..], more].concat())
    };
    for (to, english, russian) in [
        ("other", "already exists", "уже существует"),
        ("other/", "already exists", "уже существует"),
        ("no/", "there is no such folder", "такой папки нет"),
        (
            "no/copy.ledger",
            "there is no such folder",
            "такой папки нет",
        ),
        (
            "list.csv/copy.ledger",
            "there is no such folder",
            "такой папки нет",
        ),
        ("list.csv", "already exists", "уже существует"),
    ] {
        let ran = copy(to, &[]);
        assert_eq!(ran.code, 2, "{to}: {ran:?}");
        assert!(ran.stderr.contains(english), "{to}: {ran:?}");
        let ran = copy(to, &["--lang", "ru"]);
        assert!(
            ran.code == 2 && ran.stderr.contains(russian),
            "{to}: {ran:?}"
        );
    }
    assert_eq!(copy("other/copy.ledger", &[]).code, 0);
    assert_eq!(desk.read("list.csv"), table(1));
}
