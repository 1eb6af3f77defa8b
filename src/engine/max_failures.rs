//! How many refused contacts stop a run.

use crate::i18n::{Language, messages};

messages! {
    /// Why a text is not a limit on failures.
    #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
    #[error("{}", self.localized(Language::En))]
    pub enum MaxFailuresError {
        /// Neither a number nor a share.
        NoLimit(text: String) =
            en "{text} is not a number of rows, such as 20, or a share, such as 10%",
            ru "{text} — не число строк, как 20, и не доля, как 10%",
    }
}

/// How many contacts may be refused before the run stops, so that a list whose rows all fail for one reason is not sent
/// to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaxFailures {
    /// This many.
    Rows(u64),
    /// This percentage, which counts once fifty contacts have a clear answer.
    Percent(u8),
    /// Whichever of the two is reached first.
    Either(u64, u8),
}

impl MaxFailures {
    /// The number of clear answers from which a share is meaningful.
    const ENOUGH: u64 = 50;

    pub(super) const fn reached(self, failed: u64, clear: u64) -> bool {
        match self {
            Self::Rows(most) => failed >= most,
            Self::Percent(share) => clear >= Self::ENOUGH && failed * 100 > clear * share as u64,
            Self::Either(most, share) => {
                Self::Rows(most).reached(failed, clear)
                    || Self::Percent(share).reached(failed, clear)
            }
        }
    }

    /// Combines two limits; both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let parts = |most: Self| match most {
            Self::Rows(rows) => (Some(rows), None),
            Self::Percent(share) => (None, Some(share)),
            Self::Either(rows, share) => (Some(rows), Some(share)),
        };
        let ((rows, share), (other_rows, other_share)) = (parts(self), parts(other));
        let rows = rows.into_iter().chain(other_rows).min();
        match (rows, share.into_iter().chain(other_share).min()) {
            (Some(rows), Some(share)) => Self::Either(rows, share),
            (Some(rows), None) => Self::Rows(rows),
            (None, share) => share.map_or(self, Self::Percent),
        }
    }
}

impl std::fmt::Display for MaxFailures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rows(rows) => write!(f, "{rows}"),
            Self::Percent(share) => write!(f, "{share}%"),
            Self::Either(rows, share) => write!(f, "{rows},{share}%"),
        }
    }
}

impl std::str::FromStr for MaxFailures {
    type Err = MaxFailuresError;

    /// Parses `20`, `10%`, or both with a comma between them.
    fn from_str(text: &str) -> Result<Self, MaxFailuresError> {
        if let Some((one, other)) = text.split_once(',') {
            return Ok(one.parse::<Self>()?.and(other.parse()?));
        }
        let wrong = || MaxFailuresError::NoLimit(text.to_owned());
        match text.trim().strip_suffix('%') {
            Some(share) => {
                let share: u8 = share.trim().parse().map_err(|_| wrong())?;
                if share <= 100 {
                    Ok(Self::Percent(share))
                } else {
                    Err(wrong())
                }
            }
            None => match text.trim().parse() {
                Ok(0) | Err(_) => Err(wrong()),
                Ok(rows) => Ok(Self::Rows(rows)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_failures_counts_only_after_fifty_clear_answers() {
        let ten_percent: MaxFailures = "10%".parse().unwrap();
        assert!(!ten_percent.reached(49, 49));
        assert!(ten_percent.reached(6, 50));
        assert!(!ten_percent.reached(5, 50));
        assert!(!"100%".parse::<MaxFailures>().unwrap().reached(80, 80));
        assert!("3".parse::<MaxFailures>().unwrap().reached(3, 3));
        for wrong in ["", "0", "-1", "101%", "many", "%"] {
            assert!(wrong.parse::<MaxFailures>().is_err(), "{wrong}");
        }
    }
}
