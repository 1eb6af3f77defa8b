//! A network between a worker and its database that fails as it is told: it stops passing bytes one way or both, cuts
//! connections, delays, and loses a COMMIT or its answer.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// What happens to the next COMMIT of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// It arrives, and its answer is lost with the connection.
    AnswerLost,
    /// It is lost with the connection.
    Lost,
    /// The worker's connection is cut at once; the COMMIT arrives so much later.
    Late(Duration),
}

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    ToServer,
    ToWorker,
}

/// A network in front of a server.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Whether nothing passes to the server, and to the worker.
    stopped: Mutex<[bool; 2]>,
    goes_on: Condvar,
    /// The connections that are open.
    open: Mutex<Vec<[TcpStream; 2]>>,
    commit: Mutex<Option<Commit>>,
    refuses: AtomicBool,
    /// Milliseconds, each way.
    delay: AtomicU64,
    lost: AtomicU64,
}

impl Proxy {
    /// One in front of a port of this machine.
    #[must_use]
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().port();
        let state = Arc::<State>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for worker in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                thread::spawn(move || state.serve(&worker, port));
            }
        });
        Self { port: own, state }
    }

    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Passes no bytes any more, or again; what was sent meanwhile arrives then. Connections stay open.
    pub fn stop(&self, ways: &[Way], is_stopped: bool) {
        let mut stopped = self.state.stopped.lock().unwrap();
        for way in ways {
            stopped[*way as usize] = is_stopped;
        }
        self.state.goes_on.notify_all();
    }

    /// Cuts all connections.
    pub fn cut(&self) {
        for streams in self.state.open.lock().unwrap().drain(..) {
            close(&streams);
        }
    }

    /// Refuses new connections, or takes them again.
    pub fn refuse(&self, refuses: bool) {
        self.state.refuses.store(refuses, Ordering::Relaxed);
    }

    /// So much later each byte arrives, each way.
    pub fn delay(&self, delay: Duration) {
        let delay = u64::try_from(delay.as_millis()).unwrap();
        self.state.delay.store(delay, Ordering::Relaxed);
    }

    /// What happens to the next COMMIT of a batch.
    pub fn next_commit(&self, commit: Commit) {
        *self.state.commit.lock().unwrap() = Some(commit);
    }

    /// How many COMMITs were lost, or their answers.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.state.lost.load(Ordering::Relaxed)
    }
}

impl State {
    fn serve(self: &Arc<Self>, worker: &TcpStream, port: u16) {
        if self.refuses.load(Ordering::Relaxed) {
            return;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else {
            return;
        };
        worker.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        let streams = || [worker, &server].map(|stream| stream.try_clone().unwrap());
        self.open.lock().unwrap().push(streams());
        let answer = Arc::new(Answer::default());
        let (back, state, told) = (streams(), Arc::clone(self), Arc::clone(&answer));
        thread::spawn(move || {
            state.pass_back(&back, &told);
            close(&back);
        });
        if self.pass_on(&streams(), &answer) {
            close(&streams());
        }
    }

    fn wait(&self, way: Way) {
        let delay = self.delay.load(Ordering::Relaxed);
        if delay > 0 {
            thread::sleep(Duration::from_millis(delay));
        }
        let stopped = self.stopped.lock().unwrap();
        let is_stopped = |stopped: &mut [bool; 2]| stopped[way as usize];
        drop(self.goes_on.wait_while(stopped, is_stopped).unwrap());
    }

    /// From the worker to the server; false where the connection to the server stays open.
    fn pass_on(&self, [worker, server]: &[TcpStream; 2], answer: &Answer) -> bool {
        let (mut worker, mut server) = (worker, server);
        let mut buffer = vec![0; 64 * 1024];
        let mut is_batch = false;
        while let Ok(length @ 1..) = worker.read(&mut buffer) {
            let bytes = &buffer[..length];
            // The COMMIT of a batch is on the connection that notes batches.
            is_batch |= contains(bytes, b"UPDATE leases SET batch");
            let is_commit = is_batch && contains(bytes, b"COMMIT\0");
            let commit = is_commit.then(|| self.commit.lock().unwrap().take());
            match commit.flatten() {
                None => {}
                Some(commit) => {
                    self.lost.fetch_add(1, Ordering::Relaxed);
                    answer.is_lost.store(true, Ordering::Relaxed);
                    match commit {
                        Commit::Lost => return true,
                        Commit::AnswerLost => {}
                        Commit::Late(late) => {
                            let _gone = worker.shutdown(Shutdown::Both);
                            thread::sleep(late);
                            let _gone = server.write_all(bytes);
                            return false;
                        }
                    }
                }
            }
            self.wait(Way::ToServer);
            if server.write_all(bytes).is_err() {
                break;
            }
        }
        true
    }

    fn pass_back(&self, [worker, server]: &[TcpStream; 2], answer: &Answer) {
        let (mut worker, mut server) = (worker, server);
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = server.read(&mut buffer) {
            self.wait(Way::ToWorker);
            if answer.is_lost.load(Ordering::Relaxed) || worker.write_all(&buffer[..length]).is_err()
            {
                break;
            }
        }
    }
}

/// Whether the next answer on a connection is lost.
#[derive(Debug, Default)]
struct Answer {
    is_lost: AtomicBool,
}

fn close(streams: &[TcpStream; 2]) {
    for stream in streams {
        // It may be closed.
        let _gone = stream.shutdown(Shutdown::Both);
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
