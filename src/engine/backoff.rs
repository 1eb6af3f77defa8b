//! The wait that all requests share when the service throttles or cannot be reached. Pure: the
//! time is an argument, the jitter comes from a seed.

use std::time::{Duration, Instant};

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(1);

#[derive(Debug)]
pub(super) struct Backoff {
    patience: Duration,
    jitter: fastrand::Rng,
    trouble: Option<Trouble>,
}

#[derive(Debug, Clone, Copy)]
struct Trouble {
    since: Instant,
    until: Instant,
    waits: u32,
}

/// Patience is over.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct GiveUp;

impl Backoff {
    pub(super) fn new(patience: Duration, seed: u64) -> Self {
        Self {
            patience,
            jitter: fastrand::Rng::with_seed(seed),
            trouble: None,
        }
    }

    /// There is trouble, and the service may have asked for a pause. Gives the time until which
    /// everybody waits now. Answers of requests that left before the wait began do not prolong it,
    /// unless they ask for more.
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
        let last = before.since + self.patience;
        let mut after = before;
        if now >= before.until {
            if now >= last {
                return Err(GiveUp);
            }
            after.until = (now + self.own_wait(before.waits)).min(last);
            after.waits += 1;
        }
        // A service that asks for no pause at all gets ours: it has just refused.
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

    /// A clear answer has come. One that was on its way before the wait began proves nothing.
    pub(super) fn clear(&mut self, now: Instant) {
        if self.waiting_until(now).is_none() {
            self.trouble = None;
        }
    }

    /// Nobody asks the service anything: patience does not run, and a pause that the service asked for holds.
    pub(super) fn rest(&mut self, now: Instant) {
        let held = self.trouble.filter(|trouble| trouble.until > now);
        self.trouble = held.map(|trouble| Trouble {
            since: now,
            ..trouble
        });
    }

    /// Until when everybody waits, if so.
    pub(super) fn waiting_until(&self, now: Instant) -> Option<Instant> {
        self.trouble
            .map(|trouble| trouble.until)
            .filter(|until| *until > now)
    }

    /// Whether the last answer that counts was trouble: then one request feels its way.
    pub(super) const fn in_trouble(&self) -> bool {
        self.trouble.is_some()
    }

    /// Doubles from one second to one minute, less up to half of it by chance.
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
    fn waits_grow_and_end_with_patience_after_one_last_try() {
        let start = Instant::now();
        let mut backoff = Backoff::new(600 * SECOND, 7);
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
        backoff.clear(now + SECOND);
        assert_eq!(backoff.waiting_until(now + SECOND), Some(until));
        backoff.clear(until);
        assert!(!backoff.in_trouble());
    }
}
