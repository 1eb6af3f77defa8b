//! The code words by which programs learn why a run stopped or waits, and the time at which it can continue.

use jiff::{SignedDuration, Timestamp};

use super::{HoldReason, LongWait, StopReason, WaitReason};
use crate::{
    domain::Halt,
    send_policy::{BlockReason, Verdict},
};

impl StopReason {
    /// Returns the code word for programs. It is a contract: codes may be added, but none changes its meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Halted(halt, _) => of_halt(*halt),
            Self::Unreachable(_) | Self::NeverReached(_) => "unreachable",
            Self::Throttled(_) => "throttled",
            Self::Uncertain(_) => "uncertain",
            Self::Failures(_) => "max_failures",
            Self::SendHistory { .. } => "send_history",
            Self::Limit => "limit",
            Self::Rules(Verdict::NotBefore(_, why) | Verdict::Over(why), _) => of_rule(*why),
            Self::Rules(Verdict::Now, _) => "window",
            Self::State(_) | Self::NotWaited(LongWait::State(_)) => "restricted",
            Self::NotWaited(LongWait::Pause(..) | LongWait::Next(_)) => "no_wait",
            Self::Late(_) => "late",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// Returns when a run can continue, if that is known at `now`.
    #[must_use]
    pub fn resumes_at(&self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Rules(Verdict::NotBefore(at, _), _) => Some(*at),
            Self::NotWaited(LongWait::State(restriction)) => restriction.until,
            Self::NotWaited(LongWait::Pause(_, wait) | LongWait::Next(wait)) => {
                now.checked_add(SignedDuration::try_from(*wait).ok()?).ok()
            }
            Self::Rules(Verdict::Now | Verdict::Over(_), _)
            | Self::Halted(..)
            | Self::Unreachable(_)
            | Self::NeverReached(_)
            | Self::Throttled(_)
            | Self::Uncertain(_)
            | Self::Failures(_)
            | Self::SendHistory { .. }
            | Self::Limit
            | Self::State(_)
            | Self::Late(_)
            | Self::Cancelled
            | Self::Interrupted => None,
        }
    }
}

impl HoldReason {
    /// Returns the code word for programs: the same as for a run that ends for this reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Rules(Verdict::NotBefore(_, why) | Verdict::Over(why), _) => of_rule(*why),
            Self::Rules(Verdict::Now, _) => "window",
            Self::State(_) => "restricted",
            Self::Asked => "paused",
        }
    }
}

impl WaitReason<'_> {
    /// Returns the code word for programs: the same as for a run that ends for this reason.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Throttled(_) => "throttled",
            Self::Unreachable(_) => "unreachable",
        }
    }
}

const fn of_rule(why: BlockReason) -> &'static str {
    match why {
        BlockReason::Window
        | BlockReason::Day
        | BlockReason::Holiday(_)
        | BlockReason::Theirs
        | BlockReason::Never(_) => "window",
        BlockReason::DailyCap(_) | BlockReason::NewRecipients(_) | BlockReason::WarmUp { .. } => {
            "cap"
        }
        BlockReason::Unchecked => "unchecked",
        BlockReason::Start => "start_at",
        BlockReason::Until | BlockReason::MaxDuration(_) => "until_reached",
    }
}

const fn of_halt(halt: Halt) -> &'static str {
    match halt {
        Halt::NotAuthorized => "halted_not_authorized",
        Halt::Expired => "halted_expired",
        Halt::Deleted => "halted_deleted",
        Halt::Suspended => "halted_suspended",
        Halt::Blocked => "halted_blocked",
        Halt::WrongToken => "halted_wrong_token",
        Halt::WrongInstance => "halted_wrong_instance",
        Halt::WrongAddress => "halted_wrong_address",
        Halt::Redirected => "halted_redirected",
        Halt::QuotaExceeded => "halted_quota_exceeded",
    }
}
