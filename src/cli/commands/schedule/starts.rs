//! When a scheduler starts a run, and whether that run can send at all.

use jiff::{Timestamp, ToSpan, civil::Time, tz::TimeZone};

use crate::cli::{
    config::ParsedCommandLine,
    options::{
        clock,
        error::{SchedulerError, SettingsError},
    },
};
use crate::{
    i18n::{self, Language},
    send_policy::Days,
};

/// The days and times at which a scheduler starts a run.
pub(super) struct Starts<'a> {
    pub(super) days: Days,
    pub(super) times: &'a [Time],
    pub(super) zone: TimeZone,
}

impl Starts<'_> {
    /// Refuses a run that `--until` ends before it begins, whenever it starts. If only some of the starts are too late,
    /// it is accepted, because the others send.
    pub(super) fn require_end_ahead(
        &self,
        typed: &ParsedCommandLine,
        language: Language,
    ) -> Result<(), SettingsError> {
        let clock = clock::service_clock();
        let starts = self.of_a_week(clock.now());
        let mut first = None;
        for send in typed.send_arguments() {
            for start in &starts {
                let policy = send.policy.read_at(*start, &clock)?;
                let Some(times) = policy.end_before_beginning(*start) else {
                    return Ok(());
                };
                first = first.or(Some(times));
            }
        }
        let Some(times) = first else { return Ok(()) };
        let [begins, ends] = times.map(|at| i18n::zoned_time(at, &self.zone, language));
        Err(SchedulerError::OverBeforeItBegins { begins, ends }.into())
    }

    /// Returns the starts in the week after `now`, in which each day and each time occurs.
    fn of_a_week(&self, now: Timestamp) -> Vec<Timestamp> {
        let today = now.to_zoned(self.zone.clone()).date();
        let days = today.series(1.day()).take(8);
        days.filter(|date| self.days.contains(date.weekday()))
            .flat_map(|date| self.times.iter().map(move |time| date.to_datetime(*time)))
            .filter_map(|start| start.to_zoned(self.zone.clone()).ok())
            .map(|start| start.timestamp())
            .filter(|start| *start > now)
            .collect()
    }
}
