//! The surroundings of a database are wrong: each case is said in plain words, with its exit code, and nothing is sent.

#![cfg(unix)] // It sets modes, and its servers are stopped by signals.
#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use stand_in::{Cluster, Machine, Ran, Service, table};

const SEND: [&str; 5] = ["send", "list.csv", "--instance", "a", "--json"];

/// A machine with a list, and its cluster.
fn machine<'a>(cluster: &Cluster, service: &'a Service) -> Machine<'a> {
    let machine = Machine::new(cluster, service, &["a"]);
    machine.desk.write("list.csv", table(3));
    machine
}

/// What the program says that was told to send to this address, with these variables.
fn sent_to(machine: &Machine<'_>, url: &str, variables: &[(&str, &str)]) -> Ran {
    let mut command = machine.command(&SEND);
    command.env("SENDCONTACT_DATABASE_URL", url);
    command.envs(variables.iter().copied());
    Ran::of(command.output().unwrap())
}

fn is_refused(ran: &Ran, code: i32, words: &str) {
    assert_eq!(ran.code, code, "{ran:?}");
    assert!(ran.stderr.contains(words), "{words}: {ran:?}");
}

#[test]
fn a_database_that_may_only_be_read_shows_the_campaign_and_sends_nothing() {
    let Some(mut cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let one = machine(&cluster, &service);
    assert_eq!(one.run(&SEND).code, 0);
    one.desk.write("list.csv", table(5));
    let _ = cluster.query(
        "CREATE ROLE reader LOGIN; GRANT pg_read_all_data TO reader;
         CREATE ROLE standby LOGIN SUPERUSER; ALTER ROLE standby SET default_transaction_read_only = on",
    );
    for (user, code, words) in [("reader", 2, "refused"), ("standby", 2, "read-only")] {
        let url = cluster.url_of(user);
        is_refused(&sent_to(&one, &url, &[]), code, words);
        for arguments in [&["status", "list", "--json"][..], &["report", "list"]] {
            let mut command = one.command(arguments);
            command.env("SENDCONTACT_DATABASE_URL", &url);
            let ran = Ran::of(command.output().unwrap());
            assert_eq!(ran.code, 0, "{user}: {arguments:?}: {ran:?}");
        }
    }
    // A replica.
    fs::write(cluster.data().join("standby.signal"), "").unwrap();
    cluster.restart();
    is_refused(&one.run(&SEND), 2, "read-only");
    assert_eq!(one.run(&["status", "list"]).code, 0);
    assert_eq!(service.sends().len(), 3);
}

#[test]
fn a_database_of_a_newer_program_is_refused() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let one = machine(&cluster, &service);
    assert_eq!(one.run(&SEND).code, 0);
    for schema in ["sendcontact", "sendcontact_campaign_1"] {
        let set = |number| cluster.query(&format!("UPDATE {schema}.version SET number = {number}"));
        let before = cluster.query(&format!("SELECT number FROM {schema}.version"));
        let _ = set("99");
        for arguments in [&SEND[..], &["status", "list"], &["report", "list"]] {
            let ran = one.run(arguments);
            is_refused(&ran, 1, "newer");
        }
        let _ = set(&before);
    }
    assert_eq!(one.run(&SEND).code, 0);
}

/// The URL, variables of the environment, and the exit code.
type PasswordCase<'a> = (&'a str, &'a [(&'a str, &'a str)], i32);

#[test]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
fn a_password_comes_from_where_libpq_looks_for_it_and_is_never_shown() {
    let Some(mut cluster) = Cluster::start() else {
        return;
    };
    let secret = "Tr0ub4dor-and-3";
    let _ = cluster.query(&format!(
        "CREATE ROLE anna LOGIN SUPERUSER PASSWORD '{secret}'"
    ));
    cluster.let_in(
        "local all owner trust\nhost all owner all trust\nhost all all all scram-sha-256\n",
    );
    cluster.restart();
    let service = Service::accepting();
    let one = machine(&cluster, &service);
    let port = cluster.port();
    let plain = format!("postgresql://anna@127.0.0.1:{port}/postgres");
    let full = format!("postgresql://anna:{secret}@127.0.0.1:{port}/postgres");
    let in_query = format!("{plain}?password={secret}");
    let private = |name: &str, text: &str, mode| {
        let path = one.desk.write(name, text);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let pass = private("pass", &format!("127.0.0.1:*:*:anna:{secret}\n"), 0o600);
    let open = private("open", &format!("127.0.0.1:*:*:anna:{secret}\n"), 0o644);
    let url = private("url", &format!("{full}\n"), 0o600);
    let open_url = private("open-url", &full, 0o644);
    let log = ["--log-file", "log", "-vv"];
    let cases: [PasswordCase<'_>; 10] = [
        (&plain, &[("PGPASSWORD", secret)], 0),
        (&plain, &[("PGPASSFILE", &pass)], 0),
        (&full, &[], 0),
        (&in_query, &[], 0),
        ("", &[("SENDCONTACT_DATABASE_URL_FILE", &url)], 0),
        (&plain, &[], 2),
        (&plain, &[("PGPASSWORD", "wrong-Tr0ub4dor")], 2),
        (&plain, &[("PGPASSFILE", &open)], 2),
        ("", &[("SENDCONTACT_DATABASE_URL_FILE", &open_url)], 2),
        (&format!("{full}?sslmode=maybe"), &[], 2),
    ];
    for (url, variables, code) in cases {
        let mut command = one.command(&[&SEND[..], &log].concat());
        command
            .env("SENDCONTACT_DATABASE_URL", url)
            .envs(variables.iter().copied());
        let ran = Ran::of(command.output().unwrap());
        assert_eq!(ran.code, code, "{url} {variables:?}: {ran:?}");
        assert!(!format!("{ran:?}").contains("Tr0ub4dor"), "{ran:?}");
    }
    // An argument is seen by everybody: it is refused, however the password is written, and not repeated.
    let two_hosts = format!("postgresql://anna:{secret}@127.0.0.1:{port},127.0.0.1:1/postgres");
    for typed in [&full, &in_query, &two_hosts] {
        let mut command = one.command(&[&SEND[..], &["--database", typed]].concat());
        let ran = Ran::of(
            command
                .env_remove("SENDCONTACT_DATABASE_URL")
                .output()
                .unwrap(),
        );
        is_refused(&ran, 2, "password");
        assert!(!format!("{ran:?}").contains(secret), "{ran:?}");
    }
    let hidden = Command::new("grep")
        .args(["-rlF", secret, "."])
        .args([
            "--exclude=pass",
            "--exclude=open",
            "--exclude=url",
            "--exclude=open-url",
        ])
        .current_dir(one.desk.folder.path())
        .output()
        .unwrap();
    assert_eq!(hidden.stdout, b"", "{hidden:?}");
    let rows = cluster.query(&format!(
        "SELECT count(*) FROM sendcontact_campaign_1.runs WHERE runs::text LIKE '%{secret}%'"
    ));
    assert_eq!(rows, "0");
}

/// Certificates for a server, made by an authority of the test.
struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let own = Self { folder };
        for name in ["ca", "other"] {
            let subject = format!("/CN={name}");
            own.openssl(&[
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "30",
                "-subj",
                &subject,
                "-keyout",
                &format!("{name}.key"),
                "-out",
                &format!("{name}.crt"),
            ]);
        }
        own
    }

    fn openssl(&self, arguments: &[&str]) {
        let output = Command::new("openssl")
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }

    /// The server has a certificate for this host from now on, which ends after so many days.
    fn certify(&self, cluster: &mut Cluster, host: &str, days: &str) {
        let subject = format!("/CN={host}");
        self.openssl(&[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            &subject,
            "-keyout",
            "server.key",
            "-out",
            "server.csr",
        ]);
        fs::write(self.path("names"), format!("subjectAltName=DNS:{host}")).unwrap();
        self.openssl(&[
            "x509",
            "-req",
            "-in",
            "server.csr",
            "-CA",
            "ca.crt",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            days,
            "-extfile",
            "names",
            "-out",
            "server.crt",
        ]);
        for name in ["server.key", "server.crt"] {
            let to = cluster.data().join(name);
            let _ = fs::remove_file(&to);
            let mut copy = cluster.program("sh");
            drop(copy.output());
            fs::copy(self.path(name), &to).unwrap();
            fs::set_permissions(&to, fs::Permissions::from_mode(0o600)).unwrap();
            let owner = format!("--reference={}", cluster.data().display());
            let _ = Command::new("chown").arg(owner).arg(&to).status();
        }
        cluster.set(&["ssl=on"]);
        cluster.restart();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

#[test]
fn a_server_proves_who_it_is_as_sslmode_says() {
    let Some(mut cluster) = Cluster::start() else {
        return;
    };
    let authority = Authority::new();
    let service = Service::accepting();
    let one = machine(&cluster, &service);
    let port = cluster.port();
    let ask = |options: &str| {
        let url = format!("postgresql://owner@localhost:{port}/postgres?{options}");
        sent_to(&one, &url, &[])
    };
    let with = |mode: &str, root: &str| {
        let root = authority.path(root);
        format!("sslmode={mode}&sslrootcert={}", root.display())
    };
    // Without TLS at the server.
    for mode in ["require", "verify-ca", "verify-full"] {
        let ran = ask(&with(mode, "ca.crt"));
        assert!([2, 5].contains(&ran.code), "{mode}: {ran:?}");
        assert!(ran.stderr.contains("TLS"), "{mode}: {ran:?}");
    }
    authority.certify(&mut cluster, "localhost", "30");
    for (options, code, words) in [
        (with("verify-full", "ca.crt"), 0, ""),
        (with("verify-ca", "ca.crt"), 0, ""),
        ("sslmode=require".to_owned(), 0, ""),
        ("sslmode=disable".to_owned(), 0, ""),
        (with("verify-full", "other.crt"), 2, "certificate"),
        (with("verify-ca", "other.crt"), 2, "certificate"),
        // With an authority, libpq's require is verify-ca.
        (with("require", "other.crt"), 2, "certificate"),
        ("sslmode=verify-full".to_owned(), 2, "certificate"),
        ("sslmode=prefer".to_owned(), 2, "sslmode"),
        (with("verify-full", "missing.crt"), 2, "missing.crt"),
    ] {
        let ran = ask(&options);
        assert_eq!(ran.code, code, "{options}: {ran:?}");
        assert!(ran.stderr.contains(words), "{options}: {ran:?}");
    }
    let tls = cluster.query("SELECT count(*) FROM pg_stat_ssl WHERE ssl");
    assert_eq!(tls, "0", "no session is left");
    authority.certify(&mut cluster, "db.example", "30");
    is_refused(&ask(&with("verify-full", "ca.crt")), 2, "localhost");
    assert_eq!(ask(&with("verify-ca", "ca.crt")).code, 0);
    authority.certify(&mut cluster, "localhost", "-1");
    for mode in ["verify-full", "verify-ca"] {
        is_refused(&ask(&with(mode, "ca.crt")), 2, "expired");
    }
}

/// A pooler in front of the server.
struct Pooler(Child);

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Pooler {
    fn start(cluster: &Cluster, mode: &str, pool: u32) -> Option<(Self, u16)> {
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"];
        let Some(program) = program.iter().find(|path| Path::new(path).exists()) else {
            eprintln!("SKIPPED: pgbouncer is not installed, so nothing is tested behind it");
            return None;
        };
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let settings = cluster.folder().join(format!("{mode}.ini"));
        let text = format!(
            "[databases]\npostgres = host=127.0.0.1 port={} user=owner\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nauth_type = any\npool_mode = {mode}\ndefault_pool_size = {pool}\nunix_socket_dir =\n\
             ignore_startup_parameters = extra_float_digits\n",
            cluster.port()
        );
        fs::write(&settings, text).unwrap();
        let program = Path::new(program);
        let mut command = cluster.program("postgres");
        if command.get_program() == "runuser" {
            command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
        } else {
            command = Command::new(program);
        }
        command
            .arg(&settings)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let pooler = Self(command.spawn().unwrap());
        let until = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "pgbouncer does not start");
            thread::sleep(Duration::from_millis(20));
        }
        Some((pooler, port))
    }
}

#[test]
fn a_pooler_is_refused_that_gives_each_transaction_another_session() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    let service = Service::accepting();
    let one = machine(&cluster, &service);
    let Some((_session, port)) = Pooler::start(&cluster, "session", 30) else {
        return;
    };
    let ran = sent_to(&one, &Cluster::url_at(port), &[]);
    assert_eq!((ran.code, ran.count("accepted")), (0, 3), "{ran:?}");
    one.desk.write("list.csv", table(9));
    for pool in [1, 30] {
        let (_pooler, port) = Pooler::start(&cluster, "transaction", pool).unwrap();
        is_refused(&sent_to(&one, &Cluster::url_at(port), &[]), 2, "pooler");
    }
    assert_eq!(service.sends().len(), 3);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
fn a_worker_whose_clock_is_wrong_keeps_its_leases_and_sends_nothing_twice() {
    let Some(cluster) = Cluster::start() else {
        return;
    };
    if !Path::new("/usr/bin/faketime").exists() {
        eprintln!("SKIPPED: faketime is not installed, so no clock is wrong");
        return;
    }
    let service = Service::accepting();
    for (list, shift) in [("late.csv", "-1h"), ("early.csv", "+1h")] {
        let one = Machine::new(&cluster, &service, &["a", "b"]);
        let two = Machine::new(&cluster, &service, &["a", "b"]);
        one.desk.write(
            list,
            if shift == "-1h" {
                table(200)
            } else {
                table(200).replace("79000000", "79100000")
            },
        );
        let arguments = [
            "send",
            list,
            "--instance",
            "a",
            "--json",
            "--timeout",
            "2s",
            "--no-reconcile",
            "--rate",
            "20",
        ];
        let told = one.command(&arguments);
        let mut command = Command::new("faketime");
        command
            .args(["-f", shift])
            .arg(told.get_program())
            .args(told.get_args());
        command.current_dir(one.desk.folder.path());
        command.env_clear().envs(
            told.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        let before = service.sends().len();
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        service.wait_for(before + 20);
        let held = two.run(&[
            "send",
            "--campaign",
            list.trim_end_matches(".csv"),
            "--instance",
            "a",
        ]);
        assert_eq!(held.code, 11, "{held:?}");
        let beside = two.run(&[
            "send",
            "--campaign",
            list.trim_end_matches(".csv"),
            "--instance",
            "b",
            "--json",
            "--no-reconcile",
        ]);
        let ran = stand_in::ended(child);
        assert_eq!((ran.code, beside.code), (0, 0), "{ran:?} {beside:?}");
        one.nobody_is_written_to_twice();
    }
}

#[test]
fn a_server_that_may_lose_commits_is_said_by_doctor() {
    let Some(mut cluster) = Cluster::start_durable() else {
        return;
    };
    let service = Service::accepting();
    let one = machine(&cluster, &service);
    assert_eq!(one.run(&SEND).code, 0);
    let doctor = |name: &str| {
        let ran = one.run(&["doctor", "list", "--instance", "a", "--json"]);
        let checks = ran.json()["checks"].as_array().cloned().unwrap_or_default();
        let of = |check: &&serde_json::Value| check["check"] == name;
        checks
            .iter()
            .find(of)
            .cloned()
            .unwrap_or_else(|| panic!("{ran:?}"))
    };
    assert_eq!(doctor("databaseDurability")["level"], "ok");
    cluster.set(&["fsync=off"]);
    cluster.restart();
    let told = doctor("databaseDurability");
    assert_eq!(told["level"], "warn", "{told}");
    assert!(told["text"].as_str().unwrap().contains("fsync"), "{told}");
    cluster.set(&["full_page_writes=off"]);
    cluster.restart();
    assert!(
        doctor("databaseDurability")["text"]
            .as_str()
            .unwrap()
            .contains("full_page_writes")
    );
    cluster.kill();
    let told = doctor("database");
    assert_eq!(told["level"], "fail", "{told}");
}
