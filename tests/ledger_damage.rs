//! Each file of a ledger and of the send history is removed, replaced by an older one, cut short, or has one
//! bit changed: before anything was sent, after a run that was killed in the middle, and after the end of a
//! run. Whatever is sent then, nobody gets a contact twice.
//!
//! `DAMAGE_CUTS` and `DAMAGE_FLIPS` say at how many places a file is cut and changed; the whole matrix of
//! docs/delivery.md is `DAMAGE_CUTS=20 DAMAGE_FLIPS=200 cargo test --release --test ledger_damage`.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex},
};

use stand_in::{Desk, Received, Reply, Service, Victim, accepted, authorized, table};

const ROWS: usize = 12;

/// By its path in the desk, what each file holds.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// What is done to one file.
#[derive(Debug, Clone)]
enum Damage {
    Removed,
    Older,
    Cut(usize),
    Flipped(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    NeverRun,
    Killed,
    Finished,
}

/// A campaign of which copies are damaged.
struct Campaign {
    service: Service,
    before: Files,
    now: Files,
    /// Requests up to now.
    sent: usize,
}

const SEND: [&str; 5] = ["send", "list.csv", "--concurrency", "2", "--no-reconcile"];

impl Campaign {
    fn at(stage: Stage) -> Self {
        let (victim, fatal) = (Victim::default(), Arc::new(Mutex::new(None)));
        let (killer, deadly) = (victim.clone(), Arc::clone(&fatal));
        let service = Service::start(move |number, request| match request.is_send() {
            true if deadly
                .lock()
                .unwrap()
                .take_if(|deadly| *deadly == number)
                .is_some() =>
            {
                Reply::Kill(killer.clone(), Box::new(Reply::Close))
            }
            true => accepted(number),
            false => authorized(),
        });
        let desk = Desk::new();
        desk.write("list.csv", table(ROWS));
        let waits = ["--start-at", "2999-01-01 10:00", "--no-wait"];
        assert_eq!(desk.run_to(&service, &[&SEND[..], &waits].concat()).code, 5);
        let before = files(desk.folder.path());
        match stage {
            Stage::NeverRun => {}
            Stage::Killed => {
                *fatal.lock().unwrap() = Some(7);
                let mut run = desk
                    .to(&service, &SEND)
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap();
                victim.is(run.id());
                assert_eq!(run.wait().unwrap().code(), None, "the run lived on");
            }
            Stage::Finished => assert_eq!(desk.run_to(&service, &SEND).code, 0),
        }
        let now = files(desk.folder.path());
        let sent = service.sends().len();
        Self {
            service,
            before,
            now,
            sent,
        }
    }

    /// Every damage of every file of the ledger and of the send history.
    fn damages(&self, stage: Stage) -> Vec<(PathBuf, Damage)> {
        let (cuts, flips) = (number("DAMAGE_CUTS", 2), number("DAMAGE_FLIPS", 5));
        let mut damages = Vec::new();
        for (path, bytes) in &self.now {
            let is_ours = path.starts_with("state") || path.to_string_lossy().contains(".ledger");
            if !is_ours {
                continue;
            }
            damages.push((path.clone(), Damage::Removed));
            if stage != Stage::NeverRun {
                damages.push((path.clone(), Damage::Older));
            }
            let places =
                |count: usize, end: usize| (0..count).map(move |place| place * end / count);
            damages.extend(
                places(cuts.min(bytes.len()), bytes.len())
                    .map(|at| (path.clone(), Damage::Cut(at))),
            );
            // Places that differ from file to file and fall on every bit of a byte.
            let bits = places(flips.min(bytes.len() * 8), bytes.len() * 8)
                .enumerate()
                .map(|(nth, bit)| bit / 8 * 8 + nth % 8);
            damages.extend(bits.map(|bit| (path.clone(), Damage::Flipped(bit))));
        }
        damages
    }

    /// Damages a copy of the campaign, sends, and gives who got a contact twice and what the run said.
    fn twice(&self, (path, damage): &(PathBuf, Damage)) -> (Vec<String>, String) {
        let desk = Desk::new();
        let mut files = self.now.clone();
        match damage {
            Damage::Removed => drop(files.remove(path)),
            Damage::Older => match self.before.get(path) {
                Some(older) => drop(files.insert(path.clone(), older.clone())),
                None => drop(files.remove(path)),
            },
            Damage::Cut(at) => files.get_mut(path).unwrap().truncate(*at),
            Damage::Flipped(bit) => files.get_mut(path).unwrap()[bit / 8] ^= 1 << (bit % 8),
        }
        for (path, bytes) in &files {
            let path = desk.path(path.to_str().unwrap());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let before = self.service.sends().len();
        let ran = desk.to(&self.service, &SEND).output().unwrap();
        let sends = self.service.sends();
        let mut got: HashSet<String> = sends[..self.sent].iter().map(Received::key).collect();
        let again = sends[before..]
            .iter()
            .map(Received::key)
            .filter(|key| !got.insert(key.clone()));
        (
            again.collect(),
            String::from_utf8_lossy(&ran.stderr).into_owned(),
        )
    }

    /// Damages every file in every way; nobody may get a contact twice.
    fn is_damaged(stage: Stage) {
        let campaign = Self::at(stage);
        let damages = campaign.damages(stage);
        let wrong: Vec<String> = damages
            .iter()
            .filter_map(|damage| {
                let (twice, stderr) = campaign.twice(damage);
                (!twice.is_empty()).then(|| format!("{damage:?}: {} twice\n{stderr}", twice.len()))
            })
            .collect();
        println!(
            "{stage:?}: {} damages, {} with a contact sent twice",
            damages.len(),
            wrong.len()
        );
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn damage_before_the_first_request_sends_nothing_twice() {
    Campaign::is_damaged(Stage::NeverRun);
}

#[test]
fn damage_after_a_kill_sends_nothing_twice() {
    Campaign::is_damaged(Stage::Killed);
}

#[test]
fn damage_after_the_end_sends_nothing_twice() {
    Campaign::is_damaged(Stage::Finished);
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

fn files(folder: &Path) -> Files {
    let mut found = Files::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), bytes);
            }
        }
    }
    found
}

/// A copy that is made while nothing runs is whole, also after a kill; one of a run that is on knows that
/// something may be missing, and asks the send history.
#[test]
fn a_copy_of_a_ledger_sends_nothing_twice() {
    for stage in [Stage::Killed, Stage::Finished] {
        let campaign = Campaign::at(stage);
        let desk = Desk::new();
        for (path, bytes) in &campaign.now {
            let path = desk.path(path.to_str().unwrap());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let copied = desk.run(&["ledger", "copy", "list.ledger", "copy.ledger"]);
        assert_eq!(copied.code, 0, "{copied:?}");
        assert_eq!(
            desk.run(&["ledger", "copy", "list.ledger", "copy.ledger"])
                .code,
            2,
            "nothing is replaced"
        );
        let ran = desk.run_to(
            &campaign.service,
            &[&SEND[..], &["--ledger", "copy.ledger"]].concat(),
        );
        assert!([0, 6].contains(&ran.code), "{stage:?} {ran:?}");
        assert!(
            campaign.service.times().values().all(|times| *times == 1),
            "a contact was sent twice"
        );
        // Of what was under way at the kill nobody knows more than that.
        assert!(
            campaign.service.sends().len() + 2 > ROWS,
            "{stage:?} {ran:?}"
        );
    }
}
