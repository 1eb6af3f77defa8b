mod instances;
mod people;
mod recent;
mod send_history;
mod shared_rate;

use std::{fs, path::Path};

use super::{
    db::{Connection, params},
    history_entries::MessageKeys,
    sql::PendingKey,
};
use jiff::Timestamp;

use super::*;
use crate::domain::{
    CheckedRow, Contact, Message, Names, Phone, Recipient, RowCheck, RowRef, Status,
};

const OURS: Service = Service::Loopback;

fn identity() -> Identity {
    Identity {
        service: OURS,
        instance: "1101".into(),
        name: String::new(),
    }
}

/// So many milliseconds after the beginning of 1970.
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

/// How a message is entered in a send history.
fn keys(message: &Message) -> MessageKeys {
    MessageKeys::of_row(&PendingKey {
        id: 0,
        person: message.recipient.person().as_str(),
        contact: &message.contact_digest().0,
        phone_contact: &message.contact.phone().to_string(),
        names: message.contact.names(),
        sent_at: None,
    })
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

use crate::domain::IdMessage;

const A: u64 = 79_001_234_501;
const B: u64 = 79_001_234_502;
const C: u64 = 79_001_234_503;

#[test]
fn a_message_cut_off_while_sending_is_never_taken_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.ledger");
    let mut ledger = Ledger::open(&path, &[identity()]).unwrap();
    list(&mut ledger, "list.csv", &[(2, A, "Анна"), (3, B, "Борис")]);
    let door = LedgerWriter::open(ledger).unwrap();
    assert_eq!(turn(&door, vec![], 1).begun.len(), 1);
    drop(door.close());

    let door = LedgerWriter::open(Ledger::open(&path, &[identity()]).unwrap()).unwrap();
    let committed = turn(&door, vec![], 5);
    assert_eq!(committed.begun.len(), 1);
    assert_eq!(committed.begun[0].message, message(B, "Борис"));
    assert!(committed.exhausted);
    let ledger = door.close().unwrap();
    let counts = ledger.counts().unwrap();
    assert_eq!((counts.of(Status::Unknown), counts.rows()), (2, 2));
}

#[test]
fn rows_are_counted_anew_after_every_change_of_anybody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.ledger");
    let mut ledger = Ledger::open(&path, &[identity()]).unwrap();
    assert_eq!(ledger.counts().unwrap().rows(), 0);
    list(&mut ledger, "list.csv", &[(2, A, "Анна"), (3, B, "Борис")]);
    assert_eq!(
        (ledger.counts().unwrap().rows(), ledger.waiting().unwrap()),
        (2, 2)
    );

    let reader = Ledger::read(&path).unwrap();
    let counted = |ledger: &Ledger| {
        let counts = ledger.counts().unwrap();
        [Status::Pending, Status::Unknown, Status::Accepted].map(|status| counts.of(status))
    };
    assert_eq!(counted(&reader), [2, 0, 0]);
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = turn(&door, vec![], 1).begun;
    assert_eq!(counted(&reader), [1, 1, 0]);
    turn(&door, vec![accepted(&begun[0])], 0);
    assert_eq!(counted(&reader), [1, 0, 1]);
    assert_eq!(counted(&door.close().unwrap()), [1, 0, 1]);
}

#[test]
fn a_run_that_dies_before_its_first_contact_misses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut ledger = Ledger::open(path("list.ledger"), &[identity()]).unwrap();
    list(&mut ledger, "list.csv", &[(2, A, "Анна")]);
    let run = NewRun {
        began: moment(1),
        version: "1",
        command: "send",
        rate: None,
    };
    let run = ledger.begin_run(&run, &ledger.counts().unwrap()).unwrap();
    ledger.open_run(run).unwrap();
    for ending in ["", "-wal"] {
        let [from, to] = ["list", "killed"].map(|name| path(&format!("{name}.ledger{ending}")));
        fs::copy(from, to).unwrap();
    }
    let killed = Ledger::open(path("killed.ledger"), &[identity()]).unwrap();
    assert!(!killed.is_wal_missing());
}

#[test]
fn a_row_that_comes_back_is_taken_again_in_the_same_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(folder.path().join("list.ledger"), &[identity()]).unwrap();
    list(&mut ledger, "list.csv", &[(2, A, "Анна"), (3, B, "Борис")]);
    let door = LedgerWriter::open(ledger).unwrap();
    let mut begun = turn(&door, vec![], 9).begun;
    let back = RowResult {
        row: begun[0].row,
        verdict: RowOutcome::NotTaken,
    };
    let again = turn(&door, vec![back, accepted(&begun.remove(1))], 9);
    assert_eq!(again.begun[0].message, message(A, "Анна"));
    turn(&door, vec![accepted(&again.begun[0])], 0);
    let ledger = door.close().unwrap();
    let mut attempts = Vec::new();
    ledger
        .each_row::<LedgerError>(|line| {
            attempts.push((line.attempts, line.id_message));
            Ok(())
        })
        .unwrap();
    assert_eq!(attempts, [(2, format!("3EB0{A}")), (1, format!("3EB0{B}"))]);
}

#[test]
fn the_key_finds_duplicates_and_a_second_import_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(folder.path().join("list.ledger"), &[identity()]).unwrap();
    let rows = [
        (2, A, "Анна"),
        (3, A, "Анна"),
        (5, A, "Анна Б."),
        (6, A, "Анна"),
    ];
    for _ in 0..3 {
        list(&mut ledger, "list.csv", &rows);
        let words: Vec<_> = lines(&ledger)
            .into_iter()
            .map(|(row, status, _)| (row, status))
            .collect();
        let expected = [
            (2, Status::Pending),
            (3, Status::Duplicate),
            (5, Status::Pending),
            (6, Status::Duplicate),
        ];
        assert_eq!(words, expected);
    }
}

#[test]
fn an_edited_input_keeps_what_was_taken_and_drops_what_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(folder.path().join("list.ledger"), &[identity()]).unwrap();
    list(&mut ledger, "list.csv", &[(2, A, "Анна"), (3, B, "Борис")]);
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = turn(&door, vec![], 1).begun;
    turn(&door, vec![accepted(&begun[0])], 0);
    let mut ledger = door.close().unwrap();

    let dropped = list(&mut ledger, "list.csv", &[(2, C, "Вера"), (3, A, "Анна")]);
    assert_eq!(dropped, 1);
    let inserted = [
        (2, Status::Pending, "Вера".into()),
        (3, Status::Accepted, "Анна".into()),
    ];
    assert_eq!(
        lines(&ledger),
        inserted,
        "Борис was taken out before he was sent to"
    );

    list(&mut ledger, "list.csv", &[(2, C, "Вера")]);
    assert_eq!(
        ledger.counts().unwrap().of(Status::Accepted),
        1,
        "a taken contact stays on record"
    );
}

#[test]
fn a_second_source_of_the_same_campaign_adds_rows_and_takes_none_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(folder.path().join("list.ledger"), &[identity()]).unwrap();
    list(&mut ledger, "a.csv", &[(2, A, "Анна"), (3, B, "Борис")]);
    list(&mut ledger, "b.csv", &[(2, B, "Борис"), (3, C, "Вера")]);
    let counts = ledger.counts().unwrap();
    assert_eq!(
        (
            counts.rows(),
            counts.of(Status::Pending),
            counts.of(Status::Duplicate)
        ),
        (4, 3, 1)
    );

    list(&mut ledger, "a.csv", &[(2, A, "Анна")]);
    let counts = ledger.counts().unwrap();
    assert_eq!(
        counts.of(Status::Pending),
        3,
        "row 2 of b.csv still wants Борис"
    );
}

#[test]
fn a_run_that_holds_the_ledger_keeps_others_out_but_not_readers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.ledger");
    let held = Ledger::open(&path, &[identity()]).unwrap();
    assert!(matches!(
        Ledger::open(&path, &[identity()]),
        Err(LedgerError::Held { .. })
    ));
    assert!(Ledger::read(&path).is_ok());
    drop(held);
    assert!(Ledger::open(&path, &[identity()]).is_ok());
}

#[cfg(unix)] // Windows lets few users make links.
#[test]
fn a_run_holds_the_ledger_and_is_steered_by_whatever_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.ledger");
    let held = Ledger::open(&path, &[identity()]).unwrap();
    let link = folder.path().join("autumn.ledger");
    std::os::unix::fs::symlink("list.ledger", &link).unwrap();
    assert!(matches!(
        Ledger::open(&link, &[identity()]),
        Err(LedgerError::Held { .. })
    ));
    assert!(!Ledger::is_steered(&link).unwrap(), "nobody listens yet");
    Control::of(&path).clear().unwrap();
    assert!(Ledger::is_steered(&link).unwrap());
    assert_eq!(Control::of(&link), Control::of(&path));
    drop(held);
    let held = Ledger::open(&link, &[identity()]).unwrap();
    assert!(matches!(
        Ledger::open(&path, &[identity()]),
        Err(LedgerError::Held { .. })
    ));
    drop(held);
}

#[test]
fn a_ledger_of_several_names_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    drop(Ledger::open(at("list.ledger"), &[identity()]).unwrap());
    fs::hard_link(at("list.ledger"), at("hard.ledger")).unwrap();
    for name in ["list.ledger", "hard.ledger"] {
        let refused = Ledger::open(at(name), &[identity()]);
        assert!(
            matches!(refused, Err(LedgerError::SeveralNames { .. })),
            "{name}"
        );
        assert!(Ledger::read(at(name)).is_ok(), "{name}");
    }
    fs::remove_file(at("hard.ledger")).unwrap();
    drop(Ledger::open(at("list.ledger"), &[identity()]).unwrap());
}

#[cfg(unix)] // Windows lets few users make links.
#[test]
fn a_link_that_leads_to_several_names_or_nowhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    drop(Ledger::open(at("list.ledger"), &[identity()]).unwrap());
    fs::hard_link(at("list.ledger"), at("hard.ledger")).unwrap();
    std::os::unix::fs::symlink("list.ledger", at("soft.ledger")).unwrap();
    let refused = Ledger::open(at("soft.ledger"), &[identity()]);
    assert!(matches!(refused, Err(LedgerError::SeveralNames { .. })));
    assert!(Ledger::read(at("soft.ledger")).is_ok());
    fs::remove_file(at("hard.ledger")).unwrap();
    drop(Ledger::open(at("soft.ledger"), &[identity()]).unwrap());
    fs::rename(at("list.ledger"), at("away.ledger")).unwrap();
    let Err(LedgerError::Missing { path }) = Ledger::open(at("soft.ledger"), &[identity()]) else {
        panic!()
    };
    assert_eq!(path, at("list.ledger"));
    assert!(at("soft.ledger").is_symlink() && !at("list.ledger").exists());
    fs::rename(at("away.ledger"), at("list.ledger")).unwrap();
    assert!(Ledger::open(at("soft.ledger"), &[identity()]).is_ok());
}

#[test]
fn a_ledger_belongs_to_one_instance_of_one_service() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.ledger");
    drop(Ledger::open(&path, &[identity()]).unwrap());
    for other in [
        Identity {
            service: OURS,
            instance: "1102".into(),
            name: String::new(),
        },
        Identity {
            service: Service::GreenApi,
            instance: "1101".into(),
            name: String::new(),
        },
        Identity {
            service: Service::Simulator,
            instance: "1101".into(),
            name: String::new(),
        },
    ] {
        assert!(
            matches!(
                Ledger::open(&path, std::slice::from_ref(&other)),
                Err(LedgerError::OtherInstance { .. })
            ),
            "{other:?}"
        );
    }
}

#[test]
fn a_file_that_is_no_ledger_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.ledger");
    fs::write(&path, "Имя;Телефон\r\nАнна;79001234501\r\n".repeat(100)).unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(
        Ledger::open(&path, &[identity()]),
        Err(LedgerError::Foreign { .. })
    ));
    assert_eq!(fs::read(&path).unwrap(), before);

    let other = folder.path().join("other.ledger");
    rusqlite::Connection::open(&other)
        .unwrap()
        .execute_batch("CREATE TABLE t (x)")
        .unwrap();
    assert!(matches!(
        Ledger::open(&other, &[identity()]),
        Err(LedgerError::Foreign { .. })
    ));
}

#[test]
fn a_newer_ledger_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.ledger");
    let ledger = Ledger::open(&path, &[identity()]).unwrap();
    ledger
        .connection
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();
    drop(ledger);
    assert!(matches!(
        Ledger::open(&path, &[identity()]),
        Err(LedgerError::Newer { version: 99, .. })
    ));
}

#[cfg(unix)] // Windows has no modes.
#[test]
fn everything_that_the_ledger_writes_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(folder.path().join("list.ledger"), &[identity()]).unwrap();
    list(&mut ledger, "list.csv", &[(2, A, "Анна")]);
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(
            file.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{file:?}"
        );
    }
}

#[test]
fn whatever_a_row_says_comes_back_as_it_was() {
    let mut random = fastrand::Rng::with_seed(7);
    let alphabet: Vec<char> = "aЯ\"'\\,;\0\n\r\u{1b}\u{301}🎄=+-@".chars().collect();
    let mut text = move |least: usize| -> String {
        (0..random.usize(least..20))
            .map(|_| alphabet[random.usize(..alphabet.len())])
            .collect()
    };
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(folder.path().join("list.ledger"), &[identity()]).unwrap();
    let own_columns = vec![text(1), text(1)];
    let mut import = ledger.import().unwrap();
    import
        .add_source(NewSource {
            name: "list.csv",
            own_columns: &own_columns,
            delimiter: None,
            layout: Some("CSV, UTF-8"),
            corrects: false,
        })
        .unwrap();
    let mut written = Vec::new();
    for row in 1..200 {
        let cells = vec![text(1), text(0)];
        let names = [text(0), text(0), text(0), text(0)];
        let problem = crate::domain::Problem {
            code: crate::domain::ProblemCode::PhoneInvalid,
            column: text(0),
            value: text(0),
            sentence: crate::i18n::Sentence::Written { text: text(0) },
        };
        let of_row = crate::domain::RawCells {
            recipient: text(0),
            phone_contact: text(0),
            names: names.clone(),
        };
        import
            .add_row(CheckedRow {
                place: RowRef { source: 0, row },
                finding: RowCheck::Problem(problem, of_row),
                warnings: Vec::new(),
                pair: None,
                own_cells: cells.clone(),
                time_zone: None,
                origin: None,
            })
            .unwrap();
        written.push((row, names, cells));
    }
    import.finish(None).unwrap();
    let mut read = Vec::new();
    ledger
        .each_row::<LedgerError>(|line| {
            read.push((line.row, line.names, line.own_cells));
            Ok(())
        })
        .unwrap();
    assert_eq!(read, written);
    assert_eq!(ledger.sources().unwrap()[0].own_columns, own_columns);
    assert_eq!(
        ledger.sources().unwrap()[0].layout.as_deref(),
        Some("CSV, UTF-8")
    );
}

#[test]
fn runs_are_kept_with_their_counts_and_one_that_was_cut_off_has_no_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.ledger");
    let mut ledger = Ledger::open(&path, &[identity()]).unwrap();
    assert_eq!(ledger.runs().unwrap(), []);
    list(&mut ledger, "list.csv", &[(2, A, "Анна"), (3, B, "Борис")]);
    let run = |began, command, rate| NewRun {
        began,
        version: "0.1.0",
        command,
        rate,
    };
    let cut_off = ledger
        .begin_run(
            &run(moment(1_000), "send", Some(0.2)),
            &ledger.counts().unwrap(),
        )
        .unwrap();
    drop(ledger);
    let mut ledger = Ledger::open(&path, &[identity()]).unwrap();
    let second = ledger
        .begin_run(
            &run(moment(5_000), "send", Some(50.0)),
            &ledger.counts().unwrap(),
        )
        .unwrap();
    assert_ne!(cut_off, second);
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = turn(&door, vec![], 1).begun;
    turn(&door, vec![accepted(&begun[0])], 0);
    let mut ledger = door.close().unwrap();
    let before = ledger.runs().unwrap()[1].before;
    let after = ledger.counts().unwrap();
    let stop = RunStop {
        code: "cap".into(),
        en: "The daily cap is reached.".into(),
        ru: "Дневной лимит исчерпан.".into(),
        resumes_at: Some(moment(9_000).to_string()),
    };
    let end = RunEnd {
        at: moment(7_500),
        exit: 5,
        before: &before,
        after: &after,
        stop: Some(&stop),
    };
    ledger.end_run(second, &end).unwrap();

    let runs = Ledger::read(&path).unwrap().runs().unwrap();
    let after = runs[1].after.unwrap();
    assert_eq!(
        (runs[0].number, runs[0].rate, runs[0].ended, runs[0].exit),
        (1, Some(0.2), None, None)
    );
    assert_eq!(
        (runs[0].after, runs[0].before.of(Status::Pending)),
        (None, 2)
    );
    assert_eq!(
        (runs[1].number, runs[1].ended, runs[1].exit),
        (2, Some(moment(7_500)), Some(5))
    );
    assert_eq!((&runs[0].stop, &runs[1].stop), (&None, &Some(stop)));
    assert_eq!(
        (runs[1].version.as_str(), runs[1].command.as_str()),
        ("0.1.0", "send")
    );
    assert_eq!(
        (
            after.of(Status::Accepted),
            after.of(Status::Pending),
            after.rows()
        ),
        (1, 1, 2)
    );
}

#[test]
fn reasons_are_counted_the_most_frequent_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(folder.path().join("list.ledger"), &[identity()]).unwrap();
    list(
        &mut ledger,
        "list.csv",
        &[
            (2, A, "Анна"),
            (3, B, "Борис"),
            (4, C, "Вера"),
            (5, A, "Глеб"),
        ],
    );
    let door = LedgerWriter::open(ledger).unwrap();
    let mut verdicts = vec![
        RowOutcome::Failed("no".into()),
        RowOutcome::Unknown("?".into()),
        RowOutcome::Failed("no".into()),
    ];
    let begun = turn(&door, vec![], 4).begun;
    let settle = begun
        .iter()
        .zip(verdicts.drain(..))
        .map(|(begun, verdict)| RowResult {
            row: begun.row,
            verdict,
        });
    turn(&door, settle.collect(), 0);
    let reasons = door.close().unwrap().reasons().unwrap();
    let reason = |status, error: &str, rows| Reason {
        status,
        error: error.into(),
        rows,
    };
    assert_eq!(
        reasons,
        [
            reason(Status::Failed, "no", 2),
            reason(Status::Unknown, "", 1),
            reason(Status::Unknown, "?", 1)
        ]
    );
}

#[test]
fn the_first_of_equal_rows_is_sent_and_the_others_name_it_in_a_new_ledger_and_in_an_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(folder.path().join("list.ledger"), &[identity()]).unwrap();
    let rows = [
        (2, B, "Борис"),
        (3, A, "Анна"),
        (4, A, "Анна"),
        (5, A, "Вера"),
        (7, A, "Анна"),
        (9, B, "Борис"),
    ];
    for _ in 0..2 {
        list(&mut ledger, "list.csv", &rows);
        let mut told = Vec::new();
        let each = |line: ResultRow| -> Result<(), LedgerError> {
            told.push((line.row, line.status, line.duplicate_of.map(|(row, _)| row)));
            Ok(())
        };
        ledger.each_row(each).unwrap();
        let expected = [
            (2, Status::Pending, None),
            (3, Status::Pending, None),
            (4, Status::Duplicate, Some(3)),
            (5, Status::Pending, None),
            (7, Status::Duplicate, Some(3)),
            (9, Status::Duplicate, Some(2)),
        ];
        assert_eq!(told, expected);
    }
}
