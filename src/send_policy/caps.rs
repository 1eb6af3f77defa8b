//! How many contacts may be sent in a day of the campaign's zone. Sent contacts are counted elsewhere; this module only
//! has the rules.

use std::num::NonZeroU64;

use jiff::{Timestamp, civil::Date};

use super::{
    block_reason::BlockReason, day::day_of, spacing::Spacing, warm_up::WarmUp, zone::Zone,
};

/// The limits of one instance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caps {
    /// The maximum number of contacts a day.
    pub daily: Option<NonZeroU64>,
    /// The maximum number of new recipients a day, to whom the instance has never written before.
    pub new_recipients_per_day: Option<NonZeroU64>,
    /// The maximum number of new recipients a day while the number is new.
    pub warm_up: Option<WarmUp>,
    /// The days of the warm-up count from here if this is later than the first contact.
    pub warm_up_since: Option<Timestamp>,
    /// The time between two contacts.
    pub spacing: Option<Spacing>,
}

/// What the instance has sent today, in all campaigns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DailyUsage {
    /// Contacts sent today, including unknown ones.
    pub contacts_today: u64,
    /// Today's recipients to whom the instance had never written before.
    pub new_today: u64,
    /// The day of the instance's first contact, in the campaign's zone; `None` if there was none.
    pub first_day: Option<Date>,
}

/// Whether the instance has written to a recipient before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecipientKind {
    /// It has not.
    New,
    /// It has, so only the cap on all contacts counts.
    Known,
}

/// What the caps still allow in a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// No limit.
    Unlimited,
    /// This many more, at least one.
    Contacts(NonZeroU64),
    /// None today; the next day begins at this time.
    NotBefore(Timestamp, BlockReason),
}

impl Caps {
    /// Whether the limits depend on when or to whom earlier contacts were sent.
    #[must_use]
    pub const fn needs_history(&self) -> bool {
        self.depends_on_contacts() || self.spacing.is_some()
    }

    /// Whether the limits depend on how many contacts were sent today.
    #[must_use]
    pub const fn depends_on_contacts(&self) -> bool {
        self.daily.is_some() || self.depends_on_new_recipients()
    }

    /// Whether the limits depend on to whom the instance has written before.
    #[must_use]
    pub const fn depends_on_new_recipients(&self) -> bool {
        self.new_recipients_per_day.is_some() || self.warm_up.is_some()
    }

    /// Returns how many more contacts may be sent today to recipients of this kind.
    #[must_use]
    pub fn allowed(
        &self,
        usage: &DailyUsage,
        kind: RecipientKind,
        now: Timestamp,
        zone: &Zone,
    ) -> Allowed {
        let today = day_of(now, zone);
        let daily = self.daily.map(|cap| {
            (
                cap.get(),
                usage.contacts_today,
                BlockReason::DailyCap(cap.get()),
            )
        });
        let new = match kind {
            RecipientKind::New => [
                self.new_recipients(usage),
                self.warm_up(usage, today.date, zone),
            ],
            RecipientKind::Known => [None, None],
        };
        let left = daily.into_iter().chain(new.into_iter().flatten());
        let left = left.map(|(cap, usage, why)| (NonZeroU64::new(cap.saturating_sub(usage)), why));
        match left.min_by_key(|(left, _)| *left) {
            None => Allowed::Unlimited,
            Some((Some(left), _)) => Allowed::Contacts(left),
            Some((None, why)) => Allowed::NotBefore(today.ends, why),
        }
    }

    fn new_recipients(&self, usage: &DailyUsage) -> Option<Limit> {
        let cap = self.new_recipients_per_day?.get();
        Some((cap, usage.new_today, BlockReason::NewRecipients(cap)))
    }

    /// Returns the limit of the warm-up. Before the first contact, today counts as the first day; so it does if the
    /// clock was set back to before the first day.
    fn warm_up(&self, usage: &DailyUsage, today: Date, zone: &Zone) -> Option<Limit> {
        let since = self.warm_up_since.map(|since| zone.local(since).date());
        let day = usage
            .first_day
            .max(since)
            .map_or(0, |first| (today - first).get_days().max(0).unsigned_abs());
        let cap = self.warm_up.as_ref()?.allowance(day)?;
        Some((
            cap,
            usage.new_today,
            BlockReason::WarmUp {
                cap,
                day: day.saturating_add(1),
            },
        ))
    }
}

/// A cap, how much of it is used, and the reason that it gives.
type Limit = (u64, u64, BlockReason);

impl DailyUsage {
    /// Counts contacts that were sent on a day.
    pub fn add(&mut self, contacts: u64, kind: RecipientKind, today: Date) {
        self.first_day.get_or_insert(today);
        self.contacts_today += contacts;
        match kind {
            RecipientKind::New => self.new_today += contacts,
            RecipientKind::Known => {}
        }
    }

    /// Returns the usage at the beginning of the next day.
    #[must_use]
    pub fn tomorrow(self) -> Self {
        Self {
            contacts_today: 0,
            new_today: 0,
            first_day: self.first_day,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-24T10:00Z";
    const TOMORROW: &str = "2026-11-24T21:00Z";

    fn caps(daily: u64, new: u64, warm_up: &str) -> Caps {
        Caps {
            daily: NonZeroU64::new(daily),
            new_recipients_per_day: NonZeroU64::new(new),
            warm_up: (!warm_up.is_empty()).then(|| warm_up.parse().unwrap()),
            warm_up_since: None,
            spacing: None,
        }
    }

    fn allowed(caps: &Caps, usage: (u64, u64, Option<&str>), kind: RecipientKind) -> Allowed {
        let (contacts_today, new_today, first_day) = usage;
        let usage = DailyUsage {
            contacts_today,
            new_today,
            first_day: first_day.map(|day| day.parse().unwrap()),
        };
        caps.allowed(
            &usage,
            kind,
            NOW.parse().unwrap(),
            &"Europe/Moscow".parse().unwrap(),
        )
    }

    fn contacts(left: u64) -> Allowed {
        Allowed::Contacts(NonZeroU64::new(left).unwrap())
    }

    fn over(why: BlockReason) -> Allowed {
        Allowed::NotBefore(TOMORROW.parse().unwrap(), why)
    }

    #[test]
    fn the_tightest_cap_counts_and_only_new_recipients_are_held_by_the_caps_on_them() {
        use RecipientKind::{Known, New};
        let first = Some("2026-11-20");
        for (caps, usage, kind, expected) in [
            (
                caps(0, 0, ""),
                (9_999, 9_999, first),
                New,
                Allowed::Unlimited,
            ),
            (caps(200, 0, ""), (0, 0, None), New, contacts(200)),
            (caps(200, 0, ""), (199, 0, first), Known, contacts(1)),
            (
                caps(200, 0, ""),
                (200, 0, first),
                Known,
                over(BlockReason::DailyCap(200)),
            ),
            (
                caps(200, 0, ""),
                (201, 0, first),
                New,
                over(BlockReason::DailyCap(200)),
            ),
            (caps(200, 50, ""), (120, 49, first), New, contacts(1)),
            (
                caps(200, 50, ""),
                (120, 50, first),
                New,
                over(BlockReason::NewRecipients(50)),
            ),
            (caps(200, 50, ""), (120, 50, first), Known, contacts(80)),
            (caps(0, 50, ""), (120, 50, first), Known, Allowed::Unlimited),
            (caps(200, 50, "20x10"), (0, 0, None), New, contacts(20)),
            (
                caps(200, 50, "20x10"),
                (20, 20, first),
                New,
                over(BlockReason::WarmUp { cap: 20, day: 5 }),
            ),
            (
                caps(200, 50, "20x10"),
                (20, 20, first),
                Known,
                contacts(180),
            ),
            (
                caps(200, 50, "20x4,30x9"),
                (20, 20, first),
                New,
                contacts(10),
            ),
            (
                caps(200, 10, "20x10"),
                (10, 10, first),
                New,
                over(BlockReason::NewRecipients(10)),
            ),
            (
                caps(0, 0, "20x10"),
                (500, 500, Some("2026-11-14")),
                New,
                Allowed::Unlimited,
            ),
            (
                caps(0, 0, "20x10"),
                (20, 20, Some("2026-11-15")),
                New,
                over(BlockReason::WarmUp { cap: 20, day: 10 }),
            ),
            // The clock was set back: the first day is in the future.
            (
                caps(0, 0, "20x10"),
                (20, 20, Some("2026-12-24")),
                New,
                over(BlockReason::WarmUp { cap: 20, day: 1 }),
            ),
        ] {
            assert_eq!(
                allowed(&caps, usage, kind),
                expected,
                "{caps:?} {usage:?} {kind:?}"
            );
        }
    }

    #[test]
    fn a_warm_up_begins_again_after_a_restriction() {
        let zone: Zone = "Europe/Moscow".parse().unwrap();
        let usage = DailyUsage {
            contacts_today: 2,
            new_today: 2,
            first_day: Some("2026-01-01".parse().unwrap()),
        };
        for (since, left) in [
            (None, None),
            (Some("2026-11-20T22:00:00Z"), Some(18)),
            (Some("2026-11-20T20:00:00Z"), None),
            // Before the restriction is over.
            (Some("2026-11-30T20:00:00Z"), Some(18)),
        ] {
            let caps = Caps {
                warm_up_since: since.map(|since| since.parse().unwrap()),
                ..caps(0, 0, "20x4")
            };
            let now = NOW.parse().unwrap();
            let allowed = caps.allowed(&usage, RecipientKind::New, now, &zone);
            let expected = left.map_or(Allowed::Unlimited, |left: u64| {
                Allowed::Contacts(NonZeroU64::new(left).unwrap())
            });
            assert_eq!(allowed, expected, "{since:?}");
        }
    }
}
