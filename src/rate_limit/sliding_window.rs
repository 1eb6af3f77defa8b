//! The guard behind the limiter: counts the requests that the service may see in one sliding second.
//!
//! A request has certainly arrived when its answer comes, so one that starts a second later arrives more than a second
//! after it. Most requests arrive soon after they start, so they need to count only for a second plus the usual jitter.
//! A request that waits for a handshake, or for a suspended process, may arrive at any time until its answer.

use std::{
    collections::{HashSet, VecDeque},
    time::{Duration, Instant},
};

/// The period in which the service counts requests.
const SECOND: Duration = Duration::from_secs(1);

/// The maximum variation of the time from start to arrival (measured).
const JITTER: Duration = Duration::from_millis(20);

/// A connection that was idle for this long may have been closed.
const STALE: Duration = Duration::from_secs(2);

/// How long to wait before the guard is asked again if that depends on late requests, whose answers may come at any
/// time.
const AGAIN: Duration = Duration::from_millis(20);

/// A request between its permit and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Permit(u64);

/// A request that arrives soon after its start.
#[derive(Debug, Clone, Copy)]
struct Started {
    permit: Permit,
    counts_until: Instant,
}

#[derive(Debug)]
pub(super) struct SlidingWindow {
    limit: usize,
    next: u64,
    in_progress: HashSet<Permit>,
    /// Requests that may arrive late and have no answer yet.
    late: HashSet<Permit>,
    /// Requests that arrive soon after their start, in the order of their permits.
    started: VecDeque<Started>,
    /// The times until which late requests count that were answered or given up.
    late_ended: VecDeque<Instant>,
    connections: Connections,
}

impl SlidingWindow {
    pub(super) fn new(limit: usize, now: Instant) -> Self {
        Self {
            limit,
            next: 0,
            in_progress: HashSet::new(),
            late: HashSet::new(),
            started: VecDeque::new(),
            late_ended: VecDeque::new(),
            connections: Connections {
                since: now,
                peak: 0,
                peak_before: 0,
            },
        }
    }

    /// Drops the requests that no longer count, and checks whether another one fits into the window; the error is the
    /// time to ask again.
    pub(super) fn check_room(&mut self, now: Instant) -> Result<(), Instant> {
        while self.first_started().is_some_and(|until| until <= now) {
            self.started.pop_front();
        }
        while self.late_ended.front().is_some_and(|until| *until <= now) {
            self.late_ended.pop_front();
        }
        if self.started.len() + self.late_ended.len() + self.late.len() < self.limit {
            return Ok(());
        }
        let first_late = self.late_ended.front().copied();
        let first = self.first_started().into_iter().chain(first_late).min();
        Err(first.unwrap_or(now + AGAIN))
    }

    fn first_started(&self) -> Option<Instant> {
        self.started.front().map(|started| started.counts_until)
    }

    pub(super) fn start(&mut self, now: Instant) -> Permit {
        let permit = Permit(self.next);
        self.next += 1;
        self.in_progress.insert(permit);
        if self.connections.note_request(self.in_progress.len(), now) {
            self.late.insert(permit);
        } else {
            let counts_until = now + SECOND + JITTER;
            self.started.push_back(Started {
                permit,
                counts_until,
            });
        }
        permit
    }

    pub(super) fn answered(&mut self, permit: Permit, now: Instant) {
        self.ended(permit, now + SECOND);
    }

    /// Records that no answer will come. The request may still be on its way.
    pub(super) fn given_up(&mut self, permit: Permit, now: Instant) {
        self.ended(permit, now + SECOND + JITTER);
    }

    fn ended(&mut self, permit: Permit, counts_until: Instant) {
        self.in_progress.remove(&permit);
        if self.late.remove(&permit) {
            self.late_ended.push_back(counts_until);
        } else if let Ok(place) = self.started.binary_search_by_key(&permit, |one| one.permit) {
            let started = &mut self.started[place];
            started.counts_until = started.counts_until.min(counts_until);
        }
    }

    /// Records that the process was held up: every request in progress may arrive late.
    pub(super) fn stalled(&mut self) {
        let in_progress = &self.in_progress;
        self.started
            .retain(|started| !in_progress.contains(&started.permit));
        self.late.extend(in_progress);
    }
}

/// Estimates how many connections are open, without seeing them: as many as were needed at once in the last few
/// seconds.
#[derive(Debug)]
struct Connections {
    since: Instant,
    peak: usize,
    peak_before: usize,
}

impl Connections {
    /// Records that a request is the `at_once`-th one in progress. Returns whether it opens a new connection.
    fn note_request(&mut self, at_once: usize, now: Instant) -> bool {
        let age = now.saturating_duration_since(self.since);
        if age >= STALE {
            self.peak_before = if age < 2 * STALE { self.peak } else { 0 };
            self.peak = 0;
            self.since = now;
        }
        let new = at_once > self.peak.max(self.peak_before);
        self.peak = self.peak.max(at_once);
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_request_on_a_new_connection_counts_until_a_second_after_its_answer() {
        let now = Instant::now();
        let mut guard = SlidingWindow::new(2, now);
        let cold = guard.start(now);
        guard.answered(cold, now + 100 * MS);
        let warm = guard.start(now + 200 * MS);
        assert_eq!(guard.check_room(now + 300 * MS), Err(now + 1100 * MS));
        guard.answered(warm, now + 300 * MS);
        assert_eq!(guard.check_room(now + 1100 * MS), Ok(()));
    }

    #[test]
    fn a_request_on_an_open_connection_counts_for_a_second_and_the_jitter_at_most() {
        let now = Instant::now();
        let mut guard = SlidingWindow::new(1, now);
        let cold = guard.start(now);
        guard.answered(cold, now);
        let mut start = now;
        for (answer, counts) in [(None, 1020), (Some(50), 1020), (Some(3), 1003)] {
            start += 1100 * MS;
            let warm = guard.start(start);
            if let Some(answer) = answer {
                guard.answered(warm, start + answer * MS);
            }
            assert_eq!(guard.check_room(start + 500 * MS), Err(start + counts * MS));
            assert_eq!(guard.check_room(start + counts * MS), Ok(()));
            guard.answered(warm, start + 1030 * MS);
        }
    }

    #[test]
    fn a_request_that_is_given_up_counts_for_a_second_and_the_jitter() {
        let now = Instant::now();
        let mut guard = SlidingWindow::new(1, now);
        let cold = guard.start(now);
        guard.given_up(cold, now + 5 * MS);
        assert_eq!(guard.check_room(now + 500 * MS), Err(now + 1025 * MS));
        let start = now + 1100 * MS;
        let warm = guard.start(start);
        guard.given_up(warm, start + 3 * MS);
        assert_eq!(guard.check_room(start + 500 * MS), Err(start + 1020 * MS));
    }

    #[test]
    fn what_was_in_progress_when_the_process_was_stopped_counts_until_it_is_answered() {
        let now = Instant::now();
        let mut guard = SlidingWindow::new(1, now);
        let cold = guard.start(now);
        guard.answered(cold, now);
        let held_up = guard.start(now + 1000 * MS);
        guard.stalled();
        assert!(guard.check_room(now + 4000 * MS).is_err());
        guard.answered(held_up, now + 4001 * MS);
        assert_eq!(guard.check_room(now + 4500 * MS), Err(now + 5001 * MS));
    }
}
