//! The clock of a run: the clock of this machine until the service reports its own time.

use std::time::Duration;

use jiff::Timestamp;

use crate::green_api::ServiceClock;

/// A clock that the answers of the service set.
pub(crate) fn service_clock() -> ServiceClock {
    ServiceClock::new(Timestamp::now, steady_clock)
}

/// The time since some moment, including the time in which the machine slept.
#[cfg(unix)]
fn steady_clock() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    // On other systems the monotonic clock counts sleep too (source: clock_gettime(2) of Linux and of macOS).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const STEADY: ClockId = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const STEADY: ClockId = ClockId::Monotonic;
    // Such a clock begins with the machine, so it is never below zero.
    Duration::try_from(clock_gettime(STEADY)).unwrap_or(Duration::ZERO)
}

/// The time since the first call, including the time in which the machine slept.
#[cfg(not(unix))]
fn steady_clock() -> Duration {
    static FIRST: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    FIRST.elapsed()
}
