//! All contacts as fast as possible, 64 at once, to a server that answers at once: what the ledger and
//! the engine cost beside bare requests, in contacts a second and in CPU.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use tempfile::TempDir;
use wait4::Wait4;

use crate::{
    Bench, clients,
    inputs::{CSV, input},
    run::{Ran, UNBOUND, fresh, installed, median, role, run_well, send, thousands},
    server::{Server, Way},
    table::Line,
};

/// A disk of memory, on which a sync costs nothing.
pub const MEMORY_DISK: &str = "/dev/shm";

/// What one run came to.
#[derive(Clone, Copy)]
struct Sample {
    /// Cards a second from the first to the last at the server.
    sending: f64,
    /// Cards a second from the start of the process to its end.
    whole: f64,
    /// Microseconds of CPU a contact.
    cpu: f64,
    /// Seconds of CPU.
    cpu_seconds: f64,
}

type Samples = BTreeMap<&'static str, Vec<Sample>>;

const WRK: &str = "wrk";
const RAW: &str = "raw sockets";
const REQWEST: &str = "bare reqwest loop";
const OURS: &str = "our client and pace, no ledger";
const MEMORY: &str = "sendcontact, ledger on a disk of memory";
const DISK: &str = "sendcontact";
const ONE_CONTACT: &str = "sendcontact, the same rows but one contact";

pub fn run(bench: &mut Bench) {
    let contacts = bench.pick(200_000, 10_000);
    let people = input(&bench.folder, CSV, contacts);
    let mut samples = Samples::new();
    for _ in 0..bench.rounds() {
        round(bench, contacts, &people, &mut samples);
    }
    show(bench, &samples);
}

fn round(bench: &Bench, contacts: u64, people: &Path, samples: &mut Samples) {
    let count = contacts.to_string();
    let mut add = |name, sample| samples.entry(name).or_default().push(sample);
    if installed(WRK) {
        add(WRK, wrk(&bench.folder, bench.pick(5, 1)));
    }
    add(RAW, sample(contacts, |url| role(["raw", url, &count])));
    add(
        REQWEST,
        sample(contacts, |url| role(["reqwest", url, &count])),
    );
    add(
        OURS,
        sample(contacts, |url| role(["client", url, &count, UNBOUND])),
    );
    let full_speed = |url: &str| {
        let mut command = send(&fresh(&bench.folder, "end-to-end"), url);
        command
            .arg(people)
            .args(["--out-dir", ".", "--rate", UNBOUND, "--concurrency", "64"]);
        command
    };
    if Path::new(MEMORY_DISK).is_dir() {
        let memory = TempDir::new_in(MEMORY_DISK).unwrap();
        add(
            MEMORY,
            sample(contacts, |url| {
                let mut command = full_speed(url);
                command
                    .arg("--ledger")
                    .arg(memory.path().join("people.ledger"));
                command
            }),
        );
    }
    add(DISK, sample(contacts, full_speed));
    let server = Server::start(Way::default());
    let ran = run_well(full_speed(&server.url()).args(["--limit", "1"]), &[0]);
    server.finish();
    add(
        ONE_CONTACT,
        Sample {
            sending: 0.0,
            whole: 1.0 / ran.wall,
            cpu: 0.0,
            cpu_seconds: ran.cpu,
        },
    );
}

/// Runs a client that sends this many contacts.
fn sample(contacts: u64, client: impl FnOnce(&str) -> Command) -> Sample {
    let server = Server::start(Way::default());
    let ran = run_well(&mut client(&server.url()), &[0]);
    let arrivals = server.finish();
    assert_eq!(arrivals.contacts, contacts, "one request for each contact");
    of(&ran, contacts, arrivals.rate())
}

#[expect(clippy::cast_precision_loss, reason = "some millions of contacts")]
fn of(ran: &Ran, contacts: u64, sending: f64) -> Sample {
    let contacts = contacts as f64;
    Sample {
        sending,
        whole: contacts / ran.wall,
        cpu: ran.cpu / contacts * 1e6,
        cpu_seconds: ran.cpu,
    }
}

/// wrk sends for some seconds, not a number of contacts.
fn wrk(folder: &Path, seconds: u64) -> Sample {
    let script = folder.join("post.lua");
    let body = clients::body();
    let lua = format!(
        "wrk.method = 'POST'\nwrk.body = '{body}'\nwrk.headers['Content-Type'] = 'application/json'\n"
    );
    fs::write(&script, lua).unwrap();
    let server = Server::start(Way::default());
    let began = (std::time::SystemTime::now(), std::time::Instant::now());
    let mut command = Command::new(WRK);
    command
        .args(["-t2", "-c64", &format!("-d{seconds}s"), "-s"])
        .arg(script);
    let wrk = command.arg(format!("{}{}", server.url(), clients::path()));
    let wrk = wrk.stdout(std::process::Stdio::null()).spawn().unwrap();
    let ran = Ran::of(began, &wrk.wait4().unwrap());
    let arrivals = server.finish();
    of(&ran, arrivals.contacts, arrivals.rate())
}

fn show(bench: &mut Bench, samples: &Samples) {
    let middle = |name: &str, part: fn(&Sample) -> f64| {
        samples
            .get(name)
            .map(|samples| median(samples.iter().map(part)))
    };
    let ceiling = if samples.contains_key(WRK) { WRK } else { RAW };
    let [fastest, bare] =
        [ceiling, REQWEST].map(|name| middle(name, |sample| sample.sending).unwrap());
    for name in [WRK, RAW, REQWEST, OURS, MEMORY] {
        if let Some(rate) = middle(name, |sample| sample.sending) {
            bench
                .table
                .line(per_second(name, rate).times(rate / fastest, ceiling));
        }
    }
    for (part, rate) in [
        (
            "first to last contact",
            middle(DISK, |sample| sample.sending).unwrap(),
        ),
        (
            "start to end of the process",
            middle(DISK, |sample| sample.whole).unwrap(),
        ),
    ] {
        let what = format!("{DISK}, {part}");
        bench.table.line(
            per_second(&what, rate)
                .times(rate / fastest, ceiling)
                .at_least(0.40),
        );
        bench.table.line(
            per_second(&what, rate)
                .times(rate / bare, REQWEST)
                .at_least(0.65),
        );
    }
    let cpu = middle(REQWEST, |sample| sample.cpu).unwrap();
    for name in [WRK, REQWEST, OURS] {
        if let Some(used) = middle(name, |sample| sample.cpu) {
            bench.table.line(
                microseconds(&format!("CPU a contact, {name}"), used).times(used / cpu, REQWEST),
            );
        }
    }
    let used = middle(DISK, |sample| sample.cpu).unwrap();
    let before = middle(ONE_CONTACT, |sample| sample.cpu_seconds).unwrap();
    let sending = used * (1.0 - before / middle(DISK, |sample| sample.cpu_seconds).unwrap());
    for (what, used) in [
        ("without import and results", sending),
        ("of the whole process", used),
    ] {
        let what = format!("CPU a contact, {DISK}, {what}");
        bench.table.line(
            microseconds(&what, used)
                .times(used / cpu, REQWEST)
                .at_most(2.0),
        );
    }
}

fn per_second(what: &str, rate: f64) -> Line {
    Line::new(what, format!("{} /s", thousands(rate)))
}

fn microseconds(what: &str, cpu: f64) -> Line {
    Line::new(what, format!("{cpu:.1} µs"))
}
