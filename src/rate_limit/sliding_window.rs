//! The guard behind the limiter: counts what the service may see in one sliding second.
//!
//! A request that waits for a handshake, or for a process that was stopped, reaches the service
//! later than it left, together with those that left after it. Such a request counts from its
//! start until a window after its answer; any other until a window after its start.

use std::{
    collections::{HashSet, VecDeque},
    time::{Duration, Instant},
};

/// Requests that the service sees within one second have left within this time: arrivals vary by up to 20 ms
/// (measured).
const WINDOW: Duration = Duration::from_millis(1020);

/// A connection that was not used for this long may have been closed.
const STALE: Duration = Duration::from_secs(2);

/// When the answer to a late request comes is not known: the guard is asked again after this time.
const AGAIN: Duration = Duration::from_millis(20);

/// A request between its permit and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Permit(u64);

#[derive(Debug)]
pub(super) struct SlidingWindow {
    limit: usize,
    next: u64,
    in_progress: HashSet<Permit>,
    late: HashSet<Permit>,
    started: VecDeque<(Instant, Permit)>,
    late_answered: VecDeque<Instant>,
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
            late_answered: VecDeque::new(),
            connections: Connections {
                since: now,
                peak: 0,
                peak_before: 0,
            },
        }
    }

    /// Whether one more request fits into the window.
    pub(super) fn fits(&mut self, now: Instant) -> Result<(), Instant> {
        let old = |time: &Instant| *time + WINDOW <= now;
        while self.started.front().is_some_and(|(time, _)| old(time)) {
            self.started.pop_front();
        }
        while self.late_answered.front().is_some_and(old) {
            self.late_answered.pop_front();
        }
        if self.started.len() + self.late_answered.len() + self.late.len() < self.limit {
            return Ok(());
        }
        let first = self.started.front().map(|(time, _)| *time);
        let first = first
            .into_iter()
            .chain(self.late_answered.front().copied())
            .min();
        Err(first.map_or(now + AGAIN, |time| time + WINDOW))
    }

    pub(super) fn start(&mut self, now: Instant) -> Permit {
        let permit = Permit(self.next);
        self.next += 1;
        self.in_progress.insert(permit);
        if self.connections.is_new(self.in_progress.len(), now) {
            self.late.insert(permit);
        } else {
            self.started.push_back((now, permit));
        }
        permit
    }

    pub(super) fn answered(&mut self, permit: Permit, now: Instant) {
        self.in_progress.remove(&permit);
        if self.late.remove(&permit) {
            self.late_answered.push_back(now);
        }
    }

    /// The process was held up: whatever is in progress may arrive later than it left.
    pub(super) fn stalled(&mut self) {
        let in_progress = &self.in_progress;
        self.started
            .retain(|(_, permit)| !in_progress.contains(permit));
        self.late.extend(in_progress);
    }
}

/// How many connections are open, estimated without seeing them: as many as were
/// needed at once in the last few seconds.
#[derive(Debug)]
struct Connections {
    since: Instant,
    peak: usize,
    peak_before: usize,
}

impl Connections {
    /// Whether the request that makes it this many at once opens a connection.
    fn is_new(&mut self, at_once: usize, now: Instant) -> bool {
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
    fn a_request_on_a_new_connection_counts_until_a_window_after_its_answer() {
        let now = Instant::now();
        let mut guard = SlidingWindow::new(2, now);
        let cold = guard.start(now);
        guard.answered(cold, now + 100 * MS);
        let warm = guard.start(now + 200 * MS);
        assert_eq!(guard.fits(now + 300 * MS), Err(now + 1120 * MS));
        guard.answered(warm, now + 300 * MS);
        assert_eq!(guard.fits(now + 1120 * MS), Ok(()));
    }

    #[test]
    fn a_request_on_an_open_connection_counts_for_a_window() {
        let now = Instant::now();
        let mut guard = SlidingWindow::new(1, now);
        let cold = guard.start(now);
        guard.answered(cold, now);
        guard.start(now + 1020 * MS);
        assert_eq!(guard.fits(now + 1500 * MS), Err(now + 2040 * MS));
        assert_eq!(guard.fits(now + 2040 * MS), Ok(()));
    }

    #[test]
    fn what_was_in_progress_when_the_process_was_stopped_counts_until_it_is_answered() {
        let now = Instant::now();
        let mut guard = SlidingWindow::new(1, now);
        let cold = guard.start(now);
        guard.answered(cold, now);
        let held_up = guard.start(now + 1000 * MS);
        guard.stalled();
        assert!(guard.fits(now + 4000 * MS).is_err());
        guard.answered(held_up, now + 4001 * MS);
        assert_eq!(guard.fits(now + 4500 * MS), Err(now + 5021 * MS));
    }
}
