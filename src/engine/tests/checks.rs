//! Checks of numbers: each once, immediately before its contact, at their own pace.

use super::*;
use crate::send_policy::{CheckPolicy, IfUnknown};

const START: &str = "2026-11-24T10:00:00Z";

const POLICY: CheckPolicy = CheckPolicy {
    if_unknown: IfUnknown::Send,
    budget: None,
    memory: Duration::from_hours(30 * 24),
};

/// A service that takes this long for a check.
fn service(check_takes: u64, accounts: &[(u64, AccountCheck)]) -> Fake {
    Fake {
        check_takes: Duration::from_millis(check_takes),
        accounts: accounts.iter().cloned().collect(),
        ..Fake::default()
    }
}

fn checking(policy: CheckPolicy, schedule: Option<SendPolicy>) -> InstanceConfig {
    let always = SendPolicy::always("UTC".parse().unwrap());
    InstanceConfig {
        concurrency: 16,
        checks: Some(policy),
        ..config(Some(schedule.unwrap_or(always)))
    }
}

fn run(start: &str, campaign: (Ledger, &Fake), config: &InstanceConfig, rate: &str) -> Ran {
    run_beside(
        start,
        campaign,
        (config, rate, &of_run()),
        async |interrupt| drop(interrupt),
    )
}

/// A campaign with another contact for the same people.
fn other(desk: &Desk, name: &str, contact: &str, rows: &[&str]) -> Ledger {
    let mut ledger = desk.ledger(name, 0, &[]);
    list_named(&mut ledger, name, &[contact], 0, rows);
    ledger
}

/// The numbers that were checked, by their last digits, in their order.
fn checked(fake: &Fake) -> Vec<u64> {
    let checked = fake.checked.lock().unwrap();
    let number = |(_, phone): &(Timestamp, Phone)| phone.as_u64() - 79_001_000_000;
    checked.iter().map(number).collect()
}

/// From the first contact to the last, and how many came between.
fn per_second(times: &[Timestamp]) -> f64 {
    let span = times[times.len() - 1].duration_since(times[0]);
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let gaps = (times.len() - 1) as f64;
    gaps / span.as_secs_f64()
}

#[test]
fn each_number_is_checked_once_before_its_contact_and_the_next_campaign_checks_none() {
    let missing: Vec<_> = (1..=200)
        .filter(|number| number % 10 == 0)
        .map(|number| (number, AccountCheck::Missing))
        .collect();
    let (desk, fake) = (Desk::new(), service(80, &missing));
    let rows = vec![""; 200];
    let config = checking(POLICY, None);
    let ran = run(
        START,
        (desk.ledger("a.ledger", 0, &rows), &fake),
        &config,
        "50",
    );
    assert!(ran.stop.is_none(), "{:?}", ran.stop);
    let counts = (Status::Accepted, Status::Failed);
    assert_eq!(
        (ran.counts.of(counts.0), ran.counts.of(counts.1)),
        (180, 20)
    );
    let mut numbers = checked(&fake);
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=200).collect::<Vec<_>>());
    let asked = fake.checked.lock().unwrap().clone();
    for (at, chat) in fake.sent.lock().unwrap().iter() {
        let of_number = |(_, phone): &&(Timestamp, Phone)| *chat == format!("{phone}@c.us");
        let (asked, _) = asked.iter().find(of_number).unwrap();
        let between = at.duration_since(*asked).as_millis();
        assert!((80..300).contains(&between), "{between} ms");
    }
    let times: Vec<Timestamp> = asked.iter().map(|(at, _)| *at).collect();
    let second = SignedDuration::from_secs(1);
    let most = |window: &[Timestamp]| window[10].duration_since(window[0]) >= second;
    assert!(times.windows(11).all(most));
    assert!(per_second(&times) >= 9.7, "{}", per_second(&times));

    let fake = Fake {
        checked: Arc::default(),
        sent: Arc::default(),
        ..fake
    };
    let ran = run(
        "2026-11-25T10:00:00Z",
        (other(&desk, "b.ledger", "Борис", &rows), &fake),
        &config,
        "50",
    );
    assert_eq!(
        (ran.counts.of(counts.0), ran.counts.of(counts.1)),
        (180, 20),
    );
    assert_eq!(checked(&fake), [0; 0]);
    assert!(
        per_second(&fake.times()) >= 48.5,
        "{}",
        per_second(&fake.times())
    );

    // 31 days later nothing fresh is known.
    let ran = run(
        "2026-12-26T10:00:00Z",
        (other(&desk, "c.ledger", "Вера", &[""; 10]), &fake),
        &config,
        "50",
    );
    assert_eq!((ran.counts.of(counts.0), ran.counts.of(counts.1)), (9, 1));
    assert_eq!(checked(&fake).len(), 10);
}

#[test]
fn checks_take_no_time_from_the_rate_where_it_is_lower_than_theirs() {
    for (rate, least) in [("2", 1.94), ("8", 7.76)] {
        let (desk, fake) = (Desk::new(), service(150, &[]));
        let ledger = desk.ledger("a.ledger", 0, &[""; 60]);
        let ran = run(START, (ledger, &fake), &checking(POLICY, None), rate);
        assert_eq!(ran.counts.of(Status::Accepted), 60);
        let rate = per_second(&fake.times());
        assert!(rate >= least, "{rate}");
    }
}

#[test]
fn a_budget_of_forty_is_forty_checks_a_month_and_the_rest_goes_or_is_held() {
    for (if_unknown, accepted) in [(IfUnknown::Send, 100), (IfUnknown::Hold, 40)] {
        let (desk, fake) = (Desk::new(), service(20, &[]));
        let policy = CheckPolicy {
            budget: Some(40),
            if_unknown,
            ..POLICY
        };
        let config = checking(policy, None);
        let ran = run(
            START,
            (desk.ledger("a.ledger", 0, &[""; 100]), &fake),
            &config,
            "50",
        );
        assert_eq!(checked(&fake).len(), 40);
        assert_eq!(ran.counts.of(Status::Accepted), accepted);
        let is_held = matches!(
            ran.stop,
            Some(StopReason::Rules(May::Over(BlockReason::Unchecked), _))
        );
        assert_eq!(is_held, if_unknown == IfUnknown::Hold, "{:?}", ran.stop);
        // Another campaign of the same month makes none; the next month has its own.
        let other = desk.ledger("b.ledger", 500, &[""; 10]);
        run("2026-11-30T23:00:00Z", (other, &fake), &config, "50");
        assert_eq!(checked(&fake).len(), 40);
        let other = desk.ledger("c.ledger", 600, &[""; 10]);
        run("2026-12-01T00:00:00Z", (other, &fake), &config, "50");
        assert_eq!(checked(&fake).len(), 50);
    }
}

#[test]
fn a_quota_that_is_used_up_ends_the_checks_and_is_no_check() {
    let quota = AccountCheck::QuotaUsed("HTTP 466".to_owned());
    let accounts: Vec<_> = (11..=100).map(|number| (number, quota.clone())).collect();
    let (desk, fake) = (Desk::new(), service(20, &accounts));
    let policy = CheckPolicy {
        if_unknown: IfUnknown::Hold,
        ..POLICY
    };
    let ran = run(
        START,
        (desk.ledger("a.ledger", 0, &[""; 30]), &fake),
        &checking(policy, None),
        "50",
    );
    assert_eq!(
        (
            ran.counts.of(Status::Accepted),
            ran.counts.of(Status::Pending)
        ),
        (10, 20)
    );
    assert!(checked(&fake).len() <= 13, "{:?}", checked(&fake));
    // Later the service checks again, those too that it refused to check.
    let fake = service(20, &[]);
    let again = desk.ledger("a.ledger", 0, &[""; 30]);
    let ran = run(
        "2026-11-24T12:00:00Z",
        (again, &fake),
        &checking(policy, None),
        "50",
    );
    assert_eq!(ran.counts.of(Status::Accepted), 30);
    assert_eq!(checked(&fake).len(), 20);
}

#[test]
fn what_the_service_does_not_tell_is_sent_or_held_and_not_asked_again() {
    let unclear = AccountCheck::Unclear("timeout limit exceeded".to_owned());
    for (if_unknown, accepted) in [(IfUnknown::Send, 10), (IfUnknown::Hold, 9)] {
        let (desk, fake) = (Desk::new(), service(20, &[(3, unclear.clone())]));
        let policy = CheckPolicy {
            if_unknown,
            ..POLICY
        };
        for _ in 0..2 {
            let ledger = desk.ledger("a.ledger", 0, &[""; 10]);
            let ran = run(START, (ledger, &fake), &checking(policy, None), "50");
            assert_eq!(ran.counts.of(Status::Accepted), accepted);
        }
        assert_eq!(checked(&fake).len(), 10);
    }
}

#[test]
fn nobody_is_checked_whose_contact_would_not_go_now_and_a_missing_number_costs_no_place() {
    let missing = [(2, AccountCheck::Missing), (3, AccountCheck::Missing)];
    let (desk, fake) = (Desk::new(), service(20, &missing));
    let mut schedule = schedule(&["10:00-10:30"], "mon-sun", "UTC");
    schedule.caps.daily = NonZeroU64::new(4);
    let config = InstanceConfig {
        waits: false,
        ..checking(POLICY, Some(schedule))
    };
    let rows = [""; 20];
    let ran = run(
        "2026-11-24T09:00:00Z",
        (desk.ledger("a.ledger", 0, &rows), &fake),
        &config,
        "50",
    );
    assert_eq!(
        (ran.counts.of(Status::Pending), checked(&fake).len()),
        (20, 0)
    );
    let ran = run(
        START,
        (desk.ledger("a.ledger", 0, &rows), &fake),
        &config,
        "50",
    );
    let of = |ran: &Ran| [Status::Accepted, Status::Failed].map(|status| ran.counts.of(status));
    assert_eq!((of(&ran), checked(&fake)), ([4, 2], vec![1, 2, 3, 4, 5, 6]));
    let ran = run(
        "2026-11-25T10:00:00Z",
        (desk.ledger("a.ledger", 0, &rows), &fake),
        &config,
        "50",
    );
    assert_eq!((of(&ran), checked(&fake).len()), ([8, 2], 10));
}

#[test]
fn a_person_with_several_contacts_is_checked_once() {
    let (desk, fake) = (Desk::new(), service(200, &[(1, AccountCheck::Missing)]));
    let mut ledger = desk.ledger("a.ledger", 0, &[]);
    list_named(&mut ledger, "a", &["Анна", "Борис"], 0, &[""; 2]);
    let ran = run(START, (ledger, &fake), &checking(POLICY, None), "50");
    let of = [Status::Accepted, Status::Failed].map(|status| ran.counts.of(status));
    assert_eq!((of, checked(&fake)), ([2, 2], vec![1, 2]));
}

#[test]
fn a_service_that_throttles_a_check_is_given_time_and_the_number_is_checked_then() {
    let throttled = AccountCheck::NotAsked(Outcome::Throttled {
        by: Throttle::TooMany,
        wait: Some(Duration::from_secs(2)),
    });
    let (desk, fake) = (Desk::new(), service(20, &[(1, throttled)]));
    let accounts = Arc::clone(&fake.checked);
    let ledger = desk.ledger("a.ledger", 0, &[""; 5]);
    let config = InstanceConfig {
        retry_for: Duration::from_secs(30),
        ..checking(POLICY, None)
    };
    let ran = run(START, (ledger, &fake), &config, "50");
    assert!(accounts.lock().unwrap().len() >= 6);
    assert_eq!(ran.counts.of(Status::Accepted), 4, "{:?}", ran.stop);
    assert!(
        matches!(ran.stop, Some(StopReason::Throttled(_))),
        "{:?}",
        ran.stop
    );
}

/// A campaign with a contact to these numbers.
fn campaign(desk: &Desk, name: &str, contact: &str, numbers: impl Iterator<Item = u64>) -> Ledger {
    let mut ledger = desk.ledger(name, 0, &[]);
    let people = numbers.map(|number| (number, ""));
    list_people(&mut ledger, name, &[contact], people);
    ledger
}

#[test]
fn a_list_of_which_few_are_unknown_goes_at_its_full_rate() {
    let desk = Desk::new();
    let mut random = fastrand::Rng::with_seed(3);
    let known: Vec<u64> = (1..=600).filter(|_| random.u32(..10) > 0).collect();
    let config = checking(POLICY, None);
    let first = campaign(&desk, "a.ledger", "Анна", known.iter().copied());
    run(START, (first, &service(20, &[])), &config, "50");
    let fake = service(150, &[]);
    let all = campaign(&desk, "b.ledger", "Борис", 1..=600);
    let ran = run("2026-11-25T10:00:00Z", (all, &fake), &config, "50");
    assert_eq!(ran.counts.of(Status::Accepted), 600);
    assert_eq!(checked(&fake).len(), 600 - known.len());
    let rate = per_second(&fake.times());
    assert!(rate >= 48.5, "{rate}");
}

#[test]
fn checks_that_take_long_keep_nobody_else_from_their_contact() {
    for rate in ["50", "2"] {
        let desk = Desk::new();
        let config = checking(POLICY, None);
        let known = campaign(&desk, "a.ledger", "Анна", 4..=43);
        run(START, (known, &service(20, &[])), &config, "50");
        let fake = service(60_000, &[]);
        let all = campaign(&desk, "b.ledger", "Борис", 1..=43);
        let ran = run("2026-11-25T10:00:00Z", (all, &fake), &config, rate);
        assert_eq!(ran.counts.of(Status::Accepted), 43);
        let times = fake.times();
        let before = |at: &Timestamp| *at < times[0] + SignedDuration::from_secs(25);
        assert!(times.iter().filter(|at| before(at)).count() >= 40, "{rate}");
        assert!(
            times[39].duration_since(times[0]) < SignedDuration::from_secs(22),
            "{rate}"
        );
    }
}

#[test]
fn a_clear_answer_to_a_check_ends_trouble() {
    let throttled = AccountCheck::NotAsked(Outcome::Throttled {
        by: Throttle::TooMany,
        wait: Some(Duration::from_secs(1)),
    });
    let missing = (2..=41).map(|number| (number, AccountCheck::Missing));
    let accounts: Vec<_> = [(1, throttled)].into_iter().chain(missing).collect();
    let (desk, fake) = (Desk::new(), service(20, &accounts));
    let numbers = campaign(&desk, "a.ledger", "Анна", 1..=41);
    let config = InstanceConfig {
        retry_for: Duration::from_secs(3),
        ..checking(POLICY, None)
    };
    let began = at(START);
    let ran = run(START, (numbers, &fake), &config, "50");
    assert!(
        matches!(ran.stop, Some(StopReason::Throttled(_))),
        "{:?}",
        ran.stop
    );
    let last = fake.checked.lock().unwrap().last().unwrap().0;
    // A second of trouble, four of clear answers, and tries within three of new trouble.
    let took = last.duration_since(began).as_millis();
    assert!((7_000..10_000).contains(&took), "{took} ms");
}
