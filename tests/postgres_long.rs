//! What takes too long for every day: how fast several machines are together, random lives of a campaign, and kills.
//!
//! `cargo test --release --test postgres_long -- --ignored --nocapture three_workers`
//! `LIVES=200 cargo test --test postgres_long -- --ignored --nocapture random_lives`
//! `KILLS=1000 cargo test --test postgres_long -- --ignored --nocapture kills`

#![cfg(unix)] // Its machines are stopped by signals.
#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    env,
    fmt::Write as _,
    fs,
    process::Child,
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use fastrand::Rng;
use serde_json::{Value, json};
use stand_in::{
    Cluster, Commit, Machine, Proxy, Ran, Received, Reply, Service, Way, accepted, authorized,
    ended, instance_id, signal, table,
};
use wait4::Wait4 as _;

/// A number from the environment.
fn number(name: &str, otherwise: u64) -> u64 {
    let set = env::var(name).ok();
    set.map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
#[ignore = "takes a minute, and a machine that does nothing else"]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
fn three_workers_send_with_ten_instances_at_their_full_rate() {
    let Some(cluster) = Cluster::start_durable() else {
        return;
    };
    let service = Service::accepting();
    let delay = Duration::from_millis(number("DELAY", 0));
    let proxy = Proxy::to(cluster.port());
    proxy.delay(delay);
    let machines = SHARED.map(|instances| Machine::new(&cluster, &service, instances).over(&proxy));
    let rows = usize::try_from(number("ROWS", 20_000)).unwrap();
    machines[0].desk.write("list.csv", table(rows));
    let workers: Vec<_> = machines
        .iter()
        .zip(SHARED)
        .enumerate()
        .map(|(place, (machine, instances))| {
            let campaign: &[&str] = if place == 0 {
                &["send", "list.csv"]
            } else {
                &["send", "--campaign", "list"]
            };
            let named = instances.iter().flat_map(|name| ["--instance", *name]);
            let arguments: Vec<&str> = campaign.iter().copied().chain(named).collect();
            let mut command =
                machine.command(&[&arguments[..], &["--json", "--no-reconcile"]].concat());
            let log = fs::File::create(machine.desk.path("said")).unwrap();
            command.stdout(log.try_clone().unwrap()).stderr(log);
            let child = command.spawn().unwrap();
            if place == 0 {
                service.wait_for(1);
            }
            thread::spawn(move || child.wait4().unwrap())
        })
        .collect();
    for (worker, machine) in workers.into_iter().zip(&machines) {
        let used = worker.join().unwrap();
        println!(
            "worker: exit {:?}, {} MB, {:.1} s of CPU",
            used.status.code(),
            used.rusage.maxrss / 1_048_576,
            (used.rusage.utime + used.rusage.stime).as_secs_f64()
        );
        assert_eq!(used.status.code(), Some(0), "{}", machine.desk.read("said"));
    }
    service.nobody_is_written_to_twice();
    let mut by = BTreeMap::<String, Vec<Instant>>::new();
    for send in service.sends() {
        by.entry(send.instance()).or_default().push(send.at);
    }
    assert_eq!(by.len(), 10);
    let all_began = by.values().map(|times| times[0]).max().unwrap();
    let one_ended = by
        .values()
        .map(|times| *times.last().unwrap())
        .min()
        .unwrap();
    let time = (one_ended - all_began).as_secs_f64();
    let during = |at: &&Instant| **at >= all_began && **at < one_ended;
    let sent: usize = by
        .values()
        .map(|times| times.iter().filter(during).count())
        .sum();
    let most = by
        .values()
        .map(|times| most_in_a_second(times))
        .max()
        .unwrap();
    #[expect(clippy::cast_precision_loss, reason = "it is far smaller")]
    let rate = sent as f64 / time;
    println!(
        "{sent} contacts in {time:.1} s: {rate:.1} a second; at most {most} of an instance in a second"
    );
    assert!(most <= 50, "{most}");
    assert!(rate >= 490.0, "{rate}");
}

fn most_in_a_second(times: &[Instant]) -> usize {
    let mut first = 0;
    let mut most = 0;
    for (last, at) in times.iter().enumerate() {
        while *at - times[first] >= Duration::from_secs(1) {
            first += 1;
        }
        most = most.max(last - first + 1);
    }
    most
}

/// What a service has taken, as its journal shows it, by instance.
type Journal = Arc<Mutex<HashMap<String, Vec<Value>>>>;

fn journal_entry(request: &Received, id: &str) -> Value {
    let body = request.json();
    let (phone, name) = (
        &body["contact"]["phoneContact"],
        &body["contact"]["firstName"],
    );
    let name = name.as_str().unwrap_or_default();
    let vcard = format!(
        "BEGIN:VCARD\nVERSION:3.0\nN:;{name};;;\nFN:{name}\nitem1.TEL;waid={phone}:+{phone}\nEND:VCARD"
    );
    json!({"type": "outgoing", "idMessage": id, "timestamp": jiff::Timestamp::now().as_second(),
        "statusMessage": "sent", "sendByApi": true, "typeMessage": "contactMessage", "chatId": request.chat(),
        "contact": {"displayName": name, "vcard": vcard}})
}

/// A service that loses some of its answers, takes its time over some, and tells what it has taken.
fn forgetful(seed: u64, journal: &Journal) -> Service {
    let random = Mutex::new(Rng::with_seed(seed));
    let journal = Arc::clone(journal);
    Service::start(move |number, request| {
        let asks = |method: &str| request.path.contains(&format!("/{method}/"));
        if request.is_send() {
            let chance = random.lock().unwrap().u32(..100);
            if chance < 2 {
                // It never took it.
                return Reply::Close;
            }
            let id = format!("3EB0{number:016X}");
            let mut journal = journal.lock().unwrap();
            let entries = journal.entry(request.instance()).or_default();
            entries.push(journal_entry(request, &id));
            return match chance {
                2..4 => Reply::Close,
                4..10 => Reply::Late(Duration::from_millis(300), Box::new(accepted(number))),
                _ => accepted(number),
            };
        }
        let whole = |value: Value| Reply::Answer(200, value.to_string());
        match () {
            () if asks("getStateInstance") => authorized(),
            () if asks("getSettings") => {
                whole(json!({"wid": "11001234567@c.us", "delaySendMessagesMilliseconds": 500}))
            }
            () if asks("showMessagesQueue") => whole(json!([])),
            () if asks("getMessagesCount") => whole(json!({"count": 0})),
            () if asks("lastOutgoingMessages") => {
                let journal = journal.lock().unwrap();
                whole(json!(
                    journal
                        .get(&request.instance())
                        .cloned()
                        .unwrap_or_default()
                ))
            }
            () => Reply::Answer(404, "Cannot GET".into()),
        }
    })
}

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// Ten instances, over three machines.
const SHARED: [&[&str]; 3] = [&["a", "b", "c", "d"], &["e", "f", "g"], &["h", "i", "j"]];

/// The rows of a list, by recipient.
type List = Vec<(u64, u64)>;

fn text_of(list: &List) -> String {
    let mut text = "phoneNumber,phoneContact,firstName\n".to_owned();
    for (recipient, contact) in list {
        let phones = (79_000_000_000 + recipient, 79_001_234_000 + contact);
        writeln!(text, "{},{},Гость {contact}", phones.0, phones.1).unwrap();
    }
    text
}

/// A campaign that lives many lives.
struct World {
    random: Rng,
    cluster: Cluster,
    list: List,
    next: u64,
    lives: u64,
}

impl World {
    fn edit(&mut self) {
        for _ in 0..self.random.u64(0..40) {
            let recipient = if self.random.u32(..3) == 0 {
                self.random.u64(..self.next)
            } else {
                self.next
            };
            self.next += 1;
            let place = self.random.usize(..=self.list.len());
            self.list.insert(place, (recipient, self.next % 900));
        }
        for _ in 0..self.random.usize(0..10) {
            if !self.list.is_empty() {
                let place = self.random.usize(..self.list.len());
                self.list.remove(place);
            }
        }
    }

    fn start(&mut self, machine: &Machine<'_>) -> Child {
        let mut arguments = vec!["send"];
        if self.random.u32(..4) == 0 || self.lives == 0 {
            self.edit();
            machine.desk.write("list.csv", text_of(&self.list));
            arguments.push("list.csv");
        } else {
            arguments.extend(["--campaign", "list"]);
        }
        let mut names = NAMES;
        self.random.shuffle(&mut names);
        let most = self.random.usize(1..=3);
        arguments.extend(names[..most].iter().flat_map(|name| ["--instance", *name]));
        arguments.extend([
            "--json",
            "--timeout",
            "1s",
            "--retry-for",
            "6s",
            "--rate",
            "45",
        ]);
        if self.random.bool() {
            arguments.push("--no-reconcile");
        }
        let mut command = machine.command(&arguments);
        let points = [
            "before_commit",
            "between_commits",
            "after_commit",
            "before_request",
            "after_answer",
        ];
        if self.random.u32(..3) == 0 {
            let point = self.random.choice(points).unwrap();
            command.env(
                "SENDCONTACT_CRASH_AT",
                format!("{point}:{}", self.random.u32(1..40)),
            );
        }
        let log = fs::OpenOptions::new();
        let mut log = log;
        let log = log
            .create(true)
            .append(true)
            .open(machine.desk.path("said"))
            .unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log);
        command.spawn().unwrap()
    }

    fn wait(&mut self, most: u64) {
        thread::sleep(Duration::from_millis(self.random.u64(..most)));
    }

    /// Something happens.
    fn happen(&mut self, worker: &mut Child, machine: &Machine<'_>, proxy: &Proxy) {
        self.wait(900);
        match self.random.u32(..11) {
            0 => worker.kill().unwrap(),
            1 => {
                signal("-STOP", worker.id());
                self.wait(9_000);
                signal("-CONT", worker.id());
            }
            2 => {
                let ways: &[Way] = match self.random.u32(..3) {
                    0 => &[Way::ToServer],
                    1 => &[Way::ToWorker],
                    _ => &[Way::ToServer, Way::ToWorker],
                };
                proxy.stop(ways, true);
                self.wait(8_000);
                proxy.stop(ways, false);
            }
            3 => proxy.cut(),
            4 => proxy.next_commit(Commit::Lost),
            5 => proxy.next_commit(Commit::AnswerLost),
            6 => proxy.next_commit(Commit::Late(Duration::from_millis(
                self.random.u64(..3_000),
            ))),
            7 => self.cluster.restart(),
            8 => {
                self.cluster.kill();
                self.wait(4_000);
                self.cluster.restart();
            }
            9 => {
                for command in ["pause", "resume", "pause", "cancel"] {
                    machine.run(&[command, "list"]);
                    self.wait(700);
                }
            }
            _ => {
                let name = self.random.choice(NAMES).unwrap();
                machine.run(&["reconcile", "list", "--instance", name, "--timeout", "1s"]);
            }
        }
    }

    /// A life: one or two workers, and what happens to them.
    fn life(&mut self, machines: &[Machine<'_>], proxies: &[Proxy]) {
        let mut workers = Vec::new();
        for _ in 0..self.random.u32(1..=2) {
            let place = self.random.usize(..machines.len());
            workers.push((place, self.start(&machines[place])));
            self.lives += 1;
            self.wait(500);
        }
        for (place, worker) in &mut workers {
            self.happen(worker, &machines[*place], &proxies[*place]);
        }
        self.wait(2_000);
        for (_, mut worker) in workers {
            if self.random.bool() {
                let _ = worker.kill();
            }
            let until = Instant::now() + Duration::from_secs(20);
            while worker.try_wait().unwrap().is_none() {
                if Instant::now() > until {
                    let _ = worker.kill();
                }
                thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

#[test]
#[ignore = "takes minutes"]
fn random_lives_send_nothing_twice_and_lose_nothing() {
    let mut lived = 0;
    let mut seed = number("SEED", 1);
    let mut unknown = 0;
    let mut rows = 0;
    while lived < number("LIVES", 200) {
        let Some(cluster) = Cluster::start_durable() else {
            return;
        };
        let journal = Journal::default();
        let service = forgetful(seed, &journal);
        let mut world = World {
            random: Rng::with_seed(seed),
            cluster,
            list: (0..150).map(|row| (row, row)).collect(),
            next: 150,
            lives: 0,
        };
        let proxies = [0; 3].map(|_| Proxy::to(world.cluster.port()));
        let machines = [0, 1, 2]
            .map(|place| Machine::new(&world.cluster, &service, &NAMES).over(&proxies[place]));
        for _ in 0..8 {
            world.life(&machines, &proxies);
            service.nobody_is_written_to_twice();
        }
        lived += world.lives;
        let ran = finish(&machines[0], &world);
        ran.adds_up();
        agree(&world.list, &journal, &machines[0], seed);
        unknown += ran.count("unknown");
        rows += ran.count("rows");
        println!(
            "seed {seed}: {lived} lives, {rows} rows, {unknown} unknown, none twice, none lost"
        );
        seed += 1;
    }
}

#[test]
#[ignore = "takes half an hour"]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
fn kills_of_three_workers_and_the_server_send_nothing_twice_and_lose_nothing() {
    let Some(mut cluster) = Cluster::start_durable() else {
        return;
    };
    let seed = number("SEED", 1);
    let mut random = Rng::with_seed(seed);
    let journal = Journal::default();
    let service = forgetful(seed, &journal);
    let machines = SHARED.map(|instances| Machine::new(&cluster, &service, instances));
    let list: List = (0..number("ROWS", 100_000))
        .map(|row| (row, row % 900))
        .collect();
    machines[0].desk.write("list.csv", text_of(&list));
    let start = |place: usize, list: &str| {
        let campaign: &[&str] = if list.is_empty() {
            &["--campaign", "list"]
        } else {
            &[list]
        };
        let options = [
            "--rate",
            "5",
            "--concurrency",
            "5",
            "--timeout",
            "2s",
            "--no-reconcile",
            "--json",
        ];
        let mut arguments = [&["send"], campaign, &options].concat();
        arguments.extend(SHARED[place].iter().flat_map(|name| ["--instance", *name]));
        let mut command = machines[place].command(&arguments);
        let said = fs::File::create(machines[place].desk.path("said")).unwrap();
        command.stdout(said.try_clone().unwrap()).stderr(said);
        command.spawn().unwrap()
    };
    let first = start(0, "list.csv");
    service.wait_for(1);
    let mut workers = [first, start(1, ""), start(2, "")];
    let (kills, mut killed, mut servers) = (number("KILLS", 1_000), 0, 0);
    while killed < kills {
        thread::sleep(Duration::from_millis(random.u64(500..2_500)));
        for (place, worker) in workers.iter_mut().enumerate() {
            if let Some(status) = worker.try_wait().unwrap() {
                // A server that was away for too long, or a lease that was lost.
                assert!(
                    matches!(status.code(), Some(5 | 11)),
                    "{status}: {}",
                    machines[place].desk.read("said")
                );
                *worker = start(place, "");
            }
        }
        if random.u32(..10) == 0 {
            cluster.kill();
            thread::sleep(Duration::from_millis(random.u64(..2_000)));
            cluster.restart();
            servers += 1;
        } else {
            let place = random.usize(..workers.len());
            workers[place].kill().unwrap();
            workers[place].wait().unwrap();
            workers[place] = start(place, "");
        }
        killed += 1;
        if killed % 50 == 0 {
            service.nobody_is_written_to_twice();
            println!(
                "{killed} kills, {servers} of the server, {} contacts",
                service.sends().len()
            );
        }
    }
    for (mut worker, machine) in workers.into_iter().zip(&machines) {
        signal("-INT", worker.id());
        let status = worker.wait().unwrap();
        assert!(status.code().is_some(), "{}", machine.desk.read("said"));
    }
    service.nobody_is_written_to_twice();
    let unknown = |machine: &Machine<'_>| {
        let status = machine.run(&["status", "list", "--json"]);
        status.adds_up();
        status.count("unknown")
    };
    let before = unknown(&machines[0]);
    // Of each kill what was under way: five of each instance at most, and what the service lost.
    assert!(before <= kills * 50, "{before}");
    agree(&list, &journal, &machines[0], seed);
    for (machine, instances) in machines.iter().zip(SHARED) {
        for name in instances {
            let ran = machine.run(&["reconcile", "list", "--instance", name]);
            // What the service never took is not in its journal.
            assert!(matches!(ran.code, 0 | 4 | 6), "{ran:?}");
        }
    }
    agree(&list, &journal, &machines[0], seed);
    println!(
        "{kills} kills, {servers} of them of the server: {} contacts, {before} unknown, {} of them after reconcile",
        service.sends().len(),
        unknown(&machines[0])
    );
}

/// Sends what is left, until nothing is.
fn finish(machine: &Machine<'_>, world: &World) -> Ran {
    machine.desk.write("list.csv", text_of(&world.list));
    let mut arguments = vec!["send", "list.csv", "--json", "--timeout", "2s"];
    arguments.extend(NAMES.iter().flat_map(|name| ["--instance", *name]));
    let mut last = None;
    for _ in 0..20 {
        let ran = ended(machine.start(&arguments));
        if ran.stdout.contains('{') && ran.json()["pending"] == 0 {
            return ran;
        }
        last = Some(ran);
        thread::sleep(Duration::from_secs(1));
    }
    panic!("rows stay pending: {last:?}");
}

/// What the ledger says is what the service knows.
fn agree(list: &List, journal: &Journal, machine: &Machine<'_>, seed: u64) {
    assert_eq!(machine.run(&["report", "list"]).code, 0);
    let results = machine.desk.results("list-results.csv", b',');
    let column = |name: &str| results[0].iter().position(|cell| cell == name).unwrap();
    let [status, phone, contact] = ["status", "recipient", "phoneContact"].map(column);
    let mut taken = HashMap::new();
    for entry in journal.lock().unwrap().values().flatten() {
        let vcard = entry["contact"]["vcard"].as_str().unwrap();
        let waid = vcard
            .split("waid=")
            .nth(1)
            .unwrap()
            .split(':')
            .next()
            .unwrap();
        let chat = entry["chatId"].as_str().unwrap().replace("@c.us", "");
        *taken.entry((chat, waid.to_owned())).or_insert(0) += 1;
    }
    assert!(
        taken.values().all(|times| *times == 1),
        "seed {seed}: {taken:?}"
    );
    let mut known = HashSet::new();
    for row in &results[1..] {
        let key = (row[phone].clone(), row[contact].clone());
        let times = taken.get(&key).copied().unwrap_or(0);
        match &*row[status] {
            "accepted" => assert_eq!(times, 1, "seed {seed}: accepted and not taken: {row:?}"),
            "pending" => assert_eq!(times, 0, "seed {seed}: taken and pending: {row:?}"),
            "unknown" | "duplicate" => {}
            other => panic!("seed {seed}: {other}: {row:?}"),
        }
        known.insert(key);
    }
    for (recipient, contact) in list {
        let key = (79_000_000_000 + recipient, 79_001_234_000 + contact);
        let key = (key.0.to_string(), key.1.to_string());
        assert!(known.contains(&key), "seed {seed}: lost: {key:?}");
    }
    for key in taken.keys() {
        assert!(
            known.contains(key),
            "seed {seed}: taken and not in the ledger: {key:?}"
        );
    }
    assert!(instance_id("a") != instance_id("b"));
}
