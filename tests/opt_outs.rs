//! Who asked not to be contacted is found in what they wrote, kept in a list, and left out of the next
//! campaign.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{fs::OpenOptions, io::Write, sync::Barrier};

use sendcontact::simulator::{self, Script, Simulator};
use serde_json::json;
use stand_in::{Desk, Ran, Reply, Service, accepted, authorized, refused, table};

/// Works at a desk with a simulator to which these people wrote.
async fn with(
    incoming: serde_json::Value,
    work: impl FnOnce(&Desk, &dyn Fn(&[&str]) -> Ran) + Send + 'static,
) {
    let script: Script = serde_json::from_value(json!({ "incoming": incoming })).unwrap();
    let simulator = Simulator::start("127.0.0.1:0".parse().unwrap(), script)
        .await
        .unwrap();
    let url = simulator.url();
    tokio::task::spawn_blocking(move || {
        let desk = Desk::new();
        let run = |arguments: &[&str]| {
            let mut command = desk.command(arguments);
            command
                .env("GREEN_API_URL", &url)
                .env("GREEN_API_ID_INSTANCE", simulator::ID_INSTANCE);
            let ran = Ran::of(
                command
                    .env("GREEN_API_TOKEN", simulator::TOKEN)
                    .output()
                    .unwrap(),
            );
            assert!(!format!("{ran:?}").contains(simulator::TOKEN), "{ran:?}");
            ran
        };
        work(&desk, &run);
    })
    .await
    .unwrap();
    drop(simulator);
}

fn wrote(person: &str, text: &str, minutes_ago: u32) -> serde_json::Value {
    json!({ "chatId": person, "text": text, "minutesAgo": minutes_ago })
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn whoever_wrote_a_stop_word_is_kept_out_of_the_next_campaign() {
    let incoming = json!([
        wrote("79000000001@c.us", "Стоп!", 10),
        wrote("79000000002@c.us", "Когда вы откроетесь?", 20),
        { "chatId": "120363153000000000@g.us", "senderId": "79000000003@c.us", "text": "=unsubscribe", "minutesAgo": 30 },
        wrote("79000000001@c.us", "стоп", 40),
        wrote("79000000000@c.us", "stop", 2000),
    ]);
    with(incoming, |desk, run| {
        desk.write("list.csv", table(4));
        let ran = run(&["opt-outs", "--out", "stop.csv"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
        assert!(
            ran.stderr.contains(
                "4 messages read; 2 people asked not to be contacted, 2 of them new in stop.csv"
            ),
            "{ran:?}"
        );
        let list = desk.read("stop.csv");
        let lines: Vec<&str> = list.lines().collect();
        assert_eq!(lines[0], "\u{feff}chatId,reason,time");
        assert!(
            lines[1].starts_with("79000000001@c.us,стоп,20"),
            "the oldest wish comes first: {list}"
        );
        assert!(
            lines[2].starts_with("79000000003@c.us,'=unsubscribe,20"),
            "no cell is a formula: {list}"
        );
        assert_eq!(lines.len(), 3);
        #[cfg(unix)] // Windows has no modes.
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                std::fs::metadata(desk.path("stop.csv"))
                    .unwrap()
                    .permissions()
                    .mode()
                    & 0o777,
                0o600
            );
        }
        let sent = run(&["send", "list.csv", "--suppress", "stop.csv", "--json"]);
        assert_eq!(
            (sent.code, sent.count("accepted"), sent.count("suppressed")),
            (0, 2, 2),
            "{sent:?}"
        );
        let status = desk.column("list-results.csv", "status");
        assert_eq!(status, ["accepted", "suppressed", "accepted", "suppressed"]);

        let again = run(&["opt-outs", "--out", "stop.csv", "--minutes", "3000"]);
        assert!(
            again
                .stderr
                .contains("3 people asked not to be contacted, 1 of them new"),
            "{again:?}"
        );
        assert!(
            desk.read("stop.csv").starts_with(&list) && desk.read("stop.csv").lines().count() == 4
        );
        let since = run(&["opt-outs", "--out", "other.csv", "--since", "2020-01-01"]);
        assert!(since.stderr.contains("3 people"), "{since:?}");
        let since = run(&[
            "opt-outs",
            "--out",
            "never.csv",
            "--since",
            "2090-01-01T10:00",
        ]);
        assert!(since.stderr.contains("0 people"), "{since:?}");
        let russian = run(&["opt-outs", "--out", "third.csv", "--lang", "ru"]);
        assert!(
            russian
                .stderr
                .contains("просят не писать: 2 человека, из них новых в third.csv: 2"),
            "{russian:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_words_are_a_person_s_to_choose() {
    let incoming = json!([
        wrote("79000000001@c.us", "стоп", 1),
        wrote("79000000002@c.us", "Баста, карапузики", 1),
        wrote("79000000003@c.us", "хватит", 1),
    ]);
    with(incoming, |desk, run| {
        desk.write("words.txt", "# ours\n\nхватит!\n");
        desk.write("empty.txt", "# none\n");
        for (arguments, chats) in [
            (
                &["--word", "баста карапузики"][..],
                &["79000000001@c.us", "79000000002@c.us"][..],
            ),
            (&["--words", "words.txt"], &["79000000003@c.us"]),
            (
                &["--words", "empty.txt", "--word", "СТОП"],
                &["79000000001@c.us"],
            ),
        ] {
            let _anew = std::fs::remove_file(desk.path("stop.csv"));
            let ran = run(&[&["opt-outs", "--out", "stop.csv"], arguments].concat());
            assert_eq!(ran.code, 0, "{ran:?}");
            assert_eq!(desk.column("stop.csv", "chatId"), chats, "{arguments:?}");
        }
        for wrong in [
            ["--words", "empty.txt"],
            ["--words", "missing.txt"],
            ["--since", "yesterday"],
        ] {
            assert_eq!(
                run(&[&["opt-outs", "--out", "stop.csv"], &wrong[..]].concat()).code,
                2,
                "{wrong:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_only_grows_and_a_foreign_file_is_left_as_it_is() {
    with(json!([wrote("79000000001@c.us", "stop", 1), wrote("79000000002@c.us", "stop", 1)]), |desk, run| {
        // A person saved it from a spreadsheet, with a line of their own and a number without a chat.
        let theirs =
            "\u{feff}chatId;reason;time\r\n79000000009@c.us;\"said so;\nby phone\";\r\n+7 900 000-00-02;;";
        desk.write("stop.csv", theirs);
        let ran = run(&["opt-outs", "--out", "stop.csv"]);
        assert!(ran.stderr.contains("2 people asked not to be contacted, 1 of them new"), "{ran:?}");
        let list = desk.read("stop.csv");
        assert!(list.starts_with(&format!("{theirs}\r\n79000000001@c.us;stop;")), "{list}");
        for foreign in [&b"79000000001\n79000000002\n"[..], b"name,phone\nA,79000000001\n", b"\xff\xfe\x00"] {
            desk.write("foreign.csv", foreign);
            let ran = run(&["opt-outs", "--out", "foreign.csv"]);
            assert_eq!(ran.code, 2, "{ran:?}");
            assert_eq!(std::fs::read(desk.path("foreign.csv")).unwrap(), foreign);
        }
        assert_eq!(run(&["opt-outs", "--out", "no/such/folder/stop.csv"]).code, 1);
    })
    .await;
}

#[tokio::test]
async fn a_list_may_be_an_empty_file_and_its_headings_may_be_quoted() {
    with(
        json!([wrote("79000000001@c.us", "stop", 1)]),
        |desk, run| {
            for (content, before) in [
                ("", "\u{feff}chatId,reason,time\r\n"),
                ("\u{feff}", "\u{feff}chatId,reason,time\r\n"),
                ("\r\n", "\r\nchatId,reason,time\r\n"),
                (
                    "\"chatId\";\"reason\";\"time\"\n",
                    "\"chatId\";\"reason\";\"time\"\n",
                ),
                (
                    "\u{feff}\r\n\"chatId\"\treason\ttime",
                    "\u{feff}\r\n\"chatId\"\treason\ttime\r\n",
                ),
            ] {
                desk.write("stop.csv", content);
                let ran = run(&["opt-outs", "--out", "stop.csv"]);
                let list = desk.read("stop.csv");
                let line = list.strip_prefix(before).unwrap_or_default();
                assert!(
                    line.starts_with("79000000001@c.us") && ran.code == 0,
                    "{content:?}: {list:?} {ran:?}"
                );
                desk.write("list.csv", table(2));
                let check = run(&["check", "list.csv", "--suppress", "stop.csv"]);
                assert!(
                    check.stdout.contains("stop.csv: 1 chat\n"),
                    "{content:?}: {check:?}"
                );
            }
        },
    )
    .await;
}

#[tokio::test]
async fn whoever_the_list_would_not_keep_out_is_not_taken_to_be_on_it() {
    let wrote = |number: u32| wrote(&format!("7900123450{number}@c.us"), "stop", 10 - number);
    with((1..=6).map(wrote).collect(), |desk, run| {
        desk.write("list.csv", table(1));
        desk.write(
            "stop.csv",
            "chatId,reason,time\n9001234501,,\n89001234502,,\n7900123450O3,,\n\
             +7 (900) 123-45-04,,\n\"79001234505, 79001234506\",,\n",
        );
        let ran = run(&["opt-outs", "--out", "stop.csv"]);
        assert!(
            ran.stderr
                .contains("6 people asked not to be contacted, 3 of them new"),
            "{ran:?}"
        );
        let again = run(&["opt-outs", "--out", "stop.csv"]);
        assert!(again.stderr.contains("0 of them new"), "{again:?}");
        let check = run(&["check", "list.csv", "--suppress", "stop.csv"]);
        assert!(
            check
                .stdout
                .contains("stop.csv: 6 chats; 3 entries could not be read"),
            "{check:?}"
        );
    })
    .await;
}

#[cfg(unix)] // It makes links and sets modes.
#[tokio::test]
async fn a_list_behind_a_link_grows_where_it_stands() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    with(
        json!([wrote("79000000001@c.us", "stop", 1)]),
        |desk, run| {
            desk.write("shared.csv", "chatId,reason,time\n");
            let mode = || {
                std::fs::metadata(desk.path("shared.csv"))
                    .unwrap()
                    .permissions()
                    .mode()
                    & 0o777
            };
            let before = mode();
            symlink("shared.csv", desk.path("stop.csv")).unwrap();
            assert_eq!(run(&["opt-outs", "--out", "stop.csv"]).code, 0);
            assert!(desk.path("stop.csv").is_symlink());
            assert!(
                desk.read("shared.csv").contains("\n79000000001@c.us,stop,"),
                "{}",
                desk.read("shared.csv")
            );
            assert_eq!(mode(), before, "whoever could read it still can");

            std::fs::remove_file(desk.path("shared.csv")).unwrap();
            let ran = run(&["opt-outs", "--out", "stop.csv"]);
            assert_eq!(
                (ran.code, desk.path("shared.csv").exists()),
                (2, false),
                "{ran:?}"
            );
            assert!(
                ran.stderr
                    .contains("stop.csv is a link to shared.csv, which does not exist"),
                "{ran:?}"
            );
        },
    )
    .await;
}

#[test]
fn runs_at_once_and_whoever_writes_meanwhile_lose_nothing_of_each_other() {
    const RUNS: usize = 5;
    let desk = Desk::new();
    let (path, all_ask) = (
        desk.write("stop.csv", "chatId,reason,time\n"),
        Barrier::new(RUNS),
    );
    let service = Service::start(move |_, request| {
        let Some((_, minutes)) = request.path.split_once("?minutes=") else {
            return authorized();
        };
        let mut list = OpenOptions::new().append(true).open(&path).unwrap();
        list.write_all(format!("7911000000{minutes}@c.us,by phone,\n").as_bytes())
            .unwrap();
        all_ask.wait();
        let person = format!("7900000000{minutes}@c.us");
        let written = json!([{ "type": "incoming", "typeMessage": "textMessage", "chatId": person, "textMessage": "stop" }]);
        Reply::Answer(200, written.to_string())
    });
    let minutes: Vec<String> = (1..=RUNS).map(|run| run.to_string()).collect();
    let start = |minutes| {
        desk.to(
            &service,
            &["opt-outs", "--out", "stop.csv", "--minutes", minutes],
        )
        .spawn()
        .unwrap()
    };
    for mut run in minutes
        .iter()
        .map(|minutes| start(minutes))
        .collect::<Vec<_>>()
    {
        assert!(run.wait().unwrap().success());
    }
    let list = desk.read("stop.csv");
    for minutes in minutes {
        for person in ["7911000000", "7900000000"] {
            assert_eq!(
                list.matches(&format!("\n{person}{minutes}@c.us,")).count(),
                1,
                "{list}"
            );
        }
    }
}

#[test]
fn a_service_that_cannot_be_asked_leaves_the_list_alone() {
    for (answer, code) in [
        (Reply::Answer(401, String::new()), 7),
        (Reply::Answer(500, "oops".to_owned()), 5),
        (Reply::Answer(200, "{}".to_owned()), 5),
        (Reply::Close, 5),
    ] {
        let desk = Desk::new();
        let service = Service::start(move |_, _| answer.clone());
        let ran = desk.run_to(&service, &["opt-outs", "--out", "stop.csv"]);
        assert_eq!(
            (ran.code, desk.path("stop.csv").exists()),
            (code, false),
            "{ran:?}"
        );
        assert!(ran.stderr.contains("could not be requested"), "{ran:?}");
    }
}

#[test]
fn an_instance_that_keeps_no_messages_is_told_of() {
    let service = Service::start(|_, request| match () {
        () if request.path.contains("/lastIncomingMessages/") => {
            Reply::Answer(200, "[]".to_owned())
        }
        () if request.path.contains("/getSettings/") => {
            Reply::Answer(200, r#"{"incomingWebhook":"no"}"#.to_owned())
        }
        () => authorized(),
    });
    let ran = Desk::new().run_to(&service, &["opt-outs", "--out", "stop.csv"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("incomingWebhook"), "{ran:?}");
    assert!(
        service.received()[0].path.ends_with("?minutes=1440"),
        "{:?}",
        service.received()
    );
}

#[test]
fn a_list_is_read_in_its_own_encoding_and_one_that_names_nobody_is_told() {
    let wide = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let desk = Desk::new();
    desk.write("list.csv", wide(&table(3)));
    desk.write("stop.csv", "phone\n79000000001\n");
    desk.write("nobody.csv", "chatId,reason,time\n");
    let ran = desk.run(&[
        "check",
        "list.csv",
        "--encoding",
        "utf-16le",
        "--suppress",
        "stop.csv",
        "--suppress",
        "nobody.csv",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("stop.csv: 1 chat\n"), "{ran:?}");
    assert!(
        ran.stdout
            .contains("nobody.csv: 0 chats; this list excludes nobody"),
        "{ran:?}"
    );
    assert!(ran.stdout.contains("1 suppressed"), "{ran:?}");
}

/// Three rows: the second is refused or lost in the first run, and every contact is taken after that.
fn with_a_trouble(trouble: Reply) -> (Desk, Service) {
    let service = Service::start(move |number, request| match number {
        1 if request.is_send() => trouble.clone(),
        _ if request.is_send() => accepted(number),
        _ => authorized(),
    });
    let desk = Desk::new();
    desk.write("list.csv", table(3));
    desk.write("stop.csv", "phone\n79000000001\n");
    let ran = desk.run_to(
        &service,
        &[
            "send",
            "list.csv",
            "--no-reconcile",
            "--concurrency",
            "1",
            "--max-failures",
            "9",
        ],
    );
    assert!([4, 6].contains(&ran.code), "{ran:?}");
    (desk, service)
}

#[test]
fn a_refused_contact_is_not_sent_again_to_somebody_who_is_on_the_list_now() {
    let (desk, service) = with_a_trouble(refused(400, "bad request data"));
    let send = |more: &[&str]| {
        let ran = desk.run_to(
            &service,
            &[&["send", "list.csv", "--json", "--retry-failed"], more].concat(),
        );
        ran.adds_up();
        (
            ran.code,
            desk.column("list-results.csv", "status")[1].clone(),
            service.sends().len(),
        )
    };
    assert_eq!(
        send(&["--suppress", "stop.csv"]),
        (0, "suppressed".into(), 3)
    );
    assert_eq!(
        send(&["--suppress", "stop.csv"]),
        (0, "suppressed".into(), 3)
    );
    assert_eq!(send(&[]), (0, "suppressed".into(), 3));
    desk.write("stop.csv", "phone\n");
    assert_eq!(send(&["--suppress", "stop.csv"]), (0, "accepted".into(), 4));
}

#[test]
fn an_unknown_contact_is_not_resent_to_somebody_who_is_on_the_list_now() {
    let (desk, service) = with_a_trouble(Reply::Close);
    let send = || {
        let ran = desk.run_to(
            &service,
            &[
                "send",
                "list.csv",
                "--suppress",
                "stop.csv",
                "--no-reconcile",
            ],
        );
        (
            ran.code,
            desk.column("list-results.csv", "status")[1].clone(),
        )
    };
    assert_eq!(send(), (6, "unknown".into()));
    let ran = desk.run(&["resolve", "list", "--resend", "all", "--yes"]);
    assert!(ran.stderr.contains("0 rows are pending now"), "{ran:?}");
    assert!(
        ran.stderr
            .contains("1 row is on the do-not-contact list (--suppress)"),
        "{ran:?}"
    );
    assert_eq!(send(), (0, "suppressed".into()));
    assert_eq!(service.sends().len(), 3);
}

/// A list of four, of whom `a.csv` names the first and the second, `b.csv` the second and the third.
fn two_lists() -> (Desk, Service) {
    let desk = Desk::new();
    desk.write("list.csv", table(4));
    desk.write("a.csv", "phone\n79000000000\n79000000001\n");
    desk.write("b.csv", "phone\n79000000001\n79000000002\n");
    (desk, Service::accepting())
}

/// Sends, and gives the statuses of the rows.
fn sent(desk: &Desk, service: &Service, more: &[&str]) -> (Vec<String>, Ran) {
    let ran = desk.run_to(service, &[&["send", "list.csv", "--json"], more].concat());
    ran.adds_up();
    (desk.column("list-results.csv", "status"), ran)
}

#[test]
fn whoever_a_list_left_out_stays_left_out_until_that_list_is_given_without_them() {
    let (desk, service) = two_lists();
    let lists = ["--suppress", "a.csv", "--suppress", "b.csv"];
    let [out, gone] = ["suppressed", "accepted"];
    assert_eq!(sent(&desk, &service, &lists).0, [out, out, out, gone]);
    let (statuses, ran) = sent(&desk, &service, &[]);
    assert_eq!(statuses, [out, out, out, gone]);
    assert!(
        ran.stderr.contains("2 rows stay suppressed because of"),
        "{ran:?}"
    );
    assert!(
        ran.stderr.contains("a.csv") && ran.stderr.contains("--unsuppress"),
        "{ran:?}"
    );
    // Another list, and the same one under another name, say nothing of this one.
    desk.write("c.csv", "phone\n79990000000\n");
    assert_eq!(
        sent(&desk, &service, &["--suppress", "c.csv"]).0,
        [out, out, out, gone]
    );
    desk.write("a.csv", "phone\n");
    assert_eq!(
        sent(&desk, &service, &["--suppress", "./a.csv"]).0,
        [gone, out, out, gone]
    );
    desk.write("b.csv", "phone\n79000000001\n");
    let (statuses, ran) = sent(&desk, &service, &["--suppress", "b.csv"]);
    assert_eq!(statuses, [gone, out, gone, gone]);
    assert!(!ran.stderr.contains("stay suppressed"), "{ran:?}");
    assert_eq!(service.sends().len(), 3);
}

#[test]
fn whoever_is_left_out_stays_so_with_a_corrected_name_and_in_another_file() {
    let (desk, service) = two_lists();
    assert_eq!(
        sent(&desk, &service, &["--suppress", "a.csv"])
            .1
            .count("suppressed"),
        2
    );
    let corrected = String::from_utf8(std::fs::read(desk.path("list.csv")).unwrap()).unwrap();
    let heading = corrected.lines().next().unwrap().to_owned();
    let row = corrected
        .lines()
        .nth(1)
        .unwrap()
        .replace("Гость 0", "Гость Первый");
    desk.write("more.csv", format!("{heading}\n{row}\n"));
    let ran = desk.run_to(
        &service,
        &["send", "more.csv", "--ledger", "list.ledger", "--json"],
    );
    assert_eq!((ran.code, service.sends().len()), (0, 2), "{ran:?}");
    // A list that is given with another file says nothing of the people of this one.
    desk.write("a.csv", "phone\n");
    let more = [
        "send",
        "more.csv",
        "--ledger",
        "list.ledger",
        "--suppress",
        "a.csv",
    ];
    assert_eq!(desk.run_to(&service, &more).code, 0);
    let (statuses, _) = sent(&desk, &service, &[]);
    assert_eq!(
        statuses[..4],
        ["accepted", "suppressed", "accepted", "accepted"]
    );
    assert_eq!(service.sends().len(), 4);
}

#[test]
fn unsuppress_forgets_what_earlier_runs_left_out_and_nothing_that_is_given_now() {
    let (desk, service) = two_lists();
    let [out, gone] = ["suppressed", "accepted"];
    sent(
        &desk,
        &service,
        &["--suppress", "a.csv", "--suppress", "b.csv"],
    );
    let again = ["--suppress", "b.csv", "--unsuppress"];
    assert_eq!(sent(&desk, &service, &again).0, [gone, out, out, gone]);
    assert_eq!(sent(&desk, &service, &[]).0, [gone, out, out, gone]);
    assert_eq!(sent(&desk, &service, &["--unsuppress"]).0, [gone; 4]);
    assert_eq!(service.sends().len(), 4);
}

#[test]
fn unsuppress_is_typed_and_no_setting() {
    let (desk, service) = two_lists();
    desk.write("sendcontact.toml", "unsuppress = true\n");
    let ran = desk.run_to(&service, &["send", "list.csv"]);
    assert_eq!((ran.code, service.sends().len()), (2, 0), "{ran:?}");
}
