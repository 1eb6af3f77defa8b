//! A service that only counts: it takes every contact, at once or after a latency, and remembers when
//! each arrived. It runs as a process of its own, so that its CPU is not the client's, and shares no
//! line with the simulator.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::sleep,
};

use crate::run::role;

/// The way to the service and back, in milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Way {
    /// From the arrival of a contact to its answer.
    pub latency: u64,
    /// A contact arrives later than it left by a random time up to this.
    pub jitter: u64,
    /// So long passes before the first request of a connection is read.
    pub cold: u64,
}

/// A server under way; it ends with this value.
pub struct Server {
    child: Child,
    told: BufReader<ChildStdout>,
    port: u16,
}

/// What the server has seen.
#[derive(Debug)]
pub struct Arrivals {
    pub contacts: u64,
    pub first: SystemTime,
    last: SystemTime,
    /// Instances that sent something.
    pub instances: u64,
    /// The most of one instance in any second that begins with a contact.
    pub most: u64,
    /// Cards a second while all instances send, the first second left out.
    pub sustained: f64,
}

impl Server {
    pub fn start(way: Way) -> Self {
        Self::start_at(0, way)
    }

    /// At this port: for the send history the same service as an earlier one there.
    pub fn start_at(port: u16, way: Way) -> Self {
        let [latency, jitter, cold] =
            [way.latency, way.jitter, way.cold].map(|time| time.to_string());
        let mut command: Command = role(["serve", &port.to_string(), &latency, &jitter, &cold]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap());
        let mut port = String::new();
        told.read_line(&mut port).unwrap();
        Self {
            child,
            told,
            port: port.trim().parse().unwrap(),
        }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends the server and takes its count.
    pub fn finish(mut self) -> Arrivals {
        drop(self.child.stdin.take());
        let mut line = String::new();
        self.told.read_line(&mut line).unwrap();
        self.child.wait().unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        let time = |word: &str| UNIX_EPOCH + Duration::from_nanos(word.parse().unwrap());
        Arrivals {
            contacts: words[0].parse().unwrap(),
            first: time(words[1]),
            last: time(words[2]),
            instances: words[3].parse().unwrap(),
            most: words[4].parse().unwrap(),
            sustained: words[5].parse().unwrap(),
        }
    }

    /// Waits for the first contact, or until there is nothing to wait for any more.
    pub fn wait_for_first(&self, given_up: impl Fn() -> bool) {
        while self.so_far() == 0 && !given_up() {
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// How many contacts have arrived.
    fn so_far(&self) -> u64 {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(COUNT).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut told = String::new();
        stream.read_to_string(&mut told).unwrap();
        told.lines().last().unwrap().parse().unwrap()
    }
}

/// A port that nobody has now.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

impl Arrivals {
    /// Cards a second from the first to the last.
    #[expect(clippy::cast_precision_loss, reason = "some millions of contacts")]
    pub fn rate(&self) -> f64 {
        let took = self.last.duration_since(self.first).unwrap().as_secs_f64();
        (self.contacts - 1) as f64 / took
    }

    /// Seconds from a moment to the first contact.
    pub fn first_after(&self, began: SystemTime) -> f64 {
        self.first.duration_since(began).unwrap().as_secs_f64()
    }
}

/// The role of the server: tells its port, and when its input ends what it has counted.
pub fn serve(port: &str, latency: &str, jitter: &str, cold: &str) {
    let port: u16 = port.parse().unwrap();
    let [latency, jitter, cold] = [latency, jitter, cold].map(|time| time.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let began = (SystemTime::now(), Instant::now());
    let seen = Seen {
        began: began.1,
        times: Arc::default(),
    };
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        println!("{}", listener.local_addr().unwrap().port());
        let mut end = input_ends();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    let connection = connection(accepted.unwrap().0, Way { latency, jitter, cold }, seen.clone());
                    // A client that goes away in the middle is no concern of the count.
                    tokio::spawn(async { drop(connection.await) });
                }
                _ = &mut end => break,
            }
        }
    });
    let mut times = std::mem::take(&mut *seen.times.lock().unwrap());
    times.sort_unstable();
    println!("{}", counted(&times, began.0));
}

fn input_ends() -> oneshot::Receiver<()> {
    let (tell, end) = oneshot::channel();
    std::thread::spawn(move || {
        let _ended = std::io::stdin().read_to_end(&mut Vec::new());
        let _told = tell.send(());
    });
    end
}

/// When a contact arrived, counted from the begin, and of which instance.
type Arrival = (Duration, u64);

/// All arrivals.
#[derive(Clone)]
struct Seen {
    began: Instant,
    times: Arc<Mutex<Vec<Arrival>>>,
}

impl Seen {
    /// Records a contact; gives how many there were.
    fn contact(&self, late: Duration, instance: u64) -> usize {
        let mut times = self.times.lock().unwrap();
        times.push((self.began.elapsed() + late, instance));
        times.len()
    }
}

/// Answers request after request, HTTP/1.1 with keep-alive.
async fn connection(mut stream: TcpStream, way: Way, seen: Seen) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    sleep(Duration::from_millis(way.cold)).await;
    let mut held = Vec::with_capacity(16 * 1024);
    loop {
        let Some(length) = whole(&held) else {
            if stream.read_buf(&mut held).await? == 0 {
                return Ok(());
            }
            continue;
        };
        let is_send = held.starts_with(b"POST ");
        let (sender, asks_count) = (instance(&held), held.starts_with(COUNT));
        held.drain(..length);
        if is_send {
            let late = Duration::from_micros(fastrand::u64(0..=way.jitter * 1000));
            let number = seen.contact(late, sender);
            let wait = late + Duration::from_millis(way.latency);
            if !wait.is_zero() {
                sleep(wait).await;
            }
            stream
                .write_all(&answer(&format!(r#"{{"idMessage":"3EB0{number:016X}"}}"#)))
                .await?;
        } else if asks_count {
            let count = seen.times.lock().unwrap().len();
            stream.write_all(&answer(&count.to_string())).await?;
        } else {
            stream
                .write_all(&answer(r#"{"stateInstance":"authorized"}"#))
                .await?;
        }
    }
}

/// Asks how many contacts have arrived.
const COUNT: &[u8] = b"GET /count HTTP/1.1\r\n\r\n";

/// How the request of a contact begins; the number of the instance follows.
const SENDER: &[u8] = b"POST /waInstance";

fn instance(request: &[u8]) -> u64 {
    let digits = request.get(SENDER.len()..).unwrap_or_default().iter();
    digits
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
}

const LENGTH: &[u8] = b"content-length:";

/// The length of the first request, if all of it is there.
fn whole(held: &[u8]) -> Option<usize> {
    let body = held.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let lines = held[..body].split(|byte| *byte == b'\n');
    let length = lines
        .filter(|line| {
            line.len() > LENGTH.len() && line[..LENGTH.len()].eq_ignore_ascii_case(LENGTH)
        })
        .find_map(|line| {
            std::str::from_utf8(&line[LENGTH.len()..])
                .ok()?
                .trim()
                .parse::<usize>()
                .ok()
        });
    let length = body + length.unwrap_or(0);
    (held.len() >= length).then_some(length)
}

fn answer(body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Cards, first and last (nanoseconds since 1970), instances, most of one in a second, sustained.
fn counted(arrivals: &[Arrival], began: SystemTime) -> String {
    let began = began.duration_since(UNIX_EPOCH).unwrap();
    let unix = |of: Option<&Arrival>| (began + of.map_or(Duration::ZERO, |of| of.0)).as_nanos();
    let mut by = BTreeMap::<u64, Vec<Duration>>::new();
    for (time, instance) in arrivals {
        by.entry(*instance).or_default().push(*time);
    }
    let all_send = by.values().filter_map(|times| times.first().copied()).max();
    let one_ends = by.values().filter_map(|times| times.last().copied()).min();
    let times = arrivals.iter().map(|(time, _)| *time);
    let together: Vec<Duration> = times
        .filter(|time| Some(*time) >= all_send && Some(*time) <= one_ends)
        .collect();
    format!(
        "{} {} {} {} {} {}",
        arrivals.len(),
        unix(arrivals.first()),
        unix(arrivals.last()),
        by.len(),
        by.values().map(|times| most(times)).max().unwrap_or(0),
        sustained(&together)
    )
}

/// The most in any second that begins with a contact.
fn most(times: &[Duration]) -> usize {
    let mut end = 0;
    let second = |(begin, time): (usize, &Duration)| {
        while times
            .get(end)
            .is_some_and(|other| *other < *time + Duration::from_secs(1))
        {
            end += 1;
        }
        end - begin
    };
    times
        .iter()
        .enumerate()
        .map(second)
        .max()
        .unwrap_or_default()
}

/// Cards a second once the first second is over. Where a second holds many, whole seconds are
/// counted: what arrives in bursts would else depend on where the last one was cut off.
#[expect(clippy::cast_precision_loss, reason = "some millions of contacts")]
fn sustained(times: &[Duration]) -> f64 {
    let Some(first) = times.first() else {
        return 0.0;
    };
    let begin = *first + Duration::from_secs(1);
    let before = |end: Duration| times.partition_point(|time| *time < end);
    let rest = &times[before(begin)..];
    let [second, .., last] = rest else { return 0.0 };
    let seconds = last.saturating_sub(begin).as_secs();
    let counted = before(begin + Duration::from_secs(seconds)) - before(begin);
    if counted as u64 >= MANY * seconds && seconds > 0 {
        counted as f64 / seconds as f64
    } else {
        (rest.len() - 1) as f64 / last.saturating_sub(*second).as_secs_f64()
    }
}

/// From this many contacts a second on they need not be evenly spaced.
const MANY: u64 = 20;
