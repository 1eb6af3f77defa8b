//! A disk that takes 10 ms more for each sync. A library of a few lines stands between the program
//! and the system's `fsync`; it is compiled here if there is a C compiler.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    Bench,
    inputs::{CSV, input},
    paced::{on_disk, sustained, without_ledger},
    run::{UNBOUND, median, run_well},
    table::Line,
};

/// Syncs slowly, and tells at the end how often.
const SHIM: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
static long syncs;
static void slow(void) {
    struct timespec wait = {0, 10000000};
    nanosleep(&wait, 0);
    __atomic_add_fetch(&syncs, 1, __ATOMIC_RELAXED);
}
int fsync(int file) {
    slow();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
}
int fdatasync(int file) {
    slow();
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
}
__attribute__((destructor)) static void tell(void) {
    FILE *out = fopen(getenv("SYNCS_TOLD_IN"), "w");
    if (out) { fprintf(out, "%ld", syncs); fclose(out); }
}
"#;

pub fn run(bench: &mut Bench) {
    let Some(shim) = compiled(&bench.folder) else {
        bench.table.skipped(
            "each sync 10 ms slower",
            "there is no C compiler (cc), or no way to load a library",
        );
        return;
    };
    for (name, rate, seconds) in [
        ("64 at once", UNBOUND, 1300),
        ("50/s", "50", 50),
        ("500/s", "500", 500),
    ] {
        let contacts = seconds * bench.pick(12, 3);
        let people = input(&bench.folder, CSV, contacts);
        let told = bench.folder.join("syncs");
        let (mut none, mut slow, mut syncs) = (Vec::new(), Vec::new(), 0);
        for _ in 0..bench.rounds() {
            none.push(sustained(|url| without_ledger(url, contacts, rate)));
            slow.push(sustained(|url| {
                let mut command = on_disk(bench, url, &people, rate);
                command.env("LD_PRELOAD", &shim).env("SYNCS_TOLD_IN", &told);
                command
            }));
            syncs = fs::read_to_string(&told)
                .ok()
                .and_then(|told| told.parse().ok())
                .unwrap_or(0);
        }
        let what = format!("each sync 10 ms slower, 50 ms, {name}");
        if syncs == 0 {
            bench
                .table
                .skipped(&what, "the library was not asked for a single sync");
            continue;
        }
        let (none, slow) = (median(none), median(slow));
        bench.table.line(Line::new(
            format!("{what}: no ledger"),
            format!("{none:.1} /s"),
        ));
        let figure = format!("{slow:.1} /s, {syncs} syncs for {contacts} contacts");
        bench.table.line(
            Line::new(what, figure)
                .times(slow / none, "no ledger")
                .at_least(0.70),
        );
    }
}

/// The library, if this machine can make and load it.
fn compiled(folder: &Path) -> Option<PathBuf> {
    let (source, library) = (folder.join("slow_sync.c"), folder.join("slow_sync.so"));
    fs::write(&source, SHIM).unwrap();
    let mut cc = Command::new("cc");
    let made = cc
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library)
        .arg(&source)
        .arg("-ldl")
        .status();
    if !made.is_ok_and(|status| status.success()) {
        return None;
    }
    let told = folder.join("loaded");
    run_well(
        Command::new("true")
            .env("LD_PRELOAD", &library)
            .env("SYNCS_TOLD_IN", &told),
        &[0],
    );
    told.exists().then_some(library)
}
