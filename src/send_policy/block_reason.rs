//! What can hold a contact back, and the words for it.

use std::time::Duration;

use jiff::civil::Date;

use super::policy::SendPolicy;
use crate::i18n::{Language, schedule};

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
    /// The hours do not hold in all the zones of the recipient at once; this many they are.
    Never(usize),
}

impl BlockReason {
    /// The reason in words, with the numbers of the schedule to which it belongs.
    pub(super) fn sentence(self, of: &SendPolicy, language: Language) -> String {
        let zone = &of.hours.zone;
        let windows = || of.hours.told(language).0;
        match self {
            Self::Window => schedule::outside_window(language, &windows()),
            Self::Day => schedule::outside_days(language, &of.hours.told(language).1),
            Self::Holiday(date) => schedule::on_holiday(language, date),
            Self::Theirs => schedule::outside_theirs(language, &windows()),
            Self::DailyCap(cap) => schedule::daily_cap(language, cap),
            Self::NewRecipients(cap) => schedule::new_recipients(language, cap),
            Self::WarmUp { cap, day } => schedule::warm_up(language, cap, day),
            Self::Start => schedule::start_ahead(language),
            Self::Until => schedule::until_passed(
                language,
                of.deadline
                    .map(|deadline| zone.local(deadline.at))
                    .unwrap_or_default(),
                zone.name(),
            ),
            Self::MaxDuration(time) => schedule::lasted(language, time),
            Self::Never(zones) => schedule::never(language, &windows(), zones),
        }
    }
}
