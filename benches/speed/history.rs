//! What it costs to look every row up in the send history of the instance, where another campaign has sent as much:
//! to other people, and the same to the same people.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Bench,
    inputs::{CSV, input},
    run::{Ran, UNBOUND, fresh, median, run_well, send},
    server::{Server, Way},
    table::Line,
};

const WITHOUT: &str = "without a send history";

pub fn run(bench: &mut Bench) {
    let rows = bench.pick(1_000_000, 10_000);
    let people = input(&bench.folder, CSV, 2 * rows);
    let folder = fresh(&bench.folder, "history");
    let [sent, others] = halves(&people, &folder, rows);
    // The instance is known by its address: one server for all runs.
    let server = Server::start(Way::default());
    let plan = |name: &str, list: &Path, state: &str| {
        let mut command = to(&folder, &server, list, state, name);
        run_well(command.args(["--limit", "1"]), &[0])
    };
    run_well(&mut to(&folder, &server, &sent, "state", "first"), &[0]);
    let mut rounds: [Vec<Ran>; 3] = Default::default();
    for round in 0..bench.rounds() {
        fresh(&folder, "none");
        rounds[0].push(plan(&format!("none-{round}"), &others, "none"));
        rounds[1].push(plan(&format!("others-{round}"), &others, "state"));
        rounds[2].push(plan(&format!("again-{round}"), &sent, "state"));
    }
    server.finish();
    let [without, others, again] = rounds.map(|all| {
        // Of CPU: a run of some seconds waits for the disk now and then.
        let seconds = median(all.iter().map(|ran| ran.cpu));
        (seconds, median(all.iter().map(|ran| ran.peak)))
    });
    let contacts = format!("{rows} contacts of another campaign in it");
    for (what, (seconds, peak)) in [
        (WITHOUT, without),
        (&*format!("{contacts}, to other people"), others),
        (&*format!("{contacts}, all the same"), again),
    ] {
        let what = format!("{rows} rows: import, plan and results, {what}");
        let line = Line::new(&what, format!("{seconds:.2} s of CPU"));
        bench.table.line(line.times(seconds / without.0, WITHOUT));
        let memory = Line::new(format!("{what}, memory"), format!("{peak:.1} MB"));
        bench.table.line(memory);
    }
}

/// A campaign of this name, with its send histories in a folder of this name.
fn to(folder: &Path, server: &Server, list: &Path, state: &str, name: &str) -> Command {
    let mut command = send(folder, &server.url());
    command
        .env("SENDCONTACT_STATE_DIR", folder.join(state))
        .arg(list)
        .args(["--campaign", name, "--out-dir", ".", "--no-xlsx"])
        .args(["--rate", UNBOUND, "--concurrency", "64"]);
    command
}

/// Two lists of different people.
fn halves(people: &Path, folder: &Path, rows: u64) -> [PathBuf; 2] {
    let mut lines = BufReader::new(File::open(people).unwrap()).lines();
    let heading = lines.next().unwrap().unwrap();
    ["sent.csv", "others.csv"].map(|name| {
        let path = folder.join(name);
        let mut half = BufWriter::new(File::create(&path).unwrap());
        writeln!(half, "{heading}").unwrap();
        for line in lines.by_ref().take(usize::try_from(rows).unwrap()) {
            writeln!(half, "{}", line.unwrap()).unwrap();
        }
        half.flush().unwrap();
        fs::canonicalize(path).unwrap()
    })
}
