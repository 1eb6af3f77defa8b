//! The engine on a clock that is set by hand and jumps over every wait: what is sent at which moment,
//! however many days that takes.

mod checks;
mod instances;
mod restrictions;
mod trouble;

use std::{
    cell::Cell,
    collections::BTreeMap,
    num::NonZeroU64,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use super::*;
use crate::{
    domain::{
        AccountCheck, CheckedRow, Contact, Counts, Halt, IdMessage, Message, Names, Outcome, Phone,
        Recipient, RowCheck, RowRef, Status, Throttle,
    },
    engine::{HoldReason, MaxFailures},
    green_api::{PhoneAs, ServiceClock},
    ledger::{
        Control, Identity, Ledger, LedgerWriter, NewSource, ResendPolicy, Rules, RunCommand,
        SendHistory, Service, ShareLimit, Zones,
    },
    rate_limit::RateLimiter,
    send_policy::{BlockReason, Deadline, Hours, SendPolicy, Verdict as May, Zone},
};

thread_local! {
    /// When the paused clock showed which time of the wall clock.
    static START: Cell<Option<(Instant, Timestamp)>> = const { Cell::new(None) };
    /// By how much the wall clock was set since.
    static SET: Cell<SignedDuration> = const { Cell::new(SignedDuration::ZERO) };
}

fn wall_clock() -> Timestamp {
    let (instant, wall) = START.get().unwrap();
    wall + instant.elapsed() + SET.get()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An instance that takes 20 milliseconds a contact and remembers when it came.
#[derive(Debug, Clone, Default)]
struct Fake {
    sent: Arc<Mutex<Vec<(Timestamp, String)>>>,
    checks: Arc<Mutex<Vec<Timestamp>>>,
    /// The numbers that were checked.
    checked: Arc<Mutex<Vec<(Timestamp, Phone)>>>,
    check_takes: Duration,
    /// What is answered about a number, by its last digits; that it has an account, where nothing is said.
    accounts: BTreeMap<u64, AccountCheck>,
    /// Every contact is refused.
    refuses: bool,
    /// What is answered to the request of a number, from 0, that is not accepted.
    answers: BTreeMap<usize, Outcome>,
    /// The state from a moment on; nothing before the first.
    states: BTreeMap<Timestamp, Option<InstanceState>>,
    /// When the restriction ends; nothing if the service does not say.
    suspended_until: Option<Timestamp>,
    /// When that was asked.
    ends_asked: Arc<Mutex<Vec<Timestamp>>>,
}

impl Fake {
    /// `+90s suspended` from the start on; `-` is an answer that cannot be read, `expired` a refusal,
    /// `quota` one of the method alone.
    fn of_states(start: &str, states: &[(u64, &str)]) -> Self {
        let state = |(after, word): &(u64, &str)| {
            let state = (*word != "-").then(|| InstanceState::from_word(word));
            (at(start) + Duration::from_secs(*after), state)
        };
        Self {
            states: states.iter().map(state).collect(),
            ..Self::default()
        }
    }

    fn times(&self) -> Vec<Timestamp> {
        self.sent
            .lock()
            .unwrap()
            .iter()
            .map(|(at, _)| *at)
            .collect()
    }

    fn chats(&self) -> Vec<String> {
        self.sent
            .lock()
            .unwrap()
            .iter()
            .map(|(_, chat)| chat.clone())
            .collect()
    }
}

impl Transport for Fake {
    async fn send_contact(&self, message: &Message, _: PhoneAs) -> Outcome {
        let number = {
            let mut sent = self.sent.lock().unwrap();
            let chat = message.recipient.chat().to_string();
            sent.push((wall_clock(), chat));
            sent.len()
        };
        sleep_until(Instant::now() + Duration::from_millis(20)).await;
        if self.refuses {
            return Outcome::Refused("bad request data".to_owned());
        }
        if let Some(outcome) = self.answers.get(&(number - 1)) {
            return outcome.clone();
        }
        Outcome::Accepted(IdMessage::new(&format!("3EB0{number:08}")).unwrap())
    }

    async fn check_account(&self, phone: Phone) -> AccountCheck {
        self.checked.lock().unwrap().push((wall_clock(), phone));
        sleep_until(Instant::now() + self.check_takes).await;
        let number = phone.as_u64() - 79_001_000_000;
        let known = self.accounts.get(&number).cloned();
        known.unwrap_or(AccountCheck::Exists { lid: None })
    }

    async fn state_instance(&self) -> Result<InstanceState, Outcome> {
        let now = wall_clock();
        self.checks.lock().unwrap().push(now);
        match self.states.range(..=now).next_back() {
            None => Ok(InstanceState::Authorized),
            Some((_, Some(state))) if state.as_word() == "expired" => Err(Outcome::Halted(
                Halt::Expired,
                "instance is expired".to_owned(),
            )),
            Some((_, Some(state))) if state.as_word() == "quota" => Err(Outcome::Halted(
                Halt::QuotaExceeded,
                "quota is used up".to_owned(),
            )),
            Some((_, Some(state))) => Ok(state.clone()),
            Some((_, None)) => Err(Outcome::Uncertain("HTTP 200 without a state".to_owned())),
        }
    }

    async fn suspended_until(&self) -> Result<Option<Timestamp>, Outcome> {
        self.ends_asked.lock().unwrap().push(wall_clock());
        Ok(self.suspended_until)
    }
}

/// A folder with ledgers and one send history.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A ledger of this many rows, each for its own recipient of 79001…, the next row's zone with it.
    fn ledger(&self, name: &str, first: u64, zones: &[&str]) -> Ledger {
        self.shared(name, &["1101"], first, zones)
    }

    /// The same for several instances, equally dealt, each with a send history.
    fn shared(&self, name: &str, instances: &[&str], first: u64, zones: &[&str]) -> Ledger {
        let identity = |instance: &&str| Identity {
            service: Service::Loopback,
            instance: (*instance).to_owned(),
            name: String::new(),
        };
        let identities: Vec<Identity> = instances.iter().map(identity).collect();
        let mut ledger = Ledger::open(self.path(name), &identities).unwrap();
        list(&mut ledger, name, first, zones);
        for (instance, identity) in identities.iter().enumerate() {
            ledger
                .attach_history(
                    instance,
                    SendHistory::open(&self.path("state"), identity, "").unwrap(),
                )
                .unwrap();
        }
        let portion = ShareLimit {
            share: 1,
            most: u64::MAX,
        };
        ledger.assign(&vec![portion; instances.len()]).unwrap();
        ledger
    }
}

fn list(ledger: &mut Ledger, name: &str, first: u64, zones: &[&str]) {
    list_named(ledger, name, &["Анна"], first, zones);
}

/// A row for each zone and each of these contacts.
fn list_named(ledger: &mut Ledger, name: &str, contacts: &[&str], first: u64, zones: &[&str]) {
    let people = (first + 1..).zip(zones.iter().copied());
    list_people(ledger, name, contacts, people);
}

/// A row for each of these contacts to each of these people: the last digits of a number, and a zone.
fn list_people<'a>(
    ledger: &mut Ledger,
    name: &str,
    contacts: &[&str],
    people: impl Iterator<Item = (u64, &'a str)>,
) {
    let mut import = ledger.import().unwrap();
    import
        .add_source(NewSource {
            name,
            own_columns: &[],
            delimiter: None,
            layout: None,
            corrects: false,
        })
        .unwrap();
    let mut row = 0;
    for (number, zone) in people {
        for contact in contacts {
            row += 1;
            let phone = |number: u64| Phone::try_from(number).unwrap();
            let names = Names {
                first: (*contact).into(),
                ..Names::default()
            };
            let message = Message {
                recipient: Recipient::Phone(phone(79_001_000_000 + number)),
                contact: Contact::new(phone(79_001_234_568), names).unwrap(),
            };
            let entry = CheckedRow {
                place: RowRef { source: 0, row },
                finding: RowCheck::Message(message),
                warnings: Vec::new(),
                pair: None,
                own_cells: Vec::new(),
                time_zone: (!zone.is_empty()).then(|| zone.to_owned()),
                origin: None,
            };
            import.add_row(entry).unwrap();
        }
    }
    import.finish(None).unwrap();
}

fn schedule(windows: &[&str], days: &str, zone: &str) -> SendPolicy {
    let zone: Zone = zone.parse().unwrap();
    let windows = windows.iter().map(|text| text.parse().unwrap()).collect();
    let hours = Hours {
        windows,
        days: days.parse().unwrap(),
        ..Hours::always(zone.clone())
    };
    SendPolicy {
        hours,
        ..SendPolicy::always(zone)
    }
}

fn utc() -> Zone {
    "UTC".parse().unwrap()
}

/// A restriction in this state, whose end is not known.
fn restricted(word: &str) -> Restriction {
    Restriction {
        state: InstanceState::from_word(word),
        until: None,
        zone: utc(),
    }
}

fn config(schedule: Option<SendPolicy>) -> InstanceConfig {
    InstanceConfig {
        concurrency: 4,
        retry_for: Duration::from_mins(10),
        uncertain_in_a_row: 5,
        phone_as: PhoneAs::PhoneNumber,
        switch_to_chat_id: true,
        rules: schedule.map(|schedule| {
            Arc::new(Rules {
                schedule,
                in_recipient_zone: false,
            })
        }),
        checks: None,
        waits: true,
        zone: utc(),
        last_sent: None,
        seed: 7,
    }
}

/// A run without a limit.
fn of_run() -> RunConfig {
    RunConfig {
        leases: None,
        limit: None,
        max_failures: MaxFailures::Percent(10),
        control: None,
        clock: ServiceClock::new(wall_clock, || Duration::ZERO),
    }
}

/// What a run did.
struct Ran {
    stop: Option<StopReason>,
    counts: Counts,
    pauses: Vec<HoldReason>,
}

/// Runs a campaign of one instance from a moment of the wall clock on; `besides` goes on beside it.
fn run_beside(
    start: &str,
    (ledger, fake): (Ledger, &Fake),
    (config, rate, of_run): (&InstanceConfig, &str, &RunConfig),
    besides: impl AsyncFnOnce(watch::Sender<u32>),
) -> Ran {
    let pending = ledger.counts().unwrap().of(Status::Pending);
    let instance = || {
        let rate_limiter = RateLimiter::new(rate.parse().unwrap(), Instant::now().into_std());
        ActiveInstance {
            transport: fake.clone(),
            rate_limiter,
            config: config.clone(),
            pending,
        }
    };
    let (mut stopped, ran) = run_instances(start, ledger, (&|| vec![instance()], of_run), besides);
    assert!(stopped.len() < 2, "{stopped:?}");
    Ran {
        stop: stopped.pop().map(|stopped| stopped.stop),
        ..ran
    }
}

/// Runs a campaign with these instances, made when the clock is at its beginning.
fn run_instances(
    start: &str,
    ledger: Ledger,
    (instances, of_run): (&dyn Fn() -> Vec<ActiveInstance<Fake>>, &RunConfig),
    besides: impl AsyncFnOnce(watch::Sender<u32>),
) -> (Vec<Stopped>, Ran) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        START.set(Some((Instant::now(), at(start))));
        let (interrupt, interrupts) = watch::channel(0);
        let writer = LedgerWriter::inline(ledger);
        let mut pauses = Vec::new();
        let mut observe = |_, event: Event<'_>| {
            if let Event::Pausing(pause) = event {
                pauses.push(pause.clone());
            }
        };
        let run = super::run(&writer, instances(), of_run, interrupts, &mut observe);
        let (stopped, ()) = tokio::join!(run, besides(interrupt));
        let counts = writer.close().unwrap().counts().unwrap();
        (
            stopped.unwrap(),
            Ran {
                stop: None,
                counts,
                pauses,
            },
        )
    })
}

fn run(start: &str, campaign: (Ledger, &Fake), config: &InstanceConfig) -> Ran {
    run_beside(
        start,
        campaign,
        (config, "50", &of_run()),
        async |interrupt| drop(interrupt),
    )
}

/// The first and the last contact of each day, and how many they are; times to the second.
fn days(schedule: &SendPolicy, sent: &[Timestamp]) -> Vec<String> {
    let day = |at: &Timestamp| schedule.hours.zone.local(*at).date();
    let second = |at: Timestamp| at.round(jiff::Unit::Second).unwrap();
    sent.chunk_by(|one, other| day(one) == day(other))
        .map(|day| {
            format!(
                "{} to {}: {}",
                second(day[0]),
                second(day[day.len() - 1]),
                day.len()
            )
        })
        .collect()
}

#[test]
fn a_campaign_of_days_sends_exactly_at_its_hours_over_a_weekend_a_cap_and_a_change_of_the_clocks() {
    let desk = Desk::new();
    let mut schedule = schedule(&["10:00-19:00"], "mon-fri", "Europe/Berlin");
    schedule.caps.daily = NonZeroU64::new(100);
    schedule.caps.spacing = Some("2m".parse().unwrap());
    let fake = Fake::default();
    // Thursday evening; on the Sunday after it the clocks are put back.
    let ledger = desk.ledger("list.ledger", 0, &[""; 250]);
    let ran = run(
        "2026-10-22T16:00:00Z",
        (ledger, &fake),
        &config(Some(schedule.clone())),
    );
    assert_eq!((ran.stop, ran.counts.of(Status::Accepted)), (None, 250));
    assert_eq!(
        days(&schedule, &fake.times()),
        [
            "2026-10-22T16:00:00Z to 2026-10-22T16:58:00Z: 30",
            "2026-10-23T08:00:00Z to 2026-10-23T11:18:00Z: 100",
            // Ten in the morning is an hour later now.
            "2026-10-26T09:00:00Z to 2026-10-26T12:18:00Z: 100",
            "2026-10-27T09:00:00Z to 2026-10-27T09:38:00Z: 20",
        ]
    );
    let whys: Vec<BlockReason> = ran.pauses.iter().map(why).collect();
    assert_eq!(
        whys,
        [
            BlockReason::Window,
            BlockReason::DailyCap(100),
            BlockReason::DailyCap(100)
        ]
    );
    let checks = fake.checks.lock().unwrap().len();
    assert!(
        checks < 900,
        "{checks}: an instance that sends nothing is not asked every minute"
    );
}

fn why(pause: &HoldReason) -> BlockReason {
    match pause {
        HoldReason::Rules(May::NotBefore(_, why), _) => *why,
        HoldReason::Rules(..) | HoldReason::State(_) | HoldReason::Asked => panic!("{pause:?}"),
    }
}

#[test]
fn a_cap_holds_across_campaigns_and_runs_of_one_instance() {
    let desk = Desk::new();
    let mut schedule = schedule(&[], "mon-sun", "UTC");
    schedule.caps.daily = NonZeroU64::new(5);
    let mut stay = config(Some(schedule));
    stay.waits = false;
    let fake = Fake::default();
    for (start, name, rows, accepted) in [
        ("2026-11-24T10:00:00Z", "a.ledger", 3, 3),
        ("2026-11-24T11:00:00Z", "b.ledger", 9, 2),
        ("2026-11-24T23:59:59Z", "b.ledger", 9, 2),
        ("2026-11-25T00:00:00Z", "b.ledger", 9, 7),
        ("2026-11-25T00:00:00Z", "a.ledger", 4, 3),
    ] {
        let first = if name == "a.ledger" { 0 } else { 100 };
        let ran = run(
            start,
            (desk.ledger(name, first, &vec![""; rows]), &fake),
            &stay,
        );
        assert_eq!(ran.counts.of(Status::Accepted), accepted, "{start} {name}");
        let stopped = matches!(
            ran.stop,
            Some(StopReason::Rules(
                May::NotBefore(_, BlockReason::DailyCap(5)),
                _
            ))
        );
        assert_eq!(stopped, accepted < rows as u64, "{:?}", ran.stop);
    }
}

#[test]
fn new_recipients_wait_for_tomorrow_while_known_ones_go() {
    let desk = Desk::new();
    let mut schedule = schedule(&[], "mon-sun", "UTC");
    let fake = Fake::default();
    let known = run(
        "2026-11-20T10:00:00Z",
        (desk.ledger("a.ledger", 0, &[""; 4]), &fake),
        &config(None),
    );
    assert_eq!(known.counts.of(Status::Accepted), 4);
    schedule.caps.warm_up = Some("2x9".parse().unwrap());
    // The last two of these had a contact of the first campaign.
    let mut rows = desk.ledger("b.ledger", 2, &[""; 2]);
    rows.attach_history(0, SendHistory::in_memory().unwrap())
        .unwrap();
    drop(rows);
    let fake = Fake::default();
    let start = "2026-11-24T10:00:00Z";
    let mut ledger = desk.ledger("c.ledger", 1, &[""; 8]);
    ledger
        .suppress_already_sent(ResendPolicy {
            since: None,
            resend_changed: false,
            not_again: None,
        })
        .unwrap();
    let ran = run(start, (ledger, &fake), &config(Some(schedule.clone())));
    assert_eq!((ran.stop, ran.counts.of(Status::Accepted)), (None, 8));
    assert_eq!(
        days(&schedule, &fake.times())
            .iter()
            .map(|day| day.split(": ").last().unwrap())
            .collect::<Vec<_>>(),
        ["5", "2", "1"],
        "three are known and two are new on the first day"
    );
    assert_eq!(why(&ran.pauses[0]), BlockReason::WarmUp { cap: 2, day: 5 });
}

#[test]
fn a_row_goes_by_the_clocks_of_the_zone_that_it_names() {
    let desk = Desk::new();
    let schedule = schedule(&["10:00-11:00"], "mon-sun", "Europe/Moscow");
    let fake = Fake::default();
    let ledger = desk.ledger(
        "list.ledger",
        0,
        &["Калининград", "Самара", "", "МСК-1", "МСК+1"],
    );
    let ran = run(
        "2026-11-24T05:30:00Z",
        (ledger, &fake),
        &config(Some(schedule)),
    );
    assert_eq!(ran.stop, None);
    let sent: Vec<String> = fake
        .sent
        .lock()
        .unwrap()
        .iter()
        .map(|(at, chat)| format!("{} {}", &chat[9..11], at.strftime("%H:%M:%S")))
        .collect();
    assert_eq!(
        sent,
        [
            "02 06:00:00",
            "05 06:00:00",
            "03 07:00:00",
            "01 08:00:00",
            "04 08:00:00"
        ]
    );
}

#[test]
fn an_end_leaves_the_rest_pending_and_a_row_without_an_hour_keeps_no_other() {
    let desk = Desk::new();
    let mut until = schedule(&[], "mon-sun", "UTC");
    until.caps.spacing = Some("10s".parse().unwrap());
    until.deadline = Deadline::of(
        Some(at("2026-11-24T10:01:00Z")),
        None,
        at("2026-11-24T10:00:00Z"),
    );
    let fake = Fake::default();
    let ledger = desk.ledger("a.ledger", 0, &[""; 20]);
    let ran = run(
        "2026-11-24T10:00:00Z",
        (ledger, &fake),
        &config(Some(until)),
    );
    assert!(
        matches!(
            ran.stop,
            Some(StopReason::Rules(May::Over(BlockReason::Until), _))
        ),
        "{:?}",
        ran.stop
    );
    assert_eq!(
        (
            ran.counts.of(Status::Accepted),
            ran.counts.of(Status::Pending)
        ),
        (6, 14)
    );

    let never = schedule(&["10:00-12:00"], "mon-sun", "UTC");
    let theirs = Rules {
        schedule: never,
        in_recipient_zone: true,
    };
    let mut by_number = config(None);
    by_number.rules = Some(Arc::new(theirs.clone()));
    let fake = Fake::default();
    // Numbers of Russia, where it is never between ten and twelve everywhere, but for the row that says where.
    let ledger = desk.ledger("b.ledger", 100, &["", "UTC+1", ""]);
    let groups = ledger.pending_groups(0, &theirs).unwrap();
    let groups: Vec<_> = groups
        .iter()
        .map(|group| (&group.zones, group.rows))
        .collect();
    assert!(
        matches!(
            groups.as_slice(),
            [(Zones::Country(_), 2), (Zones::Named(_), 1)]
        ),
        "{groups:?}"
    );
    let ran = run("2026-11-24T05:30:00Z", (ledger, &fake), &by_number);
    assert!(
        matches!(
            ran.stop,
            Some(StopReason::Rules(May::Over(BlockReason::Never(_)), _))
        ),
        "{:?}",
        ran.stop
    );
    assert_eq!(
        days(&theirs.schedule, &fake.times()),
        ["2026-11-24T09:00:00Z to 2026-11-24T09:00:00Z: 1"]
    );
}

#[test]
fn a_start_is_waited_for_and_without_waiting_nothing_begins() {
    let desk = Desk::new();
    let mut later = schedule(&[], "mon-sun", "UTC");
    later.start = Some(at("2026-11-25T08:00:00Z"));
    let mut config = config(Some(later.clone()));
    config.waits = false;
    let fake = Fake::default();
    let ran = run(
        "2026-11-24T10:00:00Z",
        (desk.ledger("a.ledger", 0, &[""]), &fake),
        &config,
    );
    assert!(
        matches!(
            ran.stop,
            Some(StopReason::Rules(May::NotBefore(_, BlockReason::Start), _))
        ),
        "{:?}",
        ran.stop
    );
    assert_eq!(fake.times(), []);
    config.waits = true;
    let ran = run(
        "2026-11-24T10:00:00Z",
        (desk.ledger("a.ledger", 0, &[""]), &fake),
        &config,
    );
    assert_eq!(ran.stop, None);
    assert_eq!(
        days(&later, &fake.times()),
        ["2026-11-25T08:00:00Z to 2026-11-25T08:00:00Z: 1"]
    );
}

#[test]
fn contacts_keep_a_random_spacing_also_from_the_run_before() {
    let desk = Desk::new();
    let mut spaced = schedule(&[], "mon-sun", "UTC");
    spaced.caps.spacing = Some("8s..20s".parse().unwrap());
    let mut config = config(Some(spaced));
    let start = "2026-11-24T10:00:00Z";
    config.last_sent = Some(at(start) - SignedDuration::from_secs(1));
    let fake = Fake::default();
    let ran = run(
        start,
        (desk.ledger("a.ledger", 0, &[""; 40]), &fake),
        &config,
    );
    assert_eq!(ran.stop, None);
    let mut times = fake.times();
    times.insert(0, at(start) - Duration::from_secs(1));
    let gaps: Vec<i128> = times
        .windows(2)
        .map(|pair| pair[0].duration_until(pair[1]).as_millis())
        .collect();
    assert!(
        gaps.iter().all(|gap| (8_000..=20_050).contains(gap)),
        "{gaps:?}"
    );
    let mut different = gaps.clone();
    different.sort_unstable();
    different.dedup();
    assert!(different.len() > 30, "{gaps:?}");
}

#[test]
fn a_yellow_card_pauses_a_run_within_one_check_until_it_is_over() {
    for word in ["yellowCard", "suspended"] {
        let start = "2026-11-24T10:00:00Z";
        let desk = Desk::new();
        let fake = Fake::of_states(start, &[(90, word), (250, "authorized")]);
        let ledger = desk.ledger("list.ledger", 0, &[""; 300]);
        let ran = run_beside(
            start,
            (ledger, &fake),
            (&config(None), "1", &of_run()),
            async |interrupt| {
                drop(interrupt);
            },
        );
        assert_eq!(
            (ran.stop, ran.counts.of(Status::Accepted)),
            (None, 300),
            "{word}"
        );
        assert_eq!(ran.pauses, [HoldReason::State(restricted(word))]);
        let seconds: Vec<i64> = fake
            .times()
            .iter()
            .map(|sent| at(start).duration_until(*sent).as_secs())
            .collect();
        let last = seconds.iter().rposition(|second| *second <= 121).unwrap();
        assert!(
            seconds[last] >= 118,
            "it sends until the check: {seconds:?}"
        );
        assert!(
            (300..=302).contains(&seconds[last + 1]),
            "it goes on at the check after: {seconds:?}"
        );
        let checks = fake.checks.lock().unwrap().clone();
        let apart = checks
            .windows(2)
            .all(|pair| pair[0].duration_until(pair[1]).as_secs() >= 59);
        assert!(apart, "a check a minute: {checks:?}");
    }
}

#[test]
fn an_instance_that_stays_restricted_stops_at_the_retry_limit() {
    let start = "2026-11-24T10:00:00Z";
    let desk = Desk::new();
    let fake = Fake::of_states(start, &[(0, "yellowCard")]);
    let ran = run(
        start,
        (desk.ledger("list.ledger", 0, &[""; 3]), &fake),
        &config(None),
    );
    assert_eq!(ran.stop, Some(StopReason::State(InstanceState::YellowCard)));
    assert_eq!((fake.times(), ran.counts.of(Status::Pending)), (vec![], 3));
    assert_eq!(
        at(start)
            .duration_until(*fake.checks.lock().unwrap().last().unwrap())
            .as_mins(),
        10
    );
}

#[test]
fn a_state_that_is_not_reported_any_more_prolongs_no_wait() {
    let start = "2026-11-24T10:00:00Z";
    let desk = Desk::new();
    let silent = Fake::of_states(start, &[(0, "yellowCard"), (90, "-")]);
    let ran = run(
        start,
        (desk.ledger("a.ledger", 0, &[""; 3]), &silent),
        &config(None),
    );
    assert_eq!(ran.stop, Some(StopReason::State(InstanceState::YellowCard)));
    let checks = silent.checks.lock().unwrap().clone();
    assert_eq!(
        at(start).duration_until(*checks.last().unwrap()).as_mins(),
        10
    );

    let expired = Fake::of_states(start, &[(0, "suspended"), (90, "expired")]);
    let ran = run(
        start,
        (desk.ledger("b.ledger", 0, &[""; 3]), &expired),
        &config(None),
    );
    assert_eq!(
        ran.stop,
        Some(StopReason::Halted(
            Halt::Expired,
            "instance is expired".to_owned()
        ))
    );
    assert_eq!(expired.checks.lock().unwrap().len(), 3);
}

#[test]
fn a_run_that_waits_for_spacing_or_service_ends_when_its_time_is_over() {
    let start = "2026-11-24T10:00:00Z";
    let mut short = schedule(&[], "mon-sun", "UTC");
    short.deadline = Deadline::of(None, Some(Duration::from_secs(5)), at(start));
    let mut spaced = short.clone();
    spaced.caps.spacing = Some("40s..40s".parse().unwrap());
    let later = Outcome::Throttled {
        by: Throttle::TooMany,
        wait: Some(Duration::from_mins(5)),
    };
    let later = Fake {
        answers: (0..9).map(|number| (number, later.clone())).collect(),
        ..Fake::default()
    };
    for (name, schedule, fake) in [
        ("a.ledger", spaced, Fake::default()),
        ("b.ledger", short, later),
    ] {
        let desk = Desk::new();
        let config = config(Some(schedule));
        let ended = Cell::new(0);
        let ledger = desk.ledger(name, 0, &[""; 3]);
        let ran = run_beside(
            start,
            (ledger, &fake),
            (&config, "1", &of_run()),
            async |interrupt| {
                interrupt.closed().await;
                ended.set(at(start).duration_until(wall_clock()).as_secs());
            },
        );
        assert!(
            matches!(
                ran.stop,
                Some(StopReason::Rules(May::Over(BlockReason::MaxDuration(_)), _))
            ),
            "{:?}",
            ran.stop
        );
        assert!(
            (5..=7).contains(&ended.get()),
            "{name}: ended after {} s",
            ended.get()
        );
    }
}

#[test]
fn a_refused_contact_leaves_its_place_under_the_cap_to_another() {
    let desk = Desk::new();
    let mut capped = schedule(&[], "mon-sun", "UTC");
    capped.caps.daily = NonZeroU64::new(3);
    let config = InstanceConfig {
        waits: false,
        ..config(Some(capped))
    };
    let refused = |number| (number, Outcome::Refused("bad request data".to_owned()));
    let fake = Fake {
        answers: [0, 1, 2, 4].map(refused).into(),
        ..Fake::default()
    };
    let ledger = desk.ledger("list.ledger", 0, &[""; 10]);
    let of_run = RunConfig {
        max_failures: MaxFailures::Percent(100),
        ..of_run()
    };
    let start = "2026-11-24T10:00:00Z";
    let ran = run_beside(
        start,
        (ledger, &fake),
        (&config, "50", &of_run),
        async |interrupt| drop(interrupt),
    );
    assert!(
        matches!(ran.stop, Some(StopReason::Rules(May::NotBefore(..), _))),
        "{:?}",
        ran.stop
    );
    let counted =
        [Status::Accepted, Status::Failed, Status::Pending].map(|status| ran.counts.of(status));
    assert_eq!(counted, [3, 4, 3]);
}

#[test]
fn a_clock_that_is_set_back_holds_no_contact_longer_than_its_spacing() {
    let desk = Desk::new();
    let mut spaced = schedule(&[], "mon-sun", "UTC");
    spaced.caps.spacing = Some("10s..10s".parse().unwrap());
    let config = config(Some(spaced));
    for (name, start) in [
        ("a.ledger", "2026-11-27T10:00:00Z"),
        ("b.ledger", "2026-11-24T10:00:00Z"),
    ] {
        let fake = Fake::default();
        let mut ledger = desk.ledger(name, 0, &[""; 3]);
        ledger
            .suppress_already_sent(ResendPolicy {
                since: None,
                resend_changed: false,
                not_again: None,
            })
            .unwrap();
        let ran = run(start, (ledger, &fake), &config);
        assert_eq!((ran.stop, ran.counts.of(Status::Accepted)), (None, 3));
        assert!(
            at(start)
                .duration_until(*fake.times().last().unwrap())
                .as_secs()
                <= 31,
            "{:?}",
            fake.times()
        );
    }
}

#[test]
fn a_run_that_is_held_ends_when_its_time_is_over() {
    let start = "2026-11-24T10:00:00Z";
    let mut until = schedule(&[], "mon-sun", "UTC");
    until.deadline = Deadline::of(None, Some(Duration::from_mins(5)), at(start));
    let desk = Desk::new();
    let yellow = Fake::of_states(start, &[(0, "yellowCard")]);
    let mut patient = config(Some(until.clone()));
    patient.retry_for = Duration::from_hours(9);
    let ended = Cell::new(Timestamp::MIN);
    let ledger = desk.ledger("a.ledger", 0, &[""; 3]);
    let how = (&patient, "50", &of_run());
    let ran = run_beside(start, (ledger, &yellow), how, async |interrupt| {
        interrupt.closed().await;
        ended.set(wall_clock());
    });
    assert!(
        matches!(
            ran.stop,
            Some(StopReason::Rules(May::Over(BlockReason::MaxDuration(_)), _))
        ),
        "{:?}",
        ran.stop
    );
    assert_eq!(ended.get().duration_since(at(start)).as_secs(), 300);

    let ledger = desk.ledger("b.ledger", 10, &[""; 300]);
    let control = Control::of(ledger.path());
    let steered = RunConfig {
        control: Some(control.clone()),
        ..of_run()
    };
    let fake = Fake::default();
    let ran = run_beside(
        start,
        (ledger, &fake),
        (&config(Some(until)), "1", &steered),
        async |interrupt| {
            tokio::time::sleep(Duration::from_secs(10)).await;
            control.give(RunCommand::Pause).unwrap();
            interrupt.closed().await;
        },
    );
    assert!(
        matches!(
            ran.stop,
            Some(StopReason::Rules(May::Over(BlockReason::MaxDuration(_)), _))
        ),
        "{:?}",
        ran.stop
    );
    assert!(
        (9..=12).contains(&fake.times().len()),
        "{}",
        fake.times().len()
    );
}

#[test]
fn the_state_before_the_first_contact_decides_whether_it_is_sent() {
    let start = "2026-11-24T10:00:00Z";
    for (word, halt) in [
        ("notAuthorized", Some(Halt::NotAuthorized)),
        ("blocked", Some(Halt::Blocked)),
    ]
    .into_iter()
    .chain(["starting", "sleepMode", "dancing", "-"].map(|word| (word, None)))
    {
        let desk = Desk::new();
        let fake = Fake::of_states(start, &[(0, word)]);
        let ran = run(
            start,
            (desk.ledger("list.ledger", 0, &[""; 3]), &fake),
            &config(None),
        );
        let sent = if halt.is_some() { 0 } else { 3 };
        assert_eq!(
            (fake.times().len(), ran.counts.of(Status::Accepted)),
            (sent, sent as u64),
            "{word}"
        );
        assert_eq!(
            ran.stop,
            halt.map(|halt| StopReason::Halted(halt, "getStateInstance".to_owned())),
            "{word}"
        );
    }
}

#[test]
fn another_terminal_pauses_resumes_and_ends_a_run() {
    let start = "2026-11-24T10:00:00Z";
    let desk = Desk::new();
    let ledger = desk.ledger("list.ledger", 0, &[""; 100]);
    let control = Control::of(ledger.path());
    let of_run = RunConfig {
        control: Some(control.clone()),
        ..of_run()
    };
    let fake = Fake::default();
    let seconds = |seconds| tokio::time::sleep(Duration::from_secs(seconds));
    let ran = run_beside(
        start,
        (ledger, &fake),
        (&config(None), "1", &of_run),
        async |interrupt| {
            seconds(10).await;
            control.give(RunCommand::Pause).unwrap();
            seconds(3600).await;
            control.clear().unwrap();
            seconds(10).await;
            control.give(RunCommand::Cancel).unwrap();
            drop(interrupt);
        },
    );
    assert_eq!(
        (ran.stop, &ran.pauses[..]),
        (Some(StopReason::Cancelled), &[HoldReason::Asked][..])
    );
    let sent = fake.times();
    let until = |second: i64| {
        sent.iter()
            .filter(|sent| at(start).duration_until(**sent).as_secs() < second)
            .count()
    };
    assert!((9..=12).contains(&until(12)), "{sent:?}");
    assert_eq!(until(3610), until(12), "nothing goes while it is paused");
    assert!((18..=24).contains(&sent.len()), "{sent:?}");
    assert_eq!(
        ran.counts.of(Status::Accepted),
        sent.len() as u64,
        "what was under way is finished"
    );
}

#[test]
fn a_run_that_waits_for_days_ends_at_once_when_it_is_interrupted() {
    let desk = Desk::new();
    let schedule = schedule(&["10:00-19:00"], "mon", "UTC");
    let fake = Fake::default();
    let config = config(Some(schedule));
    // A Tuesday.
    let ledger = desk.ledger("list.ledger", 0, &[""; 3]);
    let ended = Cell::new(Timestamp::MIN);
    let ran = run_beside(
        "2026-11-24T10:00:00Z",
        (ledger, &fake),
        (&config, "50", &of_run()),
        async |interrupt| {
            tokio::time::sleep(Duration::from_hours(30)).await;
            interrupt.send_modify(|times| *times += 1);
            ended.set(wall_clock());
            interrupt.closed().await;
            assert_eq!(wall_clock(), ended.get());
        },
    );
    assert_eq!(
        (ran.stop, fake.times()),
        (Some(StopReason::Interrupted), vec![])
    );
    assert_eq!(
        fake.checks.lock().unwrap().len(),
        1,
        "before the start, and not while it waits"
    );
}

#[test]
fn a_run_that_waits_resumes_when_the_clock_is_set_back_into_its_hours() {
    let desk = Desk::new();
    let fake = Fake::default();
    let ledger = desk.ledger("list.ledger", 0, &[""; 3]);
    // By a clock that is ten hours ahead it waits for the next day.
    let campaign = (ledger, &fake);
    let how = (
        &config(Some(schedule(&["10:00-19:00"], "mon-sun", "UTC"))),
        "50",
        &of_run(),
    );
    let ran = run_beside("2026-11-24T22:00:00Z", campaign, how, async |interrupt| {
        tokio::time::sleep(Duration::from_mins(30)).await;
        SET.set(SignedDuration::from_hours(-10));
        tokio::time::sleep(Duration::from_mins(2)).await;
        drop(interrupt);
    });
    assert_eq!((ran.stop, fake.times().len()), (None, 3));
    let first = fake.times()[0];
    assert!(
        first >= at("2026-11-24T12:30:00Z") && first < at("2026-11-24T12:32:00Z"),
        "{first}"
    );
}

#[test]
fn a_long_list_of_which_few_may_go_is_read_in_pieces_and_every_row_is_sent() {
    let desk = Desk::new();
    let schedule = schedule(&["10:00-12:00"], "mon-sun", "UTC");
    let fake = Fake::default();
    let mut zones = vec!["UTC-5"; 9_000];
    zones[8_999] = "";
    zones[4_500] = "";
    let ledger = desk.ledger("list.ledger", 0, &zones);
    let limited = RunConfig {
        limit: Some(4),
        ..of_run()
    };
    let campaign = (ledger, &fake);
    let how = (&config(Some(schedule)), "50", &limited);
    let ran = run_beside("2026-11-24T10:00:00Z", campaign, how, async |interrupt| {
        drop(interrupt);
    });
    assert_eq!(
        (ran.stop, ran.counts.of(Status::Accepted)),
        (Some(StopReason::Limit), 4)
    );
    let times: Vec<String> = fake
        .times()
        .iter()
        .map(|at| at.strftime("%H:%M").to_string())
        .collect();
    assert_eq!(times, ["10:00", "10:00", "15:00", "15:00"]);
    assert_eq!(fake.chats()[..2], ["79001004501@c.us", "79001009000@c.us"]);
}

/// A client with a bug.
#[derive(Clone)]
struct Panicking;

impl Transport for Panicking {
    async fn send_contact(&self, _: &Message, _: PhoneAs) -> Outcome {
        panic!("a bug")
    }

    async fn check_account(&self, _: Phone) -> AccountCheck {
        unreachable!("nothing is checked")
    }

    async fn state_instance(&self) -> Result<InstanceState, Outcome> {
        Ok(InstanceState::Authorized)
    }

    async fn suspended_until(&self) -> Result<Option<Timestamp>, Outcome> {
        Ok(None)
    }
}

/// Runs a campaign of three rows for this long at most. Returns whether the run ended.
async fn ends_within<W: Transport>(
    time: Duration,
    transport: W,
    writer: &LedgerWriter,
    run: &RunConfig,
) -> bool {
    let active = ActiveInstance {
        transport,
        rate_limiter: RateLimiter::new("50".parse().unwrap(), std::time::Instant::now()),
        config: config(None),
        pending: 3,
    };
    let (_no_interrupts, interrupts) = watch::channel(0);
    let mut no_events = |_: Option<usize>, _: Event<'_>| {};
    let ended = super::run(writer, vec![active], run, interrupts, &mut no_events);
    tokio::time::timeout(time, ended).await.is_ok()
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "a bug")]
async fn a_bug_in_a_request_ends_the_run() {
    START.set(Some((Instant::now(), at("2026-11-24T07:00:00Z"))));
    let desk = Desk::new();
    let writer = LedgerWriter::inline(desk.ledger("a.ledger", 0, &[""; 3]));
    ends_within(Duration::from_mins(10), Panicking, &writer, &of_run()).await;
}

#[tokio::test(start_paused = true)]
async fn an_instance_without_its_lease_begins_nothing() {
    START.set(Some((Instant::now(), at("2026-11-24T07:00:00Z"))));
    let desk = Desk::new();
    let writer = LedgerWriter::inline(desk.ledger("a.ledger", 0, &[""; 3]));
    let run = RunConfig {
        leases: Some(LeaseWatch::lapsed()),
        ..of_run()
    };
    let fake = Fake::default();
    let ended = ends_within(Duration::from_secs(30), fake.clone(), &writer, &run).await;
    assert_eq!((ended, fake.times().len()), (false, 0));
    let ledger = rusqlite::Connection::open(desk.path("a.ledger")).unwrap();
    let begun = ledger.query_row("SELECT count(sent_at) FROM rows", [], |row| row.get(0));
    assert_eq!(begun, Ok(0));
}
