//! A room uses only rooms above it. The rooms and their arrows stand here once; a wrong arrow in
//! the code fails this test.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Each room, and the rooms that it may use.
const ROOMS: [(&str, &[&str]); 18] = [
    ("platform", &[]),
    ("failpoints", &[]),
    ("i18n", &[]),
    ("terminal", &["platform", "i18n"]),
    ("domain", &["i18n"]),
    ("formats", &["i18n"]),
    ("rate_limit", &[]),
    ("send_policy", &["i18n"]),
    ("phone_metadata", &["i18n", "send_policy"]),
    ("green_api", &["platform", "i18n", "domain"]),
    (
        "ingest",
        &["i18n", "domain", "formats", "send_policy", "phone_metadata"],
    ),
    // Migrations of older ledgers read names again, to compute the keys of what is sent for them.
    (
        "ledger",
        &[
            "platform",
            "failpoints",
            "i18n",
            "domain",
            "send_policy",
            "phone_metadata",
            "ingest",
        ],
    ),
    (
        "report",
        &[
            "platform",
            "failpoints",
            "i18n",
            "terminal",
            "domain",
            "ledger",
        ],
    ),
    ("simulator", &["i18n", "domain", "green_api"]),
    (
        "engine",
        &[
            "failpoints",
            "i18n",
            "domain",
            "green_api",
            "rate_limit",
            "send_policy",
            "ledger",
        ],
    ),
    ("follow_up", &["i18n", "domain", "green_api", "ledger"]),
    (
        "progress",
        &["i18n", "terminal", "engine", "follow_up", "domain"],
    ),
    (
        "cli",
        &[
            "platform",
            "i18n",
            "terminal",
            "domain",
            "formats",
            "rate_limit",
            "send_policy",
            "phone_metadata",
            "green_api",
            "ledger",
            "ingest",
            "report",
            "simulator",
            "engine",
            "follow_up",
            "progress",
        ],
    ),
];

/// The rooms that a source text uses, tests included: everything behind `crate::`.
fn used(text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join(" ");
    let mut rooms = Vec::new();
    for after in code.split("crate::").skip(1) {
        let mut depth = 0;
        let mut word = String::new();
        for character in after.chars() {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                ':' | ',' | ';' | ' ' | '(' | ')' | '<' | '>' | '&' => {}
                other => {
                    word.push(other);
                    continue;
                }
            }
            // At depth 1 each word names a room; before any brace only the first one does.
            if !word.is_empty() && depth <= 1 && rooms.last() != Some(&word) && is_room(&word) {
                rooms.push(word.clone());
            }
            let ended = depth < 1 && (!word.is_empty() || character == '}');
            word.clear();
            if ended {
                break;
            }
        }
    }
    rooms
}

fn is_room(word: &str) -> bool {
    ROOMS.iter().any(|(room, _)| *room == word)
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push(path);
        }
    }
}

fn sources(folder: &Path, into: &mut Vec<String>) {
    let mut found = Vec::new();
    files(folder, &mut found);
    into.extend(found.iter().map(|path| fs::read_to_string(path).unwrap()));
}

fn wrong_arrows(room: &str, texts: &[String]) -> Vec<String> {
    let allowed = ROOMS
        .iter()
        .find(|(name, _)| *name == room)
        .map_or(&[][..], |(_, allowed)| *allowed);
    let used = texts.iter().flat_map(|text| used(text));
    used.filter(|other| other != room && !allowed.contains(&other.as_str()))
        .map(|other| format!("{room} uses {other}"))
        .collect()
}

#[test]
fn a_room_uses_only_rooms_above_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (room, _) in ROOMS {
        let mut texts = Vec::new();
        sources(&src.join(room), &mut texts);
        assert!(!texts.is_empty(), "the room {room} is empty");
        wrong.extend(wrong_arrows(room, &texts));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_folder_of_the_source_is_a_room_and_the_map_names_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let map = fs::read_to_string(src.join("lib.rs")).unwrap();
    let folders: Vec<String> = fs::read_dir(&src)
        .unwrap()
        .map(|file| file.unwrap())
        .filter(|file| file.path().is_dir())
        .map(|file| file.file_name().into_string().unwrap())
        .collect();
    assert_eq!(folders.len(), ROOMS.len());
    let mut places = BTreeMap::new();
    for (order, (room, _)) in ROOMS.iter().enumerate() {
        let place = map
            .find(&format!("pub mod {room};"))
            .unwrap_or_else(|| panic!("lib.rs does not name {room}"));
        places.insert(place, order);
    }
    assert!(
        places.values().is_sorted(),
        "lib.rs lists the rooms in the order of the map"
    );
}

#[test]
fn a_wrong_arrow_is_seen_in_every_way_of_writing_it() {
    for text in [
        "use crate::ledger::Ledger;",
        "use crate::{\n    domain::Status,\n    ledger::{Ledger, Line},\n};",
        "fn f() { crate::ledger::open() }",
        "fn f(x: &crate::ledger::Ledger) {}",
        "use crate::{domain, ledger};",
        "use crate::ledger;",
    ] {
        assert_eq!(
            wrong_arrows("formats", &[text.to_owned()]).last().unwrap(),
            "formats uses ledger",
            "{text}"
        );
    }
    let fine =
        "use crate::{domain::{Status, Phone}, formats::open};\n// crate::ledger is not used\n";
    assert_eq!(
        wrong_arrows("ingest", &[fine.to_owned()]),
        Vec::<String>::new()
    );
}

#[test]
fn no_room_throws_its_names_at_the_root_or_takes_all_of_another() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let map = fs::read_to_string(src.join("lib.rs")).unwrap();
    assert!(!map.contains("pub use"));
    let mut texts = Vec::new();
    sources(&src, &mut texts);
    assert!(texts.iter().all(|text| !text.contains("use crate::*")));
}

/// What only a part that depends on the system says.
const OF_ONE_SYSTEM: [&str; 4] = ["os::unix", "os::windows", "rustix::", "winapi_util::"];

/// The lines that depend on the system, outside of tests.
fn of_one_system(text: &str) -> Vec<&str> {
    let (code, tests) = text
        .split_once("#[cfg(test)]\nmod tests {")
        .unwrap_or((text, ""));
    let mut lines: Vec<_> = code.lines().collect();
    // A condition of the tests.
    lines.pop_if(|line| !tests.is_empty() && line.starts_with("#[cfg(unix)]"));
    lines.retain(|line| {
        let line = line.split("//").next().unwrap();
        let is_condition = line.contains("cfg")
            && ["unix", "windows", "target_"]
                .iter()
                .any(|word| line.contains(word));
        is_condition || OF_ONE_SYSTEM.iter().any(|word| line.contains(word))
    });
    lines
}

#[test]
fn one_room_asks_on_which_system_it_is() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    files(&src, &mut all);
    let is_test = |path: &Path| {
        let mut names = path.components().map(std::path::Component::as_os_str);
        names.any(|name| name == "tests" || name == "tests.rs")
    };
    for path in all
        .iter()
        .filter(|path| !is_test(path.strip_prefix(&src).unwrap()))
    {
        if !path.starts_with(src.join("platform")) {
            let text = fs::read_to_string(path).unwrap();
            assert_eq!(
                of_one_system(&text),
                Vec::<&str>::new(),
                "{}",
                path.display()
            );
        }
    }
    let planted = "use x;\n#[cfg(not(unix))]\nfn f() {}\n#[cfg(test)]\nmod tests {\n#[cfg(unix)]\n";
    assert_eq!(of_one_system(planted), ["#[cfg(not(unix))]"]);
}
