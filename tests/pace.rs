//! The rate as the service sees it: no sliding second holds more contacts than the limit, whatever the
//! latency, with cold connections, and after the process was stopped.

#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use stand_in::{Desk, Ran, Reply, Service, accepted, authorized, each, refused, signal, table};

/// What happens besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Besides {
    Nothing,
    /// Each connection takes 100 ms to open.
    Cold,
    /// The process is stopped for two seconds.
    Stopped,
}

#[derive(Debug, Clone, Copy)]
struct Case {
    limit: usize,
    latency: u64,
    contacts: usize,
    besides: Besides,
}

const fn case(limit: usize, latency: u64, contacts: usize, besides: Besides) -> Case {
    Case {
        limit,
        latency,
        contacts,
        besides,
    }
}

/// When each contact came to the service.
fn arrivals(case: Case) -> Vec<Instant> {
    let Case {
        limit,
        latency,
        contacts,
        besides,
    } = case;
    let late = Duration::from_millis(latency);
    let answer = move |number, _: &_| match latency {
        0 => accepted(number),
        _ => Reply::Late(late, Box::new(accepted(number))),
    };
    let service = match besides {
        Besides::Cold => Service::cold(Duration::from_millis(100), answer),
        Besides::Nothing | Besides::Stopped => Service::start(answer),
    };
    let desk = Desk::new();
    desk.write("list.csv", table(contacts));
    let rate = limit.to_string();
    let arguments = [
        "send",
        "list.csv",
        "--json",
        "--no-reconcile",
        "--concurrency",
        "128",
        "--rate",
        &rate,
    ];
    let run = desk
        .to(&service, &arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    if besides == Besides::Stopped {
        service.wait_for(contacts / 3);
        signal("-STOP", run.id());
        thread::sleep(Duration::from_secs(2)); // the stop itself
        signal("-CONT", run.id());
    }
    let ran = Ran::of(run.wait_with_output().unwrap());
    ran.adds_up();
    assert_eq!(
        (ran.code, ran.count("accepted")),
        (0, contacts as u64),
        "{ran:?}"
    );
    let arrivals: Vec<Instant> = service.sends().iter().map(|contact| contact.at).collect();
    assert_eq!(arrivals.len(), contacts);
    arrivals
}

/// The most contacts in any second that begins with one.
fn most(arrivals: &[Instant]) -> usize {
    let second = |first: usize| {
        arrivals[first..]
            .iter()
            .take_while(|at| **at < arrivals[first] + Duration::from_secs(1))
            .count()
    };
    (0..arrivals.len()).map(second).max().unwrap_or_default()
}

/// The share of the limit that was used from the first contact to the last.
#[expect(clippy::cast_precision_loss, reason = "a few thousand contacts")]
fn share(case: Case, arrivals: &[Instant]) -> f64 {
    let took = (*arrivals.last().unwrap() - arrivals[0]).as_secs_f64();
    (arrivals.len() - 1) as f64 / took / case.limit as f64
}

/// A machine that is busy with other things holds requests up after they have left; it does not do
/// so three times at the same place, as a fault of the pace would.
fn is_kept(case: Case) {
    let mut seen = Vec::new();
    for _ in 0..3 {
        let arrivals = arrivals(case);
        seen.push(most(&arrivals));
        eprintln!(
            "{case:?}: {} in a second at most, share {:.3}",
            most(&arrivals),
            share(case, &arrivals)
        );
        if most(&arrivals) <= case.limit {
            return;
        }
    }
    panic!("{seen:?} in one second");
}

#[test]
fn no_second_holds_more_than_a_low_limit() {
    use Besides::{Cold, Nothing, Stopped};
    let cases = [
        case(1, 0, 4, Nothing),
        case(1, 50, 4, Nothing),
        case(1, 200, 4, Nothing),
        case(1, 0, 4, Stopped),
        case(5, 0, 15, Nothing),
        case(5, 50, 15, Nothing),
        case(5, 200, 15, Nothing),
        case(5, 50, 15, Cold),
        case(5, 50, 15, Stopped),
    ];
    each(&cases, 5, |case| is_kept(*case));
}

#[test]
fn no_second_holds_more_than_a_high_limit() {
    use Besides::{Cold, Nothing, Stopped};
    let cases = [
        case(50, 0, 100, Nothing),
        case(50, 50, 100, Nothing),
        case(50, 200, 100, Nothing),
        case(50, 50, 100, Cold),
        case(50, 50, 100, Stopped),
        case(500, 0, 600, Nothing),
        case(500, 50, 600, Nothing),
        case(500, 200, 600, Nothing),
        case(500, 50, 600, Cold),
        case(500, 50, 600, Stopped),
    ];
    each(&cases, 1, |case| is_kept(*case));
}

/// When each contact of two campaigns came to the service, which one instance sends at once.
fn arrivals_of_two(rate: &str, contacts: usize) -> Vec<Instant> {
    let (desk, service) = (Desk::new(), Service::accepting());
    let list = table(contacts);
    desk.write("one.csv", &list);
    desk.write("two.csv", list.replace("\n790000", "\n790100"));
    let runs = ["one.csv", "two.csv"].map(|list| {
        let mut command = desk.to(&service, &["send", list, "--json", "--rate", rate]);
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        piped.spawn().unwrap()
    });
    for run in runs {
        let ran = Ran::of(run.wait_with_output().unwrap());
        let accepted = (ran.code, ran.count("accepted"));
        assert_eq!(accepted, (0, contacts as u64), "{ran:?}");
    }
    service.sends().iter().map(|contact| contact.at).collect()
}

#[test]
fn two_runs_of_one_instance_keep_to_its_limit_together() {
    for (rate, limit, contacts) in [("50", 50, 120), ("2", 2, 3)] {
        let mut seen = Vec::new();
        let is_kept = (0..3).any(|_| {
            seen.push(most(&arrivals_of_two(rate, contacts)));
            seen.last() <= Some(&limit)
        });
        assert!(is_kept, "{seen:?} in one second of {limit}");
    }
}

/// Two runs of a campaign, one after the other, whose contacts the service answers like this; its clock is so many
/// seconds ahead.
fn one_after_the_other(answer: fn(usize) -> Reply, ahead: i64) {
    let service = Service::start(move |number, request| {
        if request.is_send() {
            answer(number)
        } else {
            authorized()
        }
    });
    service.set_clock(Some(ahead));
    let desk = Desk::new();
    desk.write("list.csv", table(6));
    for _ in 0..2 {
        let arguments = ["send", "list.csv", "--rate", "3", "--limit", "3"];
        let ran = desk.run_to(&service, &arguments);
        assert!([0, 8].contains(&ran.code), "{ran:?}");
    }
    let arrivals: Vec<Instant> = service.sends().iter().map(|contact| contact.at).collect();
    assert_eq!(arrivals.len(), 6);
    assert!(most(&arrivals) <= 3, "{arrivals:?}");
}

#[test]
fn a_run_that_follows_at_once_leaves_the_second_to_what_was_sent_before() {
    one_after_the_other(accepted, 0);
}

#[test]
fn a_contact_counts_for_the_next_run_even_if_the_service_refused_it() {
    one_after_the_other(|_| refused(400, "bad request data"), 0);
}

#[test]
fn runs_share_the_rate_although_each_learns_the_service_s_time_by_itself() {
    for ahead in [2, 45, -45] {
        one_after_the_other(accepted, ahead);
    }
}

/// `cargo test --release --test pace -- --ignored --nocapture`, on a machine that does nothing else.
#[test]
#[ignore = "measures time, takes two minutes"]
fn the_limit_is_used() {
    for (case, least) in [
        (case(5, 50, 60, Besides::Nothing), 0.93),
        (case(50, 0, 750, Besides::Nothing), 0.95),
        (case(50, 50, 750, Besides::Nothing), 0.95),
        (case(50, 200, 750, Besides::Nothing), 0.94),
        (case(500, 0, 7500, Besides::Nothing), 0.94),
        (case(500, 50, 7500, Besides::Nothing), 0.94),
        (case(500, 200, 7500, Besides::Nothing), 0.9),
    ] {
        let arrivals = arrivals(case);
        let (most, share) = (most(&arrivals), share(case, &arrivals));
        println!("{case:?}: {most} in a second at most, share {share:.3}");
        assert!(
            most <= case.limit && share >= least,
            "{case:?}: {most}, {share:.3}"
        );
    }
}
