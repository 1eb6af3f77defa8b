//! A campaign in a PostgreSQL database, beside the same in a file: lists, the rate of the service, and ten instances
//! that three processes share.

use std::{path::Path, thread};

use stand_in::Cluster;

use crate::{
    Bench,
    inputs::{CSV, input},
    instances::{INSTANCES, RATE, send_with},
    paced::{on_disk, sent},
    run::{DATABASE_URL, fresh, median, run_well},
    server::{Arrivals, Server, Way},
    stages::{Took, up_to_first},
    table::Line,
};

const FILE: &str = "SQLite";
const DATABASE: &str = "PostgreSQL";

/// What was measured in turns: with the file, with the database.
type Both = [Vec<f64>; 2];

pub fn run(bench: &mut Bench) {
    let Some(cluster) = Cluster::start_durable() else {
        let why = "PostgreSQL is not installed";
        bench.table.skipped("a campaign in a database", why);
        return;
    };
    let version = cluster.query("SHOW server_version");
    bench.table.line(Line::new(DATABASE, version));
    let all_rows: &[u64] = if bench.quick {
        &[1_000, 10_000]
    } else {
        &[10_000, 100_000, 1_000_000]
    };
    for rows in all_rows {
        list(bench, &cluster, *rows);
    }
    for rate in [50, 500] {
        paced(bench, &cluster, rate);
    }
    shared(bench, &cluster);
}

/// The address of an empty database.
fn empty(cluster: &Cluster) -> String {
    for statement in [
        "DROP DATABASE IF EXISTS speed WITH (FORCE)",
        "CREATE DATABASE speed",
        // What was written before is no work of what is measured next.
        "CHECKPOINT",
    ] {
        let _nothing = cluster.query(statement);
    }
    let url = cluster.url();
    format!("{}speed", url.strip_suffix("postgres").unwrap())
}

/// A new list, half of it sent, and what is left begun again.
fn list(bench: &mut Bench, cluster: &Cluster, rows: u64) {
    let people = input(&bench.folder, CSV, rows);
    let mut url = String::new();
    let (mut imports, mut halves, mut resumes): ([Vec<Took>; 2], Both, [Vec<Took>; 2]) =
        Default::default();
    for _ in 0..bench.rounds() {
        url = empty(cluster);
        for (place, name) in [FILE, DATABASE].into_iter().enumerate() {
            let folder = fresh(&bench.folder, name);
            let database = (name == DATABASE).then_some(&*url);
            imports[place].push(up_to_first(&folder, 0, database, &people, "1").0);
        }
    }
    let most = (rows >= bench.pick(100_000, 10_000)).then_some(3.0);
    let what = format!("{rows} rows: import, up to the first request");
    took(bench, &what, &imports, most);
    let go_on = |place: usize, limit: &str| {
        let name = [FILE, DATABASE][place];
        let database = (name == DATABASE).then_some(&*url);
        up_to_first(&bench.folder.join(name), 0, database, &people, limit)
    };
    for (place, half) in halves.iter_mut().enumerate() {
        half.push(go_on(place, &(rows / 2).to_string()).1.seconds);
    }
    for _ in 0..bench.rounds() {
        for (place, resumes) in resumes.iter_mut().enumerate() {
            resumes.push(go_on(place, "1").0);
        }
    }
    beside(
        bench,
        &format!("{rows} rows: send, half of the rows"),
        halves,
        seconds,
    );
    let what = format!("{rows} rows: resume at half, up to the first request");
    took(bench, &what, &resumes, None);
}

fn took(bench: &mut Bench, what: &str, all: &[Vec<Took>; 2], most: Option<f64>) {
    let part = |part: fn(&Took) -> f64| [0, 1].map(|place| all[place].iter().map(part).collect());
    let [file, database] = lines(what, part(|took| took.seconds), seconds);
    bench.table.line(file);
    bench.table.line(match most {
        Some(most) => database.at_most(most),
        None => database,
    });
    let what = format!("{what}, memory");
    beside(bench, &what, part(|took| took.peak), |peak| {
        format!("{peak:.1} MB")
    });
}

/// One process at the rate of a service that is 50 ms away.
fn paced(bench: &mut Bench, cluster: &Cluster, rate: u64) {
    let contacts = rate * bench.pick(12, 3);
    let people = input(&bench.folder, CSV, contacts);
    let (mut rates, mut used): (Both, Both) = Default::default();
    for _ in 0..bench.rounds() {
        let url = empty(cluster);
        for (place, database) in [None, Some(url)].into_iter().enumerate() {
            let (ran, arrivals) = sent(|service| {
                let mut command = on_disk(bench, service, &people, &rate.to_string());
                command.envs(database.map(|url| (DATABASE_URL, url)));
                command
            });
            assert_eq!(arrivals.contacts, contacts, "one request for each contact");
            rates[place].push(arrivals.sustained);
            #[expect(clippy::cast_precision_loss, reason = "some thousands of contacts")]
            used[place].push(ran.cpu / contacts as f64 * 1e6);
        }
    }
    let what = format!("{rate}/s, 50 ms");
    beside(bench, &what, rates, |rate| format!("{rate:.2} /s"));
    let what = format!("{what}: CPU a contact");
    beside(bench, &what, used, |cpu| format!("{cpu:.0} µs"));
}

/// Ten instances: in one process with the file; in three with the database, the first of which imports the list.
fn shared(bench: &mut Bench, cluster: &Cluster) {
    let contacts = INSTANCES * RATE * bench.pick(20, 6);
    let people = input(&bench.folder, CSV, contacts);
    let (mut rates, mut most): (Both, [u64; 2]) = Default::default();
    for _ in 0..bench.rounds() {
        let url = empty(cluster);
        for (place, arrivals) in [one_process(bench, &people), three(bench, &people, &url)]
            .into_iter()
            .enumerate()
        {
            assert_eq!(arrivals.contacts, contacts, "one request for each contact");
            assert_eq!(arrivals.instances, INSTANCES, "every instance has sent");
            rates[place].push(arrivals.sustained);
            most[place] = most[place].max(arrivals.most);
        }
    }
    let least = 490.0;
    let holds = median(rates[1].iter().copied()) >= least;
    let what = format!("{INSTANCES} instances at {RATE}/s, in one process or three");
    let [file, database] = lines(&what, rates, |rate| format!("{rate:.1} /s"));
    bench.table.line(file);
    bench
        .table
        .line(database.demand(format!("≥ {least} /s"), holds));
    let what = format!("{what}: most of an instance in a second");
    for (name, most) in [FILE, DATABASE].into_iter().zip(most) {
        let line = Line::new(format!("{what}, {name}"), most.to_string());
        bench
            .table
            .line(line.demand(format!("≤ {RATE}"), most <= RATE));
    }
}

fn one_process(bench: &Bench, people: &Path) -> Arrivals {
    let server = Server::start(Way::default());
    let folder = fresh(&bench.folder, FILE);
    let mut command = send_with(1..=INSTANCES, &folder, &server.url());
    run_well(command.arg(people), &[0]);
    server.finish()
}

/// As on three machines: each has a folder, settings and a state of its own.
fn three(bench: &Bench, people: &Path, database: &str) -> Arrivals {
    let server = Server::start(Way::default());
    let mut commands = [1..=4, 5..=7, 8..=INSTANCES].map(|numbers| {
        let folder = fresh(&bench.folder, &format!("{DATABASE}-{}", numbers.start()));
        let mut command = send_with(numbers, &folder, &server.url());
        command
            .args(["--campaign", "shared"])
            .env(DATABASE_URL, database);
        command
    });
    commands[0].arg(people);
    thread::scope(|scope| {
        let mut processes = commands.iter_mut();
        let first = processes.next().unwrap();
        let first = scope.spawn(|| run_well(first, &[0]));
        server.wait_for_first(|| first.is_finished());
        for other in processes {
            scope.spawn(|| run_well(other, &[0]));
        }
    });
    server.finish()
}

/// The figure with the file, and the figure with the database as so many times that.
fn lines(what: &str, figures: Both, show: impl Fn(f64) -> String) -> [Line; 2] {
    let [file, database] = figures.map(median);
    let line = |name: &str, figure: f64| Line::new(format!("{what}, {name}"), show(figure));
    [
        line(FILE, file),
        line(DATABASE, database).times(database / file, FILE),
    ]
}

fn beside(bench: &mut Bench, what: &str, figures: Both, show: impl Fn(f64) -> String) {
    for line in lines(what, figures, show) {
        bench.table.line(line);
    }
}

fn seconds(figure: f64) -> String {
    format!("{figure:.2} s")
}
