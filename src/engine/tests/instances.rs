//! Several instances in one run: each with its own rate, rules and health.

use super::*;

const START: &str = "2026-11-24T10:00:00Z";
const NAMES: [&str; 10] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];

/// Runs a campaign of these instances, all at one rate, each by its rules; gives what stopped them, and
/// how many contacts each has sent.
fn run(
    ledger: Ledger,
    fakes: &[Fake],
    (rate, rules): (&str, &[Option<SendPolicy>]),
    of_run: &RunConfig,
) -> (Vec<Stopped>, Ran, Vec<usize>) {
    let parties = ledger.instance_summaries().unwrap();
    let instance = |instance: usize| ActiveInstance {
        transport: fakes[instance].clone(),
        rate_limiter: RateLimiter::new(rate.parse().unwrap(), Instant::now().into_std()),
        config: InstanceConfig {
            concurrency: 16,
            waits: rules.get(instance).is_none(),
            ..config(rules.get(instance).cloned().flatten())
        },
        pending: parties[instance].counts.of(Status::Pending),
    };
    let instances = || (0..fakes.len()).map(instance).collect();
    let (stopped, ran) = run_instances(START, ledger, (&instances, of_run), async |interrupt| {
        drop(interrupt);
    });
    (
        stopped,
        ran,
        fakes.iter().map(|fake| fake.times().len()).collect(),
    )
}

fn capped(daily: u64) -> SendPolicy {
    let mut schedule = schedule(&[], "mon-sun", "UTC");
    schedule.caps.daily = NonZeroU64::new(daily);
    schedule
}

#[test]
fn ten_instances_at_fifty_a_second_reach_four_hundred_and_ninety_together_and_none_is_above_fifty()
{
    let desk = Desk::new();
    let fakes = vec![(); 10]
        .into_iter()
        .map(|()| Fake::default())
        .collect::<Vec<_>>();
    let ledger = desk.shared("list.ledger", &NAMES, 0, &vec![""; 5_000]);
    let (stopped, ran, sent) = run(ledger, &fakes, ("50", &[]), &of_run());
    assert_eq!(
        (&stopped[..], ran.counts.of(Status::Accepted)),
        (&[][..], 5_000)
    );
    assert_eq!(sent, [500; 10]);
    let mut all: Vec<Timestamp> = fakes.iter().flat_map(Fake::times).collect();
    all.sort_unstable();
    let seconds = all[0].duration_until(all[4_999]).as_secs_f64();
    assert!(
        5_000.0 / seconds >= 490.0,
        "{} contacts a second",
        5_000.0 / seconds
    );
    for fake in &fakes {
        let times = fake.times();
        let close = times
            .windows(51)
            .find(|times| times[0].duration_until(times[50]).as_millis() < 1_000);
        assert_eq!(close, None, "more than fifty within a second");
    }
}

#[test]
fn an_instance_that_refuses_leaves_its_rows_pending_and_the_others_go_on() {
    let desk = Desk::new();
    let ledger = desk.shared("list.ledger", &["1", "2", "3"], 0, &[""; 300]);
    let path = ledger.path().to_owned();
    let fakes = [
        Fake::default(),
        Fake::of_states(START, &[(60, "notAuthorized")]),
        Fake::of_states(START, &[(0, "blocked")]),
    ];
    let (stopped, ran, sent) = run(ledger, &fakes, ("1", &[]), &of_run());
    let halted = |instance, halt| Stopped {
        instance: Some(instance),
        stop: StopReason::Halted(halt, "getStateInstance".into()),
    };
    assert_eq!(
        stopped,
        [halted(1, Halt::NotAuthorized), halted(2, Halt::Blocked)]
    );
    assert_eq!((sent[0], sent[2]), (100, 0));
    assert!((59..=62).contains(&sent[1]), "{sent:?}");
    assert_eq!(
        ran.counts.of(Status::Accepted),
        sent.iter().sum::<usize>() as u64
    );
    let pending = |ledger: &Ledger| -> Vec<u64> {
        let parties = ledger.instance_summaries().unwrap();
        parties
            .iter()
            .map(|party| party.counts.of(Status::Pending))
            .collect()
    };
    assert_eq!(
        pending(&Ledger::read(&path).unwrap()),
        [0, 100 - sent[1] as u64, 100]
    );

    // The next day both are well again and send what is theirs.
    let again = desk.shared("list.ledger", &["1", "2", "3"], 0, &[""; 300]);
    let well = [Fake::default(), Fake::default(), Fake::default()];
    let (stopped, ran, sent_then) = run(again, &well, ("50", &[]), &of_run());
    assert_eq!((stopped, ran.counts.of(Status::Accepted)), (vec![], 300));
    assert_eq!(sent_then, [0, 100 - sent[1], 100]);
    assert_eq!(
        well[0].checks.lock().unwrap().len(),
        0,
        "an instance without rows is asked nothing"
    );
}

#[test]
fn each_instance_has_its_own_cap_and_window_and_waits_for_nobody() {
    let desk = Desk::new();
    let ledger = desk.shared("list.ledger", &["1", "2", "3"], 0, &[""; 60]);
    let rules = [
        None,
        Some(capped(5)),
        Some(schedule(&["12:00-13:00"], "mon-sun", "UTC")),
    ];
    let fakes = [Fake::default(), Fake::default(), Fake::default()];
    let (stopped, ran, sent) = run(ledger, &fakes, ("50", &rules), &of_run());
    assert_eq!(sent, [20, 5, 0]);
    assert_eq!(
        (
            ran.counts.of(Status::Accepted),
            ran.counts.of(Status::Pending)
        ),
        (25, 35)
    );
    let whys: Vec<(Option<usize>, BlockReason)> = stopped
        .iter()
        .map(|Stopped { instance, stop }| {
            let StopReason::Rules(May::NotBefore(_, why), _) = stop else {
                panic!("{stop:?}")
            };
            (*instance, *why)
        })
        .collect();
    assert_eq!(
        whys,
        [
            (Some(1), BlockReason::DailyCap(5)),
            (Some(2), BlockReason::Window)
        ]
    );
}

#[test]
fn a_yellow_card_of_one_instance_holds_only_its_own_contacts_back() {
    let desk = Desk::new();
    let ledger = desk.shared("list.ledger", &["1", "2"], 0, &[""; 400]);
    let fakes = [
        Fake::of_states(START, &[(60, "yellowCard"), (170, "authorized")]),
        Fake::default(),
    ];
    let (stopped, ran, sent) = run(ledger, &fakes, ("1", &[]), &of_run());
    assert_eq!(
        (stopped, ran.counts.of(Status::Accepted), sent),
        (vec![], 400, vec![200, 200])
    );
    assert_eq!(ran.pauses, [HoldReason::State(restricted("yellowCard"))]);
    let within = |fake: &Fake, from: u64, to: u64| {
        let second = |sent: &Timestamp| at(START).duration_until(*sent).as_secs().cast_unsigned();
        fake.times()
            .iter()
            .filter(|sent| (from..to).contains(&second(sent)))
            .count()
    };
    assert_eq!(within(&fakes[0], 62, 179), 0);
    assert!(within(&fakes[1], 62, 179) > 110);
}

#[test]
fn limit_and_failures_count_for_all_instances_together() {
    let desk = Desk::new();
    let fakes = || [Fake::default(), Fake::default(), Fake::default()];
    let limited = RunConfig {
        limit: Some(7),
        ..of_run()
    };
    let limit = Stopped {
        instance: None,
        stop: StopReason::Limit,
    };
    let ledger = desk.shared("a.ledger", &["1", "2", "3"], 0, &[""; 60]);
    let (stopped, ran, sent) = run(ledger, &fakes(), ("50", &[]), &limited);
    assert_eq!(
        (
            &stopped[..],
            ran.counts.of(Status::Accepted),
            sent.iter().sum::<usize>()
        ),
        (&[limit][..], 7, 7)
    );

    let refuse = fakes().map(|fake| Fake {
        refuses: true,
        ..fake
    });
    let few = RunConfig {
        max_failures: MaxFailures::Rows(6),
        ..of_run()
    };
    let ledger = desk.shared("b.ledger", &["1", "2", "3"], 100, &[""; 60]);
    let (stopped, ran, _) = run(ledger, &refuse, ("5", &[]), &few);
    assert!(
        matches!(
            stopped[..],
            [Stopped {
                instance: None,
                stop: StopReason::Failures(6)
            }]
        ),
        "{stopped:?}"
    );
    assert!(
        (6..=9).contains(&ran.counts.of(Status::Failed)),
        "{:?}",
        ran.counts
    );
}

#[test]
fn a_pause_of_the_run_is_reported_once_and_an_interrupt_ends_every_instance() {
    let desk = Desk::new();
    let ledger = desk.shared("list.ledger", &["1", "2"], 0, &[""; 100]);
    let control = Control::of(ledger.path());
    let steered = RunConfig {
        control: Some(control.clone()),
        ..of_run()
    };
    let fakes = [Fake::default(), Fake::default()];
    let instance = |fake: &Fake| ActiveInstance {
        transport: fake.clone(),
        rate_limiter: RateLimiter::new("1".parse().unwrap(), Instant::now().into_std()),
        config: config(None),
        pending: 50,
    };
    let instances = || fakes.iter().map(instance).collect();
    let seconds = |seconds| tokio::time::sleep(Duration::from_secs(seconds));
    let (stopped, ran) = run_instances(START, ledger, (&instances, &steered), async |interrupt| {
        seconds(10).await;
        control.give(RunCommand::Pause).unwrap();
        seconds(600).await;
        control.clear().unwrap();
        seconds(10).await;
        interrupt.send_modify(|times| *times += 1);
    });
    assert_eq!(
        stopped,
        [Stopped {
            instance: None,
            stop: StopReason::Interrupted
        }]
    );
    assert_eq!(ran.pauses, [HoldReason::Asked]);
    for fake in &fakes {
        assert!(
            (18..=24).contains(&fake.times().len()),
            "{}",
            fake.times().len()
        );
    }
    assert_eq!(ran.counts.of(Status::Unknown), 0);
}
