//! What each stage takes as lists grow: time, peak of memory, and how many times more for ten times
//! the rows.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Bench,
    inputs::{CSV, input},
    run::{
        DATABASE_URL, Ran, UNBOUND, fresh, median, on_one_processor, run_any, run_well, send,
        sendcontact,
    },
    server::{Server, Way, free_port},
    table::Line,
};

/// What a stage took at one size.
#[derive(Clone, Copy)]
pub struct Took {
    pub seconds: f64,
    pub peak: f64,
}

const CHECK: &str = "check";
const IMPORT: &str = "import, up to the first request";
const SEND: &str = "send, half of the rows";
const RESUME: &str = "resume at half, up to the first request";
const CSV_RESULTS: &str = "results as CSV";
const XLSX_RESULTS: &str = "results as XLSX";

const STAGES: [&str; 6] = [CHECK, IMPORT, SEND, RESUME, CSV_RESULTS, XLSX_RESULTS];

/// The stages at one size; nothing for one that the program does not know.
type Sized = (u64, [Option<Took>; 6]);

fn run_stages(bench: &Bench, rows: u64) -> Sized {
    let people = input(&bench.folder, CSV, rows);
    let rounds = (0..bench.rounds())
        .map(|_| round(bench, rows, &people))
        .collect::<Vec<_>>();
    let middle = |stage: usize| {
        let all: Vec<Took> = rounds.iter().filter_map(|round| round[stage]).collect();
        (!all.is_empty()).then(|| Took {
            seconds: median(all.iter().map(|took| took.seconds)),
            peak: median(all.iter().map(|took| took.peak)),
        })
    };
    (rows, [0, 1, 2, 3, 4, 5].map(middle))
}

pub fn run(bench: &mut Bench) {
    let mut all_rows = if bench.quick {
        vec![1_000, 10_000]
    } else {
        vec![10_000, 100_000, 1_000_000]
    };
    if bench.ten_million {
        all_rows.push(10_000_000);
    }
    let mut sized: Vec<Sized> = Vec::new();
    for rows in all_rows {
        let next = run_stages(bench, rows);
        show(bench, &next, &sized);
        if rows == bench.pick(1_000_000, 10_000) {
            on_one(bench, &next);
        }
        sized.push(next);
    }
}

fn round(bench: &Bench, rows: u64, people: &Path) -> [Option<Took>; 6] {
    let check = took(&run_well(
        sendcontact(&bench.folder).arg("check").arg(people),
        &[0],
    ));
    let folder = fresh(&bench.folder, "stages");
    // One service, so that the send history knows what was sent, as in a resumed campaign of a user.
    let port = free_port();
    let (import, _) = up_to_first(&folder, port, None, people, "1");
    let (_, sending) = up_to_first(&folder, port, None, people, &(rows / 2).to_string());
    let (resume, _) = up_to_first(&folder, port, None, people, "1");
    let [csv, xlsx] = ["all.csv", "all.xlsx"].map(|name| report(&folder, name));
    [
        Some(check),
        Some(import),
        Some(sending),
        Some(resume),
        csv,
        xlsx,
    ]
}

fn took(ran: &Ran) -> Took {
    Took {
        seconds: ran.wall,
        peak: ran.peak,
    }
}

/// Sends some contacts to a server at this port, or at any for 0: from the start to the first request, and from there to
/// the last.
pub fn up_to_first(
    folder: &Path,
    port: u16,
    database: Option<&str>,
    people: &Path,
    limit: &str,
) -> (Took, Took) {
    let server = Server::start_at(port, Way::default());
    let mut command = sending(folder, &server.url(), people, limit);
    command.envs(database.map(|url| (DATABASE_URL, url)));
    ended(&mut command, server)
}

fn sending(folder: &Path, url: &str, people: &Path, limit: &str) -> Command {
    let mut command = send(folder, url);
    command.arg(people).args([
        "--out-dir",
        ".",
        "--rate",
        UNBOUND,
        "--concurrency",
        "64",
        "--limit",
        limit,
    ]);
    command
}

#[expect(clippy::cast_precision_loss, reason = "some millions of contacts")]
fn ended(command: &mut Command, server: Server) -> (Took, Took) {
    let ran = run_well(command, &[0]);
    let arrivals = server.finish();
    let took = |seconds| Took {
        seconds,
        peak: ran.peak,
    };
    let sending = if arrivals.contacts > 1 {
        arrivals.contacts as f64 / arrivals.rate()
    } else {
        0.0
    };
    (took(arrivals.first_after(ran.began)), took(sending))
}

/// What a new list and its workbook take with one processor, beside all of them.
fn on_one(bench: &mut Bench, (rows, all): &Sized) {
    let people = input(&bench.folder, CSV, *rows);
    let (mut imports, mut workbooks) = (Vec::new(), Vec::new());
    for _ in 0..bench.rounds() {
        let folder = fresh(&bench.folder, "stages");
        let server = Server::start(Way::default());
        let import = sending(&folder, &server.url(), &people, "1");
        let Some(mut import) = on_one_processor(&import) else {
            let _ = server.finish();
            return bench
                .table
                .skipped("one processor", "taskset is not installed");
        };
        imports.push(ended(&mut import, server).0.seconds);
        let mut workbook = sendcontact(&folder);
        workbook
            .args(["report", "--ledger"])
            .arg(ledger_in(&folder))
            .args(["--results", "all.xlsx"]);
        let ran = on_one_processor(&workbook).map(|mut workbook| run_any(&mut workbook));
        workbooks.extend(ran.filter(|ran| ran.code == Some(0)).map(|ran| ran.wall));
    }
    for (stage, seconds) in [(1, imports), (5, workbooks)] {
        if let (Some(took), false) = (all[stage], seconds.is_empty()) {
            let alone = median(seconds);
            let what = format!("{rows} rows: {}, on one processor", STAGES[stage]);
            let line = Line::new(what, format!("{alone:.2} s"));
            bench.table.line(line.times(alone / took.seconds, "on all"));
        }
    }
}

fn ledger_in(folder: &Path) -> PathBuf {
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let is_ledger = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "ledger");
    paths.into_iter().find(is_ledger).unwrap()
}

fn report(folder: &Path, name: &str) -> Option<Took> {
    let mut command: Command = sendcontact(folder);
    let ran = run_any(
        command
            .arg("report")
            .arg("--ledger")
            .arg(ledger_in(folder))
            .args(["--results", name]),
    );
    (ran.code == Some(0)).then(|| took(&ran))
}

fn show(bench: &mut Bench, (rows, now): &Sized, before: &[Sized]) {
    let check = now[0].map_or(0.0, |check| check.seconds);
    for (stage, name) in STAGES.into_iter().enumerate() {
        let what = format!("{rows} rows: {name}");
        let Some(took) = now[stage] else {
            bench
                .table
                .skipped(&what, "the program refuses to write it");
            continue;
        };
        let Took { seconds, peak } = took;
        let line = Line::new(&what, format!("{seconds:.2} s"));
        bench.table.line(match (name, *rows) {
            (IMPORT, 1_000_000) => line.times(seconds / check, CHECK).at_most(2.0),
            (RESUME, 1_000_000) => line.times(seconds / check, CHECK).at_most(1.3),
            (IMPORT | RESUME, _) => line.times(seconds / check, CHECK),
            _ => line,
        });
        memory(
            bench,
            (*rows, &what, peak),
            before
                .iter()
                .filter_map(|(rows, all)| Some((*rows, all[stage]?))),
        );
        let smaller = before.last().and_then(|(_, all)| all[stage]);
        if let Some(smaller) = smaller {
            let line = Line::new(
                format!("{what}, growth"),
                format!("{:.2} s → {seconds:.2} s", smaller.seconds),
            );
            let line = line.times(seconds / smaller.seconds, "the time of a tenth of the rows");
            bench.table.line(if *rows < 1_000_000 {
                line
            } else {
                line.at_most(11.0)
            });
        }
    }
}

/// The peak: demanded of a million rows, and of ten million beside a million.
fn memory(
    bench: &mut Bench,
    (rows, what, peak): (u64, &str, f64),
    mut before: impl Iterator<Item = (u64, Took)>,
) {
    let line = Line::new(format!("{what}, memory"), format!("{peak:.1} MB"));
    let million = before
        .find(|(rows, _)| *rows == 1_000_000)
        .map(|(_, took)| took.peak);
    bench.table.line(match (rows, million) {
        (10_000_000, Some(million)) => line
            .times(peak / million, "that at a million rows")
            .at_most(1.15),
        (1_000_000, _) => line.demand("≤ 60 MB", peak <= 60.0),
        _ => line,
    });
}
