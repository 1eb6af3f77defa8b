//! How fast the program starts, and how big it is.

use std::fs;

use crate::{
    Bench,
    inputs::{CSV, input},
    run::{median, run_well, sendcontact},
    table::Line,
};

pub fn run(bench: &mut Bench) {
    let people = input(&bench.folder, CSV, 10);
    let times =
        (0..20).map(|_| run_well(sendcontact(&bench.folder).arg("check").arg(&people), &[0]).wall);
    let milliseconds = median(times) * 1000.0;
    let line = Line::new(
        "`check` of ten rows, start to end",
        format!("{milliseconds:.1} ms"),
    );
    bench
        .table
        .line(line.demand("≤ 30 ms", milliseconds <= 30.0));
    let size = fs::metadata(env!("CARGO_BIN_EXE_sendcontact"))
        .unwrap()
        .len()
        >> 10;
    bench
        .table
        .line(Line::new("the program", format!("{size} KiB")));
}
