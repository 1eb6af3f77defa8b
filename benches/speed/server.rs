//! A service that only counts: it takes every contact, at once or after a latency, and remembers when
//! each arrived. It runs as a process of its own, so that its CPU is not the client's, and shares no
//! line with the simulator.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{Arc, Mutex},
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
    /// The most in any second that begins with a contact.
    pub most: u64,
    /// Cards a second, the first second left out.
    pub sustained: f64,
}

impl Server {
    pub fn start(way: Way) -> Self {
        let [latency, jitter, cold] =
            [way.latency, way.jitter, way.cold].map(|time| time.to_string());
        let mut command: Command = role(["serve", &latency, &jitter, &cold]);
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
            most: words[3].parse().unwrap(),
            sustained: words[4].parse().unwrap(),
        }
    }
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
pub fn serve(latency: &str, jitter: &str, cold: &str) {
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
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
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

/// When each contact arrived, counted from the begin.
#[derive(Clone)]
struct Seen {
    began: Instant,
    times: Arc<Mutex<Vec<Duration>>>,
}

impl Seen {
    /// Records a contact; gives how many there were.
    fn contact(&self, late: Duration) -> usize {
        let mut times = self.times.lock().unwrap();
        times.push(self.began.elapsed() + late);
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
        held.drain(..length);
        if is_send {
            let late = Duration::from_micros(fastrand::u64(0..=way.jitter * 1000));
            let number = seen.contact(late);
            let wait = late + Duration::from_millis(way.latency);
            if !wait.is_zero() {
                sleep(wait).await;
            }
            stream
                .write_all(&answer(&format!(r#"{{"idMessage":"3EB0{number:016X}"}}"#)))
                .await?;
        } else {
            stream
                .write_all(&answer(r#"{"stateInstance":"authorized"}"#))
                .await?;
        }
    }
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

/// Cards, first and last (nanoseconds since 1970), most in a second, sustained.
fn counted(times: &[Duration], began: SystemTime) -> String {
    let began = began.duration_since(UNIX_EPOCH).unwrap();
    let unix = |time: Option<&Duration>| (began + time.copied().unwrap_or_default()).as_nanos();
    format!(
        "{} {} {} {} {}",
        times.len(),
        unix(times.first()),
        unix(times.last()),
        most(times),
        sustained(times)
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
