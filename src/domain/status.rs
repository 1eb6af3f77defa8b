//! The current status of a row: the seven words of the equation
//! `rows = accepted + failed + invalid + duplicate + suppressed + unknown + pending`.

use std::fmt;

use serde::Serialize;

use crate::i18n::{Language, messages};

messages! {
    /// The current status of a row.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Status {
        /// The service queued the contact and returned an `idMessage`.
        Accepted = en "accepted", ru "принято",
        /// The service refused the contact, or its number has no account.
        Failed = en "failed", ru "отказано",
        /// The row has a problem and was not sent.
        Invalid = en "invalid", ru "с ошибкой",
        /// An earlier row has the same contact for the same person.
        Duplicate = en "duplicate", ru "повтор",
        /// The row is left out on purpose: its recipient is on a stop list, or got the contact or another one before.
        Suppressed = en "suppressed", ru "пропущено",
        /// A request may have left, and no clear answer came: the contact may have arrived.
        Unknown = en "unknown", ru "неизвестно",
        /// Not sent yet.
        Pending = en "pending", ru "ожидает",
    }
}

messages! {
    /// The number of rows with a status.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum StatusCount {
        Rows { rows: u64, status: Status } = en "{rows} {status}", ru "{status} {rows}",
    }
}

impl Status {
    /// Every status, in the order of the equation.
    pub const ALL: [Self; 7] = [
        Self::Accepted,
        Self::Failed,
        Self::Invalid,
        Self::Duplicate,
        Self::Suppressed,
        Self::Unknown,
        Self::Pending,
    ];

    /// Returns the word as it is written in results and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Failed => "failed",
            Self::Invalid => "invalid",
            Self::Duplicate => "duplicate",
            Self::Suppressed => "suppressed",
            Self::Unknown => "unknown",
            Self::Pending => "pending",
        }
    }

    /// Returns the status that a word in the results means, in either language.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let is_meant = |status: &Self| {
            let words = [Language::En, Language::Ru].map(|language| status.localized(language));
            word == status.as_str() || words.iter().any(|meant| meant == word)
        };
        Self::ALL.into_iter().find(is_meant)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The number of rows with each status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts([u64; 7]);

impl Counts {
    /// Returns the number of rows with one status.
    #[must_use]
    pub const fn of(&self, status: Status) -> u64 {
        self.0[status as usize]
    }

    /// Returns the number of all rows: the sum of the seven.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Adds rows of one status.
    pub const fn add(&mut self, status: Status, rows: u64) {
        self.0[status as usize] += rows;
    }

    /// Subtracts other counts from these.
    #[must_use]
    pub fn without(&self, others: &Self) -> Self {
        let left = std::array::from_fn(|status| self.0[status].saturating_sub(others.0[status]));
        Self(left)
    }

    /// Moves pending rows to the statuses that others gave them between two counts of the others' rows.
    #[must_use]
    pub fn with_settled_between(&self, then: &Self, now: &Self) -> Self {
        let mut moved = *self;
        let settled = Status::ALL
            .into_iter()
            .filter(|status| *status != Status::Pending);
        for status in settled {
            let rows = now.of(status).saturating_sub(then.of(status));
            moved.0[status as usize] += rows;
            let pending = &mut moved.0[Status::Pending as usize];
            *pending = pending.saturating_sub(rows);
        }
        moved
    }

    /// Moves one row from one status to another.
    pub const fn move_one(&mut self, from: Status, to: Status) {
        self.0[from as usize] = self.0[from as usize].saturating_sub(1);
        self.0[to as usize] += 1;
    }
}

/// Serializes the sum as `rows`, then each status by its word.
impl Serialize for Counts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let words = Status::ALL
            .into_iter()
            .map(|status| (status.as_str(), self.of(status)));
        serializer.collect_map(std::iter::once(("rows", self.rows())).chain(words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seven_always_sum_up_to_the_rows() {
        let mut counts = Counts::default();
        for (rows, status) in (1..).zip(Status::ALL) {
            counts.add(status, rows);
        }
        assert_eq!(counts.rows(), 28);
        counts.move_one(Status::Pending, Status::Accepted);
        assert_eq!(
            (
                counts.of(Status::Accepted),
                counts.of(Status::Pending),
                counts.rows()
            ),
            (2, 6, 28)
        );
    }
}
