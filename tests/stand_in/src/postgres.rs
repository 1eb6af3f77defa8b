//! A real PostgreSQL server of the test's own: a temporary cluster that listens on a socket in its folder, and on a port
//! of this machine for networks that fail.

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// Set where a missing server is a failure.
const REQUIRED: &str = "SENDCONTACT_TEST_POSTGRES";

/// A server with an empty database.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    durable: bool,
    port: u16,
    settings: Vec<String>,
    server: Option<Child>,
}

impl Cluster {
    /// Starts a server that loses nothing only as long as it is not killed. `None`, said loudly, where PostgreSQL is
    /// not installed.
    #[must_use]
    pub fn start() -> Option<Self> {
        Self::start_with(false)
    }

    /// Starts a server that loses nothing when it is killed.
    #[must_use]
    pub fn start_durable() -> Option<Self> {
        Self::start_with(true)
    }

    fn start_with(durable: bool) -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(
                env::var_os(REQUIRED).is_none(),
                "PostgreSQL is not installed: apt-get install postgresql"
            );
            eprintln!("SKIPPED: PostgreSQL is not installed, so nothing is tested against it");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let mut cluster = Self {
            folder,
            programs,
            durable,
            port: free_port(),
            settings: Vec::new(),
            server: None,
        };
        if is_root() {
            let folder = cluster.folder.path();
            run(Command::new("chown").arg("postgres").arg(folder));
        }
        let data = cluster.data();
        run(cluster
            .program("initdb")
            .args([
                "--auth=trust",
                "--username=owner",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "-D",
            ])
            .arg(&data)
            .stdout(Stdio::null()));
        cluster.restart();
        Some(cluster)
    }

    /// Starts the server, again if it was killed, and waits until it answers.
    pub fn restart(&mut self) {
        self.restart_without_waiting();
        let until = Instant::now() + Duration::from_mins(1);
        while !self.answers() {
            assert!(Instant::now() < until, "the server does not start");
            thread::sleep(Duration::from_millis(20));
            // A connection may have its port for a moment, or a session of the killed one its memory.
            let ended = |server: &mut Child| server.try_wait().unwrap().is_some();
            if self.server.as_mut().is_some_and(ended) {
                self.restart_without_waiting();
            }
        }
    }

    /// The server gets these settings, `name=value`, when it starts the next time.
    pub fn set(&mut self, settings: &[&str]) {
        self.settings = settings.iter().map(ToString::to_string).collect();
    }

    /// Who is let in how: the lines of `pg_hba.conf`. Counts from the next start.
    pub fn let_in(&self, lines: &str) {
        fs::write(self.data().join("pg_hba.conf"), lines).unwrap();
    }

    fn restart_without_waiting(&mut self) {
        self.kill();
        // A socket that a killed server has left behind.
        let _ = fs::remove_file(self.data().join("postmaster.pid"));
        let durable = if self.durable { "on" } else { "off" };
        let server = self
            .program("postgres")
            .arg("-D")
            .arg(self.data())
            .args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"])
            .args(["-p", &self.port.to_string()])
            .args(["-c", &format!("fsync={durable}"), "-c"])
            .arg(format!(
                "unix_socket_directories={}",
                self.folder.path().display()
            ))
            .args(self.settings.iter().flat_map(|setting| ["-c", setting]))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.server = Some(server);
    }

    /// Kills the server, and with it all of its sessions, as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            if let Ok(pid) = fs::read_to_string(self.data().join("postmaster.pid")) {
                let pid = pid.lines().next().unwrap().to_owned();
                let _ = Command::new("pkill").args(["-9", "-P", &pid]).status();
                let _ = Command::new("kill").args(["-9", &pid]).status();
            }
            server.wait().unwrap();
        }
    }

    /// The address of its database, for this user.
    #[must_use]
    pub fn url_of(&self, user: &str) -> String {
        let folder = self.folder.path().to_string_lossy().replace('/', "%2F");
        format!("postgresql://{user}@{folder}:{}/postgres", self.port)
    }

    /// The port on which it listens.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The address of a database at a port of this machine.
    #[must_use]
    pub fn url_at(port: u16) -> String {
        format!("postgresql://owner@127.0.0.1:{port}/postgres")
    }

    /// The address of its database.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("owner")
    }

    /// The folder of its socket.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs statements, and gives what they print: a row a line, cells separated by `|`.
    #[must_use]
    pub fn query(&self, sql: &str) -> String {
        let output = Command::new(self.programs.join("psql"))
            .args([
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-d",
                &self.url(),
                "-c",
                sql,
            ])
            .output()
            .unwrap();
        assert!(output.status.success(), "{sql}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// As the server says in its file. (A process that is asked instead has, until it is one of its own, the locks of
    /// all other tests.)
    fn answers(&self) -> bool {
        fs::read_to_string(self.data().join("postmaster.pid"))
            .is_ok_and(|text| text.lines().last().is_some_and(|word| word.trim() == "ready"))
    }

    /// The folder of its data.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A program of the server, which refuses to run as root.
    #[must_use]
    pub fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port on which nobody listens.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// The folder of the server's programs.
fn programs() -> Option<PathBuf> {
    let told = Command::new("pg_config").arg("--bindir").output().ok();
    let told = told.and_then(|output| String::from_utf8(output.stdout).ok());
    let mut folders: Vec<PathBuf> = told.iter().map(|text| PathBuf::from(text.trim())).collect();
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    folders.into_iter().find(|folder| {
        ["initdb", "postgres", "psql"]
            .iter()
            .all(|name| folder.join(name).exists())
    })
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

fn run(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}
