//! The speed of the program beside yardsticks of the same run, as one table: `cargo bench --bench
//! speed`. `docs/dev/speed.md` explains each line. This file only reads the arguments: the
//! sections are in `speed/`, and what must not share our CPU and memory runs as a process of
//! its own, which is this program again in another role.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

#[path = "speed/check.rs"]
mod check;
#[path = "speed/clients.rs"]
mod clients;
#[path = "speed/end_to_end.rs"]
mod end_to_end;
#[path = "speed/history.rs"]
mod history;
#[path = "speed/inputs.rs"]
mod inputs;
#[path = "speed/instances.rs"]
mod instances;
#[path = "speed/pace.rs"]
mod pace;
#[path = "speed/paced.rs"]
mod paced;
#[path = "speed/postgres.rs"]
mod postgres;
#[path = "speed/run.rs"]
mod run;
#[path = "speed/server.rs"]
mod server;
#[path = "speed/slow_sync.rs"]
mod slow_sync;
#[path = "speed/stages.rs"]
mod stages;
#[path = "speed/start.rs"]
mod start;
#[path = "speed/table.rs"]
mod table;

use std::{env, path::PathBuf};

use table::Table;

/// What a section needs.
struct Bench {
    /// Smaller sizes and one round: it shows that everything works, not how fast it is.
    quick: bool,
    /// Ten million rows, too.
    ten_million: bool,
    /// A folder on a real disk.
    folder: PathBuf,
    /// Takes the lines as they are measured.
    table: Table,
}

impl Bench {
    /// How often each figure is measured, in turns with the others; the median is shown.
    const fn rounds(&self) -> usize {
        if self.quick { 1 } else { 3 }
    }

    /// One size for the figures, another for a quick look.
    const fn pick(&self, full: u64, quick: u64) -> u64 {
        if self.quick { quick } else { full }
    }
}

type Section = (&'static str, fn(&mut Bench));

const SECTIONS: [Section; 10] = [
    ("start", start::run),
    ("end-to-end", end_to_end::run),
    ("paced", paced::run),
    ("slow-sync", slow_sync::run),
    ("pace", pace::run),
    ("instances", instances::run),
    ("check", check::run),
    ("stages", stages::run),
    ("history", history::run),
    ("postgres", postgres::run),
];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve", port, latency, jitter, cold] => server::serve(port, latency, jitter, cold),
        ["make", kind, rows, path] => inputs::make(kind, rows.parse().unwrap(), path),
        ["raw", url, contacts] => clients::raw(url, contacts.parse().unwrap()),
        ["reqwest", url, contacts] => clients::reqwest(url, contacts.parse().unwrap()),
        ["client", url, contacts, rate] => {
            clients::ours(url, contacts.parse().unwrap(), rate.parse().unwrap());
        }
        ["records", path] => clients::records(path),
        // `cargo test --all-targets` runs this program too, without the word that `cargo bench` adds.
        words if words.contains(&"--bench") => bench(words),
        _ => println!("nothing is measured: run cargo bench --bench speed"),
    }
}

fn bench(words: &[&str]) {
    let named: Vec<&&str> = words
        .iter()
        .filter(|word| !word.starts_with("--"))
        .collect();
    if let Some(wrong) = named
        .iter()
        .find(|name| SECTIONS.iter().all(|(section, _)| section != **name))
    {
        let sections = SECTIONS.map(|(name, _)| name).join(", ");
        eprintln!("there is no section {wrong}: choose from {sections}");
        std::process::exit(2);
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut bench = Bench {
        quick: words.contains(&"--quick"),
        ten_million: words.contains(&"--ten-million"),
        folder: folder.path().to_owned(),
        table: Table::begin(&run::machine(folder.path())),
    };
    for (name, section) in SECTIONS {
        if named.is_empty() || named.contains(&&name) {
            eprintln!("… {name}");
            section(&mut bench);
        }
    }
    bench.table.end();
}
