//! When a contact may be sent, by all rules together: hours, caps, the start and the end of a run. If several rules
//! hold a contact back, the one that holds it longest is named.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{
    block_reason::BlockReason,
    caps::{Allowed, Caps, DailyUsage, RecipientKind},
    day::day_of,
    hours::Hours,
    messages::{PolicyMessage, moment},
    zone::Zone,
};
use crate::i18n::Language;

/// The rules of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendPolicy {
    /// The sending hours. Caps count days in the zone of these hours.
    pub hours: Hours,
    /// The limits of a day.
    pub caps: Caps,
    /// No contact is sent before this time.
    pub start: Option<Timestamp>,
    /// No contact is sent after this end.
    pub deadline: Option<Deadline>,
}

/// The end of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// From this time on, no contact is sent.
    pub at: Timestamp,
    /// [`BlockReason::Until`] or [`BlockReason::MaxDuration`].
    pub why: BlockReason,
}

/// Whether a contact may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Now,
    /// Not before this time.
    NotBefore(Timestamp, BlockReason),
    /// Not in this run: its first possible moment is after the end, or there is none. Other recipients may still get
    /// contacts.
    Over(BlockReason),
}

/// What the rules need to know about a recipient.
#[derive(Debug, Clone, Copy)]
pub struct RecipientTraits<'a> {
    /// The zones in which the hours must hold; empty for the campaign's own.
    pub zones: &'a [Zone],
    /// Whether the instance has written to the recipient before.
    pub kind: RecipientKind,
}

impl Deadline {
    /// Returns the earlier of a given end and of the maximum duration after the beginning of a run.
    #[must_use]
    pub fn of(
        until: Option<Timestamp>,
        longest: Option<Duration>,
        begun: Timestamp,
    ) -> Option<Self> {
        let until = until.map(|at| Self {
            at,
            why: BlockReason::Until,
        });
        let longest = longest.map(|time| {
            let at = SignedDuration::try_from(time)
                .ok()
                .and_then(|time| begun.checked_add(time).ok());
            Self {
                at: at.unwrap_or(Timestamp::MAX),
                why: BlockReason::MaxDuration(time),
            }
        });
        until
            .into_iter()
            .chain(longest)
            .min_by_key(|deadline| deadline.at)
    }
}

impl SendPolicy {
    /// Returns rules without any restriction.
    #[must_use]
    pub fn always(zone: Zone) -> Self {
        Self {
            hours: Hours::always(zone),
            caps: Caps::default(),
            start: None,
            deadline: None,
        }
    }

    /// Returns whether a contact may be sent to a recipient now; `usage` is that of the day of `now`.
    #[must_use]
    pub fn verdict(
        &self,
        now: Timestamp,
        usage: &DailyUsage,
        recipient: RecipientTraits<'_>,
    ) -> Verdict {
        if let Some(deadline) = self.deadline.filter(|deadline| deadline.at <= now) {
            return Verdict::Over(deadline.why);
        }
        let Some((at, why)) = self.next(now, usage, recipient) else {
            return Verdict::Over(BlockReason::Never(recipient.zones.len().max(1)));
        };
        match self.deadline {
            Some(deadline) if deadline.at <= at => Verdict::Over(deadline.why),
            Some(_) | None => why.map_or(Verdict::Now, |why| Verdict::NotBefore(at, why)),
        }
    }

    /// Returns a sentence that says why a contact is not sent now, and when it will be; `None` if it may be sent.
    #[must_use]
    pub fn sentence(&self, verdict: Verdict, language: Language) -> Option<String> {
        let message = match verdict {
            Verdict::Now => return None,
            Verdict::NotBefore(at, why) => PolicyMessage::GoesOn {
                reason: Box::new(self.reason(why, language)),
                at: self.moment(at, language),
            },
            Verdict::Over(why @ (BlockReason::Never(_) | BlockReason::Unchecked)) => {
                self.reason(why, language)
            }
            Verdict::Over(why) => PolicyMessage::Over {
                reason: Box::new(self.reason(why, language)),
            },
        };
        Some(message.localized(language))
    }

    /// Returns the reason in words, with the numbers of this policy and without a full stop.
    #[must_use]
    pub fn reason_text(&self, why: BlockReason, language: Language) -> String {
        self.reason(why, language).localized(language)
    }

    fn reason(&self, why: BlockReason, language: Language) -> PolicyMessage {
        let windows = self.hours.windows_in_words();
        match why {
            BlockReason::Window => PolicyMessage::Window { windows },
            BlockReason::Day => PolicyMessage::Day {
                days: self.hours.days_in_words(language),
            },
            BlockReason::Holiday(date) => PolicyMessage::Holiday { date },
            BlockReason::Theirs if windows.is_empty() => PolicyMessage::TheirDay,
            BlockReason::Theirs => PolicyMessage::TheirWindow { windows },
            BlockReason::DailyCap(cap) => PolicyMessage::DailyCap { cap },
            BlockReason::NewRecipients(cap) => PolicyMessage::NewRecipients { cap },
            BlockReason::WarmUp { cap, day } => PolicyMessage::WarmUp { cap, day },
            BlockReason::Unchecked => PolicyMessage::Unchecked,
            BlockReason::Start => PolicyMessage::Start,
            BlockReason::Until => PolicyMessage::Until {
                at: self
                    .deadline
                    .map_or_else(String::new, |deadline| self.moment(deadline.at, language)),
            },
            BlockReason::MaxDuration(time) => PolicyMessage::MaxDuration {
                longest: SignedDuration::try_from(time)
                    .map_or_else(|_| String::new(), |time| format!("{time:#}")),
            },
            BlockReason::Never(_) if windows.is_empty() => PolicyMessage::NoDay,
            BlockReason::Never(0 | 1) => PolicyMessage::NoTime { windows },
            BlockReason::Never(zones) => PolicyMessage::NoTimeInZones { windows, zones },
        }
    }

    fn moment(&self, at: Timestamp, language: Language) -> String {
        let zone = &self.hours.zone;
        moment(zone.local(at), zone.name(), language)
    }

    /// Returns the first moment at which a contact may be sent, and what holds it back until then.
    fn next(
        &self,
        now: Timestamp,
        usage: &DailyUsage,
        recipient: RecipientTraits<'_>,
    ) -> Option<(Timestamp, Option<BlockReason>)> {
        let from = self.start.map_or(now, |start| start.max(now));
        let open = self.hours.next_opening_in_all(from, recipient.zones)?;
        let (at, cap) = self.behind_caps(now, open, usage, recipient)?;
        let why = if at == now {
            None
        } else if at > open {
            cap
        } else if open > from {
            self.hours.closed_by(from, recipient.zones)
        } else {
            Some(BlockReason::Start)
        };
        Some((at, why))
    }

    /// Applies the caps. A cap holds a contact back only within its day: every cap allows at least one contact a day.
    fn behind_caps(
        &self,
        now: Timestamp,
        open: Timestamp,
        usage: &DailyUsage,
        recipient: RecipientTraits<'_>,
    ) -> Option<(Timestamp, Option<BlockReason>)> {
        if day_of(now, &self.hours.zone).ends <= open {
            return Some((open, None));
        }
        match self
            .caps
            .allowed(usage, recipient.kind, open, &self.hours.zone)
        {
            Allowed::Unlimited | Allowed::Contacts(_) => Some((open, None)),
            Allowed::NotBefore(day, why) => Some((
                self.hours.next_opening_in_all(day, recipient.zones)?,
                Some(why),
            )),
        }
    }
}
