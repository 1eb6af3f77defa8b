//! What a row is now: the seven words of the equation
//! `rows = accepted + failed + invalid + duplicate + suppressed + unknown + pending`.

use std::fmt;

use serde::Serialize;

use crate::i18n::{Language, messages};

messages! {
    /// What a row is now.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
    #[serde(rename_all = "lowercase")]
    pub enum Status {
        /// The service queued the contact and gave an `idMessage`.
        Accepted = en "accepted", ru "принято",
        /// The service refused the contact.
        Failed = en "failed", ru "отказано",
        /// The row has a problem and was not sent.
        Invalid = en "invalid", ru "с ошибкой",
        /// The same contact for the same chat is in an earlier row.
        Duplicate = en "duplicate", ru "повтор",
        /// The recipient must not be written to.
        Suppressed = en "suppressed", ru "пропущено",
        /// A request left and nobody knows what became of it.
        Unknown = en "unknown", ru "неизвестно",
        /// Not sent yet.
        Pending = en "pending", ru "ожидает",
    }
}

messages! {
    /// How many rows have a status.
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

    /// The word as results and JSON write it.
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

    /// The status that a word of the results means, in either language.
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

/// How many rows have each status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts([u64; 7]);

impl Counts {
    /// The rows of one status.
    #[must_use]
    pub const fn of(&self, status: Status) -> u64 {
        self.0[status as usize]
    }

    /// All rows: the sum of the seven.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Adds rows of one status.
    pub const fn add(&mut self, status: Status, rows: u64) {
        self.0[status as usize] += rows;
    }

    /// The rows of these that are not among the others.
    #[must_use]
    pub fn without(&self, others: &Self) -> Self {
        let left = std::array::from_fn(|status| self.0[status].saturating_sub(others.0[status]));
        Self(left)
    }

    /// One row goes from one status to another.
    pub const fn move_one(&mut self, from: Status, to: Status) {
        self.0[from as usize] = self.0[from as usize].saturating_sub(1);
        self.0[to as usize] += 1;
    }
}

/// All `rows`, then each status by its word.
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
