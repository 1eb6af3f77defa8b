//! A restriction whose end the service tells: it is asked for once, waited for, and ends a run that does not wait.

use super::*;

const START: &str = "2026-11-24T10:00:00Z";
const UNTIL: &str = "2026-11-24T13:00:30Z";

/// Restricted from so many seconds after the start on, with an end that is known.
fn fake(from: u64, over: u64) -> Fake {
    Fake {
        suspended_until: Some(at(UNTIL)),
        ..Fake::of_states(START, &[(from, "suspended"), (over, "authorized")])
    }
}

fn until_then() -> Restriction {
    Restriction {
        until: Some(at(UNTIL)),
        ..restricted("suspended")
    }
}

/// Runs this many rows at one a second; the retry limit is ten minutes.
fn run(fake: &Fake, rows: usize, waits: bool) -> Ran {
    let desk = Desk::new();
    let ledger = desk.ledger("list.ledger", 0, &vec![""; rows]);
    let config = InstanceConfig {
        waits,
        ..config(None)
    };
    run_beside(
        START,
        (ledger, fake),
        (&config, "1", &of_run()),
        async |interrupt| drop(interrupt),
    )
}

fn asked(fake: &Fake) -> Vec<i64> {
    let asked = fake.ends_asked.lock().unwrap();
    asked
        .iter()
        .map(|asked| at(START).duration_until(*asked).as_secs())
        .collect()
}

#[test]
fn a_known_end_is_waited_for_beyond_the_retry_limit_and_looked_at_when_it_comes() {
    // Over a second before the end: nobody looks earlier than that.
    let fake = fake(90, 10_829);
    let ran = run(&fake, 300, true);
    assert_eq!((ran.stop, ran.counts.of(Status::Accepted)), (None, 300));
    assert_eq!(ran.pauses, [HoldReason::State(until_then())]);
    assert_eq!(asked(&fake).len(), 1, "{:?}", asked(&fake));
    let times = fake.times();
    let first = times
        .iter()
        .find(|sent| **sent > at(START) + Duration::from_secs(200));
    let late = at(UNTIL).duration_until(*first.unwrap());
    assert!((1..=2).contains(&late.as_secs()), "{late}");
}

#[test]
fn the_retry_limit_begins_with_the_end_that_was_known() {
    let fake = fake(0, 100_000);
    let ran = run(&fake, 3, true);
    assert_eq!(ran.stop, Some(StopReason::State(InstanceState::Suspended)));
    let last = *fake.checks.lock().unwrap().last().unwrap();
    assert_eq!(at(UNTIL).duration_until(last).as_mins(), 10);
    assert_eq!((asked(&fake), fake.times()), (vec![0], vec![]));
}

#[test]
fn a_restriction_that_ends_early_ends_the_wait() {
    let fake = fake(0, 250);
    let ran = run(&fake, 3, true);
    assert_eq!((ran.stop, ran.counts.of(Status::Accepted)), (None, 3));
    let first = at(START).duration_until(fake.times()[0]).as_secs();
    assert!((300..=302).contains(&first), "{first}");
}

#[test]
fn a_run_that_does_not_wait_ends_with_the_moment() {
    for from in [0, 90] {
        let fake = fake(from, 100_000);
        let ran = run(&fake, 300, false);
        let stop = StopReason::NotWaited(LongWait::State(until_then()));
        assert_eq!(stop.resumes_at(at(START)), Some(at(UNTIL)));
        assert_eq!((ran.stop, ran.pauses), (Some(stop), vec![]), "{from}");
        assert_eq!(asked(&fake).len(), 1);
    }
}

#[test]
fn a_second_restriction_has_an_end_of_its_own() {
    let states = [
        (0, "suspended"),
        (100, "authorized"),
        (230, "suspended"),
        (400, "authorized"),
    ];
    let fake = Fake {
        suspended_until: Some(at(UNTIL)),
        ..Fake::of_states(START, &states)
    };
    let ran = run(&fake, 300, true);
    assert_eq!((ran.stop, ran.counts.of(Status::Accepted)), (None, 300));
    assert_eq!(asked(&fake), [0, 240]);
}

#[test]
fn the_end_is_shown_in_the_zone_of_the_instance() {
    let restriction = Restriction {
        zone: "Europe/Moscow".parse().unwrap(),
        ..until_then()
    };
    let shown = HoldReason::State(restriction.clone()).localized(Language::En);
    assert!(
        shown.starts_with("WhatsApp restricts the number until "),
        "{shown}"
    );
    assert!(
        shown.contains("16:01") || shown.contains("16:00"),
        "{shown}"
    );
    let shown = LongWait::State(restriction).localized(Language::Ru);
    assert!(shown.starts_with("WhatsApp ограничил номер до "), "{shown}");
}
