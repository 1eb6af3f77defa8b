//! A service for tests that shares no line with the program or its simulator: sockets and threads.
//! It answers each request as the test says, and remembers what it received and when.

mod accounts;
mod machine;
mod postgres;
mod proxy;

pub use accounts::{Accounts, Check};
pub use machine::{Machine, ended, instance_id, interrupted_until_it_ended};
pub use postgres::Cluster;
pub use proxy::{Commit, Proxy, Way};

use std::{
    collections::HashMap,
    fmt::Debug,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

/// 50 characters of which no file or line that the program writes may hold a part.
pub const TOKEN: &str = "bde035edae3fc00bc116bd112297908d8145e5ba8decc5d884";
pub const ID: &str = "1101000001";

#[derive(Debug, Clone)]
pub struct Received {
    pub at: Instant,
    pub method: String,
    pub path: String,
    pub body: String,
}

impl Received {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn is_send(&self) -> bool {
        self.method == "POST" && self.path.contains("/sendContact/")
    }

    /// The chat in which the contact arrives.
    pub fn chat(&self) -> String {
        let body = self.json();
        body["chatId"]
            .as_str()
            .map_or_else(|| format!("{}@c.us", body["phoneNumber"]), str::to_owned)
    }

    /// Chat and contact.
    pub fn key(&self) -> String {
        format!("{} {}", self.chat(), self.json()["contact"])
    }
}

/// What the service does with a request that it has read.
#[derive(Debug, Clone)]
pub enum Reply {
    Answer(u16, String),
    /// Status line, headers and body, as they are; then the connection is closed. Without `connection: close`,
    /// as in [`whole`], a client may write its next contact into it, and cannot know what became of that.
    Raw(Vec<u8>),
    /// The connection is closed and nothing was answered.
    Close,
    /// Nothing comes until the client goes away.
    Hang,
    /// The answer comes late.
    Late(Duration, Box<Reply>),
    /// These bytes, and then spaces, 64 MB in all, or as many as the client takes.
    Flood(Vec<u8>),
    /// The client is killed, and then this is done.
    Kill(Victim, Box<Reply>),
    /// This is done, and then the client is killed.
    KillAfter(Box<Reply>, Victim),
}

/// The process that a service kills; named once it runs.
#[derive(Debug, Clone, Default)]
pub struct Victim(Arc<(Mutex<Option<u32>>, Condvar)>);

impl Victim {
    pub fn is(&self, process: u32) {
        *self.0.0.lock().unwrap() = Some(process);
        self.0.1.notify_all();
    }

    fn kill(&self) {
        let unnamed = |process: &mut Option<u32>| process.is_none();
        let mut process = self
            .0
            .1
            .wait_while(self.0.0.lock().unwrap(), unnamed)
            .unwrap();
        signal("-KILL", process.unwrap());
        *process = None;
    }

    /// Whether it is named and not killed yet; while it is being killed, this waits.
    pub fn lives(&self) -> bool {
        self.0.0.lock().unwrap().is_some()
    }
}

/// Sends a signal such as `-INT`.
pub fn signal(name: &str, process: u32) {
    let sent = Command::new("kill")
        .args([name, &process.to_string()])
        .stderr(Stdio::null())
        .status();
    assert!(sent.is_ok(), "there is no kill here");
}

/// An answer with its length, the last of its connection; `headers` end with a line break each.
pub fn whole(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Status\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// Runs every case on some threads; tells all that failed.
pub fn each<T: Debug + Sync>(cases: &[T], threads: usize, run: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let run = std::panic::AssertUnwindSafe(|| run(case));
                    if let Err(panic) = std::panic::catch_unwind(run) {
                        let text = panic.downcast_ref::<String>().cloned();
                        let text = text.or(panic.downcast_ref::<&str>().map(ToString::to_string));
                        failed
                            .lock()
                            .unwrap()
                            .push(format!("{case:?}\n  {}", text.unwrap_or_default()));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(
        failed.is_empty(),
        "{} of {} cases failed:\n{}",
        failed.len(),
        cases.len(),
        failed.join("\n")
    );
}

pub fn accepted(number: usize) -> Reply {
    Reply::Answer(200, format!(r#"{{"idMessage":"3EB0{number:016X}"}}"#))
}

pub fn refused(status: u16, words: &str) -> Reply {
    let path = format!("/waInstance{ID}/sendContact/{TOKEN}");
    let body = serde_json::json!({
        "statusCode": status, "timestamp": "2026-11-23T10:00:00.000Z", "path": path, "message": words
    });
    Reply::Answer(status, body.to_string())
}

/// By how many seconds the service's clock is ahead of the machine's; nothing where no answer tells the time.
type Clock = Arc<Mutex<Option<i64>>>;

type Answers = Arc<dyn Fn(usize, &Received) -> Reply + Send + Sync>;

#[derive(Debug)]
pub struct Service {
    pub port: u16,
    clock: Clock,
    received: Arc<(Mutex<Vec<Received>>, Condvar)>,
}

impl Service {
    /// `answers` is given the number of the request among the contacts (from 0) and the request;
    /// requests other than `sendContact` do not count.
    pub fn start(answers: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_at(0, answers)
    }

    /// At a port of which one knows that it is free.
    pub fn start_at(
        port: u16,
        answers: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::listen(port, Duration::ZERO, answers)
    }

    /// Every connection takes so long until its first request is read, as behind a slow handshake.
    pub fn cold(
        wait: Duration,
        answers: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::listen(0, wait, answers)
    }

    fn listen(
        port: u16,
        wait: Duration,
        answers: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let received: Arc<(Mutex<Vec<Received>>, Condvar)> = Arc::default();
        let (all, answers): (_, Answers) = (Arc::clone(&received), Arc::new(answers));
        let clock: Clock = Arc::new(Mutex::new(Some(0)));
        let time = Arc::clone(&clock);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (all, answers, time) =
                    (Arc::clone(&all), Arc::clone(&answers), Arc::clone(&time));
                std::thread::spawn(move || {
                    std::thread::sleep(wait);
                    serve(&stream.unwrap(), &all, (&answers, &time));
                });
            }
        });
        Self {
            port,
            clock,
            received,
        }
    }

    /// One that accepts every contact after this time.
    pub fn slow(time: Duration) -> Self {
        Self::start(move |number, request| {
            if request.is_send() {
                Reply::Late(time, Box::new(accepted(number)))
            } else {
                authorized()
            }
        })
    }

    /// One that accepts every contact.
    pub fn accepting() -> Self {
        Self::start(|number, request| {
            if request.is_send() {
                accepted(number)
            } else {
                authorized()
            }
        })
    }

    /// From now on every answer tells a time that is so many seconds ahead of the machine's, or none.
    pub fn set_clock(&self, ahead: Option<i64>) {
        *self.clock.lock().unwrap() = ahead;
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.0.lock().unwrap().clone()
    }

    pub fn sends(&self) -> Vec<Received> {
        self.received()
            .into_iter()
            .filter(Received::is_send)
            .collect()
    }

    /// How often each contact was received; a chat id and its number are one.
    pub fn times(&self) -> HashMap<String, usize> {
        let mut times = HashMap::new();
        for request in self.sends() {
            *times.entry(request.key()).or_insert(0) += 1;
        }
        times
    }

    /// When requests of another method came.
    pub fn asked(&self, method: &str) -> Vec<Instant> {
        let received = self.received().into_iter();
        received
            .filter(|request| request.path.contains(&format!("/{method}/")))
            .map(|request| request.at)
            .collect()
    }

    /// Waits until this many contacts have been received.
    pub fn wait_for(&self, contacts: usize) {
        self.wait_for_requests(contacts, Received::is_send);
    }

    /// Waits until this many such requests have been received.
    pub fn wait_for_requests(&self, times: usize, is_such: impl Fn(&Received) -> bool) {
        let (received, arrived) = &*self.received;
        let guard = received.lock().unwrap();
        let too_few =
            |all: &mut Vec<Received>| all.iter().filter(|request| is_such(request)).count() < times;
        let (_guard, late) = arrived
            .wait_timeout_while(guard, Duration::from_mins(1), too_few)
            .unwrap();
        assert!(!late.timed_out(), "{times} requests did not come");
    }
}

pub fn authorized() -> Reply {
    Reply::Answer(200, r#"{"stateInstance":"authorized"}"#.to_owned())
}

fn serve(
    stream: &TcpStream,
    all: &(Mutex<Vec<Received>>, Condvar),
    (answers, clock): (&Answers, &Clock),
) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader) {
        let number = {
            let mut received = all.0.lock().unwrap();
            let number = received.iter().filter(|request| request.is_send()).count();
            received.push(request.clone());
            all.1.notify_all();
            number
        };
        if !reply(stream, answers(number, &request), clock) {
            return;
        }
    }
}

/// The header line that tells the time, if the service tells it.
fn date(clock: &Clock) -> String {
    let Some(ahead) = *clock.lock().unwrap() else {
        return String::new();
    };
    let by = Duration::from_secs(ahead.unsigned_abs());
    let now = SystemTime::now();
    let time = if ahead < 0 { now - by } else { now + by };
    format!("date: {}\r\n", httpdate::fmt_http_date(time))
}

/// Says whether the connection goes on.
fn reply(mut stream: &TcpStream, reply: Reply, clock: &Clock) -> bool {
    match reply {
        Reply::Answer(status, body) => {
            let head = format!(
                "HTTP/1.1 {status} Status\r\n{}content-type: application/json\r\ncontent-length: {}\r\n\r\n",
                date(clock),
                body.len()
            );
            stream.write_all(format!("{head}{body}").as_bytes()).is_ok()
        }
        Reply::Raw(bytes) => {
            // A client that has read enough may be gone before all is written.
            let _gone = stream.write_all(&bytes);
            let _gone = stream.shutdown(std::net::Shutdown::Both);
            false
        }
        Reply::Close => {
            let _gone = stream.shutdown(std::net::Shutdown::Both);
            false
        }
        Reply::Hang => {
            let _gone = stream.read(&mut [0]);
            false
        }
        Reply::Late(wait, then) => {
            std::thread::sleep(wait);
            self::reply(stream, *then, clock)
        }
        Reply::Flood(beginning) => {
            let spaces = vec![b' '; 64 * 1024];
            let mut gone = stream.write_all(&beginning).is_err();
            for _ in 0..1024 {
                gone = gone || stream.write_all(&spaces).is_err();
            }
            false
        }
        Reply::Kill(victim, then) => {
            victim.kill();
            self::reply(stream, *then, clock)
        }
        Reply::KillAfter(then, victim) => {
            let open = self::reply(stream, *then, clock);
            victim.kill();
            open
        }
    }
}

fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<Received> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if header.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Received {
        at: Instant::now(),
        method,
        path,
        body: String::from_utf8(body).ok()?,
    })
}

/// A folder with an input, and the program run in it.
#[derive(Debug)]
pub struct Desk {
    pub folder: tempfile::TempDir,
}

impl Desk {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Writes a file that only this user may read, as a token must be.
    pub fn write_private(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.write(name, content);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        path
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program with an environment of its own: nothing of the caller's settings gets in.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("LANG", "C.UTF-8");
        command.env("SENDCONTACT_STATE_DIR", self.path("state"));
        command.env("XDG_CONFIG_HOME", self.path("config"));
        command.stdin(std::process::Stdio::null());
        command
    }

    pub fn to(&self, service: &Service, arguments: &[&str]) -> Command {
        let mut command = self.command(arguments);
        command.env("GREEN_API_URL", service.url());
        command
            .env("GREEN_API_ID_INSTANCE", ID)
            .env("GREEN_API_TOKEN", TOKEN);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    /// Trusts the settings file of a folder as it is now.
    pub fn trust(&self, folder: &str) {
        let ran = self.run(&["trust", folder]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    /// Writes the settings file of this folder, and trusts it.
    pub fn settings(&self, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.write("sendcontact.toml", text);
        self.trust(".");
        path
    }

    pub fn run_to(&self, service: &Service, arguments: &[&str]) -> Ran {
        let ran = Ran::of(self.to(service, arguments).output().unwrap());
        assert!(
            !ran.stdout.contains(TOKEN) && !ran.stderr.contains(TOKEN),
            "the token is shown"
        );
        self.holds_no_token();
        ran
    }

    /// No file that the program left holds the token.
    pub fn holds_no_token(&self) {
        for file in std::fs::read_dir(self.folder.path()).unwrap() {
            let path = file.unwrap().path();
            if path.is_file() {
                assert!(
                    !contains(&path, TOKEN.as_bytes()),
                    "the token is in {}",
                    path.display()
                );
            }
        }
    }

    /// The results as records, the heading first.
    pub fn results(&self, name: &str, delimiter: u8) -> Vec<Vec<String>> {
        let text = self.read(name);
        let text = text
            .strip_prefix('\u{feff}')
            .expect("results begin with a BOM");
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .from_reader(text.as_bytes());
        reader
            .records()
            .map(|record| record.unwrap().iter().map(String::from).collect())
            .collect()
    }

    /// One column of the results by its heading.
    pub fn column(&self, name: &str, heading: &str) -> Vec<String> {
        let records = self.results(name, b',');
        let place = records[0].iter().position(|cell| cell == heading).unwrap();
        records[1..]
            .iter()
            .map(|record| record[place].clone())
            .collect()
    }
}

/// The program stands beside the folder of the test binaries.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent()
        .unwrap()
        .parent()
        .unwrap()
        .join(format!("sendcontact{}", std::env::consts::EXE_SUFFIX))
}

fn contains(path: &Path, needle: &[u8]) -> bool {
    std::fs::read(path)
        .unwrap()
        .windows(needle.len())
        .any(|window| window == needle)
}

#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The last line of stdout as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(self.stdout.lines().last().unwrap_or_default())
            .unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Every row has one of the seven statuses.
    pub fn adds_up(&self) {
        let seven = [
            "accepted",
            "failed",
            "invalid",
            "duplicate",
            "suppressed",
            "unknown",
            "pending",
        ];
        let sum: u64 = seven.iter().map(|word| self.count(word)).sum();
        assert_eq!(sum, self.count("rows"), "{self:?}");
        assert_eq!(
            self.json()
                .get("exit")
                .map_or(i64::from(self.code), |exit| exit.as_i64().unwrap()),
            i64::from(self.code)
        );
    }

    /// The summary's count of one status.
    pub fn count(&self, word: &str) -> u64 {
        self.json()[word].as_u64().unwrap()
    }
}

/// A table of `rows` good rows, comma-separated, each for its own recipient.
pub fn table(rows: usize) -> String {
    let lines = (0..rows).map(|row| {
        format!(
            "{},{},Гость {row}\n",
            79_000_000_000_u64 + row as u64,
            79_001_234_568_u64
        )
    });
    std::iter::once("phoneNumber,phoneContact,firstName\n".to_owned())
        .chain(lines)
        .collect()
}
