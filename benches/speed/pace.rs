//! The rate as the service sees it: no sliding second above the limit, and how much of it is used.

use std::{
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use crate::{
    Bench,
    inputs::{CSV, input},
    run::{fresh, send},
    server::{Arrivals, Server, Way},
    table::Line,
};

#[derive(Clone, Copy)]
struct Case {
    limit: u64,
    way: Way,
    stopped: bool,
}

/// Latency, jitter and the cold of a new connection, in ms; whether the process is stopped for 2 s.
const CASES: [(u64, u64, u64, bool); 9] = [
    (0, 0, 0, false),
    (0, 20, 0, false),
    (50, 0, 0, false),
    (50, 20, 0, false),
    (200, 0, 0, false),
    (200, 20, 0, false),
    (50, 0, 100, false),
    (50, 20, 100, false),
    (50, 20, 0, true),
];

pub fn run(bench: &mut Bench) {
    let cases: &[_] = if bench.quick {
        &[CASES[3], CASES[7], CASES[8]]
    } else {
        &CASES
    };
    for limit in [1, 5, 50, 500, 5000] {
        for &(latency, jitter, cold, stopped) in cases {
            let case = Case {
                limit,
                way: Way {
                    latency,
                    jitter,
                    cold,
                },
                stopped,
            };
            let arrivals = arrivals(bench, case);
            bench.table.line(line(case, &arrivals));
        }
    }
}

/// How long the contacts take, in seconds.
const fn seconds(bench: &Bench, limit: u64) -> u64 {
    match limit {
        ..50 => bench.pick(12, 5),
        50..5000 => bench.pick(15, 4),
        5000.. => bench.pick(8, 4),
    }
}

fn arrivals(bench: &Bench, case: Case) -> Arrivals {
    let Case {
        limit,
        way,
        stopped,
    } = case;
    let contacts = limit * seconds(bench, limit);
    let people = input(&bench.folder, CSV, contacts);
    let server = Server::start(way);
    let mut command = send(&fresh(&bench.folder, "pace"), &server.url());
    let at_once = (limit * (way.latency + way.jitter + 50) * 2 / 1000).clamp(16, 1024);
    command
        .arg(&people)
        .args(["--out-dir", ".", "--rate", &limit.to_string()]);
    command.args(["--concurrency", &at_once.to_string()]);
    let mut run = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    if stopped {
        thread::sleep(Duration::from_secs(2));
        signal("-STOP", run.id());
        thread::sleep(Duration::from_secs(2));
        signal("-CONT", run.id());
    }
    assert_eq!(run.wait().unwrap().code(), Some(0), "limit {limit}");
    let arrivals = server.finish();
    assert_eq!(arrivals.contacts, contacts, "one request for each contact");
    arrivals
}

fn signal(name: &str, process: u32) {
    assert!(
        Command::new("kill")
            .args([name, &process.to_string()])
            .status()
            .unwrap()
            .success()
    );
}

#[expect(clippy::cast_precision_loss, reason = "a limit of some thousands")]
fn line(case: Case, arrivals: &Arrivals) -> Line {
    let Case {
        limit,
        way: Way {
            latency,
            jitter,
            cold,
        },
        stopped,
    } = case;
    let cold = if cold > 0 { ", cold" } else { "" };
    let after = if stopped { ", stopped for 2 s" } else { "" };
    let what = format!("limit {limit}: {latency} ms, jitter {jitter} ms{cold}{after}");
    let share = arrivals.sustained / limit as f64;
    let figure = format!("{} at most, {:.2} /s", arrivals.most, arrivals.sustained);
    let keeps = arrivals.most <= limit;
    if stopped {
        return Line::new(what, format!("{} at most", arrivals.most))
            .demand(format!("≤ {limit}"), keeps);
    }
    let least = if matches!(limit, 50 | 500) {
        0.97
    } else {
        0.96
    };
    // Two decimals, as the demand has: a run of some seconds tells no more.
    let uses = (share * 100.0).round() / 100.0 >= least;
    let demand = format!("≤ {limit}, and ≥ {least} × limit");
    Line::new(what, figure)
        .times(share, "limit")
        .demand(demand, keeps && uses)
}
