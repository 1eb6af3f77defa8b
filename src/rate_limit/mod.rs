//! When the next request may start. Pure: every time is an argument, so a test chooses the time.
//!
//! A token bucket runs slightly below the limit. Behind it, a guard counts what the service may see in any second.

mod sliding_window;

use std::{
    num::NonZeroU32,
    str::FromStr,
    time::{Duration, Instant},
};

use governor::{
    Quota, RateLimiter as Governor,
    clock::{Clock, FakeRelativeClock},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed},
};

pub use sliding_window::Permit;
use sliding_window::SlidingWindow;

/// A wait that took this much longer than requested means that the process was held up.
const STALL: Duration = Duration::from_millis(30);

/// The share of the limit at which the bucket refills. It spreads out what the guard allows, which is less than the
/// limit if the service is some milliseconds away.
const MARGIN: f64 = 0.985;

/// From this rate on, a second has many requests.
const MANY: f64 = 50.0;

/// Messages per second: positive, at most 100,000, fractions allowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(f64);

/// The text is not a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a rate must be a number of messages a second, above 0 and up to 100000, for example 50 or 0.2"
)]
pub struct RateError;

impl Rate {
    /// The number of account checks per second that the service allows for an instance (source: `CheckWhatsapp`).
    pub const ACCOUNT_CHECKS: Self = Self(10.0);

    /// Returns the messages per second.
    #[must_use]
    pub const fn per_second(self) -> f64 {
        self.0
    }

    /// Returns how many requests may leave at once after a delay. At low rates, each request has its own moment; at
    /// high rates, a timer is too coarse for that, and the guard takes over.
    fn bucket(self) -> NonZeroU32 {
        let tenth = if self.0 < MANY {
            1
        } else {
            whole(self.0 / 10.0)
        };
        NonZeroU32::new(tenth).unwrap_or(NonZeroU32::MIN)
    }

    /// Returns how many starts the guard allows in its window. At 1.5 a second, some seconds have two.
    fn guarded(self) -> usize {
        whole(self.0.ceil()) as usize
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "between 0 and 100,000"
)]
const fn whole(number: f64) -> u32 {
    number as u32
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let rate: f64 = text
            .trim()
            .replace(',', ".")
            .parse()
            .map_err(|_| RateError)?;
        if (0.0001..=100_000.0).contains(&rate) {
            Ok(Self(rate))
        } else {
            Err(RateError)
        }
    }
}

/// The rate limiter, its clock, and when it will grant the next permit.
#[derive(Debug)]
pub struct RateLimiter {
    rate: Rate,
    limiter: Governor<NotKeyed, InMemoryState, FakeRelativeClock, NoOpMiddleware<Nanos>>,
    clock: FakeRelativeClock,
    guard: SlidingWindow,
    clock_at: Instant,
    next: Instant,
}

impl RateLimiter {
    /// Creates a limiter that grants its first permit at `start`.
    #[must_use]
    pub fn new(rate: Rate, start: Instant) -> Self {
        let period = Duration::from_secs_f64(1.0 / (rate.0 * MARGIN)).max(Duration::from_nanos(1));
        let quota = Quota::with_period(period)
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(rate.bucket());
        let clock = FakeRelativeClock::default();
        let limiter = Governor::direct_with_clock(quota, clock.clone());
        Self {
            rate,
            limiter,
            clock,
            guard: SlidingWindow::new(rate.guarded(), start),
            clock_at: start,
            next: start,
        }
    }

    /// Returns the limit that this limiter keeps below.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// Takes a permit for a request that leaves now. It must be returned with [`RateLimiter::answered`] or
    /// [`RateLimiter::given_up`].
    ///
    /// # Errors
    /// The time before which no permit is granted.
    pub fn take(&mut self, now: Instant) -> Result<Permit, Instant> {
        if let Err(next) = self.guard.check_room(now) {
            self.next = self.next.max(next);
            return Err(self.next);
        }
        self.clock
            .advance(now.saturating_duration_since(self.clock_at));
        self.clock_at = self.clock_at.max(now);
        match self.limiter.check() {
            Ok(()) => {
                self.next = if self.rate.bucket().get() == 1 {
                    now + self.period()
                } else {
                    now
                };
                Ok(self.guard.start(now))
            }
            Err(not_until) => {
                self.next = now + not_until.wait_time_from(self.clock.now());
                Err(self.next)
            }
        }
    }

    /// Returns a permit whose request was answered.
    pub fn answered(&mut self, permit: Permit, now: Instant) {
        self.guard.answered(permit, now);
    }

    /// Returns a permit whose request got no answer: it is not known whether or when it arrived.
    pub fn given_up(&mut self, permit: Permit, now: Instant) {
        self.guard.given_up(permit, now);
    }

    /// Records that a task which waited until `due` woke up at `now`. A process that was suspended, or a machine that
    /// was asleep, wakes up late, and requests that it had begun to send arrive late.
    pub fn note_stall(&mut self, due: Instant, now: Instant) {
        if now > due + STALL {
            self.guard.stalled();
        }
    }

    /// Returns the time before which no permit is granted.
    #[must_use]
    pub const fn next(&self) -> Instant {
        self.next
    }

    fn period(&self) -> Duration {
        Duration::from_secs_f64(1.0 / (self.rate.0 * MARGIN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks for a permit every `step` for ten seconds, except from 4 s to 6 s. Returns the times of the permits.
    fn granted(rate: &str, step: Duration) -> Vec<Duration> {
        let start = Instant::now();
        let mut limiter = RateLimiter::new(rate.parse().unwrap(), start);
        let mut times = Vec::new();
        let mut at = Duration::ZERO;
        while at < Duration::from_secs(10) {
            if at < Duration::from_secs(4) || at > Duration::from_secs(6) {
                while let Ok(permit) = limiter.take(start + at) {
                    limiter.answered(permit, start + at);
                    times.push(at);
                }
            }
            at += step;
        }
        times
    }

    #[test]
    fn no_sliding_second_holds_more_than_the_limit_even_after_a_stall() {
        for (rate, limit, in_8_s) in [
            ("1", 1, 8),
            ("1.5", 2, 12),
            ("1.9", 2, 15),
            ("3.9", 4, 31),
            ("5", 5, 40),
            ("10", 10, 80),
            ("50", 50, 400),
            ("500", 500, 4000),
            ("5000", 5000, 40_000),
        ] {
            let times = granted(rate, Duration::from_micros(100));
            for (first, begin) in times.iter().enumerate() {
                let end = *begin + Duration::from_secs(1);
                let within = times[first..]
                    .iter()
                    .take_while(|time| **time < end)
                    .count();
                assert!(
                    within <= limit,
                    "{within} in the second after {begin:?} at {rate} a second"
                );
            }
            assert!(
                times.len() * 100 > in_8_s * 95,
                "only {} were granted at {rate} a second",
                times.len()
            );
        }
    }

    /// A request on its way: when it arrives, and when it is over, with or without an answer.
    struct OnItsWay {
        permit: Permit,
        arrives: Instant,
        over: Instant,
        is_answered: bool,
    }

    /// Returns when requests arrive at a service that is `way` away. The first ones wait for a handshake; some answers
    /// are lost or never come; once the process is held up, and with it the requests on their way.
    fn arrivals(rate: &str, way: Duration, random: &mut fastrand::Rng) -> Vec<Instant> {
        let ms = |random: &mut fastrand::Rng, most: u64| {
            Duration::from_micros(random.u64(..=most * 1000))
        };
        let start = Instant::now();
        let mut limiter = RateLimiter::new(rate.parse().unwrap(), start);
        let (mut now, mut connections, mut has_stalled) = (start, 0, false);
        let (mut requests, mut arrivals) = (Vec::<OnItsWay>::new(), Vec::new());
        while now < start + Duration::from_secs(6) {
            now += ms(random, 3);
            if !has_stalled && now > start + Duration::from_secs(3) {
                has_stalled = true;
                let woke = now + Duration::from_millis(400);
                for request in requests.iter_mut().filter(|one| one.arrives > now) {
                    request.arrives += ms(random, 400);
                    request.over = request.over.max(request.arrives).max(woke);
                }
                limiter.note_stall(now, woke);
                now = woke;
            }
            requests.retain(|request| {
                if request.over > now {
                    return true;
                }
                arrivals.push(request.arrives);
                if request.is_answered {
                    limiter.answered(request.permit, now);
                } else {
                    limiter.given_up(request.permit, now);
                }
                false
            });
            while requests.len() < 64
                && let Ok(permit) = limiter.take(now)
            {
                let is_cold = requests.len() >= connections;
                connections = connections.max(requests.len() + 1);
                let handshake = if is_cold {
                    ms(random, 300)
                } else {
                    Duration::ZERO
                };
                let arrives = now + handshake + way + ms(random, 20);
                let is_answered = random.u32(..10) > 0;
                let over = if is_answered {
                    arrives + way
                } else if is_cold {
                    arrives
                } else {
                    now + ms(random, 40)
                };
                requests.push(OnItsWay {
                    permit,
                    arrives,
                    over,
                    is_answered,
                });
            }
        }
        arrivals.extend(requests.iter().map(|request| request.arrives));
        arrivals.sort_unstable();
        arrivals
    }

    #[test]
    fn no_second_at_the_receiver_holds_more_than_the_limit() {
        let mut random = fastrand::Rng::with_seed(7);
        for (rate, limit) in [("1", 1), ("10", 10), ("50", 50), ("500", 500)] {
            for way in [0, 1, 5, 30] {
                let arrivals = arrivals(rate, Duration::from_millis(way), &mut random);
                let most = (0..arrivals.len())
                    .map(|first| {
                        let end = arrivals[first] + Duration::from_secs(1);
                        arrivals[first..].iter().take_while(|at| **at < end).count()
                    })
                    .max();
                assert!(
                    most <= Some(limit),
                    "{most:?} at {rate} a second, {way} ms away"
                );
            }
        }
    }

    #[test]
    fn a_refusal_names_a_time_to_ask_again() {
        let start = Instant::now();
        let mut limiter = RateLimiter::new("0.5".parse().unwrap(), start);
        let permit = limiter.take(start).unwrap();
        limiter.answered(permit, start);
        let next = limiter
            .take(start + Duration::from_millis(500))
            .unwrap_err();
        assert_eq!(next, limiter.next());
        assert!(
            limiter
                .take(next.checked_sub(Duration::from_millis(1)).unwrap())
                .is_err()
        );
        assert!(limiter.take(next).is_ok());
    }

    #[test]
    fn checks_of_accounts_keep_the_rate_of_ten() {
        assert_eq!("10".parse(), Ok(Rate::ACCOUNT_CHECKS));
    }

    #[test]
    fn a_rate_is_a_positive_number() {
        for good in ["50", "0.2", "0,2", " 1 "] {
            assert!(good.parse::<Rate>().is_ok(), "{good}");
        }
        for bad in ["", "0", "-1", "many", "NaN", "inf", "1e9"] {
            assert_eq!(bad.parse::<Rate>(), Err(RateError), "{bad}");
        }
    }
}
