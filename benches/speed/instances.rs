//! Ten instances at the service's limit in one run, all of them at one server.

use std::{fs, ops::RangeInclusive, path::Path, process::Command};

use crate::{
    Bench,
    inputs::{CSV, input},
    run::{TOKEN, fresh, run_well, sendcontact},
    server::{Server, Way},
    table::Line,
};

pub const INSTANCES: u64 = 10;

/// Cards a second that each may send.
pub const RATE: u64 = 50;

pub fn run(bench: &mut Bench) {
    for way in [
        Way {
            latency: 0,
            jitter: 0,
            cold: 0,
        },
        Way {
            latency: 50,
            jitter: 0,
            cold: 0,
        },
    ] {
        let contacts = INSTANCES * RATE * bench.pick(20, 4);
        let people = input(&bench.folder, CSV, contacts);
        let folder = fresh(&bench.folder, "instances");
        let server = Server::start(way);
        let mut command = send_with(1..=INSTANCES, &folder, &server.url());
        run_well(command.arg(&people), &[0]);
        let arrivals = server.finish();
        assert_eq!(arrivals.contacts, contacts, "one request for each contact");
        let what = format!("{INSTANCES} instances at {RATE}/s, {} ms", way.latency);
        #[expect(clippy::cast_precision_loss, reason = "a rate of some hundreds")]
        let share = arrivals.sustained / (INSTANCES * RATE) as f64;
        let figure = format!("{:.1} /s", arrivals.sustained);
        bench
            .table
            .line(Line::new(what, figure).times(share, "limit").at_least(0.98));
    }
}

/// `send` with these instances, of what is still to be named.
pub fn send_with(numbers: RangeInclusive<u64>, folder: &Path, url: &str) -> Command {
    settings(numbers.clone(), folder, url);
    let mut command = sendcontact(folder);
    command
        .args(["send", "--no-reconcile", "--quiet", "--out-dir", "."])
        .args(["--settings", "sendcontact.toml"])
        .args(numbers.flat_map(|number| ["--instance".to_owned(), name(number)]));
    command
}

fn name(number: u64) -> String {
    format!("no{number}")
}

fn settings(numbers: RangeInclusive<u64>, folder: &Path, url: &str) {
    fs::write(folder.join("token"), TOKEN).unwrap();
    let section = |number: u64| {
        let id = 1_101_000_000 + number;
        format!(
            "[instances.{}]\nid-instance = {id}\ntoken-file = \"token\"\n",
            name(number)
        )
    };
    let sections: Vec<String> = numbers.map(section).collect();
    fs::write(
        folder.join("sendcontact.toml"),
        format!("api-url = \"{url}\"\n{}", sections.concat()),
    )
    .unwrap();
}
