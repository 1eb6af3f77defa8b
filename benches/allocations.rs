//! Guards the hot paths without a clock: how often each asks for memory, for one row or one message.
//! `cargo bench --bench allocations` compares with `benches/allocations.txt` and ends with 1 where a
//! path asks more often than it did, or so much less that the table should say so. What SQLite takes
//! for itself is not counted.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

use std::{
    alloc::System,
    convert::Infallible,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use jiff::Timestamp;
use sendcontact::{
    domain::{CheckedRow, IdMessage},
    i18n::Language,
    ingest::{IngestOptions, Inputs, OpenedInputs},
    ledger::{
        Batch, Identity, InstanceBatch, Ledger, LedgerWriter, NewSource, RowOutcome, RowResult,
        Service,
    },
    report::{self, Form, ReportOptions},
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What the paths asked for when somebody last looked.
const KNOWN: &str = include_str!("allocations.txt");

/// A path may ask for so much more or less, as a share.
const TOLERANCE: f64 = 0.02;

/// Messages of one turn.
const AT_ONCE: usize = 64;

/// One path: works on so many rows, and gives how often memory was asked for.
type HotPath = (&'static str, fn(u32) -> usize);

const PATHS: [HotPath; 6] = [
    ("read and check a row", |rows| read(rows, plain)),
    (
        "read and check a row, numbers as people write them",
        |rows| read(rows, written),
    ),
    ("import a row", import),
    ("begin and settle a message", settle),
    ("write a line of the results as CSV", |rows| {
        results(rows, "results.csv", CSV)
    }),
    ("write a line of the results as XLSX", |rows| {
        results(rows, "results.xlsx", Form::Xlsx)
    }),
];

const CSV: Form = Form::Csv {
    delimiter: None,
    fallback: ';',
};

fn main() -> ExitCode {
    // `cargo test --all-targets` runs this program too, without the word that `cargo bench` adds.
    if !std::env::args().any(|word| word == "--bench") {
        println!("nothing is counted: run cargo bench --bench allocations");
        return ExitCode::SUCCESS;
    }
    let mut kept = true;
    println!("| path | allocations | known | |\n| --- | --- | --- | --- |");
    for (name, path) in PATHS {
        let found = for_one(path);
        let known = known(name);
        let word = match found / known {
            more if more > 1.0 + TOLERANCE => "**more**",
            less if less < 1.0 - TOLERANCE => "**less: lower it in benches/allocations.txt**",
            _ => "",
        };
        kept &= word.is_empty();
        println!("| {name} | {found:.1} | {known:.1} | {word} |");
    }
    if kept {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What one row costs once everything is set up.
fn for_one(path: fn(u32) -> usize) -> f64 {
    const FEW: u32 = 1_000;
    const MANY: u32 = 9_000;
    // The first use of a path builds tables that all later ones share.
    path(FEW);
    let [few, many] = [FEW, MANY].map(|rows| u32::try_from(path(rows)).unwrap());
    f64::from(many - few) / f64::from(MANY - FEW)
}

/// The number behind a name in the table of what is known.
fn known(name: &str) -> f64 {
    let line = KNOWN
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(known, _)| *known == name);
    line.map_or(f64::NAN, |(_, number)| number.trim().parse().unwrap())
}

/// How often memory is asked for while this is done.
fn counted(work: impl FnOnce()) -> usize {
    let region = Region::new(COUNTING);
    work();
    let change = region.change();
    change.allocations + change.reallocations
}

fn read(rows: u32, number: fn(u32) -> String) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let path = table(folder.path(), rows, number);
    counted(|| each_entry(&path, &mut drop))
}

fn import(rows: u32) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let entries = entries(folder.path(), rows);
    let mut ledger = ledger(folder.path());
    counted(|| bring_in(&mut ledger, entries))
}

fn settle(rows: u32) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let door = LedgerWriter::open(filled(folder.path(), rows)).unwrap();
    let took = counted(|| send_all(&door));
    drop(door.close());
    took
}

fn results(rows: u32, name: &str, form: Form) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let door = LedgerWriter::open(filled(folder.path(), rows)).unwrap();
    send_all(&door);
    let ledger = door.close().unwrap();
    let options = ReportOptions {
        form,
        only: None,
        language: Language::En,
        headings: Language::En,
        now: Timestamp::UNIX_EPOCH,
    };
    counted(|| {
        drop(
            report::write(
                &ledger,
                &folder.path().join(name),
                &options,
                &report::OutputRecord::default(),
            )
            .unwrap(),
        );
    })
}

/// A ledger that holds so many pending rows.
fn filled(folder: &Path, rows: u32) -> Ledger {
    let entries = entries(folder, rows);
    let mut ledger = ledger(folder);
    bring_in(&mut ledger, entries);
    ledger
}

/// Begins every message and accepts it in the next turn.
fn send_all(door: &LedgerWriter) {
    let mut settle = Vec::new();
    loop {
        let part = InstanceBatch {
            settle: std::mem::take(&mut settle),
            begin: AT_ONCE,
            rates: None,
            rules: None,
            checks: None,
        };
        let turn = Batch {
            parts: vec![part],
            now: Timestamp::constant(1_790_000_000, 0),
            by_service: true,
        };
        let committed = door
            .commit(turn)
            .blocking_recv()
            .unwrap()
            .unwrap()
            .remove(0);
        if committed.begun.is_empty() {
            return;
        }
        settle.extend(committed.begun.iter().map(|begun| {
            let id = IdMessage::new("3EB0C767D097B7C7C030").unwrap();
            RowResult {
                row: begun.row,
                verdict: RowOutcome::Accepted(id),
            }
        }));
    }
}

fn bring_in(ledger: &mut Ledger, entries: Vec<CheckedRow>) {
    let mut import = ledger.import().unwrap();
    let own_columns = ["Город".to_owned()];
    let source = NewSource {
        name: "people.csv",
        own_columns: &own_columns,
        delimiter: Some(';'),
        layout: Some("CSV, UTF-8"),
        corrects: false,
    };
    import.add_source(source).unwrap();
    for entry in entries {
        import.add_row(entry).unwrap();
    }
    import.finish(None).unwrap();
}

fn ledger(folder: &Path) -> Ledger {
    let identity = Identity {
        service: Service::Loopback,
        instance: "1101000001".to_owned(),
        name: String::new(),
    };
    Ledger::open(folder.join("people.ledger"), &[identity]).unwrap()
}

fn entries(folder: &Path, rows: u32) -> Vec<CheckedRow> {
    let mut entries = Vec::new();
    each_entry(&table(folder, rows, plain), &mut |entry| {
        entries.push(entry);
    });
    entries
}

fn each_entry(path: &Path, each: &mut dyn FnMut(CheckedRow)) {
    let inputs = Inputs {
        inputs: vec![path.to_owned()],
        ..Inputs::default()
    };
    let opened = OpenedInputs::open(&inputs, &IngestOptions::default()).unwrap();
    let read = opened.read(&mut |entry| {
        each(entry);
        Ok::<(), Infallible>(())
    });
    read.unwrap();
}

/// A table of people with two numbers in each row and a column that is not used.
fn table(folder: &Path, rows: u32, number: fn(u32) -> String) -> PathBuf {
    let mut text = "phoneNumber;phoneContact;firstName;lastName;company;Город\n".to_owned();
    for row in 0..rows {
        let (recipient, contact) = (number(row), number(row + 500_000));
        writeln!(
            text,
            "{recipient};{contact};Артём;Евпаторийский;ООО Велосипед;Москва"
        )
        .unwrap();
    }
    let path = folder.join("people.csv");
    fs::write(&path, text).unwrap();
    path
}

fn plain(number: u32) -> String {
    format!("7916{number:07}")
}

fn written(number: u32) -> String {
    let digits = format!("{number:07}");
    format!(
        "+7 (916) {}-{}-{}",
        &digits[..3],
        &digits[3..5],
        &digits[5..]
    )
}
