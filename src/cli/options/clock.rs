//! The clock of a run: the clock of this machine until the service reports its own time.

use jiff::Timestamp;

use crate::{green_api::ServiceClock, platform};

/// Returns a clock that follows the time in the answers of the service.
pub(crate) fn service_clock() -> ServiceClock {
    ServiceClock::new(Timestamp::now, platform::steady_clock)
}
