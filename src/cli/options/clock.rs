//! The clock of a run: the clock of this machine until the service reports its own time.

use crate::green_api::ServiceClock;

/// A clock that the answers of the service set.
pub(crate) fn service_clock() -> ServiceClock {
    ServiceClock::new(machine_clock, steady_clock)
}

/// Milliseconds since 1970.
fn machine_clock() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Milliseconds since some moment, including the time in which the machine slept.
#[cfg(unix)]
fn steady_clock() -> i64 {
    use rustix::time::{ClockId, clock_gettime};
    // On other systems the monotonic clock counts sleep too (source: clock_gettime(2) of Linux and of macOS).
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const STEADY: ClockId = ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const STEADY: ClockId = ClockId::Monotonic;
    let time = clock_gettime(STEADY);
    time.tv_sec
        .saturating_mul(1000)
        .saturating_add(time.tv_nsec / 1_000_000)
}

/// Milliseconds since the first call, including the time in which the machine slept.
#[cfg(not(unix))]
fn steady_clock() -> i64 {
    static FIRST: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    i64::try_from(FIRST.elapsed().as_millis()).unwrap_or(i64::MAX)
}
