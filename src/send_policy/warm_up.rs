//! How many new recipients a new number may write to in a day.

use std::{fmt, str::FromStr};

use crate::i18n::{Language, messages};

/// The word for no warm-up.
const OFF: &str = "off";

/// A ramp of steps: this many new recipients a day for this many days, then the next step; after the last step there is
/// no limit. Written as `20x10,50x5`; `off` has no steps.
///
/// The default is the service's own advice (its page on protecting a number from a ban): at most 20 new recipients a
/// day for the first 10 days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarmUp(Vec<Step>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    recipients: u64,
    days: u32,
}

messages! {
    /// Why a text is not a warm-up.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum WarmUpError {
        /// A part of it is not a step.
        Step(text: String) =
            en "\"{text}\" is not a step of a warm-up: write 20x10 for 20 new recipients a day in the first 10 days, \
                or several steps: 20x10,50x5",
            ru "«{text}» — не шаг прогрева: 20x10 значит 20 новых получателей в день первые 10 дней, можно 20x10,50x5",
    }
}

impl WarmUp {
    /// Whether there is no limit on any day.
    #[must_use]
    pub const fn is_off(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of new recipients allowed on a day, counted from 0 on the first day of sending; at least one.
    /// `None` when the ramp is over.
    #[must_use]
    pub fn allowance(&self, days_since_first: u32) -> Option<u64> {
        let mut ends = 0_u32;
        let step = self.0.iter().find(|step| {
            ends = ends.saturating_add(step.days);
            days_since_first < ends
        });
        step.map(|step| step.recipients)
    }
}

impl WarmUp {
    /// Returns a ramp that never allows more than either of the two.
    #[must_use]
    pub fn tighter(&self, other: &Self) -> Self {
        let mut ends: Vec<u32> = self.ends().chain(other.ends()).collect();
        ends.sort_unstable();
        ends.dedup();
        let (mut steps, mut begins) = (Vec::new(), 0);
        for end in ends {
            let allowed = self
                .allowance(begins)
                .into_iter()
                .chain(other.allowance(begins))
                .min();
            steps.extend(allowed.map(|recipients| Step {
                recipients,
                days: end - begins,
            }));
            begins = end;
        }
        Self(steps)
    }

    /// Returns the day after which each step ends.
    fn ends(&self) -> impl Iterator<Item = u32> {
        self.0.iter().scan(0_u32, |end, step| {
            *end = end.saturating_add(step.days);
            Some(*end)
        })
    }
}

impl Default for WarmUp {
    fn default() -> Self {
        Self(vec![Step {
            recipients: 20,
            days: 10,
        }])
    }
}

impl fmt::Display for WarmUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_off() {
            return f.write_str(OFF);
        }
        let steps: Vec<_> = self
            .0
            .iter()
            .map(|step| format!("{}x{}", step.recipients, step.days))
            .collect();
        f.write_str(&steps.join(","))
    }
}

impl FromStr for WarmUp {
    type Err = WarmUpError;

    fn from_str(text: &str) -> Result<Self, WarmUpError> {
        if text.trim() == OFF {
            return Ok(Self(Vec::new()));
        }
        let steps = text
            .split(',')
            .map(|part| step(part.trim()).ok_or_else(|| WarmUpError::Step(part.trim().to_owned())));
        steps.collect::<Result<_, _>>().map(Self)
    }
}

/// Parses a step. The letter `х` of a Russian keyboard looks like an x.
fn step(text: &str) -> Option<Step> {
    let (recipients, days) = text.split_once(['x', 'X', '×', '*', 'х', 'Х'])?;
    let step = Step {
        recipients: recipients.trim().parse().ok()?,
        days: days.trim().parse().ok()?,
    };
    (step.recipients > 0 && step.days > 0).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_limits_nothing_and_is_looser_than_any_other() {
        let off: WarmUp = "off".parse().unwrap();
        assert_eq!((off.to_string().as_str(), off.allowance(0)), ("off", None));
        let ramp: WarmUp = "20x10".parse().unwrap();
        assert_eq!(off.tighter(&ramp), ramp);
        assert_eq!(ramp.tighter(&off), ramp);
        assert_eq!(off.tighter(&off), off);
        assert!("off,20x10".parse::<WarmUp>().is_err());
    }

    #[test]
    fn each_day_has_its_allowance_and_after_the_ramp_there_is_no_limit() {
        let ramp: WarmUp = "20x10,50x5".parse().unwrap();
        for (day, allowance) in [
            (0, Some(20)),
            (9, Some(20)),
            (10, Some(50)),
            (14, Some(50)),
            (15, None),
            (u32::MAX, None),
        ] {
            assert_eq!(ramp.allowance(day), allowance, "day {day}");
        }
        let advice = WarmUp::default();
        assert_eq!(
            (
                advice.to_string().as_str(),
                advice.allowance(9),
                advice.allowance(10)
            ),
            ("20x10", Some(20), None)
        );
    }

    #[test]
    fn a_ramp_is_read_and_told_in_the_same_form() {
        for (text, shown) in [
            ("20x10", "20x10"),
            (" 20×10, 50 X 5 ", "20x10,50x5"),
            ("5*1,10х2", "5x1,10x2"),
        ] {
            assert_eq!(text.parse::<WarmUp>().unwrap().to_string(), shown, "{text}");
        }
        for (text, part) in [
            ("", ""),
            ("20", "20"),
            ("20x", "20x"),
            ("0x10", "0x10"),
            ("20x0", "20x0"),
            ("20x10,", ""),
            ("-1x2", "-1x2"),
            ("20x10x5", "20x10x5"),
        ] {
            assert_eq!(
                text.parse::<WarmUp>(),
                Err(WarmUpError::Step(part.to_owned())),
                "{text}"
            );
        }
    }
}
