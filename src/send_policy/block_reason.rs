//! The reasons that can hold a contact back.

use std::time::Duration;

use jiff::civil::Date;

/// Why a contact is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockReason {
    /// The hour of the day is outside the windows.
    Window,
    /// The day of the week is not a sending day.
    Day,
    /// It is a holiday.
    Holiday(Date),
    /// The hour, day or a holiday in the recipient's zone.
    Theirs,
    /// The daily cap is reached: this many contacts.
    DailyCap(u64),
    /// The cap on new recipients is reached: this many a day.
    NewRecipients(u64),
    /// The cap on new recipients of a day of the warm-up is reached.
    WarmUp {
        /// The number of new recipients allowed on that day.
        cap: u64,
        /// The day of the warm-up, counted from 1.
        day: u32,
    },
    /// The start of the run is in the future.
    Start,
    /// The given end of the run has passed.
    Until,
    /// The maximum duration of the run, this long, has passed.
    MaxDuration(Duration),
    /// It is not known whether the number has an account, and such rows are held.
    Unchecked,
    /// The hours never hold in all zones of the recipient at once; this is the number of zones.
    Never(usize),
}
