//! The wait that all requests share while the service throttles them or cannot be reached. Pure: the time is an
//! argument, the jitter comes from a seed.

use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(1);

/// How long to keep trying a service that has never answered: its address is probably wrong.
const FIRST_CONTACT: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) struct Backoff {
    retry_for: Duration,
    /// Whether the service has answered anything yet.
    is_heard: bool,
    jitter: fastrand::Rng,
    trouble: Option<Trouble>,
}

#[derive(Debug, Clone, Copy)]
struct Trouble {
    since: Instant,
    until: Instant,
    waits: u32,
}

/// The retry limit is reached: the caller must stop.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct GiveUp;

impl Backoff {
    pub(super) fn new(retry_for: Duration, seed: u64) -> Self {
        Self {
            retry_for,
            is_heard: false,
            jitter: fastrand::Rng::with_seed(seed),
            trouble: None,
        }
    }

    /// Records that the service has answered, whatever it said.
    pub(super) const fn note_heard(&mut self) {
        self.is_heard = true;
    }

    /// Whether the service has answered anything.
    pub(super) const fn is_heard(&self) -> bool {
        self.is_heard
    }

    /// Returns when the last attempt will be made, if there is trouble.
    pub(super) fn last_try(&self) -> Option<Instant> {
        self.trouble.map(|trouble| trouble.since + self.limit())
    }

    fn limit(&self) -> Duration {
        if self.is_heard {
            self.retry_for
        } else {
            self.retry_for.min(FIRST_CONTACT)
        }
    }

    /// Handles a failed request; `asked` is the pause that the service asked for, if any. Returns the time until which
    /// all requests wait. The answer to a request that left before the wait began does not prolong the wait, unless it
    /// asks for more time.
    pub(super) fn wait(
        &mut self,
        now: Instant,
        asked: Option<Duration>,
    ) -> Result<Instant, GiveUp> {
        let before = self.trouble.unwrap_or(Trouble {
            since: now,
            until: now,
            waits: 0,
        });
        let last = before.since + self.limit();
        let mut after = before;
        if now >= before.until {
            if now >= last {
                return Err(GiveUp);
            }
            after.until = (now + self.own_wait(before.waits)).min(last);
            after.waits += 1;
        }
        // If the service asks for no pause, we choose our own wait: the service has just refused a request.
        if let Some(asked) = asked.filter(|asked| *asked >= FIRST) {
            if now + asked > last {
                return Err(GiveUp);
            }
            after.until = if now >= before.until {
                now + asked
            } else {
                after.until.max(now + asked)
            };
        }
        self.trouble = Some(after);
        Ok(after.until)
    }

    /// Handles a clear answer, which ends the trouble. During a wait it proves nothing, because its request left before
    /// the wait began.
    pub(super) fn note_clear_answer(&mut self, now: Instant) {
        if self.waiting_until(now).is_none() {
            self.trouble = None;
        }
    }

    /// Restarts the retry limit while no requests are being sent. A pause that the service asked for still holds.
    pub(super) fn restart_limit(&mut self, now: Instant) {
        let held = self.trouble.filter(|trouble| trouble.until > now);
        self.trouble = held.map(|trouble| Trouble {
            since: now,
            ..trouble
        });
    }

    /// Returns the time until which all requests wait, if they do.
    pub(super) fn waiting_until(&self, now: Instant) -> Option<Instant> {
        self.trouble
            .map(|trouble| trouble.until)
            .filter(|until| *until > now)
    }

    /// Whether the last answer that counts was trouble. Then the service is probed with one request at a time.
    pub(super) const fn in_trouble(&self) -> bool {
        self.trouble.is_some()
    }

    /// Doubles the wait from one second up to one minute, and subtracts a random part of up to half of it.
    fn own_wait(&mut self, waits: u32) -> Duration {
        let whole = FIRST.saturating_mul(1 << waits.min(6)).min(LONGEST);
        whole.mul_f64(1.0 - self.jitter.f64() / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn waits_grow_until_the_retry_limit_and_one_last_try() {
        let start = Instant::now();
        let mut backoff = Backoff::new(600 * SECOND, 7);
        backoff.note_heard();
        let mut now = start;
        let mut waits = Vec::new();
        while let Ok(until) = backoff.wait(now, None) {
            waits.push(until - now);
            now = until;
        }
        assert_eq!(now, start + 600 * SECOND);
        for (doubled, wait) in (0..6).zip(&waits) {
            let whole = SECOND * (1 << doubled);
            assert!((whole / 2..=whole).contains(wait), "{wait:?}");
        }
    }

    #[test]
    fn what_the_service_asks_for_is_kept_or_the_run_gives_up() {
        let now = Instant::now();
        let mut backoff = Backoff::new(60 * SECOND, 7);
        assert_eq!(backoff.wait(now, Some(7 * SECOND)), Ok(now + 7 * SECOND));
        assert_eq!(
            backoff.wait(now + SECOND, Some(2 * SECOND)),
            Ok(now + 7 * SECOND)
        );
        assert_eq!(
            backoff.wait(now + SECOND, Some(20 * SECOND)),
            Ok(now + 21 * SECOND)
        );
        assert_eq!(
            backoff.wait(now + 2 * SECOND, Some(59 * SECOND)),
            Err(GiveUp)
        );
    }

    #[test]
    fn a_service_that_was_never_reached_is_given_up_after_a_minute() {
        let start = Instant::now();
        for (is_heard, limit) in [(false, 60), (true, 600)] {
            let mut backoff = Backoff::new(600 * SECOND, 7);
            if is_heard {
                backoff.note_heard();
            }
            let mut now = start;
            while let Ok(until) = backoff.wait(now, None) {
                assert_eq!(backoff.last_try(), Some(start + limit * SECOND));
                now = until;
            }
            assert_eq!(now, start + limit * SECOND);
        }
    }

    #[test]
    fn a_service_that_asks_for_no_pause_is_given_one() {
        let now = Instant::now();
        let mut backoff = Backoff::new(60 * SECOND, 7);
        let until = backoff.wait(now, Some(Duration::ZERO)).unwrap();
        assert!(until >= now + SECOND / 2);
    }

    #[test]
    fn a_clear_answer_ends_trouble_only_after_the_wait() {
        let now = Instant::now();
        let mut backoff = Backoff::new(60 * SECOND, 7);
        let until = backoff.wait(now, Some(5 * SECOND)).unwrap();
        backoff.note_clear_answer(now + SECOND);
        assert_eq!(backoff.waiting_until(now + SECOND), Some(until));
        backoff.note_clear_answer(until);
        assert!(!backoff.in_trouble());
    }
}
