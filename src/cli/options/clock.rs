//! The clock of a run: the clock of this machine until the service reports its own time.

use jiff::Timestamp;

use crate::{green_api::ServiceClock, platform};

/// A clock that the answers of the service set.
pub(crate) fn service_clock() -> ServiceClock {
    ServiceClock::new(Timestamp::now, platform::steady_clock)
}
