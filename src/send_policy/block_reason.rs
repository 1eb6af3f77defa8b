//! What can hold a contact back.

use std::time::Duration;

use jiff::civil::Date;

/// What holds a contact back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockReason {
    /// The hour of the day.
    Window,
    /// The day of the week.
    Day,
    /// A holiday.
    Holiday(Date),
    /// The hour, the day or a holiday where the recipient lives.
    Theirs,
    /// This many contacts went today.
    DailyCap(u64),
    /// This many new recipients got one today.
    NewRecipients(u64),
    /// This many did, on such a day of the warm-up, counted from 1.
    WarmUp {
        /// New recipients on that day.
        cap: u64,
        /// Which day it is.
        day: u32,
    },
    /// The start of the run lies ahead.
    Start,
    /// The end that was given.
    Until,
    /// The run has lasted so long.
    MaxDuration(Duration),
    /// Nobody knows whether the number has an account, and such rows are held.
    Unchecked,
    /// The hours do not hold in all the zones of the recipient at once; this many they are.
    Never(usize),
}
