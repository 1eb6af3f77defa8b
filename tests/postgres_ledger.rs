//! A ledger in a PostgreSQL database, against a real server. Apart from the other tests of the ledger: a process that is
//! started while they run would inherit their locks for a moment.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::Stdio,
    time::Duration,
};

use jiff::Timestamp;
use secrecy::SecretString;
use sendcontact::{
    domain::{
        CheckedRow, Contact, IdMessage, Message, Names, Phone, Recipient, RowCheck, RowRef, Status,
    },
    ledger::{
        Batch, DEFAULT_SCHEMA, Database, DatabaseAddress, Identity, InFlight, InstanceBatch,
        InstanceCommit, Ledger, LedgerError, LedgerWriter, NewSource, NotAgain, Passwords, Place,
        ResendPolicy, Resolution, RowOutcome, RowResult, SendHistory, Service,
    },
};
use stand_in::Cluster;

const OURS: Service = Service::Loopback;
const A: u64 = 79_001_234_501;
const B: u64 = 79_001_234_502;
const C: u64 = 79_001_234_503;

fn identity() -> Identity {
    Identity {
        service: OURS,
        instance: "1101".into(),
        name: String::new(),
    }
}

fn moment(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap()
}

fn message(recipient: u64, name: &str) -> Message {
    let names = Names {
        first: name.into(),
        ..Names::default()
    };
    Message {
        recipient: Recipient::Phone(Phone::try_from(recipient).unwrap()),
        contact: Contact::new(Phone::try_from(79_001_234_568).unwrap(), names).unwrap(),
    }
}

fn list(ledger: &mut Ledger, source: &str, rows: &[(u64, u64, &str)]) -> u64 {
    let mut import = ledger.import().unwrap();
    import
        .add_source(NewSource {
            name: source,
            own_columns: &[],
            delimiter: Some(';'),
            layout: None,
            corrects: false,
        })
        .unwrap();
    for (row, recipient, name) in rows {
        let entry = CheckedRow {
            place: RowRef {
                source: 0,
                row: *row,
            },
            finding: RowCheck::Message(message(*recipient, name)),
            warnings: Vec::new(),
            pair: None,
            own_cells: Vec::new(),
            time_zone: None,
            origin: None,
        };
        import.add_row(entry).unwrap();
    }
    import.finish(None).unwrap().dropped
}

fn lines(ledger: &Ledger) -> Vec<(u64, Status, String)> {
    let mut lines = Vec::new();
    ledger
        .each_row::<LedgerError>(|line| {
            lines.push((line.row, line.status, line.names[0].clone()));
            Ok(())
        })
        .unwrap();
    lines
}

fn turn(door: &LedgerWriter, settle: Vec<RowResult>, begin: usize) -> InstanceCommit {
    let turn = Batch {
        parts: vec![InstanceBatch {
            settle,
            begin,
            rates: None,
            rules: None,
            checks: None,
        }],
        now: moment(1),
        by_service: true,
    };
    door.commit(turn)
        .blocking_recv()
        .unwrap()
        .unwrap()
        .remove(0)
}

fn accepted(begun: &InFlight) -> RowResult {
    let id = IdMessage::new(&format!("3EB0{}", begun.message.recipient)).unwrap();
    RowResult {
        row: begun.row,
        verdict: RowOutcome::Accepted(id),
    }
}

#[derive(Debug)]
struct NoPasswords;

impl Passwords for NoPasswords {
    fn password(&self, _: &str, _: u16, _: &str, _: &str) -> Option<SecretString> {
        None
    }
}

fn database(cluster: &Cluster) -> Database {
    Database::new(&DatabaseAddress {
        url: &SecretString::from(cluster.url()),
        password: &NoPasswords,
        schema: DEFAULT_SCHEMA,
        request_timeout: Duration::from_millis(500),
        retry_for: Duration::from_secs(20),
    })
    .unwrap()
}

fn place(cluster: &Cluster, campaign: &str) -> Place {
    Place::Database {
        database: database(cluster),
        campaign: campaign.to_owned(),
    }
}

#[test]
fn a_campaign_lives_in_a_database_as_it_does_in_a_file() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let place = place(&cluster, "list");
    let mut ledger = Ledger::open(&place, &[identity()]).unwrap();
    let rows = [
        (2, 79_001_234_501, "Анна"),
        (3, 79_001_234_502, "Борис"),
        (4, 79_001_234_501, "Анна"),
    ];
    list(&mut ledger, "list.csv", &rows);
    let history = SendHistory::open_in(&database(&cluster), &identity(), "").unwrap();
    ledger.attach_history(0, history).unwrap();
    ledger.reset_already_sent().unwrap();
    ledger
        .suppress_already_sent(ResendPolicy {
            since: Some(moment(0)),
            resend_changed: false,
            not_again: None,
        })
        .unwrap();
    let statuses = |ledger: &Ledger| -> Vec<Status> {
        lines(ledger)
            .into_iter()
            .map(|(_, status, _)| status)
            .collect()
    };
    assert_eq!(
        statuses(&ledger),
        [Status::Pending, Status::Pending, Status::Duplicate]
    );
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = turn(&door, vec![], 5).begun;
    assert_eq!(begun.len(), 2);
    let other = Ledger::read(&place).unwrap();
    assert_eq!(
        statuses(&other),
        [Status::Unknown, Status::Unknown, Status::Duplicate]
    );
    turn(&door, vec![accepted(&begun[0])], 0);
    let ledger = door.close().unwrap();
    assert_eq!(
        statuses(&ledger),
        [Status::Accepted, Status::Unknown, Status::Duplicate]
    );
    assert_eq!(other.instance_summaries().unwrap().len(), 1);
    assert_eq!(ledger.runs().unwrap().len(), 0);
    drop(ledger);
    let mut again = Ledger::open(&place, &[identity()]).unwrap();
    list(&mut again, "list.csv", &rows);
    assert_eq!(
        statuses(&again),
        [Status::Accepted, Status::Unknown, Status::Duplicate]
    );
    assert_eq!(again.unknown().unwrap().len(), 1);
}

/// The request of a row may be later than what another campaign wrote.
#[test]
fn whom_another_campaign_wrote_to_a_short_time_ago_gets_nothing_although_the_row_was_tried_since() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let database = database(&cluster);
    let mut ledger = Ledger::open(place(&cluster, "spring"), &[identity()]).unwrap();
    let history = SendHistory::open_in(&database, &identity(), "").unwrap();
    ledger.attach_history(0, history).unwrap();
    list(&mut ledger, "list.csv", &[(2, A, "Анна"), (3, B, "Анна")]);
    let within = Duration::from_millis(50);
    ledger
        .suppress_already_sent(ResendPolicy {
            since: Some(Timestamp::MIN),
            resend_changed: false,
            not_again: Some(NotAgain {
                within,
                now: moment(0),
            }),
        })
        .unwrap();
    let writer = LedgerWriter::open(ledger).unwrap();
    let begin_at = |now: i64, settle: Vec<RowResult>, most: usize| {
        let part = InstanceBatch {
            settle,
            begin: most,
            rates: None,
            rules: None,
            checks: None,
        };
        let batch = Batch {
            parts: vec![part],
            now: moment(now),
            by_service: true,
        };
        writer
            .commit(batch)
            .blocking_recv()
            .unwrap()
            .unwrap()
            .remove(0)
            .begun
    };
    let tried = begin_at(100, Vec::new(), 9);
    assert_eq!(tried.len(), 2);
    let not_taken = tried.iter().map(|begun| RowResult {
        row: begun.row,
        verdict: RowOutcome::NotTaken,
    });
    begin_at(101, not_taken.collect(), 0);
    let _ = cluster.query(&format!(
        "SET search_path TO sendcontact_history_1;
         INSERT INTO campaigns (ledger, name) VALUES ('x', 'autumn');
         INSERT INTO sends SELECT substring(sha256('{A}@c.us') FOR 16), 90, '\\x09', id
         FROM campaigns WHERE ledger = 'x'"
    ));
    let begun = begin_at(120, Vec::new(), 9);
    assert_eq!(begun.len(), 1);
    assert_eq!(begun[0].message, message(B, "Анна"));
    let ledger = writer.close().unwrap();
    assert_eq!(lines(&ledger)[0].1, Status::Suppressed);
}

#[test]
fn a_run_whose_lease_another_machine_has_ended_records_and_begins_nothing_more() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let place = place(&cluster, "list");
    let mut ledger = Ledger::open(&place, &[identity()]).unwrap();
    let rows = [(2, A, "Анна"), (3, B, "Борис")];
    list(&mut ledger, "list.csv", &rows);
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = turn(&door, vec![], 1).begun;
    let _ = cluster.query("UPDATE sendcontact.leases SET holder = '', fence = fence + 1");
    let other = Ledger::open(
        &place,
        &[Identity {
            instance: "1102".into(),
            ..identity()
        }],
    )
    .unwrap();
    let late = Batch {
        parts: vec![InstanceBatch {
            settle: vec![accepted(&begun[0])],
            begin: 5,
            rates: None,
            rules: None,
            checks: None,
        }],
        now: moment(1),
        by_service: true,
    };
    let error = door
        .commit(late)
        .blocking_recv()
        .unwrap()
        .unwrap_err()
        .error;
    assert!(matches!(error, LedgerError::LeaseLost { .. }), "{error:?}");
    let statuses: Vec<Status> = lines(&other)
        .into_iter()
        .map(|(_, status, _)| status)
        .collect();
    assert_eq!(statuses, [Status::Unknown, Status::Pending]);
    // What the other claims is one whole person, and what was under way is nobody's to send.
    let door = LedgerWriter::open(other).unwrap();
    let begun = turn(&door, vec![], 5).begun;
    assert_eq!(
        begun.iter().map(|begun| begun.number).collect::<Vec<_>>(),
        [3]
    );
}

#[test]
fn a_contact_that_was_provably_not_taken_leaves_the_send_history() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let mut ledger = Ledger::open(place(&cluster, "list"), &[identity()]).unwrap();
    list(&mut ledger, "list.csv", &[(2, A, "Анна"), (3, B, "Борис")]);
    let history = SendHistory::open_in(&database(&cluster), &identity(), "").unwrap();
    ledger.attach_history(0, history).unwrap();
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = turn(&door, vec![], 2).begun;
    let unknown = RowResult {
        row: begun[0].row,
        verdict: RowOutcome::Unknown("no answer".into()),
    };
    turn(&door, vec![unknown, accepted(&begun[1])], 0);
    let mut ledger = door.close().unwrap();
    let entries = || cluster.query("SELECT count(*) FROM sendcontact_history_1.sends");
    assert_eq!(entries(), "2");
    let absent = [(begun[0].row, Resolution::Absent)];
    assert_eq!(ledger.resolve(&absent).unwrap(), 1);
    assert_eq!(entries(), "1");
    assert_eq!(ledger.counts().unwrap().of(Status::Pending), 1);
}

#[test]
fn rows_of_an_instance_that_sends_another_campaign_are_in_nobody_s_hands() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let other = || Identity {
        instance: "1102".into(),
        ..identity()
    };
    let mut ledger = Ledger::open(place(&cluster, "list"), &[identity()]).unwrap();
    list(
        &mut ledger,
        "list.csv",
        &[(2, A, "Анна"), (3, B, "Борис"), (4, C, "Анна")],
    );
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = turn(&door, vec![], 2).begun;
    turn(&door, vec![accepted(&begun[0])], 0);
    let joined = Ledger::open(place(&cluster, "list"), &[other()]).unwrap();
    let hands = |ledger: &Ledger| {
        let hands = ledger.in_other_hands().unwrap();
        [Status::Unknown, Status::Pending].map(|status| hands.of(status))
    };
    assert_eq!(hands(&joined), [1, 1]);
    drop(joined);
    drop(door.close());
    let _another = Ledger::open(place(&cluster, "another"), &[identity()]).unwrap();
    let joined = Ledger::open(place(&cluster, "list"), &[other()]).unwrap();
    assert_eq!(hands(&joined), [0, 0]);
    assert_eq!(joined.counts().unwrap().of(Status::Unknown), 1);
}

#[test]
fn rows_that_another_machine_has_claimed_are_passed_over() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let place = place(&cluster, "list");
    let mut first = Ledger::open(&place, &[identity()]).unwrap();
    let rows = [
        (2, A, "Анна"),
        (3, B, "Борис"),
        (4, A, "Аня"),
        (5, C, "Вера"),
    ];
    list(&mut first, "list.csv", &rows);
    let second = Ledger::open(
        &place,
        &[Identity {
            instance: "1102".into(),
            ..identity()
        }],
    )
    .unwrap();
    let (first, second) = (
        LedgerWriter::open(first).unwrap(),
        LedgerWriter::open(second).unwrap(),
    );
    let mut numbers: Vec<Vec<u64>> = Vec::new();
    for door in [&first, &second] {
        let begun = turn(door, vec![], 1).begun;
        numbers.push(begun.iter().map(|begun| begun.number).collect());
    }
    assert_eq!(
        numbers,
        [vec![2], vec![5]],
        "the first has claimed two rows, and a person of theirs stays with it"
    );
    // It gives back what it has not begun to people to whom it has not written.
    let _ = cluster.query(
        "UPDATE sendcontact_campaign_1.rows SET instance = NULL WHERE number = 3;
         DELETE FROM sendcontact_campaign_1.assignments WHERE person = '79001234502@c.us'",
    );
    let begun = turn(&second, vec![], 5).begun;
    assert_eq!(
        begun.iter().map(|begun| begun.number).collect::<Vec<_>>(),
        [3]
    );
    let begun = turn(&first, vec![], 5).begun;
    assert_eq!(
        begun.iter().map(|begun| begun.number).collect::<Vec<_>>(),
        [4]
    );
}

/// A run that locked what it only looks at would be in the way of another that locks what it sends, each waiting for
/// the other.
#[test]
fn what_is_only_looked_at_does_not_wait_for_another_machine() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let mut ledger = Ledger::open(place(&cluster, "list"), &[identity()]).unwrap();
    list(&mut ledger, "list.csv", &[(2, A, "Анна"), (3, B, "Борис")]);
    let mut session = cluster
        .program("psql")
        .args(["-AtX", "-d", &cluster.url()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut says = session.stdin.take().unwrap();
    says.write_all(b"BEGIN; SELECT id FROM sendcontact_campaign_1.rows FOR UPDATE;\n")
        .unwrap();
    let mut hears = BufReader::new(session.stdout.take().unwrap()).lines();
    while hears.next().unwrap().unwrap() != "2" {}
    let first = ledger.first_pending_in(0, None).unwrap();
    assert_eq!(first, Some(message(A, "Анна")));
    drop(says);
    session.wait().unwrap();
}
