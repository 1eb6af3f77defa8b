//! One person under several chat ids, and one contact in several spellings.

use super::*;
use crate::domain::{ChatId, ContactDigest};

const MEXICO: [&str; 2] = ["525512345678@c.us", "5215512345678@c.us"];
const NAMES: [&str; 3] = ["Андрей", "Андреи\u{306}", "Андрей\u{200B}"];

fn to(chat: &str, name: &str) -> Message {
    let id: ChatId = chat.parse().unwrap();
    Message {
        recipient: Recipient::Chat(id),
        ..message(A, name)
    }
}

fn list_of(ledger: &mut Ledger, rows: &[(u64, &str, &str)]) -> u64 {
    let mut import = ledger.import().unwrap();
    let source = NewSource {
        name: "list.csv",
        own_columns: &[],
        delimiter: None,
        layout: None,
        corrects: false,
    };
    import.add_source(source).unwrap();
    for (row, chat, name) in rows {
        let entry = CheckedRow {
            place: RowRef {
                source: 0,
                row: *row,
            },
            finding: RowCheck::Message(to(chat, name)),
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

/// Row, status, recipient and first name of every row.
fn shown(ledger: &Ledger) -> Vec<(u64, Status, String, String)> {
    let mut shown = Vec::new();
    let each = |line: ResultRow| -> Result<(), LedgerError> {
        shown.push((line.row, line.status, line.recipient, line.names[0].clone()));
        Ok(())
    };
    ledger.each_row(each).unwrap();
    shown
}

fn statuses(ledger: &Ledger) -> Vec<(u64, Status)> {
    shown(ledger)
        .into_iter()
        .map(|(row, status, ..)| (row, status))
        .collect()
}

/// A row of a ledger of version 6.
#[derive(Debug, Clone, Copy)]
struct Older {
    state: i64,
    chat: &'static str,
    name: &'static str,
}

const PENDING: i64 = 0;
const SENDING: i64 = 1;
const ACCEPTED: i64 = 2;
const FAILED: i64 = 3;
const UNKNOWN: i64 = 4;
const SUPPRESSED: i64 = 7;

const fn older(state: i64, chat: &'static str, name: &'static str) -> Older {
    Older { state, chat, name }
}

/// Makes a ledger of version 6 whose rows, from row 2, are these.
fn older_ledger(path: &Path, rows: &[Older]) {
    let mut ledger = Ledger::open(path, &[identity()]).unwrap();
    list_of(&mut ledger, &[]);
    let back = "ALTER TABLE runs DROP COLUMN stopped; ALTER TABLE rows DROP COLUMN sent_by_service;
                ALTER TABLE rows DROP COLUMN chat; ALTER TABLE rows RENAME COLUMN person TO chat;
                PRAGMA user_version = 6";
    ledger.connection.execute_batch(back).unwrap();
    for (place, row) in rows.iter().enumerate() {
        let names = [row.name, "", "", ""];
        let contact = ContactDigest::older(79_001_234_568, names);
        let contact = contact.unwrap_or_else(|| ContactDigest::of(79_001_234_568, names));
        let was_sent = !matches!(row.state, PENDING | SUPPRESSED);
        let statement =
            "INSERT INTO rows (position, source, number, listing, state, recipient, phone_contact, first_name,
                               middle_name, last_name, company, chat, card, attempts, sent_at, id_message)
             VALUES (?1, 1, ?2, 1, ?3, ?4, '79001234568', ?5, '', '', '', ?4, ?6, ?7, iif(?7, ?1, NULL),
                     iif(?3 = 2, 'ID' || ?2, NULL))";
        let place = i64::try_from(place).unwrap();
        ledger
            .connection
            .execute(
                statement,
                params![
                    (1_i64 << 40) | (place + 1),
                    place + 2,
                    row.state,
                    row.chat,
                    row.name,
                    &contact.0[..],
                    was_sent
                ],
            )
            .unwrap();
    }
}

fn upgraded(path: &Path, rows: &[Older]) -> Ledger {
    older_ledger(path, rows);
    Ledger::open(path, &[identity()]).unwrap()
}

/// Begins and accepts whatever is pending; gives the chats and names that went.
fn send_all(ledger: Ledger) -> (Ledger, Vec<(String, String)>) {
    let door = LedgerWriter::open(ledger).unwrap();
    let begun = turn(&door, vec![], 99).begun;
    let sent = |begun: &InFlight| {
        (
            begun.message.recipient.to_string(),
            begun.message.contact.names()[0].to_owned(),
        )
    };
    let went = begun.iter().map(sent).collect();
    turn(&door, begun.iter().map(accepted).collect(), 0);
    (door.close().unwrap(), went)
}

#[test]
fn all_chat_ids_of_a_person_and_all_spellings_that_look_the_same_are_one_message() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(folder.path().join("list.ledger"), &[identity()]).unwrap();
    let rows = [
        (2, MEXICO[0], NAMES[0]),
        (3, MEXICO[1], NAMES[0]),
        (4, MEXICO[0], NAMES[1]),
        (5, MEXICO[1], "Ли"),
    ];
    for _ in 0..2 {
        list_of(&mut ledger, &rows);
        let expected = [
            (2, Status::Pending),
            (3, Status::Duplicate),
            (4, Status::Duplicate),
            (5, Status::Pending),
        ];
        assert_eq!(statuses(&ledger), expected);
    }
    let (_, sent) = send_all(ledger);
    let expected = [(MEXICO[0], NAMES[0]), (MEXICO[1], "Ли")];
    let expected = expected.map(|(chat, name)| (chat.to_owned(), name.to_owned()));
    assert_eq!(
        sent, expected,
        "each goes to the chat id that its row names"
    );
}

#[test]
fn what_is_pending_or_refused_is_as_the_list_says_now_and_what_was_sent_as_it_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    for (state, becomes) in [
        (PENDING, true),
        (SUPPRESSED, true),
        (FAILED, true),
        (ACCEPTED, false),
        (UNKNOWN, false),
    ] {
        let path = folder.path().join(format!("{state}.ledger"));
        let mut ledger = upgraded(&path, &[older(state, MEXICO[0], NAMES[0])]);
        list_of(&mut ledger, &[(7, MEXICO[1], NAMES[1])]);
        let [(row, _, recipient, name)] = &shown(&ledger)[..] else {
            panic!()
        };
        let expected = if becomes {
            (MEXICO[1], NAMES[1])
        } else {
            (MEXICO[0], NAMES[0])
        };
        assert_eq!(
            (*row, (recipient.as_str(), name.as_str())),
            (7, expected),
            "{state}"
        );
    }
}

#[test]
fn what_an_older_version_sent_under_a_name_that_is_cleaned_now_is_not_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let chat = "79001112233@c.us";
    for (written, sent) in [
        ("Иван &amp; Ко", "Иван & Ко"),
        ("Анна undefined", "Анна"),
        ("=D0=98=D0=B2=D0=B0=D0=BD", "Иван"),
        ("Ан\u{1}на", "Ан на"),
    ] {
        for (state, status) in [(ACCEPTED, Status::Accepted), (UNKNOWN, Status::Unknown)] {
            let path = folder.path().join(format!("{sent}-{state}.ledger"));
            let mut ledger = upgraded(&path, &[older(state, chat, written)]);
            list_of(&mut ledger, &[(2, chat, sent)]);
            assert_eq!(statuses(&ledger), [(2, status)], "{written}");
            assert_eq!(send_all(ledger).1, [], "{written}");
        }
        let path = folder.path().join(format!("{sent}-pending.ledger"));
        let mut ledger = upgraded(&path, &[older(PENDING, chat, written)]);
        list_of(&mut ledger, &[(2, chat, sent)]);
        assert_eq!(send_all(ledger).1.len(), 1, "{written}");
    }
}

#[test]
fn of_two_rows_of_an_older_ledger_that_are_one_message_only_one_may_be_sent() {
    use Status::{Accepted, Duplicate, Failed, Pending, Suppressed, Unknown};
    let folder = tempfile::tempdir().unwrap();
    for (states, expected, sent) in [
        ([ACCEPTED, PENDING], [Accepted, Duplicate], 0),
        ([PENDING, ACCEPTED], [Duplicate, Accepted], 0),
        ([UNKNOWN, PENDING], [Unknown, Duplicate], 0),
        ([SENDING, SUPPRESSED], [Unknown, Duplicate], 0),
        ([PENDING, PENDING], [Pending, Duplicate], 1),
        ([FAILED, PENDING], [Failed, Pending], 1),
        ([SUPPRESSED, PENDING], [Suppressed, Duplicate], 0),
        ([PENDING, SUPPRESSED], [Duplicate, Suppressed], 0),
        ([ACCEPTED, ACCEPTED], [Accepted, Accepted], 0),
        ([UNKNOWN, ACCEPTED], [Unknown, Accepted], 0),
        ([UNKNOWN, UNKNOWN], [Unknown, Unknown], 0),
        ([FAILED, FAILED], [Failed, Failed], 0),
    ] {
        let seconds = [
            (MEXICO[1], NAMES[0]),
            (MEXICO[0], NAMES[1]),
            (MEXICO[1], NAMES[2]),
        ];
        for (place, second) in seconds.into_iter().enumerate() {
            let path = folder.path().join(format!("{states:?}{place}.ledger"));
            let rows = [
                older(states[0], MEXICO[0], NAMES[0]),
                older(states[1], second.0, second.1),
            ];
            let mut ledger = upgraded(&path, &rows);
            let told = |ledger: &Ledger| {
                statuses(ledger)
                    .into_iter()
                    .map(|(_, status)| status)
                    .collect::<Vec<_>>()
            };
            assert_eq!(told(&ledger), expected, "{rows:?}");
            // The same list again, twice: the first row that names the message has it.
            for _ in 0..2 {
                list_of(
                    &mut ledger,
                    &[(2, rows[0].chat, rows[0].name), (3, second.0, second.1)],
                );
                let mut expected = expected;
                if expected[0] == Duplicate {
                    expected.swap(0, 1);
                }
                assert_eq!(told(&ledger), expected);
            }
            let (ledger, chats) = send_all(ledger);
            assert_eq!(chats.len(), sent, "{rows:?}");
            let ids = shown(&ledger)
                .iter()
                .filter(|(_, status, ..)| *status == Accepted)
                .count();
            assert_eq!(
                ids,
                states.iter().filter(|state| **state == ACCEPTED).count() + sent
            );
        }
    }
}

#[test]
fn both_rows_that_were_sent_are_tracked_and_looked_up_at_the_chat_id_they_went_to() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        older(ACCEPTED, MEXICO[0], "Ana"),
        older(ACCEPTED, MEXICO[1], "Ana"),
        older(UNKNOWN, MEXICO[1], "Luis"),
        older(UNKNOWN, MEXICO[0], "Luis"),
    ];
    let ledger = upgraded(&folder.path().join("list.ledger"), &rows);
    let tracked: Vec<_> = ledger
        .tracked(0, None, 9)
        .unwrap()
        .into_iter()
        .map(|row| (row.id_message, row.chat))
        .collect();
    let expected = [("ID2", MEXICO[0]), ("ID3", MEXICO[1])];
    assert_eq!(
        tracked,
        expected.map(|(id, chat)| (id.to_owned(), chat.to_owned()))
    );
    let unknown: Vec<_> = ledger
        .unknown()
        .unwrap()
        .into_iter()
        .map(|row| row.chat)
        .collect();
    assert_eq!(unknown, [MEXICO[1], MEXICO[0]]);
    let claims = ledger.known_ids(&["ID2", "ID3"]).unwrap();
    assert!(
        claims
            .values()
            .all(|people| people.contains(MEXICO[0]) && people.len() == 1),
        "{claims:?}"
    );
}

#[test]
fn a_person_s_decision_sends_one_of_two_unknown_rows_again_and_never_while_the_other_may_have_arrived()
 {
    use Status::{Accepted, Duplicate, Pending, Unknown};
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| {
        let rows = [
            older(UNKNOWN, MEXICO[0], "Ana"),
            older(UNKNOWN, MEXICO[1], "Ana"),
        ];
        upgraded(&folder.path().join(name), &rows)
    };
    let resolve = |ledger: &mut Ledger, row: usize, resolution| {
        let unknown = ledger.unknown().unwrap();
        let id = unknown
            .iter()
            .find(|unknown| unknown.row == row as u64)
            .unwrap()
            .id;
        assert_eq!(ledger.resolve(&[(id, resolution)]).unwrap(), 1);
        let [first, second] = statuses(ledger)[..] else {
            panic!()
        };
        [first.1, second.1]
    };
    for (name, resolution) in [
        ("resend", Resolution::Resend),
        ("absent", Resolution::Absent),
    ] {
        for order in [[2, 3], [3, 2]] {
            let mut ledger = open(&format!("{name}{order:?}.ledger"));
            let first = resolve(&mut ledger, order[0], resolution.clone());
            let expected = if order[0] == 2 {
                [Duplicate, Unknown]
            } else {
                [Unknown, Duplicate]
            };
            assert_eq!(first, expected, "the other may have arrived");
            let both = resolve(&mut ledger, order[1], resolution.clone());
            let expected = if order[1] == 3 {
                [Duplicate, Pending]
            } else {
                [Pending, Duplicate]
            };
            assert_eq!(both, expected);
            list_of(&mut ledger, &[(2, MEXICO[0], "Ana"), (3, MEXICO[1], "Ana")]);
            assert_eq!(send_all(ledger).1.len(), 1);
        }
    }
    for order in [[2, 3], [3, 2]] {
        let mut ledger = open(&format!("{order:?}.ledger"));
        resolve(&mut ledger, order[0], Resolution::AssumedSent);
        let both = resolve(&mut ledger, order[1], Resolution::Resend);
        assert_eq!(both[order[0] - 2], Accepted);
        assert_eq!(both[order[1] - 2], Duplicate);
        list_of(&mut ledger, &[(2, MEXICO[0], "Ana"), (3, MEXICO[1], "Ana")]);
        assert_eq!(send_all(ledger).1.len(), 0, "the accepted one counts");
    }
}

#[test]
fn a_refused_row_beside_one_that_was_sent_is_not_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        older(FAILED, MEXICO[1], "Ana"),
        older(ACCEPTED, MEXICO[0], "Ana"),
        older(FAILED, MEXICO[0], "Eva"),
    ];
    let mut ledger = upgraded(&folder.path().join("list.ledger"), &rows);
    assert_eq!(ledger.retry_failed().unwrap(), 1);
    let expected = [
        (2, Status::Duplicate),
        (3, Status::Accepted),
        (4, Status::Pending),
    ];
    assert_eq!(statuses(&ledger), expected);
    assert_eq!(
        send_all(ledger).1,
        [(MEXICO[0].to_owned(), "Eva".to_owned())]
    );
}

#[test]
fn duplicates_of_a_row_that_loses_its_key_name_the_row_that_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.ledger");
    older_ledger(
        &path,
        &[
            older(PENDING, MEXICO[1], "Ana"),
            older(PENDING, MEXICO[1], "Eva"),
            older(ACCEPTED, MEXICO[0], "Ana"),
        ],
    );
    let twice =
        "UPDATE rows SET state = 6, chat = NULL, card = NULL, duplicate_of = 1 WHERE id = 2";
    Connection::open(&path)
        .unwrap()
        .execute_batch(twice)
        .unwrap();
    let ledger = Ledger::open(&path, &[identity()]).unwrap();
    let mut named = Vec::new();
    let each = |line: ResultRow| -> Result<(), LedgerError> {
        named.push(line.duplicate_of.map(|(row, _)| row));
        Ok(())
    };
    ledger.each_row(each).unwrap();
    assert_eq!(named, [Some(4), Some(4), None]);
}

#[test]
fn what_may_have_arrived_for_one_row_may_have_for_the_row_that_is_sent_instead() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.ledger");
    older_ledger(
        &path,
        &[
            older(PENDING, MEXICO[0], "Ana"),
            older(PENDING, MEXICO[1], "Ana"),
        ],
    );
    Connection::open(&path)
        .unwrap()
        .execute_batch("UPDATE rows SET may_have_arrived = 1 WHERE id = 2")
        .unwrap();
    let ledger = Ledger::open(&path, &[identity()]).unwrap();
    let kept = "SELECT may_have_arrived FROM rows WHERE id = 1";
    assert!(
        ledger
            .connection
            .query_row(kept, params![], |row| row.get::<bool>(0))
            .unwrap()
    );
}

#[test]
fn a_person_hears_from_one_instance_under_all_chat_ids() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.ledger");
    let second = Identity {
        instance: "1102".into(),
        ..identity()
    };
    let mut ledger = Ledger::open(&path, &[identity(), second]).unwrap();
    let rows: Vec<_> = ["Ana", "Eva", "Luis", "Juan"].iter().zip(2..).collect();
    let rows: Vec<_> = rows
        .iter()
        .map(|(name, row)| (*row, MEXICO[usize::try_from(row % 2).unwrap()], **name))
        .collect();
    list_of(&mut ledger, &rows);
    ledger
        .assign(&[ShareLimit { share: 1, most: 9 }; 2])
        .unwrap();
    let waiting: Vec<u64> = ledger
        .instance_summaries()
        .unwrap()
        .iter()
        .map(|summary| summary.waiting)
        .collect();
    assert_eq!(waiting, [4, 0]);
}

#[test]
fn an_older_ledger_is_read_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.ledger");
    older_ledger(
        &path,
        &[
            older(ACCEPTED, MEXICO[0], "Ana"),
            older(PENDING, MEXICO[1], "Ana"),
        ],
    );
    let before = fs::read(&path).unwrap();
    let ledger = Ledger::read(&path).unwrap();
    assert_eq!(
        statuses(&ledger),
        [(2, Status::Accepted), (3, Status::Pending)]
    );
    drop(ledger);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn an_older_ledger_is_copied_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (
        folder.path().join("list.ledger"),
        folder.path().join("copy.ledger"),
    );
    older_ledger(&path, &[older(ACCEPTED, MEXICO[0], "Ana")]);
    let before = fs::read(&path).unwrap();
    Ledger::copy(&path, &copy).unwrap();
    assert_eq!(fs::read(&path).unwrap(), before);
    let ledger = Ledger::open_existing(&copy, &[]).unwrap();
    assert_eq!(statuses(&ledger), [(2, Status::Accepted)]);
}

/// What a key names: the person by the shorter chat id, and the name as it looks.
fn key(chat: &str, name: &str) -> (String, String) {
    let chat = if MEXICO.contains(&chat) {
        MEXICO[0]
    } else {
        chat
    };
    (
        chat.to_owned(),
        if NAMES.contains(&name) {
            NAMES[0]
        } else {
            name
        }
        .to_owned(),
    )
}

/// The keys of rows that went or may have gone.
fn went(ledger: &Ledger) -> Vec<(String, String)> {
    let may_have = |status| matches!(status, Status::Accepted | Status::Unknown);
    let rows = shown(ledger)
        .into_iter()
        .filter(|(_, status, ..)| may_have(*status));
    rows.map(|(_, _, chat, name)| key(&chat, &name)).collect()
}

/// Rows of an older ledger, no two of which were one message then.
fn random_rows(random: &mut fastrand::Rng) -> Vec<Older> {
    let states = [PENDING, SENDING, ACCEPTED, FAILED, UNKNOWN, SUPPRESSED];
    let mut rows: Vec<Older> = Vec::new();
    for _ in 0..random.usize(2..12) {
        let chat = [MEXICO[0], MEXICO[1], "79001234501@c.us"][random.usize(..3)];
        let name = [NAMES[0], NAMES[1], NAMES[2], "Ли"][random.usize(..4)];
        if rows.iter().all(|row| (row.chat, row.name) != (chat, name)) {
            rows.push(older(states[random.usize(..6)], chat, name));
        }
    }
    rows
}

fn resolve_some(ledger: &mut Ledger, random: &mut fastrand::Rng) {
    let resolution = if random.bool() {
        Resolution::Absent
    } else {
        Resolution::Resend
    };
    let mut unknown = ledger.unknown().unwrap();
    random.shuffle(&mut unknown);
    let some = unknown.iter().take(random.usize(..3));
    let decided: Vec<_> = some.map(|row| (row.id, resolution.clone())).collect();
    assert_eq!(ledger.resolve(&decided).unwrap(), decided.len());
}

#[test]
fn whatever_an_older_ledger_holds_and_whatever_is_done_with_it_nothing_goes_beside_what_may_have_gone()
 {
    let mut random = fastrand::Rng::with_seed(11);
    let folder = tempfile::tempdir().unwrap();
    let rounds = std::env::var("FUZZ_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(40);
    for round in 0..rounds {
        let rows = random_rows(&mut random);
        let mut ledger = upgraded(&folder.path().join(format!("{round}.ledger")), &rows);
        for (row, (_, status, chat, name)) in rows.iter().zip(shown(&ledger)) {
            let is_kept = match row.state {
                SENDING | UNKNOWN => status == Status::Unknown,
                ACCEPTED => status == Status::Accepted,
                FAILED => status == Status::Failed,
                _ => true,
            };
            assert!(
                is_kept && (row.chat, row.name) == (&*chat, &*name),
                "{rows:?}"
            );
        }
        let listed: Vec<_> = rows
            .iter()
            .zip(2..)
            .map(|(row, number)| (number, row.chat, row.name))
            .collect();
        for _ in 0..4 {
            match random.u8(..4) {
                0 => drop(ledger.retry_failed().unwrap()),
                1 => {
                    let mut some = listed.clone();
                    random.shuffle(&mut some);
                    list_of(&mut ledger, &some[..random.usize(..=some.len())]);
                }
                2 => resolve_some(&mut ledger, &mut random),
                _ => drop(list_of(&mut ledger, &listed)),
            }
            let before = went(&ledger);
            let (next, sent) = send_all(ledger);
            ledger = next;
            let mut sent: Vec<_> = sent.iter().map(|(chat, name)| key(chat, name)).collect();
            assert!(
                sent.iter().all(|key| !before.contains(key)),
                "{sent:?} beside {before:?}: {rows:?}"
            );
            let all = sent.len();
            sent.sort();
            sent.dedup();
            assert_eq!(sent.len(), all, "two at once: {rows:?}");
        }
    }
}

#[test]
fn whoever_an_older_version_left_out_stays_left_out_until_that_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        older(SUPPRESSED, MEXICO[0], "Ли"),
        older(PENDING, "79001234567@c.us", "Ли"),
    ];
    let mut ledger = upgraded(&folder.path().join("list.ledger"), &rows);
    let given = [(2, MEXICO[1], "Лев"), (3, "79001234567@c.us", "Ли")];
    list_of(&mut ledger, &given);
    assert_eq!(
        statuses(&ledger),
        [(2, Status::Suppressed), (3, Status::Pending)]
    );
    assert_eq!(ledger.still_suppressed().unwrap(), [(String::new(), 1)]);
    let mut import = ledger.import().unwrap();
    import.add_lists(&[], true).unwrap();
    import.finish(None).unwrap();
    assert!(!ledger.keeps_out().unwrap());
    list_of(&mut ledger, &given);
    assert_eq!(
        statuses(&ledger),
        [(2, Status::Pending), (3, Status::Pending)]
    );
}
