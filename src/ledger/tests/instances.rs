//! Several instances of one ledger: who has which row, and whose turn begins and settles what.

use std::{collections::BTreeMap, path::Path};

use jiff::SignedDuration;

use super::*;
use crate::send_policy::SendPolicy;

fn of(instance: &str) -> Identity {
    Identity {
        service: OURS,
        instance: instance.into(),
        name: format!("no. {instance}"),
    }
}

fn open(folder: &Path, instances: &[&str]) -> Result<Ledger, LedgerError> {
    let identities: Vec<Identity> = instances.iter().map(|instance| of(instance)).collect();
    Ledger::open(folder.join("list.ledger"), &identities)
}

/// This many recipients, each with this many contacts.
fn rows(recipients: u64, contacts: u64) -> Vec<(u64, u64, &'static str)> {
    let names = ["Анна", "Борис", "Вера"];
    let of = |recipient| (0..contacts).map(move |contact| (recipient, contact));
    let all = (0..recipients).flat_map(of).zip(2..);
    all.map(|((recipient, contact), row)| {
        (row, A + recipient, names[usize::try_from(contact).unwrap()])
    })
    .collect()
}

/// What each instance has, by its name: pending and all.
fn shares(ledger: &Ledger) -> Vec<(String, u64, u64)> {
    let summaries = ledger.instance_summaries().unwrap();
    let share = |summary: InstanceSummary| {
        (
            summary.name,
            summary.counts.of(Status::Pending),
            summary.counts.rows(),
        )
    };
    summaries.into_iter().map(share).collect()
}

fn limits(shares: &[u64]) -> Vec<ShareLimit> {
    shares
        .iter()
        .map(|share| ShareLimit {
            share: *share,
            most: 1_000,
        })
        .collect()
}

/// Begins this many of each instance; gives the recipients of each.
fn begin(door: &LedgerWriter, most: &[usize]) -> Vec<Vec<InFlight>> {
    let part = |begin: &usize| InstanceBatch {
        begin: *begin,
        ..InstanceBatch::default()
    };
    let turn = Batch {
        parts: most.iter().map(part).collect(),
        now: moment(1),
        by_service: true,
    };
    let committed = door.commit(turn).blocking_recv().unwrap().unwrap();
    committed
        .into_iter()
        .map(|committed| committed.begun)
        .collect()
}

fn settle(door: &LedgerWriter, instances: Vec<Vec<RowResult>>) {
    let part = |settle| InstanceBatch {
        settle,
        ..InstanceBatch::default()
    };
    let turn = Batch {
        parts: instances.into_iter().map(part).collect(),
        now: moment(2),
        by_service: true,
    };
    door.commit(turn).blocking_recv().unwrap().unwrap();
}

#[test]
fn rows_are_assigned_by_weight_and_a_recipient_has_all_contacts_from_one_instance() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path(), &["1", "2"]).unwrap();
    list(&mut ledger, "list.csv", &rows(40, 3));
    ledger.assign(&limits(&[3, 1])).unwrap();
    assert_eq!(
        shares(&ledger),
        [("no. 1".to_owned(), 90, 90), ("no. 2".to_owned(), 30, 30)]
    );
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = begin(&door, &[100, 100]);
    assert_eq!(
        [begun[0].len(), begun[1].len()],
        [90, 30],
        "each instance begins its own"
    );
    let mut instances: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (instance, begun) in begun.iter().enumerate() {
        for begun in begun {
            instances
                .entry(begun.message.recipient.to_string())
                .or_default()
                .push(instance);
        }
    }
    assert!(instances.values().all(|instances| instances.len() == 3
        && instances.iter().all(|instance| *instance == instances[0])));
    let next = |instance: usize| {
        instances
            .values()
            .filter(move |instances| instances[0] == instance)
            .count()
    };
    assert_eq!([next(0), next(1)], [30, 10]);
}

#[test]
fn whoever_had_a_contact_keeps_to_its_instance_and_all_others_follow_the_instances_of_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path(), &["1", "2"]).unwrap();
    list(&mut ledger, "list.csv", &rows(10, 2));
    ledger.assign(&limits(&[1, 1])).unwrap();
    let door = LedgerWriter::open(ledger).unwrap();
    // The first recipient of each had a contact; of the second one of the first instance nobody knows; the
    // third was refused, which no recipient sees.
    let begun = begin(&door, &[5, 1]);
    let verdicts = [
        RowOutcome::Accepted(IdMessage::new("3EB0A").unwrap()),
        RowOutcome::NotSent(None),
        RowOutcome::Unknown("reset".into()),
        RowOutcome::NotTaken,
        RowOutcome::Failed("bad request".into()),
    ];
    let first = begun[0].iter().zip(verdicts);
    let first = first
        .map(|(begun, verdict)| RowResult {
            row: begun.row,
            verdict,
        })
        .collect();
    settle(&door, vec![first, vec![accepted(&begun[1][0])]]);
    drop(door.close());

    // The same instances: nobody moves, whatever the weights are now.
    let mut ledger = open(folder.path(), &["2", "1"]).unwrap();
    let before = shares(&ledger);
    ledger.assign(&limits(&[100, 1])).unwrap();
    assert_eq!(shares(&ledger), before);
    drop(ledger);

    // Without the first: it keeps the other contact of the one who had one, and of the unknown.
    let mut ledger = open(folder.path(), &["2"]).unwrap();
    ledger.assign(&limits(&[1])).unwrap();
    assert_eq!(
        shares(&ledger),
        [("no. 1".to_owned(), 2, 5), ("no. 2".to_owned(), 14, 15)]
    );
    let away = ledger.instance_summaries().unwrap();
    assert_eq!((away[0].instance, away[1].instance), (None, Some(0)));
    drop(ledger);

    // A third one joins, and has its share of those who had nothing.
    let mut ledger = open(folder.path(), &["1", "2", "3"]).unwrap();
    ledger.assign(&limits(&[1, 1, 1])).unwrap();
    let pending: Vec<u64> = shares(&ledger)
        .iter()
        .map(|(_, pending, _)| *pending)
        .collect();
    assert_eq!(pending.iter().sum::<u64>(), 16);
    assert!(
        pending.iter().all(|pending| (4..=6).contains(pending)),
        "{pending:?}"
    );
}

#[test]
fn what_one_instance_sent_alone_stays_its_own_when_others_join() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path(), &["1"]).unwrap();
    list(&mut ledger, "list.csv", &rows(6, 2));
    ledger.assign(&limits(&[1])).unwrap();
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = begin(&door, &[2]);
    settle(&door, vec![vec![accepted(&begun[0][0])]]);
    // The second contact is cut off.
    drop(door.close());

    let mut ledger = open(folder.path(), &["2", "1"]).unwrap();
    ledger.assign(&limits(&[1, 1])).unwrap();
    assert_eq!(ledger.unknown_of(1, SignedDuration::ZERO).unwrap().len(), 1);
    assert_eq!(ledger.unknown_of(0, SignedDuration::ZERO).unwrap(), []);
    assert_eq!(ledger.unknown().unwrap().len(), 1);
    assert_eq!(
        shares(&ledger),
        [("no. 1".to_owned(), 4, 6), ("no. 2".to_owned(), 6, 6)]
    );
    let mut instances = Vec::new();
    ledger
        .each_row::<LedgerError>(|line| {
            instances.push((line.row, line.instance));
            Ok(())
        })
        .unwrap();
    assert_eq!(
        instances[..2],
        [(2, "no. 1".to_owned()), (3, "no. 1".to_owned())]
    );
}

#[test]
fn a_new_instance_comes_only_together_with_one_that_is_known() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), &["1", "2"]).unwrap());
    drop(open(folder.path(), &["2"]).unwrap());
    drop(open(folder.path(), &["3", "2"]).unwrap());
    for strangers in [&["4"][..], &["4", "5"]] {
        let error = open(folder.path(), strangers).unwrap_err();
        assert!(
            matches!(&error, LedgerError::OtherInstance { .. }),
            "{error}"
        );
        assert!(error.to_string().contains("loopback instance 3"), "{error}");
    }
    drop(open(folder.path(), &["3"]).unwrap());
}

#[test]
fn whoever_has_joined_for_nothing_leaves_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path(), &["1"]).unwrap();
    list(&mut ledger, "list.csv", &rows(2, 1));
    drop(ledger);
    let mut ledger = open(folder.path(), &["1", "2"]).unwrap();
    ledger.remove_new_instances().unwrap();
    drop(ledger);
    assert!(matches!(
        open(folder.path(), &["2"]),
        Err(LedgerError::OtherInstance { .. })
    ));
    drop(open(folder.path(), &["1"]).unwrap());
}

#[test]
fn whoever_only_asks_does_not_join() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path(), &["1"]).unwrap();
    list(&mut ledger, "list.csv", &rows(2, 1));
    let door = LedgerWriter::open(ledger).unwrap();
    begin(&door, &[2]);
    drop(door.close());
    let path = folder.path().join("list.ledger");
    let ledger = Ledger::open_existing(&path, &[of("2"), of("1")]).unwrap();
    assert_eq!(
        [
            ledger.unknown_of(0, SignedDuration::ZERO).unwrap().len(),
            ledger.unknown_of(1, SignedDuration::ZERO).unwrap().len()
        ],
        [0, 2]
    );
    assert!(!ledger.is_shared().unwrap());
    drop(ledger);
    assert!(matches!(
        Ledger::open_existing(&path, &[of("2")]),
        Err(LedgerError::OtherInstance { .. })
    ));
}

#[test]
fn a_turn_that_cannot_be_recorded_gives_each_instance_its_outcomes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path(), &["1", "2"]).unwrap();
    list(&mut ledger, "list.csv", &rows(2, 1));
    ledger.assign(&limits(&[1, 1])).unwrap();
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = begin(&door, &[1, 1]);
    let good = accepted(&begun[0][0]);
    let wrong = RowResult {
        row: RowId(99),
        verdict: RowOutcome::NotTaken,
    };
    let part = |settle: &RowResult| InstanceBatch {
        settle: vec![settle.clone()],
        ..InstanceBatch::default()
    };
    let turn = Batch {
        parts: vec![part(&good), part(&wrong)],
        now: moment(2),
        by_service: true,
    };
    let broken = door.commit(turn).blocking_recv().unwrap().unwrap_err();
    let settle: Vec<_> = broken.parts.into_iter().map(|part| part.settle).collect();
    assert_eq!(settle, [vec![good], vec![wrong]]);
    assert_eq!(
        door.close().unwrap().counts().unwrap().of(Status::Unknown),
        2,
        "nothing of it lasts"
    );
}

#[test]
fn rows_of_a_file_that_is_not_given_are_assigned_to_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path(), &["1", "2"]).unwrap();
    list(&mut ledger, "gone.csv", &rows(4, 1));
    list(
        &mut ledger,
        "list.csv",
        &[(2, C + 7, "Анна"), (3, C + 8, "Борис")],
    );
    ledger.assign(&limits(&[1, 1])).unwrap();
    let waiting: Vec<u64> = ledger
        .instance_summaries()
        .unwrap()
        .iter()
        .map(|summary| summary.waiting)
        .collect();
    assert_eq!((waiting, ledger.waiting().unwrap()), (vec![1, 1], 2));
    assert_eq!(ledger.held_rows().unwrap(), [("gone.csv".to_owned(), 4)]);
    let door = LedgerWriter::open(ledger).unwrap();
    let begun: Vec<usize> = begin(&door, &[9, 9]).iter().map(Vec::len).collect();
    assert_eq!(begun, [1, 1]);
}

#[test]
fn a_refused_contact_is_nobody_s_when_it_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path(), &["1", "2"]).unwrap();
    list(&mut ledger, "list.csv", &[(2, A, "Анна"), (3, B, "Анна")]);
    ledger.assign(&limits(&[1, 1])).unwrap();
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = begin(&door, &[1, 1]);
    let refused = RowResult {
        row: begun[0][0].row,
        verdict: RowOutcome::Failed("bad request".into()),
    };
    settle(&door, vec![vec![refused], vec![accepted(&begun[1][0])]]);
    let mut ledger = door.close().unwrap();
    // Another contact for the first recipient is assigned to the second instance, which sends it.
    list(
        &mut ledger,
        "list.csv",
        &[(2, A, "Анна"), (3, B, "Анна"), (4, A, "Борис")],
    );
    ledger.assign(&limits(&[0, 1])).unwrap();
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = begin(&door, &[9, 9]);
    assert_eq!([begun[0].len(), begun[1].len()], [0, 1]);
    settle(&door, vec![vec![], vec![accepted(&begun[1][0])]]);
    let mut ledger = door.close().unwrap();
    assert_eq!(ledger.retry_failed().unwrap(), 1);
    ledger.assign(&limits(&[1, 1])).unwrap();
    assert_eq!(
        shares(&ledger),
        [("no. 1".to_owned(), 0, 0), ("no. 2".to_owned(), 1, 3)]
    );
}

#[test]
fn what_comes_back_to_an_instance_that_is_away_goes_to_the_others_unless_it_has_written_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path(), &["1", "2"]).unwrap();
    list(&mut ledger, "list.csv", &rows(4, 1));
    ledger.assign(&limits(&[1, 1])).unwrap();
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = begin(&door, &[2, 0]);
    let unknown = |begun: &InFlight| RowResult {
        row: begun.row,
        verdict: RowOutcome::Unknown("reset".into()),
    };
    settle(&door, vec![begun[0].iter().map(unknown).collect(), vec![]]);
    drop(door.close());
    let mut ledger = open(folder.path(), &["2"]).unwrap();
    ledger.assign(&limits(&[1])).unwrap();
    let lost = ledger.unknown().unwrap();
    ledger
        .resolve(&[
            (lost[0].id, Resolution::Absent),
            (lost[1].id, Resolution::Resend),
        ])
        .unwrap();
    ledger.assign(&limits(&[1])).unwrap();
    assert_eq!(
        shares(&ledger),
        [("no. 1".to_owned(), 1, 1), ("no. 2".to_owned(), 3, 3)]
    );
}

/// A ledger of one recipient with two contacts, the first of which a person has had sent again.
fn sent_again(folder: &Path, instances: &[&str]) -> Ledger {
    let mut ledger = open(folder, instances).unwrap();
    list(&mut ledger, "list.csv", &rows(1, 2));
    ledger.assign(&limits(&vec![1; instances.len()])).unwrap();
    let door = LedgerWriter::open(ledger).unwrap();
    let row = begin(&door, &[1])[0][0].row;
    settle(
        &door,
        vec![vec![RowResult {
            row,
            verdict: RowOutcome::Unknown("reset".into()),
        }]],
    );
    let mut ledger = door.close().unwrap();
    assert_eq!(ledger.resolve(&[(row, Resolution::Resend)]).unwrap(), 1);
    ledger
}

/// How many rows the first and the second have once these take part and the second takes whatever is free.
fn assigned_among(folder: &Path, instances: &[&str]) -> Vec<u64> {
    let limit = |instance: &&str| {
        let takes = u64::from(*instance == "2");
        ShareLimit {
            share: takes,
            most: 9 * takes,
        }
    };
    let mut ledger = open(folder, instances).unwrap();
    ledger
        .assign(&instances.iter().map(limit).collect::<Vec<_>>())
        .unwrap();
    shares(&ledger)
        .into_iter()
        .map(|(_, _, rows)| rows)
        .collect()
}

#[test]
fn what_a_person_has_sent_again_keeps_its_recipient_with_the_instance_that_may_have_sent_it() {
    let folder = || tempfile::tempdir().unwrap();
    let shared = folder();
    drop(sent_again(shared.path(), &["1", "2"]));
    assert_eq!(assigned_among(shared.path(), &["2"]), [2, 0]);
    let alone = folder();
    drop(sent_again(alone.path(), &["1"]));
    assert_eq!(
        assigned_among(alone.path(), &["1", "2"]),
        [2, 0],
        "a second one has joined"
    );
}

#[test]
fn neither_a_refusal_nor_a_proof_about_a_later_request_frees_what_was_sent_again() {
    for is_proved in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let door = LedgerWriter::open(sent_again(folder.path(), &["1", "2"])).unwrap();
        let row = begin(&door, &[1])[0][0].row;
        let verdict = if is_proved {
            RowOutcome::Unknown("reset".into())
        } else {
            RowOutcome::Failed("bad".into())
        };
        settle(&door, vec![vec![RowResult { row, verdict }]]);
        let mut ledger = door.close().unwrap();
        if is_proved {
            ledger.resolve(&[(row, Resolution::Absent)]).unwrap();
        }
        drop(ledger);
        assert_eq!(assigned_among(folder.path(), &["2"]), [2, 0], "{is_proved}");
        open(folder.path(), &["2"]).unwrap().retry_failed().unwrap();
        assert_eq!(assigned_among(folder.path(), &["2"]), [2, 0], "{is_proved}");
    }
}

#[test]
fn what_was_sent_again_and_left_out_for_a_while_keeps_to_its_instance() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = sent_again(folder.path(), &["1", "2"]);
    ledger
        .connection
        .execute_batch("UPDATE rows SET state = 7, suppressed = 1")
        .unwrap();
    list(&mut ledger, "list.csv", &rows(1, 2));
    drop(ledger);
    assert_eq!(assigned_among(folder.path(), &["2"]), [2, 0]);
}

#[test]
fn what_came_back_from_unknown_in_an_older_ledger_keeps_to_its_instance() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = sent_again(folder.path(), &["1", "2"]);
    let older =
        "ALTER TABLE runs DROP COLUMN stopped; ALTER TABLE rows DROP COLUMN sent_by_service;
                ALTER TABLE rows DROP COLUMN chat; ALTER TABLE rows RENAME COLUMN person TO chat;
                 ALTER TABLE rows DROP COLUMN may_have_arrived; PRAGMA user_version = 5";
    ledger.connection.execute_batch(older).unwrap();
    drop(ledger);
    assert_eq!(assigned_among(folder.path(), &["2"]), [2, 0]);
}

#[test]
fn no_recipient_is_assigned_to_an_instance_that_cannot_send_all_contacts() {
    let folder = tempfile::tempdir().unwrap();
    for (contacts, most, expected) in [(2, 5, 4), (3, 5, 3), (3, 2, 0), (1, 5, 3)] {
        let name = format!("{contacts}-{most}");
        std::fs::create_dir(folder.path().join(&name)).unwrap();
        let mut ledger = open(&folder.path().join(&name), &["1", "2", "3"]).unwrap();
        list(&mut ledger, "list.csv", &rows(60, contacts));
        let free = |share| ShareLimit { share, most: 1_000 };
        ledger
            .assign(&[free(60), ShareLimit { share: 5, most }, free(60)])
            .unwrap();
        let shares = shares(&ledger);
        assert_eq!(shares[1].1, expected, "{shares:?}");
    }
    let mut full = open(folder.path(), &["1", "2"]).unwrap();
    list(&mut full, "list.csv", &rows(9, 2));
    full.assign(&[
        ShareLimit { share: 1, most: 3 },
        ShareLimit { share: 1, most: 4 },
    ])
    .unwrap();
    assert_eq!(
        shares(&full)
            .iter()
            .map(|(_, pending, _)| pending)
            .sum::<u64>(),
        18,
        "nobody is left out"
    );
}

#[test]
fn a_name_that_is_given_to_another_number_is_that_one_s() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), &["1", "2"]).unwrap());
    let other = Identity {
        instance: "9".into(),
        ..of("2")
    };
    let ledger = Ledger::open(folder.path().join("list.ledger"), &[of("1"), other]).unwrap();
    let names: Vec<String> = ledger
        .instance_summaries()
        .unwrap()
        .into_iter()
        .map(|summary| summary.name)
        .collect();
    assert_eq!(names, ["no. 1", "2", "no. 2"]);
}

#[test]
fn a_broken_send_history_of_one_instance_holds_no_other_back() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state");
    let mut ledger = open(folder.path(), &["1", "2"]).unwrap();
    list(&mut ledger, "list.csv", &rows(8, 1));
    for (index, instance) in ["1", "2"].into_iter().enumerate() {
        ledger
            .attach_history(index, SendHistory::open(&state, &of(instance), "").unwrap())
            .unwrap();
    }
    ledger.assign(&limits(&[1, 1])).unwrap();
    let path = fs::read_dir(&state)
        .unwrap()
        .map(|file| file.unwrap().path());
    let path = path
        .into_iter()
        .find(|path| path.to_string_lossy().ends_with("-1.book"))
        .unwrap();
    Connection::open(&path)
        .unwrap()
        .execute_batch("DROP TABLE sends")
        .unwrap();
    let mut schedule = SendPolicy::always("UTC".parse().unwrap());
    schedule.caps.daily = std::num::NonZeroU64::new(9);
    let rules = std::sync::Arc::new(Rules {
        schedule,
        in_recipient_zone: false,
    });
    let part = || InstanceBatch {
        begin: 2,
        rules: Some(rules.clone()),
        ..InstanceBatch::default()
    };
    let door = LedgerWriter::open(ledger).unwrap();
    let turn = Batch {
        parts: vec![part(), part()],
        now: moment(5),
        by_service: true,
    };
    let committed = door.commit(turn).blocking_recv().unwrap().unwrap();
    assert_eq!([committed[0].begun.len(), committed[1].begun.len()], [0, 2]);
    assert!(committed[0].without_history.is_some() && committed[1].without_history.is_none());
}
