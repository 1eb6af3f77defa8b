//! Ten instances at the service's limit in one run, all of them at one server.

use std::fs;

use crate::{
    Bench,
    inputs::{CSV, input},
    run::{TOKEN, fresh, run_well, sendcontact},
    server::{Server, Way},
    table::Line,
};

const INSTANCES: u64 = 10;

/// Cards a second that each may send.
const RATE: u64 = 50;

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
        settings(&folder, &server.url());
        let mut command = sendcontact(&folder);
        command.args([
            "send",
            "--no-reconcile",
            "--quiet",
            "--out-dir",
            ".",
            "--settings",
            "sendcontact.toml",
        ]);
        command
            .arg(&people)
            .args((1..=INSTANCES).flat_map(|number| ["--instance".to_owned(), name(number)]));
        run_well(&mut command, &[0]);
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

fn name(number: u64) -> String {
    format!("no{number}")
}

fn settings(folder: &std::path::Path, url: &str) {
    fs::write(folder.join("token"), TOKEN).unwrap();
    let section = |number: u64| {
        let id = 1_101_000_000 + number;
        format!(
            "[instances.{}]\nid-instance = {id}\ntoken-file = \"token\"\n",
            name(number)
        )
    };
    let sections: Vec<String> = (1..=INSTANCES).map(section).collect();
    fs::write(
        folder.join("sendcontact.toml"),
        format!("api-url = \"{url}\"\n{}", sections.concat()),
    )
    .unwrap();
}
