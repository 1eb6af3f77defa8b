//! The check of a big table in each format, beside a loop that only splits the same table into cells;
//! and how soon the first problem is shown.

use std::{
    io::Read,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use crate::{
    Bench,
    inputs::{BAD, BAD_NUMBER, CSV, ODS, PLUS, VCARDS, WINDOWS_1251, WORLD, WRITTEN, XLSX, input},
    run::{Ran, installed, median, on_one_processor, role, run_well, sendcontact},
    table::Line,
};

const KINDS: [&str; 8] = [CSV, WRITTEN, PLUS, WORLD, WINDOWS_1251, XLSX, ODS, VCARDS];

pub fn run(bench: &mut Bench) {
    let rows = bench.pick(1_000_000, 20_000);
    let paths = KINDS.map(|kind| input(&bench.folder, kind, rows));
    let contact = input(&bench.folder, CSV, 1);
    let mut ran: [Vec<Ran>; 8] = Default::default();
    let (mut bare, mut xsv, mut alone) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.rounds() {
        bare.push(run_well(&mut role(["records", paths[0].to_str().unwrap()]), &[0]).wall);
        if installed("xsv") {
            xsv.push(
                run_well(
                    Command::new("xsv")
                        .args(["count", "-d", ";"])
                        .arg(&paths[0]),
                    &[0],
                )
                .wall,
            );
        }
        for ((kind, path), ran) in KINDS.iter().zip(&paths).zip(&mut ran) {
            ran.push(run_well(&mut check(bench, (kind, path), &contact), &[0]));
        }
        if let Some(mut command) = on_one_processor(&check(bench, (CSV, &paths[0]), &contact)) {
            alone.push(run_well(&mut command, &[0]).wall);
        }
    }
    let bare = median(bare);
    bench.table.line(Line::new(
        format!("{rows} rows: a loop over `csv::ByteRecord`"),
        format!("{bare:.3} s"),
    ));
    if !xsv.is_empty() {
        let took = median(xsv);
        bench.table.line(
            Line::new("`xsv count`", format!("{took:.3} s")).times(took / bare, "ByteRecord"),
        );
    }
    // A short list is over before the program has started.
    show(bench, bare, &ran, rows == 1_000_000);
    if !alone.is_empty() {
        let plain = median(ran[0].iter().map(|ran| ran.wall));
        let alone = median(alone);
        let line = Line::new("`check`, CSV, on one processor", format!("{alone:.2} s"));
        bench
            .table
            .line(line.times(alone / plain, "`check` on all"));
    }
    first_problem(bench, rows);
}

/// Each kind beside the bare loop, and numbers of all countries beside those of one.
fn show(bench: &mut Bench, bare: f64, ran: &[Vec<Ran>; 8], is_judged: bool) {
    let took = ran
        .each_ref()
        .map(|ran| median(ran.iter().map(|ran| ran.wall)));
    for (kind, took) in KINDS.into_iter().zip(took) {
        let line = Line::new(format!("`check`, {}", name(kind)), format!("{took:.2} s"));
        let line = line.times(took / bare, "ByteRecord");
        bench.table.line(match kind {
            CSV if is_judged => line.at_most(20.0),
            WRITTEN if is_judged => line.at_most(25.0),
            _ => line,
        });
    }
    let [_, _, plus, world, ..] = took;
    let what = format!("`check`, {}, beside one country", name(WORLD));
    let line = Line::new(what, format!("{plus:.2} s → {world:.2} s"));
    let line = line.times(world / plus, name(PLUS));
    bench
        .table
        .line(if is_judged { line.at_most(1.3) } else { line });
    let peak = median(ran[3].iter().map(|ran| ran.peak));
    let what = format!("`check`, {}, memory", name(WORLD));
    let line = Line::new(what, format!("{peak:.1} MB"));
    bench.table.line(line.demand("≤ 80 MB", peak <= 80.0));
}

fn name(kind: &str) -> &str {
    match kind {
        CSV => "CSV, UTF-8, two numbers a row",
        WRITTEN => "CSV, numbers such as +7 (900) 123-45-67",
        PLUS => "CSV, numbers such as +79001234567",
        WORLD => "CSV, such numbers of all countries",
        WINDOWS_1251 => "CSV, windows-1251, guessed",
        XLSX => "XLSX",
        ODS => "ODS",
        VCARDS => "vCards as recipients",
        other => other,
    }
}

/// vCards do not say who gets whose contact: these get one contact of another file.
fn check(bench: &Bench, (kind, path): (&str, &Path), contact: &Path) -> Command {
    let mut command = sendcontact(&bench.folder);
    command.arg("check");
    if kind == VCARDS {
        command
            .arg("--recipients")
            .arg(path)
            .arg("--contacts")
            .arg(contact);
    } else {
        command.arg(path);
    }
    command
}

/// When a problem of the second row reaches the person, or the program that reads the JSON.
fn first_problem(bench: &mut Bench, rows: u64) {
    let path = input(&bench.folder, BAD, rows);
    for (what, options) in [("words", &[][..]), ("JSON", &["--json"][..])] {
        let mut command = sendcontact(&bench.folder);
        command.arg("check").arg(&path).args(options);
        let seconds = shown_after(command);
        let line = Line::new(
            format!("the first problem shown, in {what}"),
            format!("{seconds:.2} s"),
        );
        bench.table.line(line.demand("≤ 1 s", seconds <= 1.0));
    }
}

/// Seconds until the bad number stands on stdout or stderr.
fn shown_after(mut command: Command) -> f64 {
    let (mut shown, both) = std::io::pipe().unwrap();
    let began = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(both.try_clone().unwrap())
        .stderr(both)
        .spawn()
        .unwrap();
    drop(command);
    let (mut block, mut held) = (vec![0; 64 * 1024], Vec::new());
    let mut after = None;
    loop {
        let length = shown.read(&mut block).unwrap();
        if length == 0 {
            break;
        }
        if after.is_none() {
            held.extend_from_slice(&block[..length]);
            let found = String::from_utf8_lossy(&held).contains(BAD_NUMBER);
            after = found.then(|| began.elapsed().as_secs_f64());
        }
    }
    child.wait().unwrap();
    after.unwrap_or(f64::INFINITY)
}
