//! Contacts that are in the table `recent` of a send history, which no look-up of SQL finds.

use std::{collections::BTreeMap, path::Path};

use super::{
    super::{
        history_tx::{EarlierSend, HistoryTx},
        sql::SentRecord,
    },
    *,
};
use crate::send_policy::day_of;

/// The send history of a folder, as the run of a campaign opens it.
fn joined(folder: &Path, campaign: &str) -> SendHistory {
    let mut history = SendHistory::open(&folder.join("state"), &identity(), "").unwrap();
    history.join(campaign, campaign).unwrap();
    history
}

fn enter(page: &HistoryTx<'_>, recipient: u64, at: i64) {
    page.enter(&keys(&message(recipient, "Анна")), moment(at))
        .unwrap();
}

/// A batch of one run.
fn send(history: &mut SendHistory, recipients: &[u64], at: i64) {
    let page = history.begin().unwrap();
    for recipient in recipients {
        enter(&page, *recipient, at);
    }
    page.commit().unwrap();
}

/// By which campaign a contact is known to have been sent last: this one, or the other.
fn found(page: &HistoryTx<'_>, recipient: u64) -> Option<(bool, i64)> {
    match page
        .earlier_send(&keys(&message(recipient, "Анна")), None)
        .unwrap()?
    {
        EarlierSend::Here { at } => Some((true, at.as_millisecond())),
        EarlierSend::Elsewhere { at, .. } => Some((false, at.as_millisecond())),
        EarlierSend::UnderOtherId { .. } => panic!("nobody has two ids"),
    }
}

fn is_known(history: &mut SendHistory, recipient: u64) -> bool {
    let page = history.begin().unwrap();
    let found = found(&page, recipient).is_some();
    let knows = page.knows(&message(recipient, "Анна").recipient.person());
    assert_eq!(knows.unwrap(), found);
    found
}

/// How many contacts are in each table of the file: `recent` (rows), `sends`.
fn tables(folder: &Path) -> [i64; 2] {
    let file = Connection::open(&folder.join("state/loopback--1101.book")).unwrap();
    ["recent", "sends"].map(|table| {
        let sql = format!("SELECT count(*) FROM {table}");
        file.query_row(&sql, params![], |row| row.get(0)).unwrap()
    })
}

#[test]
fn a_batch_is_one_row_until_many_are_moved_together() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = joined(folder.path(), "a");
    send(&mut history, &[A, B], 1);
    send(&mut history, &[C], 2);
    assert_eq!(tables(folder.path()), [2, 0]);
    let many: Vec<u64> = (0..32_768).map(|number| A + 100 + number).collect();
    send(&mut history, &many, 3);
    assert_eq!(tables(folder.path()), [3, 0]);
    let page = history.begin().unwrap();
    for recipient in [A, B, C].iter().chain(&many) {
        assert!(found(&page, *recipient).is_some());
    }
    assert_eq!(found(&page, A + 99), None);
    page.commit().unwrap();
    assert_eq!(tables(folder.path()), [0, 32_771]);
}

#[test]
fn a_contact_of_a_transaction_that_is_not_committed_was_never_sent() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = joined(folder.path(), "a");
    let page = history.begin().unwrap();
    enter(&page, A, 1);
    assert!(found(&page, A).is_some());
    drop(page);
    assert!(!is_known(&mut history, A));
    assert_eq!(tables(folder.path()), [0, 0]);
}

#[test]
fn a_contact_that_a_transaction_moved_is_known_when_that_is_not_committed() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = joined(folder.path(), "a");
    send(&mut history, &[A], 1);
    let page = history.begin().unwrap();
    let zone = "UTC".parse().unwrap();
    let day = day_of("1970-01-01T12:00Z".parse().unwrap(), &zone);
    enter(&page, B, 2);
    let spent = page.spent(&day, &zone).unwrap();
    assert_eq!((spent.contacts_today, spent.new_today), (2, 2));
    drop(page);
    assert_eq!(tables(folder.path()), [1, 0]);
    assert_eq!(
        [A, B].map(|person| is_known(&mut history, person)),
        [true, false]
    );
}

#[test]
fn a_contact_that_was_not_sent_is_taken_out_wherever_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = joined(folder.path(), "a");
    send(&mut history, &[A, B, C], 1);
    for person in [A, B] {
        let page = history.begin().unwrap();
        let request = SentRecord::new(&message(person, "Анна"), moment(1));
        page.remove(&request).unwrap();
        page.commit().unwrap();
    }
    let known = [A, B, C].map(|person| is_known(&mut history, person));
    assert_eq!(known, [false, false, true]);
}

#[test]
fn a_copy_has_what_is_not_moved_yet() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = joined(folder.path(), "a");
    send(&mut history, &[A, B], 1);
    send(&mut history, &[C], 2);
    let state = folder.path().join("state");
    let mut copy = SendHistory::open_copy(&state, &identity(), "").unwrap();
    let known = [A, B, C].map(|person| is_known(&mut copy, person));
    assert_eq!(known, [true, true, true]);
    let other = tempfile::tempdir().unwrap();
    let mut target = joined(other.path(), "a");
    send(&mut target, &[A], 1);
    assert_eq!(history.copy_into(&mut target).unwrap(), 2);
    let known = [A, B, C].map(|person| is_known(&mut target, person));
    assert_eq!(known, [true, true, true]);
}

#[test]
fn a_row_that_is_damaged_makes_the_send_history_unusable() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = joined(folder.path(), "a");
    send(&mut history, &[A], 1);
    Connection::open(history.path())
        .unwrap()
        .execute_batch("UPDATE recent SET contacts = substr(contacts, 1, 39)")
        .unwrap();
    let error = history.begin().map(drop).unwrap_err();
    assert!(matches!(error, LedgerError::SendHistory { .. }), "{error}");
    assert_eq!(tables(folder.path()), [1, 0], "it stays as it is");
}

/// Numbers by chance, the same in every run of the test.
struct Random(u64);

impl Random {
    /// Numerical Recipes' generator.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = (self.0 * 1_664_525 + 1_013_904_223) % (1 << 32);
        (self.0 >> 8) % end
    }
}

/// What two campaigns have in one send history: by recipient and time, which of them sent it.
#[derive(Debug, Clone, Default)]
struct Model(BTreeMap<(u64, i64), usize>);

impl Model {
    /// What [`found`] finds: what the campaign sent itself before what the other one sent, the later before the
    /// earlier.
    fn found(&self, recipient: u64, campaign: usize) -> Option<(bool, i64)> {
        let sent = self.0.range((recipient, i64::MIN)..=(recipient, i64::MAX));
        sent.map(|((_, at), by)| (*by == campaign, *at)).max()
    }

    fn enter(&mut self, campaign: usize, send: (u64, i64)) {
        self.0.entry(send).or_insert(campaign);
    }

    fn remove(&mut self, send: (u64, i64)) {
        self.0.remove(&send);
    }
}

/// A run does something by chance in a transaction, and the model the same.
fn act(page: &HistoryTx<'_>, model: &mut Model, campaign: usize, at: i64, random: &mut Random) {
    let recipient = A + random.below(12);
    match random.below(6) {
        0 => {
            let (zone, until) = ("UTC".parse().unwrap(), moment(at + 1));
            let spent = page.spent(&day_of(until, &zone), &zone).unwrap();
            assert_eq!(spent.contacts_today, model.0.len() as u64);
            let last = model.0.keys().map(|(_, at)| *at).max();
            assert_eq!(page.last(until).unwrap(), last.map(moment));
        }
        1 => {
            let sent = model.0.keys().find(|(sent, _)| *sent == recipient);
            if let Some((recipient, at)) = sent.copied() {
                let message = message(recipient, "Анна");
                let request = SentRecord::new(&message, moment(at));
                page.remove(&request).unwrap();
                model.remove((recipient, at));
            }
        }
        _ => {
            enter(page, recipient, at);
            model.enter(campaign, (recipient, at));
        }
    }
    for recipient in (0..12).map(|number| A + number) {
        assert_eq!(found(page, recipient), model.found(recipient, campaign));
    }
}

/// Two runs do by chance whatever runs do, and each of them always finds exactly what was sent.
fn two_runs(random: &mut Random) {
    let folder = tempfile::tempdir().unwrap();
    let names = ["a", "b"];
    let mut runs = names.map(|name| joined(folder.path(), name));
    let mut model = Model::default();
    for at in 0..150 {
        let own = usize::try_from(random.below(2)).unwrap();
        match random.below(10) {
            // It dies, and the campaign goes on.
            0 => runs[own] = joined(folder.path(), names[own]),
            1 => runs[own].merge_recent().unwrap(),
            _ => {
                let mut after = model.clone();
                let page = runs[own].begin().unwrap();
                for _ in 0..random.below(5) {
                    act(&page, &mut after, own, at, random);
                }
                if random.below(4) > 0 {
                    page.commit().unwrap();
                    model = after;
                }
            }
        }
    }
}

#[test]
fn two_runs_find_what_both_have_sent_whatever_becomes_of_their_transactions() {
    for seed in 0..40 {
        two_runs(&mut Random(seed * 7919 + 1));
    }
}
