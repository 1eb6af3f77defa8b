//! What an instance has sent, all campaigns together.

use std::{path::Path, time::Duration};

use jiff::SignedDuration;
use sha2::Digest;

use super::{
    super::{history_entries::Entries, history_tx::HistoryTx, sql::SentRecord},
    *,
};
use crate::{
    domain::{ContactDigest, Person},
    send_policy::{DailyUsage, SendPolicy, Zone, day_of},
};

fn ledger(folder: &Path, name: &str, rows: &[(u64, u64, &str)]) -> Ledger {
    let mut ledger = Ledger::open(folder.join(name), &[identity()]).unwrap();
    list(&mut ledger, "list.csv", rows);
    ledger
}

fn open_history(folder: &Path) -> SendHistory {
    SendHistory::open(&folder.join("state"), &identity(), "127.0.0.1:8080").unwrap()
}

/// Contacts and new recipients of the first day of 1970.
fn spent(history: &SendHistory) -> (u64, u64) {
    let zone: Zone = "UTC".parse().unwrap();
    let DailyUsage {
        contacts_today,
        new_today,
        ..
    } = history
        .spent(&day_of("1970-01-01T12:00Z".parse().unwrap(), &zone), &zone)
        .unwrap();
    (contacts_today, new_today)
}

fn settled(begun: &InFlight, verdict: RowOutcome) -> RowResult {
    RowResult {
        row: begun.row,
        verdict,
    }
}

#[test]
fn what_went_and_what_may_have_gone_counts_and_what_went_not_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        (2, A, "Анна"),
        (3, A, "Борис"),
        (4, B, "Анна"),
        (5, C, "Анна"),
        (6, C, "Борис"),
    ];
    let mut ledger = ledger(folder.path(), "list.ledger", &rows);
    ledger
        .attach_history(0, open_history(folder.path()))
        .unwrap();
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = turn(&door, vec![], 9).begun;
    assert_eq!(
        spent(&open_history(folder.path())),
        (5, 3),
        "an intent counts before its answer"
    );
    let settle = vec![
        accepted(&begun[0]),
        settled(&begun[1], RowOutcome::Unknown("reset".into())),
        settled(&begun[2], RowOutcome::Failed("bad request".into())),
        settled(&begun[3], RowOutcome::NotTaken),
        settled(&begun[4], RowOutcome::NotSent(None)),
    ];
    turn(&door, settle, 0);
    assert_eq!(spent(&open_history(folder.path())), (2, 1));
    assert_eq!(turn(&door, vec![], 9).begun.len(), 2);
    assert_eq!(spent(&open_history(folder.path())), (4, 2));
    drop(door.close());
}

#[test]
fn a_contact_that_is_proved_not_to_have_been_taken_is_counted_no_longer() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ledger(
        folder.path(),
        "list.ledger",
        &[(2, A, "Анна"), (3, B, "Анна"), (4, C, "Анна")],
    );
    ledger
        .attach_history(0, open_history(folder.path()))
        .unwrap();
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = turn(&door, vec![], 9).begun;
    let lost = begun
        .iter()
        .map(|begun| settled(begun, RowOutcome::Unknown("reset".into())))
        .collect();
    turn(&door, lost, 0);
    let mut ledger = door.close().unwrap();
    assert_eq!(spent(&open_history(folder.path())), (3, 3));
    let decided = [
        (begun[0].row, Resolution::Absent),
        (begun[1].row, Resolution::Resend),
    ];
    assert_eq!(ledger.resolve(&decided).unwrap(), 2);
    assert_eq!(
        spent(&open_history(folder.path())),
        (2, 2),
        "what a person sends again may have arrived"
    );
}

#[test]
fn all_campaigns_of_an_instance_are_in_one_send_history_and_older_ones_are_added_once() {
    let folder = tempfile::tempdir().unwrap();
    let without = LedgerWriter::open(ledger(
        folder.path(),
        "a.ledger",
        &[(2, A, "Анна"), (3, B, "Анна")],
    ))
    .unwrap();
    let begun = turn(&without, vec![], 2).begun;
    turn(&without, vec![accepted(&begun[0])], 0);
    // The second contact is cut off.
    let mut first = without.close().unwrap();
    let mut second = ledger(folder.path(), "b.ledger", &[(2, A, "Борис")]);
    assert_eq!(
        second
            .attach_history(0, open_history(folder.path()))
            .unwrap()
            .added,
        0
    );
    let door = LedgerWriter::open(second).unwrap();
    turn(&door, vec![], 1);
    drop(door.close());
    assert_eq!(spent(&open_history(folder.path())), (1, 1));
    assert_eq!(
        first
            .attach_history(0, open_history(folder.path()))
            .unwrap()
            .added,
        2
    );
    assert_eq!(
        spent(&open_history(folder.path())),
        (3, 2),
        "two contacts of one chat are one recipient"
    );
    drop(first);
    let mut again = Ledger::open(folder.path().join("a.ledger"), &[identity()]).unwrap();
    assert_eq!(
        again
            .attach_history(0, open_history(folder.path()))
            .unwrap()
            .added,
        0
    );
    // What a run without a send history sends is known to the next one that keeps it.
    drop(again);
    let mut bare = Ledger::open(folder.path().join("a.ledger"), &[identity()]).unwrap();
    list(
        &mut bare,
        "list.csv",
        &[(2, A, "Анна"), (3, B, "Анна"), (4, C, "Анна")],
    );
    let bare = LedgerWriter::open(bare).unwrap();
    turn(&bare, vec![], 1);
    let mut kept = bare.close().unwrap();
    assert_eq!(
        kept.attach_history(0, open_history(folder.path()))
            .unwrap()
            .added,
        1
    );
    assert_eq!(spent(&open_history(folder.path())), (4, 3));
}

#[test]
fn an_unknown_row_knows_whether_another_campaign_sent_its_contact_at_about_its_time() {
    for (other, theirs, minutes, known) in [
        (B, "Анна", 0, true),
        (B, "Анна", -10, true),
        (B, "Анна", 10, true),
        (B, "Анна", 11, false),
        (B, "Анна", -11, false),
        (B, "Борис", 0, false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let cut_off = |name: &str, rows: &[(u64, u64, &str)], minutes: i64| {
            let mut ledger = ledger(folder.path(), name, rows);
            ledger
                .attach_history(0, open_history(folder.path()))
                .unwrap();
            let door = LedgerWriter::open(ledger).unwrap();
            let part = InstanceBatch {
                begin: 9,
                ..InstanceBatch::default()
            };
            door.commit(Batch {
                parts: vec![part],
                now: moment(minutes * 60_000),
                by_service: true,
            })
            .blocking_recv()
            .unwrap()
            .unwrap();
            drop(door.close());
        };
        cut_off("a.ledger", &[(2, A, "Анна"), (3, C, "Анна")], 100);
        let told = || {
            let mut ledger = Ledger::open(folder.path().join("a.ledger"), &[identity()]).unwrap();
            ledger
                .attach_history(0, open_history(folder.path()))
                .unwrap();
            let unknown = ledger.unknown_of(0, SignedDuration::from_mins(10)).unwrap();
            unknown
                .iter()
                .map(|row| (row.others.before, row.others.near_in_time))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            told(),
            [(false, false); 2],
            "its own rows account for themselves"
        );
        cut_off("b.ledger", &[(2, other, theirs)], 100 + minutes);
        assert_eq!(told(), [(false, known); 2], "{theirs}, {minutes}");
    }
}

#[test]
fn instances_and_services_have_send_histories_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let open = |service, instance: &str, host| {
        let identity = Identity {
            service,
            instance: instance.into(),
            name: String::new(),
        };
        drop(SendHistory::open(folder.path(), &identity, host).unwrap());
    };
    open(Service::Loopback, "1101", "127.0.0.1:80");
    open(Service::Loopback, "1101", "[::1]:81");
    open(Service::GreenApi, "1101", "api.green-api.com");
    open(Service::GreenApi, "1101", "1101.api.green-api.com");
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let expected = [
        "green-api-1101.book",
        "loopback--::1--81-1101.book",
        "loopback-127.0.0.1-80-1101.book",
    ];
    assert_eq!(names, expected.map(|name| name.replace(':', "-")));
}

#[cfg(unix)] // Windows has no modes.
#[test]
fn nobody_else_can_read_a_send_history() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    drop(open_history(folder.path()));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let state = folder.path().join("state");
    assert_eq!(mode(&state), 0o700);
    assert_eq!(
        mode(&state.join("loopback-127.0.0.1-8080-1101.book")),
        0o600
    );
}

#[test]
fn a_file_that_is_no_send_history_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    drop(open_history(folder.path()));
    let path = folder
        .path()
        .join("state/loopback-127.0.0.1-8080-1101.book");
    let foreign = ledger(folder.path(), "list.ledger", &[]);
    drop(foreign);
    let of_a_ledger = fs::read(folder.path().join("list.ledger")).unwrap();
    let unmarked = folder.path().join("unmarked");
    rusqlite::Connection::open(&unmarked)
        .unwrap()
        .execute_batch("CREATE TABLE theirs (a)")
        .unwrap();
    let unmarked = fs::read(unmarked).unwrap();
    for text in [
        b"not a database at all, but text".to_vec(),
        of_a_ledger,
        unmarked,
    ] {
        fs::write(&path, &text).unwrap();
        let error = SendHistory::open(&folder.path().join("state"), &identity(), "127.0.0.1:8080")
            .unwrap_err();
        assert!(matches!(&error, LedgerError::SendHistory { .. }), "{error}");
        assert!(
            error.to_string().contains("SENDCONTACT_STATE_DIR"),
            "{error}"
        );
        assert_eq!(fs::read(&path).unwrap(), text);
    }
}

#[test]
fn a_run_keeps_its_distance_from_another_run_of_the_instance_and_not_from_itself() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str, rows: &[(u64, u64, &str)]| {
        let mut ledger = ledger(folder.path(), name, rows);
        ledger
            .attach_history(0, open_history(folder.path()))
            .unwrap();
        LedgerWriter::open(ledger).unwrap()
    };
    let first = open(
        "a.ledger",
        &[(2, A, "Анна"), (3, B, "Анна"), (4, C, "Анна")],
    );
    let second = open("b.ledger", &[(2, A + 10, "Анна"), (3, B + 10, "Анна")]);
    let zone: Zone = "UTC".parse().unwrap();
    let mut schedule = SendPolicy::always(zone);
    schedule.caps.spacing = Some("8s..20s".parse().unwrap());
    let rules = Some(std::sync::Arc::new(Rules {
        schedule,
        in_recipient_zone: false,
    }));
    let begin = |door: &LedgerWriter, seconds: i64| {
        let part = InstanceBatch {
            begin: 1,
            rules: rules.clone(),
            ..InstanceBatch::default()
        };
        let committed = door
            .commit(Batch {
                parts: vec![part],
                now: moment(seconds * 1_000),
                by_service: true,
            })
            .blocking_recv()
            .unwrap()
            .unwrap();
        let not_before = committed[0].not_before.map(Timestamp::as_second);
        (committed[0].begun.len(), not_before)
    };
    assert_eq!(begin(&first, 100), (1, None));
    assert_eq!(
        begin(&first, 108),
        (1, None),
        "between its own contacts a run keeps the gaps itself"
    );
    assert_eq!(begin(&second, 109), (0, Some(122)));
    assert_eq!(begin(&second, 122), (1, None));
    assert_eq!(begin(&first, 123), (0, Some(136)));
    assert_eq!(
        begin(&first, 50),
        (1, None),
        "a clock that was put back does not hold it"
    );
    assert_eq!(begin(&second, 51), (0, Some(64)));
}

#[test]
fn whom_another_campaign_writes_to_after_the_plan_gets_nothing_of_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str, contact: &str, within: Option<u64>| {
        let rows = [(2, A, contact), (3, A, "Ещё"), (4, B, contact)];
        let mut ledger = ledger(folder.path(), name, &rows);
        ledger
            .attach_history(0, open_history(folder.path()))
            .unwrap();
        let policy = ResendPolicy {
            since: None,
            resend_changed: false,
            not_again: within.map(|within| NotAgain {
                within: Duration::from_millis(within),
                now: moment(0),
            }),
        };
        let already = ledger.suppress_already_sent(policy).unwrap();
        assert_eq!(already, AlreadySent::default(), "nobody wrote yet");
        LedgerWriter::open(ledger).unwrap()
    };
    let statuses = |writer: LedgerWriter| {
        let ledger = writer.close().unwrap();
        lines(&ledger).into_iter().map(|(_, status, _)| status)
    };
    let begin_at = |writer: &LedgerWriter, most: usize, now: i64| {
        let part = InstanceBatch {
            begin: most,
            ..InstanceBatch::default()
        };
        let batch = Batch {
            parts: vec![part],
            now: moment(now),
            by_service: true,
        };
        let mut committed = writer.commit(batch).blocking_recv().unwrap().unwrap();
        committed.remove(0).begun
    };
    let planned = [
        open("b.ledger", "Борис", Some(50)),
        open("c.ledger", "Вера", None),
        open("d.ledger", "Глеб", Some(50)),
    ];
    let first = open("a.ledger", "Анна", Some(50));
    let begun = begin_at(&first, 2, 100);
    assert_eq!(begun.len(), 2, "both of its contacts for the person");
    turn(&first, begun.iter().map(accepted).collect(), 0);
    let [recent, off, over] = planned;
    for (writer, now, begins) in [(&recent, 149, 1), (&off, 149, 3), (&over, 200, 3)] {
        let begun = begin_at(writer, 9, now);
        assert_eq!(begun.len(), begins, "{now}");
        // Nobody was written to.
        let not_sent = |begun: &InFlight| settled(begun, RowOutcome::NotSent(None));
        turn(writer, begun.iter().map(not_sent).collect(), 0);
    }
    let left_out: Vec<_> = statuses(recent).collect();
    let (suppressed, pending) = (Status::Suppressed, Status::Pending);
    assert_eq!(left_out, [suppressed, suppressed, pending]);
    assert!(statuses(off).all(|status| status == pending));
    assert!(statuses(over).all(|status| status == pending));
}

fn begin_one(writer: &LedgerWriter, rules: Option<std::sync::Arc<Rules>>) -> CommitResult {
    let part = InstanceBatch {
        begin: 1,
        rules,
        ..InstanceBatch::default()
    };
    let batch = Batch {
        parts: vec![part],
        now: moment(5),
        by_service: true,
    };
    writer.commit(batch).blocking_recv().unwrap()
}

#[test]
fn a_send_history_that_breaks_is_given_up_and_an_instance_that_counts_in_it_begins_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| {
        let mut ledger = ledger(folder.path(), name, &[(2, A, "Анна"), (3, B, "Анна")]);
        ledger
            .attach_history(0, open_history(folder.path()))
            .unwrap();
        LedgerWriter::open(ledger).unwrap()
    };
    let mut schedule = SendPolicy::always("UTC".parse().unwrap());
    schedule.caps.daily = std::num::NonZeroU64::new(9);
    let capped = Some(std::sync::Arc::new(Rules {
        schedule,
        in_recipient_zone: false,
    }));
    for (name, rules) in [("a.ledger", None), ("b.ledger", capped)] {
        let path = folder
            .path()
            .join("state/loopback-127.0.0.1-8080-1101.book");
        let _new = fs::remove_file(&path);
        let door = open(name);
        assert_eq!(begin_one(&door, rules.clone()).unwrap()[0].begun.len(), 1);
        Connection::open(&path)
            .unwrap()
            .execute_batch("DROP TABLE sends")
            .unwrap();
        let committed = begin_one(&door, rules.clone()).unwrap();
        let without = committed[0].without_history.as_ref().unwrap();
        assert!(matches!(without.error, LedgerError::SendHistory { .. }));
        assert!(!without.ends_run);
        if rules.is_some() {
            assert_eq!(
                (committed[0].begun.len(), committed[0].exhausted),
                (0, false)
            );
            continue;
        }
        assert_eq!(committed[0].begun.len(), 1);
        let ledger = door.close().unwrap();
        assert_eq!(
            ledger.counts().unwrap().of(Status::Unknown),
            2,
            "each was begun once"
        );
        fs::remove_file(&path).unwrap();
        let mut ledger = ledger;
        assert_eq!(
            ledger
                .attach_history(0, open_history(folder.path()))
                .unwrap()
                .added,
            2,
            "both are added to a new send history"
        );
    }
}

#[test]
fn what_a_batch_began_is_pending_again_if_the_send_history_cannot_be_committed() {
    for not_again in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let rows = [(2, A, "Анна"), (3, B, "Анна"), (4, C, "Анна")];
        let mut ledger = ledger(folder.path(), "a.ledger", &rows);
        let history = open_history(folder.path());
        let path = history.path().to_owned();
        ledger.attach_history(0, history).unwrap();
        ledger.not_again_within = not_again.then_some(Duration::from_hours(1));
        let door = LedgerWriter::open(ledger).unwrap();
        let first = turn(&door, vec![], 1).begun.remove(0);
        Connection::open(&path)
            .unwrap()
            .execute_batch(
                "CREATE TABLE broken (campaign REFERENCES campaigns (id) DEFERRABLE INITIALLY DEFERRED);
                 CREATE TRIGGER breaks AFTER INSERT ON recent BEGIN INSERT INTO broken VALUES (99); END",
            )
            .unwrap();
        let committed = turn(&door, vec![accepted(&first)], 2);
        let without = committed.without_history.unwrap();
        assert!(matches!(without.error, LedgerError::SendHistory { .. }));
        assert_eq!(without.ends_run, not_again);
        assert!(committed.begun.is_empty() && !committed.exhausted);
        if !not_again {
            let begun = turn(&door, vec![], 2).begun;
            assert!(begun.len() == 2 && begun.iter().all(|begun| begun.attempt == 1));
        }
        let counts = door.close().unwrap().counts().unwrap();
        let of =
            [Status::Accepted, Status::Unknown, Status::Pending].map(|status| counts.of(status));
        let expected = if not_again { [1, 0, 2] } else { [1, 2, 0] };
        assert_eq!(of, expected);
    }
}

#[test]
fn a_send_history_that_another_run_keeps_locked_is_not_given_up() {
    for also_settles in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let rows = [(2, A, "Анна"), (3, B, "Анна")];
        let mut ledger = ledger(folder.path(), "a.ledger", &rows);
        let history = open_history(folder.path());
        let path = history.path().to_owned();
        history
            .connection
            .execute_batch("PRAGMA busy_timeout = 0")
            .unwrap();
        ledger.attach_history(0, history).unwrap();
        let door = LedgerWriter::open(ledger).unwrap();
        let first = turn(&door, vec![], 1).begun.remove(0);
        let other = Connection::open(&path).unwrap();
        let locked = other.exclusive_transaction().unwrap();
        let settle = if also_settles {
            vec![accepted(&first)]
        } else {
            vec![]
        };
        let part = InstanceBatch {
            settle,
            begin: 1,
            ..InstanceBatch::default()
        };
        let batch = Batch {
            parts: vec![part],
            now: moment(2),
            by_service: true,
        };
        let failed = door.commit(batch).blocking_recv().unwrap().unwrap_err();
        assert!(matches!(&failed.error, LedgerError::Held { path: held } if *held == path));
        drop(locked);
        let settle = failed.parts.into_iter().flat_map(|part| part.settle);
        assert_eq!(turn(&door, settle.collect(), 1).begun.len(), 1);
    }
}

/// Enters a contact as older versions did: by its letters, and by the chat id of the row.
fn enter_as_before(history: &SendHistory, chat: &str, name: &str, at: i64) {
    let digest = sha2::Sha256::digest(chat);
    let names = [name, "", "", ""];
    let contact = ContactDigest::older(79_001_234_568, names)
        .unwrap_or(ContactDigest::of(79_001_234_568, names));
    Connection::open(history.path())
        .unwrap()
        .execute(
            "INSERT INTO sends (chat, at, card) VALUES (?1, ?2, ?3)",
            params![&digest[..16], at, &contact.0[..]],
        )
        .unwrap();
}

fn enter(page: &HistoryTx<'_>, message: &Message, at: Timestamp) {
    page.enter(&keys(message), at).unwrap();
}

fn entries(history: &SendHistory) -> u64 {
    history.merge_recent().unwrap();
    Connection::open(history.path())
        .unwrap()
        .query_row("SELECT count(*) FROM sends", params![], |row| row.get(0))
        .unwrap()
}

const LONG: &str = "5215512345678@c.us";
const SHORT: u64 = 525_512_345_678;
const DECOMPOSED: &str = "Андреи\u{306}";

#[test]
fn a_person_whom_an_older_version_knows_by_another_chat_id_is_no_new_recipient() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open_history(folder.path());
    enter_as_before(&history, LONG, "Ana", 5);
    let page = history.begin().unwrap();
    for (chat, known) in [
        (LONG, true),
        ("525512345678@c.us", true),
        ("525512345679@c.us", false),
    ] {
        assert_eq!(page.knows(&Person::behind(chat)).unwrap(), known, "{chat}");
    }
    enter(&page, &message(SHORT, "Eva"), moment(6));
    enter(&page, &message(A, "Eva"), moment(6));
    page.commit().unwrap();
    assert_eq!(
        spent(&history),
        (3, 2),
        "two contacts of one person, and another one"
    );
}

#[test]
fn two_contacts_that_an_older_version_sent_to_one_person_at_once_stay_two() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open_history(folder.path());
    enter_as_before(&history, LONG, "Ana", 5);
    enter_as_before(&history, "525512345678@c.us", "Ana", 5);
    let page = history.begin().unwrap();
    enter(&page, &message(SHORT, "Eva"), moment(6));
    page.commit().unwrap();
    assert_eq!(entries(&history), 3);
}

#[test]
fn what_an_older_version_entered_is_found_removed_and_not_added_again() {
    let folder = tempfile::tempdir().unwrap();
    let request = |milliseconds| SentRecord {
        chat: "525512345678@c.us".into(),
        contact: ContactDigest::of(79_001_234_568, [DECOMPOSED, "", "", ""])
            .0
            .to_vec(),
        older_contact: ContactDigest::older(79_001_234_568, [DECOMPOSED, "", "", ""])
            .map(|contact| contact.0.to_vec()),
        at: moment(milliseconds),
    };
    let mut history = open_history(folder.path());
    for name in [DECOMPOSED, "Андрей"] {
        enter_as_before(&history, LONG, name, 5);
        assert!(history.has_sent_before(&request(6), &[]).unwrap(), "{name}");
        assert!(
            !history.has_sent_before(&request(5), &[]).unwrap(),
            "{name}"
        );
        let page = history.begin().unwrap();
        assert_eq!(
            page.backfill(&Entries::new(&request(5))).unwrap(),
            0,
            "{name}"
        );
        page.remove(&request(4)).unwrap();
        page.commit().unwrap();
        assert_eq!(entries(&history), 1, "{name}");
        let page = history.begin().unwrap();
        page.remove(&request(5)).unwrap();
        page.commit().unwrap();
        assert_eq!(entries(&history), 0, "{name}");
    }
    let page = history.begin().unwrap();
    assert_eq!(
        [
            page.backfill(&Entries::new(&request(5))).unwrap(),
            page.backfill(&Entries::new(&request(5))).unwrap()
        ],
        [1, 0]
    );
}

#[test]
fn an_unknown_row_of_an_older_version_accounts_for_its_own_entry_and_sees_another_campaign_s() {
    let folder = tempfile::tempdir().unwrap();
    let cut_off = |name: &str, rows: &[(u64, u64, &str)]| {
        let mut ledger = ledger(folder.path(), name, rows);
        ledger
            .attach_history(0, open_history(folder.path()))
            .unwrap();
        let door = LedgerWriter::open(ledger).unwrap();
        turn(&door, vec![], 9);
        drop(door.close());
    };
    cut_off("a.ledger", &[(2, SHORT, DECOMPOSED)]);
    // As if an older version had sent it.
    let history = open_history(folder.path());
    Connection::open(history.path())
        .unwrap()
        .execute_batch("DELETE FROM sends")
        .unwrap();
    enter_as_before(&history, "525512345678@c.us", DECOMPOSED, 1);
    let told = || {
        let mut ledger = Ledger::open(folder.path().join("a.ledger"), &[identity()]).unwrap();
        ledger
            .attach_history(0, open_history(folder.path()))
            .unwrap();
        let unknown = ledger.unknown_of(0, SignedDuration::from_mins(10)).unwrap();
        (unknown[0].others.before, unknown[0].others.near_in_time)
    };
    assert_eq!(told(), (false, false), "its own row accounts for itself");
    enter_as_before(&history, LONG, DECOMPOSED, 0);
    assert_eq!(told(), (true, true));
}

#[test]
fn a_damaged_time_of_a_row_is_damage_and_one_of_a_send_history_still_counts() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = ledger(folder.path(), "a.ledger", &[(2, A, "Анна")]);
    first
        .attach_history(0, open_history(folder.path()))
        .unwrap();
    let door = LedgerWriter::open(first).unwrap();
    turn(&door, vec![], 1);
    drop(door.close());
    let damage = |path: &Path, statement: &str| {
        Connection::open(path)
            .unwrap()
            .execute(statement, params![i64::MAX])
            .unwrap();
    };
    damage(
        &folder.path().join("a.ledger"),
        "UPDATE rows SET sent_at = ?1",
    );
    let damaged = Ledger::read(folder.path().join("a.ledger")).unwrap();
    let error = damaged.each_row(|_| Ok::<_, LedgerError>(())).unwrap_err();
    assert!(matches!(error, LedgerError::Damaged { .. }), "{error}");

    let history = open_history(folder.path());
    damage(history.path(), "UPDATE sends SET at = ?1");
    let mut second = ledger(folder.path(), "b.ledger", &[(2, A, "Анна")]);
    second.attach_history(0, history).unwrap();
    let door = LedgerWriter::open(second).unwrap();
    assert!(turn(&door, vec![], 1).begun.is_empty());
    let second = door.close().unwrap();
    assert_eq!(second.counts().unwrap().of(Status::Suppressed), 1);
}

#[test]
fn a_phone_that_is_no_number_is_damage_and_not_the_contact_of_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger(folder.path(), "list.ledger", &[(2, A, "Анна")]);
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = turn(&door, vec![], 9).begun;
    turn(&door, vec![accepted(&begun[0])], 0);
    let mut ledger = door.close().unwrap();
    ledger
        .connection
        .execute_batch("UPDATE rows SET phone_contact = 'Анна'")
        .unwrap();
    assert!(matches!(
        ledger.attach_history(0, open_history(folder.path())),
        Err(LedgerError::Damaged { .. })
    ));
}

#[test]
fn a_restriction_is_one_entry_an_episode_and_keeps_its_known_end() {
    let folder = tempfile::tempdir().unwrap();
    let history = open_history(folder.path());
    let minute = |minute: i64| Timestamp::from_second(1_790_000_000 + minute * 60).unwrap();
    let restricted = |until: Option<i64>| SeenState::Restricted {
        state: "suspended".to_owned(),
        until: until.map(minute),
    };
    let entries = |history: &SendHistory| -> Vec<(Timestamp, Option<Timestamp>)> {
        let all = history.restrictions().unwrap();
        all.iter().map(|past| (past.began, past.until)).collect()
    };
    let note = |seen: &SeenState, at| history.note_state(seen, minute(at)).unwrap();
    note(&SeenState::Authorized, 0);
    assert_eq!(entries(&history), []);
    note(&restricted(None), 1);
    // By another run.
    let other = open_history(folder.path());
    other.note_state(&restricted(None), minute(5)).unwrap();
    assert_eq!(entries(&history), [(minute(1), None)]);
    note(&SeenState::Authorized, 9);
    note(&SeenState::Authorized, 10);
    assert_eq!(entries(&other), [(minute(1), Some(minute(9)))]);

    note(&restricted(Some(60)), 20);
    note(&restricted(None), 30);
    assert_eq!(entries(&history)[0], (minute(20), Some(minute(60))));
    note(&restricted(Some(90)), 40);
    assert_eq!(entries(&history)[0], (minute(20), Some(minute(90))));
    note(&SeenState::Authorized, 100);
    assert_eq!(entries(&history)[0], (minute(20), Some(minute(90))));

    note(&restricted(Some(200)), 110);
    // It was lifted earlier.
    note(&SeenState::Authorized, 120);
    let last = history.restrictions().unwrap()[0].clone();
    assert_eq!((last.began, last.until), (minute(110), Some(minute(120))));
    assert_eq!(
        (last.state.as_str(), entries(&history).len()),
        ("suspended", 3)
    );
}

#[test]
fn runs_that_begin_at_once_make_one_send_history() {
    for _ in 0..60 {
        let folder = tempfile::tempdir().unwrap();
        let ready = std::sync::Barrier::new(6);
        let names = std::thread::scope(|scope| {
            let open = || {
                ready.wait();
                open_history(folder.path()).name().unwrap()
            };
            let runs: Vec<_> = (0..6).map(|_| scope.spawn(open)).collect();
            let names = runs.into_iter().map(|run| run.join().unwrap());
            names.collect::<Vec<_>>()
        });
        assert!(names.iter().all(|name| *name == names[0]), "{names:?}");
    }
}

#[test]
fn what_a_removed_send_history_left_beside_it_is_no_part_of_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut history = open_history(folder.path());
    let (path, name) = (history.path().to_owned(), history.name().unwrap());
    history.join("ledger", "list").unwrap();
    let fill = |history: &mut SendHistory, from: u64| {
        let page = history.begin().unwrap();
        for number in from..from + 500 {
            let at = moment(i64::try_from(number).unwrap());
            enter(&page, &message(A + number, "Анна"), at);
        }
        page.commit().unwrap();
    };
    fill(&mut history, 0);
    history
        .connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", params![], |_| Ok(()))
        .unwrap();
    fill(&mut history, 500);
    // As a run leaves it that is killed.
    let wal = super::super::paths::path_beside(&path, "-wal");
    let left = std::fs::read(&wal).unwrap();
    assert!(!left.is_empty());
    drop(history);
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&wal, left).unwrap();
    let history = open_history(folder.path());
    assert_ne!(history.name().unwrap(), name);
    assert_eq!(entries(&history), 0);
    let word = history
        .connection
        .query_row("PRAGMA integrity_check", params![], |row| {
            row.get::<String>(0)
        });
    assert_eq!(word.unwrap(), "ok");
}

#[test]
fn a_send_history_that_was_emptied_is_not_taken_for_a_new_one() {
    for size in [0, 1, 50, 511] {
        let folder = tempfile::tempdir().unwrap();
        let path = open_history(folder.path()).path().to_owned();
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(size).unwrap();
        let open =
            || SendHistory::open(&folder.path().join("state"), &identity(), "127.0.0.1:8080");
        let error = open().unwrap_err();
        assert!(matches!(error, LedgerError::SendHistory { .. }), "{error}");
        assert_eq!(
            fs::metadata(&path).unwrap().len(),
            size,
            "it stays as it is"
        );
        fs::remove_file(&path).unwrap();
        open().unwrap();
    }
}

#[cfg(unix)] // Windows has no modes.
#[test]
fn a_send_history_that_others_may_write_or_that_is_elsewhere_is_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let spoil: [fn(&Path); 2] = [
        |path| fs::set_permissions(path, fs::Permissions::from_mode(0o602)).unwrap(),
        |path| {
            let other = path.with_extension("other");
            fs::rename(path, &other).unwrap();
            symlink(other, path).unwrap();
        },
    ];
    for spoil in spoil {
        let folder = tempfile::tempdir().unwrap();
        let path = open_history(folder.path()).path().to_owned();
        spoil(&path);
        let opened = SendHistory::open(&folder.path().join("state"), &identity(), "127.0.0.1:8080");
        let error = opened.unwrap_err();
        assert!(matches!(error, LedgerError::NotPrivate(_)), "{error}");
    }
}

/// A batch of one instance at a time in milliseconds.
fn batch_at(
    writer: &LedgerWriter,
    now: i64,
    settle: Vec<RowResult>,
    rules: Option<&std::sync::Arc<Rules>>,
) -> InstanceCommit {
    let part = InstanceBatch {
        begin: if settle.is_empty() { 2 } else { 0 },
        settle,
        rules: rules.cloned(),
        ..InstanceBatch::default()
    };
    let batch = Batch {
        parts: vec![part],
        now: moment(now),
        by_service: true,
    };
    let committed = writer.commit(batch).blocking_recv().unwrap();
    committed.unwrap().remove(0)
}

#[test]
fn what_a_person_sends_again_stays_pending_if_its_request_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ledger(folder.path(), "list.ledger", &[(2, A, "Анна")]);
    ledger
        .attach_history(0, open_history(folder.path()))
        .unwrap();
    let writer = LedgerWriter::open(ledger).unwrap();
    let begun = batch_at(&writer, 10, vec![], None).begun;
    let reset = settled(&begun[0], RowOutcome::Unknown("reset".into()));
    batch_at(&writer, 11, vec![reset], None);
    let mut ledger = writer.close().unwrap();
    let decided = [(begun[0].row, Resolution::Resend)];
    assert_eq!(ledger.resolve(&decided).unwrap(), 1);

    let writer = LedgerWriter::open(ledger).unwrap();
    let begun = batch_at(&writer, 20, vec![], None).begun;
    let not_sent = RowOutcome::NotSent(begun[0].last_request);
    batch_at(&writer, 21, vec![settled(&begun[0], not_sent)], None);
    let begun = batch_at(&writer, 30, vec![], None).begun;
    assert_eq!(begun.len(), 1, "it is not unknown again");
    assert_eq!(
        (begun[0].attempt, begun[0].last_request),
        (2, Some(moment(10)))
    );
}

#[test]
fn a_row_that_is_suppressed_takes_no_contact_of_the_day() {
    let folder = tempfile::tempdir().unwrap();
    let mut schedule = SendPolicy::always("UTC".parse().unwrap());
    schedule.caps.daily = std::num::NonZeroU64::new(2);
    let two_a_day = std::sync::Arc::new(Rules {
        schedule,
        in_recipient_zone: false,
    });
    let open = |name, rows: &[_]| {
        let mut ledger = ledger(folder.path(), name, rows);
        let history = open_history(folder.path());
        ledger.attach_history(0, history).unwrap();
        ledger
            .suppress_already_sent(ResendPolicy {
                since: Some(Timestamp::MIN),
                resend_changed: false,
                not_again: None,
            })
            .unwrap();
        LedgerWriter::open(ledger).unwrap()
    };
    let one = open("a.ledger", &[(2, A, "Анна")]);
    let two = open("b.ledger", &[(2, A, "Анна"), (3, B, "Анна")]);
    let begun = batch_at(&one, 10, vec![], None).begun;
    batch_at(&one, 20, vec![accepted(&begun[0])], None);
    // The person got the contact after the second campaign was planned.
    let committed = batch_at(&two, 30, vec![], Some(&two_a_day));
    let numbers: Vec<u64> = committed.begun.iter().map(|row| row.number).collect();
    assert_eq!((numbers, committed.held), (vec![3], None));
}
