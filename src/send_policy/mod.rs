//! When a card may go and how many a day: windows, days, holidays and zones, caps and warm-up.
//! Pure: no clock is read here, every moment is an argument, so a test names the hour.

mod caps;
mod day;
mod days;
mod finish;
mod holidays;
mod hours;
mod late;
mod moment;
mod russian;
mod schedule;
mod spacing;
mod warm_up;
mod why;
mod window;
mod zone;

pub use caps::{Allowed, Caps, DailyUsage, RecipientKind};
pub use day::{Day, day_of, next_day};
pub use days::{Days, DaysError};
pub use finish::{Forecast, Workload};
pub use holidays::{HolidayError, Holidays};
pub use hours::Hours;
pub use late::{Late, LateError, StartDecision, departure};
pub use moment::{WallTime, WallTimeError};
pub use schedule::{Asked, Deadline, SendPolicy, Verdict};
pub use spacing::{Spacing, SpacingError};
pub use warm_up::{WarmUp, WarmUpError};
pub use why::BlockReason;
pub use window::{Window, WindowError};
pub use zone::{Zone, ZoneError};

#[cfg(test)]
mod tests;
