//! The plan is one table that does not contradict itself: what is sent, what is left out and why, which message goes
//! first and until when; and each warning once, under its own file and row.

use stand_in::{Desk, Service, table};

const CARDS: &str = "BEGIN:VCARD\nVERSION:3.0\nFN:Анна Ким\nN:Ким;Анна;;;\nTEL;CELL:+7 916 000-00-01\nEND:VCARD\n\
                     BEGIN:VCARD\nVERSION:3.0\nFN:Пётр Ан\nN:Ан;Пётр;;;\nTEL;CELL:+79160000002\nTEL;HOME:+74951234567\n\
                     END:VCARD\nBEGIN:VCARD\nVERSION:3.0\nFN:Зоя\nN:;Зоя;;;\nTEL:+79160000003\nEND:VCARD\n";

/// The lines under a label, and those that hang under it.
fn under(plan: &str, label: &str) -> Vec<String> {
    let lines: Vec<&str> = plan.lines().collect();
    let Some(first) = lines
        .iter()
        .position(|line| line.trim_start().starts_with(label))
    else {
        return Vec::new();
    };
    let own = lines[first].trim_start()[label.len()..].trim().to_owned();
    let more = lines[first + 1..]
        .iter()
        .take_while(|line| line.starts_with("            "))
        .map(|line| line.trim().to_owned());
    std::iter::once(own).chain(more).collect()
}

#[test]
fn a_warning_is_counted_once_a_cell_and_named_by_its_own_file() {
    let desk = Desk::new();
    desk.write("cards.vcf", CARDS);
    desk.write(
        "guests.csv",
        "Телефон;Имя\n+7 903 100-00-01;А\n79031000002;Б\n+7 903 100-00-03;В\nнет;Г\n",
    );
    let pair = ["--recipients", "guests.csv", "--contacts", "cards.vcf"];
    let ran = desk.run(&[&["check"], &pair[..]].concat());
    assert_eq!(ran.code, 4, "{ran:?}");
    let warnings = under(&ran.stdout, "Warnings");
    assert_eq!(
        warnings,
        [
            "2 cases, for example guests.csv row 2: \"+7 903 100-00-01\" was read as 79031000001",
            "3 cases, for example cards.vcf row 1: \"+7 916 000-00-01\" was read as 79160000001",
            "cards.vcf row 2: several numbers: 79160000002 is used, not used: +74951234567",
        ]
    );
    assert_eq!(
        under(&ran.stdout, "Messages"),
        ["3 recipients × 3 contacts = 9 messages"]
    );
    assert_eq!(under(&ran.stdout, "Rows"), ["9 to send, 1 invalid"]);

    let given = [
        "check",
        "--recipients",
        "+7 903 100-00-01",
        "--contacts",
        "cards.vcf",
    ];
    let warnings = under(&desk.run(&given).stdout, "Warnings");
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    assert!(warnings[0].starts_with("--recipients: "), "{warnings:?}");
}

#[test]
fn a_column_that_match_uses_is_not_called_unused() {
    let desk = Desk::new();
    desk.write("cards.vcf", CARDS);
    desk.write(
        "guests.csv",
        "Телефон;Менеджер;Город\n79031000001;Анна Ким;Москва\n",
    );
    let pair = ["--recipients", "guests.csv", "--contacts", "cards.vcf"];
    let ran = desk.run(&[&["check"], &pair[..], &["--match", "Менеджер"]].concat());
    let columns = under(&ran.stdout, "Columns");
    assert_eq!(
        columns,
        [
            "phoneNumber ← Телефон, --match ← Менеджер",
            "not used: Город"
        ]
    );
}

#[test]
fn a_column_that_contacts_are_found_or_named_by_is_not_called_unused() {
    let desk = Desk::new();
    let head = "Телефон;Имя;ФИО;E-mail;UID;Город\n";
    let rows = "79160000001;Анна;;anna@example.com;u1;Москва\n79160000002;;Ким Борис;;u2;Тверь\n";
    desk.write("people.csv", format!("{head}{rows}"));
    desk.write(
        "guests.csv",
        "Телефон;Менеджер\n79031000001;anna@example.com\n79031000002;u2\n",
    );
    let pair = ["--recipients", "guests.csv", "--contacts", "people.csv"];
    let check = |more: &[&str]| desk.run(&[&["check"], &pair[..], more].concat());
    let matched = check(&["--match", "Менеджер"]);
    assert!(matched.code == 0, "{matched:?}");
    for columns in [
        "phoneContact ← Телефон, firstName ← Имя, firstName ← ФИО, --match ← E-mail, --match ← UID",
        "not used: Город",
    ] {
        let mut lines = matched.stdout.lines().map(str::trim);
        let is_told = lines.any(|line| line.trim_start_matches("Columns").trim() == columns);
        assert!(is_told, "{columns}: {matched:?}");
    }
    let json = check(&["--match", "Менеджер", "--json"]).stdout;
    assert_eq!(json.matches("unknown_column").count(), 1, "{json}");
    let head = "Phone 1 - Type,Phone 1 - Value,Given Name,Notes\n";
    desk.write("google.csv", format!("{head}Mobile,79160000001,Анна,x\n"));
    let google = ["--recipients", "79031000001", "--contacts", "google.csv"];
    let google = desk.run(&[&["check"][..], &google].concat());
    assert!(google.stdout.contains("not used: Notes\n"), "{google:?}");
    // Without --match nobody is looked for by them.
    let every = check(&[]);
    assert!(
        every.stdout.contains("not used: E-mail, UID, Город\n"),
        "{every:?}"
    );
}

#[test]
fn check_says_which_row_a_duplicate_repeats() {
    let desk = Desk::new();
    let row = "79031000001,79160000001,Анна\n";
    let head = "phoneNumber,phoneContact,firstName\n";
    desk.write("a.csv", format!("{head}{row}{row}"));
    assert_eq!(
        under(&desk.run(&["check", "a.csv"]).stdout, "Duplicate"),
        ["row 3: the same as row 2"]
    );
    desk.write(
        "b.csv",
        format!("{head}79031000002,79160000001,Анна\n{row}"),
    );
    assert_eq!(
        under(&desk.run(&["check", "a.csv", "b.csv"]).stdout, "Duplicate"),
        [
            "a.csv row 3: the same as row 2",
            "b.csv row 3: the same as a.csv row 2"
        ]
    );
}

#[test]
fn what_is_left_out_is_told_with_its_reason() {
    let (desk, service) = (Desk::new(), Service::accepting());
    let head = "phoneNumber,phoneContact,firstName\n";
    let card = "79160000001,Анна";
    let list = format!(
        "{head}79031000001,{card}\n79031000001,{card}\n79031000002,{card}\n123,{card}\n79031000003,{card}\n"
    );
    desk.write("list.csv", list);
    desk.write("stop.txt", "79031000002\n");
    let ran = desk.run_to(
        &service,
        &["send", "list.csv", "--suppress", "stop.txt", "--limit", "1"],
    );
    let left_out = under(&ran.stderr, "Left out");
    assert_eq!(left_out.len(), 3, "{left_out:?}");
    for (line, word) in left_out
        .iter()
        .zip(["1 invalid", "1 duplicate", "stop.txt"])
    {
        assert!(line.contains(word), "{left_out:?}");
    }
    assert_eq!(
        under(&ran.stderr, "Rows"),
        ["5: 1 invalid, 1 duplicate, 1 suppressed, 2 pending"]
    );
    let ran = desk.run_to(&service, &["send", "list.csv", "--suppress", "stop.txt"]);
    assert_eq!(
        under(&ran.stderr, "Rows"),
        ["5: 1 accepted before, 1 invalid, 1 duplicate, 1 suppressed, 1 pending"]
    );
    assert!(
        under(&ran.stderr, "First")[0].ends_with("→ 79031000003"),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_run_that_sends_nothing_says_that_all_was_accepted_before() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(3));
    let send = ["send", "list.csv"];
    assert_eq!(desk.run_to(&service, &send).code, 0);
    let ran = desk.run_to(&service, &send);
    assert!(
        ran.stderr
            .contains("Nothing to send: all 3 were accepted before."),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("accepted  "), "{}", ran.stderr);
    assert_eq!(service.sends().len(), 3);
}

#[test]
fn what_a_run_did_is_counted_apart_from_its_campaign() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(5));
    assert_eq!(
        desk.run_to(&service, &["send", "list.csv", "--limit", "2"])
            .code,
        0
    );
    let ran = desk.run_to(&service, &["send", "list.csv"]);
    assert_eq!(
        under(&ran.stderr, "This run"),
        ["3 accepted"],
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("  Campaign  5: 5 accepted"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_plan_names_no_duration_that_the_rules_do_not_allow() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(10));
    let dry = ["send", "list.csv", "--dry-run"];
    let ran = desk.run_to(&service, &[&dry[..], &["--spacing", "1m..3m"]].concat());
    assert_eq!(
        under(&ran.stderr, "Rate"),
        ["one every 120 s on average (--spacing): 10 contacts"]
    );
    assert!(
        under(&ran.stderr, "Finish")[0].ends_with("in 18 minutes"),
        "{}",
        ran.stderr
    );
    let ran = desk.run_to(&service, &[&dry[..], &["--daily-cap", "4"]].concat());
    let finish = &under(&ran.stderr, "Finish")[0];
    assert!(
        finish.ends_with("in 2 days") || finish.contains("hours"),
        "{finish}"
    );
    assert!(!ran.stderr.contains("1 second"), "{}", ran.stderr);
}

#[test]
fn the_first_message_is_the_first_that_can_go() {
    let (desk, service) = (Desk::new(), Service::accepting());
    let row = |phone: &str, zone: &str| format!("{phone},79160000001,Анна,{zone}\n");
    let list = [
        row("79031000001", "Etc/GMT+5"),
        row("79031000002", "Etc/GMT-3"),
        row("79031000003", "Etc/GMT"),
    ];
    desk.write(
        "list.csv",
        format!("phoneNumber,phoneContact,firstName,zone\n{}", list.concat()),
    );
    // Opens in about six hours in London, and three hours earlier three hours to the east.
    let hour = (jiff::Timestamp::now().as_second() / 3600 + 6) % 24;
    let window = format!("{hour:02}:30-{hour:02}:31");
    let ran = desk.run_to(
        &service,
        &[
            "send",
            "list.csv",
            "--dry-run",
            "--map",
            "timeZone=zone",
            "--window",
            &window,
            "--time-zone",
            "Etc/UTC",
        ],
    );
    let first = &under(&ran.stderr, "First")[0];
    assert!(
        first.contains("→ 79031000002") && first.contains("not before") && first.contains("(UTC)"),
        "{first}: {}",
        ran.stderr
    );
}

#[test]
fn a_warm_up_that_is_used_up_holds_only_new_recipients_and_the_plan_says_so() {
    let (desk, service) = (Desk::new(), Service::accepting());
    desk.write("list.csv", table(3));
    let warm_up = ["--warm-up=3x10", "--no-wait"];
    let ran = desk.run_to(&service, &[&["send", "list.csv"], &warm_up[..]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let [new, known] = [
        "79160000001,79001234569,Новый",
        "79000000001,79001234569,Ия",
    ];
    desk.write(
        "next.csv",
        format!("phoneNumber,phoneContact,firstName\n{new}\n{known}\n"),
    );
    for (language, label, words) in [
        ("en", "First", "1 contact not before 20"),
        ("ru", "Первый", "1 контакт не раньше "),
    ] {
        let dry = ["send", "next.csv", "--dry-run", "--lang", language];
        let ran = desk.run_to(&service, &[&dry, &warm_up[..]].concat());
        let first = under(&ran.stderr, label);
        assert_eq!(first, ["Ия, 79001234569 → 79000000001"], "{ran:?}");
        assert!(ran.stderr.contains(words), "{ran:?}");
    }
    let ran = desk.run_to(&service, &[&["send", "next.csv"], &warm_up[..]].concat());
    assert_eq!((ran.code, service.sends().len()), (5, 4), "{ran:?}");
    let capped = ["send", "next.csv", "--dry-run", "--daily-cap", "4"];
    let ran = desk.run_to(&service, &capped);
    assert!(ran.stderr.contains("the daily cap is reached"), "{ran:?}");
}
