//! The rules by which rows are sent, and what holds back rows that may not be sent.

use std::sync::Arc;

use jiff::Timestamp;

use crate::send_policy::{BlockReason, SendPolicy, Verdict, Zone};

/// The rules by which rows are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Hours, caps, start and deadline.
    pub schedule: SendPolicy,
    /// Whether the hours hold in the zone of the recipient's number. If a row names a zone, they always hold there.
    pub in_recipient_zone: bool,
}

/// The zones in which the sending hours must hold for one recipient.
#[derive(Debug, Clone)]
pub enum Zones {
    /// The campaign's own.
    Own,
    /// The zones of the number's country.
    Country(&'static [Zone]),
    /// The zone that the row names.
    Named(Arc<Zone>),
}

/// What holds back the pending rows when none of them may be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BlockedUntil {
    /// When the first of them may be sent, and what holds it back until then.
    pub next: Option<(Timestamp, BlockReason)>,
    /// Why one of them cannot be sent in this run at all.
    pub over: Option<BlockReason>,
}

impl Zones {
    /// Returns the zones as a slice; empty for the campaign's own.
    #[must_use]
    pub fn as_slice(&self) -> &[Zone] {
        match self {
            Self::Own => &[],
            Self::Country(zones) => zones,
            Self::Named(zone) => std::slice::from_ref(zone),
        }
    }

    /// Returns a key that is equal for equal zones.
    pub(super) fn key(&self) -> usize {
        match self {
            Self::Own => 0,
            Self::Country(zones) => zones.as_ptr().addr(),
            Self::Named(zone) => Arc::as_ptr(zone).addr(),
        }
    }
}

impl BlockedUntil {
    /// Merges what holds back other rows.
    pub(super) fn merge(&mut self, other: Self) {
        if let Some((at, why)) = other.next {
            self.add(Verdict::NotBefore(at, why));
        }
        self.over = self.over.or(other.over);
    }

    /// Adds the verdict on another row.
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
