//! What to do with a run whose planned start has passed because the machine was asleep or the run was not started.

use std::{str::FromStr, time::Duration};

use jiff::Timestamp;

use crate::i18n::{Language, messages};

/// What to do with a run that is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Late {
    /// Begin anyway.
    #[default]
    Run,
    /// Do not begin.
    Skip,
    /// Ask the user.
    Ask,
}

messages! {
    /// Why a text is not a valid choice for a late run.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum LateError {
        /// It is none of the three words.
        Unknown(text: String) =
            en "\"{text}\" is not valid for --if-late: write run, skip or ask",
            ru "«{text}» не подходит для --if-late: напишите run, skip или ask",
    }
}

impl FromStr for Late {
    type Err = LateError;

    fn from_str(text: &str) -> Result<Self, LateError> {
        match text.trim() {
            "run" => Ok(Self::Run),
            "skip" => Ok(Self::Skip),
            "ask" => Ok(Self::Ask),
            other => Err(LateError::Unknown(other.to_owned())),
        }
    }
}

/// What a run does at its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartDecision {
    /// It waits until this time.
    Wait(Timestamp),
    /// It begins.
    Go,
    /// It does not begin, because it is this late.
    Skip(Duration),
    /// The user is asked, because it is this late.
    Ask(Duration),
}

/// Decides at `now` about a run that was planned for `planned`. Within the tolerance, it is not late.
#[must_use]
pub fn start_decision(
    planned: Timestamp,
    now: Timestamp,
    tolerance: Duration,
    late: Late,
) -> StartDecision {
    let Ok(by) = Duration::try_from(planned.duration_until(now)) else {
        return StartDecision::Wait(planned);
    };
    if by <= tolerance {
        return StartDecision::Go;
    }
    match late {
        Late::Run => StartDecision::Go,
        Late::Skip => StartDecision::Skip(by),
        Late::Ask => StartDecision::Ask(by),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_waits_goes_is_left_or_asks_by_how_late_it_is() {
        let planned: Timestamp = "2026-11-24T07:00Z".parse().unwrap();
        let minutes = Duration::from_mins;
        for (now, late, expected) in [
            (
                "2026-11-24T06:59:59.999Z",
                Late::Skip,
                StartDecision::Wait(planned),
            ),
            ("2026-11-24T07:00Z", Late::Skip, StartDecision::Go),
            ("2026-11-24T07:10Z", Late::Skip, StartDecision::Go),
            ("2026-11-24T07:10Z", Late::Ask, StartDecision::Go),
            (
                "2026-11-24T07:11Z",
                Late::Skip,
                StartDecision::Skip(minutes(11)),
            ),
            (
                "2026-11-24T07:11Z",
                Late::Ask,
                StartDecision::Ask(minutes(11)),
            ),
            ("2026-11-24T07:11Z", Late::Run, StartDecision::Go),
            ("2026-11-26T07:00Z", Late::Run, StartDecision::Go),
        ] {
            assert_eq!(
                start_decision(planned, now.parse().unwrap(), minutes(10), late),
                expected,
                "{now} {late:?}"
            );
        }
    }

    #[test]
    fn the_three_words_are_read_and_no_other() {
        for (text, late) in [
            ("run", Late::Run),
            (" skip", Late::Skip),
            ("ask", Late::Ask),
        ] {
            assert_eq!(text.parse(), Ok(late));
        }
        assert!(
            "wait"
                .parse::<Late>()
                .unwrap_err()
                .to_string()
                .contains("run, skip or ask")
        );
    }
}
