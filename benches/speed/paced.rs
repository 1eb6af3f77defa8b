//! At the rate of a real service, 50 ms away: the ledger must not slow it down.

use std::{path::Path, process::Command};

use tempfile::TempDir;

use crate::{
    Bench,
    end_to_end::MEMORY_DISK,
    inputs::{CSV, input},
    run::{Ran, fresh, median, role, run_well, send},
    server::{Arrivals, Server, Way},
    table::Line,
};

/// A service at a distance.
pub const WAY: Way = Way {
    latency: 50,
    jitter: 0,
    cold: 0,
};

pub fn run(bench: &mut Bench) {
    for rate in [50, 500] {
        let contacts = rate * bench.pick(12, 3);
        let people = input(&bench.folder, CSV, contacts);
        let mut rates: [Vec<f64>; 3] = Default::default();
        for _ in 0..bench.rounds() {
            rates[0].push(sustained(|url| {
                without_ledger(url, contacts, &rate.to_string())
            }));
            rates[1].push(sustained(|url| {
                on_disk(bench, url, &people, &rate.to_string())
            }));
            if Path::new(MEMORY_DISK).is_dir() {
                let memory = TempDir::new_in(MEMORY_DISK).unwrap();
                rates[2].push(sustained(|url| {
                    let mut command = on_disk(bench, url, &people, &rate.to_string());
                    command
                        .arg("--ledger")
                        .arg(memory.path().join("people.ledger"));
                    command
                }));
            }
        }
        show(bench, rate, rates);
    }
}

fn show(bench: &mut Bench, rate: u64, [none, disk, memory]: [Vec<f64>; 3]) {
    let none = median(none);
    let line = |what: &str, found: f64| {
        Line::new(format!("{rate}/s, 50 ms: {what}"), format!("{found:.2} /s"))
    };
    bench.table.line(line("no ledger", none));
    if !memory.is_empty() {
        let found = median(memory);
        bench
            .table
            .line(line("ledger on a disk of memory", found).times(found / none, "no ledger"));
    }
    let found = median(disk);
    bench.table.line(
        line("ledger", found)
            .times(found / none, "no ledger")
            .at_least(0.99),
    );
}

/// The engine without its ledger.
pub fn without_ledger(url: &str, contacts: u64, rate: &str) -> Command {
    role(["client", url, &contacts.to_string(), rate])
}

pub fn on_disk(bench: &Bench, url: &str, people: &Path, rate: &str) -> Command {
    let mut command = send(&fresh(&bench.folder, "paced"), url);
    command
        .arg(people)
        .args(["--out-dir", ".", "--concurrency", "64", "--rate", rate]);
    command
}

/// Cards a second at the server once the first second is over.
pub fn sustained(client: impl FnOnce(&str) -> Command) -> f64 {
    sent(client).1.sustained
}

/// What the client took, and what came to the server.
pub fn sent(client: impl FnOnce(&str) -> Command) -> (Ran, Arrivals) {
    let server = Server::start(WAY);
    let ran = run_well(&mut client(&server.url()), &[0]);
    (ran, server.finish())
}
