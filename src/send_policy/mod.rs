//! When a contact may be sent, and how many a day: windows, days, holidays and zones, caps and warm-up. Pure: no clock
//! is read here. Every moment is an argument, so a test chooses the time.

mod block_reason;
mod caps;
mod check_policy;
mod day;
mod days;
mod forecast;
mod holidays;
mod hours;
mod late;
mod messages;
mod policy;
mod russian;
mod spacing;
mod wall_time;
mod warm_up;
mod window;
mod zone;

pub use block_reason::BlockReason;
pub use caps::{Allowed, Caps, DailyUsage, RecipientKind};
pub use check_policy::{CheckPolicy, IfUnknown};
pub use day::{Day, day_of, next_day};
pub use days::{Days, DaysError};
pub use forecast::{Forecast, Workload};
pub use holidays::{HolidayError, Holidays};
pub use hours::Hours;
pub use late::{Late, LateError, StartDecision, start_decision};
pub use messages::moment;
pub use policy::{Deadline, RecipientTraits, SendPolicy, Verdict};
pub use spacing::{Spacing, SpacingError};
pub use wall_time::{WallTime, WallTimeError};
pub use warm_up::{WarmUp, WarmUpError};
pub use window::{Window, WindowError};
pub use zone::{Zone, ZoneError};

#[cfg(test)]
mod tests;
