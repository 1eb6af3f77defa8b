//! How many contacts may go in a day. A day is one of the campaign's zone, and what went is counted
//! elsewhere: here are only the rules.

use std::num::NonZeroU64;

use jiff::{Timestamp, civil::Date};

use super::{
    block_reason::BlockReason, day::day_of, spacing::Spacing, warm_up::WarmUp, zone::Zone,
};

/// The limits of one instance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caps {
    /// Contacts a day.
    pub daily: Option<NonZeroU64>,
    /// Recipients a day to whom the instance never wrote before.
    pub new_recipients_per_day: Option<NonZeroU64>,
    /// The same, while the number is young.
    pub warm_up: Option<WarmUp>,
    /// The time between two contacts.
    pub spacing: Option<Spacing>,
}

/// What the instance has done, all campaigns together, in the day in which the question is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DailyUsage {
    /// Contacts that went today, those whose fate is unknown among them.
    pub messages_today: u64,
    /// Recipients of today to whom the instance never wrote before.
    pub new_today: u64,
    /// The day of the instance's first contact, in the campaign's zone; `None` before it.
    pub first_day: Option<Date>,
}

/// Whether the instance wrote to a recipient before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecipientKind {
    /// It did not.
    New,
    /// It did, so only the cap on all contacts counts.
    Known,
}

/// What the caps leave of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// As many as one likes.
    Unlimited,
    /// This many more, at least one.
    Cards(NonZeroU64),
    /// None today; the next day begins then.
    NotBefore(Timestamp, BlockReason),
}

impl Caps {
    /// Whether it matters when or to whom an earlier contact went.
    #[must_use]
    pub const fn need_a_history(&self) -> bool {
        self.count_messages() || self.spacing.is_some()
    }

    /// Whether it matters how many contacts went today.
    #[must_use]
    pub const fn count_messages(&self) -> bool {
        self.daily.is_some() || self.count_new_recipients()
    }

    /// Whether it matters to whom the instance wrote before.
    #[must_use]
    pub const fn count_new_recipients(&self) -> bool {
        self.new_recipients_per_day.is_some() || self.warm_up.is_some()
    }

    /// How many more contacts may go today to recipients of this kind.
    #[must_use]
    pub fn allowed(
        &self,
        spent: &DailyUsage,
        whose: RecipientKind,
        now: Timestamp,
        zone: &Zone,
    ) -> Allowed {
        let today = day_of(now, zone);
        let daily = self.daily.map(|cap| {
            (
                cap.get(),
                spent.messages_today,
                BlockReason::DailyCap(cap.get()),
            )
        });
        let new = match whose {
            RecipientKind::New => [self.new_recipients(spent), self.warm_up(spent, today.date)],
            RecipientKind::Known => [None, None],
        };
        let left = daily.into_iter().chain(new.into_iter().flatten());
        let left = left.map(|(cap, spent, why)| (NonZeroU64::new(cap.saturating_sub(spent)), why));
        match left.min_by_key(|(left, _)| *left) {
            None => Allowed::Unlimited,
            Some((Some(left), _)) => Allowed::Cards(left),
            Some((None, why)) => Allowed::NotBefore(today.ends, why),
        }
    }

    fn new_recipients(&self, spent: &DailyUsage) -> Option<Limit> {
        let cap = self.new_recipients_per_day?.get();
        Some((cap, spent.new_today, BlockReason::NewRecipients(cap)))
    }

    /// Before the first contact today is the first day, and so it is if the clock was put back.
    fn warm_up(&self, spent: &DailyUsage, today: Date) -> Option<Limit> {
        let day = spent
            .first_day
            .map_or(0, |first| (today - first).get_days().max(0).unsigned_abs());
        let cap = self.warm_up.as_ref()?.allowance(day)?;
        Some((
            cap,
            spent.new_today,
            BlockReason::WarmUp {
                cap,
                day: day.saturating_add(1),
            },
        ))
    }
}

/// The cap, what of it is spent, and its name.
type Limit = (u64, u64, BlockReason);

impl DailyUsage {
    /// Counts contacts that went on a day.
    pub fn add(&mut self, cards: u64, whose: RecipientKind, today: Date) {
        self.first_day.get_or_insert(today);
        self.messages_today += cards;
        match whose {
            RecipientKind::New => self.new_today += cards,
            RecipientKind::Known => {}
        }
    }

    /// What is spent when another day begins.
    #[must_use]
    pub fn tomorrow(self) -> Self {
        Self {
            messages_today: 0,
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
            spacing: None,
        }
    }

    fn allowed(caps: &Caps, spent: (u64, u64, Option<&str>), whose: RecipientKind) -> Allowed {
        let (messages_today, new_today, first_day) = spent;
        let spent = DailyUsage {
            messages_today,
            new_today,
            first_day: first_day.map(|day| day.parse().unwrap()),
        };
        caps.allowed(
            &spent,
            whose,
            NOW.parse().unwrap(),
            &"Europe/Moscow".parse().unwrap(),
        )
    }

    fn cards(left: u64) -> Allowed {
        Allowed::Cards(NonZeroU64::new(left).unwrap())
    }

    fn over(why: BlockReason) -> Allowed {
        Allowed::NotBefore(TOMORROW.parse().unwrap(), why)
    }

    #[test]
    fn the_tightest_cap_counts_and_only_new_recipients_are_held_by_the_caps_on_them() {
        use RecipientKind::{Known, New};
        let first = Some("2026-11-20");
        for (caps, spent, whose, expected) in [
            (
                caps(0, 0, ""),
                (9_999, 9_999, first),
                New,
                Allowed::Unlimited,
            ),
            (caps(200, 0, ""), (0, 0, None), New, cards(200)),
            (caps(200, 0, ""), (199, 0, first), Known, cards(1)),
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
            (caps(200, 50, ""), (120, 49, first), New, cards(1)),
            (
                caps(200, 50, ""),
                (120, 50, first),
                New,
                over(BlockReason::NewRecipients(50)),
            ),
            (caps(200, 50, ""), (120, 50, first), Known, cards(80)),
            (caps(0, 50, ""), (120, 50, first), Known, Allowed::Unlimited),
            (caps(200, 50, "20x10"), (0, 0, None), New, cards(20)),
            (
                caps(200, 50, "20x10"),
                (20, 20, first),
                New,
                over(BlockReason::WarmUp { cap: 20, day: 5 }),
            ),
            (caps(200, 50, "20x10"), (20, 20, first), Known, cards(180)),
            (caps(200, 50, "20x4,30x9"), (20, 20, first), New, cards(10)),
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
            // The clock was put back: the first day lies ahead.
            (
                caps(0, 0, "20x10"),
                (20, 20, Some("2026-12-24")),
                New,
                over(BlockReason::WarmUp { cap: 20, day: 1 }),
            ),
        ] {
            assert_eq!(
                allowed(&caps, spent, whose),
                expected,
                "{caps:?} {spent:?} {whose:?}"
            );
        }
    }
}
