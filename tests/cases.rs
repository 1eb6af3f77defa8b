//! Awkward inputs, most of them from public bug reports, with their right results in
//! `tests/data/cases/expected.json`: `check --json` must say of each row what stands there. A case names its
//! file, the arguments and what must hold; `why` says which rule it is an example of.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{path::Path, process::Command};

use serde_json::Value;

/// The objects that `check --json` printed, one a row and one a file, and its exit code.
struct Checked {
    rows: Vec<Value>,
    files: Vec<Value>,
    exit: Option<i32>,
}

fn check(folder: &Path, case: &Value) -> Checked {
    let file = case["file"].as_str().unwrap();
    let arguments = texts(&case["args"])
        .into_iter()
        .map(|argument| argument.replace("{file}", file));
    let arguments: Vec<String> = arguments.collect();
    let ran = Command::new(env!("CARGO_BIN_EXE_sendcontact"))
        .arg("check")
        .args(&arguments)
        .arg("--json")
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .output()
        .unwrap();
    let objects = String::from_utf8(ran.stdout).unwrap();
    let objects = objects
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let (mut rows, files): (Vec<Value>, Vec<Value>) =
        objects.partition(|object| object.get("row").is_some());
    let of_file = |row: &Value| {
        row["source"]
            .as_str()
            .is_some_and(|source| source.ends_with(file))
    };
    if rows.iter().any(of_file) {
        rows.retain(of_file);
    }
    Checked {
        rows,
        files,
        exit: ran.status.code(),
    }
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().map_or_else(Vec::new, |list| {
        list.iter()
            .map(|text| text.as_str().unwrap().to_owned())
            .collect()
    })
}

fn code(row: &Value) -> &str {
    row["problem"]["code"].as_str().unwrap_or_default()
}

fn warns_of(object: &Value, codes: &[String]) -> bool {
    let warnings = object["warnings"].as_array().into_iter().flatten();
    warnings
        .filter_map(|warning| warning["code"].as_str())
        .any(|code| codes.iter().any(|other| other == code))
}

/// Whether a row is as it is wanted: `any` of several ways, with one of the problems, or a contact with all of
/// what is named.
fn fits(wanted: &Value, row: &Value) -> bool {
    if let Some(ways) = wanted["any"].as_array() {
        return ways.iter().any(|way| fits(way, row));
    }
    if wanted.get("problem").is_some() {
        return texts(&wanted["problem"])
            .iter()
            .any(|problem| problem == code(row));
    }
    let contact = &row["contact"];
    let names = ["firstName", "middleName", "lastName", "company"];
    let has_names = || {
        names
            .iter()
            .map(|name| contact[name].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    matches!(row["status"].as_str(), Some("valid" | "duplicate"))
        && (wanted
            .get("phone")
            .is_none_or(|phone| *phone == contact["phoneContact"]))
        && (wanted
            .get("names")
            .is_none_or(|names| texts(names) == Vec::<String>::from_iter::<Vec<_>>(has_names())))
        && (wanted
            .get("warning")
            .is_none_or(|warning| warns_of(row, &texts(warning))))
}

/// What does not hold of a case.
#[expect(clippy::too_many_lines, reason = "a table")]
fn faults(folder: &Path, case: &Value) -> Vec<String> {
    let Checked { rows, files, exit } = check(folder, case);
    if case
        .get("or_file_warning")
        .is_some_and(|codes| files.iter().any(|file| warns_of(file, &texts(codes))))
    {
        return Vec::new();
    }
    let valid: Vec<u64> = rows
        .iter()
        .filter(|row| matches!(row["status"].as_str(), Some("valid" | "duplicate")))
        .filter_map(|row| row["contact"]["phoneContact"].as_u64())
        .collect();
    let mut faults = Vec::new();
    let mut expect = |holds: bool, what: &str| {
        if !holds {
            faults.push(what.to_owned());
        }
    };
    for (key, wanted) in case.as_object().unwrap() {
        let all = |wanted: &Value| !rows.is_empty() && rows.iter().all(|row| fits(wanted, row));
        let numbers = || {
            wanted
                .as_array()
                .unwrap()
                .iter()
                .filter_map(Value::as_u64)
                .collect::<Vec<_>>()
        };
        let holds = match key.as_str() {
            "rows" => {
                let wanted = wanted.as_array().unwrap();
                wanted.len() == rows.len()
                    && wanted
                        .iter()
                        .zip(&rows)
                        .all(|(wanted, row)| fits(wanted, row))
            }
            "statuses" => rows
                .iter()
                .map(|row| &row["status"])
                .eq(wanted.as_array().unwrap()),
            "all_problem" => all(&serde_json::json!({ "problem": wanted })),
            "all_any" => all(&serde_json::json!({ "any": wanted })),
            "sheet" => files.iter().any(|file| file["sheet"] == *wanted),
            "absent" | "none_valid_of" => numbers().iter().all(|number| !valid.contains(number)),
            "min_valid" => valid.len() as u64 >= wanted.as_u64().unwrap(),
            "last" => rows
                .last()
                .is_some_and(|row| row["contact"]["phoneContact"].is_u64()),
            "exit" => wanted.as_i64() == exit.map(i64::from),
            "exit_any" => wanted
                .as_array()
                .unwrap()
                .iter()
                .any(|code| code.as_i64() == exit.map(i64::from)),
            "file" | "args" | "why" | "or_file_warning" => true,
            other => panic!("nobody knows the key {other}"),
        };
        expect(holds, key);
    }
    if !faults.is_empty() {
        faults.push(format!("exit {exit:?}, {rows:#?}"));
    }
    faults
}

#[test]
fn every_awkward_input_comes_out_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cases");
    let cases = std::fs::read_to_string(folder.join("expected.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&cases).unwrap();
    assert!(cases.len() >= 34);
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let faults = faults(&folder, case);
            (!faults.is_empty())
                .then(|| format!("{} {}: {}", case["file"], case["args"], faults.join(", ")))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
