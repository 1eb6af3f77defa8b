//! What several runs of one instance on one machine leave to each other. Each run has a connection of its own to the
//! send history, as two processes have.

use std::{path::Path, time::Duration};

use super::{
    super::{
        shared_rate::{Room, SharedLimit, SharedRate},
        sql::begun::Kind,
    },
    *,
};

struct OneRun {
    history: SendHistory,
    rate: SharedRate,
}

impl OneRun {
    fn new(folder: &Path, campaign: &str) -> Self {
        let mut history = SendHistory::open(&folder.join("state"), &identity(), "").unwrap();
        history.join(campaign, campaign).unwrap();
        let rate = SharedRate::default();
        Self { history, rate }
    }

    /// Returns what it may begin.
    fn room(&mut self, at: u64) -> Room {
        self.in_batch(at, |rate, limit| rate.room(limit).unwrap())
    }

    /// Begins contacts, all of which the service refuses, so that the history does not keep them.
    fn begin(&mut self, contacts: usize, at: u64) {
        self.in_batch(at, |rate, limit| rate.note_begun(contacts, limit).unwrap());
    }

    fn in_batch<T>(
        &mut self,
        at: u64,
        act: impl FnOnce(&mut SharedRate, &SharedLimit<'_>) -> T,
    ) -> T {
        let tx = self.history.begin().unwrap();
        let limit = SharedLimit {
            kind: Kind::Contact,
            per_second: 50.0,
            now: Duration::from_millis(at),
            others_wrote: tx.others_wrote(),
            history: &tx,
        };
        let acted = act(&mut self.rate, &limit);
        tx.commit().unwrap();
        acted
    }

    /// Records something, and begins nothing.
    fn record(&mut self) {
        self.history.begin().unwrap().commit().unwrap();
    }
}

fn two_runs() -> (tempfile::TempDir, OneRun, OneRun) {
    let folder = tempfile::tempdir().unwrap();
    let runs = ["one", "two"].map(|campaign| OneRun::new(folder.path(), campaign));
    let [one, two] = runs;
    (folder, one, two)
}

#[test]
fn a_run_alone_is_limited_by_itself() {
    let (_folder, mut one, _) = two_runs();
    for at in [10_000, 10_100, 10_200] {
        assert_eq!(one.room(at), Room::Own);
        one.begin(25, at);
    }
}

#[test]
fn what_one_run_has_begun_the_other_may_not_begin_within_the_second() {
    let (_folder, mut one, mut two) = two_runs();
    one.begin(30, 10_003);
    assert_eq!(two.room(10_100), Room::For(2), "a few at a time");
    two.begin(20, 10_100);
    // The first contact counts from the start of its hundredth of a second, and leaves up to 50 ms later.
    let end = 10_000 + 1_000 + 50 + 10;
    for (run, at) in [(&mut one, 10_200), (&mut two, 10_300)] {
        let wait = Duration::from_millis(end - at);
        assert_eq!(run.room(at), Room::After(wait));
    }
    assert_eq!(two.room(end + 1), Room::Own, "only its own are left");
    assert_eq!(one.room(end + 1), Room::For(2));
}

#[test]
fn what_was_begun_counts_even_if_something_was_recorded_in_between() {
    let (_folder, mut one, mut two) = two_runs();
    assert_eq!(two.room(9_000), Room::Own);
    one.begin(50, 10_000);
    two.record();
    assert!(matches!(two.room(10_100), Room::After(_)));
}

#[test]
fn what_a_run_that_was_killed_has_begun_counts_for_the_next_one() {
    let (folder, mut one, _) = two_runs();
    one.begin(50, 10_000);
    drop(one);
    let mut next = OneRun::new(folder.path(), "one");
    assert!(matches!(next.room(10_500), Room::After(_)));
    assert_eq!(next.room(11_100), Room::Own);
}

#[test]
fn what_was_begun_before_the_machine_was_started_again_does_not_count() {
    let (_folder, mut one, mut two) = two_runs();
    one.begin(50, 3_600_000);
    assert_eq!(two.room(20_000), Room::Own);
    two.begin(1, 20_000);
    assert_eq!(two.room(3_600_100), Room::Own, "it is forgotten");
}
