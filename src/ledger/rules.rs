//! By which rules rows go, and what holds back those that may not.

use std::sync::Arc;

use jiff::Timestamp;

use crate::send_policy::{BlockReason, SendPolicy, Verdict, Zone};

/// The rules by which rows go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Hours, caps, the start and the end.
    pub schedule: SendPolicy,
    /// Whether the hours hold where the recipient's number is from; where a row names its zone, they
    /// hold there in any case.
    pub theirs: bool,
}

/// The zones in which the hours have to hold for one recipient.
#[derive(Debug, Clone)]
pub enum Zones {
    /// The campaign's own.
    Own,
    /// Those of the number's country.
    Country(&'static [Zone]),
    /// The one that the row names.
    Named(Arc<Zone>),
}

/// What holds the pending rows back when none of them may go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BlockedUntil {
    /// When the first of them goes, and what holds it back until then.
    pub next: Option<(Timestamp, BlockReason)>,
    /// Why one of them does not go in this run at all.
    pub over: Option<BlockReason>,
}

impl Zones {
    /// As the calendar asks for them.
    #[must_use]
    pub fn as_slice(&self) -> &[Zone] {
        match self {
            Self::Own => &[],
            Self::Country(zones) => zones,
            Self::Named(zone) => std::slice::from_ref(zone),
        }
    }

    /// The same number for recipients who are alike.
    pub(super) fn key(&self) -> usize {
        match self {
            Self::Own => 0,
            Self::Country(zones) => zones.as_ptr().addr(),
            Self::Named(zone) => Arc::as_ptr(zone).addr(),
        }
    }
}

impl BlockedUntil {
    /// Takes in what holds other rows back.
    pub(super) fn merge(&mut self, other: Self) {
        if let Some((at, why)) = other.next {
            self.add(Verdict::NotBefore(at, why));
        }
        self.over = self.over.or(other.over);
    }

    /// Takes in what was said of another row.
    pub(super) fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::NotBefore(at, why) if self.next.is_none_or(|(first, _)| at < first) => {
                self.next = Some((at, why));
            }
            Verdict::Now | Verdict::NotBefore(..) => {}
            Verdict::Over(why) => self.over = self.over.or(Some(why)),
        }
    }
}
