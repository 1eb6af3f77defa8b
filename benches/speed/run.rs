//! Runs a program as a whole process and measures what it took: time, CPU of its own, peak of memory.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Instant, SystemTime},
};

use wait4::{ResUse, Wait4};

/// What a process took.
pub struct Ran {
    pub began: SystemTime,
    /// Seconds from its start to its end.
    pub wall: f64,
    /// Seconds of CPU, user and system.
    pub cpu: f64,
    /// The most memory that it held, in MB.
    pub peak: f64,
    pub code: Option<i32>,
}

impl Ran {
    /// Tells what a process took that began then.
    #[expect(clippy::cast_precision_loss, reason = "bytes of memory, shown in MB")]
    pub fn of(began: (SystemTime, Instant), used: &ResUse) -> Self {
        Self {
            began: began.0,
            wall: began.1.elapsed().as_secs_f64(),
            cpu: (used.rusage.utime + used.rusage.stime).as_secs_f64(),
            peak: used.rusage.maxrss as f64 / 1e6,
            code: used.status.code(),
        }
    }
}

/// Runs it to its end; what it says is thrown away.
pub fn run_any(command: &mut Command) -> Ran {
    let began = (SystemTime::now(), Instant::now());
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Ran::of(began, &child.wait4().unwrap())
}

/// As [`run_any`], for what must end with one of these exit codes.
pub fn run_well(command: &mut Command, codes: &[i32]) -> Ran {
    let ran = run_any(command);
    assert!(
        ran.code.is_some_and(|code| codes.contains(&code)),
        "{command:?} ended with {:?}",
        ran.code
    );
    ran
}

/// This program in another role.
pub fn role<const N: usize>(words: [&str; N]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(words);
    command
}

/// The same command, which may use one processor only; nothing where `taskset` is missing.
pub fn on_one_processor(command: &Command) -> Option<Command> {
    let mut alone = Command::new("taskset");
    alone.args(["-c", "0"]).arg(command.get_program());
    alone.args(command.get_args());
    let envs = command.get_envs();
    envs.for_each(|(name, value)| {
        let _ = match value {
            Some(value) => alone.env(name, value),
            None => alone.env_remove(name),
        };
    });
    command
        .get_current_dir()
        .map(|folder| alone.current_dir(folder));
    installed("taskset").then_some(alone)
}

/// Names the database of a run.
pub const DATABASE_URL: &str = "SENDCONTACT_DATABASE_URL";

/// The program that is measured, in this folder, with a ledger that is a file unless a database is added.
pub fn sendcontact(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sendcontact"));
    command
        .current_dir(folder)
        .env_remove(DATABASE_URL)
        // Another run may have had the same port, and so the same send history.
        .env("SENDCONTACT_STATE_DIR", folder.join("state"));
    command
}

/// `sendcontact send` to a counting server, at a rate that does not bind unless another one is added.
pub fn send(folder: &Path, url: &str) -> Command {
    let mut command = sendcontact(folder);
    command
        .args(["send", "--no-reconcile", "--quiet"])
        .env("GREEN_API_URL", url)
        .env("GREEN_API_ID_INSTANCE", "1101000001")
        .env("GREEN_API_TOKEN", TOKEN);
    command
}

/// The rate that does not bind.
pub const UNBOUND: &str = "100000";

pub const TOKEN: &str = "bde035edae3fc00bc116bd112297908d8145e5ba8decc5d884";

/// A folder that did not exist before.
pub fn fresh(folder: &Path, name: &str) -> std::path::PathBuf {
    let folder = folder.join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The middle one of several measurements.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Whether a program is installed here.
pub fn installed(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

/// A whole number with its thousands parted.
pub fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap())
        .collect();
    groups.join(",")
}

/// The machine, in one line.
pub fn machine(folder: &Path) -> String {
    let line = |path: &str, key: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text
            .lines()
            .find(|line| line.starts_with(key))
            .unwrap_or_default()
            .to_owned();
        line.split_once(':')
            .map_or(String::new(), |(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    format!(
        "{}, {cores} cores, {} of memory, Linux {}, ledger on {}, load before the run {load}.",
        line("/proc/cpuinfo", "model name"),
        line("/proc/meminfo", "MemTotal"),
        kernel.trim(),
        file_system(folder),
    )
}

/// The kind of file system that a folder stands on.
fn file_system(folder: &Path) -> String {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mounts = mounts
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>());
    let above = mounts.filter(|mount| mount.len() > 2 && folder.starts_with(mount[1]));
    above
        .max_by_key(|mount| mount[1].len())
        .map_or("an unknown file system".to_owned(), |mount| {
            mount[2].to_owned()
        })
}
