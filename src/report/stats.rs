//! The figures of a campaign, read from its ledger once: the sheet of figures, the page and the message for a chat all
//! show them.

use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};

use super::commands::FollowUpCommands;
use super::words::{DeliveryMeaning, Label, Problem, StatusMeaning, SummaryWord};
use crate::{
    domain::{Counts, Delivery, OwnWords, ProblemCode, Status},
    i18n::Language,
    ledger::{InstanceSummary, Ledger, LedgerError, Listed, Place, Reason, Run},
};

/// The figures of a campaign.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignStats {
    /// Its name.
    pub campaign: String,
    /// Its ledger.
    pub ledger: Place,
    /// The instances that send.
    pub parties: Vec<InstanceSummary>,
    /// The rows by status.
    pub counts: Counts,
    /// Why rows are failed, invalid or unknown, the most frequent first.
    pub reasons: Vec<Reason>,
    /// What became of accepted contacts, as far as the service was asked.
    pub deliveries: Vec<(Delivery, u64)>,
    /// The runs, in their order.
    pub runs: Vec<Run>,
    /// Files that are not given, and how many pending rows wait for each.
    pub held: Vec<(String, u64)>,
    /// The files.
    pub sources: Vec<Listed>,
    /// The zone in which times are shown.
    pub zone: TimeZone,
}

impl CampaignStats {
    /// Reads the current figures of a ledger.
    ///
    /// # Errors
    /// [`LedgerError`] when the file cannot be read.
    pub fn of(ledger: &Ledger) -> Result<Self, LedgerError> {
        Ok(Self {
            campaign: ledger.campaign().to_owned(),
            ledger: ledger.place().clone(),
            parties: ledger.instance_summaries()?,
            counts: ledger.counts()?,
            reasons: ledger.reasons()?,
            deliveries: ledger.deliveries()?,
            runs: ledger.runs()?,
            held: ledger.held_rows()?,
            sources: ledger.sources()?,
            zone: ledger.display_zone()?,
        })
    }

    /// Returns the instances for which rows wait although the last run that sent was one without them: its command
    /// cannot send these rows.
    pub fn left_out(&self) -> impl Iterator<Item = &InstanceSummary> {
        let waits = |party: &&InstanceSummary| party.is_left_out && party.waiting > 0;
        self.parties.iter().filter(waits)
    }

    /// Returns how many rows the last `send` command can send.
    #[must_use]
    pub fn sendable(&self) -> u64 {
        let held: u64 = self.held.iter().map(|(_, rows)| rows).sum();
        let left_out: u64 = self.left_out().map(|party| party.waiting).sum();
        let pending = self.counts.of(Status::Pending);
        pending.saturating_sub(held + left_out)
    }

    /// Returns the commands for rows whose outcome is open.
    pub(super) fn commands(&self) -> FollowUpCommands {
        let is_simulated = self.parties.iter().any(InstanceSummary::is_simulated);
        FollowUpCommands::new(&self.ledger, is_simulated)
    }

    /// Describes the instances that send, one line each: `green-api instance 1101000001`, with its name in the settings
    /// if several share the campaign.
    pub(super) fn senders(&self) -> Vec<String> {
        let shown = |party: &InstanceSummary| match self.parties.len() {
            1 => party.identity.clone(),
            _ => format!(
                "{} ({}): {}",
                party.name,
                party.identity,
                party.counts.of(Status::Accepted)
            ),
        };
        self.parties.iter().map(shown).collect()
    }

    /// Returns the statuses that have rows, in the order of the equation.
    pub(super) fn some(&self) -> Vec<(Status, u64)> {
        let all = Status::ALL
            .into_iter()
            .map(|status| (status, self.counts.of(status)));
        all.filter(|(_, rows)| *rows > 0).collect()
    }

    /// Returns what became of accepted contacts, and for how many that is not known; empty if the service was never
    /// asked.
    pub(super) fn delivered(&self) -> Vec<(Option<Delivery>, u64)> {
        if self.deliveries.is_empty() {
            return Vec::new();
        }
        let known: u64 = self.deliveries.iter().map(|(_, rows)| rows).sum();
        let rest = self.counts.of(Status::Accepted).saturating_sub(known);
        let known = self
            .deliveries
            .iter()
            .map(|(delivery, rows)| (Some(*delivery), *rows));
        known.chain((rest > 0).then_some((None, rest))).collect()
    }

    /// Returns how many accepted contacts have not reached their recipients, as far as is known.
    #[must_use]
    pub fn undelivered(&self) -> u64 {
        let undelivered = self
            .deliveries
            .iter()
            .filter(|(delivery, _)| delivery.is_undelivered());
        undelivered.map(|(_, rows)| rows).sum()
    }

    /// Returns the pieces of the chart, which together are all rows. Once the service was asked, the chart shows who
    /// got the contact, because an accepted contact may be held back.
    pub(super) fn pieces(&self) -> Vec<(Piece, u64)> {
        let delivered = self.delivered();
        if delivered.is_empty() {
            let some = self.some().into_iter();
            return some
                .map(|(status, rows)| (Piece::Status(status), rows))
                .collect();
        }
        let others = self.counts.rows() - self.counts.of(Status::Accepted);
        let delivered = delivered.into_iter();
        delivered
            .map(|(delivery, rows)| (Piece::Delivery(delivery), rows))
            .chain((others > 0).then_some((Piece::NotAccepted, others)))
            .collect()
    }
}

/// A piece of the chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// Rows of a status, before the service was asked about deliveries.
    Status(Status),
    /// Accepted rows of a delivery; `None` for those without any data.
    Delivery(Option<Delivery>),
    /// The other rows.
    NotAccepted,
}

impl Piece {
    /// Returns the name of the piece.
    pub(super) fn word(self, language: Language) -> String {
        match self {
            Self::Status(status) => status.localized(language),
            Self::Delivery(delivery) => delivery_word(delivery, language).to_owned(),
            Self::NotAccepted => SummaryWord::NotAccepted.text(language).to_owned(),
        }
    }

    /// Returns what the piece means, and what to do.
    pub(super) const fn meaning(self, language: Language) -> &'static str {
        let meaning = match self {
            Self::Status(status) => return meaning(status, language),
            Self::Delivery(Some(Delivery::Queued)) => DeliveryMeaning::Queued,
            Self::Delivery(Some(Delivery::Sent)) => DeliveryMeaning::Sent,
            Self::Delivery(Some(Delivery::Delivered)) => DeliveryMeaning::Delivered,
            Self::Delivery(Some(Delivery::Read)) => DeliveryMeaning::Read,
            Self::Delivery(Some(Delivery::Failed)) => DeliveryMeaning::Failed,
            Self::Delivery(Some(Delivery::NoAccount)) => DeliveryMeaning::NoAccount,
            Self::Delivery(Some(Delivery::NotInGroup)) => DeliveryMeaning::NotInGroup,
            Self::Delivery(Some(Delivery::YellowCard)) => DeliveryMeaning::YellowCard,
            Self::Delivery(None) => DeliveryMeaning::NotAsked,
            Self::NotAccepted => DeliveryMeaning::NotAccepted,
        };
        meaning.text(language)
    }
}

/// Returns the word for a status in a message.
pub(super) const fn status_word(status: Status, language: Language) -> &'static str {
    let word = match status {
        Status::Accepted => SummaryWord::Accepted,
        Status::Failed => SummaryWord::Failed,
        Status::Invalid => SummaryWord::Invalid,
        Status::Duplicate => SummaryWord::Duplicate,
        Status::Suppressed => SummaryWord::Suppressed,
        Status::Unknown => SummaryWord::Unknown,
        Status::Pending => SummaryWord::Pending,
    };
    word.text(language)
}

/// Returns the word for a delivery in a message, or for a delivery that is not known.
#[must_use]
pub const fn delivery_word(delivery: Option<Delivery>, language: Language) -> &'static str {
    let word = match delivery {
        Some(Delivery::Queued) => SummaryWord::Queued,
        Some(Delivery::Sent) => SummaryWord::Sent,
        Some(Delivery::Delivered) => SummaryWord::Delivered,
        Some(Delivery::Read) => SummaryWord::Read,
        Some(Delivery::Failed) => SummaryWord::NotDelivered,
        Some(Delivery::NoAccount) => SummaryWord::NoAccount,
        Some(Delivery::NotInGroup) => SummaryWord::NotInGroup,
        Some(Delivery::YellowCard) => SummaryWord::YellowCard,
        None => SummaryWord::NotAsked,
    };
    word.text(language)
}

/// Returns what a status means, and what to do.
pub(super) const fn meaning(status: Status, language: Language) -> &'static str {
    let meaning = match status {
        Status::Accepted => StatusMeaning::Accepted,
        Status::Failed => StatusMeaning::Failed,
        Status::Invalid => StatusMeaning::Invalid,
        Status::Duplicate => StatusMeaning::Duplicate,
        Status::Suppressed => StatusMeaning::Suppressed,
        Status::Unknown => StatusMeaning::Unknown,
        Status::Pending => StatusMeaning::Pending,
    };
    meaning.text(language)
}

/// Returns a reason in words: the meaning of a code, or the words of the service.
pub(super) fn reason(reason: &Reason, language: Language) -> String {
    match ProblemCode::parse(&reason.error) {
        Some(code) => format!("{}: {}", reason.error, problem(code).text(language)),
        None if reason.error.is_empty() => Label::UnderWay.text(language).to_owned(),
        None => OwnWords::of_error(&reason.error, language),
    }
}

/// Formats a time, in UTC.
pub(super) fn time(at: Timestamp, format: &str) -> String {
    at.to_zoned(TimeZone::UTC).strftime(format).to_string()
}

/// Returns how many contacts a run handed over; `None` for a run that has not ended.
pub(super) fn contacts(run: &Run) -> Option<u64> {
    let handed_over = |counts: &Counts| {
        counts.of(Status::Accepted) + counts.of(Status::Failed) + counts.of(Status::Unknown)
    };
    run.after
        .as_ref()
        .map(|after| handed_over(after).saturating_sub(handed_over(&run.before)))
}

/// Returns how long a run took.
pub(super) fn took(run: &Run) -> Option<Duration> {
    let took = run.ended?.duration_since(run.began);
    Some(took.unsigned_abs())
}

/// Returns how many contacts per second a run handed over, to two decimals; `None` for a run shorter than a second,
/// which may have handed over a second's worth at once.
pub(super) fn rate(run: &Run) -> Option<f64> {
    let (contacts, took) = (contacts(run)?, took(run)?);
    #[expect(
        clippy::cast_precision_loss,
        reason = "a rate is shown to two decimals"
    )]
    (contacts > 0 && took >= Duration::from_secs(1))
        .then(|| (contacts as f64 * 100_000.0 / took.as_millis() as f64).round() / 100.0)
}

const fn problem(code: ProblemCode) -> Problem {
    match code {
        ProblemCode::PhoneMissing => Problem::PhoneMissing,
        ProblemCode::PhoneInvalid => Problem::PhoneInvalid,
        ProblemCode::PhoneScientific => Problem::PhoneScientific,
        ProblemCode::PhoneAmbiguous => Problem::PhoneAmbiguous,
        ProblemCode::PhoneLength => Problem::PhoneLength,
        ProblemCode::NameMissing => Problem::NameMissing,
        ProblemCode::NameMojibake => Problem::NameMojibake,
        ProblemCode::NameEncoded => Problem::NameEncoded,
        ProblemCode::RecipientMissing => Problem::RecipientMissing,
        ProblemCode::RecipientInvalid => Problem::RecipientInvalid,
        ProblemCode::RecipientScientific => Problem::RecipientScientific,
        ProblemCode::RowShape => Problem::RowShape,
        ProblemCode::TimeZoneInvalid => Problem::TimeZoneInvalid,
        ProblemCode::BadQuotes => Problem::BadQuotes,
        ProblemCode::CardMissing => Problem::CardMissing,
        ProblemCode::CardAmbiguous => Problem::CardAmbiguous,
        ProblemCode::CardDamaged => Problem::CardDamaged,
    }
}
