//! The delivery of an accepted contact: the words in the `delivery` column of the results. They are those of the
//! service (source: `statusMessage` of the journals), except `queued` for its `pending`.

use serde::Serialize;

use super::problem::codes;

codes! {
    /// The delivery of an accepted contact, as far as the service knows.
    #[derive(PartialOrd, Ord)]
    Delivery {
        /// It is waiting in the queue of the instance.
        Queued = "queued",
        /// It has left the queue. A message to oneself keeps this status for ever.
        Sent = "sent",
        /// It is on the recipient's phone.
        Delivered = "delivered",
        /// The recipient has seen it.
        Read = "read",
        /// It could not be delivered.
        Failed = "failed",
        /// The number has no WhatsApp.
        NoAccount = "noAccount",
        /// The sender is not in the group.
        NotInGroup = "notInGroup",
        /// WhatsApp restricts the sender, and holds the message back.
        YellowCard = "yellowCard",
    }
}

impl Delivery {
    /// Whether it cannot change any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Read | Self::Failed | Self::NoAccount | Self::NotInGroup => true,
            Self::Queued | Self::Sent | Self::Delivered | Self::YellowCard => false,
        }
    }

    /// Whether a person who waits for the delivery need not wait any longer.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        match self {
            Self::Queued | Self::Sent => false,
            Self::Delivered
            | Self::Read
            | Self::Failed
            | Self::NoAccount
            | Self::NotInGroup
            | Self::YellowCard => true,
        }
    }

    /// Whether the contact has not reached the recipient, as far as is known now.
    #[must_use]
    pub const fn is_undelivered(self) -> bool {
        match self {
            Self::Failed | Self::NoAccount | Self::NotInGroup | Self::YellowCard => true,
            Self::Queued | Self::Sent | Self::Delivered | Self::Read => false,
        }
    }

    /// Whether `next` may follow: a known delivery never moves backwards, whatever a late answer says.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        !self.is_final() && self.step() < next.step()
    }

    /// Returns how far the contact has got.
    const fn step(self) -> u8 {
        match self {
            Self::Queued => 0,
            Self::Sent => 1,
            Self::YellowCard => 2,
            Self::Delivered | Self::Failed | Self::NoAccount | Self::NotInGroup => 3,
            Self::Read => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for delivery in Delivery::ALL {
            assert_eq!(Delivery::parse(delivery.as_str()), Some(*delivery));
        }
        assert_eq!(Delivery::parse("pending"), None);
    }

    #[test]
    fn what_is_known_only_moves_forwards() {
        use Delivery::{Delivered, Failed, NoAccount, NotInGroup, Queued, Read, Sent, YellowCard};
        for (before, after) in [
            (
                Queued,
                vec![
                    Sent, Delivered, Read, Failed, NoAccount, NotInGroup, YellowCard,
                ],
            ),
            (
                Sent,
                vec![Delivered, Read, Failed, NoAccount, NotInGroup, YellowCard],
            ),
            (
                YellowCard,
                vec![Delivered, Read, Failed, NoAccount, NotInGroup],
            ),
            (Delivered, vec![Read]),
            (Read, vec![]),
            (Failed, vec![]),
            (NoAccount, vec![]),
            (NotInGroup, vec![]),
        ] {
            let may: Vec<_> = Delivery::ALL
                .iter()
                .copied()
                .filter(|next| before.may_become(*next))
                .collect();
            assert_eq!(may, after, "{before:?}");
            assert!(!before.is_final() || before.is_settled());
        }
    }
}
