//! Every example of docs/json.md has the keys of what the program prints, and a failure has one shape.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stand_in::{Desk, Service, table};

const PAGE: &str = include_str!("../docs/json.md");

/// Every key, also those within; of a list those of its first element.
fn keys(value: &Value, path: &str, all: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                let path = format!("{path}.{key}");
                all.insert(path.clone());
                keys(field, &path, all);
            }
        }
        Value::Array(items) => {
            if let Some(first) = items.first() {
                keys(first, &format!("{path}[]"), all);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn key_set(value: &Value) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    keys(value, "", &mut all);
    all
}

/// The commands of the page with their examples.
fn examples() -> Vec<(Vec<&'static str>, Value)> {
    let mut all = Vec::new();
    let mut command = "";
    let mut is_json = false;
    for line in PAGE.lines() {
        if let Some(rest) = line.strip_prefix("`sendcontact ") {
            command = rest.split('`').next().unwrap();
        } else if line.starts_with("```") {
            is_json = line == "```json";
        } else if is_json {
            let words = command.split_whitespace().collect();
            all.push((words, serde_json::from_str(line).unwrap()));
        }
    }
    all
}

#[test]
fn every_example_of_the_page_has_the_keys_of_what_is_printed() {
    let desk = Desk::new();
    let service = Service::accepting();
    desk.write("list.csv", table(2));
    let examples = examples();
    assert_eq!(examples.len(), 9, "{examples:?}");
    for (words, example) in examples {
        // The simulator of a run is gone after it: who asks later asks the stand-in.
        let later = ["track", "reconcile"].contains(&words[0]);
        let ran = if later {
            let real = words.iter().filter(|word| **word != "--simulate");
            let real = real.map(|word| word.trim_end_matches("-simulated"));
            desk.run_to(&service, &real.collect::<Vec<_>>())
        } else {
            desk.run(&words)
        };
        let mut lines = ran.stdout.lines();
        let is_of_file = example.get("format").is_some();
        let line = if is_of_file {
            lines.last()
        } else {
            lines.next()
        };
        let line = line.unwrap_or_default();
        let printed: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{ran:?}"));
        assert_eq!(key_set(&printed), key_set(&example), "{words:?}: {ran:?}");
        if words[0] == "send" {
            let ran = desk.run_to(&service, &["send", "list.csv", "-q"]);
            assert_eq!(ran.code, 0, "{ran:?}");
        }
    }
}

/// The keys of an object, and of one within.
fn own_keys(value: &Value) -> Vec<&str> {
    let object = value.as_object();
    object.unwrap().keys().map(String::as_str).collect()
}

const OF_MESSAGE: [&str; 6] = [
    "contact",
    "phoneNumber",
    "row",
    "source",
    "status",
    "warnings",
];

const OF_DUPLICATE: [&str; 7] = [
    "contact",
    "duplicateOf",
    "phoneNumber",
    "row",
    "source",
    "status",
    "warnings",
];

const OF_CHAT: [&str; 6] = ["chatId", "contact", "row", "source", "status", "warnings"];

const OF_PROBLEM: [&str; 5] = ["problem", "row", "source", "status", "warnings"];

const OF_FILE: [&str; 6] = [
    "delimiter",
    "encoding",
    "format",
    "rows",
    "source",
    "warnings",
];

#[test]
fn check_prints_an_object_a_row_and_one_a_file() {
    let desk = Desk::new();
    desk.write(
        "list.csv",
        "phoneNumber,phoneContact,firstName,Note\n79001110001,79005550101,Анна,a\n\
         79001110001,+79005550101,Анна,b\n120363043968066561@g.us,79005550101,Анна,c\n\
         79001110002,79005550101,Анна,d\n79001110003,,Анна,e\n",
    );
    desk.write("stop.csv", "79001110002\n");
    let check = ["check", "list.csv", "--suppress", "stop.csv", "--json"];
    let ran = desk.run(&check);
    assert_eq!(ran.code, 4, "{ran:?}");
    let lines = ran.stdout.lines();
    let lines: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let expected: [(Value, &[&str]); 6] = [
        (json!("valid"), &OF_MESSAGE),
        (json!("duplicate"), &OF_DUPLICATE),
        (json!("valid"), &OF_CHAT),
        (json!("suppressed"), &OF_MESSAGE),
        (json!("invalid"), &OF_PROBLEM),
        (Value::Null, &OF_FILE),
    ];
    assert_eq!(lines.len(), expected.len(), "{ran:?}");
    for (line, (status, keys)) in lines.iter().zip(expected) {
        assert_eq!(
            (own_keys(line).as_slice(), &line["status"]),
            (keys, &status)
        );
    }
    assert_eq!(lines[1]["duplicateOf"], json!(2));
    assert_eq!(own_keys(&lines[1]["warnings"][0]), ["code", "text"]);
    let problem = &lines[4]["problem"];
    assert_eq!(own_keys(problem), ["code", "column", "text", "value"]);
    assert_eq!(problem["code"], json!("phone_missing"));
    let file = &lines[5];
    assert_eq!(
        (&file["format"], &file["delimiter"], &file["rows"]),
        (&json!("csv"), &json!(","), &json!(5))
    );
    assert_eq!(file["warnings"][0]["code"], json!("unknown_column"));
}

#[test]
fn check_prints_the_sheet_of_a_workbook_and_what_is_wrong_with_a_file() {
    let desk = Desk::new();
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    for name in ["clients.xlsx", "clients.csv"] {
        std::fs::copy(samples.join(name), desk.path(name)).unwrap();
    }
    let book = desk.run(&["check", "clients.xlsx", "--json"]);
    assert_eq!(book.code, 0, "{book:?}");
    let keys = [
        "delimiter",
        "encoding",
        "format",
        "otherSheets",
        "rows",
        "sheet",
        "source",
        "warnings",
    ];
    assert_eq!(own_keys(&book.json()), keys, "{book:?}");

    desk.write(
        "torn.csv",
        "phoneNumber,phoneContact,firstName\n79001110001,79005550101,\"A\n",
    );
    let keys = [
        "delimiter",
        "encoding",
        "format",
        "problem",
        "rows",
        "source",
        "warnings",
    ];
    for (files, code) in [
        (&["nothing.csv"][..], "file_missing"),
        (&["torn.csv"], "unclosed_quote"),
        (&["clients.csv", "torn.csv"], "unclosed_quote"),
    ] {
        let ran = desk.run(&[&["check", "--json"], files].concat());
        assert_eq!(ran.code, 3, "{ran:?}");
        let last = ran.json();
        assert_eq!(own_keys(&last), keys, "{ran:?}");
        assert_eq!(
            own_keys(&last["problem"]),
            ["code", "row", "text"],
            "{ran:?}"
        );
        assert_eq!(last["problem"]["code"], json!(code), "{ran:?}");
        assert_eq!(last["source"], json!(*files.last().unwrap()), "{ran:?}");
    }
    for words in [
        &["check", "clients.csv", "--json", "--nonsense"][..],
        &["check", "--json"],
        &["check", "clients.csv", "--json", "--match", "x"],
    ] {
        let ran = desk.run(words);
        assert_eq!((ran.code, ran.stdout.lines().count()), (2, 1), "{ran:?}");
        assert_eq!(own_keys(&ran.json()), ["error", "exit"], "{ran:?}");
        assert_eq!(own_keys(&ran.json()["error"]), ["code", "text"], "{ran:?}");
    }
}

#[test]
fn a_failure_is_one_object_whatever_is_wrong() {
    let desk = Desk::new();
    desk.write("list.csv", table(2));
    desk.write("bad.toml", "rate = [");
    for (words, code, exit) in [
        (&["status", "nothing", "--json"][..], "settings", 2),
        (&["send", "list.csv", "--json"], "settings", 2),
        (&["send", "list.csv", "--json", "--nonsense"], "usage", 2),
        (
            &["send", "list.csv", "--json", "--settings", "bad.toml"],
            "usage",
            2,
        ),
        (
            &["send", "nowhere.csv", "--simulate", "--json"],
            "file_missing",
            3,
        ),
        (
            &["send", "no-folder/list.csv", "--simulate", "--json"],
            "file_missing",
            3,
        ),
        (
            &["send", "list.csv/list.csv", "--simulate", "--json"],
            "file_unreadable",
            3,
        ),
        (&["track", "nothing", "--simulate", "--json"], "settings", 2),
    ] {
        let ran = desk.run(words);
        assert_eq!(ran.code, exit, "{ran:?}");
        assert_eq!(ran.stdout.lines().count(), 1, "{words:?} {ran:?}");
        let json = ran.json();
        assert_eq!(json["error"]["code"], json!(code), "{words:?} {json}");
        assert!(
            !json["error"]["text"].as_str().unwrap().is_empty(),
            "{json}"
        );
        assert_eq!(json["exit"], json!(exit));
    }
    let plain = desk.run(&["status", "nothing"]);
    assert_eq!((plain.code, plain.stdout.as_str()), (2, ""));
}

#[test]
fn status_says_what_is_going_on_in_one_campaign_and_in_all() {
    let desk = Desk::new();
    for list in ["a.csv", "b.csv"] {
        desk.write(list, table(2));
        let ran = desk.run(&["send", list, "--simulate", "-q", "--again"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    let one = desk.run(&["status", "a-simulated"]);
    assert_eq!(one.code, 0, "{one:?}");
    for words in [
        "Campaign a-simulated: not running; send ended ",
        "done (exit code 0)",
        "  accepted           2\n",
        "To do\n  This was a simulation: there is no delivery to track.\n",
    ] {
        assert!(one.stdout.contains(words), "{words}: {}", one.stdout);
    }
    let all = desk.run(&["status"]);
    assert_eq!(all.code, 0, "{all:?}");
    for name in ["a-simulated", "b-simulated"] {
        let line = all.stdout.lines().find(|line| line.contains(name)).unwrap();
        assert!(line.contains("not running; send ended"), "{line}");
    }
    let lines = desk.run(&["status", "--json"]);
    let states = lines.stdout.lines().map(|line| {
        let json: Value = serde_json::from_str(line).unwrap();
        (json["campaign"].clone(), json["state"].clone())
    });
    let ended = |name: &str| (json!(name), json!("ended"));
    assert_eq!(
        states.collect::<Vec<_>>(),
        [ended("a-simulated"), ended("b-simulated")]
    );
    desk.write("c.ledger", b"nothing of ours");
    let torn = desk.run(&["status", "--lang", "ru"]);
    assert_eq!((torn.code, torn.stdout.lines().count()), (0, 4), "{torn:?}");
}

#[test]
fn advice_is_by_cause() {
    let desk = Desk::new();
    let service = Service::start(|number, request| {
        if !request.is_send() {
            return stand_in::authorized();
        }
        match number {
            0 => stand_in::refused(400, "bad request data"),
            1 => stand_in::Reply::Answer(
                466,
                r#"{"correspondentsStatus":{"status":"CORRESPONDENTS_QUOTE_EXCEEDED","description":"3 chats only"}}"#.to_owned(),
            ),
            _ => stand_in::accepted(number),
        }
    });
    desk.write("list.csv", table(4) + "12,79001234568,Короткий\n");
    let send = [
        "send",
        "list.csv",
        "--no-reconcile",
        "--concurrency",
        "1",
        "--max-failures",
        "5",
    ];
    let ran = desk.run_to(&service, &send);
    assert_eq!(ran.code, 4, "{ran:?}");
    let status = desk.run(&["status", "list"]);
    for text in [&ran.stderr, &status.stdout] {
        for words in [
            "  Correct 1 invalid row. Write such rows into a workbook:\n",
            "    sendcontact report list --only not-sent --as xlsx\n",
            "(the column explanation says what is wrong) and send the workbook:\n    sendcontact send \
             list-not-sent.xlsx ",
            "1 contact was refused because the plan's monthly quota of chats is used up (HTTP 466)",
            "1 contact was refused as bad request data (HTTP 400)",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
    let brief = desk.run(&["status", "list", "--brief", "--lang", "ru"]);
    assert!(
        brief
            .stdout
            .contains("Что делать: 1 контакт сверх квоты чатов"),
        "{brief:?}"
    );
}
