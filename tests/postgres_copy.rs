//! The import of a list into a PostgreSQL database, and copies between files and databases, against a real server.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

use jiff::Timestamp;
use secrecy::SecretString;
use sendcontact::{
    domain::{
        CheckedRow, Contact, IdMessage, Message, Names, Phone, Recipient, RowCheck, RowRef, Status,
    },
    ledger::{
        Batch, DEFAULT_SCHEMA, Database, DatabaseAddress, HistoryPlace, Identity, Import, InFlight,
        InstanceBatch, InstanceCommit, Ledger, LedgerError, LedgerWriter, NewRun, NewSource,
        Passwords, Place, ResendPolicy, ResultRow, RowOutcome, RowResult, Run, SendHistory,
        Service, ShareLimit, SuppressionList,
    },
};
use stand_in::Cluster;

const A: u64 = 79_001_234_501;
const B: u64 = 79_001_234_502;
const C: u64 = 79_001_234_503;

const PEOPLE: [(u64, u64, &str); 3] = [(2, A, "Анна"), (3, B, "Борис"), (4, C, "Вера")];

fn identity() -> Identity {
    Identity {
        service: Service::Loopback,
        instance: "1101".into(),
        name: String::new(),
    }
}

fn other() -> Identity {
    Identity {
        instance: "1102".to_owned(),
        ..identity()
    }
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

fn row(number: u64, finding: RowCheck) -> CheckedRow {
    CheckedRow {
        place: RowRef {
            source: 0,
            row: number,
        },
        finding,
        warnings: Vec::new(),
        pair: None,
        own_cells: Vec::new(),
        time_zone: None,
        origin: None,
    }
}

fn list(ledger: &mut Ledger, source: &str, rows: &[(u64, u64, &str)]) {
    let rows: Vec<CheckedRow> = rows
        .iter()
        .map(|(number, recipient, name)| row(*number, RowCheck::Message(message(*recipient, name))))
        .collect();
    import_of(ledger, source, &rows).finish(None).unwrap();
}

#[derive(Debug)]
struct NoPasswords;

impl Passwords for NoPasswords {
    fn password(&self, _: &str, _: u16, _: &str, _: &str) -> Option<SecretString> {
        None
    }
}

fn database_of(cluster: &Cluster, user: &str) -> Database {
    Database::new(&DatabaseAddress {
        url: &SecretString::from(cluster.url_of(user)),
        password: &NoPasswords,
        schema: DEFAULT_SCHEMA,
        request_timeout: Duration::from_millis(500),
        retry_for: Duration::from_secs(20),
    })
    .unwrap()
}

fn place(cluster: &Cluster, campaign: &str) -> Place {
    Place::Database {
        database: database_of(cluster, "owner"),
        campaign: campaign.to_owned(),
    }
}

/// A list of which some rows are alike, some are left out, and cells hold whatever cells hold.
fn rows() -> Vec<CheckedRow> {
    let cells = [
        "",
        "\\N",
        "\\.",
        "a\tb\nc\r\nd\\",
        "zero \0 byte",
        "Ёж «🦔»",
        "'; --",
    ];
    let numbered = |number: u64| {
        let message = message(79_001_000_000 + number % 70, &format!("Имя {}", number % 7));
        let finding = if number.is_multiple_of(11) {
            RowCheck::Suppressed(message, vec![0])
        } else {
            RowCheck::Message(message)
        };
        CheckedRow {
            own_cells: vec![cells[usize::try_from(number % 7).unwrap()].to_owned()],
            time_zone: number.is_multiple_of(5).then(|| "Asia/Omsk".to_owned()),
            ..row(number, finding)
        }
    };
    (2..202).map(numbered).collect()
}

fn import<'a>(ledger: &'a mut Ledger, rows: &[CheckedRow]) -> Import<'a> {
    import_of(ledger, "list.csv", rows)
}

fn import_of<'a>(ledger: &'a mut Ledger, source: &str, rows: &[CheckedRow]) -> Import<'a> {
    let mut import = ledger.import().unwrap();
    import
        .add_source(NewSource {
            name: source,
            own_columns: &["Заметка".to_owned()],
            delimiter: Some('\t'),
            layout: None,
            corrects: false,
        })
        .unwrap();
    let list = SuppressionList {
        name: "/stop.csv".to_owned(),
        is_lasting: false,
    };
    import.add_lists(&[list], false).unwrap();
    for row in rows {
        import.add_row(row.clone()).unwrap();
    }
    import
}

fn all(ledger: &Ledger) -> Vec<ResultRow> {
    let mut rows = Vec::new();
    ledger
        .each_row::<LedgerError>(|mut row| {
            // PostgreSQL has no such character.
            for cell in &mut row.own_cells {
                *cell = cell.replace('\0', "\u{fffd}");
            }
            rows.push(row);
            Ok(())
        })
        .unwrap();
    rows
}

#[test]
fn a_list_is_the_same_in_a_database_and_in_a_file() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut file = Ledger::open(folder.path().join("list.ledger"), &[identity()]).unwrap();
    let mut database = Ledger::open(place(&cluster, "list"), &[identity()]).unwrap();
    let (mut rows, ids) = (
        rows(),
        "SELECT string_agg(concat_ws(' ', id, duplicate_of), ',' ORDER BY position)
         FROM sendcontact_campaign_1.rows",
    );
    for ledger in [&mut file, &mut database] {
        import(ledger, &rows).finish(Some("first")).unwrap();
    }
    let first = all(&database);
    assert_eq!(first, all(&file));
    let counts = |ledger: &Ledger| -> sendcontact::domain::Counts { ledger.counts().unwrap() };
    assert_eq!(counts(&database), counts(&file));
    assert_eq!(counts(&database).of(Status::Duplicate), 130);
    let in_order: Vec<String> = (1..=200)
        .map(|id| {
            if id <= 70 {
                id.to_string()
            } else {
                format!("{id} {}", (id - 1) % 70 + 1)
            }
        })
        .collect();
    assert_eq!(cluster.query(ids), in_order.join(","));
    rows.retain(|row| row.place.row % 3 > 0);
    for ledger in [&mut file, &mut database] {
        import(ledger, &rows).finish(Some("second")).unwrap();
    }
    assert_ne!(all(&database), first);
    assert_eq!(all(&database), all(&file));
}

#[test]
fn a_campaign_has_one_import_at_a_time_and_can_be_read_meanwhile() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let place = place(&cluster, "list");
    let mut ledger = Ledger::open(&place, &[identity()]).unwrap();
    let import = import(&mut ledger, &rows());
    let (opened, wait) = mpsc::channel();
    let joins = place.clone();
    let thread = thread::spawn(move || {
        let ledger = Ledger::open(&joins, &[other()]).unwrap();
        opened.send(ledger.counts().unwrap().rows()).unwrap();
    });
    assert!(wait.recv_timeout(Duration::from_millis(500)).is_err());
    assert_eq!(Ledger::read(&place).unwrap().counts().unwrap().rows(), 0);
    import.finish(None).unwrap();
    assert_eq!(wait.recv_timeout(Duration::from_secs(20)), Ok(200));
    thread.join().unwrap();
}

#[test]
fn an_import_that_breaks_off_leaves_nothing_and_the_next_one_finds_duplicates() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let mut ledger = Ledger::open(place(&cluster, "list"), &[identity()]).unwrap();
    drop(import(&mut ledger, &rows()));
    assert_eq!(ledger.counts().unwrap().rows(), 0);
    import(&mut ledger, &rows()).finish(None).unwrap();
    let counts = ledger.counts().unwrap();
    assert_eq!((counts.rows(), counts.of(Status::Duplicate)), (200, 130));
    list(&mut ledger, "list.csv", &[(2, A, "Анна"), (3, A, "Анна")]);
    assert_eq!(ledger.counts().unwrap().of(Status::Duplicate), 1);
}

/// A ledger of one instance with rows in every state; the program that sent was killed.
fn some_of_everything(path: &Path) {
    let mut ledger = Ledger::open(path, &[identity()]).unwrap();
    import(&mut ledger, &rows()).finish(Some("input")).unwrap();
    let run = NewRun {
        began: moment(7),
        version: "1",
        command: "send",
        rate: Some(12.5),
    };
    let before = ledger.counts().unwrap();
    ledger.begin_run(&run, &before).unwrap();
    ledger.note_send_command("send list.csv").unwrap();
    let writer = LedgerWriter::open(ledger).unwrap();
    let begun = turn(&writer, vec![], 6).begun;
    let result = |place: usize, verdict| RowResult {
        row: begun[place].row,
        verdict,
    };
    let settle = vec![
        accepted(&begun[0]),
        accepted(&begun[1]),
        result(2, RowOutcome::Failed("bad \0 number".to_owned())),
        result(3, RowOutcome::Unknown("no answer".to_owned())),
        result(4, RowOutcome::NotTaken),
    ];
    turn(&writer, settle, 0);
    drop(writer.close());
    // A person who has had one contact is to get another.
    let file = rusqlite::Connection::open(path).unwrap();
    let person = begun[0].message.recipient.person().as_str().to_owned();
    file.execute(
        "UPDATE rows SET person = ?1 WHERE state = 0 AND id = 40",
        [person],
    )
    .unwrap();
    file.execute("INSERT INTO corrections VALUES (x'00ff', 3)", [])
        .unwrap();
}

fn turn(writer: &LedgerWriter, settle: Vec<RowResult>, begin: usize) -> InstanceCommit {
    let part = InstanceBatch {
        settle,
        begin,
        rates: None,
        rules: None,
        checks: None,
    };
    let batch = Batch {
        parts: vec![part],
        now: moment(1),
        by_service: true,
    };
    let committed = writer.commit(batch).blocking_recv().unwrap();
    committed.unwrap().remove(0)
}

fn accepted(begun: &InFlight) -> RowResult {
    let id = IdMessage::new(&format!("3EB0{}", begun.message.recipient)).unwrap();
    RowResult {
        row: begun.row,
        verdict: RowOutcome::Accepted(id),
    }
}

fn moment(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap()
}

/// Every row, without the name of its instance, which a file of one instance does not have; and every run.
fn contents(place: &Place) -> (Vec<ResultRow>, Vec<Run>) {
    let ledger = Ledger::read(place).unwrap();
    let mut rows = all(&ledger);
    for row in &mut rows {
        row.instance.clear();
        row.error = row.error.replace('\0', "\u{fffd}");
    }
    (rows, ledger.runs().unwrap())
}

/// The name by which send histories know a ledger.
fn ledger_id(path: &Path) -> String {
    let file = rusqlite::Connection::open(path).unwrap();
    let sql = "SELECT value FROM campaign WHERE name = 'ledger'";
    file.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_ledger_is_the_same_wherever_it_is_copied() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| Place::File(folder.path().join(name));
    let places = [
        file("first.ledger"),
        place(&cluster, "second"),
        place(&cluster, "third"),
        file("fourth.ledger"),
        file("fifth.ledger"),
        place(&cluster, "sixth"),
    ];
    some_of_everything(places[0].file().unwrap());
    let mut original = contents(&places[0]);
    for from_to in places.windows(2) {
        Ledger::copy(&from_to[0], &from_to[1]).unwrap();
        let copy = contents(&from_to[1]);
        // What was being sent when the process died is unknown.
        for row in &mut original.0 {
            if row.status == Status::Unknown && row.error.is_empty() {
                row.error = copy
                    .0
                    .iter()
                    .find(|one| one.row == row.row)
                    .unwrap()
                    .error
                    .clone();
                assert!(!row.error.is_empty());
            }
        }
        assert_eq!(copy, original, "{} to {}", from_to[0], from_to[1]);
        let ledger = Ledger::read(&from_to[1]).unwrap();
        assert_eq!(ledger.input().unwrap().as_deref(), Some("input"));
        assert_eq!(ledger.sources().unwrap()[0].delimiter, Some('\t'));
        let is_file = from_to.iter().all(|place| place.file().is_some());
        let command = ledger.send_command().unwrap();
        assert_eq!(command.is_some(), is_file && from_to[0] == places[0]);
    }
    let [first, fourth] = [0, 3].map(|place: usize| ledger_id(places[place].file().unwrap()));
    assert_eq!(first, fourth);
    let tables =
        "SELECT (SELECT was::text || ' ' || row FROM corrections), (SELECT count(*) FROM kept_out),
                         (SELECT name FROM suppression_lists)";
    assert_eq!(
        cluster.query(&format!(
            "SET search_path TO sendcontact_campaign_2; {tables}"
        )),
        "\\x00ff 3|18|/stop.csv"
    );
}

#[test]
fn what_one_instance_sent_before_the_copy_no_other_sends_again() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = Place::File(folder.path().join("list.ledger"));
    some_of_everything(file.file().unwrap());
    let place = place(&cluster, "list");
    Ledger::copy(&file, &place).unwrap();
    let in_campaign =
        |sql: &str| cluster.query(&format!("SET search_path TO sendcontact_campaign_1; {sql}"));
    // Accepted twice, unknown twice; what was refused reached nobody.
    assert_eq!(in_campaign("SELECT count(*) FROM assignments"), "4");
    assert_eq!(
        in_campaign("SELECT state, count(*), count(instance) FROM rows GROUP BY 1 ORDER BY 1"),
        "0|59|0\n2|2|2\n3|1|1\n4|2|2\n6|130|0\n7|6|0"
    );
    let writer = LedgerWriter::open(Ledger::open(&place, &[other()]).unwrap()).unwrap();
    let begun = turn(&writer, vec![], 500).begun;
    assert_eq!(
        begun.len(),
        58,
        "one person has heard from another instance"
    );
    let mut ledger = writer.close().unwrap();
    assert_eq!(ledger.counts().unwrap().of(Status::Pending), 1);
    let run = NewRun {
        began: moment(9),
        version: "1",
        command: "send",
        rate: None,
    };
    ledger.begin_run(&run, &ledger.counts().unwrap()).unwrap();
    assert_eq!(ledger.runs().unwrap()[1].number, 2);
    list(&mut ledger, "more.csv", &[(2, 79_005_000_000, "Вера")]);
    assert_eq!(
        in_campaign("SELECT max(id) > 200, max(source) FROM rows"),
        "t|2"
    );
}

#[test]
fn ledgers_of_all_versions_are_copied_into_a_database() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let folder = tempfile::tempdir().unwrap();
    for version in [1, 2, 3, 4, 5, 6, 11] {
        let old = folder.path().join(format!("v{version}.ledger"));
        fs::copy(data.join(format!("ledger-v{version}.ledger")), &old).unwrap();
        let before = fs::read(&old).unwrap();
        let target = place(&cluster, &format!("v{version}"));
        Ledger::copy(&old, &target).unwrap();
        assert_eq!(fs::read(&old).unwrap(), before);
        let copied = all(&Ledger::read(&target).unwrap());
        drop(Ledger::open_existing(&old, &[]).unwrap());
        let mut migrated = all(&Ledger::read(&old).unwrap());
        for (row, copied) in migrated.iter_mut().zip(&copied) {
            row.instance.clone_from(&copied.instance);
        }
        assert_eq!(copied, migrated, "version {version}");
    }
}

#[test]
fn nothing_is_copied_over_anything_or_while_a_run_is_on() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let file = Place::File(path("list.ledger"));
    let database = place(&cluster, "list");
    let free = || (Place::File(path("free.ledger")), place(&cluster, "free"));
    let mut in_file = Ledger::open(&file, &[identity()]).unwrap();
    list(&mut in_file, "list.csv", &[(2, A, "Анна")]);
    let mut in_database = Ledger::open(&database, &[identity()]).unwrap();
    list(&mut in_database, "list.csv", &[(2, A, "Анна")]);

    let copy = |from: &Place, to: &Place| Ledger::copy(from, to).unwrap_err();
    assert!(matches!(copy(&file, &free().1), LedgerError::Held { .. }));
    for to in [free().0, free().1] {
        assert!(matches!(copy(&database, &to), LedgerError::Leased { .. }));
    }
    drop((in_file, in_database));
    for (from, to) in [
        (&file, &database),
        (&database, &file),
        (&database, &database),
    ] {
        assert!(matches!(copy(from, to), LedgerError::Exists { .. }));
    }
    let missing = (Place::File(path("no.ledger")), place(&cluster, "no"));
    for to in [free().0, free().1] {
        assert!(matches!(copy(&missing.0, &to), LedgerError::Missing { .. }));
        assert!(matches!(
            copy(&missing.1, &to),
            LedgerError::NoCampaign { .. }
        ));
    }

    // The last run was cut off, and what it wrote last is gone.
    let run = NewRun {
        began: moment(1),
        version: "1",
        command: "send",
        rate: None,
    };
    let mut ledger = Ledger::open(&file, &[identity()]).unwrap();
    let run = ledger.begin_run(&run, &ledger.counts().unwrap()).unwrap();
    ledger.open_run(run).unwrap();
    for ending in ["", "-wal"] {
        let [from, to] = ["list", "killed"].map(|name| path(&format!("{name}.ledger{ending}")));
        fs::copy(from, to).unwrap();
    }
    drop(ledger);
    assert!(matches!(
        copy(&file, &free().1),
        LedgerError::WalMissing { .. }
    ));

    Ledger::copy(path("killed.ledger"), place(&cluster, "killed")).unwrap();

    assert!(!path("free.ledger").exists() && !path("free.ledger-new").exists());
    let campaigns = database_of(&cluster, "owner").campaigns().unwrap();
    assert_eq!(campaigns, ["killed", "list"]);
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'sendcontact%'";
    assert_eq!(cluster.query(schemas), "3");
}

#[test]
fn a_copy_that_is_not_the_same_is_removed() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = Place::File(folder.path().join("list.ledger"));
    some_of_everything(file.file().unwrap());
    let spoil = "CREATE FUNCTION public.spoil() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN IF NEW.id = 17 THEN NEW.company := ''x''; END IF; RETURN NEW; END';
                 CREATE FUNCTION public.wait_for_rows() RETURNS event_trigger LANGUAGE plpgsql AS $$
                 DECLARE made record;
                 BEGIN
                     FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
                         IF made.object_identity LIKE '%.rows' AND made.object_type = 'table' THEN
                             EXECUTE 'CREATE TRIGGER spoil BEFORE INSERT ON ' || made.object_identity
                                 || ' FOR EACH ROW EXECUTE FUNCTION public.spoil()';
                         END IF;
                     END LOOP;
                 END $$;
                 CREATE EVENT TRIGGER wait_for_rows ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
                     EXECUTE FUNCTION public.wait_for_rows();";
    assert_eq!(cluster.query(spoil), "");
    let error = Ledger::copy(&file, place(&cluster, "copy")).unwrap_err();
    assert!(matches!(error, LedgerError::Machine { .. }), "{error}");
    assert!(
        database_of(&cluster, "owner")
            .campaigns()
            .unwrap()
            .is_empty()
    );
    assert_eq!(cluster.query("DROP EVENT TRIGGER wait_for_rows"), "");
    Ledger::copy(&file, place(&cluster, "copy")).unwrap();
}

/// The same database for a role that may only read.
fn as_reader(cluster: &Cluster) -> Database {
    let grants = "CREATE ROLE reader LOGIN;
                  DO $$ DECLARE name text; BEGIN
                      FOR name IN SELECT nspname FROM pg_namespace WHERE nspname LIKE 'sendcontact%' LOOP
                          EXECUTE format('GRANT USAGE ON SCHEMA %I TO reader', name);
                          EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO reader', name);
                      END LOOP;
                  END $$;
                  REVOKE ALL ON DATABASE postgres FROM PUBLIC; GRANT CONNECT ON DATABASE postgres TO reader";
    assert_eq!(cluster.query(grants), "");
    database_of(cluster, "reader")
}

/// A campaign with a send history, of which one row is being sent.
fn under_way(cluster: &Cluster) -> (LedgerWriter, InFlight) {
    let mut ledger = Ledger::open(place(cluster, "list"), &[identity()]).unwrap();
    list(&mut ledger, "list.csv", &PEOPLE);
    let history = SendHistory::open_in(&database_of(cluster, "owner"), &identity(), "").unwrap();
    ledger.attach_history(0, history).unwrap();
    let writer = LedgerWriter::open(ledger).unwrap();
    let begun = turn(&writer, vec![], 1).begun.remove(0);
    (writer, begun)
}

#[test]
fn a_dry_run_works_on_a_copy_and_needs_no_right_to_write() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let (writer, begun) = under_way(&cluster);
    let reader = as_reader(&cluster);
    let campaign = |name: &str| Place::Database {
        database: reader.clone(),
        campaign: name.to_owned(),
    };
    let read_only = campaign("list");
    assert_eq!(Ledger::known_identities(&read_only).unwrap(), [identity()]);
    let mut copy = Ledger::open_copy(&read_only, &[other()]).unwrap();
    assert_eq!(copy.place(), &read_only);
    assert!(copy.is_copy() && copy.database().is_none());
    let counts = copy.counts().unwrap();
    assert_eq!(
        (counts.of(Status::Unknown), counts.of(Status::Pending)),
        (1, 2)
    );
    copy.assign(&[ShareLimit { share: 1, most: 9 }]).unwrap();
    list(&mut copy, "more.csv", &[(2, 79_005_000_000, "Глеб")]);
    assert_eq!(copy.counts().unwrap().rows(), 4);
    let new = Ledger::open_copy(&campaign("new"), &[other()]).unwrap();
    assert_eq!(new.counts().unwrap().rows(), 0);
    assert!(matches!(
        Ledger::open(&read_only, &[other()]).unwrap_err(),
        LedgerError::Refused { .. }
    ));

    turn(&writer, vec![accepted(&begun)], 0);
    let counts = writer.close().unwrap().counts().unwrap();
    assert_eq!((counts.of(Status::Accepted), counts.rows()), (1, 3));
    let campaigns = database_of(&cluster, "owner").campaigns().unwrap();
    assert_eq!(campaigns, ["list"]);
}

#[test]
fn a_send_history_and_an_idle_campaign_are_copied_without_a_right_to_write() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let (writer, _begun) = under_way(&cluster);
    let reader = as_reader(&cluster);
    let read_only = Place::Database {
        database: reader.clone(),
        campaign: "list".to_owned(),
    };
    let mut copy = Ledger::open_copy(&read_only, &[identity()]).unwrap();
    let history = SendHistory::open_copy_in(&reader, &identity(), "").unwrap();
    let attached = copy.attach_history(0, history).unwrap();
    assert_eq!((attached.added, attached.is_missing), (0, false));
    let ever = moment(i64::from(u32::MAX));
    let history = copy.send_history(0).unwrap();
    assert_eq!(history.last(ever).unwrap(), Some(moment(1)));
    let nothing = SendHistory::open_copy_in(&reader, &other(), "").unwrap();
    assert_eq!(nothing.last(ever).unwrap(), None);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.ledger");
    drop(writer.close());
    let moved = "UPDATE sendcontact.campaigns SET server = ";
    assert_eq!(cluster.query(&format!("{moved} 'another one'")), "");
    let error = Ledger::copy(&read_only, &file).unwrap_err();
    assert!(matches!(error, LedgerError::Server { .. }), "{error}");
    assert!(!file.exists());
    assert_eq!(cluster.query(&format!("{moved} NULL")), "");
    Ledger::copy(&read_only, &file).unwrap();
    assert_eq!(Ledger::read(&file).unwrap().counts().unwrap().rows(), 3);
}

/// The file of a campaign that has sent two rows; its send history, which has a third contact.
fn sent_two(folder: &Path) -> (PathBuf, rusqlite::Connection) {
    let (path, state) = (folder.join("list.ledger"), folder.join("state"));
    let mut ledger = Ledger::open(&path, &[identity()]).unwrap();
    list(&mut ledger, "list.csv", &PEOPLE);
    let history = SendHistory::open(&state, &identity(), "").unwrap();
    ledger.attach_history(0, history).unwrap();
    let writer = LedgerWriter::open(ledger).unwrap();
    let begun = turn(&writer, vec![], 2).begun;
    turn(&writer, begun.iter().map(accepted).collect(), 0);
    drop(writer.close());
    let history = rusqlite::Connection::open(state.join("loopback--1101.book")).unwrap();
    let third = "INSERT INTO sends VALUES (x'07', 5, x'07', 1)";
    history.execute_batch(third).unwrap();
    (path, history)
}

fn in_history(cluster: &Cluster, sql: &str) -> String {
    cluster.query(&format!("SET search_path TO sendcontact_history_1; {sql}"))
}

#[test]
fn a_send_history_goes_along() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (path, _history) = sent_two(folder.path());
    let (state, other_state) = (folder.path().join("state"), folder.path().join("other"));
    let base = database_of(&cluster, "owner");
    let places = [
        HistoryPlace::Folder(&state),
        HistoryPlace::Database(&base),
        HistoryPlace::Folder(&other_state),
    ];
    let copy = |from, to| SendHistory::copy(&identity(), "", places[from], places[to]).unwrap();
    assert_eq!((copy(0, 1), copy(0, 1), copy(1, 1)), (3, 0, 0));
    assert_eq!((copy(1, 2), copy(2, 0)), (3, 0));
    let of_other = SendHistory::copy(&other(), "", places[0], places[1]);
    assert_eq!(of_other.unwrap(), 0);
    let histories = "SELECT string_agg(name, ',') FROM sendcontact.histories";
    assert_eq!(cluster.query(histories), "loopback--1101");

    Ledger::copy(path, place(&cluster, "copy")).unwrap();
    let attach = |campaign: &str| {
        let mut ledger = Ledger::open(place(&cluster, campaign), &[identity()]).unwrap();
        let history = SendHistory::open_in(&base, &identity(), "").unwrap();
        let attached = ledger.attach_history(0, history).unwrap();
        (ledger, attached)
    };
    let (ledger, attached) = attach("copy");
    assert_eq!((attached.added, attached.is_missing), (0, false));
    let sends = in_history(&cluster, "SELECT count(*) FROM sends");
    assert_eq!(sends, "3");
    drop(ledger);
    let (mut ledger, _) = attach("next");
    list(&mut ledger, "list.csv", &PEOPLE);
    let already = ledger.suppress_already_sent(ResendPolicy {
        since: Some(moment(0)),
        resend_changed: false,
        not_again: None,
    });
    let sent_before = &already.unwrap().sent_before[0];
    assert_eq!((&*sent_before.campaign, sent_before.rows), ("copy", 2));
}

#[test]
fn two_send_histories_of_an_instance_become_one() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (_, in_file) = sent_two(folder.path());
    let state = folder.path().join("state");
    let base = database_of(&cluster, "owner");
    let mut target = SendHistory::open_in(&base, &identity(), "").unwrap();
    // The number of the campaign is another one there.
    let sent = "INSERT INTO campaigns (ledger, name) VALUES ('x', 'x');
                INSERT INTO sends VALUES ('\\x08', 9, '\\x09', 1), ('\\x07', 5, '\\x07', NULL)";
    assert_eq!(in_history(&cluster, sent), "");
    let name = in_history(&cluster, "SELECT name FROM book");
    let mut source = SendHistory::open(&state, &identity(), "").unwrap();
    assert_eq!(source.copy_into(&mut target).unwrap(), 2);
    assert_eq!(target.copy_into(&mut source).unwrap(), 1);
    let count = "SELECT count(*) FROM sends";
    assert_eq!(in_history(&cluster, count), "4");
    let counted = in_file.query_row(count, [], |row| row.get::<_, i64>(0));
    assert_eq!(counted.unwrap(), 4);
    let campaigns =
        "SELECT string_agg(concat(campaigns.name, ' ', at), ',' ORDER BY at, campaigns.name)
                     FROM sends LEFT JOIN campaigns ON campaigns.id = campaign";
    assert_eq!(in_history(&cluster, campaigns), "list 1,list 1, 5,x 9");
    assert_eq!(in_history(&cluster, "SELECT name FROM book"), name);
}
