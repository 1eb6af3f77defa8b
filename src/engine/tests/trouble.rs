//! A service that throttles: how long the engine retries, and when the state of the instance counts.

use super::*;

const START: &str = "2026-11-24T10:00:00Z";

/// Contacts that are throttled, by the number of their request; some with a pause in seconds.
fn throttled(by: Throttle, requests: &[(usize, Option<u64>)]) -> BTreeMap<usize, Outcome> {
    let wait = |wait: Option<u64>| wait.map(Duration::from_secs);
    requests
        .iter()
        .map(|(number, asked)| {
            (
                *number,
                Outcome::Throttled {
                    by,
                    wait: wait(*asked),
                },
            )
        })
        .collect()
}

/// Runs this many rows at one a second, with one request at a time.
fn run(fake: &Fake, rows: usize, schedule: Option<SendPolicy>) -> Ran {
    let desk = Desk::new();
    let ledger = desk.ledger("list.ledger", 0, &vec![""; rows]);
    let config = InstanceConfig {
        concurrency: 1,
        ..config(schedule)
    };
    run_beside(
        START,
        (ledger, fake),
        (&config, "1", &of_run()),
        async |interrupt| drop(interrupt),
    )
}

#[test]
fn hours_that_are_waited_for_do_not_count_towards_the_retry_limit() {
    let windows = schedule(&["10:00-10:01", "11:00-12:00"], "mon-sun", "UTC");
    let fake = Fake {
        answers: throttled(Throttle::TooMany, &[(50, Some(25)), (51, None)]),
        ..Fake::default()
    };
    let ran = run(&fake, 60, Some(windows));
    assert_eq!((ran.stop, ran.counts.of(Status::Accepted)), (None, 60));
    assert_eq!(
        fake.times()[51]
            .duration_since(at("2026-11-24T11:00:00Z"))
            .as_secs(),
        0
    );
}

#[test]
fn a_restriction_restarts_the_retry_limit() {
    let states = [(90, "yellowCard"), (650, "authorized")];
    let asked = throttled(Throttle::TooMany, &[(85, Some(30)), (86, None)]);
    let fake = Fake {
        answers: asked,
        ..Fake::of_states(START, &states)
    };
    let ran = run(&fake, 100, None);
    assert_eq!((ran.stop, ran.counts.of(Status::Accepted)), (None, 100));
}

#[test]
fn an_instance_with_nothing_but_trouble_stops_at_the_retry_limit() {
    let always: Vec<(usize, Option<u64>)> = (0..200).map(|number| (number, None)).collect();
    let fake = Fake {
        answers: throttled(Throttle::TooMany, &always),
        ..Fake::default()
    };
    let ran = run(&fake, 3, None);
    assert_eq!(
        (ran.stop, ran.counts.of(Status::Pending)),
        (Some(StopReason::Throttled(Throttle::TooMany)), 3)
    );
    assert_eq!(
        at(START)
            .duration_until(*fake.times().last().unwrap())
            .as_mins(),
        10
    );
}

#[test]
fn a_halt_of_the_state_stops_only_contacts_that_are_throttled_because_of_it() {
    let starting = |number| throttled(Throttle::Starting, &[(number, None)]);
    for (states, number, accepted) in [
        // Contacts were taken since: the state is asked again.
        (&[(0, "expired"), (5, "authorized")][..], 7, 90),
        (&[(0, "expired")], 7, 7),
        // Nothing was taken since.
        (&[(0, "expired"), (5, "authorized")], 0, 0),
        (&[(30, "expired")], 0, 90),
        // The method is used up, and no other.
        (&[(0, "quota")], 0, 90),
        (&[(0, "quota")], 7, 90),
    ] {
        let fake = Fake {
            answers: starting(number),
            ..Fake::of_states(START, states)
        };
        let ran = run(&fake, 90, None);
        let stop = (accepted < 90)
            .then(|| StopReason::Halted(Halt::Expired, "instance is expired".to_owned()));
        assert_eq!(
            (ran.stop, ran.counts.of(Status::Accepted)),
            (stop, accepted),
            "{states:?}, {number}"
        );
    }
}

/// The same for a run that bears no wait of more than a minute; when it ended, in seconds from its start.
fn run_without_waiting(fake: &Fake, rows: usize, schedule: Option<SendPolicy>) -> (Ran, i64) {
    let desk = Desk::new();
    let ledger = desk.ledger("list.ledger", 0, &vec![""; rows]);
    let config = InstanceConfig {
        concurrency: 1,
        waits: false,
        ..config(schedule)
    };
    let ended = Cell::new(0);
    let ran = run_beside(
        START,
        (ledger, fake),
        (&config, "1", &of_run()),
        async |interrupt| {
            interrupt.closed().await;
            ended.set(wall_clock().duration_since(at(START)).as_secs());
        },
    );
    (ran, ended.get())
}

#[test]
fn a_run_that_does_not_wait_ends_when_the_number_is_restricted() {
    for word in ["yellowCard", "suspended"] {
        for (from, accepted) in [(0, 0), (90, 120)] {
            let fake = Fake::of_states(START, &[(from, word), (100_000, "authorized")]);
            let (ran, ended) = run_without_waiting(&fake, 300, None);
            let wait = LongWait::State(restricted(word));
            assert_eq!(
                ran.stop,
                Some(StopReason::NotWaited(wait)),
                "{word} from {from}"
            );
            assert!(
                ran.counts.of(Status::Accepted).abs_diff(accepted) <= 2,
                "{:?}",
                ran.counts
            );
            assert!(
                (ended - i64::try_from(accepted).unwrap()).abs() <= 2,
                "{word} from {from}: {ended}"
            );
            assert_eq!(ran.pauses, []);
        }
    }
}

#[test]
fn without_waiting_a_run_bears_a_minute_of_trouble_and_no_longer_pause() {
    let later = |number, seconds| throttled(Throttle::TooMany, &[(number, Some(seconds))]);
    let always: Vec<(usize, Option<u64>)> = (0..200).map(|number| (number, None)).collect();
    let pause = |seconds| {
        StopReason::NotWaited(LongWait::Pause(
            Throttle::TooMany,
            Duration::from_secs(seconds),
        ))
    };
    for (answers, stop, accepted, until) in [
        (later(3, 60), None, 5, 70),
        (later(3, 61), Some(pause(61)), 3, 5),
        (later(0, 3600), Some(pause(3600)), 0, 1),
        (
            throttled(Throttle::TooMany, &always),
            Some(StopReason::Throttled(Throttle::TooMany)),
            0,
            62,
        ),
        (
            throttled(Throttle::Starting, &always),
            Some(StopReason::Throttled(Throttle::Starting)),
            0,
            62,
        ),
    ] {
        let fake = Fake {
            answers,
            ..Fake::default()
        };
        let (ran, ended) = run_without_waiting(&fake, 5, None);
        assert_eq!(
            (ran.stop, ran.counts.of(Status::Accepted)),
            (stop, accepted)
        );
        assert!(ended <= until, "{ended}");
    }
}

#[test]
fn a_run_that_does_not_wait_ends_at_a_distance_of_more_than_a_minute() {
    for (spacing, accepted) in [("61s..61s", 1), ("60s..60s", 3)] {
        let mut spaced = schedule(&[], "mon-sun", "UTC");
        spaced.caps.spacing = Some(spacing.parse().unwrap());
        let fake = Fake::default();
        let (ran, ended) = run_without_waiting(&fake, 3, Some(spaced));
        assert_eq!(ran.counts.of(Status::Accepted), accepted, "{spacing}");
        let is_far = matches!(ran.stop, Some(StopReason::NotWaited(LongWait::Next(_))));
        assert_eq!(
            (is_far, ended < 60),
            (accepted == 1, accepted == 1),
            "{spacing}: {:?}",
            ran.stop
        );
    }
}
